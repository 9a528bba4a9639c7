//! The factors of a day: weekday × day of month × special day × yearly season, each an estimated ratio of
//! observed to expected counts, shrunk on the log scale by what its data can bear.

use super::super::calendar::{Calendar, Day, Group};
use super::level;
use super::recurring::Recurring;
use super::rush;
use super::sale::{self, Sale};
use super::sample::Sample;
use super::yearly::Yearly;

/// What the search chooses of the day factors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DayConfig {
    /// Half-life of the weekday factors, days.
    pub weekday_half_life: f64,
    /// Prior standard deviation of weekday factors around the pooled ones, log scale.
    pub own_weekday: f64,
    /// Prior standard deviation of a day of month, log scale; 0 switches it off.
    pub month_day: f64,
    /// Prior standard deviation of a day of month around what its neighbours say, relative to `month_day`;
    /// 0 leaves it there.
    pub sharp: f64,
    /// Prior standard deviation of a named day around its group, log scale.
    pub effect: f64,
    /// Scale of the yearly season's prior; 0 switches it off.
    pub yearly: f64,
    /// Whether weeks of the year that stand out are told apart; see [`rush`].
    pub rush: bool,
    /// Whether factors lean on the pooled series.
    pub pooled: bool,
}

impl Default for DayConfig {
    fn default() -> Self {
        Self {
            weekday_half_life: 112.0,
            own_weekday: 0.1,
            month_day: 0.06,
            sharp: 0.0,
            effect: 0.3,
            yearly: 1.0,
            rush: true,
            pooled: true,
        }
    }
}

/// Estimated factors.
#[derive(Clone, Debug)]
pub struct Factors {
    pub weekday: [f64; 7],
    /// By day of month, 1 … 31.
    pub month_day: [f64; 32],
    /// By [`Day::effect`]; entry 0 is 1.
    pub effect: Vec<f64>,
    /// How unsure its logarithm is, as a variance.
    pub(super) doubt: Vec<f64>,
    /// By [`Day::sale`].
    pub sale: Sale,
    pub yearly: Option<Yearly>,
    /// Of days that stand out by a calendar of their own.
    pub recurring: Recurring,
    curve: Vec<f64>,
    /// By day of a leap year, where some weeks stand out.
    rush: Vec<f64>,
}

/// Half-life of the two-sided level against which factors are read, days.
const PATH: f64 = 14.0;
/// Days of history before a yearly season is read from it, a year and a week, and before days of month are.
pub const YEAR: u32 = 371;
pub const MONTH: u32 = 45;

impl Factors {
    /// The product of the factors on a day.
    pub fn expected(&self, d: &Day) -> f64 {
        self.weekday[usize::from(d.weekday)]
            * self.month_day[usize::from(d.month_day)]
            * self.effect[usize::from(d.effect)]
            * self.sale[usize::from(d.sale)]
            * self.season(usize::from(d.year_day))
            * self.recurring.factor(d)
    }

    /// How unsure a day's own factor is, as a relative variance: that of a special day met once or never is guessed.
    pub fn doubt(&self, d: &Day) -> f64 {
        self.doubt[usize::from(d.effect)]
    }

    /// The factor of the yearly season on a day of a leap year.
    pub fn season(&self, year_day: usize) -> f64 {
        self.curve.get(year_day).copied().unwrap_or(1.0) * self.rush(year_day)
    }

    /// The part of it that is of a week that stands out.
    pub fn rush(&self, year_day: usize) -> f64 {
        self.rush.get(year_day).copied().unwrap_or(1.0)
    }

    /// Whether any week stands out.
    pub fn has_rush(&self) -> bool {
        !self.rush.is_empty()
    }

    /// Factors of one, beside so many special effects.
    pub(super) fn none(effects: usize) -> Self {
        Self {
            weekday: [1.0; 7],
            month_day: [1.0; 32],
            effect: vec![1.0; effects + 1],
            doubt: vec![0.0; effects + 1],
            sale: sale::NONE,
            yearly: None,
            recurring: Recurring::default(),
            curve: Vec::new(),
            rush: Vec::new(),
        }
    }

