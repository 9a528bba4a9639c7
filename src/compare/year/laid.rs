//! A month worked by the plans of its weeks: their shifts laid over its days, on the wall clock.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use super::weeks::{WeekPlan, monday_of};
use crate::compare::SetupResult;
use crate::cost::Usage;
use crate::demand::Demand;
use crate::ids::{GroupId, SetupId};
use crate::scenario::Scenario;
use crate::staffing::{PlannedBreak, PlannedShift, Staffing, Team};
use crate::time::{Horizon, zone};

/// What a set-up uses in a calendar month of the demand, worked by the plan of each week; and the most people of one's
/// own in any of them.
pub(super) fn month(
    scenario: &Scenario,
    setup: SetupId,
    demand: &Demand,
    days: &[(NaiveDate, &WeekPlan, &SetupResult)],
) -> Option<(Usage, f64)> {
    let mut staffing = Staffing {
        teams: Vec::new(),
        shifts: Vec::new(),
        on_line: Vec::new(),
        cover: Vec::new(),
        shortfall: Vec::new(),
        proof: days.first()?.2.staffing.proof.clone(),
    };
    let mut known: BTreeMap<(GroupId, String), usize> = BTreeMap::new();
    let (mut people, mut most) = (Vec::new(), 0.0_f64);
    for run in days.chunk_by(|a, b| monday_of(a.0) == monday_of(b.0)) {
        let &(day, plan, result) = run.first()?;
        let week = Week {
            of_plan: result.demand.horizon,
            later: (monday_of(day) - plan.monday).num_days(),
            zone: scenario.zone,
            from: zone::day_bounds(scenario.zone, day).0,
            to: zone::day_bounds(scenario.zone, day + Days::new(run.len() as u64 - 1)).1,
        };
        let used = Usage::of(
            &result.scenario,
            setup,
            &result.demand,
            &result.staffing,
            &result.observed,
        );
        // A week is hired for in the month that holds most of it.
        if run.len() >= 4 {
            most = most.max(used.people());
        }
        let teams: Vec<usize> = result
            .staffing
            .teams
            .iter()
            .map(|team| {
                let key = (team.group, team.name.clone());
                let index = *known.entry(key).or_insert(staffing.teams.len());
                if index == staffing.teams.len() {
                    staffing.teams.push(team.clone());
                    staffing.on_line.push(vec![0; demand.horizon.slots]);
                    people.push(0.0);
                }
                join(&mut staffing.teams[index], team);
                index
            })
            .collect();
        let part = run.len() as f64 / days.len() as f64;
        for ((&index, used), on_line) in teams.iter().zip(&used.teams).zip(&result.staffing.on_line)
        {
            people[index] += used.people * part;
            week.lay_slots(on_line, &demand.horizon, &mut staffing.on_line[index]);
        }
        for shift in &result.staffing.shifts {
            let group = result.staffing.teams[shift.team].group;
            let clock = scenario.sites[scenario.groups[group].site].zone;
            staffing
                .shifts
                .extend(week.moved(shift, clock).map(|shift| PlannedShift {
                    team: teams[shift.team],
                    ..shift
                }));
        }
    }
    let observed = &days[days.len() / 2].2.observed;
    let mut usage = Usage::of(scenario, setup, demand, &staffing, observed);
    usage.months = 1.0;
    if scenario.setups[setup].in_house.whole_contracts {
        // A month's contract is its working days: those of the year come to the weeks of the year.
        let working = days
            .iter()
            .filter(|(day, ..)| day.weekday().num_days_from_monday() < 5);
        let weeks = working.count() as f64 / 5.0;
        for (team, people) in usage.teams.iter_mut().zip(people) {
            let hours = scenario.groups[team.group].contract.hours.value() * weeks;
            team.people = people;
            team.contract_hours = (people * hours).max(team.needed_hours);
        }
    }
    Some((usage, most))
}

/// Queues and clients that a team of the same name serves in another week.
fn join(team: &mut Team, other: &Team) {
    for queue in &other.queues {
        if !team.queues.contains(queue) {
            team.queues.push(*queue);
        }
    }
    for client in &other.clients {
        if !team.clients.contains(client) {
            team.clients.push(*client);
        }
    }
}

/// Days of one week, worked by the plan of another.
struct Week {
    of_plan: Horizon,
    /// Days from the week planned to this one.
    later: i64,
    zone: Tz,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
}

impl Week {
    fn lay_slots(&self, planned: &[u32], month: &Horizon, laid: &mut [u32]) {
        let first = month.slot_offset(self.from).max(0) as usize;
        for (slot, agents) in laid.iter_mut().enumerate().skip(first) {
            if month.slot_start(slot) >= self.to {
                break;
            }
            let then = month.local(slot, self.zone) - TimeDelta::days(self.later);
            let planned_slot = self.of_plan.slot_at(zone::instant(self.zone, then));
            *agents = planned_slot.map_or(0, |slot| planned[slot]);
        }
    }

    /// The shift on its day of this week, by the clock of its site: what of it lies within the days.
    fn moved(&self, shift: &PlannedShift, clock: Tz) -> Option<PlannedShift> {
        let later = |instant: DateTime<Utc>| {
            let then = instant.with_timezone(&clock).naive_local() + TimeDelta::days(self.later);
            zone::instant(clock, then)
        };
        // Within the week planned first: its pay is.
        let within = |start: DateTime<Utc>, end: DateTime<Utc>| {
            (start.max(self.of_plan.start), end.min(self.of_plan.end()))
        };
        let (planned_start, planned_end) = within(shift.start, shift.end);
        let start = later(planned_start).max(self.from);
        let end = later(planned_end).min(self.to);
        let planned = (planned_end - planned_start).num_seconds() as f64;
        if start >= end || planned <= 0.0 {
            return None;
        }
        // By the clock: a night that the clock changes in is paid as planned.
        let whole = (later(planned_end) - later(planned_start)).num_seconds() as f64;
        let part = (end - start).num_seconds() as f64 / whole.max(1.0);
        let breaks = shift.breaks.iter().map(|pause| PlannedBreak {
            start: later(pause.start),
            end: later(pause.end),
            paid: pause.paid,
        });
        Some(PlannedShift {
            start,
            end,
            breaks: breaks.collect(),
            pay: shift.pay * part,
            premium: shift.premium * part,
            paid_hours: shift.paid_hours * part,
            ..shift.clone()
        })
    }
}
