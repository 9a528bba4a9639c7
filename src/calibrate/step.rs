//! One step of the loop: the shifts to add and to take out, as a small linear program over the slopes.
//!
//! ```text
//! minimise  Σ price (added − removed) + Σ penalty_q short_q
//! reached_q + Σ slope_q (added, removed) + short_q ≥ aim_q                       each queue q (and period)
//! Σ agents added or removed in block b ≤ radius · agents there                   each block b
//! ```
//!
//! The slopes hold near the plan in hand only, hence the radius. Fractions are rounded by carrying the rest
//! over to the next shift of the same group.

use std::collections::BTreeMap;

use super::Problem;
use super::slopes::{Blocks, Slopes};
use crate::solver::{ColumnId, Limits, Live, Program};
use crate::staffing::{Choice, Cover, Hired, Instance, Left, Plan, hire, take_out};

/// Additions offered to the program, best value first.
const MOST_ADDITIONS: usize = 4_000;
/// Shifts to take out, and to add, whose exchange is looked at.
const EXCHANGED: usize = 40;

/// What a step aims at; contacts per replication, by queue and period.
pub(super) struct Aim<'a> {
    /// Answered in time so far.
    pub reached: &'a [f64],
    /// To be answered in time.
    pub wanted: &'a [f64],
    /// Price of one contact short.
    pub penalty: &'a [f64],
    /// Period of each slot, per queue, and the most periods of any.
    pub period_of: &'a [Vec<usize>],
    pub most_periods: usize,
    /// Largest share of the agents of a block that may change.
    pub radius: f64,
}

/// One agent's shift more or less.
#[derive(Debug, Clone, Copy)]
pub(super) struct Single {
    pub choice: Choice,
    pub add: bool,
}

/// A shift to add or to take out.
struct Move {
    choice: Choice,
    add: bool,
    most: f64,
    gain: Vec<f64>,
}

impl Move {
    fn single(&self) -> Single {
        Single {
            choice: self.choice,
            add: self.add,
        }
    }
}

/// The plan after the step, and what a contact in time more would cost by it, by queue and period.
pub(super) fn step(
    problem: &Problem,
    plan: &Plan,
    slopes: &Slopes,
    blocks: Blocks,
    aim: &Aim,
) -> (Plan, Vec<f64>) {
    let instance = problem.instance;
    let room = Room::new(instance, problem.floors, plan);
    let moves = moves(problem, plan, slopes, blocks, aim, &room);
    let (values, prices) = solve(instance, plan, &moves, blocks, aim);
    (round(instance, plan, &moves, &values, room), prices)
}

/// The changes that promise most, a shift more or less or, of people paid already, one in the place of another: their
/// price less what the contacts gained (or lost) are worth, a queue short of its aim at its penalty.
pub(super) fn changes(
    problem: &Problem,
    plan: &Plan,
    slopes: &Slopes,
    blocks: Blocks,
    aim: &Aim,
    most: usize,
) -> Vec<Vec<Single>> {
    let instance = problem.instance;
    let room = Room::new(instance, problem.floors, plan);
    let short = |gain: &dyn Fn(usize) -> f64| -> f64 {
        (0..aim.wanted.len())
            .map(|q| aim.penalty[q] * (aim.wanted[q] - aim.reached[q] - gain(q)).max(0.0))
            .sum()
    };
    let now = short(&|_| 0.0);
    let price = |m: &Move| {
        let price = instance.price(m.choice);
        if m.add { price } else { -price }
    };
    let mut ranked: Vec<(f64, Move)> = moves(problem, plan, slopes, blocks, aim, &room)
        .into_iter()
        .map(|m| (short(&|q| m.gain[q]) - now + price(&m), m))
        .collect();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.choice.cmp(&b.1.choice)));
    let is_hired = |group: u32| instance.contracts.iter().any(|it| it.group == group);
    let hired = ranked.iter().map(|(_, m)| m);
    let (added, removed): (Vec<&Move>, Vec<&Move>) = hired
        .filter(|m| is_hired(m.choice.group))
        .partition(|m| m.add);
    let mut exchanges: Vec<(f64, Vec<Single>)> = Vec::new();
    for old in removed.into_iter().take(EXCHANGED) {
        let same = added.iter().take(EXCHANGED);
        for new in same.filter(|new| new.choice.group == old.choice.group) {
            let change = short(&|q| old.gain[q] + new.gain[q]) - now + price(old) + price(new);
            exchanges.push((change, vec![old.single(), new.single()]));
        }
    }
    exchanges.sort_by(|a, b| a.0.total_cmp(&b.0));
    let singles = ranked.iter().map(|(_, m)| m.single());
    let singles = singles.filter(|one| !one.add || room.can_add(one.choice));
    let singles = singles.take(most).map(|one| vec![one]);
    let exchanges = exchanges.into_iter().map(|(_, change)| change);
    singles.chain(exchanges.take(most)).collect()
}

