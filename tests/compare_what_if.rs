//! Years, splits and levers: invariants on a rule of thumb in place of the solver.

mod cost_fixture;

use cost_fixture::*;
use crewcast::compare::{self, Drafts, Settled};
use crewcast::demand::Demand;
use crewcast::ids::{Id, QueueId, SetupId};
use crewcast::scenario::*;
use crewcast::units::Share;
use crewcast::whatif;

/// As many agents as the work needs at 60 % busy, at least one, from 09:00 on five days; nobody where there
/// is no work.
fn rule_of_thumb(scenario: &Scenario, setup: SetupId, demand: &Demand) -> Settled {
    agents_of(scenario, setup, demand, 0)
}

/// The same; a draft has an agent too many.
fn careless_drafts(scenario: &Scenario, setup: SetupId, demand: &Demand) -> Settled {
    let draft = scenario.policy.rounds == 0;
    agents_of(scenario, setup, demand, u32::from(draft))
}

fn agents_of(scenario: &Scenario, setup: SetupId, demand: &Demand, more: u32) -> Settled {
    let hours = work(scenario, demand);
    let agents = (hours / 40.0 / 0.6 / scenario.horizon.weeks()).ceil() as u32;
    settled(scenario, setup, demand, agents + more)
}

fn per_interaction(price: f64, minimum: f64) -> Tariff {
    let mut tariff = Tariff::of(PriceForm::PerInteraction {
        prices: Vec::new(),
        other: money(price),
    });
    tariff.minimum_per_month = money(minimum);
    tariff
}

/// In-house at 200 an hour; by the interaction at 60.
fn two_ways(minimum: f64) -> (Scenario, Demand) {
    let mut scenario = scenario(week(), 200.0, setup("in-house", OWN, None));
    let costs = &mut scenario.setups[SETUP].in_house;
    costs.whole_contracts = true;
    costs.attrition = Share(0.24);
    costs.recruiting = money(25_000.0);
    costs.hiring_weeks = 4.0;
    let partner = setup("partner", PARTNER, Some(per_interaction(60.0, minimum)));
    scenario.setups.push(partner);
    let demand = demand(&scenario, 420.0);
    (scenario, demand)
}

/// The same with product questions beside, that take four times as long.
fn with_product() -> (Scenario, Demand, QueueId) {
    let (mut scenario, _) = two_ways(0.0);
    let mut product = scenario.queues[QUEUE].clone();
    product.name = "product".to_owned();
    product.contact_type.name = "product".to_owned();
    product.contact_type.product = true;
    product.contact_type.informational = false;
    product.handle_time.mean = product.handle_time.mean * 4.0;
    let product = scenario.queues.push(product);
    let demand = demand(&scenario, 420.0);
    (scenario, demand, product)
}

/// 420 contacts a week, 1,260 in December.
fn seasons(scenario: &Scenario) -> (Scenario, Demand) {
    use chrono::Datelike;
    let horizon = scenario.horizon;
    let mut demand = demand(scenario, 0.0);
    let per_slot = 420.0 / 672.0;
    for (slot, mean) in demand.queues[QUEUE].mean.iter_mut().enumerate() {
        let december = horizon.local(slot, scenario.zone).month() == 12;
        *mean = if december { 3.0 } else { 1.0 } * per_slot;
    }
    (scenario.clone(), demand)
}

#[test]
fn a_year_has_its_seasons_and_whom_december_hired_january_pays() {
    let (scenario, _) = two_ways(0.0);
    let (_, demand) = seasons(&scenario);
    let comparison = compare::setups(&scenario, &demand, rule_of_thumb);
    let drafts = Drafts::of(&comparison, rule_of_thumb);
    let mut scenario = scenario.clone();
    // The year from October on.
    scenario.horizon.start = utc("2026-10-05 00:00");
    let year = compare::year(&scenario, &comparison, &drafts, seasons, rule_of_thumb);
    assert_eq!(year.months.len(), 12);
    let names: Vec<String> = year
        .months
        .iter()
        .map(|month| month.first_day.to_string())
        .collect();
    assert_eq!(
        (names[0].as_str(), names[11].as_str()),
        ("2026-10-01", "2027-09-01")
    );
    let month = |index: usize| &year.months[index];
    let a_day = |index: usize| month(index).interactions / f64::from(month(index).days);
    assert!((a_day(1) - 60.0).abs() < 1e-6, "{}", a_day(1));
    assert!((a_day(2) - 180.0).abs() < 1e-6, "{}", a_day(2));
    // By the interaction each month costs its contacts.
    let by_contact = month(2).setups[1].total().to_f64();
    assert!((by_contact - month(2).interactions * 60.0).abs() < 0.02);
    // People: hired for December, decided on before; kept in January, and idle there.
    let own = |index: usize| &year.months[index].setups[0];
    assert!(own(2).people > own(1).people && own(2).hiring > Money::ZERO);
    let decide_by = own(2).decide_by.unwrap();
    assert!(decide_by < month(2).first_day);
    assert!((0.0..=1.0).contains(&(own(2).people - own(3).people)));
    assert!(own(3).idle > Money::ZERO && own(3).hiring.is_zero());
    let sum: Money = year
        .months
        .iter()
        .map(|month| month.setups[0].total())
        .sum();
    assert_eq!(year.total(0), sum);
}

