//! What the form of the tariff charges, before uplifts and fees.

use std::collections::BTreeMap;

use statrs::distribution::{ContinuousCDF, LogNormal};

use crate::cost::Usage;
use crate::cost::ledger::{Ledger, count, number, percent, sources};
use crate::ids::QueueId;
use crate::scenario::{
    Billable, BilledMinutes, HandleTime, InteractionPrice, Money, PriceForm, Queue, Scenario,
    Tariff, log_normal,
};
use crate::table::Table;
use crate::units::{Share, whole};

/// Charges by queue and slot, on which uplifts are taken.
pub(super) type Charged = Table<QueueId, Vec<f64>>;

/// How the lines of full-time agents begin.
const FTE_LINE: &str = "Full-time agents";

/// Writes the charges of the form and says where and when they fell.
pub(super) fn write(
    ledger: &mut Ledger,
    scenario: &Scenario,
    tariff: &Tariff,
    usage: &Usage,
) -> Charged {
    let said = price_notes(tariff);
    match &tariff.form {
        PriceForm::PerInteraction { prices, other } => {
            interactions(ledger, scenario, tariff, usage, prices, *other, &said)
        }
        PriceForm::PerMinute {
            price,
            rounding_seconds,
            minutes,
        } => {
            let per_contact = scenario
                .queues
                .map(|_, queue| billed_minutes(queue.handle_time, *minutes, *rounding_seconds));
            let quantity = usage
                .queues
                .map(|id, _| times(&billed(scenario, tariff, usage, id), per_contact[id]));
            let rounding = match rounding_seconds {
                0 | 1 => "by the second".to_owned(),
                seconds => format!("rounded up to {seconds} s per contact"),
            };
            let of = match minutes {
                BilledMinutes::TalkAndWrap => "talk and wrap-up".to_owned(),
                BilledMinutes::Talk(share) => {
                    format!("talk, {} of the handle time", percent(share.value()))
                }
            };
            let basis = format!(
                "minutes of {of}, {rounding}; {}",
                billable_words(tariff.billable)
            );
            by_unit(ledger, "Per minute", *price, &quantity, &basis, &said)
        }
        PriceForm::PerProductiveHour { price } => {
            let quantity = usage
                .queues
                .map(|_, queue| mine(queue.borne, &queue.productive_hours));
            by_unit(
                ledger,
                "Per productive hour",
                *price,
                &quantity,
                "hours on the line",
                &said,
            )
        }
        PriceForm::PerLoggedHour { price } => {
            let quantity = usage
                .queues
                .map(|_, queue| mine(queue.borne, &queue.logged_hours));
            let basis = "hours logged in, paid breaks included";
            by_unit(ledger, "Per logged hour", *price, &quantity, basis, &said)
        }
        PriceForm::PerFteMonth { price } => full_time(ledger, scenario, usage, *price, &said),
        PriceForm::Flat {
            fee,
            included,
            overage,
        } => {
            let contacts = all_billed(scenario, tariff, usage);
            let over = (total(&contacts) - included * usage.months).max(0.0);
            let flat = fee.times(usage.months);
            ledger.add(
                "Flat fee",
                flat,
                format!(
                    "{fee} a month × {}, {} contacts a month included{said}",
                    count(usage.months, "month"),
                    number(*included)
                ),
            );
            let beyond = overage.times(over);
            ledger.add(
                "Overage",
                beyond,
                format!(
                    "{} contacts beyond those included × {}; {}{said}",
                    number(over),
                    overage.of_one(),
                    billable_words(tariff.billable)
                ),
            );
            spread(&contacts, flat + beyond)
        }
        PriceForm::Anchored {
            fee,
            baseline,
            band,
            additional,
            reduced,
        } => {
            let contacts = all_billed(scenario, tariff, usage);
            let (base, wide) = (baseline * usage.months, band.value());
            let over = (total(&contacts) - base * (1.0 + wide)).max(0.0);
            let under = (base * (1.0 - wide) - total(&contacts)).max(0.0);
            let anchored = fee.times(usage.months);
            ledger.add(
                "Baseline fee",
                anchored,
                format!(
                    "{fee} a month × {} for {} contacts a month, band ± {}{said}",
                    count(usage.months, "month"),
                    number(*baseline),
                    percent(wide)
                ),
            );
            let more = additional.times(over);
            ledger.add(
                "Additional resource charge",
                more,
                format!(
                    "{} contacts above the band × {additional}{said}",
                    number(over)
                ),
            );
            // No more comes back than was paid.
            let less = reduced.times(under).min(anchored);
            ledger.add(
                "Reduced resource credit",
                -less,
                format!(
                    "{} contacts below the band × {reduced}{said}",
                    number(under)
                ),
            );
            spread(&contacts, anchored + more - less)
        }
    }
}

