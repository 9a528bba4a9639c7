//! What the law of a site says of nights and Sundays.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Duration, NaiveDate, Timelike, Utc, Weekday};

use super::Finding;
use crate::roster::{Duty, Roster, RosteredAgent};
use crate::scenario::{Scenario, Site};

/// Sundays of a year, of which some are free.
const YEAR: usize = 52;

pub(super) fn check(scenario: &Scenario, roster: &Roster) -> Vec<Finding> {
    let mut findings = Vec::new();
    let weeks = (scenario.horizon.weeks().round() as usize).max(1);
    for agent in &roster.agents {
        let site = &scenario.sites[scenario.groups[agent.group].site];
        nights(agent, site, &mut findings);
        sundays(agent, site, weeks, &mut findings);
    }
    turns(scenario, roster, weeks, &mut findings);
    findings
}

/// Work at night lasts no longer than is allowed, minute by minute of the site's clock.
fn nights(agent: &RosteredAgent, site: &Site, findings: &mut Vec<Finding>) {
    let Some(limit) = site.rules.night else {
        return;
    };
    for duty in &agent.duties {
        let hours = duty.paid_hours();
        if hours <= limit.max_shift.value() + 1e-9 {
            continue;
        }
        let is_paid = |at: &DateTime<Utc>| {
            let mut unpaid = duty.breaks.iter().filter(|pause| !pause.paid);
            !unpaid.any(|pause| pause.start <= *at && *at < pause.end)
        };
        let is_night = |at: &DateTime<Utc>| {
            let local = at.with_timezone(&site.zone);
            let since = (local.hour() * 60 + local.minute() + 1440 - limit.from) % 1440;
            since < (limit.to + 1440 - limit.from - 1) % 1440 + 1
        };
        let minutes = (0..(duty.end - duty.start).num_minutes())
            .map(|minute| duty.start + Duration::minutes(minute))
            .filter(|at| is_paid(at) && is_night(at))
            .count();
        if minutes as f64 >= 60.0 * limit.least_hours.value() {
            findings.push(Finding {
                rule: "night",
                detail: format!(
                    "{} works {hours:.1} h in the night of {}, {} h are the most",
                    agent.name,
                    day_of(duty, site).format("%a %-d %b"),
                    limit.max_shift.value()
                ),
            });
        }
    }
}

/// Nobody works on more Sundays of the planned weeks than leave the whole ones that are their part of the year's.
fn sundays(agent: &RosteredAgent, site: &Site, weeks: usize, findings: &mut Vec<Finding>) {
    let days = agent.duties.iter().map(|duty| day_of(duty, site));
    let worked: BTreeSet<NaiveDate> = days.filter(|day| day.weekday() == Weekday::Sun).collect();
    let due = site.rules.free_sundays as usize * weeks / YEAR;
    if worked.len() + due > weeks && due > 0 {
        findings.push(Finding {
            rule: "sundays",
            detail: format!(
                "{} works on {} of {weeks} Sundays, {due} must be free",
                agent.name,
                worked.len()
            ),
        });
    }
}

/// A group has people enough to take turns on Sundays: as many as have theirs free were the year like these weeks, or
/// one for each of its duties.
fn turns(scenario: &Scenario, roster: &Roster, weeks: usize, findings: &mut Vec<Finding>) {
    for (id, group) in scenario.groups.iter() {
        let site = &scenario.sites[group.site];
        let free = site.rules.free_sundays as usize;
        let people = roster.agents.iter().filter(|agent| agent.group == id);
        let duties = people.clone().flat_map(|agent| &agent.duties);
        let all = duties.clone().count();
        let is_sunday = |duty: &&Duty| day_of(duty, site).weekday() == Weekday::Sun;
        let worked = duties.filter(is_sunday).count();
        let needed = (worked * YEAR).div_ceil((YEAR - free) * weeks);
        let there = people.count();
        if free > 0 && there < needed.min(all) {
            findings.push(Finding {
                rule: "sundays",
                detail: format!(
                    "{} duties of {} begin on Sundays: {there} people cannot each have {free} of a year free, {needed} \
                     can",
                    worked, group.name
                ),
            });
        }
    }
}

/// The day on which a duty begins, on the site's clock.
fn day_of(duty: &Duty, site: &Site) -> NaiveDate {
    duty.start.with_timezone(&site.zone).date_naive()
}
