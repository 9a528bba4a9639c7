//! Public holidays of many countries and their regions, 1999–2035, by name and date.
//!
//! The table (`table.txt`) was generated from the PyPI package `holidays` 0.109 (MIT) on 2026-11-22; English names where
//! it has them. Dates of the Islamic calendar are estimates and say so. Own days are added or struck by
//! the caller: this is only the published calendar. What it lacks of days that people keep is added by [`rules`].

mod rules;

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use chrono::NaiveDate;

const TABLE: &str = include_str!("table.txt");
/// First and last year of the table.
pub const YEARS: std::ops::RangeInclusive<i32> = 1999..=2035;

/// One public holiday on one date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holiday {
    pub date: NaiveDate,
    pub name: &'static str,
    /// The date is an estimate (moon sighting) and may move by a day.
    pub estimated: bool,
}

/// The holidays of a country (`"CZ"`) or region (`"US-PA"`), ascending by date; `None` for a code the
/// table does not know. A region's list includes its country's; `"GB"` alone is England's, as the days that
/// all four nations share leave out Easter Monday and the summer bank holiday of nine in ten; `"CH"`, `"CA"`
/// and `"AU"` alone hold the days that most people's canton, province or state keeps, beside those of the whole country.
pub fn calendar(code: &str) -> Option<&'static [Holiday]> {
    let code = if code == "GB" { "GB-ENG" } else { code };
    static PARSED: OnceLock<HashMap<&'static str, Vec<Holiday>>> = OnceLock::new();
    PARSED.get_or_init(parse).get(code).map(Vec::as_slice)
}

/// The name of the public holiday on `date` in `code`, if there is one. Two on one day: the first.
pub fn on(code: &str, date: NaiveDate) -> Option<Holiday> {
    let list = calendar(code)?;
    let at = list.partition_point(|h| h.date < date);
    list.get(at).filter(|h| h.date == date).copied()
}

/// The days of the week that are commonly free in a country, Monday = 0.
pub fn weekend(code: &str) -> [bool; 7] {
    let mut free = [false; 7];
    let days: [usize; 2] = match code.split('-').next() {
        Some("IL" | "EG") => [4, 5],
        _ => [5, 6],
    };
    for day in days {
        free[day] = true;
    }
    free
}

/// Every code of the table, sorted.
pub fn codes() -> Vec<&'static str> {
    let mut all: Vec<_> = TABLE.lines().filter_map(|l| l.strip_prefix('@')).collect();
    all.sort_unstable();
    all
}

fn parse() -> HashMap<&'static str, Vec<Holiday>> {
    let mut lists: Vec<Vec<NaiveDate>> = Vec::new();
    let mut out: HashMap<&'static str, Vec<Holiday>> = HashMap::new();
    let mut code = "";
    for line in TABLE.lines() {
        if let Some(list) = line.strip_prefix('%') {
            lists.push(dates(list));
        } else if let Some(next) = line.strip_prefix('@') {
            code = next;
            out.entry(code).or_default();
        } else if let Some((name, list)) = line.split_once('\t') {
            let (estimated, list) = match list.strip_prefix('~') {
                Some(rest) => (true, rest),
                None => (false, list),
            };
            let days = list.parse().ok().and_then(|i: usize| lists.get(i));
            out.entry(code)
                .or_default()
                .extend(days.into_iter().flatten().map(|&date| Holiday {
                    date,
                    name,
                    estimated,
                }));
        }
    }
    for (code, list) in &mut out {
        let known: HashSet<NaiveDate> = list.iter().map(|h| h.date).collect();
        let missing = rules::missing(code).into_iter();
        let missing = missing.filter(|(_, date)| !known.contains(date));
        list.extend(missing.map(|(name, date)| Holiday {
            date,
            name,
            estimated: false,
        }));
        list.sort_by_key(|h| h.date);
    }
    out
}

