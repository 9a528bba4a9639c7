//! Exact formulas and published simulations that `simulation` must give.

use crewcast::requirement::{Patience, Traffic};
use crewcast::simulation::engine::{
    Comeback, Edge, Group, Kind, Measured, Network, OnLine, Queue, Route, measure,
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
