//! A set-up's plan, made to keep its promises and no more: size, staff, simulate, move what is worth more
//! elsewhere, take out what is not needed, and confirm before fresh customers.

use std::ops::Range;

use crate::calibrate::{Effort, Problem, Progress, calibrate};
use crate::demand::Demand;
use crate::ids::{Id, QueueId, SetupId};
use crate::requirement::deferrable::work_spread;
use crate::requirement::{Requirement, size};
use crate::scenario::{PromiseScope, Scenario};
use crate::simulation::engine::{Judge, Network, OnLine};
use crate::simulation::{Observed, network, replay, shifts};
use crate::solver::relative_gap;
use crate::staffing::{Crew, Limits, Plan, Proof, Staffing, Task};
use crate::time::Stopwatch;

/// A plan that the simulation has seen.
#[derive(Debug, Clone)]
pub struct Settled {
    /// What the plan covers: the sizes, less what proved to be more than enough.
    pub requirement: Requirement,
    pub staffing: Staffing,
    /// The service it gives, to customers it was not fitted to.
    pub observed: Observed,
}

/// The cheapest plan found for a set-up that keeps every promise in simulation at 95 % confidence, or else
/// the one that comes nearest. `progress` hears a line now and then.
///
/// The proof's bound is that of a relaxed model, in which everybody able to serve any of some queues serves
/// all of them, and work that may wait fills whatever time is left: no plan that keeps the promises costs
/// less.
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
    let periods = periods(scenario);
    let bound = {
        let task = model(&crew, scenario, demand, &sized, &periods, Safety::NONE);
        crew.round(&task, limits).bound
    };
    let network = network(scenario, demand, crew.teams());
    let scenario = judged(scenario, demand);
    let replications = scenario.policy.replications.div_ceil(VERDICT);
    let judge = Judge::new(network, replications, scenario.seed ^ SEARCH_SEED);
    let work = Work {
        task: model(&crew, &scenario, demand, &sized, &periods, Safety::NONE),
        scenario,
        crew,
        demand,
        periods,
        limits,
        watch,
        progress,
    };
    let plan = match judge {
        Ok(judge) => {
            let start = work.setting_out(&sized, &judge);
            work.calibrated(start, bound, &judge)
        }
        // A checked scenario makes a sound network; should it not, the sizes alone decide.
        Err(_) => {
            work.crew
                .solve(&work.crew.task(&sized), None, limits, &mut |_| ())
                .plan
        }
    };
    work.settled(sized, plan, bound)
}

/// Customers of the search are others than those of the verdict.
const SEARCH_SEED: u64 = 0x5e77_1e00;
/// A hair of rounding below a promise, as in [`crate::simulation::QueueService::keeps_promise`].
const HAIR: f64 = 0.005;
/// Models tried with more or less room, beside one for each round of the policy.
const SETTINGS_OUT: usize = 2;
/// Single changes tried for each round of the policy.
const TRIALS: usize = 25;
/// Share of the agents of two hours that a step of the search may change at first: it sets out near its goal.
const RADIUS: f64 = 0.06;
/// Where fewer contacts than these fall to a replication there are more replications, up to ten times.
const CONTACTS: f64 = 1500.0;
/// The verdict is given on more replications than the search, within so many contacts.
const VERDICT: usize = 4;
const VERDICT_CONTACTS: f64 = 4e6;

struct Work<'a> {
    /// With the replications of the verdict.
    scenario: Scenario,
    crew: Crew<'a>,
    demand: &'a Demand,
    /// What every plan keeps, and the source of the bound.
    task: Task,
    periods: Vec<Range<usize>>,
    limits: &'a Limits,
    watch: Stopwatch,
    progress: &'a (dyn Fn(&str) + Sync),
}

