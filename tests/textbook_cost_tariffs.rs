//! The rules of each price form: what is billed, rounded, topped up, raised and converted.

mod cost_fixture;

use cost_fixture::*;
use crewcast::cost::{self, billed_minutes};
use crewcast::ids::ClientId;
use crewcast::scenario::*;
use crewcast::units::{Seconds, Share};

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
        priced(&scenario, &demand, &staffing).total()
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
    let mut tariff = Tariff::of(PriceForm::Anchored {
        fee: money(100_000.0),
        baseline: 1000.0,
        band: Share(0.1),
        additional: money(90.0),
        reduced: money(60.0),
    });
    assert_eq!(partner(tariff.clone(), 1050.0).total(), money(100_000.0));
    assert_eq!(partner(tariff.clone(), 1300.0).total(), money(118_000.0));
    assert_eq!(partner(tariff.clone(), 700.0).total(), money(88_000.0));
    // No more comes back than was paid, and no minimum tops it up.
    let PriceForm::Anchored { reduced, .. } = &mut tariff.form else {
        panic!("anchored");
    };
    *reduced = money(200.0);
    let costing = partner(tariff, 100.0);
    assert_eq!(costing.total(), Money::ZERO);
    let lines = costing.lines.iter();
    assert_eq!(
        lines.filter(|line| line.line.starts_with("Top-up")).count(),
        0
    );
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
    let costing = priced(&scenario, &demand, &staffing);
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

