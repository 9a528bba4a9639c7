//! Within the day: what today's contacts so far say of the rest of it, and of the days after.

use super::bands::{Errors, Spread};

/// What the passed slots of a day say of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Surprise {
    /// Contacts that came, and that were expected, in the slots that have passed.
    pub seen: f64,
    pub expected: f64,
    /// The factor on the rest of the day.
    pub rest: f64,
    /// The variance that the day's busyness still has.
    pub variance: f64,
}

/// Reads the passed slots: the posterior mean of the day's busyness θ, of mean 1 and variance
/// [`Spread::day`], given counts of mean mᵢθ and variance vᵢ = mᵢ + eᵢmᵢ², each slot weighing as it can be
/// relied on (Weinberg, Brown & Stroud 2007, in the large):
/// (1/φ + Σ mᵢyᵢ/vᵢ) ÷ (1/φ + Σ mᵢ²/vᵢ).
pub fn surprise(expected: &[f64], seen: &[f64], spread: &Spread) -> Surprise {
    let slots = || expected.iter().zip(seen);
    let day = spread.day.max(0.0);
    let mut out = Surprise {
        seen: slots().map(|s| s.1).sum(),
        expected: slots().map(|s| s.0).sum(),
        rest: 1.0,
        variance: day,
    };
    if day > 1e-9 {
        let (mut above, mut below) = (1.0 / day, 1.0 / day);
        for (m, y) in slots().filter(|s| *s.0 > 0.0) {
            let own = (spread.slot_excess(*m) - day).max(0.0);
            let scatter = 1.0 + own * m;
            above += y / scatter;
            below += m / scatter;
        }
        out.rest = above / below;
        out.variance = 1.0 / below;
    }
    out
}

/// How much of what a morning says came true on past days: the slope of the rest's relative error on the
/// surprise by then, with ten days' worth taken as come true, less its standard error: an update that may
/// as well be chance is not made. Only days within a week of their cut-off count; farther ones
/// miss the level too, which a forecast for today knows.
pub fn worth(errors: &Errors, slots: usize, passed: usize, spread: &Spread) -> f64 {
    const BELIEVED: f64 = 10.0;
    const NEAR: usize = 7;
    let rows = errors.actual.chunks(slots).zip(errors.mean.chunks(slots));
    // Of each day: contacts due in the rest, the surprise told, and what the rest was beyond its mean.
    let days: Vec<[f64; 3]> = rows
        .zip(&errors.when)
        .filter(|(_, (from, day))| day - from < NEAR)
        .filter_map(|((actual, mean), _)| {
            let due: f64 = mean[passed..].iter().sum();
            let came: f64 = actual[passed..].iter().sum();
            let told = surprise(&mean[..passed], &actual[..passed], spread).rest - 1.0;
            (due > 1e-6).then(|| [due, told, came / due - 1.0])
        })
        .collect();
    let square: f64 = days.iter().map(|[due, told, _]| due * told * told).sum();
    if square <= 0.0 {
        return 1.0;
    }
    let cross: f64 = days.iter().map(|[due, told, was]| due * told * was).sum();
    let believed = BELIEVED * square / days.len() as f64;
    let slope = (cross + believed) / (square + believed);
    let misses = days
        .iter()
        .map(|[due, told, was]| (due * told * (was - slope * told)).powi(2));
    let error = misses.sum::<f64>().sqrt() / (square + believed);
    (slope - error).clamp(0.0, 1.5)
}

impl Surprise {
    /// The same, counted by what such surprises were worth.
    pub fn counted(self, worth: f64, spread: &Spread) -> Self {
        let known = (spread.day - self.variance) * worth.min(1.0);
        Self {
            rest: (1.0 + worth * (self.rest - 1.0)).max(0.0),
            variance: spread.day - known,
            ..self
        }
    }
}

/// The factor on day `ahead` (1 is tomorrow): the day's surprise fades by `carry` a day, as busyness of
/// neighbouring days is alike.
pub fn day_ahead(rest: f64, carry: f64, ahead: u32) -> f64 {
    1.0 + (rest - 1.0) * carry.clamp(0.0, 1.0).powi(ahead as i32)
}

