//! Models that are solved with whole people: the bound of one that hires them, agents in fractions, heads not; and the
//! shifts of few who are paid already.

use std::collections::BTreeSet;

use super::instance::{Choice, Instance, Plan};
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

/// Nodes and gap of a model of people paid already, most choices of a shift that are looked at, and that it has.
const PAID_NODES: u32 = 10;
const PAID_GAP: f64 = 0.02;
const PAID_CHOICES: usize = 1_000;
const PAID_TAKEN: usize = 200;

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
    let all = instance.choices();
    if all.len() > PAID_CHOICES {
        return None;
    }
    let mut free = instance.clone();
    for contract in &instance.contracts {
        for &shift in &instance.groups[contract.group as usize].shifts {
            free.shifts[shift as usize].price = 0.0;
        }
    }
    let serving = free.serving();
    let limits = Limits {
        seconds,
        nodes: Some(PAID_NODES),
        ..Limits::to_gap(PAID_GAP)
    };
    let taken = likely(&free, &serving, &all, plan, &limits);
    neighbour(&free, &serving, plan, &taken, &Fixed::none(&free), &limits).1
}

/// The choices of a plan, and of all others so many that the relaxation takes or would take first; of those alike some of
/// everywhere.
fn likely(
    instance: &Instance,
    serving: &[Vec<u32>],
    all: &[Choice],
    plan: &Plan,
    limits: &Limits,
) -> Vec<Choice> {
    if all.len() <= PAID_TAKEN {
        return all.to_vec();
    }
    let model = build(instance, serving, all, &Fixed::none(instance));
    let relaxed = Live::relaxed(&model.program).solve(limits);
    let of = |values: &[f64], column: ColumnId| values.get(column.index()).copied();
    let mut ranked: Vec<(bool, f64, u32, Choice)> = (0..)
        .zip(&model.choices)
        .map(|(number, &(choice, column))| {
            let is_used = of(&relaxed.columns, column).is_some_and(|count| count > 1e-6);
            let reduced = of(&relaxed.reduced_costs, column).unwrap_or(0.0);
            // Fibonacci's hash (Knuth 1973) scatters neighbours.
            let scattered = 2_654_435_769_u32.wrapping_mul(number);
            (!is_used, (reduced * 1e3).round(), scattered, choice)
        })
        .collect();
    ranked.sort_by(|a, b| {
        let by_worth = a.0.cmp(&b.0).then(a.1.total_cmp(&b.1));
        by_worth.then(a.2.cmp(&b.2))
    });
    let taken = ranked.iter().take(PAID_TAKEN).map(|ranked| ranked.3);
    let taken: BTreeSet<Choice> = taken.chain(plan.keys().copied()).collect();
    taken.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staffing::contract::Contract;
    use crate::staffing::duties::{Begin, Capacity};
    use crate::staffing::instance::{Cover, Group, Shift};

    #[test]
    fn few_people_paid_take_long_shifts_in_the_place_of_short_ones() {
        // A long shift and a short one on each of three days, for one person who comes three times.
        let shift = |number: u32| {
            let slots = 2 - number % 2;
            Shift {
                begin: Begin {
                    day: number / 2,
                    ..Begin::default()
                },
                hours: 4.0 * f64::from(slots),
                ..Shift::on_line((number..number + slots).collect(), 1.0)
            }
        };
        let instance = Instance {
            slots: 8,
            shifts: (0..6).map(shift).collect(),
            groups: vec![Group {
                queues: vec![0],
                factor: 1.0,
                shifts: (0..6).collect(),
            }],
            covers: vec![Cover {
                queues: vec![0],
                need: vec![1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0],
                load: vec![0.0; 8],
                shortfall_price: 1.0,
            }],
            contracts: vec![Contract {
                group: 0,
                price: 0.0,
                beside: 0.0,
                of_one: Capacity {
                    shifts: 3.0,
                    hours: 24.0,
                    sundays: f64::INFINITY,
                    band: None,
                },
                least_hours: 4.0,
                most_heads: 1.0,
            }],
            ..Instance::default()
        };
        let plan = |shifts: [u32; 3]| -> Plan {
            let choice = |shift| (Choice { group: 0, shift }, 1);
            shifts.map(choice).into()
        };
        // Short ones leave no turn for a long one, and each costs as much.
        let best = best_of_paid(&instance, &plan([1, 3, 5]), None);
        assert_eq!(best, Some(plan([0, 2, 4])));
    }
}
