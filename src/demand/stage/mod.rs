//! The stage: every queue of a scenario forecast over its horizon.
//!
//! ```text
//! past     queues with a history, by market      -> Local
//! borrowed the season of a named profile, where a history has no year of its own
//! orders   queues known by their orders, and short histories blended with them
//! today    what has come of the horizon in place of its forecast
//! grid     Local -> the planning grid, with changes, closing, overrides and quantiles
//! spared   what levers spare the agents
//! unmet    opening hours that a history knows nothing of
//! ```

mod borrowed;
mod grid;
mod orders;
mod past;
mod spared;
mod today;
mod unmet;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rayon::prelude::*;

use super::bands::Spread;
use super::calendar::Group;
use super::intraday::Surprise;
use super::unfinished::lacking;
use super::{Accuracy, Demand, QueueDemand};
use crate::ids::{MarketId, QueueId};
use crate::scenario::Scenario;
use crate::table::Table;
use crate::time::Horizon;

pub use unmet::{unknown_holidays, unmet_hours};

/// Forecasts every queue, without the factors that the scenario switches off. Contacts are repeats
/// included. Real-time queues get none while closed; who writes may write at any hour.
pub fn forecast(scenario: &Scenario) -> Demand {
    forecast_without(scenario, &[])
}

/// The same with more named factors switched off: a factor's name (see [`QueueDemand::factors`]), the id of
/// what changes the demand, or one of the families [`FAMILIES`].
pub fn forecast_without(scenario: &Scenario, off: &[&str]) -> Demand {
    forecast_at(scenario, off, None)
}

/// The same with contacts known up to `now`, if given: histories reach into the horizon, slots that have
/// passed hold what came, and the rest of today and the days after what that says of them.
pub fn forecast_at(scenario: &Scenario, off: &[&str], now: Option<DateTime<Utc>>) -> Demand {
    let without = scenario.without.iter().map(String::as_str);
    let off = without.chain(off.iter().copied());
    let off: Vec<&str> = off.map(|name| scenario.factor_named(name)).collect();
    let now = now.filter(|_| !off.contains(&TODAY));
    let reaching = now.map(|_| with_what_came(scenario));
    let scenario = reaching.as_ref().unwrap_or(scenario);
    let mut known: BTreeMap<QueueId, Local> = BTreeMap::new();
    for ((market, _), ids) in with_history(scenario) {
        known.extend(past::from_history(scenario, market, &ids, now));
    }
    let ids: Vec<QueueId> = scenario.queues.ids().collect();
    let queues: Vec<QueueDemand> = ids
        .par_iter()
        .map(|id| {
            let local = match known.get(id) {
                Some(known) => orders::with_orders(scenario, *id, known),
                None => orders::from_orders(scenario, *id),
            };
            grid::on_grid(scenario, *id, &local, &off)
        })
        .collect();
    Demand::new(scenario.horizon, Table::new(queues))
}

/// What to know of markets whose histories end before `now`: what they lack is no zero.
pub fn lacking_hours(scenario: &Scenario, now: DateTime<Utc>) -> Vec<String> {
    let reaching = with_what_came(scenario);
    let notes = with_history(&reaching).into_iter().filter_map(|group| {
        let ((market, _), ids) = group;
        let [known, now] = past::known_at(&reaching, market, &ids, now);
        let note = lacking(known, now)?;
        Some(match scenario.markets.len() {
            1 => note,
            _ => format!("market `{}`: {note}", scenario.markets[market].name),
        })
    });
    notes.collect()
}

/// The queues with a history, by market and length of slot.
fn with_history(scenario: &Scenario) -> BTreeMap<(MarketId, u32), Vec<QueueId>> {
    let mut groups: BTreeMap<_, Vec<QueueId>> = BTreeMap::new();
    for (id, queue) in scenario.queues.iter() {
        if let Some(history) = &queue.demand.history {
            let alike = groups.entry((queue.market, history.slot_minutes));
            alike.or_default().push(id);
        }
    }
    groups
}

/// The scenario with histories that reach into the planned weeks.
fn with_what_came(scenario: &Scenario) -> Scenario {
    let mut reaching = scenario.clone();
    reaching.queues = scenario.queues.map(|_, queue| {
        let mut queue = queue.clone();
        if let Some(history) = &mut queue.demand.history {
            history.days.append(&mut history.came);
        }
        queue
    });
    reaching
}

/// Names that switch off several factors at once.
pub const FAMILIES: [&str; 6] = [HOLIDAYS, SEASON, "day of month", "delay", "cases", TODAY];
const HOLIDAYS: &str = "holidays";
const SEASON: &str = "season";
const TODAY: &str = "today so far";

/// Factors that a forecast finds by itself, beside the days of [`Group`](super::calendar::Group) and seasons.
const FOUND: [&str; 6] = [AGAIN, YEAR, "day of month", DELAY, TOUCHES, CHASERS];
const AGAIN: &str = "contacts that come again";
const YEAR: &str = "time of year";
const DELAY: &str = "delay after the order";
const TOUCHES: &str = "several touches of a case";
const CHASERS: &str = "chasers of open cases";

/// Whether a forecast may find a factor of this name: which days and seasons there are is told by it alone.
pub fn is_found(name: &str) -> bool {
    let kinds = Group::ALL.map(Group::kind);
    let of_day = |(kind, _): (&str, &str)| kind == SEASON || kinds.contains(&kind);
    FOUND.contains(&name) || name.split_once(": ").is_some_and(of_day)
}

/// A queue's forecast on its market's wall clock, before events, levers and repeats of orders.
#[derive(Clone, Debug)]
struct Local {
    model: String,
    slot_minutes: u32,
    /// By local date: mean of each slot of the day.
    days: BTreeMap<NaiveDate, Vec<f64>>,
    spread: Spread,
    /// The first day that the forecast knows nothing of.
    end: NaiveDate,
    /// Relative variance of the level itself, where it is only believed.
    belief: f64,
    accuracy: Option<Accuracy>,
    factors: Vec<DayFactor>,
    /// Days of own history used, and its contacts.
    observed: f64,
    seen: f64,
    /// Whether contacts are new ones, repeats still to come.
    fresh: bool,
    known: Option<Known>,
}

impl Local {
    /// How many days a date lies ahead of what is known.
    fn ahead(&self, date: NaiveDate) -> usize {
        usize::try_from((date - self.end).num_days()).unwrap_or(0)
    }
}

/// What of the horizon has come already.
#[derive(Clone, Copy, Debug)]
struct Known {
    today: NaiveDate,
    /// Minutes of today that have passed.
    minute: u32,
    said: Surprise,
}

impl Known {
    /// Whether a stretch of a day has passed by its last minute.
    fn holds(&self, date: NaiveDate, to: u32) -> bool {
        date < self.today || date == self.today && to <= self.minute
    }
}

/// A named factor of a queue by local day.
#[derive(Clone, Debug)]
struct DayFactor {
    name: String,
    /// One of [`FAMILIES`].
    family: &'static str,
    by_day: BTreeMap<NaiveDate, f64>,
}

/// Slot of demand known by orders, minutes.
const SLOT: u32 = 15;

fn local_dates(horizon: &Horizon, zone: chrono_tz::Tz) -> Vec<NaiveDate> {
    let first = horizon.local(0, zone).date();
    let last = horizon.local(horizon.slots.saturating_sub(1), zone).date();
    first.iter_days().take_while(|d| *d <= last).collect()
}
