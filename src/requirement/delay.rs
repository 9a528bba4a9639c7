//! The wait of contacts that may hang up, for any patience: M/M/n+G.
//!
//! Baccelli & Hebuterne 1981; Zeltyn & Mandelbaum 2005, eqs. (3.1)–(3.14). With arrivals at rate λ,
//! all agents busy completing at rate c = n μ, survival of patience G and its integral H, the wait that
//! a customer of endless patience would meet has, above zero, the density
//!
//! ```text
//! v(x) = λ e^φ(x) / (E + λ J)      φ(x) = λ H(x) − c x      J = ∫₀^∞ e^φ(x) dx
//! ```
//!
//! where E is the weight of the states in which somebody is free over that of the last of them. φ is
//! concave, so everything is an integral of positive, log-concave pieces between levels of φ: no sum
//! cancels and nothing overflows, whatever the load.

use super::patience::Patience;

/// Nodes and weights of Gauss–Legendre on [−1, 1], 12 points, positive half.
const GAUSS: [(f64, f64); 6] = [
    (0.981_560_634_246_719_2, 0.047_175_336_386_511_835),
    (0.904_117_256_370_474_8, 0.106_939_325_995_318_31),
    (0.769_902_674_194_304_7, 0.160_078_328_543_346_33),
    (0.587_317_954_286_617_5, 0.203_167_426_723_065_84),
    (0.367_831_498_998_180_2, 0.233_492_536_538_354_78),
    (0.125_233_408_511_468_94, 0.249_147_045_813_402_88),
];
/// Depths below the mode of φ at which panels end; e^−42 of the mass lies beyond the last.
const DEPTHS: [f64; 11] = [0.1, 0.4, 1.0, 2.0, 3.5, 5.5, 8.5, 13.0, 20.0, 30.0, 42.0];
/// Shares of customers left at which panels end too: patience may be shorter than the wait.
const LEFT: [f64; 6] = [0.9, 0.6, 0.3, 0.05, 1e-4, 1e-9];

/// The virtual wait of a queue with impatient customers.
#[derive(Debug, Clone)]
pub struct Delay {
    arrivals: f64,
    capacity: f64,
    patience: Patience,
    /// Mode of φ: where the density is highest.
    peak: f64,
    /// φ there.
    top: f64,
    /// λ e^φ(peak) ÷ (E + λ J): the density at its mode.
    height: f64,
    panels: Vec<f64>,
    /// Those of all panels, in order.
    nodes: Vec<Node>,
    p_wait: f64,
}

/// A point at which the wait is evaluated.
#[derive(Debug, Clone, Copy)]
struct Node {
    wait: f64,
    /// Of the integral, e^(φ − top) included.
    weight: f64,
    /// Share of customers gone by then.
    gone: f64,
}

impl Delay {
    /// `arrivals` and `capacity` (completions with everybody busy) per second, both > 0; `below` is E.
    pub fn new(arrivals: f64, capacity: f64, patience: Patience, below: f64) -> Self {
        let mut delay = Self {
            arrivals,
            capacity,
            patience,
            peak: 0.0,
            top: 0.0,
            height: 1.0,
            panels: Vec::new(),
            nodes: Vec::new(),
            p_wait: 0.0,
        };
        if capacity < arrivals {
            delay.peak = patience.wait_at_survival(capacity / arrivals).max(0.0);
        }
        delay.top = delay.exponent(delay.peak);
        delay.panels = delay.split(delay.top);
        let ends = delay.panels.windows(2);
        delay.nodes = ends
            .flat_map(|ends| delay.panel(ends[0], ends[1]))
            .collect();
        // The height is still 1: this is J ÷ e^top.
        let area = arrivals * delay.mass(0.0, f64::INFINITY, |_| 1.0);
        // E ÷ e^top: a great wait makes the states below vanish.
        let below = (below.ln() - delay.top).exp();
        let whole = below + area;
        delay.p_wait = if whole.is_finite() { area / whole } else { 0.0 };
        delay.height = if whole.is_finite() {
            arrivals / whole
        } else {
            0.0
        };
        delay
    }

    /// Share of contacts that find everybody busy.
    pub fn p_wait(&self) -> f64 {
        self.p_wait
    }

    /// Share answered after waiting between 0 (exclusive) and `within`, over offered.
    pub fn answered_after_wait(&self, within: f64) -> f64 {
        self.mass(0.0, within, |at| 1.0 - at.gone)
    }

