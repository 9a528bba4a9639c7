//! Whole shifts made cheaper by annealing: one agent at a time takes another shift, joins or leaves, and what
//! it costs others is known at once.
//!
//! Kirkpatrick, Gelatt & Vecchi (1983), *Optimization by simulated annealing*. What is missing has a price
//! that lets a move through a shortage when the temperature is high, and rises where the shortage stays (as
//! in the breakout method of Morris, 1993).

use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

use super::instance::{Choice, Instance, Plan};

/// First and last temperature, as shares of a shift's price.
const TEMPERATURE: (f64, f64) = (0.03, 0.006);
/// Price of an agent missing in a slot of a cover at first and at least, in slots of a shift; what is added
/// to it at each look where one is missing, and what is left of it where none is.
const MISSING: f32 = 1.5;
const DEARER: f32 = 3.0;
const CHEAPER: f32 = 0.98;
/// Most exchanges kept for a choice: those most like it.
const ALIKE: usize = 48;
/// Moves between two looks at the clock, and looks at it between two at what is missing.
const BREATH: u64 = 4096;
const LOOK: u64 = 32;
/// Share of moves that add or take out an agent.
const COME_AND_GO: f64 = 0.1;

/// What is known of an instance of covers alone while its plan is annealed.
pub(super) struct Annealing<'a> {
    instance: &'a Instance,
    serving: &'a [Vec<u32>],
    /// Choices that may be made.
    pool: &'a [Choice],
    /// Covers that each group counts towards.
    covers_of: Vec<Vec<u32>>,
    /// For each two groups, the covers that the one counts towards and the other does not, and the reverse.
    apart: Vec<(Vec<u32>, Vec<u32>)>,
    covers: usize,
    /// Whole agents needed: `[slot · covers + cover]`.
    need: Vec<i32>,
    price: Vec<f64>,
    /// For each choice of the pool, those most like it.
    alike: Vec<Vec<u32>>,
    /// Price of a slot of a shift.
    per_slot: f32,
}

impl<'a> Annealing<'a> {
    /// None where a plan has to answer for more than its covers, or the time for it `is_over` before it began.
    pub fn new(
        instance: &'a Instance,
        serving: &'a [Vec<u32>],
        pool: &'a [Choice],
        is_over: &(dyn Fn() -> bool + Sync),
    ) -> Option<Self> {
        if !instance.has_covers_alone() || pool.is_empty() {
            return None;
        }
        let covers_of = instance.covers_of(serving);
        let without = |a: &Vec<u32>, b: &Vec<u32>| -> Vec<u32> {
            a.iter().filter(|c| !b.contains(c)).copied().collect()
        };
        let apart = covers_of
            .iter()
            .flat_map(|a| covers_of.iter().map(|b| (without(a, b), without(b, a))))
            .collect();
        let covers = instance.covers.len();
        let mut need = vec![0; covers * instance.slots];
        for (c, cover) in instance.covers.iter().enumerate() {
            for (slot, &agents) in cover.need.iter().enumerate() {
                need[slot * covers + c] = (agents - 1e-6).ceil() as i32;
            }
        }
        let price: Vec<f64> = pool.iter().map(|&choice| instance.price(choice)).collect();
        let slots = |choice: &Choice| instance.shifts[choice.shift as usize].cover.len();
        let all: usize = pool.iter().map(slots).sum();
        let per_slot = (price.iter().sum::<f64>() / all.max(1) as f64) as f32;
        Some(Self {
            alike: alike(instance, pool, is_over)?,
            instance,
            serving,
            pool,
            apart,
            covers_of,
            covers,
            need,
            price,
            per_slot,
        })
    }

    /// The cheapest plan met without a shortage, or the last one. `over` says which share of the time is gone
    /// after so many moves.
    pub fn run(&self, start: &Plan, seed: u64, over: &dyn Fn(u64) -> f64) -> Plan {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut state = State::new(self, start);
        let mean = self.price.iter().sum::<f64>() / self.price.len() as f64;
        let (first, last) = TEMPERATURE;
        let mut best: Option<(f64, Vec<u32>)> = None;
        for breath in 0.. {
            let gone = over(breath * BREATH);
            if gone >= 1.0 {
                break;
            }
            let temperature = mean * first * (last / first).powf(gone);
            if breath % LOOK == 0 {
                state.price_missing(DEARER * self.per_slot);
            }
            for _ in 0..BREATH {
                state.step(temperature, &mut random);
                if state.missing == 0 && best.as_ref().is_none_or(|(c, _)| state.cost < c - 1e-6) {
                    best = Some((state.cost, state.agents.clone()));
                }
            }
        }
        let mut plan = Plan::new();
        for at in best.map_or(state.agents, |(_, agents)| agents) {
            *plan.entry(self.pool[at as usize]).or_insert(0) += 1;
        }
        plan
    }
}

