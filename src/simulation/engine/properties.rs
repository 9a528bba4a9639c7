//! What must hold whatever is simulated.

use proptest::prelude::*;

use super::*;
use crate::requirement::{LevelOver, Patience};

fn patience() -> impl Strategy<Value = Patience> {
    prop_oneof![
        Just(Patience::Endless),
        (0.5..2000.0f64).prop_map(|mean| Patience::Exponential { mean }),
        (0.5..2000.0f64, 0.1..3.0f64).prop_map(|(mean, cv)| Patience::LogNormal { mean, cv }),
    ]
}

fn handle() -> impl Strategy<Value = HandleTime> {
    prop_oneof![
        Just(HandleTime::Fixed(0.0)),
        (0.0..4000.0f64).prop_map(|mean| HandleTime::Exponential { mean }),
        (1.0..4000.0f64, 0.0..3.0f64).prop_map(|(mean, cv)| HandleTime::LogNormal { mean, cv }),
        prop::collection::vec(0.0..900.0f64, 1..5).prop_map(HandleTime::Samples),
    ]
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        (0.0..60.0f64).prop_map(|within| Kind::Call { within }),
        (0.0..60.0f64).prop_map(|within| Kind::Chat { within }),
        (0.0..9000.0f64).prop_map(|within| Kind::Deferrable {
            deadline: DueBy { within, open: None }
        }),
    ]
}

fn route(groups: usize) -> impl Strategy<Value = Route> {
    (
        0..groups,
        0..3u32,
        0..3u32,
        prop_oneof![Just(0.0), 1.0..300.0f64],
        0..3u32,
    )
        .prop_map(|(group, order, priority, after, reserve)| Route {
            group,
            order,
            priority,
            after,
            reserve,
        })
}

const SLOTS: usize = 6;

fn queue(groups: usize) -> impl Strategy<Value = Queue> {
    (
        prop::collection::vec(0.0..40.0f64, SLOTS),
        handle(),
        patience(),
        kind(),
        prop::collection::vec(route(groups), 0..4),
        (0.0..0.9f64, 0.0..0.5f64),
    )
        .prop_map(
            |(rate, handle, patience, kind, routes, (retrial, recontact))| Queue {
                handle: vec![handle],
                patience: vec![patience],
                kind,
                over: LevelOver::Offered,
                busyness: 0.2,
                retrial: Comeback {
                    share: retrial,
                    delay: 300.0,
                },
                recontact: Comeback {
                    share: recontact,
                    delay: 900.0,
                },
                ..Queue::calls(rate, 1.0, routes)
            },
        )
}

