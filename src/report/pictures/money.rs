//! Pictures of money: what an interaction costs, why, and from which volume.

use super::{Picture, picture};
use crate::compare::{self, BreakEven, Comparison, SetupResult, Swing};
use crate::report::charts::break_even::{self, BreakEvenChart};
use crate::report::charts::certainty::{self, CertaintyChart};
use crate::report::charts::cost::{self, CostBar, CostBars};
use crate::report::charts::tornado::{self, Tornado, TornadoRow};
use crate::report::charts::waterfall::{self, Waterfall};
use crate::report::digest::Digest;
use crate::report::memo::title;
use crate::report::words;
use crate::scenario::{Money, Scenario};

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
        .map(|(result, bar)| {
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
                badge: digest.badge(result),
                is_best: digest.tag(result).is_some(),
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
    let svg = waterfall_of(&digest.plan.scenario, against, cheapest);
    vec![picture("waterfall", "Waterfall", svg)]
}

/// From the total of one set-up to that of another.
pub(in crate::report) fn waterfall_of(
    scenario: &Scenario,
    from: &SetupResult,
    to: &SetupResult,
) -> String {
    let way = compare::waterfall(from, to);
    let lines = way.steps.iter();
    let mut steps = by_part(lines.map(|step| (step.line.as_str(), step.amount.to_f64())));
    steps.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    if steps.len() > MOST_PARTS {
        // What is small falls away or comes: never one against the other.
        let rest = steps.split_off(MOST_PARTS - 2);
        let (comes, falls): (Vec<_>, Vec<_>) = rest.into_iter().partition(|(_, by)| *by > 0.0);
        for (name, small) in [
            ("all else that falls away", falls),
            ("all else that comes", comes),
        ] {
            let sum: f64 = small.iter().map(|(_, change)| change).sum();
            if sum != 0.0 {
                steps.push((name.to_owned(), sum));
            }
        }
    }
    // What falls away first, then what comes instead.
    steps.sort_by_key(|(_, change)| *change > 0.0);
    let currency = scenario.currency;
    let said = |amount: Money| words::money_short(currency, amount.to_f64());
    let weeks = words::counted(scenario.horizon.weeks(), "week");
    waterfall::draw(&Waterfall {
        from: (title(scenario, from), way.start.to_f64()),
        steps,
        to: title(scenario, to),
        unit: format!("{} over {weeks}", words::symbol(currency)),
        said: (said(way.start), said(way.end)),
    })
}

pub(super) fn break_evens(digest: &Digest) -> Vec<Picture> {
    let plan = digest.plan;
    if plan.break_even.points.len() < 2 {
        return Vec::new();
    }
    let today = Some(digest.contacts_per_day()).filter(|today| *today > 0.0);
    let svg = break_even_of(&plan.scenario, &plan.comparison, &plan.break_even, today);
    vec![picture("break-even", "Break-even", svg)]
}

/// What plans for busier weeks cost.
pub(super) fn certainties(digest: &Digest) -> Vec<Picture> {
    let curve = &digest.plan.certainty;
    if curve.len() < 2 {
        return Vec::new();
    }
    let scenario = &digest.plan.scenario;
    let weeks = words::counted(scenario.horizon.weeks(), "week");
    let svg = certainty::draw(&CertaintyChart {
        points: curve
            .iter()
            .map(|point| (words::weeks_kept(point.weeks), point.cost))
            .collect(),
        unit: format!(
            "{} for the shifts of {weeks}",
            words::symbol(scenario.currency)
        ),
    });
    vec![picture("certainty", "Certainty", svg)]
}

/// Cost of an interaction by volume; today's volume is the comparison's unless given.
pub(in crate::report) fn break_even_of(
    scenario: &Scenario,
    comparison: &Comparison,
    found: &BreakEven,
    today: Option<f64>,
) -> String {
    let setups = &comparison.setups;
    let titles = setups
        .iter()
        .map(|result| title(scenario, result))
        .collect();
    let unit = format!("{} for one interaction", words::symbol(scenario.currency));
    // What each shop pays at its own volume makes no line over volumes: shops differ in more than that.
    let together = match found.by_shop.is_empty() {
        true => "",
        false => ", all shops together",
    };
    break_even::draw(&BreakEvenChart {
        setups: titles,
        points: found
            .points
            .iter()
            .map(|point| (point.interactions_per_day, point.per_interaction.clone()))
            .collect(),
        crossings: found
            .crossings
            .iter()
            .map(|crossing| (crossing.interactions_per_day, crossing.to))
            .collect(),
        today: today.or_else(|| setups.first().map(compare::own_volume)),
        unit: format!("{unit}{together}"),
    })
}

/// The inputs that move the answer most.
pub(in crate::report) fn tornado_of(scenario: &Scenario, swings: &[Swing]) -> String {
    let rows = swings.iter().map(|swing| TornadoRow {
        input: format!("{} ({})", swing.input, scenario.setups[swing.setup].name),
        low: swing.per_interaction_low,
        high: swing.per_interaction_high,
        as_is: swing.per_interaction,
        said: (swing.unit.words(swing.low), swing.unit.words(swing.high)),
    });
    tornado::draw(&Tornado {
        rows: rows.collect(),
        unit: "change of the cost of one interaction in the set-up named".to_owned(),
    })
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
