//! The loop for a scenario: staff, simulate, move shifts, until the promises hold.

use super::{Effort, Progress, bound, calibrate, setting_out};
use crate::demand::Demand;
use crate::ids::{GroupId, Id};
use crate::requirement::Requirement;
use crate::scenario::{PromiseScope, Scenario};
use crate::simulation;
use crate::simulation::engine::Measured;
use crate::staffing::{self, Prepared, Shortfall, Solved, Staffing};

/// Contacts of a queue by which 80 % is known to half a percent, spread over correlated hours.
const CONTACTS_TO_JUDGE: f64 = 40_000.0;
/// Contacts held at once (24 bytes each).
const CONTACTS_HELD: f64 = 2_000_000.0;

/// The cheapest staffing of `groups` found that keeps every queue's promise before simulated customers.
///
/// A promise over the week is kept over the week. One over the day or the slot is kept in each slot by the
/// requirement, and over the week by simulation.
pub fn staff(
    scenario: &Scenario,
    demand: &Demand,
    requirement: &Requirement,
    groups: &[GroupId],
    effort: Effort,
    report: &mut dyn FnMut(&Progress),
) -> Staffing {
    let began = effort.clock.map_or(0.0, |clock| clock());
    let prepared = staffing::prepare(scenario, requirement, groups);
    let by_slot = scenario.policy.promise != PromiseScope::Week;
    let mut instance = prepared.instance.clone();
    if !by_slot {
        instance = setting_out(&instance);
        instance.covers.extend(prepared.floors.iter().cloned());
    }
    let search = staffing::Effort {
        gap: scenario.policy.gap,
        seconds: effort.seconds.map(|seconds| seconds * 0.3),
        clock: effort.clock,
        patience: 30,
        seed: effort.seed,
    };
    let first = staffing::solve(&instance, None, search, &mut |_| {});
    let network = simulation::network(scenario, demand, &prepared.teams);
    let promised: Vec<Option<f64>> = scenario
        .queues
        .values()
        .map(|queue| Some(queue.promised_share().value()).filter(|share| *share > 0.0))
        .collect();
    let floors = if by_slot {
        &prepared.instance.covers
    } else {
        &prepared.floors
    };
    let left = effort.clock.map_or(0.0, |clock| clock() - began);
    let rest = Effort {
        replications: replications(scenario, demand),
        seconds: effort.seconds.map(|seconds| (seconds - left).max(0.0)),
        ..effort
    };
    let start = first.plan.clone();
    let instance = &prepared.instance;
    match calibrate(instance, floors, &network, &promised, start, rest, report) {
        Ok(done) => {
            let mut shortfall = if by_slot {
                prepared.shortfall(scenario, requirement, &done.plan)
            } else {
                Vec::new()
            };
            shortfall.extend(missed(
                scenario,
                requirement,
                &prepared,
                &done.measured,
                &promised,
            ));
            let solved = Solved {
                objective: instance.cost(&done.plan),
                plan: done.plan,
                bound: if by_slot {
                    first.bound
                } else {
                    bound::least_cost(instance, &prepared.floors, &promised)
                },
                proved: false,
                seconds: effort.clock.map_or(0.0, |clock| clock() - began),
                worth: Vec::new(),
            };
            let mut staffing = prepared.staffing(scenario, requirement, &solved, shortfall);
            staffing.proof.status = if done.kept {
                "promises kept in simulation".to_owned()
            } else {
                "a promise is missed in simulation".to_owned()
            };
            staffing
        }
        // A checked scenario makes a sound network; should it not, the requirement has the last word.
        Err(_) => {
            let shortfall = prepared.shortfall(scenario, requirement, &first.plan);
            prepared.staffing(scenario, requirement, &first, shortfall)
        }
    }
}

/// Replications that tell whether the promise of the least queue is kept to within half a percent, never
/// fewer than the policy asks for; as many as memory and patience allow where a queue is very small.
pub fn replications(scenario: &Scenario, demand: &Demand) -> usize {
    let contacts = |id| demand.queues[id].mean.iter().sum::<f64>();
    let counts: Vec<f64> = scenario
        .queues
        .ids()
        .map(contacts)
        .filter(|n| *n > 0.0)
        .collect();
    let least = counts.iter().copied().fold(f64::INFINITY, f64::min);
    let all: f64 = counts.iter().sum();
    let wanted = (CONTACTS_TO_JUDGE / least.max(1.0)).min(CONTACTS_HELD / all.max(1.0));
    scenario
        .policy
        .replications
        .max(wanted.min(1_000.0) as usize)
}

/// Queues whose promise the simulation saw missed, over the slots in which they are open.
fn missed(
    scenario: &Scenario,
    requirement: &Requirement,
    prepared: &Prepared,
    measured: &Measured,
    promised: &[Option<f64>],
) -> Vec<Shortfall> {
    let mut missed = Vec::new();
    for (id, queue) in scenario.queues.iter() {
        let seen = &measured.queues[id.index()];
        let Some(share) = promised[id.index()] else {
            continue;
        };
        if seen.offered.mean <= 0.0 || seen.level.low >= share - 0.005 {
            continue;
        }
        let load = &requirement.load[id];
        let hours: f64 = load.iter().sum::<f64>() * scenario.horizon.slot_hours();
        let first = load.iter().position(|load| *load > 0.0).unwrap_or(0);
        let last = load.iter().rposition(|load| *load > 0.0).unwrap_or(first);
        let served = prepared.teams.iter().any(|team| team.queues.contains(&id));
        missed.push(Shortfall {
            pool: queue.name.clone(),
            slot: first,
            slots: last + 1 - first,
            agent_hours: hours * (share - seen.level.mean).max(0.0),
            reason: if served {
                format!(
                    "{:.1} % on time where {:.1} % is promised: more agents, hours or seats for it \
                     would mend it",
                    100.0 * seen.level.mean,
                    100.0 * share
                )
            } else {
                "no agent group serves it".to_owned()
            },
        });
    }
    missed
}
