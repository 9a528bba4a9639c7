//! Pictures of money: what an interaction costs, why, and from which volume.

use super::{Picture, picture};
use crate::compare::{self, SetupResult};
use crate::report::charts::break_even::{self, BreakEvenChart};
use crate::report::charts::cost::{self, CostBar, CostBars};
use crate::report::charts::waterfall::{self, Waterfall};
use crate::report::digest::Digest;
use crate::report::words;

/// Parts of a stacked bar before the rest becomes one.
const MOST_PARTS: usize = 8;

pub(super) fn costs(digest: &Digest) -> Vec<Picture> {
    let plan = digest.plan;
    let results = &plan.comparison.setups;
    if results.is_empty() {
        return Vec::new();
    }
    let per = |result: &SetupResult, amount: f64| amount / result.costing.interactions;
    // The greatest lines over all set-ups get a colour of their own.
    let mut sizes: Vec<(String, f64)> = Vec::new();
    for result in results.iter().filter(|it| it.costing.interactions > 0.0) {
        for line in &result.costing.lines {
            let size = per(result, line.amount.to_f64());
            match sizes.iter_mut().find(|(name, _)| *name == line.line) {
                Some((_, most)) => *most = most.max(size),
                None => sizes.push((line.line.clone(), size)),
            }
        }
    }
    let kept = if sizes.len() > MOST_PARTS {
        sizes.sort_by(|a, b| b.1.total_cmp(&a.1));
        MOST_PARTS - 1
    } else {
        sizes.len()
    };
    let mut parts: Vec<String> = sizes
        .iter()
        .take(kept)
        .map(|(name, _)| name.clone())
        .collect();
    if sizes.len() > kept {
        parts.push("everything else".to_owned());
    }
    let bars = results
        .iter()
        .enumerate()
        .map(|(index, result)| {
            let mut amounts = vec![0.0; parts.len()];
            for line in &result.costing.lines {
                let part = parts.iter().position(|name| *name == line.line);
                if let (Some(amount), true) = (
                    amounts.get_mut(part.unwrap_or(kept)),
                    result.costing.interactions > 0.0,
                ) {
                    *amount += per(result, line.amount.to_f64());
                }
            }
            CostBar {
                setup: digest.setup_title(result).to_owned(),
                parts: amounts,
                said: result
                    .costing
                    .per_interaction()
                    .map_or("–".to_owned(), |price| {
                        words::money(plan.scenario.currency, price)
                    }),
                cheapest: index == plan.comparison.cheapest,
                keeps_promises: result.keeps_promises,
            }
        })
        .collect();
    let svg = cost::draw(&CostBars {
        parts,
        bars,
        unit: format!(
            "{} for one interaction",
            words::symbol(plan.scenario.currency)
        ),
    });
    vec![picture("cost", "Cost", svg)]
}

/// From the total of the set-up that the answer is held against to that of the cheapest.
pub(super) fn waterfalls(digest: &Digest) -> Vec<Picture> {
    let (Some(cheapest), Some((against, _))) = (digest.cheapest, digest.saving()) else {
        return Vec::new();
    };
    let way = compare::waterfall(against, cheapest);
    let mut steps: Vec<(String, f64)> = way
        .steps
        .iter()
        .map(|step| (step.line.clone(), step.amount.to_f64()))
        .collect();
    steps.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    if steps.len() > MOST_PARTS + 2 {
        let rest = steps.split_off(MOST_PARTS + 1);
        let sum = rest.iter().map(|(_, change)| change).sum();
        steps.push(("everything else".to_owned(), sum));
    }
    // What falls away first, then what comes instead.
    steps.sort_by_key(|(_, change)| *change > 0.0);
    let currency = digest.plan.scenario.currency;
    let said = |amount: crate::scenario::Money| words::money_short(currency, amount.to_f64());
    let weeks = words::counted(digest.plan.scenario.horizon.weeks(), "week");
    let svg = waterfall::draw(&Waterfall {
        from: (digest.setup_title(against).to_owned(), way.start.to_f64()),
        steps,
        to: digest.setup_title(cheapest).to_owned(),
        unit: format!("{} over {weeks}", words::symbol(currency)),
        said: (said(way.start), said(way.end)),
    });
    vec![picture("waterfall", "Waterfall", svg)]
}

pub(super) fn break_evens(digest: &Digest) -> Vec<Picture> {
    let plan = digest.plan;
    if plan.break_even.points.len() < 2 {
        return Vec::new();
    }
    let svg = break_even::draw(&BreakEvenChart {
        setups: plan
            .comparison
            .setups
            .iter()
            .map(|result| digest.setup_title(result).to_owned())
            .collect(),
        points: plan
            .break_even
            .points
            .iter()
            .map(|point| (point.interactions_per_day, point.per_interaction.clone()))
            .collect(),
        crossings: plan
            .break_even
            .crossings
            .iter()
            .map(|crossing| (crossing.interactions_per_day, crossing.to))
            .collect(),
        today: Some(digest.contacts_per_day()).filter(|today| *today > 0.0),
        unit: format!(
            "{} for one interaction",
            words::symbol(plan.scenario.currency)
        ),
    });
    vec![picture("break-even", "Break-even", svg)]
}
