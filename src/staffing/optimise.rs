//! The stage: requirement in, shifts per team out, with cover, named shortfall and proof.

use super::instance::{Choice, Cover, Instance, Plan};
use super::search::{Effort, Progress, Solved, solve};
use super::shifts::{Candidate, local_day};
use super::{PlannedShift, Proof, Shortfall, Staffing, Team, prepare};
use crate::ids::GroupId;
use crate::requirement::Requirement;
use crate::scenario::Scenario;

/// A scenario's staffing problem: the abstract instance, and what its numbers stand for.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// Group `t` of the instance is team `t`.
    pub teams: Vec<Team>,
    /// Queue `q` of the instance is queue id `q` of the scenario.
    pub instance: Instance,
    /// Least agents on the line of open queues: what no later change may break.
    pub floors: Vec<Cover>,
    /// Shift `s` of the instance.
    pub(super) shifts: Vec<Candidate>,
}

/// The cheapest shifts of `groups` that cover the requirement in each slot.
///
/// Agents are counted as scheduled; shrinkage is in their price. Pools are lower bounds where agents share
/// queues in part only: [`crate::calibrate`] makes the plan keep its promises.
pub fn optimise(
    scenario: &Scenario,
    requirement: &Requirement,
    groups: &[GroupId],
    effort: Effort,
    report: &mut dyn FnMut(Progress),
) -> Staffing {
    let prepared = prepare(scenario, requirement, groups);
    let solved = solve(&prepared.instance, None, effort, report);
    let shortfall = prepared.shortfall(scenario, requirement, &solved.plan);
    prepared.staffing(scenario, requirement, &solved, shortfall)
}

impl Prepared {
    /// The plan in the words of the scenario.
    pub fn staffing(
        &self,
        scenario: &Scenario,
        requirement: &Requirement,
        solved: &Solved,
        shortfall: Vec<Shortfall>,
    ) -> Staffing {
        let on_line = self.instance.on_line(&solved.plan);
        let pools = requirement.pools.iter();
        let cover = pools.map(|pool| self.agents_for(&on_line, &ids(&pool.queues)));
        Staffing {
            cover: cover.collect(),
            shifts: self.planned(scenario, &solved.plan),
            on_line,
            shortfall,
            proof: Proof {
                status: if solved.proved {
                    "within gap".to_owned()
                } else {
                    "limit".to_owned()
                },
                objective: solved.objective,
                bound: solved.bound,
                gap: solved.gap(),
                seconds: solved.seconds,
            },
            teams: self.teams.clone(),
        }
    }

    /// What the plan leaves short of the requirement: agents per pool, late work per deferrable queue.
    pub fn shortfall(
        &self,
        scenario: &Scenario,
        requirement: &Requirement,
        plan: &Plan,
    ) -> Vec<Shortfall> {
        let missing = self.instance.missing(plan);
        let mut named: Vec<Shortfall> = Vec::new();
        // A larger pool is named only for what the queues in it do not already miss by themselves.
        let mut told = vec![vec![0.0; self.instance.slots]; scenario.queues.len()];
        for (pool, missing) in requirement.pools.iter().zip(&missing) {
            let beyond: Vec<f64> = (0..self.instance.slots)
                .map(|slot| {
                    let known: f64 = pool.queues.iter().map(|q| told[q.0 as usize][slot]).sum();
                    (missing[slot] - known).max(0.0)
                })
                .collect();
            if let [queue] = pool.queues[..] {
                told[queue.0 as usize].clone_from(&beyond);
            }
            let reason = |slots| self.reason(scenario, plan, &ids(&pool.queues), slots);
            named.extend(runs(scenario, &pool.name, &beyond, reason));
        }
        for (work, late) in self.instance.deferrables.iter().zip(self.late_work(plan)) {
            let name = &scenario.queues[crate::ids::QueueId(work.queue)].name;
            let reason = |slots| self.reason(scenario, plan, &[work.queue], slots);
            named.extend(runs(scenario, name, &late, reason));
        }
        named
    }

    /// The planned shifts, by start.
    fn planned(&self, scenario: &Scenario, plan: &Plan) -> Vec<PlannedShift> {
        let mut planned: Vec<PlannedShift> = plan
            .iter()
            .map(|(choice, &agents)| {
                let shift = &self.shifts[choice.shift as usize];
                PlannedShift {
                    team: choice.group as usize,
                    template: shift.template,
                    start: shift.start,
                    end: shift.end,
                    breaks: shift.breaks.clone(),
                    agents,
                    pay: shift.pay.pay,
                    premium: shift.pay.premium,
                    paid_hours: shift.pay.hours,
                }
            })
            .collect();
        let day = |shift: &PlannedShift| {
            let group = &scenario.groups[self.teams[shift.team].group];
            local_day(&scenario.sites[group.site], shift.start)
        };
        planned.sort_by_key(|shift| (day(shift), shift.start, shift.team, shift.end));
        planned
    }

    fn agents_for(&self, on_line: &[Vec<u32>], queues: &[u32]) -> Vec<u32> {
        let mut agents = vec![0; self.instance.slots];
        for (group, on_line) in self.instance.groups.iter().zip(on_line) {
            if group.serves_any(queues) {
                for (sum, count) in agents.iter_mut().zip(on_line) {
                    *sum += count;
                }
            }
        }
        agents
    }

