//! Level breaks: a shop that lost its biggest campaign, or took over another one's customers, is no longer what
//! its history says. Levels learn that in weeks, and everything chosen on past windows later still; so the days
//! before a break are brought to the level after it, and all that follows reads an even history.

use std::borrow::Cow;
use std::ops::{Range, RangeInclusive};

use super::calendar::Calendar;
use super::gpm::sample::{Sample, median};
use super::gpm::weights::deviance;
use super::gpm::yearly::cholesky_solve;
use super::history::Series;
use super::regular::{Days, excess_of_one};
use super::trade::{self, Trade};
use super::wild::{self, Stretch};

/// Regular days since a break, and before it, that are compared.
const SINCE: RangeInclusive<usize> = 2..=56;
const BEFORE: usize = 42;
const FEWEST_BEFORE: usize = 21;
/// Days of which nothing is held to last, and after which all is; between them a part of it may be a busy week.
const PASSING: f64 = 3.0;
const LASTING: f64 = 10.0;
/// A change of the level that is smaller, times, after a week is left to the levels; of one that lasts, so much
/// less is enough as its days tell more, until four weeks.
const LEAST: f64 = 1.5;
const WEEK: f64 = 7.0;
const FOUR_WEEKS: f64 = 28.0;
/// Standard deviations of what the level did before.
const SURE: f64 = 5.0;
/// Share of the days on either side that are nearer their own level than the other's.
const CLEAR: f64 = 0.7;
/// Last days, half of those since and within these, that must still have this share of the change.
const LATELY: RangeInclusive<usize> = 1..=7;
const LEFT: f64 = 2.0 / 3.0;
/// Share of a change that must be left of it beside the season of earlier years.
const OWN: f64 = 0.5;
/// A season that moves the level by less, times, is not told from chance.
const SEASON: f64 = 1.1;
/// Breaks that are evened out.
const MOST: usize = 3;

/// The days from `day` on are taken to stand at `ratio` times the level of those before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Break {
    pub day: usize,
    pub ratio: f64,
    /// Relative variance of the level for not knowing yet whether the rest of the change lasts, too.
    pub doubt: f64,
}

/// What was evened out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evened {
    /// Days of zeros before the series began, left out.
    pub not_begun: usize,
    /// Stretches brought back to the level around them.
    pub stretches: Vec<Stretch>,
    /// A first Christmas trade, taken out.
    pub trade: Option<Trade>,
    pub latest_break: Option<Break>,
}

/// Less of a level than this cannot be brought back to it: such days are gaps.
const NOTHING: f64 = 0.05;

/// The series with wild days and stretches brought back, and the days before each break brought to the level after
/// it.
pub fn evened<'a>(
    series: &'a Series,
    slots: usize,
    calendar: &Calendar,
    end: usize,
) -> (Cow<'a, Series>, Evened) {
    let mut out = series.without_spikes(end, slots);
    let early = out.not_begun(end, slots);
    let mut found = Evened {
        not_begun: early.len(),
        ..Evened::default()
    };
    if !early.is_empty() {
        out.to_mut().present[early].fill(false);
    }
    let read = |series: &Series| {
        let sample = Sample::new(series, slots, calendar, end);
        let days = Days::new(&sample, calendar);
        (sample, days)
    };
    if out.present.iter().take(end).filter(|p| **p).count() < FEWEST_DAYS {
        let s = Sample::new(&out, slots, calendar, end);
        if let Some((i, factor)) = wild::day_of_few(&s) {
            scale(&mut out, s.day[i] as usize, slots, factor);
        }
        return (out, found);
    }
    let (mut s, mut days) = read(&out);
    let single = wild::days(&days);
    if !single.is_empty() {
        for (i, factor) in single {
            scale(&mut out, s.day[days.at[i]] as usize, slots, factor);
        }
        (s, days) = read(&out);
    }
    if let Some(trade) = trade::find(&s, &days, calendar) {
        let volume = out.to_mut().volume[trade.first * slots..].chunks_mut(slots);
        for (counts, rise) in volume.zip(&trade.by_day) {
            let back = (1.0 / rise) as f32;
            counts.iter_mut().for_each(|count| *count *= back);
        }
        found.trade = Some(trade);
        (s, days) = read(&out);
    }
    for (part, ratio) in wild::stretches(&days, &s.day) {
        let [from, last] = [part.start, part.end - 1].map(|i| s.day[days.at[i]] as usize);
        let to = last + 1;
        let changed = out.to_mut();
        let back = if ratio < NOTHING {
            changed.present[from..to].fill(false);
            0.0
        } else {
            1.0 / ratio
        };
        let counts = &mut changed.volume[from * slots..to * slots];
        counts.iter_mut().for_each(|count| *count *= back as f32);
        found.stretches.push(Stretch { from, to, ratio });
    }
    if !found.stretches.is_empty() {
        (s, days) = read(&out);
    }
    let mut to = days.len();
    for _ in 0..MOST {
        let Some((first, whole)) = latest_break(&days, to) else {
            break;
        };
        // The level between two breaks is what the first of them led to.
        to = first;
        let held = ((days.len() - first) as f64 - PASSING) / (LASTING - PASSING);
        if held <= 0.0 {
            continue;
        }
        let held = held.min(1.0);
        let ratio = 1.0 - held + held * whole;
        let day = s.day[days.at[first]] as usize;
        let counts = &mut out.to_mut().volume[..day * slots];
        counts.iter_mut().for_each(|count| *count *= ratio as f32);
        // The level that the young days show lies at the edge of the 80 % band.
        let doubt = ((whole / ratio - 1.0) / 1.2816).powi(2);
        found
            .latest_break
            .get_or_insert(Break { day, ratio, doubt });
        (s, days) = read(&out);
    }
    (out, found)
}

