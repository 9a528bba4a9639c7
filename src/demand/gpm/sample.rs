//! Day totals of one series with what the calendar says of them, packed for the fitting loops.

use super::super::calendar::{Calendar, Day, Group};
use super::super::history::Series;

/// The observed days of a series, ascending; every vector has one entry per day.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// Day index in the calendar.
    pub day: Vec<u32>,
    /// Day totals, outliers pulled in by [`Sample::winsorise`].
    pub total: Vec<f64>,
    pub date: Vec<Day>,
    pub weekday: Vec<u8>,
    pub month_day: Vec<u8>,
    pub year_day: Vec<u16>,
    pub effect: Vec<u16>,
    /// How far the day counts for level and weekday: 1 on regular days, less on special ones.
    pub regular: Vec<f64>,
    /// Relative variance of day totals beyond Poisson.
    pub excess: f64,
    /// Index of each day of a sale and which it is, see [`super::sale`]; empty where none stands out.
    pub sales: Vec<(usize, u8)>,
}

impl Sample {
    /// The days of `series` before day `end`.
    pub fn new(series: &Series, slots: usize, calendar: &Calendar, end: usize) -> Self {
        let mut s = Self::default();
        for day in 0..end.min(series.present.len()) {
            let Some(total) = series.total(day, slots) else {
                continue;
            };
            let d = calendar.days[day];
            s.day.push(day as u32);
            s.total.push(total);
            s.date.push(d);
            s.weekday.push(d.weekday);
            s.month_day.push(d.month_day);
            s.year_day.push(d.year_day);
            s.effect.push(d.effect);
            s.regular.push(match d.effect {
                0 => 1.0,
                e => match calendar.effects[e as usize - 1].group {
                    Group::Holiday | Group::HolidayAtWeekend => 0.0,
                    Group::Christmas | Group::Bridge => 0.2,
                    Group::Eve | Group::After => 0.5,
                },
            });
        }
        s
    }

    /// Gives the days of sales a factor of their own.
    pub fn set_apart_sales(&mut self, calendar: &Calendar) {
        for (i, day) in self.day.iter().enumerate() {
            let sale = calendar.days[*day as usize].sale;
            if sale > 0 {
                self.sales.push((i, sale));
                self.regular[i] = 0.0;
            }
        }
    }

    pub fn len(&self) -> usize {
        self.day.len()
    }

    pub fn is_empty(&self) -> bool {
        self.day.is_empty()
    }

    /// How many observed days lie before `day`.
    pub fn before(&self, day: usize) -> usize {
        self.day.partition_point(|d| (*d as usize) < day)
    }

    /// Pulls day totals of regular days into `expected` ± 4 robust standard deviations, and measures the
    /// excess variance around it.
    pub fn winsorise(&mut self, expected: &[f64]) {
        let mut pearson: Vec<f64> = Vec::with_capacity(self.len());
        for ((y, m), r) in self.total.iter().zip(expected).zip(&self.regular) {
            if *r == 1.0 && *m > 0.0 {
                pearson.push((y - m).abs() / m.sqrt());
            }
        }
        if pearson.len() < 8 {
            return;
        }
        let spread = spread(&mut pearson).unwrap_or_default();
        let limit = 4.0 * spread.max(1.0);
        let (mut excess, mut square) = (0.0, 0.0);
        for (i, &m) in expected.iter().enumerate() {
            if self.regular[i] < 1.0 || m <= 0.0 {
                continue;
            }
            // One count more than the band is never an outlier.
            let width = limit * m.sqrt() + 1.0;
            self.total[i] = self.total[i].clamp((m - width).max(0.0), m + width);
            excess += (self.total[i] - m).powi(2) - m;
            square += m * m;
        }
        if square > 0.0 {
            self.excess = (excess / square).clamp(0.0, 4.0);
        }
    }
}

/// The least that days or weeks scatter about a level, log scale.
const SCATTER: f64 = 0.05;

/// Standard deviation of which the median is told: that of absolute deviations.
pub fn spread(off: &mut [f64]) -> Option<f64> {
    median(off).map(|median| 1.4826 * median)
}

/// The same of logarithms, and no less than a level scatters anyway.
pub fn scatter(off: &mut [f64]) -> Option<f64> {
    spread(off).map(|spread| spread.max(SCATTER))
}

/// The middle one of some numbers, which end in another order.
pub fn median(numbers: &mut [f64]) -> Option<f64> {
    let middle = numbers.len() / 2;
    (!numbers.is_empty()).then(|| *numbers.select_nth_unstable_by(middle, f64::total_cmp).1)
}
