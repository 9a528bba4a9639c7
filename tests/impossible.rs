//! Scenarios that nobody can staff as they are: a plan all the same, with what it leaves open, and why.

use std::path::Path;

use crewcast::input;
use crewcast::plan::{Options, Plan, plan};
use crewcast::report;
use crewcast::scenario::Scenario;

fn scenario(text: &str) -> Scenario {
    input::read_text(text, None).unwrap_or_else(|problems| panic!("{}", problems[0]))
}

/// The text of a folder that provokes a problem.
fn provoked(code: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/problems");
    std::fs::read_to_string(folder.join(code).join("scenario.toml")).unwrap()
}

fn planned(text: &str) -> Plan {
    let mut scenario = scenario(text);
    let policy = &mut scenario.policy;
    (policy.rounds, policy.replications) = (1, 8);
    plan(scenario, &Options::default(), &|_| ())
}

/// A phone queue like that of the provoked folders.
fn phone(id: &str, client: &str, language: &str) -> String {
    format!(
        r#"
[[queue]]
id = "{id}"
client = "{client}"
market = "cz"
language = "{language}"
channel = "phone"
contact_type = "order"
hours = "office"
target = "80/20s"
aht = "4m"
orders = {{ contacts_per_order = 0.05 }}
"#
    )
}

/// Paid hours of the only set-up, and the reasons of its shortfall.
fn hours_and_reasons(plan: &Plan) -> (f64, Vec<String>) {
    let staffing = &plan.comparison.setups[0].staffing;
    let reasons = staffing.shortfall.iter();
    (
        staffing.paid_hours(),
        reasons.map(|s| s.reason.clone()).collect(),
    )
}

#[test]
fn a_language_that_nobody_speaks_is_named_and_the_rest_is_served() {
    let alone = planned(&provoked("no-group"));
    let (hours, reasons) = hours_and_reasons(&alone);
    assert_eq!(hours, 0.0);
    assert!(reasons.iter().all(|reason| reason.contains("speaks Czech")) && !reasons.is_empty());

    let slovak = phone("sk-phone", "shop", "sk");
    let both = planned(&(provoked("no-group") + &slovak));
    let setup = &both.comparison.setups[0];
    let kept: Vec<(&str, bool)> = (both.scenario.queues.iter())
        .map(|(id, queue)| {
            (
                queue.name.as_str(),
                setup.observed.queues[id].keeps_promise(),
            )
        })
        .collect();
    assert_eq!(kept, [("cs-phone", false), ("sk-phone", true)]);
    let named: Vec<&str> = setup
        .staffing
        .shortfall
        .iter()
        .map(|s| s.pool.as_str())
        .collect();
    assert!(
        !named.is_empty() && named.iter().all(|pool| *pool == "cs-phone"),
        "{named:?}"
    );
}

#[test]
fn hours_without_a_site_are_named_and_no_crowd_makes_up_for_them() {
    let late = provoked("no-site-open");
    let (hours, reasons) = hours_and_reasons(&planned(&late));
    assert!(reasons.iter().all(|reason| reason.contains("is shut then")) && !reasons.is_empty());
    // The same shop with its phone open for as long as its site is.
    let (within, open) = hours_and_reasons(&planned(
        &late.replace("\"late\"\ntarget", "\"office\"\ntarget"),
    ));
    assert!(open.is_empty(), "{open:?}");
    assert!(
        0.0 < hours && hours <= 1.25 * within,
        "{hours} h, {within} h for the open ones"
    );
}

/// A shop of twenty calls a day in Bucharest, answered in Prague for six hours from 8:30 there.
fn abroad(hours: &str) -> String {
    format!(
        r#"
client = [{{ id = "shop" }}]
market = [{{ id = "ro", timezone = "Europe/Bucharest" }}]
hours = [{{ id = "open", mon-fri = "{hours}" }}]
site = [{{ id = "prague", timezone = "Europe/Prague", country = "CZ" }}]
shift = [{{ id = "six", length = "6h", start = "08:30-08:30" }}]

[scenario]
name = "abroad"
currency = "CZK"
slot = "60m"
start = "2026-06-01"
timezone = "Europe/Prague"

[[queue]]
id = "tel"
client = "shop"
market = "ro"
language = "ro"
channel = "phone"
hours = "open"
patience = "3m"
target = "80/60s"
aht = "3m"
fcr = "100%"
orders = {{ contacts_per_order = 1, per_day = 20, profile = "flat" }}

[[group]]
id = "own"
site = "prague"
employer = "own"
kind = "dedicated"
languages = ["ro"]
wage = "200 CZK"
charges = "33.8%"

[[setup]]
id = "own"
kind = "in-house"
groups = ["own"]
"#
    )
}

