//! `crewcast erlang`: a calculator. How many agents keep a promise, what service a number of agents
//! gives, or what volume they carry.

mod args;
mod intervals;
mod mail;

use std::process::ExitCode;

use serde::Serialize;

pub(super) use args::{Args, duration_text};

use crate::requirement::target::least_whole;
use crate::requirement::uncertain::{asa_in_slot, busyness_points, busyness_quantile, meets};
use crate::requirement::{LevelOver, Service, Target, Traffic, most_rate};
use intervals::Intervals;

/// Contacts in an interval below which the steady state tells little of one interval.
const FEW_CONTACTS: f64 = 15.0;
/// Offered load beyond which a size means nothing, erlangs.
const MOST_LOAD: f64 = 1e9;
/// Rows of the table on either side of the answer.
const AROUND: u32 = 4;

/// The answer, as `--json` prints it.
#[derive(Debug, Serialize)]
struct Answer {
    agents: u32,
    /// Agents to schedule so that `agents` are there after shrinkage.
    positions: u64,
    service_level: f64,
    asa_seconds: f64,
    p_wait: f64,
    p_abandon: f64,
    occupancy: f64,
    /// Mean wait of all, those who hung up included.
    mean_wait_seconds: f64,
    /// 95 % wait no longer.
    wait_p95_seconds: f64,
    offered_load: f64,
    /// Whether every part of the target is met.
    meets_target: bool,
    /// Contacts per interval: as asked, or the most that the agents carry on target.
    contacts: f64,
    /// Most contacts per interval that the agents carry on target.
    most_contacts: f64,
    service_level_over: &'static str,
    target_seconds: f64,
    model: &'static str,
    table: Vec<Row>,
    /// What single intervals look like, where the steady state is a weak guide.
    #[serde(skip_serializing_if = "Option::is_none")]
    simulation: Option<Intervals>,
    notes: Vec<String>,
}

/// One line of the table: the same keys.
#[derive(Debug, Serialize)]
struct Row {
    agents: u32,
    positions: u64,
    service_level: f64,
    asa_seconds: f64,
    p_wait: f64,
    p_abandon: f64,
    occupancy: f64,
    offered_load: f64,
    meets_target: bool,
}

