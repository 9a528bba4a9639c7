//! Teams of a set-up: a dedicated team per client, a shared group as pods of at most k clients. Which
//! pods are worth having is the model's choice among the candidates made here.

use std::collections::BTreeSet;

use super::Team;
use crate::ids::{ClientId, GroupId, Id, QueueId, SetupId};
use crate::requirement::Requirement;
use crate::scenario::{GroupKind, Scenario};

/// Up to so many clients every client also leads a pod with those that suit it best.
const OVERLAPPING: usize = 24;

/// Every team that could work in a set-up.
pub(super) fn teams(scenario: &Scenario, setup: SetupId, requirement: &Requirement) -> Vec<Team> {
    let mut teams = Vec::new();
    for &id in &scenario.setups[setup].groups {
        let group = &scenario.groups[id];
        let able = scenario.queues_of(id);
        let served = |client: &ClientId| able.iter().any(|&q| scenario.queues[q].client == *client);
        let clients: Vec<ClientId> = group.clients.iter().copied().filter(served).collect();
        let pods = match group.kind {
            GroupKind::Dedicated => clients.iter().map(|&client| vec![client]).collect(),
            GroupKind::Shared { max_clients } => {
                pods(scenario, requirement, &able, &clients, max_clients as usize)
            }
        };
        let alone = pods.len() == 1;
        teams.extend(
            pods.into_iter()
                .map(|pod| team(scenario, id, &able, pod, alone)),
        );
    }
    prefer_rare(scenario, &mut teams);
    teams
}

fn team(
    scenario: &Scenario,
    group: GroupId,
    able: &[QueueId],
    mut clients: Vec<ClientId>,
    alone: bool,
) -> Team {
    clients.sort_unstable();
    let names: Vec<&str> = clients
        .iter()
        .map(|&client| scenario.clients[client].name.as_str())
        .collect();
    let name = &scenario.groups[group].name;
    Team {
        name: if alone {
            name.clone()
        } else {
            format!("{name}: {}", names.join("+"))
        },
        group,
        queues: able
            .iter()
            .copied()
            .filter(|&queue| clients.contains(&scenario.queues[queue].client))
            .collect(),
        clients,
    }
}

/// Queues that few teams serve come first: who speaks a rare language is kept for it. Those who wait on
/// the line come before those who write.
fn prefer_rare(scenario: &Scenario, teams: &mut [Team]) {
    let mut serving = vec![0_usize; scenario.queues.len()];
    for queue in teams.iter().flat_map(|team| &team.queues) {
        serving[queue.index()] += 1;
    }
    for team in teams {
        team.queues.sort_by_key(|&queue| {
            let waits = scenario.queues[queue].is_real_time();
            (!waits, serving[queue.index()], queue)
        });
    }
}

/// How clients load a group.
struct Profiles {
    /// Erlangs per client and slot.
    load: Vec<Vec<f64>>,
    /// Erlangs per client and language.
    languages: Vec<Vec<f64>>,
}

/// Pods of at most `most` clients: a partition by what suits whom, another by language alone, and for few
/// clients a pod led by each.
fn pods(
    scenario: &Scenario,
    requirement: &Requirement,
    able: &[QueueId],
    clients: &[ClientId],
    most: usize,
) -> Vec<Vec<ClientId>> {
    if clients.len() <= most {
        return if clients.is_empty() {
            Vec::new()
        } else {
            vec![clients.to_vec()]
        };
    }
    let profiles = Profiles::new(scenario, requirement, able, clients);
    let mut found: BTreeSet<Vec<usize>> = BTreeSet::new();
    for hours_count in [1.0, 0.0] {
        let mut left: Vec<usize> = profiles.by_load();
        while !left.is_empty() {
            let lead = left.remove(0);
            let pod = profiles.gather(lead, &left, most, hours_count);
            left.retain(|client| !pod.contains(client));
            found.insert(pod);
        }
    }
    if clients.len() <= OVERLAPPING {
        let everyone = profiles.by_load();
        for &lead in &everyone {
            let others: Vec<usize> = everyone.iter().copied().filter(|&c| c != lead).collect();
            found.insert(profiles.gather(lead, &others, most, 1.0));
        }
    }
    let named = |pod: Vec<usize>| pod.into_iter().map(|c| clients[c]).collect();
    found.into_iter().map(named).collect()
}

impl Profiles {
    fn new(
        scenario: &Scenario,
        requirement: &Requirement,
        able: &[QueueId],
        clients: &[ClientId],
    ) -> Self {
        let slots = scenario.horizon.slots;
        let mut load = vec![vec![0.0; slots]; clients.len()];
        let mut languages = vec![vec![0.0; scenario.languages.len()]; clients.len()];
        for (c, client) in clients.iter().enumerate() {
            for &queue in able
                .iter()
                .filter(|&&q| scenario.queues[q].client == *client)
            {
                let language = scenario.queues[queue].language.index();
                for (sum, erlangs) in load[c].iter_mut().zip(&requirement.load[queue]) {
                    *sum += erlangs;
                    languages[c][language] += erlangs;
                }
            }
        }
        Self { load, languages }
    }

    /// Clients, the largest first.
    fn by_load(&self) -> Vec<usize> {
        let sums: Vec<f64> = self.load.iter().map(|load| load.iter().sum()).collect();
        let mut order: Vec<usize> = (0..sums.len()).collect();
        order.sort_by(|&a, &b| sums[b].total_cmp(&sums[a]).then(a.cmp(&b)));
        order
    }

    /// A pod around `lead`: one by one the client that suits it best.
    fn gather(&self, lead: usize, others: &[usize], most: usize, hours_count: f64) -> Vec<usize> {
        let mut pod = vec![lead];
        let mut load = self.load[lead].clone();
        let mut languages = self.languages[lead].clone();
        let mut left: Vec<usize> = others.to_vec();
        while pod.len() < most && !left.is_empty() {
            let suits = |&client: &usize| {
                common(&languages, &self.languages[client])
                    + hours_count * complement(&load, &self.load[client])
            };
            let scores: Vec<f64> = left.iter().map(suits).collect();
            let best = (0..left.len())
                .max_by(|&a, &b| scores[a].total_cmp(&scores[b]).then(b.cmp(&a)))
                .unwrap_or(0);
            let client = left.remove(best);
            add(&mut load, &self.load[client]);
            add(&mut languages, &self.languages[client]);
            pod.push(client);
        }
        pod.sort_unstable();
        pod
    }
}

/// Share of the work of both that is in common languages, 0 to 1.
fn common(a: &[f64], b: &[f64]) -> f64 {
    let both = |a: f64, b: f64| if a > 0.0 && b > 0.0 { a + b } else { 0.0 };
    let shared: f64 = a.iter().zip(b).map(|(&a, &b)| both(a, b)).sum();
    let all: f64 = a.iter().chain(b).sum();
    shared / all.max(1e-9)
}

/// How much lower the peak of both together is than the sum of their peaks, 0 to 1/2.
fn complement(a: &[f64], b: &[f64]) -> f64 {
    let peak = |load: &[f64]| load.iter().copied().fold(0.0, f64::max);
    let together = a.iter().zip(b).map(|(a, b)| a + b).fold(0.0, f64::max);
    1.0 - together / (peak(a) + peak(b)).max(1e-9)
}

fn add(sum: &mut [f64], other: &[f64]) {
    for (sum, other) in sum.iter_mut().zip(other) {
        *sum += other;
    }
}
