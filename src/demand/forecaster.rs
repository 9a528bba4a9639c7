//! One door to every method: what it forecasts for a series from a cut-off on.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rayon::prelude::*;

use super::bands::{Bands, Spread};
use super::baseline::{self, Baseline};
use super::breaks::{self, Evened};
use super::calendar::Calendar;
use super::chosen::{self, Fitted};
use super::errors::Errors;
use super::gpm::{Pools, search};
use super::history::{History, Series};
use super::opening::{self, Opening};
use super::pooled::Learner;
use super::together::Shared;

/// The methods by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Crewcast,
    Gpm,
    SeasonalNaive,
    Mean13Weeks,
    Mean8Weeks,
    SeasonalSmoothing,
    MstlEts,
    PooledTrees,
}

/// Every method, in the order of [`Method`], with its name.
pub const METHODS: [(&str, Method); 8] = [
    ("crewcast", Method::Crewcast),
    ("gpm", Method::Gpm),
    ("snaive", Method::SeasonalNaive),
    ("mean13w", Method::Mean13Weeks),
    ("mean8w", Method::Mean8Weeks),
    ("seasonal_smoothing", Method::SeasonalSmoothing),
    ("mstl_ets", Method::MstlEts),
    ("pooled_trees", Method::PooledTrees),
];

/// A forecast of some days: means `days × slots`, and how they spread.
#[derive(Clone, Debug)]
pub struct Prediction {
    pub mean: Vec<f64>,
    pub spread: Spread,
    pub bands: Bands,
}

/// A history made ready: its calendar and what its series lend each other at every cut-off needed.
pub struct Forecaster<'a> {
    slots: usize,
    pub calendar: &'a Calendar,
    pools: BTreeMap<usize, Pools>,
    /// What broke in all of them.
    breaks: BTreeMap<usize, Shared>,
    learners: BTreeMap<usize, Learner>,
}

impl<'a> Forecaster<'a> {
    /// `ends`: each cut-off day with its horizon in calendar days. Methods other than those asked for may lack what
    /// is learnt over all series.
    pub fn new(
        history: &History,
        calendar: &'a Calendar,
        ends: &[(usize, usize)],
        methods: &[Method],
    ) -> Self {
        let slots = history.slots.len();
        let is_taught = |method: &Method| matches!(method, Method::Crewcast | Method::PooledTrees);
        let taught = methods.iter().any(is_taught);
        let made_ready = |&(end, horizon): &(usize, usize)| {
            let even = history.series.par_iter();
            let even = even.map(|s| made_even(s, slots, calendar, end).0);
            let mut even: Vec<(Cow<Series>, Evened)> = even.collect();
            let shared = Shared::of(&even, slots, calendar, end);
            if let Some(shared) = &shared {
                even.iter_mut().for_each(|one| shared.even(one, slots));
            }
            let even: Vec<Cow<Series>> = even.into_iter().map(|(series, _)| series).collect();
            let pools = (even.len() > 1).then(|| {
                let total = Series::sum("total", even.iter().map(|series| &**series));
                search::pools(&total, slots, calendar, end, horizon)
            });
            let learner = taught.then(|| Learner::train(&even, slots, calendar, end, horizon));
            (end, pools, shared, learner.flatten())
        };
        // Alone and untaught a series needs nothing of others.
        let ends = if taught || history.series.len() > 1 {
            ends
        } else {
            &[]
        };
        let ready: Vec<_> = ends.par_iter().map(made_ready).collect();
        let (mut pools, mut learners) = (BTreeMap::new(), BTreeMap::new());
        let mut breaks = BTreeMap::new();
        for (end, lent, shared, learner) in ready {
            pools.extend(lent.map(|lent| (end, lent)));
            breaks.extend(shared.map(|shared| (end, shared)));
            learners.extend(learner.map(|learner| (end, learner)));
        }
        Self {
            slots,
            calendar,
            pools,
            breaks,
            learners,
        }
    }

    /// Fits our own model on the days before `end`, for `horizon` days after; see [`chosen::fit`].
    pub fn fit(&self, series: &Series, end: usize, horizon: usize, chosen: bool) -> Fitted {
        let alone = Pools::default();
        let pools = self.pools.get(&end).unwrap_or(&alone);
        let (slots, calendar) = (self.slots, self.calendar);
        let (mut even, opening) = made_even(series, slots, calendar, end);
        if let Some(shared) = self.breaks.get(&end) {
            shared.even(&mut even, slots);
        }
        let (series, evened) = even;
        let mut fitted = chosen::fit(&series, slots, calendar, end, horizon, pools, chosen);
        if let Some(found) = evened.latest_break {
            fitted.spread = fitted.spread.wider(found.doubt);
        }
        let last = calendar.days[(end + horizon).min(calendar.days.len()) - 1];
        if let Some(trade) = evened.trade.as_ref().filter(|_| last.month < 11) {
            fitted.spread = fitted.spread.wider(trade.doubt());
        }
        fitted.opening = opening;
        fitted.evened = evened;
        if let Some(learner) = self.learners.get(&end).filter(|_| chosen) {
            fitted.told = Some(learner.forecast(&series, slots, calendar, end, horizon));
        }
        fitted
    }

