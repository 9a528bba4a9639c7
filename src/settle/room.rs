//! The model of a set-up with more or less room for chance.

use std::borrow::Cow;
use std::ops::Range;

use super::{Terms, Work};
use crate::demand::Demand;
use crate::ids::{Id, QueueId};
use crate::requirement::Requirement;
use crate::requirement::deferrable::work_spread;
use crate::scenario::{PromiseScope, Scenario};
use crate::simulation::engine::Judge;
use crate::simulation::promise;
use crate::staffing::{
    Choice, Crew, Curve, Instance, Plan, Task, best_of_paid, hire_whole, worked_out,
};

/// What every plan that keeps its promises has at least: the sizes, where the promise is one of each slot, or what
/// [`pledged`] says.
/// What the `safety` asks for comes on top.
pub(super) fn model(
    crew: &Crew,
    scenario: &Scenario,
    demand: &Demand,
    sized: &Requirement,
    promised: (&[Curve], &[Range<usize>]),
    safety: Safety,
) -> Task {
    if scenario.policy.promise != PromiseScope::Slot {
        return pledged(crew, scenario, demand, sized, promised, safety);
    }
    let mut task = crew.task(&least_of(scenario, demand, sized, safety, true));
    task.instance.fill = 1.0;
    task
}

/// The minimum of open queues, agents for half of what each slot is promised and for the promised share of all work, and
/// pledges over each period.
fn pledged(
    crew: &Crew,
    scenario: &Scenario,
    demand: &Demand,
    sized: &Requirement,
    (curves, periods): (&[Curve], &[Range<usize>]),
    safety: Safety,
) -> Task {
    let mut least = least_of(scenario, demand, sized, safety, false);
    crew.at_least(&mut least, curves);
    let mut task = crew.task(&least);
    task.instance.fill = 1.0;
    crew.pledge(&mut task, curves, periods, safety.beyond);
    task
}

/// The same with nobody asked for but the minimum of open queues, and agents for the promised share of all work.
pub(super) fn open_model(
    crew: &Crew,
    scenario: &Scenario,
    demand: &Demand,
    sized: &Requirement,
) -> Instance {
    pledged(crew, scenario, demand, sized, (&[], &[]), Safety::NONE).instance
}

