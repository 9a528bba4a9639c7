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
//! That is a [`Pledge`] which no plan may miss. Where the promise holds in each slot by itself, cover rows
//! ([`super::solve`]) are the stronger form, and such a plan keeps the promise of every period: the search sets out
//! from it, and what it answers is never dearer. Where the floors alone keep every period they are the cover rows.

mod anneal;

use std::ops::Range;

use rayon::prelude::*;

use super::instance::{Cover, Instance, Plan, Pledge};
use super::runs::Runs;
use super::search::{Effort, Solved, is_close, solve};

/// A service promised over periods of slots.
pub struct Promise<'a> {
    /// Contacts offered per slot.
    pub contacts: &'a [f64],
    /// Share of them to be answered in time.
    pub share: f64,
    /// Slots over which the promise is counted: those of a day, or of the whole horizon.
    pub period: usize,
    /// Contacts of a slot answered in time by so many agents: of fewer than `least` it is not asked.
    pub answered: &'a (dyn Fn(usize, u32) -> f64 + Sync),
    /// Agents that keep the queue of a slot from growing without end.
    pub least: &'a (dyn Fn(usize) -> u32 + Sync),
}

/// The increments of one slot's curve.
struct Curve {
    floor: u32,
    gains: Vec<f64>,
    /// Contacts in time by the floor, then by each agent more.
    in_time: Vec<f64>,
}

/// Slots of a period, and contacts in time promised in it.
type Period = (Range<usize>, f64);

/// Increments are left out once less than this share of a slot's contacts is late, or of what the promise lets be late.
const LEAST_GAIN: f64 = 2e-4;
const LEAST_LATE: f64 = 0.1;
/// Shares of the time for the plan that keeps the promise in each slot, and for annealing it; without a clock, moves
/// for each choice.
const BY_SLOT: f64 = 0.25;
const ANNEALED: f64 = 0.12;
/// The same where the model is too large for the tree and for neighbourhoods: its presolve grows with the square of the
/// increments and watches no clock; of how many it is done with soon enough, in a second, and in what time without a clock.
/// There annealing has what the relaxation leaves, and that a share of the time left.
const RELAXED: f64 = 0.45;
const PRESOLVED: f64 = 7e6;
const NO_CLOCK: f64 = 60.0;
const ANNEAL_MOVES: usize = 5_000;
/// Annealings side by side.
const SIDE_BY_SIDE: u64 = 2;

/// The cheapest plan found for the one group of `instance` that keeps the promise over each period. The covers
/// of the instance are not asked for; in each slot at least the agents stand that keep the queue stable.
pub fn solve_promise(instance: &Instance, promise: &Promise, effort: Effort) -> Solved {
    let clock = || effort.clock.map_or(0.0, |clock| clock());
    let started = clock();
    let curves: Vec<Curve> = (0..instance.slots)
        .map(|slot| curve(promise, slot))
        .collect();
    let slots = curves.iter().zip(worked(instance));
    if slots.into_iter().any(|(c, worked)| c.floor > 0 && !worked) {
        return nothing();
    }
    let sizes = curves.iter().enumerate();
    let sizes = sizes.map(|(slot, curve)| size(curve, promise.share * promise.contacts[slot]));
    let sizes: Vec<f64> = sizes.collect();
    let period = promise.period.max(1);
    let runs = Runs::of(instance, |slot| slot.is_multiple_of(period));
    let merged = runs.merged(instance);
    let instance = &merged;
    let periods = periods(promise, &runs);
    let curves: Vec<Curve> = runs
        .iter()
        .map(|run| joined(&curves[run.clone()]))
        .collect();
    if floors_suffice(&periods, &curves) {
        let floors = curves.iter().map(|curve| f64::from(curve.floor));
        return solve(
            &covering(instance, floors.collect()),
            None,
            effort,
            &mut |_| (),
        );
    }
    let by_slot = Effort {
        seconds: effort.seconds.map(|all| BY_SLOT * all),
        ..effort
    };
    let left = |all: f64| (all - (clock() - started)).max(0.0);
    let in_each = covering(instance, runs.largest(&sizes));
    let start = solve(&in_each, None, by_slot, &mut |_| ()).plan;
    let increments: usize = curves.iter().map(|curve| curve.gains.len()).sum();
    let seconds = effort.seconds.unwrap_or(NO_CLOCK);
    let is_large = (increments as f64).powi(2) > PRESOLVED * seconds;
    let anneal = |plan, share| annealed(instance, &periods, &curves, plan, (&effort, share));
    let pledged = Instance {
        covers: Vec::new(),
        pledges: vec![pledge(periods.clone(), &curves)],
        ..instance.clone()
    };
    let over_periods = |share: f64| Effort {
        seconds: effort.seconds.map(|all| share * left(all)),
        ..effort
    };
    let mut solved = if is_large {
        let relaxed = Effort {
            columns: 0,
            patience: 0,
            ..over_periods(RELAXED)
        };
        let relaxed = solve(&pledged, Some(&start), relaxed, &mut |_| ());
        let share = effort.seconds.map_or(0.0, |all| left(all) / all);
        let plan = anneal(relaxed.plan.clone(), share);
        cheaper_of(&pledged, relaxed, plan, effort.gap)
    } else {
        let start = anneal(start, ANNEALED);
        solve(&pledged, Some(&start), over_periods(1.0), &mut |_| ())
    };
    solved.seconds = clock() - started;
    solved.worth = Vec::new();
    solved
}

