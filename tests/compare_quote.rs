//! Quotes: the margin asked in every form, through a year with its seasons and the seller's own terms.

mod cost_fixture;

use cost_fixture::*;
use crewcast::compare::{self, Asked, Bearer, Offer, Quote};
use crewcast::demand::Demand;
use crewcast::ids::{ClientId, SetupId};
use crewcast::scenario::*;
use crewcast::units::{Hours, Share};
use crewcast::whatif;

/// By the hour, with whole contracts.
fn hourly(terms: impl Fn(&mut Tariff)) -> (Scenario, Demand) {
    let mut tariff = Tariff::of(PriceForm::PerLoggedHour {
        price: money(390.0),
    });
    terms(&mut tariff);
    let mut setup = setup("hourly", PARTNER, Some(tariff));
    setup.in_house.whole_contracts = true;
    let scenario = scenario(week(), 200.0, setup);
    let demand = demand(&scenario, 210.0);
    (scenario, demand)
}

/// A quarter of the price is left, by a plan of the rule of thumb.
fn quoted(
    scenario: &Scenario,
    demand: &Demand,
    forecast: impl Fn(&Scenario) -> Demand + Sync,
) -> Quote {
    let asked = Asked {
        setup: SetupId(0),
        client: ClientId(0),
        margin: Share(0.25),
        overhead: Share(0.0),
    };
    compare::quote(scenario, demand, asked, forecast, rule_of_thumb)
}

/// The same contacts a day over another horizon.
fn even(demand: &Demand, scenario: &Scenario) -> Demand {
    let weeks = scenario.horizon.weeks() / demand.horizon.weeks();
    let mut demand = whatif::scaled_demand(demand, weeks);
    demand.horizon = scenario.horizon;
    demand
}

fn offer<'a>(quote: &'a Quote, form: &str) -> &'a Offer {
    let mut offers = quote.offers.iter();
    offers.find(|offer| offer.form.name() == form).unwrap()
}

/// At the margin asked each form brings the floor ÷ (1 − margin), or a hair more from rounding up.
fn brings_its_margin(quote: &Quote) {
    assert_eq!(quote.offers.len(), 7);
    let cost = quote.cost_per_month.to_f64();
    assert!((cost / quote.revenue_per_month.to_f64() - 0.75).abs() < 1e-5);
    for offer in &quote.offers {
        let margin = 1.0 - cost / offer.per_month.to_f64();
        let form = offer.form.name();
        assert!((0.2495..0.252).contains(&margin), "{form}: {margin}");
        assert!((offer.margins[0] - margin).abs() < 0.001, "{form}");
        assert!(offer.margins[1] >= offer.margins[2], "{form}");
    }
}

#[test]
fn a_quote_brings_its_margin_in_every_form() {
    let (scenario, demand) = hourly(|_| {});
    let quote = quoted(&scenario, &demand, |other| even(&demand, other));
    brings_its_margin(&quote);
    assert!((quote.cost_per_month.to_f64() / quote.floor.per_month() - 1.0).abs() < 1e-3);
    // Who is paid by the contact loses when volume falls short of the people; who is paid by the hour
    // does not.
    let worst = |form: &str| offer(&quote, form).margins[2];
    assert!(worst("per-interaction") < worst("per-logged-hour"));
    // Flat prices are their own month.
    let flat = offer(&quote, "flat");
    assert_eq!(flat.per_month, flat.prices[0].1);
    // Prices times how often they are charged are the invoice, where no fee stands beside them.
    for offer in &quote.offers {
        assert_eq!(offer.minimum, None);
        let prices = offer.prices.iter().zip(&offer.quantities);
        let sum: f64 = prices
            .map(|((what, price), quantity)| {
                let sign = if what.starts_with("credit") {
                    -1.0
                } else {
                    1.0
                };
                sign * price.to_f64() * quantity.unwrap_or(1.0)
            })
            .sum();
        let invoice = offer.per_month.to_f64();
        assert!(
            (sum / invoice - 1.0).abs() < 1e-4,
            "{}: {sum} of {invoice}",
            offer.form.name()
        );
    }
    assert_eq!(flat.quantities, [None, Some(0.0)]);
}

