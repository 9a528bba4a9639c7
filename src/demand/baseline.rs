//! The forecasters to beat: weekly seasonal naive, means of k weeks, seasonal smoothing, MSTL with ETS.

use augurs::ets::AutoETS;
use augurs::mstl::MSTLModel;
use augurs::prelude::{Fit, Predict};

use super::calendar::Calendar;
use super::history::Series;

/// A baseline's means for `days` (after the training part that ends at `end`), day by day, slot by slot.
pub type Baseline = fn(&Series, usize, &Calendar, usize, &[usize]) -> Vec<f64>;

/// The latest observed day with the same weekday, repeated.
pub fn seasonal_naive(
    s: &Series,
    slots: usize,
    cal: &Calendar,
    end: usize,
    days: &[usize],
) -> Vec<f64> {
    per_weekday(slots, cal, days, |w| {
        let last = same_weekday(s, cal, end, w).next();
        last.map_or(vec![0.0; slots], |d| {
            s.day(d, slots).iter().map(|v| f64::from(*v)).collect()
        })
    })
}

/// The mean of the same weekday over the last `WEEKS` weeks.
pub fn mean_of_weeks<const WEEKS: usize>(
    s: &Series,
    slots: usize,
    cal: &Calendar,
    end: usize,
    days: &[usize],
) -> Vec<f64> {
    per_weekday(slots, cal, days, |w| {
        let from = end.saturating_sub(7 * WEEKS);
        let mut within = same_weekday(s, cal, end, w)
            .take_while(|d| *d >= from)
            .peekable();
        // A weekday without an observation in the window falls back on its latest one.
        let chosen: Vec<usize> = match within.peek() {
            Some(_) => within.collect(),
            None => same_weekday(s, cal, end, w).take(1).collect(),
        };
        let mut mean = vec![0.0; slots];
        for d in &chosen {
            for (m, v) in mean.iter_mut().zip(s.day(*d, slots)) {
                *m += f64::from(*v) / chosen.len() as f64;
            }
        }
        mean
    })
}

/// Exponential smoothing of each weekday's slots from week to week; the constant minimises the squared
/// one-week-ahead error.
pub fn seasonal_smoothing(
    s: &Series,
    slots: usize,
    cal: &Calendar,
    end: usize,
    days: &[usize],
) -> Vec<f64> {
    let run = |alpha: f64| {
        let mut state: Vec<Option<Vec<f64>>> = vec![None; 7];
        let mut error = 0.0;
        for day in (0..end).filter(|d| s.present[*d]) {
            let row = s.day(day, slots);
            match &mut state[usize::from(cal.days[day].weekday)] {
                Some(cells) => {
                    for (c, v) in cells.iter_mut().zip(row) {
                        let e = f64::from(*v) - *c;
                        error += e * e;
                        *c += alpha * e;
                    }
                }
                empty => *empty = Some(row.iter().map(|v| f64::from(*v)).collect()),
            }
        }
        (error, state)
    };
    let best = [0.02, 0.05, 0.1, 0.2, 0.4]
        .map(run)
        .into_iter()
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map_or_else(|| vec![None; 7], |r| r.1);
    per_weekday(slots, cal, days, |w| {
        best[w].clone().unwrap_or_else(|| vec![0.0; slots])
    })
}

