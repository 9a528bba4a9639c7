//! Speed of the simulation, also against `ciw` and `simpy` of PyPI in the same run: one queue of 13
//! agents, 100 calls in 30 minutes of 180 s. Python and its packages go to a throw-away environment;
//! without Python, or without the packages, that part is skipped loudly.
//!
//! `cargo bench --bench simulation`

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crewcast::simulation::engine::{Edge, Group, Network, OnLine, Queue, Route, measure};

/// Contacts a second in simpy: the plainest model that its users write.
const SIMPY: &str = r#"
import random, simpy, time
random.seed(1)
env = simpy.Environment()
agents = simpy.Resource(env, 13)
count = 0
def call(env):
    with agents.request() as turn:
        yield turn
        yield env.timeout(random.expovariate(1 / 180))
def source(env):
    global count
    while True:
        yield env.timeout(random.expovariate(100 / 1800))
        count += 1
        env.process(call(env))
env.process(source(env))
start = time.process_time()
env.run(until=1800 * 400)
print(count / (time.process_time() - start))
"#;

/// Contacts a second in ciw.
const CIW: &str = r#"
import ciw, time
network = ciw.create_network(
    arrival_distributions=[ciw.dists.Exponential(100 / 1800)],
    service_distributions=[ciw.dists.Exponential(1 / 180)],
    number_of_servers=[13])
ciw.seed(1)
simulation = ciw.Simulation(network)
start = time.process_time()
simulation.simulate_until_max_time(1800 * 400)
seconds = time.process_time() - start
print(len(simulation.get_all_records()) / seconds)
"#;

fn main() {
    let ours = one_queue();
    println!("crewcast  {ours:>12.0} contacts a second on one core");
    let folder = std::env::temp_dir().join(format!("crewcast-bench-{}", std::process::id()));
    match environment(&folder) {
        Some(python) => {
            for (name, script) in [("simpy", SIMPY), ("ciw", CIW)] {
                match run(&python, script) {
                    Some(theirs) => println!(
                        "{name:<8}  {theirs:>12.0} contacts a second: crewcast is {:.0} times as fast",
                        ours / theirs
                    ),
                    None => eprintln!("SKIPPED {name}: it cannot be installed or run here"),
                }
            }
        }
        None => {
            eprintln!("SKIPPED simpy and ciw: there is no Python that makes an environment here")
        }
    }
    if folder.exists() && std::fs::remove_dir_all(&folder).is_err() {
        eprintln!("left behind: {}", folder.display());
    }
}

/// Contacts a second of one queue on one thread.
fn one_queue() -> f64 {
    let slots = 48;
    let network = Network {
        slot_seconds: 1800.0,
        slots,
        day_of_slot: vec![0; slots],
        queues: vec![Queue::calls(
            vec![100.0; slots],
            180.0,
            vec![Route::to(0, 0)],
        )],
        groups: vec![Group::default()],
        shared_busyness: 0.0,
        edge: Edge::Cyclic {
            lead_in: 2,
            rounds: 1,
        },
    };
    let on_line = OnLine::from_counts(&network, &[vec![13; slots]]);
    let Ok(one_thread) = rayon::ThreadPoolBuilder::new().num_threads(1).build() else {
        return f64::NAN;
    };
    one_thread.install(|| {
        let start = Instant::now();
        let seen = measure(&network, |_| on_line.clone(), 2000, 1).expect("a sound network");
        seen.queues[0].offered.mean * seen.replications as f64 / start.elapsed().as_secs_f64()
    })
}

/// A throw-away environment with both packages, and its Python.
fn environment(folder: &Path) -> Option<std::path::PathBuf> {
    let done = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
    done(Command::new("python3").args(["-m", "venv"]).arg(folder)).then_some(())?;
    let python = folder.join("bin").join("python");
    for package in ["simpy", "ciw"] {
        if !done(Command::new(&python).args(["-m", "pip", "install", "--quiet", package])) {
            eprintln!("SKIPPED {package}: pip cannot install it");
        }
    }
    Some(python)
}

fn run(python: &Path, script: &str) -> Option<f64> {
    let output = Command::new(python).args(["-c", script]).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}
