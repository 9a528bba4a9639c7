//! Who is on the line when: coming and going of agents, from counts per slot or from shifts.

use super::arrivals::{lead_in, slot_of, slots_run};
use super::network::{Edge, Network};
use super::random::{Purpose, binomial, stream};

/// Agents coming and going, in order of time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OnLine {
    pub(super) changes: Vec<Change>,
}

/// At `at` seconds from the start of the lead-in, `delta` agents come (or go).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Change {
    pub at: f64,
    pub group: u32,
    pub delta: i32,
}

/// Agents with one shift.
#[derive(Debug, Clone, PartialEq)]
pub struct Shift {
    pub group: usize,
    /// Stretches on the line, seconds from the start of the horizon, breaks left out.
    pub on: Vec<(f64, f64)>,
    pub agents: u32,
    /// Probability that one of them does not come that day.
    pub absence: f64,
}

impl OnLine {
    /// Who comes and goes from `from` on.
    pub(super) fn changes_from(&self, from: f64) -> std::slice::Iter<'_, Change> {
        let first = self.changes.partition_point(|change| change.at < from);
        self.changes[first..].iter()
    }

    /// The instants at which another plan differs, ascending.
    pub(super) fn differences(&self, other: &Self) -> Vec<f64> {
        let summed = |on_line: &Self| {
            let mut sums = std::collections::BTreeMap::new();
            for change in &on_line.changes {
                *sums.entry((change.at.to_bits(), change.group)).or_insert(0) += change.delta;
            }
            sums.retain(|_, delta| *delta != 0);
            sums
        };
        let (ours, theirs) = (summed(self), summed(other));
        let mut times: Vec<f64> = ours
            .iter()
            .filter(|&(at, delta)| theirs.get(at) != Some(delta))
            .chain(theirs.iter().filter(|&(at, _)| !ours.contains_key(at)))
            .map(|((at, _), _)| f64::from_bits(*at))
            .collect();
        times.sort_by(f64::total_cmp);
        times.dedup();
        times
    }

    /// From agents on the line, `counts[group][slot]`.
    pub fn from_counts(network: &Network, counts: &[Vec<u32>]) -> Self {
        let mut changes = Vec::new();
        let mut now = vec![0i64; network.groups.len()];
        for index in 0..slots_run(network) {
            let slot = slot_of(network, index);
            for (group, counts) in counts.iter().enumerate().take(now.len()) {
                let count = i64::from(counts.get(slot).copied().unwrap_or(0));
                if count != now[group] {
                    changes.push(Change {
                        at: index as f64 * network.slot_seconds,
                        group: group as u32,
                        delta: (count - now[group]) as i32,
                    });
                    now[group] = count;
                }
            }
        }
        if network.edge == Edge::Close {
            for (group, &count) in now.iter().enumerate().filter(|(_, count)| **count > 0) {
                changes.push(Change {
                    at: network.seconds(),
                    group: group as u32,
                    delta: -(count as i32),
                });
            }
        }
        Self { changes }
    }

    /// From shifts, with those absent in run `run` drawn, anew in each round: one stream per shift.
    pub fn from_shifts(network: &Network, shifts: &[Shift], seed: u64, run: u64) -> Self {
        let lead = lead_in(network) as f64 * network.slot_seconds;
        let last = slots_run(network) as f64 * network.slot_seconds;
        let length = network.seconds();
        let repeats = match network.edge {
            Edge::Cyclic { .. } => {
                -((lead / length).ceil() as i64).max(1)..=network.rounds() as i64
            }
            Edge::Finish | Edge::Close => 0..=0,
        };
        let mut changes = Vec::new();
        for (number, shift) in shifts.iter().enumerate() {
            let mut rng = stream(seed, Purpose::Absence, run, number as u64);
            for repeat in repeats.clone() {
                let present = shift.agents - binomial(&mut rng, shift.agents, shift.absence);
                for &(from, to) in &shift.on {
                    let shifted = |at: f64| (at + lead + repeat as f64 * length).max(0.0);
                    if present == 0 || shifted(from) >= shifted(to) || shifted(from) >= last {
                        continue;
                    }
                    let change = |at, delta| Change {
                        at,
                        group: shift.group as u32,
                        delta,
                    };
                    changes.push(change(shifted(from), present as i32));
                    changes.push(change(shifted(to), -(present as i32)));
                }
            }
        }
        // Who goes at an instant goes before who comes.
        changes.sort_by(|a, b| {
            a.at.total_cmp(&b.at)
                .then(a.delta.cmp(&b.delta))
                .then(a.group.cmp(&b.group))
        });
        Self { changes }
    }
}
