//! What a scenario says of its demand: series of one file with slots of different lengths, and names left out.

#[path = "support/histories.rs"]
mod histories;

use std::path::Path;

use histories::{crewcast, rows, shop, write};

/// A shop with a queue for each series of `history.csv`.
fn scenario(dir: &Path, header: &str, series: &[&str]) -> String {
    let template = include_str!("problems/unknown-choice/scenario.toml");
    let text = template.replace("\"dedicate\"", "\"dedicated\"");
    let (head, tail) = text.split_once("[[queue]]").unwrap();
    let (_, tail) = tail.split_once("[[shift]]").unwrap();
    let head = head.replace("[scenario]\n", &format!("[scenario]\n{header}\n"));
    let queues: String = series
        .iter()
        .map(|name| {
            format!(
                "[[queue]]\nid = \"{name}-phone\"\nclient = \"shop\"\nmarket = \"cz\"\nlanguage = \"cs\"\n\
                 channel = \"phone\"\ncontact_type = \"order\"\nhours = \"office\"\ntarget = \"80/20s\"\naht = \"4m\"\n\
                 history = {{ file = \"history.csv\", series = \"{name}\" }}\n\n"
            )
        })
        .collect();
    let text = format!("{head}{queues}[[shift]]{tail}");
    write(dir, "scenario.toml", text.as_bytes());
    dir.display().to_string()
}

#[test]
fn series_of_one_file_keep_the_length_of_their_own_slots() {
    let dir = tempfile::tempdir().unwrap();
    let mut history = "timestamp,series,volume\n".to_owned();
    let first = chrono::NaiveDate::from_ymd_opt(2026, 9, 21).unwrap();
    for day in first.iter_days().take(70) {
        history.push_str(&format!("{day} 00:00,daily,60\n"));
        for hour in 8..18 {
            history.push_str(&format!("{day} {hour:02}:00,hourly,6\n"));
            for minute in [0, 15, 30, 45] {
                history.push_str(&format!("{day} {hour:02}:{minute:02},quarters,1.5\n"));
            }
        }
    }
    write(dir.path(), "history.csv", history.as_bytes());
    let of = scenario(dir.path(), "", &["daily", "hourly", "quarters"]);
    let (code, out, err) = crewcast(&["forecast", &of, "--json"]);
    assert_eq!(code, 0, "{err}");
    let found: serde_json::Value = serde_json::from_str(&out).unwrap();
    for queue in found["queues"].as_array().unwrap() {
        let contacts = queue["contacts"].as_f64().unwrap();
        // Five open days of sixty.
        assert!((contacts / 300.0 - 1.0).abs() < 0.05, "{queue}");
    }
}

#[test]
fn names_left_out_that_no_factor_can_have_are_told() {
    let dir = tempfile::tempdir().unwrap();
    write(
        dir.path(),
        "history.csv",
        b"timestamp,series,volume\n2026-09-21 09:00,a,6\n2026-09-21 10:00,a,6\n",
    );
    let names =
        "without = [\"time of year\", \"holiday: Christmas Day\", \"season\", \"holydays\"]";
    let of = scenario(dir.path(), names, &["a"]);
    let (code, _, err) = crewcast(&["check", &of]);
    assert_ne!(code, 0);
    assert_eq!(err.matches("error[unknown-choice]").count(), 1, "{err}");
    assert!(err.contains("did you mean `holidays`?"), "{err}");
}

#[test]
fn days_of_another_clock_are_days_and_said_to_be() {
    let dir = tempfile::tempdir().unwrap();
    let daily: String = (1..=28)
        .map(|day| format!("2026-02-{day:02}T00:00:00Z,{}\n", 50 + day % 7))
        .collect();
    let text = format!("timestamp,volume\n{daily}");
    let file = write(dir.path(), "days.csv", text.as_bytes());
    let to = dir.path().join("out.csv").display().to_string();
    let (code, _, err) = crewcast(&["forecast", &file, "--tz", "America/New_York", "--out", &to]);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("read as the days they name"), "{err}");
    assert_eq!(rows(Path::new(&to)).len(), 28);
    let first = std::fs::read_to_string(&to).unwrap();
    assert!(first.contains("2026-03-01 00:00:00"), "{first}");
    // Of hours nothing of the kind is said.
    let hours = write(dir.path(), "hours.csv", shop(28).as_bytes());
    let (_, _, err) = crewcast(&["forecast", &hours, "--tz", "America/New_York"]);
    assert!(!err.contains("days they name"), "{err}");
}

