//! Made series whose truth is known.

use chrono::{Datelike, Days, NaiveDate};
use crewcast::demand::backtest::{self, Spec};
use crewcast::demand::bare;
use crewcast::demand::forecaster::Method;
use crewcast::demand::history::{History, Series};
use crewcast::time::holidays;
use rand::SeedableRng;
use rand_distr::{Distribution, Poisson};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Hours 8 to 19 with two humps.
const PROFILE: [f64; 12] = [
    2.0, 5.0, 9.0, 12.0, 10.0, 8.0, 9.0, 11.0, 10.0, 8.0, 6.0, 3.0,
];
const WEEK: [f64; 7] = [1.4, 1.2, 1.1, 1.0, 1.0, 0.5, 0.3];

fn first() -> NaiveDate {
    NaiveDate::from_ymd_opt(2022, 1, 3).expect("a Monday")
}

/// Poisson counts of one series, `days` long, with the mean of each day and slot.
fn made(days: usize, slots: usize, seed: u64, mean: impl Fn(NaiveDate, usize) -> f64) -> History {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut volume = Vec::with_capacity(days * slots);
    for day in 0..days {
        for slot in 0..slots {
            let m = mean(first() + Days::new(day as u64), slot);
            let draw = if m > 0.0 {
                Poisson::new(m).expect("a mean").sample(&mut rng)
            } else {
                0.0
            };
            volume.push(draw as f32);
        }
    }
    let minutes = (1440 / slots.max(1)).min(60) as u32;
    History {
        until: None,
        first: first(),
        days,
        slot_minutes: if slots == 1 { 1440 } else { minutes },
        slots: (0..slots as u32)
            .map(|s| 480 * u32::from(slots == 12) + s * minutes)
            .collect(),
        series: vec![Series {
            name: "made".into(),
            volume,
            present: vec![true; days],
        }],
    }
}

fn forecast(history: &History, days: usize, country: Option<&str>) -> bare::HistoryForecast {
    let spec = bare::Spec {
        days,
        country: country.map(str::to_owned),
        closed_holidays: false,
        total: false,
        now: None,
    };
    bare::forecast(history, &spec)
}

fn weekday(d: NaiveDate) -> usize {
    d.weekday().num_days_from_monday() as usize
}

/// Mean relative error of day totals, and of all slots.
fn errors(
    history: &History,
    found: &bare::HistoryForecast,
    truth: impl Fn(NaiveDate, usize) -> f64,
) -> (f64, f64) {
    let slots = history.slots.len();
    let (mut day_error, mut slot_error, mut all) = (0.0, 0.0, 0.0);
    for (day, row) in found.series[0].mean.chunks(slots).enumerate() {
        let date = found.first + Days::new(day as u64);
        let due: Vec<f64> = (0..slots).map(|s| truth(date, s)).collect();
        day_error += (row.iter().sum::<f64>() - due.iter().sum::<f64>()).abs();
        slot_error += row
            .iter()
            .zip(&due)
            .map(|(a, b)| (a - b).abs())
            .sum::<f64>();
        all += due.iter().sum::<f64>();
    }
    (day_error / all, slot_error / all)
}

#[test]
fn weekdays_and_hours_are_recovered() {
    let truth = |d: NaiveDate, s: usize| WEEK[weekday(d)] * PROFILE[s];
    let history = made(182, 12, 1, truth);
    let (day, slot) = errors(&history, &forecast(&history, 14, None), truth);
    // 26 weeks of Poisson counts know a weekday's slot to about 5 %.
    assert!(day < 0.03 && slot < 0.06, "day {day:.4} slot {slot:.4}");
}

#[test]
fn closed_days_and_hours_of_a_series_are_not_forecast() {
    // Calls on working days from 8 to 20 and on Saturdays to 12; mails at any hour of the week.
    let calls = |d: NaiveDate, s: usize| match weekday(d) {
        6 => 0.0,
        5 if s >= 4 => 0.0,
        w => 3.0 * WEEK[w] * PROFILE[s],
    };
    let mut history = made(140, 12, 3, calls);
    let mails = made(140, 12, 4, |_, s| PROFILE[s]);
    history.series.extend(mails.series);
    for day in (6..140).step_by(7) {
        history.series[0].present[day] = false;
    }
    let found = forecast(&history, 14, None);
    for (day, row) in found.series[0].mean.chunks(12).enumerate() {
        let date = found.first + Days::new(day as u64);
        for (slot, mean) in row.iter().enumerate() {
            let open = calls(date, slot) > 0.0;
            assert!((*mean > 0.0) == open, "{date} {slot}: {mean}");
        }
    }
    assert!(found.series[1].mean.iter().all(|m| *m > 0.0));
}

