//! The domain at rest: a checked scenario. Nothing in it is missing, every id points somewhere, every
//! share lies in 0..=1, every amount is in the scenario's one currency.
//!
//! ```text
//! Scenario
//!   client, market, language        who the customers are
//!   queue                           client × market × language × channel × contact type
//!   event, lever, growth, override  what changes the demand
//!   site, rules, shift, group       where, how long and who can work
//!   setup                           the ways to run the service, and what each costs
//! ```

mod assumed;
mod change;
mod client;
mod coarse;
mod demand;
mod group;
mod handle_time;
mod labour;
mod money;
mod promised;
mod queue;
mod reach;
mod setup;
mod shift;
mod site;
mod tariff;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono_tz::Tz;

pub use assumed::Assumed;
pub use change::{Event, Growth, Lever, Override};
pub use client::{Client, Language, LanguageLevel, Market, Speaks};
pub use demand::{Case, DemandSource, Handled, History, OrderDriver, PROFILES};
pub use group::{AgentGroup, ContractWeek, Employer, GroupKind, Shrinkage};
pub use handle_time::{HandleTime, log_normal};
pub use labour::{Charges, LabourRules, NightLimit, SUNDAYS};
pub use money::{Conversion, Currency, Money};
pub use promised::{Period, PromisePeriods, PromiseScope};
pub use queue::{
    Channel, ContactType, Deadline, DeadlineClock, Queue, Service, ServiceDefinition,
    ServiceTarget, chat_pace,
};
pub use setup::{Borrowed, InHouseCosts, Setup, SetupKind};
pub use shift::{BREAK_AFTER_MINUTES, BreakRule, ShiftTemplate};
pub use site::{
    Premium, PremiumBase, PremiumKind, PremiumPay, PremiumTime, Site, Stacking, month_hours,
};
pub use tariff::{
    Billable, BilledMinutes, BonusMalus, Indexation, InteractionPrice, PriceForm, Tariff, Uplifts,
};

use crate::ids::{ClientId, GroupId, LanguageId, MarketId, QueueId, SetupId, ShiftId, SiteId};
use crate::problem::Problem;
use crate::table::Table;
use crate::time::Horizon;

/// Everything a plan needs to know.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// Short name, as in file names.
    pub name: String,
    /// The question in words.
    pub title: String,
    /// The one currency inside.
    pub currency: Currency,
    /// Seed of everything drawn.
    pub seed: u64,
    /// The slots that are planned.
    pub horizon: Horizon,
    /// The wall clock on which the horizon's days begin; reports show it beside UTC.
    pub zone: Tz,
    /// What planning may assume.
    pub policy: Policy,
    pub clients: Table<ClientId, Client>,
    pub markets: Table<MarketId, Market>,
    pub languages: Table<LanguageId, Language>,
    pub queues: Table<QueueId, Queue>,
    pub sites: Table<SiteId, Site>,
    pub shifts: Table<ShiftId, ShiftTemplate>,
    pub groups: Table<GroupId, AgentGroup>,
    pub setups: Table<SetupId, Setup>,
    pub events: Vec<Event>,
    pub levers: Vec<Lever>,
    pub growths: Vec<Growth>,
    pub overrides: Vec<Override>,
    /// Named factors of the demand that are switched off.
    pub without: Vec<String>,
    /// The set-up whose roster is wanted; none means the cheapest that keeps its promises.
    pub plan_setup: Option<SetupId>,
    /// The values of its text, by path.
    pub inputs: Arc<BTreeMap<String, String>>,
    /// Values that the scenario leaves to the program.
    pub assumed: Vec<Assumed>,
    /// What may be wrong and is taken as it stands: rows of a history that repeat others.
    pub doubts: Vec<Problem>,
    /// What no plan of it can do, each with its remedy: queues that a set-up's people cannot serve, hours without a
    /// site. A plan leaves them open and names them in its shortfall.
    pub impossible: Vec<Problem>,
}

