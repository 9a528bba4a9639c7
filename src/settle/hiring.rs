//! How many people to hire: contracts are paid whole, so a plan is sought within fewer and fewer heads.
//!
//! A search by single shifts sees no saving in the first shift of a head that goes: all of its days must go
//! together. So shifts are priced alone at first; then the least number of heads is found by halving within
//! which a plan keeps its promises, shifts costing next to nothing: of all contracts together on the way to
//! what the relaxed model hires, so that a team which serves the work of several may take the place of theirs,
//! then of each contract alone. Where people of the same skills may be hired on several contracts, heads are
//! then exchanged: a full-timer for a part-timer, or the other way.

use super::Work;
use super::room::Safety;
use crate::calibrate::Calibrated;
use crate::requirement::Requirement;
use crate::simulation::engine::Judge;
use crate::staffing::{Hired, Instance, Plan};

/// Rounds in which fewer heads have to do, at most.
const ROUNDS: usize = 2;
/// Share of the time left after the search by shifts that each number of heads may take.
const SHARE: f64 = 0.4;
/// Exchanges tried.
const EXCHANGES: usize = 6;

/// The search for heads.
struct Hiring<'w, 'a> {
    work: &'w Work<'a>,
    sized: &'w Requirement,
    judge: &'w Judge,
    bound: f64,
    /// What was enough in the model without heads.
    room: Safety,
    /// Agents missing from the least cover, at most.
    at_least: f64,
}

impl Work<'_> {
    /// The plan found, or one with cheaper heads that keeps its promises and its least cover too; and whether it keeps
    /// the promises. `least` are the heads that the relaxed model hires.
    pub(super) fn with_fewer_heads(
        &self,
        sized: &Requirement,
        found: Calibrated,
        least: &[f64],
        bound: f64,
        (judge, room): (&Judge, Safety),
    ) -> (Plan, bool) {
        let instance = &self.task.instance;
        let Calibrated { mut plan, kept, .. } = found;
        let hiring = Hiring {
            work: self,
            sized,
            judge,
            bound,
            room,
            at_least: missing(instance, &plan) + 1e-6,
        };
        if kept {
            plan = hiring.together(plan, least);
            for number in 0..least.len() {
                plan = hiring.fewer(plan, number, least);
            }
            plan = hiring.exchanged(plan);
        }
        // Within them, no more hours than are needed.
        let within = instance.with_heads(&heads(instance, &plan));
        let (rounds, trials) = self.tries();
        // Hours of those paid by the hour still cost what they do.
        let all_hired = instance.contracts.len() == instance.groups.len();
        let rounds = if all_hired { 0 } else { rounds };
        let tidied = self.calibrated(plan.clone(), bound, judge, &within, (rounds, trials), 0.95);
        if missing(instance, &tidied.plan) <= hiring.at_least && (tidied.kept || !kept) {
            (tidied.plan, tidied.kept)
        } else {
            (plan, kept)
        }
    }
}

impl Hiring<'_, '_> {
    fn instance(&self) -> &Instance {
        &self.work.task.instance
    }

    /// The cheapest plan found by halving on the way from its heads to those of the relaxed model, where more
    /// than one contract's heads differ.
    fn together(&self, mut plan: Plan, least: &[f64]) -> Plan {
        let instance = self.instance();
        let now = heads(instance, &plan);
        let apart: Vec<f64> = now.iter().zip(least).map(|(a, b)| (a - b).abs()).collect();
        if apart.iter().filter(|apart| **apart >= 1.0).count() < 2 {
            return plan;
        }
        let steps = apart
            .iter()
            .fold(0.0_f64, |most, apart| most.max(*apart))
            .ceil();
        let (mut low, mut high) = (0.0, steps);
        while low < high && self.has_time() {
            let middle = ((low + high) / 2.0_f64).floor();
            let most = between(least, &now, middle / steps);
            let found = self.within(&most);
            match found.filter(|found| instance.cost(found) < instance.cost(&plan)) {
                Some(found) => {
                    plan = found;
                    high = middle;
                }
                None => low = middle + 1.0,
            }
        }
        plan
    }

    /// The plan with the fewest heads of one contract that are found by halving.
    fn fewer(&self, mut plan: Plan, number: usize, least: &[f64]) -> Plan {
        let instance = self.instance();
        let now = heads(instance, &plan);
        // Of people who can stand in for one another the relaxed model says only what all of them cost.
        let price =
            |other: usize| instance.contracts[other].price / instance.contracts[number].price;
        let alike =
            (0..least.len()).filter(|&other| other != number && self.are_alike(number, other));
        let hoped: f64 = alike
            .map(|other| price(other) * (least[other] - now[other]))
            .sum();
        let low = (least[number] + hoped - 1e-6).ceil().max(0.0);
        let (mut low, mut high) = (low, now[number]);
        while low < high && self.has_time() {
            let middle = ((low + high) / 2.0).floor();
            let mut most = heads(instance, &plan);
            most[number] = middle;
            if let Some(found) = self.within(&most) {
                plan = found;
                high = heads(instance, &plan)[number].min(middle);
            } else {
                low = middle + 1.0;
            }
        }
        plan
    }

