//! The tables as one workbook, a sheet each, for those who live in spreadsheets.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use crate::plan::Plan;
use crate::sheet::{Cell, Sheet};

/// Rows a worksheet can hold, less its header.
const MOST_ROWS: usize = 1_048_575;
/// Characters a cell can hold.
const MOST_LETTERS: usize = 32_767;

/// The bytes of the workbook; the same plan gives the same bytes.
pub(super) fn xlsx(plan: &Plan, sheets: &[(&str, Sheet)]) -> Result<Vec<u8>, String> {
    build(plan, sheets).map_err(|error| error.to_string())
}

fn build(plan: &Plan, sheets: &[(&str, Sheet)]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // The time of writing would make every file differ.
    let made = ExcelDateTime::from_timestamp(plan.scenario.horizon.start.timestamp())?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let head = Format::new().set_bold();
    for (name, table) in sheets {
        let sheet = workbook.add_worksheet();
        sheet.set_name(*name)?;
        sheet.set_freeze_panes(1, 0)?;
        for (column, title) in table.header.iter().enumerate() {
            let column = column as u16;
            sheet.write_string_with_format(0, column, title, &head)?;
            let numeric = table
                .rows
                .first()
                .is_some_and(|row| row[usize::from(column)].is_numeric());
            sheet.set_column_width(column, if numeric { 14.0 } else { 24.0 })?;
        }
        for (row, cells) in table.rows.iter().take(MOST_ROWS).enumerate() {
            let row = row as u32 + 1;
            for (column, cell) in cells.iter().enumerate() {
                let column = column as u16;
                match cell {
                    Cell::Text(text) | Cell::Figure(text) => {
                        let text: String = text.chars().take(MOST_LETTERS).collect();
                        sheet.write_string(row, column, text)?;
                    }
                    Cell::Number { value, decimals } if value.is_finite() => {
                        let factor = 10f64.powi(*decimals as i32);
                        sheet.write_number(row, column, (value * factor).round() / factor)?;
                    }
                    Cell::Percent { value, .. } if value.is_finite() => {
                        sheet.write_number(row, column, *value)?;
                    }
                    Cell::Number { .. } | Cell::Percent { .. } | Cell::Empty => {}
                }
            }
        }
    }
    workbook.save_to_buffer()
}
