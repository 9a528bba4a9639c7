//! The cover model, for the columns and the groups that are free to change:
//!
//! ```text
//! minimise  Σ price x[g,s] + Σ contract heads[g] + Σ shortfall_price short[S,t] + Σ late_price late[d,t]
//! y[g,t] = Σ_{s covers t} x[g,s]                                   agents of g on the line
//! Σ_{g serves any of S} y[g,t] + short[S,t] ≥ need[S,t]             each set S of queues
//! Σ_{g serves any of S} y[g,t] + short[S,t] ≥ busy[S,t] + Σ_{d in S} w[d,t]
//! Σ_{g serves any of P} y[g,t] + none[P,t] ≥ base[P,t] + Σ_k z[P,t,k],  z[P,t,k] ≤ width       each pledge P
//! Σ_{t in period} (at base[P,t] + Σ_k gain[P,t,k] z[P,t,k]) + short ≥ promised    each period of P; a strict one
//!                                                                                has neither none nor short
//! open[d,t] = open[d,t−1] + work[d,t] − w[d,t],  open[d,t] ≤ allowed[d,t] + late[d,t]   (cyclic)
//! Σ_{g at site} Σ_{s present in t} x[g,s] ≤ seats,  and people likewise, held through their rest
//! heads[g] ≥ Σ_{s begins on day} x[g,s],  and by shifts, hours and Sundays of a contract    each group hired whole
//! ```
//!
//! with busy = need − fill · (need − load), but at least the load. Availability columns y keep the rows short: written on the shifts
//! themselves the same model has fifteen times the nonzeros.

use std::collections::{BTreeMap, BTreeSet};

use super::contract::{Heads, Hired, hire};
use super::duties::Duties;
use super::instance::{Choice, InAll, Instance, Limit, Plan};
use crate::solver::{ColumnId, Program, RowId};

/// Agents already there, whom the model does not change.
pub(super) struct Fixed {
    /// Agents per cover, then per pledge, and slot.
    pub cover: Vec<Vec<f64>>,
    /// Used up of each limit, per slot.
    pub used: Vec<Vec<f64>>,
    /// Used up of each limit in all.
    pub in_all: Vec<InAll>,
    /// Shifts under each contract.
    pub duties: Vec<Duties>,
    /// Most that may be missing, per cover and slot: what the whole plan misses already.
    pub missing: Option<Vec<Vec<f64>>>,
}

/// The program of some choices, and where its parts are.
pub(super) struct Model {
    pub program: Program,
    /// The free choices with their columns.
    pub choices: Vec<(Choice, ColumnId)>,
    /// Cover rows `(cover, slot, row)` that are not met by the fixed agents alone.
    pub rows: Vec<(u32, u32, RowId)>,
    /// `y[g,t]` of the groups with free choices, where any of them can be on the line.
    pub on_line: BTreeMap<(u32, u32), ColumnId>,
    /// People hired of groups with free choices.
    pub heads: Vec<Heads>,
    /// `w[d,t]`.
    pub work: Vec<Vec<ColumnId>>,
    /// Columns `z` and row per pledge and slot.
    pub pledged: Vec<Vec<Option<Pledged>>>,
}

/// A pledge in one slot.
pub(super) struct Pledged {
    /// Agents taken of each piece of its curve.
    pub agents: Vec<ColumnId>,
    /// Not more than there are.
    pub row: RowId,
}

impl Fixed {
    /// Nobody.
    pub fn none(instance: &Instance) -> Self {
        Self {
            cover: vec![vec![0.0; instance.slots]; instance.covers.len() + instance.pledges.len()],
            used: vec![vec![0.0; instance.slots]; instance.limits.len()],
            in_all: vec![InAll::default(); instance.limits.len()],
            duties: Hired::nobody(instance).duties,
            missing: None,
        }
    }

    /// The agents of a plan whose groups are not `free`.
    pub fn others(
        instance: &Instance,
        serving: &[Vec<u32>],
        plan: &Plan,
        free: impl Fn(Choice) -> bool,
    ) -> Self {
        let mut fixed = Self::none(instance);
        let mut hired = Hired::nobody(instance);
        fixed.missing = Some(instance.missing_of(serving, plan));
        let mut on_line = vec![vec![0.0; instance.slots]; instance.groups.len()];
        for (&choice, &count) in plan.iter().filter(|&(&choice, _)| !free(choice)) {
            hired.change(choice, f64::from(count));
            let shift = &instance.shifts[choice.shift as usize];
            for &t in &shift.cover {
                on_line[choice.group as usize][t as usize] += f64::from(count);
            }
            for (number, limit) in instance.limits.iter().enumerate() {
                if limit.groups.contains(&choice.group) {
                    let sums = fixed.in_all[number].iter_mut();
                    for (sum, of_one) in sums.zip(Limit::takes(shift)) {
                        *sum += of_one * f64::from(count);
                    }
                    for t in limit.uses(shift) {
                        fixed.used[number][t as usize] += f64::from(count);
                    }
                }
            }
        }
        fixed.duties = hired.duties;
        for (there, groups) in fixed.cover.iter_mut().zip(serving) {
            for &g in groups {
                for (sum, agents) in there.iter_mut().zip(&on_line[g as usize]) {
                    *sum += agents;
                }
            }
        }
        fixed
    }
}

