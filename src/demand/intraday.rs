//! Within the day: what today's contacts so far say of the rest of it, and of the days after.

use super::bands::Spread;
use super::counts::Count;
use super::errors::Errors;

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
    /// The factor that fades over the days after: that of a day like those of the past.
    pub lasting: f64,
}

/// What today's passed slots say of the rest of it, given what such mornings were worth.
pub fn told(
    errors: &Errors,
    slots: usize,
    expected: &[f64],
    seen: &[f64],
    spread: &Spread,
) -> Surprise {
    let worth = worth(errors, slots, seen.len(), spread);
    surprise(expected, seen, spread)
        .counted(worth, spread)
        .or_of_another_kind(expected, seen, spread)
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
        lasting: 1.0,
    };
    if day > 1e-9 {
        let [above, below] = weighed(expected, seen, spread, day);
        out.rest = above / below;
        out.lasting = out.rest;
        out.variance = 1.0 / below;
    }
    out
}

/// Above and below the fraction that is the posterior mean, for a busyness of this variance.
fn weighed(expected: &[f64], seen: &[f64], spread: &Spread, busyness: f64) -> [f64; 2] {
    let mut out = [1.0 / busyness; 2];
    for (m, y) in expected.iter().zip(seen).filter(|s| *s.0 > 0.0) {
        let scatter = 1.0 + own(*m, spread) * m;
        out[0] += y / scatter;
        out[1] += m / scatter;
    }
    out
}

