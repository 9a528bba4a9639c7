//! Shifts to be worked under one contract, and how many people they take:
//!
//! ```text
//! heads ≥ shifts that begin on a day, each day            nobody works two shifts a day
//! heads ≥ all shifts ÷ most shifts of one head
//! heads ≥ all hours ÷ hours of one head
//! heads ≥ shifts on Sundays ÷ Sundays of one head         see [`super::free_sundays`]
//! ```
//!
//! Where a person's starts keep within a band of the clock, the same holds of every stretch of starts p … q:
//! its shifts fall to people whose band, which begins at a, reaches it: p − band ≤ a ≤ q. These stretches are
//! intervals of a, so taking q in turn and placing who is missing as late as can be gives the fewest people,
//! and a shift a day for each of them (Hall's condition of a convex graph).

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Timelike, Utc, Weekday};
use chrono_tz::Tz;

use crate::scenario::{AgentGroup, Scenario};
use crate::units::whole;

/// Minutes of a day.
pub(super) const DAY: u32 = 24 * 60;

/// What one head can work in the horizon.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Capacity {
    pub shifts: f64,
    /// Hours of its contract: those of its shifts and of what absence takes beside them.
    pub hours: f64,
    /// Shifts that begin on a Sunday; infinite where none need be free.
    pub sundays: f64,
    /// Minutes within which its starts lie; none: anywhere.
    pub band: Option<u32>,
}

/// When a shift begins, on the wall clock of those who work it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Begin {
    /// Counted from the evening before the first day of the horizon.
    pub day: u32,
    /// Of the day.
    pub minute: u32,
    pub on_sunday: bool,
}

impl Capacity {
    /// Of an agent of the group, in so many weeks: no more shifts a week than its days, and than its hours hold.
    pub fn of(scenario: &Scenario, group: &AgentGroup, weeks: f64) -> Self {
        let shifts = group.shifts.iter().map(|&id| &scenario.shifts[id]);
        let lengths = shifts.map(|shift| shift.paid_hours().value());
        let shortest = lengths.fold(f64::INFINITY, f64::min);
        let rules = &scenario.sites[group.site].rules;
        let hours = group.contract.hours.value().min(rules.max_week.value());
        let days = f64::from(group.contract.days);
        let days = days.min((hours / shortest + 1e-9).floor()).max(1.0);
        Self {
            shifts: days * weeks.max(1.0),
            hours: group.contract.hours.value() * weeks,
            sundays: rules.sundays_of_one(weeks.max(1.0)),
            band: group.contract.start_band,
        }
    }

    /// Where shifts that begin at a minute of the day are counted: together where any start will do.
    pub(super) fn place(&self, begins: u32) -> u32 {
        self.band.map_or(0, |_| begins % DAY)
    }

    /// Whole people for so many shifts on the busiest day, in all, and hours.
    fn heads(&self, sums: &Sums) -> f64 {
        let busiest = sums.by_day.iter().copied().fold(0.0, f64::max);
        let by_shifts = sums.shifts / self.shifts;
        let by_hours = if self.hours > 0.0 {
            sums.hours / self.hours
        } else {
            0.0
        };
        let by_sundays = sums.on_sundays / self.sundays;
        whole(busiest.max(by_shifts).max(by_hours).max(by_sundays))
    }
}

/// Shifts to be worked under one contract.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Duties {
    by_start: BTreeMap<u32, Sums>,
}

/// Those that begin at one minute of the clock, or at any.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Sums {
    /// By the day on which they begin.
    pub by_day: Vec<f64>,
    pub shifts: f64,
    pub on_sundays: f64,
    pub hours: f64,
}

impl Sums {
    fn add(&mut self, other: &Self) {
        if self.by_day.len() < other.by_day.len() {
            self.by_day.resize(other.by_day.len(), 0.0);
        }
        for (sum, more) in self.by_day.iter_mut().zip(&other.by_day) {
            *sum += more;
        }
        self.shifts += other.shifts;
        self.on_sundays += other.on_sundays;
        self.hours += other.hours;
    }
}

impl Duties {
    /// So many more shifts of these hours.
    pub fn add(&mut self, of_one: &Capacity, begin: Begin, hours: f64, count: f64) {
        let sums = self.by_start.entry(of_one.place(begin.minute)).or_default();
        let day = begin.day as usize;
        if sums.by_day.len() <= day {
            sums.by_day.resize(day + 1, 0.0);
        }
        sums.by_day[day] += count;
        sums.shifts += count;
        if begin.on_sunday {
            sums.on_sundays += count;
        }
        sums.hours += count * hours;
    }

    /// Whole people who work them.
    pub fn heads(&self, of_one: &Capacity) -> f64 {
        self.people(of_one).iter().map(|(_, heads)| heads).sum()
    }

    /// The same by the start of their bands, or all at 0.
    pub(super) fn people(&self, of_one: &Capacity) -> Vec<(u32, f64)> {
        let Some(band) = of_one.band else {
            let heads = |(start, sums): (&u32, &Sums)| (*start, of_one.heads(sums));
            return self.by_start.iter().map(heads).collect();
        };
        let starts = self.round_the_clock();
        let mut people: Vec<(u32, f64)> = Vec::new();
        for (last, &(at, _)) in starts.iter().enumerate() {
            let (mut together, mut missing) = (Sums::default(), 0.0_f64);
            for &(first, sums) in starts[..=last].iter().rev() {
                together.add(sums);
                let able = people.iter().filter(|(begins, _)| begins + band >= first);
                let able: f64 = able.map(|(_, heads)| heads).sum();
                missing = missing.max(of_one.heads(&together) - able);
            }
            if missing > 0.0 {
                people.push((at, missing));
            }
        }
        people.iter_mut().for_each(|(begins, _)| *begins %= DAY);
        people
    }

