//! What a partner charges, in every form in which contact centres are bought.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime, Timelike};

use super::{Channel, Conversion, Money};
use crate::ids::LanguageId;
use crate::time::MONTHS_PER_WEEK;
use crate::units::{Hours, Share};

/// What a partner charges, excluding VAT, in the scenario's currency.
#[derive(Debug, Clone, PartialEq)]
pub struct Tariff {
    pub form: PriceForm,
    /// Which contacts are billed where contacts are.
    pub billable: Billable,
    pub setup_fee: Money,
    /// Months over which the set-up fee is spread in a comparison.
    pub term_months: u32,
    pub monthly_fee: Money,
    pub minimum_per_month: Money,
    /// The minimum counts over the year: a weak month is made good by a strong one.
    pub minimum_over_year: bool,
    pub uplifts: Uplifts,
    /// Service above or below the promise changes the price.
    pub bonus_malus: Option<BonusMalus>,
    /// Prices rise with the years.
    pub indexation: Option<Indexation>,
    /// The rate at which a tariff in a foreign currency was brought into the scenario's.
    pub conversion: Option<Conversion>,
    /// The same of every amount given in a foreign currency, each currency once.
    pub rates: Vec<Conversion>,
    /// Added to every line where the client cannot deduct VAT.
    pub vat: Share,
    pub vat_deductible: bool,
    pub notice_days: u32,
    pub exit_fee: Money,
    /// Days from signature to the first contact taken; 0 leaves them to the size of the shop.
    pub go_live_days: u32,
    /// Days after that on which product questions go to the shop by hotline; none leaves them to the size.
    pub hotline_days: Option<u32>,
    /// Where a value that the user did not give comes from: field -> source and date.
    pub sources: BTreeMap<String, String>,
}

impl Tariff {
    /// A tariff of nothing but its form: no fees, no minimum, no uplifts, VAT deducted.
    pub fn of(form: PriceForm) -> Self {
        Self {
            form,
            billable: Billable::default(),
            setup_fee: Money::ZERO,
            term_months: 12,
            monthly_fee: Money::ZERO,
            minimum_per_month: Money::ZERO,
            minimum_over_year: false,
            uplifts: Uplifts::default(),
            bonus_malus: None,
            indexation: None,
            conversion: None,
            rates: Vec::new(),
            vat: Share::ZERO,
            vat_deductible: true,
            notice_days: 0,
            exit_fee: Money::ZERO,
            go_live_days: 0,
            hotline_days: None,
            sources: BTreeMap::new(),
        }
    }

    /// By what prices have risen on a day.
    pub fn index_on(&self, day: NaiveDate) -> f64 {
        self.indexation
            .map_or(1.0, |indexation| indexation.factor(day))
    }

    /// The VAT that the client bears: none where it deducts it.
    pub fn vat_borne(&self) -> f64 {
        if self.vat_deductible {
            0.0
        } else {
            self.vat.value()
        }
    }
}

/// How a partner charges.
#[derive(Debug, Clone, PartialEq)]
pub enum PriceForm {
    /// Per billable contact; contacts that no row matches cost `other`.
    PerInteraction {
        prices: Vec<InteractionPrice>,
        other: Money,
    },
    /// Per minute of handling, rounded up per contact to `rounding_seconds` (0 or 1: by the second).
    PerMinute {
        price: Money,
        rounding_seconds: u32,
        minutes: BilledMinutes,
    },
    /// Per hour on the line.
    PerProductiveHour { price: Money },
    /// Per hour logged in, paid breaks included.
    PerLoggedHour { price: Money },
    /// Per full-time agent and month.
    PerFteMonth { price: Money },
    /// A flat fee per month with contacts included, then a price for each further one.
    Flat {
        fee: Money,
        included: f64,
        overage: Money,
    },
    /// A fee for a baseline of contacts per month; contacts beyond a band around it are charged at the
    /// additional rate (ARC), contacts short of the band credited at the reduced rate (RRC).
    Anchored {
        fee: Money,
        baseline: f64,
        band: Share,
        additional: Money,
        reduced: Money,
    },
}

/// Price of a contact of some channel, contact type and language; the row that names most wins, the
/// first of equals.
#[derive(Debug, Clone, PartialEq)]
pub struct InteractionPrice {
    pub channel: Option<Channel>,
    pub contact_type: Option<String>,
    pub language: Option<LanguageId>,
    pub price: Money,
}

