//! `crewcast forecast` and `crewcast backtest` at the door: what they promise, and hostile histories.

#[path = "support/histories.rs"]
mod histories;

use assert_cmd::Command;
use serde_json::Value;

use histories::{crewcast, rows, shop, write};

#[test]
fn a_backtest_says_what_it_promises_in_json() {
    let dir = tempfile::tempdir().unwrap();
    let file = write(dir.path(), "h.csv", shop(120).as_bytes());
    let (code, out, err) = crewcast(&[
        "backtest",
        &file,
        "--horizon",
        "14d",
        "--origins",
        "3",
        "--step",
        "7d",
        "--tz",
        "Europe/Prague",
        "--country",
        "CZ",
        "--json",
    ]);
    assert_eq!(code, 0, "{err}");
    let json: Value = serde_json::from_str(&out).unwrap();
    let models = json["models"].as_array().unwrap();
    let names: Vec<&str> = models.iter().map(|m| m["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["crewcast", "snaive", "mean13w", "mstl_ets"]);
    for model in models {
        let series = model["series"].as_array().unwrap();
        assert_eq!(series.len(), 2);
        for scores in series.iter().chain([model]) {
            for key in [
                "wape",
                "mase",
                "rmsse",
                "daily_wape",
                "bias",
                "poisson_deviance",
                "wql",
                "coverage80",
                "coverage80_randomised",
                "coverage80_daily",
                "seconds_per_series",
            ] {
                assert!(
                    scores[key].is_number() || scores[key].is_null(),
                    "{key}: {scores}"
                );
            }
            assert!(scores["wape"].as_f64().unwrap() < 0.5);
        }
        assert_eq!(model["origins"], 6);
    }
    // The same numbers again, whatever the number of threads.
    let mut one = Command::cargo_bin("crewcast").unwrap();
    one.env("RAYON_NUM_THREADS", "1");
    let again = one
        .args([
            "backtest",
            &file,
            "--origins",
            "3",
            "--step",
            "7d",
            "--country",
            "CZ",
            "--json",
        ])
        .args(["--models", "crewcast"])
        .output()
        .unwrap();
    let again: Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!(again["models"][0]["wape"], models[0]["wape"]);
    assert_eq!(again["models"][0]["wql"], models[0]["wql"]);
}

#[test]
fn a_bare_forecast_adds_up_and_is_updated_within_the_day() {
    let dir = tempfile::tempdir().unwrap();
    let file = write(dir.path(), "h.csv", shop(100).as_bytes());
    let out = dir.path().join("f.csv");
    let path = out.display().to_string();
    let (code, _, err) = crewcast(&["forecast", &file, "--weeks", "2", "--total", "--out", &path]);
    assert_eq!(code, 0, "{err}");
    let all = rows(&out);
    assert_eq!(all.len(), 3 * 14 * 10);
    let sum = |name: &str| all.iter().filter(|r| r.0 == name).map(|r| r.1).sum::<f64>();
    assert!((sum("calls") + sum("mails") - sum("total")).abs() < 0.1);
    // The last day is 9 June; at noon its first four hours are known.
    let now = ["--now", "2026-06-09 12:00", "--weeks", "1"];
    let (code, text, err) =
        crewcast(&[&["forecast", &file, "--json", "--out", &path][..], &now].concat());
    assert_eq!(code, 0, "{err}");
    let json: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["first_day"], "2026-06-09");
    assert!(
        json["series"][0]["today"]["rest_of_day_factor"]
            .as_f64()
            .unwrap()
            > 0.5
    );
    let calls: Vec<f64> = rows(&out)
        .into_iter()
        .filter(|r| r.0 == "calls")
        .map(|r| r.1)
        .collect();
    assert_eq!(
        calls[..4],
        [6.0, 7.0, 8.0, 9.0].map(|v| v + f64::from(99 % 7) - 1.0)
    );
    assert!(!err.contains("not known yet"), "{err}");
    // The same history cut at ten: the two hours until noon are not zeros.
    let of_today = |row: &&str| row.starts_with("2026-06-09 1") || row.starts_with("2026-06-09T1");
    let whole = std::fs::read_to_string(&file).unwrap();
    let cut: Vec<&str> = whole.lines().filter(|row| !of_today(row)).collect();
    assert!(cut.len() < whole.lines().count());
    let cut = write(dir.path(), "cut.csv", cut.join("\n").as_bytes());
    let (code, text, err) = crewcast(&[&["forecast", &cut, "--json"][..], &now].concat());
    assert_eq!(code, 0, "{err}");
    assert!(
        err.contains("the last row ends at 2026-06-09 10:00"),
        "{err}"
    );
    let json: Value = serde_json::from_str(&text).unwrap();
    let rest = &json["series"][0]["today"]["rest_of_day_factor"];
    assert!(rest.as_f64().unwrap() > 0.5, "{rest}");
    let (code, _, err) = crewcast(&["forecast", &file, "--now", "2031-01-01 12:00"]);
    assert!(code == 1 && err.contains("bad-date"), "{err}");
}

#[test]
fn a_moment_that_a_history_cannot_use_is_said_so() {
    let dir = tempfile::tempdir().unwrap();
    let day = "timestamp,series,volume\n2026-01-05T10:00,a,4\n2026-01-05T11:00,a,5\n";
    let day = write(dir.path(), "day.csv", day.as_bytes());
    let (code, _, err) = crewcast(&["forecast", &day, "--now", "2026-01-05 11:00"]);
    assert!(code == 1 && err.contains("none precedes it"), "{err}");
    assert!(!err.contains("not a moment"), "{err}");
    let rows = (5..26).map(|day| format!("2026-01-{day:02},a,{}\n", 20 + day % 7));
    let days = "timestamp,series,volume\n".to_owned() + &rows.collect::<String>();
    let days = write(dir.path(), "days.csv", days.as_bytes());
    let (code, _, err) = crewcast(&["forecast", &days, "--now", "2026-01-25 12:00"]);
    assert!(
        code == 0 && err.contains("what 2026-01-25 brought"),
        "{err}"
    );
    let (code, _, err) = crewcast(&["forecast", &days, "--now", "2026-01-26 00:00"]);
    assert!(code == 0 && !err.contains("brought"), "{err}");
}

#[test]
fn hostile_histories_get_a_sane_answer_or_a_clear_problem() {
    let dir = tempfile::tempdir().unwrap();
    let head = "timestamp,series,volume\n";
    let list =
        |rows: &mut dyn Iterator<Item = String>| rows.fold(head.to_owned(), |a, r| a + &r + "\n");
    let first = chrono::NaiveDate::from_ymd_opt(2016, 1, 4).unwrap();
    let mut minutes = (0..1440 * 8).step_by(7).map(|m| {
        let at = first.and_hms_opt(0, 0, 0).unwrap() + chrono::Duration::minutes(m);
        format!("{at},a,1")
    });
    let minutes = list(&mut minutes);
    let mut years = (0..3653).map(|d| format!("{},a,{}", first + chrono::Days::new(d), 20 + d % 7));
    let years = list(&mut years);
    let mut spike = (0..200).map(|d| {
        let volume = if d == 150 { 90_000 } else { 10 };
        format!("{} 10:00,a,{volume}", first + chrono::Days::new(d))
    });
    let spike = list(&mut spike);
    let sixty = shop(60);
    let mut zeros = sixty.lines().skip(1).map(|row| {
        let (start, _) = row.rsplit_once(',').unwrap();
        format!("{start},0")
    });
    let zeros = list(&mut zeros);
    let clock_changes = "\u{feff}timestamp;series;volume\n2026-03-28T22:30:00Z;a;1\n2026-03-29T00:30:00Z;a;2\n\
                         2026-03-29T01:30:00+00:00;a;2\n2026-03-29 02:30;a;1\n2026-10-25T00:30:00Z;a;3\n\
                         2026-10-25T01:30:00Z;a;4\n2026-10-25 04:30;a;1,5\n";
    let volume = |row: &str| {
        row.rsplit_once(',')
            .and_then(|(_, v)| v.parse::<f64>().ok())
    };
    for (name, text, most) in [
        ("one-contact", format!("{head}2026-03-02 10:00,a,1\n"), 1.1),
        ("all-zeros", zeros, 0.2),
        ("one-day", shop(1), 40.0),
        ("one-spike", spike, 60.0),
        ("ten-years", years, 40.0),
        ("minutes", minutes, 1.5),
        ("clock-changes", clock_changes.to_owned(), 12.0),
        (
            "contacts",
            "created at|queue\n2026-03-02 10:01:30|a\n2026-03-03 11:40:00|a\n".to_owned(),
            5.0,
        ),
    ] {
        let file = write(dir.path(), &format!("{name}.csv"), text.as_bytes());
        let out = dir.path().join("f.csv");
        let path = out.display().to_string();
        let (code, _, err) = crewcast(&[
            "forecast",
            &file,
            "--weeks",
            "1",
            "--tz",
            "Europe/Prague",
            "--out",
            &path,
        ]);
        assert_eq!(code, 0, "{name}: {err}");
        let found = rows(&out);
        assert!(!found.is_empty(), "{name}");
        let highest = found.iter().map(|r| r.1).fold(0.0, f64::max);
        assert!(highest < most, "{name}: {highest}");
        if name == "one-day" {
            // The days never met are likely days like the one that was.
            let week: f64 = found.iter().map(|r| r.1).sum();
            let day: f64 = text.lines().skip(1).filter_map(volume).sum();
            assert!((4.0..9.0).contains(&(week / day)), "{week} of {day} a day");
        }
        // A backtest either scores it or says that it is too short.
        let (code, out, err) = crewcast(&[
            "backtest",
            &file,
            "--horizon",
            "7d",
            "--origins",
            "2",
            "--tz",
            "Europe/Prague",
            "--json",
        ]);
        match code {
            0 => assert!(serde_json::from_str::<Value>(&out).is_ok(), "{name}"),
            1 => assert!(out.contains("too short"), "{name}: {out} {err}"),
            code => panic!("{name}: {code} {err}"),
        }
    }
    for (name, text, problem) in [
        ("nothing", "", "csv-header"),
        ("head-only", head, "empty-history"),
        ("no-times", "a,b\n1,2\n", "csv-header"),
        (
            "broken",
            "timestamp,series,volume\n2026-13-01,a,1\n2026-03-02 10:00,a,-3\n",
            "csv-row",
        ),
        (
            "american",
            "timestamp,series,volume\n3/9/2026 10:00,a,1\n",
            "csv-row",
        ),
        ("binary", "\u{0}\u{1}\u{2}", "csv-header"),
    ] {
        let file = write(dir.path(), &format!("{name}.csv"), text.as_bytes());
        for command in ["forecast", "backtest"] {
            let (code, _, err) = crewcast(&[command, &file]);
            assert!(
                code == 1 && err.contains(problem) && !err.contains("panicked"),
                "{name}: {err}"
            );
        }
    }
    let file = write(dir.path(), "good.csv", shop(30).as_bytes());
    let (code, _, err) = crewcast(&["forecast", &file, "--country", "XX"]);
    assert!(code == 1 && err.contains("unknown-country"), "{err}");
    assert_eq!(crewcast(&["backtest", &file, "--models", "prophet"]).0, 2);
    assert_eq!(crewcast(&["forecast", &file, "--without", "season"]).0, 2);
    let (code, _, err) = crewcast(&["forecast", &file, "--closed", "holidays"]);
    assert!(code == 2 && err.contains("--country"), "{err}");
    assert_eq!(crewcast(&["forecast", "no/such/file.csv"]).0, 1);
}

#[test]
fn a_scenario_is_forecast_with_its_factors_and_sums() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("f.csv").display().to_string();
    let (code, text, err) =
        crewcast(&["forecast", "scenarios/after-sales", "--json", "--out", &out]);
    assert_eq!(code, 0, "{err}");
    let whole: Value = serde_json::from_str(&text).unwrap();
    let total = whole["contacts"].as_f64().unwrap();
    let repair = &whole["handle_times"]["repair"];
    let [mean, half, most] =
        ["mean_seconds", "p50_seconds", "p90_seconds"].map(|key| repair[key].as_f64().unwrap());
    assert!(half < mean && mean < most, "{repair}");
    let without_agent = whole["without_agent"].as_array().unwrap();
    let faq = without_agent
        .iter()
        .find(|l| l["lever"].as_str().unwrap().starts_with("FAQ"));
    assert!(
        faq.unwrap()["repeats_spared"].as_f64().unwrap() > 5.0,
        "{without_agent:?}"
    );
    for cut in [
        "total",
        "client",
        "market",
        "language",
        "channel",
        "contact type",
    ] {
        let sum: f64 = whole["sums"][cut]
            .as_object()
            .unwrap()
            .values()
            .map(|v| v.as_f64().unwrap())
            .sum();
        assert!((sum - total).abs() < 1e-6, "{cut}");
    }
    let written = std::fs::read_to_string(&out).unwrap();
    assert!(written.starts_with("timestamp,level,name,mean,p10,p50,p80,p95\n"));
    let (_, text, _) = crewcast(&[
        "forecast",
        "scenarios/after-sales",
        "--json",
        "--without",
        "cases",
    ]);
    let without: Value = serde_json::from_str(&text).unwrap();
    assert!(without["contacts"].as_f64().unwrap() < 0.95 * total);
    let (code, _, err) = crewcast(&["forecast", "scenarios/after-sales", "--without", "magic"]);
    assert!(code == 1 && err.contains("there are"), "{err}");
    assert_eq!(
        crewcast(&["forecast", "scenarios/after-sales", "--tz", "Europe/Prague"]).0,
        2
    );
}
