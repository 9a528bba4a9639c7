//! The scorecard: access, quality and productivity side by side, for any one of them misleads alone.

use maud::{Markup, html};

use super::digest::Digest;
use super::page::{card, table};
use super::words;
use crate::compare::SetupResult;
use crate::scenario::{Channel, Queue};
use crate::sheet::{Cell, Sheet};
use crate::simulation::QueueService;
use crate::units::Seconds;

pub(super) fn section(digest: &Digest, chosen: &SetupResult) -> Markup {
    let sells_on_marketplaces = digest
        .service(chosen)
        .any(|(queue, _)| queue.channel == Channel::Marketplace);
    let body = html! {
        (table(&queues(digest, chosen)))
        (table(&productivity(chosen)))
        @if sells_on_marketplaces {
            p.note {
                "Marketplaces also look at orders shipped on time, cancelled and complained of. No number of \
                 agents moves those: keep them in view beside this table."
            }
        }
    };
    card(
        "Scorecard",
        "Read side by side: an agent with harder or worthier customers settles fewer contacts in more time, \
         so rank nobody by one of these numbers. The first reply of a call is its answer, of mail its \
         completion, and only the answered count in it; the time to resolve adds the handling and the contacts \
         that come again.",
        body,
    )
}

fn queues(digest: &Digest, chosen: &SetupResult) -> Sheet {
    let mut sheet = Sheet::new([
        "Queue",
        "First reply, mean",
        "9 in 10 within",
        "19 in 20 within",
        "Late of 1,000",
        "Settled at the first contact",
        "Time to resolve",
        "Contacts per case",
    ]);
    let demands = digest.plan.demand.queues.values();
    for ((queue, service), demand) in digest.service(chosen).zip(demands) {
        let touches = queue.repeat_factor_at(demand.resolution);
        let length = |seconds: f64| Cell::figure(words::length(Seconds(seconds)));
        sheet.push(vec![
            Cell::text(&queue.name),
            length(service.mean_wait.mean),
            length(service.wait_p90),
            length(service.wait_p95),
            Cell::number(1000.0 * (1.0 - service.reached.mean), 1),
            Cell::percent(demand.resolution.value(), 0),
            length(touches * once(queue, service)),
            Cell::number(touches, 2),
        ]);
    }
    sheet
}

/// Wait and handling of one contact; the days between it and those that follow are the customer's.
fn once(queue: &Queue, service: &QueueService) -> f64 {
    if queue.is_real_time() {
        service.mean_wait.mean + queue.handle_time.mean.value()
    } else {
        service.mean_wait.mean
    }
}

/// Contacts per hour worked and per hour paid, of all who work here.
fn productivity(chosen: &SetupResult) -> Sheet {
    let scenario = &chosen.scenario;
    let staffing = &chosen.staffing;
    let answered: f64 = chosen
        .observed
        .queues
        .values()
        .map(|service| service.answered)
        .sum();
    let slots: f64 = staffing
        .on_line
        .iter()
        .flatten()
        .copied()
        .map(f64::from)
        .sum();
    let worked = slots * scenario.horizon.slot_hours();
    let paid: f64 = staffing
        .shifts
        .iter()
        .map(|shift| {
            let group = &scenario.groups[staffing.teams[shift.team].group];
            shift.paid_hours * f64::from(shift.agents) * group.paid_per_filled()
        })
        .sum();
    let mut sheet = Sheet::new(["Contacts settled", "Hours", "Contacts an hour"]);
    for (what, hours) in [
        ("per hour on the line", worked),
        ("per hour paid, leave and sickness included", paid),
    ] {
        sheet.push(vec![
            Cell::text(what),
            Cell::number(hours, 1),
            Cell::number(
                if hours > 0.0 {
                    answered / hours
                } else {
                    f64::NAN
                },
                2,
            ),
        ]);
    }
    sheet
}