/// A plan on its way: one entry for each agent's shift.
struct State<'a> {
    of: &'a Annealing<'a>,
    /// Choices of the pool, one for each agent.
    agents: Vec<u32>,
    /// Agents above (below: negative) what is needed: `[slot · covers + cover]`.
    above: Vec<i32>,
    /// Price of what a group's covers miss more when one of its agents goes: `[group · slots + slot]`.
    tight: Vec<f32>,
    /// Price of what they miss less when one comes.
    short: Vec<f32>,
    /// Price of an agent missing: `[slot · covers + cover]`.
    weight: Vec<f32>,
    missing: i64,
    cost: f64,
}

impl<'a> State<'a> {
    fn new(of: &'a Annealing<'a>, start: &Plan) -> Self {
        let slots = of.instance.slots;
        let mut state = Self {
            of,
            agents: Vec::new(),
            above: of.need.iter().map(|need| -need).collect(),
            tight: vec![0.0; slots * of.covers_of.len()],
            short: vec![0.0; slots * of.covers_of.len()],
            weight: vec![MISSING * of.per_slot; of.need.len()],
            missing: of.need.iter().map(|&need| i64::from(need.max(0))).sum(),
            cost: 0.0,
        };
        for (choice, &count) in start {
            if let Ok(at) = of.pool.binary_search(choice) {
                for _ in 0..count {
                    state.change(at as u32, 1);
                    state.cost += of.price[at];
                    state.agents.push(at as u32);
                }
            }
        }
        state.price_missing(0.0);
        state
    }

    /// What is missing becomes dearer by so much, what is not cheaper.
    fn price_missing(&mut self, more: f32) {
        let (of, slots) = (self.of, self.of.instance.slots);
        let least = MISSING * of.per_slot;
        for (weight, &above) in self.weight.iter_mut().zip(&self.above) {
            if above < 0 {
                *weight += more;
            } else {
                *weight = least.max(*weight * CHEAPER);
            }
        }
        for (group, covers) in of.covers_of.iter().enumerate() {
            for slot in 0..slots {
                let (mut tight, mut short) = (0.0, 0.0);
                for &cover in covers {
                    let at = slot * of.covers + cover as usize;
                    if self.above[at] <= 0 {
                        tight += self.weight[at];
                    }
                    if self.above[at] < 0 {
                        short += self.weight[at];
                    }
                }
                self.tight[group * slots + slot] = tight;
                self.short[group * slots + slot] = short;
            }
        }
    }

    /// Price of what is missing more when one agent leaves a choice and one takes another.
    fn more_missing(&self, out: Option<u32>, into: Option<u32>) -> f32 {
        let slots = self.of.instance.slots;
        let of = |at: Option<u32>| -> (usize, &[u32]) {
            at.map_or((0, &[]), |at| {
                let choice = self.of.pool[at as usize];
                let shift = &self.of.instance.shifts[choice.shift as usize];
                (choice.group as usize, &shift.cover)
            })
        };
        let ((from, left), (to, taken)) = (of(out), of(into));
        let (tight, short) = (&self.tight[from * slots..], &self.short[to * slots..]);
        let (mut a, mut b, mut more) = (0, 0, 0.0);
        loop {
            match (left.get(a), taken.get(b)) {
                (Some(&l), Some(&t)) if l == t => {
                    if from != to {
                        more += self.exchanged(from, to, l as usize);
                    }
                    a += 1;
                    b += 1;
                }
                (Some(&l), other) if other.is_none_or(|&t| l < t) => {
                    more += tight[l as usize];
                    a += 1;
                }
                (_, Some(&t)) => {
                    more -= short[t as usize];
                    b += 1;
                }
                _ => return more,
            }
        }
    }

    /// Price of what is missing more in a slot where an agent of one group takes the place of another's.
    fn exchanged(&self, from: usize, to: usize, slot: usize) -> f32 {
        let here = slot * self.of.covers;
        let apart = &self.of.apart[from * self.of.covers_of.len() + to];
        let mut more = 0.0;
        for at in apart.0.iter().map(|&cover| here + cover as usize) {
            if self.above[at] <= 0 {
                more += self.weight[at];
            }
        }
        for at in apart.1.iter().map(|&cover| here + cover as usize) {
            if self.above[at] < 0 {
                more -= self.weight[at];
            }
        }
        more
    }

