//! Who stands in, and what people have to learn since an earlier plan.

use maud::{Markup, html};

use crate::report::digest::Digest;
use crate::report::learning::{backups, names, since};
use crate::report::page::{card, table};
use crate::report::words;
use crate::sheet::{Cell, Sheet};

/// Pairs of client and language listed before the reader is sent to the table's file.
const MOST_PAIRS: usize = 60;

pub(super) fn section(digest: &Digest) -> Markup {
    html! {
        @if let Some(said) = backups(digest) {
            @let pairs = digest.backups().len();
            (card(
                "Who stands in",
                "People beyond those on duty at once who know a client in a language, and who learns it before it \
                 is needed. Learning is paid once, off the line: it is not part of the costs above.",
                html! {
                    p { (words::clean(&said)) "." }
                    (table(&stand_ins(digest)))
                    @if pairs > MOST_PAIRS { p.note { (pairs - MOST_PAIRS) " more in backups.csv." } }
                },
            ))
        }
        @if let Some(said) = since(digest) {
            (card(
                "What people have to learn",
                "Clients that a team serves and its people did not know in the earlier plan.",
                html! {
                    p { (words::clean(&said)) "." }
                    @if digest.plan.learning.as_ref().is_some_and(|rows| !rows.is_empty()) {
                        (table(&to_learn(digest)))
                    }
                },
            ))
        }
    }
}

fn stand_ins(digest: &Digest) -> Sheet {
    let scenario = &digest.plan.scenario;
    let mut sheet = Sheet::new([
        "Customers of",
        "Language",
        "Know it",
        "On duty at once",
        "Learn it",
        "Missing",
        "Hours of learning",
        "Cost, once",
    ]);
    for (backup, learning) in digest.backups().into_iter().take(MOST_PAIRS) {
        sheet.push(vec![
            Cell::text(&scenario.clients[backup.client].name),
            Cell::text(&scenario.languages[backup.language].tag),
            Cell::number(backup.trained as f64, 0),
            Cell::number(backup.at_once as f64, 0),
            Cell::number(backup.learners.len() as f64, 0),
            Cell::number(backup.missing as f64, 0),
            Cell::number(learning.hours.value(), 1),
            Cell::figure(words::money(scenario.currency, learning.cost.to_f64())),
        ]);
    }
    sheet
}

fn to_learn(digest: &Digest) -> Sheet {
    let mut sheet = Sheet::new(["Team", "Clients", "People", "Hours", "Cost, once"]);
    let teams = digest
        .chosen
        .map_or(&[][..], |chosen| &chosen.staffing.teams);
    for row in digest.plan.learning.iter().flatten() {
        sheet.push(vec![
            Cell::text(&teams[row.team].name),
            Cell::text(names(digest, row).join(", ")),
            Cell::number(row.people as f64, 0),
            Cell::number(row.learning.hours.value(), 1),
            Cell::figure(words::money(
                digest.plan.scenario.currency,
                row.learning.cost.to_f64(),
            )),
        ]);
    }
    sheet
}
