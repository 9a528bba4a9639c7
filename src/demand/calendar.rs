//! What is known of every day beforehand: weekday, day of month, season, and its special effect.

use std::collections::HashMap;

use chrono::{Datelike, Days, NaiveDate};

use super::season;
use crate::time::holidays;

/// Days of the sale about Black Friday that are told apart: from Thursday to Tuesday.
pub const SALE_DAYS: usize = 6;

/// Why a day is unlike its neighbours. A day has at most one; the first that applies in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// A public holiday on a working day.
    Holiday,
    /// A public holiday on a day that is free anyway.
    HolidayAtWeekend,
    /// A date from 20 December to 4 January, where Christmas or New Year is kept.
    Christmas,
    /// The open day before a holiday.
    Eve,
    /// The open day after a holiday.
    After,
    /// A working day between a holiday and the weekend.
    Bridge,
}

impl Group {
    pub const COUNT: usize = 6;
    pub const ALL: [Self; Self::COUNT] = [
        Self::Holiday,
        Self::HolidayAtWeekend,
        Self::Christmas,
        Self::Eve,
        Self::After,
        Self::Bridge,
    ];

    /// What its effects are called, before the day's own name.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Holiday | Self::HolidayAtWeekend => "holiday",
            Self::Christmas => "Christmas time",
            Self::Eve => "day before",
            Self::After => "day after",
            Self::Bridge => "bridge day of",
        }
    }
}

/// A named effect: the same name on another day shares its estimate.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Effect {
    pub group: Group,
    pub name: String,
    /// Of a holiday of the law that most of trade works on.
    pub is_minor: bool,
}

impl Effect {
    fn new(group: Group, name: String) -> Self {
        let is_minor = MINOR.iter().any(|minor| name.contains(minor));
        Self {
            group,
            name,
            is_minor,
        }
    }

    /// Whether its days are public holidays, on whatever day of the week.
    pub fn is_holiday(&self) -> bool {
        matches!(self.group, Group::Holiday | Group::HolidayAtWeekend)
    }
}

/// Federal holidays of the United States on which most private employers stay open, unlike on the others.
const MINOR: [&str; 7] = [
    "Martin Luther King",
    "Washington's Birthday",
    "Presidents' Day",
    "Lincoln's Birthday",
    "Juneteenth",
    "Columbus Day",
    "Veterans Day",
];

impl std::fmt::Display for Effect {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "{}: {}", self.group.kind(), self.name)
    }
}

/// One day of the calendar.
#[derive(Clone, Copy, Debug)]
pub struct Day {
    /// Monday = 0.
    pub weekday: u8,
    /// 1 … 31.
    pub month_day: u8,
    /// Days left in the month, 0 on its last.
    pub to_month_end: u8,
    /// How many days of the open week the month has had, this one included.
    pub month_workday: u8,
    /// Whether it is a day of the open week, and no holiday; and how many such days the month has after it.
    pub is_workday: bool,
    pub workdays_left: u8,
    /// Weeks since any Monday, of four.
    pub week: u8,
    /// 1 … 12.
    pub month: u8,
    /// 0 … 365, of a leap year: 1 March is 60 in every year.
    pub year_day: u16,
    /// Index into [`Calendar::effects`] plus one; 0 for a regular day.
    pub effect: u16,
    /// 1 on the day before Black Friday, up to [`SALE_DAYS`]; 0 on all others, and on those with an effect.
    pub sale: u8,
}

/// The days of a history and of its forecast.
#[derive(Clone, Debug)]
pub struct Calendar {
    pub days: Vec<Day>,
    pub effects: Vec<Effect>,
    /// Days of the week that are commonly free.
    pub weekend: [bool; 7],
}

impl Calendar {
    /// 0 for a regular day, else one more than its effect's group.
    pub fn group_of(&self, day: &Day) -> u8 {
        match day.effect {
            0 => 0,
            effect => self.effects[usize::from(effect) - 1].group as u8 + 1,
        }
    }

    /// The name of the public holiday that a day is.
    pub fn holiday(&self, day: &Day) -> Option<&str> {
        let effect = &self.effects[usize::from(day.effect.checked_sub(1)?)];
        effect.is_holiday().then_some(effect.name.as_str())
    }

    /// `count` days from `first` on; `open` are the days of the week with any traffic, `country` a code
    /// of [`holidays::calendar`].
    pub fn new(first: NaiveDate, count: usize, open: [bool; 7], country: Option<&str>) -> Self {
        let code = country.unwrap_or("");
        Self::with(first, count, open, holidays::weekend(code), |date| {
            holidays::on(code, date).map(|h| h.name)
        })
    }

