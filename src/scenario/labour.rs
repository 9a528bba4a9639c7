//! Labour rules: how long, how often and when people may work.

use super::shift::ShiftTemplate;
use super::site::{Premium, PremiumTime, Stacking};
use crate::units::{Hours, Share};

/// Sundays of a year.
pub const SUNDAYS: u32 = 52;

/// What law and agreement ask for, with its source and date.
///
/// The mean of eight hours a day that 2003/88/EC, art. 8 allows a night worker needs no rule of its own: six days of
/// eight hours are the longest week.
#[derive(Debug, Clone, PartialEq)]
pub struct LabourRules {
    /// "CZ", or a name of the user's.
    pub name: String,
    /// Employer's charges on pay, where nothing else is said.
    pub charges: Option<Charges>,
    pub premiums: Vec<Premium>,
    pub stacking: Stacking,
    /// Between two shifts.
    pub daily_rest: Hours,
    /// Once in any seven days, in one piece.
    pub weekly_rest: Hours,
    /// Longest working week.
    pub max_week: Hours,
    /// Contract hours of a full-time week.
    pub full_time: Hours,
    /// Most shifts in a week.
    pub max_days: u32,
    /// How long work at night may last; none: as long as by day.
    pub night: Option<NightLimit>,
    /// Sundays of the 52 of a year on which nobody's shift may begin.
    pub free_sundays: u32,
    /// Where the rules come from.
    pub source: String,
}

/// What an employer pays on top of wages.
#[derive(Debug, Clone, PartialEq)]
pub struct Charges {
    /// Of pay.
    pub share: Share,
    pub source: String,
}

/// The longest shift of those who work at night.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NightLimit {
    /// Minutes of the day on the site's wall clock, over midnight where `from > to`.
    pub from: u32,
    pub to: u32,
    /// A shift with at least so much paid time between them is night work.
    pub least_hours: Hours,
    /// Most paid time of such a shift.
    pub max_shift: Hours,
}

impl NightLimit {
    /// When it is night.
    pub const fn time(&self) -> PremiumTime {
        PremiumTime::Night {
            from: self.from,
            to: self.to,
        }
    }

    /// Whether a shift can be short enough for the hours it holds of the night, from any of its starts.
    pub fn allows(&self, shift: &ShiftTemplate) -> bool {
        if shift.paid_hours() <= self.max_shift {
            return true;
        }
        let off = f64::from(shift.length_minutes) - 60.0 * shift.paid_hours().value();
        let starts = (shift.earliest..=shift.latest).step_by(shift.step_minutes.max(1) as usize);
        let at_night = |start: u32| {
            let minutes = start..start + shift.length_minutes;
            let night = minutes.filter(|minute| is_between(self.from, self.to, minute % 1440));
            night.count() as f64
        };
        // Its unpaid breaks may all lie in the night.
        starts
            .into_iter()
            .any(|start| at_night(start) - off < 60.0 * self.least_hours.value())
    }
}

/// Whether a minute of the day lies from one to another, over midnight where `from > to`.
pub(super) fn is_between(from: u32, to: u32, minute: u32) -> bool {
    if from <= to {
        (from..to).contains(&minute)
    } else {
        minute >= from || minute < to
    }
}

impl LabourRules {
    /// Hours from the first shift after a weekly rest to the end of the last one before the next: the rest lies
    /// within seven days (2003/88/EC, art. 5).
    pub fn longest_stretch(&self) -> f64 {
        7.0 * 24.0 - self.weekly_rest.value()
    }

    /// Sundays of so many weeks on which one person's shifts may begin, on average over a year; without a limit where
    /// none need be free.
    pub fn sundays_of_one(&self, weeks: f64) -> f64 {
        match self.free_sundays {
            0 => f64::INFINITY,
            free => f64::from(SUNDAYS - free.min(SUNDAYS)) / f64::from(SUNDAYS) * weeks,
        }
    }
}
