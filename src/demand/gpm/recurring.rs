//! Days that stand out by a calendar of their own: a mailing every other week, invoices on the first of a month, wages
//! on its last working day. They are told by evidence alone: days of a kind that leave what is due further than chance,
//! most of them and by much the same.

use std::f64::consts::FRAC_PI_2;

use super::super::calendar::Day;
use super::factors::shrink;
use super::sample::{Sample, median, spread};

/// The calendars that are looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    TwoWeeks,
    FourWeeks,
    MonthDay,
    FromMonthEnd,
    Workday,
    LastWorkday,
    WeekdayOfMonth,
    OtherWeek,
}

const KINDS: [Kind; 8] = [
    Kind::OtherWeek,
    Kind::TwoWeeks,
    Kind::MonthDay,
    Kind::FromMonthEnd,
    Kind::Workday,
    Kind::LastWorkday,
    Kind::WeekdayOfMonth,
    Kind::FourWeeks,
];
/// Days of a weekday on either side of one that tell how it stands, and days as due that they lean on.
const AROUND: usize = 6;
const LEAN: f64 = 0.5;
/// Times the next busiest of them, and standard deviations beyond it, from which on one of them tells nothing.
const ALONE: f64 = 2.0;
const FAR: f64 = 5.0;
/// More than any kind's days are numbered.
const MOST_DAYS: usize = 40;
/// Kinds that a series may have at once.
const MOST: usize = 2;
/// Days that tell one, and standard errors by which their mean and their median stand out.
const FEWEST: f64 = 3.0;
const SURE: f64 = 4.5;
const SURE_OF_MOST: f64 = 3.5;
/// What a day that is told apart must gain, as a square of standard errors: two weeks are no four.
const PRICE: f64 = 10.0;
/// Less than this, log scale, is left to other factors.
const LEAST: f64 = 0.07;
/// Prior standard deviation of such a day, log scale.
const SPREAD: f64 = 0.5;

impl Kind {
    /// Which of its days a day is.
    fn of(self, day: &Day) -> usize {
        match self {
            Self::TwoWeeks => usize::from(day.week % 2) * 7 + usize::from(day.weekday),
            Self::FourWeeks => usize::from(day.week) * 7 + usize::from(day.weekday),
            Self::OtherWeek => usize::from(day.week % 2),
            Self::MonthDay => usize::from(day.month_day),
            Self::FromMonthEnd => usize::from(day.to_month_end),
            Self::Workday => usize::from(day.month_workday),
            Self::LastWorkday => usize::from(day.workdays_left),
            Self::WeekdayOfMonth => {
                usize::from((day.month_day - 1) / 7) * 7 + usize::from(day.weekday)
            }
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::OtherWeek => "every other week",
            Self::TwoWeeks => "days of every other week",
            Self::FourWeeks => "days of every fourth week",
            Self::MonthDay => "dates of a month that stand out",
            Self::FromMonthEnd => "days before a month's end that stand out",
            Self::Workday => "first working days of a month",
            Self::LastWorkday => "last working days of a month",
            Self::WeekdayOfMonth => "a weekday of a week of the month",
        }
    }

    /// Whether it tells anything of a day: a weekend has the number of the working day before it.
    fn knows(self, day: &Day) -> bool {
        !matches!(self, Self::Workday | Self::LastWorkday) || day.is_workday
    }
}

/// The factors of days that stand out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recurring {
    found: Vec<(Kind, Vec<f64>)>,
    /// How each day's weekday stood, around it, to what is due of it; empty where all is borrowed.
    local: Vec<f64>,
}

impl Recurring {
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// What was found, in words.
    pub fn describe(&self) -> impl Iterator<Item = &'static str> {
        self.found.iter().map(|(kind, _)| kind.words())
    }

    pub fn factor(&self, day: &Day) -> f64 {
        let known = self.found.iter().filter(|(kind, _)| kind.knows(day));
        known
            .map(|(kind, factors)| factors.get(kind.of(day)).copied().unwrap_or(1.0))
            .product()
    }

    /// Estimates the factors anew, against what is `due` with them on the first `n` days.
    pub fn fit(&mut self, s: &Sample, n: usize, due: impl Fn(usize) -> f64) {
        if self.local.len() != n {
            return;
        }
        for (kind, factors) in &mut self.found {
            let mut sums = vec![(0.0, 0.0, 0.0); factors.len()];
            for i in (0..n).filter(|i| kind.knows(&s.date[*i])) {
                if let Some(sum) = sums.get_mut(kind.of(&s.date[i])) {
                    sum.0 += s.regular[i] * s.total[i];
                    sum.1 += s.regular[i] * due(i) * self.local[i];
                    sum.2 += s.regular[i];
                }
            }
            for (factor, (came, all, days)) in factors.iter_mut().zip(sums) {
                if *factor != 1.0 && all > 0.0 {
                    let raw = (came + 0.05) / (all / *factor + 0.05);
                    *factor = shrink(raw, 1.0, SPREAD, came.max(all), s.excess, days);
                }
            }
        }
    }

    /// Adds what stands out of what was `due` on the first `n` days.
    pub fn find(&mut self, s: &Sample, n: usize, due: &[f64]) {
        let local = local(s, n, due);
        let mut due: Vec<f64> = due.iter().zip(&local).map(|(d, l)| d * l).collect();
        while self.found.len() < MOST {
            let mut off: Vec<f64> = (0..n)
                .filter(|i| s.regular[*i] == 1.0 && due[*i] > 0.0)
                .map(|i| (s.total[i] - due[i]).abs() / due[i].sqrt())
                .collect();
            let Some(scatter) = spread(&mut off) else {
                return;
            };
            let scatter = scatter.max(1.0);
            let told = KINDS.map(|kind| Told::of(kind, s, n, &due, scatter));
            let best = told.into_iter().max_by(|a, b| a.gain.total_cmp(&b.gain));
            let Some(best) = best.filter(|told| told.gain > 0.0) else {
                return;
            };
            for (due, day) in due.iter_mut().zip(&s.date) {
                if best.kind.knows(day) {
                    *due *= best.factors.get(best.kind.of(day)).unwrap_or(&1.0);
                }
            }
            self.found.push((best.kind, best.factors));
            self.local.clone_from(&local);
        }
    }
}

