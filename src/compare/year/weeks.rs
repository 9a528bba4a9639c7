//! The weeks of a year, each planned or standing near one that is.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, Months, NaiveDate};
use rayon::prelude::*;

use crate::compare::drafts::draft;
use crate::compare::{Comparison, Settled, SetupResult, follows_contacts, months};
use crate::demand::Demand;
use crate::ids::SetupId;
use crate::scenario::Scenario;
use crate::whatif;

/// How far a week's contacts, and those of any of its days, may be from the medians of its month without a plan of its
/// own.
const NEAR: f64 = 0.15;
const NEAR_BY_DAY: f64 = 0.4;

/// By the day of the week.
type ByDay = [f64; 7];

/// What tells a week from others.
struct Shape {
    contacts: ByDay,
    /// Hours that queues are open, all together.
    open: ByDay,
}

impl Shape {
    fn sum(&self) -> f64 {
        self.contacts.iter().sum()
    }
}

/// The weeks of a year by their Mondays, and the plans of those that were planned.
pub(super) struct Weeks {
    /// Index into `plans`.
    plan_of: BTreeMap<NaiveDate, usize>,
    plans: Vec<WeekPlan>,
}

/// One week planned.
pub(super) struct WeekPlan {
    pub monday: NaiveDate,
    /// By set-up; none where the price follows the contacts.
    pub setups: Vec<Option<SetupResult>>,
}

impl Weeks {
    /// Plans the weeks that the months reach into: of each month one that stands for those near its median, and each
    /// that is not near it. `contacts` are those of each day of the year.
    pub fn plan<D, F>(
        scenario: &Scenario,
        comparison: &Comparison,
        contacts: &BTreeMap<NaiveDate, f64>,
        forecast: &D,
        settle: &F,
    ) -> Self
    where
        D: Fn(&Scenario) -> (Scenario, Demand) + Sync,
        F: Fn(&Scenario, SetupId, &Demand) -> Settled + Sync,
    {
        let mut mondays: Vec<NaiveDate> = contacts.keys().map(|&day| monday_of(day)).collect();
        mondays.dedup();
        let over_week = |horizon_start: NaiveDate| {
            let mut week = scenario.clone();
            week.horizon = months::horizon(scenario, horizon_start, 7);
            forecast(&week)
        };
        let shapes: BTreeMap<NaiveDate, Shape> = mondays
            .par_iter()
            .map(|&monday| {
                let day = |of: &BTreeMap<NaiveDate, f64>, day: u64| {
                    of.get(&(monday + Days::new(day))).copied()
                };
                // A week at either end reaches beyond the months.
                let all_there = (0..7).all(|k| day(contacts, k).is_some());
                let beyond = (!all_there).then(|| by_day(&over_week(monday).1, scenario));
                let of = beyond.as_ref().unwrap_or(contacts);
                let contacts = std::array::from_fn(|k| day(of, k as u64).unwrap_or(0.0));
                let open = open_hours(scenario, monday);
                (monday, Shape { contacts, open })
            })
            .collect();
        let volume = |week: &NaiveDate| shapes[week].sum();
        let mut by_month: BTreeMap<(i32, u32), Vec<NaiveDate>> = BTreeMap::new();
        for &monday in &mondays {
            let thursday = monday + Days::new(3);
            let month = by_month.entry((thursday.year(), thursday.month()));
            month.or_default().push(monday);
        }
        // Which week is planned, at how many contacts, and for which ones.
        let mut planned: Vec<(NaiveDate, f64)> = Vec::new();
        let mut plan_of = BTreeMap::new();
        for weeks in by_month.into_values() {
            let (near, apart) = near_median(weeks, &shapes);
            let mean = near.iter().map(volume).sum::<f64>() / near.len().max(1) as f64;
            let off = |week: &&NaiveDate| (volume(week) - mean).abs();
            let typical = near
                .iter()
                .min_by(|a, b| off(a).total_cmp(&off(b)))
                .copied();
            for week in &near {
                plan_of.insert(*week, planned.len());
            }
            planned.extend(typical.map(|week| (week, mean)));
            for week in apart {
                plan_of.insert(week, planned.len());
                planned.push((week, volume(&week)));
            }
        }
        let first = mondays.first().copied();
        let plans = planned
            .par_iter()
            .map(|&(monday, volume)| {
                let (week, demand) = over_week(monday);
                let later = after(
                    &week,
                    first.map_or(0, |first| months_between(first, monday)),
                );
                let demand = scaled_to(demand, volume);
                let setups = comparison.setups.par_iter().map(|base| {
                    let setup = base.setup;
                    let needs_plan = !follows_contacts(scenario, setup);
                    needs_plan.then(|| {
                        let (wide, demand) = whatif::with_companions(&later, &demand, setup);
                        draft(&wide, setup, demand, base.keeps_promises, settle)
                    })
                });
                WeekPlan {
                    monday,
                    setups: setups.collect(),
                }
            })
            .collect();
        Self { plan_of, plans }
    }

    /// The plan by which a day is worked.
    pub fn on(&self, day: NaiveDate) -> Option<&WeekPlan> {
        self.plans.get(*self.plan_of.get(&monday_of(day))?)
    }
}

