//! What the roster finds that the model does not: people whose weeks do not add up to its hours.

use super::Work;
use super::hiring::heads;
use crate::roster;
use crate::staffing::{Choice, Plan, PlannedShift, take_out};

/// Times that a plan is made to fit its people and mended.
const FITTED: usize = 3;

impl Work<'_> {
    /// The plan without what its groups' people cannot work, mended by what they can.
    pub(super) fn within_heads(&mut self, mut plan: Plan, bound: f64) -> Plan {
        let mut beyond = self.beyond(&plan);
        if beyond.is_empty() {
            return plan;
        }
        if let Some(judge) = self.judge(0) {
            for _ in 0..FITTED {
                self.crew.tighten(&mut self.task, &plan, &beyond);
                let instance = &self.task.instance;
                let within = instance.with_heads(&heads(instance, &plan));
                without(&mut plan, beyond);
                let mended = self.calibrated(plan, bound, &judge, &within, self.tries(), 0.95);
                plan = mended.plan;
                beyond = self.beyond(&plan);
                if beyond.is_empty() {
                    break;
                }
            }
        }
        without(&mut plan, beyond);
        plan
    }

    /// The part of a plan that the people of its groups cannot work, however the roster is written.
    fn beyond(&self, plan: &Plan) -> Plan {
        let (choices, shifts): (Vec<Choice>, Vec<PlannedShift>) =
            self.crew.chosen(plan).into_iter().unzip();
        let beyond = roster::beyond(&self.scenario, self.crew.teams(), &shifts);
        (beyond.into_iter())
            .map(|(shift, count)| (choices[shift], count))
            .collect()
    }
}

fn without(plan: &mut Plan, beyond: Plan) {
    for (choice, count) in beyond {
        (0..count).for_each(|_| take_out(plan, choice));
    }
}
