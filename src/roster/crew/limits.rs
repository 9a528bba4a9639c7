//! What rest, days and starts allow a person beside the duties there are.

use chrono::{DateTime, Utc};

use super::{DAY, Terms, Timed};

/// Most days worked in any seven running ones that hold that of a duty, given the duties before and after.
pub(super) fn days_running(before: &[Timed], duty: &Timed, after: &[Timed]) -> u32 {
    // A bit for each day from six before that of the duty to six after.
    let place = |other: &Timed| (other.day - duty.day).num_days() + 6;
    let near = |place: &i64| (0..13).contains(place);
    let earlier = before.iter().rev().map(place).take_while(near);
    let later = after.iter().map(place).take_while(near);
    let worked = earlier
        .chain(later)
        .fold(1u32 << 6, |days, at| days | 1 << at);
    let windows = (0..7).map(|first| (worked >> first & 0x7f).count_ones());
    windows.max().unwrap_or(1)
}

/// Whether the work around a duty, without a weekly rest in it, leaves room for one within seven days, given the
/// duties before and after.
pub(super) fn rests_weekly(before: &[Timed], duty: &Timed, after: &[Timed], terms: Terms) -> bool {
    let rules = &terms.site.rules;
    let mut start = duty.start;
    for earlier in before.iter().rev() {
        if hours_between(earlier.end, start) >= rules.weekly_rest.value() {
            break;
        }
        start = earlier.start;
    }
    let mut end = duty.end;
    for later in after {
        if hours_between(end, later.start) >= rules.weekly_rest.value() {
            break;
        }
        end = later.end;
    }
    hours_between(start, end) <= rules.longest_stretch()
}

/// Whether a person has free Sundays left with another duty: in the weeks of the plan the whole ones that are its
/// part of the year's.
pub(super) fn has_sundays(person: &[Timed], duty: &Timed, terms: Terms) -> bool {
    let free = terms.weeks - terms.site.rules.sundays_of_one(terms.weeks);
    let worked = person.iter().filter(|other| other.on_sunday).count() + 1;
    !duty.on_sunday || worked as f64 <= terms.weeks - (free + 1e-9).floor()
}

/// Most duties of all Sundays of the plan that so many people can work in turn, were the year like it.
pub(super) fn most_on_sundays(heads: usize, terms: Terms) -> usize {
    let of_one = terms.site.rules.sundays_of_one(terms.weeks);
    if of_one.is_infinite() {
        return usize::MAX;
    }
    (heads as f64 * of_one + 1e-9) as usize
}

/// People who can work the Sundays in turn; nobody more than there are duties.
pub(super) fn heads_in_turn(duties: &[Timed], terms: Terms) -> usize {
    let on_sundays = duties.iter().filter(|duty| duty.on_sunday).count();
    let enough = |heads: &usize| most_on_sundays(*heads, terms) >= on_sundays;
    (0..duties.len()).find(enough).unwrap_or(duties.len())
}

pub(super) fn hours_between(from: DateTime<Utc>, to: DateTime<Utc>) -> f64 {
    (to - from).num_minutes() as f64 / 60.0
}

/// Whether the starts of a week stay within the band of the contract with another duty.
pub(super) fn in_band(person: &[Timed], duty: &Timed, terms: Terms) -> bool {
    let Some(band) = terms.week.start_band else {
        return true;
    };
    let same_week = person.iter().filter(|other| other.week == duty.week);
    let mut starts: Vec<u32> = same_week.chain([duty]).map(|duty| duty.minute).collect();
    starts.sort_unstable();
    // Round the clock all starts lie within what the widest gap between them leaves.
    let first = starts.first().map(|first| first + DAY);
    let next = starts.iter().skip(1).copied().chain(first);
    let widest = starts.iter().zip(next).map(|(start, next)| next - start);
    widest.max().is_none_or(|gap| DAY - gap <= band)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{duty_at, site, terms};
    use super::super::*;

    #[test]
    fn sundays_are_worked_in_turn() {
        let mut site = site();
        let heads = |sundays: &[i64], weeks: f64, site: &Site| {
            // Noon: Sunday is the seventh day of a week.
            let days = sundays.iter().map(|week| 7 * week + 6);
            let duties: Vec<Duty> = days.map(|day| duty_at(day, 10)).collect();
            let terms = Terms {
                weeks,
                ..terms(site, None)
            };
            let crew = crew(&duties, terms);
            let most = crew.iter().map(Vec::len).max().unwrap_or(0);
            (crew.len(), most)
        };
        assert_eq!(heads(&[0, 1, 2, 3], 4.0, &site), (1, 4));
        // One in four is free: who has worked three hands on the fourth.
        site.rules.free_sundays = 13;
        assert_eq!(heads(&[0, 1, 2, 3], 4.0, &site), (2, 3));
        assert_eq!(heads(&[0, 1, 2], 4.0, &site), (1, 3));
        assert_eq!(heads(&[0, 0, 0], 1.0, &site), (3, 1));
        // From Thursday on: three on duty on Sunday are three of four.
        let days = (3..7).flat_map(|day| [day; 3]);
        let duties: Vec<Duty> = days.map(|day| duty_at(day, 10)).collect();
        let terms = terms(&site, None);
        assert_eq!(crew(&duties, terms).len(), 4);
        assert_eq!(fewest_left(&duties, terms, 3).len(), 1);
        // A fourth Sunday takes six people.
        let mut crewed = Crewed::of(&duties, terms);
        assert!(!crewed.takes(&duty_at(6, 10)));
        assert!(!crewed.join(&duty_at(6, 10)));
    }
}
