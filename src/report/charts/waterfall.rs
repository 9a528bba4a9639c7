//! From one set-up's price to another's, line by line.

use super::canvas::{self, AXIS, Anchor, BAD, Face, GOOD, GRID, INK, MUTED, NAME, Scale, ticks};
use crate::report::words;

/// The way from one price to another.
pub(crate) struct Waterfall {
    /// Where it starts: name, price.
    pub from: (String, f64),
    /// What each line adds or takes away.
    pub steps: Vec<(String, f64)>,
    pub to: String,
    /// What the axis counts.
    pub unit: String,
    /// Both prices as they are said.
    pub said: (String, String),
}

const WIDTH: f64 = 940.0;
const LEFT: f64 = 250.0;
const RIGHT: f64 = 120.0;
const TOP: f64 = 8.0;
const ROW: f64 = 24.0;

/// Draws the chart.
pub(crate) fn draw(data: &Waterfall) -> String {
    let bottom = TOP + ROW * (data.steps.len() + 2) as f64;
    let mut level = data.from.1;
    let mut most = level;
    for (_, step) in &data.steps {
        level += step;
        most = most.max(level);
    }
    let marks = ticks(most, 5);
    let scale = Scale::linear(0.0, marks[marks.len() - 1], LEFT, WIDTH - RIGHT);
    let title = format!("From {} to {}", data.from.0, data.to);
    canvas::svg(WIDTH as u32, (bottom + 44.0) as u32, &title, |sheet| {
        for &mark in &marks {
            let x = scale.at(mark);
            sheet.line((x, TOP), (x, bottom), GRID, 1);
            sheet.text(
                &words::count(mark),
                (x, bottom + 14.0),
                Anchor::Middle,
                AXIS,
            );
        }
        let middle = (LEFT + WIDTH - RIGHT) / 2.0;
        sheet.text(&data.unit, (middle, bottom + 33.0), Anchor::Middle, AXIS);
        let row = |index: usize| TOP + ROW * (index as f64 + 0.5);
        let whole = |index: usize, name: &str, price: f64, said: &str| {
            let y = row(index);
            let lines: Vec<_> = words::two_lines(name, 30)
                .into_iter()
                .map(|line| (line, Face::bold(12.0, INK)))
                .collect();
            sheet.lines(&lines, (LEFT - 12.0, y));
            sheet.rect((LEFT, y - 10.0), (scale.at(price), y + 10.0), MUTED, 0.75);
            let at = (scale.at(price) + 8.0, y);
            sheet.text(said, at, Anchor::Start, Face::bold(13.0, INK));
        };
        whole(0, &data.from.0, data.from.1, &data.said.0);
        let mut level = data.from.1;
        for (index, (name, step)) in data.steps.iter().enumerate() {
            let y = row(index + 1);
            let color = if *step > 0.0 { BAD } else { GOOD };
            let (before, after) = (scale.at(level), scale.at(level + step));
            sheet.line((before, y - ROW + 10.0), (before, y + 10.0), MUTED, 1);
            sheet.rect(
                (before.min(after), y - 10.0),
                (before.max(after), y + 10.0),
                color,
                0.85,
            );
            sheet.text(&words::label(name, 32), (LEFT - 12.0, y), Anchor::End, NAME);
            let sign = if *step > 0.0 { "+" } else { "" };
            let said = format!(
                "{sign}{}",
                words::number(*step, if step.abs() < 100.0 { 2 } else { 0 })
            );
            let at = (before.max(after) + 8.0, y);
            sheet.text(&said, at, Anchor::Start, Face::new(13.0, color));
            level += step;
        }
        whole(data.steps.len() + 1, &data.to, level, &data.said.1);
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_lead_to_the_end() {
        let svg = draw(&Waterfall {
            from: ("own".to_owned(), 100.0),
            steps: vec![("pay".to_owned(), -70.0), ("partner".to_owned(), 40.0)],
            to: "partner".to_owned(),
            unit: "Kč".to_owned(),
            said: ("100.00 Kč".to_owned(), "70.00 Kč".to_owned()),
        });
        for words in ["100.00 Kč", "-70.00", "+40.00", "70.00 Kč"] {
            assert!(svg.contains(words), "{words}");
        }
    }
}
