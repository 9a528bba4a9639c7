//! `summary.json`: the plan in the numbers that other programs read. Its keys are a contract.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use crate::compare::SetupResult;
use crate::demand::Accuracy;
use crate::plan::Plan;
use crate::report::digest::Digest;
use crate::scenario::Money;
use crate::staffing;

/// The whole of it.
#[derive(Debug, Serialize)]
pub struct Summary {
    /// Version of the program.
    pub crewcast: &'static str,
    pub scenario: String,
    pub title: String,
    pub seed: u64,
    pub currency: &'static str,
    pub horizon: HorizonSummary,
    pub demand: DemandSummary,
    pub requirement: RequirementSummary,
    /// Name of the set-up that `staffing` and `service` are of.
    pub planned: Option<String>,
    pub staffing: Option<StaffingSummary>,
    pub service: Vec<ServiceSummary>,
    pub setups: Vec<SetupSummary>,
    /// Name of the cheapest set-up that keeps its promises, or of the cheapest where none does.
    pub cheapest: Option<String>,
    pub break_even: Vec<BreakEvenSummary>,
    /// Rules that the audit found broken.
    pub audit: Vec<FindingSummary>,
}

/// The slots planned, in UTC.
#[derive(Debug, Serialize)]
pub struct HorizonSummary {
    pub start: String,
    pub end: String,
    pub slot_minutes: u32,
    /// The wall clock on which its days begin.
    pub zone: &'static str,
}

