//! What customers come about: how long each subject takes, and what levers keep from the agents of it.

use super::words;
use crate::demand::handling::{Subject, Times, subjects, times};
use crate::demand::{Demand, Spared, lag};
use crate::scenario::{Case, Queue, Scenario};
use crate::sheet::{Cell, Sheet};

/// What a lever does in the weeks planned, a week.
pub(crate) struct Effect {
    pub lever: String,
    /// The subjects of the queues in which it spares something.
    subjects: String,
    /// Contacts of these queues without it, and with it.
    before: f64,
    after: f64,
    deflected: f64,
    repeats: f64,
}

impl Effect {
    /// In a sentence.
    pub(crate) fn said(&self) -> String {
        let of = format!(
            "of {} a week about {}",
            words::counted(self.before, "contact"),
            words::clean(&self.subjects)
        );
        let parts = [
            (self.deflected, "handled without an agent"),
            (self.repeats, "spared, as more is settled at the first"),
        ];
        let parts = parts.into_iter().filter(|(contacts, _)| *contacts > 0.0);
        let said: Vec<String> = parts
            .map(|(contacts, how)| format!("{} {how}", words::count(contacts)))
            .collect();
        format!("{of}, {}", said.join(" and "))
    }
}

/// Each lever that spares the agents something.
pub(crate) fn effects(scenario: &Scenario, demand: &Demand) -> Vec<Effect> {
    let weeks = scenario.horizon.weeks().max(1e-9);
    let effect = |spared: Spared| {
        let queues = scenario.queues.values().zip(demand.queues.values());
        let touched = queues.filter(|(_, found)| {
            let mut levers = found.spared.iter();
            levers.any(|own| own.lever == spared.lever)
        });
        let (mut subjects, mut after) = (Vec::<&str>::new(), 0.0);
        for (queue, found) in touched {
            after += found.contacts() / weeks;
            if !subjects.contains(&queue.contact_type.name.as_str()) {
                subjects.push(&queue.contact_type.name);
            }
        }
        let (deflected, repeats) = (spared.deflected / weeks, spared.repeats / weeks);
        Effect {
            subjects: words::some_of(&subjects),
            lever: spared.lever,
            before: after + deflected + repeats,
            after,
            deflected,
            repeats,
        }
    };
    demand.spared().into_iter().map(effect).collect()
}

/// Contacts that levers handle before they reach an agent, over all of them: a week.
pub(crate) fn without_agent(scenario: &Scenario, demand: &Demand) -> f64 {
    let spared = demand.spared();
    let deflected: f64 = spared.iter().map(|spared| spared.deflected).sum();
    deflected / scenario.horizon.weeks().max(1e-9)
}

/// The levers, before and after.
pub(super) fn levers(scenario: &Scenario, demand: &Demand) -> Sheet {
    let mut sheet = Sheet::new([
        "Lever",
        "Subjects",
        "Contacts a week without it",
        "With it",
        "Handled without an agent",
        "Repeats that do not come",
    ]);
    for effect in effects(scenario, demand) {
        sheet.push(vec![
            Cell::text(&effect.lever),
            Cell::text(&effect.subjects),
            Cell::number(effect.before, 1),
            Cell::number(effect.after, 1),
            some(effect.deflected),
            some(effect.repeats),
        ]);
    }
    sheet
}

fn some(contacts: f64) -> Cell {
    match contacts > 0.0 {
        true => Cell::number(contacts, 1),
        false => Cell::text("–"),
    }
}

/// What queues take from orders that lags and cases bring later: when, and how often each case is touched.
pub(super) fn after_orders(scenario: &Scenario) -> Sheet {
    let mut sheet = Sheet::new([
        "Queue",
        "Contacts in 100 orders",
        "Half of them within",
        "A case is open",
        "Promised",
        "Promise kept",
        "Contacts a case",
    ]);
    let days = |days: f64| Cell::figure(words::counted(days, "day"));
    for queue in scenario.queues.values() {
        let Some(orders) = queue.demand.orders.as_ref() else {
            continue;
        };
        if orders.lag.is_none() && orders.case.is_none() {
            continue;
        }
        let of_case = |cell: &dyn Fn(&Case) -> Cell| {
            let case = queue.case();
            case.map_or(Cell::text("–"), cell)
        };
        sheet.push(vec![
            Cell::text(&queue.name),
            Cell::number(100.0 * orders.contacts_per_order, 2),
            orders.lag.map_or(Cell::text("–"), |lag| days(lag[2])),
            of_case(&|case| days(case.open_days)),
            of_case(&|case| days(case.promised_days)),
            of_case(&|case| Cell::percent(lag::kept(case), 0)),
            of_case(&|case| Cell::number(lag::per_case(case), 2)),
        ]);
    }
    sheet
}

/// Of the cases of each queue that opens some, how many are done within the time promised: a line each.
pub(super) fn cases(scenario: &Scenario) -> Vec<String> {
    let queues = scenario.queues.values();
    let cases = queues.filter_map(|queue| Some((queue, queue.case()?)));
    let line = |(queue, case): (&Queue, &Case)| {
        format!(
            "{}: {} done within the {} promised, {} contacts each",
            words::label(&queue.name, 32),
            words::percent(lag::kept(case)),
            words::counted(case.promised_days, "day"),
            words::count(lag::per_case(case))
        )
    };
    cases.map(line).collect()
}

/// The subjects with their handle times, and all of them together where there are several.
pub(super) fn handle_times(scenario: &Scenario, demand: &Demand) -> Sheet {
    let weeks = scenario.horizon.weeks().max(1e-9);
    let all = demand.contacts().max(1e-9);
    let mut sheet = Sheet::new([
        "Subject",
        "Contacts a week",
        "Of all",
        "Handle time, mean",
        "Half within",
        "9 in 10 within",
    ]);
    let mut row = |name: &str, contacts: f64, times: Times| {
        let [mean, half, most] = [times.mean, times.p50, times.p90];
        sheet.push(vec![
            Cell::text(name),
            Cell::number(contacts / weeks, 1),
            Cell::percent(contacts / all, 0),
            Cell::figure(words::minutes(mean)),
            Cell::figure(words::minutes(half)),
            Cell::figure(words::minutes(most)),
        ]);
    };
    let subjects = subjects(scenario, demand);
    for subject in &subjects {
        row(&subject.name, subject.contacts, subject.times);
    }
    if subjects.len() > 1 {
        let queues: Vec<_> = scenario.queues.ids().collect();
        let together = times(scenario, demand, &queues);
        row("all together", demand.contacts(), together);
    }
    sheet
}

/// Subjects by name with their handle times, a line each, those of most contacts first.
pub(super) fn handling(scenario: &Scenario, demand: &Demand) -> Vec<String> {
    let mut subjects: Vec<Subject> = subjects(scenario, demand);
    subjects.sort_by(|a, b| b.contacts.total_cmp(&a.contacts));
    let line = |subject: &Subject| {
        let name = words::label(&subject.name, 32);
        format!("{name}: {}", words::handling(subject.times))
    };
    subjects.iter().map(line).collect()
}
