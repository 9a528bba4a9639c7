//! `crewcast bench staffing`: staffing instances, with objective, bound, gap and seconds, and with the
//! service that a simulated plan gives.

mod fit;
mod homes;
mod simulated;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use serde_json::{Map, Value, json};

use super::file::{self, File, OneSkill};
use crate::cli::plan;
use crate::sheet::Cell;
use crate::solver::relative_gap;
use crate::staffing::{self, Effort, Instance, Plan, Promise, Solved};
use simulated::simulated;

/// Nodes for few columns at once where no clock ends it.
const NODES: u32 = 500;
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Instance file (JSON): one skill with `cols`, or many skills with `groups`.
    file: PathBuf,
    /// Time for the search, as 20s, 2m or a number of seconds; without it the search counts rounds and is repeatable.
    #[arg(long, value_parser = plan::seconds)]
    seconds: Option<f64>,
    /// Stop at this relative gap.
    #[arg(long, default_value = "0.01%", value_parser = plan::gap)]
    gap: f64,
    /// Find the plan that keeps 80 % in 20 s in each queue over the week, proved by simulation.
    #[arg(long)]
    simulate: bool,
    /// Over what time the promise of a one-skill instance is kept.
    #[arg(long, value_enum, default_value_t = Period::Slot)]
    promise: Period,
    /// Allow shifts to start at any time of the file, not only on the full hour.
    #[arg(long)]
    all_starts: bool,
    /// Seed of the search and of the simulated customers.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Write the plan with the indices of the file.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Over what time a promise is kept.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Period {
    Slot,
    Day,
    Week,
}

pub(in crate::cli) fn run(args: Args) -> ExitCode {
    match bench(&args) {
        Ok(answer) if args.json => println!("{:#}", Value::Object(answer)),
        Ok(answer) => print_table(&answer),
        Err(problems) => {
            for problem in problems {
                eprintln!("error: {}: {problem}", args.file.display());
            }
            return ExitCode::from(1);
        }
    }
    ExitCode::SUCCESS
}

fn bench(args: &Args) -> Result<Map<String, Value>, Vec<String>> {
    let (name, answer, plan) = match file::read(&args.file)? {
        File::One(one) => {
            if args.simulate {
                let remedy = "of one with `cols` ask for `--promise week`";
                return Err(vec![format!(
                    "`--simulate` is for instances with `groups`; {remedy}"
                )]);
            }
            let problem = one.problem();
            let (answer, plan) = match args.promise {
                Period::Slot => pooled(args, &problem.instance, &[]),
                Period::Day => promised(args, &one, &problem.instance, (one.slots / 7).max(1)),
                Period::Week => promised(args, &one, &problem.instance, one.slots),
            };
            let columns = plan.iter();
            let columns = columns.map(|(choice, count)| json!([choice.shift, count]));
            (one.name, answer, columns.collect())
        }
        File::Many(many) => {
            if !matches!(args.promise, Period::Slot) {
                let remedy = "of one with `groups` ask for `--simulate`";
                return Err(vec![format!(
                    "`--promise` is for instances with `cols`; {remedy}"
                )]);
            }
            let problem = many.problem(args.all_starts);
            for remark in &problem.remarks {
                eprintln!("note: {remark}");
            }
            let (mut answer, plan) = if args.simulate {
                simulated(args, &many, &problem)?
            } else {
                pooled(args, &problem.instance, &many.queues)
            };
            let unserved = many.unserved();
            if !unserved.is_empty() {
                let status = "no group serves a queue: see unserved";
                answer.insert("status".to_owned(), json!(status));
            }
            answer.insert("unserved".to_owned(), json!(unserved));
            let triples = plan.iter().map(|(choice, count)| {
                let shift = problem.shift_in_file[choice.shift as usize];
                json!([choice.group, shift, count])
            });
            let triples = triples.collect();
            (many.name, answer, triples)
        }
    };
    write_plan(args, &name, plan).map_err(|problem| vec![problem])?;
    Ok(named(&name, answer))
}

