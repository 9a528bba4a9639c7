//! One table per value of a plan, as a [`Sheet`]: columns are a contract, cells are plain.

use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;

use super::missed;
use super::summary::{queue_names as names, utc};
use crate::plan::Plan;
use crate::report::digest::Digest;
use crate::sheet::{Cell, Sheet};
use crate::staffing::PlannedShift;

/// Every table with the name of its file.
pub(super) fn all(plan: &Plan) -> Vec<(&'static str, Sheet)> {
    let digest = Digest::of(plan);
    // What is handed on first: the workbook opens with it.
    vec![
        ("roster", roster(&digest)),
        ("shifts", shifts(plan)),
        ("service", service(&digest)),
        ("missed", missed::hours(&digest)),
        ("more_agents", missed::agents(&digest)),
        ("shortfall", shortfall(&digest)),
        ("backups", backups(&digest)),
        ("costs", costs(&digest)),
        ("break_even", break_even(&digest)),
        ("own_teams", own_teams(plan)),
        ("certainty", certainty(plan)),
        ("coverage", coverage(&digest)),
        ("requirement", requirement(plan)),
        ("deferrable", deferrable(plan)),
        ("forecast", forecast(plan)),
    ]
}

fn forecast(plan: &Plan) -> Sheet {
    let mut sheet = Sheet::new([
        "queue",
        "start_utc",
        "start_local",
        "mean",
        "p10",
        "p50",
        "p80",
        "p95",
    ]);
    let scenario = &plan.scenario;
    for (queue, demand) in scenario.queues.values().zip(plan.demand.queues.values()) {
        let zone = scenario.markets[queue.market].zone;
        for (slot, &mean) in demand.mean.iter().enumerate() {
            let start = scenario.horizon.slot_start(slot);
            let mut row = vec![
                Cell::text(&queue.name),
                Cell::text(utc(start)),
                Cell::text(local(start, zone)),
                Cell::number(mean, 4),
            ];
            for quantile in [&demand.p10, &demand.p50, &demand.p80, &demand.p95] {
                row.push(at(quantile, slot, 4));
            }
            sheet.push(row);
        }
    }
    sheet
}

fn requirement(plan: &Plan) -> Sheet {
    let mut sheet = Sheet::new(["pool", "start_utc", "agents", "offered_load"]);
    for pool in &plan.requirement.pools {
        for (slot, &agents) in pool.agents.iter().enumerate() {
            sheet.push(vec![
                Cell::text(&pool.name),
                Cell::text(utc(plan.scenario.horizon.slot_start(slot))),
                Cell::number(f64::from(agents), 0),
                at(&pool.offered_load, slot, 4),
            ]);
        }
    }
    sheet
}

/// Work that may wait: agent-hours that arrive in a slot, and when they must be done.
fn deferrable(plan: &Plan) -> Sheet {
    let mut sheet = Sheet::new(["queue", "start_utc", "arriving_agent_hours", "due_utc"]);
    let horizon = &plan.scenario.horizon;
    for work in &plan.requirement.deferrable {
        let name = plan
            .scenario
            .queues
            .iter()
            .find(|(id, _)| *id == work.queue)
            .map_or("", |(_, queue)| queue.name.as_str());
        for (slot, &hours) in work.arriving.iter().enumerate() {
            // Work is on time when done by the end of its last slot; past the horizon it is not said.
            let due = work
                .due
                .get(slot)
                .filter(|due| **due < horizon.slots)
                .map_or(Cell::Empty, |due| {
                    Cell::text(utc(horizon.slot_start(due + 1)))
                });
            sheet.push(vec![
                Cell::text(name),
                Cell::text(utc(horizon.slot_start(slot))),
                Cell::number(hours, 4),
                due,
            ]);
        }
    }
    sheet
}

pub(super) fn shifts(plan: &Plan) -> Sheet {
    let digest = Digest::of(plan);
    let mut sheet = Sheet::new([
        "group",
        "site",
        "date",
        "start_local",
        "end_local",
        "breaks",
        "agents",
    ]);
    let Some(chosen) = digest.chosen else {
        return sheet;
    };
    let teams = &chosen.staffing.teams;
    let mut shifts: Vec<&PlannedShift> = chosen
        .staffing
        .shifts
        .iter()
        .filter(|shift| shift.agents > 0)
        .collect();
    shifts.sort_by_key(|shift| (shift.team, shift.start, shift.end));
    for shift in shifts {
        let Some(team) = teams.get(shift.team) else {
            continue;
        };
        let site = &chosen.scenario.sites[chosen.scenario.groups[team.group].site];
        sheet.push(vec![
            Cell::text(&team.name),
            Cell::text(&site.name),
            Cell::text(date(shift.start, site.zone)),
            Cell::text(local(shift.start, site.zone)),
            Cell::text(local(shift.end, site.zone)),
            Cell::text(breaks(
                shift
                    .breaks
                    .iter()
                    .map(|rest| (rest.start, rest.end, rest.paid)),
                site.zone,
            )),
            Cell::number(f64::from(shift.agents), 0),
        ]);
    }
    sheet
}

