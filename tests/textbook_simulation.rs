//! Exact formulas and published simulations that `simulation` must give.

use crewcast::requirement::{LevelOver, Patience, Traffic};
use crewcast::simulation::engine::{
    Comeback, Edge, Group, HandleTime, Kind, Measured, Network, OnLine, Queue, Route, measure,
};
use crewcast::simulation::{Interval, iterate};

/// One queue on one group, in a long cyclic run: the steady state.
fn single(traffic: &Traffic, hours: usize) -> Network {
    let slots = hours * 2;
    let lead_in = 24.min(slots);
    Network {
        slot_seconds: 1800.0,
        slots,
        day_of_slot: vec![0; slots],
        queues: vec![Queue {
            patience: vec![traffic.patience],
            kind: if traffic.pace.len() > 1 {
                Kind::Chat { within: 20.0 }
            } else {
                Kind::Call { within: 20.0 }
            },
            ..Queue::calls(
                vec![traffic.rate * 1800.0; slots],
                traffic.aht,
                vec![Route::to(0, 0)],
            )
        }],
        groups: vec![Group {
            pace: traffic.pace.clone(),
        }],
        shared_busyness: 0.0,
        edge: Edge::Cyclic { lead_in, rounds: 1 },
    }
}

fn constant(network: &Network, agents: &[u32], replications: usize, seed: u64) -> Measured {
    let counts: Vec<Vec<u32>> = agents
        .iter()
        .map(|&agents| vec![agents; network.slots])
        .collect();
    let on_line = OnLine::from_counts(network, &counts);
    measure(network, |_| on_line.clone(), replications, seed).unwrap()
}

/// How many half-widths of its 95 % interval a figure lies from the truth.
fn distance(found: Interval, truth: f64) -> f64 {
    (found.mean - truth).abs() / (found.high - found.mean).max(1e-4)
}

/// Erlang C and A over loads from 0.1 to 200: 95 % of the truths must lie inside the 95 % intervals (here
/// at least 90 % of some fifty), and none far outside.
#[test]
fn single_queues_are_erlang_c_and_a() {
    let (mut inside, mut figures) = (0, 0);
    for (number, load) in [0.1, 0.5, 2.0, 7.0, 20.0, 60.0, 200.0]
        .into_iter()
        .enumerate()
    {
        for patience in [Patience::Endless, Patience::Exponential { mean: 120.0 }] {
            let traffic = Traffic::new(load / 240.0, 240.0).with_patience(patience);
            let agents = match patience {
                Patience::Endless => f64::ceil(load + 0.9 * f64::sqrt(load)),
                _ => f64::ceil(load),
            };
            let hours = (400.0 / load).clamp(24.0, 400.0) as usize;
            let network = single(&traffic, hours);
            let seen = constant(&network, &[agents as u32], 40, 100 + number as u64);
            let truth = traffic.served_by(agents);
            let queue = &seen.queues[0];
            for (name, found, exact) in [
                ("level", queue.level, truth.answered_within(20.0)),
                ("abandoned", queue.abandonment, truth.p_abandon),
                ("asa", queue.asa, truth.asa),
                ("occupancy", seen.groups[0].occupancy, truth.occupancy),
            ] {
                let off = distance(found, exact);
                assert!(
                    off < 2.5,
                    "{name} at {load}, {patience:?}: {found:?} for {exact}"
                );
                figures += 1;
                inside += usize::from(off <= 1.0);
            }
        }
    }
    assert!(inside * 10 >= figures * 9, "{inside} of {figures}");
}

/// Lognormal patience (M/M/n+G) and retrials.
#[test]
fn other_patience_is_zeltyn_mandelbaum() {
    let traffic = Traffic::new(20.0 / 240.0, 240.0).with_patience(Patience::LogNormal {
        mean: 90.0,
        cv: 1.5,
    });
    let seen = constant(&single(&traffic, 48), &[20], 40, 3);
    let truth = traffic.served_by(20.0);
    let queue = &seen.queues[0];
    assert!(distance(queue.level, truth.answered_within(20.0)) < 1.5);
    assert!(distance(queue.abandonment, truth.p_abandon) < 1.5);
    assert!(distance(queue.asa, truth.asa) < 1.5);
    assert!(distance(queue.mean_wait, truth.mean_wait) < 1.5);
}

