//! A replay looked at closely: each queue by slot, day and week, and with absence drawn by its kinds.

use std::ops::Range;

use chrono::{DateTime, Utc};

use super::Observed;
use super::engine::{self, OnLine, RangeMeasure};
use super::replay::{days, network, observed, shifts};
use crate::demand::Demand;
use crate::ids::QueueId;
use crate::scenario::Scenario;
use crate::staffing::Staffing;
use crate::table::Table;

/// What the replications saw, closely.
#[derive(Debug, Clone)]
pub struct Detail {
    pub observed: Observed,
    /// Days of the market's wall clock.
    pub days: Table<QueueId, Vec<Stretch>>,
    /// Seven such days each.
    pub weeks: Table<QueueId, Vec<Stretch>>,
    pub slots: Table<QueueId, Vec<Stretch>>,
}

/// A queue over a stretch of time.
#[derive(Debug, Clone)]
pub struct Stretch {
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    pub seen: RangeMeasure,
}

/// Replays a staffing `scenario.policy.replications` times. Of each shift filled, agents stay away unreplaced
/// by the kinds of shrinkage in `absence`, each with that kind's share, drawn per shift and replication;
/// without kinds everybody comes, as the pay of stand-ins assumes. The faults of an unsound network in words.
pub fn detail(
    scenario: &Scenario,
    demand: &Demand,
    staffing: &Staffing,
    seed: u64,
    absence: &[String],
) -> Result<Detail, Vec<String>> {
    let network = network(scenario, demand, &staffing.teams);
    let mut shifts = shifts(&scenario.horizon, &staffing.shifts);
    for shift in &mut shifts {
        let group = &scenario.groups[staffing.teams[shift.group].group];
        let away: f64 = group
            .shrinkage
            .iter()
            .filter(|kind| absence.contains(&kind.kind))
            .map(|kind| kind.share.value())
            .sum();
        shift.absence = away.min(1.0);
    }
    let on_line = |replication| OnLine::from_shifts(&network, &shifts, seed, replication);
    let slots = scenario.horizon.slots;
    let days: Table<QueueId, Vec<Range<usize>>> =
        scenario.queues.map(|_, queue| days(scenario, queue));
    let weeks: Table<QueueId, Vec<Range<usize>>> = days.map(|_, days| {
        days.chunks(7)
            .map(|week| week[0].start..week[week.len() - 1].end)
            .collect()
    });
    let ranges: Vec<Vec<Range<usize>>> = scenario
        .queues
        .ids()
        .map(|id| {
            let all = days[id].iter().chain(&weeks[id]).cloned();
            all.chain((0..slots).map(|slot| slot..slot + 1)).collect()
        })
        .collect();
    let replications = scenario.policy.replications.max(1);
    let (measured, seen) = engine::measure_ranges(&network, on_line, replications, seed, &ranges)?;
    let mut parts: Vec<[Vec<Stretch>; 3]> = Vec::new();
    for ((ranges, seen), id) in ranges.into_iter().zip(seen).zip(scenario.queues.ids()) {
        let mut all = ranges.into_iter().zip(seen).map(|(slots, seen)| Stretch {
            start: scenario.horizon.slot_start(slots.start),
            end: scenario.horizon.slot_start(slots.end),
            seen,
        });
        let mut next = |count: usize| all.by_ref().take(count).collect();
        parts.push([next(days[id].len()), next(weeks[id].len()), next(slots)]);
    }
    let [days, weeks, slots] = [0, 1, 2].map(|part| {
        let of_queue = |queue: &mut [Vec<Stretch>; 3]| std::mem::take(&mut queue[part]);
        Table::new(parts.iter_mut().map(of_queue).collect())
    });
    Ok(Detail {
        observed: observed(scenario, staffing.teams.len(), &measured, seed),
        days,
        weeks,
        slots,
    })
}
