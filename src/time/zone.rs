//! Wall clock to instant and back, on days of 23, 24 and 25 hours.

use chrono::{DateTime, Duration, LocalResult, NaiveDate, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;

/// What a wall-clock time is in a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wall {
    /// It happens once.
    Once(DateTime<Utc>),
    /// The clock is put back over it: it happens twice.
    Twice(DateTime<Utc>, DateTime<Utc>),
    /// The clock is put forward over it: it never happens; the change itself is the instant.
    Never(DateTime<Utc>),
}

impl Wall {
    /// How often the clock shows it.
    pub fn times(self) -> u32 {
        match self {
            Self::Never(_) => 0,
            Self::Once(_) => 1,
            Self::Twice(..) => 2,
        }
    }
}

/// Looks a wall-clock time up in a zone.
pub fn look_up(zone: Tz, local: NaiveDateTime) -> Wall {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(instant) => Wall::Once(instant.with_timezone(&Utc)),
        LocalResult::Ambiguous(first, second) => {
            Wall::Twice(first.with_timezone(&Utc), second.with_timezone(&Utc))
        }
        LocalResult::None => Wall::Never(end_of_gap(zone, local)),
    }
}

/// The instant of a wall-clock time: the first of two, and the clock change itself for a time that
/// the clock skips.
pub fn instant(zone: Tz, local: NaiveDateTime) -> DateTime<Utc> {
    match look_up(zone, local) {
        Wall::Once(instant) | Wall::Twice(instant, _) | Wall::Never(instant) => instant,
    }
}

/// The instants at which a local day begins and ends.
pub fn day_bounds(zone: Tz, day: NaiveDate) -> (DateTime<Utc>, DateTime<Utc>) {
    let midnight = |day: NaiveDate| instant(zone, day.and_time(chrono::NaiveTime::MIN));
    (midnight(day), midnight(day + Duration::days(1)))
}

/// The moment the clock jumps over `local`: every gap of the zone database is shorter than a day and
/// a half, and before the gap the offset is constant.
fn end_of_gap(zone: Tz, local: NaiveDateTime) -> DateTime<Utc> {
    let (mut before, mut after) = (0_i64, 0_i64);
    for minutes in 1..=36 * 60 {
        if zone
            .from_local_datetime(&(local - Duration::minutes(minutes)))
            .latest()
            .is_some()
        {
            before = minutes;
            break;
        }
    }
    for minutes in 1..=36 * 60 {
        if zone
            .from_local_datetime(&(local + Duration::minutes(minutes)))
            .earliest()
            .is_some()
        {
            after = minutes;
            break;
        }
    }
    match (
        zone.from_local_datetime(&(local + Duration::minutes(after)))
            .earliest(),
        zone.from_local_datetime(&(local - Duration::minutes(before)))
            .latest(),
    ) {
        (Some(instant), _) | (None, Some(instant)) => instant.with_timezone(&Utc),
        (None, None) => local.and_utc(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
    }

    #[test]
    fn spring_skips_an_hour_and_autumn_repeats_one() {
        let zone = chrono_tz::Europe::Prague;
        let skipped = look_up(zone, at("2026-03-29 02:30"));
        assert_eq!(skipped, Wall::Never(at("2026-03-29 01:00").and_utc()));
        let twice = look_up(zone, at("2026-10-25 02:30"));
        assert_eq!(
            twice,
            Wall::Twice(
                at("2026-10-25 00:30").and_utc(),
                at("2026-10-25 01:30").and_utc()
            )
        );
        assert_eq!(
            instant(zone, at("2026-06-01 12:00")),
            at("2026-06-01 10:00").and_utc()
        );
    }

    #[test]
    fn days_have_23_24_or_25_hours() {
        let hours = |zone, day: &str| {
            let (from, to) = day_bounds(zone, day.parse().unwrap());
            (to - from).num_minutes() as f64 / 60.0
        };
        let prague = chrono_tz::Europe::Prague;
        assert_eq!(hours(prague, "2026-03-29"), 23.0);
        assert_eq!(hours(prague, "2026-03-30"), 24.0);
        assert_eq!(hours(prague, "2026-10-25"), 25.0);
        // Lord Howe Island moves its clocks by half an hour.
        assert_eq!(hours(chrono_tz::Australia::Lord_Howe, "2026-04-05"), 24.5);
    }
}