fn scale(series: &mut Cow<Series>, day: usize, slots: usize, factor: f64) {
    let counts = &mut series.to_mut().volume[day * slots..(day + 1) * slots];
    counts.iter_mut().for_each(|count| *count *= factor as f32);
}

/// In a shorter history nothing is evened but one wild day.
const FEWEST_DAYS: usize = FEWEST_BEFORE + 7;

/// The clearest break in the last days before `to`: the first day after it, and how many times the level of before
/// the days since have. A season breaks the level every year: what earlier years did at the time is none of it.
fn latest_break(days: &Days, to: usize) -> Option<(usize, f64)> {
    let latest = *SINCE.end().min(&to.checked_sub(FEWEST_BEFORE)?);
    let in_season = days.in_season();
    let plain = Recent { days, to };
    let found = (*SINCE.start()..=latest).filter_map(|since| {
        let ratio = plain.ratio(since)?;
        let own = in_season.as_ref().map_or(Some(ratio), |days| {
            let (own, sure) = Recent { days, to }.change(since)?;
            (sure >= SURE && own.ln() / ratio.ln() >= OWN).then_some(own)
        })?;
        let by_chance = (own / ratio).ln().abs() < SEASON.ln();
        let ratio = if by_chance { ratio } else { own };
        Some((plain.misfit(since), to - since, ratio))
    });
    let (misfit, first, ratio) = found.min_by(|a, b| a.0.total_cmp(&b.0))?;
    // What rises or falls all along has no break.
    (plain.misfit_of_curve() > misfit).then_some((first, ratio))
}

/// The last days of a series before `to` against those before them.
struct Recent<'a> {
    days: &'a Days,
    to: usize,
}

