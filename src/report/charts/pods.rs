//! Who serves whom: teams against clients, dedicated or shared.

use super::canvas::{self, AXIS, Anchor, Face, GRID, INK, MUTED, NAME, series, text_width};
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

/// Room for the names of teams: no less, and more where they need it.
const LEFT: f64 = 120.0;
/// Letters of a team's name that are drawn.
const NAMED: usize = 52;
const ROW: f64 = 28.0;
/// Columns from which names are written flat.
const FLAT: f64 = 80.0;

/// Draws the chart.
pub(crate) fn draw(data: &PodMap) -> String {
    let team = |row: &PodRow| words::label_with_end(&row.team, NAMED);
    let widths = data.rows.iter().map(|row| text_width(&team(row), 13.0));
    let left = widths.fold(LEFT, f64::max) + 20.0;
    let works_there =
        |(index, _): &(usize, &String)| data.rows.iter().any(|row| row.site == *index);
    let legend: Vec<_> = data
        .sites
        .iter()
        .enumerate()
        .filter(works_there)
        .map(|(index, name)| (series(index), words::label(name, 30)))
        .collect();
    let column = (560.0 / data.clients.len().max(1) as f64).clamp(26.0, 90.0);
    let width = (left + column * data.clients.len() as f64 + 130.0).max(420.0);
    let top = canvas::legend_height(width, &legend) + if column < FLAT { 96.0 } else { 40.0 };
    let height = top + ROW * data.rows.len().max(1) as f64 + 8.0;
    let title = "Teams and the clients they serve";
    canvas::svg(width as u32, height as u32, title, |sheet| {
        sheet.legend(4.0, 12.0, width, &legend);
        let right = left + column * data.clients.len() as f64;
        for (index, name) in data.clients.iter().enumerate() {
            let x = left + column * (index as f64 + 0.5);
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
            sheet.text(&team(row), (left - 12.0, y), Anchor::End, NAME);
            for (client, _) in row.serves.iter().enumerate().filter(|(_, serves)| **serves) {
                let x = left + column * (client as f64 + 0.5);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_whole_and_only_sites_that_work_are_explained() {
        let team = "agency-pod-in-warsaw: garden, tools, 3";
        let svg = draw(&PodMap {
            clients: vec!["garden".to_owned(), "tools".to_owned()],
            sites: vec!["prague".to_owned(), "warsaw".to_owned()],
            rows: vec![PodRow {
                team: team.to_owned(),
                heads: 3,
                shared: true,
                site: 1,
                serves: vec![true, false],
            }],
        });
        assert!(svg.contains(team) && svg.contains("warsaw"));
        assert!(!svg.contains("prague"));
        // The name ends before the first column, and begins on the sheet.
        let end = 20.0 + text_width(team, 13.0) - 12.0;
        let anchor = format!("<text x=\"{}\"", end.round());
        assert!(svg.contains(&anchor), "{anchor} in {svg}");
    }
}