/// What was solved, or with another plan where this keeps the promise for less.
fn cheaper_of(pledged: &Instance, solved: Solved, plan: Plan, gap: f64) -> Solved {
    let objective = pledged.cost(&plan);
    let on_line = pledged.on_line(&plan).swap_remove(0);
    let agents: Vec<f64> = on_line.into_iter().map(f64::from).collect();
    if objective >= solved.objective || !pledged.pledges.iter().all(|it| it.is_kept(&agents)) {
        return solved;
    }
    Solved {
        proved: is_close(objective, solved.bound, gap),
        plan,
        objective,
        ..solved
    }
}

/// The cheapest of a plan and what annealing makes of it, several times side by side.
fn annealed(
    instance: &Instance,
    periods: &[Period],
    curves: &[Curve],
    start: Plan,
    (effort, share): (&Effort, f64),
) -> Plan {
    let clock = || effort.clock.map_or(0.0, |clock| clock());
    let began = clock();
    let moves = (ANNEAL_MOVES * instance.choices().len()) as f64;
    let progress = |made: u64| match effort.seconds {
        Some(seconds) => (clock() - began) / (share * seconds).max(1e-3),
        None => made as f64 / moves,
    };
    let found: Vec<Option<Plan>> = (0..SIDE_BY_SIDE)
        .into_par_iter()
        .map(|number| {
            let seed = effort.seed.wrapping_add(number);
            anneal::anneal(instance, periods, curves, (&start, seed), &progress)
        })
        .collect();
    let cheaper = |best: Plan, plan: Plan| {
        if instance.cost(&plan) < instance.cost(&best) {
            plan
        } else {
            best
        }
    };
    found.into_iter().flatten().fold(start, cheaper)
}

/// Contacts of a slot in time, told of no fewer agents than its floor.
fn in_time_of(curve: &Curve, agents: u32) -> f64 {
    let above = agents.saturating_sub(curve.floor) as usize;
    curve.in_time[above.min(curve.in_time.len() - 1)]
}

/// No plan at all.
fn nothing() -> Solved {
    Solved {
        plan: Plan::new(),
        objective: f64::INFINITY,
        bound: 0.0,
        bound_is_whole: false,
        proved: false,
        seconds: 0.0,
        worth: Vec::new(),
    }
}

/// Does any shift work in each slot?
fn worked(instance: &Instance) -> Vec<bool> {
    let mut worked = vec![false; instance.slots];
    for choice in instance.choices() {
        for &slot in &instance.shifts[choice.shift as usize].cover {
            worked[slot as usize] = true;
        }
    }
    worked
}

