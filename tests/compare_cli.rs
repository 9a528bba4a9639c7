//! `crewcast compare` and `crewcast quote` at the door: the contract's keys, sums that add up, and a
//! client's file without cost or margin.

use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

const SCENARIO: &str = r#"
[scenario]
name = "tiny"
currency = "CZK"
start = "2026-03-02"
slot = "60m"
timezone = "Europe/Prague"

[policy]
replications = 4
rounds = 1
gap = "5%"

[[client]]
id = "shop"
title = "The shop"
orders_per_day = 300

[[market]]
id = "cz"
timezone = "Europe/Prague"
country = "CZ"

[[contact_type]]
id = "order"
informational = true
deflectable = "50%"

[[hours]]
id = "office"
mon-fri = "09:00-17:00"

[[queue]]
id = "phone"
client = "shop"
market = "cz"
language = "cs"
channel = "phone"
contact_type = "order"
hours = "office"
target = "70/60s"
aht = "4m"
patience = "3m"
orders = { contacts_per_order = 0.1 }

[[site]]
id = "site"
timezone = "Europe/Prague"
country = "CZ"

[[shift]]
id = "day"
length = "8h"
start = "09:00"

[[group]]
id = "own"
site = "site"
employer = "own"
kind = "dedicated"
languages = ["cs"]
wage = "200 CZK"
charges = "33.8%"
shrinkage = { leave = "10%", sickness = "4%" }

[[group]]
id = "agency"
site = "site"
employer = "partner"
kind = "shared"
languages = ["cs"]
wage = "190 CZK"
charges = "33.8%"

[[setup]]
id = "in-house"
kind = "in-house"
groups = ["own"]
[setup.in_house]
tools_per_month = "1500 CZK"
owner_hours = "2h"
owner_hour = "600 CZK"

[[setup]]
id = "agency"
kind = "per-interaction"
groups = ["agency"]
[setup.tariff]
form = "per-interaction"
prices = { phone = "95 CZK", other = "60 CZK" }
minimum_per_month = "10000 CZK"
"#;

fn crewcast(folder: &Path, arguments: &[&str]) -> std::process::Output {
    std::fs::write(folder.join("scenario.toml"), SCENARIO).unwrap();
    let mut command = Command::cargo_bin("crewcast").unwrap();
    command
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn compare_speaks_the_contract_and_its_sums_add_up() {
    let folder = tempfile::tempdir().unwrap();
    let output = crewcast(
        folder.path(),
        &["compare", ".", "--json", "--volumes", "3", "--out", "memo"],
    );
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["currency"], "CZK");
    let setups = answer["setups"].as_array().unwrap();
    assert_eq!(setups.len(), 2);
    for setup in setups {
        let lines = setup["lines"].as_array().unwrap();
        let sum: f64 = lines
            .iter()
            .map(|line| line["amount"].as_f64().unwrap())
            .sum();
        assert!((sum - setup["total"].as_f64().unwrap()).abs() < 0.005);
        assert!(
            lines
                .iter()
                .all(|line| !line["basis"].as_str().unwrap().is_empty())
        );
        for key in ["per_interaction", "per_order", "per_month"] {
            assert!(setup[key].as_f64().unwrap() > 0.0, "{key}");
        }
    }
    // A default says where it comes from.
    assert!(output.stdout.windows(4).any(|word| word == b"ICMI"));
    assert!(["in-house", "agency"].contains(&answer["cheapest"].as_str().unwrap()));
    let points = answer["break_even"].as_array().unwrap();
    assert_eq!(points.len(), 3);
    assert!(points[0]["per_interaction"]["in-house"].as_f64().unwrap() > 0.0);
    for swing in answer["tornado"].as_array().unwrap() {
        for key in [
            "input",
            "low",
            "high",
            "per_interaction_low",
            "per_interaction_high",
        ] {
            assert!(!swing[key].is_null(), "{key}");
        }
    }
    let costs = &answer["cost_quantiles"]["in-house"];
    assert!(costs["p50"].as_f64().unwrap() <= costs["p95"].as_f64().unwrap());
    // What the scenario leaves to the program is listed with source and year.
    let assumptions = answer["assumptions"].as_array().unwrap();
    assert!(assumptions.len() > 5);
    for assumption in assumptions {
        let source = assumption["source"].as_str().unwrap();
        assert!(source.contains("20"), "{assumption}");
    }
    assert_eq!(answer["levers"].as_array().unwrap().len(), 8);
    let memo = std::fs::read_to_string(folder.path().join("memo/memo.html")).unwrap();
    for fear in ["Cost:", "Control:", "Product knowledge:", "Lock-in:"] {
        assert!(memo.contains(fear), "{fear}");
    }
    let way = &answer["waterfall"];
    let (start, end) = (way["start"].as_f64().unwrap(), way["end"].as_f64().unwrap());
    assert!((way["savings"].as_f64().unwrap() - (start - end)).abs() < 0.005);
}

