//! Pictures of people: who is on the line, whom they serve, and how well.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::{NaiveDate, Timelike};

use super::{Picture, picture, plain, window};
use crate::compare::SetupResult;
use crate::ids::Id;
use crate::report::charts::day_ribbon::{self, RibbonRow};
use crate::report::charts::pods::{self, PodMap, PodRow};
use crate::report::charts::roster::{self, RosterChart, RosterRow};
use crate::report::charts::service::{self, ServiceRow};
use crate::report::charts::staffing::{self, Staffing};
use crate::report::charts::time_axis::TimeAxis;
use crate::report::digest::Digest;
use crate::report::words;
use crate::requirement::Pool;
use crate::scenario::PremiumTime;

/// Rows of a chart that a reader still takes in.
pub(in crate::report) const MOST_ROWS: usize = 40;

/// Queues in the picture of the service.
const MOST_SERVED: usize = 20;

/// Pools drawn beside the widest.
const MOST_POOLS: usize = 8;

pub(super) fn staffings(digest: &Digest, chosen: &SetupResult) -> Vec<Picture> {
    let pools = &chosen.requirement.pools;
    let Some(widest) = pools.iter().max_by_key(|pool| pool.queues.len()) else {
        return Vec::new();
    };
    let horizon = chosen.scenario.horizon;
    let week = window(&horizon, &widest.offered_load, 8);
    let mut pictures = vec![staffing_of(
        digest,
        chosen,
        widest,
        week.clone(),
        "week",
        "Whole week",
    )];
    if let Some(day) = busiest_day(digest, &widest.offered_load) {
        pictures.push(staffing_of(
            digest,
            chosen,
            widest,
            day,
            "day",
            "Busiest day",
        ));
    }
    let languages = pools
        .iter()
        .filter(|pool| pool.name != widest.name && pool.name.starts_with("language "));
    for pool in languages.take(MOST_POOLS) {
        let language = pool
            .queues
            .first()
            .map(|&queue| chosen.scenario.queues[queue].language);
        let name = language.map_or_else(String::new, |id| {
            words::language(&chosen.scenario.languages[id])
        });
        let file = plain(&pool.name);
        pictures.push(staffing_of(
            digest,
            chosen,
            pool,
            week.clone(),
            &file,
            &name,
        ));
    }
    pictures
}

fn staffing_of(
    digest: &Digest,
    chosen: &SetupResult,
    pool: &Pool,
    slots: Range<usize>,
    file: &str,
    name: &str,
) -> Picture {
    let scenario = &chosen.scenario;
    let serves =
        |team: &crate::staffing::Team| team.queues.iter().any(|queue| pool.queues.contains(queue));
    let able: Vec<_> = chosen
        .staffing
        .teams
        .iter()
        .zip(&chosen.staffing.on_line)
        .filter(|(team, on_line)| serves(team) && on_line.iter().any(|agents| *agents > 0))
        .collect();
    let site = |team: &crate::staffing::Team| scenario.groups[team.group].site;
    let one_site = able
        .windows(2)
        .all(|pair| site(pair[0].0) == site(pair[1].0));
    // By site; where there is but one, by team.
    let mut stacks: Vec<(String, Vec<f64>)> = Vec::new();
    for (team, on_line) in able {
        let name = if one_site {
            &team.name
        } else {
            &scenario.sites[site(team)].name
        };
        let shown = slots
            .clone()
            .map(|slot| f64::from(on_line.get(slot).copied().unwrap_or(0)));
        match stacks.iter_mut().find(|(other, _)| other == name) {
            Some((_, agents)) => agents
                .iter_mut()
                .zip(shown)
                .for_each(|(sum, more)| *sum += more),
            None => stacks.push((name.clone(), shown.collect())),
        }
    }
    let required = slots
        .clone()
        .map(|slot| f64::from(pool.agents.get(slot).copied().unwrap_or(0)))
        .collect();
    let svg = staffing::draw(&Staffing {
        title: format!("Agents on the line and required, {name}"),
        axis: TimeAxis {
            horizon: scenario.horizon,
            zone: digest.plan.scenario.zone,
            slots,
        },
        clock: digest.plan.scenario.zone.name().to_owned(),
        stacks,
        required,
    });
    picture(format!("staffing-{file}"), name, svg)
}

/// The slots of the local day with the greatest load.
fn busiest_day(digest: &Digest, load: &[f64]) -> Option<Range<usize>> {
    let scenario = &digest.plan.scenario;
    let mut days: BTreeMap<NaiveDate, (f64, usize, usize)> = BTreeMap::new();
    for (slot, load) in load.iter().enumerate() {
        let day = scenario.horizon.local(slot, scenario.zone).date();
        let entry = days.entry(day).or_insert((0.0, slot, slot));
        entry.0 += load;
        entry.2 = slot + 1;
    }
    days.into_values()
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))
        .filter(|(load, ..)| *load > 0.0)
        .map(|(_, from, to)| from..to)
}

