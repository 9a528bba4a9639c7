//! Pictures of money: what an interaction costs, why, and from which volume.

use super::{Picture, picture};
use crate::compare;
use crate::report::charts::break_even::{self, BreakEvenChart};
use crate::report::charts::cost::{self, CostBar, CostBars};
use crate::report::charts::waterfall::{self, Waterfall};
use crate::report::digest::Digest;
use crate::report::words;

/// Parts of a stacked bar, steps of a waterfall, before the rest becomes one.
const MOST_PARTS: usize = 10;

pub(super) fn costs(digest: &Digest) -> Vec<Picture> {
    let plan = digest.plan;
    let results = &plan.comparison.setups;
    if results.is_empty() {
        return Vec::new();
    }
    let bars: Vec<Vec<(String, f64)>> = results
        .iter()
        .map(|result| {
            let base = result.costing.interactions;
            let lines = result.costing.lines.iter().filter(|_| base > 0.0);
            by_part(lines.map(|line| (line.line.as_str(), line.amount.to_f64() / base)))
        })
        .collect();
    // The greatest parts over all set-ups get a colour of their own.
    let mut sizes: Vec<(String, f64)> = Vec::new();
    for (name, amount) in bars.iter().flatten() {
        match sizes.iter_mut().find(|(other, _)| other == name) {
            Some((_, most)) => *most = most.max(*amount),
            None => sizes.push((name.clone(), *amount)),
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
        .zip(bars)
        .enumerate()
        .map(|(index, (result, bar))| {
            let mut amounts = vec![0.0; parts.len()];
            for (name, amount) in bar {
                let part = parts.iter().position(|other| *other == name);
                if let Some(sum) = amounts.get_mut(part.unwrap_or(kept)) {
                    *sum += amount;
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
    let lines = way.steps.iter();
    let mut steps = by_part(lines.map(|step| (step.line.as_str(), step.amount.to_f64())));
    steps.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    if steps.len() > MOST_PARTS {
        let rest = steps.split_off(MOST_PARTS - 1);
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

/// Lines summed by what they are a part of: "Pay, shrinkage: leave" is pay.
fn by_part<'a>(lines: impl Iterator<Item = (&'a str, f64)>) -> Vec<(String, f64)> {
    let mut parts: Vec<(String, f64)> = Vec::new();
    for (line, amount) in lines {
        let name = line.split([',', ':']).next().unwrap_or(line).trim();
        match parts.iter_mut().find(|(other, _)| other == name) {
            Some((_, sum)) => *sum += amount,
            None => parts.push((name.to_owned(), amount)),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_summed_by_their_first_words() {
        let lines = [
            ("Pay, rostered", 2.0),
            ("Tools", 1.0),
            ("Pay, shrinkage: leave", 3.0),
        ];
        let parts = by_part(lines.into_iter());
        assert_eq!(parts, [("Pay".to_owned(), 5.0), ("Tools".to_owned(), 1.0)]);
    }
}
