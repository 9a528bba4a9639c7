//! The records of a CSV, each with the line on which it stands: Excel ends lines by CR and LF, old Macs by CR, and
//! blank lines and comments count as lines too.

use csv::StringRecord;

/// Reads a text record by record.
pub struct Records<'t> {
    text: &'t [u8],
    reader: csv::Reader<&'t [u8]>,
    record: StringRecord,
    /// Bytes whose lines are counted, and the line that begins there.
    counted: usize,
    line: usize,
}

const COMMENT: u8 = b'#';

impl<'t> Records<'t> {
    /// Records of cells between `delimiter`s, trimmed; lines that begin with `#` are none.
    pub fn of(text: &'t str, delimiter: u8) -> Self {
        Self {
            text: text.as_bytes(),
            reader: csv::ReaderBuilder::new()
                .delimiter(delimiter)
                .comment(Some(COMMENT))
                .flexible(true)
                .trim(csv::Trim::All)
                .from_reader(text.as_bytes()),
            record: StringRecord::new(),
            counted: 0,
            line: 1,
        }
    }

    /// The names of the columns; none of an empty text.
    pub fn header(&mut self) -> StringRecord {
        self.reader.headers().cloned().unwrap_or_default()
    }

    /// The next record below the header, and its line in the file, from 1; or why it cannot be read.
    pub fn read(&mut self) -> Option<(usize, Result<&StringRecord, String>)> {
        let read = self.reader.read_record(&mut self.record);
        let place = match &read {
            Ok(false) => return None,
            Ok(true) => self.record.position(),
            Err(error) => error.position(),
        };
        let line = match place.map(|place| place.byte() as usize) {
            Some(byte) => self.line_at(byte),
            None => self.line,
        };
        let read = read
            .map(|_| &self.record)
            .map_err(|error| error.to_string());
        Some((line, read))
    }

    /// The line of the record that the reader begins to look for at a byte: what it passes over lies before it.
    fn line_at(&mut self, byte: usize) -> usize {
        while self.counted < byte {
            self.pass();
        }
        loop {
            match self.text.get(self.counted) {
                Some(b'\r' | b'\n') => self.pass(),
                Some(&COMMENT) => {
                    while !matches!(self.text.get(self.counted), None | Some(b'\n')) {
                        self.pass();
                    }
                }
                _ => return self.line,
            }
        }
    }

    /// Goes a byte on.
    fn pass(&mut self) {
        let next = self.text.get(self.counted + 1);
        match self.text.get(self.counted) {
            Some(b'\n') => self.line += 1,
            Some(b'\r') if next != Some(&b'\n') => self.line += 1,
            _ => {}
        }
        self.counted += 1;
    }
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
pub fn sniff_delimiter(text: &str) -> u8 {
    let header = text
        .split(['\r', '\n'])
        .find(|line| !line.starts_with('#') && !line.trim().is_empty())
        .unwrap_or_default();
    [b';', b'\t', b'|', b',']
        .into_iter()
        .max_by_key(|sign| header.bytes().filter(|byte| byte == sign).count())
        .unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<(usize, String)> {
        let mut records = Records::of(text, b',');
        records.header();
        let mut found = Vec::new();
        while let Some((line, record)) = records.read() {
            found.push((line, record.unwrap().get(0).unwrap().to_owned()));
        }
        found
    }

    #[test]
    fn a_record_stands_on_its_line_however_lines_end() {
        let text = "x,y\na,1\n\nb,2\n\"c\nc\",3\nd,4";
        let wanted = [(2, "a"), (4, "b"), (5, "c\nc"), (7, "d")];
        for end in ["\n", "\r\n", "\r"] {
            let found = lines(&text.replace('\n', end));
            let wanted = wanted.map(|(line, cell)| (line, cell.replace('\n', end)));
            assert_eq!(found, wanted, "{end:?}");
        }
        let remarks = "\r\n# of two, cells\r\nx,y\r\na,1\r\n# one more\r\n\r\nb,2\r\n";
        assert_eq!(lines(remarks), [(4, "a".to_owned()), (7, "b".to_owned())]);
        assert!(lines("").is_empty() && lines("x,y").is_empty());
    }
}
