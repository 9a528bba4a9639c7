//! What one run counts.

use super::arrivals::{Contact, UNCOUNTED};
use super::network::Network;

/// Bins of the wait: four per doubling from 1/16 s, the first for no wait at all.
pub(super) const BINS: usize = 128;

/// Counts of one run.
#[derive(Debug, Clone, PartialEq)]
pub struct Tally {
    /// Queue-major: `queue × rounds + round`.
    pub queues: Vec<QueueTally>,
    pub groups: Vec<GroupTally>,
    pub(super) slots: usize,
    rounds: usize,
    /// Queue-major: `queue × slots + slot` of arrival, all rounds together.
    pub(super) cells: Vec<Cell>,
    /// Of waits of the answered: per queue, or queue-major per slot of arrival in a detailed run.
    pub(super) waits: Vec<[u32; BINS]>,
    /// Rows of `waits` per queue: 1, or `slots`.
    rows: usize,
    /// Cells that may be counted in, some of them more than once.
    touched: Vec<u32>,
}

/// What a part of a run counts: only what is not zero, by its index in the [`Tally`], waits by queue and bin.
#[derive(Debug)]
pub(super) struct Part {
    pub queues: Vec<(u32, QueueTally)>,
    groups: Vec<GroupTally>,
    cells: Vec<(u32, Cell)>,
    waits: Vec<(u32, u32, u32)>,
}

/// Contacts of one queue that arrived in the counted slots.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct QueueTally {
    pub offered: u64,
    /// Begun by an agent; deferrable work: done.
    pub answered: u64,
    /// Answered within the time, or done by the deadline.
    pub reached: u64,
    pub abandoned: u64,
    /// Hung up after the time within which they should have been answered.
    pub abandoned_late: u64,
    /// Neither answered nor abandoned at the end.
    pub unanswered: u64,
    /// The part of `unanswered` whose deadline lies after the end.
    pub pending: u64,
    /// Neither answered nor gone after the queue's longest wait.
    pub overlong: u64,
    /// Still in line when the queue closed.
    pub at_close: u64,
    /// Seconds waited by the answered.
    pub wait: f64,
    /// Seconds waited by those who hung up.
    pub wait_lost: f64,
}

/// Time of one group within the counted slots, agent-seconds.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct GroupTally {
    pub present: f64,
    pub busy: f64,
}

/// Contacts of one queue and slot of arrival.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Cell {
    pub offered: u32,
    pub answered: u32,
    pub reached: u32,
    pub abandoned: u32,
    pub abandoned_late: u32,
    /// Seconds waited by the answered.
    pub wait: f64,
}

impl Tally {
    /// All zero, for that network.
    pub(super) fn of(network: &Network) -> Self {
        Self::with_rows(network, 1)
    }

    /// The same with the waits of each slot apart.
    pub(super) fn by_slot(network: &Network) -> Self {
        Self::with_rows(network, network.slots)
    }

    fn with_rows(network: &Network, rows: usize) -> Self {
        let (queues, groups, slots) = (network.queues.len(), network.groups.len(), network.slots);
        Self {
            queues: vec![QueueTally::default(); queues * network.rounds()],
            groups: vec![GroupTally::default(); groups],
            slots,
            rounds: network.rounds(),
            cells: vec![Cell::default(); queues * slots],
            waits: vec![[0; BINS]; queues * rows],
            rows,
            touched: Vec::new(),
        }
    }

    pub(super) fn clear(&mut self) {
        self.groups.fill(GroupTally::default());
        for cell in std::mem::take(&mut self.touched) {
            let cell = cell as usize;
            let queue = cell / self.slots;
            self.cells[cell] = Cell::default();
            self.queues[queue * self.rounds..(queue + 1) * self.rounds].fill(QueueTally::default());
            let row = queue * self.rows + (cell % self.slots).min(self.rows - 1);
            self.waits[row] = [0; BINS];
        }
    }

