//! The whole way of the data on one screen.

use crate::audit::Finding;
use crate::compare::{BreakEven, Comparison};
use crate::demand::Demand;
use crate::requirement::Requirement;
use crate::roster::Roster;
use crate::scenario::Scenario;

/// A finished plan: every stage's value. The scenario, demand and requirement are the user's own; those
/// of the chosen set-up, companions included, lie in `comparison.setups[chosen]`.
#[derive(Debug, Clone)]
pub struct Plan {
    pub scenario: Scenario,
    pub demand: Demand,
    pub requirement: Requirement,
    pub comparison: Comparison,
    /// Index into `comparison.setups`: the set-up whose shifts and roster are handed on.
    pub chosen: usize,
    pub roster: Roster,
    pub findings: Vec<Finding>,
    pub break_even: BreakEven,
}
