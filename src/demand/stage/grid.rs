//! From a market's wall clock to the planning grid, with all that changes the demand.

use std::collections::BTreeMap;

use chrono::{Duration, NaiveDate, Timelike};
use chrono_tz::Tz;

use super::orders::{Flow, order_day};
use super::spared::Tally;
use super::{AGAIN, DayFactor, Local, SLOT};
use crate::demand::change::{self, Change, Changed};
use crate::demand::counts::Count;
use crate::demand::{Factor, QueueDemand};
use crate::ids::QueueId;
use crate::scenario::{OrderDriver, Override, Queue, Scenario};
use crate::time::{DayHours, Horizon};
use crate::units::Share;

/// From the market's wall clock to the UTC grid, with changes, repeats, closing and quantiles.
pub fn on_grid(scenario: &Scenario, id: QueueId, local: &Local, off: &[&str]) -> QueueDemand {
    let queue = &scenario.queues[id];
    let horizon = &scenario.horizon;
    let market = &scenario.markets[queue.market];
    let (zone, calendar) = (market.zone, &market.calendar);
    let changes = change::of_queue(scenario, id);
    let repeats = queue.repeat_factor();
    let wanted = |name: &str| !off.contains(&name);
    // Where nobody comes again, nothing is gained by settling more at once.
    let alone = (!wanted(AGAIN)).then(|| Queue {
        recontact: Share::ZERO,
        ..queue.clone()
    });
    let coming = alone.as_ref().unwrap_or(queue);
    let kept = |f: &DayFactor| wanted(&f.name) && wanted(f.family);
    let active: Vec<&Change> = changes.iter().filter(|c| wanted(c.name())).collect();
    let volume = match (local.fresh, wanted(AGAIN)) {
        (true, true) => repeats,
        (false, false) => 1.0 / repeats,
        _ => 1.0,
    };
    let rows = spread_daily(scenario, id, local);
    let switched: Vec<&DayFactor> = local.factors.iter().filter(|f| !kept(f)).collect();
    let came = |date: NaiveDate| local.known.is_some_and(|known| date <= known.today);
    // What scales a day's forecast, and what the changes make of that.
    let factors_on = |date: NaiveDate| {
        if came(date) {
            return (1.0, change::together(&changes, queue, date));
        }
        let off: f64 = switched
            .iter()
            .filter_map(|f| f.by_day.get(&date))
            .product();
        let changed = change::together(active.iter().copied(), coming, date);
        (volume / off, changed)
    };
    let mut mean = vec![0.0; horizon.slots];
    let mut unchanged = mean.clone();
    let mut date_of = Vec::with_capacity(horizon.slots);
    let mut known: Option<(NaiveDate, (f64, Changed))> = None;
    for (slot, (m, plain)) in mean.iter_mut().zip(&mut unchanged).enumerate() {
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
            let (scale, changed) = match known {
                Some((day, factors)) if day == date => factors,
                _ => factors_on(date),
            };
            known = Some((date, (scale, changed)));
            let contacts = scale * within(row, *length, from, to, hours);
            *plain += contacts;
            *m += changed.factor() * contacts;
        }
    }
    let mut factors: Vec<Factor> = changes
        .iter()
        .map(|c| {
            let name = c.name();
            let factor = effect(&unchanged, &date_of, |d| {
                // Where another leaves nothing, this one counts as it would without that one.
                let leaves = |o: &&Change| o.name() != name && !o.voids(d);
                let others = || active.iter().copied().filter(leaves);
                let with = change::together(others().chain([c]), coming, d);
                [with, change::together(others(), coming, d)].map(|all| all.factor())
            });
            shown(name, factor, wanted(name))
        })
        .chain(local.factors.iter().map(|f| {
            let on = |d| {
                let factor = f.by_day.get(&d).copied().unwrap_or(1.0);
                [1.0, 1.0 / factor.max(1e-9)]
            };
            shown(&f.name, effect(&mean, &date_of, on), kept(f))
        }))
        .collect();
    if repeats > 1.0 {
        // By as much more as levers settle at once, fewer come again.
        let factor = effect(&unchanged, &date_of, |d| {
            let changed = factors_on(d).1;
            [repeats * changed.factor(), changed.others * changed.kept]
        });
        factors.push(shown(AGAIN, factor, wanted(AGAIN)));
    }
    let own_figures = || scenario.overrides.iter().filter(|o| o.queues.contains(&id));
    let mut spared = Tally::of(active.iter().copied());
    let (mut settled, mut all, mut from) = (0.0, 0.0, 0);
    for day in date_of.chunk_by(PartialEq::eq) {
        let date = day[0];
        let contacts: f64 = unchanged[from..from + day.len()].iter().sum();
        from += day.len();
        let changed = factors_on(date).1;
        settled += contacts * changed.resolution.value();
        all += contacts;
        // Of what a planner set nobody knows what it would be without the levers.
        let is_set = own_figures().any(|own| wanted(&own.name) && own.sets(date) && !came(date));
        if !is_set {
            spared.add(date, contacts, &changed);
        }
    }
    for own in own_figures() {
        let before: f64 = mean.iter().sum();
        if wanted(&own.name) {
            replace_days(scenario, id, own, &date_of, came, &mut mean);
        }
        let after: f64 = mean.iter().sum();
        let factor = if before > 0.0 { after / before } else { 1.0 };
        factors.push(shown(&own.name, factor, true));
    }
    let quantile = |p: f64| -> Vec<f64> {
        let cells = mean.iter().enumerate();
        cells
            .map(|(slot, m)| match excess(local, horizon, zone, slot, *m) {
                None => *m,
                Some(excess) => Count { mean: *m, excess }.quantile(p),
            })
            .collect()
    };
    let total: f64 = mean.iter().sum();
    let typical = mean.iter().map(|m| m * m).sum::<f64>() / total.max(1e-12);
    let ahead: Vec<usize> = date_of.iter().map(|date| local.ahead(*date)).collect();
    let over_days = |of: &dyn Fn(usize) -> f64| {
        let sum: f64 = ahead
            .chunk_by(|a, b| a == b)
            .map(|day| of(day[0]) * day.len() as f64)
            .sum();
        sum / ahead.len().max(1) as f64
    };
    let slot_variance = (local.spread.slot_excess(typical) - local.spread.day).max(0.0);
    QueueDemand {
        model: local.model.clone(),
        p10: quantile(0.1),
        p50: quantile(0.5),
        p80: quantile(0.8),
        p95: quantile(0.95),
        mean,
        day_variance: over_days(&|ahead| local.spread.day_excess(ahead)),
        slot_variance,
        week_variance: over_days(&|ahead| local.spread.week_excess(ahead / 7)),
        level_variance: local.belief,
        accuracy: local.accuracy,
        resolution: match all > 0.0 {
            true => Share(settled / all),
            false => queue.first_contact_resolution,
        },
        spared: spared.told(),
        factors,
        today: local.known.map(|known| {
            let changed = change::together(&changes, queue, known.today);
            known.said.changed(changed.factor())
        }),
    }
}

