//! Made-up histories: seeded arrivals with the shapes that real ones have. They stand in for a shop's
//! own export until there is one, and say in their first line that they are made.
//!
//! A queue's mean in a slot is its orders × contacts per order × repeats, delayed by its lag and cases,
//! times growth, season, weekday, hour, holiday, events and levers; the day's busyness (gamma, partly shared by the queues of a client) and
//! the slot's own noise (gamma) mix it; the count is Poisson.

use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime};
use rand::SeedableRng;
use rand_distr::{Distribution, Gamma, Poisson};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::demand::change::{self, Change};
use crate::demand::lag;
use crate::ids::{Id, QueueId};
use crate::problem::Problem;
use crate::scenario::{Channel, Market, Queue, Scenario};
use crate::time::DayHours;
use crate::time::zone::{self, Wall};

/// A slot with contacts: its start on the market's clock, its queue, how many.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrival {
    pub start: NaiveDateTime,
    pub queue: QueueId,
    pub contacts: u32,
}

/// Growth of demand in a year.
const GROWTH: f64 = 0.12;
/// Variance of the busyness that the queues of a client share on a day.
const SHARED_VARIANCE: f64 = 0.012;
/// Variance of a queue's own busyness on a day.
const OWN_VARIANCE: f64 = 0.008;
/// Variance of a slot's own noise.
const SLOT_VARIANCE: f64 = 0.02;
/// Demand on the middle day of each month; the year's mean is 1.
const MONTHS: [f64; 12] = [
    1.02, 0.88, 0.91, 0.93, 0.92, 0.88, 0.81, 0.83, 0.95, 1.01, 1.28, 1.58,
];

/// Arrivals of the `weeks` before the scenario starts, in the order of time; queues without orders
/// are problems.
pub fn arrivals(scenario: &Scenario, weeks: u32, seed: u64) -> Result<Vec<Arrival>, Vec<Problem>> {
    let problems: Vec<Problem> = scenario
        .queues
        .values()
        .filter(|queue| queue.demand.orders.is_none())
        .map(|queue| {
            let name = &queue.name;
            Problem::new(
                "no-orders",
                format!("queue `{name}` has no orders to make contacts from"),
            )
            .remedy("add `orders = { contacts_per_order = 0.05 }` to it")
        })
        .collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    let end = scenario.horizon.local(0, scenario.zone).date();
    let first = end - Duration::weeks(i64::from(weeks));
    let mut arrivals = Vec::new();
    for (id, queue) in scenario.queues.iter() {
        let market = &scenario.markets[queue.market];
        let client = &scenario.clients[queue.client].name;
        let mut shared = stream(seed, &["client", client]);
        let mut own = stream(seed, &["queue", &queue.name]);
        let changes = change::of_queue(scenario, id);
        // A scenario that says how it grows needs no growth made up.
        let grows = changes.iter().any(|c| matches!(c, Change::Growth(_)));
        let trend = if grows { 0.0 } else { GROWTH };
        let orders = queue.demand.orders.as_ref();
        let kernel = orders.map_or_else(Vec::new, |o| lag::kernel(o.lag.as_ref(), o.case.as_ref()));
        for day in first.iter_days().take_while(|day| *day < end) {
            let busyness = gamma(SHARED_VARIANCE, &mut shared) * gamma(OWN_VARIANCE, &mut own);
            let changed = change::together(&changes, queue, day).factor();
            let mean = busyness * day_mean(queue, market, &kernel, trend, day, end) * changed;
            one_day(scenario, id, day, mean, &mut own, &mut arrivals);
        }
    }
    arrivals.sort_by_key(|arrival| (arrival.start, arrival.queue.index()));
    Ok(arrivals)
}

/// Draws the slots of one day.
fn one_day(
    scenario: &Scenario,
    id: QueueId,
    day: NaiveDate,
    mean: f64,
    random: &mut Xoshiro256PlusPlus,
    arrivals: &mut Vec<Arrival>,
) {
    let queue = &scenario.queues[id];
    let market = &scenario.markets[queue.market];
    let slot = scenario.horizon.slot_minutes;
    let shares = hour_shares(queue.channel, slot);
    let open = |hours: &DayHours, minute| {
        // Who calls while it is closed is not counted; who writes is.
        !queue.is_real_time()
            || hours
                .iter()
                .any(|(from, to)| (*from..*to).contains(&minute))
    };
    // Orders bring the contacts that are taken on a day of the longest hours.
    let reach = queue.hours.week.iter().map(|hours| {
        let minutes = (0..1440).step_by(slot as usize);
        let within = shares
            .iter()
            .zip(minutes)
            .filter(|(_, minute)| open(hours, *minute));
        within.map(|(share, _)| share).sum::<f64>()
    });
    let reach = reach.fold(f64::MIN_POSITIVE, f64::max);
    let hours = queue.hours.on(day, &market.calendar);
    for (index, share) in shares.iter().enumerate() {
        let minute = index as u32 * slot;
        let start = day.and_time(NaiveTime::MIN) + Duration::minutes(i64::from(minute));
        let exists = !matches!(zone::look_up(market.zone, start), Wall::Never(_));
        let noise = gamma(SLOT_VARIANCE, random);
        let contacts = poisson(mean * share / reach * noise, random);
        if open(hours, minute) && exists && contacts > 0 {
            arrivals.push(Arrival {
                start,
                queue: id,
                contacts,
            });
        }
    }
}

