//! `crewcast forecast` on a scenario: its queues, what raises or lowers each, and their sums.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::process::ExitCode;

use chrono::{DateTime, NaiveDateTime, SecondsFormat, TimeZone, Utc};
use serde_json::{Map, Value, json};

use super::super::check::{tell_doubts, tell_unmet};
use super::super::screen;
use super::{Args, fail, place, so_far, today_json};
use crate::demand::handling::subjects;
use crate::demand::hierarchy::{self, CUTS, Parent};
use crate::demand::stage::{FAMILIES, lacking_hours};
use crate::demand::{self, Demand};
use crate::input;
use crate::output;
use crate::problem::Problem;
use crate::report::subjects::effects;
use crate::report::words;
use crate::scenario::Scenario;

pub(super) fn run(args: &Args) -> ExitCode {
    let source = &args.source;
    let read = source.slot.is_some() || source.encoding.is_some();
    let own = source.tz.is_some() || source.country.is_some() || read;
    if own || args.weeks.is_some() || args.total || args.closed != "gaps" {
        eprintln!(
            "error: --weeks, --tz, --country, --slot, --encoding, --total and --closed are for bare histories; a scenario \
             says these itself"
        );
        return ExitCode::from(2);
    }
    let (scenario, files) = match input::read_with_files(&source.history, &args.set) {
        Ok(found) => found,
        Err(problems) => return fail(&problems, args.json),
    };
    if let Err(problem) = place::check(args, &files) {
        return fail(&[problem], args.json);
    }
    let off = args.without.iter();
    let off: Vec<&str> = off.map(|name| scenario.factor_named(name)).collect();
    let now = match args.now.map(|now| moment(&scenario, now)).transpose() {
        Ok(now) => now,
        Err(problem) => return fail(&[problem], args.json),
    };
    let demand = demand::forecast_at(&scenario, &off, now);
    if let Some(problem) = unknown(&demand, &off) {
        return fail(&[problem], args.json);
    }
    tell_doubts(&scenario);
    for note in now.map_or_else(Vec::new, |now| lacking_hours(&scenario, now)) {
        eprintln!("note: {note}");
    }
    tell_unmet(&scenario, &demand);
    let parents: Vec<(&str, Vec<Parent>)> = CUTS
        .iter()
        .map(|(cut, name)| (*name, hierarchy::parents(&scenario, &demand, *cut)))
        .collect();
    if let Err(problem) = place::put(&args.out, |out| write(&scenario, &demand, &parents, out)) {
        return fail(&[problem], args.json);
    }
    if args.json {
        println!("{}", summary(&scenario, &demand, &parents));
    } else {
        // Whoever reads only the head of it has had enough.
        let _ = std::io::stdout().write_all(table(&scenario, &demand, &parents).as_bytes());
        place::written(&args.out);
    }
    ExitCode::SUCCESS
}

