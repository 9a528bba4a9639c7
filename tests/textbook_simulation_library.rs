//! Simulations printed with the ContactCenters library (Buist & L'Ecuyer 2005), that `simulation` must give.

use crewcast::requirement::{LevelOver, Patience};
use crewcast::simulation::Interval;
use crewcast::simulation::engine::{
    Edge, Group, HandleTime, Kind, Measured, Network, OnLine, Queue, QueueMeasure, Route, measure,
};

/// Whether `found` lies in a printed 95 % interval, each side wider by a half-width for our own.
fn printed(what: &str, found: f64, low: f64, high: f64) {
    let slack = 0.5 * (high - low);
    assert!(
        (low - slack..=high + slack).contains(&found),
        "{what}: {found} for {low}–{high}"
    );
}

/// A thousand days of SimpleMSK, times in minutes: three types of calls by these routes, two groups.
fn simple_msk_by(routes: [Vec<Route>; 3]) -> Measured {
    let rates = [[4.2, 5.3, 3.2], [5.1, 4.3, 4.8], [6.3, 5.2, 4.8]];
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
    thousand_days(&network, &[vec![12, 18, 9], vec![15, 20, 11]])
}

/// A thousand days of 480 minutes: 4.2 calls a minute of 2 min, 12 agents.
fn simple_day(queue: Queue, edge: Edge) -> Measured {
    simple_days(queue, edge, vec![12])
}

/// The same with so many agents in stretches of 480 minutes.
fn simple_days(queue: Queue, edge: Edge, agents: Vec<u32>) -> Measured {
    let network = Network {
        slot_seconds: 480.0,
        slots: agents.len(),
        day_of_slot: vec![0; agents.len()],
        queues: vec![Queue {
            kind: Kind::Call { within: 1.0 / 3.0 },
            ..queue
        }],
        groups: vec![Group::default()],
        shared_busyness: 0.0,
        edge,
    };
    thousand_days(&network, &[agents])
}

fn simple_calls() -> Queue {
    Queue::calls(vec![4.2 * 480.0], 2.0, vec![Route::to(0, 0)])
}

fn thousand_days(network: &Network, agents: &[Vec<u32>]) -> Measured {
    let on_line = OnLine::from_counts(network, agents);
    measure(network, |_| on_line.clone(), 1000, 1).unwrap()
}

fn sum(seen: &Measured, of: fn(&QueueMeasure) -> Interval) -> f64 {
    seen.queues.iter().map(|queue| of(queue).mean).sum()
}

fn good(seen: &Measured, queue: usize, slot: usize) -> f64 {
    f64::from(seen.queues[queue].cells[slot].reached) / 1000.0
}

/// SimpleMSK. Printed at 95 %: answered 4,270–4,324, abandoned 876–945, service .494–.509, occupancy of
/// group 0 .877–.884, good calls of type 0 per period 164–176, 594–605, 14–17.
#[test]
fn simple_msk() {
    let seen = simple_msk_by([
        vec![Route::to(0, 0)],
        vec![Route::to(0, 0), Route::to(1, 1)],
        vec![Route::to(1, 0)],
    ]);
    printed(
        "answered",
        sum(&seen, |queue| queue.answered),
        4270.0,
        4324.0,
    );
    printed(
        "abandoned",
        sum(&seen, |queue| queue.abandoned),
        876.0,
        945.0,
    );
    printed("share", seen.level.mean, 0.494, 0.509);
    printed("occupancy", seen.groups[0].occupancy.mean, 0.877, 0.884);
    printed("period 0", good(&seen, 0, 0), 164.0, 176.0);
    printed("period 1", good(&seen, 0, 1), 594.0, 605.0);
    printed("period 2", good(&seen, 0, 2), 14.0, 17.0);
    for queue in &seen.queues {
        let lost = queue.offered.mean - queue.answered.mean - queue.abandoned.mean;
        assert!(lost.abs() < 1e-9 && queue.unanswered.mean == 0.0);
    }
}

