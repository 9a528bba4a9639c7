//! `crewcast bench staffing`: staffing instances, with objective, bound, gap and seconds, and with the
//! service that a simulated plan gives.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use serde_json::{Map, Value, json};

use super::file::{self, File, ManySkills, OneSkill, Problem, TARGET};
use crate::calibrate::{self, Calibrated, calibrate};
use crate::cli::plan;
use crate::sheet::Cell;
use crate::simulation::engine::{Judge, OnLine, QueueMeasure};
use crate::solver::{Limits, relative_gap};
use crate::staffing::{self, Choice, Effort, Instance, Plan, Promise, Solved};

/// Replications by which a plan is judged.
const REPLICATIONS: usize = 30;
/// Share of the agents of two hours that the first step of a search may change, and of one that sets out from a plan
/// that keeps its promises.
const RADIUS: f64 = 0.15;
const NEARBY: f64 = 0.05;
/// Price of a contact short at first, in average costs of a contact.
const PENALTY: f64 = 4.0;
/// Another search is begun with this much of the time that the last one took.
const WORTHWHILE: f64 = 0.25;
/// Nodes for few columns at once where no clock ends it.
const NODES: u32 = 500;
/// How far below its promise the lower end of a queue's interval may lie.
const TOLERANCE: f64 = 0.005;

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

/// The model alone; `names` of the queues, where there are many.
fn pooled(args: &Args, instance: &Instance, names: &[String]) -> (Map<String, Value>, Plan) {
    let began = Instant::now();
    let clock = || began.elapsed().as_secs_f64();
    let effort = Effort {
        gap: args.gap,
        seconds: args.seconds,
        clock: Some(&clock),
        patience: args.seconds.map_or(100, |_| usize::MAX),
        columns: 3_000,
        nodes: args.seconds.map_or(NODES, |_| u32::MAX),
        seed: args.seed,
        among: None,
    };
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
    let answered = |slot: usize, agents: u32| one.answered_in_time(slot, agents);
    let promise = Promise {
        contacts: &one.calls,
        share: one.target,
        period,
        answered: &answered,
        least: &|slot| one.stable(slot),
    };
    let limits = Limits {
        seconds: args.seconds,
        // Without a clock the last half percent can take for ever.
        nodes: Some(5_000),
        seed: args.seed as u32,
        ..Limits::to_gap(args.gap)
    };
    let solved = staffing::solve_promise(instance, &promise, &limits);
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
        "seconds": began.elapsed().as_secs_f64(),
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

/// The plan that keeps its promise before simulated customers.
fn simulated(
    args: &Args,
    many: &ManySkills,
    problem: &Problem,
) -> Result<(Map<String, Value>, Plan), Vec<String>> {
    let began = Instant::now();
    let clock = || began.elapsed().as_secs_f64();
    let relaxation = Effort {
        gap: 1.0,
        seconds: args.seconds.map(|s| s * 0.15),
        clock: Some(&clock),
        patience: 0,
        columns: 3_000,
        nodes: 20_000,
        seed: args.seed,
        among: None,
    };
    let set_out = || {
        // Later sizes differ in a few sets: what the first plan was nearly made of is enough for them.
        let mut near: Option<Vec<Choice>> = None;
        calibrate::set_out(&problem.instance, &mut |asked| {
            let effort = Effort {
                among: near.as_deref(),
                ..relaxation
            };
            let rounded = staffing::round(asked, effort);
            near.get_or_insert(rounded.near);
            rounded.plan
        })
    };
    let whole = || staffing::round(&problem.instance, relaxation);
    let (relaxed, start) = rayon::join(whole, set_out);
    let left = || args.seconds.map(|s| (s * 0.93 - clock()).max(0.0));
    let effort = |seed: u64, radius: f64| calibrate::Effort {
        rounds: 60,
        radius,
        penalty: PENALTY,
        trials: 40,
        seconds: left(),
        clock: args.seconds.is_some().then_some(&clock),
        verdicts: 4,
        seed,
        certainty: 1.0,
        tolerance: TOLERANCE,
        extra: &[],
    };
    let promised = vec![Some(TARGET); many.queues.len()];
    let network = many.network();
    let report = &mut |p: &calibrate::Progress| {
        let best = p.best.map_or("none".to_owned(), |b| format!("{b:.0}"));
        eprintln!(
            "{:7.1} s  round {}  cost {:.0}  kept {best}  worst {} {:.3}",
            clock(),
            p.round,
            p.cost,
            many.queues[p.worst],
            p.level
        );
    };
    let on_line = |plan: &Plan| OnLine::from_counts(&network, &problem.instance.on_line(plan));
    let week = 0..problem.instance.slots;
    let periods = std::slice::from_ref(&week);
    // The final word comes from customers the plan was not fitted to.
    let other = args.seed ^ 0x5eed_fa11;
    let fresh = Judge::new(network.clone(), 4 * REPLICATIONS, other)?;
    let measure = |plan: &Plan| fresh.measure(&on_line(plan));
    let mut verdict = |plan: &Plan| {
        let measured = measure(plan);
        let short = |seen: &QueueMeasure| {
            let slack = || seen.level.low - TARGET + TOLERANCE;
            calibrate::shortage(seen, Some(TARGET), periods, slack)
        };
        measured.queues.iter().map(short).collect()
    };
    let mut searched = |start: Plan, seed: u64, radius: f64| {
        let judge = Judge::new(network.clone(), REPLICATIONS, seed)?;
        let question = calibrate::Problem {
            instance: &problem.instance,
            floors: &[],
            judge: &judge,
            promised: &promised,
            slack: &|_, seen: &QueueMeasure| seen.level.low - TARGET,
            periods,
            on_line: &on_line,
        };
        let effort = effort(seed, radius);
        Ok::<_, Vec<String>>(calibrate(question, start, effort, &mut verdict, report))
    };
    let mut done = searched(start, args.seed, RADIUS)?;
    let cost = |done: &Calibrated| problem.instance.cost(&done.plan);
    // Customers of another search see savings that those of this one do not.
    let mut took = clock();
    for again in 1.. {
        let began = clock();
        if !done.kept || left().is_none_or(|left| left < took * WORTHWHILE) {
            break;
        }
        let next = searched(done.plan.clone(), args.seed.wrapping_add(again), NEARBY)?;
        if next.kept && cost(&next) < cost(&done) {
            done = next;
        }
        took = clock() - began;
    }
    let measured = measure(&done.plan);
    let cost = cost(&done);
    let queues: Vec<Value> = many
        .queues
        .iter()
        .zip(&measured.queues)
        .map(|(name, seen)| {
            let level = &seen.level;
            json!({"name": name, "service": level.mean, "low": level.low, "high": level.high})
        })
        .collect();
    // The promise of a week may leave an hour with less than its pooled size.
    let of = "plans that meet the pooled sizes in each slot, not every plan that keeps the week's promise";
    let bound = bound(relaxed.bound, cost);
    let answer = json!({
        "objective": unsigned(cost),
        "cost": unsigned(cost),
        "bound": bound,
        "bound_of": of,
        "gap": gap(bound, cost),
        "seconds": clock(),
        "status": if done.kept { "promises kept" } else { "a promise is missed" },
        "rounds": done.rounds,
        "replications": measured.replications,
        "queues": queues,
    });
    Ok((object(answer), done.plan))
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
