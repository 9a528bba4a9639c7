//! The plan that keeps its promise before simulated customers.

use std::time::Instant;

use serde_json::{Map, Value, json};

use super::super::file::{ManySkills, Problem, TARGET};
use super::fit::Fit;
use super::homes;
use super::{Args, bound, gap, object, unsigned};
use crate::calibrate::{self, Calibrated, calibrate, secure};
use crate::simulation::engine::{Judge, Measured, OnLine, QueueMeasure};
use crate::staffing::{self, Choice, Effort, Instance, Plan};

/// Share of the agents of two hours that the first step of a search may change, and of one that sets out from a plan
/// that keeps its promises.
const RADIUS: f64 = 0.15;
const NEARBY: f64 = 0.05;
/// Price of a contact short at first, in average costs of a contact; and for a search that sets out from pools, which
/// loses much where it leaves their promises far behind.
const PENALTY: f64 = 4.0;
const DEARLY: f64 = 12.0;
/// Another search is begun with this much of the time that the last one took.
const WORTHWHILE: f64 = 0.25;
/// How far below its promise the lower end of a queue's interval may lie.
const TOLERANCE: f64 = 0.005;
/// Share of the time that a relaxation may take, that the search has in all, and that is kept back, or verdicts for
/// which it is, while no plan keeps its promises yet.
const RELAXED: f64 = 0.15;
const SEARCHED: f64 = 0.93;
const KEPT_BACK: f64 = 0.08;
const VERDICTS_KEPT_BACK: f64 = 4.0;
/// With time for fewer rounds than this a plan that keeps every promise comes first; with fewer than the other none is
/// begun.
const FEW_ROUNDS: f64 = 4.0;
const ONE_ROUND: f64 = 1.3;
/// Share of the time left for it where rounds follow.
const SECURED: f64 = 0.5;

pub(super) fn simulated(
    args: &Args,
    many: &ManySkills,
    problem: &Problem,
) -> Result<(Map<String, Value>, Plan), Vec<String>> {
    let began = Instant::now();
    let clock = || began.elapsed().as_secs_f64();
    let instance = &problem.instance;
    let relaxation = Effort {
        gap: 1.0,
        seconds: args.seconds.map(|s| s * RELAXED),
        clock: Some(&clock),
        patience: 0,
        columns: 3_000,
        nodes: 20_000,
        seed: args.seed,
        among: None,
    };
    let homes = homes::at_home(many, instance);
    let housed = staffing::round(&homes, relaxation).plan;
    let fit = match args.seconds {
        Some(seconds) => Fit::within(seconds, many, &instance.on_line(&housed), args.seed)?,
        None => Fit::whole(many),
    };
    let search = Search::new(args, many, instance, &fit, &clock)?;
    let (found, relaxed) = std::thread::scope(|scope| {
        let relaxed = scope.spawn(|| staffing::round(instance, relaxation));
        let found = search.found(housed, relaxation);
        let relaxed = relaxed.join();
        let relaxed = relaxed.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        (found, relaxed)
    });
    let (done, measured) = found?;
    let cost = instance.cost(&done.plan);
    let queues = many.queues.iter().zip(&measured.queues);
    let queues: Vec<Value> = queues
        .map(|(name, seen)| {
            let level = &seen.level;
            json!({"name": name, "service": level.mean, "low": level.low, "high": level.high})
        })
        .collect();
    // The promise of a week may leave an hour with less than its pooled size.
    let of = "plans that meet the pooled sizes in each slot, not every plan that keeps the week's promise";
    let bound = bound(relaxed.bound, cost);
    let answer = json!({
        "objective": unsigned(cost),
        "cost": unsigned(cost),
        "bound": bound,
        "bound_of": of,
        "gap": gap(bound, cost),
        "seconds": clock(),
        "status": if done.kept { "promises kept" } else { "a promise is missed" },
        "rounds": done.rounds,
        "replications": measured.replications,
        "queues": queues,
    });
    Ok((object(answer), done.plan))
}

/// What plans of a file are simulated by.
struct Search<'a> {
    args: &'a Args,
    many: &'a ManySkills,
    instance: &'a Instance,
    fit: &'a Fit,
    clock: &'a (dyn Fn() -> f64 + Sync),
    /// The final word comes from customers the plan was not fitted to.
    fresh: Judge,
    week: std::ops::Range<usize>,
}

