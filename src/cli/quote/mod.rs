//! `crewcast quote`: a client's service priced in every form; one file for the client, another for the
//! seller alone.

mod page;

use std::path::PathBuf;
use std::process::ExitCode;

use chrono::{Days, NaiveDate, Utc};
use serde_json::json;

use super::check::{fail, warn};
use super::progress::Progress;
use super::screen;
use crate::compare::{self, Asked, Offer, Quote, Risk};
use crate::demand::{self, Demand};
use crate::ids::{ClientId, SetupId};
use crate::input::typed;
use crate::problem::{Problem, UNSERVED};
use crate::scenario::{Employer, Scenario};
use crate::settle::settle_plainly;
use crate::sheet::{Cell, Sheet};
use crate::units::Share;
use crate::{input, output};

/// The price forms, as scenarios spell them.
const FORMS: [&str; 7] = [
    "per-interaction",
    "per-minute",
    "per-productive-hour",
    "per-logged-hour",
    "per-fte-month",
    "flat",
    "anchored",
];

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Scenario folder, or its scenario.toml.
    scenario: PathBuf,
    /// The client to quote.
    #[arg(long, value_name = "NAME")]
    client: String,
    /// The price form that the quote offers first.
    #[arg(long, value_name = "FORM", value_parser = FORMS)]
    form: String,
    /// Share of the price that is left after the seller's own cost.
    #[arg(long, default_value = "25%", value_parser = share, allow_hyphen_values = true)]
    margin: f64,
    /// The seller's overhead beside its agents (management, support, facilities), as a share of what they cost.
    #[arg(long, default_value = "0%", value_parser = overhead, allow_hyphen_values = true)]
    overhead: f64,
    /// The set-up that serves the client (default: the first of a partner).
    #[arg(long, value_name = "NAME")]
    setup: Option<String>,
    /// Day of issue, as 2026-05-31 (default: today).
    #[arg(long, value_name = "DATE", value_parser = day)]
    date: Option<NaiveDate>,
    /// Days for which the prices hold.
    #[arg(long, default_value_t = 30, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=366))]
    valid: u16,
    /// Folder for the two files.
    #[arg(long, default_value = ".", value_name = "DIR")]
    out: PathBuf,
    /// Another value for a number of the scenario, as queue.cs-phone.aht=5m; may be given again.
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<String>,
    /// Print the internal figures as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: Args) -> ExitCode {
    let found = input::read_changed(&args.scenario, &args.set).and_then(|scenario| {
        let unserved = |problem: &Problem| UNSERVED.contains(&problem.code);
        if scenario.impossible.iter().any(unserved) {
            return Err(scenario.impossible);
        }
        let client = client(&scenario, &args.client).map_err(|problem| vec![problem])?;
        let setup = setup(&scenario, args.setup.as_deref()).map_err(|problem| vec![problem])?;
        Ok((scenario, client, setup))
    });
    let (scenario, client, setup) = match found {
        Ok(found) => found,
        Err(problems) => return fail(&problems, args.json),
    };
    warn(&scenario, &args.set);
    let progress = Progress::start();
    progress.say("forecasting demand");
    let demand = demand::forecast(&scenario);
    let could = compare::quotable(&scenario, &demand, client);
    if let Err(problem) = could.and_then(|()| output::writable(&args.out)) {
        progress.finish();
        return fail(&[problem], args.json);
    }
    let settle = |scenario: &Scenario, setup: SetupId, demand: &Demand| {
        progress.say("planning the service");
        settle_plainly(scenario, setup, demand)
    };
    let asked = Asked {
        setup,
        client,
        margin: Share(args.margin),
        overhead: Share(args.overhead),
    };
    let quote = compare::quote(&scenario, &demand, asked, demand::forecast, settle);
    progress.finish();
    let today = || Utc::now().with_timezone(&scenario.zone).date_naive();
    let issued = args.date.unwrap_or_else(today);
    let valid_until = issued + Days::new(u64::from(args.valid));
    let name = &scenario.clients[client].name;
    let files = [
        (
            format!("quote-{name}.html"),
            page::client(&scenario, &quote, &args.form, (issued, valid_until)),
        ),
        (
            format!("quote-{name}-internal.html"),
            page::internal(&scenario, &quote),
        ),
    ];
    let put = |(file, text): &(String, String)| output::put(&args.out.join(file), text.as_bytes());
    if let Err(problem) = files.iter().try_for_each(put) {
        return fail(&[problem], args.json);
    }
    if args.json {
        println!("{}", internal_json(&scenario, &quote));
    } else {
        print!("{}", table(&scenario, &quote, &args.form));
        for (file, _) in &files {
            println!("{}", args.out.join(file).display());
        }
    }
    ExitCode::SUCCESS
}

