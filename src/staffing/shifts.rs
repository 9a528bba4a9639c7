//! Candidate shifts of a group: every start of every template on the site's wall clock that the site's
//! opening allows, with a few places for its breaks.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Timelike, Utc};

use super::pay::{self, Pay};
use super::{PlannedBreak, instance::Shift};
use crate::ids::{GroupId, ShiftId};
use crate::scenario::{AgentGroup, BreakRule, Scenario, ShiftTemplate, Site};
use crate::time::{Horizon, zone};

/// Places tried for a break that costs a slot of cover.
const PLACES: u32 = 3;

/// A shift that a group could be given, in the words of the plan.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Candidate {
    pub template: ShiftId,
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    pub breaks: Vec<PlannedBreak>,
    pub pay: Pay,
}

/// The candidates of a group with their form in the model.
pub(super) fn candidates(scenario: &Scenario, group: GroupId) -> Vec<(Candidate, Shift)> {
    let agents = &scenario.groups[group];
    let site = &scenario.sites[agents.site];
    let mut candidates = Vec::new();
    for &template in &agents.shifts {
        for (start, end) in starts(&scenario.horizon, site, &scenario.shifts[template]) {
            for breaks in places(&scenario.horizon, &scenario.shifts[template], start) {
                let candidate = candidate(scenario, agents, template, (start, end), breaks);
                let shift = model_shift(scenario, site, agents, &candidate);
                if !shift.cover.is_empty() {
                    candidates.push((candidate, shift));
                }
            }
        }
    }
    candidates
}

/// Starts and ends of a template that touch the horizon while the site is open throughout.
fn starts(
    horizon: &Horizon,
    site: &Site,
    template: &ShiftTemplate,
) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
    let length = Duration::minutes(i64::from(template.length_minutes));
    let first = horizon.start.with_timezone(&site.zone).date_naive() - Duration::days(2);
    let last = horizon.end().with_timezone(&site.zone).date_naive();
    let mut starts = Vec::new();
    for day in first.iter_days().take_while(|day| *day <= last) {
        let weekday = chrono::Datelike::weekday(&day).num_days_from_monday() as usize;
        if !template.days[weekday] {
            continue;
        }
        let step = template.step_minutes.max(1) as usize;
        for minute in (template.earliest..=template.latest).step_by(step) {
            let local = day.and_time(NaiveTime::MIN) + Duration::minutes(i64::from(minute));
            let zone::Wall::Once(start) = zone::look_up(site.zone, local) else {
                continue;
            };
            let end = start + length;
            if end > horizon.start && start < horizon.end() && is_open(site, start, end) {
                starts.push((start, end));
            }
        }
    }
    starts
}

/// Is the site open from `start` to `end`?
fn is_open(site: &Site, start: DateTime<Utc>, end: DateTime<Utc>) -> bool {
    let mut at = start;
    while at < end {
        let local = at.with_timezone(&site.zone).naive_local();
        let minute = local.hour() * 60 + local.minute();
        let hours = site.hours.on(local.date(), &site.calendar);
        if !hours.iter().any(|&(from, to)| (from..to).contains(&minute)) {
            return false;
        }
        at += Duration::minutes(15);
    }
    true
}

/// Some ways to place the breaks: those that cost cover at a few places each, all moved together.
fn places(
    horizon: &Horizon,
    template: &ShiftTemplate,
    start: DateTime<Utc>,
) -> Vec<Vec<PlannedBreak>> {
    let costs_cover = |rule: &BreakRule| 2 * rule.minutes > horizon.slot_minutes;
    let moves = template
        .breaks
        .iter()
        .any(|rule| costs_cover(rule) && rule.latest > rule.earliest);
    let options = if moves { PLACES } else { 1 };
    let mut places: Vec<Vec<PlannedBreak>> = Vec::new();
    for option in 0..options {
        let mut taken: Vec<PlannedBreak> = Vec::new();
        let mut rules: Vec<&BreakRule> = template.breaks.iter().collect();
        rules.sort_by_key(|rule| rule.earliest);
        for rule in rules {
            let width = rule.latest.saturating_sub(rule.earliest);
            let share = if options == 1 {
                width / 2
            } else {
                width * option / (options - 1)
            };
            let aligned = share / 15 * 15;
            let mut begin = start + Duration::minutes(i64::from(rule.earliest + aligned));
            if let Some(before) = taken.last().filter(|before| before.end > begin) {
                begin = before.end;
            }
            taken.push(PlannedBreak {
                start: begin,
                end: begin + Duration::minutes(i64::from(rule.minutes)),
                paid: rule.paid,
            });
        }
        if !places.contains(&taken) {
            places.push(taken);
        }
    }
    places
}

fn candidate(
    scenario: &Scenario,
    agents: &AgentGroup,
    template: ShiftId,
    (start, end): (DateTime<Utc>, DateTime<Utc>),
    breaks: Vec<PlannedBreak>,
) -> Candidate {
    let horizon = &scenario.horizon;
    let pay = pay::of_shift(
        &scenario.sites[agents.site],
        agents.wage,
        (start, end),
        &breaks,
        (horizon.start, horizon.end()),
    );
    Candidate {
        template,
        start,
        end,
        breaks,
        pay,
    }
}

/// The slots a candidate covers, sits in and is bound by (rest included), and its loaded price.
fn model_shift(
    scenario: &Scenario,
    site: &Site,
    agents: &AgentGroup,
    candidate: &Candidate,
) -> Shift {
    let horizon = &scenario.horizon;
    let slots = |from: DateTime<Utc>, to: DateTime<Utc>| {
        let first = horizon.slot_offset(from).clamp(0, horizon.slots as i64);
        let last = horizon.slot_offset(to - Duration::seconds(1)) + 1;
        first as u32..last.clamp(first, horizon.slots as i64) as u32
    };
    let present = slots(candidate.start, candidate.end);
    let rest = Duration::seconds((site.rules.daily_rest.value() * 3600.0) as i64);
    Shift {
        cover: present
            .clone()
            .filter(|&slot| covers(horizon, candidate, slot as usize))
            .collect(),
        held: slots(candidate.start, candidate.end + rest),
        present,
        price: candidate.pay.pay * agents.paid_per_filled() * (1.0 + agents.charges.value()),
    }
}

/// On the line for the whole slot, but for breaks of at most half of it.
fn covers(horizon: &Horizon, candidate: &Candidate, slot: usize) -> bool {
    let (from, to) = (horizon.slot_start(slot), horizon.slot_start(slot + 1));
    if candidate.start > from || candidate.end < to {
        return false;
    }
    let away: i64 = candidate
        .breaks
        .iter()
        .map(|b| (b.end.min(to) - b.start.max(from)).num_seconds().max(0))
        .sum();
    2 * away <= (to - from).num_seconds()
}

/// First and last date on which a candidate begins, for messages.
pub(super) fn local_day(site: &Site, at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&site.zone).date_naive()
}
