//! What nobody can do: contacts that come when nobody can be there, whose promise whoever works beside them cannot
//! mend; and work that is far more than seats or people allow.

use std::borrow::Cow;
use std::ops::Range;

use super::{LEAST_SHARE, Work};
use crate::demand::Demand;
use crate::ids::Id;
use crate::requirement::Requirement;
use crate::scenario::{Scenario, Service};
use crate::staffing::{Crew, Plan};

/// Part of the promised work below which whoever can be there keeps no promise.
const HOPELESS: f64 = 0.5;

/// The demand that a plan is made for: without what comes while no shift reaches a queue, in its periods in which that
/// alone breaks the promise. The rest is then served as promised, and not by as many as there are.
pub(super) fn within_reach<'d>(
    scenario: &Scenario,
    crew: &Crew,
    demand: &'d Demand,
    periods: &[Vec<Range<usize>>],
) -> Cow<'d, Demand> {
    let mut within = Cow::Borrowed(demand);
    let real_time =
        (scenario.queues.iter()).filter(|(id, queue)| queue.is_real_time() && crew.serves(*id));
    for (id, queue) in real_time {
        let mean = &demand.queues[id].mean;
        let reached = crew.reached(id);
        let promised = match queue.promised_share().value() {
            share if share > 0.0 => share,
            _ => LEAST_SHARE,
        };
        for period in &periods[id.index()] {
            let missed: Vec<usize> = period.clone().filter(|&slot| !reached[slot]).collect();
            let lost: f64 = missed.iter().map(|&slot| mean[slot]).sum();
            let all: f64 = mean[period.clone()].iter().sum();
            if lost <= (1.0 - promised) * all {
                continue;
            }
            for row in within.to_mut().queues[id].rows_mut() {
                missed.iter().for_each(|&slot| row[slot] = 0.0);
            }
        }
    }
    within
}

impl Work<'_> {
    /// Whether whoever can be there does for so little of the promised work that no search mends it.
    pub(super) fn is_hopeless(&self, sized: &Requirement, plan: &Plan) -> bool {
        let served = self.scenario.queues.iter();
        let served = served.filter(|(id, _)| self.crew.serves(*id));
        let live: f64 = served
            .map(|(id, queue)| match queue.service {
                Service::RealTime { concurrency, .. } => {
                    let load: f64 = sized.load[id].iter().sum();
                    queue.promised_share().value() * load / f64::from(concurrency.max(1))
                }
                Service::Deferrable { .. } => 0.0,
            })
            .sum();
        let waiting = self.task.instance.deferrables.iter();
        let waiting: f64 = waiting.flat_map(|work| &work.work).sum();
        let on_line = self.task.instance.on_line(plan);
        let there: u32 = on_line.iter().flatten().sum();
        f64::from(there) < HOPELESS * (live + waiting)
    }
}
