//! Numbers as exports write them: whether a sign parts thousands or decimals is told by the whole column.

use crate::problem::{Place, Problem};

/// A number of a cell, and what its signs say of the column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Written {
    /// With a single sign read as a decimal one.
    pub value: f64,
    pub form: Form,
}

/// What the signs of a number are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Form {
    /// Digits alone.
    Whole,
    /// The sign parts thousands for sure: "1,175,123", "1,175.5".
    Thousands(char),
    /// The sign is a decimal one for sure: "3.5", "0.125".
    Decimal(char),
    /// One sign before three digits: "1,175".
    Either(char),
}

/// Reads a number; blanks and apostrophes between its digits part thousands.
pub(super) fn read(text: &str) -> Option<Written> {
    let plain: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !['\'', '\u{2019}'].contains(c))
        .collect();
    let signs: Vec<(usize, char)> = plain.char_indices().filter(|c| is_sign(c.1)).collect();
    let (text, form) = match signs.as_slice() {
        [] => (plain, Form::Whole),
        [(at, sign)] => {
            let (before, after) = (&plain[..*at], &plain[at + 1..]);
            let form = if is_group(after) && is_leading(before) {
                Form::Either(*sign)
            } else {
                Form::Decimal(*sign)
            };
            (format!("{before}.{after}"), form)
        }
        [(_, sign), .., (last, other)] => {
            let whole = if sign == other {
                &plain[..]
            } else {
                &plain[..*last]
            };
            let mut groups = whole.split(*sign);
            if !groups.next().is_some_and(is_leading) || !groups.all(is_group) {
                return None;
            }
            let whole = whole.replace(*sign, "");
            let text = match sign == other {
                true => whole,
                false => format!("{whole}.{}", &plain[last + 1..]),
            };
            (text, Form::Thousands(*sign))
        }
    };
    let value: f64 = text.parse().ok()?;
    value.is_finite().then_some(Written { value, form })
}

fn is_sign(c: char) -> bool {
    [',', '.'].contains(&c)
}

