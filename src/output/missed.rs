//! Promises missed, for machines: the hours that hold most of it, and the agents that would keep them.

use serde::Serialize;

use super::summary::utc;
use crate::report::digest::Digest;
use crate::sheet::{Cell, Sheet};
use crate::simulation::{Part, PartKind};

/// Promises that the chosen set-up misses.
#[derive(Debug, Serialize)]
pub struct MissedSummary {
    pub queues: Vec<MissedQueueSummary>,
    /// Agents more on the line that would keep them, as tried in simulation; none where it was not tried.
    pub more_agent_hours: Option<f64>,
    /// Whether those suffice.
    pub suffices: Option<bool>,
}

/// The part of a queue's promise that is missed by most.
#[derive(Debug, Serialize)]
pub struct MissedQueueSummary {
    pub queue: String,
    pub part: &'static str,
    pub promised: f64,
    pub reached: f64,
    /// Contacts that would have to be better served; none of a mean wait.
    pub contacts: Option<f64>,
}

pub(super) fn summary(digest: &Digest) -> Option<MissedSummary> {
    let (plan, missed) = (digest.plan, &digest.plan.missed);
    let slot_hours = plan.scenario.horizon.slot_hours();
    let more = missed.more.as_ref();
    (!missed.queues.is_empty()).then(|| MissedSummary {
        queues: (missed.queues.iter())
            .map(|row| MissedQueueSummary {
                queue: plan.scenario.queues[row.queue].name.clone(),
                part: row.part.name(),
                promised: row.part.promised,
                reached: row.part.seen.mean,
                contacts: row.contacts,
            })
            .collect(),
        more_agent_hours: more.map(|more| more.agent_hours(slot_hours)),
        suffices: more.map(|more| more.keeps),
    })
}

/// The worst hours of each promise missed.
pub(super) fn hours(digest: &Digest) -> Sheet {
    let mut sheet = Sheet::new([
        "queue",
        "part",
        "promised",
        "reached",
        "contacts_short",
        "start_utc",
        "end_utc",
        "offered_then",
        "reached_then",
    ]);
    let scenario = &digest.plan.scenario;
    for row in &digest.plan.missed.queues {
        for hours in &row.worst {
            sheet.push(vec![
                Cell::text(&scenario.queues[row.queue].name),
                Cell::text(row.part.name()),
                Cell::number(row.part.promised, digits(&row.part)),
                Cell::number(row.part.seen.mean, digits(&row.part)),
                row.contacts
                    .map_or(Cell::Empty, |contacts| Cell::number(contacts, 2)),
                Cell::text(utc(scenario.horizon.slot_start(hours.slots.start))),
                Cell::text(utc(scenario.horizon.slot_start(hours.slots.end))),
                Cell::number(hours.offered, 2),
                Cell::number(hours.seen, digits(&row.part)),
            ]);
        }
    }
    sheet
}

/// The agents that would keep them.
pub(super) fn agents(digest: &Digest) -> Sheet {
    let mut sheet = Sheet::new(["team", "start_utc", "end_utc", "agents"]);
    let (Some(chosen), Some(more)) = (digest.chosen, &digest.plan.missed.more) else {
        return sheet;
    };
    let horizon = &chosen.scenario.horizon;
    for row in &more.agents {
        sheet.push(vec![
            Cell::text(&chosen.staffing.teams[row.team].name),
            Cell::text(utc(horizon.slot_start(row.slots.start))),
            Cell::text(utc(horizon.slot_start(row.slots.end))),
            Cell::number(f64::from(row.agents), 0),
        ]);
    }
    sheet
}

/// Decimals of a share, or of seconds.
fn digits(part: &Part) -> usize {
    match part.kind {
        PartKind::MeanWait => 1,
        _ => 4,
    }
}
