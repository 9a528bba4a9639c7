//! How sure a forecast is that no past window could test: by what is usual elsewhere, as a few days tell neither how
//! busy days differ, nor the week, nor much of the level.

use super::bands::Spread;
use super::gpm::sample::Sample;

/// Variance of a day's busyness, and days that speak as loud as this: a gamma factor of a standard deviation of .2
/// (call centres have .1 to .3: Avramidis, Deslauriers & L'Ecuyer 2004; Oreshkin, Regnard & L'Ecuyer 2016).
const BUSY: f64 = 0.04;
const TELLING: f64 = 10.0;
/// Variance of the days of a week about their mean: a standard deviation of a quarter.
const WEEKDAYS: f64 = 0.0625;
/// Means at which the scatter of a slot is told.
const MEANS: [f64; 5] = [0.1, 1.0, 10.0, 100.0, 1000.0];
/// No slot is less sure than this, relative variance.
const MOST: f64 = 1.0;

/// The scatter of a slot beyond its day's, unless it is the day.
pub fn own(slots: usize) -> f64 {
    if slots > 1 { 0.03 } else { 0.0 }
}

/// The spread of what was learnt from these days alone.
pub fn spread(s: &Sample, slots: usize) -> Spread {
    let days = s.len().max(1) as f64;
    let counts: f64 = s.total.iter().sum();
    let met = (0..7).filter(|w| s.weekday.contains(w)).count() as f64;
    let met = met.max(1.0);
    // Each weekday met takes a day to be told, the first of them the level.
    let free = (days - met).max(0.0);
    let seen = s.excess * days / free.max(1.0);
    let busy = (TELLING * BUSY + free * seen) / (TELLING + free);
    let level = busy / days + 1.0 / (counts + 1.0);
    // Of the days of a week so many are as likely to be one as another.
    let week_unknown = WEEKDAYS / met * (7.0 - met) / 6.0;
    let alike = busy * met / days;
    let strange = WEEKDAYS + level;
    let day = busy + week_unknown + (met * alike.max(level) + (7.0 - met) * strange) / 7.0;
    let week = busy / 7.0 + week_unknown + level;
    let slot = |mean: f64| {
        let profile = if slots > 1 { 1.0 / (days * mean) } else { 0.0 };
        (day + own(slots) + profile).min(MOST)
    };
    Spread {
        slot: MEANS.map(|mean| (mean.ln(), slot(mean).ln())).to_vec(),
        weeks: vec![(0, week)],
        ..Spread::even(day, day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many days of a hundred contacts each, from a Monday on.
    fn of(days: u8) -> Spread {
        let sample = Sample {
            day: (0..u32::from(days)).collect(),
            total: vec![100.0; usize::from(days)],
            weekday: (0..days).map(|d| d % 7).collect(),
            regular: vec![1.0; usize::from(days)],
            excess: 0.02,
            ..Sample::default()
        };
        spread(&sample, 12)
    }

    #[test]
    fn each_day_more_makes_surer() {
        let spreads: Vec<Spread> = [1, 2, 3, 5, 7, 14].map(of).into();
        for pair in spreads.windows(2) {
            assert!(pair[1].day < pair[0].day);
            assert!(pair[1].week_excess(0) < pair[0].week_excess(0));
            assert!(pair[1].slot_excess(5.0) < pair[0].slot_excess(5.0));
        }
    }

    #[test]
    fn after_one_day_the_level_and_the_week_are_open() {
        let one = of(1);
        // Busyness of that day and of another, two weekdays' differences, a hundred counts; of all seven days a
        // seventh is known.
        let day = 2.0 * BUSY + 2.0 * WEEKDAYS + 0.01;
        assert!((one.day / day - 1.0).abs() < 0.1, "{} {day}", one.day);
        // The level of a week is that day's: as its weekday stands to the others, and as busy as it was.
        let week = BUSY + WEEKDAYS + BUSY / 7.0 + 0.01;
        assert!((one.week_excess(0) / week - 1.0).abs() < 0.1);
    }
}
