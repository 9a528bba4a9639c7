//! Service reached against promised, a row per queue, with its 95 % interval.

use super::canvas::{self, AXIS, Anchor, BAD, Face, GOOD, GRID, INK, MUTED, NAME, Scale};
use crate::report::words;

/// One queue.
pub(crate) struct ServiceRow {
    pub queue: String,
    /// The share promised; none where the promise is no share.
    pub promised: Option<f64>,
    pub reached: f64,
    pub low: f64,
    pub high: f64,
    pub kept: bool,
}

const WIDTH: f64 = 940.0;
const LEFT: f64 = 210.0;
const RIGHT: f64 = 150.0;
const TOP: f64 = 34.0;
const ROW: f64 = 34.0;

/// Draws the chart.
pub(crate) fn draw(rows: &[ServiceRow]) -> String {
    let height = TOP + ROW * rows.len().max(1) as f64 + 14.0;
    let right = WIDTH - RIGHT;
    let least = rows
        .iter()
        .map(|row| row.low.min(row.promised.unwrap_or(1.0)))
        .fold(1.0, f64::min);
    // Start at a tenth below the lowest value, at most at 60 %, so that the picture neither lies flat
    // nor makes much of little.
    let from = ((least - 0.05) * 10.0).floor().clamp(0.0, 6.0) / 10.0;
    let scale = Scale::linear(from, 1.0, LEFT, right);
    let title = "Service reached and promised, by queue";
    canvas::svg(WIDTH as u32, height as u32, title, |sheet| {
        let mut tick = from;
        while tick <= 1.0 + 1e-9 {
            let x = scale.at(tick);
            sheet.line((x, TOP - 6.0), (x, height - 12.0), GRID, 1);
            sheet.text(&words::percent(tick), (x, TOP - 18.0), Anchor::Middle, AXIS);
            tick += if from < 0.5 { 0.2 } else { 0.1 };
        }
        sheet.text(
            "reached (promised)",
            (WIDTH - 4.0, TOP - 18.0),
            Anchor::End,
            AXIS,
        );
        for (index, row) in rows.iter().enumerate() {
            let y = TOP + ROW * (index as f64 + 0.5);
            let color = if row.kept { GOOD } else { BAD };
            sheet.text(
                &words::label(&row.queue, 24),
                (LEFT - 12.0, y),
                Anchor::End,
                NAME,
            );
            sheet.rect(
                (scale.at(from), y - 4.0),
                (scale.at(row.reached), y + 5.0),
                color,
                0.28,
            );
            let (low, high) = (scale.at(row.low.max(from)), scale.at(row.high.min(1.0)));
            sheet.line((low, y), (high, y), color, 3);
            sheet.line((low, y - 5.0), (low, y + 5.0), color, 2);
            sheet.line((high, y - 5.0), (high, y + 5.0), color, 2);
            sheet.dot((scale.at(row.reached), y), 5, color);
            if let Some(promised) = row.promised {
                let x = scale.at(promised);
                sheet.line((x, y - 12.0), (x, y + 12.0), INK, 3);
            }
            let reached = words::percent(row.reached);
            sheet.text(
                &reached,
                (right + 78.0, y),
                Anchor::End,
                Face::bold(13.0, color),
            );
            let promised = row
                .promised
                .map_or_else(String::new, |share| format!("({})", words::percent(share)));
            sheet.text(
                &promised,
                (WIDTH - 4.0, y),
                Anchor::End,
                Face::new(13.0, MUTED),
            );
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_is_green_and_broken_is_red() {
        let row = |kept| ServiceRow {
            queue: "cs-phone".to_owned(),
            promised: Some(0.8),
            reached: 0.85,
            low: 0.83,
            high: 0.87,
            kept,
        };
        assert!(draw(&[row(true)]).contains("#1F9D6B"));
        assert!(!draw(&[row(true)]).contains("#D64545"));
        assert!(draw(&[row(false)]).contains("#D64545"));
        assert!(draw(&[]).starts_with("<svg"));
    }
}
