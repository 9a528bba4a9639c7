//! The Christmas trade that a history sees for the first time: a rise over the weeks before Christmas, which falls back
//! after it where customers buy gifts (sources at [`super::season`]). Such a history cannot tell it from growth; so the
//! level is read without the rise, and of the rise a part is held to stay.

use super::calendar::{Calendar, Group};
use super::gpm::factors::YEAR;
use super::gpm::sample::{Sample, scatter};
use super::regular::Days;

/// Days of a leap year on which the trade may begin, it ends, and nothing of it is left but what stays: 15 November,
/// 20 December, the new year.
const FIRST: u16 = 319;
const LAST: u16 = 354;
const OVER: u16 = 365;
const HALF_A_YEAR: usize = 182;
/// Regular days before it that tell the level and its trend; and those of the rise that tell it.
const BEFORE: usize = 42;
const FEWEST_BEFORE: usize = 21;
const WEEK: usize = 7;
/// Less of a rise, times, is none; standard deviations of what weeks did before.
const LEAST: f64 = 1.3;
const SURE: f64 = 4.0;
/// A rise that came to so much of it within a week is a step: a client that was won, or a shop that opened.
const STEP: f64 = 0.8;
/// Share of a rise, log scale, by which earlier years rose where it is the season's.
const AGAIN: f64 = 0.4;
/// Share of a rise, log scale, that is held to stay after the trade: a guess on the cautious side.
const STAYS: f64 = 0.4;
/// Days since Christmas that show whether it did.
const TELLING: usize = 3;

/// A rise that was taken out of a history.
#[derive(Clone, Debug, PartialEq)]
pub struct Trade {
    /// Its first day in the history, and by how much each day from there on stood above the level before.
    pub first: usize,
    pub by_day: Vec<f64>,
    /// By how much its last week did, and the share of that, log scale, which stays.
    pub rise: f64,
    pub stays: f64,
}

impl Trade {
    /// The factor of a day from the rise on, on the level without it. What the next year's trade will be is left open.
    pub fn factor(&self, calendar: &Calendar, day: usize) -> f64 {
        let year_day = calendar.days[day].year_day;
        let over = match year_day {
            _ if day > self.first + HALF_A_YEAR => 1.0,
            ..FIRST => 1.0,
            FIRST..=LAST => 0.0,
            _ => f64::from(year_day - LAST) / f64::from(OVER - LAST),
        };
        self.rise.powf(1.0 - over * (1.0 - self.stays))
    }

    /// Relative variance of the level after the trade, for not knowing what stays: all of the rise lies at the edge of
    /// the 80 % band.
    pub fn doubt(&self) -> f64 {
        if self.stays > 0.0 {
            ((self.rise.powf(1.0 - self.stays) - 1.0) / 1.2816).powi(2)
        } else {
            0.0
        }
    }
}

