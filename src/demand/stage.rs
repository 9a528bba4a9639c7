//! The stage: every queue of a scenario forecast over its horizon.

use std::collections::BTreeMap;

use chrono::{Datelike, Duration, NaiveDate, Timelike};
use rayon::prelude::*;

use super::backtest::{self, Spec};
use super::calendar::Calendar;
use super::change::{self, Change};
use super::chosen;
use super::cold::Belief;
use super::counts::Count;
use super::forecaster::{Forecaster, Method};
use super::history::{History, Series};
use super::season::{self, Season};
use super::{Accuracy, Demand, Factor, QueueDemand};
use crate::ids::{MarketId, QueueId};
use crate::scenario::{OrderDriver, Scenario};
use crate::table::Table;
use crate::time::{DayHours, Horizon, holidays};

/// Forecasts every queue. Contacts are repeats included. Real-time queues get none while closed; who
/// writes may write at any hour.
pub fn forecast(scenario: &Scenario) -> Demand {
    forecast_without(scenario, &[])
}

/// The same with some named factors switched off (see [`QueueDemand::factors`]).
pub fn forecast_without(scenario: &Scenario, off: &[&str]) -> Demand {
    let mut groups: BTreeMap<(MarketId, u32), Vec<QueueId>> = BTreeMap::new();
    for (id, queue) in scenario.queues.iter() {
        if let Some(h) = &queue.demand.history {
            groups
                .entry((queue.market, h.slot_minutes))
                .or_default()
                .push(id);
        }
    }
    let mut past: BTreeMap<QueueId, Local> = BTreeMap::new();
    for ((market, _), ids) in groups {
        past.extend(from_history(scenario, market, &ids, off));
    }
    let ids: Vec<QueueId> = scenario.queues.ids().collect();
    let queues: Vec<QueueDemand> = ids
        .par_iter()
        .map(|id| {
            let local = match past.get(id) {
                Some(known) => with_orders(scenario, *id, known),
                None => from_orders(scenario, *id),
            };
            on_grid(scenario, *id, &local, off)
        })
        .collect();
    Demand::new(scenario.horizon, Table::new(queues))
}

/// A queue's forecast on its market's wall clock, before events, levers and repeats of orders.
#[derive(Clone, Debug)]
struct Local {
    model: String,
    slot_minutes: u32,
    /// By local date: mean of each slot of the day.
    days: BTreeMap<NaiveDate, Vec<f64>>,
    /// Logarithm of a slot's mean and of its excess there; see [`super::bands::Spread`].
    spread: super::bands::Spread,
    /// Relative variance of the level itself, where it is only believed.
    belief: f64,
    accuracy: Option<Accuracy>,
    factors: Vec<(String, BTreeMap<NaiveDate, f64>)>,
    /// Days of own history used, and its contacts.
    observed: f64,
    seen: f64,
    /// Whether contacts are new ones, repeats still to come.
    fresh: bool,
}

/// Excess of days and slots of demand that is only believed.
const NEW: (f64, f64) = (0.05, 0.05);
/// Relative variance of the volume of a queue known by its orders only: a factor of 1.5 either way.
const DOUBT: f64 = 0.2;
/// Days of history with the weight of a belief's shape.
const BLEND_DAYS: f64 = 14.0;

fn local_dates(horizon: &Horizon, zone: chrono_tz::Tz) -> Vec<NaiveDate> {
    let first = horizon.local(0, zone).date();
    let last = horizon.local(horizon.slots.saturating_sub(1), zone).date();
    first.iter_days().take_while(|d| *d <= last).collect()
}

