//! `crewcast forecast`: a bare history's next weeks.

use std::path::PathBuf;
use std::process::ExitCode;

use super::backtest::{load, minutes};
use crate::demand::bare::{self, HistoryForecast, Spec};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// CSV with the columns timestamp, series, volume.
    history: PathBuf,
    /// Weeks to forecast after the end of the history.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=520))]
    weeks: u32,
    /// Time zone whose wall clock the series follow; turns UTC stamps into local ones.
    #[arg(long)]
    tz: Option<chrono_tz::Tz>,
    /// Country, or country and region, of the public holidays (CZ, US-PA).
    #[arg(long)]
    country: Option<String>,
    /// Slot length (15m, 30m, 1h); sniffed unless given.
    #[arg(long, value_parser = minutes)]
    slot: Option<u32>,
    /// What absent days are: gaps, or on public holidays closed days.
    #[arg(long, default_value = "gaps", value_parser = ["gaps", "holidays"])]
    closed: String,
    /// Add a series `total`, the sum of all.
    #[arg(long)]
    total: bool,
    /// Where to write the forecast: CSV of timestamp, series, mean, p10, p50, p90.
    #[arg(long)]
    out: PathBuf,
    /// Print a summary as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: Args) -> ExitCode {
    let history = match load(&args.history, args.tz, args.slot, args.country.as_deref()) {
        Ok(h) => h,
        Err(code) => return code,
    };
    let spec = Spec {
        days: 7 * args.weeks as usize,
        country: args.country,
        closed_holidays: args.closed == "holidays",
        total: args.total,
    };
    let found = bare::forecast(&history, &spec);
    if let Err(why) = write(&found, &args.out) {
        eprintln!("error: {}: {why}", args.out.display());
        return ExitCode::FAILURE;
    }
    if args.json {
        println!("{}", summary(&found));
    } else {
        for s in &found.series {
            let weekly = s.mean.iter().sum::<f64>() / f64::from(args.weeks);
            println!("{:<30}{weekly:>12.1} a week   {}", s.name, s.model);
        }
        println!("written to {}", args.out.display());
    }
    ExitCode::SUCCESS
}

fn summary(found: &HistoryForecast) -> serde_json::Value {
    let series: Vec<_> = found
        .series
        .iter()
        .map(|s| {
            serde_json::json!({
                "name": s.name,
                "contacts": s.mean.iter().sum::<f64>(),
                "model": s.model,
            })
        })
        .collect();
    serde_json::json!({ "first_day": found.first.to_string(), "series": series })
}

fn write(found: &HistoryForecast, path: &std::path::Path) -> Result<(), csv::Error> {
    let mut out = csv::Writer::from_path(path)?;
    out.write_record(["timestamp", "series", "mean", "p10", "p50", "p90"])?;
    for s in &found.series {
        let [p10, p50, p90] = &s.bands.slot;
        for (i, mean) in s.mean.iter().enumerate() {
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
    out.flush()?;
    Ok(())
}
