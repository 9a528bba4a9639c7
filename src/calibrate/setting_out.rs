//! Where the loop sets out from: sets sized between together and apart, with agents for all their work.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::staffing::{Cover, Group, Instance, Plan, covered};

/// Share of what a queue needs alone beyond its load that agents shared in part must bring.
pub(super) const APART: f64 = 0.2;

/// Times that sets which are short of agents are added and all is planned anew; and times that the plan is then
/// only filled, which takes little time, until nothing is short.
const CUTS: usize = 2;
const FILLS: usize = 20;

/// The plan that the loop sets out from. `solve` plans an instance.
///
/// Sizes of some sets do not tell whether all work finds its agents: one who serves two queues counts for
/// both. So each slot's work is spread over the agents planned, and the sets of queues that find too few are
/// asked for as well, as in a maximum flow and its cut (Ford & Fulkerson 1956). A plan short of agents for
/// its load is a poor start: lines grow for hours, and one agent more is of no use to anybody.
pub fn set_out(instance: &Instance, solve: &mut dyn FnMut(&Instance) -> Plan) -> Plan {
    let sizes = Sizes::of(instance, &|_| APART);
    let mut asked = sizes.asked();
    let mut plan = solve(&asked);
    for _ in 0..CUTS {
        if !sizes.ask_for_overloaded(&mut asked, &plan) {
            return plan;
        }
        plan = solve(&asked);
    }
    sizes.filled(asked, plan)
}

/// What each queue's agents must bring beside those of the others.
pub(super) struct Sizes<'a> {
    instance: &'a Instance,
    alone: BTreeMap<u32, Vec<f64>>,
}

impl<'a> Sizes<'a> {
    /// `apart` is the share of what a queue needs alone beyond its load.
    pub(super) fn of(instance: &'a Instance, apart: &dyn Fn(u32) -> f64) -> Self {
        let of_cover = |cover: &Cover| match cover.queues[..] {
            [queue] => Some((queue, between_load_and_need(cover, apart(queue)))),
            _ => None,
        };
        Self {
            instance,
            alone: instance.covers.iter().filter_map(of_cover).collect(),
        }
    }

    fn wanted(&self, queues: &[u32], slot: usize) -> f64 {
        let parts = queues.iter().filter_map(|queue| self.alone.get(queue));
        parts.map(|part| part[slot]).sum()
    }

    /// The instance with its sets sized so.
    pub(super) fn asked(&self) -> Instance {
        between(self.instance, &|queues, slot| self.wanted(queues, slot))
    }

    /// The plan, filled until nothing that is asked for is short and all work finds its agents.
    pub(super) fn filled(&self, mut asked: Instance, mut plan: Plan) -> Plan {
        for _ in 0..FILLS {
            if !self.ask_for_overloaded(&mut asked, &plan) {
                break;
            }
            plan = covered(&asked, &plan);
        }
        plan
    }

    /// Asks for the sets of queues that find too few agents in a plan as well; are there any?
    fn ask_for_overloaded(&self, asked: &mut Instance, plan: &Plan) -> bool {
        let counts = self.instance.on_line(plan);
        let in_slot = |slot: usize| {
            let work = self.alone.iter().map(|(q, part)| (*q, part[slot]));
            let work: Vec<(u32, f64)> = work.collect();
            let agents = counts.iter().map(|c| f64::from(c[slot])).collect();
            (overloaded(&self.instance.groups, &work, agents), slot)
        };
        let slots = (0..self.instance.slots).into_par_iter();
        let found: Vec<(Vec<u32>, usize)> = slots.map(in_slot).collect();
        let mut short: BTreeMap<Vec<u32>, Vec<usize>> = BTreeMap::new();
        for (set, slot) in found.into_iter().filter(|(set, _)| !set.is_empty()) {
            short.entry(set).or_default().push(slot);
        }
        for (queues, slots) in &short {
            let cover = cover_of(asked, queues);
            for &slot in slots {
                cover.need[slot] = cover.need[slot].max(self.wanted(queues, slot));
            }
        }
        !short.is_empty()
    }
}