/// A form whose margin is least at the volume expected (an agent at the fullest) promises no more than that margin.
#[test]
fn what_is_nearly_certain_is_no_more_than_what_is_expected() {
    let (scenario, demand) = hourly(|_| {});
    let quote = quoted(&scenario, &demand, |other| even(&demand, other));
    for offer in &quote.offers {
        let [expected, with_80, with_95] = offer.margins;
        assert!(
            expected >= with_80 && with_80 >= with_95,
            "{}: {:?}",
            offer.form.name(),
            offer.margins
        );
    }
}

/// A tariff is each client's own contract: another client on the same set-up changes no quote's fees and minimum.
#[test]
fn a_prospect_lowers_nobodys_quote() {
    let terms = |tariff: &mut Tariff| {
        tariff.minimum_per_month = money(500_000.0);
        tariff.exit_fee = money(10_000.0);
        tariff.monthly_fee = money(4_000.0);
    };
    let (scenario, demand) = hourly(terms);
    let alone = quoted(&scenario, &demand, |other| even(&demand, other));
    let mut two = scenario.clone();
    two.clients.push(Client {
        name: "prospect".to_owned(),
        title: "Prospect".to_owned(),
        orders_per_day: Some(1.0),
        learning: Hours(16.0),
    });
    let beside = quoted(&two, &demand, |other| even(&demand, other));
    assert_eq!(beside.terms, alone.terms);
    for (offer, alone) in beside.offers.iter().zip(&alone.offers) {
        assert_eq!(offer.per_month, alone.per_month, "{}", offer.form.name());
    }
}

/// A week of Christmas makes no shop large: its size and its days to go live are those of the year shown.
#[test]
fn a_shop_has_one_size_whichever_week_is_planned() {
    let (scenario, week) = hourly(|_| {});
    let christmas = whatif::scaled_demand(&week, 5.0);
    let quote = quoted(&scenario, &christmas, |other| {
        even(&whatif::scaled_demand(&week, 2.0), other)
    });
    assert!(quote.contacts_per_day > 100.0);
    assert!((quote.contacts_per_day_of_year / quote.contacts_per_day - 0.4).abs() < 1e-6);
    assert!(
        quote.terms[0].starts_with("Mid-size volume: 60 contacts a day"),
        "{}",
        quote.terms[0]
    );
    assert_eq!(quote.go_live[3].to_day, 5.0);
}

/// Who has no contacts gets no quote.
#[test]
fn a_client_without_contacts_is_a_problem() {
    let (scenario, demand) = hourly(|_| {});
    assert!(compare::quotable(&scenario, &demand, ClientId(0)).is_ok());
    let silent = whatif::scaled_demand(&demand, 1e-4);
    let problem = compare::quotable(&scenario, &silent, ClientId(0)).unwrap_err();
    assert_eq!(problem.code, "no-contacts");
}

/// Risks are computed: by the contact nothing changes for the client, by the minute it pays for longer handling, a
/// flat fee falls on fewer contacts: 1 ÷ 0.7.
#[test]
fn who_bears_a_risk_follows_from_the_money() {
    let (scenario, demand) = hourly(|_| {});
    let quote = quoted(&scenario, &demand, |other| even(&demand, other));
    let by_contact = offer(&quote, "per-interaction");
    for risk in [by_contact.volume_risk, by_contact.handle_time_risk] {
        assert!(risk.price_rise.abs() < 1e-6);
    }
    assert_eq!(by_contact.volume_risk.bearer, Bearer::Agency);
    // Those who are there anyway take contacts a tenth longer, and cost no more.
    assert_eq!(by_contact.handle_time_risk.bearer, Bearer::Nobody);
    let by_minute = offer(&quote, "per-minute");
    assert!((0.05..0.11).contains(&by_minute.handle_time_risk.price_rise));
    let flat = offer(&quote, "flat").volume_risk;
    assert!((flat.price_rise - (1.0 / 0.7 - 1.0)).abs() < 0.01);
    assert_eq!(flat.bearer, Bearer::Client);
    assert!(flat.margin > by_contact.volume_risk.margin);
}

