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

    /// What a month is charged on top of the prices at the volume expected, by line.
    fn on_top(&self, month: &MonthVolume) -> Vec<(String, f64)> {
        let lines = |plan: &Planned, volume: f64| -> Vec<CostLine> {
            let invoice = self.invoice(self.scenario, plan, month, volume);
            invoice
                .lines
                .into_iter()
                .filter(CostLine::is_on_top)
                .collect()
        };
        if self.by_work.is_empty() {
            let lines = lines(&self.seller.plans[1], month.volume).into_iter();
            return lines
                .map(|line| (line.line, line.amount.to_f64()))
                .collect();
        }
        let plans = self.seller.plans.each_ref().map(|plan| lines(plan, 1.0));
        let mut at_plans: Vec<(String, [f64; 3])> = Vec::new();
        for (number, lines) in plans.into_iter().enumerate() {
            for line in lines {
                entry(&mut at_plans, line.line)[number] += line.amount.to_f64();
            }
        }
        let at_volume = at_plans.into_iter().map(|(name, amounts)| {
            let amount = straight(self.seller.planned_at, amounts, month.volume);
            (name, amount)
        });
        at_volume.collect()
    }

    /// What an average month's sum consists of at the volume expected: what the prices bring, then what comes on top;
    /// and what of it the monthly minimum adds, nothing where it never does.
    pub fn charges(&self, sum: Money) -> (Vec<(String, Money)>, Option<Minimum>) {
        let average = |year: f64| Money::from_f64(year / self.seller.months_of_year()).rounded();
        let mut years: Vec<(String, f64)> = Vec::new();
        let mut due: Vec<f64> = Vec::new();
        for month in &self.seller.months {
            for (name, amount) in self.on_top(month) {
                if name == cost::TOP_UP && amount > 0.005 {
                    due.push(amount);
                }
                *entry(&mut years, name) += amount;
            }
        }
        let on_top = years.into_iter().map(|(name, year)| (name, average(year)));
        let on_top: Vec<_> = on_top.filter(|(_, amount)| !amount.is_zero()).collect();
        let beside: Money = on_top.iter().map(|(_, amount)| *amount).sum();
        let by_prices = ("By these prices".to_owned(), sum - beside);
        let minimum = (!due.is_empty()).then(|| Minimum {
            months: due.len(),
            top_up: average(due.iter().sum()),
        });
        (std::iter::once(by_prices).chain(on_top).collect(), minimum)
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

/// The value of a name, in the order in which names come up.
fn entry<T: Default>(named: &mut Vec<(String, T)>, name: String) -> &mut T {
    let known = named.iter().position(|(known, _)| *known == name);
    let at = known.unwrap_or_else(|| {
        named.push((name, T::default()));
        named.len() - 1
    });
    &mut named[at].1
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
