//! Timestamps as exports write them: ISO 8601, `dd.mm.yyyy HH:MM` (also `d. m. yyyy`), `dd-mm-yyyy HH:MM`, days alone,
//! clocks of 12 hours; with slashes where the file's own days tell which number is the day.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

/// A time as written, and the offset from UTC in seconds if it is written too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    pub naive: NaiveDateTime,
    pub offset: Option<i32>,
}

/// Years that contacts may be of; others are slips.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2099;

/// What a day with slashes begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    DayFirst,
    MonthFirst,
}

/// The order of a file's days with slashes: that of the days after the twelfth, where they agree.
pub fn order(texts: impl Iterator<Item = impl AsRef<str>>) -> Option<Order> {
    let (mut day_first, mut month_first) = (false, false);
    for text in texts {
        let Some((first, 1 | 2, rest)) = digits(text.as_ref().trim().as_bytes(), 4) else {
            continue;
        };
        let second = rest
            .strip_prefix(b"/")
            .and_then(|rest| digits(rest, 2))
            .map_or(0, |found| found.0);
        day_first |= first > 12 && second > 0;
        month_first |= second > 12;
    }
    match (day_first, month_first) {
        (true, false) => Some(Order::DayFirst),
        (false, true) => Some(Order::MonthFirst),
        _ => None,
    }
}

/// Reads a timestamp; none if it is of no known form or no such time exists. Days with slashes are read in the
/// `order` of their file, if that is known.
pub fn parse(text: &str, order: Option<Order>) -> Option<Stamp> {
    of_any_year(text, order).filter(|stamp| YEARS.contains(&stamp.naive.year()))
}

fn of_any_year(text: &str, order: Option<Order>) -> Option<Stamp> {
    let (date, rest) = date(text.trim().as_bytes(), order)?;
    let (hour, minute, second, rest) = match rest {
        [] => (0, 0, 0, rest),
        [b'T' | b't' | b' ', rest @ ..] => clock(rest)?,
        _ => return None,
    };
    let offset = offset(rest)?;
    let naive = date
        .and_time(NaiveTime::MIN)
        .checked_add_signed(since_midnight(hour, minute, second)?)?;
    Some(Stamp { naive, offset })
}

/// Reads a time of the day alone, as the time since its midnight: "8:30", "8:30 PM", "24:00".
pub fn time(text: &str) -> Option<TimeDelta> {
    match clock(text.trim().as_bytes())? {
        (hour, minute, second, []) => since_midnight(hour, minute, second),
        _ => None,
    }
}

/// The end of a day is the beginning of the next.
fn since_midnight(hour: u32, minute: u32, second: u32) -> Option<TimeDelta> {
    match (hour, minute, second) {
        (24, 0, 0) => Some(TimeDelta::days(1)),
        _ => NaiveTime::from_hms_opt(hour, minute, second).map(|time| time - NaiveTime::MIN),
    }
}

/// Whether slashes leave open which number of a date is its day.
pub fn is_open(text: &str, order: Option<Order>) -> bool {
    order.is_none() && text.contains('/')
}

