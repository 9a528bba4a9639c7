//! Twelve months for people.

use super::money;
use crate::cli::compare::Answer;
use crate::compare::Year;
use crate::sheet::{Cell, Sheet};

/// A month's cost by set-up, with its people where they are one's own.
pub(super) fn months(answer: &Answer) -> Sheet {
    let Some(year) = &answer.year else {
        return Sheet::new(["month"]);
    };
    let own = |index: usize| {
        let mut months = year.months.iter();
        months.any(|month| month.setups[index].people > 0.0)
    };
    let mut header = vec!["month".to_owned(), "interactions".to_owned()];
    for (index, setup) in answer.scenario.setups.values().enumerate() {
        header.push(setup.name.clone());
        if own(index) {
            header.extend([
                "employed".to_owned(),
                "above the need".to_owned(),
                "hiring".to_owned(),
            ]);
        }
    }
    let mut sheet = Sheet::new(header);
    for month in &year.months {
        let mut row = vec![
            Cell::text(month.first_day.format("%Y-%m").to_string()),
            Cell::number(month.interactions, 0),
        ];
        for (index, cost) in month.setups.iter().enumerate() {
            row.push(money(cost.total()));
            if own(index) {
                row.push(Cell::number(cost.people, 1));
                row.push(money(cost.idle));
                row.push(money(cost.hiring));
            }
        }
        sheet.push(row);
    }
    sheet
}

/// Each line of each set-up over the year.
pub(super) fn lines(answer: &Answer) -> Sheet {
    let mut sheet = Sheet::new(["set-up", "line", "amount"]);
    let Some(year) = &answer.year else {
        return sheet;
    };
    for (index, setup) in answer.scenario.setups.values().enumerate() {
        let total = ("total".to_owned(), year.total(index));
        for (line, amount) in year.lines(index).into_iter().chain([total]) {
            sheet.push(vec![
                Cell::text(&setup.name),
                Cell::text(line),
                money(amount),
            ]);
        }
    }
    sheet
}

/// What costs least over the twelve months, and what each costs.
pub(super) fn verdict(answer: &Answer, year: &Year) -> String {
    let mut totals: Vec<(usize, f64)> = (0..answer.comparison.setups.len())
        .map(|index| (index, year.total(index).to_f64()))
        .collect();
    totals.sort_by(|a, b| a.1.total_cmp(&b.1));
    let name = |index: usize| {
        let setup = answer.comparison.setups[index].setup;
        answer.scenario.setups[setup].name.as_str()
    };
    let all: Vec<String> = totals
        .iter()
        .map(|&(index, total)| format!("{} {total:.0}", name(index)))
        .collect();
    format!(
        "Over the twelve months {} costs least ({}).\n",
        name(year.cheapest()),
        all.join(", ")
    )
}

/// Whom to decide on, and by when.
pub(super) fn hires(answer: &Answer) -> Sheet {
    let mut sheet = Sheet::new(["set-up", "decide by", "for", "hire", "in time"]);
    let Some(year) = &answer.year else {
        return sheet;
    };
    for (index, setup) in answer.scenario.setups.values().enumerate() {
        for month in &year.months {
            let cost = &month.setups[index];
            if let Some(day) = cost.decide_by {
                sheet.push(vec![
                    Cell::text(&setup.name),
                    Cell::text(day.to_string()),
                    Cell::text(month.first_day.format("%Y-%m").to_string()),
                    Cell::number(cost.hired, 0),
                    Cell::text(if cost.in_time {
                        "yes"
                    } else {
                        "no: before the plan begins"
                    }),
                ]);
            }
        }
    }
    sheet
}
