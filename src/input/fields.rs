//! A table of the file, field by field. A field is asked for by name and read by a function of
//! [`super::value`]; what goes wrong is noted with its place and reading goes on. A field that nobody
//! asked for is unknown, and said so when the table is done with.

use std::cell::RefCell;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::source::{At, Reading, did_you_mean};
use super::value::Wrong;

/// A table being read.
pub(super) struct Fields<'a> {
    pub reading: Reading<'a>,
    /// In words: "queue `cs-phone`".
    pub what: String,
    /// Where a missing field belongs.
    pub span: Range<usize>,
    table: &'a DeTable<'a>,
    /// Asked where `table` is silent.
    fallback: Option<&'a DeTable<'a>>,
    asked: RefCell<Vec<&'static str>>,
}

impl<'a> Fields<'a> {
    pub fn new(
        reading: Reading<'a>,
        what: impl Into<String>,
        span: Range<usize>,
        table: &'a DeTable<'a>,
    ) -> Self {
        Self {
            reading,
            what: what.into(),
            span,
            table,
            fallback: None,
            asked: RefCell::default(),
        }
    }

    /// Fields that this table does not give are looked up in `fallback`.
    pub fn set_fallback(&mut self, fallback: Option<&'a DeTable<'a>>) {
        self.fallback = fallback;
    }

    /// The raw value of a field.
    pub fn raw(&self, name: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.asked.borrow_mut().push(name);
        self.table
            .get(name)
            .or_else(|| self.fallback.and_then(|table| table.get(name)))
    }

    /// Whether a field is given, here or in the fallback.
    pub fn has(&self, name: &'static str) -> bool {
        self.raw(name).is_some()
    }

    /// Whether this very table gives a field.
    pub fn has_own(&self, name: &'static str) -> bool {
        self.asked.borrow_mut().push(name);
        self.table.contains_key(name)
    }

    /// The table as it stands, for the fallback of others.
    pub fn as_fallback(&self) -> &'a DeTable<'a> {
        self.table
    }

    /// A field that may be left out; none also where it is wrong, which is noted.
    pub fn optional<T>(
        &self,
        name: &'static str,
        read: impl Fn(&DeValue) -> Result<T, Wrong>,
    ) -> Option<T> {
        self.optional_at(name, read).map(|at| at.value)
    }

    /// The same, with its place.
    pub fn optional_at<T>(
        &self,
        name: &'static str,
        read: impl Fn(&DeValue) -> Result<T, Wrong>,
    ) -> Option<At<T>> {
        self.read(name, self.raw(name)?, read)
    }

    /// A field that must be given.
    pub fn required<T>(
        &self,
        name: &'static str,
        read: impl Fn(&DeValue) -> Result<T, Wrong>,
    ) -> Option<T> {
        self.required_at(name, read).map(|at| at.value)
    }

    /// The same, with its place.
    pub fn required_at<T>(
        &self,
        name: &'static str,
        read: impl Fn(&DeValue) -> Result<T, Wrong>,
    ) -> Option<At<T>> {
        if !self.has(name) {
            self.missing(name);
        }
        self.optional_at(name, read)
    }

    /// A field with a default.
    pub fn or<T>(
        &self,
        name: &'static str,
        read: impl Fn(&DeValue) -> Result<T, Wrong>,
        default: T,
    ) -> T {
        self.optional(name, read).unwrap_or(default)
    }

    /// A field with a usual value, which is noted with where it comes from when it is taken.
    pub fn usual<T>(
        &self,
        name: &'static str,
        read: impl Fn(&DeValue) -> Result<T, Wrong>,
        usual: T,
        source: &str,
    ) -> T {
        if !self.has(name) {
            self.reading.assumed(name, &self.what, source);
        }
        self.or(name, read, usual)
    }

    /// A list, or a single value standing for a list of one.
    pub fn list<T>(
        &self,
        name: &'static str,
        read: impl Fn(&DeValue) -> Result<T, Wrong>,
    ) -> Option<Vec<At<T>>> {
        let raw = self.raw(name)?;
        let DeValue::Array(array) = raw.get_ref() else {
            return self.read(name, raw, read).map(|at| vec![at]);
        };
        let items = array.iter();
        Some(
            items
                .filter_map(|item| self.read(name, item, &read))
                .collect(),
        )
    }

