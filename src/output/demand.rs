//! The demand in `summary.json`: by queue, by contact type, and what levers keep from the agents.

use std::collections::BTreeMap;

use serde::Serialize;

use super::summary::round;
use crate::demand::handling::{Times, subjects};
use crate::demand::{Accuracy, Demand, lag};
use crate::plan::Plan;
use crate::report::digest::Digest;
use crate::scenario::{Case, Scenario};

/// Contacts over the horizon.
#[derive(Debug, Serialize)]
pub struct DemandSummary {
    pub contacts: f64,
    pub contacts_per_day: f64,
    /// What levers keep from the agents, beside `contacts`.
    pub without_agent: Vec<SparedSummary>,
    /// By contact type.
    pub handle_times: BTreeMap<String, HandleTimeSummary>,
    pub by_queue: Vec<QueueSummary>,
}

/// What a lever keeps from the agents over the horizon.
#[derive(Debug, Serialize)]
pub struct SparedSummary {
    pub lever: String,
    /// Handled before they reach an agent.
    pub contacts: f64,
    /// Contacts that do not come again.
    pub repeats_spared: f64,
}

/// The mean, and the times within which half of the contacts and nine in ten are done.
#[derive(Debug, Serialize)]
pub struct HandleTimeSummary {
    pub mean_seconds: f64,
    pub p50_seconds: f64,
    pub p90_seconds: f64,
}

/// One queue's demand.
#[derive(Debug, Serialize)]
pub struct QueueSummary {
    pub queue: String,
    pub client: String,
    pub market: String,
    pub language: String,
    pub channel: &'static str,
    pub contact_type: String,
    pub handle_time: HandleTimeSummary,
    /// What each contact after an order opens; null where it opens none.
    pub case: Option<CaseSummary>,
    /// Share settled at the first contact, what levers add included.
    pub fcr: f64,
    pub contacts: f64,
    pub model: String,
    pub accuracy: Option<AccuracySummary>,
    /// What raises or lowers it: contacts with ÷ without.
    pub factors: BTreeMap<String, f64>,
}

/// A return, a repair: what was promised of it, and what its days open make of that.
#[derive(Debug, Serialize)]
pub struct CaseSummary {
    /// Mean.
    pub open_days: f64,
    pub promised_days: f64,
    /// Share of the cases done within the promised days.
    pub kept: f64,
    pub contacts_per_case: f64,
}

/// How good the forecast was in backtest.
#[derive(Debug, Serialize)]
pub struct AccuracySummary {
    pub wape: f64,
    pub naive_wape: f64,
    pub mase: f64,
    pub wql: f64,
    pub coverage80: f64,
    pub origins: usize,
}

/// The demand of a plan.
pub(super) fn demand(digest: &Digest) -> DemandSummary {
    let plan = digest.plan;
    DemandSummary {
        contacts: round(plan.demand.contacts()),
        contacts_per_day: round(digest.contacts_per_day()),
        without_agent: without_agent(&plan.demand),
        handle_times: handle_times(&plan.scenario, &plan.demand),
        by_queue: queues(plan),
    }
}

/// Handle times by contact type.
pub fn handle_times(scenario: &Scenario, demand: &Demand) -> BTreeMap<String, HandleTimeSummary> {
    let subjects = subjects(scenario, demand).into_iter();
    subjects
        .map(|subject| (subject.name, handle_time(subject.times)))
        .collect()
}

fn queues(plan: &Plan) -> Vec<QueueSummary> {
    let scenario = &plan.scenario;
    scenario
        .queues
        .values()
        .zip(plan.demand.queues.values())
        .map(|(queue, demand)| QueueSummary {
            queue: queue.name.clone(),
            client: scenario.clients[queue.client].name.clone(),
            market: scenario.markets[queue.market].name.clone(),
            language: scenario.languages[queue.language].tag.clone(),
            channel: queue.channel.name(),
            contact_type: queue.contact_type.name.clone(),
            handle_time: handle_time(queue.handle_time.into()),
            case: queue.case().map(case),
            fcr: round(demand.resolution.value()),
            contacts: round(demand.contacts()),
            model: demand.model.clone(),
            accuracy: demand.accuracy.map(accuracy),
            factors: demand
                .factors
                .iter()
                .map(|factor| (factor.name.clone(), round(factor.factor)))
                .collect(),
        })
        .collect()
}

/// What each lever keeps from the agents.
pub fn without_agent(demand: &Demand) -> Vec<SparedSummary> {
    let all = demand.spared().into_iter();
    all.map(|spared| SparedSummary {
        lever: spared.lever,
        contacts: round(spared.deflected),
        repeats_spared: round(spared.repeats),
    })
    .collect()
}

/// A handle time, never by its mean alone.
pub fn handle_time(times: Times) -> HandleTimeSummary {
    HandleTimeSummary {
        mean_seconds: round(times.mean.value()),
        p50_seconds: round(times.p50.value()),
        p90_seconds: round(times.p90.value()),
    }
}

fn case(case: &Case) -> CaseSummary {
    CaseSummary {
        open_days: round(case.open_days),
        promised_days: round(case.promised_days),
        kept: round(lag::kept(case)),
        contacts_per_case: round(lag::per_case(case)),
    }
}

fn accuracy(scores: Accuracy) -> AccuracySummary {
    AccuracySummary {
        wape: round(scores.wape),
        naive_wape: round(scores.naive_wape),
        mase: round(scores.mase),
        wql: round(scores.wql),
        coverage80: round(scores.coverage80),
        origins: scores.origins,
    }
}
