//! What `crewcast plan` prints: the answer first, then demand, staffing, service, cost, shortfalls.

use std::iter;

use crate::compare::SetupResult;
use crate::plan::Plan;
use crate::report::digest::{self, Digest};
use crate::report::{busy, learning, promised, short, subjects, words};
use crate::requirement::Requirement;
use crate::scenario::{PromiseScope, Scenario};
use crate::sheet::{Cell, Sheet};
use crate::simulation::MissedQueue;

/// Rows of a table that a terminal shows before it says how many more there are.
const MOST_ROWS: usize = 12;
/// Shortfalls and findings it shows; each may take several lines.
const MOST_REMARKS: usize = 5;
/// Names of the tables' rows; a narrow terminal cuts them further.
const NAME: usize = 60;

/// The plan as text for so many columns.
pub fn terminal(plan: &Plan, columns: usize) -> String {
    let digest = Digest::of(plan);
    let (headline, caveat) = digest::answer(&digest);
    let mut text = Text {
        columns,
        so_far: String::new(),
    };
    text.paragraph(&headline, "");
    text.paragraph(&caveat, "");
    text.line("");
    figures(&mut text, &digest);
    if let Some(chosen) = digest.chosen {
        text.heading("Service, simulated beside promised");
        text.table(service(&digest, chosen));
        let busy = busy::said(&plan.scenario, &busy::too_busy(&digest, chosen));
        for said in promised::unanswered(&digest, chosen)
            .into_iter()
            .chain(busy)
        {
            text.paragraph(&said, "  ");
        }
    }
    if !plan.comparison.setups.is_empty() {
        let code = plan.scenario.currency.code();
        text.heading(&format!(
            "Cost by set-up in {code}, same demand and promises"
        ));
        text.table(costs(&digest));
    }
    if let Some(chosen) = digest.chosen {
        missed(&mut text, &digest, chosen);
        shortfalls(&mut text, &digest, chosen);
    }
    if !plan.findings.is_empty() {
        text.heading("The audit of the roster found");
        for finding in plan.findings.iter().take(MOST_REMARKS) {
            let detail = format!("{}: {}", finding.rule, words::clean(&finding.detail));
            text.paragraph(&detail, "  ");
        }
        text.more(plan.findings.len(), MOST_REMARKS);
    }
    text.so_far
}

/// The lines of name and value under the answer.
fn figures(text: &mut Text, digest: &Digest) {
    let plan = digest.plan;
    let scenario = &plan.scenario;
    let start = scenario.horizon.local(0, scenario.zone);
    let mut lines = vec![(
        "demand",
        format!(
            "{} contacts, {} a day, in {}; {} from {} ({})",
            words::count(plan.demand.contacts()),
            words::count(digest.contacts_per_day()),
            words::counted(scenario.queues.len() as f64, "queue"),
            words::counted(scenario.horizon.weeks(), "week"),
            words::day(start),
            scenario.zone.name(),
        ),
    )];
    let spared = subjects::effects(scenario, &plan.demand);
    if !spared.is_empty() {
        let deflected = subjects::without_agent(scenario, &plan.demand);
        let all = format!(
            "{} a week handled without an agent, beside the demand",
            words::counted(deflected, "contact")
        );
        let each = spared
            .iter()
            .map(|effect| format!("{}: {}", words::clean(&effect.lever), effect.said()));
        lines.extend(block("levers", iter::once(all).chain(each).collect()));
    }
    let handling = subjects::handling(scenario, &plan.demand);
    lines.extend(block("handling", handling));
    lines.extend(block("cases", subjects::cases(scenario)));
    lines.push(("required", required(&plan.requirement, scenario)));
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
                "{} on the roster, {} paid hours of shifts{named}{rest}{}",
                words::people(digest.heads()),
                words::count(staffing.paid_hours()),
                digest.employed().map_or(String::new(), |employed| format!(
                    "; the cost counts {} employed, who stand in for each other's leave and illness",
                    words::count(employed)
                ))
            ),
        ));
        lines.push((
            "proof",
            format!(
                "{}: objective {}, {}, {} s",
                proof.status,
                words::money_short(scenario.currency, proof.objective),
                match digest::gap(proof) {
                    Some(gap) => format!(
                        "no plan below {}, gap {}",
                        words::money_short(scenario.currency, proof.bound),
                        words::percent_fine(gap)
                    ),
                    None => "no bound found in the time".to_owned(),
                },
                words::number(proof.seconds, 1),
            ),
        ));
    }
    lines.extend(learning::backups(digest).map(|said| ("backups", said)));
    lines.extend(learning::since(digest).map(|said| ("learning", said)));
    for (name, value) in lines {
        text.figure(name, &value);
    }
}

/// Lines under one name, as many as fit.
fn block(
    name: &'static str,
    mut lines: Vec<String>,
) -> impl Iterator<Item = (&'static str, String)> {
    let more = lines.len().saturating_sub(MOST_REMARKS);
    lines.truncate(MOST_REMARKS);
    if more > 0 {
        lines.push(format!("… {more} more in the report"));
    }
    let names = iter::once(name).chain(iter::repeat(""));
    names.zip(lines)
}

