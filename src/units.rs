//! Quantities as types: each number says what it counts, and only meaningful products exist.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, Sub, SubAssign};

use serde::Serialize;

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize)]
        #[serde(transparent)]
        pub struct $name(pub f64);

        impl $name {
            /// Nothing of it.
            pub const ZERO: Self = Self(0.0);

            /// The bare number, in the unit of the type.
            pub const fn value(self) -> f64 {
                self.0
            }
        }

        impl Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self(self.0 + other.0)
            }
        }

        impl AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                self.0 += other.0;
            }
        }

        impl Sub for $name {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                Self(self.0 - other.0)
            }
        }

        impl SubAssign for $name {
            fn sub_assign(&mut self, other: Self) {
                self.0 -= other.0;
            }
        }

        impl Mul<f64> for $name {
            type Output = Self;
            fn mul(self, factor: f64) -> Self {
                Self(self.0 * factor)
            }
        }

        impl Div<f64> for $name {
            type Output = Self;
            fn div(self, divisor: f64) -> Self {
                Self(self.0 / divisor)
            }
        }

        impl Div for $name {
            type Output = f64;
            fn div(self, other: Self) -> f64 {
                self.0 / other.0
            }
        }

        impl Sum for $name {
            fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
                Self(iter.map(|quantity| quantity.0).sum())
            }
        }
    };
}

quantity! {
    /// Interactions with customers, of any channel.
    Contacts
}
quantity! {
    /// A length of time in seconds.
    Seconds
}
quantity! {
    /// A length of time in hours.
    Hours
}
quantity! {
    /// Offered load: work arriving per unit of time, in agents kept busy.
    Erlangs
}
quantity! {
    /// Agents, possibly fractional.
    Agents
}
quantity! {
    /// A share, 0 to 1.
    Share
}

impl Seconds {
    /// The same length in hours.
    pub fn hours(self) -> Hours {
        Hours(self.0 / 3600.0)
    }
}

impl Hours {
    /// The same length in seconds.
    pub fn seconds(self) -> Seconds {
        Seconds(self.0 * 3600.0)
    }
}

impl Mul<Seconds> for Contacts {
    type Output = Seconds;
    /// Workload: contacts × handle time.
    fn mul(self, handle_time: Seconds) -> Seconds {
        Seconds(self.0 * handle_time.0)
    }
}

impl Contacts {
    /// Offered load of contacts of mean handle time `aht` that arrive within `interval`.
    pub fn offered_load(self, aht: Seconds, interval: Seconds) -> Erlangs {
        Erlangs(self.0 * aht.0 / interval.0)
    }
}

impl Share {
    /// All of it.
    pub const ONE: Self = Self(1.0);

    /// What is left: 1 − share.
    pub fn rest(self) -> Self {
        Self(1.0 - self.0)
    }

    /// The share in percent.
    pub fn percent(self) -> f64 {
        self.0 * 100.0
    }
}

/// Rounded up to whole people; a hair over a whole number is rounding, not a person.
pub fn whole(people: f64) -> f64 {
    (people - 1e-9).ceil().max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_calls_of_three_minutes_in_half_an_hour_are_ten_erlangs() {
        let load = Contacts(100.0).offered_load(Seconds(180.0), Seconds(1800.0));
        assert_eq!(load, Erlangs(10.0));
    }

    #[test]
    fn hours_and_seconds_convert_both_ways() {
        assert_eq!(Seconds(5400.0).hours(), Hours(1.5));
        assert_eq!(Hours(1.5).seconds(), Seconds(5400.0));
    }
}
