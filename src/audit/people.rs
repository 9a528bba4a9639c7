//! What each person may be asked to do.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days, Duration, NaiveDate, Timelike, Utc};

use super::Finding;
use crate::ids::{ClientId, QueueId};
use crate::roster::{Duty, Roster, RosteredAgent};
use crate::scenario::{BREAK_AFTER_MINUTES, ContractWeek, Queue, Scenario, Site};

pub(super) fn check(scenario: &Scenario, roster: &Roster) -> Vec<Finding> {
    let mut findings = Vec::new();
    backups(scenario, roster, &mut findings);
    heads(scenario, roster, &mut findings);
    for agent in &roster.agents {
        let site = &scenario.sites[scenario.groups[agent.group].site];
        rest(agent, site, &mut findings);
        let week = &scenario.groups[agent.group].contract;
        weeks(agent, site, week, scenario.horizon.start, &mut findings);
        running(agent, site, &mut findings);
        weekly_rest(agent, site, &mut findings);
        breaks(agent, site, &mut findings);
        skills(scenario, agent, &mut findings);
    }
    findings
}

/// No more people of a group than there are.
fn heads(scenario: &Scenario, roster: &Roster, findings: &mut Vec<Finding>) {
    for (id, group) in scenario.groups.iter() {
        let people = roster.agents.iter().filter(|agent| agent.group == id);
        let people = people.count();
        if let Some(most) = group.max_agents.filter(|&most| people > most as usize) {
            findings.push(Finding {
                rule: "heads",
                detail: format!(
                    "the roster of {} takes {people} people, it has {most}",
                    group.name
                ),
            });
        }
    }
}

