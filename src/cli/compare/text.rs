//! The comparison for people.

mod year;

use std::fmt::Write;

use super::super::screen;
use super::Answer;
use crate::compare;
use crate::ids::SetupId;
use crate::report::promised;
use crate::scenario::Money;
use crate::sheet::{Cell, Sheet};

pub(super) fn of(answer: &Answer) -> String {
    let scenario = &answer.scenario;
    let currency = scenario.currency.code();
    let mut text = String::new();
    let columns = screen::room();
    let mut part = |title: &str, sheet: &Sheet| {
        if !sheet.rows.is_empty() {
            let _ = writeln!(text, "{title}\n\n{}", sheet.indented(columns));
        }
    };
    part(
        &format!("{}, in {currency}", scenario.title),
        &side_by_side(answer),
    );
    part("What the change moves a month", &moved(answer));
    part("Cost of one interaction by client", &clients(answer));
    part("Lines over the horizon", &lines(answer));
    part(
        "Break-even: cost of one interaction by volume",
        &break_even(answer),
    );
    part("What moves the answer", &tornado(answer));
    part(
        "Cost over the horizon, with 50, 80 and 95 % certainty not above",
        &quantiles(answer),
    );
    part("From in-house to the best partner", &waterfall(answer));
    part(
        "Levers on the cheapest set-up: what each moves once grown, below zero it costs",
        &levers(answer),
    );
    part("Twelve months", &year::months(answer));
    part("The year by its lines", &year::lines(answer));
    part("Whom to hire, and by when to decide", &year::hires(answer));
    part("Splits", &splits(answer));
    part(
        "What the scenario leaves to the program",
        &assumptions(answer),
    );
    text.push_str(&conclusions(answer));
    if let Some(year) = &answer.year {
        text.push_str(&year::verdict(answer, year));
    }
    if let Some(best) = answer.comparison.setups.get(answer.comparison.cheapest) {
        let name = &scenario.setups[best.setup].name;
        let kept = match best.only_hours_open() {
            _ if best.keeps_promises => "that keeps its promises".to_owned(),
            Some(hours) => format!(
                "of those that keep most (promises kept, but {})",
                promised::open(hours)
            ),
            None => "of those that keep most (no set-up keeps every promise)".to_owned(),
        };
        let _ = writeln!(text, "Cheapest {kept}: {name}");
        if let Some(split) = answer.splits.best()
            && split.total < best.costing.total()
        {
            let _ = writeln!(
                text,
                "A split costs less: {}, {} rather than {}",
                split.name,
                money(split.total).for_people(),
                money(best.costing.total()).for_people()
            );
        }
    }
    text
}

/// What follows: who gains by which set-up, and from which volume.
fn conclusions(answer: &Answer) -> String {
    let mut text = String::new();
    let setups = &answer.comparison.setups;
    let name = |index: usize| {
        let result = setups.get(index);
        result.map_or("", |result| {
            answer.scenario.setups[result.setup].name.as_str()
        })
    };
    if answer.clients.len() > 1 {
        for costs in &answer.clients {
            let mut others: Vec<(usize, f64)> =
                costs.per_interaction.iter().copied().enumerate().collect();
            others.retain(|(index, cost)| *index != costs.cheapest && cost.is_finite());
            let others: Vec<String> = others
                .into_iter()
                .map(|(index, cost)| format!("{cost:.2} under {}", name(index)))
                .collect();
            let others = match &others[..] {
                [] => String::new(),
                others => format!(" ({})", others.join(", ")),
            };
            let price = match costs.per_interaction[costs.cheapest] {
                price if price.is_finite() => format!("{price:.2} an interaction{others}"),
                _ => "without an interaction to price".to_owned(),
            };
            let _ = writeln!(
                text,
                "{} ({:.0} a day): {} pays, {price}.",
                answer.scenario.clients[costs.client].name,
                costs.interactions_per_day,
                name(costs.cheapest),
            );
        }
    }
    let together = if answer.break_even.by_shop.is_empty() {
        ""
    } else {
        "All together: "
    };
    for crossing in &answer.break_even.crossings {
        let _ = writeln!(
            text,
            "{together}From about {:.0} interactions a day {} is cheaper than {}.",
            crossing.interactions_per_day,
            name(crossing.to),
            name(crossing.from)
        );
    }
    if let Some(best) = answer.splits.plans.iter().find(|plan| plan.best) {
        for (with, least) in &answer.splits.bounds {
            let above = 1.0 - least / best.total.to_f64();
            let left = if above > 0.0 {
                format!("at most {:.1} % below the best above", 100.0 * above)
            } else {
                "the best above stays the best".to_owned()
            };
            let _ = writeln!(
                text,
                "No split by contact type, language and hours with {} costs less than {least:.0}: {left}.",
                answer.scenario.setups[*with].name,
            );
        }
    }
    let largest = answer.break_even.largest();
    let partners = setups
        .iter()
        .enumerate()
        .filter(|(_, result)| answer.scenario.setups[result.setup].tariff.is_some());
    for (index, _) in partners {
        if answer.break_even.points.len() > 1 && answer.comparison.in_house().is_some() {
            let found = answer.break_even.own_people_from(&answer.comparison, index);
            let _ = writeln!(text, "{}", found.words(name(index), largest));
        }
    }
    text
}

