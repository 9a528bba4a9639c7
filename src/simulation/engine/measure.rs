//! Means over replications with their 95 % intervals; memory does not grow with the replications. Rounds of one
//! run are not independent of each other: intervals are those of whole runs.

use std::ops::Range;
use std::sync::OnceLock;

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::network::Network;
use super::tally::{BINS, Cell, QueueTally, Tally, quantile};
use crate::requirement::LevelOver;
use crate::simulation::Interval;

/// What the replications saw of a network.
#[derive(Debug, Clone)]
pub struct Measured {
    pub replications: usize,
    pub queues: Vec<QueueMeasure>,
    pub groups: Vec<GroupMeasure>,
    /// Over all real-time queues and all deferrable ones together: share on target.
    pub level: Interval,
}

/// One queue; contacts are means per replication.
#[derive(Debug, Clone)]
pub struct QueueMeasure {
    pub offered: Interval,
    pub answered: Interval,
    pub abandoned: Interval,
    pub unanswered: Interval,
    /// Still in line when the queue closed, or at the end.
    pub at_close: Interval,
    /// Those answered within the time, or done by the deadline.
    pub reached: Interval,
    /// Share within the time (or by the deadline), by the queue's definition.
    pub level: Interval,
    /// Share abandoned of offered.
    pub abandonment: Interval,
    /// Mean wait of the answered; time to completion of deferrable work.
    pub asa: Interval,
    /// Mean wait of all who were answered or hung up.
    pub mean_wait: Interval,
    /// Share of the offered answered or gone within the queue's longest wait.
    pub not_longer: Interval,
    /// Sums over all replications by slot of arrival.
    pub cells: Vec<Cell>,
    over: LevelOver,
    waits: [u64; BINS],
    runs: Vec<u32>,
}

/// One queue over some of its slots, by slot of arrival; contacts are means per replication.
#[derive(Debug, Clone)]
pub struct RangeMeasure {
    pub offered: Interval,
    pub answered: Interval,
    /// Those answered within the time, or done by the deadline.
    pub reached: Interval,
    pub abandoned: Interval,
    /// Neither answered nor abandoned at the end, unless not yet due.
    pub unanswered: Interval,
    /// Share within the time (or by the deadline), by the queue's definition.
    pub level: Interval,
    /// Mean wait of the answered; time to completion of deferrable work.
    pub asa: Interval,
    waits: [u64; BINS],
}

/// One group.
#[derive(Debug, Clone, Copy)]
pub struct GroupMeasure {
    /// Share of time on the line with a contact in hand.
    pub occupancy: Interval,
    /// Agent-hours on the line per replication.
    pub hours: f64,
}

/// Sums of pairs (x, y) over runs: enough for means and for the ratio Σx ÷ Σy.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sums {
    n: f64,
    x: f64,
    y: f64,
    xx: f64,
    xy: f64,
    yy: f64,
}

impl Sums {
    pub(super) fn add(&mut self, x: f64, y: f64) {
        self.n += 1.0;
        self.x += x;
        self.y += y;
        self.xx += x * x;
        self.xy += x * y;
        self.yy += y * y;
    }

    /// Mean of x in one of the `rounds` of each run.
    pub(super) fn mean(&self, rounds: usize) -> Interval {
        let all = self.mean_of_runs();
        let in_each = |sum: f64| sum / rounds as f64;
        Interval {
            mean: in_each(all.mean),
            low: in_each(all.low),
            high: in_each(all.high),
        }
    }

    fn mean_of_runs(&self) -> Interval {
        let mean = self.x / self.n.max(1.0);
        let variance = (self.xx - self.n * mean * mean).max(0.0) / (self.n - 1.0);
        self.around(mean, variance)
    }

    /// Σx ÷ Σy by the delta method; `empty` where nothing was counted.
    pub(super) fn ratio(&self, empty: f64) -> Interval {
        if self.y <= 0.0 {
            return Interval {
                mean: empty,
                low: empty,
                high: empty,
            };
        }
        let ratio = self.x / self.y;
        let residual = self.xx - 2.0 * ratio * self.xy + ratio * ratio * self.yy;
        let mean_y = self.y / self.n;
        self.around(
            ratio,
            residual.max(0.0) / (self.n - 1.0) / (mean_y * mean_y),
        )
    }

