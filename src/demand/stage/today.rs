//! Within the day: what has come of the horizon takes the place of its forecast, and moves the rest.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime, Timelike};

use super::{DayFactor, Known, TODAY};
use crate::demand::calendar::Calendar;
use crate::demand::change;
use crate::demand::chosen::Fitted;
use crate::demand::history::History;
use crate::demand::intraday;
use crate::ids::QueueId;
use crate::scenario::Scenario;

/// Updates `days`, forecast from the days before today, by what `came` (slots of a whole day; none on a day
/// without a record). Nothing where the history ends before today.
pub fn update(
    fitted: &Fitted,
    history: &History,
    calendar: &Calendar,
    now: NaiveDateTime,
    came: impl Fn(NaiveDate) -> Option<Vec<f64>>,
    days: &mut BTreeMap<NaiveDate, Vec<f64>>,
) -> Option<(Known, DayFactor)> {
    let today = now.date();
    let index = usize::try_from((today - history.first).num_days()).ok()?;
    if index != history.days || index >= calendar.days.len() {
        return None;
    }
    let seen = came(today)?;
    let minute = now.hour() * 60 + now.minute();
    let length = history.slot_minutes;
    let over = |start: &&u32| **start + length <= minute;
    let passed = history.slots.iter().take_while(over).count();
    let slots = history.slots.len();
    let so_far: Vec<f64> = history.slots[..passed]
        .iter()
        .map(|start| seen.get((start / length) as usize).copied().unwrap_or(0.0))
        .collect();
    let expected = fitted.day_mean(calendar, index);
    let said = intraday::told(&fitted.errors, slots, &expected, &so_far, &fitted.spread);
    let carry = intraday::carry(&intraday::day_ratios(&fitted.errors, slots));
    let mut by_day = BTreeMap::new();
    for (date, row) in days.iter_mut() {
        let ahead = (*date - today).num_days();
        if ahead < 0 {
            if let Some(came) = came(*date) {
                row.clone_from(&came);
            }
            continue;
        }
        let factor = intraday::day_ahead(&said, carry, ahead as u32);
        let before: f64 = row.iter().sum();
        row.iter_mut().for_each(|m| *m *= factor);
        if ahead == 0 {
            let whole = (minute / length) as usize;
            for (m, y) in row.iter_mut().zip(&seen).take(whole) {
                *m = *y;
            }
        }
        if before > 0.0 {
            by_day.insert(*date, row.iter().sum::<f64>() / before);
        }
    }
    let known = Known {
        today,
        minute,
        said,
    };
    let factor = DayFactor {
        name: TODAY.into(),
        family: TODAY,
        by_day,
    };
    Some((known, factor))
}

/// The contacts of a queue's recorded day without what its events, levers and growth made of it, as the
/// model has them.
pub fn cleaned(scenario: &Scenario, id: QueueId, date: NaiveDate) -> Option<Vec<f64>> {
    let queue = &scenario.queues[id];
    let history = queue.demand.history.as_ref()?;
    let day = usize::try_from((date - history.first_day).num_days()).ok()?;
    let row = history.days.get(day)?.as_ref()?;
    let changes = change::of_queue(scenario, id);
    let factor = change::together(&changes, queue, date).factor();
    let scale = if factor > 0.0 { 1.0 / factor } else { 1.0 };
    Some(row.iter().map(|v| v * scale).collect())
}
