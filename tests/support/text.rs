//! Scenarios of one text.

use crewcast::input;
use crewcast::scenario::Scenario;

/// The scenario that a text says; every problem of one that does not.
pub fn scenario(text: &str) -> Scenario {
    input::read_text(text, None).unwrap_or_else(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        panic!("{}", lines.join("\n"))
    })
}