    fn around(&self, mean: f64, variance: f64) -> Interval {
        // One replication tells nothing of the spread: the interval is the number itself.
        let half = if self.n > 1.0 {
            student(self.n - 1.0) * (variance / self.n).sqrt()
        } else {
            0.0
        };
        Interval {
            mean,
            low: mean - half,
            high: mean + half,
        }
    }
}

/// Quantiles of [`student`] already asked for.
static STUDENT: [OnceLock<f64>; 1024] = [const { OnceLock::new() }; 1024];

/// 97.5 % quantile of Student's t.
fn student(freedom: f64) -> f64 {
    let exact = || StudentsT::new(0.0, 1.0, freedom).map_or(1.96, |t| t.inverse_cdf(0.975));
    match STUDENT.get(freedom as usize) {
        Some(known) if freedom.fract() == 0.0 => *known.get_or_init(exact),
        _ => exact(),
    }
}

/// Running sums over the tallies of replications.
#[derive(Debug)]
pub(super) struct Accumulator<'a> {
    network: &'a Network,
    queues: Vec<QueueSums>,
    groups: Vec<Sums>,
    all: Sums,
    ranges: Vec<Vec<RangeSums>>,
}

/// Sums over some slots of a queue.
#[derive(Debug, Clone)]
struct RangeSums {
    slots: Range<usize>,
    offered: Sums,
    answered: Sums,
    reached: Sums,
    abandoned: Sums,
    unanswered: Sums,
    level: Sums,
    asa: Sums,
    waits: [u64; BINS],
}

#[derive(Debug, Clone)]
struct QueueSums {
    offered: Sums,
    answered: Sums,
    abandoned: Sums,
    unanswered: Sums,
    at_close: Sums,
    level: Sums,
    asa: Sums,
    mean_wait: Sums,
    not_longer: Sums,
    /// Replications by the thousandths of their share in time.
    runs: Vec<u32>,
    cells: Vec<Cell>,
    waits: [u64; BINS],
}

impl<'a> Accumulator<'a> {
    pub(super) fn new(network: &'a Network) -> Self {
        let queue = QueueSums {
            offered: Sums::default(),
            answered: Sums::default(),
            abandoned: Sums::default(),
            unanswered: Sums::default(),
            at_close: Sums::default(),
            level: Sums::default(),
            asa: Sums::default(),
            mean_wait: Sums::default(),
            not_longer: Sums::default(),
            runs: vec![0; 1001],
            cells: vec![Cell::default(); network.slots],
            waits: [0; BINS],
        };
        Self {
            network,
            queues: vec![queue; network.queues.len()],
            groups: vec![Sums::default(); network.groups.len()],
            all: Sums::default(),
            ranges: Vec::new(),
        }
    }

    /// Also sums over these slots of each queue.
    pub(super) fn over(self, ranges: &[Vec<Range<usize>>]) -> Self {
        let sums = |slots: &Range<usize>| RangeSums {
            slots: slots.start..slots.end.min(self.network.slots),
            offered: Sums::default(),
            answered: Sums::default(),
            reached: Sums::default(),
            abandoned: Sums::default(),
            unanswered: Sums::default(),
            level: Sums::default(),
            asa: Sums::default(),
            waits: [0; BINS],
        };
        let of_queue = |ranges: &Vec<Range<usize>>| ranges.iter().map(sums).collect();
        Self {
            ranges: ranges.iter().map(of_queue).collect(),
            ..self
        }
    }

