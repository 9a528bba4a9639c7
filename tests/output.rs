//! The folder of a plan: the contract's files, keys and headers, whole or not at all.

mod support;

use std::fs;
use std::path::Path;

use crewcast::scenario::{Assumed, Case, OrderDriver, PromiseScope};
use support::{HOSTILE, Shape, empty, hostile, plan};

fn written(plan: &crewcast::plan::Plan) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    crewcast::output::write(plan, None, &home.path().join("plan"), false).unwrap();
    home
}

fn records(folder: &Path, name: &str) -> Vec<Vec<String>> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .from_path(folder.join("plan").join(name))
        .unwrap()
        .records()
        .map(|record| record.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

#[test]
fn headers_are_the_contract_and_rows_are_all_there() {
    let plan = plan(&Shape::shop());
    let home = written(&plan);
    let slots = plan.scenario.horizon.slots;
    let pools = plan.requirement.pools.len();
    let lines: usize = plan
        .comparison
        .setups
        .iter()
        .map(|it| it.costing.lines.len())
        .sum();
    let shifts = plan.comparison.setups[2].staffing.shifts.len();
    for (name, header, rows) in [
        (
            "forecast.csv",
            "queue,start_utc,start_local,mean,p10,p50,p80,p95",
            plan.scenario.queues.len() * slots,
        ),
        (
            "requirement.csv",
            "pool,start_utc,agents,offered_load",
            pools * slots,
        ),
        (
            "shifts.csv",
            "group,site,date,start_local,end_local,breaks,agents",
            shifts,
        ),
        (
            "coverage.csv",
            "pool,start_utc,required,staffed",
            pools * slots,
        ),
        ("costs.csv", "setup,line,amount,per_interaction", lines),
    ] {
        let records = records(home.path(), name);
        assert_eq!(records[0].join(","), header, "{name}");
        assert_eq!(records.len() - 1, rows, "{name}");
    }
    let service = records(home.path(), "service.csv");
    assert!(
        service[0]
            .join(",")
            .starts_with("queue,promised,reached,low,high")
    );
    assert_eq!(service.len() - 1, plan.scenario.queues.len());
    let forecast = records(home.path(), "forecast.csv");
    assert_eq!(forecast[1][1], "2026-11-29T23:00:00Z");
    assert_eq!(forecast[1][2], "2026-11-30T00:00:00+01:00");
    let shift = &records(home.path(), "shifts.csv")[1];
    assert_eq!(shift[2], "2026-11-30");
    assert_eq!(shift[3], "2026-11-30T08:00:00+01:00");
    assert_eq!(shift[5], "11:30-12:00 unpaid");
    for name in [
        "roster.csv",
        "shortfall.csv",
        "report.html",
        "plan.xlsx",
        "charts/cost.svg",
    ] {
        assert!(home.path().join("plan").join(name).exists(), "{name}");
    }
    let calendars = fs::read_dir(home.path().join("plan/ics")).unwrap().count();
    assert_eq!(calendars, plan.roster.agents.len());
}

#[test]
fn the_summary_has_the_keys_of_the_contract() {
    let plan = plan(&Shape::shop());
    let home = written(&plan);
    let text = fs::read_to_string(home.path().join("plan/summary.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&text).unwrap();
    for pointer in [
        "/crewcast",
        "/scenario",
        "/seed",
        "/currency",
        "/horizon/start",
        "/horizon/end",
        "/horizon/slot_minutes",
        "/demand/contacts",
        "/demand/by_queue/0",
        "/demand/by_queue/0/handle_time/p90_seconds",
        "/demand/by_queue/0/fcr",
        "/demand/without_agent",
        "/requirement/peak_agents",
        "/requirement/agent_hours",
        "/staffing/status",
        "/staffing/objective",
        "/staffing/bound",
        "/staffing/gap",
        "/staffing/seconds",
        "/staffing/paid_hours",
        "/staffing/agents/brno-shared-pod-1",
        "/staffing/shortfall_agent_hours",
        "/service/0/queue",
        "/service/0/promised",
        "/service/0/reached",
        "/service/0/low",
        "/service/0/high",
        "/setups/0/name",
        "/setups/0/total",
        "/setups/0/per_interaction",
        "/setups/0/lines/0/line",
        "/setups/0/lines/0/amount",
        "/cheapest",
    ] {
        let value = summary.pointer(pointer);
        assert!(value.is_some_and(|value| !value.is_null()), "{pointer}");
    }
    assert_eq!(summary["currency"], "CZK");
    assert_eq!(summary["cheapest"], "outsourced-shared");
    assert_eq!(summary["horizon"]["start"], "2026-11-29T23:00:00Z");
    for setup in summary["setups"].as_array().unwrap() {
        let lines = setup["lines"].as_array().unwrap();
        let sum: f64 = lines
            .iter()
            .map(|line| line["amount"].as_f64().unwrap())
            .sum();
        assert!((sum - setup["total"].as_f64().unwrap()).abs() < 1e-6);
    }
}

fn summary(plan: &crewcast::plan::Plan) -> serde_json::Value {
    serde_json::to_value(crewcast::output::summary(plan, None)).unwrap()
}

/// Of repairs open for 18 days on average, one less e to the power of −21/18 is done within three weeks.
#[test]
fn the_share_of_cases_done_in_the_time_promised_is_in_the_summary_and_on_the_terminal() {
    let mut plan = plan(&Shape::shop());
    assert!(summary(&plan)["demand"]["by_queue"][0]["case"].is_null());
    assert!(!crewcast::report::terminal(&plan, 100).contains("cases"));
    let queue = plan.scenario.queues.ids().next().unwrap();
    plan.scenario.queues[queue].demand.orders = Some(OrderDriver {
        orders_per_day: 100.0,
        contacts_per_order: 0.01,
        profile: "flat".to_owned(),
        lag: None,
        case: Some(Case {
            touches: 2.0,
            open_days: 18.0,
            promised_days: 21.0,
            chasers_early: 0.0,
            chasers_late: 0.0,
        }),
    });
    let case = &summary(&plan)["demand"]["by_queue"][0]["case"];
    let kept = case["kept"].as_f64().unwrap();
    assert!(
        (kept - (1.0 - (-21.0_f64 / 18.0).exp())).abs() < 1e-6,
        "{case}"
    );
    assert_eq!(case["contacts_per_case"], 2.0);
    let shown = crewcast::report::terminal(&plan, 100);
    assert!(
        shown.contains("68.9 % done within the 21 days promised, 2 contacts each"),
        "{shown}"
    );
}

#[test]
fn teams_busier_than_the_policy_asks_for_are_told_where_it_sizes_nothing() {
    let mut plan = plan(&Shape::shop());
    let policy = |plan: &mut crewcast::plan::Plan, promise, most| {
        plan.scenario.policy.promise = promise;
        plan.scenario.policy.max_occupancy = most;
        let told = crewcast::report::terminal(plan, 100).contains("Busier than max_occupancy");
        let teams = summary(plan)["staffing"]["too_busy"].clone();
        (told, teams.as_array().unwrap().len())
    };
    let (told, teams) = policy(&mut plan, PromiseScope::Week, 0.05);
    assert!(told && teams > 0, "{teams}");
    assert!(policy(&mut plan, PromiseScope::Day, 0.05).0);
    assert_eq!(policy(&mut plan, PromiseScope::Week, 1.0), (false, 0));
    // Sizes of slots keep to it.
    assert_eq!(policy(&mut plan, PromiseScope::Slot, 0.05), (false, 0));
    // What nobody asked for is not held against the plan.
    plan.scenario.assumed.push(Assumed {
        field: "max_occupancy",
        whose: "[policy]".to_owned(),
        source: "usual".to_owned(),
    });
    assert_eq!(policy(&mut plan, PromiseScope::Week, 0.05), (false, 0));
}

#[test]
fn the_same_plan_gives_the_same_bytes() {
    let plan = plan(&Shape::world());
    let (one, two) = (written(&plan), written(&plan));
    for name in ["summary.json", "plan.xlsx", "report.html", "roster.csv"] {
        let read =
            |home: &tempfile::TempDir| fs::read(home.path().join("plan").join(name)).unwrap();
        assert!(read(&one) == read(&two), "{name}");
    }
}

#[test]
fn hostile_names_come_back_as_they_were() {
    let plan = hostile();
    let home = written(&plan);
    let forecast = records(home.path(), "forecast.csv");
    assert_eq!(forecast[1][0], format!("{HOSTILE} 0"));
    assert_eq!(
        forecast.len() - 1,
        plan.scenario.queues.len() * plan.scenario.horizon.slots
    );
    let costs = records(home.path(), "costs.csv");
    assert_eq!(costs[1][0], format!("{HOSTILE} 0"));
    let text = fs::read_to_string(home.path().join("plan/summary.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(summary["scenario"], HOSTILE);
    for entry in fs::read_dir(home.path().join("plan/ics")).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        assert!(
            text.split("\r\n")
                .all(|line| line.len() <= 75 && !line.contains('\n'))
        );
        assert!(text.contains("BEGIN:VTIMEZONE") && text.ends_with("END:VCALENDAR\r\n"));
    }
}

#[test]
fn an_empty_plan_has_headers_and_no_rows() {
    let home = written(&empty());
    for name in [
        "forecast.csv",
        "shifts.csv",
        "coverage.csv",
        "service.csv",
        "costs.csv",
    ] {
        assert_eq!(records(home.path(), name).len(), 1, "{name}");
    }
}

#[test]
fn a_folder_with_anything_in_it_is_refused_without_force() {
    let plan = plan(&Shape::shop());
    let home = written(&plan);
    let out = home.path().join("plan");
    let before = fs::read(out.join("summary.json")).unwrap();
    let problem = crewcast::output::write(&plan, None, &out, false).unwrap_err();
    assert_eq!(problem.code, "out-exists");
    assert!(
        problem
            .remedy
            .is_some_and(|remedy| remedy.contains("--force"))
    );
    assert_eq!(fs::read(out.join("summary.json")).unwrap(), before);
    fs::remove_file(out.join("forecast.csv")).unwrap();
    crewcast::output::write(&plan, None, &out, true).unwrap();
    assert!(out.join("forecast.csv").exists());
    assert_eq!(
        fs::read_dir(home.path()).unwrap().count(),
        1,
        "nothing is left beside it"
    );
}

#[test]
fn a_stale_calendar_goes_with_its_plan() {
    let home = written(&plan(&Shape::world()));
    let out = home.path().join("plan");
    let next = plan(&Shape::shop());
    crewcast::output::write(&next, None, &out, true).unwrap();
    assert_eq!(
        fs::read_dir(out.join("ics")).unwrap().count(),
        next.roster.agents.len()
    );
}