/// 60 contacts a day at 60 are some 110,000 a month, 330,000 in December. A minimum of 150,000 a month tops up
/// eleven weak months; over the year December makes good a part of them.
#[test]
fn a_minimum_over_the_year_lets_a_strong_month_help_weak_ones() {
    let year_of = |over_year: bool| {
        let (mut scenario, _) = two_ways(150_000.0);
        if let Some(tariff) = &mut scenario.setups[SetupId(1)].tariff {
            tariff.minimum_over_year = over_year;
        }
        let (_, demand) = seasons(&scenario);
        let comparison = compare::setups(&scenario, &demand, rule_of_thumb);
        let drafts = Drafts::default();
        compare::year(&scenario, &comparison, &drafts, seasons, rule_of_thumb)
    };
    let (monthly, yearly) = (year_of(false), year_of(true));
    assert_eq!(monthly.top_up[1], Money::ZERO);
    assert!(yearly.top_up[1] > Money::ZERO);
    assert!(yearly.total(1) < monthly.total(1));
    assert_eq!(yearly.total(1), money(12.0 * 150_000.0));
}

#[test]
fn a_split_is_the_sum_of_its_sides_and_the_best_is_no_dearer_than_any() {
    let (scenario, demand, _) = with_product();
    let comparison = compare::setups(&scenario, &demand, rule_of_thumb);
    let splits = compare::splits(&comparison, rule_of_thumb).plans;
    let named = |name: &str| {
        let found = splits.iter().find(|plan| plan.name == name);
        found.unwrap_or_else(|| panic!("no {name} in {splits:#?}"))
    };
    for plan in &splits {
        assert_eq!(
            plan.total,
            plan.own_total + plan.partner_total,
            "{}",
            plan.name
        );
    }
    let best: Vec<_> = splits.iter().filter(|plan| plan.best).collect();
    assert_eq!(best.len(), 1);
    assert!(!best[0].draft);
    let full = splits
        .iter()
        .filter(|plan| !plan.draft && plan.keeps_promises);
    assert!(full.into_iter().all(|plan| best[0].total <= plan.total));
    // The two ends are the set-ups themselves.
    let total = |index: usize| comparison.setups[index].costing.total();
    assert_eq!(named("all to the partner").total, total(1));
    assert_eq!(named("all to the partner").own_total, Money::ZERO);
    // The partner is paid for the contacts it is left, 420 orders of them.
    let product = named("product questions in-house");
    assert_eq!(product.own, ["product cs"]);
    assert_eq!(product.partner, ["order-status cs"]);
    assert_eq!(product.partner_total, money(420.0 * 60.0));
}

/// Of a mean of 1.25 contacts in a slot, Poisson, 1 stays below a level of 1 with P(N > 0) = 1 − e^(−1.25).
#[test]
fn overflow_goes_to_the_partner_above_its_level() {
    let (scenario, demand, _) = with_product();
    let comparison = compare::setups(&scenario, &demand, rule_of_thumb);
    let splits = compare::splits(&comparison, rule_of_thumb).plans;
    let overflow = splits
        .iter()
        .find(|plan| plan.name == "overflow above 1 to the partner")
        .unwrap();
    let stays = (1.0 - (-1.25_f64).exp()) / 1.25;
    let expected = 840.0 * (1.0 - stays) * 60.0;
    let paid = overflow.partner_total.to_f64();
    assert!((paid - expected).abs() < 0.02, "{paid}, not {expected}");
    assert!(overflow.own_total > Money::ZERO);
}

