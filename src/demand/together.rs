//! A level that changed in many series at once: one of few contacts tells too little of it, the sum of them tells.

use std::borrow::Cow;
use std::ops::Range;

use super::breaks::{self, Break, Evened};
use super::calendar::Calendar;
use super::history::Series;

/// Days before the break that a series' part of the sum is taken from.
const BEFORE: usize = 42;
/// Days before the end by which a series must have begun: one that begins raises the sum, too.
const BEGUN: usize = 98;
/// How much likelier no change may be of a series that goes along, as a logarithm: fewer than a contact tells so.
const AGAINST: f64 = 0.5;

/// A break of the sum of some series.
#[derive(Clone, Debug)]
pub struct Shared {
    found: Break,
    /// Contacts of the sum by day.
    by_day: Vec<f64>,
}

impl Shared {
    /// The break of all series before `end` that have none of their own, if there is one.
    pub fn of(
        all: &[(Cow<Series>, Evened)],
        slots: usize,
        calendar: &Calendar,
        end: usize,
    ) -> Option<Self> {
        let begun = end.checked_sub(BEGUN)?;
        let is_quiet = |(series, found): &&(Cow<Series>, Evened)| {
            found.latest_break.is_none() && series.present[..begun].contains(&true)
        };
        let quiet: Vec<&Series> =
            (all.iter().filter(is_quiet).map(|(series, _)| &**series)).collect();
        if quiet.len() < 2 {
            return None;
        }
        let sum = Series::sum("together", quiet.into_iter());
        let found = breaks::evened(&sum, slots, calendar, end).1.latest_break?;
        Some(Self {
            found,
            by_day: by_day(&sum, slots, end),
        })
    }

    /// The days of a series before the break brought to the level after it, where it has none of its own and its
    /// contacts speak for it.
    pub fn even(&self, (series, evened): &mut (Cow<Series>, Evened), slots: usize) {
        if evened.latest_break.is_some() || !self.is_of(series, slots) {
            return;
        }
        let before = &mut series.to_mut().volume[..self.found.day * slots];
        (before.iter_mut()).for_each(|count| *count *= self.found.ratio as f32);
        evened.latest_break = Some(self.found);
    }

    /// Whether a series' part of the sum stayed what it was, rather than its level: the logarithm of the likelihoods'
    /// ratio of Poisson counts.
    fn is_of(&self, series: &Series, slots: usize) -> bool {
        let Break { day, ratio, .. } = self.found;
        let end = self.by_day.len();
        let own = by_day(series, slots, end);
        let sum = |of: &[f64], days: Range<usize>| of[days].iter().sum::<f64>();
        let before = day.saturating_sub(BEFORE)..day;
        let part = sum(&own, before.clone()) / sum(&self.by_day, before).max(1e-9);
        let due = part * sum(&self.by_day, day..end);
        let came = sum(&own, day..end);
        came * ratio.max(1e-3).ln() - due * (1.0 - 1.0 / ratio.max(1e-3)) >= -AGAINST
    }
}

/// Contacts on each day before `end`.
fn by_day(series: &Series, slots: usize, end: usize) -> Vec<f64> {
    let days = series.volume[..end * slots].chunks(slots);
    let total = |counts: &[f32]| counts.iter().map(|count| f64::from(*count)).sum();
    days.map(total).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    const DAYS: usize = 365;

    /// Two contacts a day by chance, times `level`; number `k` of several.
    fn thin(k: usize, level: impl Fn(usize) -> f64) -> Series {
        let chance = |day: usize| (((day * 7919 + k * 104_729) % 1009) as f64 + 0.5) / 1009.0;
        let count = |day: usize| {
            // The quantile of a Poisson count.
            let mean = 2.0 * level(day);
            let (mut n, mut p, mut below) = (0.0, (-mean).exp(), (-mean).exp());
            while below < chance(day) {
                n += 1.0;
                p *= mean / n;
                below += p;
            }
            n as f32
        };
        Series {
            name: format!("s{k}"),
            volume: (0..DAYS).map(count).collect(),
            present: vec![true; DAYS],
        }
    }

    fn evened(series: &[Series]) -> (Option<Shared>, Vec<(Cow<'_, Series>, Evened)>) {
        let first = NaiveDate::from_ymd_opt(2025, 1, 6).expect("a Monday");
        let calendar = Calendar::new(first, DAYS, [true; 7], None);
        let even = |series| breaks::evened(series, 1, &calendar, DAYS);
        let mut all: Vec<_> = series.iter().map(even).collect();
        let shared = Shared::of(&all, 1, &calendar, DAYS);
        if let Some(shared) = &shared {
            all.iter_mut().for_each(|one| shared.even(one, 1));
        }
        (shared, all)
    }

    #[test]
    fn ten_thin_queues_that_halve_are_seen_together() {
        let halves = |day: usize| if day < DAYS - 28 { 1.0 } else { 0.5 };
        let series: Vec<Series> = (0..10).map(|k| thin(k, halves)).collect();
        let (shared, all) = evened(&series);
        let found = shared.expect("a break").found;
        assert!((DAYS - 30..DAYS - 25).contains(&found.day), "{found:?}");
        assert!((found.ratio - 0.5).abs() < 0.08, "{found:?}");
        let taken = all.iter().filter(|(_, found)| found.latest_break.is_some());
        assert!(taken.count() >= 8);
        let old = |one: &(Cow<Series>, Evened)| one.0.volume[..300].iter().sum::<f32>() / 300.0;
        let mean = all.iter().map(old).sum::<f32>() / 10.0;
        assert!((mean - 1.0).abs() < 0.2, "{mean}");
    }

    #[test]
    fn who_keeps_its_level_is_left_where_others_lose_theirs() {
        let halves = |day: usize| if day < DAYS - 28 { 1.0 } else { 0.4 };
        let mut series: Vec<Series> = (0..8).map(|k| thin(k, halves)).collect();
        series.push(thin(8, |_| 6.0));
        let (shared, all) = evened(&series);
        assert!(shared.is_some());
        assert_eq!(all[8].1.latest_break, None);
        // One that begins raises the sum, and breaks none of the others.
        let mut begins: Vec<Series> = (0..4).map(|k| thin(k, |_| 1.0)).collect();
        let mut new = thin(4, |_| 4.0);
        new.volume[..DAYS - 28].fill(0.0);
        new.present[..DAYS - 28].fill(false);
        begins.push(new);
        let (_, all) = evened(&begins);
        assert!(all.iter().all(|(_, found)| found.latest_break.is_none()));
    }
}
