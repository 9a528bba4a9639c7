//! Who stands in: people beyond those on duty at once, and others who learn the work before they are needed.

#[path = "support/text.rs"]
mod text;

use chrono::{Duration, TimeZone, Utc};
use crewcast::audit;
use crewcast::cost;
use crewcast::ids::{ClientId, GroupId, Id, LanguageId, QueueId, SetupId, ShiftId};
use crewcast::requirement::size;
use crewcast::roster::{self, Roster};
use crewcast::scenario::{Employer, Money, PriceForm, Scenario, Tariff};
use crewcast::staffing::{PlannedShift, Proof, Staffing, Team};
use crewcast::table::Table;
use crewcast::units::Hours;

/// Three shops, whose agents may each learn so many of them.
fn shops(most_clients: u32) -> Scenario {
    let queue = |client: &str| {
        format!(
            r#"
[[client]]
id = "{client}"
orders_per_day = 20

[[queue]]
id = "{client}-phone"
client = "{client}"
market = "home"
language = "cs"
channel = "phone"
contact_type = "order"
hours = "office"
min_agents = 0
target = "80/60s"
aht = "3m"
orders = {{ contacts_per_order = 0.05, profile = "shop" }}
"#
        )
    };
    let text = format!(
        r#"
[scenario]
name = "backups"
currency = "EUR"
start = "2026-03-02"

{}

[[market]]
id = "home"
timezone = "Europe/Prague"
country = "CZ"

[[contact_type]]
id = "order"

[[hours]]
id = "office"
mon-fri = "09:00-17:00"

[[site]]
id = "desk"
timezone = "Europe/Prague"
country = "CZ"

[[shift]]
id = "half"
length = "4h"
start = "08:00-16:00"

[[group]]
id = "pod"
site = "desk"
employer = "own"
kind = "shared"
max_clients = {most_clients}
languages = ["cs"]
wage = "10 EUR"
shrinkage = {{ leave = "0%" }}

[[setup]]
id = "in-house"
kind = "in-house"
groups = "all"
"#,
        ["a", "b", "c"].map(queue).concat()
    );
    text::scenario(&text)
}

/// The roster of one pod for the first two shops and one for the third, with shifts of four hours that begin at
/// these hours of Monday.
fn roster(scenario: &Scenario, shifts: &[(usize, i64)]) -> Roster {
    rostered(scenario, &[(0, &[0, 1]), (0, &[2])], shifts)
}

/// The same of teams of a group and its shops.
fn rostered(scenario: &Scenario, teams: &[(usize, &[usize])], shifts: &[(usize, i64)]) -> Roster {
    let team = |&(group, clients): &(usize, &[usize])| Team {
        name: format!("pod-{}", clients[0]),
        group: GroupId::new(group),
        clients: clients
            .iter()
            .map(|&client| ClientId::new(client))
            .collect(),
        queues: clients.iter().map(|&queue| QueueId::new(queue)).collect(),
    };
    let midnight = Utc.with_ymd_and_hms(2026, 3, 2, 0, 0, 0).unwrap();
    let shift = |&(team, hour): &(usize, i64)| PlannedShift {
        team,
        template: ShiftId::new(0),
        start: midnight + Duration::hours(hour),
        end: midnight + Duration::hours(hour + 4),
        breaks: Vec::new(),
        agents: 1,
        pay: 40.0,
        premium: 0.0,
        paid_hours: 4.0,
    };
    let staffing = Staffing {
        teams: teams.iter().map(team).collect(),
        shifts: shifts.iter().map(shift).collect(),
        on_line: Vec::new(),
        cover: Vec::new(),
        shortfall: Vec::new(),
        proof: Proof {
            status: String::new(),
            objective: 0.0,
            bound: 0.0,
            gap: 0.0,
            seconds: 0.0,
        },
    };
    roster::assign(scenario, &staffing)
}

