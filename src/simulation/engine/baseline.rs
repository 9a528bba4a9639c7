//! A plan in hand, and cheap answers about plans that differ from it in a few shifts.
//!
//! Two plans before the same customers differ only from the first changed shift until the effect has died
//! out. Both are run from the checkpoint before the change until their states are the same again; the rest
//! of the week is the plan's in hand.

use rayon::prelude::*;

use super::judge::Judge;
use super::measure::{Accumulator, Measured};
use super::on_line::OnLine;
use super::run::Run;
use super::state::State;
use super::tally::Tally;

/// Time between two checkpoints, seconds.
const SPACING: f64 = 4.0 * 3600.0;

/// A plan judged, with what is needed to judge its neighbours.
#[derive(Debug)]
pub struct Baseline<'a> {
    judge: &'a Judge,
    on_line: OnLine,
    replications: Vec<Kept>,
    measured: Measured,
}

#[derive(Debug)]
struct Kept {
    tally: Tally,
    /// At multiples of [`SPACING`], from the start.
    checkpoints: Vec<State>,
}

impl Judge {
    /// Judges a plan and keeps it as the baseline of its neighbours: some 50 kB a day and replication.
    pub fn baseline(&self, on_line: OnLine) -> Baseline<'_> {
        let network = self.network();
        let replications: Vec<Kept> = self
            .contacts()
            .par_iter()
            .map_init(
                || Run::new(network, self.seed()),
                |run, contacts| {
                    let mut tally = Tally::of(network);
                    let mut checkpoints = Vec::new();
                    run.clear();
                    loop {
                        checkpoints.push(run.save());
                        let until = checkpoints.len() as f64 * SPACING;
                        if !run.advance(contacts, &on_line, until, &mut tally) {
                            break;
                        }
                        run.count_time(until, &mut tally);
                    }
                    run.close(&mut tally);
                    Kept { tally, checkpoints }
                },
            )
            .collect();
        let mut sums = Accumulator::new(network);
        replications.iter().for_each(|kept| sums.add(&kept.tally));
        Baseline {
            judge: self,
            on_line,
            measured: sums.finish(),
            replications,
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
        let first = self.replications.iter().take(replications);
        first.for_each(|kept| sums.add(&kept.tally));
        sums.finish()
    }

    /// The service of another plan; the fewer hours it differs, the cheaper.
    pub fn measure(&self, on_line: &OnLine) -> Measured {
        self.measure_in(on_line, self.replications.len())
    }

    /// The service of another plan in the first replications.
    pub fn measure_in(&self, on_line: &OnLine, replications: usize) -> Measured {
        let tallies = self.each(on_line, replications, |kept, before, after| {
            let mut tally = kept.clone();
            tally.replace(before, after);
            tally
        });
        let mut sums = Accumulator::new(self.judge.network());
        tallies.iter().for_each(|tally| sums.add(tally));
        sums.finish()
    }

    /// What another plan gains of contacts on target, by queue; means per replication.
    pub fn gained(&self, on_line: &OnLine) -> Vec<f64> {
        let all = self.replications.len();
        let gained: Vec<Vec<f64>> = self.each(on_line, all, |_, before, after| {
            let queues = after.queues.iter().zip(&before.queues);
            let gain = queues.map(|(new, old)| new.reached as f64 - old.reached as f64);
            gain.collect()
        });
        let count = gained.len().max(1) as f64;
        let mean = |queue: usize| gained.iter().map(|gain| gain[queue]).sum::<f64>() / count;
        (0..self.judge.network().queues.len()).map(mean).collect()
    }

    /// What `see` makes of each of the first replications: of what was counted under the plan in hand, and of
    /// the part that differs, as it was and as it is under another plan.
    fn each<T: Send>(
        &self,
        on_line: &OnLine,
        replications: usize,
        see: impl Fn(&Tally, &Tally, &Tally) -> T + Sync,
    ) -> Vec<T> {
        let network = self.judge.network();
        let differences = self.on_line.differences(on_line);
        // Who is looked at does not change with an agent more or less.
        let on_line = &OnLine {
            first: self.on_line.first,
            ..on_line.clone()
        };
        (0..replications.min(self.replications.len()))
            .into_par_iter()
            .map_init(
                || {
                    let run = || Run::new(network, self.judge.seed());
                    ((run(), run()), (Tally::of(network), Tally::of(network)))
                },
                |(runs, (before, after)), replication| {
                    before.clear();
                    after.clear();
                    let counts = (&mut *before, &mut *after);
                    self.replicate(replication, on_line, &differences, runs, counts);
                    see(&self.replications[replication].tally, before, after)
                },
            )
            .collect()
    }

    /// Counts what differs between the plan in hand and another.
    fn replicate(
        &self,
        replication: usize,
        on_line: &OnLine,
        differences: &[f64],
        (old, new): &mut (Run, Run),
        (before, after): (&mut Tally, &mut Tally),
    ) {
        let kept = &self.replications[replication];
        let contacts = &self.judge.contacts()[replication];
        let mut left = differences;
        while let Some(&first) = left.first() {
            let mut checkpoint = (first / SPACING) as usize;
            let Some(state) = kept.checkpoints.get(checkpoint) else {
                // Everyone counted was served by then.
                break;
            };
            old.restore(state);
            new.restore(state);
            loop {
                checkpoint += 1;
                let until = checkpoint as f64 * SPACING;
                let goes_on = old.advance(contacts, &self.on_line, until, before);
                let newly = new.advance(contacts, on_line, until, after);
                left = &left[left.partition_point(|&at| at < until)..];
                if !goes_on || !newly {
                    // One is through: so must the other be brought.
                    old.advance(contacts, &self.on_line, f64::INFINITY, before);
                    new.advance(contacts, on_line, f64::INFINITY, after);
                    old.close(before);
                    new.close(after);
                    left = &[];
                    break;
                }
                old.count_time(until, before);
                new.count_time(until, after);
                let nothing_soon = left.first().is_none_or(|&at| at >= until + SPACING);
                if nothing_soon && old.same(new) {
                    break;
                }
            }
        }
    }
}
