//! Splits: some of the work to one's own people, the rest to the partner, each side planned for its part.
//!
//! A split says for each queue which side takes its core hours (Monday to Friday, 09–17 on the market's
//! wall clock) and which the rest; work that may wait is not cut by hours. Or the partner takes what is above
//! a level of contacts. Both sides are planned and priced on their own part of the demand, so that the total
//! is the sum of two totals.
//!
//! Which (contact type × language × hours) goes where at the least cost, the solver chooses on a relaxed model,
//! which bounds every such split. The best that it names are drafted beside the splits that have a name, drafts held
//! against drafts; what comes near the best is then planned in full.

mod choice;
mod desk;
mod parts;

use rayon::prelude::*;

use choice::{Choice, bound_without_promises};
use desk::{Desk, live_contacts};
use parts::{Parts, Side};

use super::{Comparison, Settled, SetupResult, follows_contacts};
use crate::cost::{self, Usage};
use crate::demand::Demand;
use crate::ids::{LanguageId, QueueId, SetupId};
use crate::scenario::{Money, Scenario};
use crate::table::Table;
use crate::whatif;

/// Splits that the solver names.
const CHOICES: usize = 3;
/// Levels of overflow, as shares of the contacts of the busiest slot.
const LEVELS: [f64; 3] = [0.5, 0.75, 1.0];
/// How the names of the solver's splits begin, and those of overflow.
const CHOICE: &str = "the solver's choice";
const OVERFLOW: &str = "overflow";
/// Drafts dearer than the best by more than this stay drafts.
const NEAR: f64 = 1.15;

/// One split, planned and priced.
#[derive(Debug, Clone, PartialEq)]
pub struct SplitPlan {
    pub name: String,
    /// The partner's set-up.
    pub with: SetupId,
    /// What one's own people take: "product, cs, core hours".
    pub own: Vec<String>,
    pub partner: Vec<String>,
    /// What each side costs; their sum is the total.
    pub own_total: Money,
    pub partner_total: Money,
    pub total: Money,
    pub per_interaction: f64,
    pub keeps_promises: bool,
    /// Not planned in full: its draft is far above the best.
    pub draft: bool,
    /// The cheapest of all that keep their promises.
    pub best: bool,
}

/// The splits of a scenario, and what is known of all others.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Splits {
    pub plans: Vec<SplitPlan>,
    /// No split by contact type, language and hours with this partner that keeps its promises costs less; none where
    /// the model cannot tell.
    pub bounds: Vec<(SetupId, f64)>,
}

impl Splits {
    /// The cheapest that keeps its promises.
    pub fn best(&self) -> Option<&SplitPlan> {
        self.plans.iter().find(|plan| plan.best)
    }
}

/// How the work is shared out.
#[derive(Debug, Clone, PartialEq)]
enum Way {
    /// By queue and hours.
    Sides(Table<QueueId, Side>),
    /// The partner takes what is above a level of contacts in a slot.
    Overflow { level: u64 },
}

/// The splits between the in-house set-up and the partners whose splits can be cheapest, and the best of them.
/// Nothing where the scenario lacks one of the two sides.
pub fn splits<F>(comparison: &Comparison, settle: F) -> Splits
where
    F: Fn(&Scenario, SetupId, &Demand) -> Settled + Sync,
{
    let Some(own) = comparison.in_house() else {
        return Splits::default();
    };
    let partners = partners(comparison);
    let parts = Parts::of(own);
    let desks: Vec<Desk<'_, F>> = partners
        .into_iter()
        .map(|partner| Desk {
            own,
            partner,
            settle: &settle,
        })
        .collect();
    let drafted: Vec<(Vec<(Way, SplitPlan)>, f64)> =
        desks.par_iter().map(|desk| drafts(desk, &parts)).collect();
    let all = drafted.iter().flat_map(|(drafts, _)| drafts);
    let best = all.map(|(_, plan)| rank(plan)).min();
    let near = |plan: &SplitPlan| {
        best.is_some_and(|(broken, total)| {
            broken != plan.keeps_promises && plan.total <= total.times(NEAR)
        })
    };
    let mut splits = Splits::default();
    for (desk, (drafts, bound)) in desks.iter().zip(&drafted) {
        // All in-house is the same with every partner.
        let first = splits.plans.is_empty();
        let drafts: Vec<&(Way, SplitPlan)> = drafts
            .iter()
            .filter(|(_, plan)| first || !plan.partner.is_empty())
            .collect();
        splits
            .plans
            .par_extend(drafts.par_iter().map(|(way, draft)| {
                if near(draft) || is_an_end(way) {
                    desk.plan(&draft.name, way, false)
                } else {
                    draft.clone()
                }
            }));
        let shown = cheapest_shown(&splits.plans, desk.partner.setup);
        splits.bounds.extend(
            bound_below(*bound, &shown, || bound_without_promises(desk, &parts))
                .map(|bound| (desk.partner.setup, bound)),
        );
    }
    let plans = &mut splits.plans;
    let best = (0..plans.len()).min_by_key(|&index| (plans[index].draft, rank(&plans[index])));
    if let Some(best) = best {
        plans[best].best = true;
    }
    splits
}

