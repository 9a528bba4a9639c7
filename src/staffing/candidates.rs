//! Candidate shifts of an agent group: every start that its templates, its site's hours and rules and
//! the wall clock allow, with a few placements of the breaks, each with its slots and its pay.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveTime, Utc};

use super::{PlannedBreak, overlap, worked};
use crate::ids::{GroupId, ShiftId};
use crate::scenario::{BreakRule, Scenario, ShiftTemplate, Site};
use crate::time::Horizon;
use crate::time::zone::{self, Wall};

/// One way to work a template on a date.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Candidate {
    pub template: ShiftId,
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    pub breaks: Vec<PlannedBreak>,
    /// Slots on the line.
    pub cover: Vec<u32>,
    /// Slots in the building.
    pub present: Range<u32>,
    /// Slots until its agent has rested.
    pub held: Range<u32>,
    /// Pay of one agent for what of the shift lies within the horizon, with premiums, before charges and shrinkage.
    pub pay: f64,
    /// The part of `pay` that is premiums.
    pub premium: f64,
    /// Paid hours, alike.
    pub paid_hours: f64,
    /// Hours on the line, alike.
    pub line_hours: f64,
    /// Paid hours of the whole shift: contracts hold it whole.
    pub hours: f64,
}

/// Placements tried for one break, and for all breaks of a shift together.
const PLACEMENTS: usize = 4;
const VARIANTS: usize = 8;

/// Every candidate of a group that is on the line within the horizon; of those that cover the same slots
/// only the cheapest.
pub(super) fn candidates(scenario: &Scenario, group: GroupId) -> Vec<Candidate> {
    let horizon = &scenario.horizon;
    let group = &scenario.groups[group];
    let site = &scenario.sites[group.site];
    let first = horizon.start.with_timezone(&site.zone).date_naive() - Duration::days(1);
    let last = horizon.end().with_timezone(&site.zone).date_naive();
    let open = open_spans(site, first - Duration::days(1), last + Duration::days(1));
    let mut cheapest: BTreeMap<(Vec<u32>, u32, u32), Candidate> = BTreeMap::new();
    for &template in &group.shifts {
        let shift = &scenario.shifts[template];
        for day in first.iter_days().take_while(|day| *day <= last) {
            for (start, end) in starts(shift, site, day, horizon, &open) {
                for breaks in breaks(shift, start, horizon) {
                    let found = priced(horizon, site, group.wage, template, start, end, breaks);
                    let Some(found) = found.filter(|found| !found.cover.is_empty()) else {
                        continue;
                    };
                    let key = (found.cover.clone(), found.present.start, found.present.end);
                    let known = cheapest.get(&key);
                    if known.is_none_or(|known| found.pay < known.pay - 1e-9) {
                        cheapest.insert(key, found);
                    }
                }
            }
        }
    }
    cheapest.into_values().collect()
}

/// When a template may be worked if it starts on a local date.
fn starts(
    shift: &ShiftTemplate,
    site: &Site,
    day: NaiveDate,
    horizon: &Horizon,
    open: &[(DateTime<Utc>, DateTime<Utc>)],
) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
    if !shift.days[day.weekday().num_days_from_monday() as usize] {
        return Vec::new();
    }
    let minutes = (shift.earliest..=shift.latest).step_by(shift.step_minutes.max(1) as usize);
    minutes
        .filter_map(|minute| {
            let local = day.and_time(NaiveTime::MIN) + Duration::minutes(i64::from(minute));
            let start = match zone::look_up(site.zone, local) {
                Wall::Once(instant) | Wall::Twice(instant, _) => instant,
                // The clock skips this start.
                Wall::Never(_) => return None,
            };
            let end = start + Duration::minutes(i64::from(shift.length_minutes));
            let inside = start < horizon.end() && end > horizon.start;
            let is_open = open.iter().any(|(from, to)| *from <= start && end <= *to);
            (inside && is_open).then_some((start, end))
        })
        .collect()
}

/// When a site is open, spans that touch joined.
pub(super) fn open_spans(
    site: &Site,
    first: NaiveDate,
    last: NaiveDate,
) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
    let mut spans: Vec<(DateTime<Utc>, DateTime<Utc>)> = Vec::new();
    for day in first.iter_days().take_while(|day| *day <= last) {
        for &(from, to) in site.hours.on(day, &site.calendar) {
            let wall = |minute: u32| {
                let midnight = day.and_time(NaiveTime::MIN);
                zone::instant(site.zone, midnight + Duration::minutes(i64::from(minute)))
            };
            let (from, to) = (wall(from), wall(to));
            match spans.last_mut() {
                Some(before) if before.1 >= from => before.1 = before.1.max(to),
                _ => spans.push((from, to)),
            }
        }
    }
    spans
}

