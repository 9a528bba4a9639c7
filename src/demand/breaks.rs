//! Level breaks: a shop that lost its biggest campaign, or took over another one's customers, is no longer what
//! its history says. Levels learn that in weeks, and everything chosen on past windows later still; so the days
//! before a break are brought to the level after it, and all that follows reads an even history.

use std::borrow::Cow;

use super::calendar::Calendar;
use super::gpm::factors::{DayConfig, Factors};
use super::gpm::level;
use super::gpm::sample::{Sample, median};
use super::gpm::search::deviance;
use super::history::Series;

/// Regular days since a break, and before it, that are compared.
const SINCE: std::ops::RangeInclusive<usize> = 7..=56;
const BEFORE: usize = 42;
const FEWEST_BEFORE: usize = 21;
/// Days after which a break is held to last; before, a part of it may be a busy week.
const LASTING: f64 = 10.0;
/// A smaller change of the level, times, is left to the levels.
const LEAST: f64 = 1.5;
/// Standard deviations of what the level did before.
const SURE: f64 = 5.0;
/// Share of the days on either side that are nearer their own level than the other's.
const CLEAR: f64 = 0.7;
/// Breaks that are evened out.
const MOST: usize = 3;
/// Days around one that tell what is usual, how often it must be passed, by contacts and standard deviations, for a
/// day to be wild, and one day in how many may be.
const AROUND: usize = 6;
const WILD: f64 = 3.0;
const FAR: f64 = 8.0;
const ENOUGH: f64 = 5.0;
const RARE: usize = 100;
/// Half-life of the two-sided level against which the scatter of days is measured, days.
const PATH: f64 = 14.0;

/// The days from `day` on are taken to stand at `ratio` times the level of those before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Break {
    pub day: usize,
    pub ratio: f64,
    /// Relative variance of the level for not knowing yet whether the rest of the change lasts, too.
    pub doubt: f64,
}

/// The series with single wild days pulled in, the days before each break brought to the level after it, and the
/// latest break.
pub fn evened<'a>(
    series: &'a Series,
    slots: usize,
    calendar: &Calendar,
    end: usize,
) -> (Cow<'a, Series>, Option<Break>) {
    let mut out = series.without_spikes(end, slots);
    let mut latest = None;
    let sample = |series: &Series| Sample::new(series, slots, calendar, end);
    let mut s = sample(&out);
    let mut days = Days::new(&s, calendar);
    let wild = days.as_ref().map_or_else(Vec::new, Days::wild);
    if let Some(seen) = days.as_ref().filter(|_| !wild.is_empty()) {
        let volume = &mut out.to_mut().volume;
        for (i, factor) in wild {
            let day = s.day[seen.at[i]] as usize;
            let counts = &mut volume[day * slots..(day + 1) * slots];
            counts.iter_mut().for_each(|count| *count *= factor as f32);
        }
        s = sample(&out);
        days = Days::new(&s, calendar);
    }
    for _ in 0..MOST {
        let Some((first, whole, held)) = days.as_ref().and_then(Days::latest_break) else {
            break;
        };
        let (day, ratio) = (s.day[first] as usize, whole.powf(held));
        let counts = &mut out.to_mut().volume[..day * slots];
        counts.iter_mut().for_each(|count| *count *= ratio as f32);
        // The level that the young days show lies at the edge of the 80 % band.
        let doubt = ((whole / ratio - 1.0) / 1.2816).powi(2);
        latest.get_or_insert(Break { day, ratio, doubt });
        s = sample(&out);
        days = Days::new(&s, calendar);
    }
    (out, latest)
}

/// The regular days of a sample.
struct Days {
    /// Index in the sample.
    at: Vec<usize>,
    weekday: Vec<u8>,
    came: Vec<f64>,
    /// What the factors expect at a level of one.
    due: Vec<f64>,
    /// Relative variance of a day beyond Poisson.
    excess: f64,
}

impl Days {
    fn new(s: &Sample, calendar: &Calendar) -> Option<Self> {
        let n = s.len();
        if n < *SINCE.start() + FEWEST_BEFORE {
            return None;
        }
        let mut expected = Vec::new();
        // Days of the month would take a young level for theirs.
        let config = DayConfig {
            month_day: 0.0,
            ..DayConfig::default()
        };
        Factors::fit(s, n, calendar, &config, None, None, &mut expected);
        let at: Vec<usize> = (0..n).filter(|&i| s.regular[i] == 1.0).collect();
        let mut path = Vec::new();
        level::path(s, n, &expected, PATH, &mut path);
        let mut off: Vec<f64> = at
            .iter()
            .map(|&i| {
                let mean = (path[i] * expected[i]).max(1e-9);
                excess(s.total[i], mean)
            })
            .collect();
        let excess = median(&mut off).unwrap_or_default();
        Some(Self {
            weekday: at.iter().map(|&i| s.weekday[i]).collect(),
            came: at.iter().map(|&i| s.total[i]).collect(),
            due: at.iter().map(|&i| expected[i]).collect(),
            excess: excess.max(0.0),
            at,
        })
    }

