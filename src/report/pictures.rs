//! The charts of a plan: from its values to the plain data that each chart draws.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::{Datelike, NaiveDate, Timelike};

use super::charts::break_even::BreakEvenChart;
use super::charts::cost::{CostBar, CostBars};
use super::charts::day_ribbon::RibbonRow;
use super::charts::forecast::Forecast;
use super::charts::heatmap::Heatmap;
use super::charts::pods::{PodMap, PodRow};
use super::charts::roster::{RosterChart, RosterRow};
use super::charts::service::ServiceRow;
use super::charts::staffing::Staffing;
use super::charts::time_axis::TimeAxis;
use super::charts::{
    break_even, cost, day_ribbon, forecast, heatmap, pods, roster, service, staffing,
};
use super::digest::Digest;
use super::words;
use crate::compare::SetupResult;
use crate::ids::{Id, LanguageId, QueueId};
use crate::requirement::Pool;
use crate::scenario::PremiumTime;
use crate::time::Horizon;

/// A drawn chart.
pub(crate) struct Picture {
    /// Name of its file, without the ending.
    pub file: String,
    /// Name of its tab among others of its kind.
    pub title: String,
    pub svg: String,
}

/// The charts of a report; those with nothing to show are missing.
#[derive(Default)]
pub(crate) struct Pictures {
    pub heatmaps: Vec<Picture>,
    pub forecasts: Vec<Picture>,
    pub staffing: Vec<Picture>,
    pub service: Vec<Picture>,
    pub costs: Vec<Picture>,
    pub break_even: Vec<Picture>,
    pub day_ribbon: Vec<Picture>,
    pub pods: Vec<Picture>,
    pub roster: Vec<Picture>,
}

/// Parts of a stacked bar before the rest becomes one.
const MOST_PARTS: usize = 8;
/// Rows of a chart that a reader still takes in.
const MOST_ROWS: usize = 40;
/// Pools drawn beside the widest.
const MOST_POOLS: usize = 8;

impl Pictures {
    /// Every chart, in the order of the report.
    pub(crate) fn into_all(self) -> impl Iterator<Item = Picture> {
        [
            self.costs,
            self.break_even,
            self.heatmaps,
            self.forecasts,
            self.staffing,
            self.day_ribbon,
            self.pods,
            self.service,
            self.roster,
        ]
        .into_iter()
        .flatten()
    }
}

/// Draws the charts of a plan.
pub(crate) fn draw(digest: &Digest) -> Pictures {
    let mut pictures = Pictures {
        heatmaps: heatmaps(digest),
        forecasts: forecasts(digest),
        costs: costs(digest),
        break_even: break_evens(digest),
        ..Pictures::default()
    };
    if let Some(chosen) = digest.chosen {
        pictures.staffing = staffings(digest, chosen);
        pictures.service = services(digest, chosen);
        pictures.day_ribbon = day_ribbons(chosen);
        pictures.pods = pod_maps(digest, chosen);
        pictures.roster = rosters(digest);
    }
    pictures
}

fn picture(file: impl Into<String>, title: impl Into<String>, svg: String) -> Picture {
    Picture {
        file: file.into(),
        title: title.into(),
        svg,
    }
}

/// Languages of the queues, with the queues of each.
fn languages(digest: &Digest) -> Vec<(LanguageId, Vec<QueueId>)> {
    let mut found: BTreeMap<LanguageId, Vec<QueueId>> = BTreeMap::new();
    for (id, queue) in digest.plan.scenario.queues.iter() {
        found.entry(queue.language).or_default().push(id);
    }
    found.into_iter().collect()
}

/// "Czech (cs)".
fn language_name(digest: &Digest, language: LanguageId) -> String {
    let language = &digest.plan.scenario.languages[language];
    if language.title.is_empty() || language.title == language.tag {
        language.tag.clone()
    } else {
        format!("{} ({})", language.title, language.tag)
    }
}

fn heatmaps(digest: &Digest) -> Vec<Picture> {
    let plan = digest.plan;
    let horizon = &plan.scenario.horizon;
    let weeks = horizon.weeks().max(1e-9);
    languages(digest)
        .into_iter()
        .map(|(language, queues)| {
            let mut contacts = [[0.0; 24]; 7];
            for id in queues {
                let zone = plan.scenario.markets[plan.scenario.queues[id].market].zone;
                let Some(demand) = plan.demand.queues.values().nth(id.index()) else {
                    continue;
                };
                for (slot, mean) in demand.mean.iter().enumerate() {
                    let local = horizon.local(slot, zone);
                    let day = local.weekday().num_days_from_monday() as usize;
                    contacts[day][local.hour() as usize] += mean / weeks;
                }
            }
            let name = language_name(digest, language);
            let svg = heatmap::draw(&Heatmap {
                title: format!("Contacts by hour and weekday, {name}"),
                contacts,
            });
            let tag = &plan.scenario.languages[language].tag;
            picture(format!("demand-{}", plain(tag)), name, svg)
        })
        .collect()
}

