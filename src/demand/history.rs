//! A bare history: many series of counts on one local wall-clock calendar, as days × open slots.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use chrono::{Datelike, Days, Duration, NaiveDate, NaiveDateTime, NaiveTime, Timelike};

use super::slot_length::slot_length;

/// Counts of several series on the same local days. Slots that no series ever uses are not kept.
#[derive(Clone, Debug)]
pub struct History {
    /// The first local day; day `i` is `first + i`.
    pub first: NaiveDate,
    /// Calendar days covered, gaps and closed days included.
    pub days: usize,
    /// Length of a slot, minutes.
    pub slot_minutes: u32,
    /// Start of each kept slot, minutes after local midnight, ascending.
    pub slots: Vec<u32>,
    pub series: Vec<Series>,
    /// Local end of the last slot that a row names, where rows are known.
    pub until: Option<NaiveDateTime>,
}

/// Days of zeros before the first contact say that a series had not begun where they are less likely than this, by how
/// often a day is zero since, and no zeros since went on for such a share of them.
const CHANCE: f64 = 0.001;
const AS_LONG: f64 = 0.5;

/// A count so many times the largest but one in a thousand is a mistake.
const SPIKE: f32 = 5.0;
/// Days × slots × series that are held at most: a gigabyte of counts.
const MOST_CELLS: usize = 250_000_000;

/// The counts of one series.
#[derive(Clone, Debug, Default)]
pub struct Series {
    pub name: String,
    /// `days × slots`, row by row; rows of absent days are zero.
    pub volume: Vec<f32>,
    /// Whether the day was observed; an absent day is a gap, not a zero.
    pub present: Vec<bool>,
}

/// One row of a bare history: the local start of its slot, the series' index, the count.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub at: NaiveDateTime,
    pub series: usize,
    pub volume: f64,
}

impl Row {
    pub(super) fn minute(&self) -> u32 {
        self.at.hour() * 60 + self.at.minute()
    }
}

impl History {
    /// Gathers rows into days × slots. The slot is the greatest step of at least one minute that all
    /// starts share, unless given; repeated rows of a slot add up (the hour a clock change repeats), and
    /// a slot absent from a day that has others is zero. Series with few rows follow the others.
    ///
    /// # Errors
    /// No rows, a slot that does not divide the day or is shorter than those of the rows, series of
    /// different slots, or more cells than memory bears.
    pub fn from_rows(names: Vec<String>, rows: &[Row], slot: Option<u32>) -> Result<Self, String> {
        let (Some(first), Some(last)) = (
            rows.iter().map(|r| r.at.date()).min(),
            rows.iter().map(|r| r.at.date()).max(),
        ) else {
            return Err("the history has no rows".into());
        };
        let slot_minutes = slot_length(&names, rows, slot)?;
        let days = usize::try_from((last - first).num_days()).unwrap_or(0) + 1;
        let mut used = BTreeMap::new();
        for r in rows {
            used.insert(r.minute() / slot_minutes * slot_minutes, 0);
        }
        for (column, at) in used.values_mut().enumerate() {
            *at = column;
        }
        let slots: Vec<u32> = used.keys().copied().collect();
        if days * slots.len() * names.len() > MOST_CELLS {
            return Err(format!(
                "{} series over {days} days ({first} to {last}) of {} slots are too many to hold",
                names.len(),
                slots.len()
            ));
        }
        let mut series: Vec<Series> = names
            .into_iter()
            .map(|name| Series {
                name,
                volume: vec![0.0; days * slots.len()],
                present: vec![false; days],
            })
            .collect();
        for r in rows {
            let day = usize::try_from((r.at.date() - first).num_days()).unwrap_or(0);
            let column = used[&(r.minute() / slot_minutes * slot_minutes)];
            let s = &mut series[r.series];
            s.volume[day * slots.len() + column] += r.volume as f32;
            s.present[day] = true;
        }
        Ok(Self {
            first,
            days,
            slot_minutes,
            until: rows
                .iter()
                .map(|r| r.at.date().and_time(NaiveTime::MIN) + slot_end(r.minute(), slot_minutes))
                .max(),
            slots,
            series,
        })
    }

    /// Makes a day a gap.
    pub fn forget(&mut self, date: NaiveDate) {
        let day = usize::try_from((date - self.first).num_days()).unwrap_or(usize::MAX);
        let slots = self.slots.len();
        for series in self.series.iter_mut().filter(|s| day < s.present.len()) {
            series.present[day] = false;
            series.volume[day * slots..(day + 1) * slots].fill(0.0);
        }
    }

    /// The local date of a day index; days past the end continue the calendar.
    pub fn date(&self, day: usize) -> NaiveDate {
        self.first + Days::new(day as u64)
    }

    /// The days of the week on which any series was ever observed, or which the history is too short to
    /// have met; Monday first.
    pub fn open_weekdays(&self) -> [bool; 7] {
        let mut open = [true; 7];
        for day in 0..self.days.min(7) {
            open[self.weekday(day)] = false;
        }
        for s in &self.series {
            for (day, _) in s.present.iter().enumerate().filter(|(_, p)| **p) {
                open[self.weekday(day)] = true;
            }
        }
        open
    }