impl Work<'_> {
    /// The cheapest plan that keeps its promises among those of the model with more or less room for chance,
    /// or the one that comes nearest.
    fn setting_out(&self, sized: &Requirement, judge: &Judge) -> Plan {
        if self.scenario.policy.promise == PromiseScope::Slot {
            let task = self.crew.task(sized);
            return self.crew.solve(&task, None, self.limits, &mut |_| ()).plan;
        }
        let mut search = SafetySearch::default();
        let mut best: Option<(f64, f64, Plan)> = None;
        for _ in 0..SETTINGS_OUT + self.scenario.policy.rounds {
            let (crew, scenario) = (&self.crew, &self.scenario);
            let task = model(
                crew,
                scenario,
                self.demand,
                sized,
                &self.periods,
                search.now(),
            );
            let plan = crew.round(&task, self.limits).plan;
            let cost = self.task.instance.cost(&plan);
            let measured = judge.measure(&self.on_line(judge.network(), &plan));
            let slack = |on_line: bool| {
                let queues = scenario.queues.iter();
                let queues =
                    queues.filter(|(q, queue)| queue.is_real_time() == on_line && crew.serves(*q));
                let slack = queues.map(|(q, queue)| {
                    let seen = &measured.queues[q.index()];
                    seen.level.low + HAIR - queue.promised_share().value()
                });
                slack.fold(f64::INFINITY, f64::min)
            };
            let slack = [slack(true), slack(false)];
            let short: f64 = slack.iter().map(|slack| (-slack).max(0.0)).sum();
            let better = |(least, price, _): &(f64, f64, Plan)| (short, cost) < (*least, *price);
            if best.as_ref().is_none_or(better) {
                best = Some((short, cost, plan));
            }
            (self.progress)(&format!(
                "setting out at {cost:.0} {}",
                scenario.currency.code()
            ));
            if !search.next(slack) || self.seconds_left() < 0.0 {
                break;
            }
        }
        best.map_or_else(Plan::new, |(_, _, plan)| plan)
    }

    fn seconds_left(&self) -> f64 {
        let most = self.limits.seconds.unwrap_or(f64::INFINITY);
        0.3 * most - self.watch.seconds()
    }

    /// A plan of the model, calibrated.
    fn calibrated(&self, start: Plan, bound: f64, judge: &Judge) -> Plan {
        let scenario = &self.scenario;
        let clock = || self.watch.seconds();
        let rounds = scenario.policy.rounds.max(1);
        let effort = Effort {
            rounds,
            radius: RADIUS,
            trials: TRIALS * rounds,
            verdicts: rounds.div_ceil(2),
            seconds: self
                .limits
                .seconds
                .map(|all| (0.95 * all - clock()).max(0.0)),
            clock: self.limits.seconds.is_some().then_some(&clock),
            seed: scenario.seed ^ SEARCH_SEED,
            tolerance: HAIR,
        };
        let promised: Vec<Option<f64>> = scenario
            .queues
            .iter()
            .map(|(id, queue)| {
                let share = queue.promised_share().value();
                (share > 0.0 && self.crew.serves(id)).then_some(share)
            })
            .collect();
        let problem = Problem {
            instance: &self.task.instance,
            floors: &self.task.instance.covers,
            judge,
            promised: &promised,
            periods: &self.periods,
            on_line: &|plan| self.on_line(judge.network(), plan),
        };
        let mut verdict = |plan: &Plan| self.shortages(&self.observed(plan));
        let mut report = |p: &Progress| self.report(p, bound);
        calibrate(problem, start, effort, &mut verdict, &mut report).plan
    }

    fn on_line(&self, network: &Network, plan: &Plan) -> OnLine {
        let working = shifts(&self.scenario.horizon, &self.crew.planned(plan));
        OnLine::from_shifts(network, &working, self.scenario.seed, 0)
    }

    fn observed(&self, plan: &Plan) -> Observed {
        let shifts = self.crew.planned(plan);
        replay(
            &self.scenario,
            self.demand,
            self.crew.teams(),
            &shifts,
            self.scenario.seed,
        )
    }

    /// How far each queue lies below its promise; not above 0 where it is kept.
    fn shortages(&self, observed: &Observed) -> Vec<f64> {
        let short = |(queue, seen): (QueueId, &crate::simulation::QueueService)| {
            if seen.keeps_promise() || !self.crew.serves(queue) {
                return 0.0;
            }
            (seen.promised - HAIR - seen.reached.low).max(1e-4)
        };
        observed.queues.iter().map(short).collect()
    }

    fn report(&self, p: &Progress, bound: f64) {
        let name = self.scenario.queues.values().nth(p.worst);
        let best = p
            .best
            .map_or("none yet".to_owned(), |best| format!("{best:.0}"));
        (self.progress)(&format!(
            "round {}: bound {bound:.0}, best {best}, in hand {:.0} {}, worst {} {:.1} %",
            p.round,
            p.cost,
            self.scenario.currency.code(),
            name.map_or("", |queue| queue.name.as_str()),
            100.0 * p.level
        ));
    }

    /// The plan with its verdict, and what it leaves open.
    fn settled(&self, sized: Requirement, plan: Plan, bound: f64) -> Settled {
        let observed = self.observed(&plan);
        let kept: Vec<bool> = self
            .shortages(&observed)
            .iter()
            .map(|s| *s <= 0.0)
            .collect();
        let is_kept = |queue: &QueueId| kept[queue.index()] && self.crew.serves(*queue);
        let mut requirement = sized;
        let on_line = self.task.instance.on_line(&plan);
        for pool in requirement
            .pools
            .iter_mut()
            .filter(|p| p.queues.iter().all(is_kept))
        {
            // What proved enough is what is required.
            let serving = self.crew.teams().iter().zip(&on_line);
            let serving: Vec<&Vec<u32>> = serving
                .filter(|(team, _)| team.queues.iter().any(|q| pool.queues.contains(q)))
                .map(|(_, agents)| agents)
                .collect();
            for (slot, agents) in pool.agents.iter_mut().enumerate() {
                *agents = (*agents).min(serving.iter().map(|there| there[slot]).sum());
            }
        }
        // Waiting work whose promise is kept is not short, whatever share of it the model asks for.
        let mut open = requirement.clone();
        open.deferrable.retain(|work| !is_kept(&work.queue));
        let task = self.crew.task(&open);
        let cost = self.task.instance.cost(&plan);
        let proof = Proof {
            status: String::new(),
            objective: cost,
            bound,
            gap: 0.0,
            seconds: self.watch.seconds(),
        };
        let mut staffing = self.crew.staffing(&requirement, &task, &plan, proof);
        let short = staffing.shortfall_hours() * self.scenario.policy.shortfall_per_hour;
        let proof = &mut staffing.proof;
        proof.objective = cost + short;
        proof.bound = proof.bound.min(proof.objective);
        proof.gap = relative_gap(proof.objective, proof.bound);
        let all_kept = self.scenario.queues.ids().all(|queue| is_kept(&queue));
        proof.status = match all_kept {
            true if proof.gap <= self.limits.gap => "within gap",
            true => "promises kept",
            false => "promises missed",
        }
        .to_owned();
        Settled {
            requirement,
            staffing,
            observed,
        }
    }
}

