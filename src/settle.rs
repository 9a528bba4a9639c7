//! A set-up's plan, made to keep its promises and no more: size, staff, simulate, move what is worth more
//! elsewhere, take out what is not needed, and confirm before fresh customers.

mod heads;
mod hiring;
mod narrower;
mod open;
mod open_hours;
mod parts;
mod reach;
mod room;
mod sizes;
mod starts;
mod verdict;

pub use open::parted;
pub use verdict::verdict_replications;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Mutex, OnceLock};

use rayon::prelude::*;

use hiring::FIRST;
use room::{Safety, model, open_model};

use crate::calibrate::{Calibrated, Effort, Problem, Progress, calibrate};
use crate::demand::Demand;
use crate::ids::{Id, QueueId, SetupId};
use crate::requirement::{Requirement, least, size};
use crate::scenario::{PromiseScope, Scenario};
use crate::simulation::engine::{Judge, Network, OnLine, QueueMeasure};
use crate::simulation::{Observed, network, promise, shifts};
use crate::solver::relative_gap;
use crate::staffing::{Crew, Curve, Earlier, Instance, Limits, Plan, Staffing, Task, hire_whole};
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
/// The pods are those of an `earlier` plan, but for what pays for the learning; the search sets out from its
/// shifts where its teams had any, and stays near them.
///
/// The proof's bound is that of a relaxed model, in which everybody able to serve any of some queues serves
/// all of them, and work that may wait fills whatever time is left: no plan that keeps the promises costs
/// less.
pub fn settle(
    scenario: &Scenario,
    setup: SetupId,
    demand: &Demand,
    limits: &Limits,
    earlier: Option<&Earlier>,
    progress: &(dyn Fn(&str) + Sync),
) -> Settled {
    let watch = Stopwatch::start();
    let sizes = |demand: &Demand| {
        if scenario.policy.rounds == 0 && scenario.policy.promise != PromiseScope::Slot {
            least(scenario, demand)
        } else {
            size(scenario, demand)
        }
    };
    let all = (sizes(demand), demand);
    let verdict = verdict_replications(scenario, demand, limits.seconds);
    let teams = earlier.map_or(&[][..], |earlier| &earlier.teams);
    let crew = Crew::new(scenario, setup, &all.0, teams);
    let within = reach::within_reach(scenario, &crew, demand, &judged_periods(scenario));
    let (sized, demand) = match &within {
        Cow::Borrowed(_) => (Cow::Borrowed(&all.0), demand),
        Cow::Owned(within) => (Cow::Owned(sizes(within)), within),
    };
    let parts = parts::parts(&crew, scenario.queues.len());
    // Of a whole in parts only its prices and limits count.
    let curves = match parts.len() {
        0 | 1 => curves(&crew, &sized, demand),
        _ => Vec::new(),
    };
    let ask = Ask {
        limits,
        earlier,
        progress,
        watch,
        starts: starts(scenario, demand, limits),
        solves: demand.contacts() <= STARTS_CONTACTS,
        most: f64::INFINITY,
    };
    let mut whole = Work::new(crew, curves, demand, ask, &sized, verdict);
    let (plan, bound) = if parts.len() < 2 {
        whole.searched(&sized)
    } else {
        whole.in_parts(&parts, &sized)
    };
    let plan = whole.with_open_hours(&sized, plan, bound);
    let bound = whole.bound_for(&sized, &plan, bound);
    whole.within_heads((&all.0, all.1), plan, bound)
}

/// The same as the scenario's policy has it: no clock, no plan to set out from.
pub fn settle_plainly(scenario: &Scenario, setup: SetupId, demand: &Demand) -> Settled {
    settle(
        scenario,
        setup,
        demand,
        &Limits::of(scenario),
        None,
        &|_| {},
    )
}

/// What becomes of an instance's prices and limits while a plan is sought.
type Terms<'a> = &'a dyn Fn(&Instance) -> Instance;

