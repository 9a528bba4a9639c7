//! Drafts: quick plans for the many what-ifs of a comparison.
//!
//! A draft is some percent dearer than the plan that a full search finds, so that drafts are only ever held
//! against a draft: what a change moves is the difference of two drafts, added to the full plan's cost. And a
//! plan that keeps its promises keeps them with less work as well: a change that eases the work costs no more
//! than the plan as it stands, one that adds to it no less.

use super::{Comparison, Settled, SetupResult, each, follows_contacts, quick, result};
use crate::cost::{self, Costing, Usage};
use crate::demand::Demand;
use crate::ids::{Id, SetupId};
use crate::scenario::Scenario;
use crate::whatif;

/// Cost of a set-up over the horizon under some inputs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Outcome {
    pub total: f64,
    pub interactions: f64,
    pub keeps_promises: bool,
}

impl Outcome {
    pub(super) fn of(costing: &Costing, keeps_promises: bool) -> Self {
        Self {
            total: costing.total().to_f64(),
            interactions: costing.interactions,
            keeps_promises,
        }
    }

    pub(super) fn of_result(result: &SetupResult) -> Self {
        Self::of(&result.costing, result.keeps_promises)
    }

    /// Cost of one interaction; infinite where there is none.
    pub(super) fn per_interaction(&self) -> f64 {
        if self.interactions > 0.0 {
            self.total / self.interactions
        } else {
            f64::INFINITY
        }
    }
}

/// A draft of each set-up as it is.
#[derive(Debug, Clone, Default)]
pub struct Drafts {
    /// In the order of the set-ups; none where the price follows the contacts and needs no plan.
    by_setup: Vec<(SetupId, Option<Drafted>)>,
}

/// What is kept of a draft.
#[derive(Debug, Clone, Copy)]
struct Drafted {
    outcome: Outcome,
    worked: Worked,
}

/// Hours paid over the horizon, and the price of the shifts with all that hangs on them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Worked {
    pub hours: f64,
    pub cost: f64,
}

impl Worked {
    pub(super) fn of(result: &SetupResult) -> Self {
        Self {
            hours: result.staffing.paid_hours(),
            cost: result.staffing.proof.objective,
        }
    }
}

impl Drafts {
    /// Drafts every set-up of a comparison whose price needs a plan.
    pub fn of<F>(comparison: &Comparison, settle: F) -> Self
    where
        F: Fn(&Scenario, SetupId, &Demand) -> Settled + Sync,
    {
        Self::in_time(comparison, settle, || true)
    }

    /// The same for as long as it `has_time`.
    pub fn in_time<F>(
        comparison: &Comparison,
        settle: F,
        has_time: impl Fn() -> bool + Sync,
    ) -> Self
    where
        F: Fn(&Scenario, SetupId, &Demand) -> Settled + Sync,
    {
        let Some(first) = comparison.setups.first() else {
            return Self::default();
        };
        let by_setup = each(first.scenario.policy.in_turn, &comparison.setups, |base| {
            let needs_plan = !follows_contacts(&base.scenario, base.setup);
            let draft = (needs_plan && has_time()).then(|| {
                let (demand, kept) = (base.demand.clone(), base.keeps_promises);
                let draft = draft(&base.scenario, base.setup, demand, kept, &settle);
                Drafted {
                    outcome: Outcome::of_result(&draft),
                    worked: Worked::of(&draft),
                }
            });
            (base.setup, draft)
        });
        Self { by_setup }
    }

    /// What the full search costs ÷ what the draft does, at most 1: the part of a draft that a full plan would
    /// cost.
    pub(super) fn searched(&self, base: &SetupResult) -> f64 {
        let draft = self.before(base).total;
        if draft > 0.0 {
            (base.costing.total().to_f64() / draft).clamp(0.5, 1.0)
        } else {
            1.0
        }
    }

    /// The draft of a set-up; its full plan where there is none.
    pub(super) fn before(&self, base: &SetupResult) -> Outcome {
        self.drafted(base).map_or_else(
            || Outcome::of(&base.costing, base.keeps_promises),
            |draft| draft.outcome,
        )
    }

    /// What the people of a set-up's draft work; none where there is no draft.
    pub(super) fn worked(&self, base: &SetupResult) -> Option<Worked> {
        self.drafted(base).map(|draft| draft.worked)
    }

    fn drafted(&self, base: &SetupResult) -> Option<Drafted> {
        let mut drafts = self.by_setup.iter();
        let (_, draft) = drafts.find(|(setup, _)| *setup == base.setup)?;
        *draft
    }
}

/// A quick plan of a set-up; one that misses promises which are known to be kept, and not by a hair, looks on
/// for a while, but for where a clock runs.
pub(super) fn draft<F>(
    scenario: &Scenario,
    setup: SetupId,
    demand: Demand,
    kept_before: bool,
    settle: &F,
) -> SetupResult
where
    F: Fn(&Scenario, SetupId, &Demand) -> Settled,
{
    let found = result(quick(scenario, 0), setup, demand, settle);
    let enough = found.keeps_promises || scenario.policy.in_turn;
    if enough || !kept_before || misses_a_hair(&found) {
        return found;
    }
    let second = result(
        quick(scenario, LOOKING_ON),
        setup,
        found.demand.clone(),
        settle,
    );
    if second.keeps_promises { second } else { found }
}

