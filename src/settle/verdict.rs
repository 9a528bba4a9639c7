//! The verdict on a plan: its service before customers that it was not fitted to, and what it leaves open.

use super::{Settled, Work};
use crate::demand::Demand;
use crate::ids::{Id, QueueId};
use crate::requirement::Requirement;
use crate::scenario::Scenario;
use crate::simulation::engine::Judge;
use crate::simulation::{Observed, QueueService, network, replay, replay_before};
use crate::solver::relative_gap;
use crate::staffing::{CUT_SHORT, Plan, Proof};

/// The verdict is given on more replications than the policy's, twice to twenty times as many, within so many
/// contacts for each of the policy's.
const VERDICT: (f64, f64) = (2.0, 20.0);
const VERDICT_CONTACTS: f64 = 160_000.0;
/// Where a clock runs, so many contacts for each second that a set-up has: about a twentieth of its time.
const VERDICT_A_SECOND: f64 = 2e5;
/// Of so many contacts in so little time, the fewest replications.
const FEWEST: f64 = 4.0;
/// A search that ended by itself in less of its time than this was not cut short.
const CUT: f64 = 0.5;
/// Contacts of the verdict that are kept from one plan to the next, at most: 24 bytes each, and half as many
/// again before and after the horizon.
const MOST_KEPT: f64 = 2e6;

/// Replications of the verdict, for a set-up that has so many seconds.
pub fn verdict_replications(scenario: &Scenario, demand: &Demand, seconds: Option<f64>) -> usize {
    let asked = scenario.policy.replications.max(2) as f64;
    let contacts = demand.contacts().max(1.0);
    let most = (VERDICT_CONTACTS * asked / contacts).clamp(VERDICT.0 * asked, VERDICT.1 * asked);
    let in_time = seconds.map_or(most, |seconds| VERDICT_A_SECOND * seconds / contacts);
    in_time.clamp(asked.min(FEWEST), most) as usize
}

