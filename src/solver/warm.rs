//! Linear programs that differ in bounds and prices only, solved one after the other: each sets out from the basis
//! of the one before, which costs a fraction of a solve from nothing.

use super::{ColumnId, Limits, Live, Method, Outcome, Program};

/// The program solved last, if any.
#[derive(Default)]
pub struct Warm {
    loaded: Option<Loaded>,
}

struct Loaded {
    program: Program,
    live: Live,
    /// Per row that may move a column that is held, and moves it; as long as the program is the one loaded at 0.
    shifts: Vec<Option<ColumnId>>,
}

impl Warm {
    /// Solves the linear relaxation of a program, from the last basis where only prices, bounds of columns and those
    /// of [moving rows](Program::moving_row) differ. Columns beyond the program's in the answer are of no matter.
    pub fn solve(&mut self, program: &Program, limits: &Limits) -> Outcome {
        if let Some(loaded) = &mut self.loaded
            && loaded.turn_into(program)
        {
            let limits = Limits {
                method: Method::Automatic,
                ..*limits
            };
            return loaded.live.solve(&limits);
        }
        let mut loaded = Loaded::of(program);
        let outcome = loaded.live.solve(limits);
        self.loaded = Some(loaded);
        outcome
    }
}

impl Loaded {
    fn of(program: &Program) -> Self {
        let mut wide = Program {
            columns: program.columns.clone(),
            ..Program::default()
        };
        let mut shifts = Vec::with_capacity(program.rows());
        for row in &program.rows {
            let terms = program.terms[row.terms.clone()].iter().copied();
            let shift = row.moves.then(|| wide.column(0.0, 0.0, 0.0));
            wide.row(row.lower, row.upper, terms.chain(shift.map(|s| (s, 1.0))));
            shifts.push(shift);
        }
        Self {
            live: Live::relaxed(&wide),
            program: program.clone(),
            shifts,
        }
    }

    /// Changes what is loaded into another program; false, and nothing changed, where they are not alike.
    fn turn_into(&mut self, program: &Program) -> bool {
        let old = &self.program;
        if old.columns() != program.columns()
            || old.rows() != program.rows()
            || old.terms != program.terms
        {
            return false;
        }
        let rows = old.rows.iter().zip(&program.rows);
        let moved: Option<Vec<f64>> = rows
            .map(|(old, new)| {
                let same = old.terms == new.terms && old.moves == new.moves;
                let by = moved((old.lower, old.upper), (new.lower, new.upper));
                by.filter(|by| same && (new.moves || *by == 0.0))
            })
            .collect();
        let Some(moved) = moved else {
            return false;
        };
        for (&shift, by) in self.shifts.iter().zip(moved) {
            if let Some(column) = shift {
                self.live.set_bounds(column, -by, -by);
            }
        }
        // Rows stay as they were loaded; prices and bounds of columns are those of now.
        for (at, (was, is)) in self
            .program
            .columns
            .iter_mut()
            .zip(&program.columns)
            .enumerate()
        {
            let column = ColumnId(at);
            if was.cost != is.cost {
                self.live.set_cost(column, is.cost);
            }
            if (was.lower, was.upper) != (is.lower, is.upper) {
                self.live.set_bounds(column, is.lower, is.upper);
            }
            *was = *is;
        }
        true
    }
}

/// How far both bounds of a row moved; none where not both by the same.
fn moved(old: (f64, f64), new: (f64, f64)) -> Option<f64> {
    let by = |old: f64, new: f64| if old == new { 0.0 } else { new - old };
    let (lower, upper) = (by(old.0, new.0), by(old.1, new.1));
    let open = (old.0.is_infinite(), old.1.is_infinite());
    let by = match open {
        (true, _) => upper,
        (_, true) => lower,
        _ => lower,
    };
    let agrees = (open.0 || lower == by) && (open.1 || upper == by);
    let still_open = open == (new.0.is_infinite(), new.1.is_infinite());
    (agrees && still_open && by.is_finite()).then_some(by)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::solver::Status;

    /// min 3x + 2y, x + y ≥ `least`, y ≤ `most`, x + 2y = 4.
    fn program(least: f64, most: f64, price: f64) -> Program {
        let mut program = Program::default();
        let x = program.column(price, 0.0, f64::INFINITY);
        let y = program.column(2.0, 0.0, most);
        program.moving_row(least, f64::INFINITY, [(x, 1.0), (y, 1.0)]);
        program.moving_row(4.0 * least, 4.0 * least, [(x, 2.0), (y, 3.0)]);
        program
    }

    #[test]
    fn a_warm_solve_answers_as_a_cold_one_does() {
        let mut warm = Warm::default();
        let limits = Limits::to_gap(0.0);
        for (least, most, price) in [
            (1.0, 9.0, 3.0),
            (2.0, 9.0, 3.0),
            (2.5, 1.0, 3.0),
            (0.5, 1.0, 1.0),
            (4.0, 0.0, 7.0),
        ] {
            let program = program(least, most, price);
            let cold = Live::relaxed(&program).solve(&limits);
            let found = warm.solve(&program, &limits);
            assert_eq!(cold.proof.status, Status::Optimal);
            assert!((found.proof.objective - cold.proof.objective).abs() < 1e-9);
            assert_eq!(found.duals.len(), cold.duals.len());
            for (found, cold) in found.columns.iter().zip(&cold.columns) {
                assert!((found - cold).abs() < 1e-9);
            }
        }
        // Another program is loaded anew.
        let mut other = program(1.0, 9.0, 3.0);
        let z = other.column(1.0, 0.0, 1.0);
        other.row(1.0, f64::INFINITY, [(z, 2.0)]);
        let found = warm.solve(&other, &limits);
        let cold = Live::relaxed(&other).solve(&limits);
        assert!((found.proof.objective - cold.proof.objective).abs() < 1e-9);
    }
}
