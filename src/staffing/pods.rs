//! Teams of a set-up: a dedicated team per client, a shared group as pods of at most k clients. Which of
//! them are worth having is the model's choice.

use std::collections::BTreeMap;

use super::{EarlierTeam, Team};
use crate::ids::{ClientId, GroupId, Id, QueueId, SetupId};
use crate::requirement::Requirement;
use crate::scenario::{GroupKind, Scenario};

/// Length of a shift for which peaks count.
const SHIFT_HOURS: f64 = 8.0;
/// Passes of exchanges that improve the pods.
const PASSES: usize = 20;

/// Every team that could work in a set-up. Pods are set out from those of `earlier` teams, if there are any.
pub(super) fn teams(
    scenario: &Scenario,
    setup: SetupId,
    requirement: &Requirement,
    earlier: &[EarlierTeam],
) -> Vec<Team> {
    let mut able: Vec<(GroupId, Vec<QueueId>)> = Vec::new();
    for &id in &scenario.setups[setup].groups {
        if able.iter().all(|(known, _)| *known != id) {
            able.push((id, scenario.queues_of(id)));
        }
    }
    let mut shared: BTreeMap<Vec<GroupId>, Vec<Vec<ClientId>>> = BTreeMap::new();
    let mut teams = Vec::new();
    for (id, queues) in &able {
        let group = &scenario.groups[*id];
        let served =
            |client: &ClientId| queues.iter().any(|&q| scenario.queues[q].client == *client);
        let pods: Vec<Vec<ClientId>> = match group.kind {
            GroupKind::Dedicated => group.clients.iter().map(|&client| vec![client]).collect(),
            GroupKind::Shared { max_clients } => {
                let alike = alike(scenario, &able, *id);
                let ids: Vec<GroupId> = alike.iter().map(|(id, _)| *id).collect();
                let pods = shared.entry(ids).or_insert_with_key(|ids| {
                    let able: Vec<&[QueueId]> = alike.iter().map(|(_, queues)| *queues).collect();
                    let profiles = Profiles::new(scenario, requirement, &able, &group.clients);
                    let most = max_clients as usize;
                    let known = known(scenario, ids, earlier);
                    let learnt = Learnt::new(scenario, &profiles, ids, &group.clients, known, most);
                    let pods = pods(&profiles, &learnt, most);
                    let named =
                        |pod: Vec<usize>| pod.into_iter().map(|c| group.clients[c]).collect();
                    pods.into_iter().map(named).collect()
                });
                pods.clone()
            }
        };
        let pods: Vec<Vec<ClientId>> = pods
            .into_iter()
            .map(|pod| pod.into_iter().filter(served).collect())
            .filter(|pod: &Vec<ClientId>| !pod.is_empty())
            .collect();
        let alone = pods.len() == 1;
        let named = |pod| team(scenario, *id, queues, pod, alone);
        teams.extend(pods.into_iter().map(named));
    }
    prefer_rare(scenario, &mut teams);
    teams
}

