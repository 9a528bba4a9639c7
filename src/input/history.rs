//! A bare history, without a scenario: the rows of one file, all series on one wall clock.

use std::path::Path;

use chrono::Datelike;
use chrono_tz::Tz;

use super::arrivals::Arrivals;
use super::encoding::Named;
use crate::demand::history::History;
use crate::problem::{Place, Problem};
use crate::time::holidays;

/// Whose clock and holidays a bare history follows, and the length of its slots.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// Times with an offset are turned into this zone's wall clock, or into UTC without one; times
    /// without an offset are local already.
    pub zone: Option<Tz>,
    /// Minutes; found out from the rows if not given.
    pub slot: Option<u32>,
    /// A code of [`holidays::calendar`].
    pub country: Option<String>,
    /// Found out from the file's letters if not given.
    pub encoding: Option<Named>,
}

/// Reads a file of `timestamp,series,volume` or `timestamp,series`.
///
/// # Errors
/// Everything wrong with the file (see [`Arrivals::read`]) and with what is asked of it.
pub fn read(path: &Path, reading: &Reading) -> Result<History, Vec<Problem>> {
    read_with_clock(path, reading).map(|found| found.history)
}

/// A history with the zone whose wall clock it is on: none where its times are local to a place that is not said.
#[derive(Debug)]
pub struct Found {
    pub history: History,
    pub zone: Option<Tz>,
    /// What whoever reads it should know of how it was read.
    pub notes: Vec<String>,
}

/// The same with what was found out about it.
///
/// # Errors
/// As of [`read`].
pub fn read_with_clock(path: &Path, reading: &Reading) -> Result<Found, Vec<Problem>> {
    let file = path.display().to_string();
    let mut wrong = Vec::new();
    if let Some(code) = &reading.country
        && holidays::calendar(code).is_none()
    {
        wrong.push(
            Problem::new(
                "unknown-country",
                format!("there is no table of holidays for `{code}`"),
            )
            .remedy("write a country (CZ) or a country and its region (US-PA)"),
        );
    }
    let history = match std::fs::read(path) {
        Ok(bytes) => parse(&file, &bytes, reading),
        Err(why) => Err(vec![
            Problem::new("missing-file", format!("cannot read {file}: {why}"))
                .remedy("name a CSV of timestamp,series,volume"),
        ]),
    };
    match history {
        Ok(history) if wrong.is_empty() => Ok(history),
        Ok(_) => Err(wrong),
        Err(more) => {
            wrong.extend(more);
            Err(wrong)
        }
    }
}