fn from_history(
    scenario: &Scenario,
    market: MarketId,
    ids: &[QueueId],
    off: &[&str],
) -> Vec<(QueueId, Local)> {
    let place = &scenario.markets[market];
    let dates = local_dates(&scenario.horizon, place.zone);
    let Some(mut history) = gather(scenario, ids, dates.first().copied()) else {
        return Vec::new();
    };
    let end = history.days;
    let Some(last) = dates.last() else {
        return Vec::new();
    };
    let count = usize::try_from((*last - history.first).num_days() + 1)
        .unwrap_or(0)
        .max(end);
    // Events and levers of the past are taken out, so that their return is not counted twice.
    for (series, id) in history.series.iter_mut().zip(ids) {
        let changes = change::of_queue(scenario, *id);
        let changes: Vec<&Change> = changes
            .iter()
            .filter(|c| !off.contains(&&*c.name()))
            .collect();
        let limit = scenario.queues[*id].contact_type.deflectable.value();
        let slots = history.slots.len();
        for (day, date) in history.first.iter_days().take(end).enumerate() {
            let f = change::product(changes.iter().copied(), limit, date);
            if f > 0.05 && f != 1.0 {
                series.volume[day * slots..(day + 1) * slots]
                    .iter_mut()
                    .for_each(|v| *v /= f as f32);
            }
        }
    }
    let no_holidays = off.contains(&"holidays");
    let region = place.calendar.region.as_deref().unwrap_or("");
    let calendar = Calendar::with(
        history.first,
        count,
        history.open_weekdays(),
        holidays::weekend(region),
        |d| place.calendar.holiday(d).filter(|_| !no_holidays),
    );
    let start = dates.first().map_or(end, |d| {
        (*d - history.first).num_days().max(end as i64) as usize
    });
    let horizon = count.saturating_sub(end).max(1);
    let forecaster = Forecaster::new(&history, &calendar, &[(end, horizon)]);
    let scores = accuracy(&history, &calendar);
    ids.par_iter()
        .zip(&history.series)
        .zip(scores)
        .map(|((id, series), accuracy)| {
            let fitted = forecaster.fit(series, end, horizon, true);
            let mut days = BTreeMap::new();
            let per_day = (1440 / history.slot_minutes) as usize;
            for day in start..count {
                let mut row = vec![0.0; per_day];
                for (at, m) in history.slots.iter().zip(fitted.day_mean(&calendar, day)) {
                    row[(at / history.slot_minutes) as usize] = m;
                }
                days.insert(history.date(day), row);
            }
            let factors = day_factors(&fitted, &history, &calendar, start..count);
            let observed = series.present.iter().filter(|p| **p).count() as f64;
            let seen = series.volume.iter().map(|v| f64::from(*v)).sum();
            let local = Local {
                model: fitted.describe(observed as usize),
                slot_minutes: history.slot_minutes,
                days,
                spread: fitted.spread.clone(),
                belief: 0.0,
                accuracy,
                factors,
                observed,
                seen,
                fresh: false,
            };
            (*id, local)
        })
        .collect()
}

/// Holidays and the season, by the best configuration's estimates.
fn day_factors(
    fitted: &chosen::Fitted,
    history: &History,
    calendar: &Calendar,
    days: std::ops::Range<usize>,
) -> Vec<(String, BTreeMap<NaiveDate, f64>)> {
    let Some(part) = fitted.model.parts.first() else {
        return Vec::new();
    };
    let mut out: BTreeMap<String, BTreeMap<NaiveDate, f64>> = BTreeMap::new();
    for day in days {
        let d = &calendar.days[day];
        let mut note = |name: String, f: f64| {
            if (f - 1.0).abs() > 1e-3 {
                out.entry(name).or_default().insert(history.date(day), f);
            }
        };
        if d.effect > 0 {
            let effect = &calendar.effects[usize::from(d.effect) - 1];
            note(
                effect.to_string(),
                part.factors.effect[usize::from(d.effect)],
            );
        }
        note(
            "day of month".into(),
            part.factors.month_day[usize::from(d.month_day)],
        );
        note(
            "time of year".into(),
            part.factors.season(usize::from(d.year_day)),
        );
    }
    out.into_iter().collect()
}