/// Relative variance of a slot beyond Poisson; none where its contacts have come already.
fn excess(local: &Local, horizon: &Horizon, zone: Tz, slot: usize, mean: f64) -> Option<f64> {
    let start = horizon.local(slot, zone);
    let ahead = local.ahead(start.date());
    let excess = local.spread.slot_excess_at(mean, ahead) + local.belief;
    let Some(known) = local.known else {
        return Some(excess);
    };
    let to = start.hour() * 60 + start.minute() + horizon.slot_minutes;
    if known.holds(start.date(), to) {
        return None;
    }
    // Of today's busyness as much is unknown as its morning left.
    let less = match start.date() == known.today {
        true => local.spread.day_excess(ahead) - known.said.variance,
        false => 0.0,
    };
    Some((excess - less).max(0.0))
}

fn shown(name: &str, factor: f64, on: bool) -> Factor {
    Factor {
        name: name.to_owned(),
        factor: if on { factor } else { 1.0 },
    }
}

/// Contacts with a factor ÷ without it, given what `on` a day makes of contacts with it and without.
fn effect(contacts: &[f64], date_of: &[NaiveDate], on: impl Fn(NaiveDate) -> [f64; 2]) -> f64 {
    let (mut with, mut without) = (0.0, 0.0);
    let mut known: Option<(NaiveDate, [f64; 2])> = None;
    for (m, date) in contacts.iter().zip(date_of) {
        let factors = match known {
            Some((day, factors)) if day == *date => factors,
            _ => on(*date),
        };
        known = Some((*date, factors));
        with += m * factors[0];
        without += m * factors[1];
    }
    if without > 0.0 { with / without } else { 1.0 }
}

/// Days whose contacts a planner has set: the forecast's hours where it has any, else open hours alike.
fn replace_days(
    scenario: &Scenario,
    id: QueueId,
    own: &Override,
    date_of: &[NaiveDate],
    came: impl Fn(NaiveDate) -> bool,
    mean: &mut [f64],
) {
    let queue = &scenario.queues[id];
    let open = queue.is_real_time().then(|| scenario.open_share(id));
    let mut from = 0;
    while from < mean.len() {
        let date = date_of[from];
        let to = from + date_of[from..].iter().take_while(|d| **d == date).count();
        if own.sets(date) && !came(date) {
            let day = &mut mean[from..to];
            if day.iter().sum::<f64>() <= 0.0 {
                match &open {
                    Some(open) => day.copy_from_slice(&open[from..to]),
                    None => day.fill(1.0),
                }
            }
            let sum: f64 = day.iter().sum();
            // A closed line takes no calls, whatever is wished.
            let scale = if sum > 0.0 {
                own.contacts_per_day / sum
            } else {
                0.0
            };
            day.iter_mut().for_each(|m| *m *= scale);
        }
        from = to;
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
        lag: None,
        case: None,
    };
    let orders = queue.demand.orders.as_ref().unwrap_or(&shop);
    let flow = Flow::new(orders);
    local
        .days
        .iter()
        .map(|(date, row)| {
            let hours = order_day(scenario, id, &flow, *date);
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