/// The partners whose splits can be cheapest: the best of all; where the price follows the contacts, the one that asks
/// least for half of them (a fee does not fall where the partner is left little); the best of those paid for people.
fn partners(comparison: &Comparison) -> Vec<&SetupResult> {
    let follows = |result: &SetupResult| follows_contacts(&result.scenario, result.setup);
    let half = |result: &SetupResult| {
        let demand = whatif::scaled_demand(&result.demand, 0.5);
        let usage = Usage::of_demand(&result.scenario, result.setup, &demand);
        let usage = usage.handled_as(&result.scenario, &result.observed);
        cost::price_usage(&result.scenario, result.setup, &usage, None).total()
    };
    let by_contact = comparison.setups.iter().filter(|result| follows(result));
    let by_contact = by_contact.min_by_key(|result| (!result.keeps_promises, half(result)));
    let by_people = comparison
        .best(|result| result.scenario.setups[result.setup].tariff.is_some() && !follows(result));
    let mut partners: Vec<&SetupResult> = Vec::new();
    let wanted = [comparison.best_partner(), by_contact, by_people];
    for partner in wanted.into_iter().flatten() {
        if partners.iter().all(|known| known.setup != partner.setup) {
            partners.push(partner);
        }
    }
    partners
}

/// What the cheapest splits with a partner cost that keep their promises: by type, language and hours, and of overflow.
/// All in-house is one with every partner.
fn cheapest_shown(plans: &[SplitPlan], partner: SetupId) -> [Option<Money>; 2] {
    [false, true].map(|overflow| {
        let ours = plans.iter().filter(|plan| {
            let with = plan.with == partner || plan.partner.is_empty();
            with && plan.keeps_promises && plan.name.starts_with(OVERFLOW) == overflow
        });
        ours.map(|plan| plan.total).min()
    })
}

/// A bound that no split shown belies: one that a split undercuts is taken anew by `without_promises`, and if that is
/// undercut as well, none is known. Overflow is no split of the model; below it nothing is said.
fn bound_below(
    bound: f64,
    &[by_sides, overflow]: &[Option<Money>; 2],
    without_promises: impl Fn() -> f64,
) -> Option<f64> {
    // Invoices are rounded line by line.
    const HAIR: f64 = 0.05;
    let holds = |bound: &f64| by_sides.is_none_or(|total| *bound <= total.to_f64() + HAIR);
    let bound = Some(bound).filter(holds);
    let bound = bound.or_else(|| Some(without_promises()).filter(holds))?;
    let most = [by_sides, overflow].into_iter().flatten().min();
    Some(most.map_or(bound, |most| bound.min(most.to_f64())))
}

