//! One client's part of a set-up.

use crate::ids::{ClientId, SetupId};
use crate::scenario::Scenario;

/// The scenario with the costs of `client` alone counted under `setup`.
///
/// The partner's one contract is divided by what it charges each client; the owner's and borrowed hours fall evenly on
/// them. Clients that stand alone have theirs.
pub fn for_client(scenario: &Scenario, setup: SetupId, client: ClientId) -> Scenario {
    let mut scenario = scenario.clone();
    let own = scenario.clients.ids();
    let own: Vec<ClientId> = own
        .filter(|&other| scenario.setups[setup].bears(other))
        .collect();
    let part = 1.0 / own.len().max(1) as f64;
    let terms = &mut scenario.setups[setup];
    terms.bearers = Some(vec![client]);
    if terms.per_client {
        return scenario;
    }
    terms.sharers.get_or_insert(own);
    let costs = &mut terms.in_house;
    costs.owner_hours = costs.owner_hours * part;
    for helper in &mut costs.borrowed {
        helper.hours = helper.hours * part;
    }
    scenario
}
