//! Pods stay together from plan to plan, but for what pays for the learning; and what is learnt has its price.

#[path = "support/text.rs"]
mod text;

use crewcast::cost::TeamLearning;
use crewcast::ids::{ClientId, Id, SetupId};
use crewcast::plan::{self, Options, Plan};
use crewcast::requirement::size;
use crewcast::scenario::Scenario;
use crewcast::staffing::{Crew, Earlier, EarlierTeam};
use crewcast::units::Hours;
use crewcast::{demand, output};

/// Shops that are open in the morning or in the evening, in pods of two.
fn shops(shops: &[(&str, bool)]) -> Scenario {
    let shop = |&(name, early): &(&str, bool)| {
        let hours = if early { "morning" } else { "evening" };
        format!(
            r#"
[[client]]
id = "{name}"
orders_per_day = 1000

[[queue]]
id = "{name}-phone"
client = "{name}"
market = "home"
language = "cs"
channel = "phone"
contact_type = "order"
hours = "{hours}"
target = "80/60s"
aht = "4m"
orders = {{ contacts_per_order = 0.05, profile = "flat" }}
"#
        )
    };
    let queues: String = shops.iter().map(shop).collect();
    let text = format!(
        r#"
[scenario]
name = "continuity"
currency = "EUR"
slot = "60m"
start = "2026-03-02"

[policy]
rounds = 1
replications = 8

[[market]]
id = "home"
timezone = "Europe/Prague"
country = "CZ"

[[contact_type]]
id = "order"

[[hours]]
id = "morning"
mon-fri = "08:00-12:00"

[[hours]]
id = "evening"
mon-fri = "12:00-16:00"
{queues}

[[site]]
id = "desk"
timezone = "Europe/Prague"
country = "CZ"

[[shift]]
id = "half"
length = "4h"
start = "08:00-16:00"
step = "60m"

[[group]]
id = "pod"
site = "desk"
employer = "own"
kind = "shared"
max_clients = 2
languages = ["cs"]
wage = "10 EUR"
shrinkage = {{ leave = "0%" }}

[[setup]]
id = "in-house"
kind = "in-house"
groups = "all"
"#
    );
    text::scenario(&text)
}

fn four() -> Scenario {
    shops(&[("ada", true), ("bea", true), ("cyd", false), ("dot", false)])
}

/// Clients of each team of the set-up, set out from earlier pods of two people each.
fn pods(scenario: &Scenario, earlier: &[&[&str]]) -> Vec<String> {
    let team = |clients: &&[&str]| EarlierTeam {
        name: format!("pod: {}", clients.join("+")),
        group: "pod".to_owned(),
        clients: clients.iter().map(ToString::to_string).collect(),
        people: 2,
    };
    let earlier: Vec<EarlierTeam> = earlier.iter().map(team).collect();
    let sized = size(scenario, &demand::forecast(scenario));
    let crew = Crew::new(scenario, SetupId::new(0), &sized, &earlier);
    crew.teams().iter().map(|team| team.name.clone()).collect()
}

fn with_learning(mut scenario: Scenario, hours: f64) -> Scenario {
    for client in scenario.clients.ids().collect::<Vec<_>>() {
        scenario.clients[client].learning = Hours(hours);
    }
    scenario
}

#[test]
fn clients_change_pods_where_that_saves_more_than_it_takes_to_learn() {
    let alike: [&[&str]; 2] = [&["ada", "bea"], &["cyd", "dot"]];
    let dear = with_learning(four(), 400.0);
    assert_eq!(pods(&dear, &alike), ["pod: ada+bea", "pod: cyd+dot"]);
    let free = with_learning(four(), 0.0);
    let mixed = pods(&free, &[]);
    assert!(mixed.iter().all(|pod| pod != "pod: ada+bea"), "{mixed:?}");
    let mut moved = pods(&free, &alike);
    assert!(moved.iter().all(|pod| pod != "pod: ada+bea"), "{moved:?}");
    moved.sort();
    assert_eq!(moved.len(), 2);
}