#[test]
fn one_busy_eve_does_not_tell_of_all_others() {
    // Eight weeks up to 15 May 2022 with Easter in them; Ascension comes on the 26th.
    let truth = |d: NaiveDate, _| {
        let eve = d == NaiveDate::from_ymd_opt(2022, 4, 14).expect("a date");
        WEEK[weekday(d)] * if eve { 400.0 } else { 200.0 }
    };
    let from = NaiveDate::from_ymd_opt(2022, 3, 21).expect("a Monday");
    let shift = (from - first()).num_days();
    let mut history = made(56, 1, 5, |d, s| truth(d + chrono::Duration::days(shift), s));
    history.first = from;
    let found = forecast(&history, 14, Some("DE"));
    let eve = NaiveDate::from_ymd_opt(2022, 5, 25).expect("a date");
    let ratio = found.series[0].mean[(eve - found.first).num_days() as usize] / truth(eve, 0);
    assert!((0.9..1.45).contains(&ratio), "{ratio}");
}

#[test]
fn a_holiday_and_the_day_after_are_recovered() {
    let special = |d: NaiveDate| {
        let holiday = |d| holidays::on("DE", d).is_some() && weekday(d) < 5;
        match (holiday(d), holiday(d - Days::new(1))) {
            (true, _) => 0.25,
            (_, true) => 1.4,
            _ => 1.0,
        }
    };
    let truth = |d: NaiveDate, _| 200.0 * WEEK[weekday(d)] * special(d);
    // Up to 30 April 2025: May brings Labour Day and Ascension, each seen three times.
    let days =
        (NaiveDate::from_ymd_opt(2025, 4, 30).expect("a date") - first()).num_days() as usize;
    let history = made(days, 1, 2, truth);
    let found = forecast(&history, 35, Some("DE"));
    let at = |m, d| {
        let i = (NaiveDate::from_ymd_opt(2025, m, d).expect("a date") - found.first).num_days();
        found.series[0].mean[i as usize] / (200.0 * WEEK[weekday(found.start(i as usize).date())])
    };
    assert!((at(5, 1) - 0.25).abs() < 0.08, "Labour Day {}", at(5, 1));
    assert!((at(5, 29) - 0.25).abs() < 0.08, "Ascension {}", at(5, 29));
    assert!(
        (at(5, 8) - 1.0).abs() < 0.08,
        "a plain Thursday {}",
        at(5, 8)
    );
    assert!(
        (at(5, 30) - 1.4).abs() < 0.25,
        "the day after {}",
        at(5, 30)
    );
}

#[test]
fn a_level_break_is_noticed() {
    let broken = first() + Days::new(320);
    let truth = move |d: NaiveDate, s: usize| {
        WEEK[weekday(d)] * PROFILE[s] * if d < broken { 1.0 } else { 2.0 }
    };
    let history = made(364, 12, 3, truth);
    let (day, _) = errors(&history, &forecast(&history, 14, None), truth);
    // Standing on the old year would miss by half.
    assert!(day < 0.13, "44 days after doubling: {day:.4}");
}

#[test]
fn pay_days_are_recovered() {
    let truth = |d: NaiveDate, _| 500.0 * WEEK[weekday(d)] * if d.day() == 15 { 1.5 } else { 1.0 };
    let history = made(730, 1, 4, truth);
    let found = forecast(&history, 28, None);
    let pay = (0..28)
        .find(|i| found.start(*i).day() == 15)
        .expect("a 15th");
    let ratio = found.series[0].mean[pay] / (500.0 * WEEK[weekday(found.start(pay).date())]);
    // Where only smoothing over the neighbouring days is chosen, about two thirds of it are kept.
    assert!((1.25..1.6).contains(&ratio), "{ratio}");
    let (day, _) = errors(&history, &found, truth);
    assert!(day < 0.04, "{day:.4}");
}

#[test]
fn the_time_of_year_is_recovered() {
    let truth = |d: NaiveDate, _| {
        let angle = std::f64::consts::TAU * f64::from(d.ordinal0()) / 365.25;
        300.0 * WEEK[weekday(d)] * (0.4 * angle.sin()).exp()
    };
    let history = made(3 * 365 + 60, 1, 5, truth);
    let (day, _) = errors(&history, &forecast(&history, 42, None), truth);
    // Standing still would miss by 14 % over these six weeks of rise.
    assert!(day < 0.05, "{day:.4}");
}

