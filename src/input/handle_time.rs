//! The handle time of a queue: `aht` with `aht_cv`, `aht = { p50, p90 }`, or what its history has on record.

use toml::de::DeValue;

use super::columns::Row;
use super::fields::Fields;
use super::value;
use crate::problem::Problem;
use crate::scenario::{HandleTime, Handled, History};
use crate::units::Seconds;

/// A mean beyond a day is a slip, seconds.
const MOST_MEAN: f64 = 86_400.0;
/// Times that vary by more are a slip.
const MOST_CV: f64 = 10.0;
/// Spread of times that are told by a mean alone.
const USUAL_CV: f64 = 0.8;
/// A history whose handle times differ from the scenario's by such a factor is told.
const APART: f64 = 1.25;
/// Contacts from which on their handle times are believed to differ, and to vary as they do.
const TELLING: f64 = 30.0;

pub(super) fn read(queue: &Fields, history: Option<&History>) -> Option<HandleTime> {
    let handled = history.and_then(|history| history.handled);
    let time = match (queue.raw("aht").map(|raw| raw.get_ref()), handled) {
        (Some(DeValue::Table(_)), _) => from_quantiles(queue)?,
        (None, Some(handled)) => on_record(queue, handled),
        _ => HandleTime {
            mean: queue.required("aht", value::positive_duration)?,
            cv: spread(queue),
        },
    };
    if time.mean.value() > MOST_MEAN {
        queue.problem(
            "aht",
            "bad-duration",
            format!(
                "an agent would handle a contact of {} for {:.0} hours",
                queue.what,
                time.mean.hours().value()
            ),
            "give the time that an agent works on one contact, as \"4m\"; how long a case stays open is the `open` of \
             its `case`",
        );
    }
    if time.cv > MOST_CV {
        let field = if queue.has("aht_cv") { "aht_cv" } else { "aht" };
        queue.problem(
            field,
            "bad-number",
            format!(
                "handle times of {} vary by {:.1} times their mean",
                queue.what, time.cv
            ),
            "give standard deviation ÷ mean, usually 0.5 to 1.5; nine in ten contacts then take no longer than two to \
             four times as long as half of them",
        );
    }
    if let (true, Some(handled), Some(history)) = (queue.has("aht"), handled, history) {
        tell_apart(queue, time, handled, &history.source);
    }
    Some(time)
}

fn spread(queue: &Fields) -> f64 {
    let source = "0.8 of the mean; times are told by a mean alone (a judgement, 2026)";
    queue.usual("aht_cv", value::number, USUAL_CV, source)
}

/// `{ p50 = "4m", p90 = "9m" }`.
fn from_quantiles(queue: &Fields) -> Option<HandleTime> {
    // A queue's own quantiles go before the spread that its channel gives.
    let spread = match queue.has_own("aht") {
        true => queue.has_own("aht_cv"),
        false => queue.has("aht_cv"),
    };
    if spread {
        queue.problem(
            "aht_cv",
            "bad-number",
            format!("{} tells the spread of its handle times twice", queue.what),
            "p50 and p90 tell it already: take `aht_cv` out, or give `aht` as a mean",
        );
    }
    let table = queue.table("aht")?;
    let p50 = table.required("p50", value::positive_duration);
    let p90 = table.required("p90", value::positive_duration);
    let (p50, p90) = (p50?, p90?);
    if p90 <= p50 {
        table.problem(
            "p90",
            "bad-duration",
            format!("p90 of {} is no longer than its p50", table.what),
            "half of the contacts are done within p50, nine in ten within p90: give a longer p90, or a mean and `aht_cv`",
        );
        return None;
    }
    Some(HandleTime::from_quantiles(p50, p90))
}

/// What the history says; of slots only the mean is known.
fn on_record(queue: &Fields, handled: Handled) -> HandleTime {
    let source = format!(
        "{:.0} s, the mean of {:.0} contacts of its history",
        handled.mean.value(),
        handled.contacts
    );
    queue.reading.assumed("aht", &queue.what, &source);
    let cv = match handled.cv.filter(|_| !queue.has("aht_cv")) {
        None => spread(queue),
        Some(cv) => {
            let source = format!("{cv:.2}, the spread of the contacts of its history");
            queue.reading.assumed("aht_cv", &queue.what, &source);
            cv
        }
    };
    HandleTime {
        mean: handled.mean,
        cv,
    }
}

/// The scenario's own goes; that the history says another is told.
fn tell_apart(queue: &Fields, time: HandleTime, handled: Handled, source: &str) {
    let ratio = handled.mean / time.mean;
    if handled.contacts < TELLING || (1.0 / APART..=APART).contains(&ratio) {
        return;
    }
    let minutes = |seconds: Seconds| seconds.value() / 60.0;
    let cause = format!(
        "{} has a handle time of {:.1} min, its history ({source}) one of {:.1} min over {:.0} contacts",
        queue.what,
        minutes(time.mean),
        minutes(handled.mean),
        handled.contacts
    );
    let span = queue
        .raw("aht")
        .map_or(queue.span.clone(), |raw| raw.span());
    queue.reading.doubt(
        Problem::new("other-handle-time", cause)
            .at(queue.reading.place(&span))
            .remedy("take `aht` out of it to plan by what was measured, or leave it if times have changed"),
    );
}

/// Sums of handle times; a time of zero is of a contact that nobody handled.
#[derive(Default)]
pub(super) struct Record {
    contacts: f64,
    seconds: f64,
    squares: f64,
}

impl Record {
    pub fn add(&mut self, row: &Row) {
        if let Some(seconds) = row.handle_time.filter(|seconds| *seconds > 0.0) {
            self.contacts += row.volume;
            self.seconds += seconds * row.volume;
            self.squares += seconds * seconds * row.volume;
        }
    }

    pub fn told(&self, single: bool) -> Option<Handled> {
        let mean = self.seconds / self.contacts;
        let variance = (self.squares / self.contacts - mean * mean).max(0.0);
        (self.contacts > 0.0).then(|| Handled {
            mean: Seconds(mean),
            cv: (single && self.contacts >= TELLING).then(|| variance.sqrt() / mean),
            contacts: self.contacts,
        })
    }
}
