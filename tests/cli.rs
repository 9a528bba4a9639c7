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

/// Names and people of a plan's teams.
fn teams(out: &Path) -> Vec<(String, u64)> {
    let teams = summary(out)["staffing"]["teams"].clone();
    let team = |team: &serde_json::Value| {
        let name = team["name"].as_str().unwrap().to_owned();
        (name, team["people"].as_u64().unwrap())
    };
    teams.as_array().unwrap().iter().map(team).collect()
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
        "certainty",
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
    // A busier week asks for no less, and today's plan does no better in it.
    let mut rows = csv::Reader::from_path(first.join("certainty.csv")).unwrap();
    let curve: Vec<Vec<f64>> = rows
        .records()
        .map(|row| {
            row.unwrap()
                .iter()
                .map(|cell| cell.parse().unwrap_or(0.5))
                .collect()
        })
        .collect();
    assert_eq!(curve.len(), 4);
    // The first of them is the plan in hand, as the service table has it.
    let summary = crate::summary(&first);
    let service = summary["service"].as_array().unwrap();
    let kept = service.iter().filter(|queue| queue["kept"] == true).count();
    assert_eq!(
        (curve[0][5], curve[0][6]),
        (kept as f64, service.len() as f64)
    );
    for pair in curve.windows(2) {
        assert!(
            (0..4).all(|column| pair[0][column] <= pair[1][column]),
            "{pair:?}"
        );
        assert!(pair[1][4] <= pair[0][4] + 0.01, "{pair:?}");
    }
    // What someone planned before is not overwritten.
    crewcast()
        .args(["plan", "scenarios/cold-start", "--out"])
        .arg(&first)
        .assert()
        .code(1);
}

#[test]
fn a_plan_from_an_earlier_one_stays_near_it_and_says_what_changed() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    quick("scenarios/cold-start", &old);
    let output = crewcast()
        .args(["plan", "scenarios/cold-start", "--set", "policy.rounds=1"])
        .args(["--set", "policy.replications=10", "--seed", "4711"])
        .args([Path::new("--from"), &old, Path::new("--compare"), &old])
        .args([Path::new("--out"), &new])
        .assert()
        .success();
    let said = String::from_utf8_lossy(&output.get_output().stdout).into_owned();
    assert!(said.contains("Since the earlier plan"), "{said}");
    let html = std::fs::read_to_string(new.join("report.html")).unwrap();
    assert!(html.contains("Since the earlier plan"));
    assert!(
        !std::fs::read_to_string(old.join("report.html"))
            .unwrap()
            .contains("Since the earlier plan")
    );
    assert!(summary(&old)["changes"].is_null());
    let changes = summary(&new)["changes"].clone();
    assert!(
        changes["headline"][0].as_str().unwrap().contains("before"),
        "{changes}"
    );
    // Each shift that changed adds up to what its team was given and lost, in hours too.
    let sum = |table: &str, column: &str| -> f64 {
        let rows = changes["tables"][table].as_array().into_iter().flatten();
        rows.map(|row| row[column].as_f64().unwrap()).sum()
    };
    let one_by_one = sum("shifts_added_and_removed", "change");
    assert_eq!(
        one_by_one,
        sum("shifts_by_team", "added") - sum("shifts_by_team", "removed")
    );
    let hours = |out: &Path| summary(out)["staffing"]["paid_hours"].as_f64().unwrap();
    let more = sum("shifts_by_team", "change");
    assert!(
        (more - (hours(&new) - hours(&old))).abs() < 1e-6,
        "{more} h"
    );
    let listed = changes["tables"]["shifts_added_and_removed"]
        .as_array()
        .map(Vec::len);
    let file = new.join("changed_shifts.csv");
    let written = std::fs::read_to_string(file).map(|text| text.lines().count() - 1);
    assert_eq!(written.ok(), listed);
    let shifts = |out: &Path| -> Vec<(String, u32)> {
        let mut rows = csv::Reader::from_path(out.join("shifts.csv")).unwrap();
        let row = |row: Result<csv::StringRecord, csv::Error>| {
            let row = row.unwrap();
            let agents = row[row.len() - 1].parse().unwrap();
            (format!("{} {}–{}", &row[0], &row[3], &row[4]), agents)
        };
        rows.records().map(row).collect()
    };
    let (before, after) = (shifts(&old), shifts(&new));
    let all: u32 = before.iter().map(|(_, agents)| agents).sum();
    let kept = before.iter().map(|(shift, agents)| {
        let now = after.iter().filter(|(other, _)| other == shift);
        now.map(|(_, agents)| *agents).sum::<u32>().min(*agents)
    });
    let kept: u32 = kept.sum();
    assert!(2 * kept > all, "{kept} of {all} shifts are kept");
    // The same clients, so nobody who was there has one to learn.
    let known: Vec<_> = teams(&old).into_iter().filter(|team| team.1 > 0).collect();
    for learning in summary(&new)["learning"].as_array().unwrap() {
        let was = known.iter().any(|(name, _)| learning["team"] == **name);
        assert!(!was, "{learning}");
    }
    // A folder that holds no plan is named before any work is done.
    crewcast()
        .args(["plan", "scenarios/cold-start", "--from"])
        .arg(folder.path())
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
fn shares_and_times_are_typed_as_in_a_scenario() {
    for (gap, time) in [
        ("5%", "20s"),
        ("0.05", "20"),
        ("0,5 %", "2m"),
        ("0", "1h30m"),
    ] {
        // Read well, so that the missing folder is what is wrong.
        crewcast()
            .args(["plan", "scenarios/no-such-folder", "--gap", gap])
            .args(["--time-limit", time])
            .assert()
            .code(1);
    }
    for wrong in [
        ["--gap", "100%"],
        ["--gap", "5"],
        ["--time-limit", "0s"],
        ["--time-limit", "2x"],
    ] {
        crewcast()
            .args(["plan", "scenarios/no-such-folder"])
            .args(wrong)
            .assert()
            .code(2);
    }
}

