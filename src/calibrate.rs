//! The loop that makes a plan keep its promises: simulate, see what each agent is worth to each queue,
//! move shifts where they are worth more than they cost, simulate again.
//!
//! A requirement per slot is an approximation twice over: pooled sizes are too small where agents share
//! queues in part only, and a promise over the week need not be kept in every slot. The loop needs neither
//! correction factor: it follows the slopes of the simulated service itself ([`slopes`]), takes steps that a
//! linear program chooses ([`step`]), and keeps those that the simulation confirms.

mod setting_out;
mod slopes;
mod step;

pub use setting_out::setting_out;

use slopes::Blocks;
use step::{Aim, Room, take_out};

use crate::simulation::engine::{Judge, Measured, Network};
use crate::staffing::{Choice, Cover, Instance, Plan};

/// What is to be kept, and how hard to try.
#[derive(Clone, Copy)]
pub struct Effort<'a> {
    /// Rounds at most.
    pub rounds: usize,
    /// Seconds, read from `clock`.
    pub seconds: Option<f64>,
    /// Seconds since some beginning.
    pub clock: Option<&'a dyn Fn() -> f64>,
    /// Replications by which a plan is judged.
    pub replications: usize,
    /// Seed of the customers.
    pub seed: u64,
    /// How far below its promise the lower end of a queue's 95 % interval may lie.
    pub tolerance: f64,
}

/// What is known so far, for a line of progress.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// Round.
    pub round: usize,
    /// Cost of the plan in hand.
    pub cost: f64,
    /// Cost of the best plan that kept every promise, if any did.
    pub best: Option<f64>,
    /// The queue furthest below its promise.
    pub worst: usize,
    /// Its service.
    pub level: f64,
}

/// A plan and what the simulation saw of it.
#[derive(Debug, Clone)]
pub struct Calibrated {
    /// The cheapest plan seen that keeps every promise, else the one that comes nearest.
    pub plan: Plan,
    /// Its service, seen with customers it was not fitted to.
    pub measured: Measured,
    /// Does every queue keep its promise at 95 % confidence?
    pub kept: bool,
    /// Rounds made.
    pub rounds: usize,
}

/// Shifts tried one by one at the end.
const TRIALS: usize = 40;
/// Single moves tried where a step is refused.
const SINGLES: usize = 8;
/// Rounds without any move after which the loop ends.
const PATIENCE: usize = 3;
/// Below this radius a step no longer moves anything.
const LEAST_RADIUS: f64 = 0.004;
/// Price of a contact short at first, in average costs of a contact.
const FIRST_PENALTY: f64 = 5.0;

struct Loop<'a> {
    instance: &'a Instance,
    floors: &'a [Cover],
    promised: &'a [Option<f64>],
    effort: Effort<'a>,
    judge: Judge,
    blocks: Blocks,
    started: f64,
    /// Share to reach beyond the promise, per queue: half the interval, and what fitting flatters.
    margin: Vec<f64>,
    /// The part of it that other customers asked for.
    extra: Vec<f64>,
    /// Price of a contact not answered in time, per queue.
    penalty: Vec<f64>,
    /// Does any group serve the queue at all?
    served: Vec<bool>,
}

/// A plan that the judge has seen.
#[derive(Clone)]
struct Seen {
    plan: Plan,
    cost: f64,
    measured: Measured,
}

/// Makes `start` keep the promise of each queue of `network` (share on target over the horizon; none: no
/// promise), as cheaply as it can. The groups and slots of `network` are those of `instance`; `floors` are
/// covers that no change may break.
///
/// The faults of an unsound network are answered in words.
pub fn calibrate(
    instance: &Instance,
    floors: &[Cover],
    network: &Network,
    promised: &[Option<f64>],
    start: Plan,
    effort: Effort,
    report: &mut dyn FnMut(&Progress),
) -> Result<Calibrated, Vec<String>> {
    let started = effort.clock.map_or(0.0, |clock| clock());
    let replications = effort.replications.max(2);
    let served = (0..promised.len() as u32)
        .map(|q| instance.groups.iter().any(|g| g.queues.contains(&q)))
        .collect();
    let mut work = Loop {
        instance,
        floors,
        promised,
        effort,
        judge: Judge::new(network.clone(), replications, effort.seed)?,
        blocks: Blocks::new(network.slots, network.slot_seconds),
        started,
        margin: vec![0.0; promised.len()],
        extra: vec![0.0; promised.len()],
        penalty: Vec::new(),
        served,
    };
    let mut now = work.see(start);
    let contacts: f64 = now.measured.queues.iter().map(|q| q.offered.mean).sum();
    let average = now.cost / contacts.max(1.0);
    work.penalty = vec![FIRST_PENALTY * average; promised.len()];
    let mut rounds = 0;
    let mut radius = 0.15;
    let mut share_of_time = 0.7;
    loop {
        let chosen = work.descend(now, &mut rounds, &mut radius, share_of_time, report);
        let done = work.verify(network, chosen, rounds)?;
        share_of_time = 1.0 - (1.0 - share_of_time) * 0.6;
        let more = rounds < effort.rounds && share_of_time < 0.97 && work.time_left(0.95) > 0.0;
        if done.kept || !more {
            return Ok(done);
        }
        // Before other customers the plan fell short: ask for that much more of those it was fitted to.
        for queue in 0..promised.len() {
            let shortage = work.shortage(&done.measured, queue);
            if shortage > 0.0 {
                work.extra[queue] += shortage + 0.001;
                work.penalty[queue] *= 2.0;
            }
        }
        radius = 0.03;
        now = work.see(done.plan);
    }
}

