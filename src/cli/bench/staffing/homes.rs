//! A plan of pools: each queue at home with one group, whose agents serve nothing else. What a pool needs is Erlang's own
//! formula, so it keeps its promises whatever the skills are, and is planned in no time; what agents do for queues that
//! are not at home with them the search finds out.

use std::collections::{BTreeMap, BTreeSet};

use super::super::file::ManySkills;
use crate::staffing::{Cover, Group, Instance};

/// Times as dear as others is an agent in a slot that no shift of the group reaches.
const OUT_OF_REACH: f64 = 5.0;

type Pools = BTreeMap<usize, BTreeSet<u32>>;

/// The instance in which each group with shifts serves the queues at home with it alone.
pub(super) fn at_home(many: &ManySkills, instance: &Instance) -> Instance {
    let pools = Market::of(many, instance).pools();
    let mut covers = Vec::new();
    let mut groups: Vec<Group> = instance.groups.clone();
    for group in &mut groups {
        (group.queues, group.shifts) = (Vec::new(), Vec::new());
    }
    let price = instance.covers.iter().map(|cover| cover.shortfall_price);
    let shortfall_price = price.fold(0.0, f64::max);
    for (group, pool) in pools {
        let queues: Vec<u32> = pool.into_iter().collect();
        covers.push(Cover {
            need: many.sizes(&many.names(&queues)),
            load: vec![0.0; instance.slots],
            shortfall_price,
            queues: queues.clone(),
        });
        groups[group].shifts = instance.groups[group].shifts.clone();
        groups[group].queues = queues;
    }
    Instance {
        groups,
        covers,
        ..instance.clone()
    }
}

/// What agents of each group cost, and what each queue asks for.
struct Market<'a> {
    instance: &'a Instance,
    /// Price of an agent: `[group][slot]`.
    price: Vec<Vec<f64>>,
    /// Erlangs: `[queue][slot]`.
    load: Vec<&'a [f64]>,
}

impl<'a> Market<'a> {
    fn of(many: &'a ManySkills, instance: &'a Instance) -> Self {
        let price = |group: &Group| {
            let shifts = group.shifts.iter().map(|&s| &instance.shifts[s as usize]);
            let mut reached = vec![false; instance.slots];
            let (mut pay, mut slots) = (0.0, 0.0);
            for shift in shifts {
                pay += group.factor * shift.price;
                slots += shift.cover.len() as f64;
                for &slot in &shift.cover {
                    reached[slot as usize] = true;
                }
            }
            let price = pay / f64::max(slots, 1.0);
            let reached = reached.into_iter();
            reached
                .map(|reached| if reached { price } else { OUT_OF_REACH * price })
                .collect()
        };
        Self {
            instance,
            price: instance.groups.iter().map(price).collect(),
            load: many
                .queues
                .iter()
                .map(|name| &many.load[name][..])
                .collect(),
        }
    }

    /// Price of a pool, by the rule of the square root.
    fn cost(&self, group: usize, pool: &BTreeSet<u32>) -> f64 {
        let slots = self.price[group].iter().enumerate();
        slots
            .map(|(slot, price)| {
                let load: f64 = pool.iter().map(|&q| self.load[q as usize][slot]).sum();
                if load > 0.0 {
                    price * (load + load.sqrt() + 0.5)
                } else {
                    0.0
                }
            })
            .sum()
    }

    fn groups(&self) -> impl Iterator<Item = usize> {
        let groups = self.instance.groups.iter().enumerate();
        groups.filter(|(_, g)| !g.shifts.is_empty()).map(|(g, _)| g)
    }

    fn serves(&self, group: usize, queue: u32) -> bool {
        self.instance.groups[group].queues.contains(&queue)
    }

