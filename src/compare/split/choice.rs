//! Which parts go where: the solver's choice over one's own people as the relaxed model sees them, and the
//! partner's price.
//!
//! ```text
//! minimise  own[taken] + standing · some_own + P
//! P ≥ fees · some_partner − sales,          P ≥ fees · some_partner + Σ (alone[p] − fees) (1 − taken[p])
//! P ≥ all − Σ (all − without[p]) taken[p]
//! ```
//!
//! The last two hold where a partner is paid by the contact, by any form whose price grows at least evenly: a
//! minimum and an included volume do, a baseline with its band does not, nor do uplifts on a fee. The hours of a team
//! of its own are modelled like one's own people, at its price. Other partners (pods by the hour, by full-time agents)
//! ask at least for the hours of the promised share of the work. What costs least in the relaxed model bounds every
//! split; which splits are worth a plan is asked of the same model with one's own people at what their full plan
//! costs, and a part of the work at its share of what such a partner asks for all of it.
//!
//! The promises stand in the model as queueing formulas have them, slot by slot and each in its steady state. A plan
//! may keep them in simulation all the same with somebody less (the line is empty in the morning): where one does, only
//! a model without them ([`bound_without_promises`]) bounds the splits, by open hours and work alone.

use std::collections::BTreeMap;

use super::desk::{Desk, Given};
use super::parts::{Parts, Side};
use crate::compare::{Settled, SetupResult, follows_contacts};
use crate::cost::{self, GoLive, TeamUsage, Usage};
use crate::demand::Demand;
use crate::ids::{GroupId, QueueId, SetupId};
use crate::scenario::{Employer, PriceForm, Scenario, Service};
use crate::settle;
use crate::solver::{ColumnId, Limits, Live, Outcome, Program};
use crate::staffing::{self, Price};
use crate::table::Table;
use crate::units::Hours;
use crate::whatif;

/// How near the bound and a choice are to the best of the model, and nodes of the tree: what is planned in simulation
/// need not be the model's very best.
const BOUND: (f64, u32) = (0.01, 200);
const CHOICE: (f64, u32) = (0.03, 20);

/// The model of one's own people and one partner.
pub(super) struct Choice<'a> {
    own: &'a SetupResult,
    parts: &'a Parts,
    live: Live,
    taken: Vec<ColumnId>,
    /// No split of these parts costs less.
    pub bound: f64,
}

/// What a side pays for people: their columns with prices, and what all the work costs it in full.
type People = (Vec<(ColumnId, f64)>, f64);

/// What the partner asks, as far as it is not in the rows of the program.
#[derive(Default)]
struct Asks {
    people: People,
    /// What each part is taken to cost where no more than hours of work bounds it.
    shares: Option<Vec<f64>>,
    /// The column of its price.
    price: Option<ColumnId>,
}

