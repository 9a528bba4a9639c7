//! Splits: some of the work to one's own people, the rest to the partner, each side planned for its part.
//!
//! A split says for each queue which side takes its core hours (Monday to Friday, 09–17 on the market's
//! wall clock) and which the rest; work that may wait is not cut by hours. Both sides are planned and
//! priced on their own part of the demand, so that the total is the sum of two invoices. The best split is
//! looked for from the best of the named ones, by turning over one (contact type × language × hours) at a
//! time while that saves; it is the best found, not proved the best.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::{Comparison, Settled, SetupResult, follows_contacts, quick, result};
use crate::cost::{self, Costing, Usage};
use crate::demand::Demand;
use crate::ids::{LanguageId, QueueId, SetupId};
use crate::scenario::{Money, Scenario};
use crate::table::Table;
use crate::time::{DayHours, OpeningHours};
use crate::whatif;

/// Core hours in minutes of the day.
const CORE: (u32, u32) = (9 * 60, 17 * 60);
/// Most turns of the search for the best split.
const TURNS: usize = 4;

/// One split, planned and priced.
#[derive(Debug, Clone, PartialEq)]
pub struct SplitPlan {
    pub name: String,
    /// What one's own people take: "product, cs, core hours".
    pub own: Vec<String>,
    pub partner: Vec<String>,
    pub total: Money,
    pub per_interaction: f64,
    pub keeps_promises: bool,
    /// The cheapest of all that keep their promises.
    pub best: bool,
}

/// Which side takes a queue: `true` is one's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Side {
    core: bool,
    rest: bool,
}

/// What is turned over at once in the search.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    contact_type: String,
    language: LanguageId,
    core: bool,
}

/// The named splits between the in-house set-up and the best partner, and the best split found; nothing
/// where the scenario lacks one of the two.
pub fn splits<F>(comparison: &Comparison, settle: F) -> Vec<SplitPlan>
where
    F: Fn(&Scenario, SetupId, &Demand) -> Settled + Sync,
{
    let (Some(own), Some(partner)) = (comparison.in_house(), comparison.best_partner()) else {
        return Vec::new();
    };
    let desk = Desk {
        own,
        partner,
        settle: &settle,
    };
    let scenario = &own.scenario;
    let all = |side: bool| {
        scenario.queues.map(|_, _| Side {
            core: side,
            rest: side,
        })
    };
    let whole = |side: &dyn Fn(QueueId) -> bool| {
        scenario.queues.map(|id, _| {
            let own = side(id);
            Side {
                core: own,
                rest: own,
            }
        })
    };
    let main = main_language(own);
    let product = whole(&|id: QueueId| scenario.queues[id].contact_type.product);
    let language = whole(&|id: QueueId| Some(scenario.queues[id].language) == main);
    let hours = scenario.queues.map(|_, queue| Side {
        core: true,
        rest: !queue.is_real_time(),
    });
    let mut named = vec![
        ("all in-house", all(true)),
        ("all to the partner", all(false)),
        ("product questions in-house", product),
        ("main language in-house", language),
        ("core hours in-house", hours),
    ];
    // A split that leaves one side nothing is one of the first two.
    let mut seen = BTreeSet::new();
    named.retain(|(_, sides)| seen.insert(sides.values().copied().collect::<Vec<_>>()));
    let mut plans: Vec<(Table<QueueId, Side>, SplitPlan)> = named
        .into_par_iter()
        .map(|(name, sides)| {
            let plan = desk.plan(name, &sides);
            (sides, plan)
        })
        .collect();
    if let Some(start) = best_of(&plans) {
        let (sides, plan) = search(&desk, plans[start].0.clone(), plans[start].1.clone());
        if sides != plans[start].0 {
            plans.push((sides, plan));
        }
    }
    if let Some(best) = best_of(&plans) {
        plans[best].1.best = true;
    }
    plans.into_iter().map(|(_, plan)| plan).collect()
}

