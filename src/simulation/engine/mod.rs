//! The engine: a network of queues × agent groups, event by event, on plain indices.
//!
//! ```text
//! Network   queues (rate per slot, handle time, patience, kind, routes), groups, edge
//! OnLine    who is on the line when: from counts per group and slot, or from shifts
//! measure(&network, |run| on_line, replications, seed)          -> Measured
//! Judge::new(&network, replications, seed)                      customers drawn once
//!   .measure(&on_line) -> Measured                              any number of plans, the same customers
//! ```
//!
//! A staffing loop does:
//!
//! ```text
//! let judge = Judge::new(network, 30, seed)?;            // keeps 24 bytes a contact and replication
//! let baseline = judge.baseline(on_line);                // a plan in hand
//! baseline.measure(&other);                              // one that differs in a few shifts: much cheaper
//! let seen = judge.measure_counts(&counts);              // counts[group][slot] agents on the line
//! seen.queues[q].level                                   // service of queue q with its 95 % interval
//! seen.queues[q].cells[slot]                             // offered and reached by slot of arrival
//! ```
//!
//! Customers (when they come, how long they take, how patient they are) do not depend on the staffing:
//! two plans judged with one seed meet the same ones. Replications run in parallel and are summed in
//! order, so the numbers do not depend on the number of threads.

mod arrivals;
mod baseline;
mod calendar;
mod comeback;
mod judge;
mod line;
mod measure;
mod network;
mod on_line;
mod pages;
#[cfg(test)]
mod properties;
mod random;
mod room;
mod run;
mod staff;
mod state;
mod tally;
mod work;

use std::ops::Range;

use rayon::prelude::*;

pub use baseline::Baseline;
pub use judge::Judge;
pub use measure::{GroupMeasure, Measured, QueueMeasure, RangeMeasure};
pub use network::{Comeback, DueBy, Edge, Group, HandleTime, Kind, Network, Queue, Route};
pub use on_line::{OnLine, Shift};
pub use tally::{Cell, GroupTally, QueueTally, Tally};

use measure::Accumulator;
use run::Run;

/// Runs whose tallies are held at once.
const BATCH: usize = 64;

/// Simulates `replications` replications of the horizon, as many to a run as the network has rounds and in whole runs;
/// `on_line` says who is there in each run. The faults of an unsound network in words.
pub fn measure(
    network: &Network,
    on_line: impl Fn(u64) -> OnLine + Sync,
    replications: usize,
    seed: u64,
) -> Result<Measured, Vec<String>> {
    let faults = network.faults();
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(replicate_sound(
        network,
        replications,
        |run, contacts, number, tally| {
            arrivals::draw(network, seed, number, contacts);
            run.replicate(contacts, &on_line(number), tally);
        },
        seed,
    ))
}

/// The same, and besides what each queue saw over runs of its slots, `ranges[queue]`, with their waits.
pub fn measure_ranges(
    network: &Network,
    on_line: impl Fn(u64) -> OnLine + Sync,
    replications: usize,
    seed: u64,
    ranges: &[Vec<Range<usize>>],
) -> Result<(Measured, Vec<Vec<RangeMeasure>>), Vec<String>> {
    let faults = network.faults();
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut sums = Accumulator::new(network).over(ranges);
    // The waits of every slot take room: few tallies at once.
    let batch = 2 * rayon::current_num_threads();
    let one = |run: &mut Run, contacts: &mut Vec<_>, number, tally: &mut Tally| {
        arrivals::draw(network, seed, number, contacts);
        run.replicate(contacts, &on_line(number), tally);
    };
    let tally = || Tally::by_slot(network);
    replicate(network, replications, batch, &one, &tally, seed, &mut sums);
    let seen = sums.take_ranges();
    Ok((sums.finish(), seen))
}

/// The counts of each run by queue and round, for those who want more than means; memory grows with the
/// replications.
pub fn each(
    network: &Network,
    on_line: &OnLine,
    replications: usize,
    seed: u64,
) -> Result<Vec<Vec<QueueTally>>, Vec<String>> {
    let faults = network.faults();
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok((0..network.runs(replications) as u64)
        .into_par_iter()
        .map_init(
            || (Run::new(network, seed), Vec::new(), Tally::of(network)),
            |(run, contacts, tally), number| {
                arrivals::draw(network, seed, number, contacts);
                run.replicate(contacts, on_line, tally);
                tally.queues.clone()
            },
        )
        .collect())
}

/// Does `one` for each run, in parallel batches, and sums in order.
fn replicate_sound(
    network: &Network,
    replications: usize,
    one: impl Fn(&mut Run, &mut Vec<arrivals::Contact>, u64, &mut Tally) + Sync,
    seed: u64,
) -> Measured {
    let mut sums = Accumulator::new(network);
    let tally = || Tally::of(network);
    replicate(network, replications, BATCH, &one, &tally, seed, &mut sums);
    sums.finish()
}

/// Does `one` for each run on a `tally` of its own, `batch` at once in parallel, and adds them to `sums` in order.
fn replicate(
    network: &Network,
    replications: usize,
    batch: usize,
    one: &(impl Fn(&mut Run, &mut Vec<arrivals::Contact>, u64, &mut Tally) + Sync),
    tally: &(impl Fn() -> Tally + Sync),
    seed: u64,
    sums: &mut Accumulator,
) {
    let runs = network.runs(replications);
    for first in (0..runs).step_by(batch) {
        let tallies: Vec<Tally> = (first..runs.min(first + batch))
            .into_par_iter()
            .map_init(
                || (Run::new(network, seed), Vec::new()),
                |(run, contacts), number| {
                    let mut tally = tally();
                    one(run, contacts, number as u64, &mut tally);
                    tally
                },
            )
            .collect();
        for tally in &tallies {
            sums.add(tally);
        }
    }
}
