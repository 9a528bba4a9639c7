//! From the linear bound to whole shifts: relaxation → the few columns that matter → greedy rounding → annealing →
//! the whole over those columns where it is small, with neighbourhoods beside it → neighbourhoods.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::anneal::Annealing;
use super::greedy;
use super::instance::{Choice, Instance, Plan, Pledge};
use super::model::{Fixed, Model, build};
use super::neighbourhoods::{self, Around, neighbour};
use super::relaxation::{Relaxation, is_whole, near};
use super::runs::Runs;
use crate::solver::{ColumnId, Limits, Live, Outcome, relative_gap};
use crate::time::Stopwatch;

/// How long and how hard to search. Without a clock it counts rounds, and is repeatable to the bit.
#[derive(Clone, Copy)]
pub struct Effort<'a> {
    /// Stop at this relative gap.
    pub gap: f64,
    /// Seconds, read from `clock`.
    pub seconds: Option<f64>,
    /// Seconds since some beginning.
    pub clock: Option<&'a (dyn Fn() -> f64 + Sync)>,
    /// Neighbourhoods without improvement after which the search ends.
    pub patience: usize,
    /// A model of at most so many columns is solved as a whole, others by neighbourhoods.
    pub columns: usize,
    /// Nodes for a model that is solved as a whole.
    pub nodes: u32,
    /// Seed of the neighbourhoods.
    pub seed: u64,
    /// Only these choices, ascending; the bound then is one of plans of these.
    pub among: Option<&'a [Choice]>,
}

/// What is known so far, for a line of progress.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// No plan costs less.
    pub bound: f64,
    /// Cost of the best plan yet, shortfall included.
    pub best: f64,
}

/// A plan and its proof.
#[derive(Debug, Clone, PartialEq)]
pub struct Solved {
    /// Agents per group and shift.
    pub plan: Plan,
    /// Price of shifts and of shortfall.
    pub objective: f64,
    /// No plan costs less.
    pub bound: f64,
    /// Whether the bound is that of the whole relaxation; else of one set of queues alone, or 0: none.
    pub bound_is_whole: bool,
    /// Did it reach the gap?
    pub proved: bool,
    /// Seconds by the clock given; 0 without one.
    pub seconds: f64,
    /// What one more agent is worth, per cover and slot (the duals of the relaxation).
    pub worth: Vec<Vec<f64>>,
}

impl Solved {
    /// (objective − bound) ÷ objective.
    pub fn gap(&self) -> f64 {
        relative_gap(self.objective, self.bound)
    }
}

/// Gap of a plan rounded from the relaxation beyond which this says little of whole plans: where one or two agents at
/// a time cover thin queues, columns that it does not use make plans cheaper by a tenth and more. So many times as many
/// columns as make a small model are then kept: with more, all is slower where the relaxation does tell.
const ROUGH: f64 = 0.15;
const WIDER: usize = 2;
/// Share of their price up to which columns it does not use are kept.
const NEAR: f64 = 0.01;
/// Share of the time left that annealing takes, and where the relaxation says little, so that neighbourhoods bring less;
/// without a clock, moves for each column.
const ANNEALED: f64 = 0.1;
const ANNEALED_ROUGH: f64 = 0.4;
const ANNEAL_MOVES: u64 = 10_000;
/// Gap of few columns that the tree closes sooner by itself.
const SOON: f64 = 0.03;
/// Share of the time left that the whole of few columns may take: between two looks at its clock much can be done.
const WHOLE: f64 = 0.9;
/// Annealings side by side, and searchers of neighbourhoods.
const SIDE_BY_SIDE: usize = 2;

struct Search<'a> {
    instance: &'a Instance,
    serving: Vec<Vec<u32>>,
    effort: Effort<'a>,
    started: f64,
    bound: f64,
    bound_is_whole: bool,
    objective: f64,
    plan: Plan,
    /// Choices worth considering.
    pool: Vec<Choice>,
    /// Does the relaxation say little of whole plans?
    is_rough: bool,
}

/// The cheapest plan found for an instance, with a valid bound.
///
/// `start` is a plan to begin from (a warm start), `report` hears of every improvement.
pub fn solve(
    instance: &Instance,
    start: Option<&Plan>,
    effort: Effort,
    report: &mut (dyn FnMut(Progress) + Send),
) -> Solved {
    let Some(runs) = Runs::fewer(instance) else {
        return searched(instance, start, effort, report);
    };
    let solved = searched(&runs.merged(instance), start, effort, report);
    let worth = solved.worth.iter();
    let worth = worth.map(|worth| runs.apart(worth, instance.slots));
    Solved {
        worth: worth.collect(),
        ..solved
    }
}

