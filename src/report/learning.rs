//! What people learn before it is needed, and since an earlier plan, with its price: said in words, once for the
//! terminal and the report.

use super::digest::Digest;
use super::words;
use crate::cost::{Hiring, Learning, TeamLearning};
use crate::roster::Backup;
use crate::scenario::{Currency, GroupKind, Money};

/// Who could stand in, where the policy asks for it and a roster was made; what that costs, and what would mend it
/// where nobody can.
pub(crate) fn backups(digest: &Digest) -> Option<String> {
    let scenario = &digest.plan.scenario;
    let backups = digest.backups();
    let wanted = scenario.policy.backups;
    if wanted == 0 || backups.is_empty() {
        return None;
    }
    let mut learning = Learning::default();
    backups.iter().for_each(|(_, one)| learning += *one);
    let learners: usize = (backups.iter())
        .map(|(backup, _)| backup.learners.len())
        .sum();
    let learn = match learners {
        0 => String::new(),
        1 => format!(
            "; 1 person pre-learns another: {}",
            once(scenario.currency, &learning)
        ),
        more => format!(
            "; {more} times somebody pre-learns another: {}",
            once(scenario.currency, &learning)
        ),
    };
    let short = backups.iter().filter(|(backup, _)| backup.missing > 0);
    let (unknown, short): (Vec<&Backup>, Vec<&Backup>) = short
        .map(|(backup, _)| *backup)
        .partition(|backup| backup.trained == 0);
    let pairs = |backups: &[&Backup]| {
        let pair = |backup: &&Backup| {
            let client = words::label(&scenario.clients[backup.client].name, 22);
            format!("{client} {}", scenario.languages[backup.language].tag)
        };
        words::some_of(&backups.iter().map(pair).collect::<Vec<_>>())
    };
    let mut rest = String::new();
    if !unknown.is_empty() {
        rest += &format!("; nobody at all knows {}", pairs(&unknown));
    }
    if !short.is_empty() {
        rest += &format!("; not {}: nobody else can learn it", pairs(&short));
    }
    if !rest.is_empty() {
        let hiring = digest.hiring(&backups);
        let hire = match hiring.people {
            0 => "add agents who speak it".to_owned(),
            _ => hire(scenario.currency, &hiring),
        };
        rest += &format!(". {} others the language, or {hire}", sharing(digest));
    }
    Some(format!(
        "{} of {} of client and language {} {wanted} beyond those on duty{learn}{rest}",
        backups.len() - short.len() - unknown.len(),
        words::counted(backups.len() as f64, "pair"),
        if backups.len() == 1 { "has" } else { "have" },
    ))
}

/// Who has to learn which clients since an earlier plan, where there was one.
pub(crate) fn since(digest: &Digest) -> Option<String> {
    let rows = digest.plan.learning.as_ref()?;
    let chosen = digest.chosen?;
    if rows.is_empty() {
        return Some("nobody has to learn a client since the earlier plan".to_owned());
    }
    let mut learning = Learning::default();
    rows.iter().for_each(|row| learning += row.learning);
    let people: usize = rows.iter().map(|row| row.people).sum();
    let teams: Vec<String> = (rows.iter())
        .map(|row| {
            let team = words::label(&chosen.staffing.teams[row.team].name, 32);
            format!(
                "{} of {team}: {}",
                row.people,
                words::some_of(&names(digest, row))
            )
        })
        .collect();
    Some(format!(
        "{} clients new to them since the earlier plan: {} ({})",
        if people == 1 {
            "1 person has to learn".to_owned()
        } else {
            format!("{people} people have to learn")
        },
        once(digest.plan.scenario.currency, &learning),
        words::some_of(&teams)
    ))
}

/// The clients that a team has to learn, by name.
pub(crate) fn names(digest: &Digest, row: &TeamLearning) -> Vec<String> {
    let clients = digest.chosen.map(|chosen| &chosen.scenario.clients);
    let named = |clients: &crate::table::Table<_, crate::scenario::Client>| {
        let names = row.clients.iter().map(|&client| &clients[client].name);
        names.map(|name| words::label(name, 22)).collect()
    };
    clients.map_or(Vec::new(), named)
}

/// "48 h, €1 234 once, which is the partner's own cost".
fn once(currency: Currency, learning: &Learning) -> String {
    let money = |amount: Money| words::money_short(currency, amount.to_f64());
    let whose = match learning.partners {
        none if none.is_zero() => String::new(),
        all if all == learning.cost => ", the partner's own cost".to_owned(),
        part => format!(", of which {} are the partner's own cost", money(part)),
    };
    format!(
        "{} h, {} once{whose}",
        words::count(learning.hours.value()),
        money(learning.cost)
    )
}

/// "hire 2 people: €1 234 once for recruiting, training and learning, beside their pay".
fn hire(currency: Currency, hiring: &Hiring) -> String {
    let own = hiring.cost + hiring.learning.cost - hiring.learning.partners;
    let people = words::counted(hiring.people as f64, "agent");
    let paid = format!(
        "{} once for recruiting, training and learning, beside their pay",
        words::money_short(currency, own.to_f64())
    );
    match hiring.partners_people {
        0 => format!("hire {people}: {paid}"),
        all if all == hiring.people => {
            format!("let the partner hire {people}, at its own cost")
        }
        part => format!("hire {people}: {paid}; {part} of them the partner, at its own cost"),
    }
}

/// "Raise max_clients, teach": how agents of other clients could stand in, where there are any.
fn sharing(digest: &Digest) -> &'static str {
    let scenario = &digest.plan.scenario;
    let mut groups = (digest.chosen.into_iter())
        .flat_map(|chosen| &chosen.scenario.setups[chosen.setup].groups)
        .map(|&group| scenario.groups[group].kind);
    if scenario.clients.len() < 2 {
        "Teach"
    } else if groups.any(|kind| kind != GroupKind::Dedicated) {
        "Raise max_clients, teach"
    } else {
        "Share agents among clients, teach"
    }
}
