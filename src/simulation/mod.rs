//! Simulation: what really happens when the plan meets the demand; the judge.

mod detail;
pub mod engine;
pub mod promise;
mod replay;
mod sizing;

use crate::ids::QueueId;
use crate::table::Table;

pub use detail::{Detail, Stretch, detail};
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
    pub promised: f64,
    /// Probability that one run of the horizon (a week, say) by itself ends below the share promised.
    pub risk: f64,
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

    /// The parts of the promise that are missed.
    pub fn missed(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|part| !part.kept())
    }
}