#[test]
fn counts_with_signs_between_thousands_and_days_with_slashes_are_read_as_meant() {
    let dir = tempfile::tempdir().unwrap();
    let plain = shop(60);
    let of = |name: &str, text: String| {
        let file = write(dir.path(), name, text.as_bytes());
        let to = dir.path().join(format!("{name}.out")).display().to_string();
        let (code, _, err) = crewcast(&["forecast", &file, "--out", &to]);
        assert_eq!(code, 0, "{name}: {err}");
        rows(Path::new(&to))
    };
    // Calls a hundred times as many: from 500 to 1,400.
    let times = |sign: &str, quote: &str| -> String {
        let row = |row: &str| match row.split_once(",calls,") {
            Some((at, count)) => {
                let count = 100 * count.parse::<u32>().unwrap();
                let count = match count {
                    0..1000 => count.to_string(),
                    _ => format!("{quote}{}{sign}{:03}{quote}", count / 1000, count % 1000),
                };
                format!("{at},calls,{count}\n")
            }
            None => format!("{row}\n"),
        };
        plain.lines().map(row).collect()
    };
    let semicolons = |text: String| text.replace(',', ";");
    let expected = of("plain", times("", ""));
    assert_eq!(of("comma", times(",", "\"")), expected);
    assert_eq!(of("point", semicolons(times(".", ""))), expected);
    assert_eq!(of("apostrophe", times("'", "")), expected);
    let slashes = |row: &str| match row.split_once(' ') {
        Some((date, rest)) => {
            let parts: Vec<&str> = date.split('-').collect();
            format!("{}/{}/{} {rest}\n", parts[2], parts[1], parts[0])
        }
        None => format!("{row}\n"),
    };
    let days = times("", "").lines().map(slashes).collect();
    assert_eq!(of("slashes", days), expected);
}

#[test]
fn bad_rows_of_an_excel_s_file_are_named_by_their_lines() {
    let dir = tempfile::tempdir().unwrap();
    let text = "timestamp;series;volume\r\n1. 6. 2026 9:00;a;3\r\n2. 6. 2026 9:00;a;4\r\n\
                3. 6. 2026 9:00;a;-4\r\n4. 6. 2026 9:00;a;x\r\n";
    let file = write(dir.path(), "crlf.csv", text.as_bytes());
    let (code, _, err) = crewcast(&["forecast", &file]);
    assert_eq!(code, 1);
    assert!(
        err.contains("crlf.csv:4") && err.contains("crlf.csv:5"),
        "{err}"
    );
    assert!(err.contains("2 problems"), "{err}");
}

#[test]
fn an_export_appended_to_one_that_it_overlaps_is_told_wherever_it_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let one = shop(42);
    let line = one.lines().count() + 1;
    let twice = one.clone() + &one[one.find('\n').unwrap() + 1..];
    let file = write(dir.path(), "history.csv", twice.as_bytes());
    let said = format!("history.csv:{line}");
    for args in [
        &["forecast", &file][..],
        &["backtest", &file, "--origins", "1"],
    ] {
        let (code, _, err) = crewcast(args);
        assert!(
            code == 0 && err.contains(&said) && err.contains("840 rows"),
            "{err}"
        );
    }
    let of = scenario(dir.path(), "", &["calls"]);
    let (code, out, err) = crewcast(&["check", &of]);
    assert!(code == 0 && out.contains("1 warning"), "{out}");
    assert!(err.contains(&said) && err.contains("840 rows"), "{err}");
    let once = write(dir.path(), "once.csv", one.as_bytes());
    assert!(!crewcast(&["forecast", &once]).2.contains("once more"));
}

#[test]
fn totals_of_weeks_and_months_and_files_without_rows_are_clear_problems() {
    let dir = tempfile::tempdir().unwrap();
    let first = chrono::NaiveDate::from_ymd_opt(2025, 1, 1).unwrap();
    let header = "timestamp,series,volume\n";
    let of = |dates: Vec<chrono::NaiveDate>| -> String {
        let rows = dates.iter().map(|date| format!("{date},a,2000\n"));
        header.to_owned() + &rows.collect::<String>()
    };
    let weeks = (0..20).map(|k| first + chrono::Days::new(7 * k)).collect();
    let months = (0..20).map(|k| first + chrono::Months::new(k)).collect();
    let days = (0..40).map(|k| first + chrono::Days::new(k)).collect();
    for (name, text, said) in [
        ("weeks", of(weeks), "totals of a week"),
        ("months", of(months), "totals of a month"),
        ("empty", String::new(), "is empty"),
        ("header", header.to_owned(), "holds no rows"),
    ] {
        let file = write(dir.path(), name, text.as_bytes());
        let (code, _, err) = crewcast(&["forecast", &file]);
        assert!(code == 1 && err.contains(said), "{name}: {err}");
    }
    let file = write(dir.path(), "days", of(days).as_bytes());
    assert_eq!(crewcast(&["forecast", &file]).0, 0);
}

