//! A queue's promise, part by part, against what was seen: a share in time, a mean wait, a quantile of the
//! wait, a share that hangs up. A promise is kept where every part of it is.

use std::ops::Range;

use super::Interval;
use super::engine::QueueMeasure;
use crate::scenario::{Period, PromisePeriods, Queue, Service};

/// A hair below a promise, in shares: what the worse end of a 95 % interval may miss it by.
pub const HAIR: f64 = 0.005;
/// Shares that a mean wait e times too long counts for: about what that takes off a service level near
/// 80 % in 20 s, where one agent more halves the wait and adds nine points.
const SHARE_PER_LOG_WAIT: f64 = 0.1;
/// The most that a short mean wait counts for.
const MOST_SLACK: f64 = 0.2;

/// One part of a promise and what was seen of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    pub kind: PartKind,
    /// A share 0 to 1, or seconds of a mean wait.
    pub promised: f64,
    /// In the unit of `promised`.
    pub seen: Interval,
}

/// What a part of a promise is about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PartKind {
    /// Share answered within a time, or done by a deadline, by the queue's definition.
    InTime { within: f64 },
    /// The same share in the period, from one slot to another, in which it is lowest, where each one's is promised.
    InWorst {
        period: Period,
        within: f64,
        from: usize,
        to: usize,
    },
    /// Longest mean wait of the answered.
    MeanWait,
    /// Share of the offered that waits no longer, answered or not.
    NotLonger { than: f64 },
    /// Highest share abandoned of offered.
    Abandoned,
}

impl Part {
    /// The worse end of the 95 % interval above what was promised, in shares; below zero where the part
    /// is missed. A mean wait counts by its logarithm, so that all parts can be compared.
    pub fn slack(&self) -> f64 {
        match self.kind {
            PartKind::InTime { .. } | PartKind::InWorst { .. } | PartKind::NotLonger { .. } => {
                self.seen.low - self.promised
            }
            PartKind::Abandoned => self.promised - self.seen.high,
            PartKind::MeanWait => {
                let log = (self.promised / self.seen.high.max(1e-9)).ln();
                (SHARE_PER_LOG_WAIT * log).clamp(-1.0, MOST_SLACK)
            }
        }
    }

    /// Whether it holds as seen, and at 95 % confidence but for a hair; the worst of several periods, as seen but for a hair.
    pub fn kept(&self) -> bool {
        let holds = match self.kind {
            PartKind::InWorst { .. } => true,
            PartKind::Abandoned | PartKind::MeanWait => self.seen.mean <= self.promised,
            _ => self.seen.mean >= self.promised,
        };
        holds && self.slack() >= -HAIR
    }

    /// The name that files and machines see: "in_time", "worst_day", "worst_hours", "mean_wait", "quantile", "abandoned".
    pub fn name(&self) -> &'static str {
        match self.kind {
            PartKind::InTime { .. } => "in_time",
            PartKind::InWorst {
                period: Period::Day,
                ..
            } => "worst_day",
            PartKind::InWorst {
                period: Period::Hours,
                ..
            } => "worst_hours",
            PartKind::MeanWait => "mean_wait",
            PartKind::NotLonger { .. } => "quantile",
            PartKind::Abandoned => "abandoned",
        }
    }
}

/// Every part of a queue's promise with what was seen of it; of the share in time that of the worst of the `periods` over
/// which it holds by itself, too.
pub fn parts(queue: &Queue, seen: &QueueMeasure, periods: &PromisePeriods) -> Vec<Part> {
    let mut parts = over_all(queue, seen);
    let is_share = |part: &&Part| matches!(part.kind, PartKind::InTime { .. });
    let worst = parts.iter().find(is_share);
    let worst = worst.and_then(|share| in_worst(share, seen, periods.of(queue)));
    parts.extend(worst);
    parts
}

