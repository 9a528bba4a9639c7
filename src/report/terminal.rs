//! What `crewcast plan` prints: the answer first, then demand, staffing, service, cost, shortfalls.

use crate::compare::SetupResult;
use crate::plan::Plan;
use crate::report::digest::{self, Digest};
use crate::report::{learning, promised, words};
use crate::sheet::{Cell, Sheet};

/// Rows of a table that a terminal shows before it says how many more there are.
const MOST_ROWS: usize = 12;
/// Shortfalls and findings it shows; each may take several lines.
const MOST_REMARKS: usize = 5;
const WIDTH: usize = 100;

/// The plan as text of at most a hundred columns.
pub fn terminal(plan: &Plan) -> String {
    let digest = Digest::of(plan);
    let (headline, caveat) = digest::answer(&digest);
    let mut text = String::new();
    paragraph(&mut text, &headline, "");
    paragraph(&mut text, &caveat, "");
    text.push('\n');
    text.push_str(&figures(&digest));
    if let Some(chosen) = digest.chosen {
        heading(&mut text, "Service, simulated beside promised");
        table(&mut text, service(&digest, chosen));
        for said in promised::unanswered(&digest, chosen) {
            paragraph(&mut text, &said, "  ");
        }
    }
    if !plan.comparison.setups.is_empty() {
        let code = plan.scenario.currency.code();
        heading(
            &mut text,
            &format!("Cost by set-up in {code}, same demand and promises"),
        );
        table(&mut text, costs(&digest));
    }
    if let Some(chosen) = digest.chosen {
        shortfalls(&mut text, &digest, chosen);
    }
    if !plan.findings.is_empty() {
        heading(&mut text, "The audit of the roster found");
        for finding in plan.findings.iter().take(MOST_REMARKS) {
            let detail = format!("{}: {}", finding.rule, words::clean(&finding.detail));
            paragraph(&mut text, &detail, "  ");
        }
        more(&mut text, plan.findings.len(), MOST_REMARKS);
    }
    text
}

/// The lines of name and value under the answer.
fn figures(digest: &Digest) -> String {
    let plan = digest.plan;
    let scenario = &plan.scenario;
    let start = scenario.horizon.local(0, scenario.zone);
    let mut lines = vec![
        (
            "demand",
            format!(
                "{} contacts, {} a day, in {} queues; {} from {} ({})",
                words::count(plan.demand.contacts()),
                words::count(digest.contacts_per_day()),
                scenario.queues.len(),
                words::counted(scenario.horizon.weeks(), "week"),
                words::day(start),
                scenario.zone.name(),
            ),
        ),
        (
            "required",
            format!(
                "{} agents on the line at the peak, {} agent-hours",
                plan.requirement.peak_agents(),
                words::count(plan.requirement.agent_hours(scenario.horizon.slot_hours())),
            ),
        ),
    ];
    if let Some(chosen) = digest.chosen {
        let staffing = &chosen.staffing;
        let proof = &staffing.proof;
        let teams: Vec<String> = digest
            .teams()
            .iter()
            .filter(|team| team.heads > 0)
            .map(|team| format!("{} {}", team.heads, words::label(team.name, 32)))
            .collect();
        let shown = teams.len().min(4);
        let named = match shown {
            0 => String::new(),
            _ => format!(": {}", teams[..shown].join(", ")),
        };
        let rest = match teams.len() - shown {
            0 => String::new(),
            others => format!(", {others} more teams"),
        };
        lines.push((
            "agents",
            format!(
                "{} people, {} paid hours{}{rest}",
                digest.heads(),
                words::count(staffing.paid_hours()),
                named
            ),
        ));
        lines.push((
            "proof",
            format!(
                "{}: objective {}, no plan below {}, gap {}, {} s",
                proof.status,
                words::money_short(scenario.currency, proof.objective),
                words::money_short(scenario.currency, proof.bound),
                words::percent_fine(proof.gap),
                words::number(proof.seconds, 1),
            ),
        ));
    }
    lines.extend(learning::backups(digest).map(|said| ("backups", said)));
    lines.extend(learning::since(digest).map(|said| ("learning", said)));
    lines
        .into_iter()
        .map(|(name, value)| {
            let lines = wrapped(&value, WIDTH - 10).join("\n          ");
            format!("{name:<8}  {lines}\n")
        })
        .collect()
}

