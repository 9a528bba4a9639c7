//! Weeks of the year that stand out, as a Christmas rush does: too narrow for the curve of [`super::yearly`], and
//! much the same every year. They are told by evidence alone: weeks that leave the level around them further than
//! chance, and by as much in every year that is known.

use super::sample::{Sample, median, scatter};

/// Days of a leap year, and weeks that they are read by; the last has nine days.
const DAYS: usize = 366;
const WEEKS: usize = 52;
/// Weeks on either side whose median is the level around one: a rush is shorter than half of them.
const AROUND: usize = 11;
const FEWEST: usize = 8;
/// Days of a week, by what they count, that tell it.
const TELLING: f64 = 2.0;
/// Contacts a week below which chance is too coarse to tell.
const ENOUGH: f64 = 10.0;
/// Standard errors by which a week stands out, and by which its neighbours do.
const SURE: f64 = 4.0;
/// The same of a fall after the Christmas trade, where that stands out.
const SURE_OF_FALL: f64 = 3.0;
const BESIDE: f64 = 1.5;
/// Less than this, log scale, is left to the curve.
const LEAST: f64 = 0.18;
/// Of weeks that stood out in the only year known, a rise in the Christmas trade is held to come again, by so much,
/// and what followed it in the weeks after; others are as likely to have been of that year alone.
const TRADE: std::ops::RangeInclusive<usize> = 46..=51;
const AFTER: std::ops::RangeInclusive<usize> = 0..=4;
const AGAIN: f64 = 0.85;
/// Days on either side that tell a day of such a week, and contacts that its week counts for beside them.
const NEAR: u16 = 2;
const LEAN: f64 = 30.0;

/// A week of one year.
#[derive(Clone, Copy, Debug, Default)]
struct Week {
    of_year: usize,
    /// Index of its first day, and of the one after its last, in the sample.
    from: usize,
    to: usize,
    /// Logarithm of what came over what was due, and days that it is of.
    log: f64,
    days: f64,
    /// The same over the level around it.
    off: f64,
}

/// The factor of each day of a leap year in the first `n` days, whose `expected` holds every other factor; none
/// where no week stands out. `festive`: Christmas is kept.
pub fn find(s: &Sample, n: usize, expected: &[f64], festive: bool) -> Option<Vec<f64>> {
    let came: f64 = s.total[..n].iter().sum();
    if came * 7.0 < ENOUGH * n as f64 {
        return None;
    }
    let weeks = weeks(s, n, expected);
    let mut off: Vec<f64> = weeks.iter().map(|w| w.off.abs()).collect();
    let scatter = scatter(&mut off)?;
    let found: Vec<Standing> = (0..WEEKS)
        .map(|of_year| Standing::of(of_year, &weeks, scatter, festive))
        .collect();
    let kept = runs(&found);
    if !kept.contains(&true) {
        return None;
    }
    let mut out = vec![1.0; DAYS];
    for (day, out) in out.iter_mut().enumerate() {
        let of_year = week_of(day as u16);
        if kept[of_year] {
            let week = &found[of_year];
            let (mut came, mut due) = (LEAN * week.off.exp(), LEAN);
            for w in &weeks {
                let level = (w.log - w.off).exp();
                let near = |i: &usize| s.year_day[*i].abs_diff(day as u16) <= NEAR;
                for i in (w.from..w.to).filter(near) {
                    came += s.regular[i] * s.total[i];
                    due += s.regular[i] * expected[i] * level;
                }
            }
            *out = (week.share * (came / due).ln()).exp();
        }
    }
    Some(out)
}

fn week_of(year_day: u16) -> usize {
    (usize::from(year_day) / 7).min(WEEKS - 1)
}

/// The weeks that tell anything, and how far each is off the level around it.
fn weeks(s: &Sample, n: usize, expected: &[f64]) -> Vec<Week> {
    let mut out = Vec::new();
    let mut from = 0;
    while from < n {
        let of_year = week_of(s.year_day[from]);
        let (mut y, mut e, mut days, mut to) = (0.0, 0.0, 0.0, from);
        while to < n && week_of(s.year_day[to]) == of_year && s.day[to] - s.day[from] < 9 {
            y += s.regular[to] * s.total[to];
            e += s.regular[to] * expected[to];
            days += s.regular[to];
            to += 1;
        }
        if days >= TELLING && e > 0.0 {
            out.push(Week {
                of_year,
                from,
                to,
                log: ((y + 0.5) / (e + 0.5)).ln(),
                days,
                off: 0.0,
            });
        }
        from = to;
    }
    let logs: Vec<f64> = out.iter().map(|w| w.log).collect();
    for (at, week) in out.iter_mut().enumerate() {
        let near = at.saturating_sub(AROUND)..(at + AROUND + 1).min(logs.len());
        if near.len() >= FEWEST {
            let level = median(&mut logs[near].to_vec());
            week.off = level.map_or(0.0, |level| week.log - level);
        }
    }
    out
}

/// How a week of the year stands to the level around it.
#[derive(Clone, Copy, Debug, Default)]
struct Standing {
    /// Mean over the years, log scale, and how many standard errors that is; none of a week not held to come again.
    off: f64,
    sure: f64,
    /// How much of it is believed.
    share: f64,
}

