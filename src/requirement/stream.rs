//! What is needed of one real-time queue to size it: its load slot by slot, its traffic and its target.

use super::load::lagged;
use super::patience::Patience;
use super::service::{LevelOver, Traffic};
use super::target::Target;
use crate::demand::Demand;
#[cfg(test)]
use crate::ids::Id;
use crate::ids::QueueId;
use crate::scenario::{Queue, Scenario, Service, ServiceDefinition, ServiceTarget, chat_pace};

/// What is needed of one real-time queue to size it, alone or in a pool.
#[derive(Debug, Clone)]
pub(super) struct Stream {
    pub queue: QueueId,
    /// Contacts in hand at a time per slot, in erlangs of agents: chats share an agent.
    pub load: Vec<f64>,
    /// Agent-seconds of a contact.
    pub work: f64,
    /// Of no rate yet.
    pub traffic: Traffic,
    pub target: Target,
    /// Of the busyness of a slot.
    pub variance: f64,
    pub open: Vec<f64>,
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
            queue: QueueId::new(0),
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

/// Agent-seconds of one contact: chats share an agent.
pub(super) fn agent_seconds(queue: &Queue) -> f64 {
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

pub(super) fn stream(
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
        queue: id,
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