/// How hard the search tries, by this clock.
fn effort<'a>(args: &Args, clock: &'a (dyn Fn() -> f64 + Sync)) -> Effort<'a> {
    Effort {
        gap: args.gap,
        seconds: args.seconds,
        clock: Some(clock),
        patience: args.seconds.map_or(100, |_| usize::MAX),
        columns: 3_000,
        nodes: args.seconds.map_or(NODES, |_| u32::MAX),
        seed: args.seed,
        among: None,
    }
}

/// The model alone; `names` of the queues, where there are many.
fn pooled(args: &Args, instance: &Instance, names: &[String]) -> (Map<String, Value>, Plan) {
    let began = Instant::now();
    let clock = || began.elapsed().as_secs_f64();
    let effort = effort(args, &clock);
    let solved = staffing::solve(instance, None, effort, &mut |progress| {
        let (bound, best) = (progress.bound, progress.best);
        eprintln!("{:7.1} s  bound {bound:.0}  best {best:.0}", clock());
    });
    // Agent-slots of the requirement that no shift covers, priced in the objective as ten of the dearest shifts.
    let missing = instance.missing(&solved.plan);
    let uncovered: f64 = missing.iter().flatten().sum();
    let bound = bound(solved.bound, solved.objective);
    let mut answer = object(json!({
        "objective": unsigned(solved.objective),
        "bound": bound,
        "bound_of": bound.map(|_| bound_of(&solved)),
        "gap": gap(bound, solved.objective),
        "seconds": clock(),
        "status": if uncovered > 0.0 { "uncovered" } else { ended(&solved) },
        "uncovered": uncovered,
    }));
    if !names.is_empty() {
        let of_queues = uncovered_of(instance, &missing, names);
        answer.insert("uncovered_of".to_owned(), json!(of_queues));
    }
    (answer, solved.plan)
}

/// The promise as a constraint of the model, over `period` slots.
fn promised(
    args: &Args,
    one: &OneSkill,
    instance: &Instance,
    period: usize,
) -> (Map<String, Value>, Plan) {
    let began = Instant::now();
    let clock = || began.elapsed().as_secs_f64();
    let answered = |slot: usize, agents: u32| one.answered_in_time(slot, agents);
    let promise = Promise {
        contacts: &one.calls,
        share: one.target,
        period,
        answered: &answered,
        least: &|slot| one.stable(slot),
    };
    let solved = staffing::solve_promise(instance, &promise, effort(args, &clock));
    let contacts: f64 = one.calls.iter().sum();
    let in_time: f64 = instance.on_line(&solved.plan)[0]
        .iter()
        .enumerate()
        .map(|(slot, &agents)| answered(slot, agents))
        .sum();
    let out_of_reach = one.out_of_reach();
    let needed: u32 = out_of_reach.iter().map(|slot| one.stable(*slot)).sum();
    let found = solved.objective.is_finite();
    let bound = bound(solved.bound, solved.objective);
    let mut answer = object(json!({
        "objective": unsigned(solved.objective),
        "bound": bound,
        "bound_of": bound.map(|_| "plans of the model, which keeps every slot stable"),
        "gap": gap(bound, solved.objective),
        "seconds": clock(),
        "status": if found { ended(&solved) } else { "no plan" },
        "uncovered": f64::from(needed),
        "service": match contacts {
            _ if !found => None,
            0.0 => Some(1.0),
            contacts => Some(in_time / contacts),
        },
    }));
    if !found {
        answer.insert("reason".to_owned(), json!(no_plan(&out_of_reach)));
    }
    (answer, solved.plan)
}

/// A bound of an objective; nothing where none was found in time, or where the plan shows that it bounds others.
fn bound(found: f64, objective: f64) -> Option<f64> {
    const ROUNDING: f64 = 1e-6;
    let bounds = found <= objective + ROUNDING * objective.abs();
    let is_known = found.is_finite() && (found > 0.0 || objective == 0.0);
    (bounds && is_known).then(|| unsigned(found.max(0.0).min(objective)))
}

