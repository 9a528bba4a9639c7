//! A place where agents work: wall clock, labour rules, seats.

use std::ops::Range;

use chrono::{
    DateTime, Datelike, Days, Duration, NaiveDate, NaiveDateTime, Timelike, Utc, Weekday,
};
use chrono_tz::Tz;

use super::labour::{LabourRules, is_between};
use crate::time::{Calendar, OpeningHours};
use crate::units::Hours;

/// A place where agents work.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    pub name: String,
    pub zone: Tz,
    pub calendar: Calendar,
    pub hours: OpeningHours,
    /// Most agents at once; none means no limit.
    pub seats: Option<u32>,
    pub rules: LabourRules,
}

/// Pay on top at certain times.
#[derive(Debug, Clone, PartialEq)]
pub struct Premium {
    pub time: PremiumTime,
    /// Share of the base.
    pub rate: f64,
    pub base: PremiumBase,
    /// Takes the place of earlier premiums of its kind from this day on.
    pub valid_from: Option<NaiveDate>,
    /// Paid only where a shift holds at least this much of the premium's time.
    pub least_hours: Hours,
    /// Least amount per hour, in the scenario's currency.
    pub floor: f64,
}

/// When a premium is paid, on the site's wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PremiumTime {
    /// From minute to minute of the day, over midnight where `from > to`.
    Night {
        from: u32,
        to: u32,
    },
    Saturday,
    Sunday,
    Holiday,
}

/// The kinds of premium, as cost lines name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PremiumKind {
    Night,
    Saturday,
    Sunday,
    Holiday,
}

/// What a premium is a share of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PremiumBase {
    /// The agent's own hourly pay.
    OwnPay,
    /// A fixed amount (a minimum wage) in the scenario's currency.
    Hourly(f64),
    /// A minimum wage per month in the scenario's currency, over the month's working hours: 8 for each
    /// Monday to Friday, less 8 for each holiday that is no Sunday (Polish labour code, art. 130).
    MonthlyMinimum(f64),
}

/// Several premiums in one hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stacking {
    /// All are paid.
    Add,
    /// Only the highest is paid.
    Highest,
    /// The highest of Saturday, Sunday and holiday is paid, and the night beside it.
    HighestDayAndNight,
}

/// Premium pay of one kind within a shift.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PremiumPay {
    pub kind: PremiumKind,
    pub hours: f64,
    /// In the scenario's currency.
    pub amount: f64,
}

impl Premium {
    /// A premium that has always been paid, for any length of time.
    pub fn new(time: PremiumTime, rate: f64, base: PremiumBase) -> Self {
        Self {
            time,
            rate,
            base,
            valid_from: None,
            least_hours: Hours::ZERO,
            floor: 0.0,
        }
    }

    /// The same premium, from a day on.
    pub fn from(mut self, day: NaiveDate) -> Self {
        self.valid_from = Some(day);
        self
    }

    fn per_hour(&self, wage: f64, day: NaiveDate, calendar: &Calendar) -> f64 {
        let base = match self.base {
            PremiumBase::OwnPay => wage,
            PremiumBase::Hourly(amount) => amount,
            PremiumBase::MonthlyMinimum(amount) => {
                amount / month_hours(day, calendar).value().max(1.0)
            }
        };
        (self.rate * base).max(self.floor)
    }

    fn is_valid(&self, day: NaiveDate) -> bool {
        self.valid_from.is_none_or(|from| from <= day)
    }
}

impl PremiumTime {
    /// Its kind.
    pub const fn kind(self) -> PremiumKind {
        match self {
            Self::Night { .. } => PremiumKind::Night,
            Self::Saturday => PremiumKind::Saturday,
            Self::Sunday => PremiumKind::Sunday,
            Self::Holiday => PremiumKind::Holiday,
        }
    }

    fn holds(self, at: NaiveDateTime, calendar: &Calendar) -> bool {
        match self {
            Self::Night { from, to } => is_between(from, to, at.hour() * 60 + at.minute()),
            Self::Saturday => at.weekday() == Weekday::Sat,
            Self::Sunday => at.weekday() == Weekday::Sun,
            Self::Holiday => calendar.holiday(at.date()).is_some(),
        }
    }

    /// The longest step in minutes that never leaps over one of its edges.
    fn grain(self) -> i64 {
        match self {
            Self::Night { from, to } if from % 15 != 0 || to % 15 != 0 => 1,
            _ => 15,
        }
    }
}

