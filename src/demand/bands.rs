//! Bands: negative binomial around a mean, the excess variance calibrated on past errors, for slots and for
//! day totals apart, because busyness is shared by the slots of a day.

use std::collections::BTreeMap;

use super::counts::{Count, normal_cdf};

/// Relative variances beyond Poisson. That of a slot depends on its mean: quiet hours are less regular.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    /// Logarithm of a slot's mean, ascending, and of its excess there; holds the day's share too.
    pub slot: Vec<(f64, f64)>,
    /// Of a day's total, shared by its slots.
    pub day: f64,
    /// Of a week's total, shared by its days.
    pub week: f64,
    /// How the excess of days grows with how far they lie ahead.
    pub ahead: Ahead,
}

/// The excess of a day's total by each day more that it lies ahead, relative to the mean over those that it was read
/// from, which lay `middle` days ahead in the mean.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Ahead {
    per_day: f64,
    middle: f64,
}

impl Ahead {
    /// The excess so many days ahead over that of all.
    pub fn factor(self, ahead: usize) -> f64 {
        (1.0 + self.per_day * (ahead as f64 - self.middle)).max(LEAST_AHEAD)
    }
}

/// What a day just ahead keeps at least of the excess of all.
const LEAST_AHEAD: f64 = 0.2;

/// Quantiles of a forecast.
#[derive(Clone, Debug, Default)]
pub struct Bands {
    /// Quantiles 0.1, 0.5, 0.9 of each slot.
    pub slot: [Vec<f64>; 3],
    /// Quantiles 0.1, 0.9 of each day's total.
    pub day: [Vec<f64>; 2],
    /// Of the total of each week from the cut-off on.
    pub week: [Vec<f64>; 2],
}

/// Totals of days gathered into weeks: `ahead` counts each day's days from the cut-off.
pub fn week_totals(days: &[f64], ahead: &[usize]) -> Vec<f64> {
    let mut out: Vec<f64> = Vec::new();
    let mut last = None;
    for (total, ahead) in days.iter().zip(ahead) {
        let week = ahead / 7;
        match out.last_mut() {
            Some(sum) if last == Some(week) => *sum += total,
            _ => out.push(*total),
        }
        last = Some(week);
    }
    out
}

/// Past errors: actual and mean, by slot, days of `slots` after each other.
#[derive(Clone, Debug, Default)]
pub struct Errors {
    pub actual: Vec<f64>,
    pub mean: Vec<f64>,
    /// Of each day: the cut-off it was forecast from, and the day.
    pub when: Vec<(usize, usize)>,
}

/// The errors of a sum, gathered part by part.
#[derive(Clone, Debug, Default)]
pub struct Together {
    parts: usize,
    /// By cut-off and day.
    days: BTreeMap<(usize, usize), Summed>,
}

/// One day of a sum: how many parts have it, their actual and mean by slot.
#[derive(Clone, Debug)]
struct Summed {
    parts: usize,
    actual: Vec<f64>,
    mean: Vec<f64>,
}

impl Together {
    pub fn add(&mut self, part: &Errors, slots: usize) {
        self.parts += 1;
        let rows = part.actual.chunks(slots).zip(part.mean.chunks(slots));
        for (when, (actual, mean)) in part.when.iter().zip(rows) {
            let day = self.days.entry(*when).or_insert_with(|| Summed {
                parts: 0,
                actual: vec![0.0; slots],
                mean: vec![0.0; slots],
            });
            day.parts += 1;
            day.actual.iter_mut().zip(actual).for_each(|(a, b)| *a += b);
            day.mean.iter_mut().zip(mean).for_each(|(a, b)| *a += b);
        }
    }

    /// Those of the days that every part has.
    pub fn errors(self) -> Errors {
        let mut out = Errors::default();
        for (when, day) in self.days {
            if day.parts == self.parts {
                out.when.push(when);
                out.actual.extend(day.actual);
                out.mean.extend(day.mean);
            }
        }
        out
    }
}

impl Errors {
    /// How much wider a variance is for being learnt from few errors: the weeks of a window miss together and
    /// windows overlap, so that only those apart count. The quantile 0.9 of Student's t over the normal one,
    /// squared, to the first order in one over their number.
    fn few(&self) -> f64 {
        let windows = self.when.chunk_by(|a, b| a.0 == b.0);
        let mut spans: Vec<(usize, usize)> = windows.map(|w| (w[0].0, w[w.len() - 1].1)).collect();
        spans.sort_unstable();
        let (mut apart, mut until) = (0, 0);
        for (from, last) in spans {
            if from >= until {
                apart += 1;
                until = last + 1;
            }
        }
        if apart > 0 {
            (1.0 + 0.66 / f64::from(apart)).powi(2)
        } else {
            1.0
        }
    }

