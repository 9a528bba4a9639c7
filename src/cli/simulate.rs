//! `crewcast simulate`: replays a plan event by event, also one edited by hand.

mod report;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::check::{fail, setup_named, warn};
use super::progress::Progress;
use crate::demand::{self, Demand};
use crate::ids::SetupId;
use crate::input::shifts::{self, Bounds};
use crate::plan::{Options, plan};
use crate::problem::{Place, Problem};
use crate::scenario::Scenario;
use crate::settle::verdict_replications;
use crate::simulation;
use crate::staffing::{Proof, Staffing, Team};
use crate::{input, whatif};
use report::{By, Report};

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
    /// Change a number of the scenario, as in queue.cs-phone.aht=5m; may be given again: what today's shifts do in
    /// other weeks.
    #[arg(long = "set", value_name = "PATH=VALUE")]
    set: Vec<String>,
    /// Days to simulate, in whole horizons; default: as many as show the smallest queue's service to about
    /// half a point, and no fewer than `plan` decides on.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    days: Option<u32>,
    /// Seed of everything drawn, instead of the scenario's.
    #[arg(long)]
    seed: Option<u64>,
    /// Agents who stay away unreplaced by these kinds of shrinkage, drawn by their shares: sickness,leave.
    #[arg(long, value_name = "KINDS", value_delimiter = ',')]
    absence: Vec<String>,
    /// Also say it by slot, day or week, with its 95 % intervals.
    #[arg(long, value_enum)]
    by: Option<By>,
    /// Print CSV: a row per queue, or per queue and slot, day or week.
    #[arg(long, conflicts_with = "json")]
    csv: bool,
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

pub(super) fn run(args: Args) -> ExitCode {
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
    if let Err(problem) = known(&scenario, &args.absence) {
        return fail(&[problem], args.json);
    }
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
    case.scenario.policy.replications = match args.days {
        Some(days) => (f64::from(days) / length).ceil().max(1.0) as usize,
        // No fewer than `plan` decides on: work that waits for days is one lot a week, however many contacts it has.
        None => simulation::replications(&case.demand).max(verdict_replications(
            &case.scenario,
            &case.demand,
            None,
        )),
    };
    progress.say("simulating");
    let (scenario, demand, seed) = (&case.scenario, &case.demand, case.scenario.seed);
    let seen = simulation::detail(scenario, demand, &case.staffing, seed, &args.absence);
    progress.finish();
    match seen {
        Ok(seen) => report::print(
            &Report::of(&case, &seen, args.by),
            args.by,
            args.csv,
            args.json,
        ),
        Err(faults) => {
            let problem = |fault: &String| Problem::new("cannot-simulate", fault.clone());
            fail(&faults.iter().map(problem).collect::<Vec<_>>(), args.json)
        }
    }
}

/// Whether some group shrinks by every kind named.
fn known(scenario: &Scenario, kinds: &[String]) -> Result<(), Problem> {
    let mut all: Vec<&str> = scenario
        .groups
        .values()
        .flat_map(|group| &group.shrinkage)
        .map(|shrinkage| shrinkage.kind.as_str())
        .collect();
    all.sort_unstable();
    all.dedup();
    match kinds.iter().find(|kind| !all.contains(&kind.as_str())) {
        None => Ok(()),
        Some(kind) => Err(Problem::new(
            "unknown-choice",
            format!("no group has a shrinkage `{kind}`"),
        )
        .remedy(if all.is_empty() {
            "give a group `shrinkage = { sickness = \"4%\" }`".to_owned()
        } else {
            format!("choose of {}", all.join(", "))
        })),
    }
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
    let bytes = std::fs::read(&path).map_err(|error| {
        vec![
            Problem::new("missing-file", format!("{file} cannot be read: {error}"))
                .remedy("give the folder that `crewcast plan --out` wrote"),
        ]
    })?;
    let rows = shifts::rows(&file, &input::encoding::decode(&bytes))?;
    let mut names: Vec<(&str, usize)> = Vec::new();
    for row in &rows {
        if !names.iter().any(|(name, _)| *name == row.group) {
            names.push((&row.group, row.line));
        }
    }
    let demand = demand::forecast(&scenario);
    let as_read = (&scenario, &demand);
    let setups: Vec<SetupId> = match setup.or(scenario.plan_setup) {
        Some(first) if setup.is_some() => vec![first],
        first => first.into_iter().chain(scenario.setups.ids()).collect(),
    };
    let mut unknown: Vec<(&str, usize)> = Vec::new();
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
            let strangers: Vec<(&str, usize)> = names
                .iter()
                .zip(&found)
                .filter(|(_, team)| team.is_none())
                .map(|(name, _)| *name)
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
    let strangers = unknown.into_iter();
    let mut problems: Vec<Problem> = strangers
        .map(|(name, line)| stranger(as_read, setup, name).at(Place::line(&file, line)))
        .collect();
    // What else is wrong with the rows is said with it, on any clock.
    let bounds = Bounds {
        site: None,
        zone: scenario.zone,
        horizon: &scenario.horizon,
    };
    for row in &rows {
        let shift = shifts::shift(&file, row, 0, &bounds);
        problems.extend(shift.err().unwrap_or_default());
    }
    Err(shifts::at_once(problems))
}

/// A group or pod that the set-up asked for, or any one set-up beside the others of the file, does not have.
fn stranger(
    (scenario, demand): (&Scenario, &Demand),
    asked: Option<SetupId>,
    name: &str,
) -> Problem {
    let has_it = |setup: &SetupId| {
        let (wide, _) = whatif::with_companions(scenario, demand, *setup);
        let team = shifts::team(&wide, name);
        team.is_some_and(|team| wide.setups[*setup].groups.contains(&team.group))
    };
    let setups = scenario.setups.ids().filter(has_it);
    let names: Vec<&str> = setups
        .map(|setup| scenario.setups[setup].name.as_str())
        .collect();
    let (cause, remedy) = match (&names[..], asked) {
        ([], _) => (
            format!("no set-up has a group or pod `{name}`"),
            "write a group of the scenario, or a pod as `group: client+client`".to_owned(),
        ),
        (names, Some(asked)) => (
            format!(
                "set-up `{}` has no group or pod `{name}`",
                scenario.setups[asked].name
            ),
            format!("name the set-up that was planned: {}", names.join(", ")),
        ),
        (names, None) => (
            format!("no set-up has `{name}` and the other groups of the file too"),
            format!(
                "keep to the groups of one set-up; `{name}` is of {}",
                names.join(", ")
            ),
        ),
    };
    Problem::new("unknown-group", cause).remedy(remedy)
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
        let site = &scenario.sites[scenario.groups[teams[number].group].site];
        let bounds = Bounds {
            site: Some(&site.name),
            zone: site.zone,
            horizon: &scenario.horizon,
        };
        match shifts::shift(file, row, number, &bounds) {
            Ok(shift) => planned.push(shift),
            Err(found) => problems.extend(found),
        }
    }
    if !problems.is_empty() {
        return Err(shifts::at_once(problems));
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
