//! The results of an earlier plan, read again.

use std::path::Path;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::Value;

use crate::input::cells::{Records, decode, sniff_delimiter};
use crate::problem::{Place, Problem};
use crate::staffing::{Earlier, EarlierShift, EarlierTeam};

/// A row of `shifts.csv`.
#[derive(Debug, Deserialize)]
struct Row {
    group: String,
    #[serde(default)]
    date: Option<NaiveDate>,
    start_local: DateTime<FixedOffset>,
    end_local: DateTime<FixedOffset>,
    #[serde(default)]
    breaks: String,
    agents: u32,
}

/// A row of `staffing.teams` in `summary.json`.
#[derive(Debug, Deserialize)]
struct TeamRow {
    name: String,
    group: String,
    clients: Vec<String>,
    people: usize,
}

/// The teams of an earlier plan's summary; none where it does not name them.
pub fn earlier_teams(summary: &Value) -> Vec<EarlierTeam> {
    let rows = summary["staffing"]["teams"]
        .as_array()
        .into_iter()
        .flatten();
    let rows = rows.filter_map(|row| TeamRow::deserialize(row).ok());
    let team = |row: TeamRow| EarlierTeam {
        name: row.name,
        group: row.group,
        clients: row.clients,
        people: row.people,
    };
    rows.map(team).collect()
}

/// The summary of an earlier plan's folder.
pub fn earlier_summary(folder: &Path) -> Result<Value, Problem> {
    let file = folder.join("summary.json");
    let text = std::fs::read_to_string(&file).map_err(|error| unreadable(&file, &error))?;
    let summary: Value = serde_json::from_str(&text).map_err(|error| unreadable(&file, &error))?;
    if summary["setups"].is_array() && summary["currency"].is_string() {
        Ok(summary)
    } else {
        Err(unreadable(&file, &"it is no summary of a plan"))
    }
}

/// The shifts of the set-up that an earlier plan staffed.
pub fn earlier_plan(folder: &Path) -> Result<Earlier, Problem> {
    let summary = earlier_summary(folder)?;
    let (Some(setup), Some(began)) = (
        summary["planned"].as_str(),
        summary["horizon"]["start"]
            .as_str()
            .and_then(|start| start.parse::<DateTime<Utc>>().ok()),
    ) else {
        let cause = "it names no set-up that was staffed, or no beginning";
        return Err(unreadable(&folder.join("summary.json"), &cause));
    };
    let file = folder.join("shifts.csv");
    let bytes = std::fs::read(&file).map_err(|error| unreadable(&file, &error))?;
    Ok(Earlier {
        setup: setup.to_owned(),
        teams: earlier_teams(&summary),
        shifts: shifts(&file, &decode(&bytes), began)?,
    })
}

/// The shifts of a file, since a plan began.
fn shifts(file: &Path, text: &str, began: DateTime<Utc>) -> Result<Vec<EarlierShift>, Problem> {
    let mut records = Records::of(text, sniff_delimiter(text));
    let header = records.header();
    let mut shifts = Vec::new();
    while let Some((line, record)) = records.read() {
        let row = record.and_then(|record| {
            let row = record.deserialize::<Row>(Some(&header));
            row.map_err(|error| match error.into_kind() {
                // Without the place, which is of the bytes: the line says it.
                csv::ErrorKind::Deserialize { err, .. } => err.to_string(),
                kind => format!("{kind:?}"),
            })
        });
        let wrong = |cause: String| {
            unreadable(file, &cause).at(Place::line(file.display().to_string(), line))
        };
        let row = row.map_err(wrong)?;
        if let Some(date) = row
            .date
            .filter(|date| *date != row.start_local.date_naive())
        {
            let start = row.start_local.date_naive();
            return Err(wrong(format!(
                "the row is of {date}, its start_local of {start}"
            )));
        }
        shifts.push(EarlierShift {
            start: row.start_local.to_utc() - began,
            end: row.end_local.to_utc() - began,
            breaks: breaks(&row.breaks, row.start_local.time()),
            team: row.group,
            agents: row.agents,
        });
    }
    Ok(shifts)
}

/// When "11:30-12:00 unpaid; 14:00-14:15 paid" begin, since the start of their shift on the wall clock.
fn breaks(text: &str, start: NaiveTime) -> Vec<TimeDelta> {
    let begins = text.split(';').filter_map(|text| text.split('-').next());
    let begins = begins.filter_map(|text| NaiveTime::parse_from_str(text.trim(), "%H:%M").ok());
    let since = |time: NaiveTime| match time - start {
        since if since < TimeDelta::zero() => since + TimeDelta::days(1),
        since => since,
    };
    begins.map(since).collect()
}

fn unreadable(file: &Path, cause: &dyn std::fmt::Display) -> Problem {
    Problem::new("no-earlier-plan", format!("{}: {cause}", file.display()))
        .remedy("name a folder that an earlier `crewcast plan --out` wrote")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaks_lie_within_their_shift() {
        let time = |text: &str| text.parse::<NaiveTime>().unwrap();
        let minutes = |text: &str, start: &str| -> Vec<i64> {
            let found = breaks(text, time(start));
            found.iter().map(TimeDelta::num_minutes).collect()
        };
        assert_eq!(
            minutes("11:30-12:00 unpaid; 14:00-14:15 paid", "08:00:00"),
            [210, 360]
        );
        assert_eq!(minutes("01:30-02:00 unpaid", "22:00:00"), [210]);
        assert!(minutes("", "08:00:00").is_empty());
    }

    #[test]
    fn a_shift_moved_by_its_date_alone_is_told_by_its_line() {
        let began = "2026-06-01T00:00:00Z".parse().unwrap();
        let read = |date: &str| {
            let text = format!(
                "group;site;date;start_local;end_local;breaks;agents\r\n\
                 own;s;2026-06-02;2026-06-02T10:00:00+02:00;2026-06-02T16:00:00+02:00;;1\r\n\
                 own;s;{date};2026-06-05T10:00:00+02:00;2026-06-05T16:00:00+02:00;;1\r\n"
            );
            shifts(Path::new("shifts.csv"), &text, began)
        };
        assert_eq!(read("2026-06-05").unwrap().len(), 2);
        let problem = read("2026-06-06").unwrap_err();
        assert_eq!(problem.place.map(|place| place.line), Some(3));
        assert!(problem.cause.contains("of 2026-06-06"), "{}", problem.cause);
    }
}
