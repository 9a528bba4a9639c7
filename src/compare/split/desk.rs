//! The two sides of a split, and how each is planned for its part.

use std::collections::BTreeSet;

use statrs::distribution::{DiscreteCDF, Poisson};

use super::parts::{Side, part_of};
use super::{SplitPlan, Way};
use crate::compare::drafts::draft;
use crate::compare::{Settled, SetupResult, follows_contacts, result};
use crate::cost::{self, Costing, Usage};
use crate::demand::Demand;
use crate::ids::{QueueId, SetupId};
use crate::scenario::{Money, Scenario};
use crate::table::Table;
use crate::whatif;

/// The two sides and how they are planned.
pub(super) struct Desk<'a, F> {
    pub own: &'a SetupResult,
    pub partner: &'a SetupResult,
    pub settle: &'a F,
}

/// What a side is given: its scenario and demand, or all of it.
pub(super) enum Given {
    Nothing,
    All,
    Some(Box<(Scenario, Demand)>),
}

impl<F> Desk<'_, F>
where
    F: Fn(&Scenario, SetupId, &Demand) -> Settled + Sync,
{
    /// Both sides planned and priced, in full or as drafts.
    pub fn plan(&self, name: &str, way: &Way, draft: bool) -> SplitPlan {
        let given = match way {
            Way::Sides(sides) => [true, false].map(|own| self.given(sides, own)),
            Way::Overflow { level } => self.overflow(*level),
        };
        let [own, partner] = given;
        let own = self.priced(self.own, own, draft);
        let partner = self.priced(self.partner, partner, draft);
        let both = || own.iter().chain(&partner);
        let total = |side: &Option<(Costing, bool)>| {
            side.as_ref()
                .map_or(Money::ZERO, |(costing, _)| costing.total())
        };
        let interactions: f64 = both().map(|(costing, _)| costing.interactions).sum();
        let sum = total(&own) + total(&partner);
        SplitPlan {
            name: name.to_owned(),
            with: self.partner.setup,
            own: self.words(way, true),
            partner: self.words(way, false),
            own_total: total(&own),
            partner_total: total(&partner),
            total: sum,
            per_interaction: sum.to_f64() / interactions.max(1e-9),
            keeps_promises: both().all(|(_, kept)| *kept),
            draft,
            best: false,
        }
    }

    /// One side's cost and whether it keeps its promises; none where it takes nothing.
    pub fn priced(
        &self,
        base: &SetupResult,
        given: Given,
        is_draft: bool,
    ) -> Option<(Costing, bool)> {
        let (scenario, demand) = match given {
            Given::Nothing => return None,
            Given::All if !is_draft => return Some((base.costing.clone(), base.keeps_promises)),
            Given::All => (self.own.scenario.clone(), self.own.demand.clone()),
            Given::Some(given) => *given,
        };
        if follows_contacts(&scenario, base.setup) {
            let usage = Usage::of_demand(&scenario, base.setup, &demand)
                .handled_as(&scenario, &self.own.observed);
            let costing = cost::price_usage(&scenario, base.setup, &usage, None);
            return Some((costing, base.keeps_promises));
        }
        let (wide, demand) = whatif::with_companions(&scenario, &demand, base.setup);
        let solved = if is_draft {
            draft(&wide, base.setup, demand, base.keeps_promises, self.settle)
        } else {
            result(wide, base.setup, demand, self.settle)
        };
        Some((solved.costing, solved.keeps_promises))
    }

    /// What a side is given of queues shared out by their hours.
    pub fn given(&self, sides: &Table<QueueId, Side>, own: bool) -> Given {
        let takes = |side: &Side| (side.core == own, side.rest == own);
        if sides.values().all(|side| takes(side) == (false, false)) {
            return Given::Nothing;
        }
        if sides.values().all(|side| takes(side) == (true, true)) {
            return Given::All;
        }
        // The user's own scenario: an in-house set-up has no companions.
        let mut scenario = self.own.scenario.clone();
        let mut demand = self.own.demand.clone();
        for id in scenario.queues.ids().collect::<Vec<_>>() {
            let before = scenario.open_share(id);
            let (core, rest) = takes(&sides[id]);
            let hours = part_of(&scenario.queues[id].hours, core, rest);
            scenario.queues[id].hours = hours;
            let after = scenario.open_share(id);
            let share = (0..demand.horizon.slots).map(|slot| {
                // Mail that comes while the queue is closed goes with the rest of the day.
                if before[slot] > 0.0 {
                    after[slot] / before[slot]
                } else {
                    f64::from(u8::from(rest))
                }
            });
            scale_slots(&mut demand, id, share);
        }
        Given::Some(Box::new((scenario, demand)))
    }

    /// One's own people take what comes up to a level of contacts in a slot, and what may wait; the partner
    /// what is above it: of N contacts, Poisson, E min(N, level) = Σ_{k < level} P(N > k) stay.
    fn overflow(&self, level: u64) -> [Given; 2] {
        let scenario = &self.own.scenario;
        let demand = &self.own.demand;
        let live = live_contacts(self.own);
        let kept: Vec<f64> = live
            .iter()
            .map(|&mean| {
                if mean > 0.0 {
                    kept_up_to(level, mean) / mean
                } else {
                    1.0
                }
            })
            .collect();
        [true, false].map(|own| {
            let mut demand = demand.clone();
            for (id, queue) in scenario.queues.iter() {
                let real_time = queue.is_real_time();
                let share = kept.iter().map(|&kept| match (real_time, own) {
                    (true, true) => kept,
                    (true, false) => 1.0 - kept,
                    (false, own) => f64::from(u8::from(own)),
                });
                scale_slots(&mut demand, id, share);
            }
            Given::Some(Box::new((scenario.clone(), demand)))
        })
    }

    /// What a side takes, in words.
    fn words(&self, way: &Way, own: bool) -> Vec<String> {
        let scenario = &self.own.scenario;
        let sides = match way {
            Way::Sides(sides) => sides,
            Way::Overflow { level } => {
                let minutes = scenario.horizon.slot_minutes;
                return if own {
                    vec![format!(
                        "up to {level} contacts in {minutes} minutes, and what may wait"
                    )]
                } else {
                    vec![format!(
                        "what is above {level} contacts in {minutes} minutes"
                    )]
                };
            }
        };
        let by_hours = sides.values().any(|side| side.core != side.rest);
        let words: BTreeSet<String> = scenario
            .queues
            .iter()
            .filter_map(|(id, queue)| {
                let hours = match (sides[id].core == own, sides[id].rest == own) {
                    (false, false) => return None,
                    (true, false) => ", core hours",
                    (false, true) => ", other hours",
                    (true, true) if by_hours && !queue.is_real_time() => ", what may wait",
                    (true, true) => "",
                };
                let tag = &scenario.languages[queue.language].tag;
                Some(format!("{} {tag}{hours}", queue.contact_type.name))
            })
            .collect();
        words.into_iter().collect()
    }
}

