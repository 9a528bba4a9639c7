//! A bare history forecast without a scenario: what `crewcast forecast` does.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use chrono_tz::Tz;
use rayon::prelude::*;

use super::bands::{Bands, Spread};
use super::calendar::Calendar;
use super::chosen::Fitted;
use super::counts::{Count, thin};
use super::errors::{Errors, Together};
use super::forecaster::{Forecaster, Method};
use super::history::{History, Series};
use super::intraday::{self, Surprise};
use super::metrics::LEVELS;
use super::unfinished::{lacking, left_out};
use crate::time::zone;

/// What to forecast.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Calendar days after the last of the history.
    pub days: usize,
    pub country: Option<String>,
    /// Public holidays on which the history was never open are closed, not gaps.
    pub closed_holidays: bool,
    /// Add the sum of all series, where there are several.
    pub total: bool,
    /// The moment up to which the history's last day is known: that day and those after it are forecast
    /// from the days before, then updated by its slots that have passed. Unless given, that of a history
    /// which ends within a day.
    pub now: Option<NaiveDateTime>,
}

/// One series' forecast: `days × slots` of the history's slots.
#[derive(Clone, Debug)]
pub struct SeriesForecast {
    pub name: String,
    pub model: String,
    pub mean: Vec<f64>,
    pub bands: Bands,
    pub spread: Spread,
    /// What today's slots so far said, where they were given.
    pub today: Option<Surprise>,
}

/// The forecast of a history.
#[derive(Clone, Debug)]
pub struct HistoryForecast {
    pub first: NaiveDate,
    /// Start of each slot, minutes after local midnight.
    pub slots: Vec<u32>,
    /// How often the clock passes each cell of `days × slots`: 0 where spring skips it, 2 where autumn
    /// repeats it.
    pub passes: Vec<f64>,
    pub series: Vec<SeriesForecast>,
    /// What whoever reads it should know of the history.
    pub notes: Vec<String>,
}

impl HistoryForecast {
    /// The local start of a cell of `days × slots`.
    pub fn start(&self, cell: usize) -> NaiveDateTime {
        start(self.first, &self.slots, cell)
    }
}

fn start(first: NaiveDate, slots: &[u32], cell: usize) -> NaiveDateTime {
    let day = first + chrono::Days::new((cell / slots.len()) as u64);
    let minutes = slots[cell % slots.len()];
    day.and_time(NaiveTime::MIN) + chrono::Duration::minutes(i64::from(minutes))
}

/// See [`HistoryForecast::passes`]. A whole day is passed once, however long it is.
fn passes(history: &History, first: NaiveDate, days: usize, zone: Option<Tz>) -> Vec<f64> {
    let cells = days * history.slots.len();
    let Some(zone) = zone.filter(|_| history.slot_minutes < 1440) else {
        return vec![1.0; cells];
    };
    // Clocks change at quarters of an hour.
    let step = history.slot_minutes.min(15);
    let pieces = history.slot_minutes.div_ceil(step);
    let of = |cell| {
        let from = start(first, &history.slots, cell);
        let times: u32 = (0..pieces)
            .map(|piece| from + chrono::Duration::minutes(i64::from(piece * step)))
            .map(|at| zone::look_up(zone, at).times())
            .sum();
        f64::from(times) / f64::from(pieces)
    };
    (0..cells).map(of).collect()
}

/// Forecasts every series of a history; weekdays that a series never opens are zero.
pub fn forecast(history: &History, spec: &Spec) -> HistoryForecast {
    forecast_in(history, spec, None)
}

