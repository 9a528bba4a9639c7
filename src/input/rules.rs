//! `[[rules]]`: what law and agreement ask for. The countries of `labour.toml` are built in, written
//! as a user would write them; rules of the same id in a scenario replace them.

use toml::de::{DeTable, DeValue};

use super::fields::Fields;
use super::money::Exchange;
use super::source::{Notes, Reading, Source, did_you_mean};
use super::value::{self, Wrong};
use crate::scenario::{
    Charges, LabourRules, NightLimit, Premium, PremiumBase, PremiumTime, SUNDAYS, Stacking,
};
use crate::units::{Hours, Share};

const BUILT_IN: &str = include_str!("labour.toml");

/// Members of the Union, whose directive holds for all.
const UNION: [&str; 27] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT",
    "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// The rules that a site may name.
pub(super) struct Rules<'a> {
    own: Vec<(String, Option<LabourRules>)>,
    exchange: &'a Exchange,
}

impl<'a> Rules<'a> {
    /// Reads the `[[rules]]` of the scenario.
    pub fn read(tables: &mut [Fields], exchange: &'a Exchange) -> Self {
        let names = super::names::Names::gather("rules", "unknown-rules", tables);
        let own = tables.iter().enumerate().map(|(index, table)| {
            let name = names.name(index).to_owned();
            let rules = read_rules(table, &name, exchange);
            (name, rules)
        });
        Self {
            own: own.collect(),
            exchange,
        }
    }

    /// The rules of a site: those it names, else its country's.
    pub fn of_site(&self, site: &Fields) -> Option<LabourRules> {
        let field = if site.has("rules") {
            "rules"
        } else {
            "country"
        };
        let Some(name) = site.optional_at(field, value::text) else {
            if !site.has("country") && !site.has("rules") {
                site.missing("country");
            }
            return None;
        };
        // A subdivision works by its country's rules.
        let country = name.value.split('-').next().unwrap_or_default();
        if let Some((_, rules)) = self.own.iter().find(|(own, _)| *own == name.value) {
            return rules.clone();
        }
        match self.built_in(if field == "country" {
            country
        } else {
            &name.value
        }) {
            Ok(Some(rules)) => Some(rules),
            Ok(None) => {
                let known = built_in_names();
                let own = self.own.iter().map(|(name, _)| name.as_str());
                let near = did_you_mean(&name.value, known.iter().map(String::as_str).chain(own));
                let id = &name.value;
                let remedy = match field {
                    "country" if UNION.contains(&country) => format!(
                        "write rules = \"EU\" too, for the rest and the longest week of the Union without premiums, or \
                         add [[rules]] id = \"{id}\""
                    ),
                    "country" => format!(
                        "add [[rules]] id = \"{id}\", or name those of another country as `rules`: {near}"
                    ),
                    _ => format!("add [[rules]] id = \"{id}\", or {near}"),
                };
                let cause = format!("there are no labour rules `{id}`");
                site.reading
                    .problem("unknown-rules", &name.span, cause, &remedy);
                None
            }
            // A rule with an amount in the country's own money needs a rate.
            Err(wrongs) => {
                for wrong in wrongs {
                    let cause = format!("labour rules of {}: {}", name.value, wrong.cause);
                    site.reading.problem(
                        wrong.code,
                        &name.span,
                        cause,
                        wrong.remedy.as_deref().unwrap_or(""),
                    );
                }
                None
            }
        }
    }

    /// Built-in rules, or what stands in their way.
    fn built_in(&self, name: &str) -> Result<Option<LabourRules>, Vec<crate::problem::Problem>> {
        let source = Source {
            file: "labour.toml".to_owned(),
            text: BUILT_IN.to_owned(),
        };
        let notes = Notes::default();
        let rules = with_tables(&source, &notes, |tables| {
            let table = tables
                .iter()
                .find(|table| table.optional("id", value::id).is_some_and(|id| id == name))?;
            read_rules(table, name, self.exchange)
        });
        let (mut problems, ..) = notes.into_inner();
        problems.retain(|problem| problem.code != "unknown-field");
        if problems.is_empty() {
            Ok(rules)
        } else {
            Err(problems)
        }
    }
}

/// The countries whose rules are built in.
pub(super) fn built_in_names() -> Vec<String> {
    let source = Source {
        file: "labour.toml".to_owned(),
        text: BUILT_IN.to_owned(),
    };
    let notes = Notes::default();
    with_tables(&source, &notes, |tables| {
        tables
            .iter()
            .filter_map(|table| table.optional("id", value::id))
            .collect()
    })
}

fn with_tables<T>(source: &Source, notes: &Notes, f: impl FnOnce(&[Fields]) -> T) -> T {
    let (document, _) = DeTable::parse_recoverable(&source.text);
    let root = Fields::new(Reading::new(source, notes), "", 0..0, document.get_ref());
    let tables = root.tables("rules");
    f(&tables)
}

