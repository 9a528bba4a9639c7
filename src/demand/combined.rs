//! The combination: our own model beside simple rivals, each counted by how it did on past windows. MSTL
//! with ETS is left to `crewcast backtest`: a dozen fits of it would take a second a series.

use super::baseline::{self, Baseline};
use super::calendar::Calendar;
use super::errors::Errors;
use super::gpm::weights;
use super::history::Series;

/// The rivals cheap enough to be tried on every series.
const RIVALS: [(&str, Baseline); 5] = [
    ("13-week mean", baseline::mean_of_weeks::<13>),
    ("4-week mean", baseline::mean_of_weeks::<4>),
    ("seasonal smoothing", baseline::seasonal_smoothing),
    ("seasonal naive", baseline::seasonal_naive),
    (
        "last year, grown (13-week mean without one)",
        baseline::last_year_grown,
    ),
];
/// Shares that a rival is tried with.
const SHARES: [f64; 3] = [0.2, 0.5, 1.0];
/// A rival must better the deviance of past windows by this share to count as much as none.
const WORTH: f64 = 0.01;
/// A rival that counts for less is left out.
const LITTLE: f64 = 0.02;

/// Rivals with a say, and what they say of each day of the week.
#[derive(Clone, Debug, Default)]
pub struct Combination {
    /// Names and shares, which leave the rest to our own model.
    pub rivals: Vec<(&'static str, f64)>,
    /// First day forecast, and from it on the sum over rivals of share × mean, by day and slot.
    end: usize,
    rows: Vec<f64>,
}

impl Combination {
    /// Learns the shares on past windows by Poisson deviance, the average over rivals and [`SHARES`] with
    /// the weight that each deserves, and mixes `errors` alike. Only days that rivals know of count.
    pub fn learn(
        series: &Series,
        slots: usize,
        calendar: &Calendar,
        (end, horizon): (usize, usize),
        errors: &mut Errors,
        is_known: impl Fn(usize) -> bool,
    ) -> Self {
        let windows: Vec<&[(usize, usize)]> = errors.when.chunk_by(|a, b| a.0 == b.0).collect();
        if windows.len() < 2 {
            return Self::default();
        }
        let past = |rival: Baseline| -> Vec<f64> {
            let window = |w: &&[(usize, usize)]| {
                let days: Vec<usize> = w.iter().map(|d| d.1).collect();
                rival(series, slots, calendar, w[0].0, &days)
            };
            windows.iter().flat_map(window).collect()
        };
        let told = RIVALS.map(|(_, rival)| past(rival));
        let known: Vec<bool> = errors.when.iter().map(|(_, day)| is_known(*day)).collect();
        let days = known.iter().filter(|k| **k).count() as f64;
        let score = |told: &[f64], share: f64| -> f64 {
            let rows = errors.actual.chunks(slots).zip(errors.mean.chunks(slots));
            rows.zip(told.chunks(slots))
                .zip(&known)
                .filter(|(_, known)| **known)
                .map(|(((actual, own), told), _)| {
                    let cells = actual.iter().zip(own).zip(told);
                    cells
                        .map(|((y, m), t)| weights::deviance(*y, m + share * (t - m)))
                        .sum::<f64>()
                })
                .sum()
        };
        let none = score(&errors.mean, 0.0);
        let mut scores = Vec::new();
        for (k, told) in told.iter().enumerate() {
            for share in SHARES {
                scores.push((k, share, (1.0 + WORTH) * score(told, share)));
            }
        }
        let least = scores.iter().map(|s| s.2).fold(none, f64::min);
        let cells = days * slots as f64;
        if cells == 0.0 || least >= none {
            return Self::default();
        }
        let tested: Vec<(usize, usize)> = windows
            .iter()
            .map(|w| (w[0].1, w[w.len() - 1].1 + 1))
            .collect();
        let t = 0.5 * weights::temperature(least / cells, days, &tested);
        let weight = |x: f64| (-(x - least) / t).exp();
        let all = weight(none) + scores.iter().map(|s| weight(s.2)).sum::<f64>();
        let mut shares = [0.0; RIVALS.len()];
        for (k, share, x) in &scores {
            shares[*k] += share * weight(*x) / all;
        }
        shares
            .iter_mut()
            .filter(|s| **s < LITTLE)
            .for_each(|s| *s = 0.0);
        let sum: f64 = shares.iter().sum();
        for (d, known) in known.iter().enumerate() {
            if *known {
                for i in d * slots..(d + 1) * slots {
                    let rivals: f64 = shares.iter().zip(&told).map(|(s, t)| s * t[i]).sum();
                    errors.mean[i] = (1.0 - sum) * errors.mean[i] + rivals;
                }
            }
        }
        let mut out = Self {
            end,
            ..Self::default()
        };
        let days: Vec<usize> = (end..(end + horizon).min(calendar.days.len())).collect();
        for ((name, rival), share) in RIVALS.iter().zip(shares) {
            if share > 0.0 {
                out.rivals.push((name, share));
                let rows = rival(series, slots, calendar, end, &days);
                out.rows.resize(rows.len(), 0.0);
                out.rows
                    .iter_mut()
                    .zip(rows)
                    .for_each(|(o, r)| *o += share * r);
            }
        }
        out
    }

