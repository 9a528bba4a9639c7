//! Cost at the volumes that the forecast thinks possible.
//!
//! The volume of the horizon has mean M = Σ m and variance Σ m (Poisson) + Σ_d (Σ_q √v_q m_qd)² (busyness
//! of the day, shared by all queues: the careful case) + Σ w_q m² (busyness of the slot); its quantiles are
//! those of the gamma of the same mean and variance. Each set-up is planned and priced at each quantile.

use rayon::prelude::*;
use statrs::distribution::{ContinuousCDF, Gamma};

use super::break_even::{at_volume, own_volume};
use super::{Comparison, Settled, SetupResult};
use crate::demand::Demand;
use crate::ids::SetupId;
use crate::scenario::{Money, Scenario};

/// Cost of a set-up over the horizon at quantiles of the volume.
#[derive(Debug, Clone, PartialEq)]
pub struct CostQuantiles {
    pub setup: SetupId,
    pub p50: Money,
    pub p80: Money,
    pub p95: Money,
    /// Interactions a day at the same quantiles.
    pub volumes: [f64; 3],
}

/// Cost of each set-up at the p50, p80 and p95 of the volume, its promises kept there.
pub fn cost_quantiles<F>(comparison: &Comparison, settle: F) -> Vec<CostQuantiles>
where
    F: Fn(&Scenario, SetupId, &Demand) -> Settled + Sync,
{
    comparison
        .setups
        .par_iter()
        .map(|base| {
            let factors = volume_quantiles(base, [0.5, 0.8, 0.95]);
            let mut costs = factors.map(|factor| {
                let (per_interaction, _) = at_volume(base, factor, &settle);
                if per_interaction.is_finite() {
                    per_interaction * base.costing.interactions * factor
                } else {
                    0.0
                }
            });
            // Plans are within a gap of the best, so that a larger volume may seem cheaper by a hair.
            for index in 1..costs.len() {
                costs[index] = costs[index].max(costs[index - 1]);
            }
            let [p50, p80, p95] = costs.map(|cost| Money::from_f64(cost).rounded());
            let own = own_volume(base);
            CostQuantiles {
                setup: base.setup,
                p50,
                p80,
                p95,
                volumes: factors.map(|factor| factor * own),
            }
        })
        .collect()
}

/// Quantiles of the volume of the set-up's own queues, as factors on its mean; near 1 they are 1.
fn volume_quantiles(base: &SetupResult, levels: [f64; 3]) -> [f64; 3] {
    let own = base.demand.queues.iter().filter(|(queue, _)| {
        let client = base.scenario.queues[*queue].client;
        base.scenario.setups[base.setup].bears(client)
    });
    let slots_a_day = ((24.0 / base.demand.horizon.slot_hours()) as usize).max(1);
    let days = base.demand.horizon.slots.div_ceil(slots_a_day);
    let (mut mean, mut variance) = (0.0, 0.0);
    let mut by_day = vec![0.0; days];
    for (_, queue) in own {
        for (slot, &contacts) in queue.mean.iter().enumerate() {
            mean += contacts;
            variance += contacts + queue.slot_variance * contacts * contacts;
            by_day[slot / slots_a_day] += queue.day_variance.sqrt() * contacts;
        }
    }
    variance += by_day.iter().map(|sd| sd * sd).sum::<f64>();
    if mean <= 0.0 || variance <= 0.0 {
        return [1.0; 3];
    }
    match Gamma::new(mean * mean / variance, mean / variance) {
        Ok(volume) => levels.map(|level| volume.inverse_cdf(level) / mean),
        Err(_) => [1.0; 3],
    }
}
