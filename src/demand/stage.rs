//! From a scenario to its demand: each queue forecast on its market's wall clock, changed by events and
//! levers, then laid on the UTC grid.

use chrono::{Duration, NaiveDate, Timelike};
use rayon::prelude::*;

use super::backtest;
use super::bands::Spread;
use super::calendar::Calendar as DayCalendar;
use super::counts::Count;
use super::forecaster::{Forecaster, Method};
use super::history::{History, Series};
use super::orders::{Profile, contacts_per_day};
use super::{Accuracy, Demand, Factor, QueueDemand};
use crate::ids::{Id, QueueId};
use crate::scenario::{Queue, Scenario};

/// Days of history from which a queue is forecast from it rather than from its orders.
const ENOUGH_DAYS: usize = 21;
/// Relative variance of a level that is only derived from orders.
const COLD_VARIANCE: f64 = 0.25;
/// A day of another world is not looked at: forecasts reach at most this far past a history.
const FARTHEST_DAYS: i64 = 1100;

/// Forecasts every queue of the scenario over its horizon.
pub fn forecast(scenario: &Scenario) -> Demand {
    let queues: Vec<QueueId> = scenario.queues.ids().collect();
    let (warm, _): (Vec<QueueId>, Vec<QueueId>) = queues
        .iter()
        .partition(|id| is_warm(&scenario.queues[**id], scenario));
    let mut learnt: Vec<Option<Learnt>> = vec![None; queues.len()];
    for family in families(scenario, &warm) {
        for (id, found) in learn(scenario, &family) {
            learnt[id.index()] = Some(found);
        }
    }
    let rows: Vec<QueueDemand> = queues
        .par_iter()
        .map(|&id| match &learnt[id.index()] {
            Some(learnt) => warm_queue(scenario, id, learnt),
            None => cold_queue(scenario, id),
        })
        .collect();
    Demand {
        horizon: scenario.horizon,
        queues: rows.into_iter().collect(),
    }
}

/// What the history of a queue says of the days of the horizon.
#[derive(Debug, Clone)]
struct Learnt {
    /// First local day of `days`.
    first: NaiveDate,
    /// Means by local day and history slot of the day.
    days: Vec<Vec<f64>>,
    slot_minutes: u32,
    spread: Spread,
    accuracy: Option<Accuracy>,
    weeks: usize,
}

/// Whether a queue has enough history of its own, near enough to the horizon.
fn is_warm(queue: &Queue, scenario: &Scenario) -> bool {
    queue.demand.history.as_ref().is_some_and(|history| {
        let last = history.first_day + Duration::days(history.days.len() as i64);
        let ahead = (scenario.horizon.end().date_naive() - last).num_days();
        history.days.iter().flatten().count() >= ENOUGH_DAYS && ahead <= FARTHEST_DAYS
    })
}

/// Queues whose histories can lend each other shapes: same market, same slot length.
fn families(scenario: &Scenario, warm: &[QueueId]) -> Vec<Vec<QueueId>> {
    let mut families: Vec<Vec<QueueId>> = Vec::new();
    let alike = |a: QueueId, b: QueueId| {
        let (a, b) = (&scenario.queues[a], &scenario.queues[b]);
        let slot = |queue: &Queue| queue.demand.history.as_ref().map(|h| h.slot_minutes);
        a.market == b.market && slot(a) == slot(b)
    };
    for &id in warm {
        match families.iter_mut().find(|family| alike(family[0], id)) {
            Some(family) => family.push(id),
            None => families.push(vec![id]),
        }
    }
    families
}

