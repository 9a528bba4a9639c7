//! A set-up in parts that share no queue: each is settled by itself. Where seats or people that they share are not
//! enough for all, one after another has what those before it leave, and what is over all the same is cut.

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::narrower::LATE;
use super::{Ask, Work, curves, starts};
use crate::demand::Demand;
use crate::ids::{GroupId, Id, QueueId};
use crate::requirement::{DeferrableWork, Pool, Requirement};
use crate::scenario::Scenario;
use crate::staffing::{Choice, Crew, Instance, Limit, Limits, Plan, Team, take_out};
use crate::table::Table;
use crate::time::Stopwatch;

/// The queues of each part, ascending: queues that any team serves together, or through others.
pub(super) fn parts(crew: &Crew, queues: usize) -> Vec<Vec<QueueId>> {
    let mut part: Vec<usize> = (0..queues).collect();
    for team in crew.teams() {
        let Some(first) = team.queues.first() else {
            continue;
        };
        for queue in &team.queues {
            let (from, to) = (part[queue.index()], part[first.index()]);
            part.iter_mut()
                .filter(|p| **p == from)
                .for_each(|p| *p = to);
        }
    }
    let served = |queue: &QueueId| crew.serves(*queue);
    let mut found: Vec<Vec<QueueId>> = vec![Vec::new(); queues];
    for queue in (0..queues).map(QueueId::new).filter(served) {
        found[part[queue.index()]].push(queue);
    }
    found.retain(|queues| !queues.is_empty());
    found
}

/// Where parts are more than these, searches and their rounds are shared among them: what one part leaves is little of
/// all.
const FEW_TO_SEARCH: usize = 24;
const FEW_PARTS: usize = 160;
/// Parts, at most, that have in turn what the others leave, and how many of them are tried as the first.
const FEW_IN_TURN: usize = 6;
const FIRSTS: usize = 2;

