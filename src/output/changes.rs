//! What changed from an earlier plan to this one, and why it costs more or less: the difference of two
//! `summary.json` and of two `shifts.csv`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::changed_shifts;
use super::earlier::Results;
use super::same_team::Renamed;
use crate::problem::Problem;
use crate::report::Changes;
use crate::sheet::{Cell, Sheet};

/// As another program reads it: the headline, and each table as a list of rows.
pub(super) fn to_json(changes: &Changes) -> Value {
    let rows = |sheet: &Sheet| -> Vec<Value> {
        let row = |cells: &Vec<Cell>| {
            let cells = sheet.header.iter().zip(cells);
            let value = |cell: &Cell| match cell {
                Cell::Number { value, .. } | Cell::Percent { value, .. } => json!(value),
                other => json!(other.for_machines()),
            };
            let named = cells.map(|(name, cell)| (key(name), value(cell)));
            Value::Object(named.collect())
        };
        sheet.rows.iter().map(row).collect()
    };
    let tables = changes.tables.iter();
    let tables = tables.map(|(title, sheet)| (key(title), Value::Array(rows(sheet))));
    json!({"headline": changes.headline, "tables": Value::Object(tables.collect())})
}

/// A title as a key; what has none is a name.
fn key(title: &str) -> String {
    match title {
        "" => "name".to_owned(),
        title => title.to_lowercase().replace([' ', '-'], "_"),
    }
}

/// Relative changes below this are of no account: two searches differ by as much.
const LITTLE: f64 = 0.005;

/// What changed from the results `old` to `new`. Plans in two currencies are not compared.
pub(super) fn between(old: &Results, new: &Results) -> Result<Changes, Problem> {
    let shifts = changed_shifts::tables(old, new);
    let renamed = Renamed::between(old, new);
    let currency = text(&new.summary["currency"]);
    old.in_currency(currency)?;
    let (old, new) = (&old.summary, &new.summary);
    let planned = text(&new["planned"]);
    let before = setup(old, planned).or_else(|| setup(old, text(&old["planned"])));
    let mut changes = Changes {
        headline: Vec::new(),
        tables: Vec::new(),
    };
    changes.tables.push(("What was changed", inputs(old, new)));
    if let (Some(before), Some(after)) = (before, setup(new, planned)) {
        let contacts = [old, new].map(|summary| number(&summary["demand"]["contacts"]));
        changes.headline = headline(before, after, contacts, currency);
        let staffed = text(&old["planned"]);
        if staffed != planned {
            changes.headline.push(format!(
                "the earlier plan staffed {staffed} instead: its teams, shifts and hours are compared"
            ));
        }
        changes
            .tables
            .push(("Where the money goes", lines(before, after)));
    }
    let contacts = |summary: &Value| named(&summary["demand"]["by_queue"], "queue", "contacts");
    let agents = |summary: &Value| -> BTreeMap<String, f64> {
        let teams = summary["staffing"]["agents"]
            .as_object()
            .into_iter()
            .flatten();
        teams
            .map(|(team, heads)| (team.clone(), number(heads)))
            .collect()
    };
    let by_now = |agents: BTreeMap<String, f64>| -> BTreeMap<String, f64> {
        let teams = agents.into_iter();
        teams
            .map(|(team, heads)| (renamed.now(&team).to_owned(), heads))
            .collect()
    };
    let hours = |summary: &Value| {
        let of = |name: &str, value: &Value| (name.to_owned(), number(value));
        BTreeMap::from([
            of(
                "agent-hours required",
                &summary["requirement"]["agent_hours"],
            ),
            of("hours paid", &summary["staffing"]["paid_hours"]),
            of(
                "agent-hours short",
                &summary["staffing"]["shortfall_agent_hours"],
            ),
        ])
    };
    let per = |summary: &Value| named(&summary["setups"], "name", "per_interaction");
    let numbers = [
        ("Contacts", "queue", contacts(old), contacts(new), 1),
        ("Hours", "", hours(old), hours(new), 1),
        ("Agents", "team", by_now(agents(old)), agents(new), 0),
        ("Cost of an interaction", "set-up", per(old), per(new), 2),
    ];
    for (title, of, old, new, decimals) in numbers {
        changes
            .tables
            .push((title, moved(of, &old, &new, decimals)));
    }
    changes.tables.extend(shifts);
    changes.tables.push(("Promises", promises(old, new)));
    changes.tables.push(("Clients to learn", learning(new)));
    changes.tables.retain(|(_, sheet)| !sheet.rows.is_empty());
    Ok(changes)
}

