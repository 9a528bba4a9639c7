//! What `crewcast simulate` says: JSON for machines, CSV for spreadsheets, tables for people.

mod sheets;

use std::io::Write;
use std::process::ExitCode;

use serde::Serialize;

use super::super::screen;
use super::Case;
use crate::audit::{self, Finding};
use crate::ids::QueueId;
use crate::output::{self, PartSummary};
use crate::report::promised::{Told, told};
use crate::report::words;
use crate::scenario::Scenario;
use crate::sheet::{Cell, Sheet};
use crate::simulation::{Detail, Interval, Part, QueueService, Stretch};
use crate::{requirement, roster};

/// Findings of the audit that people see.
const MOST_FINDINGS: usize = 20;

/// Rows of a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum By {
    Slot,
    Day,
    Week,
}

#[derive(Debug, Serialize)]
pub(super) struct Report {
    scenario: String,
    setup: String,
    seed: u64,
    replications: usize,
    days: f64,
    queues: Vec<QueueReport>,
    teams: Vec<TeamReport>,
    /// Whether every queue keeps its promise at 95 % confidence.
    keeps_promises: bool,
    /// What makes the replay say little.
    notes: Vec<String>,
    /// Rules that the shifts break, however they are given to people.
    audit: Vec<Finding>,
}

#[derive(Debug, Serialize)]
struct QueueReport {
    name: String,
    /// Contacts per horizon: means over replications.
    offered: f64,
    answered: f64,
    abandoned: f64,
    unanswered: f64,
    /// Still in line when the queue closed.
    unanswered_at_close: f64,
    /// Share answered within the promised time, or done by the deadline.
    service_level: f64,
    low: f64,
    high: f64,
    /// Null where a mean wait or a share of hang-ups alone is promised.
    promised: Option<f64>,
    /// Probability that one run of the horizon by itself ends below the share promised, where one is.
    risk: Option<f64>,
    within_seconds: f64,
    keeps_promise: bool,
    /// Every part of the promise.
    parts: Vec<PartSummary>,
    /// The parts missed, in words.
    #[serde(skip)]
    missed: Vec<String>,
    mean_wait_seconds: f64,
    mean_wait_low: f64,
    mean_wait_high: f64,
    wait_p50_seconds: f64,
    wait_p90_seconds: f64,
    wait_p95_seconds: f64,
    /// Share within the promised time per day of the horizon; null without contacts.
    by_day: Vec<f64>,
    /// By slot, day or week, where asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<Vec<RowReport>>,
}

/// A stretch of a queue: each figure with the ends of its 95 % interval.
#[derive(Debug, Serialize)]
struct RowReport {
    start: String,
    end: String,
    offered: [f64; 3],
    answered: [f64; 3],
    in_time: [f64; 3],
    abandoned: [f64; 3],
    unanswered: [f64; 3],
    service_level: Option<[f64; 3]>,
    mean_wait_seconds: Option<[f64; 3]>,
    wait_p50_seconds: f64,
    wait_p90_seconds: f64,
    wait_p95_seconds: f64,
}

#[derive(Debug, Serialize)]
struct TeamReport {
    name: String,
    occupancy: f64,
    low: f64,
    high: f64,
    shifts: u32,
}

impl Report {
    pub(super) fn of(case: &Case, seen: &Detail, by: Option<By>) -> Self {
        let scenario = &case.scenario;
        let observed = &seen.observed;
        let queues: Vec<QueueReport> = scenario
            .queues
            .ids()
            .map(|id| {
                let rows = by.map(|by| match by {
                    By::Slot => &seen.slots[id],
                    By::Day => &seen.days[id],
                    By::Week => &seen.weeks[id],
                });
                queue_report(scenario, id, &observed.queues[id], rows)
            })
            .collect();
        let none = Interval::default();
        let teams = case
            .staffing
            .teams
            .iter()
            .enumerate()
            .map(|(number, team)| {
                let occupancy = observed.occupancy.get(number).unwrap_or(&none);
                let shifts = case.staffing.shifts.iter();
                TeamReport {
                    name: team.name.clone(),
                    occupancy: occupancy.mean,
                    low: occupancy.low,
                    high: occupancy.high,
                    shifts: shifts
                        .filter(|shift| shift.team == number)
                        .map(|shift| shift.agents)
                        .sum(),
                }
            });
        Self {
            scenario: scenario.name.clone(),
            setup: scenario.setups[case.setup].name.clone(),
            seed: observed.seed,
            replications: observed.replications,
            days: observed.replications as f64 * scenario.horizon.weeks() * 7.0,
            keeps_promises: queues
                .iter()
                .all(|queue| queue.keeps_promise || queue.offered <= 0.0),
            teams: teams.collect(),
            notes: notes(case, seen),
            audit: audited(case),
            queues,
        }
    }
}

/// The audit of the shifts, given to as few people as can work them.
fn audited(case: &Case) -> Vec<Finding> {
    let requirement = requirement::size(&case.scenario, &case.demand);
    let roster = roster::assign(&case.scenario, &case.staffing);
    audit::check(&case.scenario, &requirement, &roster)
}

