//! The door: what a person types. One file per command; each says what it does, calls the library,
//! prints, and answers an exit code: 0 done, 1 problems in the input, 2 bad usage.

mod backtest;
mod bare;
mod bench;
mod check;
mod compare;
mod erlang;
mod forecast;
mod generate;
mod init;
mod plan;
mod progress;
mod quote;
mod screen;
mod simulate;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Plan the people of a multilingual contact centre: forecast, staff, simulate, roster, price.
#[derive(Debug, Parser)]
#[command(name = "crewcast", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Turn a scenario into a staffed, simulated, priced and pictured plan.
    Plan(plan::Args),
    /// Read a scenario and say every problem in it.
    Check(check::Args),
    /// Write a new scenario folder to start from.
    Init(init::Args),
    /// Make a seeded, synthetic history for the queues of a scenario.
    Generate(generate::Args),
    /// Forecast a bare history (timestamp,series,volume), or the queues of a scenario.
    Forecast(forecast::Args),
    /// Score forecasting models on a history by rolling origins.
    Backtest(backtest::Args),
    /// Erlang calculator: how many agents, or what service.
    Erlang(erlang::Args),
    /// Replay a plan event by event and say what service it gives.
    Simulate(simulate::Args),
    /// Compare set-ups: what one interaction costs in each.
    Compare(compare::Args),
    /// Quote a client in every price form.
    Quote(quote::Args),
    /// Measure speed and quality on benchmark instances.
    #[command(subcommand)]
    Bench(bench::Command),
}

/// Runs the program on the process's arguments.
pub fn main() -> ExitCode {
    leave_quietly();
    match Cli::parse().command {
        Command::Plan(args) => plan::run(args),
        Command::Check(args) => check::run(args),
        Command::Init(args) => init::run(args),
        Command::Generate(args) => generate::run(args),
        Command::Forecast(args) => forecast::run(args),
        Command::Backtest(args) => backtest::run(args),
        Command::Erlang(args) => erlang::run(args),
        Command::Simulate(args) => simulate::run(args),
        Command::Compare(args) => compare::run(args),
        Command::Quote(args) => quote::run(args),
        Command::Bench(command) => bench::run(command),
    }
}

/// A reader who has seen enough (`crewcast … | head`) closes the pipe: no fault of anybody's. Nobody hears of
/// problems then, but they are there.
fn leave_quietly() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let what = panic.to_string();
        for (console, code) in [("stdout", 0), ("stderr", 1)] {
            if what.contains(&format!("failed printing to {console}")) {
                std::process::exit(code);
            }
        }
        usual(panic);
    }));
}
