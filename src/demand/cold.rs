//! Cold start: a belief about the volume, and how counts change it (gamma prior, Poisson counts).

/// A belief about a rate: gamma with this mean and this relative variance (1 ÷ shape).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Belief {
    pub mean: f64,
    pub relative_variance: f64,
}

impl Belief {
    /// The belief after `seen` contacts where `due` would have come at a rate of one. `excess` is the
    /// relative variance of a day's total beyond Poisson, over `days`: it discounts the evidence.
    pub fn after(&self, seen: f64, due: f64, days: f64, excess: f64) -> Self {
        if due <= 0.0 || days <= 0.0 || self.mean <= 0.0 {
            return *self;
        }
        // Busy days wander together: n expected contacts tell as much as n ÷ (1 + excess × n per day).
        let worth = 1.0 / (1.0 + excess * due * self.mean / days);
        let shape = 1.0 / self.relative_variance;
        let (shape, rate) = (shape + worth * seen, shape / self.mean + worth * due);
        Self {
            mean: shape / rate,
            relative_variance: 1.0 / shape,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conjugate_update_by_hand() {
        // Gamma(4, 4/10): mean 10. After 30 in 2 days: (4 + 30) / (0.4 + 2) = 14.17.
        let prior = Belief {
            mean: 10.0,
            relative_variance: 0.25,
        };
        let after = prior.after(30.0, 2.0, 2.0, 0.0);
        assert!((after.mean - 34.0 / 2.4).abs() < 1e-12);
        assert!((after.relative_variance - 1.0 / 34.0).abs() < 1e-12);
        assert_eq!(prior.after(0.0, 0.0, 0.0, 0.1), prior);
    }

    #[test]
    fn day_three_already_helps() {
        // The truth is twice the belief; after three days of noiseless counts most of it is known.
        let prior = Belief {
            mean: 20.0,
            relative_variance: 0.25,
        };
        let three = prior.after(120.0, 3.0, 3.0, 0.05);
        assert!((three.mean / 40.0 - 1.0).abs() < 0.15, "{}", three.mean);
        let ten = prior.after(400.0, 10.0, 10.0, 0.05);
        assert!((ten.mean / 40.0 - 1.0).abs() < (three.mean / 40.0 - 1.0).abs());
    }
}
