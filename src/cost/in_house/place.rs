//! Where and with what they work: licences, space, telephony.

use super::{Ledger, Team, Usage, count, number};
use crate::cost::ledger::sources;
use crate::scenario::{Channel, InHouseCosts, Scenario};

pub(super) fn write(
    ledger: &mut Ledger,
    scenario: &Scenario,
    costs: &InHouseCosts,
    usage: &Usage,
    teams: &[Team<'_>],
) {
    let from = |fields: &[&str]| sources(&costs.sources, fields);
    let people = usage.people();
    ledger.add(
        "Tools, per person",
        costs.tools_per_month.times(people * usage.months),
        format!(
            "{} people employed × {} × {}{}",
            number(people),
            costs.tools_per_month,
            count(usage.months, "month"),
            from(&["tools_per_month"])
        ),
    );
    let mut contacts = 0.0;
    let mut settled = 0.0;
    let mut minutes = 0.0;
    for (id, used) in usage.own_queues() {
        let queue = &scenario.queues[id];
        let own = used.own_contacts();
        contacts += own;
        settled += own * used.resolution.value();
        if queue.channel == Channel::Phone {
            minutes += own * queue.handle_time.mean.value() / 60.0;
        }
    }
    ledger.add(
        "Tools, per ticket",
        costs.tools_per_ticket.times(contacts),
        format!(
            "{} contacts × {}{}",
            number(contacts),
            costs.tools_per_ticket.of_one(),
            from(&["tools_per_ticket"])
        ),
    );
    ledger.add(
        "Tools, per resolution",
        costs.tools_per_resolution.times(settled),
        format!(
            "{} contacts settled × {}{}",
            number(settled),
            costs.tools_per_resolution.of_one(),
            from(&["tools_per_resolution"])
        ),
    );
    let seats: f64 = teams
        .iter()
        .map(|team| f64::from(team.used.seats) * team.used.borne)
        .sum();
    ledger.add(
        "Space and equipment",
        costs.space_per_month.times(seats * usage.months),
        format!(
            "{} at the busiest moment × {} × {}{}",
            count(seats, "seat"),
            costs.space_per_month,
            count(usage.months, "month"),
            from(&["space_per_month"])
        ),
    );
    ledger.add(
        "Telephony",
        costs.telephony_per_minute.times(minutes),
        format!(
            "{} minutes of calls × {}{}",
            number(minutes),
            costs.telephony_per_minute.of_one(),
            from(&["telephony_per_minute"])
        ),
    );
}