fn searched(
    instance: &Instance,
    start: Option<&Plan>,
    effort: Effort,
    report: &mut (dyn FnMut(Progress) + Send),
) -> Solved {
    let started = effort.clock.map_or(0.0, |clock| clock());
    let serving = instance.serving();
    let relaxation = Relaxation::of(instance, &serving, &effort);
    let rounded = relaxation.rounded(instance, &serving);
    let Relaxation {
        model,
        relaxed,
        bound,
        all,
        needs,
        worth,
    } = relaxation;
    let mut search = Search {
        instance,
        serving,
        effort,
        started,
        bound,
        bound_is_whole: is_whole(&relaxed),
        objective: f64::INFINITY,
        plan: Plan::new(),
        pool: all,
        is_rough: false,
    };
    search.begin(rounded, &needs, start);
    report(search.progress());
    search.is_rough = !is_close(search.objective, search.bound, ROUGH);
    let mut few = search.keep_columns(&model, &relaxed);
    let soon = few && is_close(search.objective, search.bound, SOON);
    if !soon && search.anneal(&needs, &worth, report) {
        few = search.keep_columns(&model, &relaxed);
    }
    if few {
        search.whole(report);
    }
    let better = search.neighbourhoods(SIDE_BY_SIDE, None, report);
    (search.plan, search.objective) = better;
    Solved {
        proved: search.is_close(),
        seconds: effort.clock.map_or(0.0, |clock| clock() - started),
        plan: search.plan,
        objective: search.objective,
        bound: search.bound,
        bound_is_whole: search.bound_is_whole,
        worth,
    }
}

/// Is an objective within the gap of its bound?
pub(super) fn is_close(objective: f64, bound: f64, gap: f64) -> bool {
    relative_gap(objective, bound) <= gap + 1e-12
}

