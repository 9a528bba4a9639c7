//! The proof: what the solver, the simulation and the backtest can say, and what was assumed.

use maud::{Markup, html};

use super::digest::{self, Digest};
use super::page::{card, table};
use super::{owner, words};
use crate::scenario::{DemandSource, PromiseScope};
use crate::sheet::{Cell, Sheet};

/// The section.
pub(super) fn section(digest: &Digest) -> Markup {
    html! {
        h2 id="proof" { "Proof and assumptions" }
        p.lead { "Why these numbers can be trusted, and where they come from." }
        (card(
            "The optimiser",
            "The objective is the pay of the plan with charges and premiums, or what a partner paid for people \
             asks for their hours (and a hundredth of their pay), plus the price of hours left open. No plan \
             of the model can cost less than the bound; the gap is what lies between.",
            table(&solver(digest)),
        ))
        (card("The simulation", "", simulation(digest)))
        (card(
            "The forecast",
            "Tested on the history itself: forecasts made from its past against what came. WAPE is the sum \
             of errors over the sum of contacts (0 % is perfect; on a few contacts an hour even a perfect \
             forecast is far from it). The naive forecast repeats last week. The 80 % band should hold 80 % \
             of outcomes; of a few contacts an hour, which come whole, it holds more.",
            html! {
                @if let Some((model, naive)) = accuracy(digest) {
                    p {
                        "Over all queues tested, weighed by their contacts: WAPE " b { (words::percent(model)) }
                        ", against " b { (words::percent(naive)) } " of the naive forecast."
                    }
                }
                (table(&forecast(digest)))
            },
        ))
        (card("People", "What each group of agents is and costs before charges and premiums.", table(&groups(digest))))
        (card("Labour rules", "", table(&rules(digest))))
        (card("Prices of partners", "Without VAT.", table(&prices(digest))))
        (card("Everything else", "", policy(digest)))
    }
}

fn solver(digest: &Digest) -> Sheet {
    let currency = digest.plan.scenario.currency;
    let symbol = words::symbol(currency);
    let mut sheet = Sheet::new([
        "Set-up".to_owned(),
        "Answer".to_owned(),
        format!("Objective, {symbol}"),
        format!("Bound, {symbol}"),
        "Gap".to_owned(),
        "Seconds".to_owned(),
        "Hours left open".to_owned(),
    ]);
    for result in &digest.plan.comparison.setups {
        let proof = &result.staffing.proof;
        let gap = digest::gap(proof);
        sheet.push(vec![
            Cell::text(digest.setup_title(result)),
            Cell::text(&proof.status),
            Cell::number(proof.objective, 2),
            gap.map_or(Cell::text("none found"), |_| Cell::number(proof.bound, 2)),
            gap.map_or(Cell::text("unknown"), |gap| Cell::percent(gap, 2)),
            Cell::number(proof.seconds, 2),
            Cell::number(result.staffing.shortfall_hours(), 1),
        ]);
    }
    sheet
}

fn simulation(digest: &Digest) -> Markup {
    html! {
        @match digest.chosen {
            Some(chosen) => {
                p {
                    "Each set-up was played through " b { (chosen.observed.replications) } " times, contact by \
                     contact: customers come at random, wait, hang up, come again; agents take breaks and go home. \
                     Seed " b { (chosen.observed.seed) } ": the same seed gives the same numbers on any machine."
                }
            }
            None => p { "No set-up was simulated." }
        }
    }
}

fn forecast(digest: &Digest) -> Sheet {
    let mut sheet = Sheet::new([
        "Queue",
        "From",
        "Model",
        "WAPE",
        "WAPE of the naive",
        "Inside the 80 % band",
        "Tests",
    ]);
    let scenario = &digest.plan.scenario;
    for (queue, demand) in scenario
        .queues
        .values()
        .zip(digest.plan.demand.queues.values())
    {
        let score = |value: Option<f64>| match value {
            Some(value) if value.is_finite() => Cell::percent(value, 1),
            _ => Cell::text("–"),
        };
        sheet.push(vec![
            Cell::text(&queue.name),
            Cell::text(source(&queue.demand)),
            Cell::text(&demand.model),
            score(demand.accuracy.map(|scores| scores.wape)),
            score(demand.accuracy.map(|scores| scores.naive_wape)),
            score(demand.accuracy.map(|scores| scores.coverage80)),
            demand
                .accuracy
                .map_or(Cell::Empty, |scores| Cell::number(scores.origins as f64, 0)),
        ]);
    }
    sheet
}

/// WAPE of the models and of the naive forecast over the queues tested.
fn accuracy(digest: &Digest) -> Option<(f64, f64)> {
    let (mut model, mut naive, mut contacts) = (0.0, 0.0, 0.0);
    for demand in digest.plan.demand.queues.values() {
        if let Some(scores) = demand.accuracy
            && scores.wape.is_finite()
            && scores.naive_wape.is_finite()
        {
            model += scores.wape * demand.contacts();
            naive += scores.naive_wape * demand.contacts();
            contacts += demand.contacts();
        }
    }
    (contacts > 0.0).then(|| (model / contacts, naive / contacts))
}

