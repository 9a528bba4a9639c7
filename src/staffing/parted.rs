//! The cover model where it is open which parts of the work are taken at all:
//!
//! ```text
//! minimise  Σ price x[g,s] + Σ contract heads[g]
//! Σ_{g serves q} y[g,t] ≥ least[q,t] taken[p(q,t)]                                  each real-time queue
//! Σ_{g in T} y[g,t] ≥ Σ_q load[q,t] taken[p(q,t)] + Σ_d w[d,t]        q, d that no team beyond T serves
//! Σ_{g serves q} y[g,t] ≥ Σ_k z[q,t,k],  Σ_k gain[q,t,k] z[q,t,k] ≤ contacts[q,t] taken[p(q,t)]
//! Σ_{t in period} Σ_k gain[q,t,k] z[q,t,k] ≥ Σ_{t in period} promised[q,t] taken[p(q,t)]
//! the same of a pool S of m parts, with promised[S] (Σ_p taken[p] − m + 1) to its right
//! open[d,t] = open[d,t−1] + work[d,t] taken[p(d)] − w[d,t],  open[d,t] ≤ allowed[d,t] taken[p(d)]  (cyclic)
//! seats, people and heads as in the cover model
//! ```
//!
//! What is taken must be covered: there is no shortfall. Agents come in fractions, heads and parts whole, so that
//! its least cost bounds that of every plan for every choice of parts.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::contract::{Hired, hire};
use super::instance::{Choice, Instance, Pledge};
use super::model::{Fixed, availability, limits};
use super::stage::Crew;
use crate::ids::{GroupId, Id, QueueId};
use crate::requirement::{PoolCurve, Requirement};
use crate::solver::{ColumnId, Program};

/// What there is to choose from, and what it costs.
pub struct Parts<'a> {
    /// The part to which a queue's contacts of a slot belong; none that arrive then.
    pub of: &'a dyn Fn(QueueId, usize) -> Option<usize>,
    /// Whether each part is taken.
    pub taken: &'a [ColumnId],
    pub price: Price<'a>,
    /// Whether the promises of those on the line are asked for: by queueing formulas, which simulation may beat.
    pub promises: bool,
}

/// What people cost.
pub enum Price<'a> {
    /// Their pay, and for each hired whole what one person of the group costs beside it over the horizon.
    Pay(&'a dyn Fn(GroupId) -> f64),
    /// Each slot of an agent on the line so much.
    BySlot(&'a [f64]),
}

/// What queues promise, alone and as pools, over `periods` of slots.
pub struct Promises {
    pub curves: Vec<(Vec<QueueId>, PoolCurve)>,
    pub periods: Vec<Range<usize>>,
}

impl Crew<'_> {
    /// Adds to a program the model of `least`, what every plan has that keeps the promises. Answers the columns
    /// of shifts and people, with their prices in the scenario's currency.
    pub fn parted(
        &self,
        program: &mut Program,
        least: &Requirement,
        promises: &Promises,
        parts: &Parts,
    ) -> Vec<(ColumnId, f64)> {
        let mut instance = self.task(least).instance;
        match parts.price {
            Price::Pay(per_head) => {
                let unit = self.unit();
                instance
                    .shifts
                    .iter_mut()
                    .for_each(|shift| shift.price *= unit);
                for contract in &mut instance.contracts {
                    let group = self.teams[contract.group as usize].group;
                    contract.price = (contract.price - contract.beside) * unit + per_head(group);
                }
            }
            Price::BySlot(prices) => {
                instance.contracts.clear();
                for shift in &mut instance.shifts {
                    shift.price = shift.cover.iter().map(|&t| prices[t as usize]).sum();
                }
            }
        }
        let mut paid = Vec::new();
        let choices: Vec<(Choice, ColumnId)> = instance
            .choices()
            .into_iter()
            .map(|choice| {
                let price = instance.price(choice);
                let column = program.column(price, 0.0, f64::INFINITY);
                paid.push((column, price));
                (choice, column)
            })
            .collect();
        let on_line = availability(&instance, program, &choices);
        limits(&instance, program, &choices, &Fixed::none(&instance));
        let hired: Vec<_> = choices.iter().map(|&(c, x)| (c, x, 1.0)).collect();
        let nobody = Hired::nobody(&instance).duties;
        for heads in hire(&instance, program, &hired, &nobody) {
            paid.push((heads.all, instance.contracts[heads.contract].price));
        }
        let mut rows = Rows {
            crew: self,
            parts,
            on_line,
            program,
        };
        rows.minimum(least);
        rows.promises(promises);
        rows.load(&instance, least);
        paid
    }
}

