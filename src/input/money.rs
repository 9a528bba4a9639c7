//! Amounts with their currency, turned into the scenario's one by dated rates.

use std::cell::RefCell;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use toml::de::DeValue;

use super::fields::Fields;
use super::source::did_you_mean;
use super::value::{self, Wrong, kind};
use crate::scenario::{Conversion, Currency, Money};

/// The scenario's currency and the rates into it.
#[derive(Debug)]
pub(super) struct Exchange {
    home: Currency,
    rates: Vec<Rate>,
    /// First day of the plan, where it is given.
    start: Option<NaiveDate>,
    /// Foreign currencies that amounts were given in.
    used: RefCell<Vec<Currency>>,
}

/// One `from` is worth `value` of `to` on a day.
#[derive(Debug)]
struct Rate {
    from: Currency,
    to: Currency,
    value: Decimal,
    date: NaiveDate,
}

impl Exchange {
    /// Reads the `[[rate]]` tables.
    pub fn read(home: Currency, start: Option<NaiveDate>, tables: &[Fields]) -> Self {
        let rates = tables.iter().filter_map(|table| {
            let from = table.required("from", currency);
            let to = table.required("to", currency);
            let date = table.required("date", value::date);
            let value = table.required("value", |value| match decimal(value) {
                Some(value) if value > Decimal::ZERO => Ok(value),
                _ => Err(Wrong::new("bad-money", "no rate above 0", "give a number")),
            });
            Some(Rate {
                from: from?,
                to: to?,
                value: value?,
                date: date?,
            })
        });
        Self {
            home,
            rates: rates.collect(),
            start,
            used: RefCell::default(),
        }
    }

    /// The rates that amounts were brought home by.
    pub fn conversions(&self) -> Vec<Conversion> {
        let used = self.used.borrow();
        used.iter().filter_map(|&from| self.from(from)).collect()
    }

    /// An amount from 0: a bare number, or "29000 CZK" in any currency that has a rate.
    pub fn money(&self, value: &DeValue) -> Result<Money, Wrong> {
        let (amount, currency) = match value {
            DeValue::String(text) => parse(text)?,
            _ => (
                decimal(value).ok_or_else(|| {
                    let cause = format!("{} where an amount is expected", kind(value));
                    Wrong::new("wrong-type", cause, "write it as \"29000 CZK\"")
                })?,
                None,
            ),
        };
        if amount < Decimal::ZERO || amount > Decimal::from(1_000_000_000_000_i64) {
            return Err(Wrong::new(
                "bad-money",
                format!("{amount} is out of bounds"),
                "an amount from 0 to a million million is expected",
            ));
        }
        let currency = currency.unwrap_or(self.home);
        let (_, rate) = self.rate(currency).ok_or_else(|| {
            let (from, to) = (currency.code(), self.home.code());
            Wrong::new(
                "missing-rate",
                format!("an amount in {from}, but no rate from {from} to {to}"),
                format!("add [[rate]] from = \"{from}\" to = \"{to}\" value = … date = \"…\""),
            )
        })?;
        let mut used = self.used.borrow_mut();
        if currency != self.home && !used.contains(&currency) {
            used.push(currency);
        }
        let home = amount.checked_mul(rate).unwrap_or(Decimal::MAX);
        Ok(Money(home.round_dp(8)))
    }

    /// The same as a plain number.
    pub fn number(&self, value: &DeValue) -> Result<f64, Wrong> {
        self.money(value).map(Money::to_f64)
    }

    /// The rate that an amount is brought home by, where it is in a foreign currency.
    pub fn conversion(&self, value: &DeValue) -> Option<Conversion> {
        let (_, currency) = parse(value.as_str()?).ok()?;
        self.from(currency.filter(|currency| *currency != self.home)?)
    }

    fn from(&self, from: Currency) -> Option<Conversion> {
        let (date, rate) = self.rate(from)?;
        Some(Conversion {
            from,
            to: self.home,
            rate,
            date,
        })
    }

    /// What one of `currency` is worth and since when: the latest rate that is known when the plan starts, or else
    /// the first one after, either way round.
    fn rate(&self, currency: Currency) -> Option<(NaiveDate, Decimal)> {
        if currency == self.home {
            return Some((NaiveDate::MIN, Decimal::ONE));
        }
        let usable = self.rates.iter().filter_map(|rate| {
            if rate.from == currency && rate.to == self.home {
                Some((rate.date, rate.value))
            } else if rate.from == self.home && rate.to == currency {
                Some((rate.date, Decimal::ONE.checked_div(rate.value)?))
            } else {
                None
            }
        });
        usable.min_by_key(|(date, _)| match self.start {
            Some(start) if *date > start => (true, *date - start),
            Some(start) => (false, start - *date),
            None => (false, NaiveDate::MAX - *date),
        })
    }
}

/// A currency of ISO 4217.
pub(super) fn currency(value: &DeValue) -> Result<Currency, Wrong> {
    currency_of(&value::text(value)?)
}

fn currency_of(code: &str) -> Result<Currency, Wrong> {
    Currency::from_code(&code.to_ascii_uppercase()).ok_or_else(|| {
        const COMMON: [&str; 16] = [
            "CZK", "EUR", "PLN", "USD", "GBP", "RON", "HUF", "CHF", "UAH", "COP", "PHP", "EGP",
            "MAD", "TND", "SEK", "BGN",
        ];
        Wrong::new(
            "unknown-currency",
            format!("`{code}` is no currency of ISO 4217"),
            did_you_mean(code, COMMON),
        )
    })
}

/// The number and, if named, the currency of "29 000 CZK".
fn parse(text: &str) -> Result<(Decimal, Option<Currency>), Wrong> {
    let trimmed = text.trim();
    let letters = trimmed
        .find(|c: char| c.is_alphabetic())
        .unwrap_or(trimmed.len());
    let (number, code) = trimmed.split_at(letters);
    let digits: String = number.chars().filter(|c| !c.is_whitespace()).collect();
    let amount = digits.parse().map_err(|_| {
        Wrong::new(
            "bad-money",
            format!("`{text}` is no amount"),
            "write it as \"29000 CZK\" or \"1.50 EUR\"",
        )
    })?;
    match code {
        "" => Ok((amount, None)),
        code => Ok((amount, Some(currency_of(code)?))),
    }
}

/// A bare number, exactly as written.
pub(super) fn decimal(value: &DeValue) -> Option<Decimal> {
    match value {
        DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str().parse().ok(),
        DeValue::Float(float) => {
            let text = float.as_str();
            text.parse()
                .or_else(|_| Decimal::from_scientific(text))
                .ok()
        }
        _ => None,
    }
}
