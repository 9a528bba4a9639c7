//! Count distributions: negative binomial by mean and excess variance, its quantiles and its mass.

use statrs::function::gamma::ln_gamma;

/// A negative binomial with variance `mean + excess · mean²`; Poisson where the excess vanishes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Count {
    pub mean: f64,
    /// Relative variance beyond Poisson.
    pub excess: f64,
}

impl Count {
    pub fn variance(&self) -> f64 {
        self.mean + self.excess * self.mean * self.mean
    }

    /// The logarithm of the probability of `y`, which need not be whole.
    pub fn ln_mass(&self, y: f64) -> f64 {
        let m = self.mean;
        if self.excess < 1e-6 {
            return y * m.ln() - m - ln_gamma(y + 1.0);
        }
        let r = 1.0 / self.excess;
        ln_gamma(y + r) - ln_gamma(r) - ln_gamma(y + 1.0) - r * (m / r).ln_1p()
            + y * (m / (m + r)).ln()
    }

    /// Walks the probability mass from zero upwards until `stop` says so; means below [`WIDE`] only.
    fn walk(&self, mut stop: impl FnMut(f64, f64, f64) -> Option<f64>) -> f64 {
        let m = self.mean;
        let poisson = self.excess < 1e-6;
        let r = if poisson { 0.0 } else { 1.0 / self.excess };
        let mut mass = if poisson {
            (-m).exp()
        } else {
            (-r * (m / r).ln_1p()).exp()
        };
        let q = if poisson { 0.0 } else { m / (m + r) };
        let (mut below, mut k) = (0.0, 0.0);
        loop {
            if let Some(x) = stop(k, below, mass) {
                return x;
            }
            below += mass;
            k += 1.0;
            mass *= if poisson {
                m / k
            } else {
                q * (k - 1.0 + r) / k
            };
            if k > 100.0 * (m + 10.0) * (1.0 + self.excess) {
                return k;
            }
        }
    }

    /// The quantile `p` of the count with its steps smoothed: each whole count is spread over half a step
    /// to either side, so that bands of thin counts hold what they say on average.
    pub fn quantile(&self, p: f64) -> f64 {
        self.quantile_above(THIN, p)
    }

    /// The same, but below a mean of `thin` a whole count; see [`thin`].
    pub fn quantile_above(&self, thin: f64, p: f64) -> f64 {
        if self.mean < thin {
            return self.whole_quantile(p);
        }
        if self.mean > WIDE {
            return self.gamma_quantile(p);
        }
        self.walk(|k, below, mass| {
            (below + mass >= p).then(|| (k - 0.5 + (p - below) / mass.max(1e-300)).max(0.0))
        })
    }

    /// The least whole count with at least `p` at or below it.
    pub fn whole_quantile(&self, p: f64) -> f64 {
        if self.mean <= 0.0 {
            return 0.0;
        }
        if self.mean > WIDE {
            return self.gamma_quantile(p).round();
        }
        self.walk(|k, below, mass| (below + mass >= p).then_some(k))
    }

    /// Probability below `y`, and of `y` itself.
    pub fn below_and_at(&self, y: f64) -> (f64, f64) {
        if self.mean <= 0.0 {
            return if y > 0.0 { (1.0, 0.0) } else { (0.0, 1.0) };
        }
        if self.mean > WIDE {
            let z = |x: f64| normal_cdf(self.gamma_z(x));
            return (z(y - 0.5), (z(y + 0.5) - z(y - 0.5)).max(0.0));
        }
        let mut out = (1.0, 0.0);
        self.walk(|k, below, mass| {
            (k >= y.round()).then(|| {
                out = (below, mass);
                k
            })
        });
        out
    }

    /// Wilson–Hilferty (1931) on the gamma with the same mean and variance.
    fn gamma_quantile(&self, p: f64) -> f64 {
        let shape = self.mean * self.mean / self.variance();
        let c = 1.0 / (9.0 * shape);
        (self.mean * (1.0 - c + normal_quantile(p) * c.sqrt()).max(0.0).powi(3)).max(0.0)
    }

    fn gamma_z(&self, x: f64) -> f64 {
        let shape = self.mean * self.mean / self.variance();
        let c = 1.0 / (9.0 * shape);
        ((x.max(0.0) / self.mean).cbrt() - 1.0 + c) / c.sqrt()
    }
}

/// Below this mean a quantile is a whole count: there the steps are the distribution.
const THIN: f64 = 2.0;
/// The same of the quiet slots of a busy series: with whole counts its band as a whole would hold too much.
const QUIET: f64 = 0.5;
/// Above this mean the counts are treated as continuous.
const WIDE: f64 = 60.0;

/// The mean below which the quantiles of slots with these `means` are whole counts.
pub fn thin(means: &[f64]) -> f64 {
    let all: f64 = means.iter().sum();
    if all < THIN * means.len() as f64 {
        THIN
    } else {
        QUIET
    }
}

