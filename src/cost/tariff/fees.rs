//! Indexation, minimum, bonus and malus, monthly and set-up fees, VAT.

use chrono::Days;

use super::form::Charged;
use super::uplift::Charges;
use crate::cost::Usage;
use crate::cost::ledger::{Ledger, count, number, percent, sources};
use crate::scenario::{BonusMalus, Scenario, Tariff};
use crate::simulation::Observed;

/// How the line is called that makes up what is short of a minimum.
pub const TOP_UP: &str = "Top-up to the minimum";

/// Writes by how much the form's charges have risen: each by the day on which it fell.
pub(super) fn indexation(
    ledger: &mut Ledger,
    scenario: &Scenario,
    tariff: &Tariff,
    usage: &Usage,
    charged: &Charged,
) {
    let Some(indexation) = tariff.indexation else {
        return;
    };
    let when = Charges::new(scenario, tariff);
    let (mut charges, mut risen) = (0.0, 0.0);
    for (queue, slots) in charged.iter() {
        let zone = scenario.markets[scenario.queues[queue].market].zone;
        for (slot, amount) in slots
            .iter()
            .enumerate()
            .filter(|(_, amount)| **amount != 0.0)
        {
            let day = usage.horizon.local(when.at(queue, slot), zone).date();
            charges += amount;
            risen += amount * indexation.factor(day);
        }
    }
    let index = if charges == 0.0 { 1.0 } else { risen / charges };
    ledger.add(
        "Indexation",
        ledger.total().times(index - 1.0),
        format!(
            "{} a year on prices of {}, whole years to the day of each charge: × {}",
            percent(indexation.per_year.value()),
            indexation.from,
            number(index)
        ),
    );
}

/// Writes the fees on top of the charges that stand in the ledger.
pub(super) fn write(
    ledger: &mut Ledger,
    tariff: &Tariff,
    usage: &Usage,
    observed: Option<&Observed>,
) {
    let from = |fields: &[&str]| sources(&tariff.sources, fields);
    let months = count(usage.months, "month");
    // A rise inside the horizon counts for the days that it reaches.
    let days = (usage.weeks * 7.0).round().max(1.0) as u64;
    let index = tariff.indexation.map_or(1.0, |index| {
        let factors = (0..days).map(|day| index.factor(usage.first_day + Days::new(day)));
        factors.sum::<f64>() / days as f64
    });
    let charges = ledger.total();
    let minimum = tariff.minimum_per_month.times(index).times(usage.months);
    if !minimum.is_zero() && minimum > charges {
        ledger.add(
            TOP_UP,
            minimum - charges,
            format!(
                "{} a month × {months} = {minimum}, charges {charges}{}",
                tariff.minimum_per_month.times(index),
                from(&["minimum_per_month"])
            ),
        );
    }
    if let (Some(terms_of), Some(observed)) = (tariff.bonus_malus, observed) {
        let (share, points) = bonus(usage, observed, terms_of);
        ledger.add(
            if share >= 0.0 {
                "Bonus on service"
            } else {
                "Malus on service"
            },
            charges.times(share),
            format!(
                "{} points from the promise × {} a point, within +{} and −{}, of {charges}",
                number(points),
                percent(terms_of.per_point.value()),
                percent(terms_of.most_bonus.value()),
                percent(terms_of.most_malus.value())
            ),
        );
    }
    ledger.add(
        "Monthly fee",
        tariff.monthly_fee.times(index).times(usage.months),
        format!(
            "{} × {months}{}",
            tariff.monthly_fee.times(index),
            from(&["monthly_fee"])
        ),
    );
    let term = f64::from(tariff.term_months.max(1));
    ledger.add(
        "Set-up fee, spread",
        tariff.setup_fee.times(usage.months / term),
        format!(
            "{} over {} months × {months}{}",
            tariff.setup_fee,
            tariff.term_months.max(1),
            from(&["setup_fee", "term"])
        ),
    );
    let (net, vat) = (ledger.total(), tariff.vat_borne());
    ledger.add(
        "VAT, not deductible",
        net.times(vat),
        format!("{} of {net}{}", percent(vat), from(&["vat"])),
    );
}

/// Share of the charges given or taken, and the points from the promise: the mean over the set-up's
/// own queues with a promise, weighted by their contacts.
fn bonus(usage: &Usage, observed: &Observed, bonus_malus: BonusMalus) -> (f64, f64) {
    let (mut points, mut weight) = (0.0, 0.0);
    for (queue, seen) in observed.queues.iter() {
        if seen.promised > 0.0 && usage.queues[queue].borne {
            let contacts = usage.queues[queue].partner_offered();
            points += contacts * (seen.reached.mean - seen.promised) * 100.0;
            weight += contacts;
        }
    }
    if weight <= 0.0 {
        return (0.0, 0.0);
    }
    let points = points / weight;
    let share = (points * bonus_malus.per_point.value()).clamp(
        -bonus_malus.most_malus.value(),
        bonus_malus.most_bonus.value(),
    );
    (share, points)
}