/// The cover model of the `free` choices on top of the `fixed` agents.
pub(super) fn build(
    instance: &Instance,
    serving: &[Vec<u32>],
    free: &[Choice],
    fixed: &Fixed,
) -> Model {
    let mut program = Program::default();
    let choices: Vec<(Choice, ColumnId)> = free
        .iter()
        .map(|&choice| {
            let column = program.integer(instance.price(choice), 0.0, f64::INFINITY);
            (choice, column)
        })
        .collect();
    let on_line = availability(instance, &mut program, &choices);
    limits(instance, &mut program, &choices, fixed);
    let hired: Vec<(Choice, ColumnId, f64)> = choices.iter().map(|&(c, x)| (c, x, 1.0)).collect();
    let heads = hire(instance, &mut program, &hired, &fixed.duties);
    let work = deferrable_work(instance, &mut program);
    let mut model = Model {
        program,
        choices,
        rows: Vec::new(),
        on_line,
        heads,
        work,
        pledged: Vec::new(),
    };
    cover_rows(instance, serving, &mut model, fixed);
    pledge_rows(instance, serving, &mut model, fixed);
    model
}

/// Columns of the agents of each group on the line in each slot.
pub(super) fn availability(
    instance: &Instance,
    program: &mut Program,
    choices: &[(Choice, ColumnId)],
) -> BTreeMap<(u32, u32), ColumnId> {
    let mut working: BTreeMap<(u32, u32), Vec<ColumnId>> = BTreeMap::new();
    for &(choice, column) in choices {
        for &t in &instance.shifts[choice.shift as usize].cover {
            working.entry((choice.group, t)).or_default().push(column);
        }
    }
    let mut availability = BTreeMap::new();
    for (&key, columns) in &working {
        let y = program.column(0.0, 0.0, f64::INFINITY);
        let terms = columns.iter().map(|&x| (x, 1.0));
        program.row(0.0, 0.0, terms.chain([(y, -1.0)]));
        availability.insert(key, y);
    }
    availability
}

/// Rows of seats and people.
pub(super) fn limits(
    instance: &Instance,
    program: &mut Program,
    choices: &[(Choice, ColumnId)],
    fixed: &Fixed,
) {
    for (number, limit) in instance.limits.iter().enumerate() {
        let mut using: BTreeMap<u32, Vec<ColumnId>> = BTreeMap::new();
        let (mut begin, mut all) = (BTreeSet::new(), Vec::new());
        for &(choice, column) in choices
            .iter()
            .filter(|(c, _)| limit.groups.contains(&c.group))
        {
            let shift = &instance.shifts[choice.shift as usize];
            all.push((column, Limit::takes(shift)));
            begin.insert(limit.uses(shift).start);
            for t in limit.uses(shift) {
                using.entry(t).or_default().push(column);
            }
        }
        // Between two starts nobody comes: most are there when somebody begins.
        using.retain(|t, _| begin.contains(t));
        for (t, columns) in using {
            let t = t as usize;
            let left = (limit.most_in(t) - fixed.used[number][t]).max(0.0);
            let terms = columns.into_iter().map(|x| (x, 1.0));
            program.row(f64::NEG_INFINITY, left, terms);
        }
        for (kind, most) in limit.most_in_all.into_iter().enumerate() {
            let terms = all.iter().map(|&(x, takes)| (x, takes[kind]));
            let terms: Vec<_> = terms.filter(|&(_, takes)| takes > 0.0).collect();
            if most.is_finite() && !terms.is_empty() {
                let left = (most - fixed.in_all[number][kind]).max(0.0);
                program.row(f64::NEG_INFINITY, left, terms);
            }
        }
    }
}

