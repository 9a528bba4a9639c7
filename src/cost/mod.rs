//! Cost: what a staffed set-up costs, line by line, and per interaction.
//!
//! ```text
//! usage      what was worked, for whom, and what was handled by whom
//! in_house/  pay and contracts · people · place · owner        one's own, at cost
//! tariff/    form · uplifts · fees                             the partner's invoice
//! go_live    the hotline to the shop until agents have learnt
//! beside     escalations to the shop's expert, sales
//! risk       weeks without cover, lock-in                      what is no line but counts
//! learning   what it takes, once, to learn clients             no line either: it is no cost of every week
//! ```
//!
//! Teams of [`Employer::Own`](crate::scenario::Employer) are priced at cost. Teams of a partner are
//! priced by the tariff of the set-up, or at cost where it has none: that is the partner's own floor.

mod beside;
mod go_live;
mod in_house;
mod learning;
mod ledger;
mod risk;
mod tariff;
mod usage;

use std::collections::BTreeSet;

use crate::demand::Demand;
use crate::ids::{ClientId, SetupId};
use crate::scenario::{Money, Scenario, Setup};
use crate::simulation::Observed;
use crate::staffing::Staffing;
use crate::time::MONTHS_PER_WEEK;

pub use go_live::{GoLive, ShopSize};
pub use in_house::{hour_on_line, ramp_hours};
pub use learning::{Hiring, Learning, TeamLearning, hiring, pre_learning, since};
pub use ledger::CostLine;
use ledger::Ledger;
pub use tariff::{TOP_UP, billed_minutes, interaction_price};
pub use usage::{QueueUsage, TeamUsage, Usage};

/// Weeks of an average year.
pub const WEEKS_PER_YEAR: f64 = 365.25 / 7.0;

/// A priced set-up over the horizon.
#[derive(Debug, Clone)]
pub struct Costing {
    pub setup: SetupId,
    pub lines: Vec<CostLine>,
    /// Contacts handled over the horizon, the base of the cost of one interaction.
    pub interactions: f64,
    /// Orders over the horizon, where known.
    pub orders: Option<f64>,
    pub weeks: f64,
    pub detail: CostDetail,
}

/// What stands beside the lines.
#[derive(Debug, Clone, Default)]
pub struct CostDetail {
    /// Contracts that are borne: whole ones, or a client's part of one.
    pub contracts: f64,
    /// The partner's charges that count towards its minimum: the form's, uplifts and indexation. By contract.
    pub charges: Vec<Money>,
    /// People employed for the shop's own teams.
    pub own_people: f64,
    /// Paid hours of the owner and of borrowed staff a week.
    pub borrowed_hours_per_week: f64,
    /// Weeks of a year in which some queue has nobody: the worst queue's.
    pub weeks_without_cover: f64,
    /// What is still to be paid after the decision to stop.
    pub lock_in: Money,
    /// Due each month whether or not contacts come: fees and minimum, pay and charges.
    pub committed_per_month: Money,
    /// How the two above were computed.
    pub weeks_without_cover_basis: String,
    pub lock_in_basis: String,
    /// Days of notice.
    pub notice_days: u32,
    /// When a partner takes its first contact; none without a partner.
    pub go_live: Option<GoLive>,
}

impl Costing {
    /// The sum of the printed lines.
    pub fn total(&self) -> Money {
        self.lines.iter().map(|line| line.amount).sum()
    }

    /// Cost of one interaction; nothing where there was none.
    pub fn per_interaction(&self) -> Option<f64> {
        (self.interactions > 0.0).then(|| self.total().to_f64() / self.interactions)
    }

    /// Cost per order, where orders are known and anyone is served.
    pub fn per_order(&self) -> Option<f64> {
        self.orders
            .filter(|orders| *orders > 0.0 && self.interactions > 0.0)
            .map(|orders| self.total().to_f64() / orders)
    }

