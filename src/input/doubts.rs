//! What the rows of a file of contacts say against each other: rows far from all others, totals of weeks or
//! months, clocks that are mixed.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::columns::Row;
use crate::problem::{Place, Problem};

/// Days without a row that part a slip of the keyboard from a history.
const FAR: i64 = 400;
/// One in so many rows is few: the rows beyond such a gap are taken for a slip.
const FEW: usize = 100;
/// Rows of a file from which a single one of them is few.
const MANY: usize = 30;

/// The few rows that lie far before or far after all others: a year misread would move the whole forecast.
pub(super) fn far_apart(file: &str, names: &[String], rows: &[Vec<Row>]) -> Vec<Problem> {
    let mut days: BTreeMap<NaiveDate, usize> = BTreeMap::new();
    for row in rows.iter().flatten() {
        *days.entry(row.stamp.naive.date()).or_default() += 1;
    }
    let days: Vec<(NaiveDate, usize)> = days.into_iter().collect();
    let backwards: Vec<(NaiveDate, usize)> = days.iter().rev().copied().collect();
    let ends = [
        (beyond(&days), "before", true),
        (beyond(&backwards), "after", false),
    ];
    let strays = ends.into_iter().filter_map(|(found, side, ahead)| {
        let (edge, next, count) = found?;
        let stray = |row: &&Row| {
            let date = row.stamp.naive.date();
            if ahead { date <= edge } else { date >= edge }
        };
        let (row, name) = rows
            .iter()
            .zip(names)
            .flat_map(|(rows, name)| rows.iter().filter(stray).map(move |row| (row, name)))
            .min_by_key(|(row, _)| row.line)?;
        let gap = (edge - next).num_days().abs();
        let more = match count - 1 {
            0 => String::new(),
            more => format!(" (and {more} more)"),
        };
        let cause = format!(
            "{} of `{name}`{more} lies {gap} days {side} all other rows",
            row.stamp.naive
        );
        Some(
            Problem::new("csv-row", cause)
                .at(Place::line(file, row.line))
                .remedy("correct its date, or take out what lies on one side of the gap"),
        )
    });
    strays.collect()
}

/// Of days in order and their rows: the day before the last wide gap that few rows lie before, the day after
/// it, and how many these rows are.
fn beyond(days: &[(NaiveDate, usize)]) -> Option<(NaiveDate, NaiveDate, usize)> {
    let all: usize = days.iter().map(|day| day.1).sum();
    let few = (all / FEW).max(usize::from(all >= MANY));
    let mut before = 0;
    let mut found = None;
    for pair in days.windows(2) {
        let (edge, next) = (pair[0].0, pair[1].0);
        before += pair[0].1;
        if before > few {
            break;
        }
        if (next - edge).num_days().abs() > FAR {
            found = Some((edge, next, before));
        }
    }
    found
}

/// Days with a row from which their distances tell what the rows are.
const TELLING: usize = 6;

/// Rows that are totals of weeks or months: nobody can tell the days of these, nor the hours.
pub(super) fn totals(file: &str, rows: &[Vec<Row>]) -> Option<Problem> {
    let days: BTreeSet<NaiveDate> = rows
        .iter()
        .flatten()
        .map(|r| r.stamp.naive.date())
        .collect();
    let days: Vec<NaiveDate> = days.into_iter().collect();
    let gaps = days.windows(2).map(|pair| (pair[1] - pair[0]).num_days());
    let of = |length: RangeInclusive<i64>| gaps.clone().filter(|gap| length.contains(gap)).count();
    let usual = |found: usize| days.len() >= TELLING && 10 * found >= 9 * (days.len() - 1);
    let length = match (usual(of(7..=7)), usual(of(28..=31))) {
        (true, _) => "week",
        (_, true) => "month",
        _ => return None,
    };
    let cause = format!(
        "{file} has rows on one day a {length}: they look like totals of a {length}, not contacts of that day"
    );
    let remedy = "give rows of days or shorter; where contacts come on that day only, write the days between as 0";
    Some(
        Problem::new("bad-slot", cause)
            .at(Place::line(file, 1))
            .remedy(remedy),
    )
}

/// The zone whose wall clock the rows are on: the one asked for, UTC where all of them say their offset, none
/// where they are local to a place unknown.
pub(super) fn clock(
    file: &str,
    rows: &[Vec<Row>],
    asked: Option<Tz>,
) -> Result<Option<Tz>, Problem> {
    if asked.is_some() {
        return Ok(asked);
    }
    let first = |with_offset: bool| {
        rows.iter()
            .flatten()
            .filter(|row| row.stamp.offset.is_some() == with_offset)
            .map(|row| row.line)
            .min()
    };
    match (first(true), first(false)) {
        (Some(offset), Some(local)) => {
            let cause = format!(
                "line {offset} says its offset from UTC, line {local} does not: their clocks may differ"
            );
            Err(Problem::new("csv-row", cause)
                .at(Place::line(file, offset.max(local)))
                .remedy("name the zone of the local times with --tz, or write all times alike"))
        }
        (Some(_), None) => Ok(Some(Tz::UTC)),
        (None, _) => Ok(None),
    }
}
