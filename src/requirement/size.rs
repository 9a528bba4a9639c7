//! From a scenario and its demand to the requirement of every queue and pool, slot by slot.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::deferrable::due_slots;
use super::load::lagged;
use super::patience::Patience;
use super::service::{LevelOver, Traffic};
use super::target::{Target, least_near};
use super::uncertain::{busyness_points, meets};
use super::{DeferrableWork, Pool, Requirement};
use crate::demand::Demand;
use crate::ids::{ClientId, Id, LanguageId, QueueId};
use crate::scenario::{
    DeadlineClock, Queue, Scenario, Service, ServiceDefinition, ServiceTarget, chat_pace,
};
use crate::table::Table;
use crate::time::Horizon;

/// How far past the horizon a business-hours deadline is looked for.
const BEYOND_DAYS: usize = 21;

/// A target that no number of agents meets is sized with this many; the plan then names the shortfall.
const BEYOND_REACH: u32 = 10_000;

/// What is needed of one real-time queue to size it, alone or in a pool.
#[derive(Debug, Clone)]
pub(super) struct Stream {
    /// Contacts in hand at a time per slot, in erlangs of agents: chats share an agent.
    load: Vec<f64>,
    /// Agent-seconds of a contact.
    work: f64,
    /// Of no rate yet.
    traffic: Traffic,
    target: Target,
    /// Of the busyness of a slot.
    variance: f64,
    open: Vec<f64>,
}

impl Stream {
    /// Erlangs of agents per slot.
    pub(super) fn loads(&self) -> &[f64] {
        &self.load
    }

    /// Calls of four minutes with these loads, always open.
    #[cfg(test)]
    pub(super) fn of_loads(load: Vec<f64>) -> Self {
        Self {
            open: vec![1.0; load.len()],
            load,
            work: 240.0,
            traffic: Traffic::new(0.0, 240.0),
            target: Target::level(0.8, 20.0),
            variance: 0.0,
        }
    }

    /// Some of its slots alone.
    pub(super) fn at_slots(&self, slots: &[usize]) -> Self {
        let of = |all: &[f64]| slots.iter().map(|&slot| all[slot]).collect();
        Self {
            load: of(&self.load),
            open: of(&self.open),
            ..self.clone()
        }
    }

    /// The same customers, so many times as many.
    pub(super) fn at_volume(&self, times: f64) -> Self {
        Self {
            load: self.load.iter().map(|load| load * times).collect(),
            ..self.clone()
        }
    }
}

/// The agents on the line that every real-time queue and every pool of them needs in each slot, and the
/// work that may wait. Pools: each queue, each language, each client, all.
pub fn size(scenario: &Scenario, demand: &Demand) -> Requirement {
    requirement(
        scenario,
        demand,
        Single::of(scenario, demand, |_| true, true),
    )
}

/// The same without the formulas: loads, and agents only where a queue asks for somebody while it is open.
/// For promises over days and weeks, where a size per slot binds nobody.
pub fn least(scenario: &Scenario, demand: &Demand) -> Requirement {
    requirement(
        scenario,
        demand,
        Single::of(scenario, demand, |_| true, false),
    )
}

fn requirement(scenario: &Scenario, demand: &Demand, single: Single) -> Requirement {
    let horizon = &demand.horizon;
    Requirement {
        pools: pools(scenario, &single, horizon),
        deferrable: scenario
            .queues
            .iter()
            .filter_map(|(id, queue)| deferrable(scenario, queue, id, demand))
            .collect(),
        load: scenario.queues.map(|id, queue| {
            demand.queues[id]
                .mean
                .iter()
                .map(|volume| volume * agent_seconds(queue) / horizon.slot_seconds())
                .collect()
        }),
        alone: single.alone,
        minimum: single.minimum,
    }
}

