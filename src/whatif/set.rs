//! `--set queue.cs-phone.aht=5m`: another value in the text of a scenario, before it is read.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use crate::problem::Problem;

/// The text of a scenario with the value at `path` replaced, or added where its table lacks it.
///
/// A path names tables and fields, and a row of `[[queue]]` and its like by its `id` (or its place from
/// 1): `queue.cs-phone.aht`, `setup.in-house.in_house.attrition`, `policy.max_occupancy`. A value that is
/// no TOML by itself is taken as text: `5m`, `80/20s`, `220 CZK`.
pub fn apply(text: &str, path: &str, value: &str) -> Result<String, Problem> {
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        // The reader says what is wrong with the text, with its place.
        return Ok(text.to_owned());
    }
    let parts: Vec<&str> = path.trim().split('.').collect();
    if parts.iter().any(|part| part.is_empty()) {
        return Err(unknown(
            path,
            "a path is names with dots between: `queue.cs-phone.aht`",
        ));
    }
    let root = Table {
        table: document.get_ref(),
        span: 0..0,
        is_root: true,
    };
    let edit = find(root, &parts, path, text)?;
    let value = literal(value);
    let mut out = text.to_owned();
    match edit {
        Edit::Replace(span) => out.replace_range(span, &value),
        Edit::Insert {
            at,
            before,
            name,
            after,
        } => {
            out.insert_str(at, &format!("{before}{name} = {value}{after}"));
        }
    }
    Ok(out)
}

/// Every value of a scenario's text by the path that [`apply`] finds it under; none of a broken text.
pub fn values(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    if let Ok(table) = text.parse::<toml::Table>() {
        collect(&toml::Value::Table(table), "", &mut found);
    }
    found
}

fn collect(value: &toml::Value, path: &str, found: &mut BTreeMap<String, String>) {
    let below = |name: &str| match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    };
    match value {
        toml::Value::Table(table) => {
            for (name, value) in table {
                collect(value, &below(name), found);
            }
        }
        toml::Value::Array(rows) if rows.iter().any(toml::Value::is_table) => {
            for (index, row) in rows.iter().enumerate() {
                let id = row.get("id").and_then(toml::Value::as_str);
                let place = (index + 1).to_string();
                collect(row, &below(id.unwrap_or(&place)), found);
            }
        }
        toml::Value::String(text) => {
            found.insert(path.to_owned(), text.clone());
        }
        other => {
            found.insert(path.to_owned(), other.to_string());
        }
    }
}

/// Applies `path=value` after `path=value`.
pub fn apply_all(text: &str, changes: &[String]) -> Result<String, Problem> {
    changes.iter().try_fold(text.to_owned(), |text, change| {
        let (path, value) = change.split_once('=').ok_or_else(|| {
            Problem::new("bad-set", format!("`{change}` sets nothing"))
                .remedy("write it as --set queue.cs-phone.aht=5m")
        })?;
        apply(&text, path, value.trim())
    })
}

enum Edit {
    Replace(Range<usize>),
    Insert {
        at: usize,
        before: &'static str,
        name: String,
        after: &'static str,
    },
}

struct Table<'a> {
    table: &'a DeTable<'a>,
    span: Range<usize>,
    is_root: bool,
}

/// Follows a path; ids may hold dots, so that the longest name that fits is tried first.
fn find(table: Table, parts: &[&str], path: &str, text: &str) -> Result<Edit, Problem> {
    for taken in (1..=parts.len()).rev() {
        let name = parts[..taken].join(".");
        let Some(value) = table.table.get(name.as_str()) else {
            continue;
        };
        let rest = &parts[taken..];
        return match (value.get_ref(), rest) {
            (DeValue::Table(_), []) | (DeValue::Array(_), []) if is_header(text, &value.span()) => {
                Err(unknown(path, "it names a table; name a field of it"))
            }
            (_, []) => Ok(Edit::Replace(value.span())),
            (DeValue::Table(inner), rest) => {
                let table = Table {
                    table: inner,
                    span: value.span(),
                    is_root: false,
                };
                find(table, rest, path, text)
            }
            (DeValue::Array(rows), rest) => {
                let (row, rest) = row(rows, rest, &name, path)?;
                match row.get_ref() {
                    DeValue::Table(inner) if !rest.is_empty() => {
                        let table = Table {
                            table: inner,
                            span: row.span(),
                            is_root: false,
                        };
                        find(table, rest, path, text)
                    }
                    _ if rest.is_empty() && !is_header(text, &row.span()) => {
                        Ok(Edit::Replace(row.span()))
                    }
                    _ => Err(unknown(path, "it names a table; name a field of it")),
                }
            }
            _ => Err(unknown(path, &format!("`{name}` is a value, not a table"))),
        };
    }
    if let ([name], false) = (parts, table.is_root) {
        return Ok(insert(text, &table, name));
    }
    // The one table that a scenario may leave out and still have values in it.
    if let (["policy", name], true) = (parts, table.is_root) {
        return Ok(Edit::Insert {
            at: text.len(),
            before: "\n[policy]\n",
            name: (*name).to_owned(),
            after: "\n",
        });
    }
    let known = table.table.keys().map(|key| key.get_ref().as_ref());
    Err(unknown(path, &near(parts[0], known)))
}

