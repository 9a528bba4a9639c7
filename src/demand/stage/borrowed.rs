//! The season of a named profile, borrowed by a history that has no year of its own yet.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::DayFactor;
use super::orders::Flow;
use crate::demand::gpm::factors::YEAR;
use crate::demand::gpm::yearly::cholesky_solve;
use crate::demand::history::{History, Series};
use crate::ids::QueueId;
use crate::scenario::Scenario;

/// A profile's season to some power: one where the shop's year so far says nothing against it, none where it
/// went its own way.
pub struct Borrowed<'a> {
    flow: Flow<'a>,
    power: f64,
}

/// Days whose mean is compared with the profile's, and how many of these must be there.
const BLOCK: usize = 28;
const FEWEST: usize = 14;
/// Variance of a block's level beyond what counts scatter, log scale.
const WANDER: f64 = 0.01;
/// Prior variances: of the power around one, and of a year's growth, log scale, around none.
const POWER: f64 = 0.25;
const GROWTH: f64 = 0.09;

impl<'a> Borrowed<'a> {
    /// What a queue's series borrows; nothing once a curve of its own year is fitted.
    pub fn by(
        scenario: &'a Scenario,
        id: QueueId,
        history: &History,
        series: &Series,
    ) -> Option<Self> {
        let orders = scenario.queues[id].demand.orders.as_ref()?;
        if history.days >= YEAR as usize {
            return None;
        }
        let flow = Flow::new(orders);
        let slots = history.slots.len();
        let totals = (0..history.days).filter_map(|day| {
            let total = series.total(day, slots)?;
            Some((day, total, flow.season(history.date(day)).ln()))
        });
        let power = power(&totals.collect::<Vec<_>>());
        (power > 0.0).then_some(Self { flow, power })
    }

    /// Contacts of a day ÷ those of the year's mean.
    pub fn on(&self, date: NaiveDate) -> f64 {
        self.flow.season(date).powf(self.power)
    }

    /// The same by name.
    pub fn factors(&self, dates: &[NaiveDate]) -> Vec<DayFactor> {
        self.flow.season_factors(dates, self.power)
    }

    /// Takes the season out of a series.
    pub fn take_out(&self, history: &History, series: &mut Series) {
        let rows = series.volume.chunks_mut(history.slots.len());
        for (row, date) in rows.zip(history.first.iter_days()) {
            let season = self.on(date) as f32;
            row.iter_mut().for_each(|v| *v /= season);
        }
    }

    /// Puts it back into a forecast.
    pub fn put_back(&self, days: &mut BTreeMap<NaiveDate, Vec<f64>>) {
        for (date, row) in days {
            let season = self.on(*date);
            row.iter_mut().for_each(|m| *m *= season);
        }
    }
}

/// How far days (index, total, logarithm of the profile's season) follow the profile: the slope of the logarithm
/// of their level on it, beside a growth of their own, from zero to one. Little history leaves it near one.
fn power(days: &[(usize, f64, f64)]) -> f64 {
    let Some(last) = days.last().map(|day| day.0) else {
        return 1.0;
    };
    // Weighted normal equations of level, growth and power − 1; the level is free.
    let mut normal = [
        [1e-9, 0.0, 0.0],
        [0.0, 1.0 / GROWTH, 0.0],
        [0.0, 0.0, 1.0 / POWER],
    ];
    let mut right = [0.0; 3];
    for block in days.chunk_by(|a, b| (last - a.0) / BLOCK == (last - b.0) / BLOCK) {
        if block.len() < FEWEST {
            continue;
        }
        let n = block.len() as f64;
        let mean = |of: &dyn Fn(&(usize, f64, f64)) -> f64| block.iter().map(of).sum::<f64>() / n;
        let (total, season) = (mean(&|day| day.1), mean(&|day| day.2));
        let years = mean(&|day| (last - day.0) as f64) / -365.0;
        let level = (total + 0.5 / n).ln() - season;
        let weight = 1.0 / (WANDER + 1.0 / (n * total + 0.5));
        let row = [1.0, years, season];
        for (i, x) in row.iter().enumerate() {
            right[i] += weight * x * level;
            for (j, z) in row.iter().enumerate() {
                normal[i][j] += weight * x * z;
            }
        }
    }
    let [_, _, beyond] = cholesky_solve(&mut normal, right);
    (1.0 + beyond).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demand::season;

    /// Days up to 22 November with a level that follows `share` of the gifts profile.
    fn days(count: u64, level: f64, share: f64) -> Vec<(usize, f64, f64)> {
        let gifts = season::named("gifts").expect("a profile");
        let end = NaiveDate::from_ymd_opt(2026, 11, 23).expect("a date");
        let day = |i: u64| {
            let season = gifts.of_year(end - chrono::Days::new(count - i)).ln();
            let weekday = if i.is_multiple_of(7) { 0.4 } else { 1.1 };
            (i as usize, level * weekday * (share * season).exp(), season)
        };
        (0..count).map(day).collect()
    }

    #[test]
    fn a_year_so_far_tells_how_far_it_follows_the_profile() {
        for count in [30, 60, 150, 330] {
            let follows = power(&days(count, 45.0, 1.0));
            assert!(follows > 0.95, "{count} days: {follows}");
        }
        let flat: Vec<f64> = [30, 150, 330]
            .map(|count| power(&days(count, 45.0, 0.0)))
            .into();
        assert!(flat[0] > 0.8 && flat[1] < 0.4 && flat[2] < 0.2, "{flat:?}");
        let half = power(&days(330, 45.0, 0.5));
        assert!((half - 0.5).abs() < 0.15, "{half}");
        // Counts of a thin queue say little.
        assert!(power(&days(150, 0.2, 0.0)) > power(&days(150, 45.0, 0.0)));
        assert_eq!(power(&[]), 1.0);
    }
}