/// The agents on the line that any set of real-time queues needs together in each slot, on their summed
/// load with their handle times mixed; queues that may wait are left out.
pub fn pool(scenario: &Scenario, demand: &Demand, name: &str, queues: &[QueueId]) -> Pool {
    let single = Single::of(scenario, demand, |id| queues.contains(&id), true);
    let mut queues: Vec<QueueId> = queues
        .iter()
        .copied()
        .filter(|id| single.streams[*id].is_some())
        .collect();
    queues.sort_unstable();
    queues.dedup();
    single.pool(name.to_owned(), queues, &demand.horizon)
}

/// What each queue needs by itself: what its pools are made of.
struct Single {
    streams: Table<QueueId, Option<Stream>>,
    alone: Table<QueueId, Vec<u32>>,
    minimum: Table<QueueId, Vec<u32>>,
    by_formula: bool,
}

impl Single {
    /// Of the queues that `wanted` names; the others need nobody.
    fn of(
        scenario: &Scenario,
        demand: &Demand,
        wanted: impl Fn(QueueId) -> bool,
        by_formula: bool,
    ) -> Self {
        let open: Table<QueueId, Vec<f64>> = scenario.queues.map(|id, _| scenario.open_share(id));
        let most = scenario.policy.max_occupancy;
        let streams: Table<QueueId, Option<Stream>> = scenario.queues.map(|id, queue| {
            if wanted(id) {
                stream(queue, demand, id, &open[id], most)
            } else {
                None
            }
        });
        let agents: Vec<Vec<u32>> = (0..scenario.queues.len())
            .into_par_iter()
            .map(|index| match &streams[QueueId::new(index)] {
                Some(stream) if by_formula => sizes(&[stream], &demand.horizon),
                _ => vec![0; demand.horizon.slots],
            })
            .collect();
        let minimum = scenario.queues.map(|id, queue| {
            let least = if queue.is_real_time() {
                queue.min_agents
            } else {
                0
            };
            open[id]
                .iter()
                .map(|share| if *share > 0.0 { least } else { 0 })
                .collect::<Vec<u32>>()
        });
        Self {
            streams,
            alone: Table::new(agents),
            minimum,
            by_formula,
        }
    }

    fn pool(&self, name: String, queues: Vec<QueueId>, horizon: &Horizon) -> Pool {
        let members: Vec<&Stream> = queues
            .iter()
            .filter_map(|id| self.streams[*id].as_ref())
            .collect();
        let together = match queues[..] {
            [only] => self.alone[only].clone(),
            _ if !self.by_formula => vec![0; horizon.slots],
            _ => sizes(&members, horizon),
        };
        let agents = (0..horizon.slots)
            .map(|slot| {
                // A pool never needs more than its parts, nor less than any one of them.
                let apart: u32 = queues.iter().map(|id| self.alone[*id][slot]).sum();
                let least = queues
                    .iter()
                    .map(|id| self.minimum[*id][slot].max(self.alone[*id][slot]))
                    .max()
                    .unwrap_or(0);
                together[slot].min(apart).max(least)
            })
            .collect();
        let offered_load = (0..horizon.slots)
            .map(|slot| {
                members
                    .iter()
                    .map(|stream| stream.load[slot] * stream.open[slot])
                    .sum()
            })
            .collect();
        Pool {
            name,
            queues,
            agents,
            offered_load,
        }
    }
}

/// Agent-seconds of one contact: chats share an agent.
fn agent_seconds(queue: &Queue) -> f64 {
    let aht = queue.handle_time.mean.value();
    match queue.service {
        Service::RealTime { concurrency, .. } => {
            let traffic = traffic(aht, Patience::Endless, concurrency);
            if aht > 0.0 {
                1.0 / traffic.capacity()
            } else {
                0.0
            }
        }
        Service::Deferrable { .. } => aht,
    }
}

fn traffic(aht: f64, patience: Patience, concurrency: u32) -> Traffic {
    Traffic {
        pace: chat_pace(concurrency),
        ..Traffic::new(0.0, aht).with_patience(patience)
    }
}

