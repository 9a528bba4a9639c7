//! The forecast of the house: GPM, corrected by boosting and combined with rivals where past windows say that
//! it helps, with bands calibrated on the same windows.

use super::bands::Spread;
use super::boost::{Boost, Cells, FEATURES, Features};
use super::breaks::Evened;
use super::calendar::Calendar;
use super::combined::Combination;
use super::errors::Errors;
use super::gpm::{Model, Pools, level, profile, sale, sample::Sample, search, weights};
use super::history::Series;
use super::opening::Opening;
use super::pooled::{self, Told};
use super::young;

/// A fitted series: everything a forecast needs.
#[derive(Clone, Debug)]
pub struct Fitted {
    pub model: Model,
    pub boost: Boost,
    pub spread: Spread,
    /// Past windows forecast with the chosen configuration.
    pub errors: Errors,
    /// Past windows that the choice was made on.
    pub origins: usize,
    /// Rivals that past windows give a say.
    pub combination: Combination,
    /// What the learner over all series says, where there is one.
    pub told: Option<Told>,
    /// Opening hours that the series was brought to beforehand.
    pub opening: Opening,
    /// What was evened out of it.
    pub evened: Evened,
    blocks: Blocks,
}

/// Slots gathered into blocks of like volume, so that trees see cells with something in them.
#[derive(Clone, Debug)]
struct Blocks {
    of_slot: Vec<usize>,
    count: usize,
}

/// Most blocks of a day.
const BLOCKS: usize = 12;
const TREES: [usize; 4] = [0, 15, 40, 80];
/// Boosting must better the deviance of past windows by this share to count as much as none.
const WORTH: f64 = 0.002;
/// Share of the doubt about a special day that stands beside the errors of past windows, which met some, too.
const BESIDE: f64 = 0.6;
/// A tree that counts for less is left out.
const LITTLE: f64 = 0.05;

impl Fitted {
    /// Means of a calendar day by slot. Rivals know no special days, and neither they nor the learner a rush: those
    /// are our own model's alone.
    pub fn day_mean(&self, calendar: &Calendar, day: usize) -> Vec<f64> {
        let mut mean = self.model.day_mean(calendar, day);
        self.blocks
            .correct(&mut mean, &self.boost, &features(calendar, day));
        if !self.model.stands_out(calendar, day) {
            if calendar.days[day].effect == 0 {
                self.combination.mix(&mut mean, day);
            }
            if let Some(told) = &self.told {
                told.mix(&mut mean, day);
            }
        }
        self.opening.shut(&mut mean, calendar.days[day].weekday);
        if let Some(trade) = &self.evened.trade {
            let factor = trade.factor(calendar, day);
            mean.iter_mut().for_each(|m| *m *= factor);
        }
        mean
    }
}

impl Fitted {
    /// The model in words.
    pub fn describe(&self, days: usize) -> String {
        let mut text = format!(
            "multiplicative count model on {}: level, weekday",
            counted(days, "day")
        );
        if self.blocks.of_slot.len() > 1 {
            text.push_str(", hours");
        }
        if let Some(part) = self.model.parts.first() {
            if part.factors.effect.iter().any(|f| *f != 1.0) {
                text.push_str(", holidays");
            }
            if part.factors.month_day.iter().any(|f| *f != 1.0) {
                text.push_str(", day of month");
            }
            if part.factors.yearly.is_some() {
                text.push_str(", time of year");
            }
            if part.factors.sale != sale::NONE {
                text.push_str(", Black Friday");
            }
            for days in part.factors.recurring.describe() {
                text.push_str(&format!(", {days}"));
            }
            if part.factors.has_rush() {
                text.push_str(", weeks of the year that stand out");
            }
        }
        if !self.boost.is_empty() {
            text.push_str(&format!(", {} boosted trees", self.boost.len()));
        }
        let rest = self.told.as_ref().map_or(1.0, |_| 1.0 - pooled::SHARE);
        let rivals = self.combination.rivals.iter();
        let mut parts: Vec<(String, f64)> = rivals
            .map(|(name, share)| ((*name).to_owned(), rest * share))
            .collect();
        let own = rest - parts.iter().map(|part| part.1).sum::<f64>();
        parts.insert(0, (text, own));
        if let Some(told) = &self.told {
            let trees = match told.series {
                1 => "trees over all of its days",
                _ => "trees over all series",
            };
            parts.push((trees.to_owned(), pooled::SHARE));
        }
        let mut text = in_percent(parts);
        for words in self.opening.describe() {
            text.push_str(&format!("; {words}"));
        }
        if self.evened.not_begun > 0 {
            text.push_str(&format!(
                "; {} days of zeros before its first contact left out",
                self.evened.not_begun
            ));
        }
        if let Some(trade) = &self.evened.trade {
            let after = match trade.stays {
                0.0 => "which fell back".to_owned(),
                stays => format!("of which {:.0} % is held to stay after it", 100.0 * stays),
            };
            text.push_str(&format!(
                "; a rise before Christmas (× {:.2}), {after}",
                trade.rise
            ));
        }
        for found in &self.evened.stretches {
            text.push_str(&format!(
                "; the {} up to {} before the end (× {:.2}) brought back to the level around them",
                counted(found.to - found.from, "day"),
                counted(self.model.end - found.to, "day"),
                found.ratio
            ));
        }
        if let Some(found) = self.evened.latest_break {
            text.push_str(&format!(
                "; a break of the level {} before the end (× {:.2}) evened out",
                counted(self.model.end - found.day, "day"),
                found.ratio
            ));
        }
        if self.origins > 0 {
            text.push_str(&format!(
                "; chosen on {}",
                counted(self.origins, "past window")
            ));
        }
        text
    }
}

