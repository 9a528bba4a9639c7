//! Within the day: what today's contacts so far say of the rest of it, and of the days after.

use super::QueueDemand;

/// The factor on the rest of the day: the gamma posterior mean of the day's busyness,
/// (a + seen) ÷ (a + expected), a = 1 ÷ excess of day totals (Weinberg, Brown & Stroud 2007, in the large).
///
/// `seen` and `expected`: contacts of the slots that have passed; `excess`: relative variance of day totals
/// beyond Poisson.
pub fn rest_of_day(seen: f64, expected: f64, excess: f64) -> f64 {
    if excess <= 1e-9 {
        return 1.0;
    }
    let a = 1.0 / excess;
    (a + seen) / (a + expected)
}

/// The factor on day `ahead` (1 is tomorrow): the day's surprise fades by `carry` a day, as busyness of
/// neighbouring days is alike.
pub fn day_ahead(rest: f64, carry: f64, ahead: u32) -> f64 {
    1.0 + (rest - 1.0) * carry.clamp(0.0, 1.0).powi(ahead as i32)
}

/// The day updated: slots before `now` hold what came, the rest the forecast times the factor.
pub fn update(forecast: &[f64], actual: &[f64], excess: f64) -> Vec<f64> {
    let now = actual.len().min(forecast.len());
    let seen = actual[..now].iter().sum();
    let factor = rest_of_day(seen, forecast[..now].iter().sum(), excess);
    let rest = forecast[now..].iter().map(|m| m * factor);
    actual[..now].iter().copied().chain(rest).collect()
}

/// A queue updated by today's contacts: slots up to now hold what came, the rest of the day and the days
/// after what that says of them. `day` gives each slot's day, ascending; `actual` the slots that passed, of
/// which those of the last day speak for it; `carry` see [`carry`].
pub fn update_queue(queue: &QueueDemand, day: &[u32], actual: &[f64], carry: f64) -> QueueDemand {
    let mut out = queue.clone();
    let now = actual.len().min(queue.mean.len()).min(day.len());
    let Some(today) = now.checked_sub(1).map(|last| day[last]) else {
        return out;
    };
    let from = day.partition_point(|d| *d < today);
    let seen: f64 = actual[from..now].iter().sum();
    let rest = rest_of_day(seen, queue.mean[from..now].iter().sum(), queue.day_variance);
    for (slot, of) in day.iter().enumerate().take(queue.mean.len()) {
        let bands = [&mut out.p10, &mut out.p50, &mut out.p80, &mut out.p95];
        if slot < now {
            out.mean[slot] = actual[slot];
            bands.into_iter().for_each(|b| b[slot] = actual[slot]);
        } else {
            let f = day_ahead(rest, carry, of - today);
            out.mean[slot] *= f;
            bands.into_iter().for_each(|b| b[slot] *= f);
        }
    }
    out
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
        // Excess .04: a = 25. 150 where 100 were due: (25 + 150) / (25 + 100) = 1.4.
        assert!((rest_of_day(150.0, 100.0, 0.04) - 1.4).abs() < 1e-12);
        assert_eq!(rest_of_day(9.0, 3.0, 0.0), 1.0);
        let day = update(&[10.0, 10.0, 10.0, 10.0], &[20.0, 10.0], 0.05);
        assert_eq!(day[..2], [20.0, 10.0]);
        assert!((day[2] - 10.0 * 50.0 / 40.0).abs() < 1e-12);
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
