//! Who stands in: per client and language the people who know it beyond those at work at once, and where they
//! are too few, people of other teams who learn it before they are needed.
//!
//! ```text
//! backups = people trained − most of them on duty at once + people who pre-learn it
//! ```

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::learn::learn;
use super::{Roster, RosteredAgent};
use crate::ids::{ClientId, LanguageId};
use crate::scenario::Scenario;

/// A client's customers of one language, and who can stand in for those who serve them.
#[derive(Debug, Clone, PartialEq)]
pub struct Backup {
    pub client: ClientId,
    pub language: LanguageId,
    /// People who serve them; 0 where nobody does.
    pub trained: usize,
    /// Most of these on duty at once.
    pub at_once: usize,
    /// People of other teams who pre-learn them, by their place in the roster.
    pub learners: Vec<usize>,
    /// Backups wanted and not found.
    pub missing: usize,
}

impl Backup {
    /// People who can stand in.
    pub fn backups(&self) -> usize {
        self.trained - self.at_once + self.learners.len()
    }
}

/// The backups of a roster, of every pair of client and language that has a queue, also where nobody knows it: as many
/// as the policy asks for where anybody may learn the work.
pub(super) fn backups(scenario: &Scenario, roster: &Roster) -> Vec<Backup> {
    let agents = &roster.agents;
    let queues = scenario.queues.values();
    let mut served: BTreeMap<(ClientId, LanguageId), BTreeSet<usize>> = queues
        .map(|queue| ((queue.client, queue.language), BTreeSet::new()))
        .collect();
    for (number, agent) in agents.iter().enumerate() {
        for &queue in &agent.queues {
            let queue = &scenario.queues[queue];
            let who = served.entry((queue.client, queue.language)).or_default();
            who.insert(number);
        }
    }
    let mut found: Vec<Backup> = served
        .iter()
        .map(|(&(client, language), trained)| {
            let at_once = at_once(trained.iter().map(|&number| &agents[number]));
            Backup {
                client,
                language,
                trained: trained.len(),
                at_once,
                learners: Vec::new(),
                missing: (scenario.policy.backups).saturating_sub(trained.len() - at_once),
            }
        })
        .collect();
    learn(scenario, agents, &mut found);
    found
}

/// Most of some people on duty at once.
fn at_once<'a>(people: impl Iterator<Item = &'a RosteredAgent>) -> usize {
    let mut steps: Vec<(DateTime<Utc>, i32)> = people
        .flat_map(|agent| &agent.duties)
        .flat_map(|duty| [(duty.start, 1), (duty.end, -1)])
        .collect();
    // Who leaves makes room for who comes in the same minute.
    steps.sort_unstable();
    let mut there = 0;
    let counts = steps.into_iter().map(|(_, step)| {
        there += step;
        there
    });
    counts.max().unwrap_or(0).max(0) as usize
}
