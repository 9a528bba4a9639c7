//! `crewcast simulate` and the promises by name, at the door and on the way to it.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;

use crewcast::ids::{Id, QueueId};
use crewcast::scenario::{DeadlineClock, Scenario, Service};
use crewcast::units::{Seconds, Share};
use crewcast::{demand, input, requirement, simulation};

const HEADER: &str = "group,site,date,start_local,end_local,breaks,agents\n";

fn scenario_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/omnichannel")
}

/// A folder with a plan's shifts.
fn plan(rows: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("shifts.csv"), format!("{HEADER}{rows}")).unwrap();
    folder
}

/// A week with many agents on the phone, fewer at the weekend, and experts at the head office.
fn week(agents: u32) -> String {
    (16..23)
        .map(|day| {
            let expert = format!("experts,head-office,2026-11-{day},08:00,16:30,12:30-13:00,3\n");
            let team = format!(
                "team,lodz,2026-11-{day},08:00,16:30,12:00-12:30,{agents}\n\
                 team,lodz,2026-11-{day},12:00,20:00,15:30-16:00,{agents}\n"
            );
            if day < 21 { team + &expert } else { team }
        })
        .collect()
}

fn simulate(plan: &Path, more: &[&str]) -> std::process::Output {
    simulate_in(&scenario_folder(), plan, more)
}

fn simulate_in(scenario: &Path, plan: &Path, more: &[&str]) -> std::process::Output {
    Command::cargo_bin("crewcast")
        .unwrap()
        .arg("simulate")
        .arg(scenario)
        .arg("--plan")
        .arg(plan)
        .args(more)
        .output()
        .unwrap()
}

fn json(plan: &Path, more: &[&str]) -> Value {
    let output = simulate(plan, &[more, &["--json"]].concat());
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn queue<'a>(report: &'a Value, name: &str) -> &'a Value {
    let queues = report["queues"].as_array().unwrap();
    queues.iter().find(|queue| queue["name"] == name).unwrap()
}

