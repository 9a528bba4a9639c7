//! A bare history as the commands that read one are told of it.

use std::path::PathBuf;

use chrono_tz::Tz;

use crate::demand::history::History;
use crate::input::encoding::{self, Named};
use crate::input::history::{self, Reading};
use crate::problem::Problem;

#[derive(Debug, clap::Args)]
pub(super) struct Bare {
    /// CSV with the columns timestamp, series, volume.
    pub history: PathBuf,
    /// Time zone whose wall clock the series follow; turns UTC stamps into local ones.
    #[arg(long)]
    pub tz: Option<Tz>,
    /// Country, or country and region, of the public holidays (CZ, US-PA).
    #[arg(long)]
    pub country: Option<String>,
    /// Slot length (15m, 30m, 1h); sniffed unless given.
    #[arg(long, value_parser = minutes)]
    pub slot: Option<u32>,
    /// Encoding of the file (windows-1250, windows-1252); found out unless given.
    #[arg(long, value_name = "NAME", value_parser = encoding::named)]
    pub encoding: Option<Named>,
}

impl Bare {
    /// The history and the zone whose wall clock it is on, if that is known, or everything wrong with it. What
    /// is to be known of how it was read is told.
    pub fn read(&self) -> Result<(History, Option<Tz>), Vec<Problem>> {
        let reading = Reading {
            zone: self.tz,
            slot: self.slot,
            country: self.country.clone(),
            encoding: self.encoding,
        };
        let found = history::read_with_clock(&self.history, &reading)?;
        for note in &found.notes {
            eprintln!("note: {note}");
        }
        Ok((found.history, found.zone))
    }
}

/// `30m`, `1h`, `1d` as minutes.
fn minutes(text: &str) -> Result<u32, String> {
    let (number, unit) = text.split_at(text.trim_end_matches(char::is_alphabetic).len());
    let scale = match unit {
        "" | "m" | "min" => 1,
        "h" => 60,
        "d" => 1440,
        _ => return Err("write minutes or hours: 30m, 1h".into()),
    };
    let total = number.parse().ok().map(|n: u32| n.saturating_mul(scale));
    total
        .filter(|n| *n > 0 && 1440 % n == 0)
        .ok_or_else(|| "a slot must divide the day: 15m, 30m, 1h".into())
}
