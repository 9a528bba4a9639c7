//! The planning grid: equal slots in UTC.

use std::ops::Range;

use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use chrono_tz::Tz;

/// A run of equal slots in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Horizon {
    /// Start of the first slot.
    pub start: DateTime<Utc>,
    /// Length of a slot in minutes: 15, 30 or 60.
    pub slot_minutes: u32,
    /// Number of slots.
    pub slots: usize,
}

impl Horizon {
    /// End of the last slot.
    pub fn end(&self) -> DateTime<Utc> {
        self.slot_start(self.slots)
    }

    /// From start to end.
    pub fn span(&self) -> Range<DateTime<Utc>> {
        self.start..self.end()
    }

    /// Start of slot `slot`; `slots` itself gives the end of the horizon.
    pub fn slot_start(&self, slot: usize) -> DateTime<Utc> {
        self.start + Duration::minutes(i64::from(self.slot_minutes) * slot as i64)
    }

    /// The slot that holds `instant`, if it lies inside the horizon.
    pub fn slot_at(&self, instant: DateTime<Utc>) -> Option<usize> {
        let slot = self.slot_offset(instant);
        (0..self.slots as i64)
            .contains(&slot)
            .then_some(slot as usize)
    }

    /// The slot that holds `instant`, counted from the start; negative before it.
    pub fn slot_offset(&self, instant: DateTime<Utc>) -> i64 {
        (instant - self.start)
            .num_minutes()
            .div_euclid(i64::from(self.slot_minutes))
    }

    /// Wall clock of `zone` at the start of `slot`.
    pub fn local(&self, slot: usize, zone: Tz) -> NaiveDateTime {
        self.slot_start(slot).with_timezone(&zone).naive_local()
    }

    /// The slots of each calendar day of `zone`.
    pub fn days(&self, zone: Tz) -> Vec<Range<usize>> {
        let mut days: Vec<Range<usize>> = Vec::new();
        let mut last = None;
        for slot in 0..self.slots {
            let day = self.local(slot, zone).date();
            match days.last_mut() {
                Some(range) if last == Some(day) => range.end = slot + 1,
                _ => days.push(slot..slot + 1),
            }
            last = Some(day);
        }
        days
    }

    /// Length of a slot in hours.
    pub fn slot_hours(&self) -> f64 {
        f64::from(self.slot_minutes) / 60.0
    }

    /// Length of a slot in seconds.
    pub fn slot_seconds(&self) -> f64 {
        f64::from(self.slot_minutes) * 60.0
    }

    /// Length of the horizon in weeks of the calendar: one in which clocks change has 167 or 169 hours.
    pub fn weeks(&self) -> f64 {
        let days = self.slots as f64 * self.slot_hours() / 24.0;
        let whole = days.round();
        let is_whole = whole > 0.0 && (days - whole).abs() < 1.01 / 24.0;
        (if is_whole { whole } else { days }) / 7.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    #[test]
    fn a_week_is_one_whatever_clocks_do() {
        let weeks = |hours: usize| {
            let horizon = Horizon {
                start: Utc.with_ymd_and_hms(2026, 3, 23, 0, 0, 0).unwrap(),
                slot_minutes: 15,
                slots: 4 * hours,
            };
            horizon.weeks()
        };
        assert_eq!([167, 168, 169, 335].map(weeks), [1.0, 1.0, 1.0, 2.0]);
        assert_eq!([24, 12].map(weeks), [1.0 / 7.0, 0.5 / 7.0]);
        assert!(weeks(1) > 0.0);
    }

    #[test]
    fn slots_are_found_by_their_instants() {
        let horizon = Horizon {
            start: Utc.with_ymd_and_hms(2026, 3, 23, 0, 0, 0).unwrap(),
            slot_minutes: 30,
            slots: 336,
        };
        assert_eq!(horizon.slot_at(horizon.start), Some(0));
        assert_eq!(horizon.slot_at(horizon.end()), None);
        assert_eq!(
            horizon.slot_at(horizon.end() - Duration::seconds(1)),
            Some(335)
        );
        assert_eq!(
            horizon.slot_offset(horizon.start - Duration::minutes(1)),
            -1
        );
        let warsaw: Tz = chrono_tz::Europe::Warsaw;
        assert_eq!(horizon.local(0, warsaw).to_string(), "2026-03-23 01:00:00");
        assert_eq!(
            horizon.local(335, warsaw).to_string(),
            "2026-03-30 01:30:00"
        );
    }
}
