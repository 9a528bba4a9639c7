//! What a tariff brings through the year, month by month.

use super::Minimum;
use super::seller::{HANDLE_TIME_DEVIATION, Planned, Seller};
use crate::compare::MonthVolume;
use crate::cost::{self, CostLine, Costing};
use crate::scenario::{Money, PriceForm, Scenario};
use crate::units::Seconds;

/// What a tariff brings through the year.
pub(super) struct Invoices<'a> {
    seller: &'a Seller,
    scenario: &'a Scenario,
    longer: Option<Scenario>,
    /// Invoices of each month at the volumes planned, where they follow hours and people.
    by_work: Vec<[f64; 3]>,
}

impl<'a> Invoices<'a> {
    pub fn of(seller: &'a Seller, scenario: &'a mut Scenario, form: PriceForm) -> Self {
        let setup = seller.asked.setup;
        let by_contact = form.follows_contacts();
        let by_minute = matches!(form, PriceForm::PerMinute { .. });
        if let Some(tariff) = &mut scenario.setups[setup].tariff {
            tariff.form = form;
        }
        let scenario = &*scenario;
        let longer = by_minute.then(|| {
            let mut longer = scenario.clone();
            for id in longer.queues.ids().collect::<Vec<_>>() {
                let mean = &mut longer.queues[id].handle_time.mean;
                *mean = Seconds(mean.value() * (1.0 + HANDLE_TIME_DEVIATION));
            }
            longer
        });
        let invoices = Self {
            seller,
            scenario,
            longer,
            by_work: Vec::new(),
        };
        if by_contact {
            return invoices;
        }
        let by_work = seller.months.iter().map(|month| {
            let brings = |plan: &Planned| invoices.month(scenario, plan, month, 1.0);
            seller.plans.each_ref().map(brings)
        });
        Self {
            by_work: by_work.collect(),
            ..invoices
        }
    }

    /// The invoice of a month by a plan's work, at a factor on its contacts.
    fn invoice(
        &self,
        scenario: &Scenario,
        plan: &Planned,
        month: &MonthVolume,
        volume: f64,
    ) -> Costing {
        let usage = plan.charged.through(month.first_day, month.days, volume);
        let observed = Some(&plan.settled.observed);
        cost::price_usage(scenario, self.seller.asked.setup, &usage, observed)
    }

    fn month(&self, scenario: &Scenario, plan: &Planned, month: &MonthVolume, volume: f64) -> f64 {
        let invoice = self.invoice(scenario, plan, month, volume);
        invoice.total().to_f64()
    }

    /// What a month's lines of some kind come to at the volume expected.
    fn lines(&self, month: &MonthVolume, of: &dyn Fn(&CostLine) -> bool) -> f64 {
        let sum = |plan: &Planned, volume: f64| {
            let lines = self.invoice(self.scenario, plan, month, volume).lines;
            let lines = lines.iter().filter(|line| of(line));
            lines.map(|line| line.amount).sum::<Money>().to_f64()
        };
        if self.by_work.is_empty() {
            return sum(&self.seller.plans[1], month.volume);
        }
        let amounts = self.seller.plans.each_ref().map(|plan| sum(plan, 1.0));
        straight(self.seller.planned_at, amounts, month.volume)
    }

    /// What an average month's sum consists of at the volume expected: what the prices bring, then what comes on top.
    pub fn charges(&self, sum: Money) -> Vec<(String, Money)> {
        let seller = self.seller;
        let mut names: Vec<String> = Vec::new();
        for month in &seller.months {
            for plan in &seller.plans {
                let invoice = self.invoice(self.scenario, plan, month, 1.0);
                let lines = invoice.lines.into_iter().filter(CostLine::is_on_top);
                for line in lines {
                    if !names.contains(&line.line) {
                        names.push(line.line);
                    }
                }
            }
        }
        let on_top = names.into_iter().map(|name| {
            let months = seller.months.iter();
            let year: f64 = months
                .map(|month| self.lines(month, &|line| line.line == name))
                .sum();
            (
                name,
                Money::from_f64(year / seller.months_of_year()).rounded(),
            )
        });
        let on_top: Vec<_> = on_top.filter(|(_, amount)| !amount.is_zero()).collect();
        let beside: Money = on_top.iter().map(|(_, amount)| *amount).sum();
        let by_prices = ("By these prices".to_owned(), sum - beside);
        std::iter::once(by_prices).chain(on_top).collect()
    }

    /// What the monthly minimum adds through the year at the volume expected; nothing where it never does.
    pub fn minimum(&self) -> Option<Minimum> {
        let months = self.seller.months.iter();
        let months = months.map(|month| self.lines(month, &|line| line.line == cost::TOP_UP));
        let due: Vec<f64> = months.filter(|amount| *amount > 0.005).collect();
        (!due.is_empty()).then(|| Minimum {
            months: due.len(),
            top_up: Money::from_f64(due.iter().sum::<f64>() / self.seller.months_of_year())
                .rounded(),
        })
    }

    /// The year's invoices at a factor on the volume, for any factor on the handle time.
    pub fn through(&self, volume: f64) -> impl Fn(f64) -> f64 + '_ {
        let by_contact = |scenario: &Scenario| -> f64 {
            let months = self.seller.months.iter();
            let expected = &self.seller.plans[1];
            let months =
                months.map(|month| self.month(scenario, expected, month, month.volume * volume));
            months.sum()
        };
        let follows_contacts = self.by_work.is_empty();
        let now = if follows_contacts {
            by_contact(self.scenario)
        } else {
            0.0
        };
        let longer = self.longer.as_ref().map_or(now, by_contact);
        move |handle_time| {
            if follows_contacts {
                return now + (longer - now) * (handle_time - 1.0) / HANDLE_TIME_DEVIATION;
            }
            let months = self.seller.months.iter().zip(&self.by_work);
            let months = months.map(|(month, invoices)| {
                let work = month.volume * volume * handle_time;
                between(self.seller.planned_at, *invoices, work)
            });
            months.sum()
        }
    }

    pub fn year(&self, volume: f64, handle_time: f64) -> f64 {
        self.through(volume)(handle_time)
    }
}

/// A piecewise straight line through the values at three points, carried on at both ends; never below 0.
pub(super) fn between(points: [f64; 3], values: [f64; 3], at: f64) -> f64 {
    straight(points, values, at).max(0.0)
}

fn straight(points: [f64; 3], values: [f64; 3], at: f64) -> f64 {
    let from = usize::from(at > points[1]);
    let (x0, x1) = (points[from], points[from + 1]);
    let (y0, y1) = (values[from], values[from + 1]);
    y0 + (y1 - y0) * (at - x0) / (x1 - x0)
}

#[cfg(test)]
mod tests {
    use super::super::seller::PLANNED_AT;
    use super::*;

    #[test]
    fn costs_between_planned_volumes_lie_on_the_line() {
        let at = |volume| between(PLANNED_AT, [70.0, 100.0, 160.0], volume);
        assert!((at(1.0) - 100.0).abs() < 1e-9);
        assert!((at(0.85) - 85.0).abs() < 1e-9);
        assert!((at(1.15) - 130.0).abs() < 1e-9);
        assert!((at(1.6) - 220.0).abs() < 1e-9);
    }
}
