//! Levers, R4, R13 and R14: what a bot handles no agent sees, who has an answer does not come again, and both
//! grow by the month.

use crewcast::demand::{self, Demand, Spared};
use crewcast::ids::QueueId;
use crewcast::input;
use crewcast::problem::Problem;
use crewcast::scenario::Scenario;
use crewcast::{cost, whatif};

/// Mail and a phone known by their orders: 70 % settled at once, half of the others come again, 40 % can be
/// deflected.
fn written(levers: &str, start: &str) -> String {
    format!(
        r#"
client = [{{ id = "shop", orders_per_day = 400 }}]
market = [{{ id = "cz", timezone = "Europe/Prague", country = "CZ" }}]
site = [{{ id = "prague", timezone = "Europe/Prague", country = "CZ" }}]
contact_type = [{{ id = "order", informational = true, deflectable = "40%" }}, {{ id = "repair" }}]
[scenario]
name = "levers"
currency = "CZK"
start = "{start}"
timezone = "Europe/Prague"
[[queue]]
id = "mail"
client = "shop"
market = "cz"
language = "cs"
channel = "email"
contact_type = "order"
deadline = "8h"
aht = "4m"
fcr = "70%"
recontact = "50%"
orders = {{ contacts_per_order = 0.1, profile = "flat" }}
[[queue]]
id = "phone"
client = "shop"
market = "cz"
language = "cs"
channel = "phone"
contact_type = "repair"
target = "80/20s"
aht = "4m"
fcr = "70%"
recontact = "50%"
orders = {{ contacts_per_order = 0.1, profile = "flat" }}
{levers}
[[shift]]
id = "day"
length = "6h"
start = "07:00-10:00"
[[group]]
id = "agents"
site = "prague"
employer = "own"
kind = "dedicated"
languages = ["cs"]
wage = "200 CZK"
shrinkage = {{ leave = "10%" }}
[[setup]]
id = "in-house"
kind = "in-house"
groups = ["agents"]
"#
    )
}