/// A few ways to place the breaks of a shift, one after the other and within their bands.
fn breaks(
    shift: &ShiftTemplate,
    start: DateTime<Utc>,
    horizon: &Horizon,
) -> Vec<Vec<PlannedBreak>> {
    let mut rules: Vec<&BreakRule> = shift.breaks.iter().collect();
    rules.sort_by_key(|rule| rule.latest);
    let options: Vec<Vec<u32>> = rules
        .iter()
        .map(|rule| placements(rule, start, horizon))
        .collect();
    let combinations: usize = options.iter().map(Vec::len).product();
    let variants = combinations.min(VARIANTS);
    let mut placed: Vec<Vec<PlannedBreak>> = Vec::new();
    for variant in 0..variants {
        let mut rest = variant;
        let mut free = 0;
        let mut breaks = Vec::new();
        for (i, (rule, options)) in rules.iter().zip(&options).enumerate() {
            // All combinations while they are few, else a diagonal through them.
            let choice = if combinations <= VARIANTS {
                let choice = rest % options.len();
                rest /= options.len();
                choice
            } else {
                (variant * (i + 1) + i) % options.len()
            };
            let wanted = options[choice].max(free);
            let offset = if wanted > rule.latest {
                rule.earliest.max(free)
            } else {
                wanted
            };
            free = offset + rule.minutes;
            let from = start + Duration::minutes(i64::from(offset));
            breaks.push(PlannedBreak {
                start: from,
                end: from + Duration::minutes(i64::from(rule.minutes)),
                paid: rule.paid,
            });
        }
        // Where earlier breaks crowd a later one out of its band the combination falls away.
        let fits = rules
            .iter()
            .zip(&breaks)
            .all(|(rule, placed)| (placed.start - start).num_minutes() <= i64::from(rule.latest));
        if fits && !placed.contains(&breaks) {
            placed.push(breaks);
        }
    }
    placed
}

/// Starts of a break after the shift's: evenly over its band, at the start of a slot where the break
/// takes a slot off the line.
fn placements(rule: &BreakRule, start: DateTime<Utc>, horizon: &Horizon) -> Vec<u32> {
    let slot = i64::from(horizon.slot_minutes);
    if i64::from(rule.minutes) * 2 < slot {
        return vec![rule.earliest.midpoint(rule.latest)];
    }
    let on_grid = |offset: &u32| {
        let at = start + Duration::minutes(i64::from(*offset));
        (at - horizon.start).num_minutes().rem_euclid(slot) == 0
    };
    let mut offsets: Vec<u32> = (rule.earliest..=rule.latest).filter(on_grid).collect();
    if offsets.is_empty() {
        offsets.push(rule.earliest);
    }
    let last = offsets.len() - 1;
    if last < PLACEMENTS {
        return offsets;
    }
    (0..PLACEMENTS)
        .map(|i| offsets[i * last / (PLACEMENTS - 1)])
        .collect()
}

/// With its pay; none where it may not last so long.
fn priced(
    horizon: &Horizon,
    site: &Site,
    wage: f64,
    template: ShiftId,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    breaks: Vec<PlannedBreak>,
) -> Option<Candidate> {
    let unpaid: Vec<_> = breaks
        .iter()
        .filter(|pause| !pause.paid)
        .map(|pause| (pause.start, pause.end))
        .collect();
    if !site.may_last(start, end, &unpaid) {
        return None;
    }
    let within = horizon.span();
    let (paid_hours, line_hours) = worked((start, end), &breaks, &within);
    let premiums = site.premiums(wage, (start, end), &unpaid, &within);
    let premium = premiums.iter().map(|premium| premium.amount).sum::<f64>();
    let (hours, _) = worked((start, end), &breaks, &(start..end));
    let rest = Duration::minutes((site.rules.daily_rest.value() * 60.0) as i64);
    let present = touched(horizon, start, end);
    let cover = on_line(horizon, start, end, &breaks, present.clone());
    Some(Candidate {
        template,
        start,
        end,
        breaks,
        cover,
        present,
        held: touched(horizon, start, end + rest),
        pay: paid_hours * wage + premium,
        premium,
        paid_hours,
        line_hours,
        hours,
    })
}

/// The slots of the horizon that a span of time touches.
fn touched(horizon: &Horizon, start: DateTime<Utc>, end: DateTime<Utc>) -> Range<u32> {
    let last = horizon.slot_offset(end - Duration::seconds(1)) + 1;
    let first = horizon.slot_offset(start).clamp(0, horizon.slots as i64);
    first as u32..last.clamp(first, horizon.slots as i64) as u32
}

/// Slots on the line: a shift is on the line in a slot if it is there in the middle of it and no break
/// takes half of it.
fn on_line(
    horizon: &Horizon,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    breaks: &[PlannedBreak],
    present: Range<u32>,
) -> Vec<u32> {
    let length = horizon.slot_seconds() as i64;
    let works = |slot: &u32| {
        let from = horizon.slot_start(*slot as usize);
        let to = from + Duration::seconds(length);
        let middle = from + Duration::seconds(length / 2);
        let off: i64 = breaks
            .iter()
            .map(|pause| overlap((pause.start, pause.end), (from, to)))
            .sum();
        start <= middle && middle < end && off * 2 < length
    };
    present.filter(works).collect()
}