/// The last half-hour is open in a slot that no shift reaches to its end: calls are answered in time all the same.
#[test]
fn promises_kept_with_hours_left_open_are_not_all_that_is_promised() {
    let text = abroad("09:30-15:30");
    let plan = planned(&text);
    let setup = &plan.comparison.setups[0];
    assert_eq!(setup.promises_kept(), (1, 1));
    assert!(!setup.keeps_promises && setup.only_hours_open().is_some_and(|hours| hours > 1.0));
    assert_eq!(setup.staffing.proof.status, "promises kept, hours open");
    let shown = report::terminal(&plan, 100);
    let hours = setup.staffing.shortfall_hours();
    let open = format!("1 of 1, {hours:.0} h open");
    assert!(shown.contains(&open), "{shown}");
    assert!(
        shown.contains(&format!("leaves {hours:.0} agent-hours of open queues")),
        "{shown}"
    );

    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("scenario.toml"), &text).unwrap();
    let mut command = assert_cmd::Command::cargo_bin("crewcast").unwrap();
    let output = command
        .arg("compare")
        .arg(folder.path())
        .arg("--brief")
        .output()
        .unwrap();
    let compared = String::from_utf8(output.stdout).unwrap();
    assert!(
        compared.contains(&open) && compared.contains("promises kept, but"),
        "{compared}"
    );
}

#[test]
fn a_hole_has_one_clock_in_shortfall_and_audit_and_it_is_named() {
    let plan = planned(&abroad("08:00-16:00"));
    let audit: String = plan
        .findings
        .iter()
        .map(|finding| finding.detail.as_str())
        .collect();
    let shown = report::terminal(&plan, 2000);
    let (_, short) = shown.split_once("Shortfall:").unwrap_or_default();
    let (short, _) = short.split_once("The plan counts").unwrap_or_default();
    let short: Vec<&str> = short.split_whitespace().collect();
    let short = short.join(" ");
    for said in [&audit, &short] {
        assert!(
            said.contains("Mon 1 Jun 08:00") && said.contains("(Europe/Bucharest)"),
            "{said}"
        );
    }
}

/// A shop whose people have short weeks that long shifts do not fill, so many of them.
fn short_weeks(heads: u32, orders: u32) -> String {
    let text = provoked("no-group");
    let group =
        format!("shifts = [\"day\", \"six\"]\ncontract_hours = \"20h\"\nmax_agents = {heads}\n");
    text.replace("[\"sk\"]", "[\"cs\"]")
        .replace(
            "orders_per_day = 300",
            &format!("orders_per_day = {orders}"),
        )
        .replace(
            "wage = \"200 CZK\"\n",
            &format!("wage = \"200 CZK\"\n{group}"),
        )
        + r#"
[[shift]]
id = "six"
length = "6h"
start = "08:00-12:00"
"#
}

#[test]
fn nobody_is_planned_whom_the_roster_does_not_have() {
    for (heads, orders) in [(2, 300), (5, 300), (6, 300), (9, 900)] {
        let plan = planned(&short_weeks(heads, orders));
        assert!(plan.roster.agents.len() <= heads as usize);
        let rules: Vec<&str> = plan.findings.iter().map(|finding| finding.rule).collect();
        assert!(rules.iter().all(|rule| *rule == "cover"), "{rules:?}");
        let (_, reasons) = hours_and_reasons(&plan);
        let kept = plan.comparison.setups[0].keeps_promises;
        assert!(
            kept || reasons
                .iter()
                .any(|r| r.contains(&format!("has only {heads} people"))),
            "{reasons:?}"
        );
    }
}

/// Two shops with a team each of the same people, who begin at one hour of the day all week.
fn two_teams(heads: u32) -> String {
    let group = format!("start_band = \"0h\"\nmax_agents = {heads}\n");
    let text = provoked("no-group").replace("[\"sk\"]", "[\"cs\"]");
    let text = text.replace(
        "orders_per_day = 300 }]",
        "orders_per_day = 300 }, { id = \"other\", orders_per_day = 100 }]",
    );
    text.replace(
        "wage = \"200 CZK\"\n",
        &format!("wage = \"200 CZK\"\n{group}"),
    ) + &phone("other-phone", "other", "cs")
        + "\n[[shift]]\nid = \"short\"\nlength = \"4h\"\nstart = \"08:00-14:00\"\n"
}

#[test]
fn what_the_roster_rejects_is_filled_with_what_people_can_work() {
    for heads in [1, 2] {
        let plan = planned(&two_teams(heads));
        assert_eq!(plan.roster.agents.len(), heads as usize);
        let (hours, reasons) = hours_and_reasons(&plan);
        // Five days of at least four hours each: more is missing than they can work.
        assert!(
            hours >= 20.0 * f64::from(heads) && !reasons.is_empty(),
            "{hours} h"
        );
    }
}

