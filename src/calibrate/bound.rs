//! A bound for promises over the horizon: what no plan can do without, whatever its queues and routing.
//!
//! ```text
//! minimise  Σ price x
//! o[S,t] ≤ load[S,t],  o[S,t] ≤ Σ_{g serves any of S} Σ_{s covers t} x[g,s]      work begun on time
//! Σ_t o[S,t] ≥ share · Σ_t load[S,t]                                            each set S of queues
//! Σ_{g serves q} Σ_{s covers t} x[g,s] ≥ least agents of q in t                  each open queue q
//! ```
//!
//! A contact answered at once is work in its own slot, and agents do no more work than they are; the work
//! that a slot's last contacts carry over into the next is taken to be what the slot before carried in.

use std::collections::BTreeMap;

use crate::solver::{ColumnId, Limits, Live, Method, Program};
use crate::staffing::{Cover, Instance};

/// No plan that answers in time the `promised` share of each queue costs less.
pub(super) fn least_cost(instance: &Instance, floors: &[Cover], promised: &[Option<f64>]) -> f64 {
    let mut program = Program::default();
    let infinity = f64::INFINITY;
    let mut working: BTreeMap<(u32, u32), Vec<ColumnId>> = BTreeMap::new();
    for choice in instance.choices() {
        let column = program.column(instance.price(choice), 0.0, infinity);
        for &slot in &instance.shifts[choice.shift as usize].cover {
            working
                .entry((choice.group, slot))
                .or_default()
                .push(column);
        }
    }
    let mut on_line = BTreeMap::new();
    for (key, columns) in working {
        let agents = program.column(0.0, 0.0, infinity);
        let terms = columns.into_iter().map(|x| (x, 1.0));
        program.row(0.0, 0.0, terms.chain([(agents, -1.0)]));
        on_line.insert(key, agents);
    }
    for (cover, groups) in instance.covers.iter().zip(instance.serving()) {
        let shares = cover
            .queues
            .iter()
            .filter_map(|&q| promised.get(q as usize));
        // A set without a promise, or with a queue without one, asks for nothing here.
        let share = shares.map(|share| share.unwrap_or(0.0)).fold(1.0, f64::min);
        let load: f64 = cover.load.iter().sum();
        if share <= 0.0 || load <= 0.0 {
            continue;
        }
        let mut on_time = Vec::new();
        for (slot, &load) in cover
            .load
            .iter()
            .enumerate()
            .filter(|(_, load)| **load > 0.0)
        {
            let begun = program.column(0.0, 0.0, load);
            let agents = groups
                .iter()
                .filter_map(|&g| on_line.get(&(g, slot as u32)));
            let terms = agents.map(|&agents| (agents, 1.0)).chain([(begun, -1.0)]);
            program.row(0.0, infinity, terms);
            on_time.push((begun, 1.0));
        }
        // What nobody can reach is a shortfall, not a bound.
        let short = program.column(cover.shortfall_price, 0.0, infinity);
        on_time.push((short, 1.0));
        program.row(share * load, infinity, on_time);
    }
    for floor in floors {
        for (slot, &least) in floor
            .need
            .iter()
            .enumerate()
            .filter(|(_, least)| **least > 0.0)
        {
            let serving = (0..instance.groups.len() as u32)
                .filter(|&g| instance.groups[g as usize].serves_any(&floor.queues));
            let agents = serving.filter_map(|g| on_line.get(&(g, slot as u32)));
            let short = program.column(floor.shortfall_price, 0.0, infinity);
            let terms = agents.map(|&agents| (agents, 1.0)).chain([(short, 1.0)]);
            program.row(least, infinity, terms);
        }
    }
    let limits = Limits {
        method: if program.rows() > 4_000 {
            Method::InteriorPoint
        } else {
            Method::Automatic
        },
        ..Limits::to_gap(0.0)
    };
    Live::relaxed(&program).solve(&limits).proof.bound.max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staffing::{Group, Shift};

    #[test]
    fn a_fifth_of_the_work_may_be_left_to_the_dear_slot() {
        let instance = Instance {
            slots: 2,
            shifts: vec![Shift::on_line(vec![0], 10.0), Shift::on_line(vec![1], 30.0)],
            groups: vec![Group {
                queues: vec![0],
                factor: 1.0,
                shifts: vec![0, 1],
            }],
            covers: vec![Cover {
                queues: vec![0],
                need: vec![6.0, 6.0],
                load: vec![5.0, 5.0],
                shortfall_price: 1e4,
            }],
            ..Instance::default()
        };
        let bound = least_cost(&instance, &[], &[Some(0.8)]);
        assert!((bound - (50.0 + 90.0)).abs() < 1e-6, "{bound}");
        assert_eq!(least_cost(&instance, &[], &[None]), 0.0);
    }
}
