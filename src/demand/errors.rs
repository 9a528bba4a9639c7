//! Past errors, and how much less is learnt from few of them.

use std::collections::BTreeMap;
use std::ops::Range;

use super::bands::LASTING;
use super::excess::LEAST;

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

/// Windows that are held to miss by what is usual.
const BELIEVED: f64 = 2.0;

impl Errors {
    /// How much wider a variance is for being learnt from few errors of some weeks ahead: the weeks of a window miss
    /// together and windows overlap, so that only those apart count.
    pub(super) fn few(&self, weeks: &Range<usize>) -> f64 {
        let windows = self.when.chunk_by(|a, b| a.0 == b.0);
        let span = |window: &[(usize, usize)]| {
            let within = |(from, day): &&(usize, usize)| weeks.contains(&((day - from) / 7));
            let mut days = window.iter().filter(within).map(|when| when.1);
            Some((window[0].0, days.next_back()?))
        };
        let mut spans: Vec<(usize, usize)> = windows.filter_map(span).collect();
        spans.sort_unstable();
        let (mut apart, mut until) = (0, 0);
        for (from, last) in spans {
            if from >= until {
                apart += 1;
                until = last + 1;
            }
        }
        if apart > 0 {
            wider(f64::from(apart))
        } else {
            1.0
        }
    }

    /// The same of days (came and due) that scatter by `excess`: each counts once, and as many for one as miss together.
    pub(super) fn few_days(&self, totals: &[(f64, f64)], excess: f64) -> f64 {
        let mut days: Vec<usize> = self.when.iter().map(|when| when.1).collect();
        days.sort_unstable();
        days.dedup();
        wider((days.len() as f64 / self.copies(totals, excess)).max(1.0 / LASTING))
    }

    /// How many days of a window miss like one: no fewer than those of a week are held to, which some windows of
    /// such stand for beside those seen.
    fn copies(&self, totals: &[(f64, f64)], excess: f64) -> f64 {
        let scaled = |(y, m): &(f64, f64)| (y - m) / (m + excess * m * m).max(LEAST).sqrt();
        let (mut together, mut apart, mut at, mut windows) = (0.0, 0.0, 0, 0.0);
        for window in self.when.chunk_by(|a, b| a.0 == b.0) {
            let off: Vec<f64> = totals[at..at + window.len()].iter().map(scaled).collect();
            at += window.len();
            windows += 1.0;
            together += off.iter().sum::<f64>().powi(2);
            apart += off.iter().map(|z| z * z).sum::<f64>();
        }
        let believed = BELIEVED * apart / f64::max(windows, 1.0);
        let least = 7.0 * LASTING;
        let copies = (together + believed * least) / f64::max(apart + believed, LEAST);
        copies.max(least)
    }
}

/// How much wider a variance is for being learnt from so many errors: the quantile 0.9 of Student's t over the normal
/// one, squared, to the first order in one over their number.
fn wider(errors: f64) -> f64 {
    (1.0 + 0.66 / errors).powi(2)
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
            assert!(
                (errors(&cuts).few(&(0..2)) / wider - 1.0).abs() < 0.04,
                "{count}"
            );
        }
        let few = |cuts: &[usize], weeks| errors(cuts).few(&weeks);
        assert_eq!(few(&[100, 107, 113], 0..2), few(&[100], 0..2));
        // Their first weeks do not overlap.
        assert_eq!(few(&[100, 107, 114], 0..1), few(&[100, 120, 140], 0..2));
        assert_eq!(few(&[], 0..2), 1.0);
    }

    #[test]
    fn days_that_miss_together_tell_as_much_as_one() {
        // Five windows of two weeks that miss by a tenth: each by one sign, or by the sign of each day.
        let when: Vec<(usize, usize)> = (0..5)
            .flat_map(|k| (0..14).map(move |day| (14 * k, 14 * k + day)))
            .collect();
        let few = |misses: fn(usize, usize) -> bool| {
            let sign = |(from, day): &(usize, usize)| if misses(*from, *day) { 1.1 } else { 0.9 };
            let totals: Vec<(f64, f64)> = when.iter().map(|w| (1e4 * sign(w), 1e4)).collect();
            let errors = Errors {
                when: when.clone(),
                ..Errors::default()
            };
            errors.few_days(&totals, 0.01)
        };
        let strangers = few(|_, day| day.is_multiple_of(2));
        let copies = few(|from, _| (from / 14).is_multiple_of(2));
        // A week of days is held to be no more than two and a half.
        assert!((strangers - wider(70.0 / 2.8)).abs() < 1e-9, "{strangers}");
        // Five errors, and two windows that miss as usual.
        let due = (5.0 * 14.0 + 2.0 * 2.8) / 7.0;
        assert!((copies - wider(70.0 / due)).abs() < 0.01, "{copies}");
        assert!(copies > 1.15 && strangers < 1.06);
    }
}
