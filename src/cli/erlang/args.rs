//! What a person types at the calculator: durations like 3m, 20s, 1h30m; shares like 80%, 80 % or 0.8.

use crate::input::typed;
use crate::requirement::presets::{Promise, preset};
use crate::requirement::{LevelOver, Patience, Target, Traffic, target_of};
use crate::scenario::chat_pace;
use crate::units::{Seconds, Share};

/// Handle times shorter than this are taken as this, seconds: zero would divide by nothing.
pub(super) const LEAST_TIME: f64 = 1e-3;

#[derive(Debug, clap::Args)]
#[command(allow_negative_numbers = true)]
pub(in crate::cli) struct Args {
    /// Contacts arriving in an interval; without it, what --agents carry on target.
    #[arg(long, value_parser = number)]
    pub contacts: Option<f64>,
    /// Length of the interval.
    #[arg(long, default_value = "30m", value_parser = interval)]
    pub per: f64,
    /// Mean handle time; for chat one per number of chats held: 6m,8m,10.5m.
    #[arg(long, value_delimiter = ',', required = true, value_parser = duration)]
    pub aht: Vec<f64>,
    /// Share answered within a time: 80/20s; or a promise by name: phone-20s-share, phone-20s-mean,
    /// phone-20s-p95.
    #[arg(long, default_value = "80/20s", value_parser = promise)]
    target: Target,
    /// What the share is taken over: offered, answered, or late (answered + abandoned after the time).
    #[arg(long, default_value = "offered", value_parser = ["offered", "answered", "late"])]
    over: String,
    /// Longest mean wait, on top of the target.
    #[arg(long, value_parser = duration)]
    mean_wait: Option<f64>,
    /// A quantile of the wait, on top of the target: 95/20s.
    #[arg(long, value_parser = share_within)]
    wait_quantile: Option<(f64, f64)>,
    /// Highest share that may hang up, on top of the target.
    #[arg(long, value_parser = share)]
    max_abandon: Option<f64>,
    /// Highest share of time an agent may be busy.
    #[arg(long, value_parser = share)]
    max_occupancy: Option<f64>,
    /// Paid time not on the line.
    #[arg(long, default_value = "0%", value_parser = shrinkage)]
    pub shrinkage: f64,
    /// Mean patience; without it nobody hangs up.
    #[arg(long, value_parser = duration)]
    patience: Option<f64>,
    /// Share of those who hang up that call again.
    #[arg(long, default_value = "0%", value_parser = share)]
    retrial: f64,
    /// Chats an agent holds at once.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=20))]
    chat: Option<u32>,
    /// Instead of a target: work that may wait must be done within this time of open hours.
    #[arg(long, value_parser = interval, conflicts_with_all = ["target", "patience", "chat", "agents"])]
    pub deadline: Option<f64>,
    /// Probability with which a deadline is kept.
    #[arg(long, default_value = "95%", value_parser = share)]
    pub probability: f64,
    /// How much the day's load varies beyond chance: its standard deviation over its mean, as in 15%. The
    /// service is then the expected one over quiet and busy days.
    #[arg(long, default_value = "0%", value_parser = share)]
    pub busyness: f64,
    /// Instead, size for the load that so many of a hundred days do not exceed: 90%.
    #[arg(long, value_parser = share, requires = "busyness")]
    pub busy_day: Option<f64>,
    /// Agents there are: what service they give, or (without --contacts) what they carry.
    #[arg(long, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub agents: Option<u32>,
    /// Simulate single intervals even where the formula is strong.
    #[arg(long)]
    pub simulate: bool,
    /// Seed of the simulation.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

impl Args {
    /// The contacts' handling and patience, at no rate yet.
    pub fn traffic(&self) -> Traffic {
        let first = self.aht[0].max(LEAST_TIME);
        let pace = match (self.aht.len(), self.chat) {
            (1, chats) => chat_pace(chats.unwrap_or(1)),
            (_, chats) => {
                let last = self.aht[self.aht.len() - 1];
                let chats = chats.map_or(self.aht.len(), |chats| chats as usize);
                (0..chats)
                    .map(|held| self.aht.get(held).unwrap_or(&last).max(LEAST_TIME) / first)
                    .collect()
            }
        };
        Traffic {
            pace,
            retrial: self.retrial,
            ..Traffic::new(0.0, first).with_patience(Patience::of_mean(self.patience))
        }
    }

    pub fn target(&self) -> Target {
        let level = self.target.level;
        Target {
            level: level.map(|(share, within, _)| (share, within, self.over())),
            mean_wait: self.mean_wait.or(self.target.mean_wait),
            wait_quantile: self.wait_quantile.or(self.target.wait_quantile),
            abandoned: self.max_abandon,
            occupancy: self.max_occupancy,
        }
    }

    pub fn over(&self) -> LevelOver {
        match self.over.as_str() {
            "answered" => LevelOver::Answered,
            "late" => LevelOver::AnsweredAndLateAbandoned,
            _ => LevelOver::Offered,
        }
    }

