//! Demand: how many interactions arrive in each queue and slot, and how sure that is.

pub mod backtest;
pub mod bands;
pub mod bare;
pub mod baseline;
pub mod boost;
pub mod breaks;
pub mod calendar;
pub mod change;
pub mod chosen;
pub mod cold;
pub mod combined;
pub mod counts;
pub mod errors;
mod excess;
pub mod forecaster;
pub mod gpm;
pub mod handling;
pub mod hierarchy;
pub mod history;
pub mod intraday;
pub mod lag;
pub mod metrics;
mod opening;
pub mod pooled;
mod regular;
pub mod season;
pub mod slot_length;
pub mod stage;
mod together;
pub mod trade;
pub mod trees;
mod unfinished;
mod wild;
mod young;

pub use stage::{forecast, forecast_at, forecast_without};

use crate::ids::QueueId;
use crate::table::Table;
use crate::time::Horizon;
use crate::units::Share;
use intraday::Surprise;

/// Forecast of every queue over the horizon.
#[derive(Debug, Clone)]
pub struct Demand {
    pub horizon: Horizon,
    pub queues: Table<QueueId, QueueDemand>,
    /// Variance of the day's busyness that all queues have in common.
    pub common_variance: f64,
}

/// Share of a queue's busyness of the day that all queues have in common.
const COMMON: f64 = 0.5;

/// Forecast of one queue: contacts offered per slot, repeats included. Closed slots of
/// real-time queues are zero; who writes may write at any hour.
#[derive(Debug, Clone)]
pub struct QueueDemand {
    /// The model used, in words a user understands.
    pub model: String,
    pub mean: Vec<f64>,
    pub p10: Vec<f64>,
    pub p50: Vec<f64>,
    pub p80: Vec<f64>,
    pub p95: Vec<f64>,
    /// Variance of the day's busyness factor (mean 1): what makes the slots of a day move together.
    pub day_variance: f64,
    /// Variance of a slot's own factor beyond Poisson and the day's busyness.
    pub slot_variance: f64,
    /// Relative variance of a week's total beyond Poisson: what the days of a week share.
    pub week_variance: f64,
    /// Relative variance of the level itself, where it is only believed.
    pub level_variance: f64,
    /// Scores of the backtest, where there was a history to test on.
    pub accuracy: Option<Accuracy>,
    /// Share of the contacts that is settled at the first, what levers add to it included.
    pub resolution: Share,
    /// What levers spare the agents, of each that spares them any.
    pub spared: Vec<Spared>,
    /// What raises or lowers this queue, by name: events, levers, growth, holidays, season, repeats, a
    /// planner's own figures. Each can be switched off, see [`forecast_without`].
    pub factors: Vec<Factor>,
    /// What today's contacts so far said, where they are known; see [`forecast_at`].
    pub today: Option<Surprise>,
}

/// Scores of the model used, by rolling origins within the history.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Accuracy {
    pub wape: f64,
    /// WAPE of the weekly seasonal naive on the same origins.
    pub naive_wape: f64,
    pub mase: f64,
    /// Weighted quantile loss at 0.1, 0.5, 0.9.
    pub wql: f64,
    /// Share of actuals inside the 80 % band.
    pub coverage80: f64,
    pub origins: usize,
}

/// One named effect on a queue's demand over the horizon.
#[derive(Debug, Clone, PartialEq)]
pub struct Factor {
    pub name: String,
    /// Contacts over the horizon with the effect ÷ without it.
    pub factor: f64,
}

/// What a lever spares the agents over the horizon.
#[derive(Debug, Clone, PartialEq)]
pub struct Spared {
    pub lever: String,
    /// Contacts that it handles before they reach an agent.
    pub deflected: f64,
    /// Contacts that do not come again, as more is settled at the first.
    pub repeats: f64,
}

impl Demand {
    /// What each lever spares the agents of all queues together, in the order of the queues.
    pub fn spared(&self) -> Vec<Spared> {
        let mut all: Vec<Spared> = Vec::new();
        for spared in self.queues.values().flat_map(|queue| &queue.spared) {
            match all.iter_mut().find(|known| known.lever == spared.lever) {
                Some(known) => {
                    known.deflected += spared.deflected;
                    known.repeats += spared.repeats;
                }
                None => all.push(spared.clone()),
            }
        }
        all
    }

    /// Forecasts of queues whose days are busy together as the steadiest of them allows.
    pub fn new(horizon: Horizon, queues: Table<QueueId, QueueDemand>) -> Self {
        let busy = queues.values().filter(|queue| queue.contacts() > 0.0);
        let least = busy
            .map(|queue| queue.day_variance)
            .fold(f64::INFINITY, f64::min);
        Self {
            horizon,
            queues,
            common_variance: if least.is_finite() {
                COMMON * least
            } else {
                0.0
            },
        }
    }

    /// Contacts expected over the horizon, over all queues.
    pub fn contacts(&self) -> f64 {
        self.queues.values().map(QueueDemand::contacts).sum()
    }

    /// Contacts expected on an average day, over the queues that count.
    pub fn per_day(&self, counts: impl Fn(QueueId) -> bool) -> f64 {
        let queues = self.queues.iter().filter(|(queue, _)| counts(*queue));
        let contacts: f64 = queues.map(|(_, queue)| queue.contacts()).sum();
        contacts / (self.horizon.weeks() * 7.0)
    }
}

impl QueueDemand {
    /// The mean and the quantiles, each by slot.
    pub fn rows_mut(&mut self) -> [&mut Vec<f64>; 5] {
        [
            &mut self.mean,
            &mut self.p10,
            &mut self.p50,
            &mut self.p80,
            &mut self.p95,
        ]
    }

    /// Contacts expected over the horizon.
    pub fn contacts(&self) -> f64 {
        self.mean.iter().sum()
    }
}
