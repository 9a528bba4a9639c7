//! The loop that makes a set-up's plan keep its promises and no more: size, staff, simulate, tighten where
//! a promise is missed, loosen where it is kept with room to spare; then take out what is not needed.
//!
//! ```text
//! need(κ) = load + κ (need − load)          each pool, κ the mean of its queues' by load
//! κ_q rises while queue q misses its promise in simulation, and falls while it has slack
//! ```
//!
//! A size per slot asks more than a promise over the week, and a pooled size less than agents who share
//! only in part: κ below and above 1.

use std::cmp::Ordering;

use crate::demand::Demand;
use crate::ids::{Id, QueueId, SetupId};
use crate::requirement::{Requirement, size};
use crate::scenario::Scenario;
use crate::simulation::engine::{Judge, Measured, OnLine};
use crate::simulation::{Observed, network, replay, shifts};
use crate::solver::relative_gap;
use crate::staffing::{Choice, Crew, Instance, Limit, Limits, Plan, Proof, Staffing, Task};
use crate::table::Table;
use crate::time::Stopwatch;

/// A plan that the simulation has seen.
#[derive(Debug, Clone)]
pub struct Settled {
    /// What the plan covers: the sizes as tightened and loosened.
    pub requirement: Requirement,
    pub staffing: Staffing,
    /// The service it gives, to customers it was not fitted to.
    pub observed: Observed,
}

/// The cheapest plan found for a set-up that keeps every promise in simulation at 95 % confidence, or else
/// the one that comes nearest. `progress` hears a line now and then.
///
/// The proof's bound is that of a relaxed model: minimum cover, and the work that may wait in whatever time
/// real-time work leaves; no plan that keeps the promises costs less.
pub fn settle(
    scenario: &Scenario,
    setup: SetupId,
    demand: &Demand,
    limits: &Limits,
    progress: &(dyn Fn(&str) + Sync),
) -> Settled {
    let watch = Stopwatch::start();
    let sized = size(scenario, demand);
    let crew = Crew::new(scenario, setup, &sized);
    let replications = scenario.policy.replications.max(2);
    let seed = scenario.seed ^ SEARCH_SEED;
    let judge = Judge::new(network(scenario, demand, crew.teams()), replications, seed);
    let Ok(judge) = judge else {
        // A checked scenario makes a sound network; should it not, the sizes alone decide.
        let staffing = crew.staff(&sized, limits);
        let observed = replay(scenario, demand, &staffing, scenario.seed);
        return Settled {
            requirement: sized,
            staffing,
            observed,
        };
    };
    let mut floor = crew.task(&least(scenario, &sized));
    floor.instance.fill = 1.0;
    let work = Work {
        scenario,
        demand,
        floor,
        crew,
        judge,
        limits,
        watch,
        progress,
    };
    work.finish(work.rounds(&sized))
}

/// Customers of the search are others than those of the verdict.
const SEARCH_SEED: u64 = 0x5e77_1e00;
/// A hair of rounding below a promise, as in [`crate::simulation::QueueService::keeps_promise`].
const HAIR: f64 = 0.005;
/// First step of κ, and by how much steps shrink from round to round.
const STEP: f64 = 0.6;
const SHRINK: f64 = 0.75;
/// Bounds of κ.
const KAPPA: (f64, f64) = (-0.5, 4.0);
/// Simulated contacts that taking out may cost, and trials at most.
const CONTACTS: f64 = 1.5e6;
const TRIALS: f64 = 60.0;
const TRIALS_PER_ROUND: usize = 10;
/// Gap of the solves within the rounds.
const ROUGH_GAP: f64 = 0.08;
/// Shorter shifts tried in place of one.
const REPLACEMENTS: usize = 4;

struct Work<'a> {
    scenario: &'a Scenario,
    demand: &'a Demand,
    crew: Crew<'a>,
    judge: Judge,
    /// Minimum cover and deferrable work: what every plan keeps, and the source of the bound.
    floor: Task,
    limits: &'a Limits,
    watch: Stopwatch,
    progress: &'a (dyn Fn(&str) + Sync),
}

