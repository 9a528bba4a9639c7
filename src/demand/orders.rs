//! Demand without a history: orders per day × contacts per order × the shapes of a named profile.
//!
//! Shapes are shares of published order and call counts (general marketplace and gift shop: open order
//! data of Brazil and the United Kingdom; sources in the profile's doc). They are wide priors: the first
//! weeks of one's own history overrule them.

use chrono::{Datelike, NaiveDate};

use crate::scenario::OrderDriver;

/// The shapes of a kind of shop.
#[derive(Debug, Clone, Copy)]
pub struct Profile {
    /// Share of a day by hour, in percent.
    hours: [f64; 24],
    /// Monday first, in percent of a week.
    weekdays: [f64; 7],
    /// January first; the mean is 1.
    months: [f64; 12],
}

/// Orders of a general marketplace (Olist, Brazil, 2016–2018).
const SHOP: Profile = Profile {
    hours: [
        2.4, 1.2, 0.5, 0.3, 0.2, 0.2, 0.6, 1.3, 2.6, 4.8, 6.7, 6.6, 6.7, 6.4, 6.3, 6.3, 6.7, 6.1,
        6.1, 6.1, 6.5, 6.0, 5.6, 4.0,
    ],
    weekdays: [16.6, 15.7, 15.2, 15.0, 14.4, 11.2, 11.8],
    months: [
        0.87, 0.99, 1.02, 0.89, 0.94, 0.79, 0.97, 1.06, 0.85, 0.91, 1.64, 1.08,
    ],
};

/// Orders of a gift shop (UCI Online Retail, United Kingdom, 2009–2011).
const GIFTS: Profile = Profile {
    hours: [
        0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.2, 2.2, 6.6, 11.3, 12.2, 15.6, 13.6, 12.5, 11.9, 7.4,
        4.3, 1.3, 0.8, 0.1, 0.0, 0.0, 0.0,
    ],
    weekdays: [16.6, 15.7, 15.2, 15.0, 14.4, 11.2, 11.8],
    months: [
        0.69, 0.85, 0.94, 0.85, 1.02, 0.95, 0.9, 0.79, 1.07, 1.28, 1.65, 1.02,
    ],
};

impl Profile {
    /// The profile of that name; an unknown one is the general shop's.
    pub fn named(name: &str) -> &'static Self {
        match name {
            "gifts" => &GIFTS,
            _ => &SHOP,
        }
    }

    /// Weight of a minute of the day; the mean over a day is 1.
    pub fn at(&self, minute: u32) -> f64 {
        let day: f64 = self.hours.iter().sum();
        self.hours[(minute / 60) as usize % 24] / day * 24.0
    }

    /// Weight of a day; the mean over a year is 1.
    pub fn on(&self, day: NaiveDate) -> f64 {
        let week: f64 = self.weekdays.iter().sum();
        let year: f64 = self.months.iter().sum();
        self.weekdays[day.weekday().num_days_from_monday() as usize] / week
            * 7.0
            * self.months[day.month0() as usize]
            / year
            * 12.0
    }
}

/// New contacts that orders bring on an average day.
pub fn contacts_per_day(driver: &OrderDriver) -> f64 {
    driver.orders_per_day * driver.contacts_per_order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_average_to_one() {
        for profile in [SHOP, GIFTS] {
            let day: f64 = (0..1440).map(|minute| profile.at(minute)).sum();
            assert!((day / 1440.0 - 1.0).abs() < 1e-12);
            let first: NaiveDate = "2026-01-01".parse().unwrap();
            let year: f64 = first.iter_days().take(365).map(|day| profile.on(day)).sum();
            assert!((year / 365.0 - 1.0).abs() < 0.01, "{}", year / 365.0);
        }
    }
}
