//! A quote: one client's service priced in every form at the same margin, from the seller's own cost.
//!
//! The floor is the set-up's cost at cost, the client's share of it, through twelve months with their volumes. Each
//! form is priced so that its invoices of the year, with the fees, uplifts, bonus and indexation of the seller's
//! terms, bring floor ÷ (1 − margin) at the volume and handle time expected. What a volume and handle time other than
//! expected do to the margin, and to what the client pays for a contact, is the risk of the form.

mod forms;
mod invoices;
mod seller;
mod terms;

use crate::cost::{Costing, GoLive};
use crate::demand::Demand;
use crate::ids::{ClientId, SetupId};
use crate::problem::Problem;
use crate::scenario::{DeadlineClock, HandleTime, Money, PriceForm, Scenario, Tariff};
use crate::units::{Seconds, Share};
use crate::whatif;

use super::clients::contacts_per_day;
use super::quantiles::level_variance;
use super::{MonthVolume, Settled, months};
use seller::Seller;

pub use seller::HANDLE_TIME_DEVIATION;

/// Standard deviation of what a client says of its volume before the start, a judgement: the least that a quote
/// reckons with.
const VOLUME_DEVIATION: f64 = 0.15;

/// What is asked of a quote.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    pub setup: SetupId,
    pub client: ClientId,
    pub margin: Share,
    /// The seller's own beside its agents (management, support, facilities), as a share of what these cost.
    pub overhead: Share,
}

/// A quote for one client.
#[derive(Debug, Clone)]
pub struct Quote {
    pub asked: Asked,
    /// The client's twelve months.
    pub months: Vec<MonthVolume>,
    /// Contacts that come, a day of the weeks planned.
    pub contacts_per_day: f64,
    /// The same on an average day of the twelve months: the size of the shop.
    pub contacts_per_day_of_year: f64,
    /// Contacts handled in an average month.
    pub interactions_per_month: f64,
    /// Standard deviation of the volume: what the forecast thinks possible.
    pub volume_deviation: f64,
    pub promises_kept: bool,
    /// The seller's own cost over the weeks planned, by its lines. Never for the client.
    pub floor: Costing,
    /// The seller's own cost of an average month. Never for the client.
    pub cost_per_month: Money,
    /// What each form must bring in an average month.
    pub revenue_per_month: Money,
    pub offers: Vec<Offer>,
    pub go_live: Vec<Phase>,
    /// What the prices rest on; fit for the client.
    pub expected: Vec<Expected>,
    /// What holds beside the price of every form; fit for the client.
    pub terms: Vec<String>,
}

/// A queue as the prices assume it.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    pub queue: String,
    /// "phone in Czech, order".
    pub what: String,
    /// In the weeks planned.
    pub contacts_per_week: f64,
    pub handle_time: HandleTime,
    /// Promised share in time, and the time.
    pub share: Share,
    pub within: Seconds,
    /// Which hours count, where it may wait.
    pub clock: Option<DeadlineClock>,
}

/// One price form.
#[derive(Debug, Clone)]
pub struct Offer {
    pub form: PriceForm,
    /// What is charged: "per call" and its price.
    pub prices: Vec<(String, Money)>,
    /// How often each price is charged in an average month, as billed; nothing beside a fee.
    pub quantities: Vec<Option<f64>>,
    /// Where the minimum of the terms is what is paid, not the prices.
    pub minimum: Option<Minimum>,
    /// What an average month is charged at the volume expected: by the prices, then each thing on top of them.
    pub charges: Vec<(String, Money)>,
    /// Their sum.
    pub per_month: Money,
    /// Margin as expected, and that which holds with 80 and 95 % certainty. Never for the client.
    pub margins: [f64; 3],
    /// If 30 % of the contacts stay away.
    pub volume_risk: Risk,
    /// If each contact takes 10 % longer.
    pub handle_time_risk: Risk,
}

