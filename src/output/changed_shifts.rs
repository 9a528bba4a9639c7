//! Shifts that an earlier plan had and this one has not, and the other way round.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;

use super::changes::text;
use super::earlier::{Results, Row};
use super::same_team::Renamed;
use crate::sheet::{Cell, Sheet};

/// Agents and paid hours of both plans, the earlier first.
#[derive(Debug, Clone, Copy, Default)]
struct Both {
    agents: [u32; 2],
    hours: [f64; 2],
}

/// A team's shift: its name, the day since the plan began, and when it starts and ends by the clock of its site.
type Shift = (String, i64, NaiveTime, NaiveTime);

/// Per team what was added and removed, then each shift that has other agents; nothing where either plan does not hold
/// its shifts. A team that has only another name than before is the same team. Breaks that moved within a shift are no change of it.
pub(super) fn tables(old: &Results, new: &Results) -> Vec<(&'static str, Sheet)> {
    let (Some(before), Some(now), Some(first)) = (&old.shifts, &new.shifts, first_day(new)) else {
        return Vec::new();
    };
    let renamed = Renamed::between(old, new);
    let mut shifts: BTreeMap<Shift, Both> = BTreeMap::new();
    for (plan, rows, results) in [(0, before, old), (1, now, new)] {
        let Some(first) = first_day(results) else {
            return Vec::new();
        };
        for row in rows {
            let team = match plan {
                0 => renamed.now(&row.group),
                _ => &row.group,
            };
            let both = shifts.entry(shift(row, team, first)).or_default();
            both.agents[plan] += row.agents;
            both.hours[plan] += f64::from(row.agents) * row.paid_hours();
        }
    }
    vec![
        ("Shifts by team", by_team(&shifts)),
        (DETAIL, one_by_one(&shifts, first)),
    ]
}

/// The table of each shift with other agents than before.
pub(super) const DETAIL: &str = "Shifts added and removed";

/// The day on which a plan begins, on its own clock.
fn first_day(results: &Results) -> Option<NaiveDate> {
    let zone: Tz = text(&results.summary["horizon"]["zone"]).parse().ok()?;
    Some(results.began()?.with_timezone(&zone).date_naive())
}

fn shift(row: &Row, team: &str, first: NaiveDate) -> Shift {
    let (start, end) = (row.start.naive_local(), row.end.naive_local());
    let day = (start.date() - first).num_days();
    (team.to_owned(), day, start.time(), end.time())
}

fn by_team(shifts: &BTreeMap<Shift, Both>) -> Sheet {
    let mut sheet = Sheet::new([
        "team",
        "kept",
        "added",
        "removed",
        "hours before",
        "hours now",
        "change",
    ]);
    let teams: BTreeSet<&String> = shifts.keys().map(|(team, ..)| team).collect();
    for team in teams {
        let of_team = shifts.iter().filter(|((name, ..), _)| name == team);
        let (mut kept, mut added, mut removed, mut hours) = (0, 0, 0, [0.0; 2]);
        for (_, both) in of_team {
            let [before, now] = both.agents;
            kept += before.min(now);
            added += now.saturating_sub(before);
            removed += before.saturating_sub(now);
            hours = [hours[0] + both.hours[0], hours[1] + both.hours[1]];
        }
        let count = |shifts: u32| Cell::number(f64::from(shifts), 0);
        if added + removed > 0 {
            sheet.push(vec![
                Cell::text(team),
                count(kept),
                count(added),
                count(removed),
                Cell::number(hours[0], 1),
                Cell::number(hours[1], 1),
                Cell::number(hours[1] - hours[0], 1),
            ]);
        }
    }
    sheet
}

