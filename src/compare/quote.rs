//! A quote: one client's service priced in every form at the same margin, from the seller's own cost.
//!
//! The floor is the set-up's cost at cost, the client's share of it. Each form is priced so that, at the
//! volume and handle time expected, it brings floor ÷ (1 − margin); the invoice is then computed as any
//! other. What volume and handle time other than expected do to the margin is the risk of the form.

mod forms;

use statrs::distribution::{ContinuousCDF, Normal};

use super::quantiles::level_variance;
use super::{Settled, quick};
use crate::cost::{self, CostLine, Costing, GoLive, ShopSize, Usage};
use crate::demand::Demand;
use crate::ids::{ClientId, SetupId};
use crate::scenario::{InHouseCosts, Money, PriceForm, Scenario, Service, Tariff};
use crate::units::{Seconds, Share};
use crate::whatif;

/// Standard deviation of what a client says of its volume before the start, a judgement: the least that a quote
/// reckons with.
const VOLUME_DEVIATION: f64 = 0.15;
/// The same of the handle time.
pub const HANDLE_TIME_DEVIATION: f64 = 0.10;
/// Volumes, as factors on the expected one, at which the seller's cost is planned anew.
const PLANNED_AT: [f64; 3] = [0.7, 1.0, 1.3];
/// Points of each distribution.
const GRID: usize = 25;

/// A quote for one client.
#[derive(Debug, Clone)]
pub struct Quote {
    pub client: ClientId,
    pub setup: SetupId,
    pub margin: Share,
    pub interactions_per_month: f64,
    /// Standard deviation of the volume: what the forecast thinks possible.
    pub volume_deviation: f64,
    pub promises_kept: bool,
    /// The seller's own cost over the horizon. Never for the client.
    pub floor: Costing,
    /// What each form must bring in a month.
    pub revenue_per_month: Money,
    pub offers: Vec<Offer>,
    pub go_live: Vec<Phase>,
    /// What the prices rest on; fit for the client.
    pub expected: Vec<Expected>,
    pub assumptions: Vec<String>,
}

/// A queue as the prices assume it.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    pub queue: String,
    /// "phone in Czech, order".
    pub what: String,
    pub contacts_per_week: f64,
    pub handle_time: Seconds,
    /// Promised share in time, and the time.
    pub share: Share,
    pub within: Seconds,
}

/// One price form.
#[derive(Debug, Clone)]
pub struct Offer {
    pub form: PriceForm,
    /// What is charged: "per call" and its price.
    pub prices: Vec<(String, Money)>,
    /// Invoice of an average month at the volume expected.
    pub per_month: Money,
    /// Margin as expected, and that which holds with 80 and 95 % certainty. Never for the client.
    pub margins: [f64; 3],
    /// Who pays where the volume, the handle time differs.
    pub volume_risk: Bearer,
    pub handle_time_risk: Bearer,
}

/// Who carries a risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bearer {
    Client,
    Agency,
    Both,
}

impl Bearer {
    /// The bearer in words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Agency => "agency",
            Self::Both => "both",
        }
    }
}

/// A step on the way to the first contact.
#[derive(Debug, Clone, PartialEq)]
pub struct Phase {
    pub name: &'static str,
    /// In working days from the signature.
    pub from_day: f64,
    pub to_day: f64,
}

/// Prices the service of `client` under `setup` in every form at `margin`; `overhead` is the seller's own beside its
/// agents (management, support, facilities), as a share of what these cost.
pub fn quote<F>(
    scenario: &Scenario,
    demand: &Demand,
    setup: SetupId,
    client: ClientId,
    margin: Share,
    overhead: Share,
    settle: F,
) -> Quote
where
    F: Fn(&Scenario, SetupId, &Demand) -> Settled + Sync,
{
    let mut base = whatif::for_client(scenario, setup, client);
    let tariff = base.setups[setup].tariff.take();
    let (wide, all) = whatif::with_companions(&base, demand, setup);
    let mut plans = PLANNED_AT.map(|factor| Planned::at(&wide, setup, &all, factor, &settle));
    for plan in &mut plans {
        plan.bear(overhead);
    }
    let seller = Seller {
        setup,
        plans,
        volume_deviation: volume_deviation(scenario, demand, client),
        scenario: wide,
    };
    let floor = seller.cost(1).clone();
    let months = seller.plans[1].usage.months;
    let revenue = floor.total().times(1.0 / margin.rest().value().max(0.01));
    let per_month = revenue.times(1.0 / months);
    let terms =
        tariff.unwrap_or_else(|| Tariff::of(PriceForm::PerLoggedHour { price: Money::ZERO }));
    let offers = forms::forms(&seller.scenario, &seller.plans[1].usage, revenue)
        .into_iter()
        .map(|form| seller.offer(form, &terms))
        .collect();
    let per_day = floor.interactions / (floor.weeks * 7.0);
    Quote {
        client,
        setup,
        margin,
        interactions_per_month: floor.interactions / months,
        volume_deviation: seller.volume_deviation,
        promises_kept: seller.plans[1].kept,
        revenue_per_month: per_month.rounded(),
        offers,
        go_live: phases(GoLive::of(Some(&terms), per_day)),
        expected: seller.expected(demand, client),
        assumptions: assumptions(scenario, &terms, per_day),
        floor,
    }
}

