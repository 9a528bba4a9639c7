//! Rolling origins without look-ahead, counted back from the end in days of the series' own week.

use rayon::prelude::*;

use super::bands::week_totals;
use super::calendar::Calendar;
use super::excess::share_inside;
use super::forecaster::{Forecaster, METHODS, Method};
use super::history::{History, Series};
use super::metrics::{Scores, Sums, Window};

/// What to test.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Days of the series' own week to forecast from each origin.
    pub horizon: usize,
    pub origins: usize,
    /// Days between origins.
    pub step: usize,
    /// Holiday calendar.
    pub country: Option<String>,
    pub methods: Vec<Method>,
}

/// What a method scored.
#[derive(Clone, Debug)]
pub struct MethodScores {
    pub name: &'static str,
    pub all: Scores,
    /// Mean wall time of fit, search and predict, over series and origins.
    pub seconds_per_series: f64,
    /// Windows scored, over all series.
    pub origins: usize,
    pub series: Vec<SeriesScores>,
}

/// What it scored on one series.
#[derive(Clone, Debug)]
pub struct SeriesScores {
    pub name: String,
    pub scores: Scores,
    pub origins: usize,
    pub seconds: f64,
    /// Mean actual count of a slot.
    pub mean_volume: f64,
}

/// One test window: days from `end` on that were observed.
struct Test {
    end: usize,
    days: Vec<usize>,
}

/// Runs every method on every series and origin. `clock` gives seconds from any start.
pub fn run(history: &History, spec: &Spec, clock: impl Fn() -> f64 + Sync) -> Vec<MethodScores> {
    let open = history.open_weekdays();
    let calendar = Calendar::new(history.first, history.days, open, spec.country.as_deref());
    on_calendar(history, &calendar, spec, clock)
}

/// The same on a calendar of one's own.
pub fn on_calendar(
    history: &History,
    calendar: &Calendar,
    spec: &Spec,
    clock: impl Fn() -> f64 + Sync,
) -> Vec<MethodScores> {
    let tests: Vec<Vec<Test>> = history
        .series
        .iter()
        .map(|s| windows(history, s, spec))
        .collect();
    let mut ends: Vec<(usize, usize)> = tests
        .iter()
        .flatten()
        .filter_map(|t| t.days.last().map(|l| (t.end, l + 1 - t.end)))
        .collect();
    ends.sort_unstable();
    ends.dedup_by_key(|e| e.0);
    let forecaster = Forecaster::new(history, calendar, &ends, &spec.methods);
    spec.methods
        .iter()
        .map(|&method| {
            let rows: Vec<(Sums, f64, usize)> = history
                .series
                .par_iter()
                .zip(&tests)
                .map(|(series, tests)| {
                    let (mut sums, mut seconds) = (Sums::default(), 0.0);
                    for t in tests {
                        let start = clock();
                        score(history, series, &forecaster, method, t, &mut sums);
                        seconds += clock() - start;
                    }
                    (sums, seconds, tests.len())
                })
                .collect();
            summary(history, method, &rows)
        })
        .collect()
}

fn summary(history: &History, method: Method, rows: &[(Sums, f64, usize)]) -> MethodScores {
    let mut all = Sums::default();
    rows.iter().for_each(|r| all.merge(&r.0));
    let origins: usize = rows.iter().map(|r| r.2).sum();
    let seconds: f64 = rows.iter().map(|r| r.1).sum();
    MethodScores {
        name: METHODS[method as usize].0,
        all: all.scores(),
        seconds_per_series: seconds / origins.max(1) as f64,
        origins,
        series: history
            .series
            .iter()
            .zip(rows)
            .map(|(s, (sums, seconds, origins))| SeriesScores {
                name: s.name.clone(),
                scores: sums.scores(),
                origins: *origins,
                seconds: seconds / (*origins).max(1) as f64,
                mean_volume: sums.mean_actual(),
            })
            .collect(),
    }
}

/// The windows of a series, latest first: the days of the weekdays it ever opens, cut from the end.
fn windows(history: &History, series: &Series, spec: &Spec) -> Vec<Test> {
    let mut open = [false; 7];
    for (day, _) in series.present.iter().enumerate().filter(|(_, p)| **p) {
        open[history.weekday(day)] = true;
    }
    let first = series
        .present
        .iter()
        .position(|p| *p)
        .unwrap_or(history.days);
    let own: Vec<usize> = (first..history.days)
        .filter(|d| open[history.weekday(*d)])
        .collect();
    (0..spec.origins)
        .filter_map(|k| {
            let to = own.len().checked_sub(k * spec.step)?;
            let from = to.checked_sub(spec.horizon).filter(|f| *f > 0)?;
            let days: Vec<usize> = own[from..to]
                .iter()
                .copied()
                .filter(|d| series.present[*d])
                .collect();
            (!days.is_empty()).then_some(Test {
                end: own[from],
                days,
            })
        })
        .collect()
}

