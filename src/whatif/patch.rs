//! Named patches of a checked scenario: one input, made smaller or larger.

use super::{scaled_demand, scaled_queue};
use crate::demand::Demand;
use crate::scenario::{InHouseCosts, Money, PriceForm, Scenario, Service, Setup, Tariff};
use crate::units::Share;

/// One input of a scenario that can be turned down or up.
#[derive(Clone, Copy)]
pub struct Patch {
    /// "handle time".
    pub name: &'static str,
    /// Factors (or points, as `unit` says) of the low and the high case.
    pub low: f64,
    pub high: f64,
    pub unit: PatchUnit,
    /// Whether people have to be planned anew, or only the price changes.
    pub replans: bool,
    /// Whether it changes how often the same customers come again.
    pub repeats: bool,
    pub(super) apply: fn(&mut Scenario, &mut Demand, f64),
}

/// How a patch counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatchUnit {
    /// Times the value of the scenario.
    Factor,
    /// Percentage points added to the value of the scenario.
    Points,
}

impl Patch {
    /// The scenario and demand with the input changed by `amount` (a factor, or points).
    pub fn apply(&self, scenario: &Scenario, demand: &Demand, amount: f64) -> (Scenario, Demand) {
        let (mut scenario, mut demand) = (scenario.clone(), demand.clone());
        (self.apply)(&mut scenario, &mut demand, amount);
        (scenario, demand)
    }
}

impl PatchUnit {
    /// "× 0.8" or "+5 points".
    pub fn words(self, amount: f64) -> String {
        match self {
            Self::Factor => format!("× {amount}"),
            Self::Points => format!("{amount:+} points"),
        }
    }
}

/// Every input a tornado turns: what a planner is unsure of, by the range in which it usually lies.
pub fn patches() -> Vec<Patch> {
    let factor = |name, low, high, replans, apply| Patch {
        name,
        low,
        high,
        unit: PatchUnit::Factor,
        replans,
        repeats: false,
        apply,
    };
    let points = |name, low, high, replans, apply| Patch {
        name,
        low,
        high,
        unit: PatchUnit::Points,
        replans,
        repeats: false,
        apply,
    };
    vec![
        factor("volume", 0.8, 1.2, true, |_, demand, by| {
            *demand = scaled_demand(demand, by)
        }),
        factor("handle time", 0.8, 1.2, true, handle_time),
        Patch {
            repeats: true,
            ..points("first-contact resolution", -10.0, 10.0, true, resolution)
        },
        points("promised share in time", -10.0, 10.0, true, promise),
        points("highest occupancy", -10.0, 10.0, true, |scenario, _, by| {
            let occupancy = &mut scenario.policy.max_occupancy;
            *occupancy = (*occupancy + by / 100.0).clamp(0.3, 1.0);
        }),
        factor("wage", 0.9, 1.1, false, |scenario, _, by| {
            each_group(scenario, |group| group.wage *= by);
        }),
        points("employer's charges", -3.0, 3.0, false, |scenario, _, by| {
            each_group(scenario, |group| {
                group.charges = Share((group.charges.value() + by / 100.0).max(0.0));
            });
        }),
        factor("shrinkage", 0.75, 1.25, false, |scenario, _, by| {
            each_group(scenario, |group| {
                let total = group.total_shrinkage().value().max(1e-9);
                let by = by.min(0.9 / total);
                for kind in &mut group.shrinkage {
                    kind.share = kind.share * by;
                }
            });
        }),
        factor("attrition", 0.5, 1.5, false, |scenario, _, by| {
            each_in_house(scenario, |costs| {
                costs.attrition = Share((costs.attrition.value() * by).min(3.0));
            });
        }),
        factor("training and ramp", 0.5, 1.5, false, |scenario, _, by| {
            each_in_house(scenario, |costs| {
                costs.training = costs.training * by;
                costs.ramp_weeks *= by;
            });
        }),
        factor("tools and space", 0.75, 1.25, false, |scenario, _, by| {
            each_in_house(scenario, |costs| {
                for price in [
                    &mut costs.tools_per_month,
                    &mut costs.tools_per_ticket,
                    &mut costs.tools_per_resolution,
                    &mut costs.space_per_month,
                    &mut costs.telephony_per_minute,
                ] {
                    *price = price.times(by);
                }
            });
        }),
        factor(
            "owner's and borrowed hours",
            0.5,
            1.5,
            false,
            |scenario, _, by| {
                each_in_house(scenario, |costs| {
                    costs.owner_hours = costs.owner_hours * by;
                    for helper in &mut costs.borrowed {
                        helper.hours = helper.hours * by;
                    }
                });
            },
        ),
        factor("partner's price", 0.9, 1.1, false, |scenario, _, by| {
            each_tariff(scenario, |tariff| scale_form(&mut tariff.form, by));
        }),
        factor(
            "monthly fee and minimum",
            0.5,
            1.5,
            false,
            |scenario, _, by| {
                each_tariff(scenario, |tariff| {
                    tariff.monthly_fee = tariff.monthly_fee.times(by);
                    tariff.minimum_per_month = tariff.minimum_per_month.times(by);
                });
            },
        ),
        factor("set-up fee", 0.5, 1.5, false, |scenario, _, by| {
            each_tariff(scenario, |tariff| {
                tariff.setup_fee = tariff.setup_fee.times(by)
            });
        }),
        factor("uplifts", 0.5, 1.5, false, |scenario, _, by| {
            each_tariff(scenario, |tariff| {
                let uplifts = &mut tariff.uplifts;
                uplifts.night = uplifts.night * by;
                uplifts.weekend = uplifts.weekend * by;
                uplifts.round_the_clock = uplifts.round_the_clock * by;
                for (_, share) in &mut uplifts.languages {
                    *share = *share * by;
                }
            });
        }),
        points("spam not billed", -2.0, 2.0, false, |scenario, _, by| {
            each_tariff(scenario, |tariff| {
                let spam = &mut tariff.billable.spam;
                *spam = Share((spam.value() + by / 100.0).clamp(0.0, 1.0));
            });
        }),
    ]
}

