//! Within the day: what today's contacts so far say of the rest of it, and of the days after.

use super::bands::Errors;

/// What the passed slots of a day say of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Surprise {
    /// Contacts that came, and that were expected, in the slots that have passed.
    pub seen: f64,
    pub expected: f64,
    /// The factor on the rest of the day: the gamma posterior mean of the day's busyness,
    /// (a + seen) ÷ (a + expected), a = 1 ÷ its prior variance (Weinberg, Brown & Stroud 2007, in the large).
    pub rest: f64,
    /// The variance that this busyness still has.
    pub variance: f64,
}

/// Reads the passed slots. `day`: relative variance of the day's busyness; `slot`: a slot's own beyond
/// Poisson and the day's, which makes each contact tell less.
pub fn surprise(expected: &[f64], seen: &[f64], day: f64, slot: f64) -> Surprise {
    let passed = expected.len().min(seen.len());
    let (all, came): (f64, f64) = (expected[..passed].iter().sum(), seen[..passed].iter().sum());
    let out = Surprise {
        seen: came,
        expected: all,
        rest: 1.0,
        variance: day.max(0.0),
    };
    if day <= 1e-9 || all <= 0.0 {
        return out;
    }
    let squares: f64 = expected[..passed].iter().map(|m| m * m).sum();
    let worth = 1.0 / (1.0 + slot.max(0.0) * squares / all);
    let shape = 1.0 / day;
    Surprise {
        rest: (shape + worth * came) / (shape + worth * all),
        variance: 1.0 / (shape + worth * all),
        ..out
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
        let s = surprise(&[60.0, 40.0, 80.0], &[90.0, 60.0], 0.04, 0.0);
        assert!((s.rest - 1.4).abs() < 1e-12 && (s.variance - 1.0 / 125.0).abs() < 1e-12);
        // Slots that scatter by themselves tell less: 1 / (1 + .02 · 52) of each contact.
        let s = surprise(&[60.0, 40.0], &[90.0, 60.0], 0.04, 0.02);
        let worth = 1.0 / (1.0 + 0.02 * 52.0);
        assert!((s.rest - (25.0 + 150.0 * worth) / (25.0 + 100.0 * worth)).abs() < 1e-12);
        assert_eq!(surprise(&[3.0], &[9.0], 0.0, 0.0).rest, 1.0);
        assert_eq!(surprise(&[3.0], &[], 0.1, 0.0).rest, 1.0);
        assert!((day_ahead(1.4, 0.5, 2) - 1.1).abs() < 1e-12);
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
