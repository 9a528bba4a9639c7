//! When a group's people can be there at all, and how many of them at once.

use std::collections::BTreeMap;

use chrono::{Datelike, Duration, NaiveTime};

use super::Scenario;
use crate::ids::{GroupId, SiteId};
use crate::time::zone;

impl Scenario {
    /// The slots that some shift of a group may touch while its site is open. A plan may have its people on the line in
    /// fewer, for breaks and rests, but never in others.
    pub fn reached(&self, group: GroupId) -> Vec<bool> {
        let horizon = &self.horizon;
        let group = &self.groups[group];
        let site = &self.sites[group.site];
        let open = site.hours.open_share(horizon, site.zone, &site.calendar);
        let first = horizon.start.with_timezone(&site.zone).date_naive() - Duration::days(1);
        let last = horizon.end().with_timezone(&site.zone).date_naive();
        let within = |slot: i64| slot.clamp(0, horizon.slots as i64) as usize;
        let mut reached = vec![false; horizon.slots];
        for shift in group.shifts.iter().map(|shift| &self.shifts[*shift]) {
            let starts = shift.earliest..=shift.latest;
            for day in first.iter_days().take_while(|day| *day <= last) {
                if !shift.days[day.weekday().num_days_from_monday() as usize] {
                    continue;
                }
                for minute in starts.clone().step_by(shift.step_minutes.max(1) as usize) {
                    let local = day.and_time(NaiveTime::MIN) + Duration::minutes(i64::from(minute));
                    let start = zone::instant(site.zone, local);
                    let end = start + Duration::minutes(i64::from(shift.length_minutes));
                    let from = within(horizon.slot_offset(start));
                    let to = within(horizon.slot_offset(end - Duration::seconds(1)) + 1);
                    if open[from..to].iter().all(|share| *share > 0.0) {
                        reached[from..to].fill(true);
                    }
                }
            }
        }
        reached
    }

    /// The most agents of some groups who can be there at once, and what limits them; none where nothing does.
    pub fn most_at_once(&self, groups: &[GroupId]) -> Option<(u32, String)> {
        let mut at: BTreeMap<SiteId, Vec<GroupId>> = BTreeMap::new();
        for &group in groups {
            at.entry(self.groups[group].site).or_default().push(group);
        }
        let mut all = 0_u32;
        let mut limits = Vec::new();
        for (site, groups) in at {
            let site = &self.sites[site];
            let people = groups.iter().map(|group| self.groups[*group].max_agents);
            let people = people.sum::<Option<u32>>();
            let names = groups.iter().map(|group| self.groups[*group].name.as_str());
            let (most, limit) = match (site.seats, people) {
                (Some(seats), people) if people.is_none_or(|people| seats <= people) => {
                    (seats, format!("{seats} seats at `{}`", site.name))
                }
                (_, Some(people)) => {
                    let names: Vec<&str> = names.collect();
                    (
                        people,
                        format!("{people} people in `{}`", names.join("`, `")),
                    )
                }
                (_, None) => return None,
            };
            all = all.saturating_add(most);
            limits.push(limit);
        }
        Some((all, limits.join(" and ")))
    }
}
