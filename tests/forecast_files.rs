//! `crewcast forecast` and `crewcast backtest`: what they write where, and what they say of what they lack.

#[path = "support/histories.rs"]
mod histories;

use std::path::Path;

use histories::{crewcast, rows, shop, write};

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
fn a_day_whose_midnight_the_clock_skips_is_still_a_day() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("f.csv");
    let path = out.display().to_string();
    // Cairo goes from Thursday 23 April 2026, 24 h, to Friday, 1 h.
    let first: chrono::NaiveDate = "2026-03-23".parse().unwrap();
    let days = (0..28).map(|day| format!("{},a,10\n", first + chrono::Days::new(day)));
    let text = format!("timestamp,series,volume\n{}", days.collect::<String>());
    let file = write(dir.path(), "h.csv", text.as_bytes());
    let args = ["--weeks", "1", "--tz", "Africa/Cairo", "--out", &path];
    let (code, _, err) = crewcast(&[&["forecast", &file][..], &args].concat());
    assert_eq!(code, 0, "{err}");
    assert_eq!(rows(&out).len(), 7);
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
    // A series that ended long before the others, and a method asked for twice.
    let shop = shop(60);
    let early = |row: &&str| !row.contains("mails") || row.starts_with("2026-03");
    let ended: Vec<&str> = shop.lines().filter(early).collect();
    let file = write(dir.path(), "ended.csv", ended.join("\n").as_bytes());
    let (code, out, err) = crewcast(&[
        "backtest",
        &file,
        "--horizon",
        "7d",
        "--origins",
        "2",
        "--models",
        "snaive,mean8w,snaive",
    ]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(out.matches("snaive").count(), 1, "{out}");
    assert!(
        out.contains("Not tested") && out.contains("`mails`"),
        "{out}"
    );
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

#[test]
fn a_forecast_has_a_header_and_shares_that_add_up() {
    let dir = tempfile::tempdir().unwrap();
    let file = write(dir.path(), "h.csv", shop(60).as_bytes());
    let (code, out, err) = crewcast(&["forecast", &file]);
    assert_eq!(code, 0, "{err}");
    let lines: Vec<&str> = out.lines().collect();
    assert!(
        lines[0].contains("a week") && lines[0].contains("80 % of weeks"),
        "{out}"
    );
    for line in &lines[1..] {
        let shares = line.split(" % ").filter_map(|part| part.rsplit(' ').next());
        let shares: Vec<u32> = shares.filter_map(|share| share.parse().ok()).collect();
        let sum: u32 = shares.iter().sum();
        assert!(
            shares.is_empty() || sum == 100 && !shares.contains(&0),
            "{line}"
        );
    }
}
