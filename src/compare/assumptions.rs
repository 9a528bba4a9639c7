//! What a comparison rests on that the scenario leaves to the program, with source and date.

use crate::scenario::Scenario;

/// A value that nobody gave.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Assumption {
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
    for setup in scenario.setups.values() {
        let in_house = setup.tariff.is_none().then_some(&setup.in_house.sources);
        let tariff = setup.tariff.as_ref().map(|tariff| &tariff.sources);
        for (field, source) in in_house.into_iter().chain(tariff).flatten() {
            said.push(Assumption {
                what: format!("{}, {}", setup.name, field.replace('_', " ")),
                source: source.clone(),
            });
        }
    }
    for site in scenario.sites.values() {
        said.push(Assumption {
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
            what: "first-contact resolution and repeats where the scenario says nothing else".to_owned(),
            source: "74 % settled at once, the mean over centres (Salesupply, 2026); half of the others come \
                     again (a judgement, 2026)"
                .to_owned(),
        });
    }
    for conversion in scenario.setups.values().filter_map(|setup| {
        let tariff = setup.tariff.as_ref()?;
        Some((&setup.name, tariff.conversion.as_ref()?))
    }) {
        said.push(Assumption {
            what: format!("{}, currency", conversion.0),
            source: conversion.1.to_string(),
        });
    }
    said
}
