//! A year by its months, worked by the plans of their weeks.
//!
//! The weeks of a month that are near its median share a plan; any other (Black Friday, a week with a holiday on which
//! nobody works) has one of its own. The shifts are laid over the days of the month by the wall clock and priced with
//! its contacts: premiums fall on its own holidays and Sundays, rates change on their day, and what is due by the month
//! is due twelve times. The forecast carries growth, season, events and levers. Weeks are drafts; as much less work is
//! paid as the full search saves of a draft in the scenario's own weeks. What is paid once, before the first contact, is
//! spread as in the scenario's own weeks.
//!
//! Who is hired stays: whole contracts of one's own shrink by attrition alone, one person whenever a whole one has come
//! together, and people above a month's need are paid. Each person more than those who stay is recruited, trained and
//! slow at first; leavers who are not needed are not replaced. A minimum that counts over the year is settled at its end.

mod laid;
mod weeks;

use chrono::{Days, NaiveDate};
use rayon::prelude::*;

use self::weeks::{WeekPlan, Weeks};
use super::drafts::Drafts;
use super::{Comparison, Settled, SetupResult, months};
use crate::cost::{self, Usage, ramp_hours};
use crate::demand::Demand;
use crate::ids::{GroupId, SetupId};
use crate::scenario::{Employer, Money, Scenario, Setup, Tariff};
use crate::time::MONTHS_PER_WEEK;
use crate::whatif;

/// The line of what those cost who are hired for whole contracts.
const HIRING: &str = "Recruiting, training and slow first weeks";

/// Twelve months of every set-up.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Year {
    pub months: Vec<Month>,
    /// Per set-up: what is still due at the end where a minimum counts over the year.
    pub top_up: Vec<Money>,
}

/// One month.
#[derive(Debug, Clone, PartialEq)]
pub struct Month {
    pub first_day: NaiveDate,
    pub days: u32,
    /// Contacts handled in the month under the first set-up.
    pub interactions: f64,
    /// Per set-up, in their order.
    pub setups: Vec<MonthCost>,
}

/// One set-up in one month.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MonthCost {
    /// By name; what is hired or idle beyond the plan of the month at the end.
    pub lines: Vec<(String, Money)>,
    /// People of one's own that its weeks need on average, those that its busiest week needs at the least, and those
    /// employed.
    pub needed: f64,
    pub busiest: f64,
    pub people: f64,
    /// Of these, the ones who begin: more people, or in the place of leavers.
    pub hired: f64,
    /// Pay of people above the need, one of the lines.
    pub idle: Money,
    /// Recruiting, training and slow first weeks of those hired, one of the lines.
    pub hiring: Money,
    /// The day by which to decide on hiring them: the lead and the training before the month begins.
    pub decide_by: Option<NaiveDate>,
    /// Whether that day comes after the first one planned.
    pub in_time: bool,
    pub keeps_promises: bool,
}

impl MonthCost {
    /// The sum of the lines.
    pub fn total(&self) -> Money {
        self.lines.iter().map(|(_, amount)| *amount).sum()
    }
}

impl Year {
    /// A set-up's lines summed over the months, and what is due at the end.
    pub fn lines(&self, setup: usize) -> Vec<(String, Money)> {
        let top_up = self.top_up.get(setup).copied().unwrap_or_default();
        let due = [("Top-up to the year's minimum".to_owned(), top_up)];
        let months = self
            .months
            .iter()
            .flat_map(|month| &month.setups[setup].lines);
        let mut lines: Vec<(String, Money)> = Vec::new();
        for (line, amount) in months.chain(&due) {
            match lines.iter_mut().find(|(known, _)| known == line) {
                Some((_, sum)) => *sum += *amount,
                None => lines.push((line.clone(), *amount)),
            }
        }
        lines.retain(|(_, amount)| !amount.is_zero());
        lines
    }

    /// The set-up that costs least over the year and keeps its promises in every month; of all, where none does.
    pub fn cheapest(&self) -> usize {
        let setups = 0..self.top_up.len();
        super::cheapest(setups.map(|setup| {
            let mut months = self.months.iter();
            let keeps = months.all(|month| month.setups[setup].keeps_promises);
            (self.total(setup).to_f64(), keeps)
        }))
    }

    /// A set-up's sum of the months, and what is due at the end.
    pub fn total(&self, setup: usize) -> Money {
        self.lines(setup).iter().map(|(_, amount)| *amount).sum()
    }
}