/// A moment on the scenario's clock that some history has a record of.
fn moment(scenario: &Scenario, now: NaiveDateTime) -> Result<DateTime<Utc>, Problem> {
    let wrong = |cause: String, remedy: &str| Problem::new("bad-date", cause).remedy(remedy);
    let Some(at) = scenario.zone.from_local_datetime(&now).earliest() else {
        return Err(wrong(
            format!("{now} does not exist in {}", scenario.zone),
            "the clock skips it: write an hour later",
        ));
    };
    let end = scenario.horizon.end().with_timezone(&scenario.zone);
    if at >= end {
        return Err(wrong(
            format!("{now} is after the planned weeks"),
            "move `start` of the scenario on",
        ));
    }
    let known = scenario.queues.values().any(|queue| {
        let date = at
            .with_timezone(&scenario.markets[queue.market].zone)
            .date_naive();
        queue.demand.history.as_ref().is_some_and(|history| {
            let day = usize::try_from((date - history.first_day).num_days()).ok();
            let mut days = history.days.iter().chain(&history.came);
            day.is_some_and(|day| matches!(days.nth(day), Some(Some(_))))
        })
    });
    if !known {
        return Err(wrong(
            format!("no queue's history has a record of {}", now.date()),
            "add today's contacts so far to the history",
        ));
    }
    Ok(at.to_utc())
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

fn week_of(demand: &Demand, parent: &Parent, weeks: f64) -> [f64; 2] {
    let parts: Vec<_> = parent.queues.iter().map(|id| &demand.queues[*id]).collect();
    hierarchy::week_band(&parts, weeks)
}

fn band([low, high]: &[f64; 2]) -> Value {
    json!({ "p10": low, "p90": high })
}

fn summary(scenario: &Scenario, demand: &Demand, parents: &[(&str, Vec<Parent>)]) -> Value {
    let weeks = scenario.horizon.weeks().max(1e-9);
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
                "week": band(&hierarchy::week_band(&[found], weeks)),
                "model": found.model,
                "handle_time": output::handle_time(queue.handle_time.into()),
                "fcr": found.resolution,
                "factors": factors,
                "wape": found.accuracy.map(|scores| scores.wape),
                "naive_wape": found.accuracy.map(|scores| scores.naive_wape),
                "today": found.today.map(today_json),
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
    let bands: Map<String, Value> = parents
        .iter()
        .map(|(cut, parents)| {
            let bands: Map<String, Value> = parents
                .iter()
                .map(|p| (p.name.clone(), band(&week_of(demand, p, weeks))))
                .collect();
            ((*cut).to_owned(), Value::from(bands))
        })
        .collect();
    json!({
        "weeks": bands,
        "contacts": demand.contacts(),
        "without_agent": output::without_agent(demand),
        "handle_times": output::handle_times(scenario, demand),
        "queues": queues,
        "sums": sums,
    })
}

/// Factors that move a queue by less are left out of the table.
const LITTLE: f64 = 0.002;
/// A blank at which no line ends.
const GLUE: char = '\u{a0}';

fn table(scenario: &Scenario, demand: &Demand, parents: &[(&str, Vec<Parent>)]) -> String {
    let weeks = scenario.horizon.weeks().max(1e-9);
    let mut out = format!(
        "{:<36}{:>10}{:>18}\n",
        "queue, what raises or lowers it", "a week", "80 % of weeks"
    );
    // Writing to a string cannot fail.
    let line = |out: &mut String, name: &str, contacts: f64, [low, high]: [f64; 2]| {
        let band = format!("{low:.0} - {high:.0}");
        let _ = writeln!(out, "{name:<36}{:>10.1}{band:>18}", contacts / weeks);
    };
    let width = words::prose(screen::columns()) - 4;
    let said = |out: &mut String, words: &str| {
        for line in words::wrapped(words, width) {
            let _ = writeln!(out, "    {}", line.replace(GLUE, " "));
        }
    };
    for (queue, found) in scenario.queues.values().zip(demand.queues.values()) {
        let band = hierarchy::week_band(&[found], weeks);
        line(&mut out, &queue.name, found.contacts(), band);
        if let Some(today) = found.today {
            said(&mut out, &so_far(&today));
        }
        let factors = found.factors.iter();
        let factors: Vec<String> = factors
            .filter(|factor| (factor.factor - 1.0).abs() >= LITTLE)
            .map(|factor| format!("×{GLUE}{:.3} {}", factor.factor, factor.name))
            .collect();
        if !factors.is_empty() {
            said(&mut out, &factors.join(", "));
        }
        said(&mut out, &found.model);
    }
    for (cut, parents) in parents {
        for parent in parents {
            let name = format!("{cut}: {}", parent.name);
            let band = week_of(demand, parent, weeks);
            line(&mut out, &name, parent.volume.mean.iter().sum(), band);
        }
    }
    for subject in subjects(scenario, demand) {
        let times = words::handling(subject.times);
        let _ = writeln!(out, "handle time: {}", subject.name);
        said(&mut out, &times);
    }
    for effect in effects(scenario, demand) {
        let _ = writeln!(out, "lever: {}", words::clean(&effect.lever));
        said(&mut out, &effect.said());
    }
    out
}

fn write(
    scenario: &Scenario,
    demand: &Demand,
    parents: &[(&str, Vec<Parent>)],
    out: &mut csv::Writer<File>,
) -> Result<(), csv::Error> {
    out.write_record(place::SCENARIO)?;
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
    Ok(())
}
