//! A promise over days or weeks: contacts answered in time as a function of the agents, slot by slot.

use super::service::{LevelOver, Traffic};
use super::size::summed;
use super::stream::{Stream, streams};
use super::target::Target;
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
    let mixes: Vec<Option<(Traffic, Target, f64)>> =
        (0..slots).map(|slot| summed(&members, slot)).collect();
    let one = match &members[..] {
        [_] => Alike::new(mixes.iter().flatten()),
        _ => None,
    };
    for (slot, mix) in mixes.iter().enumerate() {
        let Some((traffic, target, variance)) = mix else {
            continue;
        };
        let shares = match &one {
            Some(alike) => alike.shares(traffic.load()),
            None => shares(traffic, target, *variance),
        };
        let contacts = curve.contacts[slot];
        let answered = shares.iter().map(|share| share * contacts);
        curve.in_time[slot].extend(answered);
    }
    curve
}

/// Share answered in time by 1, 2, … agents, up to where more change nothing.
fn shares(traffic: &Traffic, target: &Target, variance: f64) -> Vec<f64> {
    let (_, within, over) = target.level.unwrap_or((0.0, 0.0, LevelOver::Offered));
    let points = busyness_points(variance);
    let level = |agents: f64| {
        if over == LevelOver::Offered {
            let inside = points.iter().map(|factor| {
                let traffic = traffic.at_rate(traffic.rate * factor);
                factor * traffic.answered_within(agents, within)
            });
            return inside.sum::<f64>() / points.iter().sum::<f64>();
        }
        let (mut inside, mut base) = (0.0, 0.0);
        for factor in &points {
            let service = traffic.at_rate(traffic.rate * factor).served_by(agents);
            inside += factor * service.answered_within(within);
            base += factor * service.base(within, over);
        }
        if base > 0.0 { inside / base } else { 0.0 }
    };
    let most = 20.0 + 2.0 * traffic.load() + 10.0 * traffic.load().sqrt();
    let mut shares = Vec::new();
    let mut before = 0.0;
    for agents in 1..=most as u32 {
        let now = level(f64::from(agents)).max(before);
        shares.push(now);
        if now >= 1.0 - LEAST_GAIN || (now > 0.5 && now - before < LEAST_GAIN) {
            break;
        }
        before = now;
    }
    shares
}

/// Slots that differ in their load only: shares at some loads, and between them in proportion, which is
/// right to about 1e-4.
struct Alike {
    loads: Vec<f64>,
    shares: Vec<Vec<f64>>,
}

impl Alike {
    /// Distance of neighbouring loads by the root of the load: a hundredth of what a share falls over.
    const STEP: f64 = 0.03;

    fn new<'a>(mixes: impl Iterator<Item = &'a (Traffic, Target, f64)>) -> Option<Self> {
        let mixes: Vec<&(Traffic, Target, f64)> = mixes.collect();
        let loads = mixes.iter().map(|(traffic, ..)| traffic.load());
        let least = loads.clone().fold(f64::INFINITY, f64::min);
        let most = loads.fold(0.0, f64::max);
        let (traffic, target, variance) = mixes.first()?;
        let mut loads = vec![least];
        let mut last = least;
        while last < most {
            last = (last + Self::STEP * (last + 0.01).sqrt()).min(most);
            loads.push(last);
        }
        let shares = loads.iter().map(|load| {
            let traffic = traffic.at_rate(load / traffic.aht);
            shares(&traffic, target, *variance)
        });
        Some(Self {
            shares: shares.collect(),
            loads,
        })
    }

    fn shares(&self, load: f64) -> Vec<f64> {
        let above = self.loads.partition_point(|&known| known < load);
        let above = above.min(self.loads.len() - 1);
        let below = above.saturating_sub(1);
        let (low, high) = (self.loads[below], self.loads[above]);
        let part = if high > low {
            ((load - low) / (high - low)).clamp(0.0, 1.0)
        } else {
            1.0
        };
        let at = |shares: &[f64], agents: usize| {
            let known = shares.get(agents).or(shares.last());
            known.copied().unwrap_or(0.0)
        };
        (0..self.shares[above].len())
            .map(|agents| {
                let (less, more) = (&self.shares[below], &self.shares[above]);
                (1.0 - part) * at(less, agents) + part * at(more, agents)
            })
            .collect()
    }
}
