//! `[[event]]` and `[[lever]]`: what changes the demand.

use super::fields::Fields;
use super::names::Names;
use super::value;
use crate::ids::{Id, QueueId};
use crate::scenario::{Event, Lever, Queue};

pub(super) fn read_event(table: &Fields, name: &str, clients: &Names) -> Option<Event> {
    let first_day = table.required("from", value::date);
    let last_day = table.optional("to", value::date).or(first_day);
    let uplift = table.required("uplift", value::uplift);
    let client = table
        .has("client")
        .then(|| clients.field(table, "client"))
        .flatten();
    let event = Event {
        name: table.or("title", value::text, name.to_owned()),
        first_day: first_day?,
        last_day: last_day?,
        uplift: uplift?,
        client,
    };
    if event.last_day < event.first_day {
        table.problem(
            "to",
            "bad-period",
            format!("{} ends before it starts", table.what),
            "`to` is its last day, `from` its first",
        );
    }
    Some(event)
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
    let deflection = table.required("deflection", value::share);
    let start = table.required("from", value::date);
    let ramp_months = table.or("ramp", value::months, 0.0);
    let named: Vec<QueueId> = if table.has("queues") {
        queue_names.list(table, "queues")?
    } else {
        Vec::new()
    };
    let types: Vec<QueueId> = if table.has("contact_types") {
        type_names.list(table, "contact_types")?
    } else {
        Vec::new()
    };
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
        name: table.or("title", value::text, name.to_owned()),
        deflection: deflection?,
        start: start?,
        ramp_months,
        queues: acted_on.collect(),
    })
}