/// The same on the wall clock of a zone: what it skips has no contacts, what it repeats has those of both,
/// as in a history.
pub fn forecast_in(history: &History, spec: &Spec, zone: Option<Tz>) -> HistoryForecast {
    let mut notes = Vec::new();
    let now = spec.now.map(|now| {
        let known = history.known_at(now);
        notes.extend(lacking(known, now));
        notes.extend(left_out(history, now));
        known
    });
    let now = now.or_else(|| history.unfinished());
    let today = now.map(|now| Today::of(history, now));
    let end = today.as_ref().map_or(history.days, |t| t.day);
    let open = history.open_weekdays();
    let calendar = Calendar::new(
        history.first,
        end + spec.days,
        open,
        spec.country.as_deref(),
    );
    let forecaster = Forecaster::new(history, &calendar, &[(end, spec.days)], &[Method::Crewcast]);
    let slots = history.slots.len();
    let passes = passes(history, history.date(end), spec.days, zone);
    let ahead: Vec<usize> = (0..spec.days).collect();
    let unclosed = spec.country.is_some() && !spec.closed_holidays;
    if unclosed && let Some(count) = holidays_without_rows(history, &calendar, end) {
        notes.push(format!(
            "no series has a row on any of the {count} public holidays of the history, which are taken for gaps; \
             --closed holidays takes those to come for closed days"
        ));
    }
    let one = |s: &Series| {
        let fitted = forecaster.fit(s, end, spec.days, true);
        let open = history.open_weekdays_of(s);
        let shut = closed_effects(s, &calendar, open, spec.closed_holidays);
        let mut mean = Vec::with_capacity(spec.days * slots);
        for day in end..end + spec.days {
            let d = calendar.days[day];
            if open[usize::from(d.weekday)] && !shut[usize::from(d.effect)] {
                mean.extend(fitted.day_mean(&calendar, day));
            } else {
                mean.resize(mean.len() + slots, 0.0);
            }
        }
        mean.iter_mut().zip(&passes).for_each(|(m, p)| *m *= p);
        let observed = s.present[..end.min(s.present.len())]
            .iter()
            .filter(|p| **p)
            .count();
        let mut model = fitted.describe(observed);
        let last = s.present.iter().take(end).rposition(|p| *p);
        if let Some(last) = last.filter(|last| end - last > SILENT) {
            model.push_str(&format!("; nothing known since {}", history.date(last)));
        }
        let mut out = SeriesForecast {
            name: s.name.clone(),
            model,
            bands: fitted.spread.bands(&mean, slots, &ahead),
            mean,
            spread: fitted.spread.clone(),
            today: None,
        };
        if let Some(today) = &today {
            today.update(s, slots, &fitted, &mut out);
        }
        (out, fitted.errors)
    };
    let with_total = spec.total && history.series.len() > 1;
    let (mut series, mut together) = (
        Vec::with_capacity(history.series.len()),
        Together::default(),
    );
    // Past errors are large: of a few series at a time.
    for some in history.series.chunks(AT_A_TIME) {
        let found: Vec<(SeriesForecast, Errors)> = some.par_iter().map(one).collect();
        for (forecast, errors) in found {
            if with_total {
                together.add(&errors, slots);
            }
            series.push(forecast);
        }
    }
    if with_total {
        let mut total = sum(&series, &together.errors(), slots);
        if let Some(today) = &today {
            for band in &mut total.bands.slot {
                band[..today.passed].copy_from_slice(&total.mean[..today.passed]);
            }
        }
        let free = TOTALS
            .iter()
            .find(|name| series.iter().all(|s| s.name != **name));
        total.name = free.map_or_else(|| total.model.clone(), |name| (*name).to_owned());
        series.push(total);
    }
    HistoryForecast {
        first: history.date(end),
        slots: history.slots.clone(),
        passes,
        series,
        notes,
    }
}

/// Names of the sum of all series, the first that none of them has.
const TOTALS: [&str; 2] = ["total", "sum of all"];
/// Days without a row after which a series is said to be silent: its forecast is that of its last days.
const SILENT: usize = 28;
/// Series whose past errors are held at once.
const AT_A_TIME: usize = 256;

/// The day that is under way.
struct Today {
    /// Its index in the history.
    day: usize,
    /// Slots of it that have passed.
    passed: usize,
}

impl Today {
    fn of(history: &History, now: NaiveDateTime) -> Self {
        let day = (now.date() - history.first).num_days();
        let day = usize::try_from(day).unwrap_or(0).min(history.days);
        let minute = now.hour() * 60 + now.minute();
        let over = |start: &&u32| **start + history.slot_minutes <= minute;
        // A history that ends before that day knows nothing of it.
        let known = history.date(day) == now.date() && day < history.days;
        Self {
            day,
            passed: history.slots.iter().take_while(over).count() * usize::from(known),
        }
    }

