//! Levers as a command pulls them: one of the scenario's own, by its id, or one of those known by name.

use super::Lever;
use crate::demand::{self, Demand};
use crate::problem::Problem;
use crate::scenario::Scenario;

/// A lever to be pulled on any horizon of a checked scenario.
#[derive(Clone)]
pub enum Pulled {
    /// The scenario's own of that id: without it and with it grown are compared.
    Own(String),
    Named(Lever),
}

impl Pulled {
    /// The lever that `text` names: `account` where the scenario has one of that id, else as [`Lever::named`] has it.
    pub fn read(scenario: &Scenario, text: &str) -> Result<Self, Problem> {
        let (id, amount) = match text.split_once('=') {
            Some((id, amount)) => (id.trim(), Some(amount)),
            None => (text.trim(), None),
        };
        let own: Vec<&str> = scenario.levers.iter().map(|own| own.id.as_str()).collect();
        match (own.contains(&id), amount) {
            (true, None) => Ok(Self::Own(id.to_owned())),
            (true, Some(_)) => {
                let cause =
                    format!("`{id}` is a lever of the scenario, which says how much it does");
                let remedy = format!(
                    "pull it as --lever {id}; --set lever.{id}.deflection=20%, or its fcr, makes it do more or less"
                );
                Err(Problem::new("bad-set", cause).remedy(remedy))
            }
            (false, _) => Lever::named(text).map(Self::Named).map_err(|problem| {
                let known = problem.remedy.clone().unwrap_or_default();
                match own.is_empty() {
                    true => problem,
                    false => problem.remedy(format!(
                        "{known}; or one of the scenario's own: {}",
                        own.join(", ")
                    )),
                }
            }),
        }
    }
}

/// A scenario and its demand with every lever pulled: those of its own grown from the first day planned.
pub fn with_levers(scenario: &Scenario, pulled: &[Pulled]) -> (Scenario, Demand) {
    let mut scenario = scenario.clone();
    let first = first_day(&scenario);
    for index in own(&scenario, pulled) {
        let name = scenario.levers[index].name.clone();
        let kept = |off: &String| scenario.factor_named(off) != name;
        let without = scenario.without.iter().filter(|off| kept(off));
        scenario.without = without.cloned().collect();
        scenario.levers[index].grown_from = first;
    }
    let demand = demand::forecast(&scenario);
    pulled.iter().fold(
        (scenario, demand),
        |(scenario, demand), lever| match lever {
            Pulled::Own(_) => (scenario, demand),
            Pulled::Named(lever) => lever.apply(&scenario, &demand, 1.0),
        },
    )
}

/// What it is held against: a scenario without those of its own levers that are pulled.
pub fn without_levers(mut scenario: Scenario, pulled: &[Pulled]) -> Scenario {
    for index in own(&scenario, pulled) {
        let name = scenario.levers[index].name.clone();
        scenario.without.push(name);
    }
    scenario
}

fn own(scenario: &Scenario, pulled: &[Pulled]) -> Vec<usize> {
    let ids = pulled.iter().filter_map(|lever| match lever {
        Pulled::Own(id) => Some(id),
        Pulled::Named(_) => None,
    });
    let place = |id: &String| scenario.levers.iter().position(|own| own.id == *id);
    ids.filter_map(place).collect()
}

/// The first day planned of any market, on its clock.
fn first_day(scenario: &Scenario) -> Option<chrono::NaiveDate> {
    let markets = scenario.markets.values();
    let days = markets.map(|market| scenario.horizon.local(0, market.zone).date());
    days.min()
}
