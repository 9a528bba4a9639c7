//! The teams and shifts of an earlier plan, found again among today's.

use std::cmp::Reverse;

use chrono::TimeDelta;

use super::Team;
use super::instance::{Choice, Plan};
use super::stage::Crew;
use crate::ids::{ClientId, GroupId};
use crate::scenario::Scenario;

/// Agents of a team on a shift of an earlier plan.
#[derive(Debug, Clone, PartialEq)]
pub struct EarlierShift {
    pub team: String,
    /// Since the earlier horizon began.
    pub start: TimeDelta,
    pub end: TimeDelta,
    /// When its breaks begin, since its start.
    pub breaks: Vec<TimeDelta>,
    pub agents: u32,
}

/// A team of an earlier plan, by the names of its group and of the clients that its people have learnt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierTeam {
    pub name: String,
    pub group: String,
    pub clients: Vec<String>,
    pub people: usize,
}

/// A plan made earlier, of one set-up.
#[derive(Debug, Clone, PartialEq)]
pub struct Earlier {
    /// Name of the set-up.
    pub setup: String,
    pub shifts: Vec<EarlierShift>,
    /// None where the plan did not name them.
    pub teams: Vec<EarlierTeam>,
}

/// A shift that begins and ends so near to an earlier one, together, may stand for it.
const NEAR: TimeDelta = TimeDelta::hours(2);

impl EarlierTeam {
    /// The clients of the scenario that its people have learnt.
    pub fn clients(&self, scenario: &Scenario) -> Vec<ClientId> {
        let clients = scenario.clients.iter();
        let learnt = clients.filter(|(_, client)| self.clients.contains(&client.name));
        learnt.map(|(id, _)| id).collect()
    }

    /// Whether its people are those of a group.
    pub fn is_of(&self, scenario: &Scenario, group: GroupId) -> bool {
        scenario.groups[group].name == self.group
    }

    /// Of some earlier teams the one of a team's group that has most clients in common with it and fewest others, if
    /// any.
    pub fn before<'e>(scenario: &Scenario, team: &Team, earlier: &'e [Self]) -> Option<&'e Self> {
        let common = |other: &Self| {
            let clients = other.clients(scenario);
            let both = clients
                .iter()
                .filter(|client| team.clients.contains(client));
            both.count()
        };
        let ours = (earlier.iter()).filter(|other| other.is_of(scenario, team.group));
        // Of several the one with the fewest others, and of those the first.
        let rank = |other: &&Self| (common(other), Reverse(other.clients.len()));
        let most = ours.rev().max_by_key(rank);
        most.filter(|other| common(other) > 0)
    }
}

impl Crew<'_> {
    /// The earlier shifts of its teams as a plan of today's candidates; none where the teams had no shifts,
    /// or half of them are not found again.
    pub fn recognised(&self, earlier: &Earlier) -> Option<Plan> {
        let began = self.scenario.horizon.start;
        let (mut plan, mut found, mut all) = (Plan::new(), 0, 0);
        let before = |team| EarlierTeam::before(self.scenario, team, &earlier.teams);
        let before: Vec<Option<&EarlierTeam>> = self.teams.iter().map(before).collect();
        for shift in &earlier.shifts {
            // The team of that name, or one whose people came from it.
            let named = self.teams.iter().position(|team| team.name == shift.team);
            let came =
                |before: &Option<&EarlierTeam>| before.is_some_and(|it| it.name == shift.team);
            let Some(team) = named.or_else(|| before.iter().position(came)) else {
                continue;
            };
            all += shift.agents;
            let distance = |number: u32| {
                let candidate = &self.candidates[number as usize];
                (candidate.start - began - shift.start).abs()
                    + (candidate.end - began - shift.end).abs()
            };
            let other_breaks = |number: u32| {
                let candidate = &self.candidates[number as usize];
                let breaks = candidate.breaks.iter().zip(&shift.breaks);
                let apart = breaks.map(|(now, then)| (now.start - candidate.start - *then).abs());
                let count = candidate.breaks.len().abs_diff(shift.breaks.len());
                (count, apart.sum::<TimeDelta>())
            };
            let nearest = self
                .shifts_of(self.teams[team].group)
                .min_by_key(|&number| (distance(number), other_breaks(number)))
                .filter(|&number| distance(number) <= NEAR);
            if let Some(number) = nearest {
                found += shift.agents;
                let choice = Choice {
                    group: team as u32,
                    shift: number,
                };
                *plan.entry(choice).or_insert(0) += shift.agents;
            }
        }
        (all > 0 && 2 * found >= all).then_some(plan)
    }
}