/// `MMDD:0-9,12;MMDD:…` (fixed dates by years) or `*` and words of year, hex month, base-32 day.
fn dates(list: &str) -> Vec<NaiveDate> {
    let first = *YEARS.start();
    let mut out = Vec::new();
    if let Some(words) = list.strip_prefix('*') {
        for word in words.split(' ') {
            let (year, rest) = word.split_at(word.len().saturating_sub(2));
            let day = rest.get(1..).and_then(|d| u32::from_str_radix(d, 32).ok());
            let month = rest.get(..1).and_then(|m| u32::from_str_radix(m, 16).ok());
            if let (Ok(y), Some(m), Some(d)) = (year.parse::<i32>(), month, day) {
                out.extend(NaiveDate::from_ymd_opt(first + y, m, d));
            }
        }
        return out;
    }
    for part in list.split(';') {
        let Some((month_day, years)) = part.split_once(':') else {
            continue;
        };
        let Ok(md) = month_day.parse::<u32>() else {
            continue;
        };
        for span in years.split(',') {
            let (a, b) = span.split_once('-').unwrap_or((span, span));
            if let (Ok(a), Ok(b)) = (a.parse::<i32>(), b.parse::<i32>()) {
                out.extend(
                    (a..=b).filter_map(|y| NaiveDate::from_ymd_opt(first + y, md / 100, md % 100)),
                );
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Datelike;

    fn day(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).expect("a date")
    }

    #[test]
    fn known_days_have_their_names() {
        for (code, date, part) in [
            ("CZ", day(2026, 9, 28), "Statehood"),
            ("DE-BY", day(2026, 1, 6), "Epiphany"),
            ("GB-SCT", day(2026, 11, 30), "Andrew"),
            ("GB", day(2026, 4, 6), "Easter Monday"),
            ("GB", day(2026, 8, 31), "Summer"),
            ("US-PA", day(2026, 11, 26), "Thanksgiving"),
            ("IL", day(1999, 9, 20), "Yom Kippur"),
            ("BR", day(2026, 9, 7), "Independence"),
            ("CH-ZH", day(2026, 8, 1), "National Day"),
            ("CH", day(2026, 5, 25), "Pentecost Monday"),
            ("CA", day(2026, 10, 12), "Thanksgiving"),
            ("CA", day(2026, 5, 18), "Victoria"),
            ("CA", day(2026, 2, 16), "Family"),
            ("AU", day(2026, 6, 8), "King"),
            ("AU-VIC", day(2026, 11, 3), "Melbourne Cup"),
            ("NZ", day(2026, 7, 10), "Matariki"),
            ("ES-CT", day(2004, 4, 9), "Good Friday"),
            ("ES", day(2007, 10, 12), "National Day"),
            ("RS", day(2005, 5, 2), "Easter Monday"),
            ("UA", day(2026, 4, 12), "Easter"),
            ("UA", day(2024, 6, 23), "Pentecost"),
            ("UA", day(2023, 1, 7), "Christmas"),
            ("UA", day(2025, 12, 25), "Christmas"),
            ("UA", day(2024, 5, 8), "Remembrance"),
            ("UA", day(2035, 7, 15), "Statehood"),
        ] {
            let found = on(code, date).unwrap_or_else(|| panic!("{code} {date}"));
            assert!(found.name.contains(part), "{code} {date}: {}", found.name);
        }
        assert_eq!(on("DE", day(2026, 1, 6)), None);
        assert_eq!(on("GB-ENG", day(2026, 11, 30)), None);
        for gone in [
            day(2024, 1, 7),
            day(2024, 5, 9),
            day(2024, 7, 28),
            day(2023, 10, 14),
        ] {
            assert_eq!(on("UA", gone), None, "{gone}");
        }
        assert!(calendar("XX").is_none());
    }

    #[test]
    fn counts_of_2026_match_the_source() {
        // Counted with PyPI holidays 0.109 by its own command.
        for (code, n) in [
            ("CZ", 13),
            ("DE", 9),
            ("MA", 18),
            ("TN", 16),
            ("EG", 16),
            ("RO", 16),
        ] {
            let list = calendar(code).expect(code);
            let dates: std::collections::BTreeSet<_> = list
                .iter()
                .map(|h| h.date)
                .filter(|d| d.year() == 2026)
                .collect();
            assert_eq!(dates.len(), n, "{code}");
        }
    }

    #[test]
    fn good_friday_follows_easter_every_year() {
        for year in YEARS {
            let sunday = rules::easter(year).expect("easter");
            let friday = on("GB-ENG", sunday - chrono::Days::new(2)).expect("Good Friday");
            assert_eq!(friday.name, "Good Friday");
        }
    }

    #[test]
    fn no_year_of_the_table_is_empty() {
        for code in ["UA", "ES", "ES-CT", "RS", "CH", "CA", "AU", "NZ"] {
            let list = calendar(code).expect(code);
            for year in YEARS {
                let days = list.iter().filter(|h| h.date.year() == year).count();
                assert!((5..=30).contains(&days), "{code} {year}: {days}");
            }
        }
        // The table has Serbia's Easter from 2007 on: the same as by the rule.
        for year in 2007..=*YEARS.end() {
            let sunday = rules::pascha(year).expect("Easter");
            assert!(on("RS", sunday).is_some(), "{year}");
        }
    }

    #[test]
    fn lunar_dates_are_flagged() {
        let eid = calendar("EG")
            .expect("EG")
            .iter()
            .filter(|h| h.name.contains("Eid"));
        assert!(eid.clone().count() > 50);
        assert!(eid.filter(|h| h.date.year() > 2027).all(|h| h.estimated));
    }

    #[test]
    fn every_country_asked_for_is_there() {
        let eu = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE";
        let more = "GB GB-ENG GB-WLS GB-SCT GB-NIR NO CH RS UA CO EG PH MA TN ZA IL BR US US-CA CA IN AU NZ AU-VIC";
        for code in eu.split(' ').chain(more.split(' ')) {
            assert!(calendar(code).is_some_and(|l| l.len() > 30), "{code}");
        }
    }
}
