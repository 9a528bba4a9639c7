//! Promises as people read them: what was promised, what was seen, whether it is kept.

use super::digest::Digest;
use super::words::{clean, count, counted, length, percent};
use crate::compare::SetupResult;
use crate::scenario::{DeadlineClock, Period, Queue, Service, ServiceDefinition, ServiceTarget};
use crate::sheet::Cell;
use crate::simulation::{Interval, Part, PartKind, QueueService};
use crate::units::{Seconds, Share};

/// Share of contacts beyond which those never answered are worth a word.
const MANY_LOST: f64 = 0.1;

/// What a queue promises: "80 % answered within 20 s".
pub(crate) fn promise(queue: &Queue) -> String {
    match &queue.service {
        Service::RealTime { target, .. } => target_in_words(target),
        Service::Deferrable { deadline } => format!(
            "{} done within {}{}",
            percent(deadline.share.value()),
            length(deadline.within),
            match deadline.clock {
                DeadlineClock::Calendar => "",
                DeadlineClock::Business => " of opening hours",
            }
        ),
    }
}

/// Whether a promise is kept, and else which of its parts is missed by what: "no: mean wait 36 s".
pub(crate) fn kept(service: &QueueService) -> String {
    if service.keeps_promise() {
        return "yes".to_owned();
    }
    let missed: Vec<String> = service
        .missed()
        .filter_map(|part| match part.kind {
            PartKind::MeanWait if part.seen.mean.is_finite() => {
                Some(format!("mean wait {}", length(Seconds(part.seen.mean))))
            }
            PartKind::Abandoned => Some(format!("{} hang up", percent(part.seen.mean))),
            PartKind::InWorst { period, .. } => {
                let seen = percent(part.seen.mean);
                Some(match period {
                    Period::Day => format!("{seen} on the worst day"),
                    Period::Hours => format!("{seen} in the worst two hours"),
                })
            }
            _ => None,
        })
        .collect();
    if missed.is_empty() {
        "no".to_owned()
    } else {
        format!("no: {}", missed.join(", "))
    }
}

/// How far a set-up keeps what it promises: "6 of 6"; "6 of 6, 5 h open" is not all of it.
pub(crate) fn standing(result: &SetupResult) -> String {
    let (kept, all) = result.promises_kept();
    let open = result.only_hours_open();
    let open = open.map(|hours| format!(", {} h open", count(hours)));
    format!("{kept} of {all}{}", open.unwrap_or_default())
}

/// "5 agent-hours of open queues without their agent".
pub(crate) fn open(hours: f64) -> String {
    let hours = counted(hours, "agent-hour");
    format!("{hours} of open queues without their agent")
}

/// A part of a promise and what was seen of it: "mean wait", "20 s", "36.2 s", "35.1 – 37.3 s".
pub(crate) struct Told {
    pub what: String,
    pub promised: String,
    pub seen: String,
    pub interval: String,
}

/// A part of a queue's promise in words.
pub(crate) fn told(queue: &Queue, part: &Part) -> Told {
    if let PartKind::InWorst { within, period, .. } = part.kind {
        let kind = PartKind::InTime { within };
        let of_all = told(queue, &Part { kind, ..*part });
        return Told {
            what: match period {
                Period::Day => format!("{}, worst day", of_all.what),
                Period::Hours => format!("{}, worst two hours", of_all.what),
            },
            interval: String::new(),
            ..of_all
        };
    }
    let within = |time: f64| length(Seconds(time));
    let what = match (part.kind, &queue.service) {
        (PartKind::MeanWait, _) => "mean wait".to_owned(),
        (PartKind::Abandoned, _) => "hang up".to_owned(),
        (PartKind::NotLonger { than }, _) => format!("wait within {}", within(than)),
        (
            PartKind::InTime { within: time } | PartKind::InWorst { within: time, .. },
            Service::RealTime { .. },
        ) => {
            format!("within {}", within(time))
        }
        (
            PartKind::InTime { within: time } | PartKind::InWorst { within: time, .. },
            Service::Deferrable { deadline },
        ) => {
            let open = match deadline.clock {
                DeadlineClock::Calendar => "",
                DeadlineClock::Business => " open",
            };
            format!("done within {}{open}", within(time))
        }
    };
    let Interval { mean, low, high } = part.seen;
    if part.kind != PartKind::MeanWait {
        let fine = |share: f64| Cell::percent(share, 1).for_people();
        return Told {
            what,
            promised: fine(part.promised),
            seen: fine(mean),
            interval: format!("{:.1} – {:.1} %", 100.0 * low, 100.0 * high),
        };
    }
    let fine = |wait: f64| match wait {
        wait if wait < 100.0 => format!("{wait:.1} s"),
        wait => within(wait),
    };
    Told {
        what,
        promised: within(part.promised),
        seen: if mean.is_finite() {
            fine(mean)
        } else {
            "never".to_owned()
        },
        interval: match high {
            high if high < 100.0 => format!("{low:.1} – {high:.1} s"),
            high if high.is_finite() => format!("{} – {}", fine(low), fine(high)),
            _ => String::new(),
        },
    }
}