impl PremiumKind {
    /// Every kind, in the order of the cost lines.
    pub const ALL: [Self; 4] = [Self::Night, Self::Saturday, Self::Sunday, Self::Holiday];

    /// The kind in words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Night => "night",
            Self::Saturday => "Saturday",
            Self::Sunday => "Sunday",
            Self::Holiday => "holiday",
        }
    }
}

impl Site {
    /// Premium pay of one agent at `wage` an hour who works from `start` to `end` but for the `unpaid`
    /// breaks, by kind, for what of it lies `within` a span; each hour is judged by the site's wall clock and the
    /// rules valid on its day.
    pub fn premiums(
        &self,
        wage: f64,
        (start, end): (DateTime<Utc>, DateTime<Utc>),
        unpaid: &[(DateTime<Utc>, DateTime<Utc>)],
        within: &Range<DateTime<Utc>>,
    ) -> Vec<PremiumPay> {
        if self.rules.premiums.is_empty() {
            return Vec::new();
        }
        let grains = self.rules.premiums.iter();
        let grain = grains.map(|premium| premium.time.grain()).min();
        let pieces = self.pieces(start, end, unpaid, grain.unwrap_or(15));
        let enough: Vec<bool> = self
            .rules
            .premiums
            .iter()
            .map(|premium| {
                let hours: f64 = pieces
                    .iter()
                    .filter(|(at, _)| premium.time.holds(self.local(*at), &self.calendar))
                    .map(|(_, hours)| hours)
                    .sum();
                hours >= premium.least_hours.value()
            })
            .collect();
        let mut paid: Vec<PremiumPay> = Vec::new();
        for (at, hours) in pieces.into_iter().filter(|(at, _)| within.contains(at)) {
            for (kind, per_hour) in self.per_hour(wage, self.local(at), &enough) {
                match paid.iter_mut().find(|pay| pay.kind == kind) {
                    Some(pay) => {
                        pay.hours += hours;
                        pay.amount += hours * per_hour;
                    }
                    None => paid.push(PremiumPay {
                        kind,
                        hours,
                        amount: hours * per_hour,
                    }),
                }
            }
        }
        paid.sort_by_key(|pay| pay.kind);
        paid
    }

    /// Whether an agent may work from `start` to `end` but for the `unpaid` breaks: night work lasts no longer than
    /// the rules allow.
    pub fn may_last(
        &self,
        start: DateTime<Utc>,
        end: DateTime<Utc>,
        unpaid: &[(DateTime<Utc>, DateTime<Utc>)],
    ) -> bool {
        let Some(limit) = &self.rules.night else {
            return true;
        };
        let hours =
            |from: DateTime<Utc>, to: DateTime<Utc>| (to - from).num_seconds() as f64 / 3600.0;
        let off: f64 = unpaid.iter().map(|&(from, to)| hours(from, to)).sum();
        if hours(start, end) - off <= limit.max_shift.value() + 1e-9 {
            return true;
        }
        let night = limit.time();
        let pieces = self.pieces(start, end, unpaid, night.grain()).into_iter();
        let at_night = pieces.filter(|(at, _)| night.holds(self.local(*at), &self.calendar));
        let at_night: f64 = at_night.map(|(_, hours)| hours).sum();
        at_night < limit.least_hours.value() - 1e-9
    }

    /// Its wall clock.
    fn local(&self, at: DateTime<Utc>) -> NaiveDateTime {
        at.with_timezone(&self.zone).naive_local()
    }