    /// The days of the week on which one of its series was ever observed; those it is too short to have met
    /// are the history's.
    pub fn open_weekdays_of(&self, series: &Series) -> [bool; 7] {
        let mut open = self.open_weekdays();
        if let Some(first) = series.present.iter().position(|p| *p) {
            for day in (first..self.days).take(7) {
                open[self.weekday(day)] = false;
            }
        }
        for (day, _) in series.present.iter().enumerate().filter(|(_, p)| **p) {
            open[self.weekday(day)] = true;
        }
        open
    }

    /// Monday = 0.
    pub fn weekday(&self, day: usize) -> usize {
        (self.first.weekday().num_days_from_monday() as usize + day) % 7
    }
}

impl Series {
    /// The sum of some series of one history; a day is present where any is.
    pub fn sum<'s>(name: &str, mut series: impl Iterator<Item = &'s Self>) -> Self {
        let mut sum = series.next().cloned().unwrap_or_default();
        name.clone_into(&mut sum.name);
        for one in series {
            for (sum, count) in sum.volume.iter_mut().zip(&one.volume) {
                *sum += count;
            }
            for (sum, is_present) in sum.present.iter_mut().zip(&one.present) {
                *sum |= is_present;
            }
        }
        sum
    }

    /// The counts of one day.
    pub fn day(&self, day: usize, slots: usize) -> &[f32] {
        &self.volume[day * slots..(day + 1) * slots]
    }

    /// The series with counts before `end` that are out of all proportion pulled in: one slip of the
    /// keyboard must not become next week's forecast.
    pub fn without_spikes(&self, end: usize, slots: usize) -> Cow<'_, Self> {
        let known = end.min(self.present.len()) * slots;
        let mut counts: Vec<f32> = self.volume[..known].to_vec();
        if counts.len() < 2 {
            return Cow::Borrowed(self);
        }
        let rare = (1 + counts.len() / 1000).min(counts.len() - 1);
        let (most, usual, _) = counts.select_nth_unstable_by(rare, |a, b| b.total_cmp(a));
        let limit = SPIKE * (*usual + 1.0);
        if most.iter().all(|count| *count <= limit) {
            return Cow::Borrowed(self);
        }
        let mut pulled = self.clone();
        for count in &mut pulled.volume[..known] {
            *count = count.min(limit);
        }
        Cow::Owned(pulled)
    }

    /// Days before `end` with nothing but zeros before the first contact, where they are so many that the series had
    /// not begun: a shop that opened late, in a file of several.
    pub fn not_begun(&self, end: usize, slots: usize) -> Range<usize> {
        let known: Vec<(usize, bool)> = (0..end.min(self.present.len()))
            .filter(|day| self.present[*day])
            .map(|day| (day, self.day(day, slots).iter().any(|count| *count > 0.0)))
            .collect();
        let Some(zeros) = known.iter().position(|(_, any)| *any) else {
            return 0..0;
        };
        let (mut run, mut longest, mut quiet) = (0usize, 0usize, 0usize);
        let since = &known[zeros + 1..];
        for (_, any) in since {
            run = if *any { 0 } else { run + 1 };
            quiet += usize::from(!any);
            longest = longest.max(run);
        }
        // Laplace's rule of succession, day by day.
        let chance: f64 = (0..zeros)
            .map(|day| (quiet + 1 + day) as f64 / (since.len() + 2 + day) as f64)
            .product();
        if chance > CHANCE || longest as f64 > AS_LONG * zeros as f64 {
            return 0..0;
        }
        known[0].0..known[zeros].0
    }

    /// The total of one day, when it was observed.
    pub fn total(&self, day: usize, slots: usize) -> Option<f64> {
        self.present[day].then(|| self.day(day, slots).iter().map(|v| f64::from(*v)).sum())
    }
}

