//! Speed and scores of the forecasters on real arrivals: `cargo bench --bench demand`.
//!
//! Prints, per file, every method's scores and its milliseconds per series (fit, search and predict, one
//! series on one core), and the ratio to MSTL + ETS in the same run; then what 10,000 series take
//! (`CREWCAST_SERIES`: another number). Skips files that are not there.

use std::path::PathBuf;
use std::time::Instant;

use crewcast::demand::backtest::{self, Spec};
use crewcast::demand::bare;
use crewcast::demand::forecaster::Method;
use crewcast::demand::history::{History, Series};
use rand::SeedableRng;
use rand_distr::{Distribution, Poisson};
use rand_xoshiro::Xoshiro256PlusPlus;

/// File, horizon in days, origins, holiday calendar.
const FILES: [(&str, usize, usize, &str); 6] = [
    ("bank_us_30min", 10, 6, "US"),
    ("technion_bank_hourly", 14, 8, "IL"),
    ("uci_retail_hourly", 24, 8, "GB-ENG"),
    ("montco911_type_hourly", 14, 6, "US-PA"),
    ("spotify_social_hourly", 7, 4, "US"),
    ("wales_ems_daily", 28, 8, "GB-WLS"),
];

fn main() {
    scores();
    many();
}

/// Many series at once, two years of hours each: seconds on two cores, and memory.
fn many() {
    let count = std::env::var("CREWCAST_SERIES").ok();
    let count: usize = count.and_then(|c| c.parse().ok()).unwrap_or(10_000);
    const DAYS: usize = 731;
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
    let series = (0..count)
        .map(|k| {
            let size = 0.05 * 1.5f64.powi((k % 20) as i32);
            let mut volume = Vec::with_capacity(DAYS * 24);
            for day in 0..DAYS {
                for hour in 0..24 {
                    let week = [1.3, 1.2, 1.1, 1.0, 1.0, 0.6, 0.4][day % 7];
                    let wave = 1.0 + (std::f64::consts::TAU * (hour as f64 - 8.0) / 24.0).sin();
                    let mean = size * week * (0.05 + wave);
                    let draw = Poisson::new(mean).map_or(0.0, |p| p.sample(&mut rng));
                    volume.push(draw as f32);
                }
            }
            Series {
                name: format!("s{k}"),
                volume,
                present: vec![true; DAYS],
            }
        })
        .collect();
    let history = History {
        until: None,
        first: chrono::NaiveDate::from_ymd_opt(2024, 1, 1).unwrap_or_default(),
        days: DAYS,
        slot_minutes: 60,
        slots: (0..24).map(|h| 60 * h).collect(),
        series,
    };
    let spec = bare::Spec {
        days: 14,
        country: Some("CZ".into()),
        closed_holidays: false,
        total: true,
        now: None,
    };
    let Ok(pool) = rayon::ThreadPoolBuilder::new().num_threads(2).build() else {
        return;
    };
    let (start, busy) = (Instant::now(), cpu_seconds());
    let found = pool.install(|| bare::forecast(&history, &spec));
    let (seconds, busy) = (start.elapsed().as_secs_f64(), cpu_seconds() - busy);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let memory = status.lines().find(|line| line.starts_with("VmHWM"));
    println!(
        "{} series of two years of hours on two threads: {seconds:.1} s, {:.2} ms of a core each; {}",
        found.series.len() - 1,
        1000.0 * busy / count as f64,
        memory.unwrap_or("memory unknown").replace('\t', " ")
    );
}

/// Seconds that this process has spent on cores, by Linux's hundredths; 0 elsewhere.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name in brackets may hold blanks; user time is the twelfth field after it.
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after.split_whitespace().nth(11);
    ticks.and_then(|t| t.parse::<f64>().ok()).unwrap_or(0.0) / 100.0
}

fn scores() {
    println!(
        "file model wape rmsse daily_wape deviance wql coverage80 randomised days ms_per_series"
    );
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    let Ok(pool) = pool else { return };
    for (file, horizon, origins, country) in FILES {
        let path =
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../shared/data/{file}.csv"));
        let Ok(history) = crewcast::input::history::read(&path, &Default::default()) else {
            eprintln!("skipped: {} is not there or cannot be read", path.display());
            continue;
        };
        let spec = Spec {
            horizon,
            origins,
            step: horizon,
            country: Some(country.into()),
            methods: vec![
                Method::Crewcast,
                Method::Gpm,
                Method::SeasonalNaive,
                Method::Mean13Weeks,
                Method::SeasonalSmoothing,
                Method::MstlEts,
            ],
        };
        let start = Instant::now();
        let scores =
            pool.install(|| backtest::run(&history, &spec, || start.elapsed().as_secs_f64()));
        let slowest = scores.last().map_or(0.0, |s| s.seconds_per_series);
        for m in &scores {
            let s = &m.all;
            println!(
                "{file} {} {:.4} {:.4} {:.4} {:.4} {:.4} {:.3} {:.3} {:.3} {:.2}",
                m.name,
                s.wape,
                s.rmsse,
                s.daily_wape,
                s.poisson_deviance,
                s.wql,
                s.coverage80,
                s.coverage80_randomised,
                s.coverage80_daily,
                1000.0 * m.seconds_per_series
            );
        }
        let ours = scores.first().map_or(f64::NAN, |s| s.seconds_per_series);
        println!(
            "{file} mstl_ets takes {:.1} times as long as crewcast",
            slowest / ours
        );
    }
}