/// MSTL (Bandara, Hyndman & Bergmeir 2021) with daily and weekly seasons and an automatic ETS trend, by
/// the `augurs` crate, on the days of the series' own week; gaps take the mean of their weekday. Where it
/// cannot fit, the mean of 13 weeks.
pub fn mstl_ets(s: &Series, slots: usize, cal: &Calendar, end: usize, days: &[usize]) -> Vec<f64> {
    let fallback = || mean_of_weeks::<13>(s, slots, cal, end, days);
    let mut open = [false; 7];
    (0..end)
        .filter(|d| s.present[*d])
        .for_each(|d| open[usize::from(cal.days[d].weekday)] = true);
    let Some(first) = s.present[..end].iter().position(|p| *p) else {
        return fallback();
    };
    let is_open = |d: &usize| open[usize::from(cal.days[*d].weekday)];
    let own: Vec<usize> = (first..end).filter(is_open).collect();
    let missing: Vec<usize> = own.iter().copied().filter(|d| !s.present[*d]).collect();
    let filler = mean_of_weeks::<1000>(s, slots, cal, end, &missing);
    let mut y = Vec::with_capacity(own.len() * slots);
    for d in &own {
        match missing.binary_search(d) {
            Ok(at) => y.extend_from_slice(&filler[at * slots..(at + 1) * slots]),
            Err(_) => y.extend(s.day(*d, slots).iter().map(|v| f64::from(*v))),
        }
    }
    let week = slots * open.iter().filter(|o| **o).count();
    let periods: Vec<usize> = [slots, week].into_iter().filter(|p| *p > 1).collect();
    if periods.is_empty() || y.len() < 2 * week + 1 {
        return fallback();
    }
    let Some(last) = days.last() else {
        return Vec::new();
    };
    let ahead: Vec<usize> = (end..=*last).filter(is_open).collect();
    let trend = AutoETS::non_seasonal().into_trend_model();
    let fitted = MSTLModel::new(periods, trend).fit(&y);
    let Ok(forecast) = fitted
        .map_err(|_| ())
        .and_then(|m| m.predict(ahead.len() * slots, None).map_err(|_| ()))
    else {
        return fallback();
    };
    let mut out = Vec::with_capacity(days.len() * slots);
    for d in days {
        match ahead.binary_search(d) {
            Ok(at) => out.extend(
                forecast.point[at * slots..(at + 1) * slots]
                    .iter()
                    .map(|v| v.max(0.0)),
            ),
            Err(_) => out.extend(vec![0.0; slots]),
        }
    }
    if out.iter().all(|v| v.is_finite()) {
        out
    } else {
        fallback()
    }
}

/// The same weeks of the last year, grown as the last eight weeks have: each weekday's mean over the three
/// weeks around 52 weeks before, times the ratio of the last eight weeks to those a year before them.
/// Without a year of history, the mean of 13 weeks.
pub fn last_year_grown(
    s: &Series,
    slots: usize,
    cal: &Calendar,
    end: usize,
    days: &[usize],
) -> Vec<f64> {
    const YEAR: usize = 364;
    const RECENT: usize = 56;
    let (mut now, mut then, mut pairs) = (0.0, 0.0, 0);
    for day in end.saturating_sub(RECENT)..end {
        let before = day.checked_sub(YEAR).and_then(|b| s.total(b, slots));
        if let (Some(a), Some(b)) = (s.total(day, slots), before) {
            now += a;
            then += b;
            pairs += 1;
        }
    }
    let fallback = mean_of_weeks::<13>(s, slots, cal, end, days);
    if pairs < RECENT / 4 || then <= 0.0 {
        return fallback;
    }
    let growth = (now / then).clamp(0.5, 2.0);
    let mut out = fallback;
    for (day, row) in days.iter().zip(out.chunks_mut(slots)) {
        let around = [YEAR - 7, YEAR, YEAR + 7]
            .into_iter()
            .filter_map(|ago| day.checked_sub(ago))
            .filter(|d| *d < end && s.present[*d] && cal.days[*d].effect == 0);
        let around: Vec<usize> = around.collect();
        if around.is_empty() {
            continue;
        }
        row.fill(0.0);
        for d in &around {
            for (m, v) in row.iter_mut().zip(s.day(*d, slots)) {
                *m += growth * f64::from(*v) / around.len() as f64;
            }
        }
    }
    out
}

/// Observed days before `end` with weekday `w`, latest first.
fn same_weekday<'a>(
    s: &'a Series,
    cal: &'a Calendar,
    end: usize,
    w: usize,
) -> impl Iterator<Item = usize> + 'a {
    (0..end.min(s.present.len()))
        .rev()
        .filter(move |d| s.present[*d] && usize::from(cal.days[*d].weekday) == w)
}

fn per_weekday(
    slots: usize,
    cal: &Calendar,
    days: &[usize],
    rows: impl Fn(usize) -> Vec<f64>,
) -> Vec<f64> {
    let mut known: [Option<Vec<f64>>; 7] = Default::default();
    let mut out = Vec::with_capacity(days.len() * slots);
    for d in days {
        let w = usize::from(cal.days[*d].weekday);
        out.extend_from_slice(known[w].get_or_insert_with(|| rows(w)));
    }
    out
}