/// Chat as a birth–death process (`staffing`'s chat cases): 3 at once, even spread.
#[test]
fn chat_is_birth_and_death() {
    let pace = vec![1.0, 8.0 / 6.0, 10.5 / 6.0];
    for (per_hour, agents, p_abandon) in [(60.0, 4, 0.0624), (200.0, 11, 0.0992)] {
        let traffic = Traffic {
            pace: pace.clone(),
            ..Traffic::new(per_hour / 3600.0, 360.0)
                .with_patience(Patience::Exponential { mean: 180.0 })
        };
        let truth = traffic.served_by(f64::from(agents));
        let seen = constant(&single(&traffic, 96), &[agents], 40, 11);
        let queue = &seen.queues[0];
        assert!((truth.p_abandon - p_abandon).abs() < 5e-5);
        assert!(
            distance(queue.abandonment, p_abandon) < 1.5,
            "{:?}",
            queue.abandonment
        );
        assert!(distance(queue.level, truth.answered_within(20.0)) < 1.5);
    }
}

/// Jennings, Mandelbaum, Massey & Whitt 1996: 100 + 20 sin t, μ = θ = 1, agents ⌈m + ½ √m⌉ with
/// m(t) = 100 + 10 (sin t − cos t). The number in system is Poisson of mean m(t), so the delay at each
/// moment is a Poisson tail: .3128 at t = 0, .2960 at π/2.
#[test]
fn time_varying_staffing_keeps_the_delay() {
    use std::f64::consts::PI;
    let slots = 628;
    let width = 2.0 * PI / slots as f64;
    let mid = |slot: usize| (slot as f64 + 0.5) * width;
    let load = |t: f64| 100.0 + 10.0 * (t.sin() - t.cos());
    let network = Network {
        slot_seconds: width,
        slots,
        day_of_slot: vec![0; slots],
        queues: vec![Queue {
            patience: vec![Patience::Exponential { mean: 1.0 }],
            kind: Kind::Call { within: 0.0 },
            ..Queue::calls(
                (0..slots)
                    .map(|slot| (100.0 + 20.0 * mid(slot).sin()) * width)
                    .collect(),
                1.0,
                vec![Route::to(0, 0)],
            )
        }],
        groups: vec![Group::default()],
        shared_busyness: 0.0,
        edge: Edge::Cyclic {
            lead_in: slots,
            rounds: 1,
        },
    };
    let agents: Vec<u32> = (0..slots)
        .map(|slot| (load(mid(slot)) + 0.5 * load(mid(slot)).sqrt()).ceil() as u32)
        .collect();
    let on_line = OnLine::from_counts(&network, std::slice::from_ref(&agents));
    let seen = measure(&network, |_| on_line.clone(), 4000, 5).unwrap();
    for (slot, delay) in [(0, 0.3128), (157, 0.2960)] {
        let exact = |slot: usize| {
            Traffic::new(load(mid(slot)), 1.0)
                .with_patience(Patience::Exponential { mean: 1.0 })
                .served_by(f64::from(agents[slot]))
                .p_wait
        };
        assert!((exact(slot) - delay).abs() < 0.004);
        let around = (slot + 628 - 15..slot + 628 + 15).map(|slot| slot % 628);
        let expected = around.clone().map(exact).sum::<f64>() / 30.0;
        let found = 1.0 - seen.queues[0].level_in(around).unwrap();
        assert!((found - expected).abs() < 0.02, "{found} for {expected}");
    }
}

