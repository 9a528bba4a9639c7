//! What is true of any staffing instance, on random ones: whatever one may do less is never cheaper, and
//! every search ends between its bound and what it was given.

use crewcast::staffing::{Cover, Effort, Group, Instance, Plan, Shift, Solved, solve};
use proptest::prelude::*;

const SLOTS: u32 = 24;
const QUEUES: u32 = 4;

/// Solved whole, to the end.
const WHOLE: Effort = Effort {
    gap: 1e-9,
    seconds: None,
    clock: None,
    patience: 40,
    columns: 3_000,
    nodes: 100_000,
    seed: 5,
    among: None,
};
/// Never as a whole: by rounding, annealing and neighbourhoods.
const IN_PARTS: Effort = Effort {
    columns: 60,
    nodes: 2_000,
    gap: 1e-4,
    ..WHOLE
};

fn solved(instance: &Instance, effort: Effort) -> Solved {
    solve(instance, None, effort, &mut |_| ())
}

/// A day of hours; two queues to a group, of which any may be asked for alone, and all together.
fn instance() -> impl Strategy<Value = Instance> {
    let shifts = (0..SLOTS).flat_map(|start| {
        [(4, 50.0), (8, 90.0)].map(|(length, price)| {
            let cover = (start..start + length).map(|slot| slot % SLOTS).collect();
            Shift::on_line(cover, price)
        })
    });
    let shifts: Vec<Shift> = shifts.collect();
    let group = (0..QUEUES, 1..QUEUES, 1.0..1.5_f64, 6..24_usize);
    let groups = prop::collection::vec(group, 3..6);
    let needs = prop::collection::vec(0..4_u32, (QUEUES * SLOTS) as usize);
    (groups, needs).prop_map(move |(groups, needs)| {
        let groups = groups.into_iter().map(|(first, other, factor, hours)| {
            let mut queues = vec![first, (first + other) % QUEUES];
            queues.sort_unstable();
            let of_hours = 0..(2 * hours) as u32;
            Group {
                queues,
                factor,
                shifts: of_hours.collect(),
            }
        });
        let mut groups: Vec<Group> = groups.collect();
        // Somebody can always do everything, at a price.
        groups.push(Group {
            queues: (0..QUEUES).collect(),
            factor: 1.8,
            shifts: (0..shifts.len() as u32).collect(),
        });
        let cover = |queues: Vec<u32>, need: Vec<f64>| Cover {
            load: vec![0.0; need.len()],
            queues,
            need,
            shortfall_price: 1_000.0,
        };
        let rows = needs.chunks(SLOTS as usize).enumerate();
        let mut covers: Vec<Cover> = rows
            .map(|(q, row)| cover(vec![q as u32], row.iter().map(|&n| f64::from(n)).collect()))
            .collect();
        let sum = |slot: usize| covers.iter().map(|c| c.need[slot]).sum::<f64>();
        let pooled = (0..SLOTS as usize)
            .map(|slot| (0.8 * sum(slot)).round())
            .collect();
        covers.push(cover((0..QUEUES).collect(), pooled));
        Instance {
            slots: SLOTS as usize,
            shifts: shifts.clone(),
            groups,
            covers,
            ..Instance::default()
        }
    })
}

fn misses(instance: &Instance, plan: &Plan) -> f64 {
    instance.missing(plan).iter().flatten().sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_more_group_or_a_longer_opening_is_never_dearer(
        instance in instance(),
        (factor, queue) in (1.0..1.5_f64, 0..QUEUES),
    ) {
        let now = solved(&instance, WHOLE);
        let mut larger = instance.clone();
        larger.groups.push(Group {
            queues: vec![queue],
            factor,
            shifts: (0..instance.shifts.len() as u32).collect(),
        });
        let with_group = solved(&larger, WHOLE);
        prop_assert!(with_group.objective <= now.objective * (1.0 + 1e-6));
        let mut longer = instance.clone();
        for group in &mut longer.groups {
            group.shifts = (0..instance.shifts.len() as u32).collect();
        }
        prop_assert!(solved(&longer, WHOLE).objective <= now.objective * (1.0 + 1e-6));
    }

    #[test]
    fn twice_the_wages_are_twice_the_cost(instance in instance()) {
        let mut dear = instance.clone();
        dear.groups.iter_mut().for_each(|group| group.factor *= 2.0);
        dear.covers.iter_mut().for_each(|cover| cover.shortfall_price *= 2.0);
        let (once, twice) = (solved(&instance, WHOLE), solved(&dear, WHOLE));
        let ratio = twice.objective / once.objective.max(1e-9);
        prop_assert!(once.objective == 0.0 || (ratio - 2.0).abs() < 1e-6, "{ratio}");
    }

    #[test]
    fn parts_of_a_model_find_a_plan_near_that_of_the_whole(instance in instance()) {
        let (whole, parts) = (solved(&instance, WHOLE), solved(&instance, IN_PARTS));
        prop_assert_eq!(misses(&instance, &parts.plan), 0.0);
        prop_assert!((instance.cost(&parts.plan) - parts.objective).abs() < 1e-6);
        prop_assert!(parts.bound <= whole.objective + 1e-6);
        prop_assert!(parts.objective >= whole.bound - 1e-6);
        prop_assert!(parts.objective <= whole.objective * 1.03 + 1e-6, "{} {}", parts.objective, whole.objective);
        prop_assert_eq!(&solved(&instance, IN_PARTS).plan, &parts.plan);
    }
}
