//! Contacts of the past as CSV: slot rows `timestamp,series,volume` (with a handle time if there is
//! one) or event rows `timestamp,series`, one contact each.
//!
//! What is sniffed: encoding (see [`encoding`]), delimiter (`,` `;` tab `|`, or a first line `sep=;`), decimal comma and thousands, ISO or `dd.mm.yyyy` dates, the length of a slot. What is agreed:
//! - Rows of one series and slot add up: the hour that autumn repeats holds both.
//! - Local rows in the hour that spring skips count in the slot after it.
//! - A slot absent from a day that is present is 0. A day is present if its series has a row on it;
//!   where a series never writes its zeros, if any series of the file has.
//! - Days before a series' first row do not belong to it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use chrono_tz::Tz;

use super::cells::{Records, sniff_delimiter};
use super::columns::{Columns, Row};
use super::doubts;
use super::encoding::{self, Guess, Named};
use super::handle_time::Record;
use super::repeats::{self, Repeats};
use super::wall_clock::WallClock;
use crate::demand::history::{History as BareHistory, Row as BareRow, slot_end};
use crate::demand::slot_length::{gcd, told};
use crate::problem::{Place, Problem};
use crate::scenario::History;

/// Whose clock bare timestamps follow; those with an offset say it themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Clock {
    /// The wall clock of the market.
    Local,
    Utc,
}

/// The rows of one file, by series.
#[derive(Debug)]
pub struct Arrivals {
    file: String,
    names: Vec<String>,
    rows: Vec<Vec<Row>>,
    /// Whether the stamps of a series are its days: all midnights, whatever their offset.
    by_day: Vec<bool>,
    /// Each row is one contact, at any minute.
    events: bool,
    /// The encoding, where only its letters tell it.
    pub guess: Option<Guess>,
    /// What all series share on one clock.
    calendars: RefCell<BTreeMap<(Clock, &'static str), Rc<FileCalendar>>>,
}

/// Days with any row, and the slot length of the rows.
#[derive(Debug)]
struct FileCalendar {
    days: BTreeSet<NaiveDate>,
    slot_minutes: u32,
    last: NaiveDateTime,
}

/// Minutes of a day, and of the shortest slot that is planned by.
const DAY: u32 = 1440;
const SHORTEST: u32 = 15;
/// Broken rows that are shown one by one; more are counted.
const SHOWN_ROWS: usize = 10;

impl Arrivals {
    /// Reads the bytes of `file` in the encoding that is named, if one is, or says everything wrong with it.
    pub fn read(file: &str, bytes: &[u8], named: Option<Named>) -> Result<Self, Vec<Problem>> {
        let decoded = encoding::read(bytes, named);
        if let Some(problem) = decoded.problem(file) {
            return Err(vec![problem]);
        }
        let text = decoded.text;
        let delimiter = sniff_delimiter(&text);
        let mut records = Records::of(&text, delimiter);
        let mut columns = Columns::find(file, &records.header())?;
        columns.learn_order(&text, delimiter);
        let mut arrivals = Self {
            file: file.to_owned(),
            names: Vec::new(),
            rows: Vec::new(),
            by_day: Vec::new(),
            events: columns.volume.is_none(),
            guess: decoded.guess,
            calendars: RefCell::default(),
        };
        let mut index: HashMap<String, usize> = HashMap::new();
        let mut problems = Vec::new();
        let mut broken = 0_usize;
        while let Some((line, record)) = records.read() {
            let read = record.and_then(|record| {
                let series = columns.series.and_then(|column| record.get(column));
                Ok((columns.row(line, record)?, series.unwrap_or("total")))
            });
            match read {
                Ok((row, name)) => {
                    let series = match index.get(name) {
                        Some(series) => *series,
                        None => {
                            arrivals.names.push(name.to_owned());
                            arrivals.rows.push(Vec::new());
                            index.insert(name.to_owned(), arrivals.names.len() - 1);
                            arrivals.names.len() - 1
                        }
                    };
                    arrivals.rows[series].push(row);
                }
                Err(cause) => {
                    broken += 1;
                    if broken <= SHOWN_ROWS {
                        problems.push(
                            Problem::new("csv-row", cause)
                                .at(Place::line(file, line))
                                .remedy("correct the row or take it out"),
                        );
                    }
                }
            }
        }
        if broken > SHOWN_ROWS {
            let more = broken - SHOWN_ROWS;
            problems.push(
                Problem::new(
                    "csv-row",
                    format!("{more} more rows of {file} cannot be read"),
                )
                .at(Place::line(file, 1))
                .standing_for(more),
            );
        }
        if problems.is_empty() && arrivals.names.is_empty() {
            problems.push(
                Problem::new("empty-history", format!("{file} holds no rows"))
                    .at(Place::line(file, 1))
                    .remedy(
                        "give it rows; a queue of a scenario may live from its `orders` instead",
                    ),
            );
        }
        if problems.is_empty() {
            problems = doubts::far_apart(file, &arrivals.names, &arrivals.rows);
        }
        match columns.numbers.thousands(file, delimiter) {
            Ok(parts) => arrivals.part_thousands(parts),
            Err(problem) => problems.push(problem),
        }
        if !arrivals.events {
            problems.extend(doubts::totals(file, &arrivals.rows));
        }
        let midnights = |rows: &Vec<Row>| told(rows.iter().map(|row| row.stamp.naive)) == Some(DAY);
        arrivals.by_day = arrivals.rows.iter().map(midnights).collect();
        if problems.is_empty() {
            Ok(arrivals)
        } else {
            Err(problems)
        }
    }

