//! Staffing against numbers found elsewhere on the same instances: `A1.json`, one skill over a week of 336
//! half-hours, 1,344 candidate shifts. HiGHS 1.15 on the plain cover model proves 849,055; CP-SAT 9.15 the
//! same; its linear relaxation is 848,962.8.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Runs `crewcast bench staffing` on an instance, or says that it is missing.
fn bench(instance: &str, options: &[&str]) -> Option<Value> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/bench/staffing")
        .join(instance);
    if !file.exists() {
        eprintln!("SKIPPED: {} is not here", file.display());
        return None;
    }
    let output = Command::new(env!("CARGO_BIN_EXE_crewcast"))
        .args(["bench", "staffing", "--json"])
        .arg(&file)
        .args(options)
        .output()
        .expect("the program starts");
    assert!(output.status.success(), "{output:?}");
    Some(serde_json::from_slice(&output.stdout).expect("JSON"))
}

#[test]
fn one_skill_over_a_week_is_proved() {
    let Some(answer) = bench("A1.json", &["--gap", "0"]) else {
        return;
    };
    assert_eq!(answer["objective"].as_f64(), Some(849_055.0));
    let bound = answer["bound"].as_f64().expect("a bound");
    assert!((bound - 849_055.0).abs() < 1.0, "{bound}");
}

#[test]
fn the_plan_written_covers_what_was_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("plan.json");
    let options = ["--gap", "0.001", "--out", out.to_str().expect("a path")];
    let Some(answer) = bench("A1.json", &options) else {
        return;
    };
    let read = |path: &Path| -> Value {
        let text = std::fs::read_to_string(path).expect("a file");
        serde_json::from_str(&text).expect("JSON")
    };
    let plan = read(&out);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/bench/staffing/A1.json");
    let file = read(&file);
    let mut agents = vec![0; 336];
    let mut cost = 0.0;
    for pair in plan["x"].as_array().expect("pairs") {
        let column = &file["cols"][pair[0].as_u64().expect("a column") as usize];
        let count = pair[1].as_u64().expect("a count");
        cost += column["cost"].as_f64().expect("a cost") * count as f64;
        for slot in column["cover"].as_array().expect("slots") {
            agents[slot.as_u64().expect("a slot") as usize] += count;
        }
    }
    let asked = file["req"].as_array().expect("agents");
    for (slot, (there, asked)) in agents.iter().zip(asked).enumerate() {
        assert!(Some(*there) >= asked.as_u64(), "slot {slot}");
    }
    assert_eq!(answer["objective"].as_f64(), Some(cost));
}
