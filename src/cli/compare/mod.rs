//! `crewcast compare`: what one interaction costs under each set-up, and what would change the answer.

mod json;
mod text;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::check::{fail, warn};
use super::progress::Progress;
use crate::compare::{
    self, BreakEven, ClientCosts, Comparison, CostQuantiles, Drafts, LeverEffect, Splits, Swing,
    Waterfall, Year,
};
use crate::cost::Costing;
use crate::demand::Demand;
use crate::ids::SetupId;
use crate::problem::Problem;
use crate::scenario::Scenario;
use crate::settle::settle_plainly;
use crate::whatif::Pulled;
use crate::{demand, input, output, report, whatif};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Scenario folder, or its scenario.toml.
    scenario: PathBuf,
    /// Another value for a number of the scenario, as queue.cs-phone.aht=5m; may be given again.
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<String>,
    /// Pull a lever first: one of the scenario's own by its id, without it and with it grown, or self-service, faq, fcr,
    /// fcr-low, fcr-good, templates, growth or new-market, by another amount as growth=1.5; may be given again.
    #[arg(long, value_name = "NAME")]
    lever: Vec<String>,
    /// Count the costs of this client alone: its own teams and its share of shared ones.
    #[arg(long, value_name = "NAME")]
    client: Option<String>,
    /// Volumes at which the break-even is solved, 50 at most; 0 leaves it out.
    #[arg(long, default_value_t = 7, value_name = "N", value_parser = clap::value_parser!(u8).range(..=50))]
    volumes: u8,
    /// Also twelve months, each through a typical week.
    #[arg(long)]
    year: bool,
    /// Also splits between one's own people and the partner, and the best of them.
    #[arg(long)]
    splits: bool,
    /// Only the set-ups side by side.
    #[arg(long, conflicts_with_all = ["year", "splits"])]
    brief: bool,
    /// Folder for the owner's memo, two pages as memo.html.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Everything a comparison finds.
struct Answer {
    scenario: Scenario,
    comparison: Comparison,
    /// Per set-up: the price without what was set or pulled; empty where nothing was.
    before: Vec<Costing>,
    clients: Vec<ClientCosts>,
    break_even: BreakEven,
    tornado: Vec<Swing>,
    quantiles: Vec<CostQuantiles>,
    waterfall: Option<Waterfall>,
    levers: Vec<LeverEffect>,
    year: Option<Year>,
    splits: Splits,
}

pub(super) fn run(args: Args) -> ExitCode {
    let scenario = match read(&args, &args.set) {
        Ok(scenario) => scenario,
        Err(problems) => return fail(&problems, args.json),
    };
    warn(&scenario, &args.set);
    let levers = args.lever.iter().map(|text| Pulled::read(&scenario, text));
    let levers: Vec<Pulled> = match levers.collect::<Result<_, Problem>>() {
        Ok(levers) => levers,
        Err(problem) => return fail(&[problem], args.json),
    };
    if let Some(out) = &args.out
        && let Err(problem) = output::writable(out)
    {
        return fail(&[problem], args.json);
    }
    // Without what is set; a scenario that has problems without it has no before.
    let changed = !args.set.is_empty() || !levers.is_empty();
    let plain = changed.then(|| read(&args, &[])).and_then(Result::ok);
    let plain = plain.map(|plain| whatif::without_levers(plain, &levers));
    let answer = match answer(&scenario, plain.as_ref(), &levers, &args) {
        Ok(answer) => answer,
        Err(problem) => return fail(&[problem], args.json),
    };
    if let Some(out) = &args.out
        && let Err(problem) = output::put(&out.join("memo.html"), memo(&answer).as_bytes())
    {
        return fail(&[problem], args.json);
    }
    if args.json {
        println!("{}", json::of(&answer));
    } else {
        print!("{}", text::of(&answer));
    }
    ExitCode::SUCCESS
}

/// The scenario with some values set, as the client asked for sees it.
fn read(args: &Args, set: &[String]) -> Result<Scenario, Vec<Problem>> {
    let mut scenario = input::read_changed(&args.scenario, set)?;
    if let Some(name) = &args.client {
        let client = super::quote::client(&scenario, name).map_err(|problem| vec![problem])?;
        for setup in scenario.setups.ids().collect::<Vec<_>>() {
            scenario = whatif::for_client(&scenario, setup, client);
        }
    }
    Ok(scenario)
}

