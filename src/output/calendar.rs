//! A calendar per agent (RFC 5545): each duty on the wall clock of its site, with its zone's rules over
//! the time planned, and the same in UTC in words.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, NaiveDateTime, Offset, TimeZone, Utc};
use chrono_tz::Tz;

use crate::plan::Plan;

/// Every agent's file name and calendar.
pub(super) fn all(plan: &Plan) -> Vec<(String, String)> {
    let Some(chosen) = plan.comparison.setups.get(plan.chosen) else {
        return Vec::new();
    };
    // Reckoned once for all who end at the same time.
    let mut zones = BTreeMap::new();
    plan.roster
        .agents
        .iter()
        .enumerate()
        .filter(|(_, agent)| !agent.duties.is_empty())
        .map(|(index, agent)| {
            let site = &chosen.scenario.sites[chosen.scenario.groups[agent.group].site];
            let team = chosen
                .staffing
                .teams
                .get(agent.team)
                .map_or("", |team| team.name.as_str());
            let slug = slug(&agent.name);
            let name = format!("{:04}-{slug}.ics", index + 1);
            let mut lines = vec![
                "BEGIN:VCALENDAR".to_owned(),
                "VERSION:2.0".to_owned(),
                format!("PRODID:-//crewcast//{}//EN", env!("CARGO_PKG_VERSION")),
                "CALSCALE:GREGORIAN".to_owned(),
                "METHOD:PUBLISH".to_owned(),
            ];
            let stamp = plan.scenario.horizon.start;
            let last = agent.duties.iter().map(|duty| duty.end).max();
            let last = last.unwrap_or(stamp);
            let rules = (zones.entry((site.zone.name(), last)))
                .or_insert_with(|| zone_rules(site.zone, stamp, last));
            lines.extend(rules.iter().cloned());
            for duty in &agent.duties {
                let breaks: Vec<String> = duty
                    .breaks
                    .iter()
                    .map(|rest| {
                        let wall = |at: DateTime<Utc>| {
                            at.with_timezone(&site.zone).format("%H:%M").to_string()
                        };
                        let pay = if rest.paid { "paid" } else { "unpaid" };
                        format!("break {}-{} {pay}", wall(rest.start), wall(rest.end))
                    })
                    .collect();
                let mut words = vec![format!(
                    "UTC {} to {}",
                    duty.start.format("%Y-%m-%d %H:%M"),
                    duty.end.format("%Y-%m-%d %H:%M")
                )];
                words.extend(breaks);
                lines.extend([
                    "BEGIN:VEVENT".to_owned(),
                    format!("UID:{}-{slug}-{index}@crewcast", basic(duty.start)),
                    format!("DTSTAMP:{}", basic(stamp)),
                    format!(
                        "DTSTART;TZID={}:{}",
                        site.zone.name(),
                        wall(duty.start, site.zone)
                    ),
                    format!(
                        "DTEND;TZID={}:{}",
                        site.zone.name(),
                        wall(duty.end, site.zone)
                    ),
                    format!("SUMMARY:{}", escaped(&format!("{} ({team})", agent.name))),
                    format!("LOCATION:{}", escaped(&site.name)),
                    format!("DESCRIPTION:{}", escaped(&words.join("\n"))),
                    "END:VEVENT".to_owned(),
                ]);
            }
            lines.push("END:VCALENDAR".to_owned());
            let text = lines.iter().map(|line| folded(line)).collect();
            (name, text)
        })
        .collect()
}