/// A margin from 0 to 90 %: "25%" or 0.25.
fn share(text: &str) -> Result<f64, String> {
    typed::ratio(text, 0.9)
        .map_err(|_| "a margin lies between 0% and 90% of the price, as 25% or 0.25".to_owned())
}

/// A day of the calendar.
fn day(text: &str) -> Result<NaiveDate, String> {
    let day = text.parse();
    day.map_err(|_| "it is no day of the calendar; write 2026-05-31".to_owned())
}

/// An overhead from nothing to ten times what agents cost.
fn overhead(text: &str) -> Result<f64, String> {
    typed::ratio(text, 10.0)
        .map_err(|_| "an overhead lies between 0% and 1000%, as 60% or 0.6".to_owned())
}

/// The client of that name.
pub(super) fn client(scenario: &Scenario, name: &str) -> Result<ClientId, Problem> {
    let found = scenario
        .clients
        .iter()
        .find(|(_, client)| client.name == name);
    found.map(|(id, _)| id).ok_or_else(|| {
        let known: Vec<&str> = scenario
            .clients
            .values()
            .map(|client| client.name.as_str())
            .collect();
        Problem::new("unknown-client", format!("there is no client `{name}`"))
            .remedy(format!("known: {}", known.join(", ")))
    })
}

/// The set-up named, or the first that a partner works in.
fn setup(scenario: &Scenario, name: Option<&str>) -> Result<SetupId, Problem> {
    let known = || {
        let names: Vec<&str> = scenario
            .setups
            .values()
            .map(|setup| setup.name.as_str())
            .collect();
        format!("known: {}", names.join(", "))
    };
    match name {
        Some(name) => scenario.setup_named(name).ok_or_else(|| {
            Problem::new("unknown-setup", format!("there is no set-up `{name}`")).remedy(known())
        }),
        None => {
            let of_partner = |groups: &[crate::ids::GroupId]| {
                let mut employers = groups.iter().map(|&group| scenario.groups[group].employer);
                employers.any(|employer| employer == Employer::Partner)
            };
            scenario
                .setups
                .iter()
                .find(|(_, setup)| of_partner(&setup.groups))
                .or_else(|| scenario.setups.iter().next())
                .map(|(id, _)| id)
                .ok_or_else(|| Problem::new("unknown-setup", "the scenario has no set-up"))
        }
    }
}

/// The offer of the form asked for first.
fn ordered<'a>(quote: &'a Quote, form: &str) -> Vec<&'a Offer> {
    let mut offers: Vec<&Offer> = quote.offers.iter().collect();
    offers.sort_by_key(|offer| offer.form.name() != form);
    offers
}

/// For the seller's terminal.
fn table(scenario: &Scenario, quote: &Quote, form: &str) -> String {
    let mut sheet = Sheet::new([
        "form",
        "a month",
        "margin",
        "80 % sure",
        "95 % sure",
        "volume risk",
        "handle-time risk",
    ]);
    let mut prices = String::new();
    for offer in ordered(quote, form) {
        // Beneath the table, which would be too wide for a terminal with them.
        for (number, (what, price)) in offer.prices.iter().enumerate() {
            let form = if number == 0 { offer.form.name() } else { "" };
            let price = Cell::number(price.to_f64(), 2).for_people();
            prices.push_str(&format!("{form:<19}  {price:>12}  {what}\n"));
        }
        sheet.push(vec![
            Cell::text(offer.form.name()),
            Cell::number(offer.per_month.to_f64(), 2),
            Cell::percent(offer.margins[0], 1),
            Cell::percent(offer.margins[1], 1),
            Cell::percent(offer.margins[2], 1),
            Cell::text(offer.volume_risk.bearer.name()),
            Cell::text(offer.handle_time_risk.bearer.name()),
        ]);
    }
    let minimum = minimum(quote).map_or(String::new(), |said| format!("\n{said}\n"));
    format!(
        "{} under {}: {} interactions a month, own cost {} {} a month, over twelve months\n\n{}\n{prices}{minimum}",
        scenario.clients[quote.asked.client].title,
        scenario.setups[quote.asked.setup].name,
        Cell::number(quote.interactions_per_month, 0).for_people(),
        Cell::number(quote.cost_per_month.to_f64(), 2).for_people(),
        scenario.currency.code(),
        sheet.for_terminal(screen::room())
    )
}