fn forecasts(digest: &Digest) -> Vec<Picture> {
    let plan = digest.plan;
    let languages = languages(digest);
    let all: Vec<QueueId> = plan.scenario.queues.ids().collect();
    if all.is_empty() {
        return Vec::new();
    }
    let total = busy(digest, &all);
    let axis = TimeAxis {
        horizon: plan.scenario.horizon,
        zone: plan.scenario.zone,
        slots: window(&plan.scenario.horizon, &total, 14),
    };
    let mut pictures = vec![forecast_of(digest, &axis, "all", "All queues", &all)];
    if languages.len() > 1 {
        for (language, queues) in languages {
            let tag = plain(&plan.scenario.languages[language].tag);
            let name = language_name(digest, language);
            pictures.push(forecast_of(digest, &axis, &tag, &name, &queues));
        }
    }
    pictures
}

/// The forecast of some queues together. A quantile of a sum is not the sum of the quantiles: the
/// distances from the mean add as those of independent queues do, by their squares.
fn forecast_of(
    digest: &Digest,
    axis: &TimeAxis,
    file: &str,
    name: &str,
    queues: &[QueueId],
) -> Picture {
    let demand = |id: &QueueId| digest.plan.demand.queues.values().nth(id.index());
    let chosen: Vec<_> = queues.iter().filter_map(demand).collect();
    let value = |values: &[f64], slot: usize| values.get(slot).copied().unwrap_or(0.0);
    let (mut mean, mut low, mut high) = (Vec::new(), Vec::new(), Vec::new());
    for slot in axis.slots.clone() {
        let middle: f64 = chosen.iter().map(|queue| value(&queue.mean, slot)).sum();
        let spread = |quantile: &dyn Fn(usize) -> f64| -> f64 {
            (0..chosen.len())
                .map(|index| (quantile(index) - value(&chosen[index].mean, slot)).powi(2))
                .sum::<f64>()
                .sqrt()
        };
        let below = spread(&|index| value(&chosen[index].p10, slot));
        let above = spread(&|index| value(&chosen[index].p95, slot));
        mean.push(middle);
        low.push((middle - below).max(0.0));
        high.push(middle + above);
    }
    let svg = forecast::draw(&Forecast {
        title: format!("Forecast, {name}"),
        axis: axis.clone(),
        mean,
        low,
        high,
        unit: format!("contacts per {} min", axis.horizon.slot_minutes),
    });
    picture(format!("forecast-{file}"), name, svg)
}

/// Expected contacts per slot over some queues.
fn busy(digest: &Digest, queues: &[QueueId]) -> Vec<f64> {
    let mut total = vec![0.0; digest.plan.scenario.horizon.slots];
    for queue in queues {
        if let Some(demand) = digest.plan.demand.queues.values().nth(queue.index()) {
            for (total, mean) in total.iter_mut().zip(&demand.mean) {
                *total += mean;
            }
        }
    }
    total
}

/// All slots where they are no more than so many days, else the busiest week.
fn window(horizon: &Horizon, load: &[f64], most_days: usize) -> Range<usize> {
    let day = (24 * 60 / horizon.slot_minutes.max(1)) as usize;
    let week = 7 * day;
    if horizon.slots <= most_days * day {
        return 0..horizon.slots;
    }
    let sum = |from: usize| load.iter().skip(from).take(week).sum::<f64>();
    let from = (0..horizon.slots)
        .step_by(week)
        .filter(|from| from + week <= horizon.slots)
        .max_by(|a, b| sum(*a).total_cmp(&sum(*b)).then(b.cmp(a)))
        .unwrap_or(0);
    from..(from + week).min(horizon.slots)
}

fn staffings(digest: &Digest, chosen: &SetupResult) -> Vec<Picture> {
    let pools = &chosen.requirement.pools;
    let Some(widest) = pools.iter().max_by_key(|pool| pool.queues.len()) else {
        return Vec::new();
    };
    let horizon = chosen.scenario.horizon;
    let week = window(&horizon, &widest.offered_load, 8);
    let mut pictures = vec![staffing_of(
        digest,
        chosen,
        widest,
        week.clone(),
        "week",
        "Whole week",
    )];
    if let Some(day) = busiest_day(digest, &widest.offered_load) {
        pictures.push(staffing_of(
            digest,
            chosen,
            widest,
            day,
            "day",
            "Busiest day",
        ));
    }
    let languages = pools
        .iter()
        .filter(|pool| pool.name != widest.name && pool.name.starts_with("language "));
    for pool in languages.take(MOST_POOLS) {
        let name = words::label(&pool.name, 30);
        let file = plain(&pool.name);
        pictures.push(staffing_of(
            digest,
            chosen,
            pool,
            week.clone(),
            &file,
            &name,
        ));
    }
    pictures
}

