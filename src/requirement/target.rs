//! Targets of several parts, and the least agents that meet all of them.

use super::service::{LevelOver, Service, Traffic};

/// A promise: every part that is present must hold. Shares 0 to 1, times in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Target {
    /// Share answered within a time, and what it is taken over.
    pub level: Option<(f64, f64, LevelOver)>,
    /// Longest mean wait of the answered.
    pub mean_wait: Option<f64>,
    /// (0.95, 20): 95 % wait no longer than 20 s.
    pub wait_quantile: Option<(f64, f64)>,
    /// Highest share abandoned.
    pub abandoned: Option<f64>,
    /// Highest occupancy.
    pub occupancy: Option<f64>,
}

/// More agents than any contact centre has: a target not met by then is met by none.
const MOST_AGENTS: u64 = 1 << 30;

impl Target {
    /// A share of the offered answered within a time.
    pub fn level(share: f64, within: f64) -> Self {
        Self {
            level: Some((share, within, LevelOver::Offered)),
            ..Self::default()
        }
    }

    /// Whether `service` meets every part.
    pub fn met_by(&self, service: &Service) -> bool {
        // A hair of rounding: 0.85 of 20 agents must not need 21.
        const HAIR: f64 = 1e-9;
        self.occupancy
            .is_none_or(|most| service.occupancy <= most + HAIR)
            && self
                .abandoned
                .is_none_or(|most| service.p_abandon <= most + HAIR)
            && self
                .mean_wait
                .is_none_or(|longest| service.answers() && service.asa <= longest + HAIR)
            && self
                .level
                .is_none_or(|(share, within, over)| service.level(within, over) >= share - HAIR)
            && self.wait_quantile.is_none_or(|(share, longest)| {
                service.answers() && service.p_wait_over(longest) <= 1.0 - share + HAIR
            })
    }
}

impl Service {
    /// Whether anybody is answered at all (nobody offered counts as all answered).
    fn answers(&self) -> bool {
        self.load <= 0.0 || (self.agents > 0.0 && self.p_abandon < 1.0)
    }
}

/// The least whole number of agents that meets the target; none if no number does. 0 without traffic.
pub fn least_agents(traffic: &Traffic, target: &Target) -> Option<u32> {
    least_whole(traffic, |agents| target.met_by(&traffic.served_by(agents)))
}

/// The least whole number of agents for which the monotone `holds` is true, sought around the load.
pub fn least_whole(traffic: &Traffic, holds: impl Fn(f64) -> bool) -> Option<u32> {
    let load = traffic.rate / traffic.capacity().max(f64::MIN_POSITIVE);
    sought(load, 1 + (load.sqrt() as u64).min(MOST_AGENTS / 4), holds)
}

/// The same, sought around a guess.
pub fn least_near(guess: u32, holds: impl Fn(f64) -> bool) -> Option<u32> {
    sought(f64::from(guess), 1, holds)
}