/// Standard normal distribution (Abramowitz & Stegun 1964, 26.2.17; error below 7.5e-8).
pub fn normal_cdf(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z.abs());
    let poly = t
        * (0.319_381_530
            + t * (-0.356_563_782
                + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    let tail = (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt() * poly;
    if z > 0.0 { 1.0 - tail } else { tail }
}

/// Its inverse (Acklam's rational approximation, relative error below 1.2e-9).
pub fn normal_quantile(p: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969683028665376e1,
        2.209460984245205e2,
        -2.759285104469687e2,
        1.38357751867269e2,
        -3.066479806614716e1,
        2.506628277459239,
    ];
    const B: [f64; 5] = [
        -5.447609879822406e1,
        1.615858368580409e2,
        -1.556989798598866e2,
        6.680131188771972e1,
        -1.328068155288572e1,
    ];
    const C: [f64; 6] = [
        -7.784894002430293e-3,
        -3.223964580411365e-1,
        -2.400758277161838,
        -2.549732539343734,
        4.374664141464968,
        2.938163982698783,
    ];
    const D: [f64; 4] = [
        7.784695709041462e-3,
        3.224671290700398e-1,
        2.445134137142996,
        3.754408661907416,
    ];
    let p = p.clamp(1e-12, 1.0 - 1e-12);
    let tail = |q: f64| {
        (((((C[0] * q + C[1]) * q + C[2]) * q + C[3]) * q + C[4]) * q + C[5])
            / ((((D[0] * q + D[1]) * q + D[2]) * q + D[3]) * q + 1.0)
    };
    if p < 0.02425 {
        tail((-2.0 * p.ln()).sqrt())
    } else if p > 1.0 - 0.02425 {
        -tail((-2.0 * (1.0 - p).ln()).sqrt())
    } else {
        let q = p - 0.5;
        let r = q * q;
        (((((A[0] * r + A[1]) * r + A[2]) * r + A[3]) * r + A[4]) * r + A[5]) * q
            / (((((B[0] * r + B[1]) * r + B[2]) * r + B[3]) * r + B[4]) * r + 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_known_counts() {
        // Poisson(3): P(≤1) = .1991, P(≤5) = .9161; R qpois.
        let c = Count {
            mean: 3.0,
            excess: 0.0,
        };
        assert_eq!(
            (
                c.whole_quantile(0.1),
                c.whole_quantile(0.5),
                c.whole_quantile(0.9)
            ),
            (1.0, 3.0, 5.0)
        );
        let (below, at) = c.below_and_at(2.0);
        assert!((below - 0.199_148).abs() < 1e-5 && (at - 0.224_042).abs() < 1e-5);
        // Negative binomial, mean 10, size 2 (excess .5): R qnbinom(c(.1,.5,.9), 2, mu = 10) = 2 8 20.
        let c = Count {
            mean: 10.0,
            excess: 0.5,
        };
        assert_eq!(
            (
                c.whole_quantile(0.1),
                c.whole_quantile(0.5),
                c.whole_quantile(0.9)
            ),
            (2.0, 8.0, 20.0)
        );
        assert!((normal_cdf(1.281_551_565_5) - 0.9).abs() < 1e-7);
        assert!((normal_quantile(0.9) - 1.281_551_565_5).abs() < 1e-8);
    }

    #[test]
    fn quiet_hours_of_a_busy_series_hold_what_they_say() {
        let day: Vec<f64> = (0..24).map(|hour| 0.7 + 0.3 * f64::from(hour)).collect();
        let held = |thin: f64| -> f64 {
            let inside = |mean: &f64| {
                let count = Count {
                    mean: *mean,
                    excess: 0.1,
                };
                let [low, high] = [0.1, 0.9].map(|p| count.quantile_above(thin, p));
                let within = (0..60).map(f64::from).filter(|y| *y >= low && *y <= high);
                within.map(|y| count.below_and_at(y).1).sum::<f64>()
            };
            day.iter().map(inside).sum::<f64>() / 24.0
        };
        assert!((held(thin(&day)) - 0.8).abs() < 0.03);
        assert!(held(THIN) > 0.83, "whole counts hold too much");
        // A thin queue's steps are its distribution.
        let quiet: Vec<f64> = day.iter().map(|mean| 0.3 * mean).collect();
        assert_eq!(thin(&quiet), THIN);
    }

    #[test]
    fn large_counts_meet_small_ones() {
        for excess in [0.0, 0.02, 0.3] {
            let below = Count {
                mean: WIDE - 0.001,
                excess,
            };
            let above = Count {
                mean: WIDE + 0.001,
                excess,
            };
            for p in [0.05, 0.1, 0.5, 0.9, 0.95] {
                let (a, b) = (below.quantile(p), above.quantile(p));
                assert!((a - b).abs() < 0.6 + 0.01 * a, "{excess} {p}: {a} {b}");
            }
        }
    }
}
