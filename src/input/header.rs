//! `[scenario]` and `[policy]`: what is asked, from when, on which assumptions.

use std::ops::Range;

use chrono::{Datelike, Duration, NaiveDate, Weekday};
use chrono_tz::Tz;

use super::fields::Fields;
use super::money::{self, Exchange};
use super::source::At;
use super::value::{self, Wrong};
use crate::scenario::{Currency, Policy, PromiseScope, Queue};
use crate::time::{Horizon, zone};
use crate::units::Seconds;

/// `[scenario]` as read.
pub(super) struct Header {
    pub name: String,
    pub title: String,
    pub currency: Currency,
    pub seed: u64,
    pub slot_minutes: u32,
    pub start: Option<NaiveDate>,
    /// Whether a start is given, if perhaps a wrong one.
    pub start_given: bool,
    /// Where a missing start belongs.
    pub span: Range<usize>,
    pub weeks: u32,
    pub zone: Option<Tz>,
    pub plan_setup: Option<At<String>>,
    pub without: Vec<At<String>>,
}

pub(super) fn read_header(root: &Fields) -> Header {
    let Some(table) = root.table("scenario") else {
        root.reading.problem(
            "missing-field",
            &(0..0),
            "the scenario has no [scenario] table".to_owned(),
            "begin the file with [scenario], its `name` and its `currency`; `crewcast init DIR` writes one to start from",
        );
        return Header {
            name: String::new(),
            title: String::new(),
            currency: Currency::EUR,
            seed: 1,
            slot_minutes: 30,
            start: None,
            start_given: false,
            span: 0..0,
            weeks: 1,
            zone: None,
            plan_setup: None,
            without: Vec::new(),
        };
    };
    let name = table.required("name", value::id).unwrap_or_default();
    let start = table.optional_at("start", value::date);
    if let Some(start) = &start
        && start.value.weekday() != Weekday::Mon
    {
        let monday = next_monday(start.value);
        table.problem(
            "start",
            "not-monday",
            format!("{} is a {}", start.value, start.value.format("%A")),
            &format!("a plan covers whole weeks; the next Monday is {monday}"),
        );
    }
    Header {
        title: table.or("title", value::text, name.clone()),
        name,
        currency: table
            .required("currency", money::currency)
            .unwrap_or(Currency::EUR),
        seed: table.or("seed", value::seed, 1),
        slot_minutes: table.or("slot", slot, 30),
        start: start.map(|start| start.value),
        start_given: table.has("start"),
        span: table.span.clone(),
        weeks: table.or("weeks", weeks, 1),
        zone: table.optional("timezone", value::zone),
        plan_setup: table.optional_at("plan_setup", value::text),
        without: table.list("without", value::text).unwrap_or_default(),
    }
}

fn slot(value: &toml::de::DeValue) -> Result<u32, Wrong> {
    match value::minutes(value)? {
        minutes @ (15 | 30 | 60) => Ok(minutes),
        minutes => Err(Wrong::new(
            "bad-slot",
            format!("slots of {minutes} minutes"),
            "choose \"15m\", \"30m\" or \"60m\"",
        )),
    }
}

fn weeks(value: &toml::de::DeValue) -> Result<u32, Wrong> {
    match value::positive_count(value)? {
        weeks @ 1..=53 => Ok(weeks),
        weeks => Err(Wrong::new(
            "bad-number",
            format!("{weeks} weeks is more than a year"),
            "plan 1 to 53 weeks",
        )),
    }
}

/// An hour that is left uncovered is priced at so many of the dearest wage, whatever the currency: more than any way to
/// cover it.
const DETER: f64 = 50.0;

/// What is usual where the policy says nothing, and where it comes from.
const USUAL: [(&str, &str); 4] = [
    (
        "shortfall_per_hour",
        "50 hours of the dearest wage: more than any way to cover the hour (a judgement, 2026)",
    ),
    (
        "promise",
        "kept over the week, not in every slot or day (a judgement, 2026)",
    ),
    (
        "max_occupancy",
        "85 %: plans have 75 to 85 %, above 90 burns out (Call Centre Helper; wfmlabs, 2026)",
    ),
    (
        "backups",
        "1 for each client and language: further staff pre-learn each project (customerhero.cz, 2026)",
    ),
];