/// People from which on they are not sought one by one.
const MANY_HEADS: f64 = 40.0;
/// Seconds that a model gets however late it is.
const LEAST_SOLVE: f64 = 0.05;
/// A search takes so many times what the relaxation does, at least; of one that takes long so many times, and seconds.
const SEARCH: f64 = 4.0;
const LONG_SEARCH: (f64, f64) = (2.0, 0.2);
/// Share of the time that the relaxation may take.
const RELAXED: f64 = 0.3;
/// Customers of the search are others than those of the verdict.
const SEARCH_SEED: u64 = 0x5e77_1e00;
/// Single changes tried for each round of the policy.
const TRIALS: usize = 25;
/// Verdicts that a plan may fail and be mended, at least.
const LEAST_VERDICTS: usize = 3;
/// A search that chooses among plans by its own customers flatters them: it trusts its intervals so much.
const LEAST_CERTAINTY: f64 = 0.5;
/// A few shifts more or less hang on the customers of the search: where few come, it is made anew with others, as often
/// as so many contacts allow, and no oftener than this; then as often, but for once, about the best.
const STARTS: f64 = 3.0;
const STARTS_CONTACTS: f64 = 10_000.0;
/// Share in time that a promise without one begins with.
const LEAST_SHARE: f64 = 0.5;
/// Share of the agents of two hours that a step of the search may change at first: it sets out near its goal.
const RADIUS: f64 = 0.06;
/// Price of a contact short at first, in average costs of a contact: its rounds are few.
const PENALTY: f64 = 10.0;
/// Where fewer contacts than these fall to a replication there are more replications, up to ten times.
const CONTACTS: f64 = 1500.0;

/// What a set-up's real-time queues promise over days or weeks.
fn curves(crew: &Crew, sized: &Requirement, demand: &Demand) -> Vec<Curve> {
    match crew.scenario().policy.promise {
        PromiseScope::Slot => Vec::new(),
        PromiseScope::Day | PromiseScope::Week => crew.curves(sized, demand),
    }
}

/// How to search.
#[derive(Clone, Copy)]
struct Ask<'a> {
    limits: &'a Limits,
    earlier: Option<&'a Earlier>,
    progress: &'a (dyn Fn(&str) + Sync),
    /// Since the search began.
    watch: Stopwatch,
    /// Searches of which the best is taken.
    starts: u64,
    /// Whether models are solved, too, not only rounded.
    solves: bool,
    /// Nothing is sought where it would cost as much.
    most: f64,
}

struct Work<'a> {
    /// With the replications of the verdict.
    scenario: Scenario,
    /// Those of the search.
    replications: usize,
    crew: Crew<'a>,
    demand: &'a Demand,
    /// What every plan keeps, and the source of the bound.
    task: Task,
    /// The same without the sizes, or the agents that the curves have in each slot at least, where there are any.
    open: Option<Instance>,
    curves: Vec<Curve>,
    /// Over which pledges are made, and each queue's promise is judged.
    periods: Vec<Range<usize>>,
    judged: Vec<Vec<Range<usize>>>,
    ask: Ask<'a>,
    /// The customers of the verdict, where they are few enough to be kept.
    customers: OnceLock<Option<Judge>>,
    /// The plan that they saw last, and what they saw.
    seen: Mutex<Option<(Plan, Observed)>>,
}

impl<'a> Work<'a> {
    fn new(
        crew: Crew<'a>,
        curves: Vec<Curve>,
        demand: &'a Demand,
        ask: Ask<'a>,
        sized: &Requirement,
        verdict: usize,
    ) -> Self {
        let scenario = crew.scenario();
        let periods = periods(scenario);
        let by_slot = scenario.policy.promise == PromiseScope::Slot;
        let mut judged = scenario.clone();
        judged.policy.replications = verdict;
        let pledged = (&curves[..], &periods[..]);
        Self {
            task: model(&crew, scenario, demand, sized, pledged, Safety::NONE),
            open: (by_slot || !curves.is_empty())
                .then(|| open_model(&crew, scenario, demand, sized)),
            curves,
            replications: search_replications(scenario, demand).min(verdict),
            scenario: judged,
            crew,
            demand,
            judged: judged_periods(scenario),
            periods,
            ask,
            customers: OnceLock::new(),
            seen: Mutex::new(None),
        }
    }

