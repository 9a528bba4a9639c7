//! Opening hours that no shift reaches, and minimums that no seats or people do for: a plan leaves them open.

use std::collections::BTreeMap;

use super::fields::Fields;
use crate::ids::{GroupId, Id, QueueId, SetupId};
use crate::scenario::Scenario;

/// Slots from and to.
type Run = (usize, usize);

/// A clock, hours on it and the set-ups that lack them.
type Same = (&'static str, Vec<Run>, Vec<SetupId>);

/// What is found in one set-up after the other.
#[derive(Debug, Default)]
pub(super) struct OutOfReach {
    /// By queue and the hours that no shift reaches, the set-ups.
    hours: BTreeMap<(QueueId, Vec<Run>), Vec<SetupId>>,
    /// By queue and what limits its agents, the set-ups.
    minimums: BTreeMap<(QueueId, String), Vec<SetupId>>,
}

/// Hours and names said of many.
const SHOWN: usize = 3;

impl OutOfReach {
    /// Looks at a queue that some groups of a set-up are able to serve: at those of its slots in which one of their
    /// sites is open.
    pub fn look(
        &mut self,
        scenario: &Scenario,
        setup: SetupId,
        queue: QueueId,
        able: &[GroupId],
        is_site_open: impl Fn(usize) -> bool,
        reached: &[Vec<bool>],
    ) {
        let asked = &scenario.queues[queue];
        if !asked.is_real_time() {
            return;
        }
        if let Some((most, limits)) = scenario.most_at_once(able)
            && asked.min_agents > most
        {
            let found = self.minimums.entry((queue, limits));
            found.or_default().push(setup);
        }
        // A group without any shift is a problem by itself.
        if able
            .iter()
            .any(|group| scenario.groups[*group].shifts.is_empty())
        {
            return;
        }
        let wanted = scenario.open_share(queue);
        let wanted = wanted.iter().enumerate().filter(|(_, share)| **share > 0.0);
        let missing = wanted.map(|(slot, _)| slot).filter(|slot| {
            is_site_open(*slot) && !able.iter().any(|group| reached[group.index()][*slot])
        });
        let mut runs: Vec<Run> = Vec::new();
        for slot in missing {
            match runs.last_mut().filter(|run| run.1 == slot) {
                Some(run) => run.1 = slot + 1,
                None => runs.push((slot, slot + 1)),
            }
        }
        if !runs.is_empty() {
            self.hours.entry((queue, runs)).or_default().push(setup);
        }
    }

    /// Notes it at the queues, those together that lack the same hours.
    pub fn tell(self, scenario: &Scenario, tables: &[Fields]) {
        let mut alike: BTreeMap<Same, Vec<QueueId>> = BTreeMap::new();
        for ((queue, runs), setups) in self.hours {
            let zone = scenario.markets[scenario.queues[queue].market].zone;
            let key = (zone.name(), runs, setups);
            alike.entry(key).or_default().push(queue);
        }
        for ((_, runs, setups), queues) in alike {
            let Some(first) = queues.first() else {
                continue;
            };
            let names = queues.iter().map(|queue| &*scenario.queues[*queue].name);
            let (are, them) = if queues.len() == 1 {
                ("is", "it")
            } else {
                ("are", "them")
            };
            tables[first.index()].problem(
                "hours",
                "no-shift",
                format!(
                    "{} {are} open {}, which no shift of a group that serves {them} reaches in {}",
                    named("queue", names),
                    hours(scenario, *first, &runs),
                    named_setups(scenario, &setups)
                ),
                "give such a group a [[shift]] for these hours, by its `days`, `start` or `length`, or close the queue \
                 then",
            );
        }
        for ((queue, limits), setups) in self.minimums {
            let asked = &scenario.queues[queue];
            tables[queue.index()].problem(
                "min_agents",
                "no-room",
                format!(
                    "queue `{}` asks for {} agents at once, and there are at most {limits} to serve it in {}",
                    asked.name,
                    asked.min_agents,
                    named_setups(scenario, &setups)
                ),
                "lower its `min_agents`, or raise `seats` of the site or `max_agents` of the group",
            );
        }
    }
}

fn named_setups(scenario: &Scenario, setups: &[SetupId]) -> String {
    let names = setups.iter().map(|setup| &*scenario.setups[*setup].name);
    named("set-up", names)
}

/// "queues `a`, `b`, `c` and 2 more".
fn named<'a>(what: &str, names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let count = names.len();
    let plural = if count == 1 { "" } else { "s" };
    let shown: Vec<String> = names.take(SHOWN).map(|name| format!("`{name}`")).collect();
    format!("{what}{plural} {}{}", shown.join(", "), more(count))
}

/// "Sat 6 Jun 10:00 to 14:00", on the clock of a queue's market.
fn hours(scenario: &Scenario, queue: QueueId, runs: &[Run]) -> String {
    let zone = scenario.markets[scenario.queues[queue].market].zone;
    let shown = runs.iter().take(SHOWN).map(|(from, to)| {
        let [from, to] = [from, to].map(|slot| scenario.horizon.local(*slot, zone));
        let until = if to.date() == from.date() {
            to.format("%H:%M")
        } else {
            to.format("%a %-d %b %H:%M")
        };
        format!("{} to {until}", from.format("%a %-d %b %H:%M"))
    });
    let shown: Vec<String> = shown.collect();
    format!("{}{}", shown.join(", "), more(runs.len()))
}

fn more(count: usize) -> String {
    match count.saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    }
}
