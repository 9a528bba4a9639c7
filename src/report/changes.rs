//! What changed since an earlier plan, for people.

use maud::{Markup, html};

use super::page::{card, table};
use super::words;
use crate::sheet::Sheet;

/// Rows of a table that a terminal shows before it says how many more there are.
const MOST_ROWS: usize = 12;

/// Differences of two plans, ready to be shown.
#[derive(Debug)]
pub struct Changes {
    /// The set-up planned, in words and numbers.
    pub headline: Vec<String>,
    /// Each with a title; those in which nothing changed are left out.
    pub tables: Vec<(&'static str, Sheet)>,
}

impl Changes {
    /// The table of that title, where something changed in it.
    pub fn table(&self, title: &str) -> Option<&Sheet> {
        let mut tables = self.tables.iter();
        tables.find(|(name, _)| *name == title).map(|(_, it)| it)
    }

    /// As a person reads it on a terminal of so many columns.
    pub fn for_terminal(&self, columns: usize) -> String {
        let mut text = "Since the earlier plan\n".to_owned();
        for line in &self.headline {
            for line in words::wrapped(line, words::prose(columns) - 2) {
                text.push_str(&format!("  {line}\n"));
            }
        }
        if self.tables.is_empty() {
            text.push_str("  nothing else changed\n");
        }
        for (title, sheet) in &self.tables {
            let mut shown = sheet.clone();
            shown.rows.truncate(MOST_ROWS);
            text.push_str(&format!("\n  {title}\n{}", shown.indented(columns)));
            let more = sheet.rows.len() - shown.rows.len();
            if more > 0 {
                text.push_str(&format!(
                    "  and {more} more, in summary.json and the report\n"
                ));
            }
        }
        text
    }
}

/// The part of the report.
pub(super) fn section(changes: &Changes) -> Markup {
    html! {
        h2 id="changes" { "Since the earlier plan" }
        @for line in &changes.headline { p.lead { (capital(&words::clean(line))) "." } }
        @if changes.tables.is_empty() { p { "Nothing else changed." } }
        @for (title, sheet) in &changes.tables {
            (card(title, "", table(&titled(sheet))))
        }
    }
}

/// The sheet with heads as a page has them; a terminal's and a machine's are in small letters.
fn titled(sheet: &Sheet) -> Sheet {
    Sheet {
        header: sheet.header.iter().map(|head| capital(head)).collect(),
        rows: sheet.rows.clone(),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}
