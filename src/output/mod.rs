//! A finished plan as a folder: `summary.json`, a CSV per value, a workbook of them all, a calendar per
//! agent, the report and its charts. Names and headers are a contract with other programs.

mod calendar;
mod changed_shifts;
mod changes;
mod demand;
mod earlier;
mod file;
mod folder;
mod missed;
mod same_team;
mod service;
mod summary;
mod tables;
mod workbook;

use std::path::Path;

use crate::input::encoding::decode;
use crate::plan::Plan;
use crate::problem::Problem;
use crate::report::{self, Changes};
use crate::sheet::Sheet;

pub use demand::{handle_time, handle_times, without_agent};
pub use earlier::{Results, earlier_plan};
pub use file::{put, put_with, writable};
pub use service::PartSummary;
pub use summary::{Summary, summary};

/// A file of the result: its path below the folder and its bytes.
struct File {
    path: String,
    bytes: Vec<u8>,
}

/// Writes a plan, and what changed since an earlier one, into the folder `out`, whole or not at all.
///
/// A folder that holds anything is refused, unless `force` is set and it holds an earlier plan: then
/// the new plan takes its place once it is complete. Files in it that no plan writes stay.
pub fn write(
    plan: &Plan,
    changes: Option<&Changes>,
    out: &Path,
    force: bool,
) -> Result<(), Problem> {
    folder::check(out, force)?;
    folder::place(out, force, &files(plan, changes)?)
}

/// What changed from an earlier plan's results to this plan.
pub fn changes(old: &Results, plan: &Plan) -> Result<Changes, Problem> {
    let failed = |error: &dyn std::fmt::Display| {
        Problem::new(
            "cannot-write",
            format!("the changes cannot be told: {error}"),
        )
    };
    let summary = serde_json::to_value(summary(plan, None)).map_err(|error| failed(&error))?;
    // Read as it is written, like the earlier one's: what is compared is alike.
    let shifts = csv(&tables::shifts(plan)).map_err(|error| failed(&error))?;
    let mut new = Results {
        summary,
        shifts: None,
    };
    let rows = new.rows(Path::new("shifts.csv"), &decode(&shifts));
    let rows = rows.map_err(|problems| {
        let causes: Vec<&str> = problems.iter().map(|p| p.cause.as_str()).collect();
        failed(&causes.join("; "))
    })?;
    new.shifts = Some(rows);
    changes::between(old, &new)
}

/// Whether [`write`] would refuse the folder, asked before the work of planning is done.
pub fn check(out: &Path, force: bool) -> Result<(), Problem> {
    folder::check(out, force)
}

fn files(plan: &Plan, changes: Option<&Changes>) -> Result<Vec<File>, Problem> {
    let failed = |what: &str, error: String| {
        Problem::new("cannot-write", format!("{what} cannot be made: {error}"))
    };
    let json = serde_json::to_string_pretty(&summary(plan, changes))
        .map_err(|error| failed("summary.json", error.to_string()))?;
    let mut files = vec![File {
        path: "summary.json".to_owned(),
        bytes: (json + "\n").into_bytes(),
    }];
    let mut sheets = tables::all(plan);
    let changed = changes.and_then(|changes| changes.table(changed_shifts::DETAIL));
    sheets.extend(changed.map(|sheet| ("changed_shifts", sheet.clone())));
    for (name, sheet) in &sheets {
        let path = format!("{name}.csv");
        let bytes = csv(sheet).map_err(|error| failed(&path, error))?;
        files.push(File { path, bytes });
    }
    files.push(File {
        path: "plan.xlsx".to_owned(),
        bytes: workbook::xlsx(plan, &sheets).map_err(|error| failed("plan.xlsx", error))?,
    });
    for (path, text) in calendar::all(plan) {
        files.push(File {
            path: format!("ics/{path}"),
            bytes: text.into_bytes(),
        });
    }
    let report = report::render(plan, changes);
    files.push(File {
        path: "report.html".to_owned(),
        bytes: report.html.into_bytes(),
    });
    for (name, svg) in report.charts {
        files.push(File {
            path: format!("charts/{name}.svg"),
            bytes: svg.into_bytes(),
        });
    }
    Ok(files)
}

/// A sheet as RFC 4180 text.
pub fn csv(sheet: &Sheet) -> Result<Vec<u8>, String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let error = |error: csv::Error| error.to_string();
    writer.write_record(&sheet.header).map_err(error)?;
    for row in &sheet.rows {
        writer
            .write_record(row.iter().map(crate::sheet::Cell::for_machines))
            .map_err(error)?;
    }
    writer.into_inner().map_err(|error| error.to_string())
}
