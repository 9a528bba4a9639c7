//! From the linear bound to whole shifts: relaxation → the few columns that matter → greedy rounding → the
//! whole over those columns where it is small, else annealing and neighbourhoods.

use rayon::prelude::*;

use super::alone;
use super::anneal::Annealing;
use super::greedy;
use super::instance::{Choice, Instance, Plan};
use super::model::{Fixed, Model, Pledged, build};
use super::neighbourhoods::{self, Around, neighbour};
use crate::solver::{ColumnId, Limits, Live, Method, Outcome, Status, relative_gap};
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

/// A plan rounded from the relaxation.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rounded {
    /// Agents per group and shift.
    pub plan: Plan,
    /// No plan costs less.
    pub bound: f64,
    /// Choices that the relaxation uses, or would at a price a little lower: what a like instance needs.
    pub near: Vec<Choice>,
    /// People that the relaxation hires under each contract.
    pub heads: Vec<f64>,
}

impl Solved {
    /// (objective − bound) ÷ objective.
    pub fn gap(&self) -> f64 {
        relative_gap(self.objective, self.bound)
    }
}

/// Share of its price that a choice's reduced cost may reach for an instance much like this one.
const NEAR: f64 = 0.05;
/// Share of the time that the relaxation may take: a plan has to be made of it, or without it.
const RELAXED: f64 = 0.9;
/// Share of it for a bound of less than the whole where the relaxation did not end.
const ALONE: f64 = 0.05;
/// Share of the time left that annealing takes; without a clock, moves for each column.
const ANNEALED: f64 = 0.1;
const ANNEAL_MOVES: u64 = 10_000;
/// Annealings side by side.
const AT_A_TIME: usize = 2;

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
    };
    search.begin(rounded, &needs, start);
    report(search.progress());
    if search.keep_columns(&model, &relaxed) {
        search.whole(report);
    } else {
        search.anneal(&needs, &worth, report);
    }
    search.neighbourhoods(report);
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

/// A whole plan rounded from the relaxation, with what that says; no search, and no price of what the plan
/// leaves short.
pub fn round(instance: &Instance, effort: Effort) -> Rounded {
    let serving = instance.serving();
    let relaxation = Relaxation::of(instance, &serving, &effort);
    let (model, relaxed) = (&relaxation.model, &relaxation.relaxed);
    Rounded {
        plan: relaxation.rounded(instance, &serving),
        bound: relaxation.bound,
        near: near(instance, model, relaxed, NEAR),
        heads: heads(instance, model, relaxed),
    }
}

/// A plan with what an instance asks for beyond it, of choices that are `taken` when they are offered.
pub(super) fn filled(
    instance: &Instance,
    plan: &Plan,
    effort: Effort,
    taken: &mut dyn FnMut(Choice) -> bool,
) -> Plan {
    let serving = instance.serving();
    let Relaxation {
        needs, worth, all, ..
    } = Relaxation::of(instance, &serving, &effort);
    greedy::filled(instance, &serving, &needs, &worth, plan, &all, taken)
}

/// The model of some choices, relaxed and solved.
struct Relaxation {
    model: Model,
    relaxed: Outcome,
    /// No plan of the choices costs less.
    bound: f64,
    /// The choices, ascending.
    all: Vec<Choice>,
    /// Agents that each cover, then each pledge, must reach per slot.
    needs: Vec<Vec<f64>>,
    worth: Vec<Vec<f64>>,
}

impl Relaxation {
    fn of(instance: &Instance, serving: &[Vec<u32>], effort: &Effort) -> Self {
        let mut all = match effort.among {
            Some(among) => among.to_vec(),
            None => instance.choices(),
        };
        all.sort_unstable();
        let model = build(instance, serving, &all, &Fixed::none(instance));
        let relaxed = relax(&model, effort);
        let bound = if is_whole(&relaxed) {
            relaxed.proof.bound.max(0.0)
        } else {
            let seconds = effort.seconds.map(|all| ALONE * all);
            alone::bound(instance, serving, &all, seconds)
        };
        Self {
            bound,
            needs: needs(instance, &model, &relaxed),
            worth: worth(instance, &model, &relaxed),
            model,
            relaxed,
            all,
        }
    }

