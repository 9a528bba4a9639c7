//! What a plan leaves open, in the words of the domain: which queue, which hours, how much, why, and what
//! would mend it.

use super::instance::{Choice, Instance, Limit, Plan};
use super::left::Left;
use super::stage::Crew;
use super::task::Task;
use super::{Shortfall, Team};
use crate::ids::{QueueId, ShiftId};

/// Agents missing below this are rounding.
const HAIR: f64 = 1e-6;

/// Every shortfall of a plan, merged into runs of one reason.
pub(super) fn name(crew: &Crew, task: &Task, plan: &Plan) -> Vec<Shortfall> {
    let mut found = Vec::new();
    for (name, queue, missing) in &task.unserved {
        let reason = why_unserved(crew, *queue);
        let short = missing
            .iter()
            .map(|&n| (n, (n > HAIR).then(|| reason.clone())));
        found.extend(runs(crew, name, &[*queue], &short.collect::<Vec<_>>()));
    }
    let left = Left::beside(&task.instance, plan);
    let missing = beyond_parts(task, task.instance.missing(plan));
    for (c, missing) in missing.iter().enumerate() {
        let cover = &task.instance.covers[c];
        let reason = |slot: usize| why_short(crew, task, &cover.queues, slot, &left);
        let short: Vec<_> = missing
            .iter()
            .enumerate()
            .map(|(slot, &n)| (n, (n > HAIR).then(|| reason(slot))))
            .collect();
        let queues: Vec<QueueId> = cover.queues.iter().map(|&queue| QueueId(queue)).collect();
        found.extend(runs(crew, &task.names[c], &queues, &short));
    }
    let due = dues(&task.instance);
    for (d, late) in late(task, plan, &due).iter().enumerate() {
        let queue = task.deferred[d];
        let reason = |slot: usize| why_late(crew, task, queue, slot, &due[d], &left);
        let short: Vec<_> = late
            .iter()
            .enumerate()
            .map(|(slot, &n)| (n, (n > HAIR).then(|| reason(slot))))
            .collect();
        let name = &crew.scenario.queues[queue].name;
        found.extend(runs(crew, name, &[queue], &short));
    }
    found
}

/// Slots on end that are short for the same reason, with those of the queues that are open then.
fn runs(
    crew: &Crew,
    pool: &str,
    queues: &[QueueId],
    short: &[(f64, Option<String>)],
) -> Vec<Shortfall> {
    let hours = crew.scenario.horizon.slot_hours();
    let mut runs: Vec<Shortfall> = Vec::new();
    for (slot, (missing, reason)) in short.iter().enumerate() {
        let Some(reason) = reason else { continue };
        match runs.last_mut() {
            Some(run) if run.slot + run.slots == slot && run.reason == *reason => {
                run.slots += 1;
                run.agent_hours += missing * hours;
            }
            _ => runs.push(Shortfall {
                pool: pool.to_owned(),
                queues: queues.to_vec(),
                slot,
                slots: 1,
                agent_hours: missing * hours,
                reason: reason.clone(),
            }),
        }
    }
    if queues.len() > 1 && !runs.is_empty() {
        let open = queues.iter().map(|&queue| crew.scenario.open_share(queue));
        let open: Vec<Vec<f64>> = open.collect();
        for run in &mut runs {
            let slots = run.slot..run.slot + run.slots;
            let is_open = |(_, open): &(_, &Vec<f64>)| open[slots.clone()].iter().any(|o| *o > 0.0);
            let asked = queues.iter().zip(&open).filter(is_open);
            run.queues = asked.map(|(queue, _)| *queue).collect();
        }
    }
    runs
}