/// A row of an array of tables by its id, or by its place from 1.
fn row<'a, 'p>(
    rows: &'a DeArray<'a>,
    parts: &'p [&'p str],
    name: &str,
    path: &str,
) -> Result<(&'a Spanned<DeValue<'a>>, &'p [&'p str]), Problem> {
    let id = |row: &'a Spanned<DeValue<'a>>| match row.get_ref() {
        DeValue::Table(table) => table.get("id").and_then(|id| id.get_ref().as_str()),
        _ => None,
    };
    for taken in (1..=parts.len()).rev() {
        let wanted = parts[..taken].join(".");
        let by_place = wanted
            .parse::<usize>()
            .ok()
            .and_then(|place| place.checked_sub(1));
        let found = rows
            .iter()
            .enumerate()
            .find(|(index, row)| id(row) == Some(&wanted) || Some(*index) == by_place);
        if let Some((_, row)) = found {
            return Ok((row, &parts[taken..]));
        }
    }
    let named =
        |(index, row): (usize, _)| id(row).map_or_else(|| (index + 1).to_string(), str::to_owned);
    let known: Vec<String> = rows.iter().enumerate().map(named).collect();
    let ids = rows.iter().filter_map(id).count();
    let what = if ids > 0 {
        "id"
    } else {
        "place, counted from 1"
    };
    let near = near(parts[0], known.iter().map(String::as_str));
    Err(unknown(path, &format!("no {name} has that {what}; {near}")))
}

/// A new field: after the header of a table, or inside the braces of an inline one.
fn insert(text: &str, table: &Table, name: &str) -> Edit {
    if is_header(text, &table.span) {
        let at = text[table.span.start..]
            .find('\n')
            .map_or(text.len(), |line| table.span.start + line);
        Edit::Insert {
            at,
            before: "\n",
            name: name.to_owned(),
            after: "",
        }
    } else {
        Edit::Insert {
            at: table.span.start + 1,
            before: " ",
            name: name.to_owned(),
            after: if table.table.is_empty() { " " } else { "," },
        }
    }
}

/// Whether a span stands for a `[header]` or a `[[header]]` (else for a value of its own).
fn is_header(text: &str, span: &Range<usize>) -> bool {
    let line = text[..span.start].rfind('\n').map_or(0, |end| end + 1);
    text[line..].trim_start().starts_with('[')
}

/// The value as TOML: as it stands where it is TOML, else as text.
fn literal(value: &str) -> String {
    let is_toml = |value: &str| DeValue::parse(value).is_ok();
    if is_toml(value) {
        value.to_owned()
    } else {
        format!("{:?}", value)
    }
}

fn near<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.collect();
    let best = known
        .iter()
        .map(|other| (strsim::jaro_winkler(name, other), *other))
        .filter(|(score, _)| *score > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match best {
        Some((_, other)) => format!("did you mean `{other}`?"),
        None => format!("known: {}", known.join(", ")),
    }
}