fn sought(start: f64, mut step: u64, holds: impl Fn(f64) -> bool) -> Option<u32> {
    let met = |agents: u64| holds(agents as f64);
    if met(0) {
        return Some(0);
    }
    // Step out from the start, then halve.
    let start = (start.min(MOST_AGENTS as f64 / 2.0) as u64).max(1);
    let (mut low, mut high);
    if met(start) {
        (low, high) = (0, start);
        let mut below = start;
        while below > 1 {
            below = below.saturating_sub(step);
            step *= 2;
            if met(below) {
                high = below;
            } else {
                low = below;
                break;
            }
        }
    } else {
        (low, high) = (start, start + step);
        while !met(high) {
            low = high;
            step *= 2;
            high += step;
            if high > MOST_AGENTS {
                return None;
            }
        }
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if met(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    u32::try_from(high).ok()
}

/// The least fractional agents that meet the target: what many small queues add up from. Not for chat.
pub fn least_fractional_agents(traffic: &Traffic, target: &Target) -> Option<f64> {
    let whole = f64::from(least_agents(traffic, target)?);
    let met = |agents: f64| target.met_by(&traffic.served_by(agents));
    let (mut low, mut high) = ((whole - 1.0).max(0.0), whole);
    while high - low > 1e-6 * high.max(1.0) {
        let middle = 0.5 * (low + high);
        if met(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(high)
}

/// The highest rate of contacts (per second) of this kind that `agents` agents serve on target; 0 if
/// none, infinite if the target never fails.
pub fn most_contacts(traffic: &Traffic, agents: f64, target: &Target) -> f64 {
    most_rate(traffic, agents, |traffic| {
        target.met_by(&traffic.served_by(agents))
    })
}

/// The highest rate of contacts (per second) of this kind for which the monotone `holds` is true with
/// `agents` agents; 0 if for none, infinite if for all.
pub fn most_rate(traffic: &Traffic, agents: f64, holds: impl Fn(&Traffic) -> bool) -> f64 {
    let met = |rate: f64| holds(&traffic.at_rate(rate));
    if agents <= 0.0 || traffic.aht <= 0.0 {
        return 0.0;
    }
    let (mut low, mut high) = (0.0, agents * traffic.capacity());
    while met(high) {
        low = high;
        high *= 2.0;
        if high > 1e9 * agents * traffic.capacity() {
            return f64::INFINITY;
        }
    }
    while high - low > 1e-9 * high && high > 1e-15 {
        let middle = 0.5 * (low + high);
        if met(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::super::patience::Patience;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_part_of_a_target_is_met_and_one_agent_less_fails() {
        let traffic = Traffic::new(100.0 / 1800.0, 180.0);
        for (target, agents) in [
            (Target::level(0.8, 20.0), 14),
            (
                Target {
                    mean_wait: Some(20.0),
                    ..Target::default()
                },
                13,
            ),
            (
                Target {
                    occupancy: Some(0.5),
                    ..Target::default()
                },
                20,
            ),
            (
                Target {
                    wait_quantile: Some((0.95, 20.0)),
                    ..Target::default()
                },
                16,
            ),
        ] {
            assert_eq!(least_agents(&traffic, &target), Some(agents), "{target:?}");
        }
        let impossible = Target {
            occupancy: Some(0.0),
            ..Target::default()
        };
        assert_eq!(least_agents(&traffic, &impossible), None);
        assert_eq!(least_agents(&traffic.at_rate(0.0), &impossible), Some(0));
    }

    #[test]
    fn nobody_on_the_line_never_meets_a_wait() {
        let traffic = Traffic::new(0.01, 200.0).with_patience(Patience::Exponential { mean: 60.0 });
        let target = Target {
            mean_wait: Some(1e6),
            ..Target::default()
        };
        assert_eq!(least_agents(&traffic, &target), Some(1));
    }

    proptest! {
        #[test]
        fn the_inverse_gives_the_volume_back(load in 0.05..300.0f64, patience in prop::option::of(20.0..600.0f64)) {
            let traffic = Traffic::new(load / 240.0, 240.0).with_patience(Patience::of_mean(patience));
            let target = Target { occupancy: Some(0.9), ..Target::level(0.8, 20.0) };
            let agents = f64::from(least_agents(&traffic, &target).unwrap());
            let rate = most_contacts(&traffic, agents, &target);
            prop_assert!(rate >= traffic.rate * (1.0 - 1e-6));
            prop_assert!(least_agents(&traffic.at_rate(rate * 0.999), &target).unwrap() as f64 <= agents);
            prop_assert!(least_agents(&traffic.at_rate(rate * 1.001), &target).unwrap() as f64 > agents);
            let fractional = least_fractional_agents(&traffic, &target).unwrap();
            prop_assert!(fractional <= agents && fractional > agents - 1.0);
        }

        #[test]
        fn a_pool_never_needs_more_than_its_parts(
            a in 0.01..50.0f64, b in 0.01..50.0f64, share in 0.5..0.95f64, within in 5.0..120.0f64,
        ) {
            let size = |load: f64| least_agents(&Traffic::new(load / 240.0, 240.0), &Target::level(share, within)).unwrap();
            prop_assert!(size(a + b) <= size(a) + size(b));
        }
    }
}
