//! Opening hours on a wall clock, and the share of each UTC slot that is open.

use chrono::{Datelike, Duration, NaiveDate, Weekday};
use chrono_tz::Tz;

use super::{Calendar, Horizon, zone};

/// Minutes of a day in which a place is open: disjoint, ascending `[from, to)` of 0..=1440.
pub type DayHours = Vec<(u32, u32)>;

/// Opening hours by weekday and on holidays, on the wall clock of a market or a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningHours {
    /// Monday first.
    pub week: [DayHours; 7],
    /// On holidays; none means as on the weekday.
    pub holidays: Option<DayHours>,
}

impl OpeningHours {
    /// Open round the clock, holidays included.
    pub fn always() -> Self {
        Self {
            week: std::array::from_fn(|_| vec![(0, 1440)]),
            holidays: None,
        }
    }

    /// The hours of one date.
    pub fn on(&self, day: NaiveDate, calendar: &Calendar) -> &DayHours {
        match &self.holidays {
            Some(hours) if calendar.holiday(day).is_some() => hours,
            _ => &self.week[day.weekday().num_days_from_monday() as usize],
        }
    }

    /// The hours of a weekday that is no holiday.
    pub fn weekday(&self, weekday: Weekday) -> &DayHours {
        &self.week[weekday.num_days_from_monday() as usize]
    }

    /// The share of each slot of `horizon` that is open, 0 to 1.
    pub fn open_share(&self, horizon: &Horizon, zone: Tz, calendar: &Calendar) -> Vec<f64> {
        let mut open = vec![0.0; horizon.slots];
        let length = horizon.slot_seconds();
        let first = horizon.start.with_timezone(&zone).date_naive() - Duration::days(1);
        let last = horizon.end().with_timezone(&zone).date_naive();
        for day in first.iter_days().take_while(|day| *day <= last) {
            for &(from, to) in self.on(day, calendar) {
                let wall = |minute: u32| {
                    let midnight = day.and_time(chrono::NaiveTime::MIN);
                    zone::instant(zone, midnight + Duration::minutes(i64::from(minute)))
                };
                let begin = (wall(from) - horizon.start).num_seconds() as f64 / length;
                let end = (wall(to) - horizon.start).num_seconds() as f64 / length;
                let from_slot = begin.floor().max(0.0) as usize;
                let to_slot = (end.ceil().max(0.0) as usize).min(horizon.slots);
                for (slot, open) in open.iter_mut().enumerate().take(to_slot).skip(from_slot) {
                    let share = end.min(slot as f64 + 1.0) - begin.max(slot as f64);
                    *open = (*open + share.max(0.0)).min(1.0);
                }
            }
        }
        open
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{TimeZone, Utc};

    fn week(from: &str, slot_minutes: u32) -> Horizon {
        let day: NaiveDate = from.parse().unwrap();
        Horizon {
            start: Utc.from_utc_datetime(&day.and_time(chrono::NaiveTime::MIN)),
            slot_minutes,
            slots: 7 * 24 * 60 / slot_minutes as usize,
        }
    }

    #[test]
    fn a_night_that_loses_an_hour_is_an_hour_shorter() {
        let horizon = week("2026-03-23", 60);
        let always = OpeningHours::always();
        let mut nights = always.clone();
        nights.week = std::array::from_fn(|_| vec![(0, 360)]);
        let calendar = Calendar::default();
        let open: f64 = nights
            .open_share(&horizon, chrono_tz::Europe::Prague, &calendar)
            .iter()
            .sum();
        // The UTC week starts at 01:00 and ends at 02:00 on the wall: five hours of Monday's night,
        // five and a half nights of six, Sunday's of five, and two hours of the next Monday.
        assert_eq!(open, 5.0 + 5.0 * 6.0 + 5.0 + 2.0);
        let all: f64 = always
            .open_share(&horizon, chrono_tz::Europe::Prague, &calendar)
            .iter()
            .sum();
        assert_eq!(all, 168.0);
    }

    #[test]
    fn half_slots_count_half() {
        let horizon = week("2026-03-02", 60);
        let mut hours = OpeningHours::always();
        hours.week = std::array::from_fn(|day| {
            if day == 0 {
                vec![(9 * 60, 17 * 60 + 30)]
            } else {
                vec![]
            }
        });
        // Kolkata is at +05:30.
        let open = hours.open_share(&horizon, chrono_tz::Asia::Kolkata, &Calendar::default());
        assert_eq!(
            &open[3..13],
            [0.5, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0]
        );
    }
}