/// Which minutes are billed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum BilledMinutes {
    /// Talk and wrap-up: the whole handle time.
    TalkAndWrap,
    /// Talk alone: this share of the handle time.
    Talk(Share),
}

/// Which contacts are billed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Billable {
    /// Contacts given up before an answer are billed too.
    pub abandoned: bool,
    /// Contacts that come back unsettled are billed again.
    pub repeats: bool,
    /// Share of contacts that is spam, handled but not billed.
    pub spam: Share,
}

impl Default for Billable {
    /// Every contact handled, and no other.
    fn default() -> Self {
        Self {
            abandoned: false,
            repeats: true,
            spam: Share::ZERO,
        }
    }
}

/// Uplifts on the price of work; several on one contact or hour add up.
#[derive(Debug, Clone, PartialEq)]
pub struct Uplifts {
    pub night: Share,
    /// Minutes of the day on the market's wall clock, over midnight where from > to.
    pub night_hours: (u32, u32),
    /// Saturdays, Sundays and holidays of the market.
    pub weekend: Share,
    /// Queues that never close.
    pub round_the_clock: Share,
    pub languages: Vec<(LanguageId, Share)>,
}

impl Default for Uplifts {
    fn default() -> Self {
        Self {
            night: Share::ZERO,
            night_hours: (22 * 60, 6 * 60),
            weekend: Share::ZERO,
            round_the_clock: Share::ZERO,
            languages: Vec::new(),
        }
    }
}

impl Uplifts {
    /// Whether a local time lies in the night.
    pub fn is_night(&self, at: NaiveDateTime) -> bool {
        let (from, to) = self.night_hours;
        let minute = at.hour() * 60 + at.minute();
        if from <= to {
            (from..to).contains(&minute)
        } else {
            minute >= from || minute < to
        }
    }
}

/// Service above or below the promise changes the charges.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BonusMalus {
    /// Share of the charges per percentage point above or below.
    pub per_point: Share,
    pub most_bonus: Share,
    pub most_malus: Share,
}

/// A yearly rise of the prices (not of the set-up and exit fees).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Indexation {
    pub per_year: Share,
    /// The day of the price list; each full year since raises it once.
    pub from: NaiveDate,
}

impl PriceForm {
    /// The form as scenarios spell it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::PerInteraction { .. } => "per-interaction",
            Self::PerMinute { .. } => "per-minute",
            Self::PerProductiveHour { .. } => "per-productive-hour",
            Self::PerLoggedHour { .. } => "per-logged-hour",
            Self::PerFteMonth { .. } => "per-fte-month",
            Self::Flat { .. } => "flat",
            Self::Anchored { .. } => "anchored",
        }
    }

    /// What an hour of a partner's people costs where it is paid for people: on the line, or logged in; of full-timers
    /// an hour of the week that they work.
    pub fn an_hour(&self, full_time: Hours) -> Option<f64> {
        match self {
            Self::PerProductiveHour { price } | Self::PerLoggedHour { price } => {
                Some(price.to_f64())
            }
            Self::PerFteMonth { price } => {
                Some(price.to_f64() * MONTHS_PER_WEEK / full_time.value().max(1e-9))
            }
            _ => None,
        }
    }

    /// Whether the charges follow the contacts alone, whoever and however many take them.
    pub const fn follows_contacts(&self) -> bool {
        match self {
            Self::PerInteraction { .. }
            | Self::PerMinute { .. }
            | Self::Flat { .. }
            | Self::Anchored { .. } => true,
            Self::PerProductiveHour { .. }
            | Self::PerLoggedHour { .. }
            | Self::PerFteMonth { .. } => false,
        }
    }
}

impl Indexation {
    /// The factor on prices on a day.
    pub fn factor(&self, day: NaiveDate) -> f64 {
        let years = day.years_since(self.from).unwrap_or(0);
        (1.0 + self.per_year.value()).powi(years.min(100) as i32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_rise_on_the_anniversary() {
        let rise = Indexation {
            per_year: Share(0.03),
            from: NaiveDate::from_ymd_opt(2025, 7, 1).unwrap(),
        };
        let on = |day: &str| rise.factor(day.parse().unwrap());
        assert_eq!(on("2025-01-01"), 1.0);
        assert_eq!(on("2026-06-30"), 1.0);
        assert_eq!(on("2026-07-01"), 1.03);
        assert!((on("2027-07-01") - 1.0609).abs() < 1e-12);
    }
}
