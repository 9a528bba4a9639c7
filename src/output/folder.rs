//! A folder put in place whole: written beside its place, then renamed into it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::File;
use crate::problem::Problem;

/// What a plan writes at the top of its folder; anything else there is the user's.
const OURS: &[&str] = &[
    "summary.json",
    "report.html",
    "plan.xlsx",
    "forecast.csv",
    "requirement.csv",
    "deferrable.csv",
    "shifts.csv",
    "changed_shifts.csv",
    "coverage.csv",
    "shortfall.csv",
    "missed.csv",
    "more_agents.csv",
    "roster.csv",
    "backups.csv",
    "service.csv",
    "costs.csv",
    "break_even.csv",
    "own_teams.csv",
    "certainty.csv",
    "ics",
    "charts",
];

/// Whether a plan may be written to `out`.
pub(super) fn check(out: &Path, force: bool) -> Result<(), Problem> {
    let shown = out.display();
    if out.as_os_str().is_empty() {
        return Err(
            Problem::new("out-no-folder", "the folder to write has no name")
                .remedy("name a folder, as in --out plan"),
        );
    }
    let place = resolved(out)?;
    match fs::metadata(&place) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unwritable(out, &error)),
        Ok(data) if !data.is_dir() => {
            return Err(Problem::new(
                "out-not-a-folder",
                format!("{shown} is a file, not a folder"),
            )
            .remedy("name another folder with --out"));
        }
        Ok(_) => {}
    }
    let mut entries = fs::read_dir(&place).map_err(|error| unwritable(out, &error))?;
    if entries.next().is_none() {
        return Ok(());
    }
    match (is_plan(&place), force) {
        (true, true) => Ok(()),
        (true, false) => Err(
            Problem::new("out-exists", format!("{shown} already holds a plan"))
                .remedy("name another folder, or add --force to put the new plan in its place"),
        ),
        (false, _) => Err(Problem::new(
            "out-not-a-plan",
            format!("{shown} is not empty and holds no plan of crewcast"),
        )
        .remedy("name a new or an empty folder; it is left as it is, even with --force")),
    }
}

/// Writes the files beside `out` and moves them there as a whole.
pub(super) fn place(out: &Path, force: bool, files: &[File]) -> Result<(), Problem> {
    let place = resolved(out)?;
    let made = make_parents(&place).map_err(|error| unwritable(out, &error))?;
    let done = write_beside(&place, out, force, files);
    if done.is_err() {
        // Only the empty folders made for this plan go again.
        for folder in made.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
    done
}

fn write_beside(place: &Path, out: &Path, force: bool, files: &[File]) -> Result<(), Problem> {
    let fail = |error: io::Error| unwritable(out, &error);
    let parent = place.parent().unwrap_or(Path::new("."));
    let workshop = tempfile::Builder::new()
        .prefix(".crewcast-")
        .tempdir_in(parent)
        .map_err(fail)?;
    let fresh = workshop.path().join("new");
    fs::create_dir(&fresh).map_err(fail)?;
    for file in files {
        let path = fresh.join(&file.path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(fail)?;
        }
        fs::write(&path, &file.bytes).map_err(fail)?;
    }
    // Another program may have used the time.
    check(out, force)?;
    if !place.exists() || is_empty(place) {
        return fs::rename(&fresh, place).map_err(fail);
    }
    swap(place, &fresh, &workshop.path().join("old")).map_err(fail)
}

/// Puts `fresh` in the place of an earlier plan, whose foreign files move along. On failure the
/// earlier plan stands as it stood.
fn swap(place: &Path, fresh: &Path, old: &Path) -> io::Result<()> {
    fs::rename(place, old)?;
    let moved = keep_foreign(old, fresh).and_then(|()| fs::rename(fresh, place));
    if let Err(error) = moved {
        // What was moved along goes back before the earlier plan does.
        let _ = keep_foreign(fresh, old);
        fs::rename(old, place)?;
        return Err(error);
    }
    Ok(())
}

fn keep_foreign(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let name = entry?.file_name();
        if !OURS.iter().any(|ours| name == *ours) {
            fs::rename(from.join(&name), to.join(&name))?;
        }
    }
    Ok(())
}