/// SimpleMSKWithRerouting: SimpleMSK, but a type 1 call may go to group 1 only after 0.2 min; a freed agent of
/// group 0 prefers type 0, one of group 1 type 1 calls that have waited so long.
#[test]
fn simple_msk_with_overflow_after_a_wait() {
    let second = |route: Route| Route {
        priority: 1,
        ..route
    };
    let seen = simple_msk_by([
        vec![Route::to(0, 0)],
        vec![
            second(Route::to(0, 0)),
            Route {
                after: 0.2,
                ..Route::to(1, 1)
            },
        ],
        vec![second(Route::to(1, 0))],
    ]);
    printed(
        "answered",
        sum(&seen, |queue| queue.answered),
        4247.504,
        4301.348,
    );
    printed(
        "abandoned",
        sum(&seen, |queue| queue.abandoned),
        898.83,
        967.598,
    );
    printed("share", seen.level.mean, 0.572, 0.587);
    printed("occupancy", seen.groups[0].occupancy.mean, 0.880, 0.887);
    let intervals = [
        [(296.876, 300.614), (590.151, 600.389), (104.992, 108.654)],
        [(380.066, 386.340), (498.975, 509.205), (117.638, 125.244)],
        [(229.176, 248.840), (605.491, 617.609), (19.669, 24.927)],
    ];
    for (queue, intervals) in intervals.iter().enumerate() {
        for (slot, &(low, high)) in intervals.iter().enumerate() {
            let what = format!("type {queue}, period {slot}");
            printed(&what, good(&seen, queue, slot), low, high);
        }
    }
}

/// MMCClrQ: from empty, whoever waits at the end is sent away. Printed at 95 %: sent away .328–.538, in 20 s
/// 1,812.6–1,819.7, share of the answered .900–.904, speed of answer .096–.102, occupancy .694–.697.
#[test]
fn a_day_that_closes() {
    let queue = Queue {
        over: LevelOver::Answered,
        ..simple_calls()
    };
    let seen = simple_day(queue, Edge::Close);
    let queue = &seen.queues[0];
    printed("sent away", queue.unanswered.mean, 0.328, 0.538);
    assert_eq!(queue.at_close.mean, queue.unanswered.mean);
    printed("in 20 s", queue.reached.mean, 1812.572, 1819.652);
    printed("share", queue.level.mean, 0.900, 0.904);
    printed("speed of answer", queue.asa.mean, 0.096, 0.102);
    printed("occupancy", seen.groups[0].occupancy.mean, 0.694, 0.697);
}

/// The same day twice, with a night between: who waits at its end is sent away then, and does not wait for the morning.
#[test]
fn a_day_that_closes_before_another() {
    let day = 4.2 * 480.0;
    let queue = Queue {
        rate: vec![day, 0.0, day, 0.0],
        closes: vec![480.0, 1440.0],
        over: LevelOver::Answered,
        ..simple_calls()
    };
    let seen = simple_days(queue, Edge::Finish, vec![12, 0, 12, 0]);
    let queue = &seen.queues[0];
    printed("sent away", 0.5 * queue.unanswered.mean, 0.328, 0.538);
    assert_eq!(queue.at_close.mean, queue.unanswered.mean);
    printed("share", queue.level.mean, 0.900, 0.904);
    printed("speed of answer", queue.asa.mean, 0.096, 0.102);
}

/// MMCAb: the same day with an exponential patience of a minute. Printed: abandoned 57.66–59.56, in 20 s
/// 1,903.8–1,908.2, speed of answer .023–.024, answered in time over answered and abandoned late .968–.969.
#[test]
fn a_day_with_abandonment() {
    let queue = Queue {
        patience: vec![Patience::Exponential { mean: 1.0 }],
        over: LevelOver::AnsweredAndLateAbandoned,
        ..simple_calls()
    };
    let seen = simple_day(queue, Edge::Finish);
    let queue = &seen.queues[0];
    printed("abandoned", queue.abandoned.mean, 57.660, 59.558);
    printed("in 20 s", queue.reached.mean, 1903.785, 1908.231);
    printed("speed of answer", queue.asa.mean, 0.0230, 0.0245);
    printed("share", queue.level.mean, 0.9675, 0.9695);
}

/// CallCC (L'Ecuyer's call centre of the SSJ guide), times in seconds: 13 hours of one queue, busyness
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
    let seen = thousand_days(&network, &[agents]);
    let per_call = |of: fn(&QueueMeasure) -> f64| seen.queues.iter().map(of).sum::<f64>() / 1660.0;
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