/// SimpleMSK of the ContactCenters library (Buist & L'Ecuyer), 1,000 days, times in minutes. Printed
/// there, 95 %: answered 4,270–4,324, abandoned 876–945, service .494–.509, occupancy of group 0
/// .877–.884, good calls of type 0 per period 164–176, 594–605, 14–17.
#[test]
fn simple_msk() {
    let rates = [[4.2, 5.3, 3.2], [5.1, 4.3, 4.8], [6.3, 5.2, 4.8]];
    let routes = [
        vec![Route::to(0, 0)],
        vec![Route::to(0, 0), Route::to(1, 1)],
        vec![Route::to(1, 0)],
    ];
    let queues = rates
        .iter()
        .zip(routes)
        .map(|(rates, routes)| Queue {
            rate: rates.iter().map(|rate| rate * 120.0).collect(),
            handle: [0.5f64, 0.6, 0.4]
                .map(|rate| HandleTime::Exponential { mean: 1.0 / rate })
                .to_vec(),
            patience: [0.3f64, 0.4, 0.2]
                .map(|rate| Patience::Exponential { mean: 1.0 / rate })
                .to_vec(),
            kind: Kind::Call {
                within: 20.0 / 60.0,
            },
            over: LevelOver::AnsweredAndLateAbandoned,
            ..Queue::calls(vec![], 1.0, routes)
        })
        .collect();
    let network = Network {
        slot_seconds: 120.0,
        slots: 3,
        day_of_slot: vec![0; 3],
        queues,
        groups: vec![Group::default(), Group::default()],
        shared_busyness: 28.7f64.sqrt().recip(),
        edge: Edge::Finish,
    };
    let on_line = OnLine::from_counts(&network, &[vec![12, 18, 9], vec![15, 20, 11]]);
    let seen = measure(&network, |_| on_line.clone(), 1000, 1).unwrap();
    let sum = |of: fn(&crewcast::simulation::engine::QueueMeasure) -> Interval| {
        seen.queues.iter().map(|queue| of(queue).mean).sum::<f64>()
    };
    let within = |found: f64, low: f64, high: f64| {
        // Theirs is an interval too: both estimate the same number, so ours may lie one half-width out.
        let slack = 0.5 * (high - low);
        assert!(
            (low - slack..=high + slack).contains(&found),
            "{found} for {low}–{high}"
        );
    };
    within(sum(|queue| queue.answered), 4270.0, 4324.0);
    within(sum(|queue| queue.abandoned), 876.0, 945.0);
    within(seen.level.mean, 0.494, 0.509);
    within(seen.groups[0].occupancy.mean, 0.877, 0.884);
    let good = |slot: usize| f64::from(seen.queues[0].cells[slot].reached) / 1000.0;
    within(good(0), 164.0, 176.0);
    within(good(1), 594.0, 605.0);
    within(good(2), 14.0, 17.0);
    for queue in &seen.queues {
        let lost = queue.offered.mean - queue.answered.mean - queue.abandoned.mean;
        assert!(lost.abs() < 1e-9 && queue.unanswered.mean == 0.0);
    }
}

/// Those who call again are offered again.
#[test]
fn retrials_come_back() {
    let traffic = Traffic {
        retrial: 0.6,
        ..Traffic::new(20.0 / 240.0, 240.0).with_patience(Patience::Exponential { mean: 90.0 })
    };
    let mut network = single(&traffic, 96);
    network.queues[0].retrial = Comeback {
        share: 0.6,
        delay: 1800.0,
    };
    let seen = constant(&network, &[18], 30, 8);
    let truth = traffic.served_by(18.0);
    let offered = seen.queues[0].offered.mean / (96.0 * 3600.0) * 240.0;
    assert!(
        (offered / truth.load - 1.0).abs() < 0.02,
        "{offered} {}",
        truth.load
    );
    assert!((seen.queues[0].abandonment.mean - truth.p_abandon).abs() < 0.01);
}

