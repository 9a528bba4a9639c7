//! From a scenario and its demand to the requirement: each queue alone, each set of queues that agents
//! may share, and the work that may wait.

use chrono::Duration;
use rayon::prelude::*;

use super::service::{LevelOver, Traffic};
use super::target::{Target, least_agents};
use super::{DeferrableWork, Patience, Pool, Requirement};
use crate::demand::Demand;
use crate::ids::{Id, QueueId};
use crate::scenario::{
    Deadline, DeadlineClock, Queue, Scenario, Service, ServiceDefinition, ServiceTarget, chat_pace,
};
use crate::table::Table;

/// A target that no number of agents meets is sized with this many; the plan then names the shortfall.
const BEYOND_REACH: u32 = 10_000;
/// Below this many contacts a slot is empty.
const NOBODY: f64 = 1e-9;

/// Sizes every queue, every pool of queues and all work that may wait.
pub fn size(scenario: &Scenario, demand: &Demand) -> Requirement {
    let streams: Table<QueueId, Option<Stream>> = scenario
        .queues
        .iter()
        .map(|(id, queue)| Stream::of(scenario, queue, &demand.queues[id].mean))
        .collect();
    let open: Vec<Vec<f64>> = scenario
        .queues
        .ids()
        .collect::<Vec<_>>()
        .par_iter()
        .map(|&id| scenario.open_share(id))
        .collect();
    let sets = families(scenario, &streams);
    let pools: Vec<Pool> = sets
        .into_par_iter()
        .map(|(name, queues)| pool(scenario, &streams, name, queues))
        .collect();
    let mut alone: Table<QueueId, Vec<u32>> = scenario
        .queues
        .ids()
        .map(|_| vec![0; scenario.horizon.slots])
        .collect();
    for pool in &pools {
        if let [queue] = pool.queues[..] {
            alone[queue].clone_from(&pool.agents);
        }
    }
    Requirement {
        deferrable: deferrable(scenario, demand, &open),
        load: scenario
            .queues
            .iter()
            .map(|(id, queue)| {
                let seconds = queue.handle_time.mean.value() / scenario.horizon.slot_seconds();
                let mean = &demand.queues[id].mean;
                mean.iter().map(|mean| mean * seconds).collect()
            })
            .collect(),
        minimum: scenario
            .queues
            .iter()
            .map(|(id, queue)| {
                let least = if queue.is_real_time() {
                    queue.min_agents
                } else {
                    0
                };
                let open = &open[id.index()];
                open.iter()
                    .map(|&share| if share > 0.0 { least } else { 0 })
                    .collect()
            })
            .collect(),
        pools,
        alone,
    }
}

/// A real-time queue as traffic: one kind of contact at a rate that changes by slot.
struct Stream {
    /// Contacts per second and slot.
    rate: Vec<f64>,
    traffic: Traffic,
    target: Target,
}

impl Stream {
    fn of(scenario: &Scenario, queue: &Queue, mean: &[f64]) -> Option<Self> {
        let Service::RealTime {
            target,
            patience,
            concurrency,
        } = &queue.service
        else {
            return None;
        };
        let slot = scenario.horizon.slot_seconds();
        let aht = queue.handle_time.mean.value();
        let mut traffic = Traffic::new(0.0, aht)
            .with_patience(Patience::of_mean(patience.map(|mean| mean.value())));
        traffic.pace = chat_pace(*concurrency);
        Some(Self {
            rate: lagged(mean, aht / slot)
                .into_iter()
                .map(|contacts| contacts / slot)
                .collect(),
            traffic,
            target: target_of(target, scenario.policy.max_occupancy),
        })
    }

    /// Seconds of an agent's time a contact takes, chats side by side.
    fn agent_seconds(&self) -> f64 {
        1.0 / self.traffic.capacity()
    }
}

