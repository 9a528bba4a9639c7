//! The set-ups at other volumes: where their order flips.
//!
//! Each volume is planned anew, so that the steps of whole people show. Set-ups whose price follows from
//! the contacts alone are priced without a plan. Other volumes than the scenario's own are drafts; what the
//! full search saves over a draft at the scenario's own volume is taken off them in proportion to what they
//! cost above the smallest volume, where whole people leave nothing to search.

use super::clients::{ClientCosts, Share, counted, share_by_contacts, shares_of};
use super::drafts::{Drafts, Outcome, by_contacts, draft, priced_at};
use super::own_people::{OwnPeople, between, threshold};
use super::{Comparison, Settled, SetupResult, cheapest, each, follows_contacts};
use crate::demand::Demand;
use crate::ids::{ClientId, SetupId};
use crate::scenario::Scenario;
use crate::whatif;

/// How far below its promise a draft may be and still pass for one that keeps it.
const NEAR: f64 = 0.03;
/// From so many volumes on, one more is solved wherever the order flips.
const FINE: usize = 5;
/// A set-up that is cheapest from a volume to less than so many times it is passed over.
const BRIEF: f64 = 1.1;
/// Most of these.
const MOST_FLIPS: usize = 3;
/// Most clients whose own costs are looked at by volume.
const MOST_SHOPS: usize = 8;

/// Cost of one interaction at several volumes.
#[derive(Debug, Clone, Default)]
pub struct BreakEven {
    /// By volume, ascending.
    pub points: Vec<BreakEvenPoint>,
    /// Where another set-up becomes the cheapest.
    pub crossings: Vec<Crossing>,
    /// Where there are several clients, what each pays at each of the volumes: by its own volume, ascending.
    pub by_shop: Vec<ClientCosts>,
}

/// One volume.
#[derive(Debug, Clone)]
pub struct BreakEvenPoint {
    pub interactions_per_day: f64,
    /// Cost of one interaction per set-up, in their order.
    pub per_interaction: Vec<f64>,
    pub cheapest: usize,
}

/// From this volume on another set-up is the cheapest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Crossing {
    pub interactions_per_day: f64,
    /// Indices in the order of the set-ups.
    pub from: usize,
    pub to: usize,
}

impl BreakEven {
    /// From which volume on a shop should take people of its own rather than the set-up `against` (an index
    /// in the order of the set-ups): the volume that tells those that gain by it best from those that do not,
    /// over the shops where there are several, else over the volumes.
    pub fn own_people_from(&self, comparison: &Comparison, against: usize) -> OwnPeople {
        let is_own = |index: usize| {
            comparison.setups.get(index).is_some_and(|result| {
                let terms = &result.scenario.setups[result.setup];
                terms.tariff.is_none()
            })
        };
        // A way that breaks its promises is no way to hire.
        let kept = |index: usize| comparison.setups[index].keeps_promises;
        // The least of one's own that keeps its promises where any of them does.
        let least = |costs: &[f64]| -> f64 {
            let of = |strict: bool| {
                let costs = costs.iter().enumerate();
                let costs = costs.filter(|(index, _)| is_own(*index));
                let costs = costs.filter(|(index, _)| kept(*index) || !strict);
                costs.map(|(_, cost)| *cost).fold(f64::INFINITY, f64::min)
            };
            let strict = of(true);
            if strict.is_finite() {
                strict
            } else {
                of(false)
            }
        };
        // What one's own people save of one interaction.
        let gain = |costs: &[f64]| -> f64 {
            let other = costs.get(against).copied().unwrap_or(f64::INFINITY);
            other - least(costs)
        };
        let found: Vec<(f64, f64)> = if self.by_shop.is_empty() {
            let points = self.points.iter();
            points
                .map(|point| (point.interactions_per_day, gain(&point.per_interaction)))
                .collect()
        } else {
            let shops = self.by_shop.iter();
            shops
                .map(|shop| (shop.interactions_per_day, gain(&shop.per_interaction)))
                .collect()
        };
        threshold(&found)
    }

    /// The largest volume looked at: a shop's, where there are several.
    pub fn largest(&self) -> f64 {
        let shops = self.by_shop.last().map(|shop| shop.interactions_per_day);
        let points = self.points.last().map(|point| point.interactions_per_day);
        shops.or(points).unwrap_or(0.0)
    }
}

