//! Who comes: the contacts of one replication, in order of time, each with its handle time and patience.

use super::network::{Edge, Kind, Network};
use super::random::{Purpose, Sampler, busyness, exponential, stream};

/// Slot of contacts that are not counted: those of the lead-in and of the run-out.
pub(super) const UNCOUNTED: u16 = u16::MAX;
/// Run-out of a cyclic horizon, in days, unless a deadline takes longer; never longer than the horizon.
const RUN_OUT_DAYS: f64 = 1.0;

/// One contact to come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Contact {
    /// Seconds from the start of the lead-in.
    pub at: f64,
    pub handle: f32,
    pub patience: f32,
    pub queue: u16,
    /// Slot of arrival, or [`UNCOUNTED`].
    pub slot: u16,
    /// In which round through the horizon; 0 where uncounted.
    pub round: u16,
}

/// Slots run before the first that counts.
pub(super) fn lead_in(network: &Network) -> usize {
    match network.edge {
        Edge::Cyclic { lead_in, .. } => lead_in,
        Edge::Finish | Edge::Close => 0,
    }
}

/// Slots run in all: lead-in, counted, and the longest run-out.
pub(super) fn slots_run(network: &Network) -> usize {
    match network.edge {
        Edge::Cyclic { lead_in, .. } => {
            let end = network.seconds();
            let due = network.queues.iter().map(|queue| match &queue.kind {
                Kind::Deferrable { deadline } => deadline.due(end) - end,
                Kind::Call { .. } | Kind::Chat { .. } => 0.0,
            });
            let run_out = due.fold(RUN_OUT_DAYS * 86_400.0, f64::max);
            let run_out = (run_out / network.slot_seconds).ceil() as usize;
            lead_in + network.rounds() * network.slots + run_out.min(network.slots)
        }
        Edge::Finish | Edge::Close => network.slots,
    }
}

/// The slot of the horizon that the `index`-th slot run repeats.
pub(super) fn slot_of(network: &Network, index: usize) -> usize {
    (index + network.slots - lead_in(network) % network.slots) % network.slots
}

/// Draws the contacts of replication `replication` into `contacts`.
///
/// Each queue has its own streams: arrivals by unit exponential steps of the integrated rate (so the
/// k-th customer stays the k-th when rates change), handling and patience one draw per contact.
pub(super) fn draw(network: &Network, seed: u64, replication: u64, contacts: &mut Vec<Contact>) {
    contacts.clear();
    let rng = |purpose, queue: usize| {
        let number = network.queues[queue].number(queue);
        stream(seed, purpose, replication, number)
    };
    let mut streams: Vec<_> = (0..network.queues.len())
        .map(|queue| {
            let mut arrivals = rng(Purpose::Arrival, queue);
            let ahead = exponential(&mut arrivals);
            (
                arrivals,
                rng(Purpose::Handling, queue),
                rng(Purpose::Patience, queue),
                ahead,
            )
        })
        .collect();
    let lead = lead_in(network);
    let mut factors = vec![1.0; network.queues.len()];
    let mut drawn_for = None;
    for index in 0..slots_run(network) {
        let slot = slot_of(network, index);
        let day = (
            (index + network.slots * (lead / network.slots + 2) - lead) / network.slots,
            network.day_of_slot[slot],
        );
        if drawn_for != Some(day) {
            drawn_for = Some(day);
            draw_busyness(network, seed, replication, day, &mut factors);
        }
        let counted = (lead..lead + network.rounds() * network.slots).contains(&index);
        let (slot_seen, round) = if counted {
            (slot as u16, ((index - lead) / network.slots) as u16)
        } else {
            (UNCOUNTED, 0)
        };
        let start = index as f64 * network.slot_seconds;
        let first = contacts.len();
        for (number, queue) in network.queues.iter().enumerate() {
            let rate = queue.rate[slot] * factors[number];
            if rate <= 0.0 {
                continue;
            }
            let handling = Sampler::handling(queue.handle_at(slot));
            let patience = Sampler::patience(queue.patience_at(slot));
            let (gaps, handles, patiences, ahead) = &mut streams[number];
            let step = network.slot_seconds / rate;
            let mut passed = 0.0;
            while passed + *ahead < rate {
                passed += *ahead;
                *ahead = exponential(gaps);
                contacts.push(Contact {
                    at: start + passed * step,
                    handle: handling.draw(handles) as f32,
                    patience: patience.draw(patiences) as f32,
                    queue: number as u16,
                    slot: slot_seen,
                    round,
                });
            }
            *ahead -= rate - passed;
        }
        if network.queues.len() > 1 {
            contacts[first..]
                .sort_unstable_by(|a, b| a.at.total_cmp(&b.at).then(a.queue.cmp(&b.queue)));
        }
    }
}

fn draw_busyness(
    network: &Network,
    seed: u64,
    replication: u64,
    (week, day): (usize, u16),
    factors: &mut [f64],
) {
    let when = (week as u64) << 16 | u64::from(day);
    let shared = busyness(
        &mut stream(seed, Purpose::SharedBusyness, replication, when),
        network.shared_busyness,
    );
    for (number, (factor, queue)) in factors.iter_mut().zip(&network.queues).enumerate() {
        let own = queue.number(number) << 32 ^ when;
        *factor = shared
            * busyness(
                &mut stream(seed, Purpose::OwnBusyness, replication, own),
                queue.busyness,
            );
    }
}

#[cfg(test)]
mod tests {
    use super::super::network::{Group, Queue, Route};
    use super::*;

    fn network(rates: [f64; 2]) -> Network {
        Network {
            slot_seconds: 1800.0,
            slots: 48,
            day_of_slot: vec![0; 48],
            queues: rates
                .iter()
                .map(|&rate| Queue::calls(vec![rate; 48], 200.0, vec![Route::to(0, 0)]))
                .collect(),
            groups: vec![Group::default()],
            shared_busyness: 0.0,
            edge: Edge::Cyclic {
                lead_in: 4,
                rounds: 1,
            },
        }
    }

    #[test]
    fn arrivals_are_poisson_and_in_order() {
        let (mut counts, mut contacts) = (Vec::new(), Vec::new());
        for replication in 0..400 {
            draw(&network([30.0, 3.0]), 5, replication, &mut contacts);
            assert!(contacts.is_sorted_by(|a, b| a.at <= b.at));
            let counted = contacts
                .iter()
                .filter(|c| c.slot != UNCOUNTED && c.queue == 0);
            counts.push(counted.count() as f64);
        }
        let mean = counts.iter().sum::<f64>() / 400.0;
        let var = counts.iter().map(|c| (c - mean).powi(2)).sum::<f64>() / 399.0;
        assert!((mean - 1440.0).abs() < 6.0, "{mean}");
        assert!((var / 1440.0 - 1.0).abs() < 0.25, "{var}");
    }

    #[test]
    fn another_queue_changes_nothing_for_this_one() {
        let of_first = |rates| {
            let mut contacts = Vec::new();
            draw(&network(rates), 5, 0, &mut contacts);
            contacts.retain(|c| c.queue == 0);
            contacts
        };
        assert_eq!(of_first([30.0, 3.0]), of_first([30.0, 50.0]));
    }
}