    /// The same with holidays from any source.
    pub fn with<'a>(
        first: NaiveDate,
        count: usize,
        open: [bool; 7],
        weekend: [bool; 7],
        holiday: impl Fn(NaiveDate) -> Option<&'a str>,
    ) -> Self {
        let name = |date| holiday(date).map(|name| name.trim_end_matches(" (observed)"));
        let mut effects: Vec<Effect> = Vec::new();
        let mut index: HashMap<Effect, u16> = HashMap::new();
        let weekday = |d: NaiveDate| d.weekday().num_days_from_monday() as usize;
        let working_holiday = |d| name(d).filter(|_| !weekend[weekday(d)]);
        let tomorrow = |d: NaiveDate| d + Days::new(1);
        let yesterday = |d: NaiveDate| d - Days::new(1);
        let next_open = |d| {
            (1..=7)
                .map(|k| d + Days::new(k))
                .find(|d| open[weekday(*d)])
        };
        let last_open = |d| {
            (1..=7)
                .map(|k| d - Days::new(k))
                .find(|d| open[weekday(*d)])
        };
        // Where neither Christmas nor New Year is a holiday, the days between are like others.
        let mut year = (0..366)
            .map(|k| first + Days::new(k))
            .filter(|d| holiday(*d).is_some())
            .peekable();
        let christmas = year.peek().is_none()
            || year.any(|d| [(12, 25), (1, 1)].contains(&(d.month(), d.day())));
        let in_season =
            |d: NaiveDate| d.month() == 12 && d.day() >= 20 || d.month() == 1 && d.day() <= 4;
        let special = |d: NaiveDate| -> Option<Effect> {
            let free = weekend[weekday(d)];
            let (group, name) = if let Some(name) = name(d) {
                (
                    if free {
                        Group::HolidayAtWeekend
                    } else {
                        Group::Holiday
                    },
                    name.to_string(),
                )
            } else if christmas && in_season(d) {
                (Group::Christmas, d.format("%m-%d").to_string())
            } else {
                let bridged = working_holiday(yesterday(d))
                    .filter(|_| weekend[weekday(tomorrow(d))])
                    .or(working_holiday(tomorrow(d)).filter(|_| weekend[weekday(yesterday(d))]));
                if let Some(name) = bridged.filter(|_| !free) {
                    (Group::Bridge, name.to_string())
                } else if let Some(name) = next_open(d).and_then(working_holiday) {
                    (Group::Eve, name.to_string())
                } else {
                    (
                        Group::After,
                        last_open(d).and_then(working_holiday)?.to_string(),
                    )
                }
            };
            Some(Effect::new(group, name))
        };
        let mut workdays = 0;
        let before = u64::from(first.day0());
        let date = |i: u64| first - Days::new(before) + Days::new(i);
        let is_workday = |d| open[weekday(d)] && !weekend[weekday(d)] && name(d).is_none();
        // Whole months, from the last day back.
        let mut left = 0;
        let mut workdays_left: Vec<u8> = (0..count as u64 + before + 31)
            .rev()
            .map(|i| {
                let d = date(i);
                if d.day() == month_length(d) {
                    left = 0;
                }
                let after = left;
                left += u8::from(is_workday(d));
                after
            })
            .collect();
        workdays_left.reverse();
        let days: Vec<Day> = (0..count as u64 + before)
            .map(|i| {
                let d = date(i);
                if d.day() == 1 {
                    workdays = 0;
                }
                workdays += u8::from(is_workday(d));
                let effect = special(d).map_or(0, |e| {
                    *index.entry(e.clone()).or_insert_with(|| {
                        effects.push(e);
                        effects.len() as u16
                    })
                });
                Day {
                    weekday: weekday(d) as u8,
                    month_day: d.day() as u8,
                    to_month_end: (month_length(d) - d.day()) as u8,
                    month_workday: workdays,
                    is_workday: is_workday(d),
                    workdays_left: workdays_left[i as usize],
                    // The first day of the common era was a Monday.
                    week: ((d.num_days_from_ce() - 1) / 7).rem_euclid(4) as u8,
                    month: d.month() as u8,
                    year_day: leap_day(d),
                    effect,
                    sale: if effect == 0 { sale(d) } else { 0 },
                }
            })
            .skip(before as usize)
            .collect();
        Self {
            days,
            effects,
            weekend,
        }
    }
}

fn sale(d: NaiveDate) -> u8 {
    let since = (d - season::black_friday(d.year())).num_days() + 2;
    u8::try_from(since).map_or(0, |day| {
        if usize::from(day) <= SALE_DAYS {
            day
        } else {
            0
        }
    })
}

fn month_length(d: NaiveDate) -> u32 {
    let next = d
        .with_day(1)
        .and_then(|d| d.checked_add_months(chrono::Months::new(1)));
    next.and_then(|n| n.pred_opt()).map_or(31, |n| n.day())
}

fn leap_day(d: NaiveDate) -> u16 {
    const BEFORE: [u16; 12] = [0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335];
    BEFORE[d.month0() as usize] + d.day0() as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_days_about_christmas_are_special_where_it_is_kept() {
        let first = NaiveDate::from_ymd_opt(2026, 11, 2).expect("a date");
        let christmas = |code| {
            let calendar = Calendar::new(first, 90, [true; 7], code);
            let group = |e: &Effect| e.group == Group::Christmas;
            calendar.effects.iter().any(group)
        };
        assert!(christmas(None) && christmas(Some("CZ")) && christmas(Some("RS")));
        assert!(!christmas(Some("IL")));
    }

    #[test]
    fn eves_bridges_and_christmas_are_found() {
        let first = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date");
        let week = [true, true, true, true, true, false, false];
        let cal = Calendar::new(first, 365, week, Some("DE"));
        let effect = |m, d| {
            let i = NaiveDate::from_ymd_opt(2026, m, d).expect("a date") - first;
            let e = cal.days[i.num_days() as usize].effect;
            (e > 0).then(|| cal.effects[e as usize - 1].clone())
        };
        let group = |m, d| effect(m, d).map(|e| e.group);
        assert_eq!(group(5, 14), Some(Group::Holiday)); // Ascension, a Thursday
        assert_eq!(group(5, 13), Some(Group::Eve));
        assert_eq!(group(5, 15), Some(Group::Bridge));
        assert_eq!(group(4, 7), Some(Group::After)); // the Tuesday after Easter Monday
        assert_eq!(group(4, 2), Some(Group::Eve));
        assert_eq!(group(12, 23), Some(Group::Christmas));
        assert_eq!(group(10, 3), Some(Group::HolidayAtWeekend));
        assert_eq!(group(6, 17), None);
        assert_eq!(
            leap_day(NaiveDate::from_ymd_opt(2026, 3, 1).expect("a date")),
            60
        );
    }
}
