//! Opening hours that changed of late: the history is brought to the hours of today.
//!
//! A slot without a contact where many were due is closed, and one that has them where none ever came has
//! opened: chance does neither. Days before the change get the hours after it. What a day had in hours that
//! closed went to its other hours or was lost, as the days since tell; a weekday that closed takes its contacts
//! with it.

mod weeks;

use std::borrow::Cow;

use super::calendar::Calendar;
use super::history::Series;
use weeks::Weeks;

/// What changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Opening {
    /// By weekday and slot: closed. Empty where nothing did.
    shut: Vec<bool>,
    /// Weekdays that closed as a whole.
    days: [bool; 7],
    /// Whether hours of other days closed, and whether any opened.
    closed: bool,
    opened: bool,
}

const NAMES: [&str; 7] = [
    "Mondays",
    "Tuesdays",
    "Wednesdays",
    "Thursdays",
    "Fridays",
    "Saturdays",
    "Sundays",
];

impl Opening {
    /// Leaves closed slots empty; what little had been expected there goes to the rest of the day.
    pub fn shut(&self, mean: &mut [f64], weekday: u8) {
        let at = usize::from(weekday) * mean.len();
        let Some(shut) = self.shut.get(at..at + mean.len()) else {
            return;
        };
        let before: f64 = mean.iter().sum();
        let slots = mean.iter_mut().zip(shut);
        slots.filter(|s| *s.1).for_each(|(m, _)| *m = 0.0);
        let left: f64 = mean.iter().sum();
        if left > 0.0 && !self.days[usize::from(weekday)] {
            mean.iter_mut().for_each(|m| *m *= before / left);
        }
    }

    /// In words.
    pub fn describe(&self) -> Vec<String> {
        let days = NAMES.iter().zip(self.days).filter(|day| day.1);
        let mut out: Vec<String> = days
            .map(|(name, _)| format!("{name} closed of late"))
            .collect();
        if self.closed {
            out.push("hours that closed of late taken out".into());
        }
        if self.opened {
            out.push("hours that opened of late learnt from the days since".into());
        }
        out
    }
}

