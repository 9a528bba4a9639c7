//! The staffing stage on whole scenarios: what a plan owes to the requirement, the wall clock, the books
//! and whoever reads why something is short.

use std::path::Path;

use crewcast::demand;
use crewcast::ids::{Id, SetupId};
use crewcast::input;
use crewcast::requirement::{Requirement, size};
use crewcast::scenario::{Money, Premium, PremiumBase, PremiumTime, PriceForm, Scenario, Tariff};
use crewcast::settle::settle;
use crewcast::simulation::replay;
use crewcast::staffing::{Limits, PlannedBreak, PlannedShift, Staffing, optimise};
use crewcast::units::Share;
use crewcast::whatif;

/// Calls round the clock in Czech, mail in English, served from Prague and Bogotá in the week in which
/// Europe's clocks go forward.
const TWO_SITES: &str = r#"
[scenario]
name = "two-sites"
title = "Two sites in the week of a clock change"
currency = "EUR"
seed = 7
slot = "60m"
start = "2026-03-23"
weeks = 1
timezone = "Europe/Prague"

[[client]]
id = "lumo"
orders_per_day = 1500

[[market]]
id = "cz"
timezone = "Europe/Prague"
country = "CZ"

[[contact_type]]
id = "order"

[[hours]]
id = "always"
mon-sun = "00:00-24:00"

[[queue]]
id = "cs-phone"
client = "lumo"
market = "cz"
language = "cs"
channel = "phone"
contact_type = "order"
hours = "always"
target = "80/20s"
aht = "4m"
orders = { contacts_per_order = 0.2, profile = "flat" }

[[queue]]
id = "en-mail"
client = "lumo"
market = "cz"
language = "en"
channel = "email"
contact_type = "order"
hours = "always"
deadline = "8h"
aht = "6m"
orders = { contacts_per_order = 0.1, profile = "flat" }

[[site]]
id = "prague"
timezone = "Europe/Prague"
country = "CZ"

[[site]]
id = "bogota"
timezone = "America/Bogota"
country = "CO"

[[shift]]
id = "eight"
length = "8h30m"
start = "00:00-23:00"
step = "60m"
breaks = [
  { length = "15m", paid = true, between = "1h30m-2h30m" },
  { length = "30m", paid = false, between = "3h-5h" },
]

[[group]]
id = "near"
site = "prague"
employer = "partner"
kind = "dedicated"
clients = ["lumo"]
languages = ["cs", "en"]
wage = "12 EUR"
charges = "30%"
shrinkage = { leave = "20%" }
shifts = ["eight"]

[[group]]
id = "far"
site = "bogota"
employer = "partner"
kind = "shared"
clients = ["lumo"]
languages = ["cs", "en"]
wage = "9 EUR"
charges = "30%"
shrinkage = { leave = "20%" }
shifts = ["eight"]

[[setup]]
id = "both"
kind = "split"
groups = ["near", "far"]
[setup.tariff]
form = "per-logged-hour"
price = "25 EUR"
"#;

fn two_sites() -> Scenario {
    two_sites_of(TWO_SITES)
}

fn two_sites_of(text: &str) -> Scenario {
    let mut scenario = input::read_text(text, None).unwrap_or_else(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        panic!("{}", lines.join("\n"))
    });
    // Premiums on the agent's own pay only, so that pay scales with the wage.
    let night = PremiumTime::Night {
        from: 22 * 60,
        to: 6 * 60,
    };
    let sites: Vec<_> = scenario.sites.ids().collect();
    for site in sites {
        scenario.sites[site].rules.premiums = vec![
            Premium::new(night, 0.25, PremiumBase::OwnPay),
            Premium::new(PremiumTime::Sunday, 0.5, PremiumBase::OwnPay),
        ];
    }
    scenario
}

fn mid_shop() -> Scenario {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/mid-shop");
    input::read(&folder).expect("mid-shop is a sound scenario")
}

fn sized(scenario: &Scenario) -> Requirement {
    size(scenario, &demand::forecast(scenario))
}

