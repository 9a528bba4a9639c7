//! A plan in hand, and cheap answers about plans that differ from it in a few shifts.
//!
//! Two plans before the same customers differ only from the first changed shift until the effect has died
//! out. The other is run from the checkpoint before the change until its state is that of the plan in hand again;
//! what was counted meanwhile takes the place of what the plan in hand had counted, the rest is the same.

use rayon::prelude::*;

use super::judge::Judge;
use super::measure::{Accumulator, Measured};
use super::on_line::OnLine;
use super::run::Run;
use super::state::State;
use super::tally::{Part, Tally};

/// Time between two checkpoints, seconds.
const SPACING: f64 = 4.0 * 3600.0;

/// A plan judged, with what is needed to judge its neighbours.
#[derive(Debug)]
pub struct Baseline<'a> {
    judge: &'a Judge,
    on_line: OnLine,
    runs: Vec<Kept>,
    measured: Measured,
}

#[derive(Debug)]
struct Kept {
    tally: Tally,
    /// At multiples of [`SPACING`], from the start.
    checkpoints: Vec<State>,
    /// What was counted from each checkpoint to the next, from the last to the end.
    parts: Vec<Part>,
}

/// What differs in one run under another plan.
struct Change<'a> {
    old: Vec<&'a Part>,
    new: Part,
}

impl Judge {
    /// Judges a plan and keeps it as the baseline of its neighbours: some 50 kB a day and replication.
    pub fn baseline(&self, on_line: OnLine) -> Baseline<'_> {
        let network = self.network();
        let runs: Vec<Kept> = self
            .contacts()
            .par_iter()
            .map_init(
                || Run::new(network, self.seed()),
                |run, contacts| {
                    let mut counted = Tally::of(network);
                    let (mut checkpoints, mut parts) = (Vec::new(), Vec::new());
                    run.clear();
                    loop {
                        checkpoints.push(run.save(checkpoints.last()));
                        let until = checkpoints.len() as f64 * SPACING;
                        if !run.advance(contacts, &on_line, until, &mut counted) {
                            break;
                        }
                        run.count_time(until, &mut counted);
                        parts.push(counted.take());
                    }
                    run.close(&mut counted);
                    parts.push(counted.take());
                    let mut tally = counted;
                    parts.iter().for_each(|part| tally.add(part));
                    Kept {
                        tally,
                        checkpoints,
                        parts,
                    }
                },
            )
            .collect();
        let mut sums = Accumulator::new(network);
        runs.iter().for_each(|kept| sums.add(&kept.tally));
        Baseline {
            judge: self,
            on_line,
            measured: sums.finish(),
            runs,
        }
    }
}

impl Baseline<'_> {
    /// The service of the plan in hand.
    pub fn measured(&self) -> &Measured {
        &self.measured
    }

    /// The service of the plan in hand in the first replications.
    pub fn measured_in(&self, replications: usize) -> Measured {
        let mut sums = Accumulator::new(self.judge.network());
        let first = self
            .runs
            .iter()
            .take(self.judge.network().runs(replications));
        first.for_each(|kept| sums.add(&kept.tally));
        sums.finish()
    }

    /// The service of another plan; the fewer hours it differs, the cheaper.
    pub fn measure(&self, on_line: &OnLine) -> Measured {
        self.measure_in(on_line, self.judge.replications())
    }

    /// The service of another plan in the first replications.
    pub fn measure_in(&self, on_line: &OnLine, replications: usize) -> Measured {
        let runs = self.judge.network().runs(replications);
        let tallies = self.each(on_line, runs, |kept, change| {
            let mut tally = kept.clone();
            change.old.iter().for_each(|part| tally.subtract(part));
            tally.add(&change.new);
            tally
        });
        let mut sums = Accumulator::new(self.judge.network());
        tallies.iter().for_each(|tally| sums.add(tally));
        sums.finish()
    }

    /// What another plan gains of contacts on target, by queue; means per replication.
    pub fn gained(&self, on_line: &OnLine) -> Vec<f64> {
        let rounds = self.judge.network().rounds();
        let gained = self.each(on_line, self.runs.len(), |_, change| {
            let mut gain = vec![0.0; self.judge.network().queues.len()];
            let old = change.old.iter().map(|part| (-1.0, *part));
            for (sign, part) in old.chain([(1.0, &change.new)]) {
                for (index, seen) in &part.queues {
                    gain[*index as usize / rounds] += sign * seen.reached as f64;
                }
            }
            gain
        });
        let count = (gained.len() * rounds).max(1) as f64;
        let mean = |queue: usize| gained.iter().map(|gain| gain[queue]).sum::<f64>() / count;
        (0..self.judge.network().queues.len()).map(mean).collect()
    }

    /// What `see` makes of each of the first runs: of what was counted under the plan in hand, and of what differs
    /// under another plan.
    fn each<T: Send>(
        &self,
        on_line: &OnLine,
        runs: usize,
        see: impl Fn(&Tally, &Change) -> T + Sync,
    ) -> Vec<T> {
        let network = self.judge.network();
        let differences = self.on_line.differences(on_line);
        (0..runs.min(self.runs.len()))
            .into_par_iter()
            .map_init(
                || (Run::new(network, self.judge.seed()), Tally::of(network)),
                |(run, counted), number| {
                    let change = self.change(number, on_line, &differences, run, counted);
                    see(&self.runs[number].tally, &change)
                },
            )
            .collect()
    }

    /// What differs in one run between the plan in hand and another.
    fn change(
        &self,
        number: usize,
        on_line: &OnLine,
        differences: &[f64],
        run: &mut Run,
        counted: &mut Tally,
    ) -> Change<'_> {
        let kept = &self.runs[number];
        let contacts = &self.judge.contacts()[number];
        let mut old = Vec::new();
        let mut left = differences;
        while let Some(&first) = left.first() {
            let mut checkpoint = (first / SPACING) as usize;
            let Some(state) = kept.checkpoints.get(checkpoint) else {
                // Everyone counted was served by then.
                break;
            };
            run.restore(state);
            loop {
                old.push(&kept.parts[checkpoint]);
                checkpoint += 1;
                let until = checkpoint as f64 * SPACING;
                let Some(state) = kept.checkpoints.get(checkpoint) else {
                    // The plan in hand was through.
                    run.advance(contacts, on_line, f64::INFINITY, counted);
                    run.close(counted);
                    left = &[];
                    break;
                };
                if !run.advance(contacts, on_line, until, counted) {
                    run.close(counted);
                    old.extend(&kept.parts[checkpoint..]);
                    left = &[];
                    break;
                }
                run.count_time(until, counted);
                left = &left[left.partition_point(|&at| at < until)..];
                let nothing_soon = left.first().is_none_or(|&at| at >= until + SPACING);
                if nothing_soon && run.same(state) {
                    break;
                }
            }
        }
        Change {
            old,
            new: counted.take(),
        }
    }
}
