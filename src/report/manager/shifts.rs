//! The shifts and the roster, and what cannot be covered.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use maud::{Markup, html};

use crate::compare::SetupResult;
use crate::report::digest::Digest;
use crate::report::page::{card, charts, table};
use crate::report::pictures::{MOST_ROSTERED, Pictures};
use crate::report::words;
use crate::sheet::{Cell, Sheet};

/// Shortfalls listed before the reader is sent to the table's file.
const MOST_SHORTFALLS: usize = 200;

pub(super) fn shortfalls(digest: &Digest, chosen: &SetupResult) -> Markup {
    let short = &chosen.staffing.shortfall;
    let body = html! {
        @if short.is_empty() {
            p { "Nothing: every hour that the requirement asks for is covered." }
        } @else {
            (table(&shortfall_sheet(digest, chosen)))
            @if short.len() > MOST_SHORTFALLS { p.note { (short.len() - MOST_SHORTFALLS) " more in shortfall.csv." } }
        }
    };
    let findings = &digest.plan.findings;
    html! {
        (card("What nobody covers", "", body))
        (card(
            "What the audit says of the roster",
            "A second opinion, derived again from the wall clocks of the roster.",
            html! {
                @if findings.is_empty() {
                    p { "No rule is broken: rest, hours, breaks, seats, skills." }
                } @else {
                    ul.plain {
                        @for finding in findings.iter().take(100) {
                            li { b { (finding.rule) } ": " (words::clean(&finding.detail)) }
                        }
                    }
                    @if findings.len() > 100 { p.note { (findings.len() - 100) " more in summary.json." } }
                }
            },
        ))
    }
}

fn shortfall_sheet(digest: &Digest, chosen: &SetupResult) -> Sheet {
    let scenario = &digest.plan.scenario;
    let mut sheet = Sheet::new([
        "What is short",
        "From",
        "For",
        "Agent-hours missing",
        "Why, and what would mend it",
    ]);
    for run in chosen.staffing.shortfall.iter().take(MOST_SHORTFALLS) {
        let from = scenario.horizon.slot_start(run.slot);
        let hours = run.slots as f64 * scenario.horizon.slot_hours();
        sheet.push(vec![
            Cell::text(&run.pool),
            Cell::text(words::moment(from, scenario.zone)),
            Cell::text(format!("{} h", words::count(hours))),
            Cell::number(run.agent_hours, 1),
            Cell::text(&run.reason),
        ]);
    }
    sheet
}

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
                    "One row per person, coloured by team; gaps are breaks. {}The whole roster is in \
                     roster.csv, and each person's calendar in the folder ics.",
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
