//! The results of an earlier plan, read again.

use std::io::ErrorKind;
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::Deserialize;
use serde_json::Value;

use crate::input::encoding::decode;
use crate::input::shifts::{self, Bounds};
use crate::problem::Problem;
use crate::staffing::{Earlier, EarlierShift, EarlierTeam, PlannedBreak};
use crate::time::Horizon;

const SUMMARY: &str = "summary.json";
const SHIFTS: &str = "shifts.csv";

/// What a plan wrote into its folder.
#[derive(Debug)]
pub struct Results {
    pub(super) summary: Value,
    /// None where the folder has no `shifts.csv`.
    pub(super) shifts: Option<Vec<Row>>,
}

/// Agents of a team on a shift, by the clock of its site.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub group: String,
    pub start: DateTime<Tz>,
    pub end: DateTime<Tz>,
    breaks: Vec<PlannedBreak>,
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
    pub fn read(folder: &Path) -> Result<Self, Vec<Problem>> {
        let (file, table) = (folder.join(SUMMARY), folder.join(SHIFTS));
        let summary = summary(&file).map_err(|problem| vec![problem])?;
        let results = Self {
            summary,
            shifts: None,
        };
        let shifts = match std::fs::read(&table) {
            Ok(bytes) => Some(results.rows(&table, &decode(&bytes))?),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(vec![unreadable(&table, &error)]),
        };
        Ok(Self { shifts, ..results })
    }

    /// The rows of its `shifts.csv`, read as `simulate` reads one.
    pub(super) fn rows(&self, file: &Path, text: &str) -> Result<Vec<Row>, Vec<Problem>> {
        let Some((horizon, zone)) = self.horizon() else {
            let cause = format!("its {SUMMARY} does not say which weeks were planned");
            return Err(vec![unreadable(file, &cause)]);
        };
        let file = file.display().to_string();
        let teams = self.teams();
        let (mut rows, mut problems) = (Vec::new(), Vec::new());
        for row in shifts::rows(&file, text)? {
            let team = teams.iter().find(|team| team.name == row.group);
            let site = team.and_then(|team| self.input("group", &team.group, "site"));
            let stands = site.unwrap_or(&row.site);
            let clock = self.input("site", stands, "timezone");
            let bounds = Bounds {
                site,
                zone: clock.and_then(|zone| zone.parse().ok()).unwrap_or(zone),
                horizon: &horizon,
            };
            match shifts::shift(&file, &row, 0, &bounds) {
                Ok(shift) => rows.push(Row {
                    group: row.group,
                    start: shift.start.with_timezone(&bounds.zone),
                    end: shift.end.with_timezone(&bounds.zone),
                    breaks: shift.breaks,
                    agents: shift.agents,
                }),
                Err(found) => problems.extend(found),
            }
        }
        match problems.is_empty() {
            true => Ok(rows),
            false => Err(shifts::at_once(problems)),
        }
    }

    /// A value of the scenario's text that it was made from.
    fn input(&self, table: &str, id: &str, field: &str) -> Option<&str> {
        self.summary["inputs"][format!("{table}.{id}.{field}")].as_str()
    }

    /// The slots that it planned, and the clock of their days.
    fn horizon(&self) -> Option<(Horizon, Tz)> {
        let of = &self.summary["horizon"];
        let zone = of["zone"].as_str()?.parse().ok()?;
        let (start, end) = (self.began()?, of["end"].as_str()?.parse().ok()?);
        let slot_minutes = u32::try_from(of["slot_minutes"].as_u64()?).ok()?;
        let minutes = DateTime::<Utc>::signed_duration_since(end, start).num_minutes();
        let slots = usize::try_from(minutes.checked_div(i64::from(slot_minutes))?).ok()?;
        let horizon = Horizon {
            start,
            slot_minutes,
            slots,
        };
        Some((horizon, zone))
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

fn summary(file: &Path) -> Result<Value, Problem> {
    let text = std::fs::read_to_string(file).map_err(|error| unreadable(file, &error))?;
    let summary: Value = serde_json::from_str(&text).map_err(|error| unreadable(file, &error))?;
    match summary["setups"].is_array() && summary["currency"].is_string() {
        true => Ok(summary),
        false => Err(unreadable(file, &"it is no summary of a plan")),
    }
}

/// The shifts of the set-up that an earlier plan staffed.
pub fn earlier_plan(folder: &Path) -> Result<Earlier, Vec<Problem>> {
    let results = Results::read(folder)?;
    let (Some(setup), Some(began)) = (results.summary["planned"].as_str(), results.began()) else {
        let cause = "it names no set-up that was staffed, or no beginning";
        return Err(vec![unreadable(&folder.join(SUMMARY), &cause)]);
    };
    let Some(rows) = &results.shifts else {
        return Err(vec![unreadable(
            &folder.join(SHIFTS),
            &"there is no such file",
        )]);
    };
    let shift = |row: &Row| EarlierShift {
        start: row.start.to_utc() - began,
        end: row.end.to_utc() - began,
        breaks: row.break_starts(),
        team: row.group.clone(),
        agents: row.agents,
    };
    Ok(Earlier {
        setup: setup.to_owned(),
        teams: results.teams(),
        shifts: rows.iter().map(shift).collect(),
    })
}

impl Row {
    /// Paid hours of one agent: unpaid breaks taken out.
    pub fn paid_hours(&self) -> f64 {
        let unpaid = self.breaks.iter().filter(|pause| !pause.paid);
        let unpaid: TimeDelta = unpaid.map(|pause| pause.end - pause.start).sum();
        (self.end.to_utc() - self.start.to_utc() - unpaid).num_minutes() as f64 / 60.0
    }

    /// When its breaks begin, since its start.
    fn break_starts(&self) -> Vec<TimeDelta> {
        let starts = self.breaks.iter();
        starts
            .map(|pause| pause.start - self.start.to_utc())
            .collect()
    }
}

fn unreadable(file: &Path, cause: &dyn std::fmt::Display) -> Problem {
    Problem::new("no-earlier-plan", format!("{}: {cause}", file.display()))
        .remedy("name a folder that an earlier `crewcast plan --out` wrote")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const HEADER: &str = "group,site,date,start_local,end_local,breaks,agents\n";

    /// Plans of the week from 30 November 2026, in Prague and in Manila.
    fn results() -> Results {
        Results {
            summary: json!({
                "horizon": {"start": "2026-11-29T23:00:00Z", "end": "2026-12-06T23:00:00Z", "slot_minutes": 30,
                    "zone": "Europe/Prague"},
                "inputs": {"site.brno.timezone": "Europe/Prague", "site.manila.timezone": "Asia/Manila",
                    "group.pod.site": "brno", "group.far.site": "manila"},
                "staffing": {"teams": [
                    {"name": "pod", "group": "pod", "clients": ["a"], "people": 2},
                    {"name": "far: a+b", "group": "far", "clients": ["a", "b"], "people": 2}]},
            }),
            shifts: None,
        }
    }

    fn read(text: &str) -> Result<Vec<Row>, Vec<Problem>> {
        results().rows(Path::new("shifts.csv"), text)
    }

    #[test]
    fn breaks_are_of_their_shift_and_only_unpaid_ones_are_not_paid() {
        let rows = read(&format!(
            "{HEADER}pod,brno,2026-11-30,2026-11-30T22:00:00+01:00,2026-12-01T06:30:00+01:00,\
             23:45-00:15 unpaid; 03:00-03:15 paid,2\n"
        ));
        let row = &rows.unwrap()[0];
        assert_eq!(row.paid_hours(), 8.0);
        let starts = row.break_starts();
        let minutes: Vec<i64> = starts.iter().map(TimeDelta::num_minutes).collect();
        assert_eq!(minutes, [105, 300]);
    }

    #[test]
    fn what_a_spreadsheet_saved_again_is_the_same_plan() {
        let as_written = read(&format!(
            "{HEADER}pod,brno,2026-12-01,2026-12-01T08:00:00+01:00,2026-12-01T16:30:00+01:00,12:00-12:30 unpaid,2\n\
             far: a+b,manila,2026-12-02,2026-12-02T22:00:00+08:00,2026-12-03T06:00:00+08:00,,1\n"
        ));
        let saved = "\u{feff}group;site;date;start_local;end_local;breaks;agents\r\n\
             pod;brno;1.12.2026;1.12.2026 8:00;1.12.2026 16:30;12:00-12:30 unpaid;2\r\n\
             far: a+b;manila;2.12.2026;22:00;06:00;;1\r\n;;;;;;\r\n";
        let shown = |rows: Result<Vec<Row>, Vec<Problem>>| -> Vec<String> {
            let rows = rows.unwrap();
            let row =
                |row: &Row| format!("{} {} {} {:?}", row.group, row.start, row.end, row.breaks);
            rows.iter().map(row).collect()
        };
        assert_eq!(shown(read(&decode(saved.as_bytes()))), shown(as_written));
    }

    #[test]
    fn a_shift_moved_by_its_date_alone_is_told_by_its_line() {
        let read = |date: &str| {
            read(&format!(
                "group;site;date;start_local;end_local;breaks;agents\r\n\
                 pod;brno;2026-12-02;2026-12-02T10:00:00+01:00;2026-12-02T16:00:00+01:00;;1\r\n\
                 pod;brno;{date};2026-12-05T10:00:00+01:00;2026-12-05T16:00:00+01:00;;1\r\n"
            ))
        };
        assert_eq!(read("2026-12-05").unwrap().len(), 2);
        let problem = read("2026-12-06").unwrap_err().remove(0);
        assert_eq!(problem.place.map(|place| place.line), Some(3));
        assert!(problem.cause.contains("of 2026-12-06"), "{}", problem.cause);
    }
}