/// Trained, pre-learning and missing of each shop.
fn counted(roster: &Roster) -> Vec<(usize, Vec<usize>, usize)> {
    let backups = roster.backups.iter();
    backups
        .map(|backup| (backup.trained, backup.learners.clone(), backup.missing))
        .collect()
}

const ONE_EACH: [(usize, i64); 2] = [(0, 9), (1, 9)];

#[test]
fn who_is_alone_has_a_backup_from_another_pod_while_that_may_learn() {
    // Three shops each: both learn what the other does.
    let counts = counted(&roster(&shops(3), &ONE_EACH));
    assert_eq!(counts, [(1, vec![1], 0), (1, vec![1], 0), (1, vec![0], 0)]);
    // Two each: the second pod has room for one more shop, the first for none.
    let counts = counted(&roster(&shops(2), &ONE_EACH));
    assert_eq!(counts, [(1, vec![1], 0), (1, vec![], 1), (1, vec![], 1)]);
}

#[test]
fn who_is_off_duty_stands_in_for_who_is_on() {
    let in_turn = [(0, 8), (0, 12), (1, 9)];
    let counts = counted(&roster(&shops(2), &in_turn));
    assert_eq!(counts[..2], [(2, vec![], 0), (2, vec![], 0)]);
    let together = [(0, 9), (0, 9), (1, 9)];
    let counts = counted(&roster(&shops(2), &together));
    assert_eq!(counts[..2], [(2, vec![2], 0), (2, vec![], 1)]);
}

#[test]
fn who_may_learn_either_shop_leaves_one_to_who_may_learn_only_that() {
    let mut scenario = shops(2);
    let mut narrow = scenario.groups[GroupId::new(0)].clone();
    narrow.clients.remove(1);
    let groups = [scenario.groups[GroupId::new(0)].clone(), narrow];
    scenario.groups = Table::new(groups.to_vec());
    // Both of the third shop have room for one more; the second of them may not learn the second shop.
    let teams = [(0, &[0, 1][..]), (0, &[2]), (1, &[2])];
    let counts = counted(&rostered(&scenario, &teams, &[(0, 9), (1, 9), (2, 9)]));
    assert_eq!(counts[..2], [(1, vec![2], 0), (1, vec![1], 0)]);
    assert_eq!(counts[2], (2, vec![], 1));
}

#[test]
fn a_policy_may_want_none_or_several() {
    let mut scenario = shops(3);
    scenario.policy.backups = 0;
    let counts = counted(&roster(&scenario, &ONE_EACH));
    assert!(
        counts
            .iter()
            .all(|(_, learners, missing)| learners.is_empty() && *missing == 0)
    );
    scenario.policy.backups = 2;
    let counts = counted(&roster(&scenario, &ONE_EACH));
    assert!(
        counts
            .iter()
            .all(|(_, learners, missing)| learners.len() == 1 && *missing == 1)
    );
}

#[test]
fn work_that_nobody_knows_is_missing_its_backups() {
    // Nobody is rostered for the third shop.
    let first = [(0, 9)];
    let counts = counted(&roster(&shops(3), &first));
    assert_eq!(counts, [(1, vec![], 1), (1, vec![], 1), (0, vec![0], 0)]);
    let scenario = shops(2);
    let alone = roster(&scenario, &first);
    assert_eq!(counted(&alone)[2], (0, vec![], 1));
    assert_eq!(alone.backups[2].backups(), 0);
    // One in the team of the first two, and one who serves the third.
    let hiring = cost::hiring(&scenario, SetupId::new(0), &alone.agents, &alone.backups);
    assert_eq!(hiring.people, 2);
}

