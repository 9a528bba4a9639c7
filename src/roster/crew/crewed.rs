//! What the people of a team could work beside their shifts.

use super::limits::most_on_sundays;
use super::{Terms, Timed, crew, give, handed_on, may_work, timed};
use crate::roster::Duty;

/// The people of a team with what they work, and what they could work beside it.
pub(in crate::roster) struct Crewed<'a> {
    terms: Terms<'a>,
    people: Vec<Vec<Timed>>,
}

impl<'a> Crewed<'a> {
    pub fn of(duties: &[Duty], terms: Terms<'a>) -> Self {
        let timed = timed(duties, terms);
        let people = crew(duties, terms).into_iter();
        let people = people.map(|person| person.into_iter().map(|i| timed[i]).collect());
        Self {
            terms,
            people: people.collect(),
        }
    }

    pub fn heads(&self) -> usize {
        self.people.len()
    }

    /// Gives another duty to someone who may work it; whether there was anybody.
    pub fn takes(&mut self, duty: &Duty) -> bool {
        let terms = self.terms;
        let duty = terms.on_the_clock((0, duty));
        if !self.has_turns(&duty, self.people.len()) {
            return false;
        }
        let mut people = self.people.iter_mut();
        match people.find(|person| may_work(person, &duty, terms)) {
            Some(person) => give(person, duty),
            None => return handed_on(&mut self.people, &duty, terms).is_some(),
        }
        true
    }

    /// One person more, for this duty; whether it may be.
    pub fn join(&mut self, duty: &Duty) -> bool {
        let duty = self.terms.on_the_clock((0, duty));
        let may = self.has_turns(&duty, self.people.len() + 1);
        if may {
            self.people.push(vec![duty]);
        }
        may
    }

    /// Whether so many people can work another duty, in turn if it is one of a Sunday.
    fn has_turns(&self, duty: &Timed, heads: usize) -> bool {
        let worked = self.people.iter().flatten().filter(|duty| duty.on_sunday);
        !duty.on_sunday || worked.count() < most_on_sundays(heads, self.terms)
    }
}