/// Contacts whose work falls into each slot: with arrivals spread evenly and a handle time of `h` slots
/// (h ≤ 1), h ÷ 2 of a slot's work carries over into the next (Green, Kolesar & Soares 2001: a lag of one
/// handle time). Only what a busier slot leaves behind is added: a slot's own arrivals always count in full.
fn lagged(mean: &[f64], handle_slots: f64) -> Vec<f64> {
    let carried = (handle_slots / 2.0).min(0.5);
    let before = mean.iter().take(1).chain(mean);
    mean.iter()
        .zip(before)
        .map(|(now, before)| now + carried * (before - now).max(0.0))
        .collect()
}

fn target_of(target: &ServiceTarget, max_occupancy: f64) -> Target {
    let over = level_over(target.definition);
    Target {
        level: target
            .answered_within
            .map(|(share, within)| (share.value(), within.value(), over)),
        mean_wait: target.mean_wait.map(|wait| wait.value()),
        wait_quantile: target
            .wait_quantile
            .map(|(share, wait)| (share.value(), wait.value())),
        abandoned: target.max_abandoned.map(|share| share.value()),
        occupancy: Some(max_occupancy),
    }
}

/// The formula's name of a definition.
pub fn level_over(definition: ServiceDefinition) -> LevelOver {
    match definition {
        ServiceDefinition::Offered => LevelOver::Offered,
        ServiceDefinition::Answered => LevelOver::Answered,
        ServiceDefinition::AnsweredOrAbandonedLate => LevelOver::AnsweredAndLateAbandoned,
    }
}

/// Sets of real-time queues worth sizing: each alone, each language, each client, all.
fn families(
    scenario: &Scenario,
    streams: &Table<QueueId, Option<Stream>>,
) -> Vec<(String, Vec<QueueId>)> {
    let live: Vec<QueueId> = streams.ids().filter(|id| streams[*id].is_some()).collect();
    let mut sets: Vec<(String, Vec<QueueId>)> = live
        .iter()
        .map(|&id| (scenario.queues[id].name.clone(), vec![id]))
        .collect();
    let mut add = |name: String, queues: Vec<QueueId>| {
        if queues.len() > 1 && !sets.iter().any(|(_, known)| *known == queues) {
            sets.push((name, queues));
        }
    };
    let those = |keep: &dyn Fn(&Queue) -> bool| -> Vec<QueueId> {
        let mut queues = live.clone();
        queues.retain(|id| keep(&scenario.queues[*id]));
        queues
    };
    for (language, row) in scenario.languages.iter() {
        let queues = those(&|queue| queue.language == language);
        add(format!("language {}", row.tag), queues);
    }
    for (client, row) in scenario.clients.iter() {
        let queues = those(&|queue| queue.client == client);
        add(format!("client {}", row.name), queues);
    }
    add("all".to_owned(), live.clone());
    sets
}

/// The size of a set of queues on its summed load. A lower bound for agents who share only in part: the
/// easiest promise of the set is asked of all, handle times and patience are means weighted by volume.
fn pool(
    scenario: &Scenario,
    streams: &Table<QueueId, Option<Stream>>,
    name: String,
    queues: Vec<QueueId>,
) -> Pool {
    let members: Vec<&Stream> = queues
        .iter()
        .filter_map(|id| streams[*id].as_ref())
        .collect();
    let mut agents = Vec::with_capacity(scenario.horizon.slots);
    let mut offered_load = Vec::with_capacity(scenario.horizon.slots);
    for slot in 0..scenario.horizon.slots {
        let rate: f64 = members.iter().map(|stream| stream.rate[slot]).sum();
        let load: f64 = members
            .iter()
            .map(|stream| stream.rate[slot] * stream.agent_seconds())
            .sum();
        offered_load.push(load);
        agents.push(if rate * scenario.horizon.slot_seconds() <= NOBODY {
            0
        } else if let [only] = members[..] {
            least_agents(&only.traffic.at_rate(rate), &only.target).unwrap_or(BEYOND_REACH)
        } else {
            let patience = mean_patience(&members, slot, rate);
            let traffic = Traffic::new(rate, load / rate).with_patience(patience);
            least_agents(&traffic, &easiest(&members)).unwrap_or(BEYOND_REACH)
        });
    }
    Pool {
        name,
        queues,
        agents,
        offered_load,
    }
}