/// Turns over the part that saves most, as long as one saves.
fn search<F>(
    desk: &Desk<'_, F>,
    mut sides: Table<QueueId, Side>,
    mut plan: SplitPlan,
) -> (Table<QueueId, Side>, SplitPlan)
where
    F: Fn(&Scenario, SetupId, &Demand) -> Settled + Sync,
{
    for _ in 0..TURNS {
        let parts: Vec<Part> = desk.parts();
        let turned: Vec<(Table<QueueId, Side>, SplitPlan)> = parts
            .par_iter()
            .map(|part| {
                let other = desk.turn(&sides, part);
                let plan = desk.plan("best found", &other);
                (other, plan)
            })
            .collect();
        let Some(best) = best_of(&turned) else { break };
        if !better(&turned[best].1, &plan) {
            break;
        }
        (sides, plan) = turned[best].clone();
    }
    (sides, plan)
}

fn better(plan: &SplitPlan, than: &SplitPlan) -> bool {
    (!plan.keeps_promises, plan.total) < (!than.keeps_promises, than.total)
}

fn best_of(plans: &[(Table<QueueId, Side>, SplitPlan)]) -> Option<usize> {
    (0..plans.len()).min_by_key(|&index| {
        let plan = &plans[index].1;
        (!plan.keeps_promises, plan.total)
    })
}

/// The language of most contacts.
fn main_language(own: &SetupResult) -> Option<LanguageId> {
    let contacts = |language: LanguageId| -> f64 {
        let queues = own.demand.queues.iter();
        queues
            .filter(|(id, _)| own.scenario.queues[*id].language == language)
            .map(|(_, queue)| queue.contacts())
            .sum()
    };
    let languages = own.scenario.languages.ids();
    languages.max_by(|a, b| contacts(*a).total_cmp(&contacts(*b)))
}

/// The two sides and how they are planned.
struct Desk<'a, F> {
    own: &'a SetupResult,
    partner: &'a SetupResult,
    settle: &'a F,
}

impl<F> Desk<'_, F>
where
    F: Fn(&Scenario, SetupId, &Demand) -> Settled + Sync,
{
    fn parts(&self) -> Vec<Part> {
        let queues = self.own.scenario.queues.values();
        let parts: BTreeSet<Part> = queues
            .flat_map(|queue| {
                [true, false].map(|core| Part {
                    contact_type: queue.contact_type.name.clone(),
                    language: queue.language,
                    core,
                })
            })
            .collect();
        parts.into_iter().collect()
    }

    /// The other side takes a part; work that may wait follows the core hours.
    fn turn(&self, sides: &Table<QueueId, Side>, part: &Part) -> Table<QueueId, Side> {
        self.own.scenario.queues.map(|id, queue| {
            let mut side = sides[id];
            if queue.contact_type.name != part.contact_type || queue.language != part.language {
                return side;
            }
            match (queue.is_real_time(), part.core) {
                (true, true) => side.core = !side.core,
                (true, false) => side.rest = !side.rest,
                (false, true) => {
                    side = Side {
                        core: !side.core,
                        rest: !side.core,
                    };
                }
                (false, false) => {}
            }
            side
        })
    }

    fn plan(&self, name: &str, sides: &Table<QueueId, Side>) -> SplitPlan {
        let own = self.side(self.own, sides, true);
        let partner = self.side(self.partner, sides, false);
        let both = || own.iter().chain(&partner);
        let total: Money = both().map(|(costing, _)| costing.total()).sum();
        let interactions: f64 = both().map(|(costing, _)| costing.interactions).sum();
        SplitPlan {
            name: name.to_owned(),
            own: self.words(sides, true),
            partner: self.words(sides, false),
            total,
            per_interaction: total.to_f64() / interactions.max(1e-9),
            keeps_promises: both().all(|(_, kept)| *kept),
            best: false,
        }
    }

    /// One side's cost and whether it keeps its promises; none where it takes nothing.
    fn side(
        &self,
        base: &SetupResult,
        sides: &Table<QueueId, Side>,
        own: bool,
    ) -> Option<(Costing, bool)> {
        let takes = |side: &Side| (side.core == own, side.rest == own);
        if sides.values().all(|side| takes(side) == (false, false)) {
            return None;
        }
        if sides.values().all(|side| takes(side) == (true, true)) {
            return Some((base.costing.clone(), base.keeps_promises));
        }
        // The user's own scenario: an in-house set-up has no companions.
        let mut scenario = quick(&self.own.scenario);
        let mut demand = self.own.demand.clone();
        for id in scenario.queues.ids().collect::<Vec<_>>() {
            let before = scenario.open_share(id);
            let (core, rest) = takes(&sides[id]);
            let hours = part_of(&scenario.queues[id].hours, core, rest);
            scenario.queues[id].hours = hours;
            let after = scenario.open_share(id);
            let rows = &mut demand.queues[id];
            for slot in 0..demand.horizon.slots {
                // Mail that comes while the queue is closed goes with the rest of the day.
                let share = if before[slot] > 0.0 {
                    after[slot] / before[slot]
                } else {
                    f64::from(u8::from(rest))
                };
                for row in [
                    &mut rows.mean,
                    &mut rows.p10,
                    &mut rows.p50,
                    &mut rows.p80,
                    &mut rows.p95,
                ] {
                    row[slot] *= share;
                }
            }
        }
        if follows_contacts(&scenario, base.setup) {
            let usage = Usage::of_demand(&scenario, base.setup, &demand);
            let costing = cost::price_usage(&scenario, base.setup, &usage, None);
            return Some((costing, base.keeps_promises));
        }
        let (wide, demand) = whatif::with_companions(&scenario, &demand, base.setup);
        let solved = result(wide, base.setup, demand, self.settle);
        Some((solved.costing, solved.keeps_promises))
    }

    /// What a side takes, in words.
    fn words(&self, sides: &Table<QueueId, Side>, own: bool) -> Vec<String> {
        let scenario = &self.own.scenario;
        let words: BTreeSet<String> = scenario
            .queues
            .iter()
            .filter_map(|(id, queue)| {
                let hours = match (sides[id].core == own, sides[id].rest == own) {
                    (false, false) => return None,
                    (true, true) => "",
                    (true, false) => ", core hours",
                    (false, true) => ", other hours",
                };
                let tag = &scenario.languages[queue.language].tag;
                Some(format!("{} {tag}{hours}", queue.contact_type.name))
            })
            .collect();
        words.into_iter().collect()
    }
}

