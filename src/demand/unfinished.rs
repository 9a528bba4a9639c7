//! A day that is still under way: how far a history knows it.

use std::ops::Range;

use chrono::{NaiveDateTime, NaiveTime};

use super::history::{History, Series, slot_end};

/// Days of the same weekday that say how long a day lasts, at most; so few are steadied by the days just before.
const ALIKE: usize = 8;
const FEW: usize = 3;
/// A day that usually has fewer contacts left is as good as over.
const LEFT: f64 = 5.0;
/// Where so many contacts are due, none at all come by chance once in a thousand times.
const NEVER_NONE: f64 = 7.0;

/// What to know where the rows end before the moment up to which contacts are said to be known.
pub fn lacking(known: NaiveDateTime, now: NaiveDateTime) -> Option<String> {
    let [from, to] = [known, now].map(|at| at.format("%Y-%m-%d %H:%M"));
    (known < now).then(|| {
        format!(
            "the last row ends at {from}: the hours from then to {to} are taken for not known yet and are forecast; if \
             nothing came in them, say so by rows of 0"
        )
    })
}

/// That rows of whole days say nothing of the day of `now`, where there is one.
pub fn left_out(history: &History, now: NaiveDateTime) -> Option<String> {
    let date = now.date();
    let row = history.slot_minutes >= 1440 && date < history.date(history.days);
    row.then(|| {
        format!(
            "rows of whole days say nothing of hours: what {date} brought, and the days after it, is left out and \
             forecast"
        )
    })
}

impl History {
    /// The moment up to which its last day is known, where that day is still under way: it ends before any like it
    /// did, and with contacts to come. What has not happened yet is not zero.
    pub fn unfinished(&self) -> Option<NaiveDateTime> {
        let slots = self.slots.len();
        let last = (0..self.days).rfind(|day| self.is_known(*day))?;
        let end = |slot: usize| self.slot_end_on(last, slot);
        let known = match self.until.filter(|until| *until > self.midnight(last)) {
            Some(until) => (0..slots).take_while(|slot| end(*slot) <= until).count(),
            None => (0..slots).rfind(|slot| self.came(last, *slot..*slot + 1) > 0.0)? + 1,
        };
        if known == 0 || known == slots {
            return None;
        }
        let left = self.usual(last, known..slots)?;
        (left >= LEFT).then(|| end(known - 1))
    }

    /// The moment up to which the day of `now` is known: that, unless its rows end earlier and so many contacts are
    /// usual in between that none at all are no zeros but what an export lacks.
    pub fn known_at(&self, now: NaiveDateTime) -> NaiveDateTime {
        let day = usize::try_from((now.date() - self.first).num_days()).ok();
        let Some(day) = day.filter(|day| *day < self.days && self.is_known(*day)) else {
            return now;
        };
        let Some(until) = self
            .until
            .filter(|end| *end > self.midnight(day) && *end < now)
        else {
            return now;
        };
        let over = |at: NaiveDateTime| {
            let slots = (0..self.slots.len()).take_while(|slot| self.slot_end_on(day, *slot) <= at);
            slots.count()
        };
        let missed = self.usual(day, over(until)..over(now));
        if missed.is_some_and(|missed| missed >= NEVER_NONE) {
            until
        } else {
            now
        }
    }

    /// Contacts that days like one had in some slots, on average over those just before it; none where they are few,
    /// or where any of them had none.
    fn usual(&self, day: usize, slots: Range<usize>) -> Option<f64> {
        let before = |step: usize| (1..).map_while(move |k| day.checked_sub(k * step));
        let is_known = |day: &usize| self.is_known(*day);
        let mut alike: Vec<usize> = before(7).take(ALIKE).filter(is_known).collect();
        if alike.len() < FEW {
            alike.extend(before(1).take(6).filter(is_known));
        }
        let came = alike.iter().map(|day| self.came(*day, slots.clone()));
        let came: Vec<f64> = came.collect();
        let is_usual = came.len() >= FEW && came.iter().all(|came| *came > 0.0);
        is_usual.then(|| came.iter().sum::<f64>() / came.len() as f64)
    }

