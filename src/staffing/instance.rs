//! The staffing problem in the abstract: who could work when, at what price, and what must be covered.
//!
//! Slots may be cyclic or not: a shift simply names the slots it works. The same form carries a corner shop's
//! week and the skills, sites and clients of an agency.

use std::ops::Range;

use super::contract::{Contract, Hired};
use super::duties::Begin;

/// One day's work that an agent can be given: the slots on the line and its price.
#[derive(Debug, Clone, PartialEq)]
pub struct Shift {
    /// Slots worked on the line, breaks left out, ascending.
    pub cover: Vec<u32>,
    /// Slots in the building, breaks included: a seat is taken.
    pub present: Range<u32>,
    /// Slots in which the agent can begin no other shift: the work and the rest after it.
    pub held: Range<u32>,
    /// Price of the shift for an agent of factor 1.
    pub price: f64,
    pub begin: Begin,
    /// What it takes of the hours of a contract.
    pub hours: f64,
}

impl Shift {
    /// A shift that takes no seat and needs no rest; `cover` in any order.
    pub fn on_line(mut cover: Vec<u32>, price: f64) -> Self {
        cover.sort_unstable();
        cover.dedup();
        Self {
            cover,
            present: 0..0,
            held: 0..0,
            price,
            begin: Begin::default(),
            hours: 0.0,
        }
    }
}

/// Agents with the same skills at the same site.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Queues its agents can serve, ascending.
    pub queues: Vec<u32>,
    /// Factor on the price of a shift.
    pub factor: f64,
    /// Shifts its agents may be given.
    pub shifts: Vec<u32>,
}

impl Group {
    /// Can its agents serve any of these queues?
    pub fn serves_any(&self, queues: &[u32]) -> bool {
        queues.iter().any(|q| self.queues.binary_search(q).is_ok())
    }
}

/// In each slot the agents able to serve any of `queues` must reach `need`.
#[derive(Debug, Clone, PartialEq)]
pub struct Cover {
    /// The set of queues.
    pub queues: Vec<u32>,
    /// Agents on the line per slot.
    pub need: Vec<f64>,
    /// Erlangs of real-time work per slot: what lies between it and `need` is safety, idle on average.
    pub load: Vec<f64>,
    /// Price of one agent missing for one slot.
    pub shortfall_price: f64,
}

/// Work that may wait: it fills what real-time work leaves idle, then asks for agents of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Deferrable {
    /// The queue it belongs to.
    pub queue: u32,
    /// Agent-slots of work arriving in each slot.
    pub work: Vec<f64>,
    /// Most work (agent-slots) that may still be open at the end of each slot without any of it being late.
    pub open_allowed: Vec<f64>,
    /// Price of one agent-slot of work late for one slot.
    pub late_price: f64,
}

/// A service promised over periods of slots to the contacts of some queues together.
///
/// Contacts answered in time are a concave function of the agents able to serve any of them, from as many on as the
/// covers ask for: pieces of falling gain.
#[derive(Debug, Clone, PartialEq)]
pub struct Pledge {
    /// The set of queues.
    pub queues: Vec<u32>,
    /// Per slot: the agents that covers ask for, and the contacts in time by them.
    pub base: Vec<(f64, f64)>,
    /// Per slot: pieces beyond them (agents, contacts in time per agent), the steepest first.
    pub pieces: Vec<Vec<(f64, f64)>>,
    /// Slots of each period, and contacts in time promised in it.
    pub periods: Vec<(Range<usize>, f64)>,
    /// Price of one contact short; infinite: no plan may miss any, nor stand with fewer agents than `base` says.
    pub short_price: f64,
}

impl Pledge {
    /// The upper concave envelope of `in_time[slot][agents]` from `least[slot]` agents on, so that no plan that keeps
    /// the promise is shut out.
    pub fn new(
        queues: Vec<u32>,
        (in_time, least): (&[Vec<f64>], &[u32]),
        periods: Vec<(Range<usize>, f64)>,
        short_price: f64,
    ) -> Self {
        let from = |curve: &Vec<f64>, least: u32| (least as usize).min(curve.len() - 1);
        let slots = || in_time.iter().zip(least);
        Self {
            queues,
            base: slots()
                .map(|(curve, &least)| {
                    let from = from(curve, least);
                    (from as f64, curve[from])
                })
                .collect(),
            pieces: slots()
                .map(|(curve, &least)| envelope(&curve[from(curve, least)..]))
                .collect(),
            periods,
            short_price,
        }
    }