/// Opening hours cut to the core hours, the rest, both or neither.
fn part_of(hours: &OpeningHours, core: bool, rest: bool) -> OpeningHours {
    let cut = |day: &DayHours, workday: bool| -> DayHours {
        match (core, rest) {
            (true, true) => day.clone(),
            (false, false) => Vec::new(),
            (true, false) if workday => within(day, &[CORE]),
            (true, false) => Vec::new(),
            (false, true) if workday => within(day, &[(0, CORE.0), (CORE.1, 1440)]),
            (false, true) => day.clone(),
        }
    };
    OpeningHours {
        week: std::array::from_fn(|day| cut(&hours.week[day], day < 5)),
        holidays: hours.holidays.as_ref().map(|day| cut(day, true)),
    }
}

/// The part of a day's hours that lies in some bands.
fn within(day: &DayHours, bands: &[(u32, u32)]) -> DayHours {
    let mut parts: DayHours = Vec::new();
    for &(from, to) in day {
        for &(start, end) in bands {
            let (from, to) = (from.max(start), to.min(end));
            if from < to {
                parts.push((from, to));
            }
        }
    }
    parts.sort_unstable();
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn core_and_rest_make_the_whole_day() {
        let hours = OpeningHours {
            week: std::array::from_fn(|day| {
                if day < 6 {
                    vec![(480, 720), (780, 1200)]
                } else {
                    vec![]
                }
            }),
            holidays: Some(vec![(600, 840)]),
        };
        let core = part_of(&hours, true, false);
        let rest = part_of(&hours, false, true);
        assert_eq!(core.week[0], [(540, 720), (780, 1020)]);
        assert_eq!(rest.week[0], [(480, 540), (1020, 1200)]);
        assert!(core.week[5].is_empty());
        assert_eq!(rest.week[5], hours.week[5]);
        assert_eq!(core.holidays.unwrap(), [(600, 840)]);
        assert_eq!(part_of(&hours, true, true), hours);
    }
}
