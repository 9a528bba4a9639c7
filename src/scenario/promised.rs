//! The periods over each of which a promise holds by itself.

use std::ops::Range;

use super::{Queue, Scenario};

/// Over what time a service level is promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromiseScope {
    Slot,
    Day,
    Week,
}

/// What a promise is judged over by itself, beside all that is planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    Day,
    /// Two hours: what each slot promises is seen by these, since few come in one.
    Hours,
}

/// Length of [`Period::Hours`].
const HOURS: f64 = 2.0;

/// The periods of a scenario; none where promises hold over all that is planned.
#[derive(Debug, Clone, PartialEq)]
pub struct PromisePeriods {
    days: Vec<Range<usize>>,
    hours: Vec<Range<usize>>,
}

impl PromisePeriods {
    /// Those of a queue. Work that may wait is not done slot by slot: of it each day is judged, where each slot is of
    /// others.
    pub fn of(&self, queue: &Queue) -> (Period, &[Range<usize>]) {
        if queue.is_real_time() && !self.hours.is_empty() {
            (Period::Hours, &self.hours)
        } else {
            (Period::Day, &self.days)
        }
    }
}

impl Scenario {
    /// The periods over each of which its promises are judged by themselves, on the scenario's clock.
    pub fn periods_promised(&self) -> PromisePeriods {
        let days = match self.policy.promise {
            PromiseScope::Slot | PromiseScope::Day => self.horizon.days(self.zone),
            PromiseScope::Week => Vec::new(),
        };
        let length = (HOURS / self.horizon.slot_hours()).round().max(1.0) as usize;
        let parts = |day: &Range<usize>| {
            let Range { start, end } = *day;
            (start..end)
                .step_by(length)
                .map(move |from| from..(from + length).min(end))
        };
        let hours = match self.policy.promise {
            PromiseScope::Slot => days.iter().flat_map(parts).collect(),
            PromiseScope::Day | PromiseScope::Week => Vec::new(),
        };
        PromisePeriods { days, hours }
    }
}