/// What a pool misses beyond what its parts are already named short of.
fn beyond_parts(task: &Task, mut missing: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let covers = &task.instance.covers;
    let mut order: Vec<usize> = (0..covers.len()).collect();
    order.sort_by_key(|&c| covers[c].queues.len());
    for (at, &c) in order.iter().enumerate() {
        let parts: Vec<usize> = order[..at]
            .iter()
            .copied()
            .filter(|&part| {
                let whole = &covers[c].queues;
                covers[part]
                    .queues
                    .iter()
                    .all(|queue| whole.contains(queue))
            })
            .collect();
        let mut row = std::mem::take(&mut missing[c]);
        for (slot, missed) in row.iter_mut().enumerate() {
            let named: f64 = parts.iter().map(|&part| missing[part][slot]).sum();
            *missed = (*missed - named).max(0.0);
        }
        missing[c] = row;
    }
    missing
}

fn why_unserved(crew: &Crew, queue: QueueId) -> String {
    let scenario = crew.scenario;
    let empty = scenario.empty_group_for(&scenario.setups[crew.setup], queue);
    if let Some((why, remedy)) = empty.and_then(|group| scenario.why_empty(group)) {
        return format!("{why}: {remedy}");
    }
    let queue = &scenario.queues[queue];
    let setup = &scenario.setups[crew.setup].name;
    let client = &scenario.clients[queue.client].name;
    let language = &scenario.languages[queue.language];
    let groups = scenario.setups[crew.setup].groups.iter();
    let learnt: Vec<_> = groups
        .map(|&id| &scenario.groups[id])
        .filter(|group| group.clients.contains(&queue.client))
        .collect();
    let native = if queue.native_only { " natively" } else { "" };
    if learnt.is_empty() {
        format!("no group of {setup} works for {client}: add {client} to the clients of one")
    } else if !learnt
        .iter()
        .any(|group| group.speaks(queue.language, queue.native_only))
    {
        format!(
            "no group of {setup} that works for {client} speaks {}{native}: add `{}` to the languages \
             of one",
            language.title, language.tag
        )
    } else {
        format!(
            "no group of {setup} that speaks {}{native} for {client} answers {}: add it to the \
             channels of one",
            language.title,
            queue.channel.name()
        )
    }
}

/// Why deferrable work that is due in a slot is not done by then. Where no shift reaches that slot, as where the
/// queue or the site is shut, it is the backlog of the hours before, in which somebody could have done it.
fn why_late(
    crew: &Crew,
    task: &Task,
    queue: QueueId,
    slot: usize,
    due: &[usize],
    left: &Left,
) -> String {
    let slots = task.instance.slots;
    let before = |back: usize| (slot + slots - back % slots) % slots;
    // As far back as the oldest work that is due then came.
    let oldest = (0..slots).rev().find(|&back| due[before(back)] == back);
    let queues = [queue.0];
    let reached = |back: &usize| !reaching(crew, task, &queues, before(*back)).is_empty();
    match (0..=oldest.unwrap_or(0)).find(reached) {
        Some(back) if back > 0 => format!(
            "late: backlog of the hours before, which hold too few agent-hours for it: {}",
            why_short(crew, task, &queues, before(back), left)
        ),
        _ => format!("late: {}", why_short(crew, task, &queues, slot, left)),
    }
}

/// The teams able to serve any of these queues in a slot, with their shifts that cover it.
fn reaching(crew: &Crew, task: &Task, queues: &[u32], slot: usize) -> Vec<(usize, Vec<u32>)> {
    let instance = &task.instance;
    let covers = |shift: &u32| {
        let cover = &instance.shifts[*shift as usize].cover;
        cover.binary_search(&(slot as u32)).is_ok()
    };
    (0..crew.teams.len())
        .filter(|&t| instance.groups[t].serves_any(queues))
        .map(|t| {
            let shifts = instance.groups[t].shifts.iter().copied();
            (t, shifts.filter(covers).collect::<Vec<u32>>())
        })
        .filter(|(_, shifts)| !shifts.is_empty())
        .collect()
}