/// In the manner of Wallace & Whitt 2005: six types, 84 erlangs in all, 10 min each; so many agents for
/// 80 % in 30 s of every type together when each has 1, 2, 3 or 6 skills. Agents are spread evenly over
/// primary skills, their further skills are the next ones around, primary before secondary.
#[test]
fn wallace_whitt_two_skills_are_nearly_six() {
    let level = |agents: usize, skills: usize| {
        // One group per primary skill and set of further ones, in turn.
        let groups: Vec<Vec<usize>> = (0..30)
            .map(|number| {
                let (primary, turn) = (number % 6, number / 6);
                (0..skills)
                    .map(|level| match level {
                        0 => primary,
                        level => (primary + 1 + (turn + level - 1) % 5) % 6,
                    })
                    .collect()
            })
            .collect();
        let queues = (0..6)
            .map(|kind| {
                let routes = groups
                    .iter()
                    .enumerate()
                    .filter_map(|(group, skills)| {
                        let level = skills.iter().position(|skill| *skill == kind)? as u32;
                        Some(Route {
                            priority: level,
                            ..Route::to(group, level)
                        })
                    })
                    .collect();
                Queue {
                    kind: Kind::Call { within: 30.0 },
                    ..Queue::calls(vec![14.0 * 3.0; 96], 600.0, routes)
                }
            })
            .collect();
        let network = Network {
            slot_seconds: 1800.0,
            slots: 96,
            day_of_slot: vec![0; 96],
            queues,
            groups: vec![Group::default(); 30],
            shared_busyness: 0.0,
            edge: Edge::Cyclic {
                lead_in: 16,
                rounds: 1,
            },
        };
        let counts: Vec<u32> = (0..30)
            .map(|group| ((agents + 29 - group) / 30) as u32)
            .collect();
        constant(&network, &counts, 24, 4).level.mean
    };
    for (skills, least) in [(1, 108), (2, 93), (3, 92), (6, 91)] {
        assert!(
            level(least + 1, skills) >= 0.8,
            "{} with {skills}",
            least + 1
        );
        assert!(
            level(least - 2, skills) < 0.8,
            "{} with {skills}",
            least - 2
        );
    }
}

/// Whether `found` lies in a printed 95 % interval, each side wider by a half-width for our own.
fn printed(what: &str, found: f64, low: f64, high: f64) {
    let slack = 0.5 * (high - low);
    assert!(
        (low - slack..=high + slack).contains(&found),
        "{what}: {found} for {low}–{high}"
    );
}

/// `MMCClrQ` of the ContactCenters library (Buist & L'Ecuyer 2005, examples), times in minutes: 4.2 calls a
/// minute of 2 min, 12 agents, 480 minutes from empty, whoever waits at the end is sent away. Over 1,000
/// days, printed at 95 %: sent away .328–.538, in 20 s 1,812.6–1,819.7, share of the answered .900–.904,
/// speed of answer .096–.102, occupancy .694–.697.
#[test]
fn a_day_that_closes() {
    let network = Network {
        slot_seconds: 480.0,
        slots: 1,
        day_of_slot: vec![0],
        queues: vec![Queue {
            kind: Kind::Call { within: 1.0 / 3.0 },
            over: LevelOver::Answered,
            ..Queue::calls(vec![4.2 * 480.0], 2.0, vec![Route::to(0, 0)])
        }],
        groups: vec![Group::default()],
        shared_busyness: 0.0,
        edge: Edge::Close,
    };
    let seen = constant(&network, &[12], 1000, 1);
    let queue = &seen.queues[0];
    printed("sent away", queue.unanswered.mean, 0.328, 0.538);
    assert_eq!(queue.at_close.mean, queue.unanswered.mean);
    printed("in 20 s", queue.reached.mean, 1812.572, 1819.652);
    printed("share", queue.level.mean, 0.900, 0.904);
    printed("speed of answer", queue.asa.mean, 0.096, 0.102);
    printed("occupancy", seen.groups[0].occupancy.mean, 0.694, 0.697);
}

/// `MMCAb` of the same: the same day with an exponential patience of a minute. Printed: abandoned
/// 57.66–59.56, in 20 s 1,903.8–1,908.2, speed of answer .023–.024, answered in time over answered and
/// abandoned late .968–.969.
#[test]
fn a_day_with_abandonment() {
    let network = Network {
        slot_seconds: 480.0,
        slots: 1,
        day_of_slot: vec![0],
        queues: vec![Queue {
            patience: vec![Patience::Exponential { mean: 1.0 }],
            kind: Kind::Call { within: 1.0 / 3.0 },
            over: LevelOver::AnsweredAndLateAbandoned,
            ..Queue::calls(vec![4.2 * 480.0], 2.0, vec![Route::to(0, 0)])
        }],
        groups: vec![Group::default()],
        shared_busyness: 0.0,
        edge: Edge::Finish,
    };
    let seen = constant(&network, &[12], 1000, 1);
    let queue = &seen.queues[0];
    printed("abandoned", queue.abandoned.mean, 57.660, 59.558);
    printed("in 20 s", queue.reached.mean, 1903.785, 1908.231);
    printed("speed of answer", queue.asa.mean, 0.0230, 0.0245);
    printed("share", queue.level.mean, 0.9675, 0.9695);
}

