//! The loop that makes a plan keep its promises: simulate, see what each agent is worth to each queue,
//! move shifts where they are worth more than they cost, simulate again.
//!
//! A requirement per slot is an approximation twice over: pooled sizes are too small where agents share
//! queues in part only, and a promise over the week need not be kept in every slot. The loop needs neither
//! correction factor: it follows the slopes of the simulated service itself ([`slopes`]), takes steps that a
//! linear program chooses ([`step`]), keeps those that the simulation confirms, and at the end takes out
//! what is not needed ([`polish`]) and puts in what other customers miss ([`mend`]). A round of it is in [`round`],
//! what is asked of a plan and what being short is worth in [`asked`].

mod asked;
mod mend;
mod polish;
mod restore;
mod round;
mod secure;
mod setting_out;
mod slopes;
mod step;
mod together;

use std::ops::Range;

pub use asked::shortage;
pub use secure::secure;
pub use setting_out::set_out;
pub use together::test_sets;

use mend::Judged;
use slopes::{Blocks, Slopes};
use step::Room;

use crate::simulation::engine::{Judge, Kind, Measured, OnLine, Queue, QueueMeasure};
use crate::staffing::{Cover, Group, Instance, Plan};

/// Plans, the customers they serve, and what these were promised.
#[derive(Clone, Copy)]
pub struct Problem<'a> {
    pub instance: &'a Instance,
    /// Covers that no change may break.
    pub floors: &'a [Cover],
    /// The customers; groups and slots of its network are those of the instance.
    pub judge: &'a Judge,
    /// Share promised on target in each period, per queue; none: no promise.
    pub promised: &'a [Option<f64>],
    /// The worse end of a queue's 95 % interval above its promise, in shares, whatever was promised; infinite
    /// where nobody came.
    pub slack: &'a dyn Fn(usize, &QueueMeasure) -> f64,
    /// The slots of each period over which a queue's promise holds, per queue.
    pub periods: &'a [&'a [Range<usize>]],
    /// A plan's agents on the line.
    pub on_line: &'a (dyn Fn(&Plan) -> OnLine + Sync),
}

/// How hard to try.
#[derive(Clone, Copy)]
pub struct Effort<'a> {
    /// Rounds at most.
    pub rounds: usize,
    /// Share of the agents of two hours that the first step may change.
    pub radius: f64,
    /// Price of a contact short at first, in average costs of a contact: low ones take more rounds and end cheaper.
    pub penalty: f64,
    /// Single changes tried at the end, over all verdicts.
    pub trials: usize,
    /// Whether the slopes of groups that share no queue are measured at once: sooner, and rougher.
    pub together: bool,
    /// Seconds, read from `clock`.
    pub seconds: Option<f64>,
    /// Seconds since some beginning.
    pub clock: Option<&'a dyn Fn() -> f64>,
    /// Verdicts asked for at most, where no clock runs.
    pub verdicts: usize,
    /// Seed of the customers that slopes are measured by.
    pub seed: u64,
    /// Width of the verdict's intervals as a share of the search's: its customers are more.
    pub certainty: f64,
    /// How far below its promise the lower end of a queue's 95 % interval may lie.
    pub tolerance: f64,
    /// What verdicts on a like plan asked for beyond the promise, per queue; empty where none is known.
    pub extra: &'a [f64],
}

/// What is known so far, for a line of progress.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// Round.
    pub round: usize,
    /// Cost of the plan in hand.
    pub cost: f64,
    /// Cost of the best plan that kept every promise, if any did.
    pub best: Option<f64>,
    /// The queue furthest below its promise.
    pub worst: usize,
    /// Its service.
    pub level: f64,
}

/// A plan and what was said of it.
#[derive(Debug, Clone)]
pub struct Calibrated {
    /// The plan that keeps every promise, else the one that comes nearest.
    pub plan: Plan,
    /// Did the verdict find every promise kept?
    pub kept: bool,
    /// Rounds made.
    pub rounds: usize,
    /// What its verdicts asked for beyond the promise, per queue.
    pub extra: Vec<f64>,
}

/// Share of the judge's replications by which slopes are measured at first.
const ROUGH: f64 = 0.125;
/// Share of the time that a search may take; the rest is for mending.
const SEARCH: f64 = 0.9;
/// Rounds without any move after which the loop ends.
const PATIENCE: usize = 3;
/// Below this radius a step no longer moves anything.
const LEAST_RADIUS: f64 = 0.004;
/// What a contact short costs at least, in average costs of a contact.
const LEAST_PENALTY: f64 = 1.0;
/// Times as many rounds while no plan keeps its promises yet.
const MISSING: usize = 2;
/// Rounds after a bad verdict.
const ROUNDS_AFTER: usize = 2;
const RADIUS_AFTER: f64 = 0.03;
/// Of what a promise leaves open, the most that other customers' verdict may ask for on top.
const MOST_EXTRA: f64 = 0.7;

