//! `crewcast plan`: the main job.

use std::path::PathBuf;
use std::process::ExitCode;

use super::check::{fail, setup_named};
use super::progress::Progress;
use crate::plan::{Options, plan};
use crate::{input, output, report};

/// Volumes of the break-even.
const VOLUMES: usize = 5;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Scenario folder, or its scenario.toml.
    scenario: PathBuf,
    /// Folder for the results: tables, charts and report; without it the plan is only printed.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Put the new plan in the place of an earlier one.
    #[arg(long, requires = "out")]
    force: bool,
    /// Print the summary as JSON.
    #[arg(long)]
    json: bool,
    /// Set-up whose roster is wanted (default: the scenario's choice, else the cheapest that keeps its
    /// promises).
    #[arg(long, value_name = "NAME")]
    setup: Option<String>,
    /// Change a number of the scenario, as in queue.cs-phone.aht=5m; may be given again.
    #[arg(long = "set", value_name = "PATH=VALUE")]
    set: Vec<String>,
    /// Seed of everything drawn, instead of the scenario's.
    #[arg(long)]
    seed: Option<u64>,
    /// Relative gap at which the solver may stop, as in 0.01.
    #[arg(long, value_parser = gap)]
    gap: Option<f64>,
    /// Seconds for the staffing of each set-up; the best plan found by then is kept.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    time_limit: Option<f64>,
}

pub(super) fn run(args: Args) -> ExitCode {
    if let Some(out) = &args.out
        && let Err(problem) = output::check(out, args.force)
    {
        return fail(&[problem], args.json);
    }
    let mut scenario = match input::read_changed(&args.scenario, &args.set) {
        Ok(scenario) => scenario,
        Err(problems) => return fail(&problems, args.json),
    };
    if let Some(seed) = args.seed {
        scenario.seed = seed;
    }
    let setup = match setup_named(&scenario, args.setup.as_deref()) {
        Ok(setup) => setup,
        Err(problem) => return fail(&[problem], args.json),
    };
    let options = Options {
        setup,
        gap: args.gap,
        seconds: args.time_limit,
        volumes: VOLUMES,
    };
    let progress = Progress::start();
    let plan = plan(scenario, &options, &|what| progress.say(what));
    if let Some(out) = &args.out {
        progress.say("writing the report");
        if let Err(problem) = output::write(&plan, out, args.force) {
            progress.finish();
            return fail(&[problem], args.json);
        }
    }
    progress.finish();
    if args.json {
        match serde_json::to_string_pretty(&output::summary(&plan)) {
            Ok(json) => println!("{json}"),
            Err(error) => {
                eprintln!("error: the summary cannot be written as JSON: {error}");
                return ExitCode::from(1);
            }
        }
    } else {
        print!("{}", report::terminal(&plan));
        if let Some(out) = &args.out {
            println!("\nReport: {}", out.join("report.html").display());
        }
    }
    ExitCode::SUCCESS
}

fn gap(text: &str) -> Result<f64, String> {
    let gap: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    (0.0..1.0)
        .contains(&gap)
        .then_some(gap)
        .ok_or_else(|| "a gap lies between 0 and 1".to_owned())
}

fn seconds(text: &str) -> Result<f64, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    (seconds > 0.0 && seconds.is_finite())
        .then_some(seconds)
        .ok_or_else(|| "seconds are a number above 0".to_owned())
}
