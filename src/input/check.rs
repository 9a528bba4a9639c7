//! What only the whole scenario shows: queues that nobody can serve, hours without a site, shifts that
//! no contract allows.

use std::collections::{BTreeMap, BTreeSet};

use super::fields::Fields;
use super::out_of_reach::OutOfReach;
use super::source::{At, Reading, did_you_mean};
use crate::demand::stage::{FAMILIES, is_found};
use crate::ids::{GroupId, Id, QueueId, SiteId};
use crate::scenario::{AgentGroup, Queue, Scenario, Setup};
use crate::table::Table;
use crate::units::{Hours, Seconds};

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
    let served = scenario
        .groups
        .map(|id, _| scenario.queues_of(id).into_iter().collect::<BTreeSet<_>>());
    let open = scenario.sites.map(|_, site| {
        site.hours
            .open_share(&scenario.horizon, site.zone, &site.calendar)
    });
    let reached: Vec<Vec<bool>> = scenario
        .groups
        .ids()
        .map(|id| scenario.reached(id))
        .collect();
    let mut beyond = OutOfReach::default();
    for (id, setup) in scenario.setups.iter() {
        let table = &setup_tables[id.index()];
        let mut unserved: BTreeMap<(String, String), Vec<&str>> = BTreeMap::new();
        for (queue_id, queue) in scenario.queues.iter() {
            let able: Vec<GroupId> = setup
                .groups
                .iter()
                .copied()
                .filter(|group| served[*group].contains(&queue_id))
                .collect();
            if able.is_empty() {
                let lacking = lacking(scenario, setup, queue_id);
                unserved.entry(lacking).or_default().push(&queue.name);
                continue;
            }
            only_overflow(
                scenario,
                setup,
                queue,
                &able,
                &queue_tables[queue_id.index()],
            );
            let sites: BTreeSet<SiteId> = able
                .iter()
                .map(|group| scenario.groups[*group].site)
                .collect();
            if let Some(slot) = slot_without_site(scenario, queue_id, &sites, &open) {
                let zone = scenario.markets[queue.market].zone;
                let when = scenario.horizon.local(slot, zone).format("%a %H:%M");
                reading.problem(
                    "no-site-open",
                    &queue_tables[queue_id.index()].span,
                    format!(
                        "queue `{}` is open {when}, when set-up `{}` has no site open for it",
                        queue.name, setup.name
                    ),
                    "open the site longer, the queue shorter, or add a group elsewhere",
                );
            }
            let is_site_open = |slot: usize| sites.iter().any(|site| open[*site][slot] > 0.0);
            beyond.look(scenario, id, queue_id, &able, is_site_open, &reached);
        }
        for ((lacking, remedy), queues) in unserved {
            no_group(table, &lacking, &remedy, &queues);
        }
    }
    beyond.tell(scenario, queue_tables);
}

/// Notes names to be left out of the demand that no factor can have. Which holidays and seasons there are only the
/// forecast knows, so that theirs are taken by their form.
pub(super) fn factors(scenario: &Scenario, reading: Reading, without: &[At<String>]) {
    let changes: Vec<&str> = (scenario.events.iter().map(|event| &event.name))
        .chain(scenario.levers.iter().map(|lever| &lever.name))
        .chain(scenario.growths.iter().map(|growth| &growth.name))
        .chain(scenario.overrides.iter().map(|own| &own.name))
        .map(String::as_str)
        .chain(FAMILIES)
        .collect();
    for name in without {
        let full = scenario.factor_named(&name.value);
        if !changes.contains(&full) && !is_found(full) {
            reading.problem(
                "unknown-choice",
                &name.span,
                format!("no factor of the demand is named `{}`", name.value),
                &did_you_mean(&name.value, changes.iter().copied()),
            );
        }
    }
}

/// Notes a queue whose contacts reach the first of its groups too late.
fn only_overflow(
    scenario: &Scenario,
    setup: &Setup,
    queue: &Queue,
    able: &[GroupId],
    table: &Fields,
) {
    let after = able
        .iter()
        .map(|group| scenario.groups[*group].overflow_after);
    let first = after.map(Seconds::value).fold(f64::INFINITY, f64::min);
    let within = queue.promised_within().value();
    if queue.is_real_time() && within > 0.0 && first > within {
        table.reading.problem(
            "only-overflow",
            &table.span,
            format!(
                "queue `{}` promises an answer within {within} s, and in set-up `{}` nobody takes its contacts before \
                 {first} s",
                queue.name, setup.name
            ),
            "lower `overflow_after` of a group that serves it, or add one without",
        );
    }
}

/// A group whose contract the rules do not allow, or whose shifts its contract does not.
fn check_contract(scenario: &Scenario, group: &AgentGroup, table: &Fields) {
    let rules = &scenario.sites[group.site].rules;
    check_week(scenario, group, table);
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
        if let Some(night) = rules.night.filter(|night| !night.allows(shift)) {
            table.problem(
                "shifts",
                "bad-shift",
                format!(
                    "shift `{}` of {} is night work of {}h, the rules {} allow {}h",
                    shift.name,
                    table.what,
                    shift.paid_hours().value(),
                    rules.name,
                    night.max_shift.value()
                ),
                "list the `shifts` that fit, shorten it, or give the site [[rules]] of its own",
            );
        }
    }
}

