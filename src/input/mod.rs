//! From a folder to a checked [`Scenario`], or every problem in it at once.
//!
//! `scenario.toml` is read as a tree with the place of every value ([`fields`]); each noun has its
//! reader, which notes what is wrong and goes on; what only the whole can show is left to [`check`].
//! Wire values never leave this module.

pub mod arrivals;
pub mod cells;
mod change;
mod check;
mod client;
mod columns;
mod demand_source;
mod doubts;
pub mod encoding;
mod fields;
mod group;
mod handle_time;
mod header;
pub mod history;
mod hours;
mod idle_lever;
mod language;
mod money;
mod names;
mod number;
mod out_of_reach;
mod queue;
mod repeats;
mod rules;
mod setup;
mod shift;
pub mod shifts;
mod site;
mod source;
pub mod synthetic;
mod target;
mod tariff;
pub mod timestamp;
pub mod typed;
mod value;
mod wall_clock;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono_tz::Tz;
use toml::de::DeTable;

use crate::ids::{GroupId, SetupId};
use crate::problem::{LEFT_OPEN, Place, Problem};
use crate::scenario::{AgentGroup, ContactType, Market, Queue, Scenario};
use crate::table::Table;
use demand_source::{Histories, Loader};
use fields::Fields;
use hours::Hours;
use language::Languages;
use money::Exchange;
use names::Names;
use rules::Rules;
use source::{Notes, Reading, Source};

/// The scenario's file within its folder.
pub const SCENARIO_FILE: &str = "scenario.toml";

/// How TOML is written, for who is not at home in it.
const TOML: &str = "a line is `name = value`, once in a table; texts are in \"quotes\", a table begins with [policy], each \
                    row of a list with [[queue]]";

/// Reads the scenario in folder `dir` (or the scenario file itself), histories included. What no plan can do is in its
/// [`impossible`](Scenario::impossible); everything else that is wrong is answered instead of it.
pub fn read(dir: &Path) -> Result<Scenario, Vec<Problem>> {
    let (folder, text) = open(dir)?;
    let read = read_text(&text, Some(&|file| load(&folder, file)));
    under_its_name(dir, read)
}

/// Reads the scenario with other values in its text, each as `path=value` (see
/// [`whatif::apply`](crate::whatif::apply)).
pub fn read_changed(dir: &Path, changes: &[String]) -> Result<Scenario, Vec<Problem>> {
    read_with_files(dir, changes).map(|(scenario, _)| scenario)
}

/// The same, and the files that the scenario is read from: none of them may be written over.
pub fn read_with_files(
    dir: &Path,
    changes: &[String],
) -> Result<(Scenario, Vec<PathBuf>), Vec<Problem>> {
    let (folder, text) = open(dir)?;
    let text = crate::whatif::apply_all(&text, changes).map_err(|problem| vec![problem])?;
    let files = RefCell::new(vec![toml_of(dir)]);
    let read = read_text(
        &text,
        Some(&|file| {
            files.borrow_mut().push(folder.join(file));
            load(&folder, file)
        }),
    );
    let scenario = under_its_name(dir, read)?;
    Ok((scenario, files.into_inner()))
}

/// Reads the scenario without its histories, which need not exist yet.
pub fn read_without_histories(dir: &Path) -> Result<Scenario, Vec<Problem>> {
    let (_, text) = open(dir)?;
    read_text(&text, None)
}

/// Reads the text of a scenario; `loader` answers the bytes of its history files, if these are wanted.
pub fn read_text(text: &str, loader: Option<&Loader>) -> Result<Scenario, Vec<Problem>> {
    let source = Source {
        file: SCENARIO_FILE.to_owned(),
        text: text.to_owned(),
    };
    let notes = Notes::default();
    let (document, errors) = DeTable::parse_recoverable(&source.text);
    let reading = Reading::new(&source, &notes);
    for error in &errors {
        let span = error.span().unwrap_or(0..0);
        let cause = error.message().to_owned();
        reading.problem("toml-syntax", &span, cause, TOML);
    }
    // What follows a broken line would be noise.
    let scenario = if errors.is_empty() {
        let root = Fields::new(reading, "", 0..0, document.get_ref());
        assemble(&root, loader)
    } else {
        None
    };
    let (mut problems, doubts, assumed) = notes.into_inner();
    let key = |problem: &Problem| {
        let place = problem.place.as_ref();
        place.map(|place| (place.file != SCENARIO_FILE, place.line, place.column))
    };
    problems.sort_by_key(key);
    problems.dedup();
    let can_be_planned = problems.iter().all(|p| LEFT_OPEN.contains(&p.code));
    match scenario {
        Some(scenario) if can_be_planned => Ok(Scenario {
            inputs: Arc::new(crate::whatif::values(text)),
            assumed,
            doubts,
            impossible: problems,
            ..scenario
        }),
        _ => {
            if problems.is_empty() {
                problems.push(Problem::new("wrong-type", "the scenario cannot be read"));
            }
            Err(problems)
        }
    }
}