fn headline(before: &Value, after: &Value, contacts: [f64; 2], currency: &str) -> Vec<String> {
    let (old, new) = (number(&before["total"]), number(&after["total"]));
    let shown = |value: f64| Cell::number(value, 2).for_people();
    let mut said = vec![format!(
        "{}: {} {currency} before, {} {currency} now ({:+.1} %)",
        text(&after["name"]),
        shown(old),
        shown(new),
        if old == 0.0 {
            0.0
        } else {
            100.0 * (new / old - 1.0)
        }
    )];
    let (were, are) = (
        number(&before["interactions"]),
        number(&after["interactions"]),
    );
    if were > 0.0 && are > 0.0 {
        // Δ = (are − were) × cost of each before + are × (cost of each now − before).
        let volume = (are - were) * old / were;
        let more = if are >= were { "more" } else { "fewer" };
        // As many may call, and more of them be answered.
        let interactions = if (contacts[1] - contacts[0]).abs() > LITTLE * contacts[0] {
            format!("{more} interactions")
        } else {
            format!("{more} of the same contacts answered")
        };
        said.push(format!(
            "of the difference of {} {currency}: {} by {interactions}, {} by what each costs",
            shown(new - old),
            shown(volume),
            shown(new - old - volume)
        ));
    }
    said
}

/// Inputs named at most.
const MOST_INPUTS: usize = 10;

/// Values of the scenario's text that differ; nothing where the earlier plan does not hold its own.
fn inputs(old: &Value, new: &Value) -> Sheet {
    let mut sheet = Sheet::new(["input", "before", "now"]);
    let (Some(before), Some(after)) = (old["inputs"].as_object(), new["inputs"].as_object()) else {
        return sheet;
    };
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut differ = names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name));
    let shown = |values: &Map<String, Value>, name: &str| {
        let value = values.get(name).and_then(Value::as_str);
        value.map_or(Cell::Empty, Cell::text)
    };
    for name in differ.by_ref().take(MOST_INPUTS) {
        sheet.push(vec![
            Cell::text(name),
            shown(before, name),
            shown(after, name),
        ]);
    }
    let more = differ.count();
    if more > 0 {
        let more = format!("and {more} more");
        sheet.push(vec![Cell::text(more), Cell::Empty, Cell::Empty]);
    }
    sheet
}

/// The cost lines of two set-ups; their differences add up to that of the totals.
fn lines(before: &Value, after: &Value) -> Sheet {
    let amounts = |setup: &Value| named(&setup["lines"], "line", "amount");
    moved("line", &amounts(before), &amounts(after), 2)
}

/// Numbers that changed, the greatest change first.
fn moved(
    of: &str,
    old: &BTreeMap<String, f64>,
    new: &BTreeMap<String, f64>,
    decimals: usize,
) -> Sheet {
    let mut rows: Vec<(f64, &String, Option<f64>, Option<f64>)> = old
        .keys()
        .chain(new.keys().filter(|name| !old.contains_key(*name)))
        .map(|name| {
            let (old, new) = (old.get(name).copied(), new.get(name).copied());
            (new.unwrap_or(0.0) - old.unwrap_or(0.0), name, old, new)
        })
        .filter(|(change, _, old, new)| {
            let size = old.unwrap_or(0.0).abs().max(new.unwrap_or(0.0).abs());
            // What is nothing in the one plan may be missing in the other.
            change.abs() > LITTLE * size || size > 0.0 && old.is_some() != new.is_some()
        })
        .collect();
    rows.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()).then(a.1.cmp(b.1)));
    let mut sheet = Sheet::new([of, "before", "now", "change"]);
    let cell =
        |value: Option<f64>| value.map_or(Cell::Empty, |value| Cell::number(value, decimals));
    for (change, name, old, new) in rows {
        sheet.push(vec![
            Cell::text(name),
            cell(old),
            cell(new),
            Cell::number(change, decimals),
        ]);
    }
    sheet
}

/// Queues whose promise is kept in one plan only.
fn promises(old: &Value, new: &Value) -> Sheet {
    let service = |summary: &Value| -> BTreeMap<String, (f64, bool)> {
        let rows = summary["service"].as_array().into_iter().flatten();
        let row = |row: &Value| {
            let kept = row["kept"].as_bool().unwrap_or(false);
            (
                text(&row["queue"]).to_owned(),
                (number(&row["reached"]), kept),
            )
        };
        rows.map(row).collect()
    };
    let (old, new) = (service(old), service(new));
    let mut sheet = Sheet::new(["queue", "before", "now", "promise"]);
    for (queue, (reached, kept)) in &new {
        let Some((before, was_kept)) = old.get(queue) else {
            continue;
        };
        if kept != was_kept {
            sheet.push(vec![
                Cell::text(queue),
                Cell::percent(*before, 1),
                Cell::percent(*reached, 1),
                Cell::text(if *kept { "kept now" } else { "missed now" }),
            ]);
        }
    }
    sheet
}

