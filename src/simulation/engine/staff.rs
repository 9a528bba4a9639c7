//! Coming and going of agents.

use super::network::Kind;
use super::on_line::Change;
use super::run::{Agent, Doing, Run, holds};
use super::tally::Tally;

impl Run<'_> {
    /// Agents come or go.
    pub(super) fn staff(&mut self, change: Change, tally: &mut Tally) {
        let group = change.group as usize;
        for _ in 0..change.delta {
            self.present(group, 1, tally);
            self.came += 1;
            let newcomer = Agent {
                group: change.group,
                doing: Doing::Nothing,
                leaving: false,
                ticket: 0,
                came: self.came,
                busy_since: self.now,
                ends: self.now,
                updated: self.now,
                due: None,
                held: Vec::new(),
            };
            let agent = match self.gone.pop() {
                Some(agent) => {
                    self.agents[agent as usize] = newcomer;
                    agent
                }
                None => {
                    self.agents.push(newcomer);
                    (self.agents.len() - 1) as u32
                }
            };
            self.seat(agent, tally);
        }
        for _ in change.delta..0 {
            self.send_home(group, tally);
        }
    }

    /// One agent of a group goes: an idle one, else one at deferrable work, else the next to finish a
    /// call. Who holds chats finishes them and takes no more: whoever came first.
    fn send_home(&mut self, group: usize, tally: &mut Tally) {
        let (floor, agents) = (&mut self.groups[group], &self.agents);
        if let Some((agent, _)) = floor.idle.pop_back() {
            self.leave(agent, tally);
        } else if let Some(agent) = floor.deferred.last(holds(agents)) {
            self.lay_aside(agent, tally);
            self.agents[agent as usize].leaving = true;
            self.free(agent, tally);
        } else if self.network.groups[group].pace.len() == 1 {
            floor.surplus += 1;
        } else if let Some(agent) = self
            .agents
            .iter_mut()
            .filter(|agent| {
                agent.group as usize == group && !agent.leaving && agent.doing != Doing::Gone
            })
            .min_by_key(|agent| agent.came)
        {
            agent.leaving = true;
            if agent.doing == Doing::Chat {
                let held = agent.held.len();
                let agents = &self.agents;
                if let Some(room) = self.groups[group].chatting.get_mut(held) {
                    room.forget(holds(agents));
                }
            }
        }
    }

    /// An agent goes.
    pub(super) fn leave(&mut self, agent: u32, tally: &mut Tally) {
        let desk = &mut self.agents[agent as usize];
        desk.doing = Doing::Gone;
        let group = desk.group as usize;
        self.gone.push(agent);
        self.present(group, -1, tally);
    }

    /// Counts the time of those present so far, then changes their number.
    pub(super) fn present(&mut self, group: usize, delta: i32, tally: &mut Tally) {
        let floor = &self.groups[group];
        tally.groups[group].present +=
            f64::from(floor.present) * self.counted_time(floor.since, self.now);
        let floor = &mut self.groups[group];
        floor.present = floor.present.saturating_add_signed(delta);
        floor.since = self.now;
    }

    /// Deferrable work leaves its agent: for one who is idle elsewhere, or back to its line.
    pub(super) fn lay_aside(&mut self, agent: u32, tally: &mut Tally) {
        let desk = &mut self.agents[agent as usize];
        let done = (self.now - desk.updated) as f32;
        desk.ticket = 0;
        let due = desk.due;
        if let Some(mut contact) = desk.held.pop() {
            contact.handle = (contact.handle - done).max(0.0);
            let waited = self.now - contact.at;
            if let Some(other) = self.find(contact.queue as usize, waited, tally) {
                self.begin(other, contact, tally);
                self.agents[other as usize].due = due;
            } else if let Kind::Deferrable { deadline } =
                &self.network.queues[contact.queue as usize].kind
            {
                let key = due.unwrap_or_else(|| self.due(deadline, &contact));
                self.lines.rejoin(contact, key);
            }
        }
    }
}
