//! `crewcast generate`: a seeded, synthetic history for the queues of a scenario.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::input::{self, synthetic};
use crate::output;
use crate::scenario::Scenario;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Scenario folder; its queues need `orders`.
    scenario: PathBuf,
    /// Weeks of history before the scenario's start.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=1040))]
    weeks: u32,
    /// Seed of everything drawn.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// File to write; to the console without it.
    #[arg(long)]
    out: Option<PathBuf>,
}

pub(super) fn run(args: Args) -> ExitCode {
    let made = input::read_without_histories(&args.scenario).and_then(|scenario| {
        let arrivals = synthetic::arrivals(&scenario, args.weeks, args.seed)?;
        Ok((
            to_csv(&scenario, &arrivals, args.weeks, args.seed),
            arrivals.len(),
        ))
    });
    let (csv, rows) = match made {
        Ok(made) => made,
        Err(problems) => return super::check::fail(&problems, false),
    };
    let Some(path) = args.out else {
        print!("{csv}");
        return ExitCode::SUCCESS;
    };
    match output::put(&path, csv.as_bytes()) {
        Ok(()) => {
            println!("{} slots with contacts written to {}", rows, path.display());
            ExitCode::SUCCESS
        }
        Err(problem) => super::check::fail(&[problem], false),
    }
}

/// The arrivals as a history file that says that it is made.
pub(super) fn to_csv(
    scenario: &Scenario,
    arrivals: &[synthetic::Arrival],
    weeks: u32,
    seed: u64,
) -> String {
    let mut csv = format!(
        "# Synthetic, no real customers: crewcast generate, scenario {}, {weeks} weeks, seed {seed}. Local time; absent slots are 0.\n\
         timestamp,series,volume\n",
        scenario.name
    );
    for arrival in arrivals {
        // Writing to a string cannot fail.
        let _ = writeln!(
            csv,
            "{},{},{}",
            arrival.start.format("%Y-%m-%d %H:%M"),
            scenario.queues[arrival.queue].name,
            arrival.contacts
        );
    }
    csv
}
