//! The text being read and everything found wrong with it.

use std::cell::RefCell;
use std::ops::Range;

use crate::problem::{Place, Problem};
use crate::scenario::Assumed;

/// A file's text, as the user named the file.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub file: String,
    pub text: String,
}

/// A value and the bytes of the file that say it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct At<T> {
    pub value: T,
    pub span: Range<usize>,
}

/// What reading found beside the values: in all files together.
#[derive(Debug, Default)]
pub(super) struct Notes {
    problems: RefCell<Vec<Problem>>,
    doubts: RefCell<Vec<Problem>>,
    assumed: RefCell<Vec<Assumed>>,
}

impl Notes {
    /// Every problem, all that may be wrong, and every value that was left to the program.
    pub fn into_inner(self) -> (Vec<Problem>, Vec<Problem>, Vec<Assumed>) {
        (
            self.problems.into_inner(),
            self.doubts.into_inner(),
            self.assumed.into_inner(),
        )
    }
}

/// One file being read, and what is noted of all of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading<'a> {
    pub source: &'a Source,
    notes: &'a Notes,
}

impl<'a> Reading<'a> {
    pub fn new(source: &'a Source, notes: &'a Notes) -> Self {
        Self { source, notes }
    }

    /// Where `span` is.
    pub fn place(&self, span: &Range<usize>) -> Place {
        Place::span(&self.source.file, &self.source.text, span.clone())
    }

    /// Notes a problem at `span`.
    pub fn problem(&self, code: &'static str, span: &Range<usize>, cause: String, remedy: &str) {
        let mut problem = Problem::new(code, cause).at(self.place(span));
        if !remedy.is_empty() {
            problem = problem.remedy(remedy);
        }
        self.push(problem);
    }

    /// Notes a problem that has its place already.
    pub fn push(&self, problem: Problem) {
        self.notes.problems.borrow_mut().push(problem);
    }

    /// Notes what may be wrong, and is read as it stands.
    pub fn doubt(&self, problem: Problem) {
        self.notes.doubts.borrow_mut().push(problem);
    }

    /// Notes a value that was left to the program.
    pub fn assumed(&self, field: &'static str, whose: &str, source: impl Into<String>) {
        self.notes.assumed.borrow_mut().push(Assumed {
            field,
            whose: whose.to_owned(),
            source: source.into(),
        });
    }
}

/// "did you mean …?" where a candidate is near, else the candidates, else nothing.
pub(super) fn did_you_mean<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> String {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    let lower = word.to_lowercase();
    let nearest = candidates
        .iter()
        .map(|candidate| {
            let other = candidate.to_lowercase();
            (strsim::jaro_winkler(&lower, &other), candidate)
        })
        .filter(|(similarity, _)| *similarity > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match nearest {
        Some((_, candidate)) => format!("did you mean `{candidate}`?"),
        None if candidates.is_empty() => String::new(),
        None if candidates.len() <= 24 => format!("one of: {}", candidates.join(", ")),
        None => String::new(),
    }
}
