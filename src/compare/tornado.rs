//! The inputs that move the answer most: each turned down and up alone.

use rayon::prelude::*;

use super::drafts::{Drafts, Found, what_if};
use super::{Comparison, Settled, SetupResult, follows_contacts};
use crate::cost;
use crate::demand::Demand;
use crate::ids::SetupId;
use crate::scenario::Scenario;
use crate::whatif::{self, Patch, PatchUnit};

/// How far one input swings the cost of an interaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Swing {
    pub input: String,
    /// The set-up that it swings most.
    pub setup: SetupId,
    /// The ends of its range, in `unit`.
    pub low: f64,
    pub high: f64,
    pub unit: PatchUnit,
    /// Cost of one interaction of that set-up with the input low, as it is, and high.
    pub per_interaction_low: f64,
    pub per_interaction: f64,
    pub per_interaction_high: f64,
}

impl Swing {
    /// From one end to the other.
    pub fn width(&self) -> f64 {
        (self.per_interaction_high - self.per_interaction_low).abs()
    }
}

/// The `most` inputs with the widest swings, widest first; of each input the set-up it swings most.
///
/// The answer lies between the cheapest set-up, the best of one's own and the best of a partner. Inputs that only price
/// (a wage, a fee) are judged on each of them; those that change the plan (a volume, a promise) are planned anew, for
/// the cheapest and for one's own.
pub fn tornado<F>(comparison: &Comparison, drafts: &Drafts, most: usize, settle: F) -> Vec<Swing>
where
    F: Fn(&Scenario, SetupId, &Demand) -> Settled + Sync,
{
    let cheapest = comparison.setups.get(comparison.cheapest);
    let ids = |results: &[Option<&SetupResult>]| -> Vec<SetupId> {
        let results = results.iter().flatten();
        results.map(|result| result.setup).collect()
    };
    let replanned = ids(&[cheapest, comparison.in_house()]);
    let contenders = ids(&[cheapest, comparison.in_house(), comparison.best_partner()]);
    let patches = whatif::patches();
    let jobs: Vec<(&Patch, &SetupResult)> = patches
        .iter()
        .flat_map(|patch| comparison.setups.iter().map(move |base| (patch, base)))
        .filter(|(patch, base)| {
            let judged = if patch.replans {
                &replanned
            } else {
                &contenders
            };
            judged.contains(&base.setup)
        })
        .collect();
    let swings: Vec<Swing> = jobs
        .par_iter()
        .filter_map(|(patch, base)| swing(patch, base, drafts, &settle))
        .collect();
    let mut widest: Vec<Swing> = Vec::new();
    for swing in swings.into_iter().filter(|swing| swing.width() > 1e-6) {
        match widest.iter_mut().find(|found| found.input == swing.input) {
            Some(found) if found.width() >= swing.width() => {}
            Some(found) => *found = swing,
            None => widest.push(swing),
        }
    }
    widest.sort_by(|a, b| b.width().total_cmp(&a.width()));
    widest.truncate(most);
    widest
}

fn swing<F>(patch: &Patch, base: &SetupResult, drafts: &Drafts, settle: &F) -> Option<Swing>
where
    F: Fn(&Scenario, SetupId, &Demand) -> Settled,
{
    let at = |amount: f64| -> Option<f64> {
        let (scenario, demand) = patch.apply(&base.scenario, &base.demand, amount);
        if patch.replans || follows_contacts(&scenario, base.setup) {
            let mut outcome = what_if(base, drafts, &scenario, demand, Found::ByDraft, settle);
            if patch.repeats {
                // Those who come again make no customer more: held against the contacts there are.
                outcome.interactions = base.costing.interactions;
            }
            return Some(outcome.per_interaction()).filter(|cost| cost.is_finite());
        }
        cost::price(
            &scenario,
            base.setup,
            &demand,
            &base.staffing,
            &base.observed,
        )
        .per_interaction()
    };
    Some(Swing {
        input: patch.name.to_owned(),
        setup: base.setup,
        low: patch.low,
        high: patch.high,
        unit: patch.unit,
        per_interaction_low: at(patch.low)?,
        per_interaction: base.costing.per_interaction()?,
        per_interaction_high: at(patch.high)?,
    })
}