fn score(
    history: &History,
    series: &Series,
    forecaster: &Forecaster,
    method: Method,
    test: &Test,
    sums: &mut Sums,
) {
    let slots = history.slots.len();
    let found = forecaster.predict(method, series, test.end, &test.days);
    let actual: Vec<f64> = test
        .days
        .iter()
        .flat_map(|d| series.day(*d, slots))
        .map(|v| f64::from(*v))
        .collect();
    let totals: Vec<f64> = actual.chunks(slots).map(|d| d.iter().sum()).collect();
    let ahead: Vec<usize> = test.days.iter().map(|d| d - test.end).collect();
    let days = actual
        .chunks(slots)
        .zip(found.mean.chunks(slots))
        .zip(&ahead);
    let inside: Vec<f64> = days
        .flat_map(|((actual, mean), ahead)| {
            let slots = actual.iter().zip(mean);
            slots.map(|(y, m)| share_inside(*y, *m, found.spread.slot_excess_at(*m, *ahead)))
        })
        .collect();
    let q = &found.bands.slot;
    sums.add(&Window {
        slots,
        actual: &actual,
        mean: &found.mean,
        quantile: [&q[0], &q[1], &q[2]],
        inside: &inside,
        day_band: [&found.bands.day[0], &found.bands.day[1]],
        week: &week_totals(&totals, &ahead),
        week_band: [&found.bands.week[0], &found.bands.week[1]],
        scale: naive_scale(history, series, test.end),
    });
}

/// Mean absolute and mean squared difference to the same slot a week before, over the training part.
fn naive_scale(history: &History, series: &Series, end: usize) -> [f64; 2] {
    let slots = history.slots.len();
    let (mut absolute, mut squares, mut n) = (0.0, 0.0, 0.0);
    for day in 7..end {
        if series.present[day] && series.present[day - 7] {
            for (a, b) in series
                .day(day, slots)
                .iter()
                .zip(series.day(day - 7, slots))
            {
                let d = f64::from(a - b);
                absolute += d.abs();
                squares += d * d;
            }
            n += slots as f64;
        }
    }
    if n > 0.0 {
        [absolute / n, squares / n]
    } else {
        [0.0, 0.0]
    }
}

#[cfg(test)]
mod tests {
    use super::super::counts::normal_quantile;
    use super::super::history::Row;
    use super::*;
    use chrono::{Days, NaiveDate};
    use rand::{RngExt, SeedableRng};
    use rand_xoshiro::SplitMix64;

    const SERIES: u64 = 16;

    /// WAPE and coverage of series of 200 days whose busyness keeps so much of itself from day to day, each alone.
    fn lasting(keeps: f64) -> [f64; 2] {
        let first = NaiveDate::from_ymd_opt(2026, 1, 5).expect("a Monday");
        let spec = Spec {
            horizon: 14,
            origins: 6,
            step: 14,
            country: None,
            methods: vec![Method::Crewcast],
        };
        let mut out = [0.0; 2];
        for seed in 0..SERIES {
            let mut dice = SplitMix64::seed_from_u64(seed);
            let mut chance = || normal_quantile(dice.random::<f64>());
            let mut busy = 0.1 / (1.0 - keeps * keeps).sqrt() * chance();
            let mut row = |day: u64| {
                busy = keeps * busy + 0.1 * chance();
                let mean = 100.0 * f64::exp(busy);
                let at = (first + Days::new(day)).and_time(chrono::NaiveTime::MIN);
                let volume = (mean + mean.sqrt() * chance()).round().max(0.0);
                Row {
                    at,
                    series: 0,
                    volume,
                }
            };
            let rows: Vec<Row> = (0..200).map(&mut row).collect();
            let history = History::from_rows(vec!["s".into()], &rows, None).expect("days");
            let scores = run(&history, &spec, || 0.0).remove(0).all;
            out[0] += scores.wape / SERIES as f64;
            out[1] += scores.coverage80_daily / SERIES as f64;
        }
        out
    }

    #[test]
    fn bands_hold_where_busyness_lasts_for_weeks() {
        let [wape, inside] = lasting(0.95);
        assert!(wape < 0.25 && inside > 0.7, "{wape} {inside}");
    }
}
