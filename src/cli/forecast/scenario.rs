//! `crewcast forecast` on a scenario: its queues, what raises or lowers each, and their sums.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use chrono::SecondsFormat;
use serde_json::{Map, Value, json};

use super::{Args, cannot_write, fail, written};
use crate::demand::hierarchy::{self, CUTS, Parent};
use crate::demand::stage::FAMILIES;
use crate::demand::{self, Demand};
use crate::input;
use crate::problem::Problem;
use crate::scenario::Scenario;

pub(super) fn run(args: &Args) -> ExitCode {
    let source = &args.source;
    let own = source.tz.is_some() || source.country.is_some() || source.slot.is_some();
    if own || args.weeks.is_some() || args.now.is_some() || args.total || args.closed != "gaps" {
        eprintln!(
            "error: --weeks, --tz, --country, --slot, --now, --total and --closed are for bare histories; a scenario \
             says these itself"
        );
        return ExitCode::from(2);
    }
    let scenario = match input::read_changed(&source.history, &args.set) {
        Ok(scenario) => scenario,
        Err(problems) => return fail(&problems, args.json),
    };
    let off: Vec<&str> = args.without.iter().map(String::as_str).collect();
    let demand = demand::forecast_without(&scenario, &off);
    if let Some(problem) = unknown(&demand, &off) {
        return fail(&[problem], args.json);
    }
    let parents: Vec<(&str, Vec<Parent>)> = CUTS
        .iter()
        .map(|(cut, name)| (*name, hierarchy::parents(&scenario, &demand, *cut)))
        .collect();
    if let Some(out) = &args.out
        && let Err(why) = write(&scenario, &demand, &parents, out)
    {
        return fail(&[cannot_write(out, &why)], args.json);
    }
    if args.json {
        println!("{}", summary(&scenario, &demand, &parents));
    } else {
        // Whoever reads only the head of it has had enough.
        let _ = std::io::stdout().write_all(table(&scenario, &demand, &parents).as_bytes());
        written(&args.out);
    }
    ExitCode::SUCCESS
}

/// The first factor asked to be left out that no queue has.
fn unknown(demand: &Demand, off: &[&str]) -> Option<Problem> {
    let known: BTreeSet<&str> = demand
        .queues
        .values()
        .flat_map(|queue| &queue.factors)
        .map(|factor| factor.name.as_str())
        .chain(FAMILIES)
        .collect();
    let name = off.iter().find(|name| !known.contains(*name))?;
    let names: Vec<&str> = known.into_iter().collect();
    Some(
        Problem::new("unknown-choice", format!("no queue has a factor `{name}`"))
            .remedy(format!("there are {}", names.join("; "))),
    )
}

fn summary(scenario: &Scenario, demand: &Demand, parents: &[(&str, Vec<Parent>)]) -> Value {
    let queues: Vec<Value> = scenario
        .queues
        .values()
        .zip(demand.queues.values())
        .map(|(queue, found)| {
            let factors: Map<String, Value> = found
                .factors
                .iter()
                .map(|factor| (factor.name.clone(), json!(factor.factor)))
                .collect();
            json!({
                "queue": queue.name,
                "contacts": found.contacts(),
                "model": found.model,
                "factors": factors,
                "wape": found.accuracy.map(|scores| scores.wape),
                "naive_wape": found.accuracy.map(|scores| scores.naive_wape),
            })
        })
        .collect();
    let sums: Map<String, Value> = parents
        .iter()
        .map(|(cut, parents)| {
            let sums: Map<String, Value> = parents
                .iter()
                .map(|parent| {
                    (
                        parent.name.clone(),
                        json!(parent.volume.mean.iter().sum::<f64>()),
                    )
                })
                .collect();
            ((*cut).to_owned(), Value::from(sums))
        })
        .collect();
    json!({ "contacts": demand.contacts(), "queues": queues, "sums": sums })
}

fn table(scenario: &Scenario, demand: &Demand, parents: &[(&str, Vec<Parent>)]) -> String {
    let weeks = scenario.horizon.weeks().max(1e-9);
    let mut out = format!(
        "{:<36}{:>10}   model, and what raises or lowers it\n",
        "queue", "a week"
    );
    // Writing to a string cannot fail.
    let line = |out: &mut String, name: &str, contacts: f64, words: &str| {
        let _ = writeln!(out, "{name:<36}{:>10.1}   {words}", contacts / weeks);
    };
    for (queue, found) in scenario.queues.values().zip(demand.queues.values()) {
        line(&mut out, &queue.name, found.contacts(), &found.model);
        for factor in &found.factors {
            let _ = writeln!(out, "{:<49}× {:.3} {}", "", factor.factor, factor.name);
        }
    }
    for (cut, parents) in parents {
        for parent in parents {
            let name = format!("{cut}: {}", parent.name);
            line(&mut out, &name, parent.volume.mean.iter().sum(), "");
        }
    }
    out
}

fn write(
    scenario: &Scenario,
    demand: &Demand,
    parents: &[(&str, Vec<Parent>)],
    path: &Path,
) -> Result<(), csv::Error> {
    let mut out = csv::Writer::from_path(path)?;
    out.write_record([
        "timestamp",
        "level",
        "name",
        "mean",
        "p10",
        "p50",
        "p80",
        "p95",
    ])?;
    let horizon = &scenario.horizon;
    let starts: Vec<String> = (0..horizon.slots)
        .map(|slot| {
            horizon
                .slot_start(slot)
                .to_rfc3339_opts(SecondsFormat::Secs, true)
        })
        .collect();
    let mut rows = |level: &str, name: &str, columns: [&[f64]; 5]| -> Result<(), csv::Error> {
        for (slot, start) in starts.iter().enumerate() {
            let mut row = vec![start.clone(), level.to_owned(), name.to_owned()];
            row.extend(columns.iter().map(|column| format!("{:.4}", column[slot])));
            out.write_record(&row)?;
        }
        Ok(())
    };
    for (queue, found) in scenario.queues.values().zip(demand.queues.values()) {
        let columns = [&found.mean, &found.p10, &found.p50, &found.p80, &found.p95];
        rows("queue", &queue.name, columns.map(Vec::as_slice))?;
    }
    for (cut, parents) in parents {
        for p in parents {
            let v = &p.volume;
            let columns = [&v.mean, &v.p10, &v.p50, &v.p80, &v.p95];
            rows(cut, &p.name, columns.map(Vec::as_slice))?;
        }
    }
    out.flush()?;
    Ok(())
}