impl<'a> Search<'a> {
    fn new(
        args: &'a Args,
        many: &'a ManySkills,
        instance: &'a Instance,
        fit: &'a Fit,
        clock: &'a (dyn Fn() -> f64 + Sync),
    ) -> Result<Self, Vec<String>> {
        let other = args.seed ^ 0x5eed_fa11;
        Ok(Self {
            args,
            many,
            instance,
            fit,
            clock,
            fresh: Judge::new(fit.network.clone(), fit.fresh, other)?,
            week: 0..instance.slots,
        })
    }

    fn on_line(&self, plan: &Plan) -> OnLine {
        OnLine::from_counts(&self.fit.network, &self.instance.on_line(plan))
    }

    fn fresh(&self, plan: &Plan) -> Measured {
        self.fresh.measure(&self.on_line(plan))
    }

    /// How far each queue that somebody serves lies below its promise; not above 0: kept.
    fn shortages(&self, measured: &Measured) -> Vec<f64> {
        let works = |q: u32| {
            let mut groups = self.instance.groups.iter();
            groups.any(|group| !group.shifts.is_empty() && group.queues.contains(&q))
        };
        let short = |(q, seen): (u32, &QueueMeasure)| {
            if !works(q) {
                return f64::NEG_INFINITY;
            }
            let slack = || seen.level.low - TARGET + TOLERANCE;
            calibrate::shortage(seen, Some(TARGET), std::slice::from_ref(&self.week), slack)
        };
        (0..).zip(&measured.queues).map(short).collect()
    }

    /// The cheapest plan found that keeps its promises, else the nearest to it, and how it fares before fresh customers.
    /// The plan `housed` in pools is what is left where a search keeps less, and where it has time for little sets out.
    fn found(
        &self,
        housed: Plan,
        relaxation: Effort,
    ) -> Result<(Calibrated, Measured), Vec<String>> {
        let (fit, instance) = (self.fit, self.instance);
        let timed = self.args.seconds;
        // Later sizes differ in a few sets: what the first plan was nearly made of is enough for them.
        let mut near: Option<Vec<Choice>> = None;
        let mut solve = |asked: &Instance| {
            let effort = Effort {
                among: near.as_deref(),
                ..relaxation
            };
            let rounded = staffing::round(asked, effort);
            near.get_or_insert(rounded.near);
            rounded.plan
        };
        let left = || {
            let searched = timed.map(|s| s * SEARCHED - fit.verdict);
            searched.map_or(f64::INFINITY, |searched| searched - (self.clock)())
        };
        let mut seen: Option<(Plan, Measured)> = None;
        let mut verdict = |plan: &Plan| {
            let (_, measured) = &*seen.insert((plan.clone(), self.fresh(plan)));
            self.shortages(measured)
        };
        let cost = |done: &Calibrated| instance.cost(&done.plan);
        let safe = verdict(&housed).iter().all(|short| *short <= 0.0);
        let safe = safe.then(|| Calibrated {
            plan: housed,
            kept: true,
            rounds: 0,
            extra: Vec::new(),
        });
        let is_hurried = |left: f64| left < FEW_ROUNDS * fit.round;
        let began = (self.clock)();
        let start = match &safe {
            Some(safe) if is_hurried(left()) => safe.plan.clone(),
            _ => calibrate::set_out(instance, &mut solve),
        };
        let solving = 0.5 * ((self.clock)() - began);
        let all = left();
        // A relaxation that did not end makes a poor start.
        let is_rough = relaxation.seconds.is_some_and(|most| 2.0 * solving > most);
        let mut done = None;
        let from_pools = safe.is_some() && (is_hurried(all) || is_rough);
        if from_pools {
            done.clone_from(&safe);
        } else if is_hurried(all) {
            let share = if all < 2.0 * ONE_ROUND * fit.round {
                1.0
            } else {
                SECURED
            };
            let left = || left() - (1.0 - share) * all;
            let anew = Some((&mut solve as &mut dyn FnMut(&Instance) -> Plan, solving));
            done = Some(secure(instance, start.clone(), anew, &mut verdict, &left));
        }
        let kept_back = match &safe {
            Some(_) => 0.0,
            None => (KEPT_BACK * timed.unwrap_or(0.0)).max(VERDICTS_KEPT_BACK * fit.verdict),
        };
        // Customers of another search see savings that those of this one do not.
        let mut took = 0.0;
        for again in 0.. {
            let kept = done.as_ref().is_some_and(|done| done.kept);
            let seconds = left() - if kept { 0.0 } else { kept_back };
            let enough = seconds < ONE_ROUND * fit.round || seconds < took * WORTHWHILE;
            // What a whole search did not keep, another will not.
            if enough || again > 0 && (!kept || timed.is_none()) {
                break;
            }
            let set_out = done.as_ref().map_or(&start, |done| &done.plan);
            let effort = match again {
                0 if from_pools => (NEARBY, DEARLY),
                0 => (RADIUS, PENALTY),
                _ => (NEARBY, PENALTY),
            };
            let began = (self.clock)();
            let seed = self.args.seed.wrapping_add(again);
            let next = self.calibrated(set_out.clone(), (seed, effort, seconds), &mut verdict)?;
            took = (self.clock)() - began;
            if !kept || (next.kept && done.as_ref().is_none_or(|done| cost(&next) < cost(done))) {
                done = Some(next);
            }
            let kept = done.as_ref().is_some_and(|done| done.kept);
            done = done.filter(|_| kept || safe.is_none()).or(safe.clone());
        }
        let done = match (done, safe) {
            (Some(done), Some(safe)) if cost(&safe) < cost(&done) => Some(safe),
            (done, safe) => done.or(safe),
        };
        let mut done = match done {
            Some(done) if done.kept => done,
            nearest => {
                let plan = nearest
                    .as_ref()
                    .map_or(start, |nearest| nearest.plan.clone());
                let secured = secure(instance, plan, None, &mut verdict, &left);
                let rounds = nearest.map_or(0, |nearest| nearest.rounds);
                Calibrated { rounds, ..secured }
            }
        };
        let measured = match seen {
            Some((plan, measured)) if plan == done.plan => measured,
            _ => self.fresh(&done.plan),
        };
        let shortages = self.shortages(&measured);
        done.kept = shortages.iter().all(|short| *short <= 0.0);
        Ok((done, measured))
    }

