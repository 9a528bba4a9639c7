//! Who the customers are: clients, their markets and languages.

use chrono::{Datelike, NaiveDate, Weekday};
use chrono_tz::Tz;

use crate::ids::LanguageId;
use crate::time::Calendar;
use crate::units::Hours;

/// A shop whose customers write and call.
#[derive(Debug, Clone, PartialEq)]
pub struct Client {
    pub name: String,
    pub title: String,
    /// Orders per day, where known: the base of cost per order and of demand without history.
    pub orders_per_day: Option<f64>,
    /// Paid time off the line in which an agent learns it.
    pub learning: Hours,
}

/// A country of a client's customers.
#[derive(Debug, Clone, PartialEq)]
pub struct Market {
    pub name: String,
    pub zone: Tz,
    pub calendar: Calendar,
}

impl Market {
    /// Saturdays, Sundays and public holidays.
    pub fn is_weekend(&self, day: NaiveDate) -> bool {
        matches!(day.weekday(), Weekday::Sat | Weekday::Sun) || self.calendar.holiday(day).is_some()
    }
}

/// A language, named by its BCP-47 tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Language {
    /// "cs", "pt-PT".
    pub tag: String,
    /// English name.
    pub title: String,
}

/// How well an agent speaks, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LanguageLevel {
    B2,
    C1,
    Native,
}

/// A language that agents speak, and how well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Speaks {
    pub language: LanguageId,
    pub level: LanguageLevel,
}
