//! The share of a day's contacts in each slot, by a Dirichlet chain:
//! slot | weekday → slot | day type → slot of the series → slot of the pooled series.

use super::super::calendar::{Calendar, Group};
use super::super::history::Series;
use super::level::Discount;

/// Rows of a profile: seven weekdays, and holidays.
pub const ROWS: usize = 8;
const HOLIDAY: usize = 7;

/// What the search chooses of the profile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProfileConfig {
    /// Index into [`HALF_LIVES`].
    pub half_life: usize,
    /// Pseudo-counts of the day type behind a weekday.
    pub weekday: f64,
    /// Pseudo-counts of the series behind a day type.
    pub kind: f64,
    /// Pseudo-counts of the pooled series behind the series; 0 leaves the pool out.
    pub pool: f64,
    /// Weight of each neighbouring slot in the series' own profile.
    pub smooth: f64,
    /// Pseudo-counts that the shape of the latest days is held against; 0 leaves it out.
    pub latest: f64,
}

impl Default for ProfileConfig {
    fn default() -> Self {
        Self {
            half_life: 2,
            weekday: 500.0,
            kind: 500.0,
            pool: 500.0,
            smooth: 0.0,
            latest: 0.0,
        }
    }
}

/// Half-lives of the profile, days.
pub const HALF_LIVES: [f64; 5] = [28.0, 56.0, 112.0, 224.0, 1000.0];
/// The one of the latest days.
pub const LATEST: usize = 0;

/// Discounted counts by row and slot.
#[derive(Clone, Debug)]
pub struct Counts {
    pub cells: Vec<f64>,
    slots: usize,
}

/// Shares by row and slot; each row sums to one.
#[derive(Clone, Debug)]
pub struct Shares {
    pub cells: Vec<f64>,
    slots: usize,
    /// Shares of each day type (working, free) and of the series: what a member leans on.
    kinds: [Vec<f64>; 2],
    all: Vec<f64>,
}

/// The row of a calendar day.
pub fn row(calendar: &Calendar, day: usize) -> usize {
    let d = calendar.days[day];
    match d.effect {
        0 => usize::from(d.weekday),
        e if calendar.effects[usize::from(e) - 1].group == Group::Holiday => HOLIDAY,
        _ => usize::from(d.weekday),
    }
}

impl Counts {
    pub fn new(slots: usize) -> Self {
        Self {
            cells: vec![0.0; ROWS * slots],
            slots,
        }
    }

    pub fn row(&self, row: usize) -> &[f64] {
        &self.cells[row * self.slots..(row + 1) * self.slots]
    }

    /// Adds the days of `from..to`, undiscounted.
    pub fn add(&mut self, series: &Series, calendar: &Calendar, from: usize, to: usize) {
        for day in from..to.min(series.present.len()) {
            if series.present[day] {
                let at = row(calendar, day) * self.slots;
                let cells = &mut self.cells[at..at + self.slots];
                for (c, v) in cells.iter_mut().zip(series.day(day, self.slots)) {
                    *c += f64::from(*v);
                }
            }
        }
    }

    /// Discounted counts before each of `ends` (ascending): one pass over the history. The discount is
    /// applied week by week.
    pub fn at(
        series: &Series,
        slots: usize,
        calendar: &Calendar,
        half_life: f64,
        ends: &[usize],
    ) -> Vec<Self> {
        let mut now = Self::new(slots);
        let mut out = Vec::with_capacity(ends.len());
        let discount = Discount::new(half_life);
        let mut at = 0;
        for &end in ends {
            while at < end {
                let next = (at + 7).min(end);
                let f = discount.over((next - at) as u32);
                now.cells.iter_mut().for_each(|c| *c *= f);
                now.add(series, calendar, at, next);
                at = next;
            }
            out.push(now.clone());
        }
        out
    }

