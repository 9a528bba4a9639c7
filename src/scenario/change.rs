//! What changes the demand: events, levers, growth and overrides, each visible by name.

use chrono::NaiveDate;

use crate::ids::{ClientId, QueueId};
use crate::units::Share;

/// A campaign, a launch, an outage: demand × (1 + uplift) from a day to a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub id: String,
    /// Its title, or its id where it has none.
    pub name: String,
    pub first_day: NaiveDate,
    /// Inclusive.
    pub last_day: NaiveDate,
    /// 0.3 is 30 % more, −0.2 is 20 % less.
    pub uplift: f64,
    /// Whom it touches; none means every client.
    pub client: Option<ClientId>,
}

/// Self-service, FAQ, tracking, a chatbot: handles contacts before they reach an agent, or lets more of them be
/// settled at once, more as the months pass.
#[derive(Debug, Clone, PartialEq)]
pub struct Lever {
    pub id: String,
    /// Its title, or its id where it has none.
    pub name: String,
    /// Share of the contacts of its queues that it takes away once grown.
    pub deflection: Share,
    /// What it adds to their first-contact resolution once grown.
    pub resolution: Share,
    /// First day of the ramp.
    pub start: NaiveDate,
    /// Months until it is grown; 0 works at once.
    pub ramp_months: f64,
    /// The day from which it is grown, whatever its ramp; none leaves it to the ramp.
    pub grown_from: Option<NaiveDate>,
    /// The queues it acts on.
    pub queues: Vec<QueueId>,
}

impl Lever {
    /// How far it has grown on a day: nothing before its start, then straight up over the ramp to one.
    pub fn grown(&self, day: NaiveDate) -> f64 {
        const MONTH: f64 = 365.25 / 12.0;
        let days = (day - self.start).num_days();
        let ramp = self.ramp_months * MONTH;
        if self.grown_from.is_some_and(|from| day >= from) {
            return 1.0;
        }
        match days {
            ..0 => 0.0,
            _ if ramp > 0.0 => (days as f64 / ramp).min(1.0),
            _ => 1.0,
        }
    }
}

/// A business that grows or shrinks: demand × (1 + rate) a year, compounded by the day.
#[derive(Debug, Clone, PartialEq)]
pub struct Growth {
    pub id: String,
    /// Its title, or its id where it has none.
    pub name: String,
    /// 1.0 doubles in a year, −0.1 loses a tenth.
    pub per_year: f64,
    /// The day until which demand stands as it is.
    pub start: NaiveDate,
    /// The last day on which it still grows; it stays there. None goes on.
    pub last_day: Option<NaiveDate>,
    /// Whom it touches; none means every client.
    pub client: Option<ClientId>,
}

impl Override {
    /// Whether it sets the contacts of a day.
    pub fn sets(&self, day: NaiveDate) -> bool {
        (self.first_day..=self.last_day).contains(&day)
    }
}

/// A planner's own figure in the place of the forecast.
#[derive(Debug, Clone, PartialEq)]
pub struct Override {
    pub id: String,
    /// Its title, or its id where it has none.
    pub name: String,
    pub first_day: NaiveDate,
    /// Inclusive.
    pub last_day: NaiveDate,
    /// Contacts of each queue on each day, repeats included.
    pub contacts_per_day: f64,
    pub queues: Vec<QueueId>,
}
