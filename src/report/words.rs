//! Numbers as people read them: money with its symbol, lengths of time, dates, names cut to fit.

use chrono::NaiveDateTime;

use crate::demand::handling::Times;
use crate::scenario::{Currency, Language};
use crate::sheet::{Cell, cut};
use crate::units::Seconds;

/// A number with its thousands apart.
pub(crate) fn number(value: f64, decimals: usize) -> String {
    Cell::number(value, decimals).for_people()
}

/// A count that is rarely whole: no decimals from 100, one from 10, else two at most.
pub(crate) fn count(value: f64) -> String {
    let text = match value.abs() {
        size if size >= 100.0 => number(value, 0),
        size if size >= 10.0 => number(value, 1),
        _ => number(value, 2),
    };
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// "1 week", "2.5 weeks".
pub(crate) fn counted(value: f64, what: &str) -> String {
    let digits = count(value);
    let plural = if digits == "1" { "" } else { "s" };
    format!("{digits} {what}{plural}")
}

/// A number of which only two digits are known.
pub(crate) fn two_digits(value: f64) -> f64 {
    if value <= 0.0 || !value.is_finite() {
        return value;
    }
    let unit = 10f64.powf(value.log10().floor() - 1.0).max(1.0);
    (value / unit).round() * unit
}

/// "1 person", "5 people".
pub(crate) fn people(heads: usize) -> String {
    match heads {
        1 => "1 person".to_owned(),
        more => format!("{more} people"),
    }
}

/// A share as "81 %", with a decimal where it needs one.
pub(crate) fn percent(share: f64) -> String {
    let points = share * 100.0;
    if (points - points.round()).abs() < 0.05 {
        format!("{} %", number(points, 0))
    } else {
        format!("{} %", number(points, 1))
    }
}

/// A small share to the hundredth of a percent: the gap of a solver.
pub(crate) fn percent_fine(share: f64) -> String {
    format!("{} %", number(share * 100.0, 2))
}

/// An amount to the currency's last digit: "134.20 Kč", "€134.20".
pub(crate) fn money(currency: Currency, amount: f64) -> String {
    with_symbol(
        currency,
        amount,
        usize::from(currency.exponent().unwrap_or(2)),
    )
}

/// An amount as it is said: whole units from a thousand up.
pub(crate) fn money_short(currency: Currency, amount: f64) -> String {
    if amount.abs() >= 1000.0 {
        with_symbol(currency, amount, 0)
    } else {
        money(currency, amount)
    }
}

/// The symbol where it is the currency's alone, else the code: "$" is many dollars and pesos.
pub(crate) fn symbol(currency: Currency) -> String {
    match currency {
        Currency::USD => "$".to_owned(),
        Currency::CZK => "Kč".to_owned(),
        Currency::PLN => "zł".to_owned(),
        Currency::HUF => "Ft".to_owned(),
        Currency::EUR | Currency::GBP | Currency::INR | Currency::UAH => {
            currency.symbol().to_string()
        }
        other => other.code().to_owned(),
    }
}

fn with_symbol(currency: Currency, amount: f64, decimals: usize) -> String {
    let digits = number(amount, decimals);
    let symbol = symbol(currency);
    let before = matches!(
        currency,
        Currency::USD | Currency::EUR | Currency::GBP | Currency::INR
    );
    match (before, digits.strip_prefix('-')) {
        (true, Some(rest)) => format!("-{symbol}{rest}"),
        (true, None) => format!("{symbol}{digits}"),
        (false, _) => format!("{digits}\u{a0}{symbol}"),
    }
}

/// "20 s", "3 min", "1 h 30 min", "2 days".
pub(crate) fn length(seconds: Seconds) -> String {
    let total = seconds.value();
    if !total.is_finite() {
        return "–".to_owned();
    }
    if total < 100.0 {
        return format!("{} s", number(total, 0));
    }
    let minutes = (total / 60.0).round() as u64;
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) if hours >= 48 && hours.is_multiple_of(24) => format!("{} days", hours / 24),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// "45 s", "4.5 min": a handle time, of which half a minute counts.
pub(crate) fn minutes(seconds: Seconds) -> String {
    let minutes = seconds.value() / 60.0;
    if (1.5..100.0).contains(&minutes) {
        return format!("{} min", number(minutes, 1));
    }
    length(seconds)
}

/// "4.5 min (half within 3.3 min, 9 in 10 within 9.0 min)".
pub(crate) fn handling(times: Times) -> String {
    format!(
        "{} (half within {}, 9 in 10 within {})",
        minutes(times.mean),
        minutes(times.p50),
        minutes(times.p90)
    )
}

/// "Mon 30 Nov 2026".
pub(crate) fn day(local: NaiveDateTime) -> String {
    local.format("%a %-d %b %Y").to_string()
}

/// A name in at most `most` characters, without the control characters that no XML may hold.
pub(crate) fn label(name: &str, most: usize) -> String {
    let clean: String = name
        .chars()
        .map(|letter| if is_unprintable(letter) { ' ' } else { letter })
        .collect();
    cut(clean.trim(), most)
}

/// Letters at the end of a name that tell it from its like.
const TAIL: usize = 3;

/// A name in at most `most` characters with its end, where its number stands: "a pod of the ag… 03".
pub(crate) fn label_with_end(name: &str, most: usize) -> String {
    let name = label(name, usize::MAX);
    let length = name.chars().count();
    if length <= most || most <= TAIL + 1 {
        return label(&name, most);
    }
    let end: String = name.chars().skip(length - TAIL).collect();
    format!("{}{end}", label(&name, most - TAIL))
}

/// A name over at most two lines of `most` characters, broken at a space.
pub(crate) fn two_lines(name: &str, most: usize) -> Vec<String> {
    let name = label(name, 2 * most);
    if name.chars().count() <= most {
        return vec![name];
    }
    let space = name
        .char_indices()
        .rev()
        .find(|(at, letter)| *letter == ' ' && name[..*at].chars().count() <= most)
        .map(|(at, _)| at);
    match space {
        Some(at) => vec![name[..at].to_owned(), label(&name[at..], most)],
        None => vec![label(&name, most)],
    }
}

/// Names listed before the others are only counted.
const NAMED: usize = 4;

/// "a, b, c, d and 3 more".
pub(crate) fn some_of<S: AsRef<str>>(names: &[S]) -> String {
    let named: Vec<&str> = names.iter().take(NAMED).map(AsRef::as_ref).collect();
    let named = named.join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

/// Columns of a paragraph on a terminal: longer lines are hard to read, the narrowest terminals wrap them themselves.
pub(crate) fn prose(columns: usize) -> usize {
    columns.clamp(40, 100)
}

/// Lines of at most `width` characters, broken at spaces; longer words are cut.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let word = label(word, width);
        let line = lines.last().map_or(0, |line| line.chars().count());
        let fits = line == 0 || line + 1 + word.chars().count() <= width;
        match lines.last_mut() {
            Some(last) if fits => {
                if line > 0 {
                    last.push(' ');
                }
                last.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    lines
}

/// Text as it is, without the control characters that no XML or HTML may hold.
pub(crate) fn clean(text: &str) -> String {
    text.chars()
        .map(|letter| if is_unprintable(letter) { ' ' } else { letter })
        .collect()
}

/// A language as its name and tag: "Czech (cs)".
pub(crate) fn language(language: &Language) -> String {
    if language.title.is_empty() || language.title == language.tag {
        language.tag.clone()
    } else {
        format!("{} ({})", language.title, language.tag)
    }
}

/// A title, or the name of what has none.
pub(crate) fn titled<'a>(title: &'a str, name: &'a str) -> &'a str {
    if title.trim().is_empty() { name } else { title }
}

fn is_unprintable(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}')
}

/// The weeks for which a plan is made; none: those that are expected.
pub(crate) fn weeks_kept(share: Option<f64>) -> String {
    share.map_or("as expected".to_owned(), |share| {
        format!("{} of weeks", percent(share))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_bears_its_symbol_where_its_country_puts_it() {
        assert_eq!(money(Currency::CZK, 134.2), "134.20\u{a0}Kč");
        assert_eq!(money(Currency::EUR, -5.5), "-€5.50");
        assert_eq!(money(Currency::JPY, 1234.4), "1\u{202f}234\u{a0}JPY");
        assert_eq!(
            money_short(Currency::COP, 45000.6),
            "45\u{202f}001\u{a0}COP"
        );
    }

    #[test]
    fn lengths_are_said_in_their_largest_whole_units() {
        let said: Vec<String> = [20.0, 90.0, 180.0, 5400.0, 14400.0, 172_800.0]
            .into_iter()
            .map(|seconds| length(Seconds(seconds)))
            .collect();
        assert_eq!(
            said,
            ["20 s", "90 s", "3 min", "1 h 30 min", "4 h", "2 days"]
        );
    }

    #[test]
    fn long_and_hostile_names_become_labels() {
        assert_eq!(label("line\nbreak\u{0}", 20), "line break");
        assert_eq!(label("abcdefgh", 5), "abcd…");
        assert_eq!(label_with_end("pods: garden 03", 10), "pods: … 03");
        assert_eq!(label_with_end("garden 03", 10), "garden 03");
        assert_eq!(two_lines("a pod we share", 9), ["a pod we", "share"]);
        assert_eq!(two_lines("unbroken", 5), ["unbr…"]);
    }

    #[test]
    fn counts_lose_digits_as_they_grow() {
        assert_eq!(count(3.0), "3");
        assert_eq!(count(0.25), "0.25");
        assert_eq!(count(1.5), "1.5");
        assert_eq!(counted(1.0, "week"), "1 week");
        assert_eq!(count(12.34), "12.3");
        assert_eq!(count(432.1), "432");
    }

    #[test]
    fn lines_break_at_spaces_and_never_pass_the_width() {
        assert_eq!(wrapped("one two three", 8), ["one two", "three"]);
        assert_eq!(wrapped("abcdefghijkl", 5), ["abcd…"]);
    }
}
