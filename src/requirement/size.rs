//! From a scenario and its demand to the requirement of every queue and pool, slot by slot.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::deferrable::due_slots;
use super::patience::Patience;
use super::service::{LevelOver, Traffic};
use super::stream::{Stream, agent_seconds, stream};
use super::target::{Target, least_near};
use super::uncertain::{busyness_points, meets};
use super::{DeferrableWork, Pool, Requirement};
use crate::demand::Demand;
use crate::ids::{ClientId, Id, LanguageId, QueueId};
use crate::scenario::{DeadlineClock, Queue, Scenario, Service};
use crate::table::Table;
use crate::time::Horizon;

/// How far past the horizon a business-hours deadline is looked for.
const BEYOND_DAYS: usize = 21;

/// A target that no number of agents meets is sized with this many; the plan then names the shortfall.
const BEYOND_REACH: u32 = 10_000;

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
