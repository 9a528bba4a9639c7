//! Contacts expected in each slot, with the band in which eight or nine of ten outcomes lie.

use super::canvas::{self, ACCENT, AXIS, Anchor, Face, GRID, INK, Scale, ticks};
use super::time_axis::{Frame, TimeAxis, UTC_HEIGHT, WALL_HEIGHT};
use crate::report::words;

/// A forecast over the axis, one value per slot shown.
pub(crate) struct Forecast {
    pub title: String,
    pub axis: TimeAxis,
    pub mean: Vec<f64>,
    pub low: Vec<f64>,
    pub high: Vec<f64>,
    /// What one value counts: "contacts per 30 minutes".
    pub unit: String,
}

const WIDTH: f64 = 940.0;
const HEIGHT: f64 = 300.0;

/// Draws the chart.
pub(crate) fn draw(data: &Forecast) -> String {
    let frame = Frame {
        left: 52.0,
        top: 28.0 + UTC_HEIGHT,
        right: WIDTH - 10.0,
        bottom: HEIGHT - WALL_HEIGHT,
    };
    let most = data
        .high
        .iter()
        .chain(&data.mean)
        .copied()
        .fold(0.0, f64::max);
    let marks = ticks(most, 4);
    let y = Scale::linear(0.0, marks[marks.len() - 1], frame.bottom, frame.top);
    let x = data.axis.scale(frame);
    canvas::svg(WIDTH as u32, HEIGHT as u32, &data.title, |sheet| {
        data.axis.draw(sheet, frame, true);
        for &mark in &marks {
            let height = y.at(mark);
            sheet.line((frame.left, height), (frame.right, height), GRID, 1);
            let at = (frame.left - 8.0, height);
            sheet.text(&words::count(mark), at, Anchor::End, AXIS);
        }
        let first = data.axis.slots.start as f64;
        let middle = |slot: usize| x.at(first + slot as f64 + 0.5);
        let line = |values: &[f64]| -> Vec<(f64, f64)> {
            values
                .iter()
                .enumerate()
                .map(|(slot, &value)| (middle(slot), y.at(value)))
                .collect()
        };
        let mut band = line(&data.high);
        band.extend(line(&data.low).into_iter().rev());
        sheet.area(&band, ACCENT, 0.22);
        sheet.path(&line(&data.mean), ACCENT, 2, 1.0);
        let face = Face::new(12.0, INK);
        sheet.text(&data.unit, (8.0, 12.0), Anchor::Start, face);
        let legend = [
            (ACCENT, "expected".to_owned()),
            (canvas::tint(ACCENT, 0.3), "p10 to p95".to_owned()),
        ];
        sheet.legend(WIDTH - 240.0, 12.0, WIDTH, &legend);
    })
}