fn read(levers: &str, start: &str) -> Scenario {
    let read = input::read_text(&written(levers, start), None);
    read.unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn queue(scenario: &Scenario, name: &str) -> QueueId {
    let mut queues = scenario.queues.iter();
    queues
        .find(|(_, queue)| queue.name == name)
        .expect("it is there")
        .0
}

fn lever(id: &str, rest: &str) -> String {
    format!("[[lever]]\nid = \"{id}\"\nfrom = \"2026-01-05\"\n{rest}\n")
}

fn near(found: f64, due: f64) -> bool {
    (found - due).abs() < 1e-9 * due.abs().max(1.0)
}

fn factor(demand: &Demand, queue: QueueId, name: &str) -> f64 {
    let mut factors = demand.queues[queue].factors.iter();
    factors
        .find(|factor| factor.name == name)
        .expect("named")
        .factor
}

/// 400 orders a day, a tenth of which bring a contact: 280 new contacts a week.
const NEW: f64 = 280.0;

#[test]
fn a_faq_settles_more_at_once_through_the_repeats() {
    let faq = lever("faq", "fcr = \"+10%\"\ncontact_types = [\"repair\"]");
    let scenario = read(&faq, "2026-06-01");
    let demand = demand::forecast(&scenario);
    let phone = queue(&scenario, "phone");
    // gross = new ÷ (1 − (1 − FCR) × P(contact again)): 1 − .2 × .5 instead of 1 − .3 × .5.
    let (due, before) = (NEW / 0.9, NEW / 0.85);
    let found = &demand.queues[phone];
    assert!(near(found.contacts(), due), "{}", found.contacts());
    assert!(near(found.resolution.value(), 0.8));
    assert!(near(factor(&demand, phone, "faq"), 0.85 / 0.9));
    assert!(near(
        factor(&demand, phone, "contacts that come again"),
        1.0 / 0.9
    ));
    let [spared] = &found.spared[..] else {
        panic!("{:?}", found.spared)
    };
    assert!(
        spared.deflected == 0.0 && near(spared.repeats, before - due),
        "{spared:?}"
    );
    let without = demand::forecast_without(&scenario, &["faq"]);
    assert!(near(without.queues[phone].contacts(), before));
    assert!(near(without.queues[phone].resolution.value(), 0.7));
    assert!(without.queues[phone].spared.is_empty());
    // Where nobody comes again, there is nothing to gain.
    let alone = demand::forecast_without(&scenario, &["contacts that come again"]);
    assert!(near(alone.queues[phone].contacts(), NEW));
    assert_eq!(factor(&alone, phone, "faq"), 1.0);
    // Others are left alone.
    let mail = queue(&scenario, "mail");
    assert!(near(demand.queues[mail].contacts(), before));
}

#[test]
fn it_grows_by_the_month_and_no_further_than_everything() {
    let at = |start: &str, points: &str| {
        let faq = lever(
            "faq",
            &format!("fcr = \"{points}\"\nramp = \"12 months\"\nqueues = [\"phone\"]"),
        );
        let scenario = read(&faq, start);
        let demand = demand::forecast(&scenario);
        demand.queues[queue(&scenario, "phone")].resolution.value()
    };
    assert_eq!(at("2025-12-01", "+10%"), 0.7);
    // The week from 6 July: 182 to 188 days of 365.25.
    assert!((at("2026-07-06", "+10%") - (0.7 + 0.1 * 185.0 / 365.25)).abs() < 1e-9);
    assert!(near(at("2028-07-03", "+10%"), 0.8));
    assert_eq!(at("2028-07-03", "90%"), 1.0);
}

#[test]
fn what_is_handled_without_an_agent_is_told_by_lever_and_adds_up() {
    let levers = lever("bot", "deflection = \"10%\"")
        + &lever("account", "deflection = \"20%\"")
        + &lever("faq", "fcr = \"+10%\"\nqueues = [\"mail\"]");
    let event =
        "[[event]]\nid = \"sale\"\nfrom = \"2026-06-01\"\nto = \"2026-06-07\"\nuplift = \"50%\"\n";
    let scenario = read(&(levers + event), "2026-06-01");
    let demand = demand::forecast(&scenario);
    let mail = queue(&scenario, "mail");
    let due = 1.5 * NEW / 0.85;
    let spared = demand.spared();
    let of = |name: &str| -> &Spared {
        spared
            .iter()
            .find(|spared| spared.lever == name)
            .expect("named")
    };
    // .9 × .8 of them reach an agent; what does not is parted one to two.
    assert!(near(of("bot").deflected, 0.28 * due / 3.0), "{spared:?}");
    assert!(near(of("account").deflected, 0.28 * due * 2.0 / 3.0));
    assert!(near(of("faq").repeats, 0.72 * due * (1.0 - 0.85 / 0.9)));
    let kept: f64 = spared.iter().map(|s| s.deflected + s.repeats).sum();
    assert!(near(demand.queues[mail].contacts() + kept, due));
    // No more than can be deflected.
    let strong = read(&lever("bot", "deflection = \"90%\""), "2026-06-01");
    let found = demand::forecast(&strong);
    assert!(near(found.spared()[0].deflected, 0.4 * NEW / 0.85));
    // Of a day that a planner sets by hand nobody knows what it would be without the levers.
    let own = "[[override]]\nid = \"own\"\nqueues = [\"mail\"]\nfrom = \"2026-06-01\"\nto = \"2026-06-07\"\n\
               contacts_per_day = 9\n";
    let set = read(&(lever("bot", "deflection = \"10%\"") + own), "2026-06-01");
    assert!(demand::forecast(&set).spared().is_empty());
}

#[test]
fn a_lever_of_neither_kind_is_told() {
    let told = |lever: &str, code: &str| {
        let problems: Vec<Problem> =
            input::read_text(&written(lever, "2026-06-01"), None).expect_err("a problem");
        problems.iter().any(|problem| problem.code == code)
    };
    assert!(told(&lever("idle", ""), "missing-field"));
    assert!(told(&lever("faq", "fcr = \"+600%\""), "bad-share"));
}

#[test]
fn what_levers_settle_is_what_is_paid_for_and_what_a_lever_of_compare_adds_to() {
    let faq = lever("faq", "fcr = \"+10%\"\ncontact_types = [\"repair\"]");
    let scenario = read(&faq, "2026-06-01");
    let demand = demand::forecast(&scenario);
    let setup = scenario.setups.ids().next().expect("a set-up");
    let phone = queue(&scenario, "phone");
    let usage = cost::Usage::of_demand(&scenario, setup, &demand);
    assert_eq!(
        usage.queues[phone].resolution,
        demand.queues[phone].resolution
    );
    // Six points more on 80 %: 1 − .14 × .5.
    let named = whatif::Lever::named("faq").expect("a lever");
    let (_, after) = named.apply(&scenario, &demand, 1.0);
    assert!((after.queues[phone].contacts() - NEW / 0.93).abs() < 1e-6);
    assert!(near(after.queues[phone].resolution.value(), 0.86));
}

/// What `check` tells of a scenario that can be planned, each with its line in the file.
fn told(levers: &str, start: &str) -> Vec<String> {
    let text = written(levers, start);
    let read = input::read_text(&text, None);
    let scenario = read.unwrap_or_else(|problems| panic!("{problems:?}"));
    let doubts = scenario.doubts.iter();
    doubts
        .map(|doubt| {
            let place = doubt.place.as_ref().expect("a place");
            assert!(
                doubt.remedy.is_some() && doubt.code == "idle-lever",
                "{doubt}"
            );
            let line = text.lines().nth(place.line - 1).expect("a line");
            format!("{line}: {}", doubt.cause)
        })
        .collect()
}

#[test]
fn a_lever_that_reaches_no_contact_is_told_with_the_reason() {
    let one = |rest: &str| {
        let told = told(&lever("bot", rest), "2026-06-01");
        assert!(told.len() <= 1, "{told:?}");
        told.first().cloned().unwrap_or_default()
    };
    let nothing = one("deflection = \"10%\"\ncontact_types = [\"repair\"]");
    assert!(nothing.starts_with("deflection = "), "{nothing}");
    assert!(nothing.contains("lever `bot` changes no contact: of what `phone`"));
    // Fewer come again all the same.
    assert_eq!(
        one("deflection = \"10%\"\nfcr = \"5%\"\ncontact_types = [\"repair\"]"),
        ""
    );
    assert_eq!(one("deflection = \"10%\""), "");
    assert!(one("deflection = 0").contains("its shares are 0 %"));
    let late = "[[lever]]\nid = \"bot\"\nfrom = \"2026-06-08\"\ndeflection = \"10%\"\n";
    let late = told(late, "2026-06-01").remove(0);
    assert!(
        late.contains("begins on 2026-06-08, and the last day planned is 2026-06-07"),
        "{late}"
    );
    let last = "[[lever]]\nid = \"bot\"\nfrom = \"2026-06-07\"\ndeflection = \"10%\"\n";
    assert!(told(last, "2026-06-01").is_empty());
    assert_eq!(
        told(&format!("{last}ramp = \"1 month\"\n"), "2026-06-01").len(),
        1
    );
    // Types that no queue is of, and none that is informational.
    let unused = written("", "2026-06-01").replace(
        "{ id = \"repair\" }",
        "{ id = \"repair\" }, { id = \"other\" }",
    );
    let unused = unused + &lever("bot", "deflection = \"10%\"\ncontact_types = [\"other\"]");
    let scenario = input::read_text(&unused, None).expect("a scenario");
    assert!(
        scenario.doubts[0]
            .cause
            .contains("no queue is of a contact type")
    );
    let none = written(&lever("bot", "deflection = \"10%\""), "2026-06-01");
    let scenario = input::read_text(&none.replace("informational = true, ", ""), None);
    assert!(
        scenario.expect("a scenario").doubts[0]
            .cause
            .contains("it names no queues")
    );
    // Left out on purpose.
    let off = lever("bot", "deflection = 0") + "[policy]\n";
    let off = written(&off, "2026-06-01").replace("currency =", "without = [\"bot\"]\ncurrency =");
    assert!(
        input::read_text(&off, None)
            .expect("a scenario")
            .doubts
            .is_empty()
    );
}

#[test]
fn an_unknown_name_in_a_change_is_the_only_problem_told() {
    let codes = |text: &str| -> Vec<&str> {
        let read = input::read_text(&written(text, "2026-06-01"), None);
        read.expect_err("a problem")
            .iter()
            .map(|p| p.code)
            .collect()
    };
    let title = "title = \"A bot\"\ndeflection = \"10%\"\n";
    let unknown = |field: &str| lever("bot", &format!("{title}{field} = [\"nothing\"]"));
    assert_eq!(codes(&unknown("contact_types")), ["unknown-contact-type"]);
    assert_eq!(codes(&unknown("queues")), ["unknown-queue"]);
    let own = "[[override]]\nid = \"own\"\ntitle = \"A recall\"\nfrom = \"2026-06-01\"\ncontacts_per_day = 9\n";
    assert_eq!(codes(own), ["missing-field"]);
}

#[test]
fn a_wrong_choice_of_a_set_up_or_a_group_is_the_only_problem_told() {
    let told = |from: &str, to: &str| -> Vec<String> {
        let text = written("", "2026-06-01").replace(
            "kind = \"in-house\"",
            "kind = \"in-house\"\ntitle = \"Our own\"\nper_client = false",
        );
        let text = text.replace("kind = \"dedicated\"", "kind = \"shared\"\nmax_clients = 3");
        assert!(text.contains(from));
        let read = input::read_text(&text.replace(from, to), None);
        let problems = read.expect_err("a problem").into_iter();
        problems
            .map(|problem| format!("{}: {}", problem.code, problem.cause))
            .collect()
    };
    for (from, to, code) in [
        (
            "kind = \"in-house\"",
            "kind = \"inhouse\"",
            "unknown-choice",
        ),
        (
            "groups = [\"agents\"]",
            "groups = [\"agent\"]",
            "unknown-group",
        ),
        ("kind = \"shared\"", "kind = \"part\"", "unknown-choice"),
        (
            "groups = [\"agents\"]",
            "groups = [\"agents\"]\n[setup.tariff]\nform = \"by-minute\"\nprice = 3\nrounding = \"1m\"",
            "unknown-choice",
        ),
    ] {
        let told = told(from, to);
        let others: Vec<&String> = told
            .iter()
            .filter(|t| {
                !["bad-setup", "no-shift", code]
                    .iter()
                    .any(|c| t.starts_with(c))
            })
            .collect();
        assert!(
            others.is_empty() && told.iter().any(|t| t.starts_with(code)),
            "{to}: {told:?}"
        );
    }
}

#[test]
fn a_lever_of_the_scenario_is_pulled_by_its_id() {
    let account = lever(
        "account",
        "title = \"An account\"\ndeflection = \"20%\"\nramp = \"24 months\"",
    );
    let scenario = read(&account, "2026-06-01");
    let mail = queue(&scenario, "mail");
    let pulled =
        |scenario: &Scenario, text: &str| whatif::Pulled::read(scenario, text).map(|lever| [lever]);
    let own = pulled(&scenario, "account").expect("a lever");
    let contacts = |scenario: &Scenario| demand::forecast(scenario).queues[mail].contacts();
    let bare = NEW / 0.85;
    assert!(contacts(&scenario) > 0.9 * bare && contacts(&scenario) < bare);
    let without = whatif::without_levers(scenario.clone(), &own);
    assert!(near(contacts(&without), bare));
    let (grown, demand) = whatif::with_levers(&scenario, &own);
    assert!(near(demand.queues[mail].contacts(), 0.8 * bare));
    assert!(near(contacts(&grown), 0.8 * bare));
    // One that the scenario leaves out is pulled too.
    let (_, demand) = whatif::with_levers(&without, &own);
    assert!(near(demand.queues[mail].contacts(), 0.8 * bare));
    // Together with one known by name.
    let both = [
        own[0].clone(),
        pulled(&scenario, "growth=1.5").expect("a lever")[0].clone(),
    ];
    let (_, demand) = whatif::with_levers(&scenario, &both);
    assert!(near(demand.queues[mail].contacts(), 1.2 * bare));
    let amount = pulled(&scenario, "account=0.3").err().expect("a problem");
    assert!(
        amount
            .remedy
            .is_some_and(|remedy| remedy.contains("--set lever.account.deflection"))
    );
    let unknown = pulled(&scenario, "acount").err().expect("a problem");
    assert!(
        unknown
            .remedy
            .is_some_and(|remedy| remedy.ends_with("own: account"))
    );
}
