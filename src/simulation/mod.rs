//! Simulation: what really happens when the plan meets the demand; the judge.

mod detail;
pub mod engine;
mod missed;
pub mod promise;
mod replay;
mod sizing;

use crate::ids::QueueId;
use crate::table::Table;

pub use detail::{Detail, Stretch, detail};
pub use missed::{Missed, MissedQueue, More, MoreAgents, WorstHours, missed};
pub use promise::{Part, PartKind};
pub use replay::{network, replay, replay_before, replications, shifts};
pub use sizing::iterate;

/// What the replications saw.
#[derive(Debug, Clone)]
pub struct Observed {
    pub seed: u64,
    pub replications: usize,
    pub queues: Table<QueueId, QueueService>,
    /// Share of time on the line spent on contacts, per team of the staffing.
    pub occupancy: Vec<Interval>,
}

/// Service of one queue over the horizon, means over replications.
#[derive(Debug, Clone)]
pub struct QueueService {
    pub offered: f64,
    pub answered: f64,
    pub abandoned: f64,
    /// Neither answered nor abandoned when the horizon ends.
    pub unanswered: f64,
    /// Still in line when the queue closed; they are answered later, hang up, or stay unanswered.
    pub at_close: f64,
    /// Share within the promised time (or done by the deadline), with its 95 % interval.
    pub reached: Interval,
    /// The share promised; 0 where a mean wait or a share of hang-ups alone is.
    pub promised: f64,
    /// Probability that one run of the horizon (a week, say) by itself ends below the share promised, where one is.
    pub risk: Option<f64>,
    /// Of those answered; not a number where nobody is, as are the quantiles.
    pub mean_wait: Interval,
    /// Every part of the promise with what was seen of it; empty where nothing was simulated.
    pub parts: Vec<Part>,
    /// Half wait no longer.
    pub wait_p50: f64,
    /// 90 % wait no longer.
    pub wait_p90: f64,
    /// 95 % wait no longer.
    pub wait_p95: f64,
    /// Share within the promised time per day of the horizon, on the market's wall clock.
    pub by_day: Vec<f64>,
}

/// A mean with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Interval {
    pub mean: f64,
    pub low: f64,
    pub high: f64,
}

impl QueueService {
    /// Whether every part of the promise is kept, and at 95 % confidence but for a hair.
    pub fn keeps_promise(&self) -> bool {
        let reached = self.reached;
        reached.mean >= self.promised
            && reached.low >= self.promised - promise::HAIR
            && self.parts.iter().all(Part::kept)
    }

    /// The share promised, where one is.
    pub fn promised_share(&self) -> Option<f64> {
        (self.promised > 0.0).then_some(self.promised)
    }

    /// Share of those who came that were never answered.
    pub fn lost(&self) -> f64 {
        (self.abandoned + self.unanswered) / self.offered.max(1e-9)
    }

    /// The part of the promise that decides: the first that is missed, else the first.
    pub fn deciding(&self) -> Option<&Part> {
        self.missed().next().or(self.parts.first())
    }

    /// The parts of the promise that are missed.
    pub fn missed(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|part| !part.kept())
    }
}
