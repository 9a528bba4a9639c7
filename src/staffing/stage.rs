//! The staffing of a scenario's set-up: its teams and candidate shifts as an [`Instance`], solved, and read
//! back as shifts on the wall clock.

use std::collections::BTreeMap;

use super::candidates::{Candidate, candidates};
use super::charge::Charge;
use super::contract::Contract;
use super::duties::begins;
use super::instance::{Choice, Deferrable, Group, Instance, Limit, Plan, Shift};
use super::relaxation::{Rounded, filled, round};
use super::search::{Effort, Progress, Solved, solve};
use super::task::Task;
use super::terms::{SHORT, contracts, in_units, is_hired, people_and_seats, unit};
use super::{EarlierTeam, PlannedShift, Proof, Staffing, Team, pods, shortage};
use crate::ids::{GroupId, Id, QueueId, SetupId};
use crate::requirement::{Pool, Requirement};
use crate::scenario::Scenario;
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
    Crew::new(scenario, setup, requirement, &[]).staff(requirement, limits)
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
    /// Their prices, like all of the model's, in units of its own.
    pub(super) shifts: Vec<Shift>,
    /// What such a unit is worth in the scenario's currency.
    unit: f64,
    /// Where the candidates of each group lie.
    of_group: BTreeMap<GroupId, std::ops::Range<u32>>,
    pub(super) people_and_seats: Vec<Limit>,
    pub(super) contracts: Vec<Contract>,
    /// Teams that serve each queue.
    pub(super) serving: Vec<Vec<usize>>,
}

impl<'a> Crew<'a> {
    /// The teams of a set-up and their candidate shifts. The requirement says which clients suit one pod; those
    /// of `earlier` teams stay together while that costs less than to learn others.
    pub fn new(
        scenario: &'a Scenario,
        setup: SetupId,
        requirement: &Requirement,
        earlier: &[EarlierTeam],
    ) -> Self {
        let teams = pods::teams(scenario, setup, requirement, earlier);
        Self::of_teams(scenario, setup, teams)
    }