fn read_rules(table: &Fields, name: &str, exchange: &Exchange) -> Option<LabourRules> {
    let stackings = [
        ("add", Stacking::Add),
        ("highest", Stacking::Highest),
        ("highest-day", Stacking::HighestDayAndNight),
    ];
    let daily_rest = table.or("daily_rest", value::hours, Hours(11.0));
    let max_days = table.or("max_days", value::positive_count, 6);
    // A day and the daily rest (2003/88/EC, art. 5), unless all days may be worked.
    let weekly_rest = match max_days {
        ..7 => Hours(24.0 + daily_rest.value()),
        _ => Hours(0.0),
    };
    let rules = LabourRules {
        name: name.to_owned(),
        premiums: table
            .tables("premium")
            .iter()
            .filter_map(|premium| read_premium(premium, exchange))
            .collect(),
        charges: read_charges(table),
        stacking: table.or("stacking", value::choice(&stackings), Stacking::Add),
        daily_rest,
        weekly_rest: table.or("weekly_rest", value::hours, weekly_rest),
        max_week: table.or("max_week", value::hours, Hours(48.0)),
        full_time: table.or("full_time", value::hours, Hours(40.0)),
        max_days,
        night: table.table("night").and_then(|night| read_night(&night)),
        free_sundays: table.or("free_sundays", value::count, 0),
        source: table.or("source", value::text, "the scenario".to_owned()),
    };
    let cause = if rules.daily_rest.value() >= 24.0 {
        "rest of a whole day between shifts leaves no work"
    } else if rules.weekly_rest.value() > 144.0 {
        "weekly rest of more than six days leaves no work"
    } else if rules.full_time.value() <= 0.0 || rules.max_week.value() > 168.0 {
        "a week has 168 hours"
    } else if rules.full_time.value() > rules.max_week.value() {
        "a full-time week is longer than the longest week allowed"
    } else if rules.max_days > 7 {
        "a week has 7 days"
    } else if rules.free_sundays >= SUNDAYS {
        "of the 52 Sundays of a year none is left to work: close the site on Sundays instead"
    } else {
        return Some(rules);
    };
    table.reading.problem(
        "bad-number",
        &table.span,
        format!("{}: {cause}", table.what),
        "usual are 11h of rest, 35h once a week, full_time = \"40h\", max_week = \"48h\", max_days = 6, \
         free_sundays = 15",
    );
    None
}

/// `charges = "33.8%"`, with `charges_source`.
fn read_charges(table: &Fields) -> Option<Charges> {
    let source = table.or("charges_source", value::text, "the scenario".to_owned());
    let charges = table.optional("charges", value::rate)?;
    Some(Charges {
        share: Share(charges),
        source,
    })
}

/// `night = { time = "22:00-06:00", from_hours = "3h", max_shift = "8h" }`.
fn read_night(table: &Fields) -> Option<NightLimit> {
    let (from, to) = table.required("time", night_time)?;
    // Three hours make a night worker, who works eight (2003/88/EC, art. 2 and 8).
    let least_hours = table.or("from_hours", value::hours, Hours(3.0));
    let max_shift = table.or("max_shift", value::hours, Hours(8.0));
    let minutes = if from < to {
        to - from
    } else {
        to + 1440 - from
    };
    let night = Hours(f64::from(minutes) / 60.0);
    let cause = if least_hours > night {
        format!(
            "a night of {}h never has {}h",
            night.value(),
            least_hours.value()
        )
    } else if max_shift.value() <= 0.0 || max_shift.value() > 24.0 {
        format!("no shift at night lasts {}h", max_shift.value())
    } else {
        return Some(NightLimit {
            from,
            to,
            least_hours,
            max_shift,
        });
    };
    let remedy = "usual are from_hours = \"3h\" of the night and max_shift = \"8h\"";
    table
        .reading
        .problem("bad-number", &table.span, cause, remedy);
    None
}

/// Minutes of the day from which and until which it is night.
fn night_time(value: &DeValue) -> Result<(u32, u32), Wrong> {
    let (from, to) = value::band(value)?;
    // "24:00-06:00" begins the day; one until 24:00 ends with it.
    let from = from % 1440;
    if from == to {
        return Err(Wrong::new(
            "bad-hours",
            "a night without an hour",
            "write the hours of the night as \"22:00-06:00\"",
        ));
    }
    Ok((from, to))
}