/// Volumes to solve at: `count` equal ratios from a tenth to ten times the scenario's own (which is one
/// of them), not below 10 nor above 1,000 a day unless the scenario's own is.
pub fn volumes(own: f64, count: usize) -> Vec<f64> {
    if own <= 0.0 || count < 2 {
        return vec![own];
    }
    let low = (own / 10.0).max(own.min(10.0));
    let high = (own * 10.0).min(own.max(1000.0));
    let ratio = (high / low).powf(1.0 / (count - 1) as f64);
    let mut volumes: Vec<f64> = (0..count).map(|k| low * ratio.powi(k as i32)).collect();
    let distance = |volume: f64| (volume / own).ln().abs();
    if let Some(nearest) = volumes
        .iter_mut()
        .min_by(|a, b| distance(**a).total_cmp(&distance(**b)))
    {
        *nearest = own;
    }
    volumes
}

/// The most volumes, up to `count`, that are solved by as much work as so many drafts of all set-ups; 0 where one
/// beside the scenario's own is too many.
pub fn affordable(count: usize, drafts: f64) -> usize {
    let flips = |count: usize| if count < FINE { 0 } else { MOST_FLIPS };
    let mut counts = (2..=count).rev();
    let found = counts.find(|&count| (count - 1 + flips(count)) as f64 <= drafts);
    found.unwrap_or(0)
}

/// Solves every set-up at each volume (interactions per day, over all queues), and once more where the order flips.
///
/// Head counts and seats that a scenario limits grow with the volume: who answers ten times as much
/// hires. At the scenario's own volume the comparison's figures are taken.
pub fn break_even<F>(
    comparison: &Comparison,
    drafts: &Drafts,
    volumes: &[f64],
    settle: F,
) -> BreakEven
where
    F: Fn(&Scenario, SetupId, &Demand) -> Settled + Sync,
{
    let Some(first) = comparison.setups.first() else {
        return BreakEven::default();
    };
    let own = own_volume(first);
    if own <= 0.0 {
        return BreakEven::default();
    }
    let solve = |volumes: &[f64]| -> Vec<Solved> {
        let jobs: Vec<(f64, &SetupResult)> = volumes
            .iter()
            .flat_map(|&volume| comparison.setups.iter().map(move |base| (volume, base)))
            .collect();
        let solved = each(first.scenario.policy.in_turn, &jobs, |(volume, base)| {
            at_volume(base, volume / own, &settle)
        });
        let by_volume = solved.chunks(comparison.setups.len());
        let volumes = volumes.iter().copied();
        volumes
            .zip(by_volume.map(<[_]>::to_vec))
            .map(|(volume, setups)| Solved { volume, setups })
            .collect()
    };
    let volumes: Vec<f64> = volumes
        .iter()
        .copied()
        .filter(|volume| *volume > 0.0)
        .collect();
    let mut solved = solve(&volumes);
    let found = told(comparison, drafts, own, &mut solved);
    if volumes.len() < FINE {
        return found;
    }
    // Solved once more where the order flips, and where one shop should hire rather than ask a partner.
    let mut flips: Vec<f64> = Vec::new();
    let crossings = found.crossings.iter();
    let crossings = crossings.map(|crossing| crossing.interactions_per_day);
    let hires = (0..comparison.setups.len()).filter_map(|against| {
        match found.own_people_from(comparison, against) {
            OwnPeople::From(volume) if found.by_shop.is_empty() => Some(volume),
            _ => None,
        }
    });
    for volume in crossings.chain(hires) {
        let mut known = volumes.iter().chain(&flips);
        if flips.len() < MOST_FLIPS && !known.any(|known| is_own(volume / known)) {
            flips.push(volume);
        }
    }
    if flips.is_empty() {
        return found;
    }
    solved.extend(solve(&flips));
    told(comparison, drafts, own, &mut solved)
}

/// Every set-up solved at one volume.
struct Solved {
    volume: f64,
    setups: Vec<(Outcome, Vec<Share>)>,
}

