//! Poisson boosting on histograms: small trees that learn the factor by which counts differ from what was
//! expected of them (Friedman 2001; histograms as Ke et al. 2017). No randomness: same rows, same trees.

use super::boost::Part;

/// Rows to learn from, feature by feature.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// One vector for each feature, with one value for each row.
    pub columns: Vec<Vec<f32>>,
    pub count: Vec<f64>,
    /// What was expected of each row; positive.
    pub mean: Vec<f64>,
    /// How far a row counts: one over what its counts scatter more than Poisson ones.
    pub weight: f64,
}

/// A sum of trees: the logarithm of a factor on what is expected.
#[derive(Clone, Debug, Default)]
pub struct Trees(Vec<Tree>);

const DEPTH: usize = 3;
const LEAVES: usize = 1 << DEPTH;
const BINS: usize = 32;
/// Prior counts behind a leaf.
const RIDGE: f64 = 10.0;
const RATE: f64 = 0.1;
const LEAST_ROWS: f64 = 40.0;

/// A tree of full depth. Values up to a node's limit go left; one that does not split has an infinite limit.
#[derive(Clone, Debug)]
struct Tree {
    feature: [usize; LEAVES - 1],
    limit: [f32; LEAVES - 1],
    leaf: [f64; LEAVES],
}

impl Trees {
    /// Grows `trees` trees on `rows`.
    pub fn grow(rows: Rows, trees: usize) -> Self {
        let limits: Vec<Vec<f32>> = rows.columns.iter().map(|c| limits(c)).collect();
        let bin = |x: &f32, limits: &[f32]| limits.partition_point(|l| l < x) as u8;
        let binned: Vec<u8> = (0..rows.count.len())
            .flat_map(|r| {
                let cells = rows.columns.iter().zip(&limits);
                cells.map(move |(column, limits)| bin(&column[r], limits))
            })
            .collect();
        let mut grower = Grower {
            limits,
            binned,
            gradient: vec![0.0; rows.count.len()],
            rows,
        };
        Self((0..trees).map(|_| grower.tree()).collect())
    }

    /// The factor on what is expected of a row with these features.
    pub fn factor(&self, row: &[f32]) -> f64 {
        self.0.iter().map(|t| t.value(row)).sum::<f64>().exp()
    }
}

impl Tree {
    fn value(&self, row: &[f32]) -> f64 {
        let mut at = 0;
        for _ in 0..DEPTH {
            let right = row[self.feature[at]] > self.limit[at];
            at = 2 * at + 1 + usize::from(right);
        }
        self.leaf[at - (LEAVES - 1)]
    }
}

/// Limits between the bins of a feature: its distinct values where they are few, else quantiles.
fn limits(column: &[f32]) -> Vec<f32> {
    let mut sorted = column.to_vec();
    sorted.sort_by(f32::total_cmp);
    let mut distinct = sorted.clone();
    distinct.dedup();
    if distinct.len() > BINS {
        distinct = (1..BINS).map(|k| sorted[k * sorted.len() / BINS]).collect();
        distinct.dedup();
    } else {
        distinct.pop();
    }
    distinct
}

type Histogram = Vec<[Part; BINS]>;

struct Grower {
    rows: Rows,
    limits: Vec<Vec<f32>>,
    /// The bins of a row's features, row by row.
    binned: Vec<u8>,
    gradient: Vec<f64>,
}

impl Grower {
    /// One more tree; the means move along.
    fn tree(&mut self) -> Tree {
        for (g, (y, m)) in self
            .gradient
            .iter_mut()
            .zip(self.rows.count.iter().zip(&self.rows.mean))
        {
            *g = self.rows.weight * (y - m);
        }
        let mut tree = Tree {
            feature: [0; LEAVES - 1],
            limit: [f32::INFINITY; LEAVES - 1],
            leaf: [0.0; LEAVES],
        };
        let all: Vec<u32> = (0..self.rows.count.len() as u32).collect();
        let histogram = self.histogram(&all);
        self.split(&mut tree, 0, all, histogram);
        tree
    }

