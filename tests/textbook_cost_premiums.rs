//! Premiums by country as published; sources beside each.

mod cost_fixture;

use cost_fixture::*;
use crewcast::scenario::*;
use crewcast::time::Calendar;
use crewcast::units::Hours;

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
    let scenario = read(&text);
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
            .premiums(wage, (start, end), &[], &(start..end))
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
    let (start, end) = (utc("2026-01-13 20:00"), utc("2026-01-14 04:00"));
    let night = site.premiums(6.0, (start, end), &[], &(start..end));
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
    let costing = priced(&scenario, &demand, &staffing);
    assert_eq!(
        line(&costing, "Premium, Sunday").amount,
        money(64_000.0 + 72_000.0)
    );
    // Night from 19:00 takes the place of night from 21:00 on 25 December 2025, a Thursday.
    let hours = |from: &str, to: &str| {
        let (start, end) = (utc(from), utc(to));
        bogota.premiums(1.0, (start, end), &[], &(start..end))[0].hours
    };
    assert_eq!(hours("2025-12-24 20:00", "2025-12-25 05:00"), 3.0);
    assert_eq!(hours("2025-12-25 20:00", "2025-12-26 05:00"), 5.0);
}
