//! Roster: named agents and their duties.

use chrono::{DateTime, Utc};

/// Named agents and what they work.
#[derive(Debug, Clone, Default)]
pub struct Roster {
    pub agents: Vec<RosteredAgent>,
}

/// One person.
#[derive(Debug, Clone, PartialEq)]
pub struct RosteredAgent {
    /// "prague-shared-pod-1 03".
    pub name: String,
    /// Index into `Staffing::teams`.
    pub team: usize,
    pub duties: Vec<Duty>,
}

/// One shift of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    /// (start, end, paid)
    pub breaks: Vec<(DateTime<Utc>, DateTime<Utc>, bool)>,
}