    fn histogram(&self, rows: &[u32]) -> Histogram {
        let features = self.limits.len();
        let mut out = vec![[Part::default(); BINS]; features];
        for &r in rows {
            let r = r as usize;
            let gradient = self.gradient[r];
            let curve = self.rows.weight * self.rows.mean[r];
            let bins = &self.binned[r * features..(r + 1) * features];
            for (bin, parts) in bins.iter().zip(&mut out) {
                let part = &mut parts[usize::from(*bin) % BINS];
                part.gradient += gradient;
                part.curve += curve;
                part.count += 1.0;
            }
        }
        out
    }

    fn split(&mut self, tree: &mut Tree, at: usize, rows: Vec<u32>, histogram: Histogram) {
        let sum = |bins: &[Part; BINS]| {
            let parts = bins.iter().copied();
            parts.fold(Part::default(), Part::plus)
        };
        let all = histogram.first().map_or_else(Part::default, sum);
        if at >= LEAVES - 1 {
            let value = RATE * all.value(RIDGE);
            tree.leaf[at - (LEAVES - 1)] = value;
            let factor = value.exp();
            for r in rows {
                self.rows.mean[r as usize] *= factor;
            }
            return;
        }
        let best = self.best(&histogram, all);
        let Some((feature, bin)) = best else {
            // All go left, down to the leaf.
            return self.split(tree, 2 * at + 1, rows, histogram);
        };
        tree.feature[at] = feature;
        tree.limit[at] = self.limits[feature][bin];
        let (features, binned) = (self.limits.len(), &self.binned);
        let (left, right): (Vec<u32>, Vec<u32>) = rows
            .into_iter()
            .partition(|r| usize::from(binned[*r as usize * features + feature]) <= bin);
        // The larger side's histogram is what the smaller one leaves.
        let small = self.histogram(if left.len() < right.len() {
            &left
        } else {
            &right
        });
        let mut large = histogram;
        for (a, b) in large.iter_mut().flatten().zip(small.iter().flatten()) {
            *a = a.minus(*b);
        }
        let (l, r) = if left.len() < right.len() {
            (small, large)
        } else {
            (large, small)
        };
        self.split(tree, 2 * at + 1, left, l);
        self.split(tree, 2 * at + 2, right, r);
    }

    /// The feature and the last bin to its left that split best, if any betters the whole.
    fn best(&self, histogram: &Histogram, all: Part) -> Option<(usize, usize)> {
        let mut best = (all.gain(RIDGE) + 1e-9, None);
        for (feature, bins) in histogram.iter().enumerate() {
            let mut left = Part::default();
            for (bin, part) in bins.iter().enumerate().take(self.limits[feature].len()) {
                left = left.plus(*part);
                if left.count < LEAST_ROWS {
                    continue;
                }
                let right = all.minus(left);
                if right.count < LEAST_ROWS {
                    break;
                }
                let gain = left.gain(RIDGE) + right.gain(RIDGE);
                if gain > best.0 {
                    best = (gain, Some((feature, bin)));
                }
            }
        }
        best.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_on_two_features_together_is_learnt_and_none_is_left_alone() {
        // A grid of 50 × 20; where x > 24 and z > 9 twice as many came as expected.
        let of = |i: usize| [(i % 50) as f32, (i / 50 % 20) as f32];
        let truth = |[x, z]: [f32; 2]| if x > 24.0 && z > 9.0 { 2.0 } else { 1.0 };
        let rows = |count: &dyn Fn(usize) -> f64| Rows {
            columns: (0..2)
                .map(|f| (0..2000).map(|i| of(i)[f]).collect())
                .collect(),
            count: (0..2000).map(count).collect(),
            mean: vec![10.0; 2000],
            weight: 1.0,
        };
        let trees = Trees::grow(rows(&|i| 10.0 * truth(of(i))), 60);
        for row in [[10.0, 5.0], [40.0, 5.0], [10.0, 15.0], [40.0, 15.0]] {
            let found = trees.factor(&row);
            assert!((found / truth(row) - 1.0).abs() < 0.03, "{row:?}: {found}");
        }
        let none = Trees::grow(rows(&|_| 10.0), 60);
        assert!((none.factor(&[40.0, 15.0]) - 1.0).abs() < 1e-9);
    }
}