    /// Single days out of all proportion to those around them, and the factor that brings them back; none where
    /// such days are usual. A day of less than [`ENOUGH`] contacts is never wild.
    fn wild(&self) -> Vec<(usize, f64)> {
        let n = self.at.len();
        // The median over the days nearest to one among `days`, which it is itself of.
        let around = |at: usize, days: &[usize], of: &dyn Fn(usize) -> f64| {
            let first = at.saturating_sub(AROUND / 2);
            let first = first.min(days.len().saturating_sub(AROUND + 1));
            let near = first..(first + AROUND + 1).min(days.len());
            let mut near: Vec<f64> = near.filter(|j| *j != at).map(|j| of(days[j])).collect();
            median(&mut near)
        };
        let all: Vec<usize> = (0..n).collect();
        let mut out = Vec::new();
        for weekday in 0..7 {
            let alike: Vec<usize> = (0..n).filter(|i| self.weekday[*i] == weekday).collect();
            for (at, &i) in alike.iter().enumerate() {
                let (came, due) = (self.came[i], self.due[i]);
                // A wild day has made its own weekday dearer; its likes of other weeks tell by how much.
                let level = around(i, &all, &|j| self.came[j] / self.due[j].max(1e-9));
                let like = around(at, &alike, &|j| self.came[j]);
                let (Some(level), Some(like)) = (level, like) else {
                    continue;
                };
                let usual = (level * due).max(ENOUGH);
                let scatter = (usual + self.excess * usual * usual).sqrt();
                if came > WILD * usual && came > usual + FAR * scatter {
                    out.push((i, like.clamp(ENOUGH.min(usual), usual) / came));
                }
            }
        }
        if out.len() > 1 + n / RARE {
            out.clear();
        }
        out
    }

    /// The clearest break in the last days: the index in the sample of the first after it, the ratio of their level
    /// to that before, and how much of it is held to last.
    fn latest_break(&self) -> Option<(usize, f64, f64)> {
        let n = self.at.len();
        let latest = *SINCE.end().min(&n.checked_sub(FEWEST_BEFORE)?);
        let found = (*SINCE.start()..=latest).filter_map(|since| {
            let ratio = self.ratio(n, since)?;
            let sure = self.sureness(n, since)? >= SURE;
            sure.then(|| (self.misfit(n, since), since, ratio))
        });
        let (_, since, ratio) = found.min_by(|a, b| a.0.total_cmp(&b.0))?;
        Some((self.at[n - since], ratio, (since as f64 / LASTING).min(1.0)))
    }

    /// The deviance of the last days from one level until `since` days before the end, and another from there.
    fn misfit(&self, n: usize, since: usize) -> f64 {
        let from = n - since;
        let first = n.saturating_sub(SINCE.end() + BEFORE);
        let parts = [first..from, from..n].map(|part| {
            let (came, due) = (&self.came[part.clone()], &self.due[part]);
            let level = (came.iter().sum::<f64>() + 0.5) / (due.iter().sum::<f64>() + 0.5);
            let days = came.iter().zip(due);
            days.map(|(came, due)| deviance(*came, level * due))
                .sum::<f64>()
        });
        parts.iter().sum()
    }

    /// Contacts of the `since` days before `to`, what the days before them let expect, and how many these had.
    fn compare(&self, to: usize, since: usize) -> Option<(f64, f64, f64)> {
        let from = to.checked_sub(since)?;
        let before = from.saturating_sub(BEFORE)..from;
        if before.len() < FEWEST_BEFORE {
            return None;
        }
        let sum = |of: &[f64], range: std::ops::Range<usize>| of[range].iter().sum::<f64>();
        let (came, due) = (sum(&self.came, before.clone()), sum(&self.due, before));
        let level = (came + 0.5) / (due + 0.5);
        Some((
            sum(&self.came, from..to),
            level * sum(&self.due, from..to),
            came,
        ))
    }

    /// How many times the level of before, where it is far off and the days on either side say so.
    fn ratio(&self, to: usize, since: usize) -> Option<f64> {
        let (came, due, _) = self.compare(to, since)?;
        let ratio = (came + 0.5) / (due + 0.5);
        if ratio < LEAST && ratio > 1.0 / LEAST {
            return None;
        }
        let from = to - since;
        let level = due / self.due[from..to].iter().sum::<f64>().max(1e-9);
        let between = level * ratio.sqrt();
        let above = |range: std::ops::Range<usize>| {
            let days = range.len() as f64;
            range
                .filter(|&i| self.came[i] > between * self.due[i])
                .count() as f64
                / days
        };
        let (old, new) = (above(from.saturating_sub(BEFORE)..from), above(from..to));
        let clear = if ratio > 1.0 {
            new >= CLEAR && old <= 1.0 - CLEAR
        } else {
            old >= CLEAR && new <= 1.0 - CLEAR
        };
        clear.then_some(ratio)
    }

