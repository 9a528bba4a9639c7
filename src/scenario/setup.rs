//! Set-ups: the ways to run the service, and what each costs.

use std::collections::BTreeMap;

use super::{AgentGroup, Employer, Money, Tariff};
use crate::ids::{ClientId, GroupId};
use crate::units::{Hours, Share};

/// One way to run the service.
#[derive(Debug, Clone, PartialEq)]
pub struct Setup {
    pub name: String,
    pub title: String,
    pub kind: SetupKind,
    /// The agent groups that work in it.
    pub groups: Vec<GroupId>,
    /// Groups of it that nobody can work in: they have no people, or their site has no seats.
    pub empty_groups: Vec<GroupId>,
    /// Each client stands alone: fees, minimum and contacts included, leads, the owner's and borrowed hours are each
    /// client's own. Else they are the set-up's, once.
    pub per_client: bool,
    /// Further shops of the same demand that share its pods; their share of the cost is theirs.
    pub companions: u32,
    /// The clients whose costs are counted, ascending; none means every one. Others in its pods (see
    /// [`crate::whatif::with_companions`]) bear their own share.
    pub bearers: Option<Vec<ClientId>>,
    /// The clients, ascending, among whom the partner's one contract is divided by what they are charged, where only some
    /// bear their part.
    pub sharers: Option<Vec<ClientId>>,
    /// Costs of one's own people, where groups of the set-up are own.
    pub in_house: InHouseCosts,
    /// What the partner charges; none where the set-up has no partner.
    pub tariff: Option<Tariff>,
}

impl Setup {
    /// Whether the costs of a client are counted.
    pub fn bears(&self, client: ClientId) -> bool {
        self.bearers
            .as_ref()
            .is_none_or(|clients| clients.binary_search(&client).is_ok())
    }

    /// Whether the people of a group cost what a partner's tariff says; others are paid at cost.
    pub fn pays_by_tariff(&self, group: &AgentGroup) -> bool {
        group.employer == Employer::Partner && self.tariff.is_some()
    }
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
    /// Weeks until a new agent is as fast as the others.
    pub ramp_weeks: f64,
    /// Handle time of a new agent ÷ that of the others on the first day; falls evenly to 1.
    pub ramp_handle_time: f64,
    /// Weeks from the decision to hire until a new agent begins.
    pub hiring_weeks: f64,
    /// Licences per seat and month.
    pub tools_per_month: Money,
    /// Licences per contact handled.
    pub tools_per_ticket: Money,
    /// Licences per contact settled (contacts × first-contact resolution).
    pub tools_per_resolution: Money,
    /// Space and equipment per seat and month.
    pub space_per_month: Money,
    /// Telephony per minute of talk.
    pub telephony_per_minute: Money,
    /// Keeping the answers and scripts, per month.
    pub knowledge_per_month: Money,
    /// The owner's hours per week spent on service.
    pub owner_hours: Hours,
    /// What an hour of the owner is worth.
    pub owner_hour: Money,
    /// Others who help out: the accountant, the warehouseman.
    pub borrowed: Vec<Borrowed>,
    /// What a contact nobody takes is worth; 0 leaves weeks without cover, and those who hang up, without a price.
    pub missed_contact: Money,
    /// Days of pay owed to agents after the decision to stop.
    pub notice_days: u32,
    /// Months of pay due to each agent on leaving for want of work.
    pub severance_months: f64,
    /// Whole contracts only: paid hours are rounded up to the weeks that people are hired for.
    pub whole_contracts: bool,
    /// Where a value that the user did not give comes from: field -> source and date.
    pub sources: BTreeMap<String, String>,
}

/// Staff with another job who answer customers for some hours.
#[derive(Debug, Clone, PartialEq)]
pub struct Borrowed {
    /// "accountant".
    pub who: String,
    /// Per week, the time lost on switching included.
    pub hours: Hours,
    /// What an hour of their own work is worth.
    pub hour: Money,
}

impl Default for InHouseCosts {
    fn default() -> Self {
        Self {
            lead_span: 0,
            lead_per_month: Money::ZERO,
            attrition: Share::ZERO,
            recruiting: Money::ZERO,
            training: Hours::ZERO,
            ramp_weeks: 0.0,
            ramp_handle_time: 1.0,
            hiring_weeks: 0.0,
            tools_per_month: Money::ZERO,
            tools_per_ticket: Money::ZERO,
            tools_per_resolution: Money::ZERO,
            space_per_month: Money::ZERO,
            telephony_per_minute: Money::ZERO,
            knowledge_per_month: Money::ZERO,
            owner_hours: Hours::ZERO,
            owner_hour: Money::ZERO,
            borrowed: Vec::new(),
            missed_contact: Money::ZERO,
            notice_days: 0,
            severance_months: 0.0,
            whole_contracts: true,
            sources: BTreeMap::new(),
        }
    }
}
