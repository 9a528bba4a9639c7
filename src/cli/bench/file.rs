//! The two forms of an instance file, and the staffing problem each stands for.

mod faults;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::requirement::erlang::erlang_c;
use crate::requirement::{Target, Traffic, least_agents};
use crate::simulation::engine::{Edge, Group as Agents, Network, Queue, Route};
use crate::staffing::{Cover, Group, Instance, Shift};

/// What the slots of a file divide, in seconds.
const WEEK: f64 = 7.0 * 86_400.0;
/// Days of the week's end that are run before it: a plan that leaves a language to itself on a Sunday starts its
/// week with those who waited.
pub(super) const LEAD_IN_DAYS: usize = 2;
/// Weeks to a run, so that less of the time goes into what is run first.
pub(super) const ROUNDS: usize = 2;
/// What is promised in each queue of a file with many skills: this share within so many seconds.
pub(super) const TARGET: f64 = 0.8;
const WITHIN: f64 = 20.0;

/// An instance file without problems.
pub(super) enum File {
    One(OneSkill),
    Many(ManySkills),
}

/// One skill.
#[derive(Debug, Deserialize)]
pub(super) struct OneSkill {
    pub name: String,
    #[serde(rename = "H")]
    pub slots: usize,
    /// Contacts per slot.
    pub calls: Vec<f64>,
    /// Seconds.
    pub aht: f64,
    /// Share answered within `within` seconds.
    pub target: f64,
    #[serde(rename = "T")]
    pub within: f64,
    pub req: Vec<f64>,
    pub cols: Vec<Column>,
}

/// A candidate shift of the one-skill form.
#[derive(Debug, Deserialize)]
pub(super) struct Column {
    pub cover: Vec<u32>,
    pub cost: f64,
}

/// Many skills.
#[derive(Debug, Deserialize)]
pub(super) struct ManySkills {
    pub name: String,
    #[serde(rename = "H")]
    pub slots: usize,
    pub queues: Vec<String>,
    calls: BTreeMap<String, Vec<f64>>,
    pub load: BTreeMap<String, Vec<f64>>,
    aht: BTreeMap<String, f64>,
    /// Agents that each queue wants alone, where no sets are given.
    #[serde(default)]
    req: BTreeMap<String, Vec<f64>>,
    #[serde(default)]
    subsets: Vec<Subset>,
    groups: Vec<FileGroup>,
    shifts: BTreeMap<String, Vec<FileShift>>,
}

#[derive(Debug, Deserialize)]
struct Subset {
    queues: Vec<String>,
    req: Vec<f64>,
}

#[derive(Debug, Deserialize)]
struct FileGroup {
    site: String,
    queues: Vec<String>,
    mult: f64,
}

#[derive(Debug, Deserialize)]
struct FileShift {
    start: f64,
    base: f64,
    cover: Vec<u32>,
}

/// A staffing problem, and how its shifts are numbered in the file.
pub(super) struct Problem {
    pub instance: Instance,
    /// Index of each shift within its site's list.
    pub shift_in_file: Vec<u32>,
    /// What was taken otherwise than asked.
    pub remarks: Vec<String>,
}

/// Reads an instance file, or says all that is wrong with it.
pub(super) fn read(path: &Path) -> Result<File, Vec<String>> {
    let text = std::fs::read_to_string(path).map_err(|error| vec![error.to_string()])?;
    parse(&text)
}

fn parse(text: &str) -> Result<File, Vec<String>> {
    let told = |error: serde_json::Error| vec![error.to_string()];
    let file: Value = serde_json::from_str(text).map_err(told)?;
    if file.get("cols").is_some() {
        let one: OneSkill = serde_json::from_value(file).map_err(told)?;
        faults::of_one(&one)?;
        Ok(File::One(one))
    } else if file.get("groups").is_some() {
        let mut many: ManySkills = serde_json::from_value(file).map_err(told)?;
        faults::of_many(&many)?;
        if many.subsets.is_empty() {
            many.subsets = many.derived_sets();
        }
        Ok(File::Many(many))
    } else {
        let remedy = "give `cols` (one skill) or `groups` (many skills)";
        Err(vec![format!(
            "neither `cols` nor `groups` is there: {remedy}"
        )])
    }
}

impl OneSkill {
    fn load(&self, slot: usize) -> f64 {
        self.calls[slot] * self.aht * self.slots as f64 / WEEK
    }

    /// Contacts of a slot that so many agents answer in time (Erlang C).
    pub fn answered_in_time(&self, slot: usize, agents: u32) -> f64 {
        let agents = f64::from(agents);
        let load = self.load(slot);
        if agents <= load {
            return 0.0;
        }
        let waits = erlang_c(agents, load) * (-(agents - load) * self.within / self.aht).exp();
        self.calls[slot] * (1.0 - waits)
    }

