//! The hierarchy: queues add up to markets, languages, channels, contact types, clients and the whole, in
//! every slot. Parents are sums of their queues, so that every cut through the tree tells the same.

use super::counts::Count;
use super::{Demand, QueueDemand};
use crate::ids::QueueId;
use crate::scenario::Scenario;

/// A way to cut all queues into parents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    Total,
    Client,
    Market,
    Language,
    Channel,
    ContactType,
}

/// Every cut, in the order in which they are shown, with its name.
pub const CUTS: [(Cut, &str); 6] = [
    (Cut::Total, "total"),
    (Cut::Client, "client"),
    (Cut::Market, "market"),
    (Cut::Language, "language"),
    (Cut::Channel, "channel"),
    (Cut::ContactType, "contact type"),
];

/// A parent: some queues together.
#[derive(Clone, Debug)]
pub struct Parent {
    pub name: String,
    pub queues: Vec<QueueId>,
    pub volume: Volume,
}

/// Contacts by slot, and how sure that is.
#[derive(Clone, Debug)]
pub struct Volume {
    pub mean: Vec<f64>,
    pub p10: Vec<f64>,
    pub p50: Vec<f64>,
    pub p80: Vec<f64>,
    pub p95: Vec<f64>,
}

impl Cut {
    fn name_of(self, scenario: &Scenario, id: QueueId) -> String {
        let queue = &scenario.queues[id];
        match self {
            Self::Total => "all queues".into(),
            Self::Client => scenario.clients[queue.client].name.clone(),
            Self::Market => scenario.markets[queue.market].name.clone(),
            Self::Language => scenario.languages[queue.language].tag.clone(),
            Self::Channel => queue.channel.name().into(),
            Self::ContactType => queue.contact_type.name.clone(),
        }
    }
}

/// The queues of each parent of a cut, in the order of their first queues.
pub fn queues_by(scenario: &Scenario, cut: Cut) -> Vec<(String, Vec<QueueId>)> {
    let mut groups: Vec<(String, Vec<QueueId>)> = Vec::new();
    for id in scenario.queues.ids() {
        let name = cut.name_of(scenario, id);
        match groups.iter_mut().find(|g| g.0 == name) {
            Some(group) => group.1.push(id),
            None => groups.push((name, vec![id])),
        }
    }
    groups
}

/// The parents of one cut, in the order of their first queues.
pub fn parents(scenario: &Scenario, demand: &Demand, cut: Cut) -> Vec<Parent> {
    queues_by(scenario, cut)
        .into_iter()
        .map(|(name, queues)| {
            let parts: Vec<&QueueDemand> = queues.iter().map(|id| &demand.queues[*id]).collect();
            let volume = together(&parts);
            Parent {
                name,
                queues,
                volume,
            }
        })
        .collect()
}

/// Some queues as one.
pub fn together(parts: &[&QueueDemand]) -> Volume {
    let (mean, excess) = sum(parts);
    let quantile = |p: f64| -> Vec<f64> {
        let cells = mean.iter().zip(&excess);
        cells
            .map(|(mean, excess)| {
                Count {
                    mean: *mean,
                    excess: *excess,
                }
                .quantile(p)
            })
            .collect()
    };
    Volume {
        p10: quantile(0.1),
        p50: quantile(0.5),
        p80: quantile(0.8),
        p95: quantile(0.95),
        mean,
    }
}

/// Quantiles 0.1 and 0.9 of the contacts of a week of some queues together, in a horizon of `weeks`.
pub fn week_band(parts: &[&QueueDemand], weeks: f64) -> [f64; 2] {
    let (mut mean, mut own, mut busy, mut level) = (0.0, 0.0, 0.0, 0.0);
    for part in parts {
        let m = part.contacts() / weeks;
        mean += m;
        own += (1.0 - SHARED) * part.week_variance * m * m;
        busy += (SHARED * part.week_variance).sqrt() * m;
        level += part.level_variance.sqrt() * m;
    }
    let excess = (own + busy * busy + level * level) / (mean * mean).max(1e-12);
    [0.1, 0.9].map(|p| Count { mean, excess }.quantile(p))
}

/// Share of busyness that queues have in common: those of one shop are busy together, but not alike.
const SHARED: f64 = 0.5;

/// Mean and excess of each slot of some queues together. What is a slot's own is independent; the busyness
/// of days is taken as half shared (queues of one shop are busy together, but not alike); a doubted level
/// is doubted for all.
fn sum(parts: &[&QueueDemand]) -> (Vec<f64>, Vec<f64>) {
    let slots = parts.iter().map(|p| p.mean.len()).max().unwrap_or(0);
    (0..slots)
        .map(|slot| {
            let (mut mean, mut own, mut busy, mut level) = (0.0, 0.0, 0.0, 0.0);
            for p in parts {
                let m = p.mean[slot];
                mean += m;
                own += (p.slot_variance + (1.0 - SHARED) * p.day_variance) * m * m;
                busy += (SHARED * p.day_variance).sqrt() * m;
                level += p.level_variance.sqrt() * m;
            }
            let variance = own + busy * busy + level * level;
            (mean, variance / (mean * mean).max(1e-12))
        })
        .unzip()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Share;

    #[test]
    fn what_is_shared_adds_up_straight_and_the_rest_by_squares() {
        let queue = |mean: f64| QueueDemand {
            model: String::new(),
            mean: vec![mean],
            p10: vec![],
            p50: vec![],
            p80: vec![],
            p95: vec![],
            day_variance: 0.02,
            slot_variance: 0.03,
            week_variance: 0.0,
            level_variance: 0.0,
            today: None,
            accuracy: None,
            resolution: Share::ONE,
            spared: vec![],
            factors: vec![],
        };
        let (a, b) = (queue(10.0), queue(30.0));
        let (mean, excess) = sum(&[&a, &b]);
        assert_eq!(mean, [40.0]);
        // Own .03 + .01 by squares: .04·(100 + 900) = 40; shared .01 of the whole: .01·1600 = 16.
        assert!((excess[0] - 56.0 / 1600.0).abs() < 1e-12);
        let (_, alone) = sum(&[&a]);
        assert!((alone[0] - 0.05).abs() < 1e-12);
        // A week without busyness of its own is Poisson: 40 ± 1.28 √40.
        let [low, high] = week_band(&[&a, &b], 1.0);
        assert!(
            (31.5..32.5).contains(&low) && (47.5..48.9).contains(&high),
            "{low} {high}"
        );
    }
}
