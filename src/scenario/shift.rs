//! Templates of one day's work.

use crate::units::Hours;

/// Work longer than this has a break (Directive 2003/88/EC, article 4).
pub const BREAK_AFTER_MINUTES: u32 = 6 * 60;

/// One day's work: a length, a band of starts and its breaks, on the site's wall clock.
#[derive(Debug, Clone, PartialEq)]
pub struct ShiftTemplate {
    pub name: String,
    /// From start to end, breaks included.
    pub length_minutes: u32,
    /// Earliest start, minute of the day.
    pub earliest: u32,
    /// Latest start, minute of the day.
    pub latest: u32,
    /// Starts lie this far apart.
    pub step_minutes: u32,
    /// Monday first: days on which it may start.
    pub days: [bool; 7],
    pub breaks: Vec<BreakRule>,
}

impl ShiftTemplate {
    /// Hours of it that are paid.
    pub fn paid_hours(&self) -> Hours {
        let unpaid = self.breaks.iter().filter(|rest| !rest.paid);
        let unpaid: u32 = unpaid.map(|rest| rest.minutes).sum();
        Hours(f64::from(self.length_minutes.saturating_sub(unpaid)) / 60.0)
    }
}

/// A break within a shift.
#[derive(Debug, Clone, PartialEq)]
pub struct BreakRule {
    pub minutes: u32,
    pub paid: bool,
    /// Earliest start after the shift's.
    pub earliest: u32,
    /// Latest start after the shift's.
    pub latest: u32,
}
