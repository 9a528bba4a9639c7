//! Where the loop sets out from: sets sized between together and apart.

use std::collections::BTreeMap;

use crate::staffing::{Cover, Instance};

/// Share of what a queue needs alone beyond its load that agents shared in part must bring.
const APART: f64 = 0.4;

/// The instance with the covers of queues that share agents in part sized between their pooled need and
/// the sum of what each needs alone: load + 0.4 × (need − load). Queues whose agents serve nothing else,
/// and sets that every agent serves whole, stay as they are: there the formula is right.
pub fn setting_out(instance: &Instance) -> Instance {
    let alone: BTreeMap<u32, Cover> = instance
        .covers
        .iter()
        .filter_map(|cover| match cover.queues[..] {
            [queue] => Some((queue, cover.clone())),
            _ => None,
        })
        .collect();
    let mut between = instance.clone();
    for cover in &mut between.covers {
        if !is_shared_in_part(instance, cover) {
            continue;
        }
        let single = cover.queues.len() == 1;
        for slot in 0..instance.slots {
            let parts = cover.queues.iter().filter_map(|queue| alone.get(queue));
            let sum: f64 = parts
                .map(|part| part.load[slot] + APART * (part.need[slot] - part.load[slot]))
                .sum();
            cover.need[slot] = if single {
                sum
            } else {
                sum.max(cover.need[slot])
            };
        }
    }
    between
}

/// Does some agent who serves a queue of the set not serve all of it, or more than it?
fn is_shared_in_part(instance: &Instance, cover: &Cover) -> bool {
    let serving = instance
        .groups
        .iter()
        .filter(|g| g.serves_any(&cover.queues));
    serving.into_iter().any(|group| {
        let served = group
            .queues
            .iter()
            .filter(|q| cover.queues.contains(q))
            .count();
        served < cover.queues.len() || (cover.queues.len() == 1 && group.queues.len() > 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staffing::Group;

    #[test]
    fn only_sets_shared_in_part_are_sized_between() {
        let cover = |queues: &[u32], need| Cover {
            queues: queues.to_vec(),
            need: vec![need],
            load: vec![1.0],
            shortfall_price: 1.0,
        };
        let group = |queues: &[u32]| Group {
            queues: queues.to_vec(),
            factor: 1.0,
            shifts: Vec::new(),
        };
        let mut instance = Instance {
            slots: 1,
            groups: vec![group(&[0, 1]), group(&[1])],
            covers: vec![cover(&[0], 3.0), cover(&[1], 3.0), cover(&[0, 1], 3.2)],
            ..Instance::default()
        };
        let needs = |instance: &Instance| {
            let between = setting_out(instance);
            between.covers.iter().map(|c| c.need[0]).collect::<Vec<_>>()
        };
        assert_eq!(needs(&instance), [1.8, 1.8, 3.6]);
        instance.groups = vec![group(&[0]), group(&[1])];
        assert_eq!(needs(&instance), [3.0, 3.0, 3.6]);
    }
}
