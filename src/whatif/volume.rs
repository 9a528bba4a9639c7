//! The same demand at another volume.

use crate::demand::{Demand, QueueDemand, Spared};

/// The demand with `factor` times the contacts in every queue and slot.
pub fn scaled_demand(demand: &Demand, factor: f64) -> Demand {
    Demand {
        horizon: demand.horizon,
        queues: demand.queues.map(|_, queue| scaled_queue(queue, factor)),
        common_variance: demand.common_variance,
    }
}

/// One queue with `factor` times the contacts.
///
/// Busyness is a factor on the mean and keeps its variance; Poisson noise grows with the root. So the
/// distance of a quantile from the mean follows sd(m) = √(m + v m²), v the variance of busyness.
pub fn scaled_queue(queue: &QueueDemand, factor: f64) -> QueueDemand {
    let busyness = queue.day_variance + queue.slot_variance;
    let spread = |mean: f64| (mean + busyness * mean * mean).sqrt();
    let quantile = |values: &[f64]| {
        values
            .iter()
            .zip(&queue.mean)
            .map(|(&value, &mean)| {
                let moved = mean * factor;
                let ratio = if mean > 0.0 {
                    spread(moved) / spread(mean)
                } else {
                    factor
                };
                (moved + (value - mean) * ratio).max(0.0)
            })
            .collect()
    };
    let moved = |spared: &Spared| Spared {
        lever: spared.lever.clone(),
        deflected: spared.deflected * factor,
        repeats: spared.repeats * factor,
    };
    QueueDemand {
        mean: queue.mean.iter().map(|mean| mean * factor).collect(),
        p10: quantile(&queue.p10),
        p50: quantile(&queue.p50),
        p80: quantile(&queue.p80),
        p95: quantile(&queue.p95),
        spared: queue.spared.iter().map(moved).collect(),
        ..queue.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Share;

    #[test]
    fn quantiles_move_with_the_root_of_a_poisson_volume() {
        let queue = QueueDemand {
            model: String::new(),
            mean: vec![4.0, 0.0],
            p10: vec![2.0, 0.0],
            p50: vec![4.0, 0.0],
            p80: vec![6.0, 0.0],
            p95: vec![8.0, 0.0],
            day_variance: 0.0,
            slot_variance: 0.0,
            week_variance: 0.0,
            level_variance: 0.0,
            today: None,
            accuracy: None,
            resolution: Share::ONE,
            spared: Vec::new(),
            factors: Vec::new(),
        };
        let four = scaled_queue(&queue, 4.0);
        assert_eq!(four.mean, [16.0, 0.0]);
        assert_eq!(four.p95, [24.0, 0.0]);
        assert_eq!(four.p10, [12.0, 0.0]);
        assert_eq!(scaled_queue(&queue, 0.0).p95, [0.0, 0.0]);
    }
}
