//! `crewcast simulate`: replays a plan event by event, also one edited by hand.

mod shifts;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::Serialize;

use super::check::fail;
use super::progress::Progress;
use crate::demand::{self, Demand};
use crate::ids::SetupId;
use crate::plan::{Options, plan};
use crate::problem::{Place, Problem};
use crate::scenario::Scenario;
use crate::simulation::{self, Interval, Observed};
use crate::staffing::{Proof, Staffing, Team};
use crate::{input, whatif};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Scenario folder, or its scenario.toml.
    scenario: PathBuf,
    /// Folder of a plan: its shifts.csv is replayed, edited by hand or not; without it the scenario is
    /// planned first.
    #[arg(long, value_name = "DIR")]
    plan: Option<PathBuf>,
    /// Set-up that the shifts belong to (default: the first that has all their groups).
    #[arg(long, value_name = "NAME")]
    setup: Option<String>,
    /// Days to simulate, in whole horizons; default: the scenario's replications.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    days: Option<u32>,
    /// Seed of everything drawn, instead of the scenario's.
    #[arg(long)]
    seed: Option<u64>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// A staffing before the scenario and demand it is for.
struct Case {
    scenario: Scenario,
    demand: Demand,
    staffing: Staffing,
    setup: SetupId,
}

#[derive(Debug, Serialize)]
struct Report {
    scenario: String,
    setup: String,
    seed: u64,
    replications: usize,
    days: f64,
    queues: Vec<QueueReport>,
    teams: Vec<TeamReport>,
    /// Whether every queue keeps its promise at 95 % confidence.
    keeps_promises: bool,
}

#[derive(Debug, Serialize)]
struct QueueReport {
    name: String,
    /// Contacts per horizon: means over replications.
    offered: f64,
    answered: f64,
    abandoned: f64,
    unanswered: f64,
    /// Share answered within the promised time, or done by the deadline.
    service_level: f64,
    low: f64,
    high: f64,
    promised: f64,
    within_seconds: f64,
    keeps_promise: bool,
    mean_wait_seconds: f64,
    mean_wait_low: f64,
    mean_wait_high: f64,
    wait_p90_seconds: f64,
    /// Share within the promised time per day of the horizon; null without contacts.
    by_day: Vec<f64>,
}

#[derive(Debug, Serialize)]
struct TeamReport {
    name: String,
    occupancy: f64,
    low: f64,
    high: f64,
    shifts: u32,
}

pub(super) fn run(args: Args) -> ExitCode {
    let mut scenario = match input::read(&args.scenario) {
        Ok(scenario) => scenario,
        Err(problems) => return fail(&problems, args.json),
    };
    if let Some(seed) = args.seed {
        scenario.seed = seed;
    }
    let setup = match args.setup.as_deref().map(|name| named(&scenario, name)) {
        Some(Err(problems)) => return fail(&problems, args.json),
        Some(Ok(setup)) => Some(setup),
        None => None,
    };
    let progress = Progress::start();
    let case = match &args.plan {
        Some(folder) => read(scenario, setup, folder),
        None => Ok(planned(scenario, setup, &progress)),
    };
    let mut case = match case {
        Ok(case) => case,
        Err(problems) => {
            progress.finish();
            return fail(&problems, args.json);
        }
    };
    let length = case.scenario.horizon.weeks() * 7.0;
    if let Some(days) = args.days {
        case.scenario.policy.replications = (f64::from(days) / length).ceil().max(1.0) as usize;
    }
    progress.say("simulating");
    let seed = case.scenario.seed;
    let (teams, shifts) = (&case.staffing.teams, &case.staffing.shifts);
    let observed = simulation::replay(&case.scenario, &case.demand, teams, shifts, seed);
    progress.finish();
    print(&report(&case, &observed, length), args.json);
    ExitCode::SUCCESS
}

fn named(scenario: &Scenario, name: &str) -> Result<SetupId, Vec<Problem>> {
    scenario.setup_named(name).ok_or_else(|| {
        let names: Vec<&str> = scenario
            .setups
            .values()
            .map(|setup| setup.name.as_str())
            .collect();
        vec![
            Problem::new("unknown-setup", format!("there is no set-up `{name}`"))
                .remedy(format!("choose one of {}", names.join(", "))),
        ]
    })
}

/// The plan that `crewcast plan` would hand on.
fn planned(scenario: Scenario, setup: Option<SetupId>, progress: &Progress) -> Case {
    let options = Options {
        setup,
        ..Options::default()
    };
    let mut plan = plan(scenario, &options, &|what| progress.say(what));
    let result = plan.comparison.setups.swap_remove(plan.chosen);
    Case {
        scenario: result.scenario,
        demand: result.demand,
        staffing: result.staffing,
        setup: result.setup,
    }
}

