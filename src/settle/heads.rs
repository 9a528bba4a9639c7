//! What the roster finds that the model does not: people whose weeks do not add up to its hours.

use super::hiring::paid;
use super::verdict::open;
use super::{Settled, Work};
use crate::demand::Demand;
use crate::requirement::Requirement;
use crate::roster::{Spare, beyond};
use crate::staffing::{Choice, Plan, PlannedShift, take_out};

/// Times that a plan is made to fit its people and mended.
const FITTED: usize = 3;

impl Work<'_> {
    /// A plan with its verdict, where its groups' people can work it; else the cheapest found, what it leaves open
    /// counted, that they can.
    pub(super) fn within_heads(
        &mut self,
        asked: (&Requirement, &Demand),
        mut plan: Plan,
        bound: f64,
    ) -> Settled {
        let (mut best, mut judge) = (None, None);
        let mut mended = 0;
        loop {
            let worked = self.worked(&plan);
            let settled = self.settled(asked, &worked, bound);
            if worked == plan {
                return cheaper(best, settled);
            }
            let filled = self.filled(&settled, &worked);
            // What is short from here on is so for want of people.
            self.crew.tighten(&mut self.task, &plan, &filled);
            let now = cheaper(best, self.settled(asked, &filled, bound));
            let now = cheaper(Some(now), settled);
            if mended == FITTED || self.seconds_left(0.95) == Some(0.0) {
                return now;
            }
            let Some(judge) = judge.get_or_insert_with(|| self.judge(0)) else {
                return now;
            };
            best = Some(now);
            mended += 1;
            let within = paid(&self.task.instance, &plan);
            let tries = self.tries();
            let found = self.calibrated(filled, bound, judge, &within, tries, (0.95, &[]));
            plan = found.plan;
        }
    }

    /// What the people of its groups can work of a plan, however the roster is written.
    fn worked(&self, plan: &Plan) -> Plan {
        let (choices, shifts): (Vec<Choice>, Vec<PlannedShift>) =
            self.crew.chosen(plan).into_iter().unzip();
        let mut worked = plan.clone();
        for (shift, count) in beyond(&self.scenario, self.crew.teams(), &shifts) {
            (0..count).for_each(|_| take_out(&mut worked, choices[shift]));
        }
        worked
    }

    /// Whether a group's people can work a plan, or enough of it to keep the promises and leave no more open than that.
    pub(super) fn is_worked(&self, plan: &Plan, open: f64) -> bool {
        let worked = self.worked(plan);
        let is_kept = || {
            self.shortages(&self.observed(&worked))
                .iter()
                .all(|short| *short <= 0.0)
        };
        worked == *plan || (self.missing(&worked) <= open && is_kept())
    }

    /// A plan with what its verdict says is open and its groups' people can work beside it.
    fn filled(&self, settled: &Settled, plan: &Plan) -> Plan {
        let open = open(&settled.requirement, &self.kept(&settled.observed));
        let (teams, shifts) = (self.crew.teams(), self.crew.planned(plan));
        let mut spare = Spare::beside(&self.scenario, teams, &shifts);
        let (task, limits) = (self.crew.task(&open), self.limits_left(1.0));
        let filled = self
            .crew
            .filled(&task, plan, &limits, &mut |shift| spare.takes(shift));
        self.worked(&filled)
    }
}

fn cheaper(best: Option<Settled>, next: Settled) -> Settled {
    let value = |settled: &Settled| settled.staffing.proof.objective;
    best.filter(|best| value(best) <= value(&next))
        .unwrap_or(next)
}
