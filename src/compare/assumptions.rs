//! What a comparison rests on that the scenario leaves to the program, with source and date.

use std::collections::BTreeMap;

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

/// Every default of the set-ups, the labour rules of the sites, and what else was left to the program.
pub fn assumptions(scenario: &Scenario) -> Vec<Assumption> {
    let mut said = Vec::new();
    for (id, setup) in scenario.setups.iter() {
        let in_house = setup.tariff.is_none().then_some(&setup.in_house.sources);
        let tariff = setup.tariff.as_ref().map(|tariff| &tariff.sources);
        let mut fields: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (field, source) in in_house.into_iter().chain(tariff).flatten() {
            let alike = fields.entry(source).or_default();
            alike.push(field.replace('_', " "));
        }
        said.extend(fields.into_iter().map(|(source, fields)| Assumption {
            setup: Some(id),
            what: format!("{}, {}", setup.name, fields.join(", ")),
            source: source.to_owned(),
        }));
    }
    for site in scenario.sites.values() {
        said.push(Assumption {
            setup: None,
            what: format!("{}, labour rules {}", site.name, site.rules.name),
            source: site.rules.source.clone(),
        });
    }
    let mut usual: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for assumed in &scenario.assumed {
        let whose = usual.entry((assumed.field, &assumed.source)).or_default();
        whose.push(&assumed.whose);
    }
    for ((field, source), whose) in usual {
        let whose = match whose.as_slice() {
            [first, _, _, ..] => format!("{first} and {} more", whose.len() - 1),
            few => few.join(" and "),
        };
        said.push(Assumption {
            setup: None,
            what: format!("`{field}` of {whose}"),
            source: source.to_owned(),
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
