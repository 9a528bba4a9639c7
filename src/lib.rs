//! crewcast: forecast, staff, simulate, roster and price a multilingual contact centre.
//!
//! The way of the data, each arrow a plain value (see [`plan`]):
//!
//! ```text
//! input::read -> Scenario -> demand::forecast -> requirement::size -> staffing::optimise
//!   -> simulation::replay -> roster::assign -> audit::check -> cost::price -> compare -> report, output
//! ```
//!
//! Floors; imports only go down, and `tests/floors.rs` fails otherwise:
//!
//! 0. vocabulary: [`units`], [`ids`], [`table`], [`sheet`], [`time`]
//! 1. the domain at rest: [`problem`], [`scenario`]
//! 2. the tool: [`solver`], the only place that knows HiGHS
//! 3. the rooms, left to right: [`demand`], [`requirement`], [`staffing`], [`simulation`], [`roster`],
//!    [`audit`], [`cost`]
//! 4. the whole: [`plan`], [`calibrate`], [`compare`], [`whatif`]
//! 5. edges: [`input`], [`output`], [`report`]: the only code that touches the disk
//! 6. the door: [`cli`]: the only code that touches the console, the clock and the environment

pub mod ids;
pub mod sheet;
pub mod table;
pub mod time;
pub mod units;

pub mod problem;
pub mod scenario;

pub mod solver;

pub mod audit;
pub mod cost;
pub mod demand;
pub mod requirement;
pub mod roster;
pub mod simulation;
pub mod staffing;

pub mod calibrate;
pub mod compare;
pub mod plan;
pub mod settle;
pub mod whatif;

pub mod input;
pub mod output;
pub mod report;

pub mod cli;
