//! Set-ups side by side, on the same demand and the same promises.
//!
//! ```text
//! assumptions  what the scenario leaves to the program, with source and date
//! setups       each set-up planned, simulated and priced; the cheapest that keeps its promises (most of them)
//! drafts       quick plans for what-ifs, like held against like
//! break_even   the same at other volumes: where the order of the set-ups flips
//! own_people   from which volume on a shop should take people of its own
//! by_client    the same plans seen by each client
//! tornado      the inputs that move the answer most
//! certainty    what plans for busier weeks cost
//! quantiles    cost at the volumes that the forecast thinks possible
//! waterfall    from one set-up's total to another's, line by line
//! levers       what self-service, first-contact resolution, templates and growth would move
//! quote        a client's service in every price form, from the seller's own cost
//! splits       work shared out between one's own people and the partner
//! year         the same by months, each through a typical week
//! months       the twelve months of a year, and a client's volume in each
//! ```

mod assumptions;
mod break_even;
mod certainty;
mod clients;
mod drafts;
mod levers;
mod months;
mod own_people;
mod quantiles;
mod quote;
mod split;
mod tornado;
mod waterfall;
mod year;

use std::cmp::Reverse;

use rayon::prelude::*;

pub use assumptions::{Assumption, assumptions};
pub use break_even::{
    BreakEven, BreakEvenPoint, Crossing, affordable, break_even, own_volume, volumes,
};
pub use certainty::{Certainty, certainty, plans_for_busier_weeks};
pub use clients::{ClientCosts, by_client};
pub use drafts::{Drafts, priced_at};
pub use levers::{LeverEffect, levers};
pub use months::MonthVolume;
pub use own_people::OwnPeople;
pub use quantiles::{CostQuantiles, cost_quantiles};
pub use quote::{
    Asked, Bearer, HANDLE_TIME_DEVIATION, Minimum, Offer, Phase, Quote, Risk, comparable, quotable,
    quote,
};
pub use split::{SplitPlan, Splits, splits};
pub use tornado::{Swing, tornado};
pub use waterfall::{Waterfall, WaterfallStep, waterfall};
pub use year::{Month, MonthCost, Year, year};

pub use crate::settle::Settled;

use crate::cost::{self, Costing, Usage};
use crate::demand::Demand;
use crate::ids::{QueueId, SetupId};
use crate::requirement::Requirement;
use crate::scenario::{Employer, Scenario};
use crate::settle::each;
use crate::simulation::Observed;
use crate::staffing::Staffing;
use crate::whatif;

/// Every set-up of the scenario, planned, simulated and priced.
#[derive(Debug, Clone)]
pub struct Comparison {
    pub setups: Vec<SetupResult>,
    /// Index of the cheapest set-up whose promises hold; where none's do, of the cheapest of those that keep most.
    pub cheapest: usize,
}

/// One set-up's plan, proof and price.
#[derive(Debug, Clone)]
pub struct SetupResult {
    pub setup: SetupId,
    /// The scenario as this set-up sees it: the user's own clients, queues and groups first, under
    /// their own ids, then the companions that share its pods. The demand and the requirement, the
    /// staffing's teams and the simulation are of this scenario; the costing is the user's share.
    pub scenario: Scenario,
    pub demand: Demand,
    pub requirement: Requirement,
    pub staffing: Staffing,
    pub observed: Observed,
    pub costing: Costing,
    /// Whether every queue keeps its promise in simulation and nothing is left uncovered.
    pub keeps_promises: bool,
}

/// Plans, simulates and prices every set-up on the same demand.
///
/// `settle` sizes, staffs and simulates one set-up (companions included in what it is given), so that
/// the caller says how long it may take and shows its progress.
pub fn setups<F>(scenario: &Scenario, demand: &Demand, settle: F) -> Comparison
where
    F: Fn(&Scenario, SetupId, &Demand) -> Settled + Sync,
{
    let ids: Vec<SetupId> = scenario.setups.ids().collect();
    let firsts = staffed_apart(scenario);
    let settled: Vec<(Scenario, Demand, Settled)> =
        each(scenario.policy.in_turn, &firsts, |&setup| {
            let (wide, demand) = whatif::with_companions(scenario, demand, setup);
            let settled = settle(&wide, setup, &demand);
            (wide, demand, settled)
        });
    let setups: Vec<SetupResult> = ids
        .par_iter()
        .filter_map(|&setup| {
            let first = first_alike(scenario, setup);
            let at = firsts.iter().position(|&other| other == first)?;
            let (wide, wide_demand, settled) = &settled[at];
            let (wide, wide_demand) = if setup == first {
                (wide.clone(), wide_demand.clone())
            } else {
                whatif::with_companions(scenario, demand, setup)
            };
            Some(priced(wide, setup, wide_demand, settled.clone()))
        })
        .collect();
    let cheapest = cheapest(standings(setups.iter()).into_iter());
    Comparison { setups, cheapest }
}