fn coverage(digest: &Digest) -> Sheet {
    let mut sheet = Sheet::new(["pool", "start_utc", "required", "staffed"]);
    let Some(chosen) = digest.chosen else {
        return sheet;
    };
    let pools = chosen.requirement.pools.iter();
    for (pool, cover) in pools.zip(&chosen.staffing.cover) {
        for (slot, (&required, &staffed)) in pool.agents.iter().zip(cover).enumerate() {
            sheet.push(vec![
                Cell::text(&pool.name),
                Cell::text(utc(chosen.scenario.horizon.slot_start(slot))),
                Cell::number(f64::from(required), 0),
                Cell::number(f64::from(staffed), 0),
            ]);
        }
    }
    sheet
}

fn shortfall(digest: &Digest) -> Sheet {
    let mut sheet = Sheet::new([
        "pool",
        "start_utc",
        "end_utc",
        "agent_hours",
        "reason",
        "queues",
    ]);
    let Some(chosen) = digest.chosen else {
        return sheet;
    };
    let horizon = &chosen.scenario.horizon;
    for run in &chosen.staffing.shortfall {
        sheet.push(vec![
            Cell::text(&run.pool),
            Cell::text(utc(horizon.slot_start(run.slot))),
            Cell::text(utc(horizon.slot_start(run.slot + run.slots))),
            Cell::number(run.agent_hours, 3),
            Cell::text(&run.reason),
            Cell::text(names(&chosen.scenario, &run.queues).join(" ")),
        ]);
    }
    sheet
}

fn roster(digest: &Digest) -> Sheet {
    let mut sheet = Sheet::new([
        "agent",
        "group",
        "site",
        "date",
        "start_local",
        "end_local",
        "start_utc",
        "end_utc",
        "breaks",
    ]);
    let Some(chosen) = digest.chosen else {
        return sheet;
    };
    for agent in &digest.plan.roster.agents {
        let site = &chosen.scenario.sites[chosen.scenario.groups[agent.group].site];
        let team = chosen.staffing.teams.get(agent.team);
        for duty in &agent.duties {
            sheet.push(vec![
                Cell::text(&agent.name),
                Cell::text(team.map_or("", |team| team.name.as_str())),
                Cell::text(&site.name),
                Cell::text(date(duty.start, site.zone)),
                Cell::text(local(duty.start, site.zone)),
                Cell::text(local(duty.end, site.zone)),
                Cell::text(utc(duty.start)),
                Cell::text(utc(duty.end)),
                Cell::text(breaks(
                    duty.breaks
                        .iter()
                        .map(|rest| (rest.start, rest.end, rest.paid)),
                    site.zone,
                )),
            ]);
        }
    }
    sheet
}

fn backups(digest: &Digest) -> Sheet {
    let mut sheet = Sheet::new([
        "client",
        "language",
        "trained",
        "at_once",
        "pre_learn",
        "backups",
        "missing",
        "learning_hours",
        "learning_cost",
        "partners_cost",
    ]);
    let agents = &digest.plan.roster.agents;
    for (backup, learning) in digest.backups() {
        let scenario = &digest.plan.scenario;
        let learners = backup
            .learners
            .iter()
            .filter_map(|&number| agents.get(number));
        let learners: Vec<&str> = learners.map(|agent| agent.name.as_str()).collect();
        sheet.push(vec![
            Cell::text(&scenario.clients[backup.client].name),
            Cell::text(&scenario.languages[backup.language].tag),
            Cell::number(backup.trained as f64, 0),
            Cell::number(backup.at_once as f64, 0),
            Cell::text(learners.join(" · ")),
            Cell::number(backup.backups() as f64, 0),
            Cell::number(backup.missing as f64, 0),
            Cell::number(learning.hours.value(), 2),
            Cell::number(learning.cost.to_f64(), 2),
            Cell::number(learning.partners.to_f64(), 2),
        ]);
    }
    sheet
}

