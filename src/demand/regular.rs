//! The regular days of a series: what came, what was due at a level of one, and the season that earlier years show.

use super::calendar::Calendar;
use super::gpm::factors::{DayConfig, Factors};
use super::gpm::level;
use super::gpm::sample::{Sample, median};

/// Half-life of the two-sided level against which the scatter of days is measured, days.
const PATH: f64 = 14.0;
/// A year in whole weeks, and the days on either side of the same day of earlier years that tell its season.
const YEAR: u32 = 364;
const AROUND: u32 = 7;
/// Days that tell a level.
const TELLING: usize = 3;
/// Contacts for which no season speaks.
const QUIET: f64 = 5.0;

/// The regular days of a sample.
#[derive(Clone, Debug)]
pub struct Days {
    /// Index in the sample.
    pub at: Vec<usize>,
    pub weekday: Vec<u8>,
    /// Whether it is of the sale about Black Friday.
    pub is_sale: Vec<bool>,
    pub came: Vec<f64>,
    /// What the factors expect at a level of one.
    pub due: Vec<f64>,
    /// Relative variance of a day beyond Poisson.
    pub excess: f64,
    /// What came on the days about Christmas after the last of these and what would be due were they like others,
    /// where there are enough of them to tell.
    pub after: Option<(f64, f64)>,
    /// What is due on every day of the sample at a level of one, were none special.
    pub plain: Vec<f64>,
    /// How the same time of earlier years stood to the whole, by day; 1 where there is none.
    season: Vec<f64>,
}

impl Days {
    pub fn new(s: &Sample, calendar: &Calendar) -> Self {
        let n = s.len();
        let mut expected = Vec::new();
        // A young level is none of the days of its month, nor of its time of year: both would take it for theirs.
        let config = DayConfig {
            month_day: 0.0,
            yearly: 0.0,
            rush: false,
            ..DayConfig::default()
        };
        let factors = Factors::fit(s, n, calendar, &config, None, None, &mut expected);
        let at: Vec<usize> = (0..n).filter(|&i| s.regular[i] == 1.0).collect();
        let mut path = Vec::new();
        level::path(s, n, &expected, PATH, &mut path);
        let mut off: Vec<f64> = at
            .iter()
            .map(|&i| {
                let mean = (path[i] * expected[i]).max(1e-9);
                excess_of_one(s.total[i], mean)
            })
            .collect();
        let excess = median(&mut off).unwrap_or_default();
        let after: Vec<usize> = (at.last().map_or(0, |last| last + 1)..n)
            .filter(|&i| s.regular[i] > 0.0)
            .collect();
        let came: f64 = after.iter().map(|&i| s.total[i]).sum();
        let plain = |i: &usize| expected[*i] / factors.effect[usize::from(s.effect[*i])];
        let plain: Vec<f64> = (0..n).map(|i| plain(&i)).collect();
        let due: f64 = after.iter().map(|&i| plain[i]).sum();
        let mut out = Self {
            weekday: at.iter().map(|&i| s.weekday[i]).collect(),
            is_sale: at
                .iter()
                .map(|&i| calendar.days[s.day[i] as usize].sale > 0)
                .collect(),
            came: at.iter().map(|&i| s.total[i]).collect(),
            due: at.iter().map(|&i| expected[i]).collect(),
            excess: excess.max(0.0),
            at,
            after: (after.len() >= TELLING).then_some((came, due)),
            plain,
            season: Vec::new(),
        };
        out.season = out.earlier_years(s);
        out
    }

    pub fn len(&self) -> usize {
        self.at.len()
    }

    /// The same days where what is due follows the season of earlier years; none where there is no earlier year.
    /// No day of the last year has a say in it, so that it holds nothing of a change that is young.
    pub fn in_season(&self) -> Option<Self> {
        self.season.iter().any(|season| *season != 1.0).then(|| {
            let due = self.due.iter().zip(&self.season);
            Self {
                due: due.map(|(due, season)| due * season).collect(),
                ..self.clone()
            }
        })
    }

    fn earlier_years(&self, s: &Sample) -> Vec<f64> {
        let day: Vec<u32> = self.at.iter().map(|&i| s.day[i]).collect();
        let sum = |of: &[f64], days: std::ops::Range<usize>| of[days].iter().sum::<f64>();
        let all = 0..self.len();
        let level = (sum(&self.came, all.clone()) + 0.5) / (sum(&self.due, all) + 0.5);
        let of_day = |today: &u32| {
            let (mut came, mut due) = (0.0, 0.0);
            let years = (1..).map_while(|year| today.checked_sub(year * YEAR));
            for middle in years {
                let first = day.partition_point(|d| d + AROUND < middle);
                let end = day.partition_point(|d| *d <= middle + AROUND);
                came += sum(&self.came, first..end);
                due += level * sum(&self.due, first..end);
            }
            (came + QUIET) / (due + QUIET)
        };
        day.iter().map(of_day).collect()
    }
}

/// The relative variance beyond Poisson by which a count is off, such that the median over counts is that of their
/// distribution: the median of a squared normal is .455 of its mean.
pub fn excess_of_one(count: f64, mean: f64) -> f64 {
    ((count - mean).powi(2) / (0.455 * mean) - 1.0) / mean
}
