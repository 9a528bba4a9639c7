//! Pay of a shift: hours by wage, premiums by the site's rules on its wall clock.

use chrono::{DateTime, Datelike, Duration, NaiveDate, Timelike, Utc, Weekday};

use super::PlannedBreak;
use crate::scenario::{LabourRules, Premium, PremiumBase, PremiumTime, Site, Stacking};

/// Pay is worked out in pieces of this length; wall clocks and rules move in multiples of it.
const PIECE_MINUTES: i64 = 5;

/// What one agent earns for a shift, before charges.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Pay {
    /// Wage and premiums.
    pub pay: f64,
    /// The premiums in it.
    pub premium: f64,
    /// Hours paid.
    pub hours: f64,
}

/// Pay of the part of `start..end` that lies within `within`, unpaid breaks taken out.
pub(super) fn of_shift(
    site: &Site,
    wage: f64,
    (start, end): (DateTime<Utc>, DateTime<Utc>),
    breaks: &[PlannedBreak],
    within: (DateTime<Utc>, DateTime<Utc>),
) -> Pay {
    let mut pay = Pay::default();
    let mut at = start.max(within.0);
    let end = end.min(within.1);
    while at < end {
        let next = (at + Duration::minutes(PIECE_MINUTES)).min(end);
        let unpaid = breaks
            .iter()
            .any(|b| !b.paid && b.start <= at && at < b.end);
        if !unpaid {
            let hours = (next - at).num_seconds() as f64 / 3600.0;
            let premium = hours * premium_per_hour(site, wage, at);
            pay.hours += hours;
            pay.premium += premium;
            pay.pay += hours * wage + premium;
        }
        at = next;
    }
    pay
}

/// Premiums on top of the wage at an instant, per hour.
fn premium_per_hour(site: &Site, wage: f64, at: DateTime<Utc>) -> f64 {
    let LabourRules {
        premiums, stacking, ..
    } = &site.rules;
    let local = at.with_timezone(&site.zone).naive_local();
    let day = local.date();
    let minute = local.hour() * 60 + local.minute();
    let due = premiums
        .iter()
        .filter(|premium| premium.valid_from.is_none_or(|from| from <= day))
        .filter(|premium| falls_on(premium, site, day, minute))
        .map(|premium| match premium.base {
            PremiumBase::OwnPay => premium.rate * wage,
            PremiumBase::Hourly(base) => premium.rate * base,
        });
    match stacking {
        Stacking::Add => due.sum(),
        Stacking::Highest => due.fold(0.0, f64::max),
    }
}

fn falls_on(premium: &Premium, site: &Site, day: NaiveDate, minute: u32) -> bool {
    match premium.time {
        PremiumTime::Night { from, to } if from <= to => (from..to).contains(&minute),
        PremiumTime::Night { from, to } => minute >= from || minute < to,
        PremiumTime::Saturday => day.weekday() == Weekday::Sat,
        PremiumTime::Sunday => day.weekday() == Weekday::Sun,
        PremiumTime::Holiday => site.calendar.holiday(day).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{Calendar, OpeningHours};
    use crate::units::Hours;
    use chrono::TimeZone;

    fn site(stacking: Stacking) -> Site {
        let premium = |time, rate| Premium {
            time,
            rate,
            base: PremiumBase::OwnPay,
            valid_from: None,
        };
        Site {
            name: "brno".to_owned(),
            zone: chrono_tz::Europe::Prague,
            calendar: Calendar::default(),
            hours: OpeningHours::always(),
            seats: None,
            rules: LabourRules {
                name: "CZ".to_owned(),
                premiums: vec![
                    premium(
                        PremiumTime::Night {
                            from: 22 * 60,
                            to: 6 * 60,
                        },
                        0.1,
                    ),
                    premium(PremiumTime::Sunday, 0.5),
                ],
                stacking,
                daily_rest: Hours(11.0),
                max_week: Hours(48.0),
                full_time: Hours(40.0),
                max_days: 5,
                source: String::new(),
            },
        }
    }

    fn paid(stacking: Stacking, from: (u32, u32), hours: i64) -> Pay {
        // The clocks go forward on Sunday 29 March 2026 at 02:00.
        let start = chrono_tz::Europe::Prague
            .with_ymd_and_hms(2026, 3, from.0, from.1, 0, 0)
            .unwrap()
            .with_timezone(&Utc);
        let end = start + Duration::hours(hours);
        of_shift(&site(stacking), 10.0, (start, end), &[], (start, end))
    }

    #[test]
    fn nights_and_sundays_are_paid_on_the_wall_clock() {
        let night = paid(Stacking::Add, (24, 20), 8);
        assert!((night.pay - 86.0).abs() < 1e-9, "{night:?}");
        // Saturday 22:00 for eight hours ends at 07:00 on the wall clock: seven hours of night, six of
        // Sunday, one of them past the night.
        let short_night = paid(Stacking::Add, (28, 22), 8);
        assert!(
            (short_night.premium - (7.0 + 30.0)).abs() < 1e-9,
            "{short_night:?}"
        );
        let highest = paid(Stacking::Highest, (28, 22), 8);
        assert!((highest.premium - (2.0 + 30.0)).abs() < 1e-9, "{highest:?}");
    }

    #[test]
    fn what_lies_outside_the_horizon_and_unpaid_breaks_are_not_paid() {
        let at = |hour| Utc.with_ymd_and_hms(2026, 3, 24, hour, 0, 0).unwrap();
        let pause = PlannedBreak {
            start: at(11),
            end: at(12),
            paid: false,
        };
        let site = site(Stacking::Add);
        let pay = of_shift(&site, 10.0, (at(8), at(16)), &[pause], (at(9), at(20)));
        assert!((pay.hours - 6.0).abs() < 1e-9);
        assert!((pay.pay - 60.0).abs() < 1e-9);
    }
}
