//! What is simulated: queues, agent groups and who may serve what, on plain indices.

use crate::requirement::{LevelOver, Patience};

/// Queues × agent groups over a run of equal slots. Times in seconds from the start of the first slot.
#[derive(Debug, Clone)]
pub struct Network {
    pub slot_seconds: f64,
    /// Number of slots, at most 65,000.
    pub slots: usize,
    /// The day each slot belongs to, from 0: busyness is drawn once per day.
    pub day_of_slot: Vec<u16>,
    pub queues: Vec<Queue>,
    pub groups: Vec<Group>,
    /// Coefficient of variation of the day's busyness that all queues share (gamma, mean 1).
    pub shared_busyness: f64,
    pub edge: Edge,
}

/// What lies before the first slot and after the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// Starts empty; after the last slot nobody new comes, the last slot's agents stay and finish.
    Finish,
    /// Starts empty; agents leave at the end of the last slot, who still waits stays unanswered.
    Close,
    /// The end joins the start: `lead_in` slots of the end are run uncounted first, then the horizon `rounds` times
    /// (at least once), each counted, and the start runs on uncounted until everyone counted is served or due.
    Cyclic { lead_in: usize, rounds: usize },
}

/// A stream of contacts.
#[derive(Debug, Clone)]
pub struct Queue {
    /// Number of its random streams; none: its index. The same number draws the same customers.
    pub stream: Option<u64>,
    /// Contacts expected in each slot.
    pub rate: Vec<f64>,
    /// By slot of arrival; one entry holds for all slots, a short list's last for the rest.
    pub handle: Vec<HandleTime>,
    /// By slot of arrival, as `handle`.
    pub patience: Vec<Patience>,
    pub kind: Kind,
    /// Wait of which a share is promised besides, seconds; infinite where none is.
    pub longest_wait: f64,
    /// When it closes, ascending, past the horizon as far as needed; empty where it never does.
    pub closes: Vec<f64>,
    /// What the service level is taken over.
    pub over: LevelOver,
    /// Coefficient of variation of the queue's own busyness of the day, on top of the shared one.
    pub busyness: f64,
    /// Those who hang up and call again.
    pub retrial: Comeback,
    /// Those whose matter was not settled and who come back.
    pub recontact: Comeback,
    pub routes: Vec<Route>,
}

/// How a contact is worked.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Takes the whole agent; good if answered within so many seconds.
    Call { within: f64 },
    /// Shares an agent with other chats, up to the group's limit.
    Chat { within: f64 },
    /// Waits for idle time, is laid aside when a call or chat comes; good if done by its deadline.
    Deferrable { deadline: DueBy },
}

/// A deadline: so much time of its clock after arrival.
#[derive(Debug, Clone, PartialEq)]
pub struct DueBy {
    pub within: f64,
    /// The hours that count, ascending and disjoint, past the horizon as far as needed; none: all do.
    pub open: Option<Vec<(f64, f64)>>,
}

/// Distribution of a handle time, seconds; for chat while it is the agent's only one.
#[derive(Debug, Clone, PartialEq)]
pub enum HandleTime {
    Exponential {
        mean: f64,
    },
    LogNormal {
        mean: f64,
        cv: f64,
    },
    Fixed(f64),
    /// Drawn from what was observed.
    Samples(Vec<f64>),
}

/// A share of contacts that come again after an exponential delay.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Comeback {
    pub share: f64,
    /// Mean delay in seconds.
    pub delay: f64,
}

/// A group that may serve a queue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Route {
    pub group: usize,
    /// A new contact goes to the lowest order with somebody free, among equals to the longest idle.
    pub order: u32,
    /// A freed agent takes the lowest priority that waits, among equals the longest waiting.
    pub priority: u32,
    /// Only contacts that have waited this long (overflow).
    pub after: f64,
    /// Only while more than this many agents of the group are idle.
    pub reserve: u32,
}

/// Agents alike.
#[derive(Debug, Clone)]
pub struct Group {
    /// Handle time while holding 1, 2, … chats ÷ that of a single one; its length is the limit.
    pub pace: Vec<f64>,
}

