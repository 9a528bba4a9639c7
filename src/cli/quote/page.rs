//! The two files of a quote: the client's shows prices, go-live and assumptions; cost and margin stand in
//! the internal one alone.

use chrono::NaiveDate;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{minimum, ordered};
use crate::compare::{self, HANDLE_TIME_DEVIATION, Offer, Phase, Quote, Risk};
use crate::report::words::{handling, length};
use crate::scenario::{DeadlineClock, Scenario};
use crate::sheet::Cell;

const STYLE: &str = "\
body{font:15px/1.5 system-ui,sans-serif;color:#1d2433;max-width:58rem;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.6rem;margin:0 0 .2rem}h2{font-size:1.1rem;margin:2rem 0 .5rem}\
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #dfe3ea;vertical-align:top}\
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}td.n{white-space:nowrap}th{vertical-align:bottom}td.price{width:38%}\
table.months{font-size:.85rem;margin-top:1rem}table.months th,table.months td{padding:.3rem .35rem}\
.part{color:#5a6478;font-size:.85em}\
.first{background:#eef4ff}.bar{height:.7rem;background:#3b6fd4;border-radius:3px}.lead{color:#5a6478}\
.internal{background:#fff1f0;border:1px solid #e5b8b4;padding:.4rem .8rem;border-radius:4px}\
@media print{body{margin:0}}";

/// The client's file.
pub(super) fn client(
    scenario: &Scenario,
    quote: &Quote,
    form: &str,
    (issued, valid_until): (NaiveDate, NaiveDate),
) -> String {
    let who = &scenario.clients[quote.asked.client].title;
    let day = |day: NaiveDate| day.format("%-d %B %Y");
    let currency = scenario.currency.code();
    page(
        &format!("Quote for {who}"),
        html! {
            h1 { "Quote for " (who) }
            p.lead {
                (format!("{:.0}", quote.interactions_per_month))
                " contacts handled a month, amounts in " (currency) " excluding VAT"
                br;
                "Issued on " (day(issued)) ", valid until " (day(valid_until))
            }
            h2 { "Prices" }
            table {
                tr { th { "Form" } th { "Price" } th.n { "Expected a month" } th.n { "30 % fewer contacts" } th.n { "10 % longer handling" } }
                @for (index, offer) in ordered(quote, form).into_iter().enumerate() {
                    tr.first[index == 0] {
                        td { (words(offer)) @if index == 0 { " (offered)" } }
                        td.price { (price_list(quote, offer)) }
                        td.n { (charges(offer)) }
                        td.n { (a_contact(&offer.volume_risk)) }
                        td.n { (a_contact(&offer.handle_time_risk)) }
                    }
                }
            }
            p.lead {
                "Expected is an average month of the twelve below, with every fee and uplift of the terms; beside each price stands how often "
                "it is charged in that month. The last two columns say what a contact would then cost you more or less."
            }
            h2 { "To the first contact" }
            (gantt(&quote.go_live))
            h2 { "What the prices rest on" }
            table {
                tr { th { "Queue" } th.n { "Contacts that come a week" } th { "Handling each" } th.n { "Done in time" } th.n { "Within" } }
                @for row in &quote.expected {
                    tr {
                        td { (row.what) }
                        td.n { (amount(row.contacts_per_week, 0)) }
                        td { (handling(row.handle_time.into())) }
                        td.n { (format!("{:.0} %", row.share.percent())) }
                        td.n {
                            (length(row.within))
                            @match row.clock {
                                Some(DeadlineClock::Business) => " of opening time",
                                Some(DeadlineClock::Calendar) => " by the calendar",
                                None => "",
                            }
                        }
                    }
                }
            }
            (months(quote))
            h2 { "Terms" }
            ul { @for line in &quote.terms { li { (line) } } }
        },
    )
}

