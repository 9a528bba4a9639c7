//! Properties of reading: the sample scenarios are sound, and no damage to one of them makes the
//! reader panic or stay silent about what it cannot read.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crewcast::input::{self, synthetic};
use crewcast::problem::CODES;
use crewcast::scenario::Scenario;
use proptest::prelude::*;

fn scenarios() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut folders: Vec<PathBuf> = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join(input::SCENARIO_FILE).is_file())
        .collect();
    folders.sort();
    folders
}

fn read(dir: &Path) -> Scenario {
    input::read(dir).unwrap_or_else(|problems| {
        let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
        panic!("{}:\n{}", dir.display(), shown.join("\n\n"))
    })
}

#[test]
fn every_sample_is_sound_and_compares_four_set_ups() {
    assert!(scenarios().len() >= 4);
    for dir in scenarios() {
        let scenario = read(&dir);
        assert_eq!(scenario.name, dir.file_name().unwrap().to_str().unwrap());
        let kinds: std::collections::BTreeSet<&str> = scenario
            .setups
            .values()
            .map(|setup| setup.kind.name())
            .collect();
        assert!(scenario.setups.len() >= 4, "{}", scenario.name);
        for kind in [
            "in-house",
            "outsourced-dedicated",
            "outsourced-shared",
            "per-interaction",
        ] {
            assert!(kinds.contains(kind), "{} has no {kind}", scenario.name);
        }
        assert!(
            dir.join("README.md").is_file(),
            "{} has no README",
            scenario.name
        );
        for queue in scenario.queues.values() {
            let history = queue.demand.history.as_ref();
            assert!(history.is_some() || queue.demand.orders.is_some());
            for day in history
                .into_iter()
                .flat_map(|history| history.days.iter().flatten())
            {
                assert!(day.iter().all(|count| count.is_finite() && *count >= 0.0));
            }
        }
    }
}

#[test]
fn made_histories_say_so_and_can_be_made_again() {
    for dir in scenarios() {
        let Ok(text) = fs::read_to_string(dir.join("history-synthetic.csv")) else {
            continue;
        };
        let first = text.lines().next().unwrap_or_default();
        assert!(first.starts_with("# Synthetic"), "{}", dir.display());
        let word = |after: &str| -> u64 {
            let rest = first.split(after).nth(1).unwrap();
            rest.split([' ', '.', ','])
                .find_map(|word| word.parse().ok())
                .unwrap()
        };
        let weeks = first
            .split(", ")
            .find_map(|part| part.strip_suffix(" weeks"))
            .and_then(|weeks| weeks.parse().ok())
            .unwrap();
        let scenario = input::read_without_histories(&dir).unwrap();
        let made = synthetic::arrivals(&scenario, weeks, word("seed ")).unwrap();
        let mut volumes: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
        for arrival in &made {
            let name = scenario.queues[arrival.queue].name.as_str();
            volumes.entry(name).or_default().0 += f64::from(arrival.contacts);
        }
        for row in text.lines().skip(2) {
            let cells: Vec<&str> = row.split(',').collect();
            volumes.get_mut(cells[1]).unwrap().1 += cells[2].parse::<f64>().unwrap();
        }
        for (name, (made, written)) in volumes {
            // The platform's logarithm may differ in its last bit.
            assert!(
                (made - written).abs() <= 0.01 * written + 2.0,
                "{name}: {made} {written}"
            );
        }
    }
}

/// Reads damaged text; any problem must be well formed.
fn survives(text: &str) -> Result<(), TestCaseError> {
    let history = b"timestamp,series,volume\n2026-01-05 08:00,cs-phone,2\n";
    match input::read_text(text, Some(&|_: &str| Ok(history.to_vec()))) {
        Ok(scenario) => prop_assert!(!scenario.queues.is_empty()),
        Err(problems) => {
            prop_assert!(!problems.is_empty());
            for problem in problems {
                prop_assert!(CODES.iter().any(|(code, _)| *code == problem.code));
                prop_assert!(!problem.to_string().is_empty());
                prop_assert!(!problem.cause.is_empty());
            }
        }
    }
    Ok(())
}

fn texts() -> Vec<String> {
    scenarios()
        .iter()
        .map(|dir| fs::read_to_string(dir.join(input::SCENARIO_FILE)).unwrap())
        .filter(|text| text.len() < 20_000)
        .collect()
}