/// Fits a family of histories together and forecasts the local days that the horizon touches.
fn learn(scenario: &Scenario, family: &[QueueId]) -> Vec<(QueueId, Learnt)> {
    let Some(history) = gather(scenario, family) else {
        return Vec::new();
    };
    let market = &scenario.markets[scenario.queues[family[0]].market];
    let horizon = &scenario.horizon;
    let day_of = |slot| horizon.local(slot, market.zone).date();
    let index = |day: NaiveDate| (day - history.first).num_days().max(0) as usize;
    let first = day_of(0);
    let targets: Vec<usize> = (index(first)..=index(day_of(horizon.slots))).collect();
    let end = history.days.min(targets[0]);
    let reach = targets[targets.len() - 1] + 1;
    let region = market.calendar.region.as_deref();
    let calendar = DayCalendar::new(history.first, reach, history.open_weekdays(), region);
    let forecaster = Forecaster::new(&history, &calendar, &[(end, reach - end)]);
    let scores = scores(&history, region);
    let weeks = end / 7;
    family
        .par_iter()
        .zip(&history.series)
        .zip(scores)
        .map(|((&id, series), accuracy)| {
            let prediction = forecaster.predict(Method::Crewcast, series, end, &targets);
            let columns = history.slots.len();
            let days = prediction
                .mean
                .chunks(columns)
                .map(|row| spread_out(row, &history))
                .collect();
            let learnt = Learnt {
                first: history.first + Duration::days(targets[0] as i64),
                days,
                slot_minutes: history.slot_minutes,
                spread: prediction.spread,
                accuracy,
                weeks,
            };
            (id, learnt)
        })
        .collect()
}

/// A row of the slots ever used, as a whole local day.
fn spread_out(row: &[f64], history: &History) -> Vec<f64> {
    let mut day = vec![0.0; (1440 / history.slot_minutes) as usize];
    for (&minute, &mean) in history.slots.iter().zip(row) {
        day[(minute / history.slot_minutes) as usize] = mean;
    }
    day
}

/// The histories of a family on one calendar.
fn gather(scenario: &Scenario, family: &[QueueId]) -> Option<History> {
    let histories: Vec<_> = family
        .iter()
        .filter_map(|&id| Some((id, scenario.queues[id].demand.history.as_ref()?)))
        .collect();
    let slot_minutes = histories.first()?.1.slot_minutes;
    let first = histories.iter().map(|(_, h)| h.first_day).min()?;
    let end = histories
        .iter()
        .map(|(_, h)| h.first_day + Duration::days(h.days.len() as i64))
        .max()?;
    let days = (end - first).num_days() as usize;
    let per_day = (1440 / slot_minutes) as usize;
    let mut used = vec![false; per_day];
    for (_, history) in &histories {
        for day in history.days.iter().flatten() {
            for (used, &count) in used.iter_mut().zip(day) {
                *used |= count > 0.0;
            }
        }
    }
    let columns: Vec<usize> = (0..per_day).filter(|&slot| used[slot]).collect();
    if columns.is_empty() {
        return None;
    }
    let series = histories
        .iter()
        .map(|(id, history)| {
            let offset = (history.first_day - first).num_days() as usize;
            let mut volume = vec![0.0; days * columns.len()];
            let mut present = vec![false; days];
            for (index, day) in history.days.iter().enumerate() {
                let Some(day) = day else { continue };
                let at = offset + index;
                present[at] = true;
                for (column, &slot) in columns.iter().enumerate() {
                    volume[at * columns.len() + column] = day[slot] as f32;
                }
            }
            Series {
                name: scenario.queues[*id].name.clone(),
                volume,
                present,
            }
        })
        .collect();
    Some(History {
        first,
        days,
        slot_minutes,
        slots: columns
            .iter()
            .map(|&slot| slot as u32 * slot_minutes)
            .collect(),
        series,
    })
}

/// Scores by four rolling origins of a week; none where the history is too short for it.
fn scores(history: &History, region: Option<&str>) -> Vec<Option<Accuracy>> {
    let open_days = history.open_weekdays().iter().filter(|open| **open).count();
    let spec = backtest::Spec {
        horizon: open_days.max(1),
        origins: 4,
        step: open_days.max(1),
        country: region.map(str::to_owned),
        methods: vec![Method::Crewcast, Method::SeasonalNaive],
    };
    if history.days < 56 {
        return vec![None; history.series.len()];
    }
    let methods = backtest::run(history, &spec, || 0.0);
    let (ours, naive) = (&methods[0].series, &methods[1].series);
    ours.iter()
        .zip(naive)
        .map(|(ours, naive)| {
            (ours.origins > 0).then_some(Accuracy {
                wape: ours.scores.wape,
                naive_wape: naive.scores.wape,
                mase: ours.scores.mase,
                wql: ours.scores.wql,
                coverage80: ours.scores.coverage80_randomised,
                origins: ours.origins,
            })
        })
        .collect()
}

