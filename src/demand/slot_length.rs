//! How long the slots of a bare history are: as its rows tell.

use std::collections::BTreeMap;

use chrono::{NaiveDateTime, Timelike};

use super::history::Row;

/// When the rows of one series start.
#[derive(Clone, Copy)]
struct Starts {
    rows: usize,
    first: NaiveDateTime,
    last: NaiveDateTime,
    /// The minute of the day at which they all start.
    together: Option<u32>,
    /// The greatest step that all starts share; 0 where all are midnights.
    step: u32,
}

/// Rows from which a series tells how long its slots are.
const TELLING: usize = 50;
/// Rows at midnight, over as many days, that make a daily series.
const TELLING_DAYS: usize = 7;

impl Starts {
    fn at(start: NaiveDateTime) -> Self {
        let minute = start.hour() * 60 + start.minute();
        Self {
            rows: 1,
            first: start,
            last: start,
            together: Some(minute),
            step: minute,
        }
    }

    fn with(self, other: Self) -> Self {
        Self {
            rows: self.rows + other.rows,
            first: self.first.min(other.first),
            last: self.last.max(other.last),
            together: self.together.filter(|_| self.together == other.together),
            step: gcd(self.step, other.step),
        }
    }

    /// The longest slot among the usual ones that every start is a multiple of; a day if all start together.
    fn slot(&self) -> u32 {
        if self.together.is_some() {
            return 1440;
        }
        let mut usual = [60, 30, 20, 15, 10, 5].into_iter();
        usual.find(|s| self.step.is_multiple_of(*s)).unwrap_or(1)
    }

    /// The slot, where there are rows enough to be sure of it.
    fn told(&self) -> Option<u32> {
        let enough = match self.together {
            Some(0) => {
                let days = (self.last - self.first).num_days() + 1;
                self.rows >= TELLING_DAYS && days >= TELLING_DAYS as i64
            }
            // A row a day, or a line that is open for one slot a day.
            Some(_) => false,
            None => self.rows >= TELLING,
        };
        enough.then(|| self.slot())
    }
}

/// The length in minutes of the slots of one series that starts at these times, where it tells.
pub fn told(starts: impl Iterator<Item = NaiveDateTime>) -> Option<u32> {
    let rows = starts.map(Starts::at);
    rows.reduce(Starts::with)?.told()
}

/// The length of a file's slots in minutes: as asked for, or as its rows tell.
pub(super) fn slot_length(
    names: &[String],
    rows: &[Row],
    asked: Option<u32>,
) -> Result<u32, String> {
    if let Some(s) = asked.filter(|s| *s == 0 || 1440 % s != 0) {
        return Err(format!("a slot of {s} minutes does not divide the day"));
    }
    let mut starts: Vec<Option<Starts>> = vec![None; names.len()];
    for row in rows {
        let own = Starts::at(row.at);
        let all = &mut starts[row.series];
        *all = Some(all.map_or(own, |all| all.with(own)));
    }
    let mut told: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
    for (name, starts) in names.iter().zip(&starts) {
        if let Some(slot) = starts.and_then(|starts| starts.told()) {
            told.entry(slot).or_default().push(name);
        }
    }
    match (asked, told.last_key_value()) {
        (Some(asked), Some((longest, series))) if asked < *longest => Err(format!(
            "slots of {} are finer than the rows of {}, which are of {}",
            length(asked),
            listed(series),
            length(*longest)
        )),
        (Some(asked), _) => Ok(asked),
        (None, Some((slot, _))) if told.len() == 1 => Ok(*slot),
        (None, Some(_)) => {
            let each = told
                .iter()
                .map(|(slot, series)| format!("{} of {}", length(*slot), listed(series)));
            Err(format!(
                "its series have slots of different lengths: {}",
                each.collect::<Vec<_>>().join(", ")
            ))
        }
        (None, None) => {
            let all = starts.into_iter().flatten().reduce(Starts::with);
            Ok(all.map_or(60, |all| all.slot()))
        }
    }
}

fn length(minutes: u32) -> String {
    match minutes {
        1440 => "a day".to_owned(),
        60 => "an hour".to_owned(),
        _ => format!("{minutes} min"),
    }
}

/// Names of series, the first few of many.
fn listed(series: &[&str]) -> String {
    const SHOWN: usize = 3;
    let names: Vec<String> = series
        .iter()
        .take(SHOWN)
        .map(|s| format!("`{s}`"))
        .collect();
    let more = series.len().saturating_sub(SHOWN);
    match more {
        0 => names.join(", "),
        _ => format!("{} and {more} more", names.join(", ")),
    }
}

/// The greatest common divisor.
pub fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}
