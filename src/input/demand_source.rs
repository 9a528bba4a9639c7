//! Where a queue's demand comes from: `history = { file, series, timestamps }`, or the `[history]` of
//! the whole scenario, and `orders = { contacts_per_order, share, per_day, profile, lag, case }`.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use chrono_tz::Tz;
use toml::de::DeValue;

use super::arrivals::{Arrivals, Clock};
use super::encoding::{self, Named};
use super::fields::Fields;
use super::source::{At, did_you_mean};
use super::value::{self, Wrong};
use crate::demand::lag::DELIVERY;
use crate::problem::Problem;
use crate::scenario::{Case, Client, DemandSource, History, OrderDriver, PROFILES};
use crate::units::{Seconds, Share};

/// A file's bytes by its name, or why they cannot be had.
pub type Loader<'a> = dyn Fn(&str) -> Result<Vec<u8>, String> + 'a;

/// The history files, each read once; none is a file that cannot be read, which has been noted.
pub(super) struct Histories<'a> {
    /// None where histories are not wanted.
    pub loader: Option<&'a Loader<'a>>,
    pub slot_minutes: u32,
    /// The `[history]` of the scenario.
    pub default: Option<Fields<'a>>,
    pub files: RefCell<BTreeMap<FileKey, Option<Rc<Arrivals>>>>,
}

/// A file and the encoding that is named for it.
type FileKey = (String, Option<&'static str>);

const CLOCKS: [(&str, Clock); 2] = [("local", Clock::Local), ("utc", Clock::Utc)];

const HISTORY_FIELDS: [&str; 4] = ["file", "series", "timestamps", "encoding"];

pub(super) fn read(
    queue: &Fields,
    name: &str,
    client: Option<&Client>,
    zone: Option<Tz>,
    histories: &Histories,
) -> Option<DemandSource> {
    let orders_given = queue.has("orders");
    let orders = queue
        .table("orders")
        .and_then(|table| read_orders(&table, client));
    let mut own = queue.table("history");
    if let Some(common) = &histories.default {
        if let Some(own) = &mut own {
            own.set_fallback(Some(common.as_fallback()));
        }
        // They are known, also where no queue comes to ask for them.
        for name in HISTORY_FIELDS {
            common.has(name);
        }
    }
    if let Some(own) = &own {
        for name in HISTORY_FIELDS {
            own.has(name);
        }
    }
    let given = own.is_some() || histories.default.is_some() || queue.has("history");
    let history = match (&own, &histories.default, zone) {
        (Some(table), _, Some(zone)) => read_history(table, name, true, zone, histories),
        (None, Some(table), Some(zone)) if !queue.has("history") => {
            // Queues that the common file does not hold live from their orders.
            read_history(table, name, !orders_given, zone, histories)
        }
        _ => None,
    };
    if !given && !orders_given {
        queue.reading.problem(
            "missing-demand",
            &queue.span,
            format!("{} has neither history nor orders", queue.what),
            "give `history = { file = \"history.csv\" }` or `orders = { contacts_per_order = 0.05 }`",
        );
    }
    Some(DemandSource { history, orders })
}

fn read_history(
    table: &Fields,
    queue: &str,
    needed: bool,
    zone: Tz,
    histories: &Histories,
) -> Option<History> {
    let file = table.required_at("file", value::text);
    let series = table
        .optional_at("series", value::text)
        .unwrap_or_else(|| At {
            value: queue.to_owned(),
            span: table.span.clone(),
        });
    let clock = table.or("timestamps", value::choice(&CLOCKS), Clock::Local);
    let named = table.optional("encoding", named);
    let file = file?;
    let arrivals = histories.arrivals(table, &file, named)?;
    let Some(index) = arrivals.series(&series.value) else {
        if needed {
            let cause = format!("{} holds no series `{}`", file.value, series.value);
            let known = arrivals.names();
            let remedy = did_you_mean(&series.value, known);
            table
                .reading
                .problem("unknown-series", &series.span, cause, &remedy);
        }
        return None;
    };
    let history = arrivals.history(index, zone, clock, histories.slot_minutes);
    let contacts: f64 = history.days.iter().flatten().flatten().sum();
    if contacts <= 0.0 {
        table.reading.problem(
            "empty-history",
            &series.span,
            format!(
                "series `{}` of {} holds no contact",
                series.value, file.value
            ),
            "leave the history out and give `orders`, or choose another series",
        );
    }
    Some(history)
}

impl Histories<'_> {
    /// The arrivals of a file; problems with it are noted once.
    fn arrivals(
        &self,
        table: &Fields,
        file: &At<String>,
        named: Option<Named>,
    ) -> Option<Rc<Arrivals>> {
        let loader = self.loader?;
        let key = (file.value.clone(), named.map(|named| named.name()));
        if let Some(known) = self.files.borrow().get(&key) {
            return known.clone();
        }
        let arrivals = match loader(&file.value) {
            Err(why) => {
                table.reading.push(
                    Problem::new("missing-file", format!("cannot read {}: {why}", file.value))
                        .at(table.reading.place(&file.span))
                        .remedy(
                            "paths are relative to the scenario's folder; `crewcast generate` \
                             makes a synthetic history",
                        ),
                );
                None
            }
            Ok(bytes) => match Arrivals::read(&file.value, &bytes, named) {
                Ok(arrivals) => {
                    if let Some(guess) = &arrivals.guess {
                        table.reading.doubt(guess.problem(&file.value));
                    }
                    if let Some(repeats) = arrivals.repeats() {
                        table.reading.doubt(repeats.problem());
                    }
                    Some(Rc::new(arrivals))
                }
                Err(problems) => {
                    problems
                        .into_iter()
                        .for_each(|problem| table.reading.push(problem));
                    None
                }
            },
        };
        self.files.borrow_mut().insert(key, arrivals.clone());
        arrivals
    }
}

