//! Speed and scores of the forecasters on real arrivals: `cargo bench --bench demand`.
//!
//! Prints, per file, every method's scores and its milliseconds per series (fit, search and predict, one
//! series on one core), and the ratio to MSTL + ETS in the same run. Skips files that are not there.

use std::path::PathBuf;
use std::time::Instant;

use crewcast::demand::backtest::{self, Spec};
use crewcast::demand::forecaster::Method;

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
