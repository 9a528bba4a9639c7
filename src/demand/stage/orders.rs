//! Queues known by the orders that bring them, alone or beside a short history.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate};

use super::{CHASERS, DELAY, DayFactor, Local, SEASON, SLOT, TOUCHES, local_dates};
use crate::demand::bands::Spread;
use crate::demand::cold::Belief;
use crate::demand::lag;
use crate::demand::season::{self, Season};
use crate::ids::QueueId;
use crate::scenario::{OrderDriver, Scenario};
use crate::time::Calendar;

/// Excess of slots and of days of demand that is only believed.
const NEW: (f64, f64) = (0.05, 0.05);
/// Relative variance of the volume of a queue known by its orders only: a factor of 1.5 either way.
const DOUBT: f64 = 0.2;
/// Days of history with the weight of a belief's shape.
const BLEND_DAYS: f64 = 14.0;

/// Orders with what they bring, and when.
pub struct Flow<'a> {
    driver: &'a OrderDriver,
    shape: Season,
    /// Share of the contacts by days after the order; sums to one.
    delay: Vec<f64>,
    /// Contacts for each contact per order: the touches of a case, and its chasers.
    touches: f64,
    chasers: f64,
}

impl<'a> Flow<'a> {
    pub fn new(driver: &'a OrderDriver) -> Self {
        let touches = driver.case.map_or(1.0, |case| case.touches);
        let all = driver.case.as_ref().map_or(1.0, lag::per_case);
        Self {
            driver,
            shape: season::named(&driver.profile).unwrap_or(season::FLAT),
            delay: lag::delay(driver),
            touches,
            chasers: all / touches,
        }
    }

    /// The season of the contacts of a day: that of the orders they follow.
    pub fn season(&self, date: NaiveDate) -> f64 {
        let days = self.delay.iter().enumerate();
        days.map(|(ago, share)| share * self.shape.of_year(date - Days::new(ago as u64)))
            .sum()
    }

    /// Contacts of an ordinary day of that time of the year, repeats aside.
    fn volume(&self, date: NaiveDate) -> f64 {
        self.driver.orders_per_day
            * self.driver.contacts_per_order
            * self.touches
            * self.chasers
            * self.season(date)
    }

    fn describe(&self) -> String {
        let mut text = format!(
            "{:.1} orders a day × {} contacts per order, profile {}",
            self.driver.orders_per_day, self.driver.contacts_per_order, self.driver.profile
        );
        if let Some(lag) = self.driver.lag {
            text.push_str(&format!(
                ", half of them within {:.0} days of the order",
                lag[2]
            ));
        }
        if let Some(case) = self.driver.case {
            text.push_str(&format!(
                ", cases open {:.0} days with {:.1} contacts each, {:.0} days promised and kept for {:.0} %",
                case.open_days,
                lag::per_case(&case),
                case.promised_days,
                100.0 * lag::kept(&case)
            ));
        }
        text
    }

    /// What follows from the case of each contact, on every day alike.
    fn case_factors(&self, dates: &[NaiveDate]) -> Vec<DayFactor> {
        let even = |name: &str, factor: f64| DayFactor {
            name: name.to_owned(),
            family: "cases",
            by_day: dates.iter().map(|date| (*date, factor)).collect(),
        };
        match self.driver.case {
            None => Vec::new(),
            Some(_) => vec![even(TOUCHES, self.touches), even(CHASERS, self.chasers)],
        }
    }

    /// The named season, and its delay, on some dates, to some power.
    pub fn season_factors(&self, dates: &[NaiveDate], power: f64) -> Vec<DayFactor> {
        let over = |f: &dyn Fn(NaiveDate) -> f64| -> BTreeMap<NaiveDate, f64> {
            dates.iter().map(|d| (*d, f(*d).powf(power))).collect()
        };
        let prompt = over(&|d| self.shape.of_year(d));
        let delayed = over(&|d| self.season(d));
        let mut out = vec![DayFactor {
            name: format!("season: {}", self.driver.profile),
            family: SEASON,
            by_day: prompt.clone(),
        }];
        if self.delay.len() > 1 {
            let by_day = delayed.iter().map(|(d, f)| (*d, f / prompt[d])).collect();
            out.push(DayFactor {
                name: DELAY.into(),
                family: "delay",
                by_day,
            });
        }
        out
    }
}

