//! The terminal that a person looks at.

/// Columns where no terminal says how many there are.
const ELSEWHERE: usize = 100;

/// Columns to fill.
pub(super) fn columns() -> usize {
    terminal().unwrap_or(ELSEWHERE)
}

/// Columns that a table may take: all of a terminal's, any number elsewhere.
pub(super) fn room() -> usize {
    terminal().unwrap_or(usize::MAX)
}

fn terminal() -> Option<usize> {
    let (terminal_size::Width(columns), _) = terminal_size::terminal_size_of(std::io::stdout())?;
    Some(usize::from(columns))
}
