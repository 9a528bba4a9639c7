//! A requirement as the model sees it: covers, work that may wait, and what nobody can serve.

use super::instance::{Cover, Deferrable, Instance};
use super::joined::{join_alike, join_work};
use super::stage::Crew;
use crate::ids::{Id, QueueId};
use crate::requirement::{DeferrableWork, Pool, Requirement};
use crate::scenario::{DeadlineClock, Service};

/// A requirement as the model sees it.
pub struct Task {
    pub instance: Instance,
    /// Name of each cover, for those who read of its shortfall.
    pub(super) names: Vec<String>,
    /// Queue of each piece of deferrable work.
    pub(super) deferred: Vec<QueueId>,
    /// Pools and deferrable queues that nobody serves: name, queue, agents missing per slot.
    pub(super) unserved: Vec<(String, QueueId, Vec<f64>)>,
}

impl Crew<'_> {
    /// The model of a requirement.
    pub fn task(&self, requirement: &Requirement) -> Task {
        let slots = self.scenario.horizon.slots;
        let price = self.shortfall_per_hour() * self.scenario.horizon.slot_hours();
        let mut task = Task {
            instance: Instance {
                slots,
                shifts: self.shifts.clone(),
                groups: Vec::new(),
                covers: Vec::new(),
                pledges: Vec::new(),
                deferrables: Vec::new(),
                limits: self.people_and_seats.clone(),
                contracts: self.contracts.clone(),
                fill: self.scenario.policy.max_occupancy,
            },
            names: Vec::new(),
            deferred: Vec::new(),
            unserved: Vec::new(),
        };
        for pool in &requirement.pools {
            self.add_pool(&mut task, requirement, pool, price);
        }
        for work in &requirement.deferrable {
            self.add_deferrable(&mut task, work, price);
        }
        self.join_deferrable(&mut task, requirement, price);
        join_alike(&mut task, &self.serving);
        join_work(&mut task, &self.serving);
        task.instance.groups = self.groups(&task.instance);
        task
    }

    fn add_pool(&self, task: &mut Task, requirement: &Requirement, pool: &Pool, price: f64) {
        let served: Vec<QueueId> = pool
            .queues
            .iter()
            .copied()
            .filter(|&queue| self.serves(queue))
            .collect();
        let mut need: Vec<f64> = pool.agents.iter().map(|&n| f64::from(n)).collect();
        if let [queue] = pool.queues[..] {
            for (need, &least) in need.iter_mut().zip(&requirement.minimum[queue]) {
                *need = need.max(f64::from(least));
            }
            if served.is_empty() {
                task.unserved.push((pool.name.clone(), queue, need));
                return;
            }
        }
        if served.is_empty() {
            return;
        }
        let mut load = pool.offered_load.clone();
        if served.len() < pool.queues.len() {
            // The rest of the pool is named short on its own; what is left needs its part.
            for (slot, need) in need.iter_mut().enumerate() {
                let left: f64 = served.iter().map(|&q| requirement.load[q][slot]).sum();
                let share = if load[slot] > 0.0 {
                    left / load[slot]
                } else {
                    1.0
                };
                *need = (*need * share.min(1.0) - 1e-9).ceil().max(0.0);
                load[slot] = left;
            }
        }
        task.names.push(pool.name.clone());
        task.instance.covers.push(Cover {
            queues: served.iter().map(|q| q.0).collect(),
            need,
            load,
            shortfall_price: price,
        });
    }

    fn add_deferrable(&self, task: &mut Task, work: &DeferrableWork, price: f64) {
        if self.serves(work.queue) {
            task.deferred.push(work.queue);
            task.instance.deferrables.push(self.deferrable(work, price));
        } else {
            let name = &self.scenario.queues[work.queue].name;
            let agents = self.agents(work);
            task.unserved.push((name.clone(), work.queue, agents));
        }
    }

    /// Agent-slots of work that arrive in each slot.
    fn agents(&self, work: &DeferrableWork) -> Vec<f64> {
        let hours = self.scenario.horizon.slot_hours();
        work.arriving.iter().map(|h| h / hours).collect()
    }

    /// Work that may wait, and how much of it may be open when.
    pub(super) fn deferrable(&self, work: &DeferrableWork, price: f64) -> Deferrable {
        let agents = self.agents(work);
        let slots = self.scenario.horizon.slots;
        let mut open_allowed = vec![0.0; slots];
        for (slot, &agents) in agents
            .iter()
            .enumerate()
            .filter(|(_, agents)| **agents > 0.0)
        {
            for t in slot..slot + self.slots_until_due(work, slot) {
                open_allowed[t % slots] += agents;
            }
        }
        Deferrable {
            queue: work.queue.0,
            work: agents,
            open_allowed,
            late_price: price,
        }
    }

    /// Slots after its own in which work may still be open. Work due beyond the horizon runs on into the
    /// same week again.
    fn slots_until_due(&self, work: &DeferrableWork, slot: usize) -> usize {
        let horizon = &self.scenario.horizon;
        let slots = horizon.slots;
        if let Some(due) = work.due.get(slot).copied().filter(|&due| due < slots) {
            return due.saturating_sub(slot);
        }
        let Service::Deferrable { deadline } = &self.scenario.queues[work.queue].service else {
            return 0;
        };
        let open = match deadline.clock {
            DeadlineClock::Calendar => vec![1.0; slots],
            DeadlineClock::Business => self.scenario.open_share(work.queue),
        };
        // On average work arrives in the middle of its slot.
        let mut left = deadline.within.value() + 0.5 * open[slot] * horizon.slot_seconds();
        for ahead in 0..slots - 1 {
            left -= open[(slot + ahead) % slots] * horizon.slot_seconds();
            if left <= 0.0 {
                return ahead.max(slots - 1 - slot);
            }
        }
        slots - 1
    }

    /// Deferrable work counts in every pool whose teams are the only ones to do it, alone, and in the pool
    /// of everything: agents able to do any of a set of work must suffice for all of it.
    fn join_deferrable(&self, task: &mut Task, requirement: &Requirement, price: f64) {
        let teams_of = |queues: &[u32]| -> Vec<usize> {
            let serves = |team: &usize| {
                queues
                    .iter()
                    .any(|q| self.serving[*q as usize].contains(team))
            };
            (0..self.teams.len()).filter(serves).collect()
        };
        let pools: Vec<Vec<usize>> = task
            .instance
            .covers
            .iter()
            .map(|cover| teams_of(&cover.queues))
            .collect();
        for &queue in &task.deferred {
            let teams = &self.serving[queue.index()];
            let mut is_alone = true;
            for (cover, pool) in task.instance.covers.iter_mut().zip(&pools) {
                if teams.iter().all(|team| pool.contains(team)) {
                    cover.queues.push(queue.0);
                    is_alone &= teams.len() < pool.len();
                }
            }
            if is_alone {
                let none = vec![0.0; task.instance.slots];
                task.names.push(self.scenario.queues[queue].name.clone());
                task.instance.covers.push(Cover {
                    queues: vec![queue.0],
                    need: none.clone(),
                    load: none,
                    shortfall_price: price,
                });
            }
        }
        let everything: Vec<QueueId> = self
            .scenario
            .queues
            .ids()
            .filter(|&queue| {
                self.serves(queue)
                    && (self.scenario.queues[queue].is_real_time()
                        || task.deferred.contains(&queue))
            })
            .collect();
        let covers = &task.instance.covers;
        let is_whole = covers
            .iter()
            .any(|cover| cover.queues.len() == everything.len());
        if !task.deferred.is_empty() && !is_whole {
            let alone = |pool: &&Pool| matches!(pool.queues[..], [queue] if self.serves(queue));
            let mut load = vec![0.0; task.instance.slots];
            for pool in requirement.pools.iter().filter(alone) {
                for (sum, erlangs) in load.iter_mut().zip(&pool.offered_load) {
                    *sum += erlangs;
                }
            }
            task.names.push("all work".to_owned());
            task.instance.covers.push(Cover {
                queues: everything.iter().map(|queue| queue.0).collect(),
                need: load.clone(),
                load,
                shortfall_price: price,
            });
        }
    }
}
