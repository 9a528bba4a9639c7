//! GPM: a discounted Gamma–Poisson multiplicative top-down model.
//!
//! ```text
//! mean(day, slot) = level × weekday × yearly × special day × day of month × share(slot | weekday)
//! ```
//!
//! The Poisson likelihood of the slots of a day is that of their total times a multinomial of the shares,
//! so day factors and profile are chosen apart, each on its own part of the deviance.

pub mod factors;
pub mod level;
mod memory;
pub mod profile;
mod recurring;
mod rush;
pub mod sale;
pub mod sample;
pub mod search;
mod special;
mod weekday;
pub mod weights;
pub mod yearly;

use super::calendar::Calendar;
use factors::{DayConfig, Factors};
use memory::Memory;
use profile::{ProfileConfig, Shares};
use sample::Sample;

/// A fitted series, ready to forecast the days after `end`.
#[derive(Clone, Debug)]
pub struct Model {
    /// The configurations that a forecast averages, the best first.
    pub parts: Vec<Part>,
    pub profile: ProfileConfig,
    pub shares: Shares,
    /// What the last days say of the next.
    memory: Memory,
    /// Relative variance of day totals beyond Poisson, in sample.
    pub excess: f64,
    /// First day not used.
    pub end: usize,
}

/// One configuration's day factors.
#[derive(Clone, Debug)]
pub struct Part {
    pub config: DayConfig,
    pub factors: Factors,
    /// Contacts of a day whose factors are all one by each kind of level, times its weight in the forecast; and how
    /// these go on.
    pub level: [f64; level::KINDS],
    /// The same at a past origin as if the windows that overlap the one from there on had had no say.
    pub unseen: [f64; level::KINDS],
    pub course: level::Course,
}

impl Part {
    /// The sum of levels so many days after the cut-off.
    fn level(&self, levels: &[f64; level::KINDS], ahead: usize) -> f64 {
        let growth = self.course.growth(ahead);
        levels.iter().zip(growth).map(|(l, g)| l * g).sum()
    }
}

/// What a series of a file may borrow from the file's total: its configuration, and its fits at the past
/// origins and at the cut-off.
#[derive(Clone, Debug, Default)]
pub struct Pools {
    pub config: DayConfig,
    pub at: Vec<Pool>,
}

/// The pooled series fitted on the days before `end`.
#[derive(Clone, Debug)]
pub struct Pool {
    pub end: usize,
    pub factors: Factors,
    pub shares: Shares,
    /// Its levels by [`level::HALF_LIVES`].
    pub levels: [f64; level::OWN],
}

impl Model {
    /// Mean of a calendar day.
    pub fn day_total(&self, calendar: &Calendar, day: usize) -> f64 {
        self.total(calendar, day, |part| &part.level)
    }

    /// The same at a past origin, as if the days after it had not been seen, over it.
    pub fn unseen(&self, calendar: &Calendar, day: usize) -> f64 {
        let seen = self.day_total(calendar, day);
        let unseen = self.total(calendar, day, |part| &part.unseen);
        if seen > 0.0 { unseen / seen } else { 1.0 }
    }

    fn total(
        &self,
        calendar: &Calendar,
        day: usize,
        levels: impl Fn(&Part) -> &[f64; level::KINDS],
    ) -> f64 {
        let ahead = day.saturating_sub(self.end);
        let day = &calendar.days[day];
        let parts = self.parts.iter();
        let total: f64 = parts
            .map(|p| p.level(levels(p), ahead) * p.factors.expected(day))
            .sum();
        total * self.memory.factor(ahead)
    }

    /// Relative variance of the total of a calendar day for what is guessed of such days; see [`Factors::doubt`].
    pub fn doubt(&self, calendar: &Calendar, day: usize) -> f64 {
        let first = self.parts.first();
        first.map_or(0.0, |part| part.factors.doubt(&calendar.days[day]))
    }

    /// Whether a calendar day is of a week of the year that stands out, or of a sale that does; see [`rush`] and
    /// [`sale`].
    pub fn stands_out(&self, calendar: &Calendar, day: usize) -> bool {
        let d = &calendar.days[day];
        // All configurations see the same ones.
        let first = self.parts.first();
        first.is_some_and(|Part { factors, .. }| {
            factors.rush(usize::from(d.year_day)) != 1.0
                || factors.sale[usize::from(d.sale)] != 1.0
                || factors.recurring.factor(d) != 1.0
        })
    }

    /// Mean of each slot of a calendar day.
    pub fn day_mean(&self, calendar: &Calendar, day: usize) -> Vec<f64> {
        let total = self.day_total(calendar, day);
        self.shares
            .row(profile::row(calendar, day))
            .iter()
            .map(|s| total * s)
            .collect()
    }
}

/// Pulls in outliers and measures the excess variance of day totals.
pub fn prepare(s: &mut Sample, calendar: &Calendar, pool: Option<&Factors>) {
    let n = s.len();
    let (mut expected, mut path) = (Vec::new(), Vec::new());
    s.excess = 0.02;
    let mut fitted = |s: &Sample| -> Vec<f64> {
        let config = DayConfig::default();
        Factors::fit(s, n, calendar, &config, pool, None, &mut expected);
        level::path(s, n, &expected, 21.0, &mut path);
        path.iter().zip(&expected).map(|(l, e)| l * e).collect()
    };
    let mut due = fitted(s);
    let is_pooled = pool.is_some_and(|pool| pool.sale != sale::NONE);
    if is_pooled || sale::stands_out(s, calendar, &due) {
        s.set_apart_sales(calendar);
        due = fitted(s);
    }
    s.winsorise(&due);
    let due = fitted(s);
    s.winsorise(&due);
}