    /// Actual and mean of the weeks from each cut-off on that are as long as the longest, a day aside.
    fn whole_weeks(&self, came: &[f64], due: &[f64]) -> Vec<(f64, f64)> {
        let week = |(from, day): (usize, usize)| (from, (day - from) / 7);
        let mut out: Vec<(f64, f64, usize)> = Vec::new();
        let mut last = None;
        for ((when, y), m) in self.when.iter().zip(came).zip(due) {
            match out.last_mut() {
                Some(sum) if last == Some(week(*when)) => {
                    *sum = (sum.0 + y, sum.1 + m, sum.2 + 1);
                }
                _ => out.push((*y, *m, 1)),
            }
            last = Some(week(*when));
        }
        let longest = out.iter().map(|w| w.2).max().unwrap_or(0);
        let whole = out.into_iter().filter(|w| w.2 + 1 >= longest);
        whole.map(|w| (w.0, w.1)).collect()
    }

    /// How the excess of days' totals (came and due) grows with how far ahead they lay: that of the nearer half of
    /// the days against that of the farther, each leaning on that of `all`.
    fn ahead(&self, days: &[(f64, f64)], all: f64) -> Ahead {
        let mut by_ahead: Vec<(usize, (f64, f64))> = self
            .when
            .iter()
            .map(|(from, day)| day - from)
            .zip(days.iter().copied())
            .collect();
        by_ahead.sort_by_key(|day| day.0);
        let farthest = by_ahead.last().map_or(0, |day| day.0);
        if farthest < SHORT || all <= LEAST {
            return Ahead::default();
        }
        let halves = by_ahead.split_at(by_ahead.len() / 2);
        let [near, far] = [halves.0, halves.1].map(|half| {
            let days: Vec<(f64, f64)> = half.iter().map(|day| day.1).collect();
            let ahead = half.iter().map(|day| day.0 as f64).sum::<f64>();
            (excess(&days, all), ahead / half.len().max(1) as f64)
        });
        let mean = 0.5 * (near.0 + far.0);
        Ahead {
            // Nothing is known better for being farther off.
            per_day: ((far.0 - near.0) / (far.1 - near.1).max(1.0) / mean.max(LEAST)).max(0.0),
            middle: 0.5 * (near.1 + far.1),
        }
    }
}

/// Where no day lies farther ahead than this, all are as sure.
const SHORT: usize = 13;

impl Spread {
    /// The same excess for every slot.
    pub fn even(slot: f64, day: f64) -> Self {
        Self {
            slot: vec![(0.0, slot.max(LEAST).ln())],
            day,
            week: LASTING * day,
            ahead: Ahead::default(),
        }
    }

    /// The excess of a slot with this mean on a day so far ahead.
    pub fn slot_excess_at(&self, mean: f64, ahead: usize) -> f64 {
        let more = self.day * (self.ahead.factor(ahead) - 1.0);
        (self.slot_excess(mean) + more).max(LEAST)
    }

    /// The excess of a slot with this mean.
    pub fn slot_excess(&self, mean: f64) -> f64 {
        let x = mean.max(1e-9).ln();
        let at = self.slot.partition_point(|p| p.0 < x);
        let log = match (
            at.checked_sub(1).and_then(|i| self.slot.get(i)),
            self.slot.get(at),
        ) {
            (Some(a), Some(b)) => a.1 + (b.1 - a.1) * (x - a.0) / (b.0 - a.0),
            (Some(p), None) | (None, Some(p)) => p.1,
            (None, None) => return self.day,
        };
        log.exp()
    }

    /// The same with a relative variance more, shared by all days.
    pub fn wider(mut self, by: f64) -> Self {
        self.slot
            .iter_mut()
            .for_each(|s| s.1 = (s.1.exp() + by).ln());
        self.day += by;
        self.week += by;
        self
    }

