//! `[[setup]]`: the ways to run the service, and what each costs.

use super::fields::Fields;
use super::money::Exchange;
use super::names::Names;
use super::tariff;
use super::value;
use crate::ids::{GroupId, Id};
use crate::scenario::{AgentGroup, Employer, InHouseCosts, Setup, SetupKind};
use crate::units::Hours;

const KINDS: [(&str, SetupKind); 5] = [
    ("in-house", SetupKind::InHouse),
    ("outsourced-dedicated", SetupKind::OutsourcedDedicated),
    ("outsourced-shared", SetupKind::OutsourcedShared),
    ("per-interaction", SetupKind::PerInteraction),
    ("split", SetupKind::Split),
];

pub(super) fn read_setup(
    table: &Fields,
    name: &str,
    group_names: &Names,
    groups: &[Option<AgentGroup>],
    exchange: &Exchange,
) -> Option<Setup> {
    let kind = table.required("kind", value::choice(&KINDS));
    if !table.has("groups") {
        table.missing("groups");
    }
    let members: Vec<GroupId> = group_names.list(table, "groups");
    let companions = table.or("companions", value::count, 0);
    let in_house_given = table.has("in_house");
    let in_house = table
        .table("in_house")
        .map(|costs| read_in_house(&costs, exchange))
        .unwrap_or_default();
    let tariff_given = table.has("tariff");
    let tariff = table
        .table("tariff")
        .and_then(|tariff| tariff::read_tariff(&tariff, exchange));
    let employs = |employer| {
        members.iter().any(|id| {
            let group = groups[id.index()].as_ref();
            group.is_some_and(|group| group.employer == employer)
        })
    };
    let kind = kind?;
    let cause = if members.is_empty() {
        "has no agent group"
    } else if kind == SetupKind::InHouse && employs(Employer::Partner) {
        "is in-house, yet has agents of a partner"
    } else if !matches!(kind, SetupKind::InHouse | SetupKind::Split) && employs(Employer::Own) {
        "is outsourced, yet has agents of your own"
    } else if employs(Employer::Partner) && !tariff_given {
        "has a partner, yet no [setup.tariff] that says what the partner charges"
    } else if kind == SetupKind::InHouse && tariff_given {
        "is in-house, yet has a tariff"
    } else if !employs(Employer::Own) && in_house_given {
        "has costs of people of your own, yet no such people"
    } else if companions > 0 && kind == SetupKind::InHouse {
        "is in-house, yet shares its people with other shops"
    } else {
        ""
    };
    if !cause.is_empty() && members.iter().all(|id| groups[id.index()].is_some()) {
        table.problem(
            "kind",
            "bad-setup",
            format!("{} {cause}", table.what),
            "in-house: groups of employer \"own\"; outsourced: of \"partner\", with a tariff; split: both",
        );
    }
    Some(Setup {
        name: name.to_owned(),
        title: table.or("title", value::text, name.to_owned()),
        kind,
        groups: members,
        companions,
        in_house,
        tariff,
    })
}

fn read_in_house(table: &Fields, exchange: &Exchange) -> InHouseCosts {
    let default = InHouseCosts::default();
    let money = |field, default| table.or(field, |value| exchange.money(value), default);
    InHouseCosts {
        lead_span: table.or("lead_span", value::count, default.lead_span),
        lead_per_month: money("lead_per_month", default.lead_per_month),
        attrition: table.or("attrition", value::share, default.attrition),
        recruiting: money("recruiting", default.recruiting),
        training: table.or("training", value::hours, Hours::ZERO),
        tools_per_month: money("tools_per_month", default.tools_per_month),
        space_per_month: money("space_per_month", default.space_per_month),
        telephony_per_minute: money("telephony_per_minute", default.telephony_per_minute),
        owner_hours: table.or("owner_hours", value::hours, Hours::ZERO),
        owner_hour: money("owner_hour", default.owner_hour),
        whole_contracts: table.or("whole_contracts", value::flag, default.whole_contracts),
    }
}
