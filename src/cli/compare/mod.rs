//! `crewcast compare`: what one interaction costs under each set-up, and what would change the answer.

mod json;
mod text;

use std::path::PathBuf;
use std::process::ExitCode;

use super::check::fail;
use super::progress::Progress;
use crate::compare::{
    self, BreakEven, ClientCosts, Comparison, CostQuantiles, Drafts, LeverEffect, SplitPlan, Swing,
    Waterfall, Year,
};
use crate::demand::Demand;
use crate::ids::SetupId;
use crate::scenario::Scenario;
use crate::settle::settle;
use crate::staffing::Limits;
use crate::{demand, input, whatif};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Scenario folder, or its scenario.toml.
    scenario: PathBuf,
    /// Another value for a number of the scenario, as queue.cs-phone.aht=5m; may be given again.
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<String>,
    /// Count the costs of this client alone: its own teams and its share of shared ones.
    #[arg(long, value_name = "NAME")]
    client: Option<String>,
    /// Volumes at which the break-even is solved; 0 leaves it out.
    #[arg(long, default_value_t = 7, value_name = "N")]
    volumes: usize,
    /// Also twelve months, each through a typical week.
    #[arg(long)]
    year: bool,
    /// Also splits between one's own people and the partner, and the best of them.
    #[arg(long)]
    splits: bool,
    /// Only the set-ups side by side.
    #[arg(long, conflicts_with_all = ["year", "splits"])]
    brief: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Everything a comparison finds.
struct Answer {
    scenario: Scenario,
    comparison: Comparison,
    clients: Vec<ClientCosts>,
    break_even: BreakEven,
    tornado: Vec<Swing>,
    quantiles: Vec<CostQuantiles>,
    waterfall: Option<Waterfall>,
    levers: Vec<LeverEffect>,
    year: Option<Year>,
    splits: Vec<SplitPlan>,
}

pub(super) fn run(args: Args) -> ExitCode {
    let mut scenario = match input::read_changed(&args.scenario, &args.set) {
        Ok(scenario) => scenario,
        Err(problems) => return fail(&problems, args.json),
    };
    if let Some(name) = &args.client {
        let client = match super::quote::client(&scenario, name) {
            Ok(client) => client,
            Err(problem) => return fail(&[problem], args.json),
        };
        for setup in scenario.setups.ids().collect::<Vec<_>>() {
            scenario = whatif::for_client(&scenario, setup, client);
        }
    }
    let answer = answer(scenario, &args);
    if args.json {
        println!("{}", json::of(&answer));
    } else {
        print!("{}", text::of(&answer));
    }
    ExitCode::SUCCESS
}

fn answer(scenario: Scenario, args: &Args) -> Answer {
    let progress = Progress::start();
    let settle = |scenario: &Scenario, setup: SetupId, demand: &Demand| {
        settle(scenario, setup, demand, &Limits::of(scenario), &|what| {
            progress.say(what);
        })
    };
    progress.say("forecasting demand");
    let demand = demand::forecast(&scenario);
    progress.say("set-ups side by side");
    let comparison = compare::setups(&scenario, &demand, settle);
    let waterfall = comparison
        .in_house()
        .zip(comparison.best_partner())
        .map(|(own, partner)| compare::waterfall(own, partner));
    let mut answer = Answer {
        scenario,
        clients: compare::by_client(&comparison),
        comparison,
        break_even: BreakEven::default(),
        tornado: Vec::new(),
        quantiles: Vec::new(),
        waterfall,
        levers: Vec::new(),
        year: None,
        splits: Vec::new(),
    };
    let comparison = &answer.comparison;
    let drafts = if args.brief {
        Drafts::default()
    } else {
        progress.say("drafts");
        Drafts::of(comparison, settle)
    };
    if !args.brief {
        if args.volumes > 0 {
            progress.say("break-even");
            let own = comparison.setups.first().map_or(0.0, compare::own_volume);
            let volumes = compare::volumes(own, args.volumes);
            answer.break_even = compare::break_even(comparison, &drafts, &volumes, settle);
        }
        progress.say("tornado");
        answer.tornado = compare::tornado(comparison, &drafts, 10, settle);
        progress.say("quantiles of cost");
        answer.quantiles = compare::cost_quantiles(comparison, &drafts, settle);
        progress.say("levers");
        if let Some(cheapest) = comparison.setups.get(comparison.cheapest) {
            answer.levers = compare::levers(cheapest, &drafts, settle);
        }
    }
    if args.year {
        progress.say("twelve months");
        let forecast = demand::forecast;
        let year = compare::year(&answer.scenario, comparison, &drafts, forecast, settle);
        answer.year = Some(year);
    }
    if args.splits {
        progress.say("splits");
        answer.splits = compare::splits(&answer.comparison, settle);
    }
    progress.finish();
    answer
}