/// What agents shared in part must bring for a queue, by slot.
fn between_load_and_need(cover: &Cover, apart: f64) -> Vec<f64> {
    let slots = cover.load.iter().zip(&cover.need);
    slots
        .map(|(load, need)| load + apart * (need - load))
        .collect()
}

/// The instance with the covers of queues that share agents in part sized between their pooled need and
/// what is `wanted` for each. Queues whose agents serve nothing else, and sets that every agent serves whole,
/// stay as they are: there the formula is right.
fn between(instance: &Instance, wanted: &dyn Fn(&[u32], usize) -> f64) -> Instance {
    let mut between = instance.clone();
    for cover in &mut between.covers {
        if !is_shared_in_part(instance, cover) {
            continue;
        }
        for (slot, need) in cover.need.iter_mut().enumerate() {
            let sum = wanted(&cover.queues, slot);
            *need = match cover.queues[..] {
                [_] => sum,
                _ => sum.max(*need),
            };
        }
    }
    between
}

/// The cover of these queues, a new one that asks for nobody where there is none.
fn cover_of<'a>(instance: &'a mut Instance, queues: &[u32]) -> &'a mut Cover {
    let at = instance.covers.iter().position(|c| c.queues == queues);
    let at = at.unwrap_or_else(|| {
        let prices = instance.covers.iter().map(|c| c.shortfall_price);
        instance.covers.push(Cover {
            queues: queues.to_vec(),
            need: vec![0.0; instance.slots],
            load: vec![0.0; instance.slots],
            shortfall_price: prices.fold(0.0, f64::max),
        });
        instance.covers.len() - 1
    });
    &mut instance.covers[at]
}

