//! `crewcast forecast`: the next weeks of a bare history, or of a scenario's queues.

mod place;
mod scenario;

use std::fs::File;
use std::process::ExitCode;

use chrono::{Datelike, NaiveDateTime, Timelike};
use chrono_tz::Tz;

use super::bare::Bare;
use super::check::fail;
use crate::demand::bare::{self, HistoryForecast, Spec};
use crate::demand::intraday::Surprise;
use crate::input::SCENARIO_FILE;
use crate::problem::Problem;
use crate::time::holidays;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    source: Bare,
    /// Weeks to forecast after the end of the history; 4 unless given.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=520))]
    weeks: Option<u32>,
    /// What absent days are: gaps, or on public holidays closed days.
    #[arg(long, default_value = "gaps", value_parser = ["gaps", "holidays"])]
    #[arg(requires_if("holidays", "country"))]
    closed: String,
    /// Add a series `total`, the sum of all where there are several (`sum of all` where one has that name).
    #[arg(long)]
    total: bool,
    /// Update within the day: contacts are known up to this local time ("2026-11-30 14:30"), the last of a
    /// history, or on the clock of a scenario; the rest of that day and the days after are forecast. A history
    /// that ends within a day is known up to its last slot.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    now: Option<NaiveDateTime>,
    /// Of a scenario folder: leave a factor out, named as the table shows it or by the id of the event, lever,
    /// growth or override; or "season", "holidays", "day of month", "delay", "cases", "today so far"; may be
    /// given again.
    #[arg(long, value_name = "FACTOR")]
    without: Vec<String>,
    /// Of a scenario folder: change a number of it, as in queue.cs-phone.aht=5m; may be given again.
    #[arg(long = "set", value_name = "PATH=VALUE")]
    set: Vec<String>,
    /// File for the forecast, as CSV: timestamp, series, mean, p10, p50, p90 (of a scenario: timestamp, level,
    /// name, mean, p10, p50, p80, p95 of every queue and every sum of queues). An earlier forecast there is
    /// replaced.
    #[arg(long)]
    out: Option<std::path::PathBuf>,
    /// Put the forecast in the place of another file too.
    #[arg(long, requires = "out")]
    force: bool,
    /// Print a summary as JSON.
    #[arg(long)]
    json: bool,
}

/// Weeks that a bare history is forecast unless told otherwise.
const WEEKS: u32 = 4;

pub(super) fn run(args: Args) -> ExitCode {
    let path = &args.source.history;
    if path.is_dir() || path.file_name().is_some_and(|name| name == SCENARIO_FILE) {
        return scenario::run(&args);
    }
    if !args.without.is_empty() || !args.set.is_empty() {
        eprintln!(
            "error: --without and --set are for scenarios; {} is a history",
            path.display()
        );
        return ExitCode::from(2);
    }
    if let Err(problem) = place::check(&args, std::slice::from_ref(path)) {
        return fail(&[problem], args.json);
    }
    let (history, zone) = match args.source.read() {
        Ok(found) => found,
        Err(problems) => return fail(&problems, args.json),
    };
    if let Some(now) = args.now
        && !(history.first < now.date() && now.date() <= history.date(history.days))
    {
        let (first, last) = (history.first, history.date(history.days - 1));
        let problem = if now.date() == first {
            let cause = format!("{now} lies within the first day of the history: none precedes it");
            Problem::new("bad-date", cause)
                .remedy("give days before it; or leave out --now, to forecast the days after")
        } else {
            let cause = format!("{now} is not a moment of the history, {first} to {last}");
            Problem::new("bad-date", cause)
                .remedy("--now lies within its last day, or within one before")
        };
        return fail(&[problem], args.json);
    }
    if let (None, Some(moment)) = (args.now, history.unfinished()) {
        let moment = moment.format("%Y-%m-%d %H:%M");
        eprintln!(
            "note: the history ends at {moment}, within a day: the rest of that day is forecast too"
        );
    }
    let weeks = args.weeks.unwrap_or(WEEKS);
    let spec = Spec {
        days: 7 * weeks as usize,
        country: args.source.country.clone(),
        closed_holidays: args.closed == "holidays",
        total: args.total,
        now: args.now,
    };
    let found = bare::forecast_in(&history, &spec, zone);
    let last = found.first + chrono::Days::new(spec.days as u64);
    if spec.country.is_some() && last.year() > *holidays::YEARS.end() {
        let end = holidays::YEARS.end();
        eprintln!(
            "note: public holidays after {end} are not known: those days are forecast as others"
        );
    }
    for note in &found.notes {
        eprintln!("note: {note}");
    }
    if let Err(problem) = place::put(&args.out, |out| write(&found, out)) {
        return fail(&[problem], args.json);
    }
    if args.json {
        println!("{}", summary(&found, zone));
        return ExitCode::SUCCESS;
    }
    println!(
        "{:<30}{:>12} {:<26} model",
        "series", "a week", "(80 % of weeks)"
    );
    for s in &found.series {
        let weekly = s.mean.iter().sum::<f64>() / f64::from(weeks);
        // The typical week's band: the mean over those forecast.
        let [low, high] = [0, 1].map(|q| s.bands.week[q].iter().sum::<f64>() / f64::from(weeks));
        let band = format!("({low:.0} - {high:.0})");
        println!("{:<30}{weekly:>12.1} {band:<26} {}", s.name, s.model);
        if let Some(today) = s.today {
            println!("{:<43}{}", "", so_far(&today));
        }
    }
    place::written(&args.out);
    ExitCode::SUCCESS
}

