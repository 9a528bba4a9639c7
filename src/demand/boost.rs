//! Poisson boosting of what a multiplicative model leaves: small trees on calendar features.
//!
//! Cells are day × block of slots. The features of a day are the same for all its blocks, so a node is a
//! set of days times a range of blocks, and its histograms come from row and column sums. Newton steps
//! (Friedman 2001) on the Poisson likelihood, each day weighted by what its busyness leaves of it.

/// Calendar features of a day, each a small category or rank.
pub type Features = [u8; FEATURES];
/// Weekday, day of month, days to the month's end, effect group, month, working day of the month.
pub const FEATURES: usize = 6;
/// Features whose categories have no order.
const UNORDERED: [bool; FEATURES] = [true, false, false, true, true, false];
const BINS: usize = 32;

/// Counts and their means by day and block, and what is known of the days.
#[derive(Clone, Debug, Default)]
pub struct Cells {
    pub blocks: usize,
    pub features: Vec<Features>,
    pub count: Vec<f64>,
    pub mean: Vec<f64>,
    /// Weight of each day: 1 ÷ (1 + excess × mean), 0 to leave it out.
    pub weight: Vec<f64>,
}

/// A sum of trees: the logarithm of a correction factor.
#[derive(Clone, Debug, Default)]
pub struct Boost {
    trees: Vec<Tree>,
}

#[derive(Clone, Debug)]
enum Tree {
    Leaf(f64),
    /// Which days go left by bin of a feature, as a bit set.
    Day(usize, u32, Box<Tree>, Box<Tree>),
    /// Blocks below go left.
    Block(usize, Box<Tree>, Box<Tree>),
}

const DEPTH: usize = 3;
const RATE: f64 = 0.15;
/// Prior precision of a leaf's log factor: a standard deviation of a tenth.
const RIDGE: f64 = 100.0;
/// Least gain of a split, in units of twice the log-likelihood.
const GAIN: f64 = 3.0;
const LEAST_DAYS: usize = 5;

impl Boost {
    /// Adds up to `trees` trees; `cells.mean` moves along.
    pub fn grow(&mut self, cells: &mut Cells, trees: usize) {
        let days: Vec<u32> = (0..cells.features.len() as u32).collect();
        for _ in 0..trees {
            let tree = cells.split(&days, 0, cells.blocks, 0);
            if let Tree::Leaf(v) = tree
                && v.abs() < 1e-4
            {
                return;
            }
            self.trees.push(tree);
        }
    }

    /// The correction factor of each block of a day.
    pub fn factors(&self, day: &Features, blocks: usize) -> Vec<f64> {
        self.partial(day, blocks, 0, self.trees.len())
    }

    /// The factor due to some of the trees.
    pub fn partial(&self, day: &Features, blocks: usize, from: usize, to: usize) -> Vec<f64> {
        let mut out = vec![0.0; blocks];
        for t in &self.trees[from.min(self.trees.len())..to.min(self.trees.len())] {
            t.add(day, 0, blocks, &mut out);
        }
        out.iter_mut().for_each(|o| *o = o.clamp(-1.5, 1.5).exp());
        out
    }

    pub fn len(&self) -> usize {
        self.trees.len()
    }

    pub fn is_empty(&self) -> bool {
        self.trees.is_empty()
    }

    /// Gives each tree a weight; those without one are cut off.
    pub fn weigh(&mut self, weights: &[f64]) {
        let last = weights.iter().rposition(|w| *w > 0.0).map_or(0, |l| l + 1);
        self.trees.truncate(last);
        for (tree, weight) in self.trees.iter_mut().zip(weights) {
            tree.scale(*weight);
        }
    }
}

impl Tree {
    fn scale(&mut self, weight: f64) {
        match self {
            Self::Leaf(v) => *v *= weight,
            Self::Day(_, _, a, b) | Self::Block(_, a, b) => {
                a.scale(weight);
                b.scale(weight);
            }
        }
    }

    fn add(&self, day: &Features, from: usize, to: usize, out: &mut [f64]) {
        match self {
            Self::Leaf(v) => out[from..to].iter_mut().for_each(|o| *o += v),
            Self::Day(f, left, a, b) => {
                let side = if left >> day[*f] & 1 == 1 { a } else { b };
                side.add(day, from, to, out);
            }
            Self::Block(at, a, b) => {
                a.add(day, from, (*at).min(to), out);
                b.add(day, (*at).max(from), to, out);
            }
        }
    }
}

/// What a Newton step knows of some rows: gradient, curvature and number.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Part {
    pub gradient: f64,
    pub curve: f64,
    pub count: f64,
}

impl Part {
    pub fn plus(self, o: Self) -> Self {
        Self {
            gradient: self.gradient + o.gradient,
            curve: self.curve + o.curve,
            count: self.count + o.count,
        }
    }

    pub fn minus(self, o: Self) -> Self {
        Self {
            gradient: self.gradient - o.gradient,
            curve: self.curve - o.curve,
            count: self.count - o.count,
        }
    }

    /// The step behind which a prior of that precision stands.
    pub fn value(self, ridge: f64) -> f64 {
        self.gradient / (self.curve + ridge)
    }

