//! The text of an exported file: by the mark at its start, by the encoding that its reader names, as UTF-8, or by what
//! its letters tell. Excel saves a CSV in the code page of its Windows, which no byte of the file names: windows-1250 in
//! Prague and Warsaw, windows-1252 in Paris, and some bytes are letters of both.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8};

use crate::problem::{Place, Problem};

/// An encoding that somebody names.
pub type Named = &'static Encoding;

/// A file's text.
#[derive(Debug)]
pub struct Decoded {
    pub text: String,
    /// Where its encoding was found out from its letters.
    pub guess: Option<Guess>,
    /// Of a named or marked encoding: the first line with bytes that it does not have.
    broken: Option<(usize, &'static str)>,
}

/// An encoding that a file does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    pub encoding: &'static str,
    /// A cell that it matters for, and its line.
    pub sample: String,
    pub line: usize,
}

/// Letters of a sample.
const SHOWN: usize = 40;

/// The encoding of a name like "windows-1250", "cp1250" or "latin2", or what to write.
pub fn named(label: &str) -> Result<Named, String> {
    Encoding::for_label_no_replacement(label.as_bytes()).ok_or_else(|| {
        format!(
            "there is no encoding `{label}`; usual are windows-1250 (Czech, Polish, Hungarian), windows-1252 (French, \
             German), windows-1251 (Bulgarian, Ukrainian), utf-8"
        )
    })
}

/// The text of bytes in the encoding `asked` for, unless they are marked.
pub fn read(bytes: &[u8], asked: Option<Named>) -> Decoded {
    let mark = Encoding::for_bom(bytes);
    let known = mark.map(|(encoding, _)| encoding).or(asked);
    let bytes = &bytes[mark.map_or(0, |(_, length)| length)..];
    let encoding = known.unwrap_or_else(|| found(bytes));
    let (text, is_broken) = encoding.decode_without_bom_handling(bytes);
    let text = text.into_owned();
    let guess = match known {
        None if encoding != UTF_8 => sample(&text, |cell| !cell.is_ascii()),
        _ => None,
    };
    let guess = guess.map(|(line, cell)| Guess {
        encoding: encoding.name(),
        sample: cell.chars().take(SHOWN).collect(),
        line,
    });
    let broken = (is_broken && known.is_some())
        .then(|| sample(&text, |cell| cell.contains('\u{fffd}')))
        .flatten();
    let broken = broken.map(|(line, _)| (line, encoding.name()));
    Decoded {
        text,
        guess,
        broken,
    }
}

/// The text of bytes, whatever their encoding.
pub fn decode(bytes: &[u8]) -> String {
    read(bytes, None).text
}

/// UTF-8 where the bytes are, else what their letters tell.
fn found(bytes: &[u8]) -> Named {
    if std::str::from_utf8(bytes).is_ok() {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Deny)
}

/// The first cell that is wanted, and its line.
fn sample(text: &str, is_wanted: impl Fn(&str) -> bool) -> Option<(usize, &str)> {
    let lines = text.lines().enumerate();
    let cells = lines.flat_map(|(index, line)| {
        let cells = line.split([';', ',', '\t', '|', '"', '\r']);
        cells.map(move |cell| (index + 1, cell.trim()))
    });
    cells.into_iter().find(|(_, cell)| is_wanted(cell))
}

impl Decoded {
    /// What is wrong with it.
    pub fn problem(&self, file: &str) -> Option<Problem> {
        let (line, encoding) = self.broken?;
        let problem = Problem::new("csv-row", format!("the text is not {encoding}"));
        let problem = problem.at(Place::line(file, line));
        Some(problem.remedy("save the file as UTF-8, or name the encoding that it has"))
    }
}

impl Guess {
    /// What to know and to do about it, of a scenario's history.
    pub fn problem(&self, file: &str) -> Problem {
        Problem::new("guessed-encoding", self.cause(file))
            .at(Place::line(file, self.line))
            .remedy(format!(
                "name it if that is right, or another if it is garbled, as `encoding = \"{}\"` beside `file`; or save \
                 the file as UTF-8",
                self.encoding
            ))
    }

    /// The same in a sentence, of a bare history.
    pub fn note(&self, file: &str) -> String {
        format!(
            "{}; if that is garbled, name another with --encoding",
            self.cause(file)
        )
    }

    fn cause(&self, file: &str) -> String {
        format!(
            "{file} does not say its encoding and is read as {}, as its letters tell: `{}`",
            self.encoding, self.sample
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of a series as Excel saves them in a code page.
    fn rows(series: &str, page: &str) -> Vec<u8> {
        let rows: String = (0..24)
            .map(|hour| format!("3.8.2026 {hour}:00;{series};3\n"))
            .collect();
        let text = format!("timestamp;series;volume\n{rows}");
        let (bytes, _, unmappable) = named(page).unwrap().encode(&text);
        assert!(!unmappable, "{series} in {page}");
        bytes.into_owned()
    }

    #[test]
    fn the_letters_of_a_language_tell_its_code_page() {
        for (series, page) in [
            ("péče žluť", "windows-1250"),
            ("vrácení", "windows-1250"),
            ("Obsługa", "windows-1250"),
            ("zażalenia łódź", "windows-1250"),
            ("clienţi", "windows-1250"),
            ("réclamations façade", "windows-1252"),
            ("España", "windows-1252"),
            ("Rücksendungen", "windows-1252"),
            ("България", "windows-1251"),
        ] {
            let read = read(&rows(series, page), None);
            assert!(read.text.contains(series), "{series}: {:?}", read.guess);
            let guess = read.guess.unwrap();
            assert_eq!((guess.sample.as_str(), guess.line), (series, 2));
        }
    }

    #[test]
    fn what_a_file_says_or_its_reader_names_goes_before_what_its_letters_tell() {
        // Bytes of one sign each in both pages: only their reader knows.
        let bytes = rows("ř", "windows-1250");
        let text = |page: &str| read(&bytes, Some(named(page).unwrap())).text;
        assert!(text("cp1250").contains("ř") && text("latin1").contains("ø"));
        let marked: Vec<u8> = [0xFF, 0xFE]
            .into_iter()
            .chain("ř".encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        let marked = read(&marked, Some(named("cp1250").unwrap()));
        assert_eq!((marked.text.as_str(), marked.guess), ("ř", None));
        assert_eq!(read("ř".as_bytes(), None).guess, None);
        assert!(named("cp1249").unwrap_err().contains("windows-1250"));
    }

    #[test]
    fn bytes_that_a_named_encoding_does_not_have_are_told_by_their_line() {
        let told = read(b"time;volume\n1;2\n2;\x9e\n", Some(UTF_8));
        let problem = told.problem("x.csv").unwrap();
        assert_eq!(problem.place.map(|place| place.line), Some(3));
        assert!(read(b"time\n", Some(UTF_8)).problem("x.csv").is_none());
    }
}
