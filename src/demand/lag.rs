//! Contacts that lag orders: delivery, then questions, returns and warranty cases with their touches.

use crate::scenario::{Case, OrderDriver};

/// Quantiles of delivery time, days (measured on a marketplace's orders, Brazil 2016–2018).
pub const DELIVERY: [(f64, f64); 5] = [
    (0.1, 4.0),
    (0.25, 7.0),
    (0.5, 10.0),
    (0.75, 15.0),
    (0.9, 23.0),
];

/// The probability of each whole day of lag, from quantiles of it: straight lines between them, from no
/// day at all to one and a half times the last.
fn from_quantiles(quantiles: &[(f64, f64)]) -> Vec<f64> {
    let Some(last) = quantiles.last() else {
        return vec![1.0];
    };
    let end = 1.5 * last.1;
    let mut knots = vec![(0.0, 0.0)];
    knots.extend_from_slice(quantiles);
    knots.push((1.0, end));
    let below = |x: f64| -> f64 {
        knots.windows(2).find(|w| x <= w[1].1).map_or(1.0, |w| {
            w[0].0 + (w[1].0 - w[0].0) * (x - w[0].1) / (w[1].1 - w[0].1).max(1e-9)
        })
    };
    let days = end.ceil() as usize + 1;
    (0..days)
        .map(|d| below(d as f64 + 0.5) - if d == 0 { 0.0 } else { below(d as f64 - 0.5) })
        .collect()
}

/// Contacts by days after the order, for each contact per order: the lag to the first, then what its case
/// brings. Sums to [`per_case`].
pub fn kernel(lag: Option<&[f64; 5]>, case: Option<&Case>) -> Vec<f64> {
    let first = match lag {
        Some(days) => {
            let levels = DELIVERY.map(|(level, _)| level);
            let quantiles: Vec<(f64, f64)> = levels.into_iter().zip(*days).collect();
            from_quantiles(&quantiles)
        }
        None => vec![1.0],
    };
    let Some(case) = case else { return first };
    let life = by_day_open(case);
    let mut out = vec![0.0; first.len() + life.len() - 1];
    for (d, p) in first.iter().enumerate() {
        for (k, c) in life.iter().enumerate() {
            out[d + k] += p * c;
        }
    }
    out
}

/// Share of the contacts of an order by days after it; sums to one.
pub fn delay(driver: &OrderDriver) -> Vec<f64> {
    let mut delay = kernel(driver.lag.as_ref(), driver.case.as_ref());
    let all: f64 = delay.iter().sum();
    delay.iter_mut().for_each(|share| *share /= all);
    delay
}

/// Contacts of one case over its life, open for an exponential time: touches, and chasers that grow with
/// the days it stays open beyond the promise.
pub fn per_case(case: &Case) -> f64 {
    let late = case.open_days * (1.0 - kept(case));
    case.touches + case.chasers_early * (case.open_days - late) + case.chasers_late * late
}

/// The share of cases done by the promised day.
pub fn kept(case: &Case) -> f64 {
    if case.open_days <= 0.0 {
        return 1.0;
    }
    1.0 - (-case.promised_days / case.open_days).exp()
}

/// Contacts of a case by the day since it was opened.
fn by_day_open(case: &Case) -> Vec<f64> {
    if case.open_days <= 0.0 {
        return vec![case.touches];
    }
    let open = |t: f64| (-t / case.open_days).exp();
    // Days of life between two times, times the share still open.
    let lived = |from: f64, to: f64| case.open_days * (open(from) - open(to.max(from)));
    let days = ((LAST_OPEN * case.open_days).ceil() as usize).clamp(1, LONGEST);
    let mut out: Vec<f64> = (0..days)
        .map(|d| {
            let (from, to) = (d as f64, d as f64 + 1.0);
            let early = lived(from, to.min(case.promised_days));
            let late = lived(from.max(case.promised_days), to);
            (case.touches - 1.0) * (open(from) - open(to))
                + case.chasers_early * early
                + case.chasers_late * late
        })
        .collect();
    out[0] += 1.0;
    // The few cases that live longer are told with those that do not.
    let scale = per_case(case) / out.iter().sum::<f64>();
    out.iter_mut().for_each(|c| *c *= scale);
    out
}

/// Mean lives, and days, after which a case is no longer followed.
const LAST_OPEN: f64 = 5.0;
const LONGEST: usize = 730;

#[cfg(test)]
mod tests {
    use super::*;

    fn repair(open_days: f64) -> Case {
        Case {
            touches: 2.0,
            open_days,
            promised_days: 14.0,
            chasers_early: 0.02,
            chasers_late: 0.2,
        }
    }

    #[test]
    fn delivery_days_keep_their_quantiles() {
        let lag = kernel(Some(&DELIVERY.map(|(_, d)| d)), None);
        assert!((lag.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        let below = |d: usize| lag[..=d].iter().sum::<f64>();
        assert!((below(10) - 0.525).abs() < 0.03 && (below(23) - 0.905).abs() < 0.02);
        assert_eq!(kernel(None, None), [1.0]);
    }

    #[test]
    fn chasers_grow_with_the_days_a_case_stays_open() {
        // The survival exp(−t/20) lives 20·e^(−0.7) = 9.932 days beyond the promise.
        let late = 20.0 * (-0.7f64).exp();
        let due = 2.0 + 0.02 * (20.0 - late) + 0.2 * late;
        assert!((per_case(&repair(20.0)) - due).abs() < 1e-12);
        assert!((kept(&repair(20.0)) - (1.0 - (-0.7f64).exp())).abs() < 1e-12);
        assert!(per_case(&repair(30.0)) > due && per_case(&repair(0.0)) == 2.0);
        let days = by_day_open(&repair(20.0));
        // A day before the promise: 19/20 … of a case asks .02 times, and closes with one touch.
        let share = (-0.5f64).exp() - (-0.55f64).exp();
        assert!((days[10] / (share * (1.0 + 0.02 * 20.0)) - 1.0).abs() < 0.05);
        assert!(days[15] > days[12], "late cases are asked about more");
    }

    #[test]
    fn a_case_follows_its_order_by_the_lag_and_its_life() {
        let both = kernel(Some(&DELIVERY.map(|(_, d)| d)), Some(&repair(20.0)));
        let lag = from_quantiles(&DELIVERY);
        assert!((both.iter().sum::<f64>() - per_case(&repair(20.0))).abs() < 1e-9);
        let mean = |k: &[f64]| {
            k.iter().enumerate().map(|(d, p)| d as f64 * p).sum::<f64>() / k.iter().sum::<f64>()
        };
        let life = by_day_open(&repair(20.0));
        assert!((mean(&both) - mean(&lag) - mean(&life)).abs() < 1e-9);
    }
}