/// "1 day", "2 days".
fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

/// Parts with their shares in whole percent, which add up to a hundred as the shares do to one: those cut the
/// most are rounded up. Those of nothing are left out, and a part alone needs no share.
fn in_percent(parts: Vec<(String, f64)>) -> String {
    let mut whole: Vec<usize> = parts.iter().map(|part| (100.0 * part.1) as usize).collect();
    let cut = |i: usize| (100.0 * parts[i].1).fract();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by(|a, b| cut(*b).total_cmp(&cut(*a)));
    let short = 100usize.saturating_sub(whole.iter().sum());
    order.iter().take(short).for_each(|i| whole[*i] += 1);
    let left = parts.into_iter().zip(whole).filter(|part| part.1 > 0);
    let texts: Vec<String> = left
        .map(|((text, _), percent)| match percent {
            100 => text,
            _ => format!("{percent} % {text}"),
        })
        .collect();
    texts.join("; ")
}

/// Fits a series on the days before `end`; see [`search::fit`]. `chosen`: with the boosting and the rivals
/// that past windows choose, else GPM alone.
pub fn fit(
    series: &Series,
    slots: usize,
    calendar: &Calendar,
    end: usize,
    horizon: usize,
    pools: &Pools,
    chosen: bool,
) -> Fitted {
    let found = search::fit(series, slots, calendar, end, horizon, pools);
    let blocks = Blocks::new(&found.model, slots);
    let mut out = Fitted {
        model: found.model.clone(),
        boost: Boost::default(),
        spread: Spread::even(0.05, 0.02),
        errors: Errors::default(),
        origins: found.past.len(),
        combination: Combination::default(),
        told: None,
        opening: Opening::default(),
        evened: Evened::default(),
        blocks,
    };
    let mut past: Vec<(&Model, Boost)> = found.past.iter().map(|m| (m, Boost::default())).collect();
    if chosen {
        let tested = out.past_boosts(series, slots, calendar, &found);
        let weights = out.weigh_trees(series, slots, calendar, &found, &tested);
        if let Some(trees) = weights.iter().rposition(|w| *w > 0.0).map(|last| last + 1) {
            let n = found.sample.len();
            let mut cells =
                out.blocks
                    .cells(&found.sample, n, series, slots, calendar, &found.model);
            out.boost.grow(&mut cells, trees);
            out.boost.weigh(&weights);
            past = tested;
            past.iter_mut().for_each(|p| p.1.weigh(&weights));
        }
    }
    let mut unseen = Vec::new();
    for (model, boost) in past {
        for day in (model.end..(model.end + horizon).min(end)).filter(|d| series.present[*d]) {
            let mut mean = model.day_mean(calendar, day);
            out.blocks
                .correct(&mut mean, &boost, &features(calendar, day));
            out.errors.mean.extend(mean);
            unseen.push(model.unseen(calendar, day));
            out.errors.when.push((model.end, day));
            out.errors
                .actual
                .extend(series.day(day, slots).iter().map(|v| f64::from(*v)));
        }
    }
    let own = out.errors.mean.clone();
    let is_known =
        |day: usize| calendar.days[day].effect == 0 && !found.model.stands_out(calendar, day);
    if chosen {
        out.combination = Combination::learn(
            series,
            slots,
            calendar,
            (end, horizon),
            &mut out.errors,
            is_known,
        );
    }
    // Rivals are weighed against our own model at its best: as it is when it forecasts. Bands are read of it as if the
    // days had not been seen.
    let rest = out.combination.own();
    for (d, ratio) in unseen.into_iter().enumerate() {
        let share = if is_known(out.errors.when[d].1) {
            rest
        } else {
            1.0
        };
        let cells = d * slots..(d + 1) * slots;
        let mean = out.errors.mean[cells.clone()].iter_mut().zip(&own[cells]);
        mean.for_each(|(mean, own)| *mean += share * (ratio - 1.0) * own);
    }
    out.spread = if out.errors.when.is_empty() {
        young::spread(&found.sample, slots)
    } else {
        let day = out.model.excess.max(0.005);
        let prior = Spread::even(day + young::own(slots), day);
        Spread::calibrate(&out.errors, slots, &prior)
    };
    let doubt = |ahead| {
        let doubt = BESIDE * out.model.doubt(calendar, end + ahead);
        Some((ahead, doubt)).filter(|_| doubt > 0.0)
    };
    let ahead = 0..horizon.min(calendar.days.len().saturating_sub(end));
    out.spread.special = ahead.filter_map(doubt).collect();
    out
}

