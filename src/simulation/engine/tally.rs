//! What one replication counts.

use super::arrivals::{Contact, UNCOUNTED};
use super::network::Network;

/// Bins of the wait: four per doubling from 1/16 s, the first for no wait at all.
pub(super) const BINS: usize = 128;

/// Counts of one replication.
#[derive(Debug, Clone, PartialEq)]
pub struct Tally {
    pub queues: Vec<QueueTally>,
    pub groups: Vec<GroupTally>,
    pub(super) slots: usize,
    /// Queue-major: `queue × slots + slot` of arrival.
    pub(super) cells: Vec<Cell>,
    /// Of waits of the answered: per queue, or queue-major per slot of arrival in a detailed run.
    pub(super) waits: Vec<[u32; BINS]>,
    /// Rows of `waits` per queue: 1, or `slots`.
    rows: usize,
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
            queues: vec![QueueTally::default(); queues],
            groups: vec![GroupTally::default(); groups],
            slots,
            cells: vec![Cell::default(); queues * slots],
            waits: vec![[0; BINS]; queues * rows],
            rows,
        }
    }

    pub(super) fn clear(&mut self) {
        self.queues.fill(QueueTally::default());
        self.groups.fill(GroupTally::default());
        self.cells.fill(Cell::default());
        self.waits.fill([0; BINS]);
    }

    /// Puts what a part of the run counts (`new`) in the place of what it counted before (`old`).
    pub(super) fn replace(&mut self, old: &Self, new: &Self) {
        for ((sum, new), old) in self.queues.iter_mut().zip(&new.queues).zip(&old.queues) {
            for (sum, new, old) in [
                (&mut sum.offered, new.offered, old.offered),
                (&mut sum.answered, new.answered, old.answered),
                (&mut sum.reached, new.reached, old.reached),
                (&mut sum.abandoned, new.abandoned, old.abandoned),
                (
                    &mut sum.abandoned_late,
                    new.abandoned_late,
                    old.abandoned_late,
                ),
                (&mut sum.unanswered, new.unanswered, old.unanswered),
                (&mut sum.pending, new.pending, old.pending),
                (&mut sum.overlong, new.overlong, old.overlong),
                (&mut sum.at_close, new.at_close, old.at_close),
            ] {
                *sum = sum.wrapping_add(new).wrapping_sub(old);
            }
            sum.wait = (sum.wait + new.wait - old.wait).max(0.0);
            sum.wait_lost = (sum.wait_lost + new.wait_lost - old.wait_lost).max(0.0);
        }
        for ((sum, new), old) in self.groups.iter_mut().zip(&new.groups).zip(&old.groups) {
            sum.present = (sum.present + new.present - old.present).max(0.0);
            sum.busy = (sum.busy + new.busy - old.busy).max(0.0);
        }
        for ((sum, new), old) in self.cells.iter_mut().zip(&new.cells).zip(&old.cells) {
            for (sum, new, old) in [
                (&mut sum.offered, new.offered, old.offered),
                (&mut sum.answered, new.answered, old.answered),
                (&mut sum.reached, new.reached, old.reached),
                (&mut sum.abandoned, new.abandoned, old.abandoned),
                (
                    &mut sum.abandoned_late,
                    new.abandoned_late,
                    old.abandoned_late,
                ),
            ] {
                *sum = sum.wrapping_add(new).wrapping_sub(old);
            }
            sum.wait = (sum.wait + new.wait - old.wait).max(0.0);
        }
        for ((sum, new), old) in self.waits.iter_mut().zip(&new.waits).zip(&old.waits) {
            for ((sum, new), old) in sum.iter_mut().zip(new).zip(old) {
                *sum = sum.wrapping_add(*new).wrapping_sub(*old);
            }
        }
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
        Some((
            &mut self.queues[queue],
            &mut self.cells[queue * self.slots + contact.slot as usize],
        ))
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
