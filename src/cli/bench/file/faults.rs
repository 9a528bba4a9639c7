//! What is wrong with an instance file: field and index, what stands there, what is wanted; all at once.

use std::collections::BTreeSet;

use super::{ManySkills, OneSkill};

/// A slot of a week is no shorter than a minute.
const MOST_SLOTS: usize = 7 * 24 * 60;
/// Share by which the week's load of a queue may differ from what its contacts bring: files round.
const ROUNDED: f64 = 0.02;
/// Problems listed; the rest are counted.
const MOST: usize = 20;

#[derive(Default)]
struct Faults(Vec<String>);

/// The problems of a file with one skill.
pub(super) fn of_one(one: &OneSkill) -> Result<(), Vec<String>> {
    let mut faults = Faults::of_slots(one.slots)?;
    faults.per_slot("calls", &one.calls, one.slots);
    faults.per_slot("req", &one.req, one.slots);
    faults.above_zero("aht", one.aht);
    faults.not_negative("T", one.within);
    if !(0.0..1.0).contains(&one.target) {
        let remedy = "give a share from 0 to below 1 (Erlang C answers nobody for certain)";
        faults.add(format!("`target` is {}: {remedy}", one.target));
    }
    for (number, column) in one.cols.iter().enumerate() {
        faults.not_negative(&format!("cols[{number}].cost"), column.cost);
        faults.cover(&format!("cols[{number}].cover"), &column.cover, one.slots);
    }
    if one.cols.iter().all(|column| column.cover.is_empty()) {
        faults.add("`cols` has no column that covers a slot: nobody could work".to_owned());
    }
    faults.done()
}

/// The problems of a file with many skills.
pub(super) fn of_many(many: &ManySkills) -> Result<(), Vec<String>> {
    let mut faults = Faults::of_slots(many.slots)?;
    let known: BTreeSet<&String> = many.queues.iter().collect();
    if known.is_empty() {
        faults.add("`queues` is empty".to_owned());
    }
    for (number, queue) in many.queues.iter().enumerate() {
        if many.queues[..number].contains(queue) {
            faults.add(format!("`queues[{number}]` repeats `{queue}`"));
            continue;
        }
        for (field, values) in [("calls", &many.calls), ("load", &many.load)] {
            match values.get(queue) {
                Some(values) => faults.per_slot(&format!("{field}.{queue}"), values, many.slots),
                None => faults.missing(field, queue),
            }
        }
        match many.aht.get(queue) {
            Some(aht) => faults.above_zero(&format!("aht.{queue}"), *aht),
            None => faults.missing("aht", queue),
        }
        if let Some(req) = many.req.get(queue) {
            faults.per_slot(&format!("req.{queue}"), req, many.slots);
        }
    }
    faults.load(many);
    for (number, subset) in many.subsets.iter().enumerate() {
        let field = |name: &str| format!("subsets[{number}].{name}");
        faults.queues(&field("queues"), &subset.queues, &known);
        faults.per_slot(&field("req"), &subset.req, many.slots);
    }
    for (number, group) in many.groups.iter().enumerate() {
        let field = |name: &str| format!("groups[{number}].{name}");
        faults.queues(&field("queues"), &group.queues, &known);
        faults.not_negative(&field("mult"), group.mult);
        if !many.shifts.contains_key(&group.site) {
            let site = &group.site;
            faults.add(format!(
                "`{}` is `{site}`, which has no `shifts`",
                field("site")
            ));
        }
    }
    for (site, shifts) in &many.shifts {
        for (number, shift) in shifts.iter().enumerate() {
            let field = |name: &str| format!("shifts.{site}[{number}].{name}");
            faults.not_negative(&field("base"), shift.base);
            faults.cover(&field("cover"), &shift.cover, many.slots);
        }
    }
    let mut sites = many.groups.iter().map(|group| &group.site);
    let works = |site: &String| {
        let mut shifts = many.shifts.get(site).into_iter().flatten();
        shifts.any(|shift| !shift.cover.is_empty())
    };
    if !sites.any(works) {
        let remedy = "nobody could work";
        faults.add(format!(
            "no entry of `groups` has a shift that covers a slot: {remedy}"
        ));
    }
    faults.done()
}

