//! The seller's side: plans at a few volumes, what they cost and what a tariff brings through the year.

use statrs::distribution::{ContinuousCDF, Normal};

use super::forms::{self, Units};
use super::invoices::{Invoices, between};
use super::{Asked, Bearer, Expected, Offer, Risk};
use crate::compare::{MonthVolume, Settled, quick};
use crate::cost::{self, CostLine, Costing, Usage};
use crate::demand::Demand;
use crate::ids::SetupId;
use crate::scenario::{Employer, InHouseCosts, Money, PriceForm, Scenario, Service, Tariff};
use crate::time::MONTHS_PER_WEEK;
use crate::units::Share;
use crate::whatif;

/// Standard deviation of the handle time that a quote reckons with, a judgement.
pub const HANDLE_TIME_DEVIATION: f64 = 0.10;
/// Volumes, as factors on the expected one, at which the seller's cost is planned anew at the least; the weakest and
/// the strongest month widen them.
pub(super) const PLANNED_AT: [f64; 3] = [0.7, 1.0, 1.3];
/// Points of each distribution.
const GRID: usize = 25;

/// The seller's plans, and the terms beside its prices.
pub(super) struct Seller {
    pub(super) asked: Asked,
    /// At cost: without a tariff.
    pub scenario: Scenario,
    /// The same as the client is charged: the invoice, and nothing that the client bears beside it.
    invoiced: Scenario,
    pub terms: Tariff,
    demand: Demand,
    pub months: Vec<MonthVolume>,
    volume_deviation: f64,
    pub(super) planned_at: [f64; 3],
    pub(super) plans: [Planned; 3],
}

pub(super) struct Planned {
    cost: Costing,
    /// As the client is charged for it.
    pub charged: Usage,
    pub settled: Settled,
}

/// A year at the volume expected.
pub(super) struct Year {
    pub cost: f64,
    pub interactions: f64,
    pub months: f64,
}

impl Seller {
    pub fn new<F>(
        mut scenario: Scenario,
        demand: Demand,
        asked: Asked,
        (months, volume_deviation): (Vec<MonthVolume>, f64),
        terms: Tariff,
        settle: &F,
    ) -> Self
    where
        F: Fn(&Scenario, SetupId, &Demand) -> Settled + Sync,
    {
        // Escalations and sales are the shop's.
        for queue in scenario.queues.ids().collect::<Vec<_>>() {
            let contact_type = &mut scenario.queues[queue].contact_type;
            (contact_type.escalated, contact_type.sale) = (Share::ZERO, Money::ZERO);
        }
        let volumes = || months.iter().map(|month| month.volume);
        let planned_at = [
            volumes().fold(PLANNED_AT[0], f64::min).max(0.05),
            PLANNED_AT[1],
            volumes().fold(PLANNED_AT[2], f64::max),
        ];
        let mut invoiced = scenario.clone();
        for group in invoiced.groups.ids().collect::<Vec<_>>() {
            invoiced.groups[group].employer = Employer::Partner;
        }
        // What an hour of the shop's expert is worth is asked of every set-up.
        for setup in invoiced.setups.ids().collect::<Vec<_>>() {
            let costs = &mut invoiced.setups[setup].in_house;
            *costs = InHouseCosts {
                whole_contracts: costs.whole_contracts,
                ..InHouseCosts::default()
            };
        }
        invoiced.setups[asked.setup].tariff = Some(terms.clone());
        let plan = |factor: f64, settled: Option<Settled>| {
            let other;
            let (at, demand) = if factor == 1.0 {
                (&scenario, &demand)
            } else {
                other = (quick(&scenario, 0), whatif::scaled_demand(&demand, factor));
                (&other.0, &other.1)
            };
            let settled = settled.unwrap_or_else(|| settle(at, asked.setup, demand));
            let usage = |scenario: &Scenario| {
                let Settled {
                    staffing, observed, ..
                } = &settled;
                Usage::of(scenario, asked.setup, demand, staffing, observed)
            };
            let own = usage(at);
            let cost = cost::price_usage(at, asked.setup, &own, Some(&settled.observed));
            Planned {
                cost: with_overhead(cost, asked.overhead),
                charged: usage(&invoiced),
                settled,
            }
        };
        let [less, expected, more] = planned_at;
        let expected = plan(expected, None);
        // Who is there for the volume expected can do less, too.
        let fewer = plan(less, None);
        let fewer = if fewer.cost.total() > expected.cost.total() {
            plan(less, Some(expected.settled.clone()))
        } else {
            fewer
        };
        let plans = [fewer, expected, plan(more, None)];
        Self {
            asked,
            scenario,
            invoiced,
            terms,
            demand,
            months,
            volume_deviation,
            planned_at,
            plans,
        }
    }