/// Who is not there, and whom nobody serves.
fn notes(case: &Case, seen: &Detail) -> Vec<String> {
    let shifts = &case.staffing.shifts;
    let there = |team: usize| {
        shifts
            .iter()
            .any(|shift| shift.team == team && shift.agents > 0)
    };
    if !(0..case.staffing.teams.len()).any(there) {
        return vec!["nobody is on the line: the plan has no shift with agents".to_owned()];
    }
    let mut notes = Vec::new();
    for (id, queue) in case.scenario.queues.iter() {
        let mut teams = case.staffing.teams.iter().enumerate();
        let skilled = teams.any(|(number, team)| there(number) && team.queues.contains(&id));
        if !skilled && seen.observed.queues[id].offered > 0.0 {
            notes.push(format!(
                "{}: nobody on the line has the skill for it",
                queue.name
            ));
        }
    }
    notes
}

fn queue_report(
    scenario: &Scenario,
    id: QueueId,
    seen: &QueueService,
    rows: Option<&Vec<Stretch>>,
) -> QueueReport {
    let queue = &scenario.queues[id];
    let missed = |part: &Part| {
        let Told {
            what,
            promised,
            seen,
            interval,
        } = told(queue, part);
        let around = match interval.as_str() {
            "" => String::new(),
            interval => format!(" ({interval})"),
        };
        format!("{what} {seen}{around}, promised {promised}")
    };
    QueueReport {
        name: queue.name.clone(),
        offered: seen.offered,
        answered: seen.answered,
        abandoned: seen.abandoned,
        unanswered: seen.unanswered,
        unanswered_at_close: seen.at_close,
        service_level: seen.reached.mean,
        low: seen.reached.low,
        high: seen.reached.high,
        promised: seen.promised_share(),
        risk: seen.risk,
        within_seconds: queue.promised_within().value(),
        keeps_promise: seen.keeps_promise(),
        parts: seen.parts.iter().map(PartSummary::of).collect(),
        missed: seen.missed().map(missed).collect(),
        mean_wait_seconds: seen.mean_wait.mean,
        mean_wait_low: seen.mean_wait.low,
        mean_wait_high: seen.mean_wait.high,
        wait_p50_seconds: seen.wait_p50,
        wait_p90_seconds: seen.wait_p90,
        wait_p95_seconds: seen.wait_p95,
        by_day: seen.by_day.clone(),
        rows: rows.map(|rows| rows.iter().map(row_report).collect()),
    }
}

fn row_report(row: &Stretch) -> RowReport {
    let all = |interval: &Interval| [interval.mean, interval.low.max(0.0), interval.high];
    let seen = &row.seen;
    let is_answered = seen.answered.mean > 0.0;
    let quantile = |part| match is_answered {
        true => seen.wait_quantile(part),
        false => f64::NAN,
    };
    RowReport {
        start: row.start.to_rfc3339(),
        end: row.end.to_rfc3339(),
        offered: all(&seen.offered),
        answered: all(&seen.answered),
        in_time: all(&seen.reached),
        abandoned: all(&seen.abandoned),
        unanswered: all(&seen.unanswered),
        service_level: (seen.offered.mean > 0.0).then(|| all(&seen.level)),
        mean_wait_seconds: is_answered.then(|| all(&seen.asa)),
        wait_p50_seconds: quantile(0.5),
        wait_p90_seconds: quantile(0.9),
        wait_p95_seconds: quantile(0.95),
    }
}

/// Prints the report; people see the rows of a queue below its week.
pub(super) fn print(report: &Report, by: Option<By>, csv: bool, json: bool) -> ExitCode {
    if json {
        return match serde_json::to_string_pretty(report) {
            Ok(text) => {
                println!("{text}");
                ExitCode::SUCCESS
            }
            Err(error) => failed(&error.to_string()),
        };
    }
    if csv {
        let sheet = if by.is_some() {
            sheets::rows(report)
        } else {
            sheets::queues(report)
        };
        return match output::csv(&sheet) {
            // A reader who has seen enough is no fault.
            Ok(bytes) => {
                let _ = std::io::stdout().write_all(&bytes);
                ExitCode::SUCCESS
            }
            Err(error) => failed(&error),
        };
    }
    println!(
        "{}: set-up {}, {:.0} days in {} replications, seed {}\n",
        report.scenario, report.setup, report.days, report.replications, report.seed
    );
    let room = screen::room();
    print!("{}", sheets::service(report).for_terminal(room));
    for queue in &report.queues {
        for missed in &queue.missed {
            println!("{}: {missed}", queue.name);
        }
    }
    let mut teams = Sheet::new(["team", "shifts", "occupancy"]);
    for team in &report.teams {
        teams.push(vec![
            Cell::text(&team.name),
            Cell::number(f64::from(team.shifts), 0),
            Cell::percent(team.occupancy, 1),
        ]);
    }
    print!("\n{}", teams.for_terminal(room));
    for note in &report.notes {
        println!("\nnote: {note}");
    }
    if !report.audit.is_empty() {
        println!("\nThe audit of the shifts found");
        for finding in report.audit.iter().take(MOST_FINDINGS) {
            println!("  {}: {}", finding.rule, words::clean(&finding.detail));
        }
        match report.audit.len().saturating_sub(MOST_FINDINGS) {
            0 => (),
            more => println!("  {more} more with --json"),
        }
    }
    if by.is_some() {
        print!("\n{}", sheets::stretches(report).for_terminal(room));
    }
    ExitCode::SUCCESS
}

fn failed(error: &str) -> ExitCode {
    eprintln!("error: {error}");
    ExitCode::FAILURE
}
