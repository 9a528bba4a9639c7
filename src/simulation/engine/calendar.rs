//! The calendar of events to come: a heap by time, ties in the order in which they were written down.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What happens. The number is that of the agent, of the waiting place or of the one who comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    /// An agent ends the contact in hand.
    Complete(u32),
    /// A customer hangs up, or is turned away.
    Abandon(u32),
    /// A customer has waited long enough for further groups.
    Overflow(u32),
    /// A customer comes again.
    Return(u32),
}

/// Pending events. Each has a ticket; who cancels an event forgets its ticket.
#[derive(Debug, Clone, Default)]
pub(super) struct Calendar {
    // Time (order of non-negative floats = order of their bits), ticket, kind and number in one key.
    heap: BinaryHeap<Reverse<u128>>,
    tickets: u32,
}

impl Calendar {
    pub(super) fn clear(&mut self) {
        self.heap.clear();
        self.tickets = 0;
    }

    /// Writes an event down at `at` ≥ 0 and answers its ticket, never 0.
    pub(super) fn add(&mut self, at: f64, event: Event) -> u32 {
        self.tickets += 1;
        let (kind, number) = match event {
            Event::Complete(number) => (0, number),
            Event::Abandon(number) => (1, number),
            Event::Overflow(number) => (2, number),
            Event::Return(number) => (3, number),
        };
        debug_assert!(number < 1 << 30 && at >= 0.0);
        self.heap.push(Reverse(
            u128::from(at.to_bits()) << 64
                | u128::from(self.tickets) << 32
                | kind << 30
                | u128::from(number),
        ));
        self.tickets
    }

    /// When the next event happens; infinite if none does.
    pub(super) fn next_at(&self) -> f64 {
        self.heap.peek().map_or(f64::INFINITY, |Reverse(key)| {
            f64::from_bits((key >> 64) as u64)
        })
    }

    /// Takes the next event: its time, ticket and what it is.
    pub(super) fn pop(&mut self) -> Option<(f64, u32, Event)> {
        let Reverse(key) = self.heap.pop()?;
        let number = key as u32 & ((1 << 30) - 1);
        let event = match (key >> 30) & 3 {
            0 => Event::Complete(number),
            1 => Event::Abandon(number),
            2 => Event::Overflow(number),
            _ => Event::Return(number),
        };
        Some((
            f64::from_bits((key >> 64) as u64),
            (key >> 32) as u32,
            event,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_by_time_then_by_order_written() {
        let mut calendar = Calendar::default();
        calendar.add(2.0, Event::Complete(1));
        calendar.add(1.0, Event::Abandon(2));
        calendar.add(1.0, Event::Complete(3));
        calendar.add(0.0, Event::Return((1 << 30) - 1));
        let order: Vec<_> = std::iter::from_fn(|| calendar.pop())
            .map(|(at, _, event)| (at, event))
            .collect();
        assert_eq!(
            order,
            [
                (0.0, Event::Return((1 << 30) - 1)),
                (1.0, Event::Abandon(2)),
                (1.0, Event::Complete(3)),
                (2.0, Event::Complete(1)),
            ]
        );
    }
}
