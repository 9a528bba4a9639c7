//! Timestamps as exports write them: ISO 8601, `dd.mm.yyyy HH:MM`, `dd-mm-yyyy HH:MM`, days alone.

use chrono::{Datelike, NaiveDate, NaiveDateTime};

/// A time as written, and the offset from UTC in seconds if it is written too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    pub naive: NaiveDateTime,
    pub offset: Option<i32>,
}

/// Years that contacts may be of; others are slips.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2099;

/// Reads a timestamp; none if it is of no known form or no such time exists.
pub(super) fn parse(text: &str) -> Option<Stamp> {
    of_any_year(text).filter(|stamp| YEARS.contains(&stamp.naive.year()))
}

fn of_any_year(text: &str) -> Option<Stamp> {
    let (date, rest) = date(text.trim().as_bytes())?;
    let (hour, minute, second, rest) = match rest {
        [] => (0, 0, 0, rest),
        [b'T' | b't' | b' ', rest @ ..] => clock(rest)?,
        _ => return None,
    };
    let offset = offset(rest)?;
    Some(Stamp {
        naive: date.and_hms_opt(hour, minute, second)?,
        offset,
    })
}

/// Why a text is no timestamp.
pub(super) fn complaint(text: &str) -> String {
    if text.is_empty() {
        return "the timestamp is missing".to_owned();
    }
    if text.contains('/') {
        return format!(
            "`{text}` may be day/month or month/day; write 2026-11-30 08:00 or 30.11.2026 08:00"
        );
    }
    if of_any_year(text).is_some() {
        let (first, last) = (YEARS.start(), YEARS.end());
        return format!("`{text}` is outside the years {first} to {last}");
    }
    format!("`{text}` is no time; write 2026-11-30 08:00 or 30.11.2026 08:00")
}

/// Digits at the front: their number, how many, and what follows.
fn digits(bytes: &[u8], most: usize) -> Option<(u32, usize, &[u8])> {
    let length = bytes
        .iter()
        .take(most)
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let number = bytes[..length]
        .iter()
        .fold(0, |number, byte| number * 10 + u32::from(byte - b'0'));
    (length > 0).then(|| (number, length, &bytes[length..]))
}

fn date(bytes: &[u8]) -> Option<(NaiveDate, &[u8])> {
    let (first, length, rest) = digits(bytes, 4)?;
    let (sign, rest) = rest.split_first()?;
    let (month, _, rest) = digits(rest, 2)?;
    let rest = rest.strip_prefix(&[*sign])?;
    match (length, sign) {
        (4, b'-' | b'/' | b'.') => {
            let (day, _, rest) = digits(rest, 2)?;
            Some((day_of(first, month, day)?, rest))
        }
        (1 | 2, b'.' | b'-') => {
            // Excel and Czech habit write "30. 11. 2026".
            let (year, 4, rest) = digits(rest.trim_ascii_start(), 4)? else {
                return None;
            };
            Some((day_of(year, month, first)?, rest))
        }
        _ => None,
    }
}

fn day_of(year: u32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year as i32, month, day)
}

fn clock(bytes: &[u8]) -> Option<(u32, u32, u32, &[u8])> {
    let (hour, _, rest) = digits(bytes, 2)?;
    let (minute, 2, rest) = digits(rest.strip_prefix(b":")?, 2)? else {
        return None;
    };
    let Some(rest) = rest.strip_prefix(b":") else {
        return Some((hour, minute, 0, rest));
    };
    let (second, _, rest) = digits(rest, 2)?;
    let rest = match rest.strip_prefix(b".") {
        Some(fraction) => {
            let length = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
            &fraction[length..]
        }
        None => rest,
    };
    Some((hour, minute, second, rest))
}

/// "", "Z", "+01:00", "-0500": the offset in seconds.
fn offset(bytes: &[u8]) -> Option<Option<i32>> {
    match bytes {
        [] => Some(None),
        [b'Z' | b'z'] | b" UTC" => Some(Some(0)),
        [sign @ (b'+' | b'-'), rest @ ..] => {
            let (hours, 2, rest) = digits(rest, 2)? else {
                return None;
            };
            let rest = rest.strip_prefix(b":").unwrap_or(rest);
            let (minutes, rest) = match rest {
                [] => (0, rest),
                _ => digits(rest, 2).map(|(minutes, _, rest)| (minutes, rest))?,
            };
            if hours > 14 || minutes > 59 || !rest.is_empty() {
                return None;
            }
            let seconds = (hours * 3600 + minutes * 60) as i32;
            Some(Some(if *sign == b'-' { -seconds } else { seconds }))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<(String, Option<i32>)> {
        parse(text).map(|stamp| (stamp.naive.to_string(), stamp.offset))
    }

    #[test]
    fn the_usual_forms_are_read() {
        let plain = |text: &str| Some((text.to_owned(), None));
        assert_eq!(at("2026-11-30 08:30:00"), plain("2026-11-30 08:30:00"));
        assert_eq!(at("2026-11-30T08:30"), plain("2026-11-30 08:30:00"));
        assert_eq!(at("30.11.2026 8:30"), plain("2026-11-30 08:30:00"));
        assert_eq!(at("08-04-2023 20:52"), plain("2023-04-08 20:52:00"));
        assert_eq!(at("2026-11-30"), plain("2026-11-30 00:00:00"));
        let utc = |text: &str, offset| Some((text.to_owned(), Some(offset)));
        assert_eq!(
            at("2020-02-26T00:15:00.250Z"),
            utc("2020-02-26 00:15:00", 0)
        );
        assert_eq!(
            at("2020-02-26T00:15:00-05:00"),
            utc("2020-02-26 00:15:00", -18_000)
        );
    }

    #[test]
    fn other_texts_are_not() {
        for text in [
            "",
            "x",
            "11/30/2026",
            "2026-13-01",
            "2026-02-30 00:00",
            "2026-11-30 25:00",
            "2026-11-30 08",
            "2026-11-30 08:30 foo",
            "1.1.26",
            "2026-11-30T",
            "é2026-01-01",
            "0001-01-01",
            "2026-1",
            "2026",
            "+2026-01-01 00:00+",
            "2026-11-30 08:30+99:00",
        ] {
            assert_eq!(at(text), None, "{text}");
        }
        assert!(at("1965-03-01 10:00").is_some() && at("1899-12-30").is_none());
        assert!(complaint("2100-01-01").contains("1900 to 2099"));
        assert!(complaint("2100-02-30").contains("is no time"));
    }
}