fn assumptions(answer: &Answer) -> Sheet {
    let mut sheet = Sheet::new(["what", "value and source"]);
    for assumption in compare::assumptions(&answer.scenario, |_| true) {
        sheet.push(vec![
            Cell::text(assumption.what),
            Cell::text(assumption.source),
        ]);
    }
    sheet
}

fn money(amount: Money) -> Cell {
    Cell::number(amount.to_f64(), 2)
}

fn some(value: Option<f64>, decimals: usize) -> Cell {
    match value {
        Some(value) if value.is_finite() => Cell::number(value, decimals),
        _ => Cell::Empty,
    }
}

fn name(answer: &Answer, setup: SetupId) -> Cell {
    Cell::text(&answer.scenario.setups[setup].name)
}

fn side_by_side(answer: &Answer) -> Sheet {
    let mut sheet = Sheet::new([
        "set-up",
        "per interaction",
        "per order",
        "per month",
        "promises",
        "worst service",
        "employed",
        "weeks without cover",
        "lock-in",
        "notice days",
    ]);
    for result in &answer.comparison.setups {
        let costing = &result.costing;
        let terms = &result.scenario.setups[result.setup];
        let worst = result
            .observed
            .queues
            .iter()
            .filter(|(queue, seen)| {
                seen.promised > 0.0 && terms.bears(result.scenario.queues[*queue].client)
            })
            .map(|(_, seen)| seen.reached.mean - seen.promised)
            .reduce(f64::min);
        sheet.push(vec![
            name(answer, result.setup),
            some(costing.per_interaction(), 2),
            some(costing.per_order(), 2),
            Cell::number(costing.per_month(), 0),
            Cell::text(promised::standing(result)),
            worst.map_or(Cell::Empty, |points| {
                Cell::text(format!("{:+.1} points", points * 100.0))
            }),
            Cell::number(costing.detail.own_people, 1),
            Cell::number(costing.detail.weeks_without_cover, 1),
            money(costing.detail.lock_in),
            Cell::number(f64::from(costing.detail.notice_days), 0),
        ]);
    }
    sheet
}

/// Totals without and with what was set or pulled; nothing where nothing was.
fn moved(answer: &Answer) -> Sheet {
    let mut sheet = Sheet::new([
        "set-up",
        "before",
        "after",
        "moves",
        "per interaction before",
        "after",
    ]);
    for (before, result) in answer.before.iter().zip(&answer.comparison.setups) {
        let after = &result.costing;
        sheet.push(vec![
            name(answer, result.setup),
            Cell::number(before.per_month(), 2),
            Cell::number(after.per_month(), 2),
            Cell::number(after.per_month() - before.per_month(), 2),
            some(before.per_interaction(), 2),
            some(after.per_interaction(), 2),
        ]);
    }
    sheet
}

/// Nothing where there is but one client.
fn clients(answer: &Answer) -> Sheet {
    let setups = answer.comparison.setups.iter();
    let names = setups.map(|result| answer.scenario.setups[result.setup].name.clone());
    let mut sheet = Sheet::new(
        ["client".to_owned(), "interactions a day".to_owned()]
            .into_iter()
            .chain(names)
            .chain(["cheapest".to_owned()]),
    );
    for costs in answer.clients.iter().filter(|_| answer.clients.len() > 1) {
        let cheapest = answer.comparison.setups.get(costs.cheapest);
        sheet.push(
            [
                Cell::text(&answer.scenario.clients[costs.client].name),
                Cell::number(costs.interactions_per_day, 0),
            ]
            .into_iter()
            .chain(
                costs
                    .per_interaction
                    .iter()
                    .map(|cost| some(Some(*cost), 2)),
            )
            .chain([cheapest.map_or(Cell::Empty, |result| name(answer, result.setup))])
            .collect(),
        );
    }
    sheet
}

