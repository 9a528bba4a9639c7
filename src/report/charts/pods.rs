//! Who serves whom: teams against clients, dedicated or shared.

use super::canvas::{self, AXIS, Anchor, Face, GRID, INK, MUTED, NAME, series};
use crate::report::words;

/// One team.
pub(crate) struct PodRow {
    pub team: String,
    pub heads: usize,
    pub shared: bool,
    /// Index of its site, for its colour.
    pub site: usize,
    /// Whether it serves each client.
    pub serves: Vec<bool>,
}

/// Teams and clients.
pub(crate) struct PodMap {
    pub clients: Vec<String>,
    pub sites: Vec<String>,
    pub rows: Vec<PodRow>,
}

const LEFT: f64 = 240.0;
const ROW: f64 = 28.0;
/// Columns from which names are written flat.
const FLAT: f64 = 80.0;

/// Draws the chart.
pub(crate) fn draw(data: &PodMap) -> String {
    let legend: Vec<_> = data
        .sites
        .iter()
        .enumerate()
        .map(|(index, name)| (series(index), words::label(name, 30)))
        .collect();
    let column = (560.0 / data.clients.len().max(1) as f64).clamp(26.0, 90.0);
    let width = (LEFT + column * data.clients.len() as f64 + 130.0).max(420.0);
    let top = canvas::legend_height(width, &legend) + if column < FLAT { 96.0 } else { 40.0 };
    let height = top + ROW * data.rows.len().max(1) as f64 + 8.0;
    let title = "Teams and the clients they serve";
    canvas::svg(width as u32, height as u32, title, |sheet| {
        sheet.legend(4.0, 12.0, width, &legend);
        let right = LEFT + column * data.clients.len() as f64;
        for (index, name) in data.clients.iter().enumerate() {
            let x = LEFT + column * (index as f64 + 0.5);
            let name = words::label(name, 14);
            if column < FLAT {
                sheet.text_upwards(&name, (x, top - 46.0), Face::new(12.0, INK));
            } else {
                let name = words::label(&name, 12);
                sheet.text(&name, (x, top - 12.0), Anchor::Middle, Face::new(12.0, INK));
            }
        }
        sheet.text("agents", (right + 14.0, top - 12.0), Anchor::Start, AXIS);
        for (index, row) in data.rows.iter().enumerate() {
            let y = top + ROW * (index as f64 + 0.5);
            let line = top + ROW * index as f64;
            sheet.line((8.0, line), (width - 8.0, line), GRID, 1);
            sheet.text(
                &words::label(&row.team, 34),
                (LEFT - 12.0, y),
                Anchor::End,
                NAME,
            );
            for (client, _) in row.serves.iter().enumerate().filter(|(_, serves)| **serves) {
                let x = LEFT + column * (client as f64 + 0.5);
                sheet.dot((x, y), 7, series(row.site));
            }
            let heads = format!(
                "{} {}",
                row.heads,
                if row.shared { "shared" } else { "dedicated" }
            );
            sheet.text(
                &heads,
                (right + 14.0, y),
                Anchor::Start,
                Face::new(12.0, MUTED),
            );
        }
    })
}