/// The part of a requirement that is asked for in each slot, with the `sizes` of those on the line or their minimum.
pub(super) fn least_of(
    scenario: &Scenario,
    demand: &Demand,
    sized: &Requirement,
    safety: Safety,
    sizes: bool,
) -> Requirement {
    let promised = |queue: QueueId| scenario.queues[queue].promised_share().value();
    let mut least = sized.clone();
    for pool in least.pools.iter_mut().filter(|_| !sizes) {
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
    least
}

/// Models tried with more or less room, beside one for each round of the policy.
const SETTINGS_OUT: usize = 2;
/// More of them while none keeps its promises.
const MORE_SETTINGS: usize = 5;
/// Shares of the time after which no more are tried, and while none keeps its promises.
const SETTING_OUT: f64 = 0.3;
const LOOKING_ON: f64 = 0.5;

/// Models of people paid already that are tried with more room, and for a draft; short by more than this, no room helps.
const PAID: usize = 4;
const PAID_DRAFTED: usize = 2;
const HOPELESS: f64 = 0.15;
/// Room of a model that every plan with a kept promise has, but for the hair by which one may be missed.
const HOPED: Safety = Safety {
    beyond: -0.05,
    spreads: -0.05,
};
/// Agents missing that are none.
pub(super) const HAIR: f64 = 1e-6;

impl Work<'_> {
    /// The cheapest plan that keeps its promises among those of the model with more or less room for chance,
    /// or the one that comes nearest; and the room it has. Where one knows of a like model how much is `enough`,
    /// that is tried first, and little beside it.
    pub(super) fn setting_out(
        &self,
        sized: &Requirement,
        judge: &Judge,
        near: Option<&[Choice]>,
        terms: Terms,
        enough: Option<Safety>,
    ) -> (Plan, Safety) {
        let mut search = enough.map_or_else(SafetySearch::default, SafetySearch::from);
        let rounds = self.scenario.policy.rounds;
        if self.scenario.policy.promise == PromiseScope::Slot {
            let plan = match rounds {
                0 => self.rounded(sized, terms),
                _ => self.sized_plan(sized, terms),
            };
            return (plan, search.now());
        }
        let (least, most) = match enough {
            None => (SETTINGS_OUT + rounds, SETTINGS_OUT + rounds + MORE_SETTINGS),
            Some(_) if rounds == 0 => (1, 1),
            Some(_) => (SETTINGS_OUT, SETTINGS_OUT + 1),
        };
        let priced = terms(&self.task.instance);
        let has_price = priced.contracts.iter().any(|contract| contract.price > 0.0);
        let mut best: Option<(f64, f64, Plan, Safety)> = None;
        for tried in 1.. {
            let (crew, scenario) = (&self.crew, &self.scenario);
            let mut task = self.model(sized, search.now(), terms);
            let mut rounded = crew.round(&task, &self.limits_left(LOOKING_ON), near);
            let heads = rounded.heads.iter().map(|heads| (heads - 1e-6).ceil());
            let heads: Vec<f64> = heads.collect();
            // A relaxation that a clock ended hires nobody.
            if has_price && heads.iter().any(|heads| *heads > 0.0) {
                // Rounded shift by shift, people would be hired for single days.
                task.instance = task.instance.with_heads(&heads);
                rounded = crew.round(&task, &self.limits_left(LOOKING_ON), near);
                rounded.plan = worked_out(&task.instance, &rounded.plan);
            }
            let plan = rounded.plan;
            let cost = priced.cost(&plan);
            let slack = self.slack(judge, &plan);
            let short = short_of(slack);
            let better =
                |(least, price, ..): &(f64, f64, Plan, Safety)| (short, cost) < (*least, *price);
            if best.as_ref().is_none_or(better) {
                best = Some((short, cost, plan, search.now()));
            }
            (self.ask.progress)(&format!(
                "setting out at {:.0} {}",
                cost * crew.unit(),
                scenario.currency.code()
            ));
            let kept = best.as_ref().is_some_and(|(short, ..)| *short <= 0.0);
            let last = if kept { least } else { most };
            let share = if kept { SETTING_OUT } else { LOOKING_ON };
            if tried >= last || !search.next(slack) || self.seconds_left(share) == Some(0.0) {
                break;
            }
        }
        let (least, _, mut plan, room) =
            best.unwrap_or((f64::INFINITY, 0.0, Plan::new(), search.now()));
        if least > 0.0 && self.ask.limits.seconds.is_some() {
            // The clock ended the search for room: the sizes of each queue have the most.
            let safe = self.rounded(sized, terms);
            if short_of(self.slack(judge, &safe)) < least {
                plan = safe;
            }
        }
        (plan, room)
    }

    /// What few people paid already do best, asked for more and more room beside what is `enough` in a like model; from
    /// a plan in hand on, until a share of the time is gone. None where that is too little by far.
    pub(super) fn best_of_paid(
        &self,
        sized: &Requirement,
        judge: &Judge,
        (within, plan): (Terms, &Plan),
        (enough, share): (Safety, f64),
    ) -> Option<Plan> {
        if self.scenario.policy.promise == PromiseScope::Slot {
            // Sizes are solved for whole shifts already.
            return None;
        }
        let mut search = SafetySearch::from(enough);
        // Whole shifts that fit have none of the room that rounding leaves.
        let roomier = search.now.iter_mut().zip(SafetySearch::STEP);
        roomier.for_each(|(now, step)| *now += step);
        let mut best: Option<(f64, Plan)> = None;
        let tries = match self.scenario.policy.rounds {
            0 => PAID_DRAFTED,
            _ => PAID,
        };
        for _ in 0..tries {
            let seconds = self.seconds_left(share);
            if seconds == Some(0.0) {
                break;
            }
            let task = self.model(sized, search.now(), within);
            let plan = best_of_paid(&task.instance, plan, seconds)?;
            let slack = self.slack(judge, &plan);
            let short = short_of(slack);
            if best.as_ref().is_none_or(|(least, _)| short < *least) {
                best = Some((short, plan));
            }
            if short <= 0.0 || short > HOPELESS || !search.next(slack) {
                break;
            }
        }
        let (_, plan) = best.filter(|(short, _)| *short <= HOPELESS)?;
        Some(plan)
    }

    /// A bound that holds for a plan, given one of plans that have in each slot what the curves ask for at least, or the
    /// sizes: people hired whole may do with less, and few keep a promise with fewer than its sizes.
    pub(super) fn bound_for(&self, sized: &Requirement, plan: &Plan, bound: f64) -> f64 {
        if self.task.instance.missing_in_all(plan) <= self.open_agents(plan) + HAIR {
            return bound;
        }
        let task = self.barest(sized, Safety::NONE);
        let mut relaxed = self.crew.round(&task, &self.limits_left(1.0), None);
        hire_whole(&task.instance, &mut relaxed, self.seconds_left(1.0));
        bound.min(relaxed.bound)
    }

    /// The model of [`Self::left_open`]; none where that is not known.
    pub(super) fn hoped(&self, sized: &Requirement) -> Option<Task> {
        let by_slot = self.scenario.policy.promise == PromiseScope::Slot;
        (!by_slot).then(|| {
            let mut task = self.barest(sized, HOPED);
            let shifts = task.instance.shifts.iter_mut();
            shifts.for_each(|shift| shift.price = 0.0);
            task
        })
    }

    /// What any plan within some heads leaves open at least, in agents of a slot: whoever is paid works as one likes.
    pub(super) fn left_open(&self, hoped: &mut Task, heads: &[f64]) -> f64 {
        let covers = hoped.instance.covers.iter();
        let price = covers.map(|cover| cover.shortfall_price);
        let price = price.fold(f64::INFINITY, f64::min);
        hoped.instance = hoped.instance.with_heads(heads);
        self.crew.round(hoped, &self.limits_left(1.0), None).bound / price
    }

    /// The model with nobody in a slot because of the curves.
    fn barest(&self, sized: &Requirement, safety: Safety) -> Task {
        let (crew, scenario) = (&self.crew, &self.scenario);
        let by_slot = scenario.policy.promise == PromiseScope::Slot;
        let curves = match by_slot {
            true => Cow::Owned(crew.curves(sized, self.demand)),
            false => Cow::Borrowed(&self.curves),
        };
        let curves: Vec<Curve> = curves.iter().map(Curve::without_least).collect();
        let promised = (&curves[..], &self.periods[..]);
        let mut task = pledged(crew, scenario, self.demand, sized, promised, safety);
        for curve in curves.iter().filter(|_| by_slot) {
            // Other promises than of a share in time are judged over all.
            let of_share = |queue: &QueueId| scenario.queues[*queue].promises_share_in_time();
            if curve.queues.iter().all(of_share) {
                let judged = &self.judged[curve.queues[0].index()];
                crew.pledge(
                    &mut task,
                    std::slice::from_ref(curve),
                    judged,
                    safety.beyond,
                );
            }
        }
        task
    }

    /// The model with room for chance, on the `terms` of an instance.
    pub(super) fn model(&self, sized: &Requirement, safety: Safety, terms: Terms) -> Task {
        let pledged = (&self.curves[..], &self.periods[..]);
        let (crew, scenario) = (&self.crew, &self.scenario);
        let mut task = model(crew, scenario, self.demand, sized, pledged, safety);
        task.instance = terms(&task.instance);
        task
    }

    /// The least slack of the promises to those on the line, and of those that may wait.
    fn slack(&self, judge: &Judge, plan: &Plan) -> [f64; 2] {
        let measured = judge.measure(&self.on_line(judge.network(), plan));
        let least = |on_line: bool| {
            let queues = self.scenario.queues.iter();
            let queues =
                queues.filter(|(q, queue)| queue.is_real_time() == on_line && self.crew.serves(*q));
            let slack = queues.map(|(q, queue)| {
                promise::slack(queue, &measured.queues[q.index()]) + promise::HAIR
            });
            slack.fold(f64::INFINITY, f64::min)
        };
        [least(true), least(false)]
    }
}