impl Work<'_> {
    /// Each part settled by itself; what they share (seats, people) holds for all together.
    pub(super) fn in_parts(&self, parts: &[Vec<QueueId>], sized: &Requirement) -> (Plan, f64) {
        let begun = AtomicUsize::new(0);
        let settled = |queues: &Vec<QueueId>| {
            // Parts side by side share the seconds that are left.
            let waiting = (parts.len() - begun.fetch_add(1, Ordering::Relaxed)) as f64;
            let share = (rayon::current_num_threads() as f64 / waiting).min(1.0);
            self.one_of(parts.len(), queues, sized, &Plan::new(), share)
        };
        let found: Vec<(Plan, f64)> = parts.par_iter().map(settled).collect();
        let bound = found.iter().map(|(_, bound)| bound).sum();
        let alone: Vec<Plan> = found.into_iter().map(|(plan, _)| plan).collect();
        let mut plan: Plan = alone.iter().flatten().map(|(&c, &n)| (c, n)).collect();
        let instance = &self.task.instance;
        if !cut_to_limits(instance, &mut plan) {
            return (plan, bound);
        }
        if let Some(judge) = self.judge(0) {
            let by_the_shift = instance.by_the_shift();
            let (tries, all) = (self.tries(), (0.95, &[][..]));
            plan = (self.calibrated(plan, bound, &judge, &by_the_shift, tries, all)).plan;
        }
        let mut best = (self.value(&plan), plan);
        for plan in self.in_turn(parts, &alone, sized) {
            let value = self.value(&plan);
            if value < best.0 {
                best = (value, plan);
            }
        }
        (best.1, bound)
    }

    /// Plans in which parts that pass a limit together have in turn what those before them leave; each of the dearest
    /// comes first in one of them.
    fn in_turn(&self, parts: &[Vec<QueueId>], alone: &[Plan], sized: &Requirement) -> Vec<Plan> {
        if parts.len() > FEW_IN_TURN || self.scenario.policy.rounds == 0 {
            return Vec::new();
        }
        let instance = &self.task.instance;
        let mut order: Vec<usize> = (0..parts.len()).collect();
        let cost = |part: &usize| instance.cost(&alone[*part]);
        order.sort_by(|a, b| cost(b).total_cmp(&cost(a)));
        let firsts = order.iter().take(FIRSTS);
        let plan = |first: &usize| {
            let others = order.iter().filter(|part| *part != first);
            let mut plan = Plan::new();
            for &part in [first].into_iter().chain(others) {
                let mut with = plan.clone();
                with.extend(alone[part].iter());
                if cut_to_limits(instance, &mut with) {
                    with.clone_from(&plan);
                    with.extend(self.one_of(parts.len(), &parts[part], sized, &plan, 0.5).0);
                }
                plan = with;
            }
            plan
        };
        let in_time = firsts.take_while(|_| self.share_gone() < LATE);
        in_time.map(plan).collect()
    }

    /// What the search for one of so many parts finds beside the plan of others, in a share of the time left; and a bound
    /// on its cost.
    fn one_of(
        &self,
        parts: usize,
        queues: &[QueueId],
        sized: &Requirement,
        others: &Plan,
        share: f64,
    ) -> (Plan, f64) {
        let limits = Limits {
            seconds: self.seconds_left(0.9).map(|seconds| seconds * share),
            ..*self.ask.limits
        };
        let mut part = Part::new(&self.crew, sized, self.demand, queues, &|_| true);
        let rounds = &mut part.scenario.policy.rounds;
        *rounds = (*rounds).min((*rounds * FEW_PARTS).div_ceil(parts));
        let starts = starts(&part.scenario, &part.demand, &limits);
        let ask = Ask {
            limits: &limits,
            watch: Stopwatch::start(),
            starts: starts.min((FEW_TO_SEARCH / parts).max(1) as u64),
            solves: parts <= FEW_TO_SEARCH,
            most: f64::INFINITY,
            ..self.ask
        };
        self.of_part(&part, others, ask, |work| work.searched(&part.sized))
    }

    /// What a search for a part finds beside the plan of others, in the numbers of the whole crew.
    pub(super) fn of_part(
        &self,
        part: &Part,
        others: &Plan,
        ask: Ask,
        search: impl Fn(&Work) -> (Plan, f64),
    ) -> (Plan, f64) {
        let mut crew = Crew::of_teams(&part.scenario, self.crew.setup(), part.teams.clone());
        part.leave(&mut crew, &self.task.instance, others);
        let curves = curves(&crew, &part.sized, &part.demand);
        // The same customers as before all: what a part keeps, the whole does.
        let verdict = self.scenario.policy.replications;
        let work = Work::new(crew, curves, &part.demand, ask, &part.sized, verdict);
        let (plan, bound) = search(&work);
        (part.renumbered(&self.crew, &work.crew, &plan), bound)
    }
}

/// Some queues of a set-up alone; queues get new ids, groups and clients keep theirs.
pub(super) struct Part {
    pub scenario: Scenario,
    pub demand: Demand,
    pub sized: Requirement,
    /// The teams that serve the queues.
    pub teams: Vec<Team>,
    /// Their numbers in the whole crew.
    numbers: Vec<u32>,
}

impl Part {
    /// Those that `some` of the teams serve.
    pub fn new(
        whole: &Crew,
        sized: &Requirement,
        demand: &Demand,
        queues: &[QueueId],
        some: &dyn Fn(&Team) -> bool,
    ) -> Self {
        let (scenario, setup) = (whole.scenario(), whole.setup());
        let new_id = |queue: &QueueId| queues.binary_search(queue).ok().map(QueueId::new);
        let (mut teams, mut numbers) = (Vec::new(), Vec::new());
        for (number, team) in (0..).zip(whole.teams()).filter(|(_, team)| some(team)) {
            let served: Option<Vec<QueueId>> = team.queues.iter().map(new_id).collect();
            if let Some(queues) = served.filter(|queues| !queues.is_empty()) {
                teams.push(Team {
                    queues,
                    ..team.clone()
                });
                numbers.push(number);
            }
        }
        let rows = |id: &QueueId| scenario.queues[*id].clone();
        let forecasts = |id: &QueueId| demand.queues[*id].clone();
        let mut part = Scenario {
            queues: Table::new(queues.iter().map(rows).collect()),
            ..scenario.clone()
        };
        let at_work = |group: &GroupId| teams.iter().any(|team| team.group == *group);
        part.setups[setup].groups.retain(at_work);
        Self {
            scenario: part,
            demand: Demand {
                horizon: demand.horizon,
                queues: Table::new(queues.iter().map(forecasts).collect()),
                common_variance: demand.common_variance,
            },
            sized: sizes_of(sized, queues),
            teams,
            numbers,
        }
    }

