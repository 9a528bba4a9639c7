//! One round: the slopes of the plan in hand, and steps along them for as long as the simulation confirms them.

use super::slopes::{self, Slopes};
use super::step::{self, Aim, Single};
use super::{Loop, Seen};
use crate::simulation::engine::Judge;
use crate::staffing::Plan;

/// Times as many of the judge's replications by which slopes are measured after a round without a step, and the most
/// of them.
const FINER: f64 = 1.5;
const FINEST: f64 = 0.5;
/// Single moves tried where steps are refused.
const SINGLES: usize = 16;
/// Steps taken in a round at most, steps refused before one was taken, and how much shorter the next one is.
const STEPS: usize = 3;
const REFUSALS: usize = 3;
const SHORTER: f64 = 0.6;

impl Loop<'_> {
    /// One round: slopes with fresh customers, then steps for as long as the judge confirms them, the
    /// radius falling where it does not.
    pub(super) fn round(&mut self, mut now: Seen, round: u64, radius: &mut f64) -> Seen {
        let instance = self.problem.instance;
        let counts = instance.on_line(&now.plan);
        // Far from the goal rough slopes show the way.
        let replications = self.fineness * self.problem.judge.replications() as f64;
        let replications = (replications as usize).max(2);
        let seed = self
            .effort
            .seed
            .wrapping_add(round.wrapping_mul(0x9e37_79b9));
        let Ok(judge) = Judge::new(self.problem.judge.network().clone(), replications, seed) else {
            return now;
        };
        let before = self.slopes.as_ref();
        let slopes = slopes::measure(
            &judge,
            &counts,
            self.blocks,
            &self.useful,
            (self.waits, self.effort.together),
            before,
        );
        let first = *radius;
        let (mut taken, mut refused, mut worked) = (0, 0, None);
        // Once a step was taken, fresh slopes say more than a shorter one.
        while taken < STEPS && refused < if taken > 0 { 1 } else { REFUSALS } {
            let (reached, wanted) = self.contacts(&now.measured);
            let aim = self.aim(&reached, &wanted, *radius);
            let (plan, prices) = step::step(&self.problem, &now.plan, &slopes, self.blocks, &aim);
            self.prices = prices;
            let merit = self.merit(&now);
            let next = (plan != now.plan).then(|| self.see(plan));
            match next.filter(|next| self.merit(next) < merit - 1e-6 * merit.abs()) {
                Some(next) => {
                    now = next;
                    taken += 1;
                    worked = Some(*radius);
                }
                None => {
                    *radius *= SHORTER;
                    refused += 1;
                }
            }
        }
        // What was refused after a step was one step too many, not one too long.
        if let Some(worked) = worked {
            let longer = if taken == STEPS { 1.3 } else { 1.0 };
            *radius = (worked * longer).min(0.2);
        }
        if taken == 0 {
            *radius = SHORTER * first;
            self.fineness = (FINER * self.fineness).min(FINEST);
            now = self.single_moves(now, &slopes);
        }
        self.slopes = Some(slopes);
        now
    }

    /// Where steps of many moves are refused, the most promising single ones, each asked of the judge; those that
    /// are good alone are then added to the best as long as all are better together.
    fn single_moves(&self, now: Seen, slopes: &Slopes) -> Seen {
        let problem = &self.problem;
        let (reached, wanted) = self.contacts(&now.measured);
        let aim = self.aim(&reached, &wanted, 0.0);
        let changes = step::changes(problem, &now.plan, slopes, self.blocks, &aim, SINGLES);
        let baseline = problem.judge.baseline((problem.on_line)(&now.plan));
        let with = |change: &[Single], plan: &Plan| {
            let mut plan = plan.clone();
            if !self.room(&plan).make_all(&mut plan, change) {
                return None;
            }
            let next = Seen {
                cost: problem.instance.cost(&plan),
                measured: baseline.measure(&(problem.on_line)(&plan)),
                plan,
            };
            Some((self.merit(&next), next))
        };
        let merit = self.merit(&now);
        let mut better: Vec<(f64, Seen, Vec<Single>)> = changes
            .into_iter()
            .filter_map(|change| {
                let (next, seen) = with(&change, &now.plan)?;
                (next < merit).then_some((next, seen, change))
            })
            .collect();
        better.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut better = better.into_iter();
        let Some((least, first, _)) = better.next() else {
            return now;
        };
        let mut best = (least, first);
        for (.., change) in better {
            if let Some(next) = with(&change, &best.1.plan).filter(|next| next.0 < best.0) {
                best = next;
            }
        }
        best.1
    }

    fn aim<'a>(&'a self, reached: &'a [f64], wanted: &'a [f64], radius: f64) -> Aim<'a> {
        Aim {
            reached,
            wanted,
            penalty: &self.penalty,
            period_of: &self.period_of,
            most_periods: self.most_periods,
            radius,
        }
    }
}
