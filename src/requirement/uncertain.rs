//! Sizing when the day's busyness is not known: service expected over it, or a quantile of it.
//!
//! Busyness is gamma of mean 1 (Avramidis, Deslauriers & L'Ecuyer 2004); over many days the service
//! level is that of the contacts, so a busy day weighs more than a quiet one.

use statrs::distribution::{ContinuousCDF, Gamma};

use super::service::{Service, Traffic};
use super::target::Target;

/// Points at which a busyness is evaluated: medians of so many slices of equal probability.
const SLICES: usize = 7;

/// The factor that a gamma busyness of mean 1 and that variance exceeds with probability 1 − `share`.
pub fn busyness_quantile(variance: f64, share: f64) -> f64 {
    if variance <= 1e-9 {
        return 1.0;
    }
    Gamma::new(1.0 / variance, 1.0 / variance).map_or(1.0, |gamma| {
        gamma.inverse_cdf(share.clamp(1e-6, 1.0 - 1e-6))
    })
}

/// Equally likely factors of mean 1 that stand for a busyness of that variance; just 1 if it is certain.
pub fn busyness_points(variance: f64) -> Vec<f64> {
    if variance <= 1e-6 {
        return vec![1.0];
    }
    let mut points: Vec<f64> = (0..SLICES)
        .map(|slice| busyness_quantile(variance, (slice as f64 + 0.5) / SLICES as f64))
        .collect();
    let mean = points.iter().sum::<f64>() / SLICES as f64;
    points.iter_mut().for_each(|point| *point /= mean);
    points
}

/// Whether `agents` keep the target on average over equally likely busynesses within slots of `slot`
/// seconds: of all contacts, the share answered in time; of all the answered, the mean wait; and so on.
pub fn meets(traffic: &Traffic, points: &[f64], agents: f64, target: &Target, slot: f64) -> bool {
    if let [factor] = points {
        let rate = traffic.rate * factor;
        return target.met_by(&traffic.at_rate(rate).served_by(agents));
    }
    let services: Vec<(f64, Service)> = points
        .iter()
        .map(|factor| {
            (
                *factor,
                traffic.at_rate(traffic.rate * factor).served_by(agents),
            )
        })
        .collect();
    let mean = |of: &dyn Fn(&Service) -> f64| {
        let sum: f64 = services
            .iter()
            .map(|(factor, service)| factor * of(service))
            .sum();
        sum / points.iter().sum::<f64>()
    };
    const HAIR: f64 = 1e-9;
    let asa = |service: &Service| asa_in_slot(traffic, service, slot);
    let answered = mean(&|service| 1.0 - service.p_abandon);
    target.level.is_none_or(|(share, within, over)| {
        let inside = mean(&|service| service.answered_within(within));
        let base = mean(&|service| service.base(within, over));
        base > 0.0 && inside / base >= share - HAIR
    }) && target.mean_wait.is_none_or(|longest| {
        answered > 0.0
            && mean(&|service| (1.0 - service.p_abandon) * asa(service)) / answered
                <= longest + HAIR
    }) && target.wait_quantile.is_none_or(|(share, longest)| {
        answered > 0.0 && mean(&|service| service.p_wait_over(longest)) <= 1.0 - share + HAIR
    }) && target
        .abandoned
        .is_none_or(|most| 1.0 - answered <= most + HAIR)
        && target.occupancy.is_none_or(|most| {
            services
                .iter()
                .map(|(_, service)| service.occupancy)
                .sum::<f64>()
                / services.len() as f64
                <= most + HAIR
        })
}

/// Mean wait of the answered within a slot that begins with nobody in line: never more than what a line at
/// the edge of its capacity grows to by chance, about √(2 λ T ÷ π) at its end and two thirds of that on
/// average, and the half of what arrives beyond the capacity.
pub fn asa_in_slot(traffic: &Traffic, service: &Service, slot: f64) -> f64 {
    let capacity = service.agents * traffic.capacity();
    if capacity <= 0.0 {
        return service.asa;
    }
    let rate = service.load / traffic.aht;
    let chance = (2.0 * rate * slot / std::f64::consts::PI).sqrt() / 1.5 / capacity;
    let excess = (rate / capacity - 1.0).max(0.0) * slot / 2.0;
    service.asa.min(chance + excess)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::requirement::target::{least_agents, least_whole};

    #[test]
    fn points_keep_mean_and_most_of_the_variance() {
        for variance in [0.0025, 0.01, 0.09, 0.25] {
            let points = busyness_points(variance);
            let mean = points.iter().sum::<f64>() / points.len() as f64;
            let spread =
                points.iter().map(|p| (p - mean).powi(2)).sum::<f64>() / points.len() as f64;
            assert!((mean - 1.0).abs() < 1e-12);
            assert!(
                spread > 0.75 * variance && spread < variance,
                "{spread} of {variance}"
            );
        }
        assert!((busyness_quantile(0.04, 0.5) - 0.987).abs() < 0.002);
    }

    #[test]
    fn more_agents_never_wait_longer_within_a_slot() {
        for patience in [None, Some(120.0), Some(3600.0)] {
            let traffic = Traffic::new(40.0 / 240.0, 240.0)
                .with_patience(crate::requirement::Patience::of_mean(patience));
            let wait = |agents: u32| {
                let service = traffic.served_by(f64::from(agents));
                asa_in_slot(&traffic, &service, 1800.0)
            };
            for agents in 1..80 {
                assert!(wait(agents + 1) <= wait(agents) + 1e-9, "{agents}");
                assert!(wait(agents) >= 0.0);
            }
        }
    }

    #[test]
    fn an_uncertain_day_needs_more() {
        let traffic = Traffic::new(40.0 / 240.0, 240.0);
        let target = Target::level(0.8, 20.0);
        let certain = least_agents(&traffic, &target).unwrap();
        let need = |variance: f64| {
            let points = busyness_points(variance);
            least_whole(&traffic, |agents| {
                meets(&traffic, &points, agents, &target, 1800.0)
            })
            .unwrap()
        };
        assert_eq!(need(0.0), certain);
        assert!(need(0.01) > certain && need(0.04) > need(0.01));
    }
}