    /// Forecasts `days`, ascending and not before `end`, from the days before `end`.
    pub fn predict(
        &self,
        method: Method,
        series: &Series,
        end: usize,
        days: &[usize],
    ) -> Prediction {
        let slots = self.slots;
        let baseline: Baseline = match method {
            Method::Crewcast | Method::Gpm => {
                let horizon = days.last().map_or(1, |l| l + 1 - end);
                let fitted = self.fit(series, end, horizon, method == Method::Crewcast);
                let mean: Vec<f64> = days
                    .iter()
                    .flat_map(|d| fitted.day_mean(self.calendar, *d))
                    .collect();
                let bands = fitted.spread.bands(&mean, self.slots, &ahead(end, days));
                return Prediction {
                    mean,
                    spread: fitted.spread,
                    bands,
                };
            }
            Method::SeasonalNaive => baseline::seasonal_naive,
            Method::Mean13Weeks => baseline::mean_of_weeks::<13>,
            Method::Mean8Weeks => baseline::mean_of_weeks::<8>,
            Method::SeasonalSmoothing => baseline::seasonal_smoothing,
            Method::MstlEts => baseline::mstl_ets,
            Method::PooledTrees => {
                let Some(learner) = self.learners.get(&end) else {
                    return self.predict(Method::Mean13Weeks, series, end, days);
                };
                // The past window is in sample: bands are a little narrow.
                return self.predict_by(series, end, days, |end, days| {
                    let horizon = days.last().map_or(0, |l| l + 1 - end);
                    let told = learner.forecast(series, slots, self.calendar, end, horizon);
                    let row = |day: &usize| told.day(*day, slots).unwrap_or_default().to_vec();
                    days.iter().flat_map(row).collect()
                });
            }
        };
        self.predict_by(series, end, days, |end, days| {
            baseline(series, slots, self.calendar, end, days)
        })
    }

    /// The means that `tell` gives from a cut-off, with bands from its errors on the window before.
    fn predict_by(
        &self,
        series: &Series,
        end: usize,
        days: &[usize],
        tell: impl Fn(usize, &[usize]) -> Vec<f64>,
    ) -> Prediction {
        let mean = tell(end, days);
        let horizon = days.last().map_or(1, |l| l + 1 - end);
        let from = end.saturating_sub(horizon);
        let past: Vec<usize> = (from..end).filter(|d| series.present[*d]).collect();
        let errors = Errors {
            mean: tell(from, &past),
            actual: past
                .iter()
                .flat_map(|d| series.day(*d, self.slots))
                .map(|v| f64::from(*v))
                .collect(),
            when: past.iter().map(|day| (from, *day)).collect(),
        };
        let spread = Spread::calibrate(&errors, self.slots, &Spread::even(0.1, 0.05));
        let bands = spread.bands(&mean, self.slots, &ahead(end, days));
        Prediction {
            mean,
            spread,
            bands,
        }
    }
}

/// The series on the hours of today, without what passed and with breaks of its level evened out.
fn made_even<'a>(
    series: &'a Series,
    slots: usize,
    calendar: &Calendar,
    end: usize,
) -> ((Cow<'a, Series>, Evened), Opening) {
    let (today, opening) = opening::as_today(series, slots, calendar, end);
    let even = match today {
        Cow::Borrowed(series) => breaks::evened(series, slots, calendar, end),
        Cow::Owned(series) => {
            let (even, evened) = breaks::evened(&series, slots, calendar, end);
            (Cow::Owned(even.into_owned()), evened)
        }
    };
    (even, opening)
}

/// How far days lie ahead of a cut-off.
fn ahead(end: usize, days: &[usize]) -> Vec<usize> {
    days.iter().map(|day| day - end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    #[test]
    fn the_number_of_threads_changes_nothing() {
        let first = NaiveDate::from_ymd_opt(2025, 3, 3).expect("a Monday");
        let calendar = Calendar::new(first, 220, [true; 7], None);
        let series = |k: usize| Series {
            name: format!("s{k}"),
            volume: (0..800).map(|i| ((i * (k + 7)) % 23) as f32).collect(),
            present: vec![true; 200],
        };
        let history = History {
            until: None,
            first,
            days: 200,
            slot_minutes: 360,
            slots: vec![0, 360, 720, 1080],
            series: (0..3).map(series).collect(),
        };
        let days: Vec<usize> = (200..214).collect();
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            pool.expect("threads").install(|| {
                let ends: Vec<(usize, usize)> = (186..=200).map(|end| (end, 14)).collect();
                let methods = [Method::Crewcast, Method::PooledTrees];
                let forecaster = Forecaster::new(&history, &calendar, &ends, &methods);
                methods.map(|method| {
                    let told = forecaster.predict(method, &history.series[1], 200, &days);
                    assert!(told.mean.iter().all(|m| m.is_finite() && *m >= 0.0));
                    told.mean
                })
            })
        };
        let one = run(1);
        assert_eq!(one, run(3));
        assert_ne!(one[0], one[1]);
    }
}