/// A scenario's target as the formulas take it.
pub fn target_of(target: &ServiceTarget, max_occupancy: Option<f64>) -> Target {
    Target {
        level: target
            .answered_within
            .map(|(share, within)| (share.value(), within.value(), level_over(target.definition))),
        mean_wait: target.mean_wait.map(|wait| wait.value()),
        wait_quantile: target
            .wait_quantile
            .map(|(share, wait)| (share.value(), wait.value())),
        abandoned: target.max_abandoned.map(|share| share.value()),
        occupancy: max_occupancy,
    }
}

/// A scenario's definition of a service level as the formulas take it.
pub fn level_over(definition: ServiceDefinition) -> LevelOver {
    match definition {
        ServiceDefinition::Offered => LevelOver::Offered,
        ServiceDefinition::Answered => LevelOver::Answered,
        ServiceDefinition::AnsweredOrAbandonedLate => LevelOver::AnsweredAndLateAbandoned,
    }
}

/// The streams of some queues; those that may wait have none.
pub(super) fn streams(scenario: &Scenario, demand: &Demand, queues: &[QueueId]) -> Vec<Stream> {
    let of = |&id: &QueueId| {
        let open = scenario.open_share(id);
        stream(
            &scenario.queues[id],
            demand,
            id,
            &open,
            scenario.policy.max_occupancy,
        )
    };
    queues.iter().filter_map(of).collect()
}

fn stream(
    queue: &Queue,
    demand: &Demand,
    id: QueueId,
    open: &[f64],
    max_occupancy: f64,
) -> Option<Stream> {
    let Service::RealTime {
        target,
        patience,
        concurrency,
    } = &queue.service
    else {
        return None;
    };
    let forecast = &demand.queues[id];
    let slot = demand.horizon.slot_seconds();
    // A slot that is open in part takes its contacts in that part.
    let volume: Vec<f64> = forecast
        .mean
        .iter()
        .zip(open)
        .map(|(volume, share)| if *share > 0.0 { volume / share } else { 0.0 })
        .collect();
    let work = agent_seconds(queue);
    // Contacts stay for their handle time; what they take of an agent is `work`.
    let stay = queue.handle_time.mean.value();
    let share = if stay > 0.0 { work / stay } else { 0.0 };
    let load = lagged(&volume, stay, slot, true)
        .iter()
        .zip(open)
        .map(|(load, open)| if *open > 0.0 { load * share } else { 0.0 })
        .collect();
    // An agent with chats is nearly always busy with one: the cap is meant for one contact at a time.
    let occupancy = (*concurrency <= 1).then_some(max_occupancy);
    Some(Stream {
        load,
        work,
        target: target_of(target, occupancy),
        variance: (1.0 + forecast.day_variance) * (1.0 + forecast.slot_variance) - 1.0,
        traffic: Traffic {
            retrial: queue.retrial.value(),
            ..traffic(
                stay,
                Patience::of_mean(patience.map(|patience| patience.value())),
                *concurrency,
            )
        },
        open: open.to_vec(),
    })
}

