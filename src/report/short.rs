//! What a plan leaves short, in words for the terminal and the report: which promise, in which hours, by how much,
//! and what would mend it.

use std::ops::Range;

use chrono_tz::Tz;

use super::digest::Digest;
use super::{promised, words};
use crate::compare::SetupResult;
use crate::cost;
use crate::scenario::{Money, Scenario};
use crate::sheet::Cell;
use crate::simulation::{MissedQueue, More, PartKind, WorstHours};
use crate::staffing::Shortfall;
use crate::units::Seconds;

/// Stretches of hours named before the others are only counted.
const MOST_STRETCHES: usize = 10;

/// Hours nobody covers, of one pool and one reason.
pub(crate) struct Uncovered<'a> {
    /// The pool with its queues: "client garden (cs-phone, cs-chat)".
    pub what: String,
    pub hours: String,
    pub agent_hours: f64,
    pub reason: &'a str,
}

/// What a set-up leaves uncovered, stretches of one pool and reason together.
pub(crate) fn uncovered(chosen: &SetupResult) -> Vec<Uncovered<'_>> {
    let mut rows: Vec<Vec<&Shortfall>> = Vec::new();
    for run in &chosen.staffing.shortfall {
        let alike =
            |row: &&mut Vec<&Shortfall>| (&row[0].pool, &row[0].reason) == (&run.pool, &run.reason);
        match rows.iter_mut().find(alike) {
            Some(row) => row.push(run),
            None => rows.push(vec![run]),
        }
    }
    let told = rows.iter().map(|runs| {
        let stretches = runs
            .iter()
            .map(|run| (run.slot..run.slot + run.slots, None));
        Uncovered {
            what: named(&chosen.scenario, runs[0]),
            hours: hours(
                &chosen.scenario,
                chosen.scenario.clock_of(&runs[0].queues),
                stretches,
            ),
            agent_hours: runs.iter().map(|run| run.agent_hours).sum(),
            reason: &runs[0].reason,
        }
    });
    told.collect()
}

fn named(scenario: &Scenario, run: &Shortfall) -> String {
    let queues: Vec<&str> = (run.queues.iter())
        .map(|&queue| scenario.queues[queue].name.as_str())
        .collect();
    match &queues[..] {
        [only] if *only == run.pool => run.pool.clone(),
        [] => run.pool.clone(),
        queues => format!("{} ({})", run.pool, words::some_of(queues)),
    }
}

/// What the hours left open count in the objective.
pub(crate) fn priced(digest: &Digest, chosen: &SetupResult) -> String {
    let (currency, policy) = (digest.plan.scenario.currency, &digest.plan.scenario.policy);
    let hours = chosen.staffing.shortfall_hours();
    format!(
        "The plan counts {} for each, {} in all: more than anybody costs, so that it leaves open only what it must.",
        words::money_short(currency, policy.shortfall_per_hour),
        words::money_short(currency, hours * policy.shortfall_per_hour),
    )
}

/// By how much a promise is missed: "38.2 contacts more within 20 s".
pub(crate) fn missing(digest: &Digest, missed: &MissedQueue) -> String {
    let queue = &digest.plan.scenario.queues[missed.queue];
    let told = promised::told(queue, &missed.part);
    let Some(contacts) = missed.contacts else {
        return format!("{} {}, promised {}", told.what, told.seen, told.promised);
    };
    if contacts <= 0.0 {
        return "kept on average, but not for sure".to_owned();
    }
    let contacts = words::counted(contacts, "contact");
    match missed.part.kind {
        PartKind::Abandoned => format!("{contacts} fewer may hang up"),
        _ => format!("{contacts} more {}", told.what),
    }
}

/// The hours in which a promise is missed by most, with what they see of it.
pub(crate) fn worst(digest: &Digest, missed: &MissedQueue) -> String {
    let seen = |hours: &WorstHours| {
        hours.seen.is_finite().then(|| match missed.part.kind {
            PartKind::MeanWait => words::length(Seconds(hours.seen)),
            _ => Cell::percent(hours.seen, 0).for_people(),
        })
    };
    let stretches = missed.worst.iter();
    let scenario = &digest.plan.scenario;
    hours(
        scenario,
        scenario.clock_of(&[missed.queue]),
        stretches.map(|hours| (hours.slots.clone(), seen(hours))),
    )
}

