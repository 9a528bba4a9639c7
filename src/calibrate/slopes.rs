//! What one agent more or less does to the service, by finite differences with common random numbers
//! (Çezik & L'Ecuyer 2008).
//!
//! Where groups are few each block of two hours is tested by itself, against a baseline that is simulated
//! anew only where it differs. Where they are many, one simulated horizon tests a group in every second
//! block at once: an agent's effect on the line fades within hours, so each block's effect is read from its
//! own contacts and those of the two hours after it. Work that may wait is helped by agents who come long
//! after it: with such work every sixth block is tested at once, and the eight hours before count as well.
//! A few simulated weeks tell of chance as well. So of a large group several agents are tested together; what an
//! agent less loses says what an agent more would gain, and the other way round; and what earlier rounds measured
//! counts still.

use rayon::prelude::*;

use super::together::{self, Set};
use crate::simulation::engine::{Cell, Judge, Measured, OnLine};

/// Hours of a block.
const BLOCK_HOURS: f64 = 2.0;

/// The blocks of a horizon.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Blocks {
    /// Slots of a block.
    pub length: usize,
    /// Slots of the horizon.
    pub slots: usize,
}

/// Contacts answered in time per agent and slot on the line, by queue; means per replication.
#[derive(Debug, Clone)]
pub(super) struct Slopes {
    /// Replications behind them.
    weight: f64,
    /// `[group][block][queue]`: gained by one agent more.
    pub more: Vec<Vec<Vec<f64>>>,
    /// `[group][block][queue]`: gained (so negative) by one agent less.
    pub less: Vec<Vec<Vec<f64>>>,
}

impl Blocks {
    pub fn new(slots: usize, slot_seconds: f64) -> Self {
        let length = (BLOCK_HOURS * 3600.0 / slot_seconds).round().max(1.0) as usize;
        Self { length, slots }
    }

    pub fn count(&self) -> usize {
        self.slots.div_ceil(self.length)
    }

    pub fn of(&self, slot: usize) -> usize {
        slot / self.length
    }

    pub fn slots_of(&self, block: usize) -> std::ops::Range<usize> {
        block * self.length..((block + 1) * self.length).min(self.slots)
    }
}

/// Up to so many blocks of groups are tested one by one.
const ONE_BY_ONE: usize = 240;
/// Share of a large group that is tested at once, and the most agents: chance hides what one of many does.
const TESTED: f64 = 0.25;
const MOST_TESTED: f64 = 8.0;

/// Where so many agents are there, the effect of one less says what one more would do.
const LARGE: u32 = 4;
/// What is left of a measurement's weight a round later.
const MEMORY: f64 = 0.5;

impl Slopes {
    /// The mean with what was measured `before`: a step changes little, other customers' chance cancels out.
    fn steadied(mut self, before: &Self) -> Self {
        let old = MEMORY * before.weight;
        let share = self.weight / (self.weight + old);
        let pairs = [
            (&mut self.more, &before.more),
            (&mut self.less, &before.less),
        ];
        for (now, before) in pairs {
            let now = now.iter_mut().flatten().flatten();
            for (slope, old) in now.zip(before.iter().flatten().flatten()) {
                *slope = share * *slope + (1.0 - share) * old;
            }
        }
        self.weight += old;
        self
    }

    /// An agent more gains less than an agent less loses, by a share that a queue shows over all `large` groups and
    /// blocks; with it each tells of the other.
    fn paired(mut self, large: &[Vec<bool>]) -> Self {
        let queues = self.more.iter().flatten().next().map_or(0, Vec::len);
        for q in 0..queues {
            let sum = |slopes: &[Vec<Vec<f64>>]| -> f64 {
                let all = slopes.iter().flatten().zip(large.iter().flatten());
                all.filter(|(_, large)| **large).map(|(s, _)| s[q]).sum()
            };
            let ratio = sum(&self.more) / -sum(&self.less);
            if !(ratio.is_finite() && ratio > 0.0) {
                continue;
            }
            let both = (self.more.iter_mut().flatten()).zip(self.less.iter_mut().flatten());
            let both = both.zip(large.iter().flatten());
            for ((more, less), _) in both.filter(|(_, large)| **large) {
                let (gained, lost) = (more[q], -less[q]);
                more[q] = 0.5 * (gained + ratio * lost);
                less[q] = -0.5 * (lost + gained / ratio);
            }
        }
        self
    }
}