struct Loop<'a> {
    problem: Problem<'a>,
    effort: Effort<'a>,
    blocks: Blocks,
    /// Period of each slot, per queue, and the most periods of any.
    period_of: Vec<Vec<usize>>,
    most_periods: usize,
    /// Blocks that some shift of a group reaches: `[group][block]`.
    useful: Vec<Vec<bool>>,
    /// Is there work that may wait?
    waits: bool,
    /// Slopes of the last round, and the share of the judge's replications for those of the next.
    slopes: Option<Slopes>,
    fineness: f64,
    started: f64,
    /// Share to reach beyond the promise, per queue: half the interval, and what fitting flatters.
    margin: Vec<f64>,
    /// The part of it that other customers asked for.
    extra: Vec<f64>,
    /// Price of a contact not answered in time, per queue and period.
    penalty: Vec<f64>,
    least_penalty: f64,
    /// What the last step said that one more would cost.
    prices: Vec<f64>,
    /// Does any group serve the queue at all?
    served: Vec<bool>,
    /// Where the search set out from, if that kept every promise.
    anchor: Option<Seen>,
}

/// A plan that the judge has seen.
#[derive(Clone)]
struct Seen {
    plan: Plan,
    cost: f64,
    measured: Measured,
}

/// Makes `start` keep its promises, as cheaply as it can.
///
/// `verdict` says how far each queue lies below its promise (not above 0: kept) before customers that the
/// plan was not fitted to.
pub fn calibrate(
    problem: Problem,
    start: Plan,
    effort: Effort,
    verdict: &mut dyn FnMut(&Plan) -> Vec<f64>,
    report: &mut dyn FnMut(&Progress),
) -> Calibrated {
    let network = problem.judge.network();
    let queues = problem.promised.len();
    let serves = |q| {
        problem
            .instance
            .groups
            .iter()
            .any(|g| g.queues.contains(&q))
    };
    let period_of = |periods: &&[Range<usize>]| {
        let mut of = vec![0; network.slots];
        for (period, slots) in periods.iter().enumerate() {
            of[slots.clone()].fill(period);
        }
        of
    };
    let most_periods = problem.periods.iter().map(|periods| periods.len()).max();
    let blocks = Blocks::new(network.slots, network.slot_seconds);
    let may_wait = |queue: &Queue| matches!(queue.kind, Kind::Deferrable { .. });
    let mut work = Loop {
        useful: reachable(problem.instance, blocks),
        waits: network.queues.iter().any(may_wait),
        slopes: None,
        fineness: ROUGH,
        problem,
        effort,
        blocks,
        period_of: problem.periods.iter().map(period_of).collect(),
        most_periods: most_periods.unwrap_or(1),
        started: effort.clock.map_or(0.0, |clock| clock()),
        margin: vec![0.0; queues],
        extra: (0..queues)
            .map(|q| effort.extra.get(q).copied().unwrap_or(0.0))
            .collect(),
        penalty: Vec::new(),
        least_penalty: 0.0,
        prices: Vec::new(),
        served: (0..queues as u32).map(serves).collect(),
        anchor: None,
    };
    let mut now = work.see(start);
    work.anchor = work.keeps(&now.measured).then(|| now.clone());
    let contacts: f64 = now.measured.queues.iter().map(|q| q.offered.mean).sum();
    // Where nobody works yet, what a contact costs is read off the prices of shifts.
    let average = now.cost.max(work.average_price()) / contacts.max(1.0);
    work.least_penalty = LEAST_PENALTY * average;
    work.penalty = vec![effort.penalty * average; queues * work.most_periods];
    let (mut rounds, mut most) = (0, effort.rounds);
    let mut radius = effort.radius;
    let mut share_of_time = 0.7;
    let mut nearest: Option<Judged> = None;
    let mut verdicts = 0;
    loop {
        verdicts += 1;
        let (chosen, seemed) =
            work.descend(now, &mut rounds, most, &mut radius, share_of_time, report);
        let judged = Judged {
            plan: chosen.plan.clone(),
            shortages: verdict(&chosen.plan),
        };
        let kept = judged.keeps();
        let least = nearest.as_ref().map_or(f64::INFINITY, Judged::short);
        if judged.short() < least {
            nearest = Some(judged.clone());
        }
        share_of_time = 1.0 - (1.0 - share_of_time) * 0.6;
        let more = match effort.clock {
            Some(_) => share_of_time < SEARCH && work.time_left(0.95) > 0.0,
            // What the search itself could not keep, more of it will not.
            None => seemed && verdicts < effort.verdicts,
        };
        if kept || !more {
            let mended = mend::mend(&work, nearest.unwrap_or(judged), verdict);
            return Calibrated {
                kept: mended.keeps(),
                plan: mended.plan,
                rounds,
                extra: work.extra,
            };
        }
        // Before other customers the plan fell short: ask for that much more of those it was fitted to.
        for (queue, short) in judged.shortages.into_iter().enumerate() {
            if short > 0.0 {
                let open = 1.0 - problem.promised[queue].unwrap_or(1.0);
                let extra = work.extra[queue] + short + 0.001;
                work.extra[queue] = extra.min(MOST_EXTRA * open);
                let periods = queue * work.most_periods..(queue + 1) * work.most_periods;
                work.penalty[periods]
                    .iter_mut()
                    .for_each(|price| *price *= 2.0);
            }
        }
        most = rounds
            + ROUNDS_AFTER.max(if effort.clock.is_some() {
                effort.rounds
            } else {
                0
            });
        radius = RADIUS_AFTER;
        now = chosen;
    }
}

