//! Models that are solved with whole people: the bound of one that hires them, agents in fractions, heads not; and the
//! shifts of few who are paid already.

use super::instance::{Instance, Plan};
use super::model::{Fixed, build};
use super::neighbourhoods::neighbour;
use super::relaxation::{Rounded, heads};
use crate::solver::{ColumnId, Limits, Live};

/// Whole people are hired in models of at most so many rows where one of each contract is more than so much of the
/// bound; nodes and gap.
const SMALL: usize = 3_000;
const WORTH: f64 = 0.005;
const HEADS_NODES: u32 = 100;
const HEADS_GAP: f64 = 1e-4;

/// Nodes and gap of a model of people paid already, and most choices of a shift that it may have.
const PAID_NODES: u32 = 10;
const PAID_GAP: f64 = 0.02;
const PAID_CHOICES: usize = 3_000;

/// Tightens the bound and the heads of a relaxation to those of one that hires whole people, where that is soon done:
/// the last one hired is a good part of what a small team costs.
pub fn hire_whole(instance: &Instance, relaxed: &mut Rounded, seconds: Option<f64>) {
    let one_of_each: f64 = instance.contracts.iter().map(|c| c.price).sum();
    if one_of_each <= WORTH * relaxed.bound {
        return;
    }
    let (serving, all) = (instance.serving(), instance.choices());
    let model = build(instance, &serving, &all, &Fixed::none(instance));
    if model.program.rows() > SMALL {
        return;
    }
    let whole: Vec<ColumnId> = model.heads.iter().map(|hired| hired.all).collect();
    let limits = Limits {
        seconds,
        nodes: Some(HEADS_NODES),
        ..Limits::to_gap(HEADS_GAP)
    };
    let found = Live::whole_in(&model.program, &whole).solve(&limits);
    if found.proof.has_solution() {
        relaxed.bound = relaxed.bound.max(found.proof.bound);
        relaxed.heads = heads(instance, &model, &found);
        relaxed.heads.iter_mut().for_each(|n| *n = n.round());
    }
}

/// What the people of an instance's contracts, paid already, do best: the plan that leaves least of what is asked open,
/// however much of their time it takes, sought from a plan in hand. Of few people a rounded relaxation makes many short
/// shifts, and no time is left for long ones. None where it takes long.
pub fn best_of_paid(instance: &Instance, plan: &Plan, seconds: Option<f64>) -> Option<Plan> {
    let mut free = instance.clone();
    for contract in &instance.contracts {
        for &shift in &instance.groups[contract.group as usize].shifts {
            free.shifts[shift as usize].price = 0.0;
        }
    }
    let (serving, all) = (free.serving(), free.choices());
    if all.len() > PAID_CHOICES {
        return None;
    }
    let limits = Limits {
        seconds,
        nodes: Some(PAID_NODES),
        ..Limits::to_gap(PAID_GAP)
    };
    neighbour(&free, &serving, plan, &all, &Fixed::none(&free), &limits).1
}