/// What was read, with its problems in the file that was named, where that is not called as usual.
fn under_its_name(
    dir: &Path,
    read: Result<Scenario, Vec<Problem>>,
) -> Result<Scenario, Vec<Problem>> {
    let name = match toml_of(dir).file_name() {
        Some(name) if name != SCENARIO_FILE => name.to_string_lossy().into_owned(),
        _ => return read,
    };
    let renamed = |mut problems: Vec<Problem>| {
        let places = problems.iter_mut().filter_map(|p| p.place.as_mut());
        for place in places.filter(|place| place.file == SCENARIO_FILE) {
            place.file.clone_from(&name);
        }
        problems
    };
    match read {
        Ok(scenario) => Ok(Scenario {
            doubts: renamed(scenario.doubts),
            impossible: renamed(scenario.impossible),
            ..scenario
        }),
        Err(problems) => Err(renamed(problems)),
    }
}

/// The scenario's own file, of its folder or of itself.
fn toml_of(dir: &Path) -> PathBuf {
    if dir.is_file() {
        dir.to_owned()
    } else {
        dir.join(SCENARIO_FILE)
    }
}

/// The folder of a scenario and its text.
fn open(dir: &Path) -> Result<(PathBuf, String), Vec<Problem>> {
    let path = toml_of(dir);
    let folder = path.parent().unwrap_or(dir).to_owned();
    let bytes = std::fs::read(&path).map_err(|error| {
        vec![
            Problem::new(
                "missing-file",
                format!("cannot read {}: {error}", path.display()),
            )
            .at(Place::line(path.display().to_string(), 1))
            .remedy("name a folder that holds a scenario.toml; `crewcast init DIR` makes one"),
        ]
    })?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok((folder, text.trim_start_matches('\u{feff}').to_owned())),
        Err(error) => {
            let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            Err(vec![
                Problem::new("toml-syntax", "the text is not UTF-8")
                    .at(Place::line(name, line))
                    .remedy("save the file as UTF-8"),
            ])
        }
    }
}

fn load(folder: &Path, file: &str) -> Result<Vec<u8>, String> {
    std::fs::read(folder.join(file)).map_err(|error| error.to_string())
}

