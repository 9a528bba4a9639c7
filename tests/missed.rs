//! Promises missed are told by queue, hours and contacts, and the agents said to keep them do keep them.

use std::sync::OnceLock;

use crewcast::plan::{Options, Plan, plan};
use crewcast::scenario::PromiseScope;
use crewcast::settle::settle_plainly;
use crewcast::simulation::{PartKind, replay};
use crewcast::table::Table;
use crewcast::{demand, input, report};

/// A shop whose two borrowed people are too few.
fn short_of_people() -> &'static Plan {
    static PLAN: OnceLock<Plan> = OnceLock::new();
    PLAN.get_or_init(|| {
        let mut scenario = input::read("scenarios/mid-shop".as_ref()).expect("it can be planned");
        let today = scenario.setups.values().find(|setup| setup.name == "today");
        scenario.setups = Table::new(vec![today.expect("it is there").clone()]);
        scenario.plan_setup = None;
        plan(scenario, &Options::default(), &|_| {})
    })
}

#[test]
fn missed_promises_are_told_and_what_would_keep_them() {
    let plan = short_of_people();
    let chosen = &plan.comparison.setups[plan.chosen];
    let broken = chosen.observed.queues.iter();
    let broken: Vec<_> = broken
        .filter(|(_, seen)| !seen.keeps_promise())
        .map(|(id, _)| id)
        .collect();
    assert!(!broken.is_empty());
    let told: Vec<_> = plan
        .missed
        .queues
        .iter()
        .map(|missed| missed.queue)
        .collect();
    assert_eq!(told, broken);
    for missed in &plan.missed.queues {
        // The same numbers as the service beside it.
        let seen = &chosen.observed.queues[missed.queue];
        assert!((missed.part.seen.mean - seen.reached.mean).abs() < 1e-9);
        let contacts = (seen.promised - seen.reached.mean) * seen.offered;
        assert!((missed.contacts.unwrap() - contacts).abs() < 0.02 * contacts.abs() + 0.01);
        assert!(!missed.worst.is_empty());
        for hours in &missed.worst {
            assert!(hours.seen < seen.promised, "{hours:?} of {}", seen.promised);
        }
    }
    let more = plan.missed.more.as_ref().expect("it is tried");
    assert!(more.keeps);
    let hours = more.agent_hours(plan.scenario.horizon.slot_hours());
    assert!((1.0..60.0).contains(&hours), "{hours}");
    let text = report::terminal(plan, 100);
    assert!(text.contains("Promises missed"), "{text}");
    assert!(
        text.contains("more on the line in the week planned would keep every promise"),
        "{text}"
    );
    let html = report::html(plan);
    assert!(html.contains("Promises missed, and what would keep them"));
}

/// How far above its promise the worst period of any queue lies, before other customers, of a plan made for promises over
/// `scope` that is judged by those over another.
fn worst(scope: PromiseScope, judged: PromiseScope) -> f64 {
    let mut scenario = input::read("scenarios/mid-shop".as_ref()).expect("it can be planned");
    scenario.policy.promise = scope;
    let demand = demand::forecast(&scenario);
    let setup = scenario.setup_named("in-house").expect("it is there");
    let staffing = settle_plainly(&scenario, setup, &demand).staffing;
    scenario.policy.promise = judged;
    scenario.policy.replications = 400;
    let seen = replay(&scenario, &demand, &staffing.teams, &staffing.shifts, 77);
    let parts = seen.queues.values().flat_map(|queue| &queue.parts);
    let days = parts.filter(|part| matches!(part.kind, PartKind::InWorst { .. }));
    let slack: Vec<f64> = days.map(|part| part.slack()).collect();
    assert_eq!(slack.len(), scenario.queues.len());
    slack.into_iter().fold(f64::INFINITY, f64::min)
}

#[test]
fn a_promise_of_each_day_is_judged_by_day() {
    let [week, day] =
        [PromiseScope::Week, PromiseScope::Day].map(|of| worst(of, PromiseScope::Day));
    // What a week makes good a day does not; other customers are allowed a point.
    assert!(week < -0.02 && day > -0.01, "{week} {day}");
}

#[test]
fn a_promise_of_each_slot_is_judged_by_two_hours() {
    let [day, slot] =
        [PromiseScope::Day, PromiseScope::Slot].map(|of| worst(of, PromiseScope::Slot));
    // Few come in two hours: other customers are allowed two points.
    assert!(day < -0.04 && slot > -0.02, "{day} {slot}");
}

#[test]
fn what_nobody_covers_is_named_by_its_queues_and_hours() {
    let plan = short_of_people();
    let chosen = &plan.comparison.setups[plan.chosen];
    for run in &chosen.staffing.shortfall {
        assert!(!run.queues.is_empty());
        assert!(run.slots >= 1 && run.slot + run.slots <= plan.scenario.horizon.slots);
    }
    let text = report::terminal(plan, 100);
    assert!(text.contains("cs-phone"), "{text}");
    assert!(!text.contains(" 1 agent-hours"), "{text}");
}
