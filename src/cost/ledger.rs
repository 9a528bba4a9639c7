//! Lines of cost: rounded as printed, so that every total is the sum of what a reader can add up.

use std::collections::BTreeMap;

use crate::scenario::Money;
use crate::sheet::apart;

/// One line of cost over the horizon.
#[derive(Debug, Clone, PartialEq)]
pub struct CostLine {
    pub line: String,
    /// Rounded to hundredths, so that totals are the sums of what is printed.
    pub amount: Money,
    /// How it was computed, with the source of its defaults.
    pub basis: String,
}

impl CostLine {
    /// Whether it is pay or its charges; premiums for the hours worked are not among them.
    pub fn is_pay(&self) -> bool {
        let pay = ["Pay", "Idle time", "Employer's charges"];
        pay.iter().any(|name| self.line.starts_with(name))
    }

    /// Whether it is the pay of those who lead.
    pub fn is_of_leads(&self) -> bool {
        self.line.starts_with("Team leads")
    }

    /// Whether it is due, beside pay, though no contact comes.
    pub fn is_standing(&self) -> bool {
        let standing = ["Tools, per person", "Space and equipment", "Knowledge base"];
        standing.iter().any(|name| self.line.starts_with(name))
    }

    /// Whether it is what replacing leavers costs.
    pub fn is_hiring(&self) -> bool {
        let hiring = ["Recruiting", "Training of new agents", "Ramp, slower"];
        hiring.iter().any(|name| self.line.starts_with(name))
    }

    /// Whether it is paid once, before the first contact is the partner's.
    pub fn is_once(&self) -> bool {
        self.line.starts_with("Go-live")
    }

    /// Whether a tariff charges it on top of what its form does.
    pub fn is_on_top(&self) -> bool {
        let on_top = [
            "Uplift",
            "Indexation",
            "Top-up",
            "Bonus on service",
            "Malus on service",
            "Monthly fee",
            "Set-up fee",
        ];
        on_top.iter().any(|name| self.line.starts_with(name))
    }

    /// Whether it is a premium for the hours worked.
    pub fn is_premium(&self) -> bool {
        self.line.starts_with("Premium")
    }
}

/// Lines as they are written down, one after the other.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    lines: Vec<CostLine>,
    /// Their sum before they were rounded.
    exact: Money,
}

impl Ledger {
    /// Writes a line, rounded; a line of nothing is left out.
    pub fn add(&mut self, line: impl Into<String>, amount: Money, basis: impl Into<String>) {
        self.exact += amount;
        let amount = amount.rounded();
        if !amount.is_zero() {
            self.lines.push(CostLine {
                line: line.into(),
                amount,
                basis: basis.into(),
            });
        }
    }

    /// Appends someone's lines; those of one name become one.
    pub fn append(&mut self, lines: Vec<CostLine>, whose: Option<&str>) {
        for mut line in lines {
            if let Some(whose) = whose.filter(|whose| !line.basis.starts_with(whose)) {
                line.basis = format!("{whose}: {}", line.basis);
            }
            match self.lines.iter_mut().find(|known| known.line == line.line) {
                Some(known) => {
                    known.amount += line.amount;
                    known.basis = format!("{}; {}", known.basis, line.basis);
                }
                None => self.lines.push(line),
            }
        }
    }

    /// The sum of what is written.
    pub fn total(&self) -> Money {
        self.lines.iter().map(|line| line.amount).sum()
    }

    /// The sum of what was added, unrounded.
    pub fn exact(&self) -> Money {
        self.exact
    }

    /// The lines, in the order in which they were written.
    pub fn into_lines(self) -> Vec<CostLine> {
        self.lines
    }
}

/// A number in a basis, so that a reader who multiplies comes to the line: six figures, hundredths at least, no trailing
/// zeros; thousands apart as everywhere else.
pub(super) fn number(value: f64) -> String {
    let before = value.abs().max(1.0).log10().floor() as usize + 1;
    let decimals = 6_usize.saturating_sub(before).max(2);
    let text = format!("{value:.decimals$}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    apart(if text == "-0" { "0" } else { text })
}

/// So many of something whose name takes an s: "1 week", "0.22998 months".
pub(super) fn count(value: f64, one: &str) -> String {
    let many = number(value);
    let s = if many == "1" { "" } else { "s" };
    format!("{many} {one}{s}")
}

/// A share in a basis, in percent.
pub(super) fn percent(share: f64) -> String {
    format!("{} %", number(share * 100.0))
}

/// Parts of a basis: the first few, then how many more.
pub(super) fn list(parts: &[String], before: &str) -> String {
    const SHOWN: usize = 4;
    let shown: Vec<&str> = parts.iter().take(SHOWN).map(String::as_str).collect();
    let more = parts.len().saturating_sub(SHOWN);
    let tail = if more > 0 {
        format!("; and {more} more")
    } else {
        String::new()
    };
    format!("{before}{}{tail}", shown.join("; "))
}

/// The sources of the named fields, where they are defaults, as the tail of a basis.
pub(super) fn sources(sources: &BTreeMap<String, String>, fields: &[&str]) -> String {
    let known: Vec<String> = fields
        .iter()
        .filter_map(|field| {
            sources
                .get(*field)
                .map(|source| format!("{field}: {source}"))
        })
        .collect();
    if known.is_empty() {
        String::new()
    } else {
        format!(" [default {}]", known.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_rounded_before_they_are_summed() {
        let mut ledger = Ledger::default();
        ledger.add("a", Money::from_f64(0.005), "");
        ledger.add("b", Money::from_f64(0.005), "");
        ledger.add("nothing", Money::from_f64(0.004), "");
        assert_eq!(ledger.total(), Money::from_f64(0.02));
        assert_eq!(ledger.into_lines().len(), 2);
    }

    #[test]
    fn numbers_carry_no_trailing_zeros() {
        assert_eq!(number(33600.0), "33\u{202f}600");
        assert_eq!(number(1.5), "1.5");
        assert_eq!(number(12.0 / 365.25 * 7.0), "0.22998");
        assert_eq!(number(1277.3576), "1\u{202f}277.36");
        assert_eq!(count(1.0, "week"), "1 week");
        assert_eq!(number(-0.000_001), "0");
        assert_eq!(percent(0.338), "33.8 %");
    }
}
