//! What a shift is paid on top: premiums minute by minute on the site's wall clock.

use chrono::{DateTime, Datelike, Duration, NaiveDateTime, Timelike, Utc, Weekday};

use crate::scenario::{Premium, PremiumBase, PremiumTime, Site, Stacking};

/// Premiums of one agent at `wage` an hour who works from `start` to `end` but for the `unpaid` breaks.
pub(super) fn premiums(
    site: &Site,
    wage: f64,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    unpaid: &[(DateTime<Utc>, DateTime<Utc>)],
) -> f64 {
    if site.rules.premiums.is_empty() {
        return 0.0;
    }
    let minutes = (end - start).num_minutes();
    let moments = (0..minutes).map(|minute| start + Duration::minutes(minute));
    let paid = moments.filter(|at| !unpaid.iter().any(|(from, to)| from <= at && at < to));
    paid.map(|at| per_hour(site, wage, at.with_timezone(&site.zone).naive_local()) / 60.0)
        .sum()
}

fn per_hour(site: &Site, wage: f64, at: NaiveDateTime) -> f64 {
    let due = site.rules.premiums.iter().filter(|premium| {
        premium.valid_from.is_none_or(|from| from <= at.date()) && holds(premium, site, at)
    });
    let amounts = due.map(|premium| {
        let base = match premium.base {
            PremiumBase::OwnPay => wage,
            PremiumBase::Hourly(amount) => amount,
        };
        premium.rate * base
    });
    match site.rules.stacking {
        Stacking::Add => amounts.sum(),
        Stacking::Highest => amounts.fold(0.0, f64::max),
    }
}

fn holds(premium: &Premium, site: &Site, at: NaiveDateTime) -> bool {
    let minute = at.hour() * 60 + at.minute();
    match premium.time {
        PremiumTime::Night { from, to } if from <= to => (from..to).contains(&minute),
        PremiumTime::Night { from, to } => minute >= from || minute < to,
        PremiumTime::Saturday => at.weekday() == Weekday::Sat,
        PremiumTime::Sunday => at.weekday() == Weekday::Sun,
        PremiumTime::Holiday => site.calendar.holiday(at.date()).is_some(),
    }
}
