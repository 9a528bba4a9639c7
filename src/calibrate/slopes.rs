//! What one agent more or less does to the service, by finite differences with common random numbers
//! (Çezik & L'Ecuyer 2008).
//!
//! Where groups are few each block of two hours is tested by itself, against a baseline that is simulated
//! anew only where it differs. Where they are many, one simulated horizon tests a group in every second
//! block at once: an agent's effect on the line fades within hours, so each block's effect is read from its
//! own contacts and those of the two hours after it. Work that may wait is helped by agents who come long
//! after it: with such work every sixth block is tested at once, and the eight hours before count as well.
//! Of a large group several agents are tested together, and half of what the last round measured counts
//! still: a few simulated weeks alone would tell of chance.

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

impl Slopes {
    /// Half of what was measured, half of what was `before`: a step changes little, other customers' chance cancels
    /// out.
    fn steadied(mut self, before: &Self) -> Self {
        let pairs = [
            (&mut self.more, &before.more),
            (&mut self.less, &before.less),
        ];
        for (now, before) in pairs {
            let now = now.iter_mut().flatten().flatten();
            for (slope, old) in now.zip(before.iter().flatten().flatten()) {
                *slope = 0.5 * (*slope + old);
            }
        }
        self
    }
}

/// The slopes at `counts[group][slot]`. Only blocks in `useful` (by group) are tested. `before` are those of a
/// plan a step away, by other customers.
pub(super) fn measure(
    judge: &Judge,
    counts: &[Vec<u32>],
    blocks: Blocks,
    useful: &[Vec<bool>],
    waits: bool,
    before: Option<&Slopes>,
) -> Slopes {
    let tests = useful.iter().flatten().filter(|useful| **useful).count();
    if tests <= ONE_BY_ONE {
        one_by_one(judge, counts, blocks, useful)
    } else {
        let slopes = in_phases(judge, counts, blocks, if waits { 6 } else { 2 });
        match before {
            Some(before) => slopes.steadied(before),
            None => slopes,
        }
    }
}

fn one_by_one(judge: &Judge, counts: &[Vec<u32>], blocks: Blocks, useful: &[Vec<bool>]) -> Slopes {
    let baseline = judge.baseline(OnLine::from_counts(judge.network(), counts));
    let none = vec![0.0; judge.network().queues.len()];
    let mut slopes = Slopes {
        more: vec![vec![none.clone(); blocks.count()]; counts.len()],
        less: vec![vec![none; blocks.count()]; counts.len()],
    };
    let mut counts = counts.to_vec();
    for group in 0..counts.len() {
        for block in (0..blocks.count()).filter(|&block| useful[group][block]) {
            let slots = blocks.slots_of(block);
            let before = counts[group][slots.clone()].to_vec();
            let mut effect = |change: &dyn Fn(u32) -> u32| -> Vec<f64> {
                for slot in slots.clone() {
                    counts[group][slot] = change(before[slot - slots.start]);
                }
                let on_line = OnLine::from_counts(judge.network(), &counts);
                counts[group][slots.clone()].copy_from_slice(&before);
                let mut gained = baseline.gained(&on_line);
                let length = slots.len() as f64;
                gained.iter_mut().for_each(|gain| *gain /= length);
                gained
            };
            let more = effect(&|agents| agents + 1);
            slopes.less[group][block] = if before.iter().all(|&agents| agents > 0) {
                effect(&|agents| agents - 1)
            } else {
                more.iter().map(|gain| -gain).collect()
            };
            slopes.more[group][block] = more;
        }
    }
    slopes
}

fn in_phases(judge: &Judge, counts: &[Vec<u32>], blocks: Blocks, phases: usize) -> Slopes {
    let see = |counts: &[Vec<u32>]| reached(&judge.measure_counts(counts), blocks);
    let base = see(counts);
    let mut slopes = Slopes {
        more: Vec::new(),
        less: Vec::new(),
    };
    let mut counts = counts.to_vec();
    for group in 0..counts.len() {
        let mut more = vec![Vec::new(); blocks.count()];
        let mut less = vec![Vec::new(); blocks.count()];
        for phase in 0..phases {
            let tested: Vec<usize> = (phase..blocks.count()).step_by(phases).collect();
            let before = counts[group].clone();
            let least = |b: usize| {
                blocks
                    .slots_of(b)
                    .map(|slot| before[slot])
                    .min()
                    .unwrap_or(0)
            };
            let more_by = |b: usize| {
                let agents: u32 = blocks.slots_of(b).map(|slot| before[slot]).sum();
                let mean = f64::from(agents) / blocks.slots_of(b).len() as f64;
                (TESTED * mean).round().clamp(1.0, MOST_TESTED) as u32
            };
            let less_by = |b: usize| more_by(b).min(least(b)).max(1);
            for &block in &tested {
                for slot in blocks.slots_of(block) {
                    counts[group][slot] += more_by(block);
                }
            }
            let gained = see(&counts);
            for &block in &tested {
                for slot in blocks.slots_of(block) {
                    counts[group][slot] = before[slot].saturating_sub(less_by(block));
                }
            }
            let lost = if counts[group] == before {
                base.clone()
            } else {
                see(&counts)
            };
            counts[group].clone_from(&before);
            for &block in &tested {
                let effect = |seen: &[Vec<f64>], agents: u32| {
                    let agent_slots = f64::from(agents) * blocks.slots_of(block).len() as f64;
                    difference(seen, &base, block, blocks, phases)
                        .iter()
                        .map(|gained| gained / agent_slots)
                        .collect()
                };
                more[block] = effect(&gained, more_by(block));
                less[block] = if least(block) > 0 {
                    effect(&lost, less_by(block))
                } else {
                    more[block].iter().map(|gain: &f64| -gain).collect()
                };
            }
        }
        slopes.more.push(more);
        slopes.less.push(less);
    }
    slopes
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