#[test]
fn a_quote_tells_the_client_no_cost_and_no_margin() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = [
        "quote", ".", "--client", "shop", "--form", "flat", "--margin", "33.3%", "--out", "out",
    ];
    let output = crewcast(folder.path(), &arguments);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let read = |file: &str| std::fs::read_to_string(folder.path().join("out").join(file)).unwrap();
    let (client, internal) = (read("quote-shop.html"), read("quote-shop-internal.html"));
    // Style sheets speak of margins of another kind.
    let said = client.split("</style>").nth(1).unwrap();
    let said = said.replace("margin-left", "");
    for word in [
        "argin",
        "33.3 %",
        "own cost",
        "Cost floor",
        "Pay, time with",
    ] {
        assert!(!said.contains(word), "the client reads `{word}`");
    }
    assert!(internal.contains("Margin by form") && internal.contains("Pay, time with contacts"));
    // No figure of the cost either, as a whole or per line.
    let json = crewcast(folder.path(), &[&arguments[..], &["--json"]].concat());
    let seller: Value = serde_json::from_slice(&json.stdout).unwrap();
    let lines = seller["cost_lines"].as_array().unwrap();
    let amounts = lines.iter().map(|line| line["amount"].as_f64().unwrap());
    let floor = seller["cost_per_month"].as_f64().unwrap();
    // Pages set thousands apart.
    let plain = |text: &str| text.replace(|c: char| c.is_whitespace(), "");
    let (plain_client, plain_internal) = (plain(&said), plain(&internal));
    for amount in amounts.chain([floor]).filter(|amount| *amount > 100.0) {
        let figure = format!("{amount:.2}");
        assert!(!plain_client.contains(&figure), "the client reads {figure}");
        assert!(
            plain_internal.contains(&figure),
            "the seller lacks {figure}"
        );
    }
    // At the margin asked every form brings its revenue, and no more than rounding beside it.
    let revenue = seller["revenue_per_month"].as_f64().unwrap();
    assert!((floor / revenue - 0.667).abs() < 1e-4);
    for offer in seller["offers"].as_array().unwrap() {
        let per_month = offer["per_month"].as_f64().unwrap();
        assert!(per_month >= revenue - 0.01, "{offer}");
        let risks = ["margin", "margin_p80", "margin_p95"].map(|key| offer[key].as_f64().unwrap());
        assert!(risks[1] >= risks[2] - 1e-9, "{risks:?}");
    }
    // The reader can multiply: each price with how often it is charged, and contacts named as what they are.
    for word in [
        "Contacts that come in each month",
        "contacts handled a month",
        "per hour logged in × ",
    ] {
        assert!(said.contains(word), "no `{word}`");
    }
    assert!(
        !said.contains("hotline"),
        "no product questions, no hotline"
    );
    for form in [
        "per interaction",
        "per minute",
        "per FTE month",
        "flat",
        "anchored",
    ] {
        assert!(client.contains(form), "{form}");
    }
}

#[test]
fn wrong_names_are_problems_and_wrong_forms_bad_usage() {
    let folder = tempfile::tempdir().unwrap();
    let code = |arguments: &[&str]| crewcast(folder.path(), arguments).status.code();
    let quote = |client, form| code(&["quote", ".", "--client", client, "--form", form]);
    assert_eq!(quote("nobody", "flat"), Some(1));
    // Nobody writes: a problem, and no file for the client.
    let silent = crewcast(
        folder.path(),
        &[
            "quote",
            ".",
            "--client",
            "shop",
            "--form",
            "flat",
            "--set",
            "client.shop.orders_per_day=0",
        ],
    );
    assert_eq!(silent.status.code(), Some(1));
    let said = String::from_utf8_lossy(&silent.stderr);
    assert!(said.contains("no-contacts"), "{said}");
    assert!(!folder.path().join("quote-shop.html").exists());
    assert_eq!(quote("shop", "by-the-moon"), Some(2));
    let form = ["quote", ".", "--client", "shop", "--form", "flat"];
    assert_eq!(
        code(&[&form[..], &["--date", "2026-02-30"]].concat()),
        Some(2)
    );
    assert_eq!(
        code(&[&form[..], &["--out", "scenario.toml"]].concat()),
        Some(1)
    );
    assert_eq!(
        code(&["compare", ".", "--set", "queue.phon.aht=5m"]),
        Some(1)
    );
    assert_eq!(code(&["compare", ".", "--client", "nobody"]), Some(1));
    assert_eq!(
        code(&["compare", ".", "--set", "client.shop.orders_per_day=0"]),
        Some(1)
    );
    assert_eq!(code(&["compare", ".", "--lever", "grow"]), Some(1));
}
