//! Slots that follow each other and in which the same shifts work are one: whoever works the one works the others. A
//! grid of five minutes under shifts that start on the hour has a third as many of these as it has slots.

use std::ops::Range;

use super::instance::{Cover, Instance};

/// Slots as runs of those in which the same shifts work.
pub(super) struct Runs(Vec<Range<usize>>);

impl Runs {
    /// The runs of an instance; each slot of which `is_first` says so begins one, and a slot that some cover asks for and
    /// nobody works is one: what it misses counts for itself.
    pub fn of(instance: &Instance, is_first: impl Fn(usize) -> bool) -> Self {
        let mut working: Vec<Vec<u32>> = vec![Vec::new(); instance.slots];
        let mut used: Vec<u32> = instance
            .groups
            .iter()
            .flat_map(|g| g.shifts.clone())
            .collect();
        used.sort_unstable();
        used.dedup();
        for shift in used {
            for &slot in &instance.shifts[shift as usize].cover {
                working[slot as usize].push(shift);
            }
        }
        let open = unworked(instance);
        let mut runs: Vec<Range<usize>> = Vec::new();
        for slot in 0..instance.slots {
            let same = slot > 0
                && !is_first(slot)
                && working[slot] == working[slot - 1]
                && !open[slot]
                && !open[slot - 1];
            match runs.last_mut().filter(|_| same) {
                Some(run) => run.end = slot + 1,
                None => runs.push(slot..slot + 1),
            }
        }
        Self(runs)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Range<usize>> {
        self.0.iter()
    }

    /// The runs of an instance that asks for nothing but covers, where they are fewer than its slots.
    pub fn fewer(instance: &Instance) -> Option<Self> {
        let runs = instance
            .has_covers_alone()
            .then(|| Self::of(instance, |_| false))?;
        (runs.0.len() < instance.slots).then_some(runs)
    }

    /// The instance with a slot for each run; only what it covers is asked for.
    pub fn merged(&self, instance: &Instance) -> Instance {
        let mut run_of = vec![0; instance.slots];
        for (number, run) in (0..).zip(&self.0) {
            run_of[run.clone()].fill(number);
        }
        let mut shifts = instance.shifts.clone();
        for shift in &mut shifts {
            for slot in &mut shift.cover {
                *slot = run_of[*slot as usize];
            }
            shift.cover.dedup();
        }
        let cover = |cover: &Cover| Cover {
            queues: cover.queues.clone(),
            need: self.largest(&cover.need),
            load: self.largest(&cover.load),
            shortfall_price: cover.shortfall_price,
        };
        Instance {
            slots: self.0.len(),
            shifts,
            groups: instance.groups.clone(),
            covers: instance.covers.iter().map(cover).collect(),
            fill: instance.fill,
            ..Instance::default()
        }
    }

    /// Of each run the largest of what its slots have.
    pub fn largest(&self, of_slots: &[f64]) -> Vec<f64> {
        let of_run = |run: &Range<usize>| of_slots[run.clone()].iter().copied().fold(0.0, f64::max);
        self.iter().map(of_run).collect()
    }

    /// What runs have, with the first slot of each.
    pub fn apart(&self, of_runs: &[f64], slots: usize) -> Vec<f64> {
        let mut apart = vec![0.0; slots];
        for (run, &of_run) in self.iter().zip(of_runs) {
            apart[run.start] = of_run;
        }
        apart
    }
}

/// Slots for which some cover asks in vain.
fn unworked(instance: &Instance) -> Vec<bool> {
    let mut open = vec![false; instance.slots];
    let serving = instance.serving();
    for (cover, groups) in instance.covers.iter().zip(&serving) {
        let mut worked = vec![false; instance.slots];
        let groups = groups.iter().map(|&g| &instance.groups[g as usize]);
        for &shift in groups.flat_map(|group| &group.shifts) {
            for &slot in &instance.shifts[shift as usize].cover {
                worked[slot as usize] = true;
            }
        }
        for ((open, worked), &need) in open.iter_mut().zip(worked).zip(&cover.need) {
            *open |= !worked && need > 0.0;
        }
    }
    open
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staffing::{Effort, Group, Shift, solve};

    #[test]
    fn slots_of_the_same_shifts_are_one_and_the_plan_is_as_cheap() {
        let group = |queues: &[u32], shifts: &[u32]| Group {
            queues: queues.to_vec(),
            factor: 1.0,
            shifts: shifts.to_vec(),
        };
        let cover = |queues: &[u32], need: [u32; 8]| Cover {
            queues: queues.to_vec(),
            need: need.map(f64::from).to_vec(),
            load: vec![0.0; 8],
            shortfall_price: 1000.0,
        };
        // Nobody works slots 6 and 7, and of queue 1 nobody slots 4 and 5.
        let instance = Instance {
            slots: 8,
            shifts: vec![
                Shift::on_line(vec![0, 1, 2, 3], 10.0),
                Shift::on_line(vec![2, 3, 4, 5], 12.0),
                Shift::on_line(vec![5], 1.0),
            ],
            groups: vec![group(&[0], &[0, 1]), group(&[1], &[0])],
            covers: vec![
                cover(&[0], [1, 2, 2, 1, 1, 3, 1, 0]),
                cover(&[1], [0, 1, 0, 0, 1, 2, 1, 0]),
            ],
            ..Instance::default()
        };
        let runs = Runs::of(&instance, |_| false);
        let all: Vec<_> = runs.iter().cloned().collect();
        assert_eq!(all, [0..2, 2..4, 4..5, 5..6, 6..7, 7..8]);
        let first = Runs::of(&instance, |slot| slot % 3 == 0);
        assert_eq!(first.iter().nth(2), Some(&(3..4)));
        let merged = runs.merged(&instance);
        assert_eq!(merged.covers[0].need, [2.0, 2.0, 1.0, 3.0, 1.0, 0.0]);
        assert_eq!(merged.shifts[1].cover, [1, 2, 3]);
        let effort = Effort {
            gap: 0.0,
            seconds: None,
            clock: None,
            patience: 10,
            columns: 100,
            nodes: 100,
            seed: 1,
            among: None,
        };
        let solved = solve(&instance, None, effort, &mut |_| ());
        let missing = instance.missing_in_all(&solved.plan);
        let asked = instance.cost(&solved.plan) + 1000.0 * missing;
        assert!((solved.objective - asked).abs() < 1e-6, "{solved:?}");
        assert_eq!(missing, 5.0);
        assert_eq!(solved.worth[0].len(), 8);
    }
}
