//! What each person may be asked to do.

use std::collections::BTreeMap;

use chrono::{Datelike, IsoWeek};

use super::Finding;
use crate::roster::{Duty, Roster, RosteredAgent};
use crate::scenario::{GroupKind, Scenario, Site};

/// A break is due in a duty longer than this (Directive 2003/88/EC, article 4).
const BREAK_AFTER_MINUTES: i64 = 6 * 60;

pub(super) fn check(scenario: &Scenario, roster: &Roster) -> Vec<Finding> {
    let mut findings = Vec::new();
    for agent in &roster.agents {
        let site = &scenario.sites[scenario.groups[agent.group].site];
        rest(agent, site, &mut findings);
        weeks(agent, site, &mut findings);
        breaks(agent, &mut findings);
        skills(scenario, agent, &mut findings);
    }
    findings
}

/// At least the daily rest between two duties.
fn rest(agent: &RosteredAgent, site: &Site, findings: &mut Vec<Finding>) {
    for pair in agent.duties.windows(2) {
        let hours = (pair[1].start - pair[0].end).num_minutes() as f64 / 60.0;
        if hours < site.rules.daily_rest.0 {
            findings.push(Finding {
                rule: "rest",
                detail: format!(
                    "{} rests {hours:.1} h before {}, {} h are due",
                    agent.name,
                    when(&pair[1], site),
                    site.rules.daily_rest.0
                ),
            });
        }
    }
}

/// At most the longest week and the most days, by the site's ISO weeks.
fn weeks(agent: &RosteredAgent, site: &Site, findings: &mut Vec<Finding>) {
    let mut weeks: BTreeMap<IsoWeek, (f64, u32)> = BTreeMap::new();
    for duty in &agent.duties {
        let day = duty.start.with_timezone(&site.zone).date_naive();
        let week = weeks.entry(day.iso_week()).or_default();
        week.0 += duty.paid_hours();
        week.1 += 1;
    }
    for (week, (hours, days)) in weeks {
        if hours > site.rules.max_week.0 + 1e-9 {
            findings.push(Finding {
                rule: "hours",
                detail: format!(
                    "{} works {hours:.1} h in week {}, at most {} h are allowed",
                    agent.name,
                    week.week(),
                    site.rules.max_week.0
                ),
            });
        }
        if days > site.rules.max_days {
            findings.push(Finding {
                rule: "days",
                detail: format!(
                    "{} works {days} days in week {}, at most {} are allowed",
                    agent.name,
                    week.week(),
                    site.rules.max_days
                ),
            });
        }
    }
}

/// Breaks lie inside their duty, one after the other, and a long duty has one.
fn breaks(agent: &RosteredAgent, findings: &mut Vec<Finding>) {
    for duty in &agent.duties {
        let mut free_from = duty.start;
        let mut fits = true;
        for pause in &duty.breaks {
            fits &= pause.start >= free_from && pause.end > pause.start && pause.end <= duty.end;
            free_from = pause.end;
        }
        let long = (duty.end - duty.start).num_minutes() > BREAK_AFTER_MINUTES;
        if !fits || (long && duty.breaks.is_empty()) {
            let what = if fits {
                "has no break"
            } else {
                "has a break outside it"
            };
            findings.push(Finding {
                rule: "break",
                detail: format!(
                    "{}'s duty of {} UTC {what}",
                    agent.name,
                    duty.start.format("%a %d %b %H:%M")
                ),
            });
        }
    }
}

/// Only queues the group can serve, of clients it may learn, and no more clients than its kind allows.
fn skills(scenario: &Scenario, agent: &RosteredAgent, findings: &mut Vec<Finding>) {
    let able = scenario.queues_of(agent.group);
    for queue in &agent.queues {
        let client = scenario.queues[*queue].client;
        if !able.contains(queue) || !agent.clients.contains(&client) {
            findings.push(Finding {
                rule: "skill",
                detail: format!(
                    "{} is to serve {}, which the group or its clients do not include",
                    agent.name, scenario.queues[*queue].name
                ),
            });
        }
    }
    let most = match scenario.groups[agent.group].kind {
        GroupKind::Dedicated => 1,
        GroupKind::Shared { max_clients } => max_clients as usize,
    };
    if agent.clients.len() > most {
        findings.push(Finding {
            rule: "clients",
            detail: format!(
                "{} is to know {} clients, at most {most} are allowed",
                agent.name,
                agent.clients.len()
            ),
        });
    }
}

fn when(duty: &Duty, site: &Site) -> String {
    duty.start
        .with_timezone(&site.zone)
        .format("%a %d %b %H:%M")
        .to_string()
}
