//! What a comparison rests on that the scenario leaves to the program, with source and date.

use crate::ids::SetupId;
use crate::scenario::Scenario;

/// A value that nobody gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assumption {
    /// The set-up it belongs to; none where it is everyone's.
    pub setup: Option<SetupId>,
    /// "in-house, attrition".
    pub what: String,
    /// The value, where it comes from, and when.
    pub source: String,
}

/// First-contact resolution and the share of the unsettled that come again, where nothing is said.
const RESOLUTION: (f64, f64) = (0.74, 0.5);

/// Every default of the set-ups, the labour rules of the sites, and the usual values of the queues.
pub fn assumptions(scenario: &Scenario) -> Vec<Assumption> {
    let mut said = Vec::new();
    for (id, setup) in scenario.setups.iter() {
        let in_house = setup.tariff.is_none().then_some(&setup.in_house.sources);
        let tariff = setup.tariff.as_ref().map(|tariff| &tariff.sources);
        for (field, source) in in_house.into_iter().chain(tariff).flatten() {
            said.push(Assumption {
                setup: Some(id),
                what: format!("{}, {}", setup.name, field.replace('_', " ")),
                source: source.clone(),
            });
        }
    }
    for site in scenario.sites.values() {
        said.push(Assumption {
            setup: None,
            what: format!("{}, labour rules {}", site.name, site.rules.name),
            source: site.rules.source.clone(),
        });
    }
    let usual = scenario.queues.values().any(|queue| {
        queue.first_contact_resolution.value() == RESOLUTION.0
            || queue.recontact.value() == RESOLUTION.1
    });
    if usual {
        said.push(Assumption {
            setup: None,
            what: "first-contact resolution and repeats where the scenario says nothing else".to_owned(),
            source: "74 % settled at once, the mean over centres (Salesupply, 2026); half of the others come \
                     again (a judgement, 2026)"
                .to_owned(),
        });
    }
    for (id, setup) in scenario.setups.iter() {
        let tariff = setup.tariff.as_ref();
        if let Some(conversion) = tariff.and_then(|tariff| tariff.conversion.as_ref()) {
            said.push(Assumption {
                setup: Some(id),
                what: format!("{}, currency", setup.name),
                source: conversion.to_string(),
            });
        }
    }
    said
}