    /// Leaves to the `others` of the whole what they have of its limits.
    fn leave(&self, crew: &mut Crew, whole: &Instance, others: &Plan) {
        crew.limit(|limit| {
            let group = self.numbers[*limit.groups.first()? as usize];
            let mut all = whole.limits.iter();
            let same = all.find(|it| it.people == limit.people && it.groups.contains(&group))?;
            Some(Limit {
                groups: limit.groups.clone(),
                ..same.beside(whole, others)
            })
        });
    }

    /// The part's plan in the numbers of the whole crew.
    fn renumbered(&self, whole: &Crew, part: &Crew, plan: &Plan) -> Plan {
        let renumber = |(choice, &agents): (&Choice, &u32)| {
            let team = choice.group as usize;
            let of = self.teams[team].group;
            let shift = choice.shift - part.first_shift(of) + whole.first_shift(of);
            let group = self.numbers[team];
            (Choice { group, shift }, agents)
        };
        plan.iter().map(renumber).collect()
    }
}

/// The sizes of some queues, in their new ids.
fn sizes_of(sized: &Requirement, queues: &[QueueId]) -> Requirement {
    let new_id = |queue: &QueueId| queues.binary_search(queue).ok().map(QueueId::new);
    let pool = |pool: &Pool| {
        let queues: Option<Vec<QueueId>> = pool.queues.iter().map(new_id).collect();
        Some(Pool {
            queues: queues?,
            ..pool.clone()
        })
    };
    let work = |work: &DeferrableWork| {
        Some(DeferrableWork {
            queue: new_id(&work.queue)?,
            ..work.clone()
        })
    };
    let row =
        |of: &dyn Fn(QueueId) -> Vec<u32>| Table::new(queues.iter().map(|&q| of(q)).collect());
    Requirement {
        pools: sized.pools.iter().filter_map(pool).collect(),
        deferrable: sized.deferrable.iter().filter_map(work).collect(),
        load: Table::new(queues.iter().map(|&q| sized.load[q].clone()).collect()),
        alone: row(&|q| sized.alone[q].clone()),
        minimum: row(&|q| sized.minimum[q].clone()),
    }
}

/// Takes out shifts, the cheapest first, until no limit is passed; whether there were any.
pub(super) fn cut_to_limits(instance: &Instance, plan: &mut Plan) -> bool {
    let mut cut = false;
    for limit in &instance.limits {
        loop {
            let taken = limit.taken(instance, plan);
            let over = |slot: u32| taken[slot as usize] > limit.most_in(slot as usize) + 1e-9;
            let mut ours = plan
                .iter()
                .filter(|(choice, _)| limit.groups.contains(&choice.group));
            let in_all = limit.taken_in_all(&instance.shifts, plan);
            let passes = |choice: Choice| {
                let shift = &instance.shifts[choice.shift as usize];
                let mut of_all = Limit::takes(shift)
                    .into_iter()
                    .zip(&in_all)
                    .zip(limit.most_in_all);
                of_all.any(|((takes, taken), most)| takes > 0.0 && *taken > most + 1e-9)
                    || limit.uses(shift).any(over)
            };
            let price = |choice: Choice| instance.price(choice);
            let passing = ours
                .by_ref()
                .map(|(&choice, _)| choice)
                .filter(|&c| passes(c));
            let Some(cheapest) =
                passing.min_by(|&a, &b| price(a).total_cmp(&price(b)).then(a.cmp(&b)))
            else {
                break;
            };
            take_out(plan, cheapest);
            cut = true;
        }
    }
    cut
}