impl Loop<'_> {
    /// Rounds of steps until nothing moves or the share of the time is over; the cheapest plan that kept
    /// the promises, polished, or the last one; and whether it did.
    fn descend(
        &mut self,
        mut now: Seen,
        rounds: &mut usize,
        most: usize,
        radius: &mut f64,
        share_of_time: f64,
        report: &mut dyn FnMut(&Progress),
    ) -> (Seen, bool) {
        let mut best: Option<Seen> = None;
        let mut idle = 0;
        let mut longest = 0.0_f64;
        loop {
            self.set_margins(&now.measured);
            let keeps = self.keeps(&now.measured);
            if keeps && best.as_ref().is_none_or(|b| now.cost < b.cost) {
                best = Some(now.clone());
            }
            report(&self.progress(*rounds, &now, best.as_ref()));
            let enough = if best.is_some() { most } else { MISSING * most };
            // A round is not begun that could not be ended.
            let over = *rounds >= enough || self.time_left(share_of_time) <= longest;
            if over || (keeps && *radius < LEAST_RADIUS) {
                break;
            }
            *radius = radius.max(LEAST_RADIUS);
            *rounds += 1;
            let before = now.plan.clone();
            let left = self.time_left(1.0);
            now = self.round(now, *rounds as u64, radius);
            if left.is_finite() {
                longest = longest.max(left - self.time_left(1.0));
            }
            idle = if now.plan == before { idle + 1 } else { 0 };
            if idle == PATIENCE {
                break;
            }
            self.set_penalties(&now.measured, idle > 0);
        }
        let anchor = self.anchor.as_ref();
        let anchor = anchor.filter(|anchor| self.keeps(&anchor.measured));
        if let Some(kept) = best.as_ref().or(anchor) {
            best = restore::restore(self, kept, &now).or(best);
        }
        let kept = best.is_some();
        let mut chosen = best.unwrap_or(now);
        let used = polish::polish(self, &mut chosen, share_of_time);
        self.effort.trials -= used;
        (chosen, kept)
    }

    fn see(&self, plan: Plan) -> Seen {
        let measured = self.problem.judge.measure(&(self.problem.on_line)(&plan));
        Seen {
            cost: self.problem.instance.cost(&plan),
            plan,
            measured,
        }
    }

    fn progress(&self, round: usize, now: &Seen, best: Option<&Seen>) -> Progress {
        let worst = (0..self.problem.promised.len())
            .filter(|&q| self.served[q])
            .max_by(|&a, &b| {
                let (a, b) = (
                    self.shortage(&now.measured, a),
                    self.shortage(&now.measured, b),
                );
                a.total_cmp(&b)
            })
            .unwrap_or(0);
        Progress {
            round,
            cost: now.cost,
            best: best.map(|b| b.cost),
            worst,
            level: now.measured.queues.get(worst).map_or(0.0, |q| q.level.mean),
        }
    }

    fn average_price(&self) -> f64 {
        let instance = self.problem.instance;
        let choices = instance.choices();
        let sum: f64 = choices.iter().map(|&choice| instance.price(choice)).sum();
        sum / choices.len().max(1) as f64
    }

    fn room(&self, plan: &Plan) -> Room<'_> {
        Room::new(self.problem.instance, self.problem.floors, plan)
    }

    /// Seconds until this share of the time is over.
    fn time_left(&self, share: f64) -> f64 {
        match (self.effort.seconds, self.effort.clock) {
            (Some(seconds), Some(clock)) => seconds * share - (clock() - self.started),
            _ => f64::INFINITY,
        }
    }
}

fn reachable(instance: &Instance, blocks: Blocks) -> Vec<Vec<bool>> {
    let of_group = |group: &Group| {
        let mut reached = vec![false; blocks.count()];
        for &shift in &group.shifts {
            for &slot in &instance.shifts[shift as usize].cover {
                reached[blocks.of(slot as usize)] = true;
            }
        }
        reached
    };
    instance.groups.iter().map(of_group).collect()
}
