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
