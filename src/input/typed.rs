//! Shares and lengths of time that a person types at a command, read as in a scenario's file, plain numbers too.

use toml::de::DeValue;

use super::value::{self, Wrong};
use crate::units::{Seconds, Share};

/// "5%" or 0.05.
pub fn share(text: &str) -> Result<Share, String> {
    read(text, value::share)
}

/// The share of "80/20s": "80", "80%" or 0.8.
pub fn promised_share(text: &str) -> Result<Share, String> {
    value::promised_share(&text.replace(',', ".")).map_err(said)
}

/// A share that may be above one: "150%" or 1.5, up to `most`.
pub fn ratio(text: &str, most: f64) -> Result<f64, String> {
    read(text, |value| value::between(value, 0.0, most))
}

/// "20s", "2m", "1h30m", or a number of seconds.
pub fn time(text: &str) -> Result<Seconds, String> {
    match text.trim().parse::<f64>() {
        Ok(seconds) => read(&format!("{seconds}s"), value::duration),
        Err(_) => read(text, value::duration),
    }
}

fn read<T>(text: &str, read: impl Fn(&DeValue) -> Result<T, Wrong>) -> Result<T, String> {
    // A decimal comma is no sign of a scenario's file, and of people at a keyboard it is.
    let text = text.trim().replace(',', ".");
    let number = DeValue::parse(&text).map(|value| value.into_inner());
    let value = match number {
        Ok(number @ (DeValue::Integer(_) | DeValue::Float(_))) => number,
        _ => DeValue::String(text.as_str().into()),
    };
    read(&value).map_err(said)
}

fn said(wrong: Wrong) -> String {
    match wrong.remedy.as_str() {
        "" => wrong.cause,
        remedy => format!("{}: {remedy}", wrong.cause),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_times_are_read_as_in_a_scenario_and_as_plain_numbers() {
        for text in ["5%", "5 %", "0.05", "5,0%"] {
            assert_eq!(share(text), Ok(Share(0.05)), "{text}");
        }
        assert!(share("5").unwrap_err().contains("did you mean \"5%\"?"));
        for text in ["80", "80 %", "0.8", "0,8"] {
            assert_eq!(promised_share(text), Ok(Share(0.8)), "{text}");
        }
        assert_eq!(promised_share("0.8%"), Ok(Share(0.8 / 100.0)));
        assert_eq!(promised_share("1.5"), Ok(Share(0.015)));
        for text in ["1", "1.0"] {
            let told = promised_share(text).unwrap_err();
            assert!(told.contains("1% of contacts or all"), "{told}");
        }
        for text in ["", "%", "-0.1", "101", "NaN"] {
            assert!(promised_share(text).is_err(), "{text}");
        }
        for text in ["", "x", "120%", "-1", "inf"] {
            assert!(share(text).is_err(), "{text}");
        }
        assert_eq!(
            (ratio("150%", 10.0), ratio("1.5", 10.0)),
            (Ok(1.5), Ok(1.5))
        );
        assert!(ratio("150%", 1.0).is_err());
        let times = [("20s", 20.0), ("2m", 120.0), ("1h30m", 5400.0)];
        for (text, seconds) in
            times
                .into_iter()
                .chain([("20", 20.0), ("1e3", 1000.0), ("10,5m", 630.0)])
        {
            assert_eq!(time(text), Ok(Seconds(seconds)), "{text}");
        }
        for text in ["", "m", "3x", "-5", "-5s", "inf", "nan", "1e300"] {
            assert!(time(text).is_err(), "{text}");
        }
    }
}
