//! The small Czech shop of customerhero.cz/blog/maly-eshop-uspora-zakaznicky-servis, from its scenario to the
//! comparison: 10 calls a day need one full-timer, 200 CZK an hour, 45,000 CZK a month with charges; a partner
//! asks 29,000 CZK + VAT a month.

mod cost_fixture;

use cost_fixture::{compared, read};
use crewcast::compare::{self, Comparison};
use crewcast::ids::Id;

/// 217 calls a month (10 on each of 21.7 working days) and one contract of 45,000 ÷ (200 × 1.338) = 168.16
/// hours a month, 38 h 40 min 28 s a week.
const SCENARIO: &str = r#"
[scenario]
name = "small-shop"
currency = "CZK"
start = "2026-03-02"
slot = "30m"
timezone = "Europe/Prague"

[policy]
replications = 8

[[client]]
id = "shop"
orders_per_day = 71.2936     # 217 ÷ 30.4375 days ÷ 0.1

[[market]]
id = "cz"
timezone = "Europe/Prague"
country = "CZ"

[[contact_type]]
id = "order"

[[hours]]
id = "office"
mon-fri = "09:00-16:30"

[[queue]]
id = "calls"
client = "shop"
market = "cz"
language = "cs"
channel = "phone"
contact_type = "order"
hours = "office"
target = "80/20s"
aht = "4m"
fcr = "100%"
orders = { contacts_per_order = 0.1, profile = "flat" }

[[rules]]
id = "contract"
full_time = "38h40m28s"
max_days = 5
source = "the agency's example, 2026"

[[site]]
id = "site"
timezone = "Europe/Prague"
country = "CZ"
rules = "contract"

[[shift]]
id = "day"
length = "7h30m"
start = "09:00"

[[group]]
id = "own"
site = "site"
employer = "own"
kind = "dedicated"
languages = ["cs"]
wage = "200 CZK"
charges = "33.8%"

[[group]]
id = "partner"
site = "site"
employer = "partner"
kind = "shared"
languages = ["cs"]
wage = "190 CZK"

[[setup]]
id = "in-house"
kind = "in-house"
groups = ["own"]
[setup.in_house]
attrition = "0%"

[[setup]]
id = "partner"
kind = "outsourced-shared"
groups = ["partner"]
[setup.tariff]
form = "flat"
fee = "29000 CZK"
included = 220
overage = "134 CZK"
vat = "21%"
vat_deductible = true
"#;

#[test]
fn the_scenario_reproduces_what_its_agency_publishes() {
    let comparison = compared(SCENARIO);
    let [own, partner] = &comparison.setups[..] else {
        panic!("two set-ups");
    };
    assert!(own.keeps_promises && partner.keeps_promises);
    assert_eq!(own.costing.detail.own_people, 1.0);
    assert!((own.costing.per_month() - 45_000.0).abs() < 1.0);
    assert!((partner.costing.per_month() - 29_000.0).abs() < 1.0);
    let price = |index: usize| comparison.setups[index].costing.per_interaction().unwrap();
    // 45,000 ÷ 217 = 207.4 and 29,000 ÷ 217 = 133.6, a little more without who still waits at closing.
    assert!((207.3..208.5).contains(&price(0)), "{}", price(0));
    assert!((133.6..134.5).contains(&price(1)), "{}", price(1));
    assert_eq!(comparison.cheapest, 1);
    assert_eq!(comparison.setups[comparison.cheapest].setup.index(), 1);

    // A VAT payer saves 192,000 a year, one who cannot deduct VAT 118,920.
    let year = |comparison: &Comparison| {
        let month = |index: usize| comparison.setups[index].costing.per_month();
        12.0 * (month(0) - month(1))
    };
    assert!((year(&comparison) - 192_000.0).abs() < 12.0);
    let with_vat = compared(&SCENARIO.replace("vat_deductible = true", "vat_deductible = false"));
    assert!((year(&with_vat) - 118_920.0).abs() < 12.0);

    // The same in euros at a dated rate agrees to the cent of each line.
    let rate = "[[rate]]\nfrom = \"EUR\"\nto = \"CZK\"\nvalue = 25\ndate = \"2026-01-02\"\n";
    let foreign = SCENARIO
        .replace("fee = \"29000 CZK\"", "fee = \"1160 EUR\"")
        .replace("overage = \"134 CZK\"", "overage = \"5.36 EUR\"");
    let in_euros = compared(&format!("{foreign}\n{rate}"));
    let total = |comparison: &Comparison| comparison.setups[1].costing.total();
    assert_eq!(total(&in_euros), total(&comparison));
}

/// An amount in another currency is brought home by the latest rate that is known when the plan starts, and the
/// rate is said.
#[test]
fn the_rate_of_the_plans_day_counts_and_is_listed() {
    let rates = r#"
[[rate]]
from = "EUR"
to = "CZK"
value = 25
date = "2026-01-02"

[[rate]]
from = "EUR"
to = "CZK"
value = 40
date = "2027-06-01"
"#;
    let scenario = read(&SCENARIO.replace("200 CZK", "8 EUR").replacen(
        "[[client]]",
        &format!("{rates}\n[[client]]"),
        1,
    ));
    assert_eq!(
        scenario.groups.values().next().map(|group| group.wage),
        Some(200.0)
    );
    let said = compare::assumptions(&scenario, |_| true);
    let rate = said
        .iter()
        .find(|assumption| assumption.what.contains("EUR"));
    let rate = rate.expect("the rate is listed");
    assert!(
        rate.source.contains("25") && rate.source.contains("2026"),
        "{rate:?}"
    );
}