fn unknown(path: &str, remedy: &str) -> Problem {
    Problem::new(
        "bad-set",
        format!("`{path}` names no value of the scenario"),
    )
    .remedy(remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"[scenario]
name = "shop"   # its name

[channel.phone]
aht = "4m"

[[queue]]
id = "cs-phone"
aht = "4m"
orders = { share = "78%" }

[[queue]]
id = "sk.phone"

[[shift]]
id = "full"
breaks = [{ length = "30m", paid = false }, { length = "15m", paid = true }]

[[rate]]
from = "EUR"
value = 25.0

[[setup]]
id = "in-house"
[setup.in_house]
attrition = "30%"

[[setup]]
id = "pod"
[setup.tariff]
prices = { phone = "95 CZK" }
"#;

    fn set(path: &str, value: &str) -> Result<toml::Table, Problem> {
        apply(TEXT, path, value).map(|text| text.parse().unwrap())
    }

    #[test]
    fn values_are_replaced_and_the_rest_of_the_text_stays() {
        let text = apply(TEXT, "queue.cs-phone.aht", "5m").unwrap();
        assert_eq!(
            text,
            TEXT.replacen(
                "\"cs-phone\"\naht = \"4m\"",
                "\"cs-phone\"\naht = \"5m\"",
                1
            )
        );
        let table = set("setup.in-house.in_house.attrition", "0.1").unwrap();
        assert_eq!(
            table["setup"][0]["in_house"]["attrition"].as_float(),
            Some(0.1)
        );
        let table = set("setup.pod.tariff.prices.phone", "99 CZK").unwrap();
        assert_eq!(
            table["setup"][1]["tariff"]["prices"]["phone"].as_str(),
            Some("99 CZK")
        );
        let table = set("queue.1.orders.share", "\"60%\"").unwrap();
        assert_eq!(table["queue"][0]["orders"]["share"].as_str(), Some("60%"));
    }

    #[test]
    fn fields_that_are_not_there_are_added_to_their_table() {
        let table = set("queue.sk.phone.aht", "6m").unwrap();
        assert_eq!(table["queue"][1]["aht"].as_str(), Some("6m"));
        assert_eq!(table["queue"][1]["id"].as_str(), Some("sk.phone"));
        let table = set("setup.pod.tariff.monthly_fee", "10").unwrap();
        assert_eq!(
            table["setup"][1]["tariff"]["monthly_fee"].as_integer(),
            Some(10)
        );
        let table = set("setup.pod.tariff.prices.chat", "80 CZK").unwrap();
        assert_eq!(
            table["setup"][1]["tariff"]["prices"]["chat"].as_str(),
            Some("80 CZK")
        );
        let table = set("policy.rounds", "1").unwrap();
        assert_eq!(table["policy"]["rounds"].as_integer(), Some(1));
        let table = set("scenario.seed", "7").unwrap();
        assert_eq!(table["scenario"]["seed"].as_integer(), Some(7));
    }

    #[test]
    fn rows_without_ids_are_named_by_their_place() {
        let table = set("shift.full.breaks.2.length", "1h").unwrap();
        let breaks = &table["shift"][0]["breaks"];
        assert_eq!(breaks[0]["length"].as_str(), Some("30m"));
        assert_eq!(breaks[1]["length"].as_str(), Some("1h"));
        let table = set("rate.1.value", "24.5").unwrap();
        assert_eq!(table["rate"][0]["value"].as_float(), Some(24.5));
        let remedy = set("shift.full.breaks.0.length", "1h").unwrap_err().remedy;
        let remedy = remedy.unwrap();
        assert!(remedy.contains("counted from 1; known: 1, 2"), "{remedy}");
    }

    #[test]
    fn every_value_lies_under_the_path_that_changes_it() {
        let before = values(TEXT);
        assert_eq!(before["queue.sk.phone.id"], "sk.phone");
        for (path, value) in [
            ("queue.cs-phone.aht", "5m"),
            ("shift.full.breaks.2.length", "1h"),
            ("rate.1.value", "24.5"),
        ] {
            let after = values(&apply(TEXT, path, value).unwrap());
            let changed = |path: &&String| before.get(*path) != after.get(*path);
            let changed: Vec<&String> = after.keys().filter(changed).collect();
            assert_eq!(changed, [path]);
            assert_eq!(after[path], value);
        }
    }

    #[test]
    fn wrong_paths_are_explained() {
        let remedy = |path: &str| set(path, "1").unwrap_err().remedy.unwrap();
        assert!(remedy("queue.cs-phon.aht").contains("`cs-phone`"));
        assert!(remedy("queues.cs-phone.aht").contains("`queue`"));
        assert!(remedy("queue.cs-phone").contains("field"));
        assert!(remedy("setup").contains("field"));
        assert!(remedy("scenario.name.first").contains("value"));
        assert!(remedy("scenario..name").contains("dots"));
        assert!(apply_all(TEXT, &["nothing".to_owned()]).is_err());
    }
}
