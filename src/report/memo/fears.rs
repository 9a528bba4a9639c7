//! The four fears, each a table of numbers by set-up.

use super::Memo;
use crate::compare::SetupResult;
use crate::ids::QueueId;
use crate::report::{promised, words};
use crate::scenario::{Employer, Setup};
use crate::simulation::QueueService;

/// One fear with its numbers: what is counted, and its value in each set-up.
pub(super) struct Fear {
    pub name: &'static str,
    pub rows: Vec<(&'static str, Vec<String>)>,
}

/// A row of a fear: what is counted, and its value in a set-up.
type Row<'a> = (&'static str, Box<dyn Fn(&SetupResult) -> String + 'a>);

/// Cost, control, product knowledge, lock-in.
pub(super) fn all(memo: &Memo, columns: &[&SetupResult]) -> Vec<Fear> {
    let fear = |name, rows: Vec<Row>| Fear {
        name,
        rows: rows
            .into_iter()
            .map(|(what, value)| (what, columns.iter().map(|result| value(result)).collect()))
            .collect(),
    };
    vec![
        fear(
            "Cost: what a contact costs, and how far that can run",
            cost(memo, columns),
        ),
        fear(
            "Control: who speaks to your customers, and how well",
            control(memo),
        ),
        fear("Product knowledge: who knows the goods", knowledge(memo)),
        fear(
            "Lock-in: how long to begin, and what it costs to stop",
            lock_in(memo),
        ),
    ]
}

fn cost<'a>(memo: &'a Memo, columns: &[&SetupResult]) -> Vec<Row<'a>> {
    let currency = memo.scenario.currency;
    let some = move |value: Option<f64>| {
        value.map_or("–".to_owned(), |value| words::money(currency, value))
    };
    let mut rows: Vec<Row> = vec![
        (
            "One interaction",
            Box::new(move |result| some(result.costing.per_interaction())),
        ),
        (
            "One order",
            Box::new(move |result| some(result.costing.per_order())),
        ),
        (
            "A month",
            Box::new(move |result| words::money_short(currency, result.costing.per_month())),
        ),
        (
            "Due each month though nobody calls",
            Box::new(|result| memo.short(result.costing.detail.committed_per_month)),
        ),
    ];
    // Where no other volume was worked out, as where time ran out, there is nothing to say.
    if columns.iter().any(|result| at_half(memo, result).is_some()) {
        rows.push((
            "Half the contacts: one costs",
            Box::new(move |result| match at_half(memo, result) {
                Some(cost) => words::money(currency, cost),
                None => "no plan was made of them".to_owned(),
            }),
        ));
    }
    if !memo.quantiles.is_empty() {
        rows.push((
            "Time planned: with 80 and 95 % certainty below",
            Box::new(|result| {
                let mut all = memo.quantiles.iter();
                let found = all.find(|quantiles| quantiles.setup == result.setup);
                found.map_or("–".to_owned(), |quantiles| {
                    format!(
                        "{}, {}",
                        memo.short(quantiles.p80),
                        memo.short(quantiles.p95)
                    )
                })
            }),
        ));
    }
    rows
}

/// Cost of an interaction at half the volume: as priced where the price follows the contacts, else between the two
/// volumes solved around it.
fn at_half(memo: &Memo, result: &SetupResult) -> Option<f64> {
    if let Some(cost) = crate::compare::priced_at(result, 0.5) {
        return Some(cost);
    }
    let half = crate::compare::own_volume(result) / 2.0;
    let mut setups = memo.comparison.setups.iter();
    let index = setups.position(|other| other.setup == result.setup)?;
    let pair = memo.break_even.points.windows(2).find(|pair| {
        (pair[0].interactions_per_day..=pair[1].interactions_per_day).contains(&half)
    })?;
    let (low, high) = (&pair[0], &pair[1]);
    let volumes = [low, high].map(|point| point.interactions_per_day);
    // Totals run more evenly over the volume than the cost of one.
    let totals = [low, high].map(|point| point.interactions_per_day * point.per_interaction[index]);
    let part = (half - volumes[0]) / (volumes[1] - volumes[0]);
    let total = totals[0] + part * (totals[1] - totals[0]);
    Some(total / half).filter(|cost| cost.is_finite())
}

fn control<'a>(memo: &'a Memo) -> Vec<Row<'a>> {
    vec![
        ("Who serves", Box::new(|result| who_serves(memo, result))),
        ("Promises kept", Box::new(promised::standing)),
        ("Weakest promise", Box::new(|result| weakest(memo, result))),
        (
            "Weeks a year with nobody there",
            Box::new(|result| words::number(result.costing.detail.weeks_without_cover, 1)),
        ),
        (
            "Hours a week of yours and of borrowed staff",
            Box::new(|result| words::number(result.costing.detail.borrowed_hours_per_week, 1)),
        ),
        (
            "A point of service missed costs the partner",
            Box::new(|result| {
                let tariff = setup(memo, result).tariff.as_ref();
                match tariff.map(|tariff| tariff.bonus_malus) {
                    None => "–".to_owned(),
                    Some(None) => "nothing: ask for a malus".to_owned(),
                    Some(Some(terms)) => format!(
                        "{} of its charges, at most {}",
                        words::percent_fine(terms.per_point.value()),
                        words::percent(terms.most_malus.value())
                    ),
                }
            }),
        ),
    ]
}

