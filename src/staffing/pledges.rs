//! What a set-up promises over days or weeks, as pledges of its model.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::instance::Pledge;
use super::stage::Crew;
use super::task::Task;
use crate::demand::Demand;
use crate::ids::{Id, QueueId};
use crate::requirement::{PoolCurve, Requirement, pool_curve};
use crate::scenario::Scenario;

/// Price of a contact short, in hours of shortfall: dear enough that no plan goes short by choice.
const SHORT_HOURS: f64 = 10.0;
/// Part of what a slot is promised that agents are there for, where a queue asks for anybody: a promise over the week
/// leans on some hours, but leaves none to itself.
const IN_EACH: f64 = 0.5;

/// Queues that promise together, and what agents who all serve all of them would answer.
#[derive(Clone)]
pub struct Curve {
    pub queues: Vec<QueueId>,
    pool: PoolCurve,
    /// Agents in each slot at least.
    least: Vec<u32>,
}

impl Curve {
    fn of(scenario: &Scenario, demand: &Demand, sized: &Requirement, queues: Vec<QueueId>) -> Self {
        let pool = pool_curve(scenario, demand, &queues);
        let least = |slot: usize| {
            let asked = queues.iter().map(|&queue| sized.minimum[queue][slot]).max();
            match asked {
                None | Some(0) => 0,
                Some(asked) => asked.max(pool.least(slot, IN_EACH)),
            }
        };
        Self {
            least: (0..pool.contacts.len()).map(least).collect(),
            queues,
            pool,
        }
    }

    /// The same with nobody in any slot at least.
    #[must_use]
    pub fn without_least(&self) -> Self {
        Self {
            least: vec![0; self.least.len()],
            ..self.clone()
        }
    }
}

impl Crew<'_> {
    /// The curves of a crew's real-time queues, each set of them (alone or pooled, as in the requirement) as
    /// if everybody able to serve any of it served all of it. Of sets that the same teams serve the widest
    /// counts.
    pub fn curves(&self, requirement: &Requirement, demand: &Demand) -> Vec<Curve> {
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
        widest
            .into_values()
            .filter(|queues| !queues.is_empty())
            .map(|queues| Curve::of(self.scenario, demand, requirement, queues))
            .collect()
    }

    /// Asks in the pools of a requirement for the agents that the curves have in each slot at least.
    pub fn at_least(&self, requirement: &mut Requirement, curves: &[Curve]) {
        for pool in &mut requirement.pools {
            let served = || pool.queues.iter().filter(|queue| self.serves(**queue));
            let same = |curve: &&Curve| served().eq(curve.queues.iter());
            if let Some(curve) = curves.iter().find(same) {
                for (agents, least) in pool.agents.iter_mut().zip(&curve.least) {
                    *agents = (*agents).max(*least);
                }
            }
        }
    }

    /// Adds to a task what its real-time queues promise over `periods` of slots.
    ///
    /// No plan that keeps the promises breaks a pledge: what they cost bounds it from below. `beyond` of 0;
    /// more asks for that share of what the promises leave open, too.
    pub fn pledge(&self, task: &mut Task, curves: &[Curve], periods: &[Range<usize>], beyond: f64) {
        let price = SHORT_HOURS * self.shortfall_per_hour();
        for Curve {
            queues,
            pool,
            least,
        } in curves
        {
            let promised = |slots: &Range<usize>| {
                let promised: f64 = pool.promised[slots.clone()].iter().sum();
                let contacts: f64 = pool.contacts[slots.clone()].iter().sum();
                (slots.clone(), promised + beyond * (contacts - promised))
            };
            task.instance.pledges.push(Pledge::new(
                queues.iter().map(|queue| queue.0).collect(),
                (&pool.in_time, least),
                periods.iter().map(promised).collect(),
                price,
            ));
        }
        task.instance.groups = self.groups(&task.instance);
    }
}