/// A slot's relative variance beyond that of its day.
fn own(mean: f64, spread: &Spread) -> f64 {
    (spread.slot_excess(mean) - spread.day.max(0.0)).max(0.0)
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

/// The share of days that are of another kind than those of the past (a line that is down, a mishap, a piece
/// of news), and the variance of such a day's busyness: anything between nothing and several times the usual.
const ANOTHER: f64 = 1.0 / 365.0;
const ANYTHING: f64 = 1.0;
/// How much of a burst beyond the usual lasts over the rest of such a day; a guess between none and all, as the few
/// seen in real series lie apart. What is missing stays missing.
const LASTS: f64 = 0.5;
/// The share of a day by which such a morning is believed in full: a night's few contacts say little of it.
const BELIEVED_BY: f64 = 0.1;

impl Surprise {
    /// The same, counted by what such surprises were worth.
    pub fn counted(self, worth: f64, spread: &Spread) -> Self {
        let known = (spread.day - self.variance) * worth.min(1.0);
        let rest = (1.0 + worth * (self.rest - 1.0)).max(0.0);
        Self {
            rest,
            lasting: rest,
            variance: spread.day - known,
            ..self
        }
    }

    /// The same with what the day's events, levers and growth make of contacts: as the phone system counts
    /// them. [`super::stage`] takes them out of what came, and where they leave nothing it does not.
    pub fn changed(self, factor: f64) -> Self {
        Self {
            seen: self.seen * if factor > 0.0 { factor } else { 1.0 },
            expected: self.expected * factor,
            ..self
        }
    }

    /// The same, with a chance that today is of another kind than any day before it: a variance learnt from
    /// quiet days cannot hold out against many standard errors, nor can what past mornings were worth. Two
    /// kinds of day stand side by side, the second rare and wide, each with its posterior, weighed by the
    /// negative binomial likelihood of the passed total (the multi-process models of Harrison & Stevens
    /// 1976; ε-contamination of a prior, Berger & Berliner 1986). The Bayes factor makes up for the rarity
    /// at about four standard errors; below three next to nothing changes. The days after are left as they
    /// were: a day of its own kind says little of them.
    fn or_of_another_kind(self, expected: &[f64], seen: &[f64], spread: &Spread) -> Self {
        let all = self.expected;
        if all <= 0.0 {
            return self;
        }
        let scatter: f64 = expected[..seen.len()]
            .iter()
            .map(|m| own(*m, spread) * m * m)
            .sum();
        let log = |busyness: f64| {
            let excess = busyness + scatter / (all * all);
            Count { mean: all, excess }.ln_mass(self.seen)
        };
        let usual = spread.day.max(0.0);
        let wide = usual.max(ANYTHING);
        let odds = ANOTHER / (1.0 - ANOTHER) * (log(wide) - log(usual)).exp();
        let chance = if odds.is_finite() {
            odds / (1.0 + odds)
        } else {
            1.0
        };
        let [above, below] = weighed(expected, seen, spread, wide);
        let kept = if above > below { LASTS } else { 1.0 };
        let share = all / expected.iter().sum::<f64>().max(all);
        let other = 1.0 + kept * (share / BELIEVED_BY).min(1.0) * (above / below - 1.0);
        let rest = (1.0 - chance) * self.rest + chance * other;
        // Relative to the mean, as that of a usual day is.
        let square = (1.0 - chance) * self.rest.powi(2) * (1.0 + self.variance)
            + chance * other.powi(2) * (1.0 + 1.0 / above);
        let variance = if rest > 0.0 {
            square / (rest * rest) - 1.0
        } else {
            wide
        };
        Self {
            rest,
            variance: variance.max(0.0),
            ..self
        }
    }
}

/// The factor on day `ahead` (1 is tomorrow): the day's surprise fades by `carry` a day, as busyness of
/// neighbouring days is alike.
pub fn day_ahead(said: &Surprise, carry: f64, ahead: u32) -> f64 {
    match ahead {
        0 => said.rest,
        _ => 1.0 + (said.lasting - 1.0) * carry.clamp(0.0, 1.0).powi(ahead as i32),
    }
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
        let lasting = surprise(&[100.0], &[150.0], &even);
        assert!((day_ahead(&lasting, 0.5, 2) - 1.1).abs() < 1e-12);
    }

    #[test]
    fn many_standard_errors_override_a_past_of_quiet_days() {
        let quiet = Spread::even(1e-6, 0.0);
        let past = |mean: f64| Errors {
            mean: [mean, 100.0].repeat(60),
            actual: [mean, 100.0].repeat(60),
            when: (0..60).map(|d| (d, d)).collect(),
        };
        let said = |due: f64, came: f64, spread: &Spread| {
            told(&past(due), 2, &[due, 100.0], &[came], spread)
        };
        // None of 62: eight standard errors. The days after are those of the past.
        let dead = said(62.0, 0.0, &quiet);
        assert!(
            dead.rest < 0.05 && day_ahead(&dead, 0.5, 1) == 1.0,
            "{dead:?}"
        );
        // The rest is not as sure as it is little.
        assert!(dead.variance > 0.5);
        let mad = said(62.0, 200.0, &quiet);
        assert!((mad.rest - (1.0 + 69.0 / 62.0)).abs() < 0.1, "{mad:?}");
        // Two standard errors are an ordinary morning, whatever its days' variance; so is a thin one.
        for came in [46.0, 78.0] {
            assert!((said(62.0, came, &quiet).rest - 1.0).abs() < 0.01);
        }
        assert!(said(2.0, 0.0, &quiet).rest > 0.98);
        let even = Spread::even(0.04, 0.04);
        let usual =
            surprise(&[62.0], &[90.0], &even).counted(worth(&past(62.0), 2, 1, &even), &even);
        let mixed = said(62.0, 90.0, &even);
        assert!((mixed.rest - usual.rest).abs() < 0.01 && mixed.lasting == usual.rest);
        // What mornings were not worth does not hold it up either.
        let idle = Errors {
            mean: [62.0, 100.0].repeat(60),
            actual: [80.0, 100.0, 44.0, 100.0].repeat(30),
            when: (0..60).map(|d| (d, d)).collect(),
        };
        assert!(told(&idle, 2, &[62.0, 100.0], &[0.0], &Spread::even(0.01, 0.01)).rest < 0.05);
        // A sliver of the day is not the day.
        let night = told(&past(20.0), 2, &[20.0, 2000.0], &[0.0], &quiet);
        assert!(night.rest > 0.85, "{night:?}");
        // Nothing due, nothing said.
        assert_eq!(said(0.0, 0.0, &quiet).rest, 1.0);
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