/// Groups that form the same pods as one of them, so that all who serve a pod do: those for the same clients
/// who share queues with it, or with others that do. Groups of other languages may divide the clients as
/// suits theirs.
fn alike<'a>(
    scenario: &Scenario,
    able: &'a [(GroupId, Vec<QueueId>)],
    one: GroupId,
) -> Vec<(GroupId, &'a [QueueId])> {
    let kind = |id: GroupId| (&scenario.groups[id].clients, scenario.groups[id].kind);
    let same: Vec<(GroupId, &[QueueId])> = able
        .iter()
        .filter(|(id, _)| kind(*id) == kind(one))
        .map(|(id, queues)| (*id, &queues[..]))
        .collect();
    let mut reached: Vec<QueueId> = Vec::new();
    let mut alike: Vec<bool> = same.iter().map(|(id, _)| *id == one).collect();
    loop {
        let mut grown = false;
        for ((_, queues), alike) in same.iter().zip(&mut alike) {
            let joins = *alike || queues.iter().any(|queue| reached.contains(queue));
            let new: Vec<QueueId> = queues
                .iter()
                .copied()
                .filter(|queue| joins && !reached.contains(queue))
                .collect();
            grown |= !new.is_empty();
            reached.extend(new);
            *alike = joins;
        }
        if !grown {
            break;
        }
    }
    let of = same.into_iter().zip(alike);
    of.filter(|(_, alike)| *alike)
        .map(|(group, _)| group)
        .collect()
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

/// The pods of some groups in an earlier plan: what those groups served of each is one pod.
fn known(scenario: &Scenario, groups: &[GroupId], earlier: &[EarlierTeam]) -> Vec<Vec<ClientId>> {
    let mut pods: Vec<Vec<ClientId>> = Vec::new();
    let ours = |team: &&EarlierTeam| groups.iter().any(|&id| team.is_of(scenario, id));
    for team in earlier.iter().filter(ours) {
        let own = team.clients(scenario);
        let meets = |pod: &Vec<ClientId>| pod.iter().any(|client| own.contains(client));
        let place = pods.iter().position(meets).unwrap_or(pods.len());
        let mut clients = own.clone();
        for pod in pods.extract_if(.., |pod| meets(pod)) {
            clients.extend(pod);
        }
        clients.sort_unstable();
        clients.dedup();
        pods.insert(place, clients);
    }
    pods
}

/// What people of earlier pods know, and what it takes them to learn more.
struct Learnt {
    /// Clients of each earlier pod, numbered as in the profiles; none where pods are formed anew.
    pods: Vec<Vec<usize>>,
    /// What an agent takes to learn each client, in shifts.
    shifts: Vec<f64>,
    /// Shifts of one agent over the horizon.
    of_one: f64,
}

impl Learnt {
    /// Of each pod that is known the clients that are still there, at most so many, the largest first.
    fn new(
        scenario: &Scenario,
        profiles: &Profiles,
        groups: &[GroupId],
        clients: &[ClientId],
        known: Vec<Vec<ClientId>>,
        most: usize,
    ) -> Self {
        let shift = profiles.shift as f64 * scenario.horizon.slot_hours();
        let contracts = groups
            .iter()
            .map(|&id| scenario.groups[id].contract.hours.value());
        let week = contracts.sum::<f64>() / groups.len().max(1) as f64;
        let learning = |&id: &ClientId| scenario.clients[id].learning.value() / shift;
        let served = profiles.by_work();
        let pod = |pod: Vec<ClientId>| -> Vec<usize> {
            let still = served
                .iter()
                .copied()
                .filter(|&c| pod.contains(&clients[c]));
            still.take(most).collect()
        };
        let pods = known.into_iter().map(pod).filter(|pod| !pod.is_empty());
        Self {
            pods: pods.collect(),
            shifts: clients.iter().map(learning).collect(),
            of_one: week * scenario.horizon.weeks() / shift,
        }
    }
}

/// How clients load the groups that serve them.
struct Profiles {
    /// Erlangs per client, group and slot; each queue counts for the first group that serves it.
    load: Vec<Vec<Vec<f64>>>,
    /// Erlangs per client.
    work: Vec<f64>,
    /// Slots of a shift.
    shift: usize,
}

/// Pods of at most `most` clients: those known, or gathered around the largest clients, by what clients save
/// together; then improved by exchanging clients.
fn pods(profiles: &Profiles, learnt: &Learnt, most: usize) -> Vec<Vec<usize>> {
    let mut pods = learnt.pods.clone();
    let mut new = profiles.by_work();
    let count = new.len().div_ceil(most.max(1));
    new.retain(|client| !pods.iter().any(|pod| pod.contains(client)));
    let others = new.split_off(count.saturating_sub(pods.len()).min(new.len()));
    pods.extend(new.into_iter().map(|lead| vec![lead]));
    for client in others {
        place(profiles, learnt, &mut pods, client, most);
    }
    while let Some(fewer) = with_one_less(profiles, learnt, &pods, most) {
        pods = fewer;
    }
    for _ in 0..PASSES {
        if !exchange(profiles, learnt, &mut pods) {
            break;
        }
    }
    pods.retain(|pod| !pod.is_empty());
    pods
}

/// Puts a client into the pod with room in which it costs least; whether there was any.
fn place(
    profiles: &Profiles,
    learnt: &Learnt,
    pods: &mut [Vec<usize>],
    client: usize,
    most: usize,
) -> bool {
    let more = |number: usize, pod: &Vec<usize>| {
        let mut with = pod.clone();
        with.push(client);
        profiles.shifts(learnt, number, &with) - profiles.shifts(learnt, number, pod)
    };
    let has_room = |pod: &[usize]| !pod.is_empty() && pod.len() < most;
    let room = pods.iter().enumerate().filter(|(_, pod)| has_room(pod));
    let costs = room.map(|(number, pod)| (more(number, pod), number));
    let best = costs.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    if let Some((_, number)) = best {
        pods[number].push(client);
    }
    best.is_some()
}

/// The pods with one of them empty, where they are more than the clients fill and others serve its clients for less.
fn with_one_less(
    profiles: &Profiles,
    learnt: &Learnt,
    pods: &[Vec<usize>],
    most: usize,
) -> Option<Vec<Vec<usize>>> {
    let clients: usize = pods.iter().map(Vec::len).sum();
    let filled = pods.iter().filter(|pod| !pod.is_empty()).count();
    if filled <= clients.div_ceil(most.max(1)) {
        return None;
    }
    let cost = |pods: &[Vec<usize>]| -> f64 {
        let pods = pods.iter().enumerate();
        pods.map(|(number, pod)| profiles.shifts(learnt, number, pod))
            .sum()
    };
    let given_up = |number: usize| {
        let mut fewer = pods.to_vec();
        let clients = std::mem::take(&mut fewer[number]);
        let mut placed = clients.into_iter();
        let placed = placed.all(|client| place(profiles, learnt, &mut fewer, client, most));
        placed.then(|| (cost(&fewer), fewer))
    };
    let filled = (0..pods.len()).filter(|&number| !pods[number].is_empty());
    let best = filled
        .filter_map(given_up)
        .min_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|(less, _)| *less < cost(pods) - 1e-6)
        .map(|(_, fewer)| fewer)
}

