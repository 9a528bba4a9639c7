//! What holds beside the price of every form, in words; fit for the client.

use crate::cost::ShopSize;
use crate::scenario::{BonusMalus, Money, Scenario, Tariff};
use crate::sheet::Cell;
use crate::units::Share;

/// The seller's terms, as far as they say anything, with the contacts of an average day of the year and of the weeks
/// planned.
pub(super) fn of(scenario: &Scenario, terms: &Tariff, contacts_per_day: [f64; 2]) -> Vec<String> {
    let currency = scenario.currency.code();
    let money = |amount: Money| {
        format!(
            "{} {currency}",
            Cell::number(amount.to_f64(), 2).for_people()
        )
    };
    let mut said = vec![volume(scenario, contacts_per_day), billable(terms)];
    if terms.setup_fee.is_zero() {
        said.push("no set-up fee".to_owned());
    } else {
        said.push(format!(
            "set-up fee {} once, spread over {} months in what is expected a month",
            money(terms.setup_fee),
            terms.term_months.max(1)
        ));
    }
    if !terms.monthly_fee.is_zero() {
        said.push(format!("monthly fee {}", money(terms.monthly_fee)));
    }
    said.push(match terms.minimum_per_month {
        none if none.is_zero() => "no monthly minimum".to_owned(),
        least if terms.minimum_over_year => {
            format!("minimum {} a month, taken over the year", money(least))
        }
        least => format!("minimum {} a month", money(least)),
    });
    said.extend(uplifts(scenario, terms));
    if let Some(BonusMalus {
        per_point,
        most_bonus,
        most_malus,
    }) = terms.bonus_malus
    {
        said.push(format!(
            "{} more or less for each point of service above or below the promise, at most {} more and {} less",
            percent(per_point),
            percent(most_bonus),
            percent(most_malus)
        ));
    }
    if let Some(rise) = terms.indexation {
        said.push(format!(
            "prices as of {} rise by {} a year",
            rise.from.format("%-d %B %Y"),
            percent(rise.per_year)
        ));
    }
    said.push(format!(
        "notice {} days, exit fee {}",
        terms.notice_days,
        money(terms.exit_fee)
    ));
    for rate in &terms.rates {
        said.push(format!("fees given in {rate}"));
    }
    said.push("prices exclude VAT".to_owned());
    said
}

/// A shop's size is that of its year: one week before Christmas makes none large.
fn volume(scenario: &Scenario, [of_year, per_day]: [f64; 2]) -> String {
    let horizon = &scenario.horizon;
    let day = |slot: usize| horizon.local(slot, scenario.zone).format("%-d %B %Y");
    format!(
        "{} volume: {of_year:.0} contacts a day that come on average over the months above, {per_day:.0} as forecast \
         from {} to {}",
        ShopSize::of(of_year).name(),
        day(0),
        day(horizon.slots.saturating_sub(1)),
    )
}

fn billable(terms: &Tariff) -> String {
    let mut said = String::from(if terms.billable.abandoned {
        "billable is every contact, given up before an answer too"
    } else {
        "billable is every contact handled; contacts given up before an answer are free"
    });
    if !terms.billable.repeats {
        said.push_str("; contacts that come back unsettled are free");
    }
    if terms.billable.spam.value() > 0.0 {
        said.push_str("; spam is free");
    }
    said
}

fn uplifts(scenario: &Scenario, terms: &Tariff) -> Vec<String> {
    let uplifts = &terms.uplifts;
    let clock = |minute: u32| format!("{:02}:{:02}", minute / 60, minute % 60);
    let (from, to) = uplifts.night_hours;
    let hours = [
        (
            uplifts.night,
            format!("from {} to {}", clock(from), clock(to)),
        ),
        (
            uplifts.weekend,
            "on Saturdays, Sundays and holidays".to_owned(),
        ),
        (
            uplifts.round_the_clock,
            "for service round the clock".to_owned(),
        ),
    ];
    let languages = uplifts.languages.iter().map(|(language, share)| {
        (
            *share,
            format!("in {}", scenario.languages[*language].title),
        )
    });
    let all = hours.into_iter().chain(languages);
    all.filter(|(share, _)| share.value() > 0.0)
        .map(|(share, when)| format!("{} on top {when}", percent(share)))
        .collect()
}

fn percent(share: Share) -> String {
    let text = format!("{:.1}", share.percent());
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}