fn gap(bound: Option<f64>, objective: f64) -> Option<f64> {
    bound.map(|bound| relative_gap(objective, bound))
}

/// No minus before a zero.
fn unsigned(amount: f64) -> f64 {
    if amount == 0.0 { 0.0 } else { amount }
}

/// Agent-slots that no shift covers, by set of queues.
fn uncovered_of(instance: &Instance, missing: &[Vec<f64>], names: &[String]) -> Vec<Value> {
    let sets = instance.covers.iter().zip(missing);
    let sets = sets.map(|(cover, missing)| (cover, missing.iter().sum::<f64>()));
    sets.filter(|(_, missing)| *missing > 0.0)
        .map(|(cover, missing)| {
            let queues = cover.queues.iter().map(|queue| &names[*queue as usize]);
            let queues: Vec<&String> = queues.collect();
            json!({"queues": queues, "agent_slots": missing})
        })
        .collect()
}

/// Why a promise finds no plan.
fn no_plan(out_of_reach: &[usize]) -> String {
    /// Slots named.
    const MOST: usize = 10;
    if out_of_reach.is_empty() {
        return "none was found before the search ended".to_owned();
    }
    let named = out_of_reach.iter().take(MOST).map(usize::to_string);
    let mut slots = named.collect::<Vec<_>>().join(", ");
    if out_of_reach.len() > MOST {
        slots.push_str(&format!(" and {} more", out_of_reach.len() - MOST));
    }
    let why = "the model keeps every slot stable";
    format!("no shift covers slots {slots} while calls come; {why}")
}

/// How a search ended.
fn ended(solved: &Solved) -> &'static str {
    if solved.proved { "within gap" } else { "limit" }
}

/// What the bound is one of.
fn bound_of(solved: &Solved) -> &'static str {
    if solved.bound_is_whole {
        "the relaxation"
    } else {
        "its largest set of queues alone"
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => Map::from_iter([("value".to_owned(), other)]),
    }
}

fn named(name: &str, answer: Map<String, Value>) -> Map<String, Value> {
    let mut all = Map::from_iter([("instance".to_owned(), json!(name))]);
    all.extend(answer);
    all
}

fn write_plan(args: &Args, name: &str, counts: Vec<Value>) -> Result<(), String> {
    let Some(path) = &args.out else {
        return Ok(());
    };
    let file = args.file.canonicalize().unwrap_or(args.file.clone());
    let plan = json!({"instance": name, "file": file, "x": counts});
    std::fs::write(path, format!("{plan}\n")).map_err(|e| format!("{}: {e}", path.display()))
}

fn print_table(answer: &Map<String, Value>) {
    for (key, value) in answer
        .iter()
        .filter(|(key, value)| *key != "queues" && **value != json!([]))
    {
        let told = match value {
            Value::Null => "–".to_owned(),
            Value::String(text) => text.clone(),
            Value::Number(number) if number.is_f64() => {
                let number = number.as_f64().unwrap_or(f64::NAN);
                match key.as_str() {
                    "gap" => Cell::percent(number, 2).for_people(),
                    _ => Cell::number(number, 2).for_people(),
                }
            }
            other => other.to_string(),
        };
        println!("{key:<14}{told}");
    }
    for queue in answer
        .get("queues")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let share = |key: &str| 100.0 * queue[key].as_f64().unwrap_or(0.0);
        println!(
            "{:<14}{:5.1} %  [{:.1}, {:.1}]",
            queue["name"].as_str().unwrap_or(""),
            share("service"),
            share("low"),
            share("high")
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_above_the_cost_is_none() {
        assert_eq!(bound(41.0, 40.0), None);
        assert_eq!(bound(38.0, 40.0), Some(38.0));
        assert_eq!(bound(0.0, 40.0), None);
        assert_eq!(gap(bound(41.0, 40.0), 40.0), None);
        assert_eq!(bound(0.0, -0.0).map(f64::is_sign_positive), Some(true));
    }
}
