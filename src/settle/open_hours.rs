//! Queues that a plan leaves open, though it may be that people could be there: a search that moves one shift at a time
//! does not see what several together would do where seats and people are few. All that is on the line stays there, by
//! whomever and on whatever shifts, and the solver finds room for what is missing.

use super::Work;
use super::hiring::{heads, paid};
use super::room::HAIR;
use crate::requirement::Requirement;
use crate::scenario::PromiseScope;
use crate::staffing::{Cover, Instance, Limits, Plan};

/// Part of the price of an open queue that an agent costs who is no longer there: service may suffer before a queue is
/// left open, and is judged again.
const STAYS: f64 = 0.25;
/// Choices of a shift from which on this takes too long.
const MANY: usize = 20_000;
/// What is found is polished after: nearer than this it need not be the best.
const GAP: f64 = 0.05;

impl Work<'_> {
    /// Agents missing from the least cover of a plan.
    pub(super) fn open_agents(&self, plan: &Plan) -> f64 {
        self.least_covers().missing_in_all(plan)
    }

    /// The same, and those missing from the sizes where each slot is promised.
    pub(super) fn missing(&self, plan: &Plan) -> f64 {
        let sizes = match self.scenario.policy.promise {
            PromiseScope::Slot => self.task.instance.missing_in_all(plan),
            PromiseScope::Day | PromiseScope::Week => 0.0,
        };
        self.open_agents(plan) + sizes
    }

    /// The instance that asks for nobody but the least cover.
    fn least_covers(&self) -> &Instance {
        self.open.as_ref().unwrap_or(&self.task.instance)
    }

    /// The plan, or one that leaves fewer hours open and misses no promise by more.
    pub(super) fn with_open_hours(&self, sized: &Requirement, plan: Plan, bound: f64) -> Plan {
        let instance = &self.task.instance;
        let open = self.open_agents(&plan);
        let is_draft = self.scenario.policy.rounds == 0;
        let is_late = self.seconds_left(0.95) == Some(0.0);
        if open <= HAIR || is_draft || is_late || instance.choices().len() > MANY {
            return plan;
        }
        let mut task = self.crew.task(sized);
        task.instance = self.all_stay(&plan);
        let limits = Limits {
            gap: GAP.max(self.ask.limits.gap),
            ..self.limits_left(0.9)
        };
        let filled = (self.crew.solve(&task, Some(&plan), &limits, &mut |_| ())).plan;
        let Some(judge) = self
            .judge(0)
            .filter(|_| self.open_agents(&filled) < open - HAIR)
        else {
            return plan;
        };
        // What is there twice now goes.
        let within = paid(instance, &filled);
        let tries = self.tries();
        let tidied = self.calibrated(filled.clone(), bound, &judge, &within, tries, (0.95, &[]));
        let most = self.short(&plan) + HAIR;
        let does = |new: &Plan| self.open_agents(new) < open - HAIR && self.short(new) <= most;
        [tidied.plan, filled].into_iter().find(does).unwrap_or(plan)
    }

    /// The instance with what a plan has on the line for each queue as a need of its own, in the place of the promises.
    fn all_stay(&self, plan: &Plan) -> Instance {
        let mut asked = self.least_covers().clone();
        let prices = asked.covers.iter().map(|cover| cover.shortfall_price);
        let price = STAYS * prices.fold(0.0, f64::max);
        // The roster may have room where the hours of contracts have none.
        let there = heads(&asked, plan).into_iter();
        for (contract, heads) in asked.contracts.iter_mut().zip(there) {
            contract.most_heads = contract.most_heads.max(heads);
        }
        // Somebody is hired for a single slot, too.
        let heads = asked.contracts.iter().map(|contract| contract.price);
        let head = heads.fold(0.0, f64::max);
        for cover in &mut asked.covers {
            cover.shortfall_price = cover.shortfall_price.max(head);
        }
        let agents = asked.on_line(plan);
        let of_queue = |queue: u32| {
            let slots = 0..asked.slots;
            let need = slots.map(|slot| f64::from(asked.there(&agents, &[queue], slot)));
            Cover {
                queues: vec![queue],
                need: need.collect(),
                load: vec![0.0; asked.slots],
                shortfall_price: price,
            }
        };
        let queues = (0..self.scenario.queues.len() as u32).map(of_queue);
        let served = queues.filter(|cover| cover.need.iter().any(|need| *need > 0.0));
        let served: Vec<Cover> = served.collect();
        asked.covers.extend(served);
        asked.pledges.clear();
        asked
    }
}
