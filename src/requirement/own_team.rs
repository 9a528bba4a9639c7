//! From which volume on a client's language deserves a team of its own.
//!
//! Pooling is worth less the more there is to do: the safety that a team needs grows with the square root of
//! its load (Halfin & Whitt 1981), and the one agent who must be there is soon busy.

use rayon::prelude::*;

use super::size::sizes;
use super::stream::{Stream, streams};
use crate::demand::Demand;
use crate::ids::{ClientId, GroupId, LanguageId, QueueId};
use crate::scenario::{GroupKind, Scenario};
use crate::time::Horizon;

/// What a team of one's own may cost beyond a part of a pod: it knows the product, and it is at hand.
pub const WORTH: f64 = 0.05;
/// Clients of a pod where the scenario has none.
const POD: u32 = 4;
/// Volumes looked at, in doublings of today's.
const DOUBLINGS: std::ops::RangeInclusive<i32> = -4..=9;
/// Erlangs of a pod at its busiest beyond which no volume is looked at: its agents are as good as their load.
const MOST_LOAD: f64 = 400.0;
/// Slots that stand for all.
const TYPICAL: usize = 24;
/// Halvings of the doubling in which it turns.
const HALVINGS: usize = 4;

/// One language of one client: a team of its own against a part of a pod of clients like it.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnTeam {
    pub client: ClientId,
    pub language: LanguageId,
    /// Contacts a day, of all channels.
    pub contacts: f64,
    /// Clients of the pod.
    pub pod: u32,
    /// Cost of a team of its own ÷ that of its part of the pod, today.
    pub ratio: f64,
    /// Contacts a day from which on its own team costs at most [`WORTH`] more; none: at no volume looked at.
    pub from: Option<f64>,
}

/// Every client's languages with a queue that answers at once, in the order of the scenario.
pub fn own_teams(scenario: &Scenario, demand: &Demand) -> Vec<OwnTeam> {
    let mut pairs: Vec<(ClientId, LanguageId)> = Vec::new();
    for queue in scenario.queues.values().filter(|q| q.is_real_time()) {
        let pair = (queue.client, queue.language);
        if !pairs.contains(&pair) {
            pairs.push(pair);
        }
    }
    let ids = scenario.groups.ids();
    let ids = ids.filter(|&group| scenario.why_empty(group).is_none());
    let able: Vec<(GroupId, Vec<QueueId>)> = ids.map(|id| (id, scenario.queues_of(id))).collect();
    pairs
        .into_par_iter()
        .filter_map(|(client, language)| own_team(scenario, demand, &able, client, language))
        .collect()
}

fn own_team(
    scenario: &Scenario,
    demand: &Demand,
    able: &[(GroupId, Vec<QueueId>)],
    client: ClientId,
    language: LanguageId,
) -> Option<OwnTeam> {
    let ours = |id: &QueueId| {
        let queue = &scenario.queues[*id];
        queue.client == client && queue.language == language
    };
    let queues: Vec<QueueId> = scenario.queues.ids().filter(ours).collect();
    let days = scenario.horizon.weeks() * 7.0;
    let contacts = queues
        .iter()
        .map(|&q| demand.queues[q].contacts())
        .sum::<f64>()
        / days;
    let prices = prices(scenario, able, &queues);
    let streams = streams(scenario, demand, &queues);
    let (slots, weight) = typical(&streams, demand.horizon.slots);
    let work = Work {
        streams: streams.iter().map(|s| s.at_slots(&slots)).collect(),
        horizon: Horizon {
            slots: slots.len(),
            ..demand.horizon
        },
        weight,
        hours: queues
            .iter()
            .map(|&q| demand.queues[q].contacts() * scenario.queues[q].handle_time.mean.value())
            .sum::<f64>()
            / 3600.0
            / scenario.policy.max_occupancy.max(0.1),
    };
    let ratio = |volume: f64| {
        let pod = f64::from(prices.pod);
        let own = work.paid(volume) * prices.own;
        own * pod / (work.paid(volume * pod) * prices.shared).max(1e-9)
    };
    if contacts <= 0.0 {
        return None;
    }
    let holds = |volume: f64| ratio(volume) <= 1.0 + WORTH;
    // The least doubling from which on it holds twice running: whole agents make small steps back.
    let mut held: Option<f64> = None;
    let mut from = None;
    for doublings in DOUBLINGS {
        let volume = 2f64.powi(doublings);
        if volume * f64::from(prices.pod) * work.peak() > MOST_LOAD {
            break;
        }
        match (holds(volume), held) {
            (true, Some(first)) => {
                from = Some(first);
                break;
            }
            (true, None) => held = Some(volume),
            (false, _) => held = None,
        }
    }
    let from = from.or(held).map(|at| {
        let (mut low, mut high) = (0.5 * at, at);
        for _ in 0..HALVINGS {
            let middle = (low * high).sqrt();
            if holds(middle) {
                high = middle;
            } else {
                low = middle;
            }
        }
        high * contacts
    });
    Some(OwnTeam {
        client,
        language,
        contacts,
        pod: prices.pod,
        ratio: ratio(1.0),
        from,
    })
}

