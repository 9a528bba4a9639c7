//! The forecast of a scenario: every effect is a factor that can be switched off, sums add up, orders and
//! a first few days of history blend.

use std::collections::BTreeMap;
use std::path::Path;

use crewcast::demand::hierarchy::{CUTS, parents};
use crewcast::demand::stage::lacking_hours;
use crewcast::demand::{self, Demand};
use crewcast::ids::{Id, QueueId};
use crewcast::input;
use crewcast::scenario::Scenario;

fn after_sales() -> Scenario {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/after-sales");
    input::read(&dir).expect("a good scenario")
}

fn queue(scenario: &Scenario, name: &str) -> QueueId {
    let found = scenario.queues.iter().find(|(_, q)| q.name == name);
    found.expect("a queue of that name").0
}

fn contacts(demand: &Demand, id: QueueId) -> f64 {
    demand.queues[id].contacts()
}

fn factor(demand: &Demand, id: QueueId, name: &str) -> f64 {
    let found = demand.queues[id].factors.iter().find(|f| f.name == name);
    found.unwrap_or_else(|| panic!("no factor {name}")).factor
}

#[test]
fn each_factor_is_what_switching_it_off_takes_away() {
    let scenario = after_sales();
    let whole = demand::forecast(&scenario);
    let mut seen: BTreeMap<String, Demand> = BTreeMap::new();
    for id in scenario.queues.ids() {
        // A planner's own figure replaces a day whatever else there is.
        let replaced = scenario.overrides.iter().any(|o| o.queues.contains(&id));
        for f in whole.queues[id].factors.iter().filter(|_| !replaced) {
            let without = seen
                .entry(f.name.clone())
                .or_insert_with(|| demand::forecast_without(&scenario, &[&f.name]));
            let ratio = contacts(&whole, id) / contacts(without, id);
            assert!(
                (ratio / f.factor - 1.0).abs() < 1e-6,
                "{}: {ratio} {}",
                f.name,
                f.factor
            );
            assert_eq!(factor(without, id, &f.name), 1.0);
        }
    }
    for name in [
        "Customer account with tracking and repair status",
        "January sale",
        "Turnover grows by an eighth a year",
        "delay after the order",
        "season: electronics",
        "several touches of a case",
        "chasers of open cases",
        "contacts that come again",
    ] {
        assert!(seen.contains_key(name), "{name} in {:?}", seen.keys());
    }
}

#[test]
fn the_effects_are_those_that_the_scenario_states() {
    let scenario = after_sales();
    let found = demand::forecast(&scenario);
    // Half of the questions over 24 months, from 1 March 2026: by mid-January 10.5 months of the ramp.
    let status = queue(&scenario, "status-phone");
    let account = factor(
        &found,
        status,
        "Customer account with tracking and repair status",
    );
    assert!(
        (account - (1.0 - 0.5 * 10.5 / 24.0)).abs() < 0.01,
        "{account}"
    );
    // Only information is deflected.
    let presales = queue(&scenario, "presales-chat");
    let names: Vec<&str> = found.queues[presales]
        .factors
        .iter()
        .map(|f| f.name.as_str())
        .collect();
    assert!(
        !names
            .iter()
            .any(|name| name.starts_with("Customer account"))
    );
    // Presents are asked about and come back after the orders of December.
    for name in ["status-phone", "return-form", "repair-phone"] {
        let delay = factor(&found, queue(&scenario, name), "delay after the order");
        assert!(delay > 1.1, "{name} {delay}");
    }
    assert!(
        !names.contains(&"delay after the order"),
        "advice comes before the order"
    );
    // 18 days open, 21 promised: 18·e^(−21/18) late days at .12, the others at .03, on 1.5 touches.
    let late = 18.0 * (-21.0f64 / 18.0).exp();
    let due = 1.0 + (0.03 * (18.0 - late) + 0.12 * late) / 1.5;
    let chasers = factor(
        &found,
        queue(&scenario, "repair-phone"),
        "chasers of open cases",
    );
    assert!((chasers - due).abs() < 1e-6, "{chasers} {due}");
    // The recall is a figure put in by hand, in the hours the forecast has.
    let recall = queue(&scenario, "repair-form");
    let zone = scenario.markets[scenario.queues[recall].market].zone;
    let wednesday: f64 = (0..scenario.horizon.slots)
        .filter(|slot| scenario.horizon.local(*slot, zone).date().to_string() == "2027-01-13")
        .map(|slot| found.queues[recall].mean[slot])
        .sum();
    assert!((wednesday - 90.0).abs() < 1e-9, "{wednesday}");
}

