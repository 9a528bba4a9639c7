//! What service a number of agents gives to a steady stream of contacts: Erlang C, Erlang A (and any
//! patience), retrials, chat.

use super::chat;
use super::delay::Delay;
use super::erlang::{bisect, erlang_c, inverse_blocking};
use super::patience::Patience;

/// A steady stream of contacts and how they are handled.
#[derive(Debug, Clone, PartialEq)]
pub struct Traffic {
    /// Contacts per second.
    pub rate: f64,
    /// Mean handle time in seconds of an agent who holds one contact.
    pub aht: f64,
    pub patience: Patience,
    /// Share of those who hang up that call again, as fresh traffic.
    pub retrial: f64,
    /// Handle time while holding 1, 2, … chats ÷ `aht`; its length is the concurrency limit. `[1.0]`
    /// for the phone.
    pub pace: Vec<f64>,
}

/// What a service level is taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LevelOver {
    /// Answered in time ÷ offered.
    Offered,
    /// Answered in time ÷ answered.
    Answered,
    /// Answered in time ÷ (answered + abandoned after the time).
    AnsweredAndLateAbandoned,
}

/// The steady state of `agents` agents on a [`Traffic`].
#[derive(Debug, Clone)]
pub struct Service {
    pub agents: f64,
    /// Offered load in erlangs of single contacts, retrials included.
    pub load: f64,
    /// Share that finds nobody free.
    pub p_wait: f64,
    /// Share that hangs up.
    pub p_abandon: f64,
    /// Mean wait of the answered, seconds; infinite where the line grows without end.
    pub asa: f64,
    /// Mean wait of all, seconds.
    pub mean_wait: f64,
    /// Share of time an agent holds at least one contact.
    pub occupancy: f64,
    wait: Wait,
}

#[derive(Debug, Clone)]
enum Wait {
    /// Nobody waits, or hangs up at once: all the answered are answered at once.
    None,
    /// P(wait > t) = `p_wait` e^(−`decay` t), in the long run everybody is answered.
    Exponential {
        decay: f64,
    },
    Patient(Box<Delay>),
}

impl Traffic {
    /// Phone traffic of endless patience.
    pub fn new(rate: f64, aht: f64) -> Self {
        Self {
            rate: positive(rate),
            aht: positive(aht),
            patience: Patience::Endless,
            retrial: 0.0,
            pace: vec![1.0],
        }
    }

