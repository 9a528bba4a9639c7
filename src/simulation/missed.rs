//! Promises that a plan misses: in which hours, and how many agents more, in which hours, would keep them; all of it
//! seen in simulation.

use std::ops::Range;

use super::Observed;
use super::engine::{self, Measured, Network, OnLine, QueueMeasure, Shift};
use super::promise::{self, Part, PartKind};
use super::replay::{network, shifts};
use crate::demand::Demand;
use crate::ids::{Id, QueueId};
use crate::scenario::{PromisePeriods, Scenario};
use crate::staffing::Staffing;

/// Times that agents are added before it is given up.
const MOST_STEPS: usize = 30;
/// Of the contacts short, those of the hours to which a step adds agents; and of the work of an hour's late contacts,
/// what it adds at once: agents added last are taken away again where they prove too many.
const STEP: f64 = 0.6;
const WORK: f64 = 0.5;
/// Of what is late, the part that the worst hours hold, and the most of them.
const WORST: f64 = 0.5;
const MOST_WORST: usize = 8;

/// Promises that a plan misses.
#[derive(Debug, Clone, Default)]
pub struct Missed {
    pub queues: Vec<MissedQueue>,
    /// What would keep those that somebody serves; none where nobody does, or where the time to try it was up.
    pub more: Option<More>,
}

/// A queue whose promise is missed.
#[derive(Debug, Clone)]
pub struct MissedQueue {
    pub queue: QueueId,
    /// The part of its promise that is missed by most.
    pub part: Part,
    /// Contacts of the horizon that would have to be better served; none of a mean wait.
    pub contacts: Option<f64>,
    /// The hours in which it goes worst, in order of time, and what they see of the part.
    pub worst: Vec<WorstHours>,
}

/// Hours on end.
#[derive(Debug, Clone, PartialEq)]
pub struct WorstHours {
    pub slots: Range<usize>,
    /// Contacts that come then.
    pub offered: f64,
    /// In the unit of the part.
    pub seen: f64,
}

/// Agents beside the plan's, on the line in certain hours.
#[derive(Debug, Clone)]
pub struct More {
    pub agents: Vec<MoreAgents>,
    /// Whether with them every promise is kept that somebody serves; else they do not suffice.
    pub keeps: bool,
}

/// Agents of one team in hours on end.
#[derive(Debug, Clone, PartialEq)]
pub struct MoreAgents {
    pub team: usize,
    pub slots: Range<usize>,
    pub agents: u32,
}

impl More {
    /// Agents × hours on the line.
    pub fn agent_hours(&self, slot_hours: f64) -> f64 {
        self.agents.iter().map(|more| more.hours(slot_hours)).sum()
    }
}

impl MoreAgents {
    /// Agents × hours on the line.
    pub fn hours(&self, slot_hours: f64) -> f64 {
        self.slots.len() as f64 * slot_hours * f64::from(self.agents)
    }
}

/// What is missed of the promises of a scenario's first `own` queues, before the customers of `observed`. Agents are
/// added while `has_time`.
pub fn missed(
    scenario: &Scenario,
    own: usize,
    demand: &Demand,
    staffing: &Staffing,
    observed: &Observed,
    has_time: impl Fn() -> bool,
) -> Missed {
    let missing = |queue: &QueueId| !observed.queues[*queue].keeps_promise();
    let queues: Vec<QueueId> = scenario.queues.ids().take(own).filter(missing).collect();
    if queues.is_empty() || observed.replications == 0 {
        return Missed::default();
    }
    let mut judged = scenario.clone();
    judged.policy.replications = observed.replications;
    let trial = Trial {
        network: network(&judged, demand, &staffing.teams),
        scenario: &judged,
        staffing,
        shifts: shifts(&scenario.horizon, &staffing.shifts),
        hour: ((3600.0 / scenario.horizon.slot_seconds()).round() as usize).max(1),
        periods: scenario.periods_promised(),
        seed: observed.seed,
    };
    let Some(seen) = trial.measured(&[]) else {
        return Missed::default();
    };
    let told = queues.iter().filter_map(|&queue| trial.told(queue, &seen));
    Missed {
        queues: told.collect(),
        more: trial.more(&queues, seen, &has_time),
    }
}

struct Trial<'a> {
    scenario: &'a Scenario,
    staffing: &'a Staffing,
    network: Network,
    shifts: Vec<Shift>,
    /// Slots in an hour.
    hour: usize,
    periods: PromisePeriods,
    seed: u64,
}

