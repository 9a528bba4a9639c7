//! What a queue promises: `target` to those who wait, `deadline` to those who write.

use toml::de::DeValue;

use super::fields::Fields;
use super::source::{At, did_you_mean};
use super::value::{self, Wrong};
use crate::requirement::presets::{preset, presets};
use crate::scenario::{
    Channel, Deadline, DeadlineClock, HandleTime, Service, ServiceDefinition, ServiceTarget,
};
use crate::units::{Seconds, Share};

/// Reads the promise of a queue.
pub(super) fn read_service(
    queue: &Fields,
    channel: Option<Channel>,
    handle_time: Option<HandleTime>,
) -> Option<Service> {
    let patience = queue.optional("patience", value::positive_duration);
    let concurrency = read_concurrency(queue, channel);
    // A queue's own promise replaces its channel's, of whichever kind that is.
    let own = queue.has_own("target") || queue.has_own("deadline");
    let has = |name| {
        if own {
            queue.has_own(name)
        } else {
            queue.has(name)
        }
    };
    for unused in ["target", "deadline", "clock", "share"] {
        queue.has(unused);
    }
    match (has("target"), has("deadline")) {
        (true, false) => {
            let target = read_target(queue)?;
            check_target(queue, &target, patience.is_some());
            if !queue.has("patience") {
                let source = "nobody hangs up, the careful choice (a judgement, 2026)";
                queue.reading.assumed("patience", &queue.what, source);
            }
            Some(Service::RealTime {
                target,
                patience,
                concurrency,
            })
        }
        (false, true) => {
            let deadline = read_deadline(queue)?;
            if handle_time.is_some_and(|time| deadline.within.value() < time.mean.value()) {
                queue.problem(
                    "deadline",
                    "impossible-target",
                    format!(
                        "the deadline of {} is shorter than its handle time",
                        queue.what
                    ),
                    "promise a later deadline",
                );
            }
            Some(Service::Deferrable { deadline })
        }
        (given, _) => {
            let cause = if given {
                format!("{} has both a target and a deadline", queue.what)
            } else {
                format!("{} promises nothing", queue.what)
            };
            queue.problem(
                "target",
                "missing-target",
                cause,
                "give `target = \"80/20s\"` where customers wait, `deadline = \"4h\"` where they write",
            );
            None
        }
    }
}

/// Contacts an agent holds at once: several only in writing.
fn read_concurrency(queue: &Fields, channel: Option<Channel>) -> u32 {
    let default = if channel == Some(Channel::Chat) { 2 } else { 1 };
    let concurrency = if default > 1 {
        let source = "2 chats at once, of 1 to 3 found (wewfm.com, 2026)";
        queue.usual("concurrency", value::positive_count, default, source)
    } else {
        queue.or("concurrency", value::positive_count, default)
    };
    let most = match channel {
        Some(Channel::Phone | Channel::Video) => 1,
        _ => 10,
    };
    if concurrency > most {
        queue.problem(
            "concurrency",
            "bad-number",
            format!(
                "an agent cannot hold {concurrency} contacts of {} at once",
                queue.what
            ),
            &format!("give at most {most}"),
        );
    }
    concurrency
}

fn read_deadline(queue: &Fields) -> Option<Deadline> {
    let clocks = [
        ("calendar", DeadlineClock::Calendar),
        ("business", DeadlineClock::Business),
    ];
    let clock = queue.optional("clock", value::choice(&clocks));
    let share = queue.optional("share", value::share);
    let mut deadline = queue.required("deadline", deadline)?;
    // A promise by name brings both.
    let plain = !named(queue, "deadline");
    for (given, field, source) in [
        (
            clock.is_some(),
            "clock",
            "counted while the queue is open (a judgement, 2026)",
        ),
        (
            share.is_some(),
            "share",
            "95 % done in time (a judgement, 2026)",
        ),
    ] {
        if plain && !given {
            queue.reading.assumed(field, &queue.what, source);
        }
    }
    // A promise by name brings its clock and share; a queue that names it may still say otherwise, but
    // what its channel says was meant for another promise.
    let meant =
        |name| !queue.has_own("deadline") || queue.has_own(name) || !named(queue, "deadline");
    if let Some(clock) = clock.filter(|_| meant("clock")) {
        deadline.clock = clock;
    }
    if let Some(share) = share.filter(|_| meant("share")) {
        deadline.share = share;
    }
    Some(deadline)
}

/// "4h" on the clock of the opening hours, or a promise by name.
fn deadline(value: &DeValue) -> Result<Deadline, Wrong> {
    let text = value::text(value)?;
    if let Some(preset) = preset(&text) {
        return preset.promise.deadline().ok_or_else(|| {
            Wrong::new(
                "impossible-target",
                format!("`{text}` promises no time by which: {}", preset.meaning),
                "write `target` instead of `deadline`",
            )
        });
    }
    match value::positive_duration(value) {
        Ok(within) => Ok(Deadline {
            within,
            clock: DeadlineClock::Business,
            share: Share(0.95),
        }),
        Err(wrong) => Err(Wrong {
            remedy: format!("{}; {}", wrong.remedy, by_name(&text)),
            ..wrong
        }),
    }
}

