//! `crewcast bench staffing` on small instances: what it refuses, and what it says of what cannot be kept.

use std::process::{Command, Output};

use serde_json::{Value, json};

/// Slots of a week of half-days.
const SLOTS: usize = 14;

/// One skill: a shift for each slot, of the cost of 100.
fn one_skill() -> Value {
    let cols: Vec<Value> = (0..SLOTS)
        .map(|slot| json!({"cover": [slot], "cost": 100.0}))
        .collect();
    json!({"name": "one", "H": SLOTS, "calls": vec![500.0; SLOTS], "aht": 240.0, "target": 0.8, "T": 20.0,
        "req": vec![4.0; SLOTS], "cols": cols})
}

/// Two queues at one site, each with a group.
fn two_queues() -> Value {
    let shifts: Vec<Value> = (0..SLOTS)
        .map(|slot| json!({"start": 12.0 * (slot % 2) as f64, "base": 100.0, "cover": [slot]}))
        .collect();
    let flat = |value: f64| json!({"a": vec![value; SLOTS], "b": vec![value; SLOTS]});
    let group = |queue: &str| json!({"site": "S", "queues": [queue], "mult": 1.0});
    json!({"name": "two", "H": SLOTS, "queues": ["a", "b"], "calls": flat(180.0), "load": flat(1.0),
        "aht": {"a": 240.0, "b": 240.0}, "req": flat(3.0),
        "groups": [group("a"), group("b")], "shifts": {"S": shifts}})
}

fn run(file: &Value, options: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("instance.json");
    std::fs::write(&path, file.to_string()).expect("a file");
    Command::new(env!("CARGO_BIN_EXE_crewcast"))
        .args(["bench", "staffing", "--json"])
        .arg(&path)
        .args(options)
        .output()
        .expect("the program starts")
}