    /// What was counted since it was cleared last, clearing it; not in a detailed run.
    pub(super) fn take(&mut self) -> Part {
        self.touched.sort_unstable();
        self.touched.dedup();
        let mut part = Part {
            queues: Vec::new(),
            groups: self.groups.clone(),
            cells: Vec::with_capacity(self.touched.len()),
            waits: Vec::new(),
        };
        let mut last = None;
        for &cell in &self.touched {
            part.cells.push((cell, self.cells[cell as usize]));
            let queue = cell as usize / self.slots;
            if last.replace(queue) == Some(queue) {
                continue;
            }
            let rounds = self.rounds(queue).iter().enumerate();
            let counted = rounds.filter(|(_, seen)| **seen != QueueTally::default());
            let index = |round: usize| (queue * self.rounds + round) as u32;
            part.queues
                .extend(counted.map(|(round, seen)| (index(round), *seen)));
            let bins = self.waits[queue].iter().enumerate();
            let counted = bins.filter(|(_, count)| **count > 0);
            part.waits
                .extend(counted.map(|(bin, &count)| (queue as u32, bin as u32, count)));
        }
        self.clear();
        part
    }

    pub(super) fn add(&mut self, part: &Part) {
        for (index, seen) in &part.queues {
            self.queues[*index as usize].add(seen);
        }
        for (sum, seen) in self.groups.iter_mut().zip(&part.groups) {
            // Rounding aside time is never negative.
            sum.present = (sum.present + seen.present).max(0.0);
            sum.busy = (sum.busy + seen.busy).max(0.0);
        }
        for (index, seen) in &part.cells {
            self.touch(*index as usize);
            self.cells[*index as usize].add(seen);
        }
        for &(queue, bin, count) in &part.waits {
            let bin = &mut self.waits[queue as usize][bin as usize];
            *bin = bin.wrapping_add(count);
        }
    }

    /// Takes out a part that is in it.
    pub(super) fn subtract(&mut self, part: &Part) {
        for (index, seen) in &part.queues {
            self.queues[*index as usize].subtract(seen);
        }
        for (sum, seen) in self.groups.iter_mut().zip(&part.groups) {
            sum.present -= seen.present;
            sum.busy -= seen.busy;
        }
        for (index, seen) in &part.cells {
            self.cells[*index as usize].subtract(seen);
        }
        for &(queue, bin, count) in &part.waits {
            let bin = &mut self.waits[queue as usize][bin as usize];
            *bin = bin.wrapping_sub(count);
        }
    }

    /// Counts of a queue in each round.
    pub(super) fn rounds(&self, queue: usize) -> &[QueueTally] {
        &self.queues[queue * self.rounds..(queue + 1) * self.rounds]
    }

    /// Contacts of a queue by slot of arrival.
    pub fn cells(&self, queue: usize) -> &[Cell] {
        &self.cells[queue * self.slots..(queue + 1) * self.slots]
    }

    /// Waits of the answered of a queue, by slot of arrival in a detailed run.
    pub(super) fn waits(&self, queue: usize) -> &[[u32; BINS]] {
        &self.waits[queue * self.rows..(queue + 1) * self.rows]
    }

    fn rows(&mut self, contact: &Contact) -> Option<(&mut QueueTally, &mut Cell)> {
        if contact.slot == UNCOUNTED {
            return None;
        }
        let queue = contact.queue as usize;
        let cell = queue * self.slots + contact.slot as usize;
        self.touch(cell);
        Some((
            &mut self.queues[queue * self.rounds + contact.round as usize],
            &mut self.cells[cell],
        ))
    }

    fn touch(&mut self, cell: usize) {
        if self.cells[cell] == Cell::default() {
            self.touched.push(cell as u32);
        }
    }

    pub(super) fn offer(&mut self, contact: &Contact) {
        if let Some((queue, cell)) = self.rows(contact) {
            queue.offered += 1;
            cell.offered += 1;
        }
    }

    pub(super) fn answer(&mut self, contact: &Contact, wait: f64, reached: bool, overlong: bool) {
        let row = (contact.slot as usize).min(self.rows - 1);
        let bins = contact.queue as usize * self.rows + row;
        if let Some((queue, cell)) = self.rows(contact) {
            queue.answered += 1;
            queue.wait += wait;
            queue.reached += u64::from(reached);
            queue.overlong += u64::from(overlong);
            cell.answered += 1;
            cell.reached += u32::from(reached);
            cell.wait += wait;
            self.waits[bins][bin(wait)] += 1;
        }
    }

