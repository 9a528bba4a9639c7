//! What the law of a country says of nights and Sundays, from the plan to its audit.

#[path = "support/text.rs"]
mod text;

use chrono::{DateTime, Datelike, NaiveDateTime, Timelike, Utc, Weekday};
use crewcast::audit;
use crewcast::cost::Usage;
use crewcast::demand;
use crewcast::ids::{Id, SiteId};
use crewcast::input;
use crewcast::roster::{self, Duty, Roster};
use crewcast::scenario::Scenario;
use crewcast::settle::{Settled, settle_plainly};
use crewcast::staffing::PlannedShift;

/// A shop of its own people under labour rules, its phone open at some hours, planned for some weeks.
fn written(rules: &str, open: &str, weeks: u32, max_agents: &str) -> String {
    format!(
        r#"
[scenario]
name = "law"
currency = "EUR"
seed = 5
slot = "30m"
start = "2026-03-02"
weeks = {weeks}

[policy]
rounds = 1
replications = 8

[[client]]
id = "shop"
orders_per_day = 40

[[market]]
id = "home"
timezone = "Europe/Berlin"
country = "DE"

[[contact_type]]
id = "order"

[[hours]]
id = "open"
{open}

[[queue]]
id = "phone"
client = "shop"
market = "home"
language = "de"
channel = "phone"
contact_type = "order"
hours = "open"
target = "80/60s"
aht = "3m"
orders = {{ contacts_per_order = 0.05, profile = "flat" }}

[[rules]]
id = "own"
{rules}

[[site]]
id = "desk"
timezone = "Europe/Berlin"
country = "DE"
rules = "own"

[[shift]]
id = "eight"
length = "8h"
start = "00:00-23:00"
breaks = [{{ length = "10m", paid = true, between = "3h-5h" }}]

[[shift]]
id = "ten"
length = "10h"
start = "06:00-20:00"
breaks = [{{ length = "10m", paid = true, between = "4h-6h" }}]

[[group]]
id = "agents"
site = "desk"
employer = "own"
kind = "dedicated"
languages = ["de"]
wage = "10 EUR"
shrinkage = {{ leave = "0%" }}
{max_agents}

[[setup]]
id = "in-house"
kind = "in-house"
groups = "all"
"#
    )
}

struct Planned {
    scenario: Scenario,
    settled: Settled,
    roster: Roster,
    people: f64,
}

fn planned(text: &str) -> Planned {
    let scenario = text::scenario(text);
    let setup = scenario.setup_named("in-house").expect("in-house");
    let demand = demand::forecast(&scenario);
    let settled = settle_plainly(&scenario, setup, &demand);
    let roster = roster::assign(&scenario, &settled.staffing);
    let used = Usage::of(
        &scenario,
        setup,
        &demand,
        &settled.staffing,
        &settled.observed,
    );
    Planned {
        people: used.teams.iter().map(|team| team.people).sum(),
        scenario,
        settled,
        roster,
    }
}

impl Planned {
    fn local(&self, at: DateTime<Utc>) -> NaiveDateTime {
        let zone = self.scenario.sites[SiteId::new(0)].zone;
        at.with_timezone(&zone).naive_local()
    }

    fn is_sunday(&self, duty: &Duty) -> bool {
        self.local(duty.start).weekday() == Weekday::Sun
    }

    /// Rules that a roster breaks.
    fn broken(&self, roster: &Roster) -> Vec<&'static str> {
        let found = audit::check(&self.scenario, &self.settled.requirement, roster);
        found.iter().map(|finding| finding.rule).collect()
    }

    /// Paid hours of the longest shift with three hours between 22:00 and 06:00.
    fn longest_night(&self) -> f64 {
        let at_night = |at: DateTime<Utc>| !(6..22).contains(&self.local(at).hour());
        let shifts = self.settled.staffing.shifts.iter().filter(|shift| {
            let minutes = 0..(shift.end - shift.start).num_minutes();
            let night = minutes.filter(|&m| at_night(shift.start + chrono::Duration::minutes(m)));
            night.count() >= 180
        });
        let whole = |shift: &PlannedShift| shift.worked(&(shift.start..shift.end)).0;
        shifts.map(whole).fold(0.0, f64::max)
    }
}

