//! `[[shift]]`: templates of one day's work.

use super::fields::Fields;
use super::hours::days;
use super::value::{self, Wrong};
use crate::scenario::{BREAK_AFTER_MINUTES, BreakRule, ShiftTemplate};

pub(super) fn read_shift(table: &Fields, name: &str) -> Option<ShiftTemplate> {
    let length = table.required("length", value::minutes);
    let band = table.required("start", value::band);
    let step = table.or("step", value::minutes, 30);
    let days = table.or("days", days, [true; 7]);
    let written = table.tables("breaks");
    let breaks = written
        .iter()
        .filter_map(|rest| read_break(rest, length))
        .collect::<Vec<_>>();
    let (length, (earliest, latest)) = (length?, band?);
    let off: u32 = breaks.iter().map(|rest| rest.minutes).sum();
    let cause = if !(60..=16 * 60).contains(&length) {
        format!("is {} long", duration(length))
    } else if step == 0 || 1440 % step != 0 {
        format!("starts every {step} minutes, which is no part of a day")
    } else if latest < earliest || latest >= 1440 {
        "starts later than it starts: a band of starts lies within one day".to_owned()
    } else if days.iter().all(|day| !day) {
        "is worked on no day".to_owned()
    } else if off * 2 > length {
        format!("has {} of breaks in {}", duration(off), duration(length))
    } else if overlap(&breaks) {
        "has breaks that cannot follow one another".to_owned()
    } else {
        if length > BREAK_AFTER_MINUTES && written.is_empty() {
            table.reading.problem(
                "no-break",
                &table.span,
                format!(
                    "{} is {} long without a break",
                    table.what,
                    duration(length)
                ),
                "one is due in more than 6h (2003/88/EC, art. 4): \
                 breaks = [{ length = \"30m\", paid = false, between = \"3h-5h\" }]",
            );
        }
        return Some(ShiftTemplate {
            name: name.to_owned(),
            length_minutes: length,
            earliest,
            latest,
            step_minutes: step,
            days,
            breaks,
        });
    };
    table.reading.problem(
        "bad-shift",
        &table.span,
        format!("{} {cause}", table.what),
        "a shift lasts 1h to 16h, starts within one day, and works more than it rests",
    );
    None
}

fn read_break(table: &Fields, shift: Option<u32>) -> Option<BreakRule> {
    let minutes = table.required("length", value::minutes);
    let paid = table.or("paid", value::flag, false);
    let between = table.required("between", |value| {
        let text = value::text(value)?;
        let ends = text
            .split_once('-')
            .and_then(|(from, to)| value::parse_duration(from).zip(value::parse_duration(to)));
        match ends {
            Some((from, to)) if from <= to && to < 86_400.0 => {
                Ok(((from / 60.0) as u32, (to / 60.0) as u32))
            }
            _ => Err(Wrong::new(
                "bad-duration",
                format!("`{text}` is no stretch of a shift"),
                "say when the break may start, counted from the shift's start: \"3h-5h\"",
            )),
        }
    });
    let (minutes, (earliest, latest)) = (minutes?, between?);
    if minutes == 0 || shift.is_some_and(|shift| latest + minutes > shift) {
        table.problem(
            "between",
            "bad-shift",
            format!(
                "a break of {} may start after {}",
                duration(minutes),
                duration(latest)
            ),
            "it must end within the shift",
        );
        return None;
    }
    Some(BreakRule {
        minutes,
        paid,
        earliest,
        latest,
    })
}

/// Whether breaks in their order, each as early as it can, leave no room for a later one.
fn overlap(breaks: &[BreakRule]) -> bool {
    let mut in_order: Vec<&BreakRule> = breaks.iter().collect();
    in_order.sort_by_key(|rest| rest.latest);
    let mut free = 0;
    in_order.into_iter().any(|rest| {
        let start = free.max(rest.earliest);
        free = start + rest.minutes;
        start > rest.latest
    })
}

fn duration(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes}m"),
        (hours, 0) => format!("{hours}h"),
        (hours, minutes) => format!("{hours}h{minutes}m"),
    }
}
