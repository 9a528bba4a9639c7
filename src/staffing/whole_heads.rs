//! The bound of a model that hires whole people: agents in fractions, heads not.

use super::instance::Instance;
use super::model::{Fixed, build};
use super::relaxation::{Rounded, heads};
use crate::solver::{ColumnId, Limits, Live};

/// Whole people are hired in models of at most so many rows where one of each contract is more than so much of the
/// bound; nodes and gap.
const SMALL: usize = 3_000;
const WORTH: f64 = 0.005;
const HEADS_NODES: u32 = 100;
const HEADS_GAP: f64 = 1e-4;

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
