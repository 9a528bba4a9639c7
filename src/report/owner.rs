//! For the owner: what each set-up costs and why, and where it flips. The memo before it answers the fears.

use maud::{Markup, html};

use super::digest::Digest;
use super::page::{card, charts, table, table_with_total, tabs};
use super::pictures::Pictures;
use super::words;
use crate::compare::SetupResult;
use crate::scenario::{BilledMinutes, Money, PriceForm};
use crate::sheet::{Cell, Sheet};

/// The section.
pub(super) fn section(digest: &Digest, pictures: &Pictures) -> Markup {
    html! {
        h2 id="owner" { "What one interaction costs" }
        p.lead {
            "The same demand and the same promises to customers, run in each set-up: staffed, simulated, priced."
        }
        @if digest.plan.comparison.setups.is_empty() {
            p { "The scenario names no set-up to price." }
        } @else {
            (card("Set-ups side by side", "", html! {
                (charts(&pictures.costs))
                (table(&side_by_side(digest)))
                p.note {
                    "An interaction is one that is handled: who hangs up and does not come again is not priced."
                    @for result in &digest.plan.comparison.setups {
                        @if let Some(others) = digest.companions(result) {
                            " The hours of “" (words::clean(digest.setup_title(result)))
                            "” also serve " (words::counted(f64::from(others), "other shop")) "."
                        }
                    }
                }
            }))
            // The memo shows the way from in-house to the best partner where there are both.
            @if !pictures.waterfall.is_empty() && digest.memo().way().is_none() {
                (card(
                    "What makes the difference",
                    "What falls away (green) and what comes instead (red). The saving is the difference of the two totals.",
                    charts(&pictures.waterfall),
                ))
            }
            (card(
                "Where the money goes",
                "Amounts are for the time planned; every total is the sum of the lines above it.",
                tabs(
                    digest
                        .plan
                        .comparison
                        .setups
                        .iter()
                        .map(|result| (digest.setup_title(result).to_owned(), lines(digest, result)))
                        .collect(),
                ),
            ))
        }
    }
}

fn side_by_side(digest: &Digest) -> Sheet {
    let plan = digest.plan;
    let currency = plan.scenario.currency;
    let symbol = words::symbol(currency);
    let decimals = usize::from(currency.exponent().unwrap_or(2));
    let weeks = plan.scenario.horizon.weeks().max(1e-9);
    let with_orders = plan
        .comparison
        .setups
        .iter()
        .any(|result| result.costing.per_order().is_some());
    let mut header = vec!["Set-up".to_owned(), format!("{symbol} per interaction")];
    if with_orders {
        header.push(format!("{symbol} per order"));
    }
    header.extend([
        format!("{symbol} per month"),
        "Promises kept".to_owned(),
        "Paid hours a week".to_owned(),
        "Agent-hours left open".to_owned(),
    ]);
    let mut sheet = Sheet::new(header);
    for result in &plan.comparison.setups {
        let (kept, all) = result.promises_kept();
        let amount = |value: Option<f64>, decimals| {
            value.map_or(Cell::text("–"), |value| Cell::number(value, decimals))
        };
        let mut row = vec![
            Cell::text(digest.setup_title(result)),
            amount(result.costing.per_interaction(), decimals),
        ];
        if with_orders {
            row.push(amount(result.costing.per_order(), decimals));
        }
        row.extend([
            amount(Some(result.costing.per_month()), 0),
            Cell::text(format!("{kept} of {all}")),
            Cell::number(result.staffing.paid_hours() / weeks, 1),
            Cell::number(result.staffing.shortfall_hours(), 1),
        ]);
        sheet.push(row);
    }
    sheet
}

fn lines(digest: &Digest, result: &SetupResult) -> Markup {
    let currency = digest.plan.scenario.currency;
    let symbol = words::symbol(currency);
    let decimals = usize::from(currency.exponent().unwrap_or(2)).max(2);
    let interactions = result.costing.interactions;
    let per = |amount: f64| {
        if interactions > 0.0 {
            Cell::number(amount / interactions, decimals)
        } else {
            Cell::Empty
        }
    };
    let mut sheet = Sheet::new([
        "Line".to_owned(),
        symbol.clone(),
        format!("{symbol} per interaction"),
        "How it was computed".to_owned(),
    ]);
    for line in &result.costing.lines {
        let amount = line.amount.to_f64();
        sheet.push(vec![
            Cell::text(&line.line),
            Cell::number(amount, decimals),
            per(amount),
            Cell::text(&line.basis),
        ]);
    }
    let total = result.costing.total().to_f64();
    let last = [
        Cell::text("Total"),
        Cell::number(total, decimals),
        per(total),
        Cell::text(format!(
            "for {} in {}",
            words::counted(interactions, "interaction"),
            words::counted(result.costing.weeks, "week")
        )),
    ];
    html! {
        (table_with_total(&sheet, Some(&last)))
    }
}

/// How a partner charges, in words.
pub(super) fn price_form(digest: &Digest, form: &PriceForm) -> String {
    let currency = digest.plan.scenario.currency;
    let money = |amount: &Money| words::money(currency, amount.to_f64());
    match form {
        PriceForm::PerInteraction { prices, other } => {
            let scenario = &digest.plan.scenario;
            let mut rows: Vec<String> = prices
                .iter()
                .map(|row| {
                    let mut what: Vec<&str> = Vec::new();
                    what.extend(row.channel.map(|channel| channel.name()));
                    what.extend(row.contact_type.as_deref());
                    what.extend(row.language.map(|id| scenario.languages[id].tag.as_str()));
                    format!("{} {}", what.join(" "), money(&row.price))
                })
                .collect();
            rows.push(format!("other {}", money(other)));
            format!("per interaction: {}", rows.join(", "))
        }
        PriceForm::PerMinute {
            price,
            rounding_seconds,
            minutes,
        } => {
            let what = match minutes {
                BilledMinutes::TalkAndWrap => "talk and wrap-up",
                BilledMinutes::Talk(_) => "talk",
            };
            let rounded = match rounding_seconds {
                0 | 1 => "by the second".to_owned(),
                seconds => format!("rounded up to {seconds} s"),
            };
            format!("{} a minute of {what}, {rounded}", money(price))
        }
        PriceForm::PerProductiveHour { price } => format!("{} an hour on the line", money(price)),
        PriceForm::PerLoggedHour { price } => format!("{} an hour logged in", money(price)),
        PriceForm::PerFteMonth { price } => format!("{} per full-timer and month", money(price)),
        PriceForm::Flat {
            fee,
            included,
            overage,
        } => format!(
            "{} flat with {} contacts, then {} each",
            money(fee),
            words::count(*included),
            money(overage)
        ),
        PriceForm::Anchored {
            fee,
            baseline,
            band,
            additional,
            reduced,
        } => format!(
            "{} for {} contacts ± {}, {} for each more, {} back for each less",
            money(fee),
            words::count(*baseline),
            words::percent(band.value()),
            money(additional),
            money(reduced)
        ),
    }
}
