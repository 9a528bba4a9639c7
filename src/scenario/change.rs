//! What changes the demand: events and levers, each visible by name.

use chrono::NaiveDate;

use crate::ids::{ClientId, QueueId};
use crate::units::Share;

/// A campaign, a launch, an outage: demand × (1 + uplift) from a day to a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub name: String,
    pub first_day: NaiveDate,
    /// Inclusive.
    pub last_day: NaiveDate,
    /// 0.3 is 30 % more, −0.2 is 20 % less.
    pub uplift: f64,
    /// Whom it touches; none means every client.
    pub client: Option<ClientId>,
}

/// Self-service, FAQ, tracking, a chatbot: takes contacts away, more as the months pass.
#[derive(Debug, Clone, PartialEq)]
pub struct Lever {
    pub name: String,
    /// Share of the contacts of its queues that it takes away once grown.
    pub deflection: Share,
    /// First day of the ramp.
    pub start: NaiveDate,
    /// Months until it is grown; 0 works at once.
    pub ramp_months: f64,
    /// The queues it acts on.
    pub queues: Vec<QueueId>,
}
