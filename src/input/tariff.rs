//! `[setup.tariff]`: what a partner charges, in every price form.

use std::collections::BTreeMap;

use toml::de::DeValue;

use super::fields::Fields;
use super::language::Languages;
use super::money::Exchange;
use super::names::Names;
use super::value;
use crate::ids::ClientId;
use crate::scenario::{
    Billable, BilledMinutes, BonusMalus, Channel, Conversion, Indexation, InteractionPrice, Money,
    PriceForm, Tariff, Uplifts,
};
use crate::units::{Seconds, Share};

/// What prices point to.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub exchange: &'a Exchange,
    pub languages: &'a Languages,
    pub contact_types: &'a Names,
}

#[derive(Clone, Copy, PartialEq)]
enum Form {
    PerInteraction,
    PerMinute,
    PerProductiveHour,
    PerLoggedHour,
    PerFteMonth,
    Flat,
    Anchored,
}

const FORMS: [(&str, Form); 7] = [
    ("per-interaction", Form::PerInteraction),
    ("per-minute", Form::PerMinute),
    ("per-productive-hour", Form::PerProductiveHour),
    ("per-logged-hour", Form::PerLoggedHour),
    ("per-fte-month", Form::PerFteMonth),
    ("flat", Form::Flat),
    ("anchored", Form::Anchored),
];

/// Over what a minimum counts: whether over the year.
const SPANS: [(&str, bool); 2] = [("month", false), ("year", true)];

/// Amounts beside the prices of a form.
const FEES: [&str; 7] = [
    "setup_fee",
    "monthly_fee",
    "minimum_per_month",
    "exit_fee",
    "overage",
    "additional",
    "reduced",
];

const DAY: f64 = 86_400.0;

pub(super) fn read_tariff(table: &Fields, context: Context) -> Option<Tariff> {
    let exchange = context.exchange;
    let money = |field| table.or(field, |value| exchange.money(value), Money::ZERO);
    let days = |field, default: f64| {
        let days = table.or(field, value::duration, Seconds(default * DAY));
        (days.value() / DAY).ceil() as u32
    };
    let kind = table.required("form", value::choice(&FORMS));
    if kind.is_none() {
        // They are known, of whatever form it was to be.
        for field in FORM_FIELDS {
            table.has(field);
        }
    }
    let form = kind.map(|form| read_form(table, form, context));
    let mut sources = BTreeMap::new();
    let mut assumed = |field: &'static str, source: &str| {
        if !table.has(field) {
            sources.insert(field.to_owned(), source.to_owned());
        }
    };
    assumed(
        "notice",
        "30 days; 60 to 90 are found (wildfloweralpacas.com, 2024)",
    );
    assumed(
        "term",
        "12 months; 12 to 36 are found (wildfloweralpacas.com, 2024)",
    );
    assumed(
        "billable",
        "every contact handled and no other (customerhero.cz, 2026)",
    );
    assumed(
        "go_live",
        "2 days small, 1 or 2 weeks larger (customerhero.cz, 2026)",
    );
    assumed(
        "vat_deductible",
        "VAT is deducted, amounts are without it (a judgement, 2026)",
    );
    if table.has("night") {
        assumed(
            "night_hours",
            "22:00 to 06:00, as most labour rules have it (2026)",
        );
    }
    if kind == Some(Form::PerMinute) {
        assumed("rounding", "by the second (a judgement, 2026)");
        assumed(
            "talk_share",
            "talk and wrap-up are billed (a judgement, 2026)",
        );
    }
    if kind == Some(Form::Anchored) {
        assumed(
            "band",
            "none: every contact off the baseline counts (a judgement, 2026)",
        );
    }
    assumed(
        "hotline",
        "2 weeks small, 4 weeks larger (a judgement, 2026)",
    );
    let conversion = ["price", "fee", "other"]
        .into_iter()
        .find_map(|field| exchange.conversion(table.raw(field)?.get_ref()))
        .or_else(|| {
            let DeValue::Table(prices) = table.raw("prices")?.get_ref() else {
                return None;
            };
            let mut values = prices.values();
            values.find_map(|value| exchange.conversion(value.get_ref()))
        });
    let mut rates: Vec<Conversion> = Vec::new();
    let amounts = FEES.into_iter().filter_map(|field| table.raw(field));
    for rate in amounts.filter_map(|amount| exchange.conversion(amount.get_ref())) {
        if rates.iter().all(|known| known.from != rate.from) {
            rates.push(rate);
        }
    }
    Some(Tariff {
        billable: table
            .table("billable")
            .map_or_else(Billable::default, |table| {
                let default = Billable::default();
                Billable {
                    abandoned: table.or("abandoned", value::flag, default.abandoned),
                    repeats: table.or("repeats", value::flag, default.repeats),
                    spam: table.or("spam", value::share, default.spam),
                }
            }),
        setup_fee: money("setup_fee"),
        term_months: table.or("term", value::months, 12.0).round().max(1.0) as u32,
        monthly_fee: money("monthly_fee"),
        minimum_per_month: money("minimum_per_month"),
        minimum_over_year: table.or("minimum_over", value::choice(&SPANS), false),
        uplifts: read_uplifts(table, context.languages),
        bonus_malus: table.table("bonus_malus").and_then(|table| {
            let per_point = table.required("per_point", value::share);
            Some(BonusMalus {
                most_bonus: table.or("bonus", value::share, Share::ZERO),
                most_malus: table.or("malus", value::share, Share::ZERO),
                per_point: per_point?,
            })
        }),
        indexation: table.table("indexation").and_then(|table| {
            let per_year = table.required("per_year", value::share);
            let from = table.required("from", value::date);
            Some(Indexation {
                per_year: per_year?,
                from: from?,
            })
        }),
        conversion,
        rates,
        vat: table.or("vat", value::share, Share::ZERO),
        vat_deductible: {
            let deductible = table.or("vat_deductible", value::flag, true);
            if !deductible && !table.has("vat") {
                // A tax that is borne has a rate.
                table.missing("vat");
            }
            deductible
        },
        notice_days: days("notice", 30.0),
        exit_fee: money("exit_fee"),
        go_live_days: days("go_live", 0.0),
        hotline_days: table.has("hotline").then(|| days("hotline", 0.0)),
        sources,
        form: form??,
    })
}