    /// Every queue that somebody serves at home with a group: at first all that are left with the group that is the
    /// cheapest for its work, then moved alone, and with its pool, for as long as that makes it cheaper.
    fn pools(&self) -> Pools {
        let mut pools = self.cheapest_first();
        loop {
            let before: f64 = pools.iter().map(|(g, pool)| self.cost(*g, pool)).sum();
            let homes: Vec<(usize, u32)> = (pools.iter())
                .flat_map(|(&home, pool)| pool.iter().map(move |&q| (home, q)))
                .collect();
            for (home, queue) in homes {
                self.move_home(&mut pools, home, &BTreeSet::from([queue]));
            }
            for home in pools.keys().copied().collect::<Vec<_>>() {
                let pool = pools[&home].clone();
                self.move_home(&mut pools, home, &pool);
            }
            pools.retain(|_, pool| !pool.is_empty());
            let after: f64 = pools.iter().map(|(g, pool)| self.cost(*g, pool)).sum();
            if after >= before * (1.0 - 1e-6) {
                return pools;
            }
        }
    }

    fn cheapest_first(&self) -> Pools {
        let mut left: BTreeSet<u32> = (0..self.load.len() as u32).collect();
        let mut pools = Pools::new();
        loop {
            let offers = self.groups().filter_map(|group| {
                let served = left.iter().filter(|&&q| self.serves(group, q));
                let pool: BTreeSet<u32> = served.copied().collect();
                let work = |q: &u32| self.load[*q as usize].iter().sum::<f64>();
                let work: f64 = pool.iter().map(work).sum();
                (work > 0.0).then(|| (self.cost(group, &pool) / work, group, pool))
            });
            let Some((_, group, pool)) = offers.min_by(|a, b| a.0.total_cmp(&b.0)) else {
                return pools;
            };
            left.retain(|q| !pool.contains(q));
            pools.entry(group).or_default().extend(pool);
        }
    }

    /// Moves queues from one home to where they are cheapest.
    fn move_home(&self, pools: &mut Pools, home: usize, queues: &BTreeSet<u32>) {
        let rest: BTreeSet<u32> = pools[&home].difference(queues).copied().collect();
        let here = self.cost(home, &pools[&home]) - self.cost(home, &rest);
        let others = self
            .groups()
            .filter(|&group| group != home && queues.iter().all(|&q| self.serves(group, q)));
        let none = BTreeSet::new();
        let there = |group: usize| {
            let pool = pools.get(&group).unwrap_or(&none);
            let joined = pool.union(queues).copied().collect();
            self.cost(group, &joined) - self.cost(group, pool)
        };
        let offers = others.map(|group| (there(group), group));
        let best = offers.min_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((_, group)) = best.filter(|(there, _)| *there < here - 1e-9 * here.abs()) {
            pools.insert(home, rest);
            pools.entry(group).or_default().extend(queues);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn queues_share_a_home_where_that_is_cheaper() {
        const SLOTS: usize = 14;
        let shifts: Vec<_> = (0..SLOTS)
            .map(|slot| json!({"start": 0.0, "base": 100.0, "cover": [slot]}))
            .collect();
        let flat = |value: f64| json!({"a": vec![value; SLOTS], "b": vec![value; SLOTS]});
        let homes = |of_both: f64| {
            let group =
                |queues: &[&str], mult: f64| json!({"site": "S", "queues": queues, "mult": mult});
            let groups = [
                group(&["a"], 1.0),
                group(&["b"], 1.0),
                group(&["a", "b"], of_both),
            ];
            let file = json!({"name": "two", "H": SLOTS, "queues": ["a", "b"],
                "calls": flat(180.0), "load": flat(1.0), "aht": {"a": 240.0, "b": 240.0},
                "groups": groups, "shifts": {"S": shifts}});
            let many: ManySkills = serde_json::from_value(file).expect("an instance");
            let housed = at_home(&many, &many.problem(true).instance);
            let covers = housed.covers.into_iter();
            covers.map(|c| (c.queues, c.need[0])).collect::<Vec<_>>()
        };
        // Four agents for both, or three for each.
        assert_eq!(homes(1.05), [(vec![0, 1], 4.0)]);
        assert_eq!(homes(3.0), [(vec![0], 3.0), (vec![1], 3.0)]);
    }
}
