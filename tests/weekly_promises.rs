//! Promises over the week: what they leave to single hours, what people hired whole do with, and whether the bound is one.

#[path = "support/text.rs"]
mod text;

use std::path::Path;

use crewcast::scenario::Scenario;
use crewcast::settle::{Settled, settle_plainly};
use crewcast::{demand, input, roster};

/// A shop with so many orders a day, as likely in every hour from 8 to 20 of five days, and shifts that tile them.
fn flat(orders: u32) -> Scenario {
    text::scenario(&flat_text(orders))
}

fn flat_text(orders: u32) -> String {
    format!(
        r#"
[scenario]
name = "flat"
currency = "EUR"
slot = "30m"
start = "2026-06-01"
timezone = "Europe/Berlin"

[policy]
promise = "week"
rounds = 1

[[client]]
id = "shop"
orders_per_day = {orders}

[[market]]
id = "de"
timezone = "Europe/Berlin"

[[contact_type]]
id = "order"

[[hours]]
id = "open"
mon-fri = "08:00-20:00"

[[queue]]
id = "phone"
client = "shop"
market = "de"
language = "de"
channel = "phone"
contact_type = "order"
hours = "open"
target = "80/20s"
aht = "5m"
patience = "3m"
fcr = "100%"
orders = {{ contacts_per_order = 0.08, profile = "flat" }}

[[site]]
id = "desk"
timezone = "Europe/Berlin"
rules = "EU"

[[shift]]
id = "six"
length = "6h"
start = "08:00-14:00"
step = "1h"
days = "mon-fri"

[[shift]]
id = "four"
length = "4h"
start = "08:00-16:00"
step = "1h"
days = "mon-fri"

[[group]]
id = "own"
site = "desk"
employer = "own"
kind = "dedicated"
languages = ["de"]
wage = "20 EUR"
charges = "0%"

[[setup]]
id = "in-house"
title = "Own people"
kind = "in-house"
groups = ["own"]
[setup.in_house]
attrition = "0%"
whole_contracts = false
"#
    )
}

/// What is settled for the first set-up, and the agents on the line in each slot in which anybody calls.
fn settled(scenario: &Scenario) -> (Settled, Vec<u32>) {
    let demand = demand::forecast(scenario);
    let setup = scenario.setups.ids().next().expect("a set-up");
    let settled = settle_plainly(scenario, setup, &demand);
    let calls = demand.queues.values().flat_map(|queue| &queue.mean);
    let there = settled.staffing.on_line[0].iter().zip(calls);
    let there = there.filter(|(_, calls)| **calls > 0.0).map(|(n, _)| *n);
    let there = there.collect();
    (settled, there)
}

#[test]
fn a_great_load_leaves_no_hour_to_itself_and_the_bound_is_below_a_plan_that_keeps() {
    // 77.8 erlangs. Ninety agents all week keep 80 % before most customers (81 % in 7,000 days): 108,000 EUR.
    let (settled, there) = settled(&flat(100_000));
    let proof = &settled.staffing.proof;
    assert!(settled.observed.queues.values().all(|q| q.keeps_promise()));
    assert!(there.iter().all(|agents| *agents >= 60), "{there:?}");
    assert!(proof.bound < 108_000.0, "{}", proof.bound);
    assert!(proof.bound > 100_000.0, "{}", proof.bound);
    assert!(proof.gap < 0.1, "{}", proof.gap);
}

#[test]
fn a_small_load_is_bounded_below_a_plan_that_keeps() {
    // By hand: one agent in the first hours of some days, two otherwise, 116 hours, 80.6 to 80.9 % in 7,000 days.
    let (settled, _) = settled(&flat(1_000));
    assert!(settled.staffing.proof.bound <= 2_320.0);
}

#[test]
fn shifts_of_two_lengths_tile_a_line_that_one_agent_keeps_round_the_clock() {
    // Eight contacts a week: whoever is there is enough, and 42 shifts of four hours are 168 hours, 3,360 EUR.
    let scenario = text::scenario(
        &flat_text(100)
            .replace("hours = \"open\"", "")
            .replace("08:00-14:00\"\nstep = \"1h\"\ndays = \"mon-fri\"", "00:00-23:30\"")
            .replace("08:00-16:00\"\nstep = \"1h\"\ndays = \"mon-fri\"", "00:00-23:30\"")
            .replace(
                "length = \"6h\"",
                "length = \"8h30m\"\nbreaks = [{ length = \"30m\", paid = false, between = \"3h-5h\" }]",
            ),
    );
    let (settled, there) = settled(&scenario);
    assert!(settled.observed.queues.values().all(|q| q.keeps_promise()));
    assert_eq!(there.len(), 336);
    let objective = settled.staffing.proof.objective;
    assert!((3_360.0..3_400.0).contains(&objective), "{objective}");
}

#[test]
fn three_people_of_one_s_own_do_for_a_shop_with_85_contacts_a_day() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/mid-shop");
    for seed in [1, 2] {
        let mut scenario = input::read(&folder).expect("a sound scenario");
        scenario.seed = seed;
        let demand = demand::forecast(&scenario);
        let mut setups = scenario.setups.iter();
        let own = setups.find(|(_, setup)| setup.name == "in-house");
        let (setup, _) = own.expect("agents of one's own");
        let settled = settle_plainly(&scenario, setup, &demand);
        assert!(settled.observed.queues.values().all(|q| q.keeps_promise()));
        let roster = roster::assign(&scenario, &settled.staffing);
        assert_eq!(roster.agents.len(), 3, "seed {seed}");
        assert!(settled.staffing.proof.gap < 0.05);
    }
}
