//! One queue, one team: a promise over days or weeks as a constraint of the model itself.
//!
//! Contacts answered in time are a concave curve g of the agents n above a floor f, so the curve needs no
//! binaries: every agent above the floor is an increment z ≤ 1 of decreasing gain.
//!
//! ```text
//! minimise  Σ price x
//! Σ_{s covers t} x[s] ≥ f[t] + Σ_k z[t,k]                      each slot t
//! Σ_{t in period} (g_t(f[t]) + Σ_k (g_t(f[t]+k) − g_t(f[t]+k−1)) z[t,k]) ≥ promise · Σ contacts
//! ```
//!
//! Where the promise holds in each slot by itself, cover rows ([`super::solve`]) are the stronger form.

use good_lp::{Constraint, Expression, Variable, constraint, variable, variables};

use super::instance::{Choice, Instance, Plan};
use super::search::Solved;
use crate::solver::{Limits, minimise};

/// A service promised over periods of slots.
pub struct Promise<'a> {
    /// Contacts offered per slot.
    pub contacts: &'a [f64],
    /// Share of them to be answered in time.
    pub share: f64,
    /// Slots over which the promise is counted: those of a day, or of the whole horizon.
    pub period: usize,
    /// Contacts of a slot answered in time by so many agents: of fewer than `least` it is not asked.
    pub answered: &'a dyn Fn(usize, u32) -> f64,
    /// Agents that keep the queue of a slot from growing without end.
    pub least: &'a dyn Fn(usize) -> u32,
}

/// The increments of one slot's curve.
struct Curve {
    floor: u32,
    at_floor: f64,
    gains: Vec<f64>,
}

/// Increments of less than this share of a slot's contacts are left out.
const LEAST_GAIN: f64 = 2e-4;

/// The cheapest plan for the one group of `instance` that keeps the promise over each period. The covers
/// of the instance are not asked for; in each slot at least the agents stand that keep the queue stable.
pub fn solve_promise(instance: &Instance, promise: &Promise, limits: &Limits) -> Solved {
    let curves: Vec<Curve> = (0..instance.slots)
        .map(|slot| curve(promise, slot))
        .collect();
    let mut variables = variables!();
    let choices = instance.choices();
    let shifts: Vec<Variable> = choices
        .iter()
        .map(|_| variables.add(variable().integer().min(0)))
        .collect();
    let above: Vec<Vec<Variable>> = curves
        .iter()
        .map(|curve| {
            let increment = |_| variables.add(variable().min(0).max(1));
            curve.gains.iter().map(increment).collect()
        })
        .collect();

    let prices = choices.iter().zip(&shifts);
    let cost: Expression = prices.map(|(&c, &x)| instance.price(c) * x).sum();
    let mut constraints: Vec<Constraint> = Vec::new();
    let mut on_line = vec![Expression::default(); instance.slots];
    for (choice, &x) in choices.iter().zip(&shifts) {
        for &slot in &instance.shifts[choice.shift as usize].cover {
            on_line[slot as usize] += x;
        }
    }
    for ((agents, curve), above) in on_line.into_iter().zip(&curves).zip(&above) {
        let needed: Expression = above.iter().sum();
        constraints.push(constraint!(agents >= needed + f64::from(curve.floor)));
    }
    for first in (0..instance.slots).step_by(promise.period.max(1)) {
        let slots = first..(first + promise.period.max(1)).min(instance.slots);
        let offered: f64 = promise.contacts[slots.clone()].iter().sum();
        let mut in_time = Expression::default();
        for slot in slots {
            in_time += curves[slot].at_floor;
            for (gain, &z) in curves[slot].gains.iter().zip(&above[slot]) {
                in_time += *gain * z;
            }
        }
        constraints.push(constraint!(in_time >= promise.share * offered));
    }

    let answer = minimise(variables, cost, constraints, limits);
    let counts = choices.iter().zip(&shifts);
    let plan: Plan = counts
        .map(|(&choice, &x): (&Choice, _)| (choice, answer.value(x).round() as u32))
        .filter(|(_, count)| *count > 0)
        .collect();
    Solved {
        objective: if answer.proof.has_solution() {
            instance.cost(&plan)
        } else {
            f64::INFINITY
        },
        plan,
        bound: answer.proof.bound.max(0.0),
        bound_is_whole: true,
        proved: answer.proof.gap() <= limits.gap + 1e-9,
        seconds: 0.0,
        worth: Vec::new(),
    }
}

/// The increments above the least number of agents, from where on the gains no longer grow.
fn curve(promise: &Promise, slot: usize) -> Curve {
    let contacts = promise.contacts[slot];
    let answered = |agents: u32| (promise.answered)(slot, agents);
    let least = (promise.least)(slot);
    let mut gains = Vec::new();
    let mut agents = least;
    let mut before = answered(least);
    while contacts > 0.0 && contacts - before > LEAST_GAIN * contacts && agents < 100_000 {
        agents += 1;
        let now = answered(agents);
        gains.push((now - before).max(0.0));
        before = now;
    }
    let steepest = (0..gains.len()).max_by(|&a, &b| gains[a].total_cmp(&gains[b]).then(b.cmp(&a)));
    let steepest = steepest.unwrap_or(0);
    let mut gains = gains.split_off(steepest);
    let mut smallest = f64::INFINITY;
    for gain in &mut gains {
        smallest = gain.min(smallest);
        *gain = smallest;
    }
    let floor = least + steepest as u32;
    Curve {
        floor,
        at_floor: answered(floor),
        gains,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staffing::{Group, Shift};

    #[test]
    fn a_promise_over_the_day_lets_dear_hours_pay_for_cheap_ones() {
        let shift = |slot, price| Shift::on_line(vec![slot], price);
        let instance = Instance {
            slots: 2,
            shifts: vec![shift(0, 1.0), shift(1, 3.0)],
            groups: vec![Group {
                queues: vec![0],
                factor: 1.0,
                shifts: vec![0, 1],
            }],
            ..Instance::default()
        };
        // Each agent halves what is late.
        let answered = |_: usize, agents: u32| 100.0 * (1.0 - 0.5_f64.powi(agents as i32));
        let promise = |period| Promise {
            contacts: &[100.0, 100.0],
            share: 0.7,
            period,
            answered: &answered,
            least: &|_| 0,
        };
        let solve = |period| solve_promise(&instance, &promise(period), &Limits::to_gap(0.0));
        let by_slot = solve(1);
        assert!((by_slot.objective - 8.0).abs() < 1e-6);
        // 140 asked: one agent in the dear slot (50) and four in the cheap one (93.75) instead of two each.
        let by_day = solve(2);
        assert!(by_day.objective < by_slot.objective);
        let counts: Vec<u32> = by_day.plan.values().copied().collect();
        let served: f64 = counts.iter().map(|&n| answered(0, n)).sum();
        assert!(served >= 140.0 - 1e-6, "{counts:?}");
        assert!(by_day.proved);
        // Nobody is left to a queue that grows, whatever the other hours make good.
        let stable = Promise {
            least: &|slot| 2 * slot as u32,
            ..promise(2)
        };
        let stable = solve_promise(&instance, &stable, &Limits::to_gap(0.0));
        let dear = |choice: &Choice| choice.shift == 1;
        let there = stable.plan.iter().filter(|(choice, _)| dear(choice));
        assert_eq!(there.map(|(_, count)| count).sum::<u32>(), 2);
    }
}
