//! One replication, event by event.

use std::collections::VecDeque;

use super::arrivals::{Contact, UNCOUNTED, lead_in, slots_run};
use super::calendar::{Calendar, Event};
use super::line::Lines;
use super::network::{DueBy, Edge, Kind, Network, Route};
use super::on_line::OnLine;
use super::room::Room;
use super::tally::Tally;

/// Seconds after a queue closed in which those leave who leave with it.
const AFTER_CLOSE: f64 = 1e-3;

/// The state of a replication; kept between replications for its memory only.
#[derive(Debug)]
pub(super) struct Run<'a> {
    pub(super) network: &'a Network,
    pub(super) seed: u64,
    /// Per queue, by order.
    pub(super) routes: Vec<Vec<Route>>,
    /// Per queue: waits after which further groups open.
    pub(super) overflows: Vec<Vec<f64>>,
    /// Per group, calls and chats before deferrable work, then by priority.
    skills: Vec<Vec<Skill>>,
    pub(super) calendar: Calendar,
    pub(super) lines: Lines,
    pub(super) agents: Vec<Agent>,
    /// Numbers of agents who have gone, to be used again.
    pub(super) gone: Vec<u32>,
    pub(super) groups: Vec<Floor>,
    pub(super) returning: Vec<(Contact, u32)>,
    pub(super) now: f64,
    /// Up to when contacts and shifts are through.
    pub(super) from: f64,
    /// When something last happened; events that came to nothing do not count.
    pub(super) last: f64,
    /// Counted contacts neither answered nor abandoned.
    pub(super) open: u64,
    pub(super) came: u32,
    /// Start and end of the slots whose arrivals are counted.
    pub(super) counted: (f64, f64),
    /// Whether some queue has two groups of one order, so that who is idle longest decides.
    pub(super) ties: bool,
    /// Until when agents' time is counted.
    pub(super) time_ends: f64,
    /// Nobody comes or works after this, but for what is in hand where the horizon is finished.
    run_ends: f64,
}

/// What an agent of a group can take.
#[derive(Debug, Clone, Copy)]
struct Skill {
    queue: u32,
    rank: u32,
    chat: bool,
    after: f64,
    reserve: u32,
}

/// The agents of a group that can take something.
#[derive(Debug, Clone, Default)]
pub(super) struct Floor {
    /// Longest idle first, with since when.
    pub(super) idle: VecDeque<(u32, f64)>,
    /// At deferrable work.
    pub(super) deferred: Room,
    /// With 1, 2, … chats and room for one more.
    pub(super) chatting: Vec<Room>,
    pub(super) present: u32,
    pub(super) since: f64,
    /// Agents whose time is up while everybody is busy: the next to finish leave.
    pub(super) surplus: u32,
}

#[derive(Debug, Clone)]
pub(super) struct Agent {
    pub(super) group: u32,
    pub(super) doing: Doing,
    pub(super) leaving: bool,
    /// Ticket of the completion in force.
    pub(super) ticket: u32,
    pub(super) came: u32,
    /// Busy, or at the chats' last change, since.
    pub(super) busy_since: f64,
    /// When the next contact in hand ends.
    pub(super) ends: f64,
    pub(super) updated: f64,
    /// When the deferrable work in hand is due, if it came from a line.
    pub(super) due: Option<f64>,
    /// Deferrable work or chats in hand, `handle` being what is left of it.
    pub(super) held: Vec<Contact>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doing {
    Nothing,
    Call,
    Chat,
    Deferrable,
    Gone,
}

impl<'a> Run<'a> {
    pub(super) fn new(network: &'a Network, seed: u64) -> Self {
        let routes: Vec<Vec<Route>> = network
            .queues
            .iter()
            .map(|queue| {
                let mut routes = queue.routes.clone();
                routes.sort_by_key(|route| route.order);
                routes
            })
            .collect();
        let overflows = routes
            .iter()
            .map(|routes| {
                let mut waits: Vec<f64> = routes.iter().map(|route| route.after).collect();
                waits.retain(|wait| *wait > 0.0);
                waits.sort_by(f64::total_cmp);
                waits.dedup();
                waits
            })
            .collect();
        let mut skills = vec![Vec::new(); network.groups.len()];
        for (number, queue) in network.queues.iter().enumerate() {
            let deferrable = matches!(queue.kind, Kind::Deferrable { .. });
            for route in &queue.routes {
                skills[route.group].push(Skill {
                    queue: number as u32,
                    rank: route.priority.min(1 << 30) | u32::from(deferrable) << 31,
                    chat: matches!(queue.kind, Kind::Chat { .. }),
                    after: route.after,
                    reserve: route.reserve,
                });
            }
        }
        for skills in &mut skills {
            skills.sort_by_key(|skill| skill.rank);
        }
        let start = lead_in(network) as f64 * network.slot_seconds;
        let ends = start + network.rounds() as f64 * network.seconds();
        Self {
            network,
            seed,
            ties: routes
                .iter()
                .any(|routes| routes.windows(2).any(|pair| pair[0].order == pair[1].order)),
            routes,
            overflows,
            skills,
            calendar: Calendar::default(),
            lines: Lines::new(network.queues.len()),
            agents: Vec::new(),
            gone: Vec::new(),
            groups: network
                .groups
                .iter()
                .map(|group| Floor {
                    chatting: vec![Room::default(); group.pace.len()],
                    ..Floor::default()
                })
                .collect(),
            returning: Vec::new(),
            now: 0.0,
            from: 0.0,
            last: 0.0,
            open: 0,
            came: 0,
            counted: (start, ends),
            time_ends: match network.edge {
                Edge::Finish => f64::INFINITY,
                Edge::Close | Edge::Cyclic { .. } => ends,
            },
            run_ends: slots_run(network) as f64 * network.slot_seconds,
        }
    }