fn read_orders(table: &Fields, client: Option<&Client>) -> Option<OrderDriver> {
    let contacts_per_order = table.required("contacts_per_order", |value| {
        let number = value::number(value)?;
        if number <= 20.0 {
            return Ok(number);
        }
        Err(Wrong::new(
            "bad-number",
            format!("{number} contacts for every order"),
            "usual are 0.02 to 0.5 per order",
        ))
    });
    let share = table.or("share", value::share, Share::ONE);
    let per_day = table.optional("per_day", value::number);
    let source = "shop: orders of a general marketplace by hour, weekday and month (public records, 2016 to 2018)";
    let profile = table.usual("profile", profile, PROFILES[0].to_owned(), source);
    let lag = read_lag(table);
    let case = table.table("case").and_then(|case| read_case(&case));
    let base = match (per_day, client) {
        (Some(per_day), _) => Some(per_day),
        (None, Some(client)) => {
            if client.orders_per_day.is_none() {
                table.reading.problem(
                    "missing-demand",
                    &table.span,
                    format!(
                        "{} needs orders, and client `{}` has none",
                        table.what, client.name
                    ),
                    "give the client `orders_per_day`, or these orders `per_day`",
                );
            }
            client.orders_per_day
        }
        (None, None) => None,
    };
    Some(OrderDriver {
        orders_per_day: base? * share.value(),
        contacts_per_order: contacts_per_order?,
        profile,
        lag,
        case,
    })
}

/// `lag = "delivery"`, or the times by which 10, 25, 50, 75 and 90 % of the contacts have come.
fn read_lag(table: &Fields) -> Option<[f64; 5]> {
    let delivery = table
        .raw("lag")
        .is_some_and(|raw| raw.get_ref().as_str() == Some("delivery"));
    if delivery {
        return Some(DELIVERY.map(|(_, days)| days));
    }
    let times = table.list("lag", days)?;
    let days: Vec<f64> = times.iter().map(|time| time.value).collect();
    match <[f64; 5]>::try_from(days) {
        Ok(days) if days.is_sorted() && days[4] > 0.0 => Some(days),
        _ => {
            table.problem(
                "lag",
                "bad-duration",
                "a lag is told by five times, each no shorter than the one before".to_owned(),
                "write the days by which 10, 25, 50, 75 and 90 % have come, as in `[\"4d\", \"7d\", \"10d\", \
                 \"15d\", \"23d\"]`, or \"delivery\" for just these",
            );
            None
        }
    }
}

fn read_case(table: &Fields) -> Option<Case> {
    let open_days = table.required("open", days);
    let between = |least: f64, most: f64| {
        move |value: &DeValue| match value::number(value)? {
            number if (least..=most).contains(&number) => Ok(number),
            number => Err(Wrong::new(
                "bad-number",
                format!("{number} contacts"),
                format!("it lies between {least} and {most}"),
            )),
        }
    };
    let touches = table.or("touches", between(1.0, 50.0), 1.0);
    let early = table.or("chasers", between(0.0, 5.0), 0.0);
    let late = table.or("chasers_late", between(0.0, 5.0), early);
    let promised = table.optional("promised", days);
    let open_days = open_days?;
    Some(Case {
        touches,
        open_days,
        promised_days: promised.unwrap_or(open_days),
        chasers_early: early,
        chasers_late: late,
    })
}

/// The name of an encoding.
fn named(value: &DeValue) -> Result<Named, Wrong> {
    let label = value::text(value)?;
    let remedy = "leave it out for UTF-8, or to have it found out from the letters";
    encoding::named(&label).map_err(|cause| Wrong::new("unknown-choice", cause, remedy))
}

/// A length of time in days, a year at most.
fn days(value: &DeValue) -> Result<f64, Wrong> {
    const DAY: Seconds = Seconds(86_400.0);
    let days = value::duration(value)? / DAY;
    if days <= 366.0 {
        return Ok(days);
    }
    Err(Wrong::new(
        "bad-duration",
        "more than a year",
        "contacts follow orders within a year",
    ))
}

fn profile(value: &DeValue) -> Result<String, Wrong> {
    let text = value::text(value)?;
    if PROFILES.contains(&text.as_str()) {
        return Ok(text);
    }
    Err(Wrong::new(
        "unknown-profile",
        format!("there is no profile `{text}`"),
        did_you_mean(&text, PROFILES.iter().copied()),
    ))
}
