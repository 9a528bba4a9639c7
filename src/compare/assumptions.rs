//! What a comparison rests on that the scenario leaves to the program, with source and date.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::{SetupId, SiteId};
use crate::scenario::Scenario;

/// A value that nobody gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assumption {
    /// "in-house, attrition".
    pub what: String,
    /// The value, where it comes from, and when.
    pub source: String,
}

/// Every default of the set-ups that count, the labour rules of their sites, and what else was left to the program.
pub fn assumptions(scenario: &Scenario, counts: impl Fn(SetupId) -> bool) -> Vec<Assumption> {
    let mut said = Vec::new();
    let setups = || {
        scenario
            .setups
            .iter()
            .filter(|(id, _)| counts(*id))
            .map(|(_, setup)| setup)
    };
    for setup in setups() {
        let in_house = setup.tariff.is_none().then_some(&setup.in_house.sources);
        let tariff = setup.tariff.as_ref().map(|tariff| &tariff.sources);
        let mut fields: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (field, source) in in_house.into_iter().chain(tariff).flatten() {
            let alike = fields.entry(source).or_default();
            alike.push(field.replace('_', " "));
        }
        said.extend(fields.into_iter().map(|(source, fields)| Assumption {
            what: format!("{}, {}", setup.name, fields.join(", ")),
            source: source.to_owned(),
        }));
    }
    let groups = setups().flat_map(|setup| &setup.groups);
    let sites: BTreeSet<SiteId> = groups.map(|&group| scenario.groups[group].site).collect();
    for site in sites {
        let site = &scenario.sites[site];
        said.push(Assumption {
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
            what: format!("`{field}` of {whose}"),
            source: source.to_owned(),
        });
    }
    for setup in setups() {
        let tariff = setup.tariff.as_ref();
        if let Some(conversion) = tariff.and_then(|tariff| tariff.conversion.as_ref()) {
            said.push(Assumption {
                what: format!("{}, currency", setup.name),
                source: conversion.to_string(),
            });
        }
    }
    said
}
