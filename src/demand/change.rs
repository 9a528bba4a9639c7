//! What changes demand by name: events, levers, repeats. Each is a factor by day that can be switched off.

use chrono::NaiveDate;

use crate::ids::QueueId;
use crate::scenario::{Event, Lever, Scenario};

/// The factor of an event on a local day.
pub fn event_factor(event: &Event, day: NaiveDate) -> f64 {
    if event.first_day <= day && day <= event.last_day {
        (1.0 + event.uplift).max(0.0)
    } else {
        1.0
    }
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

/// A named change of one queue.
#[derive(Clone, Copy, Debug)]
pub enum Change<'a> {
    Event(&'a Event),
    Lever(&'a Lever),
}

impl Change<'_> {
    /// The name by which it is shown and switched off.
    pub fn name(&self) -> String {
        match self {
            Self::Event(e) => e.name.clone(),
            Self::Lever(l) => l.name.clone(),
        }
    }

    /// Its factor on a local day.
    pub fn factor(&self, day: NaiveDate) -> f64 {
        match self {
            Self::Event(e) => event_factor(e, day),
            Self::Lever(l) => lever_factor(l, day),
        }
    }
}

/// The events and levers that touch a queue.
pub fn of_queue(scenario: &Scenario, id: QueueId) -> Vec<Change<'_>> {
    let queue = &scenario.queues[id];
    let events = scenario
        .events
        .iter()
        .filter(|e| e.client.is_none_or(|c| c == queue.client));
    let levers = scenario.levers.iter().filter(|l| l.queues.contains(&id));
    events
        .map(Change::Event)
        .chain(levers.map(Change::Lever))
        .collect()
}

/// All changes together on a day; levers never take more than the deflectable share.
pub fn product<'a>(
    changes: impl IntoIterator<Item = &'a Change<'a>>,
    deflectable: f64,
    day: NaiveDate,
) -> f64 {
    let (mut events, mut levers) = (1.0, 1.0);
    for change in changes {
        match change {
            Change::Event(_) => events *= change.factor(day),
            Change::Lever(_) => levers *= change.factor(day),
        }
    }
    events * f64::max(levers, 1.0 - deflectable)
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
    fn an_event_holds_on_its_days_only() {
        let event = Event {
            name: "sale".into(),
            first_day: date("2026-05-01"),
            last_day: date("2026-05-03"),
            uplift: 0.3,
            client: None,
        };
        assert_eq!(event_factor(&event, date("2026-05-03")), 1.3);
        assert_eq!(event_factor(&event, date("2026-05-04")), 1.0);
    }
}
