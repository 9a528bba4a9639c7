//! Rows that a file of contacts holds twice: an export that was appended to one it overlaps doubles the volume of the
//! days that both hold.
//!
//! Rows of a slot add up, and two of them may be equal by chance. What no chance makes is a long run of slots, in the
//! order of time, in which each row has its double:
//!
//! ```text
//! slots with several rows · ((1 + P(two rows are equal)) / 2)^run  <  1e-6
//! ```
//!
//! A log of contacts has neither counts nor slots: there a run is of moments with contacts, and one with a single
//! contact ends it.

use std::collections::HashMap;

use chrono::{NaiveDateTime, TimeDelta};

use super::columns::Row;
use crate::demand::slot_length::gcd;
use crate::problem::{Place, Problem};

/// Rows that occur once more than they should.
#[derive(Debug, Clone, PartialEq)]
pub struct Repeats {
    file: String,
    rows: usize,
    /// Of the first of them.
    line: usize,
}

/// Chance below which it is none.
const NO_CHANCE: f64 = 1e-6;
/// Chance that contacts of one moment come in pairs, at most: those of a log that names but the hour.
const PAIRED: f64 = 0.5;
/// Copies so far apart are no run: the hour that autumn repeats is far from an overlap in spring.
const APART: TimeDelta = TimeDelta::days(7);

impl Repeats {
    /// What to know and to do about them.
    pub fn problem(&self) -> Problem {
        let cause = format!(
            "{} rows of {} occur more than once, with the same time, series and volume: their volumes are added up",
            self.rows, self.file
        );
        Problem::new("repeated-rows", cause)
            .at(Place::line(&self.file, self.line))
            .remedy(
                "if exports overlap in it, strike the rows that repeat: the first is on this line",
            )
    }

    /// The same in a sentence.
    pub fn note(&self) -> String {
        format!(
            "{}:{}: from this line on {} rows occur once more, with the same time, series and volume, and are added \
             up; if exports overlap in the file, strike them",
            self.file, self.line, self.rows
        )
    }
}

/// Slots in a row whose every row has its double.
#[derive(Debug, Clone, Copy, Default)]
struct Run {
    last: Option<NaiveDateTime>,
    /// Slots that tell: with contacts.
    slots: i32,
    rows: usize,
    line: Option<usize>,
}

/// The rows of a file, by series, that repeat others; none where chance may have made them equal.
pub(super) fn find(file: &str, rows: &[Vec<Row>], are_contacts: bool) -> Option<Repeats> {
    let mut sorted: Vec<(usize, &Row)> = rows
        .iter()
        .enumerate()
        .flat_map(|(series, rows)| rows.iter().map(move |row| (series, row)))
        .collect();
    let slot = |(series, row): &(usize, &Row)| (row.stamp.naive, row.stamp.offset, *series);
    sorted.sort_by_key(|at| (slot(at), what(at.1), at.1.line));
    let slots = || sorted.chunk_by(|a, b| slot(a) == slot(b));
    let tells = |rows: &[(usize, &Row)]| {
        (are_contacts || rows.len() > 1) && rows.iter().any(|(_, row)| row.volume > 0.0)
    };
    let all = slots().filter(|rows| tells(rows)).count() as f64;
    let equal = match are_contacts {
        true => PAIRED,
        false => equal(rows),
    };
    let is_chance =
        |run: &Run| run.slots == 0 || all * (0.5 + 0.5 * equal).powi(run.slots) >= NO_CHANCE;
    let mut found = Run::default();
    let mut run = Run::default();
    let mut close = |run: &mut Run| {
        if !is_chance(run) {
            found.rows += run.rows;
            found.line = found.line.into_iter().chain(run.line).min();
        }
        *run = Run::default();
    };
    for rows in slots() {
        let copies = copies(rows);
        if copies > 1 {
            let at = rows[0].1.stamp.naive;
            if run.last.is_some_and(|last| at - last > APART) {
                close(&mut run);
            }
            run.last = Some(at);
            run.slots += i32::from(tells(rows));
            run.rows += rows.len() - rows.len() / copies;
            // In the order of their lines: the first of those alike are no repeats.
            let lines = alike(rows).map(|alike| alike[alike.len() / copies].1.line);
            run.line = run.line.into_iter().chain(lines).min();
        } else if are_contacts || rows.len() > 1 {
            close(&mut run);
        }
    }
    close(&mut run);
    Some(Repeats {
        file: file.to_owned(),
        rows: found.rows,
        line: found.line?,
    })
}

/// What a row says of its slot.
fn what(row: &Row) -> (u64, Option<u64>) {
    (row.volume.to_bits(), row.handle_time.map(f64::to_bits))
}

