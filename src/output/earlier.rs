//! The results of an earlier plan, read again.

use std::path::Path;

use chrono::{DateTime, FixedOffset, NaiveTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::Value;

use crate::problem::Problem;
use crate::staffing::{Earlier, EarlierShift, EarlierTeam};

/// A row of `shifts.csv`.
#[derive(Debug, Deserialize)]
struct Row {
    group: String,
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
    let mut rows = csv::Reader::from_path(&file).map_err(|error| unreadable(&file, &error))?;
    let shift = |row: Result<Row, csv::Error>| {
        let row = row.map_err(|error| unreadable(&file, &error))?;
        Ok(EarlierShift {
            start: row.start_local.to_utc() - began,
            end: row.end_local.to_utc() - began,
            breaks: breaks(&row.breaks, row.start_local.time()),
            team: row.group,
            agents: row.agents,
        })
    };
    Ok(Earlier {
        setup: setup.to_owned(),
        teams: earlier_teams(&summary),
        shifts: rows.deserialize().map(shift).collect::<Result<_, _>>()?,
    })
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
}