/// Set-ups that are staffed apart: those of the same people are staffed once and priced apart.
pub fn staffed_apart(scenario: &Scenario) -> Vec<SetupId> {
    let ids = scenario.setups.ids();
    ids.filter(|&id| first_alike(scenario, id) == id).collect()
}

impl SetupResult {
    /// Whether its costs count a queue's.
    fn bears(&self, queue: QueueId) -> bool {
        self.scenario.setups[self.setup].bears(self.scenario.queues[queue].client)
    }

    /// Queues whose promise is kept, and queues in all, of those that its costs count.
    pub fn promises_kept(&self) -> (usize, usize) {
        let queues = self.observed.queues.iter();
        let queues = queues.filter(|(queue, _)| self.bears(*queue));
        queues.fold((0, 0), |(kept, all), (_, seen)| {
            (kept + usize::from(seen.keeps_promise()), all + 1)
        })
    }

    /// Agent-hours of open queues without their agent, where these alone are why it does not keep what it promises.
    pub fn only_hours_open(&self) -> Option<f64> {
        let (kept, all) = self.promises_kept();
        (kept == all && !self.keeps_promises).then(|| self.staffing.shortfall_hours())
    }

    /// How far it keeps what is promised.
    fn kept(&self) -> Kept {
        Kept {
            all: self.keeps_promises,
            promises: self.promises_kept().0,
            hours_open: Reverse(self.staffing.shortfall_hours().round() as u64),
        }
    }
}

/// Cost of each set-up, and how far it keeps what is promised: of an interaction, or of all where none has any.
fn standings<'a>(results: impl Iterator<Item = &'a SetupResult> + Clone) -> Vec<(f64, Kept)> {
    let costs = results.clone().map(|result| {
        let costing = &result.costing;
        (costing.per_interaction(), costing.total().to_f64())
    });
    let costs = comparable_costs(&costs.collect::<Vec<_>>());
    let kept = results.map(SetupResult::kept);
    costs.into_iter().zip(kept).collect()
}

/// Costs to hold against each other, of some of an interaction and in all: without any interaction only the totals
/// tell; where some have them, one without has no price.
fn comparable_costs(costs: &[(Option<f64>, f64)]) -> Vec<f64> {
    let is_priced = costs.iter().any(|(price, _)| price.is_some());
    let cost = |(price, total): &(Option<f64>, f64)| match is_priced {
        true => price.unwrap_or(f64::INFINITY),
        false => *total,
    };
    costs.iter().map(cost).collect()
}

/// How far a set-up keeps what is promised; more is better. Where none keeps all, one that nobody works is not to be
/// the answer for its price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Kept {
    all: bool,
    promises: usize,
    /// Agent-hours that nobody covers, to the hour.
    hours_open: Reverse<u64>,
}

/// Plans, simulates and prices one set-up; `scenario` and `demand` hold its companions already.
fn result<F>(scenario: Scenario, setup: SetupId, demand: Demand, settle: &F) -> SetupResult
where
    F: Fn(&Scenario, SetupId, &Demand) -> Settled,
{
    let settled = settle(&scenario, setup, &demand);
    priced(scenario, setup, demand, settled)
}

/// The first set-up whose agents and pods are those of `setup`; before it one that pays for their hours, since others
/// pay the same whoever works.
fn first_alike(scenario: &Scenario, setup: SetupId) -> SetupId {
    let people = |id: SetupId| {
        let setup = &scenario.setups[id];
        (&setup.groups, setup.companions)
    };
    let alike = |id: &SetupId| people(*id) == people(setup);
    let alike: Vec<SetupId> = scenario.setups.ids().filter(alike).collect();
    let by_hours = |id: &&SetupId| !follows_contacts(scenario, **id);
    let first = alike.iter().find(by_hours).or(alike.first());
    first.copied().unwrap_or(setup)
}

