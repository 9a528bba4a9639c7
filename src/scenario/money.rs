//! Money, exact in one currency; other currencies enter through a dated rate and in no other way.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy, prelude::FromPrimitive, prelude::ToPrimitive};
use serde::{Serialize, Serializer};

use crate::sheet::apart;

/// An ISO 4217 currency.
pub type Currency = iso_currency::Currency;

/// An exact amount in the scenario's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub struct Money(pub Decimal);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// The amount nearest to a computed number, to four decimals; numbers that are no amount are 0.
    pub fn from_f64(amount: f64) -> Self {
        Self(Decimal::from_f64(amount).unwrap_or_default().round_dp(4))
    }

    /// Rounded to hundredths, halves away from zero, as printed.
    pub fn rounded(self) -> Self {
        Self(
            self.0
                .round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero),
        )
    }

    /// The nearest floating-point number.
    pub fn to_f64(self) -> f64 {
        self.0.to_f64().unwrap_or(0.0)
    }

    /// The amount times a computed quantity (hours, contacts, months), as exact as the quantity.
    ///
    /// The quantity is taken to twelve decimals, so that 0.1 + 0.2 hours cost 0.3 hours' pay.
    pub fn times(self, quantity: f64) -> Self {
        let quantity = Decimal::from_f64(quantity).unwrap_or_default().round_dp(12);
        Self(self.0.checked_mul(quantity).unwrap_or_default())
    }

    /// Whether there is nothing of it.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// A price of one as printed: hundredths, and below ten as many more as it takes to multiply by it, five decimals at
    /// most.
    pub fn of_one(self) -> String {
        let exact = self.0.round_dp(5).normalize();
        if exact.scale() <= 2 || exact.abs() >= 10.into() {
            self.to_string()
        } else {
            exact.to_string()
        }
    }
}

impl fmt::Display for Money {
    /// As people read it: hundredths, thousands apart.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&apart(&format!("{:.2}", self.rounded().0)))
    }
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl SubAssign for Money {
    fn sub_assign(&mut self, other: Self) {
        self.0 -= other.0;
    }
}

impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        Self(iter.map(|money| money.0).sum())
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.rounded().to_f64())
    }
}

/// A dated rate: what one unit of a foreign currency is worth in the scenario's.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversion {
    /// The foreign currency.
    pub from: Currency,
    /// The scenario's.
    pub to: Currency,
    /// Units of `to` for one of `from`.
    pub rate: Decimal,
    /// The day of the rate.
    pub date: NaiveDate,
}

impl Conversion {
    /// A foreign amount in the scenario's currency, unrounded.
    pub fn convert(&self, foreign: Decimal) -> Money {
        Money(foreign * self.rate)
    }

    /// An amount of the scenario's in the foreign currency, unrounded; nothing at a rate of 0.
    pub fn back(&self, money: Money) -> Option<Decimal> {
        money.0.checked_div(self.rate)
    }
}

impl fmt::Display for Conversion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} at {} {} of {}",
            self.from.code(),
            self.rate.round_dp(6).normalize(),
            self.to.code(),
            self.date
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn computed_quantities_leave_no_dust() {
        assert_eq!(Money::from_f64(10.0).times(0.1 + 0.2), Money::from_f64(3.0));
        assert_eq!(Money::from_f64(f64::NAN), Money::ZERO);
        assert_eq!(Money::from_f64(1.005).rounded().to_string(), "1.01");
        assert_eq!(Money::from_f64(-12345.6).to_string(), "-12\u{202f}345.60");
    }

    #[test]
    fn a_conversion_there_and_back_changes_nothing() {
        let euro = Conversion {
            from: Currency::EUR,
            to: Currency::CZK,
            rate: Decimal::new(25105, 3),
            date: NaiveDate::from_ymd_opt(2026, 1, 2).unwrap(),
        };
        let price = euro.convert(Decimal::new(120, 2));
        assert_eq!(price, Money(Decimal::new(30126, 3)));
        assert_eq!(euro.back(price), Some(Decimal::new(120, 2)));
        assert_eq!(euro.to_string(), "EUR at 25.105 CZK of 2026-01-02");
    }
}