#[test]
fn a_plan_edited_by_hand_is_judged_part_by_part() {
    let good = plan(&week(9));
    let report = json(good.path(), &["--days", "140"]);
    assert_eq!(report["replications"], 20);
    let phone = queue(&report, "phone");
    let parts: Vec<&str> = phone["parts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| part["part"].as_str().unwrap())
        .collect();
    assert_eq!(parts, ["mean_wait", "quantile"]);
    assert_eq!(phone["keeps_promise"], true);
    let all = phone["offered"].as_f64().unwrap();
    let settled = phone["answered"].as_f64().unwrap() + phone["abandoned"].as_f64().unwrap();
    assert!((all - settled - phone["unanswered"].as_f64().unwrap()).abs() < 1e-6);

    // Two agents keep neither part, and a single week nearly always ends below.
    let poor = plan(&week(2));
    let report = json(poor.path(), &["--days", "140"]);
    let phone = queue(&report, "phone");
    assert_eq!(phone["keeps_promise"], false);
    assert_eq!(report["keeps_promises"], false);
    assert!(phone["risk"].as_f64().unwrap() > 0.9);
    let chat = queue(&report, "chat");
    let parts = chat["parts"].as_array().unwrap();
    assert!(parts.iter().any(|part| part["part"] == "abandoned"));
}

#[test]
fn shifts_edited_by_hand_are_audited() {
    let found = |rows: &str| -> Vec<String> {
        let folder = plan(rows);
        let report = json(folder.path(), &["--days", "7"]);
        let audit = report["audit"].as_array().unwrap().iter();
        audit
            .map(|finding| format!("{}: {}", finding["rule"], finding["detail"]))
            .collect()
    };
    assert_eq!(found(&week(9)), [""; 0]);
    // One whole day's work without its break, and one that goes on to the next morning.
    let edited = week(9)
        .replace("17,12:00,20:00,15:30-16:00,9", "17,12:00,20:00,,1")
        .replace(
            "18,12:00,20:00,15:30-16:00,9",
            "18,12:00,11:00,15:30-16:00,1",
        );
    let found = found(&edited);
    let rules: Vec<&str> = found.iter().map(|it| &it[..7]).collect();
    assert_eq!(rules, ["\"break\"", "\"rest\":"], "{found:?}");
}

/// Who works for one client at a time may be free to learn any, and is no worse for those whose language they lack.
#[test]
fn a_group_knows_of_its_clients_those_that_it_serves() {
    let second = "[[client]]\nid = \"other\"\n\n[[client]]";
    let (folder, _) = changed(&[("[[client]]", second)]);
    let plan = plan(&week(9));
    let output = simulate_in(folder.path(), plan.path(), &["--days", "7", "--json"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["audit"], serde_json::json!([]));
}

#[test]
fn days_and_slots_add_up_to_the_week() {
    let folder = plan(&week(6));
    let by_day = json(folder.path(), &["--days", "70", "--by", "day"]);
    let by_slot = json(folder.path(), &["--days", "70", "--by", "slot"]);
    for name in ["phone", "email"] {
        let week = queue(&by_day, name)["offered"].as_f64().unwrap();
        for report in [&by_day, &by_slot] {
            let rows = queue(report, name)["rows"].as_array().unwrap();
            let sum: f64 = rows
                .iter()
                .map(|row| row["offered"][0].as_f64().unwrap())
                .sum();
            assert!((sum - week).abs() < 1e-6, "{name}: {sum} of {week}");
            for row in rows {
                let [mean, low, high] = [0, 1, 2].map(|end| row["answered"][end].as_f64().unwrap());
                assert!(low <= mean && mean <= high);
            }
        }
    }
    assert_eq!(queue(&by_day, "phone")["rows"].as_array().unwrap().len(), 7);
    let csv = simulate(folder.path(), &["--days", "14", "--by", "day", "--csv"]);
    assert_eq!(
        String::from_utf8(csv.stdout).unwrap().lines().count(),
        1 + 5 * 7
    );
}

#[test]
fn one_thread_gives_the_same_numbers() {
    let folder = plan(&week(5));
    let run = |threads: &str| {
        let output = Command::cargo_bin("crewcast")
            .unwrap()
            .env("RAYON_NUM_THREADS", threads)
            .arg("simulate")
            .arg(scenario_folder())
            .args(["--days", "210", "--by", "week", "--json", "--plan"])
            .arg(folder.path())
            .output()
            .unwrap();
        output.stdout
    };
    assert!(run("1") == run("3"));
}

#[test]
fn the_sick_are_missed() {
    let folder = plan(&week(3));
    let level = |more: &[&str]| {
        let report = json(folder.path(), &[&["--days", "210"], more].concat());
        queue(&report, "phone")["service_level"].as_f64().unwrap()
    };
    let (all, without) = (level(&[]), level(&["--absence", "sickness,leave"]));
    assert!(without < all - 0.01, "{without} {all}");
    let unknown = simulate(folder.path(), &["--absence", "sikness"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(
        String::from_utf8(unknown.stderr)
            .unwrap()
            .contains("sickness")
    );
}

#[test]
fn every_broken_row_is_named() {
    let folder = plan(
        "team,lodz,2026-11-16,08:00,16:00,,many\n\
         ghosts,lodz,2026-11-16,08:00,16:00,,1\n\
         team,lodz,2026-11-17,25:00,16:00,,1\n\
         team,lodz,2031-11-17,08:00,16:00,,1\n",
    );
    let output = simulate(folder.path(), &["--json"]);
    assert_eq!(output.status.code(), Some(1));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let problems = answer["problems"].as_array().unwrap();
    let codes: Vec<&str> = problems
        .iter()
        .map(|p| p["code"].as_str().unwrap())
        .collect();
    assert_eq!(
        codes,
        ["unknown-group", "bad-number", "bad-hours", "outside-plan"]
    );
}

#[test]
fn a_row_that_contradicts_itself_is_told_by_its_line_in_an_excel_s_file() {
    let rows = "team,lodz,2026-11-16,08:00,16:00,,1\n\
        team,lodz,2026-11-18,2026-11-17T08:00:00+01:00,2026-11-17T16:00:00+01:00,,1\n\
        team,head-office,2026-11-16,08:00,16:00,,1\n\
        team,lodz,2026-11-16,2026-11-16T08:00:00+02:00,16:00,,1\n";
    let folder = plan(rows);
    let file = folder.path().join("shifts.csv");
    fs::write(&file, format!("{HEADER}{rows}").replace('\n', "\r\n")).unwrap();
    let output = simulate(folder.path(), &["--json"]);
    assert_eq!(output.status.code(), Some(1));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let problems = answer["problems"].as_array().unwrap().iter();
    let told = |problem: &Value| {
        let line = problem["place"]["line"].as_u64().unwrap();
        (problem["code"].as_str().unwrap().to_owned(), line)
    };
    let wanted = [("bad-date", 3), ("unknown-site", 4), ("bad-hours", 5)];
    let wanted = wanted.map(|(code, line)| (code.to_owned(), line));
    assert_eq!(problems.map(told).collect::<Vec<_>>(), wanted);
}

#[test]
fn a_group_of_another_set_up_is_not_said_to_be_of_none() {
    let folder = plan("team,lodz,2026-11-16,08:00,16:00,,1\n");
    let output = simulate(folder.path(), &["--setup", "in-house"]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        told.contains("set-up `in-house` has no group or pod `team`"),
        "{told}"
    );
    assert!(told.contains("outsourced-dedicated"), "{told}");
}

#[test]
fn shifts_are_tried_against_another_volume() {
    let folder = plan(&week(4));
    let reached = |more: &[&str]| {
        let report = json(folder.path(), &[&["--days", "70"], more].concat());
        queue(&report, "phone")["mean_wait_seconds"]
            .as_f64()
            .unwrap()
    };
    assert!(reached(&["--set", "queue.phone.aht=8m"]) > 2.0 * reached(&[]));
}

#[test]
fn nobody_on_the_line_is_said() {
    let folder = plan("");
    let report = json(folder.path(), &["--days", "14"]);
    assert!(
        report["notes"][0]
            .as_str()
            .unwrap()
            .contains("nobody is on the line")
    );
    assert_eq!(report["keeps_promises"], false);
    // Of those whom nobody answers there is no wait, not one of 0 s.
    assert_eq!(queue(&report, "phone")["mean_wait_seconds"], Value::Null);
    let table = simulate(folder.path(), &["--days", "14"]);
    let table = String::from_utf8_lossy(&table.stdout);
    let row = table
        .lines()
        .find(|line| line.trim_start().starts_with("phone"));
    assert!(
        row.unwrap().contains('–') && !row.unwrap().contains("0.0 s"),
        "{table}"
    );
    let skilled = plan("team,lodz,2026-11-16,08:00,16:00,,5\n");
    let report = json(skilled.path(), &["--days", "14"]);
    assert!(
        report["notes"][0]
            .as_str()
            .unwrap()
            .starts_with("escalations")
    );
}

/// A copy of the scenario with some of its words changed.
fn changed(words: &[(&str, &str)]) -> (tempfile::TempDir, Scenario) {
    let folder = tempfile::tempdir().unwrap();
    let mut text = fs::read_to_string(scenario_folder().join("scenario.toml")).unwrap();
    for (from, to) in words {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    fs::write(folder.path().join("scenario.toml"), text).unwrap();
    let history = "history-synthetic.csv";
    fs::copy(scenario_folder().join(history), folder.path().join(history)).unwrap();
    let scenario = input::read(folder.path()).unwrap();
    (folder, scenario)
}

#[test]
fn promises_by_name() {
    let (_folder, scenario) = changed(&[
        (
            "target = { quantile = \"95/20s\", mean_wait = \"20s\" }",
            "target = \"phone-20s-p95\"",
        ),
        (
            "deadline = \"1h\"\nclock = \"business\"\nshare = \"90%\"",
            "deadline = \"amazon-returns\"\nshare = \"99%\"",
        ),
        (
            "deadline = \"2h\"\nclock = \"business\"\nshare = \"95%\"",
            "deadline = \"facebook\"",
        ),
    ]);
    let service = |name: &str| {
        let named = scenario.queues.values().find(|queue| queue.name == name);
        named.unwrap().service.clone()
    };
    match service("phone") {
        Service::RealTime { target, .. } => {
            assert_eq!(target.wait_quantile, Some((Share(0.95), Seconds(20.0))));
            assert_eq!(target.answered_within, None);
        }
        other => panic!("{other:?}"),
    }
    match service("email") {
        Service::Deferrable { deadline } => {
            assert_eq!(deadline.within, Seconds(172_800.0));
            assert_eq!(deadline.clock, DeadlineClock::Calendar);
            assert_eq!(deadline.share, Share(0.99));
        }
        other => panic!("{other:?}"),
    }
    match service("social") {
        Service::Deferrable { deadline } => {
            assert_eq!(deadline.within, Seconds(900.0));
            assert_eq!(deadline.share, Share(0.9));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn retrials_and_overflow_reach_the_simulation() {
    let (_folder, scenario) = changed(&[
        (
            "patience = \"2m\"",
            "patience = \"2m\"\nretrial = \"40%\"\nretrial_after = \"5m\"",
        ),
        (
            "id = \"team\"\n",
            "id = \"team\"\noverflow_after = \"30s\"\n",
        ),
        ("aht = \"3m\"\n", "aht = \"3m\"\nreserve = 2\n"),
    ]);
    let demand = demand::forecast(&scenario);
    let group = scenario
        .groups
        .iter()
        .find(|(_, group)| group.name == "team");
    let (group, _) = group.unwrap();
    let team = crewcast::staffing::Team {
        name: "team".to_owned(),
        group,
        clients: scenario.clients.ids().collect(),
        queues: scenario.queues_of(group),
    };
    let network = simulation::network(&scenario, &demand, &[team]);
    assert_eq!(network.queues[0].retrial.share, 0.4);
    assert_eq!(network.queues[0].routes[0].after, 30.0);
    assert_eq!(network.queues[3].routes[0].reserve, 2);
}

#[test]
fn any_set_of_queues_is_sized_as_one() {
    let (_folder, scenario) = changed(&[]);
    let demand = demand::forecast(&scenario);
    let whole = requirement::size(&scenario, &demand);
    let both = [QueueId::new(0), QueueId::new(1)];
    let pool = requirement::pool(&scenario, &demand, "phone and chat", &both);
    assert_eq!(pool.queues, both);
    for slot in 0..pool.agents.len() {
        let apart: u32 = both.iter().map(|id| whole.alone[*id][slot]).sum();
        let least = both
            .iter()
            .map(|id| whole.minimum[*id][slot])
            .max()
            .unwrap();
        assert!(pool.agents[slot] <= apart.max(least) && pool.agents[slot] >= least);
    }
    assert!(pool.agents.iter().any(|agents| *agents > 0));
    assert!(simulation::replications(&demand) >= 40);
}
