//! Who of a team works which of its duties.
//!
//! The least head count that the hours allow is tried first; each duty in the order of its start goes to someone who
//! may work it, or to someone who can hand another duty on for it; where nobody may, the team is tried again with one
//! more. Who may: rested, within the days, hours and band of starts that the group's contract has, and with free Sundays
//! left. A team has no fewer people than its Sundays take in turn.

mod alike;
mod crewed;
mod limits;

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BinaryHeap};

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc, Weekday};

use super::Duty;
use crate::ids::GroupId;
use crate::scenario::{ContractWeek, Scenario, Site};
use alike::{Alike, Next};
pub(super) use crewed::Crewed;
use limits::{
    days_running, has_sundays, heads_in_turn, hours_between, in_band, most_on_sundays, rests_weekly,
};

/// On which terms the people of a team work.
#[derive(Clone, Copy)]
pub(super) struct Terms<'a> {
    site: &'a Site,
    week: ContractWeek,
    /// When the planned weeks begin: a contract's week is one of them, whatever day that is at the site.
    from: DateTime<Utc>,
    /// How many they are.
    weeks: f64,
}

impl<'a> Terms<'a> {
    /// Those of a group.
    pub fn of(scenario: &'a Scenario, group: GroupId) -> Self {
        let group = &scenario.groups[group];
        Self {
            site: &scenario.sites[group.site],
            week: group.contract,
            from: scenario.horizon.start,
            weeks: scenario.horizon.weeks(),
        }
    }

    /// Hours that a contract and the longest week allow.
    fn weekly_hours(self) -> f64 {
        let longest = self.site.rules.max_week.value();
        self.week.hours.value().min(longest).max(1.0)
    }

    /// A duty on the clock of the site.
    fn on_the_clock(self, (index, duty): (usize, &Duty)) -> Timed {
        let clock = |at: DateTime<Utc>| at.with_timezone(&self.site.zone).naive_local();
        let local = clock(duty.start);
        Timed {
            index,
            start: duty.start,
            end: duty.end,
            day: local.date(),
            week: (local - clock(self.from)).num_days().div_euclid(7),
            minute: local.num_seconds_from_midnight() / 60,
            on_sunday: local.weekday() == Weekday::Sun,
            hours: duty.paid_hours(),
            kind: index,
        }
    }
}

/// A duty on its site's clock.
#[derive(Debug, Clone, Copy)]
struct Timed {
    /// Among those of the team.
    index: usize,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    day: NaiveDate,
    /// Of the planned weeks.
    week: i64,
    /// On which it begins.
    minute: u32,
    on_sunday: bool,
    hours: f64,
    /// The same for duties that differ in their index only.
    kind: usize,
}

/// Minutes of a day.
const DAY: u32 = 24 * 60;
/// Beyond so many people nobody hands duties on: there are enough to choose among.
const FEW: usize = 300;

/// The people who work `duties` (in the order of their starts), by index: as few as the ways of choosing find.
pub(super) fn crew(duties: &[Duty], terms: Terms) -> Vec<Vec<usize>> {
    let timed = timed(duties, terms);
    if timed.is_empty() {
        return Vec::new();
    }
    let in_turn = heads_in_turn(&timed, terms);
    (least_heads(&timed, terms).max(in_turn)..timed.len())
        .find_map(|heads| {
            let mut found =
                (CHOICES.into_iter()).map(|choice| distribute(&timed, terms, heads, choice, 0));
            found.find(|found| found.left.is_empty() && found.people.len() >= in_turn)
        })
        // One person a duty always works: a single duty breaks no rule between duties.
        .map_or_else(
            || (0..timed.len()).map(|i| vec![i]).collect(),
            |found| {
                let indices = |person: &Vec<Timed>| person.iter().map(|duty| duty.index).collect();
                found.people.iter().map(indices).collect()
            },
        )
}

/// The duties that so many people leave, by index: as few as the ways of choosing find.
pub(super) fn fewest_left(duties: &[Duty], terms: Terms, heads: usize) -> Vec<usize> {
    let timed = timed(duties, terms);
    let all = timed.len();
    let left = CHOICES.map(|choice| distribute(&timed, terms, heads, choice, all).left);
    left.into_iter().min_by_key(Vec::len).unwrap_or_default()
}

