//! `[[event]]`, `[[lever]]`, `[[growth]]` and `[[override]]`: what changes the demand.

use chrono::NaiveDate;

use super::fields::Fields;
use super::names::Names;
use super::value;
use crate::ids::{ClientId, Id, QueueId};
use crate::scenario::{Event, Growth, Lever, Override, Queue};
use crate::units::Share;

pub(super) fn read_event(table: &Fields, name: &str, clients: &Names) -> Option<Event> {
    let first_day = table.required("from", value::date);
    let last_day = table.optional("to", value::date).or(first_day);
    let uplift = table.required("uplift", value::uplift);
    let client = one_client(table, clients);
    let event = Event {
        id: name.to_owned(),
        name: table.or("title", value::text, name.to_owned()),
        first_day: first_day?,
        last_day: last_day?,
        uplift: uplift?,
        client,
    };
    period(table, event.first_day, event.last_day);
    Some(event)
}

fn one_client(table: &Fields, clients: &Names) -> Option<ClientId> {
    table
        .has("client")
        .then(|| clients.field(table, "client"))
        .flatten()
}

fn period(table: &Fields, first: NaiveDate, last: NaiveDate) {
    if last < first {
        table.problem(
            "to",
            "bad-period",
            format!("{} ends before it starts", table.what),
            "`to` is its last day, `from` its first",
        );
    }
}

pub(super) fn read_growth(table: &Fields, name: &str, clients: &Names) -> Option<Growth> {
    let per_year = table.required("per_year", value::uplift);
    let start = table.required("from", value::date);
    let last_day = table.optional("to", value::date);
    let client = one_client(table, clients);
    let growth = Growth {
        id: name.to_owned(),
        name: table.or("title", value::text, name.to_owned()),
        per_year: per_year?,
        start: start?,
        last_day,
        client,
    };
    period(table, growth.start, last_day.unwrap_or(growth.start));
    Some(growth)
}

pub(super) fn read_override(table: &Fields, name: &str, queues: &Names) -> Option<Override> {
    let first_day = table.required("from", value::date);
    let last_day = table.optional("to", value::date).or(first_day);
    let contacts_per_day = table.required("contacts_per_day", value::number);
    let title = table.or("title", value::text, name.to_owned());
    if !table.has("queues") {
        table.missing("queues");
        return None;
    }
    let own = Override {
        id: name.to_owned(),
        name: title,
        queues: queues.list(table, "queues")?,
        first_day: first_day?,
        last_day: last_day?,
        contacts_per_day: contacts_per_day?,
    };
    period(table, own.first_day, own.last_day);
    Some(own)
}

/// Notes overrides that set the same queue on the same day: only one of them could hold.
pub(super) fn one_override_a_day(
    tables: &[Fields],
    overrides: &[Option<Override>],
    queues: &Names,
) {
    for (index, table) in tables.iter().enumerate() {
        let Some(own) = &overrides[index] else {
            continue;
        };
        let clash = overrides[..index].iter().flatten().find_map(|earlier| {
            let from = own.first_day.max(earlier.first_day);
            let overlap = from <= own.last_day.min(earlier.last_day);
            let both = own.queues.iter().find(|id| earlier.queues.contains(id));
            both.filter(|_| overlap).map(|id| (earlier, *id, from))
        });
        if let Some((earlier, id, day)) = clash {
            table.problem(
                "from",
                "bad-period",
                format!(
                    "{} and override `{}` both set queue `{}` on {day}",
                    table.what,
                    earlier.id,
                    queues.name(id.index())
                ),
                "part their days, or take the queue out of one of them",
            );
        }
    }
}

/// A lever acts on the queues and contact types that it names; on the informational types where it
/// names none.
pub(super) fn read_lever(
    table: &Fields,
    name: &str,
    queue_names: &Names,
    type_names: &Names,
    queues: &[Option<Queue>],
) -> Option<Lever> {
    let deflection = table.or("deflection", value::share, Share::ZERO);
    let resolution = table.or("fcr", value::share, Share::ZERO);
    if !table.has("deflection") && !table.has("fcr") {
        table.problem(
            "deflection",
            "missing-field",
            format!("{} has neither `deflection` nor `fcr`", table.what),
            "add `deflection = \"20%\"`, the share that it handles before an agent, or `fcr = \"+5%\"`, points of \
             first-contact resolution",
        );
    }
    let start = table.required("from", value::date);
    let ramp_months = table.or("ramp", value::months, 0.0);
    // All fields are asked for before a wrong one ends it: the others are no unknown ones.
    let title = table.or("title", value::text, name.to_owned());
    let list = |names: &Names, field| match table.has(field) {
        true => names.list(table, field),
        false => Some(Vec::new()),
    };
    let named = list(queue_names, "queues");
    let types = list(type_names, "contact_types");
    let (named, types): (Vec<QueueId>, Vec<QueueId>) = (named?, types?);
    let types: Vec<&str> = types.iter().map(|id| type_names.name(id.index())).collect();
    let by_default = named.is_empty() && types.is_empty();
    let acted_on = queues.iter().enumerate().filter_map(|(index, queue)| {
        let id = QueueId::new(index);
        let queue = queue.as_ref()?;
        let acts = named.contains(&id)
            || types.contains(&queue.contact_type.name.as_str())
            || (by_default && queue.contact_type.informational);
        acts.then_some(id)
    });
    Some(Lever {
        id: name.to_owned(),
        name: title,
        deflection,
        resolution,
        start: start?,
        ramp_months,
        grown_from: None,
        queues: acted_on.collect(),
    })
}
