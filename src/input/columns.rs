//! The columns of a CSV of contacts, by the names that exports give them, and what stands in a row.

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

/// Reads the cells of a text.
pub(super) fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .comment(Some(b'#'))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes())
}

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
        Ok(Self {
            timestamp,
            series: column(&["series", "queue", "queuename"]),
            volume: column(&[
                "volume",
                "contacts",
                "count",
                "offered",
                "incomingcontactvolume",
                "calls",
            ]),
            handle_time: column(&[
                "handletime",
                "aht",
                "averagehandletime",
                "handletimeseconds",
                "duration",
            ]),
            order: None,
            numbers: number::Column::default(),
        })
    }

    /// Learns from all rows in which order days with slashes are written.
    pub fn learn_order(&mut self, text: &str, delimiter: u8) {
        if text.contains('/') {
            let rows = reader(text, delimiter).into_records().flatten();
            let times = rows.map(|row| row.get(self.timestamp).unwrap_or("").to_owned());
            self.order = timestamp::order(times);
        }
    }

    pub fn row(&mut self, record: &csv::StringRecord) -> Result<Row, String> {
        let cell = |column: usize| record.get(column).unwrap_or("");
        let text = cell(self.timestamp);
        let stamp = timestamp::parse(text, self.order)
            .ok_or_else(|| timestamp::complaint(text, self.order))?;
        let (volume, sign) = match self.volume {
            None => (1.0, None),
            Some(column) => match number::read(cell(column)) {
                Some(written) if (0.0..=MOST).contains(&written.value) => {
                    self.numbers.note(&written, cell(column), line_of(record));
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
            line: line_of(record),
        })
    }
}

/// The line on which a record starts.
pub(super) fn line_of(record: &csv::StringRecord) -> usize {
    record
        .position()
        .map_or(0, |position| position.line() as usize)
}

/// The text of bytes by their mark, else as UTF-8, else as Latin-1.
pub fn decode(bytes: &[u8]) -> String {
    let wide = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = rest
            .chunks_exact(2)
            .map(|pair| unit([pair[0], pair[1]]))
            .collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        [0xFF, 0xFE, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => wide(rest, u16::from_be_bytes),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
        },
    }
}

/// The sign that parts the columns of the first line that is no comment.
pub(super) fn sniff_delimiter(text: &str) -> u8 {
    let header = text
        .lines()
        .find(|line| !line.starts_with('#') && !line.trim().is_empty())
        .unwrap_or_default();
    [b';', b'\t', b'|', b',']
        .into_iter()
        .max_by_key(|sign| header.bytes().filter(|byte| byte == sign).count())
        .unwrap_or(b',')
}