    /// Bands of `mean` (days × slots), of days that lie `ahead` of the cut-off, ascending.
    pub fn bands(&self, mean: &[f64], slots: usize, ahead: &[usize]) -> Bands {
        let days = mean.chunks(slots).zip(ahead);
        let counts: Vec<Count> = days
            .flat_map(|(day, ahead)| {
                day.iter().map(|m| Count {
                    mean: *m,
                    excess: self.slot_excess_at(*m, *ahead),
                })
            })
            .collect();
        let slot = |p| counts.iter().map(|c| c.quantile(p)).collect();
        let totals: Vec<f64> = mean.chunks(slots).map(|d| d.iter().sum()).collect();
        let weeks = week_totals(&totals, ahead);
        let band = |totals: &[f64], excess: f64, ahead: &[usize]| {
            [0.1, 0.9].map(|p| {
                let count = |(mean, ahead): (&f64, &usize)| Count {
                    mean: *mean,
                    excess: excess * self.ahead.factor(*ahead),
                };
                let totals = totals.iter().zip(ahead);
                totals.map(|total| count(total).quantile(p)).collect()
            })
        };
        // The middle of each week that has a day.
        let mut middles: Vec<usize> = ahead.iter().map(|ahead| ahead / 7 * 7 + 3).collect();
        middles.dedup();
        Bands {
            slot: [
                slot(0.1),
                counts.iter().map(|c| c.whole_quantile(0.5)).collect(),
                slot(0.9),
            ],
            day: band(&totals, self.day, ahead),
            week: band(&weeks, self.week, &middles),
        }
    }

    /// The excess variances under which 80 % of the past lies inside the 80 % band, the ends of the band
    /// counted by their share: in groups of slots of like mean. Few past errors lean on `prior`.
    pub fn calibrate(errors: &Errors, slots: usize, prior: &Self) -> Self {
        let totals = |v: &[f64]| -> Vec<f64> { v.chunks(slots).map(|d| d.iter().sum()).collect() };
        let (came, due) = (totals(&errors.actual), totals(&errors.mean));
        let weeks = errors.whole_weeks(&came, &due);
        let days: Vec<(f64, f64)> = came.into_iter().zip(due).collect();
        let mut points: Vec<(f64, f64)> = errors
            .actual
            .iter()
            .copied()
            .zip(errors.mean.iter().copied())
            .filter(|p| p.1 > 1e-6)
            .collect();
        points.sort_by(|a, b| a.1.total_cmp(&b.1));
        let groups = (points.len() / LIKE).clamp(1, GROUPS);
        let mut slot: Vec<(f64, f64)> = Vec::new();
        for group in points.chunks(points.len().div_ceil(groups).max(1)) {
            let middle = group[group.len() / 2].1.ln();
            let log = excess(group, prior.slot_excess(middle.exp())).ln();
            if slot.last().is_none_or(|l| middle > l.0 + 1e-9) {
                slot.push((middle, log));
            }
        }
        if slot.is_empty() {
            slot.clone_from(&prior.slot);
        }
        let day = excess(&days, prior.day);
        Self {
            slot,
            day,
            // The days of a week are no less alike than strangers, and no more than one another's copies.
            week: errors.few() * excess(&weeks, LASTING * day).clamp(day / 7.0, day.max(LEAST)),
            ahead: errors.ahead(&days, day),
        }
    }
}

const LEAST: f64 = 1e-6;
/// Excess of a week's total over that of a day where nothing else is known: days that correlate by .3.
const LASTING: f64 = 0.4;
/// Below this mean count the excess is read from the likelihood.
const THIN: f64 = 2.0;
/// Groups of slots by mean, and the least errors of one.
const GROUPS: usize = 4;
const LIKE: usize = 100;
/// Most errors of a group that are looked at.
const MOST: usize = 400;

fn excess(points: &[(f64, f64)], prior: f64) -> f64 {
    let points: Vec<(f64, f64)> = points
        .iter()
        .copied()
        .step_by(points.len().div_ceil(MOST).max(1))
        .collect();
    if points.len() < 10 {
        return prior;
    }
    let mean = points.iter().map(|p| p.1).sum::<f64>() / points.len() as f64;
    let found = if mean < THIN {
        likely(&points)
    } else {
        covering(&points)
    };
    // Twenty prior points on the log scale.
    let weight = points.len() as f64 / (points.len() as f64 + 20.0);
    (weight * found.ln() + (1.0 - weight) * prior.max(LEAST).ln()).exp()
}

