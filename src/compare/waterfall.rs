//! From one set-up's total to another's, line by line.

use super::SetupResult;
use crate::ids::SetupId;
use crate::scenario::Money;

/// The way from one total to another: `start` + steps = `end`, exactly.
#[derive(Debug, Clone, PartialEq)]
pub struct Waterfall {
    pub from: SetupId,
    pub to: SetupId,
    pub start: Money,
    pub steps: Vec<WaterfallStep>,
    pub end: Money,
}

/// One step of a waterfall.
#[derive(Debug, Clone, PartialEq)]
pub struct WaterfallStep {
    pub line: String,
    /// Below zero: a cost that falls away.
    pub amount: Money,
}

impl Waterfall {
    /// What the way saves: the difference of its two totals.
    pub fn savings(&self) -> Money {
        self.start - self.end
    }
}

/// The lines of `from` fall away, those of `to` come; a line of both moves by its difference.
pub fn waterfall(from: &SetupResult, to: &SetupResult) -> Waterfall {
    let mut steps: Vec<WaterfallStep> = Vec::new();
    let old = from
        .costing
        .lines
        .iter()
        .map(|line| (&line.line, -line.amount));
    let new = to
        .costing
        .lines
        .iter()
        .map(|line| (&line.line, line.amount));
    for (line, amount) in old.chain(new) {
        match steps.iter_mut().find(|step| step.line == *line) {
            Some(step) => step.amount += amount,
            None => steps.push(WaterfallStep {
                line: line.clone(),
                amount,
            }),
        }
    }
    steps.retain(|step| !step.amount.is_zero());
    Waterfall {
        from: from.setup,
        to: to.setup,
        start: from.costing.total(),
        steps,
        end: to.costing.total(),
    }
}