/// `SimpleMSKWithRerouting` of the same: SimpleMSK, but a type 1 call may go to group 1 only after 0.2 min;
/// a freed agent of group 0 prefers type 0, one of group 1 type 1 calls that have waited so long.
#[test]
fn simple_msk_with_overflow_after_a_wait() {
    let rates = [[4.2, 5.3, 3.2], [5.1, 4.3, 4.8], [6.3, 5.2, 4.8]];
    let second = |route: Route| Route {
        priority: 1,
        ..route
    };
    let routes = [
        vec![Route::to(0, 0)],
        vec![
            second(Route::to(0, 0)),
            Route {
                after: 0.2,
                ..Route::to(1, 1)
            },
        ],
        vec![second(Route::to(1, 0))],
    ];
    let queues = rates
        .iter()
        .zip(routes)
        .map(|(rates, routes)| Queue {
            rate: rates.iter().map(|rate| rate * 120.0).collect(),
            handle: [0.5f64, 0.6, 0.4]
                .map(|rate| HandleTime::Exponential { mean: 1.0 / rate })
                .to_vec(),
            patience: [0.3f64, 0.4, 0.2]
                .map(|rate| Patience::Exponential { mean: 1.0 / rate })
                .to_vec(),
            kind: Kind::Call { within: 1.0 / 3.0 },
            over: LevelOver::AnsweredAndLateAbandoned,
            ..Queue::calls(vec![], 1.0, routes)
        })
        .collect();
    let network = Network {
        slot_seconds: 120.0,
        slots: 3,
        day_of_slot: vec![0; 3],
        queues,
        groups: vec![Group::default(), Group::default()],
        shared_busyness: 28.7f64.sqrt().recip(),
        edge: Edge::Finish,
    };
    let on_line = OnLine::from_counts(&network, &[vec![12, 18, 9], vec![15, 20, 11]]);
    let seen = measure(&network, |_| on_line.clone(), 1000, 1).unwrap();
    let sum = |of: fn(&crewcast::simulation::engine::QueueMeasure) -> Interval| {
        seen.queues.iter().map(|queue| of(queue).mean).sum::<f64>()
    };
    printed("answered", sum(|queue| queue.answered), 4247.504, 4301.348);
    printed("abandoned", sum(|queue| queue.abandoned), 898.83, 967.598);
    printed("share", seen.level.mean, 0.572, 0.587);
    printed("occupancy", seen.groups[0].occupancy.mean, 0.880, 0.887);
    let good = [
        [(296.876, 300.614), (590.151, 600.389), (104.992, 108.654)],
        [(380.066, 386.340), (498.975, 509.205), (117.638, 125.244)],
        [(229.176, 248.840), (605.491, 617.609), (19.669, 24.927)],
    ];
    for (queue, good) in good.iter().enumerate() {
        for (slot, &(low, high)) in good.iter().enumerate() {
            let found = f64::from(seen.queues[queue].cells[slot].reached) / 1000.0;
            printed(&format!("type {queue}, period {slot}"), found, low, high);
        }
    }
}