fn source(source: &DemandSource) -> String {
    let history = source.history.as_ref().map(|history| {
        format!(
            "{} days of {}",
            history.days.iter().flatten().count(),
            history.source
        )
    });
    let orders = source.orders.as_ref().map(|orders| {
        format!(
            "{} orders a day × {} contacts, profile {}",
            words::count(orders.orders_per_day),
            words::number(orders.contacts_per_order, 3),
            orders.profile
        )
    });
    let parts: Vec<String> = [history, orders].into_iter().flatten().collect();
    parts.join("; ")
}

fn groups(digest: &Digest) -> Sheet {
    let scenario = &digest.plan.scenario;
    let symbol = words::symbol(scenario.currency);
    let mut sheet = Sheet::new([
        "Group".to_owned(),
        "Site".to_owned(),
        format!("{symbol} an hour"),
        "Employer's charges".to_owned(),
        "Shrinkage".to_owned(),
        "Of which".to_owned(),
    ]);
    for group in scenario.groups.values() {
        let kinds: Vec<String> = group
            .shrinkage
            .iter()
            .map(|kind| format!("{} {}", kind.kind, words::percent(kind.share.value())))
            .collect();
        sheet.push(vec![
            Cell::text(&group.name),
            Cell::text(&scenario.sites[group.site].name),
            Cell::number(group.wage, 2),
            Cell::percent(group.charges.value(), 1),
            Cell::percent(group.total_shrinkage().value(), 1),
            Cell::text(kinds.join(", ")),
        ]);
    }
    sheet
}

fn rules(digest: &Digest) -> Sheet {
    let mut sheet = Sheet::new([
        "Site",
        "Clock",
        "Rules",
        "Full week",
        "Longest week",
        "Rest between shifts",
        "Rest once a week",
        "Shift at night",
        "Free Sundays a year",
        "Source",
    ]);
    for site in digest.plan.scenario.sites.values() {
        let hours =
            |hours: crate::units::Hours| Cell::text(format!("{} h", words::count(hours.value())));
        sheet.push(vec![
            Cell::text(&site.name),
            Cell::text(site.zone.name()),
            Cell::text(&site.rules.name),
            hours(site.rules.full_time),
            hours(site.rules.max_week),
            hours(site.rules.daily_rest),
            hours(site.rules.weekly_rest),
            (site.rules.night)
                .map_or_else(|| Cell::text("as by day"), |night| hours(night.max_shift)),
            Cell::text(words::count(f64::from(site.rules.free_sundays))),
            Cell::text(&site.rules.source),
        ]);
    }
    sheet
}

fn prices(digest: &Digest) -> Sheet {
    let mut sheet = Sheet::new([
        "Set-up",
        "Price",
        "VAT",
        "Night",
        "Weekend",
        "Setting up is spread over",
    ]);
    for setup in digest.plan.scenario.setups.values() {
        let Some(tariff) = &setup.tariff else {
            continue;
        };
        let vat = words::percent(tariff.vat.value());
        sheet.push(vec![
            Cell::text(words::titled(&setup.title, &setup.name)),
            Cell::text(owner::price_form(digest, &tariff.form)),
            Cell::text(if tariff.vat_deductible {
                format!("{vat}, deducted")
            } else {
                format!("{vat}, a cost")
            }),
            Cell::text(format!("+{}", words::percent(tariff.uplifts.night.value()))),
            Cell::text(format!(
                "+{}",
                words::percent(tariff.uplifts.weekend.value())
            )),
            Cell::text(format!("{} months", tariff.term_months)),
        ]);
    }
    sheet
}

fn policy(digest: &Digest) -> Markup {
    let scenario = &digest.plan.scenario;
    let policy = &scenario.policy;
    let scope = match policy.promise {
        PromiseScope::Slot => {
            "in every slot, as formulas size them; the simulation judges each two hours"
        }
        PromiseScope::Day => "over each day",
        PromiseScope::Week => "over the whole time planned",
    };
    let companions: Vec<String> = scenario
        .setups
        .values()
        .filter(|setup| setup.companions > 0)
        .map(|setup| {
            format!(
                "{}: {} other shops of the same demand",
                setup.name, setup.companions
            )
        })
        .collect();
    html! {
        ul.plain {
            li { "Service is promised " b { (scope) } "." }
            // Over days and weeks the promise itself says how busy agents may be.
            @if policy.promise == PromiseScope::Slot {
                li {
                    "Agents with one contact at a time are planned to be busy at most "
                    b { (words::percent(policy.max_occupancy)) } " of the time on the line."
                }
            }
            li {
                "An agent-hour left open is priced at "
                b { (words::money_short(scenario.currency, policy.shortfall_per_hour)) }
                ", so that the plan covers it wherever it can."
            }
            li { "The optimiser may stop at a gap of " b { (words::percent_fine(policy.gap)) } "." }
            li {
                "A plan that breaks a promise in simulation is tightened and solved again, at most "
                b { (policy.rounds) } " times."
            }
            @for shared in &companions {
                li { "Shared pods serve more shops – " (words::clean(shared)) "; costs are this shop's part." }
            }
        }
    }
}
