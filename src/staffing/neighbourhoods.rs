//! Some related groups over the whole horizon set free, the others held, solved, and kept where better; the
//! number of free columns follows what the solver can finish.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::contract::Hired;
use super::instance::{Choice, Instance, Plan};
use super::model::{Fixed, Model, build};
use super::search::{Progress, is_close};
use crate::solver::{Limits, Live, Outcome, Status};

/// Nodes for one neighbourhood, and where a clock runs its seconds at first and at most. What is found at all
/// is found early: on two cores neighbourhoods done within .3 s gained a hundred times as much a second as
/// those stopped after a second and more. Only where the smallest take longer do all.
const NODES: u32 = 100;
const SECONDS: (f64, f64) = (0.5, 3.0);
const LONGER: f64 = 1.5;
/// Free columns at first, and at least.
const COLUMNS: (f64, f64) = (250.0, 60.0);
/// Share of the neighbourhoods that lie in a part of the horizon, and that part of it.
const IN_PART: f64 = 0.6;
const PART: f64 = 2.0 / 7.0;

/// What is searched, and how long.
pub(super) struct Around<'a> {
    pub instance: &'a Instance,
    pub serving: &'a [Vec<u32>],
    /// Choices worth considering.
    pub pool: &'a [Choice],
    /// Price of a plan with its shortfall.
    pub value: &'a (dyn Fn(&Plan) -> f64 + Sync),
    pub bound: f64,
    pub gap: f64,
    /// Most columns and nodes.
    pub columns: usize,
    pub nodes: u32,
    /// Neighbourhoods without improvement after which the search ends.
    pub patience: usize,
    pub seed: u64,
    /// Neighbourhoods solved side by side where a clock runs; without one their order must not depend on it.
    pub searchers: usize,
    /// Seconds left, where a clock runs.
    pub left: Option<&'a (dyn Fn() -> f64 + Sync)>,
}

/// What the searchers share.
struct Shared<'r> {
    plan: Plan,
    objective: f64,
    /// Free columns that the solver can finish: over the whole horizon, and in a part of it.
    columns: [f64; 2],
    /// Seconds that one neighbourhood may take.
    seconds: f64,
    idle: usize,
    random: Xoshiro256PlusPlus,
    report: &'r mut (dyn FnMut(Progress) + Send),
}

/// The best plan found around one, and its price.
pub(super) fn improve(
    around: &Around,
    plan: Plan,
    objective: f64,
    report: &mut (dyn FnMut(Progress) + Send),
) -> (Plan, f64) {
    let shared = Mutex::new(Shared {
        plan,
        objective,
        columns: [COLUMNS.0.min(around.columns as f64); 2],
        seconds: SECONDS.0,
        idle: 0,
        random: Xoshiro256PlusPlus::seed_from_u64(around.seed),
        report,
    });
    if around.left.is_some() {
        std::thread::scope(|scope| {
            for _ in 0..around.searchers {
                scope.spawn(|| around.search(&shared));
            }
        });
    } else {
        around.search(&shared);
    }
    let shared = shared.into_inner().unwrap_or_else(PoisonError::into_inner);
    (shared.plan, shared.objective)
}