/// The shifts of a plan's folder, for the first set-up that has all their groups.
fn read(scenario: Scenario, setup: Option<SetupId>, folder: &Path) -> Result<Case, Vec<Problem>> {
    let path = folder.join("shifts.csv");
    let file = path.display().to_string();
    let text = std::fs::read_to_string(&path).map_err(|error| {
        vec![
            Problem::new("missing-file", format!("{file} cannot be read: {error}"))
                .remedy("give the folder that `crewcast plan --out` wrote"),
        ]
    })?;
    let rows = shifts::rows(&file, &text)?;
    let mut names: Vec<(&str, usize)> = Vec::new();
    for row in &rows {
        if !names.iter().any(|(name, _)| *name == row.group) {
            names.push((&row.group, row.line));
        }
    }
    let demand = demand::forecast(&scenario);
    let setups: Vec<SetupId> = match setup.or(scenario.plan_setup) {
        Some(first) if setup.is_some() => vec![first],
        first => first.into_iter().chain(scenario.setups.ids()).collect(),
    };
    let mut unknown = Vec::new();
    for setup in setups {
        let (scenario, demand) = whatif::with_companions(&scenario, &demand, setup);
        let groups = &scenario.setups[setup].groups;
        let found: Vec<Option<Team>> = names
            .iter()
            .map(|(name, _)| {
                shifts::team(&scenario, name).filter(|team| groups.contains(&team.group))
            })
            .collect();
        if found.iter().any(Option::is_none) {
            // Those of the set-up that knows the most of them.
            let strangers: Vec<Problem> = names
                .iter()
                .zip(&found)
                .filter(|(_, team)| team.is_none())
                .map(|(name, _)| stranger(&file, *name))
                .collect();
            if unknown.is_empty() || strangers.len() < unknown.len() {
                unknown = strangers;
            }
            continue;
        }
        let teams: Vec<Team> = found.into_iter().flatten().collect();
        return staffing(&file, &scenario, &rows, teams).map(|staffing| Case {
            scenario,
            demand,
            staffing,
            setup,
        });
    }
    Err(unknown)
}

fn stranger(file: &str, (name, line): (&str, usize)) -> Problem {
    Problem::new(
        "unknown-group",
        format!("no set-up has a group or pod `{name}`"),
    )
    .at(Place::line(file, line))
    .remedy("write a group of the scenario, or a pod as `group: client+client`")
}

fn staffing(
    file: &str,
    scenario: &Scenario,
    rows: &[shifts::Row],
    teams: Vec<Team>,
) -> Result<Staffing, Vec<Problem>> {
    let (mut planned, mut problems) = (Vec::new(), Vec::new());
    for row in rows {
        let Some(number) = teams.iter().position(|team| team.name == row.group) else {
            continue;
        };
        let zone = scenario.sites[scenario.groups[teams[number].group].site].zone;
        match shifts::shift(file, row, number, zone) {
            Ok(shift) => planned.push(shift),
            Err(found) => problems.extend(found),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Staffing {
        on_line: vec![Vec::new(); teams.len()],
        teams,
        shifts: planned,
        cover: Vec::new(),
        shortfall: Vec::new(),
        proof: Proof {
            status: "given".to_owned(),
            objective: 0.0,
            bound: 0.0,
            gap: 0.0,
            seconds: 0.0,
        },
    })
}

fn report(case: &Case, observed: &Observed, length: f64) -> Report {
    let scenario = &case.scenario;
    let queues: Vec<QueueReport> = scenario
        .queues
        .iter()
        .map(|(id, queue)| {
            let seen = &observed.queues[id];
            QueueReport {
                name: queue.name.clone(),
                offered: seen.offered,
                answered: seen.answered,
                abandoned: seen.abandoned,
                unanswered: seen.unanswered,
                service_level: seen.reached.mean,
                low: seen.reached.low,
                high: seen.reached.high,
                promised: seen.promised,
                within_seconds: queue.promised_within().value(),
                keeps_promise: seen.keeps_promise(),
                mean_wait_seconds: seen.mean_wait.mean,
                mean_wait_low: seen.mean_wait.low,
                mean_wait_high: seen.mean_wait.high,
                wait_p90_seconds: seen.wait_p90,
                by_day: seen.by_day.clone(),
            }
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
            let shifts = case
                .staffing
                .shifts
                .iter()
                .filter(|shift| shift.team == number);
            TeamReport {
                name: team.name.clone(),
                occupancy: occupancy.mean,
                low: occupancy.low,
                high: occupancy.high,
                shifts: shifts.map(|shift| shift.agents).sum(),
            }
        })
        .collect();
    Report {
        scenario: scenario.name.clone(),
        setup: scenario.setups[case.setup].name.clone(),
        seed: observed.seed,
        replications: observed.replications,
        days: observed.replications as f64 * length,
        keeps_promises: queues
            .iter()
            .all(|queue| queue.keeps_promise || queue.offered <= 0.0),
        queues,
        teams,
    }
}

fn print(report: &Report, json: bool) {
    if json {
        match serde_json::to_string_pretty(report) {
            Ok(text) => println!("{text}"),
            Err(error) => eprintln!("error: {error}"),
        }
        return;
    }
    println!(
        "{}: set-up {}, {:.0} days in {} replications, seed {}\n",
        report.scenario, report.setup, report.days, report.replications, report.seed
    );
    println!(
        "queue                    offered  abandoned  in time   95 %            promised  mean wait"
    );
    for queue in &report.queues {
        println!(
            "{:<24} {:>7.1}  {:>8.1} %  {:>5.1} %  {:>5.1}-{:>5.1} %  {:>6.0} %  {:>8.0} s{}",
            queue.name,
            queue.offered,
            100.0 * queue.abandoned / queue.offered.max(1e-9),
            100.0 * queue.service_level,
            100.0 * queue.low,
            100.0 * queue.high,
            100.0 * queue.promised,
            queue.mean_wait_seconds,
            if queue.keeps_promise || queue.offered <= 0.0 {
                ""
            } else {
                "  misses"
            },
        );
    }
    println!("\nteam                                      shifts  occupancy");
    for team in &report.teams {
        println!(
            "{:<40}  {:>6}  {:>7.1} %",
            team.name,
            team.shifts,
            100.0 * team.occupancy
        );
    }
}