fn knowledge<'a>(memo: &'a Memo) -> Vec<Row<'a>> {
    vec![
        (
            "Product questions, of all contacts",
            Box::new(|result| words::percent(product_share(memo, result))),
        ),
        (
            "People who learn the goods",
            Box::new(|result| {
                let heads = crate::compare::heads(result);
                words::counted(heads.round(), "person").replace("persons", "people")
            }),
        ),
        (
            "New people to teach a year",
            Box::new(|result| {
                let detail = &result.costing.detail;
                let terms = setup(memo, result);
                if detail.own_people <= 0.0 {
                    return "the partner's affair".to_owned();
                }
                let costs = &terms.in_house;
                format!(
                    "{}, {} h each",
                    words::number(detail.own_people * costs.attrition.value(), 1),
                    words::count(costs.training.value())
                )
            }),
        ),
        (
            "Product questions that come to you at first",
            Box::new(|result| match result.costing.detail.go_live {
                None => "all of them, as today".to_owned(),
                Some(_) if !asks_for_products(result) => "none".to_owned(),
                Some(live) => format!(
                    "by hotline, {}",
                    words::counted(live.hotline_days, "working day")
                ),
            }),
        ),
    ]
}

/// Whether any of the contacts that count need product knowledge.
fn asks_for_products(result: &SetupResult) -> bool {
    let scenario = &result.scenario;
    let terms = &scenario.setups[result.setup];
    let mut queues = scenario.queues.values();
    queues.any(|queue| queue.contact_type.product && terms.bears(queue.client))
}

fn lock_in<'a>(memo: &'a Memo) -> Vec<Row<'a>> {
    vec![
        (
            "First contact after",
            Box::new(|result| match result.costing.detail.go_live {
                Some(live) => words::counted(live.days, "working day"),
                None => {
                    let costs = &setup(memo, result).in_house;
                    let weeks = costs.hiring_weeks + costs.training.value() / 40.0;
                    format!("{} of hiring and training", words::counted(weeks, "week"))
                }
            }),
        ),
        (
            "Notice",
            Box::new(|result| {
                let days = result.costing.detail.notice_days;
                words::counted(f64::from(days), "day")
            }),
        ),
        (
            "Exit fee",
            Box::new(|result| {
                let tariff = setup(memo, result).tariff.as_ref();
                tariff.map_or("–".to_owned(), |tariff| memo.short(tariff.exit_fee))
            }),
        ),
        (
            "Still to pay after stopping",
            Box::new(|result| memo.short(result.costing.detail.lock_in)),
        ),
        (
            "That is, months of its cost",
            Box::new(|result| {
                let month = result.costing.per_month();
                let lock_in = result.costing.detail.lock_in.to_f64();
                words::number(if month > 0.0 { lock_in / month } else { 0.0 }, 1)
            }),
        ),
    ]
}

fn setup<'a>(memo: &Memo<'a>, result: &SetupResult) -> &'a Setup {
    &memo.scenario.setups[result.setup]
}

/// The queues whose cost counts, with the service that the simulation saw.
fn service(result: &SetupResult) -> impl Iterator<Item = (QueueId, &QueueService)> {
    let terms = &result.scenario.setups[result.setup];
    let queues = result.observed.queues.iter();
    queues.filter(|(queue, _)| terms.bears(result.scenario.queues[*queue].client))
}

fn weakest(memo: &Memo, result: &SetupResult) -> String {
    service(result)
        .filter(|(_, seen)| seen.promised > 0.0)
        .min_by(|(_, a), (_, b)| {
            let above = |seen: &QueueService| seen.reached.mean - seen.promised;
            let kept = a.keeps_promise().cmp(&b.keeps_promise());
            kept.then(above(a).total_cmp(&above(b)))
        })
        .map_or("–".to_owned(), |(queue, seen)| {
            let unsure = seen.reached.mean >= seen.promised && !seen.keeps_promise();
            format!(
                "{}: {} of {}{}",
                words::label(&memo.scenario.queues[queue].name, 40),
                words::percent(seen.reached.mean),
                words::percent(seen.promised),
                if unsure { ", not for sure" } else { "" }
            )
        })
}

fn who_serves(memo: &Memo, result: &SetupResult) -> String {
    let hours = |employer: Employer| -> f64 {
        let shifts = result.staffing.shifts.iter();
        shifts
            .filter(|shift| {
                result
                    .staffing
                    .teams
                    .get(shift.team)
                    .is_some_and(|team| memo.scenario.groups[team.group].employer == employer)
            })
            .map(|shift| shift.paid_hours * f64::from(shift.agents))
            .sum()
    };
    let (own, partner) = (hours(Employer::Own), hours(Employer::Partner));
    match (own > 0.0, partner > 0.0) {
        (true, false) => "own people".to_owned(),
        (false, true) => "a partner's people".to_owned(),
        (true, true) => format!(
            "own people {} of the hours, a partner's the rest",
            words::percent(own / (own + partner))
        ),
        (false, false) => "nobody".to_owned(),
    }
}

fn product_share(memo: &Memo, result: &SetupResult) -> f64 {
    let (mut product, mut all) = (0.0, 0.0);
    for (id, queue) in memo.scenario.queues.iter() {
        let contacts = result.demand.queues[id].contacts();
        all += contacts;
        if queue.contact_type.product {
            product += contacts;
        }
    }
    if all > 0.0 { product / all } else { 0.0 }
}