/// Do as many agents as each slot has at least keep every period?
fn floors_suffice(periods: &[Period], curves: &[Curve]) -> bool {
    periods.iter().all(|(slots, wanted)| {
        let curves = curves[slots.clone()].iter();
        curves.map(|curve| curve.in_time[0]).sum::<f64>() >= *wanted
    })
}

/// The promise by period, counted in runs of slots, each of which lies in one period.
fn periods(promise: &Promise, runs: &Runs) -> Vec<Period> {
    let period = promise.period.max(1);
    let mut periods: Vec<Period> = Vec::new();
    for (number, run) in runs.iter().enumerate() {
        if run.start.is_multiple_of(period) {
            periods.push((number..number, 0.0));
        }
        if let Some((runs, wanted)) = periods.last_mut() {
            runs.end = number + 1;
            *wanted += promise.share * promise.contacts[run.clone()].iter().sum::<f64>();
        }
    }
    periods
}

/// The curve of several slots in which the same agents work.
fn joined(curves: &[Curve]) -> Curve {
    let floor = curves.iter().map(|curve| curve.floor).max().unwrap_or(0);
    let last = |curve: &Curve| curve.floor + curve.gains.len() as u32;
    let last = curves.iter().map(last).max().unwrap_or(0);
    let all = |agents: u32| curves.iter().map(|curve| in_time_of(curve, agents)).sum();
    let in_time: Vec<f64> = (floor..=last).map(all).collect();
    Curve {
        floor,
        gains: in_time.windows(2).map(|pair| pair[1] - pair[0]).collect(),
        in_time,
    }
}

/// Agents by whom so many contacts of a slot are in time.
fn size(curve: &Curve, wanted: f64) -> f64 {
    let short = curve
        .in_time
        .iter()
        .take_while(|reached| **reached < wanted);
    let above = short.count().min(curve.gains.len());
    f64::from(curve.floor) + above as f64
}

/// The instance with so many agents asked for in each slot.
fn covering(instance: &Instance, need: Vec<f64>) -> Instance {
    let prices = instance.choices().into_iter().map(|c| instance.price(c));
    // Where all shifts are free, an agent missing still costs.
    let dearest = prices.fold(0.1, f64::max);
    Instance {
        covers: vec![Cover {
            queues: vec![0],
            need,
            load: vec![0.0; instance.slots],
            shortfall_price: 10.0 * dearest,
        }],
        ..instance.clone()
    }
}

