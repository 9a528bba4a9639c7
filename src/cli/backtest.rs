//! `crewcast backtest`: rolling origins on a bare history.

use std::process::ExitCode;
use std::time::Instant;

use serde_json::json;

use super::bare::Bare;
use super::check::fail;
use crate::demand::backtest::{self, MethodScores, Spec};
use crate::demand::forecaster::{METHODS, Method};
use crate::demand::metrics::Scores;
use crate::problem::Problem;

/// The methods a backtest runs unless told otherwise.
const DEFAULT: &str = "crewcast,snaive,mean13w,mstl_ets";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    history: Bare,
    /// Days of the series' own week to forecast from each origin.
    #[arg(long, default_value = "14d", value_parser = days)]
    horizon: usize,
    /// Number of origins, counted back from the end.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..))]
    origins: u32,
    /// Days between origins; the horizon unless given.
    #[arg(long, value_parser = days)]
    step: Option<usize>,
    /// Methods, by comma: crewcast, gpm, snaive, mean13w, mean8w, seasonal_smoothing, mstl_ets, pooled_trees.
    #[arg(long, default_value = DEFAULT, value_delimiter = ',', value_parser = method)]
    models: Vec<Method>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: Args) -> ExitCode {
    let (history, _) = match args.history.read() {
        Ok(found) => found,
        Err(problems) => return fail(&problems, args.json),
    };
    let spec = Spec {
        horizon: args.horizon,
        origins: args.origins as usize,
        step: args.step.unwrap_or(args.horizon),
        country: args.history.country,
        methods: once(args.models),
    };
    let start = Instant::now();
    let scores = backtest::run(&history, &spec, || start.elapsed().as_secs_f64());
    if scores.iter().all(|s| s.origins == 0) {
        let cause = format!(
            "the history is too short: no series has a day before the last {}",
            args.horizon
        );
        let problem = Problem::new("empty-history", cause)
            .remedy("give a longer history, or a shorter --horizon");
        return fail(&[problem], args.json);
    }
    if args.json {
        println!(
            "{}",
            json!({ "models": scores.iter().map(model_json).collect::<Vec<_>>() })
        );
    } else {
        print(&scores, spec.origins);
    }
    ExitCode::SUCCESS
}

fn measures(s: &Scores) -> serde_json::Map<String, serde_json::Value> {
    let rounded = |x: f64| {
        if x.is_finite() {
            json!((x * 1e6).round() / 1e6)
        } else {
            json!(null)
        }
    };
    [
        ("wape", s.wape),
        ("mase", s.mase),
        ("rmsse", s.rmsse),
        ("daily_wape", s.daily_wape),
        ("bias", s.bias),
        ("poisson_deviance", s.poisson_deviance),
        ("wql", s.wql),
        ("coverage80", s.coverage80),
        ("coverage80_randomised", s.coverage80_randomised),
        ("coverage80_daily", s.coverage80_daily),
        ("coverage80_weekly", s.coverage80_weekly),
    ]
    .into_iter()
    .map(|(k, v)| (k.to_string(), rounded(v)))
    .collect()
}

fn model_json(m: &MethodScores) -> serde_json::Value {
    let mut out = measures(&m.all);
    out.insert("name".into(), json!(m.name));
    out.insert("seconds_per_series".into(), json!(m.seconds_per_series));
    out.insert("origins".into(), json!(m.origins));
    let series: Vec<_> = m
        .series
        .iter()
        .map(|s| {
            let mut row = measures(&s.scores);
            row.insert("name".into(), json!(s.name));
            row.insert("seconds_per_series".into(), json!(s.seconds));
            row.insert("origins".into(), json!(s.origins));
            row.insert("mean_volume".into(), json!(s.mean_volume));
            row
        })
        .collect();
    out.insert("series".into(), json!(series));
    out.into()
}

