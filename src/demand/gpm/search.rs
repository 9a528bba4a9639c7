//! The choice of a configuration: coordinate by coordinate, on past origins inside the training part.

use super::super::calendar::Calendar;
use super::super::history::Series;
use super::factors::{self, DayConfig, Factors};
use super::level::{self, KINDS, Standing, TREND_KINDS};
use super::memory::Memory;
use super::profile::{self, Counts, ProfileConfig};
use super::sample::Sample;
use super::weights::{Deviances, Weights, deviance, lowest, soft, summed, temperature};
use super::{Model, Part, Pool, Pools, prepare};

/// Past origins used for validation.
pub const ORIGINS: usize = 12;

/// A chosen configuration, fitted at the cut-off and at the past origins it was chosen on.
#[derive(Clone, Debug)]
pub struct Found {
    pub model: Model,
    pub past: Vec<Model>,
    pub sample: Sample,
    pub horizon: usize,
}

/// Past origins for a training part that ends at `end`: windows of `horizon` days, the last ending there,
/// none with less than half of the history before it. Ascending. A history too short for such windows is
/// tested on shorter ones, of a third of it.
pub fn origins(first: usize, end: usize, horizon: usize) -> Vec<usize> {
    let span = end.saturating_sub(first);
    let horizon = horizon.min((span / 3).max(7));
    let earliest = first + (span / 2).max(14);
    let Some(latest) = end.checked_sub(horizon).filter(|l| *l >= earliest) else {
        return Vec::new();
    };
    let room = latest - earliest;
    let count = (room + 1).min(ORIGINS);
    // No denser than needed: windows that do not overlap tell most.
    let step = if count > 1 {
        (room as f64 / (count - 1) as f64).min(horizon as f64)
    } else {
        0.0
    };
    (0..count)
        .rev()
        .map(|k| latest - (k as f64 * step).round() as usize)
        .collect()
}

/// Fits a series on the days before `end`, choosing its configuration on past windows of `horizon` days.
/// `pools` holds the pooled fits at those origins and at `end`, or is empty.
pub fn fit(
    series: &Series,
    slots: usize,
    calendar: &Calendar,
    end: usize,
    horizon: usize,
    pools: &Pools,
) -> Found {
    // The latest fit of the pool that knows nothing of the days after.
    let pool_at = |day: usize| pools.at.iter().rev().find(|p| p.end <= day);
    let mut s = Sample::new(series, slots, calendar, end);
    prepare(&mut s, calendar, pool_at(end).map(|p| &p.factors));
    let first = s.day.first().map_or(0, |d| *d as usize);
    let mut ends = origins(first, end, horizon);

    let validation = windows(&s, &ends, horizon, pool_at);
    let kept = choose_day(
        &s,
        calendar,
        &validation,
        (!pools.at.is_empty()).then_some(pools.config),
        horizon,
    );

    let shares_at: Vec<_> = ends
        .iter()
        .map(|e| pool_at(*e).map(|p| &p.shares))
        .collect();
    let profiles = profile::choose(series, slots, calendar, &ends, horizon, &shares_at);
    ends.push(end);
    let counts: Vec<Vec<Counts>> = profiles
        .iter()
        .map(|(c, _)| {
            Counts::at(
                series,
                slots,
                calendar,
                profile::HALF_LIVES[c.half_life],
                &ends,
            )
        })
        .collect();
    let half_life = profile::HALF_LIVES[profile::LATEST];
    let latest = Counts::at(series, slots, calendar, half_life, &ends);
    let mut past: Vec<Model> = Vec::with_capacity(ends.len());
    for (k, &end) in ends.iter().enumerate() {
        let pool = pool_at(end);
        let shares = profiles
            .iter()
            .zip(&counts)
            .map(|((config, weight), counts)| {
                let lent = pool.map(|p| &p.shares);
                let shares = counts[k].shares(config, calendar.weekend, lent);
                (shares.moved(&latest[k], config.latest), *weight)
            });
        let (parts, memory) = parts(&s, calendar, &kept, end, pool);
        past.extend(profile::average(shares.collect()).map(|shares| Model {
            parts,
            memory,
            profile: profiles[0].0,
            shares,
            excess: s.excess,
            end,
        }));
    }
    let model = past.split_off(ends.len() - 1).swap_remove(0);
    Found {
        model,
        past,
        sample: s,
        horizon,
    }
}