    /// Share that hangs up within `within`, over offered.
    pub fn abandoned_within(&self, within: f64) -> f64 {
        let early = self.mass(0.0, within, |at| at.gone);
        early + self.patience.gone(within) * self.exceeds(within)
    }

    /// Share that hangs up, over offered.
    pub fn abandoned(&self) -> f64 {
        self.mass(0.0, f64::INFINITY, |at| at.gone)
    }

    /// Mean wait of all, answered or not (those who do not wait count as 0).
    pub fn mean_wait(&self) -> f64 {
        self.mass(0.0, f64::INFINITY, |at| {
            self.patience.mean_until(at.wait, at.gone)
        })
    }

    /// Mean wait of the answered × their share of offered.
    pub fn answered_wait(&self) -> f64 {
        self.mass(0.0, f64::INFINITY, |at| at.wait * (1.0 - at.gone))
    }

    /// P(wait > t): neither answered nor gone by `t`.
    pub fn p_wait_over(&self, t: f64) -> f64 {
        (self.patience.survival(t) * self.exceeds(t)).clamp(0.0, 1.0)
    }

    /// P(V > t) of the virtual wait.
    fn exceeds(&self, t: f64) -> f64 {
        if t.is_finite() {
            self.mass(t, f64::INFINITY, |_| 1.0)
        } else {
            0.0
        }
    }

    fn exponent(&self, x: f64) -> f64 {
        self.arrivals * self.patience.survival_integral(x) - self.capacity * x
    }

    /// Panel ends: where φ lies at fixed depths below its top on either side, and where patience ends.
    fn split(&self, top: f64) -> Vec<f64> {
        let mut ends = vec![0.0, self.peak];
        for depth in DEPTHS {
            if top > depth {
                ends.push(self.crossing(0.0, self.peak, top - depth));
            }
        }
        let mut step = 1.0 / self.capacity;
        for depth in DEPTHS {
            while top - self.exponent(self.peak + step) < depth {
                step *= 2.0;
            }
            ends.push(self.crossing(self.peak + step, self.peak, top - depth));
        }
        let last = ends.iter().copied().fold(0.0, f64::max);
        let lowest = ends[1..]
            .iter()
            .copied()
            .filter(|&x| x > 0.0)
            .fold(f64::INFINITY, f64::min);
        if self.patience != Patience::Endless {
            let from = if top > 42.0 { lowest } else { 0.0 };
            let waits = LEFT.map(|share| self.patience.wait_at_survival(share));
            ends.extend(waits.into_iter().filter(|x| (from..last).contains(x)));
        }
        if top > 42.0 {
            // Everything before the deepest level on the left weighs nothing.
            ends.retain(|&x| x >= lowest);
        }
        ends.sort_by(f64::total_cmp);
        ends.dedup();
        ends
    }

    /// About where φ crosses `level` between `outside` (below it) and `inside` (above it): panels need not
    /// end exactly there.
    fn crossing(&self, mut outside: f64, mut inside: f64, level: f64) -> f64 {
        for _ in 0..7 {
            let middle = 0.5 * (outside + inside);
            if self.exponent(middle) < level {
                outside = middle;
            } else {
                inside = middle;
            }
        }
        outside
    }

    /// The nodes between two waits.
    fn panel(&self, low: f64, high: f64) -> [Node; 12] {
        let (centre, half) = (0.5 * (low + high), 0.5 * (high - low));
        std::array::from_fn(|number| {
            let (node, weight) = GAUSS[number / 2];
            let side = if number % 2 == 0 { -half } else { half };
            let wait = centre + side * node;
            let gone = self.patience.gone(wait);
            let exponent =
                self.arrivals * self.patience.mean_until(wait, gone) - self.capacity * wait;
            Node {
                wait,
                weight: weight * half * (exponent - self.top).min(0.0).exp(),
                gone,
            }
        })
    }

    /// ∫ v(x) f(x) dx over `[from, to]`.
    fn mass(&self, from: f64, to: f64, f: impl Fn(&Node) -> f64) -> f64 {
        let mut sum = 0.0;
        let over = |nodes: &[Node]| nodes.iter().map(|at| at.weight * f(at)).sum::<f64>();
        for (ends, nodes) in self.panels.windows(2).zip(self.nodes.chunks(12)) {
            let (low, high) = (ends[0].max(from), ends[1].min(to));
            if low >= high {
                continue;
            }
            sum += if low == ends[0] && high == ends[1] {
                over(nodes)
            } else {
                over(&self.panel(low, high))
            };
        }
        sum * self.height
    }
}
