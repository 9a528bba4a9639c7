//! `[[queue]]`, with `[channel.phone]` and the like giving what its queues leave out.

use super::demand_source::{self, Histories};
use super::fields::Fields;
use super::handle_time;
use super::hours::Hours;
use super::language::Languages;
use super::names::Names;
use super::target;
use super::value;
use crate::ids::{ClientId, Id, MarketId};
use crate::scenario::{Channel, Client, ContactType, Market, Queue};
use crate::time::OpeningHours;
use crate::units::{Seconds, Share};

/// What queues point to.
pub(super) struct Context<'a> {
    pub clients: &'a Names,
    pub client_rows: &'a [Option<Client>],
    pub markets: &'a Names,
    pub market_rows: &'a [Option<Market>],
    pub contact_types: &'a Names,
    pub contact_type_rows: &'a [ContactType],
    pub languages: &'a Languages,
    pub hours: &'a Hours,
    pub histories: &'a Histories<'a>,
}

/// The fields that `[channel.…]` may give for its queues.
pub(super) const CHANNEL_FIELDS: [&str; 20] = [
    "hours",
    "target",
    "deadline",
    "clock",
    "share",
    "aht",
    "aht_cv",
    "patience",
    "concurrency",
    "fcr",
    "recontact",
    "retrial",
    "retrial_after",
    "reserve",
    "min_agents",
    "native",
    "contact_type",
    "client",
    "market",
    "language",
];

pub(super) fn read_queue(table: &Fields, name: &str, context: &Context) -> Option<Queue> {
    let client = context.clients.field(table, "client");
    let market: Option<MarketId> = context.markets.field(table, "market");
    let language = table.required("language", |value| context.languages.read(value));
    let channel = table.required("channel", value::channel);
    let contact_type = read_contact_type(table, context);
    let hours = match context.hours.field(table, "hours") {
        None if !table.has("hours") => Some(OpeningHours::always()),
        hours => hours,
    };
    if hours
        .as_ref()
        .is_some_and(|hours| hours.week.iter().all(Vec::is_empty))
    {
        table.problem(
            "hours",
            "never-open",
            format!("{} is never open", table.what),
            "give it hours on at least one day",
        );
    }
    let client_row =
        client.and_then(|client: ClientId| context.client_rows[client.index()].as_ref());
    let zone = market
        .and_then(|market| context.market_rows[market.index()].as_ref())
        .map(|market| market.zone);
    let demand = demand_source::read(table, name, client_row, zone, context.histories);
    let history = demand.as_ref().and_then(|demand| demand.history.as_ref());
    let handle_time = handle_time::read(table, history);
    let service = target::read_service(table, channel, handle_time);
    let mean = "74 % settled at once, the mean over centres (Salesupply, 2026)";
    let resolution = table.usual("fcr", value::share, Share(0.74), mean);
    let half = "half of those not settled come again (a judgement, 2026)";
    let recontact = table.usual("recontact", value::share, Share(0.5), half);
    if resolution.rest().value() * recontact.value() > 0.95 {
        table.problem(
            "fcr",
            "bad-share",
            format!("nearly every contact of {} comes back", table.what),
            "raise `fcr` or lower `recontact`: repeats would multiply the demand twentyfold",
        );
    }
    let retrial = table.or("retrial", value::share, Share::ZERO);
    if retrial.value() > 0.95 {
        table.problem(
            "retrial",
            "bad-share",
            format!(
                "nearly everybody who hangs up on {} calls again",
                table.what
            ),
            "give at most 95%: a third to a half is usual",
        );
    }
    let after = Seconds(600.0);
    let retrial_after = if retrial.value() > 0.0 {
        let source = "10 minutes (a judgement, 2026)";
        table.usual("retrial_after", value::positive_duration, after, source)
    } else {
        table.or("retrial_after", value::positive_duration, after)
    };
    let reserve = table.or("reserve", value::count, 0);
    let real_time = service
        .as_ref()
        .is_none_or(|service| matches!(service, crate::scenario::Service::RealTime { .. }));
    let min_agents = if real_time {
        let source = "one agent there while the queue is open (a judgement, 2026)";
        table.usual("min_agents", value::count, 1, source)
    } else {
        table.or("min_agents", value::count, 0)
    };
    let native_only = table.or("native", value::flag, false);
    Some(Queue {
        name: name.to_owned(),
        client: client?,
        market: market?,
        language: language?,
        native_only,
        channel: channel?,
        contact_type: contact_type?,
        hours: hours?,
        service: service?,
        handle_time: handle_time?,
        first_contact_resolution: resolution,
        recontact,
        retrial,
        retrial_after,
        reserve,
        min_agents,
        demand: demand?,
    })
}

/// The contact type named, or the plain one where a queue names none.
fn read_contact_type(table: &Fields, context: &Context) -> Option<ContactType> {
    let Some(name) = table.optional_at("contact_type", value::text) else {
        return (!table.has("contact_type")).then(|| ContactType::named("general"));
    };
    let id: MarketId = context.contact_types.find(table.reading, &name)?;
    Some(context.contact_type_rows[id.index()].clone())
}

/// Every `[channel.…]` table, by channel; what is unknown in them is noted.
pub(super) fn channel_defaults<'a>(root: &Fields<'a>) -> Vec<(Channel, Fields<'a>)> {
    let Some(channels) = root.table("channel") else {
        return Vec::new();
    };
    let mut defaults = Vec::new();
    for (key, raw) in channels.entries() {
        let Some(channel) = Channel::ALL
            .into_iter()
            .find(|channel| channel.name() == key.value)
        else {
            channels.reading.problem(
                "unknown-channel",
                &key.span,
                format!("`{}` is no channel", key.value),
                &super::source::did_you_mean(&key.value, Channel::ALL.map(Channel::name)),
            );
            continue;
        };
        if let Some(mut table) = channels.as_table("channel", raw) {
            table.what = format!("[channel.{}]", key.value);
            for field in CHANNEL_FIELDS {
                table.raw(field);
            }
            defaults.push((channel, table));
        }
    }
    defaults
}
