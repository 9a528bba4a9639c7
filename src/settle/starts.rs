//! People paid by the shift: a search from several starts, of which the best counts.

use rayon::prelude::*;

use super::Work;
use crate::calibrate::Calibrated;
use crate::requirement::Requirement;
use crate::scenario::PromiseScope;
use crate::simulation::engine::Judge;
use crate::staffing::{Choice, Instance, Limits, Plan, Task};

/// Models of so many choices at most are solved, not only rounded, or more where covers are all; as near as this: what
/// they say of service is rough.
const FEW: usize = 400;
const FEW_OF_COVERS: usize = 20_000;
const GAP: f64 = 0.03;
/// Shares of the time after which none is, and at which that ends.
const SOLVING: f64 = 0.4;
const SOLVED_BY: f64 = 0.6;

impl Work<'_> {
    /// The cheapest plan found that keeps its promises, and whether it does; from an earlier one, or before each judge from
    /// choices that are `near` to use in the relaxed model.
    pub(super) fn by_the_shift(
        &self,
        sized: &Requirement,
        judges: &[Judge],
        (near, earlier): (&[Choice], Option<Plan>),
        bound: f64,
    ) -> (Plan, bool) {
        let alone = self.task.instance.by_the_shift();
        let set_out =
            |judge| self.setting_out(sized, judge, Some(near), &Instance::by_the_shift, None);
        // The sizes of slots are the same before all customers.
        let by_slot = self.scenario.policy.promise == PromiseScope::Slot;
        let sizes = || {
            judges
                .first()
                .filter(|_| by_slot)
                .map(|judge| set_out(judge).0)
        };
        let given = earlier.or_else(sizes);
        let search = |start: Plan, judge: &Judge| {
            self.calibrated(start, bound, judge, &alone, self.tries(), (0.95, &[]))
        };
        let from = |judge| {
            let (start, room) = match &given {
                Some(plan) => (plan.clone(), None),
                None => {
                    let (start, room) = set_out(judge);
                    (start, Some(room))
                }
            };
            (search(start, judge), room, judge)
        };
        let value = |found: &Calibrated| (!found.kept, alone.cost(&found.plan));
        let found: Vec<_> = judges.par_iter().map(from).collect();
        let first = found.into_iter().reduce(|best, next| {
            let is_better = value(&next.0) < value(&best.0);
            if is_better { next } else { best }
        });
        let Some((mut best, room, judge)) = first else {
            return (Plan::new(), false);
        };
        let offer = |next: Calibrated, best: &mut Calibrated| {
            if value(&next) < value(best) {
                *best = next;
            }
        };
        if let Some(room) = room.filter(|_| self.ask.solves && self.scenario.policy.rounds > 0) {
            let model = self.model(sized, room, &Instance::by_the_shift);
            let sizes = self.sized_task(sized, &Instance::by_the_shift);
            for task in [model, sizes] {
                if let Some(plan) = self.solved(&task, &best.plan) {
                    offer(search(plan, judge), &mut best);
                }
            }
        }
        // Others see savings about the best that its own customers do not.
        let starts = judges.len() as u64;
        for start in starts..2 * starts - 1 {
            if let Some(judge) = self.judge(start).filter(|_| best.kept) {
                offer(search(best.plan.clone(), &judge), &mut best);
            }
        }
        (best.plan, best.kept)
    }

    /// The plan of a model, solved where that takes not long, that may cost less than one in hand.
    fn solved(&self, task: &Task, best: &Plan) -> Option<Plan> {
        if self.share_gone() > SOLVING {
            return None;
        }
        let instance = &task.instance;
        let limits = Limits {
            gap: GAP.max(self.ask.limits.gap),
            ..self.limits_left(SOLVED_BY)
        };
        let rounded = self.crew.round(task, &limits, None);
        let most = (1.0 - GAP) * instance.cost(best);
        if rounded.bound >= most {
            return None;
        }
        let few = match instance.has_covers_alone() {
            true => FEW_OF_COVERS,
            false => FEW,
        };
        if instance.choices().len() <= few {
            let solved = self.crew.solve(task, Some(best), &limits, &mut |_| ());
            return Some(solved.plan);
        }
        (instance.cost(&rounded.plan) < most).then_some(rounded.plan)
    }
}