/// What kept promises leave unsaid where they count the answered alone and many never were.
pub(crate) fn unanswered(digest: &Digest, chosen: &SetupResult) -> Vec<String> {
    let queues = digest.service(chosen);
    queues
        .filter_map(|(queue, service)| silent(queue, service))
        .collect()
}

fn silent(queue: &Queue, service: &QueueService) -> Option<String> {
    let Service::RealTime { target, .. } = &queue.service else {
        return None;
    };
    let counts_them = |part: &Part| match part.kind {
        PartKind::MeanWait | PartKind::NotLonger { .. } => false,
        PartKind::InTime { .. } | PartKind::InWorst { .. } => {
            target.definition != ServiceDefinition::Answered
        }
        PartKind::Abandoned => true,
    };
    let is_silent = service.lost() > MANY_LOST
        && service.keeps_promise()
        && !service.parts.is_empty()
        && !service.parts.iter().any(counts_them);
    is_silent.then(|| {
        format!(
            "{}: of those who come {} hang up or stay unanswered, which its promise does not count: `max_abandoned` \
             in its target would",
            clean(&queue.name),
            percent(service.lost())
        )
    })
}

fn target_in_words(target: &ServiceTarget) -> String {
    let within = |(share, time): (Share, Seconds)| {
        format!(
            "{} answered within {}",
            percent(share.value()),
            length(time)
        )
    };
    let parts: Vec<String> = [
        target.answered_within.map(within),
        target.wait_quantile.map(within),
        target
            .mean_wait
            .map(|time| format!("mean wait at most {}", length(time))),
        target
            .max_abandoned
            .map(|share| format!("at most {} hang up", percent(share.value()))),
    ]
    .into_iter()
    .flatten()
    .collect();
    if parts.is_empty() {
        "nothing promised".to_owned()
    } else {
        parts.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_told_in_its_own_unit() {
        let text = include_str!("../../tests/problems/only-overflow/scenario.toml");
        let scenario = crate::input::read_text(text, None).expect("it can be planned");
        let queue = scenario.queues.values().next().expect("a queue");
        let told = |kind, promised, (mean, low, high): (f64, f64, f64)| {
            let seen = Interval { mean, low, high };
            let part = Part {
                kind,
                promised,
                seen,
            };
            let told = told(queue, &part);
            [told.what, told.promised, told.seen, told.interval].join(" | ")
        };
        let in_time = PartKind::InTime { within: 20.0 };
        assert_eq!(
            told(in_time, 0.8, (0.823, 0.819, 0.827)),
            "within 20 s | 80.0 % | 82.3 % | 81.9 – 82.7 %"
        );
        let day = PartKind::InWorst {
            period: Period::Day,
            within: 20.0,
            from: 0,
            to: 48,
        };
        assert_eq!(
            told(day, 0.8, (0.78, 0.78, 0.78)),
            "within 20 s, worst day | 80.0 % | 78.0 % | "
        );
        assert_eq!(
            told(PartKind::MeanWait, 20.0, (36.24, 35.0, 37.5)),
            "mean wait | 20 s | 36.2 s | 35.0 – 37.5 s"
        );
        assert_eq!(
            told(PartKind::MeanWait, 90.0, [f64::INFINITY; 3].into()),
            "mean wait | 90 s | never | "
        );
        assert_eq!(
            told(PartKind::Abandoned, 0.05, (0.08, 0.07, 0.09)),
            "hang up | 5.0 % | 8.0 % | 7.0 – 9.0 %"
        );
    }
}