/// Agents per slot for some queues together, on their summed load.
pub(super) fn sizes(streams: &[&Stream], horizon: &Horizon) -> Vec<u32> {
    let slot_seconds = horizon.slot_seconds();
    let mixes: Vec<Option<(Traffic, Target, f64)>> = (0..horizon.slots)
        .map(|slot| summed(streams, slot))
        .collect();
    let mut agents = vec![0; horizon.slots];
    if let [only] = streams {
        // Slots that differ in their load only: more load never needs fewer agents.
        let points = busyness_points(only.variance);
        let mut busy: Vec<(usize, &Traffic)> = mixes
            .iter()
            .enumerate()
            .filter_map(|(slot, mix)| Some((slot, &mix.as_ref()?.0)))
            .collect();
        busy.sort_by(|a, b| a.1.rate.total_cmp(&b.1.rate));
        let least = |traffic: &Traffic, from: u32| {
            let holds = |agents: f64| meets(traffic, &points, agents, &only.target, slot_seconds);
            least_near(from, holds).unwrap_or(BEYOND_REACH)
        };
        if let (Some((_, first)), Some((_, last))) = (busy.first(), busy.last()) {
            let low = least(first, 1);
            let high = least(last, low);
            between(&busy, low, high, &least, &mut agents);
        }
        return agents;
    }
    // Beyond its load a slot needs about as much, by the root of the load, as the slot before.
    let mut beyond = 1.0;
    for (agents, mix) in agents.iter_mut().zip(&mixes) {
        if let Some((traffic, target, variance)) = mix {
            let points = busyness_points(*variance);
            let load = traffic.load().max(f64::MIN_POSITIVE);
            let guess = (load + beyond * load.sqrt()).round().max(1.0) as u32;
            let holds = |agents: f64| meets(traffic, &points, agents, target, slot_seconds);
            *agents = least_near(guess, holds).unwrap_or(BEYOND_REACH);
            beyond = (f64::from(*agents) - load) / load.sqrt();
        }
    }
    agents
}

/// Fills in slots, by ascending load, of which the first needs `low` agents and the last `high`.
fn between(
    slots: &[(usize, &Traffic)],
    low: u32,
    high: u32,
    least: &impl Fn(&Traffic, u32) -> u32,
    agents: &mut [u32],
) {
    if low == high || slots.len() <= 2 {
        for (number, (slot, _)) in slots.iter().enumerate() {
            agents[*slot] = if number == 0 { low } else { high };
        }
        return;
    }
    let middle = slots.len() / 2;
    let at = least(slots[middle].1, low);
    between(&slots[..=middle], low, at, least, agents);
    between(&slots[middle..], at, high, least, agents);
}

/// Queues as one: summed arrivals, mixed handle times, the promise an average contact has. Waits of
/// different promises are taken at their longest, so that the size stays a lower bound.
pub(super) fn summed(streams: &[&Stream], slot: usize) -> Option<(Traffic, Target, f64)> {
    let rate_of = |stream: &Stream| {
        if stream.work > 0.0 {
            stream.load[slot] / stream.work
        } else {
            0.0
        }
    };
    let busy: Vec<(&Stream, f64)> = streams
        .iter()
        .map(|stream| (*stream, rate_of(stream)))
        .filter(|(_, rate)| *rate > 0.0)
        .collect();
    let rate: f64 = busy.iter().map(|(_, rate)| rate).sum();
    let load: f64 = busy.iter().map(|(stream, _)| stream.load[slot]).sum();
    if rate <= 0.0 {
        return None;
    }
    if let [(only, _)] = busy[..] {
        return Some((only.traffic.at_rate(rate), only.target, only.variance));
    }
    let mean = |of: &dyn Fn(&Stream) -> f64| {
        busy.iter()
            .map(|(stream, rate)| rate * of(stream))
            .sum::<f64>()
            / rate
    };
    let longest = |of: &dyn Fn(&Target) -> Option<f64>| {
        // A part that one queue does not promise binds nobody in the pool.
        busy.iter()
            .map(|(stream, _)| of(&stream.target))
            .try_fold(0.0f64, |longest, wait| wait.map(|wait| longest.max(wait)))
    };
    let target = Target {
        level: longest(&|target| target.level.map(|(_, within, _)| within)).map(|within| {
            let share = mean(&|stream| stream.target.level.map_or(0.0, |(share, ..)| share));
            (
                share,
                within,
                busy[0]
                    .0
                    .target
                    .level
                    .map_or(LevelOver::Offered, |level| level.2),
            )
        }),
        mean_wait: longest(&|target| target.mean_wait),
        wait_quantile: longest(&|target| not_longer(target).map(|(_, wait)| wait)).map(|wait| {
            (
                mean(&|stream| not_longer(&stream.target).map_or(0.0, |(share, _)| share)),
                wait,
            )
        }),
        abandoned: longest(&|target| target.abandoned),
        occupancy: longest(&|target| target.occupancy),
    };
    let patience = busy
        .iter()
        .map(|(stream, _)| stream.traffic.patience)
        .max_by(|a, b| a.mean().total_cmp(&b.mean()))
        .unwrap_or(Patience::Endless);
    // Busynesses taken as independent: the least that the sum can vary.
    let variance = busy
        .iter()
        .map(|(stream, _)| (stream.load[slot] / load).powi(2) * stream.variance)
        .sum();
    let traffic = Traffic::new(rate, load / rate).with_patience(patience);
    Some((traffic, target, variance))
}

