//! Audit: a second opinion on a roster, re-derived from wall clocks; it knows neither the solver nor
//! staffing.
//!
//! ```text
//! people   rest, hours, days, starts, breaks, skills, clients of each agent; how many; who stands in
//! law      nights and Sundays
//! places   minimum cover of open queues, seats and opening of sites
//! ```

mod law;
mod people;
mod places;

use serde::Serialize;

use crate::requirement::Requirement;
use crate::roster::Roster;
use crate::scenario::Scenario;

/// A rule that a roster breaks.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// "rest", "hours", "days", "start", "break", "skill", "clients", "heads", "backup", "night", "sundays",
    /// "cover", "seats", "opening".
    pub rule: &'static str,
    /// In words: who, when, how much.
    pub detail: String,
}

/// Every rule that the roster breaks; none is the answer hoped for.
pub fn check(scenario: &Scenario, requirement: &Requirement, roster: &Roster) -> Vec<Finding> {
    let mut findings = people::check(scenario, roster);
    findings.extend(law::check(scenario, roster));
    findings.extend(places::check(scenario, requirement, roster));
    findings
}
