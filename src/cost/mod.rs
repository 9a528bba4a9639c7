//! Cost: what a staffed set-up costs, line by line, and per interaction.

use crate::ids::SetupId;
use crate::scenario::Money;

/// A priced set-up over the horizon.
#[derive(Debug, Clone)]
pub struct Costing {
    pub setup: SetupId,
    pub lines: Vec<CostLine>,
    /// Contacts handled over the horizon, the base of the cost of one interaction.
    pub interactions: f64,
    /// Orders over the horizon, where known.
    pub orders: Option<f64>,
    pub weeks: f64,
}

/// One line of cost over the horizon.
#[derive(Debug, Clone, PartialEq)]
pub struct CostLine {
    pub line: String,
    /// Rounded to hundredths, so that totals are the sums of what is printed.
    pub amount: Money,
    /// How it was computed, with the source of its defaults.
    pub basis: String,
}

impl Costing {
    /// The sum of the printed lines.
    pub fn total(&self) -> Money {
        self.lines.iter().map(|line| line.amount).sum()
    }

    /// Cost of one interaction; nothing where there was none.
    pub fn per_interaction(&self) -> Option<f64> {
        (self.interactions > 0.0).then(|| self.total().to_f64() / self.interactions)
    }

    /// Cost per order, where orders are known.
    pub fn per_order(&self) -> Option<f64> {
        self.orders
            .filter(|orders| *orders > 0.0)
            .map(|orders| self.total().to_f64() / orders)
    }

    /// Cost of an average month (365.25 ÷ 12 days).
    pub fn per_month(&self) -> f64 {
        self.total().to_f64() / self.weeks * (365.25 / 12.0 / 7.0)
    }
}
