//! Free Sundays: whoever works on Sundays has others free.
//!
//! ```text
//! heads[g] × sundays ≥ Σ_{s begins on a Sunday} x[g,s]        each group hired whole, and each stretch of starts
//! people[g] × sundays ≥ Σ_{s begins on a Sunday} x[g,s]       each group of so many people at most
//! sundays = (1 − free Sundays ÷ 52) × weeks
//! ```
//!
//! A plan's weeks stand for those of a year: were each like it, its people, in turn, could have their free Sundays.
//! So heads are rounded up and Sundays are not: one person cannot work all of them, of 15 in 52 two can. A shift
//! counts on the day on which it begins: a night into Sunday is Saturday's, one into Monday Sunday's, as where Sunday
//! lasts from six to six (ArbZG, art. 9 (2); Kodeks pracy, art. 151^9).

use super::contract::Changes;
use super::duties::{Capacity, Sums};
use crate::solver::{ColumnId, Program};

/// Row: the heads of some columns have their Sundays, for `changes` and for what is `there`.
pub(super) fn row(
    program: &mut Program,
    of_one: &Capacity,
    heads: &[ColumnId],
    changes: &Changes,
    there: &Sums,
) {
    let on_sunday = changes.iter().filter(|(shift, ..)| shift.begin.on_sunday);
    let worked: Vec<(ColumnId, f64)> = on_sunday.map(|&(_, x, by)| (x, -by)).collect();
    if of_one.sundays.is_infinite() || worked.is_empty() && there.on_sundays <= 0.0 {
        return;
    }
    let heads = heads.iter().map(|&column| (column, of_one.sundays));
    program.row(
        there.on_sundays,
        f64::INFINITY,
        worked.into_iter().chain(heads),
    );
}
