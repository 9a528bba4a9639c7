//! Bands: negative binomial around a mean, the excess variance calibrated on past errors, for slots and for
//! day totals apart, because busyness is shared by the slots of a day.

use super::counts::{Count, thin};
use super::errors::Errors;
use super::excess::{LEAST, excess};

/// Relative variances beyond Poisson. That of a slot depends on its mean: quiet hours are less regular.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    /// Logarithm of a slot's mean, ascending, and of its excess there; holds the day's share too.
    pub slot: Vec<(f64, f64)>,
    /// Of a day's total, shared by its slots.
    pub day: f64,
    /// Of a week's total, shared by its days: weeks ahead from which it holds, ascending.
    pub weeks: Vec<(usize, f64)>,
    /// How the excess of days grows with how far they lie ahead.
    pub ahead: Ahead,
    /// What days that stand alone have beside it: days ahead, ascending, and their excess.
    pub special: Vec<(usize, f64)>,
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

impl Errors {
    /// Weeks ahead with actual and mean of the weeks from each cut-off on that are as long as the longest, a day
    /// aside.
    fn whole_weeks(&self, came: &[f64], due: &[f64]) -> Vec<(usize, (f64, f64))> {
        let week = |(from, day): (usize, usize)| (from, (day - from) / 7);
        let mut out: Vec<(usize, (f64, f64), usize)> = Vec::new();
        let mut last = None;
        for ((when, y), m) in self.when.iter().zip(came).zip(due) {
            let week = week(*when);
            match out.last_mut() {
                Some((_, sum, days)) if last == Some(week) => {
                    *sum = (sum.0 + y, sum.1 + m);
                    *days += 1;
                }
                _ => out.push((week.1, (*y, *m), 1)),
            }
            last = Some(week);
        }
        let longest = out.iter().map(|w| w.2).max().unwrap_or(0);
        let whole = out.into_iter().filter(|w| w.2 + 1 >= longest);
        whole.map(|w| (w.0, w.1)).collect()
    }

    /// The excess of weeks by how far they lie ahead. What is known of a week does not hang on how many more are
    /// asked for, so that each leans on the nearer ones alone; nothing is known better for being farther off.
    fn weeks(&self, came: &[f64], due: &[f64], all_days: f64, ahead: Ahead) -> Vec<(usize, f64)> {
        let all = self.whole_weeks(came, due);
        let mut prior = LASTING * all_days;
        let mut out: Vec<(usize, f64)> = Vec::new();
        for (at, from) in WEEKS.into_iter().enumerate() {
            let weeks = from..WEEKS.get(at + 1).copied().unwrap_or(usize::MAX);
            let points = all.iter().filter(|week| weeks.contains(&week.0));
            let points: Vec<(f64, f64)> = points.map(|week| week.1).collect();
            if points.is_empty() && from > 0 {
                break;
            }
            // The days of a week are no less alike than strangers, and no more than one another's copies.
            let copies = (all_days * ahead.factor(7 * from + MIDDLE)).max(LEAST);
            prior = excess(&points, prior).clamp(copies / 7.0, copies);
            let nearer = out.last().map_or(0.0, |week| week.1);
            out.push((from, (self.few(&weeks) * prior).max(nearer)));
        }
        out
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
            weeks: vec![(0, LASTING * day)],
            ahead: Ahead::default(),
            special: Vec::new(),
        }
    }

    /// The excess of the total of a day so far ahead.
    pub fn day_excess(&self, ahead: usize) -> f64 {
        self.day * self.ahead.factor(ahead) + self.special(ahead)
    }

    /// What a day so far ahead has of it for standing alone.
    pub fn special(&self, ahead: usize) -> f64 {
        let found = self.special.binary_search_by_key(&ahead, |day| day.0);
        found.map_or(0.0, |at| self.special[at].1)
    }

    /// The excess of a slot with this mean on a day so far ahead.
    pub fn slot_excess_at(&self, mean: f64, ahead: usize) -> f64 {
        let more = self.day_excess(ahead) - self.day;
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

    /// The excess of the total of a week so many weeks ahead.
    pub fn week_excess(&self, ahead: usize) -> f64 {
        let at = self.weeks.partition_point(|week| week.0 <= ahead);
        let found = at.checked_sub(1).and_then(|at| self.weeks.get(at));
        found.map_or(LASTING * self.day, |week| week.1)
    }

    /// The same with a relative variance more, shared by all days.
    pub fn wider(mut self, by: f64) -> Self {
        self.slot
            .iter_mut()
            .for_each(|s| s.1 = (s.1.exp() + by).ln());
        self.day += by;
        self.weeks.iter_mut().for_each(|week| week.1 += by);
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
        let thin = thin(mean);
        let slot = |p| counts.iter().map(|c| c.quantile_above(thin, p)).collect();
        let totals: Vec<f64> = mean.chunks(slots).map(|d| d.iter().sum()).collect();
        let weeks = week_totals(&totals, ahead);
        let band = |totals: &[f64], excess: &[f64]| {
            [0.1, 0.9].map(|p| {
                let count = |(mean, excess): (&f64, &f64)| Count {
                    mean: *mean,
                    excess: *excess,
                };
                let totals = totals.iter().zip(excess);
                totals.map(|total| count(total).quantile(p)).collect()
            })
        };
        let of_days: Vec<f64> = ahead.iter().map(|a| self.day_excess(*a)).collect();
        let mut of_weeks: Vec<usize> = ahead.iter().map(|ahead| ahead / 7).collect();
        of_weeks.dedup();
        let own = totals.iter().zip(ahead);
        let own = own.map(|(total, ahead)| self.special(*ahead) * total * total);
        let own = week_totals(&own.collect::<Vec<f64>>(), ahead);
        let own = own.iter().zip(&weeks);
        let of_weeks: Vec<f64> = of_weeks
            .into_iter()
            .zip(own)
            .map(|(week, (own, all))| self.week_excess(week) + own / (all * all).max(LEAST))
            .collect();
        Bands {
            slot: [
                slot(0.1),
                counts.iter().map(|c| c.whole_quantile(0.5)).collect(),
                slot(0.9),
            ],
            day: band(&totals, &of_days),
            week: band(&weeks, &of_weeks),
        }
    }

    /// The excess variances under which 80 % of the past lies inside the 80 % band, the ends of the band
    /// counted by their share: in groups of slots of like mean. Few past errors lean on `prior`.
    pub fn calibrate(errors: &Errors, slots: usize, prior: &Self) -> Self {
        let totals = |v: &[f64]| -> Vec<f64> { v.chunks(slots).map(|d| d.iter().sum()).collect() };
        let (came, due) = (totals(&errors.actual), totals(&errors.mean));
        let days: Vec<(f64, f64)> = came.iter().copied().zip(due.iter().copied()).collect();
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
        let mut day = excess(&days, prior.day);
        let few = errors.few_days(&days, day);
        for (_, log) in &mut slot {
            // Only what a slot shares with its day is learnt from days.
            let own = log.exp();
            *log = (own + (few - 1.0) * day.min(own)).ln();
        }
        day *= few;
        let ahead = errors.ahead(&days, day);
        Self {
            slot,
            day,
            weeks: errors.weeks(&came, &due, day, ahead),
            ahead,
            special: Vec::new(),
        }
    }
}

