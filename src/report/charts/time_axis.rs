//! A horizontal axis of time that shows two clocks: a wall clock below, UTC above.

use std::ops::Range;

use chrono::{DateTime, Datelike, Duration, NaiveDateTime, Timelike, Utc};
use chrono_tz::Tz;

use super::canvas::{AXIS, Anchor, Canvas, Face, GRID, INK, MUTED, Scale};
use crate::time::{Horizon, zone};

/// A run of slots seen on a wall clock.
#[derive(Debug, Clone)]
pub(crate) struct TimeAxis {
    pub horizon: Horizon,
    pub zone: Tz,
    pub slots: Range<usize>,
}

/// Where a chart's plot lies on its sheet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

/// Height of the clocks: UTC above the frame, the wall clock below.
pub(crate) const UTC_HEIGHT: f64 = 26.0;
pub(crate) const WALL_HEIGHT: f64 = 46.0;

impl TimeAxis {
    /// Slots on pixels; the end of the last slot is the right end.
    pub(crate) fn scale(&self, frame: Frame) -> Scale {
        Scale::linear(
            self.slots.start as f64,
            self.slots.end as f64,
            frame.left,
            frame.right,
        )
    }

    /// Draws lines, hours and days of the wall clock, and the hours of UTC where asked for.
    pub(crate) fn draw(&self, sheet: &Canvas, frame: Frame, with_utc: bool) {
        let scale = self.scale(frame);
        let hours = self.slots.len() as f64 * self.horizon.slot_hours();
        let per_hour = (frame.right - frame.left) / hours.max(1.0);
        let step = [1, 2, 3, 6, 12, 24]
            .into_iter()
            .find(|step| f64::from(*step) * per_hour >= 24.0)
            .unwrap_or(24);
        let narrow = per_hour * 24.0 < 66.0;
        for mark in self.wall_marks(step) {
            let x = scale.at(mark.slot);
            let midnight = mark.wall.hour() == 0 && mark.wall.minute() == 0;
            let color = if midnight { MUTED } else { GRID };
            if midnight {
                sheet.line((x, frame.top), (x, frame.bottom + 40.0), GRID, 1);
            } else {
                sheet.line((x, frame.top), (x, frame.bottom), GRID, 1);
            }
            sheet.line((x, frame.bottom), (x, frame.bottom + 4.0), color, 1);
            if !narrow {
                let label = format!("{:02}", mark.wall.hour());
                sheet.text(
                    &label,
                    (x, frame.bottom + 13.0),
                    Anchor::Middle,
                    Face::new(11.0, MUTED),
                );
            }
        }
        self.draw_days(sheet, frame, narrow);
        if with_utc {
            for slot in self.utc_marks(step) {
                let x = scale.at(slot);
                let hour = self.instant(slot).hour();
                sheet.line((x, frame.top - 4.0), (x, frame.top), MUTED, 1);
                if !narrow {
                    let at = (x, frame.top - 14.0);
                    sheet.text(
                        &format!("{hour:02}"),
                        at,
                        Anchor::Middle,
                        Face::new(11.0, MUTED),
                    );
                }
            }
            sheet.text(
                "UTC",
                (frame.left - 14.0, frame.top - 14.0),
                Anchor::End,
                AXIS,
            );
        }
        sheet.line(
            (frame.left, frame.bottom),
            (frame.right, frame.bottom),
            MUTED,
            1,
        );
    }

    fn draw_days(&self, sheet: &Canvas, frame: Frame, narrow: bool) {
        let scale = self.scale(frame);
        for (from, to, day) in self.days() {
            let (left, right) = (
                scale.at(from).max(frame.left),
                scale.at(to).min(frame.right),
            );
            let wanted = if narrow { 16.0 } else { 60.0 };
            if right - left < wanted {
                continue;
            }
            let name = if narrow {
                day.day().to_string()
            } else {
                day.format("%a %-d %b").to_string()
            };
            let at = ((left + right) / 2.0, frame.bottom + 32.0);
            sheet.text(&name, at, Anchor::Middle, Face::bold(12.0, INK));
        }
    }

    /// Days of the wall clock as (first slot, end, date), in slots of the horizon.
    fn days(&self) -> Vec<(f64, f64, chrono::NaiveDate)> {
        let first = self
            .instant(self.slots.start as f64)
            .with_timezone(&self.zone);
        let last = self
            .instant(self.slots.end as f64)
            .with_timezone(&self.zone);
        first
            .date_naive()
            .iter_days()
            .take_while(|day| *day <= last.date_naive())
            .map(|day| {
                let (from, to) = zone::day_bounds(self.zone, day);
                (self.slot(from), self.slot(to), day)
            })
            .collect()
    }

    fn wall_marks(&self, step: u32) -> Vec<WallMark> {
        let mut marks = Vec::new();
        for (_, _, day) in self.days() {
            for hour in (0..24).step_by(step as usize) {
                let wall = day.and_time(chrono::NaiveTime::MIN) + Duration::hours(i64::from(hour));
                let slot = self.slot(zone::instant(self.zone, wall));
                if self.holds(slot) {
                    marks.push(WallMark { slot, wall });
                }
            }
        }
        marks
    }

    fn utc_marks(&self, step: u32) -> Vec<f64> {
        (self.slots.start..=self.slots.end)
            .filter(|slot| {
                let instant = self.horizon.slot_start(*slot);
                instant.minute() == 0 && instant.hour().is_multiple_of(step)
            })
            .map(|slot| slot as f64)
            .collect()
    }

    fn holds(&self, slot: f64) -> bool {
        slot >= self.slots.start as f64 && slot <= self.slots.end as f64
    }

    fn slot(&self, instant: DateTime<Utc>) -> f64 {
        (instant - self.horizon.start).num_seconds() as f64 / self.horizon.slot_seconds()
    }

    fn instant(&self, slot: f64) -> DateTime<Utc> {
        self.horizon.start + Duration::seconds((slot * self.horizon.slot_seconds()) as i64)
    }
}

struct WallMark {
    slot: f64,
    wall: NaiveDateTime,
}

/// The corners of a step line: each slot's value from its start to its end.
pub(crate) fn steps(values: &[f64], first: usize, x: Scale, y: Scale) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = Vec::new();
    for (index, &value) in values.iter().enumerate() {
        let (from, to) = (
            x.at((first + index) as f64),
            x.at((first + index + 1) as f64),
        );
        let height = y.at(value);
        // A run of equal values is one line.
        match points.last_mut() {
            Some(last) if (last.1 - height).abs() < 1e-9 => last.0 = to,
            _ => points.extend([(from, height), (to, height)]),
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    #[test]
    fn midnights_follow_the_wall_clock_over_a_clock_change() {
        let axis = TimeAxis {
            horizon: Horizon {
                start: Utc.with_ymd_and_hms(2026, 3, 27, 23, 0, 0).unwrap(),
                slot_minutes: 60,
                slots: 72,
            },
            zone: chrono_tz::Europe::Prague,
            slots: 0..72,
        };
        let midnights: Vec<f64> = axis.wall_marks(24).iter().map(|mark| mark.slot).collect();
        assert_eq!(midnights, [0.0, 24.0, 47.0, 71.0]);
    }

    #[test]
    fn equal_values_make_one_step() {
        let scale = Scale::linear(0.0, 4.0, 0.0, 4.0);
        let points = steps(&[1.0, 1.0, 2.0], 0, scale, scale);
        assert_eq!(points, [(0.0, 1.0), (2.0, 1.0), (2.0, 2.0), (3.0, 2.0)]);
    }
}
