//! Cost of one interaction at several volumes: where one set-up overtakes another.

use super::canvas::{self, AXIS, Anchor, Canvas, Face, GRID, MUTED, Scale, series, ticks};
use crate::report::words;

/// Set-ups over volumes.
#[derive(Clone)]
pub(crate) struct BreakEvenChart {
    pub setups: Vec<String>,
    /// Interactions a day, ascending, with the cost of one interaction per set-up; not a number where a
    /// set-up cannot be run.
    pub points: Vec<(f64, Vec<f64>)>,
    /// Volumes at which the cheapest set-up changes, and to which.
    pub crossings: Vec<(f64, usize)>,
    /// Today's volume.
    pub today: Option<f64>,
    /// "Kč per interaction".
    pub unit: String,
}

const WIDTH: f64 = 940.0;
const HEIGHT: f64 = 310.0;
const LEFT: f64 = 64.0;
const BOTTOM: f64 = HEIGHT - 52.0;

/// Draws the chart.
pub(crate) fn draw(data: &BreakEvenChart) -> String {
    let legend: Vec<_> = data
        .setups
        .iter()
        .enumerate()
        .map(|(index, name)| (series(index), words::label(name, 72)))
        .collect();
    let top = 30.0 + canvas::legend_height(WIDTH, &legend);
    let marks = ticks(highest_shown(data), 5);
    let roof = marks[marks.len() - 1];
    let y = Scale::linear(0.0, roof, BOTTOM, top);
    let (from, to) = match (data.points.first(), data.points.last()) {
        (Some(first), Some(last)) if last.0 > first.0 => (first.0, last.0),
        (Some(only), _) => (only.0 * 0.5, only.0 * 2.0),
        _ => (1.0, 1000.0),
    };
    let x = Scale::log(from, to, LEFT, WIDTH - 24.0);
    let title = "Cost of one interaction by volume";
    canvas::svg(WIDTH as u32, HEIGHT as u32, title, |sheet| {
        sheet.legend(4.0, 12.0, WIDTH, &legend);
        sheet.text(&data.unit, (4.0, top - 18.0), Anchor::Start, AXIS);
        for &mark in &marks {
            let at = y.at(mark);
            sheet.line((LEFT, at), (WIDTH - 24.0, at), GRID, 1);
            sheet.text(&words::count(mark), (LEFT - 8.0, at), Anchor::End, AXIS);
        }
        for volume in volumes_named(from, to) {
            let at = x.at(volume);
            sheet.line((at, top), (at, BOTTOM), GRID, 1);
            sheet.text(
                &words::count(volume),
                (at, BOTTOM + 14.0),
                Anchor::Middle,
                AXIS,
            );
        }
        let middle = (LEFT + WIDTH) / 2.0;
        let name = "interactions a day (each step to the right is the same factor)";
        sheet.text(name, (middle, HEIGHT - 14.0), Anchor::Middle, AXIS);
        if let Some(today) = data.today.filter(|today| (from..=to).contains(today)) {
            let at = x.at(today);
            sheet.dashes((at, top), (at, BOTTOM), MUTED, 1);
            beside(sheet, "today", (at, BOTTOM - 10.0), Face::new(11.0, MUTED));
        }
        for index in 0..data.setups.len() {
            for run in runs_below(data, index, roof) {
                let points: Vec<_> = run.iter().map(|&(v, c)| (x.at(v), y.at(c))).collect();
                sheet.path(&points, series(index), 2, 1.0);
            }
            for (volume, cost) in line(data, index).filter(|(_, cost)| *cost <= roof) {
                sheet.dot((x.at(volume), y.at(cost)), 3, series(index));
            }
        }
        for (row, &(volume, to)) in data.crossings.iter().enumerate() {
            let at = x.at(volume);
            sheet.dashes((at, top), (at, BOTTOM), series(to), 1);
            let label = format!("from {} a day", words::count(volume.round()));
            let height = top + 10.0 + 18.0 * (row % 4) as f64;
            beside(sheet, &label, (at, height), Face::bold(12.0, series(to)));
        }
    })
}

