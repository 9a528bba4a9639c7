//! Customers who come again: who hung up and tries once more, whose matter was not settled.

use rand::RngExt;

use super::arrivals::{Contact, UNCOUNTED};
use super::calendar::Event;
use super::network::Comeback;
use super::random::{Purpose, Sampler, exponential, stream};
use super::run::Run;

impl Run<'_> {
    /// Draws whether and when a contact comes again, from a stream of its own.
    pub(super) fn come_back(&mut self, contact: &Contact, comeback: Comeback, from: f64) {
        if comeback.share <= 0.0 {
            return;
        }
        let mut rng = stream(
            self.seed,
            Purpose::Comeback,
            contact.at.to_bits(),
            self.network.queues[contact.queue as usize].number(contact.queue as usize),
        );
        if rng.random::<f64>() >= comeback.share {
            return;
        }
        let at = from + comeback.delay * exponential(&mut rng);
        if at >= self.counted.1 {
            return;
        }
        let slots = ((at - self.counted.0) / self.network.slot_seconds).max(0.0) as usize;
        let (round, slot) = (slots / self.network.slots, slots % self.network.slots);
        let queue = &self.network.queues[contact.queue as usize];
        let again = Contact {
            at,
            handle: Sampler::handling(queue.handle_at(slot)).draw(&mut rng) as f32,
            patience: Sampler::patience(queue.patience_at(slot)).draw(&mut rng) as f32,
            queue: contact.queue,
            slot: if at < self.counted.0 {
                UNCOUNTED
            } else {
                slot as u16
            },
            round: round as u16,
        };
        let number = self.returning.len() as u32;
        let ticket = self.calendar.add(at, Event::Return(number));
        self.returning.push((again, ticket));
    }
}