    /// Passed slots hold what came; the rest of the day and the days after what that says of them.
    fn update(&self, series: &Series, slots: usize, fitted: &Fitted, out: &mut SeriesForecast) {
        if self.passed == 0 || !series.present[self.day] {
            return;
        }
        let seen: Vec<f64> = series.day(self.day, slots)[..self.passed]
            .iter()
            .map(|v| f64::from(*v))
            .collect();
        let spread = &fitted.spread;
        let found = intraday::told(&fitted.errors, slots, &out.mean[..slots], &seen, spread);
        let carry = intraday::carry(&intraday::day_ratios(&fitted.errors, slots));
        for (ahead, row) in out.mean.chunks_mut(slots).enumerate() {
            let factor = intraday::day_ahead(&found, carry, ahead as u32);
            row.iter_mut().for_each(|m| *m *= factor);
        }
        out.mean[..self.passed].copy_from_slice(&seen);
        let ahead: Vec<usize> = (0..out.mean.len() / slots).collect();
        out.bands = spread.bands(&out.mean, slots, &ahead);
        // Of today's busyness as much is unknown as its morning left.
        let less = spread.day - found.variance;
        let thin = thin(&out.mean);
        for (i, m) in out.mean[..slots].iter().enumerate() {
            let count = Count {
                mean: *m,
                excess: (spread.slot_excess(*m) - less).max(0.0),
            };
            for (band, level) in out.bands.slot.iter_mut().zip(LEVELS) {
                band[i] = if i < self.passed {
                    *m
                } else {
                    count.quantile_above(thin, level)
                };
            }
        }
        let came: f64 = seen.iter().sum();
        let rest = Count {
            mean: out.mean[self.passed..slots].iter().sum(),
            excess: found.variance,
        };
        let week = Count {
            mean: out.mean[self.passed..]
                .iter()
                .take(7 * slots - self.passed)
                .sum(),
            excess: spread.week_excess(0),
        };
        for (at, level) in [0.1, 0.9].into_iter().enumerate() {
            out.bands.day[at][0] = came + rest.quantile(level);
            out.bands.week[at][0] = came + week.quantile(level);
        }
        out.today = Some(found);
    }
}

/// The sum of forecasts: means add up, and its bands hold what the sums of past forecasts missed by. Too few
/// of these lean on parts that are each other's strangers but for half of their days' busyness.
pub fn sum(parts: &[SeriesForecast], errors: &Errors, slots: usize) -> SeriesForecast {
    let cells = parts.iter().map(|p| p.mean.len()).max().unwrap_or(0);
    let mut mean = vec![0.0; cells];
    for p in parts {
        mean.iter_mut().zip(&p.mean).for_each(|(a, b)| *a += b);
    }
    let all = mean.iter().sum::<f64>().max(1e-12);
    let (mut own, mut busy, mut shared) = (0.0, 0.0, 0.0);
    for p in parts {
        let share = p.mean.iter().sum::<f64>() / all;
        let typical = p.mean.iter().map(|m| m * m).sum::<f64>() / (share * all).max(1e-12);
        own += p.spread.slot_excess(typical) * share * share;
        busy += p.spread.day * share * share;
        shared += p.spread.day.sqrt() * share;
    }
    let day = 0.5 * (busy + shared * shared);
    let ahead: Vec<usize> = (0..cells / slots.max(1)).collect();
    let prior = Spread::even(own.max(day), day);
    let mut spread = Spread::calibrate(errors, slots, &prior);
    // What is not known of a special day, all parts have in common.
    let special = |ahead: &usize| {
        let of =
            |p: &SeriesForecast| p.mean.iter().sum::<f64>() / all * p.spread.special(*ahead).sqrt();
        (*ahead, parts.iter().map(of).sum::<f64>().powi(2))
    };
    spread.special = ahead
        .iter()
        .map(special)
        .filter(|day| day.1 > 0.0)
        .collect();
    SeriesForecast {
        name: TOTALS[0].into(),
        model: format!("sum of {} series", parts.len()),
        bands: spread.bands(&mean, slots, &ahead),
        mean,
        spread,
        today: None,
    }
}

