//! Large agencies planned whole: `cargo bench --bench scale [-- 20x8|300x36]`. The scenarios are made from
//! `scenarios/thirty-six-languages`: its shops again and again under new names, with other volumes, or
//! fewer of them in fewer languages; sites grow and shrink with them. Prints seconds, memory and gaps;
//! asserts no wall time.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use toml::{Table, Value};

/// Name, shops, languages, and the minutes wanted on two cores.
const RUNS: &[(&str, usize, usize, f64)] = &[("20x8", 20, 8, 5.0), ("300x36", 300, 36, 20.0)];
/// The set-ups compared: teams of a shop's own, and pods.
const SETUPS: &[&str] = &["outsourced-dedicated", "outsourced-shared"];

fn main() {
    let wanted = std::env::args().nth(1).unwrap_or_default();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/thirty-six-languages");
    let text = std::fs::read_to_string(source.join("scenario.toml")).expect("the sample is there");
    let sample: Table = text.parse().expect("the sample is TOML");
    println!("size     queues  contacts  minutes  wanted  MiB at most  set-up, kept, gap");
    for &(name, shops, languages, minutes) in RUNS {
        if !wanted.starts_with('-') && !name.starts_with(&wanted) {
            continue;
        }
        let folder = tempfile::tempdir().expect("a temporary folder");
        let made = agency(&sample, shops, languages);
        let queues = made["queue"].as_array().map_or(0, Vec::len);
        let scenario = folder.path().join("scenario.toml");
        std::fs::write(&scenario, made.to_string()).expect("written");
        let began = Instant::now();
        let out = folder.path().join("plan");
        let mut child = Command::new(env!("CARGO_BIN_EXE_crewcast"))
            .args(["plan", "--out"])
            .args([&out, folder.path()])
            .stdout(std::process::Stdio::null())
            .spawn()
            .expect("started");
        let mut most = 0;
        let status = loop {
            most = most.max(memory(child.id()));
            if let Some(status) = child.try_wait().expect("waited for") {
                break status;
            }
            std::thread::sleep(Duration::from_millis(200));
        };
        let took = began.elapsed().as_secs_f64() / 60.0;
        assert!(status.success(), "{name} is not planned");
        let summary = std::fs::read_to_string(out.join("summary.json")).expect("a summary");
        let summary: serde_json::Value = serde_json::from_str(&summary).expect("JSON");
        let contacts = summary["demand"]["contacts"].as_f64().unwrap_or(0.0);
        print!("{name:<8} {queues:>6}  {contacts:>8.0}  {took:>7.1}  {minutes:>6.0}  {most:>11}");
        for setup in summary["setups"].as_array().into_iter().flatten() {
            let gap = 100.0 * setup["gap"].as_f64().unwrap_or(f64::NAN);
            print!(
                "  {}, {}, {gap:.1} %",
                setup["name"], setup["keeps_promises"]
            );
        }
        println!();
    }
}

/// Most memory that a process held so far, MiB; 0 where the system does not say.
fn memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}

/// So many shops of the sample, in so many of its languages.
fn agency(sample: &Table, shops: usize, languages: usize) -> Table {
    let mut made = sample.clone();
    let rows = |name: &str| sample[name].as_array().cloned().unwrap_or_default();
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let mut spoken: Vec<String> = Vec::new();
    for queue in rows("queue") {
        let language = text(&queue, "language");
        if !spoken.contains(&language) && spoken.len() < languages {
            spoken.push(language);
        }
    }
    let clients = rows("client");
    let (mut all_clients, mut all_queues) = (Vec::new(), Vec::new());
    for number in 0.. {
        if all_clients.len() == shops {
            break;
        }
        let (client, again) = (&clients[number % clients.len()], number / clients.len());
        let new_name = |name: String| format!("{name}-{again}");
        let id = text(client, "id");
        let queues: Vec<Value> = rows("queue")
            .into_iter()
            .filter(|queue| text(queue, "client") == id)
            .filter(|queue| spoken.contains(&text(queue, "language")))
            .map(|mut queue| {
                for key in ["id", "client"] {
                    queue[key] = Value::String(new_name(text(&queue, key)));
                }
                queue
            })
            .collect();
        if queues.is_empty() {
            continue;
        }
        let mut client = client.clone();
        let orders = client["orders_per_day"].as_integer().unwrap_or(100);
        // From 60 % to 140 % of the shop it was made from.
        client["orders_per_day"] = Value::Integer(orders * (6 + (7 * number as i64) % 9) / 10);
        client["id"] = Value::String(new_name(id));
        all_clients.push(client);
        all_queues.extend(queues);
    }
    made["client"] = Value::Array(all_clients);
    made["queue"] = Value::Array(all_queues);
    for site in made["site"].as_array_mut().into_iter().flatten() {
        if let Some(seats) = site.get("seats").and_then(Value::as_integer) {
            let seats = seats * shops as i64 / clients.len() as i64;
            site["seats"] = Value::Integer(seats.max(20));
        }
    }
    if let Some(setups) = made["setup"].as_array_mut() {
        setups.retain(|setup| SETUPS.contains(&text(setup, "id").as_str()));
    }
    made.remove("plan");
    made
}
