//! The last weeks of a series before and after a change of its hours.

use crate::demand::calendar::{Calendar, Group};
use crate::demand::history::Series;

/// Contacts that were due and did not come, from which on chance is out of the question.
const SURE: f64 = 20.0;
/// Of these a slot that closed has at least so many itself: its neighbours do not speak for a silent hour.
const OWN: f64 = 1.0;
/// Weeks that tell of a closing, at least and at most, and of an opening.
const SINCE_CLOSED: (usize, usize) = (3, 26);
const SINCE_OPEN: (usize, usize) = (2, 16);
/// Weeks before, and how many of these must be known; the week of the change itself says nothing.
const BEFORE: usize = 8;
const KNOWN: usize = 6;

/// What changed by weekday and slot: the weeks since.
pub struct Changes {
    pub closed: Vec<Option<usize>>,
    pub opened: Vec<Option<usize>>,
    /// Weekdays that closed as a whole.
    pub days: [bool; 7],
    /// Share of its day that an opened slot has since.
    pub shares: Vec<f64>,
}

impl Changes {
    pub fn is_none(&self) -> bool {
        let mut all = self.closed.iter().chain(&self.opened);
        all.all(Option::is_none)
    }
}

/// The last weeks of a series, the latest first: its days by weekday and slot, but for holidays and Christmas
/// time, when a shop may be shut for once.
pub struct Weeks {
    slots: usize,
    /// Counts by week, and whether the weekday is known.
    counts: Vec<Vec<f64>>,
    known: Vec<[bool; 7]>,
    /// Counts of the first weeks together, by their number.
    sums: Vec<Vec<f64>>,
}

/// Two stretches of weeks: one without contacts in some slots, one with them.
struct Stretches {
    empty: std::ops::Range<usize>,
    busy: std::ops::Range<usize>,
    /// Level of the empty one ÷ that of the busy one, by the slots that both have; at most one.
    level: f64,
}

impl Weeks {
    pub fn new(series: &Series, slots: usize, calendar: &Calendar, end: usize) -> Self {
        let most = SINCE_CLOSED.1 + 1 + BEFORE;
        let mut out = Self {
            slots,
            counts: Vec::new(),
            known: Vec::new(),
            sums: vec![vec![0.0; 7 * slots]],
        };
        for week in 0..most.min(end / 7) {
            let (mut counts, mut known) = (vec![0.0; 7 * slots], [false; 7]);
            for day in end - 7 * (week + 1)..end - 7 * week {
                let d = calendar.days[day];
                if is_usual(calendar, day) && series.present.get(day) == Some(&true) {
                    let weekday = usize::from(d.weekday);
                    known[weekday] = true;
                    let row = series.day(day, slots).iter();
                    let cells = counts[weekday * slots..].iter_mut().zip(row);
                    cells.for_each(|(c, v)| *c = f64::from(*v));
                }
            }
            let before = &out.sums[week];
            let sum = before.iter().zip(&counts).map(|(a, b)| a + b).collect();
            out.sums.push(sum);
            out.counts.push(counts);
            out.known.push(known);
        }
        out
    }

    fn sum(&self, weeks: &std::ops::Range<usize>, cell: usize) -> f64 {
        self.sums[weeks.end][cell] - self.sums[weeks.start][cell]
    }

    /// On how many of some weeks a weekday is known.
    fn known(&self, weeks: &std::ops::Range<usize>, weekday: usize) -> usize {
        let known = self.known[weeks.clone()].iter();
        known.filter(|known| known[weekday]).count()
    }

    /// The weeks since a change and those before it.
    fn around(&self, since: usize) -> Option<[std::ops::Range<usize>; 2]> {
        let before = since + 1..(since + 1 + BEFORE).min(self.counts.len());
        (before.len() >= KNOWN).then_some([0..since, before])
    }