fn timed(duties: &[Duty], terms: Terms) -> Vec<Timed> {
    let numbered = duties.iter().enumerate();
    let mut timed: Vec<Timed> = numbered.map(|duty| terms.on_the_clock(duty)).collect();
    let mut kinds = BTreeMap::new();
    for duty in &mut timed {
        let alike = (duty.start, duty.end, duty.hours.to_bits());
        duty.kind = *kinds.entry(alike).or_insert(duty.index);
    }
    timed
}

/// Fewer people cannot work the hours, or the days, of the fullest week.
fn least_heads(duties: &[Timed], terms: Terms) -> usize {
    let mut weeks: BTreeMap<i64, (f64, usize)> = BTreeMap::new();
    for duty in duties {
        let week = weeks.entry(duty.week).or_default();
        week.0 += duty.hours;
        week.1 += 1;
    }
    weeks
        .values()
        .map(|&(hours, count)| {
            let by_hours = (hours / terms.weekly_hours() - 1e-9).ceil() as usize;
            by_hours.max(count.div_ceil(terms.week.days.max(1) as usize))
        })
        .fold(1, usize::max)
}

/// Whom to prefer among those who may work a duty.
#[derive(Debug, Clone, Copy)]
enum Choice {
    /// Who has worked least: even hours.
    Even,
    /// Who has worked most: full contracts.
    Full,
}

const CHOICES: [Choice; 2] = [Choice::Even, Choice::Full];

/// Who works what, and what nobody may.
#[derive(Debug)]
struct Distributed {
    people: Vec<Vec<Timed>>,
    left: Vec<usize>,
}

/// Gives the duties to `heads` people, until more than so many are left.
///
/// People who have worked the same are looked at as one, and duties of one kind are given together: neither changes
/// who gets what.
fn distribute(
    duties: &[Timed],
    terms: Terms,
    heads: usize,
    choice: Choice,
    most_left: usize,
) -> Distributed {
    let mut people = vec![Vec::new(); heads];
    let mut alike = Alike::new(heads);
    let mut turns = most_on_sundays(heads, terms);
    let mut left = Vec::new();
    'duties: for run in duties.chunk_by(|duty, next| duty.kind == next.kind) {
        let kind = &run[0];
        // A jump of the start time weighs like hours already worked.
        let worth = |person: &Vec<Timed>| {
            let hours = hours_in(person, kind.week);
            let worked = match choice {
                Choice::Even => hours,
                Choice::Full => -hours,
            };
            worked + start_jump(person, kind)
        };
        let able = alike.groups().filter_map(|(group, first)| {
            let person = &people[first];
            may_work(person, kind, terms).then(|| Next {
                worth: worth(person),
                first,
                group,
            })
        });
        // Whoever gets a duty can take no other of its kind, and others can take no more for it.
        let mut able: BinaryHeap<Reverse<Next>> = able.map(Reverse).collect();
        for duty in run {
            if left.len() > most_left {
                break 'duties;
            }
            if duty.on_sunday && turns == 0 {
                left.push(duty.index);
                continue;
            }
            if let Some(Reverse(next)) = able.pop() {
                people[next.first].push(*duty);
                alike.works(next.first, duty.kind);
                let first = alike.first(next.group);
                able.extend(first.map(|first| Reverse(Next { first, ..next })));
            } else if let Some(changed) = handed_on(&mut people, duty, terms) {
                for person in changed {
                    alike.changed(person, &people[person]);
                }
            } else {
                left.push(duty.index);
                continue;
            }
            turns -= usize::from(duty.on_sunday);
        }
    }
    people.retain(|duties| !duties.is_empty());
    Distributed { people, left }
}

/// One duty more for a person, in the order of their starts.
fn give(person: &mut Vec<Timed>, duty: Timed) {
    let later = person.partition_point(|other| other.start < duty.start);
    person.insert(later, duty);
}

/// Lets someone take a duty by handing another one of its week on to somebody else: the two, if there are such.
fn handed_on(people: &mut [Vec<Timed>], duty: &Timed, terms: Terms) -> Option<[usize; 2]> {
    if people.len() > FEW {
        return None;
    }
    for giver in 0..people.len() {
        for place in (0..people[giver].len()).rev() {
            let handed = people[giver][place];
            match handed.week.cmp(&duty.week) {
                Ordering::Less => break,
                Ordering::Equal => {}
                Ordering::Greater => continue,
            }
            let mut rest = people[giver].clone();
            rest.remove(place);
            if !may_work(&rest, duty, terms) {
                continue;
            }
            let takes =
                |taker: &usize| *taker != giver && may_work(&people[*taker], &handed, terms);
            if let Some(taker) = (0..people.len()).find(takes) {
                give(&mut rest, *duty);
                people[giver] = rest;
                give(&mut people[taker], handed);
                return Some([giver, taker]);
            }
        }
    }
    None
}

