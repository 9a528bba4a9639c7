//! Whole plans: every sample, real arrivals, and random small shops, each held to what must be true of any
//! plan.

use std::path::{Path, PathBuf};

use crewcast::input;
use crewcast::plan::{self, Options, Plan};
use crewcast::scenario::Scenario;
use proptest::prelude::*;

/// One quick round without the break-even: what is true of a plan is so however hard the search tries.
fn quick(mut scenario: Scenario) -> Plan {
    let policy = &mut scenario.policy;
    (policy.rounds, policy.replications) = (1, 8);
    plan::plan(scenario, &Options::default(), &|_| ())
}

fn must_hold(plan: &Plan) -> Result<(), String> {
    let say = |what: String| Err(format!("{}: {what}", plan.scenario.name));
    if !plan.findings.is_empty() {
        return say(format!("the audit finds {:?}", plan.findings));
    }
    for result in &plan.comparison.setups {
        let name = &result.scenario.setups[result.setup].name;
        let proof = &result.staffing.proof;
        if !(proof.bound.is_finite() && proof.bound <= proof.objective + 1e-6) {
            return say(format!(
                "{name}: bound {} over {}",
                proof.bound, proof.objective
            ));
        }
        for (queue, seen) in result.observed.queues.iter() {
            let gone = seen.answered + seen.abandoned + seen.unanswered;
            if (seen.offered - gone).abs() > 1e-6 * seen.offered.max(1.0) {
                return say(format!(
                    "{name}: {} offered, {gone} accounted for",
                    seen.offered
                ));
            }
            let forecast = result.demand.queues[queue].contacts();
            let noise = 6.0 * (forecast / result.observed.replications as f64).sqrt();
            // Retrials come on top of the forecast.
            if seen.offered < 0.8 * forecast - noise || seen.offered > 1.4 * forecast + noise + 1.0
            {
                return say(format!("{name}: {} offered of {forecast}", seen.offered));
            }
            let reached = seen.reached;
            if !(0.0 <= reached.low && reached.low <= reached.mean && reached.high <= 1.0) {
                return say(format!("{name}: reached {reached:?}"));
            }
        }
        let cost = result.costing.per_interaction();
        if cost.is_some_and(|cost| !cost.is_finite() || cost < 0.0) {
            return say(format!("{name}: {cost:?} an interaction"));
        }
    }
    let chosen = &plan.comparison.setups[plan.chosen];
    let shifts: u32 = chosen
        .staffing
        .shifts
        .iter()
        .map(|shift| shift.agents)
        .sum();
    let worked: usize = plan
        .roster
        .agents
        .iter()
        .map(|agent| agent.duties.len())
        .sum();
    if worked != shifts as usize {
        return say(format!("{worked} shifts in the roster of {shifts} planned"));
    }
    Ok(())
}

fn sample(name: &str) -> Scenario {
    let dir: PathBuf = [env!("CARGO_MANIFEST_DIR"), "scenarios", name]
        .iter()
        .collect();
    input::read(&dir).unwrap_or_else(|problems| panic!("{name}: {}", problems[0]))
}

/// A plan of a sample; which set-ups keep all their promises.
fn planned(name: &str) -> Plan {
    let plan = quick(sample(name));
    must_hold(&plan).unwrap();
    assert!(plan.comparison.setups.len() >= 4);
    plan
}

#[test]
fn mid_shop_answers_whether_to_outsource() {
    let plan = planned("mid-shop");
    let best = &plan.comparison.setups[plan.comparison.cheapest];
    assert!(best.keeps_promises);
    assert!(
        plan.comparison
            .best_partner()
            .is_some_and(|best| best.keeps_promises)
    );
}

#[test]
fn agency_has_pods_of_at_most_four_shops() {
    let plan = planned("agency");
    for result in &plan.comparison.setups {
        for team in &result.staffing.teams {
            let kind = result.scenario.groups[team.group].kind;
            let most = match kind {
                crewcast::scenario::GroupKind::Dedicated => 1,
                crewcast::scenario::GroupKind::Shared { max_clients } => max_clients as usize,
            };
            assert!(team.clients.len() <= most, "{}", team.name);
        }
    }
}

