//! What a set-up promises over days or weeks, as pledges of its model.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::instance::Pledge;
use super::stage::{Crew, Task};
use crate::demand::Demand;
use crate::ids::{Id, QueueId};
use crate::requirement::{Requirement, pool_curve};

/// Price of a contact short, in hours of shortfall: dear enough that no plan goes short by choice.
const SHORT_HOURS: f64 = 10.0;

impl Crew<'_> {
    /// Adds to a task what its real-time queues promise over `periods` of slots: each set of queues (alone
    /// or pooled, as in the requirement) as if everybody able to serve any of it served all of it. Of sets
    /// that the same teams serve the widest counts.
    ///
    /// No plan that keeps the promises breaks a pledge: what they cost bounds it from below. `beyond` of 0;
    /// more asks for that share of what the promises leave open, too.
    pub fn pledge(
        &self,
        task: &mut Task,
        requirement: &Requirement,
        demand: &Demand,
        periods: &[Range<usize>],
        beyond: f64,
    ) {
        let mut widest: BTreeMap<BTreeSet<usize>, Vec<QueueId>> = BTreeMap::new();
        for pool in &requirement.pools {
            let is_served = |queue: &QueueId| self.serves(*queue);
            let queues: Vec<QueueId> = pool.queues.iter().copied().filter(is_served).collect();
            let teams = queues.iter().flat_map(|q| &self.serving[q.index()]);
            let known = widest.entry(teams.copied().collect()).or_default();
            if known.len() < queues.len() {
                *known = queues;
            }
        }
        let price = SHORT_HOURS * self.scenario.policy.shortfall_per_hour;
        for queues in widest.into_values().filter(|queues| !queues.is_empty()) {
            let curve = pool_curve(self.scenario, demand, &queues);
            let promised = |slots: &Range<usize>| {
                let promised: f64 = curve.promised[slots.clone()].iter().sum();
                let contacts: f64 = curve.contacts[slots.clone()].iter().sum();
                (slots.clone(), promised + beyond * (contacts - promised))
            };
            task.instance.pledges.push(Pledge::new(
                queues.iter().map(|queue| queue.0).collect(),
                &curve.in_time,
                periods.iter().map(promised).collect(),
                price,
            ));
        }
        task.instance.groups = self.groups(&task.instance);
    }
}