/// The histories of some queues on one calendar, up to the horizon.
fn gather(scenario: &Scenario, ids: &[QueueId], until: Option<NaiveDate>) -> Option<History> {
    let sources: Vec<_> = ids
        .iter()
        .filter_map(|id| scenario.queues[*id].demand.history.as_ref())
        .collect();
    let first = sources.iter().map(|h| h.first_day).min()?;
    let slot_minutes = sources.first()?.slot_minutes;
    let ends = sources
        .iter()
        .map(|h| h.first_day + chrono::Days::new(h.days.len() as u64));
    let end = ends.max()?.min(until.unwrap_or(NaiveDate::MAX));
    let days = usize::try_from((end - first).num_days())
        .ok()
        .filter(|d| *d > 0)?;
    let per_day = (1440 / slot_minutes) as usize;
    let mut used = vec![false; per_day];
    for h in &sources {
        for row in h.days.iter().flatten() {
            for (u, v) in used.iter_mut().zip(row) {
                *u |= *v > 0.0;
            }
        }
    }
    let mut columns: Vec<usize> = (0..per_day).filter(|c| used[*c]).collect();
    if columns.is_empty() {
        columns = (0..per_day).collect();
    }
    let series = ids
        .iter()
        .zip(&sources)
        .map(|(id, h)| {
            let mut volume = vec![0.0; days * columns.len()];
            let mut present = vec![false; days];
            let skip = usize::try_from((h.first_day - first).num_days()).unwrap_or(0);
            for (day, row) in h.days.iter().enumerate().take(days.saturating_sub(skip)) {
                let Some(row) = row else { continue };
                let day = day + skip;
                present[day] = true;
                for (v, c) in volume[day * columns.len()..].iter_mut().zip(&columns) {
                    *v = row.get(*c).copied().unwrap_or(0.0) as f32;
                }
            }
            Series {
                name: scenario.queues[*id].name.clone(),
                volume,
                present,
            }
        })
        .collect();
    let slots = columns.iter().map(|c| *c as u32 * slot_minutes).collect();
    Some(History {
        first,
        days,
        slot_minutes,
        slots,
        series,
    })
}

/// Rolling origins of a week each within the history, where there are eight weeks of it.
fn accuracy(history: &History, calendar: &Calendar) -> Vec<Option<Accuracy>> {
    if history.days < 56 {
        return vec![None; history.series.len()];
    }
    let week = history
        .open_weekdays()
        .iter()
        .filter(|o| **o)
        .count()
        .max(1);
    let spec = Spec {
        horizon: week,
        origins: 4,
        step: week,
        country: None,
        methods: vec![Method::Crewcast, Method::SeasonalNaive],
    };
    let scores = backtest::on_calendar(history, calendar, &spec, || 0.0);
    let [own, naive] = &scores[..] else {
        return vec![None; history.series.len()];
    };
    own.series
        .iter()
        .zip(&naive.series)
        .map(|(s, n)| {
            (s.origins > 0 && s.scores.wape.is_finite()).then_some(Accuracy {
                wape: s.scores.wape,
                naive_wape: n.scores.wape,
                mase: s.scores.mase,
                wql: s.scores.wql,
                coverage80: s.scores.coverage80,
                origins: s.origins,
            })
        })
        .collect()
}

/// Demand from orders alone.
fn from_orders(scenario: &Scenario, id: QueueId) -> Local {
    let queue = &scenario.queues[id];
    let zone = scenario.markets[queue.market].zone;
    let mut days = BTreeMap::new();
    let (mut model, mut factors) = ("no demand known".to_string(), Vec::new());
    if let Some(orders) = &queue.demand.orders {
        let shape = shape(orders);
        model = format!(
            "{:.1} orders a day × {} contacts per order, profile {}",
            orders.orders_per_day, orders.contacts_per_order, orders.profile
        );
        let mut year = BTreeMap::new();
        for date in local_dates(&scenario.horizon, zone) {
            year.insert(date, shape.of_year(date));
            days.insert(date, order_day(scenario, id, orders, &shape, date));
        }
        factors.push((format!("season: {}", orders.profile), year));
    }
    Local {
        model,
        slot_minutes: SLOT,
        days,
        spread: super::bands::Spread::even(NEW.0 + NEW.1, NEW.0),
        belief: DOUBT,
        accuracy: None,
        factors,
        observed: 0.0,
        seen: 0.0,
        fresh: true,
    }
}

