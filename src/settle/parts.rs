//! A set-up in parts that share no queue: each is settled by itself.

use crate::demand::Demand;
use crate::ids::{GroupId, Id, QueueId, SetupId};
use crate::scenario::Scenario;
use crate::staffing::{Choice, Crew, Plan};
use crate::table::Table;

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

/// The scenario and demand of some queues alone; queues get new ids, groups and clients keep theirs.
pub(super) fn only(
    scenario: &Scenario,
    setup: SetupId,
    demand: &Demand,
    crew: &Crew,
    queues: &[QueueId],
) -> (Scenario, Demand) {
    let at_work = |group: GroupId| {
        let mut teams = crew.teams().iter().filter(|team| team.group == group);
        teams.any(|team| team.queues.iter().any(|queue| queues.contains(queue)))
    };
    let rows = |id: &QueueId| scenario.queues[*id].clone();
    let forecasts = |id: &QueueId| demand.queues[*id].clone();
    let mut part = Scenario {
        queues: Table::new(queues.iter().map(rows).collect()),
        ..scenario.clone()
    };
    part.setups[setup].groups.retain(|&group| at_work(group));
    let demand = Demand {
        horizon: demand.horizon,
        queues: Table::new(queues.iter().map(forecasts).collect()),
    };
    (part, demand)
}

/// A part's plan in the numbers of the whole crew. A team of the part is the team of its group that serves
/// its queues.
pub(super) fn renumbered(whole: &Crew, part: &Crew, queues: &[QueueId], plan: &Plan) -> Plan {
    let renumber = |(choice, &agents): (&Choice, &u32)| {
        let team = &part.teams()[choice.group as usize];
        let first = queues[team.queues.first()?.index()];
        let mut teams = whole.teams().iter();
        let group = teams.position(|t| t.group == team.group && t.queues.contains(&first))?;
        let shift = choice.shift - part.first_shift(team.group) + whole.first_shift(team.group);
        let group = group as u32;
        Some((Choice { group, shift }, agents))
    };
    plan.iter().filter_map(renumber).collect()
}
