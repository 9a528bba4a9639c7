//! From a scenario, its demand and its staffing to what the simulation sees of them.

use chrono::{DateTime, Duration, Utc};

use super::engine::{
    self, Comeback, DueBy, Edge, Group, HandleTime, Judge, Kind, Measured, Network, OnLine, Route,
    Shift,
};
use super::promise::{self, Part, PartKind};
use super::{Interval, Observed, QueueService};
use crate::demand::{Demand, QueueDemand};
use crate::ids::{Id, QueueId};
use crate::requirement::{LevelOver, Patience, level_over};
use crate::scenario::{
    Deadline, DeadlineClock, LanguageLevel, Queue, Scenario, Service, chat_pace,
};
use crate::staffing::{PlannedShift, Team};
use crate::time::Horizon;

/// Days that are run first, so that Monday begins with what was left before: a weekend of calls, or the backlog of
/// mail, which a week without room to spare hands on to the next.
const LEAD_IN_DAYS: usize = 3;
const LEAD_IN_DAYS_OF_WAITING_WORK: usize = 14;
/// Beyond so many contacts chance hands no backlog on that the plan itself does not: from nothing, a steady stream that
/// comes again and again is after one horizon where it stays (Lindley 1952).
const STEADY: f64 = 100_000.0;
/// The horizon is run again and again, for so many days, lest most of the time goes into what is run first; but in so
/// many runs at least: their spread says how far to trust them.
const DAYS_OF_A_RUN: usize = 28;
const LEAST_RUNS: usize = 4;
/// Days of opening hours laid out before and after the horizon for business clocks.
const CLOCK_DAYS: i64 = 21;

/// Contacts that the smallest queue should see for its share to be known to half a point.
const CONTACTS: f64 = 40_000.0;
/// Least and most replications that are ever needed.
const REPLICATIONS: (f64, f64) = (40.0, 1000.0);
/// Contacts of all queues together beyond which more replications take too long.
const MOST_CONTACTS: f64 = 100e6;

/// Replications that show the service of the smallest queue well: about 40,000 of its contacts, 40 to
/// 1,000 of them, fewer where all queues together would take too long.
pub fn replications(demand: &Demand) -> usize {
    let contacts = || demand.queues.values().map(QueueDemand::contacts);
    let smallest = contacts()
        .filter(|contacts| *contacts > 0.0)
        .fold(f64::INFINITY, f64::min);
    let all: f64 = contacts().sum();
    (CONTACTS / smallest)
        .min(MOST_CONTACTS / all.max(1.0))
        .ceil()
        .clamp(REPLICATIONS.0, REPLICATIONS.1) as usize
}

/// Replays the shifts of some teams `scenario.policy.replications` times and says what service it gives.
pub fn replay(
    scenario: &Scenario,
    demand: &Demand,
    teams: &[Team],
    planned: &[PlannedShift],
    seed: u64,
) -> Observed {
    let network = network(scenario, demand, teams);
    let shifts = shifts(&scenario.horizon, planned);
    let replications = scenario.policy.replications.max(1);
    let on_line = |replication| OnLine::from_shifts(&network, &shifts, seed, replication);
    match engine::measure(&network, on_line, replications, seed) {
        Ok(measured) => observed(scenario, teams.len(), &measured, seed),
        // A checked scenario makes a sound network; should it not, nothing was observed to be served.
        Err(_) => nothing(scenario, demand, teams.len(), seed),
    }
}

/// The same as [`replay`] before customers that were drawn already, from the [`network`] of these teams.
pub fn replay_before(
    judge: &Judge,
    scenario: &Scenario,
    teams: &[Team],
    planned: &[PlannedShift],
) -> Observed {
    let shifts = shifts(&scenario.horizon, planned);
    // Nobody is absent: the agents are the same in each replication.
    let on_line = OnLine::from_shifts(judge.network(), &shifts, judge.seed(), 0);
    observed(
        scenario,
        teams.len(),
        &judge.measure(&on_line),
        judge.seed(),
    )
}

