//! Uplifts on what the form charged: language, night, weekend, round the clock; several add up.

use super::form::Charged;
use crate::cost::Usage;
use crate::cost::ledger::{Ledger, number, percent, sources};
use crate::ids::QueueId;
use crate::scenario::{Money, Queue, Scenario, Tariff};
use crate::table::Table;

pub(super) fn write(
    ledger: &mut Ledger,
    scenario: &Scenario,
    tariff: &Tariff,
    usage: &Usage,
    charged: &Charged,
) {
    let uplifts = &tariff.uplifts;
    let base_of = |applies: &dyn Fn(QueueId, usize) -> bool| -> f64 {
        charged
            .iter()
            .map(|(queue, slots)| {
                let on = slots
                    .iter()
                    .enumerate()
                    .filter(|(slot, _)| applies(queue, *slot));
                on.map(|(_, amount)| amount).sum::<f64>()
            })
            .sum()
    };
    let mut add = |line: String, share: f64, base: f64| {
        ledger.add(
            line,
            Money::from_f64(base).times(share),
            format!(
                "{} of {} charged for it{}",
                percent(share),
                number(base),
                sources(&tariff.sources, &["uplifts"])
            ),
        );
    };
    for (language, share) in &uplifts.languages {
        let base = base_of(&|queue, _| scenario.queues[queue].language == *language);
        add(
            format!("Uplift, language {}", scenario.languages[*language].tag),
            share.value(),
            base,
        );
    }
    let hourly = uplifts.night.value() > 0.0 || uplifts.weekend.value() > 0.0;
    let charges = hourly.then(|| Charges::new(scenario, tariff));
    let local = |queue: QueueId, slot: usize| {
        let market = &scenario.markets[scenario.queues[queue].market];
        let slot = charges
            .as_ref()
            .map_or(slot, |charges| charges.at(queue, slot));
        usage.horizon.local(slot, market.zone)
    };
    if uplifts.night.value() > 0.0 {
        let base = base_of(&|queue, slot| uplifts.is_night(local(queue, slot)));
        add("Uplift, night".to_owned(), uplifts.night.value(), base);
    }
    if uplifts.weekend.value() > 0.0 {
        let base = base_of(&|queue, slot| {
            let day = local(queue, slot).date();
            scenario.markets[scenario.queues[queue].market].is_weekend(day)
        });
        add("Uplift, weekend".to_owned(), uplifts.weekend.value(), base);
    }
    if uplifts.round_the_clock.value() > 0.0 {
        let base = base_of(&|queue, _| never_closes(&scenario.queues[queue]));
        add(
            "Uplift, 24/7".to_owned(),
            uplifts.round_the_clock.value(),
            base,
        );
    }
}

/// When what came is charged: what may wait is handled once its queue is open, however late it came.
pub(super) struct Charges {
    /// Open shares of each slot, of queues whose contacts wait for them.
    opens: Table<QueueId, Option<Vec<f64>>>,
}

impl Charges {
    pub fn new(scenario: &Scenario, tariff: &Tariff) -> Self {
        let by_contact = tariff.form.follows_contacts();
        let opens = scenario.queues.map(|id, queue| {
            let waits = by_contact && !queue.is_real_time();
            waits.then(|| scenario.open_share(id))
        });
        Self { opens }
    }

    /// The slot in which what came in a slot is charged.
    pub fn at(&self, queue: QueueId, slot: usize) -> usize {
        let next = self.opens[queue].as_ref().and_then(|open| {
            let mut slots = (slot..open.len()).chain(0..slot);
            slots.find(|&at| open[at] > 0.0)
        });
        next.unwrap_or(slot)
    }
}

fn never_closes(queue: &Queue) -> bool {
    queue.hours.week.iter().all(|day| day[..] == [(0, 1440)])
        && queue
            .hours
            .holidays
            .as_ref()
            .is_none_or(|day| day[..] == [(0, 1440)])
}
