//! Reads `shifts.csv` as a plan writes it or a person edits it: `group,site,date,start_local,end_local,breaks,agents`, the
//! times on the site's wall clock, written as histories may write them. Where a row says a thing twice, the date in its
//! start or the site of its group, both have to agree: whoever changed one of them must not believe that the shift moved.

mod clock;
mod outside;

use chrono::Duration;
use chrono_tz::Tz;

use super::cells::{Records, named_twice, sniff_delimiter};
use super::timestamp::{self, Order};
use crate::ids::{ClientId, GroupId, ShiftId};
use crate::problem::{Place, Problem};
use crate::scenario::Scenario;
use crate::staffing::{PlannedShift, Team};
use crate::time::Horizon;
use clock::{Written, day, instant, pause};
use outside::OUTSIDE;
pub use outside::at_once;

/// Columns that must be there; `site` may be.
const COLUMNS: [&str; 6] = [
    "group",
    "date",
    "start_local",
    "end_local",
    "breaks",
    "agents",
];

/// More agents than any shift has.
const MOST_AGENTS: u32 = 10_000;
/// Longest shift, hours.
const LONGEST: i64 = 24;

/// A row of the file; which team it is depends on the set-up.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub line: usize,
    pub group: String,
    pub site: String,
    date: String,
    start: String,
    end: String,
    breaks: String,
    agents: String,
    /// What days with slashes begin with, as the days of the whole file tell.
    order: Option<Order>,
}

/// The rows of the file, or every problem of its shape.
pub fn rows(file: &str, text: &str) -> Result<Vec<Row>, Vec<Problem>> {
    let mut records = Records::of(text, sniff_delimiter(text));
    let headers: Vec<String> = records.header().iter().map(str::to_lowercase).collect();
    let place = |name: &str| headers.iter().position(|header| header == name);
    let wrong = |cause: String, remedy: &str| {
        let problem = Problem::new("csv-header", cause).at(Place::line(file, 1));
        vec![problem.remedy(remedy)]
    };
    if headers.iter().all(String::is_empty) {
        let remedy = format!("the first line names {}", COLUMNS.join(", "));
        return Err(wrong(format!("{file} is empty"), &remedy));
    }
    let used = COLUMNS
        .iter()
        .chain(&["site"])
        .filter_map(|name| place(name));
    if let Some(name) = named_twice(&headers, used) {
        let remedy = "keep the one that counts, and give the other another name";
        return Err(wrong(
            format!("there is more than one column `{name}`"),
            remedy,
        ));
    }
    let missing: Vec<Problem> = COLUMNS
        .into_iter()
        .filter(|name| place(name).is_none())
        .map(|name| {
            Problem::new("missing-field", format!("there is no column `{name}`"))
                .at(Place::line(file, 1))
                .remedy(format!("the first line names {}", COLUMNS.join(", ")))
        })
        .collect();
    if !missing.is_empty() {
        return Err(missing);
    }
    let (mut rows, mut problems) = (Vec::<Row>::new(), Vec::new());
    while let Some((line, record)) = records.read() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let cause = format!("the row cannot be read: {error}");
                problems.push(Problem::new("missing-file", cause).at(Place::line(file, line)));
                continue;
            }
        };
        let field = |name: &str| {
            let cell = place(name).and_then(|column| record.get(column));
            cell.unwrap_or("").to_owned()
        };
        if record.iter().any(|field| !field.is_empty()) {
            rows.push(Row {
                line,
                group: field("group"),
                site: field("site"),
                date: field("date"),
                start: field("start_local"),
                end: field("end_local"),
                breaks: field("breaks"),
                agents: field("agents"),
                order: None,
            });
        }
    }
    let dates = rows
        .iter()
        .flat_map(|row| [&row.date, &row.start, &row.end]);
    let order = timestamp::order(dates);
    rows.iter_mut().for_each(|row| row.order = order);
    if problems.is_empty() {
        Ok(rows)
    } else {
        Err(problems)
    }
}