    /// The chain of shrinkage, its foot on `pool` or on equal shares.
    pub fn shares(
        &self,
        config: &ProfileConfig,
        weekend: [bool; 7],
        pool: Option<&Shares>,
    ) -> Shares {
        let slots = self.slots;
        let pool = pool.filter(|_| config.pool > 0.0);
        let even = vec![1.0 / slots as f64; slots];
        let mut own = vec![0.0; slots];
        let mut kind_counts = [vec![0.0; slots], vec![0.0; slots]];
        for w in 0..7 {
            let kind = &mut kind_counts[usize::from(weekend[w])];
            for (k, c) in kind.iter_mut().zip(self.row(w)) {
                *k += c;
            }
        }
        for k in &kind_counts {
            for (o, c) in own.iter_mut().zip(k) {
                *o += c;
            }
        }
        if own.iter().all(|count| *count == 0.0) {
            // Holidays are all there is.
            own.copy_from_slice(self.row(HOLIDAY));
        }
        let own = smoothed(&own, config.smooth);
        let all = match pool {
            Some(p) => lean(&own, &p.all, config.pool),
            // A count or so per slot keeps a share from being zero.
            None => lean(&own, &even, 0.25 * slots as f64),
        };
        let kinds = [0, 1].map(|k| {
            let base = tilted(&all, pool.map(|p| (&p.kinds[k][..], &p.all[..])));
            lean(
                &smoothed(&kind_counts[k], config.smooth),
                &base,
                config.kind,
            )
        });
        let mut cells = Vec::with_capacity(ROWS * slots);
        let mut quietest = (f64::INFINITY, 6);
        for (w, free) in weekend.into_iter().enumerate() {
            let kind = usize::from(free);
            let base = tilted(&kinds[kind], pool.map(|p| (p.row(w), &p.kinds[kind][..])));
            let counts = smoothed(self.row(w), config.smooth);
            let mut shares = lean(&counts, &base, config.weekday);
            close(&mut shares, self.row(w), &base);
            cells.extend(shares);
            let sum: f64 = self.row(w).iter().sum();
            if sum > 0.0 && sum < quietest.0 {
                quietest = (sum, w);
            }
        }
        // Holidays lean on the quietest day of the week.
        let base = cells[quietest.1 * slots..(quietest.1 + 1) * slots].to_vec();
        cells.extend(lean(self.row(HOLIDAY), &base, config.weekday.min(200.0)));
        Shares {
            cells,
            slots,
            kinds,
            all,
        }
    }
}

impl Shares {
    /// Each slot's share times what the `latest` counts had of it over what these shares gave them, over the
    /// week as a whole: the hours of a day move sooner than weekdays do against each other, which need more
    /// counts to be told apart.
    pub fn moved(mut self, latest: &Counts, pseudo: f64) -> Self {
        if pseudo == 0.0 {
            return self;
        }
        let (mut seen, mut due) = (vec![0.0; self.slots], vec![0.0; self.slots]);
        for weekday in 0..7 {
            let counts = latest.row(weekday);
            let all: f64 = counts.iter().sum();
            for (slot, share) in self.row(weekday).iter().enumerate() {
                seen[slot] += counts[slot];
                due[slot] += all * share;
            }
        }
        let all: f64 = seen.iter().sum();
        if all == 0.0 {
            return self;
        }
        for (y, d) in seen.iter_mut().zip(&due) {
            let held = pseudo * d / all;
            *y = if *d > 0.0 {
                (*y + held) / (d + held)
            } else {
                1.0
            };
        }
        for row in self.cells.chunks_mut(self.slots) {
            row.iter_mut()
                .zip(&seen)
                .for_each(|(share, by)| *share *= by);
            let sum: f64 = row.iter().sum();
            if sum > 0.0 {
                row.iter_mut().for_each(|share| *share /= sum);
            }
        }
        self
    }

    pub fn row(&self, row: usize) -> &[f64] {
        &self.cells[row * self.slots..(row + 1) * self.slots]
    }
}

/// Minus twice the log-likelihood of test counts given shares: how the profile part of the Poisson
/// deviance depends on the shares. A contact in closed hours counts as one in a million millions.
pub fn misfit(test: &Counts, shares: &Shares) -> f64 {
    test.cells
        .iter()
        .zip(&shares.cells)
        .filter(|(y, _)| **y > 0.0)
        .map(|(y, s)| -2.0 * y * s.max(1e-12).ln())
        .sum()
}

