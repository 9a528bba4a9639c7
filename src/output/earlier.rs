//! The results of an earlier plan, read again.

use std::path::Path;

use chrono::{DateTime, FixedOffset, Utc};
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

fn unreadable(file: &Path, cause: &dyn std::fmt::Display) -> Problem {
    Problem::new("no-earlier-plan", format!("{}: {cause}", file.display()))
        .remedy("name a folder that an earlier `crewcast plan --out` wrote")
}