    /// The same with customers who hang up.
    pub fn with_patience(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    /// Offered load in erlangs, before retrials.
    pub fn load(&self) -> f64 {
        self.rate * self.aht
    }

    /// Contacts an agent completes per second when fully used: what the agents must exceed.
    pub fn capacity(&self) -> f64 {
        let chats = self.pace.len().max(1);
        chats as f64 / (self.aht * self.pace.last().copied().unwrap_or(1.0))
    }

    /// The same handling at another rate of arrivals.
    pub fn at_rate(&self, rate: f64) -> Self {
        Self {
            rate: positive(rate),
            ..self.clone()
        }
    }

    /// The service `agents` agents give. Agents may be fractional for one contact at a time; chat
    /// needs whole agents and rounds down.
    pub fn served_by(&self, agents: f64) -> Service {
        let agents = positive(agents);
        if self.retrial <= 0.0 || self.patience == Patience::Endless || self.load() <= 0.0 {
            return self.steady(agents);
        }
        // Those who call again are fresh Poisson traffic: the fixed point of
        // rate' (1 − retrial × P(abandon at rate')) = rate.
        let retrial = self.retrial.min(1.0);
        let new = |rate: f64| rate * (1.0 - retrial * self.at_rate(rate).steady(agents).p_abandon);
        let mut high = self.rate;
        while new(high) < self.rate {
            high *= 2.0;
            if high > self.rate * 1e9 {
                // Everybody calls until answered and the agents cannot answer them all.
                return self.at_rate(high).steady(agents);
            }
        }
        let gross = bisect(self.rate, high, |rate| new(rate) >= self.rate);
        self.at_rate(gross).steady(agents)
    }

    fn steady(&self, agents: f64) -> Service {
        let load = self.load();
        if load <= 0.0 {
            return Service {
                agents,
                load: 0.0,
                p_wait: 0.0,
                p_abandon: 0.0,
                asa: 0.0,
                mean_wait: 0.0,
                occupancy: 0.0,
                wait: Wait::None,
            };
        }
        let agents = if self.pace.len() > 1 {
            agents.floor()
        } else {
            agents
        };
        if agents <= 0.0 {
            return self.unmanned(agents, load);
        }
        let lower = if self.pace.len() > 1 {
            chat::below(agents as u64, self)
        } else {
            Below {
                weight: inverse_blocking(agents - 1.0, load),
                busy: None,
            }
        };
        let capacity = agents * self.capacity();
        match self.patience {
            Patience::Endless => self.endless(agents, capacity, &lower),
            patience => {
                let delay = Delay::new(self.rate, capacity, patience, lower.weight);
                let p_abandon = delay.abandoned().clamp(0.0, 1.0);
                let p_wait = delay.p_wait().clamp(0.0, 1.0);
                let answered = 1.0 - p_abandon;
                let occupancy = match lower.busy {
                    Some(busy) => busy * (1.0 - p_wait) / agents + p_wait,
                    None => load * answered / agents,
                };
                Service {
                    agents,
                    load,
                    p_wait,
                    p_abandon,
                    asa: if answered > 0.0 {
                        positive(delay.answered_wait() / answered)
                    } else {
                        0.0
                    },
                    mean_wait: positive(delay.mean_wait()),
                    occupancy: occupancy.clamp(0.0, 1.0),
                    wait: Wait::Patient(Box::new(delay)),
                }
            }
        }
    }

    fn endless(&self, agents: f64, capacity: f64, lower: &Below) -> Service {
        // A capacity above the rate by rounding only is none.
        let stable = capacity > self.rate * (1.0 + 1e-12);
        let decay = (capacity - self.rate).max(0.0);
        let p_wait = match lower.busy {
            _ if !stable => 1.0,
            None => erlang_c(agents, self.load()),
            // Above the last free state the line is geometric: λJ = λ ÷ (c − λ).
            Some(_) => 1.0 / (1.0 + lower.weight * decay / self.rate),
        };
        let occupancy = match lower.busy {
            _ if !stable => 1.0,
            None => self.load() / agents,
            Some(busy) => busy * (1.0 - p_wait) / agents + p_wait,
        };
        let wait = if stable {
            p_wait / decay
        } else {
            f64::INFINITY
        };
        Service {
            agents,
            load: self.load(),
            p_wait,
            p_abandon: 0.0,
            asa: wait,
            mean_wait: wait,
            occupancy: occupancy.clamp(0.0, 1.0),
            wait: Wait::Exponential { decay },
        }
    }

    fn unmanned(&self, agents: f64, load: f64) -> Service {
        let endless = self.patience == Patience::Endless;
        Service {
            agents,
            load,
            p_wait: 1.0,
            p_abandon: if endless { 0.0 } else { 1.0 },
            asa: if endless { f64::INFINITY } else { 0.0 },
            mean_wait: self.patience.mean(),
            // The limit of few agents: whoever there is has no pause.
            occupancy: 1.0,
            wait: if endless {
                Wait::Exponential { decay: 0.0 }
            } else {
                Wait::None
            },
        }
    }
}

/// The states in which somebody is free.
pub(super) struct Below {
    /// Their weight over that of the last of them.
    pub weight: f64,
    /// Mean agents busy in them, where the load does not tell.
    pub busy: Option<f64>,
}

impl Service {
    /// Share of offered answered within `within` seconds.
    pub fn answered_within(&self, within: f64) -> f64 {
        let share = match &self.wait {
            _ if within < 0.0 => 0.0,
            Wait::None => 1.0 - self.p_abandon,
            Wait::Exponential { decay } => {
                // 1 − p e^(−d t) as (1 − p) + p (1 − e^(−d t)).
                (1.0 - self.p_wait) - self.p_wait * (-decay * within).exp_m1()
            }
            Wait::Patient(delay) => (1.0 - self.p_wait) + delay.answered_after_wait(within),
        };
        share.clamp(0.0, 1.0 - self.p_abandon)
    }

