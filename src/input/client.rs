//! `[[client]]`, `[[market]]` and `[[contact_type]]`: who writes and calls, and about what.

use chrono::{Datelike as _, NaiveDate};

use super::fields::Fields;
use super::money::Exchange;
use super::value;
use crate::scenario::{Client, ContactType, Market};
use crate::time::{Calendar, holidays};
use crate::units::Hours;

pub(super) fn read_client(table: &Fields, name: &str) -> Option<Client> {
    let title = table.or("title", value::text, name.to_owned());
    let orders_per_day = table.optional("orders_per_day", value::number);
    let source = "16h: two working days, after which a small shop is live (customerhero.cz, 2026)";
    let learning = table.usual("learning", value::hours, Hours(16.0), source);
    if orders_per_day.is_none() && table.has("orders_per_day") {
        return None;
    }
    Some(Client {
        name: name.to_owned(),
        title,
        orders_per_day,
        learning,
    })
}

pub(super) fn read_market(table: &Fields, name: &str) -> Option<Market> {
    let zone = table.required("timezone", value::zone);
    let calendar = read_calendar(table);
    Some(Market {
        name: name.to_owned(),
        zone: zone?,
        calendar,
    })
}

/// `country` and `holidays = { add = [{ date, name }], strike = [dates] }` of a market or a site.
pub(super) fn read_calendar(table: &Fields) -> Calendar {
    let mut calendar = Calendar {
        region: table.optional("country", region),
        ..Calendar::default()
    };
    if let Some(own) = table.table("holidays") {
        for added in own.tables("add") {
            let date = added.required("date", value::date);
            let name = added.or("name", value::text, "own holiday".to_owned());
            calendar.added.extend(date.map(|date| (date, name)));
        }
        let struck = own.list("strike", value::date).unwrap_or_default();
        // Beyond the table nobody knows.
        let known = |day: &NaiveDate| holidays::YEARS.contains(&day.year());
        for at in struck.iter().filter(|at| known(&at.value)) {
            if calendar.holiday(at.value).is_none() {
                table.reading.problem(
                    "bad-date",
                    &at.span,
                    format!("{} is no holiday of {}", at.value, table.what),
                    "strike a day of the country's table, or take it out",
                );
            }
        }
        calendar
            .struck
            .extend(struck.into_iter().map(|at| at.value));
    }
    calendar
}

/// A country, or one with its subdivision, that has a table of holidays.
fn region(value: &toml::de::DeValue) -> Result<String, value::Wrong> {
    let text = value::text(value)?;
    let country = text.split('-').next().unwrap_or_default();
    let upper = |text: &str| text.bytes().all(|b| b.is_ascii_uppercase());
    if country.len() == 2 && upper(country) && holidays::calendar(&text).is_some() {
        return Ok(text);
    }
    let remedy = if country.len() == 2
        && holidays::calendar(&text.to_uppercase()).is_some()
        && !upper(country)
    {
        format!("did you mean `{}`?", text.to_uppercase())
    } else {
        "name it by ISO 3166, as in \"CZ\" or \"US-PA\"; without `country` there are no public \
         holidays but those you add"
            .to_owned()
    };
    Err(value::Wrong::new(
        "unknown-country",
        format!("there is no table of holidays for `{text}`"),
        remedy,
    ))
}

pub(super) fn read_contact_type(table: &Fields, name: &str, exchange: &Exchange) -> ContactType {
    let none = ContactType::named(name);
    ContactType {
        informational: table.or("informational", value::flag, false),
        product: table.or("product", value::flag, false),
        deflectable: table.or("deflectable", value::share, none.deflectable),
        escalated: table.or("escalated", value::share, none.escalated),
        standardised: table.or("standardised", value::share, none.standardised),
        sale: table.or("sale", |value| exchange.money(value), none.sale),
        ..none
    }
}