/// The week that a group's agents are hired for, by itself and with its shifts.
fn check_week(scenario: &Scenario, group: &AgentGroup, table: &Fields) {
    let rules = &scenario.sites[group.site].rules;
    let week = &group.contract;
    let hours = week.hours.value();
    let wrong = |field, cause: String, remedy: &str| {
        let cause = format!("the contract of {} {cause}", table.what);
        table.problem(field, "bad-contract", cause, remedy);
    };
    if hours <= 0.0 {
        wrong(
            "contract_hours",
            "has no hours".to_owned(),
            "usual are contract_hours = 40, 30 or 20",
        );
        return;
    }
    if hours > rules.full_time.value() {
        wrong(
            "contract_hours",
            format!(
                "is one of {hours}h a week, full time by the rules {} is {}h",
                rules.name,
                rules.full_time.value()
            ),
            "hours beyond full time are overtime, which is not planned: say less, or give the site [[rules]] of \
             its own",
        );
    }
    if week.days > rules.max_days {
        wrong(
            "days_per_week",
            format!(
                "is one of {} days a week, the rules {} allow {}",
                week.days, rules.name, rules.max_days
            ),
            "say fewer days, or give the site [[rules]] of its own",
        );
    }
    if week.start_band.is_some_and(|band| band >= 24 * 60) {
        wrong(
            "start_band",
            "lets a week's shifts start at any hour".to_owned(),
            "leave `start_band` out, or say within how many hours they start: \"2h\"",
        );
    }
    let shifts = group.shifts.iter().map(|shift| &scenario.shifts[*shift]);
    let lengths = shifts.map(|shift| (shift.paid_hours().value(), shift));
    let Some((longest, shift)) = lengths.max_by(|a, b| a.0.total_cmp(&b.0)) else {
        return;
    };
    if longest > hours {
        wrong(
            "shifts",
            format!(
                "is one of {hours}h a week, its shift `{}` alone is paid {longest}h",
                shift.name
            ),
            "list the `shifts` that fit, or raise `contract_hours`",
        );
    }
    // Absence takes its part of a contract.
    let at_work = hours * group.total_shrinkage().rest().value();
    let is_said = table.has("contract_hours") || table.has("days_per_week");
    if is_said && f64::from(week.days) * longest < at_work - 1e-9 {
        wrong(
            "days_per_week",
            format!(
                "is never filled: {} days of at most {longest}h, where {at_work:.1}h of {hours}h are left after \
                 absence",
                week.days
            ),
            "add a longer shift, more days, or lower `contract_hours`",
        );
    }
}

/// Which of people, client, channel or language the groups of a set-up lack for a queue, and what to do about it.
fn lacking(scenario: &Scenario, setup: &Setup, id: QueueId) -> (String, String) {
    let queue = &scenario.queues[id];
    let empty = scenario.empty_group_for(setup, id);
    if let Some((why, remedy)) = empty.and_then(|group| scenario.why_empty(group)) {
        return (why, format!("{remedy}, or add a group that can"));
    }
    let tag = &scenario.languages[queue.language].tag;
    let client = &scenario.clients[queue.client].name;
    let members = || setup.groups.iter().map(|group| &scenario.groups[*group]);
    let none = if !members().any(|group| group.clients.contains(&queue.client)) {
        format!("none works for client `{client}`")
    } else if !members().any(|group| group.speaks(queue.language, queue.native_only)) {
        let natively = if queue.native_only { " natively" } else { "" };
        format!("none speaks `{tag}`{natively}")
    } else if !members().any(|group| group.channels.contains(&queue.channel)) {
        format!("none works on {}", queue.channel.name())
    } else {
        let channel = queue.channel.name();
        format!("none has `{tag}`, {channel} and client `{client}` together")
    };
    let remedy = "add a group that can, or teach one of these".to_owned();
    (format!("of its agent groups {none}"), remedy)
}

/// Notes the queues that a set-up cannot serve for one reason.
fn no_group(table: &Fields, lacking: &str, remedy: &str, queues: &[&str]) {
    const SHOWN: usize = 3;
    let shown: Vec<String> = queues
        .iter()
        .take(SHOWN)
        .map(|name| format!("`{name}`"))
        .collect();
    let more = match queues.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let plural = if queues.len() == 1 { "" } else { "s" };
    table.problem(
        "groups",
        "no-group",
        format!(
            "{} cannot serve queue{plural} {}{more}: {lacking}",
            table.what,
            shown.join(", ")
        ),
        remedy,
    );
}

/// The first slot in which a real-time queue is open and none of `sites` is.
fn slot_without_site(
    scenario: &Scenario,
    queue: QueueId,
    sites: &BTreeSet<SiteId>,
    open: &Table<SiteId, Vec<f64>>,
) -> Option<usize> {
    if !scenario.queues[queue].is_real_time() {
        return None;
    }
    let wanted = scenario.open_share(queue);
    wanted.iter().enumerate().position(|(slot, wanted)| {
        *wanted > 0.0 && sites.iter().all(|site| open[*site][slot] <= 0.0)
    })
}