/// Every line of every set-up, with how it was computed.
fn lines(answer: &Answer) -> Sheet {
    let mut sheet = Sheet::new(["set-up", "line", "amount", "how"]);
    for result in &answer.comparison.setups {
        let mut row = |line: &str, amount: Money, how: &str| {
            sheet.push(vec![
                name(answer, result.setup),
                Cell::text(line),
                money(amount),
                Cell::text(how),
            ]);
        };
        for line in &result.costing.lines {
            row(&line.line, line.amount, &line.basis);
        }
        let contacts = format!("{:.1} interactions", result.costing.interactions);
        row("total", result.costing.total(), &contacts);
    }
    sheet
}

fn break_even(answer: &Answer) -> Sheet {
    let setups = answer.comparison.setups.iter();
    let names = setups.map(|result| answer.scenario.setups[result.setup].name.clone());
    let mut sheet = Sheet::new(
        ["interactions a day".to_owned()]
            .into_iter()
            .chain(names)
            .chain(["cheapest".to_owned()]),
    );
    for point in &answer.break_even.points {
        let cheapest = answer.comparison.setups.get(point.cheapest);
        sheet.push(
            [Cell::number(point.interactions_per_day, 0)]
                .into_iter()
                .chain(
                    point
                        .per_interaction
                        .iter()
                        .map(|cost| some(Some(*cost), 2)),
                )
                .chain([cheapest.map_or(Cell::Empty, |result| name(answer, result.setup))])
                .collect(),
        );
    }
    sheet
}

fn tornado(answer: &Answer) -> Sheet {
    let mut sheet = Sheet::new([
        "input",
        "set-up",
        "low",
        "high",
        "cost low",
        "as is",
        "cost high",
    ]);
    for swing in &answer.tornado {
        sheet.push(vec![
            Cell::text(&swing.input),
            name(answer, swing.setup),
            Cell::text(swing.unit.words(swing.low)),
            Cell::text(swing.unit.words(swing.high)),
            Cell::number(swing.per_interaction_low, 2),
            Cell::number(swing.per_interaction, 2),
            Cell::number(swing.per_interaction_high, 2),
        ]);
    }
    sheet
}

fn quantiles(answer: &Answer) -> Sheet {
    let mut sheet = Sheet::new(["set-up", "p50", "p80", "p95"]);
    for quantiles in &answer.quantiles {
        sheet.push(vec![
            name(answer, quantiles.setup),
            money(quantiles.p50),
            money(quantiles.p80),
            money(quantiles.p95),
        ]);
    }
    sheet
}

fn waterfall(answer: &Answer) -> Sheet {
    let mut sheet = Sheet::new(["step", "amount"]);
    if let Some(way) = &answer.waterfall {
        sheet.push(vec![name(answer, way.from), money(way.start)]);
        for step in &way.steps {
            sheet.push(vec![Cell::text(&step.line), money(step.amount)]);
        }
        sheet.push(vec![name(answer, way.to), money(way.end)]);
    }
    sheet
}

fn levers(answer: &Answer) -> Sheet {
    let mut sheet = Sheet::new([
        "lever",
        "change",
        "a month before",
        "after",
        "saves a month",
        "while it grows",
    ]);
    for lever in &answer.levers {
        sheet.push(vec![
            Cell::text(&lever.lever),
            Cell::text(&lever.change),
            Cell::number(lever.per_month_before, 0),
            Cell::number(lever.per_month_after, 0),
            Cell::number(lever.saves(), 0),
            if lever.ramp_months > 0.0 {
                Cell::number(lever.saves_while_growing, 0)
            } else {
                Cell::Empty
            },
        ]);
    }
    sheet
}

fn splits(answer: &Answer) -> Sheet {
    let mut sheet = Sheet::new([
        "split",
        "partner",
        "total",
        "own people",
        "the partner",
        "per interaction",
        "promises",
        "the partner takes",
    ]);
    for plan in &answer.splits.plans {
        let mut title = plan.name.clone();
        if plan.best {
            title.push_str(" (best)");
        }
        if plan.draft {
            title.push_str(" (draft)");
        }
        sheet.push(vec![
            Cell::text(title),
            Cell::text(&answer.scenario.setups[plan.with].name),
            money(plan.total),
            money(plan.own_total),
            money(plan.partner_total),
            some(Some(plan.per_interaction), 2),
            Cell::text(if plan.keeps_promises {
                "kept"
            } else {
                "missed"
            }),
            Cell::text(plan.partner.join("; ")),
        ]);
    }
    sheet
}
