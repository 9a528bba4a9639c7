//! The partner's invoice: form, uplifts, fees, minimum, bonus, VAT, in the order in which they build on
//! each other.
//!
//! The minimum is compared with the charges of the form, its uplifts and the indexation on them; the
//! monthly fee and the set-up fee come on top. Bonus and malus act on the same charges.

mod fees;
mod form;
mod uplift;

use super::Usage;
use super::ledger::{CostLine, Ledger, percent};
use crate::ids::ClientId;
use crate::scenario::{Money, Scenario, Tariff};
use crate::simulation::Observed;

pub use fees::TOP_UP;
pub use form::{billed_minutes, interaction_price};

/// An invoice over the horizon, or a client's part of one.
pub(super) struct Invoice {
    pub lines: Vec<CostLine>,
    /// The charges that count towards its minimum.
    pub counted: Money,
    /// The same, unrounded.
    pub charges: Money,
    pub part: f64,
}

/// The whole invoice.
pub(super) fn lines(
    scenario: &Scenario,
    tariff: &Tariff,
    usage: &Usage,
    observed: Option<&Observed>,
) -> Invoice {
    invoice(scenario, tariff, usage, observed).0
}

/// Those who bear their part of the invoice of all sharers: by what the form charges them.
pub(super) fn part(
    scenario: &Scenario,
    tariff: &Tariff,
    sharers: &[ClientId],
    usage: &Usage,
    observed: Option<&Observed>,
) -> Invoice {
    let all = usage.for_clients(scenario, sharers);
    let (mut invoice, charged) = invoice(scenario, tariff, &all, observed);
    let sum = |usage: &Usage| -> f64 {
        let queues = usage.own_queues();
        queues.map(|(id, _)| charged[id].iter().sum::<f64>()).sum()
    };
    let (ours, whole) = (sum(usage), sum(&all));
    invoice.part = if whole > 0.0 { ours / whole } else { 0.0 };
    invoice.counted = invoice.counted.times(invoice.part);
    invoice.charges = invoice.charges.times(invoice.part);
    for line in &mut invoice.lines {
        line.amount = line.amount.times(invoice.part).rounded();
        line.basis = format!("{} of: {}", percent(invoice.part), line.basis);
    }
    invoice.lines.retain(|line| !line.amount.is_zero());
    invoice
}

fn invoice(
    scenario: &Scenario,
    tariff: &Tariff,
    usage: &Usage,
    observed: Option<&Observed>,
) -> (Invoice, form::Charged) {
    let mut ledger = Ledger::default();
    let charged = form::write(&mut ledger, scenario, tariff, usage);
    uplift::write(&mut ledger, scenario, tariff, usage, &charged);
    fees::indexation(&mut ledger, scenario, tariff, usage, &charged);
    let (counted, charges) = (ledger.total(), ledger.exact());
    fees::write(&mut ledger, tariff, usage, observed);
    let invoice = Invoice {
        lines: ledger.into_lines(),
        counted,
        charges,
        part: 1.0,
    };
    (invoice, charged)
}