    /// Estimates the factors from the first `n` days of `s`; `prior` are those of the pooled series,
    /// `near` a fit of the same days with a like configuration, from which a round or two is enough.
    /// Also fills `expected` with the product of the factors on each day.
    pub fn fit(
        s: &Sample,
        n: usize,
        calendar: &Calendar,
        config: &DayConfig,
        prior: Option<&Self>,
        near: Option<(&DayConfig, &Self)>,
        expected: &mut Vec<f64>,
    ) -> Self {
        let prior = prior.filter(|_| config.pooled);
        let like = near.map(|c| c.1).or(prior);
        let mut f = like.map_or_else(|| Self::none(calendar.effects.len()), Self::clone);
        let same_season = near.is_some_and(|c| c.0.yearly == config.yearly);
        if config.yearly == 0.0 || (near.is_some() && !same_season) {
            f.yearly = None;
            f.curve.clear();
        }
        if config.month_day == 0.0 {
            f.month_day = [1.0; 32];
        }
        f.fill(s, n, expected);
        let Some(last) = n.checked_sub(1).map(|i| s.day[i]) else {
            return f;
        };
        let span = last - s.day[0] + 1;
        let mut weight = vec![0.0; n];
        let discount = level::Discount::new(config.weekday_half_life);
        let (mut now, mut after) = (1.0, last);
        for i in (0..n).rev() {
            now *= discount.over(after - s.day[i]);
            after = s.day[i];
            weight[i] = s.regular[i] * now;
        }
        let mut level = Vec::new();
        let rounds = match near {
            None => 3,
            Some(_) if same_season => 1,
            Some(_) => 2,
        };
        for round in 0..rounds {
            level::path(s, n, expected, PATH, &mut level);
            f.fit_weekday(
                s,
                calendar.weekend,
                config,
                prior,
                expected,
                &level,
                &weight,
            );
            f.recurring.fit(s, n, |i| level[i] * expected[i]);
            if config.month_day > 0.0 && span >= MONTH {
                f.fit_month_day(s, n, config, prior, expected, &level);
            }
            f.fit_effects(s, n, calendar, config, prior, expected, &level);
            f.fit_sale(s, n, prior, expected, &level);
            if near.is_none() && round == 0 {
                f.fill(s, n, expected);
                let due = level.iter().zip(&*expected).map(|(l, e)| l * e);
                let due: Vec<f64> = due.collect();
                f.recurring.find(s, n, &due);
            }
            if config.rush && span >= YEAR && near.is_none() && round == 0 {
                f.fill(s, n, expected);
                f.fit_rush(s, n, calendar, expected);
            }
            if config.yearly > 0.0 && span >= YEAR && !same_season && round < 2 {
                f.fit_yearly(s, n, config, prior, expected);
            }
            f.fill(s, n, expected);
        }
        f
    }

    fn fill(&self, s: &Sample, n: usize, expected: &mut Vec<f64>) {
        expected.clear();
        expected.extend((0..n).map(|i| {
            let e = self.weekday[usize::from(s.weekday[i])]
                * self.month_day[usize::from(s.month_day[i])]
                * self.effect[usize::from(s.effect[i])];
            e * self.season(usize::from(s.year_day[i]))
        }));
        for &(i, day) in s.sales.iter().take_while(|(i, _)| *i < n) {
            expected[i] *= self.sale[usize::from(day)];
        }
        if !self.recurring.is_empty() {
            for (e, day) in expected.iter_mut().zip(&s.date) {
                *e *= self.recurring.factor(day);
            }
        }
    }

