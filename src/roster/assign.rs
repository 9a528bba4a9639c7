//! Shifts to people: the fewest people first, then steady start times and even hours.
//!
//! Per team, the least head count that the hours allow is tried first; each shift in the order of its
//! start goes to someone who may work it; where nobody may, the team is tried again with one more.
//! Who may: rested, and within the days, hours and band of starts that the group's contract has.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, IsoWeek, NaiveDateTime, Timelike, Utc};

use super::backup::backups;
use super::{Duty, Pause, Roster, RosteredAgent};
use crate::scenario::{ContractWeek, Scenario, Site};
use crate::staffing::{PlannedBreak, PlannedShift, Staffing};

/// Gives every planned shift to a named agent.
pub fn assign(scenario: &Scenario, staffing: &Staffing) -> Roster {
    let mut roster = Roster::default();
    for (index, team) in staffing.teams.iter().enumerate() {
        let group = &scenario.groups[team.group];
        let terms = Terms {
            site: &scenario.sites[group.site],
            week: group.contract,
        };
        let mut duties: Vec<Duty> = staffing
            .shifts
            .iter()
            .filter(|shift| shift.team == index)
            .flat_map(|shift| std::iter::repeat_n(duty(shift), shift.agents as usize))
            .collect();
        duties.sort_by_key(|duty| (duty.start, duty.end));
        let people = crew(&duties, terms);
        let width = people.len().to_string().len().max(2);
        for (number, duties) in (1..).zip(people) {
            roster.agents.push(RosteredAgent {
                name: format!("{} {number:0width$}", team.name),
                team: index,
                group: team.group,
                clients: team.clients.clone(),
                queues: team.queues.clone(),
                duties,
            });
        }
    }
    roster.backups = backups(scenario, &roster);
    roster
}

fn duty(shift: &PlannedShift) -> Duty {
    let pause = |pause: &PlannedBreak| Pause {
        start: pause.start,
        end: pause.end,
        paid: pause.paid,
    };
    Duty {
        start: shift.start,
        end: shift.end,
        breaks: shift.breaks.iter().map(pause).collect(),
    }
}

/// On which terms the people of a team work.
#[derive(Clone, Copy)]
struct Terms<'a> {
    site: &'a Site,
    week: ContractWeek,
}

impl Terms<'_> {
    /// Hours that a contract and the longest week allow.
    fn weekly_hours(self) -> f64 {
        let longest = self.site.rules.max_week.value();
        self.week.hours.value().min(longest).max(1.0)
    }
}

/// Minutes of a day.
const DAY: u32 = 24 * 60;

/// The people who work `duties` (in the order of their starts), as few as the two ways of choosing find.
fn crew(duties: &[Duty], terms: Terms) -> Vec<Vec<Duty>> {
    if duties.is_empty() {
        return Vec::new();
    }
    (least_heads(duties, terms)..duties.len())
        .find_map(|heads| {
            [Choice::Even, Choice::Full]
                .into_iter()
                .find_map(|choice| distribute(duties, terms, heads, choice))
        })
        // One person a duty always works: a single duty breaks no rule between duties.
        .unwrap_or_else(|| duties.iter().map(|duty| vec![duty.clone()]).collect())
}

