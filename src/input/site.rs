//! `[[site]]`: where agents work.

use super::client::read_calendar;
use super::fields::Fields;
use super::hours::Hours;
use super::rules::Rules;
use super::value;
use crate::scenario::Site;
use crate::time::OpeningHours;

pub(super) fn read_site(table: &Fields, name: &str, hours: &Hours, rules: &Rules) -> Option<Site> {
    // Kept for the reader of the file; the plan names sites by their ids.
    table.optional("title", value::text);
    let zone = table.required("timezone", value::zone);
    let calendar = read_calendar(table);
    let rules = rules.of_site(table);
    let open = match hours.field(table, "hours") {
        None if !table.has("hours") => Some(OpeningHours::always()),
        hours => hours,
    };
    let seats = table.optional("seats", value::count);
    Some(Site {
        name: name.to_owned(),
        zone: zone?,
        calendar,
        hours: open?,
        seats,
        rules: rules?,
    })
}
