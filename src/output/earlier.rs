//! The results of an earlier plan, read again.

use std::io::ErrorKind;
use std::path::Path;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::Value;

use crate::input::cells::{Records, sniff_delimiter};
use crate::input::encoding::decode;
use crate::problem::{Place, Problem};
use crate::staffing::{Earlier, EarlierShift, EarlierTeam};

const SUMMARY: &str = "summary.json";
const SHIFTS: &str = "shifts.csv";

/// What a plan wrote into its folder.
#[derive(Debug)]
pub struct Results {
    pub(super) summary: Value,
    /// None where the folder has no `shifts.csv`.
    pub(super) shifts: Option<Vec<Row>>,
}

/// A row of `shifts.csv`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Row {
    pub group: String,
    #[serde(default)]
    date: Option<NaiveDate>,
    pub start_local: DateTime<FixedOffset>,
    pub end_local: DateTime<FixedOffset>,
    #[serde(default)]
    pub breaks: String,
    pub agents: u32,
}

/// A row of `staffing.teams` in `summary.json`.
#[derive(Debug, Deserialize)]
struct TeamRow {
    name: String,
    group: String,
    clients: Vec<String>,
    people: usize,
}

impl Results {
    /// Those of an earlier plan's folder.
    pub fn read(folder: &Path) -> Result<Self, Problem> {
        let file = folder.join(SUMMARY);
        let text = std::fs::read_to_string(&file).map_err(|error| unreadable(&file, &error))?;
        let summary: Value =
            serde_json::from_str(&text).map_err(|error| unreadable(&file, &error))?;
        if !summary["setups"].is_array() || !summary["currency"].is_string() {
            return Err(unreadable(&file, &"it is no summary of a plan"));
        }
        let file = folder.join(SHIFTS);
        let shifts = match std::fs::read(&file) {
            Ok(bytes) => Some(rows(&file, &decode(&bytes))?),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(unreadable(&file, &error)),
        };
        Ok(Self { summary, shifts })
    }

    /// Its teams; none where the summary does not name them.
    pub fn teams(&self) -> Vec<EarlierTeam> {
        let rows = self.summary["staffing"]["teams"].as_array();
        let rows = rows.into_iter().flatten();
        let rows = rows.filter_map(|row| TeamRow::deserialize(row).ok());
        let team = |row: TeamRow| EarlierTeam {
            name: row.name,
            group: row.group,
            clients: row.clients,
            people: row.people,
        };
        rows.map(team).collect()
    }

    /// Whether it is in that currency: others are not compared.
    pub fn in_currency(&self, currency: &str) -> Result<(), Problem> {
        let before = self.summary["currency"].as_str().unwrap_or("none");
        if before == currency {
            return Ok(());
        }
        let cause = format!("the earlier plan is in {before}, this one in {currency}");
        Err(Problem::new("other-currency", cause).remedy("plan both in one currency"))
    }

    /// When its first slot began.
    pub(super) fn began(&self) -> Option<DateTime<Utc>> {
        let start = self.summary["horizon"]["start"].as_str()?;
        start.parse().ok()
    }
}

/// The shifts of the set-up that an earlier plan staffed.
pub fn earlier_plan(folder: &Path) -> Result<Earlier, Problem> {
    let results = Results::read(folder)?;
    let (Some(setup), Some(began)) = (results.summary["planned"].as_str(), results.began()) else {
        let cause = "it names no set-up that was staffed, or no beginning";
        return Err(unreadable(&folder.join(SUMMARY), &cause));
    };
    let Some(rows) = &results.shifts else {
        return Err(unreadable(&folder.join(SHIFTS), &"there is no such file"));
    };
    let shift = |row: &Row| EarlierShift {
        start: row.start_local.to_utc() - began,
        end: row.end_local.to_utc() - began,
        breaks: breaks(&row.breaks, row.start_local.time()),
        team: row.group.clone(),
        agents: row.agents,
    };
    Ok(Earlier {
        setup: setup.to_owned(),
        teams: results.teams(),
        shifts: rows.iter().map(shift).collect(),
    })
}

/// The rows of a `shifts.csv`.
pub(super) fn rows(file: &Path, text: &str) -> Result<Vec<Row>, Problem> {
    let mut records = Records::of(text, sniff_delimiter(text));
    let header = records.header();
    let mut rows = Vec::new();
    while let Some((line, record)) = records.read() {
        let row = record.and_then(|record| row(record, &header));
        let place = Place::line(file.display().to_string(), line);
        rows.push(row.map_err(|cause| unreadable(file, &cause).at(place))?);
    }
    Ok(rows)
}

/// A row, or why it is none.
fn row(record: &csv::StringRecord, header: &csv::StringRecord) -> Result<Row, String> {
    let row: Row = record
        .deserialize(Some(header))
        .map_err(|error| match error.into_kind() {
            // Without the place, which is of the reader's bytes.
            csv::ErrorKind::Deserialize { err, .. } => err.to_string(),
            kind => format!("{kind:?}"),
        })?;
    let start = row.start_local.date_naive();
    match row.date {
        Some(date) if date != start => Err(format!(
            "the row is of {date}, its start_local of {start}: give both the same day"
        )),
        _ => Ok(row),
    }
}

impl Row {
    /// Paid hours of one agent: unpaid breaks taken out.
    pub fn paid_hours(&self) -> f64 {
        let unpaid = self
            .breaks
            .split(';')
            .filter(|text| text.contains("unpaid"));
        let unpaid: i64 = unpaid.filter_map(minutes).sum();
        ((self.end_local - self.start_local).num_minutes() - unpaid) as f64 / 60.0
    }
}

/// How long "23:45-00:15 unpaid" lasts.
fn minutes(text: &str) -> Option<i64> {
    let (start, rest) = text.split_once('-')?;
    let end = rest.split_whitespace().next()?;
    let time = |text: &str| NaiveTime::parse_from_str(text.trim(), "%H:%M").ok();
    let minutes = (time(end)? - time(start)?).num_minutes();
    Some(minutes.rem_euclid(24 * 60))
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
    fn unpaid_breaks_are_taken_out_of_the_hours_paid() {
        let text = "group,start_local,end_local,breaks,agents\n\
            pod,2026-11-30T22:00:00+01:00,2026-12-01T06:30:00+01:00,\
            23:45-00:15 unpaid; 03:00-03:15 paid,2\n";
        let rows = rows(Path::new("shifts.csv"), text).unwrap();
        assert_eq!(rows[0].paid_hours(), 8.0);
    }

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
        let read = |date: &str| {
            let text = format!(
                "group;site;date;start_local;end_local;breaks;agents\r\n\
                 own;s;2026-06-02;2026-06-02T10:00:00+02:00;2026-06-02T16:00:00+02:00;;1\r\n\
                 own;s;{date};2026-06-05T10:00:00+02:00;2026-06-05T16:00:00+02:00;;1\r\n"
            );
            rows(Path::new("shifts.csv"), &text)
        };
        assert_eq!(read("2026-06-05").unwrap().len(), 2);
        let problem = read("2026-06-06").unwrap_err();
        assert_eq!(problem.place.map(|place| place.line), Some(3));
        assert!(problem.cause.contains("of 2026-06-06"), "{}", problem.cause);
    }
}