/// From midnight to the end of the slot that holds a minute.
pub fn slot_end(minute: u32, slot_minutes: u32) -> Duration {
    Duration::minutes(i64::from(
        minute / slot_minutes * slot_minutes + slot_minutes,
    ))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub fn row(text: &str, volume: f64) -> Row {
        let at = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("a time");
        Row {
            at,
            series: 0,
            volume,
        }
    }

    #[test]
    fn slots_are_sniffed_and_repeats_add_up() {
        let rows = [
            row("2026-03-02 09:00", 2.0),
            row("2026-03-02 10:30", 1.0),
            row("2026-03-02 09:00", 3.0),
            row("2026-03-04 09:30", 1.0),
        ];
        let h = History::from_rows(vec!["a".into()], &rows, None).expect("a history");
        assert_eq!(
            (h.slot_minutes, h.slots.clone(), h.days),
            (30, vec![540, 570, 630], 3)
        );
        assert_eq!(h.series[0].day(0, 3), [5.0, 0.0, 1.0]);
        assert_eq!(h.series[0].present, [true, false, true]);
        assert_eq!(
            h.open_weekdays(),
            // Tuesday was met and not open; the rest of the week was never met.
            [true, false, true, true, true, true, true]
        );
    }

    #[test]
    fn a_series_keeps_its_own_week() {
        let day = |d: u64| NaiveDate::from_ymd_opt(2026, 3, 2).expect("a Monday") + Days::new(d);
        let rows: Vec<Row> = (0..21)
            .flat_map(|d| {
                let at = day(d).and_hms_opt(9, 0, 0).expect("a time");
                // Always; on working days; on working days of the last week, which has no Sunday yet.
                let open = [true, d % 7 < 5, d > 13 && d % 7 < 5];
                (0..3).filter(move |k| open[*k]).map(move |series| Row {
                    at,
                    series,
                    volume: 1.0,
                })
            })
            .filter(|r| r.at.date() < day(20))
            .collect();
        let names = ["always", "weekdays", "new"].map(String::from).to_vec();
        let h = History::from_rows(names, &rows, None).expect("a history");
        let open = |k: usize| h.open_weekdays_of(&h.series[k]);
        assert_eq!(open(0), [true; 7]);
        assert_eq!(open(1), [true, true, true, true, true, false, false]);
        assert_eq!(open(2), [true, true, true, true, true, false, true]);
    }

    #[test]
    fn zeros_before_a_series_began_are_told_from_quiet_days() {
        let of = |counts: Vec<f32>| Series {
            name: "a".into(),
            present: vec![true; counts.len()],
            volume: counts,
        };
        let late = |zeros: usize, days: usize| {
            of([vec![0.0; zeros], vec![9.0; days]].concat()).not_begun(zeros + days, 1)
        };
        assert_eq!(late(93, 7), 0..93);
        assert_eq!(late(5, 100), 0..5);
        // One day is soon by chance, as is a week of a series with a contact a week.
        assert_eq!(late(1, 7), 0..0);
        let weekly = |day: usize| f32::from(u8::from(day % 7 == 6));
        assert_eq!(of((0..70).map(weekly).collect()).not_begun(70, 1), 0..0);
        // A shop of the summer is shut again in winter.
        let summer = |day: usize| f32::from(u8::from(day % 365 > 150));
        assert_eq!(of((0..900).map(summer).collect()).not_begun(900, 1), 0..0);
        // Nothing but zeros has no beginning; nor is one known before it.
        assert_eq!(late(30, 0), 0..0);
        assert_eq!(of(vec![0.0; 30]).not_begun(20, 1), 0..0);
    }

    #[test]
    fn daily_rows_make_one_slot() {
        let rows = [row("2026-03-02 00:00", 2.0), row("2026-03-03 00:00", 1.0)];
        let h = History::from_rows(vec!["a".into()], &rows, None).expect("a history");
        assert_eq!((h.slot_minutes, h.slots.len()), (1440, 1));
        assert!(History::from_rows(vec![], &[], None).is_err());
        assert!(History::from_rows(vec!["a".into()], &rows, Some(7)).is_err());
    }

    /// Rows of `days` days, every `step` minutes from 8 to 10.
    fn every(series: usize, days: u64, step: usize) -> Vec<Row> {
        let first = NaiveDate::from_ymd_opt(2026, 3, 2).expect("a Monday");
        let minutes = move |day: u64| {
            let date = first + Days::new(day);
            (480..600u32).step_by(step).map(move |m| Row {
                at: date.and_hms_opt(m / 60, m % 60, 0).expect("a time"),
                series,
                volume: 1.0,
            })
        };
        (0..days).flat_map(minutes).collect()
    }

    #[test]
    fn slots_that_contradict_each_other_or_what_is_asked_are_told() {
        let daily: Vec<Row> = (2..12)
            .map(|d| Row {
                series: 1,
                ..row(&format!("2026-03-{d:02} 00:00"), 9.0)
            })
            .collect();
        let read = |rows: &[&[Row]], slot| {
            let names = vec!["a".into(), "b".into()];
            History::from_rows(names, &rows.concat(), slot).map(|h| h.slot_minutes)
        };
        let hourly = every(0, 30, 60);
        for (other, longest, word) in [
            (&daily, 1440, "a day of `b`"),
            (&every(1, 30, 15), 60, "15 min of `b`"),
        ] {
            let wrong = read(&[&hourly, other], None).expect_err("a problem");
            assert!(
                wrong.contains(word) && wrong.contains("an hour of `a`"),
                "{wrong}"
            );
            assert_eq!(read(&[&hourly, other], Some(longest)), Ok(longest));
            let wrong = read(&[&hourly, other], Some(10)).expect_err("a problem");
            assert!(wrong.contains("finer"), "{wrong}");
        }
        // Few rows tell nothing: they follow those that do, or all tell together.
        assert_eq!(read(&[&hourly, &every(1, 2, 15)], None), Ok(60));
        assert_eq!(read(&[&every(0, 3, 60), &every(1, 2, 15)], None), Ok(15));
        assert_eq!(read(&[&every(0, 3, 60)], Some(15)), Ok(15));
        assert_eq!(read(&[&every(0, 60, 120)], Some(15)), Ok(15));
    }
}