/// What came over what was due on the days of the same weekday around each day, itself aside.
fn local(s: &Sample, n: usize, due: &[f64]) -> Vec<f64> {
    let mut out = vec![1.0; n];
    for weekday in 0..7 {
        let days: Vec<usize> = (0..n)
            .filter(|i| s.weekday[*i] == weekday && s.regular[*i] == 1.0 && due[*i] > 0.0)
            .collect();
        let mut sums = vec![(0.0, 0.0)];
        for &i in &days {
            let (came, all) = sums[sums.len() - 1];
            sums.push((came + s.total[i], all + due[i]));
        }
        for (at, &i) in days.iter().enumerate() {
            let (from, to) = (at.saturating_sub(AROUND), (at + 1 + AROUND).min(days.len()));
            let mut came = sums[to].0 - sums[from].0 - s.total[i];
            let mut all = sums[to].1 - sums[from].1 - due[i];
            if let Some(wild) = wild(s, days[from..to].iter().copied().filter(|o| *o != i)) {
                came -= s.total[wild];
                all -= due[wild];
            }
            out[i] = (came + LEAN * due[i]) / (all + LEAN * due[i]);
        }
    }
    out
}

/// The one of some days that is out of all proportion to the others: beside it all of them would look quiet.
fn wild(s: &Sample, days: impl Iterator<Item = usize>) -> Option<usize> {
    let (mut busiest, mut next) = (None, 0.0_f64);
    for day in days {
        match busiest {
            Some(other) if s.total[day] <= s.total[other] => next = next.max(s.total[day]),
            _ => {
                next = busiest.map_or(next, |other: usize| s.total[other]);
                busiest = Some(day);
            }
        }
    }
    let is_wild = |day: &usize| {
        let came = s.total[*day];
        came > ALONE * next && came > next + FAR * next.max(1.0).sqrt()
    };
    busiest.filter(is_wild)
}

/// What one calendar tells.
struct Told {
    kind: Kind,
    factors: Vec<f64>,
    /// Squares of standard errors over those of its days that stand out, less the price of each.
    gain: f64,
}

impl Told {
    fn of(kind: Kind, s: &Sample, n: usize, due: &[f64], scatter: f64) -> Self {
        let is_told = |i: &usize| s.regular[*i] == 1.0 && due[*i] > 0.0 && kind.knows(&s.date[*i]);
        let off = |i: usize| (s.total[i] - due[i]) / due[i].sqrt();
        let mut sums = [Sums::default(); MOST_DAYS];
        for i in (0..n).filter(is_told) {
            if let Some(sums) = sums.get_mut(kind.of(&s.date[i])) {
                sums.add(off(i), s.total[i], due[i]);
            }
        }
        let mut out = Self {
            kind,
            factors: vec![1.0; MOST_DAYS],
            gain: 0.0,
        };
        for (at, (factor, sums)) in out.factors.iter_mut().zip(&sums).enumerate() {
            let error = scatter.max(sums.unlike()) / sums.count.sqrt();
            let of_mean = sums.off / sums.count / error;
            let log = ((sums.came + 0.5) / (sums.all + 0.5)).ln();
            if sums.count < FEWEST || of_mean.abs() < SURE || log.abs() < LEAST {
                continue;
            }
            let days = (0..n).filter(is_told);
            let days = days.filter(|i| kind.of(&s.date[*i]) == at);
            // The median of n is less sure than their mean by √(π/2).
            let middle = median(&mut days.map(off).collect::<Vec<_>>()).unwrap_or(0.0);
            let of_most = middle / error / FRAC_PI_2.sqrt();
            if of_most * of_mean.signum() >= SURE_OF_MOST {
                *factor = log.exp();
                out.gain += of_mean * of_mean - PRICE;
            }
        }
        out
    }
}