/// The kept configurations fitted at one cut-off, and what the last days before it say.
fn parts(
    s: &Sample,
    calendar: &Calendar,
    kept: &[Kept],
    end: usize,
    pool: Option<&Pool>,
) -> (Vec<Part>, Memory) {
    let n = s.before(end);
    let mut expected = Vec::new();
    let mut memory = Memory::default();
    let mut out: Vec<Part> = Vec::with_capacity(kept.len());
    for Kept { config, weights } in kept {
        let unseen = weights.at(end);
        let weights = &weights.last;
        let near = out.first().map(|p| (&p.config, &p.factors));
        let lent = pool.map(|p| &p.factors);
        let factors = Factors::fit(s, n, calendar, config, lent, near, &mut expected);
        if out.is_empty() {
            memory = Memory::read(s, n, end, &expected, weights);
        }
        let own = level::levels(s, n, end, &expected);
        let standing = Standing::new(s, n, end, own, pool.map(|p| &p.levels));
        out.push(Part {
            config: *config,
            factors,
            level: weighted(&standing.level, weights),
            unseen: weighted(&standing.level, unseen),
            course: standing.course,
        });
    }
    (out, memory)
}

/// Levels times their weights; those that are not known at this cut-off leave theirs to the others.
fn weighted(levels: &[Option<f64>; KINDS], weights: &[f64; KINDS]) -> [f64; KINDS] {
    let all: f64 = weights.iter().sum();
    let known = levels.iter().zip(weights).filter(|(l, _)| l.is_some());
    let known: f64 = known.map(|(_, w)| w).sum();
    std::array::from_fn(|k| match levels[k] {
        Some(level) if known > 0.0 => level * weights[k] * all / known,
        _ => 0.0,
    })
}

/// Fits the pooled series at `end` and at the past origins its members will be validated on.
pub fn pools(
    total: &Series,
    slots: usize,
    calendar: &Calendar,
    end: usize,
    horizon: usize,
) -> Pools {
    let mut s = Sample::new(total, slots, calendar, end);
    prepare(&mut s, calendar, None);
    let first = s.day.first().map_or(0, |d| *d as usize);
    let mut ends = origins(first, end, horizon);
    let config = choose_day(
        &s,
        calendar,
        &windows(&s, &ends, horizon, |_| None),
        None,
        horizon,
    )[0]
    .config;
    ends.push(end);
    let steady = DayConfig {
        weekday_half_life: config.weekday_half_life.max(224.0),
        ..config
    };
    let profile = ProfileConfig {
        weekday: 200.0,
        kind: 200.0,
        ..ProfileConfig::default()
    };
    let at = ends
        .iter()
        .zip(Counts::at(total, slots, calendar, 224.0, &ends))
        .map(|(&end, counts)| {
            let n = s.before(end);
            let mut expected = Vec::new();
            let factors = Factors::fit(&s, n, calendar, &steady, None, None, &mut expected);
            Pool {
                end,
                factors,
                shares: counts.shares(&profile, calendar.weekend, None),
                levels: level::levels(&s, n, end, &expected),
            }
        })
        .collect();
    Pools { config, at }
}

fn windows<'a>(
    s: &Sample,
    ends: &[usize],
    horizon: usize,
    pool: impl Fn(usize) -> Option<&'a Pool>,
) -> Vec<Origin<'a>> {
    ends.iter()
        .map(|&end| Origin {
            end,
            n: s.before(end),
            to: s.before(end + horizon),
            pool: pool(end),
        })
        .filter(|o| o.to > o.n)
        .collect()
}