/// By the days of this plan, where the earlier one was of another week.
fn one_by_one(shifts: &BTreeMap<Shift, Both>, first: NaiveDate) -> Sheet {
    let mut sheet = Sheet::new(["team", "date", "from", "to", "before", "now", "change"]);
    for ((team, day, start, end), both) in shifts {
        let [before, now] = both.agents.map(f64::from);
        if before != now {
            let date = first + chrono::TimeDelta::days(*day);
            sheet.push(vec![
                Cell::text(team),
                Cell::text(date.to_string()),
                Cell::text(start.format("%H:%M").to_string()),
                Cell::text(end.format("%H:%M").to_string()),
                Cell::number(before, 0),
                Cell::number(now, 0),
                Cell::number(now - before, 0),
            ]);
        }
    }
    sheet
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    use serde_json::json;

    /// A plan of a week in Prague; of each row the team, the day and what follows, of each team its clients.
    fn results(
        [start, end]: [&str; 2],
        teams: &[(&str, &[&str])],
        shifts: &[[&str; 5]],
    ) -> Results {
        let team = |(name, clients): &(&str, &[&str])| {
            let group = name.split(':').next();
            json!({"name": name, "group": group, "clients": clients, "people": 1})
        };
        let teams: Vec<_> = teams.iter().map(team).collect();
        let mut results = Results {
            summary: json!({
                "horizon": {"start": start, "end": end, "slot_minutes": 30, "zone": "Europe/Prague"},
                "staffing": {"teams": teams},
            }),
            shifts: None,
        };
        let header = "group,date,start_local,end_local,breaks,agents".to_owned();
        let row = |[team, day, times, breaks, agents]: &[&str; 5]| {
            let (from, to) = times.split_once('-').unwrap();
            format!("{team},{day},{from},{to},{breaks},{agents}")
        };
        let lines: Vec<String> = [header].into_iter().chain(shifts.iter().map(row)).collect();
        let rows = results.rows(Path::new("shifts.csv"), &lines.join("\n"));
        results.shifts = Some(rows.unwrap());
        results
    }

    fn shown(sheet: &Sheet) -> Vec<String> {
        let row = |row: &Vec<Cell>| {
            let cells: Vec<String> = row.iter().map(Cell::for_machines).collect();
            cells.join(" ")
        };
        sheet.rows.iter().map(row).collect()
    }

    /// The week before the one in which summer time ends, and that one.
    const BEFORE: [&str; 2] = ["2026-10-11T22:00:00Z", "2026-10-18T22:00:00Z"];
    const NOW: [&str; 2] = ["2026-10-18T22:00:00Z", "2026-10-25T23:00:00Z"];

    #[test]
    fn shifts_of_two_weeks_meet_on_the_same_days_of_their_plans() {
        let old = results(
            BEFORE,
            &[],
            &[
                [
                    "pod",
                    "2026-10-16",
                    "08:00-16:30",
                    "12:00-12:30 unpaid",
                    "2",
                ],
                ["own", "2026-10-12", "09:00-13:00", "", "1"],
                ["pod", "2026-10-18", "08:00-12:00", "", "1"],
            ],
        );
        let new = results(
            NOW,
            &[],
            &[
                [
                    "pod",
                    "2026-10-23",
                    "08:00-16:30",
                    "11:30-12:00 unpaid",
                    "1",
                ],
                ["own", "2026-10-19", "09:00-13:00", "", "1"],
                ["pod", "2026-10-25", "08:00-12:00", "", "3"],
            ],
        );
        let [(_, teams), (_, detail)] = &tables(&old, &new)[..] else {
            panic!("two tables");
        };
        // Eight hours less on Friday, twice four more on Sunday.
        assert_eq!(shown(teams), ["pod 2 2 1 20.0 20.0 0.0"]);
        let changed = [
            "pod 2026-10-23 08:00 16:30 2 1 -1",
            "pod 2026-10-25 08:00 12:00 1 3 2",
        ];
        assert_eq!(shown(detail), changed);
        let none = Results {
            shifts: None,
            ..results(BEFORE, &[], &[])
        };
        assert!(tables(&none, &new).is_empty());
    }

    #[test]
    fn a_pod_of_another_name_keeps_its_shifts() {
        let old = results(
            BEFORE,
            &[("pod: a+b", &["a", "b"]), ("pod: c", &["c"])],
            &[
                ["pod: a+b", "2026-10-12", "08:00-16:00", "", "2"],
                ["pod: c", "2026-10-12", "09:00-13:00", "", "1"],
            ],
        );
        // It takes a client more, and somebody more for it.
        let new = results(
            NOW,
            &[("pod: a+b+d", &["a", "b", "d"]), ("pod: c", &["c"])],
            &[
                ["pod: a+b+d", "2026-10-19", "08:00-16:00", "", "3"],
                ["pod: c", "2026-10-19", "09:00-13:00", "", "1"],
            ],
        );
        let [(_, teams), (_, detail)] = &tables(&old, &new)[..] else {
            panic!("two tables");
        };
        assert_eq!(shown(teams), ["pod: a+b+d 2 1 0 16.0 24.0 8.0"]);
        assert_eq!(shown(detail), ["pod: a+b+d 2026-10-19 08:00 16:00 2 3 1"]);
    }
}
