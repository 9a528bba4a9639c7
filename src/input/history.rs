//! A bare history: CSV of `timestamp,series,volume`, local or UTC. Text in, value out.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;

use crate::demand::history::{History, Row};

/// Reads the text of a bare history. Times with an offset or a `Z` are turned into the wall clock of
/// `zone`; times without one are local already. `slot` in minutes is sniffed when not given.
///
/// # Errors
/// Every malformed line (at most twenty are told), or what [`History::from_rows`] refuses.
pub fn parse(text: &str, zone: Option<Tz>, slot: Option<u32>) -> Result<History, Vec<String>> {
    let text = text.trim_start_matches('\u{feff}');
    let header = text.lines().next().unwrap_or("");
    let delimiter = [b';', b'\t', b'|']
        .into_iter()
        .find(|d| header.contains(char::from(*d)))
        .unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|e| vec![e.to_string()])?.clone();
    let column = |names: &[&str]| {
        headers
            .iter()
            .position(|h| names.iter().any(|n| h.eq_ignore_ascii_case(n)))
    };
    let time = column(&["timestamp", "time", "datetime", "date", "interval_start"]);
    let Some(time) = time else {
        return Err(vec![
            "the first line must name a column `timestamp` (also: series, volume)".into(),
        ]);
    };
    let series_at = column(&["series", "queue", "id"]);
    let volume_at = column(&["volume", "count", "contacts", "calls"]);
    let mut names: Vec<String> = Vec::new();
    let mut index: HashMap<String, usize> = HashMap::new();
    let (mut rows, mut wrong) = (Vec::new(), Vec::new());
    for (number, record) in reader.records().enumerate() {
        let line = number + 2;
        let mut fail = |why: String| {
            if wrong.len() < 20 {
                wrong.push(format!("line {line}: {why}"));
            }
        };
        let record = match record {
            Ok(r) => r,
            Err(e) => {
                fail(e.to_string());
                continue;
            }
        };
        let text = record.get(time).unwrap_or("");
        let Some(at) = moment(text, zone) else {
            fail(format!(
                "`{text}` is no time; write 2026-03-29 13:30 or 2026-03-29T13:30:00Z"
            ));
            continue;
        };
        // Without a volume column each row is one contact.
        let volume = match volume_at.map(|c| record.get(c).unwrap_or("")) {
            None => 1.0,
            Some(v) => match v.replace(',', ".").parse::<f64>() {
                Ok(v) if v >= 0.0 && v.is_finite() => v,
                _ => {
                    fail(format!(
                        "`{v}` is no count of contacts; write a number of at least 0"
                    ));
                    continue;
                }
            },
        };
        let name = series_at.and_then(|c| record.get(c)).unwrap_or("total");
        let series = match index.get(name) {
            Some(i) => *i,
            None => {
                names.push(name.to_string());
                index.insert(name.to_string(), names.len() - 1);
                names.len() - 1
            }
        };
        rows.push(Row { at, series, volume });
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    History::from_rows(names, &rows, slot).map_err(|e| vec![e])
}

fn moment(text: &str, zone: Option<Tz>) -> Option<NaiveDateTime> {
    const LOCAL: [&str; 6] = [
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%d %H:%M",
        "%Y-%m-%dT%H:%M",
        "%d.%m.%Y %H:%M",
        "%d.%m.%Y %H:%M:%S",
    ];
    if let Some(at) = LOCAL
        .iter()
        .find_map(|f| NaiveDateTime::parse_from_str(text, f).ok())
    {
        return Some(at);
    }
    for format in ["%Y-%m-%d", "%d.%m.%Y"] {
        if let Ok(d) = NaiveDate::parse_from_str(text, format) {
            return d.and_hms_opt(0, 0, 0);
        }
    }
    let text = text.replacen(' ', "T", 1);
    let at = DateTime::parse_from_rfc3339(&text)
        .or_else(|_| DateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M%:z"))
        .or_else(|_| DateTime::parse_from_rfc3339(&text.replace('Z', ":00Z")))
        .ok()?
        .with_timezone(&Utc);
    Some(match zone {
        Some(z) => at.with_timezone(&z).naive_local(),
        None => at.naive_utc(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_and_utc_times_meet_on_the_wall_clock() {
        let zone = Some(chrono_tz::Europe::Prague);
        let utc = "timestamp,series,volume\n2026-07-01T06:00:00Z,a,3\n2026-07-01T06:30Z,a,1\n";
        let local = "timestamp;series;volume\n2026-07-01 08:00;a;3\n01.07.2026 08:30;a;1\n";
        for text in [utc, local] {
            let h = parse(text, zone, None).expect("a history");
            assert_eq!(
                (h.slots.clone(), h.series[0].volume.clone()),
                (vec![480, 510], vec![3.0, 1.0])
            );
        }
    }

    #[test]
    fn the_repeated_hour_of_autumn_adds_up() {
        let text = "timestamp,volume\n2026-10-25T00:00:00Z,3\n2026-10-25T01:00:00Z,4\n2026-10-25T05:00:00Z,1\n";
        let h = parse(text, Some(chrono_tz::Europe::Prague), None).expect("a history");
        assert_eq!(
            (h.slots.clone(), h.series[0].volume.clone()),
            (vec![120, 360], vec![7.0, 1.0])
        );
    }

    #[test]
    fn every_bad_line_is_told() {
        let text =
            "timestamp,series,volume\nyesterday,a,1\n2026-01-01 10:00,a,-4\n2026-01-01 10:00,a,x\n";
        let wrong = parse(text, None, None).expect_err("problems");
        assert_eq!(wrong.len(), 3);
        assert!(wrong[0].starts_with("line 2") && wrong[2].starts_with("line 4"));
        assert!(parse("", None, None).is_err());
    }
}