impl Work<'_> {
    /// What customers see whom the plan was not fitted to; of the plan seen last, what was seen.
    pub(super) fn observed(&self, plan: &Plan) -> Observed {
        let known = || {
            let seen = self.seen.lock().ok()?;
            let (known, observed) = seen.as_ref()?;
            (known == plan).then(|| observed.clone())
        };
        known().unwrap_or_else(|| {
            let observed = self.replayed(plan);
            if let Ok(mut seen) = self.seen.lock() {
                *seen = Some((plan.clone(), observed.clone()));
            }
            observed
        })
    }

    /// How far short of its promises the verdict finds a plan, over all queues.
    pub(super) fn short(&self, plan: &Plan) -> f64 {
        self.shortages(&self.observed(plan)).iter().sum()
    }

    fn replayed(&self, plan: &Plan) -> Observed {
        let (scenario, teams) = (&self.scenario, self.crew.teams());
        let shifts = self.crew.planned(plan);
        let customers = self.customers.get_or_init(|| {
            let replications = scenario.policy.replications;
            let all = self.demand.contacts() * replications as f64;
            let network = || network(scenario, self.demand, teams);
            let drawn = || Judge::new(network(), replications, scenario.seed).ok();
            (all <= MOST_KEPT).then(drawn).flatten()
        });
        match customers {
            Some(judge) => replay_before(judge, scenario, teams, &shifts),
            None => replay(scenario, self.demand, teams, &shifts, scenario.seed),
        }
    }

    /// How far each queue lies below its promise; not above 0 where it is kept.
    pub(super) fn shortages(&self, observed: &Observed) -> Vec<f64> {
        let short = |(queue, seen): (QueueId, &QueueService)| {
            if seen.keeps_promise() || !self.crew.serves(queue) {
                return 0.0;
            }
            let worst = seen.missed().map(|part| -part.slack());
            worst.fold(1e-4, f64::max)
        };
        observed.queues.iter().map(short).collect()
    }

    /// Whether each queue is served and its promise kept.
    pub(super) fn kept(&self, observed: &Observed) -> Vec<bool> {
        let shortages = self.shortages(observed).into_iter();
        let queues = self.scenario.queues.ids().zip(shortages);
        queues
            .map(|(queue, short)| short <= 0.0 && self.crew.serves(queue))
            .collect()
    }

    /// Whether more time might have found a better plan.
    fn was_cut(&self, gap: f64) -> bool {
        self.share_gone() > CUT && gap > self.ask.limits.gap
    }

    /// The plan with its verdict, and what it leaves open of all that is wanted.
    pub(super) fn settled(
        &self,
        (wanted, all): (&Requirement, &Demand),
        plan: &Plan,
        bound: f64,
    ) -> Settled {
        let observed = self.observed(plan);
        let kept = self.kept(&observed);
        let is_kept = |queue: &QueueId| kept[queue.index()];
        // Queues that nobody serves are named short by themselves.
        let enough = |queues: &[QueueId]| {
            let mut served = queues.iter().filter(|queue| self.crew.serves(**queue));
            served.clone().next().is_some() && served.all(is_kept)
        };
        let contacts =
            |demand: &Demand, queue: QueueId, slot: usize| demand.queues[queue].mean[slot];
        let beyond_reach = |queue: QueueId, slot: usize| {
            contacts(self.demand, queue, slot) < contacts(all, queue, slot)
        };
        let mut requirement = wanted.clone();
        let on_line = self.task.instance.on_line(plan);
        for pool in (requirement.pools.iter_mut()).filter(|pool| enough(&pool.queues)) {
            // What proved enough is what is required.
            let serving = self.crew.teams().iter().zip(&on_line);
            let serving: Vec<&Vec<u32>> = serving
                .filter(|(team, _)| team.queues.iter().any(|q| pool.queues.contains(q)))
                .map(|(_, agents)| agents)
                .collect();
            for (slot, agents) in pool.agents.iter_mut().enumerate() {
                if !pool.queues.iter().any(|&queue| beyond_reach(queue, slot)) {
                    *agents = (*agents).min(serving.iter().map(|there| there[slot]).sum());
                }
            }
        }
        let task = self.crew.task(&open(&requirement, &kept));
        let unit = self.crew.unit();
        let cost = self.task.instance.cost(plan) * unit;
        let proof = Proof {
            status: String::new(),
            objective: cost,
            bound: bound * unit,
            gap: 0.0,
            seconds: self.ask.watch.seconds(),
        };
        let mut staffing = self.crew.staffing(&requirement, &task, plan, proof);
        let short = staffing.shortfall_hours() * self.scenario.policy.shortfall_per_hour;
        let proof = &mut staffing.proof;
        proof.objective = cost + short;
        proof.bound = proof.bound.min(proof.objective);
        proof.gap = relative_gap(proof.objective, proof.bound);
        // Before those too who come when nobody can be there.
        let observed = if std::ptr::eq(self.demand, all) {
            observed
        } else {
            let shifts = self.crew.planned(plan);
            let (scenario, teams) = (&self.scenario, self.crew.teams());
            replay(scenario, all, teams, &shifts, scenario.seed)
        };
        let all_kept = self.kept(&observed).into_iter().all(|kept| kept);
        let is_open = short > 0.0;
        proof.status = match all_kept {
            true if is_open => "promises kept, hours open",
            true if proof.gap <= self.ask.limits.gap => "within gap",
            true => "promises kept",
            false if self.was_cut(proof.gap) => CUT_SHORT,
            false => "promises missed",
        }
        .to_owned();
        Settled {
            requirement,
            staffing,
            observed,
        }
    }
}

/// What may be short of what is required: not waiting work whose promise is kept, whatever share of it the model asks
/// for.
pub(super) fn open(requirement: &Requirement, kept: &[bool]) -> Requirement {
    let mut open = requirement.clone();
    open.deferrable.retain(|work| !kept[work.queue.index()]);
    open
}
