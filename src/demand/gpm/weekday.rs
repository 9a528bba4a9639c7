//! The factors of the days of the week.
//!
//! Those of a member lean on the pooled series' ones. A series alone leans on itself: working days on the mean of
//! working days, free ones on that of free ones, as far as they are alike (empirical Bayes by moments: Efron & Morris
//! 1975, DerSimonian & Laird 1986). Seven factors of a queue of two contacts a day are otherwise mostly chance.

use super::factors::{DayConfig, Factors, noise, shrink};
use super::sample::Sample;

/// How far the days of a kind are held to differ, log scale, and days of the week that this counts for beside those
/// seen: .15 to .3, and one to four, do about as well.
const TYPICAL: f64 = 0.2;
const HELD: f64 = 2.0;
/// Counts that keep a ratio from being none.
const LITTLE: f64 = 0.05;

/// What came on each day of the week, what was due, and how many days that is of.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    came: f64,
    due: f64,
    days: f64,
}

impl Seen {
    fn is_any(&self) -> bool {
        self.days > 0.0 && self.due > 0.0
    }

    fn ratio(&self) -> f64 {
        (self.came + LITTLE) / (self.due + LITTLE)
    }
}

impl Factors {
    /// `weekend`: days of the week that are commonly free; `weight`: of each day.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn fit_weekday(
        &mut self,
        s: &Sample,
        weekend: [bool; 7],
        config: &DayConfig,
        prior: Option<&Self>,
        expected: &[f64],
        level: &[f64],
        weight: &[f64],
    ) {
        let mut seen = [Seen::default(); 7];
        for (i, weight) in weight.iter().enumerate() {
            let of = &mut seen[usize::from(s.weekday[i])];
            of.came += weight * s.total[i];
            of.due += weight * level[i] * expected[i];
            of.days += weight;
        }
        let leans = match prior {
            Some(prior) => prior.weekday.map(|centre| (centre, config.own_weekday)),
            None => alike(&seen, &self.weekday, weekend, s.excess),
        };
        let (mut sum, mut mass) = (0.0, 0.0);
        for ((factor, seen), (centre, sd)) in self.weekday.iter_mut().zip(&seen).zip(leans) {
            if seen.is_any() {
                let count = seen.came.max(seen.due);
                let raw = *factor * seen.ratio();
                *factor = shrink(raw, centre, sd, count, s.excess, seen.days);
                sum += seen.days * *factor;
                mass += seen.days;
            }
        }
        if sum > 0.0 {
            // A mean of one over the observed week keeps level and weekday apart.
            for w in &mut self.weekday {
                *w *= mass / sum;
            }
        }
    }
}

/// The mean factor of the kind of each day of the week, and how far the days of that kind differ beyond chance, as a
/// standard deviation on the log scale. `factor`: those that what was due holds.
fn alike(seen: &[Seen; 7], factor: &[f64; 7], weekend: [bool; 7], excess: f64) -> [(f64, f64); 7] {
    let mut out = [(1.0, TYPICAL); 7];
    for kind in [false, true] {
        let of = |w: &usize| weekend[*w] == kind && seen[*w].is_any();
        let of: Vec<usize> = (0..7).filter(of).collect();
        let all = Seen {
            came: of.iter().map(|w| seen[*w].came).sum(),
            due: of.iter().map(|w| seen[*w].due / factor[*w]).sum(),
            days: of.len() as f64,
        };
        let beyond_chance = |w: &usize| {
            let Seen { came, due, days } = seen[*w];
            let off = (factor[*w] * seen[*w].ratio() / all.ratio()).ln();
            off * off - noise(came.max(due), excess, days) * (1.0 - 1.0 / all.days)
        };
        let squares: f64 = of.iter().map(beyond_chance).sum();
        let variance =
            (squares.max(0.0) + HELD * TYPICAL * TYPICAL) / (all.days - 1.0 + HELD).max(HELD);
        for w in of {
            out[w] = (all.ratio(), variance.sqrt());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEEKEND: [bool; 7] = [false, false, false, false, false, true, true];

    /// Weekday factors of so many weeks whose days came to `count` of the week and the weekday.
    fn fitted(weeks: usize, count: impl Fn(usize, usize) -> f64) -> [f64; 7] {
        let days = 7 * weeks;
        let s = Sample {
            day: (0..days as u32).collect(),
            total: (0..days).map(|day| count(day / 7, day % 7)).collect(),
            weekday: (0..days).map(|day| (day % 7) as u8).collect(),
            regular: vec![1.0; days],
            ..Sample::default()
        };
        let level = s.total.iter().sum::<f64>() / days as f64;
        let mut found = Factors::none(0);
        let one = vec![1.0; days];
        let config = DayConfig::default();
        found.fit_weekday(&s, WEEKEND, &config, None, &one, &vec![level; days], &one);
        found.weekday
    }

    /// The root mean square of how far factors are off, log scale.
    fn off(found: [f64; 7], truth: [f64; 7]) -> f64 {
        let mean = truth.iter().sum::<f64>() / 7.0;
        let squares = found
            .iter()
            .zip(truth)
            .map(|(f, t)| (f * mean / t).ln().powi(2));
        (squares.sum::<f64>() / 7.0).sqrt()
    }

    /// Counts of a mean of two times `of` the weekday that scatter like Poisson's; number `k` of several.
    fn thin(k: usize, of: [f64; 7]) -> impl Fn(usize, usize) -> f64 {
        move |week, weekday| {
            let chance = ((week * 7 + weekday) * 7919 + k * 104_729) % 1009;
            let chance = (chance as f64 + 0.5) / 1009.0;
            let mean = 2.0 * of[weekday];
            let (mut n, mut p, mut below) = (0.0, (-mean).exp(), (-mean).exp());
            while below < chance {
                n += 1.0;
                p *= mean / n;
                below += p;
            }
            n
        }
    }

    #[test]
    fn days_of_a_thin_queue_that_are_alike_are_told_so() {
        let even = [1.0; 7];
        let weekends = [1.2, 1.2, 1.2, 1.2, 1.2, 0.5, 0.5];
        for truth in [even, weekends] {
            let of = |k| off(fitted(12, thin(k, truth)), truth);
            let mean = (0..20).map(of).sum::<f64>() / 20.0;
            // Each by itself, they are off by one over the root of 24 contacts, a fifth.
            assert!(mean < 0.13, "{mean}");
        }
    }

    #[test]
    fn days_that_differ_are_told_apart_and_closed_ones_stay_closed() {
        let truth = [1.6, 1.2, 1.0, 0.8, 1.0, 1.1, 0.3];
        let found = fitted(12, |_, weekday| 100.0 * truth[weekday]);
        assert!(off(found, truth) < 0.01, "{found:?}");
        let shut = fitted(12, |_, weekday| if weekday == 6 { 0.0 } else { 20.0 });
        assert!(
            shut[6] < 0.01 && (shut[5] / shut[0] - 1.0).abs() < 0.03,
            "{shut:?}"
        );
    }
}
