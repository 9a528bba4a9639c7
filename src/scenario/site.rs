//! A place where agents work: wall clock, labour rules, seats.

use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::time::{Calendar, OpeningHours};
use crate::units::Hours;

/// A place where agents work.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    pub name: String,
    pub zone: Tz,
    pub calendar: Calendar,
    pub hours: OpeningHours,
    /// Most agents at once; none means no limit.
    pub seats: Option<u32>,
    pub rules: LabourRules,
}

/// What law and agreement ask for, with its source and date.
#[derive(Debug, Clone, PartialEq)]
pub struct LabourRules {
    /// "CZ", or a name of the user's.
    pub name: String,
    pub premiums: Vec<Premium>,
    pub stacking: Stacking,
    /// Between two shifts.
    pub daily_rest: Hours,
    /// Longest working week.
    pub max_week: Hours,
    /// Contract hours of a full-time week.
    pub full_time: Hours,
    /// Most shifts in a week.
    pub max_days: u32,
    /// Where the rules come from.
    pub source: String,
}

/// Pay on top at certain times.
#[derive(Debug, Clone, PartialEq)]
pub struct Premium {
    pub time: PremiumTime,
    /// Share of the base.
    pub rate: f64,
    pub base: PremiumBase,
    pub valid_from: Option<NaiveDate>,
}

/// When a premium is paid, on the site's wall clock.
#[derive(Debug, Clone, PartialEq)]
pub enum PremiumTime {
    /// From minute to minute of the day, over midnight where `from > to`.
    Night {
        from: u32,
        to: u32,
    },
    Saturday,
    Sunday,
    Holiday,
}

/// What a premium is a share of.
#[derive(Debug, Clone, PartialEq)]
pub enum PremiumBase {
    /// The agent's own hourly pay.
    OwnPay,
    /// A fixed amount per hour (a minimum wage) in the scenario's currency.
    Hourly(f64),
}

/// Several premiums in one hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stacking {
    /// All are paid.
    Add,
    /// Only the highest is paid.
    Highest,
}
