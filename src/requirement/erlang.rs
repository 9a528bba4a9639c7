//! Erlang B and C for a continuous number of agents, stable from 0.001 to 100,000 erlangs.
//!
//! Erlang B is the ratio of a Poisson weight to its tail; for real `n` both become incomplete gamma
//! functions (Jagerman 1974):
//!
//! ```text
//! 1 / B(n, a) = ∫₀^∞ e^(−t) (1 + t/a)^n dt = e^a a^(−n) Γ(n + 1, a)
//! C(n, a)     = n B / (n − a (1 − B))                                  n > a
//! ```

use statrs::function::gamma::ln_gamma;

/// `1 ÷ B(n, a)`: grows with agents, infinite where nothing is ever blocked. `n > −1`, `a > 0`.
pub fn inverse_blocking(agents: f64, load: f64) -> f64 {
    let s = agents + 1.0;
    if load <= 0.0 {
        return if agents > 0.0 { f64::INFINITY } else { 1.0 };
    }
    if load > s {
        return load * upper_gamma_fraction(s, load);
    }
    // Γ(s, a) = Γ(s) − γ(s, a), where at least about half of Γ(s) is left: no cancellation. The
    // series of γ is multiplied by a^s e^(−a), as is 1/B, so only the Poisson weight needs logarithms.
    let log_weight = log_poisson(agents, load);
    (-log_weight).exp() - lower_gamma_series(s, load)
}

/// Erlang B: share of contacts blocked with `agents` lines and no queue. `agents` ≥ 0, may be
/// fractional; `load` in erlangs.
pub fn erlang_b(agents: f64, load: f64) -> f64 {
    (1.0 / inverse_blocking(agents.max(0.0), load.max(0.0))).clamp(0.0, 1.0)
}

/// Erlang C: share of contacts that wait with `agents` agents and endless patience; 1 where the load
/// is not below the agents.
pub fn erlang_c(agents: f64, load: f64) -> f64 {
    if load <= 0.0 {
        return 0.0;
    }
    if agents <= load {
        return 1.0;
    }
    // C = n / (a + (n − a)/B), which stays exact where B is tiny.
    (agents / (load + (agents - load) * inverse_blocking(agents, load))).clamp(0.0, 1.0)
}

/// Extended Erlang B: a share `retry` of the blocked calls again at once, as fresh traffic. Answers
/// the share blocked per attempt and the load with its retries.
pub fn erlang_b_with_retries(agents: f64, load: f64, retry: f64) -> (f64, f64) {
    let retry = retry.clamp(0.0, 1.0);
    let carried = |gross: f64| gross * (1.0 - retry * erlang_b(agents, gross));
    // `carried` grows with the gross load; where even an endless one carries less than is offered
    // (everybody retries for ever), everything is blocked.
    let mut high = load.max(1e-12);
    while carried(high) < load {
        high *= 2.0;
        if high > 1e12 {
            return (1.0, f64::INFINITY);
        }
    }
    let gross = bisect(load.max(0.0), high, |gross| carried(gross) >= load);
    (erlang_b(agents, gross), gross)
}

/// The least `x` of `[low, high]` at which the monotone `holds` is true, to the last digits.
pub(super) fn bisect(mut low: f64, mut high: f64, holds: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if holds(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}

/// ln of `a^n e^(−a) / Γ(n + 1)`; near the mode of a large load by Loader's (2000) deviance form,
/// which has no cancellation.
fn log_poisson(n: f64, a: f64) -> f64 {
    if n < 20.0 {
        return n * a.ln() - a - ln_gamma(n + 1.0);
    }
    let stirling_error = {
        let n2 = n * n;
        (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - 1.0 / (1680.0 * n2)) / n2) / n2) / n
    };
    let x = (a - n) / n;
    // n ln(n/a) + a − n = n (x − ln(1 + x))
    -(n * (x - x.ln_1p())) - stirling_error - 0.5 * (2.0 * std::f64::consts::PI * n).ln()
}

