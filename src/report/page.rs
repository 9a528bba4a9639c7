//! The page: head, answer, figures, and the pieces that sections are made of.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::changes::{self, Changes};
use super::digest::{self, Digest};
use super::memo::{self, Memo};
use super::pictures::{Picture, Pictures};
use super::{manager, owner, promised, proof, words};
use crate::scenario::Scenario;
use crate::sheet::{Cell, Sheet};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("tabs.js");

/// Letters of a text that is never broken over lines.
const SHORT: usize = 22;
/// Rows from which a table is folded away.
const FOLDED: usize = 24;

/// The whole report.
pub(super) fn page(digest: &Digest, pictures: &Pictures, changes: Option<&Changes>) -> String {
    let scenario = &digest.plan.scenario;
    let content = html! {
        main { (answer(digest)) }
        nav aria-label="Parts of this report" {
            div {
                @if changes.is_some() { a href="#changes" { "Changes" } }
                a href="#memo" { "Memo" }
                a href="#owner" { "Cost" }
                a href="#manager" { "Demand, staff, service" }
                a href="#proof" { "Proof and assumptions" }
                a href="#terms" { "Words" }
            }
        }
        main {
            @if let Some(changes) = changes { (changes::section(changes)) }
            (memo::body(&digest.memo()))
            (owner::section(digest, pictures))
            (manager::section(digest, pictures))
            (proof::section(digest))
            (terms())
        }
        footer {
            (made_by(scenario))
            " Every number here is also in summary.json and the CSV files beside this page."
        }
        script { (PreEscaped(SCRIPT)) }
    };
    shell(scenario, "crewcast", "Staffing plan", content)
}

/// A memo by itself.
pub(super) fn memo(memo: &Memo) -> String {
    let content = html! {
        main { (memo::body(memo)) }
        footer { (made_by(memo.scenario)) }
    };
    shell(memo.scenario, "decision memo", "Decision memo", content)
}

/// A page about a scenario: what stands behind its title in the window, what kind of page it is, and what
/// follows its head.
fn shell(scenario: &Scenario, window: &str, kind: &str, content: Markup) -> String {
    let title = words::clean(words::titled(&scenario.title, &scenario.name));
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="generator" content=(format!("crewcast {}", env!("CARGO_PKG_VERSION")));
                title { (title) " – " (window) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    p.eyebrow { (kind) " · " (words::clean(&scenario.name)) }
                    h1 { (title) }
                    p.lead { (period(scenario)) }
                }
                (content)
            }
        }
    };
    markup.into_string()
}

fn made_by(scenario: &Scenario) -> Markup {
    html! {
        "Made by crewcast " (env!("CARGO_PKG_VERSION")) " from the scenario “"
        (words::clean(&scenario.name)) "”, seed " (scenario.seed) "."
    }
}

fn period(scenario: &Scenario) -> String {
    let horizon = &scenario.horizon;
    let first = horizon.local(0, scenario.zone);
    let last = horizon.local(horizon.slots, scenario.zone) - chrono::Duration::seconds(1);
    format!(
        "{} to {}, in steps of {} minutes. Clock: {}. Money: {}.",
        words::day(first),
        words::day(last),
        horizon.slot_minutes,
        scenario.zone.name(),
        scenario.currency.code(),
    )
}

fn answer(digest: &Digest) -> Markup {
    let (headline, caveat) = digest::answer(digest);
    let kept = digest
        .cheapest
        .is_some_and(|cheapest| cheapest.keeps_promises);
    let currency = digest.plan.scenario.currency;
    html! {
        section.card.answer.kept[kept].broken[!kept] {
            p.headline { (headline) }
            p.lead { (caveat) }
            ul.prices aria-label="What one interaction costs in each set-up" {
                @for result in &digest.plan.comparison.setups {
                    li {
                        span {
                            (words::clean(digest.setup_title(result)))
                            @if let Some(badge) = digest.badge(result) {
                                span.tag.good[badge.good].bad[!badge.good] { (badge.said) }
                            }
                        }
                        span.price {
                            @match result.costing.per_interaction() {
                                Some(price) => { (words::money(currency, price)) },
                                None => "–",
                            }
                        }
                    }
                }
            }
        }
        (figures(digest))
    }
}