    /// Contacts that one agent missing of those whom covers ask for loses in a slot: as many as any other gains, so that
    /// nobody is better left out.
    pub(super) fn lost(&self, slot: usize) -> f64 {
        let (agents, in_time) = self.base[slot];
        let steepest = self.pieces[slot].first().map_or(0.0, |&(_, gain)| gain);
        if agents > 0.0 {
            steepest.max(in_time / agents)
        } else {
            steepest
        }
    }

    /// May no plan miss it, at any price?
    pub(super) fn is_strict(&self) -> bool {
        self.short_price.is_infinite()
    }

    /// Is all of it kept by so many agents per slot?
    pub(super) fn is_kept(&self, agents: &[f64]) -> bool {
        const ROUNDING: f64 = 1e-9;
        let asked: f64 = self.periods.iter().map(|(_, wanted)| wanted).sum();
        let mut slots = self.base.iter().zip(agents);
        slots.all(|((base, _), agents)| agents >= base) && self.short(agents) <= ROUNDING * asked
    }

    /// Contacts short over all periods with so many agents per slot.
    pub fn short(&self, agents: &[f64]) -> f64 {
        let in_time = |slot: usize| {
            let (base, at_base) = self.base[slot];
            let missing = (base - agents[slot]).max(0.0);
            let mut left = (agents[slot] - base).max(0.0);
            let pieces = self.pieces[slot].iter();
            let beyond = pieces
                .map(|&(width, gain)| {
                    let taken = left.min(width);
                    left -= taken;
                    gain * taken
                })
                .sum::<f64>();
            at_base - missing * self.lost(slot) + beyond
        };
        let short = |(slots, wanted): &(Range<usize>, f64)| {
            (wanted - slots.clone().map(in_time).sum::<f64>()).max(0.0)
        };
        self.periods.iter().map(short).sum()
    }
}

/// Pieces (width, slope) of the least concave function above a curve through its whole numbers, from the first on.
fn envelope(curve: &[f64]) -> Vec<(f64, f64)> {
    let mut corners: Vec<(f64, f64)> = Vec::new();
    let slope = |a: (f64, f64), b: (f64, f64)| (b.1 - a.1) / (b.0 - a.0);
    for (n, &value) in curve.iter().enumerate() {
        let point = (n as f64, value);
        while let [.., before, last] = corners[..] {
            if slope(before, last) > slope(last, point) {
                break;
            }
            corners.pop();
        }
        corners.push(point);
    }
    let pieces = corners.windows(2).map(|pair| {
        let width = pair[1].0 - pair[0].0;
        (width, slope(pair[0], pair[1]))
    });
    pieces.filter(|&(_, gain)| gain > 0.0).collect()
}

/// What some groups share and cannot have more of: the seats of a site, or the people of a group.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// Groups that share it.
    pub groups: Vec<u32>,
    /// Seats, or people.
    pub most: f64,
    /// People: a shift holds its agent through the rest after it, not only while present.
    pub people: bool,
    pub most_in_all: InAll,
    /// Of the seats or people in each slot, those that others have: where a plan is one of a part. Empty: none.
    pub others: Vec<f64>,
}

/// Of the whole horizon: shifts, hours of contracts, and shifts that begin on a Sunday.
pub type InAll = [f64; 3];

impl Limit {
    /// What a shift takes of what there is in all.
    pub fn takes(shift: &Shift) -> InAll {
        let sundays = if shift.begin.on_sunday { 1.0 } else { 0.0 };
        [1.0, shift.hours, sundays]
    }

    /// The slots in which a shift uses up one of what there is.
    pub fn uses(&self, shift: &Shift) -> Range<u32> {
        if self.people {
            shift.held.clone()
        } else {
            shift.present.clone()
        }
    }

    /// What there is in a slot.
    pub fn most_in(&self, slot: usize) -> f64 {
        let others = self.others.get(slot).copied().unwrap_or(0.0);
        (self.most - others).max(0.0)
    }

    /// What of it a plan of others leaves.
    pub fn beside(&self, instance: &Instance, plan: &Plan) -> Self {
        let in_all = self.taken_in_all(&instance.shifts, plan);
        let mut left = self.clone();
        for (most, taken) in left.most_in_all.iter_mut().zip(in_all) {
            *most = (*most - taken).max(0.0);
        }
        left.others.resize(instance.slots, 0.0);
        for (others, taken) in left.others.iter_mut().zip(self.taken(instance, plan)) {
            *others += taken;
        }
        left
    }

    /// What a plan takes of what there is in all.
    pub fn taken_in_all(&self, shifts: &[Shift], plan: &Plan) -> InAll {
        let mut sums = InAll::default();
        for (choice, &count) in plan.iter().filter(|(c, _)| self.groups.contains(&c.group)) {
            let takes = Self::takes(&shifts[choice.shift as usize]);
            for (sum, of_one) in sums.iter_mut().zip(takes) {
                *sum += of_one * f64::from(count);
            }
        }
        sums
    }