    /// The crew of these teams.
    pub fn of_teams(scenario: &'a Scenario, setup: SetupId, teams: Vec<Team>) -> Self {
        let unit = unit(scenario);
        let mut all = Vec::new();
        let mut of_group = BTreeMap::new();
        let mut shifts = Vec::new();
        for &id in &scenario.setups[setup].groups {
            if of_group.contains_key(&id) {
                continue;
            }
            let group = &scenario.groups[id];
            let charges = 1.0 + group.charges.value();
            let found = candidates(scenario, id);
            // Whose contract is paid anyway costs little more for a shift: enough that of two ways at one price
            // the shorter hours win, since they leave more of a contract to others' absence.
            let paid = if is_hired(scenario, setup, id) {
                SHORT
            } else {
                1.0
            };
            let charge = Charge::of(scenario, setup, id);
            let zone = scenario.sites[group.site].zone;
            let first_day = scenario.horizon.start.with_timezone(&zone);
            let first = all.len() as u32;
            shifts.extend(found.iter().map(|candidate| {
                // Premiums are due to who works the shift; absences are paid without them.
                let wages = (candidate.pay - candidate.premium) * group.paid_per_filled();
                let pay = charges * (candidate.premium + paid * wages);
                let charge = charge.as_ref();
                let price = charge.map_or(pay, |charge| charge.for_shift(candidate, pay));
                Shift {
                    cover: candidate.cover.clone(),
                    present: candidate.present.clone(),
                    held: candidate.held.clone(),
                    price: in_units(price, unit),
                    begin: begins(candidate.start, first_day),
                    hours: candidate.hours * group.paid_per_filled(),
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
            contracts: contracts(scenario, setup, &teams, unit),
            scenario,
            setup,
            teams,
            candidates: all,
            shifts,
            unit,
            of_group,
            serving,
        }
    }

    /// What a unit of the model's prices is worth in the scenario's currency.
    pub fn unit(&self) -> f64 {
        self.unit
    }

    /// Price of an agent-hour left uncovered, in units of the model.
    pub(super) fn shortfall_per_hour(&self) -> f64 {
        in_units(self.scenario.policy.shortfall_per_hour, self.unit)
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
        let found = proof(&solved, limits, watch.seconds());
        let proof = Proof {
            objective: found.objective * self.unit,
            bound: found.bound * self.unit,
            ..found
        };
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
        let watch = Stopwatch::start();
        let clock = || watch.seconds();
        if task.instance.groups.is_empty() {
            return Solved {
                plan: Plan::new(),
                objective: 0.0,
                bound: 0.0,
                bound_is_whole: true,
                proved: true,
                worth: Vec::new(),
                seconds: watch.seconds(),
            };
        }
        let effort = effort(limits, &clock, None, (PATIENCE, COLUMNS, NODES));
        solve(&task.instance, start, effort, report)
    }

    /// The bound of a task's relaxation, and a whole plan rounded from it.
    pub fn round(&self, task: &Task, limits: &Limits, among: Option<&[Choice]>) -> Rounded {
        if task.instance.groups.is_empty() {
            return Rounded::default();
        }
        let watch = Stopwatch::start();
        let clock = || watch.seconds();
        let effort = effort(limits, &clock, among, (0, 0, 0));
        round(&task.instance, effort)
    }

    /// A plan with what a task asks for beyond it, of shifts that are `taken` when one agent's is offered.
    pub fn filled(
        &self,
        task: &Task,
        plan: &Plan,
        limits: &Limits,
        taken: &mut dyn FnMut(&PlannedShift) -> bool,
    ) -> Plan {
        let watch = Stopwatch::start();
        let clock = || watch.seconds();
        let effort = effort(limits, &clock, None, (0, 0, 0));
        filled(&task.instance, plan, effort, &mut |choice| {
            taken(&self.planned_as(choice, 1))
        })
    }

    /// No more hours of a group's people (or shifts, where they are not paid by the hour's contract) than they can
    /// work, where that is less than what a plan asks of them.
    pub fn tighten(&mut self, task: &mut Task, plan: &Plan, worked: &Plan) {
        let people = self.people_and_seats.iter_mut();
        for limit in people.filter(|limit| limit.people) {
            let [asked, can] = [plan, worked].map(|plan| limit.taken_in_all(&self.shifts, plan));
            let kind = usize::from(limit.most_in_all[1].is_finite());
            if can[kind] < asked[kind] {
                limit.most_in_all[kind] = can[kind];
            }
        }
        task.instance.limits.clone_from(&self.people_and_seats);
    }

    /// Has no more of each limit than `left` says, where that says anything.
    pub fn limit(&mut self, left: impl Fn(&Limit) -> Option<Limit>) {
        for limit in &mut self.people_and_seats {
            if let Some(left) = left(limit) {
                *limit = left;
            }
        }
    }

    /// Whether any team serves a queue.
    pub fn serves(&self, queue: QueueId) -> bool {
        !self.serving[queue.index()].is_empty()
    }

    /// The slots in which anybody's shift serves a queue.
    pub fn reached(&self, queue: QueueId) -> Vec<bool> {
        let mut reached = vec![false; self.scenario.horizon.slots];
        for &team in &self.serving[queue.index()] {
            for shift in self.shifts_of(self.teams[team].group) {
                for &slot in &self.shifts[shift as usize].cover {
                    reached[slot as usize] = true;
                }
            }
        }
        reached
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
        let chosen = self.chosen(plan).into_iter();
        chosen.map(|(_, shift)| shift).collect()
    }

    /// The same, each with its choice.
    pub fn chosen(&self, plan: &Plan) -> Vec<(Choice, PlannedShift)> {
        let shift = |(&choice, &agents): (&Choice, &u32)| (choice, self.planned_as(choice, agents));
        let mut shifts: Vec<(Choice, PlannedShift)> = plan.iter().map(shift).collect();
        shifts.sort_by_key(|(_, shift)| (shift.team, shift.start, shift.end, shift.template));
        shifts
    }

    fn planned_as(&self, choice: Choice, agents: u32) -> PlannedShift {
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

/// How hard to search within `limits`, whose seconds run by `clock`.
fn effort<'a>(
    limits: &Limits,
    clock: &'a (dyn Fn() -> f64 + Sync),
    among: Option<&'a [Choice]>,
    (patience, columns, nodes): (usize, usize, u32),
) -> Effort<'a> {
    Effort {
        gap: limits.gap,
        seconds: limits.seconds,
        clock: limits.seconds.is_some().then_some(clock),
        patience,
        columns,
        nodes,
        seed: limits.seed,
        among,
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
