//! `summary.json`: the plan in the numbers that other programs read. Its keys are a contract.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::Value;

use super::changes::to_json;
use super::demand::{DemandSummary, demand};
use super::missed::{self, MissedSummary};
use super::service::{ServiceSummary, service};
use crate::audit::Finding;
use crate::compare::SetupResult;
use crate::cost::{Learning, TeamLearning};
use crate::ids::{ClientId, QueueId};
use crate::plan::Plan;
use crate::report::digest::Digest;
use crate::report::{Changes, busy};
use crate::scenario::{Money, Scenario};
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
    /// The values of the scenario's text that it was made from, `--set` ones included, by path.
    pub inputs: BTreeMap<String, String>,
    pub demand: DemandSummary,
    pub requirement: RequirementSummary,
    /// Name of the set-up that `staffing` and `service` are of.
    pub planned: Option<String>,
    pub staffing: Option<StaffingSummary>,
    /// Who stands in; none without a roster.
    pub backups: Option<BackupsSummary>,
    /// What people have to learn since an earlier plan; null where none was named, or it names no teams.
    pub learning: Option<Vec<TeamLearningSummary>>,
    /// What changed since an earlier plan; null where none was named.
    pub changes: Option<Value>,
    pub service: Vec<ServiceSummary>,
    pub setups: Vec<SetupSummary>,
    /// Name of the cheapest set-up that keeps its promises, or of the cheapest of those that keep most.
    pub cheapest: Option<String>,
    pub break_even: Vec<BreakEvenSummary>,
    /// Rules that the audit found broken.
    pub audit: Vec<Finding>,
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
    /// Every team that could work, as a later plan finds it again.
    pub teams: Vec<TeamSummary>,
    pub shortfall_agent_hours: f64,
    pub shortfall: Vec<ShortfallSummary>,
    pub missed: Option<MissedSummary>,
    /// Teams busier in simulation than the `max_occupancy` of a promise over days or weeks.
    pub too_busy: Vec<BusySummary>,
}

/// A team and the share of its time on the line that it is busy.
#[derive(Debug, Serialize)]
pub struct BusySummary {
    pub team: String,
    pub occupancy: f64,
    pub max_occupancy: f64,
}

/// A team and whom it has learnt.
#[derive(Debug, Serialize)]
pub struct TeamSummary {
    pub name: String,
    pub group: String,
    pub clients: Vec<String>,
    pub people: usize,
}

/// People beyond those on duty, over all pairs of client and language.
#[derive(Debug, Serialize)]
pub struct BackupsSummary {
    pub pairs: usize,
    /// Pairs that have as many as the policy asks for.
    pub enough: usize,
    /// Times that somebody pre-learns a pair.
    pub pre_learn: usize,
    pub missing: usize,
    pub learning: LearningSummary,
    /// What would mend it where backups are missing.
    pub hiring: Option<HiringSummary>,
}

/// Paid once, and on no line of cost.
#[derive(Debug, Serialize)]
pub struct LearningSummary {
    pub hours: f64,
    pub cost: Money,
    /// The part that a partner bears.
    pub partners_cost: Money,
}

/// As many people as are missing.
#[derive(Debug, Serialize)]
pub struct HiringSummary {
    pub people: usize,
    pub partners_people: usize,
    /// Recruiting and training; learning comes on top.
    pub cost: Money,
    pub learning: LearningSummary,
}

/// Clients that are new to a team.
#[derive(Debug, Serialize)]
pub struct TeamLearningSummary {
    pub team: String,
    pub clients: Vec<String>,
    pub people: usize,
    #[serde(flatten)]
    pub learning: LearningSummary,
}

/// A promise that nobody covers.
#[derive(Debug, Serialize)]
pub struct ShortfallSummary {
    pub pool: String,
    pub start: String,
    pub end: String,
    pub agent_hours: f64,
    pub reason: String,
    pub queues: Vec<String>,
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
    /// Of open queues without their agent: where there are any, not all is kept.
    pub open_agent_hours: f64,
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

/// The summary of a plan and of what changed since an earlier one; only `staffing.seconds` differs between two runs.
pub fn summary(plan: &Plan, changes: Option<&Changes>) -> Summary {
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
        inputs: scenario.inputs.as_ref().clone(),
        demand: demand(&digest),
        requirement: RequirementSummary {
            peak_agents: plan.requirement.peak_agents(),
            agent_hours: round(plan.requirement.agent_hours(horizon.slot_hours())),
        },
        planned: digest
            .chosen
            .map(|chosen| digest.setup_name(chosen).to_owned()),
        staffing: digest.chosen.map(|chosen| staffing(&digest, chosen)),
        backups: backups(&digest),
        learning: to_learn(&digest),
        changes: changes.map(to_json),
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
        audit: plan.findings.clone(),
    }
}

