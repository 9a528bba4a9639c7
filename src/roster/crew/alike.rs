//! People of a team by what they have worked: those who have worked the same may work the same.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::Timed;

/// Groups of people with one history each.
pub(super) struct Alike {
    /// Number of a history by that of the history before its last duty, and the duty's kind.
    after: BTreeMap<(usize, usize), usize>,
    /// History of each person.
    of: Vec<usize>,
    /// People of each history.
    people: Vec<BTreeSet<usize>>,
    /// Histories that somebody has.
    held: BTreeSet<usize>,
}

/// The history of those who have not worked yet.
const NONE: usize = 0;

impl Alike {
    /// So many people who have not worked yet.
    pub fn new(people: usize) -> Self {
        Self {
            after: BTreeMap::new(),
            of: vec![NONE; people],
            people: vec![(0..people).collect()],
            held: (people > 0).then_some(NONE).into_iter().collect(),
        }
    }

    /// The groups, each with the first of its people.
    pub fn groups(&self) -> impl Iterator<Item = (usize, usize)> {
        let first = |&group: &usize| Some((group, self.first(group)?));
        self.held.iter().filter_map(first)
    }

    /// The first person of a group.
    pub fn first(&self, group: usize) -> Option<usize> {
        self.people[group].first().copied()
    }

    /// Somebody works a duty more, the last of all.
    pub fn works(&mut self, person: usize, kind: usize) {
        let to = self.longer(self.of[person], kind);
        self.join(person, to);
    }

    /// What somebody works has changed.
    pub fn changed(&mut self, person: usize, duties: &[Timed]) {
        let to = duties
            .iter()
            .fold(NONE, |history, duty| self.longer(history, duty.kind));
        self.join(person, to);
    }

    /// A history with a duty more.
    fn longer(&mut self, history: usize, kind: usize) -> usize {
        let next = self.people.len();
        let number = *self.after.entry((history, kind)).or_insert(next);
        if number == next {
            self.people.push(BTreeSet::new());
        }
        number
    }

    fn join(&mut self, person: usize, to: usize) {
        let from = std::mem::replace(&mut self.of[person], to);
        self.people[from].remove(&person);
        if self.people[from].is_empty() {
            self.held.remove(&from);
        }
        self.people[to].insert(person);
        self.held.insert(to);
    }
}

/// The next to get a duty from a group: the least worth first, then the first person.
#[derive(Debug, Clone, Copy)]
pub(super) struct Next {
    pub worth: f64,
    pub first: usize,
    pub group: usize,
}

impl Ord for Next {
    fn cmp(&self, other: &Self) -> Ordering {
        let worth = self.worth.total_cmp(&other.worth);
        worth.then(self.first.cmp(&other.first))
    }
}

impl PartialOrd for Next {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Next {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Next {}

#[cfg(test)]
mod tests {
    use super::super::tests::{site, terms};
    use super::super::*;
    use crate::units::Hours;
    use chrono::{Duration, TimeZone};
    use proptest::prelude::*;

    /// Every duty by itself to the one of all the people who has the least worth.
    fn one_by_one(
        duties: &[Timed],
        terms: Terms,
        heads: usize,
        choice: Choice,
        most_left: usize,
    ) -> (Vec<Vec<usize>>, Vec<usize>) {
        let mut people: Vec<Vec<Timed>> = vec![Vec::new(); heads];
        let mut left = Vec::new();
        for duty in duties {
            if left.len() > most_left {
                break;
            }
            let worth = |number: usize| {
                let hours = hours_in(&people[number], duty.week);
                let worked = match choice {
                    Choice::Even => hours,
                    Choice::Full => -hours,
                };
                worked + start_jump(&people[number], duty)
            };
            let able = (0..heads).filter(|&number| may_work(&people[number], duty, terms));
            match able.min_by(|&a, &b| worth(a).total_cmp(&worth(b))) {
                Some(number) => people[number].push(*duty),
                None if handed_on(&mut people, duty, terms).is_some() => {}
                None => left.push(duty.index),
            }
        }
        people.retain(|duties| !duties.is_empty());
        (people.iter().map(|duties| indices(duties)).collect(), left)
    }

    fn indices(duties: &[Timed]) -> Vec<usize> {
        duties.iter().map(|duty| duty.index).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]

        #[test]
        fn who_is_alike_is_looked_at_once_and_nobody_gets_another_duty_for_it(
            shifts in prop::collection::vec((0..9i64, 3..20i64, prop::sample::select(vec![4i64, 8, 10]), 1..9usize), 1..25),
            share in 0.3..1.3f64, full in any::<bool>(), may_leave in any::<bool>(),
            band in prop::option::of(60..600u32), half in any::<bool>(),
        ) {
            let from = Utc.with_ymd_and_hms(2026, 6, 1, 0, 0, 0).unwrap();
            let of_shift = |&(day, hour, hours, agents): &(i64, i64, i64, usize)| {
                let start = from + Duration::hours(24 * day + hour);
                let end = start + Duration::hours(hours);
                std::iter::repeat_n(Duty { start, end, breaks: Vec::new() }, agents)
            };
            let mut duties: Vec<Duty> = shifts.iter().flat_map(of_shift).collect();
            duties.sort_by_key(|duty| (duty.start, duty.end));
            let site = site();
            let mut terms = terms(&site, band);
            if half {
                (terms.week.hours, terms.week.days) = (Hours(20.0), 3);
            }
            let timed = timed(&duties, terms);
            let heads = ((least_heads(&timed, terms) as f64 * share) as usize).max(1);
            let choice = if full { Choice::Full } else { Choice::Even };
            let most_left = if may_leave { timed.len() } else { 0 };
            let found = distribute(&timed, terms, heads, choice, most_left);
            let people: Vec<Vec<usize>> = found.people.iter().map(|duties| indices(duties)).collect();
            prop_assert_eq!((people, found.left), one_by_one(&timed, terms, heads, choice, most_left));
            for person in &found.people {
                for week in 0..3 {
                    prop_assert!(hours_in(person, week) <= terms.weekly_hours() + 1e-9);
                    let days = person.iter().filter(|duty| duty.week == week).count();
                    prop_assert!(days <= terms.week.days as usize);
                }
            }
        }
    }

    #[test]
    fn a_team_of_thousands_shares_few_histories() {
        let site = site();
        let terms = terms(&site, None);
        let monday = Utc.with_ymd_and_hms(2026, 6, 1, 0, 0, 0).unwrap();
        let at = |day: i64, hour: i64| {
            let start = monday + Duration::hours(24 * day + hour);
            let end = start + Duration::hours(8);
            let breaks = Vec::new();
            std::iter::repeat_n(Duty { start, end, breaks }, 1000)
        };
        let duties: Vec<Duty> = (0..5)
            .flat_map(|day| [6, 8, 10].into_iter().flat_map(move |hour| at(day, hour)))
            .collect();
        let people = crew(&duties, terms);
        assert_eq!(people.len(), 3000);
        assert!(people.iter().all(|duties| duties.len() == 5));
    }
}
