//! The `crewcast` program: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    crewcast::cli::main()
}
