//! Set-ups: the ways to run the service, and what each costs.

use super::{Channel, Money};
use crate::ids::GroupId;
use crate::units::{Hours, Share};

/// One way to run the service.
#[derive(Debug, Clone, PartialEq)]
pub struct Setup {
    pub name: String,
    pub title: String,
    pub kind: SetupKind,
    /// The agent groups that work in it.
    pub groups: Vec<GroupId>,
    /// Further shops of the same demand that share its pods; their share of the cost is theirs.
    pub companions: u32,
    /// Costs of one's own people, where groups of the set-up are own.
    pub in_house: InHouseCosts,
    /// What the partner charges; none where the set-up has no partner.
    pub tariff: Option<Tariff>,
}

/// The kinds of set-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetupKind {
    InHouse,
    OutsourcedDedicated,
    OutsourcedShared,
    PerInteraction,
    Split,
}

impl SetupKind {
    /// The kind as scenarios spell it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InHouse => "in-house",
            Self::OutsourcedDedicated => "outsourced-dedicated",
            Self::OutsourcedShared => "outsourced-shared",
            Self::PerInteraction => "per-interaction",
            Self::Split => "split",
        }
    }
}

/// What one's own people cost beside pay, charges and premiums.
#[derive(Debug, Clone, PartialEq)]
pub struct InHouseCosts {
    /// Agents per team lead; 0 means no lead.
    pub lead_span: u32,
    /// Pay of a lead per month, charges included.
    pub lead_per_month: Money,
    /// Share of agents leaving in a year.
    pub attrition: Share,
    /// Recruiting one agent.
    pub recruiting: Money,
    /// Training of a new agent, paid.
    pub training: Hours,
    /// Licences per seat and month.
    pub tools_per_month: Money,
    /// Space and equipment per seat and month.
    pub space_per_month: Money,
    /// Telephony per minute of talk.
    pub telephony_per_minute: Money,
    /// The owner's hours per week spent on service.
    pub owner_hours: Hours,
    /// What an hour of the owner is worth.
    pub owner_hour: Money,
    /// Whole contracts only: paid hours are rounded up to full-time weeks.
    pub whole_contracts: bool,
}

impl Default for InHouseCosts {
    fn default() -> Self {
        Self {
            lead_span: 0,
            lead_per_month: Money::ZERO,
            attrition: Share::ZERO,
            recruiting: Money::ZERO,
            training: Hours::ZERO,
            tools_per_month: Money::ZERO,
            space_per_month: Money::ZERO,
            telephony_per_minute: Money::ZERO,
            owner_hours: Hours::ZERO,
            owner_hour: Money::ZERO,
            whole_contracts: true,
        }
    }
}

/// What a partner charges, excluding VAT.
#[derive(Debug, Clone, PartialEq)]
pub struct Tariff {
    pub form: PriceForm,
    pub setup_fee: Money,
    /// Months over which the set-up fee is spread in a comparison.
    pub term_months: u32,
    pub monthly_fee: Money,
    pub minimum_per_month: Money,
    pub uplifts: Uplifts,
    /// Added to every line where the client cannot deduct VAT.
    pub vat: Share,
    pub vat_deductible: bool,
    pub notice_days: u32,
    pub exit_fee: Money,
}

/// How a partner charges.
#[derive(Debug, Clone, PartialEq)]
pub enum PriceForm {
    /// Per contact handled, by channel; channels not named cost `other`.
    PerInteraction {
        by_channel: Vec<(Channel, Money)>,
        other: Money,
    },
    /// Per minute of handling, rounded up per contact to `rounding_seconds`.
    PerMinute { price: Money, rounding_seconds: u32 },
    /// Per hour on the line.
    PerProductiveHour { price: Money },
    /// Per hour logged in, breaks included.
    PerLoggedHour { price: Money },
    /// Per full-time agent and month.
    PerFteMonth { price: Money },
    /// A flat fee with contacts included, then a price for each further one.
    Flat {
        fee: Money,
        included: f64,
        overage: Money,
    },
}

/// Uplifts on the price of work at certain times.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Uplifts {
    pub night: Share,
    pub weekend: Share,
}