/// Contacts expected on a day of average busyness, were it open round the clock.
fn day_mean(
    queue: &Queue,
    market: &Market,
    kernel: &[f64],
    trend: f64,
    day: NaiveDate,
    end: NaiveDate,
) -> f64 {
    let Some(orders) = &queue.demand.orders else {
        return 0.0;
    };
    // Contacts per contact per order, by the size that the orders of days ago had.
    let orders_then = |day: NaiveDate| {
        let years = (end - day).num_days() as f64 / 365.25;
        (1.0 - trend * years).max(0.1) * season(day)
    };
    let ago = (0..).zip(kernel);
    let delayed: f64 = ago
        .map(|(days, share)| share * orders_then(day - Duration::days(days)))
        .sum();
    let weekday = match queue.is_real_time() {
        true => [1.24, 1.10, 1.04, 1.00, 0.95, 0.86, 0.81],
        false => [1.18, 1.08, 1.03, 1.00, 0.97, 0.85, 0.89],
    };
    let holiday = |day| market.calendar.holiday(day).is_some();
    let special = if holiday(day) {
        0.55
    } else if holiday(day - Duration::days(1)) {
        1.15
    } else {
        1.0
    };
    orders.orders_per_day
        * orders.contacts_per_order
        * queue.repeat_factor()
        * delayed
        * weekday[day.weekday().num_days_from_monday() as usize]
        * special
}

/// Demand of a day in the year, between the middles of months.
fn season(day: NaiveDate) -> f64 {
    let position = f64::from(day.month0()) + (f64::from(day.day()) - 15.5) / 30.5;
    let before = position.floor();
    let weight = position - before;
    let month = |index: f64| MONTHS[index.rem_euclid(12.0) as usize];
    month(before) * (1.0 - weight) + month(before + 1.0) * weight
}

/// Share of a day's contacts in each slot: bumps around the hours at which people use a channel.
fn hour_shares(channel: Channel, slot_minutes: u32) -> Vec<f64> {
    // (hour, width in hours, weight)
    let bumps: &[(f64, f64, f64)] = match channel {
        Channel::Phone | Channel::Video => &[(10.3, 1.8, 1.0), (14.8, 2.2, 0.9), (18.5, 2.0, 0.25)],
        Channel::Chat => &[(10.8, 2.2, 0.8), (15.5, 2.5, 0.8), (20.3, 2.0, 0.7)],
        Channel::Social => &[(12.0, 3.0, 0.7), (19.8, 2.5, 1.0)],
        Channel::Email | Channel::Marketplace | Channel::Form => {
            &[(9.8, 2.0, 1.0), (14.5, 2.8, 0.8), (20.5, 2.2, 0.7)]
        }
    };
    let slots = 1440 / slot_minutes;
    let weights: Vec<f64> = (0..slots)
        .map(|slot| {
            let hour = (f64::from(slot) + 0.5) * f64::from(slot_minutes) / 60.0;
            let near = |centre: f64| {
                let away = (hour - centre).abs();
                away.min(24.0 - away)
            };
            let bump = |(centre, width, weight): &(f64, f64, f64)| {
                weight / width * (-0.5 * (near(*centre) / width).powi(2)).exp()
            };
            0.004 + bumps.iter().map(bump).sum::<f64>()
        })
        .collect();
    let total: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / total).collect()
}

/// A random stream that depends on its name and the seed alone.
fn stream(seed: u64, name: &[&str]) -> Xoshiro256PlusPlus {
    // FNV-1a, 64 bits.
    let hash = name
        .iter()
        .flat_map(|part| part.bytes().chain([0]))
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
    Xoshiro256PlusPlus::seed_from_u64(seed ^ hash)
}

/// A gamma factor of mean 1 and the given variance.
fn gamma(variance: f64, random: &mut Xoshiro256PlusPlus) -> f64 {
    Gamma::new(1.0 / variance, variance).map_or(1.0, |gamma| gamma.sample(random))
}

fn poisson(mean: f64, random: &mut Xoshiro256PlusPlus) -> u32 {
    Poisson::new(mean).map_or(0, |poisson| poisson.sample(random) as u32)
}
