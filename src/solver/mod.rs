//! The tool: `good_lp` and HiGHS behind one narrow door. Limits go in; a solution and its [`Proof`] come out.
//!
//! Two ways in, one way out:
//!
//! * [`minimise`] solves a model written with good_lp's `constraint!`: small models that should read like
//!   their formula;
//! * [`Program`] holds columns and rows as plain values; [`Live`] keeps such a program loaded in HiGHS, so
//!   that rows and bounds can change between solves and duals can be read: large models, cuts,
//!   neighbourhoods.
//!
//! Nothing outside this folder names a type of HiGHS.

mod expression;
mod live;
mod program;

pub use expression::{Answer, minimise};
pub use live::Live;
pub use program::{ColumnId, Program, RowId};

/// Threads of every model of the process. HiGHS keeps one pool per process and refuses a second size; its
/// tree search gains little from more, and one thread leaves the others to simulation.
const THREADS: i32 = 1;

/// How linear relaxations are solved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Method {
    /// HiGHS chooses (dual simplex).
    #[default]
    Automatic,
    /// Interior point with crossover: the fast way for cover models of tens of thousands of rows.
    InteriorPoint,
}

/// When a solve may stop. Without `seconds` it stops by gap or nodes only, and is repeatable to the bit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Relative gap between objective and bound that is good enough (0.001 = 0.1 %).
    pub gap: f64,
    /// Wall-clock seconds.
    pub seconds: Option<f64>,
    /// Nodes of the branch-and-bound tree.
    pub nodes: Option<u32>,
    /// Iterations of the simplex method.
    pub iterations: Option<u32>,
    /// Seed of HiGHS's own choices.
    pub seed: u32,
    /// Method for linear relaxations.
    pub method: Method,
}

impl Limits {
    /// Solve to the relative `gap`, whatever it takes.
    pub fn to_gap(gap: f64) -> Self {
        Self {
            gap,
            seconds: None,
            nodes: None,
            iterations: None,
            seed: 0,
            method: Method::Automatic,
        }
    }
}

/// What the solver can say of its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Proved within the gap asked for.
    Optimal,
    /// A solution, stopped by a limit before the gap was reached.
    Feasible,
    /// No solution exists.
    Infeasible,
    /// The objective has no least value.
    Unbounded,
    /// Stopped by a limit, or failed, before any solution was found.
    NoSolution,
}

/// What a solve proves: no solution costs less than `bound`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Proof {
    /// How the solve ended.
    pub status: Status,
    /// Cost of the solution in hand (infinite without one).
    pub objective: f64,
    /// Least cost any solution could have.
    pub bound: f64,
}

impl Proof {
    /// (objective − bound) ÷ objective; 0 when both are 0.
    pub fn gap(&self) -> f64 {
        relative_gap(self.objective, self.bound)
    }

    /// Is there a solution to read?
    pub fn has_solution(&self) -> bool {
        matches!(self.status, Status::Optimal | Status::Feasible)
    }
}

/// (objective − bound) ÷ |objective|, never negative; infinite without a finite objective.
pub fn relative_gap(objective: f64, bound: f64) -> f64 {
    if !objective.is_finite() || !bound.is_finite() {
        return f64::INFINITY;
    }
    let distance = (objective - bound).max(0.0);
    if distance < 1e-9 {
        0.0
    } else {
        distance / objective.abs().max(1e-9)
    }
}

/// A solution and what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Status, objective and bound.
    pub proof: Proof,
    /// Value of each column (empty without a solution).
    pub columns: Vec<f64>,
    /// Reduced cost of each column (linear programs only, else empty).
    pub reduced_costs: Vec<f64>,
    /// Dual of each row (linear programs only, else empty).
    pub duals: Vec<f64>,
}
