//! Handle times: two quantiles or a history in the place of a mean, and never a mean alone in what is told.

use crewcast::demand;
use crewcast::demand::handling::{Times, subjects};
use crewcast::input;
use crewcast::problem::Problem;
use crewcast::scenario::{HandleTime, Scenario};

/// A shop whose phone has the fields `queue`, `channel` those of `[channel.phone]`.
fn written(channel: &str, queue: &str) -> String {
    format!(
        r#"
client = [{{ id = "shop", orders_per_day = 400 }}]
market = [{{ id = "cz", timezone = "Europe/Prague", country = "CZ" }}]
site = [{{ id = "prague", timezone = "Europe/Prague", country = "CZ" }}]
contact_type = [{{ id = "order" }}, {{ id = "repair" }}]
[scenario]
name = "times"
currency = "CZK"
start = "2026-11-30"
timezone = "Europe/Prague"
[channel.phone]
client = "shop"
market = "cz"
language = "cs"
target = "80/20s"
{channel}
[[queue]]
id = "phone"
channel = "phone"
contact_type = "order"
orders = {{ contacts_per_order = 0.1, profile = "flat" }}
{queue}
[[queue]]
id = "repair"
channel = "phone"
contact_type = "repair"
aht = "30m"
orders = {{ contacts_per_order = 0.1, profile = "flat" }}
[[shift]]
id = "day"
length = "6h"
start = "07:00-10:00"
[[group]]
id = "agents"
site = "prague"
employer = "own"
kind = "dedicated"
languages = ["cs"]
wage = "200 CZK"
shrinkage = {{ leave = "10%" }}
[[setup]]
id = "in-house"
kind = "in-house"
groups = ["agents"]
"#
    )
}

fn read(channel: &str, queue: &str, rows: &str) -> Result<Scenario, Vec<Problem>> {
    let load = |_: &str| Ok(rows.as_bytes().to_vec());
    input::read_text(&written(channel, queue), Some(&load))
}

fn time(channel: &str, queue: &str, rows: &str) -> HandleTime {
    let scenario = read(channel, queue, rows).unwrap_or_else(|problems| panic!("{problems:?}"));
    let mut queues = scenario.queues.values();
    queues.next().expect("the phone").handle_time
}

fn wrong(channel: &str, queue: &str) -> Vec<(&'static str, usize)> {
    let problems = read(channel, queue, "").expect_err("problems");
    let line = |problem: &Problem| problem.place.as_ref().map_or(0, |place| place.line);
    // Nobody works at night here, which is told beside.
    let told = problems.iter().filter(|p| p.code != "no-shift");
    told.map(|p| (p.code, line(p))).collect()
}

const HISTORY: &str = "history = { file = \"h.csv\", series = \"phone\" }";

#[test]
fn two_quantiles_stand_for_mean_and_spread() {
    let own = time("", "aht = { p50 = \"4m\", p90 = \"9m\" }", "");
    assert!((own.p50().value() - 240.0).abs() < 1e-6 && (own.p90().value() - 540.0).abs() < 1e-6);
    assert_eq!(own, time("aht = { p50 = \"4m\", p90 = \"9m\" }", "", ""));
    // A queue's own quantiles go before what its channel says, and a queue's own mean too.
    let channel = "aht = \"2m\"\naht_cv = 0.5";
    assert_eq!(
        own,
        time(channel, "aht = { p50 = \"4m\", p90 = \"9m\" }", "")
    );
    assert_eq!(time(channel, "", "").cv, 0.5);
    let mean = time("aht = { p50 = \"4m\", p90 = \"9m\" }", "aht = \"5m\"", "");
    assert_eq!((mean.mean.value(), mean.cv), (300.0, 0.8));
}

#[test]
fn quantiles_that_contradict_are_told_where_they_stand() {
    let line = |sign: &str, channel: &str, queue: &str| {
        let text = written(channel, queue);
        text.lines()
            .position(|line| line.contains(sign))
            .expect("it is there")
            + 1
    };
    for (p50, p90) in [("4m", "4m"), ("9m", "4m")] {
        let aht = format!("aht = {{ p50 = \"{p50}\", p90 = \"{p90}\" }}");
        assert_eq!(wrong("", &aht), [("bad-duration", line("p90", "", &aht))]);
    }
    let both = "aht = { p50 = \"4m\", p90 = \"9m\" }\naht_cv = 0.5";
    assert_eq!(wrong("", both), [("bad-number", line("aht_cv", "", both))]);
    assert_eq!(wrong(both, ""), [("bad-number", line("aht_cv", both, ""))]);
    // Sixteen times as long: a slip.
    let wide = "aht = { p50 = \"1m\", p90 = \"16m\" }";
    assert_eq!(wrong("", wide), [("bad-number", line("p90", "", wide))]);
    assert_eq!(wrong("", "aht = { p50 = \"4m\" }")[0].0, "missing-field");
    assert_eq!(
        wrong("", "aht = { p50 = \"4m\", p90 = \"9m\", p99 = \"20m\" }")[0].0,
        "unknown-field"
    );
    assert_eq!(wrong("", "")[0].0, "missing-field");
}