    /// The plan found, and a bound on its cost.
    fn search(&self, sized: &Requirement) -> (Plan, f64) {
        let before = self.ask.watch.seconds();
        let mut relaxed = self
            .crew
            .round(&self.task, &self.limits_left(RELAXED), None);
        let took = self.ask.watch.seconds() - before;
        let least = (SEARCH * took).min(LONG_SEARCH.0 * took + LONG_SEARCH.1);
        let is_late = self.seconds_left(1.0).is_some_and(|left| left < least);
        if is_late || self.is_hopeless(sized, &relaxed.plan) {
            return (self.rounded(sized, &Instance::clone), relaxed.bound);
        }
        if self.scenario.policy.rounds > 0 {
            let seconds = self.seconds_left(RELAXED);
            hire_whole(&self.task.instance, &mut relaxed, seconds);
        }
        let bound = relaxed.bound;
        if bound >= self.ask.most {
            return (Plan::new(), bound);
        }
        let is_hired = !self.task.instance.contracts.is_empty();
        let alone = self.task.instance.by_the_shift();
        let earlier = self.earlier(&alone);
        let starts = match &earlier {
            None if !is_hired => self.ask.starts,
            _ => 1,
        };
        let judges: Vec<Judge> = (0..starts).filter_map(|start| self.judge(start)).collect();
        let Some(judge) = judges.first() else {
            // A checked scenario makes a sound network; should it not, the sizes alone decide.
            return (self.sized_plan(sized, &Instance::clone), bound);
        };
        let set_out = |judge: &Judge, terms: Terms| {
            // What is worth a look at the prices of shifts is not what is worth one at those of contracts.
            self.setting_out(sized, judge, None, terms, None)
        };
        if !is_hired {
            let from = (&relaxed.near[..], earlier);
            let found = self.by_the_shift(sized, &judges, from, bound);
            return (self.or_sizes(found, sized), bound);
        }
        if earlier.is_none() && relaxed.heads.iter().sum::<f64>() >= MANY_HEADS {
            let (start, _) = set_out(judge, &Instance::clone);
            let found = self.within_first_heads(start, bound, judge);
            let found = self.with_fewer_heads(sized, found, &relaxed.heads, bound, (judge, None));
            return (self.or_sizes(found, sized), bound);
        }
        let (start, room) = set_out(judge, &Instance::by_the_shift);
        let search = |start: &Plan, instance: &Instance, tries| {
            self.calibrated(start.clone(), bound, judge, instance, tries, (FIRST, &[]))
        };
        // What single shifts save is found within the heads.
        let rough = (self.tries().0, 0);
        let found = match &earlier {
            None => search(&start, &alone, rough),
            Some(earlier) => {
                // Those who are there first; others are hired where they are not enough.
                let there = hiring::paid(&self.task.instance, earlier);
                let found = search(earlier, &there, self.tries());
                if found.kept {
                    found
                } else {
                    search(earlier, &alone, rough)
                }
            }
        };
        let found = self.with_fewer_heads(sized, found, &relaxed.heads, bound, (judge, Some(room)));
        (self.or_sizes(found, sized), bound)
    }

    /// The customers of one of the searches.
    fn judge(&self, start: u64) -> Option<Judge> {
        let network = network(&self.scenario, self.demand, self.crew.teams());
        let seed = self.scenario.seed ^ SEARCH_SEED ^ (start << 40);
        Judge::new(network, self.replications, seed).ok()
    }

    /// Of this share of the seconds, where a clock runs.
    fn seconds_left(&self, share: f64) -> Option<f64> {
        let all = self.ask.limits.seconds?;
        Some((share * all - self.ask.watch.seconds()).max(0.0))
    }

    /// Share of the seconds that is gone; 0 without a clock.
    fn share_gone(&self) -> f64 {
        let all = self.ask.limits.seconds.unwrap_or(f64::INFINITY);
        (self.ask.watch.seconds() / all).min(1.0)
    }

    fn limits_left(&self, share: f64) -> Limits {
        Limits {
            seconds: self
                .seconds_left(share)
                .map(|seconds| seconds.max(LEAST_SOLVE)),
            ..*self.ask.limits
        }
    }

    /// Rounds of the search, and single changes tried at its end.
    fn tries(&self) -> (usize, usize) {
        let rounds = self.scenario.policy.rounds.max(1);
        (rounds, TRIALS * rounds)
    }

