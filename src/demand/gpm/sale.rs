//! The days about Black Friday, in series that they are unlike other days in: told by evidence, as banks and ambulances
//! know nothing of them.

use super::super::calendar::{Calendar, SALE_DAYS};
use super::sample::{Sample, scatter};

/// From Friday to Monday of a week.
const LONG: u32 = 4;
/// Weeks that tell what is usual.
const FEWEST: usize = 8;
/// Standard errors by which those days of the years known must pass the others; less than this, log scale, is none.
const SURE: f64 = 4.0;
const LEAST: f64 = 0.2;
/// How unlike the sales of different years are, relative variance; and how far any day of them may be from others,
/// log scale.
pub const UNLIKE: f64 = 0.06;
pub const SPREAD: f64 = 0.8;

/// A factor by [`super::super::calendar::Day::sale`]; the first is 1.
pub type Sale = [f64; SALE_DAYS + 1];
pub const NONE: Sale = [1.0; SALE_DAYS + 1];

/// Whether the days from Black Friday to the Monday after it stand out among those of other weeks, alike in every
/// year, by what is `due` on the days of `s`.
pub fn stands_out(s: &Sample, calendar: &Calendar, due: &[f64]) -> bool {
    let (mut usual, mut sales) = (Vec::new(), Vec::new());
    let since_friday = |i: usize| (u32::from(s.weekday[i]) + 3) % 7;
    let mut from = 0;
    while from < s.len() {
        let first = (s.day[from] + 7).wrapping_sub(since_friday(from));
        let (mut came, mut expected, mut to, mut is_sale) = (0.5, 0.5, from, false);
        while to < s.len() && (s.day[to] + 7).wrapping_sub(since_friday(to)) == first {
            if since_friday(to) < LONG && s.effect[to] == 0 {
                came += s.total[to];
                expected += due[to];
                is_sale |= calendar.days[s.day[to] as usize].sale > 0;
            }
            to += 1;
        }
        let off: f64 = (came / expected).ln();
        if expected > 1.0 {
            usual.push(off.abs());
            sales.extend(is_sale.then_some(off));
        }
        from = to;
    }
    let Some(scatter) = scatter(&mut usual).filter(|_| usual.len() >= FEWEST) else {
        return false;
    };
    let years = sales.len() as f64;
    let mean = sales.iter().sum::<f64>() / years;
    let unlike = match sales.len() {
        0 => return false,
        1 => 0.0,
        _ => sales.iter().map(|off| (off - mean).powi(2)).sum::<f64>() / (years - 1.0),
    };
    let error = (unlike.max(scatter * scatter) / years).sqrt();
    mean >= LEAST && mean >= SURE * error
}

#[cfg(test)]
mod tests {
    use super::super::super::history::Series;
    use super::super::factors::{DayConfig, Factors};
    use super::super::prepare;
    use super::*;
    use chrono::{Datelike, NaiveDate};

    const DAYS: usize = 760;

    /// Factors of two years from October 2023 on whose day is `of` its calendar year and place in the sale.
    fn sale(of: impl Fn(i32, u8) -> f64) -> Sale {
        let first = NaiveDate::from_ymd_opt(2023, 10, 2).expect("a Monday");
        let calendar = Calendar::new(first, DAYS, [true; 7], Some("GB"));
        let count = |day: usize| {
            let year = (first + chrono::Days::new(day as u64)).year();
            let chance = (day * 7919 % 101) as f64 / 101.0 - 0.5;
            (200.0 * of(year, calendar.days[day].sale) * (1.0 + 0.3 * chance)) as f32
        };
        let series = Series {
            name: "s".into(),
            volume: (0..DAYS).map(count).collect(),
            present: vec![true; DAYS],
        };
        let mut s = Sample::new(&series, 1, &calendar, DAYS);
        prepare(&mut s, &calendar, None);
        let config = DayConfig::default();
        Factors::fit(&s, DAYS, &calendar, &config, None, None, &mut Vec::new()).sale
    }

    #[test]
    fn a_sale_is_recovered_by_day_and_other_years_have_none() {
        let truth = [1.0, 1.3, 3.0, 2.0, 1.8, 2.6, 1.4];
        let found = sale(|_, day| truth[usize::from(day)]);
        for (found, truth) in found.iter().zip(truth) {
            assert!((found / truth).ln().abs() < 0.15, "{found} {truth}");
        }
        assert_eq!(sale(|_, _| 1.0), NONE);
        let of_one = |year, day| {
            if year == 2024 {
                truth[usize::from(day)]
            } else {
                1.0
            }
        };
        assert_eq!(sale(of_one), NONE);
    }
}