fn deferrable_work(instance: &Instance, program: &mut Program) -> Vec<Vec<ColumnId>> {
    let mut work = Vec::new();
    for deferrable in &instance.deferrables {
        let infinity = f64::INFINITY;
        let done: Vec<_> = deferrable
            .work
            .iter()
            .map(|_| program.column(0.0, 0.0, infinity))
            .collect();
        let open: Vec<_> = deferrable
            .work
            .iter()
            .map(|_| program.column(0.0, 0.0, infinity))
            .collect();
        for (t, &arriving) in deferrable.work.iter().enumerate() {
            let before = open[(t + open.len() - 1) % open.len()];
            let terms = [(open[t], 1.0), (before, -1.0), (done[t], 1.0)];
            program.row(arriving, arriving, terms);
            let late = program.column(deferrable.late_price, 0.0, infinity);
            let terms = [(open[t], 1.0), (late, -1.0)];
            program.row(f64::NEG_INFINITY, deferrable.open_allowed[t], terms);
        }
        work.push(done);
    }
    work
}

fn cover_rows(instance: &Instance, serving: &[Vec<u32>], model: &mut Model, fixed: &Fixed) {
    // Of rows over the same agents at the same price of a shortage only the hardest counts.
    type Same = (u32, Vec<ColumnId>, Option<usize>, u64, u64);
    let mut hardest: BTreeMap<Same, (f64, usize)> = BTreeMap::new();
    for (c, (cover, groups)) in instance.covers.iter().zip(serving).enumerate() {
        let waiting: Vec<usize> = (0..instance.deferrables.len())
            .filter(|&d| cover.queues.contains(&instance.deferrables[d].queue))
            .collect();
        for t in 0..instance.slots {
            let there = fixed.cover[c][t];
            let need = cover.need[t];
            if need <= there && waiting.is_empty() {
                continue;
            }
            let slot = t as u32;
            let agents = groups.iter().filter_map(|&g| model.on_line.get(&(g, slot)));
            let agents: Vec<ColumnId> = agents.copied().collect();
            if waiting.is_empty() {
                let missing = fixed.missing.as_ref();
                let most = missing.map_or(f64::INFINITY, |missing| missing[c][t]);
                // What nobody can work is missing from each.
                let nobody = agents.is_empty().then_some(c);
                let same = (
                    slot,
                    agents,
                    nobody,
                    cover.shortfall_price.to_bits(),
                    most.to_bits(),
                );
                let least = hardest.entry(same).or_insert((0.0, c));
                if need - there > least.0 {
                    *least = (need - there, c);
                }
                continue;
            }
            let short = (model.program).column(cover.shortfall_price, 0.0, f64::INFINITY);
            let mut terms: Vec<_> = agents.into_iter().map(|y| (y, 1.0)).collect();
            terms.push((short, 1.0));
            if need > there {
                let row = model
                    .program
                    .row(need - there, f64::INFINITY, terms.iter().copied());
                model.rows.push((c as u32, slot, row));
            }
            let busy = need - instance.fill * (need - cover.load[t]).max(0.0);
            let busy = busy.max(cover.load[t]);
            terms.extend(waiting.iter().map(|&d| (model.work[d][t], -1.0)));
            let row = model.program.row(busy - there, f64::INFINITY, terms);
            model.rows.push((c as u32, slot, row));
        }
    }
    for ((slot, agents, _, price, most), (least, c)) in hardest {
        let (price, most) = (f64::from_bits(price), f64::from_bits(most));
        let mut terms: Vec<_> = agents.into_iter().map(|y| (y, 1.0)).collect();
        if most > 0.0 {
            terms.push((model.program.column(price, 0.0, most), 1.0));
        }
        let row = model.program.row(least, f64::INFINITY, terms);
        model.rows.push((c as u32, slot, row));
    }
}