fn network() -> impl Strategy<Value = (Network, Vec<Vec<u32>>)> {
    let edge = prop_oneof![
        Just(Edge::Finish),
        Just(Edge::Close),
        (0..9usize, 1..4usize).prop_map(|(lead_in, rounds)| Edge::Cyclic { lead_in, rounds }),
    ];
    let counts = prop::collection::vec(prop::collection::vec(0..6u32, SLOTS), 3);
    let paces = prop::collection::vec(1..4usize, 3);
    (prop::collection::vec(queue(3), 1..5), edge, counts, paces).prop_map(
        |(queues, edge, counts, paces)| {
            let network = Network {
                slot_seconds: 900.0,
                slots: SLOTS,
                day_of_slot: vec![0; SLOTS],
                queues,
                groups: paces
                    .into_iter()
                    .map(|chats| Group {
                        pace: (0..chats).map(|held| 1.0 + 0.3 * held as f64).collect(),
                    })
                    .collect(),
                shared_busyness: 0.1,
                edge,
            };
            (network, counts)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn nothing_is_lost((network, counts) in network()) {
        let on_line = OnLine::from_counts(&network, &counts);
        for queues in each(&network, &on_line, 3, 7).unwrap() {
            for queue in queues {
                prop_assert_eq!(queue.offered, queue.answered + queue.abandoned + queue.unanswered);
                prop_assert!(queue.reached <= queue.answered);
                prop_assert!(queue.pending <= queue.unanswered);
                prop_assert!(queue.wait >= 0.0 && queue.wait_lost >= 0.0);
            }
        }
        let seen = measure(&network, |_| on_line.clone(), 3, 7).unwrap();
        for group in &seen.groups {
            prop_assert!((0.0..=1.0).contains(&group.occupancy.mean));
        }
        for queue in &seen.queues {
            prop_assert!((0.0..=1.0).contains(&queue.level.mean));
        }
    }

    #[test]
    fn the_same_numbers_on_one_thread((network, counts) in network()) {
        let on_line = OnLine::from_counts(&network, &counts);
        let run = || {
            let seen = measure(&network, |_| on_line.clone(), 5, 7).unwrap();
            seen.queues.iter().map(|queue| (queue.level, queue.asa, queue.cells.clone())).collect::<Vec<_>>()
        };
        let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let three = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        prop_assert_eq!(one.install(run), three.install(run));
    }

    #[test]
    fn one_more_agent_never_answers_fewer_in_time(
        rate in 1.0..60.0f64, agents in 0..12u32, patience in patience(),
    ) {
        // One queue, one group, the same customers: true path by path for endless patience.
        let network = Network {
            slot_seconds: 1800.0,
            slots: 4,
            day_of_slot: vec![0; 4],
            queues: vec![Queue {
                patience: vec![patience],
                ..Queue::calls(vec![rate; 4], 240.0, vec![Route::to(0, 0)])
            }],
            groups: vec![Group::default()],
            shared_busyness: 0.0,
            edge: Edge::Finish,
        };
        let judge = Judge::new(network, 40, 3).unwrap();
        let level = |agents: u32| judge.measure_counts(&[vec![agents; 4]]).queues[0].reached.mean;
        let slack = if patience == Patience::Endless { 1e-9 } else { 0.02 * rate };
        prop_assert!(level(agents + 1) >= level(agents) - slack);
    }
}

/// Four days of two queues and two groups, much and little to do.
fn four_days(order: u32, rounds: usize) -> (Network, Vec<Vec<u32>>) {
    let slots = 4 * 48;
    let day = |slot: usize| (8..20).contains(&(slot % 48 / 2));
    let rate = |busy: f64| {
        (0..slots)
            .map(|slot| if day(slot) { busy } else { 0.3 })
            .collect()
    };
    let network = Network {
        slot_seconds: 1800.0,
        slots,
        day_of_slot: (0..slots).map(|slot| (slot / 48) as u16).collect(),
        queues: vec![
            Queue {
                patience: vec![Patience::Exponential { mean: 200.0 }],
                ..Queue::calls(
                    rate(20.0),
                    300.0,
                    vec![Route::to(0, 0), Route::to(1, order)],
                )
            },
            Queue {
                retrial: Comeback {
                    share: 0.5,
                    delay: 600.0,
                },
                patience: vec![Patience::Exponential { mean: 300.0 }],
                ..Queue::calls(rate(10.0), 240.0, vec![Route::to(1, 0)])
            },
            Queue {
                kind: Kind::Deferrable {
                    deadline: DueBy {
                        within: 7200.0,
                        open: None,
                    },
                },
                ..Queue::calls(rate(4.0), 400.0, vec![Route::to(0, 0), Route::to(1, 0)])
            },
        ],
        groups: vec![Group::default(), Group::default()],
        shared_busyness: 0.1,
        edge: Edge::Cyclic {
            lead_in: 12,
            rounds,
        },
    };
    let agents = |many: u32| {
        (0..slots)
            .map(|slot| if day(slot) { many } else { 1 })
            .collect()
    };
    (network, vec![agents(4), agents(3)])
}

#[test]
fn neighbours_of_a_baseline_are_judged_as_if_alone() {
    for (order, rounds) in [(0, 1), (1, 1), (0, 3)] {
        let (network, counts) = four_days(order, rounds);
        let judge = Judge::new(network, 12, 5).unwrap();
        let on_line = |counts: &[Vec<u32>]| OnLine::from_counts(judge.network(), counts);
        let baseline = judge.baseline(on_line(&counts));
        let alone = judge.measure(&on_line(&counts));
        assert_eq!(
            baseline.measured().queues[0].level.mean,
            alone.queues[0].level.mean
        );
        for (group, from, to, agents) in [
            (0, 60, 76, 3),
            (1, 20, 30, 5),
            (0, 180, 192, 2),
            (1, 0, 6, 4),
        ] {
            let mut other = counts.clone();
            other[group][from..to].fill(agents);
            let (fast, slow) = (
                baseline.measure(&on_line(&other)),
                judge.measure(&on_line(&other)),
            );
            for (fast, slow) in fast.queues.iter().zip(&slow.queues) {
                assert_eq!(fast.cells, slow.cells);
                assert!((fast.level.mean - slow.level.mean).abs() < 1e-12);
                assert!((fast.level.low - slow.level.low).abs() < 1e-9);
                assert!((fast.asa.mean - slow.asa.mean).abs() < 1e-6);
                assert!((fast.abandonment.mean - slow.abandonment.mean).abs() < 1e-12);
            }
            for (fast, slow) in fast.groups.iter().zip(&slow.groups) {
                assert!(
                    (fast.occupancy.mean - slow.occupancy.mean).abs() < 1e-9,
                    "{order} {group} {from} {fast:?} {slow:?}"
                );
                assert!((fast.hours - slow.hours).abs() < 1e-6);
            }
        }
    }
}

#[test]
fn rounds_of_one_run_say_what_runs_of_their_own_say() {
    let seen = [1, 4].map(|rounds| {
        let (network, counts) = four_days(0, rounds);
        let on_line = OnLine::from_counts(&network, &counts);
        measure(&network, |_| on_line.clone(), 400, 3).unwrap()
    });
    let [alone, together] = &seen;
    assert_eq!((alone.replications, together.replications), (400, 400));
    let close = |a: &crate::simulation::Interval, b: &crate::simulation::Interval| {
        let apart = (a.mean - b.mean).abs();
        assert!(apart <= 1.5 * (a.high - a.low), "{a:?} {b:?}");
        // Days are drawn apart, and like ones of four rounds from other strata: these know as much as four runs and more.
        let widths = (b.high - b.low) / (a.high - a.low);
        assert!((0.3..1.3).contains(&widths), "{a:?} {b:?}");
    };
    for (alone, together) in alone.queues.iter().zip(&together.queues) {
        close(&alone.offered, &together.offered);
        close(&alone.level, &together.level);
        close(&alone.asa, &together.asa);
        let below =
            [0.5, 0.8, 0.9].map(|share| alone.runs_below(share) - together.runs_below(share));
        assert!(below.iter().all(|apart| apart.abs() < 0.12), "{below:?}");
    }
    for (alone, together) in alone.groups.iter().zip(&together.groups) {
        close(&alone.occupancy, &together.occupancy);
        // Who is busy when a shift ends stays to the end of the contact.
        assert!((alone.hours / together.hours - 1.0).abs() < 1e-3);
    }
}

#[test]
fn a_judge_says_what_a_measurement_says() {
    let network = Network {
        slot_seconds: 1800.0,
        slots: 8,
        day_of_slot: vec![0; 8],
        queues: vec![Queue::calls(vec![30.0; 8], 240.0, vec![Route::to(0, 0)])],
        groups: vec![Group::default()],
        shared_busyness: 0.2,
        edge: Edge::Cyclic {
            lead_in: 2,
            rounds: 1,
        },
    };
    let on_line = OnLine::from_counts(&network, &[vec![5; 8]]);
    let measured = measure(&network, |_| on_line.clone(), 70, 9).unwrap();
    let judged = Judge::new(network, 70, 9).unwrap().measure(&on_line);
    assert_eq!(measured.queues[0].level, judged.queues[0].level);
    assert_eq!(measured.queues[0].cells, judged.queues[0].cells);
}

#[test]
fn an_unsound_network_is_said() {
    let network = Network {
        slot_seconds: 1800.0,
        slots: 8,
        day_of_slot: vec![0; 8],
        queues: vec![Queue::calls(vec![f64::NAN; 3], -1.0, vec![Route::to(4, 0)])],
        groups: vec![Group::default()],
        shared_busyness: 0.0,
        edge: Edge::Finish,
    };
    let faults = Judge::new(network, 1, 1).unwrap_err();
    assert_eq!(faults.len(), 4, "{faults:?}");
}

#[test]
fn shifts_and_counts_are_the_same_agents() {
    let network = Network {
        slot_seconds: 1800.0,
        slots: 8,
        day_of_slot: vec![0; 8],
        queues: vec![Queue::calls(vec![30.0; 8], 240.0, vec![Route::to(0, 0)])],
        groups: vec![Group::default()],
        shared_busyness: 0.0,
        edge: Edge::Cyclic {
            lead_in: 2,
            rounds: 1,
        },
    };
    let shift = |from: f64, to: f64, agents, absence| Shift {
        group: 0,
        on: vec![(from, to)],
        agents,
        absence,
    };
    let shifts = [
        shift(0.0, 14_400.0, 4, 0.0),
        shift(3600.0, 10_800.0, 3, 0.0),
    ];
    // Run first: a part of the horizon, and two of it and a half.
    for lead_in in [2, 20] {
        let network = Network {
            edge: Edge::Cyclic { lead_in, rounds: 1 },
            ..network.clone()
        };
        let by_shifts = OnLine::from_shifts(&network, &shifts, 1, 0);
        let by_counts = OnLine::from_counts(&network, &[vec![4, 4, 7, 7, 7, 7, 4, 4]]);
        let level = |on_line: &OnLine| {
            let seen = measure(&network, |_| on_line.clone(), 40, 9).unwrap();
            seen.queues[0].level.mean
        };
        assert!((level(&by_shifts) - level(&by_counts)).abs() < 0.01);
    }
    let absent = [shift(0.0, 14_400.0, 400, 0.25)];
    let drawn = OnLine::from_shifts(&network, &absent, 1, 0);
    assert_ne!(drawn, OnLine::from_shifts(&network, &absent, 1, 1));
    let seen = measure(
        &network,
        |r| OnLine::from_shifts(&network, &absent, 1, r),
        30,
        9,
    )
    .unwrap();
    assert!((seen.groups[0].hours / (4.0 * 300.0) - 1.0).abs() < 0.02);
}

/// Mail to one group all round the clock, `rate` contacts of so many seconds in each of `slots` half-hours, done
/// within so many days; some of the horizons before are run first.
fn mail(slots: usize, rate: f64, handle: f64, days: f64, lead_in: usize) -> Network {
    Network {
        slot_seconds: 1800.0,
        slots,
        day_of_slot: (0..slots).map(|slot| (slot / 48) as u16).collect(),
        queues: vec![Queue {
            kind: Kind::Deferrable {
                deadline: DueBy {
                    within: days * 86_400.0,
                    open: None,
                },
            },
            ..Queue::calls(vec![rate; slots], handle, vec![Route::to(0, 0)])
        }],
        groups: vec![Group::default()],
        shared_busyness: 0.0,
        edge: Edge::Cyclic { lead_in, rounds: 1 },
    }
}

#[test]
fn mail_is_followed_until_it_is_due() {
    // Somebody is there on every second of two days: what comes after is done after the horizon, and in time.
    let network = mail(96, 1.0, 300.0, 2.0, 96);
    let second_day = (0..96).map(|slot| u32::from(slot >= 72)).collect();
    let on_line = OnLine::from_counts(&network, &[second_day]);
    let seen = measure(&network, |_| on_line.clone(), 20, 3).unwrap();
    let mail = &seen.queues[0];
    assert_eq!(mail.unanswered.mean, 0.0);
    assert_eq!(mail.level.mean, 1.0);
}

#[test]
fn mail_left_after_its_deadline_is_late_though_nobody_worked_when_it_passed() {
    // Four hours of one of two days, a day to answer: most of the second day's mail is due after the last agent has
    // gone, and never done.
    let network = mail(96, 1.0, 300.0, 1.0, 0);
    let first_hours = (0..96).map(|slot| u32::from(slot < 8)).collect();
    let on_line = OnLine::from_counts(&network, &[first_hours]);
    let seen = measure(&network, |_| on_line.clone(), 20, 3).unwrap();
    let mail = &seen.queues[0];
    assert!(mail.unanswered.mean > 20.0);
    let judged: f64 = mail.cells.iter().map(|cell| f64::from(cell.offered)).sum();
    assert!((judged / 20.0 - mail.offered.mean).abs() < 1e-6);
}

#[test]
fn too_little_time_for_mail_is_seen_though_the_first_weeks_would_do() {
    // One agent for eight hours a day, a day to answer, and three weeks run first.
    let by_day = |slot: usize| u32::from((18..34).contains(&(slot % 48)));
    let counts = [(0..336).map(by_day).collect()];
    let in_time = |busy: f64| {
        let handle = busy * 7.0 * 8.0 * 3600.0 / 168.0;
        let network = mail(336, 0.5, handle, 1.0, 3 * 336);
        let on_line = OnLine::from_counts(&network, &counts);
        let seen = measure(&network, |_| on_line.clone(), 40, 3).unwrap();
        seen.queues[0].level.mean
    };
    assert!(in_time(0.8) > 0.99);
    // Two days of backlog by the time that counts.
    let short = in_time(1.15);
    assert!(short < 0.1, "{short}");
}