/// Contacts that cannot wait, by slot, over all queues.
pub(super) fn live_contacts(own: &SetupResult) -> Vec<f64> {
    let mut live = vec![0.0; own.demand.horizon.slots];
    for (id, queue) in own.demand.queues.iter() {
        if own.scenario.queues[id].is_real_time() {
            for (sum, mean) in live.iter_mut().zip(&queue.mean) {
                *sum += mean;
            }
        }
    }
    live
}

/// E min(N, level) of a Poisson count.
fn kept_up_to(level: u64, mean: f64) -> f64 {
    let Ok(count) = Poisson::new(mean) else {
        return 0.0;
    };
    (0..level).map(|k| count.sf(k)).sum()
}

/// Each slot's contacts times its share.
fn scale_slots(demand: &mut Demand, queue: QueueId, share: impl Iterator<Item = f64>) {
    let mut rows = demand.queues[queue].rows_mut();
    for (slot, share) in share.enumerate() {
        rows.iter_mut().for_each(|row| row[slot] *= share);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_below_a_level_is_the_mean_less_what_is_above() {
        // N of mean 1: E min(N, 1) = P(N > 0) = 1 − 1/e.
        assert!((kept_up_to(1, 1.0) - (1.0 - (-1.0_f64).exp())).abs() < 1e-9);
        assert_eq!(kept_up_to(0, 3.0), 0.0);
        assert!((kept_up_to(60, 3.0) - 3.0).abs() < 1e-9);
    }
}
