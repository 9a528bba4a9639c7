//! How long customers wait before they hang up.

use statrs::function::erf::{erfc, erfc_inv};

use crate::scenario::log_normal;

/// Distribution of a customer's patience, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Patience {
    /// Nobody hangs up.
    Endless,
    Exponential {
        mean: f64,
    },
    /// By mean and coefficient of variation (> 0).
    LogNormal {
        mean: f64,
        cv: f64,
    },
}

impl Patience {
    /// Exponential of that mean; none means endless.
    pub fn of_mean(mean: Option<f64>) -> Self {
        match mean {
            Some(mean) if mean.is_finite() => Self::Exponential {
                mean: mean.max(1e-6),
            },
            _ => Self::Endless,
        }
    }

    /// Mean patience; infinite if endless.
    pub fn mean(self) -> f64 {
        match self {
            Self::Endless => f64::INFINITY,
            Self::Exponential { mean } | Self::LogNormal { mean, .. } => mean,
        }
    }

    /// Share still there after waiting `x`.
    pub fn survival(self, x: f64) -> f64 {
        match self {
            Self::Endless => 1.0,
            _ if x <= 0.0 => 1.0,
            Self::Exponential { mean } => (-x / mean).exp(),
            Self::LogNormal { mean, cv } => {
                let (mu, sigma) = log_normal(mean, cv);
                upper_tail((x.ln() - mu) / sigma)
            }
        }
    }

    /// Share gone after waiting `x`: 1 − survival, exact where it is tiny.
    pub fn gone(self, x: f64) -> f64 {
        match self {
            Self::Endless => 0.0,
            _ if x <= 0.0 => 0.0,
            Self::Exponential { mean } => -(-x / mean).exp_m1(),
            Self::LogNormal { mean, cv } => {
                let (mu, sigma) = log_normal(mean, cv);
                upper_tail(-(x.ln() - mu) / sigma)
            }
        }
    }

    /// [`Self::survival_integral`] where the share `gone` after `x` is known.
    pub fn mean_until(self, x: f64, gone: f64) -> f64 {
        match self {
            Self::Exponential { mean } => mean * gone,
            _ => self.survival_integral(x),
        }
    }

    /// Mean of min(patience, x): ∫₀ˣ survival.
    pub fn survival_integral(self, x: f64) -> f64 {
        match self {
            Self::Endless => x,
            _ if x <= 0.0 => 0.0,
            Self::Exponential { mean } => -mean * (-x / mean).exp_m1(),
            Self::LogNormal { mean, cv } => {
                let (mu, sigma) = log_normal(mean, cv);
                let z = (x.ln() - mu) / sigma;
                x * upper_tail(z) + mean * upper_tail(sigma - z)
            }
        }
    }

    /// The wait after which a share `share` (0 to 1) is still there.
    pub fn wait_at_survival(self, share: f64) -> f64 {
        match self {
            Self::Endless => f64::INFINITY,
            Self::Exponential { mean } => -mean * share.ln(),
            Self::LogNormal { mean, cv } => {
                let (mu, sigma) = log_normal(mean, cv);
                (mu + sigma * std::f64::consts::SQRT_2 * erfc_inv(2.0 * share)).exp()
            }
        }
    }
}

/// P(Z > z) of the standard normal.
pub(super) fn upper_tail(z: f64) -> f64 {
    0.5 * erfc(z / std::f64::consts::SQRT_2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survival_its_integral_and_its_inverse_agree() {
        for patience in [
            Patience::Exponential { mean: 120.0 },
            Patience::LogNormal {
                mean: 120.0,
                cv: 1.3,
            },
        ] {
            let steps = 20_000;
            let dx = 300.0 / f64::from(steps);
            let area: f64 = (0..steps)
                .map(|i| patience.survival((f64::from(i) + 0.5) * dx) * dx)
                .sum();
            assert!((area - patience.survival_integral(300.0)).abs() < 1e-3);
            assert!((patience.survival_integral(1e9) - 120.0).abs() < 1e-6);
            assert!((patience.survival(50.0) + patience.gone(50.0) - 1.0).abs() < 1e-12);
            let half = patience.wait_at_survival(0.5);
            assert!((patience.survival(half) - 0.5).abs() < 1e-9);
        }
    }
}