/// Contacts over the horizon.
#[derive(Debug, Serialize)]
pub struct DemandSummary {
    pub contacts: f64,
    pub contacts_per_day: f64,
    pub by_queue: Vec<QueueSummary>,
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
    pub contacts: f64,
    pub model: String,
    pub accuracy: Option<AccuracySummary>,
    /// What raises or lowers it: contacts with ÷ without.
    pub factors: BTreeMap<String, f64>,
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

/// Agents asked for.
#[derive(Debug, Serialize)]
pub struct RequirementSummary {
    pub peak_agents: u32,
    pub agent_hours: f64,
}

/// The plan of the chosen set-up and its proof.
#[derive(Debug, Serialize)]
pub struct StaffingSummary {
    pub status: String,
    pub objective: f64,
    pub bound: f64,
    pub gap: f64,
    pub seconds: f64,
    pub paid_hours: f64,
    /// Heads per team.
    pub agents: BTreeMap<String, usize>,
    pub shortfall_agent_hours: f64,
    pub shortfall: Vec<ShortfallSummary>,
}

/// A promise that nobody covers.
#[derive(Debug, Serialize)]
pub struct ShortfallSummary {
    pub pool: String,
    pub start: String,
    pub end: String,
    pub agent_hours: f64,
    pub reason: String,
}

/// Service of one queue as simulated.
#[derive(Debug, Serialize)]
pub struct ServiceSummary {
    pub queue: String,
    pub promised: f64,
    pub reached: f64,
    /// 95 % interval of `reached`.
    pub low: f64,
    pub high: f64,
    pub kept: bool,
    /// Probability that one run of the horizon by itself ends below the share promised.
    pub risk: f64,
}

/// A set-up and its price over the horizon.
#[derive(Debug, Serialize)]
pub struct SetupSummary {
    pub name: String,
    pub title: String,
    pub kind: &'static str,
    pub total: Money,
    pub per_interaction: Option<f64>,
    pub per_order: Option<f64>,
    pub per_month: f64,
    pub interactions: f64,
    pub keeps_promises: bool,
    pub paid_hours: f64,
    pub gap: f64,
    pub weeks_without_cover: f64,
    /// What is still to be paid after the decision to stop.
    pub lock_in: Money,
    pub lines: Vec<LineSummary>,
}

/// One line of cost.
#[derive(Debug, Serialize)]
pub struct LineSummary {
    pub line: String,
    pub amount: Money,
    pub per_interaction: Option<f64>,
    pub basis: String,
}

/// Cost of one interaction at one volume.
#[derive(Debug, Serialize)]
pub struct BreakEvenSummary {
    pub interactions_per_day: f64,
    pub cheapest: String,
    /// By set-up.
    pub per_interaction: BTreeMap<String, f64>,
}

/// A rule the roster breaks.
#[derive(Debug, Serialize)]
pub struct FindingSummary {
    pub rule: &'static str,
    pub detail: String,
}

/// The summary of a plan; only `staffing.seconds` differs between two runs.
pub fn summary(plan: &Plan) -> Summary {
    let digest = Digest::of(plan);
    let scenario = &plan.scenario;
    let horizon = &scenario.horizon;
    Summary {
        crewcast: env!("CARGO_PKG_VERSION"),
        scenario: scenario.name.clone(),
        title: scenario.title.clone(),
        seed: scenario.seed,
        currency: scenario.currency.code(),
        horizon: HorizonSummary {
            start: utc(horizon.start),
            end: utc(horizon.end()),
            slot_minutes: horizon.slot_minutes,
            zone: scenario.zone.name(),
        },
        demand: DemandSummary {
            contacts: round(plan.demand.contacts()),
            contacts_per_day: round(digest.contacts_per_day()),
            by_queue: queues(plan),
        },
        requirement: RequirementSummary {
            peak_agents: plan.requirement.peak_agents(),
            agent_hours: round(plan.requirement.agent_hours(horizon.slot_hours())),
        },
        planned: digest
            .chosen
            .map(|chosen| digest.setup_name(chosen).to_owned()),
        staffing: digest.chosen.map(|chosen| staffing(&digest, chosen)),
        service: digest
            .chosen
            .map_or_else(Vec::new, |chosen| service(&digest, chosen)),
        setups: plan
            .comparison
            .setups
            .iter()
            .map(|result| setup(&digest, result))
            .collect(),
        cheapest: digest
            .cheapest
            .map(|cheapest| digest.setup_name(cheapest).to_owned()),
        break_even: break_even(&digest),
        audit: plan
            .findings
            .iter()
            .map(|finding| FindingSummary {
                rule: finding.rule,
                detail: finding.detail.clone(),
            })
            .collect(),
    }
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

fn staffing(digest: &Digest, chosen: &SetupResult) -> StaffingSummary {
    let staffing = &chosen.staffing;
    let mut agents: BTreeMap<String, usize> = BTreeMap::new();
    for team in digest.teams() {
        *agents.entry(team.name.to_owned()).or_default() += team.heads;
    }
    StaffingSummary {
        status: staffing.proof.status.clone(),
        objective: staffing.proof.objective,
        bound: staffing.proof.bound,
        gap: staffing.proof.gap,
        seconds: staffing.proof.seconds,
        paid_hours: round(staffing.paid_hours()),
        agents,
        shortfall_agent_hours: round(staffing.shortfall_hours()),
        shortfall: shortfall(digest, &staffing.shortfall),
    }
}

fn shortfall(digest: &Digest, short: &[staffing::Shortfall]) -> Vec<ShortfallSummary> {
    let horizon = &digest.plan.scenario.horizon;
    short
        .iter()
        .map(|run| ShortfallSummary {
            pool: run.pool.clone(),
            start: utc(horizon.slot_start(run.slot)),
            end: utc(horizon.slot_start(run.slot + run.slots)),
            agent_hours: round(run.agent_hours),
            reason: run.reason.clone(),
        })
        .collect()
}

fn service(digest: &Digest, chosen: &SetupResult) -> Vec<ServiceSummary> {
    digest
        .service(chosen)
        .map(|(queue, service)| ServiceSummary {
            queue: queue.name.clone(),
            promised: round(service.promised),
            reached: round(service.reached.mean),
            low: round(service.reached.low),
            high: round(service.reached.high),
            kept: service.keeps_promise(),
            risk: round(service.risk),
        })
        .collect()
}

fn setup(digest: &Digest, result: &SetupResult) -> SetupSummary {
    let costing = &result.costing;
    let interactions = costing.interactions;
    SetupSummary {
        name: digest.setup_name(result).to_owned(),
        title: digest.setup_title(result).to_owned(),
        kind: digest.setup(result).map_or("", |setup| setup.kind.name()),
        total: costing.total(),
        per_interaction: costing.per_interaction().map(round),
        per_order: costing.per_order().map(round),
        per_month: round(costing.per_month()),
        interactions: round(interactions),
        keeps_promises: result.keeps_promises,
        paid_hours: round(result.staffing.paid_hours()),
        gap: result.staffing.proof.gap,
        weeks_without_cover: round(costing.detail.weeks_without_cover),
        lock_in: costing.detail.lock_in,
        lines: costing
            .lines
            .iter()
            .map(|line| LineSummary {
                line: line.line.clone(),
                amount: line.amount,
                per_interaction: (interactions > 0.0)
                    .then(|| round(line.amount.to_f64() / interactions)),
                basis: line.basis.clone(),
            })
            .collect(),
    }
}

fn break_even(digest: &Digest) -> Vec<BreakEvenSummary> {
    let results = &digest.plan.comparison.setups;
    let names: Vec<String> = results
        .iter()
        .map(|result| digest.setup_name(result).to_owned())
        .collect();
    digest
        .plan
        .break_even
        .points
        .iter()
        .map(|point| BreakEvenSummary {
            interactions_per_day: round(point.interactions_per_day),
            cheapest: names.get(point.cheapest).cloned().unwrap_or_default(),
            per_interaction: names
                .iter()
                .cloned()
                .zip(point.per_interaction.iter().copied().map(round))
                .collect(),
        })
        .collect()
}

/// "2026-11-30T00:00:00Z".
pub(super) fn utc(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// To a millionth: what lies beyond is noise.
fn round(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}
