//! The lines in which contacts wait: first in, first out per queue, with places that can be left.

use super::arrivals::Contact;
use super::pages::Pages;

const NONE: u32 = u32::MAX;

/// One line per queue.
#[derive(Debug)]
pub(super) struct Lines {
    places: Vec<Place>,
    free: Vec<u32>,
    /// First and last place of each queue.
    ends: Vec<(u32, u32)>,
    /// Key and arrival of the first of each queue; infinite where nobody waits.
    heads: Vec<(f64, f64)>,
    waiting: usize,
}

/// The lines as they were at an instant: those who wait long take no more room at the next.
#[derive(Debug, Clone)]
pub(super) struct Saved {
    places: Pages<Place>,
    free: Pages<u32>,
    ends: Vec<(u32, u32)>,
    heads: Vec<(f64, f64)>,
    waiting: usize,
}

#[derive(Debug, Clone, PartialEq)]
struct Place {
    contact: Contact,
    /// Arrival, or the deadline of deferrable work: lines are in its order. Minus infinity where nobody waits.
    key: f64,
    before: u32,
    after: u32,
    /// Ticket of the hanging up, or turning away, in force; 0 if none.
    abandon: u32,
    /// Tickets of the first and last overflow in force.
    overflow: (u32, u32),
}

impl Lines {
    pub(super) fn new(queues: usize) -> Self {
        Self {
            places: Vec::new(),
            free: Vec::new(),
            ends: vec![(NONE, NONE); queues],
            heads: vec![(f64::INFINITY, f64::INFINITY); queues],
            waiting: 0,
        }
    }

    pub(super) fn clear(&mut self) {
        self.places.clear();
        self.free.clear();
        self.ends.fill((NONE, NONE));
        self.heads.fill((f64::INFINITY, f64::INFINITY));
        self.waiting = 0;
    }

    pub(super) fn save(&self, before: Option<&Saved>) -> Saved {
        Saved {
            places: Pages::of(&self.places, before.map(|before| &before.places)),
            free: Pages::of(&self.free, before.map(|before| &before.free)),
            ends: self.ends.clone(),
            heads: self.heads.clone(),
            waiting: self.waiting,
        }
    }

    pub(super) fn restore(&mut self, saved: &Saved) {
        saved.places.restore(&mut self.places);
        saved.free.restore(&mut self.free);
        self.ends.clone_from(&saved.ends);
        self.heads.clone_from(&saved.heads);
        self.waiting = saved.waiting;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting == 0
    }

    /// Key and arrival of the first in line; infinite where nobody waits.
    pub(super) fn head(&self, queue: usize) -> (f64, f64) {
        self.heads[queue]
    }

    /// Joins at the end and answers the place.
    pub(super) fn join(&mut self, contact: Contact, key: f64) -> u32 {
        let (_, last) = self.ends[contact.queue as usize];
        self.insert(contact, key, last)
    }

    /// Joins where its key belongs, before its equals: it was begun before them.
    pub(super) fn rejoin(&mut self, contact: Contact, key: f64) {
        let (mut after, mut before) = (self.ends[contact.queue as usize].0, NONE);
        while after != NONE && self.places[after as usize].key < key {
            before = after;
            after = self.places[after as usize].after;
        }
        self.insert(contact, key, before);
    }

    fn insert(&mut self, contact: Contact, key: f64, before: u32) -> u32 {
        let queue = contact.queue as usize;
        let after = match before {
            NONE => self.ends[queue].0,
            before => self.places[before as usize].after,
        };
        let place = Place {
            contact,
            key,
            before,
            after,
            abandon: 0,
            overflow: (0, 0),
        };
        let number = match self.free.pop() {
            Some(number) => {
                self.places[number as usize] = place;
                number
            }
            None => {
                self.places.push(place);
                (self.places.len() - 1) as u32
            }
        };
        match before {
            NONE => {
                self.ends[queue].0 = number;
                self.heads[queue] = (key, contact.at);
            }
            before => self.places[before as usize].after = number,
        }
        match after {
            NONE => self.ends[queue].1 = number,
            after => self.places[after as usize].before = number,
        }
        self.waiting += 1;
        number
    }

    pub(super) fn expect_abandon(&mut self, place: u32, ticket: u32) {
        self.places[place as usize].abandon = ticket;
    }

    pub(super) fn expect_overflow(&mut self, place: u32, ticket: u32) {
        let (first, last) = &mut self.places[place as usize].overflow;
        if *first == 0 {
            *first = ticket;
        }
        *last = ticket;
    }