/// Whether a field holds a promise by name.
fn named(queue: &Fields, field: &'static str) -> bool {
    queue
        .raw(field)
        .and_then(|raw| value::text(raw.get_ref()).ok())
        .is_some_and(|text| preset(&text).is_some())
}

/// What may stand for a promise.
fn by_name(text: &str) -> String {
    let all = presets();
    let near = did_you_mean(text, all.iter().map(|preset| preset.name));
    format!("or name a promise: {near}")
}

const TARGET_REMEDY: &str = "write it as \"80/20s\", or as a table of `share`, `within`, `mean_wait`, \
                             `quantile`, `max_abandoned`, `definition`";

fn read_target(queue: &Fields) -> Option<ServiceTarget> {
    let raw = queue.raw("target")?;
    if let DeValue::Table(_) = raw.get_ref() {
        return read_parts(&queue.as_table("target", raw)?);
    }
    let target: At<ServiceTarget> = queue.read("target", raw, target)?;
    Some(target.value)
}

/// "80/20s", or a promise by name.
fn target(value: &DeValue) -> Result<ServiceTarget, Wrong> {
    let text = value::text(value)?;
    if let Some(preset) = preset(&text) {
        return preset.promise.target().ok_or_else(|| {
            Wrong::new(
                "impossible-target",
                format!("`{text}` is a deadline: {}", preset.meaning),
                format!("write `deadline = \"{text}\"`"),
            )
        });
    }
    let answered = share_within(value).map_err(|wrong| Wrong {
        remedy: format!("{}; {}", wrong.remedy, by_name(&text)),
        ..wrong
    })?;
    Ok(ServiceTarget {
        answered_within: Some(answered),
        definition: ServiceDefinition::Offered,
        mean_wait: None,
        wait_quantile: None,
        max_abandoned: None,
    })
}

/// "80/20s", "80%/20s", "0.8/20s".
fn share_within(value: &DeValue) -> Result<(Share, Seconds), Wrong> {
    let text = value::text(value)?;
    let wrong = || {
        Wrong::new(
            "impossible-target",
            format!("`{text}` is no target"),
            TARGET_REMEDY,
        )
    };
    let (share, within) = text.split_once('/').ok_or_else(wrong)?;
    let seconds = value::parse_duration(within).ok_or_else(wrong)?;
    Ok((value::promised_share(share)?, Seconds(seconds)))
}

fn read_parts(table: &Fields) -> Option<ServiceTarget> {
    let definitions = [
        ("offered", ServiceDefinition::Offered),
        ("answered", ServiceDefinition::Answered),
        (
            "answered-or-abandoned-late",
            ServiceDefinition::AnsweredOrAbandonedLate,
        ),
    ];
    let within_given = table.has("share") || table.has("within");
    let share = table.optional("share", value::share);
    let within = table.optional("within", value::duration);
    if within_given && !(table.has("share") && table.has("within")) {
        table.missing(if table.has("share") {
            "within"
        } else {
            "share"
        });
    }
    let target = ServiceTarget {
        answered_within: share.zip(within),
        definition: table.or(
            "definition",
            value::choice(&definitions),
            ServiceDefinition::Offered,
        ),
        mean_wait: table.optional("mean_wait", value::duration),
        wait_quantile: table.optional("quantile", share_within),
        max_abandoned: table.optional("max_abandoned", value::share),
    };
    if !["share", "within", "mean_wait", "quantile", "max_abandoned"]
        .into_iter()
        .any(|part| table.has(part))
    {
        table.reading.problem(
            "missing-target",
            &table.span,
            format!("{} promises nothing", table.what),
            TARGET_REMEDY,
        );
    }
    Some(target)
}

/// Notes promises that no number of agents keeps: with random arrivals some wait is always possible.
fn check_target(queue: &Fields, target: &ServiceTarget, can_abandon: bool) {
    let all = |promise: Option<(Share, Seconds)>| {
        promise.is_some_and(|(share, _)| share.value() > 0.9999)
    };
    let cause = if all(target.answered_within) || all(target.wait_quantile) {
        "promises every single contact an answer in time"
    } else if target.mean_wait.is_some_and(|wait| wait.value() <= 0.0) {
        "promises that nobody waits at all"
    } else if can_abandon
        && target
            .max_abandoned
            .is_some_and(|share| share.value() <= 0.0)
    {
        "promises that nobody ever hangs up"
    } else {
        return;
    };
    queue.problem(
        "target",
        "impossible-target",
        format!("{} {cause}: no staffing can keep that", queue.what),
        "contacts arrive at random; promise at most 99.9% and a wait above 0s",
    );
}
