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
pub mod profile;
pub mod sample;
pub mod search;
pub mod yearly;

use super::calendar::Calendar;
use super::history::Series;
use factors::{DayConfig, Factors};
use profile::{Counts, ProfileConfig, Shares};
use sample::Sample;

/// A fitted series, ready to forecast the days after `end`.
#[derive(Clone, Debug)]
pub struct Model {
    /// The configurations that a forecast averages, the best first.
    pub parts: Vec<Part>,
    pub profile: ProfileConfig,
    pub shares: Shares,
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
    /// Contacts of a day whose factors are all one, times the weight of this part.
    pub level: f64,
}

/// What a series of a file may borrow from the file's total, fitted at one cut-off.
#[derive(Clone, Debug)]
pub struct Pool {
    pub end: usize,
    pub factors: Factors,
    pub shares: Shares,
}

impl Pool {
    /// Fits the pooled series before day `end` with the default configuration.
    pub fn fit(total: &Series, slots: usize, calendar: &Calendar, end: usize) -> Self {
        let mut s = Sample::new(total, slots, calendar, end);
        prepare(&mut s, calendar, None);
        let config = DayConfig {
            weekday_half_life: 224.0,
            ..DayConfig::default()
        };
        let factors = Factors::fit(&s, s.len(), calendar, &config, None, &mut Vec::new());
        let counts = Counts::at(total, slots, calendar, 224.0, &[end]);
        let profile = ProfileConfig {
            weekday: 200.0,
            kind: 200.0,
            ..ProfileConfig::default()
        };
        Self {
            end,
            factors,
            shares: counts[0].shares(&profile, calendar.weekend, None),
        }
    }
}

impl Model {
    /// Mean of a calendar day.
    pub fn day_total(&self, calendar: &Calendar, day: usize) -> f64 {
        self.parts
            .iter()
            .map(|p| p.level * p.factors.expected(&calendar.days[day]))
            .sum()
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
    for _ in 0..2 {
        Factors::fit(s, n, calendar, &DayConfig::default(), pool, &mut expected);
        level::path(s, n, &expected, 21.0, &mut path);
        let fitted: Vec<f64> = path.iter().zip(&expected).map(|(l, e)| l * e).collect();
        s.winsorise(&fitted);
    }
}

pub fn knob(name: &str, default: f64) -> f64 {
    std::env::var(name)
        .ok()
        .and_then(|v| v.parse().ok())
        .unwrap_or(default)
}
