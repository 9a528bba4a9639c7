//! What came and went: single days and stretches of days out of all proportion to those around them, which say
//! nothing of the days to come.

use super::gpm::factors::YEAR;
use super::gpm::sample::{Sample, median};
use super::gpm::weights::deviance;
use super::regular::{Days, excess_of_one};

/// Days around one that tell what is usual, how often it must be passed, by contacts and standard deviations, for a
/// day to be wild, and one day in how many may be.
const AROUND: usize = 6;
const WILD: f64 = 3.0;
const FAR: f64 = 8.0;
const ENOUGH: f64 = 5.0;
const RARE: usize = 100;
/// The same where there are too few days to tell how they scatter: days needed, times their middle, and times the next
/// busiest.
const FEWEST_OF_FEW: usize = 8;
const WILD_OF_FEW: f64 = 4.0;
const ALONE: f64 = 2.0;

/// Regular days of a stretch, and those before and after it that it is compared with.
const LONG: std::ops::RangeInclusive<usize> = 3..=42;
const SIDE: usize = 42;
const FEWEST_BEFORE: usize = 14;
const FEWEST_AFTER: usize = 3;
/// A stretch that is less than so many times the level around it, or more than one over that, is left alone.
const LEAST: f64 = 1.5;
/// Standard deviations of what as many days did elsewhere.
const SURE: f64 = 5.0;
/// Share of the days of a stretch, and of either side, that are nearer their own level than the other's.
const CLEAR: f64 = 0.7;
/// How far the sides may differ, of what the stretch differs from both.
const ALIKE: f64 = 0.4;
/// Days for each stretch beyond the first: where more of them are found they are usual, and may come again.
const RARE_STRETCH: usize = 150;
/// Days after which a stretch is left to the yearly season, where there is one.
const OLD: usize = 91;

/// Days that stood at `ratio` times the level before and after them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    /// First day, and the one after the last.
    pub from: usize,
    pub to: usize,
    pub ratio: f64,
}

/// Single days out of all proportion to those around them, and the factor that brings them back; none where
/// such days are usual. A day of less than [`ENOUGH`] contacts is never wild, nor is one of a sale, which comes again.
pub(super) fn days(seen: &Days) -> Vec<(usize, f64)> {
    let n = seen.at.len();
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
        let alike: Vec<usize> = (0..n).filter(|i| seen.weekday[*i] == weekday).collect();
        for (at, &i) in alike.iter().enumerate() {
            let (came, due) = (seen.came[i], seen.due[i]);
            // A wild day has made its own weekday dearer; its likes of other weeks tell by how much.
            let level = around(i, &all, &|j| seen.came[j] / seen.due[j].max(1e-9));
            let like = around(at, &alike, &|j| seen.came[j]);
            let (Some(level), Some(like)) = (level, like) else {
                continue;
            };
            let usual = (level * due).max(ENOUGH);
            let scatter = (usual + seen.excess * usual * usual).sqrt();
            if !seen.is_sale[i] && came > WILD * usual && came > usual + FAR * scatter {
                out.push((i, like.clamp(ENOUGH.min(usual), usual) / came));
            }
        }
    }
    if out.len() > 1 + n / RARE {
        out.clear();
    }
    out
}

/// The one wild day of a history too short to have a week, and the factor that brings it back: far beyond the middle of
/// the others, of the next busiest, and of its own weekday where that came twice.
pub(super) fn day_of_few(s: &Sample) -> Option<(usize, f64)> {
    let n = s.len();
    let busiest = (0..n).max_by(|a, b| s.total[*a].total_cmp(&s.total[*b]))?;
    let others = || (0..n).filter(|i| *i != busiest);
    let mut all: Vec<f64> = others().map(|i| s.total[i]).collect();
    let alike = others().filter(|i| s.weekday[*i] == s.weekday[busiest]);
    let mut alike: Vec<f64> = alike.map(|i| s.total[i]).collect();
    let next = all.iter().copied().fold(0.0, f64::max);
    let usual = median(&mut all)?.max(ENOUGH);
    let like = median(&mut alike).map_or(usual, |like| like.max(ENOUGH));
    let is_wild = n >= FEWEST_OF_FEW
        && s.total[busiest] > WILD_OF_FEW * usual
        && s.total[busiest] > WILD * like
        && s.total[busiest] > ALONE * next;
    is_wild.then(|| (busiest, like / s.total[busiest]))
}