/// What the solved volumes tell.
fn told(comparison: &Comparison, drafts: &Drafts, own: f64, solved: &mut [Solved]) -> BreakEven {
    solved.sort_by(|a, b| a.volume.total_cmp(&b.volume));
    let volumes: Vec<f64> = solved.iter().map(|solved| solved.volume).collect();
    let setups = solved.iter().flat_map(|solved| solved.setups.clone());
    let (mut outcomes, mut shares): (Vec<Outcome>, Vec<Vec<Share>>) = setups.unzip();
    let drafted: Vec<f64> = outcomes.iter().map(|outcome| outcome.total).collect();
    let count = comparison.setups.len();
    for (index, base) in comparison.setups.iter().enumerate() {
        if !follows_contacts(&base.scenario, base.setup) {
            let mut of_setup: Vec<&mut Outcome> =
                outcomes.iter_mut().skip(index).step_by(count).collect();
            searched(base, drafts.before(base), &volumes, own, &mut of_setup);
        }
    }
    // What the full search saves falls to the clients by what they pay.
    for ((outcome, drafted), shares) in outcomes.iter().zip(drafted).zip(&mut shares) {
        for share in shares {
            share.per_interaction *= outcome.total / drafted.max(1e-9);
        }
    }
    let points: Vec<BreakEvenPoint> = volumes
        .iter()
        .zip(outcomes.chunks(count))
        .map(|(&volume, outcomes)| {
            let costs = outcomes.iter().map(Outcome::per_interaction);
            let kept = outcomes.iter().map(|outcome| outcome.keeps_promises);
            BreakEvenPoint {
                interactions_per_day: volume,
                cheapest: cheapest(costs.clone().zip(kept)),
                per_interaction: costs.collect(),
            }
        })
        .collect();
    let crossings = points.windows(2).filter_map(|pair| {
        let mut found = crossing(&pair[0], &pair[1])?;
        let ends = [&pair[0], &pair[1]].map(|point| point.interactions_per_day / own);
        let factor = exactly(comparison, (found.from, found.to), ends);
        if let Some(factor) = factor {
            found.interactions_per_day = factor * own;
        }
        Some((found, factor.is_some()))
    });
    let crossings = lasting(crossings.collect());
    let clients = comparison.setups.first().map_or(Vec::new(), several);
    let by_volume = shares.chunks(count);
    let mut by_shop: Vec<ClientCosts> = by_volume
        .flat_map(|shares| ClientCosts::all(&clients, shares))
        .collect();
    by_shop.sort_by(|a, b| a.interactions_per_day.total_cmp(&b.interactions_per_day));
    BreakEven {
        points,
        crossings,
        by_shop,
    }
}

/// Crossings without those to a set-up that the next one leaves again before the volume has grown by a tenth: that is
/// less than drafts tell. Crossings that are known exactly all count.
fn lasting(mut crossings: Vec<(Crossing, bool)>) -> Vec<Crossing> {
    let volume = |found: &(Crossing, bool)| found.0.interactions_per_day;
    while let Some(at) = crossings.windows(2).position(|pair| {
        let exact = pair[0].1 && pair[1].1;
        !exact && volume(&pair[1]) < BRIEF * volume(&pair[0])
    }) {
        let (next, exact) = crossings.remove(at + 1);
        let from = crossings[at].0.from;
        if from == next.to {
            crossings.remove(at);
        } else {
            crossings[at] = (Crossing { from, ..next }, exact);
        }
    }
    crossings
        .into_iter()
        .map(|(crossing, _)| crossing)
        .collect()
}

