//! Demand.

pub mod backtest;
pub mod bands;
pub mod baseline;
pub mod boost;
pub mod calendar;
pub mod chosen;
pub mod counts;
pub mod forecaster;
pub mod gpm;
pub mod history;
pub mod metrics;