/// Rounds of a draft that looks on.
const LOOKING_ON: usize = 2;
/// Share of all contacts by which a draft may be short of its promises: what mends it moves its cost by less than
/// a draft is worth.
const HAIR: f64 = 0.005;

fn misses_a_hair(found: &SetupResult) -> bool {
    let terms = &found.scenario.setups[found.setup];
    let (mut offered, mut short) = (0.0, 0.0);
    for (queue, seen) in found.observed.queues.iter() {
        if terms.bears(found.scenario.queues[queue].client) {
            let worst = seen.missed().map(|part| -part.slack());
            offered += seen.offered;
            short += seen.offered * worst.fold(0.0, f64::max);
        }
    }
    found.staffing.shortfall_hours() < 1e-6 && short <= HAIR * offered
}

/// Contacts of the horizon up to which a full search answers a what-if that is smaller than what a draft may be off.
const SEARCHED: f64 = 10_000.0;

/// How the plan of a what-if is found.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Found {
    ByDraft,
    /// By a full search where it is small enough for one.
    BySearch,
}

/// What a set-up costs when its inputs become `scenario` and `demand`.
pub(super) fn what_if<F>(
    base: &SetupResult,
    drafts: &Drafts,
    scenario: &Scenario,
    demand: Demand,
    found: Found,
    settle: &F,
) -> Outcome
where
    F: Fn(&Scenario, SetupId, &Demand) -> Settled,
{
    if follows_contacts(scenario, base.setup) {
        return by_contacts(base, scenario, &demand);
    }
    let unchanged = as_it_stands(base, scenario, &demand);
    let after = if found == Found::BySearch && demand.contacts() <= SEARCHED {
        Outcome::of_result(&result(scenario.clone(), base.setup, demand, settle))
    } else {
        let drafted = draft(scenario, base.setup, demand, base.keeps_promises, settle);
        let mut after = Outcome::of_result(&drafted);
        after.total += base.costing.total().to_f64() - drafts.before(base).total;
        after
    };
    bounded(base, unchanged, after)
}

/// How a change moves the work, and what the plan as it stands would cost then.
fn as_it_stands(base: &SetupResult, scenario: &Scenario, demand: &Demand) -> (Work, Option<f64>) {
    let same = demand.queues.len() == base.demand.queues.len();
    let cost = same.then(|| {
        let (staffing, observed) = (&base.staffing, &base.observed);
        let costing = cost::price(scenario, base.setup, demand, staffing, observed);
        costing.total().to_f64()
    });
    (Work::between(base, scenario, demand), cost)
}

/// A plan that keeps its promises keeps them with less work as well.
fn bounded(base: &SetupResult, unchanged: (Work, Option<f64>), mut after: Outcome) -> Outcome {
    match unchanged {
        (Work::Less, Some(most)) => {
            after.total = after.total.min(most);
            after.keeps_promises |= base.keeps_promises;
        }
        (Work::More, Some(least)) => after.total = after.total.max(least),
        _ => {}
    }
    after
}

/// Cost of an interaction at so many times the volume, where it follows from the contacts alone.
pub fn priced_at(base: &SetupResult, factor: f64) -> Option<f64> {
    let demand = whatif::scaled_demand(&base.demand, factor);
    let follows = follows_contacts(&base.scenario, base.setup);
    let outcome = follows.then(|| by_contacts(base, &base.scenario, &demand))?;
    Some(outcome.per_interaction()).filter(|cost| cost.is_finite())
}

/// The price that follows from the contacts alone.
pub(super) fn by_contacts(base: &SetupResult, scenario: &Scenario, demand: &Demand) -> Outcome {
    let usage = Usage::of_demand(scenario, base.setup, demand).handled_as(scenario, &base.observed);
    let costing = cost::price_usage(scenario, base.setup, &usage, Some(&base.observed));
    Outcome::of(&costing, base.keeps_promises)
}

/// How a change of the inputs changes the work of keeping the promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    Less,
    More,
    Mixed,
}

impl Work {
    fn between(base: &SetupResult, scenario: &Scenario, demand: &Demand) -> Self {
        let mut moves: Vec<f64> = Vec::new();
        moves.push(base.scenario.policy.max_occupancy - scenario.policy.max_occupancy);
        for (id, queue) in scenario.queues.iter() {
            if id.index() >= base.scenario.queues.len() {
                moves.push(1.0);
                continue;
            }
            let before = &base.scenario.queues[id];
            let hours = |queue: &crate::scenario::Queue| queue.handle_time.mean.hours().value();
            let contacts = base.demand.queues[id].contacts();
            moves.push(demand.queues[id].contacts() - contacts);
            moves.push(hours(queue) - hours(before));
            moves.push(queue.promised_share().value() - before.promised_share().value());
        }
        if moves.iter().all(|change| *change <= 1e-9) {
            Self::Less
        } else if moves.iter().all(|change| *change >= -1e-9) {
            Self::More
        } else {
            Self::Mixed
        }
    }
}