/// Mail that comes by night is answered in the morning: no hour of it is a night's.
#[test]
fn what_may_wait_is_charged_for_the_hours_in_which_it_is_handled() {
    let mut tariff = Tariff::of(PriceForm::PerInteraction {
        prices: Vec::new(),
        other: money(100.0),
    });
    tariff.uplifts.night = Share(0.25);
    tariff.uplifts.weekend = Share(0.10);
    let mut scenario = scenario(week(), 200.0, setup("p", PARTNER, Some(tariff)));
    let office = |day: usize| {
        if day < 5 {
            vec![(540, 1020)]
        } else {
            Vec::new()
        }
    };
    let queue = &mut scenario.queues[QUEUE];
    queue.channel = Channel::Email;
    queue.hours.week = std::array::from_fn(office);
    queue.service = Service::Deferrable {
        deadline: Deadline {
            within: Seconds(86_400.0),
            share: Share(0.95),
            clock: DeadlineClock::Calendar,
        },
    };
    let demand = demand(&scenario, 168.0);
    let staffing = staffing(&scenario, PARTNER, &mornings(week(), 5), 8, 1);
    let costing = priced(&scenario, &demand, &staffing);
    let uplifts = costing
        .lines
        .iter()
        .filter(|line| line.line.starts_with("Uplift"));
    assert_eq!(uplifts.count(), 0, "{:#?}", costing.lines);
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

/// Two shops of 100 and 300 contacts at 100 each, with a minimum of 20,000 a month: one contract charges 40,000 and tops
/// nothing up; two contracts top up the first shop's 10,000, and each pays its fee.
#[test]
fn shops_that_stand_alone_have_fees_and_minimum_each() {
    let mut tariff = Tariff::of(PriceForm::PerInteraction {
        prices: Vec::new(),
        other: money(100.0),
    });
    tariff.minimum_per_month = money(20_000.0);
    tariff.monthly_fee = money(1_000.0);
    tariff.exit_fee = money(500.0);
    let mut scenario = scenario(month(), 200.0, setup("partner", PARTNER, Some(tariff)));
    let second = scenario.clients[ClientId(0)].clone();
    let second = scenario.clients.push(second);
    let mut queue = scenario.queues[QUEUE].clone();
    queue.client = second;
    let queue = scenario.queues.push(queue);
    scenario.groups[PARTNER].clients.push(second);
    let mut demand = demand(&scenario, 100.0);
    demand.queues[queue] = crewcast::whatif::scaled_queue(&demand.queues[queue], 3.0);
    let mut priced = |per_client: bool| {
        scenario.setups[SETUP].per_client = per_client;
        let usage = cost::Usage::of_demand(&scenario, SETUP, &demand);
        let whole = cost::price_usage(&scenario, SETUP, &usage, None);
        let parts: Vec<Money> = scenario
            .clients
            .ids()
            .map(|client| {
                let alone = crewcast::whatif::for_client(&scenario, SETUP, client);
                let usage = cost::Usage::of_demand(&alone, SETUP, &demand);
                cost::price_usage(&alone, SETUP, &usage, None).total()
            })
            .collect();
        (whole, parts)
    };
    let near = |amount: Money, wanted: f64| (amount.to_f64() - wanted).abs() < 25.0;
    let months = month().weeks() * crewcast::time::MONTHS_PER_WEEK;
    let (together, parts) = priced(false);
    let sum = parts.iter().copied().sum::<Money>() - together.total();
    assert!(sum.to_f64().abs() < 0.05, "{sum}");
    // The fee is divided as the charges are.
    assert!((parts[1].to_f64() / parts[0].to_f64() - 3.0).abs() < 1e-3);
    assert!(near(together.total(), 40_000.0 + 1_000.0 * months));
    let (each, parts) = priced(true);
    let topped_up = line(&each, "Top-up to the minimum").amount;
    assert!(near(topped_up, 20_000.0 * months - 10_000.0), "{topped_up}");
    assert!(near(line(&each, "Monthly fee").amount, 2_000.0 * months));
    assert_eq!(parts.iter().copied().sum::<Money>(), each.total());
    assert_eq!(each.detail.charges.len(), 2);
    // Exit fee and a month's notice are due twice.
    let once = together.detail.lock_in.to_f64();
    assert!((each.detail.lock_in.to_f64() - 2.0 * once).abs() < 0.02);
}

/// People at 60,000 a month bind as a fee of 60,000 does: what has risen and VAT are due through the notice too.
#[test]
fn people_by_the_month_bind_like_a_fee() {
    let bound = |form: PriceForm| {
        let mut tariff = Tariff::of(form);
        (tariff.exit_fee, tariff.notice_days) = (money(50_000.0), 90);
        (tariff.vat, tariff.vat_deductible) = (Share(0.21), false);
        tariff.indexation = Some(Indexation {
            per_year: Share(0.10),
            from: date("2023-12-15"),
        });
        let detail = partner(tariff, 100.0).detail;
        (detail.committed_per_month, detail.lock_in)
    };
    let price = money(60_000.0);
    let people = bound(PriceForm::PerFteMonth { price });
    let fee = bound(PriceForm::Flat {
        fee: price,
        included: 1e6,
        overage: money(0.0),
    });
    assert_eq!(people, fee);
    // Two rises of 10 %, VAT of 21 %.
    assert_eq!(people.0, money(87_846.0));
    let notice = 87_846.0 * 90.0 / (365.25 / 12.0);
    assert_eq!(people.1, money(60_500.0 + notice).rounded());
}

/// A rise of the 16th counts for what is charged from then on, not for days without a contact.
#[test]
fn a_rise_inside_the_weeks_counts_for_charges_after_it() {
    let mut tariff = Tariff::of(PriceForm::PerInteraction {
        prices: Vec::new(),
        other: money(100.0),
    });
    tariff.indexation = Some(Indexation {
        per_year: Share(0.10),
        from: date("2025-01-16"),
    });
    let scenario = scenario(month(), 200.0, setup("partner", PARTNER, Some(tariff)));
    let risen = |days: std::ops::Range<usize>| {
        let mut demand = demand(&scenario, 100.0);
        let slots = demand.queues[QUEUE].mean.iter_mut().enumerate();
        for (slot, contacts) in slots {
            *contacts = f64::from(u8::from(days.contains(&(slot / 96))));
        }
        let usage = cost::Usage::of_demand(&scenario, SETUP, &demand);
        let costing = cost::price_usage(&scenario, SETUP, &usage, None);
        let plain = line(&costing, "Per interaction, phone").amount;
        costing.total().to_f64() / plain.to_f64()
    };
    assert!((risen(0..14) - 1.0).abs() < 1e-9);
    assert!((risen(16..30) - 1.1).abs() < 1e-9);
}