fn short_of(slack: [f64; 2]) -> f64 {
    slack.iter().map(|slack| (-slack).max(0.0)).sum()
}

/// Room for chance in the model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Safety {
    /// Share of what the promises to those on the line leave open that is asked for all the same.
    beyond: f64,
    /// Standard deviations of the work of a deadline that are asked for on top of its mean.
    spreads: f64,
}

impl Safety {
    pub const NONE: Self = Self {
        beyond: 0.0,
        spreads: 0.0,
    };
}

/// Looks for the least room that keeps the promises: real-time work and work that may wait each step by
/// step, then by halves.
#[derive(Debug, Clone)]
pub(super) struct SafetySearch {
    now: [f64; 2],
    /// The least that kept its promises, the most that did not.
    enough: [Option<f64>; 2],
    short: [Option<f64>; 2],
    /// Steps that grow while nothing is enough.
    steps: [f64; 2],
}

impl Default for SafetySearch {
    fn default() -> Self {
        Self {
            now: [0.15, 0.5],
            enough: [None; 2],
            short: [None; 2],
            steps: Self::STEP,
        }
    }
}

impl From<Safety> for SafetySearch {
    /// From what was enough elsewhere.
    fn from(Safety { beyond, spreads }: Safety) -> Self {
        Self {
            now: [beyond, spreads],
            ..Self::default()
        }
    }
}

impl SafetySearch {
    /// Steps, and how near to each other enough and short are near enough.
    const STEP: [f64; 2] = [0.25, 0.5];
    const NEAR: [f64; 2] = [0.08, 0.2];
    const MOST: [f64; 2] = [0.9, 4.0];
    const LEAST: [f64; 2] = [-0.6, -0.5];

    pub fn now(&self) -> Safety {
        let [beyond, spreads] = self.now;
        Safety { beyond, spreads }
    }

    /// The next to try after one that left these slacks; false if there is none.
    pub fn next(&mut self, slack: [f64; 2]) -> bool {
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
                (None, short) => {
                    self.steps[kind] *= 2.0;
                    short.unwrap_or(now) + 0.5 * self.steps[kind]
                }
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