impl Around<'_> {
    /// One searcher: takes the best plan there is, frees some of it, and hands in what is better.
    fn search(&self, shared: &Mutex<Shared>) {
        let locked = || shared.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let (plan, kind, free, seconds) = {
                let mut best = locked();
                let close = is_close(best.objective, self.bound, self.gap);
                if close || best.idle >= self.patience || self.seconds_left() <= 0.5 {
                    return;
                }
                best.idle += 1;
                let kind = usize::from(best.random.random::<f64>() < IN_PART);
                let columns = best.columns[kind] as usize;
                let free = self.related(columns, kind == 1, &mut best.random);
                (best.plan.clone(), kind, free, best.seconds)
            };
            let is_free = |choice: Choice| free.binary_search(&choice).is_ok();
            let fixed = Fixed::others(self.instance, self.serving, &plan, is_free);
            let limits = self.limits(seconds);
            let (outcome, found) =
                neighbour(self.instance, self.serving, &plan, &free, &fixed, &limits);
            let mut best = locked();
            let finished = outcome.proof.status == Status::Optimal;
            let columns = best.columns[kind] * if finished { 1.03 } else { 0.85 };
            if !finished && columns < COLUMNS.1 {
                best.seconds = SECONDS.1.min(seconds * LONGER);
            }
            best.columns[kind] = columns.max(COLUMNS.1).min(self.columns as f64);
            if let Some(found) = found {
                self.hand_in(&mut best, &found, &free);
            }
            if finished && free.len() == self.pool.len() {
                // Nothing was held.
                best.idle = self.patience;
            }
        }
    }

    /// What was found, in the best plan of now: another searcher may have changed other groups.
    fn hand_in(&self, best: &mut Shared, found: &Plan, free: &[Choice]) {
        let mut plan = best.plan.clone();
        for choice in free {
            match found.get(choice) {
                Some(&count) => plan.insert(*choice, count),
                None => plan.remove(choice),
            };
        }
        let objective = (self.value)(&plan);
        if objective < best.objective - 1e-6 {
            best.objective = objective;
            best.plan = plan;
            best.idle = 0;
            (best.report)(Progress {
                bound: self.bound,
                best: objective,
            });
        }
    }

    fn seconds_left(&self) -> f64 {
        self.left.map_or(f64::INFINITY, |left| left())
    }

    fn limits(&self, seconds: f64) -> Limits {
        Limits {
            seconds: self.left.map(|left| left().clamp(0.5, seconds)),
            nodes: Some(NODES.min(self.nodes)),
            ..Limits::to_gap((self.gap / 10.0).max(5e-4))
        }
    }

    /// Choices of some groups that have queues in common, chosen at random until they are so many: of the
    /// whole horizon, or of many more groups in a part of it.
    fn related(
        &self,
        columns: usize,
        in_part: bool,
        random: &mut Xoshiro256PlusPlus,
    ) -> Vec<Choice> {
        let groups = &self.instance.groups;
        let slots = self.instance.slots as u32;
        let part = if in_part {
            (f64::from(slots) * PART) as u32
        } else {
            slots
        };
        let from = random.random_range(0..slots.max(1));
        let since = |choice: &Choice| {
            let cover = &self.instance.shifts[choice.shift as usize].cover;
            (cover.first().copied().unwrap_or(0) + slots - from) % slots
        };
        let pool = self.pool.iter().copied();
        let pool: Vec<Choice> = pool.filter(|choice| since(choice) < part).collect();
        let mut sizes = vec![0; groups.len()];
        for choice in &pool {
            sizes[choice.group as usize] += 1;
        }
        let first = random.random_range(0..groups.len());
        let mut ranked: Vec<(f64, usize)> = groups
            .iter()
            .enumerate()
            .map(|(g, group)| {
                let common = group
                    .queues
                    .iter()
                    .filter(|q| groups[first].queues.contains(q));
                let kinship = common.count() as f64 / group.queues.len().max(1) as f64;
                let chance: f64 = random.random();
                let score = if g == first {
                    f64::INFINITY
                } else {
                    kinship + chance
                };
                (score, g)
            })
            .collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut chosen = vec![false; groups.len()];
        let mut held = 0;
        for (_, g) in ranked {
            if held == 0 || held + sizes[g] <= columns {
                held += sizes[g];
                chosen[g] = true;
            }
        }
        let is_free = |choice: &Choice| chosen[choice.group as usize];
        let mut free: Vec<Choice> = pool.into_iter().filter(is_free).collect();
        if held > columns {
            // Of a group that has too many alone, the next to begin.
            free.sort_by_key(|choice| (since(choice), *choice));
            free.truncate(columns);
            free.sort_unstable();
        }
        free
    }
}

/// The model of the `free` choices on the `fixed` agents solved, starting from the plan in hand: its outcome
/// and the plan with what it found, if it did.
pub(super) fn neighbour(
    instance: &Instance,
    serving: &[Vec<u32>],
    plan: &Plan,
    free: &[Choice],
    fixed: &Fixed,
    limits: &Limits,
) -> (Outcome, Option<Plan>) {
    let mut model = build(instance, serving, free, fixed);
    let most = most_of(instance, serving, &model, fixed);
    for (&(_, column), &most) in model.choices.iter().zip(&most) {
        model.program.at_most(column, most);
    }
    let mut live = Live::new(&model.program);
    live.hint(&hint(instance, plan, &model, &most));
    let outcome = live.solve(limits);
    let found = outcome.proof.has_solution().then(|| {
        let mut plan = plan.clone();
        for &(choice, column) in &model.choices {
            let count = outcome.columns[column.index()].round() as u32;
            if count > 0 {
                plan.insert(choice, count);
            } else {
                plan.remove(&choice);
            }
        }
        plan
    });
    (outcome, found)
}

