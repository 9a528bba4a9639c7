//! The program as a user meets it: exit codes, a plan's folder, the README's main job.

use std::path::{Path, PathBuf};

use assert_cmd::Command;

fn crewcast() -> Command {
    let mut command = Command::cargo_bin("crewcast").unwrap();
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

fn summary(out: &Path) -> serde_json::Value {
    serde_json::from_str(&std::fs::read_to_string(out.join("summary.json")).unwrap()).unwrap()
}

/// Plans with one quick round: what is written must hold however hard the search tries.
fn quick(scenario: &str, out: &Path) {
    crewcast()
        .args(["plan", scenario, "--set", "policy.rounds=1"])
        .args(["--set", "policy.replications=10", "--out"])
        .arg(out)
        .assert()
        .success();
}

#[test]
fn a_plan_is_whole_its_sums_agree_and_it_repeats() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second): (PathBuf, PathBuf) = (folder.path().join("a"), folder.path().join("b"));
    quick("scenarios/cold-start", &first);
    quick("scenarios/cold-start", &second);
    for file in [
        "forecast",
        "requirement",
        "shifts",
        "coverage",
        "service",
        "costs",
    ] {
        let read = |out: &Path| std::fs::read_to_string(out.join(format!("{file}.csv"))).unwrap();
        assert!(read(&first).lines().count() > 1, "{file}.csv is empty");
        assert_eq!(
            read(&first),
            read(&second),
            "{file}.csv differs between runs"
        );
    }
    let html = std::fs::read_to_string(first.join("report.html")).unwrap();
    assert!(html.contains("<svg") && html.len() > 10_000);
    let summary = summary(&first);
    let setups = summary["setups"].as_array().unwrap();
    assert!(setups.len() >= 4);
    for setup in setups {
        let lines = setup["lines"].as_array().unwrap();
        let sum: f64 = lines
            .iter()
            .map(|line| line["amount"].as_f64().unwrap())
            .sum();
        let total = setup["total"].as_f64().unwrap();
        assert!(
            (sum - total).abs() < 0.01,
            "{}: {sum} is not {total}",
            setup["name"]
        );
    }
    // What someone planned before is not overwritten.
    crewcast()
        .args(["plan", "scenarios/cold-start", "--out"])
        .arg(&first)
        .assert()
        .code(1);
}

#[test]
fn exit_codes_tell_input_from_usage() {
    crewcast()
        .args(["check", "scenarios/mid-shop"])
        .assert()
        .success();
    crewcast()
        .args(["check", "scenarios/no-such-folder"])
        .assert()
        .code(1);
    crewcast().args(["plan"]).assert().code(2);
    crewcast()
        .args(["plan", "scenarios/mid-shop", "--gap", "7"])
        .assert()
        .code(2);
}

#[test]
fn the_readme_plans_the_default_and_ci_runs_its_test_line() {
    let readme = include_str!("../README.md");
    assert!(readme.contains("; cargo run --release -- plan scenarios/mid-shop --out "));
    let line = |line: &&str| line.starts_with("dpkg ") && line.contains("; cargo test --release");
    assert_eq!(readme.lines().filter(line).count(), 1);
}