    /// Share of offered that hangs up after more than `within` seconds.
    pub fn abandoned_after(&self, within: f64) -> f64 {
        match &self.wait {
            Wait::Patient(delay) => {
                (self.p_abandon - delay.abandoned_within(within)).clamp(0.0, self.p_abandon)
            }
            _ => 0.0,
        }
    }

    /// The service level within `within` seconds, by definition; 0 where nobody is answered.
    pub fn level(&self, within: f64, over: LevelOver) -> f64 {
        let inside = self.answered_within(within);
        let base = self.base(within, over);
        if base > 0.0 {
            (inside / base).clamp(0.0, 1.0)
        } else {
            0.0
        }
    }

    /// What a service level is taken over, as a share of offered.
    pub fn base(&self, within: f64, over: LevelOver) -> f64 {
        match over {
            LevelOver::Offered => 1.0,
            LevelOver::Answered => 1.0 - self.p_abandon,
            LevelOver::AnsweredAndLateAbandoned => {
                1.0 - self.p_abandon + self.abandoned_after(within)
            }
        }
    }

    /// Share of offered that still waits after `t` seconds.
    pub fn p_wait_over(&self, t: f64) -> f64 {
        match &self.wait {
            Wait::None => 0.0,
            Wait::Exponential { decay } => self.p_wait * (-decay * t).exp(),
            Wait::Patient(delay) => delay.p_wait_over(t),
        }
    }

