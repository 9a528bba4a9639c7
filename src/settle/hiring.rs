//! How many people to hire: contracts are paid whole, so a plan is sought within fewer and fewer heads.
//!
//! A search by single shifts sees no saving in the first shift of a head that goes: all of its days must go
//! together. So shifts are priced alone at first; then the least number of heads is found by halving within
//! which a plan keeps its promises, shifts costing next to nothing.

use super::Work;
use crate::calibrate::Calibrated;
use crate::requirement::Requirement;
use crate::simulation::engine::Judge;
use crate::staffing::{Hired, Instance, Plan};

/// Rounds in which fewer heads have to do, at most.
const ROUNDS: usize = 2;
/// Share of the time left after the search by shifts that each number of heads may take.
const SHARE: f64 = 0.4;

impl Work<'_> {
    /// The plan found, or one with fewer heads that keeps its promises and its least cover too; each contract in
    /// turn. `least` are the heads below which the relaxed model says there is no hope.
    pub(super) fn with_fewer_heads(
        &self,
        sized: &Requirement,
        found: Calibrated,
        least: &[f64],
        bound: f64,
        judge: &Judge,
    ) -> Plan {
        let instance = &self.task.instance;
        let rounds = ROUNDS.min(self.scenario.policy.rounds);
        let Calibrated { mut plan, kept, .. } = found;
        let least = if kept { least } else { &[] };
        let missing = |plan: &Plan| -> f64 { instance.missing(plan).iter().flatten().sum() };
        let at_least = missing(&plan) + 1e-6;
        for (number, least) in least.iter().enumerate() {
            let (mut low, mut high) = ((least - 1e-6).ceil(), heads(instance, &plan)[number]);
            while low < high && self.seconds_left(0.95) != Some(0.0) {
                let middle = ((low + high) / 2.0).floor();
                let mut most = heads(instance, &plan);
                most[number] = middle;
                let within = |instance: &Instance| instance.with_heads(&most);
                let start = self.setting_out(sized, judge, None, &within);
                let share = 1.0 - (1.0 - self.share_gone()) * (1.0 - SHARE);
                let tried =
                    self.calibrated(start, bound, judge, &within(instance), (rounds, 0), share);
                if tried.kept && missing(&tried.plan) <= at_least {
                    plan = tried.plan;
                    high = heads(instance, &plan)[number].min(middle);
                } else {
                    low = middle + 1.0;
                }
            }
        }
        // Within them, no more hours than are needed.
        let within = instance.with_heads(&heads(instance, &plan));
        let (_, trials) = self.tries();
        let tidied = self.calibrated(plan.clone(), bound, judge, &within, (0, trials), 0.95);
        if missing(&tidied.plan) <= at_least && (tidied.kept || !kept) {
            tidied.plan
        } else {
            plan
        }
    }
}

fn heads(instance: &Instance, plan: &Plan) -> Vec<f64> {
    Hired::of(instance, plan).heads().collect()
}