/// The series as if it had always had the hours that it has before `end`.
pub fn as_today<'a>(
    series: &'a Series,
    slots: usize,
    calendar: &Calendar,
    end: usize,
) -> (Cow<'a, Series>, Opening) {
    // That a series began is no change of its hours.
    let mut begun = Cow::Borrowed(series);
    let early = series.not_begun(end, slots);
    if !early.is_empty() {
        begun.to_mut().present[early].fill(false);
    }
    let weeks = Weeks::new(&begun, slots, calendar, end);
    let changes = weeks.changes();
    if changes.is_none() {
        return (Cow::Borrowed(series), Opening::default());
    }
    let mut out = series.clone();
    let kept = weeks.kept(&changes);
    for day in (0..end.min(series.present.len())).filter(|day| series.present[*day]) {
        let weekday = usize::from(calendar.days[day].weekday);
        let cells = weekday * slots..(weekday + 1) * slots;
        let (closed, opened) = (
            &changes.closed[cells.clone()],
            &changes.opened[cells.clone()],
        );
        let row = &mut out.volume[day * slots..(day + 1) * slots];
        let all: f64 = row.iter().map(|v| f64::from(*v)).sum();
        let of = |row: &[f32], which: &[Option<usize>]| -> f64 {
            let cells = row.iter().zip(which).filter(|cell| cell.1.is_some());
            cells.map(|cell| f64::from(*cell.0)).sum()
        };
        let (gone, new) = (of(row, closed), of(row, opened));
        let since = opened.iter().flatten().max();
        let unopened = new == 0.0 && since.is_some_and(|weeks| day + 7 * weeks < end);
        if gone == 0.0 && !unopened {
            continue;
        }
        for (v, _) in row.iter_mut().zip(closed).filter(|cell| cell.1.is_some()) {
            *v = 0.0;
        }
        if changes.days[weekday] {
            continue;
        }
        let left = all - gone;
        if left <= 0.0 {
            // Nothing of this day is of today's hours.
            out.present[day] = !unopened;
            continue;
        }
        let shares = &changes.shares[cells];
        let share = if unopened { shares.iter().sum() } else { 0.0 };
        let total = kept * all;
        let scale = total * (1.0 - share) / left;
        for (v, share) in row.iter_mut().zip(shares) {
            *v = (f64::from(*v) * scale) as f32;
            if unopened {
                *v += (total * share) as f32;
            }
        }
    }
    let opening = Opening {
        shut: changes.closed.iter().map(Option::is_some).collect(),
        days: changes.days,
        closed: (0..7).any(|w| {
            let mut cells = changes.closed[w * slots..(w + 1) * slots].iter();
            !changes.days[w] && cells.any(Option::is_some)
        }),
        opened: changes.opened.iter().any(Option::is_some),
    };
    (Cow::Owned(out), opening)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    const DAYS: usize = 210;

    /// A shop of six slots a day; `mean` by day and slot, scattered.
    fn shop(mean: impl Fn(usize, usize) -> f64) -> (Series, Calendar) {
        let first = NaiveDate::from_ymd_opt(2025, 1, 6).expect("a Monday");
        let count = |i: usize| {
            let chance = (i * 7919 % 101) as f64 / 101.0 - 0.5;
            let mean = mean(i / 6, i % 6);
            (mean + 3.4 * chance * mean.sqrt()).round().max(0.0) as f32
        };
        let series = Series {
            name: "s".into(),
            volume: (0..DAYS * 6).map(count).collect(),
            present: vec![true; DAYS],
        };
        (series, Calendar::new(first, DAYS + 7, [true; 7], None))
    }

    fn old(series: &Series, day: usize) -> Vec<f64> {
        series.day(day, 6).iter().map(|v| f64::from(*v)).collect()
    }

    #[test]
    fn a_weekday_that_closed_takes_its_contacts_with_it() {
        for weeks in [3, 6, 16] {
            let open = |day: usize| day % 7 != 5 || DAYS - day > 7 * weeks;
            let (series, calendar) = shop(|day, _| if open(day) { 12.0 } else { 0.0 });
            let (today, opening) = as_today(&series, 6, &calendar, DAYS);
            assert_eq!(opening.describe(), ["Saturdays closed of late"], "{weeks}");
            assert_eq!(old(&today, 5), [0.0; 6]);
            assert_eq!(old(&today, 6), old(&series, 6));
            let mut mean = [1.0; 6];
            opening.shut(&mut mean, 5);
            assert_eq!(mean, [0.0; 6]);
            opening.shut(&mut mean, 0);
            assert_eq!(mean, [0.0; 6]);
        }
    }

    #[test]
    fn a_weekday_that_opened_is_a_gap_before() {
        let open = |day: usize| day % 7 != 6 || DAYS - day <= 35;
        let (series, calendar) = shop(|day, _| if open(day) { 12.0 } else { 0.0 });
        let (today, opening) = as_today(&series, 6, &calendar, DAYS);
        assert!(opening.opened && !opening.closed);
        assert!(!today.present[6] && today.present[5] && today.present[DAYS - 1]);
    }

    #[test]
    fn hours_that_moved_keep_the_day_and_those_that_were_cut_lose_it() {
        // From the first four slots to the last four, with as many contacts.
        let moved = |day: usize, slot: usize| {
            let open = if DAYS - day > 28 { 0..4 } else { 2..6 };
            if open.contains(&slot) { 20.0 } else { 0.0 }
        };
        let (series, calendar) = shop(moved);
        let today = as_today(&series, 6, &calendar, DAYS).0;
        let sum = |row: &[f64]| row.iter().sum::<f64>();
        let mean = |of: &Series| (0..100).map(|d| sum(&old(of, d))).sum::<f64>() / 100.0;
        assert!((mean(&today) / mean(&series) - 1.0).abs() < 0.05);
        let row = old(&today, 8);
        assert!(
            row[..2] == [0.0; 2] && (row[4] / 20.0 - 1.0).abs() < 0.3,
            "{row:?}"
        );
        // The last two slots shut, and their contacts lost.
        let cut = |day: usize, slot: usize| {
            if slot < 4 || DAYS - day > 28 {
                20.0
            } else {
                0.0
            }
        };
        let (series, calendar) = shop(cut);
        let (today, opening) = as_today(&series, 6, &calendar, DAYS);
        assert!((mean(&today) / 80.0 - 1.0).abs() < 0.05, "{}", mean(&today));
        let mut row = [8.0, 8.0, 8.0, 8.0, 1.0, 1.0];
        opening.shut(&mut row, 2);
        assert_eq!(row, [8.5, 8.5, 8.5, 8.5, 0.0, 0.0]);
    }

    #[test]
    fn thin_queues_falling_levels_and_shops_that_are_shut_are_left_alone() {
        let same = |mean: &dyn Fn(usize, usize) -> f64| {
            let (series, calendar) = shop(mean);
            let (today, opening) = as_today(&series, 6, &calendar, DAYS);
            assert_eq!(opening, Opening::default());
            assert!(matches!(today, Cow::Borrowed(_)));
        };
        same(&|_, _| 12.0);
        same(&|day, slot| {
            if slot < 5 || DAYS - day > 21 {
                0.1
            } else {
                0.0
            }
        });
        same(&|day, _| if DAYS - day > 28 { 20.0 } else { 0.0 });
        same(&|day, _| if DAYS - day > 28 { 20.0 } else { 0.3 });
        // Three weeks of a lull in hours that have hardly any contacts.
        same(&|day, slot| match slot {
            5 if DAYS - day <= 21 => 0.0,
            5 => 0.1,
            _ => 30.0,
        });
    }
}
