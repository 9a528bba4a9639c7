//! A promise over days or weeks: contacts answered in time as a function of the agents, slot by slot.

use super::service::LevelOver;
use super::size::{Stream, streams, summed};
use super::uncertain::busyness_points;
use crate::demand::Demand;
use crate::ids::QueueId;
use crate::scenario::Scenario;

/// Further agents that raise the share in time by less are of no account.
const LEAST_GAIN: f64 = 2e-4;

/// What a set of queues together promises, and what agents who all serve all of it would answer.
#[derive(Debug, Clone, PartialEq)]
pub struct PoolCurve {
    /// Contacts per slot.
    pub contacts: Vec<f64>,
    /// Contacts per slot that are promised an answer in time.
    pub promised: Vec<f64>,
    /// `[slot][n]`: contacts answered in time by `n` agents, up to where more change nothing.
    pub in_time: Vec<Vec<f64>>,
}

/// The curve of some real-time queues as one pool; an upper bound for agents who share them in part.
/// Each slot is taken by itself, in its steady state.
pub fn pool_curve(scenario: &Scenario, demand: &Demand, queues: &[QueueId]) -> PoolCurve {
    let streams = streams(scenario, demand, queues);
    let members: Vec<&Stream> = streams.iter().collect();
    let slots = demand.horizon.slots;
    let mut curve = PoolCurve {
        contacts: vec![0.0; slots],
        promised: vec![0.0; slots],
        in_time: vec![vec![0.0]; slots],
    };
    for &queue in queues {
        let share = scenario.queues[queue].promised_share().value();
        for (slot, contacts) in demand.queues[queue].mean.iter().enumerate() {
            curve.contacts[slot] += contacts;
            curve.promised[slot] += share * contacts;
        }
    }
    for slot in 0..slots {
        let contacts = curve.contacts[slot];
        let Some((traffic, target, variance)) = summed(&members, slot) else {
            continue;
        };
        let (_, within, over) = target.level.unwrap_or((0.0, 0.0, LevelOver::Offered));
        let points = busyness_points(variance);
        let level = |agents: f64| {
            let (mut inside, mut base) = (0.0, 0.0);
            for factor in &points {
                let service = traffic.at_rate(traffic.rate * factor).served_by(agents);
                inside += factor * service.answered_within(within);
                base += factor * service.base(within, over);
            }
            if base > 0.0 { inside / base } else { 0.0 }
        };
        let most = 20.0 + 2.0 * traffic.load() + 10.0 * traffic.load().sqrt();
        let mut before = 0.0;
        for agents in 1..=most as u32 {
            let now = level(f64::from(agents)).max(before);
            curve.in_time[slot].push(now * contacts);
            if now >= 1.0 - LEAST_GAIN || (now > 0.5 && now - before < LEAST_GAIN) {
                break;
            }
            before = now;
        }
    }
    curve
}