struct Rows<'a> {
    crew: &'a Crew<'a>,
    parts: &'a Parts<'a>,
    on_line: BTreeMap<(u32, u32), ColumnId>,
    program: &'a mut Program,
}

impl Rows<'_> {
    /// Whether what arrives in a queue's slot is taken.
    fn taken(&self, queue: QueueId, slot: usize) -> Option<ColumnId> {
        (self.parts.of)(queue, slot).map(|part| self.parts.taken[part])
    }

    /// Agents of some teams on the line in a slot.
    fn agents<'b>(
        &'b self,
        teams: &'b BTreeSet<usize>,
        slot: usize,
    ) -> impl Iterator<Item = (ColumnId, f64)> + 'b {
        let agents = teams.iter().map(move |&team| (team as u32, slot as u32));
        agents.filter_map(|key| self.on_line.get(&key).map(|&y| (y, 1.0)))
    }

    fn teams(&self, queue: QueueId) -> BTreeSet<usize> {
        self.crew.serving[queue.index()].iter().copied().collect()
    }

    /// Of queues of the same teams and part the hardest counts.
    fn minimum(&mut self, least: &Requirement) {
        let mut rows: BTreeMap<(Vec<usize>, usize, ColumnId), u32> = BTreeMap::new();
        for (queue, minimum) in least.minimum.iter() {
            for (slot, &agents) in minimum.iter().enumerate().filter(|(_, n)| **n > 0) {
                if let Some(taken) = self.taken(queue, slot) {
                    let teams = self.crew.serving[queue.index()].clone();
                    let most = rows.entry((teams, slot, taken)).or_default();
                    *most = agents.max(*most);
                }
            }
        }
        for ((teams, slot, taken), agents) in rows {
            let teams = teams.into_iter().collect();
            let mut terms: Vec<_> = self.agents(&teams, slot).collect();
            terms.push((taken, -f64::from(agents)));
            self.program.row(0.0, f64::INFINITY, terms);
        }
    }

    /// A queue answers for what of it is taken; a pool, at the size of all its work, only where all of it is.
    fn promises(&mut self, promises: &Promises) {
        for (queues, curve) in &promises.curves {
            let gains = self.in_time(queues, curve);
            for slots in &promises.periods {
                let mut least = 0.0;
                let mut promised: BTreeMap<ColumnId, f64> = BTreeMap::new();
                match queues[..] {
                    [queue] => {
                        for slot in slots.clone().filter(|&slot| !gains[slot].is_empty()) {
                            if let Some(taken) = self.taken(queue, slot) {
                                *promised.entry(taken).or_default() -= curve.promised[slot];
                            }
                        }
                    }
                    _ => {
                        // All but one of its parts taken ask for nothing.
                        let all: f64 = curve.promised[slots.clone()].iter().sum();
                        for &queue in queues {
                            for taken in slots.clone().filter_map(|slot| self.taken(queue, slot)) {
                                promised.insert(taken, -all);
                            }
                        }
                        least = all * (1.0 - promised.len() as f64);
                    }
                }
                let terms = gains[slots.clone()].iter().flatten().copied();
                self.program
                    .row(least, f64::INFINITY, terms.chain(promised));
            }
        }
    }

    /// Contacts answered in time in each slot: columns of agents with what each answers.
    fn in_time(&mut self, queues: &[QueueId], curve: &PoolCurve) -> Vec<Vec<(ColumnId, f64)>> {
        let teams: BTreeSet<usize> = queues.iter().flat_map(|&q| self.teams(q)).collect();
        let nobody = vec![0; curve.in_time.len()];
        let curves = (&curve.in_time[..], &nobody[..]);
        let pledge = Pledge::new(Vec::new(), curves, Vec::new(), 0.0);
        let mut gains = Vec::new();
        for (slot, pieces) in pledge.pieces.iter().enumerate() {
            let pieces = pieces.iter();
            let above: Vec<(ColumnId, f64)> = pieces
                .map(|&(width, gain)| (self.program.column(0.0, 0.0, width), gain))
                .collect();
            if !above.is_empty() {
                let used = above.iter().map(|&(z, _)| (z, -1.0));
                let terms: Vec<_> = self.agents(&teams, slot).chain(used).collect();
                self.program.row(0.0, f64::INFINITY, terms);
            }
            if let [queue] = *queues
                && let Some(taken) = self.taken(queue, slot)
            {
                let most = (taken, -curve.contacts[slot]);
                let terms = above.iter().copied().chain([most]);
                self.program.row(f64::NEG_INFINITY, 0.0, terms);
            }
            gains.push(above);
        }
        gains
    }

    /// Work is done by those who can do it, and by no others.
    fn load(&mut self, instance: &Instance, least: &Requirement) {
        let share = |queue: QueueId| self.crew.scenario().queues[queue].promised_share().value();
        // Work of the same part that the same teams do is one flow.
        let mut flows: BTreeMap<(BTreeSet<usize>, ColumnId), [Vec<f64>; 2]> = BTreeMap::new();
        for waiting in &least.deferrable {
            let Some(taken) = self.taken(waiting.queue, 0) else {
                continue;
            };
            if !self.crew.serves(waiting.queue) {
                self.program.row(0.0, 0.0, [(taken, 1.0)]);
                continue;
            }
            let one = self.crew.deferrable(waiting, 0.0);
            let flow = flows
                .entry((self.teams(waiting.queue), taken))
                .or_insert_with(|| [vec![0.0; instance.slots], vec![0.0; instance.slots]]);
            for (sums, more) in flow.iter_mut().zip([one.work, one.open_allowed]) {
                for (sum, more) in sums.iter_mut().zip(more) {
                    *sum += more;
                }
            }
        }
        let mut work: Vec<(BTreeSet<usize>, Vec<ColumnId>)> = Vec::new();
        for ((teams, taken), [arriving, allowed]) in flows {
            let mut column = || self.program.column(0.0, 0.0, f64::INFINITY);
            let done: Vec<ColumnId> = arriving.iter().map(|_| column()).collect();
            let open: Vec<ColumnId> = arriving.iter().map(|_| column()).collect();
            for (slot, &arriving) in arriving.iter().enumerate() {
                let before = open[(slot + open.len() - 1) % open.len()];
                let flow = [(open[slot], 1.0), (before, -1.0), (done[slot], 1.0)];
                let terms = flow.into_iter().chain([(taken, -arriving)]);
                self.program.row(0.0, 0.0, terms);
                let terms = [(open[slot], 1.0), (taken, -allowed[slot])];
                self.program.row(f64::NEG_INFINITY, 0.0, terms);
            }
            work.push((teams, done));
        }
        let served = least.load.ids().filter(|&queue| self.crew.serves(queue));
        let loads: Vec<(QueueId, BTreeSet<usize>)> = served
            .filter(|queue| least.deferrable.iter().all(|d| d.queue != *queue))
            .map(|queue| (queue, self.teams(queue)))
            .collect();
        let sets = loads.iter().map(|(_, teams)| teams);
        let mut sets: BTreeSet<BTreeSet<usize>> = sets
            .chain(work.iter().map(|(teams, _)| teams))
            .cloned()
            .collect();
        sets.insert((0..self.crew.teams().len()).collect());
        for set in sets {
            for slot in 0..instance.slots {
                let mut asked: BTreeMap<ColumnId, f64> = BTreeMap::new();
                for (queue, _) in loads.iter().filter(|(_, teams)| teams.is_subset(&set)) {
                    let load = share(*queue) * least.load[*queue][slot];
                    let open = load > 0.0 && least.minimum[*queue][slot] > 0;
                    if let Some(taken) = self.taken(*queue, slot).filter(|_| open) {
                        *asked.entry(taken).or_default() -= load;
                    }
                }
                let waiting = work.iter().filter(|(teams, _)| teams.is_subset(&set));
                asked.extend(waiting.map(|(_, done)| (done[slot], -1.0)));
                if !asked.is_empty() {
                    let terms: Vec<_> = self.agents(&set, slot).chain(asked).collect();
                    self.program.row(0.0, f64::INFINITY, terms);
                }
            }
        }
    }
}
