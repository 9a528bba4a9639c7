//! What kinds of level and configurations count, by the deviance of past windows.

use super::level::KINDS;

/// What each kind of level counts; all of all configurations sum to one.
pub struct Weights {
    pub last: [f64; KINDS],
    /// At each past origin, ascending, by the windows that do not overlap the one from there on: what is read of
    /// errors there is to hold for a window not seen yet.
    past: Vec<(usize, [f64; KINDS])>,
}

impl Weights {
    /// The same at any time.
    pub fn untested(last: [f64; KINDS]) -> Self {
        let past = Vec::new();
        Self { last, past }
    }

    /// Those of each configuration by its `deviances` on windows of `horizon` days from `ends` on, given how much
    /// deviance is worth a factor of e.
    pub fn of(deviances: &[Deviances], ends: &[usize], horizon: usize, t: f64) -> Vec<Self> {
        let mut out: Vec<Self> = weigh(deviances, t, |_| true).map(Self::untested).collect();
        for end in ends {
            let apart = |other: usize| ends[other].abs_diff(*end) >= horizon;
            for (weights, past) in out.iter_mut().zip(weigh(deviances, t, apart)) {
                weights.past.push((*end, past));
            }
        }
        out
    }

    /// Those at a past origin.
    pub fn at(&self, end: usize) -> &[f64; KINDS] {
        let found = self.past.binary_search_by_key(&end, |p| p.0);
        found.map_or(&self.last, |at| &self.past[at].1)
    }
}

/// Deviances of day totals by window and kind of level.
pub type Deviances = Vec<[f64; KINDS]>;

/// Over some windows, as if there were as many as all of them; over all where none is left.
pub fn summed(deviances: &[[f64; KINDS]], counts: impl Fn(usize) -> bool) -> [f64; KINDS] {
    let mut windows: Vec<usize> = (0..deviances.len()).filter(|w| counts(*w)).collect();
    if windows.is_empty() {
        windows.extend(0..deviances.len());
    }
    let times = deviances.len() as f64 / windows.len().max(1) as f64;
    std::array::from_fn(|k| times * windows.iter().map(|w| deviances[*w][k]).sum::<f64>())
}

/// The weights of all kinds of level of each configuration by the windows that count.
fn weigh(
    deviances: &[Deviances],
    t: f64,
    counts: impl Fn(usize) -> bool,
) -> impl Iterator<Item = [f64; KINDS]> {
    let sums = deviances.iter().map(|d| summed(d, &counts));
    let mut out: Vec<[f64; KINDS]> = sums.collect();
    let least = out.iter().map(lowest).fold(f64::INFINITY, f64::min);
    out.iter_mut()
        .flatten()
        .for_each(|x| *x = (-(*x - least) / t).exp());
    let sum: f64 = out.iter().flatten().sum();
    out.into_iter().map(move |weights| weights.map(|w| w / sum))
}

/// How much deviance is worth a factor of e, given its mean per tested unit: errors of one window wander
/// together, so that a window counts for a few of its `days` only; a day of n windows counts for √n of one.
/// `windows`: first day and the one after the last, ascending.
pub fn temperature(mean: f64, days: f64, windows: &[(usize, usize)]) -> f64 {
    let (mut all, mut apart, mut until) = (0, 0, 0);
    for &(from, to) in windows {
        all += to - from;
        apart += to.saturating_sub(until.max(from));
        until = until.max(to);
    }
    let again = (all as f64 / apart.max(1) as f64).sqrt();
    4.0 * mean.max(0.2) * (days / (5.0 * windows.len().max(1) as f64)).max(1.0) * again
}

pub fn lowest(deviances: &[f64; KINDS]) -> f64 {
    deviances.iter().copied().fold(f64::INFINITY, f64::min)
}

/// Minus the logarithm of the mean likelihood over half-lives, as a deviance.
pub fn soft(deviances: &[f64; KINDS], temperature: f64) -> f64 {
    let least = lowest(deviances);
    least
        - temperature
            * deviances
                .iter()
                .map(|x| (-(x - least) / temperature).exp())
                .sum::<f64>()
                .ln()
}

/// Poisson deviance of one count.
pub fn deviance(y: f64, mean: f64) -> f64 {
    let m = mean.max(1e-9);
    2.0 * (if y > 0.0 { y * (y / m).ln() } else { 0.0 } - (y - m))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_that_many_windows_test_is_little_more_evidence() {
        // Two weeks by two windows, or by windows from each day on: each day four times.
        let apart = [(28, 35), (35, 42)];
        let over: Vec<(usize, usize)> = (28..36).map(|from| (from, from + 7)).collect();
        // A difference of one a tested day, in units of the temperature.
        let worth = |windows: &[(usize, usize)]| {
            let days: usize = windows.iter().map(|w| w.1 - w.0).sum();
            days as f64 / temperature(1.0, days as f64, windows)
        };
        assert!((worth(&over) / worth(&apart) - 2.0).abs() < 1e-9);
    }

    #[test]
    fn a_window_has_no_say_of_itself() {
        // Two kinds of level: the first is better but for the last window, which speaks the loudest.
        let ends = [100, 107, 114, 121];
        let window = |first: f64, second: f64| {
            let mut out = [1e3; KINDS];
            (out[0], out[1]) = (first, second);
            out
        };
        let fair = vec![
            window(9.0, 11.0),
            window(9.0, 11.0),
            window(9.0, 11.0),
            window(30.0, 10.0),
        ];
        let weights = &Weights::of(&[fair], &ends, 7, 4.0)[0];
        let leans = |weights: &[f64; KINDS]| weights[0] / (weights[0] + weights[1]);
        assert!(leans(&weights.last) < 0.05, "{}", leans(&weights.last));
        assert!(leans(weights.at(121)) > 0.8, "{}", leans(weights.at(121)));
        assert!(leans(weights.at(107)) < 0.05);
        assert_eq!(weights.at(128), &weights.last);
        // Where all windows overlap they are all there is.
        let close = Weights::of(&[vec![window(1.0, 2.0); 4]], &[100, 101, 102, 103], 7, 4.0);
        assert_eq!(close[0].at(101), &close[0].last);
    }
}