/// Why a text is no timestamp.
pub fn complaint(text: &str, order: Option<Order>) -> String {
    if text.is_empty() {
        return "the timestamp is missing".to_owned();
    }
    if is_open(text, order) {
        return format!(
            "`{text}` may be day/month or month/day, and no day of the file tells; write 2026-11-30 08:00 or \
             30.11.2026 08:00"
        );
    }
    if of_any_year(text, None).is_some() {
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

fn date(bytes: &[u8], order: Option<Order>) -> Option<(NaiveDate, &[u8])> {
    let (first, length, rest) = digits(bytes, 4)?;
    let (sign, rest) = rest.split_first()?;
    let rest = spaced(*sign, rest);
    let (month, _, rest) = digits(rest, 2)?;
    let rest = spaced(*sign, rest.strip_prefix(&[*sign])?);
    match (length, sign) {
        (4, b'-' | b'/' | b'.') => {
            let (day, _, rest) = digits(rest, 2)?;
            Some((day_of(first, month, day)?, rest))
        }
        (1 | 2, b'.' | b'-') => {
            let (year, 4, rest) = digits(rest, 4)? else {
                return None;
            };
            Some((day_of(year, month, first)?, rest))
        }
        (1 | 2, b'/') => {
            let (year, 4, rest) = digits(rest, 4)? else {
                return None;
            };
            let (day, month) = match order? {
                Order::DayFirst => (first, month),
                Order::MonthFirst => (month, first),
            };
            Some((day_of(year, month, day)?, rest))
        }
        _ => None,
    }
}

/// What follows a sign of a date: Excel and Czech habit write "30. 11. 2026".
fn spaced(sign: u8, rest: &[u8]) -> &[u8] {
    if sign == b'.' {
        rest.trim_ascii_start()
    } else {
        rest
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
    let (second, rest) = match rest.strip_prefix(b":") {
        Some(rest) => digits(rest, 2).map(|(second, _, rest)| (second, rest))?,
        None => (0, rest),
    };
    let rest = match rest.strip_prefix(b".") {
        Some(fraction) => {
            let length = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
            &fraction[length..]
        }
        None => rest,
    };
    let half = rest.trim_ascii_start().to_ascii_lowercase();
    match (&half[..], hour) {
        (b"am", 1..=12) => Some((hour % 12, minute, second, &[])),
        (b"pm", 1..=12) => Some((hour % 12 + 12, minute, second, &[])),
        _ => Some((hour, minute, second, rest)),
    }
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
        parse(text, None).map(|stamp| (stamp.naive.to_string(), stamp.offset))
    }

    #[test]
    fn the_usual_forms_are_read() {
        let plain = |text: &str| Some((text.to_owned(), None));
        assert_eq!(at("2026-11-30 08:30:00"), plain("2026-11-30 08:30:00"));
        assert_eq!(at("2026-11-30T08:30"), plain("2026-11-30 08:30:00"));
        assert_eq!(at("30.11.2026 8:30"), plain("2026-11-30 08:30:00"));
        assert_eq!(at("08-04-2023 20:52"), plain("2023-04-08 20:52:00"));
        assert_eq!(at("2026-11-30"), plain("2026-11-30 00:00:00"));
        assert_eq!(at("5. 1. 2026 10:00"), plain("2026-01-05 10:00:00"));
        assert_eq!(at("2026-12-31 24:00"), plain("2027-01-01 00:00:00"));
        assert_eq!(at("2026-01-05 1:05 PM"), plain("2026-01-05 13:05:00"));
        assert_eq!(at("5.1.2026 12:00:30am"), plain("2026-01-05 00:00:30"));
        let minutes = |text| time(text).map(|time| time.num_minutes());
        let times = ["8:30", "8:30 PM", " 24:00 ", "24:30", "8:30Z", "8"];
        let read = [Some(510), Some(1230), Some(1440), None, None, None];
        assert_eq!(times.map(minutes), read);
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
    fn days_with_slashes_are_read_where_one_of_them_tells_the_order() {
        let order = |days: &[&str]| order(days.iter());
        assert_eq!(
            order(&["01/09/2026", "28/09/2026 08:00"]),
            Some(Order::DayFirst)
        );
        assert_eq!(order(&["09/01/2026", "9/28/2026"]), Some(Order::MonthFirst));
        assert_eq!(order(&["2026/09/28", "01/09/2026"]), None);
        assert_eq!(order(&["28/09/2026", "09/28/2026"]), None);
        let read = |text, order| parse(text, Some(order)).map(|stamp| stamp.naive.to_string());
        let first = Some("2026-09-01 08:00:00".to_owned());
        assert_eq!(read("01/09/2026 08:00", Order::DayFirst), first);
        assert_eq!(read("9/1/2026 8:00", Order::MonthFirst), first);
        assert_eq!(read("09/28/2026", Order::DayFirst), None);
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
            "2026-11-30 24:01",
            "2026-11-30 13:00 PM",
            "2026-11-30 0:30 AM",
            "5 . 1. 2026",
            "5- 1- 2026",
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
        let complaint = |text| complaint(text, None);
        assert!(complaint("2100-01-01").contains("1900 to 2099"));
        assert!(complaint("2100-02-30").contains("is no time"));
    }
}