    pub fn changes(&self) -> Changes {
        let cells = 7 * self.slots;
        let mut out = Changes {
            closed: vec![None; cells],
            opened: vec![None; cells],
            days: [false; 7],
            shares: vec![0.0; cells],
        };
        // The longest time since a closing is that of all of it; since an opening there is but one.
        for since in (SINCE_CLOSED.0..=SINCE_CLOSED.1).rev() {
            let Some([after, before]) = self.around(since) else {
                continue;
            };
            for cell in self.sure(after, before, SINCE_CLOSED.0, KNOWN, 0.0) {
                out.closed[cell].get_or_insert(since);
            }
        }
        for since in SINCE_OPEN.0..=SINCE_OPEN.1 {
            let Some([after, before]) = self.around(since) else {
                continue;
            };
            for cell in self.sure(before, after, KNOWN, SINCE_OPEN.0, SURE) {
                out.opened[cell] = Some(since);
            }
        }
        let latest = 0..SINCE_CLOSED.0.min(self.counts.len());
        for (weekday, shut) in out.days.iter_mut().enumerate() {
            let cells = weekday * self.slots..(weekday + 1) * self.slots;
            *shut = self.known(&latest, weekday) > 0
                && cells.clone().any(|cell| out.closed[cell].is_some())
                && cells.clone().all(|cell| self.sum(&latest, cell) == 0.0);
            if *shut {
                cells.for_each(|cell| out.closed[cell] = out.closed[cell].or(Some(latest.end)));
            }
        }
        self.share_opened(&mut out);
        out
    }

    /// The shares of opened slots, over the weekdays on which they opened.
    fn share_opened(&self, changes: &mut Changes) {
        for slot in 0..self.slots {
            let cell = |weekday: usize| weekday * self.slots + slot;
            let opened: Vec<usize> = (0..7)
                .filter(|weekday| changes.opened[cell(*weekday)].is_some())
                .collect();
            let (mut own, mut all) = (0.0, 0.0);
            for weekday in &opened {
                let since = 0..changes.opened[cell(*weekday)].unwrap_or(0);
                own += self.sum(&since, cell(*weekday));
                let day = weekday * self.slots..(weekday + 1) * self.slots;
                all += day.map(|cell| self.sum(&since, cell)).sum::<f64>();
            }
            for weekday in opened {
                changes.shares[cell(weekday)] = own / all.max(1e-9);
            }
        }
    }

    /// The slots that are empty in one stretch of weeks where, by the other, many contacts were due: of runs of
    /// a weekday, and of runs of all weekdays together. `least`: known weeks of each, and contacts seen.
    fn sure(
        &self,
        empty: std::ops::Range<usize>,
        busy: std::ops::Range<usize>,
        least_empty: usize,
        least_busy: usize,
        seen: f64,
    ) -> Vec<usize> {
        let slots = self.slots;
        let known: [[usize; 2]; 7] =
            std::array::from_fn(|weekday| [&empty, &busy].map(|weeks| self.known(weeks, weekday)));
        let (mut of_empty, mut of_busy) = (0.0, 0.0);
        let mut is_changed = vec![false; 7 * slots];
        for (cell, changed) in is_changed.iter_mut().enumerate() {
            let (there, here) = (self.sum(&empty, cell), self.sum(&busy, cell));
            if there > 0.0 && here > 0.0 {
                of_empty += there / empty.len() as f64;
                of_busy += here / busy.len() as f64;
            }
            *changed = known[cell / slots][0] > 0 && there == 0.0 && here > 0.0;
        }
        if of_empty <= 0.0 || !is_changed.contains(&true) {
            return Vec::new();
        }
        let stretches = Stretches {
            level: (of_empty / of_busy).min(1.0),
            empty,
            busy,
        };
        let mut out = Vec::new();
        let mut judge = |group: Vec<usize>| {
            if !group.is_empty() && self.is_sure(&stretches, &group, seen) {
                let own = |cell: &usize| self.due(&stretches, *cell) >= OWN;
                out.extend(group.into_iter().filter(own));
            }
        };
        let is_enough = |weekday: &usize| {
            let [empty, busy] = known[*weekday];
            empty >= least_empty && busy >= least_busy
        };
        for weekday in (0..7).filter(is_enough) {
            let day: Vec<usize> = (weekday * slots..(weekday + 1) * slots).collect();
            for run in day.chunk_by(|a, b| is_changed[*a] == is_changed[*b]) {
                if is_changed[run[0]] {
                    judge(run.to_vec());
                }
            }
        }
        // Slots that no weekday has in the one stretch.
        let of_slot = |slot: usize| (0..7).map(move |weekday| weekday * slots + slot);
        let throughout = |slot: &usize| {
            let mut cells = of_slot(*slot);
            cells.all(|cell| is_changed[cell] || self.sum(&stretches.empty, cell) == 0.0)
        };
        let all: Vec<usize> = (0..slots).collect();
        for run in all.chunk_by(|a, b| throughout(a) == throughout(b)) {
            if throughout(&run[0]) {
                let cells = run.iter().flat_map(|slot| of_slot(*slot));
                judge(cells.filter(|cell| is_changed[*cell]).collect());
            }
        }
        out
    }