    /// Agent-slots of each deferrable queue that are late at the end of each slot for the first time, when
    /// idle agents do what is open, oldest first.
    fn late_work(&self, plan: &Plan) -> Vec<Vec<f64>> {
        let on_line = self.instance.on_line(plan);
        let slots = self.instance.slots;
        let mut late = vec![vec![0.0; slots]; self.instance.deferrables.len()];
        let mut open = vec![0.0_f64; late.len()];
        let mut overdue = vec![0.0_f64; late.len()];
        // The second time round begins with what the end of the horizon left open.
        for turn in 0..2 {
            for slot in 0..slots {
                let mut idle = self.idle(&on_line, slot);
                for (d, work) in self.instance.deferrables.iter().enumerate() {
                    open[d] += work.work[slot];
                    let done = open[d].min(idle[d]);
                    open[d] -= done;
                    for (other, left) in idle.iter_mut().enumerate() {
                        if self.share_agents(d, other) {
                            *left = (*left - done).max(0.0);
                        }
                    }
                    let now = (open[d] - work.open_allowed[slot]).max(0.0);
                    if turn == 1 {
                        late[d][slot] = (now - overdue[d]).max(0.0);
                        if late[d][slot] < 0.05 {
                            late[d][slot] = 0.0;
                        }
                    }
                    overdue[d] = now;
                }
            }
        }
        late
    }

    /// Agents that each deferrable queue may have in a slot: those who serve it, less the real-time work
    /// of the queues they serve beside it.
    fn idle(&self, on_line: &[Vec<u32>], slot: usize) -> Vec<f64> {
        let idle_of = |queue: u32| {
            let covers = self.instance.covers.iter();
            covers
                .filter(|cover| cover.queues.contains(&queue))
                .map(|cover| {
                    let agents: u32 = self
                        .instance
                        .groups
                        .iter()
                        .zip(on_line)
                        .filter(|(group, _)| group.serves_any(&cover.queues))
                        .map(|(_, counts)| counts[slot])
                        .sum();
                    (f64::from(agents) - cover.load[slot]).max(0.0)
                })
                .fold(f64::INFINITY, f64::min)
        };
        let deferrables = self.instance.deferrables.iter();
        deferrables.map(|work| idle_of(work.queue)).collect()
    }

    fn share_agents(&self, a: usize, b: usize) -> bool {
        let (a, b) = (
            self.instance.deferrables[a].queue,
            self.instance.deferrables[b].queue,
        );
        self.instance
            .groups
            .iter()
            .any(|group| group.queues.contains(&a) && group.queues.contains(&b))
    }

    /// Why some slots are short, and what would mend it.
    fn reason(
        &self,
        scenario: &Scenario,
        plan: &Plan,
        queues: &[u32],
        slots: std::ops::Range<usize>,
    ) -> String {
        let serving: Vec<u32> = (0..self.teams.len() as u32)
            .filter(|&g| self.instance.groups[g as usize].serves_any(queues))
            .collect();
        if serving.is_empty() {
            return "no agent group speaks its language on its channel for its client: add the skill \
                    to a group, or a group that has it"
                .to_owned();
        }
        let covers = |choice: &Choice| {
            let cover = &self.instance.shifts[choice.shift as usize].cover;
            cover.iter().any(|&slot| slots.contains(&(slot as usize)))
        };
        let of_serving = |choice: &Choice| serving.contains(&choice.group);
        let mut reaching = self.instance.choices();
        reaching.retain(|choice| of_serving(choice) && covers(choice));
        if reaching.is_empty() {
            let sites: std::collections::BTreeSet<&str> = serving
                .iter()
                .map(|&g| {
                    let group = &scenario.groups[self.teams[g as usize].group];
                    scenario.sites[group.site].name.as_str()
                })
                .collect();
            return format!(
                "no shift of the agents who serve it reaches these hours: longer opening or another \
                 shift at {}, or a site in another time zone",
                Vec::from_iter(sites).join(", ")
            );
        }
        for limit in self.instance.limits.iter().rev() {
            let full = reaching
                .iter()
                .all(|choice| limit.groups.contains(&choice.group));
            if full && self.is_used_up(limit, plan, slots.clone()) {
                return if limit.people {
                    format!(
                        "all {} people of the group are at work: hire more",
                        limit.most
                    )
                } else {
                    format!("all {} seats of the site are taken: add seats", limit.most)
                };
            }
        }
        "covering it with a whole shift costs more than the price of the shortfall".to_owned()
    }

    fn is_used_up(&self, limit: &super::Limit, plan: &Plan, slots: std::ops::Range<usize>) -> bool {
        let (mut used, mut shifts) = (vec![0.0; self.instance.slots], 0.0);
        for (choice, &count) in plan.iter().filter(|(c, _)| limit.groups.contains(&c.group)) {
            shifts += f64::from(count);
            for slot in limit.uses(&self.instance.shifts[choice.shift as usize]) {
                used[slot as usize] += f64::from(count);
            }
        }
        let most = used[slots].iter().copied().fold(0.0, f64::max);
        most > limit.most - 1.0 || shifts > limit.most_shifts - 1.0
    }
}

fn ids(queues: &[crate::ids::QueueId]) -> Vec<u32> {
    queues.iter().map(|queue| queue.0).collect()
}

/// Runs of slots in which something is missing.
fn runs(
    scenario: &Scenario,
    pool: &str,
    missing: &[f64],
    reason: impl Fn(std::ops::Range<usize>) -> String,
) -> Vec<Shortfall> {
    let mut runs = Vec::new();
    let mut slot = 0;
    while slot < missing.len() {
        let first = slot;
        let mut sum = 0.0;
        while slot < missing.len() && missing[slot] > 1e-6 {
            sum += missing[slot];
            slot += 1;
        }
        if slot > first {
            runs.push(Shortfall {
                pool: pool.to_owned(),
                slot: first,
                slots: slot - first,
                agent_hours: sum * scenario.horizon.slot_hours(),
                reason: reason(first..slot),
            });
        }
        slot += 1;
    }
    runs
}