    fn rounded(&self, instance: &Instance, serving: &[Vec<u32>]) -> Plan {
        let value = |index: usize| self.relaxed.columns.get(index).copied().unwrap_or(0.0);
        let counts: Vec<(Choice, f64)> = self
            .model
            .choices
            .iter()
            .map(|&(choice, column)| (choice, value(column.index())))
            .collect();
        greedy::round(instance, serving, &self.needs, &self.worth, &counts)
    }
}

/// People hired under each contract.
pub(super) fn heads(instance: &Instance, model: &Model, relaxed: &Outcome) -> Vec<f64> {
    let mut heads = vec![0.0; instance.contracts.len()];
    for hired in &model.heads {
        let all = relaxed.columns.get(hired.all.index());
        heads[hired.contract] = all.copied().unwrap_or(0.0);
    }
    heads
}

/// Is an objective within the gap of its bound?
pub(super) fn is_close(objective: f64, bound: f64, gap: f64) -> bool {
    relative_gap(objective, bound) <= gap + 1e-12
}

/// Choices used by the relaxation or with a reduced cost up to `share` of their price; all where it has no
/// answer.
fn near(instance: &Instance, model: &Model, relaxed: &Outcome, share: f64) -> Vec<Choice> {
    let is_near = |&&(choice, column): &&(Choice, ColumnId)| {
        let at = column.index();
        let reduced = relaxed.reduced_costs.get(at).copied().unwrap_or(0.0);
        let used = relaxed.columns.get(at).copied().unwrap_or(1.0) > 1e-6;
        used || reduced <= share * instance.full_price(choice)
    };
    let choices = model.choices.iter().filter(is_near);
    choices.map(|&(choice, _)| choice).collect()
}

/// Did a relaxation end?
fn is_whole(relaxed: &Outcome) -> bool {
    relaxed.proof.status == Status::Optimal
}

/// Rows beyond which an interior point is faster than the simplex method, and iterations of this for each row after
/// which it seldom ends soon.
const LARGE: usize = 12_000;
const ITERATIONS: u32 = 2;

fn relax(model: &Model, effort: &Effort) -> Outcome {
    let rows = model.program.rows();
    let watch = Stopwatch::start();
    let seconds = || {
        let all = effort.seconds?;
        Some((RELAXED * all - watch.seconds()).max(0.0))
    };
    if rows <= LARGE {
        let limits = Limits {
            seconds: seconds(),
            iterations: Some(1000 + ITERATIONS * rows as u32),
            ..Limits::to_gap(0.0)
        };
        let relaxed = Live::relaxed(&model.program).solve(&limits);
        if is_whole(&relaxed) || seconds() == Some(0.0) {
            return relaxed;
        }
    }
    let limits = Limits {
        method: Method::InteriorPoint,
        seconds: seconds(),
        ..Limits::to_gap(0.0)
    };
    Live::relaxed(&model.program).solve(&limits)
}

/// Duals per cover (then per pledge) and slot; zero where there is none.
fn worth(instance: &Instance, model: &Model, relaxed: &Outcome) -> Vec<Vec<f64>> {
    let rows = instance.covers.len() + instance.pledges.len();
    let mut worth = vec![vec![0.0; instance.slots]; rows];
    for &(c, t, row) in &model.rows {
        if let Some(dual) = relaxed.duals.get(row.index()) {
            worth[c as usize][t as usize] += dual.max(0.0);
        }
    }
    let pledged = worth.iter_mut().skip(instance.covers.len());
    for (worth, slots) in pledged.zip(&model.pledged) {
        for (worth, slot) in worth.iter_mut().zip(slots) {
            let dual = slot
                .as_ref()
                .and_then(|pledged| relaxed.duals.get(pledged.row.index()));
            *worth += dual.copied().unwrap_or(0.0).max(0.0);
        }
    }
    worth
}

