//! Public holidays by country and subdivision.

use chrono::NaiveDate;

/// The name of the public holiday of `region` ("CZ", "US-PA") on `date`, if there is one.
pub fn holiday(_region: &str, _date: NaiveDate) -> Option<&'static str> {
    None
}

/// Whether the table knows `region`.
pub fn is_region(_region: &str) -> bool {
    true
}
