//! What one agent more or less does to the service, by finite differences with common random numbers
//! (Çezik & L'Ecuyer 2008).
//!
//! An agent's effect on the line fades within hours. So one simulated horizon tests a group in every second
//! block of two hours at once, and each block's effect is read from its own contacts and those of the two
//! hours after it: four runs a group (even and odd blocks, one agent more and one less) instead of two
//! hundred.

use crate::simulation::engine::Judge;

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

    fn slots_of(&self, block: usize) -> std::ops::Range<usize> {
        block * self.length..((block + 1) * self.length).min(self.slots)
    }
}

/// The slopes at `counts[group][slot]`.
pub(super) fn measure(judge: &Judge, counts: &[Vec<u32>], blocks: Blocks) -> Slopes {
    let base = reached(judge, counts, blocks);
    let mut slopes = Slopes {
        more: Vec::new(),
        less: Vec::new(),
    };
    let mut counts = counts.to_vec();
    for group in 0..counts.len() {
        let mut more = vec![Vec::new(); blocks.count()];
        let mut less = vec![Vec::new(); blocks.count()];
        for phase in 0..2 {
            let tested: Vec<usize> = (phase..blocks.count()).step_by(2).collect();
            let before = counts[group].clone();
            for slot in tested.iter().flat_map(|&b| blocks.slots_of(b)) {
                counts[group][slot] += 1;
            }
            let gained = reached(judge, &counts, blocks);
            counts[group].clone_from(&before);
            let staffed = |b: usize| blocks.slots_of(b).all(|slot| before[slot] > 0);
            for slot in tested.iter().flat_map(|&b| blocks.slots_of(b)) {
                counts[group][slot] = counts[group][slot].saturating_sub(1);
            }
            let lost = if counts[group] == before {
                base.clone()
            } else {
                reached(judge, &counts, blocks)
            };
            counts[group] = before.clone();
            for &block in &tested {
                let effect = |seen: &[Vec<f64>]| difference(seen, &base, block, blocks);
                more[block] = effect(&gained);
                less[block] = if staffed(block) {
                    effect(&lost)
                } else {
                    more[block].iter().map(|gain| -gain).collect()
                };
            }
        }
        slopes.more.push(more);
        slopes.less.push(less);
    }
    slopes
}

/// Effect per slot of the block, on contacts that arrive in it or in the block after.
fn difference(seen: &[Vec<f64>], base: &[Vec<f64>], block: usize, blocks: Blocks) -> Vec<f64> {
    let next = (block + 1) % blocks.count();
    let length = blocks.slots_of(block).len() as f64;
    seen.iter()
        .zip(base)
        .map(|(seen, base)| {
            let own = seen[block] - base[block];
            // The last block of an odd number of blocks has the first, tested with it, as its neighbour.
            let after = if next % 2 == block % 2 {
                0.0
            } else {
                seen[next] - base[next]
            };
            (own + after) / length
        })
        .collect()
}

/// Contacts answered in time per replication: `[queue][block of arrival]`.
fn reached(judge: &Judge, counts: &[Vec<u32>], blocks: Blocks) -> Vec<Vec<f64>> {
    let seen = judge.measure_counts(counts);
    let replications = seen.replications.max(1) as f64;
    let by_block = |cells: &[crate::simulation::engine::Cell]| {
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
