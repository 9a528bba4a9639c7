//! The charts of a plan: from its values to the plain data that each chart draws.

mod demand;
pub(super) mod money;
mod people;

pub(super) use people::MOST_ROWS as MOST_ROSTERED;

use std::ops::Range;

use super::digest::Digest;
use crate::time::Horizon;

/// A drawn chart.
pub(crate) struct Picture {
    /// Name of its file, without the ending.
    pub file: String,
    /// Name of its tab among others of its kind.
    pub title: String,
    pub svg: String,
}

/// The charts of a report; those with nothing to show are missing.
#[derive(Default)]
pub(crate) struct Pictures {
    pub heatmaps: Vec<Picture>,
    pub forecasts: Vec<Picture>,
    pub staffing: Vec<Picture>,
    pub service: Vec<Picture>,
    pub costs: Vec<Picture>,
    pub waterfall: Vec<Picture>,
    pub break_even: Vec<Picture>,
    pub day_ribbon: Vec<Picture>,
    pub pods: Vec<Picture>,
    pub roster: Vec<Picture>,
    pub certainty: Vec<Picture>,
}

impl Pictures {
    /// Every chart, in the order of the report.
    pub(crate) fn into_all(self) -> impl Iterator<Item = Picture> {
        [
            self.costs,
            self.waterfall,
            self.break_even,
            self.heatmaps,
            self.forecasts,
            self.staffing,
            self.day_ribbon,
            self.pods,
            self.service,
            self.certainty,
            self.roster,
        ]
        .into_iter()
        .flatten()
    }
}

/// Draws the charts of a plan.
pub(crate) fn draw(digest: &Digest) -> Pictures {
    let mut pictures = Pictures {
        heatmaps: demand::heatmaps(digest),
        forecasts: demand::forecasts(digest),
        costs: money::costs(digest),
        waterfall: money::waterfalls(digest),
        break_even: money::break_evens(digest),
        certainty: money::certainties(digest),
        ..Pictures::default()
    };
    if let Some(chosen) = digest.chosen {
        pictures.staffing = people::staffings(digest, chosen);
        pictures.service = people::services(digest, chosen);
        pictures.day_ribbon = people::day_ribbons(chosen);
        pictures.pods = people::pod_maps(digest, chosen);
        pictures.roster = people::rosters(digest);
    }
    pictures
}

fn picture(file: impl Into<String>, title: impl Into<String>, svg: String) -> Picture {
    Picture {
        file: file.into(),
        title: title.into(),
        svg,
    }
}

/// All slots where they are no more than so many days, else the busiest week.
fn window(horizon: &Horizon, load: &[f64], most_days: usize) -> Range<usize> {
    let day = (24 * 60 / horizon.slot_minutes.max(1)) as usize;
    let week = 7 * day;
    if horizon.slots <= most_days * day {
        return 0..horizon.slots;
    }
    let sum = |from: usize| load.iter().skip(from).take(week).sum::<f64>();
    let from = (0..horizon.slots)
        .step_by(week)
        .filter(|from| from + week <= horizon.slots)
        .max_by(|a, b| sum(*a).total_cmp(&sum(*b)).then(b.cmp(a)))
        .unwrap_or(0);
    from..(from + week).min(horizon.slots)
}

/// A name fit for a file.
fn plain(name: &str) -> String {
    name.chars()
        .take(60)
        .map(|letter| {
            if letter.is_ascii_alphanumeric() || letter == '-' {
                letter
            } else {
                '-'
            }
        })
        .collect()
}