/// Whether rest, days and hours allow another duty beside those of `person`.
fn may_work(person: &[Timed], duty: &Timed, terms: Terms) -> bool {
    let later = person.partition_point(|other| other.start <= duty.start);
    let rested = |first: &Timed, next: &Timed| {
        let rest = hours_between(first.end, next.start);
        rest >= terms.site.rules.daily_rest.value() && first.day != next.day
    };
    let before = later
        .checked_sub(1)
        .is_none_or(|i| rested(&person[i], duty));
    let after = person.get(later).is_none_or(|next| rested(duty, next));
    let days = person.iter().filter(|other| other.week == duty.week);
    before
        && after
        && days.count() < terms.week.days as usize
        && hours_in(person, duty.week) + duty.hours <= terms.weekly_hours() + 1e-9
        && days_running(&person[..later], duty, &person[later..]) <= terms.site.rules.max_days
        && rests_weekly(&person[..later], duty, &person[later..], terms)
        && in_band(person, duty, terms)
        && has_sundays(person, duty, terms)
}

fn hours_in(person: &[Timed], week: i64) -> f64 {
    let same_week = person.iter().filter(|duty| duty.week == week);
    same_week.map(|duty| duty.hours).sum()
}

/// Hours between the start of a duty and that of the person's last one, on the clock's circle.
fn start_jump(person: &[Timed], duty: &Timed) -> f64 {
    person.last().map_or(0.0, |last| {
        let apart = duty.minute.abs_diff(last.minute);
        f64::from(apart.min(DAY - apart)) / 60.0
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{LabourRules, Stacking};
    use crate::time::{Calendar, OpeningHours};
    use crate::units::Hours;
    use chrono::{Duration, TimeZone};

    pub(super) fn site() -> Site {
        Site {
            name: "prague".into(),
            zone: chrono_tz::Europe::Prague,
            calendar: Calendar::default(),
            hours: OpeningHours::always(),
            seats: None,
            rules: LabourRules {
                name: "test".into(),
                charges: None,
                premiums: Vec::new(),
                stacking: Stacking::Add,
                daily_rest: Hours(11.0),
                weekly_rest: Hours(35.0),
                max_week: Hours(48.0),
                full_time: Hours(40.0),
                max_days: 5,
                night: None,
                free_sundays: 0,
                source: String::new(),
            },
        }
    }

    pub(super) fn terms(site: &Site, start_band: Option<u32>) -> Terms<'_> {
        let week = ContractWeek {
            hours: Hours(40.0),
            days: 5,
            start_band,
        };
        let from = Utc.with_ymd_and_hms(2026, 5, 31, 22, 0, 0).unwrap();
        Terms {
            site,
            week,
            from,
            weeks: 1.0,
        }
    }

    /// A duty of eight hours starting at a day and hour of the week of 1 June 2026.
    pub(super) fn duty_at(day: i64, hour: i64) -> Duty {
        let monday = Utc.with_ymd_and_hms(2026, 6, 1, 0, 0, 0).unwrap();
        let start = monday + Duration::hours(24 * day + hour);
        Duty {
            start,
            end: start + Duration::hours(8),
            breaks: Vec::new(),
        }
    }

    #[test]
    fn one_a_day_on_seven_days_takes_two_people() {
        let duties: Vec<Duty> = (0..7).map(|day| duty_at(day, 8)).collect();
        let crew = crew(&duties, terms(&site(), None));
        assert_eq!(crew.len(), 2);
        assert_eq!(crew.iter().map(Vec::len).sum::<usize>(), 7);
        assert!(crew.iter().all(|person| person.len() <= 5));
    }

    #[test]
    fn everybody_rests_once_in_seven_days() {
        let mut rules = site();
        rules.rules.max_days = 6;
        let heads_at = |times: &[(i64, i64)], site: &Site| {
            let duties: Vec<Duty> = times.iter().map(|at| duty_at(at.0, at.1)).collect();
            let mut terms = terms(site, None);
            terms.week = ContractWeek {
                hours: Hours(56.0),
                days: 7,
                start_band: None,
            };
            crew(&duties, terms).len()
        };
        let heads = |days: &[i64], site: &Site| {
            let times: Vec<(i64, i64)> = days.iter().map(|&day| (day, 8)).collect();
            heads_at(&times, site)
        };
        // Six days of one week and the Monday after.
        assert_eq!(heads(&[1, 2, 3, 4, 5, 6], &rules), 1);
        assert_eq!(heads(&[1, 2, 3, 4, 5, 6, 7], &rules), 2);
        assert_eq!(heads(&[1, 2, 3, 5, 6, 7], &rules), 1);
        // A free day between a shift until 22:00 and one from 04:00: 30 hours.
        let late_then_early = [(0, 14), (1, 14), (2, 14), (4, 4), (5, 4), (6, 4)];
        assert_eq!(heads_at(&late_then_early, &rules), 2);
        rules.rules.weekly_rest = Hours(30.0);
        assert_eq!(heads_at(&late_then_early, &rules), 1);
        (rules.rules.weekly_rest, rules.rules.max_days) = (Hours(0.0), 7);
        assert_eq!(heads(&[1, 2, 3, 4, 5, 6, 7], &rules), 1);
    }

    #[test]
    fn no_seven_days_run_on_across_weeks_and_the_planned_week_is_the_contract_s() {
        let mut site = site();
        site.rules.max_days = 6;
        site.rules.weekly_rest = Hours(0.0);
        let heads = |days: &[i64], contract: u32, begins: i64| {
            let duties: Vec<Duty> = days.iter().map(|&day| duty_at(day, 8)).collect();
            let mut terms = terms(&site, None);
            terms.from += Duration::days(begins);
            terms.week = ContractWeek {
                hours: Hours(8.0 * f64::from(contract)),
                days: contract,
                start_band: None,
            };
            crew(&duties, terms).len()
        };
        // Wednesday to the Wednesday after: five days and three in weeks from Monday.
        let running = [2, 3, 4, 5, 6, 7, 8, 9];
        assert_eq!(heads(&running[..6], 6, 0), 1);
        assert_eq!(heads(&running[..7], 6, 0), 2);
        assert_eq!(heads(&running, 6, 0), 2);
        // A plan from Sunday on: six shifts are one week's, not one day's and five days'.
        let six = [-1, 0, 1, 2, 3, 4];
        assert_eq!((heads(&six, 5, -1), heads(&six, 6, -1)), (2, 1));
    }

    #[test]
    fn round_the_clock_takes_at_least_its_hours_and_keeps_rest() {
        let mut duties: Vec<Duty> = (0..7)
            .flat_map(|day| [4, 12, 20].map(|hour| duty_at(day, hour)))
            .collect();
        duties.sort_by_key(|duty| duty.start);
        let site = site();
        let crew = crew(&duties, terms(&site, None));
        assert!((5..=6).contains(&crew.len()), "{} people", crew.len());
        for person in &crew {
            for pair in person.windows(2) {
                assert!((duties[pair[1]].start - duties[pair[0]].end).num_hours() >= 11);
            }
        }
    }

    #[test]
    fn a_band_of_starts_keeps_early_and_late_weeks_apart() {
        // Early on two days, late on two others: one person, or one for each.
        let duties = [duty_at(0, 4), duty_at(1, 4), duty_at(2, 10), duty_at(3, 10)];
        let site = site();
        let heads = |band| crew(&duties, terms(&site, band)).len();
        assert_eq!(heads(None), 1);
        assert_eq!(heads(Some(6 * 60)), 1);
        assert_eq!(heads(Some(6 * 60 - 1)), 2);
    }

    #[test]
    fn a_band_of_starts_goes_round_midnight() {
        // 23:00, 00:00 and 01:00 in Prague.
        let duties = [21, 46, 71].map(|hour| duty_at(0, hour));
        let site = site();
        let heads = |band| crew(&duties, terms(&site, Some(band))).len();
        assert_eq!((heads(120), heads(60)), (1, 2));
    }

    #[test]
    fn half_a_contract_is_half_the_shifts() {
        let duties: Vec<Duty> = (0..4).map(|day| duty_at(day, 8)).collect();
        let site = site();
        let mut terms = terms(&site, None);
        terms.week.hours = Hours(20.0);
        assert_eq!(crew(&duties, terms).len(), 2);
        terms.week.days = 1;
        assert_eq!(crew(&duties, terms).len(), 4);
    }
}
