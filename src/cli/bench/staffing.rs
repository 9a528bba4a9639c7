//! `crewcast bench staffing`: staffing instances, with objective, bound, gap and seconds.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::staffing::{self, Cover, Effort, Group, Instance, Shift};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Instance file (JSON): one skill with `cols`, or many skills with `groups`.
    file: PathBuf,
    /// Seconds for the search; without it the search counts rounds and is repeatable.
    #[arg(long)]
    seconds: Option<f64>,
    /// Stop at this relative gap.
    #[arg(long, default_value_t = 0.0001)]
    gap: f64,
    /// Allow shifts to start at any time of the file, not only on the full hour.
    #[arg(long)]
    all_starts: bool,
    /// Write the plan with the indices of the file.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// One skill.
#[derive(Debug, Deserialize)]
struct OneSkill {
    name: String,
    #[serde(rename = "H")]
    slots: usize,
    req: Vec<f64>,
    cols: Vec<FileColumn>,
}

#[derive(Debug, Deserialize)]
struct FileColumn {
    cover: Vec<u32>,
    cost: f64,
}

/// Many skills.
#[derive(Debug, Deserialize)]
struct ManySkills {
    name: String,
    #[serde(rename = "H")]
    slots: usize,
    queues: Vec<String>,
    subsets: Vec<Subset>,
    groups: Vec<FileGroup>,
    shifts: std::collections::BTreeMap<String, Vec<FileShift>>,
}

#[derive(Debug, Deserialize)]
struct Subset {
    queues: Vec<String>,
    req: Vec<f64>,
}

#[derive(Debug, Deserialize)]
struct FileGroup {
    site: String,
    queues: Vec<String>,
    mult: f64,
}

#[derive(Debug, Deserialize)]
struct FileShift {
    start: f64,
    base: f64,
    cover: Vec<u32>,
}

pub(in crate::cli) fn run(args: Args) -> ExitCode {
    match bench(&args) {
        Ok(answer) => {
            println!("{answer}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::from(1)
        }
    }
}

fn bench(args: &Args) -> Result<Value, String> {
    let text =
        std::fs::read_to_string(&args.file).map_err(|e| format!("{}: {e}", args.file.display()))?;
    let wrong = |e: serde_json::Error| format!("{}: {e}", args.file.display());
    let file: Value = serde_json::from_str(&text).map_err(wrong)?;
    let (instance, name) = if file.get("cols").is_some() {
        let one: OneSkill = serde_json::from_value(file).map_err(wrong)?;
        (one_skill(&one), one.name)
    } else {
        let many: ManySkills = serde_json::from_value(file).map_err(wrong)?;
        (many_skills(&many, args.all_starts)?, many.name)
    };
    let began = Instant::now();
    let clock = || began.elapsed().as_secs_f64();
    let effort = Effort {
        gap: args.gap,
        seconds: args.seconds,
        clock: Some(&clock),
        patience: 100,
        seed: 1,
    };
    let solved = staffing::solve(&instance, None, effort, &mut |progress| {
        eprintln!(
            "{:7.1} s  bound {:.0}  best {:.0}",
            clock(),
            progress.bound,
            progress.best
        );
    });
    Ok(json!({
        "instance": name,
        "objective": solved.objective,
        "bound": solved.bound,
        "gap": solved.gap(),
        "seconds": clock(),
        "status": if solved.proved { "within gap" } else { "limit" },
    }))
}

fn one_skill(file: &OneSkill) -> Instance {
    let shifts = file.cols.iter().map(|column| Shift {
        cover: column.cover.clone(),
        present: Vec::new(),
        price: column.cost,
    });
    Instance {
        slots: file.slots,
        shifts: shifts.collect(),
        groups: vec![Group {
            queues: vec![0],
            factor: 1.0,
            shifts: (0..file.cols.len() as u32).collect(),
            most_shifts: None,
        }],
        covers: vec![Cover {
            queues: vec![0],
            need: file.req.clone(),
            load: vec![0.0; file.slots],
            shortfall_price: 1e5,
        }],
        ..Instance::default()
    }
}

fn many_skills(file: &ManySkills, all_starts: bool) -> Result<Instance, String> {
    let queue = |name: &String| {
        file.queues
            .iter()
            .position(|q| q == name)
            .map(|q| q as u32)
            .ok_or_else(|| format!("queue `{name}` is not in `queues`"))
    };
    let queues = |names: &[String]| names.iter().map(queue).collect::<Result<Vec<u32>, _>>();
    let mut shifts = Vec::new();
    let mut of_site = std::collections::BTreeMap::new();
    for (site, list) in &file.shifts {
        let first = shifts.len() as u32;
        let mut usable = Vec::new();
        for (i, shift) in list.iter().enumerate() {
            if all_starts || shift.start.fract() == 0.0 {
                usable.push(first + i as u32);
            }
            shifts.push(Shift {
                cover: shift.cover.clone(),
                present: Vec::new(),
                price: shift.base,
            });
        }
        of_site.insert(site.clone(), usable);
    }
    let mut groups = Vec::new();
    for group in &file.groups {
        let mut serves = queues(&group.queues)?;
        serves.sort_unstable();
        groups.push(Group {
            queues: serves,
            factor: group.mult,
            shifts: of_site
                .get(&group.site)
                .cloned()
                .ok_or_else(|| format!("site `{}` has no shifts", group.site))?,
            most_shifts: None,
        });
    }
    let mut covers = Vec::new();
    for subset in &file.subsets {
        covers.push(Cover {
            queues: queues(&subset.queues)?,
            need: subset.req.clone(),
            load: vec![0.0; file.slots],
            shortfall_price: 1e5,
        });
    }
    Ok(Instance {
        slots: file.slots,
        shifts,
        groups,
        covers,
        ..Instance::default()
    })
}
