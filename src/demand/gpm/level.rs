//! The level of a series: discounted observed counts over discounted expected ones, the Poisson optimum of
//! an exponential average.

use super::sample::Sample;

/// Half-lives of the level, days, that a forecast mixes.
pub const HALF_LIVES: [f64; 8] = [2.0, 4.0, 7.0, 14.0, 28.0, 56.0, 112.0, 224.0];
/// Levels that a series reads from its own counts.
pub const OWN: usize = HALF_LIVES.len();
/// Levels that follow a parent: its own slow level (the second of [`HALF_LIVES`]) times what the parent's
/// has done since (the first over the second). A thin series cannot see such a move itself.
const BORROWED: [(usize, usize); 2] = [(3, 6), (4, 7)];
/// Levels that come back: where the first of [`HALF_LIVES`] stands beside the second, of which each day keeps a
/// share; busyness that lasts for days is neither chance nor a new level.
const RETURNS: [(usize, usize, f64); RETURN_KINDS] = [(0, 6, 0.9), (0, 6, 0.95)];
const RETURN_KINDS: usize = 2;
/// Prior standard deviation of how far apart they are, log scale.
const APART: f64 = 0.2;
/// Levels that go on as they went: two of [`HALF_LIVES`] lag behind a trend by different ages, so that their ratio
/// tells it (Brown 1959), and it fades out (Gardner & McKenzie 1985).
const TRENDS: [(usize, usize); TREND_KINDS] = [(2, 4), (3, 5)];
pub const TREND_KINDS: usize = 2;
/// All levels that a forecast may mix; those of [`TRENDS`] come last.
pub const KINDS: usize = PLAIN + RETURN_KINDS + TREND_KINDS;
const PLAIN: usize = OWN + BORROWED.len();
/// Half-life of a trend, days; prior standard deviation of it, log scale a day, and the steepest.
const FADE: f64 = 14.0;
const STEEP: f64 = 0.005;
const STEEPEST: f64 = 0.02;
const GAPS: usize = 16;
const LEAN: f64 = 0.3;

/// Discount for each gap in days at one half-life.
pub struct Discount {
    half_life: f64,
    table: [f64; GAPS],
}

impl Discount {
    pub fn new(half_life: f64) -> Self {
        let mut table = [1.0; GAPS];
        let one = (-std::f64::consts::LN_2 / half_life).exp();
        for g in 1..GAPS {
            table[g] = table[g - 1] * one;
        }
        Self { half_life, table }
    }

    #[inline]
    pub fn over(&self, gap: u32) -> f64 {
        match self.table.get(gap as usize) {
            Some(d) => *d,
            None => (-std::f64::consts::LN_2 * f64::from(gap) / self.half_life).exp(),
        }
    }
}

/// Level per [`HALF_LIVES`] at day `end` from the first `n` days, given each day's `expected` factor.
/// Longer ones steady the shorter: each leans on the next longer with the weight of [`LEAN`] days.
pub fn levels(s: &Sample, n: usize, end: usize, expected: &[f64]) -> [f64; OWN] {
    let discounts = HALF_LIVES.map(Discount::new);
    let mut tables = [[0.0; OWN]; GAPS];
    for (gap, row) in tables.iter_mut().enumerate() {
        for (d, t) in discounts.iter().zip(row) {
            *t = d.table[gap];
        }
    }
    let (mut seen, mut due) = ([0.0; OWN], [0.0; OWN]);
    let mut last = s.day.first().copied().unwrap_or(0);
    let fade =
        |seen: &mut [f64; OWN], due: &mut [f64; OWN], gap: u32| match tables.get(gap as usize) {
            Some(row) => {
                for k in 0..OWN {
                    seen[k] *= row[k];
                    due[k] *= row[k];
                }
            }
            None => {
                for k in 0..OWN {
                    let f = discounts[k].over(gap);
                    seen[k] *= f;
                    due[k] *= f;
                }
            }
        };
    for (i, expected) in expected.iter().enumerate().take(n) {
        fade(&mut seen, &mut due, s.day[i] - last);
        last = s.day[i];
        let (y, e) = (s.regular[i] * s.total[i], s.regular[i] * expected);
        for k in 0..OWN {
            seen[k] += y;
            due[k] += e;
        }
    }
    fade(&mut seen, &mut due, (end as u32).saturating_sub(last));
    if due[OWN - 1] <= 0.0 {
        // Special days are all there is.
        seen = [s.total[..n].iter().sum(); OWN];
        due = [expected[..n].iter().sum(); OWN];
    }
    let mut out = [0.0; OWN];
    let mut longer = None;
    for k in (0..OWN).rev() {
        out[k] = match longer {
            Some(l) => (seen[k] + LEAN * l) / (due[k] + LEAN),
            None if due[k] > 0.0 => seen[k] / due[k],
            None => 0.0,
        };
        longer = Some(out[k]);
    }
    out
}

