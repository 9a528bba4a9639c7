//! Every price form at the price that brings a sum, and what its price list says.

use crate::cost::{self, Usage};
use crate::scenario::{
    BilledMinutes, Channel, InteractionPrice, Money, PriceForm, Scenario, Service,
};
use crate::units::Share;

/// What a year of the service consists of, in the units that the forms charge.
pub(super) struct Units {
    contacts: f64,
    /// Started minutes of talk and wrap-up.
    minutes: f64,
    /// Channels with the hours of work and the contacts in them: prices of contacts follow the work.
    channels: Vec<(Channel, f64, f64)>,
    on_line: f64,
    logged: f64,
    /// Whole full-time agents.
    agents: f64,
    months: f64,
}

/// Every form at prices that would bring `revenue` in the year by themselves, at an even volume; see [`bringing`].
pub(super) fn forms(units: &Units, revenue: Money) -> Vec<PriceForm> {
    let months = units.months;
    let work: f64 = units.channels.iter().map(|(_, work, _)| work).sum();
    let each = |units: f64| revenue.times(1.0 / units.max(1e-9));
    let contact = each(units.contacts);
    let baseline = (units.contacts / months).ceil();
    let fee = each(months);
    let rows = units.channels.iter();
    let rows = rows.map(|(channel, part, count)| InteractionPrice {
        channel: Some(*channel),
        contact_type: None,
        language: None,
        price: revenue.times(part / work.max(1e-9) / count.max(1e-9)),
    });
    vec![
        PriceForm::PerInteraction {
            prices: rows.collect(),
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
            included: baseline,
            overage: contact,
        },
        // Moving staff up costs nearly a contact's price; moving down frees only a part of it.
        PriceForm::Anchored {
            fee,
            baseline,
            band: Share(0.10),
            additional: contact.times(0.9),
            reduced: contact.times(0.6),
        },
    ]
}

/// The form at the prices, rounded up to a hundredth, at which `brings` answers `revenue`: what fees, uplifts and
/// unlike months bring beside the prices themselves is found by the secant rule, since invoices grow all but evenly
/// with the prices. Where fees and a minimum alone bring as much, the prices stay as they would be without them.
pub(super) fn bringing(
    form: &PriceForm,
    revenue: f64,
    brings: &mut dyn FnMut(&PriceForm) -> f64,
) -> PriceForm {
    const STEPS: usize = 12;
    let mut short =
        |factor: f64| brings(&priced(form, &mut |price, _| price.times(factor))) - revenue;
    let (mut last, mut factor) = ((0.0, short(0.0)), 1.0);
    if last.1 < 0.0 {
        for _ in 0..STEPS {
            let now = short(factor);
            if now.abs() < 0.05 || now == last.1 {
                break;
            }
            let next = factor - now * (factor - last.0) / (now - last.1);
            last = (factor, now);
            factor = next.clamp(factor / 4.0, factor * 4.0);
        }
    }
    priced(form, &mut |price, back| rounded(price.times(factor), !back))
}

/// The units in which each price of the price list counts, in the year: what `brings` answers for a form of that price
/// alone. Nothing for a fee.
pub(super) fn quantities(
    form: &PriceForm,
    brings: &mut dyn FnMut(&PriceForm) -> f64,
) -> Vec<Option<f64>> {
    // Charges are rounded to a hundredth, credits never above the fee.
    const PRICE: f64 = 1000.0;
    const FEE: f64 = 1e9;
    let is_fee = |index: usize| {
        let fees = matches!(form, PriceForm::Flat { .. } | PriceForm::Anchored { .. });
        fees && index == 0
    };
    let mut prices = 0;
    priced(form, &mut |price, _| {
        prices += 1;
        price
    });
    let mut brought = |price: Option<usize>, fee: f64| {
        let mut index = 0;
        brings(&priced(form, &mut |_, _| {
            let of = match index {
                fees if is_fee(fees) => fee,
                this if Some(this) == price => PRICE,
                _ => 0.0,
            };
            index += 1;
            Money::from_f64(of)
        }))
    };
    let fees = brought(None, FEE);
    (0..prices)
        .map(|index| (!is_fee(index)).then(|| (brought(Some(index), FEE) - fees).abs() / PRICE))
        .collect()
}

/// The same form at other prices, asked for in the order of the price list; `true` where the price is what the client
/// gets back.
fn priced(form: &PriceForm, to: &mut dyn FnMut(Money, bool) -> Money) -> PriceForm {
    let mut form = form.clone();
    let prices: Vec<(&mut Money, bool)> = match &mut form {
        PriceForm::PerInteraction { prices, other } => {
            let rows = prices.iter_mut().map(|row| &mut row.price);
            rows.chain([other]).map(|price| (price, false)).collect()
        }
        PriceForm::PerMinute { price, .. }
        | PriceForm::PerProductiveHour { price }
        | PriceForm::PerLoggedHour { price }
        | PriceForm::PerFteMonth { price } => vec![(price, false)],
        PriceForm::Flat { fee, overage, .. } => vec![(fee, false), (overage, false)],
        PriceForm::Anchored {
            fee,
            additional,
            reduced,
            ..
        } => vec![(fee, false), (additional, false), (reduced, true)],
    };
    for (price, back) in prices {
        *price = to(*price, back);
    }
    form
}

impl Units {
    /// A year of `volume` times what was used, in so many months.
    pub fn of(scenario: &Scenario, usage: &Usage, volume: f64, months: f64) -> Self {
        let (mut contacts, mut minutes) = (0.0, 0.0);
        let mut channels: Vec<(Channel, f64, f64)> = Vec::new();
        for (id, used) in usage.own_queues() {
            let queue = &scenario.queues[id];
            let count = used.contacts() * volume;
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
            on_line: volume * teams().map(|team| team.on_line * team.borne).sum::<f64>(),
            logged: volume * teams().map(|team| team.rostered * team.borne).sum::<f64>(),
            agents: teams().map(|team| full_time(team) * team.borne).sum(),
            months,
        }
    }
}

/// A price rounded to a hundredth, up or down, so that the margin is not lost to rounding.
fn rounded(exact: Money, up: bool) -> Money {
    let rounded = exact.rounded();
    let hundredth = Money::from_f64(0.01);
    match up {
        true if rounded < exact => rounded + hundredth,
        false if rounded > exact => rounded - hundredth,
        _ => rounded,
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
        let cases = [
            (3.3333, true, 3.34),
            (3.0, true, 3.0),
            (3.3388, false, 3.33),
        ];
        for (exact, up, expected) in cases {
            let found = rounded(Money::from_f64(exact), up);
            assert_eq!(found, Money::from_f64(expected));
        }
    }

    /// 100 hours, an uplift of 20 % on half of them and a fee of 50 are to bring 600: 550 ÷ 110 h = 5.
    #[test]
    fn prices_leave_room_for_fees_and_uplifts() {
        let hours = |form: &PriceForm| match form {
            PriceForm::PerLoggedHour { price } => price.to_f64() * 100.0,
            _ => 0.0,
        };
        let form = PriceForm::PerLoggedHour {
            price: Money::from_f64(6.0),
        };
        let at = bringing(&form, 600.0, &mut |form| hours(form) * 1.1 + 50.0);
        assert_eq!(hours(&at), 500.0);
        // A minimum of 700 brings more than that by itself: 6 an hour, as without it.
        let at = bringing(&form, 600.0, &mut |form| hours(form).max(700.0));
        assert_eq!(hours(&at), 600.0);
    }
}
