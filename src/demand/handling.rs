//! Handle times by contact type: one mean over all of them would hide that hard cases are not like simple ones.

use super::Demand;
use super::counts::normal_cdf;
use super::hierarchy::{Cut, queues_by};
use crate::ids::QueueId;
use crate::scenario::{HandleTime, Scenario, log_normal};
use crate::units::Seconds;

/// A contact type: who brings it, how often, and how long it takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Subject {
    pub name: String,
    pub queues: Vec<QueueId>,
    /// Contacts over the horizon.
    pub contacts: f64,
    pub times: Times,
}

/// Handle time of some contacts: the mean, and the times within which half and nine in ten are done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Times {
    pub mean: Seconds,
    pub p50: Seconds,
    pub p90: Seconds,
}

impl From<HandleTime> for Times {
    fn from(time: HandleTime) -> Self {
        Self {
            mean: time.mean,
            p50: time.p50(),
            p90: time.p90(),
        }
    }
}

/// The contact types, in the order of their first queues.
pub fn subjects(scenario: &Scenario, demand: &Demand) -> Vec<Subject> {
    let of = |(name, queues): (String, Vec<QueueId>)| Subject {
        contacts: queues.iter().map(|id| demand.queues[*id].contacts()).sum(),
        times: times(scenario, demand, &queues),
        name,
        queues,
    };
    queues_by(scenario, Cut::ContactType)
        .into_iter()
        .map(of)
        .collect()
}

/// Handle time of the contacts of some queues together; where none is expected, of a contact of each.
pub fn times(scenario: &Scenario, demand: &Demand, queues: &[QueueId]) -> Times {
    let weighed: Vec<(f64, HandleTime)> = queues
        .iter()
        .map(|id| {
            (
                demand.queues[*id].contacts(),
                scenario.queues[*id].handle_time,
            )
        })
        .collect();
    let all: f64 = weighed.iter().map(|part| part.0).sum();
    let parts: Vec<(f64, HandleTime)> = weighed
        .iter()
        .map(|(contacts, time)| match all > 0.0 {
            true => (contacts / all, *time),
            false => (1.0 / weighed.len() as f64, *time),
        })
        .collect();
    let mean = parts.iter().map(|(share, time)| share * time.mean.value());
    Times {
        mean: Seconds(mean.sum()),
        p50: quantile(&parts, 0.5, HandleTime::p50),
        p90: quantile(&parts, 0.9, HandleTime::p90),
    }
}

/// A quantile of a mixture of lognormals, between the least and the greatest of its parts' own.
fn quantile(parts: &[(f64, HandleTime)], p: f64, own: fn(HandleTime) -> Seconds) -> Seconds {
    let owns = || parts.iter().map(|part| own(part.1).value());
    let (mut low, mut high) = (
        owns().fold(f64::INFINITY, f64::min),
        owns().fold(0.0, f64::max),
    );
    let below = |x: f64| -> f64 {
        let of = |(share, time): &(f64, HandleTime)| {
            let (mu, sigma) = log_normal(time.mean.value(), time.cv);
            share * normal_cdf((x.ln() - mu) / sigma)
        };
        parts.iter().map(of).sum()
    };
    // A thousandth of a second is near enough.
    while high - low > 1e-3 {
        let middle = 0.5 * (low + high);
        match below(middle) < p {
            true => low = middle,
            false => high = middle,
        }
    }
    Seconds(0.5 * (low + high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hard_cases_distort_the_mean_and_the_quantiles_tell_it() {
        let simple = HandleTime::from_quantiles(Seconds(120.0), Seconds(240.0));
        let hard = HandleTime::from_quantiles(Seconds(1200.0), Seconds(2400.0));
        let alone = quantile(&[(1.0, hard)], 0.9, HandleTime::p90);
        assert!((alone.value() - 2400.0).abs() < 1e-6);
        // One hard case in five: half are done by when .5/.8 = .625 of the simple ones are, 120 · 2^(.3186/1.2816)
        // = 142.6 s, and nine in ten within the median of the hard ones, by which all simple ones are done.
        let mixed = [(0.8, simple), (0.2, hard)];
        let half = quantile(&mixed, 0.5, HandleTime::p50).value();
        let ninety = quantile(&mixed, 0.9, HandleTime::p90).value();
        assert!((half - 142.6).abs() < 0.2, "{half}");
        assert!((ninety - 1200.0).abs() < 0.5, "{ninety}");
    }
}