/// Relative surprises of past days, actual ÷ mean, for [`carry`].
pub fn day_ratios(errors: &Errors, slots: usize) -> Vec<f64> {
    let days = errors.actual.chunks(slots).zip(errors.mean.chunks(slots));
    days.map(|(y, m)| (y.iter().sum::<f64>(), m.iter().sum::<f64>()))
        .filter(|(_, m)| *m > 1e-6)
        .map(|(y, m)| y / m)
        .collect()
}

/// How much of a day's relative surprise the next day keeps: lag-one correlation of day ratios
/// actual ÷ mean, of consecutive days, at least 0. Few days lean on none.
pub fn carry(ratios: &[f64]) -> f64 {
    let n = ratios.len() as f64;
    if n < 8.0 {
        return 0.0;
    }
    let mean = ratios.iter().sum::<f64>() / n;
    let square: f64 = ratios.iter().map(|r| (r - mean).powi(2)).sum();
    let cross: f64 = ratios
        .windows(2)
        .map(|w| (w[0] - mean) * (w[1] - mean))
        .sum();
    if square <= 0.0 {
        0.0
    } else {
        (cross / square * n / (n + 10.0)).clamp(0.0, 0.9)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_morning_lifts_the_rest_by_what_it_is_worth() {
        // Variance .04: a = 25. 150 where 100 were due: (25 + 150) / (25 + 100) = 1.4.
        let even = Spread::even(0.04, 0.04);
        let s = surprise(&[60.0, 40.0, 80.0], &[90.0, 60.0], &even);
        assert!((s.rest - 1.4).abs() < 1e-12 && (s.variance - 1.0 / 125.0).abs() < 1e-12);
        // Slots that scatter by themselves tell less: .02 each on means of 60 and 40.
        let s = surprise(&[60.0, 40.0], &[90.0, 60.0], &Spread::even(0.06, 0.04));
        let due = 60.0 / 2.2 + 40.0 / 1.8;
        assert!((s.rest - (25.0 + 90.0 / 2.2 + 60.0 / 1.8) / (25.0 + due)).abs() < 1e-9);
        assert_eq!(surprise(&[3.0], &[9.0], &Spread::even(0.1, 0.0)).rest, 1.0);
        assert_eq!(surprise(&[3.0], &[], &even).rest, 1.0);
        assert!((day_ahead(1.4, 0.5, 2) - 1.1).abs() < 1e-12);
    }

    #[test]
    fn mornings_that_told_nothing_are_not_believed() {
        let day = |morning: f64, rest: f64| [morning, rest];
        let past = |days: Vec<[f64; 2]>| Errors {
            mean: days.iter().flat_map(|_| [50.0, 100.0]).collect(),
            when: (0..days.len()).map(|d| (d, d)).collect(),
            actual: days.concat(),
        };
        let spread = Spread::even(0.04, 0.04);
        // The posterior halves or so a morning of 65 for 50; the rest does as it says, or nothing.
        let told = surprise(&[50.0], &[65.0], &spread).rest;
        let (up, down) = (day(65.0, 100.0 * told), day(35.0, 200.0 - 100.0 * told));
        let true_ones = past([up, down].repeat(40));
        assert!((worth(&true_ones, 2, 1, &spread) - 1.0).abs() < 0.01);
        let idle = past([day(65.0, 100.0), day(35.0, 100.0)].repeat(40));
        assert!(worth(&idle, 2, 1, &spread) < 0.15);
    }

    #[test]
    fn surprise_that_lasts_is_carried() {
        let slow: Vec<f64> = (0..60)
            .map(|d| 1.0 + 0.2 * (d as f64 / 8.0).sin())
            .collect();
        let quick: Vec<f64> = (0..60)
            .map(|d| if d % 2 == 0 { 1.1 } else { 0.9 })
            .collect();
        assert!(carry(&slow) > 0.7);
        assert_eq!(carry(&quick), 0.0);
        assert_eq!(carry(&[1.0, 2.0]), 0.0);
    }
}