    /// The premiums paid at one moment of the wall clock, stacked as the rules say.
    fn per_hour(&self, wage: f64, at: NaiveDateTime, enough: &[bool]) -> Vec<(PremiumKind, f64)> {
        let premiums = &self.rules.premiums;
        let day = at.date();
        let latest = |kind| {
            premiums
                .iter()
                .filter(|premium| premium.time.kind() == kind && premium.is_valid(day))
                .map(|premium| premium.valid_from)
                .max()
        };
        let mut due: Vec<(PremiumKind, f64)> = Vec::new();
        for kind in PremiumKind::ALL {
            let newest = latest(kind);
            let amount = premiums
                .iter()
                .zip(enough)
                .filter(|(premium, enough)| {
                    **enough
                        && premium.time.kind() == kind
                        && Some(premium.valid_from) == newest
                        && premium.time.holds(at, &self.calendar)
                })
                .map(|(premium, _)| premium.per_hour(wage, day, &self.calendar))
                .fold(0.0, f64::max);
            if amount > 0.0 {
                due.push((kind, amount));
            }
        }
        let highest = |due: Vec<(PremiumKind, f64)>| {
            due.into_iter()
                .reduce(|best, next| if next.1 > best.1 { next } else { best })
        };
        match self.rules.stacking {
            Stacking::Add => due,
            Stacking::Highest => highest(due).into_iter().collect(),
            Stacking::HighestDayAndNight => {
                let (night, day) = due
                    .into_iter()
                    .partition(|(kind, _)| *kind == PremiumKind::Night);
                let night: Vec<_> = night;
                night.into_iter().chain(highest(day)).collect()
            }
        }
    }

    /// The paid time of a shift in pieces that leap over no `grain` of minutes of the hour: start and hours.
    fn pieces(
        &self,
        start: DateTime<Utc>,
        end: DateTime<Utc>,
        unpaid: &[(DateTime<Utc>, DateTime<Utc>)],
        grain: i64,
    ) -> Vec<(DateTime<Utc>, f64)> {
        let mut pieces = Vec::new();
        let mut at = start;
        while at < end {
            if let Some((_, until)) = unpaid.iter().find(|(from, to)| *from <= at && at < *to) {
                at = *until;
                continue;
            }
            // Every zone lies a multiple of 15 minutes off UTC, so that the grid of one is that of all.
            let minute = at.timestamp().div_euclid(60);
            let next = at + Duration::minutes(grain - minute.rem_euclid(grain))
                - Duration::seconds(at.timestamp().rem_euclid(60));
            let break_start = unpaid
                .iter()
                .map(|(from, _)| *from)
                .filter(|from| *from > at)
                .min();
            let until = break_start.map_or(next, |from| from.min(next)).min(end);
            let hours = (until - at).num_seconds() as f64 / 3600.0;
            pieces.push((at, hours));
            at = until;
        }
        pieces
    }
}