/// The scenario some months on: what was escalated has become standard in part.
pub(super) fn after(scenario: &Scenario, months: usize) -> Scenario {
    let mut later = scenario.clone();
    for queue in later.queues.ids().collect::<Vec<_>>() {
        let contact_type = &mut later.queues[queue].contact_type;
        let left = contact_type.standardised.rest().value().powi(months as i32);
        contact_type.escalated = crate::units::Share(contact_type.escalated.value() * left);
    }
    later
}

/// The Monday of a day's week.
pub(super) fn monday_of(day: NaiveDate) -> NaiveDate {
    day - Days::new(u64::from(day.weekday().num_days_from_monday()))
}

fn months_between(first: NaiveDate, then: NaiveDate) -> usize {
    let after = |months: &u32| first.checked_add_months(Months::new(*months));
    let reached = |months: &u32| after(months).is_some_and(|day| day <= then);
    (1..=12).take_while(reached).count()
}

/// Contacts of each day of a demand, on the scenario's wall clock.
pub(super) fn by_day(demand: &Demand, scenario: &Scenario) -> BTreeMap<NaiveDate, f64> {
    let horizon = demand.horizon;
    let days = horizon.days(scenario.zone).into_iter().map(|slots| {
        let day = horizon.local(slots.start, scenario.zone).date();
        let queues = demand.queues.values();
        let contacts = queues.map(|queue| queue.mean[slots.clone()].iter().sum::<f64>());
        (day, contacts.sum())
    });
    days.collect()
}

/// Hours that a scenario's queues are open on each day of a week.
fn open_hours(scenario: &Scenario, monday: NaiveDate) -> ByDay {
    let mut week = scenario.clone();
    week.horizon = months::horizon(scenario, monday, 7);
    let hours = week.horizon.slot_hours();
    let open = week.queues.map(|id, _| week.open_share(id));
    let days = week.horizon.days(week.zone).into_iter();
    let days: Vec<f64> = days
        .map(|slots| {
            let open = open.values().flat_map(|open| &open[slots.clone()]);
            open.sum::<f64>() * hours
        })
        .collect();
    std::array::from_fn(|day| days.get(day).copied().unwrap_or(0.0))
}

/// Weeks whose contacts are near the medians of all, in sum and day by day, and that open as usual; and the others.
fn near_median(
    weeks: Vec<NaiveDate>,
    shapes: &BTreeMap<NaiveDate, Shape>,
) -> (Vec<NaiveDate>, Vec<NaiveDate>) {
    let median = |of: &dyn Fn(&Shape) -> f64| {
        let mut sorted: Vec<f64> = weeks.iter().map(|week| of(&shapes[week])).collect();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
    };
    let all = median(&Shape::sum);
    let by_day: [(f64, f64); 7] = std::array::from_fn(|day| {
        (
            median(&|shape| shape.contacts[day]),
            median(&|shape| shape.open[day]),
        )
    });
    let near = |now: f64, usual: f64, within: f64| (now - usual).abs() <= within * usual + 1e-9;
    let is_near = |week: &NaiveDate| {
        let Shape { contacts, open } = &shapes[week];
        let mut each = contacts.iter().zip(open).zip(&by_day);
        near(shapes[week].sum(), all, NEAR)
            && each.all(|((contacts, open), usual)| {
                near(*contacts, usual.0, NEAR_BY_DAY) && near(*open, usual.1, 0.0)
            })
    };
    weeks.iter().copied().partition(is_near)
}

fn scaled_to(demand: Demand, contacts: f64) -> Demand {
    let now = demand.contacts();
    if now > 0.0 {
        whatif::scaled_demand(&demand, contacts / now)
    } else {
        demand
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_apart_has_a_plan_of_its_own() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        let weeks = [2, 9, 16, 23].map(day);
        let even = |a_day: f64| [a_day, a_day, a_day, a_day, a_day, 0.0, 0.0];
        let apart = |busy: ByDay, open: ByDay| {
            let shape = |contacts, open| Shape { contacts, open };
            let usual = [20.0, 22.0, 21.0].map(|a_day| shape(even(a_day), even(8.0)));
            let all = usual.into_iter().chain([shape(busy, open)]);
            near_median(weeks.to_vec(), &weeks.into_iter().zip(all).collect()).1
        };
        assert_eq!(apart(even(21.0), even(8.0)), []);
        assert_eq!(apart(even(60.0), even(8.0)), [weeks[3]]);
        // A holiday on which nobody calls: they do on the next day.
        assert_eq!(
            apart([0.0, 40.0, 21.0, 21.0, 21.0, 0.0, 0.0], even(8.0)),
            [weeks[3]]
        );
        // One on which they write, and nobody works.
        assert_eq!(
            apart(even(21.0), [0.0, 8.0, 8.0, 8.0, 8.0, 0.0, 0.0]),
            [weeks[3]]
        );
        assert_eq!(monday_of(day(29)), day(23));
        assert_eq!(months_between(day(2), day(30)), 0);
    }
}
