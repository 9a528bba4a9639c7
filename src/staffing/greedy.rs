//! Whole shifts from a linear relaxation: round down, fill what is missing by value for money, take out
//! what is not needed.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::contract::Hired;
use super::instance::{Choice, Instance, Plan};
use super::left::Left;

/// Agents on the line and seated under a growing plan, and what each cover still misses.
struct Books<'a> {
    instance: &'a Instance,
    serving: &'a [Vec<u32>],
    /// Covers that each group counts towards.
    covers_of: Vec<Vec<u32>>,
    /// need − agents, per cover and slot; negative where there are more than needed.
    missing: Vec<Vec<f64>>,
    left: Left<'a>,
    hired: Hired<'a>,
    plan: Plan,
}

/// A whole plan near the relaxed `counts`, covering `needs` (per cover and slot, deferrable work included).
///
/// `worth` is the dual of each cover and slot: what one more agent there saves.
pub(super) fn round(
    instance: &Instance,
    serving: &[Vec<u32>],
    needs: &[Vec<f64>],
    worth: &[Vec<f64>],
    counts: &[(Choice, f64)],
) -> Plan {
    let mut books = Books::new(instance, serving, needs);
    for &(choice, count) in counts {
        for _ in 0..(count + 1e-6).floor() as u32 {
            if books.has_room(choice) {
                books.change(choice, 1);
            }
        }
    }
    let choices: Vec<Choice> = counts.iter().map(|&(choice, _)| choice).collect();
    books.fill(worth, &choices, &mut |_| true);
    books.prune();
    books.plan
}

/// A plan with what `needs` still miss, and without what they do not ask for.
pub(super) fn complete(
    instance: &Instance,
    serving: &[Vec<u32>],
    needs: &[Vec<f64>],
    worth: &[Vec<f64>],
    plan: &Plan,
    choices: &[Choice],
) -> Plan {
    let whole = filled(instance, serving, needs, worth, plan, choices, &mut |_| {
        true
    });
    prune(instance, serving, needs, &whole)
}

/// A plan with what `needs` still miss, of choices that are `taken` when they are offered.
pub(super) fn filled(
    instance: &Instance,
    serving: &[Vec<u32>],
    needs: &[Vec<f64>],
    worth: &[Vec<f64>],
    plan: &Plan,
    choices: &[Choice],
    taken: &mut dyn FnMut(Choice) -> bool,
) -> Plan {
    let mut books = Books::holding(instance, serving, needs, plan);
    books.fill(worth, choices, taken);
    books.plan
}

/// A plan with the shifts that the covers of an instance still miss; what they do not ask for stays.
pub(crate) fn covered(instance: &Instance, plan: &Plan) -> Plan {
    let serving = instance.serving();
    let nothing = vec![0.0; instance.slots];
    let asked = instance.covers.iter().map(|cover| &cover.need);
    let needs = asked.chain(instance.pledges.iter().map(|_| &nothing));
    let needs: Vec<Vec<f64>> = needs.cloned().collect();
    let worth = vec![nothing.clone(); needs.len()];
    let all = instance.choices();
    filled(instance, &serving, &needs, &worth, plan, &all, &mut |_| {
        true
    })
}

/// Take out of a plan what `needs` do not ask for, dearest first.
pub(super) fn prune(
    instance: &Instance,
    serving: &[Vec<u32>],
    needs: &[Vec<f64>],
    plan: &Plan,
) -> Plan {
    let mut books = Books::holding(instance, serving, needs, plan);
    books.prune();
    books.plan
}

impl<'a> Books<'a> {
    fn new(instance: &'a Instance, serving: &'a [Vec<u32>], needs: &[Vec<f64>]) -> Self {
        Self {
            instance,
            serving,
            covers_of: instance.covers_of(serving),
            missing: needs.to_vec(),
            left: Left::of(instance),
            hired: Hired::nobody(instance),
            plan: Plan::new(),
        }
    }

