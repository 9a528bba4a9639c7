//! Cost at the volumes that the forecast thinks possible.
//!
//! The volume of the horizon has mean M = Σ m and variance Σ m (Poisson) + Σ_d (Σ_q √v_q m_qd)² (busyness
//! of the day, shared by all queues: the careful case) + Σ w_q m² (busyness of the slot) + (Σ_q √l_q M_q)²
//! (the level itself, all queues' together: the careful case again); its quantiles are those of the gamma of
//! the same mean and variance. Each set-up is planned and priced at each quantile.

use rayon::prelude::*;
use statrs::distribution::{ContinuousCDF, Gamma};

use super::break_even::{grown, is_own, own_volume};
use super::drafts::{Drafts, Found, Outcome, what_if};
use super::{Comparison, Settled, SetupResult};
use crate::demand::{Demand, QueueDemand};
use crate::ids::SetupId;
use crate::scenario::{History, Money, Queue, Scenario};
use crate::whatif;

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
pub fn cost_quantiles<F>(comparison: &Comparison, drafts: &Drafts, settle: F) -> Vec<CostQuantiles>
where
    F: Fn(&Scenario, SetupId, &Demand) -> Settled + Sync,
{
    comparison
        .setups
        .par_iter()
        .map(|base| {
            let factors = volume_quantiles(base, [0.5, 0.8, 0.95]);
            let mut costs = factors.map(|factor| {
                if is_own(factor) {
                    return Outcome::of(&base.costing, base.keeps_promises).total;
                }
                let scenario = grown(&base.scenario, factor);
                let demand = whatif::scaled_demand(&base.demand, factor);
                what_if(base, drafts, &scenario, demand, Found::ByDraft, &settle).total
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
pub(super) fn volume_quantiles<const N: usize>(base: &SetupResult, levels: [f64; N]) -> [f64; N] {
    let own = base.demand.queues.iter();
    let own = own.filter(|(queue, _)| base.bears(*queue));
    let slots_a_day = ((24.0 / base.demand.horizon.slot_hours()) as usize).max(1);
    let days = base.demand.horizon.slots.div_ceil(slots_a_day);
    let (mut mean, mut variance, mut level) = (0.0, 0.0, 0.0);
    let mut by_day = vec![0.0; days];
    for (id, queue) in own {
        for (slot, &contacts) in queue.mean.iter().enumerate() {
            mean += contacts;
            variance += contacts + queue.slot_variance * contacts * contacts;
            by_day[slot / slots_a_day] += queue.day_variance.sqrt() * contacts;
        }
        let believed = level_variance(&base.scenario.queues[id], queue);
        level += believed.sqrt() * queue.contacts();
    }
    variance += by_day.iter().map(|sd| sd * sd).sum::<f64>() + level * level;
    if mean <= 0.0 || variance <= 0.0 {
        return [1.0; N];
    }
    match Gamma::new(mean * mean / variance, mean / variance) {
        Ok(volume) => levels.map(|level| volume.inverse_cdf(level) / mean),
        Err(_) => [1.0; N],
    }
}

/// Relative variance of a queue's level: what the forecast believes of it, or how much the weeks of its
/// history wander, whichever is more.
pub(super) fn level_variance(queue: &Queue, forecast: &QueueDemand) -> f64 {
    let history = queue.demand.history.as_ref();
    let wandering = history.map_or(0.0, |history| wander(history, forecast.day_variance));
    forecast.level_variance.max(wandering)
}

/// Weeks of a history looked at.
const WEEKS: usize = 26;
/// Standard deviations of a normal for its median absolute one.
const MAD: f64 = 1.4826;

/// Relative variance of the change from one week to the next that chance and the busyness of days do not
/// explain; taken from the median change, so that a season's steps and a campaign count little.
fn wander(history: &History, day_variance: f64) -> f64 {
    let totals: Vec<f64> = history
        .days
        .rchunks_exact(7)
        .take(WEEKS)
        .filter_map(|week| {
            let days: Option<Vec<f64>> = week
                .iter()
                .map(|day| day.as_ref().map(|counts| counts.iter().sum()))
                .collect();
            days.map(|days| days.iter().sum::<f64>())
        })
        .filter(|total| *total > 0.0)
        .collect();
    if totals.len() < 5 {
        return 0.0;
    }
    let changes: Vec<f64> = totals
        .windows(2)
        .map(|pair| (pair[0] / pair[1]).ln())
        .collect();
    let spread = MAD * median(changes.iter().map(|change| change.abs()).collect());
    let mean = totals.iter().sum::<f64>() / totals.len() as f64;
    let chance = 2.0 * (1.0 / mean + day_variance / 7.0);
    (spread * spread - chance).max(0.0)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(weeks: &[f64]) -> History {
        History {
            source: String::new(),
            slot_minutes: 60,
            first_day: chrono::NaiveDate::default(),
            days: weeks
                .iter()
                .flat_map(|total| vec![Some(vec![total / 7.0]); 7])
                .collect(),
            came: Vec::new(),
            until: None,
            handled: None,
        }
    }

    #[test]
    fn a_level_that_wanders_is_told_from_chance() {
        // Weeks of about 10,000 that move by a fifth up and down: chance explains a hundredth.
        let wild: Vec<f64> = (0..20)
            .map(|week| if week % 2 == 0 { 10_000.0 } else { 12_000.0 })
            .collect();
        let found = wander(&history(&wild), 0.0);
        assert!((found.sqrt() - MAD * 1.2_f64.ln()).abs() < 0.01, "{found}");
        assert_eq!(wander(&history(&[10_000.0; 20]), 0.0), 0.0);
        // The same moves on a few contacts are what chance does.
        let few: Vec<f64> = wild.iter().map(|total| total / 1000.0).collect();
        assert_eq!(wander(&history(&few), 0.0), 0.0);
        assert_eq!(wander(&history(&wild[..4]), 0.0), 0.0);
    }
}