/// What would keep the promises missed.
pub(crate) fn mend(digest: &Digest, chosen: &SetupResult) -> Option<String> {
    let missed = &digest.plan.missed;
    if missed.queues.is_empty() {
        return None;
    }
    let Some(more) = &missed.more else {
        let teams = &chosen.staffing.teams;
        let served = |missed: &MissedQueue| teams.iter().any(|t| t.queues.contains(&missed.queue));
        let why = match missed.queues.iter().any(served) {
            true => "What would keep them was not tried: the time was up.",
            false => "Nobody serves them: what nobody covers says why.",
        };
        return Some(why.to_owned());
    };
    let scenario = &digest.plan.scenario;
    let agent_hours = more.agent_hours(scenario.horizon.slot_hours());
    let pay: Money = (more.agents.iter())
        .map(|agents| {
            let group = chosen.staffing.teams[agents.team].group;
            let hours = agents.hours(scenario.horizon.slot_hours());
            cost::hour_on_line(&chosen.scenario.groups[group]).times(hours)
        })
        .sum();
    let span = match words::counted(scenario.horizon.weeks(), "week") {
        one if one == "1 week" => "week".to_owned(),
        weeks => weeks,
    };
    let hours = words::counted(agent_hours, "agent-hour");
    Some(if more.keeps {
        format!(
            "{hours} more on the line in the {span} planned would keep every promise that somebody serves, as tried \
             in simulation: {} of pay with charges and paid absence. Whole shifts may take more.",
            words::money_short(scenario.currency, pay.to_f64()),
        )
    } else {
        format!(
            "Even {hours} more on the line in the {span} planned did not keep every promise, as tried in simulation."
        )
    })
}

/// So many agents more of a team, and when.
pub(crate) struct AgentsMore {
    pub team: String,
    pub agents: u32,
    pub hours: String,
    pub agent_hours: f64,
}

/// The agents that would keep the promises missed.
pub(crate) fn more_agents(digest: &Digest, chosen: &SetupResult) -> Vec<AgentsMore> {
    let Some(More { agents, .. }) = &digest.plan.missed.more else {
        return Vec::new();
    };
    let mut kinds: Vec<(usize, u32)> = agents.iter().map(|more| (more.team, more.agents)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let scenario = &digest.plan.scenario;
    let row = |(team, count): (usize, u32)| {
        let alike = || {
            let alike = agents.iter();
            alike.filter(move |more| (more.team, more.agents) == (team, count))
        };
        AgentsMore {
            team: chosen.staffing.teams[team].name.clone(),
            agents: count,
            hours: hours(
                scenario,
                scenario.sites[scenario.groups[chosen.staffing.teams[team].group].site].zone,
                alike().map(|more| (more.slots.clone(), None)),
            ),
            agent_hours: alike()
                .map(|more| more.hours(scenario.horizon.slot_hours()))
                .sum(),
        }
    };
    kinds.into_iter().map(row).collect()
}

/// Stretches by day on a clock, each with what is seen in it: "Mon 30 Nov 08:00–10:00 31 %, 15:00–16:00 40 %; Tue
/// 1 Dec 08:00–09:00 28 %", and the clock's name where there are several.
fn hours(
    scenario: &Scenario,
    clock: Tz,
    stretches: impl Iterator<Item = (Range<usize>, Option<String>)>,
) -> String {
    let mut stretches: Vec<_> = stretches.collect();
    stretches.sort_by_key(|(slots, _)| slots.start);
    let mut text = String::new();
    let mut day = None;
    for (slots, seen) in stretches.iter().take(MOST_STRETCHES) {
        let local = |slot| scenario.horizon.local(slot, clock);
        let (from, to) = (local(slots.start), local(slots.end));
        let same_day = day == Some(from.date());
        if !text.is_empty() {
            text.push_str(if same_day { ", " } else { "; " });
        }
        if !same_day {
            text.push_str(&format!("{} ", from.format("%a %-d %b")));
        }
        day = Some(from.date());
        text.push_str(&match (to - from).num_hours() {
            0..24 => format!("{}–{}", from.format("%H:%M"), to.format("%H:%M")),
            _ => format!(
                "{} – {}",
                from.format("%H:%M"),
                to.format("%a %-d %b %H:%M")
            ),
        });
        if let Some(seen) = seen {
            text.push_str(&format!(" {seen}"));
        }
    }
    match stretches.len().saturating_sub(MOST_STRETCHES) {
        0 => {}
        more => text.push_str(&format!("; {} more", words::counted(more as f64, "time"))),
    }
    text + &scenario.clock_named(clock)
}
