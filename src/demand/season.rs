//! Named shapes of the year, week and day for demand that has no year of its own yet.
//!
//! Sources (second-hand figures of 2009–2025, wide priors, meant to be overridden): hours, weekdays and
//! months of a general marketplace's orders; a gift shop's hours and months (UCI Online Retail); peaks of
//! ten brands' contacts in the first week of December (+79 % on average, fashion +182 %, electronics
//! +178 %; influx.com 2019); contacts on Black Friday and Cyber Monday twice an ordinary day's.

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// A named shape.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Season {
    /// Share of each hour of the day, percent.
    pub hours: [f64; 24],
    /// Share of each weekday, Monday first, percent.
    pub weekdays: [f64; 7],
    /// Index of each month, the weeks from Black Friday on aside.
    pub months: [f64; 12],
    /// Contacts in the first week of December ÷ an ordinary week's, where months do not hold it.
    pub peak: f64,
    /// Mean of the year's curve, divided out.
    mean: f64,
}

const SHOP: Season = Season {
    hours: [
        2.4, 1.2, 0.5, 0.3, 0.2, 0.2, 0.6, 1.3, 2.6, 4.8, 6.7, 6.6, 6.7, 6.4, 6.3, 6.3, 6.7, 6.1,
        6.1, 6.1, 6.5, 6.0, 5.6, 4.0,
    ],
    weekdays: [16.6, 15.7, 15.2, 15.0, 14.4, 11.2, 11.8],
    months: [
        0.87, 0.99, 1.02, 0.89, 0.94, 0.79, 0.97, 1.06, 0.85, 0.91, 1.0, 1.0,
    ],
    peak: 1.79,
    mean: 1.0,
};

const GIFTS: Season = Season {
    hours: [
        0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.2, 2.2, 6.6, 11.3, 12.2, 15.6, 13.6, 12.5, 11.9, 7.4,
        4.3, 1.3, 0.8, 0.1, 0.1, 0.1, 0.1,
    ],
    weekdays: [17.0, 17.5, 17.5, 18.5, 14.5, 3.0, 12.0],
    months: [
        0.69, 0.85, 0.94, 0.85, 1.02, 0.95, 0.90, 0.79, 1.07, 1.28, 1.65, 1.02,
    ],
    peak: 1.0,
    mean: 1.0,
};

/// No shape at all.
pub const FLAT: Season = Season {
    hours: [100.0 / 24.0; 24],
    weekdays: [100.0 / 7.0; 7],
    months: [1.0; 12],
    peak: 1.0,
    mean: 1.0,
};

/// The shape of a name: shop, fashion, electronics, gifts, flat.
pub fn named(name: &str) -> Option<Season> {
    let season = match name {
        "shop" => SHOP,
        "fashion" => Season { peak: 2.82, ..SHOP },
        "electronics" => Season { peak: 2.78, ..SHOP },
        "gifts" => GIFTS,
        "flat" => FLAT,
        _ => return None,
    };
    let year = NaiveDate::from_ymd_opt(2026, 1, 1)?.iter_days().take(365);
    let mean = year.map(|d| season.of_year(d)).sum::<f64>() / 365.0;
    Some(Season { mean, ..season })
}

impl Season {
    /// Contacts of a date's time of year ÷ the year's mean: months joined smoothly, and the weeks from
    /// Black Friday to the new year.
    pub fn of_year(&self, date: NaiveDate) -> f64 {
        let month = date.month0() as usize;
        // Month indices hold at mid-month.
        let at = f64::from(date.day0()) / 30.0 - 0.5;
        let (near, share) = if at < 0.0 {
            ((month + 11) % 12, -at)
        } else {
            ((month + 1) % 12, at)
        };
        let smooth = self.months[month] * (1.0 - share) + self.months[near] * share;
        smooth * (1.0 + (self.peak - 1.0) * self.rush(date)) / self.mean
    }

    /// How much of the peak a date has: rising from Black Friday's week to the first week of December,
    /// held to Christmas, with a dip over the days off and an echo of returns in early January.
    fn rush(&self, date: NaiveDate) -> f64 {
        let friday = black_friday(date.year());
        let since = (date - friday).num_days();
        if since == 0 || since == 3 {
            return 1.2;
        }
        match (date.month(), date.day()) {
            (1, d @ 1..=14) => 0.35 * (1.0 - f64::from(d) / 15.0),
            (12, 24..=26) => 0.2,
            (12, 27..=31) => 0.5,
            (12, d) if d > 10 => 0.75,
            (12, _) => 1.0,
            (11, _) if since >= -4 => 0.8,
            _ => 0.0,
        }
    }

    /// A weekday's share of its week, times seven.
    pub fn of_week(&self, date: NaiveDate) -> f64 {
        let sum: f64 = self.weekdays.iter().sum();
        7.0 * self.weekdays[date.weekday().num_days_from_monday() as usize] / sum
    }

    /// The share of the day in a span of minutes after midnight.
    pub fn of_day(&self, from: u32, to: u32) -> f64 {
        let sum: f64 = self.hours.iter().sum();
        (from / 60..to.div_ceil(60).min(24))
            .map(|h| {
                let overlap = to.min((h + 1) * 60) - from.max(h * 60);
                self.hours[h as usize] / sum * f64::from(overlap) / 60.0
            })
            .sum()
    }
}

/// The Friday after the fourth Thursday of November.
pub fn black_friday(year: i32) -> NaiveDate {
    NaiveDate::from_weekday_of_month_opt(year, 11, Weekday::Thu, 4)
        .map_or(NaiveDate::MIN, |thursday| thursday + Days::new(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::PROFILES;

    #[test]
    fn every_named_profile_is_a_distribution() {
        for name in PROFILES {
            let s = named(name).expect("a named profile");
            let day: f64 = (0..48).map(|h| s.of_day(h * 30, h * 30 + 30)).sum();
            assert!((day - 1.0).abs() < 1e-9, "{name}");
            let first = NaiveDate::from_ymd_opt(2027, 1, 1).expect("a date");
            let year: f64 = first.iter_days().take(365).map(|d| s.of_year(d)).sum();
            assert!((year / 365.0 - 1.0).abs() < 0.01, "{name} {year}");
        }
        assert!(named("bakery").is_none());
    }

    #[test]
    fn the_peak_is_where_it_was_measured() {
        let date = |m, d| NaiveDate::from_ymd_opt(2026, m, d).expect("a date");
        assert_eq!(black_friday(2026), date(11, 27));
        // The first week of December against the same months without a peak: +79 %, +182 %, +178 %.
        for (name, times) in [("shop", 1.79), ("fashion", 2.82), ("electronics", 2.78)] {
            let s = named(name).expect("a name");
            let plain = Season { peak: 1.0, ..s };
            let ratio = s.of_year(date(12, 3)) / plain.of_year(date(12, 3));
            assert!((ratio - times).abs() < 1e-9, "{name} {ratio}");
            assert!(s.of_year(date(11, 27)) > s.of_year(date(12, 3)));
            assert!(s.of_year(date(1, 5)) > plain.of_year(date(1, 5)));
            assert_eq!(s.of_year(date(7, 5)), plain.of_year(date(7, 5)));
        }
        assert!((named("flat").expect("flat").of_year(date(12, 3)) - 1.0).abs() < 1e-12);
    }
}
