//! What contacts bring the shop beside those who take them: cases that go on to its own expert, and sales.

use super::ledger::{Ledger, number};
use super::{CostLine, Usage};
use crate::scenario::{Money, Scenario, Setup};

/// Escalated cases at what an hour of the expert is worth, and the credit of what contacts sell.
pub(super) fn lines(scenario: &Scenario, terms: &Setup, usage: &Usage) -> Vec<CostLine> {
    let mut ledger = Ledger::default();
    let hour = expert_hour(scenario, terms);
    let (mut cases, mut hours) = (0.0, 0.0);
    let (mut selling, mut sales) = (0.0, Money::ZERO);
    for (id, used) in usage.own_queues() {
        let queue = &scenario.queues[id];
        let escalated = used.contacts() * queue.contact_type.escalated.value();
        cases += escalated;
        hours += escalated * queue.handle_time.mean.hours().value();
        if !queue.contact_type.sale.is_zero() {
            selling += used.contacts();
            sales += queue.contact_type.sale.times(used.contacts());
        }
    }
    ledger.add(
        "Escalations to the shop's expert",
        hour.times(hours),
        format!(
            "{} cases that no script answers, {} h × {hour} an hour of the shop's own expert",
            number(cases),
            number(hours)
        ),
    );
    ledger.add(
        "Credit, sales by contacts",
        -sales,
        format!("{} contacts handled at what each sells", number(selling)),
    );
    ledger.into_lines()
}

/// What an hour of the one who knows the goods is worth: the owner's under the set-up, or the highest that
/// any set-up names.
pub(super) fn expert_hour(scenario: &Scenario, terms: &Setup) -> Money {
    let own = terms.in_house.owner_hour;
    if !own.is_zero() {
        return own;
    }
    let hours = scenario.setups.values().flat_map(|setup| {
        let helpers = setup.in_house.borrowed.iter().map(|helper| helper.hour);
        helpers.chain([setup.in_house.owner_hour])
    });
    hours.max().unwrap_or(Money::ZERO)
}
