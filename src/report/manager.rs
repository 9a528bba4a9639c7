//! For the manager: demand, staffing, service, shifts, and what cannot be covered.

mod learning;
mod shifts;
mod short;

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::digest::Digest;
use super::page::{card, charts, table};
use super::pictures::Pictures;
use super::{busy, promised, scorecard, subjects, words};
use crate::compare::SetupResult;
use crate::demand::handling::Times;
use crate::requirement::WORTH;
use crate::scenario::{ContractWeek, GroupKind, Queue};
use crate::sheet::{Cell, Sheet};
use crate::simulation::PartKind;

/// The section.
pub(super) fn section(digest: &Digest, pictures: &Pictures) -> Markup {
    html! {
        h2 id="manager" { "Demand, staff and service" }
        @if let Some(chosen) = digest.chosen {
            p.lead {
                "The plan of the set-up “" (words::clean(digest.setup_title(chosen))) "”."
                @if let Some(others) = digest.companions(chosen) {
                    " Its people also serve " (words::counted(f64::from(others), "other shop"))
                    " of the same demand: people, hours and cover are those of all, costs are this shop's part."
                }
            }
        }
        (demand(digest, pictures))
        @if let Some(chosen) = digest.chosen {
            (staffing(digest, chosen, pictures))
            (card(
                "Service reached against promised",
                "The dot is the share served in time over the simulated weeks, the bar its 95 % interval, \
                 the upright mark the promise. A promise is kept when what is reached lies at or above it, its interval \
                 no more than half a point below, and every other part of it holds as well. The risk is the chance that one run of these weeks by \
                 itself ends below the share promised: marketplaces look at single weeks.",
                html! {
                    (charts(&pictures.service))
                    (table(&service(digest, chosen)))
                    @for said in promised::unanswered(digest, chosen) { p.note { (said) } }
                    @if let Some(said) = busy::said(&digest.plan.scenario, &busy::too_busy(digest, chosen)) {
                        p.note { (said) }
                    }
                },
            ))
            (learning::section(digest))
            (own_teams(digest))
            (certainty(digest, pictures))
            (scorecard::section(digest, chosen))
            (short::section(digest, chosen))
            (shifts::shifts(digest, chosen, pictures))
        }
    }
}

fn demand(digest: &Digest, pictures: &Pictures) -> Markup {
    let (scenario, demand) = (&digest.plan.scenario, &digest.plan.demand);
    let levers = subjects::levers(scenario, demand);
    let after_orders = subjects::after_orders(scenario);
    html! {
        (card(
            "When customers come",
            "Contacts expected per hour of each weekday, on the wall clock of the customers' market; the \
             stronger the colour, the more.",
            charts(&pictures.heatmaps),
        ))
        (card(
            "Forecast",
            "The line is what to expect; the shaded band holds all but the lowest tenth and the highest \
             twentieth of outcomes. Where queues are summed, their bands are taken as independent.",
            charts(&pictures.forecasts),
        ))
        (card("Queues", "", html! {
            (table(&queues(digest)))
            (factors(digest))
        }))
        (card(
            "Subjects",
            "Handle times are lognormal: a few contacts take many times as long as most. Hard subjects are told apart, as \
             one mean over all would fit none of them.",
            table(&subjects::handle_times(scenario, demand)),
        ))
        @if !after_orders.rows.is_empty() {
            (card(
                "What follows the orders",
                "Contacts that come days after the order they are about. Where one opens a case, whoever waits longer than \
                 promised asks how it stands: a case kept open longer is touched more often.",
                table(&after_orders),
            ))
        }
        @if !levers.rows.is_empty() {
            (card(
                "What levers keep from the agents",
                "In the weeks planned. Self-service, a page or a bot handles a contact before it reaches a queue: it needs \
                 no agent and is not in the volumes above. Who has an answer at the first contact does not come again.",
                table(&levers),
            ))
        }
    }
}

fn queues(digest: &Digest) -> Sheet {
    let scenario = &digest.plan.scenario;
    let mut sheet = Sheet::new([
        "Queue",
        "Customers of",
        "Language",
        "Channel",
        "Subject",
        "Contacts a week",
        "Handle time, mean (half – 9 in 10 within)",
        "Settled at once",
        "Promise",
    ]);
    let weeks = scenario.horizon.weeks().max(1e-9);
    for (id, queue) in scenario.queues.iter() {
        let client = &scenario.clients[queue.client];
        let market = &scenario.markets[queue.market];
        let times = Times::from(queue.handle_time);
        sheet.push(vec![
            Cell::text(&queue.name),
            Cell::text(format!("{}, {}", client_title(client), market.name)),
            Cell::text(&scenario.languages[queue.language].tag),
            Cell::text(queue.channel.name()),
            Cell::text(&queue.contact_type.name),
            Cell::number(digest.contacts(id) / weeks, 1),
            Cell::figure(format!(
                "{} ({} – {})",
                words::minutes(times.mean),
                words::minutes(times.p50),
                words::minutes(times.p90)
            )),
            Cell::percent(digest.plan.demand.queues[id].resolution.value(), 0),
            Cell::text(promised::promise(queue)),
        ]);
    }
    sheet
}