/// The scenario's queues and a staffing's teams as the engine's network: queue `q` is queue id `q`, group
/// `t` is team `t`.
pub fn network(scenario: &Scenario, demand: &Demand, teams: &[Team]) -> Network {
    let horizon = &scenario.horizon;
    let first = horizon.local(0, scenario.zone).date();
    let day = |slot| (horizon.local(slot, scenario.zone).date() - first).num_days() as u16;
    let shared = demand.common_variance;
    let per_day = (1440 / horizon.slot_minutes) as usize;
    let mut services = scenario.queues.values().map(|queue| &queue.service);
    let days = if services.any(|service| matches!(service, Service::Deferrable { .. })) {
        let all = LEAD_IN_DAYS_OF_WAITING_WORK;
        let once = horizon.slots.div_ceil(per_day).clamp(LEAD_IN_DAYS, all);
        if demand.contacts() > STEADY {
            once
        } else {
            all
        }
    } else {
        LEAD_IN_DAYS
    };
    let most = scenario.policy.replications / LEAST_RUNS;
    let rounds = (DAYS_OF_A_RUN * per_day).div_ceil(horizon.slots);
    Network {
        slot_seconds: horizon.slot_seconds(),
        slots: horizon.slots,
        day_of_slot: (0..horizon.slots).map(day).collect(),
        queues: scenario
            .queues
            .iter()
            .map(|(id, queue)| engine_queue(scenario, id, queue, &demand.queues[id], teams, shared))
            .collect(),
        groups: teams.iter().map(|team| group(scenario, team)).collect(),
        shared_busyness: shared.sqrt(),
        edge: Edge::Cyclic {
            lead_in: days * per_day,
            rounds: rounds.min(most).max(1),
        },
    }
}

/// The engine's shifts of a plan: stretches on the line within the horizon, breaks left out.
pub fn shifts(horizon: &Horizon, planned: &[PlannedShift]) -> Vec<Shift> {
    let end = horizon.slots as f64 * horizon.slot_seconds();
    let seconds = |at: DateTime<Utc>| ((at - horizon.start).num_seconds() as f64).clamp(0.0, end);
    planned
        .iter()
        .map(|shift| {
            let mut on = Vec::new();
            let mut from = shift.start;
            for pause in &shift.breaks {
                on.push((seconds(from), seconds(pause.start)));
                from = pause.end;
            }
            on.push((seconds(from), seconds(shift.end)));
            on.retain(|(from, to)| from < to);
            Shift {
                group: shift.team,
                on,
                agents: shift.agents,
                absence: 0.0,
            }
        })
        .collect()
}

fn engine_queue(
    scenario: &Scenario,
    id: QueueId,
    queue: &Queue,
    demand: &QueueDemand,
    teams: &[Team],
    shared: f64,
) -> engine::Queue {
    let (kind, patience, over) = match &queue.service {
        Service::RealTime {
            target,
            patience,
            concurrency,
        } => {
            let within = queue.promised_within().value();
            let kind = if *concurrency > 1 {
                Kind::Chat { within }
            } else {
                Kind::Call { within }
            };
            let patience = Patience::of_mean(patience.map(|mean| mean.value()));
            (kind, patience, level_over(target.definition))
        }
        Service::Deferrable { deadline } => {
            let deadline = due_by(scenario, id, deadline);
            let kind = Kind::Deferrable { deadline };
            (kind, Patience::Endless, LevelOver::Offered)
        }
    };
    engine::Queue {
        stream: Some(name_number(&queue.name)),
        rate: demand.mean.clone(),
        handle: vec![HandleTime::LogNormal {
            mean: queue.handle_time.mean.value(),
            cv: queue.handle_time.cv,
        }],
        patience: vec![patience],
        kind,
        longest_wait: longest_wait(queue),
        closes: closes(scenario, id, queue),
        over,
        busyness: ((1.0 + demand.day_variance) / (1.0 + shared) - 1.0)
            .max(0.0)
            .sqrt(),
        retrial: Comeback {
            share: queue.retrial.value(),
            delay: queue.retrial_after.value(),
        },
        // Repeats are in the forecast already.
        recontact: Comeback::default(),
        routes: routes(scenario, id, teams),
    }
}

