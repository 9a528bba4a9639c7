//! Promises by name, with the rule they stand for and its date: what marketplaces and customers ask for.

use crate::scenario::{Deadline, DeadlineClock, ServiceDefinition, ServiceTarget};
use crate::units::{Seconds, Share};

/// A promise by name.
#[derive(Debug, Clone, PartialEq)]
pub struct Preset {
    pub name: &'static str,
    /// What it means, in words.
    pub meaning: &'static str,
    /// When the rule was in force.
    pub as_of: &'static str,
    pub promise: Promise,
}

/// To those who wait, or to those who write.
#[derive(Debug, Clone, PartialEq)]
pub enum Promise {
    RealTime(ServiceTarget),
    Deferrable(Deadline),
}

/// Every preset.
pub fn presets() -> Vec<Preset> {
    let hours = |hours: f64, clock, share| {
        Promise::Deferrable(Deadline {
            within: Seconds(hours * 3600.0),
            clock,
            share: Share(share),
        })
    };
    let none = ServiceTarget {
        answered_within: None,
        definition: ServiceDefinition::Offered,
        mean_wait: None,
        wait_quantile: None,
        max_abandoned: None,
    };
    let answered = |share, within| {
        Promise::RealTime(ServiceTarget {
            answered_within: Some((Share(share), Seconds(within))),
            ..none.clone()
        })
    };
    use DeadlineClock::{Business, Calendar};
    vec![
        Preset {
            name: "amazon-messages",
            meaning: "buyer messages answered within 24 h, weekends and holidays counted",
            as_of: "2026",
            promise: hours(24.0, Calendar, 0.95),
        },
        Preset {
            name: "amazon-returns",
            meaning: "return requests answered within 48 h, weekends and holidays counted",
            as_of: "2026",
            promise: hours(48.0, Calendar, 0.95),
        },
        Preset {
            name: "facebook-2020",
            meaning: "badge of the page: 90 % of messages answered within 5 min over 7 days",
            as_of: "2020",
            promise: answered(0.9, 300.0),
        },
        Preset {
            name: "facebook",
            meaning: "badge of the page: 90 % of messages answered within 15 min over 7 days",
            as_of: "2026",
            promise: answered(0.9, 900.0),
        },
        Preset {
            name: "phone-20s-share",
            meaning: "80 % of calls offered answered within 20 s",
            as_of: "customary",
            promise: answered(0.8, 20.0),
        },
        Preset {
            name: "phone-20s-mean",
            meaning: "calls answered after 20 s on average",
            as_of: "customary",
            promise: Promise::RealTime(ServiceTarget {
                mean_wait: Some(Seconds(20.0)),
                ..none.clone()
            }),
        },
        Preset {
            name: "phone-20s-p95",
            meaning: "95 % of callers wait no longer than 20 s",
            as_of: "customary",
            promise: Promise::RealTime(ServiceTarget {
                wait_quantile: Some((Share(0.95), Seconds(20.0))),
                ..none.clone()
            }),
        },
        Preset {
            name: "mail-1h",
            meaning: "95 % of mails answered within one hour of opening hours",
            as_of: "customary",
            promise: hours(1.0, Business, 0.95),
        },
    ]
}

impl Promise {
    /// As a promise to those who wait; none for a deadline.
    pub fn target(&self) -> Option<ServiceTarget> {
        match self {
            Self::RealTime(target) => Some(target.clone()),
            Self::Deferrable(_) => None,
        }
    }

    /// As a deadline: a share answered within a time is one on the clock of the opening hours. None where
    /// only a mean is promised.
    pub fn deadline(&self) -> Option<Deadline> {
        match self {
            Self::Deferrable(deadline) => Some(deadline.clone()),
            Self::RealTime(target) => {
                target
                    .answered_within
                    .or(target.wait_quantile)
                    .map(|(share, within)| Deadline {
                        within,
                        clock: DeadlineClock::Business,
                        share,
                    })
            }
        }
    }
}

/// The preset of that name.
pub fn preset(name: &str) -> Option<Preset> {
    presets().into_iter().find(|preset| preset.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_promises_within_reason() {
        let all = presets();
        for (index, one) in all.iter().enumerate() {
            assert!(all[index + 1..].iter().all(|other| other.name != one.name));
            assert_eq!(preset(one.name).as_ref(), Some(one));
            if let Promise::Deferrable(deadline) = &one.promise {
                assert!(deadline.within.value() > 0.0 && deadline.share.value() < 1.0);
            }
        }
        assert_eq!(preset("nothing"), None);
        let facebook = preset("facebook").unwrap().promise;
        assert_eq!(facebook.deadline().unwrap().within, Seconds(900.0));
        assert_eq!(preset("amazon-returns").unwrap().promise.target(), None);
    }
}
