//! Time of people with another job: the owner's and the borrowed hours, at what they are worth; the answers and
//! scripts; and the contacts that nobody takes in weeks without cover.

use super::{Ledger, Team, Usage, count, number};
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
            "{} h a week × {} × {}{}",
            number(costs.owner_hours.value()),
            costs.owner_hour,
            count(weeks, "week"),
            sources(&costs.sources, &["owner_hours", "owner_hour"])
        ),
    );
    ledger.add(
        "Knowledge base",
        costs.knowledge_per_month.times(usage.months),
        format!(
            "{} a month × {}",
            costs.knowledge_per_month,
            count(usage.months, "month")
        ),
    );
    for helper in &costs.borrowed {
        ledger.add(
            format!("Borrowed hours: {}", helper.who),
            helper.hour.times(helper.hours.value() * weeks),
            format!(
                "{} h a week × {} × {}",
                number(helper.hours.value()),
                helper.hour,
                count(weeks, "week")
            ),
        );
    }
    if !costs.missed_contact.is_zero() {
        missed(ledger, scenario, costs, usage, teams);
    }
}

/// Contacts that nobody takes: of those who hang up, whoever serves them, and in weeks without cover.
fn missed(
    ledger: &mut Ledger,
    scenario: &Scenario,
    costs: &InHouseCosts,
    usage: &Usage,
    teams: &[Team<'_>],
) {
    let (price, from) = (
        costs.missed_contact,
        sources(&costs.sources, &["missed_contact"]),
    );
    let hung_up: f64 = usage.own_queues().map(|(_, used)| used.missed()).sum();
    ledger.add(
        "Contacts that hang up",
        price.times(hung_up),
        format!("{} contacts, simulated × {price}{from}", number(hung_up)),
    );
    if teams.is_empty() {
        return;
    }
    let (mut missed, mut worst) = (0.0, 0.0_f64);
    for (id, used) in usage.own_queues() {
        let share = risk::share_without_cover(scenario, usage, id);
        missed += used.own_contacts() * share;
        worst = worst.max(share);
    }
    ledger.add(
        "Weeks without cover",
        price.times(missed),
        format!(
            "{} contacts in weeks when everyone who can take them is away × {price} ({} weeks a year at worst){from}",
            number(missed),
            number(worst * WEEKS_PER_YEAR),
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
