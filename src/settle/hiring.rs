//! How many people to hire: contracts are paid whole, so a plan is sought within fewer and fewer heads.
//!
//! A search by single shifts sees no saving in the first shift of a head that goes: all of its days must go
//! together. So shifts are priced alone at first; then the least number of heads is found by halving within
//! which a plan keeps its promises, shifts costing next to nothing: of all contracts together on the way to
//! what the relaxed model hires, so that a team which serves the work of several may take the place of theirs,
//! then of each contract alone. What few people could do at best is looked for where shifts rounded one by one were not
//! enough. Where people of the same skills may be hired on several contracts, heads are
//! then exchanged: a full-timer for a part-timer, or the other way; and lowered once more.
//!
//! Of many people the model knows well enough how many it takes when all of their hours are worked. The search
//! sets out within these heads, and those of each contract are lowered step by step, every plan setting out from
//! the last: little has to be learnt anew.

use super::room::{HAIR, Safety};
use super::{Terms, Work};
use crate::calibrate::Calibrated;
use crate::requirement::Requirement;
use crate::simulation::engine::Judge;
use crate::staffing::{Hired, Instance, Plan, Task, worked_within};

/// Share of the time after which the search within the first heads ends.
pub(super) const FIRST: f64 = 0.6;
/// Rounds in which fewer heads have to do, at most.
const ROUNDS: usize = 2;
/// Share of the time left after the first search that each number of heads may take.
const SHARE: f64 = 0.4;
/// Times as many heads, where a clock ended that search.
const MORE_HEADS: [f64; 4] = [1.02, 1.05, 1.1, 1.2];
/// Share of many heads that is given up at first, and share of the plan's cost below which no fewer are tried (a head's,
/// if it is more) and none are exchanged.
const STEP: f64 = 0.04;
const LEAST: f64 = 0.01;
/// People up to whom what they do best is looked for with whole shifts.
const FEW: f64 = 12.0;
/// Agents of a slot that must be missing, whatever the few who are paid do, for them to be refused without a try.
const TO_BE_SURE: f64 = 1.0;
/// Exchanges tried.
const EXCHANGES: usize = 6;

/// The search for heads.
struct Hiring<'w, 'a> {
    work: &'w Work<'a>,
    sized: &'w Requirement,
    judge: &'w Judge,
    bound: f64,
    /// What was enough in the model without heads; none where plans set out from the best.
    room: Option<Safety>,
    /// The cheapest found that keeps its promises.
    best: Plan,
    /// What the verdicts on it asked for beyond the promise.
    extra: Vec<f64>,
    /// Agents missing from the least cover, at most.
    at_least: f64,
    is_many: bool,
    /// What every plan keeps, of few people; see [`Work::left_open`].
    hoped: Option<Task>,
    /// Heads that were too few.
    refused: Vec<Vec<f64>>,
}