impl Recent<'_> {
    /// How many times the level of before the last days have, where that is far off, holds to the end, and is sure.
    fn ratio(&self, since: usize) -> Option<f64> {
        let (days, n) = (self.days, self.to);
        let (ratio, sure) = self.change(since)?;
        let least = LEAST.ln() * (WEEK / (since as f64).clamp(WEEK, FOUR_WEEKS)).sqrt();
        if ratio.ln().abs() < least || sure < SURE {
            return None;
        }
        let from = n - since;
        let level = self.level(from.saturating_sub(BEFORE)..from);
        let between = level * ratio.sqrt();
        let is_new = |came: f64, due: f64| (came > between * due) == (ratio > 1.0);
        let share = |part: Range<usize>| {
            let all = part.len() as f64;
            let new = |i: &usize| is_new(days.came[*i], days.due[*i]);
            part.filter(new).count() as f64 / all
        };
        let (old, new) = (share(from.saturating_sub(BEFORE)..from), share(from..n));
        let lately = n - (since / 2).clamp(*LATELY.start(), *LATELY.end())..n;
        let holds = |then: f64| (then / level).ln() / ratio.ln() >= LEFT;
        let after = days.after.filter(|_| n == days.len());
        let holds = holds(self.level(lately))
            && after.is_none_or(|(came, due)| holds((came + 0.5) / (due + 0.5)));
        (new >= CLEAR && old <= 1.0 - CLEAR && holds).then_some(ratio)
    }

    /// The deviance of the last days from one level until `since` days before the end, and another from there.
    fn misfit(&self, since: usize) -> f64 {
        let (days, n) = (self.days, self.to);
        let from = n - since;
        let first = n.saturating_sub(SINCE.end() + BEFORE);
        let parts = [first..from, from..n].map(|part| {
            let (came, due) = (&days.came[part.clone()], &days.due[part.clone()]);
            let level = self.level(part);
            came.iter()
                .zip(due)
                .map(|(came, due)| deviance(*came, level * due))
                .sum::<f64>()
        });
        parts.iter().sum()
    }

    /// The deviance of the same days from a smooth curve, with as many numbers as a break has: a Poisson regression
    /// on a parabola, by iterated weighted least squares (Nelder & Wedderburn 1972).
    fn misfit_of_curve(&self) -> f64 {
        let (days, n) = (self.days, self.to);
        let first = n.saturating_sub(SINCE.end() + BEFORE);
        let span = (n - first) as f64;
        let row = |i: usize| {
            let x = (i - first) as f64 / span - 0.5;
            [1.0, x, x * x]
        };
        let all = |of: &[f64]| of[first..].iter().sum::<f64>() + 0.5;
        let mut curve = [(all(&days.came) / all(&days.due)).ln(), 0.0, 0.0];
        let mean = |curve: &[f64; 3], i: usize| {
            let log: f64 = row(i).iter().zip(curve).map(|(x, b)| x * b).sum();
            (log.clamp(-30.0, 30.0).exp() * days.due[i]).max(1e-9)
        };
        for _ in 0..4 {
            let (mut normal, mut right) = ([[0.0; 3]; 3], [0.0; 3]);
            for i in first..n {
                let (mean, row) = (mean(&curve, i), row(i));
                for (a, x) in row.iter().enumerate() {
                    right[a] += x * (days.came[i] - mean);
                    for (b, z) in row.iter().enumerate() {
                        normal[a][b] += mean * x * z;
                    }
                }
            }
            let step = cholesky_solve(&mut normal, right);
            curve.iter_mut().zip(step).for_each(|(b, s)| *b += s);
        }
        (first..n)
            .map(|i| deviance(days.came[i], mean(&curve, i)))
            .sum()
    }

    /// Contacts of the `since` days before `to`, what the days before them let expect, and how many these had.
    fn compare(&self, to: usize, since: usize) -> Option<(f64, f64, f64)> {
        let from = to.checked_sub(since)?;
        let before = from.saturating_sub(BEFORE)..from;
        if before.len() < FEWEST_BEFORE {
            return None;
        }
        let sum = |of: &[f64], part: Range<usize>| of[part].iter().sum::<f64>();
        Some((
            sum(&self.days.came, from..to),
            self.level(before.clone()) * sum(&self.days.due, from..to),
            sum(&self.days.came, before),
        ))
    }

    /// Contacts that came on some days over those that were due at a level of one.
    fn level(&self, part: Range<usize>) -> f64 {
        let sum = |of: &[f64]| of[part.clone()].iter().sum::<f64>();
        (sum(&self.days.came) + 0.5) / (sum(&self.days.due) + 0.5)
    }

    /// How many times the level of before the last days have, and their deviance from it, in standard deviations of
    /// what such days did before.
    fn change(&self, since: usize) -> Option<(f64, f64)> {
        let to = self.to;
        let (came, due, before) = self.compare(to, since)?;
        let mut earlier: Vec<f64> = (1..)
            .map_while(|k| self.compare(to.checked_sub(k * since)?, since))
            .filter(|(_, due, _)| *due > 0.0)
            .map(|(came, due, _)| excess_of_one(came, due))
            .collect();
        let mut wander = self.days.excess / since as f64;
        if let Some(typical) = median(&mut earlier).filter(|_| earlier.len() > 2) {
            wander = wander.max(typical);
        }
        let variance = 1.0 + (wander + 1.0 / (before + 0.5)) * due;
        let sure = (deviance(came, due) / variance).sqrt();
        Some(((came + 0.5) / (due + 0.5), sure))
    }
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
                let found = found.latest_break.expect("a break");
                assert_eq!(found.day, DAYS - since, "{from} to {to}");
                assert!((found.ratio * from / to - 1.0).abs() < 0.1, "{found:?}");
                assert_eq!(found.doubt, 0.0);
                let old = mean(&even.volume[..DAYS - since]);
                assert!((old / to - 1.0).abs() < 0.1, "{old}");
            }
        }
        // A week may be a busy one: half of it is believed, and the rest is open.
        let (week, calendar) = series(|day| if day < DAYS - 7 { 100.0 } else { 300.0 });
        let found = evened(&week, 1, &calendar, DAYS).1;
        let found = found.latest_break.expect("a break");
        assert!(found.ratio > 1.8 && found.ratio < 2.5 && found.doubt > 0.05);
    }

    #[test]
    fn a_shop_that_closed_has_no_contacts_left() {
        let (series, calendar) = series(|day| if day < DAYS - 14 { 300.0 } else { 0.0 });
        let even = evened(&series, 1, &calendar, DAYS).0;
        assert!(mean(&even.volume) < 0.5);
    }

    #[test]
    fn waves_and_trends_are_no_breaks() {
        let plain = series(|_| 78.0);
        let wave = series(|day| 100.0 * (1.0 + 0.3 * (day as f64 / 58.0).sin()));
        let trend = series(|day| 60.0 * 1.01f64.powf(day as f64 / 7.0));
        for (series, calendar) in [plain, wave, trend] {
            let (even, found) = evened(&series, 1, &calendar, DAYS);
            assert_eq!(found, Evened::default());
            assert_eq!(even.volume, series.volume);
        }
    }

    #[test]
    fn weeks_that_came_and_went_are_brought_back_and_usual_ones_are_left() {
        let at = |weeks: Vec<(usize, usize)>, level: f64| {
            let within = move |day| weeks.iter().any(|w| (w.0..w.1).contains(&day));
            series(move |day| if within(day) { level } else { 78.0 })
        };
        let like = |found: f64, truth: f64| (found / truth - 1.0).abs() < 0.15;
        // Seven, three and fourteen days, over two weeks, five days or seven weeks ago; busy, quiet, shut.
        for (from, to) in [(179, 186), (192, 195), (137, 151)] {
            for level in [160.0, 240.0, 35.0, 0.0] {
                let (series, calendar) = at(vec![(from, to)], level);
                let (even, found) = evened(&series, 1, &calendar, DAYS);
                let stretch = found.stretches.first().expect("a stretch");
                assert_eq!((stretch.from, stretch.to), (from, to), "{level}");
                assert_eq!(found.latest_break, None);
                if level > 0.0 {
                    assert!(like(stretch.ratio, level / 78.0), "{stretch:?}");
                    assert!(like(mean(&even.volume[from..to]), 78.0));
                } else {
                    assert!(even.present[from..to].iter().all(|present| !present));
                }
            }
        }
        let often = [(30, 37), (65, 72), (100, 107), (135, 142), (170, 177)];
        let (sales, calendar) = at(often.to_vec(), 160.0);
        assert_eq!(evened(&sales, 1, &calendar, DAYS).1, Evened::default());
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
        // Of two weeks, too; a busy weekday that came twice is none.
        let spike = |days: &'static [usize]| {
            series(move |day| if days.contains(&day) { 480.0 } else { 78.0 })
        };
        for day in [3, 9, 11] {
            let (few, calendar) = series(move |d| if d == day { 480.0 } else { 78.0 });
            let even = evened(&few, 1, &calendar, 12).0;
            assert!(even.volume[day] < 130.0, "{day}: {}", even.volume[day]);
        }
        let (twice, calendar) = spike(&[2, 9]);
        assert!(evened(&twice, 1, &calendar, 12).0.volume[9] > 300.0);
    }
}