fn answer(file: &Value, options: &[&str]) -> Value {
    let output = run(file, options);
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// What it says where it refuses a file.
fn refusal(file: &Value, options: &[&str]) -> String {
    let output = run(file, options);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    String::from_utf8(output.stderr).expect("text")
}

#[test]
fn all_that_is_wrong_with_a_file_is_named_at_once() {
    let mut one = one_skill();
    one["target"] = json!(1.0);
    one["aht"] = json!(0.0);
    one["req"][3] = json!(-1.0);
    one["calls"] = json!([1.0]);
    one["cols"][2] = json!({"cover": [0, 0, 14], "cost": -5.0});
    let said = refusal(&one, &[]);
    for fault in [
        "`target` is 1",
        "`aht` is 0",
        "`req[3]` is -1",
        "`calls` has 1 values",
        "`cols[2].cost` is -5",
        "`cols[2].cover[1]` repeats slot 0",
    ] {
        assert!(said.contains(fault), "{fault}: {said}");
    }
    let mut many = two_queues();
    many["aht"] = json!({"a": -1.0});
    many["groups"][1]["mult"] = json!(-1.0);
    many["shifts"]["S"][0]["base"] = json!(-5.0);
    for options in [&[][..], &["--simulate"]] {
        let said = refusal(&many, options);
        for fault in [
            "`aht.a` is -1",
            "`aht.b` is missing",
            "`groups[1].mult` is -1",
            "`shifts.S[0].base` is -5",
        ] {
            assert!(said.contains(fault), "{fault}: {said}");
        }
    }
    many["H"] = json!(1_000_000_000_000u64);
    assert!(refusal(&many, &[]).contains("`H` is 1000000000000: give 1 to 10080"));
}

#[test]
fn a_load_that_calls_do_not_make_is_refused() {
    let mut many = two_queues();
    many["load"]["b"] = json!(vec![2.0; SLOTS]);
    let said = refusal(&many, &["--simulate"]);
    let fault = "`load.b` sums to 28.0 erlangs over all slots, but `calls` × `aht` make 14.0 of it";
    assert!(said.contains(fault) && said.contains("43200 s"), "{said}");
    // Two weeks of slots are not one.
    let mut twice = two_queues();
    twice["H"] = json!(2 * SLOTS);
    for field in ["calls", "load", "req"] {
        twice[field] = json!({"a": vec![180.0; 2 * SLOTS], "b": vec![180.0; 2 * SLOTS]});
    }
    twice["load"] = json!({"a": vec![1.0; 2 * SLOTS], "b": vec![1.0; 2 * SLOTS]});
    assert!(refusal(&twice, &[]).contains("1 more queues alike"));
}

#[test]
fn a_plan_that_one_round_has_no_time_for_keeps_its_promises() {
    // No time for anything: what comes first keeps the promise.
    let answer = answer(&two_queues(), &["--simulate", "--seconds", "0.01"]);
    assert_eq!(answer["status"], "promises kept", "{answer}");
}

#[test]
fn a_promise_over_a_longer_time_is_never_dearer() {
    let mut one = one_skill();
    // Shifts of two slots; calls come in turns.
    for (slot, column) in one["cols"]
        .as_array_mut()
        .expect("columns")
        .iter_mut()
        .enumerate()
    {
        column["cover"] = json!([slot, (slot + 1) % SLOTS]);
    }
    let calls = |slot: usize| if slot.is_multiple_of(2) { 60.0 } else { 500.0 };
    one["calls"] = json!((0..SLOTS).map(calls).collect::<Vec<f64>>());
    // Half a day of 500 calls of 240 s are 2.8 erlangs: 6 agents; of 60, 0.33: 2.
    let req = |slot: usize| if slot.is_multiple_of(2) { 2.0 } else { 6.0 };
    one["req"] = json!((0..SLOTS).map(req).collect::<Vec<f64>>());
    let cost = |promise: &str| {
        let answer = answer(&one, &["--promise", promise]);
        assert!(
            answer["bound"].as_f64() <= answer["objective"].as_f64(),
            "{answer}"
        );
        answer["objective"].as_f64().expect("a number")
    };
    let costs = [cost("slot"), cost("day"), cost("week")];
    assert!(costs[0] >= costs[1] && costs[1] >= costs[2], "{costs:?}");
}

#[test]
fn files_in_which_nobody_could_work_are_refused() {
    let mut neither = one_skill();
    neither.as_object_mut().expect("fields").remove("cols");
    assert!(refusal(&neither, &[]).contains("neither `cols` nor `groups`"));
    let mut one = one_skill();
    one["cols"] = json!([]);
    assert!(refusal(&one, &[]).contains("nobody could work"));
    let mut many = two_queues();
    many["shifts"]["S"] = json!([]);
    assert!(refusal(&many, &[]).contains("nobody could work"));
    many["groups"] = json!([]);
    assert!(refusal(&many, &[]).contains("nobody could work"));
}

#[test]
fn where_no_shift_starts_on_the_hour_all_starts_are_allowed() {
    let mut many = two_queues();
    for shift in many["shifts"]["S"].as_array_mut().expect("shifts") {
        shift["start"] = json!(0.5);
    }
    let output = run(&many, &[]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("site `S` starts on a full hour"), "{said}");
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(answer["uncovered"], 0.0, "{answer}");
}

#[test]
fn sets_that_a_file_lacks_are_derived() {
    // Three agents in each of 14 slots for either queue, as `req` says; no group ties them.
    let answer = answer(&two_queues(), &[]);
    assert_eq!(answer["objective"], 8_400.0, "{answer}");
    // One group for both: the pool wants fewer than six but no fewer than the busiest alone.
    let mut tied = two_queues();
    tied["groups"] = json!([{"site": "S", "queues": ["a", "b"], "mult": 1.0}]);
    let pooled = self::answer(&tied, &[]);
    let objective = pooled["objective"].as_f64().expect("a number");
    // 2 erlangs at 80 % in 20 s: 4 agents.
    assert_eq!(objective, 5_600.0, "{pooled}");
}

#[test]
fn queues_that_no_group_serves_are_named() {
    let mut many = two_queues();
    many["groups"] = json!([{"site": "S", "queues": ["a"], "mult": 1.0}]);
    let answer = answer(&many, &[]);
    assert_eq!(answer["unserved"], json!(["b"]));
    assert_eq!(answer["uncovered"], 42.0);
    assert_eq!(
        answer["uncovered_of"],
        json!([{"queues": ["b"], "agent_slots": 42.0}])
    );
    let status = answer["status"].as_str().expect("a status");
    assert!(status.contains("no group serves"), "{status}");
}

#[test]
fn a_promise_that_no_plan_keeps_has_a_reason() {
    let mut one = one_skill();
    one["cols"].as_array_mut().expect("columns").remove(5);
    let answer = answer(&one, &["--promise", "week"]);
    assert_eq!(answer["status"], "no plan");
    let reason = answer["reason"].as_str().expect("a reason");
    assert!(reason.contains("no shift covers slots 5"), "{reason}");
    assert!(answer["uncovered"].as_f64().expect("a number") > 0.0);
    assert!(answer["service"].is_null());
}

#[test]
fn a_week_without_calls_costs_nothing_and_is_proved() {
    let mut one = one_skill();
    one["calls"] = json!(vec![0.0; SLOTS]);
    one["req"] = json!(vec![0.0; SLOTS]);
    for options in [&[][..], &["--promise", "day"]] {
        let output = run(&one, options);
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(!text.contains("-0.0"), "{text}");
        let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(answer["objective"], 0.0);
        assert_eq!(answer["bound"], 0.0);
        assert_eq!(answer["gap"], 0.0);
        assert!(
            answer["bound_of"].is_string() && answer["uncovered"] == 0.0,
            "{answer}"
        );
    }
}
