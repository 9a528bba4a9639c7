//! Work that may wait: when it is due, and the least extra agents that get it done in time.

use super::DeferrableWork;

/// The last slot in which work that arrives in each slot is on time, whenever in the slot it came: all of
/// `within` slots of the clock must fit. `counts` is the share of each slot that the clock runs, and may
/// go on past the `slots` of the horizon; work due past the horizon gets `slots`.
pub fn due_slots(within: f64, counts: &[f64], slots: usize) -> Vec<usize> {
    // Clock time before each slot.
    let mut before = vec![0.0];
    for share in counts {
        before.push(before[before.len() - 1] + share);
    }
    (0..slots)
        .map(|slot| {
            let end = before[slot] + within;
            // The first boundary at which the clock has passed the deadline; the slot before it is whole.
            let boundary = before.partition_point(|&clock| clock <= end + 1e-9);
            if boundary > counts.len() {
                return slots;
            }
            // `boundary − 1` is the last boundary in time: the slot that ends there is the last.
            boundary.saturating_sub(2).max(slot).min(slots)
        })
        .collect()
}

/// Mean and variance of the work of `contacts` Poisson contacts of handle time `mean` and `cv`, with a
/// busyness of variance `busyness`: what a probability of keeping every deadline is taken over.
pub fn work_spread(contacts: f64, mean: f64, cv: f64, busyness: f64) -> (f64, f64) {
    let work = contacts * mean;
    (
        work,
        contacts * mean * mean * (1.0 + cv * cv) + busyness * work * work,
    )
}

/// Work still undone when due, in the unit of the work, with `hours[slot]` of hands: first in, first out.
pub fn late_work(arriving: &[f64], due: &[usize], hours: &[f64]) -> f64 {
    let mut late = 0.0;
    let (mut oldest, mut left) = (0, arriving.first().copied().unwrap_or(0.0));
    for (slot, &hours) in hours.iter().enumerate() {
        let mut hands = hours;
        while oldest <= slot && oldest < arriving.len() {
            let done = left.min(hands);
            hands -= done;
            left -= done;
            if slot > due[oldest] {
                late += done;
            }
            if left > 1e-12 {
                break;
            }
            oldest += 1;
            left = arriving.get(oldest).copied().unwrap_or(0.0);
        }
    }
    // What is left at the end is late if it was due within the horizon.
    for slot in oldest..arriving.len() {
        let undone = if slot == oldest { left } else { arriving[slot] };
        if due[slot] < hours.len() {
            late += undone;
        }
    }
    late
}

/// The least agents on top of the idle time of those on the line (`idle[slot]` agent-hours), present in
/// every workable slot, such that every deadline is kept when the work of any stretch lies `margin`
/// standard deviations above its mean (1.645: with probability 95 %). `relative_sd` is the standard
/// deviation of a slot's work ÷ its mean. None if no number of agents does it.
pub fn least_extra_agents(
    work: &DeferrableWork,
    idle: &[f64],
    slot_hours: f64,
    margin: f64,
    relative_sd: &[f64],
) -> Option<u32> {
    let arriving = raised(&work.arriving, margin, relative_sd, &work.due);
    let total: f64 = arriving.iter().sum();
    let hours = |extra: u32| -> Vec<f64> {
        idle.iter()
            .zip(&work.workable)
            .map(|(idle, &workable)| {
                if workable {
                    idle + f64::from(extra) * slot_hours
                } else {
                    0.0
                }
            })
            .collect()
    };
    let kept = |extra: u32| late_work(&arriving, &work.due, &hours(extra)) <= 1e-6 * total.max(1.0);
    if kept(0) {
        return Some(0);
    }
    let (mut low, mut high) = (0, 1);
    while !kept(high) {
        (low, high) = (high, high.checked_mul(2)?);
        if f64::from(high) * slot_hours > 4.0 * total + 4.0 {
            return None;
        }
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if kept(middle) {
            high = middle
        } else {
            low = middle
        }
    }
    Some(high)
}

/// Work raised by its margin. What counts is the work of a stretch as long as its deadline allows, whose
/// relative spread is that of a slot ÷ √(slots of the stretch).
fn raised(arriving: &[f64], margin: f64, relative_sd: &[f64], due: &[usize]) -> Vec<f64> {
    arriving
        .iter()
        .enumerate()
        .map(|(slot, &work)| {
            let stretch = (due[slot].saturating_sub(slot) + 1) as f64;
            let sd = relative_sd.get(slot).copied().unwrap_or(0.0);
            work * (1.0 + margin * sd / stretch.sqrt()).max(0.0)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::QueueId;

    #[test]
    fn calendar_and_business_clocks() {
        // Half-hours, an hour to answer: the slot of arrival and the next.
        let always = vec![1.0; 20];
        assert_eq!(due_slots(2.0, &always, 6), [1, 2, 3, 4, 5, 6]);
        // Shorter than a slot: the slot itself.
        assert_eq!(due_slots(0.4, &always, 3), [0, 1, 2]);
        // Open in slots 2–5 and 10–13: what comes at night or late runs into the next opening.
        let open: Vec<f64> = (0..24)
            .map(|slot| f64::from(u8::from((2..6).contains(&(slot % 8)))))
            .collect();
        let due = due_slots(2.0, &open, 16);
        assert_eq!(due[0], 3, "opens at 2, two slots");
        assert_eq!(due[3], 4);
        assert_eq!(due[5], 10, "one slot left today, one tomorrow");
        assert_eq!(due[15], 16, "past the horizon");
    }

    fn work(arriving: Vec<f64>, due: Vec<usize>) -> DeferrableWork {
        DeferrableWork {
            queue: QueueId(0),
            workable: vec![true; arriving.len()],
            arriving,
            due,
        }
    }

    #[test]
    fn idle_time_comes_first_and_the_rest_needs_its_own() {
        let work = work(
            vec![1.0; 16],
            (0..16).map(|slot: usize| (slot + 1).min(16)).collect(),
        );
        let idle = vec![0.25; 16];
        // 1 h arrives per half-hour, 0.25 h is idle: 0.75 h needs two agents of half an hour.
        assert_eq!(least_extra_agents(&work, &idle, 0.5, 0.0, &[]), Some(2));
        assert_eq!(
            least_extra_agents(&work, &[1.0; 16], 0.5, 0.0, &[]),
            Some(0)
        );
        let sd = vec![0.5; 16];
        assert!(least_extra_agents(&work, &idle, 0.5, 1.645, &sd) > Some(2));
        let never = DeferrableWork {
            workable: vec![false; 16],
            ..work
        };
        assert_eq!(least_extra_agents(&never, &idle, 0.5, 0.0, &[]), None);
    }

    #[test]
    fn longer_deadlines_never_need_more() {
        let arriving: Vec<f64> = (0..48)
            .map(|slot| if slot % 16 < 4 { 3.0 } else { 0.2 })
            .collect();
        let mut last = u32::MAX;
        for slots in [1, 2, 4, 8, 16] {
            let due = due_slots(f64::from(slots), &[1.0; 96], 48);
            let need = least_extra_agents(&work(arriving.clone(), due), &[0.0; 48], 0.5, 0.0, &[])
                .unwrap();
            assert!(need <= last);
            last = need;
        }
        // All of it within 16 half-hours: the mean is 0.9 h per half-hour, two agents.
        assert_eq!(last, 2);
    }
}