/// The periods over which the policy's promise is counted; days are those of the scenario's zone.
fn periods(scenario: &Scenario) -> Vec<Range<usize>> {
    let horizon = &scenario.horizon;
    if scenario.policy.promise != PromiseScope::Day {
        return vec![0..horizon.slots];
    }
    let mut days: Vec<Range<usize>> = Vec::new();
    let mut last = None;
    for slot in 0..horizon.slots {
        let day = horizon.local(slot, scenario.zone).date();
        match days.last_mut() {
            Some(range) if last == Some(day) => range.end = slot + 1,
            _ => days.push(slot..slot + 1),
        }
        last = Some(day);
    }
    days
}

/// The scenario with the replications of its verdict: small volumes need more for the same certainty.
fn judged(scenario: &Scenario, demand: &Demand) -> Scenario {
    let contacts = demand.contacts().max(1.0);
    let asked = scenario.policy.replications.max(2) as f64;
    let search = (asked * (CONTACTS / contacts).clamp(1.0, 10.0)).ceil();
    let most = (VERDICT_CONTACTS / contacts).max(search);
    let mut scenario = scenario.clone();
    scenario.policy.replications = (search * VERDICT as f64).min(most) as usize;
    scenario
}

/// What every plan that keeps the promises has at least: the minimum of open queues, agents for the promised
/// share of all work, and pledges over each period (or the sizes, where the promise is one of each slot).
/// What the `safety` asks for comes on top.
fn model(
    crew: &Crew,
    scenario: &Scenario,
    demand: &Demand,
    sized: &Requirement,
    periods: &[Range<usize>],
    safety: Safety,
) -> Task {
    let promised = |queue: QueueId| scenario.queues[queue].promised_share().value();
    let by_slot = scenario.policy.promise == PromiseScope::Slot;
    let mut least = sized.clone();
    for pool in least.pools.iter_mut().filter(|_| !by_slot) {
        let share = pool.queues.iter().map(|&q| promised(q)).fold(1.0, f64::min);
        for slot in 0..scenario.horizon.slots {
            let minimum = pool.queues.iter().map(|&q| sized.minimum[q][slot]).max();
            pool.agents[slot] = minimum.unwrap_or(0);
            pool.offered_load[slot] *= share;
        }
    }
    for work in &mut least.deferrable {
        let spread = safety.spreads * spread(scenario, demand, work.queue);
        let share = promised(work.queue) * (1.0 + spread);
        work.arriving.iter_mut().for_each(|hours| *hours *= share);
    }
    let mut task = crew.task(&least);
    task.instance.fill = 1.0;
    if !by_slot {
        crew.pledge(&mut task, sized, demand, periods, safety.beyond);
    }
    task
}

