//! The same plans seen by each client: who gains under which set-up.

use super::{Comparison, cheapest};
use crate::cost;
use crate::ids::ClientId;
use crate::whatif;

/// What each set-up costs one client.
#[derive(Debug, Clone)]
pub struct ClientCosts {
    pub client: ClientId,
    pub interactions_per_day: f64,
    /// Cost of one interaction per set-up, in their order: the client's own teams, its share of shared
    /// ones, and an even part of what is paid once for all.
    pub per_interaction: Vec<f64>,
    pub cheapest: usize,
}

/// Costs by client, for the clients whose costs the comparison counts.
pub fn by_client(comparison: &Comparison) -> Vec<ClientCosts> {
    let Some(first) = comparison.setups.first() else {
        return Vec::new();
    };
    let terms = &first.scenario.setups[first.setup];
    let clients = first
        .scenario
        .clients
        .ids()
        .filter(|&client| terms.bears(client));
    clients
        .map(|client| {
            let mut interactions_per_day = 0.0;
            let costs: Vec<(f64, bool)> = comparison
                .setups
                .iter()
                .map(|result| {
                    let scenario = whatif::for_client(&result.scenario, result.setup, client);
                    let costing = cost::price(
                        &scenario,
                        result.setup,
                        &result.demand,
                        &result.staffing,
                        &result.observed,
                    );
                    interactions_per_day = costing.interactions / (costing.weeks * 7.0);
                    let kept = result.observed.queues.iter().all(|(queue, seen)| {
                        result.scenario.queues[queue].client != client || seen.keeps_promise()
                    });
                    (costing.per_interaction().unwrap_or(f64::INFINITY), kept)
                })
                .collect();
            ClientCosts {
                client,
                interactions_per_day,
                cheapest: cheapest(costs.iter().copied()),
                per_interaction: costs.into_iter().map(|(cost, _)| cost).collect(),
            }
        })
        .collect()
}