    fn holding(
        instance: &'a Instance,
        serving: &'a [Vec<u32>],
        needs: &[Vec<f64>],
        plan: &Plan,
    ) -> Self {
        let mut books = Self::new(instance, serving, needs);
        for (&choice, &count) in plan {
            for _ in 0..count {
                books.change(choice, 1);
            }
        }
        books
    }

    fn has_room(&self, choice: Choice) -> bool {
        self.left.full(choice).is_none() && self.hired.has_room(choice)
    }

    fn change(&mut self, choice: Choice, by: i32) {
        let g = choice.group as usize;
        let shift = &self.instance.shifts[choice.shift as usize];
        for &c in &self.covers_of[g] {
            for &t in &shift.cover {
                self.missing[c as usize][t as usize] -= f64::from(by);
            }
        }
        self.left.change(choice, f64::from(by));
        self.hired.change(choice, f64::from(by));
        let count = self.plan.entry(choice).or_insert(0);
        *count = count.saturating_add_signed(by);
        if *count == 0 {
            self.plan.remove(&choice);
        }
    }

    /// Add the shift of the most worth per money until nothing is missing that a choice could cover; those that are not
    /// `taken` are offered once.
    fn fill(
        &mut self,
        worth: &[Vec<f64>],
        choices: &[Choice],
        taken: &mut dyn FnMut(Choice) -> bool,
    ) {
        // A row without a dual still wants covering: give it a little.
        let prices = choices.iter().map(|&c| self.instance.price(c));
        let cheapest = prices.fold(f64::INFINITY, f64::min);
        let least = if cheapest.is_finite() {
            cheapest * 0.01
        } else {
            1.0
        };
        let mut value = self.value_per_slot(worth, least);
        let instance = self.instance;
        let gain = |value: &[Vec<f64>], choice: Choice| {
            let cover = &instance.shifts[choice.shift as usize].cover;
            let of_group = &value[choice.group as usize];
            let sum: f64 = cover.iter().map(|&t| of_group[t as usize]).sum();
            sum.max(0.0) / instance.price(choice).max(1e-9)
        };
        // What is missing only gets less, and so do gains: one known from before is the most it can be. The
        // bits of floats that are not negative are in their order.
        let known = |gain: f64, number: usize| (gain.abs().to_bits(), Reverse(number));
        let numbered = choices.iter().enumerate();
        let mut gains: BinaryHeap<(u64, Reverse<usize>)> = numbered
            .map(|(number, &choice)| known(gain(&value, choice), number))
            .collect();
        while let Some((_, Reverse(number))) = gains.pop() {
            let choice = choices[number];
            let now = gain(&value, choice);
            if now <= 0.0 || !self.has_room(choice) {
                continue;
            }
            let now = known(now, number);
            if gains.peek().is_none_or(|next| now >= *next) {
                if !taken(choice) {
                    continue;
                }
                self.change(choice, 1);
                value = self.value_per_slot(worth, least);
            }
            gains.push(now);
        }
    }

    /// What one more agent of each group is worth in each slot.
    fn value_per_slot(&self, worth: &[Vec<f64>], least: f64) -> Vec<Vec<f64>> {
        let mut value = vec![vec![0.0; self.instance.slots]; self.instance.groups.len()];
        for (c, missing) in self.missing.iter().enumerate() {
            for (t, &missing) in missing.iter().enumerate() {
                if missing > 1e-6 {
                    let gain = worth[c][t].max(least) * missing.min(1.0);
                    for &g in &self.serving[c] {
                        value[g as usize][t] += gain;
                    }
                }
            }
        }
        value
    }

    fn prune(&mut self) {
        let order = self.instance.dearest_first(&self.plan);
        for choice in order {
            while self.plan.contains_key(&choice) && self.is_spare(choice) {
                self.change(choice, -1);
            }
        }
    }

    /// Could one agent of this choice go without anything becoming (more) short?
    fn is_spare(&self, choice: Choice) -> bool {
        let cover = &self.instance.shifts[choice.shift as usize].cover;
        self.covers_of[choice.group as usize].iter().all(|&c| {
            let missing = &self.missing[c as usize];
            cover.iter().all(|&t| missing[t as usize] <= -1.0 + 1e-6)
        })
    }
}
