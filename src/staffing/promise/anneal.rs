//! Shifts added, taken out and exchanged one by one, on the curves themselves, as metal cools: thousands of moves in
//! the time of one neighbourhood of the model, which every agent of the promise ties to every other.

use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::{Curve, Period, in_time_of};
use crate::staffing::instance::{Choice, Instance, Plan};

/// Temperature at first and at the end, in average prices of a shift.
const HOT: f64 = 0.3;
const COLD: f64 = 0.002;
/// Moves between two looks at the temperature and at what is short.
const BETWEEN: u64 = 2_000;
/// What becomes of the price of a contact short while some are, and while none is.
const DEARER: f64 = 1.1;
const CHEAPER: f64 = 0.96;
/// Price of an agent missing that keeps a queue stable, in average prices of a shift.
const UNSTABLE: f64 = 3.0;
/// Shares of the moves that add and that take out; the others exchange.
const ADD: f64 = 0.2;
const REMOVE: f64 = 0.2;
/// Shifts of most hours in common that one is exchanged for.
const ALIKE: usize = 24;

/// The plan in hand, its agents one by one, and what they reach.
struct State<'a> {
    choices: &'a [Choice],
    covers: Vec<&'a [u32]>,
    prices: Vec<f64>,
    curves: &'a [Curve],
    periods: &'a [Period],
    period_of: Vec<usize>,
    /// Choice of each agent.
    agents: Vec<usize>,
    /// Agents per slot.
    on_line: Vec<u32>,
    /// Agents missing to keep queues stable.
    unstable: i64,
    /// Contacts in time, those promised, and the price of one short: per period.
    in_time: Vec<f64>,
    wanted: Vec<f64>,
    short_price: Vec<f64>,
    unstable_price: f64,
    cost: f64,
}

/// The cheapest plan that keeps the promise met on the way from `start`, if any was. `progress` goes from 0 to 1 and
/// hears of the moves made.
pub(super) fn anneal(
    instance: &Instance,
    periods: &[Period],
    curves: &[Curve],
    (start, seed): (&Plan, u64),
    progress: &dyn Fn(u64) -> f64,
) -> Option<Plan> {
    let choices = instance.choices();
    let mut state = State::new(instance, periods, curves, &choices, start);
    let alike = alike(&state.covers, instance.slots);
    let average = state.prices.iter().sum::<f64>() / state.prices.len().max(1) as f64;
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut best: Option<(f64, Vec<usize>)> = None;
    let mut heat = HOT * average;
    let mut made = 0u64;
    loop {
        if made.is_multiple_of(BETWEEN) {
            let progress = progress(made);
            if progress >= 1.0 {
                break;
            }
            heat = average * HOT * (COLD / HOT).powf(progress);
            state.sum_up();
            state.price_what_is_short();
        }
        made += 1;
        let chance = random.random::<f64>();
        let out = (chance >= ADD && !state.agents.is_empty())
            .then(|| random.random_range(0..state.agents.len()));
        let into = match out {
            None => Some(random.random_range(0..choices.len())),
            Some(_) if chance < ADD + REMOVE => None,
            Some(agent) => {
                let others = &alike[state.agents[agent]];
                let Some(last) = others.len().checked_sub(1) else {
                    continue;
                };
                Some(others[random.random_range(0..=last)] as usize)
            }
        };
        let before = state.energy();
        let gone = out.map(|agent| state.agents[agent]);
        if let Some(choice) = gone {
            state.change(choice, false);
        }
        if let Some(choice) = into {
            state.change(choice, true);
        }
        let worse = state.energy() - before;
        if worse > 0.0 && random.random::<f64>() >= (-worse / heat).exp() {
            if let Some(choice) = into {
                state.change(choice, false);
            }
            if let Some(choice) = gone {
                state.change(choice, true);
            }
            continue;
        }
        match (out, into) {
            (Some(agent), Some(choice)) => state.agents[agent] = choice,
            (Some(agent), None) => drop(state.agents.swap_remove(agent)),
            (None, choice) => state.agents.extend(choice),
        }
        let cheaper = best
            .as_ref()
            .is_none_or(|(cost, _)| state.cost < cost - 1e-6);
        if cheaper && state.keeps() {
            best = Some((state.cost, state.agents.clone()));
        }
    }
    best.map(|(_, agents)| {
        let mut plan = Plan::new();
        for choice in agents {
            *plan.entry(choices[choice]).or_insert(0) += 1;
        }
        plan
    })
}

