//! Pay by contract: rostered hours by what they are used for, shrinkage by kind, contracts rounded up,
//! premiums, charges.
//!
//! rostered = with contacts + idle on the line + paid breaks; rostered + shrinkage = rostered ÷ (1 − s); the part of
//! kind k is rostered × s_k ÷ (1 − s), so that the parts sum to the whole.

use std::collections::{BTreeMap, BTreeSet};

use super::{Ledger, Money, Team, list, number, percent};
use crate::scenario::PremiumKind;

pub(super) fn write(ledger: &mut Ledger, teams: &[Team<'_>]) {
    rostered(ledger, teams);
    shrinkage(ledger, teams);
    contracts(ledger, teams);
    premiums(ledger, teams);
    charges(ledger, teams);
}

/// Rostered hours: with contacts, idle, and off the line.
fn rostered(ledger: &mut Ledger, teams: &[Team<'_>]) {
    let mut lines = [
        ("Pay, time with contacts", Money::ZERO, Vec::new()),
        ("Idle time, paid and not used", Money::ZERO, Vec::new()),
        ("Pay, paid breaks", Money::ZERO, Vec::new()),
    ];
    for team in teams {
        let rostered = team.used.rostered;
        let busy = team.used.busy.min(rostered);
        let idle = (team.used.on_line - team.used.busy).clamp(0.0, rostered - busy);
        let parts = [busy, idle, rostered - busy - idle];
        for ((_, amount, said), hours) in lines.iter_mut().zip(parts) {
            let hours = hours * team.used.borne;
            *amount += team.wage().times(hours);
            said.push(format!(
                "{}: {} of {} rostered h × {}",
                team.used.name,
                number(hours),
                number(rostered * team.used.borne),
                team.wage()
            ));
        }
    }
    for (line, amount, said) in lines {
        ledger.add(line, amount, list(&said, ""));
    }
}

fn shrinkage(ledger: &mut Ledger, teams: &[Team<'_>]) {
    let mut kinds: BTreeMap<&str, (Money, Vec<String>)> = BTreeMap::new();
    for team in teams {
        let filled = team.group.paid_per_filled();
        for kind in &team.group.shrinkage {
            let hours = team.used.rostered * team.used.borne * kind.share.value() * filled;
            let entry = kinds.entry(&kind.kind).or_default();
            entry.0 += team.wage().times(hours);
            entry.1.push(format!(
                "{}: {} of {} rostered h ÷ (1 − {}) × {}",
                team.used.name,
                percent(kind.share.value()),
                number(team.used.rostered * team.used.borne),
                percent(team.group.total_shrinkage().value()),
                team.wage()
            ));
        }
    }
    for (kind, (amount, parts)) in kinds {
        ledger.add(format!("Pay, shrinkage: {kind}"), amount, list(&parts, ""));
    }
}

fn contracts(ledger: &mut Ledger, teams: &[Team<'_>]) {
    let mut amount = Money::ZERO;
    let mut parts = Vec::new();
    for team in teams {
        let hours = (team.used.contract_hours - team.used.needed_hours) * team.used.borne;
        amount += team.wage().times(hours);
        if hours > 0.0 {
            parts.push(format!(
                "{}: {} employed, {} h more than needed × {}",
                team.used.name,
                number(team.used.people),
                number(hours),
                team.wage()
            ));
        }
    }
    ledger.add(
        "Pay, whole contracts",
        amount,
        list(
            &parts,
            "whole people are hired, stand-ins for leave and illness among them; ",
        ),
    );
}

fn premiums(ledger: &mut Ledger, teams: &[Team<'_>]) {
    for kind in PremiumKind::ALL {
        let mut amount = Money::ZERO;
        let mut parts = Vec::new();
        let mut sources = BTreeSet::new();
        for team in teams {
            let of_kind = team
                .used
                .premiums
                .iter()
                .filter(|(found, _, _)| *found == kind);
            for (_, hours, pay) in of_kind {
                amount += Money::from_f64(pay * team.used.borne);
                parts.push(format!(
                    "{}: {} h",
                    team.used.name,
                    number(hours * team.used.borne)
                ));
                sources.insert(format!("{}: {}", team.rules.name, team.rules.source));
            }
        }
        let rules: Vec<String> = sources.into_iter().collect();
        ledger.add(
            format!("Premium, {}", kind.name()),
            amount,
            format!("{} [rules {}]", list(&parts, ""), rules.join("; ")),
        );
    }
}

/// Charges on all pay above, from unrounded parts of each team.
fn charges(ledger: &mut Ledger, teams: &[Team<'_>]) {
    let mut amount = Money::ZERO;
    let mut parts = Vec::new();
    for team in teams {
        let premiums: f64 = team.used.premiums.iter().map(|(_, _, pay)| pay).sum();
        let pay = team
            .wage()
            .times(team.used.contract_hours * team.used.borne)
            + Money::from_f64(premiums * team.used.borne);
        amount += pay.times(team.group.charges.value());
        parts.push(format!(
            "{}: {} of {pay}",
            team.used.name,
            percent(team.group.charges.value())
        ));
    }
    ledger.add("Employer's charges", amount, list(&parts, ""));
}
