//! The state of a run as a value: to go on from, and to tell whether two runs have become one.

use super::arrivals::Contact;
use super::calendar::Calendar;
use super::line::Saved;
use super::pages::Pages;
use super::run::{Agent, Doing, Floor, Run};
use super::tally::Tally;

/// Everything that changes in a run.
#[derive(Debug, Clone)]
pub(super) struct State {
    calendar: Calendar,
    lines: Saved,
    agents: Vec<Agent>,
    gone: Vec<u32>,
    groups: Vec<Floor>,
    returning: Pages<(Contact, u32)>,
    now: f64,
    from: f64,
    last: f64,
    open: u64,
    came: u32,
}

/// What of an agent decides the future.
type Desk<'a> = (u32, Doing, bool, f64, f64, f64, &'a [Contact]);

impl Run<'_> {
    /// The state, which shares with the one saved `before` what has not changed.
    pub(super) fn save(&self, before: Option<&State>) -> State {
        State {
            calendar: self.calendar.clone(),
            lines: self.lines.save(before.map(|before| &before.lines)),
            agents: self.agents.clone(),
            gone: self.gone.clone(),
            groups: self.groups.clone(),
            returning: Pages::of(&self.returning, before.map(|before| &before.returning)),
            now: self.now,
            from: self.from,
            last: self.last,
            open: self.open,
            came: self.came,
        }
    }

    pub(super) fn restore(&mut self, state: &State) {
        self.calendar.clone_from(&state.calendar);
        self.lines.restore(&state.lines);
        self.agents.clone_from(&state.agents);
        self.gone.clone_from(&state.gone);
        self.groups.clone_from(&state.groups);
        state.returning.restore(&mut self.returning);
        self.now = state.now;
        self.from = state.from;
        self.last = state.last;
        self.open = state.open;
        self.came = state.came;
    }

    /// Counts agents' time up to `at`, so that what two runs count from there on is the same.
    pub(super) fn count_time(&mut self, at: f64, tally: &mut Tally) {
        let now = std::mem::replace(&mut self.now, at);
        for group in 0..self.groups.len() {
            self.present(group, 0, tally);
        }
        self.now = now;
    }

    /// Whether the future from here on is that of another run at the same instant, before the same customers and agents.
    pub(super) fn same(&self, other: &State) -> bool {
        let floors = self.groups.iter().zip(&other.groups);
        self.open == other.open
            && self.lines.same(&other.lines)
            && floors.into_iter().all(|(ours, theirs)| {
                let since = |floor: &Floor| {
                    floor
                        .idle
                        .iter()
                        .map(|&(_, since)| since)
                        .collect::<Vec<_>>()
                };
                ours.present == theirs.present
                    && ours.surplus == theirs.surplus
                    && ours.idle.len() == theirs.idle.len()
                    && (!self.ties || since(ours) == since(theirs))
            })
            && desks(&self.agents) == desks(&other.agents)
            && pending(self.returning.iter(), self.from)
                == pending(other.returning.iter(), self.from)
    }
}

/// Agents with something in hand, in an order of their own.
fn desks(agents: &[Agent]) -> Vec<Desk<'_>> {
    let mut desks: Vec<Desk> = agents
        .iter()
        .filter(|agent| !matches!(agent.doing, Doing::Nothing | Doing::Gone))
        .map(|agent| {
            (
                agent.group,
                agent.doing,
                agent.leaving,
                agent.busy_since,
                agent.updated.max(agent.busy_since),
                agent.ends,
                agent.held.as_slice(),
            )
        })
        .collect();
    desks.sort_by(|a, b| {
        a.0.cmp(&b.0)
            .then(a.5.total_cmp(&b.5))
            .then(a.3.total_cmp(&b.3))
    });
    desks
}

/// Those who are to come again from `from` on.
fn pending<'a>(returning: impl Iterator<Item = &'a (Contact, u32)>, from: f64) -> Vec<Contact> {
    let mut pending: Vec<Contact> = returning
        .map(|(contact, _)| *contact)
        .filter(|contact| contact.at >= from)
        .collect();
    pending.sort_by(|a, b| a.at.total_cmp(&b.at).then(a.queue.cmp(&b.queue)));
    pending
}