/// Price of a contact of a queue: the row that names most of channel, contact type and language; the
/// first of equals; `other` where none fits.
pub fn interaction_price(queue: &Queue, prices: &[InteractionPrice], other: Money) -> Money {
    let fits = |row: &&InteractionPrice| {
        row.channel.is_none_or(|channel| channel == queue.channel)
            && row
                .language
                .is_none_or(|language| language == queue.language)
            && row
                .contact_type
                .as_ref()
                .is_none_or(|name| *name == queue.contact_type.name)
    };
    let named = |row: &InteractionPrice| {
        usize::from(row.channel.is_some())
            + usize::from(row.language.is_some())
            + usize::from(row.contact_type.is_some())
    };
    prices
        .iter()
        .filter(fits)
        .rev()
        .max_by_key(|row| named(row))
        .map_or(other, |row| row.price)
}

/// Minutes billed for a contact, on average: the billed part of the handle time, rounded up to whole
/// units of `rounding_seconds` contact by contact.
///
/// With X lognormal, E⌈X ÷ r⌉ = Σ_{k ≥ 0} P(X > k r).
pub fn billed_minutes(
    handle_time: HandleTime,
    minutes: BilledMinutes,
    rounding_seconds: u32,
) -> f64 {
    let share = match minutes {
        BilledMinutes::TalkAndWrap => 1.0,
        BilledMinutes::Talk(Share(share)) => share,
    };
    let mean = handle_time.mean.value() * share;
    if mean <= 0.0 {
        return 0.0;
    }
    if rounding_seconds <= 1 {
        return mean / 60.0;
    }
    let unit = f64::from(rounding_seconds);
    let (mu, sigma) = log_normal(mean, handle_time.cv);
    let Ok(spread) = LogNormal::new(mu, sigma) else {
        return (mean / unit).ceil() * unit / 60.0;
    };
    let mut units = 0.0;
    for k in 0..100_000_u32 {
        let more = spread.sf(f64::from(k) * unit);
        units += more;
        if more < 1e-12 {
            break;
        }
    }
    units * unit / 60.0
}

/// Billable contacts of a queue that fall to the partner, per slot; none of companions.
fn billed(scenario: &Scenario, tariff: &Tariff, usage: &Usage, queue: QueueId) -> Vec<f64> {
    let used = &usage.queues[queue];
    if !used.borne {
        return vec![0.0; used.offered.len()];
    }
    let Billable {
        abandoned,
        repeats,
        spam,
    } = tariff.billable;
    let reached = if abandoned { 1.0 } else { used.handled };
    let new = if repeats {
        1.0
    } else {
        1.0 / scenario.queues[queue].repeat_factor_at(used.resolution)
    };
    let share = reached * new * spam.rest().value();
    used.offered
        .iter()
        .zip(&used.partner)
        .map(|(offered, partner)| offered * partner * share)
        .collect()
}

fn billable_words(billable: Billable) -> String {
    let mut words = String::from(if billable.abandoned {
        "billable: handled and abandoned"
    } else {
        "billable: handled, not abandoned"
    });
    if !billable.repeats {
        words.push_str(", repeats free");
    }
    if billable.spam.value() > 0.0 {
        words.push_str(&format!(", {} spam free", percent(billable.spam.value())));
    }
    words
}

