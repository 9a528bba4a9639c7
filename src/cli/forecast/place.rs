//! Where a forecast is written: never over what it is made of, nor unasked over what is no forecast.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

use super::Args;
use crate::output;
use crate::problem::Problem;

/// The columns of a bare history's forecast.
pub(super) const BARE: [&str; 6] = ["timestamp", "series", "mean", "p10", "p50", "p90"];
/// The columns of a scenario's.
pub(super) const SCENARIO: [&str; 8] = [
    "timestamp",
    "level",
    "name",
    "mean",
    "p10",
    "p50",
    "p80",
    "p95",
];

/// Whether the file of `--out` may be written, asked before the work is done: it is none of `sources`, by
/// whatever name, and is new, an earlier forecast or, with `--force`, any other file.
pub(super) fn check(args: &Args, sources: &[PathBuf]) -> Result<(), Problem> {
    let Some(out) = &args.out else {
        return Ok(());
    };
    let refused = |why: &str, remedy: &str| {
        let cause = format!("{} {why}", out.display());
        Err(Problem::new("out-exists", cause).remedy(remedy))
    };
    // A device or a pipe would be replaced, not written to.
    if out.metadata().is_ok_and(|there| !there.is_file()) {
        return refused("is no file", "name a file with --out");
    }
    // What is not there yet is no source.
    let Ok(there) = out.canonicalize() else {
        return Ok(());
    };
    if sources
        .iter()
        .any(|s| s.canonicalize().ok().as_ref() == Some(&there))
    {
        let why = if *sources == [args.source.history.clone()] {
            "is the history itself"
        } else {
            "is a file that the scenario is read from"
        };
        return refused(why, "name another file with --out");
    }
    if !args.force && !earlier(&there) {
        return refused(
            "holds something else than an earlier forecast",
            "name another file with --out, or give --force to replace it",
        );
    }
    Ok(())
}

/// Whether a file is empty or was written by this command, as its first line says.
fn earlier(path: &Path) -> bool {
    let mut first = String::new();
    let read =
        File::open(path).and_then(|file| BufReader::new(file.take(LONGEST)).read_line(&mut first));
    let first = first.trim_end();
    read.is_ok_and(|length| {
        length == 0 || [BARE.join(","), SCENARIO.join(",")].contains(&first.into())
    })
}

/// Bytes that are looked at of a file that may be no text.
const LONGEST: u64 = 256;

/// Writes the rows where they are wanted.
pub(super) fn put(
    out: &Option<PathBuf>,
    rows: impl FnOnce(&mut csv::Writer<File>) -> Result<(), csv::Error>,
) -> Result<(), Problem> {
    let Some(out) = out else {
        return Ok(());
    };
    output::put_with(out, |file| {
        let mut out = csv::Writer::from_writer(file);
        rows(&mut out)?;
        out.flush()
    })
}

pub(super) fn written(out: &Option<PathBuf>) {
    if let Some(out) = out {
        println!("written to {}", out.display());
    }
}
