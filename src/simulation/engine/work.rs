//! Agents at work: a contact begun, worked on, ended, and what comes next.

use super::arrivals::Contact;
use super::calendar::Event;
use super::network::Kind;
use super::run::{Doing, Run, holds};
use super::tally::Tally;

impl Run<'_> {
    /// An agent begins a contact.
    pub(super) fn begin(&mut self, agent: u32, contact: Contact, tally: &mut Tally) {
        self.last = self.now;
        let desk = &mut self.agents[agent as usize];
        if desk.doing == Doing::Nothing {
            desk.busy_since = self.now;
        }
        let wait = self.now - contact.at;
        if wait > 0.0 {
            self.note_close(&contact, tally);
        }
        let queue = &self.network.queues[contact.queue as usize];
        let desk = &mut self.agents[agent as usize];
        match queue.kind {
            Kind::Call { within } => {
                desk.doing = Doing::Call;
                let end = self.now + f64::from(contact.handle);
                desk.ends = end;
                desk.ticket = self.calendar.add(end, Event::Complete(agent));
                tally.answer(&contact, wait, wait <= within, wait > queue.longest_wait);
                self.settle(&contact);
                self.come_back(&contact, queue.recontact, end);
            }
            Kind::Deferrable { .. } => {
                desk.doing = Doing::Deferrable;
                desk.due = None;
                let end = self.now + f64::from(contact.handle);
                desk.updated = self.now;
                desk.held.push(contact);
                desk.ends = end;
                desk.ticket = self.calendar.add(end, Event::Complete(agent));
                let floor = &mut self.groups[desk.group as usize];
                floor.deferred.join(agent, desk.ticket);
            }
            Kind::Chat { within } => {
                self.progress(agent);
                let desk = &mut self.agents[agent as usize];
                desk.doing = Doing::Chat;
                desk.held.push(contact);
                tally.answer(&contact, wait, wait <= within, wait > queue.longest_wait);
                self.settle(&contact);
                self.come_back(
                    &contact,
                    queue.recontact,
                    self.now + f64::from(contact.handle),
                );
                self.chat_on(agent);
            }
        }
    }

    /// An agent begins the first contact in the line of a queue.
    fn take_next(&mut self, agent: u32, queue: usize, tally: &mut Tally) {
        let (key, _) = self.lines.head(queue);
        let contact = self.lines.take(queue);
        self.begin(agent, contact, tally);
        self.agents[agent as usize].due = Some(key);
    }

    /// Brings what is left of an agent's chats up to now.
    fn progress(&mut self, agent: u32) {
        let desk = &mut self.agents[agent as usize];
        if let Some(held) = desk.held.len().checked_sub(1) {
            let pace = self.network.groups[desk.group as usize].pace[held];
            let done = ((self.now - desk.updated) / pace) as f32;
            for chat in &mut desk.held {
                chat.handle = (chat.handle - done).max(0.0);
            }
        }
        desk.updated = self.now;
    }

    /// Schedules the next of an agent's chats to end, and offers the room that is left.
    fn chat_on(&mut self, agent: u32) {
        let desk = &mut self.agents[agent as usize];
        let group = desk.group as usize;
        let held = desk.held.len();
        let pace = &self.network.groups[group].pace;
        let least = desk
            .held
            .iter()
            .map(|chat| chat.handle)
            .fold(f32::INFINITY, f32::min);
        let end = self.now + f64::from(least) * pace[held - 1];
        desk.ends = end;
        desk.ticket = self.calendar.add(end, Event::Complete(agent));
        if held < pace.len() && !desk.leaving {
            self.groups[group].chatting[held].join(agent, desk.ticket);
        }
    }

    /// An agent's contact ends.
    pub(super) fn complete(&mut self, agent: u32, tally: &mut Tally) {
        self.last = self.now;
        let desk = &mut self.agents[agent as usize];
        let group = desk.group as usize;
        desk.ticket = 0;
        match desk.doing {
            Doing::Deferrable => {
                let known = desk.due;
                let agents = &self.agents;
                let deferred = &mut self.groups[group].deferred;
                deferred.forget(holds(agents));
                let desk = &mut self.agents[agent as usize];
                if let Some(contact) = desk.held.pop() {
                    let queue = &self.network.queues[contact.queue as usize];
                    if let Kind::Deferrable { deadline } = &queue.kind {
                        let wait = self.now - contact.at;
                        let due = || known.unwrap_or_else(|| self.due(deadline, &contact));
                        // No clock runs faster than time.
                        let on_time = wait <= deadline.within || self.now <= due();
                        tally.answer(&contact, wait, on_time, wait > queue.longest_wait);
                    }
                    self.settle(&contact);
                    self.come_back(&contact, queue.recontact, self.now);
                }
            }
            Doing::Chat => {
                let (held, leaving) = (desk.held.len(), desk.leaving);
                self.progress(agent);
                if let Some(room) = self.groups[group].chatting.get_mut(held)
                    && !leaving
                {
                    let agents = &self.agents;
                    room.forget(holds(agents));
                }
                let chats = &mut self.agents[agent as usize].held;
                let ended =
                    (0..chats.len()).min_by(|&a, &b| chats[a].handle.total_cmp(&chats[b].handle));
                if let Some(ended) = ended {
                    chats.remove(ended);
                }
                if !chats.is_empty() {
                    match self.next_for(group, true) {
                        Some(queue) if !leaving => {
                            self.take_next(agent, queue, tally);
                        }
                        _ => self.chat_on(agent),
                    }
                    return;
                }
            }
            Doing::Call | Doing::Nothing | Doing::Gone => {}
        }
        self.free(agent, tally);
    }

    /// An agent has nothing in hand any more: goes, if the time is up.
    pub(super) fn free(&mut self, agent: u32, tally: &mut Tally) {
        let desk = &self.agents[agent as usize];
        let group = desk.group as usize;
        if desk.doing != Doing::Nothing {
            tally.groups[group].busy += self.counted_time(desk.busy_since, self.now);
        }
        let desk = &mut self.agents[agent as usize];
        desk.doing = Doing::Nothing;
        desk.ticket = 0;
        let floor = &mut self.groups[group];
        if desk.leaving || floor.surplus > 0 {
            floor.surplus -= u32::from(!desk.leaving);
            self.leave(agent, tally);
        } else {
            self.seat(agent, tally);
        }
    }

    /// An agent with nothing in hand takes what waits, or is idle.
    pub(super) fn seat(&mut self, agent: u32, tally: &mut Tally) {
        let group = self.agents[agent as usize].group as usize;
        match self.next_for(group, false) {
            Some(queue) => self.take_next(agent, queue, tally),
            None => self.groups[group].idle.push_back((agent, self.now)),
        }
    }
}