    /// One agent more or less of a choice.
    fn change(&mut self, at: u32, by: i32) {
        let (of, slots) = (self.of, self.of.instance.slots);
        let choice = of.pool[at as usize];
        for &slot in &of.instance.shifts[choice.shift as usize].cover {
            let row = &mut self.above[slot as usize * of.covers..][..of.covers];
            for cover in of.covers_of[choice.group as usize]
                .iter()
                .map(|&c| c as usize)
            {
                let before = row[cover];
                let after = before + by;
                row[cover] = after;
                self.missing += i64::from((-after).max(0) - (-before).max(0));
                let tight = (i32::from(after <= 0) - i32::from(before <= 0)) as f32;
                let short = (i32::from(after < 0) - i32::from(before < 0)) as f32;
                if tight != 0.0 || short != 0.0 {
                    let weight = self.weight[slot as usize * of.covers + cover];
                    let (tight, short) = (tight * weight, short * weight);
                    for &group in &of.serving[cover] {
                        self.tight[group as usize * slots + slot as usize] += tight;
                        self.short[group as usize * slots + slot as usize] += short;
                    }
                }
            }
        }
    }

    /// One move, made where what it costs is little enough at this temperature.
    fn step(&mut self, temperature: f64, random: &mut Xoshiro256PlusPlus) {
        let kind: f64 = random.random();
        let (mut out, mut into) = (None, None);
        if self.agents.is_empty() || kind < COME_AND_GO / 2.0 {
            into = Some(random.random_range(0..self.of.pool.len()) as u32);
        } else {
            let number = random.random_range(0..self.agents.len());
            out = Some(number);
            if kind >= COME_AND_GO {
                let alike = &self.of.alike[self.agents[number] as usize];
                if alike.is_empty() {
                    return;
                }
                into = Some(alike[random.random_range(0..alike.len())]);
            }
        }
        let gone = out.map(|number| self.agents[number]);
        let price = |at: Option<u32>| at.map_or(0.0, |at| self.of.price[at as usize]);
        let cost = price(into) - price(gone);
        let most = -temperature * random.random::<f64>().max(1e-300).ln();
        let more = self.more_missing(gone, into);
        if cost + f64::from(more) > most {
            return;
        }
        self.cost += cost;
        if let Some(gone) = gone {
            self.change(gone, -1);
        }
        if let Some(into) = into {
            self.change(into, 1);
        }
        match (out, into) {
            (Some(number), Some(into)) => self.agents[number] = into,
            (Some(number), None) => {
                self.agents.swap_remove(number);
            }
            (None, Some(into)) => self.agents.push(into),
            (None, None) => {}
        }
    }
}

/// For each choice those that differ from it least: in slots worked, and in queues served. Of tens of thousands that
/// takes seconds: none once the time `is_over`.
fn alike(
    instance: &Instance,
    pool: &[Choice],
    is_over: &(dyn Fn() -> bool + Sync),
) -> Option<Vec<Vec<u32>>> {
    let bits = instance.slots.div_ceil(64);
    let mut worked = vec![0u64; bits * pool.len()];
    for (at, choice) in pool.iter().enumerate() {
        for &slot in &instance.shifts[choice.shift as usize].cover {
            worked[at * bits + slot as usize / 64] |= 1 << (slot % 64);
        }
    }
    let groups = &instance.groups;
    let unlike = |a: usize, b: usize| -> f64 {
        let (a, b) = (&groups[a].queues, &groups[b].queues);
        let common = a.iter().filter(|q| b.binary_search(q).is_ok()).count();
        1.0 - common as f64 / (a.len() + b.len() - common).max(1) as f64
    };
    let kinship: Vec<Vec<f64>> = (0..groups.len())
        .map(|a| (0..groups.len()).map(|b| unlike(a, b)).collect())
        .collect();
    let of = |at: usize| &worked[at * bits..(at + 1) * bits];
    // Shifts without a slot in common are too unlike.
    let mut there: Vec<Vec<u32>> = vec![Vec::new(); instance.slots];
    for (at, choice) in (0..).zip(pool) {
        for &slot in &instance.shifts[choice.shift as usize].cover {
            there[slot as usize].push(at);
        }
    }
    let nearest = |at: usize| -> Option<Vec<u32>> {
        if is_over() {
            return None;
        }
        let mine = of(at);
        let cover = &instance.shifts[pool[at].shift as usize].cover;
        let length = cover.len() as f64;
        let meeting = cover.iter().flat_map(|&slot| &there[slot as usize]);
        let mut meeting: Vec<u32> = meeting.copied().collect();
        meeting.sort_unstable();
        meeting.dedup();
        let others = meeting.into_iter().filter(|&other| other as usize != at);
        let mut ranked: Vec<(f64, u32)> = others
            .filter_map(|other| {
                let pairs = mine.iter().zip(of(other as usize));
                let apart: u32 = pairs.map(|(a, b)| (a ^ b).count_ones()).sum();
                let kin = kinship[pool[at].group as usize][pool[other as usize].group as usize];
                let unlike = f64::from(apart) / length + kin;
                (unlike < 1.0).then_some((unlike, other))
            })
            .collect();
        ranked.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        ranked.truncate(ALIKE);
        Some(ranked.into_iter().map(|(_, other)| other).collect())
    };
    (0..pool.len()).into_par_iter().map(nearest).collect()
}