/// A plan and how it fared.
#[derive(Clone)]
struct Seen {
    plan: Plan,
    cost: f64,
    /// Lower end of each queue's interval above what was promised; infinite where nothing is asked.
    slack: Vec<f64>,
}

impl Seen {
    fn worst(&self) -> (usize, f64) {
        let slack = self.slack.iter().copied().enumerate();
        slack.min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, 0.0))
    }

    fn keeps(&self) -> bool {
        self.worst().1 >= 0.0
    }

    /// Those who keep every promise first, the cheaper and then the safer; then those who come nearer.
    fn order(&self, other: &Self) -> Ordering {
        let safer = || other.worst().1.total_cmp(&self.worst().1);
        match (self.keeps(), other.keeps()) {
            (true, true) => self.cost.total_cmp(&other.cost).then_with(safer),
            (false, false) => self.shortage().total_cmp(&other.shortage()),
            (keeps, _) if keeps => Ordering::Less,
            _ => Ordering::Greater,
        }
    }

    fn shortage(&self) -> f64 {
        self.slack.iter().map(|slack| (-slack).max(0.0)).sum()
    }
}

impl Work<'_> {
    /// Rounds of staff, simulate, adjust: every plan seen and what it was asked for, the best first.
    fn rounds(&self, sized: &Requirement) -> Vec<(Requirement, Seen)> {
        let rounds = self.scenario.policy.rounds.max(1);
        let mut kappa: Table<QueueId, f64> = self.scenario.queues.map(|_, _| 1.0);
        let mut step = STEP;
        let mut known: Vec<(Requirement, Seen)> = Vec::new();
        // Small sizes do not change with every κ: such a turn costs nothing.
        for _ in 0..3 * rounds {
            let requirement = tuned(self.scenario, sized, &kappa);
            let is_new = known.last().is_none_or(|(last, _)| {
                last.pools != requirement.pools || last.deferrable != requirement.deferrable
            });
            if is_new {
                if known.len() == rounds || self.seconds_left() <= 0.0 {
                    break;
                }
                let task = self.crew.task(&requirement);
                let limits = self.round_limits(rounds);
                let start = known
                    .last()
                    .map(|(_, seen): &(Requirement, Seen)| &seen.plan);
                let solved = self.crew.solve(&task, start, &limits, &mut |_| ());
                let seen = self.see(&task.instance, solved.plan);
                known.push((requirement, seen));
                self.report(known.len(), &known[known.len() - 1].1);
            }
            let Some((_, seen)) = known.last() else { break };
            for queue in self.scenario.queues.ids() {
                let change = self.change(queue, seen.slack[queue.index()]);
                kappa[queue] = (kappa[queue] + step * change).clamp(KAPPA.0, KAPPA.1);
            }
            if is_new {
                step *= SHRINK;
            }
        }
        known.sort_by(|(_, a), (_, b)| a.order(b));
        known
    }

    /// Where κ of a queue should go, −1 to 1: up while it misses its promise.
    fn change(&self, queue: QueueId, slack: f64) -> f64 {
        let promised = self.scenario.queues[queue].promised_share();
        if slack < 0.0 {
            (-slack / 0.05).clamp(0.25, 1.0)
        } else if slack.is_finite() {
            -(slack / promised.rest().value().max(0.02)).min(1.0)
        } else {
            0.0
        }
    }

    /// A round's share of the time, where there is a limit. What a rough plan has too many is taken out
    /// at the end.
    fn round_limits(&self, rounds: usize) -> Limits {
        Limits {
            gap: self.limits.gap.max(ROUGH_GAP),
            seconds: self
                .limits
                .seconds
                .map(|all| (all / rounds as f64).max(0.5)),
            ..*self.limits
        }
    }

    fn seconds_left(&self) -> f64 {
        match self.limits.seconds {
            Some(seconds) => seconds - self.watch.seconds(),
            None => f64::INFINITY,
        }
    }

    fn see(&self, instance: &Instance, plan: Plan) -> Seen {
        let planned = self.crew.planned(&plan);
        let working = shifts(&self.scenario.horizon, &planned);
        let on_line = OnLine::from_shifts(self.judge.network(), &working, self.scenario.seed, 0);
        let measured = self.judge.measure(&on_line);
        Seen {
            cost: instance.cost(&plan),
            slack: self.slack(&measured),
            plan,
        }
    }

    fn slack(&self, measured: &Measured) -> Vec<f64> {
        let of_queue = |(id, queue): (QueueId, &crate::scenario::Queue)| {
            let seen = &measured.queues[id.index()];
            if seen.offered.mean > 0.0 && self.crew.serves(id) {
                seen.level.low - (queue.promised_share().value() - HAIR)
            } else {
                f64::INFINITY
            }
        };
        self.scenario.queues.iter().map(of_queue).collect()
    }

    fn report(&self, round: usize, seen: &Seen) {
        let (queue, slack) = seen.worst();
        let name = self.scenario.queues.values().nth(queue);
        (self.progress)(&format!(
            "round {round}: {:.0} {}, worst {} {:+.1} points",
            seen.cost,
            self.scenario.currency.code(),
            name.map_or("", |queue| queue.name.as_str()),
            100.0 * slack
        ));
    }

    /// Takes out of the best plan what the promises do not need; of what it leaves and of the other plans
    /// seen, the cheapest that fresh customers confirm.
    fn finish(&self, known: Vec<(Requirement, Seen)>) -> Settled {
        let bound = self.bound();
        let mut tried: Vec<(&Requirement, Seen)> = Vec::new();
        for (requirement, seen) in known.iter().rev() {
            tried.push((requirement, seen.clone()));
        }
        if let Some((requirement, best)) = known.first().filter(|(_, best)| best.keeps()) {
            let thinner = self.thin_out(best);
            tried.extend(thinner.into_iter().map(|seen| (requirement, seen)));
        }
        let mut nearest: Option<(f64, Settled)> = None;
        while let Some((requirement, seen)) = tried.pop() {
            let task = self.crew.task(requirement);
            let staffing = self.staffing(requirement, &task, &seen, bound);
            let observed = replay(self.scenario, self.demand, &staffing, self.scenario.seed);
            let missed = self.missed(&observed);
            if missed <= 0.0 {
                return self.confirmed(requirement.clone(), &seen, staffing, observed, bound);
            }
            if nearest.as_ref().is_none_or(|(known, _)| missed < *known) {
                let settled = Settled {
                    requirement: requirement.clone(),
                    staffing,
                    observed,
                };
                nearest = Some((missed, settled));
            }
        }
        match nearest {
            Some((_, settled)) => settled,
            None => {
                let requirement = size(self.scenario, self.demand);
                let staffing = self.crew.staff(&requirement, self.limits);
                let observed = replay(self.scenario, self.demand, &staffing, self.scenario.seed);
                Settled {
                    requirement,
                    staffing,
                    observed,
                }
            }
        }
    }

    /// How far the queues together lie below their promises; 0 if all are kept.
    fn missed(&self, observed: &Observed) -> f64 {
        let queues = observed.queues.iter();
        let missing = queues.filter(|(id, seen)| self.crew.serves(*id) && !seen.keeps_promise());
        0.0 + missing
            .map(|(_, seen)| (seen.promised - HAIR - seen.reached.low).max(1e-9))
            .sum::<f64>()
    }

    /// What proved enough is what is required.
    fn confirmed(
        &self,
        mut requirement: Requirement,
        seen: &Seen,
        staffing: Staffing,
        observed: Observed,
        bound: f64,
    ) -> Settled {
        for (pool, cover) in requirement.pools.iter_mut().zip(&staffing.cover) {
            let is_served = pool.queues.iter().all(|&queue| self.crew.serves(queue));
            for (agents, &there) in pool.agents.iter_mut().zip(cover).filter(|_| is_served) {
                *agents = (*agents).min(there);
            }
        }
        let task = self.crew.task(&requirement);
        let mut staffing = self.staffing(&requirement, &task, seen, bound);
        self.forgive_late(&mut staffing, seen.cost);
        staffing.proof.status = if staffing.proof.gap <= self.limits.gap {
            "within gap".to_owned()
        } else {
            "promises kept".to_owned()
        };
        Settled {
            requirement,
            staffing,
            observed,
        }
    }

    /// The model asks for all waiting work in time, the promise for a share of it: work whose promise the
    /// simulation saw kept is not short.
    fn forgive_late(&self, staffing: &mut Staffing, cost: f64) {
        let may_wait = |name: &str| {
            let mut queues = self.scenario.queues.iter();
            queues.any(|(id, queue)| {
                queue.name == name && !queue.is_real_time() && self.crew.serves(id)
            })
        };
        staffing.shortfall.retain(|short| !may_wait(&short.pool));
        let short = staffing.shortfall_hours() * self.scenario.policy.shortfall_per_hour;
        let proof = &mut staffing.proof;
        proof.objective = cost + short;
        proof.bound = proof.bound.min(proof.objective);
        proof.gap = relative_gap(proof.objective, proof.bound);
    }

    fn bound(&self) -> f64 {
        let limits = self.round_limits(1);
        let solved = self.crew.solve(&self.floor, None, &limits, &mut |_| ());
        solved.bound
    }

    fn staffing(
        &self,
        requirement: &Requirement,
        task: &Task,
        seen: &Seen,
        bound: f64,
    ) -> Staffing {
        let proof = Proof {
            status: "promises missed".to_owned(),
            objective: seen.cost,
            bound,
            gap: 0.0,
            seconds: self.watch.seconds(),
        };
        let mut staffing = self.crew.staffing(requirement, task, &seen.plan, proof);
        let short = staffing.shortfall_hours() * self.scenario.policy.shortfall_per_hour;
        staffing.proof.objective = seen.cost + short;
        staffing.proof.bound = staffing.proof.bound.min(staffing.proof.objective);
        staffing.proof.gap = relative_gap(staffing.proof.objective, staffing.proof.bound);
        staffing
    }

    /// Shifts left out, or made shorter, while every promise holds: each success after the one before.
    fn thin_out(&self, best: &Seen) -> Vec<Seen> {
        let mut found = vec![best.clone()];
        self.thin_out_of(&mut found);
        found.remove(0);
        found
    }

    fn thin_out_of(&self, found: &mut Vec<Seen>) {
        let contacts = self.demand.contacts() * self.scenario.policy.replications.max(2) as f64;
        let mut trials = (CONTACTS / contacts.max(1.0)).clamp(10.0, TRIALS) as usize;
        trials = trials.min(TRIALS_PER_ROUND * self.scenario.policy.rounds);
        let mut improved = true;
        while improved && trials > 0 {
            improved = false;
            let Some(now) = found.last() else { return };
            let mut order: Vec<Choice> = now.plan.keys().copied().collect();
            let instance = &self.floor.instance;
            order.sort_by(|&a, &b| {
                let (a_price, b_price) = (instance.price(a), instance.price(b));
                b_price.total_cmp(&a_price).then(a.cmp(&b))
            });
            for choice in order {
                for instead in self.instead_of(choice) {
                    let Some(now) = found.last() else { return };
                    if trials == 0 || self.seconds_left() <= 0.0 {
                        return;
                    }
                    let Some(plan) = changed(&now.plan, choice, instead) else {
                        break;
                    };
                    if !self.stands(&now.plan, &plan) {
                        continue;
                    }
                    trials -= 1;
                    let next = self.see(instance, plan);
                    if next.keeps() {
                        (self.progress)(&format!("thinning out: {:.0}", next.cost));
                        found.push(next);
                        improved = true;
                        break;
                    }
                }
            }
        }
    }

    /// Nothing, or a cheaper shift within the hours of a choice; the cheapest first, evenly over prices.
    fn instead_of(&self, choice: Choice) -> Vec<Option<Choice>> {
        let instance = &self.floor.instance;
        let price = instance.price(choice);
        let hours = &instance.shifts[choice.shift as usize].cover;
        let within = |shift: u32| {
            let cover = &instance.shifts[shift as usize].cover;
            let inside = cover
                .iter()
                .filter(|slot| hours.binary_search(slot).is_ok());
            // A shift may be a slot longer where the break of the other was.
            inside.count() + 2 >= cover.len()
        };
        let mut shorter: Vec<Choice> = instance.groups[choice.group as usize]
            .shifts
            .iter()
            .map(|&shift| Choice { shift, ..choice })
            .filter(|&other| instance.price(other) < price - 1e-6 && within(other.shift))
            .collect();
        shorter.sort_by(|&a, &b| {
            instance
                .price(a)
                .total_cmp(&instance.price(b))
                .then(a.cmp(&b))
        });
        let every = shorter.len().div_ceil(REPLACEMENTS).max(1);
        let some = shorter.into_iter().step_by(every).map(Some);
        std::iter::once(None).chain(some).collect()
    }

    /// Whether a plan holds the minimum cover and the seats as well as the one before.
    fn stands(&self, before: &Plan, plan: &Plan) -> bool {
        let instance = &self.floor.instance;
        let missing = |plan: &Plan| -> f64 { instance.missing(plan).iter().flatten().sum() };
        missing(plan) <= missing(before) + 1e-9
            && over_limits(instance, plan) <= over_limits(instance, before) + 1e-9
    }
}

