//! `crewcast check`: every problem of a scenario, or a summary of it with what no plan of it can do and what may be wrong.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::demand::Demand;
use crate::demand::stage::{unknown_holidays, unmet_hours};
use crate::ids::SetupId;
use crate::input;
use crate::problem::Problem;
use crate::report::words;
use crate::scenario::Scenario;
use crate::whatif;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Scenario folder, or its scenario.toml.
    scenario: PathBuf,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: Args) -> ExitCode {
    match input::read(&args.scenario) {
        Ok(scenario) => {
            if args.json {
                let found = serde_json::json!({
                    "problems": [],
                    "warnings": scenario.warnings().collect::<Vec<_>>(),
                    "summary": summary(&scenario),
                });
                println!("{found}");
            } else {
                warn(&scenario, &[]);
                print_summary(&scenario);
            }
            ExitCode::SUCCESS
        }
        Err(problems) => fail(&problems, args.json),
    }
}

/// Prints every problem, for people to the error console, for machines as JSON; answers exit code 1.
pub(super) fn fail(problems: &[Problem], json: bool) -> ExitCode {
    if json {
        println!("{}", serde_json::json!({ "problems": problems }));
    } else {
        let styled = std::io::stderr().is_terminal();
        for problem in problems {
            eprintln!("{}\n", problem.render(styled));
        }
        let count: usize = problems.iter().map(|problem| problem.count).sum();
        eprintln!(
            "{count} problem{} in the input",
            if count == 1 { "" } else { "s" }
        );
    }
    ExitCode::from(1)
}

/// Tells of what may be wrong with a scenario and is taken as it stands.
pub(super) fn tell_doubts(scenario: &Scenario) {
    let styled = std::io::stderr().is_terminal();
    for doubt in &scenario.doubts {
        eprintln!("{}\n", doubt.render_warning(styled));
    }
}

/// Says what no plan of a scenario can do, what may be wrong with it, what its slots are too coarse for, and which of
/// the `changes` of its text do little, to the error console.
pub(super) fn warn(scenario: &Scenario, changes: &[String]) {
    let styled = std::io::stderr().is_terminal();
    for problem in &scenario.impossible {
        eprintln!("{}\n", problem.render_warning(styled));
    }
    tell_doubts(scenario);
    let coarse = scenario.coarse_slots().into_iter();
    for note in coarse.chain(whatif::unheard(scenario, changes)) {
        eprintln!("note: {note}\n");
    }
}

/// Tells of opening hours for which nothing can be forecast, and of holidays that nobody knows.
pub(super) fn tell_unmet(scenario: &Scenario, demand: &Demand) {
    let notes = unmet_hours(scenario, demand);
    for note in notes.into_iter().chain(unknown_holidays(scenario)) {
        eprintln!("note: {note}");
    }
}

/// The set-up that a person names, if they do.
pub(super) fn setup_named(
    scenario: &Scenario,
    name: Option<&str>,
) -> Result<Option<SetupId>, Problem> {
    let Some(name) = name else {
        return Ok(None);
    };
    scenario.setup_named(name).map(Some).ok_or_else(|| {
        let setups = scenario.setups.values();
        let names: Vec<&str> = setups.map(|setup| setup.name.as_str()).collect();
        Problem::new("unknown-setup", format!("there is no set-up `{name}`"))
            .remedy(format!("choose one of {}", names.join(", ")))
    })
}

fn summary(scenario: &Scenario) -> serde_json::Value {
    let horizon = &scenario.horizon;
    serde_json::json!({
        "scenario": scenario.name,
        "title": scenario.title,
        "currency": scenario.currency.code(),
        "horizon": {
            "start": horizon.start.to_rfc3339(),
            "end": horizon.end().to_rfc3339(),
            "slot_minutes": horizon.slot_minutes,
        },
        "clients": scenario.clients.len(),
        "markets": scenario.markets.len(),
        "languages": scenario.languages.values().map(|language| language.tag.as_str()).collect::<Vec<_>>(),
        "queues": scenario.queues.len(),
        "sites": scenario.sites.len(),
        "groups": scenario.groups.len(),
        "setups": scenario.setups.values().map(|setup| setup.name.as_str()).collect::<Vec<_>>(),
    })
}

fn print_summary(scenario: &Scenario) {
    let horizon = &scenario.horizon;
    let zone = scenario.zone;
    let tags: Vec<&str> = scenario
        .languages
        .values()
        .map(|language| language.tag.as_str())
        .collect();
    let setups: Vec<&str> = scenario
        .setups
        .values()
        .map(|setup| setup.name.as_str())
        .collect();
    let counted = |count: usize, what: &str| words::counted(count as f64, what);
    println!("{}: {}", scenario.name, scenario.title);
    println!(
        "  plan      {} to {} ({zone}), slots of {} minutes",
        horizon.local(0, zone).format("%a %Y-%m-%d %H:%M"),
        horizon
            .local(horizon.slots, zone)
            .format("%a %Y-%m-%d %H:%M"),
        horizon.slot_minutes
    );
    println!(
        "  demand    {}, {}, {} in {}: {}",
        counted(scenario.clients.len(), "client"),
        counted(scenario.markets.len(), "market"),
        counted(scenario.queues.len(), "queue"),
        counted(tags.len(), "language"),
        tags.join(", ")
    );
    let (mut days, mut contacts, mut with_history) = (0, 0.0, 0);
    for history in scenario
        .queues
        .values()
        .filter_map(|queue| queue.demand.history.as_ref())
    {
        days = days.max(history.days.len());
        contacts += history.days.iter().flatten().flatten().sum::<f64>();
        with_history += 1;
    }
    let history = match with_history {
        0 => "none".to_owned(),
        queues => format!(
            "{} of {} over {}",
            words::counted(contacts, "contact"),
            counted(queues, "queue"),
            counted(days, "day")
        ),
    };
    println!("  history   {history}");
    println!(
        "  agents    {} at {}, {}",
        counted(scenario.groups.len(), "group"),
        counted(scenario.sites.len(), "site"),
        counted(scenario.shifts.len(), "shift")
    );
    println!("  set-ups   {}", setups.join(", "));
    let warnings: usize = scenario.warnings().map(|problem| problem.count).sum();
    println!(
        "No problems found{}.",
        match warnings {
            0 => String::new(),
            _ => format!(
                ", {}: a plan can be made all the same",
                counted(warnings, "warning")
            ),
        }
    );
}
