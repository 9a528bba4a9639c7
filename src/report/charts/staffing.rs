//! Agents on the line, stacked by site, against the agents that the requirement asks for.

use super::canvas::{self, AXIS, Anchor, Face, GRID, INK, Scale, series, ticks};
use super::time_axis::{Frame, TimeAxis, UTC_HEIGHT, WALL_HEIGHT, steps};
use crate::report::words;

/// Agents per slot shown.
pub(crate) struct Staffing {
    pub title: String,
    pub axis: TimeAxis,
    /// Name of the axis' wall clock: "Europe/Prague".
    pub clock: String,
    /// Sites, or teams, with their agents on the line.
    pub stacks: Vec<(String, Vec<f64>)>,
    pub required: Vec<f64>,
}

const WIDTH: f64 = 940.0;
const HEIGHT: f64 = 330.0;

/// Draws the chart.
pub(crate) fn draw(data: &Staffing) -> String {
    let mut legend: Vec<_> = data
        .stacks
        .iter()
        .enumerate()
        .map(|(index, (name, _))| (series(index), words::label(name, 30)))
        .collect();
    legend.push((INK, "required on the line".to_owned()));
    let legend_height = canvas::legend_height(WIDTH - 70.0, &legend);
    let frame = Frame {
        left: 52.0,
        top: 6.0 + legend_height + UTC_HEIGHT,
        right: WIDTH - 10.0,
        bottom: HEIGHT + legend_height - 20.0 - WALL_HEIGHT,
    };
    let height = frame.bottom + WALL_HEIGHT + 16.0;
    let tops = running_sums(&data.stacks, data.required.len());
    let most = tops
        .iter()
        .chain([&data.required])
        .flatten()
        .copied()
        .fold(0.0, f64::max);
    // Agents are whole.
    let marks: Vec<f64> = ticks(most.max(4.0), 4);
    let y = Scale::linear(0.0, marks[marks.len() - 1], frame.bottom, frame.top);
    let x = data.axis.scale(frame);
    let first = data.axis.slots.start;
    canvas::svg(WIDTH as u32, height as u32, &data.title, |sheet| {
        sheet.text("agents", (8.0, 12.0), Anchor::Start, Face::new(12.0, INK));
        sheet.legend(70.0, 12.0, WIDTH, &legend);
        data.axis.draw(sheet, frame, true);
        for &mark in &marks {
            let at = y.at(mark);
            sheet.line((frame.left, at), (frame.right, at), GRID, 1);
            sheet.text(
                &words::count(mark),
                (frame.left - 8.0, at),
                Anchor::End,
                AXIS,
            );
        }
        let clock = format!("{} clock below, UTC above", words::label(&data.clock, 40));
        sheet.text(
            &clock,
            (frame.right, height - 9.0),
            Anchor::End,
            Face::new(11.0, canvas::MUTED),
        );
        let floor = vec![0.0; data.required.len()];
        for (index, top) in tops.iter().enumerate() {
            let below = if index == 0 { &floor } else { &tops[index - 1] };
            let mut shape = steps(top, first, x, y);
            shape.extend(steps(below, first, x, y).into_iter().rev());
            sheet.area(&shape, series(index), 0.75);
        }
        sheet.path(&steps(&data.required, first, x, y), INK, 2, 1.0);
    })
}

fn running_sums(stacks: &[(String, Vec<f64>)], slots: usize) -> Vec<Vec<f64>> {
    let mut sum = vec![0.0; slots];
    stacks
        .iter()
        .map(|(_, agents)| {
            for (total, agents) in sum.iter_mut().zip(agents) {
                *total += agents;
            }
            sum.clone()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stacks_stand_on_each_other() {
        let stacks = [
            ("a".to_owned(), vec![1.0, 2.0]),
            ("b".to_owned(), vec![3.0, 0.0]),
        ];
        assert_eq!(running_sums(&stacks, 2), [vec![1.0, 2.0], vec![4.0, 2.0]]);
    }
}