    fn is_known(&self, day: usize) -> bool {
        self.series.iter().any(|s| s.present[day])
    }

    fn came(&self, day: usize, slots: Range<usize>) -> f64 {
        let of = |s: &Series| -> f64 {
            let counts = s.day(day, self.slots.len())[slots.clone()].iter();
            counts.map(|count| f64::from(*count)).sum()
        };
        self.series.iter().map(of).sum()
    }

    fn midnight(&self, day: usize) -> NaiveDateTime {
        self.date(day).and_time(NaiveTime::MIN)
    }

    fn slot_end_on(&self, day: usize, slot: usize) -> NaiveDateTime {
        self.midnight(day) + slot_end(self.slots[slot], self.slot_minutes)
    }
}

#[cfg(test)]
mod tests {
    use super::super::history::Row;
    use super::super::history::tests::row;
    use super::*;
    use chrono::{Days, NaiveDate};

    #[test]
    fn a_day_that_ends_before_its_likes_is_under_way() {
        let day = |d: u64| NaiveDate::from_ymd_opt(2026, 3, 2).expect("a Monday") + Days::new(d);
        // Hours from 8 to 17 on 30 days, the last of them until `last`, with zeros after it or without rows.
        let history = |last: u32, volume: f64, zeros: bool| {
            let rows: Vec<Row> = (0..30)
                .flat_map(|d| (8..18).map(move |hour| (d, hour)))
                .filter(|(d, hour)| *d < 29 || *hour < last || zeros)
                .map(|(d, hour)| Row {
                    at: day(d).and_hms_opt(hour, 0, 0).expect("a time"),
                    series: 0,
                    volume: if d < 29 || hour < last { volume } else { 0.0 },
                })
                .collect();
            History::from_rows(vec!["a".into()], &rows, None).expect("a history")
        };
        let until = history(11, 4.0, false).unfinished();
        assert_eq!(until, day(29).and_hms_opt(11, 0, 0));
        assert_eq!(history(18, 4.0, false).unfinished(), None);
        // Zeros that are written were counted; an hour that hardly ever has a contact is no loss.
        assert_eq!(history(11, 4.0, true).unfinished(), None);
        assert_eq!(history(17, 0.5, false).unfinished(), None);
        let mut short = history(11, 4.0, false);
        short.forget(day(29));
        assert_eq!(
            (short.series[0].present[29], short.unfinished()),
            (false, None)
        );
    }

    #[test]
    fn hours_without_rows_are_not_known_where_none_at_all_is_unlikely() {
        // Eight hours a day for three weeks, and three hours of the last day.
        let rows = |hourly: f64| -> Vec<Row> {
            let first = NaiveDate::from_ymd_opt(2026, 3, 2).expect("a Monday");
            let hours = (0..22).flat_map(|day| (9..17).map(move |hour| (day, hour)));
            let known = hours.filter(|(day, hour)| *day < 21 || *hour < 12);
            let at = |(day, hour)| (first + Days::new(day)).and_hms_opt(hour, 0, 0);
            let row = |at| Row {
                at,
                series: 0,
                volume: hourly,
            };
            known.filter_map(at).map(row).collect()
        };
        let known = |hourly: f64, now: &str| {
            let h = History::from_rows(vec!["a".into()], &rows(hourly), None).expect("a history");
            let now = row(now, 0.0).at;
            (h.known_at(now), now)
        };
        let noon = row("2026-03-23 12:00", 0.0).at;
        assert_eq!(known(10.0, "2026-03-23 15:00").0, noon);
        // Three of them may fail to come; and what ends within the hour has not been missed.
        for (hourly, now) in [(1.0, "2026-03-23 15:00"), (10.0, "2026-03-23 12:30")] {
            let (found, now) = known(hourly, now);
            assert_eq!(found, now);
        }
        let (found, now) = known(10.0, "2026-03-20 15:00");
        assert_eq!(found, now);
    }
}