/// What the shop bears beside the invoice, its expert's hours on hotline and escalations, is none of the seller's
/// revenue, whichever set-up says what such an hour is worth.
#[test]
fn the_shops_own_costs_are_not_invoiced() {
    let (scenario, demand) = hourly(|_| {});
    let plain = quoted(&scenario, &demand, |other| even(&demand, other));
    let mut knowing = scenario.clone();
    let mut own = setup("in-house", OWN, None);
    own.in_house.owner_hour = money(900.0);
    knowing.setups.push(own);
    let contact_type = &mut knowing.queues[QUEUE].contact_type;
    contact_type.product = true;
    contact_type.escalated = Share(0.2);
    contact_type.sale = money(5.0);
    let quote = quoted(&knowing, &demand, |other| even(&demand, other));
    assert_eq!(quote.cost_per_month, plain.cost_per_month);
    for (offer, plain) in quote.offers.iter().zip(&plain.offers) {
        assert_eq!(offer.prices, plain.prices);
        assert_eq!(offer.per_month, plain.per_month);
    }
}

/// Twice the contacts from July on: the months say so, and the year's floor lies between those of its halves.
#[test]
fn strong_months_count_in_the_price() {
    use chrono::Datelike;
    let (scenario, demand) = hourly(|_| {});
    let twice_at_its_end = |other: &Scenario| {
        let month = other.horizon.local(0, other.zone).month();
        let factor = if month >= 7 { 2.0 } else { 1.0 };
        whatif::scaled_demand(&even(&demand, other), factor)
    };
    let quote = quoted(&scenario, &demand, twice_at_its_end);
    let volumes: Vec<f64> = quote.months.iter().map(|month| month.volume).collect();
    assert_eq!(volumes.len(), 12);
    assert!((volumes[0] - 1.0).abs() < 0.01 && (volumes[11] - 2.0).abs() < 0.01);
    brings_its_margin(&quote);
    let week = quote.floor.per_month();
    let year = quote.cost_per_month.to_f64();
    assert!(year > 1.2 * week && year < 2.0 * week, "{year} of {week}");
    // What is included is an average month; the strong ones pay further contacts.
    let flat = offer(&quote, "flat");
    assert!(flat.per_month > flat.prices[0].1);
}

