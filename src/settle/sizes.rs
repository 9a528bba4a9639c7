//! Plans of the sizes alone: what each slot needs by itself.

use super::{Terms, Work};
use crate::requirement::Requirement;
use crate::staffing::{Instance, Plan, Task};

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
        let (task, limits) = (self.sized_task(sized, terms), self.limits_left(0.6));
        self.crew.solve(&task, None, &limits, &mut |_| ()).plan
    }

    /// The same where there is no time for a search.
    pub(super) fn rounded(&self, sized: &Requirement, terms: Terms) -> Plan {
        let (task, limits) = (self.sized_task(sized, terms), self.limits_left(1.0));
        self.crew.round(&task, &limits, None).plan
    }

    pub(super) fn sized_task(&self, sized: &Requirement, terms: Terms) -> Task {
        let mut task = self.crew.task(sized);
        task.instance = terms(&task.instance);
        task
    }
}