/// Stretches that left the level and came back to it, as indices of regular days; none where they are usual. Each is
/// the likeliest of all that overlap it: a scan statistic (Kulldorff 1997).
pub(super) fn stretches(seen: &Days, day: &[u32]) -> Vec<(std::ops::Range<usize>, f64)> {
    let n = seen.at.len();
    let sums = Sums::new(seen);
    let mut found: Vec<(f64, usize, usize, f64)> = Vec::new();
    let latest = match seen.after {
        Some(_) => n,
        None => n.saturating_sub(FEWEST_AFTER),
    };
    for from in FEWEST_BEFORE..n {
        for to in LONG.map(|long| from + long).filter(|to| *to <= latest) {
            if let Some((gain, ratio)) = sums.gain(from, to).filter(|g| g.0 > SURE * SURE) {
                found.push((gain, from, to, ratio));
            }
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut out: Vec<(std::ops::Range<usize>, f64)> = Vec::new();
    for (_, from, to, ratio) in found {
        let apart = |o: &(std::ops::Range<usize>, f64)| to <= o.0.start || o.0.end <= from;
        if out.iter().all(apart) && sums.stands_out(seen, from, to, ratio) {
            out.push((from..to, ratio));
        }
    }
    if out.len() > 1 + n / RARE_STRETCH {
        out.clear();
    }
    let date = |i: usize| day[seen.at[i]];
    let has_season = n > 0 && date(n - 1) - date(0) >= YEAR;
    let is_old = |s: &(std::ops::Range<usize>, f64)| n - s.0.end > OLD;
    out.retain(|s| !(has_season && is_old(s)));
    // What earlier years did at the time, too, is the season's.
    if let Some(in_season) = seen.in_season() {
        let sums = Sums::new(&in_season);
        let is_own = |s: &(std::ops::Range<usize>, f64)| {
            let own = sums.gain(s.0.start, s.0.end);
            own.is_some_and(|own| (own.1 > 1.0) == (s.1 > 1.0))
        };
        out.retain(is_own);
    }
    out
}

/// Running sums over regular days of what came and what was due.
struct Sums {
    came: Vec<f64>,
    due: Vec<f64>,
    /// Both of the days about Christmas at the end.
    after: (f64, f64),
}

impl Sums {
    fn new(seen: &Days) -> Self {
        let running = |of: &[f64]| {
            let mut sum = 0.0;
            let all = of.iter().map(|x| {
                sum += x;
                sum
            });
            std::iter::once(0.0).chain(all).collect()
        };
        Self {
            came: running(&seen.came),
            due: running(&seen.due),
            after: seen.after.unwrap_or_default(),
        }
    }

    /// Contacts that came, and that were due at a level of one.
    fn over(&self, from: usize, to: usize) -> (f64, f64) {
        (
            self.came[to] - self.came[from],
            self.due[to] - self.due[from],
        )
    }

    /// Both of the days before and after a stretch.
    fn sides(&self, from: usize, to: usize) -> [(f64, f64); 2] {
        let n = self.came.len() - 1;
        let mut after = self.over(to, (to + SIDE).min(n));
        if to + SIDE > n {
            after = (after.0 + self.after.0, after.1 + self.after.1);
        }
        [self.over(from.saturating_sub(SIDE), from), after]
    }

    /// The deviance of a stretch from the level of both sides, and how many times that it is; none where it is not
    /// far off or where the sides are unlike.
    fn gain(&self, from: usize, to: usize) -> Option<(f64, f64)> {
        let (came, due) = self.over(from, to);
        let sides = self.sides(from, to);
        let [before, after] = sides.map(|(came, due)| (came + 0.5) / (due + 0.5));
        let level = around(sides);
        let ratio = (came + 0.5) / (level * due + 0.5);
        // Hardly any is: no logarithm is taken of the others.
        if ratio < LEAST && ratio * LEAST > 1.0 {
            return None;
        }
        let far = ratio.ln().abs();
        let alike = (after / before).ln().abs() <= ALIKE * far;
        alike.then(|| (deviance(came, level * due), ratio))
    }

    /// Whether its days say so one by one, those of either side say the opposite, and as many days elsewhere hardly
    /// ever do the like.
    fn stands_out(&self, seen: &Days, from: usize, to: usize, ratio: f64) -> bool {
        let n = seen.at.len();
        let sides = self.sides(from, to);
        let level = around(sides);
        let between = level * ratio.sqrt();
        let beyond = |days: std::ops::Range<usize>| {
            let all = days.len() as f64;
            let beyond = |i: &usize| (seen.came[*i] > between * seen.due[*i]) == (ratio > 1.0);
            days.filter(beyond).count() as f64 / all
        };
        let mut days = [from.saturating_sub(SIDE)..from, to..(to + SIDE).min(n)].into_iter();
        if beyond(from..to) < CLEAR || days.any(|s| !s.is_empty() && beyond(s) > 1.0 - CLEAR) {
            return false;
        }
        let long = to - from;
        let mut wander = seen.excess / long as f64;
        let elsewhere = (FEWEST_BEFORE..n.saturating_sub(long + FEWEST_AFTER)).step_by(long);
        let mut off: Vec<f64> = elsewhere
            .map(|start| {
                let level = around(self.sides(start, start + long));
                let (came, due) = self.over(start, start + long);
                excess_of_one(came, (level * due).max(1e-9))
            })
            .collect();
        if let Some(typical) = median(&mut off).filter(|_| off.len() > 2) {
            wander = wander.max(typical);
        }
        let (came, due) = self.over(from, to);
        let due = level * due;
        let variance = 1.0 + (wander + 1.0 / (sides[0].0 + sides[1].0 + 0.5)) * due;
        deviance(came, due) / variance >= SURE * SURE
    }
}

/// The level of both sides together, from what came and what was due.
fn around(sides: [(f64, f64); 2]) -> f64 {
    let [before, after] = sides;
    (before.0 + after.0 + 0.5) / (before.1 + after.1 + 0.5)
}
