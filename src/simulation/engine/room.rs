//! Agents who could take something more, in the order in which they began what they hold.

use std::collections::VecDeque;

/// Agents by the ticket of what they hold. Who ends it is forgotten where it lies, without looking for it among the
/// others.
#[derive(Debug, Clone, Default)]
pub(super) struct Room {
    begun: VecDeque<(u32, u32)>,
    /// How many of them still hold it.
    there: usize,
}

impl Room {
    /// An agent joins, last.
    pub fn join(&mut self, agent: u32, ticket: u32) {
        self.begun.push_back((agent, ticket));
        self.there += 1;
    }

    /// One of those there is so no more: `is_there` of agent and ticket no longer holds.
    pub fn forget(&mut self, is_there: impl Fn(u32, u32) -> bool) {
        self.there -= 1;
        if self.begun.len() > 2 * self.there + 16 {
            self.begun
                .retain(|&(agent, ticket)| is_there(agent, ticket));
        }
    }

    /// Takes the first of those there.
    pub fn first(&mut self, is_there: impl Fn(u32, u32) -> bool) -> Option<u32> {
        self.take(VecDeque::pop_front, is_there)
    }

    /// Takes the last of those there.
    pub fn last(&mut self, is_there: impl Fn(u32, u32) -> bool) -> Option<u32> {
        self.take(VecDeque::pop_back, is_there)
    }

    fn take(
        &mut self,
        next: impl Fn(&mut VecDeque<(u32, u32)>) -> Option<(u32, u32)>,
        is_there: impl Fn(u32, u32) -> bool,
    ) -> Option<u32> {
        while let Some((agent, ticket)) = next(&mut self.begun) {
            if is_there(agent, ticket) {
                self.there -= 1;
                return Some(agent);
            }
        }
        None
    }

    pub fn is_empty(&self) -> bool {
        self.there == 0
    }

    pub fn clear(&mut self) {
        self.begun.clear();
        self.there = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_left_is_not_taken_from_either_end() {
        let mut room = Room::default();
        (0..5).for_each(|agent| room.join(agent, agent + 10));
        let is_there =
            |agent: u32, ticket: u32| ticket == agent + 10 && ![0, 2, 4].contains(&agent);
        (0..3).for_each(|_| room.forget(is_there));
        assert_eq!(
            (room.first(is_there), room.last(is_there)),
            (Some(1), Some(3))
        );
        assert!(room.is_empty());
        assert_eq!(room.first(is_there), None);
    }

    #[test]
    fn those_who_left_do_not_heap_up() {
        let mut room = Room::default();
        room.join(0, 0);
        for ticket in 1..1000 {
            room.join(1, ticket);
            room.forget(|agent, _| agent == 0);
        }
        assert!(room.begun.len() < 32);
        assert_eq!(room.last(|agent, _| agent == 0), Some(0));
    }
}