impl Standing {
    fn of(of_year: usize, weeks: &[Week], scatter: f64, festive: bool) -> Self {
        let (mut sum, mut square, mut years, mut days) = (0.0, 0.0, 0.0, 0.0);
        for w in weeks.iter().filter(|w| w.of_year == of_year) {
            sum += w.off;
            square += w.off * w.off;
            days += w.days.min(7.0);
            years += 1.0;
        }
        if years == 0.0 {
            return Self::default();
        }
        let off: f64 = sum / years;
        let unlike = if years > 1.0 {
            (square - years * off * off) / (years - 1.0)
        } else {
            0.0
        };
        let of_a_year = (scatter * scatter * 7.0 * years / days).max(unlike);
        let variance = of_a_year / years;
        let again = match years {
            1.0 if festive && (TRADE.contains(&of_year) || AFTER.contains(&of_year)) => AGAIN,
            1.0 => 0.0,
            _ => 1.0,
        };
        let sure = off.abs() / variance.sqrt();
        Self {
            off,
            sure: if again > 0.0 { sure } else { 0.0 },
            share: again * (1.0 - sure.powi(-2)).max(0.0),
        }
    }

    fn is_beside(&self) -> bool {
        self.sure >= BESIDE && self.off.abs() >= LEAST / 2.0
    }
}

/// Rises that stand out, the falls after those of the Christmas trade, and the weeks beside them that do so less.
/// Other falls are holidays, which have effects of their own, or slow enough for the curve.
fn runs(found: &[Standing]) -> Vec<bool> {
    let is_rise = |w: &Standing| w.sure >= SURE && w.off >= LEAST;
    let mut kept: Vec<bool> = found.iter().map(is_rise).collect();
    if kept[TRADE].contains(&true) {
        for at in AFTER {
            let w = &found[at];
            kept[at] |= w.off < 0.0 && w.sure >= SURE_OF_FALL && w.is_beside();
        }
    }
    let next = |at: usize| [(at + 1) % WEEKS, (at + WEEKS - 1) % WEEKS];
    let mut reached: Vec<usize> = (0..WEEKS).filter(|at| kept[*at]).collect();
    while let Some(at) = reached.pop() {
        for beside in next(at) {
            if !kept[beside] && found[beside].is_beside() {
                kept[beside] = true;
                reached.push(beside);
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many days from 1 October on, of a scatter of a tenth, whose level is `of` the year and its day.
    fn sample(days: usize, level: f64, of: impl Fn(usize, u16) -> f64) -> Sample {
        let at = |day: usize| ((day + 273) / 365, ((day + 273) % 365) as u16);
        let total = |day: usize| {
            let (year, year_day) = at(day);
            let chance = (day * 7919 % 101) as f64 / 101.0 - 0.5;
            level * of(year, year_day) * (1.0 + 0.35 * chance)
        };
        Sample {
            day: (0..days as u32).collect(),
            total: (0..days).map(total).collect(),
            year_day: (0..days).map(|day| at(day).1).collect(),
            regular: vec![1.0; days],
            ..Sample::default()
        }
    }

    fn rush(day: u16) -> f64 {
        match day {
            325..=353 => 2.4,
            5..=25 => 0.75,
            _ => 1.0,
        }
    }

    fn of(s: &Sample) -> Option<Vec<f64>> {
        find(s, s.len(), &vec![1.0; s.len()], true)
    }

    #[test]
    fn a_rush_is_recovered_from_one_year_and_from_two() {
        for (days, within) in [(395, 0.25), (760, 0.08)] {
            let curve = of(&sample(days, 100.0, |_, day| rush(day))).expect("a rush");
            for day in [330, 340, 348] {
                assert!(
                    (curve[day] / 2.4).ln().abs() < within,
                    "{days} {day}: {}",
                    curve[day]
                );
            }
            assert!(curve[60..310].iter().all(|factor| *factor == 1.0));
            // A fall of one year only is less than half as sure as the rush.
            assert!(days == 395 || (curve[15] / 0.75).ln().abs() < 0.1);
        }
    }

    #[test]
    fn what_stood_out_in_one_year_of_two_or_at_another_time_is_left() {
        let once = sample(
            760,
            100.0,
            |year, day| if year == 1 { rush(day) } else { 1.0 },
        );
        assert!(of(&once).is_none());
        let moved = sample(760, 100.0, |year, day| rush((day + 60 * year as u16) % 365));
        assert!(of(&moved).is_none());
        // In the only year known, only the Christmas trade is held to come again, where there is one.
        let summer = sample(395, 100.0, |_, day| rush((day + 160) % 365));
        assert!(of(&summer).is_none());
        let one = sample(395, 100.0, |_, day| rush(day));
        assert!(find(&one, one.len(), &vec![1.0; one.len()], false).is_none());
        // Twice, any time of the year does.
        let twice = sample(760, 100.0, |_, day| rush((day + 160) % 365));
        assert!(of(&twice).is_some());
    }

    #[test]
    fn an_even_year_a_slow_season_and_growth_have_none() {
        let wave = |day: u16| (0.4 * (f64::from(day) / 58.0).cos()).exp();
        for days in [395, 760, 1125] {
            assert!(of(&sample(days, 100.0, |_, _| 1.0)).is_none());
            assert!(of(&sample(days, 100.0, |_, day| wave(day))).is_none());
            let grown = |year: usize, day: u16| 1.5f64.powf(year as f64 + f64::from(day) / 365.0);
            assert!(of(&sample(days, 100.0, grown)).is_none());
            assert!(of(&sample(days, 0.5, |_, day| rush(day))).is_none());
        }
    }
}