fn in_worst(
    share: &Part,
    seen: &QueueMeasure,
    (period, all): (Period, &[Range<usize>]),
) -> Option<Part> {
    let PartKind::InTime { within } = share.kind else {
        return None;
    };
    let levels = all
        .iter()
        .filter_map(|slots| Some((seen.level_in(slots.clone())?, slots)));
    let (level, slots) = levels.min_by(|a, b| a.0.total_cmp(&b.0))?;
    Some(Part {
        kind: PartKind::InWorst {
            period,
            within,
            from: slots.start,
            to: slots.end,
        },
        promised: share.promised,
        seen: for_sure(level),
    })
}

/// What has no interval.
pub(super) fn for_sure(value: f64) -> Interval {
    Interval {
        mean: value,
        low: value,
        high: value,
    }
}

fn over_all(queue: &Queue, seen: &QueueMeasure) -> Vec<Part> {
    let target = match &queue.service {
        Service::RealTime { target, .. } => target,
        Service::Deferrable { deadline } => {
            return vec![Part {
                kind: PartKind::InTime {
                    within: deadline.within.value(),
                },
                promised: deadline.share.value(),
                seen: seen.level,
            }];
        }
    };
    // Where somebody came and nobody was answered, the wait has no end, however soon they hung up.
    let (asa, not_longer) = if seen.answered.mean <= 0.0 && seen.offered.mean > 0.0 {
        (for_sure(f64::INFINITY), for_sure(0.0))
    } else {
        (seen.asa, seen.not_longer)
    };
    let in_time = target.answered_within.map(|(share, within)| Part {
        kind: PartKind::InTime {
            within: within.value(),
        },
        promised: share.value(),
        seen: seen.level,
    });
    let mean_wait = target.mean_wait.map(|wait| Part {
        kind: PartKind::MeanWait,
        promised: wait.value(),
        seen: asa,
    });
    let quantile = target.wait_quantile.map(|(share, than)| Part {
        kind: PartKind::NotLonger { than: than.value() },
        promised: share.value(),
        seen: not_longer,
    });
    let abandoned = target.max_abandoned.map(|most| Part {
        kind: PartKind::Abandoned,
        promised: most.value(),
        seen: seen.abandonment,
    });
    [in_time, mean_wait, quantile, abandoned]
        .into_iter()
        .flatten()
        .collect()
}

/// The slack of the worst part of a queue's promise over all; infinite where nobody came or nothing is asked.
pub fn slack(queue: &Queue, seen: &QueueMeasure) -> f64 {
    if seen.offered.mean <= 0.0 {
        return f64::INFINITY;
    }
    over_all(queue, seen)
        .iter()
        .map(Part::slack)
        .fold(f64::INFINITY, f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(kind: PartKind, promised: f64, seen: f64) -> Part {
        Part {
            kind,
            promised,
            seen: for_sure(seen),
        }
    }

    #[test]
    fn slack_is_below_zero_where_a_part_is_missed() {
        let in_time = PartKind::InTime { within: 20.0 };
        assert!((part(in_time, 0.8, 0.83).slack() - 0.03).abs() < 1e-12);
        let seen = |mean: f64, low: f64| {
            let mut part = part(in_time, 0.8, mean);
            part.seen.low = low;
            part.kept()
        };
        assert!(seen(0.801, 0.796) && !seen(0.801, 0.794) && !seen(0.799, 0.797));
        assert!((part(PartKind::Abandoned, 0.05, 0.08).slack() + 0.03).abs() < 1e-12);
        // Three shops on two agents: 35.7 s where 20 s were promised.
        let shops = part(PartKind::MeanWait, 20.0, 35.7);
        assert!(!shops.kept() && (-0.07..-0.05).contains(&shops.slack()));
        assert_eq!(part(PartKind::MeanWait, 20.0, f64::INFINITY).slack(), -1.0);
        assert_eq!(part(PartKind::MeanWait, 20.0, 0.0).slack(), MOST_SLACK);
    }
}