    /// The cost of the weeks planned, at the volume expected.
    pub fn floor(&self) -> &Costing {
        &self.plans[1].cost
    }

    pub fn keeps_promises(&self) -> bool {
        let observed = &self.plans[1].settled.observed;
        let setup = &self.scenario.setups[self.asked.setup];
        observed.queues.iter().all(|(queue, seen)| {
            !setup.bears(self.scenario.queues[queue].client) || seen.keeps_promise()
        })
    }

    pub fn year(&self) -> Year {
        let expected = self.plans[1].charged.interactions() / self.plans[1].charged.weeks;
        let contacts = self.months.iter();
        let contacts = contacts.map(|month| month.volume * f64::from(month.days) / 7.0 * expected);
        Year {
            cost: self.cost(1.0, 1.0),
            interactions: contacts.sum(),
            months: self.months_of_year(),
        }
    }

    /// Average months in the year.
    pub(super) fn months_of_year(&self) -> f64 {
        let days = self.months.iter().map(|month| f64::from(month.days));
        days.sum::<f64>() / 7.0 * MONTHS_PER_WEEK
    }

    /// What the year consists of.
    pub fn units(&self) -> Units {
        let usage = &self.plans[1].charged;
        let volume: f64 = self.year().interactions / usage.interactions().max(1e-9);
        Units::of(&self.scenario, usage, volume, self.months_of_year())
    }

    /// The year's cost at factors on the volume and the handle time.
    fn cost(&self, volume: f64, handle_time: f64) -> f64 {
        let costs = self.plans.each_ref().map(|plan| plan.cost.total().to_f64());
        let months = self.months.iter().map(|month| {
            let weeks = f64::from(month.days) / 7.0 / self.plans[1].cost.weeks;
            between(self.planned_at, costs, month.volume * volume * handle_time) * weeks
        });
        months.sum()
    }

    /// A form at the prices that bring a sum in the year.
    pub fn offer(&self, form: PriceForm, revenue: f64) -> Offer {
        let mut scenario = self.invoiced.clone();
        let mut brings = |form: &PriceForm| {
            let invoices = Invoices::of(self, &mut scenario, form.clone());
            invoices.year(1.0, 1.0)
        };
        let form = forms::bringing(&form, revenue, &mut brings);
        let mut bare = self.invoiced.clone();
        bare.setups[self.asked.setup].tariff = Some(Tariff {
            billable: self.terms.billable,
            ..Tariff::of(form.clone())
        });
        let quantities = forms::quantities(&form, &mut |form| {
            Invoices::of(self, &mut bare, form.clone()).year(1.0, 1.0)
        });
        let months = self.months_of_year();
        let invoices = Invoices::of(self, &mut scenario, form.clone());
        let (expected, cost) = (invoices.year(1.0, 1.0), self.cost(1.0, 1.0));
        let per_month = Money::from_f64(expected / months).rounded();
        let (charges, minimum) = invoices.charges(per_month);
        let risk = |volume: f64, handle_time: f64| {
            let brought = invoices.year(volume, handle_time);
            let then = self.cost(volume, handle_time);
            let rise = |then: f64, now: f64| then / (now * volume).max(1e-9) - 1.0;
            let price_rise = rise(brought, expected);
            Risk {
                bearer: Bearer::of(price_rise, rise(then, cost)),
                price_rise,
                margin: margin(brought, then),
            }
        };
        Offer {
            prices: forms::price_list(&form),
            quantities: quantities
                .into_iter()
                .map(|quantity| quantity.map(|year| year / months))
                .collect(),
            charges,
            per_month,
            minimum,
            margins: self.margins(&invoices, margin(expected, cost)),
            volume_risk: risk(PLANNED_AT[0], 1.0),
            handle_time_risk: risk(1.0, 1.0 + HANDLE_TIME_DEVIATION),
            form,
        }
    }

    /// Margin expected, and the margins that hold with 80 and 95 % certainty over a grid of volumes and
    /// handle times, independent and lognormal with mean 1.
    fn margins(&self, invoices: &Invoices, expected: f64) -> [f64; 3] {
        let points: Vec<f64> = match Normal::new(0.0, 1.0) {
            Ok(normal) => (0..GRID)
                .map(|k| normal.inverse_cdf((k as f64 + 0.5) / GRID as f64))
                .collect(),
            Err(_) => vec![0.0],
        };
        let at = |deviation: f64| -> Vec<f64> {
            let points = points.iter();
            points.map(|&point| lognormal(deviation, point)).collect()
        };
        let handle_times = at(HANDLE_TIME_DEVIATION);
        let mut all: Vec<f64> = Vec::new();
        for volume in at(self.volume_deviation) {
            let brought = invoices.through(volume);
            all.extend(
                handle_times.iter().map(|&handle_time| {
                    margin(brought(handle_time), self.cost(volume, handle_time))
                }),
            );
        }
        certain(all, expected)
    }

