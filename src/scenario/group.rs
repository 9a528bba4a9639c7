//! Agents of one site with one set of queues they can serve.

use super::{Channel, LanguageLevel, Speaks};
use crate::ids::{ClientId, LanguageId, ShiftId, SiteId};
use crate::units::{Hours, Seconds, Share};

/// Agents alike: one site, one set of skills, one wage, one contract.
#[derive(Debug, Clone, PartialEq)]
pub struct AgentGroup {
    pub name: String,
    pub site: SiteId,
    pub employer: Employer,
    pub kind: GroupKind,
    /// The clients it may learn.
    pub clients: Vec<ClientId>,
    pub languages: Vec<Speaks>,
    pub channels: Vec<Channel>,
    /// Pay per hour in the scenario's currency, before charges and premiums.
    pub wage: f64,
    /// Employer's charges on pay.
    pub charges: Share,
    /// Paid time not on the line, by kind, beyond the breaks of a shift.
    pub shrinkage: Vec<Shrinkage>,
    /// What each of them is hired for.
    pub contract: ContractWeek,
    /// Most people on the roster, stand-ins for the absent not counted; none means no limit, 0 that the group is not
    /// there.
    pub max_agents: Option<u32>,
    /// Takes only contacts that have waited this long for others; 0 for a group of the first line.
    pub overflow_after: Seconds,
    pub shifts: Vec<ShiftId>,
}

/// The week that one agent is hired for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ContractWeek {
    /// Paid hours.
    pub hours: Hours,
    /// Most shifts.
    pub days: u32,
    /// Minutes of the clock, round midnight too, within which the shifts of one week begin; none: anywhere.
    pub start_band: Option<u32>,
}

/// Who pays them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Employer {
    /// The shop itself.
    Own,
    /// An agency.
    Partner,
}

/// For whom they work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupKind {
    /// Each agent works for one client.
    Dedicated,
    /// Each agent works for up to `max_clients` clients: a pod.
    Shared { max_clients: u32 },
}

impl GroupKind {
    /// The most clients that each agent knows.
    pub const fn most_clients(self) -> usize {
        match self {
            Self::Dedicated => 1,
            Self::Shared { max_clients } => max_clients as usize,
        }
    }
}

/// Paid time not on the line.
#[derive(Debug, Clone, PartialEq)]
pub struct Shrinkage {
    /// "leave", "sickness", "training", "meetings" …
    pub kind: String,
    pub share: Share,
}

impl AgentGroup {
    /// Shrinkage of all kinds.
    pub fn total_shrinkage(&self) -> Share {
        self.shrinkage.iter().map(|kind| kind.share).sum()
    }

    /// Paid hours per hour of a shift filled: 1 ÷ (1 − shrinkage).
    pub fn paid_per_filled(&self) -> f64 {
        1.0 / self.total_shrinkage().rest().value()
    }

    /// Whether it speaks a language, natively if asked.
    pub fn speaks(&self, language: LanguageId, native_only: bool) -> bool {
        self.languages.iter().any(|speaks| {
            speaks.language == language && (!native_only || speaks.level == LanguageLevel::Native)
        })
    }
}
