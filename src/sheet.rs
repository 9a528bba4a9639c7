//! A table of cells as a value: computed once, then shown as CSV, JSON, HTML or a terminal table.

/// Spaces between two columns on a terminal.
const GAP: usize = 2;
/// Words are not cut below so many characters.
const NARROWEST: usize = 12;

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// What stands among numbers in words of its own: a length of time, an interval.
    Figure(String),
    /// A number with the decimals it is shown with.
    Number { value: f64, decimals: usize },
    /// A share 0 to 1, shown to people in percent.
    Percent { value: f64, decimals: usize },
    /// Nothing to say.
    Empty,
}

impl Cell {
    /// Words.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// What stands among numbers in words of its own.
    pub fn figure(text: impl Into<String>) -> Self {
        Self::Figure(text.into())
    }

    /// A number with its decimals.
    pub fn number(value: f64, decimals: usize) -> Self {
        Self::Number { value, decimals }
    }

    /// A share, shown in percent.
    pub fn percent(value: f64, decimals: usize) -> Self {
        Self::Percent { value, decimals }
    }

    /// Whether the cell is right-aligned.
    pub fn is_numeric(&self) -> bool {
        matches!(
            self,
            Self::Figure(_) | Self::Number { .. } | Self::Percent { .. }
        )
    }

    /// The cell as a person reads it: thousands apart by a thin space, shares in percent; a dash for
    /// what is no number.
    pub fn for_people(&self) -> String {
        match self {
            Self::Text(text) | Self::Figure(text) => text.clone(),
            Self::Number { value, .. } | Self::Percent { value, .. } if !value.is_finite() => {
                "–".to_owned()
            }
            Self::Number { value, decimals } => apart(&plain(*value, *decimals)),
            Self::Percent { value, decimals } => format!("{:.*} %", decimals, value * 100.0),
            Self::Empty => String::new(),
        }
    }

    /// The cell as a machine reads it: plain digits, shares 0 to 1; nothing for what is no number.
    pub fn for_machines(&self) -> String {
        match self {
            Self::Text(text) | Self::Figure(text) => text.clone(),
            Self::Number { value, .. } | Self::Percent { value, .. } if !value.is_finite() => {
                String::new()
            }
            Self::Number { value, decimals } => plain(*value, *decimals),
            Self::Percent { value, decimals } => plain(*value, decimals + 2),
            Self::Empty => String::new(),
        }
    }
}

/// A titled table: a header and rows of the same length.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sheet {
    pub header: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
}

impl Sheet {
    /// An empty sheet under the given header.
    pub fn new<S: Into<String>>(header: impl IntoIterator<Item = S>) -> Self {
        Self {
            header: header.into_iter().map(Into::into).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row; it has as many cells as the header.
    pub fn push(&mut self, row: Vec<Cell>) {
        debug_assert_eq!(row.len(), self.header.len());
        self.rows.push(row);
    }

    /// The sheet as aligned text for a terminal of so many columns: words are cut where rows are wider.
    pub fn for_terminal(&self, columns: usize) -> String {
        let rows: Vec<Vec<String>> = self
            .rows
            .iter()
            .map(|row| row.iter().map(Cell::for_people).collect())
            .collect();
        let width = |column: usize| {
            rows.iter()
                .map(|row| row[column].chars().count())
                .chain([self.header[column].chars().count()])
                .max()
                .unwrap_or(0)
        };
        let mut widths: Vec<usize> = (0..self.header.len()).map(width).collect();
        let right: Vec<bool> = (0..self.header.len())
            .map(|column| self.rows.iter().any(|row| row[column].is_numeric()))
            .collect();
        let words: Vec<usize> = (0..widths.len()).filter(|&column| !right[column]).collect();
        let room = columns.saturating_sub(GAP * widths.len().saturating_sub(1));
        while widths.iter().sum::<usize>() > room
            && let Some(&widest) = words.iter().max_by_key(|&&column| widths[column])
            && widths[widest] > NARROWEST
        {
            widths[widest] -= 1;
        }
        let line = |cells: &[String]| {
            let mut text = String::new();
            for (column, cell) in cells.iter().enumerate() {
                let cell = &cut(cell, widths[column]);
                let space = " ".repeat(widths[column] - cell.chars().count());
                if column > 0 {
                    text.push_str(&" ".repeat(GAP));
                }
                if right[column] {
                    text.push_str(&space);
                    text.push_str(cell);
                } else {
                    text.push_str(cell);
                    text.push_str(&space);
                }
            }
            text.trim_end().to_owned()
        };
        let mut text = line(&self.header);
        text.push('\n');
        for row in &rows {
            text.push_str(&line(row));
            text.push('\n');
        }
        text
    }

    /// The same, indented by two.
    pub fn indented(&self, columns: usize) -> String {
        let table = self.for_terminal(columns.saturating_sub(2));
        table.lines().map(|line| format!("  {line}\n")).collect()
    }
}

/// Text of at most so many characters; the last says that it was cut.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept = text.chars().take(most.saturating_sub(1));
    kept.chain(['…']).collect()
}

fn plain(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    // "-0.00" is noise of rounding, not a debt.
    if text
        .trim_start_matches('-')
        .chars()
        .all(|c| matches!(c, '0' | '.'))
    {
        text.trim_start_matches('-').to_owned()
    } else {
        text
    }
}

/// The digits of a plain number with its thousands apart.
pub(crate) fn apart(text: &str) -> String {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let mut out = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_see_groups_and_percent_machines_see_digits() {
        assert_eq!(
            Cell::number(1234567.891, 1).for_people(),
            "1\u{202f}234\u{202f}567.9"
        );
        assert_eq!(Cell::number(1234567.891, 1).for_machines(), "1234567.9");
        assert_eq!(Cell::percent(0.8125, 1).for_people(), "81.2 %");
        assert_eq!(Cell::percent(0.8125, 1).for_machines(), "0.812");
        assert_eq!(Cell::number(-0.0001, 2).for_people(), "0.00");
        assert_eq!(Cell::number(f64::NAN, 2).for_people(), "–");
        assert_eq!(Cell::percent(f64::INFINITY, 2).for_machines(), "");
    }

    #[test]
    fn numbers_stand_right_words_left() {
        let mut sheet = Sheet::new(["queue", "agents"]);
        sheet.push(vec![Cell::text("cs-phone"), Cell::number(2.0, 0)]);
        sheet.push(vec![Cell::text("mail"), Cell::number(12.0, 0)]);
        assert_eq!(
            sheet.for_terminal(80),
            "queue     agents\ncs-phone       2\nmail          12\n"
        );
    }

    #[test]
    fn words_are_cut_where_the_terminal_is_narrow_and_numbers_are_not() {
        let mut sheet = Sheet::new(["set-up", "a month", ""]);
        let row = |title: &str, tag: &str| {
            vec![Cell::text(title), Cell::number(1234.0, 0), Cell::text(tag)]
        };
        sheet.push(row("A team of the agency", "cheapest"));
        sheet.push(row("A pod", ""));
        let widest = |columns| {
            let text = sheet.for_terminal(columns);
            text.lines().map(|line| line.chars().count()).max()
        };
        assert_eq!(widest(80), Some(20 + 2 + 7 + 2 + 8));
        assert_eq!(widest(34), Some(34));
        assert!(sheet.for_terminal(34).contains("A team of the …"));
        // Never below what can be read.
        assert_eq!(widest(0), Some(12 + 2 + 7 + 2 + 8));
    }
}
