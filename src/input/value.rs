//! Single values: each function reads one kind of value, or says what is wrong with it.

use chrono::NaiveDate;
use chrono_tz::Tz;
use toml::de::DeValue;

use super::source::did_you_mean;
use crate::scenario::Channel;
use crate::units::{Hours, Seconds, Share};

/// Why a value cannot be read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wrong {
    pub code: &'static str,
    pub cause: String,
    pub remedy: String,
}

impl Wrong {
    pub fn new(code: &'static str, cause: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            code,
            cause: cause.into(),
            remedy: remedy.into(),
        }
    }
}

/// A value's kind, in words.
pub(super) fn kind(value: &DeValue) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

fn wrong_type(value: &DeValue, expected: &str) -> Wrong {
    Wrong::new(
        "wrong-type",
        format!("{} where {expected} is expected", kind(value)),
        "",
    )
}

fn str_of<'v>(value: &'v DeValue, expected: &str) -> Result<&'v str, Wrong> {
    value.as_str().ok_or_else(|| wrong_type(value, expected))
}

/// Any text.
pub(super) fn text(value: &DeValue) -> Result<String, Wrong> {
    str_of(value, "a text").map(str::to_owned)
}

/// A name that other tables may point to.
pub(super) fn id(value: &DeValue) -> Result<String, Wrong> {
    let text = str_of(value, "an id")?;
    let good = |c: char| c.is_alphanumeric() || "-_.+".contains(c);
    if !text.is_empty() && text.chars().all(good) {
        return Ok(text.to_owned());
    }
    Err(Wrong::new(
        "bad-id",
        format!("`{text}` is no id"),
        "an id holds letters, digits, `-`, `_`, `.`; a `title` may hold anything",
    ))
}

/// True or false.
pub(super) fn flag(value: &DeValue) -> Result<bool, Wrong> {
    value
        .as_bool()
        .ok_or_else(|| wrong_type(value, "true or false"))
}

/// A whole number from 0 up to a million.
pub(super) fn count(value: &DeValue) -> Result<u32, Wrong> {
    let Some(integer) = value.as_integer() else {
        return Err(wrong_type(value, "a whole number"));
    };
    match i128::from_str_radix(integer.as_str(), integer.radix()) {
        Ok(count @ 0..=1_000_000) => Ok(count as u32),
        _ => Err(Wrong::new(
            "bad-number",
            format!("{} is out of bounds", integer.as_str()),
            "a whole number from 0 to 1000000 is expected",
        )),
    }
}

/// A whole number from 1.
pub(super) fn positive_count(value: &DeValue) -> Result<u32, Wrong> {
    match count(value)? {
        0 => Err(Wrong::new("bad-number", "0 is too few", "give 1 or more")),
        count => Ok(count),
    }
}

/// A seed.
pub(super) fn seed(value: &DeValue) -> Result<u64, Wrong> {
    value
        .as_integer()
        .and_then(|integer| u64::from_str_radix(integer.as_str(), integer.radix()).ok())
        .ok_or_else(|| wrong_type(value, "a whole number from 0"))
}

fn plain_number(value: &DeValue) -> Option<f64> {
    match value {
        DeValue::Integer(integer) => i128::from_str_radix(integer.as_str(), integer.radix())
            .ok()
            .map(|number| number as f64),
        DeValue::Float(float) => float.as_str().parse().ok(),
        _ => None,
    }
}

/// A number from 0 up to a billion.
pub(super) fn number(value: &DeValue) -> Result<f64, Wrong> {
    let number = plain_number(value).ok_or_else(|| wrong_type(value, "a number"))?;
    if (0.0..=1e9).contains(&number) {
        return Ok(number);
    }
    Err(Wrong::new(
        "bad-number",
        format!("{number} is out of bounds"),
        "a number from 0 to a billion is expected",
    ))
}

/// A length of time up to ten years: "20s", "4m", "1h30m", "2 days", "24 months".
pub(super) fn duration(value: &DeValue) -> Result<Seconds, Wrong> {
    const REMEDY: &str = "write it with its units, as in \"20s\", \"4m\", \"1h30m\", \"2 days\"";
    if let Some(number) = plain_number(value) {
        return Err(Wrong::new(
            "bad-duration",
            format!("{number} of what? A length of time needs its unit"),
            REMEDY,
        ));
    }
    let text = str_of(value, "a length of time")?;
    let seconds = parse_duration(text).ok_or_else(|| {
        Wrong::new(
            "bad-duration",
            format!("`{text}` is no length of time"),
            REMEDY,
        )
    })?;
    if seconds <= 10.0 * 366.0 * 86_400.0 {
        return Ok(Seconds(seconds));
    }
    Err(Wrong::new(
        "bad-duration",
        format!("`{text}` is longer than ten years"),
        REMEDY,
    ))
}

/// A length of time above 0.
pub(super) fn positive_duration(value: &DeValue) -> Result<Seconds, Wrong> {
    let seconds = duration(value)?;
    if seconds.value() > 0.0 {
        return Ok(seconds);
    }
    Err(Wrong::new(
        "bad-duration",
        "no time at all",
        "give a length of time above 0",
    ))
}

