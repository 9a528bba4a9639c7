//! People hired whole: paid for the full contract, however much of it their shifts fill.

use std::collections::{BTreeMap, BTreeSet};

use super::duties::{Capacity, DAY, Duties, after};
use super::free_sundays;
use super::instance::{Choice, Instance, Plan, Shift};
use crate::solver::{ColumnId, Program};

/// Contracts that a group's agents have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contract {
    /// The group.
    pub group: u32,
    /// Price of one head for the horizon; what its shifts cost on top stands with them.
    pub price: f64,
    /// The part of it that is not pay.
    pub beside: f64,
    /// What one head works in the horizon, at most.
    pub of_one: Capacity,
    /// Hours of a contract that a shift, however short, is priced at where it is priced alone.
    pub least_hours: f64,
    /// Most people hired.
    pub most_heads: f64,
}

impl Contract {
    /// So many more of a shift among the duties of its people.
    fn add(&self, duties: &mut Duties, shift: &Shift, count: f64) {
        duties.add(&self.of_one, shift.begin, shift.hours, count);
    }
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
                contract.add(duties, shift, by);
            }
        }
    }

    /// Whole people of each contract.
    pub fn heads(&self) -> impl Iterator<Item = f64> {
        let contracts = self.instance.contracts.iter().zip(&self.duties);
        contracts.map(|(contract, duties)| duties.heads(&contract.of_one))
    }

    /// People of one contract by the start of their bands, or all at 0.
    pub fn people(&self, contract: usize) -> Vec<(u32, f64)> {
        self.duties[contract].people(&self.instance.contracts[contract].of_one)
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
            let shift = &self.instance.shifts[choice.shift as usize];
            contract.add(&mut more, shift, 1.0);
            more.heads(&contract.of_one) <= contract.most_heads + 1e-9
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

/// The people of a contract in a program.
pub(crate) struct Heads {
    /// Number of the contract.
    pub contract: usize,
    /// All of them.
    pub all: ColumnId,
    /// By the start of their bands, where they keep to one.
    pub by_start: Vec<(u32, ColumnId)>,
}

/// Shifts that a program may change: a shift, its column, and how many one of the column adds.
pub(super) type Changes<'a> = Vec<(&'a Shift, ColumnId, f64)>;

/// Adds to a program the heads that changes ask for: columns, each with its choice and how many agents one of
/// it adds, on top of the duties that are there. See [`super::duties`] for the rows.
pub(crate) fn hire(
    instance: &Instance,
    program: &mut Program,
    changes: &[(Choice, ColumnId, f64)],
    there: &[Duties],
) -> Vec<Heads> {
    let mut heads = Vec::new();
    for (number, contract) in instance.contracts.iter().enumerate() {
        let ours = changes.iter().filter(|(c, ..)| c.group == contract.group);
        let ours: Changes = ours
            .map(|&(choice, x, by)| (&instance.shifts[choice.shift as usize], x, by))
            .collect();
        if ours.is_empty() {
            continue;
        }
        let all = program.integer(contract.price, 0.0, contract.most_heads);
        let there = &there[number];
        let by_start = match contract.of_one.band {
            None => {
                suffice(program, contract, &[all], &ours, there, (0, DAY));
                Vec::new()
            }
            Some(band) => in_bands(program, contract, band, all, &ours, there),
        };
        heads.push(Heads {
            contract: number,
            all,
            by_start,
        });
    }
    heads
}

/// Heads by the start of their bands, who suffice for the shifts of each stretch of starts that they reach.
/// Stretches of one, two, four … starts that overlap by half, and of all, will do, and heads of a band in fractions: a
/// program that is solved several times as fast, and what it leaves out a plan's price still counts.
fn in_bands(
    program: &mut Program,
    contract: &Contract,
    band: u32,
    all: ColumnId,
    changes: &Changes,
    there: &Duties,
) -> Vec<(u32, ColumnId)> {
    let place = |shift: &Shift| contract.of_one.place(shift.begin.minute);
    let starts: BTreeSet<u32> = (changes.iter().map(|&(shift, ..)| place(shift)))
        .chain(there.starts())
        .collect();
    let starts: Vec<u32> = starts.into_iter().collect();
    let column = |&start: &u32| (start, program.column(0.0, 0.0, f64::INFINITY));
    let by_start: Vec<(u32, ColumnId)> = starts.iter().map(column).collect();
    let parts = by_start.iter().map(|&(_, part)| (part, -1.0));
    program.row(0.0, f64::INFINITY, parts.chain([(all, 1.0)]));
    let mut count = 1;
    loop {
        let is_whole = count >= starts.len();
        let apart = if is_whole {
            starts.len()
        } else {
            count.div_ceil(2)
        };
        for first in (0..starts.len()).step_by(apart) {
            let from = starts[first];
            let to = starts[(first + count.min(starts.len()) - 1) % starts.len()];
            let length = after(from, to);
            let reach = after(0, from + DAY - band.min(DAY));
            let able = by_start.iter();
            let able = able.filter(|(at, _)| is_whole || after(reach, *at) <= length + band);
            let able: Vec<ColumnId> = able.map(|&(_, part)| part).collect();
            let inside = changes.iter().copied();
            let inside = inside.filter(|(shift, ..)| after(from, place(shift)) <= length);
            let inside: Changes = inside.collect();
            suffice(program, contract, &able, &inside, there, (from, length));
        }
        if is_whole {
            return by_start;
        }
        count *= 2;
    }
}

/// Rows: the heads of some columns suffice for `changes` and for what is `there` in a stretch of starts.
fn suffice(
    program: &mut Program,
    contract: &Contract,
    heads: &[ColumnId],
    changes: &Changes,
    there: &Duties,
    (from, length): (u32, u32),
) {
    let there = there.within(from, length);
    if changes.is_empty() && there.shifts <= 0.0 {
        return;
    }
    let mut days: BTreeMap<u32, Vec<(ColumnId, f64)>> = BTreeMap::new();
    for &(shift, x, by) in changes {
        days.entry(shift.begin.day).or_default().push((x, -by));
    }
    let mut at_least = |there: f64, of_one: f64, terms: Vec<(ColumnId, f64)>| {
        let heads = heads.iter().map(|&column| (column, of_one));
        let terms = terms.into_iter().chain(heads);
        program.row(there, f64::INFINITY, terms);
    };
    for day in 0..there.by_day.len() as u32 {
        days.entry(day).or_default();
    }
    for (day, terms) in days {
        let there = there.by_day.get(day as usize).copied().unwrap_or(0.0);
        at_least(there, 1.0, terms);
    }
    let counts = changes.iter().map(|&(_, x, by)| (x, -by)).collect();
    at_least(there.shifts, contract.of_one.shifts, counts);
    let hours = changes.iter().map(|&(shift, x, by)| (x, -by * shift.hours));
    at_least(there.hours, contract.of_one.hours, hours.collect());
    free_sundays::row(program, &contract.of_one, heads, changes, &there);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staffing::duties::Begin;
    use crate::staffing::instance::Group;

    #[test]
    fn heads_follow_the_busiest_day_the_count_and_the_hours() {
        let shift = |day, hours| Shift {
            begin: Begin {
                day,
                ..Begin::default()
            },
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
                beside: 0.0,
                of_one: Capacity {
                    shifts: 6.0,
                    hours: 32.0,
                    sundays: f64::INFINITY,
                    band: None,
                },
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
