//! What queues and sites ask of everyone together.

use super::Finding;
use crate::ids::Id;
use crate::requirement::Requirement;
use crate::roster::{Duty, Roster};
use crate::scenario::Scenario;
use crate::time::Horizon;

pub(super) fn check(
    scenario: &Scenario,
    requirement: &Requirement,
    roster: &Roster,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    cover(scenario, requirement, roster, &mut findings);
    seats(scenario, roster, &mut findings);
    opening(scenario, roster, &mut findings);
    findings
}

/// Every open real-time queue has its minimum of agents on the line who can serve it.
fn cover(
    scenario: &Scenario,
    requirement: &Requirement,
    roster: &Roster,
    findings: &mut Vec<Finding>,
) {
    let horizon = &scenario.horizon;
    let mut on_line = vec![vec![0_u32; horizon.slots]; scenario.queues.len()];
    for agent in &roster.agents {
        for duty in &agent.duties {
            for slot in slots_inside(horizon, duty) {
                if !in_break(horizon, duty, slot) {
                    for queue in &agent.queues {
                        on_line[queue.index()][slot] += 1;
                    }
                }
            }
        }
    }
    for (queue, minimum) in requirement.minimum.iter() {
        let there = &on_line[queue.index()];
        let clock = scenario.clock_of(&[queue]);
        let short = |slot: &usize| there[*slot] < minimum[*slot];
        let mut slot = 0;
        while let Some(first) = (slot..horizon.slots).find(short) {
            let end = (first..horizon.slots)
                .find(|slot| !short(slot))
                .unwrap_or(horizon.slots);
            findings.push(Finding {
                rule: "cover",
                detail: format!(
                    "{} is open without its {} from {} to {}{}",
                    scenario.queues[queue].name,
                    match minimum[first] {
                        1 => "agent".to_owned(),
                        agents => format!("{agents} agents"),
                    },
                    horizon.local(first, clock).format("%a %-d %b %H:%M"),
                    horizon.local(end, clock).format("%a %-d %b %H:%M"),
                    scenario.clock_named(clock)
                ),
            });
            slot = end;
        }
    }
}

/// No more people at a site than it has seats; who is on a break keeps the seat.
fn seats(scenario: &Scenario, roster: &Roster, findings: &mut Vec<Finding>) {
    for (id, site) in scenario.sites.iter() {
        let Some(seats) = site.seats else {
            continue;
        };
        let mut taken = vec![0_u32; scenario.horizon.slots];
        for agent in &roster.agents {
            if scenario.groups[agent.group].site == id {
                for duty in &agent.duties {
                    for slot in slots_inside(&scenario.horizon, duty) {
                        taken[slot] += 1;
                    }
                }
            }
        }
        if let Some((slot, most)) = taken
            .iter()
            .enumerate()
            .max_by_key(|(_, taken)| **taken)
            .filter(|(_, taken)| **taken > seats)
        {
            findings.push(Finding {
                rule: "seats",
                detail: format!(
                    "{} has {seats} seats and {most} people at {}{}",
                    site.name,
                    scenario
                        .horizon
                        .local(slot, site.zone)
                        .format("%a %-d %b %H:%M"),
                    scenario.clock_named(site.zone)
                ),
            });
        }
    }
}

/// Nobody works while the site is shut.
fn opening(scenario: &Scenario, roster: &Roster, findings: &mut Vec<Finding>) {
    for (id, site) in scenario.sites.iter() {
        let open = site
            .hours
            .open_share(&scenario.horizon, site.zone, &site.calendar);
        for agent in &roster.agents {
            if scenario.groups[agent.group].site != id {
                continue;
            }
            for duty in &agent.duties {
                if slots_inside(&scenario.horizon, duty).any(|slot| open[slot] == 0.0) {
                    findings.push(Finding {
                        rule: "opening",
                        detail: format!(
                            "{} works on {} while {} is shut",
                            agent.name,
                            duty.start.with_timezone(&site.zone).format("%a %-d %b"),
                            site.name
                        ),
                    });
                }
            }
        }
    }
}

/// The slots of the horizon that a duty touches.
fn slots_inside(horizon: &Horizon, duty: &Duty) -> impl Iterator<Item = usize> + use<> {
    let last = horizon.slot_offset(duty.end - chrono::Duration::seconds(1));
    let first = horizon.slot_offset(duty.start).max(0);
    let end = (last + 1).clamp(first, (horizon.slots as i64).max(first));
    (first as usize)..(end as usize)
}

/// Whether the agent is on a break for the larger part of a slot.
fn in_break(horizon: &Horizon, duty: &Duty, slot: usize) -> bool {
    let (from, to) = (horizon.slot_start(slot), horizon.slot_start(slot + 1));
    let away: i64 = duty
        .breaks
        .iter()
        .map(|pause| {
            (pause.end.min(to) - pause.start.max(from))
                .num_seconds()
                .max(0)
        })
        .sum();
    away * 2 > (to - from).num_seconds()
}
