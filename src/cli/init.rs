//! `crewcast init`: a commented scenario folder to start from, like one of the samples or of a size.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::{check, generate};
use crate::input::{self, SCENARIO_FILE, synthetic};
use crate::problem::Problem;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder to make; files in it are never overwritten.
    dir: PathBuf,
    /// What to start from: a sample, or a shop of a size (small: 10 contacts a day, medium: 70,
    /// large: 500) without history.
    #[arg(long, default_value = "medium", value_parser = clap::builder::PossibleValuesParser::new(names()))]
    like: String,
}

/// A sample of the repository: its text, and the weeks of history made for it.
struct Sample {
    name: &'static str,
    text: &'static str,
    weeks: Option<u32>,
}

macro_rules! sample {
    ($name:literal, $weeks:expr) => {
        Sample {
            name: $name,
            text: include_str!(concat!("../../scenarios/", $name, "/scenario.toml")),
            weeks: $weeks,
        }
    };
}

const SAMPLES: [Sample; 9] = [
    sample!("mid-shop", Some(60)),
    sample!("agency", Some(12)),
    sample!("follow-the-sun", Some(12)),
    sample!("cold-start", None),
    sample!("after-sales", Some(30)),
    sample!("marketplace-seller", Some(16)),
    sample!("omnichannel", Some(26)),
    sample!("pay-per-interaction", None),
    sample!("thirty-six-languages", None),
];

const SIZES: [&str; 3] = ["small", "medium", "large"];

/// Everything that `--like` takes.
fn names() -> impl Iterator<Item = &'static str> {
    SIZES
        .into_iter()
        .chain(SAMPLES.iter().map(|sample| sample.name))
}

pub(super) fn run(args: Args) -> ExitCode {
    match write(&args.dir, &args.like) {
        Ok(files) => {
            for file in files {
                println!("wrote {}", file.display());
            }
            let dir = args.dir.display();
            println!("Edit {dir}/{SCENARIO_FILE}, then: crewcast check {dir}");
            ExitCode::SUCCESS
        }
        Err(problems) => check::fail(&problems, false),
    }
}

/// Writes the folder; answers the files written.
fn write(dir: &Path, like: &str) -> Result<Vec<PathBuf>, Vec<Problem>> {
    let (text, weeks) = template(like);
    let mut files = vec![(dir.join(SCENARIO_FILE), text.clone())];
    if let Some(weeks) = weeks {
        let scenario = input::read_text(&text, None)?;
        let arrivals = synthetic::arrivals(&scenario, weeks, 1)?;
        files.push((
            dir.join("history-synthetic.csv"),
            generate::to_csv(&scenario, &arrivals, weeks, 1),
        ));
    }
    let failed = |path: &Path, cause: String| {
        let cause = format!("cannot write {}: {cause}", path.display());
        vec![Problem::new("cannot-write", cause).remedy("name another folder")]
    };
    if let Some((path, _)) = files.iter().find(|(path, _)| path.exists()) {
        return Err(failed(path, "it is there already".to_owned()));
    }
    fs::create_dir_all(dir).map_err(|error| failed(dir, error.to_string()))?;
    for (path, text) in &files {
        fs::write(path, text).map_err(|error| failed(path, error.to_string()))?;
    }
    Ok(files.into_iter().map(|(path, _)| path).collect())
}

/// The text to start from, and the weeks of history to make with it.
fn template(like: &str) -> (String, Option<u32>) {
    let size = match like {
        "small" => Some(("130", "about 10")),
        "medium" => Some(("900", "about 70")),
        "large" => Some(("6500", "about 500")),
        _ => None,
    };
    match size {
        // A shop of a size is the sample shop with other orders, and no history yet.
        Some(size) => (sized(SAMPLES[0].text, like, size), None),
        None => {
            let sample = SAMPLES.iter().find(|sample| sample.name == like);
            let sample = sample.unwrap_or(&SAMPLES[0]);
            (sample.text.to_owned(), sample.weeks)
        }
    }
}

fn sized(text: &str, size: &str, (orders, interactions): (&str, &str)) -> String {
    let seats = if size == "large" { "40" } else { "6" };
    text.replace("name = \"mid-shop\"", &format!("name = \"{size}-shop\""))
        .replace(
            "50 to 100 interactions a day",
            &format!("{interactions} interactions a day"),
        )
        .replace(
            "orders_per_day = 900",
            &format!("orders_per_day = {orders}"),
        )
        .replace("seats = 6\n", &format!("seats = {seats}\n"))
        .replace(
            "[history]\nfile = \"history-synthetic.csv\"\ntimestamps = \"local\"\n",
            "# Put an export beside this file (timestamp,series,volume) and take the signs away:\n\
             # [history]\n# file = \"history.csv\"\n# timestamps = \"local\"\n",
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_can_be_checked_as_it_is_written() {
        for like in names() {
            let dir = tempfile::tempdir().unwrap();
            let target = dir.path().join("new");
            let files = write(&target, like).unwrap();
            let scenario =
                input::read(&target).unwrap_or_else(|problems| panic!("{}", problems[0]));
            assert!(scenario.setups.len() >= 4, "{like}");
            let history = scenario
                .queues
                .values()
                .all(|queue| queue.demand.history.is_some());
            assert_eq!(history, files.len() == 2, "{like}");
            assert!(
                write(&target, like).is_err(),
                "{like} must not be overwritten"
            );
        }
    }

    #[test]
    fn sizes_differ_in_orders() {
        let orders = |like: &str| {
            let scenario = input::read_text(&template(like).0, None).unwrap();
            scenario
                .clients
                .values()
                .next()
                .and_then(|client| client.orders_per_day)
        };
        assert_eq!(orders("small"), Some(130.0));
        assert_eq!(orders("medium"), Some(900.0));
        assert_eq!(orders("large"), Some(6500.0));
        for (like, said) in [
            ("small", "about 10 "),
            ("medium", "about 70 "),
            ("large", "about 500 "),
        ] {
            let text = template(like).0;
            let first = text.lines().next().unwrap_or_default();
            assert!(first.contains(said), "{first}");
        }
    }
}
