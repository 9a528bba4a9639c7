//! Levers that change no contact of the weeks planned: no figure would tell.

use toml::Spanned;

use super::fields::Fields;
use crate::ids::QueueId;
use crate::problem::Problem;
use crate::scenario::{Lever, Scenario};

/// Why a lever is idle: the field that says so, the cause, the remedy.
type Idle = (&'static str, String, String);

/// Queues named at most.
const SHOWN: usize = 3;

/// Tells of each lever that reaches no contact; those that the scenario leaves out are meant to.
pub(super) fn tell(scenario: &Scenario, tables: &[Fields]) {
    for (lever, table) in scenario.levers.iter().zip(tables) {
        let mut without = scenario.without.iter();
        if without.any(|name| scenario.factor_named(name) == lever.name) {
            continue;
        }
        let idle = nothing_to_act_on(lever, table).or_else(|| too_late(scenario, lever));
        if let Some((field, cause, remedy)) = idle.or_else(|| nothing_moves(scenario, lever)) {
            let span = table.raw(field).map_or(table.span.clone(), Spanned::span);
            let cause = format!("{} changes no contact: {cause}", table.what);
            let problem = Problem::new("idle-lever", cause).at(table.reading.place(&span));
            table.reading.doubt(problem.remedy(remedy));
        }
    }
}

fn nothing_to_act_on(lever: &Lever, table: &Fields) -> Option<Idle> {
    if !lever.queues.is_empty() {
        return None;
    }
    Some(match table.has("contact_types") {
        true => (
            "contact_types",
            "no queue is of a contact type that it names".to_owned(),
            "give queues that `contact_type`, or name the types of the queues".to_owned(),
        ),
        false => (
            "id",
            "it names no queues, and none is of an informational contact type".to_owned(),
            "name its `contact_types` or `queues`, or make a [[contact_type]] `informational = true`"
                .to_owned(),
        ),
    })
}

fn too_late(scenario: &Scenario, lever: &Lever) -> Option<Idle> {
    let horizon = &scenario.horizon;
    let last_day = |queue: &QueueId| {
        let zone = scenario.markets[scenario.queues[*queue].market].zone;
        horizon.local(horizon.slots.saturating_sub(1), zone).date()
    };
    let last = lever.queues.iter().map(last_day).max()?;
    if lever.grown(last) > 0.0 {
        return None;
    }
    let start = lever.start;
    let cause = match start > last {
        true => format!("it begins on {start}, and the last day planned is {last}"),
        false => format!("it begins on {start}, the last day planned, and is still to grow"),
    };
    let remedy = "plan weeks in which it acts: an earlier `from`, or a later `start` of [scenario]";
    Some(("from", cause, remedy.to_owned()))
}

/// A lever of whose shares nothing is left on any of its queues.
fn nothing_moves(scenario: &Scenario, lever: &Lever) -> Option<Idle> {
    let queues = || lever.queues.iter().map(|queue| &scenario.queues[*queue]);
    let (deflects, settles) = (
        lever.deflection.value() > 0.0,
        lever.resolution.value() > 0.0,
    );
    let deflected = deflects && queues().any(|q| q.contact_type.deflectable.value() > 0.0);
    let comes_again = |share: f64, again: f64| share < 1.0 && again > 0.0;
    let settled = settles
        && queues().any(|q| comes_again(q.first_contact_resolution.value(), q.recontact.value()));
    if deflected || settled {
        return None;
    }
    let mut names: Vec<String> = queues().map(|q| format!("`{}`", q.name)).collect();
    let more = names.len().saturating_sub(SHOWN);
    names.truncate(SHOWN);
    if more > 0 {
        names.push(format!("{more} more"));
    }
    let names = names.join(", ");
    let cannot = format!("of what {names} are asked nothing can be deflected");
    let none_again = format!("of {names} nobody comes again");
    let allow = "give the [[contact_type]] of these queues a `deflectable` share";
    let come = "look at `recontact` and `fcr` of these queues";
    Some(match (deflects, settles) {
        (true, true) => (
            "deflection",
            format!("{cannot}, and {none_again}"),
            format!("{allow}, or {come}"),
        ),
        (true, false) => ("deflection", cannot, allow.to_owned()),
        (false, true) => ("fcr", none_again, come.to_owned()),
        (false, false) => (
            "deflection",
            "its shares are 0 %".to_owned(),
            "raise its `deflection` or `fcr`, or take it out".to_owned(),
        ),
    })
}
