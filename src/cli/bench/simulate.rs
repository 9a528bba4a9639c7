//! `crewcast bench simulate [FILE]`: simulated contacts per second.
//!
//! Without FILE one queue of 13 agents (100 calls in 30 min of 180 s) for 48 half-hours a replication.
//! With FILE a plan `{"instance": …, "x": [[group, shift, count], …]}` of a staffing instance.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::file::{self, File, LEAD_IN_DAYS, ManySkills, ROUNDS};
use crate::simulation::engine::{Edge, Group, Network, OnLine, Queue, Route, measure};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// A plan of a staffing instance; none: one queue of 13 agents.
    file: Option<PathBuf>,
    /// The instance, where the plan does not say where it lies.
    #[arg(long, value_name = "FILE", requires = "file")]
    instance: Option<PathBuf>,
    /// Replications of a day (one queue) or a week (a plan).
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    replications: usize,
    /// Seed of everything drawn.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Serialize)]
struct Report {
    contacts: f64,
    seconds: f64,
    contacts_per_second: f64,
    threads: usize,
    contacts_per_second_per_core: f64,
    service_level: f64,
    service_level_low: f64,
    service_level_high: f64,
    /// Queue with the lowest service level.
    worst_queue: String,
    worst_service_level: f64,
    queues_on_target: usize,
    queues: Vec<QueueReport>,
    replications: usize,
    seed: u64,
}

#[derive(Debug, Serialize)]
struct QueueReport {
    name: String,
    offered: f64,
    service_level: f64,
    low: f64,
    high: f64,
    asa_seconds: f64,
}

/// A case to run: a network, its queues' names, and agents per group and slot.
struct Case {
    network: Network,
    names: Vec<String>,
    counts: Vec<Vec<u32>>,
    replications: usize,
}

#[derive(Deserialize)]
struct Plan {
    instance: String,
    /// Where the instance lay when the plan was made.
    #[serde(default)]
    file: Option<PathBuf>,
    x: Vec<(usize, usize, u32)>,
}

pub(in crate::cli) fn run(args: Args) -> ExitCode {
    match report(&args) {
        Ok(report) => {
            print(&report, args.json);
            ExitCode::SUCCESS
        }
        Err(problems) => {
            for problem in problems {
                eprintln!("error: {problem}");
            }
            ExitCode::FAILURE
        }
    }
}

fn report(args: &Args) -> Result<Report, Vec<String>> {
    let mut case = match &args.file {
        None => single_queue(),
        Some(file) => read(file, args.instance.as_deref())?,
    };
    if args.replications > 0 {
        case.replications = args.replications;
    }
    let on_line = OnLine::from_counts(&case.network, &case.counts);
    let started = Instant::now();
    let seen = measure(
        &case.network,
        |_| on_line.clone(),
        case.replications,
        args.seed,
    )?;
    let seconds = started.elapsed().as_secs_f64();
    let contacts: f64 = seen
        .queues
        .iter()
        .map(|queue| queue.offered.mean)
        .sum::<f64>()
        * seen.replications as f64;
    let queues: Vec<QueueReport> = seen
        .queues
        .iter()
        .zip(&case.names)
        .map(|(queue, name)| QueueReport {
            name: name.clone(),
            offered: queue.offered.mean,
            service_level: queue.level.mean,
            low: queue.level.low,
            high: queue.level.high,
            asa_seconds: queue.asa.mean,
        })
        .collect();
    let worst = queues
        .iter()
        .min_by(|a, b| a.service_level.total_cmp(&b.service_level));
    let threads = rayon::current_num_threads();
    Ok(Report {
        contacts,
        seconds,
        contacts_per_second: contacts / seconds,
        threads,
        contacts_per_second_per_core: contacts / seconds / threads as f64,
        service_level: seen.level.mean,
        service_level_low: seen.level.low,
        service_level_high: seen.level.high,
        worst_queue: worst.map_or(String::new(), |queue| queue.name.clone()),
        worst_service_level: worst.map_or(1.0, |queue| queue.service_level),
        queues_on_target: queues
            .iter()
            .filter(|queue| queue.service_level >= 0.8)
            .count(),
        queues,
        replications: seen.replications,
        seed: args.seed,
    })
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
        "{:.0} contacts in {:.2} s on {} threads: {:.2} million a second, {:.2} million a core",
        report.contacts,
        report.seconds,
        report.threads,
        report.contacts_per_second / 1e6,
        report.contacts_per_second_per_core / 1e6,
    );
    println!(
        "service level {:.2} % ({:.2}-{:.2} %), worst queue {} at {:.1} %, {} of {} queues at 80 %",
        100.0 * report.service_level,
        100.0 * report.service_level_low,
        100.0 * report.service_level_high,
        report.worst_queue,
        100.0 * report.worst_service_level,
        report.queues_on_target,
        report.queues.len(),
    );
}

/// 100 calls in 30 min of 180 s, 13 agents.
fn single_queue() -> Case {
    let slots = 48;
    Case {
        network: Network {
            slot_seconds: 1800.0,
            slots,
            day_of_slot: vec![0; slots],
            queues: vec![Queue::calls(
                vec![100.0; slots],
                180.0,
                vec![Route::to(0, 0)],
            )],
            groups: vec![Group::default()],
            shared_busyness: 0.0,
            edge: Edge::Cyclic {
                lead_in: 2,
                rounds: 1,
            },
        },
        names: vec!["calls".to_owned()],
        counts: vec![vec![13; slots]],
        replications: 4000,
    }
}

/// Reads a plan and its instance: the one given, where it lay when the plan was made, or by its name beside
/// the plan or here.
fn read(file: &Path, given: Option<&Path>) -> Result<Case, Vec<String>> {
    let plan = parse(file).map_err(|problem| vec![problem])?;
    let folder = file.parent().unwrap_or(Path::new(""));
    let named = [plan.instance.clone(), format!("{}.json", plan.instance)];
    let beside = named.iter().map(|name| folder.join(name));
    let here = named.iter().map(PathBuf::from);
    let path = given
        .map(Path::to_owned)
        .into_iter()
        .chain(plan.file.clone())
        .chain(beside)
        .chain(here)
        .find(|path| path.is_file())
        .ok_or_else(|| {
            vec![format!(
                "{}: there is no instance `{}`; name its file with --instance",
                file.display(),
                plan.instance
            )]
        })?;
    let instance = match file::read(&path) {
        Ok(File::Many(instance)) => instance,
        Ok(File::One(_)) => {
            let remedy = "plans of instances with `groups` are simulated";
            return Err(vec![format!("{}: it has `cols`; {remedy}", path.display())]);
        }
        Err(mut problems) => {
            for problem in &mut problems {
                *problem = format!("{}: {problem}", path.display());
            }
            return Err(problems);
        }
    };
    case(&plan, instance).map_err(|problem| vec![format!("{}: {problem}", file.display())])
}

fn parse(file: &Path) -> Result<Plan, String> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))
}

fn case(plan: &Plan, instance: ManySkills) -> Result<Case, String> {
    Ok(Case {
        network: instance.network(LEAD_IN_DAYS, ROUNDS),
        counts: instance.on_line(&plan.x)?,
        names: instance.queues,
        replications: 60,
    })
}