impl Work<'_> {
    /// The plan found, or one with cheaper heads that keeps its promises and its least cover too; and whether it keeps
    /// the promises. `least` are the heads that the relaxed model hires, `room` what was enough in the model without
    /// heads; none: of many people.
    pub(super) fn with_fewer_heads(
        &self,
        sized: &Requirement,
        found: Calibrated,
        least: &[f64],
        bound: f64,
        (judge, room): (&Judge, Option<Safety>),
    ) -> (Plan, bool) {
        let instance = &self.task.instance;
        let kept = found.kept;
        let is_many = room.is_none();
        let plan = match is_many {
            true => found.plan,
            false => self.with_open_hours(sized, found.plan, bound),
        };
        let mut hiring = Hiring {
            work: self,
            sized,
            judge,
            bound,
            room,
            at_least: self.open_to(is_many, &plan) + HAIR,
            is_many,
            hoped: (kept && !is_many).then(|| self.hoped(sized)).flatten(),
            best: plan,
            extra: found.extra,
            refused: Vec::new(),
        };
        if kept {
            if !is_many {
                hiring.together(least);
            }
            for number in 0..least.len() {
                if is_many {
                    hiring.lower(number);
                } else {
                    hiring.fewer(number, least);
                }
            }
            hiring.exchange();
            if !is_many {
                // Of what was exchanged a head may be left over: plans set out from the best itself.
                hiring.room = None;
                (0..least.len()).for_each(|number| hiring.lower(number));
            }
        }
        let Hiring {
            best,
            extra,
            at_least,
            ..
        } = hiring;
        // Within them, no more hours than are needed.
        let within = paid(instance, &best);
        let (rounds, trials) = self.tries();
        // Hours of those paid by the hour still cost what they do.
        let all_hired = instance.contracts.len() == instance.groups.len();
        let tries = (if all_hired { 0 } else { rounds }, trials);
        let tidied = self.calibrated(best.clone(), bound, judge, &within, tries, (0.95, &extra));
        if self.open_to(is_many, &tidied.plan) <= at_least && (tidied.kept || !kept) {
            (tidied.plan, tidied.kept)
        } else {
            (best, kept)
        }
    }

    /// Agents missing from the least cover: few people may leave a slot with less than the curves ask for, not without
    /// anybody.
    fn open_to(&self, is_many: bool, plan: &Plan) -> f64 {
        if is_many {
            self.task.instance.missing_in_all(plan)
        } else {
            self.missing(plan)
        }
    }

    /// A plan within the heads of `start`, all of whose hours are paid, or with more where these are not enough.
    pub(super) fn within_first_heads(&self, start: Plan, bound: f64, judge: &Judge) -> Calibrated {
        let instance = &self.task.instance;
        let paid = paid(instance, &start);
        let tries = (self.tries().0, 0);
        let mut found = self.calibrated(start, bound, judge, &paid, tries, (FIRST, &[]));
        if !found.kept && self.seconds_left(FIRST) != Some(0.0) {
            let extra = &found.extra;
            found = self.calibrated(found.plan, bound, judge, instance, tries, (FIRST, extra));
        }
        if found.kept || self.ask.limits.seconds.is_none() {
            return found;
        }
        // No time to see where they are wanted: more of all.
        for more in MORE_HEADS {
            let now = heads(instance, &found.plan)
                .into_iter()
                .zip(&instance.contracts);
            let most = now.map(|(heads, it)| (more * heads).ceil().min(it.most_heads));
            let paid = instance.with_heads(&most.collect::<Vec<_>>());
            let plan = worked_within(&paid, &found.plan);
            let short = self.shortages(&self.observed(&plan));
            if short.iter().all(|short| *short <= 0.0) {
                return Calibrated {
                    plan,
                    kept: true,
                    ..found
                };
            }
            if self.seconds_left(0.95) == Some(0.0) {
                break;
            }
        }
        found
    }
}

impl Hiring<'_, '_> {
    /// The cheapest plan found by halving on the way from the heads of the best to those of the relaxed model, where
    /// more than one contract's heads differ.
    fn together(&mut self, least: &[f64]) {
        let now = self.heads();
        let apart: Vec<f64> = now.iter().zip(least).map(|(a, b)| (a - b).abs()).collect();
        if apart.iter().filter(|apart| **apart >= 1.0).count() < 2 {
            return;
        }
        let steps = apart
            .iter()
            .fold(0.0_f64, |most, apart| most.max(*apart))
            .ceil();
        let (mut low, mut high) = (0.0, steps);
        while low < high && self.has_time() {
            let middle = ((low + high) / 2.0_f64).floor();
            if self.does_with(&between(least, &now, middle / steps)) {
                high = middle;
            } else {
                low = middle + 1.0;
            }
        }
    }

    /// The fewest heads of one contract that are found by halving.
    fn fewer(&mut self, number: usize, least: &[f64]) {
        let now = self.heads();
        let contracts = &self.work.task.instance.contracts;
        // Of people who can stand in for one another the relaxed model says only what all of them cost.
        let price = |other: usize| contracts[other].price / contracts[number].price;
        let alike =
            (0..least.len()).filter(|&other| other != number && self.are_alike(number, other));
        let hoped: f64 = alike
            .map(|other| price(other) * (least[other] - now[other]))
            .sum();
        let low = (least[number] + hoped - 1e-6).ceil().max(0.0);
        let (mut low, mut high) = (low, now[number]);
        while low < high && self.has_time() {
            let middle = ((low + high) / 2.0).floor();
            let mut most = self.heads();
            most[number] = middle;
            if self.does_with(&most) {
                high = self.heads()[number].min(middle);
            } else {
                low = middle + 1.0;
            }
        }
    }

    /// Fewer heads of one contract, in steps that get smaller where they are too few.
    fn lower(&mut self, number: usize) {
        let contract = &self.work.task.instance.contracts[number];
        let least = (self.little() / contract.price).floor().max(1.0);
        let mut step = (STEP * self.heads()[number]).ceil();
        while step >= least && self.has_time() {
            let mut most = self.heads();
            if most[number] < 1.0 {
                return;
            }
            most[number] = (most[number] - step).max(0.0);
            if !self.does_with(&most) {
                step = (0.5 * step).floor();
            }
        }
    }