#[test]
fn follow_the_sun_covers_a_week_with_a_clock_change() {
    let plan = planned("follow-the-sun");
    let week = plan.scenario.horizon.slots as f64 * plan.scenario.horizon.slot_hours();
    // The week in which Warsaw's clocks go back has an hour more.
    assert!((week - 169.0).abs() < 1e-9, "{week} hours");
    let night = plan.scenario.horizon.slots / 2;
    assert!(
        plan.requirement
            .pools
            .iter()
            .any(|pool| pool.agents[night] > 0)
    );
}

#[test]
fn cold_start_needs_no_history() {
    let plan = planned("cold-start");
    assert!(plan.demand.contacts() > 50.0);
}

#[test]
fn after_sales_names_every_effect_on_its_demand() {
    let plan = planned("after-sales");
    let factors: Vec<&str> = plan
        .demand
        .queues
        .values()
        .flat_map(|queue| queue.factors.iter().map(|factor| factor.name.as_str()))
        .collect();
    assert!(factors.len() >= 5, "{factors:?}");
    // The report shows what each does: lags and cases, levers before and after, times by subject, sales.
    let html = crewcast::report::html(&plan);
    for said in [
        "What follows the orders",
        "several touches of a case",
        "chasers of open cases",
        "What levers keep from the agents",
        "Customer account with tracking and repair status",
        "FAQ on returns and repairs, kept current",
        "Bot on the product pages",
        "9 in 10 within",
        "Credit, sales by contacts",
    ] {
        assert!(html.contains(said), "{said}");
    }
    let text = crewcast::report::terminal(&plan, 100);
    assert!(text.contains("a week handled without an agent"), "{text}");
    assert!(text.contains("half within"), "{text}");
}

#[test]
fn marketplace_seller_omnichannel_and_pay_per_interaction_are_planned() {
    for name in ["marketplace-seller", "omnichannel", "pay-per-interaction"] {
        planned(name);
    }
}

/// A shop with queues of the given ids, of which the lines say the rest.
fn shop(name: &str, market: &str, start: &str, queues: &str) -> String {
    format!(
        r#"
[scenario]
name = "{name}"
currency = "EUR"
seed = 3
slot = "30m"
start = "{start}"

[[client]]
id = "shop"
orders_per_day = 200

[[market]]
id = "home"
{market}

{queues}

[[site]]
id = "desk"
timezone = "Europe/Prague"
country = "CZ"
hours = "24/7"

[[shift]]
id = "day"
length = "8h30m"
start = "00:00-23:00"
step = "60m"
breaks = [{{ length = "30m", paid = false, between = "3h-5h30m" }}]

[[shift]]
id = "half"
length = "4h"
start = "00:00-23:00"
step = "60m"

[[group]]
id = "own"
site = "desk"
employer = "own"
kind = "dedicated"
languages = ["en", "he"]
wage = "12 EUR"
charges = "30%"

[[group]]
id = "pod"
site = "desk"
employer = "partner"
kind = "shared"
languages = ["en", "he"]
wage = "11 EUR"
charges = "30%"

[[setup]]
id = "in-house"
kind = "in-house"
groups = ["own"]

[[setup]]
id = "shared"
kind = "outsourced-shared"
groups = ["pod"]
[setup.tariff]
form = "per-productive-hour"
price = "20 EUR"
"#
    )
}

fn read_text(text: &str, bytes: Vec<u8>) -> Scenario {
    let open = move |_: &str| Ok(bytes.clone());
    input::read_text(text, Some(&open)).unwrap_or_else(|problems| {
        let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
        panic!("{}", shown.join("\n"))
    })
}

fn real(file: &str) -> Option<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/data")
        .join(file);
    let bytes = std::fs::read(&path).ok();
    if bytes.is_none() {
        eprintln!("SKIPPED: {} is not there", path.display());
    }
    bytes
}

