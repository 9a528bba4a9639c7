//! People hired whole: paid for the full contract, however much of it their shifts fill.
//!
//! ```text
//! heads ≥ shifts that begin on a day, each day            nobody works two shifts a day
//! heads ≥ all shifts ÷ most shifts of one head
//! heads ≥ all paid hours ÷ hours of one head
//! ```

use std::collections::BTreeMap;

use super::instance::{Choice, Instance, Plan, Shift};
use crate::solver::{ColumnId, Program};
use crate::units::whole;

/// Contracts that a group's agents have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contract {
    /// The group.
    pub group: u32,
    /// Price of one head for the horizon; what its shifts cost on top stands with them.
    pub price: f64,
    /// Shifts that one head works in the horizon, at most.
    pub most_shifts: f64,
    /// Hours of shifts that one head's contract holds in the horizon.
    pub most_hours: f64,
    /// Hours of a contract that a shift, however short, is priced at where it is priced alone.
    pub least_hours: f64,
    /// Most people hired.
    pub most_heads: f64,
}

/// Shifts to be worked under one contract.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Duties {
    /// By the day on which they begin.
    pub by_day: Vec<f64>,
    pub shifts: f64,
    pub hours: f64,
}

impl Duties {
    /// So many more of a shift.
    pub fn add(&mut self, shift: &Shift, count: f64) {
        let day = shift.day as usize;
        if self.by_day.len() <= day {
            self.by_day.resize(day + 1, 0.0);
        }
        self.by_day[day] += count;
        self.shifts += count;
        self.hours += count * shift.hours;
    }

    /// Whole people who work them.
    fn heads(&self, contract: &Contract) -> f64 {
        let busiest = self.by_day.iter().copied().fold(0.0, f64::max);
        let by_shifts = self.shifts / contract.most_shifts;
        let by_hours = self.hours / contract.most_hours;
        heads(busiest, by_shifts, by_hours)
    }
}

/// Whole people for the shifts of the busiest day, and for all shifts and all hours in those of one contract.
pub fn heads(busiest: f64, by_shifts: f64, by_hours: f64) -> f64 {
    whole(busiest.max(by_shifts).max(by_hours))
}

/// Whom a plan hires, by contract.
#[derive(Debug, Clone)]
pub(crate) struct Hired<'a> {
    instance: &'a Instance,
    pub duties: Vec<Duties>,
}

impl<'a> Hired<'a> {
    /// Nobody yet.
    pub fn nobody(instance: &'a Instance) -> Self {
        Self {
            instance,
            duties: vec![Duties::default(); instance.contracts.len()],
        }
    }

    /// For the shifts of a plan.
    pub fn of(instance: &'a Instance, plan: &Plan) -> Self {
        let mut hired = Self::nobody(instance);
        if !instance.contracts.is_empty() {
            for (&choice, &count) in plan {
                hired.change(choice, f64::from(count));
            }
        }
        hired
    }

    /// So many more agents of a choice.
    pub fn change(&mut self, choice: Choice, by: f64) {
        let shift = &self.instance.shifts[choice.shift as usize];
        for (contract, duties) in self.instance.contracts.iter().zip(&mut self.duties) {
            if contract.group == choice.group {
                duties.add(shift, by);
            }
        }
    }

    /// Whole people of each contract.
    pub fn heads(&self) -> impl Iterator<Item = f64> {
        let contracts = self.instance.contracts.iter().zip(&self.duties);
        contracts.map(|(contract, duties)| duties.heads(contract))
    }

    /// Price of the contracts.
    pub fn cost(&self) -> f64 {
        let contracts = self.instance.contracts.iter().zip(self.heads());
        contracts
            .map(|(contract, heads)| contract.price * heads)
            .sum()
    }

    /// Whether one agent more of a choice hires nobody beyond the most heads.
    pub fn has_room(&self, choice: Choice) -> bool {
        let contracts = self.instance.contracts.iter().zip(&self.duties);
        let mut ours = contracts.filter(|(contract, _)| contract.group == choice.group);
        ours.all(|(contract, duties)| {
            if contract.most_heads.is_infinite() {
                return true;
            }
            let mut more = duties.clone();
            more.add(&self.instance.shifts[choice.shift as usize], 1.0);
            more.heads(contract) <= contract.most_heads + 1e-9
        })
    }
}

