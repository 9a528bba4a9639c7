//! Shifts of another time than the one planned, told at once: a plan of another week is one mistake.

use crate::problem::Problem;

/// Code of a shift of another time than the one planned.
pub(super) const OUTSIDE: &str = "outside-plan";

/// The problems of a file with one for all shifts that are outside the plan.
pub fn at_once(problems: Vec<Problem>) -> Vec<Problem> {
    let is_outside = |problem: &Problem| problem.code == OUTSIDE;
    let count = problems
        .iter()
        .filter(|problem| is_outside(problem))
        .count();
    let mut told = false;
    let once = problems.into_iter().filter_map(|mut problem| {
        if is_outside(&problem) {
            if told {
                return None;
            }
            told = true;
            if count > 1 {
                problem.cause = format!("{}, and so are {} more shifts", problem.cause, count - 1);
                problem = problem.standing_for(count);
            }
        }
        Some(problem)
    });
    once.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_of_another_week_is_one_problem() {
        let outside = || Problem::new(OUTSIDE, "the shift of 2027-02-03 is outside the plan");
        let other = Problem::new("bad-number", "`x` is no number of agents");
        let told = at_once(vec![outside(), other.clone(), outside(), outside()]);
        assert_eq!(told.len(), 2);
        assert!(told[0].cause.ends_with("and so are 2 more shifts"));
        assert_eq!(told.iter().map(|problem| problem.count).sum::<usize>(), 4);
        assert_eq!(at_once(vec![other.clone(), outside()]), [other, outside()]);
    }
}