/// The seller's file.
pub(super) fn internal(scenario: &Scenario, quote: &Quote) -> String {
    let who = &scenario.clients[quote.asked.client].title;
    let currency = scenario.currency.code();
    let floor = &quote.floor;
    page(
        &format!("Internal: {who}"),
        html! {
            p.internal { "Internal: cost and margin. Not for the client." }
            h1 { (who) ", " (scenario.setups[quote.asked.setup].title) }
            p.lead {
                (format!("{:.0} interactions in an average month of the year, {:.1} % margin asked, own cost {} {currency} a month, to bring {} {currency}",
                    quote.interactions_per_month, quote.asked.margin.percent(), amount(quote.cost_per_month.to_f64(), 2),
                    amount(quote.revenue_per_month.to_f64(), 2)))
            }
            @if !quote.promises_kept {
                p.internal { "The plan behind this quote does not keep every promise in simulation." }
            }
            @if let Some(said) = minimum(quote) { p.internal { (said) } }
            h2 { "Margin by form" }
            table {
                tr { th { "Form" } th.n { "A month" } th.n { "Expected" } th.n { "80 % sure" } th.n { "95 % sure" } th.n { "Contacts −30 %" } th.n { "Handling +10 %" } th { "Volume risk" } th { "Handle-time risk" } }
                @for offer in &quote.offers {
                    tr {
                        td { (words(offer)) }
                        td.n { (amount(offer.per_month.to_f64(), 2)) }
                        @for margin in offer.margins { td.n { (format!("{:.1} %", margin * 100.0)) } }
                        @for risk in [&offer.volume_risk, &offer.handle_time_risk] {
                            td.n { (format!("{:.1} %", risk.margin * 100.0)) }
                        }
                        td { (offer.volume_risk.bearer.name()) }
                        td { (offer.handle_time_risk.bearer.name()) }
                    }
                }
            }
            p.lead {
                (format!("Volume uncertain by ± {:.0} % (as the forecast has it, 15 at least), handle time by ± {:.0} % (one standard deviation, a judgement); cost planned anew at the weakest and the strongest month, 70 and 130 % of the volume at the least. \
                     A risk is borne by the one who pays most of what a contact then costs more, by nobody where neither price nor cost of a contact moves by 2 %. \
                     A margin with 80 or 95 % certainty is at most the one expected.",
                    quote.volume_deviation * 100.0, HANDLE_TIME_DEVIATION * 100.0))
            }
            h2 { "Values left to the program" }
            ul {
                @for left in compare::assumptions(scenario, |setup| setup == quote.asked.setup) {
                    li { (left.what) ": " (left.source) }
                }
            }
            h2 { "Cost floor over the weeks planned" }
            @if floor.lines.iter().all(|line| line.line != "Overhead") {
                p.internal {
                    "No overhead is reckoned. Of 100 that a Philippine agency charges, 30 go to agents, 15 to management, 10 to support, 10 to "
                    "facilities and technology, 5 to telephony, and 30 are margin (PITON, mb.com.ph, 2021): overhead of 40 beside 30 for agents, "
                    "or 133 % of what agents cost. Give your own share as --overhead 133%."
                }
            }
            table {
                tr { th { "Line" } th.n { "Amount" } th { "How" } }
                @for line in &floor.lines {
                    tr { td { (line.line) } td.n { (amount(line.amount.to_f64(), 2)) } td { (line.basis) } }
                }
                tr { th { "Total" } th.n { (amount(floor.total().to_f64(), 2)) } th {} }
            }
        },
    )
}

fn page(title: &str, body: Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { (body) }
        }
    };
    page.into_string()
}

/// Thousands apart.
fn amount(value: f64, decimals: usize) -> String {
    Cell::number(value, decimals).for_people()
}

fn words(offer: &Offer) -> String {
    offer.form.name().replace('-', " ").replace("fte", "FTE")
}

/// Prices with what they are charged for; where the minimum of the terms is above them, that first.
fn price_list(quote: &Quote, offer: &Offer) -> Markup {
    let months = quote.months.len();
    html! {
        @if let Some(minimum) = offer.minimum {
            "the monthly minimum of the terms, in " (minimum.months) " of " (months) " months: these volumes at the prices bring less, on average by "
            (amount(minimum.top_up.to_f64(), 2)) " a month. What counts towards it:"
            br;
        }
        @for (index, ((what, price), quantity)) in offer.prices.iter().zip(&offer.quantities).enumerate() {
            @if index > 0 { br; }
            (amount(price.to_f64(), 2)) " " (what)
            @if let Some(quantity) = quantity { " × " (amount(*quantity, decimals(*quantity))) }
        }
    }
}

/// Hundredths, where it is not whole.
fn decimals(quantity: f64) -> usize {
    let whole = (quantity - quantity.round()).abs() < 0.005;
    if whole { 0 } else { 2 }
}

/// The month's sum, and what it consists of where more than the prices is charged.
fn charges(offer: &Offer) -> Markup {
    html! {
        (amount(offer.per_month.to_f64(), 2))
        @if offer.charges.len() > 1 {
            @for (what, sum) in &offer.charges {
                br;
                span.part { (what) " " (amount(sum.to_f64(), 2)) }
            }
        }
    }
}

/// What a contact costs the client more: "+28 %".
fn a_contact(risk: &Risk) -> String {
    match (risk.price_rise * 100.0).round() {
        0.0 => "the same".to_owned(),
        rise => format!("{rise:+.0} % a contact").replace('-', "−"),
    }
}

/// Contacts expected in each month.
fn months(quote: &Quote) -> Markup {
    html! {
        table.months {
            tr { @for month in &quote.months { th.n { (month.first_day.format("%b %y")) } } }
            tr {
                @for month in &quote.months {
                    td.n { (amount(quote.contacts_per_day * month.volume * f64::from(month.days), 0)) }
                }
            }
        }
        p.lead { "Contacts that come in each month, as forecast." }
    }
}

/// "day 1", "days 2 to 5".
fn days(phase: &Phase) -> String {
    let (from, to) = (phase.from_day.floor() + 1.0, phase.to_day.ceil());
    if from >= to {
        format!("day {to:.0}")
    } else {
        format!("days {from:.0} to {to:.0}")
    }
}

/// Bars on a scale of working days.
fn gantt(phases: &[Phase]) -> Markup {
    let end = phases.iter().map(|phase| phase.to_day).fold(1.0, f64::max);
    html! {
        table {
            @for phase in phases {
                tr {
                    td { (phase.name) }
                    td style="width:45%" {
                        div.bar style=(format!("margin-left:{:.1}%;width:{:.1}%",
                            phase.from_day / end * 100.0,
                            ((phase.to_day - phase.from_day) / end * 100.0).max(1.0))) {}
                    }
                    td.n { (days(phase)) }
                }
            }
        }
    }
}
