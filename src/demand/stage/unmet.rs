//! What a forecast cannot know: opening hours without a history, and holidays beyond the table.

use std::collections::BTreeSet;

use chrono::{Datelike, Timelike};

use crate::demand::Demand;
use crate::ids::QueueId;
use crate::scenario::Scenario;
use crate::time::holidays;

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// Minutes of a day, from and to.
type Spans = Vec<(u32, u32)>;

/// What to know of each queue that is open when its history never had a contact: nothing is forecast there,
/// which is not to say that nobody would call.
pub fn unmet_hours(scenario: &Scenario, demand: &Demand) -> Vec<String> {
    let queues = scenario.queues.ids();
    queues
        .filter_map(|id| {
            let hours = of_queue(scenario, demand, id)?;
            Some(format!(
                "`{}` is open on {hours}, where its history has no contact: none is forecast there. If contacts \
                 are to be expected, set such days with an [[override]]; else take these hours out of its `hours`",
                scenario.queues[id].name
            ))
        })
        .collect()
}

/// What to know of a horizon that ends after the table of public holidays, where a market or a site has some.
pub fn unknown_holidays(scenario: &Scenario) -> Option<String> {
    let last = *holidays::YEARS.end();
    let end = scenario.horizon.end().with_timezone(&scenario.zone);
    // A horizon that ends with the year has no day in the next.
    let last_day = end.date_naive().pred_opt()?;
    let markets = scenario.markets.values().map(|market| &market.calendar);
    let sites = scenario.sites.values().map(|site| &site.calendar);
    let has_holidays = markets
        .chain(sites)
        .any(|calendar| calendar.region.is_some());
    (last_day.year() > last && has_holidays).then(|| {
        format!(
            "public holidays after {last} are not known: those days are forecast, staffed and paid as others. Name them \
             under `holidays.add` of a market or a site"
        )
    })
}

/// Such hours of a queue by weekday, days with the same hours together.
fn of_queue(scenario: &Scenario, demand: &Demand, id: QueueId) -> Option<String> {
    let queue = &scenario.queues[id];
    let history = queue.demand.history.as_ref()?;
    let found = &demand.queues[id];
    if !queue.is_real_time() || found.contacts() <= 0.0 {
        return None;
    }
    let per_day = (1440 / history.slot_minutes) as usize;
    let mut seen = vec![false; 7 * per_day];
    for (row, date) in history.days.iter().zip(history.first_day.iter_days()) {
        let at = date.weekday().num_days_from_monday() as usize * per_day;
        for (seen, count) in seen[at..].iter_mut().zip(row.iter().flatten()) {
            *seen |= *count > 0.0;
        }
    }
    let horizon = &scenario.horizon;
    let zone = scenario.markets[queue.market].zone;
    let mut unmet: BTreeSet<(usize, u32)> = BTreeSet::new();
    for (slot, open) in scenario.open_share(id).into_iter().enumerate() {
        let at = horizon.local(slot, zone);
        let (weekday, minute) = (
            at.weekday().num_days_from_monday() as usize,
            at.hour() * 60 + at.minute(),
        );
        let known = seen[weekday * per_day + (minute / history.slot_minutes) as usize];
        if open > 0.0 && !known && found.mean[slot] == 0.0 {
            unmet.insert((weekday, minute));
        }
    }
    // By weekday the spans, and by spans the weekdays.
    let mut spans: [Spans; 7] = Default::default();
    for (weekday, minute) in unmet {
        let end = minute + horizon.slot_minutes;
        match spans[weekday].last_mut().filter(|last| last.1 == minute) {
            Some(last) => last.1 = end,
            None => spans[weekday].push((minute, end)),
        }
    }
    let mut alike: Vec<(Spans, Vec<&str>)> = Vec::new();
    for (spans, name) in spans.into_iter().zip(DAYS).filter(|s| !s.0.is_empty()) {
        match alike.iter_mut().find(|known| known.0 == spans) {
            Some(known) => known.1.push(name),
            None => alike.push((spans, vec![name])),
        }
    }
    let clock = |minute: &u32| format!("{:02}:{:02}", minute / 60, minute % 60);
    let told: Vec<String> = alike
        .iter()
        .map(|(spans, days)| {
            let spans = spans
                .iter()
                .map(|(a, b)| format!("{} to {}", clock(a), clock(b)));
            format!(
                "{} {}",
                days.join(", "),
                spans.collect::<Vec<_>>().join(" and ")
            )
        })
        .collect();
    (!told.is_empty()).then(|| told.join("; "))
}
