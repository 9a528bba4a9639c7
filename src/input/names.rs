//! The ids of one kind of thing, and looking them up.

use super::fields::Fields;
use super::source::{At, Reading, did_you_mean};
use super::value;
use crate::ids::Id;

/// The ids of one kind, in the order of the file.
#[derive(Debug, Clone)]
pub(super) struct Names {
    kind: &'static str,
    /// Code of a look-up that fails.
    unknown: &'static str,
    ids: Vec<String>,
}

impl Names {
    /// Reads the `id` of every table, and gives each table its name for messages.
    pub fn gather(kind: &'static str, unknown: &'static str, tables: &mut [Fields]) -> Self {
        let mut ids: Vec<String> = Vec::with_capacity(tables.len());
        for table in tables {
            table.what = format!("a {kind}");
            let id = table.required_at("id", value::id);
            if let Some(id) = &id {
                table.what = format!("{kind} `{}`", id.value);
                table.span = id.span.clone();
                if ids.contains(&id.value) {
                    table.reading.problem(
                        "duplicate-id",
                        &id.span,
                        format!("there is a {kind} `{}` already", id.value),
                        "give each an id of its own",
                    );
                }
            }
            ids.push(id.map(|id| id.value).unwrap_or_default());
        }
        Self { kind, unknown, ids }
    }

    /// The id of a name, or a problem at its place.
    pub fn find<I: Id>(&self, reading: Reading, name: &At<String>) -> Option<I> {
        if let Some(index) = self.ids.iter().position(|id| *id == name.value) {
            return Some(I::new(index));
        }
        let known = self
            .ids
            .iter()
            .map(String::as_str)
            .filter(|id| !id.is_empty());
        let remedy = match did_you_mean(&name.value, known) {
            hint if hint.is_empty() => {
                let table = self
                    .kind
                    .replace("agent ", "")
                    .replace(' ', "_")
                    .replace('-', "");
                format!("add it: [[{table}]] id = \"{}\"", name.value)
            }
            hint => hint,
        };
        let cause = format!("`{}` names no {}", name.value, self.kind);
        reading.problem(self.unknown, &name.span, cause, &remedy);
        None
    }

    /// Looks up a field of a table.
    pub fn field<I: Id>(&self, table: &Fields, field: &'static str) -> Option<I> {
        let name = table.required_at(field, value::text)?;
        self.find(table.reading, &name)
    }

    /// Looks up a list of names; "all" stands for every one, and so does an absent list. None if one
    /// of them is unknown.
    pub fn list<I: Id>(&self, table: &Fields, field: &'static str) -> Option<Vec<I>> {
        let all = || (0..self.ids.len()).map(I::new).collect();
        match table.list(field, value::text) {
            None if table.has(field) => None,
            None => Some(all()),
            Some(names) if names.len() == 1 && names[0].value == "all" => Some(all()),
            Some(names) => {
                let found: Vec<Option<I>> = names
                    .iter()
                    .map(|name| self.find(table.reading, name))
                    .collect();
                let mut found: Vec<I> = found.into_iter().collect::<Option<_>>()?;
                let mut seen = Vec::with_capacity(found.len());
                found.retain(|id| {
                    let new = !seen.contains(&id.index());
                    seen.push(id.index());
                    new
                });
                Some(found)
            }
        }
    }

    /// The name of an index.
    pub fn name(&self, index: usize) -> &str {
        &self.ids[index]
    }
}
