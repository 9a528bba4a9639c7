//! What a scenario leaves to the program.

/// A value that nobody gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assumed {
    /// As the scenario would write it: "aht_cv".
    pub field: &'static str,
    /// "queue `cs-phone`".
    pub whose: String,
    /// The value, where it comes from, and when.
    pub source: String,
}