    pub(super) fn abandon(&mut self, contact: &Contact, wait: f64, late: bool, overlong: bool) {
        if let Some((queue, cell)) = self.rows(contact) {
            queue.abandoned += 1;
            queue.wait_lost += wait;
            queue.abandoned_late += u64::from(late);
            queue.overlong += u64::from(overlong);
            cell.abandoned += 1;
            cell.abandoned_late += u32::from(late);
        }
    }

    pub(super) fn wait_past_close(&mut self, contact: &Contact) {
        if let Some((queue, _)) = self.rows(contact) {
            queue.at_close += 1;
        }
    }

    pub(super) fn leave_unanswered(&mut self, contact: &Contact, pending: bool) {
        if let Some((queue, cell)) = self.rows(contact) {
            queue.unanswered += 1;
            queue.overlong += u64::from(!pending);
            queue.pending += u64::from(pending);
            // Not yet due: neither kept nor broken.
            cell.offered = cell.offered.wrapping_sub(u32::from(pending));
        }
    }
}

/// Adds and subtracts counts field by field; a part of a run may take from what another counted.
macro_rules! counts {
    ($of:ident: $($count:ident)*; $($seconds:ident)*) => {
        impl $of {
            pub(super) fn add(&mut self, other: &Self) {
                $(self.$count = self.$count.wrapping_add(other.$count);)*
                $(self.$seconds = (self.$seconds + other.$seconds).max(0.0);)*
            }

            pub(super) fn subtract(&mut self, other: &Self) {
                $(self.$count = self.$count.wrapping_sub(other.$count);)*
                $(self.$seconds -= other.$seconds;)*
            }
        }
    };
}
counts!(QueueTally: offered answered reached abandoned abandoned_late unanswered pending overlong at_close; wait wait_lost);
counts!(Cell: offered answered reached abandoned abandoned_late; wait);

impl QueueTally {
    /// All of these together.
    pub(super) fn sum(parts: &[Self]) -> Self {
        let mut sum = Self::default();
        parts.iter().for_each(|part| sum.add(part));
        sum
    }
}

/// The bin of a wait.
fn bin(wait: f64) -> usize {
    if wait <= 0.0 {
        return 0;
    }
    // Sign and exponent and the first two bits of the mantissa count quarter doublings.
    let quarter = (wait as f32).to_bits() >> 21;
    let first = 0.0625f32.to_bits() >> 21;
    (quarter.saturating_sub(first) as usize + 1).min(BINS - 1)
}

/// Where a bin begins, seconds.
fn bin_start(bin: usize) -> f64 {
    match bin {
        0 | 1 => 0.0,
        bin => {
            let first = 0.0625f32.to_bits() >> 21;
            f64::from(f32::from_bits((first + bin as u32 - 1) << 21))
        }
    }
}

/// The wait that a share `share` of those in the bins does not exceed, interpolated in its bin.
pub(super) fn quantile(bins: &[u64; BINS], share: f64) -> f64 {
    let all: u64 = bins.iter().sum();
    let mut left = share.clamp(0.0, 1.0) * all as f64;
    for (bin, &count) in bins.iter().enumerate() {
        let count = count as f64;
        if count > 0.0 && left <= count {
            if bin == 0 {
                return 0.0;
            }
            let (from, to) = (bin_start(bin), bin_start((bin + 1).min(BINS - 1)));
            return from + (to - from).max(0.0) * (left / count);
        }
        left -= count;
    }
    0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_bins_are_within_a_quarter_doubling() {
        let mut bins = [0u64; BINS];
        for i in 0..100_000 {
            // Exponential of mean 100 by its quantiles.
            let wait = -100.0 * (1.0 - (f64::from(i) + 0.5) / 100_000.0).ln();
            bins[bin(wait)] += 1;
        }
        for share in [0.1, 0.5, 0.9, 0.99] {
            let exact = -100.0 * (1.0f64 - share).ln();
            let found = quantile(&bins, share);
            assert!(
                (found / exact - 1.0).abs() < 0.02,
                "{share}: {found} {exact}"
            );
        }
        assert_eq!(quantile(&[0; BINS], 0.9), 0.0);
    }
}