struct Origin<'a> {
    end: usize,
    n: usize,
    to: usize,
    pool: Option<&'a Pool>,
}

/// A trend must better the deviance of past windows by this share to count as much as none.
const CAUTION: f64 = 0.3;
/// Scale of the prior of a yearly season that too few past windows had a year before them to judge: one year's slow
/// swings are as much its own as the season's.
const UNJUDGED: f64 = 0.4;
/// Configurations a forecast averages.
const KEPT: usize = 6;

/// The configurations worth keeping, each with the weight of every level half-life; all weights sum to one.
fn choose_day(
    s: &Sample,
    calendar: &Calendar,
    validation: &[Origin],
    pooled: Option<DayConfig>,
    horizon: usize,
) -> Vec<Kept> {
    // What most past windows had too few days for cannot be judged, unless the pool lends it.
    let span = s.day.last().map_or(0, |l| l - s.day[0]);
    let judged = |days: u32| {
        let long = |o: &&Origin| o.n > 0 && s.day[o.n - 1] - s.day[0] >= days;
        let count = validation.iter().filter(long).count();
        span >= days && (pooled.is_some() || 2 * count >= validation.len())
    };
    let (months, years) = (judged(factors::MONTH), judged(factors::YEAR));
    let mut best = pooled.unwrap_or_else(|| DayConfig {
        yearly: if years { 1.0 } else { UNJUDGED },
        ..DayConfig::default()
    });
    if validation.is_empty() {
        let mut weights = [0.0; KINDS];
        weights[4] = 0.5;
        weights[5] = 0.5;
        let weights = Weights::untested(weights);
        return vec![Kept {
            config: best,
            weights,
        }];
    }
    let windows: Vec<(usize, usize)> = validation.iter().map(|o| (o.n, o.to)).collect();
    let tested: f64 = validation.iter().map(|o| (o.to - o.n) as f64).sum();
    let mut leader = Trial::run(s, calendar, validation, best, None);
    let mut tried = vec![(best, leader.by_window.clone())];
    let mut attempt = |best: &mut DayConfig, next: DayConfig| {
        if tried.iter().any(|t| t.0 == next) {
            return;
        }
        let trial = Trial::run(s, calendar, validation, next, Some(&leader));
        tried.push((next, trial.by_window.clone()));
        let t = temperature(lowest(&leader.deviance) / tested, tested, &windows);
        if soft(&trial.deviance, t) < soft(&leader.deviance, t) {
            *best = next;
            leader = trial;
        }
    };
    // A choice that makes no difference is not one.
    if years {
        for yearly in [0.0, 0.4, 1.0] {
            let next = DayConfig { yearly, ..best };
            attempt(&mut best, next);
        }
    }
    if months {
        for month_day in [0.0, 0.03, 0.12, 0.24] {
            let next = DayConfig { month_day, ..best };
            attempt(&mut best, next);
        }
    }
    // Pay days stand alone; most days of the month are like their neighbours.
    if months && best.month_day > 0.0 {
        let next = DayConfig { sharp: 2.0, ..best };
        attempt(&mut best, next);
    }
    for weekday_half_life in [56.0, 365.0] {
        let next = DayConfig {
            weekday_half_life,
            ..best
        };
        attempt(&mut best, next);
    }
    if pooled.is_some() {
        let next = DayConfig {
            pooled: false,
            ..best
        };
        attempt(&mut best, next);
        let pooled = best.pooled;
        for own_weekday in [0.03, 0.3].into_iter().filter(|_| pooled) {
            let next = DayConfig {
                own_weekday,
                ..best
            };
            attempt(&mut best, next);
        }
    }
    if s.effect.iter().any(|e| *e > 0) {
        for effect in [0.1, 0.8] {
            let next = DayConfig { effect, ..best };
            attempt(&mut best, next);
        }
    }
    let t = temperature(lowest(&leader.deviance) / tested, tested, &windows);
    let all = |deviances: &[[f64; KINDS]]| soft(&summed(deviances, |_| true), t);
    tried.sort_by(|a, b| all(&a.1).total_cmp(&all(&b.1)));
    tried.truncate(KEPT);
    let (configs, deviances): (Vec<DayConfig>, Vec<Deviances>) = tried.into_iter().unzip();
    let ends: Vec<usize> = validation.iter().map(|o| o.end).collect();
    let weights = Weights::of(&deviances, &ends, horizon, t);
    let kept = configs.into_iter().zip(weights);
    kept.map(|(config, weights)| Kept { config, weights })
        .collect()
}