fn staffed(scenario: &Scenario, requirement: &Requirement) -> Staffing {
    optimise(
        scenario,
        SetupId::new(0),
        requirement,
        &Limits {
            gap: 0.1,
            ..Limits::of(scenario)
        },
    )
}

/// Pay of all shifts, loaded with charges, and for hours with shrinkage.
fn loaded_pay(scenario: &Scenario, staffing: &Staffing) -> f64 {
    let pay = |shift: &PlannedShift| {
        let group = &scenario.groups[staffing.teams[shift.team].group];
        let hours = (shift.pay - shift.premium) * group.paid_per_filled();
        f64::from(shift.agents) * (1.0 + group.charges.value()) * (hours + shift.premium)
    };
    staffing.shifts.iter().map(pay).sum()
}

fn assert_covered(requirement: &Requirement, staffing: &Staffing) {
    for (pool, cover) in requirement.pools.iter().zip(&staffing.cover) {
        for (slot, (need, there)) in pool.agents.iter().zip(cover).enumerate() {
            assert!(
                there >= need,
                "{} slot {slot}: {there} of {need}",
                pool.name
            );
        }
    }
}

/// The two sites' people paid by the contact: what they cost is their pay.
fn at_cost(mut scenario: Scenario) -> Scenario {
    scenario.setups[SetupId::new(0)].tariff = Some(Tariff::of(PriceForm::PerInteraction {
        prices: Vec::new(),
        other: Money::ZERO,
    }));
    scenario
}

#[test]
fn a_partner_paid_for_people_is_planned_by_what_it_charges() {
    let charged = two_sites();
    let requirement = sized(&charged);
    let plan = staffed(&charged, &requirement);
    let hours = |shift: &PlannedShift| shift.paid_hours * f64::from(shift.agents);
    let hours: f64 = plan.shifts.iter().map(hours).sum();
    // 25 EUR an hour at either site, and a hundredth of the pay.
    let charge = 25.0 * hours + 0.01 * loaded_pay(&charged, &plan);
    let objective = plan.proof.objective;
    assert!(
        (charge - objective).abs() < 1e-6 * objective,
        "{charge} {objective}"
    );
    // By the hour on the line, breaks and nights count as they are charged.
    let mut on_line = charged.clone();
    let mut tariff = Tariff::of(PriceForm::PerProductiveHour {
        price: Money::from_f64(30.0),
    });
    tariff.uplifts.weekend = Share(0.5);
    on_line.setups[SetupId::new(0)].tariff = Some(tariff);
    let plan = staffed(&on_line, &requirement);
    let market = on_line.markets.values().next().expect("a market");
    let price = |slot: usize| {
        let day = on_line.horizon.local(slot, market.zone).date();
        if market.is_weekend(day) { 45.0 } else { 30.0 }
    };
    // Half an hour's break takes a slot of an hour off the line, and half an hour off the bill.
    let horizon = on_line.horizon;
    let charge = |shift: &PlannedShift| {
        let works = |slot: &usize| {
            let middle = horizon.slot_start(*slot) + chrono::Duration::minutes(30);
            let near = |at: chrono::DateTime<chrono::Utc>| (at - middle).num_minutes().abs() <= 30;
            let is_off = |it: &PlannedBreak| !it.paid && near(it.start) && near(it.end);
            shift.start <= middle && middle < shift.end && !shift.breaks.iter().any(is_off)
        };
        let prices: Vec<f64> = (0..horizon.slots).filter(works).map(price).collect();
        let mean = prices.iter().sum::<f64>() / prices.len() as f64;
        f64::from(shift.agents) * shift.worked(&horizon.span()).1 * mean
    };
    let charge: f64 = plan.shifts.iter().map(charge).sum();
    let (charge, objective) = (
        charge + 0.01 * loaded_pay(&on_line, &plan),
        plan.proof.objective,
    );
    assert!(
        (charge - objective).abs() < 1e-6 * objective,
        "{charge} {objective}"
    );
}