fn staffing(digest: &Digest, chosen: &SetupResult) -> StaffingSummary {
    let staffing = &chosen.staffing;
    let mut agents: BTreeMap<String, usize> = BTreeMap::new();
    let work = digest.teams();
    for team in &work {
        *agents.entry(team.name.to_owned()).or_default() += team.heads;
    }
    let scenario = &chosen.scenario;
    let teams = staffing
        .teams
        .iter()
        .zip(&work)
        .map(|(team, work)| TeamSummary {
            name: team.name.clone(),
            group: scenario.groups[team.group].name.clone(),
            clients: names(scenario, &team.clients),
            people: work.heads,
        });
    StaffingSummary {
        status: staffing.proof.status.clone(),
        objective: staffing.proof.objective,
        bound: staffing.proof.bound,
        gap: staffing.proof.gap,
        seconds: staffing.proof.seconds,
        paid_hours: round(staffing.paid_hours()),
        teams: teams.collect(),
        agents,
        shortfall_agent_hours: round(staffing.shortfall_hours()),
        shortfall: shortfall(chosen, &staffing.shortfall),
        missed: missed::summary(digest),
        too_busy: too_busy(digest, chosen),
    }
}

fn too_busy(digest: &Digest, chosen: &SetupResult) -> Vec<BusySummary> {
    let teams = busy::too_busy(digest, chosen).into_iter();
    teams
        .map(|busy| BusySummary {
            team: busy.team.to_owned(),
            occupancy: round(busy.occupancy),
            max_occupancy: digest.plan.scenario.policy.max_occupancy,
        })
        .collect()
}

fn backups(digest: &Digest) -> Option<BackupsSummary> {
    let backups = digest.backups();
    let mut all = Learning::default();
    backups.iter().for_each(|(_, learning)| all += *learning);
    let missing: usize = backups.iter().map(|(backup, _)| backup.missing).sum();
    let enough = backups.iter().filter(|(backup, _)| backup.missing == 0);
    let hiring = (missing > 0).then(|| digest.hiring(&backups));
    (!backups.is_empty()).then(|| BackupsSummary {
        pairs: backups.len(),
        enough: enough.count(),
        pre_learn: (backups.iter())
            .map(|(backup, _)| backup.learners.len())
            .sum(),
        missing,
        learning: learning(&all),
        hiring: hiring.map(|hiring| HiringSummary {
            people: hiring.people,
            partners_people: hiring.partners_people,
            cost: hiring.cost,
            learning: learning(&hiring.learning),
        }),
    })
}

fn names(scenario: &Scenario, clients: &[ClientId]) -> Vec<String> {
    let names = clients.iter().map(|&id| &scenario.clients[id].name);
    names.cloned().collect()
}

fn learning(learning: &Learning) -> LearningSummary {
    LearningSummary {
        hours: round(learning.hours.value()),
        cost: learning.cost,
        partners_cost: learning.partners,
    }
}

fn to_learn(digest: &Digest) -> Option<Vec<TeamLearningSummary>> {
    let (rows, chosen) = (digest.plan.learning.as_ref()?, digest.chosen?);
    let row = |row: &TeamLearning| TeamLearningSummary {
        team: chosen.staffing.teams[row.team].name.clone(),
        clients: names(&chosen.scenario, &row.clients),
        people: row.people,
        learning: learning(&row.learning),
    };
    Some(rows.iter().map(row).collect())
}

/// Queues by name.
pub(super) fn queue_names(scenario: &Scenario, queues: &[QueueId]) -> Vec<String> {
    let names = queues.iter().map(|&id| &scenario.queues[id].name);
    names.cloned().collect()
}

fn shortfall(chosen: &SetupResult, short: &[staffing::Shortfall]) -> Vec<ShortfallSummary> {
    let horizon = &chosen.scenario.horizon;
    short
        .iter()
        .map(|run| ShortfallSummary {
            pool: run.pool.clone(),
            start: utc(horizon.slot_start(run.slot)),
            end: utc(horizon.slot_start(run.slot + run.slots)),
            agent_hours: round(run.agent_hours),
            reason: run.reason.clone(),
            queues: queue_names(&chosen.scenario, &run.queues),
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
        open_agent_hours: round(result.staffing.shortfall_hours()),
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
pub(super) fn round(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}
