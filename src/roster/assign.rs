//! Shifts to people: the fewest people first, then steady start times and even hours.

use std::collections::BTreeMap;

use super::backup::backups;
use super::crew::{Crewed, Terms, crew, fewest_left};
use super::{Duty, Pause, Roster, RosteredAgent};
use crate::ids::GroupId;
use crate::scenario::Scenario;
use crate::staffing::{PlannedBreak, PlannedShift, Staffing, Team};

/// Gives every planned shift to a named agent.
pub fn assign(scenario: &Scenario, staffing: &Staffing) -> Roster {
    let mut roster = Roster::default();
    for (index, team) in staffing.teams.iter().enumerate() {
        let duties: Vec<Duty> = of_team(&staffing.shifts, index)
            .map(|(_, duty)| duty)
            .collect();
        let people = crew(&duties, Terms::of(scenario, team.group));
        let width = people.len().to_string().len().max(2);
        for (number, worked) in (1..).zip(people) {
            roster.agents.push(RosteredAgent {
                name: format!("{} {number:0width$}", team.name),
                team: index,
                group: team.group,
                clients: team.clients.clone(),
                queues: team.queues.clone(),
                duties: worked.into_iter().map(|i| duties[i].clone()).collect(),
            });
        }
    }
    roster.backups = backups(scenario, &roster);
    roster
}

/// How many of each planned shift the people of its group, where they are so many at most, cannot work: by its index,
/// none where they can.
pub fn beyond(scenario: &Scenario, teams: &[Team], shifts: &[PlannedShift]) -> Vec<(usize, u32)> {
    let mut beyond = vec![0; shifts.len()];
    for (id, group) in scenario.groups.iter() {
        if let Some(most) = group.max_agents {
            for shift in beyond_of(scenario, teams, shifts, id, most as usize) {
                beyond[shift] += 1;
            }
        }
    }
    (beyond.into_iter().enumerate())
        .filter(|(_, count)| *count > 0)
        .collect()
}

/// The same of one group, a shift as often as somebody is missing: its teams give up people one by one, each time
/// the one that leaves the fewest shifts for it.
fn beyond_of(
    scenario: &Scenario,
    teams: &[Team],
    shifts: &[PlannedShift],
    group: GroupId,
    most: usize,
) -> Vec<usize> {
    let terms = Terms::of(scenario, group);
    let ours = (teams.iter().enumerate()).filter(|(_, team)| team.group == group);
    let work: Vec<(Vec<usize>, Vec<Duty>)> = ours
        .map(|(index, _)| of_team(shifts, index).unzip())
        .collect();
    let mut heads: Vec<usize> = work.iter().map(|(_, d)| crew(d, terms).len()).collect();
    let mut left = vec![Vec::new(); work.len()];
    let mut over = heads.iter().sum::<usize>().saturating_sub(most);
    // What each leaves with one fewer.
    let fewer = |team: usize, heads: usize| fewest_left(&work[team].1, terms, heads - 1);
    let mut next: Vec<Option<Vec<usize>>> = vec![None; work.len()];
    while over > 0 {
        for team in (0..heads.len()).filter(|&team| heads[team] > 0) {
            next[team].get_or_insert_with(|| fewer(team, heads[team]));
        }
        let loss = |team: &usize| {
            let fewer = next[*team]
                .as_ref()
                .map(|fewer| fewer.len().saturating_sub(left[*team].len()));
            fewer.unwrap_or(usize::MAX)
        };
        let Some(team) = (0..heads.len())
            .filter(|&team| heads[team] > 0)
            .min_by_key(loss)
        else {
            break;
        };
        heads[team] -= 1;
        left[team] = next[team].take().unwrap_or_default();
        over -= 1;
    }
    let of_team = work.iter().zip(left);
    of_team
        .flat_map(|((numbers, _), left)| left.into_iter().map(|i| numbers[i]))
        .collect()
}

/// What people could work beside their shifts.
pub struct Spare<'a> {
    /// Those of groups that have so many people at most.
    teams: Vec<Option<Crewed<'a>>>,
    group_of: Vec<GroupId>,
    /// People of each group without a duty.
    free: BTreeMap<GroupId, usize>,
}

impl<'a> Spare<'a> {
    /// Beside these shifts.
    pub fn beside(scenario: &'a Scenario, teams: &[Team], shifts: &[PlannedShift]) -> Self {
        let mut free: BTreeMap<GroupId, usize> = (scenario.groups.iter())
            .filter_map(|(id, group)| Some((id, group.max_agents? as usize)))
            .collect();
        let mut crewed = |(index, team): (usize, &Team)| {
            let free = free.get_mut(&team.group)?;
            let duties: Vec<Duty> = of_team(shifts, index).map(|(_, duty)| duty).collect();
            let crewed = Crewed::of(&duties, Terms::of(scenario, team.group));
            *free = free.saturating_sub(crewed.heads());
            Some(crewed)
        };
        Self {
            teams: teams.iter().enumerate().map(&mut crewed).collect(),
            group_of: teams.iter().map(|team| team.group).collect(),
            free,
        }
    }

    /// Gives one agent's work on a shift to somebody; whether there was anybody.
    pub fn takes(&mut self, shift: &PlannedShift) -> bool {
        let (Some(crewed), duty) = (&mut self.teams[shift.team], duty(shift)) else {
            return true;
        };
        if crewed.takes(&duty) {
            return true;
        }
        match self.free.get_mut(&self.group_of[shift.team]) {
            Some(free) if *free > 0 && crewed.join(&duty) => {
                *free -= 1;
                true
            }
            _ => false,
        }
    }
}

/// The duties of a team in the order of their starts, each with the index of its shift.
fn of_team(shifts: &[PlannedShift], team: usize) -> impl Iterator<Item = (usize, Duty)> {
    let ours = (shifts.iter().enumerate()).filter(move |(_, shift)| shift.team == team);
    let mut duties: Vec<(usize, Duty)> = ours
        .flat_map(|(index, shift)| std::iter::repeat_n((index, duty(shift)), shift.agents as usize))
        .collect();
    duties.sort_by_key(|(_, duty)| (duty.start, duty.end));
    duties.into_iter()
}

fn duty(shift: &PlannedShift) -> Duty {
    let pause = |pause: &PlannedBreak| Pause {
        start: pause.start,
        end: pause.end,
        paid: pause.paid,
    };
    Duty {
        start: shift.start,
        end: shift.end,
        breaks: shift.breaks.iter().map(pause).collect(),
    }
}