/// Excess of a week's total over that of a day where nothing else is known: days that correlate by .3.
pub(super) const LASTING: f64 = 0.4;
/// Weeks ahead from which on weeks are looked at together, and the middle day of a week.
const WEEKS: [usize; 5] = [0, 2, 4, 8, 16];
const MIDDLE: usize = 3;
/// Groups of slots by mean, and the least errors of one.
const GROUPS: usize = 4;
const LIKE: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_few_days_tell_is_less_sure() {
        // Days that miss by a tenth, evenly spread over the quantiles of a normal distribution.
        let spread = |days: usize| {
            let off = |day: usize| {
                super::super::counts::normal_quantile(((day * 3 % 14) as f64 + 0.5) / 14.0)
            };
            let errors = Errors {
                mean: vec![1000.0; days],
                actual: (0..days).map(|d| 1000.0 * (1.0 + 0.1 * off(d))).collect(),
                when: (0..days).map(|day| (day / 14 * 14, day)).collect(),
            };
            Spread::calibrate(&errors, 1, &Spread::even(0.009, 0.009))
        };
        // Ten days apart and a hundred: the weeks of four and of forty, two and a half each.
        let (few, many) = (spread(28), spread(280));
        let ratio = (1.066f64 / 1.0066).powi(2);
        assert!((few.day / many.day / ratio - 1.0).abs() < 0.03);
        let slots = few.slot_excess(1000.0) / many.slot_excess(1000.0);
        assert!((slots / ratio - 1.0).abs() < 0.03, "{slots}");
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

    #[test]
    fn a_day_that_stands_alone_is_less_sure_and_so_is_its_week() {
        let mut spread = Spread::even(0.01, 0.01);
        let mean = [10_000.0; 14];
        let ahead: Vec<usize> = (0..14).collect();
        let plain = spread.bands(&mean, 1, &ahead);
        spread.special = vec![(9, 0.09)];
        let bands = spread.bands(&mean, 1, &ahead);
        let width = |band: &[Vec<f64>; 2], at: usize| band[1][at] - band[0][at];
        for day in 0..14 {
            let wider = width(&bands.day, day) / width(&plain.day, day);
            // Ten times the variance.
            let due = if day == 9 { 10f64.sqrt() } else { 1.0 };
            assert!((wider / due - 1.0).abs() < 0.05, "{day}: {wider}");
        }
        assert_eq!(width(&bands.week, 0), width(&plain.week, 0));
        assert!(width(&bands.week, 1) > 1.1 * width(&plain.week, 1));
        assert!(bands.slot[2][9] > plain.slot[2][9] && bands.slot[2][8] == plain.slot[2][8]);
    }
}