    /// Twice the log-likelihood that the step gains.
    pub fn gain(self, ridge: f64) -> f64 {
        self.gradient * self.value(ridge)
    }
}

impl Cells {
    fn split(&mut self, days: &[u32], from: usize, to: usize, depth: usize) -> Tree {
        let mut blocks = [Part::default(); BINS];
        let mut bins = [[Part::default(); BINS]; FEATURES];
        let mut all = Part::default();
        for &d in days {
            let w = self.weight[d as usize];
            if w == 0.0 {
                continue;
            }
            let row = d as usize * self.blocks;
            let mut part = Part {
                count: 1.0,
                ..Part::default()
            };
            for (b, block) in blocks.iter_mut().enumerate().take(to).skip(from) {
                let m = self.mean[row + b];
                let g = w * (self.count[row + b] - m);
                block.gradient += g;
                block.curve += w * m;
                part.gradient += g;
                part.curve += w * m;
            }
            for (f, bin) in bins.iter_mut().enumerate() {
                let cell = &mut bin[usize::from(self.features[d as usize][f])];
                *cell = cell.plus(part);
            }
            all = all.plus(part);
        }
        let mut best: (f64, Option<Choice>) = (all.gain(RIDGE) + GAIN, None);
        if depth < DEPTH {
            for (f, bin) in bins.iter().enumerate() {
                split_days(f, bin, all, &mut best);
            }
            let mut left = Part::default();
            for at in from + 1..to {
                left = left.plus(blocks[at - 1]);
                let gain = left.gain(RIDGE) + all.minus(left).gain(RIDGE);
                if gain > best.0 {
                    best = (gain, Some(Choice::Block(at)));
                }
            }
        }
        match best.1 {
            None => {
                let value = RATE * all.value(RIDGE);
                let factor = value.exp();
                for &d in days {
                    let row = d as usize * self.blocks;
                    self.mean[row + from..row + to]
                        .iter_mut()
                        .for_each(|m| *m *= factor);
                }
                Tree::Leaf(value)
            }
            Some(Choice::Block(at)) => Tree::Block(
                at,
                Box::new(self.split(days, from, at, depth + 1)),
                Box::new(self.split(days, at, to, depth + 1)),
            ),
            Some(Choice::Day(f, set)) => {
                let (a, b): (Vec<u32>, Vec<u32>) = days
                    .iter()
                    .partition(|d| set >> self.features[**d as usize][f] & 1 == 1);
                Tree::Day(
                    f,
                    set,
                    Box::new(self.split(&a, from, to, depth + 1)),
                    Box::new(self.split(&b, from, to, depth + 1)),
                )
            }
        }
    }
}

enum Choice {
    Day(usize, u32),
    Block(usize),
}

fn split_days(f: usize, bins: &[Part; BINS], all: Part, best: &mut (f64, Option<Choice>)) {
    let mut order: Vec<usize> = (0..BINS).filter(|b| bins[*b].count > 0.0).collect();
    if UNORDERED[f] {
        order.sort_by(|a, b| bins[*a].value(RIDGE).total_cmp(&bins[*b].value(RIDGE)));
    }
    let (mut left, mut set) = (Part::default(), 0u32);
    for &b in &order[..order.len().saturating_sub(1)] {
        left = left.plus(bins[b]);
        set |= 1 << b;
        let right = all.minus(left);
        if left.count < LEAST_DAYS as f64 || right.count < LEAST_DAYS as f64 {
            continue;
        }
        let gain = left.gain(RIDGE) + right.gain(RIDGE);
        if gain > best.0 {
            *best = (gain, Some(Choice::Day(f, set)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interaction_is_found_and_noise_is_not() {
        // 400 days, 4 blocks; Mondays in the first three days of a month run 1.5 times in block 3.
        let mut cells = Cells {
            blocks: 4,
            ..Cells::default()
        };
        let hit = |d: usize| d.is_multiple_of(7) && d % 30 < 10;
        for d in 0..400usize {
            cells.features.push([
                (d % 7) as u8,
                (d % 30 + 1) as u8,
                (29 - d % 30) as u8,
                0,
                1,
                0,
            ]);
            for b in 0..4 {
                cells.mean.push(50.0);
                cells.count.push(if hit(d) && b == 3 { 75.0 } else { 50.0 });
            }
            cells.weight.push(1.0);
        }
        let mut boost = Boost::default();
        boost.grow(&mut cells, 60);
        let on = boost.factors(&[0, 1, 29, 0, 1, 0], 4);
        let off = boost.factors(&[3, 20, 10, 0, 1, 0], 4);
        // Pulled towards none by the ridge, as 19 days are few.
        assert!((1.25..1.55).contains(&on[3]), "{on:?}");
        assert!(
            on[..3].iter().chain(&off).all(|f| (f - 1.0).abs() < 0.05),
            "{on:?} {off:?}"
        );
        let mut even = Cells {
            count: vec![50.0; 1600],
            mean: vec![50.0; 1600],
            ..cells
        };
        let mut none = Boost::default();
        none.grow(&mut even, 60);
        assert!(none.is_empty());
    }
}