impl Fitted {
    /// Trees grown at every other past origin, the latest among them.
    fn past_boosts<'a>(
        &self,
        series: &Series,
        slots: usize,
        calendar: &Calendar,
        found: &'a search::Found,
    ) -> Vec<(&'a Model, Boost)> {
        let most = TREES[TREES.len() - 1];
        let grown = |model: &'a Model| {
            let n = found.sample.before(model.end);
            let mut cells = self
                .blocks
                .cells(&found.sample, n, series, slots, calendar, model);
            let mut boost = Boost::default();
            boost.grow(&mut cells, most);
            (model, boost)
        };
        found.past.iter().rev().step_by(2).map(grown).collect()
    }

    /// How much each tree counts: the average over numbers of trees, each with the weight that its deviance
    /// on past windows gives it.
    fn weigh_trees(
        &self,
        series: &Series,
        slots: usize,
        calendar: &Calendar,
        found: &search::Found,
        tested: &[(&Model, Boost)],
    ) -> Vec<f64> {
        let mut total = [0.0; TREES.len()];
        let (mut days, mut cells) = (0.0, 0.0);
        let window = |m: &Model| (m.end, (m.end + found.horizon).min(self.model.end));
        let windows: Vec<(usize, usize)> = tested.iter().rev().map(|t| window(t.0)).collect();
        for (model, boost) in tested {
            let (from, to) = window(model);
            for day in (from..to).filter(|d| series.present[*d]) {
                let mean = self.blocks.gather(&model.day_mean(calendar, day));
                let actual: Vec<f64> = series
                    .day(day, slots)
                    .iter()
                    .map(|v| f64::from(*v))
                    .collect();
                let actual = self.blocks.gather(&actual);
                days += 1.0;
                cells += self.blocks.count as f64;
                for (t, trees) in total.iter_mut().zip(TREES) {
                    let factor =
                        boost.partial(&features(calendar, day), self.blocks.count, 0, trees);
                    for ((y, m), f) in actual.iter().zip(&mean).zip(factor) {
                        *t += weights::deviance(*y, m * f);
                    }
                }
            }
        }
        total[1..].iter_mut().for_each(|t| *t *= 1.0 + WORTH);
        let least = total.iter().copied().fold(f64::INFINITY, f64::min);
        if cells == 0.0 || least == total[0] {
            return Vec::new();
        }
        // Blocks of a day scatter by themselves: their deviance tells more than that of day totals.
        let t = 0.5 * weights::temperature(least / cells, days, &windows);
        let weight = total.map(|x| (-(x - least) / t).exp());
        let all: f64 = weight.iter().sum();
        // A tree is in every average of at least its number of trees.
        let mut out = Vec::new();
        for k in 1..TREES.len() {
            let share = weight[k..].iter().sum::<f64>() / all;
            out.resize(TREES[k], if share < LITTLE { 0.0 } else { share });
        }
        out
    }
}

