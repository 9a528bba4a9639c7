//! What each named lever would move, in money a month.

use rayon::prelude::*;

use super::{Settled, SetupResult, follows_contacts, quick, result};
use crate::cost::{self, Usage};
use crate::demand::Demand;
use crate::ids::SetupId;
use crate::scenario::Scenario;
use crate::whatif;

/// What a lever does to a set-up once it has grown.
#[derive(Debug, Clone, PartialEq)]
pub struct LeverEffect {
    pub lever: String,
    /// "-50 points", "× 0.9".
    pub change: String,
    pub per_month_before: f64,
    pub per_month_after: f64,
    pub interactions_before: f64,
    pub interactions_after: f64,
}

impl LeverEffect {
    /// What it saves a month; below zero it costs.
    pub fn saves(&self) -> f64 {
        self.per_month_before - self.per_month_after
    }
}

/// Each lever alone on one set-up, planned anew where its price needs a plan.
pub fn levers<F>(base: &SetupResult, settle: F) -> Vec<LeverEffect>
where
    F: Fn(&Scenario, SetupId, &Demand) -> Settled + Sync,
{
    whatif::levers()
        .par_iter()
        .map(|lever| {
            let (scenario, demand) = lever.apply(&base.scenario, &base.demand, lever.high);
            let costing = if follows_contacts(&scenario, base.setup) {
                let usage = Usage::of_demand(&scenario, base.setup, &demand);
                cost::price_usage(&scenario, base.setup, &usage, Some(&base.observed))
            } else {
                result(quick(&scenario), base.setup, demand, &settle).costing
            };
            LeverEffect {
                lever: lever.name.to_owned(),
                change: lever.unit.words(lever.high),
                per_month_before: base.costing.per_month(),
                per_month_after: costing.per_month(),
                interactions_before: base.costing.interactions,
                interactions_after: costing.interactions,
            }
        })
        .collect()
}
