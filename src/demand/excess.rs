//! How much counts scatter beyond Poisson: the relative variance that past errors speak for.

use super::counts::{Count, normal_cdf};

/// No excess is less.
pub const LEAST: f64 = 1e-6;
/// Below this mean count the excess is read from the likelihood.
const THIN: f64 = 2.0;
/// Most errors of a group that are looked at.
const MOST: usize = 400;

/// The excess under which 80 % of counts (came and due) lie inside the 80 % band. Few lean on `prior`.
pub fn excess(points: &[(f64, f64)], prior: f64) -> f64 {
    let points: Vec<(f64, f64)> = points
        .iter()
        .copied()
        .step_by(points.len().div_ceil(MOST).max(1))
        .collect();
    if points.len() < 10 {
        return prior;
    }
    let mean = points.iter().map(|p| p.1).sum::<f64>() / points.len() as f64;
    let found = if mean < THIN {
        likely(&points)
    } else {
        covering(&points)
    };
    // Twenty prior points on the log scale.
    let weight = points.len() as f64 / (points.len() as f64 + 20.0);
    (weight * found.ln() + (1.0 - weight) * prior.max(LEAST).ln()).exp()
}

/// The excess under which 80 % of the points lie inside their bands.
fn covering(points: &[(f64, f64)]) -> f64 {
    let inside = |excess: f64| -> f64 {
        points
            .iter()
            .map(|(y, m)| share_inside(*y, *m, excess))
            .sum::<f64>()
            / points.len() as f64
    };
    // Coverage grows with the excess: bisection on its logarithm.
    let (mut low, mut high) = (1e-6f64.ln(), 10f64.ln());
    for _ in 0..11 {
        let middle = 0.5 * (low + high);
        if inside(middle.exp()) < 0.8 {
            low = middle
        } else {
            high = middle
        }
    }
    (0.5 * (low + high)).exp()
}

/// The excess by its negative binomial likelihood, averaged on the logarithmic scale from .01 to 4: of thin
/// counts the band is a step or two, and its coverage says little.
fn likely(points: &[(f64, f64)]) -> f64 {
    const STEPS: usize = 16;
    let (low, high) = (0.01f64.ln(), 4f64.ln());
    let grid: [f64; STEPS + 1] =
        std::array::from_fn(|k| low + (high - low) * k as f64 / STEPS as f64);
    let fit = grid.map(|log| -> f64 {
        let excess = log.exp();
        let mass = |(y, mean): &(f64, f64)| {
            let count = Count {
                mean: *mean,
                excess,
            };
            count.below_and_at(*y).1.max(1e-12).ln()
        };
        points.iter().map(mass).sum()
    });
    let best = fit.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weight = fit.map(|f| (f - best).exp());
    let sum: f64 = grid.iter().zip(&weight).map(|(x, w)| x * w).sum();
    (sum / weight.iter().sum::<f64>()).exp()
}

/// How much of the mass at `y` lies inside the central 80 %.
pub fn share_inside(y: f64, mean: f64, excess: f64) -> f64 {
    let (low, high) = if mean > 3.0 {
        // Wilson–Hilferty with half a count to either side.
        let shape = mean / (1.0 + excess * mean);
        let c = 1.0 / (9.0 * shape);
        let z = |x: f64| ((x.max(0.0) / mean).cbrt() - 1.0 + c) / c.sqrt();
        (
            if y > 0.0 { normal_cdf(z(y - 0.5)) } else { 0.0 },
            normal_cdf(z(y + 0.5)),
        )
    } else {
        let (below, at) = Count { mean, excess }.below_and_at(y);
        (below, below + at)
    };
    if high <= low {
        return f64::from(u8::from(low > 0.1 && low < 0.9));
    }
    ((high.min(0.9) - low.max(0.1)) / (high - low)).clamp(0.0, 1.0)
}