/// The zone's offsets from a year before the plan to its end.
fn zone_rules(zone: Tz, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<String> {
    let mut lines = vec![
        "BEGIN:VTIMEZONE".to_owned(),
        format!("TZID:{}", zone.name()),
    ];
    let offset = |at: DateTime<Utc>| {
        zone.offset_from_utc_datetime(&at.naive_utc())
            .fix()
            .local_minus_utc()
    };
    let begin = from - Duration::days(370);
    let mut before = offset(begin);
    lines.extend(observance(begin, before, before));
    let mut at = begin;
    while at < to + Duration::days(2) {
        let next = at + Duration::hours(1);
        let after = offset(next);
        if after != before {
            // Clocks change on the minute; find it within the hour.
            let change = (0..=60)
                .map(|minute| at + Duration::minutes(minute))
                .find(|minute| offset(*minute) == after)
                .unwrap_or(next);
            lines.extend(observance(change, before, after));
            before = after;
        }
        at = next;
    }
    lines.push("END:VTIMEZONE".to_owned());
    lines
}

fn observance(at: DateTime<Utc>, before: i32, after: i32) -> [String; 5] {
    let kind = if after > before {
        "DAYLIGHT"
    } else {
        "STANDARD"
    };
    let local = at.naive_utc() + Duration::seconds(i64::from(before));
    [
        format!("BEGIN:{kind}"),
        format!("DTSTART:{}", local.format("%Y%m%dT%H%M%S")),
        format!("TZOFFSETFROM:{}", hours_minutes(before)),
        format!("TZOFFSETTO:{}", hours_minutes(after)),
        format!("END:{kind}"),
    ]
}

fn hours_minutes(offset: i32) -> String {
    let sign = if offset < 0 { '-' } else { '+' };
    let minutes = offset.abs() / 60;
    format!("{sign}{:02}{:02}", minutes / 60, minutes % 60)
}

fn basic(instant: DateTime<Utc>) -> String {
    instant.format("%Y%m%dT%H%M%SZ").to_string()
}

fn wall(instant: DateTime<Utc>, zone: Tz) -> String {
    let local: NaiveDateTime = instant.with_timezone(&zone).naive_local();
    local.format("%Y%m%dT%H%M%S").to_string()
}

/// A text value as RFC 5545 3.3.11 escapes it.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '\\' | ';' | ',' => out.extend(['\\', letter]),
            '\n' => out.push_str("\\n"),
            letter if letter.is_control() => out.push(' '),
            letter => out.push(letter),
        }
    }
    out
}

/// A content line of at most 75 bytes a piece (RFC 5545 3.1).
fn folded(line: &str) -> String {
    let mut out = String::new();
    let mut bytes = 0;
    for letter in line.chars() {
        if bytes + letter.len_utf8() > 74 {
            out.push_str("\r\n ");
            bytes = 1;
        }
        out.push(letter);
        bytes += letter.len_utf8();
    }
    out.push_str("\r\n");
    out
}

/// A name that every file system bears.
fn slug(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars().take(60) {
        if letter.is_ascii_alphanumeric() {
            out.push(letter.to_ascii_lowercase());
        } else if !out.ends_with('-') && !out.is_empty() {
            out.push('-');
        }
    }
    let out = out.trim_end_matches('-');
    if out.is_empty() { "agent" } else { out }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_tells_the_change_that_falls_into_the_plan() {
        let at = |day: &str| day.parse::<DateTime<Utc>>().unwrap();
        let rules = zone_rules(
            chrono_tz::Europe::Prague,
            at("2026-10-19T00:00:00Z"),
            at("2026-10-26T00:00:00Z"),
        )
        .join("\n");
        assert!(rules.contains(
            "BEGIN:STANDARD\nDTSTART:20261025T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100"
        ));
        assert!(rules.contains("BEGIN:DAYLIGHT\nDTSTART:20260329T020000"));
    }

    #[test]
    fn text_is_escaped_and_lines_are_folded() {
        assert_eq!(escaped("a;b,c\\d\ne"), "a\\;b\\,c\\\\d\\ne");
        let long = folded(&"ž".repeat(100));
        assert!(long.split("\r\n").all(|line| line.len() <= 75));
        assert_eq!(long.replace("\r\n ", "").trim_end(), "ž".repeat(100));
    }

    #[test]
    fn file_names_are_plain() {
        assert_eq!(slug("../Prague \"pod\" 1/03"), "prague-pod-1-03");
        assert_eq!(slug("Žluťoučký"), "lu-ou-k");
        assert_eq!(slug("…"), "agent");
    }
}