/// γ(s, x) ÷ (x^(s−1) e^(−x)) less its first term's share: Σ_{k≥1} x^k / (s (s+1) … (s+k−1)).
fn lower_gamma_series(s: f64, x: f64) -> f64 {
    let (mut term, mut sum, mut k) = (1.0, 0.0, s);
    loop {
        term *= x / k;
        sum += term;
        k += 1.0;
        // Terms shrink once k > x; what is left is below term × x/(k − x).
        if term <= sum * 1e-17 || term == 0.0 {
            return sum;
        }
    }
}

/// Γ(s, x) ÷ (x^s e^(−x)) for x > s by Legendre's continued fraction (modified Lentz).
fn upper_gamma_fraction(s: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let mut b = x + 1.0 - s;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / b.max(TINY);
    let mut h = d;
    for i in 1..100_000 {
        let i = f64::from(i);
        let an = -i * (i - s);
        b += 2.0;
        d = an * d + b;
        if d.abs() < TINY {
            d = TINY;
        }
        c = b + an / c;
        if c.abs() < TINY {
            c = TINY;
        }
        d = 1.0 / d;
        let step = d * c;
        h *= step;
        if (step - 1.0).abs() < 1e-15 {
            break;
        }
    }
    h
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The textbook recursion 1/B(n) = 1 + n/a · 1/B(n−1), exact for whole agents.
    fn by_recursion(agents: u32, load: f64) -> f64 {
        let mut inverse = 1.0;
        for n in 1..=agents {
            inverse = 1.0 + f64::from(n) / load * inverse;
        }
        1.0 / inverse
    }

    #[test]
    fn agrees_with_the_recursion_at_every_size() {
        for load in [
            0.001, 0.3, 1.0, 7.5, 20.0, 100.0, 1_000.0, 10_000.0, 100_000.0,
        ] {
            let around = load as u32;
            for agents in [
                0,
                1,
                2,
                5,
                19,
                20,
                21,
                around / 2,
                around,
                around + 1,
                around + around / 20 + 3,
            ] {
                let (fast, slow) = (
                    erlang_b(f64::from(agents), load),
                    by_recursion(agents, load),
                );
                assert!(
                    (fast - slow).abs() <= 1e-9 * slow + 1e-300,
                    "B({agents}, {load}) = {fast}, by recursion {slow}"
                );
            }
        }
    }

    #[test]
    fn recursion_holds_between_whole_agents_too() {
        for (agents, load) in [
            (0.3, 0.5),
            (2.7, 1.1),
            (14.5, 20.0),
            (99.9, 100.0),
            (120.2, 100.0),
        ] {
            let direct = inverse_blocking(agents + 1.0, load);
            let stepped = 1.0 + (agents + 1.0) / load * inverse_blocking(agents, load);
            assert!((direct / stepped - 1.0).abs() < 1e-10, "{agents} {load}");
        }
    }

    #[test]
    fn retries_add_load_until_nothing_gets_through() {
        let (blocked, gross) = erlang_b_with_retries(10.0, 8.0, 0.5);
        assert!((gross * (1.0 - 0.5 * blocked) - 8.0).abs() < 1e-9);
        assert!(blocked > erlang_b(10.0, 8.0));
        assert_eq!(erlang_b_with_retries(2.0, 3.0, 1.0), (1.0, f64::INFINITY));
    }

    proptest! {
        #[test]
        fn shares_stay_shares_and_agents_help(load in -3.0..5.0f64, ratio in 0.0..3.0f64, more in 0.001..2.0f64) {
            let load = 10f64.powf(load);
            let agents = load * ratio;
            let (b, c) = (erlang_b(agents, load), erlang_c(agents, load));
            prop_assert!((0.0..=1.0).contains(&b) && (0.0..=1.0).contains(&c));
            prop_assert!(c >= b * (1.0 - 1e-9) - 1e-300);
            prop_assert!(erlang_b(agents + more, load) <= b * (1.0 + 1e-9));
            prop_assert!(erlang_c(agents + more, load) <= c * (1.0 + 1e-9));
        }
    }
}