impl Faults {
    fn add(&mut self, fault: String) {
        self.0.push(fault);
    }

    fn done(mut self) -> Result<(), Vec<String>> {
        if self.0.is_empty() {
            return Ok(());
        }
        if self.0.len() > MOST {
            let more = self.0.len() - MOST;
            self.0.truncate(MOST);
            self.0.push(format!("and {more} more problems"));
        }
        Err(self.0)
    }

    /// No faults yet in a file of so many slots; what does not fit them would be noise where they are at fault.
    fn of_slots(slots: usize) -> Result<Self, Vec<String>> {
        if slots == 0 || slots > MOST_SLOTS {
            let remedy = format!("give 1 to {MOST_SLOTS} slots of a week (336 are half-hours)");
            return Err(vec![format!("`H` is {slots}: {remedy}")]);
        }
        Ok(Self::default())
    }

    fn missing(&mut self, field: &str, queue: &str) {
        self.add(format!(
            "`{field}.{queue}` is missing: each queue wants one"
        ));
    }

    /// A number of each slot.
    fn per_slot(&mut self, field: &str, values: &[f64], slots: usize) {
        if values.len() != slots {
            let length = values.len();
            self.add(format!("`{field}` has {length} values, but `H` is {slots}"));
        }
        let mut below = (values.iter().enumerate()).filter(|(_, value)| **value < 0.0);
        if let Some((slot, value)) = below.next() {
            let others = match below.count() {
                0 => String::new(),
                more => format!(" (and {more} more below 0)"),
            };
            self.add(format!(
                "`{field}[{slot}]` is {value}{others}: give 0 or more"
            ));
        }
    }

    /// Loads are what contacts and handle times make of them in slots of a week.
    fn load(&mut self, many: &ManySkills) {
        let seconds = super::WEEK / many.slots as f64;
        let sums = |queue: &String| {
            let sum = |values: &Vec<f64>| values.iter().sum::<f64>();
            let calls = sum(many.calls.get(queue)?) * many.aht.get(queue)? / seconds;
            Some((sum(many.load.get(queue)?), calls))
        };
        let differ = |(load, calls): (f64, f64)| (load - calls).abs() > ROUNDED * load.max(calls);
        let pairs = many.queues.iter().map(|queue| (queue, sums(queue)));
        let mut others = pairs.filter(|(_, sums)| sums.is_some_and(differ));
        if let Some((queue, Some((load, calls)))) = others.next() {
            let more = match others.count() {
                0 => String::new(),
                more => format!(" (and {more} more queues alike)"),
            };
            self.add(format!(
                "`load.{queue}` sums to {load:.1} erlangs over all slots, but `calls` × `aht` make {calls:.1} of it in \
                 slots of {seconds:.0} s{more}: the {} slots of `H` divide one week",
                many.slots
            ));
        }
    }

    fn not_negative(&mut self, field: &str, value: f64) {
        if value < 0.0 {
            self.add(format!("`{field}` is {value}: give 0 or more"));
        }
    }

    fn above_zero(&mut self, field: &str, value: f64) {
        if value <= 0.0 {
            self.add(format!("`{field}` is {value}: give seconds above 0"));
        }
    }

    fn queues(&mut self, field: &str, names: &[String], known: &BTreeSet<&String>) {
        if names.is_empty() {
            self.add(format!("`{field}` is empty"));
        }
        for (number, name) in names.iter().enumerate() {
            if !known.contains(name) {
                self.add(format!(
                    "`{field}[{number}]` is `{name}`, which is not in `queues`"
                ));
            } else if names[..number].contains(name) {
                self.add(format!("`{field}[{number}]` repeats `{name}`"));
            }
        }
    }

    /// Slots that a shift works: within the week, each once; the first that is not.
    fn cover(&mut self, field: &str, cover: &[u32], slots: usize) {
        let mut seen = BTreeSet::new();
        for (number, slot) in cover.iter().enumerate() {
            let fault = if *slot as usize >= slots {
                format!("`{field}[{number}]` is slot {slot}, but `H` is {slots}")
            } else if !seen.insert(*slot) {
                format!("`{field}[{number}]` repeats slot {slot}: an agent is one agent")
            } else {
                continue;
            };
            return self.add(fault);
        }
    }
}