    /// What each queue of the client brings and is promised.
    pub fn expected(&self) -> Vec<Expected> {
        let rows = self.demand.queues.iter();
        let client = self.asked.client;
        let ours = rows.filter(|(id, _)| self.scenario.queues[*id].client == client);
        ours.map(|(id, row)| {
            let queue = &self.scenario.queues[id];
            Expected {
                queue: queue.name.clone(),
                what: format!(
                    "{} in {}, {}",
                    queue.channel.name(),
                    self.scenario.languages[queue.language].title,
                    queue.contact_type.name
                ),
                contacts_per_week: row.contacts() / self.demand.horizon.weeks(),
                handle_time: queue.handle_time,
                share: queue.promised_share(),
                within: match &queue.service {
                    Service::RealTime { .. } => queue.promised_within(),
                    Service::Deferrable { deadline } => deadline.within,
                },
                clock: match &queue.service {
                    Service::RealTime { .. } => None,
                    Service::Deferrable { deadline } => Some(deadline.clock),
                },
            }
        })
        .collect()
    }
}

/// Margin expected, and those that hold with 80 and 95 % certainty of equally likely ones: where most bring more than
/// is expected (whole agents at their fullest), no more than that.
fn certain(mut margins: Vec<f64>, expected: f64) -> [f64; 3] {
    margins.sort_by(f64::total_cmp);
    let last = margins.len().saturating_sub(1) as f64;
    let at = |share: f64| {
        let found = margins.get((last * share).round() as usize);
        found.map_or(expected, |margin| margin.min(expected))
    };
    [expected, at(0.20), at(0.05)]
}

/// A factor of mean 1 and some deviation, so many standard deviations from its middle; never 0.
fn lognormal(deviation: f64, point: f64) -> f64 {
    let variance = (1.0 + deviation * deviation).ln();
    (point * variance.sqrt() - variance / 2.0).exp()
}

fn margin(brought: f64, cost: f64) -> f64 {
    if brought > 0.0 {
        1.0 - cost / brought
    } else {
        -1.0
    }
}

/// A costing with the seller's overhead on what its agents cost.
fn with_overhead(mut cost: Costing, overhead: Share) -> Costing {
    let lines = cost.lines.iter();
    let agents = lines.filter(|line| line.is_pay() || line.is_premium());
    let agents: Money = agents.map(|line| line.amount).sum();
    let amount = agents.times(overhead.value()).rounded();
    if !amount.is_zero() {
        cost.lines.push(CostLine {
            line: "Overhead".to_owned(),
            amount,
            basis: format!("{:.0} % of {agents} for agents", overhead.percent()),
        });
    }
    cost
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_nearly_certain_is_no_more_than_what_is_expected() {
        let margins: Vec<f64> = (0..=100).map(|k| 0.1 + f64::from(k) / 200.0).collect();
        let [_, with_80, with_95] = certain(margins.clone(), 0.4);
        assert!((with_80 - 0.2).abs() < 1e-9 && (with_95 - 0.125).abs() < 1e-9);
        // One agent at the fullest: any other volume brings a better margin.
        assert_eq!(certain(margins, 0.11), [0.11, 0.11, 0.11]);
    }

    /// A spread of 45 %: the 5 % point of the normal would be at 0.26 of the mean.
    #[test]
    fn volumes_are_lognormal_about_the_mean_expected() {
        assert!((lognormal(0.45, -1.645) - 0.450).abs() < 0.001);
        let points = 4001;
        let at = |k: i32| f64::from(k - points / 2) / 400.0;
        let weight = |z: f64| (-z * z / 2.0_f64).exp();
        let moment = |power: i32| {
            let sum = (0..points).map(|k| weight(at(k)) * lognormal(0.45, at(k)).powi(power));
            sum.sum::<f64>() / (0..points).map(|k| weight(at(k))).sum::<f64>()
        };
        assert!((moment(1) - 1.0).abs() < 1e-3);
        assert!((moment(2) - 1.0 - 0.45 * 0.45).abs() < 1e-2);
    }
}