/// Slot of demand known by orders, minutes.
const SLOT: u32 = 15;

fn shape(orders: &OrderDriver) -> Season {
    season::named(&orders.profile).unwrap_or(season::FLAT)
}

/// One day's contacts from orders. Who would call a closed line calls when it is open: the week's
/// contacts fall into its open hours by the profile.
fn order_day(
    scenario: &Scenario,
    id: QueueId,
    orders: &OrderDriver,
    shape: &Season,
    date: NaiveDate,
) -> Vec<f64> {
    let queue = &scenario.queues[id];
    let calendar = &scenario.markets[queue.market].calendar;
    let weight = |date: NaiveDate, from: u32| -> f64 {
        let open: u32 = queue
            .hours
            .on(date, calendar)
            .iter()
            .map(|(a, b)| (*b).min(from + SLOT).saturating_sub((*a).max(from)))
            .sum();
        let busy = shape.of_week(date) * shape.of_day(from, from + SLOT);
        if queue.is_real_time() {
            busy * f64::from(open) / f64::from(SLOT)
        } else {
            busy
        }
    };
    let monday = date - chrono::Days::new(u64::from(date.weekday().num_days_from_monday()));
    let slots = 1440 / SLOT;
    let week: f64 = monday
        .iter_days()
        .take(7)
        .flat_map(|d| (0..slots).map(move |s| (d, s * SLOT)))
        .map(|(d, s)| weight(d, s))
        .sum();
    if week <= 0.0 {
        return vec![0.0; slots as usize];
    }
    let volume = 7.0 * orders.orders_per_day * orders.contacts_per_order * shape.of_year(date);
    (0..slots)
        .map(|s| volume * weight(date, s * SLOT) / week)
        .collect()
}

/// A short history blended with what its orders say: the level by a conjugate update, the shape moving
/// from the profile's to the history's own as its days come in; and the season of a named profile for
/// less than a year of history.
fn with_orders(scenario: &Scenario, id: QueueId, known: &Local) -> Local {
    let queue = &scenario.queues[id];
    let (Some(orders), Some(history)) = (&queue.demand.orders, &queue.demand.history) else {
        return known.clone();
    };
    let mut out = known.clone();
    let shape = shape(orders);
    let own_year = (known.observed / 365.0).min(1.0);
    let recent: Vec<NaiveDate> = history
        .first_day
        .iter_days()
        .take(history.days.len())
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .take(56)
        .collect();
    let then = recent.iter().map(|d| shape.of_year(*d)).sum::<f64>() / recent.len().max(1) as f64;
    let mut year = BTreeMap::new();
    for (date, row) in &mut out.days {
        // The history's own level holds the season of its last weeks.
        let f = (shape.of_year(*date) / then).powf(1.0 - own_year);
        row.iter_mut().for_each(|m| *m *= f);
        year.insert(*date, f);
    }
    out.factors
        .push((format!("season: {}", orders.profile), year));
    if known.observed >= 8.0 * BLEND_DAYS {
        return out;
    }
    let prior = from_orders(scenario, id);
    let repeats = queue.repeat_factor();
    let due: f64 = history
        .first_day
        .iter_days()
        .zip(&history.days)
        .filter(|(_, day)| day.is_some())
        .map(|(date, _)| {
            repeats
                * order_day(scenario, id, orders, &shape, date)
                    .iter()
                    .sum::<f64>()
        })
        .sum();
    let belief = Belief {
        mean: 1.0,
        relative_variance: DOUBT,
    };
    let after = belief.after(known.seen, due, known.observed, NEW.0);
    let own = known.observed / (known.observed + BLEND_DAYS);
    let per_day = (1440 / out.slot_minutes) as usize;
    for (date, row) in &mut out.days {
        let Some(base) = prior.days.get(date) else {
            continue;
        };
        let believed = repeats * after.mean;
        let parts = base.len() / per_day;
        for (slot, m) in row.iter_mut().enumerate() {
            let from_orders: f64 = if parts >= 1 {
                base[slot * parts..(slot + 1) * parts].iter().sum()
            } else {
                base[slot * base.len() / per_day] * base.len() as f64 / per_day as f64
            };
            *m = own * *m + (1.0 - own) * believed * from_orders;
        }
    }
    out.belief = after.relative_variance * (1.0 - own);
    out.model = format!("{} days blended with {}", known.observed, prior.model);
    out
}

