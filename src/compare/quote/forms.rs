//! Every price form at the price that brings a sum, what its price list says, and who carries its risks.

use super::Bearer;
use crate::cost::{self, Usage};
use crate::scenario::{
    BilledMinutes, Channel, InteractionPrice, Money, PriceForm, Scenario, Service,
};
use crate::units::Share;

/// What a service consists of, in the units that the forms charge.
struct Units {
    contacts: f64,
    /// Started minutes of talk and wrap-up.
    minutes: f64,
    /// Channels with the hours of work and the contacts in them: prices of contacts follow the work.
    channels: Vec<(Channel, f64, f64)>,
    on_line: f64,
    logged: f64,
    /// Whole full-time agents.
    agents: f64,
}

/// Every form at the price that brings `revenue` over the horizon, rounded up to a hundredth.
pub(super) fn forms(scenario: &Scenario, usage: &Usage, revenue: Money) -> Vec<PriceForm> {
    let months = usage.months;
    let units = Units::of(scenario, usage);
    let work: f64 = units.channels.iter().map(|(_, work, _)| work).sum();
    let each = |units: f64| rounded_up(revenue, units);
    let contact = each(units.contacts);
    let baseline = units.contacts / months;
    let fee = each(months);
    vec![
        PriceForm::PerInteraction {
            prices: units
                .channels
                .iter()
                .map(|(channel, part, count)| InteractionPrice {
                    channel: Some(*channel),
                    contact_type: None,
                    language: None,
                    price: rounded_up(revenue.times(part / work.max(1e-9)), *count),
                })
                .collect(),
            other: contact,
        },
        PriceForm::PerMinute {
            price: each(units.minutes),
            rounding_seconds: 60,
            minutes: BilledMinutes::TalkAndWrap,
        },
        PriceForm::PerProductiveHour {
            price: each(units.on_line),
        },
        PriceForm::PerLoggedHour {
            price: each(units.logged),
        },
        PriceForm::PerFteMonth {
            price: each(units.agents * months),
        },
        PriceForm::Flat {
            fee,
            included: baseline.ceil(),
            overage: contact,
        },
        // Moving staff up costs nearly a contact's price; moving down frees only a part of it.
        PriceForm::Anchored {
            fee,
            baseline,
            band: Share(0.10),
            additional: contact.times(0.9).rounded(),
            reduced: contact.times(0.6).rounded(),
        },
    ]
}

impl Units {
    fn of(scenario: &Scenario, usage: &Usage) -> Self {
        let (mut contacts, mut minutes) = (0.0, 0.0);
        let mut channels: Vec<(Channel, f64, f64)> = Vec::new();
        for (id, used) in usage.own_queues() {
            let queue = &scenario.queues[id];
            let count = used.contacts();
            let concurrency = match &queue.service {
                Service::RealTime { concurrency, .. } => f64::from((*concurrency).max(1)),
                Service::Deferrable { .. } => 1.0,
            };
            let work = count * queue.handle_time.mean.hours().value() / concurrency;
            contacts += count;
            minutes +=
                count * cost::billed_minutes(queue.handle_time, BilledMinutes::TalkAndWrap, 60);
            match channels
                .iter_mut()
                .find(|(channel, _, _)| *channel == queue.channel)
            {
                Some(entry) => {
                    entry.1 += work;
                    entry.2 += count;
                }
                None => channels.push((queue.channel, work, count)),
            }
        }
        let teams = || usage.teams.iter();
        let full_time = |team: &cost::TeamUsage| {
            let site = &scenario.sites[scenario.groups[team.group].site];
            let full = site.rules.full_time.value() * usage.weeks;
            (team.rostered / full.max(1e-9) - 1e-9).ceil().max(0.0)
        };
        Self {
            contacts,
            minutes,
            channels,
            on_line: teams().map(|team| team.on_line * team.borne).sum(),
            logged: teams().map(|team| team.rostered * team.borne).sum(),
            agents: teams().map(|team| full_time(team) * team.borne).sum(),
        }
    }
}

/// The price of a unit, rounded up to a hundredth so that the margin is not lost to rounding.
fn rounded_up(revenue: Money, units: f64) -> Money {
    if units <= 0.0 {
        return Money::ZERO;
    }
    let exact = revenue.times(1.0 / units);
    let rounded = exact.rounded();
    if rounded < exact {
        rounded + Money::from_f64(0.01)
    } else {
        rounded
    }
}

/// Contact: volume and handle time with the agency; minute: volume and idle time with the agency, handle
/// time with the client; hour and full-timer: both with the client; flat and anchored between.
pub(super) fn risks(form: &PriceForm) -> (Bearer, Bearer) {
    match form {
        PriceForm::PerInteraction { .. } => (Bearer::Agency, Bearer::Agency),
        PriceForm::PerMinute { .. } => (Bearer::Agency, Bearer::Client),
        PriceForm::PerProductiveHour { .. }
        | PriceForm::PerLoggedHour { .. }
        | PriceForm::PerFteMonth { .. } => (Bearer::Client, Bearer::Client),
        PriceForm::Flat { .. } | PriceForm::Anchored { .. } => (Bearer::Both, Bearer::Agency),
    }
}

/// What a form charges, in words, with its price.
pub(super) fn price_list(form: &PriceForm) -> Vec<(String, Money)> {
    let one = |name: &str, price: Money| vec![(name.to_owned(), price)];
    match form {
        PriceForm::PerInteraction { prices, other } => {
            let rows = prices.iter().map(|row| {
                let channel = row.channel.map_or("any channel", Channel::name);
                (format!("per contact, {channel}"), row.price)
            });
            rows.chain([("per contact, other".to_owned(), *other)])
                .collect()
        }
        PriceForm::PerMinute { price, .. } => {
            one("per minute of talk and wrap-up, started minutes", *price)
        }
        PriceForm::PerProductiveHour { price } => one("per hour on the line", *price),
        PriceForm::PerLoggedHour { price } => one("per hour logged in", *price),
        PriceForm::PerFteMonth { price } => one("per full-time agent and month", *price),
        PriceForm::Flat {
            fee,
            included,
            overage,
        } => vec![
            (format!("per month, {included:.0} contacts included"), *fee),
            ("per further contact".to_owned(), *overage),
        ],
        PriceForm::Anchored {
            fee,
            baseline,
            additional,
            reduced,
            ..
        } => vec![
            (format!("per month for {baseline:.0} contacts ± 10 %"), *fee),
            ("per contact above the band".to_owned(), *additional),
            ("credit per contact below the band".to_owned(), *reduced),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_never_rounded_below_what_they_must_bring() {
        assert_eq!(
            rounded_up(Money::from_f64(10.0), 3.0),
            Money::from_f64(3.34)
        );
        assert_eq!(rounded_up(Money::from_f64(9.0), 3.0), Money::from_f64(3.0));
        assert_eq!(rounded_up(Money::from_f64(9.0), 0.0), Money::ZERO);
    }
}
