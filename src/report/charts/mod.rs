//! Charts: one file each, plain data in, an SVG text out. What they share (the sheet they draw on, its
//! colours, scales and legends) is in [`canvas`].

pub(crate) mod break_even;
pub(crate) mod canvas;
pub(crate) mod certainty;
pub(crate) mod cost;
pub(crate) mod day_ribbon;
pub(crate) mod forecast;
pub(crate) mod heatmap;
pub(crate) mod pods;
pub(crate) mod roster;
pub(crate) mod service;
pub(crate) mod staffing;
pub(crate) mod time_axis;
pub(crate) mod tornado;
pub(crate) mod waterfall;