fn figures(digest: &Digest) -> Markup {
    let plan = digest.plan;
    let weeks = plan.scenario.horizon.weeks().max(1e-9);
    let demand = figure(
        "Interactions",
        html! { (words::count(digest.contacts_per_day())) " a day" },
        &format!(
            "{} over {}",
            words::count(plan.demand.contacts()),
            words::counted(plan.scenario.horizon.weeks(), "week"),
        ),
    );
    let resolution = digest.mean_over_contacts(|queue| queue.resolution.value());
    html! {
        div.figures {
            (demand)
            @if let Some(chosen) = digest.chosen {
                @let good = chosen.keeps_promises;
                (figure(
                    "Promises of service kept",
                    html! { span.good[good].bad[!good] { (promised::standing(chosen)) } },
                    "in simulation, at 95 % confidence",
                ))
                @let on_line = format!("{} on the line at most", most_on_line(chosen));
                (figure(
                    "People on the roster",
                    html! { (digest.heads()) },
                    &match digest.employed() {
                        Some(employed) => format!(
                            "{on_line}; the cost counts {} employed, who stand in for each other's leave and illness",
                            words::count(employed)
                        ),
                        None => on_line,
                    },
                ))
                (figure(
                    "Paid hours of shifts a week",
                    html! { (words::count(chosen.staffing.paid_hours() / weeks)) },
                    &match chosen.staffing.shortfall_hours() {
                        hours if hours > 0.005 => format!("{} left open", words::counted(hours, "agent-hour")),
                        _ => "nothing left open".to_owned(),
                    },
                ))
                @let gap = digest::gap(&chosen.staffing.proof);
                (figure(
                    "Room left to the best plan",
                    html! { (gap.map_or("unknown".to_owned(), words::percent_fine)) },
                    match gap {
                        Some(_) => "proved: no plan of this model is cheaper by more",
                        None => "the time was up before a bound was found",
                    },
                ))
            }
            @if let Some(share) = resolution {
                (figure(
                    "Settled at first contact",
                    html! { (words::percent(share)) },
                    "as assumed; the rest may come again",
                ))
            }
        }
    }
}

fn figure(name: &str, value: Markup, beside: &str) -> Markup {
    html! {
        div.figure {
            div.name { (name) }
            div.value { (value) }
            div.beside { (beside) }
        }
    }
}

fn most_on_line(result: &crate::compare::SetupResult) -> u32 {
    let lines = &result.staffing.on_line;
    let slots = lines.iter().map(Vec::len).max().unwrap_or(0);
    (0..slots)
        .map(|slot| lines.iter().filter_map(|line| line.get(slot)).sum())
        .max()
        .unwrap_or(0)
}

fn terms() -> Markup {
    html! {
        h2 id="terms" { "Words" }
        section.card {
            dl {
                dt { "Interaction, contact" }
                dd { "One call, chat, mail or message of a customer, repeats included." }
                dt { "Queue" }
                dd { "Contacts alike: one shop, market, language, channel and subject, with its own promise." }
                dt { "Set-up" }
                dd { "One way to run the service: own people, a partner's, shared with other shops, or paid by interaction." }
                dt { "Handle time" }
                dd { "How long a contact keeps an agent busy, talk and paperwork." }
                dt { "Offered load (erlangs)" }
                dd { "Contacts × handle time: how many agents would be busy if nobody ever waited." }
                dt { "On the line" }
                dd { "Agents ready to serve: at work, not on a break, in training or ill." }
                dt { "On the roster, employed" }
                dd {
                    "On the roster are the people whose shifts are planned, none of them away. The cost counts those \
                     employed: as some are always on leave or ill, it takes more people, or more of their paid time, \
                     to fill the same shifts."
                }
                dt { "Shrinkage" }
                dd { "Paid time not on the line: leave, illness, training, meetings." }
                dt { "p10, p95" }
                dd { "One outcome in ten lies below p10; nineteen in twenty lie below p95." }
                dt { "Gap" }
                dd { "How much cheaper, at most, a better plan could be. The solver proves it." }
                dt { "95 % interval" }
                dd { "If the simulation were run again and again, the true mean would lie in 95 of 100 such intervals." }
            }
        }
    }
}

