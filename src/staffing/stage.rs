//! The staffing of a scenario's set-up: its teams and candidate shifts as an [`Instance`], solved, and read
//! back as shifts on the wall clock.

use std::collections::BTreeMap;

use super::candidates::{Candidate, candidates};
use super::contract::Contract;
use super::instance::{Choice, Cover, Deferrable, Group, Instance, Limit, Plan, Shift};
use super::joined::{join_alike, join_work};
use super::search::{Effort, Progress, Solved, solve};
use super::duties::begins;
use super::terms::{SHORT, contracts, is_hired, people_and_seats};
use super::{PlannedShift, Proof, Staffing, Team, pods, shortage};
use crate::ids::{GroupId, Id, QueueId, SetupId};
use crate::requirement::{DeferrableWork, Pool, Requirement};
use crate::scenario::{DeadlineClock, Scenario, Service};
use crate::time::Stopwatch;

/// When a solve may stop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Relative gap between objective and bound that is good enough.
    pub gap: f64,
    /// Wall-clock seconds; without them the answer is repeatable to the bit.
    pub seconds: Option<f64>,
    pub seed: u64,
}

impl Limits {
    /// As the scenario's policy has it, without a clock.
    pub fn of(scenario: &Scenario) -> Self {
        Self {
            gap: scenario.policy.gap,
            seconds: None,
            seed: scenario.seed,
        }
    }
}

/// The cheapest shifts found for a set-up that cover the requirement; what cannot be covered is named and
/// priced.
pub fn optimise(
    scenario: &Scenario,
    setup: SetupId,
    requirement: &Requirement,
    limits: &Limits,
) -> Staffing {
    Crew::new(scenario, setup, requirement).staff(requirement, limits)
}

/// Neighbourhoods without improvement after which a search ends, and nodes for a small model: rounds of a
/// settling loop need good plans soon, not proofs; the loop's own bound is that of the floor.
const PATIENCE: usize = 2;
const COLUMNS: usize = 300;
const NODES: u32 = 40;

/// Who could work when under a set-up: what stays while the requirement changes.
pub struct Crew<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) setup: SetupId,
    pub(super) teams: Vec<Team>,
    /// Candidate shifts of all groups; those of a group lie together.
    pub(super) candidates: Vec<Candidate>,
    shifts: Vec<Shift>,
    /// Where the candidates of each group lie.
    of_group: BTreeMap<GroupId, std::ops::Range<u32>>,
    people_and_seats: Vec<Limit>,
    contracts: Vec<Contract>,
    /// Teams that serve each queue.
    pub(super) serving: Vec<Vec<usize>>,
}

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

impl<'a> Crew<'a> {
    /// The teams of a set-up and their candidate shifts. The requirement says which clients suit one pod.
    pub fn new(scenario: &'a Scenario, setup: SetupId, requirement: &Requirement) -> Self {
        Self::of_teams(scenario, setup, pods::teams(scenario, setup, requirement))
    }

    /// The crew of these teams.
    pub fn of_teams(scenario: &'a Scenario, setup: SetupId, teams: Vec<Team>) -> Self {
        let mut all = Vec::new();
        let mut of_group = BTreeMap::new();
        let mut shifts = Vec::new();
        for &id in &scenario.setups[setup].groups {
            if of_group.contains_key(&id) {
                continue;
            }
            let group = &scenario.groups[id];
            let loading = (1.0 + group.charges.value()) * group.paid_per_filled();
            let found = candidates(scenario, id);
            // Whose contract is paid anyway costs little more for a shift: enough that of two ways at one price
            // the shorter hours win, since they leave more of a contract to others' absence.
            let paid = if is_hired(scenario, setup, id) {
                SHORT
            } else {
                1.0
            };
            let zone = scenario.sites[group.site].zone;
            let first_day = scenario.horizon.start.with_timezone(&zone);
            let first = all.len() as u32;
            shifts.extend(found.iter().map(|candidate| {
                let (day, begins) = begins(candidate.start, first_day);
                Shift {
                    cover: candidate.cover.clone(),
                    present: candidate.present.clone(),
                    held: candidate.held.clone(),
                    price: (candidate.premium + paid * (candidate.pay - candidate.premium)) * loading,
                    day,
                    begins,
                    hours: candidate.paid_hours * group.paid_per_filled(),
                }
            }));
            all.extend(found);
            of_group.insert(id, first..all.len() as u32);
        }
        let mut serving = vec![Vec::new(); scenario.queues.len()];
        for (t, team) in teams.iter().enumerate() {
            for queue in &team.queues {
                serving[queue.index()].push(t);
            }
        }
        Self {
            people_and_seats: people_and_seats(scenario, &teams),
            contracts: contracts(scenario, setup, &teams),
            scenario,
            setup,
            teams,
            candidates: all,
            shifts,
            of_group,
            serving,
        }
    }