fn moment(text: &str) -> Result<NaiveDateTime, String> {
    [
        "%Y-%m-%d %H:%M",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M:%S",
    ]
    .iter()
    .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
    .and_then(|at| at.with_second(0))
    .ok_or_else(|| "write it as 2026-11-30 14:30".into())
}

fn today_json(today: Surprise) -> serde_json::Value {
    serde_json::json!({
        "seen": today.seen,
        "expected": today.expected,
        "rest_of_day_factor": today.rest,
    })
}

fn so_far(today: &Surprise) -> String {
    format!(
        "{:.1} so far today, {:.1} expected: the rest of the day × {:.3}",
        today.seen, today.expected, today.rest
    )
}

/// Totals of stretches of `length` days with their 80 % bands.
fn bands(
    found: &HistoryForecast,
    mean: &[f64],
    length: usize,
    [low, high]: &[Vec<f64>; 2],
) -> serde_json::Value {
    let cells = length * found.slots.len();
    mean.chunks(cells)
        .zip(low.iter().zip(high))
        .enumerate()
        .map(|(at, (mean, (low, high)))| {
            serde_json::json!({
                "from": found.start(at * cells).date().to_string(),
                "mean": mean.iter().sum::<f64>(),
                "p10": low,
                "p90": high,
            })
        })
        .collect()
}

fn summary(found: &HistoryForecast, zone: Option<Tz>) -> serde_json::Value {
    let series: Vec<_> = found
        .series
        .iter()
        .map(|s| {
            serde_json::json!({
                "name": s.name,
                "contacts": s.mean.iter().sum::<f64>(),
                "model": s.model,
                "today": s.today.map(today_json),
                "days": bands(found, &s.mean, 1, &s.bands.day),
                "weeks": bands(found, &s.mean, 7, &s.bands.week),
            })
        })
        .collect();
    let clock = zone.map_or("local", Tz::name);
    serde_json::json!({ "first_day": found.first.to_string(), "clock": clock, "series": series })
}

fn write(found: &HistoryForecast, out: &mut csv::Writer<File>) -> Result<(), csv::Error> {
    out.write_record(place::BARE)?;
    for s in &found.series {
        let [p10, p50, p90] = &s.bands.slot;
        for (i, mean) in s.mean.iter().enumerate() {
            if found.passes[i] == 0.0 {
                continue;
            }
            out.write_record([
                &*found.start(i).format("%Y-%m-%d %H:%M:%S").to_string(),
                &s.name,
                &format!("{mean:.4}"),
                &format!("{:.2}", p10[i]),
                &format!("{:.2}", p50[i]),
                &format!("{:.2}", p90[i]),
            ])?;
        }
    }
    Ok(())
}
