//! What a user got wrong: a code, a place, a cause and a remedy. Every problem of a scenario is
//! collected before any is shown.

use std::fmt;

/// One thing wrong with the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Kebab-case, stable: `unknown-language`.
    pub code: &'static str,
    pub place: Option<Place>,
    /// What is wrong.
    pub cause: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

/// Where in the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// As the user named it.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// Bytes of the file's text to underline, where known.
    pub span: Option<(usize, usize)>,
}

impl Problem {
    /// A problem without a place or remedy yet.
    pub fn new(code: &'static str, cause: impl Into<String>) -> Self {
        Self {
            code,
            place: None,
            cause: cause.into(),
            remedy: None,
        }
    }

    /// Says where.
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Says what to do.
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error[{}]: {}", self.code, self.cause)?;
        if let Some(place) = &self.place {
            write!(f, "\n --> {}:{}", place.file, place.line)?;
        }
        if let Some(remedy) = &self.remedy {
            write!(f, "\nhelp: {remedy}")?;
        }
        Ok(())
    }
}