impl Route {
    /// The group at that order, with no other condition.
    pub fn to(group: usize, order: u32) -> Self {
        Self {
            group,
            order,
            priority: 0,
            after: 0.0,
            reserve: 0,
        }
    }
}

impl Default for Group {
    fn default() -> Self {
        Self { pace: vec![1.0] }
    }
}

impl Queue {
    /// Calls of exponential handle time and endless patience, good if answered within 20 s.
    pub fn calls(rate: Vec<f64>, aht: f64, routes: Vec<Route>) -> Self {
        Self {
            stream: None,
            rate,
            handle: vec![HandleTime::Exponential { mean: aht }],
            patience: vec![Patience::Endless],
            kind: Kind::Call { within: 20.0 },
            longest_wait: f64::INFINITY,
            closes: Vec::new(),
            over: LevelOver::Offered,
            busyness: 0.0,
            retrial: Comeback::default(),
            recontact: Comeback::default(),
            routes,
        }
    }

    /// Number of its random streams.
    pub(super) fn number(&self, index: usize) -> u64 {
        self.stream.unwrap_or(index as u64)
    }

    /// When it closes next, on the clock of the horizon.
    pub(super) fn close_after(&self, from: f64) -> Option<f64> {
        let next = self.closes.partition_point(|close| *close < from);
        self.closes.get(next).copied()
    }

    /// Whether it closes between two instants on the clock of the horizon.
    pub(super) fn closes_between(&self, from: f64, to: f64) -> bool {
        self.close_after(from).is_some_and(|close| close < to)
    }

    /// The distribution that holds for arrivals of a slot.
    pub(super) fn handle_at(&self, slot: usize) -> &HandleTime {
        &self.handle[slot.min(self.handle.len() - 1)]
    }

    /// The patience that holds for arrivals of a slot.
    pub(super) fn patience_at(&self, slot: usize) -> Patience {
        self.patience[slot.min(self.patience.len() - 1)]
    }
}

impl DueBy {
    /// When a contact that arrives at `at` is due; infinite where the clock never runs that far.
    pub fn due(&self, at: f64) -> f64 {
        let Some(open) = &self.open else {
            return at + self.within;
        };
        let mut left = self.within;
        let first = open.partition_point(|&(_, to)| to <= at);
        for &(from, to) in &open[first..] {
            let from = from.max(at);
            if to - from >= left {
                return from + left;
            }
            left -= to - from;
        }
        f64::INFINITY
    }
}

impl Network {
    /// Length of the horizon, seconds.
    pub fn seconds(&self) -> f64 {
        self.slots as f64 * self.slot_seconds
    }

    /// For each group the first one whose agents serve the same queues in the same way.
    pub fn alike(&self) -> Vec<usize> {
        let routes = |group: usize| -> Vec<(usize, Route)> {
            let queues = self.queues.iter().enumerate();
            let all =
                queues.flat_map(|(q, queue)| queue.routes.iter().map(move |&route| (q, route)));
            let ours = all.filter(|(_, route)| route.group == group);
            ours.map(|(q, route)| (q, Route { group: 0, ..route }))
                .collect()
        };
        let ways: Vec<_> = (0..self.groups.len()).map(routes).collect();
        let same =
            |a: usize, b: usize| self.groups[a].pace == self.groups[b].pace && ways[a] == ways[b];
        let first = |group: usize| {
            (0..group)
                .find(|&other| same(other, group))
                .unwrap_or(group)
        };
        (0..ways.len()).map(first).collect()
    }

    /// How often one run goes through the horizon.
    pub fn rounds(&self) -> usize {
        match self.edge {
            Edge::Cyclic { rounds, .. } => rounds.max(1),
            Edge::Finish | Edge::Close => 1,
        }
    }

    /// Runs that make so many replications of the horizon.
    pub(super) fn runs(&self, replications: usize) -> usize {
        replications.div_ceil(self.rounds())
    }

