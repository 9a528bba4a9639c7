//! For the owner: what each set-up costs and why, where it flips, and what an owner worries about.

use maud::{Markup, html};

use super::digest::Digest;
use super::page::{card, charts, table, table_with_total, tabs};
use super::pictures::Pictures;
use super::words;
use crate::compare::SetupResult;
use crate::scenario::{BilledMinutes, Employer, Money, PriceForm, Tariff};
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
            }))
            @if !pictures.waterfall.is_empty() {
                (card(
                    "What makes the difference",
                    "What falls away (green) and what comes instead (red). The saving is the difference of the two totals.",
                    charts(&pictures.waterfall),
                ))
            }
            @if !pictures.break_even.is_empty() {
                (card(
                    "At which volume the answer changes",
                    "Each set-up was planned again at several volumes; steps are whole people hired or minimum fees met. \
                     Only set-ups that keep their promises are called cheapest, where any does: a lower line breaks one.",
                    html! {
                        (charts(&pictures.break_even))
                        (crossings(digest))
                    },
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
            (card(
                "What owners worry about",
                "Control: whose people serve, and the service they reach. Continuity: weeks in which nobody is there. \
                 Lock-in: what it takes to leave.",
                html! {
                    (table(&worries(digest)))
                    (worry_notes(digest))
                },
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
        let (kept, all) = digest.promises_kept(result);
        let amount = |value: Option<f64>, decimals| {
            value.map_or(Cell::Empty, |value| Cell::number(value, decimals))
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

fn crossings(digest: &Digest) -> Markup {
    let break_even = &digest.plan.break_even;
    let name = |index: usize| {
        let result = digest.plan.comparison.setups.get(index);
        words::clean(result.map_or("?", |result| digest.setup_title(result)))
    };
    let (Some(first), Some(last)) = (break_even.points.first(), break_even.points.last()) else {
        return html! {};
    };
    html! {
        @match break_even.crossings.first() {
            None => {
                p {
                    b { (name(first.cheapest)) } " is cheapest at every volume tried, from "
                    (words::count(first.interactions_per_day)) " to "
                    (words::count(last.interactions_per_day)) " interactions a day."
                }
            }
            Some(flip) => {
                ul.plain {
                    li {
                        "Below " (words::count(flip.interactions_per_day.round()))
                        " interactions a day: " b { (name(flip.from)) } "."
                    }
                    @for crossing in &break_even.crossings {
                        li {
                            "From about " (words::count(crossing.interactions_per_day.round()))
                            " a day: " b { (name(crossing.to)) } "."
                        }
                    }
                }
            }
        }
    }
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
        @if !result.costing.detail.information.is_empty() {
            p.note { "Within these amounts:" }
            ul.plain.note {
                @for line in &result.costing.detail.information {
                    li {
                        (words::clean(&line.line)) ": "
                        (words::money(currency, line.amount.to_f64())) " – "
                        (words::clean(&line.basis))
                    }
                }
            }
        }
    }
}

/// Control, continuity, commitment and lock-in of each set-up.
fn worries(digest: &Digest) -> Sheet {
    let mut sheet = Sheet::new([
        "Set-up",
        "Who serves",
        "Weakest service against its promise",
        "Weeks a year without cover",
        "Price form",
        "Fixed each month",
        "First contact after",
        "Notice",
        "Still to pay after stopping",
    ]);
    let currency = digest.plan.scenario.currency;
    for result in &digest.plan.comparison.setups {
        let Some(setup) = digest.setup(result) else {
            continue;
        };
        let tariff = setup.tariff.as_ref();
        let detail = &result.costing.detail;
        sheet.push(vec![
            Cell::text(digest.setup_title(result)),
            Cell::text(who_serves(digest, result)),
            Cell::text(weakest(digest, result)),
            Cell::number(detail.weeks_without_cover, 1),
            Cell::text(tariff.map_or("own wages".to_owned(), |tariff| {
                price_form(digest, &tariff.form)
            })),
            Cell::text(tariff.map_or("wages".to_owned(), |tariff| fixed(digest, tariff))),
            Cell::text(tariff.map_or("hiring".to_owned(), |_| {
                words::counted(detail.go_live.map_or(0.0, |live| live.days), "working day")
            })),
            Cell::text(words::counted(f64::from(detail.notice_days), "day")),
            Cell::text(words::money_short(currency, detail.lock_in.to_f64())),
        ]);
    }
    sheet
}

/// How the columns of the worries were computed, where it is said.
fn worry_notes(digest: &Digest) -> Markup {
    html! {
        details {
            summary { "How these were computed" }
            ul.plain.note {
                @for result in &digest.plan.comparison.setups {
                    @let detail = &result.costing.detail;
                    @if !detail.weeks_without_cover_basis.is_empty() {
                        li {
                            (words::clean(digest.setup_title(result))) ", weeks without cover: "
                            (words::clean(&detail.weeks_without_cover_basis))
                        }
                    }
                    @if !detail.lock_in_basis.is_empty() {
                        li {
                            (words::clean(digest.setup_title(result))) ", still to pay: "
                            (words::clean(&detail.lock_in_basis))
                        }
                    }
                }
            }
        }
    }
}

fn who_serves(digest: &Digest, result: &SetupResult) -> String {
    let groups = &digest.plan.scenario.groups;
    let hours = |employer: Employer| -> f64 {
        result
            .staffing
            .shifts
            .iter()
            .filter(|shift| {
                result.staffing.teams.get(shift.team).is_some_and(|team| {
                    groups
                        .iter()
                        .any(|(id, group)| id == team.group && group.employer == employer)
                })
            })
            .map(|shift| shift.paid_hours * f64::from(shift.agents))
            .sum()
    };
    let (own, partner) = (hours(Employer::Own), hours(Employer::Partner));
    match (own > 0.0, partner > 0.0) {
        (true, false) => "own people".to_owned(),
        (false, true) => "a partner's people".to_owned(),
        (true, true) => format!(
            "own people {} of the hours, a partner's the rest",
            words::percent(own / (own + partner))
        ),
        (false, false) => "nobody".to_owned(),
    }
}

fn weakest(digest: &Digest, result: &SetupResult) -> String {
    digest
        .plan
        .scenario
        .queues
        .values()
        .zip(result.observed.queues.values())
        .filter(|(_, service)| service.promised > 0.0)
        .min_by(|(_, a), (_, b)| {
            let margin =
                |service: &crate::simulation::QueueService| service.reached.mean - service.promised;
            margin(a).total_cmp(&margin(b))
        })
        .map_or("–".to_owned(), |(queue, service)| {
            format!(
                "{}: {} of {}",
                words::label(&queue.name, 40),
                words::percent(service.reached.mean),
                words::percent(service.promised)
            )
        })
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

fn fixed(digest: &Digest, tariff: &Tariff) -> String {
    let currency = digest.plan.scenario.currency;
    let short = |amount: Money| words::money_short(currency, amount.to_f64());
    let mut parts = Vec::new();
    if tariff.monthly_fee > Money::ZERO {
        parts.push(format!("fee {}", short(tariff.monthly_fee)));
    }
    if tariff.minimum_per_month > Money::ZERO {
        parts.push(format!("at least {}", short(tariff.minimum_per_month)));
    }
    if parts.is_empty() {
        "nothing".to_owned()
    } else {
        parts.join(", ")
    }
}
