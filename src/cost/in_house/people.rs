//! People around the agents: leads by span, recruiting, training and the slow first weeks.

use super::{Ledger, Money, Team, Usage, count, loaded_wage, number, percent};
use crate::cost::WEEKS_PER_YEAR;
use crate::cost::ledger::sources;
use crate::scenario::InHouseCosts;
use crate::units::whole;

pub(super) fn write(ledger: &mut Ledger, costs: &InHouseCosts, usage: &Usage, teams: &[Team<'_>]) {
    let people: f64 = usage.people();
    leads(ledger, costs, usage, people);
    let years = usage.weeks / WEEKS_PER_YEAR;
    let leavers = people * costs.attrition.value() * years;
    if leavers <= 0.0 {
        return;
    }
    let said = format!(
        "{} people employed × {} leaving a year × {} = {leavers:.4} new",
        number(people),
        percent(costs.attrition.value()),
        count(usage.weeks, "week")
    );
    let from = |fields: &[&str]| sources(&costs.sources, fields);
    ledger.add(
        "Recruiting",
        costs.recruiting.times(leavers),
        format!(
            "{said} × {}{}",
            costs.recruiting,
            from(&["attrition", "recruiting"])
        ),
    );
    let hour = mean_loaded(teams);
    let training = costs.training.value();
    ledger.add(
        "Training of new agents",
        hour.times(leavers * training),
        format!(
            "{said} × {} h × {hour} loaded pay{}",
            number(training),
            from(&["attrition", "training"])
        ),
    );
    let lost = lost_hours(costs, teams);
    ledger.add(
        "Ramp, slower while learning",
        hour.times(leavers * lost),
        format!(
            "{said} × {} h lost each: {} weeks, handle time from {} times the others' down to theirs{}",
            number(lost),
            number(costs.ramp_weeks),
            number(costs.ramp_handle_time),
            from(&["attrition", "ramp", "ramp_handle_time"])
        ),
    );
}

/// A lead for each span, once the team fills half of one; below that the owner leads.
fn leads(ledger: &mut Ledger, costs: &InHouseCosts, usage: &Usage, people: f64) {
    let span = f64::from(costs.lead_span);
    // Five people whose hours add up to a hair less are five.
    if costs.lead_span == 0 || people + 1e-6 < span / 2.0 {
        return;
    }
    let leads = whole(people / span);
    ledger.add(
        "Team leads",
        costs.lead_per_month.times(leads * usage.months),
        format!(
            "{} people employed, a lead for each {} (none below half a span) = {} × {} × {}{}",
            number(people),
            costs.lead_span,
            number(leads),
            costs.lead_per_month,
            count(usage.months, "month"),
            sources(&costs.sources, &["lead_span", "lead_per_month"])
        ),
    );
}

/// Loaded pay of an hour, weighted by the hours of the teams.
pub(super) fn mean_loaded(teams: &[Team<'_>]) -> Money {
    let hours: f64 = teams
        .iter()
        .map(|team| team.used.contract_hours * team.used.borne)
        .sum();
    if hours <= 0.0 {
        return Money::ZERO;
    }
    let pay: Money = teams
        .iter()
        .map(|team| loaded_wage(team.group).times(team.used.contract_hours * team.used.borne))
        .sum();
    pay.times(1.0 / hours)
}

/// Hours on the line that one learner loses.
fn lost_hours(costs: &InHouseCosts, teams: &[Team<'_>]) -> f64 {
    let rostered: f64 = teams.iter().map(|team| team.used.rostered).sum();
    let contract: f64 = teams.iter().map(|team| team.used.contract_hours).sum();
    if contract <= 0.0 {
        return 0.0;
    }
    // The week that one agent is hired for.
    let week: f64 = teams
        .iter()
        .map(|team| team.group.contract.hours.value() * team.used.contract_hours)
        .sum::<f64>()
        / contract;
    ramp_hours(costs, week * rostered / contract)
}

/// Hours that one learner of so many hours a week at work loses: with handle time falling evenly from f to 1
/// times the others', the output over the ramp is the mean of 1 ÷ x for x from 1 to f, ln f ÷ (f − 1).
pub fn ramp_hours(costs: &InHouseCosts, week: f64) -> f64 {
    let factor = costs.ramp_handle_time;
    if factor <= 1.0 || costs.ramp_weeks <= 0.0 {
        return 0.0;
    }
    week * costs.ramp_weeks * (1.0 - factor.ln() / (factor - 1.0))
}
