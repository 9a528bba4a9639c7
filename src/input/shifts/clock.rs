//! The times of a row: in any form that a history may have, or as a time of the row's day alone.

use chrono::{DateTime, Duration, FixedOffset, NaiveDate, NaiveTime, Offset, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::input::timestamp::{self, Order};
use crate::staffing::PlannedBreak;
use crate::time::zone;

/// A time as a row writes it.
pub(super) struct Written<'t> {
    pub text: &'t str,
    pub at: DateTime<Utc>,
    /// The day and the offset that it names itself.
    pub date: Option<NaiveDate>,
    offset: Option<FixedOffset>,
}

impl Written<'_> {
    /// What it names, with the offset that a zone has there: where its own is another.
    pub fn elsewhere(&self, zone: Tz) -> Option<DateTime<FixedOffset>> {
        let own = self.offset?;
        if self.at.with_timezone(&zone).offset().fix() == own {
            return None;
        }
        let local = self.at.with_timezone(&own).naive_local();
        Some(
            zone::instant(zone, local)
                .with_timezone(&zone)
                .fixed_offset(),
        )
    }
}

/// "2026-03-02T08:30:00+01:00", "2. 3. 2026 8:30 AM", or "08:30" of `date`.
pub(super) fn instant(
    text: &str,
    order: Option<Order>,
    date: NaiveDate,
    zone: Tz,
) -> Option<Written<'_>> {
    let written = |at, date, offset| Written {
        text,
        at,
        date,
        offset,
    };
    if let Some(time) = timestamp::time(text) {
        return Some(written(of_day(date, time, zone), None, None));
    }
    let stamp = timestamp::parse(text, order)?;
    let own = Some(stamp.naive.date());
    match stamp.offset {
        None => Some(written(zone::instant(zone, stamp.naive), own, None)),
        Some(seconds) => {
            let offset = FixedOffset::east_opt(seconds)?;
            let at = stamp.naive.and_local_timezone(offset).single()?.to_utc();
            Some(written(at, own, Some(offset)))
        }
    }
}

/// A day alone, or with the midnight that a spreadsheet may give it.
pub(super) fn day(text: &str, order: Option<Order>) -> Option<NaiveDate> {
    let stamp = timestamp::parse(text, order)?;
    let alone = stamp.naive.time() == NaiveTime::MIN && stamp.offset.is_none();
    alone.then(|| stamp.naive.date())
}

fn of_day(date: NaiveDate, time: TimeDelta, zone: Tz) -> DateTime<Utc> {
    zone::instant(zone, date.and_time(NaiveTime::MIN) + time)
}

/// "11:30-12:00 unpaid", the first such time after the start of the shift.
pub(super) fn pause(text: &str, start: DateTime<Utc>, zone: Tz) -> Option<PlannedBreak> {
    let (times, paid) = match text.rsplit_once(' ') {
        Some((times, "paid")) => (times, true),
        Some((times, "unpaid")) => (times, false),
        _ => (text, false),
    };
    let (from, to) = times.split_once('-')?;
    let after = |time: TimeDelta, least: DateTime<Utc>| {
        let day = least.with_timezone(&zone).date_naive();
        [day, day + Duration::days(1)]
            .into_iter()
            .map(|day| of_day(day, time, zone))
            .find(|instant| *instant >= least)
    };
    let from = after(timestamp::time(from)?, start)?;
    let to = after(timestamp::time(to)?, from)?;
    Some(PlannedBreak {
        start: from,
        end: to,
        paid,
    })
}
