//! What it takes people to learn clients that are new to them: paid once, off the line.
//!
//! ```text
//! hours = people × learning of each client
//! cost  = hours × wage × (1 + charges)
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::ops::AddAssign;

use super::in_house::loaded_wage;
use crate::ids::{ClientId, GroupId, SetupId};
use crate::roster::{Backup, Roster, RosteredAgent};
use crate::scenario::{Money, Scenario};
use crate::staffing::{EarlierTeam, Team};
use crate::units::Hours;

/// Hours of learning, and their pay with charges.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Learning {
    pub hours: Hours,
    pub cost: Money,
    /// The part of `cost` that a partner bears for people who are paid by its tariff: it is on no bill.
    pub partners: Money,
}

impl AddAssign for Learning {
    fn add_assign(&mut self, other: Self) {
        self.hours += other.hours;
        self.cost += other.cost;
        self.partners += other.partners;
    }
}

impl Learning {
    /// So many people of a group each learn some clients.
    fn of<'c>(
        scenario: &Scenario,
        setup: SetupId,
        group: GroupId,
        clients: impl IntoIterator<Item = &'c ClientId>,
        people: usize,
    ) -> Self {
        let group = &scenario.groups[group];
        let clients = clients.into_iter();
        let each: Hours = clients
            .map(|&client| scenario.clients[client].learning)
            .sum();
        let hours = each * people as f64;
        let cost = loaded_wage(group).times(hours.value());
        let is_partners = scenario.setups[setup].pays_by_tariff(group);
        Self {
            hours,
            cost,
            partners: if is_partners { cost } else { Money::ZERO },
        }
    }
}

/// What the backups of each pair of client and language take to pre-learn it, in the order of the roster. Who
/// learns a client for one language knows it for others.
pub fn pre_learning(scenario: &Scenario, setup: SetupId, roster: &Roster) -> Vec<Learning> {
    let mut learnt: BTreeSet<(usize, ClientId)> = BTreeSet::new();
    let backups = roster.backups.iter();
    let of_pair = backups.map(|backup| {
        let mut all = Learning::default();
        for &number in &backup.learners {
            if learnt.insert((number, backup.client)) {
                let group = roster.agents[number].group;
                all += Learning::of(scenario, setup, group, [&backup.client], 1);
            }
        }
        all
    });
    of_pair.collect()
}

/// What it would take, once, to hire the backups that are missing; what they are paid from then on comes on top.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Hiring {
    pub people: usize,
    /// How many of them would be a partner's, whose recruiting and training are its own.
    pub partners_people: usize,
    /// Recruiting and training by the terms of the set-up.
    pub cost: Money,
    pub learning: Learning,
}

/// Hires the missing backups into the teams that serve the pairs, the cheapest first: who is hired into a team stands
/// in for all of it. A pair that nobody serves has them in the cheapest group that could; where there is none, nobody
/// can be hired.
pub fn hiring<'b>(
    scenario: &Scenario,
    setup: SetupId,
    agents: &[RosteredAgent],
    backups: impl IntoIterator<Item = &'b Backup>,
) -> Hiring {
    let terms = &scenario.setups[setup];
    let mut teams: BTreeMap<(Money, usize, GroupId), (usize, BTreeSet<ClientId>)> = BTreeMap::new();
    for backup in backups.into_iter().filter(|backup| backup.missing > 0) {
        let serves = |queues: &[_]| {
            queues.iter().any(|&queue| {
                let queue = &scenario.queues[queue];
                (queue.client, queue.language) == (backup.client, backup.language)
            })
        };
        let cheapest = agents
            .iter()
            .filter(|agent| serves(&agent.queues))
            .map(|agent| {
                (
                    loaded_wage(&scenario.groups[agent.group]),
                    agent.team,
                    agent.group,
                )
            })
            .min();
        let could = |&&group: &&GroupId| serves(&scenario.queues_of(group));
        let new = terms.groups.iter().filter(could);
        let new = new.map(|&group| (loaded_wage(&scenario.groups[group]), usize::MAX, group));
        if let Some(team) = cheapest.or_else(|| new.min()) {
            let (people, clients) = teams.entry(team).or_default();
            *people = (*people).max(backup.missing);
            clients.insert(backup.client);
        }
    }
    let mut all = Hiring::default();
    for ((hour, _, group), (people, clients)) in teams {
        all.people += people;
        all.learning += Learning::of(scenario, setup, group, &clients, people);
        if terms.pays_by_tariff(&scenario.groups[group]) {
            all.partners_people += people;
        } else {
            let each = terms.in_house.recruiting + hour.times(terms.in_house.training.value());
            all.cost += each.times(people as f64);
        }
    }
    all
}

/// What the people of a team have to learn since an earlier plan.
#[derive(Debug, Clone, PartialEq)]
pub struct TeamLearning {
    /// Index into `Staffing::teams`.
    pub team: usize,
    /// Clients new to its people.
    pub clients: Vec<ClientId>,
    pub people: usize,
    pub learning: Learning,
}

/// What the people of each team have to learn who were those of an `earlier` team: the one of their group that has
/// most clients in common with theirs and fewest others. Where nobody was they learn all of them.
pub fn since(
    scenario: &Scenario,
    setup: SetupId,
    teams: &[Team],
    roster: &Roster,
    earlier: &[EarlierTeam],
) -> Vec<TeamLearning> {
    let staffed = earlier.iter().filter(|team| team.people > 0).cloned();
    let staffed: Vec<EarlierTeam> = staffed.collect();
    let of_team = |(number, team): (usize, &Team)| {
        let people = roster.agents.iter().filter(|agent| agent.team == number);
        let people = people.count();
        let before = EarlierTeam::before(scenario, team, &staffed);
        let known = before.map_or(Vec::new(), |before| before.clients(scenario));
        let new = (team.clients.iter().copied()).filter(|client| !known.contains(client));
        let clients: Vec<ClientId> = new.collect();
        (people > 0 && !clients.is_empty()).then(|| TeamLearning {
            team: number,
            learning: Learning::of(scenario, setup, team.group, &clients, people),
            clients,
            people,
        })
    };
    teams.iter().enumerate().filter_map(of_team).collect()
}