    /// What rivals leave to our own model.
    pub fn own(&self) -> f64 {
        1.0 - self.rivals.iter().map(|r| r.1).sum::<f64>()
    }

    /// Mixes the rivals into our own mean of a day that they know of.
    pub fn mix(&self, mean: &mut [f64], day: usize) {
        let Some(ahead) = day.checked_sub(self.end) else {
            return;
        };
        let Some(rows) = self.rows.get(ahead * mean.len()..(ahead + 1) * mean.len()) else {
            return;
        };
        let own = self.own();
        for (m, r) in mean.iter_mut().zip(rows) {
            *m = own * *m + r;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    /// 40 weeks of one slot a day, the same every week.
    fn steady() -> (Series, Calendar) {
        let first = NaiveDate::from_ymd_opt(2024, 1, 1).expect("a Monday");
        let calendar = Calendar::new(first, 294, [true; 7], None);
        let volume = (0..280).map(|d| 100.0 + 10.0 * (d % 7) as f32).collect();
        let series = Series {
            name: "steady".into(),
            volume,
            present: vec![true; 280],
        };
        (series, calendar)
    }

    /// Past errors of a model that is off by a factor.
    fn errors(series: &Series, factor: f64) -> Errors {
        let when: Vec<(usize, usize)> = (0..6)
            .flat_map(|k| (0..14).map(move |d| (196 + 14 * k, 196 + 14 * k + d)))
            .collect();
        let actual: Vec<f64> = when.iter().map(|w| f64::from(series.volume[w.1])).collect();
        let mean = actual.iter().map(|y| factor * y).collect();
        Errors { actual, mean, when }
    }

    #[test]
    fn a_model_that_fails_leaves_the_word_to_its_rivals_and_a_good_one_keeps_it() {
        let (series, calendar) = steady();
        let mut poor = errors(&series, 0.7);
        let mixed = Combination::learn(&series, 1, &calendar, (280, 14), &mut poor, |_| true);
        let share: f64 = mixed.rivals.iter().map(|r| r.1).sum();
        assert!(share > 0.9, "{:?}", mixed.rivals);
        let mut mean = [0.7 * 120.0];
        // Day 282 is a Wednesday: 120.
        mixed.mix(&mut mean, 282);
        assert!((mean[0] - 120.0).abs() < 4.0, "{mean:?}");
        let ratio = poor.mean.iter().sum::<f64>() / poor.actual.iter().sum::<f64>();
        assert!(ratio > 0.97, "past errors are mixed alike: {ratio}");
        let mut good = errors(&series, 1.0);
        let alone = Combination::learn(&series, 1, &calendar, (280, 14), &mut good, |_| true);
        assert!(alone.rivals.is_empty());
        mean = [50.0];
        alone.mix(&mut mean, 282);
        assert_eq!(mean, [50.0]);
    }
}
