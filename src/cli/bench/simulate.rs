//! To be written.

use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {}

pub(in crate::cli) fn run(_args: Args) -> ExitCode {
    eprintln!("error: not written yet");
    ExitCode::from(2)
}