/// What the minimum of the terms does to the margin asked: for the seller.
fn minimum(quote: &Quote) -> Option<String> {
    let bound: Vec<String> = quote
        .offers
        .iter()
        .filter_map(|offer| {
            let minimum = offer.minimum?;
            Some(format!(
                "{} {:.1} % (in {} of {} months)",
                offer.form.name(),
                offer.margins[0] * 100.0,
                minimum.months,
                quote.months.len()
            ))
        })
        .collect();
    (!bound.is_empty()).then(|| {
        format!(
            "The monthly minimum rules, not the prices, so that the margin is not the {:.1} % asked: {}.",
            quote.asked.margin.percent(),
            bound.join(", ")
        )
    })
}

fn internal_json(scenario: &Scenario, quote: &Quote) -> serde_json::Value {
    json!({
        "client": scenario.clients[quote.asked.client].name,
        "setup": scenario.setups[quote.asked.setup].name,
        "currency": scenario.currency.code(),
        "margin": quote.asked.margin,
        "interactions_per_month": quote.interactions_per_month,
        "contacts_per_day": quote.contacts_per_day,
        "contacts_per_day_of_year": quote.contacts_per_day_of_year,
        "promises_kept": quote.promises_kept,
        "cost_per_month": quote.cost_per_month,
        "revenue_per_month": quote.revenue_per_month,
        "cost_lines": quote.floor.lines.iter().map(|line| json!({
            "line": line.line,
            "amount": line.amount,
            "basis": line.basis,
        })).collect::<Vec<_>>(),
        "offers": quote.offers.iter().map(|offer| json!({
            "form": offer.form.name(),
            "prices": offer.prices.iter().zip(&offer.quantities).map(|((what, price), quantity)| json!({
                "what": what,
                "price": price,
                "per_month": quantity,
            })).collect::<Vec<_>>(),
            "months_at_minimum": offer.minimum.map_or(0, |minimum| minimum.months),
            "top_up_per_month": offer.minimum.map(|minimum| minimum.top_up),
            "charges": offer.charges.iter().map(|(what, amount)| json!({
                "what": what,
                "amount": amount,
            })).collect::<Vec<_>>(),
            "per_month": offer.per_month,
            "margin": offer.margins[0],
            "margin_p80": offer.margins[1],
            "margin_p95": offer.margins[2],
            "volume_risk": offer.volume_risk.bearer.name(),
            "handle_time_risk": offer.handle_time_risk.bearer.name(),
            "with_30_percent_fewer_contacts": risk(&offer.volume_risk),
            "with_10_percent_longer_handling": risk(&offer.handle_time_risk),
        })).collect::<Vec<_>>(),
        "go_live": quote.go_live.iter().map(|phase| json!({
            "phase": phase.name,
            "from_day": phase.from_day,
            "to_day": phase.to_day,
        })).collect::<Vec<_>>(),
        "expected": quote.expected.iter().map(|row| json!({
            "queue": row.queue,
            "contacts_per_week": row.contacts_per_week,
            "handle_time_seconds": row.handle_time.mean,
            "handle_time": output::handle_time(row.handle_time.into()),
            "share": row.share,
            "within_seconds": row.within,
        })).collect::<Vec<_>>(),
        "months": quote.months.iter().map(|month| json!({
            "first_day": month.first_day.to_string(),
            "days": month.days,
            "volume": month.volume,
        })).collect::<Vec<_>>(),
        "terms": quote.terms,
    })
}

fn risk(risk: &Risk) -> serde_json::Value {
    json!({ "price_rise": risk.price_rise, "margin": risk.margin })
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn margins_are_read_in_percent_or_parts() {
        assert_eq!(share("25%"), Ok(0.25));
        assert_eq!(share("0.3"), Ok(0.3));
        assert!(share("25").is_err());
        assert!(share("a lot").is_err());
    }
}