/// From the market's wall clock to the UTC grid, with changes, repeats, closing and quantiles.
fn on_grid(scenario: &Scenario, id: QueueId, local: &Local, off: &[&str]) -> QueueDemand {
    let queue = &scenario.queues[id];
    let horizon = &scenario.horizon;
    let market = &scenario.markets[queue.market];
    let (zone, calendar) = (market.zone, &market.calendar);
    let changes = change::of_queue(scenario, id);
    let active: Vec<&Change> = changes
        .iter()
        .filter(|c| !off.contains(&&*c.name()))
        .collect();
    let limit = queue.contact_type.deflectable.value();
    let repeats = queue.repeat_factor();
    let wanted = |name: &str| !off.contains(&name);
    let volume = match (local.fresh, wanted("contacts that come again")) {
        (true, true) => repeats,
        (false, false) => 1.0 / repeats,
        _ => 1.0,
    };
    let rows = spread_daily(scenario, id, local);
    let factor_on = |date: NaiveDate| {
        let switched: f64 = local
            .factors
            .iter()
            .filter(|(name, _)| !wanted(name))
            .filter_map(|(_, f)| f.get(&date))
            .product();
        change::product(active.iter().copied(), limit, date) / switched
    };
    let mut mean = vec![0.0; horizon.slots];
    let mut date_of = Vec::with_capacity(horizon.slots);
    for (slot, m) in mean.iter_mut().enumerate() {
        date_of.push(horizon.local(slot, zone).date());
        // A slot may straddle local midnight: piece by piece, as every zone stands at a quarter of an hour.
        for piece in 0..horizon.slot_minutes.div_ceil(SLOT) {
            let at = horizon.slot_start(slot) + Duration::minutes(i64::from(piece * SLOT));
            let at = at.with_timezone(&zone).naive_local();
            let date = at.date();
            let Some((length, row)) = rows.get(&date) else {
                continue;
            };
            let from = at.hour() * 60 + at.minute();
            let to = from + SLOT.min(horizon.slot_minutes);
            let hours = queue.is_real_time().then(|| queue.hours.on(date, calendar));
            *m += volume * factor_on(date) * within(row, *length, from, to, hours);
        }
    }
    let excess = |m: f64| local.spread.slot_excess(m) + local.belief;
    let quantile = |p: f64| -> Vec<f64> {
        mean.iter()
            .map(|m| {
                Count {
                    mean: *m,
                    excess: excess(*m),
                }
                .quantile(p)
            })
            .collect()
    };
    let total: f64 = mean.iter().sum();
    let typical = mean.iter().map(|m| m * m).sum::<f64>() / total.max(1e-12);
    let slot_variance = (local.spread.slot_excess(typical) - local.spread.day).max(0.0);

    let effect = |f: &dyn Fn(NaiveDate) -> f64| {
        let without: f64 = mean
            .iter()
            .zip(&date_of)
            .map(|(m, d)| m / f(*d).max(1e-9))
            .sum();
        if without > 0.0 { total / without } else { 1.0 }
    };
    let mut factors: Vec<Factor> = changes
        .iter()
        .map(|c| Factor {
            name: c.name(),
            factor: if wanted(&c.name()) {
                effect(&|d| c.factor(d))
            } else {
                1.0
            },
        })
        .chain(local.factors.iter().map(|(name, by_day)| Factor {
            name: name.clone(),
            factor: if wanted(name) {
                effect(&|d| by_day.get(&d).copied().unwrap_or(1.0))
            } else {
                1.0
            },
        }))
        .collect();
    if repeats > 1.0 {
        factors.push(Factor {
            name: "contacts that come again".into(),
            factor: if wanted("contacts that come again") {
                repeats
            } else {
                1.0
            },
        });
    }
    QueueDemand {
        model: local.model.clone(),
        p10: quantile(0.1),
        p50: quantile(0.5),
        p80: quantile(0.8),
        p95: quantile(0.95),
        mean,
        day_variance: local.spread.day,
        slot_variance,
        accuracy: local.accuracy,
        factors,
    }
}