/// The rise of the trade that the days before `end` end in or shortly after.
pub(super) fn find(s: &Sample, days: &Days, calendar: &Calendar) -> Option<Trade> {
    let (first, last) = (*s.day.first()?, *s.day.last()?);
    let is_festive = calendar.effects.iter().any(|e| e.group == Group::Christmas);
    if !is_festive || last - first >= 2 * YEAR {
        return None;
    }
    let year_day = |i: usize| s.year_day[days.at[i]];
    let day = |i: usize| s.day[days.at[i]];
    let trade: Vec<usize> = (0..days.len())
        .filter(|&i| (FIRST..=LAST).contains(&year_day(i)))
        .filter(|&i| day(i) + HALF_A_YEAR as u32 > last)
        .collect();
    let (&from, &to) = (trade.first()?, trade.last()?);
    let before = from
        .checked_sub(FEWEST_BEFORE)
        .map(|_| from.saturating_sub(BEFORE)..from)?;
    if trade.len() < WEEK || to - from + 1 != trade.len() {
        return None;
    }
    let level = |part: std::ops::Range<usize>| {
        let sum = |of: &[f64]| of[part.clone()].iter().sum::<f64>();
        (sum(&days.came) + 0.5) / (sum(&days.due) + 0.5)
    };
    let base = level(before.clone());
    // What grew before goes on: no part of it is the trade's.
    let middle = before.start + before.len() / 2;
    let [old, young] = [before.start..middle, middle..before.end].map(level);
    let slope = 2.0 * (young / old).ln() / before.len() as f64;
    let rise_at = |part: std::ops::Range<usize>| {
        let ahead = (part.start + part.end) as f64 / 2.0 - (before.start + before.end) as f64 / 2.0;
        (level(part) / base).ln() - slope * ahead
    };
    let rise = rise_at(to + 1 - WEEK..to + 1);
    let mut weeks: Vec<f64> = before
        .clone()
        .step_by(WEEK)
        .map(|at| rise_at(at..(at + WEEK).min(before.end)).abs())
        .collect();
    if rise < LEAST.ln().max(SURE * scatter(&mut weeks)?) {
        return None;
    }
    // A trade that rose in earlier years, too, is the season's.
    if last - first >= YEAR {
        let earlier = |part: std::ops::RangeInclusive<u16>| {
            let old =
                |i: &usize| day(*i) + HALF_A_YEAR as u32 <= last && part.contains(&year_day(*i));
            let old: Vec<usize> = (0..days.len()).filter(old).collect();
            let sum = |of: &[f64]| old.iter().map(|i| of[*i]).sum::<f64>();
            (old.len() >= WEEK).then(|| (sum(&days.came) + 0.5) / (sum(&days.due) + 0.5))
        };
        let then = earlier(LAST - 2 * WEEK as u16..=LAST);
        let around = earlier(FIRST - BEFORE as u16..=FIRST - 1).or_else(|| earlier(15..=60));
        if let (Some(then), Some(around)) = (then, around)
            && (then / around).ln() >= AGAIN * rise
        {
            return None;
        }
    }
    let near = |i: usize| i.saturating_sub(WEEK / 2)..(i + WEEK / 2 + 1).min(to + 1);
    let half = trade.iter().find(|i| rise_at(near(**i)) >= 0.5 * rise)?;
    let beside = [
        half.saturating_sub(WEEK + 1)..half - 1,
        half + 1..half + 1 + WEEK,
    ];
    if beside[1].end <= to + 1 {
        let [below, above] = beside.map(rise_at);
        if above - below >= STEP * rise {
            return None;
        }
    }
    // What came since Christmas says whether it fell back.
    let of_christmas = |i: &usize| {
        let is_open = s.effect[*i] == 0 || s.regular[*i] > 0.0;
        is_open && (s.year_day[*i] > OVER - 6 || s.year_day[*i] < FIRST)
    };
    let since: Vec<usize> = (days.at[to] + 1..s.len()).filter(of_christmas).collect();
    let mut stays = STAYS;
    if since.len() >= TELLING {
        let came: f64 = since.iter().map(|i| s.total[*i]).sum();
        let due: f64 = since.iter().map(|i| days.plain[*i]).sum();
        if ((came + 0.5) / (base * due + 0.5)).ln() > 0.5 * rise {
            return None;
        }
        stays = 0.0;
    }
    let by_regular: Vec<(usize, f64)> = trade
        .iter()
        .map(|i| (day(*i) as usize, (level(near(*i)) / base).max(1.0)))
        .collect();
    let first = day(from) as usize;
    let mut found = Trade {
        first,
        by_day: Vec::new(),
        rise: level(to + 1 - WEEK..to + 1) / base,
        stays,
    };
    let until = (first..=last as usize).take_while(|day| calendar.days[*day].year_day >= FIRST);
    let of_day = |day: usize| {
        let at = by_regular.partition_point(|r| r.0 < day);
        by_regular
            .get(at)
            .map_or_else(|| found.factor(calendar, day), |r| r.1)
    };
    found.by_day = until.map(of_day).collect();
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::super::breaks;
    use super::super::history::Series;
    use super::*;
    use chrono::NaiveDate;

    /// What is found in the days before `end` of a series from 1 June on, whose mean is `of` the days since
    /// 15 November; and its calendar.
    fn found(end: &str, of: impl Fn(f64) -> f64) -> (Option<Trade>, Calendar, usize) {
        found_from("2025-06-02", end, of)
    }

    fn found_from(
        first: &str,
        end: &str,
        of: impl Fn(f64) -> f64,
    ) -> (Option<Trade>, Calendar, usize) {
        let first: NaiveDate = first.parse().expect("a Monday");
        let trade = NaiveDate::from_ymd_opt(2025, 11, 15).expect("a date") - first;
        let since = |day: usize| day as f64 - trade.num_days() as f64;
        let end: NaiveDate = end.parse().expect("a date");
        let end = (end - first).num_days() as usize;
        let calendar = Calendar::new(first, 600, [true; 7], Some("GB"));
        let weekday = [1.2, 1.1, 1.0, 1.0, 1.0, 0.8, 0.9];
        let count = |day: usize| {
            let chance = (day * 7919 % 101) as f64 / 101.0 - 0.5;
            (200.0 * weekday[day % 7] * of(since(day)) * (1.0 + 0.3 * chance)) as f32
        };
        let series = Series {
            name: "s".into(),
            volume: (0..end).map(count).collect(),
            present: vec![true; end],
        };
        (
            breaks::evened(&series, 1, &calendar, end).1.trade,
            calendar,
            end,
        )
    }

    /// Up to 2.4 times over three weeks until 6 December, and down from 20 December to the new year.
    fn rush(since: f64) -> f64 {
        let up = (since / 21.0).clamp(0.0, 1.0);
        let down = ((since - 35.0) / 11.0).clamp(0.0, 1.0);
        2.4f64.powf(up - down)
    }

    #[test]
    fn a_rise_before_christmas_falls_back_in_part_until_it_is_seen_to() {
        for end in ["2025-12-10", "2025-12-19"] {
            let (trade, calendar, end) = found(end, rush);
            let trade = trade.expect("a trade");
            assert!((trade.rise / 2.4).ln().abs() < 0.12, "{}", trade.rise);
            assert!(trade.doubt() > 0.1);
            // 20 December and 10 January.
            assert_eq!(trade.factor(&calendar, 201), trade.rise);
            assert!(end <= 201 && trade.factor(&calendar, 222) < 1.6);
            // Nor is the next December this one.
            let stays = trade.rise.powf(trade.stays);
            assert_eq!(trade.factor(&calendar, 201 + 365), stays);
        }
        let (trade, calendar, _) = found("2026-01-07", rush);
        let trade = trade.expect("a trade");
        assert_eq!((trade.factor(&calendar, 222), trade.doubt()), (1.0, 0.0));
        assert!(trade.by_day.iter().any(|rise| *rise > 2.0));
    }

    #[test]
    fn a_trade_that_was_quiet_the_year_before_is_one_and_that_of_every_year_is_not() {
        let in_2024 = |since: f64| {
            if since < 0.0 {
                rush(since + 365.0)
            } else {
                rush(since)
            }
        };
        let grown = |since: f64| if since < 0.0 { 1.0 } else { rush(since) };
        for first in ["2024-10-07", "2024-12-09", "2024-12-30"] {
            let trade = found_from(first, "2025-12-19", grown).0.expect("a trade");
            assert!((trade.rise / 2.4).ln().abs() < 0.12, "{}", trade.rise);
        }
        for first in ["2024-09-02", "2024-11-25"] {
            assert_eq!(found_from(first, "2025-12-19", in_2024).0, None, "{first}");
        }
    }

    #[test]
    fn growth_steps_and_what_stayed_are_no_trade() {
        let none = |end: &str, of: &dyn Fn(f64) -> f64| assert_eq!(found(end, of).0, None, "{end}");
        for end in ["2025-12-10", "2025-12-19", "2026-01-07"] {
            none(end, &|_| 1.0);
            none(end, &|since| 1.04f64.powf(since / 7.0));
            none(end, &|since| if since < 10.0 { 1.0 } else { 2.0 });
        }
        none("2026-01-07", &|since| rush(since.min(30.0)));
        none("2025-11-18", &rush);
    }
}
