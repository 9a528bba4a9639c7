//! The comparison for machines; the keys are a contract.

use serde_json::{Map, Value, json};

use super::Answer;
use crate::compare::{self, ClientCosts, OwnPeople, SetupResult, SplitPlan};
use crate::cost::CostLine;
use crate::ids::SetupId;
use crate::scenario::Scenario;

/// Amounts that do not exist (no contacts, no plan) are null.
fn number(value: f64) -> Value {
    if value.is_finite() {
        // Minus nought is nought.
        json!(value + 0.0)
    } else {
        Value::Null
    }
}

pub(super) fn of(answer: &Answer) -> Value {
    let scenario = &answer.scenario;
    let name = |setup: SetupId| scenario.setups[setup].name.as_str();
    let by_index = |index: usize| {
        answer
            .comparison
            .setups
            .get(index)
            .map(|result| name(result.setup))
    };
    let mut value = json!({
        "scenario": scenario.name,
        "seed": scenario.seed,
        "currency": scenario.currency.code(),
        "horizon": {
            "start": scenario.horizon.start.to_rfc3339(),
            "end": scenario.horizon.end().to_rfc3339(),
        },
        "setups": answer.comparison.setups.iter().map(setup).collect::<Vec<_>>(),
        "cheapest": by_index(answer.comparison.cheapest),
        "clients": answer.clients.iter().map(|costs| client(answer, costs)).collect::<Vec<_>>(),
        "break_even": answer.break_even.points.iter().map(|point| {
            let costs: Map<String, Value> = answer
                .comparison
                .setups
                .iter()
                .zip(&point.per_interaction)
                .map(|(result, cost)| (name(result.setup).to_owned(), number(*cost)))
                .collect();
            json!({
                "interactions_per_day": point.interactions_per_day,
                "cheapest": by_index(point.cheapest),
                "per_interaction": costs,
            })
        }).collect::<Vec<_>>(),
        "crossings": answer.break_even.crossings.iter().map(|crossing| json!({
            "interactions_per_day": crossing.interactions_per_day,
            "from": by_index(crossing.from),
            "to": by_index(crossing.to),
        })).collect::<Vec<_>>(),
        "by_shop": answer.break_even.by_shop.iter().map(|shop| client(answer, shop)).collect::<Vec<_>>(),
        "own_people_from": answer.comparison.setups.iter().enumerate()
            .filter(|(_, result)| scenario.setups[result.setup].tariff.is_some())
            .map(|(index, result)| {
                let found = answer.break_even.own_people_from(&answer.comparison, index);
                let volume = match found {
                    OwnPeople::From(volume) => json!(volume),
                    OwnPeople::Always => json!(0.0),
                    OwnPeople::Never => Value::Null,
                    OwnPeople::Mixed(volume) => json!(volume),
                };
                (name(result.setup).to_owned(), volume)
            })
            .collect::<Map<String, Value>>(),
        "tornado": answer.tornado.iter().map(|swing| json!({
            "input": swing.input,
            "setup": name(swing.setup),
            "low": swing.low,
            "high": swing.high,
            "unit": match swing.unit {
                crate::whatif::PatchUnit::Factor => "factor",
                crate::whatif::PatchUnit::Points => "points",
            },
            "per_interaction_low": swing.per_interaction_low,
            "per_interaction": swing.per_interaction,
            "per_interaction_high": swing.per_interaction_high,
        })).collect::<Vec<_>>(),
        "cost_quantiles": answer.quantiles.iter().map(|quantiles| {
            let value = json!({
                "p50": quantiles.p50,
                "p80": quantiles.p80,
                "p95": quantiles.p95,
                "interactions_per_day": {
                    "p50": quantiles.volumes[0],
                    "p80": quantiles.volumes[1],
                    "p95": quantiles.volumes[2],
                },
            });
            (name(quantiles.setup).to_owned(), value)
        }).collect::<Map<String, Value>>(),
        "waterfall": answer.waterfall.as_ref().map(|way| json!({
            "from": name(way.from),
            "to": name(way.to),
            "start": way.start,
            "steps": way.steps.iter().map(|step| json!({
                "line": step.line,
                "amount": step.amount,
            })).collect::<Vec<_>>(),
            "end": way.end,
            "savings": way.savings(),
        })),
        "levers": answer.levers.iter().map(|lever| json!({
            "lever": lever.lever,
            "change": lever.change,
            "per_month_before": lever.per_month_before,
            "per_month_after": lever.per_month_after,
            "interactions_before": lever.interactions_before,
            "interactions_after": lever.interactions_after,
            "saves_per_month": lever.saves(),
            "ramp_months": lever.ramp_months,
            "saves_while_growing": lever.saves_while_growing,
        })).collect::<Vec<_>>(),
    });
    value["assumptions"] = compare::assumptions(scenario, |_| true)
        .iter()
        .map(|assumption| json!({ "what": assumption.what, "source": assumption.source }))
        .collect();
    if !answer.before.is_empty() {
        let moved = answer.before.iter().zip(&answer.comparison.setups);
        value["moved"] = moved
            .map(|(before, after)| {
                json!({
                    "name": name(after.setup),
                    "per_month_before": before.per_month(),
                    "per_month_after": after.costing.per_month(),
                    "per_month_moves": after.costing.per_month() - before.per_month(),
                    "per_interaction_before": before.per_interaction(),
                    "per_interaction_after": after.costing.per_interaction(),
                })
            })
            .collect();
    }
    if let Some(year) = &answer.year {
        let totals: Map<String, Value> = scenario
            .setups
            .values()
            .enumerate()
            .map(|(index, setup)| (setup.name.clone(), json!(year.total(index))))
            .collect();
        let top_up: Map<String, Value> = scenario
            .setups
            .values()
            .zip(&year.top_up)
            .map(|(setup, amount)| (setup.name.clone(), json!(amount)))
            .collect();
        let lines: Map<String, Value> = scenario
            .setups
            .values()
            .enumerate()
            .map(|(index, setup)| {
                let lines = year.lines(index).into_iter();
                let lines = lines.map(|(line, amount)| json!({ "line": line, "amount": amount }));
                (setup.name.clone(), lines.collect())
            })
            .collect();
        value["year"] = json!({
            "cheapest": by_index(year.cheapest()),
            "total": totals,
            "lines": lines,
            "top_up": top_up,
            "months": year.months.iter().map(|month| {
                let setups: Map<String, Value> = scenario
                    .setups
                    .values()
                    .zip(&month.setups)
                    .map(|(setup, cost)| {
                        let value = json!({
                            "total": cost.total(),
                            "needed": number(cost.needed),
                            "busiest_week": number(cost.busiest),
                            "people": number(cost.people),
                            "hired": number(cost.hired),
                            "idle": cost.idle,
                            "hiring": cost.hiring,
                            "decide_by": cost.decide_by,
                            "in_time": cost.in_time,
                            "keeps_promises": cost.keeps_promises,
                        });
                        (setup.name.clone(), value)
                    })
                    .collect();
                json!({
                    "month": month.first_day.format("%Y-%m").to_string(),
                    "interactions": month.interactions,
                    "setups": setups,
                })
            }).collect::<Vec<_>>(),
        });
    }
    if !answer.splits.plans.is_empty() {
        let plans = answer.splits.plans.iter();
        value["splits"] = plans.map(|plan| split(plan, scenario)).collect();
        let bounds = answer.splits.bounds.iter();
        value["split_bounds"] = bounds
            .map(|(with, least)| json!({ "with": scenario.setups[*with].name, "total": number(*least) }))
            .collect();
    }
    value
}

