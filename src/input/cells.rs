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
        // The line in which Excel is told its delimiter is no record.
        let (text, line) = match told_delimiter(text) {
            Some((_, rest)) => (rest, 2),
            None => (text, 1),
        };
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
            line,
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

/// Of some columns by their names the first whose name another has too: nobody can tell which is meant.
pub fn named_twice(names: &[String], used: impl IntoIterator<Item = usize>) -> Option<&str> {
    let mut used = used.into_iter().map(|column| names[column].as_str());
    used.find(|used| names.iter().filter(|name| name == used).count() > 1)
}

/// The sign of a first line `sep=;`, which tells Excel the delimiter, and the text after that line.
fn told_delimiter(text: &str) -> Option<(u8, &str)> {
    let end = text.find(['\r', '\n'])?;
    let (first, rest) = text.split_at(end);
    let (name, sign) = first.trim_matches('"').split_at_checked(4)?;
    let sign = match sign.as_bytes() {
        [sign @ (b';' | b'\t' | b'|' | b',')] => *sign,
        _ => return None,
    };
    let rest = rest.strip_prefix("\r\n").unwrap_or(&rest[1..]);
    name.eq_ignore_ascii_case("sep=").then_some((sign, rest))
}

/// The sign that parts the columns: as the first line tells Excel, else the most frequent of the first line that is no
/// comment.
pub fn sniff_delimiter(text: &str) -> u8 {
    if let Some((sign, _)) = told_delimiter(text) {
        return sign;
    }
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

    #[test]
    fn the_delimiter_that_excel_is_told_is_taken_and_its_line_is_counted() {
        for end in ["\n", "\r\n", "\r"] {
            for told in ["sep=,", "SEP=,", "\"sep=,\""] {
                // By their number semicolons would part the columns.
                let text = format!("{told}{end}a;b;c,y{end}1;2;3,4{end}");
                assert_eq!(sniff_delimiter(&text), b',');
                assert_eq!(lines(&text), [(3, "1;2;3".to_owned())], "{text:?}");
            }
        }
        for none in ["sep=x\na;b\n", "sep\na;b;c\n", "sep=;", "č=;\n", ""] {
            assert!(told_delimiter(none).is_none(), "{none:?}");
        }
    }
}