    /// Brings volumes whose sign parts thousands, not decimals, to what they are.
    fn part_thousands(&mut self, sign: Option<char>) {
        let rows = self.rows.iter_mut().flatten();
        for row in rows.filter(|row| sign.is_some() && row.sign == sign) {
            row.volume = (1000.0 * row.volume).round();
        }
    }

    /// Rows that look like the same contacts once more.
    pub fn repeats(&self) -> Option<Repeats> {
        repeats::find(&self.file, &self.rows, self.events)
    }

    /// Series whose days are stamped as midnights of another clock than that of `zone`.
    pub fn days_elsewhere(&self, zone: Tz) -> Vec<&str> {
        let moves = |row: &Row| {
            let mut wall = WallClock::new(zone, Clock::Local);
            row.stamp.offset.is_some() && wall.local(row.stamp) != row.stamp.naive
        };
        let series = self.rows.iter().zip(&self.by_day).zip(&self.names);
        series
            .filter(|((rows, by_day), _)| **by_day && rows.iter().any(moves))
            .map(|(_, name)| name.as_str())
            .collect()
    }

    /// The series of the file, in the order of their first rows.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// The index of a series; a file of one nameless series answers to every name.
    pub fn series(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }

    /// The history of a series on the wall clock of `zone`. Rows that are single contacts are
    /// gathered into slots of `event_slot` minutes, and so are slots shorter than 15 minutes.
    pub fn history(&self, series: usize, zone: Tz, clock: Clock, event_slot: u32) -> History {
        let calendar = self.calendar(zone, clock);
        let slot_minutes = if self.events {
            event_slot
        } else {
            self.own_slot(series, zone, clock)
                .unwrap_or(calendar.slot_minutes)
        };
        let per_day = (1440 / slot_minutes) as usize;
        let rows = &self.rows[series];
        let writes_zeros = !self.events && rows.iter().any(|row| row.volume == 0.0);
        let mut wall = self.wall(series, zone, clock);
        let mut counts: BTreeMap<NaiveDate, Vec<f64>> = BTreeMap::new();
        let mut handled = Record::default();
        for row in rows {
            let local = wall.local(row.stamp);
            let slot = (local.num_seconds_from_midnight() / 60 / slot_minutes) as usize;
            let day = counts
                .entry(local.date())
                .or_insert_with(|| vec![0.0; per_day]);
            day[slot] += row.volume;
            handled.add(row);
        }
        let first_day = counts.keys().next().copied().unwrap_or_default();
        let mut last_day = counts.keys().next_back().copied().unwrap_or_default();
        if !writes_zeros {
            last_day = last_day.max(calendar.days.last().copied().unwrap_or(last_day));
        }
        let end = slot_end(calendar.last.num_seconds_from_midnight() / 60, slot_minutes);
        let days = first_day
            .iter_days()
            .take_while(|day| *day <= last_day)
            .map(|day| match counts.remove(&day) {
                Some(counts) => Some(counts),
                None if !writes_zeros && calendar.days.contains(&day) => Some(vec![0.0; per_day]),
                None => None,
            })
            .collect();
        History {
            source: format!("{}: {}", self.file, self.names[series]),
            slot_minutes,
            first_day,
            days,
            came: Vec::new(),
            until: Some(calendar.last.date().and_time(NaiveTime::MIN) + end),
            handled: handled.told(self.events),
        }
    }