/// The slopes at `counts[group][slot]`. Only blocks in `useful` (by group) are tested. `waits`: whether some work may wait;
/// `together`: whether groups that share no queue are tested at once. `before` are those of a plan a step away, by other
/// customers.
pub(super) fn measure(
    judge: &Judge,
    counts: &[Vec<u32>],
    blocks: Blocks,
    useful: &[Vec<bool>],
    (waits, together): (bool, bool),
    before: Option<&Slopes>,
) -> Slopes {
    let tests = useful.iter().flatten().filter(|useful| **useful).count();
    if tests <= ONE_BY_ONE {
        one_by_one(judge, counts, blocks, useful)
    } else {
        let sets = together::sets(judge.network(), together);
        let slopes = in_phases(judge, counts, blocks, if waits { 6 } else { 2 }, &sets);
        let large = |agents: &Vec<u32>| -> Vec<bool> {
            let all = |b| agents[blocks.slots_of(b)].iter().all(|&n| n >= LARGE);
            (0..blocks.count()).map(all).collect()
        };
        let large: Vec<Vec<bool>> = counts.iter().map(large).collect();
        let slopes = slopes.paired(&large);
        match before {
            Some(before) => slopes.steadied(before),
            None => slopes,
        }
    }
}

fn one_by_one(judge: &Judge, counts: &[Vec<u32>], blocks: Blocks, useful: &[Vec<bool>]) -> Slopes {
    let baseline = judge.baseline(OnLine::from_counts(judge.network(), counts));
    let none = vec![0.0; judge.network().queues.len()];
    // Whichever of agents alike is there, what one does is the same.
    let alike = judge.network().alike();
    let of_block = |kind: usize, block: usize| {
        let slots = blocks.slots_of(block);
        let least = |group: &usize| counts[*group][slots.clone()].iter().min().copied();
        let ours = (0..counts.len()).filter(|group| alike[*group] == kind && useful[*group][block]);
        let Some(group) = ours.max_by_key(least) else {
            return (none.clone(), none.clone());
        };
        let effect = |change: &dyn Fn(u32) -> u32| -> Vec<f64> {
            let mut counts = counts.to_vec();
            for agents in &mut counts[group][slots.clone()] {
                *agents = change(*agents);
            }
            let mut gained = baseline.gained(&OnLine::from_counts(judge.network(), &counts));
            let length = slots.len() as f64;
            gained.iter_mut().for_each(|gain| *gain /= length);
            gained
        };
        let more = effect(&|agents| agents + 1);
        let less = if counts[group][slots.clone()].contains(&0) {
            more.iter().map(|gain| -gain).collect()
        } else {
            effect(&|agents| agents - 1)
        };
        (more, less)
    };
    let of_kind = |kind| -> (Vec<_>, Vec<_>) {
        let blocks = (0..blocks.count()).into_par_iter();
        blocks.map(|block| of_block(kind, block)).unzip()
    };
    let kinds = (0..counts.len()).into_par_iter();
    let found: Vec<(Vec<_>, Vec<_>)> = kinds
        .map(|group| match alike[group] == group {
            true => of_kind(group),
            false => Default::default(),
        })
        .collect();
    let (more, less) = alike.iter().map(|kind| found[*kind].clone()).unzip();
    Slopes {
        weight: judge.replications() as f64,
        more,
        less,
    }
}