/// Where a series stands at a cut-off by each kind of level, as far as known, and how it goes on.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    pub level: [Option<f64>; KINDS],
    pub course: Course,
}

/// How levels go on from a cut-off.
#[derive(Clone, Copy, Debug)]
pub struct Course {
    /// How far, in logarithm, those of [`RETURNS`] are from where they come back to.
    off: [f64; RETURN_KINDS],
    /// Change a day of the logarithm of those of [`TRENDS`].
    slope: [f64; TREND_KINDS],
}

impl Standing {
    /// By the series' `own` levels from the first `n` days of `s`, and those of its parent, where it has one.
    pub fn new(
        s: &Sample,
        n: usize,
        end: usize,
        own: [f64; OWN],
        parent: Option<&[f64; OWN]>,
    ) -> Self {
        let mut level = [None; KINDS];
        for (o, own) in level.iter_mut().zip(own) {
            *o = Some(own);
        }
        if let Some(parent) = parent {
            for (o, (short, long)) in level[OWN..PLAIN].iter_mut().zip(BORROWED) {
                *o = (parent[long] > 0.0).then(|| own[long] * parent[short] / parent[long]);
            }
        }
        let mut off = [0.0; RETURN_KINDS];
        let mut slope = [0.0; TREND_KINDS];
        let first = s.day.first().map_or(end, |day| *day as usize);
        let days = end.saturating_sub(first);
        let mean = s.total[..n].iter().sum::<f64>() / n.max(1) as f64;
        let chance = 1.0 / (mean + 0.5);
        for (k, (short, long, _)) in RETURNS.into_iter().enumerate() {
            if own[short] > 0.0 && own[long] > 0.0 {
                // Of few contacts the last days mostly have none: their logarithm would be far below.
                let noise = 1.0 / (2.0 * mean * age(HALF_LIVES[short], days));
                let weight = APART * APART / (APART * APART + noise);
                off[k] = weight * (own[short] / own[long]).ln();
            }
            level[PLAIN + k] = Some(own[long]);
        }
        for (k, (short, long)) in TRENDS.into_iter().enumerate() {
            let [young, old] = [short, long].map(|of| age(HALF_LIVES[of], days));
            if own[short] > 0.0 && own[long] > 0.0 && old > young {
                let told = (own[short] / own[long]).ln() / (old - young);
                let noise = (chance + s.excess) / (2.0 * young * (old - young).powi(2));
                let weight = STEEP * STEEP / (STEEP * STEEP + noise);
                slope[k] = (weight * told).clamp(-STEEPEST, STEEPEST);
            }
            level[PLAIN + RETURN_KINDS + k] = Some(own[short] * (slope[k] * young).exp());
        }
        let course = Course { off, slope };
        Self { level, course }
    }
}

impl Course {
    /// By how much each kind of level changes until so many days ahead.
    pub fn growth(&self, ahead: usize) -> [f64; KINDS] {
        let mut out = [1.0; KINDS];
        let (returns, trends) = out[PLAIN..].split_at_mut(RETURN_KINDS);
        for ((o, off), (_, _, keeps)) in returns.iter_mut().zip(self.off).zip(RETURNS) {
            *o = (off * keeps.powi(ahead as i32 + 1)).exp();
        }
        let fade = (-std::f64::consts::LN_2 / FADE).exp();
        let far = fade * (1.0 - fade.powi(ahead as i32)) / (1.0 - fade);
        for (o, slope) in trends.iter_mut().zip(self.slope) {
            *o = (slope * far).exp();
        }
        out
    }
}

/// The mean age of the days of a discounted mean over so many, the last of which is a day old.
fn age(half_life: f64, days: usize) -> f64 {
    let days = days.max(1) as f64;
    let one = (-std::f64::consts::LN_2 / half_life).exp();
    let all = one.powf(days);
    1.0 / (1.0 - one) - days * all / (1.0 - all)
}

/// The weights of kinds of level by the half-life that each follows the days with.
pub fn plain(weights: &[f64; KINDS]) -> [f64; OWN] {
    let mut out = [0.0; OWN];
    out.copy_from_slice(&weights[..OWN]);
    for (weight, (short, _)) in weights[OWN..].iter().zip(BORROWED) {
        out[short] += weight;
    }
    for (weight, (short, long, keeps)) in weights[PLAIN..].iter().zip(RETURNS) {
        out[short] += keeps * weight;
        out[long] += (1.0 - keeps) * weight;
    }
    for (weight, (short, _)) in weights[PLAIN + RETURN_KINDS..].iter().zip(TRENDS) {
        out[short] += weight;
    }
    out
}

