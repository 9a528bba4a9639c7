//! Pictures of demand: when customers come, and how many.

use std::collections::BTreeMap;

use chrono::{Datelike, Timelike};

use super::{Picture, picture, plain, window};
use crate::demand::hierarchy;
use crate::ids::{Id, LanguageId, QueueId};
use crate::report::charts::forecast::{self, Forecast};
use crate::report::charts::heatmap::{self, Heatmap};
use crate::report::charts::time_axis::TimeAxis;
use crate::report::digest::Digest;
use crate::report::words;

/// Languages of the queues, with the queues of each.
fn languages(digest: &Digest) -> Vec<(LanguageId, Vec<QueueId>)> {
    let mut found: BTreeMap<LanguageId, Vec<QueueId>> = BTreeMap::new();
    for (id, queue) in digest.plan.scenario.queues.iter() {
        found.entry(queue.language).or_default().push(id);
    }
    found.into_iter().collect()
}

pub(super) fn heatmaps(digest: &Digest) -> Vec<Picture> {
    let plan = digest.plan;
    let horizon = &plan.scenario.horizon;
    let weeks = horizon.weeks().max(1e-9);
    languages(digest)
        .into_iter()
        .map(|(language, queues)| {
            let mut contacts = [[0.0; 24]; 7];
            for id in queues {
                let zone = plan.scenario.markets[plan.scenario.queues[id].market].zone;
                let Some(demand) = plan.demand.queues.values().nth(id.index()) else {
                    continue;
                };
                for (slot, mean) in demand.mean.iter().enumerate() {
                    let local = horizon.local(slot, zone);
                    let day = local.weekday().num_days_from_monday() as usize;
                    contacts[day][local.hour() as usize] += mean / weeks;
                }
            }
            let name = words::language(&digest.plan.scenario.languages[language]);
            let svg = heatmap::draw(&Heatmap {
                title: format!("Contacts by hour and weekday, {name}"),
                contacts,
            });
            let tag = &plan.scenario.languages[language].tag;
            picture(format!("demand-{}", plain(tag)), name, svg)
        })
        .collect()
}

pub(super) fn forecasts(digest: &Digest) -> Vec<Picture> {
    let plan = digest.plan;
    let languages = languages(digest);
    let all: Vec<QueueId> = plan.scenario.queues.ids().collect();
    if all.is_empty() {
        return Vec::new();
    }
    let total = busy(digest, &all);
    let axis = TimeAxis {
        horizon: plan.scenario.horizon,
        zone: plan.scenario.zone,
        slots: window(&plan.scenario.horizon, &total, 14),
    };
    let mut pictures = vec![forecast_of(digest, &axis, "all", "All queues", &all)];
    if languages.len() > 1 {
        for (language, queues) in languages {
            let tag = plain(&plan.scenario.languages[language].tag);
            let name = words::language(&digest.plan.scenario.languages[language]);
            pictures.push(forecast_of(digest, &axis, &tag, &name, &queues));
        }
    }
    pictures
}

/// The forecast of some queues together.
fn forecast_of(
    digest: &Digest,
    axis: &TimeAxis,
    file: &str,
    name: &str,
    queues: &[QueueId],
) -> Picture {
    let demand = |id: &QueueId| digest.plan.demand.queues.values().nth(id.index());
    let chosen: Vec<_> = queues.iter().filter_map(demand).collect();
    let whole = hierarchy::together(&chosen);
    let shown = |values: &[f64]| -> Vec<f64> {
        let value = |slot| values.get(slot).copied().unwrap_or(0.0);
        axis.slots.clone().map(value).collect()
    };
    let (mean, low, high) = (shown(&whole.mean), shown(&whole.p10), shown(&whole.p95));
    let svg = forecast::draw(&Forecast {
        title: format!("Forecast, {name}"),
        axis: axis.clone(),
        mean,
        low,
        high,
        unit: format!(
            "contacts per {} min; {} clock below, UTC above",
            axis.horizon.slot_minutes,
            axis.zone.name()
        ),
    });
    picture(format!("forecast-{file}"), name, svg)
}

/// Expected contacts per slot over some queues.
fn busy(digest: &Digest, queues: &[QueueId]) -> Vec<f64> {
    let mut total = vec![0.0; digest.plan.scenario.horizon.slots];
    for queue in queues {
        if let Some(demand) = digest.plan.demand.queues.values().nth(queue.index()) {
            for (total, mean) in total.iter_mut().zip(&demand.mean) {
                *total += mean;
            }
        }
    }
    total
}