/// A length of time in hours.
pub(super) fn hours(value: &DeValue) -> Result<Hours, Wrong> {
    duration(value).map(Seconds::hours)
}

/// A length of time in whole minutes.
pub(super) fn minutes(value: &DeValue) -> Result<u32, Wrong> {
    let minutes = duration(value)?.value() / 60.0;
    if minutes.fract() == 0.0 {
        return Ok(minutes as u32);
    }
    Err(Wrong::new(
        "bad-duration",
        "whole minutes are expected",
        "round it to a minute",
    ))
}

/// Months of 30.4375 days: "24 months", "90 days".
pub(super) fn months(value: &DeValue) -> Result<f64, Wrong> {
    Ok(duration(value)?.value() / MONTH)
}

const MONTH: f64 = 30.4375 * 86_400.0;

/// Seconds in a text of numbers and units.
pub(super) fn parse_duration(text: &str) -> Option<f64> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    let mut seconds = 0.0;
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        let number: f64 = rest[..digits].parse().ok()?;
        rest = rest[digits..].trim_start();
        let letters = rest
            .find(|c: char| !c.is_alphabetic())
            .unwrap_or(rest.len());
        let unit = match &rest[..letters] {
            "s" | "sec" | "second" | "seconds" => 1.0,
            "m" | "min" | "minute" | "minutes" => 60.0,
            "h" | "hour" | "hours" => 3600.0,
            "d" | "day" | "days" => 86_400.0,
            "w" | "week" | "weeks" => 604_800.0,
            "month" | "months" => MONTH,
            "y" | "year" | "years" => 365.25 * 86_400.0,
            _ => return None,
        };
        seconds += number * unit;
        rest = rest[letters..].trim_start();
    }
    seconds.is_finite().then_some(seconds)
}

/// A number in percent, "85%", or as a part of one, 0.85.
fn ratio(value: &DeValue) -> Result<f64, Wrong> {
    if let Some(number) = plain_number(value) {
        return Ok(number);
    }
    let text = str_of(value, "a share")?;
    parse_percent(text).ok_or_else(|| {
        Wrong::new(
            "bad-share",
            format!("`{text}` is no share"),
            "write it as \"80%\" or 0.8",
        )
    })
}

/// The number in "85%" or "33.8 %", as a part of one.
pub(super) fn parse_percent(text: &str) -> Option<f64> {
    let number: f64 = text.trim().strip_suffix('%')?.trim_end().parse().ok()?;
    number.is_finite().then_some(number / 100.0)
}

/// The share of "80/20s": "80" and "80%" are percent, "0.8" is a part of one. A plain 1 might be either.
pub(super) fn promised_share(text: &str) -> Result<Share, Wrong> {
    let wrong = |cause: String, remedy: &str| Wrong::new("impossible-target", cause, remedy);
    let text = text.trim();
    let ratio = match (parse_percent(text), text.parse::<f64>()) {
        (Some(ratio), _) => ratio,
        (None, Ok(1.0)) => {
            return Err(wrong(
                format!("`{text}/…` may promise 1% of contacts or all of them"),
                "write 1%, or at most 99.9%",
            ));
        }
        (None, Ok(part)) if part < 1.0 => part,
        (None, Ok(percent)) => percent / 100.0,
        (None, Err(_)) => {
            return Err(wrong(
                format!("`{text}` is no share of contacts"),
                "write it as in \"80/20s\" or \"80%/20s\"",
            ));
        }
    };
    if (0.0..=1.0).contains(&ratio) {
        return Ok(Share(ratio));
    }
    Err(wrong(
        format!("{}% of contacts cannot be answered", shown(ratio * 100.0)),
        "promise less than 100%",
    ))
}

/// A share from 0 to 1.
pub(super) fn share(value: &DeValue) -> Result<Share, Wrong> {
    let ratio = ratio(value)?;
    if (0.0..=1.0).contains(&ratio) {
        return Ok(Share(ratio));
    }
    Err(Wrong::new(
        "bad-share",
        format!("{}% is not between 0% and 100%", shown(ratio * 100.0)),
        if ratio > 1.0 && ratio <= 100.0 && plain_number(value).is_some() {
            format!("did you mean \"{}%\"?", shown(ratio))
        } else {
            "a share lies between 0% and 100%".to_owned()
        },
    ))
}

/// A rate on top, or a rise: from 0 to 1000 %.
pub(super) fn rate(value: &DeValue) -> Result<f64, Wrong> {
    between(value, 0.0, 10.0)
}

/// A rise or a fall: from −100 % to 10000 %.
pub(super) fn uplift(value: &DeValue) -> Result<f64, Wrong> {
    between(value, -1.0, 100.0)
}

/// A share from `least` to `most`.
pub(super) fn between(value: &DeValue, least: f64, most: f64) -> Result<f64, Wrong> {
    let ratio = ratio(value)?;
    if (least..=most).contains(&ratio) {
        return Ok(ratio);
    }
    let (low, high) = (shown(least * 100.0), shown(most * 100.0));
    Err(Wrong::new(
        "bad-share",
        format!("{}% is out of bounds", shown(ratio * 100.0)),
        format!("it lies between {low}% and {high}%"),
    ))
}