/// A planned month before people are hired.
struct Planned {
    month: Month,
    /// Per set-up: charges of each contract that count towards a minimum over the year, and that minimum.
    charges: Vec<(Vec<Money>, Money)>,
    /// Per set-up: pay of one more person for the month, and hiring one.
    person: Vec<(Money, Money)>,
}

/// Plans and prices the twelve months from the month in which the horizon starts; `forecast` answers the
/// scenario over another horizon, changed as the caller likes, with its demand.
pub fn year<D, F>(
    scenario: &Scenario,
    comparison: &Comparison,
    drafts: &Drafts,
    forecast: D,
    settle: F,
) -> Year
where
    D: Fn(&Scenario) -> (Scenario, Demand) + Sync,
    F: Fn(&Scenario, SetupId, &Demand) -> Settled + Sync,
{
    // What counts over the year is settled at its end.
    let mut by_month = scenario.clone();
    for id in by_month.setups.ids().collect::<Vec<_>>() {
        if let Some(tariff) = &mut by_month.setups[id].tariff
            && tariff.minimum_over_year
        {
            tariff.minimum_per_month = Money::ZERO;
        }
    }
    let firsts = months::firsts(scenario);
    let forecasts: Vec<(Scenario, Demand)> = firsts
        .par_iter()
        .enumerate()
        .map(|(month, &first_day)| {
            let mut whole = weeks::after(&by_month, month);
            whole.horizon = months::horizon(scenario, first_day, months::days(first_day));
            forecast(&whole)
        })
        .collect();
    let contacts = forecasts
        .iter()
        .map(|(_, demand)| weeks::by_day(demand, scenario));
    let contacts = contacts.flatten().collect();
    let weeks = Weeks::plan(&by_month, comparison, &contacts, &forecast, &settle);
    let planned: Vec<Planned> = firsts
        .par_iter()
        .zip(&forecasts)
        .map(|(&first_day, forecast)| {
            plan_month(scenario, first_day, forecast, &weeks, (comparison, drafts))
        })
        .collect();
    let top_up = scenario.setups.ids().enumerate().map(|(index, id)| {
        let months = || planned.iter().map(|month| &month.charges[index]);
        let minimum: Money = months().map(|(_, minimum)| *minimum).sum();
        let contracts = months().map(|(charges, _)| charges.len()).max();
        let due = (0..contracts.unwrap_or(0)).map(|contract| {
            let charged = months().filter_map(|(charges, _)| charges.get(contract));
            (minimum - charged.copied().sum::<Money>()).max(Money::ZERO)
        });
        let due: Money = due.sum();
        let tariff = scenario.setups[id].tariff.as_ref();
        let vat = tariff.map_or(0.0, Tariff::vat_borne);
        due.times(1.0 + vat).rounded()
    });
    let mut year = Year {
        top_up: top_up.collect(),
        months: Vec::new(),
    };
    let (months, person): (Vec<Month>, Vec<_>) = planned
        .into_iter()
        .map(|planned| (planned.month, planned.person))
        .unzip();
    year.months = months;
    let begins = scenario.horizon.local(0, scenario.zone).date();
    for (index, id) in scenario.setups.ids().enumerate() {
        let costs: Vec<(Money, Money)> = person.iter().map(|month| month[index]).collect();
        let terms = &scenario.setups[id];
        employ(terms, index, &mut year.months, &costs, begins);
    }
    year
}

