//! A year by its months: each planned through a typical week, weighted by the days of the month.
//!
//! A month's typical week is the one that holds its 15th. Its forecast carries growth, season, events and
//! levers; its plan keeps the promises; its cost × days ÷ 7 is the month's. People of one's own are hired
//! to the month's need: what is hired beyond last month's is recruited and trained.

use chrono::{Datelike, Days, Months, NaiveDate};
use rayon::prelude::*;

use super::{Settled, quick, result};
use crate::demand::Demand;
use crate::ids::SetupId;
use crate::scenario::{Money, Scenario};
use crate::time::{Horizon, zone};
use crate::whatif;

/// Twelve months of every set-up.
#[derive(Debug, Clone, Default)]
pub struct Year {
    pub months: Vec<Month>,
}

/// One month.
#[derive(Debug, Clone)]
pub struct Month {
    pub first_day: NaiveDate,
    pub days: u32,
    /// Contacts handled in the month under the first set-up.
    pub interactions: f64,
    /// Per set-up, in their order.
    pub setups: Vec<MonthCost>,
}

/// One set-up in one month.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MonthCost {
    pub total: Money,
    /// People of one's own in the typical week.
    pub people: f64,
    /// Recruiting and training of people hired since the month before, part of `total`.
    pub hiring: Money,
    pub keeps_promises: bool,
}

impl Year {
    /// A set-up's sum of the months.
    pub fn total(&self, setup: usize) -> Money {
        self.months
            .iter()
            .map(|month| month.setups[setup].total)
            .sum()
    }
}

/// Plans and prices the twelve months from the month in which the horizon starts.
pub fn year<D, F>(scenario: &Scenario, forecast: D, settle: F) -> Year
where
    D: Fn(&Scenario) -> Demand + Sync,
    F: Fn(&Scenario, SetupId, &Demand) -> Settled + Sync,
{
    let today = scenario.horizon.local(0, scenario.zone).date();
    let first = today.with_day(1).unwrap_or(today);
    let firsts: Vec<NaiveDate> = (0..12)
        .filter_map(|month| first.checked_add_months(Months::new(month)))
        .collect();
    let mut months: Vec<Month> = firsts
        .par_iter()
        .map(|&first_day| month(scenario, first_day, &forecast, &settle))
        .collect();
    hire(scenario, &mut months);
    Year { months }
}

fn month<D, F>(scenario: &Scenario, first_day: NaiveDate, forecast: &D, settle: &F) -> Month
where
    D: Fn(&Scenario) -> Demand,
    F: Fn(&Scenario, SetupId, &Demand) -> Settled,
{
    let next = first_day.checked_add_months(Months::new(1));
    let days = next.map_or(30, |next| (next - first_day).num_days() as u32);
    let mut typical = quick(scenario);
    typical.horizon = typical_week(scenario, first_day);
    let demand = forecast(&typical);
    let weeks = f64::from(days) / 7.0 / typical.horizon.weeks();
    let mut interactions = 0.0;
    let ids: Vec<SetupId> = scenario.setups.ids().collect();
    let setups = ids
        .iter()
        .map(|&setup| {
            let (wide, demand) = whatif::with_companions(&typical, &demand, setup);
            let solved = result(wide, setup, demand, settle);
            if setup == ids[0] {
                interactions = solved.costing.interactions * weeks;
            }
            MonthCost {
                total: solved.costing.total().times(weeks).rounded(),
                people: solved.costing.detail.own_people,
                hiring: Money::ZERO,
                keeps_promises: solved.keeps_promises,
            }
        })
        .collect();
    Month {
        first_day,
        days,
        interactions,
        setups,
    }
}

/// The Monday-to-Sunday week that holds the 15th, on the scenario's wall clock and grid.
fn typical_week(scenario: &Scenario, first_day: NaiveDate) -> Horizon {
    let middle = first_day + Days::new(14);
    let monday = middle - Days::new(u64::from(middle.weekday().num_days_from_monday()));
    let (start, _) = zone::day_bounds(scenario.zone, monday);
    let (end, _) = zone::day_bounds(scenario.zone, monday + Days::new(7));
    let slot_minutes = scenario.horizon.slot_minutes;
    Horizon {
        start,
        slot_minutes,
        slots: ((end - start).num_minutes() / i64::from(slot_minutes)) as usize,
    }
}

/// Adds what it takes to grow from one month's people to the next's; the first month starts staffed.
fn hire(scenario: &Scenario, months: &mut [Month]) {
    for (index, id) in scenario.setups.ids().enumerate() {
        let terms = &scenario.setups[id];
        let costs = &terms.in_house;
        let own = terms.groups.first().map(|&group| &scenario.groups[group]);
        let hour = own.map_or(0.0, |group| group.wage * (1.0 + group.charges.value()));
        let each = costs.recruiting + Money::from_f64(hour).times(costs.training.value());
        for later in 1..months.len() {
            let before = months[later - 1].setups[index].people;
            let cost = &mut months[later].setups[index];
            cost.hiring = each.times((cost.people - before).max(0.0)).rounded();
            cost.total += cost.hiring;
        }
    }
}
