//! When customers come: contacts by hour of the day and weekday, on the market's wall clock.

use super::canvas::{self, ACCENT, AXIS, Anchor, Face, GRID, INK, MUTED, NAME};
use crate::report::words;

/// Mean contacts per hour.
pub(crate) struct Heatmap {
    pub title: String,
    /// Monday first; the hours of a day from 0.
    pub contacts: [[f64; 24]; 7],
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const LEFT: f64 = 46.0;
const TOP: f64 = 30.0;
const CELL: (f64, f64) = (34.0, 26.0);
const SUM: f64 = 62.0;

/// Draws the chart.
pub(crate) fn draw(data: &Heatmap) -> String {
    let (first, last) = hours_shown(&data.contacts);
    let hours = last - first + 1;
    // Few hours get wide cells, so that the picture keeps its width.
    let cell = (CELL.0 * 24.0 / hours as f64).min(66.0);
    let width = LEFT + cell * hours as f64 + SUM;
    let height = TOP + CELL.1 * 7.0 + 8.0;
    let most = data.contacts.iter().flatten().copied().fold(0.0, f64::max);
    canvas::svg(width as u32, height as u32, &data.title, |sheet| {
        for column in 0..hours {
            let x = LEFT + cell * (column as f64 + 0.5);
            let hour = format!("{:02}", first + column);
            sheet.text(&hour, (x, TOP - 12.0), Anchor::Middle, AXIS);
        }
        let right = LEFT + cell * hours as f64;
        sheet.text("a day", (right + 10.0, TOP - 12.0), Anchor::Start, AXIS);
        for (row, (name, contacts)) in DAYS.iter().zip(&data.contacts).enumerate() {
            let top = TOP + CELL.1 * row as f64;
            let middle = top + CELL.1 / 2.0;
            sheet.text(name, (LEFT - 10.0, middle), Anchor::End, NAME);
            for (column, &value) in contacts[first..=last].iter().enumerate() {
                let x = LEFT + cell * column as f64;
                let corners = ((x, top), (x + cell - 2.0, top + CELL.1 - 2.0));
                if value <= 0.0 || most <= 0.0 {
                    sheet.rect(corners.0, corners.1, GRID, 0.45);
                    continue;
                }
                sheet.rect(corners.0, corners.1, ACCENT, 0.1 + 0.7 * value / most);
                let face = Face::new(11.0, INK);
                let at = (x + cell / 2.0 - 1.0, middle - 1.0);
                sheet.text(&short(value), at, Anchor::Middle, face);
            }
            let sum: f64 = contacts.iter().sum();
            let face = Face::bold(12.0, if sum > 0.0 { INK } else { MUTED });
            sheet.text(
                &words::count(sum),
                (right + 10.0, middle),
                Anchor::Start,
                face,
            );
        }
    })
}

/// The hours with contacts, with an empty one on either side; all of them where there is none.
fn hours_shown(contacts: &[[f64; 24]; 7]) -> (usize, usize) {
    let busy = |hour: &usize| contacts.iter().any(|day| day[*hour] > 0.0);
    match ((0..24).find(busy), (0..24).rev().find(busy)) {
        (Some(first), Some(last)) => (first.saturating_sub(1), (last + 1).min(23)),
        _ => (0, 23),
    }
}

/// A value in three characters at most where it can be.
fn short(value: f64) -> String {
    if value >= 9.95 {
        format!("{value:.0}")
    } else {
        format!("{value:.1}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_hour_shown_has_its_column_and_the_busiest_its_number() {
        let mut contacts = [[0.0; 24]; 7];
        contacts[0][9] = 12.0;
        contacts[4][16] = 3.5;
        assert_eq!(hours_shown(&contacts), (8, 17));
        let svg = draw(&Heatmap {
            title: "cs".to_owned(),
            contacts,
        });
        // The busiest cell is filled deepest.
        assert!(svg.contains("opacity=\"0.8\""));
        assert!(svg.contains(">\n12\n</text>") && svg.contains(">\n3.5\n</text>"));
        assert!(svg.contains(">\n17\n</text>") && !svg.contains(">\n18\n</text>"));
    }

    #[test]
    fn nothing_to_show_is_an_empty_grid() {
        let svg = draw(&Heatmap {
            title: String::new(),
            contacts: [[0.0; 24]; 7],
        });
        assert!(svg.starts_with("<svg") && svg.contains("23"));
    }
}
