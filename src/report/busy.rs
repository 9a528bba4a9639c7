//! Teams that are busier than the policy allows. Over days and weeks the promises size a plan, not how busy its agents
//! are: what was asked for is held against what the simulation shows.

use super::digest::Digest;
use super::words;
use crate::compare::SetupResult;
use crate::scenario::{PromiseScope, Scenario};

/// A difference below this is of no account.
const HAIR: f64 = 0.005;

/// A team and how much of its time on the line it is busy in simulation.
pub(crate) struct Busy<'p> {
    pub team: &'p str,
    pub occupancy: f64,
}

/// Those above `max_occupancy`, the busiest first; none where the plan is sized by it, or it is the usual one that
/// nobody asked for.
pub(crate) fn too_busy<'p>(digest: &Digest<'p>, chosen: &'p SetupResult) -> Vec<Busy<'p>> {
    let scenario = &digest.plan.scenario;
    let usual = (scenario.assumed.iter()).any(|assumed| assumed.field == "max_occupancy");
    if usual || scenario.policy.promise == PromiseScope::Slot {
        return Vec::new();
    }
    let most = scenario.policy.max_occupancy + HAIR;
    let teams = chosen.staffing.teams.iter().zip(&chosen.observed.occupancy);
    let mut busy: Vec<Busy> = teams
        .filter(|(_, seen)| seen.mean > most)
        .map(|(team, seen)| Busy {
            team: &team.name,
            occupancy: seen.mean,
        })
        .collect();
    busy.sort_by(|a, b| b.occupancy.total_cmp(&a.occupancy));
    busy
}

/// The same as a sentence, with what to do.
pub(crate) fn said(scenario: &Scenario, busy: &[Busy]) -> Option<String> {
    if busy.is_empty() {
        return None;
    }
    let team = |busy: &Busy| {
        let name = words::label(busy.team, 32);
        format!("{name} {}", words::percent(busy.occupancy))
    };
    let teams: Vec<String> = busy.iter().map(team).collect();
    let teams: Vec<&str> = teams.iter().map(String::as_str).collect();
    Some(format!(
        "Busier than max_occupancy = {} asks for, mail included: {} of the time on the line. It sizes plans with \
         promise = \"slot\" only: set that, promise a higher share, or raise max_occupancy.",
        words::percent(scenario.policy.max_occupancy),
        words::some_of(&teams)
    ))
}