fn client_title(client: &crate::scenario::Client) -> &str {
    words::titled(&client.title, &client.name)
}

/// What raises or lowers demand, a line for each name with its least and greatest effect.
fn factors(digest: &Digest) -> Markup {
    let mut effects: Vec<(&str, Vec<(f64, &Queue)>)> = Vec::new();
    let demands = digest.plan.demand.queues.values();
    for (queue, demand) in digest.plan.scenario.queues.values().zip(demands) {
        for factor in &demand.factors {
            match effects.iter_mut().find(|(name, _)| *name == factor.name) {
                Some((_, queues)) => queues.push((factor.factor, queue)),
                None => effects.push((&factor.name, vec![(factor.factor, queue)])),
            }
        }
    }
    let all = digest.plan.scenario.queues.len();
    let signed = |factor: f64| {
        let sign = if factor >= 1.0 { "+" } else { "" };
        format!("{sign}{}", words::percent(factor - 1.0))
    };
    let range = |queues: &[(f64, &Queue)]| {
        let least = queues.iter().map(|it| it.0).fold(f64::INFINITY, f64::min);
        let most = queues.iter().map(|it| it.0).fold(0.0, f64::max);
        match (signed(least), signed(most)) {
            (least, most) if least == most => most,
            (least, most) => format!("{least} to {most}"),
        }
    };
    let places = |queues: &[(f64, &Queue)]| match queues.len() {
        count if count == all && all > 1 => "every queue".to_owned(),
        count if count > 4 => format!("{count} queues"),
        _ => {
            let names = queues
                .iter()
                .map(|(_, queue)| words::label(&queue.name, 40));
            names.collect::<Vec<_>>().join(", ")
        }
    };
    html! {
        @if !effects.is_empty() {
            p { "What moves the demand of the time planned:" }
            ul.plain {
                @for (name, queues) in &effects {
                    li { (words::clean(name)) ": " b { (range(queues)) } " in " (places(queues)) }
                }
            }
        }
    }
}

fn staffing(digest: &Digest, chosen: &SetupResult, pictures: &Pictures) -> Markup {
    html! {
        (card(
            "Agents on the line against agents required",
            "Filled: who is ready to serve, breaks taken out. Line: the least that the formulas ask \
             for; the simulation may ask for more. Mail and messages are worked in the time between.",
            charts(&pictures.staffing),
        ))
        @if !pictures.day_ribbon.is_empty() {
            (card(
                "Which site covers which hour",
                "Mean agents on the line in each hour; shaded: hours with a night premium at the site.",
                charts(&pictures.day_ribbon),
            ))
        }
        (card("Teams", "", html! {
            @if !pictures.pods.is_empty() { (charts(&pictures.pods)) }
            (table(&teams(digest, chosen)))
        }))
    }
}

fn teams(digest: &Digest, chosen: &SetupResult) -> Sheet {
    let scenario = &chosen.scenario;
    let mut sheet = Sheet::new([
        "Team",
        "Site",
        "Kind",
        "Serves",
        "Languages",
        "Contract, days at most",
        "On the roster",
        "Hours of shifts",
        "Busy on the line",
    ]);
    let work = digest.teams();
    for (index, (team, work)) in chosen.staffing.teams.iter().zip(&work).enumerate() {
        if work.heads == 0 && work.paid_hours <= 0.0 {
            continue;
        }
        let group = &scenario.groups[team.group];
        let clients: Vec<&str> = team
            .clients
            .iter()
            .map(|client| client_title(&scenario.clients[*client]))
            .collect();
        let languages: BTreeSet<&str> = team
            .queues
            .iter()
            .map(|queue| {
                scenario.languages[scenario.queues[*queue].language]
                    .tag
                    .as_str()
            })
            .collect();
        sheet.push(vec![
            Cell::text(&team.name),
            Cell::text(&scenario.sites[group.site].name),
            Cell::text(match group.kind {
                GroupKind::Dedicated => "dedicated",
                GroupKind::Shared { .. } => "shared",
            }),
            Cell::text(clients.join(", ")),
            Cell::text(languages.into_iter().collect::<Vec<_>>().join(", ")),
            Cell::text(contract(&group.contract)),
            Cell::number(work.heads as f64, 0),
            Cell::number(work.paid_hours, 1),
            chosen
                .observed
                .occupancy
                .get(index)
                .map_or(Cell::Empty, |busy| Cell::percent(busy.mean, 0)),
        ]);
    }
    sheet
}