/// The queues, of those with `work`, that find too few of the `free` agents of the groups however it is
/// spread; none where all of it finds an agent.
fn overloaded(groups: &[Group], work: &[(u32, f64)], mut free: Vec<f64>) -> Vec<u32> {
    const LITTLE: f64 = 1e-6;
    let serving: Vec<Vec<usize>> = work
        .iter()
        .map(|(queue, _)| {
            let serves = |g: &usize| groups[*g].queues.contains(queue);
            (0..groups.len()).filter(serves).collect()
        })
        .collect();
    let mut rest: Vec<f64> = work.iter().map(|w| w.1).collect();
    let mut given = vec![vec![0.0; groups.len()]; work.len()];
    loop {
        // From queues whose work is not placed to groups that could do it, and on to queues whose work these
        // do now: by whom each was reached.
        let mut asks: Vec<Option<usize>> = vec![None; groups.len()];
        let mut yields: Vec<Option<usize>> = vec![None; work.len()];
        let mut line: Vec<usize> = (0..work.len()).filter(|&q| rest[q] > LITTLE).collect();
        let mut next = 0;
        let mut found = None;
        while let (None, Some(&queue)) = (found, line.get(next)) {
            next += 1;
            for &group in &serving[queue] {
                if asks[group].is_some() {
                    continue;
                }
                asks[group] = Some(queue);
                if free[group] > LITTLE {
                    found = Some((queue, group));
                    break;
                }
                for other in 0..work.len() {
                    if given[other][group] > LITTLE && !line.contains(&other) {
                        yields[other] = Some(group);
                        line.push(other);
                    }
                }
            }
        }
        let Some((last, end)) = found else {
            line.sort_unstable();
            return line.into_iter().map(|q| work[q].0).collect();
        };
        // Back from the free group: each queue's work moves to the group it asked.
        let mut path = vec![(last, end)];
        let mut queue = last;
        while let Some((group, asked)) = yields[queue].and_then(|g| Some((g, asks[g]?))) {
            path.push((asked, group));
            queue = asked;
        }
        let moved = path.windows(2).map(|w| given[w[0].0][w[1].1]);
        let moved = moved.fold(rest[queue].min(free[end]), f64::min);
        rest[queue] -= moved;
        free[end] -= moved;
        for (at, &(queue, group)) in path.iter().enumerate() {
            given[queue][group] += moved;
            if let Some(&(_, left)) = path.get(at + 1) {
                given[queue][left] -= moved;
            }
        }
    }
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
            covers: vec![cover(&[0], 3.0), cover(&[1], 3.0), cover(&[0, 1], 2.6)],
            ..Instance::default()
        };
        let needs = |instance: &Instance| {
            let part = between_load_and_need(&instance.covers[0], APART)[0];
            let between = between(instance, &|queues, _| part * queues.len() as f64);
            between.covers.iter().map(|c| c.need[0]).collect::<Vec<_>>()
        };
        assert_eq!(needs(&instance), [1.4, 1.4, 2.8]);
        instance.groups = vec![group(&[0]), group(&[1])];
        assert_eq!(needs(&instance), [3.0, 3.0, 2.8]);
    }

    #[test]
    fn queues_that_find_too_few_agents_are_named() {
        let group = |queues: &[u32]| Group {
            queues: queues.to_vec(),
            factor: 1.0,
            shifts: Vec::new(),
        };
        // Each queue alone, and all three together, have enough; 0 and 1 have not.
        let groups = [group(&[0, 1]), group(&[1, 2]), group(&[2])];
        let work = [(0, 2.0), (1, 2.0), (2, 1.0)];
        assert_eq!(overloaded(&groups, &work, vec![2.0, 1.0, 4.0]), [0, 1]);
        assert!(overloaded(&groups, &work, vec![2.0, 2.0, 4.0]).is_empty());
        assert!(overloaded(&groups, &work, vec![3.0, 1.0, 1.0]).is_empty());
        // Work that was given away first is taken back: 2 goes to its own group, 1 to the one in between.
        let work = [(2, 1.0), (1, 1.0)];
        assert!(overloaded(&groups, &work, vec![0.0, 1.0, 1.0]).is_empty());
        assert_eq!(overloaded(&groups, &work, vec![0.0, 0.5, 1.0]), [1]);
    }

    #[test]
    fn a_set_that_no_cover_names_is_asked_for() {
        let shift = crate::staffing::Shift::on_line(vec![0], 1.0);
        let group = |queues: &[u32]| Group {
            queues: queues.to_vec(),
            factor: 1.0,
            shifts: vec![0],
        };
        let cover = |queue| Cover {
            queues: vec![queue],
            need: vec![4.0],
            load: vec![4.0],
            shortfall_price: 100.0,
        };
        let instance = Instance {
            slots: 1,
            shifts: vec![shift],
            groups: vec![group(&[0, 1]), group(&[0])],
            covers: vec![cover(0), cover(1)],
            ..Instance::default()
        };
        // The shared group alone covers both queues; together they need twice as many.
        let mut seen = Vec::new();
        let plan = set_out(&instance, &mut |asked| {
            let most = |queues: &[u32]| {
                let of = asked.covers.iter().filter(|c| c.queues == queues);
                of.map(|c| c.need[0]).fold(0.0, f64::max)
            };
            seen.push(most(&[0, 1]));
            let agents = most(&[0]).max(most(&[1])).max(most(&[0, 1]));
            let choice = crate::staffing::Choice { group: 0, shift: 0 };
            Plan::from([(choice, agents as u32)])
        });
        assert_eq!(seen, [0.0, 8.0]);
        assert_eq!(instance.cost(&plan), 8.0);
    }

    #[test]
    fn what_planning_anew_leaves_short_is_filled() {
        let shift = crate::staffing::Shift::on_line(vec![0], 1.0);
        let group = Group {
            queues: vec![0],
            factor: 1.0,
            shifts: vec![0],
        };
        let instance = Instance {
            slots: 1,
            shifts: vec![shift],
            groups: vec![group],
            covers: vec![Cover {
                queues: vec![0],
                need: vec![4.0],
                load: vec![3.0],
                shortfall_price: 100.0,
            }],
            ..Instance::default()
        };
        let mut planned = 0;
        let plan = set_out(&instance, &mut |_| {
            planned += 1;
            Plan::from([(crate::staffing::Choice { group: 0, shift: 0 }, 1)])
        });
        assert_eq!(planned, 1 + CUTS);
        assert_eq!(instance.cost(&plan), 4.0);
    }
}