#[test]
fn levers_show_the_money_they_move() {
    let (scenario, demand, _) = with_product();
    let comparison = compare::setups(&scenario, &demand, rule_of_thumb);
    let drafts = Drafts::of(&comparison, rule_of_thumb);
    let partner = &comparison.setups[1];
    let levers = compare::levers(partner, &drafts, rule_of_thumb);
    let lever = |name: &str| {
        let found = levers.iter().find(|lever| lever.lever == name);
        found.unwrap_or_else(|| panic!("no {name} in {levers:#?}"))
    };
    let price = |lever: &compare::LeverEffect| {
        (lever.interactions_before - lever.interactions_after) * 60.0
    };
    for found in &levers {
        assert!((found.saves() - price(found)).abs() < 0.5, "{found:?}");
    }
    // Half of the informational contacts, which are half of all; half of that while it grows.
    let service = lever("self-service on informational contacts");
    assert!((service.saves() / service.per_month_before - 0.25).abs() < 1e-6);
    assert_eq!(service.ramp_months, 24.0);
    let growing = service.saves_while_growing / (12.0 * service.saves());
    assert!((growing - 1.0).abs() < 1e-3, "{growing}");
    // From 80 % to 90 %, half of the unsettled come again: 1.111 to 1.053 contacts a case; a tenth of it.
    let point = lever("first-contact resolution up a point");
    let share = 0.1 * (1.0 - (1.0 / 0.95) / (1.0 / 0.9));
    assert!((point.saves() / point.per_month_before - share).abs() < 1e-6);
    let good = lever("first-contact resolution good");
    assert!((good.saves() - 10.0 * point.saves()).abs() < 0.05);
    assert!(lever("first-contact resolution low").saves() < 0.0);
    let market = lever("a new market");
    assert!((market.interactions_after / market.interactions_before - 1.5).abs() < 1e-6);
}

/// Pulled by name, a lever changes what is compared: by its own amount, or by the one given.
#[test]
fn levers_are_pulled_by_name() {
    let (scenario, demand, _) = with_product();
    let contacts = |text: &str| {
        let lever =
            whatif::Lever::named(text).unwrap_or_else(|problem| panic!("{text}: {problem:?}"));
        lever.apply(&scenario, &demand, 1.0).1.contacts() / demand.contacts()
    };
    assert!((contacts("growth") - 1.2).abs() < 1e-9);
    assert!((contacts(" growth = 1.5") - 1.5).abs() < 1e-9);
    // The point itself, not the ten it is measured on.
    let point = (1.0 / (1.0 - 0.19 * 0.5)) / (1.0 / (1.0 - 0.2 * 0.5));
    assert!(
        (contacts("fcr") - point).abs() < 1e-9,
        "{}",
        contacts("fcr")
    );
    assert!((contacts("self-service") - 0.75).abs() < 1e-9);
    assert!((contacts("new-market=100") - 2.0).abs() < 1e-9);
    for wrong in [
        "grow",
        "",
        "growth=0",
        "growth=much",
        "growth=NaN",
        "self-service=30",
    ] {
        assert!(whatif::Lever::named(wrong).is_err(), "`{wrong}` is a lever");
    }
}

/// Drafts that are an agent too dear neither make a saving look like a loss nor swing the answer.
#[test]
fn what_ifs_hold_drafts_against_drafts() {
    let (scenario, demand, _) = with_product();
    let comparison = compare::setups(&scenario, &demand, careless_drafts);
    let drafts = Drafts::of(&comparison, careless_drafts);
    let own = &comparison.setups[0];
    for lever in compare::levers(own, &drafts, careless_drafts) {
        let less = lever.interactions_after <= lever.interactions_before;
        assert!(lever.saves() >= -0.01 || !less, "{lever:?}");
        assert!(lever.saves() <= 0.01 || less, "{lever:?}");
    }
    let careless = compare::tornado(&comparison, &drafts, 20, careless_drafts);
    let good = Drafts::of(&comparison, rule_of_thumb);
    let careful = compare::tornado(&comparison, &good, 20, rule_of_thumb);
    let volume = |swings: &[compare::Swing]| {
        let mut found = swings.iter();
        let swing = found.find(|swing| swing.input == "handle time").unwrap();
        (swing.per_interaction_low, swing.per_interaction_high)
    };
    let (a, b) = (volume(&careless), volume(&careful));
    assert!(
        (a.0 / b.0 - 1.0).abs() < 0.03 && (a.1 / b.1 - 1.0).abs() < 0.03,
        "{a:?} {b:?}"
    );
}

#[test]
fn a_new_market_has_its_own_language_and_speakers() {
    let (scenario, demand, product) = with_product();
    let lever = whatif::levers()
        .into_iter()
        .find(|lever| lever.name == "a new market")
        .unwrap();
    let (wide, all) = lever.apply(&scenario, &demand, 1.0);
    assert_eq!(
        (wide.queues.len(), wide.markets.len(), wide.languages.len()),
        (4, 2, 2)
    );
    assert!((all.contacts() - 1.5 * demand.contacts()).abs() < 1e-9);
    assert_eq!(wide.queues_of(OWN).len(), 4);
    let new = QueueId::new(2);
    assert_ne!(wide.queues[new].language, wide.queues[product].language);
}

