//! One's own people at published prices; sources beside each.

mod cost_fixture;

use cost_fixture::*;
use crewcast::cost::{self, Costing};
use crewcast::scenario::*;
use crewcast::units::{Hours, Share};

/// customerhero.cz/blog/maly-eshop-uspora-zakaznicky-servis: 10 calls or chats a day need one full-timer,
/// 200 CZK an hour ≈ 45,000 CZK a month; a partner asks 29,000 CZK + VAT. 200 × 168 × 1.338 = 44,956.80.
#[test]
fn the_small_czech_shop() {
    let own = in_house(200.0);
    assert_eq!(rostered(&own), money(33_600.0));
    assert_eq!(line(&own, "Employer's charges").amount, money(11_356.8));
    assert_eq!(own.total(), money(44_956.8));
    assert_eq!(own.per_interaction().unwrap().round(), 207.0);
    assert!((own.per_month() - 44_956.8).abs() < 1e-6);

    let out = partner(flat(29_000.0), 217.0);
    assert_eq!(out.total(), money(29_000.0));
    assert_eq!(out.per_interaction().unwrap().round(), 134.0);

    // The agency rounds to 45,000: a VAT payer saves 192,000 a year.
    let rounded = in_house(45_000.0 / (168.0 * 1.338));
    assert_eq!(rounded.total(), money(45_000.0));
    let year = |costing: &Costing| costing.total().times(12.0);
    assert_eq!(year(&rounded) - year(&out), money(192_000.0));

    // One who cannot deduct VAT (21 %) saves 118,920; the source's 118,000.
    let mut tariff = flat(29_000.0);
    tariff.vat = Share(0.21);
    tariff.vat_deductible = false;
    let with_vat = partner(tariff, 217.0);
    assert_eq!(
        line(&with_vat, "VAT, not deductible").amount,
        money(6_090.0)
    );
    assert_eq!(year(&rounded) - year(&with_vat), money(118_920.0));

    // 20 a day on the same people and fee with enough included: 104 and 67 CZK.
    assert_eq!((44_956.8_f64 / 434.0).round(), 104.0);
    let mut twice = flat(29_000.0);
    twice.form = PriceForm::Flat {
        fee: money(29_000.0),
        included: 434.0,
        overage: money(134.0),
    };
    assert_eq!(
        partner(twice, 434.0).per_interaction().unwrap().round(),
        67.0
    );
}

/// Pay of the rostered hours, whatever they were used for.
fn rostered(costing: &Costing) -> Money {
    let parts = ["Pay, time with contacts", "Idle time, paid and not used"];
    parts.iter().map(|name| line(costing, name).amount).sum()
}

/// Half an agent cannot be hired: 42 h a week for one and a bit people are two contracts.
#[test]
fn whole_contracts_cost_whole_people() {
    let mut terms = setup("in-house", OWN, None);
    terms.in_house.whole_contracts = true;
    let mut scenario = scenario(week(), 100.0, terms);
    scenario.groups[OWN].charges = Share(0.0);
    scenario.groups[OWN].shrinkage = vec![
        Shrinkage {
            kind: "leave".to_owned(),
            share: Share(0.10),
        },
        Shrinkage {
            kind: "sickness".to_owned(),
            share: Share(0.10),
        },
    ];
    let demand = demand(&scenario, 100.0);
    let staffing = staffing(&scenario, OWN, &mornings(week(), 5), 8, 1);
    let price = |scenario: &Scenario| {
        cost::price(scenario, SETUP, &demand, &staffing, &observed(&demand, 0.9))
    };
    let costing = price(&scenario);
    // 40 h ÷ 0.8 = 50 h: two contracts of 40 h.
    assert_eq!(rostered(&costing), money(4_000.0));
    assert_eq!(line(&costing, "Pay, shrinkage: leave").amount, money(500.0));
    assert_eq!(
        line(&costing, "Pay, shrinkage: sickness").amount,
        money(500.0)
    );
    assert_eq!(
        line(&costing, "Pay, whole contracts").amount,
        money(3_000.0)
    );
    assert_eq!(costing.total(), money(8_000.0));
    // Two people, each away a fifth of the time: 52.18 × 0.04 weeks.
    assert!((costing.detail.weeks_without_cover - 365.25 / 7.0 * 0.04).abs() < 1e-9);
    // A contact lost is worth 30: four of a hundred hang up, and of the rest 4 % come while both are away.
    scenario.setups[SETUP].in_house.missed_contact = money(30.0);
    let mut seen = observed(&demand, 0.9);
    (seen.queues[QUEUE].answered, seen.queues[QUEUE].abandoned) = (96.0, 4.0);
    let costing = cost::price(&scenario, SETUP, &demand, &staffing, &seen);
    assert_eq!(line(&costing, "Contacts that hang up").amount, money(120.0));
    assert_eq!(line(&costing, "Weeks without cover").amount, money(115.2));
    assert_eq!(costing.total(), money(8_235.2));
    scenario.setups[SETUP].in_house.missed_contact = money(0.0);
    scenario.setups[SETUP].in_house.whole_contracts = false;
    assert_eq!(price(&scenario).total(), money(5_000.0));
}

