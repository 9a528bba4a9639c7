//! What changes demand by name: events, levers, growth. Each is a factor by day that can be switched off.

use chrono::{Days, NaiveDate};

use super::lag;
use crate::ids::QueueId;
use crate::scenario::{Event, Growth, Lever, Queue, Scenario};
use crate::units::Share;

/// The factor of an event on a local day: of contacts that come so many days after what it raises, by their shares.
pub fn event_factor(event: &Event, delay: &[f64], day: NaiveDate) -> f64 {
    let days = (0..).zip(delay);
    let raised: f64 = days
        .filter(|(ago, _)| (event.first_day..=event.last_day).contains(&(day - Days::new(*ago))))
        .map(|(_, share)| share)
        .sum();
    (1.0 + event.uplift * raised).max(0.0)
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
    pub fn name(&self) -> &str {
        match self {
            Self::Event(e, _) => &e.name,
            Self::Lever(l) => &l.name,
            Self::Growth(g) => &g.name,
        }
    }

    /// Whether it leaves nothing on a local day.
    pub fn voids(&self, day: NaiveDate) -> bool {
        match self {
            Self::Event(e, delay) => event_factor(e, delay, day) <= 0.0,
            Self::Lever(l) => l.deflection.value() * l.grown(day) >= 1.0,
            Self::Growth(g) => growth_factor(g, day) <= 0.0,
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

/// What all changes of a queue make of its contacts on a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Changed {
    /// Events and growth.
    pub others: f64,
    /// The share of the contacts that levers leave to agents.
    pub kept: f64,
    /// First-contact resolution with what levers add, and what that makes of the repeats.
    pub resolution: Share,
    pub repeats: f64,
}

impl Changed {
    /// Contacts that reach an agent ÷ those that would without any of it.
    pub fn factor(&self) -> f64 {
        self.others * self.kept * self.repeats
    }
}

/// All changes together on a day; levers never take more than the deflectable share, and nothing settles more
/// than all contacts at once.
pub fn together<'a>(
    changes: impl IntoIterator<Item = &'a Change<'a>>,
    queue: &Queue,
    day: NaiveDate,
) -> Changed {
    let (mut others, mut kept) = (1.0, 1.0);
    let mut resolution = queue.first_contact_resolution.value();
    for change in changes {
        match change {
            Change::Lever(lever) => {
                let grown = lever.grown(day);
                kept *= 1.0 - lever.deflection.value() * grown;
                resolution += lever.resolution.value() * grown;
            }
            Change::Event(event, delay) => others *= event_factor(event, delay, day),
            Change::Growth(growth) => others *= growth_factor(growth, day),
        }
    }
    let resolution = Share(resolution.min(1.0));
    Changed {
        others,
        kept: f64::max(kept, queue.contact_type.deflectable.rest().value()),
        resolution,
        repeats: queue.repeat_factor_at(resolution) / queue.repeat_factor(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{ClientId, Id, LanguageId, MarketId};
    use crate::scenario::{
        Channel, ContactType, Deadline, DeadlineClock, DemandSource, HandleTime, Service,
    };
    use crate::time::OpeningHours;
    use crate::units::Seconds;

    fn date(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn lever(deflection: f64, resolution: f64, ramp_months: f64) -> Lever {
        Lever {
            id: "account".into(),
            name: "account".into(),
            deflection: Share(deflection),
            resolution: Share(resolution),
            start: date("2026-01-01"),
            ramp_months,
            grown_from: None,
            queues: vec![],
        }
    }

    /// Mail of which 60 % can be deflected, 70 % is settled at once and half of the rest comes again.
    fn mail() -> Queue {
        Queue {
            name: "mail".into(),
            client: ClientId::new(0),
            market: MarketId::new(0),
            language: LanguageId::new(0),
            native_only: false,
            channel: Channel::Email,
            contact_type: ContactType {
                deflectable: Share(0.6),
                ..ContactType::named("status")
            },
            hours: OpeningHours::always(),
            service: Service::Deferrable {
                deadline: Deadline {
                    within: Seconds(28_800.0),
                    clock: DeadlineClock::Calendar,
                    share: Share(0.95),
                },
            },
            handle_time: HandleTime {
                mean: Seconds(300.0),
                cv: 0.8,
            },
            first_contact_resolution: Share(0.7),
            recontact: Share(0.5),
            retrial: Share::ZERO,
            retrial_after: Seconds(600.0),
            reserve: 0,
            min_agents: 0,
            demand: DemandSource {
                history: None,
                orders: None,
            },
        }
    }

    #[test]
    fn an_account_halves_contacts_over_two_years() {
        let account = lever(0.5, 0.0, 24.0);
        let changes = [Change::Lever(&account), Change::Lever(&account)];
        let factor = |levers: usize, day| together(&changes[..levers], &mail(), date(day)).factor();
        assert_eq!(factor(1, "2025-12-31"), 1.0);
        assert!((factor(1, "2027-01-01") - 0.75).abs() < 0.001);
        assert!((factor(1, "2029-01-01") - 0.5).abs() < 1e-12);
        // Two of them would leave a quarter, were more than 60 % to be deflected at all.
        assert!((factor(2, "2030-01-01") - 0.4).abs() < 1e-12);
    }

    #[test]
    fn what_is_settled_at_once_does_not_come_again() {
        let faq = lever(0.0, 0.1, 12.0);
        let at = |faq: &Lever, day| together(&[Change::Lever(faq)], &mail(), date(day));
        assert_eq!(at(&faq, "2025-12-31").factor(), 1.0);
        // Grown: 1 ÷ (1 − .2 × .5) against 1 ÷ (1 − .3 × .5).
        let grown = at(&faq, "2028-01-01");
        assert_eq!(
            (grown.others, grown.kept, grown.resolution),
            (1.0, 1.0, Share(0.7 + 0.1))
        );
        assert!((grown.factor() - 0.85 / 0.9).abs() < 1e-12);
        // Half grown: 75 % settled.
        let half = at(&faq, "2026-07-02").factor();
        assert!((half - 0.85 / 0.875).abs() < 2e-4, "{half}");
        // Nothing settles more than all contacts.
        let best = at(&lever(0.5, 0.9, 0.0), "2026-01-01");
        assert!((best.factor() - 0.5 * 0.85).abs() < 1e-12);
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