    /// The time within which contacts should be answered, seconds; that of the other parts of the target
    /// where it names no share.
    pub fn within(&self) -> f64 {
        let target = &self.target;
        let level = target.level.map(|(_, within, _)| within);
        level
            .or(target.wait_quantile.map(|(_, wait)| wait))
            .or(target.mean_wait)
            .unwrap_or(0.0)
    }

    /// Whether some part promises every single contact an answer in time.
    pub fn promises_all(&self) -> bool {
        let target = self.target();
        let shares = [
            target.level.map(|(share, ..)| share),
            target.wait_quantile.map(|(share, _)| share),
        ];
        shares.into_iter().flatten().any(|share| share > 1.0 - 1e-9)
    }
}

/// "1h30m", "20s", "1.5h", "90" (seconds), in seconds.
fn duration(text: &str) -> Result<f64, String> {
    typed::time(text).map(Seconds::value)
}

/// "80%", "80 %", "0.8", "80", as 0 to 1: a bare number above one can only be percent.
fn share(text: &str) -> Result<f64, String> {
    let percent = text
        .trim()
        .parse::<f64>()
        .ok()
        .filter(|number| *number > 1.0);
    let share = match percent {
        Some(percent) => typed::share(&format!("{percent}%")),
        None => typed::share(text),
    };
    share.map(Share::value)
}

fn shrinkage(text: &str) -> Result<f64, String> {
    match share(text)? {
        value if value < 1.0 => Ok(value),
        _ => Err("nobody is left at 100 % shrinkage".to_owned()),
    }
}

/// A duration that is not nothing.
fn interval(text: &str) -> Result<f64, String> {
    match duration(text)? {
        seconds if seconds > 0.0 => Ok(seconds),
        _ => Err("an interval has a length; write 30m".to_owned()),
    }
}

/// "80/20s", or the name of a promise to those who wait.
fn promise(text: &str) -> Result<Target, String> {
    if let Some(preset) = preset(text) {
        return match &preset.promise {
            Promise::RealTime(target) => Ok(target_of(target, None)),
            Promise::Deferrable(_) => Err(format!(
                "'{text}' is a deadline: {}; simulate it in a scenario",
                preset.meaning
            )),
        };
    }
    share_within(text).map(|(share, within)| Target::level(share, within))
}

/// "80/20s": a share and a time.
fn share_within(text: &str) -> Result<(f64, f64), String> {
    let (part, within) = text
        .split_once('/')
        .ok_or_else(|| format!("'{text}' is no target; write 80/20s"))?;
    let share = typed::promised_share(part)?;
    Ok((share.value(), duration(within)?))
}

fn number(text: &str) -> Result<f64, String> {
    match text.trim().replace(',', ".").parse::<f64>() {
        Ok(value) if (0.0..=1e9).contains(&value) => Ok(value),
        _ => Err(format!("'{text}' is no number of contacts")),
    }
}

/// Seconds as a person writes them.
pub(in crate::cli) fn duration_text(seconds: f64) -> String {
    if seconds.is_nan() {
        return "–".to_owned();
    }
    if !seconds.is_finite() {
        return "no end".to_owned();
    }
    if seconds < 10.0 {
        return format!("{seconds:.1} s");
    }
    let whole = seconds.round() as u64;
    match (whole / 3600, whole / 60 % 60, whole % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, m, 0) => format!("{m} min"),
        (0, m, s) => format!("{m} min {s} s"),
        (h, 0, 0) => format!("{h} h"),
        (h, m, _) => format!("{h} h {m} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_shares_as_people_write_them() {
        for (text, seconds) in [
            ("3m", 180.0),
            ("20s", 20.0),
            ("1h30m", 5400.0),
            ("1.5h", 5400.0),
            ("10,5m", 630.0),
            ("90", 90.0),
            ("1h 5 m", 3900.0),
            ("0s", 0.0),
        ] {
            assert_eq!(duration(text), Ok(seconds), "{text}");
        }
        for text in ["", "m", "3x", "1h30", "-5s", "inf", "1..2s"] {
            assert!(duration(text).is_err(), "{text}");
        }
        for (text, value) in [
            ("80%", 0.8),
            ("80 %", 0.8),
            ("0.8", 0.8),
            ("80", 0.8),
            ("1%", 0.01),
        ] {
            assert!((share(text).unwrap() - value).abs() < 1e-12, "{text}");
        }
        for text in ["", "%", "120%", "-1", "eighty"] {
            assert!(share(text).is_err(), "{text}");
        }
        assert_eq!(share_within("80/20s"), Ok((0.8, 20.0)));
        assert!(share_within("1/20s").is_err());
        assert_eq!(promise("phone-20s-mean").unwrap().mean_wait, Some(20.0));
        assert!(promise("amazon-messages").is_err() && interval("0").is_err());
        assert!(share_within("80").is_err() && shrinkage("100%").is_err());
        assert_eq!(duration_text(f64::INFINITY), "no end");
        assert_eq!(duration_text(3900.0), "1 h 5 min");
    }
}