/// Agents each cover must reach per slot, with the deferrable work where the relaxation put it; then
/// each pledge's.
fn needs(instance: &Instance, model: &Model, relaxed: &Outcome) -> Vec<Vec<f64>> {
    let with_work = |cover: &super::instance::Cover| {
        let mut needs = cover.need.clone();
        let waiting = instance.deferrables.iter().zip(&model.work);
        let waiting: Vec<_> = waiting
            .filter(|(d, _)| cover.queues.contains(&d.queue))
            .map(|(_, columns)| columns)
            .collect();
        if waiting.is_empty() || relaxed.columns.is_empty() {
            return needs;
        }
        for (t, need) in needs.iter_mut().enumerate() {
            let work: f64 = waiting
                .iter()
                .map(|columns| relaxed.columns[columns[t].index()])
                .sum();
            let safety = (*need - cover.load[t]).max(0.0);
            *need = need.max(*need - instance.fill * safety + work);
        }
        needs
    };
    let agents = |slot: &Option<Pledged>| -> f64 {
        let columns = slot.iter().flat_map(|pledged| &pledged.agents);
        let values = columns.filter_map(|z| relaxed.columns.get(z.index()));
        values.sum()
    };
    let pledged = model.pledged.iter();
    let pledged = pledged.map(|slots| slots.iter().map(agents).collect());
    let covers = instance.covers.iter().map(with_work);
    covers.chain(pledged).collect()
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
        if self.instance.deferrables.is_empty() && self.instance.pledges.is_empty() {
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

    /// Keep the columns that the relaxation uses or nearly uses.
    ///
    /// While the gap is small the rule is exact: a column whose reduced cost exceeds the distance between
    /// best and bound is in no better plan. Answers whether the columns kept are so proved and few.
    fn keep_columns(&mut self, model: &Model, relaxed: &Outcome) -> bool {
        if relaxed.proof.status != Status::Optimal {
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
        self.pool = near(self.instance, model, relaxed, 0.01);
        self.pool.extend(self.plan.keys());
        self.pool.sort_unstable();
        self.pool.dedup();
        false
    }

    /// All kept columns at once.
    fn whole(&mut self, report: &mut (dyn FnMut(Progress) + Send)) {
        let seconds = self.seconds_left();
        if seconds <= 0.0 {
            return;
        }
        let fixed = Fixed::none(self.instance);
        let pool = std::mem::take(&mut self.pool);
        let limits = Limits {
            seconds: seconds.is_finite().then_some(seconds),
            nodes: Some(self.effort.nodes),
            ..Limits::to_gap(self.effort.gap)
        };
        let (instance, serving) = (self.instance, &self.serving);
        let (outcome, plan) = neighbour(instance, serving, &self.plan, &pool, &fixed, &limits);
        self.pool = pool;
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

    /// The plan annealed from its rounding, twice side by side; the better one counts.
    fn anneal(
        &mut self,
        needs: &[Vec<f64>],
        worth: &[Vec<f64>],
        report: &mut (dyn FnMut(Progress) + Send),
    ) {
        if self.is_close() || self.effort.patience == 0 || self.seconds_left() <= 0.0 {
            return;
        }
        let Some(annealing) = Annealing::new(self.instance, &self.serving, &self.pool) else {
            return;
        };
        let seconds = ANNEALED * self.seconds_left();
        let moves = ANNEAL_MOVES * self.pool.len() as u64;
        let watch = Stopwatch::start();
        let over = |made: u64| match seconds.is_finite() {
            true => watch.seconds() / seconds.max(1e-3),
            false => made as f64 / moves as f64,
        };
        let seeds = 0..AT_A_TIME as u64;
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
    }

    /// Better plans around the one in hand.
    fn neighbourhoods(&mut self, report: &mut (dyn FnMut(Progress) + Send)) {
        let effort = self.effort;
        let left = || self.seconds_left();
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
            left: effort.seconds.and(effort.clock).is_some().then_some(&left),
        };
        let (start, objective) = (self.plan.clone(), self.objective);
        let (plan, objective) = neighbourhoods::improve(&around, start, objective, report);
        self.plan = plan;
        self.objective = objective;
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
