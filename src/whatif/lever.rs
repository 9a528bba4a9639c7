//! Named levers: what an owner may do about the contacts, and what may befall them.

use super::patch::{Patch, PatchUnit, handle_time, resolution, settling};
use super::{scaled_demand, scaled_queue};
use crate::demand::Demand;
use crate::ids::{MarketId, QueueId};
use crate::problem::Problem;
use crate::scenario::{Scenario, Speaks};

/// A lever, to be pulled on a checked scenario.
#[derive(Clone, Copy)]
pub struct Lever {
    /// As a command names it: "self-service".
    pub key: &'static str,
    pub name: &'static str,
    /// What it changes, in words.
    pub change: &'static str,
    patch: Patch,
    amount: f64,
    /// The lever is this part of what its patch moves: an effect too small to be told from the steps of
    /// whole people is measured on a larger one.
    pub part: f64,
    /// Months until it is grown; 0 works at once.
    pub ramp_months: f64,
}

impl Lever {
    /// The scenario and demand with the lever's patch at `share` of its full effect.
    pub fn apply(&self, scenario: &Scenario, demand: &Demand, share: f64) -> (Scenario, Demand) {
        let amount = match self.patch.unit {
            PatchUnit::Factor => 1.0 + (self.amount - 1.0) * share,
            PatchUnit::Points => self.amount * share,
        };
        self.patch.apply(scenario, demand, amount)
    }

    /// The lever that `text` names, grown: `growth`, or `growth=1.5` by another amount than its own.
    pub fn named(text: &str) -> Result<Self, Problem> {
        let (key, amount) = match text.split_once('=') {
            Some((key, amount)) => (key.trim(), Some(amount.trim())),
            None => (text.trim(), None),
        };
        let Some(lever) = levers().into_iter().find(|lever| lever.key == key) else {
            let known: Vec<&str> = levers().iter().map(|lever| lever.key).collect();
            let said = format!("no lever is called `{key}`");
            return Err(
                Problem::new("bad-set", said).remedy(format!("one of {}", known.join(", ")))
            );
        };
        let own = lever.amount * lever.part;
        let (low, high) = (lever.patch.low, lever.patch.high);
        let amount = match amount {
            None => own,
            Some(given) => {
                let number: Option<f64> = given.parse().ok();
                number.filter(|n| (low..=high).contains(n)).ok_or_else(|| {
                    let said = format!("`{given}` is no amount of the lever `{key}`");
                    let remedy = format!("a number from {low} to {high}; its own is {own}");
                    Problem::new("bad-set", said).remedy(remedy)
                })?
            }
        };
        Ok(Self {
            amount,
            part: 1.0,
            ..lever
        })
    }
}

/// Every named lever.
pub fn levers() -> Vec<Lever> {
    let lever = |key, name, change, unit, (low, amount, high), apply| Lever {
        key,
        name,
        change,
        patch: Patch {
            name,
            low,
            high,
            unit,
            replans: true,
            repeats: false,
            apply,
        },
        amount,
        part: 1.0,
        ramp_months: 0.0,
    };
    let (points, factor) = (PatchUnit::Points, PatchUnit::Factor);
    vec![
        // Halved over 24 months by a customer account, informational contacts alone (requirement R14).
        Lever {
            ramp_months: 24.0,
            ..lever(
                "self-service",
                "self-service on informational contacts",
                "-50 % of them, over 24 months",
                points,
                (-100.0, -50.0, 0.0),
                self_service,
            )
        },
        Lever {
            part: 0.1,
            ..lever(
                "fcr",
                "first-contact resolution up a point",
                "a tenth of what 10 points move",
                points,
                (-50.0, 10.0, 50.0),
                resolution,
            )
        },
        // A FAQ kept current: more is settled at once, month by month (requirement R13).
        Lever {
            ramp_months: 12.0,
            ..lever(
                "faq",
                "a FAQ kept current",
                "+6 points of first-contact resolution, over 12 months",
                points,
                (0.0, 6.0, 50.0),
                resolution,
            )
        },
        // Low, and good; the mean over centres is 74 % (requirement R22).
        lever(
            "fcr-low",
            "first-contact resolution low",
            "40 %",
            points,
            (0.0, 40.0, 100.0),
            resolution_at,
        ),
        lever(
            "fcr-good",
            "first-contact resolution good",
            "90 %",
            points,
            (0.0, 90.0, 100.0),
            resolution_at,
        ),
        lever(
            "templates",
            "handle time by templates",
            "× 0.9",
            factor,
            (0.1, 0.9, 3.0),
            handle_time,
        ),
        lever(
            "growth",
            "growth",
            "× 1.2",
            factor,
            (0.01, 1.2, 100.0),
            |scenario, demand, by| {
                *demand = scaled_demand(demand, by);
                for client in scenario.clients.ids().collect::<Vec<_>>() {
                    let orders = &mut scenario.clients[client].orders_per_day;
                    *orders = orders.map(|orders| orders * by);
                }
            },
        ),
        lever(
            "new-market",
            "a new market",
            "half the contacts of the main one, in its own language",
            points,
            (1.0, 50.0, 1000.0),
            new_market,
        ),
    ]
}