/// Exchanges clients between pods wherever that takes fewer agents, learning included; whether it did.
fn exchange(profiles: &Profiles, learnt: &Learnt, pods: &mut [Vec<usize>]) -> bool {
    let mut improved = false;
    for a in 0..pods.len() {
        for b in a + 1..pods.len() {
            let both = |pods: &[Vec<usize>]| {
                profiles.shifts(learnt, a, &pods[a]) + profiles.shifts(learnt, b, &pods[b])
            };
            let mut now = both(pods);
            for i in 0..pods[a].len() {
                for j in 0..pods[b].len() {
                    let (in_a, in_b) = (pods[a][i], pods[b][j]);
                    (pods[a][i], pods[b][j]) = (in_b, in_a);
                    let then = both(pods);
                    if then < now - 1e-6 {
                        now = then;
                        improved = true;
                    } else {
                        (pods[a][i], pods[b][j]) = (in_a, in_b);
                    }
                }
            }
        }
    }
    improved
}

impl Profiles {
    fn new(
        scenario: &Scenario,
        requirement: &Requirement,
        groups: &[&[QueueId]],
        clients: &[ClientId],
    ) -> Self {
        let slots = scenario.horizon.slots;
        let mut load = vec![vec![vec![0.0; slots]; groups.len()]; clients.len()];
        let mut work = vec![0.0; clients.len()];
        for queue in scenario.queues.ids() {
            let client = scenario.queues[queue].client;
            let client = clients.iter().position(|&c| c == client);
            let group = groups.iter().position(|queues| queues.contains(&queue));
            let (Some(client), Some(group)) = (client, group) else {
                continue;
            };
            for (sum, erlangs) in load[client][group].iter_mut().zip(&requirement.load[queue]) {
                *sum += erlangs;
                work[client] += erlangs;
            }
        }
        let shift = (SHIFT_HOURS / scenario.horizon.slot_hours())
            .round()
            .max(1.0) as usize;
        Self { load, work, shift }
    }