/// What planning may assume.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Over what time a service level is promised.
    pub promise: PromiseScope,
    /// Highest share of time on the line that an agent is busy.
    pub max_occupancy: f64,
    /// Price of an agent-hour that the plan leaves uncovered.
    pub shortfall_per_hour: f64,
    /// Replications of the simulation.
    pub replications: usize,
    /// Relative gap at which the solver may stop.
    pub gap: f64,
    /// Rounds of simulate, tighten, solve again.
    pub rounds: usize,
    /// People beyond those at work at once who know each client and language.
    pub backups: usize,
    /// Does a clock limit the search? Then set-ups are staffed in turn: one that waits for a thread must not
    /// lose its time to another.
    pub in_turn: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            promise: PromiseScope::Week,
            max_occupancy: 0.85,
            shortfall_per_hour: 10_000.0,
            replications: 40,
            gap: 0.005,
            rounds: 4,
            backups: 1,
            in_turn: false,
        }
    }
}

impl Scenario {
    /// The queues that `group` is able to serve: its clients, languages (at the level asked for) and
    /// channels.
    pub fn queues_of(&self, group: GroupId) -> Vec<QueueId> {
        let group = &self.groups[group];
        self.queues
            .iter()
            .filter(|(_, queue)| {
                group.clients.contains(&queue.client)
                    && group.channels.contains(&queue.channel)
                    && group.speaks(queue.language, queue.native_only)
            })
            .map(|(id, _)| id)
            .collect()
    }

    /// What it is planned in spite of.
    pub fn warnings(&self) -> impl Iterator<Item = &Problem> {
        self.impossible.iter().chain(&self.doubts)
    }

    /// What leaves a group without anybody, and what would mend it: no people of its own, or no seat at its site.
    pub fn why_empty(&self, group: GroupId) -> Option<(String, String)> {
        let group = &self.groups[group];
        let site = &self.sites[group.site];
        if group.max_agents == Some(0) {
            let why = format!("{} has no people", group.name);
            return Some((why, "raise its `max_agents`".to_owned()));
        }
        (site.seats == Some(0)).then(|| {
            let why = format!("{} has no seats at site {}", group.name, site.name);
            (why, format!("raise the `seats` of {}", site.name))
        })
    }

    /// The first group of a set-up that would serve a queue, had it anybody.
    pub fn empty_group_for(&self, setup: &Setup, queue: QueueId) -> Option<GroupId> {
        let mut groups = setup.empty_groups.iter().copied();
        groups.find(|&group| self.queues_of(group).contains(&queue))
    }

    /// The share of each slot in which a queue is open, on its market's clock and calendar.
    pub fn open_share(&self, queue: QueueId) -> Vec<f64> {
        let queue = &self.queues[queue];
        let market = &self.markets[queue.market];
        queue
            .hours
            .open_share(&self.horizon, market.zone, &market.calendar)
    }

    /// The wall clock of the market that some queues share; the scenario's where they have several.
    pub fn clock_of(&self, queues: &[QueueId]) -> Tz {
        let mut zones = queues
            .iter()
            .map(|queue| self.markets[self.queues[*queue].market].zone);
        match zones.next() {
            Some(first) if zones.all(|zone| zone == first) => first,
            _ => self.zone,
        }
    }

    /// A clock's name behind a time of it, " (Europe/Prague)", where the scenario has several; else nothing.
    pub fn clock_named(&self, clock: Tz) -> String {
        let markets = self.markets.values().map(|market| market.zone);
        let mut zones = markets.chain(self.sites.values().map(|site| site.zone));
        match zones.all(|zone| zone == clock) {
            true => String::new(),
            false => format!(" ({clock})"),
        }
    }

    /// The title of the event, lever, growth or override of that id, under which demand shows it as a factor;
    /// any other name stays as it is.
    pub fn factor_named<'a>(&'a self, id: &'a str) -> &'a str {
        let events = self.events.iter().map(|event| (&event.id, &event.name));
        let levers = self.levers.iter().map(|lever| (&lever.id, &lever.name));
        let growths = self.growths.iter().map(|growth| (&growth.id, &growth.name));
        let overrides = self.overrides.iter().map(|own| (&own.id, &own.name));
        let mut all = events.chain(levers).chain(growths).chain(overrides);
        all.find(|(known, _)| *known == id)
            .map_or(id, |(_, name)| name.as_str())
    }

    /// The set-up of that name.
    pub fn setup_named(&self, name: &str) -> Option<SetupId> {
        self.setups
            .iter()
            .find(|(_, setup)| setup.name == name)
            .map(|(id, _)| id)
    }
}
