//! The house's rules as tests: imports only go down (or left, on the floor of the rooms), only the
//! edges touch disk and console, only the door knows the clock, only `solver` knows HiGHS.

use std::fs;
use std::path::{Path, PathBuf};

/// Every room with its level: a room may import rooms of a lower level, and its own.
const LEVELS: &[(&str, u32)] = &[
    // floor 0: vocabulary
    ("ids", 0),
    ("units", 0),
    ("table", 1),
    ("sheet", 1),
    ("time", 1),
    // floor 1: the domain at rest
    ("problem", 10),
    ("scenario", 11),
    // floor 2: the tool
    ("solver", 20),
    // floor 3: the rooms, left to right
    ("demand", 30),
    ("requirement", 31),
    ("staffing", 32),
    ("simulation", 33),
    ("roster", 34),
    ("audit", 35),
    ("cost", 36),
    // floor 4: the whole
    ("calibrate", 40),
    ("settle", 41),
    ("whatif", 41),
    ("compare", 42),
    ("plan", 43),
    // floor 5: edges
    ("input", 50),
    ("report", 51),
    ("output", 52),
    // floor 6: the door
    ("cli", 60),
];

/// Rooms that the audit, a second opinion, must not know.
const AUDIT_NEVER_SEES: &[&str] = &["solver", "staffing"];

/// What only some rooms may touch: the words that give it away, and who may.
const RESERVED: &[(&str, &[&str], &[&str])] = &[
    (
        "the disk",
        &["std::fs", "fs::", "File::", "tempfile", "OpenOptions"],
        &["input", "output", "report", "cli"],
    ),
    (
        "the console",
        &[
            "println!",
            "print!(",
            "eprint!",
            "std::io::std",
            "io::stdout",
            "io::stderr",
            "indicatif",
            "dbg!(",
        ],
        &["cli"],
    ),
    (
        "the clock",
        &["Instant", "SystemTime", "Utc::now", "Local::now"],
        &["time/stopwatch", "cli"],
    ),
    (
        "the environment",
        &["std::env", "env::var", "env::args", "std::process"],
        &["cli"],
    ),
    ("HiGHS", &["highs::", "highs_sys", "use highs"], &["solver"]),
    (
        "good_lp",
        &["good_lp"],
        &["solver", "staffing", "roster", "cost"],
    ),
];

struct Source {
    /// Path below `src` without the ending: `time/slot`.
    path: String,
    /// Code without comments, doc tests and the tests at its end.
    code: String,
}

impl Source {
    fn room(&self) -> &str {
        self.path.split('/').next().unwrap_or(&self.path)
    }

    fn is_within(&self, place: &str) -> bool {
        self.path == place || self.path.starts_with(&format!("{place}/"))
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        let mut entries: Vec<PathBuf> = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let below = path.strip_prefix(&root).unwrap().with_extension("");
                let text = fs::read_to_string(&path).unwrap();
                found.push(Source {
                    path: below.to_string_lossy().replace('\\', "/"),
                    code: code_of(&text),
                });
            }
        }
    }
    assert!(found.len() > 20, "the sources were not found");
    found
}

/// The code proper: up to the tests, without comments.
fn code_of(text: &str) -> String {
    text.split("#[cfg(test)]\nmod tests")
        .next()
        .unwrap_or(text)
        .lines()
        .map(|line| line.split("//").next().unwrap_or(""))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The rooms named after `crate::` in some code, also within `crate::{a, b::c}`.
fn imports(code: &str) -> Vec<String> {
    let word = |text: &str| -> String {
        text.trim_start()
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect()
    };
    let mut rooms = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let Some(group) = rest.strip_prefix('{') else {
            rooms.push(word(rest));
            continue;
        };
        let (mut depth, mut item) = (1, String::new());
        for c in group.chars() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 || (depth == 1 && c == ',') {
                rooms.push(word(&item));
                item.clear();
            } else {
                item.push(c);
            }
            if depth == 0 {
                break;
            }
        }
    }
    rooms.retain(|room| !room.is_empty());
    rooms
}

fn level(room: &str) -> Option<u32> {
    LEVELS
        .iter()
        .find(|(name, _)| *name == room)
        .map(|(_, level)| *level)
}

#[test]
fn every_room_stands_on_a_floor() {
    for source in sources() {
        let room = source.room();
        assert!(
            level(room).is_some() || ["lib", "main"].contains(&room),
            "src/{}.rs: say on which floor `{room}` stands",
            source.path
        );
    }
}

#[test]
fn imports_only_go_down() {
    let mut wrong = Vec::new();
    for source in sources() {
        let Some(here) = level(source.room()) else {
            continue;
        };
        for import in imports(&source.code) {
            let Some(there) = level(&import) else {
                continue;
            };
            if import != source.room() && there >= here {
                wrong.push(format!("src/{}.rs imports `{import}`", source.path));
            }
            if source.room() == "audit" && AUDIT_NEVER_SEES.contains(&import.as_str()) {
                wrong.push(format!("src/{}.rs knows `{import}`", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_world_is_touched_only_at_the_edges() {
    let mut wrong = Vec::new();
    for source in sources() {
        if ["lib", "main"].contains(&source.room()) {
            continue;
        }
        for (thing, words, places) in RESERVED {
            if places.iter().any(|place| source.is_within(place)) {
                continue;
            }
            for word in *words {
                if mentions(&source.code, word) {
                    wrong.push(format!("src/{}.rs touches {thing}: `{word}`", source.path));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether the word occurs, not as the tail of a longer name.
fn mentions(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        !code[..at]
            .chars()
            .next_back()
            .is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

#[test]
fn the_rules_can_fail() {
    assert_eq!(
        imports("use crate::{plan::Plan, ids::{A, B}, cost};\ncrate::solver::x()"),
        ["plan", "ids", "cost", "solver"]
    );
    assert!(mentions("let t = Instant::now();", "Instant"));
    assert!(!mentions("let t = MyInstant;", "Instant"));
    assert!(!code_of("x // println!(\"\")").contains("println"));
}
