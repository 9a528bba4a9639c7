//! What the last days say of the next ones beyond the level: busyness of neighbouring days is alike, where past days
//! show it, and fades within the week.

use super::level::{self, KINDS};
use super::sample::Sample;

/// How much of a passing busyness the next day keeps.
const KEEPS: f64 = 0.6;
/// Days of history before it is looked for.
const FEWEST: usize = 60;
/// Pairs of neighbours that are held to be strangers, beside those seen.
const ALONE: f64 = 20.0;
/// Share of the scatter beyond chance that may last, at most: each day has something of its own.
const MOST_LASTING: f64 = 0.9;
/// Standard deviations beyond which a day is a mishap.
const FAR: f64 = 4.0;
/// No day ahead is moved by more than this share.
const MOST: f64 = 0.4;

/// The passing busyness of the day before the cut-off, as a relative deviation.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Memory {
    pub last: f64,
}

impl Memory {
    /// Filters the deviations of the first `n` days from what one-sided levels of these `weights` expected: a passing
    /// busyness that keeps a share of itself from day to day, beside what is each day's own (Kalman 1960). Its
    /// variance is told by the correlation of neighbours, with [`ALONE`] pairs that are strangers.
    pub fn read(
        s: &Sample,
        n: usize,
        end: usize,
        expected: &[f64],
        weights: &[f64; KINDS],
    ) -> Self {
        if n < FEWEST {
            return Self::default();
        }
        let due = level::followed(s, n, expected, &level::plain(weights));
        let (mut excess, mut mass) = (0.0, 0.0);
        let is_told = |i: usize| i >= FEWEST / 2 && s.regular[i] == 1.0 && due[i] > 0.0;
        for i in (0..n).filter(|i| is_told(*i)) {
            excess += (s.total[i] - due[i]).powi(2) - due[i];
            mass += due[i] * due[i];
        }
        let excess = (excess / f64::max(mass, 1e-9)).max(0.0);
        let scatter = |i: usize| excess + 1.0 / due[i];
        let off = |i: usize| {
            let far = FAR * scatter(i).sqrt();
            (s.total[i] / due[i] - 1.0).clamp(-far, far)
        };
        let (mut like, mut weight, mut pairs) = (0.0, 0.0, 0.0);
        let is_next = |i: &usize| is_told(*i) && is_told(i - 1) && s.day[*i] == s.day[i - 1] + 1;
        for i in (1..n).filter(is_next) {
            let sure = 1.0 / (scatter(i) * scatter(i - 1)).sqrt();
            like += sure * off(i) * off(i - 1);
            weight += sure;
            pairs += 1.0;
        }
        let like = like / f64::max(weight, 1e-9) * pairs / (pairs + ALONE);
        let lasting = (like / KEEPS).min(MOST_LASTING * excess);
        if lasting <= 0.0 {
            return Self::default();
        }
        let (mut last, mut doubt, mut day) = (0.0, lasting, s.day[0]);
        for i in (0..n).filter(|i| is_told(*i)) {
            let keeps = KEEPS.powi((s.day[i] - day) as i32);
            day = s.day[i];
            last *= keeps;
            doubt = keeps * keeps * doubt + lasting * (1.0 - keeps * keeps);
            let gain = doubt / (doubt + scatter(i) - lasting);
            last += gain * (off(i) - last);
            doubt *= 1.0 - gain;
        }
        let faded = KEEPS.powi((end as u32 - 1).saturating_sub(day) as i32);
        Self {
            last: (last * faded).clamp(-MOST, MOST),
        }
    }

    /// The factor on a day so many days after the cut-off, 0 the first.
    pub fn factor(&self, ahead: usize) -> f64 {
        if self.last == 0.0 {
            return 1.0;
        }
        1.0 + self.last * KEEPS.powi(ahead as i32 + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::counts::normal_quantile;
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_xoshiro::SplitMix64;

    const DAYS: usize = 500;

    /// Days of 400 contacts whose busyness, of a standard deviation of .2, keeps `keeps` of itself from day to day.
    fn days(keeps: f64, seed: u64) -> Sample {
        let mut dice = SplitMix64::seed_from_u64(seed);
        let mut busy = 0.0;
        let mut total = || {
            let by_chance = 0.2 * normal_quantile(dice.random::<f64>());
            busy = keeps * busy + (1.0 - keeps * keeps).sqrt() * by_chance;
            400.0 * (1.0 + busy)
        };
        Sample {
            total: (0..DAYS).map(|_| total()).collect(),
            day: (0..DAYS as u32).collect(),
            regular: vec![1.0; DAYS],
            ..Sample::default()
        }
    }

    /// Mean square of what the next and the fifth day were beyond those told, over that without a memory.
    fn left(s: &Sample) -> [f64; 2] {
        let mut weights = [0.0; KINDS];
        weights[6] = 1.0;
        [1, 5].map(|ahead| {
            let (mut with, mut without) = (0.0, 0.0);
            for end in 200..DAYS - 5 {
                let told = Memory::read(s, end, end, &[1.0; DAYS][..end], &weights);
                let y = s.total[end + ahead - 1];
                with += (y - 400.0 * told.factor(ahead - 1)).powi(2);
                without += (y - 400.0).powi(2);
            }
            with / without
        })
    }

    #[test]
    fn a_busyness_that_lasts_is_followed_and_fades() {
        let [next, fifth] = left(&days(KEEPS, 1));
        // Of the next day's variance .6² is known, less what the level takes of it.
        assert!((next - (1.0 - KEEPS * KEEPS)).abs() < 0.08, "{next}");
        assert!((fifth - 1.0).abs() < 0.05, "{fifth}");
    }

    #[test]
    fn days_by_chance_are_left_alone() {
        for seed in 1..5 {
            let [next, fifth] = left(&days(0.0, seed));
            assert!(next < 1.02 && fifth < 1.01, "{next} {fifth}");
        }
        let few = Sample::default();
        assert_eq!(Memory::read(&few, 0, 0, &[], &[1.0; KINDS]).factor(0), 1.0);
    }

    #[test]
    fn a_day_of_few_contacts_tells_little() {
        let mut s = days(KEEPS, 3);
        let mut last_day = |size: f64| {
            let mut expected = [1.0; DAYS];
            expected[DAYS - 1] = size;
            s.total[DAYS - 1] = 400.0 * size * 1.5;
            Memory::read(&s, DAYS, DAYS, &expected, &[1.0; KINDS]).last
        };
        let (few, many) = (last_day(0.02), last_day(1.0));
        let by_before = last_day(1e-6);
        assert!(many > by_before + 0.1, "{many} {by_before}");
        assert!(few - by_before < 0.5 * (many - by_before), "{few} {many}");
    }

    #[test]
    fn a_gap_before_the_cut_off_is_forgetting() {
        let (s, weights) = (days(KEEPS, 2), [1.0; KINDS]);
        let at = |end| Memory::read(&s, DAYS, end, &[1.0; DAYS], &weights).last;
        assert!(at(DAYS).abs() > 0.01);
        assert!((at(DAYS + 3) / at(DAYS) - KEEPS.powi(3)).abs() < 1e-9);
    }
}