    /// The zone whose wall clock [`bare`](Self::bare) series are on, if it is known: `asked`, or UTC.
    pub fn zone(&self, asked: Option<Tz>) -> Result<Option<Tz>, Problem> {
        doubts::clock(&self.file, &self.rows, asked)
    }

    /// All series on one calendar, bare: see [`BareHistory::from_rows`].
    pub fn bare(&self, zone: Option<Tz>, slot: Option<u32>) -> Result<BareHistory, String> {
        let count = self.rows.iter().map(Vec::len).sum();
        let mut rows = Vec::with_capacity(count);
        for (series, own) in self.rows.iter().enumerate() {
            let mut wall = self.wall(series, zone.unwrap_or(Tz::UTC), Clock::Local);
            rows.extend(own.iter().map(|row| BareRow {
                at: wall.local(row.stamp),
                series,
                volume: row.volume,
            }));
        }
        BareHistory::from_rows(self.names.clone(), &rows, slot)
    }

    /// The slot of a series that tells it; none is shorter than a quarter of an hour.
    fn own_slot(&self, series: usize, zone: Tz, clock: Clock) -> Option<u32> {
        let mut wall = self.wall(series, zone, clock);
        let starts = self.rows[series].iter().map(|row| wall.local(row.stamp));
        told(starts).map(|slot| slot.max(SHORTEST))
    }

    fn wall(&self, series: usize, zone: Tz, clock: Clock) -> WallClock {
        let mut wall = WallClock::new(zone, clock);
        wall.by_day = self.by_day[series];
        wall
    }

