//! The way to a partner's first contact, and what it costs the shop: product questions go to the shop by
//! hotline until the agents have learnt.

use std::collections::BTreeMap;

use super::beside::expert_hour;
use super::ledger::{Ledger, count, list, number, sources};
use super::{CostLine, Usage};
use crate::ids::ClientId;
use crate::scenario::{Scenario, Setup, Tariff};

/// Working days of a week.
const WORKING_DAYS: f64 = 5.0;

/// When a partner goes live, in working days from the signature.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GoLive {
    /// Until the first contact is taken.
    pub days: f64,
    /// How long product questions go on to the shop after that.
    pub hotline_days: f64,
}

/// Below 50 interactions a day, up to 100, above 100 (requirement R15).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShopSize {
    Small,
    MidSize,
    Large,
}

impl ShopSize {
    /// The size of a shop of so many interactions a day.
    pub fn of(per_day: f64) -> Self {
        if per_day < 50.0 {
            Self::Small
        } else if per_day <= 100.0 {
            Self::MidSize
        } else {
            Self::Large
        }
    }

    /// "Small".
    pub const fn name(self) -> &'static str {
        match self {
            Self::Small => "Small",
            Self::MidSize => "Mid-size",
            Self::Large => "Large",
        }
    }
}

impl GoLive {
    /// As the tariff says; else 2 days for a small shop, one week for a mid-size and two for a large one
    /// (requirement R63), and a hotline for two weeks, or for four where it takes more than two days (a
    /// judgement).
    pub fn of(tariff: Option<&Tariff>, per_day: f64) -> Self {
        let given = tariff.map_or(0, |tariff| tariff.go_live_days);
        let days = match (given, ShopSize::of(per_day)) {
            (0, ShopSize::Small) => 2.0,
            (0, ShopSize::MidSize) => 5.0,
            (0, ShopSize::Large) => 10.0,
            (given, _) => f64::from(given),
        };
        let hotline = tariff.and_then(|tariff| tariff.hotline_days);
        let usual = if days <= 2.0 { 10.0 } else { 20.0 };
        Self {
            days,
            hotline_days: hotline.map_or(usual, f64::from),
        }
    }
}

/// The hotline's hours of the shop's own expert, at what an hour of theirs is worth, spread over the term
/// like the set-up fee.
pub(super) fn lines(
    scenario: &Scenario,
    terms: &Setup,
    tariff: &Tariff,
    usage: &Usage,
) -> Vec<CostLine> {
    let mut ledger = Ledger::default();
    let hour = expert_hour(scenario, terms);
    let (mut hours, mut said) = (0.0, Vec::new());
    for start in starts(scenario, tariff, usage) {
        let of_client = start.product_hours * start.live.hotline_days / WORKING_DAYS;
        hours += of_client;
        if of_client > 0.0 {
            said.push(format!(
                "{}: {} h of product questions a week × {} working days after the start",
                scenario.clients[start.client].name,
                number(start.product_hours),
                number(start.live.hotline_days)
            ));
        }
    }
    let term = f64::from(tariff.term_months.max(1));
    ledger.add(
        "Go-live, product questions by hotline",
        hour.times(hours * usage.months / term),
        format!(
            "{} = {} h × {hour} an hour of the shop's own expert, over {} months × {}{}",
            list(&said, ""),
            number(hours),
            tariff.term_months.max(1),
            count(usage.months, "month"),
            sources(&tariff.sources, &["hotline", "go_live", "term"])
        ),
    );
    ledger.into_lines()
}

/// The start of one client with the partner.
struct Start {
    client: ClientId,
    live: GoLive,
    /// Hours a week of product questions that fall to the partner.
    product_hours: f64,
}

/// Each client starts as its own size asks.
fn starts(scenario: &Scenario, tariff: &Tariff, usage: &Usage) -> Vec<Start> {
    let mut starts: BTreeMap<ClientId, (f64, f64)> = BTreeMap::new();
    for (id, used) in usage.own_queues() {
        let queue = &scenario.queues[id];
        let (contacts, product_hours) = starts.entry(queue.client).or_default();
        *contacts += used.offered.iter().sum::<f64>();
        if queue.contact_type.product {
            let handle = queue.handle_time.mean.hours().value();
            *product_hours += used.partner_offered() * used.handled * handle / usage.weeks;
        }
    }
    let starts = starts.into_iter();
    let start = starts.map(|(client, (contacts, product_hours))| Start {
        client,
        live: GoLive::of(Some(tariff), contacts / (usage.weeks * 7.0)),
        product_hours,
    });
    start.collect()
}

/// The start of the client that takes longest.
pub(super) fn slowest(scenario: &Scenario, tariff: &Tariff, usage: &Usage) -> GoLive {
    let starts = starts(scenario, tariff, usage).into_iter();
    let starts = starts.map(|start| start.live);
    let slowest = starts.reduce(|slow, next| GoLive {
        days: slow.days.max(next.days),
        hotline_days: slow.hotline_days.max(next.hotline_days),
    });
    slowest.unwrap_or_else(|| GoLive::of(Some(tariff), 0.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Money, PriceForm};

    #[test]
    fn a_small_shop_is_live_in_two_days_a_large_one_in_two_weeks() {
        let days = |per_day| GoLive::of(None, per_day).days;
        assert_eq!((days(10.0), days(75.0), days(300.0)), (2.0, 5.0, 10.0));
        let mut tariff = Tariff::of(PriceForm::PerLoggedHour { price: Money::ZERO });
        tariff.go_live_days = 7;
        tariff.hotline_days = Some(0);
        let live = GoLive::of(Some(&tariff), 10.0);
        assert_eq!((live.days, live.hotline_days), (7.0, 0.0));
        assert_eq!(ShopSize::of(75.0).name(), "Mid-size");
    }
}
