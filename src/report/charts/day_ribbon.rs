//! Which site covers which hour of an average day, each on its own clock, its nights shaded.

use super::canvas::{self, AXIS, Anchor, Face, GRID, INK, MUTED, NAME, NIGHT, series};
use crate::report::words;

/// One site over the 24 hours of UTC.
pub(crate) struct RibbonRow {
    pub site: String,
    /// Mean agents on the line in each hour of UTC.
    pub agents: [f64; 24],
    /// Its wall clock at each hour of UTC, in minutes of the day.
    pub wall: [u32; 24],
    /// Whether its night premium is paid.
    pub night: [bool; 24],
}

const LEFT: f64 = 150.0;
const CELL: f64 = 32.0;
const TOP: f64 = 30.0;
const ROW: f64 = 62.0;

/// Draws the chart.
pub(crate) fn draw(rows: &[RibbonRow]) -> String {
    let width = LEFT + CELL * 24.0 + 8.0;
    let height = TOP + ROW * rows.len().max(1) as f64 + 4.0;
    let most = rows.iter().flat_map(|row| row.agents).fold(0.0, f64::max);
    let title = "Agents on the line by hour and site, mean over the days planned";
    canvas::svg(width as u32, height as u32, title, |sheet| {
        sheet.text("UTC", (LEFT - 12.0, TOP - 12.0), Anchor::End, AXIS);
        for hour in 0..24 {
            let x = LEFT + CELL * (f64::from(hour) + 0.5);
            sheet.text(&format!("{hour:02}"), (x, TOP - 12.0), Anchor::Middle, AXIS);
        }
        for (index, row) in rows.iter().enumerate() {
            let top = TOP + ROW * index as f64;
            let bar = (top + 4.0, top + 34.0);
            sheet.text(
                &words::label(&row.site, 20),
                (LEFT - 12.0, top + 19.0),
                Anchor::End,
                NAME,
            );
            sheet.text(
                "its clock",
                (LEFT - 12.0, top + 46.0),
                Anchor::End,
                Face::new(11.0, MUTED),
            );
            for hour in 0..24 {
                let x = LEFT + CELL * hour as f64;
                if row.night[hour] {
                    sheet.rect((x, top), (x + CELL, top + ROW - 6.0), NIGHT, 1.0);
                }
                sheet.rect((x + 1.0, bar.0), (x + CELL - 1.0, bar.1), GRID, 0.5);
                let agents = row.agents[hour];
                if agents > 0.0 && most > 0.0 {
                    let depth = 0.2 + 0.6 * agents / most;
                    sheet.rect(
                        (x + 1.0, bar.0),
                        (x + CELL - 1.0, bar.1),
                        series(index),
                        depth,
                    );
                    let at = (x + CELL / 2.0, (bar.0 + bar.1) / 2.0);
                    sheet.text(&short(agents), at, Anchor::Middle, Face::bold(11.0, INK));
                }
                let wall = clock(row.wall[hour]);
                let at = (x + CELL / 2.0, top + 46.0);
                sheet.text(&wall, at, Anchor::Middle, Face::new(10.0, MUTED));
            }
        }
    })
}

fn short(agents: f64) -> String {
    if agents >= 9.95 || (agents - agents.round()).abs() < 0.05 {
        format!("{agents:.0}")
    } else {
        format!("{agents:.1}")
    }
}

fn clock(minute: u32) -> String {
    match minute % 60 {
        0 => format!("{:02}", minute / 60),
        rest => format!("{:02}:{rest:02}", minute / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_hour_zones_show_their_minutes() {
        assert_eq!(clock(330), "05:30");
        assert_eq!(clock(600), "10");
    }
}