/// Working hours of a month: 8 for each Monday to Friday, less 8 for each holiday that is no Sunday.
pub fn month_hours(day: NaiveDate, calendar: &Calendar) -> Hours {
    let first = day.with_day(1).unwrap_or(day);
    let days = (0..31)
        .filter_map(|offset| first.checked_add_days(Days::new(offset)))
        .take_while(|date| date.month() == day.month());
    let hours = days.map(|date| {
        let weekday = date.weekday().number_from_monday();
        let worked = if weekday <= 5 { 8.0 } else { 0.0 };
        let free = if weekday <= 6 && calendar.holiday(date).is_some() {
            8.0
        } else {
            0.0
        };
        worked - free
    });
    Hours(hours.sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::NightLimit;

    fn site(premiums: Vec<Premium>, stacking: Stacking) -> Site {
        Site {
            name: "brno".to_owned(),
            zone: chrono_tz::Europe::Prague,
            calendar: Calendar::default(),
            hours: OpeningHours::always(),
            seats: None,
            rules: LabourRules {
                name: "test".to_owned(),
                charges: None,
                premiums,
                stacking,
                daily_rest: Hours(11.0),
                weekly_rest: Hours(35.0),
                max_week: Hours(48.0),
                full_time: Hours(40.0),
                max_days: 5,
                night: None,
                free_sundays: 0,
                source: String::new(),
            },
        }
    }

    fn utc(text: &str) -> DateTime<Utc> {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M")
            .unwrap()
            .and_utc()
    }

    const NIGHT: PremiumTime = PremiumTime::Night {
        from: 22 * 60,
        to: 6 * 60,
    };

    #[test]
    fn stacking_decides_what_a_saturday_night_pays() {
        let premiums = || {
            vec![
                Premium::new(NIGHT, 0.1, PremiumBase::OwnPay),
                Premium::new(PremiumTime::Saturday, 0.25, PremiumBase::OwnPay),
                Premium::new(PremiumTime::Sunday, 0.5, PremiumBase::OwnPay),
            ]
        };
        // Saturday 22:00 to Sunday 06:00 in Prague, in winter.
        let (start, end) = (utc("2026-01-10 21:00"), utc("2026-01-11 05:00"));
        let pay = |stacking| -> f64 {
            site(premiums(), stacking)
                .premiums(100.0, (start, end), &[], &(start..end))
                .iter()
                .map(|pay| pay.amount)
                .sum()
        };
        assert_eq!(pay(Stacking::Add), 80.0 + 50.0 + 300.0);
        assert_eq!(pay(Stacking::Highest), 50.0 + 300.0);
        assert_eq!(pay(Stacking::HighestDayAndNight), 80.0 + 50.0 + 300.0);
    }

    #[test]
    fn unpaid_breaks_and_the_lost_hour_of_spring_earn_no_premium() {
        let site = site(
            vec![Premium::new(NIGHT, 0.1, PremiumBase::OwnPay)],
            Stacking::Add,
        );
        let pause = (utc("2026-03-28 23:10"), utc("2026-03-28 23:40"));
        // 22:00 to 06:00 on the wall is seven hours in the night of the clock change.
        let (start, end) = (utc("2026-03-28 21:00"), utc("2026-03-29 04:00"));
        let pay = site.premiums(100.0, (start, end), &[pause], &(start..end));
        assert_eq!(pay.len(), 1);
        assert!((pay[0].hours - 6.5).abs() < 1e-9);
        assert!((pay[0].amount - 65.0).abs() < 1e-9);
    }

    #[test]
    fn night_work_may_last_less_than_a_day_s() {
        let mut site = site(Vec::new(), Stacking::Add);
        // 22:00 to 08:00 in Prague, in winter.
        let (start, end) = (utc("2026-01-12 21:00"), utc("2026-01-13 07:00"));
        assert!(site.may_last(start, end, &[]));
        site.rules.night = Some(NightLimit {
            from: 22 * 60,
            to: 6 * 60,
            least_hours: Hours(3.0),
            max_shift: Hours(8.0),
        });
        assert!(!site.may_last(start, end, &[]));
        assert!(site.may_last(start, utc("2026-01-13 05:00"), &[]));
        // Two hours and a half of the night are none; an unpaid break is no work.
        assert!(site.may_last(utc("2026-01-12 13:30"), utc("2026-01-12 23:30"), &[]));
        assert!(!site.may_last(utc("2026-01-12 14:00"), utc("2026-01-13 00:00"), &[]));
        let pause = (utc("2026-01-12 23:00"), utc("2026-01-12 23:15"));
        assert!(site.may_last(utc("2026-01-12 14:00"), utc("2026-01-13 00:00"), &[pause]));
        // The lost hour of spring: nine on the wall are eight.
        assert!(site.may_last(utc("2026-03-28 21:00"), utc("2026-03-29 05:00"), &[]));
    }

    #[test]
    fn short_nights_and_odd_minutes_are_judged_to_the_minute() {
        let mut premium = Premium::new(
            PremiumTime::Night {
                from: 22 * 60 + 7,
                to: 6 * 60,
            },
            0.25,
            PremiumBase::OwnPay,
        );
        premium.least_hours = Hours(3.0);
        let site = site(vec![premium], Stacking::Add);
        let (start, last) = (utc("2026-01-12 15:00"), utc("2026-01-14 00:00"));
        let hours = |to: &str| -> f64 {
            site.premiums(10.0, (start, utc(to)), &[], &(start..last))
                .iter()
                .map(|pay| pay.hours)
                .sum()
        };
        assert_eq!(hours("2026-01-13 00:00"), 0.0);
        assert!((hours("2026-01-13 01:00") - (4.0 - 7.0 / 60.0)).abs() < 1e-9);
    }

    #[test]
    fn of_a_shift_that_ends_after_the_plan_what_lies_within_it_is_paid() {
        let mut premium = Premium::new(NIGHT, 0.1, PremiumBase::OwnPay);
        premium.least_hours = Hours(3.0);
        let site = site(vec![premium], Stacking::Add);
        // 22:00 to 02:00 in Prague, and a plan that ends at midnight: two hours of a night of four, which is enough of one.
        let (start, end) = (utc("2026-01-11 21:00"), utc("2026-01-12 01:00"));
        let pay = site.premiums(100.0, (start, end), &[], &(start..utc("2026-01-11 23:00")));
        assert_eq!((pay[0].hours, pay[0].amount), (2.0, 20.0));
    }
}
