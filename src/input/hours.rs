//! `[[hours]]`: opening hours by weekday and on holidays, on a wall clock.
//!
//! Keys are days or runs of days (`mon`, `mon-fri`, `sat-sun`, `daily`) and `holidays`; of two keys
//! for one day the one that names fewer days counts. Values: "08:00-18:00", several with commas,
//! "24h", "closed", and "22:00-06:00", which runs into the next day.

use chrono::Weekday;
use toml::de::DeValue;

use super::fields::Fields;
use super::names::Names;
use super::source::{At, did_you_mean};
use super::value::{Wrong, parse_clock, text};
use crate::ids::Id;
use crate::time::{DayHours, OpeningHours};

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// The hours that any table may name.
pub(super) struct Hours {
    names: Names,
    table: Vec<Option<OpeningHours>>,
}

impl Hours {
    /// Reads the `[[hours]]` tables.
    pub fn read(tables: &mut [Fields]) -> Self {
        let names = Names::gather("hours", "unknown-hours", tables);
        let table = tables.iter().map(read_hours).collect();
        Self { names, table }
    }

    /// The hours that a field names; "24/7" is always there.
    pub fn field(&self, table: &Fields, field: &'static str) -> Option<OpeningHours> {
        let name = table.optional_at(field, text)?;
        if name.value == "24/7" {
            return Some(OpeningHours::always());
        }
        let index: Index = self.names.find(table.reading, &name)?;
        self.table[index.index()].clone()
    }
}

#[derive(Clone, Copy)]
struct Index(usize);

impl Id for Index {
    fn index(self) -> usize {
        self.0
    }

    fn new(index: usize) -> Self {
        Self(index)
    }
}

/// The hours of one table; none where a day of it is wrong.
fn read_hours(table: &Fields) -> Option<OpeningHours> {
    let mut given: Vec<(Vec<usize>, At<DayHours>)> = Vec::new();
    let mut holidays = None;
    let mut all_read = true;
    for (key, value) in table.entries() {
        match key.value.as_str() {
            "id" => {}
            "holidays" => {
                holidays = table.read("holidays", value, day_hours);
                all_read &= holidays.is_some();
            }
            name => match days_of(name) {
                Some(days) => match table.read(name, value, day_hours) {
                    Some(hours) => given.push((days, hours)),
                    None => all_read = false,
                },
                None => table.reading.problem(
                    "unknown-field",
                    &key.span,
                    format!("`{name}` of {} is no day and no run of days", table.what),
                    &did_you_mean(
                        name,
                        DAYS.into_iter()
                            .chain(["mon-fri", "sat-sun", "daily", "holidays"]),
                    ),
                ),
            },
        }
    }
    given.sort_by_key(|(days, _)| std::cmp::Reverse(days.len()));
    let mut week: [DayHours; 7] = Default::default();
    let mut spans: [Option<std::ops::Range<usize>>; 7] = Default::default();
    for (days, hours) in given {
        for day in days {
            week[day] = hours.value.clone();
            spans[day] = Some(hours.span.clone());
        }
    }
    spill_over_midnight(&mut week);
    for (hours, span) in week.iter_mut().zip(spans) {
        hours.sort_unstable();
        if hours.windows(2).any(|pair| pair[1].0 < pair[0].1) {
            table.reading.problem(
                "overlapping-hours",
                &span.unwrap_or_else(|| table.span.clone()),
                format!("{} has hours that overlap", table.what),
                "list the hours of a day once, in order; hours over midnight reach into the next day",
            );
        }
        join(hours);
    }
    let holidays = holidays.map(|mut at| {
        if at.value.iter().any(|(from, to)| from >= to) {
            table.reading.problem(
                "bad-hours",
                &at.span,
                format!("the holidays of {} run over midnight", table.what),
                "end them at 24:00",
            );
        }
        join(&mut at.value);
        at.value
    });
    all_read.then_some(OpeningHours { week, holidays })
}

/// Hours that end before they begin go on in the next day.
fn spill_over_midnight(week: &mut [DayHours; 7]) {
    for day in 0..7 {
        let mut over = Vec::new();
        for hours in &mut week[day] {
            if hours.0 >= hours.1 {
                over.push((0, hours.1));
                hours.1 = 1440;
            }
        }
        over.retain(|(from, to)| from < to);
        week[(day + 1) % 7].extend(over);
    }
}

/// Hours that touch become one.
fn join(hours: &mut DayHours) {
    let mut joined: DayHours = Vec::with_capacity(hours.len());
    for &(from, to) in hours.iter() {
        match joined.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => joined.push((from, to)),
        }
    }
    *hours = joined;
}

