//! From a plan too cheap to keep every promise back towards one that keeps them: of the shifts that went on the way, a
//! share of those whose agents serve a queue that is short.

use std::collections::BTreeMap;

use super::{Loop, Seen};
use crate::staffing::Plan;

/// Shares of what went that are tried one after the other.
const STEPS: u32 = 6;

/// A plan cheaper than the one `kept` that keeps every promise as well, on the way there from a `cheap` one.
pub(super) fn restore(work: &Loop, kept: &Seen, cheap: &Seen) -> Option<Seen> {
    let instance = work.problem.instance;
    let mut back = vec![0; work.problem.promised.len()];
    let mut seen = cheap.clone();
    while seen.cost < kept.cost {
        if work.keeps(&seen.measured) {
            return Some(seen);
        }
        let mut further = false;
        for (queue, back) in back.iter_mut().enumerate() {
            let short = work.shortage(&seen.measured, queue) + work.extra[queue] > 0.0;
            if work.served[queue] && short && *back < STEPS {
                *back += 1;
                further = true;
            }
        }
        if !further || work.time_left(1.0) <= 0.0 {
            break;
        }
        let share = |group: u32| {
            let queues = instance.groups[group as usize].queues.iter();
            let most = queues.map(|&queue| back[queue as usize]).max();
            f64::from(most.unwrap_or(0)) / f64::from(STEPS)
        };
        seen = work.see(towards(&cheap.plan, &kept.plan, &share));
    }
    None
}

/// A plan with a `share` by group of what another has more, evenly over its shifts.
fn towards(plan: &Plan, other: &Plan, share: &dyn Fn(u32) -> f64) -> Plan {
    let mut between = plan.clone();
    let mut carried: BTreeMap<u32, f64> = BTreeMap::new();
    for (&choice, &there) in other {
        let count = between.get(&choice).copied().unwrap_or(0);
        let carry = carried.entry(choice.group).or_insert(0.5);
        *carry += share(choice.group) * f64::from(there.saturating_sub(count));
        let more = carry.floor();
        *carry -= more;
        if more > 0.0 {
            between.insert(choice, count + more as u32);
        }
    }
    between
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staffing::Choice;

    #[test]
    fn a_share_of_what_went_comes_back_to_the_groups_asked() {
        let plan = |counts: [u32; 4]| -> Plan {
            let choices = [(0, 0), (0, 1), (0, 2), (1, 0)];
            let choices = choices.map(|(group, shift)| Choice { group, shift });
            let pairs = choices.into_iter().zip(counts);
            pairs.filter(|(_, count)| *count > 0).collect()
        };
        let (cheap, kept) = (plan([1, 0, 4, 0]), plan([3, 2, 2, 3]));
        let half = |group| if group == 0 { 0.5 } else { 0.0 };
        assert_eq!(towards(&cheap, &kept, &half), plan([2, 1, 4, 0]));
        assert_eq!(towards(&cheap, &kept, &|_| 1.0), plan([3, 2, 4, 3]));
        assert_eq!(towards(&cheap, &kept, &|_| 0.0), cheap);
    }
}