fn staffing_of(
    digest: &Digest,
    chosen: &SetupResult,
    pool: &Pool,
    slots: Range<usize>,
    file: &str,
    name: &str,
) -> Picture {
    let scenario = &chosen.scenario;
    let serves =
        |team: &crate::staffing::Team| team.queues.iter().any(|queue| pool.queues.contains(queue));
    let able: Vec<_> = chosen
        .staffing
        .teams
        .iter()
        .zip(&chosen.staffing.on_line)
        .filter(|(team, on_line)| serves(team) && on_line.iter().any(|agents| *agents > 0))
        .collect();
    let site = |team: &crate::staffing::Team| scenario.groups[team.group].site;
    let one_site = able
        .windows(2)
        .all(|pair| site(pair[0].0) == site(pair[1].0));
    // By site; where there is but one, by team.
    let mut stacks: Vec<(String, Vec<f64>)> = Vec::new();
    for (team, on_line) in able {
        let name = if one_site {
            &team.name
        } else {
            &scenario.sites[site(team)].name
        };
        let shown = slots
            .clone()
            .map(|slot| f64::from(on_line.get(slot).copied().unwrap_or(0)));
        match stacks.iter_mut().find(|(other, _)| other == name) {
            Some((_, agents)) => agents
                .iter_mut()
                .zip(shown)
                .for_each(|(sum, more)| *sum += more),
            None => stacks.push((name.clone(), shown.collect())),
        }
    }
    let required = slots
        .clone()
        .map(|slot| f64::from(pool.agents.get(slot).copied().unwrap_or(0)))
        .collect();
    let svg = staffing::draw(&Staffing {
        title: format!("Agents on the line and required, {name}"),
        axis: TimeAxis {
            horizon: scenario.horizon,
            zone: digest.plan.scenario.zone,
            slots,
        },
        clock: digest.plan.scenario.zone.name().to_owned(),
        stacks,
        required,
    });
    picture(format!("staffing-{file}"), name, svg)
}

/// The slots of the local day with the greatest load.
fn busiest_day(digest: &Digest, load: &[f64]) -> Option<Range<usize>> {
    let scenario = &digest.plan.scenario;
    let mut days: BTreeMap<NaiveDate, (f64, usize, usize)> = BTreeMap::new();
    for (slot, load) in load.iter().enumerate() {
        let day = scenario.horizon.local(slot, scenario.zone).date();
        let entry = days.entry(day).or_insert((0.0, slot, slot));
        entry.0 += load;
        entry.2 = slot + 1;
    }
    days.into_values()
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))
        .filter(|(load, ..)| *load > 0.0)
        .map(|(_, from, to)| from..to)
}

fn services(digest: &Digest, chosen: &SetupResult) -> Vec<Picture> {
    let mut rows: Vec<ServiceRow> = digest
        .plan
        .scenario
        .queues
        .values()
        .zip(chosen.observed.queues.values())
        .map(|(queue, service)| ServiceRow {
            queue: queue.name.clone(),
            promised: (service.promised > 0.0).then_some(service.promised),
            reached: service.reached.mean,
            low: service.reached.low,
            high: service.reached.high,
            kept: service.keeps_promise(),
        })
        .collect();
    if rows.is_empty() {
        return Vec::new();
    }
    rows.sort_by_key(|row| row.kept);
    rows.truncate(MOST_ROWS);
    vec![picture("service", "Service", service::draw(&rows))]
}

fn costs(digest: &Digest) -> Vec<Picture> {
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

fn break_evens(digest: &Digest) -> Vec<Picture> {
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
        crossings: digest.crossings(),
        today: Some(digest.contacts_per_day()).filter(|today| *today > 0.0),
        unit: format!(
            "{} for one interaction",
            words::symbol(plan.scenario.currency)
        ),
    });
    vec![picture("break-even", "Break-even", svg)]
}

