//! Teams: an agent group with the clients it serves. A dedicated group has one team per client; a shared
//! group that may learn more clients than its agents can hold is offered as overlapping pods.

use super::Team;
use crate::ids::{ClientId, GroupId, QueueId};
use crate::requirement::Requirement;
use crate::scenario::{GroupKind, Scenario};

/// The teams of some groups that have any queue to serve.
pub(super) fn teams(
    scenario: &Scenario,
    requirement: &Requirement,
    groups: &[GroupId],
) -> Vec<Team> {
    let mut teams = Vec::new();
    for &id in groups {
        let group = &scenario.groups[id];
        let served = scenario.queues_of(id);
        let sets = match group.kind {
            GroupKind::Dedicated => group.clients.iter().map(|&client| vec![client]).collect(),
            GroupKind::Shared { max_clients } => {
                pods(scenario, requirement, &group.clients, &served, max_clients)
            }
        };
        let several = sets.len() > 1;
        for clients in sets {
            let mut queues = served.clone();
            queues.retain(|&queue| clients.contains(&scenario.queues[queue].client));
            if queues.is_empty() {
                continue;
            }
            let names: Vec<&str> = clients
                .iter()
                .map(|&client| scenario.clients[client].name.as_str())
                .collect();
            teams.push(Team {
                name: if several {
                    format!("{} ({})", group.name, names.join(", "))
                } else {
                    group.name.clone()
                },
                group: id,
                clients,
                queues,
            });
        }
    }
    teams
}

/// Sets of at most `most` clients: neighbours in a chain of clients whose languages agree and whose busy
/// hours differ, each set overlapping the next by half. What overlaps chains the pods together, and a chain
/// serves almost as well as one large pool.
fn pods(
    scenario: &Scenario,
    requirement: &Requirement,
    clients: &[ClientId],
    served: &[QueueId],
    most: u32,
) -> Vec<Vec<ClientId>> {
    let most = (most as usize).max(1);
    if clients.len() <= most {
        return vec![clients.to_vec()];
    }
    let chain = chain(scenario, requirement, clients, served);
    let step = (most / 2).max(1);
    let mut pods: Vec<Vec<ClientId>> = Vec::new();
    for first in (0..chain.len()).step_by(step) {
        let pod: Vec<ClientId> = (first..first + most)
            .map(|place| chain[place % chain.len()])
            .collect();
        pods.push(pod);
    }
    for pod in &mut pods {
        pod.sort_unstable();
        pod.dedup();
    }
    pods.sort();
    pods.dedup();
    pods
}

/// Clients in an order in which neighbours belong together.
fn chain(
    scenario: &Scenario,
    requirement: &Requirement,
    clients: &[ClientId],
    served: &[QueueId],
) -> Vec<ClientId> {
    let profiles: Vec<Profile> = clients
        .iter()
        .map(|&client| Profile::of(scenario, requirement, client, served))
        .collect();
    let mut left: Vec<usize> = (0..clients.len()).collect();
    let mut chain = vec![left.remove(0)];
    while !left.is_empty() {
        let last = &profiles[chain[chain.len() - 1]];
        let mut best = 0;
        for (place, &client) in left.iter().enumerate() {
            if last.kinship(&profiles[client]) > last.kinship(&profiles[left[best]]) {
                best = place;
            }
        }
        chain.push(left.remove(best));
    }
    chain.into_iter().map(|place| clients[place]).collect()
}

/// What a client asks for: load per language, and per slot.
struct Profile {
    languages: Vec<f64>,
    slots: Vec<f64>,
}

impl Profile {
    fn of(
        scenario: &Scenario,
        requirement: &Requirement,
        client: ClientId,
        served: &[QueueId],
    ) -> Self {
        use crate::ids::Id;
        let mut profile = Self {
            languages: vec![0.0; scenario.languages.len()],
            slots: vec![0.0; scenario.horizon.slots],
        };
        for &queue in served
            .iter()
            .filter(|&&q| scenario.queues[q].client == client)
        {
            let load = &requirement.load[queue];
            profile.languages[scenario.queues[queue].language.index()] += load.iter().sum::<f64>();
            for (sum, load) in profile.slots.iter_mut().zip(load) {
                *sum += load;
            }
        }
        profile
    }

    /// Common languages, less a little for common busy hours.
    fn kinship(&self, other: &Self) -> f64 {
        cosine(&self.languages, &other.languages) - 0.3 * cosine(&self.slots, &other.slots)
    }
}

fn cosine(a: &[f64], b: &[f64]) -> f64 {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let length = (dot(a, a) * dot(b, b)).sqrt();
    if length > 0.0 {
        dot(a, b) / length
    } else {
        0.0
    }
}
