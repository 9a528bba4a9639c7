//! `crewcast forecast` and `crewcast backtest` at the door: what they promise, and hostile histories.

use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

fn crewcast(args: &[&str]) -> (i32, String, String) {
    let mut command = Command::cargo_bin("crewcast").unwrap();
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = command.args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let code = output.status.code().unwrap_or(-1);
    (code, text(output.stdout), text(output.stderr))
}

fn write(dir: &Path, name: &str, text: &[u8]) -> String {
    let path = dir.join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

/// `days` days of a little shop's two lines, 8 to 18 h, from Monday 2 March 2026.
fn shop(days: u64) -> String {
    let first = chrono::NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
    let mut rows = "timestamp,series,volume\n".to_owned();
    for day in 0..days {
        let date = first + chrono::Days::new(day);
        for hour in 8..18u64 {
            let busy = 5 + (day % 7) + hour % 4;
            rows.push_str(&format!("{date} {hour:02}:00,calls,{busy}\n"));
            rows.push_str(&format!("{date} {hour:02}:00,mails,{}\n", busy / 2));
        }
    }
    rows
}

/// The rows of a forecast: series and mean, all finite and in order.
fn rows(path: &Path) -> Vec<(String, f64)> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header: Vec<String> = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_owned)
        .collect();
    assert_eq!(header, ["timestamp", "series", "mean", "p10", "p50", "p90"]);
    reader
        .records()
        .map(|row| {
            let row = row.unwrap();
            let number = |i: usize| row[i].parse::<f64>().unwrap();
            let [mean, low, middle, high] = [2, 3, 4, 5].map(number);
            assert!(mean.is_finite() && mean >= 0.0 && low >= 0.0, "{row:?}");
            assert!(
                low <= middle && middle <= high && high.is_finite(),
                "{row:?}"
            );
            (row[1].to_owned(), mean)
        })
        .collect()
}

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
    let (code, _, err) = crewcast(&["forecast", &file, "--now", "2031-01-01 12:00"]);
    assert!(code == 1 && err.contains("bad-date"), "{err}");
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
            "timestamp,series,volume\n3/29/2026 10:00,a,1\n",
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

#[test]
fn a_forecast_is_never_written_over_what_it_is_made_of_nor_over_a_stranger() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).display().to_string();
    for name in ["scenario.toml", "history-synthetic.csv"] {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/mid-shop");
        std::fs::copy(from.join(name), at(name)).unwrap();
    }
    let own = write(dir.path(), "h.csv", shop(30).as_bytes());
    let other = write(dir.path(), "notes.txt", b"mine\n");
    std::os::unix::fs::symlink(at("history-synthetic.csv"), at("link")).unwrap();
    let refused = |args: &[&str], out: &str, why: &str| {
        let before = std::fs::read(out).unwrap();
        let (code, _, err) = crewcast(&[args, &["--out", out]].concat());
        assert!(code == 1 && err.contains(why), "{out}: {err}");
        assert_eq!(std::fs::read(out).unwrap(), before, "{out}");
    };
    let folder = dir.path().display().to_string();
    for out in ["scenario.toml", "history-synthetic.csv", "link"] {
        let args = ["forecast", &folder, "--force"];
        refused(&args, &at(out), "is a file that the scenario is read from");
    }
    refused(
        &["forecast", &own, "--force"],
        &own,
        "is the history itself",
    );
    for source in [&folder, &own] {
        refused(
            &["forecast", source],
            &other,
            "something else than an earlier forecast",
        );
    }
    // An earlier forecast gives way unasked, another file when told to.
    for out in [&at("f.csv"), &at("f.csv"), &write(dir.path(), "empty", b"")] {
        let (code, _, err) = crewcast(&["forecast", &own, "--out", out]);
        assert_eq!(code, 0, "{err}");
    }
    let (code, _, err) = crewcast(&["forecast", &own, "--out", &other, "--force"]);
    assert_eq!(code, 0, "{err}");
}

