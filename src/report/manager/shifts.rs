//! The shifts and the roster.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use maud::{Markup, html};

use crate::compare::SetupResult;
use crate::report::digest::Digest;
use crate::report::page::{card, charts, table};
use crate::report::pictures::{MOST_ROSTERED, Pictures};
use crate::sheet::{Cell, Sheet};

pub(super) fn shifts(digest: &Digest, chosen: &SetupResult, pictures: &Pictures) -> Markup {
    html! {
        (card(
            "Shifts",
            "Agents per shift and day, on the wall clock of the site.",
            shift_table(chosen),
        ))
        @if !pictures.roster.is_empty() {
            (card(
                "Roster of the first three days",
                &format!(
                    "One row per person, coloured by team; gaps are breaks. Clock: {} below, UTC above. {}The whole \
                     roster is in roster.csv, and each person's calendar in the folder ics.",
                    digest.plan.scenario.zone.name(),
                    match digest.plan.roster.agents.len() {
                        all if all > MOST_ROSTERED => format!("The first {MOST_ROSTERED} of {all} people. "),
                        _ => String::new(),
                    }
                ),
                charts(&pictures.roster),
            ))
        } @else if digest.plan.roster.agents.is_empty() {
            p.note { "No roster of named agents was made." }
        }
    }
}

/// Shifts of the first fortnight: a row per team and times, a column per date.
fn shift_table(chosen: &SetupResult) -> Markup {
    const MOST_DAYS: usize = 14;
    const MOST_ROWS: usize = 120;
    let scenario = &chosen.scenario;
    let mut dates: BTreeSet<NaiveDate> = BTreeSet::new();
    let mut rows: BTreeMap<(usize, String), BTreeMap<NaiveDate, u32>> = BTreeMap::new();
    for shift in chosen
        .staffing
        .shifts
        .iter()
        .filter(|shift| shift.agents > 0)
    {
        let Some(team) = chosen.staffing.teams.get(shift.team) else {
            continue;
        };
        let zone = scenario.sites[scenario.groups[team.group].site].zone;
        let (start, end) = (
            shift.start.with_timezone(&zone),
            shift.end.with_timezone(&zone),
        );
        let times = format!("{} – {}", start.format("%H:%M"), end.format("%H:%M"));
        dates.insert(start.date_naive());
        *rows
            .entry((shift.team, times))
            .or_default()
            .entry(start.date_naive())
            .or_insert(0) += shift.agents;
    }
    if rows.is_empty() {
        return html! { p { "No shift is planned." } };
    }
    let dates: Vec<NaiveDate> = dates.into_iter().take(MOST_DAYS).collect();
    let mut header = vec!["Team".to_owned(), "Shift".to_owned()];
    header.extend(dates.iter().map(|day| day.format("%a %-d %b").to_string()));
    let mut sheet = Sheet::new(header);
    let all = rows.len();
    for ((team, times), days) in rows.into_iter().take(MOST_ROWS) {
        let mut row = vec![
            Cell::text(&chosen.staffing.teams[team].name),
            Cell::text(times),
        ];
        row.extend(dates.iter().map(|day| {
            days.get(day)
                .map_or(Cell::Empty, |agents| Cell::number(f64::from(*agents), 0))
        }));
        sheet.push(row);
    }
    html! {
        (table(&sheet))
        @if all > MOST_ROWS { p.note { (all - MOST_ROWS) " more rows in shifts.csv." } }
    }
}
