//! Service as programs read it.

use serde::Serialize;

use super::summary::round;
use crate::compare::SetupResult;
use crate::report::digest::Digest;
use crate::simulation::{Part, PartKind};

/// Service of one queue as simulated.
#[derive(Debug, Serialize)]
pub struct ServiceSummary {
    pub queue: String,
    /// The share promised; null where a mean wait or a share of hang-ups alone is.
    pub promised: Option<f64>,
    pub reached: f64,
    /// 95 % interval of `reached`.
    pub low: f64,
    pub high: f64,
    pub kept: bool,
    /// Probability that one run of the horizon by itself ends below the share promised, where one is.
    pub risk: Option<f64>,
    /// Share of those who came that were never answered.
    pub lost: f64,
    /// Every part of the promise.
    pub parts: Vec<PartSummary>,
}

/// A part of a promise: a share, or seconds of a mean wait.
#[derive(Debug, Serialize)]
pub struct PartSummary {
    pub part: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within_seconds: Option<f64>,
    pub promised: f64,
    /// Infinite (null) is the wait where nobody was answered.
    pub seen: f64,
    /// 95 % interval of `seen`.
    pub low: f64,
    pub high: f64,
    pub kept: bool,
}

impl PartSummary {
    pub(crate) fn of(part: &Part) -> Self {
        Self {
            part: part.name(),
            within_seconds: match part.kind {
                PartKind::InTime { within: time }
                | PartKind::InWorst { within: time, .. }
                | PartKind::NotLonger { than: time } => Some(time),
                PartKind::MeanWait | PartKind::Abandoned => None,
            },
            promised: part.promised,
            seen: round(part.seen.mean),
            low: round(part.seen.low),
            high: round(part.seen.high),
            kept: part.kept(),
        }
    }
}

pub(super) fn service(digest: &Digest, chosen: &SetupResult) -> Vec<ServiceSummary> {
    digest
        .service(chosen)
        .map(|(queue, service)| ServiceSummary {
            queue: queue.name.clone(),
            promised: service.promised_share().map(round),
            reached: round(service.reached.mean),
            low: round(service.reached.low),
            high: round(service.reached.high),
            kept: service.keeps_promise(),
            risk: service.risk.map(round),
            lost: round(service.lost()),
            parts: service.parts.iter().map(PartSummary::of).collect(),
        })
        .collect()
}
