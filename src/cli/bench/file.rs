//! The two forms of an instance file, and the staffing problem each stands for.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::requirement::erlang::erlang_c;
use crate::simulation::engine::{Edge, Group as Agents, Network, Queue, Route};
use crate::staffing::{Cover, Group, Instance, Shift};

/// What the slots of a file divide, in seconds.
const WEEK: f64 = 7.0 * 86_400.0;
/// Days of the week's end that are run before it: a plan that leaves a language to itself on a Sunday starts its
/// week with those who waited.
const LEAD_IN_DAYS: usize = 2;
/// Weeks to a run, so that less of the time goes into what is run first.
const ROUNDS: usize = 2;

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
    load: BTreeMap<String, Vec<f64>>,
    aht: BTreeMap<String, f64>,
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

    pub fn problem(&self) -> Result<Problem, String> {
        if self.calls.len() != self.slots {
            return Err(format!(
                "`calls` of {} slots, but `H` is {}",
                self.calls.len(),
                self.slots
            ));
        }
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
        checked(instance, shift_in_file)
    }
}

impl ManySkills {
    pub fn problem(&self, all_starts: bool) -> Result<Problem, String> {
        let mut shifts = Vec::new();
        let mut shift_in_file = Vec::new();
        let mut of_site = BTreeMap::new();
        for (site, list) in &self.shifts {
            let mut usable = Vec::new();
            for (number, shift) in list.iter().enumerate() {
                if all_starts || shift.start.fract() == 0.0 {
                    usable.push(shifts.len() as u32);
                }
                shift_in_file.push(number as u32);
                shifts.push(Shift::on_line(shift.cover.clone(), shift.base));
            }
            of_site.insert(site, usable);
        }
        let mut groups = Vec::new();
        for group in &self.groups {
            let shifts = of_site
                .get(&group.site)
                .ok_or_else(|| format!("site `{}` has no shifts", group.site))?;
            let mut queues = self.numbers(&group.queues)?;
            queues.sort_unstable();
            groups.push(Group {
                queues,
                factor: group.mult,
                shifts: shifts.clone(),
            });
        }
        let mut covers = Vec::new();
        for subset in &self.subsets {
            covers.push(Cover {
                queues: self.numbers(&subset.queues)?,
                need: subset.req.clone(),
                load: self.load_of(&subset.queues)?,
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
        checked(instance, shift_in_file)
    }

    /// What is simulated: Poisson arrivals, exponential handle times, nobody hangs up, 20 s; specialists
    /// first, the week cyclic.
    pub fn network(&self) -> Result<Network, String> {
        let mut order: Vec<usize> = (0..self.groups.len()).collect();
        order.sort_by_key(|&g| self.groups[g].queues.len());
        let mut queues = Vec::new();
        for name in &self.queues {
            let rate = self.calls.get(name).ok_or_else(|| missing("calls", name))?;
            let aht = self.aht.get(name).ok_or_else(|| missing("aht", name))?;
            let serving = order
                .iter()
                .filter(|&&g| self.groups[g].queues.contains(name));
            let routes = serving
                .enumerate()
                .map(|(place, &g)| Route::to(g, place as u32))
                .collect();
            queues.push(Queue::calls(rate.clone(), *aht, routes));
        }
        Ok(Network {
            slot_seconds: WEEK / self.slots.max(1) as f64,
            slots: self.slots,
            day_of_slot: (0..self.slots)
                .map(|slot| (slot * 7 / self.slots) as u16)
                .collect(),
            queues,
            groups: vec![Agents::default(); self.groups.len()],
            shared_busyness: 0.0,
            edge: Edge::Cyclic {
                lead_in: LEAD_IN_DAYS * self.slots / 7,
                rounds: ROUNDS,
            },
        })
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

    fn load_of(&self, names: &[String]) -> Result<Vec<f64>, String> {
        let mut sum = vec![0.0; self.slots];
        for name in names {
            let load = self.load.get(name).ok_or_else(|| missing("load", name))?;
            for (sum, load) in sum.iter_mut().zip(load) {
                *sum += load;
            }
        }
        Ok(sum)
    }

    fn numbers(&self, names: &[String]) -> Result<Vec<u32>, String> {
        let number = |name: &String| {
            let place = self.queues.iter().position(|queue| queue == name);
            place
                .map(|queue| queue as u32)
                .ok_or_else(|| format!("queue `{name}` is not in `queues`"))
        };
        names.iter().map(number).collect()
    }
}

fn missing(field: &str, queue: &str) -> String {
    format!("queue `{queue}` has no `{field}`")
}

/// An instance whose lengths and slots agree, with a shortfall price that no shift can undercut.
fn checked(mut instance: Instance, shift_in_file: Vec<u32>) -> Result<Problem, String> {
    let slots = instance.slots;
    if let Some(cover) = instance.covers.iter().find(|c| c.need.len() != slots) {
        let length = cover.need.len();
        return Err(format!("a `req` of {length} slots, but `H` is {slots}"));
    }
    let worked = instance.shifts.iter().flat_map(|shift| &shift.cover);
    if let Some(slot) = worked.into_iter().find(|&&slot| slot as usize >= slots) {
        return Err(format!("a shift covers slot {slot}, but `H` is {slots}"));
    }
    let dearest = instance
        .choices()
        .into_iter()
        .map(|choice| instance.price(choice))
        .fold(0.0, f64::max);
    for cover in &mut instance.covers {
        cover.shortfall_price = 10.0 * dearest;
    }
    Ok(Problem {
        instance,
        shift_in_file,
    })
}
