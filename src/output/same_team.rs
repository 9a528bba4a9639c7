//! Which team of an earlier plan is which of a new one: a pod is called by what it serves, so that its name changes with
//! one client more, and its people do not.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::earlier::Results;
use crate::staffing::EarlierTeam;

/// What teams of an earlier plan are called in the new one, where it is another name.
pub(super) struct Renamed(BTreeMap<String, String>);

impl Renamed {
    pub fn between(old: &Results, new: &Results) -> Self {
        Self(pairs(&old.teams(), &new.teams()))
    }

    /// Its name in the new plan; a team that is gone keeps its own.
    pub fn now<'n>(&'n self, team: &'n str) -> &'n str {
        self.0.get(team).map_or(team, String::as_str)
    }
}

/// How alike two teams are, the greater the more: do they serve the same, how many clients have they in common, do they
/// have one name, how few others do they serve.
type Likeness = (bool, usize, bool, Reverse<usize>);

/// None where they are of two groups, or have neither a client nor the name in common.
fn likeness(old: &EarlierTeam, new: &EarlierTeam) -> Option<Likeness> {
    let common = new.clients.iter().filter(|c| old.clients.contains(c));
    let common = common.count();
    let others = old.clients.len() + new.clients.len() - 2 * common;
    let named = old.name == new.name;
    let alike = old.group == new.group && (common > 0 || named);
    alike.then_some((others == 0, common, named, Reverse(others)))
}

/// Each with one of the other plan at most, the most alike first.
fn pairs(old: &[EarlierTeam], new: &[EarlierTeam]) -> BTreeMap<String, String> {
    let pairs = old.iter().flat_map(|before| {
        let pair = move |now| Some((likeness(before, now)?, before, now));
        new.iter().filter_map(pair)
    });
    let mut pairs: Vec<(Likeness, &EarlierTeam, &EarlierTeam)> = pairs.collect();
    pairs.sort_by_key(|(likeness, ..)| Reverse(*likeness));
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for (_, before, now) in pairs {
        if !found.contains_key(&before.name) && !found.values().any(|name| *name == now.name) {
            found.insert(before.name.clone(), now.name.clone());
        }
    }
    // Who is gone is not taken for whoever has the name now.
    let is_gone = |team: &&EarlierTeam| {
        !found.contains_key(&team.name) && found.values().any(|name| *name == team.name)
    };
    let gone: Vec<&EarlierTeam> = old.iter().filter(is_gone).collect();
    for team in gone {
        found.insert(team.name.clone(), format!("{} (before)", team.name));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn team(name: &str, group: &str, clients: &str) -> EarlierTeam {
        EarlierTeam {
            name: name.to_owned(),
            group: group.to_owned(),
            clients: clients.chars().map(String::from).collect(),
            people: 1,
        }
    }

    fn found(old: &[EarlierTeam], new: &[EarlierTeam]) -> Vec<String> {
        let pairs = pairs(old, new).into_iter();
        pairs.map(|(old, new)| format!("{old}={new}")).collect()
    }

    #[test]
    fn teams_are_known_by_what_they_serve_before_their_name() {
        let old = [team("pod 1", "pod", "ab"), team("pod 2", "pod", "cd")];
        let new = [team("pod 1", "pod", "cd"), team("pod 2", "pod", "abe")];
        assert_eq!(found(&old, &new), ["pod 1=pod 2", "pod 2=pod 1"]);
        // Alone it has the name of its group.
        assert_eq!(found(&[team("pod", "pod", "abcd")], &new), ["pod=pod 1"]);
        let fewer = [team("pod 1", "pod", "cd")];
        assert_eq!(found(&old, &fewer), ["pod 1=pod 1 (before)", "pod 2=pod 1"]);
        // People of another group are others.
        assert!(found(&old, &[team("own", "own", "ab")]).is_empty());
        let same = [team("pod 1", "pod", "ab"), team("pod 2", "pod", "ab")];
        assert_eq!(found(&same, &same), ["pod 1=pod 1", "pod 2=pod 2"]);
    }
}