/// Fewer people cannot work the hours, or the days, of the fullest week.
fn least_heads(duties: &[Duty], terms: Terms) -> usize {
    let mut weeks: BTreeMap<IsoWeek, (f64, usize)> = BTreeMap::new();
    for duty in duties {
        let week = weeks.entry(week_of(duty, terms)).or_default();
        week.0 += duty.paid_hours();
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

/// Gives the duties to `heads` people; none where somebody is missing.
fn distribute(
    duties: &[Duty],
    terms: Terms,
    heads: usize,
    choice: Choice,
) -> Option<Vec<Vec<Duty>>> {
    let mut people: Vec<Vec<Duty>> = vec![Vec::new(); heads];
    for duty in duties {
        // A jump of the start time weighs like hours already worked.
        let preference = |person: &[Duty]| {
            let hours = hours_in(person, week_of(duty, terms), terms);
            let worked = match choice {
                Choice::Even => hours,
                Choice::Full => -hours,
            };
            worked + start_jump(person, duty, terms)
        };
        people
            .iter_mut()
            .filter(|person| may_work(person, duty, terms))
            .min_by(|a, b| preference(a).total_cmp(&preference(b)))?
            .push(duty.clone());
    }
    people.retain(|duties| !duties.is_empty());
    Some(people)
}

/// Whether rest, days and hours allow another duty after those of `person`.
fn may_work(person: &[Duty], duty: &Duty, terms: Terms) -> bool {
    let Some(last) = person.last() else {
        return true;
    };
    let rested =
        (duty.start - last.end).num_minutes() as f64 >= terms.site.rules.daily_rest.0 * 60.0;
    let same_day = local(last.start, terms).date() == local(duty.start, terms).date();
    let week = week_of(duty, terms);
    let days = person.iter().filter(|duty| week_of(duty, terms) == week);
    rested
        && !same_day
        && in_band(person, duty, terms)
        && days.count() < terms.week.days as usize
        && hours_in(person, week, terms) + duty.paid_hours() <= terms.weekly_hours() + 1e-9
}

/// Whether the starts of a week stay within the band of the contract with another duty.
fn in_band(person: &[Duty], duty: &Duty, terms: Terms) -> bool {
    let Some(band) = terms.week.start_band else {
        return true;
    };
    let week = week_of(duty, terms);
    let same_week = person.iter().filter(|duty| week_of(duty, terms) == week);
    let mut starts: Vec<u32> = same_week
        .chain([duty])
        .map(|duty| local(duty.start, terms).num_seconds_from_midnight() / 60)
        .collect();
    starts.sort_unstable();
    // Round the clock all starts lie within what the widest gap between them leaves.
    let first = starts.first().map(|first| first + DAY);
    let next = starts.iter().skip(1).copied().chain(first);
    let widest = starts.iter().zip(next).map(|(start, next)| next - start);
    widest.max().is_none_or(|gap| DAY - gap <= band)
}

fn hours_in(person: &[Duty], week: IsoWeek, terms: Terms) -> f64 {
    person
        .iter()
        .filter(|duty| week_of(duty, terms) == week)
        .map(Duty::paid_hours)
        .sum()
}

/// Hours between the start of a duty and that of the person's last one, on the clock's circle.
fn start_jump(person: &[Duty], duty: &Duty, terms: Terms) -> f64 {
    let hour = |duty: &Duty| {
        let time = local(duty.start, terms).time();
        f64::from(time.num_seconds_from_midnight()) / 3600.0
    };
    person.last().map_or(0.0, |last| {
        let apart = (hour(duty) - hour(last)).abs();
        apart.min(24.0 - apart)
    })
}

fn week_of(duty: &Duty, terms: Terms) -> IsoWeek {
    local(duty.start, terms).date().iso_week()
}

fn local(instant: DateTime<Utc>, terms: Terms) -> NaiveDateTime {
    instant.with_timezone(&terms.site.zone).naive_local()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{LabourRules, Stacking};
    use crate::time::{Calendar, OpeningHours};
    use crate::units::Hours;
    use chrono::{Duration, TimeZone};

    fn site() -> Site {
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
                max_week: Hours(48.0),
                full_time: Hours(40.0),
                max_days: 5,
                source: String::new(),
            },
        }
    }

    fn terms(site: &Site, start_band: Option<u32>) -> Terms<'_> {
        let week = ContractWeek {
            hours: Hours(40.0),
            days: 5,
            start_band,
        };
        Terms { site, week }
    }

    /// A duty of eight hours starting at a day and hour of the week of 1 June 2026.
    fn duty_at(day: i64, hour: i64) -> Duty {
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
                assert!((pair[1].start - pair[0].end).num_hours() >= 11);
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
