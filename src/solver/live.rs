//! A program kept loaded in HiGHS: solved, changed a little, solved again.

use highs::{HighsModelStatus, HighsSolutionStatus, Model, RowProblem, Sense, SolvedModel};

use super::{ColumnId, Limits, Method, Outcome, Program, Proof, RowId, Status, THREADS};

/// A program loaded in HiGHS.
pub struct Live {
    /// `None` only after HiGHS itself failed; later solves then answer [`Status::NoSolution`].
    model: Option<Model>,
    columns: Vec<highs::Col>,
    rows: usize,
    integer: bool,
}

impl Live {
    /// Load a program as it is, whole-number columns included.
    pub fn new(program: &Program) -> Self {
        Self::load(program, |_, whole| whole)
    }

    /// Load the linear relaxation of a program: every column may take fractions.
    pub fn relaxed(program: &Program) -> Self {
        Self::load(program, |_, _| false)
    }

    /// Load the relaxation in which these columns alone take whole numbers only.
    pub fn whole_in(program: &Program, whole: &[ColumnId]) -> Self {
        Self::load(program, |column, _| whole.contains(&column))
    }

    /// `is_whole` hears of each column what the program says.
    fn load(program: &Program, is_whole: impl Fn(ColumnId, bool) -> bool) -> Self {
        let mut integer = false;
        let mut problem = RowProblem::default();
        let columns: Vec<_> = program
            .columns
            .iter()
            .enumerate()
            .map(|(number, c)| {
                let bounds = c.lower..=c.upper;
                if is_whole(ColumnId(number), c.integer) {
                    integer = true;
                    problem.add_integer_column(c.cost, bounds)
                } else {
                    problem.add_column(c.cost, bounds)
                }
            })
            .collect();
        for row in &program.rows {
            let terms = program.terms[row.terms.clone()].iter();
            problem.add_row(
                row.lower..=row.upper,
                terms.map(|&(c, f)| (columns[c.0], f)),
            );
        }
        Self {
            model: problem.try_optimise(Sense::Minimise).ok(),
            columns,
            rows: program.rows.len(),
            integer,
        }
    }

    /// Add a row: lower ≤ Σ coefficient·x ≤ upper.
    pub fn add_row(&mut self, lower: f64, upper: f64, terms: &[(ColumnId, f64)]) -> RowId {
        if let Some(model) = &mut self.model {
            let terms = terms.iter().map(|&(c, f)| (self.columns[c.0], f));
            if model.try_add_row(lower..=upper, terms).is_err() {
                self.model = None;
            }
        }
        self.rows += 1;
        RowId(self.rows - 1)
    }

    /// Change what values a column may take.
    pub fn set_bounds(&mut self, column: ColumnId, lower: f64, upper: f64) {
        if let Some(model) = &mut self.model {
            model.change_column_bounds(self.columns[column.0], lower..=upper);
        }
    }

    /// Change the price of a column.
    pub fn set_cost(&mut self, column: ColumnId, cost: f64) {
        if let Some(model) = &mut self.model {
            model.change_column_cost(self.columns[column.0], cost);
        }
    }

    /// Start the next solve from these values of all columns.
    pub fn hint(&mut self, columns: &[f64]) {
        if let Some(model) = &mut self.model {
            // A start that HiGHS does not want only costs time.
            let _ = model.try_set_solution(Some(columns), None, None, None);
            // Of no use to one who has a start, and long.
            let _ = model.try_set_option("mip_heuristic_run_feasibility_jump", false);
        }
    }

    /// Solve within `limits`.
    pub fn solve(&mut self, limits: &Limits) -> Outcome {
        let Some(mut model) = self.model.take() else {
            return Outcome::failed(Status::NoSolution);
        };
        set_options(&mut model, limits);
        match model.try_solve() {
            Ok(solved) => {
                let outcome = read(&solved, self.integer);
                self.model = Some(solved.into());
                outcome
            }
            Err(_) => Outcome::failed(Status::NoSolution),
        }
    }
}

impl Outcome {
    pub(super) fn failed(status: Status) -> Self {
        Self {
            proof: Proof {
                status,
                objective: f64::INFINITY,
                bound: f64::NEG_INFINITY,
            },
            columns: Vec::new(),
            reduced_costs: Vec::new(),
            duals: Vec::new(),
        }
    }
}

