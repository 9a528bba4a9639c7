//! From a scenario and its requirement to the abstract problem.

use super::instance::{Cover, Deferrable, Group, Instance, Limit};
use super::shifts::{Candidate, candidates};
use super::teams::teams;
use super::{Prepared, Team};
use crate::ids::{GroupId, Id, QueueId};
use crate::requirement::{DeferrableWork, Requirement};
use crate::scenario::{DeadlineClock, Queue, Scenario, Service};

/// Share of what real-time work leaves idle that deferrable work can fill: it yields to every call.
const FILL: f64 = 0.8;

/// The staffing problem of a scenario for some of its groups.
pub fn prepare(scenario: &Scenario, requirement: &Requirement, groups: &[GroupId]) -> Prepared {
    let teams = teams(scenario, requirement, groups);
    let mut instance = Instance {
        slots: scenario.horizon.slots,
        fill: FILL,
        ..Instance::default()
    };
    let mut shifts: Vec<Candidate> = Vec::new();
    let mut of_group: Vec<(GroupId, std::ops::Range<u32>)> = Vec::new();
    for team in &teams {
        let known = of_group.iter().find(|(group, _)| *group == team.group);
        let range = match known {
            Some((_, range)) => range.clone(),
            None => {
                let first = shifts.len() as u32;
                for (candidate, shift) in candidates(scenario, team.group) {
                    shifts.push(candidate);
                    instance.shifts.push(shift);
                }
                let range = first..shifts.len() as u32;
                of_group.push((team.group, range.clone()));
                range
            }
        };
        let mut queues: Vec<u32> = team.queues.iter().map(|q| q.0).collect();
        queues.sort_unstable();
        instance.groups.push(Group {
            queues,
            factor: 1.0,
            shifts: range.collect(),
        });
    }
    instance.limits = limits(scenario, &teams);
    instance.covers = covers(scenario, requirement);
    instance.deferrables = requirement
        .deferrable
        .iter()
        .map(|work| deferrable(scenario, work))
        .collect();
    Prepared {
        teams,
        instance,
        floors: floors(scenario, requirement),
        shifts,
    }
}

/// Seats of the sites, and people of the groups.
fn limits(scenario: &Scenario, teams: &[Team]) -> Vec<Limit> {
    let of = |keep: &dyn Fn(&Team) -> bool| -> Vec<u32> {
        let numbered = teams.iter().enumerate();
        numbered
            .filter(|(_, team)| keep(team))
            .map(|(number, _)| number as u32)
            .collect()
    };
    let mut limits = Vec::new();
    for (id, site) in scenario.sites.iter() {
        if let Some(seats) = site.seats {
            limits.push(Limit {
                groups: of(&|team| scenario.groups[team.group].site == id),
                most: f64::from(seats),
                people: false,
                most_shifts: f64::INFINITY,
            });
        }
    }
    for (id, group) in scenario.groups.iter() {
        if let Some(people) = group.max_agents {
            let days = f64::from(scenario.sites[group.site].rules.max_days);
            let shifts = f64::from(people) * days * scenario.horizon.weeks();
            limits.push(Limit {
                groups: of(&|team| team.group == id),
                most: f64::from(people),
                people: true,
                most_shifts: shifts.floor(),
            });
        }
    }
    limits.retain(|limit| !limit.groups.is_empty());
    limits
}