/// "20 h, 5 days, starts within 2 h".
fn contract(week: &ContractWeek) -> String {
    let band = week.start_band.map_or(String::new(), |minutes| {
        let hours = words::count(f64::from(minutes) / 60.0);
        format!(", starts within {hours} h")
    });
    format!(
        "{} h, {}{band}",
        words::count(week.hours.value()),
        words::counted(f64::from(week.days), "day")
    )
}

fn service(digest: &Digest, chosen: &SetupResult) -> Sheet {
    let mut sheet = Sheet::new([
        "Queue",
        "Promise",
        "Reached",
        "95 % interval",
        "Kept",
        "Risk in one run",
        "Offered",
        "Answered",
        "Hung up",
    ]);
    for (queue, service) in digest.service(chosen) {
        let deciding = service.deciding();
        let [reached, interval] = deciding.map_or([Cell::Empty, Cell::Empty], |part| {
            let told = promised::told(queue, part);
            let seen = match part.kind {
                PartKind::InTime { .. } => told.seen,
                _ => format!("{} {}", told.what, told.seen),
            };
            [seen, told.interval].map(Cell::figure)
        });
        sheet.push(vec![
            Cell::text(&queue.name),
            Cell::text(promised::promise(queue)),
            reached,
            interval,
            Cell::text(promised::kept(service)),
            service
                .risk
                .map_or(Cell::Empty, |risk| Cell::percent(risk, 0)),
            Cell::number(service.offered, 0),
            Cell::number(service.answered, 0),
            Cell::number(service.abandoned, 0),
        ]);
    }
    sheet
}

/// Pairs of client and language listed before the reader is sent to the table's file.
const MOST_PAIRS: usize = 60;

fn own_teams(digest: &Digest) -> Markup {
    let (scenario, pairs) = (&digest.plan.scenario, &digest.plan.own_teams);
    let mut sheet = Sheet::new([
        "Customers of",
        "Language",
        "Contacts a day",
        "Own team costs more by",
        "Own team from about, contacts a day",
    ]);
    for pair in pairs.iter().take(MOST_PAIRS) {
        sheet.push(vec![
            Cell::text(words::clean(&scenario.clients[pair.client].name)),
            Cell::text(&scenario.languages[pair.language].tag),
            Cell::number(pair.contacts, 1),
            Cell::percent(pair.ratio - 1.0, 0),
            match pair.from {
                Some(from) => Cell::number(words::two_digits(from), 0),
                None => Cell::text("at no volume looked at"),
            },
        ]);
    }
    card(
        "Shared or dedicated",
        &format!(
            "What a team of one's own costs more than its part of a pod of clients alike, by the hours that the \
             formulas ask for and the wages of either, whatever a partner charges for them: the prices above may \
             say otherwise. And the volume from which it is at most {:.0} % dearer: the first at which this holds and \
             still does at twice as much. Agents come whole, so around it the answer may turn more than once.",
            100.0 * WORTH
        ),
        html! {
            @if !scenario.queues.values().any(Queue::is_real_time) {
                p { "No queue of this scenario answers at once." }
            } @else if pairs.is_empty() {
                p { "Not worked out: the time was up." }
            } @else {
                (table(&sheet))
                @if pairs.len() > MOST_PAIRS { p.note { (pairs.len() - MOST_PAIRS) " more in own_teams.csv." } }
            }
        },
    )
}

fn certainty(digest: &Digest, pictures: &Pictures) -> Markup {
    let curve = &digest.plan.certainty;
    let mut sheet = Sheet::new([
        "Planned for",
        "Contacts a day",
        "Hours paid",
        "Cost of the shifts",
        "In such a week today's plan answers in time",
        "and keeps of its promises",
    ]);
    let currency = digest.plan.scenario.currency;
    for point in curve {
        sheet.push(vec![
            Cell::text(words::weeks_kept(point.weeks)),
            Cell::number(point.interactions_per_day, 1),
            Cell::number(point.paid_hours, 1),
            Cell::figure(words::money_short(currency, point.cost)),
            Cell::percent(point.reached, 1),
            Cell::text(format!("{} of {}", point.kept, point.promises)),
        ]);
    }
    html! {
        @if curve.len() > 1 {
            (card(
                "What more certainty costs",
                "The plan keeps its promises on average over the weeks that the forecast thinks likely. The \
                 others are plans for weeks so busy that only one in five, ten or twenty is busier; what they \
                 cost is the difference of two quick plans, added to this one.",
                html! {
                    (charts(&pictures.certainty))
                    (table(&sheet))
                },
            ))
        }
    }
}