/// `CallCC` of the same (L'Ecuyer's call centre of the SSJ guide), times in seconds: 13 hours of one queue, busyness
/// ~ Gamma(10, rate 10), exponential handling of 100 s; of those who find nobody free one in ten hangs up
/// at once, the others after an exponential time of 1,000 s. Over 1,000 days, printed at 90 %: arrivals
/// 1,612.8–1,666.2; per call expected: wait 10.06–13.61 s, gone or answered in 20 s .844–.862, lost
/// .0311–.0374.
#[test]
fn a_busy_day_of_thirteen_hours() {
    let rates = [
        100.0, 150.0, 150.0, 180.0, 200.0, 150.0, 150.0, 150.0, 120.0, 100.0, 80.0, 70.0, 60.0,
    ];
    let agents = vec![4, 6, 8, 8, 8, 7, 8, 8, 6, 6, 4, 4, 4];
    // Splitting a Poisson stream by patience leaves two of them, with the same busyness.
    let stream = |share: f64, patience: f64| Queue {
        patience: vec![Patience::Exponential { mean: patience }],
        longest_wait: 20.0,
        ..Queue::calls(
            rates.iter().map(|rate| share * rate).collect(),
            100.0,
            vec![Route::to(0, 0)],
        )
    };
    let network = Network {
        slot_seconds: 3600.0,
        slots: 13,
        day_of_slot: vec![0; 13],
        queues: vec![stream(0.9, 1000.0), stream(0.1, 1e-6)],
        groups: vec![Group::default()],
        shared_busyness: 10f64.sqrt().recip(),
        edge: Edge::Finish,
    };
    let on_line = OnLine::from_counts(&network, &[agents]);
    let seen = measure(&network, |_| on_line.clone(), 1000, 1).unwrap();
    let per_call = |of: fn(&crewcast::simulation::engine::QueueMeasure) -> f64| {
        seen.queues.iter().map(of).sum::<f64>() / 1660.0
    };
    printed(
        "arrivals",
        1660.0 * per_call(|queue| queue.offered.mean),
        1612.789,
        1666.225,
    );
    printed(
        "wait",
        per_call(|queue| queue.mean_wait.mean * queue.offered.mean),
        10.060,
        13.608,
    );
    printed(
        "in 20 s",
        per_call(|queue| queue.not_longer.mean * queue.offered.mean),
        0.844,
        0.862,
    );
    printed(
        "lost",
        per_call(|queue| queue.abandoned.mean),
        0.0311,
        0.0374,
    );
}

/// Feldman, Mandelbaum, Massey & Whitt 2008: with 100 + 20 sin t and μ = θ = 1 iterative staffing keeps the
/// delay the same at all times, at m + β √m agents with Garnett's β = Φ⁻¹(1 − α). Here α = .3, found from
/// simulation alone.
#[test]
fn iterative_sizing_evens_out_the_delay() {
    use std::f64::consts::PI;
    let slots = 63;
    let width = 2.0 * PI / slots as f64;
    let mid = |slot: usize| (slot as f64 + 0.5) * width;
    let network = Network {
        slot_seconds: width,
        slots,
        day_of_slot: vec![0; slots],
        queues: vec![Queue {
            patience: vec![Patience::Exponential { mean: 1.0 }],
            kind: Kind::Call { within: 0.0 },
            ..Queue::calls(
                (0..slots)
                    .map(|slot| (100.0 + 20.0 * mid(slot).sin()) * width)
                    .collect(),
                1.0,
                vec![Route::to(0, 0)],
            )
        }],
        groups: vec![Group::default()],
        shared_busyness: 0.0,
        edge: Edge::Cyclic {
            lead_in: slots,
            rounds: 1,
        },
    };
    let agents = iterate(&network, 0.7, 12, 600, 3).unwrap();
    for (slot, &agents) in agents.iter().enumerate() {
        let t = mid(slot);
        let load = 100.0 + 10.0 * (t.sin() - t.cos());
        let exact = load + 0.5244 * load.sqrt();
        assert!(
            (f64::from(agents) - exact).abs() < 3.0,
            "{agents} at {t}, {exact} by formula"
        );
    }
    // The delay by new customers, over stretches of seven slots: even.
    let on_line = OnLine::from_counts(&network, std::slice::from_ref(&agents));
    let seen = measure(&network, |_| on_line.clone(), 2000, 77).unwrap();
    for first in (0..slots).step_by(7) {
        let level = seen.queues[0].level_in(first..first + 7).unwrap();
        assert!((level - 0.7).abs() < 0.035, "{level} at {first}");
    }
    let two = Network {
        groups: vec![Group::default(), Group::default()],
        ..network
    };
    assert!(iterate(&two, 0.7, 1, 2, 1).is_err());
}