impl Loop<'_> {
    /// Rounds of steps until nothing moves or the share of the time is over; the cheapest plan that kept
    /// the promises, thinned out, or the last one.
    fn descend(
        &mut self,
        mut now: Seen,
        rounds: &mut usize,
        radius: &mut f64,
        share_of_time: f64,
        report: &mut dyn FnMut(&Progress),
    ) -> Seen {
        let mut best: Option<Seen> = None;
        let mut idle = 0;
        loop {
            self.set_margins(&now.measured);
            let keeps = self.keeps(&now.measured);
            if keeps && best.as_ref().is_none_or(|b| now.cost < b.cost) {
                best = Some(now.clone());
            }
            report(&self.progress(*rounds, &now, best.as_ref()));
            let over = *rounds >= self.effort.rounds || self.time_left(share_of_time) <= 0.0;
            if over || (keeps && *radius < LEAST_RADIUS) {
                break;
            }
            *radius = radius.max(LEAST_RADIUS);
            *rounds += 1;
            let before = now.plan.clone();
            now = self.round(now, *rounds as u64, radius);
            idle = if now.plan == before { idle + 1 } else { 0 };
            if idle == PATIENCE {
                break;
            }
            self.raise_penalties(&now.measured);
        }
        let mut chosen = best.unwrap_or(now);
        self.thin_out(&mut chosen, share_of_time);
        chosen
    }

    fn see(&self, plan: Plan) -> Seen {
        let measured = self.judge.measure_counts(&self.instance.on_line(&plan));
        Seen {
            cost: self.instance.cost(&plan),
            plan,
            measured,
        }
    }

    /// One round: slopes with fresh customers, then steps for as long as the judge confirms them, the
    /// radius falling where it does not.
    fn round(&mut self, mut now: Seen, round: u64, radius: &mut f64) -> Seen {
        let counts = self.instance.on_line(&now.plan);
        // Far from the goal rough slopes show the way.
        let share = if round <= 4 { 8 } else { 3 };
        let replications = (self.effort.replications / share).max(2);
        let seed = self
            .effort
            .seed
            .wrapping_add(round.wrapping_mul(0x9e37_79b9));
        let Ok(judge) = Judge::new(self.judge.network().clone(), replications, seed) else {
            return now;
        };
        let slopes = slopes::measure(&judge, &counts, self.blocks);
        let (mut taken, mut refused) = (0, 0);
        while taken < 3 && refused < 2 {
            let (reached, wanted) = self.contacts(&now.measured);
            let aim = Aim {
                reached: &reached,
                wanted: &wanted,
                penalty: &self.penalty,
                radius: *radius,
            };
            let blocks = self.blocks;
            let plan = step::step(self.instance, self.floors, &now.plan, &slopes, blocks, &aim);
            let merit = self.merit(&now);
            let next = (plan != now.plan).then(|| self.see(plan));
            match next.filter(|next| self.merit(next) < merit - 1e-6 * merit.abs()) {
                Some(next) => {
                    now = next;
                    taken += 1;
                }
                None => {
                    *radius *= 0.6;
                    refused += 1;
                }
            }
        }
        if taken == 3 {
            *radius = (*radius * 1.3).min(0.2);
        }
        if taken == 0 {
            now = self.single_moves(now, &slopes);
        }
        now
    }

    /// Where a step of many moves is refused, the most promising single ones, each asked of the judge.
    fn single_moves(&self, mut now: Seen, slopes: &slopes::Slopes) -> Seen {
        let (reached, wanted) = self.contacts(&now.measured);
        let aim = Aim {
            reached: &reached,
            wanted: &wanted,
            penalty: &self.penalty,
            radius: 0.0,
        };
        let plans = step::singles(
            self.instance,
            self.floors,
            &now.plan,
            slopes,
            self.blocks,
            &aim,
            SINGLES,
        );
        for plan in plans {
            let next = self.see(plan);
            if self.merit(&next) < self.merit(&now) {
                now = next;
            }
        }
        now
    }

    /// Contacts per replication answered in time, and those that should be.
    fn contacts(&self, measured: &Measured) -> (Vec<f64>, Vec<f64>) {
        let mut reached = Vec::new();
        let mut wanted = Vec::new();
        for (q, seen) in measured.queues.iter().enumerate() {
            reached.push(seen.level.mean * seen.offered.mean);
            wanted.push(match self.promised[q] {
                Some(share) if self.served[q] => (share + self.margin[q]) * seen.offered.mean,
                _ => 0.0,
            });
        }
        (reached, wanted)
    }

    /// Cost, and the price of every contact that should have been answered in time and was not.
    fn merit(&self, seen: &Seen) -> f64 {
        let (reached, wanted) = self.contacts(&seen.measured);
        let short = reached.iter().zip(&wanted).zip(&self.penalty);
        seen.cost + short.map(|((r, w), p)| p * (w - r).max(0.0)).sum::<f64>()
    }

    /// Aim at what puts the lower end of the interval where it has to be.
    fn set_margins(&mut self, measured: &Measured) {
        for (margin, seen) in self.margin.iter_mut().zip(&measured.queues) {
            let half = seen.level.mean - seen.level.low;
            *margin = (half - self.effort.tolerance).max(0.0) + 0.001;
        }
        for (margin, extra) in self.margin.iter_mut().zip(&self.extra) {
            *margin += extra;
        }
    }

    fn raise_penalties(&mut self, measured: &Measured) {
        let (reached, wanted) = self.contacts(measured);
        // The nearer the end, the more a promise missed is worth.
        let factor = if self.time_left(0.4) > 0.0 { 1.4 } else { 2.0 };
        for ((penalty, reached), wanted) in self.penalty.iter_mut().zip(reached).zip(wanted) {
            if reached < wanted * 0.997 {
                *penalty *= factor;
            }
        }
    }

    fn keeps(&self, measured: &Measured) -> bool {
        (0..self.promised.len()).all(|q| self.shortage(measured, q) + self.extra[q] <= 0.0)
    }

    /// How far the mean or the lower end of the interval lies below what is asked.
    fn shortage(&self, measured: &Measured, queue: usize) -> f64 {
        match self.promised[queue] {
            Some(share) if measured.queues[queue].offered.mean > 0.0 => {
                let level = &measured.queues[queue].level;
                (share - level.mean).max(share - self.effort.tolerance - level.low)
            }
            _ => f64::NEG_INFINITY,
        }
    }

    /// Take shifts out one by one, where the promises hold without them: what a step's rounding left over.
    fn thin_out(&self, chosen: &mut Seen, share_of_time: f64) {
        if !self.keeps(&chosen.measured) {
            return;
        }
        let mut order: Vec<Choice> = chosen.plan.keys().copied().collect();
        order.sort_by(|&a, &b| {
            let (a_price, b_price) = (self.instance.price(a), self.instance.price(b));
            b_price.total_cmp(&a_price).then(a.cmp(&b))
        });
        let every = order.len().div_ceil(TRIALS).max(1);
        for choice in order.into_iter().step_by(every) {
            if self.time_left(share_of_time) <= 0.0 {
                break;
            }
            if !Room::new(self.instance, self.floors, &chosen.plan).can_remove(choice) {
                continue;
            }
            let mut plan = chosen.plan.clone();
            take_out(&mut plan, choice);
            let without = self.see(plan);
            if self.keeps(&without.measured) {
                *chosen = without;
            }
        }
    }

    /// The final word comes from customers the plan was not fitted to.
    fn verify(
        &self,
        network: &Network,
        chosen: Seen,
        rounds: usize,
    ) -> Result<Calibrated, Vec<String>> {
        let seed = self.effort.seed ^ 0x5eed_fa11;
        let judge = Judge::new(network.clone(), self.effort.replications.max(2) * 4, seed)?;
        let measured = judge.measure_counts(&self.instance.on_line(&chosen.plan));
        Ok(Calibrated {
            kept: (0..self.promised.len()).all(|q| self.shortage(&measured, q) <= 0.0),
            plan: chosen.plan,
            measured,
            rounds,
        })
    }

    fn progress(&self, round: usize, now: &Seen, best: Option<&Seen>) -> Progress {
        let worst = (0..self.promised.len())
            .max_by(|&a, &b| {
                let (a, b) = (
                    self.shortage(&now.measured, a),
                    self.shortage(&now.measured, b),
                );
                a.total_cmp(&b)
            })
            .unwrap_or(0);
        Progress {
            round,
            cost: now.cost,
            best: best.map(|b| b.cost),
            worst,
            level: now.measured.queues.get(worst).map_or(0.0, |q| q.level.mean),
        }
    }

    /// Seconds until this share of the time is over.
    fn time_left(&self, share: f64) -> f64 {
        match (self.effort.seconds, self.effort.clock) {
            (Some(seconds), Some(clock)) => seconds * share - (clock() - self.started),
            _ => f64::INFINITY,
        }
    }
}