    /// The wait, answered or not, that a share `share` of contacts does not exceed; infinite where the
    /// line grows without end.
    pub fn wait_quantile(&self, share: f64) -> f64 {
        let beyond = 1.0 - share.clamp(0.0, 1.0);
        if self.p_wait <= beyond {
            return 0.0;
        }
        match &self.wait {
            Wait::None => 0.0,
            Wait::Exponential { decay } => (self.p_wait / beyond).ln() / decay,
            Wait::Patient(delay) => {
                let mut high = 1.0;
                while delay.p_wait_over(high) > beyond {
                    high *= 2.0;
                    if high > 1e15 {
                        return f64::INFINITY;
                    }
                }
                bisect(0.0, high, |t| delay.p_wait_over(t) <= beyond)
            }
        }
    }
}

/// The number itself, or 0 where it is negative or none.
fn positive(value: f64) -> f64 {
    if value > 0.0 { value } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn patiences() -> impl Strategy<Value = Patience> {
        prop_oneof![
            Just(Patience::Endless),
            (-2.0..5.0f64).prop_map(|log| Patience::Exponential {
                mean: 10f64.powf(log)
            }),
            (-2.0..5.0f64, 0.05..4.0f64).prop_map(|(log, cv)| Patience::LogNormal {
                mean: 10f64.powf(log),
                cv
            }),
        ]
    }

    fn sane(service: &Service, within: f64) -> Result<(), TestCaseError> {
        for share in [
            service.p_wait,
            service.p_abandon,
            service.occupancy,
            service.answered_within(within),
            service.abandoned_after(within),
            service.level(within, LevelOver::Offered),
            service.level(within, LevelOver::Answered),
            service.level(within, LevelOver::AnsweredAndLateAbandoned),
            service.p_wait_over(within),
        ] {
            prop_assert!((0.0..=1.0).contains(&share), "{share} of {service:?}");
        }
        for wait in [service.asa, service.mean_wait, service.wait_quantile(0.9)] {
            prop_assert!(wait >= 0.0, "{wait} of {service:?}");
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn nothing_is_ever_nan_or_out_of_range(
            load in -3.0..5.0f64, aht in -1.0..5.0f64, ratio in 0.0..2.5f64,
            patience in patiences(), within in 0.0..600.0f64,
        ) {
            let (load, aht) = (10f64.powf(load), 10f64.powf(aht));
            let traffic = Traffic::new(load / aht, aht).with_patience(patience);
            sane(&traffic.served_by(load * ratio), within)?;
        }

        #[test]
        fn nor_with_chats_and_those_who_call_again(
            load in -3.0..3.0f64, aht in -1.0..4.0f64, ratio in 0.0..2.5f64, chats in 1..6usize,
            slower in 0.0..1.5f64, retrial in 0.0..1.0f64, patience in patiences(), within in 0.0..600.0f64,
        ) {
            let (load, aht) = (10f64.powf(load), 10f64.powf(aht));
            let traffic = Traffic {
                pace: (0..chats).map(|held| 1.0 + slower * held as f64).collect(),
                retrial,
                ..Traffic::new(load / aht, aht).with_patience(patience)
            };
            sane(&traffic.served_by((load * ratio).floor()), within)?;
        }

        #[test]
        fn more_agents_never_worsen_service(
            load in -2.0..4.0f64, ratio in 0.1..2.0f64, more in 0.01..3.0f64,
            patience in patiences(), within in 0.0..120.0f64,
        ) {
            let load = 10f64.powf(load);
            let traffic = Traffic::new(load / 240.0, 240.0).with_patience(patience);
            let (few, many) = (traffic.served_by(load * ratio), traffic.served_by(load * ratio + more));
            prop_assert!(many.answered_within(within) >= few.answered_within(within) - 1e-8);
            prop_assert!(many.p_abandon <= few.p_abandon + 1e-8);
            prop_assert!(many.p_wait <= few.p_wait + 1e-8);
            prop_assert!(many.occupancy <= few.occupancy + 1e-8);
        }

        #[test]
        fn answered_and_abandoned_are_all(
            load in -2.0..4.0f64, ratio in 0.3..2.0f64, patience in 10.0..1000.0f64,
        ) {
            let load = 10f64.powf(load);
            let traffic = Traffic::new(load / 240.0, 240.0)
                .with_patience(Patience::Exponential { mean: patience });
            let service = traffic.served_by(load * ratio);
            prop_assert!((service.answered_within(1e9) + service.p_abandon - 1.0).abs() < 1e-7);
            // Little's law for impatience: P(abandon) = mean wait ÷ patience.
            prop_assert!((service.mean_wait / patience - service.p_abandon).abs() < 1e-7);
            // What is not answered by the agents is abandoned.
            prop_assert!((service.occupancy * service.agents
                - load * (1.0 - service.p_abandon)).abs() < 1e-6 * load);
        }
    }

    #[test]
    fn very_patient_customers_are_erlang_c() {
        let endless = Traffic::new(100.0 / 1800.0, 180.0);
        let patient = endless
            .clone()
            .with_patience(Patience::Exponential { mean: 1e9 });
        let (c, a) = (endless.served_by(13.0), patient.served_by(13.0));
        assert!((c.p_wait - a.p_wait).abs() < 1e-6);
        assert!((c.asa - a.asa).abs() < 1e-3);
        assert!((c.answered_within(20.0) - a.answered_within(20.0)).abs() < 1e-6);
        assert!((c.wait_quantile(0.95) - a.wait_quantile(0.95)).abs() < 1e-2);
    }

    #[test]
    fn retrials_bring_back_what_hung_up() {
        let traffic = Traffic {
            retrial: 0.6,
            ..Traffic::new(0.1, 240.0).with_patience(Patience::Exponential { mean: 90.0 })
        };
        let service = traffic.served_by(22.0);
        let new = service.load / 240.0 * (1.0 - 0.6 * service.p_abandon);
        assert!((new - 0.1).abs() < 1e-9);
        assert!(service.load > 24.0);
    }
}