    /// Contacts of a slot that were due in the empty weeks.
    fn due(&self, weeks: &Stretches, cell: usize) -> f64 {
        let weekday = cell / self.slots;
        let [empty, busy] = [&weeks.empty, &weeks.busy].map(|w| self.known(w, weekday) as f64);
        self.sum(&weeks.busy, cell) / busy.max(1.0) * empty * weeks.level
    }

    /// Whether chance cannot have left some slots empty: by their usual week, as one week may be wild.
    fn is_sure(&self, weeks: &Stretches, group: &[usize], seen: f64) -> bool {
        let known = |week: &usize| group.iter().any(|c| self.known[*week][c / self.slots]);
        let busy = weeks.busy.clone().filter(known);
        let mut sums: Vec<f64> = busy
            .map(|week| group.iter().map(|cell| self.counts[week][*cell]).sum())
            .collect();
        sums.sort_by(f64::total_cmp);
        let (Some(least), usual) = (sums.first(), sums.get(sums.len().saturating_sub(1) / 2))
        else {
            return false;
        };
        let empty = weeks.empty.clone().filter(known).count() as f64;
        let due = usual.copied().unwrap_or(0.0) * empty * weeks.level;
        // Hours that opened have had contacts ever since.
        due >= SURE && (seen == 0.0 || *least > 0.0 && sums.iter().sum::<f64>() >= seen)
    }

    /// How many of their contacts days keep whose hours changed in part: between what the closed ones leave and
    /// what the opened ones add, as the days since tell.
    pub fn kept(&self, changes: &Changes) -> f64 {
        let since = || changes.closed.iter().chain(&changes.opened).flatten();
        let (Some(least), Some(most)) = (since().min(), since().max()) else {
            return 1.0;
        };
        let Some([_, before]) = self.around(*most) else {
            return 1.0;
        };
        let after = 0..*least;
        let (mut then, mut now, mut gone, mut new) = (0.0, 0.0, 0.0, 0.0);
        for weekday in (0..7).filter(|weekday| !changes.days[*weekday]) {
            let cells = weekday * self.slots..(weekday + 1) * self.slots;
            let [n, m] = [&before, &after].map(|weeks| self.known(weeks, weekday) as f64);
            let moved =
                |cell: usize| changes.closed[cell].is_some() || changes.opened[cell].is_some();
            let had = cells
                .clone()
                .map(|cell| self.sum(&before, cell))
                .sum::<f64>();
            if n == 0.0 || m == 0.0 || had == 0.0 || !cells.clone().any(moved) {
                continue;
            }
            for cell in cells {
                let (a, b) = (self.sum(&before, cell) / n, self.sum(&after, cell) / m);
                then += a;
                now += b;
                if changes.closed[cell].is_some() {
                    gone += a;
                }
                if changes.opened[cell].is_some() {
                    new += b;
                }
            }
        }
        if then <= 0.0 || now <= new {
            return 1.0;
        }
        let (least, most) = (1.0 - gone / then, 1.0 / (1.0 - new / now));
        (now / then).clamp(least, most)
    }
}

/// Whether a day is open as its weekday is.
fn is_usual(calendar: &Calendar, day: usize) -> bool {
    let d = calendar.days[day];
    match d.effect {
        0 => true,
        effect => matches!(
            calendar.effects[usize::from(effect) - 1].group,
            Group::Eve | Group::After | Group::Bridge
        ),
    }
}