    /// Runs the contacts of one replication past the agents on the line.
    pub(super) fn replicate(&mut self, contacts: &[Contact], on_line: &OnLine, tally: &mut Tally) {
        self.clear();
        tally.clear();
        self.advance(contacts, on_line, f64::INFINITY, tally);
        self.close(tally);
    }

    /// Goes on until `until`, exclusive. Whether anything is left to happen.
    pub(super) fn advance(
        &mut self,
        contacts: &[Contact],
        on_line: &OnLine,
        until: f64,
        tally: &mut Tally,
    ) -> bool {
        let cyclic = matches!(self.network.edge, Edge::Cyclic { .. });
        let first = contacts.partition_point(|contact| contact.at < self.from);
        let mut contacts = contacts[first..].iter();
        let mut changes = on_line.changes_from(self.from);
        let (mut contact, mut change) = (contacts.next(), changes.next());
        loop {
            let arrival = contact.map_or(f64::INFINITY, |contact| contact.at);
            let shift = change.map_or(f64::INFINITY, |change| change.at);
            let event = self.calendar.next_at();
            let next = arrival.min(shift).min(event);
            if next == f64::INFINITY || (cyclic && next >= self.counted.1 && self.open == 0) {
                self.from = f64::INFINITY;
                return false;
            }
            if next >= until {
                self.from = until;
                return true;
            }
            self.now = next;
            // At one instant: what ends, then who comes and goes, then who calls.
            if event <= next {
                self.happen(tally);
            } else if shift <= next {
                if let Some(shift) = change {
                    self.staff(*shift, tally);
                }
                change = changes.next();
            } else {
                if let Some(contact) = contact {
                    self.arrive(*contact, tally);
                }
                contact = contacts.next();
            }
        }
    }

    pub(super) fn clear(&mut self) {
        self.from = 0.0;
        self.calendar.clear();
        self.lines.clear();
        self.agents.clear();
        self.gone.clear();
        self.returning.clear();
        for floor in &mut self.groups {
            floor.idle.clear();
            floor.deferred.clear();
            floor.chatting.iter_mut().for_each(Room::clear);
            (floor.present, floor.since, floor.surplus) = (0, 0.0, 0);
        }
        (self.now, self.last, self.open, self.came) = (0.0, 0.0, 0, 0);
    }

