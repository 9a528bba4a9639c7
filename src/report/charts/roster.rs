//! Who works when: the first days of the roster, a row per agent, breaks left open.

use super::canvas::{self, Anchor, Face, GRID, INK, PAPER, series, text_width};
use super::time_axis::{Frame, TimeAxis, UTC_HEIGHT, WALL_HEIGHT};
use crate::report::words;

/// One agent; times in slots of the horizon.
pub(crate) struct RosterRow {
    pub agent: String,
    /// Index of the team, for its colour.
    pub team: usize,
    pub shifts: Vec<(f64, f64)>,
    pub breaks: Vec<(f64, f64)>,
}

/// Agents over the axis.
pub(crate) struct RosterChart {
    pub axis: TimeAxis,
    pub rows: Vec<RosterRow>,
}

const WIDTH: f64 = 940.0;
/// Room for names: no less, and more where they need it.
const LEFT: f64 = 140.0;
/// Letters of a name that are drawn.
const NAMED: usize = 40;
const ROW: f64 = 22.0;

/// Draws the chart.
pub(crate) fn draw(data: &RosterChart) -> String {
    let name = |row: &RosterRow| words::label_with_end(&row.agent, NAMED);
    let widths = data.rows.iter().map(|row| text_width(&name(row), 12.0));
    let frame = Frame {
        left: widths.fold(LEFT, f64::max) + 16.0,
        top: 8.0 + UTC_HEIGHT,
        right: WIDTH - 10.0,
        bottom: 8.0 + UTC_HEIGHT + ROW * data.rows.len().max(1) as f64,
    };
    let height = frame.bottom + WALL_HEIGHT;
    let x = data.axis.scale(frame);
    let within = |slot: f64| x.at(slot).clamp(frame.left, frame.right);
    canvas::svg(
        WIDTH as u32,
        height as u32,
        "Roster of the first days",
        |sheet| {
            data.axis.draw(sheet, frame, true);
            for (index, row) in data.rows.iter().enumerate() {
                let y = frame.top + ROW * (index as f64 + 0.5);
                sheet.line((8.0, y + ROW / 2.0), (frame.right, y + ROW / 2.0), GRID, 1);
                let end = (frame.left - 10.0, y);
                sheet.text(&name(row), end, Anchor::End, Face::new(12.0, INK));
                let bar = |from: f64, to: f64, color, inset: f64| {
                    let (left, right) = (within(from), within(to));
                    if right > left {
                        sheet.rect(
                            (left, y - 7.0 + inset),
                            (right, y + 7.0 - inset),
                            color,
                            1.0,
                        );
                    }
                };
                for &(from, to) in &row.shifts {
                    bar(from, to, series(row.team), 0.0);
                }
                for &(from, to) in &row.breaks {
                    bar(from, to, PAPER, 2.0);
                }
            }
        },
    )
}
