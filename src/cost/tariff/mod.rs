//! The partner's invoice: form, uplifts, fees, minimum, bonus, VAT, in the order in which they build on
//! each other.
//!
//! The minimum is compared with the charges of the form, its uplifts and the indexation on them; the
//! monthly fee and the set-up fee come on top. Bonus and malus act on the same charges.

mod fees;
mod form;
mod uplift;

use super::Usage;
use super::ledger::{CostLine, Ledger};
use crate::scenario::{Money, Scenario, Tariff};
use crate::simulation::Observed;

pub use fees::TOP_UP;
pub(super) use form::FTE_LINE;
pub use form::{billed_minutes, interaction_price};

/// The lines of an invoice over the horizon, and the charges that count towards its minimum.
pub(super) fn lines(
    scenario: &Scenario,
    tariff: &Tariff,
    usage: &Usage,
    observed: Option<&Observed>,
) -> (Vec<CostLine>, Money) {
    let mut ledger = Ledger::default();
    let charged = form::write(&mut ledger, scenario, tariff, usage);
    uplift::write(&mut ledger, scenario, tariff, usage, &charged);
    let charges = fees::write(&mut ledger, tariff, usage, observed);
    (ledger.into_lines(), charges)
}
