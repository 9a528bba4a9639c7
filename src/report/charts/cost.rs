//! Cost of one interaction in each set-up, stacked by what it goes into.

use super::canvas::{self, AXIS, Anchor, Face, GOOD, GRID, INK, MUTED, NAME, Scale, series, ticks};
use crate::report::digest::Badge;
use crate::report::words;

/// One set-up.
pub(crate) struct CostBar {
    pub setup: String,
    /// Amount of each part for one interaction, in the order of the chart's parts.
    pub parts: Vec<f64>,
    /// The whole, as it is said.
    pub said: String,
    pub badge: Option<Badge>,
    /// Whether it is the one that costs least.
    pub is_best: bool,
}

/// Set-ups side by side.
pub(crate) struct CostBars {
    /// Names of the parts.
    pub parts: Vec<String>,
    pub bars: Vec<CostBar>,
    /// What the axis counts: "Kč per interaction".
    pub unit: String,
}

const WIDTH: f64 = 940.0;
const LEFT: f64 = 276.0;
const RIGHT: f64 = 120.0;
const ROW: f64 = 54.0;

/// Draws the chart.
pub(crate) fn draw(data: &CostBars) -> String {
    let legend: Vec<_> = data
        .parts
        .iter()
        .enumerate()
        .map(|(index, name)| (series(index), words::label(name, 72)))
        .collect();
    let top = canvas::legend_height(WIDTH, &legend) + 14.0;
    let bottom = top + ROW * data.bars.len().max(1) as f64;
    let height = bottom + 44.0;
    let most = data
        .bars
        .iter()
        .map(|bar| bar.parts.iter().filter(|part| **part > 0.0).sum::<f64>())
        .fold(0.0, f64::max);
    let marks = ticks(most, 5);
    let scale = Scale::linear(0.0, marks[marks.len() - 1], LEFT, WIDTH - RIGHT);
    let title = "Cost of one interaction, by set-up";
    canvas::svg(WIDTH as u32, height as u32, title, |sheet| {
        sheet.legend(4.0, 12.0, WIDTH, &legend);
        for &mark in &marks {
            let x = scale.at(mark);
            sheet.line((x, top), (x, bottom), GRID, 1);
            sheet.text(
                &words::count(mark),
                (x, bottom + 14.0),
                Anchor::Middle,
                AXIS,
            );
        }
        let middle = (LEFT + WIDTH - RIGHT) / 2.0;
        sheet.text(&data.unit, (middle, bottom + 34.0), Anchor::Middle, AXIS);
        for (index, bar) in data.bars.iter().enumerate() {
            let y = top + ROW * (index as f64 + 0.5);
            let face = if bar.is_best {
                Face::bold(13.0, INK)
            } else {
                NAME
            };
            let mut lines: Vec<(String, Face)> = words::two_lines(&bar.setup, 34)
                .into_iter()
                .map(|line| (line, face))
                .collect();
            if let Some((remark, color)) = remark(bar) {
                lines.push((remark, Face::new(11.0, color)));
            }
            sheet.lines(&lines, (LEFT - 12.0, y));
            let mut from = 0.0;
            for (part, amount) in bar
                .parts
                .iter()
                .enumerate()
                .filter(|(_, amount)| **amount > 0.0)
            {
                let (left, right) = (scale.at(from), scale.at(from + amount));
                sheet.rect((left, y - 13.0), (right, y + 13.0), series(part), 1.0);
                from += amount;
            }
            let at = (scale.at(from) + 8.0, y);
            let color = if bar.is_best { GOOD } else { INK };
            sheet.text(&bar.said, at, Anchor::Start, Face::bold(14.0, color));
        }
    })
}

fn remark(bar: &CostBar) -> Option<(String, plotters::style::RGBColor)> {
    let color = |badge: Badge| if badge.good { GOOD } else { canvas::BAD };
    let badge = bar.badge.map(|badge| (badge.said.to_owned(), color(badge)));
    let empty = bar.parts.is_empty();
    badge.or(empty.then(|| ("no interactions".to_owned(), MUTED)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_set_up_bears_its_price_and_the_cheapest_says_so() {
        let bar = |said: &str, cheapest: bool| CostBar {
            setup: format!("set-up {said}"),
            parts: vec![10.0, 5.0],
            said: said.to_owned(),
            badge: Some(match cheapest {
                true => Badge {
                    said: "cheapest",
                    good: true,
                },
                false => Badge {
                    said: "breaks a promise",
                    good: false,
                },
            }),
            is_best: cheapest,
        };
        let svg = draw(&CostBars {
            parts: vec!["pay".to_owned(), "tools".to_owned()],
            bars: vec![bar("15.00", true), bar("16.00", false)],
            unit: "Kč".to_owned(),
        });
        for word in [
            "15.00",
            "16.00",
            "pay",
            "tools",
            "cheapest",
            "breaks a promise",
        ] {
            assert!(svg.contains(word), "{word}");
        }
    }
}