    /// The scenario whose set-up it staffs.
    pub fn scenario(&self) -> &'a Scenario {
        self.scenario
    }

    /// The set-up.
    pub fn setup(&self) -> SetupId {
        self.setup
    }

    /// The teams, in the order of the instance's groups.
    pub fn teams(&self) -> &[Team] {
        &self.teams
    }

    /// Number of the first shift of a group; those of another crew with this group come in the same order.
    pub fn first_shift(&self, group: GroupId) -> u32 {
        self.shifts_of(group).start
    }

    /// Numbers of a group's shifts.
    pub(super) fn shifts_of(&self, group: GroupId) -> std::ops::Range<u32> {
        self.of_group.get(&group).cloned().unwrap_or(0..0)
    }

    /// The cheapest staffing found for a requirement.
    pub fn staff(&self, requirement: &Requirement, limits: &Limits) -> Staffing {
        let watch = Stopwatch::start();
        let task = self.task(requirement);
        let solved = self.solve(&task, None, limits, &mut |_| ());
        let proof = proof(&solved, limits, watch.seconds());
        self.staffing(requirement, &task, &solved.plan, proof)
    }

    /// Solves the model of a requirement, from a plan in hand if there is one.
    pub fn solve(
        &self,
        task: &Task,
        start: Option<&Plan>,
        limits: &Limits,
        report: &mut (dyn FnMut(Progress) + Send),
    ) -> Solved {
        let effort = (PATIENCE, COLUMNS, NODES);
        self.search(task, start, limits, None, effort, report)
    }

    /// The bound of a task's relaxation, and a whole plan rounded from it.
    pub fn round(&self, task: &Task, limits: &Limits, among: Option<&[Choice]>) -> Solved {
        self.search(task, None, limits, among, (0, 0, 0), &mut |_| ())
    }

    fn search(
        &self,
        task: &Task,
        start: Option<&Plan>,
        limits: &Limits,
        among: Option<&[Choice]>,
        (patience, columns, nodes): (usize, usize, u32),
        report: &mut (dyn FnMut(Progress) + Send),
    ) -> Solved {
        let watch = Stopwatch::start();
        let clock = || watch.seconds();
        if task.instance.groups.is_empty() {
            return Solved {
                plan: Plan::new(),
                objective: 0.0,
                bound: 0.0,
                proved: true,
                worth: Vec::new(),
                near: Vec::new(),
                heads: Vec::new(),
                seconds: watch.seconds(),
            };
        }
        let effort = Effort {
            gap: limits.gap,
            seconds: limits.seconds,
            clock: limits.seconds.is_some().then_some(&clock),
            patience,
            columns,
            nodes,
            seed: limits.seed,
            among,
        };
        solve(&task.instance, start, effort, report)
    }

    /// The model of a requirement.
    pub fn task(&self, requirement: &Requirement) -> Task {
        let slots = self.scenario.horizon.slots;
        let price = self.scenario.policy.shortfall_per_hour * self.scenario.horizon.slot_hours();
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

    /// Whether any team serves a queue.
    pub fn serves(&self, queue: QueueId) -> bool {
        !self.serving[queue.index()].is_empty()
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
        let hours = self.scenario.horizon.slot_hours();
        let name = &self.scenario.queues[work.queue].name;
        let agents: Vec<f64> = work.arriving.iter().map(|h| h / hours).collect();
        if !self.serves(work.queue) {
            task.unserved.push((name.clone(), work.queue, agents));
            return;
        }
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
        task.deferred.push(work.queue);
        task.instance.deferrables.push(Deferrable {
            queue: work.queue.0,
            work: agents,
            open_allowed,
            late_price: price,
        });
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

    /// The teams with the shifts that reach a slot in which they are of use.
    pub(super) fn groups(&self, instance: &Instance) -> Vec<Group> {
        let of_team = |team: &Team| {
            let mut queues: Vec<u32> = team.queues.iter().map(|queue| queue.0).collect();
            queues.sort_unstable();
            let mut group = Group {
                queues,
                factor: 1.0,
                shifts: Vec::new(),
            };
            let mut useful = vec![false; instance.slots];
            for cover in instance
                .covers
                .iter()
                .filter(|c| group.serves_any(&c.queues))
            {
                let may_wait = |d: &Deferrable| cover.queues.contains(&d.queue);
                let has_waiting = instance.deferrables.iter().any(may_wait);
                for (useful, &need) in useful.iter_mut().zip(&cover.need) {
                    *useful |= has_waiting || need > 0.0;
                }
            }
            for pledge in &instance.pledges {
                if group.serves_any(&pledge.queues) {
                    for (useful, pieces) in useful.iter_mut().zip(&pledge.pieces) {
                        *useful |= !pieces.is_empty();
                    }
                }
            }
            group.shifts = self
                .shifts_of(team.group)
                .filter(|&s| {
                    let cover = &self.shifts[s as usize].cover;
                    cover.iter().any(|&slot| useful[slot as usize])
                })
                .collect();
            group
        };
        self.teams.iter().map(of_team).collect()
    }

    /// The shifts of a plan on the wall clock, by team and start.
    pub fn planned(&self, plan: &Plan) -> Vec<PlannedShift> {
        let shift = |(choice, &agents): (&Choice, &u32)| {
            let candidate = &self.candidates[choice.shift as usize];
            PlannedShift {
                team: choice.group as usize,
                template: candidate.template,
                start: candidate.start,
                end: candidate.end,
                breaks: candidate.breaks.clone(),
                agents,
                pay: candidate.pay,
                premium: candidate.premium,
                paid_hours: candidate.paid_hours,
            }
        };
        let mut shifts: Vec<PlannedShift> = plan.iter().map(shift).collect();
        shifts.sort_by_key(|shift| (shift.team, shift.start, shift.end, shift.template));
        shifts
    }

    /// A plan of the model as shifts on the wall clock, with what it leaves open.
    pub fn staffing(
        &self,
        requirement: &Requirement,
        task: &Task,
        plan: &Plan,
        proof: Proof,
    ) -> Staffing {
        let on_line = task.instance.on_line(plan);
        let covering = |pool: &Pool| {
            let serves = |team: &Team| team.queues.iter().any(|queue| pool.queues.contains(queue));
            let mut agents = vec![0; task.instance.slots];
            for (_, there) in self
                .teams
                .iter()
                .zip(&on_line)
                .filter(|(team, _)| serves(team))
            {
                for (sum, there) in agents.iter_mut().zip(there) {
                    *sum += there;
                }
            }
            agents
        };
        let cover = requirement.pools.iter().map(covering).collect();
        let shortfall = shortage::name(self, task, plan);
        Staffing {
            teams: self.teams.clone(),
            shifts: self.planned(plan),
            cover,
            shortfall,
            on_line,
            proof: self.with_unserved(task, proof),
        }
    }

    /// What nobody can serve costs every plan the same: it stands in the objective and in the bound.
    fn with_unserved(&self, task: &Task, proof: Proof) -> Proof {
        let price = self.scenario.policy.shortfall_per_hour * self.scenario.horizon.slot_hours();
        let missing: f64 = task.unserved.iter().flat_map(|(_, _, agents)| agents).sum();
        let objective = proof.objective + price * missing;
        let bound = proof.bound + price * missing;
        Proof {
            objective,
            bound,
            gap: crate::solver::relative_gap(objective, bound),
            ..proof
        }
    }
}

/// What the search can say of its plan.
pub fn proof(solved: &Solved, limits: &Limits, seconds: f64) -> Proof {
    let status = if solved.gap() <= 1e-6 {
        "optimal"
    } else if solved.proved {
        "within gap"
    } else if limits.seconds.is_some_and(|most| seconds >= most) {
        "time limit"
    } else {
        "search ended"
    };
    Proof {
        status: status.to_owned(),
        objective: solved.objective,
        bound: solved.bound.min(solved.objective),
        gap: solved.gap(),
        seconds,
    }
}