/// Days of a whole-day slot get the hours of the queue's profile; others stay as they are. With the
/// length of their slots, minutes.
fn spread_daily(
    scenario: &Scenario,
    id: QueueId,
    local: &Local,
) -> BTreeMap<NaiveDate, (u32, Vec<f64>)> {
    if local.slot_minutes <= 240 {
        return local
            .days
            .iter()
            .map(|(d, row)| (*d, (local.slot_minutes, row.clone())))
            .collect();
    }
    let queue = &scenario.queues[id];
    let shop = OrderDriver {
        orders_per_day: 1.0,
        contacts_per_order: 1.0,
        profile: "shop".into(),
    };
    let orders = queue.demand.orders.as_ref().unwrap_or(&shop);
    let shape = shape(orders);
    local
        .days
        .iter()
        .map(|(date, row)| {
            let hours = order_day(scenario, id, orders, &shape, *date);
            let (total, sum): (f64, f64) = (row.iter().sum(), hours.iter().sum());
            let scale = if sum > 0.0 { total / sum } else { 0.0 };
            (*date, (SLOT, hours.iter().map(|h| h * scale).collect()))
        })
        .collect()
}

/// Contacts between two minutes of a day whose slots are `length` minutes long. With `open` hours, the
/// contacts of a slot fall into its open minutes, and are lost where it has none.
fn within(row: &[f64], length: u32, from: u32, to: u32, open: Option<&DayHours>) -> f64 {
    (from / length..to.div_ceil(length))
        .map(|s| {
            let (start, end) = (s * length, (s + 1) * length);
            let (due, all) = (
                minutes(open, from.max(start), to.min(end)),
                minutes(open, start, end),
            );
            let share = if all > 0 {
                f64::from(due) / f64::from(all)
            } else {
                0.0
            };
            row.get(s as usize).copied().unwrap_or(0.0) * share
        })
        .sum()
}

/// Open minutes between two minutes of the day.
fn minutes(open: Option<&DayHours>, from: u32, to: u32) -> u32 {
    match open {
        None => to.saturating_sub(from),
        Some(hours) => hours
            .iter()
            .map(|(a, b)| to.min(*b).saturating_sub(from.max(*a)))
            .sum(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_of_any_length_share_what_they_overlap() {
        let hours: Vec<f64> = (0..24).map(f64::from).collect();
        assert_eq!(within(&hours, 60, 90, 120, None), 0.5);
        assert_eq!(within(&hours, 60, 45, 75, None), 0.25);
        assert_eq!(within(&[1.0; 96], 15, 60, 120, None), 4.0);
        assert_eq!(within(&hours, 60, 1410, 1470, None), 11.5);
    }

    #[test]
    fn a_slot_half_open_holds_all_its_contacts_in_the_open_half() {
        let mut hours = vec![0.0; 24];
        hours[8] = 10.0;
        let open = vec![(8 * 60 + 30, 17 * 60)];
        assert_eq!(within(&hours, 60, 480, 510, Some(&open)), 0.0);
        assert_eq!(within(&hours, 60, 510, 540, Some(&open)), 10.0);
        hours[7] = 5.0;
        assert_eq!(within(&hours, 60, 420, 480, Some(&open)), 0.0);
    }
}
