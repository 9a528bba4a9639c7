//! Staffing instances against the best known: `cargo bench --bench staffing [-- A1|B]`. Prints what was
//! reached beside what is known; asserts no wall time.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Instance, options, and what is known of it: objective to reach, and where it comes from.
const RUNS: &[(&str, &[&str], f64, &str)] = &[
    (
        "A1.json",
        &["--gap", "0"],
        849_055.0,
        "HiGHS and CP-SAT, proved",
    ),
    (
        "A1.json",
        &["--promise", "day", "--seconds", "60"],
        818_105.0,
        "increments above a floor",
    ),
    (
        "A1.json",
        &["--promise", "week", "--seconds", "60"],
        814_285.0,
        "increments above a floor",
    ),
    (
        "B.json",
        &["--seconds", "120"],
        869_462.0,
        "neighbourhoods, 2 minutes; bound 858,787",
    ),
    (
        "B.json",
        &["--simulate", "--seconds", "600"],
        1_300_000.0,
        "wanted: every queue at 80 % in 10 minutes",
    ),
];

fn main() {
    let wanted = std::env::args().nth(1).unwrap_or_default();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/bench/staffing");
    println!(
        "instance   options                         objective     known       bound   seconds"
    );
    for (instance, options, known, source) in RUNS {
        let file = folder.join(instance);
        if !wanted.starts_with('-') && !instance.starts_with(&wanted) {
            continue;
        }
        if !file.exists() {
            eprintln!("SKIPPED: {} is not here", file.display());
            continue;
        }
        let output = Command::new(env!("CARGO_BIN_EXE_crewcast"))
            .args(["bench", "staffing", "--json"])
            .arg(&file)
            .args(*options)
            .output();
        let answer = output
            .ok()
            .and_then(|output| serde_json::from_slice::<Value>(&output.stdout).ok());
        let Some(answer) = answer else {
            println!("{instance:<10} failed");
            continue;
        };
        let number = |key: &str| answer[key].as_f64().unwrap_or(f64::NAN);
        println!(
            "{instance:<10} {:<28} {:>12.0} {known:>9.0} {:>11.0} {:>9.1}   {} ({source})",
            options.join(" "),
            number("objective"),
            number("bound"),
            number("seconds"),
            answer["status"].as_str().unwrap_or(""),
        );
    }
}
