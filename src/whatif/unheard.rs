//! Changes that no demand follows.

use crate::scenario::{Client, Queue, Scenario};

/// Days of a history beside which the orders of a queue say little.
const LONG: usize = 56;

/// What `changes` of a scenario, each as `path=value`, do not change: demand follows a history where there is one, not
/// the orders.
pub fn unheard(scenario: &Scenario, changes: &[String]) -> Vec<String> {
    let paths = changes.iter().filter_map(|change| change.split_once('='));
    paths
        .filter_map(|(path, _)| {
            let path = path.trim();
            let parts: Vec<&str> = path.split('.').collect();
            let of_path = |queue: &Queue, client: &Client| match parts[..] {
                ["client", id, "orders_per_day"] => client.name == id,
                ["queue", id, "orders", ..] => queue.name == id,
                _ => false,
            };
            let queues = scenario.queues.values();
            let queues = queues.filter(|queue| of_path(queue, &scenario.clients[queue.client]));
            let deaf: Vec<&str> = queues
                .filter(|queue| {
                    let history = queue.demand.history.as_ref();
                    history.is_some_and(|history| history.days.len() >= LONG)
                })
                .map(|queue| queue.name.as_str())
                .collect();
            (!deaf.is_empty()).then(|| {
                format!(
                    "`{path}` does not change the demand of {}, which follows its history: for other volumes add a \
                     `[[growth]]`, or ask `compare --lever growth=2`",
                    deaf.join(", ")
                )
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn orders_beside_a_history_are_not_heard() {
        let scenario = crate::input::read(Path::new("scenarios/mid-shop")).expect("a scenario");
        let told = |change: &str| unheard(&scenario, &[change.to_owned()]);
        let [orders] = &told("client.garden.orders_per_day=1800")[..] else {
            panic!("one note");
        };
        assert!(orders.contains("cs-phone, cs-chat"), "{orders}");
        assert_eq!(told("queue.cs-phone.orders.contacts_per_order=0").len(), 1);
        assert!(told("queue.cs-phone.aht=5m").is_empty());
        assert!(told("client.other.orders_per_day=1800").is_empty());
    }
}
