//! Time: the planning grid is UTC; wall clocks, holidays and opening hours are edges of it.

pub mod calendar;
pub mod holidays;
pub mod hours;
pub mod slot;
pub mod stopwatch;
pub mod zone;

pub use calendar::Calendar;
pub use hours::{DayHours, OpeningHours};
pub use slot::Horizon;
pub use stopwatch::Stopwatch;

/// Months of a week: 7 days of a month of 365.25 ÷ 12.
pub const MONTHS_PER_WEEK: f64 = 7.0 * 12.0 / 365.25;
