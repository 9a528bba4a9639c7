//! `crewcast plan`: the main job.

use std::path::PathBuf;
use std::process::ExitCode;

use super::check::{fail, setup_named, tell_unmet, warn};
use super::progress::Progress;
use super::screen;
use crate::input::typed;
use crate::plan::{Options, Plan, plan};
use crate::problem::Problem;
use crate::report::Changes;
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
    /// Say what changed since an earlier plan's results in this folder, and why it costs more or less.
    #[arg(long, value_name = "OLD")]
    compare: Option<PathBuf>,
    /// Set out from the shifts of an earlier plan in this folder, and stay near them.
    #[arg(long, value_name = "OLD")]
    from: Option<PathBuf>,
    /// Change a number of the scenario, as in queue.cs-phone.aht=5m; may be given again.
    #[arg(long = "set", value_name = "PATH=VALUE")]
    set: Vec<String>,
    /// Seed of everything drawn, instead of the scenario's.
    #[arg(long)]
    seed: Option<u64>,
    /// Relative gap at which the solver may stop, as 1% or 0.01.
    #[arg(long, value_parser = gap)]
    gap: Option<f64>,
    /// Time for the whole plan, as 20s, 2m or a number of seconds; the best found by then is kept, and fewer
    /// volumes are compared.
    #[arg(long, value_name = "TIME", value_parser = seconds)]
    time_limit: Option<f64>,
}

pub(super) fn run(args: Args) -> ExitCode {
    if let Some(out) = &args.out
        && let Err(problem) = output::check(out, args.force)
    {
        return fail(&[problem], args.json);
    }
    // Read before anything is written: the new plan may take the old one's place.
    let compared = args.compare.as_deref().map(output::Results::read);
    let (old, earlier) = match (
        compared.transpose(),
        args.from.as_deref().map(output::earlier_plan).transpose(),
    ) {
        (Ok(old), Ok(earlier)) => (old, earlier),
        (Err(problems), _) | (_, Err(problems)) => return fail(&problems, args.json),
    };
    let mut scenario = match input::read_changed(&args.scenario, &args.set) {
        Ok(scenario) => scenario,
        Err(problems) => return fail(&problems, args.json),
    };
    warn(&scenario, &args.set);
    if let Some(seed) = args.seed {
        scenario.seed = seed;
    }
    let setup = match setup_named(&scenario, args.setup.as_deref()) {
        Ok(setup) => setup,
        Err(problem) => return fail(&[problem], args.json),
    };
    // Before the work of planning, not after it.
    if let Some(old) = &old
        && let Err(problem) = old.in_currency(scenario.currency.code())
    {
        return fail(&[problem], args.json);
    }
    let compared = old.as_ref().map(output::Results::teams);
    let since = match (&compared, &earlier) {
        (Some(teams), _) => teams,
        (None, Some(earlier)) => &earlier.teams,
        (None, None) => &Vec::new(),
    };
    let options = Options {
        setup,
        gap: args.gap,
        seconds: args.time_limit,
        earlier: earlier.as_ref(),
        since,
        volumes: VOLUMES,
    };
    let progress = Progress::start();
    let plan = plan(scenario, &options, &|what| progress.say(what));
    let changes = old.map(|old| output::changes(&old, &plan)).transpose();
    let written = changes.and_then(|changes| {
        if let Some(out) = &args.out {
            progress.say("writing the report");
            output::write(&plan, changes.as_ref(), out, args.force)?;
        }
        shown(&plan, changes.as_ref(), &args)
    });
    progress.finish();
    tell_unmet(&plan.scenario, &plan.demand);
    match written {
        Ok(text) => print!("{text}"),
        Err(problem) => return fail(&[problem], args.json),
    }
    ExitCode::SUCCESS
}

/// The plan for the console, and what changed since an earlier one.
fn shown(plan: &Plan, changes: Option<&Changes>, args: &Args) -> Result<String, Problem> {
    if args.json {
        let json = serde_json::to_string_pretty(&output::summary(plan, changes));
        return json.map(|json| json + "\n").map_err(|error| {
            let cause = format!("the summary cannot be written as JSON: {error}");
            Problem::new("cannot-write", cause)
        });
    }
    let columns = screen::columns();
    let mut text = report::terminal(plan, columns);
    if let Some(changes) = changes {
        text += &format!("\n{}", changes.for_terminal(columns));
    }
    if let Some(out) = &args.out {
        text += &format!("\nReport: {}\n", out.join("report.html").display());
    }
    Ok(text)
}

/// "5%" or 0.05.
pub(in crate::cli) fn gap(text: &str) -> Result<f64, String> {
    let gap = typed::share(text)?.value();
    (gap < 1.0)
        .then_some(gap)
        .ok_or_else(|| "a gap lies below 100%".to_owned())
}

/// "20s", "2m" or a number of seconds.
pub(in crate::cli) fn seconds(text: &str) -> Result<f64, String> {
    let seconds = typed::time(text)?.value();
    (seconds > 0.0)
        .then_some(seconds)
        .ok_or_else(|| "a search takes some time: 20s, 2m".to_owned())
}