/// At least the daily rest between two duties, and in the 24 hours from the start of each.
fn rest(agent: &RosteredAgent, site: &Site, findings: &mut Vec<Finding>) {
    for duty in &agent.duties {
        let hours = (duty.end - duty.start).num_minutes() as f64 / 60.0;
        let most = 24.0 - site.rules.daily_rest.0;
        if hours > most {
            findings.push(Finding {
                rule: "rest",
                detail: format!(
                    "{}'s duty of {} lasts {hours:.1} h, {} h of rest in 24 leave {most}",
                    agent.name,
                    when(duty, site),
                    site.rules.daily_rest.0
                ),
            });
        }
    }
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

/// A weekly rest within seven days of the start of work after the last one.
fn weekly_rest(agent: &RosteredAgent, site: &Site, findings: &mut Vec<Finding>) {
    let rules = &site.rules;
    let hours = |from: DateTime<Utc>, to: DateTime<Utc>| (to - from).num_minutes() as f64 / 60.0;
    let rests = |one: &Duty, next: &Duty| hours(one.end, next.start) >= rules.weekly_rest.value();
    for stretch in agent.duties.chunk_by(|one, next| !rests(one, next)) {
        let (Some(first), Some(last)) = (stretch.first(), stretch.last()) else {
            continue;
        };
        if hours(first.start, last.end) > rules.longest_stretch() {
            findings.push(Finding {
                rule: "rest",
                detail: format!(
                    "{} has no {} h of rest within seven days from {}",
                    agent.name,
                    rules.weekly_rest.0,
                    when(first, site)
                ),
            });
        }
    }
}

/// No more days of work in any seven running ones of the site than the rules allow.
fn running(agent: &RosteredAgent, site: &Site, findings: &mut Vec<Finding>) {
    let day = |duty: &Duty| duty.start.with_timezone(&site.zone).date_naive();
    let days: BTreeSet<NaiveDate> = agent.duties.iter().map(day).collect();
    let most = site.rules.max_days as usize;
    for first in &days {
        let seven = *first..*first + Days::new(7);
        let worked = days.range(seven).count();
        if worked > most {
            findings.push(Finding {
                rule: "days",
                detail: format!(
                    "{} works {worked} of the seven days from {}, at most {most} are allowed",
                    agent.name,
                    first.format("%a %-d %b")
                ),
            });
            break;
        }
    }
}

/// No more than the contract and the rules allow in a planned week, by the site's clock: hours, days, and starts
/// within the contract's band.
fn weeks(
    agent: &RosteredAgent,
    site: &Site,
    contract: &ContractWeek,
    from: DateTime<Utc>,
    findings: &mut Vec<Finding>,
) {
    let clock = |at: DateTime<Utc>| at.with_timezone(&site.zone).naive_local();
    let mut weeks: BTreeMap<i64, Vec<&Duty>> = BTreeMap::new();
    for duty in &agent.duties {
        let days = (clock(duty.start) - clock(from)).num_days();
        weeks.entry(days.div_euclid(7)).or_default().push(duty);
    }
    let most_hours = site.rules.max_week.0.min(contract.hours.0);
    let most_days = site.rules.max_days.min(contract.days) as usize;
    for (week, duties) in weeks {
        let mut find = |rule, what: String| {
            let first = clock(from) + Duration::weeks(week);
            let detail = format!(
                "{} {what} in the week from {}",
                agent.name,
                first.format("%a %-d %b")
            );
            findings.push(Finding { rule, detail });
        };
        let hours: f64 = duties.iter().map(|duty| duty.paid_hours()).sum();
        if hours > most_hours + 1e-9 {
            find(
                "hours",
                format!("works {hours:.1} h of at most {most_hours} h"),
            );
        }
        if duties.len() > most_days {
            find(
                "days",
                format!("works {} days of at most {most_days}", duties.len()),
            );
        }
        let apart = apart(&duties, site);
        if let Some(band) = contract.start_band.filter(|band| apart > i64::from(*band)) {
            find(
                "start",
                format!("has shifts that start {apart} min apart, {band} min are the most"),
            );
        }
    }
}

/// Minutes of the clock within which duties start: the least, over the duties that might be the first, of how
/// far round the clock the others lie.
fn apart(duties: &[&Duty], site: &Site) -> i64 {
    const DAY: i64 = 24 * 60;
    let clock = |duty: &&Duty| {
        let local = duty.start.with_timezone(&site.zone);
        i64::from(local.hour() * 60 + local.minute())
    };
    let span = |first: i64| {
        let later = duties
            .iter()
            .map(|duty| (clock(duty) - first).rem_euclid(DAY));
        later.max().unwrap_or(0)
    };
    let spans = duties.iter().map(|duty| span(clock(duty)));
    spans.min().unwrap_or(0)
}

/// Breaks lie inside their duty, one after the other, and a long duty has one.
fn breaks(agent: &RosteredAgent, site: &Site, findings: &mut Vec<Finding>) {
    for duty in &agent.duties {
        let mut free_from = duty.start;
        let mut fits = true;
        for pause in &duty.breaks {
            fits &= pause.start >= free_from && pause.end > pause.start && pause.end <= duty.end;
            free_from = pause.end;
        }
        let long = (duty.end - duty.start).num_minutes() > BREAK_AFTER_MINUTES.into();
        if !fits || (long && duty.breaks.is_empty()) {
            let what = if fits {
                "has no break"
            } else {
                "has a break outside it"
            };
            findings.push(Finding {
                rule: "break",
                detail: format!("{}'s duty of {} {what}", agent.name, when(duty, site)),
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
    let most = scenario.groups[agent.group].kind.most_clients();
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

/// Every client's language that has a queue is counted. Whoever is said to pre-learn a client's language belongs to a
/// group that can do some of its work, and knows no more clients with it than its kind allows; whoever is said to be
/// spare is not on duty with the others.
fn backups(scenario: &Scenario, roster: &Roster, findings: &mut Vec<Finding>) {
    let counted = |queue: &Queue| {
        let mut backups = roster.backups.iter();
        backups.any(|backup| (queue.client, queue.language) == (backup.client, backup.language))
    };
    let uncounted = scenario.queues.values().filter(|queue| !counted(queue));
    let uncounted = uncounted.map(|queue| (queue.client, queue.language));
    for (client, language) in uncounted.collect::<BTreeSet<_>>() {
        findings.push(Finding {
            rule: "backup",
            detail: format!(
                "nobody says who stands in for {} in {}",
                scenario.clients[client].name, scenario.languages[language].tag
            ),
        });
    }
    let mut known: BTreeMap<usize, BTreeSet<ClientId>> = BTreeMap::new();
    for backup in &roster.backups {
        let of_pair = |queue: &QueueId| {
            let queue = &scenario.queues[*queue];
            (queue.client, queue.language) == (backup.client, backup.language)
        };
        let pair = format!(
            "{} in {}",
            scenario.clients[backup.client].name, scenario.languages[backup.language].tag
        );
        for &number in &backup.learners {
            let Some(agent) = roster.agents.get(number) else {
                continue;
            };
            let clients = known.entry(number).or_default();
            clients.extend(agent.clients.iter().copied().chain([backup.client]));
            let able = scenario.queues_of(agent.group).iter().any(of_pair);
            if !able || clients.len() > scenario.groups[agent.group].kind.most_clients() {
                findings.push(Finding {
                    rule: "backup",
                    detail: format!("{} is to pre-learn {pair}, and may not", agent.name),
                });
            }
        }
        let trained = roster
            .agents
            .iter()
            .filter(|agent| agent.queues.iter().any(of_pair));
        let trained: Vec<&RosteredAgent> = trained.collect();
        let on_duty = |at: DateTime<Utc>| {
            let works = |duty: &Duty| duty.start <= at && at < duty.end;
            trained
                .iter()
                .filter(|agent| agent.duties.iter().any(works))
                .count()
        };
        let starts = trained
            .iter()
            .flat_map(|agent| &agent.duties)
            .map(|duty| duty.start);
        let busiest = starts.map(on_duty).max().unwrap_or(0);
        if backup.backups() + busiest > trained.len() + backup.learners.len() {
            findings.push(Finding {
                rule: "backup",
                detail: format!(
                    "{pair} is said to have {} backups: {busiest} of {} people are on duty at once",
                    backup.backups(),
                    trained.len()
                ),
            });
        }
    }
}

fn when(duty: &Duty, site: &Site) -> String {
    duty.start
        .with_timezone(&site.zone)
        .format("%a %-d %b %H:%M")
        .to_string()
}
