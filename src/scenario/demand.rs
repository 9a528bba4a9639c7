//! Where a queue's demand comes from.

use chrono::{NaiveDate, NaiveDateTime};

use crate::units::Seconds;

/// The named profiles of hours, weekdays and months for demand without a history.
pub const PROFILES: &[&str] = &["shop", "fashion", "electronics", "gifts", "flat"];

/// History, orders, or both (orders as prior, history as evidence).
#[derive(Debug, Clone, PartialEq)]
pub struct DemandSource {
    pub history: Option<History>,
    pub orders: Option<OrderDriver>,
}

/// Contacts of the past on the market's wall clock.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// File and series it came from, for the report.
    pub source: String,
    pub slot_minutes: u32,
    pub first_day: NaiveDate,
    /// One entry per day from the first; none is a gap; else `1440 / slot_minutes` counts. The hour
    /// that a clock change skips is 0, the one it repeats holds both.
    pub days: Vec<Option<Vec<f64>>>,
    /// Days of the planned weeks that are on record already: no plan sees them, only a forecast from within
    /// them does.
    pub came: Vec<Option<Vec<f64>>>,
    /// End of the last slot that any row of its file names: what comes later is not known.
    pub until: Option<NaiveDateTime>,
    /// Handle times on record, where the history has some.
    pub handled: Option<Handled>,
}

/// Handle times on record.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Handled {
    pub mean: Seconds,
    /// Standard deviation ÷ mean, where single contacts tell it: means of slots vary less than contacts do.
    pub cv: Option<f64>,
    pub contacts: f64,
}

/// Contacts as a share of orders.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderDriver {
    /// Orders per day that drive this queue: the client's, or its market's part of them.
    pub orders_per_day: f64,
    /// Contacts of this queue per order.
    pub contacts_per_order: f64,
    /// Named profile of hours, weekdays and months, one of [`PROFILES`].
    pub profile: String,
    /// Days from the order to the contact by which 10, 25, 50, 75 and 90 % have come; none comes
    /// with the order.
    pub lag: Option<[f64; 5]>,
    /// What follows where a contact opens a case.
    pub case: Option<Case>,
}

/// A case that stays open for a while: a return, a repair. Each contact per order opens one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Case {
    /// Contacts that every case takes: opening it first, the others when it is done.
    pub touches: f64,
    /// Days a case stays open, mean of an exponential time.
    pub open_days: f64,
    /// Days promised.
    pub promised_days: f64,
    /// Contacts a day and case from who asks how it stands, before the promised day.
    pub chasers_early: f64,
    /// The same once that day has passed.
    pub chasers_late: f64,
}