fn moves(
    problem: &Problem,
    plan: &Plan,
    slopes: &Slopes,
    blocks: Blocks,
    aim: &Aim,
    room: &Room,
) -> Vec<Move> {
    let instance = problem.instance;
    let gain = |choice: Choice, of: &[Vec<Vec<f64>>]| {
        let mut gain = vec![0.0; aim.wanted.len()];
        for &slot in &instance.shifts[choice.shift as usize].cover {
            let slope = &of[choice.group as usize][blocks.of(slot as usize)];
            let periods = aim.period_of.iter().map(|of| of[slot as usize]);
            for ((queue, period), part) in periods.enumerate().zip(slope) {
                gain[queue * aim.most_periods + period] += part;
            }
        }
        gain
    };
    let mut moves: Vec<Move> = plan
        .iter()
        .filter(|&(&choice, _)| room.can_remove(choice))
        .map(|(&choice, &count)| {
            let mut gain = gain(choice, &slopes.less);
            // That service gains by fewer agents is mostly noise: believe half of it.
            gain.iter_mut()
                .filter(|g| **g > 0.0)
                .for_each(|g| *g *= 0.5);
            Move {
                choice,
                add: false,
                most: (f64::from(count) * 0.25).max(1.0),
                gain,
            }
        })
        .collect();
    let mut additions: Vec<(f64, Move)> = Vec::new();
    for choice in instance.choices() {
        let gain = gain(choice, &slopes.more);
        let worth: f64 = gain.iter().zip(aim.penalty).map(|(g, p)| g * p).sum();
        let value = worth / instance.price(choice).max(1e-9);
        // Heads have rows of their own: what one shift less leaves free another may take.
        if value > 1.0 && room.is_left(choice) {
            let add = Move {
                choice,
                add: true,
                most: 1.0,
                gain,
            };
            additions.push((value, add));
        }
    }
    additions.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.choice.cmp(&b.1.choice)));
    moves.extend(additions.into_iter().take(MOST_ADDITIONS).map(|(_, m)| m));
    moves
}

fn solve(
    instance: &Instance,
    plan: &Plan,
    moves: &[Move],
    blocks: Blocks,
    aim: &Aim,
) -> (Vec<f64>, Vec<f64>) {
    let mut program = Program::default();
    let columns: Vec<ColumnId> = moves
        .iter()
        .map(|m| {
            let price = instance.price(m.choice);
            program.column(if m.add { price } else { -price }, 0.0, m.most)
        })
        .collect();
    for queue in 0..aim.wanted.len() {
        let short = program.column(aim.penalty[queue], 0.0, f64::INFINITY);
        let gains = moves.iter().zip(&columns).map(|(m, &x)| (x, m.gain[queue]));
        let terms: Vec<_> = gains
            .filter(|(_, gain)| *gain != 0.0)
            .chain([(short, 1.0)])
            .collect();
        let missing = aim.wanted[queue] - aim.reached[queue];
        program.row(missing, f64::INFINITY, terms);
    }
    let changes: Vec<(Choice, ColumnId, f64)> = moves
        .iter()
        .zip(&columns)
        .map(|(m, &column)| (m.choice, column, if m.add { 1.0 } else { -1.0 }))
        .collect();
    let there = Hired::of(instance, plan).duties;
    hire(instance, &mut program, &changes, &there);
    let mut changed: Vec<Vec<(ColumnId, f64)>> = vec![Vec::new(); blocks.count()];
    let per_slot = 1.0 / blocks.length as f64;
    for (m, &column) in moves.iter().zip(&columns) {
        let mut share: BTreeMap<usize, f64> = BTreeMap::new();
        for &slot in &instance.shifts[m.choice.shift as usize].cover {
            *share.entry(blocks.of(slot as usize)).or_insert(0.0) += per_slot;
        }
        for (block, share) in share {
            changed[block].push((column, share));
        }
    }
    let mut agents = vec![0.0; blocks.count()];
    for group in instance.on_line(plan) {
        for (slot, count) in group.into_iter().enumerate() {
            agents[blocks.of(slot)] += f64::from(count) * per_slot;
        }
    }
    for (terms, agents) in changed.into_iter().zip(agents) {
        if !terms.is_empty() {
            let most = (aim.radius * agents).max(0.6);
            program.row(f64::NEG_INFINITY, most, terms);
        }
    }
    let outcome = Live::new(&program).solve(&Limits::to_gap(0.0));
    if outcome.columns.is_empty() {
        return (vec![0.0; moves.len()], vec![0.0; aim.wanted.len()]);
    }
    let values = columns.iter().map(|c| outcome.columns[c.index()]);
    // The rows of the queues come first. Programs with whole columns have no duals: nothing cheaper is known.
    let prices = outcome.duals.get(..aim.wanted.len());
    (values.collect(), prices.unwrap_or(aim.penalty).to_vec())
}