/// The same from the bytes of `file`.
fn parse(file: &str, bytes: &[u8], reading: &Reading) -> Result<Found, Vec<Problem>> {
    let arrivals = Arrivals::read(file, bytes, reading.encoding)?;
    let zone = arrivals
        .zone(reading.zone)
        .map_err(|problem| vec![problem])?;
    let history = arrivals.bare(zone, reading.slot).map_err(|cause| {
        vec![
            Problem::new("bad-slot", cause)
                .at(Place::line(file, 1))
                .remedy("correct the dates, or choose longer slots with --slot"),
        ]
    })?;
    let guess = arrivals.guess.as_ref().map(|guess| guess.note(file));
    let repeats = arrivals.repeats().map(|found| found.note());
    let mut notes: Vec<String> = guess.into_iter().chain(repeats).collect();
    if reading.zone.is_none() && zone.is_some() {
        notes.push(
            "times are in UTC, as the offsets of the history say no zone; name one with --tz"
                .into(),
        );
    }
    let days = zone.map_or_else(Vec::new, |zone| arrivals.days_elsewhere(zone));
    if let Some(first) = days.first() {
        let others = match days.len() - 1 {
            0 => String::new(),
            others => format!(" and {others} more"),
        };
        notes.push(format!(
            "`{first}`{others} has a row a day, at midnight of another clock: these are read as the days they name"
        ));
    }
    notes.extend(reading.country.as_ref().and_then(|_| {
        let first = history.first.year();
        (first < *holidays::YEARS.start()).then(|| {
            format!(
                "public holidays before {} are not known",
                holidays::YEARS.start()
            )
        })
    }));
    Ok(Found {
        history,
        zone,
        notes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prague(text: &str) -> History {
        let reading = Reading {
            zone: Some(chrono_tz::Europe::Prague),
            ..Reading::default()
        };
        parse("x.csv", text.as_bytes(), &reading)
            .expect("a history")
            .history
    }

    #[test]
    fn local_and_utc_times_meet_on_the_wall_clock() {
        let utc = "timestamp,series,volume\n2026-07-01T06:00:00Z,a,3\n2026-07-01T06:30Z,a,1\n";
        let local = "timestamp;series;volume\n2026-07-01 08:00;a;3\n01.07.2026 08:30;a;1\n";
        let mixed =
            "\u{feff}timestamp,series,volume\n2026-07-01T02:00-04:00,a,3\n2026-07-01 08:30,a,1\n";
        for text in [utc, local, mixed] {
            let h = prague(text);
            assert_eq!(
                (h.slots.clone(), h.series[0].volume.clone()),
                (vec![480, 510], vec![3.0, 1.0])
            );
        }
    }

    #[test]
    fn the_repeated_hour_of_autumn_adds_up_and_the_skipped_hour_of_spring_moves_on() {
        let autumn = "timestamp,volume\n2026-10-25T00:00:00Z,3\n2026-10-25T01:00:00Z,4\n2026-10-25T05:00:00Z,1\n";
        let h = prague(autumn);
        assert_eq!(
            (h.slots.clone(), h.series[0].volume.clone()),
            (vec![120, 360], vec![7.0, 1.0])
        );
        let spring =
            "timestamp,volume\n2026-03-29 01:00,1\n2026-03-29 02:00,2\n2026-03-29 03:00,4\n";
        let h = prague(spring);
        assert_eq!(
            (h.slots.clone(), h.series[0].volume.clone()),
            (vec![60, 180], vec![1.0, 6.0])
        );
    }

    #[test]
    fn days_stamped_in_utc_stay_the_days_they_name() {
        let rows: String = (1..=9)
            .map(|day| format!("2026-01-0{day}T00:00:00Z,{day}\n"))
            .collect();
        let reading = Reading {
            zone: Some(chrono_tz::America::New_York),
            ..Reading::default()
        };
        let text = format!("timestamp,volume\n{rows}");
        let found = parse("x.csv", text.as_bytes(), &reading).expect("a history");
        let history = &found.history;
        assert_eq!((history.slot_minutes, history.slots.len()), (1440, 1));
        assert_eq!(history.first.to_string(), "2026-01-01");
        assert!(
            found.notes[0].contains("the days they name"),
            "{:?}",
            found.notes
        );
    }

    #[test]
    fn every_bad_line_is_told() {
        let text =
            "timestamp,series,volume\nyesterday,a,1\n2026-01-01 10:00,a,-4\n2026-01-01 10:00,a,x\n";
        let wrong = parse("x.csv", text.as_bytes(), &Reading::default()).expect_err("problems");
        let lines: Vec<_> = wrong
            .iter()
            .flat_map(|w| &w.place)
            .map(|p| p.line)
            .collect();
        assert_eq!(lines, [2, 3, 4]);
        assert!(parse("x.csv", b"", &Reading::default()).is_err());
    }

    #[test]
    fn few_rows_far_from_all_others_are_told_and_many_are_believed() {
        let read = |ends: &str, rows: u32| {
            let rows: String = (0..rows)
                .map(|k| format!("2000-01-01 {:02}:{:02},1\n", k / 60, k % 60))
                .collect();
            let text = format!("timestamp,volume\n{ends}{rows}");
            parse("x.csv", text.as_bytes(), &Reading::default()).map_err(|wrong| {
                let told = |w: &Problem| (w.place.as_ref().map_or(0, |p| p.line), w.cause.clone());
                wrong.iter().map(told).collect::<Vec<_>>()
            })
        };
        let wrong = read("1990-01-01 00:01,1\n2050-01-01 10:00,1\n", 300).expect_err("strays");
        assert_eq!((wrong.len(), wrong[0].0, wrong[1].0), (2, 2, 3));
        assert!(
            wrong[1]
                .1
                .contains("2050-01-01 10:00:00 of `total` lies 18263 days after"),
            "{wrong:?}"
        );
        // Four rows in a hundred are a history, and so are three rows of three years.
        let four = "1990-01-01 00:01,1\n".repeat(4);
        assert!(read(&four, 100).is_ok());
        assert!(read("1990-01-01 00:01,1\n2050-01-01 10:00,1\n", 1).is_ok());
    }

    #[test]
    fn offsets_without_a_zone_are_utc_and_may_not_be_mixed_with_local_times() {
        let clock = |text: &str, zone| {
            let reading = Reading {
                zone,
                ..Reading::default()
            };
            let text = format!("timestamp,volume\n{text}");
            parse("x.csv", text.as_bytes(), &reading).map(|found| found.zone)
        };
        let prague = Some(chrono_tz::Europe::Prague);
        let (utc, local) = ("2026-07-01T06:00:00Z,3\n", "2026-07-01 09:00,3\n");
        assert_eq!(clock(utc, None), Ok(Some(Tz::UTC)));
        assert_eq!(clock(local, None), Ok(None));
        assert_eq!(clock(utc, prague), Ok(prague));
        let mixed = format!("{local}{utc}");
        assert_eq!(clock(&mixed, prague), Ok(prague));
        let wrong = clock(&mixed, None).expect_err("a problem");
        assert!(
            wrong[0]
                .cause
                .contains("line 3 says its offset from UTC, line 2")
        );
    }
}