fn priced(scenario: Scenario, setup: SetupId, demand: Demand, settled: Settled) -> SetupResult {
    let Settled {
        requirement,
        staffing,
        observed,
    } = settled;
    let costing = cost::price(&scenario, setup, &demand, &staffing, &observed);
    let kept = observed.queues.iter().all(|(queue, service)| {
        !scenario.setups[setup].bears(scenario.queues[queue].client) || service.keeps_promise()
    });
    let keeps_promises = kept && staffing.shortfall_hours() < 1e-6;
    SetupResult {
        setup,
        scenario,
        demand,
        requirement,
        staffing,
        observed,
        costing,
        keeps_promises,
    }
}

/// The least cost among those that keep most of what is promised; the first of equals.
fn cheapest<K: Ord>(costs: impl Iterator<Item = (f64, K)>) -> usize {
    costs
        .enumerate()
        .min_by(|(_, (cost, kept)), (_, (other, other_kept))| {
            other_kept.cmp(kept).then(cost.total_cmp(other))
        })
        .map_or(0, |(index, _)| index)
}

/// People under contract who serve a set-up's own clients, be it beside others.
pub fn heads(result: &SetupResult) -> f64 {
    let usage = Usage::of(
        &result.scenario,
        result.setup,
        &result.demand,
        &result.staffing,
        &result.observed,
    );
    let teams = usage.teams.iter().filter(|team| team.borne > 0.0);
    teams.map(|team| team.people).sum()
}

/// The scenario with a quicker, coarser policy: for the many plans of a what-if.
fn quick(scenario: &Scenario, rounds: usize) -> Scenario {
    let mut scenario = scenario.clone();
    let policy = &mut scenario.policy;
    policy.replications = policy.replications.min(12);
    policy.gap = policy.gap.max(0.05);
    policy.rounds = policy.rounds.min(rounds);
    scenario
}

/// Whether the price of a set-up follows from its contacts alone, so that no one need be staffed to
/// know it.
fn follows_contacts(scenario: &Scenario, setup: SetupId) -> bool {
    let setup = &scenario.setups[setup];
    setup
        .tariff
        .as_ref()
        .is_some_and(|tariff| tariff.form.follows_contacts())
        && setup
            .groups
            .iter()
            .all(|&group| scenario.groups[group].employer == Employer::Partner)
}

impl Comparison {
    /// The cheapest set-up of a partner that keeps its promises (most of them, where none keeps all).
    pub fn best_partner(&self) -> Option<&SetupResult> {
        self.best(|result| result.scenario.setups[result.setup].tariff.is_some())
    }

    /// The cheapest set-up without a partner.
    pub fn in_house(&self) -> Option<&SetupResult> {
        self.best(|result| result.scenario.setups[result.setup].tariff.is_none())
    }

    fn best(&self, wanted: impl Fn(&SetupResult) -> bool) -> Option<&SetupResult> {
        let found: Vec<&SetupResult> = self.setups.iter().filter(|result| wanted(result)).collect();
        let best = cheapest(standings(found.iter().copied()).into_iter());
        found.get(best).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::{Kept, Reverse, cheapest, comparable_costs};

    #[test]
    fn a_cheap_set_up_that_breaks_its_promise_does_not_win() {
        let costs = [(1.0, false), (3.0, true), (2.0, true), (2.0, true)];
        assert_eq!(cheapest(costs.into_iter()), 2);
        assert_eq!(cheapest([(2.0, false), (1.0, false)].into_iter()), 1);
        assert_eq!(cheapest(std::iter::empty::<(f64, bool)>()), 0);
    }

    #[test]
    fn without_an_interaction_the_least_total_is_cheapest() {
        let costs = comparable_costs(&[(None, 44.0), (None, 20.0), (None, 40.0)]);
        assert_eq!(costs, [44.0, 20.0, 40.0]);
        // Where others are priced, one that nobody could reach has no price.
        let costs = comparable_costs(&[(Some(2.0), 200.0), (None, 20.0)]);
        assert_eq!(costs, [2.0, f64::INFINITY]);
    }

    #[test]
    fn where_none_keeps_all_promises_the_cheapest_of_those_that_keep_most_wins() {
        let standing = |cost, promises, hours| {
            let kept = Kept {
                all: false,
                promises,
                hours_open: Reverse(hours),
            };
            (cost, kept)
        };
        let found = [
            standing(1.0, 0, 0),
            standing(5.0, 2, 3),
            standing(3.0, 2, 90),
            standing(4.0, 2, 3),
        ];
        assert_eq!(cheapest(found.into_iter()), 3);
    }
}