/// The days, Monday 0, that a key names.
pub(super) fn days_of(name: &str) -> Option<Vec<usize>> {
    let day = |name: &str| {
        DAYS.iter().position(|day| *day == name).or_else(|| {
            name.parse::<Weekday>()
                .ok()
                .map(|day| day.num_days_from_monday() as usize)
        })
    };
    if name == "daily" {
        return Some((0..7).collect());
    }
    let (from, to) = name.split_once('-').unwrap_or((name, name));
    let (from, to) = (day(from)?, day(to)?);
    let length = (to + 7 - from) % 7 + 1;
    Some((0..length).map(|step| (from + step) % 7).collect())
}

/// Days of the week as flags: "mon-fri", "sat,sun", "daily".
pub(super) fn days(value: &DeValue) -> Result<[bool; 7], Wrong> {
    let text = text(value)?;
    let mut flags = [false; 7];
    for part in text.split(',') {
        let Some(days) = days_of(part.trim()) else {
            return Err(Wrong::new(
                "bad-days",
                format!("`{}` is no day and no run of days", part.trim()),
                "write them as \"mon-fri\" or \"mon,wed,fri\"",
            ));
        };
        for day in days {
            flags[day] = true;
        }
    }
    Ok(flags)
}

fn day_hours(value: &DeValue) -> Result<DayHours, Wrong> {
    let text = text(value)?;
    match text.trim() {
        "closed" => return Ok(Vec::new()),
        "24h" => return Ok(vec![(0, 1440)]),
        _ => {}
    }
    let mut hours: DayHours = Vec::new();
    for part in text.split(',') {
        let ends = part
            .split_once('-')
            .and_then(|(from, to)| parse_clock(from).zip(parse_clock(to)));
        let Some((from, to)) = ends.filter(|(from, to)| from != to && *from < 1440) else {
            return Err(Wrong::new(
                "bad-hours",
                format!("`{}` are no hours of a day", part.trim()),
                "write them as \"08:00-18:00\", \"24h\" or \"closed\"",
            ));
        };
        if let Some(&(before, end)) = hours.last()
            && (before >= end || from < end)
        {
            return Err(Wrong::new(
                "overlapping-hours",
                format!("`{}` overlaps the hours before it", part.trim()),
                "list the hours of a day once, in order",
            ));
        }
        hours.push((from, to));
    }
    Ok(hours)
}

#[cfg(test)]
mod tests {

    use toml::de::DeTable;

    use super::*;
    use crate::input::source::{Notes, Reading, Source};

    fn read(keys: &str) -> Result<OpeningHours, Vec<&'static str>> {
        let source = Source {
            file: "x".to_owned(),
            text: format!("[[hours]]\nid = \"x\"\n{keys}\n"),
        };
        let notes = Notes::default();
        let (document, errors) = DeTable::parse_recoverable(&source.text);
        assert!(errors.is_empty());
        let hours = {
            let root = Fields::new(Reading::new(&source, &notes), "", 0..0, document.get_ref());
            Hours::read(&mut root.tables("hours")).table.remove(0)
        };
        let codes: Vec<&str> = notes
            .into_inner()
            .0
            .iter()
            .map(|problem| problem.code)
            .collect();
        if codes.is_empty() {
            Ok(hours.unwrap())
        } else {
            Err(codes)
        }
    }

    #[test]
    fn narrower_runs_of_days_count_and_nights_run_on() {
        let hours = read(
            "daily = \"08:00-12:00,13:00-17:00\"\nsat-sun = \"closed\"\nfri = \"22:00-06:00\"",
        );
        let week = hours.unwrap().week;
        assert_eq!(week[0], [(480, 720), (780, 1020)]);
        assert_eq!(week[4], [(1320, 1440)]);
        assert_eq!(week[5], [(0, 360)]);
        assert_eq!(week[6], []);
        let touching = read("daily = \"08:00-12:00,12:00-17:00\"\nholidays = \"24h\"").unwrap();
        assert_eq!(touching.week[3], [(480, 1020)]);
        assert_eq!(touching.holidays, Some(vec![(0, 1440)]));
    }

    #[test]
    fn hours_that_cannot_be_are_problems() {
        for (keys, code) in [
            ("mon = \"25:00-26:00\"", "bad-hours"),
            ("mon = \"08:00-08:00\"", "bad-hours"),
            ("mon = \"08:60-09:00\"", "bad-hours"),
            ("mon = \"08:00\"", "bad-hours"),
            ("mon = \"09:00-12:00,08:00-10:00\"", "overlapping-hours"),
            (
                "mon = \"22:00-06:00\"\ntue = \"05:00-09:00\"",
                "overlapping-hours",
            ),
            ("holidays = \"22:00-06:00\"", "bad-hours"),
            ("mo-fr = \"08:00-09:00\"", "unknown-field"),
        ] {
            assert_eq!(read(keys).unwrap_err(), [code], "{keys}");
        }
    }
}