pub(super) fn run(args: Args) -> ExitCode {
    if let Some(deadline) = args.deadline {
        return match mail::answer(&args, deadline) {
            Ok(answer) => {
                say(&args, &answer, || println!("{}", answer.text(&args)));
                ExitCode::SUCCESS
            }
            Err(problem) => {
                eprintln!("error: {problem}");
                ExitCode::FAILURE
            }
        };
    }
    match answer(&args) {
        Ok(answer) => {
            say(&args, &answer, || print(&args, &answer));
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn answer(args: &Args) -> Result<Answer, String> {
    let target = args.target();
    let shape = args.traffic();
    let days = Days::of(args);
    let holds = |traffic: &Traffic, agents: f64| days.keep(traffic, agents, &target, args.per);
    let most = |agents: u32| {
        let agents = f64::from(agents);
        most_rate(&shape, agents, |traffic| holds(traffic, agents))
    };
    let traffic = match (args.contacts, args.agents) {
        (Some(contacts), _) => shape.at_rate(contacts / args.per),
        // Agents and target: the most they carry.
        (None, Some(agents)) => {
            let most = most(agents);
            if !most.is_finite() {
                return Err("the target never fails, however many contacts come".to_owned());
            }
            shape.at_rate(most)
        }
        (None, None) => return Err("give --contacts, --agents, or both".to_owned()),
    };
    let agents = match args.agents {
        Some(agents) => agents,
        None if traffic.load() > MOST_LOAD => {
            return Err(format!(
                "{:.0} erlangs are more than any contact centre has: check --contacts, --per and --aht",
                traffic.load()
            ));
        }
        None if args.promises_all() && traffic.load() > 0.0 => {
            return Err(
                "no number of agents answers every single contact in time: contacts arrive at random; \
                 promise at most 99.99 %"
                    .to_owned(),
            );
        }
        None => least_whole(&traffic, |agents| holds(&traffic, agents)).ok_or_else(|| {
            "no number of agents meets this target: ease the occupancy, the abandonment or the time"
                .to_owned()
        })?,
    };
    let row = |agents: u32| days.row(args, &target, agents, &traffic);
    let contacts = traffic.rate * args.per;
    let simulation = (args.simulate || contacts < FEW_CONTACTS && contacts > 0.0)
        .then(|| intervals::simulate(&traffic, args, agents, &target))
        .flatten();
    let answer = row(agents);
    // What has no average over days is that of the usual one.
    let usual = days.usual(&traffic).served_by(f64::from(agents));
    Ok(Answer {
        agents,
        positions: answer.positions,
        service_level: answer.service_level,
        asa_seconds: answer.asa_seconds,
        p_wait: answer.p_wait,
        p_abandon: answer.p_abandon,
        occupancy: answer.occupancy,
        mean_wait_seconds: usual.mean_wait,
        wait_p95_seconds: usual.wait_quantile(0.95),
        offered_load: answer.offered_load,
        meets_target: answer.meets_target,
        contacts,
        most_contacts: most(agents) * args.per,
        service_level_over: over_in_words(args.over()),
        target_seconds: args.within(),
        model: model(&traffic),
        table: (agents.saturating_sub(AROUND).max(agents.min(1))..=agents.saturating_add(AROUND))
            .map(row)
            .collect(),
        notes: notes(args, &traffic, &usual, contacts),
        simulation,
    })
}

/// The days that the service is taken over: equally likely factors of the load.
struct Days(Vec<f64>);

impl Days {
    fn of(args: &Args) -> Self {
        let variance = args.busyness * args.busyness;
        Self(match args.busy_day {
            Some(share) => vec![busyness_quantile(variance, share)],
            None => busyness_points(variance),
        })
    }

    /// Whether the target holds over the days.
    fn keep(&self, traffic: &Traffic, agents: f64, target: &Target, slot: f64) -> bool {
        meets(traffic, &self.0, agents, target, slot)
    }

    /// The day in the middle, or the only one.
    fn usual(&self, traffic: &Traffic) -> Traffic {
        traffic.at_rate(traffic.rate * self.0[self.0.len() / 2])
    }

    /// The service over all contacts of the days.
    fn row(&self, args: &Args, target: &Target, agents: u32, traffic: &Traffic) -> Row {
        let days: Vec<(f64, Service)> = self
            .0
            .iter()
            .map(|factor| {
                let busy = traffic.at_rate(traffic.rate * factor);
                (*factor, busy.served_by(f64::from(agents)))
            })
            .collect();
        let mean = |of: &dyn Fn(&Service) -> f64, weight: &dyn Fn(&Service) -> f64| {
            let weights = days.iter().map(|(factor, day)| factor * weight(day));
            let all: f64 = weights.clone().sum();
            let sum: f64 = weights
                .zip(&days)
                .filter(|(weight, _)| *weight > 0.0)
                .map(|(weight, (_, day))| weight * of(day))
                .sum();
            if all > 0.0 { sum / all } else { of(&days[0].1) }
        };
        let (within, over) = (args.within(), args.over());
        let each = |_: &Service| 1.0;
        let load: f64 = self.0.iter().sum::<f64>() / self.0.len() as f64 * traffic.load();
        Row {
            agents,
            positions: positions(agents, args.shrinkage),
            service_level: mean(&|day| day.level(within, over), &|day| {
                day.base(within, over)
            }),
            asa_seconds: match &days[..] {
                [(_, only)] => only.asa,
                _ => mean(&|day| asa_in_slot(traffic, day, args.per), &|day| {
                    1.0 - day.p_abandon
                }),
            },
            p_wait: mean(&|day| day.p_wait, &each),
            p_abandon: mean(&|day| day.p_abandon, &each),
            occupancy: days.iter().map(|(_, day)| day.occupancy).sum::<f64>() / days.len() as f64,
            offered_load: load,
            meets_target: self.keep(traffic, f64::from(agents), target, args.per),
        }
    }
}

/// Agents to schedule: divided by what shrinkage leaves, rounded up once.
fn positions(agents: u32, shrinkage: f64) -> u64 {
    (f64::from(agents) / (1.0 - shrinkage) - 1e-9).ceil() as u64
}

fn model(traffic: &Traffic) -> &'static str {
    let hang_up = traffic.patience.mean().is_finite();
    match (traffic.pace.len() > 1, hang_up) {
        (true, _) => "chat, birth and death with even spread",
        (false, true) if traffic.retrial > 0.0 => "Erlang A with retrials",
        (false, true) => "Erlang A",
        (false, false) => "Erlang C",
    }
}

fn over_in_words(over: LevelOver) -> &'static str {
    match over {
        LevelOver::Offered => "offered",
        LevelOver::Answered => "answered",
        LevelOver::AnsweredAndLateAbandoned => "answered and abandoned later",
    }
}

/// Where the formula is weak.
fn notes(args: &Args, traffic: &Traffic, service: &Service, contacts: f64) -> Vec<String> {
    let mut notes = Vec::new();
    if traffic.aht <= args::LEAST_TIME && contacts > 0.0 {
        notes.push(
            "a handle time of zero is no work: one agent answers everything at once; give the time that \
             talk and wrap-up take"
                .to_owned(),
        );
    }
    if contacts <= 0.0 && args.contacts.is_some() {
        notes.push("nobody calls: no agent is needed, and none waits".to_owned());
    }
    if contacts < FEW_CONTACTS && contacts > 0.0 {
        notes.push(format!(
            "{contacts:.1} contacts an interval are few: the formula is right over many such \
             intervals, but a single one is mostly luck (see the simulation)"
        ));
    }
    if service.asa.is_infinite() {
        notes.push(
            "more work arrives than these agents can do: without people who hang up the line grows \
             without end"
                .to_owned(),
        );
    } else if service.occupancy > 0.9 && !traffic.patience.mean().is_finite() {
        notes.push(
            "at this occupancy a small error in volume or handle time changes waits a lot, and agents \
             do not keep it up for long"
                .to_owned(),
        );
    }
    if traffic.aht > args.per && contacts > 0.0 {
        notes.push(
            "a contact outlasts the interval: load lags behind arrivals; size on the load of the \
             interval before as well"
                .to_owned(),
        );
    }
    if !traffic.patience.mean().is_finite() && service.p_wait > 0.3 {
        notes.push(
            "nobody hangs up in this formula; with --patience it asks for fewer agents".to_owned(),
        );
    }
    if traffic.pace.len() > 1 && args.aht.len() == 1 {
        notes.push(
            "the handle time is taken as that of a single chat, each further one slowing all by three \
             eighths; give one per number of chats (--aht 6m,8m,10.5m) where you know them"
                .to_owned(),
        );
    }
    notes
}

/// As JSON where asked for, else in words.
fn say(args: &Args, answer: &impl Serialize, words: impl FnOnce()) {
    if !args.json {
        return words();
    }
    match serde_json::to_string_pretty(answer) {
        Ok(text) => println!("{text}"),
        Err(error) => eprintln!("error: {error}"),
    }
}

fn print(args: &Args, answer: &Answer) {
    let asked = match (args.contacts, args.agents) {
        (Some(_), None) => format!(
            "{} agents on the line, {} positions with {:.0} % shrinkage",
            answer.agents,
            answer.positions,
            100.0 * args.shrinkage
        ),
        (Some(_), Some(agents)) => format!(
            "{agents} agents: target {}; they carry {:.1} contacts an interval on target",
            if answer.meets_target { "met" } else { "missed" },
            answer.most_contacts
        ),
        (None, _) => format!(
            "{} agents carry {:.1} contacts an interval on target",
            answer.agents, answer.contacts
        ),
    };
    println!("{asked}");
    println!(
        "{:.2} erlangs; {}; service level over {} within {}",
        answer.offered_load,
        answer.model,
        answer.service_level_over,
        args::duration_text(answer.target_seconds)
    );
    println!();
    println!("   agents  positions  service    mean wait   waits  abandon  occupancy");
    for row in &answer.table {
        println!(
            "{} {:>6}  {:>9}  {:>5.1} %  {:>11}  {:>4.1} %  {:>5.1} %  {:>7.1} %{}",
            if row.agents == answer.agents {
                ">"
            } else {
                " "
            },
            row.agents,
            row.positions,
            100.0 * row.service_level,
            args::duration_text(row.asa_seconds),
            100.0 * row.p_wait,
            100.0 * row.p_abandon,
            100.0 * row.occupancy,
            if row.meets_target { "" } else { "  misses" },
        );
    }
    if let Some(simulation) = &answer.simulation {
        println!("\n{}", simulation.text(answer.agents, args.per));
    }
    for note in &answer.notes {
        println!("\nnote: {note}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn busy_days_need_more_than_certain_ones() {
        use clap::Parser;
        #[derive(Parser)]
        struct Line {
            #[command(flatten)]
            args: Args,
        }
        let agents = |more: &[&str]| {
            let usual = ["erlang", "--contacts", "300", "--aht", "4m"];
            let line = Line::parse_from(usual.iter().chain(more));
            let answer = answer(&line.args).unwrap();
            let row = answer.table.iter().find(|row| row.agents == answer.agents);
            assert!(row.unwrap().meets_target && answer.most_contacts >= 300.0);
            (answer.agents, answer.service_level, answer.offered_load)
        };
        let (certain, _, load) = agents(&[]);
        let (expected, level, mean) = agents(&["--busyness", "15%"]);
        let (busy, _, high) = agents(&["--busyness", "15%", "--busy-day", "95%"]);
        assert!(
            certain < expected && expected < busy,
            "{certain} {expected} {busy}"
        );
        assert!(level >= 0.8 && (mean / load - 1.0).abs() < 1e-9 && high > 1.2 * load);
    }

    #[test]
    fn positions_round_up_once() {
        assert_eq!(positions(14, 0.3), 20);
        assert_eq!(positions(68, 0.3), 98);
        assert_eq!(positions(0, 0.3), 0);
    }
}
