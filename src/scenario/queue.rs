//! A queue: the smallest unit of demand, with its hours, promise and handle time.

use super::{Case, DemandSource, HandleTime, Money};
use crate::ids::{ClientId, LanguageId, MarketId};
use crate::time::OpeningHours;
use crate::units::{Seconds, Share};

/// Client × market × language × channel × contact type.
#[derive(Debug, Clone, PartialEq)]
pub struct Queue {
    pub name: String,
    pub client: ClientId,
    pub market: MarketId,
    pub language: LanguageId,
    /// Only native speakers may serve it.
    pub native_only: bool,
    pub channel: Channel,
    pub contact_type: ContactType,
    /// On the market's wall clock.
    pub hours: OpeningHours,
    pub service: Service,
    pub handle_time: HandleTime,
    /// Share of contacts settled at the first contact.
    pub first_contact_resolution: Share,
    /// Probability that an unsettled contact comes back.
    pub recontact: Share,
    /// Share of those who hang up that call again, on top of the forecast.
    pub retrial: Share,
    /// Mean time after which they do.
    pub retrial_after: Seconds,
    /// Agents of a team that stay free for its other queues while it takes contacts of this one.
    pub reserve: u32,
    /// Least agents on the line while the queue is open (real-time queues).
    pub min_agents: u32,
    pub demand: DemandSource,
}

/// How customers reach the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    Phone,
    Video,
    Chat,
    Email,
    Social,
    Marketplace,
    Form,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 7] = [
        Self::Phone,
        Self::Video,
        Self::Chat,
        Self::Email,
        Self::Social,
        Self::Marketplace,
        Self::Form,
    ];

    /// The channel as scenarios spell it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Video => "video",
            Self::Chat => "chat",
            Self::Email => "email",
            Self::Social => "social",
            Self::Marketplace => "marketplace",
            Self::Form => "form",
        }
    }
}

/// What a contact is about; levers, splits and prices act on it by name.
#[derive(Debug, Clone, PartialEq)]
pub struct ContactType {
    pub name: String,
    /// Asks only for information that a page or an account could show.
    pub informational: bool,
    /// Needs product knowledge (else administrative).
    pub product: bool,
    /// Highest share that self-service can take away.
    pub deflectable: Share,
    /// Share that no script answers: it goes on to the shop's own expert, who handles it once more.
    pub escalated: Share,
    /// Part of `escalated` that becomes standard, with an answer in the scripts, each month.
    pub standardised: Share,
    /// What a contact handled sells on average: another order, a dearer one.
    pub sale: Money,
}

impl ContactType {
    /// A type of nothing but its name.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            informational: false,
            product: false,
            deflectable: Share::ZERO,
            escalated: Share::ZERO,
            standardised: Share::ZERO,
            sale: Money::ZERO,
        }
    }
}

/// What is promised, and so how the queue is worked.
#[derive(Debug, Clone, PartialEq)]
pub enum Service {
    /// Answered while the customer waits: phone, video, chat, live social.
    RealTime {
        target: ServiceTarget,
        /// Mean patience; none means nobody hangs up.
        patience: Option<Seconds>,
        /// Contacts one agent holds at once; 1 but for chat.
        concurrency: u32,
    },
    /// Done by a deadline, in idle time first: mail, messages, forms.
    Deferrable { deadline: Deadline },
}

/// A promise to those who wait: every part that is present must hold.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceTarget {
    /// Share answered within a time.
    pub answered_within: Option<(Share, Seconds)>,
    /// What the share is taken over.
    pub definition: ServiceDefinition,
    /// Mean wait (average speed of answer).
    pub mean_wait: Option<Seconds>,
    /// A quantile of the wait: (0.95, 20 s) means 95 % wait no longer than 20 s.
    pub wait_quantile: Option<(Share, Seconds)>,
    /// Highest share abandoned.
    pub max_abandoned: Option<Share>,
}

/// What a service level is taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceDefinition {
    /// Answered in time ÷ offered.
    Offered,
    /// Answered in time ÷ answered.
    Answered,
    /// Answered in time ÷ (answered + abandoned after the time).
    AnsweredOrAbandonedLate,
}

/// A promise to those who write.
#[derive(Debug, Clone, PartialEq)]
pub struct Deadline {
    pub within: Seconds,
    pub clock: DeadlineClock,
    /// Share done in time.
    pub share: Share,
}

/// Which hours count towards a deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeadlineClock {
    /// Every hour, weekends and holidays included.
    Calendar,
    /// Hours in which the queue is open.
    Business,
}

/// Handle time of a chat while its agent holds 1, 2, … of them ÷ that of a single one. Each further
/// chat slows all of them by about three eighths (6, 8, 10.5 minutes at one, two, three chats).
pub fn chat_pace(concurrency: u32) -> Vec<f64> {
    (0..concurrency.max(1))
        .map(|others| 1.0 + 0.375 * f64::from(others))
        .collect()
}

impl Queue {
    /// Contacts in all per new contact: 1 ÷ (1 − (1 − FCR) × P(contact again)).
    pub fn repeat_factor(&self) -> f64 {
        self.repeat_factor_at(self.first_contact_resolution)
    }

    /// The same at another first-contact resolution.
    pub fn repeat_factor_at(&self, resolution: Share) -> f64 {
        1.0 / (1.0 - resolution.rest().value() * self.recontact.value())
    }

    /// The case that each of its contacts after an order opens, if any.
    pub fn case(&self) -> Option<&Case> {
        self.demand.orders.as_ref()?.case.as_ref()
    }

    /// Whether customers wait for an answer there and then.
    pub fn is_real_time(&self) -> bool {
        matches!(self.service, Service::RealTime { .. })
    }

    /// The share promised: within its time, or by its deadline; 0 where only a mean is promised.
    pub fn promised_share(&self) -> Share {
        match &self.service {
            Service::RealTime { target, .. } => target
                .answered_within
                .or(target.wait_quantile)
                .map_or(Share::ZERO, |(share, _)| share),
            Service::Deferrable { deadline } => deadline.share,
        }
    }

    /// Whether it promises a share of all who come, not of those who wait, nor a mean.
    pub fn promises_share_in_time(&self) -> bool {
        match &self.service {
            Service::RealTime { target, .. } => target.answered_within.is_some(),
            Service::Deferrable { .. } => true,
        }
    }

    /// The time within which the promise is kept.
    pub fn promised_within(&self) -> Seconds {
        match &self.service {
            Service::RealTime { target, .. } => target
                .answered_within
                .or(target.wait_quantile)
                .map(|(_, within)| within)
                .or(target.mean_wait)
                .unwrap_or(Seconds::ZERO),
            Service::Deferrable { deadline } => deadline.within,
        }
    }
}