/// What a monthly minimum adds to the prices.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Minimum {
    /// Months of the year in which the prices bring less.
    pub months: usize,
    /// What it adds in an average month.
    pub top_up: Money,
}

/// What a deviation does to both sides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Risk {
    /// Who carries what a contact costs more.
    pub bearer: Bearer,
    /// What the client pays more for a contact, as a share.
    pub price_rise: f64,
    /// The seller's margin then. Never for the client.
    pub margin: f64,
}

/// Who carries a risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bearer {
    Client,
    Agency,
    Both,
    /// Neither the price nor the cost of a contact moves.
    Nobody,
}

impl Bearer {
    /// The one who carries what a contact then costs more or less: nobody, where neither the client's price of a
    /// contact nor the seller's cost of it moves by a fiftieth; the one whose figure alone moves; else the client, where
    /// its price moves by two thirds of the cost or more, and the agency, where by a third at most (or the other way).
    pub fn of(price_rise: f64, cost_rise: f64) -> Self {
        const STILL: f64 = 0.02;
        match (price_rise.abs() < STILL, cost_rise.abs() < STILL) {
            (true, true) => Self::Nobody,
            (true, false) => Self::Agency,
            (false, true) => Self::Client,
            // It costs less and is paid more, or costs more and is paid less.
            _ if (price_rise > 0.0) != (cost_rise > 0.0) => {
                if price_rise > 0.0 {
                    Self::Client
                } else {
                    Self::Agency
                }
            }
            _ => match price_rise / cost_rise {
                passed_on if passed_on >= 2.0 / 3.0 => Self::Client,
                passed_on if passed_on <= 1.0 / 3.0 => Self::Agency,
                _ => Self::Both,
            },
        }
    }

