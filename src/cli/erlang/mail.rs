//! Work that may wait at the calculator: the least agents that get a steady stream done by its deadline.

use serde::Serialize;
use statrs::distribution::{ContinuousCDF, Normal};

use super::args::{Args, duration_text};
use super::positions;
use crate::ids::QueueId;
use crate::requirement::DeferrableWork;
use crate::requirement::deferrable::{due_slots, least_extra_agents, work_spread};

/// Intervals laid out after the deadline, so that every stretch of it is there.
const AFTER: usize = 50;
/// Most intervals that a deadline may be long.
const MOST_INTERVALS: f64 = 20_000.0;
/// Handle times are taken as spread as in scenarios: standard deviation ÷ mean.
const SPREAD: f64 = 0.8;

/// The answer, as `--json` prints it.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    agents: u32,
    positions: u64,
    occupancy: f64,
    offered_load: f64,
    contacts: f64,
    deadline_seconds: f64,
    /// Probability with which the work of any stretch as long as the deadline is done in time.
    probability: f64,
    model: &'static str,
}

/// The least agents, all their time on this work; those on the line do it in their idle time first.
pub(super) fn answer(args: &Args, deadline: f64) -> Result<Answer, String> {
    let contacts = args
        .contacts
        .ok_or("a deadline needs --contacts: how much work arrives")?;
    let intervals = deadline / args.per;
    if intervals > MOST_INTERVALS {
        return Err("the deadline is too many intervals long: give a longer --per".to_owned());
    }
    let aht = args.aht[0];
    if deadline < aht {
        return Err("the deadline is shorter than the handle time".to_owned());
    }
    let slots = intervals.ceil() as usize + AFTER;
    let ahead = vec![1.0; 2 * slots];
    let (mean, variance) = work_spread(contacts, aht, SPREAD, args.busyness * args.busyness);
    let work = DeferrableWork {
        queue: QueueId(0),
        arriving: vec![mean / 3600.0; slots],
        due: due_slots(intervals, &ahead, slots),
        workable: vec![true; slots],
    };
    let sd = if mean > 0.0 {
        variance.sqrt() / mean
    } else {
        0.0
    };
    let probability = args.probability.clamp(0.5, 1.0 - 1e-9);
    let margin = Normal::standard().inverse_cdf(probability);
    let hours = args.per / 3600.0;
    let agents = least_extra_agents(&work, &vec![0.0; slots], hours, margin, &vec![sd; slots])
        .ok_or("no number of agents gets this work done in time")?;
    let load = contacts * aht / args.per;
    Ok(Answer {
        agents,
        positions: positions(agents, args.shrinkage),
        occupancy: if agents > 0 {
            (load / f64::from(agents)).min(1.0)
        } else {
            0.0
        },
        offered_load: load,
        contacts,
        deadline_seconds: deadline,
        probability,
        model: "work that may wait, first in first out",
    })
}

impl Answer {
    pub(super) fn text(&self, args: &Args) -> String {
        format!(
            "{} agents, {} positions with {:.0} % shrinkage\n{:.2} erlangs; done within {} with {:.1} % \
             probability; busy {:.1} % of their time\n\nnote: agents on the line do such work while nobody \
             calls; what they find time for needs no agents of its own",
            self.agents,
            self.positions,
            100.0 * args.shrinkage,
            self.offered_load,
            duration_text(self.deadline_seconds),
            100.0 * self.probability,
            100.0 * self.occupancy,
        )
    }
}