    /// The deviance of the last days, in standard deviations of what such days did before.
    fn sureness(&self, to: usize, since: usize) -> Option<f64> {
        let (came, due, before) = self.compare(to, since)?;
        let mut earlier: Vec<f64> = (1..)
            .map_while(|k| self.compare(to.checked_sub(k * since)?, since))
            .filter(|(_, due, _)| *due > 0.0)
            .map(|(came, due, _)| excess(came, due))
            .collect();
        let mut wander = self.excess / since as f64;
        if let Some(typical) = median(&mut earlier).filter(|_| earlier.len() > 2) {
            wander = wander.max(typical);
        }
        let variance = 1.0 + (wander + 1.0 / (before + 0.5)) * due;
        Some((deviance(came, due) / variance).sqrt())
    }
}

/// The relative variance beyond Poisson by which a count is off, such that the median over counts is that of their
/// distribution: the median of a squared normal is .455 of its mean.
fn excess(count: f64, mean: f64) -> f64 {
    ((count - mean).powi(2) / (0.455 * mean) - 1.0) / mean
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    const DAYS: usize = 200;

    /// Counts that scatter like Poisson's around `mean`, by weekday; and their calendar.
    fn series(mean: impl Fn(usize) -> f64) -> (Series, Calendar) {
        let first = NaiveDate::from_ymd_opt(2025, 1, 6).expect("a Monday");
        let weekday = [1.2, 1.1, 1.0, 1.0, 1.0, 0.8, 0.9];
        let count = |day: usize| {
            let mean = mean(day) * weekday[day % 7];
            let chance = (day * 7919 % 101) as f64 / 101.0 - 0.5;
            (mean + 3.4 * chance * mean.sqrt()).round().max(0.0) as f32
        };
        let series = Series {
            name: "s".into(),
            volume: (0..DAYS).map(count).collect(),
            present: vec![true; DAYS],
        };
        (series, Calendar::new(first, DAYS, [true; 7], None))
    }

    fn mean(counts: &[f32]) -> f64 {
        f64::from(counts.iter().sum::<f32>()) / counts.len() as f64
    }

    #[test]
    fn a_break_is_found_to_the_day_and_its_ratio_to_a_tenth() {
        for (from, to) in [(300.0, 60.0), (100.0, 300.0), (100.0, 50.0)] {
            for since in [10, 14, 28, 50] {
                let level = |day| if day < DAYS - since { from } else { to };
                let (series, calendar) = series(level);
                let (even, found) = evened(&series, 1, &calendar, DAYS);
                let found = found.expect("a break");
                assert_eq!(found.day, DAYS - since, "{from} to {to}");
                assert!((found.ratio * from / to - 1.0).abs() < 0.1, "{found:?}");
                assert_eq!(found.doubt, 0.0);
                let old = mean(&even.volume[..DAYS - since]);
                assert!((old / to - 1.0).abs() < 0.1, "{old}");
            }
        }
        // A week may be a busy one: half of it is believed, and the rest is open.
        let (week, calendar) = series(|day| if day < DAYS - 7 { 100.0 } else { 300.0 });
        let found = evened(&week, 1, &calendar, DAYS).1.expect("a break");
        assert!(found.ratio > 1.8 && found.ratio < 2.5 && found.doubt > 0.05);
    }

    #[test]
    fn a_shop_that_closed_has_no_contacts_left() {
        let (series, calendar) = series(|day| if day < DAYS - 14 { 300.0 } else { 0.0 });
        let even = evened(&series, 1, &calendar, DAYS).0;
        assert!(mean(&even.volume) < 0.5);
    }

    #[test]
    fn waves_trends_and_a_busy_week_long_past_are_no_breaks() {
        let plain = series(|_| 78.0);
        let wave = series(|day| 100.0 * (1.0 + 0.3 * (day as f64 / 58.0).sin()));
        let trend = series(|day| 60.0 * 1.01f64.powf(day as f64 / 7.0));
        let sale = series(|day| {
            if (150..157).contains(&day) {
                300.0
            } else {
                78.0
            }
        });
        for (series, calendar) in [plain, wave, trend, sale] {
            let (even, found) = evened(&series, 1, &calendar, DAYS);
            assert_eq!(found, None);
            assert_eq!(even.volume, series.volume);
        }
    }

    #[test]
    fn one_wild_day_is_brought_back_and_many_are_left() {
        let wild = |days: &'static [usize]| {
            series(move |day| if days.contains(&day) { 3900.0 } else { 78.0 })
        };
        let (one, calendar) = wild(&[DAYS - 1]);
        let even = evened(&one, 1, &calendar, DAYS).0;
        assert!(even.volume[DAYS - 1] < 120.0, "{}", even.volume[DAYS - 1]);
        let (many, calendar) = wild(&[20, 55, 83, 121, 160, 190]);
        assert!(evened(&many, 1, &calendar, DAYS).0.volume[160] > 500.0);
    }
}