    /// Everything that would make a run meaningless, in words; empty if it is sound.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut fault = |condition: bool, text: String| {
            if condition {
                faults.push(text);
            }
        };
        fault(
            self.slots == 0 || self.slots > 65_000,
            format!("{} slots, but 1 to 65,000 can be simulated", self.slots),
        );
        fault(
            self.rounds() > 1000,
            format!("{} rounds in a run", self.rounds()),
        );
        fault(
            !(self.slot_seconds > 0.0 && self.slot_seconds.is_finite()),
            format!("a slot of {} seconds", self.slot_seconds),
        );
        fault(
            self.day_of_slot.len() != self.slots,
            "the days do not cover the slots".to_owned(),
        );
        for (index, queue) in self.queues.iter().enumerate() {
            fault(
                queue.rate.len() != self.slots,
                format!(
                    "queue {index} has {} rates for {} slots",
                    queue.rate.len(),
                    self.slots
                ),
            );
            fault(
                queue
                    .rate
                    .iter()
                    .any(|rate| !(*rate >= 0.0 && rate.is_finite())),
                format!("queue {index} has a rate that is no number of contacts"),
            );
            fault(
                queue.handle.is_empty() || !queue.handle.iter().all(HandleTime::is_sound),
                format!("queue {index} has no handle time, or one that is no time"),
            );
            fault(
                queue.patience.is_empty(),
                format!("queue {index} has no patience"),
            );
            fault(
                queue
                    .routes
                    .iter()
                    .any(|route| route.group >= self.groups.len()),
                format!("queue {index} is routed to a group that is not there"),
            );
        }
        for (index, group) in self.groups.iter().enumerate() {
            fault(
                group.pace.is_empty()
                    || group.pace.len() > 64
                    || group
                        .pace
                        .iter()
                        .any(|pace| !pace.is_finite() || *pace <= 0.0),
                format!("group {index} holds no contact, or at no pace"),
            );
        }
        faults
    }
}

impl HandleTime {
    fn is_sound(&self) -> bool {
        let time = |value: f64| value >= 0.0 && value.is_finite();
        match self {
            Self::Exponential { mean } | Self::Fixed(mean) => time(*mean),
            Self::LogNormal { mean, cv } => time(*mean) && time(*cv),
            Self::Samples(samples) => !samples.is_empty() && samples.iter().copied().all(time),
        }
    }

    /// Mean in seconds.
    pub fn mean(&self) -> f64 {
        match self {
            Self::Exponential { mean } | Self::Fixed(mean) | Self::LogNormal { mean, .. } => *mean,
            Self::Samples(samples) => samples.iter().sum::<f64>() / samples.len() as f64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agents_of_the_same_routes_and_pace_are_alike() {
        let calls = |routes| Queue::calls(vec![1.0], 60.0, routes);
        let slow = Group {
            pace: vec![1.0, 1.5],
        };
        let first = [0, 1, 2, 3].map(|group| Route::to(group, 0));
        let second = [Route::to(0, 1), Route::to(2, 1), Route::to(3, 2)];
        let network = Network {
            slot_seconds: 1800.0,
            slots: 1,
            day_of_slot: vec![0],
            queues: vec![calls(first.to_vec()), calls(second.to_vec())],
            groups: vec![Group::default(); 4],
            shared_busyness: 0.0,
            edge: Edge::Finish,
        };
        assert_eq!(network.alike(), [0, 1, 0, 3]);
        let mut apart = network;
        apart.groups[2] = slow;
        assert_eq!(apart.alike(), [0, 1, 2, 3]);
    }

    #[test]
    fn deadlines_run_on_their_clock() {
        let calendar = DueBy {
            within: 100.0,
            open: None,
        };
        assert_eq!(calendar.due(50.0), 150.0);
        let business = DueBy {
            within: 100.0,
            open: Some(vec![(0.0, 80.0), (200.0, 280.0), (400.0, 480.0)]),
        };
        assert_eq!(business.due(50.0), 270.0);
        assert_eq!(business.due(100.0), 420.0);
        assert_eq!(business.due(450.0), f64::INFINITY);
    }
}