#[test]
fn open_hours_without_a_contact_and_holidays_without_a_row_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let mut history = "timestamp,series,volume\n".to_owned();
    let first = chrono::NaiveDate::from_ymd_opt(2026, 8, 3).unwrap();
    for (day, date) in first
        .iter_days()
        .take(112)
        .enumerate()
        .filter(|d| d.0 % 7 < 5)
    {
        if ["2026-09-28", "2026-10-28", "2026-11-17"].contains(&date.to_string().as_str()) {
            continue;
        }
        for hour in 8..16 {
            history.push_str(&format!("{date} {hour:02}:00,calls,{}\n", 6 + day % 3));
        }
    }
    let file = write(dir.path(), "history.csv", history.as_bytes());
    // The office is open until 18:00.
    let of = scenario(dir.path(), "", &["calls"]);
    let (code, out, err) = crewcast(&["forecast", &of]);
    assert_eq!(code, 0, "{err}");
    assert!(
        err.contains("Mon, Tue, Wed, Thu, Fri 16:00 to 18:00"),
        "{err}"
    );
    assert!(!out.contains("× 1.000"), "{out}");
    let (_, _, err) = crewcast(&["forecast", &file, "--country", "CZ"]);
    assert!(
        err.contains("3 public holidays") && err.contains("--closed holidays"),
        "{err}"
    );
    let closed = ["forecast", &file, "--country", "CZ", "--closed", "holidays"];
    assert!(!crewcast(&closed).2.contains("public holidays"));
}

#[test]
fn a_horizon_beyond_the_table_of_holidays_says_so() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/cold-start");
    // The last day of the second is a Sunday, 30 December 2035.
    for (start, is_beyond) in [("2036-02-04", true), ("2035-12-24", false)] {
        let start = format!("scenario.start={start}");
        let (code, _, err) = crewcast(&["forecast", folder, "--set", &start]);
        assert_eq!(code, 0, "{err}");
        let told = err.contains("holidays after 2035 are not known");
        assert_eq!(told, is_beyond, "{start}: {err}");
    }
}

/// The rows of two series as Excel saves them where the decimal sign is a comma, in windows-1250.
fn of_excel(names: [&str; 2], told: &str) -> Vec<u8> {
    let text = shop(60)
        .replace("calls", names[0])
        .replace("mails", names[1]);
    let text = format!("{told}{}", text.replace(',', ";").replace('\n', "\r\n"));
    let letter = |c: char| match c {
        'é' => 0xE9,
        'č' => 0xE8,
        'ž' => 0x9E,
        'ť' => 0x9D,
        _ => u8::try_from(c).unwrap(),
    };
    text.chars().map(letter).collect()
}

#[test]
fn an_export_of_excel_is_read_in_its_code_page_which_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("f.csv");
    let out = out.display().to_string();
    let bytes = of_excel(["péče", "žluť"], "sep=;\r\n");
    let history = write(dir.path(), "history.csv", &bytes);
    let found = |more: &[&str]| {
        let (code, _, err) = crewcast(&[&["forecast", &history, "--out", &out], more].concat());
        assert_eq!(code, 0, "{err}");
        let named: Vec<String> = rows(Path::new(&out)).into_iter().map(|row| row.0).collect();
        let has = |name: &str| named.iter().any(|known| known == name);
        (has("péče") && has("žluť"), err)
    };
    let (right, err) = found(&[]);
    assert!(
        right && err.contains("read as windows-1250, as its letters tell: `péče`"),
        "{err}"
    );
    let (right, err) = found(&["--encoding", "cp1250"]);
    assert!(right && !err.contains("encoding"), "{err}");
    assert!(!found(&["--encoding", "windows-1252"]).0);
    // A scenario warns until it names the encoding.
    let of = scenario(dir.path(), "", &["péče"]);
    let check = || {
        let (code, _, err) = crewcast(&["check", &of]);
        assert_eq!(code, 0, "{err}");
        err.contains("warning[guessed-encoding]")
    };
    assert!(check());
    let text = std::fs::read_to_string(dir.path().join("scenario.toml")).unwrap();
    let name = |encoding: &str| {
        let named = format!("file = \"history.csv\", encoding = \"{encoding}\"");
        let text = text.replace("file = \"history.csv\"", &named);
        write(dir.path(), "scenario.toml", text.as_bytes())
    };
    name("windows-1250");
    assert!(!check());
    name("windows-1249");
    let (code, _, err) = crewcast(&["check", &of]);
    assert!(
        code == 1 && err.contains("there is no encoding `windows-1249`"),
        "{err}"
    );
}

#[test]
fn a_column_that_is_there_twice_is_told_and_so_is_a_handle_time_of_days() {
    let dir = tempfile::tempdir().unwrap();
    let twice = write(
        dir.path(),
        "history.csv",
        b"timestamp,series,volume,Volume\n2026-09-21,daily,60,70\n",
    );
    let (code, _, err) = crewcast(&["forecast", &twice]);
    assert!(
        code == 1 && err.contains("more than one column `volume`"),
        "{err}"
    );
    let of = scenario(dir.path(), "", &["daily"]);
    write(
        dir.path(),
        "history.csv",
        b"timestamp,series,volume\n2026-09-21,daily,60\n",
    );
    let file = dir.path().join("scenario.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("aht = \"4m\"", "aht = \"25h\"")).unwrap();
    let (code, _, err) = crewcast(&["check", &of]);
    assert!(code == 1 && err.contains("for 25 hours"), "{err}");
}