impl Instance {
    /// The same with every shift at its full price and no contracts: what a search by single shifts sees.
    pub fn by_the_shift(&self) -> Self {
        let mut alone = self.clone();
        for contract in &self.contracts {
            for &shift in &self.groups[contract.group as usize].shifts {
                let choice = Choice {
                    group: contract.group,
                    shift,
                };
                let factor = self.groups[contract.group as usize].factor;
                alone.shifts[shift as usize].price = self.full_price(choice) / factor;
            }
        }
        alone.contracts.clear();
        alone
    }

    /// The same with so many people of each contract at most, paid already.
    pub fn with_heads(&self, most: &[f64]) -> Self {
        let mut paid = self.clone();
        for (contract, &most) in paid.contracts.iter_mut().zip(most) {
            contract.price = 0.0;
            contract.most_heads = most;
        }
        paid
    }
}

/// Adds to a program the heads that changes ask for: columns, each with its choice and how many agents one of
/// it adds, on top of the duties that are there. Answers the contracts with their columns of heads.
pub(crate) fn hire(
    instance: &Instance,
    program: &mut Program,
    changes: &[(Choice, ColumnId, f64)],
    there: &[Duties],
) -> Vec<(usize, ColumnId)> {
    let mut heads = Vec::new();
    for (number, contract) in instance.contracts.iter().enumerate() {
        let ours = changes.iter().filter(|(c, ..)| c.group == contract.group);
        let ours: Vec<(&Shift, ColumnId, f64)> = ours
            .map(|&(choice, x, by)| (&instance.shifts[choice.shift as usize], x, by))
            .collect();
        if ours.is_empty() {
            continue;
        }
        let column = program.integer(contract.price, 0.0, contract.most_heads);
        let there = &there[number];
        let mut days: BTreeMap<u32, Vec<(ColumnId, f64)>> = BTreeMap::new();
        for &(shift, x, by) in &ours {
            days.entry(shift.day).or_default().push((x, -by));
        }
        let mut at_least = |there: f64, of_one: f64, terms: Vec<(ColumnId, f64)>| {
            let terms = terms.into_iter().chain([(column, of_one)]);
            program.row(there, f64::INFINITY, terms);
        };
        for day in 0..there.by_day.len() as u32 {
            days.entry(day).or_default();
        }
        for (day, terms) in days {
            let there = there.by_day.get(day as usize).copied().unwrap_or(0.0);
            at_least(there, 1.0, terms);
        }
        let counts = ours.iter().map(|&(_, x, by)| (x, -by)).collect();
        at_least(there.shifts, contract.most_shifts, counts);
        let hours = ours.iter().map(|&(shift, x, by)| (x, -by * shift.hours));
        at_least(there.hours, contract.most_hours, hours.collect());
        heads.push((number, column));
    }
    heads
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staffing::instance::Group;

    #[test]
    fn heads_follow_the_busiest_day_the_count_and_the_hours() {
        let shift = |day, hours| Shift {
            day,
            hours,
            ..Shift::on_line(vec![day], 1.0)
        };
        let instance = Instance {
            slots: 7,
            shifts: (0..7).map(|day| shift(day, 8.0)).collect(),
            groups: vec![Group {
                queues: vec![0],
                factor: 1.0,
                shifts: (0..7).collect(),
            }],
            contracts: vec![Contract {
                group: 0,
                price: 100.0,
                most_shifts: 6.0,
                most_hours: 32.0,
                least_hours: 6.4,
                most_heads: f64::INFINITY,
            }],
            ..Instance::default()
        };
        let choice = |shift| Choice { group: 0, shift };
        let cost = |plan: &[(u32, u32)]| {
            instance.cost(&plan.iter().map(|&(shift, n)| (choice(shift), n)).collect())
        };
        assert_eq!(cost(&[(0, 3)]), 303.0, "three on one day are three people");
        assert_eq!(cost(&[(0, 1), (1, 1), (2, 1), (3, 1)]), 104.0);
        assert_eq!(
            cost(&[(0, 1), (1, 1), (2, 1), (3, 1), (4, 1)]),
            205.0,
            "40 hours in contracts of 32"
        );
        let plan = Plan::from([(choice(0), 2), (choice(1), 1)]);
        let two = instance.with_heads(&[2.0]);
        let hired = Hired::of(&two, &plan);
        assert!(!hired.has_room(choice(0)) && hired.has_room(choice(1)));
        assert_eq!(two.cost(&plan), 3.0, "contracts are paid");
        let alone = instance.by_the_shift();
        assert_eq!(alone.cost(&plan), 3.0 * (1.0 + 100.0 * 8.0 / 32.0));
    }
}
