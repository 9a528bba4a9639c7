//! A bare history, without a scenario: the rows of one file, all series on one wall clock.

use std::path::Path;

use chrono_tz::Tz;

use super::arrivals::Arrivals;
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
}

/// Reads a file of `timestamp,series,volume` or `timestamp,series`.
///
/// # Errors
/// Everything wrong with the file (see [`Arrivals::read`]) and with what is asked of it.
pub fn read(path: &Path, reading: &Reading) -> Result<History, Vec<Problem>> {
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
pub fn parse(file: &str, bytes: &[u8], reading: &Reading) -> Result<History, Vec<Problem>> {
    let arrivals = Arrivals::read(file, bytes)?;
    let history = arrivals.bare(reading.zone.unwrap_or(Tz::UTC), reading.slot);
    history.map_err(|cause| {
        vec![
            Problem::new("bad-slot", cause)
                .at(Place::line(file, 1))
                .remedy("correct the dates, or choose longer slots with --slot"),
        ]
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
        parse("x.csv", text.as_bytes(), &reading).expect("a history")
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
        let ages = "timestamp,volume\n1990-01-01 00:01,1\n2099-01-01 10:00,1\n";
        let many: String = (0..300)
            .map(|k| format!("2000-01-01 {:02}:{:02},1\n", k / 60, k % 60))
            .collect();
        let wide = parse(
            "x.csv",
            format!("{ages}{many}").as_bytes(),
            &Reading::default(),
        );
        assert!(wide.is_ok());
    }
}