/// Whether the folder holds the summary of a plan.
fn is_plan(folder: &Path) -> bool {
    let Ok(text) = fs::read_to_string(folder.join("summary.json")) else {
        return false;
    };
    serde_json::from_str::<serde_json::Value>(&text)
        .is_ok_and(|summary| summary.get("crewcast").is_some_and(|it| it.is_string()))
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}

/// The folder itself, behind links and dots, where it exists; else its name under its real parent.
fn resolved(out: &Path) -> Result<PathBuf, Problem> {
    match fs::canonicalize(out) {
        Ok(path) => Ok(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            std::path::absolute(out).map_err(|error| unwritable(out, &error))
        }
        Err(error) => Err(unwritable(out, &error)),
    }
}

/// Makes the missing folders above `place` and answers them, highest first.
fn make_parents(place: &Path) -> io::Result<Vec<PathBuf>> {
    let mut missing: Vec<PathBuf> = place
        .ancestors()
        .skip(1)
        .take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists())
        .map(Path::to_path_buf)
        .collect();
    missing.reverse();
    for (index, folder) in missing.iter().enumerate() {
        if let Err(error) = fs::create_dir(folder) {
            for made in missing[..index].iter().rev() {
                let _ = fs::remove_dir(made);
            }
            return Err(error);
        }
    }
    Ok(missing)
}

fn unwritable(out: &Path, error: &io::Error) -> Problem {
    Problem::new(
        "cannot-write",
        format!("{} cannot be written: {error}", out.display()),
    )
    .remedy("name a folder in a place where you may write and the disk has room; nothing was left behind")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File {
            path: path.to_owned(),
            bytes: text.as_bytes().to_vec(),
        }
    }

    fn plan(text: &str) -> Vec<File> {
        vec![
            file("summary.json", "{\"crewcast\": \"0\"}"),
            file("ics/a.ics", text),
        ]
    }

    #[test]
    fn a_plan_takes_the_place_of_a_plan_and_the_users_files_stay() {
        let home = tempfile::tempdir().unwrap();
        let out = home.path().join("deep/er/plan");
        place(&out, false, &plan("one")).unwrap();
        fs::write(out.join("notes.txt"), "mine").unwrap();
        assert_eq!(check(&out, false).unwrap_err().code, "out-exists");
        place(&out, true, &plan("two")).unwrap();
        assert_eq!(fs::read_to_string(out.join("ics/a.ics")).unwrap(), "two");
        assert_eq!(fs::read_to_string(out.join("notes.txt")).unwrap(), "mine");
        let beside: Vec<_> = fs::read_dir(out.parent().unwrap()).unwrap().collect();
        assert_eq!(beside.len(), 1);
    }

    #[test]
    fn a_folder_that_is_no_plan_is_never_touched() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("thesis.txt"), "years").unwrap();
        for force in [false, true] {
            let problem = check(home.path(), force).unwrap_err();
            assert_eq!(problem.code, "out-not-a-plan");
            place(home.path(), force, &plan("x")).unwrap_err();
        }
        fs::write(home.path().join("summary.json"), "{\"other\": 1}").unwrap();
        assert_eq!(check(home.path(), true).unwrap_err().code, "out-not-a-plan");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_failure_leaves_nothing_behind() {
        let home = tempfile::tempdir().unwrap();
        let out = home.path().join("a/b/plan");
        // A file cannot hold a file: the second write fails after the first.
        let bad = [file("x", "1"), file("x/y", "2")];
        assert_eq!(place(&out, false, &bad).unwrap_err().code, "cannot-write");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
        fs::write(home.path().join("file"), "").unwrap();
        let below_a_file = home.path().join("file/plan");
        assert!(check(&below_a_file, false).is_err());
        assert!(place(&below_a_file, false, &plan("x")).is_err());
    }

    #[test]
    fn an_empty_folder_and_a_link_to_one_are_filled() {
        let home = tempfile::tempdir().unwrap();
        let real = home.path().join("real");
        fs::create_dir(&real).unwrap();
        let link = home.path().join("link");
        #[cfg(unix)]
        std::os::unix::fs::symlink(&real, &link).unwrap();
        #[cfg(not(unix))]
        let link = real.clone();
        place(&link, false, &plan("x")).unwrap();
        assert!(real.join("summary.json").exists() && link.join("ics/a.ics").exists());
    }
}