fn service(digest: &Digest) -> Sheet {
    let mut sheet = Sheet::new([
        "queue",
        "promised",
        "reached",
        "low",
        "high",
        "offered",
        "answered",
        "abandoned",
        "unanswered",
        "mean_wait_seconds",
        "wait_p90_seconds",
        "kept",
        "risk",
        "wait_p95_seconds",
        "unanswered_at_close",
        "missed_parts",
    ]);
    let Some(chosen) = digest.chosen else {
        return sheet;
    };
    let share = |share: Option<f64>| share.map_or(Cell::Empty, |share| Cell::number(share, 4));
    for (queue, service) in digest.service(chosen) {
        let kept = if service.keeps_promise() { "yes" } else { "no" };
        sheet.push(vec![
            Cell::text(&queue.name),
            share(service.promised_share()),
            Cell::number(service.reached.mean, 4),
            Cell::number(service.reached.low, 4),
            Cell::number(service.reached.high, 4),
            Cell::number(service.offered, 2),
            Cell::number(service.answered, 2),
            Cell::number(service.abandoned, 2),
            Cell::number(service.unanswered, 2),
            Cell::number(service.mean_wait.mean, 1),
            Cell::number(service.wait_p90, 1),
            Cell::text(kept),
            share(service.risk),
            Cell::number(service.wait_p95, 1),
            Cell::number(service.at_close, 2),
            Cell::text(
                service
                    .missed()
                    .map(crate::simulation::Part::name)
                    .collect::<Vec<_>>()
                    .join(" "),
            ),
        ]);
    }
    sheet
}

fn costs(digest: &Digest) -> Sheet {
    let mut sheet = Sheet::new(["setup", "line", "amount", "per_interaction"]);
    for result in &digest.plan.comparison.setups {
        let interactions = result.costing.interactions;
        for line in &result.costing.lines {
            let amount = line.amount.to_f64();
            sheet.push(vec![
                Cell::text(digest.setup_name(result)),
                Cell::text(&line.line),
                Cell::number(amount, 2),
                Cell::number(amount / interactions, 6),
            ]);
        }
    }
    sheet
}

/// Per client and language: what a team of its own costs over its part of a pod, and from which volume on
/// it pays.
fn own_teams(plan: &Plan) -> Sheet {
    let mut sheet = Sheet::new([
        "client",
        "language",
        "contacts_per_day",
        "pod_clients",
        "own_over_shared",
        "own_from_contacts_per_day",
    ]);
    for pair in &plan.own_teams {
        sheet.push(vec![
            Cell::text(&plan.scenario.clients[pair.client].name),
            Cell::text(&plan.scenario.languages[pair.language].tag),
            Cell::number(pair.contacts, 1),
            Cell::number(f64::from(pair.pod), 0),
            Cell::number(pair.ratio, 3),
            pair.from.map_or(Cell::Empty, |from| Cell::number(from, 0)),
        ]);
    }
    sheet
}

/// What plans for busier weeks cost, and what today's plan would do in them.
fn certainty(plan: &Plan) -> Sheet {
    let mut sheet = Sheet::new([
        "share_of_weeks",
        "interactions_per_day",
        "paid_hours",
        "cost",
        "reached_today",
        "kept_today",
        "promises",
    ]);
    for point in &plan.certainty {
        sheet.push(vec![
            point
                .weeks
                .map_or(Cell::Empty, |weeks| Cell::number(weeks, 2)),
            Cell::number(point.interactions_per_day, 1),
            Cell::number(point.paid_hours, 2),
            Cell::number(point.cost, 2),
            Cell::number(point.reached, 4),
            Cell::number(point.kept as f64, 0),
            Cell::number(point.promises as f64, 0),
        ]);
    }
    sheet
}

fn break_even(digest: &Digest) -> Sheet {
    let mut sheet = Sheet::new([
        "interactions_per_day",
        "setup",
        "per_interaction",
        "cheapest",
    ]);
    for point in &digest.plan.break_even.points {
        let results = digest.plan.comparison.setups.iter();
        for (index, (result, &cost)) in results.zip(&point.per_interaction).enumerate() {
            let cheapest = if index == point.cheapest { "yes" } else { "no" };
            sheet.push(vec![
                Cell::number(point.interactions_per_day, 2),
                Cell::text(digest.setup_name(result)),
                Cell::number(cost, 6),
                Cell::text(cheapest),
            ]);
        }
    }
    sheet
}

/// "2026-11-30T08:00:00+01:00".
fn local(instant: DateTime<Utc>, zone: Tz) -> String {
    instant
        .with_timezone(&zone)
        .to_rfc3339_opts(SecondsFormat::Secs, false)
}

/// "2026-11-30" on the wall clock.
fn date(instant: DateTime<Utc>, zone: Tz) -> String {
    instant.with_timezone(&zone).date_naive().to_string()
}

/// "11:30-12:00 unpaid; 14:00-14:15 paid" on the wall clock.
fn breaks(breaks: impl Iterator<Item = (DateTime<Utc>, DateTime<Utc>, bool)>, zone: Tz) -> String {
    let wall = |instant: DateTime<Utc>| instant.with_timezone(&zone).format("%H:%M").to_string();
    breaks
        .map(|(start, end, paid)| {
            let pay = if paid { "paid" } else { "unpaid" };
            format!("{}-{} {pay}", wall(start), wall(end))
        })
        .collect::<Vec<_>>()
        .join("; ")
}

fn at(values: &[f64], slot: usize, decimals: usize) -> Cell {
    values
        .get(slot)
        .map_or(Cell::Empty, |value| Cell::number(*value, decimals))
}