/// Mean patience weighted by volume; endless where anybody's is.
fn mean_patience(members: &[&Stream], slot: usize, rate: f64) -> Patience {
    let mean: f64 = members
        .iter()
        .map(|stream| stream.rate[slot] / rate * stream.traffic.patience.mean())
        .sum();
    Patience::of_mean(mean.is_finite().then_some(mean))
}

/// Of each part of the promises the easiest; a part that one of them lacks is not asked.
fn easiest(members: &[&Stream]) -> Target {
    let all = |part: &dyn Fn(&Target) -> Option<f64>, pick: fn(f64, f64) -> f64| {
        members
            .iter()
            .map(|stream| part(&stream.target))
            .reduce(|a, b| Some(pick(a?, b?)))
            .flatten()
    };
    let level = |target: &Target| target.level.map(|(share, _, _)| share);
    let within = |target: &Target| target.level.map(|(_, within, _)| within);
    let over = members
        .first()
        .and_then(|stream| stream.target.level)
        .map(|(_, _, over)| over);
    let quantile = |target: &Target| target.wait_quantile.map(|(share, _)| share);
    let longest = |target: &Target| target.wait_quantile.map(|(_, wait)| wait);
    Target {
        level: all(&level, f64::min)
            .zip(all(&within, f64::max))
            .zip(over)
            .map(|((share, within), over)| (share, within, over)),
        mean_wait: all(&|target| target.mean_wait, f64::max),
        wait_quantile: all(&quantile, f64::min).zip(all(&longest, f64::max)),
        abandoned: all(&|target| target.abandoned, f64::max),
        occupancy: all(&|target| target.occupancy, f64::max),
    }
}

/// Work that may wait, with the last slot in which it is still on time.
fn deferrable(scenario: &Scenario, demand: &Demand, open: &[Vec<f64>]) -> Vec<DeferrableWork> {
    scenario
        .queues
        .iter()
        .filter_map(|(id, queue)| {
            let Service::Deferrable { deadline } = &queue.service else {
                return None;
            };
            let hours = queue.handle_time.mean.hours().value();
            let mean = &demand.queues[id].mean;
            Some(DeferrableWork {
                queue: id,
                arriving: mean.iter().map(|contacts| contacts * hours).collect(),
                due: due_slots(scenario, deadline, &open[id.index()]),
                workable: vec![true; scenario.horizon.slots],
            })
        })
        .collect()
}

/// For work that arrives in each slot, the last slot whose end is on time for the first of it.
fn due_slots(scenario: &Scenario, deadline: &Deadline, open: &[f64]) -> Vec<usize> {
    let horizon = &scenario.horizon;
    let within = deadline.within.value();
    match deadline.clock {
        DeadlineClock::Calendar => (0..horizon.slots)
            .map(|slot| {
                let due = horizon.slot_start(slot) + Duration::seconds(within as i64);
                let last = horizon.slot_offset(due) - 1;
                (last.max(slot as i64) as usize).min(horizon.slots)
            })
            .collect(),
        DeadlineClock::Business => {
            // Seconds of opening up to each slot boundary.
            let mut until = vec![0.0];
            for share in open {
                until.push(until[until.len() - 1] + share * horizon.slot_seconds());
            }
            (0..horizon.slots)
                .map(|slot| {
                    let limit = until[slot] + within + 1e-6;
                    let boundary = until.partition_point(|&seconds| seconds <= limit) - 1;
                    if boundary == horizon.slots {
                        horizon.slots
                    } else {
                        boundary.saturating_sub(1).max(slot)
                    }
                })
                .collect()
        }
    }
}