    /// Cost of an average month (365.25 ÷ 12 days).
    pub fn per_month(&self) -> f64 {
        if self.weeks > 0.0 {
            self.total().to_f64() / (self.weeks * MONTHS_PER_WEEK)
        } else {
            0.0
        }
    }
}

/// Prices a staffed set-up over the horizon of the demand.
///
/// `scenario`, `demand`, `staffing` and `observed` must have the same queues; where the set-up has
/// companions they hold the companions' too, and only its own share is priced.
pub fn price(
    scenario: &Scenario,
    setup: SetupId,
    demand: &Demand,
    staffing: &Staffing,
    observed: &Observed,
) -> Costing {
    let usage = Usage::of(scenario, setup, demand, staffing, observed);
    price_usage(scenario, setup, &usage, Some(observed))
}

/// Prices what was used, however it was found: observed, planned, or supposed.
pub fn price_usage(
    scenario: &Scenario,
    setup: SetupId,
    usage: &Usage,
    observed: Option<&Observed>,
) -> Costing {
    let terms = &scenario.setups[setup];
    let contracts = contracts(scenario, terms, usage);
    let mut ledger = Ledger::default();
    let (mut charges, mut charged, mut borne) = (Vec::new(), Money::ZERO, 0.0);
    for &client in &contracts {
        let part = client.map(|client| usage.for_clients(scenario, &[client]));
        let usage = part.as_ref().unwrap_or(usage);
        let mut lines = in_house::lines(scenario, terms, usage);
        if let Some(tariff) = &terms.tariff {
            let invoice = match &terms.sharers {
                Some(sharers) => tariff::part(scenario, tariff, sharers, usage, observed),
                None => tariff::lines(scenario, tariff, usage, observed),
            };
            borne += invoice.part;
            lines.extend(invoice.lines);
            charges.push(invoice.counted);
            charged += invoice.charges;
            lines.extend(go_live::lines(scenario, terms, tariff, usage));
        }
        lines.extend(beside::lines(scenario, terms, usage));
        ledger.append(
            lines,
            client.map(|client| scenario.clients[client].name.as_str()),
        );
    }
    let lines = ledger.into_lines();
    let risk = risk::of(scenario, terms, usage, &lines, (charged, borne));
    Costing {
        setup,
        lines,
        interactions: usage.interactions(),
        orders: orders(scenario, setup, usage.weeks),
        weeks: usage.weeks,
        detail: CostDetail {
            own_people: usage.people(),
            borrowed_hours_per_week: in_house::borrowed_hours(&terms.in_house)
                * contracts.len() as f64,
            charges,
            contracts: borne,
            notice_days: notice_days(terms, usage.people()),
            go_live: terms
                .tariff
                .as_ref()
                .map(|tariff| go_live::slowest(scenario, tariff, usage)),
            ..risk
        },
    }
}

/// For whom lines are written apart: for everybody together, or for each client that stands alone.
fn contracts(scenario: &Scenario, terms: &Setup, usage: &Usage) -> Vec<Option<ClientId>> {
    if !terms.per_client {
        return vec![None];
    }
    let queues = usage.own_queues();
    let clients: BTreeSet<ClientId> = queues.map(|(id, _)| scenario.queues[id].client).collect();
    clients.into_iter().map(Some).collect()
}

/// Days after which the partner's contract ends and the last of one's own people has left.
fn notice_days(terms: &Setup, people: f64) -> u32 {
    let partner = terms.tariff.as_ref().map_or(0, |tariff| tariff.notice_days);
    let own = if people > 0.0 {
        terms.in_house.notice_days
    } else {
        0
    };
    partner.max(own)
}

/// Orders of the set-up's own clients over the horizon, where all of them are known.
fn orders(scenario: &Scenario, setup: SetupId, weeks: f64) -> Option<f64> {
    let own = scenario
        .clients
        .iter()
        .filter(|(client, _)| scenario.setups[setup].bears(*client));
    let per_day: Option<f64> = own.map(|(_, client)| client.orders_per_day).sum();
    per_day.map(|orders| orders * weeks * 7.0)
}
