//! `[setup.tariff]`: what a partner charges, in every price form.

use super::fields::Fields;
use super::money::Exchange;
use super::value;
use crate::scenario::{Channel, Money, PriceForm, Tariff, Uplifts};
use crate::units::Share;

#[derive(Clone, Copy)]
enum Form {
    PerInteraction,
    PerMinute,
    PerProductiveHour,
    PerLoggedHour,
    PerFteMonth,
    Flat,
}

const FORMS: [(&str, Form); 6] = [
    ("per-interaction", Form::PerInteraction),
    ("per-minute", Form::PerMinute),
    ("per-productive-hour", Form::PerProductiveHour),
    ("per-logged-hour", Form::PerLoggedHour),
    ("per-fte-month", Form::PerFteMonth),
    ("flat", Form::Flat),
];

pub(super) fn read_tariff(table: &Fields, exchange: &Exchange) -> Option<Tariff> {
    let money = |field| table.or(field, |value| exchange.money(value), Money::ZERO);
    let form = table
        .required("form", value::choice(&FORMS))
        .map(|form| read_form(table, form, exchange));
    let days = table.or("notice", value::duration, value_days(30.0));
    Some(Tariff {
        setup_fee: money("setup_fee"),
        term_months: table.or("term", value::months, 12.0).round().max(1.0) as u32,
        monthly_fee: money("monthly_fee"),
        minimum_per_month: money("minimum_per_month"),
        uplifts: Uplifts {
            night: Share(table.or("night", value::rate, 0.0)),
            weekend: Share(table.or("weekend", value::rate, 0.0)),
        },
        vat: table.or("vat", value::share, Share::ZERO),
        vat_deductible: table.or("vat_deductible", value::flag, true),
        notice_days: (days.value() / 86_400.0).ceil() as u32,
        exit_fee: money("exit_fee"),
        form: form??,
    })
}

fn value_days(days: f64) -> crate::units::Seconds {
    crate::units::Seconds(days * 86_400.0)
}

fn read_form(table: &Fields, form: Form, exchange: &Exchange) -> Option<PriceForm> {
    let price = |field| table.required(field, |value| exchange.money(value));
    Some(match form {
        Form::PerInteraction => {
            let prices = table.table("prices");
            if !table.has("prices") {
                table.missing("prices");
            }
            read_prices(&prices?, exchange)
        }
        Form::PerMinute => {
            let rounding = table.or(
                "rounding",
                value::positive_duration,
                crate::units::Seconds(1.0),
            );
            PriceForm::PerMinute {
                price: price("price")?,
                rounding_seconds: rounding.value().round().max(1.0) as u32,
            }
        }
        Form::PerProductiveHour => PriceForm::PerProductiveHour {
            price: price("price")?,
        },
        Form::PerLoggedHour => PriceForm::PerLoggedHour {
            price: price("price")?,
        },
        Form::PerFteMonth => PriceForm::PerFteMonth {
            price: price("price")?,
        },
        Form::Flat => {
            let (fee, overage) = (price("fee"), price("overage"));
            let included = table.required("included", value::number);
            PriceForm::Flat {
                fee: fee?,
                included: included?,
                overage: overage?,
            }
        }
    })
}

/// `prices = { phone = "95 CZK", other = "60 CZK" }`.
fn read_prices(table: &Fields, exchange: &Exchange) -> PriceForm {
    let price = |field| table.optional(field, |value| exchange.money(value));
    let by_channel: Vec<(Channel, Money)> = Channel::ALL
        .into_iter()
        .filter_map(|channel| Some((channel, price(channel.name())?)))
        .collect();
    let other = price("other").unwrap_or_else(|| {
        if !Channel::ALL.iter().all(|channel| table.has(channel.name())) && !table.has("other") {
            table.missing("other");
        }
        Money::ZERO
    });
    PriceForm::PerInteraction { by_channel, other }
}
