//! `crewcast bench`: speed and quality on benchmark instances.

mod file;
mod simulate;
mod staffing;

use std::process::ExitCode;

#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum Command {
    /// Simulated contacts per second.
    Simulate(simulate::Args),
    /// Staffing instances: objective, bound, gap, seconds.
    Staffing(staffing::Args),
}

pub(in crate::cli) fn run(command: Command) -> ExitCode {
    match command {
        Command::Simulate(args) => simulate::run(args),
        Command::Staffing(args) => staffing::run(args),
    }
}
