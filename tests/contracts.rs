//! Contracts of agent groups: part-time beside full-time, weeks of four days, bands of starts.

#[path = "support/text.rs"]
mod text;

use chrono::{DateTime, Datelike, Duration, Timelike, Utc};
use crewcast::audit;
use crewcast::cost::Usage;
use crewcast::roster::{self, Roster};
use crewcast::scenario::Scenario;
use crewcast::settle::{Settled, settle};
use crewcast::staffing::{Capacity, Limits};
use crewcast::units::Seconds;
use crewcast::{demand, input};

/// A shop that answers its phone `open`, with people of its own on the contracts of `groups`.
fn shop(open: &str, orders: u32, groups: &str) -> Scenario {
    let text = format!(
        r#"
[scenario]
name = "contracts"
currency = "EUR"
seed = 5
slot = "30m"
start = "2026-03-02"

[policy]
rounds = 1
replications = 8

[[client]]
id = "shop"
orders_per_day = {orders}

[[market]]
id = "home"
timezone = "Europe/Prague"
country = "CZ"

[[contact_type]]
id = "order"

[[hours]]
id = "office"
{open}

[[queue]]
id = "phone"
client = "shop"
market = "home"
language = "cs"
channel = "phone"
contact_type = "order"
hours = "office"
target = "80/60s"
aht = "3m"
orders = {{ contacts_per_order = 0.05, profile = "shop" }}

[[site]]
id = "desk"
timezone = "Europe/Prague"
country = "CZ"

[[shift]]
id = "day"
length = "8h"
start = "06:00-12:00"
breaks = [{{ length = "10m", paid = true, between = "3h-5h" }}]

[[shift]]
id = "half"
length = "4h"
start = "08:00-16:00"

[[shift]]
id = "ten"
length = "10h30m"
start = "06:00-12:00"
breaks = [{{ length = "30m", paid = false, between = "4h-6h" }}]

{groups}

[[setup]]
id = "in-house"
kind = "in-house"
groups = "all"
"#
    );
    text::scenario(&text)
}

fn group(id: &str, wage: &str, shifts: &str, contract: &str) -> String {
    format!(
        r#"
[[group]]
id = "{id}"
site = "desk"
employer = "own"
kind = "dedicated"
languages = ["cs"]
wage = "{wage} EUR"
shrinkage = {{ leave = "0%" }}
shifts = [{shifts}]
{contract}
"#
    )
}

fn full_time() -> String {
    full_time_at("full", "10")
}

