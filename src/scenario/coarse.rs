//! What the slots of a plan are too coarse for.

use std::collections::BTreeSet;

use super::{Scenario, ShiftTemplate};
use crate::ids::ShiftId;

/// The finest slot.
const FINEST: u32 = 15;
/// Names said of many.
const SHOWN: usize = 3;

impl Scenario {
    /// What to know where opening hours, shifts or breaks begin or end within slots: an agent is on the line in whole
    /// slots only, those of which a shift holds the middle and a break takes less than half.
    pub fn coarse_slots(&self) -> Option<String> {
        let slot = self.horizon.slot_minutes;
        if slot <= FINEST {
            return None;
        }
        let is_parted = |open: &[f64]| open.iter().any(|share| (1e-6..1.0 - 1e-6).contains(share));
        let queues = self.queues.iter();
        let hours =
            queues.filter(|(id, queue)| queue.is_real_time() && is_parted(&self.open_share(*id)));
        let hours = hours.map(|(_, queue)| format!("the hours of `{}`", queue.name));
        let used: BTreeSet<ShiftId> = self
            .groups
            .values()
            .flat_map(|group| group.shifts.iter().copied())
            .collect();
        let shifts = used.into_iter().map(|id| &self.shifts[id]);
        let shifts = shifts.filter(|shift| is_between(shift, slot));
        let shifts = shifts.map(|shift| format!("shift `{}`", shift.name));
        let all: Vec<String> = hours.chain(shifts).collect();
        let more = match all.len().saturating_sub(SHOWN) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let shown = &all[..all.len().min(SHOWN)];
        (!all.is_empty()).then(|| {
            format!(
                "slots of {slot} minutes are coarse for {}{more}: agents are planned for whole slots, and a break that \
                 takes half of one takes it whole. Set `slot = \"{}m\"` for a closer plan",
                shown.join(", "),
                slot / 2
            )
        })
    }
}

/// Whether a shift begins or ends between slots, or a break does that takes one off the line.
fn is_between(shift: &ShiftTemplate, slot: u32) -> bool {
    let is_off = |minutes: u32| !minutes.is_multiple_of(slot);
    is_off(shift.length_minutes)
        || is_off(shift.earliest)
        || (shift.breaks.iter()).any(|rest| 2 * rest.minutes >= slot && is_off(rest.minutes))
}
