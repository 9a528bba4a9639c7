//! Requirement: how many agents on the line a set of queues needs in each slot, by formula.

pub mod chat;
mod curve;
pub mod deferrable;
pub mod delay;
pub mod erlang;
pub mod load;
mod own_team;
pub mod patience;
pub mod presets;
pub mod service;
mod size;
mod stream;
pub mod target;
pub mod uncertain;

use crate::ids::QueueId;
use crate::table::Table;

pub use curve::{PoolCurve, pool_curve};
pub use own_team::{OwnTeam, WORTH, own_teams};
pub use patience::Patience;
pub use service::{LevelOver, Service, Traffic};
pub use size::{least, pool, size};
pub use stream::{level_over, target_of};
pub use target::{Target, least_agents, least_fractional_agents, most_contacts, most_rate};

/// What must be on the line: pools of real-time queues, and work that may wait.
#[derive(Debug, Clone)]
pub struct Requirement {
    /// Each real-time queue alone, then each language, client, and all together where they hold more
    /// than one queue. A pool's size is a lower bound for any staffing.
    pub pools: Vec<Pool>,
    pub deferrable: Vec<DeferrableWork>,
    /// Offered load of each queue per slot in erlangs (workload ÷ slot).
    pub load: Table<QueueId, Vec<f64>>,
    /// Least agents each queue alone needs per slot for its promise; 0 for deferrable queues.
    pub alone: Table<QueueId, Vec<u32>>,
    /// Least agents on the line while open; 0 where closed.
    pub minimum: Table<QueueId, Vec<u32>>,
}

/// A set of queues and the agents it needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Pool {
    /// "cs-phone", "language cs", "client lumo", "all".
    pub name: String,
    pub queues: Vec<QueueId>,
    /// Agents on the line per slot.
    pub agents: Vec<u32>,
    /// Summed load per slot in erlangs.
    pub offered_load: Vec<f64>,
}

/// Work that arrives in a slot and must be done by the end of another.
#[derive(Debug, Clone, PartialEq)]
pub struct DeferrableWork {
    pub queue: QueueId,
    /// Agent-hours of work arriving in each slot, before the share of the promise.
    pub arriving: Vec<f64>,
    /// The last slot in which work that arrives in a slot is still on time; may lie past the horizon,
    /// then it is `slots`.
    pub due: Vec<usize>,
    /// Whether it can be worked on in a slot; mail may be answered outside the queue's hours wherever
    /// agents are on the line, so this is normally true.
    pub workable: Vec<bool>,
}

impl Requirement {
    /// Agents on the line at the busiest slot, over the widest pools (each queue counted once) or, where
    /// they overlap, the pool of all.
    pub fn peak_agents(&self) -> u32 {
        self.widest()
            .map_or(0, |pool| pool.agents.iter().copied().max().unwrap_or(0))
    }

    /// Agents × hours of the widest pool plus the work that may wait.
    pub fn agent_hours(&self, slot_hours: f64) -> f64 {
        self.agent_hours_on_line(slot_hours) + self.deferrable_hours()
    }

    /// Agents × hours of the widest pool.
    pub fn agent_hours_on_line(&self, slot_hours: f64) -> f64 {
        let on_line: f64 = self.widest().map_or(0.0, |pool| {
            pool.agents.iter().map(|&agents| f64::from(agents)).sum()
        });
        on_line * slot_hours
    }

    /// Hours of the work that may wait.
    pub fn deferrable_hours(&self) -> f64 {
        self.deferrable.iter().flat_map(|work| &work.arriving).sum()
    }

    fn widest(&self) -> Option<&Pool> {
        self.pools.iter().max_by_key(|pool| pool.queues.len())
    }
}
