//! What more certainty costs: cost over the share of weeks in which the promises hold.

use super::canvas::{self, ACCENT, AXIS, Anchor, Face, GRID, INK, Scale, ticks};
use crate::report::words;

/// Plans for busier and busier weeks.
pub(crate) struct CertaintyChart {
    /// What each is planned for, and its cost.
    pub points: Vec<(String, f64)>,
    /// "Kč a week for the people".
    pub unit: String,
}

const WIDTH: f64 = 940.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 64.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = HEIGHT - 36.0;

/// Draws the chart.
pub(crate) fn draw(data: &CertaintyChart) -> String {
    let most = data.points.iter().map(|point| point.1).fold(0.0, f64::max);
    let marks = ticks(most, 4);
    let y = Scale::linear(0.0, marks[marks.len() - 1], BOTTOM, TOP);
    let step = (WIDTH - LEFT) / data.points.len().max(1) as f64;
    let title = "What more certainty costs";
    canvas::svg(WIDTH as u32, HEIGHT as u32, title, |sheet| {
        sheet.text(&data.unit, (4.0, 14.0), Anchor::Start, AXIS);
        for &mark in &marks {
            let at = y.at(mark);
            sheet.line((LEFT, at), (WIDTH - 24.0, at), GRID, 1);
            sheet.text(&words::count(mark), (LEFT - 8.0, at), Anchor::End, AXIS);
        }
        let at = |index: usize| LEFT + (index as f64 + 0.5) * step;
        let line: Vec<(f64, f64)> = data
            .points
            .iter()
            .enumerate()
            .map(|(index, (_, cost))| (at(index), y.at(*cost)))
            .collect();
        sheet.path(&line, ACCENT, 2, 1.0);
        let first = data.points.first().map_or(0.0, |point| point.1);
        for (index, ((name, cost), &point)) in data.points.iter().zip(&line).enumerate() {
            sheet.dot(point, 4, ACCENT);
            sheet.text(name, (at(index), BOTTOM + 16.0), Anchor::Middle, AXIS);
            let said = if index == 0 || first <= 0.0 {
                words::count(*cost)
            } else {
                format!("+{}", words::percent(cost / first - 1.0))
            };
            let above = (point.0, point.1 - 14.0);
            sheet.text(&said, above, Anchor::Middle, Face::bold(12.0, INK));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_plan_is_named_with_what_it_costs_more() {
        let svg = draw(&CertaintyChart {
            points: vec![
                ("as expected".to_owned(), 1000.0),
                ("nine weeks in ten".to_owned(), 1200.0),
            ],
            unit: "EUR".to_owned(),
        });
        assert!(svg.contains("nine weeks in ten") && svg.contains("+20"));
    }
}
