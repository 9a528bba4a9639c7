//! Fewer kinds of people: a set-up of dedicated and shared teams is also settled with either kind alone, and one whose
//! people are hired whole without each of their groups. A search that may use all moves a shift at a time, and does not
//! see what comes of leaving some out. And an earlier plan that still does stays.

use std::collections::BTreeMap;

use super::hiring::heads;
use super::parts::{Part, cut_to_limits};
use super::room::HAIR;
use super::{Ask, MANY_HEADS, Work};
use crate::ids::{GroupId, Id, QueueId};
use crate::requirement::Requirement;
use crate::scenario::GroupKind;
use crate::staffing::{Earlier, Instance, Limits, Plan, Team, covered};
use crate::time::Stopwatch;

/// Within this of its bound a plan is good enough, and one that stays near an earlier plan.
const NEAR: f64 = 0.01;
const NEAR_EARLIER: f64 = 0.05;
/// Groups that are left out, one at a time; those with the fewest people first.
const LEFT_OUT: usize = 4;
/// Share of the time after which no other plan is sought.
pub(super) const LATE: f64 = 0.7;

/// Which teams.
type Teams<'a> = Box<dyn Fn(&Team) -> bool + 'a>;

impl Work<'_> {
    /// The best plan found of all teams and of some of them alone, and a bound on the cost of all of them.
    pub(super) fn searched(&self, sized: &Requirement) -> (Plan, f64) {
        let (plan, bound) = self.search(sized);
        let enough = self.ask.earlier.map_or(NEAR, |_| NEAR_EARLIER);
        let near = self.task.instance.cost(&plan) <= bound * (1.0 + enough);
        if near || self.scenario.policy.rounds == 0 {
            return (self.or_earlier(plan), bound);
        }
        let mut best = (self.value(&plan), plan);
        for some in self.some_teams(&best.1) {
            if self.share_gone() < LATE {
                let (short, missing, cost) = best.0;
                let does = short <= 0.0 && missing <= HAIR;
                let most = if does { cost } else { f64::INFINITY };
                let plan = self.of_some_teams(sized, &*some, self.ask.earlier, most);
                let value = self.value(&plan);
                if value < best.0 {
                    best = (value, plan);
                }
            }
        }
        let (.., cost) = best.0;
        if self.ask.earlier.is_some() && cost > bound * (1.0 + enough) && self.share_gone() < LATE {
            // Too far from the bound to stay near an earlier plan, should one made afresh cost that much less.
            let plan = self.of_some_teams(sized, &|_| true, None, f64::INFINITY);
            let (short, missing, cost) = self.value(&plan);
            if (short, missing, cost * (1.0 + enough)) < best.0 {
                best.1 = plan;
            }
        }
        (self.or_earlier(best.1), bound)
    }

    /// What a plan is short of its promises, agents missing from its least cover, and its cost: less of the first counts
    /// most.
    pub(super) fn value(&self, plan: &Plan) -> (f64, f64, f64) {
        let cost = self.task.instance.cost(plan);
        (self.short(plan), self.missing(plan), cost)
    }

    /// Teams worth a search by themselves, that all the work can be done by.
    fn some_teams(&self, plan: &Plan) -> Vec<Teams<'_>> {
        let is_shared = |team: &Team| {
            let kind = self.scenario.groups[team.group].kind;
            matches!(kind, GroupKind::Shared { .. })
        };
        let mut some: Vec<Teams<'_>> = Vec::new();
        for shared in [true, false] {
            some.push(Box::new(move |team| is_shared(team) == shared));
        }
        if !some.iter().all(|kind| self.is_served_by(kind)) {
            some.clear();
        }
        for group in self.superfluous(plan) {
            some.push(Box::new(move |team| team.group != group));
        }
        some
    }

    /// Groups of people hired whole without whom all can be served; none where there are many people, of whom the
    /// model knows well enough whom to hire, or where a plan is to stay near an earlier one.
    fn superfluous(&self, plan: &Plan) -> Vec<GroupId> {
        let instance = &self.task.instance;
        let heads = heads(instance, plan);
        if self.ask.earlier.is_some() || heads.iter().sum::<f64>() >= MANY_HEADS {
            return Vec::new();
        }
        let mut groups: BTreeMap<GroupId, f64> = BTreeMap::new();
        for (contract, heads) in instance.contracts.iter().zip(heads) {
            let group = self.crew.teams()[contract.group as usize].group;
            *groups.entry(group).or_insert(0.0) += heads;
        }
        let mut groups: Vec<(GroupId, f64)> = groups.into_iter().collect();
        groups.retain(|(group, _)| self.is_served_by(&|team| team.group != *group));
        groups.sort_by(|a, b| a.1.total_cmp(&b.1));
        let groups = groups.into_iter().map(|(group, _)| group);
        groups.take(LEFT_OUT).collect()
    }

    /// The earlier plan, if there is one, in today's shifts; `alone` are these without contracts. Queues and hours that
    /// are new have nobody in it.
    pub(super) fn earlier(&self, alone: &Instance) -> Option<Plan> {
        let earlier = self.crew.recognised(self.ask.earlier?)?;
        Some(covered(alone, &earlier))
    }

    /// The earlier plan where it still keeps every limit, and a new one is neither better nor cheaper by more than the gap;
    /// else the new one.
    fn or_earlier(&self, plan: Plan) -> Plan {
        let instance = &self.task.instance;
        let Some(mut earlier) = self.earlier(&instance.by_the_shift()) else {
            return plan;
        };
        let heads = heads(instance, &earlier).into_iter();
        let mut heads = heads.zip(&instance.contracts);
        let is_allowed = heads.all(|(heads, it)| heads <= it.most_heads)
            && self.missing(&earlier) <= self.missing(&plan) + HAIR
            && !cut_to_limits(instance, &mut earlier);
        let most = instance.cost(&plan) * (1.0 + self.ask.limits.gap);
        let stays = is_allowed
            && instance.cost(&earlier) <= most
            && self.short(&earlier) <= self.short(&plan);
        if stays { earlier } else { plan }
    }

    /// Whether some teams serve every queue that all of them do.
    fn is_served_by(&self, some: &dyn Fn(&Team) -> bool) -> bool {
        let teams = || self.crew.teams().iter().filter(|team| some(team));
        let mut all = self.crew.teams().iter().flat_map(|team| &team.queues);
        all.all(|queue| teams().any(|team| team.queues.contains(queue)))
    }

    /// The plan found of some teams; nobody's where it would cost `most` or more.
    fn of_some_teams(
        &self,
        sized: &Requirement,
        some: &dyn Fn(&Team) -> bool,
        earlier: Option<&Earlier>,
        most: f64,
    ) -> Plan {
        let queues: Vec<QueueId> = (0..self.scenario.queues.len()).map(QueueId::new).collect();
        let part = Part::new(&self.crew, sized, self.demand, &queues, some);
        let limits = Limits {
            seconds: self.seconds_left(0.9).map(|left| left / 2.0),
            ..*self.ask.limits
        };
        let ask = Ask {
            limits: &limits,
            earlier,
            most,
            watch: Stopwatch::start(),
            ..self.ask
        };
        let search = |work: &Work| work.search(&part.sized);
        self.of_part(&part, &Plan::new(), ask, search).0
    }
}
