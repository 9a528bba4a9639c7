//! One's own people, at cost: every cost an owner bears is a line of its own.

mod owner;
mod pay;
mod people;
mod place;

use super::ledger::{CostLine, Ledger, count, list, number, percent};
use super::{TeamUsage, Usage};
use crate::scenario::{AgentGroup, LabourRules, Money, Scenario, Setup};

pub(super) use owner::hours_per_week as borrowed_hours;
pub use people::ramp_hours;

/// The lines of the teams priced at cost, and of the owner's time.
pub(super) fn lines(scenario: &Scenario, terms: &Setup, usage: &Usage) -> Vec<CostLine> {
    let mut ledger = Ledger::default();
    let teams: Vec<Team<'_>> = usage
        .own_teams()
        .filter(|team| team.rostered > 0.0 && team.borne > 0.0)
        .map(|used| {
            let group = &scenario.groups[used.group];
            let rules = &scenario.sites[group.site].rules;
            Team { used, group, rules }
        })
        .collect();
    pay::write(&mut ledger, &teams);
    people::write(&mut ledger, &terms.in_house, usage, &teams);
    place::write(&mut ledger, scenario, &terms.in_house, usage, &teams);
    owner::write(&mut ledger, scenario, &terms.in_house, usage, &teams);
    ledger.into_lines()
}

/// A team with its group.
struct Team<'a> {
    used: &'a TeamUsage,
    group: &'a AgentGroup,
    rules: &'a LabourRules,
}

impl Team<'_> {
    fn wage(&self) -> Money {
        Money::from_f64(self.group.wage)
    }
}

/// An hour on the line: its pay with charges, and that of the leave, illness and training that go with it.
pub fn hour_on_line(group: &AgentGroup) -> Money {
    loaded_wage(group).times(group.paid_per_filled())
}

/// An hour's pay with the employer's charges.
pub(super) fn loaded_wage(group: &AgentGroup) -> Money {
    Money::from_f64(group.wage).times(1.0 + group.charges.value())
}