fn day_ribbons(chosen: &SetupResult) -> Vec<Picture> {
    let scenario = &chosen.scenario;
    let horizon = &scenario.horizon;
    let days = (horizon.weeks() * 7.0).max(1e-9);
    let rows: Vec<RibbonRow> = scenario
        .sites
        .iter()
        .map(|(id, site)| {
            let mut agents = [0.0; 24];
            let staffing = &chosen.staffing;
            for (team, on_line) in staffing.teams.iter().zip(&staffing.on_line) {
                if scenario.groups[team.group].site != id {
                    continue;
                }
                for (slot, &count) in on_line.iter().enumerate() {
                    let hour = horizon.slot_start(slot).hour() as usize;
                    agents[hour] += f64::from(count) * horizon.slot_hours() / days;
                }
            }
            let wall: [u32; 24] = std::array::from_fn(|hour| {
                let midnight = horizon.start.date_naive().and_time(chrono::NaiveTime::MIN);
                let at = midnight.and_utc() + chrono::Duration::hours(hour as i64);
                let local = at.with_timezone(&site.zone);
                local.hour() * 60 + local.minute()
            });
            RibbonRow {
                site: site.name.clone(),
                agents,
                wall,
                night: wall.map(|minute| is_night(&site.rules.premiums, minute)),
            }
        })
        .filter(|row| row.agents.iter().any(|agents| *agents > 0.0))
        .collect();
    if rows.is_empty() {
        return Vec::new();
    }
    vec![picture(
        "day-ribbon",
        "Sites by hour",
        day_ribbon::draw(&rows),
    )]
}

fn is_night(premiums: &[crate::scenario::Premium], minute: u32) -> bool {
    premiums.iter().any(|premium| match premium.time {
        PremiumTime::Night { from, to } if from <= to => (from..to).contains(&minute),
        PremiumTime::Night { from, to } => minute >= from || minute < to,
        _ => false,
    })
}

fn pod_maps(digest: &Digest, chosen: &SetupResult) -> Vec<Picture> {
    let scenario = &chosen.scenario;
    let heads = digest.teams();
    let rows: Vec<PodRow> = chosen
        .staffing
        .teams
        .iter()
        .zip(&heads)
        .filter(|(_, work)| work.heads > 0)
        .take(MOST_ROWS)
        .map(|(team, work)| {
            let group = &scenario.groups[team.group];
            PodRow {
                team: team.name.clone(),
                heads: work.heads,
                shared: matches!(group.kind, crate::scenario::GroupKind::Shared { .. }),
                site: group.site.index(),
                serves: scenario
                    .clients
                    .ids()
                    .map(|client| team.clients.contains(&client))
                    .collect(),
            }
        })
        .collect();
    if rows.is_empty() || scenario.clients.len() < 2 {
        return Vec::new();
    }
    let svg = pods::draw(&PodMap {
        clients: scenario
            .clients
            .values()
            .map(|client| client.name.clone())
            .collect(),
        sites: scenario
            .sites
            .values()
            .map(|site| site.name.clone())
            .collect(),
        rows,
    });
    vec![picture("pods", "Teams and clients", svg)]
}

fn rosters(digest: &Digest) -> Vec<Picture> {
    let scenario = &digest.plan.scenario;
    let horizon = scenario.horizon;
    let slots_a_day = (24 * 60 / horizon.slot_minutes.max(1)) as usize;
    let to = (3 * slots_a_day).min(horizon.slots);
    let slot = |at: chrono::DateTime<chrono::Utc>| {
        (at - horizon.start).num_seconds() as f64 / horizon.slot_seconds()
    };
    let rows: Vec<RosterRow> = digest
        .plan
        .roster
        .agents
        .iter()
        .map(|agent| {
            let duties = agent
                .duties
                .iter()
                .filter(|duty| slot(duty.start) < to as f64 && slot(duty.end) > 0.0);
            let (mut shifts, mut breaks) = (Vec::new(), Vec::new());
            for duty in duties {
                shifts.push((slot(duty.start), slot(duty.end)));
                let rests = duty.breaks.iter();
                breaks.extend(rests.map(|rest| (slot(rest.start), slot(rest.end))));
            }
            RosterRow {
                agent: agent.name.clone(),
                team: agent.team,
                shifts,
                breaks,
            }
        })
        .filter(|row| !row.shifts.is_empty())
        .take(MOST_ROWS)
        .collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let axis = TimeAxis {
        horizon,
        zone: scenario.zone,
        slots: 0..to,
    };
    vec![picture(
        "roster",
        "Roster",
        roster::draw(&RosterChart { axis, rows }),
    )]
}

/// A name fit for a file.
fn plain(name: &str) -> String {
    name.chars()
        .take(60)
        .map(|letter| {
            if letter.is_ascii_alphanumeric() || letter == '-' {
                letter
            } else {
                '-'
            }
        })
        .collect()
}
