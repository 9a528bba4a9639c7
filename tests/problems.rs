//! Each problem code has a folder that provokes it, with the message that a user then sees.
//! `CREWCAST_BLESS=1 cargo test --release --test problems` writes the messages anew.

use std::fs;
use std::path::{Path, PathBuf};

use crewcast::input::{self, synthetic};
use crewcast::problem::{CODES, Problem};
use crewcast::{compare, demand};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/problems")
}

/// What reading a folder, making its history and quoting for its clients says.
fn problems_of(dir: &Path) -> Vec<Problem> {
    let scenario = match input::read(dir) {
        Err(problems) => return problems,
        Ok(scenario) if !scenario.impossible.is_empty() => return scenario.impossible,
        Ok(scenario) if !scenario.doubts.is_empty() => return scenario.doubts,
        Ok(scenario) => scenario,
    };
    if let Err(problems) = synthetic::arrivals(&scenario, 2, 1) {
        return problems;
    }
    let demand = demand::forecast(&scenario);
    let clients = scenario.clients.ids();
    clients
        .filter_map(|client| compare::quotable(&scenario, &demand, client).err())
        .collect()
}

#[test]
fn each_code_is_provoked_and_explained_as_written_down() {
    let mut wrong = Vec::new();
    for (code, _) in CODES {
        let dir = folder().join(code);
        let problems = problems_of(&dir);
        if !problems.iter().any(|problem| problem.code == *code) {
            let got: Vec<&str> = problems.iter().map(|problem| problem.code).collect();
            wrong.push(format!("{code}: provoked {got:?} instead"));
            continue;
        }
        let shown: String = problems
            .iter()
            .map(|problem| format!("{problem}\n\n"))
            .collect();
        let expected = dir.join("expected.txt");
        if std::env::var_os("CREWCAST_BLESS").is_some() {
            fs::write(&expected, &shown).unwrap();
        }
        let written = fs::read_to_string(&expected).unwrap_or_default();
        if written != shown {
            wrong.push(format!("{code}: expected.txt differs from\n{shown}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_folder_belongs_to_a_code() {
    for entry in fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(CODES.iter().any(|(code, _)| *code == name), "{name}");
    }
}

#[test]
fn each_folder_has_but_one_kind_of_fault() {
    for (code, _) in CODES {
        for problem in problems_of(&folder().join(code)) {
            assert_eq!(problem.code, *code, "{problem}");
        }
    }
}

#[test]
fn a_missing_folder_is_a_problem_like_any_other() {
    let problems = input::read(&folder().join("no such folder")).unwrap_err();
    assert_eq!(problems[0].code, "missing-file");
}

#[test]
fn problems_are_in_the_file_that_was_named_and_each_has_a_remedy() {
    let dir = tempfile::tempdir().unwrap();
    let read = |name: &str, text: &str| {
        let file = dir.path().join(name);
        fs::write(&file, text).unwrap();
        input::read(&file).unwrap_err()
    };
    for (text, cause) in [
        ("", "the scenario has no [scenario] table"),
        ("[scenario]\nname = \"x\"\nname = \"y\"\n", "duplicate key"),
        (
            "scenario = 3\n",
            "`scenario` is a whole number, not a table",
        ),
    ] {
        let problems = read("next-year.toml", text);
        assert!(problems.iter().any(|p| p.cause == cause), "{problems:?}");
        for problem in problems {
            assert!(problem.remedy.is_some(), "{problem}");
            assert_eq!(problem.place.unwrap().file, "next-year.toml");
        }
    }
}