/// By [`super::calendar::Day::effect`]: holidays that the past had on days of the series' week, and the series
/// never opened on; on weekends and working days alike. Where it was never open on any, those that it has not
/// met yet too.
fn closed_effects(
    series: &Series,
    calendar: &Calendar,
    open: [bool; 7],
    wanted: bool,
) -> Vec<bool> {
    let mut shut = vec![false; calendar.effects.len() + 1];
    if !wanted {
        return shut;
    }
    let first = series.present.iter().position(|p| *p).unwrap_or(0);
    let last = series.present.iter().rposition(|p| *p).unwrap_or(0);
    // By name: whether the series was open.
    let mut met: BTreeMap<&str, bool> = BTreeMap::new();
    let known = series.present.iter().zip(&calendar.days);
    for (present, d) in known.take(last + 1).skip(first) {
        if let Some(name) = calendar.holiday(d).filter(|_| open[usize::from(d.weekday)]) {
            *met.entry(name).or_default() |= present;
        }
    }
    let never_open = !met.is_empty() && met.values().all(|open| !open);
    for (e, effect) in calendar.effects.iter().enumerate() {
        let is_closed = || {
            met.get(effect.name.as_str())
                .map_or(never_open, |open| !open)
        };
        shut[e + 1] = effect.is_holiday() && is_closed();
    }
    shut
}

/// How many public holidays on days of the history's week it has, where none of them has a row: a shop that
/// closes on them rather than a gap.
fn holidays_without_rows(history: &History, calendar: &Calendar, end: usize) -> Option<usize> {
    let open = history.open_weekdays();
    let is_met = |day: &usize| {
        let d = &calendar.days[*day];
        open[usize::from(d.weekday)] && calendar.holiday(d).is_some()
    };
    let met: Vec<usize> = (0..end).filter(is_met).collect();
    let has_row = |day: &usize| history.series.iter().any(|s| s.present[*day]);
    (met.len() >= FEW_HOLIDAYS && !met.iter().any(has_row)).then_some(met.len())
}

/// Holidays without a row from which on they are no chance.
const FEW_HOLIDAYS: usize = 2;

#[cfg(test)]
mod tests {
    use super::*;

    /// A shop of one slot a day from 5 January on, shut on Czech holidays but those `kept`.
    fn shop(days: usize, kept: impl Fn(&str) -> bool) -> (History, Calendar) {
        let first = NaiveDate::from_ymd_opt(2026, 1, 5).expect("a Monday");
        let calendar = Calendar::new(first, 365, [true; 7], Some("CZ"));
        let present = calendar.days[..days].iter();
        let present: Vec<bool> = present
            .map(|d| calendar.holiday(d).is_none_or(&kept))
            .collect();
        let volume = present.iter().map(|p| if *p { 100.0 } else { 0.0 });
        let series = Series {
            name: "s".into(),
            volume: volume.collect(),
            present,
        };
        let history = History {
            first,
            days,
            slot_minutes: 1440,
            slots: vec![0],
            series: vec![series],
            until: None,
        };
        (history, calendar)
    }

    #[test]
    fn holidays_at_weekends_and_those_not_met_yet_are_closed_with_the_others() {
        let (history, calendar) = shop(310, |_| false);
        let shut =
            |history: &History| closed_effects(&history.series[0], &calendar, [true; 7], true);
        let holidays = calendar
            .days
            .iter()
            .filter(|d| calendar.holiday(d).is_some());
        let effects: Vec<usize> = holidays.map(|d| usize::from(d.effect)).collect();
        let all = shut(&history);
        // The second day of Christmas is a Saturday, and lies ahead as Christmas Eve does.
        assert!(effects.len() > 12 && effects.iter().all(|e| all[*e]));
        assert!(!all[0]);
        // One of them open: only those met are known to be closed.
        let (some, _) = shop(310, |name| name == "Labor Day");
        let some = shut(&some);
        let ahead = effects.last().expect("New Year");
        assert!(!some[*ahead] && effects.iter().filter(|e| some[**e]).count() > 5);
        assert!(
            closed_effects(&history.series[0], &calendar, [true; 7], false)
                == vec![false; all.len()]
        );
    }

    #[test]
    fn a_history_without_a_row_on_any_holiday_is_told() {
        let (history, calendar) = shop(310, |_| false);
        let met = holidays_without_rows(&history, &calendar, 310);
        assert_eq!(met, Some(8));
        let (open, _) = shop(310, |_| true);
        assert_eq!(holidays_without_rows(&open, &calendar, 310), None);
    }
}