/// The rows of a slot, in order, that say the same.
fn alike<'a>(rows: &'a [(usize, &'a Row)]) -> impl Iterator<Item = &'a [(usize, &'a Row)]> {
    rows.chunk_by(|a, b| what(a.1) == what(b.1))
}

/// How often a slot is there: the fewest copies, beyond one, that all of its rows can be parted into.
fn copies(rows: &[(usize, &Row)]) -> usize {
    let common = alike(rows).fold(0, |common, alike| gcd(common, alike.len() as u32));
    (2..=common)
        .find(|copies| common % copies == 0)
        .unwrap_or(1) as usize
}

/// Chance that two rows with contacts say the same.
fn equal(rows: &[Vec<Row>]) -> f64 {
    let mut counts: HashMap<(u64, Option<u64>), f64> = HashMap::new();
    let mut all = 0.0;
    for row in rows.iter().flatten().filter(|row| row.volume > 0.0) {
        *counts.entry(what(row)).or_default() += 1.0;
        all += 1.0;
    }
    counts
        .values()
        .map(|count| (count / all) * (count / all))
        .sum()
}

#[cfg(test)]
mod tests {
    use crate::input::arrivals::Arrivals;

    /// Small counts, as any dice would have them.
    fn count(seed: u64) -> u64 {
        (seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) % 4
    }

    /// Rows of `days` days from `first`, hour by hour, as `row` writes them.
    fn rows(days: std::ops::Range<u64>, row: impl Fn(u64, String) -> String) -> String {
        let hours = days.flat_map(|day| (8..18).map(move |hour| (day, hour)));
        let write = |(day, hour): (u64, u64)| {
            let (month, date) = (1 + day / 28, 1 + day % 28);
            row(
                24 * day + hour,
                format!("2026-{month:02}-{date:02} {hour:02}:00"),
            )
        };
        hours.map(write).collect()
    }

    fn repeats(header: &str, rows: &str) -> Option<(usize, usize)> {
        let text = format!("{header}\n{rows}");
        let arrivals = Arrivals::read("x.csv", text.as_bytes(), None).unwrap();
        arrivals.repeats().map(|found| (found.rows, found.line))
    }

    const SLOTS: &str = "timestamp,series,volume";

    #[test]
    fn an_export_that_overlaps_another_is_told_by_its_first_repeat() {
        let one = |days| rows(days, |at, time| format!("{time},a,{}\n", count(at)));
        let overlap = one(0..60) + &one(50..80);
        let (found, line) = repeats(SLOTS, &overlap).expect("repeats");
        assert_eq!(line, 602);
        // Hours of zeros at the ends of the overlap cannot be told, but add nothing.
        assert!((98..=100).contains(&found), "{found}");
        assert!(repeats(SLOTS, &(one(0..60) + &one(0..60))).is_some());
        assert_eq!(repeats(SLOTS, &one(0..80)), None);
        // An hour that the clock repeated, long before.
        let autumn = "2025-10-26 02:00,a,3\n".repeat(2);
        let lines = autumn.lines().count();
        let (_, line) = repeats(SLOTS, &(autumn + &overlap)).expect("repeats");
        assert_eq!(line, 602 + lines);
        // Of two rows a slot, the days that are there twice.
        let two = |days| {
            rows(days, |at, time| {
                format!("{time},a,{}\n{time},a,{}\n", count(at), count(at + 7_000))
            })
        };
        let (found, _) = repeats(SLOTS, &(two(0..60) + &two(40..80))).expect("repeats");
        assert!((390..=410).contains(&found), "{found}");
    }

    #[test]
    fn rows_of_a_slot_that_chance_makes_equal_are_believed() {
        let two = rows(0..200, |at, time| {
            format!("{time},a,{}\n{time},a,{}\n", count(at), count(at + 7_000))
        });
        assert_eq!(repeats(SLOTS, &two), None);
        // The same count on every row says nothing, nor does an hour that a clock change repeats.
        let same = rows(0..200, |_, time| format!("{time},a,1\n{time},a,1\n"));
        assert_eq!(repeats(SLOTS, &same), None);
        let autumn = "2026-10-25 02:00,a,3\n2026-10-25 02:30,a,2\n".repeat(2);
        assert_eq!(repeats(SLOTS, &autumn), None);
    }

    #[test]
    fn contacts_of_one_moment_are_no_repeats_but_a_log_that_is_appended_to_itself_is() {
        let log = rows(0..100, |at, time| {
            format!("{time},a\n").repeat(count(at) as usize)
        });
        assert_eq!(repeats("created at,queue", &log), None);
        let counted = log.replace(",a\n", ",a,1\n");
        assert_eq!(repeats(SLOTS, &counted), None);
        let lines = log.lines().count();
        let twice = repeats("created at,queue", &log.repeat(2));
        assert_eq!(twice, Some((lines, lines + 2)));
    }
}