/// One agent more of a team for an hour, so many times.
#[derive(Clone, Copy)]
struct Added {
    team: usize,
    hour: usize,
    agents: u32,
}

impl Trial<'_> {
    fn measured(&self, added: &[Added]) -> Option<Measured> {
        let length = self.scenario.horizon.slot_seconds();
        let mut shifts = self.shifts.clone();
        shifts.extend(added.iter().map(|added| {
            let slots = self.slots(added.hour);
            Shift {
                group: added.team,
                on: vec![(slots.start as f64 * length, slots.end as f64 * length)],
                agents: added.agents,
                absence: 0.0,
            }
        }));
        let on_line = |run| OnLine::from_shifts(&self.network, &shifts, self.seed, run);
        let replications = self.scenario.policy.replications;
        engine::measure(&self.network, on_line, replications, self.seed).ok()
    }

    fn slots(&self, hour: usize) -> Range<usize> {
        let all = self.scenario.horizon.slots;
        (hour * self.hour).min(all)..((hour + 1) * self.hour).min(all)
    }

    fn hours(&self) -> usize {
        self.scenario.horizon.slots.div_ceil(self.hour)
    }

    /// What each hour's contacts add to a part's being missed.
    fn blame(&self, queue: QueueId, seen: &QueueMeasure, part: &Part) -> Vec<f64> {
        let missed = self.missed_periods(queue, seen, part);
        let counts = |slots: &Range<usize>| match part.kind {
            PartKind::InWorst { .. } => missed.iter().any(|it| it.contains(&slots.start)),
            _ => true,
        };
        let of = |slots| {
            if counts(&slots) {
                blame(seen, part, slots)
            } else {
                0.0
            }
        };
        (0..self.hours()).map(|hour| of(self.slots(hour))).collect()
    }

    /// Of the periods over which a share in time holds by itself those in which it is missed.
    fn missed_periods(
        &self,
        queue: QueueId,
        seen: &QueueMeasure,
        part: &Part,
    ) -> Vec<Range<usize>> {
        let (_, periods) = self.periods.of(&self.scenario.queues[queue]);
        let is_missed = |slots: &&Range<usize>| {
            let level = seen.level_in((*slots).clone());
            level.is_some_and(|level| level < part.promised)
        };
        periods.iter().filter(is_missed).cloned().collect()
    }

    /// Contacts of the horizon by which a part is missed; none of a mean wait.
    fn short(&self, queue: QueueId, seen: &QueueMeasure, part: &Part) -> Option<f64> {
        let by = part.promised - part.seen.mean;
        match part.kind {
            PartKind::InTime { .. } => {
                let of = seen.reached.mean / seen.level.mean.max(1e-9);
                let of = if seen.level.mean > 0.0 {
                    of
                } else {
                    seen.offered.mean
                };
                Some(by * of)
            }
            PartKind::InWorst { .. } => {
                let (_, all) = seen.reached_in(0..seen.cells.len());
                let each = seen.offered.mean / all.max(1) as f64;
                let short = |slots: Range<usize>| {
                    let (reached, of) = seen.reached_in(slots);
                    each * (part.promised * of as f64 - reached as f64)
                };
                let missed = self.missed_periods(queue, seen, part).into_iter();
                Some(missed.map(short).sum())
            }
            PartKind::NotLonger { .. } => Some(by * seen.offered.mean),
            PartKind::Abandoned => Some(-by * seen.offered.mean),
            PartKind::MeanWait => None,
        }
    }

    /// The part of a queue's promise that is missed by most, where one is.
    fn worst_part(&self, queue: QueueId, seen: &Measured) -> Option<Part> {
        let (scenario, seen) = (self.scenario, &seen.queues[queue.index()]);
        let parts = promise::parts(&scenario.queues[queue], seen, &self.periods);
        let missed = parts.into_iter().filter(|part| !part.kept());
        missed.min_by(|a, b| a.slack().total_cmp(&b.slack()))
    }

    fn told(&self, queue: QueueId, seen: &Measured) -> Option<MissedQueue> {
        let part = self.worst_part(queue, seen)?;
        let measured = &seen.queues[queue.index()];
        let per_run = 1.0 / seen.replications.max(1) as f64;
        let blame = self.blame(queue, measured, &part);
        let mut order = most_first(&blame);
        // Many may be late in a busy hour that does better than was promised.
        let misses = |&hour: &usize| {
            let seen = promise::for_sure(seen_in(measured, &part, self.slots(hour)));
            Part { seen, ..part }.slack() < 0.0
        };
        if order.iter().any(misses) {
            order.retain(misses);
        }
        let (all, mut held) = (order.iter().map(|hour| blame[*hour]).sum::<f64>(), 0.0);
        order.retain(|&hour| {
            let is_worst = held < WORST * all;
            held += blame[hour];
            is_worst
        });
        order.truncate(MOST_WORST);
        let worst = joined(order.into_iter().map(|hour| self.slots(hour)));
        Some(MissedQueue {
            queue,
            contacts: self
                .short(queue, measured, &part)
                .map(|contacts| contacts.max(0.0)),
            worst: worst
                .into_iter()
                .map(|slots| WorstHours {
                    offered: per_run * sum(measured, slots.clone(), |cell| cell.offered.into()),
                    seen: seen_in(measured, &part, slots.clone()),
                    slots,
                })
                .collect(),
            part,
        })
    }

    /// Adds agents in the hours in which most is late until the promises are kept.
    fn more(
        &self,
        queues: &[QueueId],
        before: Measured,
        has_time: &impl Fn() -> bool,
    ) -> Option<More> {
        let team = |queue: &QueueId| Some((*queue, self.team(*queue)?));
        let served: Vec<(QueueId, usize)> = queues.iter().filter_map(team).collect();
        if served.is_empty() {
            return None;
        }
        let keeps = |seen: &Measured| {
            let is_kept = |(queue, _): &(QueueId, usize)| self.worst_part(*queue, seen).is_none();
            served.iter().all(is_kept)
        };
        let mut added: Vec<Added> = Vec::new();
        let (mut seen, mut last) = (before, 0);
        for _ in 0..MOST_STEPS {
            if keeps(&seen) {
                break;
            }
            if !has_time() {
                return None;
            }
            last = added.len();
            added.extend(self.step(&served, &seen));
            seen = self.measured(&added)?;
        }
        let keeps_all = keeps(&seen);
        if keeps_all {
            // Of the last step only what is needed.
            let (mut few, mut enough) = (last, added.len());
            while few + 1 < enough && has_time() {
                let middle = (few + enough) / 2;
                match keeps(&self.measured(&added[..middle])?) {
                    true => enough = middle,
                    false => few = middle,
                }
            }
            added.truncate(enough);
        }
        Some(More {
            agents: self.merged(&added),
            keeps: keeps_all,
        })
    }

    /// The team that gets more agents for a queue: of those able to serve it the one most on the line.
    fn team(&self, queue: QueueId) -> Option<usize> {
        let on_line = |team: &usize| {
            let agents = self.staffing.on_line.get(*team).into_iter().flatten();
            agents.map(|&agents| u64::from(agents)).sum::<u64>()
        };
        let teams = self.staffing.teams.iter().enumerate();
        let able = teams.filter(|(_, team)| team.queues.contains(&queue));
        able.map(|(team, _)| team).max_by_key(on_line)
    }

    /// Agents for the hours in which most of what is missed comes.
    fn step(&self, served: &[(QueueId, usize)], seen: &Measured) -> Vec<Added> {
        let hours = self.hours();
        let mut late = vec![vec![0.0; hours]; self.staffing.teams.len()];
        let mut work = late.clone();
        let mut needed = vec![0.0; self.staffing.teams.len()];
        for &(queue, team) in served {
            let Some(part) = self.worst_part(queue, seen) else {
                continue;
            };
            let measured = &seen.queues[queue.index()];
            let blame = self.blame(queue, measured, &part);
            let all: f64 = blame.iter().sum();
            // A mean wait, and what lies within its interval, is mended by little and little.
            let little = 0.1 * measured.offered.mean;
            let contacts = self
                .short(queue, measured, &part)
                .map_or(little, |contacts| contacts.max(1.0));
            needed[team] += contacts;
            let handle = self.scenario.queues[queue].handle_time.mean.value() / 3600.0;
            for (hour, blame) in blame.into_iter().enumerate() {
                let at = self.worked(queue, team, hour);
                let contacts = blame / all.max(1e-9) * contacts;
                late[team][at] += contacts;
                work[team][at] += contacts * handle;
            }
        }
        let mut added = Vec::new();
        for (team, late) in late
            .iter()
            .enumerate()
            .filter(|(team, _)| needed[*team] > 0.0)
        {
            let mut held = 0.0;
            for hour in most_first(late) {
                added.push(Added {
                    team,
                    hour,
                    agents: ((WORK * work[team][hour]) as u32).max(1),
                });
                held += late[hour];
                if held >= STEP * needed[team] {
                    break;
                }
            }
        }
        added
    }

    /// The hour in which what comes in an hour can be worked: work that may wait, when somebody is there.
    fn worked(&self, queue: QueueId, team: usize, hour: usize) -> usize {
        if self.scenario.queues[queue].is_real_time() {
            return hour;
        }
        let agents = &self.staffing.on_line[team];
        let is_there = |&hour: &usize| agents[self.slots(hour)].iter().any(|&n| n > 0);
        let hours = self.hours();
        let after = (hour..hour + hours).map(|hour| hour % hours);
        after.clone().find(is_there).unwrap_or(hour)
    }

    /// Agents of a team in hours on end, by team and time.
    fn merged(&self, added: &[Added]) -> Vec<MoreAgents> {
        let mut merged: Vec<MoreAgents> = Vec::new();
        for team in 0..self.staffing.teams.len() {
            let mut agents = vec![0; self.hours()];
            for added in added.iter().filter(|added| added.team == team) {
                agents[added.hour] += added.agents;
            }
            for (hour, &agents) in agents.iter().enumerate().filter(|(_, n)| **n > 0) {
                let slots = self.slots(hour);
                match merged.last_mut() {
                    Some(last)
                        if (last.team, last.slots.end, last.agents)
                            == (team, slots.start, agents) =>
                    {
                        last.slots.end = slots.end;
                    }
                    _ => merged.push(MoreAgents {
                        team,
                        slots,
                        agents,
                    }),
                }
            }
        }
        merged
    }
}

