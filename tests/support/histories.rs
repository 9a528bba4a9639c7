//! Bare histories made for tests, and the program run on them.

use std::path::Path;

use assert_cmd::Command;

pub fn crewcast(args: &[&str]) -> (i32, String, String) {
    let mut command = Command::cargo_bin("crewcast").unwrap();
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = command.args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let code = output.status.code().unwrap_or(-1);
    (code, text(output.stdout), text(output.stderr))
}

pub fn write(dir: &Path, name: &str, text: &[u8]) -> String {
    let path = dir.join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

/// `days` days of a little shop's two lines, 8 to 18 h, from Monday 2 March 2026.
pub fn shop(days: u64) -> String {
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
pub fn rows(path: &Path) -> Vec<(String, f64)> {
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
