//! How good a forecast was: the measures of a backtest, summed over windows, then read.

use super::gpm::weights;

/// One forecast window of one series: actuals, means, quantiles, all `days × slots`.
#[derive(Clone, Copy, Debug)]
pub struct Window<'a> {
    pub slots: usize,
    pub actual: &'a [f64],
    pub mean: &'a [f64],
    /// Quantiles 0.1, 0.5, 0.9 of each slot.
    pub quantile: [&'a [f64]; 3],
    /// Share of each slot's probability mass at the actual that lies inside [q10, q90].
    pub inside: &'a [f64],
    /// Quantiles 0.1 and 0.9 of each day's total.
    pub day_band: [&'a [f64]; 2],
    /// Actual total of each week, and its quantiles 0.1 and 0.9.
    pub week: &'a [f64],
    pub week_band: [&'a [f64]; 2],
    /// In-sample mean absolute and mean squared weekly difference of the training part.
    pub scale: [f64; 2],
}

/// The levels of [`Window::quantile`].
pub const LEVELS: [f64; 3] = [0.1, 0.5, 0.9];

/// Sums over windows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sums {
    windows: f64,
    points: f64,
    days: f64,
    actual: f64,
    absolute: f64,
    error: f64,
    day_absolute: f64,
    deviance: f64,
    pinball: f64,
    covered: f64,
    inside: f64,
    day_covered: f64,
    weeks: f64,
    week_covered: f64,
    mase: f64,
    rmsse: f64,
    scaled: f64,
}

/// The measures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scores {
    pub wape: f64,
    pub mase: f64,
    pub rmsse: f64,
    pub daily_wape: f64,
    pub bias: f64,
    pub poisson_deviance: f64,
    pub wql: f64,
    pub coverage80: f64,
    /// Coverage with the ends of the band counted by their share: right for thin counts too.
    pub coverage80_randomised: f64,
    /// Coverage of the 80 % band of day totals.
    pub coverage80_daily: f64,
    /// Coverage of the 80 % band of the totals of weeks from the cut-off on.
    pub coverage80_weekly: f64,
}

impl Sums {
    pub fn add(&mut self, w: &Window) {
        self.windows += 1.0;
        let (mut squares, mut absolute) = (0.0, 0.0);
        for (i, (y, m)) in w.actual.iter().zip(w.mean).enumerate() {
            let e = m - y;
            absolute += e.abs();
            squares += e * e;
            self.error += e;
            self.actual += y;
            self.deviance += deviance(*y, *m);
            for (q, level) in w.quantile.iter().zip(LEVELS) {
                let gap = y - q[i];
                self.pinball += 2.0 * (level * gap).max((level - 1.0) * gap);
            }
            self.covered += f64::from(u8::from(w.quantile[0][i] <= *y && *y <= w.quantile[2][i]));
            self.inside += w.inside[i];
        }
        self.absolute += absolute;
        let n = w.actual.len() as f64;
        self.points += n;
        for (d, (y, m)) in w
            .actual
            .chunks(w.slots)
            .zip(w.mean.chunks(w.slots))
            .enumerate()
        {
            let (y, m): (f64, f64) = (y.iter().sum(), m.iter().sum());
            self.day_absolute += (m - y).abs();
            self.day_covered += f64::from(u8::from(w.day_band[0][d] <= y && y <= w.day_band[1][d]));
            self.days += 1.0;
        }
        for (i, y) in w.week.iter().enumerate() {
            self.week_covered +=
                f64::from(u8::from(w.week_band[0][i] <= *y && *y <= w.week_band[1][i]));
            self.weeks += 1.0;
        }
        if w.scale[0] > 0.0 && n > 0.0 {
            self.mase += absolute / n / w.scale[0];
            self.rmsse += (squares / n / w.scale[1]).sqrt();
            self.scaled += 1.0;
        }
    }

    pub fn merge(&mut self, o: &Self) {
        self.windows += o.windows;
        self.points += o.points;
        self.days += o.days;
        self.actual += o.actual;
        self.absolute += o.absolute;
        self.error += o.error;
        self.day_absolute += o.day_absolute;
        self.deviance += o.deviance;
        self.pinball += o.pinball;
        self.covered += o.covered;
        self.inside += o.inside;
        self.day_covered += o.day_covered;
        self.weeks += o.weeks;
        self.week_covered += o.week_covered;
        self.mase += o.mase;
        self.rmsse += o.rmsse;
        self.scaled += o.scaled;
    }

    /// The measures; ratios whose denominator is zero are NaN.
    pub fn scores(&self) -> Scores {
        Scores {
            wape: self.absolute / self.actual,
            mase: self.mase / self.scaled,
            rmsse: self.rmsse / self.scaled,
            daily_wape: self.day_absolute / self.actual,
            bias: self.error / self.actual,
            poisson_deviance: self.deviance / self.points,
            wql: self.pinball / 3.0 / self.actual,
            coverage80: self.covered / self.points,
            coverage80_randomised: self.inside / self.points,
            coverage80_daily: self.day_covered / self.days,
            coverage80_weekly: self.week_covered / self.weeks,
        }
    }

    /// Mean actual count per slot.
    pub fn mean_actual(&self) -> f64 {
        self.actual / self.points
    }
}

/// Poisson deviance of one count; means below a thousandth count as that.
pub fn deviance(y: f64, mean: f64) -> f64 {
    weights::deviance(y, mean.max(1e-3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_of_a_window_by_hand() {
        let mut sums = Sums::default();
        sums.add(&Window {
            slots: 2,
            actual: &[2.0, 4.0],
            mean: &[3.0, 3.0],
            quantile: [&[1.0, 1.0], &[3.0, 3.0], &[5.0, 3.5]],
            inside: &[1.0, 0.0],
            day_band: [&[5.0], &[7.0]],
            week: &[6.0],
            week_band: [&[3.0], &[5.0]],
            scale: [2.0, 4.0],
        });
        let s = sums.scores();
        assert!((s.wape - 2.0 / 6.0).abs() < 1e-12);
        assert!((s.mase - 0.5).abs() < 1e-12);
        assert!((s.rmsse - 0.5).abs() < 1e-12);
        assert_eq!((s.daily_wape, s.bias, s.coverage80), (0.0, 0.0, 0.5));
        assert_eq!((s.coverage80_daily, s.coverage80_weekly), (1.0, 0.0));
        // Pinball: y=2: .1·1, .5·1 (over), .1·3 ; y=4: .1·3, .5·1, .9·.5; twice, over 3 and 6.
        let pinball = 2.0 * (0.1 + 0.5 + 0.3 + 0.3 + 0.5 + 0.45);
        assert!((s.wql - pinball / 18.0).abs() < 1e-12);
        let dev = deviance(2.0, 3.0) + deviance(4.0, 3.0);
        assert!((s.poisson_deviance - dev / 2.0).abs() < 1e-12);
        assert_eq!(deviance(0.0, 1.0), 2.0);
    }
}