fn plan_month(
    scenario: &Scenario,
    first_day: NaiveDate,
    (month, demand): &(Scenario, Demand),
    weeks: &Weeks,
    (comparison, drafts): (&Comparison, &Drafts),
) -> Planned {
    let days = months::days(first_day);
    let all_days = || (0..u64::from(days)).map(|day| first_day + Days::new(day));
    let plans: Vec<(NaiveDate, &WeekPlan)> = all_days()
        .filter_map(|day| Some((day, weeks.on(day)?)))
        .collect();
    let mut planned = Planned {
        month: Month {
            first_day,
            days,
            interactions: 0.0,
            setups: Vec::new(),
        },
        charges: Vec::new(),
        person: Vec::new(),
    };
    for (index, base) in comparison.setups.iter().enumerate() {
        let setup = base.setup;
        let (wide, demand) = whatif::with_companions(month, demand, setup);
        let worked: Vec<(NaiveDate, &WeekPlan, &SetupResult)> = plans
            .iter()
            .filter_map(|&(day, plan)| Some((day, plan, plan.setups[index].as_ref()?)))
            .collect();
        let (usage, busiest) = match laid::month(&wide, setup, &demand, &worked) {
            Some((usage, busiest)) => (usage.worked(drafts.searched(base)), busiest),
            None => {
                let mut usage = Usage::of_demand(&wide, setup, &demand);
                usage.months = 1.0;
                (usage.handled_as(&wide, &base.observed), 0.0)
            }
        };
        let typical = worked
            .get(worked.len() / 2)
            .map_or(base, |typical| typical.2);
        let costing = cost::price_usage(&wide, setup, &usage, Some(&typical.observed));
        if index == 0 {
            planned.month.interactions = costing.interactions;
        }
        // Who is hired for whole contracts is followed from month to month.
        let terms = &scenario.setups[setup];
        let followed = terms.in_house.whole_contracts;
        let lines = costing.lines.iter();
        let lines = lines.filter(|line| !(followed && line.is_hiring() || line.is_once()));
        let lines = lines.map(|line| (line.line.clone(), line.amount));
        let once = base.costing.lines.iter().filter(|line| line.is_once());
        let once = once.map(|line| {
            let a_month = 1.0 / (base.costing.weeks * MONTHS_PER_WEEK);
            (line.line.clone(), line.amount.times(a_month).rounded())
        });
        planned.month.setups.push(MonthCost {
            lines: lines.chain(once).collect(),
            needed: costing.detail.own_people,
            busiest,
            people: costing.detail.own_people,
            keeps_promises: if worked.is_empty() {
                base.keeps_promises
            } else {
                worked.iter().all(|(_, _, week)| week.keeps_promises)
            },
            ..MonthCost::default()
        });
        let minimum = match &terms.tariff {
            Some(tariff) if tariff.minimum_over_year => {
                let part = costing.detail.contracts;
                tariff
                    .minimum_per_month
                    .times(tariff.index_on(first_day) * part)
            }
            _ => Money::ZERO,
        };
        planned.charges.push((costing.detail.charges, minimum));
        planned.person.push(person(typical));
    }
    planned
}

/// Pay of one more person for the month, charges included, and what hiring one costs: one like those employed, or of the
/// first group where nobody is.
fn person(solved: &SetupResult) -> (Money, Money) {
    let scenario = &solved.scenario;
    let terms = &scenario.setups[solved.setup];
    let usage = Usage::of(
        scenario,
        solved.setup,
        &solved.demand,
        &solved.staffing,
        &solved.observed,
    );
    let employed = usage.own_teams();
    let employed = employed.map(|team| (team.group, team.people * team.borne));
    let mut people: Vec<(GroupId, f64)> = employed.filter(|(_, people)| *people > 0.0).collect();
    if people.is_empty() {
        let mut own = terms.groups.iter();
        let own = own.find(|&&group| scenario.groups[group].employer == Employer::Own);
        people.extend(own.map(|&group| (group, 1.0)));
    }
    let all: f64 = people.iter().map(|(_, people)| people).sum();
    let (mut pay, mut hiring) = (Money::ZERO, Money::ZERO);
    for (id, people) in people {
        let group = &scenario.groups[id];
        let hour = Money::from_f64(group.wage).times(1.0 + group.charges.value());
        let week = group.contract.hours.value();
        let at_work = week * group.total_shrinkage().rest().value();
        let lost = ramp_hours(&terms.in_house, at_work.min(week));
        let learning = hour.times(terms.in_house.training.value() + lost);
        pay += hour.times(week / MONTHS_PER_WEEK * people / all);
        hiring += (terms.in_house.recruiting + learning).times(people / all);
    }
    (pay, hiring)
}

