//! Plans of the sizes alone: what each slot needs by itself.

use super::room::HAIR;
use super::{Terms, Work};
use crate::ids::QueueId;
use crate::requirement::Requirement;
use crate::staffing::{Cover, Instance, Plan, Task};

/// What an agent missing from the work itself costs, and one missing from the minimum of open queues, in prices of one
/// missing beyond.
const FROM_WORK: f64 = 2.0;
const FROM_MINIMUM: f64 = 8.0;

impl Work<'_> {
    /// The plan, or that of the sizes where the search did not keep the promises and they come nearer.
    pub(super) fn or_sizes(&self, (plan, kept): (Plan, bool), sized: &Requirement) -> Plan {
        let is_draft = self.scenario.policy.rounds == 0 && self.ask.limits.seconds.is_none();
        if kept || is_draft {
            return plan;
        }
        let sizes = self.rounded(sized, &Instance::clone);
        if self.short(&sizes) < self.short(&plan) {
            sizes
        } else {
            plan
        }
    }

    /// The plan that covers the sizes, slot by slot, on the `terms` of the instance.
    pub(super) fn sized_plan(&self, sized: &Requirement, terms: Terms) -> Plan {
        self.spread(sized, terms, &|task, plan| {
            let limits = self.limits_left(0.6);
            self.crew.solve(task, plan, &limits, &mut |_| ()).plan
        })
    }

    /// The same where there is no time for a search.
    pub(super) fn rounded(&self, sized: &Requirement, terms: Terms) -> Plan {
        self.spread(sized, terms, &|task, _| {
            self.crew.round(task, &self.limits_left(1.0), None).plan
        })
    }

    /// What `planned` makes of the sizes; where that leaves any uncovered, of them with floors, from there on.
    fn spread(
        &self,
        sized: &Requirement,
        terms: Terms,
        planned: &dyn Fn(&Task, Option<&Plan>) -> Plan,
    ) -> Plan {
        let mut task = self.sized_task(sized, terms);
        let plan = planned(&task, None);
        if task.instance.missing_in_all(&plan) <= HAIR {
            return plan;
        }
        task.instance.covers = with_floors(&task.instance.covers, sized);
        planned(&task, Some(&plan))
    }

    pub(super) fn sized_task(&self, sized: &Requirement, terms: Terms) -> Task {
        let mut task = self.crew.task(sized);
        task.instance = terms(&task.instance);
        task
    }
}

/// Asks anew, at higher prices, for agents for the work itself and for the minimum of open queues. As long as each one
/// missing costs the same, too few people might all be at lunch at once.
fn with_floors(covers: &[Cover], sized: &Requirement) -> Vec<Cover> {
    let floor = |cover: &Cover, times: f64, asked: &dyn Fn(usize) -> f64| Cover {
        need: (cover.need.iter().enumerate())
            .map(|(slot, need)| need.min(asked(slot)))
            .collect(),
        shortfall_price: times * cover.shortfall_price,
        ..cover.clone()
    };
    let floors = |cover: &Cover| {
        let minimum = |slot: usize| {
            let of_queues = cover
                .queues
                .iter()
                .map(|q| sized.minimum[QueueId(*q)][slot]);
            f64::from(of_queues.max().unwrap_or(0))
        };
        let work = floor(cover, FROM_WORK, &|slot| cover.load[slot].ceil());
        [work, floor(cover, FROM_MINIMUM, &minimum)]
    };
    let floors: Vec<Cover> = covers.iter().flat_map(floors).collect();
    [covers, &floors].concat()
}