    /// What begins at each start, from the one after the widest gap round the clock on; later minutes are
    /// counted on beyond midnight.
    fn round_the_clock(&self) -> Vec<(u32, &Sums)> {
        let there = self.by_start.iter().filter(|(_, sums)| sums.shifts > 1e-9);
        let mut starts: Vec<(u32, &Sums)> = there.map(|(&start, sums)| (start, sums)).collect();
        let before = |i: usize| starts[(i + starts.len() - 1) % starts.len()].0;
        let gap = |i: usize| (starts[i].0 + DAY - before(i) - 1) % DAY;
        let first = (0..starts.len()).max_by_key(|&i| (gap(i), std::cmp::Reverse(i)));
        let first = first.unwrap_or(0);
        starts.rotate_left(first);
        let begins = starts.first().map_or(0, |start| start.0);
        for (start, _) in &mut starts {
            if *start < begins {
                *start += DAY;
            }
        }
        starts
    }

    /// What begins in a stretch of `length` minutes from a start on, round the clock.
    pub(super) fn within(&self, start: u32, length: u32) -> Sums {
        let mut together = Sums::default();
        for (_, sums) in (self.by_start.iter()).filter(|(at, _)| after(start, **at) <= length) {
            together.add(sums);
        }
        together
    }

    /// The starts at which anything begins.
    pub(super) fn starts(&self) -> impl Iterator<Item = u32> {
        self.by_start.keys().copied()
    }
}

/// When a shift begins on the clock of the horizon's first day.
pub fn begins(start: DateTime<Utc>, first_day: DateTime<Tz>) -> Begin {
    let start = start.with_timezone(&first_day.timezone());
    let days = (start.date_naive() - first_day.date_naive()).num_days() + 1;
    Begin {
        day: days.max(0) as u32,
        minute: start.hour() * 60 + start.minute(),
        on_sunday: start.weekday() == Weekday::Sun,
    }
}

/// Minutes from one minute of the clock to the next time it shows another.
pub(super) fn after(from: u32, to: u32) -> u32 {
    (to + DAY - from) % DAY
}

#[cfg(test)]
mod tests {
    use super::*;

    fn week(band: Option<u32>) -> Capacity {
        Capacity {
            shifts: 5.0,
            hours: 40.0,
            sundays: f64::INFINITY,
            band,
        }
    }

    fn duties(of_one: &Capacity, shifts: &[(u32, u32)]) -> Duties {
        let mut duties = Duties::default();
        for &(day, hour) in shifts {
            let begin = Begin {
                day,
                minute: hour * 60,
                on_sunday: day == 7,
            };
            duties.add(of_one, begin, 8.0, 1.0);
        }
        duties
    }

    #[test]
    fn a_band_keeps_early_and_late_shifts_apart() {
        let days: Vec<(u32, u32)> = (0..4)
            .map(|day| (day, if day < 2 { 7 } else { 12 }))
            .collect();
        let heads = |band| duties(&week(band), &days).heads(&week(band));
        assert_eq!(heads(None), 1.0);
        assert_eq!(heads(Some(5 * 60)), 1.0);
        assert_eq!(heads(Some(4 * 60)), 2.0);
    }

    #[test]
    fn people_have_their_free_sundays_in_turn() {
        let free = |free: f64, weeks: f64| Capacity {
            shifts: 5.0 * weeks,
            hours: 40.0 * weeks,
            sundays: (1.0 - free / 52.0) * weeks,
            band: None,
        };
        let sundays = |count: usize| vec![(7, 8); count];
        let heads = |of_one: Capacity, count| duties(&of_one, &sundays(count)).heads(&of_one);
        // One on duty every Sunday: two who take turns, whom 52 duties a year leave 26 each.
        assert_eq!(heads(free(15.0, 1.0), 1), 2.0);
        assert_eq!(heads(free(13.0, 1.0), 3), 4.0);
        assert_eq!(heads(free(15.0, 1.0), 37), 52.0);
        assert_eq!(heads(week(None), 3), 3.0, "no Sunday need be free");
        // On weekdays nobody is asked for twice.
        let of_one = free(15.0, 1.0);
        assert_eq!(duties(&of_one, &[(1, 8), (2, 8)]).heads(&of_one), 1.0);
        // Early and late on one Sunday, in bands that nobody shares.
        let apart = Capacity {
            band: Some(60),
            ..of_one
        };
        assert_eq!(duties(&apart, &[(7, 6), (7, 14)]).heads(&apart), 4.0);
    }

    #[test]
    fn who_starts_between_serves_both_sides() {
        // On Monday 7 and 9, on Tuesday 9 and 11: who starts from 7 to 9 and who starts from 9 to 11.
        let shifts = [(0, 7), (0, 9), (1, 9), (1, 11)];
        let week = week(Some(120));
        assert_eq!(
            duties(&week, &shifts).people(&week),
            [(420, 1.0), (540, 1.0)]
        );
    }

    #[test]
    fn a_band_goes_round_midnight() {
        let week = week(Some(120));
        assert_eq!(duties(&week, &[(0, 23), (1, 0), (2, 1)]).heads(&week), 1.0);
        assert_eq!(duties(&week, &[(0, 23), (1, 0), (2, 2)]).heads(&week), 2.0);
    }
}