    /// Clients with work, the largest first.
    fn by_work(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.work.len())
            .filter(|&c| self.work[c] > 0.0)
            .collect();
        order.sort_by(|&a, &b| self.work[b].total_cmp(&self.work[a]).then(a.cmp(&b)));
        order
    }

    /// Shifts of agents that a pod takes, and what its people, one at least, take to learn the clients new to
    /// them.
    fn shifts(&self, learnt: &Learnt, number: usize, pod: &[usize]) -> f64 {
        let agents = self.agents(pod);
        if learnt.pods.is_empty() {
            return agents;
        }
        let known = learnt.pods.get(number).map_or(&[][..], |pod| pod);
        let new = pod.iter().filter(|client| !known.contains(client));
        let people = (agents / learnt.of_one).max(1.0);
        agents + people * new.map(|&client| learnt.shifts[client]).sum::<f64>()
    }

    /// Agents a pod takes, about: in each shift's length of each group the peak of load and its square root
    /// (Halfin & Whitt 1981), somebody at least. Clients of complementary hours and of common languages need
    /// fewer together.
    fn agents(&self, pod: &[usize]) -> f64 {
        let Some(any) = self.load.first() else {
            return 0.0;
        };
        let mut agents = 0.0;
        for (group, slots) in any.iter().enumerate() {
            for first in (0..slots.len()).step_by(self.shift) {
                let last = (first + self.shift).min(slots.len());
                let load =
                    |slot: usize| pod.iter().map(|&c| self.load[c][group][slot]).sum::<f64>();
                let peak = (first..last).map(load).fold(0.0, f64::max);
                if peak > 0.0 {
                    agents += (peak + peak.sqrt()).max(1.0);
                }
            }
        }
        agents
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Clients with one group and a load per slot each.
    fn profiles(load: &[&[f64]]) -> Profiles {
        Profiles {
            work: load.iter().map(|load| load.iter().sum()).collect(),
            load: load.iter().map(|load| vec![load.to_vec()]).collect(),
            shift: 2,
        }
    }

    /// Pods known from before; each client takes so many shifts to learn, a week has so many for one agent.
    fn learnt(pods: &[&[usize]], shifts: f64, of_one: f64) -> Learnt {
        Learnt {
            pods: pods.iter().map(|pod| pod.to_vec()).collect(),
            shifts: vec![shifts; 16],
            of_one,
        }
    }

    const MORNING: &[f64] = &[4.0, 0.0];
    const EVENING: &[f64] = &[0.0, 4.0];

    #[test]
    fn clients_of_complementary_hours_share_a_pod() {
        let profiles = profiles(&[MORNING, MORNING, EVENING, EVENING]);
        let mut pods = vec![vec![0, 1], vec![2, 3]];
        let apart = profiles.agents(&pods[0]) + profiles.agents(&pods[1]);
        assert!(exchange(&profiles, &learnt(&[], 9.0, 5.0), &mut pods));
        let together = profiles.agents(&pods[0]) + profiles.agents(&pods[1]);
        assert!(together < apart, "{pods:?}");
    }

    #[test]
    fn a_swap_that_saves_less_than_it_takes_to_learn_is_not_made() {
        // Two pods of like hours take 2 × (8 + √8) shifts, mixed ones 2 × (4 + 2): a swap saves 9.66. Each pod then
        // has a client to learn: once, or twice where its six shifts are two agents' weeks.
        let profiles = profiles(&[MORNING, MORNING, EVENING, EVENING]);
        let known: [&[usize]; 2] = [&[0, 1], &[2, 3]];
        let is_made = |shifts, of_one| {
            let learnt = learnt(&known, shifts, of_one);
            pods(&profiles, &learnt, 2) != learnt.pods
        };
        assert!(is_made(4.82, 6.0) && !is_made(4.84, 6.0));
        assert!(is_made(2.41, 3.0) && !is_made(2.42, 3.0));
        // A pod has one agent at least.
        assert!(!is_made(4.84, 100.0));
    }

    #[test]
    fn a_new_client_is_put_where_it_costs_least() {
        // A second morning takes 4 + √8 − √4 shifts more in the mornings' pod, none in the evenings'.
        let profiles = profiles(&[MORNING, EVENING, MORNING]);
        let learnt = learnt(&[&[0], &[1]], 3.0, 5.0);
        assert_eq!(pods(&profiles, &learnt, 2), [vec![0], vec![1, 2]]);
    }

    #[test]
    fn a_pod_of_few_is_given_up_where_others_learn_its_clients_for_less() {
        // Two evenings apart take 2 × (4 + 2) shifts, in one pod 8 + √8.
        let profiles = profiles(&[EVENING, EVENING]);
        let left = |shifts| pods(&profiles, &learnt(&[&[0], &[1]], shifts, 20.0), 2).len();
        assert_eq!((left(1.17), left(1.18)), (1, 2));
    }

    proptest! {
        #[test]
        fn pods_known_stay_as_they_were(
            load in prop::collection::vec(prop::collection::vec(0.1..9.0, 4), 2..9),
            most in 1_usize..5,
            shifts in 0.0..4.0,
        ) {
            let load: Vec<&[f64]> = load.iter().map(Vec::as_slice).collect();
            let profiles = profiles(&load);
            let first = pods(&profiles, &learnt(&[], 0.0, 5.0), most);
            let known: Vec<&[usize]> = first.iter().map(Vec::as_slice).collect();
            prop_assert_eq!(&pods(&profiles, &learnt(&known, shifts, 5.0), most), &first);
            // Whatever they are, where nobody can learn.
            let all: Vec<usize> = profiles.by_work();
            let known: Vec<&[usize]> = all.chunks(most).collect();
            let dear = learnt(&known, 1e6, 5.0);
            prop_assert_eq!(&pods(&profiles, &dear, most), &dear.pods);
        }
    }
}