/// Sums over days of one kind: how far off they were, in square roots of what was due, what came, and what was due.
#[derive(Clone, Copy, Default)]
struct Sums {
    count: f64,
    off: f64,
    squares: f64,
    came: f64,
    all: f64,
}

impl Sums {
    fn add(&mut self, off: f64, came: f64, due: f64) {
        self.count += 1.0;
        self.off += off;
        self.squares += off * off;
        self.came += came;
        self.all += due;
    }

    /// Standard deviation of how far off they were.
    fn unlike(&self) -> f64 {
        let about_mean = self.squares - self.off * self.off / self.count;
        (about_mean.max(0.0) / (self.count - 1.0)).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::calendar::Calendar;
    use super::super::super::history::Series;
    use super::*;
    use chrono::NaiveDate;

    type OfDay<'a> = &'a dyn Fn(usize, &Day) -> f64;

    /// What is found in so many days of 40 contacts from March 2023 on, times a factor; and each day with what is told
    /// of that factor, by its weekday and what was found.
    fn found(days: usize, factor: impl Fn(usize, &Day) -> f64) -> (Recurring, Vec<(Day, f64)>) {
        let first = NaiveDate::from_ymd_opt(2023, 3, 6).expect("a Monday");
        let calendar = Calendar::new(first, days, [true; 7], None);
        let weekday = [1.2, 1.1, 1.0, 1.0, 1.0, 0.8, 0.9];
        let count = |i: usize| {
            let day = &calendar.days[i];
            let mean = 40.0 * weekday[usize::from(day.weekday)] * factor(i, day);
            let chance = (i * 7919 % 101) as f64 / 101.0 - 0.5;
            (mean + 3.4 * chance * mean.sqrt()).round().max(0.0) as f32
        };
        let series = Series {
            name: "s".into(),
            volume: (0..days).map(count).collect(),
            present: vec![true; days],
        };
        let s = Sample::new(&series, 1, &calendar, days);
        let of_weekday = |weekday: u8| {
            let alike: Vec<usize> = (0..days).filter(|i| s.weekday[*i] == weekday).collect();
            alike.iter().map(|i| s.total[*i]).sum::<f64>() / alike.len() as f64
        };
        let due: Vec<f64> = s.weekday.iter().map(|w| of_weekday(*w)).collect();
        let mut out = Recurring::default();
        out.find(&s, days, &due);
        let told = |i: usize| {
            let day = calendar.days[i];
            let plain = 40.0 * weekday[usize::from(day.weekday)];
            (day, due[i] / plain * out.factor(&day))
        };
        let told = (0..days).map(told).collect();
        (out, told)
    }

    #[test]
    fn what_comes_every_other_week_or_at_a_time_of_the_month_is_found() {
        let mailing = |i: usize, _: &Day| if i % 14 == 2 { 1.9 } else { 1.0 };
        let week = |i: usize, _: &Day| if i % 14 < 7 { 1.3 } else { 1.0 };
        let invoices = |_: usize, day: &Day| if day.month_day == 1 { 1.9 } else { 1.0 };
        let wages = |_: usize, day: &Day| match day.workdays_left {
            0 if day.is_workday => 1.9,
            _ => 1.0,
        };
        let cases: [(OfDay, &str); 4] = [
            (&mailing, "days of every other week"),
            (&week, "every other week"),
            (&invoices, "dates of a month that stand out"),
            (&wages, "last working days of a month"),
        ];
        for (factor, words) in cases {
            let (recurring, days) = found(400, factor);
            assert_eq!(recurring.describe().next(), Some(words));
            let mean = |of: &dyn Fn(f64) -> bool| {
                let all = (0..400).filter(|i| of(factor(*i, &days[*i].0)));
                let all: Vec<f64> = all.map(|i| days[i].1).collect();
                all.iter().sum::<f64>() / all.len() as f64
            };
            let told = mean(&|f| f > 1.0) / mean(&|f| f == 1.0);
            let truth = if words == "every other week" {
                1.3
            } else {
                1.9
            };
            assert!((told / truth - 1.0).abs() < 0.1, "{words}: {told}");
        }
    }

    #[test]
    fn one_wild_day_recurs_in_no_calendar() {
        for days in 22..80 {
            let last = |i: usize, _: &Day| if i + 1 == days { 6.0 } else { 1.0 };
            assert!(found(days, last).0.is_empty(), "{days}");
        }
    }

    #[test]
    fn even_weeks_a_season_and_what_came_twice_have_none() {
        let even = |_: usize, _: &Day| 1.0;
        // Weekends that are busy in summer.
        let summer = |_: usize, day: &Day| match day.weekday {
            5.. => 1.0 + 0.4 * (f64::from(day.year_day) / 58.1 - 1.6).sin(),
            _ => 1.0,
        };
        let twice = |i: usize, _: &Day| if [100, 240].contains(&i) { 3.0 } else { 1.0 };
        let cases: [OfDay; 3] = [&even, &summer, &twice];
        for factor in cases {
            for days in [60, 400, 1100] {
                assert!(found(days, factor).0.is_empty(), "{days}");
            }
        }
    }
}
