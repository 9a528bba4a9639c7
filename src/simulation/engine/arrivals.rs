//! Who comes: the contacts of one replication, in order of time, each with its handle time and patience.

use super::network::{Edge, Kind, Network};
use super::random::{Purpose, STRATA, Sampler, busyness, exponential, stratum, stream};

/// Slot of contacts that are not counted: those of the lead-in and of the run-out.
pub(super) const UNCOUNTED: u16 = u16::MAX;
/// Run-out of a cyclic horizon, in days, unless a deadline takes longer; never longer than the horizon.
const RUN_OUT_DAYS: f64 = 1.0;
/// Days after which like days come again, where the horizon has whole weeks.
const WEEK: i64 = 7;

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
        // From the first that counts on; the lead-in lies before.
        let round = (index as i64 - lead as i64).div_euclid(network.slots as i64);
        let day = (round, network.day_of_slot[slot]);
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

/// The busyness of a day in the `round`-th time through the horizon. Those of days that are alike within one run, the
/// Mondays say, lie in different strata: means of few weeks are not those of weeks that happened to be busy.
fn draw_busyness(
    network: &Network,
    seed: u64,
    replication: u64,
    (round, day): (i64, u16),
    factors: &mut [f64],
) {
    let days = network
        .day_of_slot
        .last()
        .map_or(1, |last| i64::from(*last) + 1);
    let number = round * days + i64::from(day);
    let period = if days % WEEK == 0 { WEEK } else { days };
    let (turn, strata) = (number.div_euclid(period), STRATA as i64);
    let group = turn.div_euclid(strata) * period + number.rem_euclid(period);
    let place = turn.rem_euclid(strata) as usize;
    let draw = |purpose, of: u64, cv: f64| {
        if cv <= 0.0 {
            return 1.0;
        }
        let of_key = |kind: u64, key: i64| {
            let key = kind << 31 | u64::from(key as u32 & (u32::MAX >> 1));
            stream(seed, purpose, replication, of << 32 ^ key)
        };
        let stratum = stratum(&mut of_key(1, group), place);
        busyness(&mut of_key(0, number), cv, stratum)
    };
    let shared = draw(Purpose::SharedBusyness, 0, network.shared_busyness);
    for (number, (factor, queue)) in factors.iter_mut().zip(&network.queues).enumerate() {
        let of = queue.number(number);
        *factor = shared * draw(Purpose::OwnBusyness, of, queue.busyness);
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
    fn like_days_of_a_run_are_not_all_busy() {
        // A week of days of one slot, four times: the Mondays' mean varies far less than that of any four days.
        let mut network = network([1000.0, 1000.0]);
        network.slots = 7;
        network.day_of_slot = (0..7).collect();
        network.shared_busyness = 0.3;
        network.edge = Edge::Cyclic {
            lead_in: 7,
            rounds: 4,
        };
        let mut factors = vec![1.0; 2];
        let mut factor = |run, round, day| {
            draw_busyness(&network, 5, run, (round, day), &mut factors);
            factors[0]
        };
        let variance = |means: Vec<f64>| {
            let mean = means.iter().sum::<f64>() / means.len() as f64;
            means.iter().map(|m| (m - mean).powi(2)).sum::<f64>() / means.len() as f64
        };
        let mut mean = |run, day: fn(i64) -> u16| {
            (0..4)
                .map(|round| factor(run, round, day(round)))
                .sum::<f64>()
                / 4.0
        };
        let mondays = variance((0..500).map(|run| mean(run, |_| 0)).collect());
        let others = variance(
            (0..500)
                .map(|run| mean(run, |round| round as u16))
                .collect(),
        );
        // By hand: .09 ÷ 4 where days do not know of each other, under a tenth of it between strata.
        assert!((others / 0.0225 - 1.0).abs() < 0.25, "{others}");
        assert!(mondays < 0.2 * others, "{mondays} {others}");
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
