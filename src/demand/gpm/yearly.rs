//! The yearly season: a Fourier curve on the logarithm of weekly totals over a slow level, with a ridge that grows with
//! the square of the order.

use std::sync::OnceLock;

use super::level;
use super::sample::Sample;

/// Orders of the curve; each has a cosine and a sine.
const ORDERS: usize = 8;
const TERMS: usize = 2 * ORDERS;
/// Prior standard deviation of the first order's coefficients, log scale.
const PRIOR: f64 = 0.2;
/// The same about a pool's season, of that without one.
const ABOUT_POOL: f64 = 0.25;
/// Weekly log errors wander together for weeks: each counts for this much of one.
const WANDER: f64 = 0.2;
/// Half-life of the slow level the season is read against, days.
const SLOW: f64 = 240.0;

/// Prior standard deviation of a drift beside the season, log scale a year, in a history of a year; none in one of
/// so many years.
const DRIFT: f64 = 0.5;
const TWICE: f64 = 1.6;
const DAYS: f64 = 365.25;

/// A curve of the year: its coefficients on a Fourier basis.
#[derive(Clone, Debug, PartialEq)]
pub struct Yearly {
    pub terms: [f64; TERMS],
}

impl Yearly {
    /// Factor of each day of a leap year.
    pub fn curve(&self) -> Vec<f64> {
        basis()
            .iter()
            .map(|b| dot(b, &self.terms).clamp(-3.0, 3.0).exp())
            .collect()
    }

    /// Fits the curve to the first `n` days, whose `expected` holds every factor, the season `so_far`
    /// with them; pulled towards `prior`, or towards no season.
    pub fn fit(
        s: &Sample,
        n: usize,
        expected: &[f64],
        so_far: Option<&Self>,
        prior: Option<&Self>,
        slack: f64,
    ) -> Self {
        let centre = prior.map_or([0.0; TERMS], |p| p.terms);
        let sd = slack * prior.map_or(PRIOR, |_| ABOUT_POOL * PRIOR);
        let mut without = expected[..n].to_vec();
        if let Some(season) = so_far {
            let curve = season.curve();
            for (w, d) in without.iter_mut().zip(&s.year_day) {
                *w /= curve[usize::from(*d)];
            }
        }
        let mut slow = Vec::new();
        level::path(s, n, expected, SLOW, &mut slow);
        let mut terms = regress(s, n, &without, &slow, &centre, sd);
        if so_far.is_none() {
            // The first curve was read against a level that still held the season.
            let curve = Self { terms }.curve();
            let with: Vec<f64> = (0..n)
                .map(|i| without[i] * curve[usize::from(s.year_day[i])])
                .collect();
            level::path(s, n, &with, SLOW, &mut slow);
            terms = regress(s, n, &without, &slow, &centre, sd);
        }
        Self { terms }
    }
}

fn regress(
    s: &Sample,
    n: usize,
    expected: &[f64],
    slow: &[f64],
    centre: &[f64; TERMS],
    sd: f64,
) -> [f64; TERMS] {
    const SIZE: usize = TERMS + 2;
    let mut normal = [[0.0; SIZE]; SIZE];
    let mut right = [0.0; SIZE];
    let middle_year = f64::from(s.day[n / 2]) / DAYS;
    let mut from = 0;
    while from < n {
        let week = s.day[from] / 7;
        let (mut y, mut e, mut to) = (0.0, 0.0, from);
        while to < n && s.day[to] / 7 == week {
            y += s.regular[to] * s.total[to];
            e += s.regular[to] * expected[to] * slow[to];
            to += 1;
        }
        let middle = usize::from(s.year_day[(from + to) / 2]);
        if e > 0.0 {
            let weeks = (to - from) as f64 / 7.0;
            let weight = WANDER / (1.0 / (e + 1.0) + (s.excess + 0.003) / weeks.max(0.2));
            let mut row = [1.0; SIZE];
            row[TERMS + 1] = f64::from(s.day[(from + to) / 2]) / DAYS - middle_year;
            row[..TERMS].copy_from_slice(&basis()[middle]);
            let target = ((y + 0.5) / (e + 0.5)).ln() - dot(&row[..TERMS], centre);
            for ((own, sums), right) in row.iter().zip(&mut normal).zip(&mut right) {
                let heavy = weight * own;
                *right += heavy * target;
                // Whole rows, though the lower triangle would do: they go several numbers at a time.
                for (cell, other) in sums.iter_mut().zip(&row) {
                    *cell += heavy * other;
                }
            }
        }
        from = to;
    }
    for (k, row) in normal.iter_mut().enumerate().take(TERMS) {
        let order = (k / 2 + 1) as f64;
        row[k] += (order / sd).powi(2);
    }
    normal[TERMS][TERMS] += 1e-9;
    // Growth and season are one until the same time of year came twice: a drift takes what is the former's.
    let years = f64::from(s.day[n - 1] - s.day[0]) / DAYS;
    let drift = DRIFT * ((TWICE - years) / (TWICE - 1.1)).clamp(1e-3, 1.0);
    normal[TERMS + 1][TERMS + 1] += drift.powi(-2);
    let solved = cholesky_solve(&mut normal, right);
    let mut terms = *centre;
    for (t, x) in terms.iter_mut().zip(solved) {
        *t += x;
    }
    terms
}