/// Agent-slots for which there is no seat or nobody to send.
fn over_limits(instance: &Instance, plan: &Plan) -> f64 {
    let over = |limit: &Limit| -> f64 {
        let taken = limit.taken(instance, plan);
        taken
            .iter()
            .map(|taken| (taken - limit.most).max(0.0))
            .sum()
    };
    instance.limits.iter().map(over).sum()
}

/// A plan with one agent of `choice` less and one of `instead` more.
fn changed(plan: &Plan, choice: Choice, instead: Option<Choice>) -> Option<Plan> {
    let mut plan = plan.clone();
    let count = plan.get_mut(&choice)?;
    *count -= 1;
    if *count == 0 {
        plan.remove(&choice);
    }
    if let Some(instead) = instead {
        *plan.entry(instead).or_insert(0) += 1;
    }
    Some(plan)
}

/// The sizes with each pool's safety scaled by κ, never below the minimum of an open queue.
fn tuned(scenario: &Scenario, sized: &Requirement, kappa: &Table<QueueId, f64>) -> Requirement {
    let mut requirement = sized.clone();
    for pool in &mut requirement.pools {
        for slot in 0..scenario.horizon.slots {
            let weigh = |&queue: &QueueId| sized.load[queue][slot].max(1e-9);
            let weight: f64 = pool.queues.iter().map(weigh).sum();
            let sum: f64 = pool.queues.iter().map(|q| kappa[*q] * weigh(q)).sum();
            let (load, agents) = (pool.offered_load[slot], f64::from(pool.agents[slot]));
            let scaled = load + sum / weight * (agents - load);
            let least = pool.queues.iter().map(|&q| sized.minimum[q][slot]).max();
            pool.agents[slot] = ((scaled - 1e-9).ceil().max(0.0) as u32).max(least.unwrap_or(0));
        }
    }
    for work in &mut requirement.deferrable {
        let more = kappa[work.queue].max(1.0);
        work.arriving.iter_mut().for_each(|hours| *hours *= more);
    }
    requirement
}

/// What any plan that keeps the promises has at least: the minimum of open queues, and agents for the
/// promised share of all work.
fn least(scenario: &Scenario, sized: &Requirement) -> Requirement {
    let promised = |queue: QueueId| scenario.queues[queue].promised_share().value();
    let mut requirement = sized.clone();
    for pool in &mut requirement.pools {
        let share = pool.queues.iter().map(|&q| promised(q)).fold(1.0, f64::min);
        for slot in 0..scenario.horizon.slots {
            let least = pool.queues.iter().map(|&q| sized.minimum[q][slot]).max();
            pool.agents[slot] = least.unwrap_or(0);
            pool.offered_load[slot] *= share;
        }
    }
    for work in &mut requirement.deferrable {
        let share = promised(work.queue);
        work.arriving.iter_mut().for_each(|hours| *hours *= share);
    }
    requirement
}