/// The team that a name stands for: a group, or "group: client+client" for a pod of it.
pub fn team(scenario: &Scenario, name: &str) -> Option<Team> {
    let of_group = |group: GroupId, clients: Vec<ClientId>| {
        let mut queues = scenario.queues_of(group);
        queues.retain(|&queue| clients.contains(&scenario.queues[queue].client));
        Some(Team {
            name: name.to_owned(),
            group,
            clients,
            queues,
        })
    };
    let group_named = |name: &str| {
        scenario
            .groups
            .iter()
            .find(|(_, group)| group.name == name)
            .map(|(id, _)| id)
    };
    if let Some(group) = group_named(name) {
        // As in a plan, of all whom it may learn those whose contacts it can take.
        let able = scenario.queues_of(group).into_iter();
        let able: Vec<ClientId> = able.map(|queue| scenario.queues[queue].client).collect();
        let mut clients = scenario.groups[group].clients.clone();
        clients.retain(|client| able.contains(client));
        return of_group(group, clients);
    }
    let (group, clients) = name.split_once(": ")?;
    let clients = clients
        .split('+')
        .map(|client| {
            scenario
                .clients
                .iter()
                .find(|(_, row)| row.name == client)
                .map(|(id, _)| id)
        })
        .collect::<Option<Vec<ClientId>>>()?;
    of_group(group_named(group)?, clients)
}

/// Where and when a team's shifts can be.
pub struct Bounds<'a> {
    /// The site of its group; none where the group is unknown.
    pub site: Option<&'a str>,
    /// The wall clock of the site, or of the scenario.
    pub zone: Tz,
    pub horizon: &'a Horizon,
}

