//! Queues that must have somebody on the line, where seats and people are few.

use crewcast::scenario::Scenario;
use crewcast::settle::settle_plainly;
use crewcast::{audit, demand, input, roster};

/// Six shops in two languages, their phones open at the weekend too, before two small sites: seats, students' hours and
/// three shops a head leave little room for the agents who must be there.
fn six_shops_before_few_seats() -> Scenario {
    let mut text = r#"
hours = [{ id = "long", mon-fri = "08:00-20:00", sat-sun = "09:00-17:00", holidays = "closed" }]
[scenario]
name = "pods"
currency = "EUR"
slot = "30m"
start = "2026-10-19"
timezone = "Europe/Prague"
[policy]
replications = 8
rounds = 1
[channel.phone]
hours = "long"
target = "80/30s"
aht = "4m"
patience = "3m"
[channel.email]
hours = "long"
deadline = "8h"
aht = "6m"
[[shift]]
id = "eight"
length = "8h30m"
start = "06:00-12:30"
breaks = [{ length = "30m", paid = false, between = "3h-5h" }]
[[shift]]
id = "five"
length = "5h"
start = "07:00-16:00"
[[setup]]
id = "own"
kind = "in-house"
groups = "all"
"#
    .to_owned();
    let places = [("cs", "Prague", "CZ", 4), ("ro", "Bucharest", "RO", 3)];
    for (language, zone, country, seats) in places {
        text += &format!(
            "[[market]]\nid = \"{language}\"\ntimezone = \"Europe/{zone}\"\ncountry = \"{country}\"\n\
             [[site]]\nid = \"in-{language}\"\ntimezone = \"Europe/{zone}\"\ncountry = \"{country}\"\n\
             seats = {seats}\n"
        );
    }
    let queue = |client: &str, language: &str, channel: &str, least: &str, a_day: u32| {
        format!(
            "[[queue]]\nid = \"{client}-{channel}\"\nclient = \"{client}\"\nmarket = \"{language}\"\n\
             language = \"{language}\"\nchannel = \"{channel}\"\nfcr = \"100%\"\n{least}\n\
             orders = {{ contacts_per_order = 1, per_day = {a_day}, profile = \"flat\" }}\n"
        )
    };
    let shops = ["cs", "ro", "cs", "ro", "cs", "ro"];
    for (number, (client, language)) in (0..).zip("abcdef".chars().zip(shops)) {
        let client = client.to_string();
        let least = if client == "a" { 2 } else { 1 };
        let least = format!("min_agents = {least}");
        text += &format!("[[client]]\nid = \"{client}\"\n");
        text += &queue(&client, language, "phone", &least, 20 + 5 * number);
        if number < 3 {
            text += &queue(&client, language, "email", "", 15);
        }
    }
    let group = |id: &str, site: &str, languages: &str, wage: f64, more: &str| {
        format!(
            "[[group]]\nid = \"{id}\"\nsite = \"{site}\"\nemployer = \"own\"\nkind = \"shared\"\n\
             max_clients = 3\nlanguages = [{languages}]\nwage = \"{wage} EUR\"\n\
             shrinkage = {{ leave = \"10%\" }}\n{more}\n"
        )
    };
    text += &group(
        "brno",
        "in-cs",
        r#""cs", "ro:c1""#,
        10.7,
        r#"start_band = "3h""#,
    );
    let student = "contract_hours = 15\ndays_per_week = 3\nmax_agents = 4\nshifts = [\"five\"]";
    text += &group("students", "in-cs", r#""cs""#, 6.0, student);
    text += &group("iasi", "in-ro", r#""ro", "cs:c1""#, 7.7, "");
    input::read_text(&text, None).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

#[test]
fn what_a_search_shift_by_shift_leaves_open_several_shifts_together_cover() {
    let scenario = six_shops_before_few_seats();
    let setup = scenario.setup_named("own").unwrap();
    let demand = demand::forecast(&scenario);
    let settled = settle_plainly(&scenario, setup, &demand);
    assert_eq!(settled.staffing.shortfall, []);
    // Each of the two pods alone would have more of the cheap seats than there are: 3,116 together. One has in turn
    // what the other leaves.
    let objective = settled.staffing.proof.objective;
    assert!(objective < 4_300.0, "{objective}");
    assert!(
        settled
            .observed
            .queues
            .values()
            .all(|seen| seen.keeps_promise())
    );
    let roster = roster::assign(&scenario, &settled.staffing);
    assert_eq!(audit::check(&scenario, &settled.requirement, &roster), []);
}
