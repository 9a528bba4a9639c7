//! Named, seeded random streams: every draw depends on the seed, what it is for, the replication and the
//! queue, never on what other streams drew. So two plans meet the same customers.

use rand::{Rng, RngExt, SeedableRng};
use rand_distr::{Distribution, Exp1, Gamma, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;

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

/// Gamma of mean 1 and that coefficient of variation; 1 where it is 0.
pub(super) fn busyness(rng: &mut impl Rng, cv: f64) -> f64 {
    if cv <= 0.0 {
        return 1.0;
    }
    let shape = 1.0 / (cv * cv);
    Gamma::new(shape, 1.0 / shape).map_or(1.0, |gamma| gamma.sample(rng))
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
        let n = 100_000;
        let factors: Vec<f64> = (0..n).map(|_| busyness(&mut rng, 0.2)).collect();
        let mean = factors.iter().sum::<f64>() / f64::from(n);
        let var = factors.iter().map(|f| (f - mean).powi(2)).sum::<f64>() / f64::from(n);
        assert!((mean - 1.0).abs() < 0.01 && (var - 0.04).abs() < 0.002);
    }
}