pub(super) fn services(digest: &Digest, chosen: &SetupResult) -> Vec<Picture> {
    let mut rows: Vec<ServiceRow> = digest
        .plan
        .scenario
        .queues
        .values()
        .zip(chosen.observed.queues.values())
        .map(|(queue, service)| ServiceRow {
            queue: queue.name.clone(),
            promised: service.promised_share(),
            reached: service.reached.mean,
            low: service.reached.low,
            high: service.reached.high,
            kept: service.keeps_promise(),
        })
        .collect();
    if rows.is_empty() {
        return Vec::new();
    }
    if rows.len() > MOST_SERVED {
        // The weakest, where not all can be seen.
        let margin = |row: &ServiceRow| row.low - row.promised.unwrap_or(0.0);
        rows.sort_by(|a, b| a.kept.cmp(&b.kept).then(margin(a).total_cmp(&margin(b))));
        rows.truncate(MOST_SERVED);
    }
    vec![picture("service", "Service", service::draw(&rows))]
}

pub(super) fn day_ribbons(chosen: &SetupResult) -> Vec<Picture> {
    let scenario = &chosen.scenario;
    let horizon = &scenario.horizon;
    let days = (horizon.weeks() * 7.0).max(1e-9);
    let rows: Vec<RibbonRow> = scenario
        .sites
        .iter()
        .map(|(id, site)| {
            let mut agents = [0.0; 24];
            let staffing = &chosen.staffing;
            for (team, on_line) in staffing.teams.iter().zip(&staffing.on_line) {
                if scenario.groups[team.group].site != id {
                    continue;
                }
                for (slot, &count) in on_line.iter().enumerate() {
                    let hour = horizon.slot_start(slot).hour() as usize;
                    agents[hour] += f64::from(count) * horizon.slot_hours() / days;
                }
            }
            let wall: [u32; 24] = std::array::from_fn(|hour| {
                let midnight = horizon.start.date_naive().and_time(chrono::NaiveTime::MIN);
                let at = midnight.and_utc() + chrono::Duration::hours(hour as i64);
                let local = at.with_timezone(&site.zone);
                local.hour() * 60 + local.minute()
            });
            RibbonRow {
                site: site.name.clone(),
                agents,
                wall,
                night: wall.map(|minute| is_night(&site.rules.premiums, minute)),
            }
        })
        .filter(|row| row.agents.iter().any(|agents| *agents > 0.0))
        .collect();
    if rows.is_empty() {
        return Vec::new();
    }
    vec![picture(
        "day-ribbon",
        "Sites by hour",
        day_ribbon::draw(&rows),
    )]
}

fn is_night(premiums: &[crate::scenario::Premium], minute: u32) -> bool {
    premiums.iter().any(|premium| match premium.time {
        PremiumTime::Night { from, to } if from <= to => (from..to).contains(&minute),
        PremiumTime::Night { from, to } => minute >= from || minute < to,
        _ => false,
    })
}

pub(super) fn pod_maps(digest: &Digest, chosen: &SetupResult) -> Vec<Picture> {
    let scenario = &chosen.scenario;
    let heads = digest.teams();
    let rows: Vec<PodRow> = chosen
        .staffing
        .teams
        .iter()
        .zip(&heads)
        .filter(|(_, work)| work.heads > 0)
        .take(MOST_ROWS)
        .map(|(team, work)| {
            let group = &scenario.groups[team.group];
            PodRow {
                team: team.name.clone(),
                heads: work.heads,
                shared: matches!(group.kind, crate::scenario::GroupKind::Shared { .. }),
                site: group.site.index(),
                serves: scenario
                    .clients
                    .ids()
                    .map(|client| team.clients.contains(&client))
                    .collect(),
            }
        })
        .collect();
    if rows.is_empty() || scenario.clients.len() < 2 {
        return Vec::new();
    }
    let svg = pods::draw(&PodMap {
        clients: scenario
            .clients
            .values()
            .map(|client| client.name.clone())
            .collect(),
        sites: scenario
            .sites
            .values()
            .map(|site| site.name.clone())
            .collect(),
        rows,
    });
    vec![picture("pods", "Teams and clients", svg)]
}

pub(super) fn rosters(digest: &Digest) -> Vec<Picture> {
    let scenario = &digest.plan.scenario;
    let horizon = scenario.horizon;
    let slots_a_day = (24 * 60 / horizon.slot_minutes.max(1)) as usize;
    let to = (3 * slots_a_day).min(horizon.slots);
    let slot = |at: chrono::DateTime<chrono::Utc>| {
        (at - horizon.start).num_seconds() as f64 / horizon.slot_seconds()
    };
    let rows: Vec<RosterRow> = digest
        .plan
        .roster
        .agents
        .iter()
        .map(|agent| {
            let duties = agent
                .duties
                .iter()
                .filter(|duty| slot(duty.start) < to as f64 && slot(duty.end) > 0.0);
            let (mut shifts, mut breaks) = (Vec::new(), Vec::new());
            for duty in duties {
                shifts.push((slot(duty.start), slot(duty.end)));
                let rests = duty.breaks.iter();
                breaks.extend(rests.map(|rest| (slot(rest.start), slot(rest.end))));
            }
            RosterRow {
                agent: agent.name.clone(),
                team: agent.team,
                shifts,
                breaks,
            }
        })
        .filter(|row| !row.shifts.is_empty())
        .take(MOST_ROWS)
        .collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let axis = TimeAxis {
        horizon,
        zone: scenario.zone,
        slots: 0..to,
    };
    vec![picture(
        "roster",
        "Roster",
        roster::draw(&RosterChart { axis, rows }),
    )]
}
