//! The same plans seen by each client: who gains under which set-up.

use super::{Comparison, SetupResult, cheapest, comparable_costs};
use crate::cost::{self, Costing, Usage};
use crate::demand::Demand;
use crate::ids::ClientId;
use crate::scenario::Scenario;
use crate::whatif;

/// What each set-up costs one client.
#[derive(Debug, Clone)]
pub struct ClientCosts {
    pub client: ClientId,
    /// Contacts that come.
    pub interactions_per_day: f64,
    /// Cost of one interaction per set-up, in their order: the client's own teams, its share of shared ones and of
    /// one contract, and an even part of the owner's hours.
    pub per_interaction: Vec<f64>,
    pub cheapest: usize,
}

/// Costs by client, for the clients whose costs the comparison counts.
pub fn by_client(comparison: &Comparison) -> Vec<ClientCosts> {
    let Some(first) = comparison.setups.first() else {
        return Vec::new();
    };
    let clients: Vec<ClientId> = counted(first).collect();
    let setups = comparison.setups.iter();
    let shares: Vec<Vec<Share>> = setups.map(|result| shares_of(result, &clients)).collect();
    ClientCosts::all(&clients, &shares)
}

/// The clients whose costs a set-up counts.
pub(super) fn counted(result: &SetupResult) -> impl Iterator<Item = ClientId> + use<'_> {
    let terms = &result.scenario.setups[result.setup];
    result
        .scenario
        .clients
        .ids()
        .filter(|&client| terms.bears(client))
}

/// One client's part in a set-up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Share {
    pub interactions_per_day: f64,
    pub per_interaction: f64,
    /// Over the horizon.
    pub total: f64,
    pub keeps_promises: bool,
}

impl ClientCosts {
    /// The costs of some clients, from their shares by set-up.
    pub(super) fn all(clients: &[ClientId], shares: &[Vec<Share>]) -> Vec<Self> {
        let of_client = |(number, &client): (usize, &ClientId)| {
            let shares: Vec<Share> = shares.iter().map(|shares| shares[number]).collect();
            Self::of(client, &shares)
        };
        clients.iter().enumerate().map(of_client).collect()
    }

    /// The costs of a client under each set-up, in their order.
    fn of(client: ClientId, shares: &[Share]) -> Self {
        let priced = |share: &Share| {
            let price = share.per_interaction;
            (price.is_finite().then_some(price), share.total)
        };
        let costs = comparable_costs(&shares.iter().map(priced).collect::<Vec<_>>());
        let kept = shares.iter().map(|share| share.keeps_promises);
        Self {
            client,
            interactions_per_day: shares
                .first()
                .map_or(0.0, |share| share.interactions_per_day),
            per_interaction: shares.iter().map(|share| share.per_interaction).collect(),
            cheapest: cheapest(costs.into_iter().zip(kept)),
        }
    }
}

/// Some clients' parts in a planned set-up.
pub(super) fn shares_of(result: &SetupResult, clients: &[ClientId]) -> Vec<Share> {
    let (setup, observed) = (result.setup, &result.observed);
    let all = Usage::of(
        &result.scenario,
        setup,
        &result.demand,
        &result.staffing,
        observed,
    );
    let share_of = |&client: &ClientId| {
        let scenario = whatif::for_client(&result.scenario, setup, client);
        let usage = all.for_clients(&scenario, &[client]);
        let costing = cost::price_usage(&scenario, setup, &usage, Some(observed));
        let keeps_promises = observed
            .queues
            .iter()
            .all(|(queue, seen)| scenario.queues[queue].client != client || seen.keeps_promise());
        share(&result.demand, &scenario, client, &costing, keeps_promises)
    };
    clients.iter().map(share_of).collect()
}

/// A client's part where the price follows the contacts alone.
pub(super) fn share_by_contacts(base: &SetupResult, demand: &Demand, client: ClientId) -> Share {
    let scenario = whatif::for_client(&base.scenario, base.setup, client);
    let usage =
        Usage::of_demand(&scenario, base.setup, demand).handled_as(&scenario, &base.observed);
    let costing = cost::price_usage(&scenario, base.setup, &usage, Some(&base.observed));
    share(demand, &scenario, client, &costing, base.keeps_promises)
}

/// Contacts of a client that come on an average day.
pub(super) fn contacts_per_day(scenario: &Scenario, demand: &Demand, client: ClientId) -> f64 {
    demand.per_day(|queue| scenario.queues[queue].client == client)
}

fn share(
    demand: &Demand,
    scenario: &Scenario,
    client: ClientId,
    costing: &Costing,
    keeps_promises: bool,
) -> Share {
    Share {
        interactions_per_day: contacts_per_day(scenario, demand, client),
        per_interaction: costing.per_interaction().unwrap_or(f64::INFINITY),
        total: costing.total().to_f64(),
        keeps_promises,
    }
}
