//! Contacts that lag orders: delivery, then questions, returns and warranty cases with their touches.

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
pub fn from_quantiles(quantiles: &[(f64, f64)]) -> Vec<f64> {
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

/// Contacts by day: orders by day through the lag, `per_order` each. Orders before the first day run as
/// on the first.
pub fn contacts(orders: &[f64], lag: &[f64], per_order: f64) -> Vec<f64> {
    let first = orders.first().copied().unwrap_or(0.0);
    (0..orders.len())
        .map(|day| {
            let sum: f64 = lag
                .iter()
                .enumerate()
                .map(|(k, p)| p * day.checked_sub(k).map_or(first, |d| orders[d]))
                .sum();
            per_order * sum
        })
        .collect()
}

/// A kind of case opened by orders: returns, warranty repairs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CaseKind {
    /// Cases per delivered order.
    pub per_order: f64,
    /// Contacts that every case takes: opening it, the decision, the refund.
    pub touches: f64,
    /// Days a case stays open, mean.
    pub open_days: f64,
    /// Days promised.
    pub promised_days: f64,
    /// Chasers a day and case once the promise has passed, and before it.
    pub chasers_late: f64,
    pub chasers_early: f64,
}

impl CaseKind {
    /// Contacts of one case over its life, open for an exponential time: touches, and chasers that grow
    /// with the days it stays open beyond the promise.
    pub fn contacts(&self) -> f64 {
        if self.open_days <= 0.0 {
            return self.touches;
        }
        let late = self.open_days * (-self.promised_days / self.open_days).exp();
        self.touches + self.chasers_early * (self.open_days - late) + self.chasers_late * late
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delivery_days_keep_their_quantiles() {
        let lag = from_quantiles(&DELIVERY);
        assert!((lag.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        let below = |d: usize| lag[..=d].iter().sum::<f64>();
        assert!((below(10) - 0.525).abs() < 0.03 && (below(23) - 0.905).abs() < 0.02);
    }

    #[test]
    fn a_pulse_of_orders_comes_back_as_its_lag() {
        let lag = [0.0, 0.25, 0.75];
        let mut orders = vec![100.0; 10];
        orders[5] = 300.0;
        let c = contacts(&orders, &lag, 0.1);
        assert!((c[0] - 10.0).abs() < 1e-12);
        assert!((c[6] - (10.0 + 5.0)).abs() < 1e-12 && (c[7] - (10.0 + 15.0)).abs() < 1e-12);
    }

    #[test]
    fn chasers_grow_with_the_days_a_case_stays_open() {
        let kind = |open_days| CaseKind {
            per_order: 0.02,
            touches: 2.0,
            open_days,
            promised_days: 14.0,
            chasers_late: 0.2,
            chasers_early: 0.02,
        };
        // ∫ over the survival exp(−t/20): 20·e^(−0.7) = 9.932 late days.
        let late = 20.0 * (-0.7f64).exp();
        assert!((kind(20.0).contacts() - (2.0 + 0.02 * (20.0 - late) + 0.2 * late)).abs() < 1e-12);
        assert!(kind(30.0).contacts() > kind(20.0).contacts());
    }
}
