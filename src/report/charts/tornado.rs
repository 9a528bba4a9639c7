//! The inputs that move the cost of an interaction most, widest on top.

use super::canvas::{self, AXIS, Anchor, BAD, Face, GOOD, GRID, INK, MUTED, NAME, Scale, ticks};
use crate::report::words;

/// One input.
pub(crate) struct TornadoRow {
    pub input: String,
    /// Cost with the input low and high, and as it is.
    pub low: f64,
    pub high: f64,
    pub as_is: f64,
    /// The ends of its range, as they are said.
    pub said: (String, String),
}

/// Rows over one axis of change, in percent of the cost as it is.
pub(crate) struct Tornado {
    pub rows: Vec<TornadoRow>,
    /// What the axis counts.
    pub unit: String,
}

const WIDTH: f64 = 940.0;
const LEFT: f64 = 340.0;
const RIGHT: f64 = 40.0;
const TOP: f64 = 8.0;
const ROW: f64 = 23.0;
/// Room for the ends' words beside the longest bar, as a part of its length.
const ROOM: f64 = 1.5;

/// Draws the chart.
pub(crate) fn draw(data: &Tornado) -> String {
    let change = |row: &TornadoRow, cost: f64| {
        if row.as_is > 0.0 {
            cost / row.as_is - 1.0
        } else {
            0.0
        }
    };
    let bottom = TOP + ROW * data.rows.len().max(1) as f64;
    let most = data
        .rows
        .iter()
        .flat_map(|row| [change(row, row.low).abs(), change(row, row.high).abs()])
        .fold(0.01, f64::max)
        * ROOM;
    let scale = Scale::linear(-most, most, LEFT, WIDTH - RIGHT);
    let title = "What moves the cost of an interaction";
    canvas::svg(WIDTH as u32, (bottom + 44.0) as u32, title, |sheet| {
        let marks = ticks(most, 4);
        for &mark in marks.iter().filter(|mark| **mark > 0.0 && **mark <= most) {
            for at in [-mark, mark] {
                let x = scale.at(at);
                sheet.line((x, TOP), (x, bottom), GRID, 1);
                let sign = if at > 0.0 { "+" } else { "−" };
                let said = format!("{sign}{}", words::percent(mark));
                sheet.text(&said, (x, bottom + 14.0), Anchor::Middle, AXIS);
            }
        }
        let middle = scale.at(0.0);
        sheet.text(&data.unit, (middle, bottom + 33.0), Anchor::Middle, AXIS);
        for (index, row) in data.rows.iter().enumerate() {
            let y = TOP + ROW * (index as f64 + 0.5);
            let name = words::label(&row.input, 47);
            sheet.text(&name, (LEFT - 12.0, y), Anchor::End, NAME);
            let (low, high) = (change(row, row.low), change(row, row.high));
            for moved in [low, high] {
                let x = scale.at(moved);
                let color = if moved > 0.0 { BAD } else { GOOD };
                sheet.rect(
                    (middle.min(x), y - 9.0),
                    (middle.max(x), y + 9.0),
                    color,
                    0.85,
                );
            }
            for (moved, said) in ends((low, high), &row.said) {
                let (anchor, shift) = if moved > 0.0 {
                    (Anchor::Start, 6.0)
                } else {
                    (Anchor::End, -6.0)
                };
                let at = (scale.at(moved) + shift, y);
                sheet.text(&said, at, anchor, Face::new(12.0, MUTED));
            }
        }
        sheet.line((middle, TOP), (middle, bottom), INK, 1);
    })
}

/// What stands beside the bars: each end's words, or both at the longer end where they go the same way.
fn ends((low, high): (f64, f64), said: &(String, String)) -> Vec<(f64, String)> {
    const NOTHING: f64 = 1e-6;
    if low * high <= 0.0 {
        let both = [(low, said.0.clone()), (high, said.1.clone())];
        let shown = both.into_iter().filter(|(moved, _)| moved.abs() > NOTHING);
        return shown.collect();
    }
    let (long, said, short, other) = if high.abs() >= low.abs() {
        (high, &said.1, low, &said.0)
    } else {
        (low, &said.0, high, &said.1)
    };
    let sign = if short > 0.0 { "+" } else { "−" };
    let both = format!("{said} ({other}: {sign}{})", words::percent(short.abs()));
    vec![(long, both)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_are_named_beside_their_bars() {
        let svg = draw(&Tornado {
            rows: vec![TornadoRow {
                input: "handle time".to_owned(),
                low: 80.0,
                high: 130.0,
                as_is: 100.0,
                said: ("× 0.8".to_owned(), "× 1.2".to_owned()),
            }],
            unit: "change of the cost of one interaction".to_owned(),
        });
        for words in ["handle time", "× 0.8", "× 1.2", "+20 %"] {
            assert!(svg.contains(words), "{words}");
        }
    }

    #[test]
    fn ends_that_go_the_same_way_share_their_words() {
        let said = ("-10 points".to_owned(), "+10 points".to_owned());
        let both = ends((0.02, 0.09), &said);
        assert_eq!(both, [(0.09, "+10 points (-10 points: +2 %)".to_owned())]);
        assert_eq!(ends((-0.1, 0.1), &said).len(), 2);
        assert_eq!(ends((0.0, 0.1), &said).len(), 1);
    }
}
