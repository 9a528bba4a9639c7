//! The twelve months from the one in which the plan starts.

use chrono::{Datelike, Days, Months, NaiveDate};
use rayon::prelude::*;

use super::clients::contacts_per_day;
use crate::demand::Demand;
use crate::ids::ClientId;
use crate::scenario::Scenario;
use crate::time::{Horizon, zone};

/// The first days of the twelve months.
pub(super) fn firsts(scenario: &Scenario) -> Vec<NaiveDate> {
    let today = scenario.horizon.local(0, scenario.zone).date();
    let first = today.with_day(1).unwrap_or(today);
    let months = (0..12).filter_map(|month| first.checked_add_months(Months::new(month)));
    months.collect()
}

/// Days of the month that begins on a day.
pub(super) fn days(first_day: NaiveDate) -> u32 {
    let next = first_day.checked_add_months(Months::new(1));
    next.map_or(30, |next| (next - first_day).num_days() as u32)
}

/// Days from a first one, on the scenario's wall clock and grid.
pub(super) fn horizon(scenario: &Scenario, first_day: NaiveDate, days: u32) -> Horizon {
    let (start, _) = zone::day_bounds(scenario.zone, first_day);
    let (end, _) = zone::day_bounds(scenario.zone, first_day + Days::new(u64::from(days)));
    let slot_minutes = scenario.horizon.slot_minutes;
    Horizon {
        start,
        slot_minutes,
        slots: ((end - start).num_minutes() / i64::from(slot_minutes)) as usize,
    }
}

/// One month of a client's year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MonthVolume {
    pub first_day: NaiveDate,
    pub days: u32,
    /// Contacts a day ÷ those of the weeks planned.
    pub volume: f64,
}

/// Contacts a day on average over some months ÷ those of the weeks planned.
pub(super) fn average(months: &[MonthVolume]) -> f64 {
    let days: f64 = months.iter().map(|month| f64::from(month.days)).sum();
    let weighed = months
        .iter()
        .map(|month| month.volume * f64::from(month.days));
    if days > 0.0 {
        weighed.sum::<f64>() / days
    } else {
        1.0
    }
}

/// A client's volume through the year, as forecast with its season, growth and events; `forecast` answers the demand
/// of the scenario over its horizon.
pub(super) fn volumes<D>(
    scenario: &Scenario,
    demand: &Demand,
    client: ClientId,
    forecast: &D,
) -> Vec<MonthVolume>
where
    D: Fn(&Scenario) -> Demand + Sync,
{
    let per_day = |demand: &Demand| contacts_per_day(scenario, demand, client);
    let planned = per_day(demand);
    let month = |&first_day: &NaiveDate| {
        let days = days(first_day);
        let mut whole = scenario.clone();
        whole.horizon = horizon(scenario, first_day, days);
        let volume = if planned > 0.0 {
            per_day(&forecast(&whole)) / planned
        } else {
            1.0
        };
        MonthVolume {
            first_day,
            days,
            volume,
        }
    };
    firsts(scenario).par_iter().map(month).collect()
}