    fn happen(&mut self, tally: &mut Tally) {
        let Some((_, ticket, event)) = self.calendar.pop() else {
            return;
        };
        match event {
            Event::Complete(agent) => {
                if self.agents[agent as usize].ticket == ticket {
                    self.complete(agent, tally);
                }
            }
            Event::Abandon(place) => {
                let Some(contact) = self.lines.gives_up(place, ticket) else {
                    return;
                };
                if contact.patience == f32::INFINITY {
                    self.turn_away(place, contact, tally);
                } else {
                    self.lines.remove(place);
                    self.last = self.now;
                    let wait = self.now - contact.at;
                    let late = wait > self.within(contact.queue);
                    let longest = self.network.queues[contact.queue as usize].longest_wait;
                    tally.abandon(&contact, wait, late, wait > longest);
                    self.note_close(&contact, tally);
                    self.settle(&contact);
                    let retrial = self.network.queues[contact.queue as usize].retrial;
                    self.come_back(&contact, retrial, self.now);
                }
            }
            Event::Overflow(place) => {
                if let Some(contact) = self.lines.waiting(place, ticket)
                    && let Some(agent) =
                        self.find(contact.queue as usize, self.now - contact.at, tally)
                {
                    self.lines.remove(place);
                    self.begin(agent, contact, tally);
                }
            }
            Event::Return(number) => {
                let contact = self.returning[number as usize].0;
                self.arrive(contact, tally);
            }
        }
    }

    fn arrive(&mut self, contact: Contact, tally: &mut Tally) {
        tally.offer(&contact);
        self.open += u64::from(contact.slot != UNCOUNTED);
        let queue = contact.queue as usize;
        if let Some(agent) = self.find(queue, 0.0, tally) {
            self.begin(agent, contact, tally);
            return;
        }
        let key = match &self.network.queues[queue].kind {
            Kind::Deferrable { deadline } => self.due(deadline, &contact),
            _ => contact.at,
        };
        let place = self.lines.join(contact, key);
        for &wait in &self.overflows[queue] {
            let ticket = self.calendar.add(contact.at + wait, Event::Overflow(place));
            self.lines.expect_overflow(place, ticket);
        }
        let closing = || {
            let (start, queue) = (self.horizon_start(&contact), &self.network.queues[queue]);
            let close = queue.close_after(contact.at - start);
            close.map_or(f64::INFINITY, |close| start + close + AFTER_CLOSE)
        };
        let gives_up = match contact.patience {
            f32::INFINITY => closing(),
            patience => contact.at + f64::from(patience),
        };
        if gives_up < f64::INFINITY {
            let ticket = self.calendar.add(gives_up, Event::Abandon(place));
            self.lines.expect_abandon(place, ticket);
        }
    }

    /// Who would wait for ever goes once the queue has closed and nobody is there any more who could serve it.
    fn turn_away(&mut self, place: u32, contact: Contact, tally: &mut Tally) {
        let stay = |group: usize| {
            let agents = self.agents.iter().filter(|agent| {
                agent.group as usize == group && !agent.leaving && agent.doing != Doing::Gone
            });
            agents.count() > self.groups[group].surplus as usize
        };
        let mut routes = self.routes[contact.queue as usize].iter();
        let is_served = routes.any(|route| stay(route.group));
        if is_served && self.now < self.run_ends {
            let later = self.now + self.network.slot_seconds;
            let ticket = self.calendar.add(later, Event::Abandon(place));
            self.lines.expect_abandon(place, ticket);
            return;
        }
        self.lines.remove(place);
        self.last = self.now;
        tally.wait_past_close(&contact);
        tally.leave_unanswered(&contact, false);
        self.settle(&contact);
    }

    /// Deadlines run on the clock of the horizon, events on that of the run.
    pub(super) fn due(&self, deadline: &DueBy, contact: &Contact) -> f64 {
        let start = self.horizon_start(contact);
        deadline.due(contact.at - start) + start
    }

    /// When the round through the horizon began in which a contact came.
    fn horizon_start(&self, contact: &Contact) -> f64 {
        let length = self.network.seconds();
        let rounds = match contact.slot {
            UNCOUNTED => ((contact.at - self.counted.0) / length).floor(),
            _ => f64::from(contact.round),
        };
        self.counted.0 + rounds * length
    }

    fn within(&self, queue: u16) -> f64 {
        match self.network.queues[queue as usize].kind {
            Kind::Call { within } | Kind::Chat { within } => within,
            Kind::Deferrable { .. } => f64::INFINITY,
        }
    }