fn read_premium(table: &Fields, exchange: &Exchange) -> Option<Premium> {
    let time = table.required("time", |value| {
        let text = value::text(value)?;
        match text.as_str() {
            "saturday" => Ok(PremiumTime::Saturday),
            "sunday" => Ok(PremiumTime::Sunday),
            "holiday" => Ok(PremiumTime::Holiday),
            _ => match night_time(value) {
                Ok((from, to)) => Ok(PremiumTime::Night { from, to }),
                Err(_) => Err(Wrong::new(
                    "unknown-choice",
                    format!("`{text}` is no time of a premium"),
                    "one of: saturday, sunday, holiday, or hours of the night as \"22:00-06:00\"",
                )),
            },
        }
    });
    let rate = table.required("rate", value::rate);
    let base = if table.has("base_per_month") {
        table
            .optional("base_per_month", |value| exchange.number(value))
            .map(PremiumBase::MonthlyMinimum)
    } else {
        match table.raw("base").map(|raw| raw.get_ref()) {
            None => Some(PremiumBase::OwnPay),
            Some(value) if value.as_str() == Some("own pay") => Some(PremiumBase::OwnPay),
            Some(_) => table
                .optional("base", |value| exchange.number(value))
                .map(PremiumBase::Hourly),
        }
    };
    Some(Premium {
        valid_from: table.optional("valid_from", value::date),
        least_hours: table.or("from_hours", value::hours, Hours::ZERO),
        floor: table.or("at_least", |value| exchange.number(value), 0.0),
        time: time?,
        rate: rate?,
        base: base?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first of some tables of rules, and the codes of what is wrong with it.
    fn first(text: &str) -> (Option<LabourRules>, Vec<&'static str>) {
        let source = Source {
            file: "scenario.toml".to_owned(),
            text: format!("[[rules]]\nid = \"own\"\n{text}"),
        };
        let notes = Notes::default();
        let exchange = Exchange::read(crate::scenario::Currency::EUR, None, &[]);
        let rules = with_tables(&source, &notes, |tables| {
            read_rules(tables.first()?, "own", &exchange)
        });
        let (problems, ..) = notes.into_inner();
        let codes = problems.iter().map(|problem| problem.code);
        let codes = codes.filter(|code| *code != "unknown-field").collect();
        (rules, codes)
    }

    #[test]
    fn nights_and_free_sundays_are_read_and_absurd_ones_refused() {
        let (rules, codes) = first("night = { time = \"23:00-06:00\" }\nfree_sundays = 15");
        let rules = rules.expect("rules");
        assert_eq!(codes, [""; 0]);
        assert_eq!(rules.free_sundays, 15);
        let night = NightLimit {
            from: 23 * 60,
            to: 6 * 60,
            least_hours: Hours(3.0),
            max_shift: Hours(8.0),
        };
        assert_eq!(rules.night, Some(night));
        let (rules, _) = first("");
        let rules = rules.expect("rules");
        assert_eq!((rules.night, rules.free_sundays), (None, 0));
        for (text, code) in [
            ("free_sundays = 52", "bad-number"),
            ("free_sundays = \"15\"", "wrong-type"),
            ("night = \"8h\"", "wrong-type"),
            ("night = { max_shift = \"8h\" }", "missing-field"),
            ("night = { time = \"late\" }", "bad-hours"),
            ("night = { time = \"22:00-22:00\" }", "bad-hours"),
            (
                "night = { time = \"22:00-06:00\", from_hours = \"9h\" }",
                "bad-number",
            ),
            (
                "night = { time = \"22:00-06:00\", max_shift = \"25h\" }",
                "bad-number",
            ),
            (
                "night = { time = \"22:00-06:00\", max_shift = 8 }",
                "bad-duration",
            ),
        ] {
            assert_eq!(first(text).1, [code], "{text}");
        }
    }

    #[test]
    fn every_built_in_country_is_read_without_a_problem() {
        let source = Source {
            file: "labour.toml".to_owned(),
            text: BUILT_IN.to_owned(),
        };
        let notes = Notes::default();
        let rates = Source {
            file: "rates".to_owned(),
            text: ["PLN", "BGN", "CZK"]
                .map(|from| {
                    format!("[[rate]]\nfrom='{from}'\nto='EUR'\nvalue=0.2\ndate='2026-01-01'\n")
                })
                .concat(),
        };
        let (document, _) = DeTable::parse_recoverable(&rates.text);
        let root = Fields::new(Reading::new(&rates, &notes), "", 0..0, document.get_ref());
        let exchange = Exchange::read(crate::scenario::Currency::EUR, None, &root.tables("rate"));
        let rules: Vec<LabourRules> = with_tables(&source, &notes, |tables| {
            tables
                .iter()
                .filter_map(|table| {
                    let id = table.required("id", value::id)?;
                    read_rules(table, &id, &exchange)
                })
                .collect()
        });
        drop(root);
        assert_eq!(notes.into_inner().0, []);
        assert!(rules.len() >= 9);
        for rules in &rules {
            let charges = rules.charges.as_ref().expect("charges");
            assert!(
                rules.source.contains("20") && charges.source.contains("20"),
                "{} has no dated source",
                rules.name
            );
            assert!(
                (0.02..0.5).contains(&charges.share.value()),
                "{}",
                rules.name
            );
        }
    }
}