/// The seller's plans at a few volumes.
struct Seller {
    setup: SetupId,
    scenario: Scenario,
    plans: [Planned; 3],
    volume_deviation: f64,
}

struct Planned {
    demand: Demand,
    usage: Usage,
    cost: Costing,
    settled: Settled,
    kept: bool,
}

impl Planned {
    fn at<F>(scenario: &Scenario, setup: SetupId, demand: &Demand, factor: f64, settle: &F) -> Self
    where
        F: Fn(&Scenario, SetupId, &Demand) -> Settled,
    {
        let other;
        let (scenario, demand) = if factor == 1.0 {
            (scenario, demand)
        } else {
            other = (quick(scenario, 0), whatif::scaled_demand(demand, factor));
            (&other.0, &other.1)
        };
        let settled = settle(scenario, setup, demand);
        let usage = Usage::of(
            scenario,
            setup,
            demand,
            &settled.staffing,
            &settled.observed,
        );
        let kept = settled.observed.queues.iter().all(|(queue, seen)| {
            !scenario.setups[setup].bears(scenario.queues[queue].client) || seen.keeps_promise()
        });
        Self {
            cost: cost::price_usage(scenario, setup, &usage, Some(&settled.observed)),
            demand: demand.clone(),
            usage,
            settled,
            kept,
        }
    }
}

impl Planned {
    /// Adds the seller's overhead to its cost.
    fn bear(&mut self, overhead: Share) {
        let lines = self.cost.lines.iter();
        let agents = lines.filter(|line| line.is_pay() || line.is_premium());
        let agents: Money = agents.map(|line| line.amount).sum();
        let amount = agents.times(overhead.value()).rounded();
        if !amount.is_zero() {
            self.cost.lines.push(CostLine {
                line: "Overhead".to_owned(),
                amount,
                basis: format!("{:.0} % of {agents} for agents", overhead.percent()),
            });
        }
    }
}

impl Seller {
    fn cost(&self, index: usize) -> &Costing {
        &self.plans[index].cost
    }

    fn offer(&self, form: PriceForm, terms: &Tariff) -> Offer {
        let mut tariff = Tariff::of(form.clone());
        tariff.vat = terms.vat;
        let invoices = [0, 1, 2].map(|index| self.invoice(&tariff, index).to_f64());
        let per_month = self
            .invoice(&tariff, 1)
            .times(1.0 / self.plans[1].usage.months);
        let (volume_risk, handle_time_risk) = forms::risks(&form);
        Offer {
            prices: forms::price_list(&form),
            per_month: per_month.rounded(),
            margins: self.margins(&form, invoices),
            volume_risk,
            handle_time_risk,
            form,
        }
    }

    /// What a tariff brings over the horizon at one of the planned volumes.
    fn invoice(&self, tariff: &Tariff, index: usize) -> Money {
        let plan = &self.plans[index];
        let mut scenario = self.scenario.clone();
        for group in scenario.groups.ids().collect::<Vec<_>>() {
            scenario.groups[group].employer = crate::scenario::Employer::Partner;
        }
        // The invoice alone: what the client bears beside it is none of the seller's revenue.
        for id in scenario.setups.ids().collect::<Vec<_>>() {
            let costs = &mut scenario.setups[id].in_house;
            *costs = InHouseCosts {
                whole_contracts: costs.whole_contracts,
                ..InHouseCosts::default()
            };
        }
        scenario.setups[self.setup].tariff = Some(tariff.clone());
        cost::price(
            &scenario,
            self.setup,
            &plan.demand,
            &plan.settled.staffing,
            &plan.settled.observed,
        )
        .total()
    }

    /// Margin expected, and the margins that hold with 80 and 95 % certainty over a grid of volumes and
    /// handle times, independent and normal.
    fn margins(&self, form: &PriceForm, invoices: [f64; 3]) -> [f64; 3] {
        let costs = [0, 1, 2].map(|index| self.cost(index).total().to_f64());
        let margin = |volume: f64, handle_time: f64| {
            let work = volume * handle_time;
            let cost = between(costs, work);
            let revenue = match form {
                PriceForm::PerMinute { .. } => invoices[1] * work,
                form if form.follows_contacts() => between(invoices, volume),
                _ => between(invoices, work),
            };
            if revenue > 0.0 {
                1.0 - cost / revenue
            } else {
                -1.0
            }
        };
        let points: Vec<f64> = match Normal::new(0.0, 1.0) {
            Ok(normal) => (0..GRID)
                .map(|k| normal.inverse_cdf((k as f64 + 0.5) / GRID as f64))
                .collect(),
            Err(_) => vec![0.0],
        };
        let mut all: Vec<f64> = points
            .iter()
            .flat_map(|v| points.iter().map(move |a| (*v, *a)))
            .map(|(v, a)| {
                let volume = (1.0 + self.volume_deviation * v).max(0.1);
                let handle_time = (1.0 + HANDLE_TIME_DEVIATION * a).max(0.1);
                margin(volume, handle_time)
            })
            .collect();
        all.sort_by(f64::total_cmp);
        let at = |share: f64| all[((all.len() - 1) as f64 * share).round() as usize];
        [margin(1.0, 1.0), at(0.20), at(0.05)]
    }

