//! Staffing: which shifts of which teams cover the requirement at the least cost.

mod alone;
mod anneal;
mod candidates;
mod charge;
mod contract;
mod duties;
mod earlier;
mod free_sundays;
mod greedy;
mod instance;
mod joined;
mod left;
mod model;
mod neighbourhoods;
mod paid;
mod parted;
mod pledges;
mod pods;
mod promise;
mod relaxation;
mod runs;
mod search;
mod shortage;
mod stage;
mod task;
mod terms;
mod whole_heads;

use std::ops::Range;

use chrono::{DateTime, Utc};

use crate::ids::{ClientId, GroupId, QueueId, ShiftId};

pub use contract::Contract;
pub(crate) use contract::{Hired, hire};
pub use duties::{Begin, Capacity, Duties, begins};
pub use earlier::{Earlier, EarlierShift, EarlierTeam};
pub(crate) use greedy::covered;
pub use instance::{
    Choice, Cover, Deferrable, Group, InAll, Instance, Limit, Plan, Pledge, Shift, take_out,
};
pub(crate) use left::Left;
pub use paid::{worked_out, worked_within};
pub use parted::{Parts, Price, Promises};
pub use pledges::Curve;
pub use promise::{Promise, solve_promise};
pub use relaxation::{Rounded, round};
pub use search::{Effort, Progress, Solved, solve};
pub use stage::{Crew, Limits, optimise, proof};
pub use task::Task;
pub use whole_heads::{best_of_paid, hire_whole};

/// Who works when, and what the solver can say of it.
#[derive(Debug, Clone)]
pub struct Staffing {
    /// Teams: an agent group, or a pod of one with the clients it has learnt.
    pub teams: Vec<Team>,
    pub shifts: Vec<PlannedShift>,
    /// Agents on the line (breaks taken out) per team and slot.
    pub on_line: Vec<Vec<u32>>,
    /// Cover of each pool of the requirement, in its order: agents able to serve any queue of it.
    pub cover: Vec<Vec<u32>>,
    pub shortfall: Vec<Shortfall>,
    pub proof: Proof,
}

/// Agents who share a site and a set of queues.
#[derive(Debug, Clone, PartialEq)]
pub struct Team {
    /// The group's name, with its clients where a shared group was split into pods.
    pub name: String,
    pub group: GroupId,
    /// Clients it has learnt.
    pub clients: Vec<ClientId>,
    /// Queues it serves, in the order in which it prefers them.
    pub queues: Vec<QueueId>,
}

/// A shift of a team on a date, worked by some agents.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedShift {
    /// Index into `Staffing::teams`.
    pub team: usize,
    pub template: ShiftId,
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    pub breaks: Vec<PlannedBreak>,
    pub agents: u32,
    /// Pay of one agent for what of it lies within the horizon, with premiums, before charges and shrinkage.
    pub pay: f64,
    /// The part of `pay` that is premiums.
    pub premium: f64,
    /// Paid hours of one agent (unpaid breaks taken out), alike.
    pub paid_hours: f64,
}

/// A break of a planned shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedBreak {
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    pub paid: bool,
}

impl PlannedShift {
    /// Hours of one agent within a span of time: paid, and those of them on the line.
    pub fn worked(&self, within: &Range<DateTime<Utc>>) -> (f64, f64) {
        worked((self.start, self.end), &self.breaks, within)
    }
}

/// Hours of a shift with its breaks within a span of time: paid, and those of them on the line.
fn worked(
    shift: (DateTime<Utc>, DateTime<Utc>),
    breaks: &[PlannedBreak],
    within: &Range<DateTime<Utc>>,
) -> (f64, f64) {
    let present = (shift.0.max(within.start), shift.1.min(within.end));
    let all = overlap(present, present);
    let off = |paid: bool| -> i64 {
        let breaks = breaks.iter().filter(|pause| pause.paid == paid);
        breaks
            .map(|pause| overlap((pause.start, pause.end), present))
            .sum()
    };
    let paid = all - off(false);
    let hours = |seconds: i64| seconds as f64 / 3600.0;
    (hours(paid), hours(paid - off(true)))
}

/// Seconds that two spans have in common.
fn overlap(a: (DateTime<Utc>, DateTime<Utc>), b: (DateTime<Utc>, DateTime<Utc>)) -> i64 {
    (a.1.min(b.1) - a.0.max(b.0)).num_seconds().max(0)
}

/// A promise that cannot be kept, in the words of the domain.
#[derive(Debug, Clone, PartialEq)]
pub struct Shortfall {
    /// The pool or deferrable queue that is short.
    pub pool: String,
    /// Its queues.
    pub queues: Vec<QueueId>,
    /// First slot of the run.
    pub slot: usize,
    /// Slots in the run.
    pub slots: usize,
    /// Agent-hours missing.
    pub agent_hours: f64,
    /// Why and what would mend it.
    pub reason: String,
}

/// The status of a plan that misses promises when a clock has ended the search for a better one.
pub const CUT_SHORT: &str = "promises missed in the time given";

/// What the solver can say of its answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Proof {
    /// "optimal", "within gap", "time limit"; of a plan that was simulated "within gap", "promises kept", "promises
    /// kept, hours open", "promises missed", or [`CUT_SHORT`].
    pub status: String,
    /// Cost of the plan as the model counts it: loaded pay with premiums plus priced shortfall.
    pub objective: f64,
    /// No plan can cost less.
    pub bound: f64,
    /// (objective − bound) ÷ objective.
    pub gap: f64,
    pub seconds: f64,
}

impl Staffing {
    /// Agents × paid hours.
    pub fn paid_hours(&self) -> f64 {
        // An empty sum of floats is −0.
        0.0 + self
            .shifts
            .iter()
            .map(|shift| shift.paid_hours * f64::from(shift.agents))
            .sum::<f64>()
    }

    /// Agent-hours that the requirement asks for and the plan leaves open.
    pub fn shortfall_hours(&self) -> f64 {
        0.0 + self
            .shortfall
            .iter()
            .map(|short| short.agent_hours)
            .sum::<f64>()
    }
}
