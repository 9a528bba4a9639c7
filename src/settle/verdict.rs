//! The verdict on a plan: its service before customers that it was not fitted to.

use super::Work;
use crate::demand::Demand;
use crate::ids::QueueId;
use crate::scenario::Scenario;
use crate::simulation::engine::Judge;
use crate::simulation::{Observed, QueueService, network, replay, replay_before};
use crate::staffing::Plan;

/// The verdict is given on more replications than the policy's, twice to twenty times as many, within so many
/// contacts for each of the policy's.
const VERDICT: (f64, f64) = (2.0, 20.0);
const VERDICT_CONTACTS: f64 = 160_000.0;
/// Contacts of the verdict that are kept from one plan to the next, at most: 24 bytes each, and half as many
/// again before and after the horizon.
const MOST_KEPT: f64 = 2e6;

/// Replications of the verdict.
pub(super) fn verdict_replications(scenario: &Scenario, demand: &Demand) -> usize {
    let asked = scenario.policy.replications.max(2) as f64;
    let within = VERDICT_CONTACTS * asked / demand.contacts().max(1.0);
    within.clamp(VERDICT.0 * asked, VERDICT.1 * asked) as usize
}

impl Work<'_> {
    /// What customers see whom the plan was not fitted to.
    pub(super) fn observed(&self, plan: &Plan) -> Observed {
        let (scenario, teams) = (&self.scenario, self.crew.teams());
        let shifts = self.crew.planned(plan);
        let customers = self.customers.get_or_init(|| {
            let replications = scenario.policy.replications;
            let all = self.demand.contacts() * replications as f64;
            let network = || network(scenario, self.demand, teams);
            let drawn = || Judge::new(network(), replications, scenario.seed).ok();
            (all <= MOST_KEPT).then(drawn).flatten()
        });
        match customers {
            Some(judge) => replay_before(judge, scenario, teams, &shifts),
            None => replay(scenario, self.demand, teams, &shifts, scenario.seed),
        }
    }

    /// How far each queue lies below its promise; not above 0 where it is kept.
    pub(super) fn shortages(&self, observed: &Observed) -> Vec<f64> {
        let short = |(queue, seen): (QueueId, &QueueService)| {
            if seen.keeps_promise() || !self.crew.serves(queue) {
                return 0.0;
            }
            let worst = seen.missed().map(|part| -part.slack());
            worst.fold(1e-4, f64::max)
        };
        observed.queues.iter().map(short).collect()
    }
}