/// Whole moves: removals group by group, then additions, each carrying its fraction to the next.
fn round(instance: &Instance, plan: &Plan, moves: &[Move], values: &[f64], mut room: Room) -> Plan {
    let mut order: Vec<usize> = (0..moves.len()).filter(|&i| values[i] > 1e-7).collect();
    order.sort_by_key(|&i| {
        let m = &moves[i];
        let begins = instance.shifts[m.choice.shift as usize].cover.first();
        (m.add, m.choice.group, begins.copied(), m.choice.shift)
    });
    let mut carried: BTreeMap<(bool, u32), f64> = BTreeMap::new();
    let mut plan = plan.clone();
    for i in order {
        let m = &moves[i];
        let carry = carried.entry((m.add, m.choice.group)).or_insert(0.5);
        *carry += values[i];
        while *carry >= 1.0 {
            *carry -= 1.0;
            room.make(&mut plan, m.single());
        }
    }
    plan
}

/// Seats, people, contracts and least cover: what a change of the plan must not break.
pub(super) struct Room<'a> {
    instance: &'a Instance,
    /// Per floor: the groups that count, and agents above the floor per slot.
    floors: Vec<(Vec<u32>, Vec<f64>)>,
    left: Left<'a>,
    hired: Hired<'a>,
}

impl<'a> Room<'a> {
    pub fn new(instance: &'a Instance, floors: &[Cover], plan: &Plan) -> Self {
        let floors = floors.iter().map(|floor| {
            let groups = (0..instance.groups.len() as u32)
                .filter(|&g| instance.groups[g as usize].serves_any(&floor.queues))
                .collect();
            // A slot that asks for nobody never binds.
            let need = |&n: &f64| if n > 0.0 { -n } else { f64::INFINITY };
            (groups, floor.need.iter().map(need).collect())
        });
        let mut room = Self {
            instance,
            floors: floors.collect(),
            left: Left::of(instance),
            hired: Hired::nobody(instance),
        };
        for (&choice, &count) in plan {
            room.change(choice, count as i32);
        }
        room
    }

    pub fn can_remove(&self, choice: Choice) -> bool {
        let cover = &self.instance.shifts[choice.shift as usize].cover;
        self.floors
            .iter()
            .filter(|(groups, _)| groups.contains(&choice.group))
            .all(|(_, above)| {
                // A floor already missed is not this shift's doing unless it helps to hold it.
                cover.iter().all(|&t| above[t as usize] >= 1.0)
            })
    }

    pub fn can_add(&self, choice: Choice) -> bool {
        self.is_left(choice) && self.hired.has_room(choice)
    }

    /// Are there a seat and people beside those under contract?
    fn is_left(&self, choice: Choice) -> bool {
        self.left.full(choice).is_none()
    }

    /// Makes several moves of the plan, one after the other; was there room for all?
    pub fn make_all(&mut self, plan: &mut Plan, change: &[Single]) -> bool {
        change.iter().all(|&single| self.make(plan, single))
    }

    /// Makes a single move of the plan where there is room for it; was there?
    pub fn make(&mut self, plan: &mut Plan, Single { choice, add }: Single) -> bool {
        if add && self.can_add(choice) {
            self.change(choice, 1);
            *plan.entry(choice).or_insert(0) += 1;
            true
        } else if !add && plan.contains_key(&choice) && self.can_remove(choice) {
            self.change(choice, -1);
            take_out(plan, choice);
            true
        } else {
            false
        }
    }

    /// Are the floors held in the hours of a choice?
    pub fn holds(&self, choice: Choice) -> bool {
        let cover = &self.instance.shifts[choice.shift as usize].cover;
        let mut floors = self.floors.iter();
        floors.all(|(_, above)| cover.iter().all(|&t| above[t as usize] >= 0.0))
    }

    pub fn change(&mut self, choice: Choice, by: i32) {
        let shift = &self.instance.shifts[choice.shift as usize];
        let by = f64::from(by);
        self.hired.change(choice, by);
        for (groups, above) in &mut self.floors {
            if groups.contains(&choice.group) {
                for &t in &shift.cover {
                    above[t as usize] += by;
                }
            }
        }
        self.left.change(choice, by);
    }
}