/// What the people of each team have to learn, as the new plan says.
fn learning(new: &Value) -> Sheet {
    let mut sheet = Sheet::new(["team", "clients", "people", "hours", "cost"]);
    for row in new["learning"].as_array().into_iter().flatten() {
        let clients = row["clients"].as_array().into_iter().flatten();
        let clients: Vec<&str> = clients.map(text).collect();
        sheet.push(vec![
            Cell::text(text(&row["team"])),
            Cell::text(clients.join(" · ")),
            Cell::number(number(&row["people"]), 0),
            Cell::number(number(&row["hours"]), 1),
            Cell::number(number(&row["cost"]), 2),
        ]);
    }
    sheet
}

fn setup<'a>(summary: &'a Value, name: &str) -> Option<&'a Value> {
    let mut setups = summary["setups"].as_array()?.iter();
    setups.find(|setup| text(&setup["name"]) == name)
}

/// A number of each row of a list, by a name; rows of one name are added up.
fn named(rows: &Value, name: &str, value: &str) -> BTreeMap<String, f64> {
    let mut named = BTreeMap::new();
    for row in rows.as_array().into_iter().flatten() {
        *named.entry(text(&row[name]).to_owned()).or_insert(0.0) += number(&row[value]);
    }
    named
}

pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(old: &Value, new: &Value) -> Result<Changes, Problem> {
        let results = |summary: &Value| Results {
            summary: summary.clone(),
            shifts: None,
        };
        between(&results(old), &results(new))
    }

    fn plan(total: f64, pay: f64, interactions: f64, kept: bool) -> Value {
        json!({
            "currency": "CZK", "planned": "own",
            "demand": {"contacts": interactions, "by_queue": [{"queue": "cs-phone", "contacts": interactions}]},
            "requirement": {"agent_hours": 100.0},
            "staffing": {"paid_hours": 120.0, "shortfall_agent_hours": 0.0, "agents": {"team": 3}},
            "service": [{"queue": "cs-phone", "reached": 0.81, "kept": kept}],
            "setups": [{"name": "own", "total": total, "interactions": interactions,
                "per_interaction": total / interactions,
                "lines": [{"line": "Pay", "amount": pay}, {"line": "Tools", "amount": total - pay}]}],
        })
    }

    #[test]
    fn the_lines_explain_the_difference_of_the_totals() {
        let (old, new) = (
            plan(1000.0, 800.0, 100.0, true),
            plan(1320.0, 1100.0, 110.0, false),
        );
        let changes = changes(&old, &new).expect("one currency");
        // 10 more interactions at 10 each; 110 of them at 2 more.
        assert!(
            changes.headline[1].contains("100.00 by more"),
            "{:?}",
            changes.headline
        );
        assert!(changes.headline[1].contains("220.00 by what each costs"));
        let lines = &changes.tables[0].1;
        let change = |row: &Vec<Cell>| match row[3] {
            Cell::Number { value, .. } => value,
            _ => 0.0,
        };
        assert_eq!(lines.rows.iter().map(change).sum::<f64>(), 320.0);
        assert_eq!(lines.rows[0][0], Cell::text("Pay"));
        let titles: Vec<&str> = changes.tables.iter().map(|(title, _)| *title).collect();
        assert_eq!(
            titles,
            [
                "Where the money goes",
                "Contacts",
                "Cost of an interaction",
                "Promises"
            ]
        );
    }

    #[test]
    fn the_inputs_that_changed_are_named_and_callers_are_not_made_up() {
        let (mut old, mut new) = (
            plan(1000.0, 800.0, 100.0, true),
            plan(1100.0, 900.0, 98.0, true),
        );
        // As many call, fewer are answered.
        new["demand"]["contacts"] = json!(100.0);
        old["inputs"] = json!({"group.pod.wage": "205 CZK", "queue.cs.aht": "4m"});
        new["inputs"] = json!({"group.pod.wage": "300 CZK", "queue.cs.aht": "4m"});
        let changes = changes(&old, &new).expect("one currency");
        let (title, sheet) = &changes.tables[0];
        assert_eq!(*title, "What was changed");
        let cells = ["group.pod.wage", "205 CZK", "300 CZK"].map(Cell::text);
        assert_eq!(sheet.rows, [cells.to_vec()]);
        let said = &changes.headline[1];
        assert!(
            said.contains("fewer of the same contacts answered"),
            "{said}"
        );
    }

    #[test]
    fn another_set_up_staffed_is_said() {
        let (mut old, new) = (
            plan(1000.0, 800.0, 100.0, true),
            plan(1000.0, 800.0, 100.0, true),
        );
        assert_eq!(changes(&old, &new).expect("one currency").headline.len(), 2);
        old["planned"] = json!("pod");
        let said = changes(&old, &new).expect("one currency").headline;
        assert!(said[2].contains("staffed pod instead"), "{said:?}");
    }

    #[test]
    fn nothing_changed_is_nothing_said_and_currencies_never_mix() {
        let old = plan(1000.0, 800.0, 100.0, true);
        let same = changes(&old, &old).expect("one currency");
        assert!(same.tables.is_empty());
        let mut other = old.clone();
        other["currency"] = json!("EUR");
        assert!(changes(&old, &other).is_err());
    }
}