    /// The plan with heads of one contract exchanged for those of another, for as long as that costs less.
    fn exchanged(&self, mut plan: Plan) -> Plan {
        let instance = self.instance();
        let numbers = 0..instance.contracts.len();
        let pairs = numbers
            .clone()
            .flat_map(|from| numbers.clone().map(move |to| (from, to)));
        let is_paid = |number: usize| instance.contracts[number].price > 0.0;
        let pairs = pairs.filter(|&(a, b)| a != b && is_paid(a) && is_paid(b));
        let pairs: Vec<_> = pairs.filter(|&(a, b)| self.are_alike(a, b)).collect();
        let (mut tries, mut refused) = (0, 0);
        for &(from, to) in pairs.iter().cycle() {
            if refused == pairs.len() || tries == EXCHANGES || !self.has_time() {
                break;
            }
            refused += 1;
            let mut most = heads(instance, &plan);
            let (fewer, more) =
                exchange(instance.contracts[from].price, instance.contracts[to].price);
            if most[from] < fewer || most[to] + more > instance.contracts[to].most_heads {
                continue;
            }
            most[from] -= fewer;
            most[to] += more;
            tries += 1;
            let found = self.within(&most);
            if let Some(found) = found.filter(|found| instance.cost(found) < instance.cost(&plan)) {
                plan = found;
                refused = 0;
            }
        }
        plan
    }

    /// A plan within so many heads that keeps its promises and its least cover.
    fn within(&self, most: &[f64]) -> Option<Plan> {
        let work = self.work;
        let within = |instance: &Instance| instance.with_heads(most);
        let (start, _) = work.setting_out(self.sized, self.judge, None, &within, Some(self.room));
        let share = 1.0 - (1.0 - work.share_gone()) * (1.0 - SHARE);
        let rounds = (ROUNDS.min(work.scenario.policy.rounds), 0);
        let instance = within(self.instance());
        let tried = work.calibrated(start, self.bound, self.judge, &instance, rounds, share);
        let covers = missing(self.instance(), &tried.plan) <= self.at_least;
        (tried.kept && covers).then_some(tried.plan)
    }

    /// Whether the people of two contracts have the same skills.
    fn are_alike(&self, a: usize, b: usize) -> bool {
        let instance = self.instance();
        let queues = |number: usize| {
            let group = instance.contracts[number].group;
            &instance.groups[group as usize].queues
        };
        queues(a) == queues(b)
    }

    fn has_time(&self) -> bool {
        self.work.seconds_left(0.95) != Some(0.0)
    }
}

/// How many heads of one price to give up for how many of another, so that the least is saved.
fn exchange(from: f64, to: f64) -> (f64, f64) {
    if from > to {
        (1.0, (from / to - 1e-9).ceil() - 1.0)
    } else {
        ((to / from + 1e-9).floor() + 1.0, 1.0)
    }
}

/// Whole heads at a share of the way from some to others.
fn between(from: &[f64], to: &[f64], share: f64) -> Vec<f64> {
    let heads = from.iter().zip(to);
    heads
        .map(|(from, to)| (from + share * (to - from) - 1e-6).ceil().max(0.0))
        .collect()
}

/// Agents missing from the least cover of a plan.
fn missing(instance: &Instance, plan: &Plan) -> f64 {
    instance.missing(plan).iter().flatten().sum()
}

pub(super) fn heads(instance: &Instance, plan: &Plan) -> Vec<f64> {
    Hired::of(instance, plan).heads().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_between_two_teams_are_whole() {
        assert_eq!(between(&[0.0, 2.3], &[4.0, 1.0], 0.0), [0.0, 3.0]);
        assert_eq!(between(&[0.0, 2.3], &[4.0, 1.0], 0.5), [2.0, 2.0]);
        assert_eq!(between(&[0.0, 2.3], &[4.0, 1.0], 1.0), [4.0, 1.0]);
    }

    #[test]
    fn an_exchange_saves_as_little_as_it_can() {
        assert_eq!(exchange(40.0, 20.0), (1.0, 1.0));
        assert_eq!(exchange(40.0, 15.0), (1.0, 2.0));
        assert_eq!(exchange(20.0, 40.0), (3.0, 1.0));
        assert_eq!(exchange(30.0, 40.0), (2.0, 1.0));
    }
}
