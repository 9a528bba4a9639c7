//! What other customers miss in a plan is mended by a few shifts where few contacts are short, and only there; and
//! what is promised beside the share in time is kept as well.

use crewcast::calibrate::{Calibrated, Effort, Problem, calibrate};
use crewcast::simulation::engine::{
    Edge, Group, Judge, Network, OnLine, Queue, QueueMeasure, Route,
};
use crewcast::staffing::{self, Begin, Capacity, Choice, Contract, Instance, Plan, Shift};

const SLOTS: usize = 24;
/// What the other customers are short of, and what each shift more gives them.
const SHORT: f64 = 0.07;
const PER_SHIFT: f64 = 0.02;

/// Contacts of a queue in a day, and the share of them promised in time.
type Promised = (f64, f64);

/// A plan for one queue, found from nobody in so many rounds, with the `slack` of its promise.
fn calibrated(
    (contacts, share): Promised,
    rounds: usize,
    slack: &dyn Fn(&QueueMeasure) -> f64,
    verdict: &mut dyn FnMut(&Plan, &QueueMeasure) -> f64,
) -> Calibrated {
    let shifts = (0..SLOTS as u32).step_by(8);
    let shifts = shifts.map(|start| Shift::on_line((start..start + 8).collect(), 80.0));
    let instance = Instance {
        slots: SLOTS,
        shifts: shifts.collect(),
        groups: vec![staffing::Group {
            queues: vec![0],
            factor: 1.0,
            shifts: vec![0, 1, 2],
        }],
        ..Instance::default()
    };
    let arrivals = vec![contacts / SLOTS as f64; SLOTS];
    let start = (&instance, Plan::new());
    calibrated_from(start, (arrivals, share), rounds, slack, verdict)
}

/// The same of an instance and its plan.
fn calibrated_from(
    (instance, start): (&Instance, Plan),
    (arrivals, share): (Vec<f64>, f64),
    rounds: usize,
    slack: &dyn Fn(&QueueMeasure) -> f64,
    verdict: &mut dyn FnMut(&Plan, &QueueMeasure) -> f64,
) -> Calibrated {
    let network = Network {
        slot_seconds: 3600.0,
        slots: SLOTS,
        day_of_slot: vec![0; SLOTS],
        queues: vec![Queue::calls(arrivals, 240.0, vec![Route::to(0, 0)])],
        groups: vec![Group::default()],
        shared_busyness: 0.0,
        edge: Edge::Finish,
    };
    let day = 0..SLOTS;
    let judge = Judge::new(network.clone(), 20, 1).expect("a sound network");
    let problem = Problem {
        instance,
        floors: &[],
        judge: &judge,
        promised: &[Some(share)],
        slack: &|_, seen: &QueueMeasure| slack(seen),
        periods: &[std::slice::from_ref(&day)],
        on_line: &|plan| OnLine::from_counts(&network, &instance.on_line(plan)),
    };
    let effort = Effort {
        rounds,
        radius: 0.05,
        trials: 0,
        together: false,
        seconds: None,
        clock: None,
        verdicts: 1 + rounds,
        seed: 1,
        penalty: 10.0,
        certainty: 1.0,
        tolerance: 0.0,
        extra: &[],
    };
    let others = Judge::new(network.clone(), 60, 2).expect("a sound network");
    let on_line = |plan: &Plan| OnLine::from_counts(&network, &instance.on_line(plan));
    let mut verdict = |plan: &Plan| vec![verdict(plan, &others.measure(&on_line(plan)).queues[0])];
    calibrate(problem, start, effort, &mut verdict, &mut |_| ())
}

/// A plan of nobody, judged by customers of whom each shift saves a share.
fn judged(contacts: f64) -> Calibrated {
    let short = |plan: &Plan| SHORT - PER_SHIFT * f64::from(plan.values().sum::<u32>());
    calibrated(
        (contacts, 0.8),
        0,
        &|seen| seen.level.low - 0.8,
        &mut |plan, _| short(plan),
    )
}

#[test]
fn a_quantile_is_kept_where_the_share_in_time_is_long_enough() {
    // Half within 20 s is soon reached; a quantile of 97 % at the same 20 s takes far more people.
    let slack = |least: f64| move |seen: &QueueMeasure| seen.level.low - least;
    let [half, more] = [0.5, 0.97].map(|least| {
        let slack = slack(least);
        calibrated((300.0, 0.5), 12, &slack, &mut |_, seen| -slack(seen))
    });
    assert!(half.kept && more.kept, "{:?}", more.plan);
    let people = |found: &Calibrated| found.plan.values().sum::<u32>();
    assert!(people(&half) < people(&more));
}

#[test]
fn a_thin_queue_is_saved_by_shifts_and_a_busy_one_is_not_thrown_at() {
    let thin = judged(3.0);
    assert!(thin.kept);
    assert_eq!(thin.plan.values().sum::<u32>(), 4, "{:?}", thin.plan);
    let busy = judged(300.0);
    assert!(!busy.kept && busy.plan.is_empty());
}

#[test]
fn people_paid_already_are_moved_to_where_they_are_needed() {
    // Three people, a shift each, all of them early; five in six call late.
    let shift = |start: u32| Shift {
        begin: Begin {
            day: 1,
            minute: 60 * start,
            on_sunday: false,
        },
        hours: 8.0,
        ..Shift::on_line((start..start + 8).collect(), 0.1)
    };
    let of_one = Capacity {
        shifts: 1.0,
        hours: 8.0,
        sundays: f64::INFINITY,
        band: None,
    };
    let instance = Instance {
        slots: SLOTS,
        shifts: vec![shift(0), shift(8)],
        groups: vec![staffing::Group {
            queues: vec![0],
            factor: 1.0,
            shifts: vec![0, 1],
        }],
        contracts: vec![Contract {
            group: 0,
            price: 0.0,
            beside: 0.0,
            of_one,
            least_hours: 8.0,
            most_heads: 3.0,
        }],
        ..Instance::default()
    };
    let arrivals = (0..SLOTS).map(|slot| [2.0, 10.0, 0.0][slot / 8]).collect();
    let [early, late] = [0, 1].map(|shift| Choice { group: 0, shift });
    let start = (&instance, Plan::from([(early, 3)]));
    let slack = |seen: &QueueMeasure| seen.level.low - 0.8;
    let found = calibrated_from(start, (arrivals, 0.8), 12, &slack, &mut |_, seen| {
        -slack(seen)
    });
    assert!(found.kept, "{:?}", found.plan);
    assert_eq!(found.plan, Plan::from([(early, 1), (late, 2)]));
}