#[test]
fn a_week_with_a_clock_change_is_covered_and_paid_to_the_minute() {
    let scenario = at_cost(two_sites());
    let requirement = sized(&scenario);
    let staffing = staffed(&scenario, &requirement);
    assert_eq!(scenario.horizon.slots, 167);
    assert!(staffing.shortfall.is_empty(), "{:?}", staffing.shortfall);
    assert_covered(&requirement, &staffing);
    let objective = staffing.proof.objective;
    assert!((loaded_pay(&scenario, &staffing) - objective).abs() < 1e-6 * objective);
    assert!(staffing.proof.bound <= objective && staffing.proof.bound > 0.0);
    for shift in &staffing.shifts {
        let group = &scenario.groups[staffing.teams[shift.team].group];
        let zone = scenario.sites[group.site].zone;
        let local = shift.start.with_timezone(&zone).time();
        assert_eq!(local.format("%M").to_string(), "00", "{shift:?}");
        assert_eq!((shift.end - shift.start).num_minutes(), 510);
        let mut free = shift.start;
        for pause in &shift.breaks {
            assert!(free <= pause.start && pause.end <= shift.end, "{shift:?}");
            free = pause.end;
        }
        // Eight hours, of which those within the plan are paid.
        let whole = shift.worked(&(shift.start..shift.end)).0;
        let within = shift.worked(&scenario.horizon.span()).0;
        assert_eq!((whole, shift.paid_hours), (8.0, within), "{shift:?}");
        let plain = shift.paid_hours * group.wage;
        assert!((shift.pay - plain - shift.premium).abs() < 1e-9);
    }
    assert!(staffing.shifts.iter().any(|shift| shift.premium > 0.0));
}

