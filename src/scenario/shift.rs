//! Templates of one day's work.

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