/// The splits with one partner, each way once, and a bound on all of them.
fn drafts<F>(desk: &Desk<'_, F>, parts: &Parts) -> (Vec<(Way, SplitPlan)>, f64)
where
    F: Fn(&Scenario, SetupId, &Demand) -> Settled + Sync,
{
    let mut choice = Choice::new(desk, parts);
    let chosen = std::iter::from_fn(|| choice.next()).take(CHOICES);
    let chosen: Vec<(String, Way)> = chosen
        .map(|sides| (CHOICE.to_owned(), Way::Sides(sides)))
        .collect();
    let mut ways: Vec<(String, Way)> = Vec::new();
    for (name, way) in named(desk.own).into_iter().chain(chosen) {
        let way = match way {
            Way::Sides(sides) => Way::Sides(parts.plain(sides)),
            overflow => overflow,
        };
        if ways.iter().any(|(_, known)| *known == way) {
            continue;
        }
        let before = ways.iter().filter(|(known, _)| known.starts_with(&name));
        let name = match before.count() {
            0 => name,
            before => format!("{name}, no. {}", before + 1),
        };
        ways.push((name, way));
    }
    let drafted = ways.into_par_iter().map(|(name, way)| {
        let plan = desk.plan(&name, &way, true);
        (way, plan)
    });
    (drafted.collect(), choice.bound)
}

/// Whether one side takes everything: it is planned already.
fn is_an_end(way: &Way) -> bool {
    match way {
        Way::Sides(sides) => [true, false].into_iter().any(|own| {
            let mut sides = sides.values();
            sides.all(|side| (side.core, side.rest) == (own, own))
        }),
        Way::Overflow { .. } => false,
    }
}

/// The splits that have a name; one that leaves a side nothing is one of the first two again.
fn named(own: &SetupResult) -> Vec<(String, Way)> {
    let scenario = &own.scenario;
    let whole = |side: &dyn Fn(QueueId) -> bool| scenario.queues.map(|id, _| Side::all(side(id)));
    let main = main_language(own);
    let hours = scenario.queues.map(|_, queue| Side {
        core: true,
        rest: !queue.is_real_time(),
    });
    let by_sides = [
        ("all in-house", whole(&|_| true)),
        ("all to the partner", whole(&|_| false)),
        (
            "product questions in-house",
            whole(&|id| scenario.queues[id].contact_type.product),
        ),
        (
            "main language in-house",
            whole(&|id| Some(scenario.queues[id].language) == main),
        ),
        ("core hours in-house", hours),
    ];
    let mut named: Vec<(String, Way)> = by_sides
        .into_iter()
        .map(|(name, sides)| (name.to_owned(), Way::Sides(sides)))
        .collect();
    let busiest = live_contacts(own).into_iter().fold(0.0, f64::max);
    let mut levels: Vec<u64> = LEVELS
        .iter()
        .map(|share| (share * busiest).round().max(1.0) as u64)
        .collect();
    levels.dedup();
    if busiest > 0.0 {
        named.extend(levels.into_iter().map(|level| {
            let name = format!("{OVERFLOW} above {level} to the partner");
            (name, Way::Overflow { level })
        }));
    }
    named
}

/// Kept promises go before broken ones, then the lower total.
fn rank(plan: &SplitPlan) -> (bool, Money) {
    (!plan.keeps_promises, plan.total)
}

/// The language of most contacts.
fn main_language(own: &SetupResult) -> Option<LanguageId> {
    let contacts = |language: LanguageId| -> f64 {
        let queues = own.demand.queues.iter();
        queues
            .filter(|(id, _)| own.scenario.queues[*id].language == language)
            .map(|(_, queue)| queue.contacts())
            .sum()
    };
    let languages = own.scenario.languages.ids();
    languages.max_by(|a, b| contacts(*a).total_cmp(&contacts(*b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_that_a_split_undercuts_is_taken_anew_or_not_said() {
        let shown = |by_sides: f64, overflow: f64| {
            [by_sides, overflow].map(|total| Some(Money::from_f64(total)))
        };
        let below = |bound, shown, anew: f64| bound_below(bound, &shown, || anew);
        assert_eq!(below(80.0, shown(100.0, 120.0), 50.0), Some(80.0));
        assert_eq!(below(110.0, shown(100.0, 120.0), 50.0), Some(50.0));
        assert_eq!(below(110.0, shown(100.0, 120.0), 105.0), None);
        assert_eq!(below(80.0, shown(100.0, 70.0), 50.0), Some(70.0));
        assert_eq!(bound_below(80.0, &[None, None], || 50.0), Some(80.0));
    }
}