/// No split of these parts costs less, whatever simulation says of promises.
pub(super) fn bound_without_promises<F>(desk: &Desk<'_, F>, parts: &Parts) -> f64
where
    F: Fn(&Scenario, SetupId, &Demand) -> Settled + Sync,
{
    Choice::bounding(desk, parts, false).0.bound
}

impl<'a> Choice<'a> {
    pub fn new<F>(desk: &Desk<'a, F>, parts: &'a Parts) -> Self
    where
        F: Fn(&Scenario, SetupId, &Demand) -> Settled + Sync,
    {
        let (mut choice, (own, all_own), asks) = Self::bounding(desk, parts, true);
        if let (Some(shares), Some(price)) = (asks.shares, asks.price) {
            let terms = choice.taken.iter().copied().zip(shares.iter().copied());
            let terms: Vec<_> = terms.chain([(price, 1.0)]).collect();
            choice
                .live
                .add_row(shares.iter().sum(), f64::INFINITY, &terms);
        }
        choice.dearer(1.0, &own, all_own);
        choice.dearer(0.0, &asks.people.0, asks.people.1);
        choice
    }

    /// The model that bounds every split, with or without the promises of those on the line.
    fn bounding<F>(desk: &Desk<'a, F>, parts: &'a Parts, promises: bool) -> (Self, People, Asks)
    where
        F: Fn(&Scenario, SetupId, &Demand) -> Settled + Sync,
    {
        let own = desk.own;
        let nothing = nothing(own);
        let standing = total(own, &own.scenario, &nothing);
        let apart = |part: usize| -> Vec<bool> { (0..parts.len()).map(|p| p == part).collect() };
        let sides = |own_parts: &[bool]| parts.sides(&own.scenario, own_parts);
        let worth: Vec<f64> = (0..parts.len())
            .map(|part| beside_people(own, desk.given(&sides(&apart(part)), true)) - standing)
            .collect();
        let mut program = Program::default();
        let taken: Vec<ColumnId> = worth
            .iter()
            .map(|&worth| program.integer(worth, 0.0, 1.0))
            .collect();
        let per_head = |group| beside_pay(own, &nothing, group) - standing;
        let pay = Price::Pay(&per_head);
        let paid = people(&mut program, own, parts, &taken, (pay, promises));
        let some_own = program.column(standing, 0.0, 1.0);
        for &part in &taken {
            program.row(0.0, f64::INFINITY, [(some_own, 1.0), (part, -1.0)]);
        }
        let apart = |part: usize| sides(&apart(part));
        let asks = partner(desk, parts, &mut program, &taken, (&apart, promises));
        let mut choice = Self {
            own,
            parts,
            live: Live::new(&program),
            taken,
            bound: 0.0,
        };
        choice.bound = choice.solve(BOUND).proof.bound.max(0.0);
        let rest = standing + worth.iter().sum::<f64>();
        (choice, (paid, own.costing.total().to_f64() - rest), asks)
    }

    /// Prices people so that all parts (`taken` of 1), or none, cost what they do in full.
    fn dearer(&mut self, taken: f64, paid: &[(ColumnId, f64)], full: f64) {
        if paid.is_empty() {
            return;
        }
        for &column in &self.taken {
            self.live.set_bounds(column, taken, taken);
        }
        let all = self.solve(CHOICE);
        for &column in &self.taken {
            self.live.set_bounds(column, 0.0, 1.0);
        }
        if !all.proof.has_solution() {
            return;
        }
        let pay = paid
            .iter()
            .map(|(column, price)| price * all.columns[column.index()]);
        let dearer = full / pay.sum::<f64>().max(1e-9);
        if dearer > 1.0 {
            for &(column, price) in paid {
                self.live.set_cost(column, price * dearer);
            }
        }
    }

    /// The cheapest choice that it has not named yet.
    pub fn next(&mut self) -> Option<Table<QueueId, Side>> {
        let found = self.solve(CHOICE);
        if !found.proof.has_solution() {
            return None;
        }
        let own: Vec<bool> = self
            .taken
            .iter()
            .map(|column| found.columns[column.index()] > 0.5)
            .collect();
        let turned: Vec<(ColumnId, f64)> = (self.taken.iter().zip(&own))
            .map(|(&column, &own)| (column, if own { -1.0 } else { 1.0 }))
            .collect();
        let taken = own.iter().filter(|own| **own).count();
        self.live
            .add_row(1.0 - taken as f64, f64::INFINITY, &turned);
        Some(self.parts.sides(&self.own.scenario, &own))
    }

    fn solve(&mut self, (gap, nodes): (f64, u32)) -> Outcome {
        self.live.solve(&Limits {
            nodes: Some(nodes),
            ..Limits::to_gap(gap)
        })
    }
}

/// The partner's price of the parts that are left to it.
fn partner<F>(
    desk: &Desk<'_, F>,
    parts: &Parts,
    program: &mut Program,
    taken: &[ColumnId],
    (apart, promises): (&dyn Fn(usize) -> Table<QueueId, Side>, bool),
) -> Asks
where
    F: Fn(&Scenario, SetupId, &Demand) -> Settled + Sync,
{
    let base = desk.partner;
    let fees = total(base, &base.scenario, &nothing(base));
    let all = base.costing.total().to_f64();
    // What contacts sell is taken off, whoever takes them.
    let sales = of_parts(desk.own, parts, |queue| {
        base.scenario.queues[queue].contact_type.sale.to_f64()
    });
    let price = program.column(1.0, -sales.iter().sum::<f64>(), f64::INFINITY);
    let some = program.column(0.0, 0.0, 1.0);
    for &part in taken {
        program.row(1.0, f64::INFINITY, [(some, 1.0), (part, 1.0)]);
    }
    // price + people ≥ constant · some + Σ more[p] (1 − taken[p]).
    let grows = |program: &mut Program, constant: f64, more: &[f64], people: &[(ColumnId, f64)]| {
        let terms = taken.iter().copied().zip(more.iter().copied());
        let terms = terms.chain(people.iter().copied());
        let terms = terms.chain([(some, -constant), (price, 1.0)]);
        program.row(more.iter().sum(), f64::INFINITY, terms);
    };
    let less: Vec<f64> = sales.iter().map(|sale| -sale).collect();
    let beside = || -> Vec<f64> {
        let parts = 0..parts.len();
        let given = parts.map(|part| desk.given(&apart(part), true));
        given
            .map(|given| beside_people(base, given) - fees)
            .collect()
    };
    let mut asks = Asks {
        price: Some(price),
        ..Asks::default()
    };
    if let Some((standing, prices)) = by_slot(desk) {
        // Left to the partner's agents is what is not taken; their price stands with their columns.
        let mut left = Vec::new();
        for &part in taken {
            let column = program.column(0.0, 0.0, 1.0);
            program.row(1.0, 1.0, [(part, 1.0), (column, 1.0)]);
            left.push(column);
        }
        let by_slot = Price::BySlot(&prices);
        let paid = people(program, base, parts, &left, (by_slot, promises));
        grows(program, standing, &beside(), &[]);
        grows(program, fees, &less, &paid);
        asks.people = (paid, all - standing);
        return asks;
    }
    grows(program, fees, &less, &[]);
    if !follows_contacts(&base.scenario, base.setup) {
        let whole = work(desk.own, parts, |_| 1.0);
        let sum = whole.iter().sum::<f64>().max(1e-9);
        asks.shares = Some(whole.iter().map(|work| all * work / sum).collect());
        if let Some(hour) = hour(base) {
            let queues = &base.scenario.queues;
            let work = work(desk.own, parts, |queue| {
                queues[queue].promised_share().value()
            });
            let hours = work.iter().zip(beside());
            let hours: Vec<f64> = hours.map(|(work, beside)| work * hour + beside).collect();
            grows(program, 0.0, &hours, &[]);
        }
        return asks;
    }
    if !grows_evenly(&base.scenario, base.setup) {
        return asks;
    }
    let priced = |given: Given| {
        let priced = desk.priced(base, given, true);
        priced.map_or(0.0, |(costing, _)| costing.total().to_f64())
    };
    let (mut alone, mut without) = (Vec::new(), Vec::new());
    for part in 0..parts.len() {
        // One's own people have one part, or the partner has it: the same cut, seen from both sides.
        let sides = apart(part);
        alone.push(priced(desk.given(&sides, true)) - fees);
        without.push(all - priced(desk.given(&sides, false)));
    }
    grows(program, fees, &alone, &[]);
    if !hotline_grows(base) {
        let terms = taken.iter().copied().zip(without);
        program.row(all, f64::INFINITY, terms.chain([(price, 1.0)]));
    }
    asks
}

/// Whether a price by the contact rises with each contact by as much as with the one before, or more: a baseline's
/// does not inside its band, nor do uplifts on a fee that is shared out among contacts.
fn grows_evenly(scenario: &Scenario, setup: SetupId) -> bool {
    let Some(tariff) = &scenario.setups[setup].tariff else {
        return false;
    };
    let uplifts = &tariff.uplifts;
    let hours = [uplifts.night, uplifts.weekend, uplifts.round_the_clock];
    let uplifted = hours.iter().any(|share| share.value() > 0.0) || !uplifts.languages.is_empty();
    match tariff.form {
        PriceForm::Anchored { .. } => false,
        PriceForm::Flat { .. } => !uplifted,
        _ => true,
    }
}

/// Whether the days of the hotline depend on the contacts.
fn hotline_grows(base: &SetupResult) -> bool {
    let tariff = base.scenario.setups[base.setup].tariff.as_ref();
    let mut queues = base.scenario.queues.values();
    let product = queues.any(|queue| queue.contact_type.product);
    let per_day = base.demand.per_day(|_| true);
    let days = |per_day: f64| GoLive::of(tariff, per_day).hotline_days;
    product && days(per_day) != days(0.0)
}

/// What a partner who is paid for people asks for an hour of work at the least: what an hour on the line costs, or a
/// full-time agent's.
fn hour(base: &SetupResult) -> Option<f64> {
    let scenario = &base.scenario;
    let terms = &scenario.setups[base.setup];
    let full = terms.groups.iter().map(|&group| {
        let site = &scenario.sites[scenario.groups[group].site];
        site.rules.full_time.value()
    });
    let full = Hours(full.fold(0.0, f64::max));
    let price = terms.tariff.as_ref()?.form.an_hour(full)?;
    let mut groups = terms.groups.iter();
    let theirs = groups.all(|&group| scenario.groups[group].employer == Employer::Partner);
    theirs.then_some(price)
}

/// The people of a set-up for the parts that are theirs.
fn people(
    program: &mut Program,
    base: &SetupResult,
    parts: &Parts,
    taken: &[ColumnId],
    (price, promises): (Price, bool),
) -> Vec<(ColumnId, f64)> {
    let of = |queue: QueueId, slot: usize| parts.at(queue, slot);
    let choice = staffing::Parts {
        of: &of,
        taken,
        price,
        promises,
    };
    settle::parted(program, &base.scenario, base.setup, &base.demand, &choice)
}

/// Where a partner's team of its own is paid by the hour: what it asks beside hours and contacts, and for an agent on
/// the line in each slot. From its price as planned: an hour more of each.
fn by_slot<F>(desk: &Desk<'_, F>) -> Option<(f64, Vec<f64>)> {
    let base = desk.partner;
    let tariff = base.scenario.setups[base.setup].tariff.as_ref()?;
    let by_the_hour = matches!(
        tariff.form,
        PriceForm::PerProductiveHour { .. } | PriceForm::PerLoggedHour { .. }
    );
    let alone = base.scenario.queues.len() == desk.own.scenario.queues.len();
    if !by_the_hour || !alone {
        return None;
    }
    let SetupResult {
        scenario,
        setup,
        demand,
        staffing,
        observed,
        ..
    } = base;
    let usage = Usage::of(scenario, *setup, demand, staffing, observed);
    let (mut productive, mut logged) = (vec![0.0; demand.horizon.slots], 0.0);
    for (_, queue) in usage.own_queues() {
        logged += queue.logged_hours.iter().sum::<f64>();
        for (sum, hours) in productive.iter_mut().zip(&queue.productive_hours) {
            *sum += hours;
        }
    }
    let logged = logged / productive.iter().sum::<f64>().max(1e-9);
    let (first, _) = usage.own_queues().next()?;
    let total = |usage: &Usage| {
        let costing = cost::price_usage(scenario, *setup, usage, Some(observed));
        costing.total().to_f64()
    };
    // What follows the contacts is each part's own.
    let mut usage = usage;
    for queue in usage.queues.ids().collect::<Vec<_>>() {
        usage.queues[queue].offered.fill(0.0);
    }
    let all = total(&usage);
    let mut beside = all;
    let mut prices = Vec::new();
    for (slot, hours) in productive.iter().enumerate() {
        let mut more = usage.clone();
        let queue = &mut more.queues[first];
        queue.productive_hours[slot] += 1.0;
        queue.logged_hours[slot] += logged;
        let price = total(&more) - all;
        beside -= price * hours;
        prices.push(price * demand.horizon.slot_hours());
    }
    Some((beside.max(0.0), prices))
}

/// Hours of work of each part, of each queue so much of it.
fn work(own: &SetupResult, parts: &Parts, share: impl Fn(QueueId) -> f64) -> Vec<f64> {
    of_parts(own, parts, |queue| {
        let concurrency = match &own.scenario.queues[queue].service {
            Service::RealTime { concurrency, .. } => f64::from((*concurrency).max(1)),
            Service::Deferrable { .. } => 1.0,
        };
        let handle_time = own.scenario.queues[queue].handle_time.mean;
        share(queue) * handle_time.hours().value() / concurrency
    })
}

/// The contacts of each part, each at its queue's weight.
fn of_parts(own: &SetupResult, parts: &Parts, weight: impl Fn(QueueId) -> f64) -> Vec<f64> {
    let mut sums = vec![0.0; parts.len()];
    for (id, queue) in own.demand.queues.iter() {
        let weight = weight(id);
        for (slot, mean) in queue.mean.iter().enumerate() {
            if let Some(part) = parts.at(id, slot) {
                sums[part] += weight * mean;
            }
        }
    }
    sums
}

/// A set-up before any contact and without anybody: fees and minimum, the owner's hours.
fn nothing(base: &SetupResult) -> Usage {
    let demand = whatif::scaled_demand(&base.demand, 0.0);
    Usage::of_demand(&base.scenario, base.setup, &demand)
}

fn total(base: &SetupResult, scenario: &Scenario, usage: &Usage) -> f64 {
    let costing = cost::price_usage(scenario, base.setup, usage, None);
    costing.total().to_f64()
}

/// What a side's contacts cost beside the people who take them.
fn beside_people(base: &SetupResult, given: Given) -> f64 {
    let of = |scenario: &Scenario, demand: &Demand| {
        let usage = Usage::of_demand(scenario, base.setup, demand);
        total(base, scenario, &usage.handled_as(scenario, &base.observed))
    };
    match given {
        Given::Nothing => 0.0,
        Given::All => of(&base.scenario, &base.demand),
        Given::Some(given) => of(&given.0, &given.1),
    }
}

/// `nothing` with one person of a group, without pay and its charges.
fn beside_pay(own: &SetupResult, nothing: &Usage, group: GroupId) -> f64 {
    let terms = &own.scenario.groups[group];
    let hours = terms.contract.hours.value() * nothing.weeks;
    let mut usage = nothing.clone();
    usage.teams.push(TeamUsage {
        name: terms.name.clone(),
        group,
        by_tariff: false,
        borne: 1.0,
        rostered: hours / terms.paid_per_filled(),
        on_line: 0.0,
        busy: 0.0,
        people: 1.0,
        needed_hours: hours,
        contract_hours: hours,
        seats: 0,
        premiums: Vec::new(),
        queues: BTreeMap::new(),
    });
    let pay = hours * terms.wage * (1.0 + terms.charges.value());
    total(own, &own.scenario, &usage) - pay
}
