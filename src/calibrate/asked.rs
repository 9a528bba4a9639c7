//! What is asked of a plan, what it lacks of it, and what that is worth.

use std::ops::Range;

use super::{Loop, Seen};
use crate::simulation::engine::{Measured, QueueMeasure};

/// What is left of the price of a contact short after a round with enough contacts in time: a price too high makes
/// every step look bad that leaves some queue short by chance. At least so many times what the last step would have paid
/// for one more.
const RELIEF: f64 = 0.7;
const DEARER: f64 = 1.5;
/// Share of a queue that may always come too late, whatever is asked for.
const LEAST_LATE: f64 = 0.003;

impl Loop<'_> {
    /// Contacts per replication answered in time, and those that should be: by queue and period, as many for each queue.
    pub(super) fn contacts(&self, measured: &Measured) -> (Vec<f64>, Vec<f64>) {
        let all = measured.queues.len() * self.most_periods;
        let (mut reached, mut wanted) = (vec![0.0; all], vec![0.0; all]);
        for (q, seen) in measured.queues.iter().enumerate() {
            let share = match self.problem.promised[q] {
                Some(share) if self.served[q] => share + self.margin[q],
                _ => 0.0,
            };
            let first = q * self.most_periods;
            let periods = self.problem.periods[q];
            if let [_] = periods {
                reached[first] = seen.level.mean * seen.offered.mean;
                wanted[first] = share * seen.offered.mean;
                continue;
            }
            for (place, slots) in (first..).zip(periods) {
                let cells = &seen.cells[slots.clone()];
                let offered: u64 = cells.iter().map(|cell| u64::from(cell.offered)).sum();
                let offered = offered as f64 / measured.replications.max(1) as f64;
                reached[place] = seen.level_in(slots.clone()).unwrap_or(1.0) * offered;
                wanted[place] = share * offered;
            }
        }
        (reached, wanted)
    }

    /// Cost, and the price of every contact that should have been answered in time and was not.
    pub(super) fn merit(&self, seen: &Seen) -> f64 {
        let (reached, wanted) = self.contacts(&seen.measured);
        let short = reached.iter().zip(&wanted).zip(&self.penalty);
        seen.cost + short.map(|((r, w), p)| p * (w - r).max(0.0)).sum::<f64>()
    }

    /// Aim at what puts the lower end of the interval where it has to be.
    pub(super) fn set_margins(&mut self, measured: &Measured) {
        for (q, seen) in measured.queues.iter().enumerate() {
            let half = self.effort.certainty * (seen.level.mean - seen.level.low);
            let promised = self.problem.promised[q].unwrap_or(0.0);
            let in_time = seen.level.low - promised;
            // What another part of the promise asks for beyond the share in time that is reached.
            let slack = (self.problem.slack)(q, seen);
            let more = if slack < in_time.min(0.0) {
                let most = 1.0 - LEAST_LATE - promised;
                (in_time - slack).min(most.max(0.0))
            } else {
                0.0
            };
            let least = (half - self.effort.tolerance).max(0.0) + 0.001;
            self.margin[q] = least + self.extra[q] + more;
        }
    }

    pub(super) fn set_penalties(&mut self, measured: &Measured, idle: bool) {
        let (reached, wanted) = self.contacts(measured);
        // The nearer the end, the more a promise missed is worth.
        let factor = if idle {
            // Nothing was worth its price.
            4.0
        } else if self.effort.clock.is_some() && self.time_left(0.4) > 0.0 {
            1.4
        } else {
            2.0
        };
        for (cell, (reached, wanted)) in reached.into_iter().zip(wanted).enumerate() {
            let penalty = &mut self.penalty[cell];
            if reached < wanted * 0.997 {
                *penalty *= factor;
            } else if reached > wanted {
                let price = self.prices.get(cell).map_or(0.0, |price| DEARER * price);
                let least = price.max(self.least_penalty).min(*penalty);
                *penalty = (RELIEF * *penalty).max(least);
            }
        }
    }

    pub(super) fn keeps(&self, measured: &Measured) -> bool {
        (0..self.problem.promised.len())
            .all(|q| !self.served[q] || self.shortage(measured, q) + self.extra[q] <= 0.0)
    }

    /// How far a queue lies below what is asked of it.
    pub(super) fn shortage(&self, measured: &Measured, queue: usize) -> f64 {
        let (problem, seen) = (&self.problem, &measured.queues[queue]);
        shortage(
            seen,
            problem.promised[queue],
            problem.periods[queue],
            || {
                let wider = (1.0 - self.effort.certainty) * (seen.level.mean - seen.level.low);
                (problem.slack)(queue, seen) + wider + self.effort.tolerance
            },
        )
    }
}

/// How far the mean of a queue lies below `share`, or its `slack` below zero, whichever is more; of several
/// periods, the mean of the worst. Minus infinity without a promise or a contact.
pub fn shortage(
    seen: &QueueMeasure,
    share: Option<f64>,
    periods: &[Range<usize>],
    slack: impl Fn() -> f64,
) -> f64 {
    let Some(share) = share.filter(|_| seen.offered.mean > 0.0) else {
        return f64::NEG_INFINITY;
    };
    let over_all = (share - seen.level.mean).max(-slack());
    if periods.len() < 2 {
        return over_all;
    }
    let levels = periods
        .iter()
        .filter_map(|slots| seen.level_in(slots.clone()));
    levels.fold(over_all, |worst, level| worst.max(share - level))
}
