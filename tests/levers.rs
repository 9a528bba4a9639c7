//! Levers, R4, R13 and R14: what a bot handles no agent sees, who has an answer does not come again, and both
//! grow by the month.

use crewcast::demand::{self, Demand, Spared};
use crewcast::ids::QueueId;
use crewcast::input;
use crewcast::problem::Problem;
use crewcast::scenario::Scenario;
use crewcast::{cost, whatif};

/// Mail and a phone known by their orders: 70 % settled at once, half of the others come again, 40 % can be
/// deflected.
fn written(levers: &str, start: &str) -> String {
    format!(
        r#"
client = [{{ id = "shop", orders_per_day = 400 }}]
market = [{{ id = "cz", timezone = "Europe/Prague", country = "CZ" }}]
site = [{{ id = "prague", timezone = "Europe/Prague", country = "CZ" }}]
contact_type = [{{ id = "order", informational = true, deflectable = "40%" }}, {{ id = "repair" }}]
[scenario]
name = "levers"
currency = "CZK"
start = "{start}"
timezone = "Europe/Prague"
[[queue]]
id = "mail"
client = "shop"
market = "cz"
language = "cs"
channel = "email"
contact_type = "order"
deadline = "8h"
aht = "4m"
fcr = "70%"
recontact = "50%"
orders = {{ contacts_per_order = 0.1, profile = "flat" }}
[[queue]]
id = "phone"
client = "shop"
market = "cz"
language = "cs"
channel = "phone"
contact_type = "repair"
target = "80/20s"
aht = "4m"
fcr = "70%"
recontact = "50%"
orders = {{ contacts_per_order = 0.1, profile = "flat" }}
{levers}
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

fn read(levers: &str, start: &str) -> Scenario {
    let read = input::read_text(&written(levers, start), None);
    read.unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn queue(scenario: &Scenario, name: &str) -> QueueId {
    let mut queues = scenario.queues.iter();
    queues
        .find(|(_, queue)| queue.name == name)
        .expect("it is there")
        .0
}

fn lever(id: &str, rest: &str) -> String {
    format!("[[lever]]\nid = \"{id}\"\nfrom = \"2026-01-05\"\n{rest}\n")
}

fn near(found: f64, due: f64) -> bool {
    (found - due).abs() < 1e-9 * due.abs().max(1.0)
}

fn factor(demand: &Demand, queue: QueueId, name: &str) -> f64 {
    let mut factors = demand.queues[queue].factors.iter();
    factors
        .find(|factor| factor.name == name)
        .expect("named")
        .factor
}

/// 400 orders a day, a tenth of which bring a contact: 280 new contacts a week.
const NEW: f64 = 280.0;

#[test]
fn a_faq_settles_more_at_once_through_the_repeats() {
    let faq = lever("faq", "fcr = \"+10%\"\ncontact_types = [\"repair\"]");
    let scenario = read(&faq, "2026-06-01");
    let demand = demand::forecast(&scenario);
    let phone = queue(&scenario, "phone");
    // gross = new ÷ (1 − (1 − FCR) × P(contact again)): 1 − .2 × .5 instead of 1 − .3 × .5.
    let (due, before) = (NEW / 0.9, NEW / 0.85);
    let found = &demand.queues[phone];
    assert!(near(found.contacts(), due), "{}", found.contacts());
    assert!(near(found.resolution.value(), 0.8));
    assert!(near(factor(&demand, phone, "faq"), 0.85 / 0.9));
    assert!(near(
        factor(&demand, phone, "contacts that come again"),
        1.0 / 0.9
    ));
    let [spared] = &found.spared[..] else {
        panic!("{:?}", found.spared)
    };
    assert!(
        spared.deflected == 0.0 && near(spared.repeats, before - due),
        "{spared:?}"
    );
    let without = demand::forecast_without(&scenario, &["faq"]);
    assert!(near(without.queues[phone].contacts(), before));
    assert!(near(without.queues[phone].resolution.value(), 0.7));
    assert!(without.queues[phone].spared.is_empty());
    // Where nobody comes again, there is nothing to gain.
    let alone = demand::forecast_without(&scenario, &["contacts that come again"]);
    assert!(near(alone.queues[phone].contacts(), NEW));
    assert_eq!(factor(&alone, phone, "faq"), 1.0);
    // Others are left alone.
    let mail = queue(&scenario, "mail");
    assert!(near(demand.queues[mail].contacts(), before));
}

#[test]
fn it_grows_by_the_month_and_no_further_than_everything() {
    let at = |start: &str, points: &str| {
        let faq = lever(
            "faq",
            &format!("fcr = \"{points}\"\nramp = \"12 months\"\nqueues = [\"phone\"]"),
        );
        let scenario = read(&faq, start);
        let demand = demand::forecast(&scenario);
        demand.queues[queue(&scenario, "phone")].resolution.value()
    };
    assert_eq!(at("2025-12-01", "+10%"), 0.7);
    // The week from 6 July: 182 to 188 days of 365.25.
    assert!((at("2026-07-06", "+10%") - (0.7 + 0.1 * 185.0 / 365.25)).abs() < 1e-9);
    assert!(near(at("2028-07-03", "+10%"), 0.8));
    assert_eq!(at("2028-07-03", "90%"), 1.0);
}

#[test]
fn what_is_handled_without_an_agent_is_told_by_lever_and_adds_up() {
    let levers = lever("bot", "deflection = \"10%\"")
        + &lever("account", "deflection = \"20%\"")
        + &lever("faq", "fcr = \"+10%\"\nqueues = [\"mail\"]");
    let event =
        "[[event]]\nid = \"sale\"\nfrom = \"2026-06-01\"\nto = \"2026-06-07\"\nuplift = \"50%\"\n";
    let scenario = read(&(levers + event), "2026-06-01");
    let demand = demand::forecast(&scenario);
    let mail = queue(&scenario, "mail");
    let due = 1.5 * NEW / 0.85;
    let spared = demand.spared();
    let of = |name: &str| -> &Spared {
        spared
            .iter()
            .find(|spared| spared.lever == name)
            .expect("named")
    };
    // .9 × .8 of them reach an agent; what does not is parted one to two.
    assert!(near(of("bot").deflected, 0.28 * due / 3.0), "{spared:?}");
    assert!(near(of("account").deflected, 0.28 * due * 2.0 / 3.0));
    assert!(near(of("faq").repeats, 0.72 * due * (1.0 - 0.85 / 0.9)));
    let kept: f64 = spared.iter().map(|s| s.deflected + s.repeats).sum();
    assert!(near(demand.queues[mail].contacts() + kept, due));
    // No more than can be deflected.
    let strong = read(&lever("bot", "deflection = \"90%\""), "2026-06-01");
    let found = demand::forecast(&strong);
    assert!(near(found.spared()[0].deflected, 0.4 * NEW / 0.85));
    // Of a day that a planner sets by hand nobody knows what it would be without the levers.
    let own = "[[override]]\nid = \"own\"\nqueues = [\"mail\"]\nfrom = \"2026-06-01\"\nto = \"2026-06-07\"\n\
               contacts_per_day = 9\n";
    let set = read(&(lever("bot", "deflection = \"10%\"") + own), "2026-06-01");
    assert!(demand::forecast(&set).spared().is_empty());
}

#[test]
fn a_lever_of_neither_kind_is_told() {
    let told = |lever: &str, code: &str| {
        let problems: Vec<Problem> =
            input::read_text(&written(lever, "2026-06-01"), None).expect_err("a problem");
        problems.iter().any(|problem| problem.code == code)
    };
    assert!(told(&lever("idle", ""), "missing-field"));
    assert!(told(&lever("faq", "fcr = \"+600%\""), "bad-share"));
}

#[test]
fn what_levers_settle_is_what_is_paid_for_and_what_a_lever_of_compare_adds_to() {
    let faq = lever("faq", "fcr = \"+10%\"\ncontact_types = [\"repair\"]");
    let scenario = read(&faq, "2026-06-01");
    let demand = demand::forecast(&scenario);
    let setup = scenario.setups.ids().next().expect("a set-up");
    let phone = queue(&scenario, "phone");
    let usage = cost::Usage::of_demand(&scenario, setup, &demand);
    assert_eq!(
        usage.queues[phone].resolution,
        demand.queues[phone].resolution
    );
    // Six points more on 80 %: 1 − .14 × .5.
    let named = whatif::Lever::named("faq").expect("a lever");
    let (_, after) = named.apply(&scenario, &demand, 1.0);
    assert!((after.queues[phone].contacts() - NEW / 0.93).abs() < 1e-6);
    assert!(near(after.queues[phone].resolution.value(), 0.86));
}