fn in_phases(
    judge: &Judge,
    counts: &[Vec<u32>],
    blocks: Blocks,
    phases: usize,
    sets: &[Set],
) -> Slopes {
    let see = |counts: &[Vec<u32>]| reached(&judge.measure_counts(counts), blocks);
    let base = see(counts);
    let least = |group: usize, b: usize| {
        let agents = blocks.slots_of(b).map(|slot| counts[group][slot]);
        agents.min().unwrap_or(0)
    };
    let more_by = |group: usize, b: usize| {
        let agents: u32 = blocks.slots_of(b).map(|slot| counts[group][slot]).sum();
        let mean = f64::from(agents) / blocks.slots_of(b).len() as f64;
        (TESTED * mean).round().clamp(1.0, MOST_TESTED) as u32
    };
    let less_by = |group: usize, b: usize| more_by(group, b).min(least(group, b)).max(1);
    // Of each group of a set and each block tested: what more agents gain and fewer.
    let of_phase = |set: &Set, phase: usize| -> Vec<Vec<(Vec<f64>, Vec<f64>)>> {
        let tested = || (phase..blocks.count()).step_by(phases);
        let tried = |change: &dyn Fn(usize, usize, u32) -> u32| {
            let mut tried = counts.to_vec();
            for &group in &set.groups {
                for block in tested() {
                    for agents in &mut tried[group][blocks.slots_of(block)] {
                        *agents = change(group, block, *agents);
                    }
                }
            }
            (tried != counts).then(|| see(&tried))
        };
        let gained = tried(&|group, block, agents| agents + more_by(group, block));
        let lost = tried(&|group, block, agents| agents.saturating_sub(less_by(group, block)));
        let effect = |seen: &Option<Vec<Vec<f64>>>, block: usize, agents: u32, credit: &[f64]| {
            let agent_slots = f64::from(agents) * blocks.slots_of(block).len() as f64;
            let seen = seen.as_ref().unwrap_or(&base);
            let gained = difference(seen, &base, block, blocks, phases);
            let gained = gained.iter().zip(credit);
            let gained = gained.map(|(gained, credit)| credit * gained / agent_slots);
            gained.collect::<Vec<f64>>()
        };
        let of_block = |group: usize, credit: &[f64], block: usize| {
            let more = effect(&gained, block, more_by(group, block), credit);
            let less = if least(group, block) > 0 {
                effect(&lost, block, less_by(group, block), credit)
            } else {
                more.iter().map(|gain| -gain).collect()
            };
            (more, less)
        };
        let groups = set.groups.iter().zip(&set.credit);
        groups
            .map(|(&group, credit)| tested().map(|b| of_block(group, credit, b)).collect())
            .collect()
    };
    let of_set = |set: &Set| -> Vec<(usize, (Vec<_>, Vec<_>))> {
        let of_phases: Vec<_> = (0..phases)
            .into_par_iter()
            .map(|phase| of_phase(set, phase))
            .collect();
        let of_group = |number: usize| {
            let block = |b: usize| of_phases[b % phases][number][b / phases].clone();
            (0..blocks.count()).map(block).unzip()
        };
        let groups = set.groups.iter().enumerate();
        groups
            .map(|(number, &group)| (group, of_group(number)))
            .collect()
    };
    let mut found: Vec<_> = sets.par_iter().flat_map_iter(of_set).collect();
    found.sort_by_key(|(group, _)| *group);
    let (more, less) = found.into_iter().map(|(_, slopes)| slopes).unzip();
    Slopes {
        weight: judge.replications() as f64,
        more,
        less,
    }
}

/// Effect of a tested block on contacts that arrive in it, in the block after, or in those before that no other
/// tested block is as near to.
fn difference(
    seen: &[Vec<f64>],
    base: &[Vec<f64>],
    block: usize,
    blocks: Blocks,
    phases: usize,
) -> Vec<f64> {
    let count = blocks.count();
    // From the block after this one back to the one after the tested one before.
    let window: Vec<usize> = (0..phases.min(count))
        .map(|back| (block + 1 + count - back) % count)
        // Where the blocks do not divide evenly, the last and the first tested are neighbours.
        .filter(|&near| near == block || near % phases != block % phases)
        .collect();
    seen.iter()
        .zip(base)
        .map(|(seen, base)| {
            let gained = window.iter().map(|&near| seen[near] - base[near]);
            gained.sum()
        })
        .collect()
}

/// Contacts answered in time per replication: `[queue][block of arrival]`.
fn reached(seen: &Measured, blocks: Blocks) -> Vec<Vec<f64>> {
    let replications = seen.replications.max(1) as f64;
    let by_block = |cells: &[Cell]| {
        let mut sums = vec![0.0; blocks.count()];
        for (slot, cell) in cells.iter().enumerate() {
            sums[blocks.of(slot)] += f64::from(cell.reached) / replications;
        }
        sums
    };
    seen.queues
        .iter()
        .map(|queue| by_block(&queue.cells))
        .collect()
}