/// A queue forecast from its history.
fn warm_queue(scenario: &Scenario, id: QueueId, learnt: &Learnt) -> QueueDemand {
    let queue = &scenario.queues[id];
    let profile = Profile::named("shop");
    // A history by the day says nothing of the hours: the general shop's stand in, while open.
    let daily = learnt.slot_minutes == 1440;
    let per_minute = |day: NaiveDate, minute: u32| {
        let index = (day - learnt.first).num_days();
        let Some(row) = usize::try_from(index).ok().and_then(|i| learnt.days.get(i)) else {
            return 0.0;
        };
        let rate = row[(minute / learnt.slot_minutes) as usize] / f64::from(learnt.slot_minutes);
        if daily {
            rate * profile.at(minute)
        } else {
            rate
        }
    };
    let mut mean = on_grid(scenario, queue, per_minute);
    if daily {
        keep_total_while_open(scenario, id, &mut mean);
    } else {
        close(scenario, id, &mut mean);
    }
    let factors = apply_changes(scenario, id, &mut mean);
    let typical = mean.iter().copied().fold(0.0, f64::max);
    QueueDemand {
        model: format!("Gamma–Poisson on {} weeks of history", learnt.weeks),
        accuracy: learnt.accuracy,
        factors,
        ..with_bands(
            mean,
            |mean| learnt.spread.slot_excess(mean),
            learnt.spread.day,
            typical,
        )
    }
}

/// A queue forecast from orders; what history there is moves the level (gamma–Poisson).
fn cold_queue(scenario: &Scenario, id: QueueId) -> QueueDemand {
    let queue = &scenario.queues[id];
    let mut factors = Vec::new();
    let (mut mean, mut model) = match &queue.demand.orders {
        Some(driver) => {
            let profile = Profile::named(&driver.profile);
            let day_mean = contacts_per_day(driver) * queue.repeat_factor();
            if queue.repeat_factor() > 1.0 {
                factors.push(Factor {
                    name: "contacts that come again".into(),
                    factor: queue.repeat_factor(),
                });
            }
            let rate = |day: NaiveDate, minute: u32| {
                day_mean * profile.on(day) * profile.at(minute) / 1440.0
            };
            let mut mean = on_grid(scenario, queue, rate);
            keep_total_while_open(scenario, id, &mut mean);
            (mean, "orders × contacts per order".to_owned())
        }
        None => (
            vec![0.0; scenario.horizon.slots],
            "no demand known".to_owned(),
        ),
    };
    let mut variance = COLD_VARIANCE;
    if let (Some(history), Some(driver)) = (&queue.demand.history, &queue.demand.orders) {
        let profile = Profile::named(&driver.profile);
        let day_mean = contacts_per_day(driver) * queue.repeat_factor();
        let (mut seen, mut expected, mut days) = (0.0, 0.0, 0);
        for (index, day) in history.days.iter().enumerate() {
            if let Some(day) = day {
                let date = history.first_day + Duration::days(index as i64);
                seen += day.iter().sum::<f64>();
                expected += day_mean * profile.on(date);
                days += 1;
            }
        }
        let prior = 1.0 / COLD_VARIANCE;
        let factor = (prior + seen) / (prior + expected);
        if days > 0 {
            mean.iter_mut().for_each(|mean| *mean *= factor);
            model = format!("orders × contacts per order, moved by {days} days of history");
            variance = 1.0 / (prior + expected) + 0.02;
            factors.push(Factor {
                name: "own first days".into(),
                factor,
            });
        }
    }
    factors.extend(apply_changes(scenario, id, &mut mean));
    let typical = mean.iter().copied().fold(0.0, f64::max);
    QueueDemand {
        model,
        factors,
        ..with_bands(mean, |_| variance + 0.05, variance, typical)
    }
}

