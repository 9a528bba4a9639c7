//! The relaxed model of a set-up whose parts of the work are open.

use std::collections::BTreeSet;

use super::periods;
use super::room::{Safety, least_of};
use crate::demand::Demand;
use crate::ids::{QueueId, SetupId};
use crate::requirement::{pool_curve, size};
use crate::scenario::{PromiseScope, Scenario};
use crate::solver::{ColumnId, Program};
use crate::staffing::{Crew, Parts, Promises};

/// Adds to a program what a set-up's people cost at least by the parts that it takes: the minimum of open queues,
/// agents for the promised share of all work, and where they are asked for the promises of queues and pools (or the
/// sizes of queues, where the promise is one of each slot).
/// Answers the columns of shifts and people, with their prices.
pub fn parted(
    program: &mut Program,
    scenario: &Scenario,
    setup: SetupId,
    demand: &Demand,
    parts: &Parts,
) -> Vec<(ColumnId, f64)> {
    let sized = size(scenario, demand);
    let crew = Crew::new(scenario, setup, &sized, &[]);
    let by_slot = scenario.policy.promise == PromiseScope::Slot;
    let mut least = least_of(scenario, demand, &sized, Safety::NONE, by_slot);
    let mut promises = Promises {
        curves: Vec::new(),
        periods: periods(scenario),
    };
    if !parts.promises {
        return crew.parted(program, &least, &promises, parts);
    }
    if by_slot {
        for queue in scenario.queues.ids().collect::<Vec<_>>() {
            let alone = sized.alone[queue].iter();
            for (least, &alone) in least.minimum[queue].iter_mut().zip(alone) {
                *least = alone.max(*least);
            }
        }
    } else {
        let served = sized.pools.iter().map(|pool| -> Vec<QueueId> {
            let queues = pool.queues.iter().copied();
            queues.filter(|&queue| crew.serves(queue)).collect()
        });
        // Every pool would be a row the more in each slot; the widest says most.
        let widest = served.clone().max_by_key(Vec::len);
        let alone = served.filter(|queues| queues.len() == 1);
        let mut sets: BTreeSet<Vec<QueueId>> = alone.chain(widest).collect();
        sets.remove(&Vec::new());
        let curve = |queues: Vec<QueueId>| {
            let curve = pool_curve(scenario, demand, &queues);
            (queues, curve)
        };
        promises.curves = sets.into_iter().map(curve).collect();
    }
    crew.parted(program, &least, &promises, parts)
}