#[test]
fn pods_keep_who_is_left_and_no_more_than_they_may() {
    let dear = with_learning(four(), 400.0);
    // Who is gone leaves room, names that nobody knows are passed over.
    let kept = pods(&dear, &[&["ada", "gone"], &["cyd", "bea"]]);
    assert_eq!(kept, ["pod: ada+dot", "pod: bea+cyd"]);
    // A pod of three was one of up to three: the largest stay.
    let alike = shops(&["ada", "bea", "cyd", "dot"].map(|name| (name, true)));
    let split = pods(&with_learning(alike, 400.0), &[&["ada", "bea", "cyd"]]);
    assert_eq!(split, ["pod: ada+bea", "pod: cyd+dot"]);
    // Pods of another group are no pods of this one.
    let mut other = four();
    other.groups[crewcast::ids::GroupId::new(0)].name = "others".to_owned();
    let others = pods(&with_learning(other, 400.0), &[&["ada", "bea"]]);
    assert!(
        !others.contains(&"others: ada+bea".to_owned()),
        "{others:?}"
    );
}

fn planned(scenario: Scenario, earlier: Option<&Earlier>) -> Plan {
    let options = Options {
        earlier,
        since: earlier.map_or(&[], |earlier| &earlier.teams),
        ..Options::default()
    };
    let plan = plan::plan(scenario, &options, &|_| ());
    assert_eq!(plan.findings, []);
    plan
}

/// As a later plan reads it.
fn written(plan: &Plan) -> Earlier {
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("plan");
    output::write(plan, None, &out, false).unwrap();
    output::earlier_plan(&out).unwrap()
}

fn names(plan: &Plan) -> Vec<&str> {
    let teams = plan.comparison.setups[plan.chosen].staffing.teams.iter();
    teams.map(|team| team.name.as_str()).collect()
}

#[test]
fn an_unchanged_scenario_keeps_its_pods_and_nobody_has_to_learn() {
    let first = planned(four(), None);
    assert_eq!(first.learning, None);
    let again = planned(four(), Some(&written(&first)));
    assert_eq!(names(&again), names(&first));
    assert_eq!(again.learning, Some(Vec::new()));
    // A summary of before teams were named has no pods to keep, and nothing is said.
    let mut nameless = written(&first);
    nameless.teams.clear();
    assert_eq!(planned(four(), Some(&nameless)).learning, None);
}

#[test]
fn who_gets_a_new_client_learns_it_and_that_has_a_price() {
    let mut three = vec![("ada", true), ("bea", true), ("cyd", false)];
    let first = planned(shops(&three), None);
    let earlier = written(&first);
    three.push(("dot", false));
    let second = planned(shops(&three), Some(&earlier));
    let (pods, dot) = (names(&second), ClientId::new(3));
    for pod in names(&first) {
        let stays = pods.iter().any(|now| now.starts_with(pod));
        assert!(stays, "{pod} is not in {pods:?}");
    }
    let [row]: [TeamLearning; 1] = second.learning.clone().unwrap().try_into().unwrap();
    assert_eq!(row.clients, [dot]);
    let people = second.roster.agents.iter();
    let people = people.filter(|agent| agent.clients.contains(&dot)).count();
    assert_eq!(
        (row.people, row.learning.hours.value()),
        (people, 16.0 * people as f64)
    );
    // 10 € an hour with the 33.8 % of Czechia.
    let cost = 13.38 * 16.0 * people as f64;
    assert!((row.learning.cost.to_f64() - cost).abs() < 0.005);
    let said = crewcast::report::terminal(&second, 100);
    assert!(
        said.contains("learning  ") && said.contains("new to them since"),
        "{said}"
    );
    assert!(crewcast::report::html(&second).contains("What people have to learn"));
}
