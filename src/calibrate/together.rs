//! Groups that are tested in one simulated horizon: each by itself, or those that serve no queue in common.
//!
//! What a queue gains is that of the group tested that serves it; where none does, of those that share agents' queues
//! with it, in equal parts. So all that is gained is told of some group, if not always of the right one.

use crate::simulation::engine::Network;

/// Groups tested at once.
pub(super) struct Set {
    pub groups: Vec<usize>,
    /// Part of what each queue gains that is each group's doing: `[group of the set][queue]`.
    pub credit: Vec<Vec<f64>>,
}

/// All groups of a network in such sets; each alone where they are not tested `together`.
pub(super) fn sets(network: &Network, together: bool) -> Vec<Set> {
    let queues = network.queues.len();
    let mut serves = vec![vec![false; queues]; network.groups.len()];
    for (q, queue) in network.queues.iter().enumerate() {
        for route in &queue.routes {
            serves[route.group][q] = true;
        }
    }
    let meet = |a: &[bool], b: &[bool]| a.iter().zip(b).any(|(a, b)| *a && *b);
    let near = |mine: &[bool]| {
        let mut near = mine.to_vec();
        for other in serves.iter().filter(|other| meet(mine, other)) {
            near.iter_mut().zip(other).for_each(|(near, q)| *near |= q);
        }
        near
    };
    // Who serves most is hardest to place.
    let mut order: Vec<usize> = (0..serves.len()).collect();
    order.sort_by_key(|&g| std::cmp::Reverse(serves[g].iter().filter(|q| **q).count()));
    let mut sets: Vec<Vec<usize>> = Vec::new();
    for group in order {
        let fits =
            |set: &Vec<usize>| together && !set.iter().any(|&g| meet(&serves[g], &serves[group]));
        match sets.iter_mut().find(|set| fits(set)) {
            Some(set) => set.push(group),
            None => sets.push(vec![group]),
        }
    }
    let credited = |groups: Vec<usize>| {
        if groups.len() == 1 {
            let credit = vec![vec![1.0; queues]];
            return Set { groups, credit };
        }
        let near: Vec<Vec<bool>> = groups.iter().map(|&g| near(&serves[g])).collect();
        let of = |number: usize, q: usize| {
            if groups.iter().any(|&g| serves[g][q]) {
                return f64::from(u8::from(serves[groups[number]][q]));
            }
            let sharing = near.iter().filter(|near| near[q]).count();
            f64::from(u8::from(near[number][q])) / sharing.max(1) as f64
        };
        let of_group = |number| (0..queues).map(|q| of(number, q)).collect();
        Set {
            credit: (0..groups.len()).map(of_group).collect(),
            groups,
        }
    };
    sets.into_iter().map(credited).collect()
}

/// How many sets there are of groups tested at once.
pub fn test_sets(network: &Network) -> usize {
    sets(network, true).len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::engine::{Edge, Group, Queue, Route};

    #[test]
    fn groups_without_a_queue_in_common_are_tested_at_once() {
        let groups: [&[usize]; 5] = [&[0], &[1], &[0, 1], &[2], &[2, 3]];
        let queue = |q: usize| {
            let serving = (0..groups.len()).filter(|&g| groups[g].contains(&q));
            let routes = serving.map(|g| Route::to(g, 0)).collect();
            Queue::calls(vec![1.0], 60.0, routes)
        };
        let network = Network {
            slot_seconds: 3600.0,
            slots: 1,
            day_of_slot: vec![0],
            queues: (0..4).map(queue).collect(),
            groups: vec![Group::default(); groups.len()],
            shared_busyness: 0.0,
            edge: Edge::Finish,
        };
        let sets = sets(&network, true);
        let of: Vec<&Vec<usize>> = sets.iter().map(|set| &set.groups).collect();
        assert_eq!(of, [&vec![2, 4], &vec![0, 1, 3]]);
        // Queue 3 nobody of the second set serves, and group 3 shares agents' work with it.
        assert_eq!(sets[1].credit[0], [1.0, 0.0, 0.0, 0.0]);
        assert_eq!(sets[1].credit[2], [0.0, 0.0, 1.0, 1.0]);
        assert_eq!(super::sets(&network, false).len(), groups.len());
    }
}