    /// What a plan uses up of it, by slot.
    pub fn taken(&self, instance: &Instance, plan: &Plan) -> Vec<f64> {
        let mut taken = vec![0.0; instance.slots];
        for (choice, &count) in plan.iter().filter(|(c, _)| self.groups.contains(&c.group)) {
            for slot in self.uses(&instance.shifts[choice.shift as usize]) {
                taken[slot as usize] += f64::from(count);
            }
        }
        taken
    }
}

/// A staffing problem over one horizon (usually a week).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Instance {
    /// Slots of the horizon.
    pub slots: usize,
    /// Candidate shifts, shared by the groups that may use them.
    pub shifts: Vec<Shift>,
    /// Agent groups.
    pub groups: Vec<Group>,
    /// What must be covered.
    pub covers: Vec<Cover>,
    /// What is promised over longer than a slot.
    pub pledges: Vec<Pledge>,
    /// What may wait.
    pub deferrables: Vec<Deferrable>,
    /// Seats and people.
    pub limits: Vec<Limit>,
    /// People hired whole: one contract a group at most.
    pub contracts: Vec<Contract>,
    /// Share of the safety capacity (need − load) that deferrable work may fill: it yields to calls, so most.
    pub fill: f64,
}

/// A group working a shift: one decision of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Choice {
    /// Index of the group.
    pub group: u32,
    /// Index of the shift.
    pub shift: u32,
}

/// How many agents of each group work each shift; no zero counts, in order of [`Choice`].
pub type Plan = std::collections::BTreeMap<Choice, u32>;

/// One agent less on a shift.
pub fn take_out(plan: &mut Plan, choice: Choice) {
    if let Some(count) = plan.get_mut(&choice) {
        *count = count.saturating_sub(1);
        if *count == 0 {
            plan.remove(&choice);
        }
    }
}

impl Instance {
    /// Whether a plan has to answer for nothing but its covers.
    pub fn has_covers_alone(&self) -> bool {
        self.deferrables.is_empty()
            && self.pledges.is_empty()
            && self.limits.is_empty()
            && self.contracts.is_empty()
    }

    /// Every group with every shift it may work.
    pub fn choices(&self) -> Vec<Choice> {
        let of_group = |(g, group): (usize, &Group)| {
            let shifts = group.shifts.clone();
            shifts.into_iter().map(move |shift| Choice {
                group: g as u32,
                shift,
            })
        };
        self.groups.iter().enumerate().flat_map(of_group).collect()
    }

    /// Price of one agent of the group working the shift, without the contract that it is worked under.
    pub fn price(&self, choice: Choice) -> f64 {
        self.groups[choice.group as usize].factor * self.shifts[choice.shift as usize].price
    }

    /// The same with its usual part of the contract.
    pub fn full_price(&self, choice: Choice) -> f64 {
        let contract = self.contracts.iter().find(|c| c.group == choice.group);
        let part = contract.map_or(0.0, |contract| {
            let hours = self.shifts[choice.shift as usize].hours;
            contract.price * hours.max(contract.least_hours) / contract.of_one.hours
        });
        self.price(choice) + part
    }

    /// The choices of a plan, the dearest first.
    pub fn dearest_first(&self, plan: &Plan) -> Vec<Choice> {
        let mut order: Vec<(f64, Choice)> = plan
            .keys()
            .map(|&choice| (self.full_price(choice), choice))
            .collect();
        order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        order.into_iter().map(|(_, choice)| choice).collect()
    }

    /// Price of a plan.
    pub fn cost(&self, plan: &Plan) -> f64 {
        let shifts = plan.iter().map(|(&c, &n)| self.price(c) * f64::from(n));
        shifts.sum::<f64>() + Hired::of(self, plan).cost()
    }

    /// Agents of each group scheduled on the line in each slot: `[group][slot]`.
    pub fn on_line(&self, plan: &Plan) -> Vec<Vec<u32>> {
        let mut agents = vec![vec![0; self.slots]; self.groups.len()];
        for (choice, &count) in plan {
            for &slot in &self.shifts[choice.shift as usize].cover {
                agents[choice.group as usize][slot as usize] += count;
            }
        }
        agents
    }

    /// For each cover, then for each pledge, the groups that count towards it.
    pub fn serving(&self) -> Vec<Vec<u32>> {
        let serves = |queues: &Vec<u32>| {
            (0..self.groups.len() as u32)
                .filter(|&g| self.groups[g as usize].serves_any(queues))
                .collect()
        };
        let covers = self.covers.iter().map(|cover| &cover.queues);
        let pledges = self.pledges.iter().map(|pledge| &pledge.queues);
        covers.chain(pledges).map(serves).collect()
    }

