//! Models written with good_lp, solved with limits and answered with their proof.

use std::collections::HashMap;

use good_lp::{Constraint, Expression, ProblemVariables, SolverModel, Variable, default_solver};

use super::live::{read, set_options};
use super::{Limits, Outcome, Proof, Status};

/// The answer to a model written with good_lp.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Status, objective and bound.
    pub proof: Proof,
    values: HashMap<Variable, f64>,
}

impl Answer {
    /// Value of a variable; 0 where no solution was found.
    pub fn value(&self, variable: Variable) -> f64 {
        self.values.get(&variable).copied().unwrap_or(0.0)
    }
}

/// Minimise `objective` over `variables` subject to `constraints`.
///
/// good_lp's own `solve` hides bound and gap, so the HiGHS model it builds is taken out and solved here.
pub fn minimise(
    variables: ProblemVariables,
    objective: Expression,
    constraints: impl IntoIterator<Item = Constraint>,
    limits: &Limits,
) -> Answer {
    let mut order = Vec::new();
    let mut integer = false;
    for (variable, definition) in variables.iter_variables_with_def() {
        order.push(variable);
        integer |= definition.is_integer();
    }
    let mut problem = variables.minimise(objective).using(default_solver);
    for constraint in constraints {
        problem.add_constraint(constraint);
    }
    let solved = problem.try_into_inner().ok().and_then(|mut model| {
        set_options(&mut model, limits);
        model.try_solve().ok()
    });
    let outcome = match solved {
        Some(solved) => read(&solved, integer),
        None => Outcome::failed(Status::NoSolution),
    };
    Answer {
        proof: outcome.proof,
        values: order.into_iter().zip(outcome.columns).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use good_lp::{constraint, variable, variables};

    #[test]
    fn a_model_of_good_lp_answers_with_its_bound() {
        let mut variables = variables!();
        let early = variables.add(variable().integer().min(0));
        let late = variables.add(variable().integer().min(0));
        let answer = minimise(
            variables,
            8 * early + 7 * late,
            [constraint!(early >= 1.5), constraint!(early + late >= 5)],
            &Limits::to_gap(0.0),
        );
        assert_eq!(answer.proof.status, Status::Optimal);
        assert!((answer.value(early) - 2.0).abs() < 1e-6);
        assert!((answer.value(late) - 3.0).abs() < 1e-6);
        assert!((answer.proof.bound - 37.0).abs() < 1e-6);
    }
}