fn is_group(digits: &str) -> bool {
    digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Whether digits may stand before the first group of thousands.
fn is_leading(digits: &str) -> bool {
    let digits = digits.strip_prefix('-').unwrap_or(digits);
    (1..=3).contains(&digits.len())
        && !digits.starts_with('0')
        && digits.bytes().all(|b| b.is_ascii_digit())
}

/// What the numbers of a column say of one sign.
#[derive(Debug, Default)]
struct Sign {
    thousands: usize,
    decimal: usize,
    either: usize,
    /// The first cell that leaves it open.
    first: Option<(usize, String)>,
}

/// What the numbers of a column say together.
#[derive(Debug, Default)]
pub(super) struct Column {
    comma: Sign,
    point: Sign,
    whole: usize,
    /// The largest whole number without a sign.
    most: f64,
}

/// So many numbers that could be thousands are no chance hit.
const SEVERAL: usize = 3;

impl Column {
    pub fn note(&mut self, number: &Written, text: &str, line: usize) {
        match number.form {
            Form::Whole => {
                self.whole += 1;
                self.most = self.most.max(number.value);
            }
            Form::Thousands(sign) => {
                self.of(sign).thousands += 1;
                let other = if sign == ',' { '.' } else { ',' };
                self.of(other).decimal += usize::from(text.contains(other));
            }
            Form::Decimal(sign) => self.of(sign).decimal += 1,
            Form::Either(sign) => {
                let known = self.of(sign);
                known.either += 1;
                known.first.get_or_insert_with(|| (line, text.to_owned()));
            }
        }
    }

    fn of(&mut self, sign: char) -> &mut Sign {
        if sign == ',' {
            &mut self.comma
        } else {
            &mut self.point
        }
    }

    /// The sign before three digits that parts thousands, if one does; a problem where only who wrote the file
    /// can know. `delimiter` parts the cells.
    pub fn thousands(&self, file: &str, delimiter: u8) -> Result<Option<char>, Problem> {
        let pairs = [
            (',', &self.comma, &self.point),
            ('.', &self.point, &self.comma),
        ];
        for (sign, own, other) in pairs {
            let Some((line, text)) = &own.first else {
                continue;
            };
            let is_sure = own.thousands > 0 || other.decimal > 0;
            let is_decimal = own.decimal > 0;
            // Whole numbers end where the sign begins: a count of a thousand is never without it.
            let is_likely = own.either >= SEVERAL
                && !is_decimal
                && self.most < 1000.0
                && (self.whole > 0 || delimiter == b',' && sign == ',');
            match (is_sure || is_likely, is_decimal) {
                (true, false) => return Ok(Some(sign)),
                (false, true) => continue,
                _ => {
                    let whole = text.replace(sign, "");
                    let least = text.split(sign).next().unwrap_or_default();
                    let cause = format!("`{text}` may be {whole}, or a little more than {least}");
                    return Err(Problem::new("csv-row", cause)
                        .at(Place::line(file, *line))
                        .remedy(format!(
                            "write thousands without a sign ({whole}), and decimals with one or two digits"
                        )));
                }
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(texts: &[&str], delimiter: u8) -> Result<Option<char>, Problem> {
        let mut column = Column::default();
        for (line, text) in texts.iter().enumerate() {
            column.note(&read(text).expect("a number"), text, line + 2);
        }
        column.thousands("x.csv", delimiter)
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, value, form) in [
            ("12", 12.0, Form::Whole),
            ("1\u{202f}175", 1175.0, Form::Whole),
            ("1'175", 1175.0, Form::Whole),
            ("1,175", 1.175, Form::Either(',')),
            ("1,175,123", 1_175_123.0, Form::Thousands(',')),
            ("1.175,5", 1175.5, Form::Thousands('.')),
            ("0.125", 0.125, Form::Decimal('.')),
            ("1,5", 1.5, Form::Decimal(',')),
            ("1e3", 1000.0, Form::Whole),
        ] {
            assert_eq!(read(text), Some(Written { value, form }), "{text}");
        }
        for text in ["", "x", "1,17,5", "1,175,12", "nan", "1.2.3", ",", "1,,175"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn three_digits_after_the_sign_on_every_row_are_thousands() {
        assert_eq!(
            column(&["12", "1,175", "2,010", "1,002"], b';'),
            Ok(Some(','))
        );
        assert_eq!(
            column(&["12", "1.175", "2.010", "1.002"], b';'),
            Ok(Some('.'))
        );
        assert_eq!(column(&["1,175", "2,010", "1,002"], b','), Ok(Some(',')));
        assert_eq!(column(&["1,175", "2,010,333"], b';'), Ok(Some(',')));
        assert_eq!(column(&["1.175", "2,5"], b';'), Ok(Some('.')));
        let both = ["1,175.5", "2.125", "2.250", "2.375", "7"];
        assert_eq!(column(&both, b';'), Ok(None));
    }

    #[test]
    fn decimals_stay_and_what_is_open_is_asked() {
        assert_eq!(column(&["12.125", "3.5"], b','), Ok(None));
        assert_eq!(column(&["12.125", "0.500"], b','), Ok(None));
        let averages = ["12.125", "12.250", "12.375", "3.5", "7"];
        assert_eq!(column(&averages, b','), Ok(None));
        assert_eq!(column(&["12", "3"], b','), Ok(None));
        // One hit, or counts of a thousand without a sign beside it, or no whole number at all.
        for open in [
            &["12", "1.175"][..],
            &["1250", "1.175", "2.010", "1.002"],
            &["1.175", "2.010", "1.002"],
        ] {
            let problem = column(open, b',').expect_err("a question");
            assert!(problem.cause.contains("`1.175` may be 1175"), "{problem:?}");
        }
    }
}