    /// For each group, the covers (then pledges) that it counts towards, from [`Self::serving`].
    pub(super) fn covers_of(&self, serving: &[Vec<u32>]) -> Vec<Vec<u32>> {
        let mut covers_of = vec![Vec::new(); self.groups.len()];
        for (cover, groups) in serving.iter().enumerate() {
            for &group in groups {
                covers_of[group as usize].push(cover as u32);
            }
        }
        covers_of
    }

    /// Those of the agents on the line in a slot who can serve any of some queues.
    pub fn there(&self, agents: &[Vec<u32>], queues: &[u32], slot: usize) -> u32 {
        let groups = self.groups.iter().zip(agents);
        let ours = groups.filter(|(group, _)| group.serves_any(queues));
        ours.map(|(_, agents)| agents[slot]).sum()
    }

    /// Agents missing, per cover and slot, under a plan: `[cover][slot]`.
    pub fn missing(&self, plan: &Plan) -> Vec<Vec<f64>> {
        self.missing_of(&self.serving(), plan)
    }

    /// Agents missing from all covers in all slots together.
    pub fn missing_in_all(&self, plan: &Plan) -> f64 {
        self.missing(plan).iter().flatten().sum()
    }

    /// The same as [`Self::missing`] with [`Self::serving`] at hand.
    pub(super) fn missing_of(&self, serving: &[Vec<u32>], plan: &Plan) -> Vec<Vec<f64>> {
        let agents = self.on_line(plan);
        let of_cover = |(cover, groups): (&Cover, &Vec<u32>)| {
            (0..self.slots)
                .map(|t| {
                    let there: u32 = groups.iter().map(|&g| agents[g as usize][t]).sum();
                    (cover.need[t] - f64::from(there)).max(0.0)
                })
                .collect()
        };
        self.covers.iter().zip(serving).map(of_cover).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_envelope_is_concave_and_never_below_the_curve() {
        let curve = [0.0, 0.0, 1.0, 6.0, 8.0, 8.5, 8.5];
        let pieces = envelope(&curve);
        assert_eq!(pieces, [(4.0, 2.0), (1.0, 0.5)]);
        let from = |least| {
            let curves = [curve.to_vec()];
            Pledge::new(vec![0], (&curves, &[least]), vec![(0..1, 8.0)], 1.0)
        };
        let pledge = from(0);
        assert_eq!(pledge.short(&[4.0]), 0.0);
        assert_eq!(pledge.short(&[3.0]), 2.0);
        assert_eq!(pledge.short(&[0.0]), 8.0);
        // From two agents on: what a third brings is no longer spread over the first two, and who is missing of
        // them costs as much.
        let pledge = from(2);
        assert_eq!(pledge.base, [(2.0, 1.0)]);
        assert_eq!(pledge.pieces[0], [(1.0, 5.0), (1.0, 2.0), (1.0, 0.5)]);
        assert_eq!(pledge.short(&[4.0]), 0.0);
        assert_eq!(pledge.short(&[2.5]), 4.5);
        assert_eq!(pledge.short(&[1.0]), 12.0);
    }

    #[test]
    fn what_others_take_of_a_limit_is_left_to_them() {
        let shift = |cover: [u32; 2]| Shift {
            present: cover[0]..cover[1] + 1,
            hours: 4.0,
            ..Shift::on_line(cover.to_vec(), 1.0)
        };
        let instance = Instance {
            slots: 4,
            shifts: vec![shift([0, 1]), shift([1, 2])],
            ..Instance::default()
        };
        let seats = Limit {
            groups: vec![0, 1],
            most: 3.0,
            people: false,
            most_in_all: [f64::INFINITY, 10.0, f64::INFINITY],
            others: Vec::new(),
        };
        let choice = |group, shift| Choice { group, shift };
        let others = Plan::from([(choice(1, 0), 2), (choice(0, 1), 1), (choice(2, 1), 5)]);
        let left = seats.beside(&instance, &others);
        let slots: Vec<f64> = (0..4).map(|slot| left.most_in(slot)).collect();
        assert_eq!(slots, [1.0, 0.0, 2.0, 3.0]);
        assert_eq!(left.most_in_all, [f64::INFINITY, 0.0, f64::INFINITY]);
        // And what yet others take.
        let twice = left.beside(&instance, &Plan::from([(choice(0, 0), 1)]));
        assert_eq!((twice.most_in(0), twice.most_in(3)), (0.0, 3.0));
    }
}