/// What the formulas ask for, before the simulation settles it.
fn required(requirement: &Requirement, scenario: &Scenario) -> String {
    let hours = scenario.horizon.slot_hours();
    let peak = words::counted(f64::from(requirement.peak_agents()), "agent");
    let on_line = words::counted(requirement.agent_hours_on_line(hours), "agent-hour");
    let alone = match scenario.policy.promise {
        PromiseScope::Slot => "",
        PromiseScope::Day | PromiseScope::Week => {
            " if every slot by itself were to keep the promise"
        }
    };
    let mail = match requirement.deferrable_hours() {
        none if none <= 0.0 => String::new(),
        work => format!("; {} of work that may wait", words::counted(work, "hour")),
    };
    format!("by formula {peak} on the line at the peak, {on_line}{alone}{mail}")
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
            let what = words::label(&told.what, NAME);
            (what, [told.promised, told.seen, told.interval])
        });
        let [promised, seen, interval] = figures.map(Cell::figure);
        sheet.push(vec![
            Cell::text(words::label(&queue.name, NAME)),
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
        sheet.push(vec![
            Cell::text(words::label(digest.setup_title(result), NAME)),
            amount(result.costing.per_interaction(), decimals),
            amount(result.costing.per_order(), decimals),
            amount(Some(result.costing.per_month()), 0),
            Cell::text(promised::standing(result)),
            Cell::text(digest.tag(result).unwrap_or_default()),
        ]);
    }
    sheet
}

fn missed(text: &mut Text, digest: &Digest, chosen: &SetupResult) {
    let missed = &digest.plan.missed;
    if missed.queues.is_empty() {
        return;
    }
    text.heading("Promises missed: by how much, and the hours that hold most of it");
    let mut queues: Vec<&MissedQueue> = missed.queues.iter().collect();
    let contacts = |queue: &MissedQueue| queue.contacts.unwrap_or(f64::INFINITY);
    queues.sort_by(|a, b| contacts(b).total_cmp(&contacts(a)));
    for queue in queues.into_iter().take(MOST_REMARKS) {
        let name = words::label(&digest.plan.scenario.queues[queue.queue].name, 40);
        let (by, worst) = (short::missing(digest, queue), short::worst(digest, queue));
        text.paragraph(&format!("{name}: {by}; {worst}"), "  ");
    }
    text.more(missed.queues.len(), MOST_REMARKS);
    if let Some(mend) = short::mend(digest, chosen) {
        text.paragraph(&mend, "  ");
    }
    let agents = short::more_agents(digest, chosen);
    for more in agents.iter().take(MOST_REMARKS) {
        let team = words::label(&more.team, 32);
        let line = format!("+{} {team}: {}", more.agents, more.hours);
        text.paragraph(&line, "    ");
    }
    text.more(agents.len(), MOST_REMARKS);
}

fn shortfalls(text: &mut Text, digest: &Digest, chosen: &SetupResult) {
    let short = short::uncovered(chosen);
    if short.is_empty() {
        return;
    }
    let hours = words::counted(chosen.staffing.shortfall_hours(), "agent-hour");
    text.heading(&format!(
        "Shortfall: {hours} that the formulas ask for and nobody covers"
    ));
    for row in short.iter().take(MOST_REMARKS) {
        let line = format!(
            "{}, {}: {}. Why: {}",
            words::clean(&row.what),
            words::counted(row.agent_hours, "agent-hour"),
            row.hours,
            words::clean(row.reason)
        );
        text.paragraph(&line, "  ");
    }
    text.more(short.len(), MOST_REMARKS);
    text.paragraph(&short::priced(digest, chosen), "  ");
}

/// What was said so far, for so many columns.
struct Text {
    columns: usize,
    so_far: String,
}

impl Text {
    fn line(&mut self, words: &str) {
        self.so_far.push_str(words);
        self.so_far.push('\n');
    }

    fn heading(&mut self, words: &str) {
        self.line("");
        for line in words::wrapped(words, self.prose()) {
            self.line(&line);
        }
    }

    /// A name, and its value beside it.
    fn figure(&mut self, name: &str, value: &str) {
        let lines = words::wrapped(value, self.prose().saturating_sub(10));
        self.line(&format!("{name:<8}  {}", lines.join("\n          ")));
    }

    fn table(&mut self, mut sheet: Sheet) {
        let rows = sheet.rows.len();
        sheet.rows.truncate(MOST_ROWS);
        self.so_far.push_str(&sheet.indented(self.columns));
        self.more(rows, MOST_ROWS);
    }

    fn more(&mut self, rows: usize, shown: usize) {
        if rows > shown {
            self.line(&format!("  … {} more in the report", rows - shown));
        }
    }

    fn paragraph(&mut self, words: &str, indent: &str) {
        let width = self.prose().saturating_sub(2 * indent.len());
        let lines = words::wrapped(words, width);
        self.line(&format!(
            "{indent}{}",
            lines.join(&format!("\n{indent}{indent}"))
        ));
    }

    fn prose(&self) -> usize {
        words::prose(self.columns)
    }
}