fn service(digest: &Digest, result: &SetupResult) -> Sheet {
    let mut sheet = Sheet::new([
        "queue",
        "contacts",
        "promise",
        "promised",
        "reached",
        "95 % interval",
        "",
    ]);
    let mut rows: Vec<_> = digest.service(result).collect();
    // Broken promises first: they are what a reader must see when the rest is cut.
    rows.sort_by_key(|(_, service)| service.keeps_promise());
    for (queue, service) in rows {
        let told = service.deciding().map(|part| promised::told(queue, part));
        let (what, figures) = told.map_or_else(Default::default, |told| {
            let what = words::label(&told.what, 20);
            (what, [told.promised, told.seen, told.interval])
        });
        let [promised, seen, interval] = figures.map(Cell::figure);
        sheet.push(vec![
            Cell::text(words::label(&queue.name, 22)),
            Cell::number(service.offered, 0),
            Cell::text(what),
            promised,
            seen,
            interval,
            Cell::text(if service.keeps_promise() {
                "kept"
            } else {
                "BROKEN"
            }),
        ]);
    }
    sheet
}

fn costs(digest: &Digest) -> Sheet {
    let plan = digest.plan;
    let currency = plan.scenario.currency;
    let decimals = usize::from(currency.exponent().unwrap_or(2));
    let mut sheet = Sheet::new([
        "set-up".to_owned(),
        "per interaction".to_owned(),
        "per order".to_owned(),
        "per month".to_owned(),
        "promises".to_owned(),
        String::new(),
    ]);
    for result in &plan.comparison.setups {
        let amount = |value: Option<f64>, decimals| {
            value.map_or(Cell::text("–"), |value| Cell::number(value, decimals))
        };
        let (kept, all) = digest.promises_kept(result);
        sheet.push(vec![
            Cell::text(words::label(digest.setup_title(result), 34)),
            amount(result.costing.per_interaction(), decimals),
            amount(result.costing.per_order(), decimals),
            amount(Some(result.costing.per_month()), 0),
            Cell::text(format!("{kept} of {all}")),
            Cell::text(digest.tag(result).unwrap_or_default()),
        ]);
    }
    sheet
}

fn shortfalls(text: &mut String, digest: &Digest, chosen: &SetupResult) {
    let short = &chosen.staffing.shortfall;
    if short.is_empty() {
        return;
    }
    let hours = words::count(chosen.staffing.shortfall_hours());
    heading(
        text,
        &format!("Shortfall: {hours} agent-hours nobody covers"),
    );
    let scenario = &digest.plan.scenario;
    for run in short.iter().take(MOST_REMARKS) {
        let from = words::moment(scenario.horizon.slot_start(run.slot), scenario.zone);
        let line = format!(
            "{}, {from} for {} h, {} agent-hours: {}",
            words::label(&run.pool, 40),
            words::count(run.slots as f64 * scenario.horizon.slot_hours()),
            words::count(run.agent_hours),
            words::clean(&run.reason)
        );
        paragraph(text, &line, "  ");
    }
    more(text, short.len(), MOST_REMARKS);
}

fn heading(text: &mut String, words: &str) {
    text.push('\n');
    text.push_str(words);
    text.push('\n');
}

fn table(text: &mut String, mut sheet: Sheet) {
    let rows = sheet.rows.len();
    sheet.rows.truncate(MOST_ROWS);
    for line in sheet.for_terminal().lines() {
        text.push_str("  ");
        text.push_str(line);
        text.push('\n');
    }
    more(text, rows, MOST_ROWS);
}

fn more(text: &mut String, rows: usize, shown: usize) {
    if rows > shown {
        text.push_str(&format!("  … {} more in the report\n", rows - shown));
    }
}

fn paragraph(text: &mut String, words: &str, indent: &str) {
    for (index, line) in wrapped(words, WIDTH - 2 * indent.len()).iter().enumerate() {
        text.push_str(indent);
        if index > 0 {
            text.push_str(indent);
        }
        text.push_str(line);
        text.push('\n');
    }
}

/// Lines of at most `width` characters, broken at spaces; longer words are cut.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let word = words::label(word, width);
        let line = lines.last().map_or(0, |line| line.chars().count());
        let fits = line == 0 || line + 1 + word.chars().count() <= width;
        match lines.last_mut() {
            Some(last) if fits => {
                if line > 0 {
                    last.push(' ');
                }
                last.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_spaces_and_never_pass_the_width() {
        assert_eq!(wrapped("one two three", 8), ["one two", "three"]);
        assert_eq!(wrapped("abcdefghijkl", 5), ["abcd…"]);
    }
}