    /// The loop of simulated slopes from a plan, with a seed, a first radius and penalty, and so many seconds.
    fn calibrated(
        &self,
        start: Plan,
        (seed, (radius, penalty), seconds): (u64, (f64, f64), f64),
        verdict: &mut dyn FnMut(&Plan) -> Vec<f64>,
    ) -> Result<Calibrated, Vec<String>> {
        let judge = Judge::new(self.fit.network.clone(), self.fit.replications, seed)?;
        let promised = vec![Some(TARGET); self.many.queues.len()];
        let on_line = |plan: &Plan| self.on_line(plan);
        let question = calibrate::Problem {
            instance: self.instance,
            floors: &[],
            judge: &judge,
            promised: &promised,
            slack: &|_, seen: &QueueMeasure| seen.level.low - TARGET,
            periods: &vec![std::slice::from_ref(&self.week); promised.len()],
            on_line: &on_line,
        };
        let timed = self.args.seconds.is_some();
        let clock: &dyn Fn() -> f64 = &|| (self.clock)();
        let effort = calibrate::Effort {
            rounds: 60,
            radius,
            penalty,
            trials: 40,
            together: self.fit.together,
            seconds: timed.then_some(seconds),
            clock: timed.then_some(clock),
            verdicts: 4,
            seed,
            certainty: 1.0,
            tolerance: TOLERANCE,
            extra: &[],
        };
        let report = &mut |p: &calibrate::Progress| {
            let best = p.best.map_or("none".to_owned(), |b| format!("{b:.0}"));
            eprintln!(
                "{:7.1} s  round {}  cost {:.0}  kept {best}  worst {} {:.3}",
                clock(),
                p.round,
                p.cost,
                self.many.queues[p.worst],
                p.level
            );
        };
        Ok(calibrate(question, start, effort, verdict, report))
    }
}