impl Blocks {
    fn new(model: &Model, slots: usize) -> Self {
        let count = slots.min(BLOCKS);
        let mut share = vec![0.0; slots];
        for row in 0..profile::ROWS {
            for (s, v) in share.iter_mut().zip(model.shares.row(row)) {
                *s += v / profile::ROWS as f64;
            }
        }
        let mut sum = 0.0;
        let mut last = 0;
        let mut of_slot: Vec<usize> = share
            .iter()
            .map(|s| {
                let at = (((sum + 0.5 * s) * count as f64) as usize).min(count - 1);
                sum += s;
                at
            })
            .collect();
        // Blocks without a slot are closed up.
        let mut used = 0;
        for (i, b) in of_slot.iter_mut().enumerate() {
            if i > 0 && *b != last {
                used += 1;
            }
            last = *b;
            *b = used;
        }
        Self {
            of_slot,
            count: used + 1,
        }
    }

    fn correct(&self, mean: &mut [f64], boost: &Boost, day: &Features) {
        if boost.is_empty() {
            return;
        }
        let factor = boost.factors(day, self.count);
        for (m, b) in mean.iter_mut().zip(&self.of_slot) {
            *m *= factor[*b];
        }
    }

    fn gather(&self, slots: &[f64]) -> Vec<f64> {
        let mut out = vec![0.0; self.count];
        for (v, b) in slots.iter().zip(&self.of_slot) {
            out[*b] += v;
        }
        out
    }

    fn cells(
        &self,
        s: &Sample,
        n: usize,
        series: &Series,
        slots: usize,
        calendar: &Calendar,
        model: &Model,
    ) -> Cells {
        let mut expected: Vec<f64> = Vec::with_capacity(n);
        // The parts' mean without its level, which the path brings back.
        expected.extend((0..n).map(|i| model.day_total(calendar, s.day[i] as usize).max(1e-9)));
        let mut path = Vec::new();
        level::path(s, n, &expected, 21.0, &mut path);
        let rows: Vec<Vec<f64>> = (0..profile::ROWS)
            .map(|r| self.gather(model.shares.row(r)))
            .collect();
        let mut cells = Cells {
            blocks: self.count,
            ..Cells::default()
        };
        let mut counts = vec![0.0; slots];
        for i in 0..n {
            let day = s.day[i] as usize;
            for (c, v) in counts.iter_mut().zip(series.day(day, slots)) {
                *c = f64::from(*v);
            }
            let raw: f64 = counts.iter().sum();
            let scale = if raw > 0.0 { s.total[i] / raw } else { 1.0 };
            let total = path[i] * expected[i];
            cells
                .count
                .extend(self.gather(&counts).iter().map(|c| c * scale));
            cells
                .mean
                .extend(rows[profile::row(calendar, day)].iter().map(|r| total * r));
            cells.features.push(features(calendar, day));
            cells
                .weight
                .push(s.regular[i].max(0.2) / (1.0 + s.excess * total));
        }
        cells
    }
}

fn features(calendar: &Calendar, day: usize) -> Features {
    let d = calendar.days[day];
    let out: [u8; FEATURES] = [
        d.weekday,
        d.month_day,
        d.to_month_end,
        calendar.group_of(&d),
        d.month,
        d.month_workday,
    ];
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents_add_up_to_a_hundred_and_nothing_is_left_out() {
        let told = |shares: &[f64]| {
            let parts = shares.iter().enumerate();
            in_percent(parts.map(|(i, s)| (format!("p{i}"), *s)).collect())
        };
        assert_eq!(told(&[1.0]), "p0");
        assert_eq!(told(&[0.004, 0.896, 0.1]), "90 % p1; 10 % p2");
        assert_eq!(
            told(&[0.455, 0.225, 0.22, 0.1]),
            "46 % p0; 22 % p1; 22 % p2; 10 % p3"
        );
        assert_eq!(counted(1, "day"), "1 day");
        assert_eq!(counted(0, "past window"), "0 past windows");
    }
}
