//! What the plan leaves short: promises missed, hours nobody covers, rules that the roster breaks.

use maud::{Markup, html};

use crate::compare::SetupResult;
use crate::report::digest::Digest;
use crate::report::page::{card, table};
use crate::report::{promised, short, words};
use crate::sheet::{Cell, Sheet};

/// Rows listed before the reader is sent to the table's file.
const MOST_ROWS: usize = 100;

pub(super) fn section(digest: &Digest, chosen: &SetupResult) -> Markup {
    html! {
        (missed(digest, chosen))
        (uncovered(digest, chosen))
        (findings(digest))
    }
}

fn missed(digest: &Digest, chosen: &SetupResult) -> Markup {
    let missed = &digest.plan.missed;
    let scenario = &digest.plan.scenario;
    let mut sheet = Sheet::new([
        "Queue",
        "Promise",
        "Reached",
        "What is missing",
        "Hours that hold half of it, and what is reached in them",
    ]);
    for row in missed.queues.iter().take(MOST_ROWS) {
        let queue = &scenario.queues[row.queue];
        sheet.push(vec![
            Cell::text(&queue.name),
            Cell::text(promised::promise(queue)),
            Cell::figure(promised::told(queue, &row.part).seen),
            Cell::text(short::missing(digest, row)),
            Cell::text(short::worst(digest, row)),
        ]);
    }
    let mut more = Sheet::new(["Team", "Agents more", "Hours", "Agent-hours"]);
    for row in short::more_agents(digest, chosen) {
        more.push(vec![
            Cell::text(row.team),
            Cell::number(f64::from(row.agents), 0),
            Cell::text(row.hours),
            Cell::number(row.agent_hours, 1),
        ]);
    }
    html! {
        @if !missed.queues.is_empty() {
            (card(
                "Promises missed, and what would keep them",
                &format!("As seen in simulation; hours on the clock of {}.", scenario.zone.name()),
                html! {
                    (table(&sheet))
                    @if missed.queues.len() > MOST_ROWS {
                        p.note { (missed.queues.len() - MOST_ROWS) " more in missed.csv." }
                    }
                    @if let Some(mend) = short::mend(digest, chosen) { p { (mend) } }
                    @if !more.rows.is_empty() { (table(&more)) }
                },
            ))
        }
    }
}

fn uncovered(digest: &Digest, chosen: &SetupResult) -> Markup {
    let rows = short::uncovered(chosen);
    let mut sheet = Sheet::new([
        "What is short",
        "Hours",
        "Agent-hours missing",
        "Why, and what would mend it",
    ]);
    for row in rows.iter().take(MOST_ROWS) {
        sheet.push(vec![
            Cell::text(&row.what),
            Cell::text(&row.hours),
            Cell::number(row.agent_hours, 1),
            Cell::text(row.reason),
        ]);
    }
    card(
        "What nobody covers",
        "",
        html! {
            @if rows.is_empty() {
                p {
                    "Nothing: every hour that the requirement asks for is covered."
                    @if !digest.plan.missed.queues.is_empty() { " The promises missed need more than it asks for." }
                }
            } @else {
                p.note {
                    "Agents missing in the hours that the formulas ask for. " (short::priced(digest, chosen))
                }
                (table(&sheet))
                @if rows.len() > MOST_ROWS { p.note { (rows.len() - MOST_ROWS) " more in shortfall.csv." } }
            }
        },
    )
}

fn findings(digest: &Digest) -> Markup {
    let findings = &digest.plan.findings;
    card(
        "What the audit says of the roster",
        "A second opinion, derived again from the wall clocks of the roster.",
        html! {
            @if findings.is_empty() {
                p { "No rule is broken: rest, hours, breaks, seats, skills." }
            } @else {
                ul.plain {
                    @for finding in findings.iter().take(MOST_ROWS) {
                        li { b { (finding.rule) } ": " (words::clean(&finding.detail)) }
                    }
                }
                @if findings.len() > MOST_ROWS {
                    p.note { (findings.len() - MOST_ROWS) " more in summary.json." }
                }
            }
        },
    )
}