fn interactions(
    ledger: &mut Ledger,
    scenario: &Scenario,
    tariff: &Tariff,
    usage: &Usage,
    prices: &[InteractionPrice],
    other: Money,
    said: &str,
) -> Charged {
    let contacts = all_billed(scenario, tariff, usage);
    // One line per channel and price: what a reader can multiply.
    let mut rows: BTreeMap<(crate::scenario::Channel, Money), f64> = BTreeMap::new();
    let price = scenario
        .queues
        .map(|_, queue| interaction_price(queue, prices, other));
    for (id, queue) in scenario.queues.iter() {
        *rows.entry((queue.channel, price[id])).or_default() += contacts[id].iter().sum::<f64>();
    }
    for ((channel, price), count) in rows {
        ledger.add(
            format!("Per interaction, {}", channel.name()),
            price.times(count),
            format!(
                "{} contacts × {}; {}{said}",
                number(count),
                price.of_one(),
                billable_words(tariff.billable)
            ),
        );
    }
    contacts.map(|id, slots| times(slots, price[id].to_f64()))
}

fn by_unit(
    ledger: &mut Ledger,
    line: &str,
    price: Money,
    quantity: &Table<QueueId, Vec<f64>>,
    basis: &str,
    said: &str,
) -> Charged {
    let units = total(quantity);
    ledger.add(
        line,
        price.times(units),
        format!("{} × {}: {basis}{said}", number(units), price.of_one()),
    );
    quantity.map(|_, slots| times(slots, price.to_f64()))
}

/// Full-time agents: whole ones of each team, the set-up's share of shared teams.
fn full_time(
    ledger: &mut Ledger,
    scenario: &Scenario,
    usage: &Usage,
    price: Money,
    said: &str,
) -> Charged {
    let mut charges = Money::ZERO;
    for team in usage.teams.iter().filter(|team| team.by_tariff) {
        let site = &scenario.sites[scenario.groups[team.group].site];
        let full = site.rules.full_time.value() * usage.weeks;
        if full <= 0.0 || team.rostered <= 0.0 {
            continue;
        }
        let agents = whole(team.rostered / full);
        let amount = price.times(agents * team.borne * usage.months);
        ledger.add(
            format!("{FTE_LINE}, {}", team.name),
            amount,
            format!(
                "{} h logged ÷ {} h a full-time agent = {} whole agents × {} of their work × {price} × {}{said}",
                number(team.rostered),
                number(full),
                number(agents),
                percent(team.borne),
                count(usage.months, "month")
            ),
        );
        charges += amount;
    }
    let hours = usage
        .queues
        .map(|_, queue| mine(queue.borne, &queue.productive_hours));
    spread(&hours, charges)
}

fn all_billed(scenario: &Scenario, tariff: &Tariff, usage: &Usage) -> Table<QueueId, Vec<f64>> {
    usage
        .queues
        .map(|id, _| billed(scenario, tariff, usage, id))
}

fn mine(borne: bool, hours: &[f64]) -> Vec<f64> {
    if borne {
        hours.to_vec()
    } else {
        vec![0.0; hours.len()]
    }
}

fn times(slots: &[f64], factor: f64) -> Vec<f64> {
    slots.iter().map(|value| value * factor).collect()
}

fn total(table: &Table<QueueId, Vec<f64>>) -> f64 {
    table.values().flatten().sum()
}

/// An amount over the queues and slots, by weight.
fn spread(weights: &Table<QueueId, Vec<f64>>, amount: Money) -> Charged {
    let sum = total(weights);
    let per_unit = if sum > 0.0 {
        amount.to_f64() / sum
    } else {
        0.0
    };
    weights.map(|_, slots| times(slots, per_unit))
}

/// The rate of a foreign tariff and the sources of default prices, as the tail of a basis.
fn price_notes(tariff: &Tariff) -> String {
    let rate = tariff
        .conversion
        .as_ref()
        .map_or(String::new(), |conversion| format!("; {conversion}"));
    let fields: &[&str] = match tariff.form {
        PriceForm::PerProductiveHour { .. }
        | PriceForm::PerLoggedHour { .. }
        | PriceForm::PerFteMonth { .. } => &["form", "price"],
        _ => &["form", "price", "billable"],
    };
    format!("{rate}{}", sources(&tariff.sources, fields))
}
