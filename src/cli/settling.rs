//! Sizing, staffing and simulating set-ups from a command: the stages, with their progress on a terminal.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

use crate::compare::Settled;
use crate::demand::Demand;
use crate::ids::SetupId;
use crate::scenario::Scenario;
use crate::{requirement, simulation, staffing};

/// Progress of the many plans of a comparison.
pub(super) struct Settling {
    bar: ProgressBar,
}

impl Settling {
    /// Silent where the output is for machines or no one watches.
    pub fn new(quiet: bool) -> Self {
        let bar = if quiet || !std::io::stderr().is_terminal() {
            ProgressBar::hidden()
        } else {
            ProgressBar::new_spinner()
        };
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}: {pos} plans, {elapsed}") {
            bar.set_style(style);
        }
        Self { bar }
    }

    /// What is being done now.
    pub fn say(&self, what: &'static str) {
        self.bar.set_message(what);
    }

    /// The stage that sizes, staffs and simulates one set-up.
    pub fn stage(&self) -> impl Fn(&Scenario, SetupId, &Demand) -> Settled + Sync {
        |scenario, setup, demand| {
            let requirement = requirement::size(scenario, demand);
            let limits = staffing::Limits::of(scenario);
            let staffing = staffing::optimise(scenario, setup, &requirement, &limits);
            let observed = simulation::replay(scenario, demand, &staffing, scenario.seed);
            self.bar.inc(1);
            Settled {
                requirement,
                staffing,
                observed,
            }
        }
    }

    /// Takes the progress off the terminal.
    pub fn done(&self) {
        self.bar.finish_and_clear();
    }
}