fn full_time_at(id: &str, wage: &str) -> String {
    group(id, wage, r#""day""#, "")
}

/// Dearer by the hour: where a whole week is needed nobody takes two halves.
fn half_time() -> String {
    group(
        "halves",
        "11",
        r#""half""#,
        "contract_hours = 20\ndays_per_week = 5",
    )
}

/// The plan and what its people cost in pay and contracts.
struct Planned {
    settled: Settled,
    roster: Roster,
    /// People and contract hours by group.
    hired: Vec<(f64, f64)>,
}

fn planned(scenario: &Scenario) -> Planned {
    let setup = scenario.setup_named("in-house").unwrap();
    let demand = demand::forecast(scenario);
    let settled = settle(
        scenario,
        setup,
        &demand,
        &Limits::of(scenario),
        None,
        &|_| (),
    );
    let kept = settled.observed.queues.values();
    assert!(kept.into_iter().all(|seen| seen.keeps_promise()));
    let roster = roster::assign(scenario, &settled.staffing);
    let findings = audit::check(scenario, &settled.requirement, &roster);
    assert!(findings.is_empty(), "{findings:?}");
    let used = Usage::of(
        scenario,
        setup,
        &demand,
        &settled.staffing,
        &settled.observed,
    );
    let hired = |team: &crewcast::cost::TeamUsage| (team.people, team.contract_hours);
    Planned {
        hired: used.teams.iter().map(hired).collect(),
        roster,
        settled,
    }
}

const MORNING: &str = r#"mon-fri = "09:00-13:00""#;
const DAY: &str = r#"mon-fri = "08:00-16:00""#;

#[test]
fn half_a_contract_is_hired_where_it_suffices_and_only_there() {
    let objective = |open, groups: &[String]| {
        let planned = planned(&shop(open, 40, &groups.concat()));
        (planned.settled.staffing.proof.objective, planned.hired)
    };
    let (full, _) = objective(MORNING, &[full_time()]);
    let (chosen, hired) = objective(MORNING, &[full_time(), half_time()]);
    assert!(chosen < 0.6 * full, "{chosen} with halves, {full} without");
    assert_eq!(hired, [(0.0, 0.0), (1.0, 20.0)]);

    let (full, _) = objective(DAY, &[full_time()]);
    let (chosen, hired) = objective(DAY, &[full_time(), half_time()]);
    assert!(
        chosen <= full + 1e-6,
        "{chosen} with halves, {full} without"
    );
    assert_eq!(hired, [(1.0, 40.0), (0.0, 0.0)]);
}

#[test]
fn hundreds_are_hired_by_what_their_shifts_are_worth() {
    let long_day = r#"mon-fri = "07:00-19:00""#;
    let objective = |groups: &[String]| {
        let mut scenario = shop(long_day, 40_000, &groups.concat());
        (scenario.policy.rounds, scenario.policy.replications) = (4, 24);
        let phone = scenario.queues.ids().next().unwrap();
        // Long calls: many people for few contacts.
        scenario.queues[phone].handle_time.mean = Seconds(1800.0);
        let planned = planned(&scenario);
        let heads: f64 = planned.hired.iter().map(|(people, _)| people).sum();
        assert!(heads > 150.0, "{heads}");
        let proof = &planned.settled.staffing.proof;
        assert!(proof.gap < 0.04, "{}", proof.gap);
        proof.objective
    };
    let full = objective(&[full_time()]);
    let mixed = objective(&[full_time(), half_time()]);
    assert!(mixed < 1.01 * full, "{mixed} with halves, {full} without");
}

#[test]
fn people_of_two_languages_take_the_place_of_two_teams() {
    let german = r#"
[[queue]]
id = "telefon"
client = "shop"
market = "home"
language = "de"
channel = "phone"
contact_type = "order"
hours = "office"
target = "80/60s"
aht = "3m"
orders = { contacts_per_order = 0.05, profile = "shop" }
"#;
    let speaking = |id: &str, wage: &str, languages: &str| {
        full_time_at(id, wage).replace(r#"["cs"]"#, languages)
    };
    let czech = speaking("czech", "10", r#"["cs"]"#);
    let german = speaking("german", "10", r#"["de"]"#) + german;
    let both = speaking("both", "11", r#"["cs", "de"]"#);
    let objective = |groups: &[&str]| {
        let planned = planned(&shop(DAY, 150, &groups.concat()));
        (planned.settled.staffing.proof.objective, planned.hired)
    };
    let (apart, _) = objective(&[&czech, &german]);
    let (free, hired) = objective(&[&czech, &german, &both]);
    let people: f64 = hired.iter().map(|(people, _)| people).sum();
    assert!(hired[2].0 > 0.0 && people <= 3.0, "{hired:?}");
    assert!(free < 0.8 * apart, "{free} with both, {apart} apart");
}

#[test]
fn people_who_may_be_hired_too_make_no_plan_dearer() {
    let text = std::fs::read_to_string("scenarios/mid-shop/scenario.toml").unwrap();
    let students = r#"
[[shift]]
id = "student"
length = "4h"
start = "14:00-16:00"
days = "mon-fri"

[[group]]
id = "students"
site = "shop"
employer = "own"
kind = "dedicated"
clients = ["garden"]
languages = ["cs", "sk:c1"]
wage = "150 CZK"
charges = "0%"
contract_hours = "20h"
shifts = ["student"]
"#;
    let with = text.replace(r#"groups = ["own"]"#, r#"groups = ["own", "students"]"#) + students;
    assert_ne!(with.len(), text.len() + students.len());
    let [alone, with] = [text, with].map(|text| {
        let history = |file: &str| Ok(std::fs::read(format!("scenarios/mid-shop/{file}")).unwrap());
        let scenario = input::read_text(&text, Some(&history)).expect("it can be planned");
        planned(&scenario).settled.staffing.proof.objective
    });
    assert!(with <= 1.001 * alone, "{with} with them, {alone} without");
}

#[test]
fn a_week_of_four_days_keeps_its_days_hours_and_starts() {
    let open = r#"mon-sun = "07:00-21:00""#;
    let band = "contract_hours = 40\ndays_per_week = 4\nstart_band = \"2h\"";
    let tens = group("tens", "10", r#""ten""#, band);
    let scenario = shop(open, 400, &tens);
    let Planned { roster, hired, .. } = planned(&scenario);
    assert!(roster.agents.len() >= 4, "{} people", roster.agents.len());
    for agent in &roster.agents {
        let hours: f64 = agent.duties.iter().map(|duty| duty.paid_hours()).sum();
        assert!(agent.duties.len() <= 4 && hours <= 40.0 + 1e-9);
        let starts = agent
            .duties
            .iter()
            .map(|duty| minute(&scenario, duty.start));
        let (first, last) = (starts.clone().min().unwrap(), starts.max().unwrap());
        assert!(
            last - first <= 120,
            "{} starts {first} to {last}",
            agent.name
        );
    }
    // Who opens is not who closes: seven days of both are more than three people's four.
    let (people, hours) = hired[0];
    assert!(people >= 4.0);
    assert!((hours - 40.0 * people).abs() < 1e-9);
}

#[test]
fn the_audit_names_who_works_beyond_a_contract() {
    let terms = "contract_hours = 20\ndays_per_week = 5\nstart_band = \"1h\"";
    let scenario = shop(MORNING, 40, &group("halves", "10", r#""half""#, terms));
    let Planned {
        settled, roster, ..
    } = planned(&scenario);
    let rules = |change: &dyn Fn(&mut Roster)| -> Vec<&str> {
        let mut changed = roster.clone();
        change(&mut changed);
        let found = audit::check(&scenario, &settled.requirement, &changed);
        found.iter().map(|finding| finding.rule).collect()
    };
    let longer = rules(&|roster| roster.agents[0].duties[0].end += Duration::hours(1));
    assert!(longer.contains(&"hours"), "{longer:?}");
    let later = rules(&|roster| {
        let duty = &mut roster.agents[0].duties[0];
        duty.start += Duration::minutes(90);
        duty.end += Duration::minutes(90);
    });
    assert!(later.contains(&"start"), "{later:?}");
    let sixth = rules(&|roster| {
        let duties = &mut roster.agents[0].duties;
        let mut duty = duties.last().unwrap().clone();
        duty.start += Duration::days(1);
        duty.end = duty.start + Duration::minutes(5);
        duties.push(duty);
    });
    assert!(sixth.contains(&"days"), "{sixth:?}");
    // Five days of one week and two of the next.
    let in_a_row = rules(&|roster| {
        let duties = &mut roster.agents[0].duties;
        let monday = duties[0].start - Duration::days(weekday(&scenario, duties[0].start));
        let short = |day: i64| {
            let mut duty = duties[0].clone();
            duty.breaks.clear();
            duty.start = monday + Duration::days(day);
            duty.end = duty.start + Duration::minutes(5);
            duty
        };
        *duties = (2..9).map(short).collect();
    });
    assert!(in_a_row.contains(&"rest"), "{in_a_row:?}");
    assert!(in_a_row.contains(&"days"), "{in_a_row:?}");
    let mut fewer = scenario.clone();
    let group = roster.agents[0].group;
    fewer.groups[group].max_agents = Some(roster.agents.len() as u32 - 1);
    let found = audit::check(&fewer, &settled.requirement, &roster);
    assert!(found.iter().any(|finding| finding.rule == "heads"));
}

#[test]
fn a_week_holds_whole_shifts_only() {
    // Shifts of four hours.
    let in_a_week = |contract: &str| {
        let scenario = shop(MORNING, 40, &group("halves", "10", r#""half""#, contract));
        let group = scenario.groups.values().next().expect("a group");
        Capacity::of(&scenario, group, 1.0).shifts
    };
    assert_eq!(in_a_week("contract_hours = 20\ndays_per_week = 5"), 5.0);
    assert_eq!(in_a_week("contract_hours = 18\ndays_per_week = 5"), 4.0);
    assert_eq!(in_a_week("contract_hours = 12\ndays_per_week = 3"), 3.0);
}

fn weekday(scenario: &Scenario, start: DateTime<Utc>) -> i64 {
    i64::from(
        start
            .with_timezone(&scenario.zone)
            .weekday()
            .num_days_from_monday(),
    )
}

fn minute(scenario: &Scenario, start: DateTime<Utc>) -> u32 {
    let local = start.with_timezone(&scenario.zone);
    local.hour() * 60 + local.minute()
}