/// Words beside an upright: on its left where the picture ends on its right.
fn beside(sheet: &Canvas, words: &str, (at, height): (f64, f64), face: Face) {
    let (anchor, shift) = if at + canvas::text_width(words, face.size) + 10.0 > WIDTH {
        (Anchor::End, -6.0)
    } else {
        (Anchor::Start, 6.0)
    };
    sheet.text(words, (at + shift, height), anchor, face);
}

/// The top of the picture: small volumes cost so much that they would flatten the rest.
fn highest_shown(data: &BreakEvenChart) -> f64 {
    let finite = |cost: &f64| cost.is_finite();
    let mut all: Vec<f64> = data
        .points
        .iter()
        .flat_map(|(_, costs)| costs.iter().copied().filter(finite))
        .collect();
    all.sort_by(f64::total_cmp);
    match (all.get(all.len() / 2), all.last()) {
        (Some(&median), Some(&most)) => most.min(median * 3.0),
        _ => 1.0,
    }
}

fn line(data: &BreakEvenChart, setup: usize) -> impl Iterator<Item = (f64, f64)> {
    data.points.iter().filter_map(move |(volume, costs)| {
        let cost = *costs.get(setup)?;
        cost.is_finite().then_some((*volume, cost))
    })
}

/// The parts of a line below the roof, cut where they cross it.
fn runs_below(data: &BreakEvenChart, setup: usize, roof: f64) -> Vec<Vec<(f64, f64)>> {
    let mut runs: Vec<Vec<(f64, f64)>> = vec![Vec::new()];
    let mut before: Option<(f64, f64)> = None;
    for (volume, cost) in line(data, setup) {
        if let Some((earlier, was)) = before
            && (was <= roof) != (cost <= roof)
        {
            let part = (roof - was) / (cost - was);
            let at = (earlier.ln() + part * (volume.ln() - earlier.ln())).exp();
            if cost <= roof {
                runs.push(vec![(at, roof)]);
            } else if let Some(run) = runs.last_mut() {
                run.push((at, roof));
            }
        }
        if cost <= roof
            && let Some(run) = runs.last_mut()
        {
            run.push((volume, cost));
        }
        before = Some((volume, cost));
    }
    runs.retain(|run| run.len() > 1);
    runs
}

/// 1, 2 and 5 of every power of ten within the ends.
fn volumes_named(from: f64, to: f64) -> Vec<f64> {
    (-3..9)
        .flat_map(|power| [1.0, 2.0, 5.0].map(|factor| factor * 10f64.powi(power)))
        .filter(|volume| (from * 0.999..=to * 1.001).contains(volume))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_at_the_roof() {
        let data = BreakEvenChart {
            setups: vec!["a".to_owned()],
            points: vec![
                (1.0, vec![300.0]),
                (10.0, vec![100.0]),
                (100.0, vec![f64::NAN]),
            ],
            crossings: vec![(5.0, 0)],
            today: Some(8.0),
            unit: "Kč".to_owned(),
        };
        let runs = runs_below(&data, 0, 200.0);
        assert_eq!(runs.len(), 1);
        assert_eq!(runs[0][0].1, 200.0);
        assert!((runs[0][0].0 - 10f64.sqrt()).abs() < 1e-9);
        assert!(draw(&data).contains("from 5 a day"));
        // At the right edge words stand on the left.
        let today = |volume: f64| {
            let data = BreakEvenChart {
                today: Some(volume),
                ..data.clone()
            };
            let svg = draw(&data);
            let text = svg.split("<text").find(|text| text.contains("today"));
            text.map(str::to_owned).unwrap_or_default()
        };
        assert!(
            today(100.0).contains("text-anchor=\"end\""),
            "{}",
            today(100.0)
        );
        assert!(
            today(8.0).contains("text-anchor=\"start\""),
            "{}",
            today(8.0)
        );
    }
}
