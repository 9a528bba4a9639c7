//! A single file put in place whole.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use crate::problem::Problem;

/// Writes a file beside its place and moves it there: what stood there stands until then, and a reader never
/// meets half a file. Folders on the way are made.
pub fn put(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    put_with(path, |mut file| file.write_all(bytes))
}

/// Whether files can be put into a folder, which is made where there is none: better known before the work than after.
pub fn writable(folder: &Path) -> Result<(), Problem> {
    if folder.is_file() {
        let cause = format!("{} is a file, not a folder", folder.display());
        return Err(Problem::new("cannot-write", cause).remedy("name a folder with --out"));
    }
    let try_it = || {
        fs::create_dir_all(folder)?;
        tempfile::tempfile_in(folder)
    };
    try_it()
        .map(drop)
        .map_err(|error| unwritable(folder, &error))
}

fn unwritable(path: &Path, error: &io::Error) -> Problem {
    let cause = format!("cannot write {}: {error}", path.display());
    Problem::new("cannot-write", cause)
        .remedy("name a place where you may write and the disk has room, with --out")
}

/// The same for what is written bit by bit.
pub fn put_with(path: &Path, fill: impl FnOnce(File) -> io::Result<()>) -> Result<(), Problem> {
    let write = || {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        fs::create_dir_all(folder)?;
        let workshop = tempfile::Builder::new()
            .prefix(".crewcast-")
            .tempdir_in(folder)?;
        let fresh = workshop.path().join("new");
        fill(File::create(&fresh)?)?;
        fs::rename(&fresh, path)
    };
    write().map_err(|error: io::Error| unwritable(path, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_there_whole_or_as_it_was() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("new/quote.html");
        put(&path, b"one").unwrap();
        put(&path, b"two").unwrap();
        assert!(writable(&home.path().join("other/deep")).is_ok());
        // A file is no folder.
        assert_eq!(writable(&path).unwrap_err().code, "cannot-write");
        assert_eq!(fs::read(&path).unwrap(), b"two");
        let folder = home.path().join("new");
        assert_eq!(put(&folder, b"three").unwrap_err().code, "cannot-write");
        assert_eq!(
            fs::read_dir(&folder).unwrap().count(),
            1,
            "nothing is left behind"
        );
    }
}
