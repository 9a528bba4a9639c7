//! On which terms the people of a set-up work: seats, head counts, and contracts of those hired whole.

use super::Team;
use super::contract::Contract;
use super::duties::Capacity;
use super::instance::Limit;
use crate::ids::{GroupId, SetupId};
use crate::scenario::Scenario;
use crate::time::MONTHS_PER_WEEK;

/// Days on which a full-timer works a week.
const WORKING_DAYS: f64 = 5.0;
/// Part of its pay that a shift adds to a contract that is paid anyway.
pub(super) const SHORT: f64 = 0.05;

/// What one of the model's units of price is worth: a hundredth of an hour's dearest wage, so that the model is the same
/// in any currency. Of all groups: what a set-up in parts costs is the sum of its parts.
pub(super) fn unit(scenario: &Scenario) -> f64 {
    let wages = scenario.groups.values().map(|group| group.wage);
    let dearest = wages.fold(0.0, f64::max);
    if dearest > 0.0 { dearest / 100.0 } else { 1.0 }
}

/// An amount in units of the model, to a millionth: what a conversion leaves in the last digits goes.
pub(super) fn in_units(amount: f64, unit: f64) -> f64 {
    (amount / unit * 1e6).round() / 1e6
}

/// Whether the agents of a group are hired whole.
pub(super) fn is_hired(scenario: &Scenario, setup: SetupId, group: GroupId) -> bool {
    let terms = &scenario.setups[setup];
    // A partner's people cost what its tariff says; without one they are hired as one's own are.
    !terms.pays_by_tariff(&scenario.groups[group]) && terms.in_house.whole_contracts
}

/// Contracts of the teams that are hired whole. A head costs its pay, its tools, and its share of those who come for
/// whoever leaves.
pub(super) fn contracts(
    scenario: &Scenario,
    setup: SetupId,
    teams: &[Team],
    unit: f64,
) -> Vec<Contract> {
    let weeks = scenario.horizon.weeks();
    let teams = (0..).zip(teams);
    let hired = teams.filter(|(_, team)| is_hired(scenario, setup, team.group));
    let months = weeks * MONTHS_PER_WEEK;
    let costs = &scenario.setups[setup].in_house;
    let contract = |(number, team): (u32, &Team)| {
        let group = &scenario.groups[team.group];
        let of_one = Capacity::of(scenario, group, weeks);
        let hours = of_one.hours;
        let days = (of_one.shifts / weeks).min(WORKING_DAYS);
        let hour = group.wage * (1.0 + group.charges.value());
        let pay = (1.0 - SHORT) * hours * hour;
        let leaving = costs.attrition.value() * months / 12.0;
        let successor = costs.recruiting.to_f64() + costs.training.value() * hour;
        let beside = costs.tools_per_month.to_f64() * months + leaving * successor;
        Contract {
            group: number,
            price: in_units(pay + beside, unit),
            beside: in_units(beside, unit),
            of_one,
            least_hours: hours * group.paid_per_filled() / (days * weeks),
            most_heads: group.max_agents.map_or(f64::INFINITY, f64::from),
        }
    };
    hired.map(contract).collect()
}

/// Seats of the sites, then the people of each group.
pub(super) fn people_and_seats(scenario: &Scenario, teams: &[Team]) -> Vec<Limit> {
    let of = |keep: &dyn Fn(&Team) -> bool| -> Vec<u32> {
        let numbered = (0..).zip(teams);
        numbered
            .filter(|(_, team)| keep(team))
            .map(|(number, _)| number)
            .collect()
    };
    let seats = scenario.sites.iter().filter_map(|(id, site)| {
        Some(Limit {
            groups: of(&|team| scenario.groups[team.group].site == id),
            most: f64::from(site.seats?),
            people: false,
            most_in_all: [f64::INFINITY; 3],
            others: Vec::new(),
        })
    });
    let people = scenario.groups.iter().filter_map(|(id, group)| {
        let most = f64::from(group.max_agents?);
        let of_one = Capacity::of(scenario, group, scenario.horizon.weeks());
        // A full-timer's week may grow to the longest allowed, a part-timer's is what was agreed. Whoever is absent
        // has a stand-in: of either the hours of shifts alone count.
        let full_time = scenario.sites[group.site].rules.full_time;
        let hours = if group.contract.hours < full_time {
            most * of_one.hours * group.paid_per_filled()
        } else {
            f64::INFINITY
        };
        Some(Limit {
            groups: of(&|team| team.group == id),
            most,
            people: true,
            most_in_all: [
                (most * of_one.shifts).floor(),
                hours,
                (most * of_one.sundays + 1e-9).floor(),
            ],
            others: Vec::new(),
        })
    });
    let all = seats.chain(people);
    all.filter(|limit| !limit.groups.is_empty()).collect()
}