#[test]
fn mail_that_is_due_at_night_is_the_backlog_of_a_day_with_too_few_people() {
    let text = provoked("no-group").replace("[\"sk\"]", "[\"cs\"]");
    let text = text
        .replace("\"phone\"", "\"email\"")
        .replace(
            "target = \"80/20s\"",
            "deadline = \"6h\"\nclock = \"calendar\"",
        )
        .replace("orders_per_day = 300", "orders_per_day = 30000")
        .replace(
            "wage = \"200 CZK\"\n",
            "wage = \"200 CZK\"\nmax_agents = 1\n",
        );
    let (_, reasons) = hours_and_reasons(&planned(&text));
    // Due at eight in the evening: it came at two, when a second person would have done it. What came at ten
    // and is due at four no shift reaches.
    for why in ["backlog of the hours before", "no shift of agents reaches"] {
        assert!(
            reasons.iter().any(|reason| reason.contains(why)),
            "{reasons:?}"
        );
    }
}

#[test]
fn what_is_gone_serves_nobody_and_the_others_do() {
    let here = provoked("no-group").replace("[\"sk\"]", "[\"cs\"]");
    let group = "wage = \"200 CZK\"\n";
    let no_people = here.replace(group, &format!("{group}max_agents = 0\n"));
    let no_seats = here.replace("hours = \"24/7\" }", "hours = \"24/7\", seats = 0 }");
    for (text, why) in [
        (&no_people, "agents has no people: raise its `max_agents`"),
        (
            &no_seats,
            "agents has no seats at site prague: raise the `seats` of prague",
        ),
    ] {
        let scenario = scenario(text);
        let codes: Vec<&str> = scenario.impossible.iter().map(|p| p.code).collect();
        assert_eq!(codes, ["no-group"]);
        let plan = planned(text);
        let (hours, reasons) = hours_and_reasons(&plan);
        assert_eq!(hours, 0.0);
        assert!(
            !reasons.is_empty() && reasons.iter().all(|reason| reason == why),
            "{reasons:?}"
        );
        assert!(plan.roster.agents.is_empty() && !plan.comparison.setups[0].keeps_promises);
        let problem = scenario.impossible[0].to_string();
        assert!(
            problem.contains(why.split(':').next().unwrap()),
            "{problem}"
        );
    }
    // Others take over: as if the group had never been in the set-up.
    let other = |more: &str| {
        let second = "\n[[group]]\nid = \"others\"\nsite = \"prague\"\nemployer = \"own\"\nkind = \"dedicated\"\n\
             languages = [\"cs\"]\nwage = \"210 CZK\"\n";
        let text = here.replace(group, &format!("{group}{more}"));
        text.replace("\n[[setup]]", &format!("{second}\n[[setup]]"))
    };
    let both = "groups = [\"agents\", \"others\"]";
    let without = planned(&other("").replace("groups = [\"agents\"]", "groups = [\"others\"]"));
    let gone = planned(&other("max_agents = 0\n").replace("groups = [\"agents\"]", both));
    let cost = |plan: &Plan| plan.comparison.setups[0].costing.total();
    assert!(gone.comparison.setups[0].keeps_promises);
    assert_eq!(cost(&gone), cost(&without));
}

#[test]
fn seats_for_a_part_of_the_work_are_filled_all_the_same() {
    let text = provoked("no-group").replace("[\"sk\"]", "[\"cs\"]");
    let text = text
        .replace("orders_per_day = 300", "orders_per_day = 30000")
        .replace("hours = \"24/7\" }", "hours = \"24/7\", seats = 2 }");
    let plan = planned(&text);
    let (hours, reasons) = hours_and_reasons(&plan);
    // Two seats for most of fifty open hours: ten times as many would not be too many.
    assert!((70.0..=110.0).contains(&hours), "{hours} h");
    assert!(reasons.iter().any(|r| r.contains("seats")), "{reasons:?}");
    assert!(!plan.comparison.setups[0].keeps_promises);
}

#[test]
fn too_few_people_with_a_promise_of_each_slot_go_to_lunch_in_turn() {
    for heads in [2, 3] {
        let text = provoked("no-group").replace("[\"sk\"]", "[\"cs\"]");
        let text = text
            .replace("08:00-18:00", "09:00-17:00")
            .replace("orders_per_day = 300", "orders_per_day = 3000")
            .replace(
                "wage = \"200 CZK\"\n",
                &format!("wage = \"200 CZK\"\nmax_agents = {heads}\n"),
            );
        let plan = planned(&(text + "\n[policy]\npromise = \"slot\"\n"));
        let proof = &plan.comparison.setups[0].staffing.proof;
        assert_eq!(proof.status, "promises missed");
        // Somebody is always there.
        let rules: Vec<&str> = plan.findings.iter().map(|finding| finding.rule).collect();
        assert!(!rules.contains(&"cover"), "{rules:?}");
    }
}