#[test]
fn a_scenario_may_switch_factors_off_itself() {
    let mut scenario = after_sales();
    let off = demand::forecast_without(&scenario, &["cases", "season"]);
    scenario.without = vec!["cases".into(), "season".into()];
    let itself = demand::forecast(&scenario);
    for id in scenario.queues.ids() {
        assert_eq!(off.queues[id].mean, itself.queues[id].mean);
    }
}

#[test]
fn every_cut_adds_up_to_the_same_in_every_slot() {
    let scenario = after_sales();
    let found = demand::forecast(&scenario);
    let whole = parents(&scenario, &found, CUTS[0].0).swap_remove(0);
    for (cut, name) in CUTS {
        let parents = parents(&scenario, &found, cut);
        assert_eq!(
            parents.iter().map(|p| p.queues.len()).sum::<usize>(),
            scenario.queues.len()
        );
        for slot in 0..scenario.horizon.slots {
            let sum: f64 = parents.iter().map(|p| p.volume.mean[slot]).sum();
            assert!(
                (sum - whole.volume.mean[slot]).abs() < 1e-9,
                "{name} {slot}"
            );
            for p in parents.iter().map(|p| &p.volume) {
                assert!(p.p10[slot] <= p.p50[slot] && p.p50[slot] <= p.p80[slot]);
                assert!(p.p80[slot] <= p.p95[slot]);
            }
        }
    }
}

/// A shop that believes in 40 contacts a day and in truth has 80.
fn young_shop(days: u64) -> Demand {
    let mut rows = "timestamp,series,volume\n".to_owned();
    let first = chrono::NaiveDate::from_ymd_opt(2026, 11, 30).expect("a Monday");
    for day in (0..days).map(|d| first - chrono::Days::new(d + 1)) {
        for hour in 8..18 {
            rows.push_str(&format!("{day} {hour:02}:00,mail,8\n"));
        }
    }
    let history = if days > 0 {
        "history = { file = \"h.csv\" }"
    } else {
        ""
    };
    demand::forecast(&shop("", history, rows))
}

/// One queue of mails, its history as told in its own table and in those before it.
fn shop(common: &str, history: &str, rows: String) -> Scenario {
    read(&written(common, history), rows)
}

fn read(text: &str, rows: String) -> Scenario {
    let load = |_: &str| Ok(rows.clone().into_bytes());
    input::read_text(text, Some(&load)).expect("a good scenario")
}

fn written(common: &str, history: &str) -> String {
    format!(
        r#"
client = [{{ id = "shop", orders_per_day = 400 }}]
market = [{{ id = "cz", timezone = "Europe/Prague", country = "CZ" }}]
hours = [{{ id = "office", daily = "08:00-18:00" }}]
site = [{{ id = "prague", timezone = "Europe/Prague", country = "CZ" }}]
[scenario]
name = "young"
currency = "CZK"
start = "2026-11-30"
timezone = "Europe/Prague"
{common}
[[queue]]
id = "mail"
client = "shop"
market = "cz"
language = "cs"
channel = "email"
hours = "office"
deadline = "8h"
aht = "4m"
fcr = "100%"
orders = {{ contacts_per_order = 0.1, profile = "flat" }}
{history}
[[shift]]
id = "day"
length = "8h"
start = "07:00-10:00"
[[group]]
id = "agents"
site = "prague"
employer = "own"
kind = "dedicated"
languages = ["cs"]
wage = "200 CZK"
[[setup]]
id = "own"
kind = "in-house"
groups = ["agents"]
"#
    )
}

#[test]
fn who_finds_the_line_closed_for_a_holiday_calls_in_the_week_after_it() {
    let text = written("weeks = 3", "")
        .replace("2026-11-30", "2026-12-14")
        .replace("-18:00\"", "-18:00\", holidays = \"closed\"")
        .replace("email", "phone")
        .replace("deadline = \"8h\"", "target = \"80/20s\"");
    let scenario = read(&text, String::new());
    let demand = demand::forecast(&scenario);
    let phone = &demand.queues[queue(&scenario, "mail")];
    let days: Vec<f64> = phone.mean.chunks(48).map(|day| day.iter().sum()).collect();
    let is = |day: usize, due: f64| {
        let came = days[day - 14];
        assert!(
            (came - due).abs() < 1e-6,
            "{day} December: {came}, {due} are due"
        );
    };
    // Forty a day until Christmas Eve, none on the three days of the feast.
    (14..=23).for_each(|day| is(day, 40.0));
    (24..=26).for_each(|day| is(day, 0.0));
    // Those of the 24th and 25th call on the five days until New Year's Eve, those of the 26th on 2 January too.
    let after = 40.0 / 5.0 + 40.0 / 5.0 + 40.0 / 6.0;
    (27..=31).for_each(|day| is(day, 40.0 + after));
    is(31 + 1, 0.0);
    is(31 + 2, 40.0 + 40.0 / 6.0 + 40.0 / 7.0);
}

