//! A linear or mixed-integer program as a plain value.

/// A column of a [`Program`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ColumnId(pub(super) usize);

impl ColumnId {
    /// Place of the column in [`super::Outcome::columns`].
    pub fn index(self) -> usize {
        self.0
    }
}

/// A row of a [`Program`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId(pub(super) usize);

impl RowId {
    /// Place of the row in [`super::Outcome::duals`].
    pub fn index(self) -> usize {
        self.0
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    pub cost: f64,
    pub lower: f64,
    pub upper: f64,
    pub integer: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Row {
    pub lower: f64,
    pub upper: f64,
    pub terms: std::ops::Range<usize>,
}

/// Minimise Σ cost·x over bounded columns, subject to rows lower ≤ Σ coefficient·x ≤ upper.
#[derive(Debug, Clone, Default)]
pub struct Program {
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Row>,
    pub(super) terms: Vec<(ColumnId, f64)>,
}

impl Program {
    /// A column that may take fractions.
    pub fn column(&mut self, cost: f64, lower: f64, upper: f64) -> ColumnId {
        self.push(Column {
            cost,
            lower,
            upper,
            integer: false,
        })
    }

    /// A column of whole numbers.
    pub fn integer(&mut self, cost: f64, lower: f64, upper: f64) -> ColumnId {
        self.push(Column {
            cost,
            lower,
            upper,
            integer: true,
        })
    }

    /// A column takes no more than this.
    pub fn at_most(&mut self, column: ColumnId, upper: f64) {
        self.columns[column.0].upper = upper;
    }

    /// A row: lower ≤ Σ coefficient·x ≤ upper. The terms of one row name each column once.
    pub fn row(
        &mut self,
        lower: f64,
        upper: f64,
        terms: impl IntoIterator<Item = (ColumnId, f64)>,
    ) -> RowId {
        let start = self.terms.len();
        self.terms.extend(terms);
        self.rows.push(Row {
            lower,
            upper,
            terms: start..self.terms.len(),
        });
        RowId(self.rows.len() - 1)
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.columns.len()
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    fn push(&mut self, column: Column) -> ColumnId {
        self.columns.push(column);
        ColumnId(self.columns.len() - 1)
    }
}
