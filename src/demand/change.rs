//! What changes demand by name: events, levers, growth. Each is a factor by day that can be switched off.

use chrono::{Days, NaiveDate};

use super::lag;
use crate::ids::QueueId;
use crate::scenario::{Event, Growth, Lever, Scenario};

/// The factor of an event on a local day: of contacts that come so many days after what it raises, by their shares.
pub fn event_factor(event: &Event, delay: &[f64], day: NaiveDate) -> f64 {
    let days = (0..).zip(delay);
    let raised: f64 = days
        .filter(|(ago, _)| (event.first_day..=event.last_day).contains(&(day - Days::new(*ago))))
        .map(|(_, share)| share)
        .sum();
    (1.0 + event.uplift * raised).max(0.0)
}

/// The factor of a lever on a local day: nothing before its start, then straight down over the ramp to
/// 1 − deflection.
pub fn lever_factor(lever: &Lever, day: NaiveDate) -> f64 {
    const MONTH: f64 = 365.25 / 12.0;
    let days = (day - lever.start).num_days();
    if days < 0 {
        return 1.0;
    }
    let ramp = lever.ramp_months * MONTH;
    let grown = if ramp > 0.0 {
        (days as f64 / ramp).min(1.0)
    } else {
        1.0
    };
    1.0 - lever.deflection.value() * grown
}

/// The factor of growth on a local day: compounded since its start, standing after its last day.
pub fn growth_factor(growth: &Growth, day: NaiveDate) -> f64 {
    let until = growth.last_day.map_or(day, |last| last.min(day));
    let days = (until - growth.start).num_days().max(0) as f64;
    (1.0 + growth.per_year).max(0.0).powf(days / 365.25)
}

/// A named change of one queue.
#[derive(Clone, Debug)]
pub enum Change<'a> {
    /// With the shares of the contacts by days after the orders that an event raises.
    Event(&'a Event, Vec<f64>),
    Lever(&'a Lever),
    Growth(&'a Growth),
}

impl Change<'_> {
    /// The name by which it is shown and switched off.
    pub fn name(&self) -> String {
        match self {
            Self::Event(e, _) => e.name.clone(),
            Self::Lever(l) => l.name.clone(),
            Self::Growth(g) => g.name.clone(),
        }
    }

    /// Its factor on a local day.
    pub fn factor(&self, day: NaiveDate) -> f64 {
        match self {
            Self::Event(e, delay) => event_factor(e, delay, day),
            Self::Lever(l) => lever_factor(l, day),
            Self::Growth(g) => growth_factor(g, day),
        }
    }
}

/// The events, levers and growth that touch a queue.
pub fn of_queue(scenario: &Scenario, id: QueueId) -> Vec<Change<'_>> {
    let queue = &scenario.queues[id];
    let orders = queue.demand.orders.as_ref();
    let delay = orders.map_or_else(|| vec![1.0], lag::delay);
    let events = scenario
        .events
        .iter()
        .filter(|e| e.client.is_none_or(|c| c == queue.client));
    let levers = scenario.levers.iter().filter(|l| l.queues.contains(&id));
    let growths = scenario
        .growths
        .iter()
        .filter(|g| g.client.is_none_or(|c| c == queue.client));
    events
        .map(|event| Change::Event(event, delay.clone()))
        .chain(levers.map(Change::Lever))
        .chain(growths.map(Change::Growth))
        .collect()
}

/// All changes together on a day; levers never take more than the deflectable share.
pub fn product<'a>(
    changes: impl IntoIterator<Item = &'a Change<'a>>,
    deflectable: f64,
    day: NaiveDate,
) -> f64 {
    let (mut others, mut levers) = (1.0, 1.0);
    for change in changes {
        match change {
            Change::Lever(_) => levers *= change.factor(day),
            Change::Event(..) | Change::Growth(_) => others *= change.factor(day),
        }
    }
    others * f64::max(levers, 1.0 - deflectable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Share;

    fn date(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn an_account_halves_contacts_over_two_years() {
        let lever = Lever {
            id: "account".into(),
            name: "account".into(),
            deflection: Share(0.5),
            start: date("2026-01-01"),
            ramp_months: 24.0,
            queues: vec![],
        };
        assert_eq!(lever_factor(&lever, date("2025-12-31")), 1.0);
        assert!((lever_factor(&lever, date("2027-01-01")) - 0.75).abs() < 0.001);
        assert!((lever_factor(&lever, date("2029-01-01")) - 0.5).abs() < 1e-12);
        let changes = [Change::Lever(&lever), Change::Lever(&lever)];
        assert!((product(&changes, 0.6, date("2030-01-01")) - 0.4).abs() < 1e-12);
    }

    #[test]
    fn growth_compounds_and_stops() {
        let growth = Growth {
            id: "doubling".into(),
            name: "doubling".into(),
            per_year: 1.0,
            start: date("2026-01-01"),
            last_day: Some(date("2027-01-01")),
            client: None,
        };
        assert_eq!(growth_factor(&growth, date("2025-06-01")), 1.0);
        let half = growth_factor(&growth, date("2026-07-02"));
        assert!((half - 2f64.powf(182.0 / 365.25)).abs() < 1e-12);
        let end = growth_factor(&growth, date("2027-01-01"));
        assert!((end - 2.0).abs() < 0.002);
        assert_eq!(growth_factor(&growth, date("2029-01-01")), end);
    }

    #[test]
    fn an_event_holds_on_its_days_only() {
        let event = Event {
            id: "sale".into(),
            name: "sale".into(),
            first_day: date("2026-05-01"),
            last_day: date("2026-05-03"),
            uplift: 0.3,
            client: None,
        };
        assert_eq!(event_factor(&event, &[1.0], date("2026-05-03")), 1.3);
        assert_eq!(event_factor(&event, &[1.0], date("2026-05-04")), 1.0);
        // A return comes two or three days after its order.
        let later = |day| event_factor(&event, &[0.0, 0.0, 0.5, 0.5], date(day));
        let days = [
            "2026-05-02",
            "2026-05-03",
            "2026-05-04",
            "2026-05-06",
            "2026-05-07",
        ];
        assert_eq!(days.map(later), [1.0, 1.15, 1.3, 1.15, 1.0]);
    }
}