    pub(super) fn add(&mut self, tally: &Tally) {
        let (mut reached, mut base) = (0.0, 0.0);
        for (number, sums) in self.queues.iter_mut().enumerate() {
            let over = self.network.queues[number].over;
            for round in tally.rounds(number) {
                let of = round.base(over);
                let own = if of > 0.0 {
                    round.reached as f64 / of
                } else {
                    1.0
                };
                sums.runs[thousandth(own)] += 1;
            }
            let seen = QueueTally::sum(tally.rounds(number));
            let of = seen.base(over);
            let offered = seen.offered as f64;
            sums.offered.add(offered, 1.0);
            sums.answered.add(seen.answered as f64, offered);
            sums.abandoned.add(seen.abandoned as f64, offered);
            sums.unanswered.add(seen.unanswered as f64, offered);
            sums.at_close.add(seen.at_close as f64, 1.0);
            sums.level.add(seen.reached as f64, of);
            sums.asa.add(seen.wait, seen.answered as f64);
            sums.mean_wait.add(
                seen.wait + seen.wait_lost,
                (seen.answered + seen.abandoned) as f64,
            );
            let due = (seen.offered - seen.pending) as f64;
            sums.not_longer.add(due - seen.overlong as f64, due);
            reached += seen.reached as f64;
            base += of;
            for (sum, cell) in sums.cells.iter_mut().zip(tally.cells(number)) {
                sum.offered += cell.offered;
                sum.answered += cell.answered;
                sum.reached += cell.reached;
                sum.abandoned += cell.abandoned;
                sum.abandoned_late += cell.abandoned_late;
                sum.wait += cell.wait;
            }
            for bins in tally.waits(number) {
                add_bins(&mut sums.waits, bins);
            }
        }
        for (number, ranges) in self.ranges.iter_mut().enumerate() {
            let over = self.network.queues[number].over;
            for range in ranges {
                range.add(tally, number, over);
            }
        }
        self.all.add(reached, base);
        for (sums, seen) in self.groups.iter_mut().zip(&tally.groups) {
            sums.add(seen.busy, seen.present);
        }
    }

    /// What was seen over the slots asked for.
    pub(super) fn take_ranges(&mut self) -> Vec<Vec<RangeMeasure>> {
        let rounds = self.network.rounds();
        let finished = |range: RangeSums| range.finish(rounds);
        let of_queue = |ranges: Vec<RangeSums>| ranges.into_iter().map(finished).collect();
        std::mem::take(&mut self.ranges)
            .into_iter()
            .map(of_queue)
            .collect()
    }

    pub(super) fn finish(self) -> Measured {
        let rounds = self.network.rounds();
        Measured {
            replications: self.all.n as usize * rounds,
            level: share(self.all.ratio(1.0)),
            queues: self
                .queues
                .into_iter()
                .zip(&self.network.queues)
                .map(|(sums, queue)| QueueMeasure {
                    offered: sums.offered.mean(rounds),
                    answered: sums.answered.mean(rounds),
                    abandoned: sums.abandoned.mean(rounds),
                    unanswered: sums.unanswered.mean(rounds),
                    at_close: sums.at_close.mean(rounds),
                    reached: sums.level.mean(rounds),
                    level: share(sums.level.ratio(1.0)),
                    abandonment: share(sums.abandoned.ratio(0.0)),
                    asa: sums.asa.ratio(0.0),
                    mean_wait: sums.mean_wait.ratio(0.0),
                    not_longer: share(sums.not_longer.ratio(1.0)),
                    cells: sums.cells,
                    over: queue.over,
                    waits: sums.waits,
                    runs: sums.runs,
                })
                .collect(),
            groups: self
                .groups
                .into_iter()
                .map(|sums| GroupMeasure {
                    occupancy: share(sums.ratio(0.0)),
                    hours: sums.y / (sums.n.max(1.0) * rounds as f64) / 3600.0,
                })
                .collect(),
        }
    }
}

impl RangeSums {
    fn add(&mut self, tally: &Tally, queue: usize, over: LevelOver) {
        let mut sum = Cell::default();
        for cell in &tally.cells(queue)[self.slots.clone()] {
            sum.offered += cell.offered;
            sum.answered += cell.answered;
            sum.reached += cell.reached;
            sum.abandoned += cell.abandoned;
            sum.abandoned_late += cell.abandoned_late;
            sum.wait += cell.wait;
        }
        let offered = f64::from(sum.offered);
        let settled = f64::from(sum.answered + sum.abandoned);
        self.offered.add(offered, 1.0);
        self.answered.add(f64::from(sum.answered), 1.0);
        self.reached.add(f64::from(sum.reached), 1.0);
        self.abandoned.add(f64::from(sum.abandoned), 1.0);
        self.unanswered.add((offered - settled).max(0.0), 1.0);
        self.level
            .add(f64::from(sum.reached), f64::from(sum.base(over)));
        self.asa.add(sum.wait, f64::from(sum.answered));
        let waits = tally.waits(queue);
        for slot in self.slots.clone() {
            if let Some(bins) = waits.get(slot) {
                add_bins(&mut self.waits, bins);
            }
        }
    }