/// Most agents of each free choice that do any good: as many as a set of queues, or a pledge, can use in a slot
/// of the shift. More of one would be in no better plan; the tree search is lost where numbers have no end.
fn most_of(instance: &Instance, serving: &[Vec<u32>], model: &Model, fixed: &Fixed) -> Vec<f64> {
    let slots = instance.slots;
    let mut useful: Vec<Option<Vec<f64>>> = vec![None; instance.groups.len()];
    for &(choice, _) in &model.choices {
        useful[choice.group as usize].get_or_insert_with(|| vec![0.0; slots]);
    }
    let covers = instance.covers.len();
    for (row, (groups, there)) in serving.iter().zip(&fixed.cover).enumerate() {
        let wanted = |t: usize| match row.checked_sub(covers) {
            Some(pledge) => {
                let pledge = &instance.pledges[pledge];
                let pieces = pledge.pieces[t].iter();
                pledge.base[t].0 + pieces.map(|(width, _)| width).sum::<f64>()
            }
            None => instance.covers[row].need[t],
        };
        let wanted: Vec<f64> = (0..slots).map(|t| wanted(t) - there[t]).collect();
        for &group in groups {
            let useful = useful[group as usize].iter_mut().flatten();
            for (useful, wanted) in useful.zip(&wanted) {
                *useful = useful.max(*wanted);
            }
        }
    }
    let has_work = |group: u32| {
        let queues = &instance.groups[group as usize].queues;
        let mut waiting = instance.deferrables.iter();
        waiting.any(|d| queues.binary_search(&d.queue).is_ok())
    };
    let of_choice = |&(choice, _): &(Choice, _)| {
        if has_work(choice.group) {
            return f64::INFINITY;
        }
        let cover = &instance.shifts[choice.shift as usize].cover;
        let useful = useful[choice.group as usize].as_ref();
        let useful = useful.map(|useful| cover.iter().map(|&t| useful[t as usize]));
        let most = useful.into_iter().flatten().fold(0.0, f64::max);
        (most - 1e-6).ceil()
    };
    model.choices.iter().map(of_choice).collect()
}

/// The plan in hand as values of the model's columns, with at most so many of each choice.
fn hint(instance: &Instance, plan: &Plan, model: &Model, most: &[f64]) -> Vec<f64> {
    let mut values = vec![0.0; model.program.columns()];
    let mut on_line: BTreeMap<(u32, u32), f64> = BTreeMap::new();
    for (&(choice, column), &most) in model.choices.iter().zip(most) {
        let count = f64::from(plan.get(&choice).copied().unwrap_or(0)).min(most);
        values[column.index()] = count;
        if count > 0.0 {
            for &t in &instance.shifts[choice.shift as usize].cover {
                *on_line.entry((choice.group, t)).or_insert(0.0) += count;
            }
        }
    }
    let hired = Hired::of(instance, plan);
    for heads in &model.heads {
        let people = hired.people(heads.contract);
        values[heads.all.index()] = people.iter().map(|(_, count)| count).sum();
        for (start, part) in &heads.by_start {
            let there = people.iter().filter(|(at, _)| at == start);
            values[part.index()] = there.map(|(_, count)| count).sum();
        }
    }
    for (key, count) in on_line {
        if let Some(column) = model.on_line.get(&key) {
            values[column.index()] = count;
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staffing::instance::{Cover, Group, Pledge, Shift};

    /// Eight slots in a circle, three queues, three groups; sizes, prices and the promise at random.
    fn some(random: &mut Xoshiro256PlusPlus) -> Instance {
        let shifts: Vec<Shift> = (0..8u32)
            .map(|first| {
                let cover = (first..first + 3).map(|t| t % 8).collect();
                Shift::on_line(cover, random.random_range(8..12).into())
            })
            .collect();
        let group = |queues: &[u32], factor| Group {
            queues: queues.to_vec(),
            factor,
            shifts: (0..8).collect(),
        };
        let mut cover = |queues: &[u32]| {
            let need = (0..8).map(|_| random.random_range(0..5).into()).collect();
            Cover {
                queues: queues.to_vec(),
                need,
                load: vec![0.0; 8],
                shortfall_price: 100.0,
            }
        };
        let covers = vec![cover(&[0]), cover(&[1]), cover(&[0, 1])];
        let curve = [0.0, 2.0, 3.0, 3.5];
        let wanted = random.random_range(10..20).into();
        Instance {
            slots: 8,
            shifts,
            groups: vec![group(&[0], 1.0), group(&[1, 2], 1.2), group(&[0, 1], 1.3)],
            covers,
            pledges: vec![Pledge::new(
                vec![2],
                (&vec![curve.to_vec(); 8], &[0; 8]),
                vec![(0..8, wanted)],
                100.0,
            )],
            ..Instance::default()
        }
    }

    #[test]
    fn no_better_plan_has_more_of_a_shift_than_its_slots_can_use() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(7);
        for _ in 0..20 {
            let instance = some(&mut random);
            let serving = instance.serving();
            let fixed = Fixed::none(&instance);
            let choices = instance.choices();
            let limits = Limits::to_gap(0.0);
            let model = build(&instance, &serving, &choices, &fixed);
            let free = Live::new(&model.program).solve(&limits).proof;
            // A plan to begin with that has far too many.
            let many: Plan = choices.iter().map(|&choice| (choice, 9)).collect();
            let (bounded, found) = neighbour(&instance, &serving, &many, &choices, &fixed, &limits);
            assert_eq!(bounded.proof.status, Status::Optimal);
            let (free, bounded) = (free.objective, bounded.proof.objective);
            assert!((free - bounded).abs() < 1e-6, "{free} {bounded}");
            let most = most_of(&instance, &serving, &model, &fixed);
            assert!(most.iter().all(|&most| most <= 4.0));
            let found = found.expect("a plan");
            assert!(found.values().all(|&count| count <= 4));
        }
    }
}
