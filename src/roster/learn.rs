//! Who learns the work of clients that have too few backups: as many pairs of client and language as can be have them,
//! at the least pay for the learning.
//!
//! ```text
//! minimise  Σ hours[c] wage[t] learn[t,c] + Σ price[p] missing[p]
//! Σ_t stand[t,p] + missing[p] ≥ wanted[p]                  each pair p of a client and a language
//! stand[t,p] ≤ learn[t,c]                                  unless team t knows client c of p already
//! Σ_c learn[t,c] ≤ people[t] · (most clients − known[t])   each team t
//! ```
//!
//! People of a team are alike: of those who learn, each takes the next client in turn.

use std::collections::{BTreeMap, BTreeSet};

use good_lp::{Constraint, Expression, Variable, constraint, variable, variables};

use super::RosteredAgent;
use super::backup::Backup;
use crate::ids::{ClientId, LanguageId, QueueId};
use crate::scenario::Scenario;
use crate::solver::{Limits, minimise};

/// A missing backup costs so many times what all learning may; little less of later pairs, so that one plan is best.
const MISSING: f64 = 10.0;
const LATER: f64 = 1e-4;
/// Learning costs something where it takes no hours.
const LEAST_PAY: f64 = 0.01;
const GAP: f64 = 1e-6;
const NODES: u32 = 50;

/// People of one team, by their place in the roster.
struct People {
    numbers: Vec<usize>,
    /// Work that the group is able to do and the team does not do yet.
    able: BTreeSet<(ClientId, LanguageId)>,
    /// Clients that each may learn beside those known.
    room: usize,
}

/// Gives the backups that are missing their learners, where anybody may learn the work.
pub(super) fn learn(scenario: &Scenario, agents: &[RosteredAgent], backups: &mut [Backup]) {
    let mut teams: BTreeMap<usize, People> = BTreeMap::new();
    for (number, agent) in agents.iter().enumerate() {
        let most = scenario.groups[agent.group].kind.most_clients();
        let people = teams.entry(agent.team).or_insert_with(|| People {
            numbers: Vec::new(),
            able: not_done(scenario, agent),
            room: most.saturating_sub(agent.clients.len()),
        });
        people.numbers.push(number);
    }
    let wanted = backups.iter().map(|backup| backup.missing).sum::<usize>();
    let pay = |agent: &RosteredAgent, client: ClientId| {
        let hours = scenario.clients[client].learning.value();
        LEAST_PAY + hours * scenario.groups[agent.group].wage
    };
    let mut model = variables!();
    let mut cost = Expression::default();
    let mut dearest = LEAST_PAY;
    let mut constraints: Vec<Constraint> = Vec::new();
    let mut learnt: BTreeMap<(usize, ClientId), Variable> = BTreeMap::new();
    let mut standing: Vec<(usize, usize, Variable)> = Vec::new();
    for (pair, backup) in backups.iter().enumerate().filter(|(_, it)| it.missing > 0) {
        for (&team, people) in &teams {
            let one = &agents[people.numbers[0]];
            let knows = one.clients.contains(&backup.client);
            let able = people.able.contains(&(backup.client, backup.language));
            if !able || !(knows || people.room > 0) {
                continue;
            }
            let most = people.numbers.len().min(backup.missing) as f64;
            let stand = model.add(variable().integer().min(0).max(most));
            standing.push((pair, team, stand));
            if !knows {
                let learn = *learnt.entry((team, backup.client)).or_insert_with(|| {
                    let pay = pay(one, backup.client);
                    dearest = dearest.max(pay);
                    let most = people.numbers.len() as f64;
                    let learn = model.add(variable().integer().min(0).max(most));
                    cost += pay * learn;
                    learn
                });
                constraints.push(constraint!(stand <= learn));
            }
        }
    }
    if standing.is_empty() {
        return;
    }
    let price = MISSING * dearest * wanted as f64;
    for (pair, backup) in backups.iter().enumerate().filter(|(_, it)| it.missing > 0) {
        let missing = model.add(variable().min(0));
        cost += price * (1.0 - LATER * pair as f64 / backups.len() as f64) * missing;
        let ours = standing.iter().filter(|(of, ..)| *of == pair);
        let there: Expression = ours.map(|&(.., stand)| stand).sum();
        constraints.push(constraint!(there + missing >= backup.missing as f64));
    }
    for (&team, people) in &teams {
        let ours = learnt.iter().filter(|((of, _), _)| *of == team);
        let all: Expression = ours.map(|(_, &learn)| learn).sum();
        constraints.push(constraint!(
            all <= (people.numbers.len() * people.room) as f64
        ));
    }
    let limits = Limits {
        nodes: Some(NODES),
        ..Limits::to_gap(GAP)
    };
    let answer = minimise(model, cost, constraints, &limits);
    let count = |variable: Variable| answer.value(variable).round() as usize;
    let mut next: BTreeMap<usize, usize> = BTreeMap::new();
    let mut in_turn = |team: usize, count: usize| -> Vec<usize> {
        let numbers = &teams[&team].numbers;
        let first = next.entry(team).or_insert(0);
        let turn = (*first..*first + count).map(|at| numbers[at % numbers.len()]);
        let turn = turn.collect();
        *first += count;
        turn
    };
    let learners: BTreeMap<(usize, ClientId), Vec<usize>> = learnt
        .iter()
        .map(|(&(team, client), &learn)| ((team, client), in_turn(team, count(learn))))
        .collect();
    for (pair, team, stand) in standing {
        let backup = &mut backups[pair];
        let known = &teams[&team].numbers;
        let who = learners.get(&(team, backup.client)).unwrap_or(known);
        let who = who.iter().take(count(stand).min(backup.missing));
        let before = backup.learners.len();
        backup.learners.extend(who);
        backup.missing -= backup.learners.len() - before;
    }
    for backup in backups {
        backup.learners.sort_unstable();
    }
}

/// The work that the group of an agent is able to do and the agent does not do yet.
fn not_done(scenario: &Scenario, agent: &RosteredAgent) -> BTreeSet<(ClientId, LanguageId)> {
    let pair = |queue: &QueueId| {
        let queue = &scenario.queues[*queue];
        (queue.client, queue.language)
    };
    let mut able: BTreeSet<_> = (scenario.queues_of(agent.group).iter()).map(pair).collect();
    for queue in &agent.queues {
        able.remove(&pair(queue));
    }
    able
}
