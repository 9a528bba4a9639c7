//! Set-ups side by side, on the same demand and the same promises.

use crate::cost::Costing;
use crate::demand::Demand;
use crate::ids::SetupId;
use crate::requirement::Requirement;
use crate::scenario::Scenario;
use crate::simulation::Observed;
use crate::staffing::Staffing;

/// Every set-up of the scenario, planned, simulated and priced.
#[derive(Debug, Clone)]
pub struct Comparison {
    pub setups: Vec<SetupResult>,
    /// Index of the cheapest set-up whose promises hold, or of the cheapest of all where none holds.
    pub cheapest: usize,
}

/// One set-up's plan, proof and price.
#[derive(Debug, Clone)]
pub struct SetupResult {
    pub setup: SetupId,
    /// The scenario as this set-up sees it: the user's own clients, queues and groups first, under
    /// their own ids, then the companions that share its pods. The demand and the requirement, the
    /// staffing's teams and the simulation are of this scenario; the costing is the user's share.
    pub scenario: Scenario,
    pub demand: Demand,
    pub requirement: Requirement,
    pub staffing: Staffing,
    pub observed: Observed,
    pub costing: Costing,
    /// Whether every queue keeps its promise in simulation and nothing is left uncovered.
    pub keeps_promises: bool,
}

/// Cost of one interaction at several volumes.
#[derive(Debug, Clone, Default)]
pub struct BreakEven {
    pub points: Vec<BreakEvenPoint>,
}

/// One volume.
#[derive(Debug, Clone)]
pub struct BreakEvenPoint {
    pub interactions_per_day: f64,
    /// Cost of one interaction per set-up, in their order.
    pub per_interaction: Vec<f64>,
    pub cheapest: usize,
}
