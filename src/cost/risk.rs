//! What is no line but counts: weeks without cover, and what it costs to stop.

use super::ledger::{CostLine, number, sources};
use super::{CostDetail, Usage, WEEKS_PER_YEAR};
use crate::ids::QueueId;
use crate::scenario::{Money, PriceForm, Scenario, Setup, SetupKind};

/// Risks of a priced set-up, of whose partner so much is charged before fees, on so many contracts.
pub(super) fn of(
    scenario: &Scenario,
    terms: &Setup,
    usage: &Usage,
    lines: &[CostLine],
    invoiced: (Money, f64),
) -> CostDetail {
    let worst = usage
        .own_queues()
        .map(|(id, _)| (id, share_without_cover(scenario, usage, id)))
        .reduce(|worst, next| if next.1 > worst.1 { next } else { worst });
    let (weeks, basis) = match worst {
        Some((queue, share)) if share > 0.0 => (
            share * WEEKS_PER_YEAR,
            format!(
                "{}: {} people can take it; all of them on leave or ill at once",
                scenario.queues[queue].name,
                number(people_for(usage, queue))
            ),
        ),
        _ if usage.teams.iter().any(|team| team.by_tariff) => {
            (0.0, "a partner sends someone else".to_owned())
        }
        _ => (0.0, "no leave or sickness given, or no team".to_owned()),
    };
    let (lock_in, committed_per_month, lock_in_basis) = lock_in(terms, usage, lines, invoiced);
    CostDetail {
        committed_per_month,
        weeks_without_cover: weeks,
        weeks_without_cover_basis: basis,
        lock_in,
        lock_in_basis,
        ..CostDetail::default()
    }
}

/// Share of weeks in which everyone able to take a queue is away: a^n for n people each away a share a
/// of the time, independently; none where a partner serves it.
pub(super) fn share_without_cover(scenario: &Scenario, usage: &Usage, queue: QueueId) -> f64 {
    let mut share = 1.0;
    let mut anyone = false;
    for team in usage
        .teams
        .iter()
        .filter(|team| team.queues.contains_key(&queue))
    {
        if team.by_tariff {
            // A partner sends someone else (requirement R47).
            return 0.0;
        }
        if team.people <= 0.0 {
            continue;
        }
        anyone = true;
        let away: f64 = scenario.groups[team.group]
            .shrinkage
            .iter()
            .filter(|kind| is_absence(&kind.kind))
            .map(|kind| kind.share.value())
            .sum();
        share *= away.powf(team.people.max(1.0));
    }
    if anyone { share } else { 0.0 }
}

fn people_for(usage: &Usage, queue: QueueId) -> f64 {
    usage
        .teams
        .iter()
        .filter(|team| team.queues.contains_key(&queue))
        .map(|team| team.people)
        .sum()
}

/// Shrinkage that takes a person away for days, not minutes.
fn is_absence(kind: &str) -> bool {
    let kind = kind.to_lowercase();
    ["leave", "sick", "ill", "vacation", "holiday", "absence"]
        .iter()
        .any(|word| kind.contains(word))
}

/// What is still to be paid after the decision to stop, and what is due each month whether or not contacts
/// come.
fn lock_in(
    terms: &Setup,
    usage: &Usage,
    lines: &[CostLine],
    (charged, contracts): (Money, f64),
) -> (Money, Money, String) {
    let month = 365.25 / 12.0;
    let (mut total, mut due) = (Money::ZERO, Money::ZERO);
    let mut parts = Vec::new();
    if let Some(tariff) = &terms.tariff {
        let (index, vat) = (tariff.index_on(usage.first_day), tariff.vat_borne());
        let all = |amount: Money| amount.times(contracts * index * (1.0 + vat));
        // Uplifts and indexation stand in what is charged.
        let people = charged.times((1.0 + vat) / usage.months.max(1e-9));
        let fixed = match tariff.form {
            PriceForm::Flat { fee, .. } | PriceForm::Anchored { fee, .. } => all(fee),
            PriceForm::PerFteMonth { .. } => people,
            // A team for one client alone is paid through its notice.
            PriceForm::PerProductiveHour { .. } | PriceForm::PerLoggedHour { .. }
                if terms.kind == SetupKind::OutsourcedDedicated =>
            {
                people
            }
            _ => Money::ZERO,
        };
        let committed = fixed.max(all(tariff.minimum_per_month)) + all(tariff.monthly_fee);
        let exit_fee = tariff.exit_fee.times(contracts * (1.0 + vat));
        due += committed;
        let notice = f64::from(tariff.notice_days) / month;
        total += exit_fee + committed.times(notice);
        let of = if contracts == 1.0 {
            String::new()
        } else {
            format!("{} contracts: ", number(contracts))
        };
        parts.push(format!(
            "{of}exit fee {exit_fee} + {} days' notice × {committed} a month committed{}{}",
            tariff.notice_days,
            if vat > 0.0 { ", VAT included" } else { "" },
            sources(&tariff.sources, &["notice"])
        ));
    }
    let people = usage.people();
    let costs = &terms.in_house;
    if people > 0.0 && usage.months > 0.0 {
        let pay: Money = lines
            .iter()
            .filter(|line| line.is_pay() || line.is_of_leads())
            .map(|line| line.amount)
            .sum();
        let monthly = pay.times(1.0 / usage.months);
        let standing = lines.iter().filter(|line| line.is_standing());
        let standing: Money = standing.map(|line| line.amount).sum();
        due += monthly + standing.times(1.0 / usage.months);
        let months = f64::from(costs.notice_days) / month + costs.severance_months;
        total += monthly.times(months);
        parts.push(format!(
            "{} days' notice and {} months of severance × {monthly} a month, pay, charges and leads, of {} {} employed{}",
            costs.notice_days,
            number(costs.severance_months),
            number(people),
            if people == 1.0 { "person" } else { "people" },
            sources(&costs.sources, &["notice"])
        ));
    }
    (total.rounded(), due.rounded(), parts.join("; "))
}