/// The share that waits no longer than a time: as promised, or as a share answered in time of the offered
/// implies, so that queues with the one and the other can be sized together.
fn not_longer(target: &Target) -> Option<(f64, f64)> {
    target.wait_quantile.or(match target.level {
        Some((share, within, LevelOver::Offered)) => Some((share, within)),
        _ => None,
    })
}

fn pools(scenario: &Scenario, single: &Single, horizon: &Horizon) -> Vec<Pool> {
    let streams = &single.streams;
    let real_time: Vec<QueueId> = streams.ids().filter(|id| streams[*id].is_some()).collect();
    let of = |test: &dyn Fn(&Queue) -> bool| -> Vec<QueueId> {
        real_time
            .iter()
            .copied()
            .filter(|id| test(&scenario.queues[*id]))
            .collect()
    };
    let mut sets: Vec<(String, Vec<QueueId>)> = real_time
        .iter()
        .map(|id| (scenario.queues[*id].name.clone(), vec![*id]))
        .collect();
    let mut seen: BTreeSet<Vec<QueueId>> = sets.iter().map(|(_, queues)| queues.clone()).collect();
    let languages = scenario.languages.ids().map(|id: LanguageId| {
        let name = format!("language {}", scenario.languages[id].tag);
        (name, of(&|queue| queue.language == id))
    });
    let clients = scenario.clients.ids().map(|id: ClientId| {
        let name = format!("client {}", scenario.clients[id].name);
        (name, of(&|queue| queue.client == id))
    });
    for (name, queues) in languages
        .chain(clients)
        .chain([("all".to_owned(), real_time.clone())])
    {
        if queues.len() > 1 && seen.insert(queues.clone()) {
            sets.push((name, queues));
        }
    }
    sets.into_par_iter()
        .map(|(name, queues)| single.pool(name, queues, horizon))
        .collect()
}

fn deferrable(
    scenario: &Scenario,
    queue: &Queue,
    id: QueueId,
    demand: &Demand,
) -> Option<DeferrableWork> {
    let Service::Deferrable { deadline } = &queue.service else {
        return None;
    };
    let horizon = &demand.horizon;
    let per_day = (86_400.0 / horizon.slot_seconds()).round() as usize;
    let beyond = Horizon {
        slots: horizon.slots + BEYOND_DAYS * per_day,
        ..*horizon
    };
    let counts = match deadline.clock {
        DeadlineClock::Calendar => vec![1.0; beyond.slots],
        DeadlineClock::Business => {
            let market = &scenario.markets[queue.market];
            queue
                .hours
                .open_share(&beyond, market.zone, &market.calendar)
        }
    };
    Some(DeferrableWork {
        queue: id,
        arriving: demand.queues[id]
            .mean
            .iter()
            .map(|contacts| contacts * queue.handle_time.mean.value() / 3600.0)
            .collect(),
        due: due_slots(
            deadline.within.value() / horizon.slot_seconds(),
            &counts,
            horizon.slots,
        ),
        workable: vec![true; horizon.slots],
    })
}
