//! Dedicated, shared or both: a set-up of both kinds of teams is also settled with either kind alone. A search that
//! may use both moves a shift at a time, and does not see what comes of leaving one kind out.

use super::parts::Part;
use super::{Ask, Work};
use crate::ids::{Id, QueueId};
use crate::requirement::Requirement;
use crate::scenario::GroupKind;
use crate::staffing::{Limits, Plan, Team};
use crate::time::Stopwatch;

/// Within this of its bound a plan is good enough, and one that stays near an earlier plan.
const NEAR: f64 = 0.01;
const NEAR_EARLIER: f64 = 0.05;
/// Share of the time after which no other plan is sought.
const LATE: f64 = 0.7;

impl Work<'_> {
    /// The best plan found of all teams, of the dedicated ones alone and of the shared ones alone, and a bound on
    /// the cost of all of them.
    pub(super) fn searched(&self, sized: &Requirement) -> (Plan, f64) {
        let (plan, bound) = self.search(sized);
        let is_shared = |team: &Team| {
            let kind = self.scenario.groups[team.group].kind;
            matches!(kind, GroupKind::Shared { .. })
        };
        let kinds = [true, false].map(|shared| move |team: &Team| is_shared(team) == shared);
        let mixed = kinds.iter().all(|kind| self.is_served_by(kind));
        let enough = self.ask.earlier.map_or(NEAR, |_| NEAR_EARLIER);
        let near = self.task.instance.cost(&plan) <= bound * (1.0 + enough);
        if !mixed || near || self.scenario.policy.rounds == 0 {
            return (plan, bound);
        }
        let value = |plan: &Plan| {
            let short: f64 = self.shortages(&self.observed(plan)).iter().sum();
            (short, self.task.instance.cost(plan))
        };
        let mut best = (value(&plan), plan);
        for kind in kinds {
            if self.share_gone() < LATE {
                let plan = self.of_some_teams(sized, &kind);
                let value = value(&plan);
                if value < best.0 {
                    best = (value, plan);
                }
            }
        }
        (best.1, bound)
    }

    /// Whether some teams serve every queue that all of them do.
    fn is_served_by(&self, some: &dyn Fn(&Team) -> bool) -> bool {
        let teams = || self.crew.teams().iter().filter(|team| some(team));
        let mut all = self.crew.teams().iter().flat_map(|team| &team.queues);
        all.all(|queue| teams().any(|team| team.queues.contains(queue)))
    }

    fn of_some_teams(&self, sized: &Requirement, some: &dyn Fn(&Team) -> bool) -> Plan {
        let queues: Vec<QueueId> = (0..self.scenario.queues.len()).map(QueueId::new).collect();
        let part = Part::new(&self.crew, sized, self.demand, &queues, some);
        let limits = Limits {
            seconds: self.seconds_left(0.9).map(|left| left / 2.0),
            ..*self.ask.limits
        };
        let ask = Ask {
            limits: &limits,
            watch: Stopwatch::start(),
            ..self.ask
        };
        self.of_part(&part, ask, |work| work.search(&part.sized)).0
    }
}