#[test]
fn a_rush_that_comes_every_year_is_recovered() {
    let truth = |d: NaiveDate, _: usize| {
        let rush = match (d.month(), d.day()) {
            (11, 21..) => 1.5,
            (12, ..=20) => 2.4,
            _ => 1.0,
        };
        200.0 * WEEK[weekday(d)] * rush
    };
    // To the end of October, after one December and after two. A curve alone cut it by 25 and by 18 %.
    for (days, within) in [(667, 0.15), (1033, 0.08)] {
        let found = forecast(&made(days, 1, 8, truth), 56, None);
        let rush = (0..56).filter(|i| found.start(*i).month() == 12 && found.start(*i).day() <= 20);
        let [told, due] = rush.fold([0.0; 2], |[told, due], i| {
            let date = found.start(i).date();
            [told + found.series[0].mean[i], due + truth(date, 0)]
        });
        assert!((told / due - 1.0).abs() < within, "{days}: {}", told / due);
    }
}

#[test]
fn a_trend_does_not_run_away() {
    let truth = |d: NaiveDate, _| 100.0 * (1.0 + (d - first()).num_days() as f64 / 200.0);
    let history = made(400, 1, 6, truth);
    let far = forecast(&history, 364, None);
    let (low, high) = (
        truth(first() + Days::new(300), 0),
        truth(first() + Days::new(400), 0),
    );
    for m in &far.series[0].mean {
        assert!(*m > 0.7 * low && *m < 1.5 * high, "{m}");
    }
}

#[test]
fn odd_histories_get_sane_answers() {
    let zero = |_: NaiveDate, _: usize| 0.0;
    let with = |days: usize, slots: usize, cell: Option<(usize, f32)>| {
        let mut h = made(days, slots, 7, zero);
        if let Some((at, v)) = cell {
            h.series[0].volume[at] = v;
        }
        h
    };
    let mut ten_years = made(3650, 1, 8, |d, _| 20.0 * WEEK[weekday(d)]);
    ten_years.series[0].present[1000] = false;
    for (name, history, most) in [
        ("one contact", with(60, 12, Some((300, 1.0))), 0.2),
        ("all zeros", with(60, 12, None), 0.05),
        ("one day", with(1, 12, Some((3, 5.0))), 10.0),
        ("one spike", with(200, 12, Some((1200, 5000.0))), 60.0),
        ("ten years", ten_years, 32.0),
        (
            "a slip of the keyboard in even counts",
            {
                let mut h = made(60, 24, 7, zero);
                h.series[0].volume.fill(3.0);
                h.series[0].volume[29 * 24 + 4] = 100_000.0;
                h
            },
            8.0,
        ),
        // Fifteen days say little of a single minute: sane is what a day could bring.
        ("one-minute slots", made(15, 1440, 9, |_, _| 0.1), 1.0),
    ] {
        let found = forecast(&history, 14, Some("DE"));
        let s = &found.series[0];
        assert_eq!(s.mean.len(), 14 * history.slots.len(), "{name}");
        for (i, m) in s.mean.iter().enumerate() {
            let [low, middle, high] = [0, 1, 2].map(|q| s.bands.slot[q][i]);
            assert!(m.is_finite() && *m >= 0.0 && *m < most, "{name}: {m}");
            assert!(
                low >= 0.0 && low <= middle && middle <= high,
                "{name}: {low} {middle} {high}"
            );
        }
    }
}

#[test]
fn the_forecast_of_a_sum_is_the_sum_of_forecasts_on_any_number_of_threads() {
    let one = made(200, 12, 10, |d, s| 0.2 * WEEK[weekday(d)] * PROFILE[s]);
    let two = made(200, 12, 11, |d, s| WEEK[weekday(d)] * PROFILE[11 - s]);
    let mut both = one.clone();
    both.series.extend(two.series);
    let spec = bare::Spec {
        days: 14,
        country: None,
        closed_holidays: false,
        total: true,
        now: None,
    };
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("a pool");
        pool.install(|| bare::forecast(&both, &spec))
    };
    let (a, b) = (run(1), run(3));
    for (x, y) in a.series.iter().zip(&b.series) {
        assert_eq!(x.mean, y.mean);
    }
    let [first, second, total] = &a.series[..] else {
        panic!("two and their sum")
    };
    for ((x, y), t) in first.mean.iter().zip(&second.mean).zip(&total.mean) {
        assert!((x + y - t).abs() < 1e-9);
    }
}