fn shown(number: f64) -> f64 {
    (number * 1e6).round() / 1e6
}

/// A day: "2026-11-30" or a bare TOML date.
pub(super) fn date(value: &DeValue) -> Result<NaiveDate, Wrong> {
    let text = match value {
        DeValue::Datetime(datetime) => datetime.to_string(),
        _ => str_of(value, "a day")?.to_owned(),
    };
    let day = text
        .parse::<NaiveDate>()
        .or_else(|_| NaiveDate::parse_from_str(&text, "%d.%m.%Y"));
    match day {
        Ok(day) if ("1990".."2100").contains(&day.format("%Y").to_string().as_str()) => Ok(day),
        Ok(_) => Err(Wrong::new(
            "bad-date",
            format!("`{text}` is not of our time"),
            "days from 1990 to 2099 are understood",
        )),
        Err(_) => Err(Wrong::new(
            "bad-date",
            format!("`{text}` is no day of the calendar"),
            "write it as \"2026-11-30\"",
        )),
    }
}

/// Minute of the day of "08:00" or "8:00"; 24:00 is the end of the day.
pub(super) fn parse_clock(text: &str) -> Option<u32> {
    let (hour, minute) = text.trim().split_once(':')?;
    let digits = |text: &str, most: usize| {
        (!text.is_empty() && text.len() <= most && text.bytes().all(|b| b.is_ascii_digit()))
            .then(|| text.parse::<u32>().ok())
            .flatten()
    };
    let (hour, minute) = (digits(hour, 2)?, digits(minute, 2)?);
    (minute < 60 && hour * 60 + minute <= 1440).then_some(hour * 60 + minute)
}

/// A band of the day: "06:00-10:00", or one time.
pub(super) fn band(value: &DeValue) -> Result<(u32, u32), Wrong> {
    let text = str_of(value, "a time of the day")?;
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    match (parse_clock(from), parse_clock(to)) {
        (Some(from), Some(to)) => Ok((from, to)),
        _ => Err(Wrong::new(
            "bad-hours",
            format!("`{text}` is no time of the day"),
            "write it as \"06:00-10:00\" or \"08:00\"",
        )),
    }
}

/// A time zone of the IANA database.
pub(super) fn zone(value: &DeValue) -> Result<Tz, Wrong> {
    let text = str_of(value, "a time zone")?;
    text.parse().map_err(|_| {
        let names = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
        Wrong::new(
            "unknown-zone",
            format!("the zone database holds no `{text}`"),
            match did_you_mean(text, names) {
                hint if hint.is_empty() => "name it as in \"Europe/Prague\"".to_owned(),
                hint => hint,
            },
        )
    })
}

/// A way to reach the shop.
pub(super) fn channel(value: &DeValue) -> Result<Channel, Wrong> {
    let text = str_of(value, "a channel")?;
    Channel::ALL
        .into_iter()
        .find(|channel| channel.name() == text)
        .ok_or_else(|| {
            Wrong::new(
                "unknown-channel",
                format!("`{text}` is no channel"),
                did_you_mean(text, Channel::ALL.map(Channel::name)),
            )
        })
}

/// One of a few words.
pub(super) fn choice<T: Copy>(choices: &[(&str, T)]) -> impl Fn(&DeValue) -> Result<T, Wrong> {
    move |value| {
        let text = str_of(value, "a word")?;
        let found = choices.iter().find(|(word, _)| *word == text);
        found.map(|(_, choice)| *choice).ok_or_else(|| {
            Wrong::new(
                "unknown-choice",
                format!("`{text}` is no choice here"),
                did_you_mean(text, choices.iter().map(|(word, _)| *word)),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_add_up_their_units() {
        for (text, seconds) in [
            ("20s", 20.0),
            ("1h30m", 5400.0),
            ("1 h 30 min", 5400.0),
            ("0.5h", 1800.0),
            ("2 days", 172_800.0),
            ("1 week", 604_800.0),
        ] {
            assert_eq!(parse_duration(text), Some(seconds), "{text}");
        }
        for text in ["", "5", "m", "-5m", "5x", "1e3s", "5m5", "..s", "∞s"] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }

    #[test]
    fn shares_say_what_a_bare_number_above_one_may_mean() {
        assert_eq!(
            share(&DeValue::String("33.8 %".into())).map(Share::percent),
            Ok(33.8)
        );
        let (document, _) = toml::de::DeTable::parse_recoverable("share = 80");
        let wrong = document.get_ref()["share"].get_ref();
        assert!(share(wrong).unwrap_err().remedy.contains("\"80%\""));
    }

    #[test]
    fn times_of_day_end_at_24() {
        assert_eq!(parse_clock("24:00"), Some(1440));
        for text in ["24:01", "8", "08:5x", "-1:00", "008:00", "08:000"] {
            assert_eq!(parse_clock(text), None, "{text}");
        }
    }
}
