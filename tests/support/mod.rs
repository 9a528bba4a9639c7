//! Plans made by hand for the tests of the edges: plausible in shape, not planned by anything.

mod scenario;
mod stages;

use chrono::{DateTime, Duration, NaiveDate, TimeZone, Timelike, Utc};

use crewcast::audit::Finding;
use crewcast::compare::{BreakEven, BreakEvenPoint, Certainty, Comparison, Crossing, SetupResult};
use crewcast::cost::{CostDetail, CostLine, Costing};
use crewcast::demand::{Accuracy, Demand, Factor, QueueDemand};
use crewcast::ids::{
    ClientId, GroupId, Id, LanguageId, MarketId, QueueId, SetupId, ShiftId, SiteId,
};
use crewcast::plan::Plan;
use crewcast::requirement::{DeferrableWork, Pool, Requirement};
use crewcast::roster::{Duty, Pause, Roster, RosteredAgent};
use crewcast::scenario::*;
use crewcast::simulation::{Interval, Observed, Part, PartKind, QueueService};
use crewcast::staffing::{PlannedBreak, PlannedShift, Proof, Shortfall, Staffing, Team};
use crewcast::table::Table;
use crewcast::time::{Calendar, Horizon, OpeningHours};
use crewcast::units::{Hours, Seconds, Share};

use scenario::scenario;
use stages::{break_even, certainty, costing, demand, observed, requirement, roster, staffing};

/// What kind of plan to make.
pub struct Shape {
    pub clients: usize,
    /// Tags and names.
    pub languages: Vec<(&'static str, &'static str)>,
    /// Sites: name, zone, whether open at night.
    pub sites: Vec<(&'static str, chrono_tz::Tz)>,
    pub always_open: bool,
    /// Contacts of a queue in its busiest hour.
    pub busiest: f64,
}

impl Shape {
    /// One shop, two languages, one town.
    pub fn shop() -> Self {
        Self {
            clients: 1,
            languages: vec![("cs", "Czech"), ("sk", "Slovak")],
            sites: vec![("brno", chrono_tz::Europe::Prague)],
            always_open: false,
            busiest: 2.4,
        }
    }

    /// Three sites round the world.
    pub fn world() -> Self {
        Self {
            clients: 5,
            languages: vec![
                ("en", "English"),
                ("es", "Spanish"),
                ("pt-BR", "Portuguese"),
            ],
            sites: vec![
                ("warsaw", chrono_tz::Europe::Warsaw),
                ("bogota", chrono_tz::America::Bogota),
                ("manila", chrono_tz::Asia::Manila),
            ],
            always_open: true,
            busiest: 14.0,
        }
    }
}

/// A plan of that shape.
pub fn plan(shape: &Shape) -> Plan {
    let scenario = scenario(shape);
    let demand = demand(shape, &scenario);
    let requirement = requirement(&scenario, &demand);
    let roster_of = |staffing: &Staffing| roster(&scenario, staffing);
    let factors = [1.0, 0.78, 0.52, 0.61];
    let setups: Vec<SetupResult> = scenario
        .setups
        .iter()
        .map(|(id, setup)| {
            let staffing = staffing(shape, &scenario, &requirement, id);
            let observed = observed(&scenario, &demand, &staffing, id.index() != 3);
            let costing = costing(&scenario, &demand, &staffing, id, factors[id.index()]);
            SetupResult {
                setup: id,
                scenario: scenario.clone(),
                demand: demand.clone(),
                requirement: requirement.clone(),
                keeps_promises: setup.kind != SetupKind::PerInteraction,
                staffing,
                observed,
                costing,
            }
        })
        .collect();
    let roster = roster_of(&setups[2].staffing);
    Plan {
        own_teams: crewcast::requirement::own_teams(&scenario, &demand),
        break_even: break_even(),
        certainty: certainty(),
        comparison: Comparison {
            setups,
            cheapest: 2,
        },
        chosen: 2,
        roster,
        findings: Vec::new(),
        missed: crewcast::simulation::Missed::default(),
        learning: None,
        scenario,
        demand,
        requirement,
    }
}

/// A plan with nothing in any list.
#[allow(dead_code)]
pub fn empty() -> Plan {
    let mut plan = plan(&Shape::shop());
    plan.scenario.queues = Table::default();
    plan.scenario.setups = Table::default();
    plan.scenario.groups = Table::default();
    plan.demand.queues = Table::default();
    plan.own_teams = Vec::new();
    plan.certainty = Vec::new();
    plan.requirement = Requirement {
        pools: Vec::new(),
        deferrable: Vec::new(),
        load: Table::default(),
        alone: Table::default(),
        minimum: Table::default(),
    };
    plan.comparison.setups.clear();
    plan.comparison.cheapest = 0;
    plan.roster = Roster::default();
    plan.break_even.points.clear();
    plan
}

/// A name that breaks whatever does not escape.
#[allow(dead_code)]
pub const HOSTILE: &str =
    "a\"b'c,d;e<script>alert(1)</script>&amp;\nline\u{1} %s =1+1 ]]> --> 名前";

/// A plan in which every name is hostile.
#[allow(dead_code)]
pub fn hostile() -> Plan {
    let mut plan = plan(&Shape::world());
    let long = format!("{HOSTILE} {}", "very long ".repeat(60));
    plan.scenario.title = long.clone();
    plan.scenario.name = HOSTILE.to_owned();
    let poison = |scenario: &mut Scenario| {
        for (index, id) in scenario
            .queues
            .ids()
            .collect::<Vec<_>>()
            .into_iter()
            .enumerate()
        {
            scenario.queues[id].name = format!("{HOSTILE} {index}");
            scenario.queues[id].contact_type.name = HOSTILE.to_owned();
        }
        for id in scenario.clients.ids().collect::<Vec<_>>() {
            scenario.clients[id].name = HOSTILE.to_owned();
            scenario.clients[id].title = long.clone();
        }
        for id in scenario.sites.ids().collect::<Vec<_>>() {
            scenario.sites[id].name = HOSTILE.to_owned();
            scenario.sites[id].rules.source = long.clone();
        }
        for id in scenario.setups.ids().collect::<Vec<_>>() {
            scenario.setups[id].title = HOSTILE.to_owned();
            scenario.setups[id].name = format!("{HOSTILE} {}", id.index());
        }
        for id in scenario.languages.ids().collect::<Vec<_>>() {
            scenario.languages[id].title = HOSTILE.to_owned();
        }
        for id in scenario.groups.ids().collect::<Vec<_>>() {
            scenario.groups[id].name = HOSTILE.to_owned();
        }
    };
    poison(&mut plan.scenario);
    for result in &mut plan.comparison.setups {
        poison(&mut result.scenario);
        for line in &mut result.costing.lines {
            line.line = format!("{HOSTILE} {}", line.line);
            line.basis = long.clone();
        }
        for team in &mut result.staffing.teams {
            team.name = format!("{HOSTILE} {}", team.name);
        }
        result.staffing.shortfall = vec![Shortfall {
            pool: HOSTILE.to_owned(),
            queues: Vec::new(),
            slot: 3,
            slots: 2,
            agent_hours: 1.0,
            reason: long.clone(),
        }];
        for pool in &mut result.requirement.pools {
            pool.name = format!("language {HOSTILE} {}", pool.name);
        }
    }
    for agent in &mut plan.roster.agents {
        agent.name = format!("{HOSTILE} {}", agent.name);
    }
    plan.findings = vec![Finding {
        rule: "rest",
        detail: long,
    }];
    plan
}