/// Leads are a step, learners cost pay and slowness, owners and helpers what their hour is worth.
#[test]
fn every_cost_of_ones_own_people_is_a_line() {
    let mut terms = setup("in-house", OWN, None);
    terms.in_house = InHouseCosts {
        lead_span: 10,
        lead_per_month: money(60_000.0),
        attrition: Share(0.24),
        recruiting: money(10_000.0),
        training: Hours(80.0),
        ramp_weeks: 10.0,
        ramp_handle_time: 1.5,
        tools_per_month: money(1_000.0),
        tools_per_ticket: money(1.0),
        tools_per_resolution: money(2.0),
        space_per_month: money(3_000.0),
        telephony_per_minute: money(0.5),
        owner_hours: Hours(5.0),
        owner_hour: money(800.0),
        knowledge_per_month: money(500.0),
        borrowed: vec![Borrowed {
            who: "accountant".to_owned(),
            hours: Hours(4.0),
            hour: money(350.0),
        }],
        whole_contracts: true,
        ..InHouseCosts::default()
    };
    let months = 12.0 / 365.25 * 7.0;
    let mut scenario = scenario(week(), 100.0, terms);
    let contact_type = &mut scenario.queues[QUEUE].contact_type;
    contact_type.escalated = Share(0.06);
    contact_type.sale = money(1.5);
    let demand = demand(&scenario, 1000.0);
    let starts = mornings(week(), 5);
    let costing_of = |agents| {
        let staffing = staffing(&scenario, OWN, &starts, 8, agents);
        priced(&scenario, &demand, &staffing)
    };
    let costing = costing_of(11);
    let is = |name: &str, amount: f64| {
        let found = line(&costing, name).amount.to_f64();
        assert!(
            (found - amount).abs() < 0.006,
            "{name}: {found}, not {amount}"
        );
    };
    is("Team leads", 2.0 * 60_000.0 * months);
    let leavers = 11.0 * 0.24 * 7.0 / 365.25;
    is("Recruiting", leavers * 10_000.0);
    is("Training of new agents", leavers * 80.0 * 133.8);
    let lost = 40.0 * 10.0 * (1.0 - 1.5_f64.ln() / 0.5);
    is("Ramp, slower while learning", leavers * lost * 133.8);
    is("Tools, per person", 11.0 * 1_000.0 * months);
    is("Tools, per ticket", 1_000.0);
    is("Tools, per resolution", 1_600.0);
    is("Space and equipment", 11.0 * 3_000.0 * months);
    is("Telephony", 1000.0 * 5.0 * 0.5);
    is("Owner's hours", 4_000.0);
    is("Borrowed hours: accountant", 1_400.0);
    is("Knowledge base", 500.0 * months);
    // 60 cases of 5 minutes at the owner's 800 an hour; 1,000 contacts sell 1.50 each.
    is(
        "Escalations to the shop's expert",
        60.0 * 5.0 / 60.0 * 800.0,
    );
    is("Credit, sales by contacts", -1_500.0);
    assert_eq!(
        costing.total(),
        costing.lines.iter().map(|line| line.amount).sum()
    );
    // 4 people need no lead; 5 do.
    let leads = |agents| {
        let costing = costing_of(agents);
        costing.lines.iter().any(|line| line.line == "Team leads")
    };
    assert!(!leads(4) && leads(5));
    // Paid and not used: 440 h on the line, 83.3 h with contacts.
    let busy = 1000.0 * 300.0 / 3600.0;
    is("Pay, time with contacts", busy * 100.0);
    is("Idle time, paid and not used", (440.0 - busy) * 100.0);
}
