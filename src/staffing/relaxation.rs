//! The relaxation: the model without whole numbers, solved, with what it says of the whole: its bound, what one
//! more agent is worth, which choices matter, and a plan rounded from it.

use super::alone;
use super::greedy;
use super::instance::{Choice, Cover, Instance, Plan};
use super::model::{Fixed, Model, Pledged, build};
use super::runs::Runs;
use super::search::Effort;
use crate::solver::{Limits, Live, Method, Outcome, Status};
use crate::time::Stopwatch;

/// Share of the time that the relaxation may take: a plan has to be made of it, or without it.
const RELAXED: f64 = 0.9;
/// Share of it for a bound of less than the whole where the relaxation did not end.
const ALONE: f64 = 0.05;
/// Share of its price that a choice's reduced cost may reach for an instance much like this one.
const NEAR: f64 = 0.05;
/// Rows beyond which an interior point is faster than the simplex method, and iterations of this for each row after
/// which it seldom ends soon.
const LARGE: usize = 12_000;
const ITERATIONS: u32 = 2;

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

/// A whole plan rounded from the relaxation, with what that says; no search, and no price of what the plan
/// leaves short.
pub fn round(instance: &Instance, effort: Effort) -> Rounded {
    let merged = Runs::fewer(instance).map(|runs| runs.merged(instance));
    let instance = merged.as_ref().unwrap_or(instance);
    let serving = instance.serving();
    let relaxation = Relaxation::of(instance, &serving, &effort);
    let (model, relaxed) = (&relaxation.model, &relaxation.relaxed);
    Rounded {
        plan: relaxation.rounded(instance, &serving),
        bound: relaxation.bound,
        near: near(instance, model, relaxed, (NEAR, 0)),
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
pub(super) struct Relaxation {
    pub model: Model,
    pub relaxed: Outcome,
    /// No plan of the choices costs less.
    pub bound: f64,
    /// The choices, ascending.
    pub all: Vec<Choice>,
    /// Agents that each cover, then each pledge, must reach per slot.
    pub needs: Vec<Vec<f64>>,
    pub worth: Vec<Vec<f64>>,
}

impl Relaxation {
    pub fn of(instance: &Instance, serving: &[Vec<u32>], effort: &Effort) -> Self {
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

    pub fn rounded(&self, instance: &Instance, serving: &[Vec<u32>]) -> Plan {
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

/// Choices used by the relaxation or with a reduced cost up to `share` of their price, and the nearest to that until
/// they are `least`; all where it has no answer.
pub(super) fn near(
    instance: &Instance,
    model: &Model,
    relaxed: &Outcome,
    (share, least): (f64, usize),
) -> Vec<Choice> {
    let mut ranked: Vec<(f64, Choice)> = model
        .choices
        .iter()
        .map(|&(choice, column)| {
            let at = column.index();
            let reduced = relaxed.reduced_costs.get(at).copied().unwrap_or(0.0);
            let used = relaxed.columns.get(at).copied().unwrap_or(1.0) > 1e-6;
            let price = instance.full_price(choice);
            let is_near = used || reduced <= share * price;
            (if is_near { 0.0 } else { reduced / price }, choice)
        })
        .collect();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let near = ranked.iter().take_while(|(far, _)| *far <= 0.0).count();
    ranked.truncate(near.max(least));
    let mut choices: Vec<Choice> = ranked.into_iter().map(|(_, choice)| choice).collect();
    choices.sort_unstable();
    choices
}

/// Did a relaxation end?
pub(super) fn is_whole(relaxed: &Outcome) -> bool {
    relaxed.proof.status == Status::Optimal
}

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
    let with_work = |cover: &Cover| {
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
    let pledged = model.pledged.iter().zip(&instance.pledges);
    let pledged = pledged.map(|(slots, pledge)| {
        let slots = slots.iter().zip(&pledge.base);
        slots.map(|(slot, (base, _))| base + agents(slot)).collect()
    });
    let covers = instance.covers.iter().map(with_work);
    covers.chain(pledged).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staffing::{Group, Shift};

    #[test]
    fn the_nearest_are_kept_until_they_are_enough() {
        let shift = |price| Shift::on_line(vec![0, 1], price);
        let instance = Instance {
            slots: 2,
            shifts: [30.0, 10.0, 12.0].map(shift).to_vec(),
            groups: vec![Group {
                queues: vec![0],
                factor: 1.0,
                shifts: vec![0, 1, 2],
            }],
            covers: vec![Cover {
                queues: vec![0],
                need: vec![1.0; 2],
                load: vec![0.0; 2],
                shortfall_price: 100.0,
            }],
            ..Instance::default()
        };
        let choices = instance.choices();
        let model = build(
            &instance,
            &instance.serving(),
            &choices,
            &Fixed::none(&instance),
        );
        let relaxed = Live::relaxed(&model.program).solve(&Limits::to_gap(0.0));
        let near = |share, least| {
            let near = near(&instance, &model, &relaxed, (share, least));
            near.iter().map(|choice| choice.shift).collect::<Vec<u32>>()
        };
        assert_eq!(near(0.01, 0), [1]);
        assert_eq!(near(0.2, 0), [1, 2]);
        assert_eq!(near(0.01, 2), [1, 2]);
        assert_eq!(near(0.01, 9), [0, 1, 2]);
    }
}
