//! The holidays of a market or a site: a country's table, with own days added or struck.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::holidays;

/// Which days are holidays, by name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Calendar {
    /// Country or subdivision of the public table ("CZ", "US-PA"); none means no public holidays.
    pub region: Option<String>,
    /// Days that are holidays here beside the public ones.
    pub added: BTreeMap<NaiveDate, String>,
    /// Public holidays that are ordinary days here.
    pub struck: BTreeSet<NaiveDate>,
}

impl Calendar {
    /// The public holidays of a region.
    pub fn of(region: impl Into<String>) -> Self {
        Self {
            region: Some(region.into()),
            ..Self::default()
        }
    }

    /// The holiday's name, if `day` is one.
    pub fn holiday(&self, day: NaiveDate) -> Option<&str> {
        if let Some(name) = self.added.get(&day) {
            return Some(name);
        }
        if self.struck.contains(&day) {
            return None;
        }
        holidays::on(self.region.as_deref()?, day).map(|holiday| holiday.name)
    }
}
