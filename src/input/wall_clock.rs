//! The wall clock of a file's stamps.

use chrono::{DateTime, Duration, NaiveDateTime, Timelike};
use chrono_tz::Tz;

use super::arrivals::Clock;
use super::timestamp::Stamp;
use crate::time::zone::{self, Wall};

/// Wall-clock times of a file's stamps, remembering the hour last looked up.
pub(super) struct WallClock {
    zone: Tz,
    clock: Clock,
    /// The stamps are days, which no clock moves.
    pub by_day: bool,
    hour: Option<(NaiveDateTime, Duration)>,
}

impl WallClock {
    pub fn new(zone: Tz, clock: Clock) -> Self {
        let hour = None;
        Self {
            zone,
            clock,
            by_day: false,
            hour,
        }
    }

    pub fn local(&mut self, stamp: Stamp) -> NaiveDateTime {
        if self.by_day {
            return stamp.naive;
        }
        let utc = match (stamp.offset, self.clock) {
            (Some(offset), _) => stamp.naive - Duration::seconds(i64::from(offset)),
            (None, Clock::Utc) => stamp.naive,
            (None, Clock::Local) => return self.existing(stamp.naive),
        };
        // Offsets change at whole quarters of an hour of UTC.
        let quarter = truncate(utc, 15);
        match self.hour {
            Some((known, shift)) if known == quarter => utc + shift,
            _ => {
                let instant: DateTime<chrono::Utc> = utc.and_utc();
                let local = instant.with_timezone(&self.zone).naive_local();
                self.hour = Some((quarter, local - utc));
                local
            }
        }
    }

    /// The time itself, or the end of the hour skipped.
    fn existing(&mut self, local: NaiveDateTime) -> NaiveDateTime {
        let quarter = truncate(local, 15);
        match self.hour {
            Some((known, shift)) if known == quarter => local + shift,
            _ => {
                let shift = match zone::look_up(self.zone, local) {
                    Wall::Never(change) => change.with_timezone(&self.zone).naive_local() - quarter,
                    Wall::Once(_) | Wall::Twice(..) => Duration::zero(),
                };
                self.hour = Some((quarter, shift));
                local + shift
            }
        }
    }
}

fn truncate(time: NaiveDateTime, minutes: u32) -> NaiveDateTime {
    let over = time.num_seconds_from_midnight() % (minutes * 60);
    time - Duration::seconds(i64::from(over))
}