/// Demand from orders alone.
pub fn from_orders(scenario: &Scenario, id: QueueId) -> Local {
    let queue = &scenario.queues[id];
    let zone = scenario.markets[queue.market].zone;
    let mut days = BTreeMap::new();
    let (mut model, mut factors) = ("no demand known".to_string(), Vec::new());
    if let Some(driver) = &queue.demand.orders {
        let flow = Flow::new(driver);
        model = flow.describe();
        let dates = local_dates(&scenario.horizon, zone);
        for date in &dates {
            days.insert(*date, order_day(scenario, id, &flow, *date));
        }
        factors = flow.season_factors(&dates, 1.0);
        factors.extend(flow.case_factors(&dates));
    }
    Local {
        model,
        slot_minutes: SLOT,
        days,
        spread: Spread::even(NEW.0 + NEW.1, NEW.1),
        end: scenario.horizon.local(0, zone).date(),
        belief: DOUBT,
        accuracy: None,
        factors,
        observed: 0.0,
        seen: 0.0,
        fresh: true,
        known: None,
    }
}

/// Days after a holiday in which those call who found the line closed.
const AFTER_HOLIDAY: u64 = 7;

/// One day's contacts from orders. Who would call a closed line calls when it is open: the contacts of an ordinary
/// week fall into its open hours by the profile, those of a holiday into the open hours of the week after it.
pub fn order_day(scenario: &Scenario, id: QueueId, flow: &Flow, date: NaiveDate) -> Vec<f64> {
    let queue = &scenario.queues[id];
    let calendar = &scenario.markets[queue.market].calendar;
    let ordinary = Calendar::default();
    let weight = |date: NaiveDate, from: u32, calendar: &Calendar| -> f64 {
        let open: u32 = queue
            .hours
            .on(date, calendar)
            .iter()
            .map(|(a, b)| (*b).min(from + SLOT).saturating_sub((*a).max(from)))
            .sum();
        let busy = flow.shape.of_week(date) * flow.shape.of_day(from, from + SLOT);
        if queue.is_real_time() {
            busy * f64::from(open) / f64::from(SLOT)
        } else {
            busy
        }
    };
    let slots = 1440 / SLOT;
    let of_day = |date: NaiveDate, calendar: &Calendar| -> f64 {
        (0..slots)
            .map(|slot| weight(date, slot * SLOT, calendar))
            .sum()
    };
    let monday = date - Days::new(u64::from(date.weekday().num_days_from_monday()));
    let days = monday.iter_days().take(7);
    let week: f64 = days.map(|day| of_day(day, &ordinary)).sum();
    if week <= 0.0 {
        return vec![0.0; slots as usize];
    }
    // Contacts for each unit of weight.
    let volume = |date: NaiveDate| 7.0 * flow.volume(date) / week;
    let kept_for = |ago: u64| -> f64 {
        let holiday = date - Days::new(ago);
        if !queue.is_real_time() || calendar.holiday(holiday).is_none() {
            return 0.0;
        }
        let closed = of_day(holiday, &ordinary) - of_day(holiday, calendar);
        let after = holiday.iter_days().skip(1).take(AFTER_HOLIDAY as usize);
        let open: f64 = after.map(|day| of_day(day, calendar)).sum();
        if closed > 0.0 && open > 0.0 {
            volume(holiday) * closed / open
        } else {
            0.0
        }
    };
    let volume = volume(date) + (1..=AFTER_HOLIDAY).map(kept_for).sum::<f64>();
    (0..slots)
        .map(|slot| volume * weight(date, slot * SLOT, calendar))
        .collect()
}

/// A short history blended with what its orders say: the level by a conjugate update, the shape moving
/// from the profile's to the history's own as its days come in.
pub fn with_orders(scenario: &Scenario, id: QueueId, history: &Local) -> Local {
    let mut out = blended(scenario, id, history);
    // What has come stays what it was.
    for (date, row) in &mut out.days {
        let Some(came) = history.days.get(date) else {
            continue;
        };
        for (slot, (m, y)) in row.iter_mut().zip(came).enumerate() {
            let to = (slot as u32 + 1) * out.slot_minutes;
            if out.known.is_some_and(|known| known.holds(*date, to)) {
                *m = *y;
            }
        }
    }
    out
}

fn blended(scenario: &Scenario, id: QueueId, known: &Local) -> Local {
    let queue = &scenario.queues[id];
    let (Some(orders), Some(history)) = (&queue.demand.orders, &queue.demand.history) else {
        return known.clone();
    };
    let mut out = known.clone();
    let flow = Flow::new(orders);
    let dates: Vec<NaiveDate> = out.days.keys().copied().collect();
    out.factors.extend(flow.case_factors(&dates));
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
        .map(|(date, _)| repeats * order_day(scenario, id, &flow, date).iter().sum::<f64>())
        .sum();
    let belief = Belief {
        mean: 1.0,
        relative_variance: DOUBT,
    };
    let after = belief.after(known.seen, due, known.observed, NEW.1);
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