    /// Who is to leave from there, if that ticket is still in force.
    pub(super) fn gives_up(&self, place: u32, ticket: u32) -> Option<Contact> {
        let place = &self.places[place as usize];
        (place.abandon == ticket).then_some(place.contact)
    }

    /// Who waits there, if that overflow is still in force.
    pub(super) fn waiting(&self, place: u32, ticket: u32) -> Option<Contact> {
        let (first, last) = self.places[place as usize].overflow;
        (first != 0 && (first..=last).contains(&ticket))
            .then(|| self.places[place as usize].contact)
    }

    /// Takes the first in line of a queue in which somebody waits.
    pub(super) fn take(&mut self, queue: usize) -> Contact {
        let first = self.ends[queue].0;
        self.remove(first)
    }

    pub(super) fn remove(&mut self, number: u32) -> Contact {
        let place = &mut self.places[number as usize];
        let (contact, before, after) = (place.contact, place.before, place.after);
        (place.abandon, place.overflow, place.key) = (0, (0, 0), f64::NEG_INFINITY);
        let queue = contact.queue as usize;
        match after {
            NONE => self.ends[queue].1 = before,
            after => self.places[after as usize].before = before,
        }
        match before {
            NONE => {
                self.ends[queue].0 = after;
                self.heads[queue] = match after {
                    NONE => (f64::INFINITY, f64::INFINITY),
                    after => {
                        let head = &self.places[after as usize];
                        (head.key, head.contact.at)
                    }
                };
            }
            before => self.places[before as usize].after = after,
        }
        self.free.push(number);
        self.waiting -= 1;
        contact
    }

    /// Whether the same contacts wait in the same order.
    pub(super) fn same(&self, saved: &Saved) -> bool {
        self.waiting == saved.waiting
            && self.ends.iter().zip(&saved.ends).all(|(ours, theirs)| {
                let ours = in_line(ours.0, |place| self.places.get(place));
                ours.eq(in_line(theirs.0, |place| saved.places.get(place)))
            })
    }

    /// Empties every line: who waited, with its key, in the order of their places: far faster, where many wait, than
    /// from one to the next.
    pub(super) fn drain(&mut self) -> Vec<(Contact, f64)> {
        let waiting = self
            .places
            .iter()
            .filter(|place| place.key != f64::NEG_INFINITY);
        let left = waiting.map(|place| (place.contact, place.key)).collect();
        self.clear();
        left
    }
}

/// Who waits from a place on, in order.
fn in_line<'a>(
    first: u32,
    place: impl Fn(usize) -> Option<&'a Place>,
) -> impl Iterator<Item = Contact> {
    let mut next = first;
    std::iter::from_fn(move || {
        let place = place(next as usize)?;
        next = place.after;
        Some(place.contact)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(at: f64) -> Contact {
        Contact {
            at,
            handle: 1.0,
            patience: 1.0,
            queue: 0,
            slot: 0,
            round: 0,
        }
    }

    #[test]
    fn places_can_be_left_from_the_middle_and_the_head_stays_right() {
        let mut lines = Lines::new(1);
        let places: Vec<u32> = (0..4)
            .map(|i| lines.join(contact(f64::from(i)), f64::from(i)))
            .collect();
        lines.expect_abandon(places[1], 9);
        assert_eq!(lines.gives_up(places[1], 8), None);
        assert_eq!(lines.gives_up(places[1], 9).map(|c| c.at), Some(1.0));
        assert_eq!(lines.remove(places[1]).at, 1.0);
        assert_eq!(lines.gives_up(places[1], 9), None);
        assert_eq!(lines.take(0).at, 0.0);
        assert_eq!(lines.head(0), (2.0, 2.0));
        lines.rejoin(contact(2.5), 2.5);
        let in_order = |lines: &Lines| -> Vec<f64> {
            let places = in_line(lines.ends[0].0, |place| lines.places.get(place));
            places.map(|contact| contact.at).collect()
        };
        let order = in_order(&lines);
        assert_eq!(order, [2.0, 2.5, 3.0]);
        let saved = lines.save(None);
        lines.take(0);
        assert!(!lines.same(&saved));
        lines.restore(&saved);
        assert!(lines.same(&saved));
        assert_eq!(in_order(&lines), order);
        let mut left: Vec<f64> = lines.drain().iter().map(|(c, _)| c.at).collect();
        left.sort_by(f64::total_cmp);
        assert_eq!(left, order);
        assert!(lines.is_empty());
        assert_eq!(lines.head(0).0, f64::INFINITY);
    }
}