/// Integrates a rate per minute of the market's wall clock over the slots of the grid.
fn on_grid(
    scenario: &Scenario,
    queue: &Queue,
    per_minute: impl Fn(NaiveDate, u32) -> f64,
) -> Vec<f64> {
    // Every zone of today stands at a quarter of an hour from UTC.
    const PIECE: u32 = 15;
    let zone = scenario.markets[queue.market].zone;
    let horizon = &scenario.horizon;
    (0..horizon.slots)
        .map(|slot| {
            (0..horizon.slot_minutes / PIECE)
                .map(|piece| {
                    let instant =
                        horizon.slot_start(slot) + Duration::minutes(i64::from(piece * PIECE));
                    let local = instant.with_timezone(&zone).naive_local();
                    let minute = local.hour() * 60 + local.minute();
                    per_minute(local.date(), minute) * f64::from(PIECE)
                })
                .sum()
        })
        .collect()
}

/// Takes out what lies outside opening hours; who writes may write at any hour.
fn close(scenario: &Scenario, id: QueueId, mean: &mut [f64]) {
    if scenario.queues[id].is_real_time() {
        for (mean, open) in mean.iter_mut().zip(scenario.open_share(id)) {
            *mean *= open;
        }
    }
}

/// As [`close`], but those who find it closed come while it is open: the total stays.
fn keep_total_while_open(scenario: &Scenario, id: QueueId, mean: &mut [f64]) {
    let before: f64 = mean.iter().sum();
    close(scenario, id, mean);
    let after: f64 = mean.iter().sum();
    if after > 0.0 {
        mean.iter_mut().for_each(|mean| *mean *= before / after);
    }
}

/// Multiplies events and levers into the means; answers each with what it makes of the whole.
fn apply_changes(scenario: &Scenario, id: QueueId, mean: &mut [f64]) -> Vec<Factor> {
    let queue = &scenario.queues[id];
    let zone = scenario.markets[queue.market].zone;
    let day = |slot: usize| scenario.horizon.local(slot, zone).date();
    let mut factors = Vec::new();
    let mut apply = |name: &str, mean: &mut [f64], factor: &dyn Fn(NaiveDate) -> f64| {
        let before: f64 = mean.iter().sum();
        for (slot, mean) in mean.iter_mut().enumerate() {
            *mean *= factor(day(slot)).max(0.0);
        }
        let after: f64 = mean.iter().sum();
        if before > 0.0 && (after / before - 1.0).abs() > 1e-9 {
            factors.push(Factor {
                name: name.to_owned(),
                factor: after / before,
            });
        }
    };
    for event in &scenario.events {
        if event.client.is_none_or(|client| client == queue.client) {
            apply(&event.name, mean, &|day| {
                let during = event.first_day <= day && day <= event.last_day;
                if during { 1.0 + event.uplift } else { 1.0 }
            });
        }
    }
    for lever in &scenario.levers {
        if lever.queues.contains(&id) {
            let most = queue.contact_type.deflectable.value();
            apply(&lever.name, mean, &|day| {
                let months = (day - lever.start).num_days() as f64 / 30.4375;
                let grown = if months < 0.0 {
                    0.0
                } else if lever.ramp_months <= 0.0 {
                    1.0
                } else {
                    (months / lever.ramp_months).min(1.0)
                };
                1.0 - lever.deflection.value().min(most) * grown
            });
        }
    }
    factors
}

/// A queue of the given means, its quantiles from negative binomials.
fn with_bands(
    mean: Vec<f64>,
    excess: impl Fn(f64) -> f64,
    day_variance: f64,
    typical: f64,
) -> QueueDemand {
    let quantile = |p: f64| -> Vec<f64> {
        mean.iter()
            .map(|&mean| {
                if mean <= 0.0 {
                    return 0.0;
                }
                Count {
                    mean,
                    excess: excess(mean),
                }
                .quantile(p)
            })
            .collect()
    };
    QueueDemand {
        model: String::new(),
        p10: quantile(0.1),
        p50: quantile(0.5),
        p80: quantile(0.8),
        p95: quantile(0.95),
        day_variance,
        slot_variance: (excess(typical) - day_variance).max(0.0),
        accuracy: None,
        factors: Vec::new(),
        mean,
    }
}
