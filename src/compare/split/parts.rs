//! The parts of the work that one side or the other takes: contact type × language × hours.

use crate::compare::SetupResult;
use crate::ids::{LanguageId, QueueId};
use crate::scenario::{Queue, Scenario};
use crate::table::Table;
use crate::time::{DayHours, OpeningHours};

/// Core hours in minutes of the day.
const CORE: (u32, u32) = (9 * 60, 17 * 60);

/// Which side takes a queue: `true` is one's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Side {
    pub core: bool,
    pub rest: bool,
}

/// What goes to one side as a whole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Part {
    contact_type: String,
    language: LanguageId,
    /// The core hours, and all work that may wait; else the other hours.
    core: bool,
}

/// The parts of a scenario's work, and when what arrives in a queue belongs to which.
pub(super) struct Parts {
    parts: Vec<Part>,
    of: Table<QueueId, Vec<Option<usize>>>,
}

impl Parts {
    pub fn of(own: &SetupResult) -> Self {
        let scenario = &own.scenario;
        let mut parts: Vec<Part> = Vec::new();
        let of = scenario.queues.map(|_, queue| {
            let in_core = open_share(scenario, queue, true);
            let in_rest = open_share(scenario, queue, false);
            let slots = in_core.iter().zip(&in_rest).map(|(in_core, in_rest)| {
                let core = in_core >= in_rest;
                if queue.is_real_time() && in_core.max(*in_rest) <= 0.0 {
                    return None;
                }
                let part = Part {
                    contact_type: queue.contact_type.name.clone(),
                    language: queue.language,
                    core: core || !queue.is_real_time(),
                };
                let known = parts.iter().position(|other| *other == part);
                let number = known.unwrap_or_else(|| {
                    parts.push(part);
                    parts.len() - 1
                });
                Some(number)
            });
            slots.collect()
        });
        Self { parts, of }
    }

    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// The part of what arrives in a queue's slot.
    pub fn at(&self, queue: QueueId, slot: usize) -> Option<usize> {
        self.of[queue][slot]
    }

    /// Sides, where a queue that is open in core hours alone, or never in them, goes to one side.
    pub fn plain(&self, sides: Table<QueueId, Side>) -> Table<QueueId, Side> {
        sides.map(|id, side| {
            let mut open = self.of[id]
                .iter()
                .flatten()
                .map(|&part| self.parts[part].core);
            match open.next() {
                Some(core) if open.all(|other| other == core) => {
                    Side::all(if core { side.core } else { side.rest })
                }
                _ => *side,
            }
        })
    }

    /// One's own people take these parts, the partner the others; work that may wait goes with the core hours.
    pub fn sides(&self, scenario: &Scenario, own: &[bool]) -> Table<QueueId, Side> {
        scenario.queues.map(|_, queue| {
            let takes = |core: bool| {
                self.parts.iter().zip(own).any(|(part, &own)| {
                    let fits = part.contact_type == queue.contact_type.name
                        && part.language == queue.language;
                    own && fits && part.core == core
                })
            };
            let core = takes(true);
            let rest = if queue.is_real_time() {
                takes(false)
            } else {
                core
            };
            Side { core, rest }
        })
    }
}

impl Side {
    /// The same side takes all hours.
    pub fn all(own: bool) -> Self {
        Self {
            core: own,
            rest: own,
        }
    }
}

/// Share of each slot that lies in a queue's core hours, or in its others.
fn open_share(scenario: &Scenario, queue: &Queue, core: bool) -> Vec<f64> {
    let market = &scenario.markets[queue.market];
    let hours = part_of(&queue.hours, core, !core);
    hours.open_share(&scenario.horizon, market.zone, &market.calendar)
}

/// Opening hours cut to the core hours, the rest, both or neither.
pub(super) fn part_of(hours: &OpeningHours, core: bool, rest: bool) -> OpeningHours {
    let cut = |day: &DayHours, workday: bool| -> DayHours {
        match (core, rest) {
            (true, true) => day.clone(),
            (false, false) => Vec::new(),
            (true, false) if workday => within(day, &[CORE]),
            (true, false) => Vec::new(),
            (false, true) if workday => within(day, &[(0, CORE.0), (CORE.1, 1440)]),
            (false, true) => day.clone(),
        }
    };
    OpeningHours {
        week: std::array::from_fn(|day| cut(&hours.week[day], day < 5)),
        holidays: hours.holidays.as_ref().map(|day| cut(day, true)),
    }
}

/// The part of a day's hours that lies in some bands.
fn within(day: &DayHours, bands: &[(u32, u32)]) -> DayHours {
    let mut parts: DayHours = Vec::new();
    for &(from, to) in day {
        for &(start, end) in bands {
            let (from, to) = (from.max(start), to.min(end));
            if from < to {
                parts.push((from, to));
            }
        }
    }
    parts.sort_unstable();
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn core_and_rest_make_the_whole_day() {
        let hours = OpeningHours {
            week: std::array::from_fn(|day| {
                if day < 6 {
                    vec![(480, 720), (780, 1200)]
                } else {
                    vec![]
                }
            }),
            holidays: Some(vec![(600, 840)]),
        };
        let core = part_of(&hours, true, false);
        let rest = part_of(&hours, false, true);
        assert_eq!(core.week[0], [(540, 720), (780, 1020)]);
        assert_eq!(rest.week[0], [(480, 540), (1020, 1200)]);
        assert!(core.week[5].is_empty());
        assert_eq!(rest.week[5], hours.week[5]);
        assert_eq!(core.holidays.unwrap(), [(600, 840)]);
        assert_eq!(part_of(&hours, true, true), hours);
    }
}