impl Search<'_> {
    /// The first plan: rounded from the relaxation, or the one given.
    fn begin(&mut self, rounded: Plan, needs: &[Vec<f64>], start: Option<&Plan>) {
        self.offer(rounded);
        if let Some(start) = start {
            self.offer(start.clone());
            self.offer(greedy::prune(self.instance, &self.serving, needs, start));
        }
    }

    /// Take a plan if it is the best yet.
    fn offer(&mut self, plan: Plan) {
        let objective = self.value(&plan);
        if objective < self.objective {
            self.objective = objective;
            self.plan = plan;
        }
    }

    /// Price of a plan with its shortfall.
    fn value(&self, plan: &Plan) -> f64 {
        let shifts = self.instance.cost(plan);
        let pledges = &self.instance.pledges;
        if self.instance.deferrables.is_empty() && pledges.iter().all(Pledge::is_strict) {
            if !self.keeps_pledges(plan) {
                return f64::INFINITY;
            }
            let missing = self.instance.missing_of(&self.serving, plan);
            let prices = self.instance.covers.iter().zip(&missing);
            let short = prices.map(|(c, missing)| c.shortfall_price * missing.iter().sum::<f64>());
            return shifts + short.sum::<f64>();
        }
        let fixed = Fixed::others(self.instance, &self.serving, plan, |_| false);
        let rest = build(self.instance, &self.serving, &[], &fixed);
        let solved = Live::relaxed(&rest.program).solve(&Limits::to_gap(0.0));
        shifts + solved.proof.objective
    }

    fn keeps_pledges(&self, plan: &Plan) -> bool {
        let pledges = &self.instance.pledges;
        if pledges.is_empty() {
            return true;
        }
        let on_line = self.instance.on_line(plan);
        let serving = &self.serving[self.instance.covers.len()..];
        pledges.iter().zip(serving).all(|(pledge, groups)| {
            let agents = |slot| {
                let counts = groups.iter().map(|&g| f64::from(on_line[g as usize][slot]));
                counts.sum()
            };
            pledge.is_kept(&(0..self.instance.slots).map(agents).collect::<Vec<f64>>())
        })
    }

    /// Keep the columns that the relaxation uses or nearly uses.
    ///
    /// While the gap is small the rule is exact: a column whose reduced cost exceeds the distance between
    /// best and bound is in no better plan. Answers whether the columns kept are so proved and few.
    fn keep_columns(&mut self, model: &Model, relaxed: &Outcome) -> bool {
        if !is_whole(relaxed) {
            return self.pool.len() <= self.effort.columns;
        }
        let distance = self.objective - self.bound;
        let reduced = |column: ColumnId| relaxed.reduced_costs[column.index()];
        let exact: Vec<Choice> = model
            .choices
            .iter()
            .filter(|&&(_, column)| reduced(column) <= distance + 1e-6)
            .map(|&(choice, _)| choice)
            .collect();
        if exact.len() <= self.effort.columns {
            self.pool = exact;
            return true;
        }
        let most = if self.is_rough {
            WIDER * self.effort.columns
        } else {
            0
        };
        self.pool = near(self.instance, model, relaxed, (NEAR, most));
        self.pool.extend(self.plan.keys());
        self.pool.sort_unstable();
        self.pool.dedup();
        false
    }

    /// All kept columns at once; beside them, where a clock runs, neighbourhoods: the one finds bounds, the other
    /// plans.
    fn whole(&mut self, report: &mut (dyn FnMut(Progress) + Send)) {
        let seconds = self.seconds_left();
        if seconds <= 0.0 || self.is_close() {
            return;
        }
        let limits = Limits {
            seconds: seconds.is_finite().then_some(WHOLE * seconds),
            nodes: Some(self.effort.nodes),
            ..Limits::to_gap(self.effort.gap)
        };
        let ended = AtomicBool::new(false);
        let this = &*self;
        let solve = || {
            let fixed = Fixed::none(this.instance);
            let (serving, pool) = (&this.serving, &this.pool);
            let found = neighbour(this.instance, serving, &this.plan, pool, &fixed, &limits);
            ended.store(true, Ordering::Relaxed);
            found
        };
        let (outcome, plan) = if seconds.is_finite() {
            let (whole, beside) = std::thread::scope(|scope| {
                let whole = scope.spawn(solve);
                let beside = this.neighbourhoods(1, Some(&ended), report);
                (whole.join(), beside)
            });
            (self.plan, self.objective) = beside;
            whole.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        } else {
            solve()
        };
        if let Some(plan) = plan {
            self.offer(plan);
        }
        // Columns were dropped only if no better plan uses them: the bound of the rest is one of the whole.
        let bound = outcome.proof.bound.min(self.objective);
        if bound > self.bound {
            (self.bound, self.bound_is_whole) = (bound, true);
        }
        report(self.progress());
    }

    /// The plan annealed from its rounding, twice side by side; the better one counts. Was it better than what
    /// was there?
    fn anneal(
        &mut self,
        needs: &[Vec<f64>],
        worth: &[Vec<f64>],
        report: &mut (dyn FnMut(Progress) + Send),
    ) -> bool {
        if self.is_close() || self.effort.patience == 0 || self.seconds_left() <= 0.0 {
            return false;
        }
        let share = if self.is_rough {
            ANNEALED_ROUGH
        } else {
            ANNEALED
        };
        let seconds = share * self.seconds_left();
        let moves = ANNEAL_MOVES * self.pool.len() as u64;
        let watch = Stopwatch::start();
        let over = |made: u64| match seconds.is_finite() {
            true => watch.seconds() / seconds.max(1e-3),
            false => made as f64 / moves as f64,
        };
        let is_over = || over(0) >= 1.0;
        let Some(annealing) = Annealing::new(self.instance, &self.serving, &self.pool, &is_over)
        else {
            return false;
        };
        let before = self.objective;
        let seeds = 0..SIDE_BY_SIDE as u64;
        let found: Vec<Plan> = seeds
            .into_par_iter()
            .map(|number| annealing.run(&self.plan, self.effort.seed.wrapping_add(number), &over))
            .collect();
        for plan in found {
            let whole = greedy::complete(
                self.instance,
                &self.serving,
                needs,
                worth,
                &plan,
                &self.pool,
            );
            self.offer(whole);
        }
        report(self.progress());
        self.objective < before
    }

    /// Better plans around the one in hand, by so many searchers where a clock runs, until `ended`.
    fn neighbourhoods(
        &self,
        searchers: usize,
        ended: Option<&AtomicBool>,
        report: &mut (dyn FnMut(Progress) + Send),
    ) -> (Plan, f64) {
        let effort = self.effort;
        let left = || match ended {
            Some(ended) if ended.load(Ordering::Relaxed) => 0.0,
            _ => self.seconds_left(),
        };
        let value = |plan: &Plan| self.value(plan);
        let around = Around {
            instance: self.instance,
            serving: &self.serving,
            pool: &self.pool,
            value: &value,
            bound: self.bound,
            gap: effort.gap,
            columns: effort.columns,
            nodes: effort.nodes,
            patience: effort.patience,
            seed: effort.seed,
            searchers,
            left: effort.seconds.and(effort.clock).is_some().then_some(&left),
        };
        neighbourhoods::improve(&around, self.plan.clone(), self.objective, report)
    }

    fn is_close(&self) -> bool {
        is_close(self.objective, self.bound, self.effort.gap)
    }

    fn seconds_left(&self) -> f64 {
        match (self.effort.seconds, self.effort.clock) {
            (Some(seconds), Some(clock)) => seconds - (clock() - self.started),
            _ => f64::INFINITY,
        }
    }

    fn progress(&self) -> Progress {
        Progress {
            bound: self.bound,
            best: self.objective,
        }
    }
}