    fn finish(self, rounds: usize) -> RangeMeasure {
        RangeMeasure {
            offered: self.offered.mean(rounds),
            answered: self.answered.mean(rounds),
            reached: self.reached.mean(rounds),
            abandoned: self.abandoned.mean(rounds),
            unanswered: self.unanswered.mean(rounds),
            level: share(self.level.ratio(1.0)),
            asa: self.asa.ratio(0.0),
            waits: self.waits,
        }
    }
}

impl RangeMeasure {
    /// The wait that a share of the answered does not exceed, seconds; within a quarter doubling.
    pub fn wait_quantile(&self, share: f64) -> f64 {
        quantile(&self.waits, share)
    }
}

fn add_bins(sums: &mut [u64; BINS], bins: &[u32; BINS]) {
    for (sum, count) in sums.iter_mut().zip(bins) {
        *sum += u64::from(*count);
    }
}

fn thousandth(share: f64) -> usize {
    ((share * 1000.0 + 1e-9) as usize).min(1000)
}

/// An interval of a share stays within 0 to 1.
fn share(interval: Interval) -> Interval {
    Interval {
        mean: interval.mean.clamp(0.0, 1.0),
        low: interval.low.clamp(0.0, 1.0),
        high: interval.high.clamp(0.0, 1.0),
    }
}

impl QueueTally {
    /// What the service level is taken over.
    pub fn base(&self, over: LevelOver) -> f64 {
        let base = match over {
            LevelOver::Offered => self.offered - self.pending,
            LevelOver::Answered => self.answered,
            LevelOver::AnsweredAndLateAbandoned => self.answered + self.abandoned_late,
        };
        base as f64
    }
}

impl Cell {
    /// What the service level is taken over.
    pub fn base(&self, over: LevelOver) -> u32 {
        match over {
            LevelOver::Offered => self.offered,
            LevelOver::Answered => self.answered,
            LevelOver::AnsweredAndLateAbandoned => self.answered + self.abandoned_late,
        }
    }
}

impl QueueMeasure {
    /// The wait that a share of the answered does not exceed, seconds; within a quarter doubling.
    pub fn wait_quantile(&self, share: f64) -> f64 {
        quantile(&self.waits, share)
    }

    /// Share of replications whose own share in time lies below `share`, to a thousandth.
    pub fn runs_below(&self, share: f64) -> f64 {
        let all: u32 = self.runs.iter().sum();
        let below: u32 = self.runs[..thousandth(share)].iter().sum();
        f64::from(below) / f64::from(all.max(1))
    }

    /// Share on target of the contacts that arrived in some slots; none if there were none.
    pub fn level_in(&self, slots: impl IntoIterator<Item = usize>) -> Option<f64> {
        let (reached, base) = self.reached_in(slots);
        (base > 0).then(|| reached as f64 / base as f64)
    }

    /// Contacts that arrived in some slots, over all replications: on target, and of how many.
    pub fn reached_in(&self, slots: impl IntoIterator<Item = usize>) -> (u64, u64) {
        let cells = slots.into_iter().map(|slot| &self.cells[slot]);
        cells.fold((0, 0), |(reached, base), cell| {
            let of = u64::from(cell.base(self.over));
            (reached + u64::from(cell.reached), base + of)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_and_their_intervals() {
        let mut sums = Sums::default();
        for (x, y) in [(8.0, 10.0), (18.0, 20.0), (7.0, 10.0), (16.0, 20.0)] {
            sums.add(x, y);
        }
        let ratio = sums.ratio(1.0);
        assert!((ratio.mean - 49.0 / 60.0).abs() < 1e-12);
        // By hand: residuals x − r y are −1/6, 5/3, −7/6, −1/3.
        let residual: f64 = (1.0 + 100.0 + 49.0 + 4.0) / 36.0;
        let half = 3.182_446 * (residual / 3.0 / 225.0 / 4.0).sqrt();
        assert!((ratio.high - ratio.mean - half).abs() < 1e-6);
        assert_eq!(Sums::default().ratio(1.0).mean, 1.0);
    }
}