    /// Agents of a slot that its queue does not outgrow.
    pub fn stable(&self, slot: usize) -> u32 {
        let load = self.load(slot);
        if load > 0.0 { load as u32 + 1 } else { 0 }
    }

    /// Slots in which calls come and no column works.
    pub fn out_of_reach(&self) -> Vec<usize> {
        let worked: BTreeSet<usize> = (self.cols.iter())
            .flat_map(|column| column.cover.iter().map(|slot| *slot as usize))
            .collect();
        (0..self.slots)
            .filter(|slot| self.stable(*slot) > 0 && !worked.contains(slot))
            .collect()
    }

    pub fn problem(&self) -> Problem {
        let shifts = self
            .cols
            .iter()
            .map(|column| Shift::on_line(column.cover.clone(), column.cost));
        let instance = Instance {
            slots: self.slots,
            shifts: shifts.collect(),
            groups: vec![Group {
                queues: vec![0],
                factor: 1.0,
                shifts: (0..self.cols.len() as u32).collect(),
            }],
            covers: vec![Cover {
                queues: vec![0],
                need: self.req.clone(),
                load: vec![0.0; self.slots],
                shortfall_price: 0.0,
            }],
            ..Instance::default()
        };
        let shift_in_file = (0..self.cols.len() as u32).collect();
        priced(instance, shift_in_file, Vec::new())
    }
}

impl FileShift {
    fn on_the_hour(&self) -> bool {
        self.start.fract() == 0.0
    }
}

impl ManySkills {
    pub fn problem(&self, all_starts: bool) -> Problem {
        let mut shifts = Vec::new();
        let mut shift_in_file = Vec::new();
        let mut remarks = Vec::new();
        let mut of_site = BTreeMap::new();
        for (site, list) in &self.shifts {
            let mut usable = Vec::new();
            // The rule that published numbers were found under says nothing where none starts on the hour.
            let none_hourly = !list.iter().any(FileShift::on_the_hour);
            if none_hourly && !all_starts && !list.is_empty() {
                remarks.push(format!(
                    "no shift of site `{site}` starts on a full hour: all its starts are allowed"
                ));
            }
            for (number, shift) in list.iter().enumerate() {
                if all_starts || none_hourly || shift.on_the_hour() {
                    usable.push(shifts.len() as u32);
                }
                shift_in_file.push(number as u32);
                shifts.push(Shift::on_line(shift.cover.clone(), shift.base));
            }
            of_site.insert(site, usable);
        }
        let mut groups = Vec::new();
        for group in &self.groups {
            let mut queues = self.numbers(&group.queues);
            queues.sort_unstable();
            groups.push(Group {
                queues,
                factor: group.mult,
                shifts: of_site[&group.site].clone(),
            });
        }
        let mut covers = Vec::new();
        for subset in &self.subsets {
            covers.push(Cover {
                queues: self.numbers(&subset.queues),
                need: subset.req.clone(),
                load: self.load_of(&subset.queues),
                shortfall_price: 0.0,
            });
        }
        let instance = Instance {
            slots: self.slots,
            shifts,
            groups,
            covers,
            ..Instance::default()
        };
        priced(instance, shift_in_file, remarks)
    }

    pub fn groups(&self) -> usize {
        self.groups.len()
    }

    pub fn names(&self, queues: &[u32]) -> Vec<String> {
        let names = queues.iter().map(|&q| self.queues[q as usize].clone());
        names.collect()
    }

    /// Queues with work that no group with shifts can take.
    pub fn unserved(&self) -> Vec<&str> {
        let works =
            |group: &&FileGroup| self.shifts.get(&group.site).is_some_and(|s| !s.is_empty());
        let served: BTreeSet<&String> = (self.groups.iter().filter(works))
            .flat_map(|group| &group.queues)
            .collect();
        let has_work = |name: &String| {
            let numbers = [&self.calls, &self.load].map(|values| values.get(name));
            numbers
                .into_iter()
                .flatten()
                .flatten()
                .any(|value| *value > 0.0)
        };
        (self.queues.iter())
            .filter(|name| has_work(name) && !served.contains(name))
            .map(String::as_str)
            .collect()
    }

    /// The sets of a file without any: each queue alone, as its `req` says, and all queues that groups tie together.
    fn derived_sets(&self) -> Vec<Subset> {
        let alone = self.queues.iter().map(|name| {
            let queues = vec![name.clone()];
            let req = self.req.get(name).cloned();
            let req = req.unwrap_or_else(|| self.sizes(&queues));
            Subset { queues, req }
        });
        let tied = self.tied().into_iter().filter(|set| set.len() > 1);
        let tied = tied.map(|set| {
            let queues: Vec<String> = set.into_iter().cloned().collect();
            let req = self.sizes(&queues);
            Subset { queues, req }
        });
        alone.chain(tied).collect()
    }