/// What a plan leaves open with a warning is no error of its scenario.
#[test]
fn check_warns_of_what_a_plan_leaves_open() {
    let output = crewcast()
        .args(["check", "tests/problems/no-group"])
        .assert()
        .success();
    let output = output.get_output();
    let (told, warned) = (&output.stdout, &output.stderr);
    assert!(String::from_utf8_lossy(warned).contains("warning[no-group]"));
    assert!(String::from_utf8_lossy(told).contains("1 warning"));
    let output = crewcast()
        .args(["check", "tests/problems/no-group", "--json"])
        .assert()
        .success();
    let found: serde_json::Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    assert_eq!(found["problems"], serde_json::json!([]));
    assert_eq!(found["warnings"][0]["code"], "no-group");
}

#[test]
fn the_readme_plans_the_default_and_ci_runs_its_test_line() {
    let readme = include_str!("../README.md");
    assert!(readme.contains("; cargo run --release -- plan scenarios/mid-shop --out "));
    let line = |line: &&str| line.starts_with("dpkg ") && line.contains("; cargo test --release");
    assert_eq!(readme.lines().filter(line).count(), 1);
}

#[test]
fn slots_too_coarse_for_hours_or_shifts_are_told() {
    let text = std::fs::read_to_string("scenarios/cold-start/scenario.toml").unwrap();
    let said = |text: &str| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("scenario.toml"), text).unwrap();
        let checked = crewcast()
            .arg("check")
            .arg(folder.path())
            .assert()
            .success();
        String::from_utf8(checked.get_output().stderr.clone()).unwrap()
    };
    assert_eq!(said(&text), "");
    let hours = text.replace("slot = \"30m\"", "slot = \"60m\"");
    let hours = hours.replace("mon-fri = \"09:00-17:00\"", "mon-fri = \"09:00-17:30\"");
    let told = said(&hours);
    let what = "slots of 60 minutes are coarse for the hours of `cs-phone`, the hours of `pl-phone`, shift `full-day`:";
    assert!(told.contains(what), "{told}");
    assert!(told.contains("`slot = \"30m\"`"), "{told}");
}