    /// The bearer in words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Agency => "agency",
            Self::Both => "both",
            Self::Nobody => "nobody",
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

/// Contacts a day below which there is nothing to quote for: one a month.
const LEAST_PER_DAY: f64 = 12.0 / 365.25;

/// Whether a client has contacts to quote for.
pub fn quotable(scenario: &Scenario, demand: &Demand, client: ClientId) -> Result<(), Problem> {
    let per_day = contacts_per_day(scenario, demand, client);
    let name = &scenario.clients[client].name;
    worth_pricing(
        per_day,
        &format!("client `{name}` brings"),
        &format!("`{name}`"),
    )
}

/// Whether a demand brings contacts to compare set-ups on.
pub fn comparable(demand: &Demand) -> Result<(), Problem> {
    worth_pricing(demand.per_day(|_| true), "the scenario brings", "a client")
}

fn worth_pricing(per_day: f64, who: &str, whom: &str) -> Result<(), Problem> {
    if per_day >= LEAST_PER_DAY {
        return Ok(());
    }
    let cause = format!(
        "{who} {:.2} contacts a month: no price per contact, minute or agent follows from that",
        (per_day / LEAST_PER_DAY).abs()
    );
    Err(Problem::new("no-contacts", cause).remedy(format!(
        "give {whom} a queue with a history or with orders, as `orders = {{ contacts_per_order = 0.05 }}`"
    )))
}

/// Prices a client's service in every form; `forecast` answers the demand of the scenario over another horizon.
pub fn quote<D, F>(
    scenario: &Scenario,
    demand: &Demand,
    asked: Asked,
    forecast: D,
    settle: F,
) -> Quote
where
    D: Fn(&Scenario) -> Demand + Sync,
    F: Fn(&Scenario, SetupId, &Demand) -> Settled + Sync,
{
    let Asked { setup, client, .. } = asked;
    let months = months::volumes(scenario, demand, client, &forecast);
    let per_day = contacts_per_day(scenario, demand, client);
    let of_year = per_day * months::average(&months);
    // The tariff is each client's own contract, the seller's standing costs are everybody's.
    let mut base = whatif::for_client(scenario, setup, client);
    base.setups[setup].sharers = None;
    let tariff = base.setups[setup].tariff.take();
    let mut terms =
        tariff.unwrap_or_else(|| Tariff::of(PriceForm::PerLoggedHour { price: Money::ZERO }));
    // Prices exclude VAT, whoever may deduct it.
    terms.vat_deductible = true;
    let volume_deviation = volume_deviation(scenario, demand, client);
    let (wide, demand) = whatif::with_companions(&base, demand, setup);
    let seller = Seller::new(
        wide,
        demand,
        asked,
        (months, volume_deviation),
        terms,
        &settle,
    );
    let floor = seller.floor().clone();
    let year = seller.year();
    let revenue = year.cost / asked.margin.rest().value().max(0.01);
    let mut queues = scenario.queues.values();
    let product = queues.any(|queue| queue.client == client && queue.contact_type.product);
    let monthly = |amount: f64| Money::from_f64(amount / year.months).rounded();
    Quote {
        asked,
        contacts_per_day: per_day,
        contacts_per_day_of_year: of_year,
        interactions_per_month: year.interactions / year.months,
        volume_deviation,
        promises_kept: seller.keeps_promises(),
        cost_per_month: monthly(year.cost),
        revenue_per_month: monthly(revenue),
        offers: forms::forms(&seller.units(), Money::from_f64(revenue))
            .into_iter()
            .map(|form| seller.offer(form, revenue))
            .collect(),
        go_live: phases(GoLive::of(Some(&seller.terms), of_year), product),
        expected: seller.expected(),
        terms: terms::of(&seller.scenario, &seller.terms, [of_year, per_day]),
        months: seller.months,
        floor,
    }
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

/// The way to the first contact, then the hotline to the shop for product questions, where there are any.
fn phases(live: GoLive, product: bool) -> Vec<Phase> {
    let phase = |name, from: f64, to: f64| Phase {
        name,
        from_day: from * live.days,
        to_day: to * live.days,
    };
    let mut phases = vec![
        phase("analysis of contacts and answers", 0.0, 0.25),
        phase("agreement", 0.15, 0.35),
        phase("connection of channels and tools", 0.3, 0.65),
        phase("training of agents", 0.5, 1.0),
    ];
    if product && live.hotline_days > 0.0 {
        phases.push(Phase {
            name: "live, product questions by hotline to the shop",
            from_day: live.days,
            to_day: live.days + live.hotline_days,
        });
    }
    phases
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hotline_begins_when_the_agents_do() {
        let live = GoLive {
            days: 5.0,
            hotline_days: 20.0,
        };
        assert_eq!(phases(live, false).len(), 4);
        let phases = phases(live, true);
        let last = phases.last().unwrap();
        assert_eq!((last.from_day, last.to_day), (5.0, 25.0));
        assert!(phases[..4].iter().all(|phase| phase.to_day <= 5.0));
    }

    #[test]
    fn who_pays_what_a_contact_costs_more_bears_the_risk() {
        assert_eq!(Bearer::of(0.0, 0.30), Bearer::Agency);
        assert_eq!(Bearer::of(0.28, 0.30), Bearer::Client);
        assert_eq!(Bearer::of(0.43, 0.30), Bearer::Client);
        assert_eq!(Bearer::of(0.15, 0.30), Bearer::Both);
        // What does not move is nobody's, unless the client pays more all the same.
        assert_eq!(Bearer::of(0.0, 0.0), Bearer::Nobody);
        assert_eq!(Bearer::of(0.01, -0.015), Bearer::Nobody);
        assert_eq!(Bearer::of(0.10, 0.0), Bearer::Client);
        assert_eq!(Bearer::of(0.01, 0.03), Bearer::Agency);
        // A contact costs a tenth less: who gains.
        assert_eq!(Bearer::of(-0.10, -0.10), Bearer::Client);
        assert_eq!(Bearer::of(0.0, -0.10), Bearer::Agency);
        assert_eq!(Bearer::of(0.05, -0.10), Bearer::Client);
    }
}