/// The promise as one that no plan may miss.
fn pledge(periods: Vec<Period>, curves: &[Curve]) -> Pledge {
    let base = |curve: &Curve| (f64::from(curve.floor), curve.in_time[0]);
    let pieces = |curve: &Curve| curve.gains.iter().map(|&gain| (1.0, gain)).collect();
    Pledge {
        queues: vec![0],
        base: curves.iter().map(base).collect(),
        pieces: curves.iter().map(pieces).collect(),
        periods,
        short_price: f64::INFINITY,
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
    let late = LEAST_GAIN.min(LEAST_LATE * (1.0 - promise.share)) * contacts;
    while contacts > 0.0 && contacts - before > late && agents < 100_000 {
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
    let mut in_time = vec![answered(floor)];
    in_time.extend(gains.iter().scan(in_time[0], |sum, gain| {
        *sum += gain;
        Some(*sum)
    }));
    Curve {
        floor,
        gains,
        in_time,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staffing::{Choice, Group, Plan, Shift};

    const EFFORT: Effort = Effort {
        gap: 0.0,
        seconds: None,
        clock: None,
        patience: 10,
        columns: 3_000,
        nodes: 500,
        seed: 1,
        among: None,
    };

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
        let solve = |period| solve_promise(&instance, &promise(period), EFFORT);
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
        let stable = solve_promise(&instance, &stable, EFFORT);
        let dear = |choice: &Choice| choice.shift == 1;
        let there = stable.plan.iter().filter(|(choice, _)| dear(choice));
        assert_eq!(there.map(|(_, count)| count).sum::<u32>(), 2);
    }

    /// A cyclic week in which a shift of three hours begins at each hour, of `cut` slots.
    fn cyclic(hours: usize, cut: usize) -> Instance {
        let slots = hours * cut;
        let cover = |first: usize| {
            let all = (first * cut..(first + 3) * cut).map(|t| (t % slots) as u32);
            all.collect()
        };
        Instance {
            slots,
            shifts: (0..hours)
                .map(|first| Shift::on_line(cover(first), 10.0 + (first % 5) as f64))
                .collect(),
            groups: vec![Group {
                queues: vec![0],
                factor: 1.0,
                shifts: (0..hours as u32).collect(),
            }],
            ..Instance::default()
        }
    }

    /// Slots with little work, of which a longer promise asks less.
    #[test]
    fn a_longer_promise_is_never_dearer() {
        const SLOTS: usize = 28;
        let instance = cyclic(SLOTS, 1);
        let contacts: Vec<f64> = (0..SLOTS).map(|t| 0.5 + (t % 4) as f64).collect();
        let share = |agents: u32| 1.0 - 0.35_f64.powi(agents as i32);
        let answered = |slot: usize, agents: u32| contacts[slot] * share(agents);
        let costs = [1, 4, SLOTS].map(|period| {
            let promise = Promise {
                contacts: &contacts,
                share: 0.6,
                period,
                answered: &answered,
                least: &|_| 1,
            };
            let solved = solve_promise(&instance, &promise, EFFORT);
            let agents: &[u32] = &instance.on_line(&solved.plan)[0];
            for first in (0..SLOTS).step_by(period) {
                let slots = first..first + period;
                let in_time: f64 = slots.clone().map(|t| answered(t, agents[t])).sum();
                let offered: f64 = contacts[slots].iter().sum();
                assert!(in_time >= 0.6 * offered - 1e-6);
            }
            assert!(solved.bound <= solved.objective + 1e-6);
            assert!((instance.cost(&solved.plan) - solved.objective).abs() < 1e-6);
            solved.objective
        });
        assert!(costs.is_sorted_by(|a, b| a >= b), "{costs:?}");
    }

    #[test]
    fn slots_cut_in_two_cost_the_same() {
        const SLOTS: usize = 12;
        let cost = |cut: usize| {
            let slots = SLOTS * cut;
            let instance = cyclic(SLOTS, cut);
            let contacts: Vec<f64> = (0..slots)
                .map(|t| (0.5 + (t / cut % 4) as f64) / cut as f64)
                .collect();
            let share = |agents: u32| 1.0 - 0.35_f64.powi(agents as i32);
            let promise = Promise {
                contacts: &contacts,
                share: 0.7,
                period: slots / 2,
                answered: &|slot, agents| contacts[slot] * share(agents),
                least: &|_| 1,
            };
            let solved = solve_promise(&instance, &promise, EFFORT);
            assert!(solved.proved);
            let agents: &[u32] = &instance.on_line(&solved.plan)[0];
            for period in [0..slots / 2, slots / 2..slots] {
                let in_time = period.clone().map(|t| contacts[t] * share(agents[t]));
                let offered: f64 = contacts[period.clone()].iter().sum();
                assert!(in_time.sum::<f64>() >= 0.7 * offered - 1e-6);
            }
            solved.objective
        };
        let [whole, halves] = [1, 2].map(cost);
        assert!((whole - halves).abs() < 1e-6, "{whole} {halves}");
    }

    #[test]
    fn slots_that_nobody_works_leave_no_plan() {
        let instance = Instance {
            slots: 2,
            shifts: vec![Shift::on_line(vec![0], 1.0)],
            groups: vec![Group {
                queues: vec![0],
                factor: 1.0,
                shifts: vec![0],
            }],
            ..Instance::default()
        };
        let promise = Promise {
            contacts: &[1.0, 1.0],
            share: 0.1,
            period: 2,
            answered: &|_, agents| f64::from(agents.min(1)),
            least: &|_| 1,
        };
        let solved = solve_promise(&instance, &promise, EFFORT);
        assert_eq!(solved.objective, f64::INFINITY);
        assert_eq!(solved.plan, Plan::new());
    }
}