#[test]
fn what_has_come_of_today_moves_the_rest_of_it() {
    // Twenty weeks of days of 56 or 104 contacts at random, and two days and a half of the planned week.
    let monday = chrono::NaiveDate::from_ymd_opt(2026, 11, 30).expect("a Monday");
    let first = monday - chrono::Days::new(140);
    let hourly = |day: u64| match (day + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 63 {
        0 => 5.6,
        _ => 10.4,
    };
    let mut rows = "timestamp,series,volume\n".to_owned();
    for day in 0..143u64 {
        let date = first + chrono::Days::new(day);
        let (volume, until) = match day {
            142 => (15.0, 13),
            _ => (hourly(day), 18),
        };
        for hour in 8..until {
            rows.push_str(&format!("{date} {hour:02}:00,post,{volume}\n"));
        }
    }
    let scenario = shop(
        "[history]\nfile = \"h.csv\"",
        "history = { series = \"post\" }",
        rows.clone(),
    );
    let now = "2026-12-02T12:00:00Z".parse().expect("13 h in Prague");
    let planned = demand::forecast(&scenario);
    let known = demand::forecast_at(&scenario, &[], Some(now));
    let off = demand::forecast_at(&scenario, &["today so far"], Some(now));
    let id = queue(&scenario, "mail");
    let hours = |demand: &Demand, from: i64, to: i64| -> f64 {
        let horizon = &scenario.horizon;
        let wanted = from * 60..to * 60;
        let inside =
            (0..horizon.slots).filter(|slot| wanted.contains(&minutes_at(&scenario, *slot)));
        inside.map(|slot| demand.queues[id].mean[slot]).sum()
    };
    // Monday, Tuesday and today's five hours are as they came.
    for (day, came) in [(0, hourly(140)), (1, hourly(141))] {
        let all = hours(&known, 24 * day, 24 * day + 24);
        assert!((all - 10.0 * came).abs() < 1e-6, "{day}: {all}");
    }
    assert!((hours(&known, 48, 61) - 75.0).abs() < 1e-6);
    let slot = (0..scenario.horizon.slots).find(|s| minutes_at(&scenario, *s) == 57 * 60);
    let q = &known.queues[id];
    let slot = slot.expect("Wednesday at nine");
    assert!(q.p10[slot] == q.mean[slot] && q.p95[slot] == q.mean[slot]);
    // A morning of twice the usual lifts the afternoon, not tomorrow: days are drawn apart.
    let rest = hours(&known, 61, 72) / hours(&planned, 61, 72);
    assert!((1.2..2.2).contains(&rest), "{rest}");
    let tomorrow = hours(&known, 72, 96) / hours(&planned, 72, 96);
    assert!((0.8..1.25).contains(&tomorrow), "{tomorrow}");
    assert!(q.today.is_some_and(|today| today.seen == 75.0));
    assert_eq!(off.queues[id].mean, planned.queues[id].mean);
    assert!(lacking_hours(&scenario, now).is_empty());
    // Three hours later the same export lacks these hours; only rows of zero say that nobody wrote.
    let later = "2026-12-02T15:00:00Z".parse().expect("16 h in Prague");
    let found = demand::forecast_at(&scenario, &[], Some(later));
    assert_eq!(found.queues[id].mean, known.queues[id].mean);
    let told = lacking_hours(&scenario, later);
    assert!(
        told.len() == 1 && told[0].contains("ends at 2026-12-02 13:00"),
        "{told:?}"
    );
    let zeros: String = (13..16)
        .map(|hour| format!("2026-12-02 {hour}:00,post,0\n"))
        .collect();
    let silent = shop(
        "[history]\nfile = \"h.csv\"",
        "history = { series = \"post\" }",
        rows.clone() + &zeros,
    );
    let found = demand::forecast_at(&silent, &[], Some(later));
    assert!(
        (hours(&found, 48, 64) - 75.0).abs() < 1e-6
            && hours(&found, 64, 66) < hours(&known, 64, 66)
    );
    assert!(lacking_hours(&silent, later).is_empty());
    // With an event of the day, what came is still what was counted, and the event is in what was due.
    let event = |id: &str, uplift: &str, day: u32| {
        format!(
            "[[event]]\nid = \"{id}\"\nfrom = \"2026-12-{day:02}\"\nto = \"2026-12-{day:02}\"\n\
             uplift = \"{uplift}\"\n"
        )
    };
    let events = event("sale", "50%", 2) + &event("fair", "100%", 4) + &event("shut", "-100%", 4);
    let eventful = shop(
        &format!("[history]\nfile = \"h.csv\"\n{events}"),
        "history = { series = \"post\" }",
        rows,
    );
    let found = demand::forecast_at(&eventful, &[], Some(now));
    let due = q.today.expect("a known today").expected;
    let today = found.queues[id].today.expect("a known today");
    assert!((today.seen - 75.0).abs() < 1e-3, "{today:?}");
    assert!(
        (today.expected - 1.5 * due).abs() < 1e-3 * due,
        "{today:?}, {due}"
    );
    // A day that an event voids: its share of the week goes, and the other event is told as without it.
    let told = |scenario: &Scenario, name: &str| {
        let all = demand::forecast(scenario);
        let mut factors = all.queues[id].factors.iter();
        factors.find(|f| f.name == name).expect("named").factor
    };
    let friday = hours(&planned, 96, 120) / planned.queues[id].contacts();
    let mut alone = eventful.clone();
    alone.events.retain(|e| e.name != "shut");
    assert!((told(&eventful, "fair") - told(&alone, "fair")).abs() < 1e-9);
    assert!(told(&eventful, "fair") > 1.0 + 0.5 * friday);
    assert!(told(&eventful, "shut") < 1.0 - friday);
}

/// Minutes from the first local midnight to a slot.
fn minutes_at(scenario: &Scenario, slot: usize) -> i64 {
    let first = scenario.horizon.local(0, scenario.zone);
    (scenario.horizon.local(slot, scenario.zone) - first).num_minutes()
}

#[test]
fn the_third_day_already_helps_and_doubt_shrinks() {
    let mail = QueueId::new(0);
    let daily = |days| contacts(&young_shop(days), mail) / 7.0;
    let doubt = |days| young_shop(days).queues[mail].level_variance;
    let [none, three, ten, forty] = [0, 3, 10, 40].map(daily);
    assert!((none - 40.0).abs() < 0.5, "{none}");
    assert!(three > 65.0 && three < 82.0, "after three days {three}");
    assert!(
        (ten - 80.0).abs() < 6.0 && (forty - 80.0).abs() < 3.0,
        "{ten} {forty}"
    );
    assert!(doubt(0) > 2.0 * doubt(3) && doubt(3) > doubt(40));
}

/// 45 contacts a day times `season`, on 240 days up to 30 November, with weekdays of their own.
fn year_so_far(season: impl Fn(chrono::NaiveDate) -> f64) -> String {
    let end = chrono::NaiveDate::from_ymd_opt(2026, 11, 30).expect("a Monday");
    let mut rows = "timestamp,series,volume\n".to_owned();
    for (ago, day) in (1..=240).map(|ago| (ago, end - chrono::Days::new(ago))) {
        let weekday = if ago % 7 < 2 { 0.6 } else { 1.16 };
        for hour in 8..18u64 {
            // What is rounded off comes in another hour.
            let chance = (ago * 7919 + hour * 3571) % 101;
            let volume = (4.5 * weekday * season(day) + chance as f64 / 101.0).floor();
            rows.push_str(&format!("{day} {hour:02}:00,mail,{volume}\n"));
        }
    }
    rows
}

#[test]
fn a_season_that_a_profile_knows_is_no_trend_and_a_shop_of_its_own_mind_keeps_it() {
    let gifts = demand::season::named("gifts").expect("a profile");
    let mail = QueueId::new(0);
    let forecast = |rows: String| {
        let mut scenario = shop("weeks = 8", "history = { file = \"h.csv\" }", rows);
        let orders = scenario.queues[mail].demand.orders.as_mut();
        orders.expect("orders").profile = "gifts".into();
        demand::forecast(&scenario)
    };
    let horizon = || {
        let first = chrono::NaiveDate::from_ymd_opt(2026, 11, 30).expect("a Monday");
        first.iter_days().take(56)
    };
    let due = 45.0 * horizon().map(|day| gifts.of_year(day)).sum::<f64>();
    let follows = forecast(year_so_far(|day| gifts.of_year(day)));
    let ratio = contacts(&follows, mail) / due;
    assert!((ratio - 1.0).abs() < 0.07, "{ratio}");
    // December and January against the year's mean.
    let season = factor(&follows, mail, "season: gifts");
    assert!(
        (season / (due / 45.0 / 56.0) - 1.0).abs() < 0.07,
        "{season}"
    );
    let own_way = contacts(&forecast(year_so_far(|_| 1.0)), mail) / (45.0 * 56.0);
    assert!((own_way - 1.0).abs() < 0.1, "{own_way}");
}