/// A configuration worth keeping.
struct Kept {
    config: DayConfig,
    weights: Weights,
}

/// A configuration tried: its fits at the past origins, and the deviance of day totals over all their
/// windows by level half-life.
struct Trial {
    config: DayConfig,
    fits: Vec<Factors>,
    deviance: [f64; KINDS],
    by_window: Deviances,
}

impl Trial {
    fn run(
        s: &Sample,
        calendar: &Calendar,
        validation: &[Origin],
        config: DayConfig,
        near: Option<&Self>,
    ) -> Self {
        let mut out = Self {
            config,
            fits: Vec::with_capacity(validation.len()),
            deviance: [0.0; KINDS],
            by_window: Vec::with_capacity(validation.len()),
        };
        let mut expected = Vec::new();
        for (k, o) in validation.iter().enumerate() {
            let near = near.map(|t| (&t.config, &t.fits[k]));
            let lent = o.pool.map(|p| &p.factors);
            let f = Factors::fit(s, o.n, calendar, &config, lent, near, &mut expected);
            let own = level::levels(s, o.n, o.end, &expected);
            let standing = Standing::new(s, o.n, o.end, own, o.pool.map(|p| &p.levels));
            let mut deviances = [0.0; KINDS];
            for i in o.n..o.to {
                let e = f.expected(&calendar.days[s.day[i] as usize]);
                let growth = standing.course.growth(s.day[i] as usize - o.end);
                let levels = standing.level.iter().zip(growth);
                for (t, (level, growth)) in deviances.iter_mut().zip(levels) {
                    let mean = level.map(|level| level * growth * e);
                    *t += mean.map_or(f64::INFINITY, |mean| deviance(s.total[i], mean));
                }
            }
            let trends = deviances[KINDS - TREND_KINDS..].iter_mut();
            trends.for_each(|deviance| *deviance *= 1.0 + CAUTION);
            out.by_window.push(deviances);
            out.fits.push(f);
        }
        out.deviance = summed(&out.by_window, |_| true);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    #[test]
    fn a_swell_of_the_only_year_known_is_little_of_a_season() {
        // Fourteen months of a quiet queue from October 2023 on, busier by half about the time of year that comes
        // next.
        let first = NaiveDate::from_ymd_opt(2023, 10, 2).expect("a Monday");
        let (end, ahead) = (430, 28);
        let calendar = Calendar::new(first, end + ahead, [true; 7], None);
        let swell = |day: usize| (-0.5 * ((day as f64 - 79.0) / 25.0).powi(2)).exp();
        let chance = |day: usize| (day * 7919 % 101) as f64 / 101.0 - 0.5;
        let count = |day: usize| 8.0 * (1.0 + 0.5 * swell(day)) * (1.0 + 1.2 * chance(day));
        let series = Series {
            name: "s".into(),
            volume: (0..end).map(|day| count(day).round() as f32).collect(),
            present: vec![true; end],
        };
        let found = fit(&series, 1, &calendar, end, ahead, &Pools::default());
        let due = |day: usize| found.model.day_total(&calendar, day) / 8.0 - 1.0;
        let believed = (end..end + ahead).map(due).sum::<f64>() / ahead as f64;
        // A prior as of a season that was judged makes an eighth of it.
        assert!((0.0..0.1).contains(&believed), "{believed}");
    }
}
