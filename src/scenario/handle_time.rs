//! Handle times: lognormal, told by mean and spread or by two quantiles.

use crate::units::Seconds;

/// Handle time of a contact, talk and wrap-up, lognormal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HandleTime {
    pub mean: Seconds,
    /// Coefficient of variation: standard deviation ÷ mean.
    pub cv: f64,
}

/// z of the standard normal below which nine in ten lie.
const Z90: f64 = 1.281_551_565_544_600_4;

impl HandleTime {
    /// From the times within which half of the contacts and nine in ten are done. With σ = ln(p90 ÷ p50) ÷ z₀.₉:
    /// mean = p50 · exp(σ² ÷ 2), cv² = exp(σ²) − 1.
    pub fn from_quantiles(p50: Seconds, p90: Seconds) -> Self {
        let sigma = (p90 / p50).ln() / Z90;
        Self {
            mean: p50 * (sigma * sigma / 2.0).exp(),
            cv: (sigma * sigma).exp_m1().sqrt(),
        }
    }

    /// The time within which half of the contacts are done.
    pub fn p50(self) -> Seconds {
        self.quantile(0.0)
    }

    /// The time within which nine in ten contacts are done.
    pub fn p90(self) -> Seconds {
        self.quantile(Z90)
    }

    fn quantile(self, z: f64) -> Seconds {
        let (mu, sigma) = log_normal(self.mean.value(), self.cv);
        Seconds((mu + z * sigma).exp())
    }
}

/// Parameters of ln X for a lognormal X of that mean and coefficient of variation.
pub fn log_normal(mean: f64, cv: f64) -> (f64, f64) {
    let variance = (cv * cv).ln_1p().max(1e-12);
    (mean.ln() - 0.5 * variance, variance.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_quantiles_tell_mean_and_spread() {
        // ln 2.25 / 1.28155 = .63278: mean 240 · exp(.20020) = 293.19, cv √(exp(.40041) − 1) = .70178.
        let time = HandleTime::from_quantiles(Seconds(240.0), Seconds(540.0));
        assert!((time.mean.value() - 293.19).abs() < 0.01, "{time:?}");
        assert!((time.cv - 0.70178).abs() < 1e-4, "{time:?}");
        assert!((time.p50().value() - 240.0).abs() < 1e-9);
        assert!((time.p90().value() - 540.0).abs() < 1e-9);
    }

    #[test]
    fn times_that_do_not_vary_have_one_quantile() {
        let fixed = HandleTime {
            mean: Seconds(60.0),
            cv: 0.0,
        };
        assert!((fixed.p90() - fixed.p50()).value().abs() < 1e-3);
    }
}