    /// Heads of one contract exchanged for those of another, for as long as that costs less.
    fn exchange(&mut self) {
        let contracts = &self.work.task.instance.contracts;
        let numbers = 0..contracts.len();
        let pairs = numbers
            .clone()
            .flat_map(|from| numbers.clone().map(move |to| (from, to)));
        // A head of many saves next to nothing.
        let is_paid = |number: usize| contracts[number].price > 0.5 * self.little();
        let pairs = pairs.filter(|&(a, b)| a != b && is_paid(a) && is_paid(b));
        let pairs: Vec<_> = pairs.filter(|&(a, b)| self.are_alike(a, b)).collect();
        let (mut tries, mut refused) = (0, 0);
        for &(from, to) in pairs.iter().cycle() {
            if refused == pairs.len() || tries == EXCHANGES || !self.has_time() {
                break;
            }
            refused += 1;
            let mut most = self.heads();
            let (fewer, more) = exchange(contracts[from].price, contracts[to].price);
            if most[from] < fewer || most[to] + more > contracts[to].most_heads {
                continue;
            }
            most[from] -= fewer;
            most[to] += more;
            tries += 1;
            if self.does_with(&most) {
                refused = 0;
            }
        }
    }

    /// Whether a cheaper plan within so many heads is found that keeps its promises and its least cover: the best from
    /// then on.
    fn does_with(&mut self, most: &[f64]) -> bool {
        let are_more = |refused: &Vec<f64>| refused.iter().zip(most).all(|(few, most)| few >= most);
        if self.refused.iter().any(are_more) {
            return false;
        }
        let (work, instance) = (self.work, &self.work.task.instance);
        let within = |instance: &Instance| instance.with_heads(most);
        let hoped = self.hoped.as_mut();
        let left_open = hoped.map(|task| work.left_open(task, most));
        if left_open.is_some_and(|open| open > self.at_least + TO_BE_SURE) {
            self.refused.push(most.to_vec());
            return false;
        }
        let paid = within(instance);
        let (start, extra) = match self.room {
            None => (worked_within(&paid, &self.best), &self.extra[..]),
            room => {
                let (start, _) = work.setting_out(self.sized, self.judge, None, &within, room);
                (start, &[][..])
            }
        };
        let share = 1.0 - (1.0 - work.share_gone()) * (1.0 - SHARE);
        let rounds = (ROUNDS.min(work.scenario.policy.rounds), 0);
        let search = |start: Plan| {
            work.calibrated(start, self.bound, self.judge, &paid, rounds, (share, extra))
        };
        let keeps = |found: &Calibrated| {
            found.kept
                && work.open_to(self.is_many, &found.plan) <= self.at_least
                && (self.is_many || work.is_worked(&found.plan, self.at_least))
        };
        let mut found = search(start);
        let are_few = most.iter().sum::<f64>() <= FEW;
        if let Some(room) = self.room.filter(|_| are_few && !keeps(&found)) {
            let there = (&within as Terms, &found.plan);
            let best = work.best_of_paid(self.sized, self.judge, there, (room, share));
            found = best.map_or(found, search);
        }
        let keeps = keeps(&found);
        let is_better = keeps && instance.cost(&found.plan) < instance.cost(&self.best);
        if is_better {
            self.best = found.plan;
            self.extra = found.extra;
        } else if !keeps {
            self.refused.push(most.to_vec());
        }
        is_better
    }

    /// What is little of the plan's cost.
    fn little(&self) -> f64 {
        LEAST * self.work.task.instance.cost(&self.best)
    }

    fn heads(&self) -> Vec<f64> {
        heads(&self.work.task.instance, &self.best)
    }

    /// Whether the people of two contracts have the same skills.
    fn are_alike(&self, a: usize, b: usize) -> bool {
        let instance = &self.work.task.instance;
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

/// Heads that a plan takes of each contract.
pub(super) fn heads(instance: &Instance, plan: &Plan) -> Vec<f64> {
    Hired::of(instance, plan).heads().collect()
}

/// The instance within the heads of a plan, paid already.
pub(super) fn paid(instance: &Instance, plan: &Plan) -> Instance {
    instance.with_heads(&heads(instance, plan))
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