pub(super) fn set_options(model: &mut Model, limits: &Limits) {
    let method = match limits.method {
        Method::Automatic => "choose",
        Method::InteriorPoint => "ipm",
    };
    // Every name and value here is one HiGHS knows, so that a refusal cannot happen.
    let _ = model.try_set_option("threads", THREADS);
    let _ = model.try_set_option("parallel", "off");
    let _ = model.try_set_option("solver", method);
    let _ = model.try_set_option("mip_rel_gap", limits.gap.max(0.0));
    let _ = model.try_set_option("mip_abs_gap", 1e-6);
    let _ = model.try_set_option("random_seed", (limits.seed & 0x7fff_ffff) as i32);
    let most = |count: Option<u32>| count.map_or(i32::MAX, |n| n.min(i32::MAX as u32) as i32);
    let _ = model.try_set_option("mip_max_nodes", most(limits.nodes));
    let _ = model.try_set_option("simplex_iteration_limit", most(limits.iterations));
    let seconds = limits.seconds.unwrap_or(f64::INFINITY).max(0.01);
    let _ = model.try_set_option("time_limit", seconds);
}

pub(super) fn read(solved: &SolvedModel, integer: bool) -> Outcome {
    // Asked for by number: after a solve that failed HiGHS says -1, which its binding takes for a bug.
    let primal = solved.int_info_value(c"primal_solution_status");
    let feasible = primal.is_ok_and(|status| status == HighsSolutionStatus::Feasible as i64);
    let status = match (solved.status(), feasible) {
        (HighsModelStatus::Optimal | HighsModelStatus::ModelEmpty, _) => Status::Optimal,
        (HighsModelStatus::Infeasible, _) => Status::Infeasible,
        (HighsModelStatus::Unbounded | HighsModelStatus::UnboundedOrInfeasible, _) => {
            Status::Unbounded
        }
        (_, true) => Status::Feasible,
        (_, false) => Status::NoSolution,
    };
    let mut outcome = Outcome::failed(status);
    if integer {
        outcome.proof.bound = solved
            .double_info_value(c"mip_dual_bound")
            .unwrap_or(f64::NEG_INFINITY);
    }
    if !outcome.proof.has_solution() {
        return outcome;
    }
    let solution = solved.get_solution();
    outcome.proof.objective = solved.objective_value();
    outcome.columns = solution.columns().to_vec();
    if !integer {
        if status == Status::Optimal {
            outcome.proof.bound = outcome.proof.objective;
        }
        outcome.reduced_costs = solution.dual_columns().to_vec();
        outcome.duals = solution.dual_rows().to_vec();
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    /// min 3x + 2y, x + y ≥ 2.5, x ≤ 1.
    fn small() -> (Program, ColumnId, ColumnId) {
        let mut program = Program::default();
        let x = program.integer(3.0, 0.0, 1.0);
        let y = program.integer(2.0, 0.0, f64::INFINITY);
        program.row(2.5, f64::INFINITY, [(x, 1.0), (y, 1.0)]);
        (program, x, y)
    }

    #[test]
    fn whole_numbers_cost_more_than_the_relaxation() {
        let (program, _, y) = small();
        let whole = Live::new(&program).solve(&Limits::to_gap(0.0));
        assert_eq!(whole.proof.status, Status::Optimal);
        assert!((whole.proof.objective - 6.0).abs() < 1e-6);
        assert!((whole.proof.bound - 6.0).abs() < 1e-6);
        let relaxed = Live::relaxed(&program).solve(&Limits::to_gap(0.0));
        assert!((relaxed.proof.objective - 5.0).abs() < 1e-6);
        assert!((relaxed.duals[0] - 2.0).abs() < 1e-6);
        assert!((relaxed.columns[y.index()] - 2.5).abs() < 1e-6);
    }

    #[test]
    fn a_live_program_takes_cuts_bounds_and_starts() {
        let (program, x, y) = small();
        let mut live = Live::new(&program);
        live.solve(&Limits::to_gap(0.0));
        live.add_row(f64::NEG_INFINITY, 2.0, &[(y, 1.0)]);
        live.hint(&[1.0, 2.0]);
        let cut = live.solve(&Limits::to_gap(0.0));
        assert!((cut.proof.objective - 7.0).abs() < 1e-6);
        live.set_bounds(x, 0.0, 0.0);
        let none = live.solve(&Limits::to_gap(0.0));
        assert_eq!(none.proof.status, Status::Infeasible);
        assert_eq!(none.proof.gap(), f64::INFINITY);
    }
}