    /// A plan of the model, calibrated at the prices and within the limits of `instance`. `extra`: what verdicts on a
    /// like plan asked for.
    fn calibrated(
        &self,
        start: Plan,
        bound: f64,
        judge: &Judge,
        instance: &Instance,
        (rounds, trials): (usize, usize),
        (share_of_time, extra): (f64, &[f64]),
    ) -> Calibrated {
        let scenario = &self.scenario;
        let clock = || self.ask.watch.seconds();
        let effort = Effort {
            rounds,
            radius: RADIUS,
            penalty: PENALTY,
            trials,
            together: false,
            verdicts: match scenario.policy.rounds {
                0 => 2,
                rounds => rounds.max(LEAST_VERDICTS) + 1,
            },
            seconds: self.seconds_left(share_of_time),
            clock: self.ask.limits.seconds.is_some().then_some(&clock),
            seed: scenario.seed ^ SEARCH_SEED,
            certainty: (self.replications as f64 / scenario.policy.replications as f64)
                .sqrt()
                .clamp(LEAST_CERTAINTY, 1.0),
            tolerance: promise::HAIR,
            extra,
        };
        let promised: Vec<Option<f64>> = scenario
            .queues
            .iter()
            .map(|(id, queue)| {
                let share = queue.promised_share().value();
                // A promise without a share, of a mean wait say, takes its share from what it is short of.
                let share = if share > 0.0 { share } else { LEAST_SHARE };
                self.crew.serves(id).then_some(share)
            })
            .collect();
        let slack =
            |q: usize, seen: &QueueMeasure| promise::slack(&scenario.queues[QueueId::new(q)], seen);
        let periods: Vec<_> = self.judged.iter().map(Vec::as_slice).collect();
        let problem = Problem {
            instance,
            floors: &self.task.instance.covers,
            judge,
            promised: &promised,
            slack: &slack,
            periods: &periods,
            on_line: &|plan| self.on_line(judge.network(), plan),
        };
        let mut verdict = |plan: &Plan| self.shortages(&self.observed(plan));
        let mut report = |p: &Progress| self.report(p, bound);
        calibrate(problem, start, effort, &mut verdict, &mut report)
    }

    fn on_line(&self, network: &Network, plan: &Plan) -> OnLine {
        let working = shifts(&self.scenario.horizon, &self.crew.planned(plan));
        OnLine::from_shifts(network, &working, self.scenario.seed, 0)
    }

    fn report(&self, p: &Progress, bound: f64) {
        let unit = self.crew.unit();
        let name = self.scenario.queues.values().nth(p.worst);
        let best = p.best.map_or("none yet".to_owned(), |best| {
            // Hours of those hired whole cost next to nothing while heads are sought.
            let gap = (best >= bound).then(|| 100.0 * relative_gap(best, bound));
            let gap = gap.map_or(String::new(), |gap| format!(", gap {gap:.1} %"));
            format!("{:.0}{gap}", best * unit)
        });
        (self.ask.progress)(&format!(
            "round {}: bound {:.0}, best {best}, in hand {:.0} {}, worst {} {:.1} %",
            p.round,
            bound * unit,
            p.cost * unit,
            self.scenario.currency.code(),
            name.map_or("", |queue| queue.name.as_str()),
            100.0 * p.level
        ));
    }
}

/// What `work` makes of each item, in order: side by side, or `in_turn` where a clock runs.
pub(crate) fn each<T: Sync, R: Send>(
    in_turn: bool,
    items: &[T],
    work: impl Fn(&T) -> R + Sync + Send,
) -> Vec<R> {
    if in_turn {
        items.iter().map(work).collect()
    } else {
        items.par_iter().map(work).collect()
    }
}

/// The periods over which the policy's promise is pledged.
fn periods(scenario: &Scenario) -> Vec<Range<usize>> {
    match scenario.policy.promise {
        PromiseScope::Day => scenario.horizon.days(scenario.zone),
        PromiseScope::Slot | PromiseScope::Week => vec![whole(scenario)],
    }
}

/// Those over which each queue's is judged.
fn judged_periods(scenario: &Scenario) -> Vec<Vec<Range<usize>>> {
    let periods = scenario.periods_promised();
    let judged = scenario.queues.values().map(|queue| periods.of(queue).1);
    let or_whole = |periods: &[Range<usize>]| match periods {
        [] => vec![whole(scenario)],
        _ => periods.to_vec(),
    };
    judged.map(or_whole).collect()
}

fn whole(scenario: &Scenario) -> Range<usize> {
    0..scenario.horizon.slots
}

/// Searches made: one for a draft, and where a clock runs.
fn starts(scenario: &Scenario, demand: &Demand, limits: &Limits) -> u64 {
    if scenario.policy.rounds == 0 || limits.seconds.is_some() {
        return 1;
    }
    let many = STARTS_CONTACTS / demand.contacts().max(1.0);
    many.clamp(1.0, STARTS) as u64
}

/// Replications of the search: small volumes need more for the same certainty.
fn search_replications(scenario: &Scenario, demand: &Demand) -> usize {
    let more = (CONTACTS / demand.contacts().max(1.0)).clamp(1.0, 10.0);
    (scenario.policy.replications.max(2) as f64 * more) as usize
}
