//! What single intervals look like, by simulation: at small volumes the steady state hides the luck.

use serde::Serialize;

use super::args::{Args, duration_text};
use crate::requirement::{LevelOver, Target, Traffic};
use crate::simulation::engine::{
    Comeback, Edge, Group, Kind, Network, OnLine, Queue, QueueTally, Route, each,
};

/// Intervals simulated.
const INTERVALS: usize = 4000;
/// Contacts beyond which simulating so many intervals takes too long at a keyboard.
const MOST_CONTACTS: f64 = 2000.0;

/// Many single intervals.
#[derive(Debug, Serialize)]
pub(super) struct Intervals {
    pub intervals: usize,
    /// Over all contacts of all intervals.
    pub service_level: f64,
    pub asa_seconds: f64,
    /// Share of intervals without any contact.
    pub empty: f64,
    /// Of the others, the share that met the target's service level by itself.
    pub on_target: f64,
    /// Service level of the worst tenth of them, at its best.
    pub worst_tenth: f64,
}

/// Simulates single intervals out of a steady stream. None where it would take too long.
pub(super) fn simulate(
    traffic: &Traffic,
    args: &Args,
    agents: u32,
    target: &Target,
) -> Option<Intervals> {
    let contacts = traffic.rate * args.per;
    if contacts > MOST_CONTACTS || args.per <= 0.0 {
        return None;
    }
    let within = args.within();
    // Ten handle times and two intervals before, so that it does not start empty.
    let lead_in = (2.0 + 10.0 * traffic.aht / args.per).ceil().min(500.0) as usize;
    let network = Network {
        slot_seconds: args.per,
        slots: 1,
        day_of_slot: vec![0],
        queues: vec![Queue {
            patience: vec![traffic.patience],
            kind: if traffic.pace.len() > 1 {
                Kind::Chat { within }
            } else {
                Kind::Call { within }
            },
            over: args.over(),
            retrial: Comeback {
                share: traffic.retrial,
                delay: args.per / 2.0,
            },
            ..Queue::calls(vec![contacts], traffic.aht, vec![Route::to(0, 0)])
        }],
        groups: vec![Group {
            pace: traffic.pace.clone(),
        }],
        shared_busyness: 0.0,
        edge: Edge::Cyclic { lead_in, rounds: 1 },
    };
    let on_line = OnLine::from_counts(&network, &[vec![agents]]);
    let seen = each(&network, &on_line, INTERVALS, args.seed).ok()?;
    let intervals: Vec<QueueTally> = seen.into_iter().flatten().collect();
    Some(summary(
        &intervals,
        args.over(),
        target.level.map_or(0.0, |(share, ..)| share),
    ))
}

fn summary(intervals: &[QueueTally], over: LevelOver, share: f64) -> Intervals {
    let sum = |of: &dyn Fn(&QueueTally) -> f64| intervals.iter().map(of).sum::<f64>();
    let ratio = |part: f64, whole: f64, none: f64| if whole > 0.0 { part / whole } else { none };
    let mut levels: Vec<f64> = intervals
        .iter()
        .filter(|interval| interval.offered > 0)
        .map(|interval| ratio(interval.reached as f64, interval.base(over), 0.0))
        .collect();
    levels.sort_by(f64::total_cmp);
    let busy = levels.len() as f64;
    Intervals {
        intervals: intervals.len(),
        service_level: ratio(sum(&|i| i.reached as f64), sum(&|i| i.base(over)), 1.0),
        asa_seconds: ratio(sum(&|i| i.wait), sum(&|i| i.answered as f64), 0.0),
        empty: 1.0 - busy / intervals.len().max(1) as f64,
        on_target: ratio(
            levels
                .iter()
                .filter(|level| **level >= share - 1e-9)
                .count() as f64,
            busy,
            1.0,
        ),
        worst_tenth: levels.get(levels.len() / 10).copied().unwrap_or(1.0),
    }
}

impl Intervals {
    pub(super) fn text(&self, agents: u32, per: f64) -> String {
        format!(
            "simulated, {} single intervals of {} with {agents} agents: {:.1} % of all contacts in time, \
             mean wait {}; {:.0} % of intervals have no contact; of the others {:.0} % meet the share by \
             themselves, and one in ten is at {:.0} % or below",
            self.intervals,
            duration_text(per),
            100.0 * self.service_level,
            duration_text(self.asa_seconds),
            100.0 * self.empty,
            100.0 * self.on_target,
            100.0 * self.worst_tenth,
        )
    }
}