/// A card with its title and a line on how to read it.
pub(super) fn card(title: &str, note: &str, body: Markup) -> Markup {
    html! {
        section.card {
            h3 { (title) }
            @if !note.is_empty() { p.note { (note) } }
            (body)
        }
    }
}

/// Charts of one kind: one as it is, several as tabs.
pub(super) fn charts(pictures: &[Picture]) -> Markup {
    if let [only] = pictures {
        return chart(only);
    }
    tabs(
        pictures
            .iter()
            .map(|picture| (picture.title.clone(), chart(picture)))
            .collect(),
    )
}

fn chart(picture: &Picture) -> Markup {
    // Within a page an SVG needs no name space.
    let svg = picture
        .svg
        .replacen(" xmlns=\"http://www.w3.org/2000/svg\"", "", 1);
    html! { div.chart tabindex="0" { (PreEscaped(svg)) } }
}

/// Panels of which the reader sees one at a time on a screen, all of them on paper.
pub(super) fn tabs(panels: Vec<(String, Markup)>) -> Markup {
    html! {
        div data-tabs="" {
            @for (name, body) in panels {
                div.panel {
                    h4 { (words::label(&name, 60)) }
                    (body)
                }
            }
        }
    }
}

/// Text that may go on in the next line after each "+": names of pods are long.
fn breakable(text: &str) -> Markup {
    html! {
        @for (index, part) in text.split_inclusive('+').enumerate() {
            @if index > 0 { wbr; }
            (part)
        }
    }
}

/// A sheet as a table that scrolls in its own frame.
pub(super) fn table(sheet: &Sheet) -> Markup {
    table_with_total(sheet, None)
}

/// A sheet as a table, with a last row that sums it up.
pub(super) fn table_with_total(sheet: &Sheet, total: Option<&[Cell]>) -> Markup {
    let numeric = |column: usize| {
        sheet
            .rows
            .iter()
            .any(|row| row.get(column).is_some_and(Cell::is_numeric))
    };
    let long = |column: usize| {
        sheet.rows.iter().any(
            |row| matches!(row.get(column), Some(Cell::Text(text)) if text.chars().count() > 44),
        )
    };
    let short = |column: usize| {
        sheet.rows.iter().all(|row| match row.get(column) {
            Some(Cell::Text(text)) => text.chars().count() <= SHORT,
            _ => true,
        })
    };
    let columns = 0..sheet.header.len();
    let kinds: Vec<(bool, bool, bool)> = columns
        .map(|column| (numeric(column), long(column), short(column)))
        .collect();
    let row = |cells: &[Cell]| {
        html! {
            @for (cell, &(numeric, long, short)) in cells.iter().zip(&kinds) {
                td.number[numeric].wide[long].short[short] { (breakable(&words::clean(&cell.for_people()))) }
            }
        }
    };
    let whole = html! {
        div.scroll tabindex="0" {
            table {
                thead {
                    tr {
                        @for (name, &(numeric, ..)) in sheet.header.iter().zip(&kinds) {
                            th.number[numeric] scope="col" { (words::clean(name)) }
                        }
                    }
                }
                tbody {
                    @for cells in &sheet.rows { tr { (row(cells)) } }
                    @if let Some(cells) = total { tr.total { (row(cells)) } }
                }
            }
        }
    };
    if sheet.rows.len() <= FOLDED {
        return whole;
    }
    html! {
        details {
            summary { "All " (sheet.rows.len()) " rows" }
            (whole)
        }
    }
}