#[test]
fn what_is_escalated_becomes_standard_month_by_month() {
    let (mut scenario, demand) = two_ways(0.0);
    scenario.setups[SETUP].in_house.owner_hour = money(600.0);
    let contact_type = &mut scenario.queues[QUEUE].contact_type;
    (contact_type.escalated, contact_type.standardised) = (Share(0.2), Share(0.1));
    let comparison = compare::setups(&scenario, &demand, rule_of_thumb);
    let drafts = Drafts::of(&comparison, rule_of_thumb);
    let forecast = |scenario: &Scenario| {
        let (mut scenario, demand) = seasons(scenario);
        scenario.horizon = demand.horizon;
        (scenario, demand)
    };
    let year = compare::year(&scenario, &comparison, &drafts, forecast, rule_of_thumb);
    let a_contact = |month: usize| {
        let month = &year.months[month];
        let lines = &month.setups[1].lines;
        let line = lines
            .iter()
            .find(|(name, _)| name.starts_with("Escalations"));
        line.unwrap().1.to_f64() / month.interactions
    };
    let fallen = a_contact(5) / a_contact(0);
    assert!((fallen - 0.9_f64.powi(5)).abs() < 1e-3, "{fallen}");
}

/// A price by the month is due twelve times; premiums fall on the holidays and nights of each month; the busiest week says
/// who must be there.
#[test]
fn a_month_has_its_own_days() {
    use chrono::Datelike;
    let (mut scenario, _) = two_ways(0.0);
    let site = scenario.groups[OWN].site;
    scenario.sites[site].rules.premiums = vec![Premium {
        time: PremiumTime::Holiday,
        rate: 1.0,
        base: PremiumBase::OwnPay,
        valid_from: None,
        least_hours: crewcast::units::Hours(0.0),
        floor: 0.0,
    }];
    scenario.sites[site].calendar = crewcast::time::Calendar::of("CZ");
    scenario.setups[SetupId(1)].tariff = Some(Tariff::of(PriceForm::Flat {
        fee: money(29_000.0),
        included: 100_000.0,
        overage: money(134.0),
    }));
    // The week of Black Friday brings five times the contacts, the rest of November what any month does.
    let peak = |scenario: &Scenario| {
        let mut demand = demand(scenario, 0.0);
        for (slot, mean) in demand.queues[QUEUE].mean.iter_mut().enumerate() {
            let day = scenario.horizon.local(slot, scenario.zone).date();
            let busy = day.month() == 11 && (23..30).contains(&day.day());
            *mean = if busy { 5.0 } else { 1.0 } * 420.0 / 672.0;
        }
        (scenario.clone(), demand)
    };
    let (_, now) = peak(&scenario);
    let comparison = compare::setups(&scenario, &now, rule_of_thumb);
    let drafts = Drafts::default();
    scenario.horizon.start = utc("2026-10-05 00:00");
    let year = compare::year(&scenario, &comparison, &drafts, peak, rule_of_thumb);
    for month in &year.months {
        assert_eq!(month.setups[1].total(), money(29_000.0));
    }
    let own = |index: usize| &year.months[index].setups[0];
    // As many as the rule of thumb asks for the week itself, in none of the months beside it.
    let mut black_friday = scenario.clone();
    black_friday.horizon.start = utc("2026-11-22 23:00");
    let (wide, demand) = peak(&black_friday);
    let needed = rule_of_thumb(&wide, SETUP, &demand).staffing.shifts[0].agents;
    assert_eq!(own(1).busiest, f64::from(needed));
    assert!(own(0).busiest < own(1).busiest && own(2).busiest == own(0).busiest);
    assert!(own(1).needed < own(1).busiest && own(1).people == own(1).busiest);
    // 28 October, 17 November, 24 to 26 December (25 December is a Friday), 1 January: on workdays.
    let premium = |index: usize| {
        let lines = own(index).lines.iter();
        let lines = lines.filter(|(line, _)| line.starts_with("Premium"));
        lines.map(|(_, amount)| amount.to_f64()).sum::<f64>()
    };
    assert!(
        premium(0) > 0.0 && (premium(2) / premium(0) - 2.0).abs() < 0.2,
        "{} {}",
        premium(0),
        premium(2)
    );
    assert_eq!(premium(4), 0.0);
}
