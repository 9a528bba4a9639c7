//! Dedicated teams, shared ones or both: more to choose from is never dearer, and a plan after a small change is not
//! much dearer for setting out from the old one.

#[path = "support/text.rs"]
mod text;

use crewcast::demand;
use crewcast::scenario::Scenario;
use crewcast::settle::{Settled, settle};
use crewcast::staffing::{Earlier, EarlierShift, Limits};

/// Two shops whose phones are answered by people on whole contracts: of the groups named.
fn shops(groups: &str, orders: u32) -> Scenario {
    let shop = |name: &str| {
        format!(
            r#"
[[client]]
id = "{name}"
orders_per_day = {orders}

[[queue]]
id = "{name}-phone"
client = "{name}"
language = "cs"
channel = "phone"
orders = {{ contacts_per_order = 0.05, profile = "flat" }}
"#
        )
    };
    let group = |id: &str, kind: &str, wage: u32| {
        format!(
            r#"
[[group]]
id = "{id}"
site = "desk"
employer = "own"
{kind}
languages = ["cs"]
wage = "{wage} CZK"
"#
        )
    };
    let text = format!(
        r#"
[scenario]
name = "kinds"
currency = "CZK"
slot = "60m"
start = "2027-03-01"

[policy]
rounds = 1
replications = 8

[[market]]
id = "cz"
timezone = "Europe/Prague"
country = "CZ"

[[hours]]
id = "office"
mon-fri = "08:00-16:00"

[channel.phone]
market = "cz"
hours = "office"
target = "80/20s"
aht = "4m"
{}{}
[[site]]
id = "desk"
timezone = "Europe/Prague"
country = "CZ"

[[shift]]
id = "full"
length = "8h"
start = "08:00"
days = "mon-fri"

[[shift]]
id = "half"
length = "4h"
start = "08:00-12:00"
days = "mon-fri"
{}{}
[[setup]]
id = "own"
kind = "in-house"
groups = [{groups}]
"#,
        shop("a"),
        shop("b"),
        group("team", r#"kind = "dedicated""#, 200),
        group("pod", "kind = \"shared\"\nmax_clients = 4", 205),
    );
    text::scenario(&text)
}

fn settled(scenario: &Scenario, earlier: Option<&Earlier>) -> Settled {
    let demand = demand::forecast(scenario);
    let setup = scenario.setups.ids().next().expect("a set-up");
    let limits = Limits::of(scenario);
    settle(scenario, setup, &demand, &limits, earlier, &|_| {})
}

fn cost(settled: &Settled) -> f64 {
    settled.staffing.proof.objective
}

/// The plan as an earlier one.
fn written(scenario: &Scenario, settled: &Settled) -> Earlier {
    let staffing = &settled.staffing;
    let began = scenario.horizon.start;
    let shifts = staffing.shifts.iter().map(|shift| EarlierShift {
        team: staffing.teams[shift.team].name.clone(),
        start: shift.start - began,
        end: shift.end - began,
        breaks: shift
            .breaks
            .iter()
            .map(|it| it.start - shift.start)
            .collect(),
        agents: shift.agents,
    });
    Earlier {
        setup: "own".to_owned(),
        shifts: shifts.collect(),
        teams: Vec::new(),
    }
}

#[test]
fn either_kind_alone_is_no_cheaper_than_both_to_choose_from() {
    // With so many orders a search among both alone ends a third dearer than the pod.
    let of = |groups: &str| cost(&settled(&shops(groups, 1000), None));
    let (team, pod) = (of(r#""team""#), of(r#""pod""#));
    let both = of(r#""team", "pod""#);
    assert!(pod < 0.9 * team, "{pod} {team}");
    assert!(both <= 1.005 * pod, "{both} {pod}");
}

#[test]
fn an_unchanged_scenario_keeps_its_plan() {
    let scenario = shops(r#""team", "pod""#, 600);
    let first = settled(&scenario, None);
    let kept = first.observed.queues.values();
    assert!(kept.into_iter().all(|seen| seen.keeps_promise()));
    let again = settled(&scenario, Some(&written(&scenario, &first)));
    assert_eq!(again.staffing.shifts, first.staffing.shifts);
}

#[test]
fn a_small_change_hires_nobody_whom_the_new_plan_alone_would_not() {
    let groups = r#""team", "pod""#;
    let before = shops(groups, 600);
    let earlier = written(&before, &settled(&before, None));
    let after = shops(groups, 612);
    let (anew, from) = (settled(&after, None), settled(&after, Some(&earlier)));
    assert!(
        cost(&from) <= 1.1 * cost(&anew),
        "{} {}",
        cost(&from),
        cost(&anew)
    );
}