    fn fit_month_day(
        &mut self,
        s: &Sample,
        n: usize,
        config: &DayConfig,
        prior: Option<&Self>,
        expected: &[f64],
        level: &[f64],
    ) {
        let (mut seen, mut due, mut days) = ([0.0; 32], [0.0; 32], [0.0; 32]);
        for i in 0..n {
            let m = usize::from(s.month_day[i]);
            seen[m] += s.regular[i] * s.total[i];
            due[m] += s.regular[i] * level[i] * expected[i] / self.month_day[m];
            days[m] += s.regular[i];
        }
        const KERNEL: [f64; 2] = [1.0, 0.35];
        let mut out = [1.0; 32];
        let (mut sum, mut mass) = (0.0, 0.0);
        for (m, o) in out.iter_mut().enumerate().skip(1) {
            let (mut a, mut b, mut k) = (0.0, 0.0, 0.0);
            for shift in -1i32..=1 {
                let at = (m as i32 + shift - 1).rem_euclid(31) as usize + 1;
                let w = KERNEL[shift.unsigned_abs() as usize];
                a += w * seen[at];
                b += w * due[at];
                k += w * days[at];
            }
            let centre = prior.map_or(1.0, |p| p.month_day[m]);
            if b > 0.0 {
                *o = shrink(
                    (a + 0.05) / (b + 0.05),
                    centre,
                    config.month_day,
                    a.max(b),
                    s.excess,
                    k,
                );
                if config.sharp > 0.0 && due[m] > 0.0 {
                    let raw = (seen[m] + 0.05) / (due[m] + 0.05);
                    let sd = config.sharp * config.month_day;
                    *o = shrink(raw, *o, sd, seen[m].max(due[m]), s.excess, days[m]);
                }
                sum += days[m] * *o;
                mass += days[m];
            }
        }
        if sum > 0.0 {
            for o in &mut out[1..] {
                *o *= mass / sum;
            }
        }
        self.month_day = out;
    }

    fn fit_sale(
        &mut self,
        s: &Sample,
        n: usize,
        prior: Option<&Self>,
        expected: &[f64],
        level: &[f64],
    ) {
        let [mut seen, mut due, mut days] = [[0.0; sale::NONE.len()]; 3];
        for &(i, day) in s.sales.iter().take_while(|(i, _)| *i < n) {
            let day = usize::from(day);
            seen[day] += s.total[i];
            due[day] += level[i] * expected[i] / self.sale[day];
            days[day] += 1.0;
        }
        let met = (0..days.len()).filter(|day| due[*day] > 0.0);
        for day in met {
            let raw = (seen[day] + 0.05) / (due[day] + 0.05);
            let centre = prior.map_or(1.0, |p| p.sale[day]);
            let (count, excess) = (seen[day].max(due[day]), s.excess + sale::UNLIKE);
            self.sale[day] = shrink(raw, centre, sale::SPREAD, count, excess, days[day]);
        }
    }

    /// What stands out beyond the pooled series' weeks comes on top of them.
    fn fit_rush(&mut self, s: &Sample, n: usize, calendar: &Calendar, expected: &mut Vec<f64>) {
        let festive = calendar.effects.iter().any(|e| e.group == Group::Christmas);
        if let Some(own) = rush::find(s, n, expected, festive) {
            self.rush.resize(own.len(), 1.0);
            self.rush.iter_mut().zip(own).for_each(|(r, o)| *r *= o);
            self.fill(s, n, expected);
        }
    }

    fn fit_yearly(
        &mut self,
        s: &Sample,
        n: usize,
        config: &DayConfig,
        prior: Option<&Self>,
        expected: &[f64],
    ) {
        let centre = prior.and_then(|p| p.yearly.as_ref());
        let yearly = Yearly::fit(s, n, expected, self.yearly.as_ref(), centre, config.yearly);
        self.curve = yearly.curve();
        self.yearly = Some(yearly);
    }
}

/// `raw` pulled towards `centre` on the log scale: weight τ² ÷ (τ² + 1/n + φ/days).
pub fn shrink(raw: f64, centre: f64, sd: f64, count: f64, excess: f64, days: f64) -> f64 {
    let weight = belief_in(sd, count, excess, days);
    (weight * raw.ln() + (1.0 - weight) * centre.ln())
        .clamp(-12.0, 6.0)
        .exp()
}

/// That weight.
pub fn belief_in(sd: f64, count: f64, excess: f64, days: f64) -> f64 {
    sd * sd / (sd * sd + noise(count, excess, days))
}

/// The variance, log scale, of a ratio told by so many counts and days.
pub(super) fn noise(count: f64, excess: f64, days: f64) -> f64 {
    1.0 / (count + 0.5) + excess / days.max(1e-9)
}
