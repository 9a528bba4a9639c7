//! What a plan leaves of seats and people.

use super::instance::{Choice, InAll, Instance, Limit, Plan};

/// Per limit of an instance: what is left of it by slot, and in all.
#[derive(Debug, Clone)]
pub(crate) struct Left<'a> {
    instance: &'a Instance,
    limits_of: Vec<Vec<usize>>,
    by_slot: Vec<Vec<f64>>,
    in_all: Vec<InAll>,
}

impl<'a> Left<'a> {
    /// Where nobody works yet.
    pub fn of(instance: &'a Instance) -> Self {
        let limits = &instance.limits;
        let mut limits_of = vec![Vec::new(); instance.groups.len()];
        for (number, limit) in limits.iter().enumerate() {
            for &g in &limit.groups {
                limits_of[g as usize].push(number);
            }
        }
        let slots = 0..instance.slots;
        let by_slot = limits.iter().map(|limit| {
            let slots = slots.clone();
            slots.map(|slot| limit.most_in(slot)).collect()
        });
        Self {
            instance,
            limits_of,
            by_slot: by_slot.collect(),
            in_all: limits.iter().map(|limit| limit.most_in_all).collect(),
        }
    }

    /// Beside the agents of a plan.
    pub fn beside(instance: &'a Instance, plan: &Plan) -> Self {
        let mut left = Self::of(instance);
        for (&choice, &count) in plan {
            left.change(choice, f64::from(count));
        }
        left
    }

    /// The first limit that has no room for one more of a choice.
    pub fn full(&self, choice: Choice) -> Option<&'a Limit> {
        let shift = &self.instance.shifts[choice.shift as usize];
        let mut limits = self.limits_of[choice.group as usize].iter();
        let full = limits.find(|&&number| {
            let mut in_all = self.in_all[number].iter().zip(Limit::takes(shift));
            let mut slots = self.instance.limits[number].uses(shift);
            in_all.any(lacks) || slots.any(|slot| self.by_slot[number][slot as usize] < 1.0)
        });
        full.map(|&number| &self.instance.limits[number])
    }

    /// Whether one more of a choice is more Sundays than its people can work.
    pub fn lacks_sundays(&self, choice: Choice) -> bool {
        let [.., of_one] = Limit::takes(&self.instance.shifts[choice.shift as usize]);
        let mut limits = self.limits_of[choice.group as usize].iter();
        limits.any(|&number| {
            let [.., left] = self.in_all[number];
            lacks((&left, of_one))
        })
    }

    /// So many more of a choice.
    pub fn change(&mut self, choice: Choice, by: f64) {
        let shift = &self.instance.shifts[choice.shift as usize];
        for &number in &self.limits_of[choice.group as usize] {
            for (left, of_one) in self.in_all[number].iter_mut().zip(Limit::takes(shift)) {
                *left -= of_one * by;
            }
            for slot in self.instance.limits[number].uses(shift) {
                self.by_slot[number][slot as usize] -= by;
            }
        }
    }
}

/// Whether what is left is less than what is asked for.
fn lacks((left, asked): (&f64, f64)) -> bool {
    asked > 0.0 && *left < asked - 1e-9
}