/// Takes out closed hours: a run of slots without a contact where the `base` would have had [`SURE`].
fn close(shares: &mut [f64], counts: &[f64], base: &[f64]) {
    let all: f64 = counts.iter().sum();
    let mut from = 0;
    for run in counts.chunk_by(|a, b| (*a > 0.0) == (*b > 0.0)) {
        let to = from + run.len();
        if run[0] == 0.0 && all * base[from..to].iter().sum::<f64>() > SURE {
            shares[from..to].fill(0.0);
        }
        from = to;
    }
    let sum: f64 = shares.iter().sum();
    if sum > 0.0 {
        shares.iter_mut().for_each(|s| *s /= sum);
    }
}

/// Contacts expected and not come that tell of closed hours: fewer are missing where opening hours move.
const SURE: f64 = 100.0;
/// Units of scattered deviance that are worth a factor of e.
const TEMPER: f64 = 4.0;
/// Configurations whose shares a forecast averages.
const KEPT: usize = 5;

/// Picks pseudo-counts and half-life on past origins: `ends` (ascending) with `horizon` days each. The best
/// come back with their weights, which sum to one.
pub fn choose(
    series: &Series,
    slots: usize,
    calendar: &Calendar,
    ends: &[usize],
    horizon: usize,
    pools: &[Option<&Shares>],
) -> Vec<(ProfileConfig, f64)> {
    let mut best = ProfileConfig::default();
    if slots < 2 || ends.is_empty() {
        return vec![(best, 1.0)];
    }
    let tests: Vec<Counts> = ends
        .iter()
        .map(|&e| {
            let mut c = Counts::new(slots);
            c.add(series, calendar, e, e + horizon);
            c
        })
        .collect();
    let trained: Vec<Vec<Counts>> = HALF_LIVES
        .iter()
        .map(|h| Counts::at(series, slots, calendar, *h, ends))
        .collect();
    let score = |c: &ProfileConfig| -> f64 {
        trained[c.half_life]
            .iter()
            .zip(&trained[LATEST])
            .zip(&tests)
            .zip(pools)
            .map(|(((train, latest), test), pool)| {
                let shares = train.shares(c, calendar.weekend, *pool);
                misfit(test, &shares.moved(latest, c.latest))
            })
            .sum()
    };
    let mut tried = vec![(best, score(&best))];
    let mut least = tried[0].1;
    let mut attempt = |best: &mut ProfileConfig, next: ProfileConfig| {
        if tried.iter().any(|t| t.0 == next) {
            return;
        }
        let s = score(&next);
        tried.push((next, s));
        if s < least {
            least = s;
            *best = next;
        }
    };
    for _ in 0..2 {
        for half_life in 0..HALF_LIVES.len() {
            let next = ProfileConfig { half_life, ..best };
            attempt(&mut best, next);
        }
        for weekday in [20.0, 100.0, 500.0, 2500.0, 20_000.0] {
            let next = ProfileConfig { weekday, ..best };
            attempt(&mut best, next);
        }
        if pools.iter().any(Option::is_some) {
            for pool in [0.0, 20.0, 500.0, 5000.0] {
                let next = ProfileConfig { pool, ..best };
                attempt(&mut best, next);
            }
        }
        for kind in [20.0, 200.0, 2000.0] {
            let next = ProfileConfig { kind, ..best };
            attempt(&mut best, next);
        }
        for latest in [0.0, 1000.0, 5000.0, 30_000.0] {
            let next = ProfileConfig { latest, ..best };
            attempt(&mut best, next);
        }
        for smooth in [0.0, 0.1, 0.3] {
            let next = ProfileConfig { smooth, ..best };
            attempt(&mut best, next);
        }
    }
    // How far counts scatter beyond a multinomial sets what a difference is worth.
    let (mut exact, mut free) = (0.0, 0.0);
    for test in &tests {
        for row in test.cells.chunks(slots) {
            let n: f64 = row.iter().sum();
            let seen = row.iter().filter(|y| **y > 0.0);
            exact += seen.map(|y| -2.0 * y * (y / n).ln()).sum::<f64>();
            free += row.len() as f64 - 1.0;
        }
    }
    let worth = TEMPER * ((least - exact) / free).max(1.0);
    tried.sort_by(|a, b| a.1.total_cmp(&b.1));
    tried.truncate(KEPT);
    tried
        .iter_mut()
        .for_each(|t| t.1 = (-(t.1 - least) / worth).exp());
    let sum: f64 = tried.iter().map(|t| t.1).sum();
    tried.iter_mut().for_each(|t| t.1 /= sum);
    tried
}

