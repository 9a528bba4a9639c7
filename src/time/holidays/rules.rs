//! Days that the table lacks, by their rule: where its source follows a law that shuts no shop (Ukraine's
//! martial law strikes the days off that people keep all the same), knows no year (Spain before 2008, Serbia
//! before 2007), or leaves to the regions what most of them keep (Switzerland, Canada, Australia).

use std::ops::RangeInclusive;

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::YEARS;

/// When in a year.
#[derive(Clone, Copy)]
enum When {
    On(u32, u32),
    /// Days after Easter Sunday, of the western churches and of the eastern ones.
    Easter(i64),
    Pascha(i64),
    /// The first Monday on or after a day.
    MondayFrom(u32, u32),
}
use When::{Easter, MondayFrom, On, Pascha};

type Rule = (&'static str, When, RangeInclusive<i32>);

const FIRST: i32 = *YEARS.start();
const LAST: i32 = *YEARS.end();

/// The days that the table lacks of a code, by name.
pub(super) fn missing(code: &str) -> Vec<(&'static str, NaiveDate)> {
    let rules = match code.split('-').next() {
        Some("UA") => ukraine(),
        Some("ES") => spain(),
        Some("RS") => serbia(),
        _ if code == "CH" => switzerland(),
        _ if code == "CA" => canada(),
        _ if code == "AU" => australia(),
        _ => Vec::new(),
    };
    let of_rule =
        |(name, when, years): Rule| years.filter_map(move |year| Some((name, date(when, year)?)));
    rules.into_iter().flat_map(of_rule).collect()
}

/// Of all states but Western Australia, and Queensland in 2012 and since 2016.
fn australia() -> Vec<Rule> {
    vec![("King's Birthday", MondayFrom(6, 8), FIRST..=LAST)]
}

/// Labour code, article 73, with the laws 2153-IX of 2022, 3107-IX and 3258-IX of 2023.
fn ukraine() -> Vec<Rule> {
    let kept = 2022..=LAST;
    vec![
        ("New Year's Day", On(1, 1), kept.clone()),
        ("Christmas Day", On(1, 7), 2022..=2023),
        ("International Women's Day", On(3, 8), kept.clone()),
        ("Easter Sunday (Pascha)", Pascha(0), kept.clone()),
        ("Labor Day", On(5, 1), kept.clone()),
        (
            "Day of Victory over Nazism in World War II (Victory Day)",
            On(5, 9),
            2022..=2023,
        ),
        (
            "Day of Remembrance and Victory over Nazism in World War II 1939 – 1945",
            On(5, 8),
            2024..=LAST,
        ),
        ("Pentecost", Pascha(49), kept.clone()),
        (
            "Day of the Constitution of Ukraine",
            On(6, 28),
            kept.clone(),
        ),
        ("Day of Ukrainian Statehood", On(7, 28), 2022..=2023),
        ("Day of Ukrainian Statehood", On(7, 15), 2024..=LAST),
        ("Independence Day", On(8, 24), kept.clone()),
        ("Day of defenders of Ukraine", On(10, 14), 2022..=2022),
        ("Day of defenders of Ukraine", On(10, 1), 2023..=LAST),
        ("Christmas Day", On(12, 25), kept),
    ]
}

/// Real Decreto 2001/1983, article 45: the national days, the regions' own left out.
fn spain() -> Vec<Rule> {
    let days = [
        ("New Year's Day", On(1, 1)),
        ("Epiphany", On(1, 6)),
        ("Good Friday", Easter(-2)),
        ("Labor Day", On(5, 1)),
        ("Assumption Day", On(8, 15)),
        ("National Day", On(10, 12)),
        ("All Saints' Day", On(11, 1)),
        ("Constitution Day", On(12, 6)),
        ("Immaculate Conception", On(12, 8)),
        ("Christmas Day", On(12, 25)),
    ];
    days.map(|(name, when)| (name, when, FIRST..=2007)).to_vec()
}

/// Law on state holidays of 2001; before it the days that it took over.
fn serbia() -> Vec<Rule> {
    vec![
        ("New Year's Day", On(1, 1), FIRST..=2006),
        ("New Year's Day", On(1, 2), FIRST..=2006),
        ("Orthodox Christmas Day", On(1, 7), FIRST..=2006),
        ("Statehood Day", On(2, 15), 2002..=2006),
        ("Good Friday", Pascha(-2), 2002..=2006),
        ("Holy Saturday", Pascha(-1), 2002..=2006),
        ("Easter Sunday", Pascha(0), 2002..=2006),
        ("Easter Monday", Pascha(1), 2002..=2006),
        ("Labor Day", On(5, 1), FIRST..=2006),
        ("Labor Day", On(5, 2), FIRST..=2006),
    ]
}

/// Days that nearly every canton keeps beside the four of the country.
fn switzerland() -> Vec<Rule> {
    let days = [
        ("Good Friday", Easter(-2)),
        ("Easter Monday", Easter(1)),
        ("Pentecost Monday", Easter(50)),
        ("Saint Stephen's Day", On(12, 26)),
    ];
    days.map(|(name, when)| (name, when, FIRST..=LAST)).to_vec()
}

/// Days that provinces with most of the people keep; Family Day since Ontario has it.
fn canada() -> Vec<Rule> {
    vec![
        ("Family Day", MondayFrom(2, 15), 2008..=LAST),
        ("Victoria Day", MondayFrom(5, 18), FIRST..=LAST),
        ("Thanksgiving Day", MondayFrom(10, 8), FIRST..=LAST),
    ]
}

fn date(when: When, year: i32) -> Option<NaiveDate> {
    match when {
        On(month, day) => NaiveDate::from_ymd_opt(year, month, day),
        Easter(days) => Some(easter(year)? + chrono::Duration::days(days)),
        Pascha(days) => Some(pascha(year)? + chrono::Duration::days(days)),
        MondayFrom(month, day) => {
            let from = NaiveDate::from_ymd_opt(year, month, day)?;
            let until = Weekday::Mon.days_since(from.weekday());
            Some(from + Days::new(until.into()))
        }
    }
}

/// Easter Sunday of the western churches (Meeus/Jones/Butcher).
pub(super) fn easter(year: i32) -> Option<NaiveDate> {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let (d, e, f) = (b / 4, b % 4, (b + 8) / 25);
    let g = (b - f + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    NaiveDate::from_ymd_opt(
        year,
        u32::try_from(n / 31).ok()?,
        u32::try_from(n % 31).ok()? + 1,
    )
}

/// Easter Sunday of the eastern churches (Meeus), which reckon in the Julian calendar: thirteen days behind in
/// the years of the table.
pub(super) fn pascha(year: i32) -> Option<NaiveDate> {
    let d = (19 * (year % 19) + 15) % 30;
    let e = (2 * (year % 4) + 4 * (year % 7) - d + 34) % 7;
    let n = d + e + 114;
    let julian = NaiveDate::from_ymd_opt(
        year,
        u32::try_from(n / 31).ok()?,
        u32::try_from(n % 31).ok()? + 1,
    )?;
    Some(julian + Days::new(13))
}