    /// Takes an agent for a contact of `queue` that has waited `waited`: by order, then longest idle.
    pub(super) fn find(&mut self, queue: usize, waited: f64, tally: &mut Tally) -> Option<u32> {
        let kind = &self.network.queues[queue].kind;
        let chat = matches!(kind, Kind::Chat { .. });
        let deferrable = matches!(kind, Kind::Deferrable { .. });
        let mut best: Option<(u32, f64, usize)> = None;
        for route in &self.routes[queue] {
            if best.is_some_and(|(order, ..)| route.order > order) {
                break;
            }
            let floor = &self.groups[route.group];
            let idle_since = match floor.idle.front() {
                Some(&(_, since)) if floor.idle.len() as u32 > route.reserve => since,
                Some(_) => continue,
                None if deferrable || route.reserve > 0 => continue,
                None if !floor.deferred.is_empty() => f64::MAX,
                None if chat && floor.chatting.iter().any(|held| !held.is_empty()) => f64::INFINITY,
                None => continue,
            };
            if route.after > waited + 1e-9 {
                continue;
            }
            if best.is_none_or(|(_, since, _)| idle_since < since) {
                best = Some((route.order, idle_since, route.group));
            }
        }
        let (.., group) = best?;
        let floor = &mut self.groups[group];
        if let Some((agent, _)) = floor.idle.pop_front() {
            return Some(agent);
        }
        if let Some(agent) = floor.deferred.last(holds(&self.agents)) {
            self.lay_aside(agent, tally);
            return Some(agent);
        }
        let mut rooms = floor.chatting.iter_mut();
        rooms.find_map(|room| room.first(holds(&self.agents)))
    }

    /// The queue from which an agent of `group` takes next; `chats` only if chats are in hand.
    pub(super) fn next_for(&self, group: usize, chats: bool) -> Option<usize> {
        if self.lines.is_empty() {
            return None;
        }
        let idle = self.groups[group].idle.len() as u32 + 1;
        let mut best = (f64::INFINITY, u32::MAX, None);
        for skill in &self.skills[group] {
            if best.2.is_some() && skill.rank > best.1 {
                break;
            }
            let (key, arrived) = self.lines.head(skill.queue as usize);
            if key < best.0
                && (!chats || skill.chat)
                && idle > skill.reserve
                && (skill.after <= 0.0 || self.now - arrived >= skill.after - 1e-9)
            {
                best = (key, skill.rank, Some(skill.queue as usize));
            }
        }
        best.2
    }

    /// The part of a stretch of time that is counted.
    pub(super) fn counted_time(&self, from: f64, to: f64) -> f64 {
        (to.min(self.time_ends) - from.max(self.counted.0)).max(0.0)
    }

    /// Counts a contact that waited until now if its queue closed meanwhile.
    pub(super) fn note_close(&self, contact: &Contact, tally: &mut Tally) {
        let queue = &self.network.queues[contact.queue as usize];
        let start = self.horizon_start(contact);
        if queue.closes_between(contact.at - start, self.now - start) {
            tally.wait_past_close(contact);
        }
    }

    pub(super) fn settle(&mut self, contact: &Contact) {
        self.open -= u64::from(contact.slot != UNCOUNTED);
    }

    /// Counts what is left when nothing happens any more.
    pub(super) fn close(&mut self, tally: &mut Tally) {
        let over = self.last.max(self.run_ends);
        for (contact, due) in self.lines.drain() {
            let deferrable = matches!(
                self.network.queues[contact.queue as usize].kind,
                Kind::Deferrable { .. }
            );
            if !deferrable {
                tally.wait_past_close(&contact);
            }
            tally.leave_unanswered(&contact, deferrable && due > over);
        }
        let end = self.last.max(self.counted.1);
        for index in 0..self.agents.len() {
            let desk = &self.agents[index];
            let group = desk.group as usize;
            if !matches!(desk.doing, Doing::Gone | Doing::Nothing) {
                tally.groups[group].busy += self.counted_time(desk.busy_since, end);
            }
            for contact in &desk.held {
                if desk.doing == Doing::Deferrable {
                    tally.leave_unanswered(contact, true);
                }
            }
        }
        self.now = end;
        for group in 0..self.groups.len() {
            self.present(group, 0, tally);
        }
    }
}

/// Whether an agent who stays still holds what a ticket is of.
pub(super) fn holds(agents: &[Agent]) -> impl Fn(u32, u32) -> bool {
    |agent, ticket| {
        let desk = &agents[agent as usize];
        desk.ticket == ticket && !desk.leaving
    }
}
