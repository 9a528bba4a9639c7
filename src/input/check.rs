//! What only the whole scenario shows: queues that nobody can serve, hours without a site, shifts that
//! no contract allows.

use super::fields::Fields;
use super::source::Reading;
use crate::ids::{GroupId, Id, QueueId};
use crate::scenario::{AgentGroup, Queue, Scenario, Setup};
use crate::units::Hours;

/// Notes tables without which there is nothing to plan.
pub(super) fn nothing_missing(
    root: &Fields,
    queues: &[Option<Queue>],
    groups: &[Option<AgentGroup>],
    setups: &[Option<Setup>],
) {
    let lacking = [
        ("queue", queues.is_empty()),
        ("group", groups.is_empty()),
        ("setup", setups.is_empty()),
    ];
    for (table, _) in lacking.into_iter().filter(|(_, empty)| *empty) {
        root.reading.problem(
            "nothing-to-plan",
            &(0..0),
            format!("the scenario has no [[{table}]]"),
            "`crewcast init DIR` writes a scenario to start from",
        );
    }
}

/// Notes what the parts of a scenario, each right by itself, get wrong together.
pub(super) fn whole(
    scenario: &Scenario,
    reading: Reading,
    queue_tables: &[Fields],
    group_tables: &[Fields],
    setup_tables: &[Fields],
) {
    for (id, group) in scenario.groups.iter() {
        check_contract(scenario, group, &group_tables[id.index()]);
    }
    for (id, setup) in scenario.setups.iter() {
        let table = &setup_tables[id.index()];
        for queue in scenario.queues.ids() {
            let able: Vec<GroupId> = setup
                .groups
                .iter()
                .copied()
                .filter(|group| scenario.queues_of(*group).contains(&queue))
                .collect();
            if able.is_empty() {
                no_group(scenario, setup, queue, table);
            } else if let Some((slot, zone)) = slot_without_site(scenario, queue, &able) {
                let queue = &scenario.queues[queue];
                let when = scenario.horizon.local(slot, zone).format("%a %H:%M");
                reading.problem(
                    "no-site-open",
                    &queue_tables[position(scenario, queue)].span,
                    format!(
                        "queue `{}` is open {when}, when set-up `{}` has no site open for it",
                        queue.name, setup.name
                    ),
                    "open the site longer, the queue shorter, or add a group elsewhere",
                );
            }
        }
    }
}

fn position(scenario: &Scenario, queue: &Queue) -> usize {
    scenario
        .queues
        .values()
        .position(|other| other.name == queue.name)
        .unwrap_or_default()
}

/// A group whose shifts its contracts do not allow.
fn check_contract(scenario: &Scenario, group: &AgentGroup, table: &Fields) {
    let rules = &scenario.sites[group.site].rules;
    if group.shifts.is_empty() {
        table.problem(
            "shifts",
            "bad-shift",
            format!("{} has no shift to work", table.what),
            "add [[shift]] tables",
        );
    }
    for shift in &group.shifts {
        let shift = &scenario.shifts[*shift];
        let length = Hours(f64::from(shift.length_minutes) / 60.0);
        if length.value() + rules.daily_rest.value() > 24.0
            || length.value() > rules.max_week.value()
        {
            table.problem(
                "shifts",
                "bad-shift",
                format!(
                    "shift `{}` of {} lasts {}h, which leaves no rest of {}h within a day",
                    shift.name,
                    table.what,
                    length.value(),
                    rules.daily_rest.value()
                ),
                "shorten the shift, or give the site [[rules]] of its own",
            );
        }
    }
}

/// Says which of client, channel or language is lacking.
fn no_group(scenario: &Scenario, setup: &Setup, queue: QueueId, table: &Fields) {
    let queue = &scenario.queues[queue];
    let tag = &scenario.languages[queue.language].tag;
    let members = || setup.groups.iter().map(|group| &scenario.groups[*group]);
    let lacking = if !members().any(|group| group.clients.contains(&queue.client)) {
        format!(
            "none works for client `{}`",
            scenario.clients[queue.client].name
        )
    } else if !members().any(|group| group.speaks(queue.language, queue.native_only)) {
        let natively = if queue.native_only { " natively" } else { "" };
        format!("none speaks `{tag}`{natively}")
    } else if !members().any(|group| group.channels.contains(&queue.channel)) {
        format!("none works on {}", queue.channel.name())
    } else {
        format!(
            "none has `{tag}`, {} and client `{}` together",
            queue.channel.name(),
            scenario.clients[queue.client].name
        )
    };
    table.problem(
        "groups",
        "no-group",
        format!(
            "{} cannot serve queue `{}`: of its agent groups {lacking}",
            table.what, queue.name
        ),
        "add a group that can, or teach one of these",
    );
}

/// The first slot in which a real-time queue is open and no site of `able` is, with the market's zone.
fn slot_without_site(
    scenario: &Scenario,
    queue: QueueId,
    able: &[GroupId],
) -> Option<(usize, chrono_tz::Tz)> {
    if !scenario.queues[queue].is_real_time() {
        return None;
    }
    let mut open = vec![0.0_f64; scenario.horizon.slots];
    for group in able {
        let site = &scenario.sites[scenario.groups[*group].site];
        let shares = site
            .hours
            .open_share(&scenario.horizon, site.zone, &site.calendar);
        for (open, share) in open.iter_mut().zip(shares) {
            *open = open.max(share);
        }
    }
    let wanted = scenario.open_share(queue);
    let slot = wanted
        .iter()
        .zip(&open)
        .position(|(wanted, open)| *wanted > 0.0 && *open <= 0.0)?;
    Some((slot, scenario.markets[scenario.queues[queue].market].zone))
}