/// Takes points off informational contacts, no more than can be deflected.
fn self_service(scenario: &mut Scenario, demand: &mut Demand, points: f64) {
    for (id, queue) in scenario.queues.iter() {
        if queue.contact_type.informational {
            let share = (-points / 100.0).min(queue.contact_type.deflectable.value());
            demand.queues[id] = scaled_queue(&demand.queues[id], 1.0 - share);
        }
    }
}

/// Every queue settles so many percent of its contacts at once.
fn resolution_at(scenario: &mut Scenario, demand: &mut Demand, percent: f64) {
    settling(scenario, demand, |_| percent / 100.0);
}

/// A further market beside the one of most contacts: the same queues at `percent` of its contacts in a
/// language of its own, which everyone speaks who serves the main one's (requirement R20).
fn new_market(scenario: &mut Scenario, demand: &mut Demand, percent: f64) {
    let contacts = |market: MarketId| -> f64 {
        let queues = scenario.queues.iter();
        queues
            .filter(|(_, queue)| queue.market == market)
            .map(|(id, _)| demand.queues[id].contacts())
            .sum()
    };
    let markets = scenario.markets.ids();
    let Some(main) = markets.max_by(|a, b| contacts(*a).total_cmp(&contacts(*b))) else {
        return;
    };
    let mut copy = scenario.markets[main].clone();
    copy.name = "new-market".to_owned();
    let market = scenario.markets.push(copy);
    let originals: Vec<QueueId> = scenario
        .queues
        .iter()
        .filter(|(_, queue)| queue.market == main)
        .map(|(id, _)| id)
        .collect();
    let mut languages = Vec::new();
    for id in originals {
        let mut queue = scenario.queues[id].clone();
        let spoken = queue.language;
        let known = languages.iter().find(|(old, _)| *old == spoken);
        let language = match known {
            Some((_, language)) => *language,
            None => {
                let mut copy = scenario.languages[spoken].clone();
                copy.tag = format!("{}-new-market", copy.tag);
                copy.title = format!("{} (new market)", copy.title);
                let language = scenario.languages.push(copy);
                for group in scenario.groups.ids().collect::<Vec<_>>() {
                    let speaks = &mut scenario.groups[group].languages;
                    let level = speaks.iter().find(|speaks| speaks.language == spoken);
                    if let Some(level) = level.map(|speaks| speaks.level) {
                        speaks.push(Speaks { language, level });
                    }
                }
                languages.push((spoken, language));
                language
            }
        };
        queue.name = format!("{}-new-market", queue.name);
        queue.market = market;
        queue.language = language;
        scenario.queues.push(queue);
        let rows = scaled_queue(&demand.queues[id], percent / 100.0);
        demand.queues.push(rows);
    }
}
