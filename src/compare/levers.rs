//! What each named lever would move, in money a month.

use rayon::prelude::*;

use super::drafts::{Drafts, Found, Outcome, what_if};
use super::{Settled, SetupResult};
use crate::demand::Demand;
use crate::ids::SetupId;
use crate::scenario::Scenario;
use crate::time::MONTHS_PER_WEEK;
use crate::whatif::{self, Lever};

/// What a lever does to a set-up once it has grown.
#[derive(Debug, Clone, PartialEq)]
pub struct LeverEffect {
    pub lever: String,
    /// "-50 % of them, over 24 months", "× 0.9".
    pub change: String,
    pub per_month_before: f64,
    pub per_month_after: f64,
    /// Interactions a month.
    pub interactions_before: f64,
    pub interactions_after: f64,
    /// Months until it has grown, and what it saves until then, growing evenly; nothing where it works at
    /// once.
    pub ramp_months: f64,
    pub saves_while_growing: f64,
}

impl LeverEffect {
    /// What it saves a month; below zero it costs.
    pub fn saves(&self) -> f64 {
        self.per_month_before - self.per_month_after
    }
}

/// Each lever alone on one set-up, planned anew where its price needs a plan.
pub fn levers<F>(base: &SetupResult, drafts: &Drafts, settle: F) -> Vec<LeverEffect>
where
    F: Fn(&Scenario, SetupId, &Demand) -> Settled + Sync,
{
    let months = base.costing.weeks * MONTHS_PER_WEEK;
    let before = Outcome::of(&base.costing, base.keeps_promises);
    whatif::levers()
        .par_iter()
        .map(|lever| {
            let moved = |share: f64| moved(base, before, lever, share, drafts, &settle);
            let (cost, contacts) = moved(1.0);
            // Evenly grown: the mean over the ramp, from nothing through half to all of it.
            let saves_while_growing = if lever.ramp_months > 0.0 {
                let (half, _) = moved(0.5);
                -(2.0 * half + cost) / 4.0 / months * lever.ramp_months
            } else {
                0.0
            };
            LeverEffect {
                lever: lever.name.to_owned(),
                change: lever.change.to_owned(),
                per_month_before: before.total / months,
                per_month_after: (before.total + cost) / months,
                interactions_before: before.interactions / months,
                interactions_after: (before.interactions + contacts) / months,
                ramp_months: lever.ramp_months,
                saves_while_growing,
            }
        })
        .collect()
}

/// What `share` of a lever adds to the cost and to the contacts of the horizon.
fn moved<F>(
    base: &SetupResult,
    before: Outcome,
    lever: &Lever,
    share: f64,
    drafts: &Drafts,
    settle: &F,
) -> (f64, f64)
where
    F: Fn(&Scenario, SetupId, &Demand) -> Settled,
{
    let (scenario, demand) = lever.apply(&base.scenario, &base.demand, share);
    let after = what_if(base, drafts, &scenario, demand, Found::BySearch, settle);
    (
        lever.part * (after.total - before.total),
        lever.part * (after.interactions - before.interactions),
    )
}
