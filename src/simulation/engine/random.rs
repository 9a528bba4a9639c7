//! Named, seeded random streams: every draw depends on the seed, what it is for, the replication and the
//! queue, never on what other streams drew. So two plans meet the same customers.

use rand::seq::SliceRandom;
use rand::{Rng, RngExt, SeedableRng};
use rand_distr::{Distribution, Exp1, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;
use statrs::distribution::{ContinuousCDF, Normal};

use super::network::HandleTime;
use crate::requirement::Patience;
use crate::scenario::log_normal;

/// What a stream is for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    Arrival = 1,
    Handling,
    Patience,
    SharedBusyness,
    OwnBusyness,
    Comeback,
    Absence,
}

/// The stream of a purpose; `a` and `b` tell replications, queues, days apart.
pub(super) fn stream(seed: u64, purpose: Purpose, a: u64, b: u64) -> Xoshiro256PlusPlus {
    let key = [purpose as u64, a, b]
        .into_iter()
        .fold(mix(seed), |key, part| {
            mix(key ^ mix(part.wrapping_add(0x9e37_79b9_7f4a_7c15)))
        });
    Xoshiro256PlusPlus::seed_from_u64(key)
}

/// Finalizer of SplitMix64 (Steele, Lea & Flood 2014).
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Exponential of mean 1.
pub(super) fn exponential(rng: &mut impl Rng) -> f64 {
    Exp1.sample(rng)
}

/// Strata into which the busyness of like days is drawn.
pub(super) const STRATA: usize = 4;

/// Which stratum is whose: they are dealt out at random, each once.
pub(super) fn stratum(rng: &mut impl Rng, place: usize) -> usize {
    let mut strata: [usize; STRATA] = std::array::from_fn(|stratum| stratum);
    strata.shuffle(rng);
    strata[place]
}

/// Gamma of mean 1 and that coefficient of variation, of a stratum but for a few in a hundred.
///
/// Marsaglia & Tsang (2000), *A simple method for generating gamma variables*: their first normal is of the stratum,
/// and where it is not taken those that follow are of all. Over all strata it is the gamma itself.
pub(super) fn busyness(rng: &mut impl Rng, cv: f64, stratum: usize) -> f64 {
    let shape = 1.0 / (cv * cv);
    // Below 1 the shape is raised by 1 (their note at the end).
    let (of, raised) = match shape < 1.0 {
        true => (shape + 1.0, rng.random::<f64>().powf(1.0 / shape)),
        false => (shape, 1.0),
    };
    let d = of - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    let share = (stratum as f64 + rng.random::<f64>()) / STRATA as f64;
    let mut z = Normal::standard().inverse_cdf(share);
    loop {
        let v = (1.0 + c * z).powi(3);
        if v > 0.0 && rng.random::<f64>().ln() < 0.5 * z * z + d - d * v + d * v.ln() {
            return raised * d * v / shape;
        }
        z = StandardNormal.sample(rng);
    }
}

/// How many of `count` come when each does with probability `share`.
pub(super) fn binomial(rng: &mut impl Rng, count: u32, share: f64) -> u32 {
    (0..count).filter(|_| rng.random::<f64>() < share).count() as u32
}

/// A sampler with its parameters worked out.
#[derive(Debug, Clone)]
pub(super) enum Sampler<'a> {
    Fixed(f64),
    Exponential(f64),
    LogNormal { mu: f64, sigma: f64 },
    Samples(&'a [f64]),
}

impl<'a> Sampler<'a> {
    pub(super) fn handling(handle: &'a HandleTime) -> Self {
        match handle {
            HandleTime::Fixed(time) => Self::Fixed(*time),
            HandleTime::Exponential { mean } => Self::Exponential(*mean),
            HandleTime::LogNormal { mean, cv } => Self::log_normal(*mean, *cv),
            HandleTime::Samples(samples) => Self::Samples(samples),
        }
    }

    pub(super) fn patience(patience: Patience) -> Self {
        match patience {
            Patience::Endless => Self::Fixed(f64::INFINITY),
            Patience::Exponential { mean } => Self::Exponential(mean),
            Patience::LogNormal { mean, cv } => Self::log_normal(mean, cv),
        }
    }

    fn log_normal(mean: f64, cv: f64) -> Self {
        if mean <= 0.0 || cv <= 0.0 {
            return Self::Fixed(mean.max(0.0));
        }
        let (mu, sigma) = log_normal(mean, cv);
        Self::LogNormal { mu, sigma }
    }

    pub(super) fn draw(&self, rng: &mut impl Rng) -> f64 {
        match self {
            Self::Fixed(value) => *value,
            Self::Exponential(mean) => mean * exponential(rng),
            Self::LogNormal { mu, sigma } => {
                let z: f64 = StandardNormal.sample(rng);
                (mu + sigma * z).exp()
            }
            Self::Samples(samples) => samples[rng.random_range(0..samples.len())],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::Gamma;

    #[test]
    fn streams_are_repeatable_and_apart() {
        let draw = |seed, purpose, a, b| stream(seed, purpose, a, b).random::<u64>();
        assert_eq!(
            draw(1, Purpose::Arrival, 2, 3),
            draw(1, Purpose::Arrival, 2, 3)
        );
        let all = [
            draw(1, Purpose::Arrival, 2, 3),
            draw(2, Purpose::Arrival, 2, 3),
            draw(1, Purpose::Handling, 2, 3),
            draw(1, Purpose::Arrival, 3, 2),
            draw(1, Purpose::Arrival, 2, 4),
        ];
        for (index, one) in all.iter().enumerate() {
            assert!(all[index + 1..].iter().all(|other| other != one));
        }
    }

    #[test]
    fn samplers_have_their_means() {
        let mut rng = stream(7, Purpose::Handling, 0, 0);
        let samples = HandleTime::Samples(vec![100.0, 200.0, 600.0]);
        let log_normal = HandleTime::LogNormal {
            mean: 300.0,
            cv: 0.8,
        };
        for handle in [&samples, &log_normal] {
            let sampler = Sampler::handling(handle);
            let n = 200_000;
            let mean = (0..n).map(|_| sampler.draw(&mut rng)).sum::<f64>() / f64::from(n);
            assert!((mean - 300.0).abs() < 3.0, "{mean}");
        }
    }

    #[test]
    fn busyness_is_gamma_over_all_strata_and_near_its_own() {
        let mut rng = stream(7, Purpose::OwnBusyness, 0, 0);
        for cv in [0.1, 0.3, 1.4] {
            let n = 100_000;
            let mut of_strata = [0.0; STRATA];
            let draws: Vec<f64> = (0..n)
                .map(|place| {
                    let drawn = busyness(&mut rng, cv, place % STRATA);
                    of_strata[place % STRATA] += drawn;
                    drawn
                })
                .collect();
            let shape = 1.0 / (cv * cv);
            let gamma = Gamma::new(shape, shape).unwrap();
            for share in [0.05, 0.25, 0.5, 0.75, 0.95] {
                let quantile = gamma.inverse_cdf(share);
                let below = draws.iter().filter(|drawn| **drawn <= quantile).count();
                let below = below as f64 / n as f64;
                assert!((below - share).abs() < 0.006, "{cv}: {below} for {share}");
            }
            assert!(of_strata.is_sorted(), "{of_strata:?}");
        }
    }
}