/// The whole scenario; none if something is wrong, which has been noted.
fn assemble(root: &Fields, loader: Option<&Loader>) -> Option<Scenario> {
    let header = header::read_header(root);
    let exchange = Exchange::read(header.currency, header.start, &root.tables("rate"));
    let languages = Languages::default();
    let hours = Hours::read(&mut root.tables("hours"));
    let rules = Rules::read(&mut root.tables("rules"), &exchange);

    let mut client_tables = root.tables("client");
    let client_names = Names::gather("client", "unknown-client", &mut client_tables);
    let clients = rows(&client_tables, &client_names, client::read_client);
    let mut market_tables = root.tables("market");
    let market_names = Names::gather("market", "unknown-market", &mut market_tables);
    let markets = rows(&market_tables, &market_names, client::read_market);
    let mut type_tables = root.tables("contact_type");
    let type_names = Names::gather("contact type", "unknown-contact-type", &mut type_tables);
    let types: Vec<ContactType> = type_tables
        .iter()
        .enumerate()
        .map(|(index, table)| client::read_contact_type(table, type_names.name(index), &exchange))
        .collect();

    let channel_defaults = queue::channel_defaults(root);
    let histories = Histories {
        loader,
        slot_minutes: header.slot_minutes,
        default: root.table("history"),
        files: RefCell::default(),
    };
    let mut queue_tables: Vec<Fields> = root.tables("queue");
    for table in &mut queue_tables {
        let named = table.raw("channel").and_then(|raw| raw.get_ref().as_str());
        let defaults = channel_defaults
            .iter()
            .find(|(channel, _)| Some(channel.name()) == named)
            .map(|(_, defaults)| defaults.as_fallback());
        table.set_fallback(defaults);
    }
    let queue_names = Names::gather("queue", "unknown-queue", &mut queue_tables);
    let queue_context = queue::Context {
        clients: &client_names,
        client_rows: &clients,
        markets: &market_names,
        market_rows: &markets,
        contact_types: &type_names,
        contact_type_rows: &types,
        languages: &languages,
        hours: &hours,
        histories: &histories,
    };
    let queues = rows(&queue_tables, &queue_names, |table, name| {
        queue::read_queue(table, name, &queue_context)
    });

    let mut site_tables = root.tables("site");
    let site_names = Names::gather("site", "unknown-site", &mut site_tables);
    let sites = rows(&site_tables, &site_names, |table, name| {
        site::read_site(table, name, &hours, &rules)
    });
    let mut shift_tables = root.tables("shift");
    let shift_names = Names::gather("shift", "unknown-shift", &mut shift_tables);
    let shifts = rows(&shift_tables, &shift_names, shift::read_shift);
    let mut group_tables = root.tables("group");
    let group_names = Names::gather("agent group", "unknown-group", &mut group_tables);
    let group_context = group::Context {
        sites: &site_names,
        site_rows: &sites,
        clients: &client_names,
        shifts: &shift_names,
        languages: &languages,
        exchange: &exchange,
    };
    let groups = rows(&group_tables, &group_names, |table, name| {
        group::read_group(table, name, &group_context)
    });
    let wages = groups.iter().flatten().map(|group: &AgentGroup| group.wage);
    let policy = header::read_policy(root, &exchange, wages.fold(0.0, f64::max));
    let mut setup_tables = root.tables("setup");
    let setup_names = Names::gather("set-up", "unknown-setup", &mut setup_tables);
    let prices = tariff::Context {
        exchange: &exchange,
        languages: &languages,
        contact_types: &type_names,
    };
    let setups = rows(&setup_tables, &setup_names, |table, name| {
        setup::read_setup(table, name, &group_names, &groups, prices)
    });

    for conversion in exchange.conversions() {
        let whose = format!("amounts in {}", conversion.from.code());
        (root.reading).assumed("rate", &whose, conversion.to_string());
    }

    let mut event_tables = root.tables("event");
    let event_names = Names::gather("event", "unknown-choice", &mut event_tables);
    let events = rows(&event_tables, &event_names, |table, name| {
        change::read_event(table, name, &client_names)
    });
    let mut lever_tables = root.tables("lever");
    let lever_names = Names::gather("lever", "unknown-choice", &mut lever_tables);
    let levers = rows(&lever_tables, &lever_names, |table, name| {
        change::read_lever(table, name, &queue_names, &type_names, &queues)
    });
    let mut growth_tables = root.tables("growth");
    let growth_names = Names::gather("growth", "unknown-choice", &mut growth_tables);
    let growths = rows(&growth_tables, &growth_names, |table, name| {
        change::read_growth(table, name, &client_names)
    });
    let mut override_tables = root.tables("override");
    let override_names = Names::gather("override", "unknown-choice", &mut override_tables);
    let overrides = rows(&override_tables, &override_names, |table, name| {
        change::read_override(table, name, &queue_names)
    });
    change::one_override_a_day(&override_tables, &overrides, &queue_names);
    let plan_setup = header
        .plan_setup
        .as_ref()
        .map(|name| setup_names.find::<SetupId>(root.reading, name));

    check::nothing_missing(root, &queues, &groups, &setups);
    let queues: Vec<Queue> = all(queues)?;
    let zone = header.zone.or_else(|| first_zone(&markets))?;
    let horizon = header::horizon(root, &header, zone, &queues)?;
    let mut scenario = Scenario {
        name: header.name,
        title: header.title,
        currency: header.currency,
        seed: header.seed,
        horizon,
        zone,
        policy,
        clients: Table::new(all(clients)?),
        markets: Table::new(all(markets)?),
        languages: languages.into_table(),
        queues: Table::new(
            queues
                .into_iter()
                .map(|queue| before(queue, &horizon, zone))
                .collect(),
        ),
        sites: Table::new(all(sites)?),
        shifts: Table::new(all(shifts)?),
        groups: Table::new(all::<AgentGroup>(groups)?),
        setups: Table::new(all(setups)?),
        events: all(events)?,
        levers: all(levers)?,
        growths: all(growths)?,
        overrides: all(overrides)?,
        without: header.without.iter().map(|at| at.value.clone()).collect(),
        plan_setup: plan_setup.flatten(),
        inputs: Arc::default(),
        assumed: Vec::new(),
        doubts: Vec::new(),
        impossible: Vec::new(),
    };
    leave_out_empty_groups(&mut scenario);
    check::factors(&scenario, root.reading, &header.without);
    idle_lever::tell(&scenario, &lever_tables);
    check::whole(
        &scenario,
        root.reading,
        &queue_tables,
        &group_tables,
        &setup_tables,
    );
    Some(scenario)
}

/// Takes the groups that nobody can work in out of every set-up.
fn leave_out_empty_groups(scenario: &mut Scenario) {
    for id in scenario.setups.ids().collect::<Vec<_>>() {
        let groups = std::mem::take(&mut scenario.setups[id].groups);
        let is_empty = |group: &GroupId| scenario.why_empty(*group).is_some();
        let (empty, peopled) = groups.into_iter().partition(is_empty);
        scenario.setups[id].groups = peopled;
        scenario.setups[id].empty_groups = empty;
    }
}

/// One row per table, none where the table is wrong.
fn rows<T>(
    tables: &[Fields],
    names: &Names,
    read: impl Fn(&Fields, &str) -> Option<T>,
) -> Vec<Option<T>> {
    tables
        .iter()
        .enumerate()
        .map(|(index, table)| read(table, names.name(index)))
        .collect()
}

fn all<T>(rows: Vec<Option<T>>) -> Option<Vec<T>> {
    rows.into_iter().collect()
}

fn first_zone(markets: &[Option<Market>]) -> Option<Tz> {
    markets.iter().flatten().map(|market| market.zone).next()
}

/// A queue whose history ends before the plan starts: a plan never sees the days it plans.
fn before(mut queue: Queue, horizon: &crate::time::Horizon, zone: Tz) -> Queue {
    let start = horizon.local(0, zone).date();
    if let Some(history) = &mut queue.demand.history {
        let known = (start - history.first_day).num_days().max(0) as usize;
        history.came = history.days.split_off(known.min(history.days.len()));
    }
    queue
}