#[test]
fn the_audit_names_backups_that_are_none() {
    let scenario = shops(2);
    let requirement = size(&scenario, &crewcast::demand::forecast(&scenario));
    let found = |change: &dyn Fn(&mut Roster)| {
        let mut roster = roster(&scenario, &ONE_EACH);
        change(&mut roster);
        let findings = audit::check(&scenario, &requirement, &roster);
        findings
            .iter()
            .filter(|finding| finding.rule == "backup")
            .count()
    };
    assert_eq!(found(&|_| ()), 0);
    assert_eq!(found(&|roster| roster.backups[2].learners.push(0)), 1);
    assert_eq!(found(&|roster| roster.backups[2].at_once = 0), 1);
    assert_eq!(found(&|roster| drop(roster.backups.pop())), 1);
}

/// A partner's contract by the productive hour.
fn tariff() -> Tariff {
    let price = Money::from_f64(20.0);
    Tariff::of(PriceForm::PerProductiveHour { price })
}

#[test]
fn who_pre_learns_is_paid_the_hours_with_charges_once() {
    let mut scenario = shops(3);
    scenario.clients[ClientId::new(1)].learning = Hours(10.0);
    let setup = SetupId::new(0);
    let mut roster = roster(&scenario, &ONE_EACH);
    let paid = |scenario: &Scenario, roster: &Roster| -> Vec<(f64, f64, f64)> {
        let learning = cost::pre_learning(scenario, setup, roster).into_iter();
        let said = learning.map(|it| (it.hours.value(), it.cost.to_f64(), it.partners.to_f64()));
        said.collect()
    };
    // Hours × 10 € × (1 + 33.8 % of Czechia); two days where nobody says how many.
    let of_own = [(16.0, 214.08, 0.0), (10.0, 133.8, 0.0), (16.0, 214.08, 0.0)];
    assert_eq!(paid(&scenario, &roster), of_own);
    // Who has learnt a client knows it in another language too.
    let mut in_slovak = roster.backups[0].clone();
    in_slovak.language = LanguageId::new(1);
    roster.backups.push(in_slovak);
    assert_eq!(paid(&scenario, &roster)[3], (0.0, 0.0, 0.0));
    roster.backups.pop();
    // A partner paid by its tariff bears it.
    scenario.groups[GroupId::new(0)].employer = Employer::Partner;
    scenario.setups[setup].tariff = Some(tariff());
    let of_partner = of_own.map(|(hours, cost, _)| (hours, cost, cost));
    assert_eq!(paid(&scenario, &roster), of_partner);
}

#[test]
fn backups_that_are_missing_are_hired_into_the_teams_that_need_them() {
    let mut scenario = shops(2);
    let setup = SetupId::new(0);
    let terms = &mut scenario.setups[setup].in_house;
    terms.recruiting = Money::from_f64(1000.0);
    terms.training = Hours(80.0);
    let hired = |scenario: &Scenario, shifts: &[(usize, i64)]| {
        let roster = roster(scenario, shifts);
        cost::hiring(scenario, setup, &roster.agents, &roster.backups)
    };
    // The second shop is missing one in the first pod, the third in the second: two people, who learn one each.
    let hiring = hired(&scenario, &ONE_EACH);
    assert_eq!((hiring.people, hiring.partners_people), (2, 0));
    assert_eq!(hiring.cost, Money::from_f64(2.0 * (1000.0 + 80.0 * 13.38)));
    assert_eq!(hiring.learning.cost, Money::from_f64(2.0 * 16.0 * 13.38));
    // One person of the only pod learns both of its shops, one more the third, which nobody serves.
    let hiring = hired(&scenario, &[(0, 9)]);
    assert_eq!((hiring.people, hiring.learning.hours), (2, Hours(48.0)));
    // A partner recruits and trains at its own cost.
    scenario.groups[GroupId::new(0)].employer = Employer::Partner;
    scenario.setups[setup].tariff = Some(tariff());
    let hiring = hired(&scenario, &ONE_EACH);
    assert_eq!((hiring.partners_people, hiring.cost), (2, Money::ZERO));
    assert_eq!(hiring.learning.partners, hiring.learning.cost);
}
