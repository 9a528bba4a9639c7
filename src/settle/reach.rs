//! What comes when nobody can be there: where it breaks a promise, whoever works beside it cannot mend that.

use std::borrow::Cow;
use std::ops::Range;

use super::LEAST_SHARE;
use crate::demand::Demand;
use crate::scenario::{PromiseScope, Scenario};
use crate::staffing::Crew;

/// The demand that a plan is made for: without what comes while no shift reaches a queue, in periods in which that
/// alone breaks the promise. The rest is then served as promised, and not by as many as there are.
pub(super) fn within_reach<'d>(
    scenario: &Scenario,
    crew: &Crew,
    demand: &'d Demand,
    periods: &[Range<usize>],
) -> Cow<'d, Demand> {
    let mut within = Cow::Borrowed(demand);
    if scenario.policy.promise == PromiseScope::Slot {
        return within;
    }
    let real_time =
        (scenario.queues.iter()).filter(|(id, queue)| queue.is_real_time() && crew.serves(*id));
    for (id, queue) in real_time {
        let mean = &demand.queues[id].mean;
        let reached = crew.reached(id);
        let promised = match queue.promised_share().value() {
            share if share > 0.0 => share,
            _ => LEAST_SHARE,
        };
        for period in periods {
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