/// What planning may assume, among people of whom the dearest earns `wage` an hour.
pub(super) fn read_policy(root: &Fields, exchange: &Exchange, wage: f64) -> Policy {
    let usual = Policy::default();
    let default = Policy {
        shortfall_per_hour: if wage > 0.0 {
            DETER * wage
        } else {
            usual.shortfall_per_hour
        },
        ..usual
    };
    let table = root.table("policy");
    for (field, source) in USUAL {
        if table.as_ref().is_none_or(|table| !table.has(field)) {
            root.reading.assumed(field, "[policy]", source);
        }
    }
    let Some(table) = table else {
        return default;
    };
    let scopes = [
        ("slot", PromiseScope::Slot),
        ("day", PromiseScope::Day),
        ("week", PromiseScope::Week),
    ];
    let max_occupancy = table
        .optional("max_occupancy", value::share)
        .map_or(default.max_occupancy, |share| share.value());
    if max_occupancy < 0.05 {
        table.problem(
            "max_occupancy",
            "bad-share",
            "agents would have to be idle nearly all the time".to_owned(),
            "usual are 75% to 90%",
        );
    }
    Policy {
        promise: table.or("promise", value::choice(&scopes), default.promise),
        max_occupancy,
        shortfall_per_hour: table.or(
            "shortfall_per_hour",
            |value| exchange.number(value),
            default.shortfall_per_hour,
        ),
        replications: table.or("replications", replications, default.replications as u32) as usize,
        gap: table
            .optional("gap", value::share)
            .map_or(default.gap, |gap| gap.value()),
        rounds: table.or("rounds", value::count, default.rounds as u32) as usize,
        backups: table.or("backups", value::count, default.backups as u32) as usize,
        in_turn: default.in_turn,
    }
}

fn replications(value: &toml::de::DeValue) -> Result<u32, Wrong> {
    match value::count(value)? {
        count @ 2..=100_000 => Ok(count),
        count => Err(Wrong::new(
            "bad-number",
            format!("{count} replications"),
            "an interval needs 2 at least; 20 to 200 are usual",
        )),
    }
}

/// The weeks that are planned: from the start given, or from the first Monday after every history.
pub(super) fn horizon(
    root: &Fields,
    header: &Header,
    zone: Tz,
    queues: &[Queue],
) -> Option<Horizon> {
    let ends = queues.iter().filter_map(|queue| {
        let history = queue.demand.history.as_ref()?;
        Some(history.first_day + Duration::days(history.days.len() as i64))
    });
    let start = match &header.start {
        Some(start) => *start,
        None if header.start_given => return None,
        None => match ends.max() {
            Some(end) => next_monday(end),
            None => {
                root.reading.problem(
                    "missing-start",
                    &header.span,
                    "there is no history whose end could start the plan".to_owned(),
                    "add `start = \"2026-11-30\"`, the Monday on which it begins",
                );
                return None;
            }
        },
    };
    let end = start + Duration::weeks(i64::from(header.weeks));
    let (from, _) = zone::day_bounds(zone, start);
    let (to, _) = zone::day_bounds(zone, end);
    // The grid keeps whole hours of UTC also where the zone's midnight does not.
    let seconds = (to - from).num_seconds() as f64;
    let slots = (Seconds(seconds) / Seconds(f64::from(header.slot_minutes) * 60.0)).round();
    Some(Horizon {
        start: from,
        slot_minutes: header.slot_minutes,
        slots: slots as usize,
    })
}

/// The Monday on or after a day.
fn next_monday(day: NaiveDate) -> NaiveDate {
    let over = i64::from(day.weekday().num_days_from_monday());
    day + Duration::days((7 - over) % 7)
}
