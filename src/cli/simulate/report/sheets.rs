//! The tables for people.

use super::Report;
use crate::cli::erlang::duration_text;
use crate::sheet::{Cell, Sheet};

/// The queues for people.
pub(super) fn service(report: &Report) -> Sheet {
    let mut sheet = Sheet::new([
        "queue",
        "offered",
        "hung up",
        "in time",
        "95 %",
        "promised",
        "risk",
        "mean wait",
        "9 in 10",
        "at close",
        "",
    ]);
    let share = |share: Option<f64>| share.map_or(Cell::Empty, |share| Cell::percent(share, 0));
    for queue in &report.queues {
        let kept = queue.keeps_promise || queue.offered <= 0.0;
        sheet.push(vec![
            Cell::text(&queue.name),
            Cell::number(queue.offered, 1),
            Cell::percent(queue.abandoned / queue.offered.max(1e-9), 1),
            Cell::percent(queue.service_level, 1),
            Cell::text(format!(
                "{:.1}-{:.1} %",
                100.0 * queue.low,
                100.0 * queue.high
            )),
            share(queue.promised),
            share(queue.risk),
            Cell::text(duration_text(queue.mean_wait_seconds)),
            Cell::text(duration_text(queue.wait_p90_seconds)),
            Cell::number(queue.unanswered_at_close, 1),
            Cell::text(if kept { "" } else { "misses" }),
        ]);
    }
    sheet
}

/// The queues for machines.
pub(super) fn queues(report: &Report) -> Sheet {
    let mut sheet = Sheet::new([
        "queue",
        "offered",
        "answered",
        "abandoned",
        "unanswered",
        "unanswered_at_close",
        "service_level",
        "low",
        "high",
        "promised",
        "risk",
        "within_seconds",
        "mean_wait_seconds",
        "wait_p50_seconds",
        "wait_p90_seconds",
        "wait_p95_seconds",
        "keeps_promise",
    ]);
    for queue in &report.queues {
        let mut row = vec![Cell::text(&queue.name)];
        row.extend(
            [
                queue.offered,
                queue.answered,
                queue.abandoned,
                queue.unanswered,
                queue.unanswered_at_close,
                queue.service_level,
                queue.low,
                queue.high,
                queue.promised.unwrap_or(f64::NAN),
                queue.risk.unwrap_or(f64::NAN),
                queue.within_seconds,
                queue.mean_wait_seconds,
                queue.wait_p50_seconds,
                queue.wait_p90_seconds,
                queue.wait_p95_seconds,
            ]
            .map(|value| Cell::number(value, 4)),
        );
        row.push(Cell::text(if queue.keeps_promise { "yes" } else { "no" }));
        sheet.push(row);
    }
    sheet
}

/// Every queue's slots, days or weeks for people; those without contacts left out.
pub(super) fn stretches(report: &Report) -> Sheet {
    let mut sheet = Sheet::new([
        "queue",
        "from (UTC)",
        "offered",
        "hung up",
        "in time",
        "95 %",
        "mean wait",
        "9 in 10",
        "unanswered",
    ]);
    for queue in &report.queues {
        for row in queue.rows.iter().flatten() {
            let Some([level, low, high]) = row.service_level else {
                continue;
            };
            let wait = row.mean_wait_seconds.map_or(f64::NAN, |[mean, ..]| mean);
            sheet.push(vec![
                Cell::text(&queue.name),
                Cell::text(row.start.get(..16).unwrap_or(&row.start).replace('T', " ")),
                Cell::number(row.offered[0], 2),
                Cell::number(row.abandoned[0], 2),
                Cell::percent(level, 1),
                Cell::text(format!("{:.1}-{:.1} %", 100.0 * low, 100.0 * high)),
                Cell::text(duration_text(wait)),
                Cell::text(duration_text(row.wait_p90_seconds)),
                Cell::number(row.unanswered[0], 2),
            ]);
        }
    }
    sheet
}

/// Every queue's slots, days or weeks for machines.
pub(super) fn rows(report: &Report) -> Sheet {
    let figures = [
        "offered",
        "answered",
        "in_time",
        "abandoned",
        "unanswered",
        "service_level",
        "mean_wait_seconds",
    ];
    let mut header = vec!["queue".to_owned(), "start".to_owned(), "end".to_owned()];
    for figure in figures {
        header.extend([
            figure.to_owned(),
            format!("{figure}_low"),
            format!("{figure}_high"),
        ]);
    }
    header.extend(["wait_p50_seconds", "wait_p90_seconds", "wait_p95_seconds"].map(str::to_owned));
    let mut sheet = Sheet::new(header);
    for queue in &report.queues {
        for row in queue.rows.iter().flatten() {
            let mut cells = vec![
                Cell::text(&queue.name),
                Cell::text(&row.start),
                Cell::text(&row.end),
            ];
            let figures = [
                Some(row.offered),
                Some(row.answered),
                Some(row.in_time),
                Some(row.abandoned),
                Some(row.unanswered),
                row.service_level,
                row.mean_wait_seconds,
            ];
            for figure in figures {
                cells.extend(
                    figure
                        .map_or([f64::NAN; 3], |values| values)
                        .map(|value| Cell::number(value, 4)),
                );
            }
            cells.extend(
                [
                    row.wait_p50_seconds,
                    row.wait_p90_seconds,
                    row.wait_p95_seconds,
                ]
                .map(|value| Cell::number(value, 1)),
            );
            sheet.push(cells);
        }
    }
    sheet
}