/// The excess under which 80 % of the points lie inside their bands.
fn covering(points: &[(f64, f64)]) -> f64 {
    let inside = |excess: f64| -> f64 {
        points
            .iter()
            .map(|(y, m)| share_inside(*y, *m, excess))
            .sum::<f64>()
            / points.len() as f64
    };
    // Coverage grows with the excess: bisection on its logarithm.
    let (mut low, mut high) = (1e-6f64.ln(), 10f64.ln());
    for _ in 0..11 {
        let middle = 0.5 * (low + high);
        if inside(middle.exp()) < 0.8 {
            low = middle
        } else {
            high = middle
        }
    }
    (0.5 * (low + high)).exp()
}

/// The excess by its negative binomial likelihood, averaged on the logarithmic scale from .01 to 4: of thin
/// counts the band is a step or two, and its coverage says little.
fn likely(points: &[(f64, f64)]) -> f64 {
    const STEPS: usize = 16;
    let (low, high) = (0.01f64.ln(), 4f64.ln());
    let grid: [f64; STEPS + 1] =
        std::array::from_fn(|k| low + (high - low) * k as f64 / STEPS as f64);
    let fit = grid.map(|log| -> f64 {
        let excess = log.exp();
        let mass = |(y, mean): &(f64, f64)| {
            let count = Count {
                mean: *mean,
                excess,
            };
            count.below_and_at(*y).1.max(1e-12).ln()
        };
        points.iter().map(mass).sum()
    });
    let best = fit.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weight = fit.map(|f| (f - best).exp());
    let sum: f64 = grid.iter().zip(&weight).map(|(x, w)| x * w).sum();
    (sum / weight.iter().sum::<f64>()).exp()
}

/// How much of the mass at `y` lies inside the central 80 %.
pub fn share_inside(y: f64, mean: f64, excess: f64) -> f64 {
    let (low, high) = if mean > 3.0 {
        // Wilson–Hilferty with half a count to either side.
        let shape = mean / (1.0 + excess * mean);
        let c = 1.0 / (9.0 * shape);
        let z = |x: f64| ((x.max(0.0) / mean).cbrt() - 1.0 + c) / c.sqrt();
        (
            if y > 0.0 { normal_cdf(z(y - 0.5)) } else { 0.0 },
            normal_cdf(z(y + 0.5)),
        )
    } else {
        let (below, at) = Count { mean, excess }.below_and_at(y);
        (below, below + at)
    };
    if high <= low {
        return f64::from(u8::from(low > 0.1 && low < 0.9));
    }
    ((high.min(0.9) - low.max(0.1)) / (high - low)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_windows_that_do_not_overlap_tell_how_sure_a_week_is() {
        let from = |cut: usize| (cut..cut + 14).map(move |day| (cut, day));
        let errors = |cuts: &[usize]| Errors {
            when: cuts.iter().flat_map(|c| from(*c)).collect(),
            ..Errors::default()
        };
        // t with n degrees of freedom: 1.476 at 5, 1.372 at 10 (tables); the normal quantile is 1.2816.
        for (count, t) in [(5, 1.476f64), (10, 1.372)] {
            let cuts: Vec<usize> = (0..count).rev().map(|k| 100 + 14 * k).collect();
            let wider = (t / 1.2816).powi(2);
            assert!((errors(&cuts).few() / wider - 1.0).abs() < 0.04, "{count}");
        }
        assert_eq!(errors(&[100, 107, 113]).few(), errors(&[100]).few());
        assert_eq!(errors(&[]).few(), 1.0);
    }

    #[test]
    fn what_lies_far_ahead_is_less_sure() {
        // Windows of four weeks whose days miss by 3 % in the first half and by 12 % in the second.
        let when: Vec<(usize, usize)> = (0..12)
            .flat_map(|k| (0..28).map(move |d| (28 * k, 28 * k + d)))
            .collect();
        let off = |ahead: usize| if ahead < 14 { 0.03 } else { 0.12 };
        let sign = |day: usize| if day.is_multiple_of(2) { 1.0 } else { -1.0 };
        let errors = Errors {
            mean: vec![10_000.0; when.len()],
            actual: when
                .iter()
                .map(|(from, day)| 10_000.0 * (1.0 + sign(*day) * off(day - from)))
                .collect(),
            when,
        };
        let spread = Spread::calibrate(&errors, 1, &Spread::even(0.01, 0.01));
        let bands = spread.bands(&[10_000.0; 28], 1, &(0..28).collect::<Vec<_>>());
        let width = |day: usize| bands.day[1][day] - bands.day[0][day];
        assert!(width(27) > 2.0 * width(0), "{} {}", width(0), width(27));
        assert!(bands.slot[1].len() == 28 && bands.week[0].len() == 4);
    }
}
