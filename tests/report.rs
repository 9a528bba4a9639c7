//! The report: self-contained, whole, escaped, and drawn by a browser where there is one.

mod support;

use crewcast::compare::ClientCosts;
use crewcast::ids::{ClientId, Id};
use crewcast::scenario::PromiseScope;
use support::{Shape, empty, hostile, plan};

/// What would reach out of the file.
fn reaches_out(html: &str) -> Vec<&'static str> {
    [
        "src=",
        "href=\"h",
        "href=\"//",
        "url(",
        "@import",
        "<link",
        "<iframe",
        "fetch(",
        "http://",
        "https://",
    ]
    .into_iter()
    .filter(|sign| html.contains(sign))
    .collect()
}

#[test]
fn the_report_is_one_file_with_every_picture() {
    let plan = plan(&Shape::world());
    let report = crewcast::report::render(&plan, None);
    assert_eq!(reaches_out(&report.html), [] as [&str; 0]);
    let names: Vec<&str> = report
        .charts
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    for name in [
        "cost",
        "waterfall",
        "break-even",
        "demand-en",
        "demand-pt-BR",
        "forecast-all",
        "forecast-es",
        "staffing-week",
        "staffing-day",
        "service",
        "day-ribbon",
        "pods",
        "roster",
    ] {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
    assert_eq!(report.html.matches("<svg").count(), report.charts.len());
    for (name, svg) in &report.charts {
        assert!(
            svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"),
            "{name}"
        );
        assert!(svg.contains("xmlns="), "{name} stands alone");
    }
}

#[test]
fn the_answer_stands_on_top_with_its_money() {
    let plan = plan(&Shape::shop());
    let html = crewcast::report::html(&plan);
    let cheapest = &plan.comparison.setups[plan.comparison.cheapest];
    let price = format!("{:.2}\u{a0}Kč", cheapest.costing.per_interaction().unwrap());
    let headline = html.find("class=\"headline\"").unwrap();
    let first = html[headline..].find(&price).unwrap();
    assert!(first < 400, "the price stands in the headline");
    assert!(html.contains("“Outsourced, shared pod of four shops” is cheapest"));
}

#[test]
fn a_broken_promise_is_said_before_a_price() {
    let mut broken = plan(&Shape::shop());
    for result in &mut broken.comparison.setups {
        result.keeps_promises = false;
    }
    let text = crewcast::report::terminal(&broken, 100);
    assert!(
        text.starts_with("Every set-up leaves hours open."),
        "{text}"
    );
    for result in &mut broken.comparison.setups {
        let queues = &mut result.observed.queues;
        *queues = queues.map(|_, seen| {
            let mut seen = seen.clone();
            seen.reached.mean = 0.5 * seen.promised;
            seen
        });
    }
    let text = crewcast::report::terminal(&broken, 100);
    assert!(text.starts_with("No set-up keeps every promise."), "{text}");
    let mut undercut = plan(&Shape::shop());
    undercut.comparison.cheapest = 1;
    undercut.comparison.setups[2].keeps_promises = false;
    let text = crewcast::report::terminal(&undercut, 100).replace('\n', " ");
    for words in [
        "is the cheapest that keeps every promise",
        "shared pod of four shops” would cost 31.84",
        "but leaves 1.5 agent-hours of open queues without their agent",
    ] {
        assert!(text.contains(words), "{text}");
    }
}

#[test]
fn a_set_up_has_one_badge_and_the_cheapest_keeps_its_promises() {
    let badges = |html: &str| -> Vec<String> {
        let list = html.split("<ul class=\"prices\"").nth(1).unwrap();
        let list = list.split("</ul>").next().unwrap();
        let badge = |row: &str| {
            let badges = row.split("class=\"tag ").skip(1);
            let said = badges.map(|badge| {
                let badge = badge.split('>').nth(1).unwrap();
                badge.split('<').next().unwrap().to_owned()
            });
            said.collect::<Vec<_>>().join(" + ")
        };
        list.split("<li>").skip(1).map(badge).collect()
    };
    let mut plan = plan(&Shape::shop());
    let cheapest = plan.comparison.cheapest;
    assert_eq!(badges(&crewcast::report::html(&plan))[cheapest], "cheapest");
    for result in &mut plan.comparison.setups {
        result.keeps_promises = false;
    }
    let others = badges(&crewcast::report::html(&plan));
    for (index, badge) in others.iter().enumerate() {
        let said: &[&str] = if index == cheapest {
            &["leaves least open"]
        } else {
            &["leaves hours open", "breaks a promise"]
        };
        assert!(said.contains(&badge.as_str()), "{others:?}");
    }
}

#[test]
fn the_memo_has_no_empty_page() {
    let mut plan = plan(&Shape::shop());
    let why = "Why, and what would change it";
    assert!(crewcast::report::html(&plan).contains(why));
    plan.comparison.setups.truncate(1);
    (plan.comparison.cheapest, plan.chosen) = (0, 0);
    plan.break_even = Default::default();
    assert!(!crewcast::report::html(&plan).contains(why));
}

#[test]
fn the_break_even_of_several_shops_is_drawn_as_it_is_told() {
    let mut plan = plan(&Shape::world());
    let chart = |plan: &_| {
        let charts = crewcast::report::render(plan, None).charts.into_iter();
        let mut charts = charts.filter(|(name, _)| name == "break-even");
        charts.next().map(|(_, svg)| svg).unwrap()
    };
    let together = chart(&plan);
    assert!(!together.contains("all shops together"));
    // Two shops of other volumes, one dear and one cheap: no line joins them.
    plan.break_even.by_shop = [(7.0, 90.0), (8.0, 1.0)]
        .into_iter()
        .enumerate()
        .map(|(shop, (interactions_per_day, cost))| ClientCosts {
            client: ClientId::new(shop),
            interactions_per_day,
            per_interaction: vec![cost; 4],
            cheapest: 0,
        })
        .collect();
    let shops = chart(&plan);
    assert!(shops.contains("all shops together"));
    assert_eq!(shops.replace(", all shops together", ""), together);
}

#[test]
fn how_busy_agents_may_be_is_said_only_where_it_holds() {
    let mut plan = plan(&Shape::shop());
    for (promise, holds) in [
        (PromiseScope::Slot, true),
        (PromiseScope::Day, false),
        (PromiseScope::Week, false),
    ] {
        plan.scenario.policy.promise = promise;
        let html = crewcast::report::html(&plan);
        assert_eq!(html.contains("busy at most"), holds, "{promise:?}");
    }
}

#[test]
fn half_the_contacts_are_priced_only_where_other_volumes_were_worked_out() {
    let mut plan = plan(&Shape::shop());
    let half = "Half the contacts";
    assert!(crewcast::report::html(&plan).contains(half));
    plan.break_even = Default::default();
    for result in &mut plan.comparison.setups {
        result.scenario.setups[result.setup].tariff = None;
    }
    assert!(!crewcast::report::html(&plan).contains(half));
}

#[test]
fn who_is_on_the_roster_is_told_from_who_is_employed() {
    let mut plan = plan(&Shape::shop());
    let chosen = &mut plan.comparison.setups[plan.chosen];
    chosen.scenario.setups[chosen.setup].tariff = None;
    chosen.costing.detail.own_people = 41.0;
    let said = crewcast::report::terminal(&plan, 100).replace("\n          ", " ");
    for text in [said, crewcast::report::html(&plan)] {
        assert!(text.contains("the cost counts 41 employed"), "{text}");
    }
    plan.comparison.setups[plan.chosen]
        .costing
        .detail
        .own_people = 0.0;
    assert!(!crewcast::report::terminal(&plan, 100).contains("employed"));
}

#[test]
fn hostile_names_are_escaped() {
    let plan = hostile();
    let report = crewcast::report::render(&plan, None);
    assert!(!report.html.contains("<script>alert"));
    assert!(report.html.contains("&lt;script&gt;alert"));
    assert!(!report.html.contains('\u{1}'));
    for (name, svg) in &report.charts {
        assert!(!svg.contains("<script") && !svg.contains('\u{1}'), "{name}");
        assert!(!name.contains(['/', '<', '"', '\n', ' ']), "{name}");
    }
    let text = crewcast::report::terminal(&plan, 100);
    assert!(!text.contains('\u{1}'));
    assert!(
        text.lines().all(|line| line.chars().count() <= 100),
        "{text}"
    );
}

#[test]
fn an_empty_plan_is_reported_as_such() {
    let plan = empty();
    assert!(crewcast::report::html(&plan).contains("No set-up was planned"));
    assert!(crewcast::report::terminal(&plan, 100).contains("No set-up was planned"));
}

#[test]
fn the_terminal_shows_the_answer_first_within_its_width() {
    for shape in [Shape::shop(), Shape::world()] {
        let plan = plan(&shape);
        let text = crewcast::report::terminal(&plan, 100);
        println!("{text}");
        assert!(
            text.lines().all(|line| line.chars().count() <= 100),
            "{text}"
        );
        assert!(text.lines().next().unwrap().contains("is cheapest"));
        assert!(text.lines().count() <= 45);
        for word in ["gap 0.32 %", "objective", "Shortfall", "BROKEN", "kept"] {
            assert_eq!(text.contains(word), word != "BROKEN", "{word}\n{text}");
        }
    }
}

/// Draws the page with a browser: what scripts do to it must leave every section standing.
#[test]
fn a_browser_shows_it() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    for (name, shape) in [("shop", Shape::shop()), ("world", Shape::world())] {
        let page = folder.join(format!("report-{name}.html"));
        std::fs::write(&page, crewcast::report::html(&plan(&shape))).unwrap();
        let home = tempfile::tempdir().unwrap();
        let shown = std::process::Command::new("chromium")
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--dump-dom",
            ])
            .arg(format!("--user-data-dir={}", home.path().display()))
            .arg(format!("file://{}", page.display()))
            .output();
        let Ok(shown) = shown else {
            eprintln!("SKIPPED: no chromium here to draw the report with");
            return;
        };
        let dom = String::from_utf8_lossy(&shown.stdout);
        assert!(dom.contains("role=\"tablist\""), "the tabs were made");
        assert!(dom.contains("Proof and assumptions") && dom.contains("</html>"));
    }
}