pub(super) fn handle_time(scenario: &mut Scenario, _: &mut Demand, by: f64) {
    for queue in scenario.queues.ids().collect::<Vec<_>>() {
        let mean = &mut scenario.queues[queue].handle_time.mean;
        *mean = *mean * by;
    }
}

/// Fewer contacts come back: the demand, repeats included, follows.
pub(super) fn resolution(scenario: &mut Scenario, demand: &mut Demand, by: f64) {
    settling(scenario, demand, |share| share + by / 100.0);
}

/// Every queue settles another share of its contacts at once than `now`.
pub(super) fn settling(scenario: &Scenario, demand: &mut Demand, then: impl Fn(f64) -> f64) {
    for (id, queue) in scenario.queues.iter() {
        let now = demand.queues[id].resolution;
        let then = Share(then(now.value()).clamp(0.0, 1.0));
        let factor = queue.repeat_factor_at(then) / queue.repeat_factor_at(now);
        demand.queues[id] = scaled_queue(&demand.queues[id], factor);
        demand.queues[id].resolution = then;
    }
}

fn promise(scenario: &mut Scenario, _: &mut Demand, by: f64) {
    for id in scenario.queues.ids().collect::<Vec<_>>() {
        let share = match &mut scenario.queues[id].service {
            Service::RealTime { target, .. } => match &mut target.answered_within {
                Some((share, _)) => share,
                None => continue,
            },
            Service::Deferrable { deadline } => &mut deadline.share,
        };
        *share = Share((share.value() + by / 100.0).clamp(0.05, 0.99));
    }
}

fn each_group(scenario: &mut Scenario, mut f: impl FnMut(&mut crate::scenario::AgentGroup)) {
    for group in scenario.groups.ids().collect::<Vec<_>>() {
        f(&mut scenario.groups[group]);
    }
}

fn each_setup(scenario: &mut Scenario, mut f: impl FnMut(&mut Setup)) {
    for setup in scenario.setups.ids().collect::<Vec<_>>() {
        f(&mut scenario.setups[setup]);
    }
}

fn each_in_house(scenario: &mut Scenario, mut f: impl FnMut(&mut InHouseCosts)) {
    each_setup(scenario, |setup| f(&mut setup.in_house));
}

fn each_tariff(scenario: &mut Scenario, mut f: impl FnMut(&mut Tariff)) {
    each_setup(scenario, |setup| {
        if let Some(tariff) = &mut setup.tariff {
            f(tariff);
        }
    });
}

/// Every price of a form times a factor.
pub(crate) fn scale_form(form: &mut PriceForm, by: f64) {
    let scale = |price: &mut Money| *price = price.times(by);
    match form {
        PriceForm::PerInteraction { prices, other } => {
            prices.iter_mut().for_each(|row| scale(&mut row.price));
            scale(other);
        }
        PriceForm::PerMinute { price, .. }
        | PriceForm::PerProductiveHour { price }
        | PriceForm::PerLoggedHour { price }
        | PriceForm::PerFteMonth { price } => scale(price),
        PriceForm::Flat { fee, overage, .. } => {
            scale(fee);
            scale(overage);
        }
        PriceForm::Anchored {
            fee,
            additional,
            reduced,
            ..
        } => {
            scale(fee);
            scale(additional);
            scale(reduced);
        }
    }
}
