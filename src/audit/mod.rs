//! Audit: a second opinion on a roster, re-derived from wall clocks; it imports neither the solver nor
//! staffing.

/// A rule that a roster breaks.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// "cover", "rest", "hours", "break", "seats", "skill", "clients".
    pub rule: &'static str,
    /// In words: who, when, how much.
    pub detail: String,
}