/// A number for a name (FNV-1a): a queue has the same customers whichever others are simulated with it.
fn name_number(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The wait of which a quantile is promised.
fn longest_wait(queue: &Queue) -> f64 {
    match &queue.service {
        Service::RealTime { target, .. } => target
            .wait_quantile
            .map_or(f64::INFINITY, |(_, wait)| wait.value()),
        Service::Deferrable { .. } => f64::INFINITY,
    }
}

/// When a queue whose customers wait closes.
fn closes(scenario: &Scenario, id: QueueId, queue: &Queue) -> Vec<f64> {
    if !queue.is_real_time() {
        return Vec::new();
    }
    let mut ends: Vec<f64> = open_hours(scenario, id)
        .into_iter()
        .map(|(_, end)| end)
        .collect();
    // The last is only where looking ended.
    ends.pop();
    ends
}

/// Specialists first: a contact goes to the team with the fewest queues that has somebody free, among those
/// to the one that speaks its language best.
fn routes(scenario: &Scenario, id: QueueId, teams: &[Team]) -> Vec<Route> {
    let queue = &scenario.queues[id];
    teams
        .iter()
        .enumerate()
        .filter(|(_, team)| team.queues.contains(&id))
        .map(|(index, team)| {
            let group = &scenario.groups[team.group];
            let spoken = group
                .languages
                .iter()
                .filter(|speaks| speaks.language == queue.language);
            let level = spoken.map(|speaks| speaks.level).max();
            let below = match level {
                Some(LanguageLevel::Native) | None => 0,
                Some(LanguageLevel::C1) => 1,
                Some(LanguageLevel::B2) => 2,
            };
            Route {
                after: group.overflow_after.value(),
                // Nobody is kept free where the team has nothing else to do.
                reserve: if team.queues.len() > 1 {
                    queue.reserve
                } else {
                    0
                },
                ..Route::to(index, 3 * team.queues.len() as u32 + below)
            }
        })
        .collect()
}

/// A team holds as many chats as the most that any of its chat queues allows.
fn group(scenario: &Scenario, team: &Team) -> Group {
    let chats = team
        .queues
        .iter()
        .map(|&queue| match scenario.queues[queue].service {
            Service::RealTime { concurrency, .. } => concurrency,
            Service::Deferrable { .. } => 1,
        })
        .max()
        .unwrap_or(1);
    Group {
        pace: chat_pace(chats),
    }
}

/// The deadline on its clock; a business clock runs while the queue is open.
fn due_by(scenario: &Scenario, id: QueueId, deadline: &Deadline) -> DueBy {
    let open = match deadline.clock {
        DeadlineClock::Calendar => None,
        DeadlineClock::Business => Some(open_hours(scenario, id)),
    };
    DueBy {
        within: deadline.within.value(),
        open,
    }
}

/// Stretches in which a queue is open, seconds from the start of the horizon, joined where they meet.
fn open_hours(scenario: &Scenario, id: QueueId) -> Vec<(f64, f64)> {
    let queue = &scenario.queues[id];
    let market = &scenario.markets[queue.market];
    let horizon = &scenario.horizon;
    let around = (CLOCK_DAYS * 1440 / i64::from(horizon.slot_minutes)) as usize;
    let wide = Horizon {
        start: horizon.start - Duration::days(CLOCK_DAYS),
        slot_minutes: horizon.slot_minutes,
        slots: horizon.slots + 2 * around,
    };
    let length = horizon.slot_seconds();
    let mut open: Vec<(f64, f64)> = Vec::new();
    let shares = queue.hours.open_share(&wide, market.zone, &market.calendar);
    for (slot, share) in shares.into_iter().enumerate() {
        if share <= 0.0 {
            continue;
        }
        let from = (slot as f64 - around as f64) * length;
        let to = from + share * length;
        match open.last_mut() {
            Some(last) if last.1 >= from - 1e-6 => last.1 = to,
            _ => open.push((from, to)),
        }
    }
    open
}

/// Of what nobody saw.
const UNKNOWN: Interval = Interval {
    mean: f64::NAN,
    low: f64::NAN,
    high: f64::NAN,
};

pub(super) fn observed(
    scenario: &Scenario,
    teams: usize,
    measured: &Measured,
    seed: u64,
) -> Observed {
    let periods = scenario.periods_promised();
    Observed {
        seed,
        replications: measured.replications,
        queues: scenario
            .queues
            .iter()
            .map(|(id, queue)| {
                let seen = &measured.queues[id.index()];
                let parts = promise::parts(queue, seen, &periods);
                let promised = queue.promised_share().value();
                // Where no share in time is promised, a quantile of the wait stands for it.
                let share = parts
                    .iter()
                    .find(|part| matches!(part.kind, PartKind::InTime { .. }))
                    .or_else(|| {
                        let quantile =
                            |part: &&Part| matches!(part.kind, PartKind::NotLonger { .. });
                        parts.iter().find(quantile)
                    });
                // Of nobody there is no wait.
                let is_answered = seen.answered.mean > 0.0;
                let quantile = |part| match is_answered {
                    true => seen.wait_quantile(part),
                    false => f64::NAN,
                };
                QueueService {
                    offered: seen.offered.mean,
                    answered: seen.answered.mean,
                    abandoned: seen.abandoned.mean,
                    unanswered: seen.unanswered.mean,
                    at_close: seen.at_close.mean,
                    reached: share.map_or(seen.level, |part| part.seen),
                    promised,
                    risk: (promised > 0.0).then(|| seen.runs_below(promised)),
                    parts,
                    mean_wait: if is_answered { seen.asa } else { UNKNOWN },
                    wait_p50: quantile(0.5),
                    wait_p90: quantile(0.9),
                    wait_p95: quantile(0.95),
                    by_day: days(scenario, queue)
                        .into_iter()
                        .map(|slots| seen.level_in(slots).unwrap_or(f64::NAN))
                        .collect(),
                }
            })
            .collect(),
        occupancy: measured
            .groups
            .iter()
            .take(teams)
            .map(|group| group.occupancy)
            .collect(),
    }
}

/// The slots of each local day of a queue's market.
pub(super) fn days(scenario: &Scenario, queue: &Queue) -> Vec<std::ops::Range<usize>> {
    scenario.horizon.days(scenario.markets[queue.market].zone)
}

fn nothing(scenario: &Scenario, demand: &Demand, teams: usize, seed: u64) -> Observed {
    Observed {
        seed,
        replications: 0,
        queues: scenario
            .queues
            .iter()
            .map(|(id, queue)| {
                let offered = demand.queues[id].contacts();
                let promised = queue.promised_share().value();
                QueueService {
                    offered,
                    answered: 0.0,
                    abandoned: 0.0,
                    unanswered: offered,
                    at_close: 0.0,
                    reached: Interval::default(),
                    promised,
                    risk: (promised > 0.0).then_some(1.0),
                    parts: Vec::new(),
                    mean_wait: UNKNOWN,
                    wait_p50: f64::NAN,
                    wait_p90: f64::NAN,
                    wait_p95: f64::NAN,
                    by_day: Vec::new(),
                }
            })
            .collect(),
        occupancy: vec![Interval::default(); teams],
    }
}
