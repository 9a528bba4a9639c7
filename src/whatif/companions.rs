//! Further shops of the same demand in the pods of a set-up.

use crate::demand::Demand;
use crate::ids::{QueueId, SetupId};
use crate::scenario::{GroupKind, Scenario};

/// The scenario and demand with `companions` further shops beside each client in the shared groups of
/// the set-up; without companions, as they were.
///
/// The user's own clients, queues and groups keep their ids; the companions' come after. Each brings the
/// same contacts as its original (drawn anew in simulation) and asks for the same promises.
pub fn with_companions(scenario: &Scenario, demand: &Demand, setup: SetupId) -> (Scenario, Demand) {
    let (mut wide, mut demand) = (scenario.clone(), demand.clone());
    let groups: Vec<_> = scenario.setups[setup]
        .groups
        .iter()
        .copied()
        .filter(|&group| matches!(scenario.groups[group].kind, GroupKind::Shared { .. }))
        .collect();
    let served: Vec<QueueId> = scenario
        .queues
        .ids()
        .filter(|queue| {
            groups
                .iter()
                .any(|&group| scenario.queues_of(group).contains(queue))
        })
        .collect();
    if served.is_empty() || scenario.setups[setup].companions == 0 {
        return (wide, demand);
    }
    let own = || scenario.clients.ids().collect();
    wide.setups[setup].bearers.get_or_insert_with(own);
    for number in 1..=scenario.setups[setup].companions {
        for (client, original) in scenario.clients.iter() {
            if !served
                .iter()
                .any(|&queue| scenario.queues[queue].client == client)
            {
                continue;
            }
            let mut copy = original.clone();
            copy.name = format!("{}-companion-{number}", original.name);
            copy.title = format!("{} (companion {number})", original.title);
            let companion = wide.clients.push(copy);
            for &group in &groups {
                if scenario.groups[group].clients.contains(&client) {
                    wide.groups[group].clients.push(companion);
                }
            }
            let events = scenario
                .events
                .iter()
                .filter(|event| event.client == Some(client));
            wide.events.extend(events.cloned().map(|mut event| {
                event.client = Some(companion);
                event
            }));
            for &queue in served
                .iter()
                .filter(|&&queue| scenario.queues[queue].client == client)
            {
                let mut copy = scenario.queues[queue].clone();
                copy.name = format!("{}-companion-{number}", copy.name);
                copy.client = companion;
                let cloned = wide.queues.push(copy);
                demand.queues.push(demand.queues[queue].clone());
                for lever in &mut wide.levers {
                    if lever.queues.contains(&queue) {
                        lever.queues.push(cloned);
                    }
                }
            }
        }
    }
    (wide, demand)
}
