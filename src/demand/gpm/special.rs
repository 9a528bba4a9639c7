//! Special days: each named one is estimated about its group's typical effect, and of those met seldom or never it is
//! known how little that says.

use super::super::calendar::{Calendar, Effect, Group};
use super::factors::{DayConfig, Factors, belief_in, shrink};
use super::sample::Sample;

/// Prior standard deviation of a group's effect, log scale, of public holidays.
const TYPICAL: f64 = 0.5;

/// So many special days that stray as is typical stand beside those that a series met, when it is judged how far its
/// unknown ones may.
const LIKE_OTHERS: f64 = 1.0;

/// How far the days of a group stray from regular ones, against public holidays: their neighbours are open
/// as ever, and one that was busy by chance must not tell of all others.
fn like(group: Group) -> f64 {
    match group {
        Group::Holiday => 1.0,
        _ => 0.4,
    }
}

impl Factors {
    #[allow(clippy::too_many_arguments)]
    pub(super) fn fit_effects(
        &mut self,
        s: &Sample,
        n: usize,
        calendar: &Calendar,
        config: &DayConfig,
        prior: Option<&Self>,
        expected: &[f64],
        level: &[f64],
    ) {
        let kinds = calendar.effects.len() + 1;
        let (mut seen, mut due, mut days) = (vec![0.0; kinds], vec![0.0; kinds], vec![0.0; kinds]);
        for i in 0..n {
            let e = usize::from(s.effect[i]);
            if e > 0 {
                seen[e] += s.total[i];
                due[e] += level[i] * expected[i] / self.effect[e];
                days[e] += 1.0;
            }
        }
        // A group's effect is the typical log-ratio of its named days; those of minor holidays tell of one another only.
        let mut group = [(0.0, 0.0); 2 * Group::COUNT];
        let (mut strayed, mut met) = (LIKE_OTHERS, LIKE_OTHERS);
        let kin = |effect: &Effect| {
            let minor = usize::from(effect.is_minor);
            effect.group as usize + minor * Group::COUNT
        };
        for (e, effect) in calendar.effects.iter().enumerate() {
            if due[e + 1] > 0.0 {
                let se =
                    1.0 / (seen[e + 1].max(due[e + 1]) + 1.0) + (s.excess + 0.02) / days[e + 1];
                let sd = config.effect * like(effect.group);
                let w = 1.0 / (sd.powi(2) + se);
                let g = &mut group[kin(effect)];
                let log = ((seen[e + 1] + 0.3) / (due[e + 1] + 0.3)).ln();
                g.0 += w * log;
                g.1 += w;
                let typical = (TYPICAL * like(effect.group)).powi(2);
                let sure = typical / (typical + se);
                strayed += sure * ((log * log - se) / typical).max(0.0);
                met += sure;
            }
        }
        let group: [(f64, f64); 2 * Group::COUNT] = std::array::from_fn(|kin| {
            let (sum, w) = group[kin];
            let like = like(Group::ALL[kin % Group::COUNT]);
            let precision = w + 1.0 / (TYPICAL * like).powi(2);
            (sum / precision, 1.0 / precision)
        });
        let tame = (strayed / met).min(1.0);
        for (e, effect) in calendar.effects.iter().enumerate() {
            let e = e + 1;
            let (centre, unsure) = match prior {
                Some(p) => (p.effect[e], p.doubt[e]),
                None => {
                    let (log, variance) = group[kin(effect)];
                    (log.exp(), variance)
                }
            };
            let sd = config.effect * like(effect.group);
            let mut belief = 0.0;
            self.effect[e] = centre;
            if due[e] > 0.0 {
                let raw = (seen[e] + 0.05) / (due[e] + 0.05);
                let count = seen[e].max(due[e]);
                self.effect[e] = shrink(raw, centre, sd, count, s.excess, days[e]);
                belief = belief_in(sd, count, s.excess, days[e]);
            }
            let rest = 1.0 - belief;
            // Those of minor holidays are open as ever.
            let tame = if effect.is_minor {
                tame * like(Group::Eve).powi(2)
            } else {
                tame
            };
            self.doubt[e] = match prior {
                Some(_) => rest * sd * sd * tame + rest * rest * unsure,
                None => tame * (rest * sd * sd + rest * rest * unsure),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::history::Series;
    use super::super::prepare;
    use super::*;
    use chrono::NaiveDate;

    /// What is fitted to so many days of a count.
    fn fitted(calendar: &Calendar, days: usize, count: impl Fn(usize) -> f32) -> Factors {
        let series = Series {
            name: "s".into(),
            volume: (0..days).map(count).collect(),
            present: vec![true; days],
        };
        let mut s = Sample::new(&series, 1, calendar, days);
        prepare(&mut s, calendar, None);
        let (n, config) = (s.len(), DayConfig::default());
        Factors::fit(&s, n, calendar, &config, None, None, &mut Vec::new())
    }

    #[test]
    fn a_minor_holiday_not_met_yet_is_not_held_for_a_closed_day() {
        // Half a year from May 2024 on: quiet on Memorial Day, 4 July and Labor Day, as ever on Juneteenth.
        let first = NaiveDate::from_ymd_opt(2024, 5, 6).expect("a Monday");
        let (end, ahead) = (160, 60);
        let calendar = Calendar::new(first, end + ahead, [true; 7], Some("US"));
        let name = |day: usize| calendar.holiday(&calendar.days[day]).unwrap_or_default();
        let is_quiet = |day: usize| {
            let quiet = ["Memorial Day", "Independence Day", "Labor Day"];
            quiet.contains(&name(day))
        };
        let count = |day: usize| if is_quiet(day) { 60.0 } else { 200.0 };
        let found = fitted(&calendar, end, count);
        let on = |holiday: &str| {
            let day = (end..end + ahead).find(|day| name(*day).contains(holiday));
            found.effect[usize::from(calendar.days[day.expect("a holiday")].effect)]
        };
        assert!((on("Columbus Day") - 1.0).abs() < 0.1);
        assert!((on("Veterans Day") - 1.0).abs() < 0.1);
        assert!(on("Thanksgiving") < 0.5);
    }

    #[test]
    fn a_special_day_not_met_is_the_less_sure_the_further_those_met_stray() {
        // A year from January 2023 on; what follows holds days that were met once, and no regular day is unsure.
        let first = NaiveDate::from_ymd_opt(2023, 1, 2).expect("a Monday");
        let doubt = |end: usize, factor: f64| {
            let ahead = 90;
            let calendar = Calendar::new(first, end + ahead, [true; 7], Some("US"));
            let is_holiday = |day: usize| calendar.holiday(&calendar.days[day]).is_some();
            let count = |day: usize| {
                if is_holiday(day) {
                    200.0 * factor as f32
                } else {
                    200.0
                }
            };
            let found = fitted(&calendar, end, count);
            let thanksgiving = NaiveDate::from_ymd_opt(2023, 11, 23).expect("a Thursday");
            let day = (thanksgiving - first).num_days() as usize;
            assert_eq!(found.doubt(&calendar.days[day - 7]), 0.0);
            found.doubt(&calendar.days[day])
        };
        let (unmet, met) = (doubt(300, 0.3), doubt(380, 0.3));
        assert!(unmet > 0.05 && met < 0.3 * unmet, "{unmet} {met}");
        assert!(doubt(300, 1.0) < 0.4 * unmet);
    }
}