fn memo(answer: &Answer) -> String {
    report::memo(&report::Memo {
        scenario: &answer.scenario,
        comparison: &answer.comparison,
        break_even: &answer.break_even,
        tornado: &answer.tornado,
        quantiles: &answer.quantiles,
        levers: &answer.levers,
        year: answer.year.as_ref(),
        split: answer.splits.best(),
    })
}

/// `before` any lever is pulled; `plain` before any value is set too.
fn answer(
    before: &Scenario,
    plain: Option<&Scenario>,
    levers: &[Pulled],
    args: &Args,
) -> Result<Answer, Problem> {
    let progress = Progress::start();
    let done = AtomicUsize::new(0);
    let stage = Mutex::new("");
    // What is being worked on, and how many plans it has taken so far.
    let say = |what: &'static str| {
        if let Ok(mut stage) = stage.lock() {
            *stage = what;
        }
        progress.say(what);
    };
    let settle = |scenario: &Scenario, setup: SetupId, demand: &Demand| {
        let settled = settle_plainly(scenario, setup, demand);
        let plans = done.fetch_add(1, Ordering::Relaxed) + 1;
        let stage = stage.lock().map_or("planning", |stage| *stage);
        progress.say(&format!("{stage}: {plans} plans done"));
        settled
    };
    say("forecasting demand");
    let forecast = |scenario: &Scenario| whatif::with_levers(scenario, levers);
    let (mut scenario, demand) = forecast(before);
    match &args.client {
        Some(name) => {
            let client = super::quote::client(&scenario, name)?;
            compare::quotable(&scenario, &demand, client)?;
        }
        None => compare::comparable(&demand)?,
    }
    let changed: Vec<&str> = args
        .lever
        .iter()
        .chain(&args.set)
        .map(String::as_str)
        .collect();
    if !changed.is_empty() {
        scenario.title = format!("{}, with {}", scenario.title, changed.join(", "));
    }
    say("set-ups side by side");
    let comparison = compare::setups(&scenario, &demand, settle);
    let before_change = plain.map_or_else(Vec::new, |plain| {
        say("the same before the change");
        let comparison = compare::setups(plain, &demand::forecast(plain), settle);
        let costings = comparison.setups.into_iter();
        costings.map(|result| result.costing).collect()
    });
    let waterfall = comparison
        .in_house()
        .zip(comparison.best_partner())
        .map(|(own, partner)| compare::waterfall(own, partner));
    let mut answer = Answer {
        scenario,
        clients: compare::by_client(&comparison),
        comparison,
        before: before_change,
        break_even: BreakEven::default(),
        tornado: Vec::new(),
        quantiles: Vec::new(),
        waterfall,
        levers: Vec::new(),
        year: None,
        splits: Splits::default(),
    };
    let comparison = &answer.comparison;
    let drafts = if args.brief {
        Drafts::default()
    } else {
        say("drafts");
        Drafts::of(comparison, settle)
    };
    if !args.brief {
        let count = usize::from(args.volumes);
        if count > 0 {
            say("break-even");
            let own = comparison.setups.first().map_or(0.0, compare::own_volume);
            let volumes = compare::volumes(own, count);
            answer.break_even = compare::break_even(comparison, &drafts, &volumes, settle);
        }
        say("tornado");
        answer.tornado = compare::tornado(comparison, &drafts, 10, settle);
        say("quantiles of cost");
        answer.quantiles = compare::cost_quantiles(comparison, &drafts, settle);
        say("levers");
        if let Some(cheapest) = comparison.setups.get(comparison.cheapest) {
            answer.levers = compare::levers(cheapest, &drafts, settle);
        }
    }
    if args.year {
        say("twelve months");
        let year = compare::year(before, comparison, &drafts, forecast, settle);
        answer.year = Some(year);
    }
    if args.splits {
        say("splits");
        answer.splits = compare::splits(&answer.comparison, settle);
    }
    progress.finish();
    Ok(answer)
}