    fn calendar(&self, zone: Tz, clock: Clock) -> Rc<FileCalendar> {
        let key = (clock, zone.name());
        if let Some(calendar) = self.calendars.borrow().get(&key) {
            return Rc::clone(calendar);
        }
        let mut days = BTreeSet::new();
        let (mut day, mut last) = (NaiveDate::MIN, NaiveDateTime::MIN);
        let (mut minutes, mut midnights_only) = (0, true);
        for (series, rows) in self.rows.iter().enumerate() {
            let mut wall = self.wall(series, zone, clock);
            for row in rows {
                let local = wall.local(row.stamp);
                if local.date() != day {
                    day = local.date();
                    days.insert(day);
                }
                midnights_only &= local.hour() == 0 && local.minute() == 0;
                minutes = gcd(minutes, local.minute());
                last = last.max(local);
            }
        }
        let slot_minutes = match gcd(minutes, 60) {
            60 if midnights_only && days.len() > 1 => DAY,
            slot => slot.max(SHORTEST),
        };
        let calendar = Rc::new(FileCalendar {
            days,
            slot_minutes,
            last,
        });
        self.calendars
            .borrow_mut()
            .insert(key, Rc::clone(&calendar));
        calendar
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRAGUE: Tz = chrono_tz::Europe::Prague;

    fn history(csv: &str, clock: Clock) -> History {
        let arrivals = Arrivals::read("x.csv", csv.as_bytes(), None).unwrap();
        arrivals.history(0, PRAGUE, clock, 30)
    }

    fn total(history: &History) -> f64 {
        history.days.iter().flatten().flatten().sum()
    }

    #[test]
    fn excel_s_own_csv_is_read() {
        let history = history(
            "\u{feff}Timestamp;Series;Volume;AHT\r\n02.11.2026 8:00;a;1,5;240\r\n02.11.2026 08:30;a;1 000;120\r\n",
            Clock::Local,
        );
        assert_eq!((history.slot_minutes, history.days.len()), (30, 1));
        assert_eq!(history.days[0].as_ref().unwrap()[16..18], [1.5, 1000.0]);
        let handled = history.handled.unwrap();
        let mean = handled.mean.value();
        assert_eq!(handled.cv, None);
        assert!((mean - (1.5 * 240.0 + 120_000.0) / 1001.5).abs() < 1e-9);
    }

    #[test]
    fn utf_16_and_latin_1_are_read() {
        let text = "timestamp\tseries\tvolume\n2026-11-02 08:00\tčs\t2\n";
        let wide: Vec<u8> = [0xFF, 0xFE]
            .into_iter()
            .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        let arrivals = Arrivals::read("x", &wide, None).unwrap();
        assert_eq!(arrivals.names().collect::<Vec<_>>(), ["čs"]);
        let latin = b"timestamp,series,volume\n2026-11-02 08:00,caf\xe9,2\n";
        let arrivals = Arrivals::read("x", latin, None).unwrap();
        assert_eq!(arrivals.series("café"), Some(0));
    }

    #[test]
    fn events_are_gathered_into_the_slots_of_the_plan() {
        let history = history(
            "created at,queue\n2026-11-02 08:01:10,a\n2026-11-02 08:29,a\n2026-11-02T08:30:00,a\n",
            Clock::Local,
        );
        assert_eq!(history.slot_minutes, 30);
        assert_eq!(history.days[0].as_ref().unwrap()[16..18], [2.0, 1.0]);
    }

    #[test]
    fn the_hour_skipped_counts_in_the_next_and_the_hour_repeated_adds_up() {
        let spring = history(
            "timestamp,series,volume\n2026-03-29 01:30,a,1\n2026-03-29 02:30,a,2\n2026-03-29 03:00,a,4\n",
            Clock::Local,
        );
        let day = spring.days[0].as_ref().unwrap();
        assert_eq!((day[3], day[5], day[6], day[7]), (1.0, 0.0, 6.0, 0.0));
        let autumn = "timestamp,series,volume\n2026-10-25 00:30,a,1\n2026-10-25 01:30,a,2\n";
        let day = history(autumn, Clock::Utc).days[0].clone().unwrap();
        assert_eq!(day[5], 3.0);
        let written = autumn
            .replace("00:30", "02:30+02:00")
            .replace("01:30", "02:30+01:00");
        assert_eq!(
            history(&written, Clock::Local).days[0].clone().unwrap()[5],
            3.0
        );
    }

    #[test]
    fn absent_days_are_gaps_only_where_zeros_are_written() {
        let rows = "timestamp,series,volume\n2026-11-02 08:00,a,1\n2026-11-03 08:00,b,2\n2026-11-05 09:00,a,1\n";
        let sparse = history(rows, Clock::Local);
        let present: Vec<bool> = sparse.days.iter().map(Option::is_some).collect();
        assert_eq!(present, [true, true, false, true]);
        let dense = history(&format!("{rows}2026-11-05 10:00,a,0\n"), Clock::Local);
        let present: Vec<bool> = dense.days.iter().map(Option::is_some).collect();
        assert_eq!(present, [true, false, false, true]);
        assert_eq!(sparse.slot_minutes, 60);
    }

    #[test]
    fn days_minutes_and_quarters_keep_every_contact() {
        let rows = |stamps: &[&str]| {
            let rows: String = stamps
                .iter()
                .map(|stamp| format!("{stamp},a,3\n"))
                .collect();
            format!("timestamp,series,volume\n{rows}")
        };
        for (stamps, slot) in [
            (&["2026-11-02", "2026-11-03"][..], 1440),
            (&["2026-11-02 08:01", "2026-11-02 08:02"], 15),
            (&["2026-11-02 08:15", "2026-11-02 09:00"], 15),
            (&["2026-11-02 08:20", "2026-11-02 09:00"], 20),
            (&["2026-11-02 00:00"], 60),
        ] {
            let history = history(&rows(stamps), Clock::Local);
            assert_eq!(history.slot_minutes, slot, "{stamps:?}");
            assert_eq!(total(&history), 3.0 * stamps.len() as f64);
            assert_eq!(
                history.days[0].as_ref().unwrap().len(),
                1440 / slot as usize
            );
        }
    }

    #[test]
    fn many_broken_rows_are_counted_rather_than_listed() {
        let rows: String = (0..50).map(|_| "x,a,1\n").collect();
        let problems = Arrivals::read(
            "x.csv",
            format!("timestamp,series,volume\n{rows}").as_bytes(),
            None,
        );
        let problems = problems.unwrap_err();
        assert_eq!(problems.len(), SHOWN_ROWS + 1);
        assert!(problems[SHOWN_ROWS].cause.contains("40 more"));
        assert_eq!(problems[0].place.as_ref().map(|place| place.line), Some(2));
    }
}