#[test]
fn a_week_of_nights_is_paid_as_seven() {
    let desk = planned(&written("", r#"daily = "22:00-06:00""#, 1, ""));
    let shifts = &desk.settled.staffing.shifts;
    // The night before the plan and the last of it lie in it together as one.
    let whole: f64 = shifts
        .iter()
        .map(|shift| shift.worked(&(shift.start..shift.end)).0)
        .sum();
    assert_eq!(whole, 8.0 * 8.0);
    assert_eq!(desk.settled.staffing.paid_hours(), 7.0 * 8.0);
    assert_eq!(desk.settled.staffing.shortfall, []);
}

const FROM_THURSDAY: &str = r#"thu-sun = "08:00-16:00""#;

#[test]
fn free_sundays_take_somebody_more_to_take_turns_with() {
    let without = planned(&written("", FROM_THURSDAY, 1, ""));
    assert_eq!((without.people, without.roster.agents.len()), (1.0, 1));
    assert_eq!(without.broken(&without.roster), [""; 0]);

    let with = planned(&written("free_sundays = 15", FROM_THURSDAY, 1, ""));
    assert_eq!((with.people, with.roster.agents.len()), (2.0, 2));
    assert_eq!(with.settled.staffing.shortfall, []);
    assert_eq!(with.broken(&with.roster), [""; 0]);
    let cost = |planned: &Planned| planned.settled.staffing.proof.objective;
    assert!(cost(&with) > 1.5 * cost(&without));
    assert_eq!(with.broken(&without.roster), ["sundays"]);
}

#[test]
fn who_is_alone_has_no_sunday_and_the_plan_says_why() {
    let alone = planned(&written(
        "free_sundays = 15",
        FROM_THURSDAY,
        1,
        "max_agents = 1",
    ));
    let duties = alone.roster.agents.iter().flat_map(|agent| &agent.duties);
    assert_eq!(duties.filter(|duty| alone.is_sunday(duty)).count(), 0);
    let shortfall = &alone.settled.staffing.shortfall;
    assert!(!shortfall.is_empty());
    for short in shortfall {
        assert!(short.reason.contains("free Sundays"), "{}", short.reason);
    }
}

#[test]
fn over_four_weeks_everybody_has_a_sunday_in_four() {
    let planned = planned(&written("free_sundays = 13", FROM_THURSDAY, 4, ""));
    assert_eq!(planned.broken(&planned.roster), [""; 0]);
    let sundays = |duties: &[Duty]| duties.iter().filter(|duty| planned.is_sunday(duty)).count();
    let agents = &planned.roster.agents;
    assert!(agents.len() >= 2);
    assert!(agents.iter().all(|agent| sundays(&agent.duties) <= 3));
    // One takes all of them.
    let mut changed = planned.roster.clone();
    let (one, others) = changed.agents.split_first_mut().expect("agents");
    for other in others {
        let (theirs, left) = (other.duties.drain(..)).partition(|duty| planned.is_sunday(duty));
        one.duties.extend::<Vec<Duty>>(theirs);
        other.duties = left;
    }
    one.duties.sort_by_key(|duty| duty.start);
    assert!(sundays(&one.duties) >= 4);
    assert!(planned.broken(&changed).contains(&"sundays"));
}

const AT_NIGHT: &str = r#"daily = "20:00-06:00""#;
const EIGHT: &str = r#"night = { time = "22:00-06:00", from_hours = "3h", max_shift = "8h" }"#;

#[test]
fn nobody_works_ten_hours_at_night_where_eight_are_the_most() {
    let free = planned(&written("", AT_NIGHT, 1, ""));
    assert_eq!(free.longest_night(), 10.0);
    let bound = planned(&written(EIGHT, AT_NIGHT, 1, ""));
    assert_eq!(bound.longest_night(), 8.0);
    assert_eq!(bound.broken(&bound.roster), [""; 0]);
    // The roster that the law forbids.
    assert!(bound.broken(&free.roster).contains(&"night"));
    assert!(!free.broken(&free.roster).contains(&"night"));
}

#[test]
fn a_shift_that_the_night_never_allows_is_named() {
    let late = r#"start = "19:00-22:00""#;
    let of =
        |rules: &str| written(rules, AT_NIGHT, 1, "").replace(r#"start = "06:00-20:00""#, late);
    assert!(input::read_text(&of(""), None).is_ok());
    let problems = input::read_text(&of(EIGHT), None).expect_err("a night of ten hours");
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].code, "bad-shift");
    let cause = &problems[0].cause;
    assert!(cause.contains("`ten`") && cause.contains("10h"), "{cause}");
    // One that may begin early is worked by day.
    assert!(input::read_text(&written(EIGHT, AT_NIGHT, 1, ""), None).is_ok());
}