/// What each of the first `n` days was to bring by the days before it, at levels of these `weights`.
pub fn followed(s: &Sample, n: usize, expected: &[f64], weights: &[f64; OWN]) -> Vec<f64> {
    let all: f64 = weights.iter().sum();
    let mut out = vec![0.0; n];
    for (half_life, weight) in HALF_LIVES.iter().zip(weights).filter(|w| *w.1 > 0.0) {
        let discount = Discount::new(*half_life);
        let (mut y, mut e, mut last) = (0.0, 0.0, s.day.first().copied().unwrap_or(0));
        for i in 0..n {
            let f = discount.over(s.day[i] - last);
            last = s.day[i];
            (y, e) = (y * f, e * f);
            if e > 0.0 {
                out[i] += weight / all * expected[i] * y / e;
            }
            y += s.regular[i] * s.total[i];
            e += s.regular[i] * expected[i];
        }
    }
    out
}

/// The level of each of the first `n` days from both sides, for estimating the other factors. A little of
/// the overall level keeps it positive through a drought.
pub fn path(s: &Sample, n: usize, expected: &[f64], half_life: f64, out: &mut Vec<f64>) {
    let discount = Discount::new(half_life);
    let (mut all_y, mut all_e) = (0.0, 0.0);
    for (i, expected) in expected.iter().enumerate().take(n) {
        all_y += s.regular[i] * s.total[i];
        all_e += s.regular[i] * expected;
    }
    let overall = if all_e > 0.0 { all_y / all_e } else { 0.0 };
    out.clear();
    out.resize(n, 0.0);
    let mut due = vec![0.0; n];
    let (mut y, mut e, mut last) = (0.0, 0.0, s.day.first().copied().unwrap_or(0));
    for i in 0..n {
        let f = discount.over(s.day[i] - last);
        last = s.day[i];
        y = y * f + s.regular[i] * s.total[i];
        e = e * f + s.regular[i] * expected[i];
        out[i] = y;
        due[i] = e;
    }
    (y, e) = (0.0, 0.0);
    for i in (0..n).rev() {
        let f = discount.over(last - s.day[i]);
        last = s.day[i];
        y *= f;
        e *= f;
        out[i] = (out[i] + y + 0.5 * overall) / (due[i] + e + 0.5);
        y += s.regular[i] * s.total[i];
        e += s.regular[i] * expected[i];
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::counts::normal_quantile;
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_xoshiro::SplitMix64;

    #[test]
    fn a_history_of_nothing_but_special_days_has_a_level() {
        let mut s = Sample {
            day: vec![0, 1],
            total: vec![120.0, 80.0],
            regular: vec![0.0, 0.0],
            ..Sample::default()
        };
        let close = |found: [f64; OWN], to: f64| found.iter().all(|l| (l - to).abs() < 1e-9);
        assert!(close(levels(&s, 2, 2, &[1.0, 1.0]), 100.0));
        // A regular day is worth more than they are.
        s.regular[1] = 1.0;
        assert!(close(levels(&s, 2, 2, &[1.0, 1.0]), 80.0));
    }

    #[test]
    fn busyness_that_lasts_comes_back_to_the_level() {
        // Days of 400 contacts whose busyness, of a standard deviation of .3, keeps .95 of itself.
        const DAYS: usize = 600;
        const AHEAD: usize = 14;
        let (mut error, expected) = ([0.0; KINDS], [1.0; DAYS]);
        for seed in 0..8 {
            let mut dice = SplitMix64::seed_from_u64(seed);
            let mut busy = 0.0;
            let mut total = || {
                busy = 0.95 * busy + 0.0937 * normal_quantile(dice.random::<f64>());
                400.0 * f64::exp(busy)
            };
            let s = Sample {
                total: (0..DAYS).map(|_| total()).collect(),
                day: (0..DAYS as u32).collect(),
                regular: vec![1.0; DAYS],
                ..Sample::default()
            };
            for end in (200..DAYS - AHEAD).step_by(7) {
                let standing = Standing::new(&s, end, end, levels(&s, end, end, &expected), None);
                for ahead in 0..AHEAD {
                    let growth = standing.course.growth(ahead);
                    for ((error, level), growth) in error.iter_mut().zip(standing.level).zip(growth)
                    {
                        let due = level.map_or(f64::INFINITY, |level| level * growth);
                        *error += (s.total[end + ahead] - due).powi(2);
                    }
                }
            }
        }
        let best = |kinds: &[f64]| kinds.iter().copied().fold(f64::INFINITY, f64::min);
        let returns = best(&error[PLAIN..PLAIN + RETURN_KINDS]) / best(&error[..OWN]);
        assert!(returns < 0.95, "{returns}");
    }

    #[test]
    fn what_few_contacts_say_of_busyness_is_chance() {
        let standing = |mean: f64| {
            let s = Sample {
                total: vec![mean; 100],
                day: (0..100).collect(),
                ..Sample::default()
            };
            let mut own = [mean; OWN];
            own[0] = 1.5 * mean;
            let at = Standing::new(&s, 100, 100, own, None);
            at.course.growth(0)[PLAIN + 1] - 1.0
        };
        let (few, many) = (standing(0.3), standing(1000.0));
        assert!(many > 0.45 && few < 0.1, "{few} {many}");
    }
}
