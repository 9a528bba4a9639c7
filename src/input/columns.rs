//! The columns of a CSV of contacts, by the names that exports give them, and what stands in a row.

use super::cells::{Records, named_twice};
use super::number::{self, Form, Written};
use super::timestamp::{self, Order, Stamp};
use crate::problem::{Place, Problem};

/// A row that could be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub stamp: Stamp,
    pub volume: f64,
    /// The sign that parts its thousands or its decimals, as the rest of its column tells.
    pub sign: Option<char>,
    pub handle_time: Option<f64>,
    /// Of the file, from 1.
    pub line: usize,
}

/// Which column holds what.
#[derive(Debug)]
pub(super) struct Columns {
    timestamp: usize,
    pub series: Option<usize>,
    pub volume: Option<usize>,
    handle_time: Option<usize>,
    /// How the file writes days with slashes, where it tells.
    pub order: Option<Order>,
    /// What the volumes say together.
    pub numbers: number::Column,
}

/// Contacts of one row beyond which it is a mistake.
const MOST: f64 = 1e7;

impl Columns {
    pub fn find(file: &str, header: &csv::StringRecord) -> Result<Self, Vec<Problem>> {
        let names: Vec<String> = header
            .iter()
            .map(|name| name.to_lowercase().replace(['_', '-', ' '], ""))
            .collect();
        let column = |known: &[&str]| {
            known
                .iter()
                .find_map(|known| names.iter().position(|name| name == known))
        };
        let timestamp = column(&[
            "timestamp",
            "datetime",
            "intervalstartutcdate",
            "intervalstart",
            "createdat",
            "createdtime",
            "start",
            "time",
            "date",
        ]);
        let Some(timestamp) = timestamp else {
            let found: Vec<&str> = header.iter().collect();
            let cause = match found.join(", ") {
                names if names.is_empty() => format!("{file} is empty"),
                names => format!("{file} has no column of times; it has: {names}"),
            };
            return Err(vec![
                Problem::new("csv-header", cause)
                .at(Place::line(file, 1))
                .remedy(
                    "name its columns timestamp,series,volume (slots) or timestamp,series (contacts)",
                ),
            ]);
        };
        let series = column(&["series", "queue", "queuename"]);
        let volume = column(&[
            "volume",
            "contacts",
            "count",
            "offered",
            "incomingcontactvolume",
            "calls",
        ]);
        let handle_time = column(&[
            "handletime",
            "aht",
            "averagehandletime",
            "handletimeseconds",
            "duration",
        ]);
        let used = [Some(timestamp), series, volume, handle_time];
        if let Some(name) = named_twice(&names, used.into_iter().flatten()) {
            let cause = format!("{file} has more than one column `{name}`");
            return Err(vec![
                Problem::new("csv-header", cause)
                    .at(Place::line(file, 1))
                    .remedy("keep the one that counts, and give the other another name"),
            ]);
        }
        Ok(Self {
            timestamp,
            series,
            volume,
            handle_time,
            order: None,
            numbers: number::Column::default(),
        })
    }

    /// Learns from all rows in which order days with slashes are written.
    pub fn learn_order(&mut self, text: &str, delimiter: u8) {
        if text.contains('/') {
            let mut records = Records::of(text, delimiter);
            let rows = std::iter::from_fn(|| {
                let (_, record) = records.read()?;
                let time = record.ok().and_then(|record| record.get(self.timestamp));
                Some(time.unwrap_or("").to_owned())
            });
            self.order = timestamp::order(rows);
        }
    }

    /// The row of a record on a line of the file.
    pub fn row(&mut self, line: usize, record: &csv::StringRecord) -> Result<Row, String> {
        let cell = |column: usize| record.get(column).unwrap_or("");
        let text = cell(self.timestamp);
        let stamp = timestamp::parse(text, self.order)
            .ok_or_else(|| timestamp::complaint(text, self.order))?;
        let (volume, sign) = match self.volume {
            None => (1.0, None),
            Some(column) => match number::read(cell(column)) {
                Some(written) if (0.0..=MOST).contains(&written.value) => {
                    self.numbers.note(&written, cell(column), line);
                    let sign = match written.form {
                        Form::Either(sign) => Some(sign),
                        _ => None,
                    };
                    (written.value, sign)
                }
                Some(Written { value: volume, .. }) if volume < 0.0 => {
                    return Err(format!("a volume of {volume} is negative"));
                }
                Some(Written { value: volume, .. }) => {
                    return Err(format!(
                        "a volume of {volume} is above {MOST}, the most of a slot"
                    ));
                }
                None if cell(column).is_empty() => return Err("the volume is missing".to_owned()),
                None => return Err(format!("`{}` is no volume", cell(column))),
            },
        };
        let handle_time = match self.handle_time.map(cell) {
            None | Some("") => None,
            Some(text) => match number::read(text).map(|written| written.value) {
                Some(seconds) if (0.0..=1e6).contains(&seconds) => Some(seconds),
                _ => return Err(format!("`{text}` is no handle time in seconds")),
            },
        };
        Ok(Row {
            stamp,
            volume,
            sign,
            handle_time,
            line,
        })
    }
}