/// Values that mean trouble.
const NASTY: [&str; 28] = [
    "-1",
    "0",
    "1e308",
    "nan",
    "-inf",
    "99999999999999999999",
    "\"\"",
    "\" \"",
    "\"-5m\"",
    "\"1e9h\"",
    "\"100%\"",
    "\"-100%\"",
    "\"0s\"",
    "\"100/0s\"",
    "\"25:61\"",
    "\"24:00-00:00\"",
    "\"00:00-24:00\"",
    "\"9999-12-31\"",
    "2026-02-29",
    "[]",
    "[[]]",
    "{}",
    "true",
    "\"all\"",
    "\"é\\u0000🦀\"",
    "\"Africa/Casablanca\"",
    "\"Australia/Lord_Howe\"",
    "0x10",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_value_replaced_by_a_nasty_one_never_panics(
        which in 0_usize..100, lines in prop::collection::vec((0_usize..10_000, 0_usize..NASTY.len()), 1..4)
    ) {
        let texts = texts();
        let mut rows: Vec<String> = texts[which % texts.len()].lines().map(str::to_owned).collect();
        for (line, nasty) in lines {
            let index = line % rows.len();
            if let Some((key, _)) = rows[index].split_once('=') {
                rows[index] = format!("{key}= {}", NASTY[nasty]);
            }
        }
        survives(&rows.join("\n"))?;
    }

    #[test]
    fn lines_lost_doubled_or_swapped_never_panic(
        which in 0_usize..100, edits in prop::collection::vec((0_usize..10_000, 0_u8..3), 1..6)
    ) {
        let texts = texts();
        let mut rows: Vec<&str> = texts[which % texts.len()].lines().collect();
        for (line, edit) in edits {
            let index = line % rows.len();
            match edit {
                0 => { rows.remove(index); }
                1 => rows.insert(index, rows[index]),
                _ => { let other = (index * 7 + 3) % rows.len(); rows.swap(index, other); }
            }
            if rows.is_empty() { rows.push(""); }
        }
        survives(&rows.join("\n"))?;
    }

    #[test]
    fn bytes_changed_anywhere_never_panic(
        which in 0_usize..100, edits in prop::collection::vec((0_usize..1_000_000, any::<char>()), 1..8)
    ) {
        let texts = texts();
        let mut letters: Vec<char> = texts[which % texts.len()].chars().collect();
        for (at, letter) in edits {
            let index = at % letters.len();
            letters[index] = letter;
        }
        survives(&letters.into_iter().collect::<String>())?;
    }

    #[test]
    fn a_broken_history_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300), rows in
        "(timestamp|date|time)[,;\t|](series|queue)?[,;](volume|x)?\n([0-9:. TZ+-]{0,20}[,;|][a-z]{0,3}[,;|][0-9,.eE-]{0,6}\n){0,8}") {
        for history in [bytes, rows.into_bytes()] {
            let text = &texts()[0];
            let read = input::read_text(text, Some(&|_: &str| Ok(history.clone())));
            if let Err(problems) = read {
                prop_assert!(problems.iter().all(|problem| !problem.to_string().is_empty()));
            }
        }
    }
}

/// A scenario whose one queue takes its history from `file`.
fn with_history(file: &str, series: &str) -> String {
    let text = fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/problems/no-orders/scenario.toml"),
    )
    .unwrap();
    let start = text.find("start = ").unwrap();
    let end = start + text[start..].find('\n').unwrap();
    format!("{}{}", &text[..start], &text[end..]).replace(
        "{ file = \"history.csv\", series = \"cs-phone\" }",
        &format!("{{ file = \"{file}\", series = \"{series}\" }}"),
    )
}

#[test]
fn real_arrivals_are_read_as_they_are() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    for (file, series, slot, start) in [
        ("technion_bank_hourly.csv", "total", 60, "2000-01-03"),
        ("uci_retail_hourly.csv", "IE_order", 60, "2011-12-12"),
        ("bank_us_30min.csv", "total", 30, "2003-10-27"),
    ] {
        let path = data.join(file);
        let Ok(csv) = fs::read_to_string(&path) else {
            eprintln!("skipped: {} is not there", path.display());
            continue;
        };
        let rows: Vec<Vec<&str>> = csv
            .lines()
            .skip(1)
            .map(|row| row.split(',').collect())
            .filter(|row: &Vec<&str>| row[1] == series)
            .collect();
        let written: f64 = rows.iter().map(|row| row[2].parse::<f64>().unwrap()).sum();
        let days: std::collections::BTreeSet<&str> = rows.iter().map(|row| &row[0][..10]).collect();
        let dir = tempfile::tempdir().unwrap();
        let text = with_history(path.to_str().unwrap(), series);
        fs::write(dir.path().join(input::SCENARIO_FILE), text).unwrap();
        let scenario = read(dir.path());
        let queue = scenario.queues.values().next().unwrap();
        let history = queue.demand.history.as_ref().unwrap();
        assert_eq!(history.slot_minutes, slot);
        let contacts: f64 = history.days.iter().flatten().flatten().sum();
        assert!(
            (contacts - written).abs() < 1e-6,
            "{file}: {contacts} of {written}"
        );
        assert_eq!(history.days.iter().flatten().count(), days.len());
        let begins = scenario.horizon.local(0, scenario.zone).date();
        assert!(
            (begins - start.parse::<chrono::NaiveDate>().unwrap())
                .num_days()
                .abs()
                <= 14,
            "{begins}"
        );
    }
}

#[test]
fn what_nobody_says_is_usual_and_named_with_its_source() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/pay-per-interaction");
    let text = fs::read_to_string(dir.join(input::SCENARIO_FILE)).unwrap();
    let silent = |line: &&str| {
        !["charges", "max_clients", "aht_cv"]
            .iter()
            .any(|field| line.starts_with(field))
    };
    let text: Vec<&str> = text.lines().filter(silent).collect();
    let scenario = input::read_text(&text.join("\n"), None).unwrap();
    for group in scenario.groups.values() {
        let charges = group.charges.percent();
        assert!((charges - 33.8).abs() < 1e-9, "{}: {charges}", group.name);
    }
    for (field, whose) in [
        ("charges", 3),
        ("max_clients", 1),
        ("aht_cv", 9),
        ("learning", 3),
        ("min_agents", 3),
    ] {
        let of_field: Vec<_> = scenario
            .assumed
            .iter()
            .filter(|assumed| assumed.field == field)
            .collect();
        assert_eq!(of_field.len(), whose, "{field}");
        assert!(
            of_field.iter().all(|assumed| assumed.source.contains("20")),
            "{field}"
        );
    }
}