/// Weighted mean of shares of the same slots.
pub fn average(of: Vec<(Shares, f64)>) -> Option<Shares> {
    let mut of = of.into_iter();
    let (mut out, weight) = of.next()?;
    out.cells.iter_mut().for_each(|c| *c *= weight);
    for (shares, weight) in of {
        for (o, c) in out.cells.iter_mut().zip(&shares.cells) {
            *o += weight * c;
        }
    }
    Some(out)
}

/// Dirichlet posterior mean.
fn lean(counts: &[f64], base: &[f64], pseudo: f64) -> Vec<f64> {
    let n: f64 = counts.iter().sum();
    counts
        .iter()
        .zip(base)
        .map(|(c, b)| (c + pseudo * b) / (n + pseudo))
        .collect()
}

/// `base` with the pattern of the pool's part over its whole laid on, rescaled to one.
fn tilted(base: &[f64], pool: Option<(&[f64], &[f64])>) -> Vec<f64> {
    let Some((part, whole)) = pool else {
        return base.to_vec();
    };
    let mut out: Vec<f64> = base
        .iter()
        .zip(part.iter().zip(whole))
        .map(|(b, (p, w))| b * p / w)
        .collect();
    let sum: f64 = out.iter().sum();
    out.iter_mut().for_each(|o| *o /= sum);
    out
}

fn smoothed(counts: &[f64], weight: f64) -> Vec<f64> {
    if weight == 0.0 || counts.len() < 3 {
        return counts.to_vec();
    }
    let n = counts.len();
    let sum = 1.0 + 2.0 * weight;
    (0..n)
        .map(|i| {
            // The ends keep their own: a day's first and last slot are often half open.
            let left = if i == 0 { counts[i] } else { counts[i - 1] };
            let right = if i + 1 == n { counts[i] } else { counts[i + 1] };
            (counts[i] + weight * (left + right)) / sum
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two slots a day: `early` of each weekday's counts in the first.
    fn counts(days: f64, early: impl Fn(usize) -> f64) -> Counts {
        let mut out = Counts::new(2);
        for (at, cells) in out.cells.chunks_mut(2).take(7).enumerate() {
            cells[0] = days * early(at);
            cells[1] = days * (1.0 - early(at));
        }
        out
    }

    #[test]
    fn a_history_of_holidays_alone_tells_the_hours_of_every_day() {
        let mut counts = Counts::new(4);
        counts.cells[HOLIDAY * 4..].copy_from_slice(&[0.0, 10.0, 70.0, 0.0]);
        let shares = counts.shares(&ProfileConfig::default(), [false; 7], None);
        for row in 0..ROWS {
            let share = shares.row(row);
            assert!(share[2] > 0.8 && share[0] < 0.02, "{row}: {share:?}");
        }
    }

    #[test]
    fn hours_that_move_are_followed_and_weekdays_keep_their_own() {
        let weekday = |at: usize| if at == 0 { 0.6 } else { 0.4 };
        let config = ProfileConfig {
            weekday: 1.0,
            ..ProfileConfig::default()
        };
        let before = counts(1e5, weekday).shares(&config, [false; 7], None);
        // The first slot has half as much again of late, on whatever day.
        let latest = counts(1e3, |_| 0.6);
        let early = |shares: &Shares, at: usize| shares.row(at)[0];
        let moved = before.clone().moved(&latest, 1.0);
        assert!((early(&moved, 1) - 0.58).abs() < 0.02, "{moved:?}");
        assert!(early(&moved, 0) > early(&moved, 1) + 0.1, "{moved:?}");
        let sums = moved.cells.chunks(2).map(|row| row.iter().sum::<f64>());
        assert!(sums.into_iter().all(|sum| (sum - 1.0).abs() < 1e-9));
        // Little of it is believed against many pseudo-counts, and none where it is left out.
        let held = before.clone().moved(&latest, 1e6);
        assert!((early(&held, 1) - early(&before, 1)).abs() < 0.01);
        assert_eq!(before.clone().moved(&latest, 0.0).cells, before.cells);
        let none = Counts::new(2);
        assert_eq!(before.clone().moved(&none, 1.0).cells, before.cells);
    }
}