/// Each pool of the requirement, with the deferrable work of the same language or client beside it, and
/// each deferrable queue alone.
fn covers(scenario: &Scenario, requirement: &Requirement) -> Vec<Cover> {
    let slots = scenario.horizon.slots;
    let price = scenario.policy.shortfall_per_hour * scenario.horizon.slot_hours();
    let mut covers: Vec<Cover> = Vec::new();
    for pool in &requirement.pools {
        let mut need: Vec<f64> = pool.agents.iter().map(|&n| f64::from(n)).collect();
        if let [queue] = pool.queues[..] {
            for (need, &least) in need.iter_mut().zip(&requirement.minimum[queue]) {
                *need = need.max(f64::from(least));
            }
        }
        covers.push(Cover {
            queues: pool.queues.iter().map(|q| q.0).collect(),
            need,
            load: pool.offered_load.clone(),
            shortfall_price: price,
        });
    }
    let mut add = |keep: &dyn Fn(&Queue) -> bool| {
        let (mut calls, mut work) = (Vec::new(), Vec::new());
        for (id, queue) in scenario.queues.iter().filter(|(_, queue)| keep(queue)) {
            if queue.is_real_time() {
                calls.push(id);
            } else {
                work.push(id.0);
            }
        }
        if work.is_empty() {
            return;
        }
        let mut queues: Vec<u32> = calls.iter().map(|q| q.0).collect();
        let known = covers.iter().find(|cover| cover.queues == queues);
        let (need, load) = match known {
            Some(known) => (known.need.clone(), known.load.clone()),
            // No pool of exactly these queues: its size is at least that of any one of them.
            None => widest(requirement, &calls, slots),
        };
        queues.extend(work);
        queues.sort_unstable();
        if !covers.iter().any(|cover| cover.queues == queues) {
            covers.push(Cover {
                queues,
                need,
                load,
                shortfall_price: price,
            });
        }
    };
    for language in scenario.languages.ids() {
        add(&|queue| queue.language == language);
    }
    for client in scenario.clients.ids() {
        add(&|queue| queue.client == client);
    }
    for language in scenario.languages.ids() {
        add(&|queue| queue.language == language && !queue.is_real_time());
    }
    add(&|_| true);
    covers
}

/// The larger of the sizes of some queues alone, with their summed load.
fn widest(requirement: &Requirement, queues: &[QueueId], slots: usize) -> (Vec<f64>, Vec<f64>) {
    let (mut need, mut load) = (vec![0.0_f64; slots], vec![0.0; slots]);
    for &queue in queues {
        for slot in 0..slots {
            need[slot] = need[slot].max(f64::from(requirement.alone[queue][slot]));
            load[slot] += requirement.load[queue][slot];
        }
    }
    (need, load)
}

/// Least agents on the line of each open queue.
fn floors(scenario: &Scenario, requirement: &Requirement) -> Vec<Cover> {
    let price = scenario.policy.shortfall_per_hour * scenario.horizon.slot_hours();
    let floor = |id: QueueId| Cover {
        queues: vec![id.0],
        need: requirement.minimum[id]
            .iter()
            .map(|&n| f64::from(n))
            .collect(),
        load: vec![0.0; scenario.horizon.slots],
        shortfall_price: price,
    };
    scenario
        .queues
        .ids()
        .filter(|&id| requirement.minimum[id].iter().any(|&n| n > 0))
        .map(floor)
        .collect()
}

/// Work in agent-slots, and how much of it may be open at the end of each slot. What is due after the end
/// of the horizon is due in the next, which looks the same.
fn deferrable(scenario: &Scenario, work: &DeferrableWork) -> Deferrable {
    let slots = scenario.horizon.slots;
    let per_slot = 1.0 / scenario.horizon.slot_hours();
    let arriving: Vec<f64> = work.arriving.iter().map(|hours| hours * per_slot).collect();
    let calendar = matches!(
        &scenario.queues[work.queue].service,
        Service::Deferrable { deadline } if deadline.clock == DeadlineClock::Calendar
    );
    let mut open_allowed = vec![0.0; slots];
    let first_due = work.due.first().copied().unwrap_or(0);
    for (slot, (&amount, &due)) in arriving.iter().zip(&work.due).enumerate() {
        for open in &mut open_allowed[slot..due.min(slots)] {
            *open += amount;
        }
        if due >= slots {
            // Due in the next horizon no later than what arrives first in it.
            let until = if calendar {
                (first_due + slot).saturating_sub(slots)
            } else {
                first_due
            };
            for open in &mut open_allowed[..until.min(slots)] {
                *open += amount;
            }
        }
    }
    Deferrable {
        queue: work.queue.index() as u32,
        work: arriving,
        open_allowed,
        late_price: scenario.policy.shortfall_per_hour * scenario.horizon.slot_hours(),
    }
}