/// Where two prices that follow the contacts alone cross, as a factor on the volume: halved until it is a thousandth.
fn exactly(
    comparison: &Comparison,
    (from, to): (usize, usize),
    [mut low, mut high]: [f64; 2],
) -> Option<f64> {
    let gain = |factor: f64| {
        let cost = |index: usize| priced_at(&comparison.setups[index], factor);
        Some(cost(from)? - cost(to)?)
    };
    if gain(low)? > 0.0 || gain(high)? < 0.0 {
        return None;
    }
    while high / low > 1.001 {
        let middle = (low * high).sqrt();
        if gain(middle)? < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(high)
}

/// The clients, where there are several but not so many that one tells nothing.
fn several(result: &SetupResult) -> Vec<ClientId> {
    let clients: Vec<ClientId> = counted(result).collect();
    if (2..=MOST_SHOPS).contains(&clients.len()) {
        clients
    } else {
        Vec::new()
    }
}

/// Whether a factor on the volume is less than a plan's own gap.
pub(super) fn is_own(factor: f64) -> bool {
    (factor - 1.0).abs() < 0.02
}

/// Takes off drafts what the full search saved at the scenario's own volume.
fn searched(
    base: &SetupResult,
    draft: Outcome,
    volumes: &[f64],
    own: f64,
    outcomes: &mut [&mut Outcome],
) {
    let full = base.costing.total().to_f64();
    let Some(least) = outcomes.first().map(|outcome| outcome.total) else {
        return;
    };
    let saved = (draft.total - full).max(0.0);
    let above = draft.total - least;
    for (outcome, volume) in outcomes.iter_mut().zip(volumes) {
        if !is_own(volume / own) && above > 0.0 {
            // Never a larger part of the cost than it was of the draft.
            let part = (outcome.total - least) / above;
            let most = outcome.total / draft.total;
            outcome.total -= saved * part.clamp(0.0, most.max(0.0));
        }
    }
}

/// Contacts a day of the set-up's own clients.
pub fn own_volume(result: &SetupResult) -> f64 {
    result.demand.per_day(|queue| result.bears(queue))
}

/// Cost at `factor` times the volume, a draft where it needs a plan; and what each of several clients pays.
fn at_volume<F>(base: &SetupResult, factor: f64, settle: &F) -> (Outcome, Vec<Share>)
where
    F: Fn(&Scenario, SetupId, &Demand) -> Settled,
{
    let planned = |result: &SetupResult| {
        let shares = shares_of(result, &several(base));
        (Outcome::of_result(result), shares)
    };
    if is_own(factor) {
        return planned(base);
    }
    let demand = whatif::scaled_demand(&base.demand, factor);
    if follows_contacts(&base.scenario, base.setup) {
        let clients = several(base).into_iter();
        let shares = clients.map(|client| share_by_contacts(base, &demand, client));
        return (by_contacts(base, &base.scenario, &demand), shares.collect());
    }
    let scenario = grown(&base.scenario, factor);
    let found = draft(&scenario, base.setup, demand, base.keeps_promises, settle);
    let (mut outcome, shares) = planned(&found);
    outcome.keeps_promises |= base.keeps_promises && comes_near(&found);
    (outcome, shares)
}

/// Whether a draft is short of its promises by so little that a full search would keep them at about its
/// cost.
fn comes_near(found: &SetupResult) -> bool {
    let terms = &found.scenario.setups[found.setup];
    let mut queues = found.observed.queues.iter();
    found.staffing.shortfall_hours() < 1e-6
        && queues.all(|(queue, seen)| {
            !terms.bears(found.scenario.queues[queue].client)
                || seen.keeps_promise()
                || (seen.promised > 0.0 && seen.reached.mean >= seen.promised - NEAR)
        })
}

/// The scenario with limits on heads and seats that grow with the volume.
pub(super) fn grown(scenario: &Scenario, factor: f64) -> Scenario {
    let mut scenario = scenario.clone();
    if factor > 1.0 {
        let grown = |limit: u32| (f64::from(limit) * factor).ceil() as u32;
        for group in scenario.groups.ids().collect::<Vec<_>>() {
            let limit = &mut scenario.groups[group].max_agents;
            *limit = limit.map(grown);
        }
        for site in scenario.sites.ids().collect::<Vec<_>>() {
            let seats = &mut scenario.sites[site].seats;
            *seats = seats.map(grown);
        }
    }
    scenario
}

/// Where the cheapest set-up of one volume hands over to that of the next.
fn crossing(below: &BreakEvenPoint, above: &BreakEvenPoint) -> Option<Crossing> {
    let (from, to) = (below.cheapest, above.cheapest);
    if from == to {
        return None;
    }
    let gain = |point: &BreakEvenPoint| {
        let gain = point.per_interaction[from] - point.per_interaction[to];
        (point.interactions_per_day, gain)
    };
    Some(Crossing {
        interactions_per_day: between(gain(below), gain(above)),
        from,
        to,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn volumes_hold_the_scenarios_own_and_stay_in_reach() {
        let around = volumes(75.0, 9);
        assert_eq!(around.len(), 9);
        assert!(around.contains(&75.0));
        assert!((around[0] - 10.0).abs() < 1e-9 && (around[8] - 750.0).abs() < 1e-9);
        assert!(around.windows(2).all(|pair| pair[0] < pair[1]));
        let large = volumes(3000.0, 5);
        assert_eq!(*large.last().unwrap(), 3000.0);
        assert_eq!(volumes(4.0, 3)[0], 4.0);
    }

    #[test]
    fn a_set_up_that_is_cheapest_for_a_moment_is_passed_over() {
        let crossing = |volume, from, to| Crossing {
            interactions_per_day: volume,
            from,
            to,
        };
        let there_and_back = [
            crossing(62.0, 0, 1),
            crossing(62.4, 1, 0),
            crossing(65.0, 0, 1),
        ];
        let drafted = |all: &[Crossing]| lasting(all.iter().map(|&found| (found, false)).collect());
        assert_eq!(drafted(&there_and_back), [crossing(65.0, 0, 1)]);
        let by_the_way = [crossing(62.0, 0, 1), crossing(63.0, 1, 2)];
        assert_eq!(drafted(&by_the_way), [crossing(63.0, 0, 2)]);
        let exact = by_the_way.map(|found| (found, true)).to_vec();
        assert_eq!(lasting(exact), by_the_way);
    }

    #[test]
    fn lines_that_cross_are_found_between_the_volumes() {
        let point = |volume, per_interaction: [f64; 2], cheapest| BreakEvenPoint {
            interactions_per_day: volume,
            per_interaction: per_interaction.to_vec(),
            cheapest,
        };
        let found = crossing(&point(10.0, [4.0, 6.0], 0), &point(40.0, [4.0, 2.0], 1)).unwrap();
        assert_eq!((found.from, found.to), (0, 1));
        // 20 dearer a day at 10, 80 cheaper at 40.
        assert!((found.interactions_per_day - 16.0).abs() < 1e-9);
        assert_eq!(
            crossing(&point(10.0, [1.0, 2.0], 0), &point(20.0, [1.0, 2.0], 0)),
            None
        );
    }
}