fn client(answer: &Answer, costs: &ClientCosts) -> Value {
    let setups = &answer.comparison.setups;
    let name = |result: &SetupResult| answer.scenario.setups[result.setup].name.clone();
    let by_setup: Map<String, Value> = setups
        .iter()
        .zip(&costs.per_interaction)
        .map(|(result, cost)| (name(result), number(*cost)))
        .collect();
    json!({
        "client": answer.scenario.clients[costs.client].name,
        "interactions_per_day": costs.interactions_per_day,
        "cheapest": setups.get(costs.cheapest).map(name),
        "per_interaction": by_setup,
    })
}

fn setup(result: &SetupResult) -> Value {
    let terms = &result.scenario.setups[result.setup];
    let costing = &result.costing;
    let own = |queue| terms.bears(result.scenario.queues[queue].client);
    json!({
        "name": terms.name,
        "title": terms.title,
        "kind": terms.kind.name(),
        "total": costing.total(),
        "interactions": costing.interactions,
        "per_interaction": costing.per_interaction(),
        "per_order": costing.per_order(),
        "per_month": costing.per_month(),
        "keeps_promises": result.keeps_promises,
        "open_agent_hours": result.staffing.shortfall_hours(),
        "service": result.observed.queues.iter().filter(|(queue, _)| own(*queue)).map(|(queue, seen)| json!({
            "queue": result.scenario.queues[queue].name,
            "promised": seen.promised,
            "reached": seen.reached.mean,
            "low": seen.reached.low,
            "high": seen.reached.high,
        })).collect::<Vec<_>>(),
        "own_people": number(costing.detail.own_people),
        "borrowed_hours_per_week": costing.detail.borrowed_hours_per_week,
        "weeks_without_cover": costing.detail.weeks_without_cover,
        "weeks_without_cover_basis": costing.detail.weeks_without_cover_basis,
        "committed_per_month": costing.detail.committed_per_month,
        "lock_in": costing.detail.lock_in,
        "lock_in_basis": costing.detail.lock_in_basis,
        "notice_days": costing.detail.notice_days,
        "go_live_days": costing.detail.go_live.map(|live| live.days),
        "hotline_days": costing.detail.go_live.map(|live| live.hotline_days),
        "lines": costing.lines.iter().map(line).collect::<Vec<_>>(),
    })
}

fn line(line: &CostLine) -> Value {
    json!({ "line": line.line, "amount": line.amount, "basis": line.basis })
}

fn split(plan: &SplitPlan, scenario: &Scenario) -> Value {
    json!({
        "name": plan.name,
        "with": scenario.setups[plan.with].name,
        "own": plan.own,
        "partner": plan.partner,
        "own_total": plan.own_total,
        "partner_total": plan.partner_total,
        "total": plan.total,
        "draft": plan.draft,
        "per_interaction": number(plan.per_interaction),
        "keeps_promises": plan.keeps_promises,
        "best": plan.best,
    })
}
