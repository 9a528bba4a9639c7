//! Published prices and rules, reproduced; sources beside each.

mod cost_fixture;

use cost_fixture::*;
use crewcast::cost::{self, Costing, billed_minutes};
use crewcast::scenario::*;
use crewcast::time::Calendar;
use crewcast::units::{Hours, Seconds, Share};

/// In-house at `wage`: 21 days of 8 hours in the month, 217 contacts (10 on each of 21.7 days).
fn in_house(wage: f64) -> Costing {
    let scenario = scenario(month(), wage, setup("in-house", OWN, None));
    let demand = demand(&scenario, 217.0);
    let staffing = staffing(&scenario, OWN, &mornings(month(), 21), 8, 1);
    cost::price(
        &scenario,
        SETUP,
        &demand,
        &staffing,
        &observed(&demand, 0.9),
    )
}

/// A partner under `tariff`: `contacts` in the month, `hours` a day on 21 days.
fn partner(tariff: Tariff, contacts: f64) -> Costing {
    partner_with(tariff, contacts, |_| {})
}

fn partner_with(tariff: Tariff, contacts: f64, change: impl Fn(&mut Scenario)) -> Costing {
    let mut scenario = scenario(month(), 200.0, setup("partner", PARTNER, Some(tariff)));
    change(&mut scenario);
    let demand = demand(&scenario, contacts);
    let staffing = staffing(&scenario, PARTNER, &mornings(month(), 21), 8, 1);
    cost::price(
        &scenario,
        SETUP,
        &demand,
        &staffing,
        &observed(&demand, 0.9),
    )
}

fn line<'a>(costing: &'a Costing, name: &str) -> &'a cost::CostLine {
    let found = costing.lines.iter().find(|line| line.line == name);
    found.unwrap_or_else(|| panic!("no line {name} in {:#?}", costing.lines))
}

fn flat(fee: f64) -> Tariff {
    Tariff::of(PriceForm::Flat {
        fee: money(fee),
        included: 217.0,
        overage: money(134.0),
    })
}