    /// Queues in the parts that no group ties to each other.
    fn tied(&self) -> Vec<BTreeSet<&String>> {
        let mut parts: Vec<BTreeSet<&String>> = Vec::new();
        for group in &self.groups {
            let mut joined: BTreeSet<&String> = group.queues.iter().collect();
            parts.retain(|part| {
                let apart = part.is_disjoint(&joined);
                if !apart {
                    joined.extend(part);
                }
                apart
            });
            parts.push(joined);
        }
        parts
    }

    /// Agents that some queues want in one pool (Erlang C), by slot.
    pub fn sizes(&self, queues: &[String]) -> Vec<f64> {
        let target = Target::level(TARGET, WITHIN);
        let sum = |slot: usize, value: &dyn Fn(&String) -> f64| -> f64 {
            let of_slot = |name| self.calls[name][slot] * value(name);
            queues.iter().map(of_slot).sum()
        };
        let load = self.load_of(queues);
        let size = |slot: usize| {
            let contacts = sum(slot, &|_| 1.0);
            if contacts <= 0.0 {
                return 0.0;
            }
            let aht = sum(slot, &|name| self.aht[name]) / contacts;
            let agents = least_agents(&Traffic::new(load[slot] / aht, aht), &target);
            agents.map_or(load[slot].ceil(), f64::from)
        };
        (0..self.slots).map(size).collect()
    }

    /// What is simulated: Poisson arrivals, exponential handle times, nobody hangs up, 20 s; specialists
    /// first, the week cyclic, run `rounds` times after `lead_in_days` of its end.
    pub fn network(&self, lead_in_days: usize, rounds: usize) -> Network {
        let mut order: Vec<usize> = (0..self.groups.len()).collect();
        order.sort_by_key(|&g| self.groups[g].queues.len());
        let mut queues = Vec::new();
        for name in &self.queues {
            let serving = order
                .iter()
                .filter(|&&g| self.groups[g].queues.contains(name));
            let routes = serving
                .enumerate()
                .map(|(place, &g)| Route::to(g, place as u32))
                .collect();
            queues.push(Queue::calls(
                self.calls[name].clone(),
                self.aht[name],
                routes,
            ));
        }
        Network {
            slot_seconds: WEEK / self.slots.max(1) as f64,
            slots: self.slots,
            day_of_slot: (0..self.slots)
                .map(|slot| (slot * 7 / self.slots) as u16)
                .collect(),
            queues,
            groups: vec![Agents::default(); self.groups.len()],
            shared_busyness: 0.0,
            edge: Edge::Cyclic {
                lead_in: lead_in_days * self.slots / 7,
                rounds,
            },
        }
    }

    /// Agents of a plan on the line, by group and slot.
    pub fn on_line(&self, plan: &[(usize, usize, u32)]) -> Result<Vec<Vec<u32>>, String> {
        let mut counts = vec![vec![0u32; self.slots]; self.groups.len()];
        for &(group, shift, agents) in plan {
            let site = match self.groups.get(group) {
                Some(group) => &group.site,
                None => return Err(format!("group {group} is not in the instance")),
            };
            let shift = (self.shifts.get(site))
                .and_then(|shifts| shifts.get(shift))
                .ok_or_else(|| format!("shift {shift} is not one of site {site}"))?;
            for &slot in &shift.cover {
                if let Some(count) = counts[group].get_mut(slot as usize) {
                    *count += agents;
                }
            }
        }
        Ok(counts)
    }

    fn load_of(&self, names: &[String]) -> Vec<f64> {
        let of_slot = |slot: usize| names.iter().map(|name| self.load[name][slot]).sum();
        (0..self.slots).map(of_slot).collect()
    }

    fn numbers(&self, names: &[String]) -> Vec<u32> {
        let number = |name: &String| self.queues.iter().position(|queue| queue == name);
        let numbers = names.iter().filter_map(number);
        numbers.map(|queue| queue as u32).collect()
    }
}

/// A problem with a shortfall price that no shift can undercut.
fn priced(mut instance: Instance, shift_in_file: Vec<u32>, remarks: Vec<String>) -> Problem {
    let dearest = instance
        .choices()
        .into_iter()
        .map(|choice| instance.price(choice))
        .fold(0.0, f64::max);
    // Where all shifts are free, an agent missing still costs.
    let dearest = if dearest > 0.0 { dearest } else { 1.0 };
    for cover in &mut instance.covers {
        cover.shortfall_price = 10.0 * dearest;
    }
    Problem {
        instance,
        shift_in_file,
        remarks,
    }
}
