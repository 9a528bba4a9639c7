//! `[[setup]]`: the ways to run the service, and what each costs.

use std::collections::BTreeMap;

use super::fields::Fields;
use super::money::Exchange;
use super::names::Names;
use super::tariff;
use super::value;
use crate::ids::{GroupId, Id};
use crate::scenario::{AgentGroup, Borrowed, Employer, InHouseCosts, Money, Setup, SetupKind};
use crate::units::{Hours, Seconds, Share};

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
    context: tariff::Context,
) -> Option<Setup> {
    let kind = table.required("kind", value::choice(&KINDS));
    if !table.has("groups") {
        table.missing("groups");
    }
    let members: Option<Vec<GroupId>> = group_names.list(table, "groups");
    // All fields are asked for before a wrong one ends it: the others are no unknown ones.
    let title = table.or("title", value::text, name.to_owned());
    let per_client = table.or("per_client", value::flag, false);
    let companions = table.or("companions", value::count, 0);
    let in_house = table
        .table("in_house")
        .map(|costs| read_in_house(&costs, context.exchange))
        .unwrap_or_default();
    let tariff_given = table.has("tariff");
    let tariff = table
        .table("tariff")
        .and_then(|tariff| tariff::read_tariff(&tariff, context));
    let members = members?;
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
    } else if kind != SetupKind::InHouse && !employs(Employer::Partner) {
        "is outsourced, yet has no agents of a partner"
    } else if employs(Employer::Partner) && !tariff_given {
        "has a partner, yet no [setup.tariff] that says what the partner charges"
    } else if kind == SetupKind::InHouse && tariff_given {
        "is in-house, yet has a tariff"
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
        title,
        kind,
        groups: members,
        empty_groups: Vec::new(),
        per_client,
        companions,
        bearers: None,
        sharers: None,
        in_house,
        tariff,
    })
}

/// Costs beside pay. What is left out and usual anywhere is taken from its source, which is kept; money
/// is never assumed.
fn read_in_house(table: &Fields, exchange: &Exchange) -> InHouseCosts {
    let default = InHouseCosts::default();
    let money = |field| table.or(field, |value| exchange.money(value), Money::ZERO);
    let mut sources = BTreeMap::new();
    let mut assumed = |field: &'static str, source: &str| {
        if !table.has(field) {
            sources.insert(field.to_owned(), source.to_owned());
        }
    };
    assumed("attrition", "20 % a year, captive centres (ICMI, 2017)");
    assumed("training", "two weeks (simplycontact.com, icmi.com, 2026)");
    assumed(
        "ramp",
        "13 weeks, 3 to 6 months are routine (wfmlabs, 2026)",
    );
    assumed(
        "ramp_handle_time",
        "1.3, of 1.3 to 1.8 times tenured agents (wfmlabs, 2026)",
    );
    assumed(
        "hiring_lead",
        "4 weeks, of 1 to 4 (simplycontact.com, 2026)",
    );
    assumed(
        "notice",
        "30 days; by law 4 weeks (DE, BGB 622) to two months (CZ, Labour Code 51, as of 2026)",
    );
    assumed(
        "lead_span",
        "nobody leads; one for 8 to 12 agents is usual (ICMI, 2026)",
    );
    assumed(
        "whole_contracts",
        "whole people: half an agent is not hired (a judgement, 2026)",
    );
    for price in [
        "recruiting",
        "tools_per_month",
        "space_per_month",
        "owner_hour",
    ] {
        assumed(
            price,
            "nothing: prices are never assumed (a judgement, 2026)",
        );
    }
    let days = table.or("notice", value::duration, Seconds(30.0 * 86_400.0));
    let lead = table.or("hiring_lead", value::hours, Hours(4.0 * 168.0));
    InHouseCosts {
        lead_span: table.or("lead_span", value::count, default.lead_span),
        lead_per_month: money("lead_per_month"),
        attrition: table.or("attrition", value::share, Share(0.20)),
        recruiting: money("recruiting"),
        training: table.or("training", value::hours, Hours(80.0)),
        ramp_weeks: table.or("ramp", value::hours, Hours(13.0 * 168.0)).value() / 168.0,
        ramp_handle_time: table.or("ramp_handle_time", value::number, 1.3).max(1.0),
        hiring_weeks: lead.value() / 168.0,
        tools_per_month: money("tools_per_month"),
        tools_per_ticket: money("tools_per_ticket"),
        tools_per_resolution: money("tools_per_resolution"),
        space_per_month: money("space_per_month"),
        telephony_per_minute: money("telephony_per_minute"),
        owner_hours: table.or("owner_hours", value::hours, Hours::ZERO),
        knowledge_per_month: money("knowledge_per_month"),
        owner_hour: money("owner_hour"),
        borrowed: table
            .tables("borrowed")
            .iter()
            .filter_map(|helper| read_borrowed(helper, exchange))
            .collect(),
        missed_contact: money("missed_contact"),
        notice_days: (days.value() / 86_400.0).ceil() as u32,
        severance_months: table.or("severance", value::months, 0.0),
        whole_contracts: table.or("whole_contracts", value::flag, default.whole_contracts),
        sources,
    }
}

/// `borrowed = [{ who = "accountant", hours = "6h", hour = "350 CZK" }]`, hours per week.
fn read_borrowed(table: &Fields, exchange: &Exchange) -> Option<Borrowed> {
    let who = table.required("who", value::text);
    let hours = table.required("hours", value::hours);
    let hour = table.required("hour", |value| exchange.money(value));
    Some(Borrowed {
        who: who?,
        hours: hours?,
        hour: hour?,
    })
}