impl<'a> State<'a> {
    fn new(
        instance: &'a Instance,
        periods: &'a [Period],
        curves: &'a [Curve],
        choices: &'a [Choice],
        start: &Plan,
    ) -> Self {
        let wanted: Vec<f64> = periods.iter().map(|(_, wanted)| *wanted).collect();
        let mut period_of = vec![0; curves.len()];
        for (number, (slots, _)) in periods.iter().enumerate() {
            period_of[slots.clone()].fill(number);
        }
        let prices: Vec<f64> = choices.iter().map(|&c| instance.price(c)).collect();
        let average = prices.iter().sum::<f64>() / prices.len().max(1) as f64;
        let nobody = |curve: &Curve| in_time_of(curve, 0);
        let mut state = Self {
            covers: choices
                .iter()
                .map(|choice| &instance.shifts[choice.shift as usize].cover[..])
                .collect(),
            choices,
            prices,
            curves,
            periods,
            period_of,
            agents: Vec::new(),
            on_line: vec![0; curves.len()],
            unstable: curves.iter().map(|curve| i64::from(curve.floor)).sum(),
            in_time: periods
                .iter()
                .map(|(slots, _)| curves[slots.clone()].iter().map(nobody).sum())
                .collect(),
            short_price: vec![
                instance.cost(start) / wanted.iter().sum::<f64>().max(1e-9);
                wanted.len()
            ],
            wanted,
            unstable_price: UNSTABLE * average,
            cost: 0.0,
        };
        for (choice, &count) in start {
            if let Ok(number) = state.choices.binary_search(choice) {
                for _ in 0..count {
                    state.change(number, true);
                    state.agents.push(number);
                }
            }
        }
        state
    }

    /// One agent more or less.
    fn change(&mut self, choice: usize, more: bool) {
        self.cost += if more {
            self.prices[choice]
        } else {
            -self.prices[choice]
        };
        for &slot in self.covers[choice] {
            let slot = slot as usize;
            let curve = &self.curves[slot];
            let before = self.on_line[slot];
            let now = if more { before + 1 } else { before - 1 };
            self.on_line[slot] = now;
            if before.min(now) < curve.floor {
                self.unstable += if more { -1 } else { 1 };
            } else {
                let gained = in_time_of(curve, now) - in_time_of(curve, before);
                self.in_time[self.period_of[slot]] += gained;
            }
        }
    }

    /// Cost, and what is short at its price.
    fn energy(&self) -> f64 {
        let periods = self.in_time.iter().zip(&self.wanted).zip(&self.short_price);
        let short = periods.map(|((in_time, wanted), price)| price * (wanted - in_time).max(0.0));
        self.cost + short.sum::<f64>() + self.unstable_price * self.unstable as f64
    }

    fn keeps(&self) -> bool {
        let mut periods = self.in_time.iter().zip(&self.wanted);
        self.unstable == 0 && periods.all(|(in_time, wanted)| in_time >= wanted)
    }

    /// Sums anew: millions of changes leave their rounding.
    fn sum_up(&mut self) {
        let prices = self.agents.iter().map(|&choice| self.prices[choice]);
        self.cost = prices.sum();
        let in_time = self.periods.iter().map(|(slots, _)| {
            let curves = self.curves[slots.clone()].iter();
            let slots = curves.zip(&self.on_line[slots.clone()]);
            slots
                .map(|(curve, &agents)| in_time_of(curve, agents))
                .sum()
        });
        self.in_time = in_time.collect();
    }

    fn price_what_is_short(&mut self) {
        let periods = self.in_time.iter().zip(&self.wanted);
        for (price, (in_time, wanted)) in self.short_price.iter_mut().zip(periods) {
            *price *= if in_time < wanted { DEARER } else { CHEAPER };
        }
    }
}

/// The choices with most slots in common with each, and least apart.
fn alike(covers: &[&[u32]], slots: usize) -> Vec<Vec<u32>> {
    let mut of_slot: Vec<Vec<u32>> = vec![Vec::new(); slots];
    for (number, cover) in covers.iter().enumerate() {
        for &slot in *cover {
            of_slot[slot as usize].push(number as u32);
        }
    }
    let nearest = |(number, cover): (usize, &&[u32])| {
        let mut common = vec![0usize; covers.len()];
        for &slot in *cover {
            for &other in &of_slot[slot as usize] {
                common[other as usize] += 1;
            }
        }
        let others = (0..covers.len()).filter(|&other| other != number && common[other] > 0);
        let mut ranked: Vec<(usize, u32)> = others
            .map(|other| {
                (
                    cover.len() + covers[other].len() - 2 * common[other],
                    other as u32,
                )
            })
            .collect();
        ranked.sort_unstable();
        ranked.truncate(ALIKE);
        ranked.into_iter().map(|(_, other)| other).collect()
    };
    covers.iter().enumerate().map(nearest).collect()
}