/// Slots that stand for all with any load, evenly by their load, and how many each stands for.
fn typical(streams: &[Stream], slots: usize) -> (Vec<usize>, f64) {
    let loads = summed(streams, slots);
    let mut busy: Vec<usize> = (0..slots).filter(|&slot| loads[slot] > 0.0).collect();
    busy.sort_by(|&a, &b| loads[a].total_cmp(&loads[b]));
    let some = busy.len().min(TYPICAL);
    let chosen = (0..some).map(|number| busy[(2 * number + 1) * busy.len() / (2 * some)]);
    (chosen.collect(), busy.len() as f64 / some.max(1) as f64)
}

/// Erlangs of all streams per slot.
fn summed(streams: &[Stream], slots: usize) -> Vec<f64> {
    let mut sums = vec![0.0; slots];
    for stream in streams {
        let loads = sums.iter_mut().zip(stream.loads());
        loads.for_each(|(sum, load)| *sum += load);
    }
    sums
}

/// What there is to do for one client in one language.
struct Work {
    /// In typical slots.
    streams: Vec<Stream>,
    horizon: Horizon,
    /// Slots that each of them stands for.
    weight: f64,
    /// Agent-hours of all of it at the highest occupancy.
    hours: f64,
}

impl Work {
    /// Erlangs in the busiest slot.
    fn peak(&self) -> f64 {
        let loads = summed(&self.streams, self.horizon.slots);
        loads.into_iter().fold(0.0, f64::max)
    }

    /// Agent-hours at so many times the volume: the agents whom those on the line need, who do what may wait
    /// in between, or all the work there is.
    fn paid(&self, volume: f64) -> f64 {
        let scaled: Vec<Stream> = self.streams.iter().map(|s| s.at_volume(volume)).collect();
        let members: Vec<&Stream> = scaled.iter().collect();
        let agents: u32 = sizes(&members, &self.horizon).iter().sum();
        let there = f64::from(agents) * self.weight * self.horizon.slot_hours();
        there.max(volume * self.hours)
    }
}

/// Clients of a pod, and cost of an hour in a pod and in a team of one's own.
struct Prices {
    pod: u32,
    shared: f64,
    own: f64,
}

/// Of the groups that serve the queues, the cheapest of either kind; without both, an hour is an hour.
fn prices(scenario: &Scenario, able: &[(GroupId, Vec<QueueId>)], queues: &[QueueId]) -> Prices {
    let (mut shared, mut own): (Option<(f64, u32)>, Option<f64>) = (None, None);
    for (id, able) in able {
        let group = &scenario.groups[*id];
        let serves = able.iter().any(|queue| queues.contains(queue));
        let hour = group.wage * (1.0 + group.charges.value()) * group.paid_per_filled();
        match group.kind {
            _ if !serves => {}
            GroupKind::Shared { max_clients } if max_clients > 1 => {
                if shared.is_none_or(|(least, _)| hour < least) {
                    shared = Some((hour, max_clients));
                }
            }
            _ => own = Some(own.map_or(hour, |least: f64| least.min(hour))),
        }
    }
    let pod = shared.map_or(POD, |(_, clients)| clients);
    match (shared, own) {
        (Some((shared, _)), Some(own)) if shared > 0.0 && own > 0.0 => Prices { pod, shared, own },
        _ => Prices {
            pod,
            shared: 1.0,
            own: 1.0,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typical_slots_stand_for_all_that_are_busy() {
        let loads: Vec<f64> = (0..100).map(|slot| f64::from(slot % 50)).collect();
        let stream = Stream::of_loads(loads.clone());
        let (slots, weight) = typical(&[stream], 100);
        // Two slots have no load.
        assert_eq!(slots.len(), TYPICAL);
        assert!((weight * slots.len() as f64 - 98.0).abs() < 1e-9);
        let sum: f64 = slots.iter().map(|&slot| weight * loads[slot]).sum();
        let all: f64 = loads.iter().sum();
        assert!((sum / all - 1.0).abs() < 0.02, "{sum} {all}");
    }
}