    /// A table within this one.
    pub fn table(&self, name: &'static str) -> Option<Fields<'a>> {
        let raw = self.raw(name)?;
        self.as_table(name, raw)
    }

    /// An array of tables within this one.
    pub fn tables(&self, name: &'static str) -> Vec<Fields<'a>> {
        match self.raw(name).map(|raw| (raw, raw.get_ref())) {
            Some((_, DeValue::Array(array))) => array
                .iter()
                .filter_map(|item| self.as_table(name, item))
                .collect(),
            Some((raw, _)) => {
                self.wrong(name, raw, &format!("[[{name}]] tables"));
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    /// A value as a table of its own.
    pub fn as_table(
        &self,
        name: &'static str,
        raw: &'a Spanned<DeValue<'a>>,
    ) -> Option<Fields<'a>> {
        if let DeValue::Table(table) = raw.get_ref() {
            let what = if self.what.is_empty() {
                format!("[{name}]")
            } else {
                format!("`{name}` of {}", self.what)
            };
            return Some(Fields::new(self.reading, what, raw.span(), table));
        }
        self.wrong(name, raw, "a table");
        None
    }

    /// Every key of this table, all taken as asked for: for tables whose keys are the user's own.
    pub fn entries(&self) -> impl Iterator<Item = (At<String>, &'a Spanned<DeValue<'a>>)> {
        self.asked.borrow_mut().push(EVERY_KEY);
        self.table.iter().map(|(key, value)| {
            let at = At {
                value: key.get_ref().to_string(),
                span: key.span(),
            };
            (at, value)
        })
    }

    /// Reads one value, noting what is wrong with it.
    pub fn read<T>(
        &self,
        name: &str,
        raw: &Spanned<DeValue>,
        read: impl Fn(&DeValue) -> Result<T, Wrong>,
    ) -> Option<At<T>> {
        match read(raw.get_ref()) {
            Ok(value) => Some(At {
                value,
                span: raw.span(),
            }),
            Err(wrong) => {
                let cause = if self.what.is_empty() {
                    format!("`{name}`: {}", wrong.cause)
                } else {
                    format!("`{name}` of {}: {}", self.what, wrong.cause)
                };
                self.reading
                    .problem(wrong.code, &raw.span(), cause, &wrong.remedy);
                None
            }
        }
    }

    /// Notes a problem at a field, or at the table where the field is not given.
    pub fn problem(&self, name: &'static str, code: &'static str, cause: String, remedy: &str) {
        let span = self.raw(name).map_or(self.span.clone(), Spanned::span);
        self.reading.problem(code, &span, cause, remedy);
    }

    /// Notes that a field is missing.
    pub fn missing(&self, name: &str) {
        self.reading.problem(
            "missing-field",
            &self.span,
            format!("{} has no `{name}`", self.what),
            &format!("add `{name} = …`"),
        );
    }

    fn wrong(&self, name: &str, raw: &Spanned<DeValue>, expected: &str) {
        let cause = format!(
            "`{name}` is {}, not {expected}",
            super::value::kind(raw.get_ref())
        );
        let remedy = format!("write {expected} in its place");
        self.reading
            .problem("wrong-type", &raw.span(), cause, &remedy);
    }
}

/// Stands in `asked` for all keys; no TOML key of ours is empty.
const EVERY_KEY: &str = "";

impl Drop for Fields<'_> {
    fn drop(&mut self) {
        let asked = self.asked.borrow();
        if asked.contains(&EVERY_KEY) {
            return;
        }
        for key in self.table.keys() {
            let name: &str = key.get_ref();
            if asked.iter().all(|known| *known != name) {
                let mut known = asked.clone();
                known.sort_unstable();
                known.dedup();
                let cause = if self.what.is_empty() {
                    format!("`{name}` is no table of a scenario")
                } else {
                    format!("{} has no field `{name}`", self.what)
                };
                let remedy = did_you_mean(name, known);
                self.reading
                    .problem("unknown-field", &key.span(), cause, &remedy);
            }
        }
    }
}