/// Why nobody (more) can be on the line for any of these queues in a slot.
fn why_short(crew: &Crew, task: &Task, queues: &[u32], slot: usize, left: &Left) -> String {
    let scenario = crew.scenario;
    let instance = &task.instance;
    let reaching = reaching(crew, task, queues, slot);
    if reaching.is_empty() {
        let able: Vec<(usize, &Team)> = crew
            .teams
            .iter()
            .enumerate()
            .filter(|(t, _)| instance.groups[*t].serves_any(queues))
            .collect();
        let at = scenario.horizon.slot_start(slot);
        let site_of = |team: &Team| &scenario.sites[scenario.groups[team.group].site];
        let mut shut: Vec<&str> = Vec::new();
        for (_, team) in &able {
            let site = site_of(team);
            let day = at.with_timezone(&site.zone).date_naive();
            let spans = super::candidates::open_spans(
                site,
                day - chrono::Duration::days(1),
                day + chrono::Duration::days(1),
            );
            if !spans.iter().any(|(from, to)| *from <= at && at < *to) {
                shut.push(&site.name);
            }
        }
        if shut.len() == able.len() {
            shut.sort_unstable();
            shut.dedup();
            return format!(
                "{} shut then: open longer, or add a site in another time zone",
                are(&shut)
            );
        }
        let mut names: Vec<&str> = able.iter().map(|(_, team)| team.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let mut nights: Vec<String> = able
            .iter()
            .filter_map(|(_, team)| {
                let rules = &site_of(team).rules;
                let most = rules.night?.max_shift;
                let shifts = &scenario.groups[team.group].shifts;
                let is_long = |shift: &ShiftId| scenario.shifts[*shift].paid_hours() > most;
                shifts.iter().any(is_long).then(|| {
                    let hours = most.value();
                    format!(
                        "; at night they last {hours}h at most by the rules {}",
                        rules.name
                    )
                })
            })
            .collect();
        nights.sort_unstable();
        nights.dedup();
        return format!(
            "no shift of {} reaches these hours: let shifts start earlier or later, last longer, or \
             run on these days{}",
            names.join(", "),
            nights.concat()
        );
    }
    let mut full: Vec<String> = Vec::new();
    for (t, shifts) in &reaching {
        let group = *t as u32;
        // A shift is held back by a full house in any of its slots.
        let full_for = |&shift: &u32| left.full(Choice { group, shift });
        let held: Option<Vec<&Limit>> = shifts.iter().map(full_for).collect();
        let Some(&limit) = held.as_ref().and_then(|limits| limits.first()) else {
            let price = |&s: &u32| crew.unit() * instance.shifts[s as usize].price;
            let cheapest = shifts.iter().map(price).fold(f64::INFINITY, f64::min);
            if cheapest < scenario.policy.shortfall_per_hour * scenario.horizon.slot_hours() {
                return "an agent more would cost less: the search ended before it was found; give it more time, \
                        or the policy more `rounds`"
                    .to_owned();
            }
            return format!(
                "an agent more would cost more than the {} {} an hour at which the policy prices a \
                 shortfall: raise `shortfall_per_hour`",
                scenario.policy.shortfall_per_hour,
                scenario.currency.code()
            );
        };
        let lacks_sundays = |&shift: &u32| left.lacks_sundays(Choice { group, shift });
        let on_sundays = shifts.iter().all(lacks_sundays);
        let group = &scenario.groups[crew.teams[*t].group];
        let site = &scenario.sites[group.site];
        full.push(if limit.people && on_sundays {
            format!(
                "{} has only {}, of whom each has {} free Sundays a year",
                group.name,
                people(limit.most),
                site.rules.free_sundays
            )
        } else if limit.people {
            format!("{} has only {}", group.name, people(limit.most))
        } else {
            let seats = if limit.most == 1.0 { "seat" } else { "seats" };
            format!("{} has only {} {seats}", site.name, limit.most)
        });
    }
    full.sort_unstable();
    full.dedup();
    format!(
        "{}, all at work then, in the hours around, or for the rest of their week: more of them would mend it",
        full.join("; ")
    )
}

fn people(most: f64) -> String {
    let people = if most == 1.0 { "person" } else { "people" };
    format!("{most} {people}")
}

fn are(sites: &[&str]) -> String {
    match sites {
        [one] => format!("site {one} is"),
        _ => format!("sites {} are", sites.join(", ")),
    }
}

/// Agent-slots of deferrable work that become late in each slot, where whoever is idle does what is due
/// first; the second of two equal weeks, so that the first hands its rest on.
fn late(task: &Task, plan: &Plan, due: &[Vec<usize>]) -> Vec<Vec<f64>> {
    let instance = &task.instance;
    let slots = instance.slots;
    let mut late = vec![vec![0.0; slots]; instance.deferrables.len()];
    if instance.deferrables.is_empty() {
        return late;
    }
    let on_line = instance.on_line(plan);
    let serving = instance.serving();
    let idle = |cover: usize, slot: usize| {
        let there: u32 = serving[cover]
            .iter()
            .map(|&g| on_line[g as usize][slot])
            .sum();
        let (need, load) = (
            instance.covers[cover].need[slot],
            instance.covers[cover].load[slot],
        );
        (f64::from(there) - need + instance.fill * (need - load).max(0.0)).max(0.0)
    };
    // Arrivals of each queue still open, first in first out, with the slot they may last be done in.
    let mut open: Vec<std::collections::VecDeque<(usize, f64)>> =
        vec![std::collections::VecDeque::new(); instance.deferrables.len()];
    for now in 0..2 * slots {
        let slot = now % slots;
        for (d, deferrable) in instance.deferrables.iter().enumerate() {
            if deferrable.work[slot] > 0.0 {
                open[d].push_back((now + due[d][slot], deferrable.work[slot]));
            }
        }
        let mut left: Vec<f64> = (0..instance.covers.len()).map(|c| idle(c, slot)).collect();
        loop {
            let most = |d: usize| {
                let queue = &instance.deferrables[d].queue;
                let covers = instance.covers.iter().zip(&left);
                let limits = covers.filter(|(cover, _)| cover.queues.contains(queue));
                limits.map(|(_, &left)| left).fold(f64::INFINITY, f64::min)
            };
            let next = (0..open.len())
                .filter(|&d| most(d) > HAIR)
                .filter_map(|d| open[d].front().map(|&(due, _)| (due, d)))
                .min();
            let Some((_, d)) = next else { break };
            let able = most(d);
            let Some(batch) = open[d].front_mut() else {
                break;
            };
            let done = able.min(batch.1);
            batch.1 -= done;
            if batch.1 <= HAIR {
                open[d].pop_front();
            }
            let queue = instance.deferrables[d].queue;
            for (cover, left) in instance.covers.iter().zip(&mut left) {
                if cover.queues.contains(&queue) {
                    *left -= done;
                }
            }
        }
        for (open, late) in open.iter().zip(&mut late) {
            let overdue = open.iter().filter(|(due, _)| *due == now);
            if now >= slots {
                late[slot] += overdue.map(|(_, work)| work).sum::<f64>();
            }
        }
    }
    late
}

/// Slots ahead in which the work of each slot may last be done, read back from what may be open: first in
/// first out, work of slot s may be open as long as the allowance exceeds what came after it.
fn dues(instance: &Instance) -> Vec<Vec<usize>> {
    let slots = instance.slots;
    let of_one = |d: &super::instance::Deferrable| {
        (0..slots)
            .map(|slot| {
                let mut after = 0.0;
                let mut ahead = 0;
                // At the end of slot + ahead the batch may be open only if the allowance covers it and
                // everything younger.
                while ahead + 1 < slots {
                    let at = (slot + ahead) % slots;
                    if ahead > 0 {
                        after += d.work[at];
                    }
                    if d.open_allowed[at] + HAIR < after + d.work[slot] {
                        break;
                    }
                    ahead += 1;
                }
                ahead
            })
            .collect()
    };
    instance.deferrables.iter().map(of_one).collect()
}