#[test]
fn bands_of_slots_and_days_hold_what_they_say() {
    // Busyness of a day: a gamma factor, drawn here as a fixed pattern of known variance 0.04.
    let busy = |d: NaiveDate| {
        let k = (d.num_days_from_ce() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 11;
        0.2 * 3f64.sqrt() * (2.0 * (k as f64 / (1u64 << 53) as f64) - 1.0) + 1.0
    };
    let history = made(400, 12, 12, move |d, s| {
        3.0 * busy(d) * WEEK[weekday(d)] * PROFILE[s]
    });
    let spec = Spec {
        horizon: 14,
        origins: 8,
        step: 14,
        country: None,
        methods: vec![Method::Crewcast],
    };
    let s = backtest::run(&history, &spec, || 0.0)[0].all;
    assert!(
        (0.74..0.87).contains(&s.coverage80_randomised),
        "slots {}",
        s.coverage80_randomised
    );
    assert!(
        (0.70..0.92).contains(&s.coverage80_daily),
        "days {}",
        s.coverage80_daily
    );
    // Sixteen weeks; busyness of days drawn apart.
    assert!(
        (0.55..1.0).contains(&s.coverage80_weekly),
        "weeks {}",
        s.coverage80_weekly
    );
}

#[test]
fn the_band_of_a_sum_knows_what_its_parts_share() {
    // Two series that are busy on the same days, of variance 0.04: a sum that took them for strangers
    // would have bands too narrow by a third.
    let busy = |d: NaiveDate| {
        let k = (d.num_days_from_ce() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 11;
        0.2 * 3f64.sqrt() * (2.0 * (k as f64 / (1u64 << 53) as f64) - 1.0) + 1.0
    };
    let truth = |d: NaiveDate, s: usize| 8.0 * busy(d) * WEEK[weekday(d)] * PROFILE[s];
    let mut both = made(400, 12, 20, truth);
    both.series.extend(made(400, 12, 21, truth).series);
    let spec = bare::Spec {
        days: 28,
        country: None,
        closed_holidays: false,
        total: true,
        now: None,
    };
    let found = bare::forecast(&both, &spec);
    let total = found.series.last().expect("a total");
    assert!(
        (0.025..0.06).contains(&total.spread.day),
        "{}",
        total.spread.day
    );
}

#[test]
fn a_morning_tells_of_the_rest_of_the_day() {
    // Days of busyness 0.7 or 1.3 at random; after four of twelve hours most of it is known.
    let busy = |d: NaiveDate| {
        let k = (d.num_days_from_ce() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        if k >> 63 == 0 { 0.7 } else { 1.3 }
    };
    let truth = |d: NaiveDate, s: usize| 10.0 * busy(d) * WEEK[weekday(d)] * PROFILE[s];
    let history = made(210, 12, 22, truth);
    let (mut with, mut without, mut held, mut hours) = (0.0, 0.0, 0, 0);
    for back in 1..=20 {
        let today = first() + Days::new(210 - back);
        let run = |hour: u32| {
            let spec = bare::Spec {
                days: 7,
                country: None,
                closed_holidays: false,
                total: false,
                now: today.and_hms_opt(hour, 0, 0),
            };
            bare::forecast(&history, &spec).series.swap_remove(0)
        };
        let (early, late) = (run(0), run(12));
        let seen = history.series[0].day((210 - back) as usize, 12);
        let came: Vec<f64> = seen.iter().map(|v| f64::from(*v)).collect();
        assert_eq!(late.mean[..4], came[..4]);
        let error = |mean: &[f64]| -> f64 {
            let rest: f64 = (4..12).map(|s| truth(today, s)).sum();
            (mean[4..12].iter().sum::<f64>() / rest - 1.0).abs()
        };
        without += error(&early.mean) / 20.0;
        with += error(&late.mean) / 20.0;
        let [low, _, high] = &late.bands.slot;
        for ((y, low), high) in came.iter().zip(low).zip(high).skip(4) {
            hours += 1;
            held += i32::from(low <= y && y <= high);
        }
    }
    assert!(
        without > 0.2 && with < 0.4 * without,
        "{with:.3} after, {without:.3} before"
    );
    let coverage = f64::from(held) / f64::from(hours);
    assert!((0.7..0.92).contains(&coverage), "{coverage}");
}