/// Follows the heads of a set-up through the months of a plan that begins on a day. The yearly attrition takes its
/// twelfth of them each month, one by one as it adds up.
fn employ(
    terms: &Setup,
    index: usize,
    months: &mut [Month],
    costs: &[(Money, Money)],
    begins: NaiveDate,
) {
    // Hours that follow the need are nobody's contract.
    if !terms.in_house.whole_contracts {
        return;
    }
    let a_month = (terms.in_house.attrition.value() / 12.0).min(1.0);
    let lead = terms.in_house.hiring_weeks + terms.in_house.training.value() / 40.0;
    let first = months.first();
    let mut employed = first.map_or(0.0, |month| {
        let cost = &month.setups[index];
        cost.needed.max(cost.busiest)
    });
    let mut leaving = 0.0;
    for (month, (pay, hiring)) in months.iter_mut().zip(costs) {
        leaving += employed * a_month;
        let gone = (leaving + 1e-9).floor();
        leaving -= gone;
        let staying = employed - gone;
        let cost = &mut month.setups[index];
        cost.people = cost.needed.max(cost.busiest).max(staying);
        cost.hired = cost.people - staying;
        cost.hiring = hiring.times(cost.hired).rounded();
        cost.idle = pay.times(cost.people - cost.needed).rounded();
        let lines = [(HIRING, cost.hiring), ("People above the need", cost.idle)];
        cost.lines
            .extend(lines.map(|(line, amount)| (line.to_owned(), amount)));
        if cost.hired > 1e-9 {
            let days = Days::new((7.0 * lead).ceil() as u64);
            cost.decide_by = month.first_day.checked_sub_days(days);
            cost.in_time = cost.decide_by.is_some_and(|day| day >= begins);
        }
        employed = cost.people;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{InHouseCosts, SetupKind};
    use crate::units::{Hours, Share};

    /// Needs of 4, 6, 3, 3 with a tenth leaving each month: 2 are hired for the second month; in the third 0.4 + 0.4 + 0.6
    /// have made one leaver, and the five who stay are paid.
    #[test]
    fn who_is_hired_stays_until_attrition_takes_them() {
        let mut terms = Setup {
            name: String::new(),
            title: String::new(),
            kind: SetupKind::InHouse,
            groups: vec![GroupId(0)],
            empty_groups: Vec::new(),
            companions: 0,
            bearers: None,
            sharers: None,
            per_client: false,
            in_house: InHouseCosts {
                attrition: Share(1.2),
                training: Hours(80.0),
                hiring_weeks: 4.0,
                ..InHouseCosts::default()
            },
            tariff: None,
        };
        let months = |needs: &[f64]| -> Vec<Month> {
            needs
                .iter()
                .enumerate()
                .map(|(index, &needed)| Month {
                    first_day: NaiveDate::from_ymd_opt(2026, 1 + index as u32, 1).unwrap(),
                    days: 30,
                    interactions: 0.0,
                    setups: vec![MonthCost {
                        lines: vec![("Pay".to_owned(), Money::from_f64(1000.0))],
                        needed,
                        people: needed,
                        ..MonthCost::default()
                    }],
                })
                .collect()
        };
        let costs = [(Money::from_f64(100.0), Money::from_f64(50.0)); 4];
        let begins = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        let mut months_of = months(&[4.0, 6.0, 3.0, 3.0]);
        employ(&terms, 0, &mut months_of, &costs, begins);
        let people: Vec<f64> = months_of.iter().map(|m| m.setups[0].people).collect();
        assert_eq!(people, [4.0, 6.0, 5.0, 5.0]);
        let hired: Vec<f64> = months_of.iter().map(|m| m.setups[0].hired).collect();
        assert_eq!(hired, [0.0, 2.0, 0.0, 0.0]);
        let second = &months_of[1].setups[0];
        assert_eq!(second.hiring, Money::from_f64(100.0));
        assert_eq!(second.total(), Money::from_f64(1100.0));
        // Four weeks of lead and two of training before 1 February: before the plan begins.
        assert_eq!(second.decide_by, NaiveDate::from_ymd_opt(2025, 12, 21));
        assert!(!second.in_time);
        let third = &months_of[2].setups[0];
        assert_eq!(
            (third.idle, third.hiring),
            (Money::from_f64(200.0), Money::ZERO)
        );
        assert_eq!(third.decide_by, None);
        // The year is the sum of its lines, and these of the months.
        let year = Year {
            months: months_of,
            top_up: vec![Money::from_f64(7.0)],
        };
        let lines = year.lines(0);
        let amounts = lines.iter().map(|(_, amount)| *amount);
        assert_eq!(amounts.sum::<Money>(), year.total(0));
        assert_eq!(lines[0], ("Pay".to_owned(), Money::from_f64(4000.0)));
        assert_eq!(year.total(0), Money::from_f64(4000.0 + 100.0 + 400.0 + 7.0));

        // One who is needed is replaced.
        let mut even = months(&[4.0; 4]);
        employ(&terms, 0, &mut even, &costs, begins);
        let hired: Vec<f64> = even.iter().map(|m| m.setups[0].hired).collect();
        assert_eq!(hired, [0.0, 0.0, 1.0, 0.0]);

        // Without whole contracts hours follow the need, and nobody is idle.
        terms.in_house.whole_contracts = false;
        let mut year = months(&[4.0, 6.0, 3.0, 3.0]);
        employ(&terms, 0, &mut year, &costs, begins);
        assert!(year.iter().all(|month| month.setups[0].idle.is_zero()));
        assert_eq!(year[2].setups[0].people, 3.0);
    }
}
