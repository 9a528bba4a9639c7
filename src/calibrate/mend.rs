//! The last word where other customers found a promise missed: shifts added, few at a time, where the contacts
//! that came too late arrived, or might have waited, for as long as the verdict comes nearer.

use std::ops::Range;

use super::Loop;
use super::step::Single;
use crate::simulation::engine::{Cell, Kind, Measured, QueueMeasure};
use crate::staffing::{Choice, Plan};

/// A share in time missed by more than this, and by more contacts, is not mended by a few shifts.
const HOPELESS: f64 = 0.03;
const HOPELESS_CONTACTS: f64 = 1.0;
/// Shifts tried for each promise missed.
const MENDS: usize = 8;
/// What is left of a slot's worth when a shift that covers it did not help: others are tried elsewhere.
const REFUSED: f64 = 0.7;
/// A period's share in time that lies so far above what is promised is not short before other customers.
const CLOSE: f64 = 0.02;
/// Where agents mend less than this of what is short, twice as many are tried next.
const LITTLE: f64 = 0.25;

/// A plan, and how far the verdict found each queue below its promise.
#[derive(Clone)]
pub(super) struct Judged {
    pub plan: Plan,
    pub shortages: Vec<f64>,
}

impl Judged {
    /// Sum of what is short; not above 0 where every promise is kept.
    pub fn short(&self) -> f64 {
        self.shortages.iter().map(|short| short.max(0.0)).sum()
    }

    pub fn keeps(&self) -> bool {
        self.short() <= 0.0
    }
}

/// The plan with the shifts that the `verdict` says help.
pub(super) fn mend(
    work: &Loop,
    mut judged: Judged,
    verdict: &mut dyn FnMut(&Plan) -> Vec<f64>,
) -> Judged {
    let instance = work.problem.instance;
    let mut refused: Vec<Choice> = Vec::new();
    let mut hope = vec![1.0; instance.slots];
    let mut seen: Option<Measured> = None;
    let mut agents = 1;
    let missed = judged.shortages.iter().filter(|short| **short > 0.0);
    for _ in 0..MENDS * missed.count() {
        if judged.keeps() || work.time_left(1.0) <= 0.0 {
            break;
        }
        let measured = seen.get_or_insert_with(|| work.see(judged.plan.clone()).measured);
        let hopeless = |q: usize| {
            let seen = &measured.queues[q];
            let promised = work.problem.promised[q].unwrap_or(0.0);
            let late = judged.shortages[q].min(promised - seen.level.mean);
            late > HOPELESS && late * seen.offered.mean > HOPELESS_CONTACTS
        };
        if (0..judged.shortages.len()).any(hopeless) {
            break;
        }
        let late = late(work, measured, &judged.shortages);
        let tried = (&hope[..], &refused[..]);
        let Some(choice) = most_helpful(work, &judged.plan, &late, tried) else {
            break;
        };
        let mut plan = judged.plan.clone();
        let mut room = work.room(&plan);
        let one = Single { choice, add: true };
        for _ in 0..agents {
            room.make(&mut plan, one);
        }
        let shortages = verdict(&plan);
        let next = Judged { plan, shortages };
        if next.short() < judged.short() {
            if judged.short() - next.short() < LITTLE * judged.short() {
                agents *= 2;
            }
            judged = next;
            seen = None;
            hope.fill(1.0);
        } else {
            refused.push(choice);
            for &slot in &instance.shifts[choice.shift as usize].cover {
                hope[slot as usize] *= REFUSED;
            }
        }
    }
    judged
}

/// Contacts of the queues short that came too late, by queue and slot: that of their arrival, or those in which they
/// might have waited, a part in each.
fn late(work: &Loop, measured: &Measured, shortages: &[f64]) -> Vec<(u32, Vec<f64>)> {
    let network = work.problem.judge.network();
    let queues = measured.queues.iter().zip(shortages).enumerate();
    let short = queues.filter(|(_, (_, short))| **short > 0.0);
    let late = short.map(|(q, (seen, _))| {
        let late = |cell: &Cell| f64::from(cell.offered.saturating_sub(cell.reached));
        let mut arrived: Vec<f64> = seen.cells.iter().map(late).collect();
        for slots in held(work, q, seen) {
            arrived[slots].fill(0.0);
        }
        let Kind::Deferrable { deadline } = &network.queues[q].kind else {
            return (q as u32, arrived);
        };
        let mut waiting = vec![0.0; network.slots];
        for (slot, late) in arrived
            .into_iter()
            .enumerate()
            .filter(|(_, late)| *late > 0.0)
        {
            let due = deadline.due(slot as f64 * network.slot_seconds) / network.slot_seconds;
            let slots = ((due - slot as f64) as usize).clamp(1, network.slots);
            for place in slot..slot + slots {
                waiting[place % network.slots] += late / slots as f64;
            }
        }
        (q as u32, waiting)
    });
    late.collect()
}

/// The periods in which a queue's promise surely holds, where each is promised by itself: of the customers of the search
/// all may.
fn held(work: &Loop, queue: usize, seen: &QueueMeasure) -> Vec<Range<usize>> {
    let (periods, promised) = (work.problem.periods[queue], work.problem.promised[queue]);
    let holds = |slots: &&Range<usize>| {
        let level = seen.level_in((*slots).clone());
        level.is_none_or(|level| level > promised.unwrap_or(0.0) + CLOSE)
    };
    let held: Vec<Range<usize>> = periods.iter().filter(holds).cloned().collect();
    if held.len() < periods.len() {
        held
    } else {
        Vec::new()
    }
}

/// The shift that meets most of what came late for its price, weighed by what hope is left of its slots, where seats
/// and people allow it.
fn most_helpful(
    work: &Loop,
    plan: &Plan,
    late: &[(u32, Vec<f64>)],
    (hope, refused): (&[f64], &[Choice]),
) -> Option<Choice> {
    let instance = work.problem.instance;
    let room = work.room(plan);
    let value = |choice: Choice| {
        let group = &instance.groups[choice.group as usize];
        let cover = &instance.shifts[choice.shift as usize].cover;
        let served = late.iter().filter(|(q, _)| group.queues.contains(q));
        let met = served.map(|(_, late)| {
            let met = |&t: &u32| late[t as usize] * hope[t as usize];
            cover.iter().map(met).sum::<f64>()
        });
        met.sum::<f64>() / instance.price(choice).max(1e-9)
    };
    let mut best: Option<(f64, Choice)> = None;
    for choice in instance.choices() {
        let value = value(choice);
        let better = value > best.map_or(0.0, |(most, _)| most);
        if better && !refused.contains(&choice) && room.can_add(choice) {
            best = Some((value, choice));
        }
    }
    best.map(|(_, choice)| choice)
}
