//! Queues with a history, forecast on their market's wall clock.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use rayon::prelude::*;

use super::borrowed::Borrowed;
use super::{DayFactor, HOLIDAYS, Local, SEASON, YEAR, local_dates, today};
use crate::demand::Accuracy;
use crate::demand::backtest::{self, Spec};
use crate::demand::calendar::Calendar;
use crate::demand::change;
use crate::demand::chosen;
use crate::demand::forecaster::{Forecaster, Method};
use crate::demand::history::{History, Series};
use crate::ids::{MarketId, QueueId};
use crate::scenario::Scenario;
use crate::time::holidays;

/// Forecasts the queues of one market whose histories have slots of one length. They lend each other what
/// a thin one cannot know: weekdays, hours, holidays, and how the level of all of them moves. With `now`, the
/// horizon is known up to there.
pub fn from_history(
    scenario: &Scenario,
    market: MarketId,
    ids: &[QueueId],
    now: Option<DateTime<Utc>>,
) -> Vec<(QueueId, Local)> {
    let place = &scenario.markets[market];
    let dates = local_dates(&scenario.horizon, place.zone);
    let now = now.map(|now| known_at(scenario, market, ids, now)[0]);
    let until = now.map_or(dates.first().copied(), |now| Some(now.date()));
    let Some(mut history) = gather(scenario, ids, until) else {
        return Vec::new();
    };
    // Of a day under way nobody can tell by how much it is short.
    if let (None, Some(moment)) = (now, history.unfinished()) {
        history.forget(moment.date());
    }
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
        let queue = &scenario.queues[*id];
        let slots = history.slots.len();
        for (day, date) in history.first.iter_days().take(end).enumerate() {
            let f = change::together(&changes, queue, date).factor();
            if f > 0.05 && f != 1.0 {
                series.volume[day * slots..(day + 1) * slots]
                    .iter_mut()
                    .for_each(|v| *v /= f as f32);
            }
        }
    }
    let seen = history
        .series
        .iter()
        .map(|s| s.volume.iter().map(|v| f64::from(*v)).sum());
    let seen: Vec<f64> = seen.collect();
    // A season that is known is no trend.
    let queues = ids.iter().zip(&history.series);
    let borrowed: Vec<Option<Borrowed>> = queues
        .map(|(id, series)| Borrowed::by(scenario, *id, &history, series))
        .collect();
    let mut series = std::mem::take(&mut history.series);
    for (series, season) in series.iter_mut().zip(&borrowed) {
        if let Some(season) = season {
            season.take_out(&history, series);
        }
    }
    history.series = series;
    let region = place.calendar.region.as_deref().unwrap_or("");
    let calendar = Calendar::with(
        history.first,
        count,
        history.open_weekdays(),
        holidays::weekend(region),
        |d| place.calendar.holiday(d),
    );
    let first = dates.first().map_or(end, |d| {
        usize::try_from((*d - history.first).num_days()).unwrap_or(0)
    });
    // With a known today the days of the horizon before it are wanted too.
    let start = if now.is_some() { first } else { first.max(end) };
    let horizon = count.saturating_sub(end).max(1);
    let forecaster = Forecaster::new(&history, &calendar, &[(end, horizon)], &[Method::Crewcast]);
    let scores = accuracy(&history, &calendar);
    ids.par_iter()
        .zip(&history.series)
        .zip(scores)
        .zip(borrowed.par_iter().zip(seen))
        .map(|(((id, series), accuracy), (season, seen))| {
            let fitted = forecaster.fit(series, end, horizon, true);
            let mut days = BTreeMap::new();
            let per_day = (1440 / history.slot_minutes) as usize;
            let open = history.open_weekdays_of(series);
            for day in start..count {
                let mut row = vec![0.0; per_day];
                if !open[history.weekday(day)] {
                    days.insert(history.date(day), row);
                    continue;
                }
                for (at, m) in history.slots.iter().zip(fitted.day_mean(&calendar, day)) {
                    row[(at / history.slot_minutes) as usize] = m;
                }
                days.insert(history.date(day), row);
            }
            let mut factors = day_factors(&fitted, &history, &calendar, start..count);
            let known = now.and_then(|now| {
                let of = |date| {
                    let mut row = today::cleaned(scenario, *id, date)?;
                    if let Some(season) = season {
                        let season = season.on(date);
                        row.iter_mut().for_each(|v| *v /= season);
                    }
                    Some(row)
                };
                let known = today::update(&fitted, &history, &calendar, now, of, &mut days)?;
                factors.push(known.1);
                Some(known.0)
            });
            if let Some(season) = season {
                season.put_back(&mut days);
                let dates: Vec<NaiveDate> = days.keys().copied().collect();
                factors.extend(season.factors(&dates));
            }
            let observed = series.present.iter().filter(|p| **p).count() as f64;
            let local = Local {
                model: fitted.describe(observed as usize),
                slot_minutes: history.slot_minutes,
                days,
                spread: fitted.spread.clone(),
                end: history.date(end),
                belief: 0.0,
                accuracy,
                factors,
                observed,
                seen,
                fresh: false,
                known,
            };
            (*id, local)
        })
        .collect()
}

/// The moment up to which such queues are known, and `now`, on the market's clock: exports may end before that.
pub fn known_at(
    scenario: &Scenario,
    market: MarketId,
    ids: &[QueueId],
    now: DateTime<Utc>,
) -> [NaiveDateTime; 2] {
    let now = now
        .with_timezone(&scenario.markets[market].zone)
        .naive_local();
    let history = gather(scenario, ids, now.date().succ_opt());
    [history.map_or(now, |history| history.known_at(now)), now]
}

/// Holidays and the season, by the best configuration's estimates.
fn day_factors(
    fitted: &chosen::Fitted,
    history: &History,
    calendar: &Calendar,
    days: std::ops::Range<usize>,
) -> Vec<DayFactor> {
    let Some(part) = fitted.model.parts.first() else {
        return Vec::new();
    };
    let mut out: BTreeMap<(String, &'static str), BTreeMap<NaiveDate, f64>> = BTreeMap::new();
    for day in days {
        let d = &calendar.days[day];
        let mut note = |name: String, family, f: f64| {
            if (f - 1.0).abs() > 1e-3 {
                let days = out.entry((name, family)).or_default();
                days.insert(history.date(day), f);
            }
        };
        if d.effect > 0 {
            let effect = &calendar.effects[usize::from(d.effect) - 1];
            note(
                effect.to_string(),
                HOLIDAYS,
                part.factors.effect[usize::from(d.effect)],
            );
        }
        let sale = part.factors.sale[usize::from(d.sale)];
        note("Black Friday".into(), HOLIDAYS, sale);
        note(
            "day of month".into(),
            "day of month",
            part.factors.month_day[usize::from(d.month_day)],
        );
        note(
            YEAR.into(),
            SEASON,
            part.factors.season(usize::from(d.year_day)),
        );
    }
    out.into_iter()
        .map(|((name, family), by_day)| DayFactor {
            name,
            family,
            by_day,
        })
        .collect()
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
        until: sources.iter().filter_map(|h| h.until).max(),
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
