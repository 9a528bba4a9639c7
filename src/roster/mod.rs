//! Roster: named agents and their duties.
//!
//! Staffing says how many of each shift are worked; the roster says by whom, so that rest, days and
//! hours of each person are kept and shifts of a person start at about the same time.

mod assign;
mod backup;
mod crew;
mod learn;

use chrono::{DateTime, Utc};

use crate::ids::{ClientId, GroupId, QueueId};
use crate::table::Table;

pub use assign::{Spare, assign, beyond};
pub use backup::Backup;

/// Named agents, what they work, and who stands in for them.
#[derive(Debug, Clone, Default)]
pub struct Roster {
    pub agents: Vec<RosteredAgent>,
    pub backups: Vec<Backup>,
}

/// One person.
#[derive(Debug, Clone, PartialEq)]
pub struct RosteredAgent {
    /// "prague-shared-pod-1 03".
    pub name: String,
    /// Index into `Staffing::teams`.
    pub team: usize,
    pub group: GroupId,
    /// Clients and queues of the team.
    pub clients: Vec<ClientId>,
    pub queues: Vec<QueueId>,
    /// In the order of their starts.
    pub duties: Vec<Duty>,
}

/// One shift of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    pub breaks: Vec<Pause>,
}

/// A break of a duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    pub paid: bool,
}

impl Roster {
    /// People per group, groups without anyone included.
    pub fn heads(&self, groups: impl Iterator<Item = GroupId>) -> Table<GroupId, usize> {
        groups
            .map(|group| {
                self.agents
                    .iter()
                    .filter(|agent| agent.group == group)
                    .count()
            })
            .collect()
    }
}

impl Duty {
    /// Hours worked: unpaid breaks taken out.
    pub fn paid_hours(&self) -> f64 {
        let unpaid: i64 = self
            .breaks
            .iter()
            .filter(|pause| !pause.paid)
            .map(|pause| (pause.end - pause.start).num_minutes())
            .sum();
        ((self.end - self.start).num_minutes() - unpaid) as f64 / 60.0
    }
}
