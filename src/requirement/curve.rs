//! A promise over days or weeks: contacts answered in time as a function of the agents, slot by slot.

use rayon::prelude::*;

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
/// Erlangs from which on not every number of agents is evaluated by itself.
const LARGE: f64 = 40.0;
/// A share in time that is none.
const NOTHING: f64 = 1e-9;
/// Distance of neighbouring loads by the root of the load: a hundredth of what a share falls over.
const STEP: f64 = 0.03;

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

impl PoolCurve {
    /// The fewest agents by whom a slot has `share` of what it is promised in time; all that change anything where no
    /// number does.
    pub fn least(&self, slot: usize, share: f64) -> u32 {
        let curve = &self.in_time[slot];
        let wanted = share * self.promised[slot];
        let enough = curve.iter().position(|in_time| *in_time >= wanted);
        enough.unwrap_or(curve.len() - 1) as u32
    }
}

/// The curve of some real-time queues as one pool; an upper bound for agents who share them in part.
/// Each slot is taken by itself, in its steady state.
pub fn pool_curve(scenario: &Scenario, demand: &Demand, queues: &[QueueId]) -> PoolCurve {
    let mut streams = streams(scenario, demand, queues);
    for stream in &mut streams {
        // What the simulation draws: a slot's own scatter evens out over the period of a promise.
        stream.variance = demand.queues[stream.queue].day_variance;
    }
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
    let shares = mixes.par_iter().map(|mix| match (mix, &one) {
        (None, _) => Vec::new(),
        (Some((traffic, ..)), Some(alike)) => alike.shares(traffic.load()),
        (Some((traffic, target, variance)), None) => shares(traffic, target, *variance),
    });
    let shares: Vec<Vec<f64>> = shares.collect();
    for (slot, shares) in shares.into_iter().enumerate() {
        let contacts = curve.contacts[slot];
        let answered = shares.into_iter().map(|share| share * contacts);
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
    let load = traffic.load();
    let most = (20.0 + 2.0 * load + 10.0 * load.sqrt()) as u32;
    if over == LevelOver::Offered && load > LARGE {
        let parts: Vec<(f64, Smooth)> = points
            .iter()
            .map(|&factor| {
                let traffic = traffic.at_rate(traffic.rate * factor);
                let level = |agents: u32| traffic.answered_within(f64::from(agents), within);
                (
                    factor,
                    Smooth::of(Smooth::step(&traffic, within), most, level),
                )
            })
            .collect();
        let weight: f64 = points.iter().sum();
        let level = |agents: u32| {
            let inside = parts.iter().map(|(factor, part)| factor * part.at(agents));
            inside.sum::<f64>() / weight
        };
        // More agents change less the more there are.
        return rising(most, LEAST_GAIN / (STEP * load.sqrt()).max(1.0), level);
    }
    rising(most, LEAST_GAIN, |agents| level(f64::from(agents)))
}

/// The share by 1, 2, … agents, up to where one more changes less than `least`.
fn rising(most: u32, least: f64, level: impl Fn(u32) -> f64) -> Vec<f64> {
    let mut shares = Vec::new();
    let mut before = 0.0;
    for agents in 1..=most {
        let now = level(agents).max(before);
        shares.push(now);
        if now >= 1.0 - LEAST_GAIN || (now > 0.5 && now - before < least) {
            break;
        }
        before = now;
    }
    shares
}

/// What the agents for a great load answer in time: evaluated at some numbers of them, and between these by the cubic
/// through the four nearest, which is right to about 1e-4.
struct Smooth {
    /// The least of them who answer any.
    first: u32,
    step: u32,
    /// From there on.
    values: Vec<f64>,
}

impl Smooth {
    /// Distance of the numbers evaluated, by the root of the load and by the handle time over the time promised: a share
    /// bends over the one, and what is left of it falls over the other.
    const STEPS: [f64; 2] = [0.12, 0.2];

    fn step(traffic: &Traffic, within: f64) -> u32 {
        let over = [traffic.load().sqrt(), traffic.aht / within.max(1e-9)];
        let steps = Self::STEPS.iter().zip(over).map(|(step, over)| step * over);
        (steps.fold(f64::INFINITY, f64::min) as u32).max(1)
    }

    /// `level` rises with the agents.
    fn of(step: u32, most: u32, level: impl Fn(u32) -> f64) -> Self {
        let first = 1 + partition(most, |agents| level(agents) < NOTHING);
        let mut values = Vec::new();
        for agents in (first..).step_by(step as usize) {
            values.push(level(agents));
            let is_all = values.last().is_some_and(|&value| value > 1.0 - NOTHING);
            if values.len() >= 4 && (is_all || agents >= most) {
                break;
            }
        }
        Self {
            first,
            step,
            values,
        }
    }

    fn at(&self, agents: u32) -> f64 {
        let Some(beyond) = agents.checked_sub(self.first) else {
            return 0.0;
        };
        let place = f64::from(beyond) / f64::from(self.step);
        let last = self.values.len() - 1;
        if place >= last as f64 {
            return self.values[last];
        }
        let from = (place as usize).saturating_sub(1).min(last - 3);
        let x = place - from as f64;
        let [a, b, c, d]: [f64; 4] = std::array::from_fn(|node| self.values[from + node]);
        let (x1, x2, x3) = (x - 1.0, x - 2.0, x - 3.0);
        let value = -a * x1 * x2 * x3 / 6.0 + b * x * x2 * x3 / 2.0 - c * x * x1 * x3 / 2.0
            + d * x * x1 * x2 / 6.0;
        value.clamp(0.0, 1.0)
    }
}

/// The most of 0 to `most` up to which `holds`.
fn partition(most: u32, holds: impl Fn(u32) -> bool) -> u32 {
    let (mut low, mut high) = (0, most + 1);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// Slots that differ in their load only: shares at some loads, and between them in proportion, which is
/// right to about 1e-4.
struct Alike {
    loads: Vec<f64>,
    shares: Vec<Vec<f64>>,
}

impl Alike {
    fn new<'a>(mixes: impl Iterator<Item = &'a (Traffic, Target, f64)>) -> Option<Self> {
        let mixes: Vec<&(Traffic, Target, f64)> = mixes.collect();
        let mut own: Vec<f64> = mixes.iter().map(|(traffic, ..)| traffic.load()).collect();
        own.sort_by(f64::total_cmp);
        own.dedup();
        let (traffic, target, variance) = mixes.first()?;
        let (least, most) = (*own.first()?, *own.last()?);
        let mut loads = vec![least];
        let mut last = least;
        while last < most {
            last = (last + STEP * (last + 0.01).sqrt()).min(most);
            loads.push(last);
        }
        if most > LARGE && own.len() < loads.len() {
            // The slots' own loads are fewer, and exact.
            loads = own;
        }
        let shares = loads.par_iter().map(|load| {
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

#[cfg(test)]
mod tests {
    use super::super::patience::Patience;
    use super::*;

    fn level_by(traffic: &Traffic, variance: f64, agents: f64, within: f64) -> f64 {
        let points = busyness_points(variance);
        let inside = points.iter().map(|factor| {
            factor
                * traffic
                    .at_rate(traffic.rate * factor)
                    .answered_within(agents, within)
        });
        inside.sum::<f64>() / points.iter().sum::<f64>()
    }

    #[test]
    fn a_great_load_s_shares_are_those_of_every_number_of_agents() {
        for (load, variance) in [(50.0, 0.0), (400.0, 0.01), (5000.0, 0.0), (12_000.0, 0.02)] {
            for patience in [None, Some(120.0)] {
                let traffic =
                    Traffic::new(load / 240.0, 240.0).with_patience(Patience::of_mean(patience));
                let shares = shares(&traffic, &Target::level(0.8, 10.0), variance);
                assert!(shares.is_sorted());
                for part in 0..200 {
                    let agents = part * (shares.len() - 1) / 199;
                    let level = level_by(&traffic, variance, agents as f64 + 1.0, 10.0);
                    assert!(
                        (shares[agents] - level).abs() < 2e-4,
                        "{load} {patience:?} {agents}: {} {level}",
                        shares[agents]
                    );
                }
            }
        }
    }

    #[test]
    fn slots_of_great_loads_are_taken_at_their_own() {
        let target = Target::level(0.8, 30.0);
        let mixes: Vec<(Traffic, Target, f64)> = [180.0, 220.0, 220.0, 300.0]
            .map(|load| (Traffic::new(load / 240.0, 240.0), target, 0.0))
            .to_vec();
        let alike = Alike::new(mixes.iter()).unwrap();
        assert_eq!(alike.loads, [180.0, 220.0, 300.0]);
        assert_eq!(alike.shares(220.0), shares(&mixes[1].0, &target, 0.0));
    }

    #[test]
    fn the_fewest_who_keep_part_of_a_promise_are_counted() {
        let curve = PoolCurve {
            contacts: vec![10.0, 10.0, 0.0],
            promised: vec![8.0, 8.0, 0.0],
            in_time: vec![vec![0.0, 3.9, 4.0, 9.0], vec![0.0, 2.0], vec![0.0]],
        };
        assert_eq!([0, 1, 2].map(|slot| curve.least(slot, 0.5)), [2, 1, 0]);
    }

    #[test]
    fn the_last_that_holds_is_found() {
        for most in [0, 1, 7] {
            for last in 0..=most {
                assert_eq!(partition(most, |n| n <= last), last);
            }
        }
    }
}