/// Room for chance in the model.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Safety {
    /// Share of what the promises to those on the line leave open that is asked for all the same.
    beyond: f64,
    /// Standard deviations of the work of a deadline that are asked for on top of its mean.
    spreads: f64,
}

impl Safety {
    const NONE: Self = Self {
        beyond: 0.0,
        spreads: 0.0,
    };
}

/// Looks for the least room that keeps the promises: real-time work and work that may wait each step by
/// step, then by halves.
#[derive(Debug, Clone)]
struct SafetySearch {
    now: [f64; 2],
    /// The least that kept its promises, the most that did not.
    enough: [Option<f64>; 2],
    short: [Option<f64>; 2],
}

impl Default for SafetySearch {
    fn default() -> Self {
        Self {
            now: [0.15, 0.5],
            enough: [None; 2],
            short: [None; 2],
        }
    }
}

impl SafetySearch {
    /// Steps, and how near to each other enough and short are near enough.
    const STEP: [f64; 2] = [0.25, 0.5];
    const NEAR: [f64; 2] = [0.08, 0.2];
    const MOST: [f64; 2] = [0.9, 4.0];
    const LEAST: [f64; 2] = [-0.6, -0.5];

    fn now(&self) -> Safety {
        let [beyond, spreads] = self.now;
        Safety { beyond, spreads }
    }

    /// The next to try after one that left these slacks; false if there is none.
    fn next(&mut self, slack: [f64; 2]) -> bool {
        let mut moved = false;
        for kind in 0..2 {
            let now = self.now[kind];
            if slack[kind].is_infinite() {
                continue;
            }
            let at = if slack[kind] >= 0.0 {
                &mut self.enough
            } else {
                &mut self.short
            };
            at[kind] = Some(now);
            let next = match (self.enough[kind], self.short[kind]) {
                (Some(enough), Some(short)) if (enough - short).abs() < Self::NEAR[kind] => enough,
                (Some(enough), Some(short)) => 0.5 * (enough + short),
                (Some(enough), None) => enough - Self::STEP[kind],
                (None, short) => short.unwrap_or(now) + Self::STEP[kind],
            };
            self.now[kind] = next.clamp(Self::LEAST[kind], Self::MOST[kind]);
            moved |= (self.now[kind] - now).abs() > 1e-9;
        }
        moved
    }
}

/// One standard deviation of the work that arrives within a deadline, as a share of it.
fn spread(scenario: &Scenario, demand: &Demand, queue: QueueId) -> f64 {
    let of = &demand.queues[queue];
    let within = scenario.queues[queue].promised_within().value();
    let open: f64 = scenario.open_share(queue).iter().sum();
    let slots = within / scenario.horizon.slot_seconds();
    let contacts = of.contacts() * (slots / open.max(1.0)).min(1.0);
    let handle = &scenario.queues[queue].handle_time;
    let (mean, variance) = work_spread(contacts, handle.mean.value(), handle.cv, of.day_variance);
    if mean > 0.0 {
        variance.sqrt() / mean
    } else {
        0.0
    }
}