/// Contacts every half hour of two weeks, of one and of nine minutes by turns; every tenth was not handled.
fn contacts(slots: bool) -> String {
    let mut rows = match slots {
        true => "timestamp,series,volume,handle_time\n".to_owned(),
        false => "timestamp,series,handle_time\n".to_owned(),
    };
    for half in 0..280 {
        let seconds = match half % 10 {
            9 => 0,
            odd if odd % 2 == 1 => 540,
            _ => 60,
        };
        let (day, at) = (half / 20, 480 + half % 20 * 30);
        let volume = if slots { "2," } else { "" };
        rows.push_str(&format!(
            "2026-11-{:02} {:02}:{:02},phone,{volume}{seconds}\n",
            16 + day,
            at / 60,
            at % 60
        ));
    }
    rows
}

#[test]
fn what_a_history_has_on_record_stands_in_for_what_is_not_said() {
    // Five of one minute to four of nine: mean (5 + 36) ÷ 9 min, variance (5 + 324) ÷ 9 − mean².
    let mean = 60.0 * 41.0 / 9.0;
    let cv = (329.0f64 / 9.0 - (41.0f64 / 9.0).powi(2)).sqrt() / (41.0 / 9.0);
    let found = time("", HISTORY, &contacts(false));
    assert!(
        (found.mean.value() - mean).abs() < 1e-9 && (found.cv - cv).abs() < 1e-9,
        "{found:?}"
    );
    // Means of slots do not tell how contacts vary.
    let of_slots = time("", HISTORY, &contacts(true));
    assert!((of_slots.mean.value() - mean).abs() < 1e-9 && of_slots.cv == 0.8);
    let given = time("", &format!("{HISTORY}\naht_cv = 0.3"), &contacts(false));
    assert_eq!(given.cv, 0.3);
    let scenario = read("", HISTORY, &contacts(false)).expect("a good scenario");
    let told: Vec<&str> = scenario.assumed.iter().map(|a| a.source.as_str()).collect();
    assert!(
        told.iter()
            .any(|said| said.contains("273 s, the mean of 252 contacts")),
        "{told:?}"
    );
}

#[test]
fn a_handle_time_far_from_its_history_is_taken_and_told() {
    let doubts = |aht: &str| {
        let scenario = read("", &format!("{HISTORY}\naht = {aht}"), &contacts(false));
        scenario.expect("a good scenario").doubts
    };
    let told = doubts("\"8m\"");
    assert_eq!((told.len(), told[0].code), (1, "other-handle-time"));
    assert!(
        told[0].cause.contains("8.0 min") && told[0].cause.contains("4.6 min"),
        "{told:?}"
    );
    assert!(doubts("\"5m\"").is_empty());
    assert!(doubts("{ p50 = \"3m\", p90 = \"9m\" }").is_empty());
}

#[test]
fn each_contact_type_has_its_own_times() {
    let scenario = read("", "aht = { p50 = \"4m\", p90 = \"9m\" }", "").expect("a good scenario");
    let demand = demand::forecast(&scenario);
    let found = subjects(&scenario, &demand);
    let names: Vec<&str> = found.iter().map(|subject| subject.name.as_str()).collect();
    assert_eq!(names, ["order", "repair"]);
    let own = |queue: usize| {
        let mut queues = scenario.queues.values();
        Times::from(queues.nth(queue).expect("a queue").handle_time)
    };
    for (queue, subject) in found.iter().enumerate() {
        let (own, told) = (own(queue), subject.times);
        let pairs = [
            (own.mean, told.mean),
            (own.p50, told.p50),
            (own.p90, told.p90),
        ];
        assert!(
            pairs
                .iter()
                .all(|(a, b)| (a.value() - b.value()).abs() < 0.01),
            "{subject:?}"
        );
    }
}
