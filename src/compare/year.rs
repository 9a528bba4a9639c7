//! A year by its months: each planned through a typical week, weighted by the days of the month.
//!
//! A month's typical week is the one that holds its 15th, with the contacts of an average day of the whole
//! month: a Black Friday in another week counts too. The forecast carries growth, season, events and levers;
//! the plan keeps the promises; its cost × days ÷ 7 is the month's. Weeks are drafts; what the full search
//! saves over a draft in the scenario's own weeks is taken off in the same proportion.
//!
//! Who is hired stays: whole contracts of one's own shrink by attrition alone, one person whenever a whole one has come
//! together, and people above a month's need are paid. Each person more than those who stay is recruited, trained and
//! slow at first; leavers who are not needed are not replaced. A minimum that counts over the year is settled at its end.

use chrono::{Datelike, Days, NaiveDate};
use rayon::prelude::*;

use super::drafts::{Drafts, draft};
use super::{Comparison, Settled, SetupResult, months};
use crate::cost::{MONTHS_PER_WEEK, Usage, ramp_hours};
use crate::demand::Demand;
use crate::ids::{GroupId, SetupId};
use crate::scenario::{Employer, Money, Scenario, Setup};
use crate::units::Share;
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
    /// People of one's own that the typical week needs, and those employed.
    pub needed: f64,
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
    let firsts = months::firsts(scenario);
    let searched: Vec<f64> = comparison
        .setups
        .iter()
        .map(|base| drafts.searched(base))
        .collect();
    let kept: Vec<bool> = comparison
        .setups
        .iter()
        .map(|base| base.keeps_promises)
        .collect();
    let planned: Vec<Planned> = firsts
        .par_iter()
        .enumerate()
        .map(|(month, &first_day)| {
            let later = after(scenario, month);
            plan_month(&later, first_day, (&searched, &kept), &forecast, &settle)
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
        let vat = tariff
            .filter(|tariff| !tariff.vat_deductible)
            .map_or(0.0, |tariff| tariff.vat.value());
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

/// The scenario some months on: what was escalated has become standard in part.
fn after(scenario: &Scenario, months: usize) -> Scenario {
    let mut later = scenario.clone();
    for queue in later.queues.ids().collect::<Vec<_>>() {
        let contact_type = &mut later.queues[queue].contact_type;
        let left = contact_type.standardised.rest().value().powi(months as i32);
        contact_type.escalated = Share(contact_type.escalated.value() * left);
    }
    later
}

fn plan_month<D, F>(
    scenario: &Scenario,
    first_day: NaiveDate,
    (searched, kept): (&[f64], &[bool]),
    forecast: &D,
    settle: &F,
) -> Planned
where
    D: Fn(&Scenario) -> (Scenario, Demand),
    F: Fn(&Scenario, SetupId, &Demand) -> Settled,
{
    let days = months::days(first_day);
    let mut typical = scenario.clone();
    for id in typical.setups.ids().collect::<Vec<_>>() {
        if let Some(tariff) = &mut typical.setups[id].tariff
            && tariff.minimum_over_year
        {
            tariff.minimum_per_month = Money::ZERO;
        }
    }
    let mut whole = typical.clone();
    whole.horizon = months::horizon(scenario, first_day, days);
    let monday = monday_of(first_day + Days::new(14));
    typical.horizon = months::horizon(scenario, monday, 7);
    let (typical, demand) = forecast(&typical);
    let per_day = |demand: &Demand| demand.per_day(|_| true);
    let (in_week, in_month) = (per_day(&demand), per_day(&forecast(&whole).1));
    let demand = if in_week > 0.0 {
        whatif::scaled_demand(&demand, in_month / in_week)
    } else {
        demand
    };
    let weeks = f64::from(days) / 7.0 / typical.horizon.weeks();
    let months = weeks * typical.horizon.weeks() * MONTHS_PER_WEEK;
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
    for (index, setup) in scenario.setups.ids().enumerate() {
        let (wide, demand) = whatif::with_companions(&typical, &demand, setup);
        let kept = kept.get(index).copied().unwrap_or(false);
        let solved = draft(&wide, setup, demand, kept, settle);
        let costing = &solved.costing;
        if index == 0 {
            planned.month.interactions = costing.interactions * weeks;
        }
        let part = searched.get(index).copied().unwrap_or(1.0) * weeks;
        // Who is hired for whole contracts is followed from month to month.
        let followed = scenario.setups[setup].in_house.whole_contracts;
        let lines = costing.lines.iter();
        let lines = lines.filter(|line| !(followed && line.is_hiring()));
        let lines = lines.map(|line| (line.line.clone(), line.amount.times(part).rounded()));
        planned.month.setups.push(MonthCost {
            lines: lines.collect(),
            needed: costing.detail.own_people,
            people: costing.detail.own_people,
            keeps_promises: solved.keeps_promises,
            ..MonthCost::default()
        });
        let minimum = match &scenario.setups[setup].tariff {
            Some(tariff) if tariff.minimum_over_year => {
                let index = tariff
                    .indexation
                    .map_or(1.0, |indexation| indexation.factor(first_day));
                tariff.minimum_per_month.times(index * months)
            }
            _ => Money::ZERO,
        };
        let charges = costing.detail.charges.iter();
        let charges = charges.map(|charges| charges.times(part)).collect();
        planned.charges.push((charges, minimum));
        planned.person.push(person(&solved, months));
    }
    planned
}

/// Pay of one more person for the month, charges included, and what hiring one costs: one like those employed, or of the
/// first group where nobody is.
fn person(solved: &SetupResult, months: f64) -> (Money, Money) {
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
        pay += hour.times(week * months / MONTHS_PER_WEEK * people / all);
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
    let mut employed = first.map_or(0.0, |month| month.setups[index].needed);
    let mut leaving = 0.0;
    for (month, (pay, hiring)) in months.iter_mut().zip(costs) {
        leaving += employed * a_month;
        let gone = (leaving + 1e-9).floor();
        leaving -= gone;
        let staying = employed - gone;
        let cost = &mut month.setups[index];
        cost.people = cost.needed.max(staying);
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

fn monday_of(day: NaiveDate) -> NaiveDate {
    day - Days::new(u64::from(day.weekday().num_days_from_monday()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{InHouseCosts, SetupKind};
    use crate::units::Hours;

    /// Needs of 4, 6, 3, 3 with a tenth leaving each month: 2 are hired for the second month; in the third 0.4 + 0.4 + 0.6
    /// have made one leaver, and the five who stay are paid.
    #[test]
    fn who_is_hired_stays_until_attrition_takes_them() {
        let mut terms = Setup {
            name: String::new(),
            title: String::new(),
            kind: SetupKind::InHouse,
            groups: vec![GroupId(0)],
            companions: 0,
            bearers: None,
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