/// Solves a symmetric positive definite system given by its lower triangle.
pub fn cholesky_solve<const N: usize>(a: &mut [[f64; N]; N], mut b: [f64; N]) -> [f64; N] {
    for i in 0..N {
        for j in 0..=i {
            let sum = a[i][j] - dot(&a[i][..j], &a[j][..j]);
            a[i][j] = if i == j {
                sum.max(1e-12).sqrt()
            } else {
                sum / a[j][j]
            };
        }
    }
    for i in 0..N {
        for k in 0..i {
            b[i] -= a[i][k] * b[k];
        }
        b[i] /= a[i][i];
    }
    for i in (0..N).rev() {
        for k in i + 1..N {
            b[i] -= a[k][i] * b[k];
        }
        b[i] /= a[i][i];
    }
    b
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

fn basis() -> &'static Vec<[f64; TERMS]> {
    static BASIS: OnceLock<Vec<[f64; TERMS]>> = OnceLock::new();
    BASIS.get_or_init(|| {
        (0..366)
            .map(|d| {
                let angle = std::f64::consts::TAU * d as f64 / 366.0;
                let mut row = [0.0; TERMS];
                for k in 0..ORDERS {
                    let (sin, cos) = (angle * (k + 1) as f64).sin_cos();
                    row[2 * k] = cos;
                    row[2 * k + 1] = sin;
                }
                row
            })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `days` of a shop from the middle of January on, whose total is `of` each.
    fn sample(days: usize, of: impl Fn(f64) -> f64) -> Sample {
        let year_day = |day: usize| ((day + 14) as f64 % DAYS) as u16;
        Sample {
            day: (0..days as u32).collect(),
            total: (0..days).map(|day| of(day as f64)).collect(),
            year_day: (0..days).map(year_day).collect(),
            regular: vec![1.0; days],
            ..Sample::default()
        }
    }

    fn curve(s: &Sample) -> Vec<f64> {
        let expected = vec![1.0; s.total.len()];
        Yearly::fit(s, expected.len(), &expected, None, None, 1.0).curve()
    }

    #[test]
    fn growth_is_no_season_in_little_more_than_a_year() {
        // Half a percent and a percent a week, up and down: four weeks on, the season has moved by less than 3 %.
        for weekly in [1.005f64, 1.01, 0.99] {
            let s = sample(400, |day| 200.0 * weekly.powf(day / 7.0));
            let (curve, last) = (curve(&s), usize::from(s.year_day[399]));
            let moved = curve[last + 28] / curve[last];
            assert!((moved - 1.0).abs() < 0.03, "{weekly}: {moved}");
        }
    }

    #[test]
    fn a_season_beside_growth_is_recovered() {
        let wave = |day: f64| 0.3 * (std::f64::consts::TAU * (day + 14.0) / DAYS).sin();
        let s = sample(560, |day| 300.0 * (0.003 * day / 7.0 + wave(day)).exp());
        let curve = curve(&s);
        // A quarter and three quarters of the year: e^.6 apart.
        let swing = (curve[91] / curve[274]).ln();
        assert!((swing - 0.6).abs() < 0.12, "{swing}");
    }
}