/// The places of what is above zero, the largest first.
fn most_first(values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).filter(|&at| values[at] > 0.0).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    order
}

/// Stretches in order of time, those that meet as one.
fn joined(stretches: impl Iterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let mut stretches: Vec<Range<usize>> = stretches.collect();
    stretches.sort_by_key(|slots| slots.start);
    let mut joined: Vec<Range<usize>> = Vec::new();
    for slots in stretches {
        match joined.last_mut() {
            Some(last) if last.end == slots.start => last.end = slots.end,
            _ => joined.push(slots),
        }
    }
    joined
}

fn sum(seen: &QueueMeasure, slots: Range<usize>, value: impl Fn(&engine::Cell) -> f64) -> f64 {
    seen.cells[slots].iter().map(value).sum()
}

/// What contacts of some slots add to a part's being missed.
fn blame(seen: &QueueMeasure, part: &Part, slots: Range<usize>) -> f64 {
    match part.kind {
        PartKind::InTime { .. } | PartKind::InWorst { .. } | PartKind::NotLonger { .. } => {
            let (reached, of) = seen.reached_in(slots);
            (of - reached) as f64
        }
        PartKind::Abandoned => sum(seen, slots, |cell| cell.abandoned.into()),
        // Where nobody is answered the wait has no end.
        PartKind::MeanWait if !part.seen.mean.is_finite() => {
            sum(seen, slots, |cell| cell.offered.into())
        }
        PartKind::MeanWait => sum(seen, slots, |cell| {
            (cell.wait - part.promised * f64::from(cell.answered)).max(0.0)
        }),
    }
}

/// A part over some slots, in its own unit.
fn seen_in(seen: &QueueMeasure, part: &Part, slots: Range<usize>) -> f64 {
    let over = |value: f64, of: f64| if of > 0.0 { value / of } else { f64::NAN };
    match part.kind {
        PartKind::InTime { .. } | PartKind::InWorst { .. } | PartKind::NotLonger { .. } => {
            seen.level_in(slots).unwrap_or(f64::NAN)
        }
        PartKind::Abandoned => over(
            sum(seen, slots.clone(), |cell| cell.abandoned.into()),
            sum(seen, slots, |cell| cell.offered.into()),
        ),
        PartKind::MeanWait => over(
            sum(seen, slots.clone(), |cell| cell.wait),
            sum(seen, slots, |cell| cell.answered.into()),
        ),
    }
}