/// A number of the table: none where there is nothing to divide by, as for a history of zeros.
fn cell((number, width, digits): (f64, usize, usize)) -> String {
    if number.is_finite() {
        format!("{number:>width$.digits$}")
    } else {
        format!("{:>width$}", "–")
    }
}

/// Methods asked for, each once.
fn once(asked: Vec<Method>) -> Vec<Method> {
    let mut methods = Vec::with_capacity(asked.len());
    for method in asked {
        if !methods.contains(&method) {
            methods.push(method);
        }
    }
    methods
}

/// Series that no origin tests, as they have no row on the days that any would forecast.
fn untested(scores: &[MethodScores]) -> Option<String> {
    let series = scores.first()?.series.iter();
    let names: Vec<String> = series
        .filter(|series| series.origins == 0)
        .map(|series| format!("`{}`", series.name))
        .collect();
    (!names.is_empty()).then(|| {
        format!(
            "Not tested, as no row lies on the days to be forecast: {}.",
            names.join(", ")
        )
    })
}

/// How many origins there are, where the history is too short for all that are asked for.
fn fewer(scores: &[MethodScores], asked: usize) -> Option<String> {
    let each = scores.first()?.series.iter().map(|series| series.origins);
    let (least, most) = (each.clone().min()?, each.max()?);
    let found = match least == most {
        true => least.to_string(),
        false => format!("{least} to {most}"),
    };
    let words = format!("The history holds {found} origins of the {asked} asked for.");
    (least < asked).then_some(words)
}

fn print(scores: &[MethodScores], origins: usize) {
    println!(
        "{:<20}{:>8}{:>8}{:>8}{:>8}{:>8}{:>10}{:>8}{:>7}{:>7}{:>7}{:>7}{:>10}",
        "model",
        "WAPE",
        "MASE",
        "RMSSE",
        "dayWAPE",
        "bias",
        "deviance",
        "WQL",
        "cov80",
        "rand.",
        "days",
        "weeks",
        "ms/series"
    );
    for m in scores {
        let s = &m.all;
        let measures = [
            (s.wape, 8, 4),
            (s.mase, 8, 4),
            (s.rmsse, 8, 4),
            (s.daily_wape, 8, 4),
            (s.bias, 8, 4),
            (s.poisson_deviance, 10, 4),
            (s.wql, 8, 4),
            (s.coverage80, 7, 3),
            (s.coverage80_randomised, 7, 3),
            (s.coverage80_daily, 7, 3),
            (s.coverage80_weekly, 7, 3),
            (1000.0 * m.seconds_per_series, 10, 2),
        ];
        let cells: String = measures.map(cell).concat();
        println!("{:<20}{cells}", m.name);
    }
    for words in [fewer(scores, origins), untested(scores)]
        .into_iter()
        .flatten()
    {
        println!("\n{words}");
    }
    let wide = |m: &MethodScores| m.all.coverage80 > m.all.coverage80_randomised + 0.02;
    if scores.iter().any(wide) {
        println!(
            "\nBands of thin counts hold more than 80 % only because counts are whole: an edge of a band is\n\
             inside it. The column `rand.` counts an edge by the share of it that belongs to the band."
        );
    }
}

fn method(text: &str) -> Result<Method, String> {
    METHODS
        .iter()
        .find(|m| m.0 == text)
        .map(|m| m.1)
        .ok_or_else(|| {
            let names: Vec<_> = METHODS.iter().map(|m| m.0).collect();
            format!("there are {}", names.join(", "))
        })
}

fn days(text: &str) -> Result<usize, String> {
    let (number, unit) = text.split_at(text.trim_end_matches(char::is_alphabetic).len());
    let scale = match unit {
        "" | "d" => 1,
        "w" => 7,
        _ => return Err("write days or weeks: 14d, 2w".into()),
    };
    number
        .parse()
        .ok()
        .filter(|n| *n > 0)
        .map(|n: usize| n * scale)
        .ok_or_else(|| "write 14d or 2w".into())
}