    /// What each queue of the client brings and is promised.
    fn expected(&self, demand: &Demand, client: ClientId) -> Vec<Expected> {
        let rows = demand.queues.iter();
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
                contacts_per_week: row.contacts() / demand.horizon.weeks(),
                handle_time: queue.handle_time.mean,
                share: queue.promised_share(),
                within: match &queue.service {
                    Service::RealTime { .. } => queue.promised_within(),
                    Service::Deferrable { deadline } => deadline.within,
                },
            }
        })
        .collect()
    }
}

/// What the prices rest on beside the queues; fit for the client.
fn assumptions(scenario: &Scenario, terms: &Tariff, per_day: f64) -> Vec<String> {
    let horizon = &scenario.horizon;
    let day = |slot: usize| horizon.local(slot, scenario.zone).format("%-d %B %Y");
    vec![
        format!(
            "{} volume: {per_day:.0} interactions a day, as planned from {} to {}; every month is taken to be like it",
            ShopSize::of(per_day).name(),
            day(0),
            day(horizon.slots.saturating_sub(1)),
        ),
        "billable is every contact handled; contacts given up before an answer are free".to_owned(),
        "no set-up fee, no monthly minimum: every form brings the whole price".to_owned(),
        format!(
            "notice {} days, exit fee {} {}",
            terms.notice_days,
            terms.exit_fee,
            scenario.currency.code()
        ),
        "prices exclude VAT".to_owned(),
    ]
}

/// Standard deviation of a client's volume as the forecast has it, its queues together, and no less than the
/// judgement.
fn volume_deviation(scenario: &Scenario, demand: &Demand, client: ClientId) -> f64 {
    let ours = || {
        let queues = scenario.queues.iter();
        queues.filter(|(_, queue)| queue.client == client)
    };
    let contacts: f64 = ours().map(|(id, _)| demand.queues[id].contacts()).sum();
    let deviations = ours().map(|(id, queue)| {
        let forecast = &demand.queues[id];
        forecast.contacts() * level_variance(queue, forecast).sqrt()
    });
    (deviations.sum::<f64>() / contacts.max(1e-9)).clamp(VOLUME_DEVIATION, 1.0)
}

/// A piecewise straight line through the values at [`PLANNED_AT`], carried on at both ends.
fn between(values: [f64; 3], at: f64) -> f64 {
    let from = usize::from(at > PLANNED_AT[1]);
    let (x0, x1) = (PLANNED_AT[from], PLANNED_AT[from + 1]);
    let (y0, y1) = (values[from], values[from + 1]);
    (y0 + (y1 - y0) * (at - x0) / (x1 - x0)).max(0.0)
}

/// The way to the first contact, then the hotline to the shop for product questions.
fn phases(live: GoLive) -> Vec<Phase> {
    let phase = |name, from: f64, to: f64| Phase {
        name,
        from_day: from * live.days,
        to_day: to * live.days,
    };
    vec![
        phase("analysis of contacts and answers", 0.0, 0.25),
        phase("agreement", 0.15, 0.35),
        phase("connection of channels and tools", 0.3, 0.65),
        phase("training of agents", 0.5, 1.0),
        Phase {
            name: "live, product questions by hotline to the shop",
            from_day: live.days,
            to_day: live.days + live.hotline_days,
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_between_planned_volumes_lie_on_the_line() {
        let costs = [70.0, 100.0, 160.0];
        assert!((between(costs, 1.0) - 100.0).abs() < 1e-9);
        assert!((between(costs, 0.85) - 85.0).abs() < 1e-9);
        assert!((between(costs, 1.15) - 130.0).abs() < 1e-9);
        assert!((between(costs, 1.6) - 220.0).abs() < 1e-9);
    }

    #[test]
    fn the_hotline_begins_when_the_agents_do() {
        let live = GoLive {
            days: 5.0,
            hotline_days: 20.0,
        };
        let phases = phases(live);
        let last = phases.last().unwrap();
        assert_eq!((last.from_day, last.to_day), (5.0, 25.0));
        assert!(phases[..4].iter().all(|phase| phase.to_day <= 5.0));
    }
}
