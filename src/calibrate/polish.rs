//! The last changes, one by one: a shift left out, or a cheaper one in its place, while every promise holds.

use super::{Loop, Seen};
use crate::simulation::engine::{Baseline, Measured};
use crate::staffing::{Choice, Plan, take_out};

/// Of so many replications one takes part in the first look at a change, but so many at least.
const GLANCE: usize = 5;
const LEAST_GLANCE: usize = 6;
/// What a first look may find short and be wrong.
const DOUBT: f64 = 0.004;
/// Cheaper shifts tried in place of one.
const REPLACEMENTS: usize = 4;

/// Changes `chosen` for as long as a change makes it cheaper and keeps its promises, the dearest shifts
/// first, within the trials that the effort allows. Answers how many it used.
pub(super) fn polish(work: &Loop, chosen: &mut Seen, share_of_time: f64) -> usize {
    if !work.keeps(&chosen.measured) {
        return 0;
    }
    let instance = work.problem.instance;
    let mut trials = work.effort.trials;
    // First what can go, then what can be less.
    for shorter in [false, true] {
        let order = instance.dearest_first(&chosen.plan);
        // With fewer trials than shifts, they are spread over all of them.
        let every = order.len().div_ceil(trials.max(1)).max(1);
        let mut in_hand = InHand::new(work, chosen);
        for choice in order.into_iter().step_by(every) {
            let instead = if shorter {
                shorter_than(work, choice)
            } else {
                vec![None]
            };
            for instead in instead {
                if trials == 0 || work.time_left(share_of_time) <= 0.0 {
                    return work.effort.trials - trials;
                }
                let Some(plan) = exchanged(work, &chosen.plan, choice, instead) else {
                    continue;
                };
                trials -= 1;
                if let Some(measured) = in_hand.still_keeps(work, &plan) {
                    *chosen = Seen {
                        cost: instance.cost(&plan),
                        plan,
                        measured,
                    };
                    in_hand = InHand::new(work, chosen);
                    break;
                }
            }
        }
    }
    work.effort.trials - trials
}

/// The plan in hand, and how it fared in the replications of a first look.
struct InHand<'a> {
    baseline: Baseline<'a>,
    glance: usize,
    /// Level of each queue over all replications, less that of the first look.
    beyond: Vec<f64>,
}

impl<'a> InHand<'a> {
    fn new(work: &'a Loop, seen: &Seen) -> Self {
        let baseline = work
            .problem
            .judge
            .baseline((work.problem.on_line)(&seen.plan));
        let glance = (work.problem.judge.replications() / GLANCE).max(LEAST_GLANCE);
        let first = baseline.measured_in(glance);
        let levels = baseline.measured().queues.iter().zip(&first.queues);
        let beyond = levels.map(|(all, first)| all.level.mean - first.level.mean);
        Self {
            glance,
            beyond: beyond.collect(),
            baseline,
        }
    }

    /// The service of a plan if it keeps its promises. Most changes do not, and a few replications with the
    /// same customers tell.
    fn still_keeps(&self, work: &Loop, plan: &Plan) -> Option<Measured> {
        let on_line = (work.problem.on_line)(plan);
        let first = self.baseline.measure_in(&on_line, self.glance);
        let hopeless =
            first
                .queues
                .iter()
                .zip(&self.beyond)
                .enumerate()
                .any(|(q, (seen, beyond))| {
                    let promised = work.problem.promised[q].unwrap_or(0.0) + work.extra[q];
                    seen.level.mean + beyond < promised - DOUBT
                });
        if hopeless {
            return None;
        }
        let measured = self.baseline.measure(&on_line);
        work.keeps(&measured).then_some(measured)
    }
}

/// The plan with one agent of `choice` less and one of `instead` more, where covers, seats and people allow
/// it.
fn exchanged(work: &Loop, plan: &Plan, choice: Choice, instead: Option<Choice>) -> Option<Plan> {
    if !plan.contains_key(&choice) {
        return None;
    }
    let mut room = work.room(plan);
    let could = room.can_remove(choice);
    let mut changed = plan.clone();
    take_out(&mut changed, choice);
    room.change(choice, -1);
    match instead {
        None => could.then_some(changed),
        Some(instead) => {
            let fits = room.can_add(instead);
            room.change(instead, 1);
            (fits && (could || room.holds(choice))).then(|| {
                *changed.entry(instead).or_insert(0) += 1;
                changed
            })
        }
    }
}

/// Cheaper shifts of the same group within the hours of a choice (a slot longer where its break was), the
/// cheapest first, evenly over prices.
fn shorter_than(work: &Loop, choice: Choice) -> Vec<Option<Choice>> {
    let instance = work.problem.instance;
    let price = instance.price(choice);
    let hours = &instance.shifts[choice.shift as usize].cover;
    let within = |shift: u32| {
        let cover = &instance.shifts[shift as usize].cover;
        let inside = cover
            .iter()
            .filter(|slot| hours.binary_search(slot).is_ok());
        inside.count() + 2 >= cover.len()
    };
    let mut shorter: Vec<Choice> = instance.groups[choice.group as usize]
        .shifts
        .iter()
        .map(|&shift| Choice { shift, ..choice })
        .filter(|&other| instance.price(other) < price - 1e-6 && within(other.shift))
        .collect();
    shorter.sort_by(|&a, &b| {
        let (a_price, b_price) = (instance.price(a), instance.price(b));
        a_price.total_cmp(&b_price).then(a.cmp(&b))
    });
    let every = shorter.len().div_ceil(REPLACEMENTS).max(1);
    shorter.into_iter().step_by(every).map(Some).collect()
}