#[test]
fn real_calls_of_a_bank_are_planned_as_they_are() {
    let Some(bytes) = real("technion_bank_hourly.csv") else {
        return;
    };
    let text = shop(
        "bank",
        "timezone = \"Asia/Jerusalem\"\ncountry = \"IL\"",
        "1999-11-01",
        "[[queue]]\nid = \"calls\"\nclient = \"shop\"\nmarket = \"home\"\nlanguage = \"he\"\n\
         channel = \"phone\"\nhours = \"24/7\"\ntarget = \"80/20s\"\naht = \"3m\"\n\
         patience = \"5m\"\nhistory = { file = \"calls.csv\", series = \"total\" }\n",
    );
    let plan = quick(read_text(&text, bytes));
    must_hold(&plan).unwrap();
    assert!(
        plan.demand.contacts() > 5_000.0,
        "{}",
        plan.demand.contacts()
    );
    let queue = plan.demand.queues.values().next().unwrap();
    let accuracy = queue
        .accuracy
        .expect("ten months are enough to backtest on");
    assert!(accuracy.wape < accuracy.naive_wape, "{accuracy:?}");
}

#[test]
fn real_orders_of_a_shop_are_planned_as_they_are() {
    let Some(bytes) = real("uci_retail_hourly.csv") else {
        return;
    };
    let queue = |id: &str, series: &str, more: &str| {
        format!(
            "[[queue]]\nid = \"{id}\"\nclient = \"shop\"\nmarket = \"home\"\nlanguage = \"en\"\n\
             {more}\nhistory = {{ file = \"orders.csv\", series = \"{series}\" }}\n"
        )
    };
    let queues = [
        queue(
            "orders",
            "GB_order",
            "channel = \"phone\"\nhours = \"24/7\"\ntarget = \"80/20s\"\naht = \"4m\"\nmin_agents = 0",
        ),
        queue(
            "cancellations",
            "GB_cancel",
            "channel = \"email\"\ndeadline = \"8h\"\nclock = \"calendar\"\naht = \"6m\"",
        ),
    ];
    let text = shop(
        "retail",
        "timezone = \"Europe/London\"\ncountry = \"GB\"",
        "2011-11-07",
        &queues.join("\n"),
    );
    let plan = quick(read_text(&text, bytes));
    must_hold(&plan).unwrap();
    assert!(plan.demand.contacts() > 50.0, "{}", plan.demand.contacts());
}

/// A random queue without history.
fn any_queue() -> impl Strategy<Value = String> {
    let service = prop_oneof![
        (50..95_u32, 5..120_u32).prop_map(|(share, within)| format!(
            "channel = \"phone\"\ntarget = \"{share}/{within}s\"\npatience = \"2m\""
        )),
        (50..95_u32, 30..180_u32).prop_map(|(share, within)| format!(
            "channel = \"chat\"\ntarget = \"{share}/{within}s\"\nconcurrency = 2"
        )),
        (2..48_u32).prop_map(|hours| format!("channel = \"email\"\ndeadline = \"{hours}h\"")),
    ];
    (service, 1..12_u32, 0.002..0.2_f64, 6..12_u32, 2..12_u32).prop_map(
        |(service, aht, per_order, from, open)| {
            let to = from + open;
            format!(
                "[[queue]]\nid = \"QUEUE\"\nclient = \"shop\"\nmarket = \"home\"\n\
                 language = \"en\"\naht = \"{aht}m\"\n{service}\nhours = \"HOURS\"\n\
                 orders = {{ contacts_per_order = {per_order:.4} }}\n\
                 [[hours]]\nid = \"HOURS\"\nmon-fri = \"{from:02}:00-{to:02}:00\"\n"
            )
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_random_shop_is_planned_and_stands_its_audit(queues in prop::collection::vec(any_queue(), 1..4)) {
        let numbered = queues.iter().enumerate().map(|(number, queue)| {
            queue.replace("QUEUE", &format!("q{number}")).replace("HOURS", &format!("h{number}"))
        });
        let queues: Vec<String> = numbered.collect();
        let text = shop(
            "random",
            "timezone = \"Europe/Prague\"\ncountry = \"CZ\"",
            "2026-11-02",
            &queues.join("\n"),
        );
        let plan = quick(read_text(&text, Vec::new()));
        must_hold(&plan).map_err(TestCaseError::fail)?;
        for result in &plan.comparison.setups {
            // A plan either keeps its promises or says that it does not.
            let says_so = result.staffing.proof.status == "promises missed";
            prop_assert_eq!(says_so, result.observed.queues.values().any(|q| !q.keeps_promise()));
        }
    }
}