/// customerhero.cz/blog/maly-eshop-uspora-zakaznicky-servis: 10 calls or chats a day need one full-timer,
/// 200 CZK an hour ≈ 45,000 CZK a month; a partner asks 29,000 CZK + VAT. 200 × 168 × 1.338 = 44,956.80.
#[test]
fn the_small_czech_shop() {
    let own = in_house(200.0);
    assert_eq!(line(&own, "Pay, rostered hours").amount, money(33_600.0));
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

#[test]
fn flat_with_overage_bills_only_what_is_beyond() {
    let costing = partner(flat(29_000.0), 300.0);
    assert_eq!(line(&costing, "Overage").amount, money(83.0 * 134.0));
    let below = partner(flat(29_000.0), 100.0);
    assert_eq!(below.total(), money(29_000.0));
}

#[test]
fn interactions_are_priced_by_the_row_that_names_most() {
    let row = |channel, contact_type: Option<&str>, price| InteractionPrice {
        channel,
        contact_type: contact_type.map(str::to_owned),
        language: None,
        price: money(price),
    };
    let form = PriceForm::PerInteraction {
        prices: vec![
            row(Some(Channel::Phone), None, 90.0),
            row(Some(Channel::Phone), Some("order-status"), 70.0),
            row(Some(Channel::Chat), Some("order-status"), 50.0),
        ],
        other: money(110.0),
    };
    assert_eq!(
        partner(Tariff::of(form.clone()), 200.0).total(),
        money(14_000.0)
    );
    let product = partner_with(Tariff::of(form.clone()), 200.0, |scenario| {
        scenario.queues[QUEUE].contact_type.name = "product".to_owned();
    });
    assert_eq!(product.total(), money(18_000.0));
    let mail = partner_with(Tariff::of(form), 200.0, |scenario| {
        scenario.queues[QUEUE].channel = Channel::Email;
    });
    assert_eq!(mail.total(), money(22_000.0));
}

/// Billable is defined: repeats at FCR 80 % and half coming back are 1 − 1 ÷ (1 ÷ (1 − 0.2 × 0.5)) = 10 %.
#[test]
fn repeats_and_spam_can_be_free() {
    let mut tariff = Tariff::of(PriceForm::PerInteraction {
        prices: Vec::new(),
        other: money(10.0),
    });
    assert_eq!(partner(tariff.clone(), 1000.0).total(), money(10_000.0));
    tariff.billable.repeats = false;
    assert_eq!(partner(tariff.clone(), 1000.0).total(), money(9_000.0));
    tariff.billable.spam = Share(0.05);
    assert_eq!(partner(tariff, 1000.0).total(), money(8_550.0));
}

/// A call of exactly 61 seconds is one minute and a second, or two started minutes.
#[test]
fn minutes_round_per_call() {
    let exact = |seconds: f64| HandleTime {
        mean: Seconds(seconds),
        cv: 0.0,
    };
    let whole = BilledMinutes::TalkAndWrap;
    assert!((billed_minutes(exact(61.0), whole, 1) - 61.0 / 60.0).abs() < 1e-9);
    assert!((billed_minutes(exact(61.0), whole, 60) - 2.0).abs() < 1e-9);
    assert!((billed_minutes(exact(59.0), whole, 60) - 1.0).abs() < 1e-9);
    assert_eq!(billed_minutes(exact(0.0), whole, 60), 0.0);
    // Half of it is talk.
    let talk = BilledMinutes::Talk(Share(0.5));
    assert!((billed_minutes(exact(122.0), talk, 60) - 2.0).abs() < 1e-9);

    // Over lognormal calls rounding up to a minute adds about half a minute (E⌈X⌉ ≈ E X + 1/2), checked
    // against 200,000 draws at the quantiles of the distribution.
    let spread = HandleTime {
        mean: Seconds(300.0),
        cv: 1.0,
    };
    use statrs::distribution::{ContinuousCDF, LogNormal};
    let variance = 2.0_f64.ln();
    let law = LogNormal::new(5.0_f64.ln() - variance / 2.0, variance.sqrt()).unwrap();
    let n = 200_000;
    let drawn: f64 = (0..n)
        .map(|k| law.inverse_cdf((f64::from(k) + 0.5) / f64::from(n)).ceil())
        .sum::<f64>()
        / f64::from(n);
    let found = billed_minutes(spread, whole, 60);
    assert!((found - drawn).abs() < 0.01, "{found} {drawn}");
    assert!(found > 5.45 && found < 5.55);

    let tariff = |rounding_seconds| {
        Tariff::of(PriceForm::PerMinute {
            price: money(10.0),
            rounding_seconds,
            minutes: whole,
        })
    };
    assert_eq!(partner(tariff(1), 100.0).total(), money(5_000.0));
    let rounded = partner(tariff(60), 100.0).total().to_f64();
    assert!((rounded - 1000.0 * found).abs() < 0.01);
}

#[test]
fn hours_are_billed_on_the_line_logged_or_as_full_time_agents() {
    let hour = partner(
        Tariff::of(PriceForm::PerProductiveHour {
            price: money(500.0),
        }),
        217.0,
    );
    assert_eq!(hour.total(), money(500.0 * 168.0));
    // Two hours of each shift are a paid break: logged, not productive.
    let scenario_of = |form| scenario(month(), 200.0, setup("p", PARTNER, Some(Tariff::of(form))));
    let total = |form: PriceForm| {
        let scenario = scenario_of(form);
        let demand = demand(&scenario, 217.0);
        let mut staffing = staffing(&scenario, PARTNER, &mornings(month(), 21), 6, 1);
        for shift in &mut staffing.shifts {
            shift.paid_hours = 8.0;
        }
        cost::price(
            &scenario,
            SETUP,
            &demand,
            &staffing,
            &observed(&demand, 0.9),
        )
        .total()
    };
    let price = money(500.0);
    assert_eq!(
        total(PriceForm::PerProductiveHour { price }),
        money(500.0 * 126.0)
    );
    assert_eq!(
        total(PriceForm::PerLoggedHour { price }),
        money(500.0 * 168.0)
    );
    // 168 h of 40 × 4.348 h: one whole agent.
    let price = money(60_000.0);
    assert_eq!(total(PriceForm::PerFteMonth { price }), money(60_000.0));
}

/// ARC and RRC: beyond a band around the baseline, other rates up and down.
#[test]
fn an_anchored_baseline_moves_at_its_own_rates() {
    let tariff = Tariff::of(PriceForm::Anchored {
        fee: money(100_000.0),
        baseline: 1000.0,
        band: Share(0.1),
        additional: money(90.0),
        reduced: money(60.0),
    });
    assert_eq!(partner(tariff.clone(), 1050.0).total(), money(100_000.0));
    assert_eq!(partner(tariff.clone(), 1300.0).total(), money(118_000.0));
    assert_eq!(partner(tariff, 700.0).total(), money(88_000.0));
}

#[test]
fn the_minimum_tops_up_and_fees_come_on_top() {
    let mut tariff = Tariff::of(PriceForm::PerInteraction {
        prices: Vec::new(),
        other: money(100.0),
    });
    tariff.minimum_per_month = money(15_000.0);
    tariff.monthly_fee = money(2_000.0);
    tariff.setup_fee = money(12_000.0);
    tariff.term_months = 24;
    let below = partner(tariff.clone(), 100.0);
    assert_eq!(line(&below, "Top-up to the minimum").amount, money(5_000.0));
    assert_eq!(below.total(), money(15_000.0 + 2_000.0 + 500.0));
    let above = partner(tariff, 200.0);
    assert!(
        above
            .lines
            .iter()
            .all(|line| !line.line.starts_with("Top-up"))
    );
    assert_eq!(above.total(), money(20_000.0 + 2_500.0));
}

/// German rate card (callcenterprojekte.com): 24/7 +15–25 %, English +5–10 %; here all uplifts add up.
#[test]
fn uplifts_fall_on_nights_weekends_languages_and_open_doors() {
    let mut tariff = Tariff::of(PriceForm::PerInteraction {
        prices: Vec::new(),
        other: money(100.0),
    });
    tariff.uplifts.night = Share(0.25);
    tariff.uplifts.weekend = Share(0.10);
    tariff.uplifts.round_the_clock = Share(0.15);
    tariff.uplifts.languages = vec![(crewcast::ids::LanguageId(0), Share(0.05))];
    let mut scenario = scenario(week(), 200.0, setup("p", PARTNER, Some(tariff)));
    scenario.markets = scenario.markets.map(|_, market| Market {
        zone: chrono_tz::UTC,
        ..market.clone()
    });
    let demand = demand(&scenario, 168.0);
    let staffing = staffing(&scenario, PARTNER, &mornings(week(), 5), 8, 1);
    let costing = cost::price(
        &scenario,
        SETUP,
        &demand,
        &staffing,
        &observed(&demand, 0.9),
    );
    assert_eq!(
        line(&costing, "Per interaction, phone").amount,
        money(16_800.0)
    );
    assert_eq!(line(&costing, "Uplift, night").amount, money(56.0 * 25.0));
    assert_eq!(line(&costing, "Uplift, weekend").amount, money(48.0 * 10.0));
    assert_eq!(line(&costing, "Uplift, 24/7").amount, money(168.0 * 15.0));
    assert_eq!(
        line(&costing, "Uplift, language cs").amount,
        money(168.0 * 5.0)
    );
}

#[test]
fn service_above_the_promise_earns_and_below_it_costs() {
    let mut tariff = Tariff::of(PriceForm::PerInteraction {
        prices: Vec::new(),
        other: money(100.0),
    });
    tariff.bonus_malus = Some(BonusMalus {
        per_point: Share(0.01),
        most_bonus: Share(0.03),
        most_malus: Share(0.10),
    });
    let scenario = scenario(month(), 200.0, setup("p", PARTNER, Some(tariff)));
    let demand = demand(&scenario, 100.0);
    let staffing = staffing(&scenario, PARTNER, &mornings(month(), 21), 8, 1);
    let total = |reached| {
        cost::price(
            &scenario,
            SETUP,
            &demand,
            &staffing,
            &observed(&demand, reached),
        )
        .total()
    };
    assert_eq!(total(0.82), money(10_200.0));
    assert_eq!(total(0.95), money(10_300.0));
    assert_eq!(total(0.75), money(9_500.0));
    assert_eq!(total(0.40), money(9_000.0));
}

#[test]
fn indexation_raises_prices_and_minimum_but_not_the_set_up_fee() {
    let mut tariff = Tariff::of(PriceForm::PerInteraction {
        prices: Vec::new(),
        other: money(100.0),
    });
    tariff.minimum_per_month = money(15_000.0);
    tariff.setup_fee = money(12_000.0);
    tariff.term_months = 12;
    tariff.indexation = Some(Indexation {
        per_year: Share(0.10),
        from: date("2025-01-01"),
    });
    let costing = partner(tariff, 100.0);
    assert_eq!(line(&costing, "Indexation").amount, money(1_000.0));
    assert_eq!(
        line(&costing, "Top-up to the minimum").amount,
        money(5_500.0)
    );
    assert_eq!(costing.total(), money(16_500.0 + 1_000.0));
}

/// The same invoice in euros at a dated rate is the same money.
#[test]
fn two_currencies_agree() {
    use rust_decimal::Decimal;
    let euro = Conversion {
        from: Currency::EUR,
        to: Currency::CZK,
        rate: Decimal::new(25, 0),
        date: date("2026-01-02"),
    };
    let in_crowns = Tariff::of(PriceForm::PerInteraction {
        prices: Vec::new(),
        other: money(134.0),
    });
    let mut in_euros = Tariff::of(PriceForm::PerInteraction {
        prices: Vec::new(),
        other: euro.convert(Decimal::new(536, 2)),
    });
    in_euros.conversion = Some(euro);
    let (crowns, euros) = (partner(in_crowns, 217.0), partner(in_euros, 217.0));
    assert_eq!(crowns.total(), euros.total());
    assert!(euros.lines[0].basis.contains("EUR at 25 CZK of 2026-01-02"));
}

/// The labour rules built into the reader, each with the country's own money at a rate of 1.
fn built_in_rules(country: &str) -> LabourRules {
    let text = format!(
        r#"
[scenario]
name = "rules"
currency = "CZK"
start = "2026-01-05"
timezone = "Europe/Prague"
[[rate]]
from = "EUR"
to = "CZK"
value = 1
date = "2026-01-01"
[[rate]]
from = "PLN"
to = "CZK"
value = 1
date = "2026-01-01"
[[client]]
id = "shop"
orders_per_day = 100
[[market]]
id = "cz"
timezone = "Europe/Prague"
country = "CZ"
[[contact_type]]
id = "order"
[[hours]]
id = "office"
mon-fri = "08:00-18:00"
[[queue]]
id = "phone"
client = "shop"
market = "cz"
language = "cs"
channel = "phone"
contact_type = "order"
hours = "office"
target = "80/20s"
aht = "4m"
orders = {{ contacts_per_order = 0.1 }}
[[site]]
id = "site"
timezone = "Europe/Prague"
country = "{country}"
[[shift]]
id = "day"
length = "8h"
start = "08:00-10:00"
[[group]]
id = "own"
site = "site"
employer = "own"
kind = "dedicated"
languages = ["cs"]
wage = 200
[[setup]]
id = "in-house"
kind = "in-house"
groups = ["own"]
"#
    );
    let scenario = crewcast::input::read_text(&text, None).unwrap_or_else(|problems| {
        let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
        panic!("{}", said.join("\n"))
    });
    scenario.sites[crewcast::ids::SiteId(0)].rules.clone()
}

/// Premiums of one agent's shift 22-06 on Tuesday 13 January 2026, pay in the country's own money, by the
/// rules built in. CZ: Labour Code § 116, 10 % of pay. PL: Kodeks pracy art. 151(8), 20 % of 4,806 ÷ 160 h
/// = PLN 6.01 an hour (finance.ua, 30 Jan 2026). RO: Codul muncii art. 126, 25 %. BG: 0.15 % of the
/// monthly minimum wage an hour, EUR 620.20, at least EUR 0.51. CO: Ley 2466 of 2025, 35 % from 19:00.
#[test]
fn a_night_shift_in_five_countries() {
    use chrono_tz::{America, Europe};
    let pay = |country: &str, zone: chrono_tz::Tz, wage: f64, from: u32| {
        let mut site = site(zone, Vec::new(), Stacking::Add);
        site.rules = built_in_rules(country);
        if country == "PL" {
            // The two holidays of January that are no Sundays.
            for day in ["2026-01-01", "2026-01-06"] {
                site.calendar.added.insert(date(day), "holiday".to_owned());
            }
        }
        let wall = date("2026-01-13").and_hms_opt(from, 0, 0).unwrap();
        let start = crewcast::time::zone::instant(zone, wall);
        let end = start + chrono::Duration::hours(8);
        let paid: f64 = site
            .premiums(wage, start, end, &[])
            .iter()
            .map(|pay| pay.amount)
            .sum();
        (paid * 100.0).round() / 100.0
    };
    assert_eq!(pay("CZ", Europe::Prague, 200.0, 22), 160.0);
    assert_eq!(pay("PL", Europe::Warsaw, 35.0, 22), 48.06);
    assert_eq!(pay("RO", Europe::Bucharest, 30.0, 22), 60.0);
    assert_eq!(pay("BG", Europe::Sofia, 6.0, 22), 7.44);
    assert_eq!(pay("CO", America::Bogota, 10_000.0, 22), 28_000.0);
    // Romania pays from three night hours on: 16-24 has two, 17-01 three.
    assert_eq!(pay("RO", Europe::Bucharest, 30.0, 16), 0.0);
    assert_eq!(pay("RO", Europe::Bucharest, 30.0, 17), 22.5);
    // Bulgaria's floor holds where the minimum wage gives less.
    let mut bulgaria = built_in_rules("BG").premiums[0].clone();
    assert_eq!(bulgaria.floor, 0.51);
    bulgaria.base = PremiumBase::Hourly(300.0);
    let site = site(Europe::Sofia, vec![bulgaria], Stacking::Add);
    let night = site.premiums(6.0, utc("2026-01-13 20:00"), utc("2026-01-14 04:00"), &[]);
    assert!((night[0].amount - 8.0 * 0.51).abs() < 1e-9);
}

/// Polish minimum-wage hours (finance.ua, 30 Jan 2026): night PLN 6.01 in January, 5.46 in March.
#[test]
fn the_polish_hour_depends_on_the_month() {
    let mut calendar = Calendar::default();
    for day in ["2026-01-01", "2026-01-06"] {
        calendar.added.insert(date(day), "holiday".to_owned());
    }
    assert_eq!(month_hours(date("2026-01-20"), &calendar), Hours(160.0));
    assert_eq!(month_hours(date("2026-03-02"), &calendar), Hours(176.0));
    let rate = |day: &str| {
        let hour = 4806.0 / month_hours(date(day), &calendar).value() * 0.20;
        (hour * 100.0).round() / 100.0
    };
    assert_eq!((rate("2026-01-20"), rate("2026-03-02")), (6.01, 5.46));
}

/// Colombia's rest day: 80 % of pay until 30 June 2026, 90 % from 1 July (Ley 2466 of 2025). Sundays 28
/// June and 5 July, 8 hours each at 10,000 an hour; and one shift over midnight of a change of the rate.
#[test]
fn a_month_that_spans_a_rate_change() {
    let mut scenario = scenario(
        crewcast::time::Horizon {
            start: utc("2026-06-22 00:00"),
            slot_minutes: 60,
            slots: 336,
        },
        10_000.0,
        setup("in-house", OWN, None),
    );
    let bogota = Site {
        rules: built_in_rules("CO"),
        ..site(chrono_tz::America::Bogota, Vec::new(), Stacking::Add)
    };
    scenario.sites = scenario.sites.map(|_, _| bogota.clone());
    let demand = demand(&scenario, 100.0);
    let starts = [utc("2026-06-28 14:00"), utc("2026-07-05 14:00")];
    let staffing = staffing(&scenario, OWN, &starts, 8, 1);
    let costing = cost::price(
        &scenario,
        SETUP,
        &demand,
        &staffing,
        &observed(&demand, 0.9),
    );
    assert_eq!(
        line(&costing, "Premium, Sunday").amount,
        money(64_000.0 + 72_000.0)
    );
    // Night from 19:00 takes the place of night from 21:00 on 25 December 2025, a Thursday.
    let hours = |from: &str, to: &str| bogota.premiums(1.0, utc(from), utc(to), &[])[0].hours;
    assert_eq!(hours("2025-12-24 20:00", "2025-12-25 05:00"), 3.0);
    assert_eq!(hours("2025-12-25 20:00", "2025-12-26 05:00"), 5.0);
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
    assert_eq!(line(&costing, "Pay, rostered hours").amount, money(4_000.0));
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
        borrowed: vec![Borrowed {
            who: "accountant".to_owned(),
            hours: Hours(4.0),
            hour: money(350.0),
        }],
        whole_contracts: true,
        ..InHouseCosts::default()
    };
    let months = 12.0 / 365.25 * 7.0;
    let scenario = scenario(week(), 100.0, terms);
    let demand = demand(&scenario, 1000.0);
    let starts = mornings(week(), 5);
    let costing_of = |agents| {
        let staffing = staffing(&scenario, OWN, &starts, 8, agents);
        cost::price(
            &scenario,
            SETUP,
            &demand,
            &staffing,
            &observed(&demand, 0.9),
        )
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
    // Idle time is said, not charged twice: 440 h on the line, 83.3 h of work.
    let idle = &costing.detail.information[0];
    assert!((idle.amount.to_f64() - (440.0 - 1000.0 * 300.0 / 3600.0) * 133.8).abs() < 1.0);
}
