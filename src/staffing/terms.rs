//! On which terms the people of a set-up work: seats, head counts, and contracts of those hired whole.

use super::Team;
use super::contract::Contract;
use super::instance::Limit;
use crate::ids::{GroupId, SetupId};
use crate::scenario::{Employer, Scenario};

/// Days on which a full-timer works a week.
const WORKING_DAYS: f64 = 5.0;
/// Part of its pay that a shift adds to a contract that is paid anyway.
pub(super) const SHORT: f64 = 0.05;

/// Whether the agents of a group are hired whole.
pub(super) fn is_hired(scenario: &Scenario, setup: SetupId, group: GroupId) -> bool {
    let terms = &scenario.setups[setup];
    // A partner's people cost what its tariff says; without one they are hired as one's own are.
    let by_tariff = scenario.groups[group].employer == Employer::Partner && terms.tariff.is_some();
    !by_tariff && terms.in_house.whole_contracts
}

/// Full-time contracts of the teams that are hired whole.
pub(super) fn contracts(scenario: &Scenario, setup: SetupId, teams: &[Team]) -> Vec<Contract> {
    let weeks = scenario.horizon.weeks();
    let teams = (0..).zip(teams);
    let hired = teams.filter(|(_, team)| is_hired(scenario, setup, team.group));
    let contract = |(number, team): (u32, &Team)| {
        let group = &scenario.groups[team.group];
        let rules = &scenario.sites[group.site].rules;
        let hours = rules.full_time.value() * weeks;
        let days = f64::from(rules.max_days.max(1));
        Contract {
            group: number,
            price: (1.0 - SHORT) * hours * group.wage * (1.0 + group.charges.value()),
            most_shifts: days * weeks,
            most_hours: hours,
            least_hours: hours * group.paid_per_filled() / (days.min(WORKING_DAYS) * weeks),
            most_heads: f64::INFINITY,
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
            most_shifts: f64::INFINITY,
        })
    });
    let people = scenario.groups.iter().filter_map(|(id, group)| {
        let most = f64::from(group.max_agents?);
        let days = f64::from(scenario.sites[group.site].rules.max_days);
        Some(Limit {
            groups: of(&|team| team.group == id),
            most,
            people: true,
            most_shifts: (most * days * scenario.horizon.weeks()).floor(),
        })
    });
    let all = seats.chain(people);
    all.filter(|limit| !limit.groups.is_empty()).collect()
}
