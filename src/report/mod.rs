//! A plan for people: one self-contained HTML file with its charts, and the tables of the terminal.
//! Numbers are computed in `digest` and `pictures`; sections only lay them out.

pub(crate) mod busy;
mod changes;
mod charts;
pub(crate) mod digest;
pub(crate) mod learning;
mod manager;
mod memo;
mod owner;
mod page;
mod pictures;
pub(crate) mod promised;
mod proof;
mod scorecard;
pub(crate) mod short;
pub(crate) mod subjects;
mod terminal;
pub(crate) mod words;

pub use changes::Changes;
pub use memo::Memo;
pub use terminal::terminal;

use crate::plan::Plan;
use digest::Digest;

/// The report and its charts.
pub struct Report {
    pub html: String,
    /// Each chart's name and SVG.
    pub charts: Vec<(String, String)>,
}

/// The report of a plan and of what changed since an earlier one, with each chart by itself.
pub fn render(plan: &Plan, changes: Option<&Changes>) -> Report {
    let digest = Digest::of(plan);
    let pictures = pictures::draw(&digest);
    let html = page::page(&digest, &pictures, changes);
    let mut charts: Vec<(String, String)> = Vec::new();
    for picture in pictures.into_all() {
        // Names made plain may meet.
        let taken = |name: &str| charts.iter().any(|(other, _)| other == name);
        let mut name = picture.file.clone();
        let mut number = 2;
        while taken(&name) {
            name = format!("{}-{number}", picture.file);
            number += 1;
        }
        charts.push((name, picture.svg));
    }
    Report { html, charts }
}

/// The report of a plan as one self-contained HTML file.
pub fn html(plan: &Plan) -> String {
    render(plan, None).html
}

/// The owner's memo as one self-contained HTML file.
pub fn memo(memo: &Memo) -> String {
    page::memo(memo)
}