/// `night`, `night_hours`, `weekend`, `round_the_clock`, `language_uplift = { sk = "10%" }`.
fn read_uplifts(table: &Fields, languages: &Languages) -> Uplifts {
    let default = Uplifts::default();
    let rate = |field| Share(table.or(field, value::rate, 0.0));
    let by_language = table.table("language_uplift");
    Uplifts {
        night: rate("night"),
        night_hours: table.or("night_hours", value::band, default.night_hours),
        weekend: rate("weekend"),
        round_the_clock: rate("round_the_clock"),
        languages: by_language.map_or_else(Vec::new, |table| {
            let rows = table.entries().filter_map(|(tag, raw)| {
                let share = table.read(&tag.value, raw, value::rate)?.value;
                let name = DeValue::String(tag.value.clone().into());
                let key = toml::Spanned::new(tag.span.clone(), name);
                let language = table.read(&tag.value, &key, |tag| languages.read(tag))?;
                Some((language.value, Share(share)))
            });
            rows.collect()
        }),
    }
}

/// What any form asks for.
const FORM_FIELDS: [&str; 13] = [
    "price",
    "prices",
    "price_rows",
    "other",
    "rounding",
    "talk_share",
    "fee",
    "included",
    "overage",
    "baseline",
    "band",
    "additional",
    "reduced",
];

fn read_form(table: &Fields, form: Form, context: Context) -> Option<PriceForm> {
    let exchange = context.exchange;
    let price = |field| table.required(field, |value| exchange.money(value));
    Some(match form {
        Form::PerInteraction => return read_prices(table, context),
        Form::PerMinute => {
            let rounding = table.or("rounding", value::positive_duration, Seconds(1.0));
            let talk = table.optional("talk_share", value::share);
            PriceForm::PerMinute {
                price: price("price")?,
                rounding_seconds: rounding.value().round().max(1.0) as u32,
                minutes: talk.map_or(BilledMinutes::TalkAndWrap, BilledMinutes::Talk),
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
        Form::Anchored => {
            let (fee, additional, reduced) = (price("fee"), price("additional"), price("reduced"));
            let baseline = table.required("baseline", value::number);
            if let (Some(fee), Some(baseline), Some(reduced)) = (fee, baseline, reduced)
                && reduced.to_f64() * baseline > fee.to_f64() * (1.0 + 1e-9)
            {
                table.problem(
                    "reduced",
                    "bad-money",
                    format!("{reduced} come back for each contact below a baseline of {baseline}, which costs {fee}"),
                    "a credit is no more than the fee divided by the baseline",
                );
            }
            PriceForm::Anchored {
                band: table.or("band", value::share, Share::ZERO),
                fee: fee?,
                baseline: baseline?,
                additional: additional?,
                reduced: reduced?,
            }
        }
    })
}

/// `prices = { phone = "95 CZK", other = "60 CZK" }`, and rows that name more:
/// `price_rows = [{ channel = "phone", contact_type = "product", language = "sk", price = "120 CZK" }]`.
fn read_prices(table: &Fields, context: Context) -> Option<PriceForm> {
    let money = |value: &DeValue| context.exchange.money(value);
    let mut prices: Vec<InteractionPrice> = Vec::new();
    for row in table.tables("price_rows") {
        let channel = row.optional("channel", value::channel);
        let language = row.optional("language", |value| context.languages.read(value));
        let contact_type = row.optional_at("contact_type", value::text);
        // Looked up for the sake of the problem; prices match contact types by name.
        let known = contact_type.as_ref().is_none_or(|name| {
            let found: Option<ClientId> = context.contact_types.find(row.reading, name);
            found.is_some()
        });
        if let Some(price) = row.required("price", money)
            && known
        {
            prices.push(InteractionPrice {
                channel,
                contact_type: contact_type.map(|name| name.value),
                language,
                price,
            });
        }
    }
    if !table.has("prices") && prices.is_empty() {
        table.missing("prices");
        return None;
    }
    let Some(by_channel) = table.table("prices") else {
        // A contact without a price would be free.
        let other = table.required("other", money)?;
        return Some(PriceForm::PerInteraction { prices, other });
    };
    for channel in Channel::ALL {
        if let Some(price) = by_channel.optional(channel.name(), money) {
            prices.push(InteractionPrice {
                channel: Some(channel),
                contact_type: None,
                language: None,
                price,
            });
        }
    }
    let other = by_channel.optional("other", money).unwrap_or_else(|| {
        let all_named = Channel::ALL
            .iter()
            .all(|channel| by_channel.has(channel.name()));
        if !all_named && !by_channel.has("other") {
            by_channel.missing("other");
        }
        Money::ZERO
    });
    Some(PriceForm::PerInteraction { prices, other })
}