/// A row as a shift of team number `team` within its bounds, or its problems; a shift wholly outside the horizon is
/// one.
pub fn shift(
    file: &str,
    row: &Row,
    team: usize,
    bounds: &Bounds,
) -> Result<PlannedShift, Vec<Problem>> {
    let &Bounds {
        site,
        zone,
        horizon,
    } = bounds;
    let mut problems = Vec::new();
    let mut problem = |code, cause: String, remedy: &str| {
        let problem = Problem::new(code, cause).at(Place::line(file, row.line));
        problems.push(problem.remedy(remedy));
    };
    if let Some(site) = site.filter(|site| !row.site.is_empty() && *site != row.site) {
        problem(
            "unknown-site",
            format!(
                "`{}` works at site `{site}`, its row says `{}`",
                row.group, row.site
            ),
            &format!("write `{site}`, or the name of a group of that other site"),
        );
    }
    let date = match day(&row.date, row.order) {
        Some(date) => date,
        None => {
            let cause = match timestamp::is_open(&row.date, row.order) {
                true => timestamp::complaint(&row.date, row.order),
                false => format!("`{}` is no date", row.date),
            };
            problem("bad-date", cause, "write it as 2026-03-02");
            return Err(problems);
        }
    };
    let wall = "write it as 08:30, as 2026-03-02 08:30 or with its offset";
    let start = instant(&row.start, row.order, date, zone);
    match &start {
        None => problem("bad-hours", format!("`{}` is no time", row.start), wall),
        Some(Written {
            date: Some(own), ..
        }) if *own != date => problem(
            "bad-date",
            format!("the row is of {date}, its start of {own}: `{}`", row.start),
            "give both the same day, or write the times alone, as 08:30: then they are of the row's date",
        ),
        Some(_) => {}
    }
    // A bare time before the start is on the next day.
    let end = instant(&row.end, row.order, date, zone).map(|end| match &start {
        Some(start) if end.at <= start.at && end.date.is_none() => {
            instant(&row.end, row.order, date + Duration::days(1), zone).unwrap_or(end)
        }
        _ => end,
    });
    if end.is_none() {
        problem("bad-hours", format!("`{}` is no time", row.end), wall);
    }
    let written = [&start, &end].into_iter().flatten();
    for (time, right) in written.filter_map(|time| Some((time, time.elsewhere(zone)?))) {
        // Without a group there is no clock to hold it against.
        if let Some(site) = site {
            problem(
                "bad-hours",
                format!(
                    "`{}` is not on the clock of site `{site}`, which has {} from UTC then",
                    time.text,
                    right.offset()
                ),
                &format!(
                    "write the site's own time: {} if the offset is wrong, {} if the hour is",
                    right.to_rfc3339(),
                    time.at.with_timezone(&zone).to_rfc3339()
                ),
            );
        }
    }
    let (start, end) = (start.map(|start| start.at), end.map(|end| end.at));
    if let (Some(start), Some(end)) = (start, end)
        && end <= start
    {
        problem(
            "bad-hours",
            format!("the shift ends at {} before it starts", row.end),
            "let it end after its start",
        );
    }
    if let (Some(start), Some(end)) = (start, end) {
        if end - start > Duration::hours(LONGEST) {
            problem(
                "bad-hours",
                format!("the shift lasts {} hours", (end - start).num_hours()),
                "no shift is longer than a day: look at its dates",
            );
        } else if end <= horizon.start || start >= horizon.end() {
            problem(
                OUTSIDE,
                format!("the shift of {} is outside the plan", row.date),
                &format!(
                    "the plan runs from {} to {}",
                    horizon.start.with_timezone(&zone).format("%Y-%m-%d %H:%M"),
                    horizon.end().with_timezone(&zone).format("%Y-%m-%d %H:%M")
                ),
            );
        }
    }
    let agents = row.agents.parse::<u32>().ok();
    let agents = agents.filter(|agents| *agents <= MOST_AGENTS);
    if agents.is_none() {
        problem(
            "bad-number",
            format!("`{}` is no number of agents", row.agents),
            "write a whole number, at most 10000",
        );
    }
    let mut breaks = Vec::new();
    for text in row
        .breaks
        .split([';', '|'])
        .map(str::trim)
        .filter(|text| !text.is_empty())
    {
        match start.and_then(|start| pause(text, start, zone)) {
            Some(pause) if end.is_some_and(|end| pause.end <= end) => breaks.push(pause),
            _ => problem(
                "bad-hours",
                format!("`{text}` is no break within the shift"),
                "write it as 11:30-12:00 unpaid; 14:00-14:15 paid",
            ),
        }
    }
    breaks.sort_by_key(|pause| pause.start);
    if breaks.windows(2).any(|two| two[1].start < two[0].end) {
        let cause = format!("its breaks overlap: `{}`", row.breaks);
        problem(
            "bad-hours",
            cause,
            "let each break begin after the one before it",
        );
    }
    match (start, end, agents) {
        (Some(start), Some(end), Some(agents)) if problems.is_empty() => Ok(PlannedShift {
            team,
            template: ShiftId(0),
            start,
            end,
            breaks,
            agents,
            pay: 0.0,
            premium: 0.0,
            paid_hours: 0.0,
        }),
        _ => Err(problems),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::encoding::decode;

    fn horizon() -> Horizon {
        Horizon {
            start: "2026-01-01T00:00:00Z".parse().unwrap(),
            slot_minutes: 60,
            slots: 365 * 24,
        }
    }

    const HEADER: &str = "group,site,date,start_local,end_local,breaks,agents\n";

    fn only(line: &str) -> Result<PlannedShift, Vec<Problem>> {
        let rows = rows("shifts.csv", &format!("{HEADER}{line}\n"))?;
        shift("shifts.csv", &rows[0], 3, &brno(&horizon()))
    }

    fn brno(horizon: &Horizon) -> Bounds<'_> {
        Bounds {
            site: Some("brno"),
            zone: chrono_tz::Europe::Prague,
            horizon,
        }
    }

    #[test]
    fn rows_as_a_plan_writes_them() {
        let shift = only(
            "team: a+b,brno,2026-11-30,2026-11-30T08:00:00+01:00,2026-11-30T16:30:00+01:00,\
             11:30-12:00 unpaid; 14:00-14:15 paid,5",
        )
        .unwrap();
        assert_eq!((shift.team, shift.agents), (3, 5));
        assert_eq!(shift.start.to_rfc3339(), "2026-11-30T07:00:00+00:00");
        assert_eq!(shift.end.to_rfc3339(), "2026-11-30T15:30:00+00:00");
        assert_eq!(shift.breaks.len(), 2);
        assert_eq!(
            shift.breaks[0].start.to_rfc3339(),
            "2026-11-30T10:30:00+00:00"
        );
        assert!(!shift.breaks[0].paid && shift.breaks[1].paid);
    }

    #[test]
    fn rows_as_a_person_edits_them() {
        let text = "\u{feff}group;site;date;start_local;end_local;breaks;agents\n\
                    night;brno;2026-11-30;22:00;06:00;01:30-02:00;2\n;;;;;;\n";
        let rows = rows("shifts.csv", &decode(text.as_bytes())).unwrap();
        assert_eq!(rows.len(), 1);
        let shift = shift("shifts.csv", &rows[0], 0, &brno(&horizon())).unwrap();
        assert_eq!(shift.end - shift.start, Duration::hours(8));
        assert_eq!(
            shift.breaks[0].start.to_rfc3339(),
            "2026-12-01T00:30:00+00:00"
        );
    }

    #[test]
    fn rows_as_a_spreadsheet_writes_them_back() {
        let text = format!(
            "{HEADER}t,,2026-01-05,08:00,16:30,11:30-12:00 unpaid,1\n\
             t,,5. 1. 2026,5. 1. 2026 08:00,5. 1. 2026 16:30,11:30-12:00,1\n\
             t,,1/5/2026,1/5/2026 8:00 AM,1/5/2026 4:30:00 PM,11:30 AM-12:00 PM unpaid,1\n\
             t,,2026-01-05 00:00:00,8:00 AM,4:30 PM,11:30AM - 12:00PM,1\n\
             t,,1/13/2026,16:00,24:00,,1\n\
             t,,13. 1. 2026,4:00 PM,14. 1. 2026 00:00,,1\n"
        );
        let rows = rows("shifts.csv", &text).unwrap();
        let read = |row| shift("shifts.csv", row, 0, &brno(&horizon())).unwrap();
        let shifts: Vec<PlannedShift> = rows.iter().map(read).collect();
        assert_eq!(shifts[0].start.to_rfc3339(), "2026-01-05T07:00:00+00:00");
        assert!(shifts[1..4].iter().all(|shift| *shift == shifts[0]));
        assert_eq!(shifts[4].end - shifts[4].start, Duration::hours(8));
        assert_eq!(shifts[4], shifts[5]);
    }

    #[test]
    fn every_problem_of_a_row_at_once() {
        let codes = |line| -> Vec<&str> {
            only(line)
                .unwrap_err()
                .iter()
                .map(|problem| problem.code)
                .collect()
        };
        assert_eq!(codes("t,,2026-02-30,08:00,16:00,,1"), ["bad-date"]);
        assert_eq!(
            codes("t,,2026-02-03,8 Uhr,16:00,,one"),
            ["bad-hours", "bad-number"]
        );
        assert_eq!(
            codes("t,,2026-02-03,08:00,16:00,17:00-17:30,1"),
            ["bad-hours"]
        );
        assert_eq!(
            codes("t,,2026-02-03,08:00,2026-02-03 07:00,,1"),
            ["bad-hours"]
        );
        assert_eq!(codes("t,,2027-02-03,08:00,16:00,,1"), ["outside-plan"]);
        let overlap = "t,,2026-02-03,08:00,16:00,11:00-12:00 unpaid; 11:30-12:30,1";
        assert_eq!(codes(overlap), ["bad-hours"]);
        assert_eq!(codes("t,,2026-02-03,08:00,16:00,,10001"), ["bad-number"]);
        let long = "t,,2026-02-03,08:00,2026-02-05 08:00,,1";
        assert_eq!(codes(long), ["bad-hours"]);
        let open = only("t,,1/5/2026,08:00,16:00,,1").unwrap_err();
        assert!(open[0].cause.contains("day/month or month/day"), "{open:?}");
        // The end of the day before is no start of this one.
        assert_eq!(
            codes("t,,2026-02-03,2026-02-02 08:00,2026-02-02 16:00,,1"),
            ["bad-date"]
        );
        assert_eq!(codes("t,paris,2026-02-03,08:00,16:00,,1"), ["unknown-site"]);
        let summer = "t,brno,2026-02-03,2026-02-03T08:00:00+02:00,2026-02-03T16:00:00+01:00,,1";
        assert_eq!(codes(summer), ["bad-hours"]);
        let told = only(summer).unwrap_err()[0].to_string();
        assert!(told.contains("2026-02-03T08:00:00+01:00"), "{told}");
        let missing = rows("shifts.csv", "group,agents\n").unwrap_err();
        assert_eq!(missing.len(), 4);
        let twice = format!("{},AGENTS\n", HEADER.trim_end());
        assert_eq!(
            rows("shifts.csv", &twice).unwrap_err()[0].code,
            "csv-header"
        );
        assert_eq!(rows("shifts.csv", "").unwrap_err().len(), 1);
    }
}
