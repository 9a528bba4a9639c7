//! Time of people with another job: the owner's and the borrowed hours, at what they are worth; the answers and
//! scripts; and the contacts that nobody takes in weeks without cover.

use super::{Ledger, Team, Usage, number};
use crate::cost::ledger::sources;
use crate::cost::{WEEKS_PER_YEAR, risk};
use crate::scenario::{InHouseCosts, Scenario};

pub(super) fn write(
    ledger: &mut Ledger,
    scenario: &Scenario,
    costs: &InHouseCosts,
    usage: &Usage,
    teams: &[Team<'_>],
) {
    let weeks = usage.weeks;
    ledger.add(
        "Owner's hours",
        costs.owner_hour.times(costs.owner_hours.value() * weeks),
        format!(
            "{} h a week × {} × {} weeks{}",
            number(costs.owner_hours.value()),
            costs.owner_hour,
            number(weeks),
            sources(&costs.sources, &["owner_hours", "owner_hour"])
        ),
    );
    ledger.add(
        "Knowledge base",
        costs.knowledge_per_month.times(usage.months),
        format!(
            "{} a month × {} months",
            costs.knowledge_per_month,
            number(usage.months)
        ),
    );
    for helper in &costs.borrowed {
        ledger.add(
            format!("Borrowed hours: {}", helper.who),
            helper.hour.times(helper.hours.value() * weeks),
            format!(
                "{} h a week × {} × {} weeks",
                number(helper.hours.value()),
                helper.hour,
                number(weeks)
            ),
        );
    }
    if costs.missed_contact.is_zero() || teams.is_empty() {
        return;
    }
    let missed: f64 = usage
        .own_queues()
        .map(|(id, used)| used.own_contacts() * risk::share_without_cover(scenario, usage, id))
        .sum();
    ledger.add(
        "Weeks without cover",
        costs.missed_contact.times(missed),
        format!(
            "{} contacts in weeks when everyone who can take them is away × {} ({} weeks a year at worst){}",
            number(missed),
            costs.missed_contact,
            number(
                usage
                    .own_queues()
                    .map(|(id, _)| risk::share_without_cover(scenario, usage, id))
                    .fold(0.0, f64::max)
                    * WEEKS_PER_YEAR
            ),
            sources(&costs.sources, &["missed_contact"])
        ),
    );
}

/// Hours a week of the owner and of borrowed staff.
pub(in crate::cost) fn hours_per_week(costs: &InHouseCosts) -> f64 {
    let borrowed: f64 = costs
        .borrowed
        .iter()
        .map(|helper| helper.hours.value())
        .sum();
    costs.owner_hours.value() + borrowed
}
