//! A bound for where the whole relaxation has none in time: one set of queues alone.
//!
//! ```text
//! minimise  Σ price x[s] + shortfall       each shift at the price of the cheapest group that serves the set
//! Σ_{s covers t} x[s] + short[t] ≥ need[S,t]      (or the curve of one pledge)
//! ```
//!
//! Rows left out only make plans cheaper: whoever covers everything covers this set too, and pays no less for it.

use std::collections::BTreeMap;

use super::instance::{Choice, Instance};
use super::model::{Fixed, build};
use crate::solver::{Limits, Live, Status};

/// No plan of these choices costs less: the larger of what the cover with the most agents and the pledge with the
/// most contacts cost alone. Zero where neither is solved in time.
pub(super) fn bound(
    instance: &Instance,
    serving: &[Vec<u32>],
    choices: &[Choice],
    seconds: Option<f64>,
) -> f64 {
    let needs = |at: usize| instance.covers[at].need.iter().sum::<f64>();
    let wanted = |at: usize| {
        let periods = instance.pledges[at].periods.iter();
        periods.map(|(_, wanted)| wanted).sum::<f64>()
    };
    let covers = instance.covers.len();
    let cover = (0..covers).max_by(|&a, &b| needs(a).total_cmp(&needs(b)));
    let pledge = (0..instance.pledges.len()).max_by(|&a, &b| wanted(a).total_cmp(&wanted(b)));
    let rows = [cover, pledge.map(|pledge| covers + pledge)];
    let rows: Vec<usize> = rows.into_iter().flatten().collect();
    let limits = Limits {
        seconds: seconds.map(|seconds| seconds / rows.len().max(1) as f64),
        ..Limits::to_gap(0.0)
    };
    let of_row = |&row: &usize| {
        let mut alone = Instance {
            slots: instance.slots,
            shifts: instance.shifts.clone(),
            groups: instance.groups.clone(),
            fill: instance.fill,
            ..Instance::default()
        };
        match row.checked_sub(covers) {
            Some(pledge) => alone.pledges.push(instance.pledges[pledge].clone()),
            None => alone.covers.push(instance.covers[row].clone()),
        }
        let choices = cheapest(instance, &serving[row], choices);
        let model = build(&alone, &alone.serving(), &choices, &Fixed::none(&alone));
        let solved = Live::relaxed(&model.program).solve(&limits);
        match solved.proof.status {
            Status::Optimal => solved.proof.bound.max(0.0),
            _ => 0.0,
        }
    };
    rows.iter().map(of_row).fold(0.0, f64::max)
}

/// Of each shift the choice of the cheapest of some groups.
fn cheapest(instance: &Instance, groups: &[u32], choices: &[Choice]) -> Vec<Choice> {
    let mut of_shift: BTreeMap<u32, Choice> = BTreeMap::new();
    for &choice in choices.iter().filter(|c| groups.contains(&c.group)) {
        let least = of_shift.entry(choice.shift).or_insert(choice);
        if instance.price(choice) < instance.price(*least) {
            *least = choice;
        }
    }
    of_shift.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staffing::{Cover, Effort, Group, Shift, solve};

    #[test]
    fn one_set_alone_costs_no_more_than_all_of_them() {
        let group = |queues: &[u32], factor| Group {
            queues: queues.to_vec(),
            factor,
            shifts: vec![0, 1],
        };
        let cover = |queues: &[u32], need: [f64; 2]| Cover {
            queues: queues.to_vec(),
            need: need.to_vec(),
            load: need.to_vec(),
            shortfall_price: 1000.0,
        };
        let instance = Instance {
            slots: 2,
            shifts: vec![Shift::on_line(vec![0], 10.0), Shift::on_line(vec![1], 12.0)],
            groups: vec![group(&[0], 1.0), group(&[0, 1], 1.5)],
            covers: vec![
                cover(&[0], [2.0, 1.0]),
                cover(&[1], [1.0, 1.0]),
                cover(&[0, 1], [3.0, 2.0]),
            ],
            ..Instance::default()
        };
        let alone = bound(&instance, &instance.serving(), &instance.choices(), None);
        // Three and two agents at the price of the first group, though it does not serve the second queue.
        assert!((alone - 54.0).abs() < 1e-6, "{alone}");
        let effort = Effort {
            gap: 0.0,
            seconds: None,
            clock: None,
            patience: 5,
            columns: 100,
            nodes: 100,
            seed: 1,
            among: None,
        };
        let solved = solve(&instance, None, effort, &mut |_| ());
        assert!((solved.objective - 65.0).abs() < 1e-6);
        assert!(alone <= solved.bound + 1e-6 && solved.bound_is_whole);
    }
}