/// Fees, uplifts and a rise of prices are the seller's terms: the prices leave room for them, and the client reads them.
#[test]
fn the_sellers_terms_are_in_the_price_and_in_the_quote() {
    let terms = |tariff: &mut Tariff| {
        tariff.setup_fee = money(12_000.0);
        tariff.term_months = 24;
        tariff.monthly_fee = money(2_500.0);
        tariff.uplifts.weekend = Share(0.5);
        tariff.indexation = Some(Indexation {
            per_year: Share(0.03),
            from: date("2024-06-01"),
        });
        tariff.vat_deductible = false;
        tariff.vat = Share(0.21);
    };
    let plain = hourly(|_| {});
    let plain = quoted(&plain.0, &plain.1, |other| even(&plain.1, other));
    let (scenario, demand) = hourly(terms);
    let quote = quoted(&scenario, &demand, |other| even(&demand, other));
    brings_its_margin(&quote);
    assert_eq!(quote.cost_per_month, plain.cost_per_month);
    for (offer, without) in quote.offers.iter().zip(&plain.offers) {
        assert!(
            offer.prices[0].1 < without.prices[0].1,
            "{}",
            offer.form.name()
        );
    }
    // What is expected a month is what stands there: the prices as often as they are charged, and what comes on top.
    for offer in &quote.offers {
        let sum: Money = offer.charges.iter().map(|(_, amount)| *amount).sum();
        assert_eq!(sum, offer.per_month);
        let of = |name: &str| {
            let mut charges = offer.charges.iter();
            let found = charges.find(|(what, _)| what == name);
            found
                .unwrap_or_else(|| panic!("no {name} in {:?}", offer.charges))
                .1
                .to_f64()
        };
        let prices = offer.prices.iter().zip(&offer.quantities);
        let listed = prices.map(|((what, price), quantity)| {
            let sign = if what.starts_with("credit") {
                -1.0
            } else {
                1.0
            };
            sign * price.to_f64() * quantity.unwrap_or(1.0)
        });
        let listed: f64 = listed.sum();
        assert!(
            (of("By these prices") / listed - 1.0).abs() < 1e-3,
            "{offer:?}"
        );
        assert!(of("Monthly fee") > 2_500.0 && of("Indexation") > 0.0);
    }
    // Nobody works at the weekend, but contacts come.
    let by_contact = quote.offers[0].charges.iter();
    assert!(
        by_contact
            .map(|(what, _)| &what[..])
            .any(|what| what == "Uplift, weekend")
    );
    let said = quote.terms.join("\n");
    for term in [
        "12\u{202f}000.00 CZK once",
        "monthly fee 2\u{202f}500.00",
        "50 % on top on Saturdays",
        "3 % a year",
        "exclude VAT",
    ] {
        assert!(said.contains(term), "no `{term}` in {said}");
    }
    // A minimum above what the prices bring is the price of the month; the prices stay as without it.
    let (scenario, demand) = hourly(|tariff| tariff.minimum_per_month = money(1e6));
    let bound = quoted(&scenario, &demand, |other| even(&demand, other));
    for (offer, without) in bound.offers.iter().zip(&plain.offers) {
        assert_eq!(offer.per_month, money(1e6));
        assert!(offer.margins[0] > 0.25);
        let minimum = offer.minimum.expect("a minimum that rules");
        assert_eq!(minimum.months, 12, "{}", offer.form.name());
        assert!(minimum.top_up.to_f64() > 0.0 && minimum.top_up < offer.per_month);
        assert_eq!(offer.prices.len(), without.prices.len());
    }
}

/// An exit fee in euro at a price in crowns: the rate and its day stand in the terms.
#[test]
fn amounts_in_another_currency_say_their_rate() {
    let text = include_str!("problems/no-contacts/scenario.toml")
        .replace("kind = \"in-house\"", "kind = \"outsourced-dedicated\"")
        .replace("employer = \"own\"", "employer = \"partner\"");
    let tariff =
        "[setup.tariff]\nform = \"per-logged-hour\"\nprice = \"400 CZK\"\nexit_fee = \"400 EUR\"\n";
    let read = read(&format!("{text}\n{tariff}"));
    let rates = read.setups[SETUP].tariff.clone().unwrap().rates;
    assert_eq!(rates.len(), 1);
    let (scenario, demand) = hourly(|tariff| tariff.rates = rates.clone());
    let quote = quoted(&scenario, &demand, |other| even(&demand, other));
    let said = quote.terms.join("\n");
    assert!(said.contains("EUR at 24.3 CZK of 2026-11-02"), "{said}");
}

/// Mail within eight hours of opening time is another promise than within eight by the calendar.
#[test]
fn a_deadline_says_its_clock() {
    let (mut scenario, demand) = hourly(|_| {});
    scenario.queues[QUEUE].service = Service::Deferrable {
        deadline: Deadline {
            within: crewcast::units::Seconds(28_800.0),
            clock: DeadlineClock::Business,
            share: Share(0.95),
        },
    };
    let quote = quoted(&scenario, &demand, |other| even(&demand, other));
    assert_eq!(quote.expected[0].clock, Some(DeadlineClock::Business));
}