fn pledge_rows(instance: &Instance, serving: &[Vec<u32>], model: &mut Model, fixed: &Fixed) {
    let serving = &serving[instance.covers.len()..];
    let fixed = &fixed.cover[instance.covers.len()..];
    for ((pledge, groups), there) in instance.pledges.iter().zip(serving).zip(fixed) {
        let mut gains: Vec<Vec<(ColumnId, f64)>> = Vec::new();
        let mut pledged = Vec::new();
        for (t, pieces) in pledge.pieces.iter().enumerate() {
            let program = &mut model.program;
            let above: Vec<(ColumnId, f64)> = pieces
                .iter()
                .map(|&(width, gain)| (program.column(0.0, 0.0, width), gain))
                .collect();
            let agents = groups
                .iter()
                .filter_map(|&g| model.on_line.get(&(g, t as u32)));
            let used = above.iter().map(|&(z, _)| (z, -1.0));
            let mut terms: Vec<_> = agents.map(|&y| (y, 1.0)).chain(used).collect();
            let columns: Vec<ColumnId> = above.iter().map(|&(z, _)| z).collect();
            let (base, _) = pledge.base[t];
            let lacking = base > there[t];
            if lacking && !pledge.is_strict() {
                let price = pledge.short_price * pledge.lost(t);
                terms.push((program.column(price, 0.0, base), 1.0));
            }
            let is_asked = !above.is_empty() || (lacking && pledge.is_strict());
            pledged.push(is_asked.then(|| {
                let row = model.program.row(base - there[t], f64::INFINITY, terms);
                Pledged {
                    agents: columns,
                    row,
                }
            }));
            gains.push(above);
        }
        for (slots, wanted) in &pledge.periods {
            let terms = gains[slots.clone()].iter().flatten().copied();
            let mut terms: Vec<_> = terms.collect();
            if !pledge.is_strict() {
                let short = model.program.column(pledge.short_price, 0.0, f64::INFINITY);
                terms.push((short, 1.0));
            }
            let at_base: f64 = pledge.base[slots.clone()].iter().map(|base| base.1).sum();
            (model.program).row(wanted - at_base, f64::INFINITY, terms);
        }
        model.pledged.push(pledged);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::solver::{Limits, Live};
    use crate::staffing::Contract;
    use crate::staffing::duties::Capacity;
    use crate::staffing::instance::{Cover, Deferrable, Group, Limit, Shift};

    /// Four slots, shifts of two; one queue of calls, one of mail.
    fn small() -> Instance {
        let shift = |cover: [u32; 2]| Shift {
            present: cover[0]..cover[1] + 1,
            ..Shift::on_line(cover.to_vec(), 10.0)
        };
        Instance {
            slots: 4,
            shifts: vec![shift([0, 1]), shift([2, 3])],
            groups: vec![Group {
                queues: vec![0, 1],
                factor: 1.0,
                shifts: vec![0, 1],
            }],
            covers: vec![Cover {
                queues: vec![0, 1],
                need: vec![2.0, 1.0, 1.0, 1.0],
                load: vec![1.0; 4],
                shortfall_price: 1000.0,
            }],
            fill: 1.0,
            ..Instance::default()
        }
    }

    fn solve(instance: &Instance) -> f64 {
        let fixed = Fixed::none(instance);
        let model = build(instance, &instance.serving(), &instance.choices(), &fixed);
        Live::new(&model.program)
            .solve(&Limits::to_gap(0.0))
            .proof
            .objective
    }

    #[test]
    fn each_slot_is_covered() {
        assert!((solve(&small()) - 30.0).abs() < 1e-6);
    }

    #[test]
    fn mail_fills_idle_time_before_it_asks_for_agents() {
        let mut instance = small();
        let mail = |work: f64| Deferrable {
            queue: 1,
            work: vec![work, 0.0, 0.0, 0.0],
            open_allowed: vec![work, work, 0.0, 0.0],
            late_price: 1000.0,
        };
        // Three agents work eight half-days less four erlangs of calls: two agent-slots idle in 0 and 1.
        instance.deferrables = vec![mail(2.0)];
        assert!((solve(&instance) - 30.0).abs() < 1e-6);
        instance.deferrables = vec![mail(3.0)];
        assert!((solve(&instance) - 40.0).abs() < 1e-6);
    }

    #[test]
    fn who_is_hired_for_the_busiest_day_is_paid_on_the_others() {
        let mut instance = small();
        instance.shifts[1].begin.day = 1;
        instance.contracts = vec![Contract {
            group: 0,
            price: 7.0,
            beside: 0.0,
            of_one: Capacity {
                shifts: 2.0,
                hours: 100.0,
                sundays: f64::INFINITY,
                band: None,
            },
            least_hours: 0.0,
            most_heads: f64::INFINITY,
        }];
        // Two in the first half, one in the second: two people.
        assert!((solve(&instance) - 44.0).abs() < 1e-6);
        instance.contracts[0].of_one.shifts = 1.0;
        assert!((solve(&instance) - 51.0).abs() < 1e-6);
        // Two on a Sunday are the turns of three.
        instance.contracts[0].of_one.shifts = 2.0;
        instance.contracts[0].of_one.sundays = 0.75;
        instance.shifts[0].begin.on_sunday = true;
        assert!((solve(&instance) - 51.0).abs() < 1e-6);
    }

    #[test]
    fn a_missing_seat_is_a_priced_shortfall() {
        let mut instance = small();
        instance.limits = vec![Limit {
            groups: vec![0],
            most: 1.0,
            people: false,
            most_in_all: [f64::INFINITY; 3],
            others: Vec::new(),
        }];
        assert!((solve(&instance) - 1020.0).abs() < 1e-6);
        // Two people, of whom one may work a Sunday.
        instance.shifts[0].begin.on_sunday = true;
        instance.limits[0].most = 2.0;
        assert!((solve(&instance) - 30.0).abs() < 1e-6);
        instance.limits[0].most_in_all[2] = 1.0;
        assert!((solve(&instance) - 1020.0).abs() < 1e-6);
    }
}