#[test]
fn a_forecast_passes_clock_changes_as_its_history_does() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("f.csv");
    let path = out.display().to_string();
    // Histories that end a few days before the clocks change, as busy at night as by day.
    for (first, change, hours) in [
        ("2026-09-26", "2026-10-25", 24),
        ("2026-02-27", "2026-03-29", 23),
    ] {
        let first: chrono::NaiveDate = first.parse().unwrap();
        let days = (0..28).map(|day| first + chrono::Days::new(day));
        let rows = days.flat_map(|d| (0..24).map(move |h| format!("{d} {h:02}:00,a,10\n")));
        let text = format!("timestamp,series,volume\n{}", rows.collect::<String>());
        let file = write(dir.path(), "h.csv", text.as_bytes());
        let of_change = |zone: &[&str]| -> Vec<f64> {
            let args = ["forecast", &file, "--weeks", "1", "--out", &path];
            let (code, _, err) = crewcast(&[&args, zone].concat());
            assert_eq!(code, 0, "{err}");
            let mut reader = csv::Reader::from_path(&out).unwrap();
            let rows = reader.records().map(Result::unwrap);
            let rows = rows.filter(|row| row[0].starts_with(change));
            rows.map(|row| row[2].parse().unwrap()).collect()
        };
        let bare = of_change(&[]);
        assert_eq!(bare.len(), 24);
        let zoned = of_change(&["--tz", "Europe/Prague"]);
        assert_eq!(zoned.len(), hours);
        let sum: f64 = zoned.iter().sum();
        let factor = if hours == 24 {
            25.0 / 24.0
        } else {
            23.0 / 24.0
        };
        assert!(
            (sum / bare.iter().sum::<f64>() / factor - 1.0).abs() < 0.002,
            "{sum}"
        );
    }
}

#[test]
fn a_total_has_a_name_of_its_own_and_is_no_copy_of_a_single_series() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("f.csv");
    let path = out.display().to_string();
    let two = shop(30).replace(",mails,", ",total,");
    let one = "timestamp,volume\n2026-03-02 10:00,1\n2026-03-03 11:00,2\n".to_owned();
    for (text, names) in [
        (two, &["calls", "total", "sum of all"][..]),
        (one, &["total"]),
    ] {
        let file = write(dir.path(), "h.csv", text.as_bytes());
        let (code, _, err) = crewcast(&["forecast", &file, "--total", "--out", &path]);
        assert_eq!(code, 0, "{err}");
        let mut found: Vec<String> = rows(&out).into_iter().map(|row| row.0).collect();
        found.dedup();
        assert_eq!(found, names);
    }
}

#[test]
fn a_factor_is_left_out_by_its_id_as_by_its_title() {
    let without = |name: &str| {
        let args = [
            "forecast",
            "scenarios/after-sales",
            "--json",
            "--without",
            name,
        ];
        let (code, out, err) = crewcast(&args);
        assert_eq!(code, 0, "{name}: {err}");
        out
    };
    for (id, title) in [
        (
            "account",
            "Customer account with tracking and repair status",
        ),
        ("recall", "Recall of a charger, letters out the day before"),
    ] {
        assert_eq!(without(id), without(title));
    }
}

#[test]
fn a_backtest_says_what_it_lacks() {
    let dir = tempfile::tempdir().unwrap();
    let zeros: String = shop(60)
        .lines()
        .map(|row| match row.rsplit_once(',') {
            Some((start, volume)) if volume != "volume" => format!("{start},0\n"),
            _ => format!("{row}\n"),
        })
        .collect();
    let file = write(dir.path(), "zeros.csv", zeros.as_bytes());
    let (code, out, err) =
        crewcast(&["backtest", &file, "--origins", "1000", "--models", "snaive"]);
    assert_eq!(code, 0, "{err}");
    assert!(
        !out.contains("NaN") && !out.contains("inf") && out.contains('–'),
        "{out}"
    );
    assert!(out.contains("origins of the 1000 asked for"), "{out}");
}

#[test]
fn many_broken_rows_are_counted_and_nobody_need_hear_of_them() {
    let dir = tempfile::tempdir().unwrap();
    let rows: String = shop(30).replace(",calls,", ",calls,2000000");
    let file = write(dir.path(), "h.csv", rows.as_bytes());
    let (code, _, err) = crewcast(&["forecast", &file]);
    assert!(code == 1 && err.contains("above 10000000"), "{err}");
    assert!(err.contains("300 problems in the input"), "{err}");
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("crewcast"));
    let child = command.args(["forecast", &file]);
    let mut child = child.stderr(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(1));
}
