//! `[[group]]`: agents alike.

use toml::de::DeValue;

use super::fields::Fields;
use super::language::{Languages, best_levels};
use super::money::Exchange;
use super::names::Names;
use super::value::{self, Wrong};
use crate::ids::{Id, SiteId};
use crate::scenario::{
    AgentGroup, Channel, Charges, ContractWeek, Employer, GroupKind, LabourRules, Shrinkage, Site,
};
use crate::units::{Hours, Seconds, Share};

/// What groups point to.
pub(super) struct Context<'a> {
    pub sites: &'a Names,
    pub site_rows: &'a [Option<Site>],
    pub clients: &'a Names,
    pub shifts: &'a Names,
    pub languages: &'a Languages,
    pub exchange: &'a Exchange,
}

pub(super) fn read_group(table: &Fields, name: &str, context: &Context) -> Option<AgentGroup> {
    // Kept for the reader of the file; the plan names groups by their ids.
    table.optional("title", value::text);
    let site: Option<SiteId> = context.sites.field(table, "site");
    let kind = read_kind(table);
    let employers = [("own", Employer::Own), ("partner", Employer::Partner)];
    let employer = table.required("employer", value::choice(&employers));
    let clients = context.clients.list(table, "clients");
    let languages = table.list("languages", |value| context.languages.speaks(value));
    if languages.as_ref().is_none_or(Vec::is_empty) && !table.has("languages") {
        table.missing("languages");
    }
    let channels = read_channels(table);
    let wage = table.required("wage", |value| context.exchange.number(value));
    let rules = site.and_then(|site| context.site_rows[site.index()].as_ref());
    let rules = rules.map(|site| &site.rules);
    let charges = read_charges(table, rules.and_then(|rules| rules.charges.as_ref()));
    let contract = read_contract(table, rules);
    let shrinkage = read_shrinkage(table);
    let max_agents = table.optional("max_agents", value::count);
    let overflow_after = table.or("overflow_after", value::duration, Seconds::ZERO);
    let shifts = context.shifts.list(table, "shifts");
    Some(AgentGroup {
        name: name.to_owned(),
        site: site?,
        employer: employer?,
        kind: kind?,
        clients: clients?,
        languages: best_levels(languages?),
        channels,
        wage: wage?,
        charges,
        shrinkage,
        contract: contract?,
        max_agents,
        overflow_after,
        shifts: shifts?,
    })
}

fn read_kind(table: &Fields) -> Option<GroupKind> {
    let kind = table.required(
        "kind",
        value::choice(&[("dedicated", false), ("shared", true)]),
    );
    // Known, whatever the kind.
    table.has("max_clients");
    if !kind? {
        return Some(GroupKind::Dedicated);
    }
    let source = "4: an agent learns 3 or 4 shops (customerhero.cz, 2026)";
    let max_clients = table.usual("max_clients", value::positive_count, 4, source);
    Some(GroupKind::Shared { max_clients })
}

/// Employer's charges on pay: those said, else those usual in the country.
fn read_charges(table: &Fields, of_country: Option<&Charges>) -> Share {
    let (usual, source) = match of_country {
        Some(Charges { share, source }) => {
            (share.value(), format!("{:.2} %: {source}", share.percent()))
        }
        None => (
            0.0,
            "none: the rules of its site say nothing (2026)".to_owned(),
        ),
    };
    Share(table.usual("charges", value::rate, usual, &source))
}

/// The week that its agents are hired for: full time by the rules of their site unless it says otherwise.
fn read_contract(table: &Fields, rules: Option<&LabourRules>) -> Option<ContractWeek> {
    let usual = |text: String| {
        let by = rules.map_or("", |rules| rules.name.as_str());
        format!("{text} by the rules {by} of its site (2026)")
    };
    let (full_time, most_days) =
        rules.map_or((Hours::ZERO, 0), |rules| (rules.full_time, rules.max_days));
    let hours = table.usual(
        "contract_hours",
        week_hours,
        full_time,
        &usual(format!("{}h: full time", full_time.value())),
    );
    let days = table.usual(
        "days_per_week",
        value::positive_count,
        most_days,
        &usual(format!("{most_days}: the most days of work")),
    );
    let start_band = table.optional("start_band", value::minutes);
    rules.map(|_| ContractWeek {
        hours,
        days,
        start_band,
    })
}

/// Hours of a week: "20h", or a bare number of hours.
fn week_hours(value: &DeValue) -> Result<Hours, Wrong> {
    match value {
        DeValue::Integer(_) | DeValue::Float(_) => value::number(value).map(Hours),
        _ => value::hours(value),
    }
}

fn read_channels(table: &Fields) -> Vec<Channel> {
    let all = table
        .raw("channels")
        .is_none_or(|raw| raw.get_ref().as_str() == Some("all"));
    if all {
        return Channel::ALL.to_vec();
    }
    let mut channels: Vec<Channel> = table
        .list("channels", value::channel)
        .unwrap_or_default()
        .into_iter()
        .map(|at| at.value)
        .collect();
    channels.sort_unstable();
    channels.dedup();
    channels
}

/// `shrinkage = { leave = "10%", sickness = "4%" }`, kinds as the user names them.
fn read_shrinkage(table: &Fields) -> Vec<Shrinkage> {
    let Some(kinds) = table.table("shrinkage") else {
        if !table.has("shrinkage") {
            let source = "none; 25 to 40 % in all is usual (turnella.com, cca2z.com, 2026)";
            table.reading.assumed("shrinkage", &table.what, source);
        }
        return Vec::new();
    };
    let shrinkage: Vec<Shrinkage> = kinds
        .entries()
        .filter_map(|(kind, raw)| {
            let share = kinds.read(&kind.value, raw, value::share)?.value;
            Some(Shrinkage {
                kind: kind.value,
                share,
            })
        })
        .collect();
    let total: Share = shrinkage.iter().map(|kind| kind.share).sum();
    if total.value() > 0.9 {
        table.problem(
            "shrinkage",
            "bad-shrinkage",
            format!(
                "{} is away {:.0}% of its paid time",
                table.what,
                total.percent()
            ),
            "kinds of shrinkage add up; together 25% to 40% is usual",
        );
    }
    shrinkage
}
