//! What a user got wrong: a code, a place, a cause and a remedy. Every problem of a scenario is
//! collected before any is shown.

mod codes;

use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde::Serialize;

pub use codes::{CODES, LEFT_OPEN, UNSERVED};

/// One thing wrong with the input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Kebab-case, stable: `unknown-language`. Those of a scenario are [`CODES`].
    pub code: &'static str,
    /// Boxed, so that a result with a problem stays small.
    pub place: Option<Box<Place>>,
    /// What is wrong.
    pub cause: String,
    /// What to do about it.
    pub remedy: Option<String>,
    /// How many it stands for: one, or more of a kind than are worth showing.
    #[serde(skip)]
    pub count: usize,
}

/// Where in the input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// As the user named it.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters; none where the whole line is meant.
    pub column: Option<usize>,
    /// The line itself, and the bytes of it to underline.
    #[serde(skip)]
    pub excerpt: Option<(String, Range<usize>)>,
}

impl Place {
    /// A whole line of a file.
    pub fn line(file: impl Into<String>, line: usize) -> Self {
        Self {
            file: file.into(),
            line,
            column: None,
            excerpt: None,
        }
    }

    /// Bytes of a file's text; of a span over several lines the first counts.
    pub fn span(file: impl Into<String>, text: &str, span: Range<usize>) -> Self {
        let start = boundary(text, span.start);
        let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = text[start..]
            .find('\n')
            .map_or(text.len(), |newline| start + newline);
        let line = text[line_start..line_end].trim_end_matches('\r');
        let from = (start - line_start).min(line.len());
        let end = boundary(text, span.end).max(start);
        let to = (end - line_start).clamp(from, line.len());
        Self {
            file: file.into(),
            line: text[..line_start].matches('\n').count() + 1,
            column: Some(line[..from].chars().count() + 1),
            excerpt: Some((line.to_owned(), from..to)),
        }
    }
}

/// The nearest place up to `index` at which `text` may be cut.
fn boundary(text: &str, index: usize) -> usize {
    (0..=index.min(text.len()))
        .rev()
        .find(|index| text.is_char_boundary(*index))
        .unwrap_or(0)
}

impl Problem {
    /// A problem without a place or remedy yet.
    pub fn new(code: &'static str, cause: impl Into<String>) -> Self {
        Self {
            code,
            place: None,
            cause: cause.into(),
            remedy: None,
            count: 1,
        }
    }

    /// Says how many like it are not shown.
    pub fn standing_for(mut self, count: usize) -> Self {
        self.count = count;
        self
    }

    /// Says where.
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(Box::new(place));
        self
    }

    /// Says what to do.
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// The problem with its line, a caret and the remedy, coloured if `styled`.
    pub fn render(&self, styled: bool) -> String {
        self.rendered(Level::ERROR, styled)
    }

    /// The same as a warning: what follows goes on all the same.
    pub fn render_warning(&self, styled: bool) -> String {
        self.rendered(Level::WARNING, styled)
    }

    fn rendered(&self, level: Level<'_>, styled: bool) -> String {
        let title = level.primary_title(&self.cause).id(self.code);
        let mut groups = Vec::with_capacity(2);
        groups.push(match &self.place {
            Some(place) => match &place.excerpt {
                Some((line, span)) => title.element(
                    Snippet::source(line)
                        .path(&place.file)
                        .line_start(place.line)
                        .annotation(AnnotationKind::Primary.span(span.clone())),
                ),
                None => {
                    title.element(annotate_snippets::Origin::path(&place.file).line(place.line))
                }
            },
            None => Group::with_title(title),
        });
        if let Some(remedy) = &self.remedy {
            groups.push(Group::with_title(Level::HELP.secondary_title(remedy)));
        }
        let renderer = if styled {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        renderer.render(&groups)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caret_points_at_the_bytes_in_question() {
        let text = "[[queue]]\nlanguage = \"čz\"\n";
        let start = text.find('"').unwrap();
        let problem = Problem::new("unknown-language", "`čz` is no language")
            .at(Place::span("scenario.toml", text, start..start + 5))
            .remedy("did you mean `cs`?");
        let place = problem.place.clone().unwrap();
        assert_eq!((place.line, place.column), (2, Some(12)));
        let shown = problem.to_string();
        assert!(shown.contains("scenario.toml:2:12"), "{shown}");
        assert!(shown.contains("^^^^"), "{shown}");
        assert!(shown.contains("did you mean"), "{shown}");
    }

    #[test]
    fn spans_beyond_the_text_do_not_panic() {
        for span in [0..0, 3..9, 90..100, 2..3] {
            let place = Place::span("x", "aé\nb", span);
            assert!(
                !Problem::new("toml-syntax", "x")
                    .at(place)
                    .to_string()
                    .is_empty()
            );
        }
    }

    #[test]
    fn codes_are_unique_kebab_case_and_described() {
        for (index, (code, meaning)) in CODES.iter().enumerate() {
            assert!(code.chars().all(|c| c.is_ascii_lowercase() || c == '-'));
            assert!(meaning.len() > 10, "{code}");
            assert!(
                CODES[..index].iter().all(|(other, _)| other != code),
                "{code}"
            );
        }
    }
}