#[test]
fn one_seed_one_plan_and_twice_the_wage_twice_the_cost() {
    // With starts every two hours three searches are soon done.
    let step = r#"step = "60m""#;
    assert!(TWO_SITES.contains(step));
    let mut scenario = at_cost(two_sites_of(&TWO_SITES.replace(step, r#"step = "120m""#)));
    let requirement = sized(&scenario);
    let once = staffed(&scenario, &requirement);
    let again = staffed(&scenario, &requirement);
    assert_eq!(once.shifts, again.shifts);
    assert_eq!(once.proof.objective, again.proof.objective);
    let groups: Vec<_> = scenario.groups.ids().collect();
    for group in groups {
        scenario.groups[group].wage *= 2.0;
    }
    let dear = staffed(&scenario, &requirement);
    // Whatever either search found, no bound may be beaten.
    let (low, high) = (once.proof.bound * 2.0, once.proof.objective * 2.0);
    assert!(dear.proof.objective >= low - 1e-6 && dear.proof.bound <= high + 1e-6);
}

#[test]
fn what_nobody_can_do_is_named_with_its_remedy() {
    let mut scenario = two_sites();
    let requirement = sized(&scenario);
    let groups: Vec<_> = scenario.groups.ids().collect();
    for &group in &groups {
        let czech = scenario.groups[group].languages[0];
        scenario.groups[group]
            .languages
            .retain(|speaks| *speaks != czech);
    }
    let staffing = staffed(&scenario, &requirement);
    let short = &staffing.shortfall;
    assert_eq!(short.len(), 1, "{short:?}");
    assert_eq!(short[0].pool, "cs-phone");
    assert!(
        short[0].reason.contains("speaks Czech"),
        "{}",
        short[0].reason
    );
    let asked: u32 = requirement.pools[0].agents.iter().sum();
    assert!((short[0].agent_hours - f64::from(asked)).abs() < 1e-6);
    let price = scenario.policy.shortfall_per_hour * f64::from(asked);
    assert!(staffing.proof.bound >= price);
}

#[test]
fn hours_that_no_site_opens_are_named() {
    let mut scenario = two_sites();
    let sites: Vec<_> = scenario.sites.ids().collect();
    for site in sites {
        // Bogotá 08:00 is 14:00 in Prague, 15:00 after the change.
        scenario.sites[site].hours.week = std::array::from_fn(|_| vec![(8 * 60, 18 * 60)]);
    }
    let requirement = sized(&scenario);
    let staffing = staffed(&scenario, &requirement);
    assert!(!staffing.shortfall.is_empty());
    for short in &staffing.shortfall {
        let at = scenario.horizon.local(short.slot, scenario.zone);
        let hour: u32 = at.format("%H").to_string().parse().unwrap();
        if short.pool == "cs-phone" && hour < 8 {
            assert!(short.reason.contains("shut"), "{at} {}", short.reason);
        }
        assert!(short.agent_hours > 0.0);
    }
}

#[test]
fn a_shop_settles_on_less_than_its_sizes_and_keeps_its_promises() {
    let scenario = mid_shop();
    let demand = demand::forecast(&scenario);
    let requirement = size(&scenario, &demand);
    let setup = scenario.setup_named("in-house").unwrap();
    let limits = Limits {
        gap: 0.05,
        ..Limits::of(&scenario)
    };
    let by_sizes = optimise(&scenario, setup, &requirement, &limits);
    assert!(by_sizes.shortfall.is_empty());
    assert_covered(&requirement, &by_sizes);
    let settled = settle(&scenario, setup, &demand, &limits, None, &|_| ());
    for (queue, seen) in settled.observed.queues.iter() {
        let name = &scenario.queues[queue].name;
        assert!(seen.keeps_promise(), "{name} {:?}", seen.reached);
    }
    // The verdict's customers are drawn once: they are those whom anyone else would draw.
    let mut judged = scenario.clone();
    judged.policy.replications = settled.observed.replications;
    let (teams, shifts) = (&settled.staffing.teams, &settled.staffing.shifts);
    let again = replay(&judged, &demand, teams, shifts, scenario.seed);
    for (queue, seen) in settled.observed.queues.iter() {
        assert_eq!(seen.reached, again.queues[queue].reached);
        assert_eq!(seen.wait_p90, again.queues[queue].wait_p90);
    }
    let proof = &settled.staffing.proof;
    assert!(proof.objective < by_sizes.proof.objective);
    assert!(proof.bound <= proof.objective && proof.bound > 0.0);
    assert!(
        settled.staffing.shortfall.is_empty(),
        "{:?}",
        settled.staffing.shortfall
    );
    assert_covered(&settled.requirement, &settled.staffing);
    for (queue, least) in settled.requirement.minimum.iter() {
        let pools = settled
            .requirement
            .pools
            .iter()
            .zip(&settled.staffing.cover);
        for (_, cover) in pools.filter(|(pool, _)| pool.queues == [queue]) {
            assert!(cover.iter().zip(least).all(|(there, least)| there >= least));
        }
    }
}

#[test]
fn who_is_hired_whole_works_whole_weeks() {
    let mut scenario = mid_shop();
    for site in scenario.sites.ids().collect::<Vec<_>>() {
        scenario.sites[site].seats = None;
    }
    (scenario.policy.rounds, scenario.policy.replications) = (1, 8);
    let demand = whatif::scaled_demand(&demand::forecast(&scenario), 6.0);
    let setup = scenario.setup_named("in-house").unwrap();
    let limits = Limits::of(&scenario);
    let settled = settle(&scenario, setup, &demand, &limits, None, &|_| ());
    assert!(
        settled
            .observed
            .queues
            .values()
            .all(|seen| seen.keeps_promise())
    );
    assert!(settled.staffing.shortfall.is_empty());
    let group = &scenario.groups[settled.staffing.teams[0].group];
    let hours: f64 = settled
        .staffing
        .shifts
        .iter()
        .map(|shift| shift.paid_hours * f64::from(shift.agents))
        .sum();
    let contract = scenario.sites[group.site].rules.full_time.value();
    let filled = hours * group.paid_per_filled() / contract;
    let mut by_day = std::collections::BTreeMap::new();
    for shift in &settled.staffing.shifts {
        *by_day.entry(shift.start.date_naive()).or_insert(0) += shift.agents;
    }
    let heads = f64::from(by_day.into_values().max().unwrap()).max(filled.ceil());
    // Priced shift by shift, Monday's mail took half as many people again as the week has work for.
    assert!(
        heads <= 1.2 * filled,
        "{heads} people for the contracts of {filled:.1}"
    );
}
