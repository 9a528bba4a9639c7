//! One door to every method: what it forecasts for a series from a cut-off on.

use std::collections::BTreeMap;

use super::bands::{Bands, Errors, Spread};
use super::baseline::{self, Baseline};
use super::calendar::Calendar;
use super::chosen::{self, Fitted};
use super::gpm::{Pools, search};
use super::history::{History, Series};

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
}

/// Every method, in the order of [`Method`], with its name.
pub const METHODS: [(&str, Method); 7] = [
    ("crewcast", Method::Crewcast),
    ("gpm", Method::Gpm),
    ("snaive", Method::SeasonalNaive),
    ("mean13w", Method::Mean13Weeks),
    ("mean8w", Method::Mean8Weeks),
    ("seasonal_smoothing", Method::SeasonalSmoothing),
    ("mstl_ets", Method::MstlEts),
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
    calendar: &'a Calendar,
    pools: BTreeMap<usize, Pools>,
}

impl<'a> Forecaster<'a> {
    /// `ends`: each cut-off day with its horizon in calendar days.
    pub fn new(history: &History, calendar: &'a Calendar, ends: &[(usize, usize)]) -> Self {
        let slots = history.slots.len();
        let mut pools = BTreeMap::new();
        if history.series.len() > 1 {
            let total = total(history);
            for &(end, horizon) in ends {
                pools.insert(end, search::pools(&total, slots, calendar, end, horizon));
            }
        }
        Self {
            slots,
            calendar,
            pools,
        }
    }

    /// Fits our own model on the days before `end`, for `horizon` days after; see [`chosen::fit`].
    pub fn fit(&self, series: &Series, end: usize, horizon: usize, chosen: bool) -> Fitted {
        let alone = Pools::default();
        let pools = self.pools.get(&end).unwrap_or(&alone);
        chosen::fit(
            &series.without_spikes(end, self.slots),
            self.slots,
            self.calendar,
            end,
            horizon,
            pools,
            chosen,
        )
    }

    /// Forecasts `days`, ascending and not before `end`, from the days before `end`.
    pub fn predict(
        &self,
        method: Method,
        series: &Series,
        end: usize,
        days: &[usize],
    ) -> Prediction {
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
        };
        self.predict_baseline(baseline, series, end, days)
    }

    /// A baseline with bands from its errors on the window before the cut-off.
    fn predict_baseline(
        &self,
        baseline: Baseline,
        series: &Series,
        end: usize,
        days: &[usize],
    ) -> Prediction {
        let mean = baseline(series, self.slots, self.calendar, end, days);
        let horizon = days.last().map_or(1, |l| l + 1 - end);
        let from = end.saturating_sub(horizon);
        let past: Vec<usize> = (from..end).filter(|d| series.present[*d]).collect();
        let errors = Errors {
            mean: baseline(series, self.slots, self.calendar, from, &past),
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

/// How far days lie ahead of a cut-off.
fn ahead(end: usize, days: &[usize]) -> Vec<usize> {
    days.iter().map(|day| day - end).collect()
}

/// The sum of all series; a day is present where any is.
fn total(history: &History) -> Series {
    let mut volume = vec![0.0; history.days * history.slots.len()];
    let mut present = vec![false; history.days];
    for s in &history.series {
        for (t, v) in volume.iter_mut().zip(&s.volume) {
            *t += v;
        }
        for (t, p) in present.iter_mut().zip(&s.present) {
            *t |= p;
        }
    }
    Series {
        name: "total".into(),
        volume,
        present,
    }
}
